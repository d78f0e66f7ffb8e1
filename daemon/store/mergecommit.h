/* mergecommit.h -- the bytes of a merge commit, for making it and for checking one. */
#ifndef STORE_MERGECOMMIT_H
#define STORE_MERGECOMMIT_H

#include "merge_int.h"

/* Append the whole commit object. first and second: the parents, sorted. */
int mergecommit_text(struct buf *out, const struct tree_merge *m, struct job *j, const git_oid *tree, const git_oid *first,
		     const git_oid *second, struct err *e);

#endif
