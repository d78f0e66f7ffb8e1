/* depot.h -- one clone's life in the daemon: when it syncs, why, and what its status says.
 *
 * LIFE    depot_new -> ... -> depot_stop (its callback: nothing of it is left on the loop; the memory is freed).
 * THREAD  The loop's; a cycle runs on a worker, which sees the cycle only.
 *
 *            stirred                has settled               finished
 *   IDLE -------------> DIRTY ------------------> RUNNING ---------------> IDLE
 *    ^  \______________________________________/    |  ^   \
 *    |     interval, asked, woke up, network        |  |    \--- a person must act ---> WAITING --(as IDLE)
 *    |                                              v  |
 *    +--------------------------------------------- LATER (back-off; stirred: recorded without the hub)
 *   any --stop--> STOPPED (after the running cycle)
 */
#ifndef LOOP_DEPOT_H
#define LOOP_DEPOT_H

#include "net/ssh.h"
#include "store/repo.h"
#include "sync/sync.h"

/* name, what holds in it */
#define DEPOT_STATES(X)                                                                                        \
	X(IDLE, "the last cycle went well; the alarm is set for the interval")                                 \
	X(DIRTY, "the folder stirred; the alarm is set for when it will have been quiet")                      \
	X(RUNNING, "a cycle is on its worker, which owns struct sync; no alarm")                               \
	X(LATER, "the last cycle failed for now; the alarm is set for the next try")                           \
	X(WAITING, "the last cycle stopped at something that a person must decide; alarm as in IDLE")          \
	X(STOPPED, "no alarm, no watch; freed when the running cycle has ended")

enum depot_state {
#define X(name, invariant) DEPOT_##name,
	DEPOT_STATES(X)
#undef X
};
const char *depot_state_name(enum depot_state s); /* "IDLE"; static */

#define DEPOT_QUIET_MS 2000      /* after a write whose end was not seen, and between two commits of somebody who saves all the time */
#define DEPOT_QUIET_MAX_MS 30000 /* somebody who never stops writing is recorded all the same */

/* What was confirmed, for the status. Times are seconds since 1970, 0 = never. */
struct depot_status {
	const char *folder;          /* borrow; lives as long as the depot */
	char collective[64];         /* "" before the first cycle */
	enum depot_state state;
	const char *phase;           /* while RUNNING: "FETCH"...; else NULL. Static */
	struct err trouble;          /* why LATER or WAITING; code 0: none */
	bool watched;                /* false: changes are noticed at the interval only */
	char unheard[256];           /* national clone: a collective that could not be fetched, and why; "" none */
	int64_t finished;            /* the last cycle that finished */
	int64_t confirmed;           /* the hub last agreed with main */
	char confirmed_head[SYNC_OID];
	char head[SYNC_OID];         /* main, at the end of the last cycle */
	int64_t next;                /* the next cycle, unless something happens before */
	size_t outgoing;             /* commits that the hub is not known to have */
	size_t cycles;               /* since the daemon was started */
	struct sync_report did;      /* in the last cycle */
};

/* Where the cycle is that answers a question. */
struct depot_step {
	const char *phase;           /* "FETCH"...; static */
	const char *what;            /* localised words for what is counted; NULL: nothing is. Static */
	size_t done, total;          /* total 0: not known */
};
struct depot_ask {
	bool yes_delete;
	void (*step)(void *ctx, const struct depot_step *at); /* on the loop, when it has moved on; ctx as the answer's; may be NULL */
	const char *accept_host_key; /* copied; NULL none */
};
/* A cycle that began after the question has ended. */
typedef void (*depot_done_cb)(void *ctx, enum sync_result r, const struct depot_status *st);

struct depot_config {
	const char *folder;            /* copied */
	int interval_s;
	const struct ssh_config *ssh;  /* borrow, until depot_stop's callback */
	const char *settings_path;     /* borrow; a change of it may mend an authentication; NULL none */
	int (*aggregate)(bool *changed, struct repo *r, struct err *e);
	void (*changed)(void *ctx);    /* the status has changed; may be NULL */
	void *ctx;
};

struct depot;
struct uv_loop_s;

int depot_new(struct depot **out, struct uv_loop_s *loop, const struct depot_config *config, struct err *e);
const struct depot_status *depot_status(struct depot *d); /* borrowed until the loop turns */
const char *depot_folder(const struct depot *d);

/* Sync now, whatever the state; a cycle under way is let finish and another one begun. cb (may be NULL) is called exactly once,
 * never from within; with SYNC_LATER and ERR_CANCELLED when the depot stops first. */
int depot_sync(struct depot *d, const struct depot_ask *ask, depot_done_cb cb, void *ctx, struct err *e);
/* From the next cycle on, and that is now when it waits for a person. The old ssh may still be used by a running one. */
void depot_configure(struct depot *d, int interval_s, const struct ssh_config *ssh);
void depot_woke(struct depot *d); /* the machine has slept, or the network is back: what waited for either is tried now */
/* cb is called when all is closed; a running cycle is asked to stop, and waited for. */
void depot_stop(struct depot *d, void (*cb)(void *ctx), void *ctx);

#endif
