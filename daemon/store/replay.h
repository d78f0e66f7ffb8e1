/* replay.h -- one commit that the hub can never accept must not keep a clone's whole work from leaving: what is unpublished is made
 * again without the cause (DESIGN 9). The file stays in the folder, as a change that waits and says why; main as it was stays
 * under REPLAY_KEPT; nothing that is published is touched.
 *
 * What the hub would say is asked of the hub's own check (hubcheck.h), so that nothing is known twice.
 * Usually such a commit was made with git itself; or the schema that is in force has changed since.
 *
 * LIFE    With the clone's lock held, while nothing of the user's own is under way (worktree_paused), before anything is recorded.
 *         Killed anywhere, the next call finishes or forgets.
 * FAILS   Nothing has moved then: ERR_CANCELLED, ERR_RACE (somebody moved main), ERR_CORRUPT, ERR_IO...
 */
#ifndef STORE_REPLAY_H
#define STORE_REPLAY_H

#include "base/cancel.h"
#include "store/repo.h"

#define REPLAY_KEPT "refs/maillage/rejoues/" /* + the first 12 digits of main as it was */

struct replayed {
	size_t commits;       /* made again, or fallen away; 0: nothing to do, or nothing that could be done */
	struct oid from, to;  /* main before and after; only with commits */
};
/* published: heads whose history others have ("" entries are skipped). What no replay would mend (a foreign root, a folder that git
 * itself finds malformed) is left for the hub to refuse. */
int replay_unacceptable(struct replayed *out, struct repo *r, const struct oid *published, size_t n, struct cancel *cancel, struct err *e);

/* How many such former mains are kept, and the name of one of them (in the arena; NULL: none). */
int replay_kept(size_t *n, const char **one, struct arena *a, struct repo *r, struct err *e);

#endif
