/* byhand.h -- what people do with plain git, and the differences that only maillage knows.
 *
 *   handmerge.c  a merge made by git: a person's edit on top of the pure merge of its parents (DESIGN 7)
 *   pending.c    what git's merge driver could not decide (ctl/mergedriver.c), where no merge commit says it: rebase, cherry-pick,
 *                stash pop
 *
 * Both give ordinary commits: every proposal that they put into a sidecar names an ancestor that holds its value.
 *
 * FAILS   With the clone's lock held; when they fail nothing has changed, and the next cycle tries again.
 */
#ifndef STORE_BYHAND_H
#define STORE_BYHAND_H

#include "wt.h"

/* Both parts, up to main. since: a head whose history was looked at already, "": none. *commits grows by those made. */
int byhand_take(size_t *commits, struct repo *r, const struct oid *since, struct err *e);
/* How many records wait in .git/maillage/pending. */
size_t byhand_waiting(struct repo *r);

/* handmerge.c: one merge commit. The edits that bring its records and sidecars to the pure merge with the person's changes on top; base
 * is the commit. */
int handmerge_edits(struct wt_edits *out, struct arena *a, struct repo *r, const struct oid *commit, struct err *e);
/* pending.c: the commits on `head` that take what waits, one after the other. *out: the last one. */
int pending_commit(struct oid *out, size_t *commits, struct wt_knowns *known, struct arena *a, struct repo *r, const struct oid *head,
		   struct err *e);
void pending_clear(struct arena *a, struct repo *r); /* once they are on main */

#endif
