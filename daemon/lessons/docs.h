/* docs.h -- lessons' docs, kept from run to run.
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
/* Sets the doc that was made of the same, and what stands beside it (newest, since, withdrawn, words, overdue, stamp, made); false:
 * there is none. Lessons come by id. */
bool docs_recall(struct lesson *l, const struct model *m);
/* Makes it: lesson_doc is called while the model listens. */
void docs_make(struct lesson *l, struct model *m, struct val *(*lesson_doc)(const struct model *m, struct lesson *l));
/* What is remembered now. After the last lesson. */
void docs_end(struct lessons_memory *now, const struct model *m);

#endif
