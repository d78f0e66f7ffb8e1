/* ask.h -- the files of aggregat/ that a question is answered from: as they are now, or as of a date.
 *
 * OWNER  The arena.
 * FAILS  ERR_NOTFOUND: nothing is aggregated here, or nothing was by then (says since when). ERR_USAGE: no date.
 */
#ifndef CTL_ASK_H
#define CTL_ASK_H

#include "lessons/lessons.h"
#include "store/repo.h"

/* dir: the national clone, or a coordinator's, whose copy of it is read. as_of: "2019-12-31", "2019-12" or "2019": the last
 * aggregation on or before its last day, by the order in which the aggregations were made; NULL: the folder as it is. */
int ask_files(struct lessons_files *out, struct arena *a, const char *dir, const char *as_of, struct err *e);
int ask_err_nothing(struct err *e); /* ERR_NOTFOUND: nothing is aggregated here */
/* The commit of that aggregation in the national repository, or a copy of it. */
int ask_aggregation(struct oid *out, struct arena *a, struct repo *r, const char *as_of, struct err *e);
int ask_open(struct lessons **out, struct arena *a, const char *dir, const char *as_of, struct err *e);

#endif
