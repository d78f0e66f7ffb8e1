/* reviews.h -- who has read which text: the reviews (avis), by what they are about.
 *
 * A review is about a text, not a file: it names the fingerprint it read. When that is no longer the text in force,
 * what it said then is stale.
 *
 * Reviews that the collective keeps to itself decide as the others do (ctl/gather.c takes them for the last validated
 * version, whatever their state), but nothing of them is told: their date is "".
 */
#ifndef LESSONS_REVIEWS_H
#define LESSONS_REVIEWS_H

#include "lessons/records.h"

struct review {
	const char *target, *nature, *scope, *fingerprint, *date; /* "" when not written */
	const struct known *rec;
};
struct reviews {
	struct review *at; /* by target, then id */
	size_t n, cap;
};
/* For m->reviews: those of all sources that are not superseded, archived or withdrawn. */
const struct reviews *reviews_build(const struct model *m);
/* The same for targets that are asked for in ascending order. from: 0 to begin with. */
struct reviews reviews_next(size_t *from, const struct reviews *all, const char *target);
/* The part about one record: who has several wishes about it searches once. */
struct reviews reviews_about(const struct reviews *all, const char *target);
struct reviews reviews_around(const struct reviews *all, size_t at); /* of the target of all->at[at] */
struct review_wish {
	const char *target, *nature;
	const char *by;          /* code of the source that it is in, ... */
	const char *scope;       /* ... its portee, ... */
	const char *fingerprint; /* ... the text it read; each NULL: any */
};
/* The newest date of such a review; NULL: there is none. */
const char *reviews_newest(const struct reviews *all, const struct review_wish *w);

#endif
