/* simworld.h -- a hub and its coordinators in memory, as struct world: for simulating sync cycles with every fault injected.
 *
 * A commit holds a set of operations ("field f of record r := value n", "r is gone"), each with a number that is never used twice.
 * What a commit shows is a function of its set: the newest operation wins, a deletion hides what is older. So a merge is
 * the union: commutative, associative, never in conflict; merging itself is not what is under test here. What is: that
 * whatever happens between and inside the steps of sync/sync.h, all clones become equal and no operation that was ever
 * committed is lost.
 *
 * The functions of the world die, fail and meet edits as struct sim_faults says; all chance comes from sim_random, all time from sim.now.
 * The hub asserts what hubs promise: it is only ever fast-forwarded, and its history holds no SIM_BAD value,
 * its tip no SIM_ODD one.
 *
 * Uses base/ only: tests of every floor link it. simclone.c: what there is, and the deeds of people; simworld.c: struct world over it.
 */
#ifndef TESTS_SIMWORLD_H
#define TESTS_SIMWORLD_H

#include "sync/world.h"

#define SIM_CLIENTS 5
#define SIM_RECORDS 24 /* in 4 folders of 6 */
#define SIM_FOLDER 6
#define SIM_FIELDS 3
#define SIM_OPS 1024
#define SIM_COMMITS 2048
#define SIM_SET(n) ((n) / 64)

struct sim_op {
	int record, field; /* field -1: the record is gone */
	enum { SIM_GOOD,
	       SIM_BAD,    /* the hub refuses a tip that shows it, and the client knows: the file waits */
	       SIM_ODD     /* only the hub knows */
	} taste;
};
struct sim_record {
	bool present;
	int field[SIM_FIELDS]; /* op that set it; 0 = none */
};
struct sim_commit {
	int parent[2]; /* 0 = none */
	uint64_t ops[SIM_SET(SIM_OPS)];
	uint64_t ancestors[SIM_SET(SIM_COMMITS)]; /* itself included */
	struct sim_record shows[SIM_RECORDS];
};

struct sim_client {
	struct sim *sim; /* borrow */
	struct world world;
	int main;
	int fetched;                           /* hub's head as last heard: what the status counts from. 0: never */
	struct sim_record disk[SIM_RECORDS];
	bool kept[SIM_RECORDS];                /* gone from main, and its author is asked first whether it goes from the folder */
	int journal_old, journal_new;          /* 0 = no write under way */
	bool offline, no_key, users_git;       /* ERR_NET, ERR_AUTH, ERR_PAUSED until the test ends it */
	bool national;
	uint64_t aggregated[SIM_SET(SIM_OPS)]; /* input of the last aggregation */
	bool dead;                             /* killed inside a function: forget its struct sync */
	/* for the rules of the cycle */
	int by_sync;                           /* main as a cycle last left it: verbs move it at any time */
	int scanned;                           /* operations that there were at the last scan */
	bool recorded;                         /* since then */
	bool lost_race;                        /* and not fetched since */
	int64_t wake;                          /* asleep until then */
	int64_t clock;                         /* its own is so far ahead of sim.now: jumps on while it sleeps, starts anew with the machine */
	int late;                              /* a push that it gave up, still on its way; 0: none */
	int64_t late_at;                       /* reaches the hub then */
	bool yes;                              /* this cycle was begun with yes_delete */
};

/* Chances out of 1000, each time the thing could happen. */
struct sim_faults {
	unsigned die, fetch_fails, push_fails, push_answer_lost, push_late, rival, slow, edit_meets_write, disk_full;
};

struct sim {
	uint64_t seed;
	int64_t now;
	struct sim_faults faults;
	int nclients, hub;
	struct sim_client at[SIM_CLIENTS];
	struct sim_op op[SIM_OPS];
	int nops;
	struct sim_commit commit[SIM_COMMITS]; /* from 1 */
	int ncommits;
	size_t deletions_recorded;
	size_t deaths, races, lost_answers, late, met, replayed, kept; /* how much really happened: a simulation without faults proves nothing */
};

void sim_init(struct sim *s, uint64_t seed, int nclients); /* all clones hold the same first records */
uint64_t sim_random(struct sim *s);
unsigned sim_below(struct sim *s, unsigned n);
bool sim_chance(struct sim *s, unsigned per_thousand);

/* Deeds of people, at any moment. False: nothing to do it on, or the simulation is full. */
bool sim_edit(struct sim_client *c, bool bad);     /* save a field; bad: SIM_BAD or SIM_ODD */
bool sim_delete(struct sim_client *c);             /* one record */
bool sim_wipe(struct sim_client *c);               /* rm -r of a folder */
bool sim_commit_by_hand(struct sim_client *c);     /* git commit -a: bad values too */
bool sim_commit_by_verb(struct sim_client *c);     /* `maillage set` while the daemon runs */
void sim_restore(struct sim_client *c);            /* bring deleted files back */
void sim_fix(struct sim_client *c);                /* overwrite every bad value that main or disk shows */

void sim_deliver(struct sim *s); /* the late pushes whose time has come: after what the client did meanwhile */

int sim_commit_of(const char *oid); /* "": 0 */
bool sim_has(const uint64_t *set, int i);
bool sim_contains(const struct sim *s, int commit, int ancestor);
bool sim_clean(const struct sim_client *c);        /* the folder shows exactly main */

#endif
