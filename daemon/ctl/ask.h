/* ask.h -- which aggregation answers a question as of a date. */
#ifndef CTL_ASK_H
#define CTL_ASK_H

#include "store/repo.h"

int ask_err_nothing(struct err *e); /* ERR_NOTFOUND: nothing is aggregated here */
/* The commit of the last aggregation on or before the last day of as_of ("2019-12-31", "2019-12" or "2019"), by the order in which the
 * aggregations were made; r: the national repository, or a copy of it. as_of is a date (dates_check). ERR_NOTFOUND: nothing was
 * aggregated by then (says since when). */
int ask_aggregation(struct oid *out, struct arena *a, struct repo *r, const char *as_of, struct err *e);

#endif
