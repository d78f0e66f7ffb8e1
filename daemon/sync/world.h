/* world.h -- everything a sync cycle can see or do, as one table of functions; so that a whole network of coordinators runs
 * in one test process, with every fault injected, and sync/ needs neither git nor a clock nor an event loop.
 *
 * The real one is loop/world.h (over store/ and net/), the simulated one tests/lib/simworld.h.
 *
 * RULES   Every function returns 0 or an error of base/err.h and fills e; the machine reads the code only. Outputs are
 *         untouched on failure. A function may be called again after it failed: each is all or nothing, or resumable.
 *         A world may die at any instant inside any of them; the next cycle begins with recover().
 * OWNER   What a function allocates lives in the arena it was given, which lasts for the cycle.
 */
#ifndef SYNC_WORLD_H
#define SYNC_WORLD_H

#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "guard.h"
#include "store/change.h"

#define SYNC_OID 41 /* 40 hex digits and a NUL */

/* Where the hub stands, as of the last answer. */
struct sync_hub {
	char head[SYNC_OID]; /* of hub/main; "" = the hub has no commit yet */
	bool courier;        /* it is a stick or a folder beside the hub: what it holds is not published yet */
	bool none;           /* this clone has no hub: nothing to fetch, nothing to push */
};

struct sync_replayed {
	size_t commits;      /* made again, or fallen away */
	char from[SYNC_OID]; /* main before; kept under refs/maillage/ */
};

struct sync_recorded {
	size_t commits;      /* made now */
	char head[SYNC_OID]; /* local main afterwards */
};

/* Same names and meaning as store/treemerge.h's enum join. */
enum sync_join {
	SYNC_JOIN_SAME,
	SYNC_JOIN_AHEAD,
	SYNC_JOIN_FAST_FORWARD,
	SYNC_JOIN_ADOPT_LOCAL,
	SYNC_JOIN_ADOPT_HUB,
	SYNC_JOIN_MERGE
};
struct sync_joined {
	enum sync_join kind;
	char local[SYNC_OID]; /* main when this was computed */
	char head[SYNC_OID];  /* what main should become: a commit that contains both; equals local for SAME and AHEAD */
	size_t merged;        /* records that both sides had changed */
	size_t differences;   /* open differences new in this merge */
};

struct world {
	void *ctx;

	/* Finish or forget what a killed program left. Also called by the world itself wherever its lock was away. */
	int (*recover)(void *ctx, struct err *e);
	/* After ERR_CORRUPT from any of the others: bring damaged and missing objects back, from the hub if need be. */
	int (*repair)(void *ctx, struct err *e);
	/* ERR_PAUSED while the user's own git operation is under way. */
	int (*paused)(void *ctx, struct err *e);
	/* Make unpublished commits that the hub can never accept again without the cause (store/replay.h); the folder stays as it is.
	 * all: those that were looked at already, too. ERR_RACE: main was moved meanwhile. */
	int (*replay)(void *ctx, bool all, struct sync_replayed *out, struct err *e);
	/* What the folder holds that history does not; and, guarded and `arriving`, what it does not hold yet because a guard asked. */
	int (*scan)(void *ctx, struct arena *a, struct changes *out, struct err *e);
	/* Records per folder in history: asked only when something was deleted, since it walks the whole tree. */
	int (*census)(void *ctx, struct arena *a, struct census *out, struct err *e);
	/* Commit what is CHANGE_READY, or, if it is `arriving`, let it into the folder; the rest stays where it is. Durable before it returns. */
	int (*record)(void *ctx, const struct changes *c, struct sync_recorded *out, struct err *e);
	int (*fetch)(void *ctx, struct sync_hub *out, struct err *e);
	/* Merge local main (read now) with the hub's head, in memory: no ref moves, no file changes. */
	int (*join)(void *ctx, const struct sync_hub *hub, struct sync_joined *out, struct err *e);
	/* What the folder would lose and gain by going from j->local to j->head, as CHANGE_READY changes that are `arriving`: for the
	 * guards. */
	int (*incoming)(void *ctx, struct arena *a, const struct sync_joined *j, struct changes *out, struct err *e);
	/* Folder, index and main from j->local to j->head; of `in`, what is CHANGE_GUARDED stays as it is in the folder, and scan lists it
	 * as such until record gets it as CHANGE_READY. *edits: users' edits that were met on the way; each was committed,
	 * so that main has moved further than j->head. ERR_RACE: main was no longer j->local; nothing was written. */
	int (*write)(void *ctx, const struct sync_joined *j, const struct changes *in, size_t *edits, struct err *e);
	/* ERR_RACE: somebody was faster; ERR_REFUSED: the hub's rules; ERR_NET: the outcome is unknown. */
	int (*push)(void *ctx, const char *head, struct err *e);
	/* National clone: fetch the collectives, aggregate; a commit made: its oid in head (else untouched), to be pushed too.
	 * Coordinator's clone: refresh the read-only copy of national.git; never fails for a network reason. */
	int (*after)(void *ctx, char head[SYNC_OID], struct err *e);

	int64_t (*now_ms)(void *ctx);                            /* goes on while the machine sleeps */
	uint32_t (*random)(void *ctx);                           /* jitter only: it never decides anything in a merge */
	int (*pause)(void *ctx, int64_t ms, struct err *e);      /* between two tries of a lost race; ERR_CANCELLED */
	void (*note)(void *ctx, const char *state);              /* the state that begins; static string; may be NULL */
};

#endif
