/* byhand_int.h -- between handmerge.c, which holds the lock and moves main, and pending.c. */
#ifndef STORE_BYHAND_INT_H
#define STORE_BYHAND_INT_H

#include "byhand.h"
#include "wt.h"

/* The commits on `head` that take what waits, one after the other. *out: the last one; untouched when there is none. */
int pending_commit(struct oid *out, size_t *commits, struct wt_knowns *known, struct arena *a, struct repo *r, const struct oid *head,
		   struct err *e);
/* Once they are on main: what waited is moved to .git/maillage/kept, taken or not. */
int pending_clear(struct arena *a, struct repo *r, struct err *e);
/* Does something wait for the record at this path? */
bool byhand_waits(struct arena *a, const struct repo *r, const char *path);

#endif
