/* treemerge.h -- merging two whole trees: an own three-way walk that skips equal oids, records merged by field,
 * no rename detection anywhere; cost follows what changed (DESIGN 5, "Trees").
 * mergecommit.h's part is here too: the pure merge commit, a function of its parents alone (DESIGN 7).
 */
#ifndef STORE_TREEMERGE_H
#define STORE_TREEMERGE_H

#include "base/cancel.h"
#include "merge/merge.h"
#include "store/repo.h"

/* What a merge did to an entry of the resulting sidecar. */
enum news {
	NEWS_NONE,  /* settled, or open just so on a side */
	NEWS_FRESH, /* open here, on neither side */
	NEWS_GROWN  /* open on a side already, with fewer proposals: a question changed for those who know it */
};

/* One record's decisions in a merge, for messages, explain and the status. */
struct merged_record {
	const char *id, *path;
	struct decisions decisions;
	const struct diffs *diffs; /* entries of the resulting sidecar; NULL none */
	const enum news *news;     /* per entry of diffs: what this merge did to it */
	bool added_difference;     /* there is a NEWS_FRESH one */
};
struct tree_merge {
	struct oid tree;
	struct merged_record *at; /* records where both sides changed, by path */
	size_t n, cap;
	size_t taken;             /* paths taken whole from one side */
	size_t differences;       /* open differences new in this merge */
	size_t variants;          /* files kept in two versions, one of them under a variant name */
};

/* What one merge may cost, and who may stop it. Over the budget it fails (ERR_LIMIT), stopped it fails (ERR_CANCELLED), and
 * nothing has been written: it never becomes another, cheaper merge, or two machines would not agree. */
struct merge_budget {
	int ms;                /* 0: MERGE_MS */
	size_t bytes;          /* of memory for trees, results and history; 0: MERGE_BYTES */
	struct cancel *cancel; /* borrow; NULL: nobody stops it */
};
#define MERGE_MS 600000              /* some 1,000,000 records changed on both sides */
#define MERGE_BYTES ((size_t)1 << 30) /* what verifying it may take, too: nobody makes a merge that the hub cannot check */

/* Merge commits x and y (any order) over their bases (criss-cross: folded, DESIGN 5). Objects are written (one pack when
 * many). budget NULL: the usual one. */
int tree_merge(struct tree_merge *out, struct arena *a, struct repo *r, const struct oid *x, const struct oid *y,
	       const struct merge_budget *budget, struct err *e);

/* The merge commit of two heads: parents sorted by oid, fusion@maillage.invalid, the later committer date, +0000, message from
 * the decisions. The same two heads give the same oid anywhere. m may be NULL. merge_commit: within the usual budget. */
int merge_commit(struct oid *out, struct tree_merge *m, struct arena *a, struct repo *r, const struct oid *x,
		 const struct oid *y, struct err *e);
int merge_commit_within(struct oid *out, struct tree_merge *m, struct arena *a, struct repo *r, const struct oid *x,
			const struct oid *y, const struct merge_budget *budget, struct err *e);

enum join { JOIN_SAME, JOIN_AHEAD, JOIN_FAST_FORWARD, JOIN_ADOPT_LOCAL, JOIN_ADOPT_HUB, JOIN_MERGE };
/* What two heads need (DESIGN 7, "No merge storms"): equal; local contains hub; hub contains local; all that local has more
 * are machine merges that can be made again: adopt the hub's head, dropping them; else merge. The hub's head is published
 * and only ever fast-forwarded: JOIN_ADOPT_LOCAL is never the answer. Names of the join: join_name. */
int merge_plan(enum join *out, struct repo *r, const struct oid *local, const struct oid *hub, struct err *e);
/* The same between two clones, neither of them published (a USB stick's): the machine merges of either may be dropped; if
 * both hold the same edits, the smaller oid is adopted, even where one contains the other. JOIN_ADOPT_HUB: adopt theirs. */
int merge_plan_peer(enum join *out, struct repo *r, const struct oid *mine, const struct oid *theirs, struct err *e);
const char *join_name(enum join j); /* "fast_forward", for traces */

/* Is `commit` by fusion@maillage.invalid exactly what its parents give? *ok false: `why` says what differs (localised). A commit
 * by anybody else: ok, *machine false. */
struct verdict {
	bool machine, ok;
	char why[256];
};
int merge_verify(struct verdict *out, struct repo *r, const struct oid *commit, struct err *e);

#define FUSION_NAME "maillage"
#define FUSION_EMAIL "fusion@maillage.invalid"

#endif
