/* sync.h -- one repository's sync cycle as a state machine over struct world: record, fetch, merge, write, push (DESIGN 9).
 *
 * It knows no git, no clock, no thread; what it promises holds whatever the world does between two steps:
 *   - what a person saved is in a commit before anything from elsewhere is written (RECORD before WRITE);
 *   - nothing guarded enters history from here, and nothing that the guards stop reaches the folder; what the hub has published is merged
 *     and passed on all the same, for nobody can keep it out of history any more, and only those files of the folder wait for the answer;
 *   - the hub is only ever fast-forwarded: a push that lost a race fetches and merges again;
 *   - a network that fails costs nothing but time: local work is recorded already;
 *   - an edit met while writing starts again at SCAN;
 *   - a commit that the hub can never accept keeps nothing else from leaving (REPLAY, and once more when the hub refuses).
 *
 * LIFE    sync_init -> (sync_begin -> sync_step until it is not SYNC_MORE)* -> sync_fini. One struct per repository for the whole
 *         life of the program: attempts, what the hub has confirmed and what it has refused last from cycle to cycle.
 *         A program that died starts with a new struct: nothing here needs to be saved.
 * OWNER   The caller's struct; the cycle's arena is freed whenever a cycle ends.
 * THREAD  One at a time.
 *
 *   RECOVER > PAUSED > REPLAY > SCAN > GUARD > RECORD > FETCH > JOIN > INCOMING > WRITE > PUSH > AFTER > DONE
 *                                ^                 |      ^      |                 |       |  ^    |
 *                                |                 |      |      +-- nothing new --|-------|->|    |
 *                                |                 |      +------- lost race ------|-------+  |    |
 *                                +------- edit met, main moved --------------------+          +----+ aggregated: push again
 *                                                  +--- no hub asked for, no news: DONE; refused by the hub: PAUSED, once
 *   any state: temporary failure -> LATER (back-off), the rest -> WAIT; a guarded change left out -> WAIT after DONE;
 *              damaged objects -> repaired once, then RECOVER again
 */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include "world.h"

/* name, what holds when the state begins */
#define SYNC_STATES(X)                                                                                      \
	X(RECOVER, "nothing is known: the last cycle may have died anywhere")                               \
	X(PAUSED, "no write of ours is half done")                                                          \
	X(REPLAY, "main is ours to move; it may hold unpublished commits that the hub can never accept")    \
	X(SCAN, "main holds nothing that we know the hub refuses; the folder may hold edits")               \
	X(GUARD, "changes are listed; none is recorded")                                                    \
	X(RECORD, "every change that is READY may enter history")                                           \
	X(FETCH, "what people saved and the hub would accept is committed")                                 \
	X(JOIN, "the hub's head is here as objects")                                                        \
	X(INCOMING, "one commit holds both sides; main and folder are as before")                           \
	X(WRITE, "the guards know what will change in the folder, and what of it may not")                  \
	X(PUSH, "main contains the hub's head; folder, index and main agree")                               \
	X(AFTER, "the hub holds what main held, or there is no hub")                                        \
	X(DONE, "the cycle is over")

enum sync_state {
#define X(name, invariant) SYNC_##name,
	SYNC_STATES(X)
#undef X
};
const char *sync_state_name(enum sync_state s); /* "FETCH"; static */

enum sync_result {
	SYNC_FINISHED, /* all exchanged, as far as was asked for */
	SYNC_MORE,     /* call sync_step again */
	SYNC_LATER,    /* failed for now: begin again at next_try_ms */
	SYNC_WAIT      /* a person must act: err says what to do */
};

#define SYNC_ROUNDS 8 /* races lost and edits met, within one cycle */

struct sync_options {
	bool yes_delete;   /* a person has said yes to mass deletions */
	bool no_hub;       /* record only: the hub refused us and nothing has changed since */
	bool only_news;    /* the folder stirred: do not bother the hub when nothing came of it */
	bool retry_refused; /* push even the very head that the hub refused last time: a person asks */
};

/* What the last cycle did; zeroed by sync_begin. */
struct sync_report {
	size_t replayed;    /* unpublished commits made again without what the hub can never accept */
	char replaced[SYNC_OID]; /* main before that */
	size_t recorded;    /* commits made from the folder */
	size_t waiting;     /* changes that stay on disk because the hub would refuse them */
	size_t private;     /* private records: they stay as well, as they should */
	size_t busy;        /* still being written: look again in a moment */
	size_t guarded;     /* left out by a guard */
	size_t merged;      /* records merged by field */
	size_t differences; /* open differences that these merges added */
	size_t edits;       /* users' edits met while writing */
	unsigned rounds;    /* races lost and edits met */
	bool fetched, wrote, pushed;
};

struct sync {
	/* for the caller to read */
	enum sync_state state;      /* where it is, or stopped */
	struct sync_report did;
	struct err err;             /* why it stopped: set with SYNC_LATER and SYNC_WAIT, code 0 otherwise */
	struct err held;            /* ERR_GUARD: changes left out of an otherwise normal cycle */
	int64_t next_try_ms;        /* by world.now_ms, with SYNC_LATER */
	unsigned attempts;          /* cycles in a row that ended with SYNC_LATER */
	int64_t confirmed_ms;       /* the hub last agreed with main at this moment; 0: never in this process */
	char confirmed[SYNC_OID];   /* and the head they agreed on; "" = none yet */
	char head[SYNC_OID];        /* local main, as last seen */

	/* its own */
	struct sync_options opt;
	struct arena arena;         /* own; the cycle's */
	struct changes changes;     /* in arena */
	struct sync_hub hub;
	struct sync_joined joined;
	struct changes in;          /* in arena: what comes with joined */
	int64_t round_began_ms;     /* FETCH */
	bool repaired;              /* once a cycle */
	bool aggregated;            /* AFTER has run: it runs once a cycle */
	bool doubted;               /* the hub has refused: what is unpublished is looked at again, once a cycle */
	char refused[SYNC_OID];     /* the head that the hub's rules refused */
	struct err refusal;         /* and its words */
};

void sync_init(struct sync *s);
void sync_fini(struct sync *s);

/* Start a cycle. A cycle that is under way is forgotten (the next one recovers). */
void sync_begin(struct sync *s, const struct sync_options *opt /* NULL: all false */);

/* Run one state. Never called after anything but SYNC_MORE without sync_begin. */
enum sync_result sync_step(struct sync *s, const struct world *w);

/* Step until it is not SYNC_MORE. */
enum sync_result sync_run(struct sync *s, const struct world *w);

#endif
