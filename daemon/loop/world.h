/* world.h -- the real world of sync/: one clone, over store/ and net/. Used by the daemon's workers and by `maillage sync`.
 *
 * LIFE    struct real_world w = { .remote = ... }; real_world_open(&w, folder, e) -> sync_run(&s, &w.table) -> real_world_close(&w).
 *         Opened for one cycle: between cycles nothing of libgit2 is in memory.
 * LOCK    The clone's lock is taken by the first function that reads or moves main, and given back before each one that waits for
 *         the network, so that `maillage set` never waits for a slow hub. Taking it again finishes what another program
 *         may have left half done meanwhile; join reads main afresh; write and push name the commits they mean.
 * THREAD  One thread; any but the loop's. cancel may be triggered from elsewhere.
 */
#ifndef LOOP_WORLD_H
#define LOOP_WORLD_H

#include "store/remote.h"
#include "store/repo.h"
#include "store/worktree.h"
#include "sync/world.h"

#define WORLD_HUB_REF "refs/remotes/hub/main"
#define WORLD_COURIER_REF "refs/maillage/courrier" /* where the courier last met was */
#define WORLD_LAST_REF "refs/maillage/last" /* unsent merges that were dropped for the hub's head: the last of them */
#define WORLD_COLLECTIVES "refs/maillage/collectifs/" /* + CODE, in the national clone */
#define WORLD_NATIONAL ".maillage/national"           /* a coordinator's copy of national.git */

struct real_world {
	/* set by the caller before real_world_open; everything is borrowed */
	struct remote_options remote;   /* ssh, pool, cancel, progress */
	const char *courier;            /* its repository's address: this cycle exchanges with it instead of the hub, which stays what it was:
					 * nothing is confirmed, the national repository is not asked; NULL: with the hub */
	struct scan_patience patience;  /* with files that are still being written; zero: none is (one-shot command) */
	int lock_wait_ms;               /* 0: WORLD_LOCK_MS */
	/* Rebuild and commit aggregat/ in the national clone; *changed: it made a commit. Given by the floor above, which owns
	 * the aggregation (ctl_aggregate has this shape); NULL: none. Called with the clone's lock held. */
	int (*aggregate)(bool *changed, struct repo *r, struct err *e);
	void (*note)(void *ctx, const char *state); /* from the worker's thread; may be NULL */
	void *note_ctx;

	/* filled by real_world_open */
	struct world table;
	struct repo *repo;     /* own */
	bool locked;
	struct oid screened;   /* main up to here holds nothing unpublished that the hub can never accept; "" unknown */
	bool unheard;          /* a neighbour's repository could not be fetched in this cycle (national clone) */
	char unheard_why[256]; /* the first one, for the status */
};
#define WORLD_LOCK_MS 10000

int real_world_open(struct real_world *w, const char *folder, struct err *e);
void real_world_close(struct real_world *w); /* also after a failed open; twice is fine */

/* Commits on main that the hub is not known to have; 0 without a hub. */
int real_world_outgoing(size_t *out, struct real_world *w, struct err *e);

/* national.c: what world.after does. */
int national_after(struct real_world *w, char head[SYNC_OID], struct err *e);
/* The hub's repository beside this one: <folder of url>/<code>.git, national.git for "nat". */
const char *national_sibling(struct arena *a, const char *url, const char *code);

/* The lines of collectifs.yaml at the head of main, each a map with `code`; *out NULL: the file is not there, or lists nothing. */
int national_collectives(const struct val **out, struct arena *a, struct repo *r, struct err *e);

/* upgrade.c: bring the clone's schema/ to national's (a repository at the hub's head), by a commit; *head: main then, untouched
 * when there was nothing to take. Whatever fails changes nothing. */
int upgrade_schemas(char head[SYNC_OID], struct real_world *w, struct arena *a, struct repo *national, struct err *e);
/* Where schema/ was just changed by hand, since `before`: bring the editor's settings along, unless somebody has edited them.
 * *head: main before and after. Called with the lock held. */
int upgrade_editor(struct oid *head, struct real_world *w, const struct oid *before, struct err *e);

/* worldlock.c: take the lock (and recover), give it back. */
int world__lock(struct real_world *w, struct err *e);
void world__unlock(struct real_world *w);

#endif
