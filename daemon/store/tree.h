/* tree.h -- a tree object with some paths changed; only the folders on those paths are read and made anew. */
#ifndef STORE_TREE_H
#define STORE_TREE_H

#include "objs.h"

struct tedit {
	const char *path; /* '/' between folders; borrowed during the call */
	unsigned mode;    /* 0: remove; MODE_TREE: a whole folder; else a file's */
	git_oid oid;
};
struct tedits {
	struct tedit *at;
	size_t n, cap;
};

/* Apply edits (in any order, sorted here; for one path, writing beats removing) to tree (NULL: empty) and put the new tree objects. Folders that become
 * empty go. A file where a folder is wanted gives way, and so does a folder where a file is wanted. The result may be the
 * empty tree. ERR_DATA: a path that git or this program refuses (`..`, `.git`, empty parts). */
int tree_edit(git_oid *out, struct objs *s, const git_oid *tree, struct tedit *edits, size_t n, struct err *e);

/* A name in lower case, accents of French included: Windows and USB sticks hold one file of two names that are equal so. */
const char *name_fold(struct arena *a, const char *name);

#endif
