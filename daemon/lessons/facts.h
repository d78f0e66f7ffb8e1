/* facts.h -- what every run asks of every lesson, beside its doc.
 *
 * A doc is some kilobytes of small values; most runs need a few of the docs and of all others only this, so that a kept doc
 * stays packed (docs.h). Whatever is asked of all lessons in each run belongs here; what is asked of the lessons of a part that
 * is written anew is read from their docs (model_doc).
 *
 * OWNER  The arena; strings are borrowed from the doc or from the packed bytes.
 */
#ifndef LESSONS_FACTS_H
#define LESSONS_FACTS_H

#include "base/valpack.h"
#include "lessons/names.h"

struct facts {
	struct names themes, skills, schemes, publics; /* of `themes`, `competences`, `dispositifs`, `publics` */
	const char *statement, *sense, *maturity, *cycle; /* "" when not written */
	const char *observed;                 /* observe_fin, else observe_debut, if it is a date; else "" */
	size_t natures;                       /* supports_natures */
	size_t dissents;
	bool opposed;                         /* a support says `nuance` or `contredit`, a withdrawn one maybe */
	bool limits;                          /* some are declared */
	bool practice, literature;            /* among its supports, withdrawn ones aside */
};
struct facts facts_of(struct arena *a, const struct val *doc);
void facts_pack(struct buf *out, const struct facts *f);
struct facts facts_unpack(struct arena *a, struct unpack *u);

#endif
