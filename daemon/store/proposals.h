/* proposals.h -- what an ordinary commit may put into a sidecar (DESIGN 7): it may settle and remove, and add only a proposal whose
 * commit is an ancestor that really holds that value. So nobody can put words into somebody else's mouth, by an editor or by git.
 *
 * LIFE    proposals_init -> proposals_fault*. All in the arena.
 * COST    A version of the record is read for each proposal added, and asked once for each commit whether it is an ancestor.
 */
#ifndef STORE_PROPOSALS_H
#define STORE_PROPOSALS_H

#include "hist.h"

struct proposals {
	struct objs s;
	struct hist h;
	git_oid tip;            /* its ancestors count */
	struct oidmap asked;    /* commit -> is it one */
	size_t read;            /* versions read so far */
};
#define PROPOSALS_MAX 20000 /* added in one push, or one edit */

int proposals_init(struct proposals *p, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *tip, struct err *e);
/* The first proposal that `now` lists, `before` does not, and history does not bear out: *why says which and what to do (arena); NULL:
 * there is none. */
int proposals_fault(const char **why, struct proposals *p, const char *id, const struct diffs *now, const struct diffs *before,
		    struct err *e);

#endif
