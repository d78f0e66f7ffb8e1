/* hubtree.h -- are the folder objects that a push brings well formed, and of a size that can be checked? Internal to store/.
 *
 * git's own receive.fsckObjects refuses most of this before the hook runs; but a folder hub has no receive-pack, and not every host
 * has that setting. It comes first of all checks: what follows may then walk the folders.
 *
 * LIFE    struct hubtree t = { .r, .a, .out } -> hubtree_check for each new commit, parents first. Lives in the arena.
 */
#ifndef STORE_HUBTREE_H
#define STORE_HUBTREE_H

#include "objs.h"
#include "schema/validate.h"

#define HUB_PATHS_MAX (1u << 21) /* files below one folder; the same small folder many times over makes billions out of a few bytes */

struct hubtree {
	struct repo *r;     /* borrow: where the objects are */
	struct arena *a;    /* borrow */
	struct faults *out; /* borrow */
	struct oidmap seen; /* folders looked at; value: how many files lie below (size_t, never 0) */
	bool damaged;       /* an object that cannot be read: the check ends in ERR_CORRUPT */
};

/* Look at the folders of `new` that its parent `old` (NULL: none) has not; both are trees. Faults have the code "tree". *sane false: do
 * not walk this tree. */
int hubtree_check(bool *sane, struct hubtree *t, const git_oid *old, const git_oid *new, struct err *e);

/* Names in `new` that only upper and lower case tell apart, where `old` had not both of them already. Only for sane trees. */
int hubtree_collisions(struct hubtree *t, const git_oid *old, const git_oid *new, struct err *e);

#endif
