/* docs.h -- lessons' docs, kept from run to run, and packed until somebody asks for one (model_doc).
 *
 * A doc is made of records: the lesson's own, its evidence, the people behind that; and of the day. While one is made, the
 * model notes what it is asked: about which ids (model_find), and which dates are held against the as-of date (model_past).
 * As long as these questions have the answers they had, the doc is what it was, and is not made again. So whoever puts more into a
 * doc need not say what it depends on, as long as the model is asked. Whom model_mask hides is in every doc's stamp.
 *
 * OWNER  The model's arena; what an earlier run kept is borrowed from the memory.
 */
#ifndef LESSONS_DOCS_H
#define LESSONS_DOCS_H

#include "lessons/model.h"

struct asked {
	struct names ids;
	const char *after, *until; /* the answers hold for as-of dates after `after`, up to `until`; NULL: any */
};

struct docs;
/* For m->docs; m->stamps is there. */
struct docs *docs_new(const struct model *m, const struct lessons_memory *before);
struct made { /* of a lesson */
	struct val *doc;                /* NULL: packed */
	const struct lessons_doc *kept; /* NULL: made in this run */
	bool whole;                     /* with what the others made of the lesson */
};
/* Finds the doc that was made of the same, and sets what stands beside it (facts, newest, since, withdrawn, words, overdue, stamp);
 * false: there is none. Lessons come by id. */
bool docs_recall(struct lesson *l, const struct model *m);
/* Makes it: make_doc is called while the model listens. */
void docs_make(struct lesson *l, struct model *m, struct val *(*make_doc)(const struct model *m, struct lesson *l));
struct val *docs_unpack(const struct lesson *l, const struct model *m); /* NULL: its bytes are damaged; they are not kept */
const struct model *docs_model(const struct docs *d); /* the whole one: that of a writer lacks what it does not read */
/* What is remembered now. After the last lesson. */
void docs_end(struct lessons_memory *now, const struct model *m);

#endif
