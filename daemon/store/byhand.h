/* byhand.h -- what people do with plain git, and the differences that only maillage knows.
 *
 *   handmerge.c  a merge made by git: a person's edit on top of the pure merge of its parents (DESIGN 7)
 *   pending.c    what git's merge driver could not decide (ctl/mergedriver.c), where no merge commit says it: rebase, cherry-pick,
 *                stash pop
 *
 * Both give ordinary commits: every proposal that they put into a sidecar names an ancestor that holds its value.
 *
 * FAILS   When they fail nothing has changed, and the next cycle tries again.
 */
#ifndef STORE_BYHAND_H
#define STORE_BYHAND_H

#include "store/repo.h"

/* Both parts, up to main. since: where a clone that has never looked begins (the head it was made with), "": at the root. *commits
 * grows by those made. */
int byhand_take(size_t *commits, struct repo *r, const struct oid *since, struct err *e);
/* How many records wait in .git/maillage/pending. */
size_t byhand_waiting(struct repo *r);

#endif
