/* hubcheck_int.h -- one check of a push, shared by the files that make it: hubcheck.c (the ref, and the whole), hubcommits.c (every
 * new commit), hubtip.c (what stands at the end), hubpass.c (what these share).
 */
#ifndef STORE_HUBCHECK_INT_H
#define STORE_HUBCHECK_INT_H

#include "hubcheck.h"
#include "hubtree.h"
#include "objs.h"
#include "proposals.h"

struct produced { /* a path and blob that a verified merge made, and neither of its parents had */
	const char *path;
	struct oid blob;
};
struct hubcheck {
	struct faults *out;
	struct arena *a;
	struct repo *r, *hub;
	const struct push_update *u;
	const struct schemas *set;   /* in force at the tip */
	struct repo *national;       /* own; NULL: this is it, or there is none beside the hub */
	struct oidmap seen;          /* blobs whose content was looked at */
	struct hubtree trees;
	struct {
		struct produced *at;
		size_t n, cap;
	} produced;
	struct proposals *proposals; /* of the tip; NULL until one is asked about */
	struct oid commit;           /* under check, in pass 2 */
	const struct oid *parents;   /* its */
	size_t nparents;
	bool schema_done;
	bool unwalkable;             /* too many commits, or a folder without end: said, and nothing else is looked at */
	struct err *e;
};

/* line 0: none. Strings live as long as h->a. */
void hubcheck__refuse(struct hubcheck *h, const char *path, int line, const char *field, const char *code, const char *msg);
/* mode 0: not there, or no commit. */
int hubcheck__entry_at(struct tentry *out, struct hubcheck *h, const struct oid *commit, const char *path);
/* The trees of two commits. *old NULL: there is no `from`; it points to *space otherwise. */
int hubcheck__trees_of(git_oid *new, git_oid **old, git_oid *space, struct hubcheck *h, const struct oid *from, const struct oid *to);

int hubcheck__commits(struct hubcheck *h); /* pass 2; may set unwalkable, fills produced */
int hubcheck__tip(struct hubcheck *h);     /* pass 3 */

#endif
