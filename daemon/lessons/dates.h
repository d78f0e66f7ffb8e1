/* dates.h -- days between two dates that people wrote.
 *
 * Ages and delays are counted between dates of the records, never from a clock: the same input gives the same bytes.
 */
#ifndef LESSONS_DATES_H
#define LESSONS_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/err.h"

bool dates_is(const char *s); /* "2018-10-08": a day that the calendar has; NULL: no */
/* ERR_USAGE unless it is "2019", "2019-03" or "2019-03-15", of the calendar: an end or a beginning that people name; NULL: none. */
int dates_check(const char *s, struct err *e);
/* Days from one date to another, 0 when it is not after it. false when either is no date. */
bool dates_between(size_t *out, const char *from, const char *to);
/* "12"; "" when either is no date. */
const char *dates_age(struct arena *a, const char *from, const char *to);

#endif
