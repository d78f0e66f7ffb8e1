/* history.h -- who set what, when: the walk behind provenance, blame and log (DESIGN 5, 7). */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "merge/merge.h"
#include "store/repo.h"

/* Record + sidecar at a commit, normalised: a difference settled by hand is `tranche` without an origin (history_blame says whose).
 * doc NULL: no such record there. ERR_NOTFOUND: no such kind, or a bad id. */
struct record_state {
	const struct ydoc *doc;
	const struct val *val; /* typed */
	struct diffs diffs;
	bool acceptable;       /* false: bytes exist but the profile refuses them */
};
int history_state(struct record_state *out, struct arena *a, struct repo *r, const struct oid *commit, const char *id,
		  struct err *e);

/* The commit that set champ to the value it has at `head`, walking back: a non-merge commit set it if the value or its
 * difference changed there; at a merge, follow the smallest-oid parent with the same value and no open difference; if none,
 * the merge itself. out->commit etc. in the arena. */
int history_blame(struct origin *out, struct arena *a, struct repo *r, const struct oid *head, const char *id,
		  const char *champ, struct err *e);

/* Commits that changed a record (its file or sidecar), newest first, first-parent and side branches alike. */
typedef int (*history_cb)(void *ctx, const struct commit_info *c);
int history_log(struct repo *r, const struct oid *head, const char *id /* NULL: all */, history_cb cb, void *ctx, struct err *e);

/* The commits that head holds and `from` does not, newest first. */
int history_since(struct repo *r, const struct oid *from, const struct oid *head, history_cb cb, void *ctx, struct err *e);

/* The newest commit at or below head that gave the record the fingerprint `empreinte` ("" in out: none): the one that wrote that
 * version, not a later one that left it alone, so that the answer does not move with every commit. */
int history_fingerprint(struct oid *out, struct repo *r, const struct oid *head, const char *id, const char *empreinte, struct err *e);

#endif
