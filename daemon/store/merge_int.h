/* merge_int.h -- one merge of trees, shared by the files that make it: mergebase.c (what it is over), treemerge.c (the walk),
 * mergeunit.c (a record and its sidecar), mergefile.c (every other file), mergeschema.c (the schema folder).
 *
 * Everything is symmetric in x and y: exchanging them gives the same objects. Where two things must be told apart, the
 * smaller oid comes first, never x.
 */
#ifndef STORE_MERGE_INT_H
#define STORE_MERGE_INT_H

#include "hist.h"
#include "tree.h"
#include "treemerge.h"

/* A state to be merged: a commit's tree, or the virtual one that several commits were folded into. */
struct side {
	git_oid tree;
	const git_oid *heads; /* the commits, sorted by oid; none: the empty state */
	size_t n;
};

struct job {
	struct objs s;
	struct arena *a;   /* borrow; the caller's */
	struct hist h;     /* reads under the merged schemas, h.set */
	bool schema_only;  /* fold the schema folder alone: the first of two passes over virtual bases */
	struct oidmap memo[2]; /* of folds, by schema_only: hash of the commits -> struct side */
	int64_t deadline;      /* clock_mono_ms */
	size_t most;           /* a->total beyond which it ends */
	struct cancel *cancel; /* borrow; may be NULL */
};

void job_begin(struct job *j, struct arena *a, struct repo *r, const struct merge_budget *budget);
/* Merge two commits. Objects are made, none is written (objs_flush). ERR_UNSUPPORTED: a side asks for a newer algorithm. */
int job_merge(struct tree_merge *out, git_oid *tree, struct job *j, const git_oid *x, const git_oid *y, struct err *e);
int job_goes_on(const struct job *j, struct err *e); /* ERR_LIMIT: over the budget; ERR_CANCELLED */

/* The base of two states: the fold of all their merge bases. */
int merge_base(struct side *out, struct job *j, const struct side *x, const struct side *y, int depth, struct err *e);

/* The whole trees. m NULL: a virtual base, nobody wants to know. */
int merge_sides(git_oid *out, struct tree_merge *m, struct job *j, const struct side *o, const struct side *x,
		const struct side *y, struct err *e);

/* The schema folder of the result; mode 0: none. */
int merge_schema_folder(struct tentry *out, struct job *j, const struct tentry *o, const struct tentry *x, const struct tentry *y,
			struct err *e);

/* A record and its sidecar, both sides changed: what to write, and what happened. */
struct contest {
	const char *path;
	struct tentry o, x, y; /* mode 0: not there */
};
struct sides {
	const struct side *o, *x, *y;
};
int merge_unit(struct tedits *out, struct tree_merge *m, struct job *j, const struct sides *in, const struct place *p,
	       const struct unit *o, const struct unit *x, const struct unit *y, struct err *e);
/* Any other file. *variants grows by one when both are kept. */
int merge_file(struct tedits *out, size_t *variants, struct job *j, const struct contest *c, struct err *e);
/* Keep a second version beside path: `<path>.variante-<oid8>`. */
void keep_variant(struct tedits *out, struct job *j, const char *path, const struct tentry *t);
/* The permission of the result. */
unsigned merge_mode(const struct tentry *o, const struct tentry *x, const struct tentry *y);
static inline bool is_blob(const struct tentry *t)
{
	return (t->mode & 0170000) == 0100000;
}

#endif
