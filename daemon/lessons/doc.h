/* doc.h -- reading the data of a record or of a lesson's document (model.h), where a field may be absent.
 *
 * What is absent, or is of another type, reads as empty: records are checked before, and a newer schema may say more.
 *
 * LIFE   Results live in the arena, or are the document's own.
 */
#ifndef LESSONS_DOC_H
#define LESSONS_DOC_H

#include "base/val.h"

const char *text_or(const struct val *map, const char *key, const char *otherwise);
const char *or_nothing(const char *s); /* "" for NULL */
size_t items(const struct val *list); /* 0 when it is no list */
/* The codes under key, with NAMES_SEP; the texts of the items under key, one a line. */
const char *codes_join(struct arena *a, const struct val *doc, const char *key);
const char *texts_join(struct arena *a, const struct val *doc, const char *key);
/* "2 entretiens ; 1 pratique ; 1 document (retiré)", counted over a doc's supports; "" when none. natures: supports_natures; may
 * be NULL. */
const char *supports_count(struct arena *a, const struct val *doc, size_t *natures);
/* Withdrawn ones aside: how many different natures; how many say `nuance` or `contredit`. */
size_t supports_natures(struct arena *a, const struct val *doc);
size_t supports_against(const struct val *doc);

#endif
