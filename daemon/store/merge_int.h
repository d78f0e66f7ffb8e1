/* merge_int.h -- one merge of trees, shared by the files that make it: mergejob.c (the whole), mergebase.c (what it is over),
 * treemerge.c (the walk), mergeschema.c (the schema folder), mergeunit.c (a record and its sidecar), mergecrew.c (all of
 * them), outcome.c (what is said of them), mergefile.c (every other file), variant.c (second versions).
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
	struct hist h;     /* reads under the merged schemas, h.set: NULL until job_schemas */
	git_oid schema[4]; /* trees whose schemas may be these, the merged ones first */
	bool schema_only;  /* fold the schema folder alone: the first of two passes over virtual bases */
	struct oidmap memo[2]; /* of folds, by schema_only: hash of the commits -> struct side */
	git_oid base;          /* job_merge's: the tree that both sides came from */
	int64_t deadline;      /* clock_mono_ms */
	size_t most;           /* a->total beyond which it ends */
	struct cancel *cancel; /* borrow; may be NULL */
};

void job_begin(struct job *j, struct arena *a, struct repo *r, const struct merge_budget *budget);
/* Merge two commits. Objects are made, none is written (objs_flush). ERR_UNSUPPORTED: a side asks for a newer algorithm. */
int job_merge(struct tree_merge *out, git_oid *tree, struct job *j, const git_oid *x, const git_oid *y, struct err *e);
int job_schemas(struct job *j, struct err *e); /* loads them when a record is first met: many merges meet none */
int job_goes_on(const struct job *j, struct err *e); /* ERR_LIMIT: over the budget; ERR_CANCELLED */

/* The base of two states: the fold of all their merge bases. */
int merge_base(struct side *out, struct job *j, const struct side *x, const struct side *y, int depth, struct err *e);
/* Of a commit and a state, where it is one commit that nothing need be folded for: alone. */
int merge_base_alone(git_oid *tree, bool *alone, struct job *j, const git_oid *commit, const struct side *y, struct err *e);

/* The whole trees. m NULL: a virtual base, nobody wants to know. */
int merge_sides(git_oid *out, struct tree_merge *m, struct job *j, const struct side *o, const struct side *x,
		const struct side *y, struct err *e);

/* The schema folder of the result; mode 0: none. */
int merge_schema_folder(struct tentry *out, struct job *j, const struct tentry *o, const struct tentry *x, const struct tentry *y,
			struct err *e);

/* A file that both sides changed. */
struct contest {
	const char *path;
	struct tentry o, x, y; /* mode 0: not there */
};
struct contests {
	struct contest *at;
	size_t n, cap;
};
/* A record and its sidecar, of which both sides changed something. */
struct unit3 {
	struct place p;
	struct unit o, x, y;
	bool looked_up; /* in all three trees; else the record is as the walk met it, and the sidecar the same in all */
};
struct sides {
	const struct side *o, *x, *y;
	bool tell; /* what happened is wanted: no virtual base */
};

/* A second version, to be kept beside its file. */
struct variant {
	const char *path;
	struct tentry at;
};
struct variants {
	struct variant *at;
	size_t n, cap;
};
/* What became of a file or a record; in the job's arena. */
struct outcome {
	struct tedits edits;
	struct variants variants;
	bool merged;                 /* by field: `record` says how */
	struct merged_record record;
	size_t differences;          /* of them NEWS_FRESH */
};
/* One record. `scratch` is for the time of the call; out lives in the job's arena. May run beside others of the same job
 * (mergecrew.c). */
int merge_unit(struct outcome *out, struct job *j, struct arena *scratch, const struct sides *in, const struct unit3 *unit,
	       struct err *e);
/* All of them, on every core; out has n. */
int merge_units(struct outcome *out, struct job *j, const struct sides *in, const struct unit3 *units, size_t n, struct err *e);
/* outcome.c: what a record's merge says, copied out of the scratch. x and y: the differences that the sides had. */
void outcome_report(struct outcome *out, struct arena *a, const struct place *p, const struct decisions *decisions,
		    const struct diffs *diffs, const struct diffs *x, const struct diffs *y);
/* Any other file. */
int merge_file(struct outcome *out, struct job *j, const struct contest *c, struct err *e);

void keep_variant(struct variants *out, struct arena *a, const char *path, const struct tentry *t);
/* Of new files whose names differ by case only, one from each side, the first keeps its name; the others become variants. */
void keep_apart(struct tedits *edits, struct variants *out, struct arena *a, const struct variants added[2]);
/* Put them into the tree, each beside its file as <name>.variante-<oid8>. *count grows by how many there are. */
int variants_put(git_oid *tree, size_t *count, struct job *j, struct variants *v, struct err *e);
/* The permission of the result. */
unsigned merge_mode(const struct tentry *o, const struct tentry *x, const struct tentry *y);
static inline bool is_blob(const struct tentry *t)
{
	return (t->mode & 0170000) == 0100000;
}

#endif
