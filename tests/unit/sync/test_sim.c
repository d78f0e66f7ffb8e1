/* Thousands of small networks, each with its own schedule of edits, races, failures and deaths (tests/lib/simworld.h).
 *
 *   SEED=n test_sim              replays one schedule (its number is in the failure) and traces every step
 *   RUNS=n FIRST=k test_sim      the schedules k, k + 1, ... (10,000 from 1); `make sim-sync` runs a million
 *
 * What must hold
 *   at every step   every value that any clone ever committed is in the hub's history or in a clone's; what is called exchanged
 *                   (confirmed, the hub's head as the status knows it) is in the hub; only a race that was tried often enough is given
 *                   up, and whoever gives up waits for between 5 s and 15 min
 *   at the end      when the faults stop and people answer: all clones and the hub hold the same commit, with all these values in it,
 *                   and every folder shows it
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/trace.h"
#include "sync/backoff.h"
#include "sync/sync.h"
#include "../../lib/simworld.h"

/* A coordinator's program: what the depot of the daemon does, with virtual time. */
struct runner {
	struct sync sync;
	bool running;
	enum sync_result last;
	int64_t next; /* begins a cycle at this time, by sim.now */
};

#ifdef __SANITIZE_ADDRESS__
#define SCHEDULES 3000
#else
#define SCHEDULES 10000
#endif

static struct sim sim;
static struct runner run[SIM_CLIENTS];
static struct { /* over all schedules */
	size_t steps, cycles, deaths, races, lost, late, met, refused, guarded, paused, later, replayed, kept;
} seen;

static void begin(int i)
{
	struct sim_client *c = &sim.at[i];
	struct sync_options o = { .yes_delete = c->yes, .only_news = sim_chance(&sim, 300),
				  .no_hub = sim_chance(&sim, 30), .retry_refused = sim_chance(&sim, 100) };
	sync_begin(&run[i].sync, &o);
	run[i].running = true;
	seen.cycles++;
}

static void hub_holds(const char *oid)
{
	if (*oid)
		assert_true(sim_contains(&sim, sim.hub, sim_commit_of(oid)));
}

/* The status is computed from these alone. */
static void tells_the_truth(int i)
{
	const struct sync *s = &run[i].sync;
	hub_holds(s->confirmed);
	hub_holds(s->hub.head);
	assert_true(s->confirmed_ms <= sim.now + sim.at[i].clock);
	assert_true((s->confirmed_ms != 0) == (*s->confirmed != 0));
	if (sim.at[i].fetched)
		assert_true(sim_contains(&sim, sim.hub, sim.at[i].fetched));
}

static void gave_up(struct runner *p, int64_t now)
{
	int64_t wait = p->sync.next_try_ms - now;
	int code = p->sync.err.code;
	assert_true(code == ERR_CANCELLED || err_class(code) == ERR_TEMP);
	assert_true(wait >= (code == ERR_CANCELLED ? 0 : BACKOFF_MIN_MS) && wait <= BACKOFF_MAX_MS);
	if (code == ERR_RACE)
		assert_int_equal(p->sync.did.rounds, SYNC_ROUNDS);
	p->next = sim.now + wait;
	seen.later++;
}

static void ended(int i, enum sync_result r)
{
	struct runner *p = &run[i];
	p->running = false;
	p->last = r;
	sim.at[i].yes = false;
	assert_int_equal(p->sync.err.code == 0, r == SYNC_FINISHED);
	assert_true(p->sync.did.rounds <= SYNC_ROUNDS);
	if (r == SYNC_LATER) {
		gave_up(p, sim.now + sim.at[i].clock);
		return;
	}
	p->next = sim.now + 20 + sim_below(&sim, 300);
	if (!p->sync.opt.no_hub)
		assert_int_equal(p->sync.attempts, 0);
	if (r == SYNC_WAIT) {
		assert_int_not_equal(err_class(p->sync.err.code), ERR_TEMP);
		seen.refused += p->sync.err.code == ERR_REFUSED;
		seen.guarded += p->sync.err.code == ERR_GUARD;
		seen.paused += p->sync.err.code == ERR_PAUSED;
	} else {
		assert_int_equal(p->sync.did.guarded, 0);
		if (!p->sync.opt.no_hub) /* and nothing that this cycle made is left behind */
			assert_true(sim_contains(&sim, sim.hub, sim.at[i].by_sync));
	}
}

static void restart(int i)
{
	sync_fini(&run[i].sync);
	sync_init(&run[i].sync);
	run[i].running = false;
	run[i].next = sim.now + 100;
	sim.at[i].dead = false;
	sim.at[i].wake = 0;
	if (sim_chance(&sim, 300)) /* the machine, too: its clock begins anew */
		sim.at[i].clock = 1 + (int64_t)sim_below(&sim, 1000) - sim.now;
}

static void step(int i)
{
	struct runner *p = &run[i];
	if (!p->running)
		begin(i);
	seen.steps++;
	enum sync_result r = sync_step(&p->sync, &sim.at[i].world);
	if (sim.at[i].dead)
		restart(i);
	else if (r != SYNC_MORE)
		ended(i, r);
	tells_the_truth(i);
}

/* What people do about what their program tells them. */
static void answer(int i)
{
	struct sim_client *c = &sim.at[i];
	if (run[i].running || run[i].last != SYNC_WAIT)
		return;
	int code = run[i].sync.err.code;
	bool asked_by_hub = false;
	for (int r = 0; r < SIM_RECORDS; r++)
		asked_by_hub = asked_by_hub || c->kept[r];
	if (code == ERR_GUARD && (asked_by_hub || sim_chance(&sim, 500))) /* there is nothing here to restore */
		c->yes = true;
	else if (code == ERR_GUARD)
		sim_restore(c);
	else if (code == ERR_REFUSED)
		sim_fix(c);
	else if (code == ERR_AUTH)
		c->no_key = false;
	else if (code == ERR_PAUSED)
		c->users_git = false;
	run[i].next = sim.now;
}

static void something_happens(void)
{
	int i = (int)sim_below(&sim, (unsigned)sim.nclients);
	struct sim_client *c = &sim.at[i];
	unsigned what = sim_below(&sim, 100);
	if (what < 40)
		sim_edit(c, sim_chance(&sim, 30));
	else if (what < 46)
		sim_delete(c);
	else if (what < 48)
		sim_wipe(c);
	else if (what < 57)
		sim_commit_by_verb(c);
	else if (what < 60)
		sim_commit_by_hand(c);
	else if (what < 63)
		c->offline = !c->offline;
	else if (what < 64)
		c->no_key = true;
	else if (what < 65 && !run[i].running)
		c->users_git = true;
	else if (what < 68)
		restart(i); /* kill -9 between two steps */
	else if (what < 70) /* the lid is shut, between two steps or while it waits */
		c->clock += sim_below(&sim, 8 * 3600 * 1000);
	else
		answer(i);
}

/* The moment the next program wants to run, or one hour on. */
static void time_passes(void)
{
	int64_t soonest = INT64_MAX;
	for (int i = 0; i < sim.nclients; i++) {
		int64_t t = run[i].running ? sim.at[i].wake : run[i].next;
		if (t < soonest)
			soonest = t;
	}
	sim.now = soonest > sim.now ? soonest : sim.now + 1 + sim_below(&sim, 20);
	sim_deliver(&sim);
}

static void one_step(void)
{
	int from = (int)sim_below(&sim, (unsigned)sim.nclients);
	for (int k = 0; k < sim.nclients; k++) {
		int i = (from + k) % sim.nclients;
		if ((run[i].running ? sim.at[i].wake : run[i].next) <= sim.now) {
			step(i);
			return;
		}
	}
	time_passes();
}

/* No more faults; people answer what they are asked; everybody syncs in turn until nothing moves. */
static void settle(void)
{
	memset(&sim.faults, 0, sizeof sim.faults);
	sim.now += 60 * 1000;
	sim_deliver(&sim);
	for (int i = 0; i < sim.nclients; i++)
		sim.at[i].offline = sim.at[i].no_key = sim.at[i].users_git = false;
	int quiet = 0;
	for (int round = 0; quiet < 2; round++) {
		assert_true(round < 20);
		int hub = sim.hub;
		bool all = true;
		for (int i = 0; i < sim.nclients; i++) {
			if (run[i].running) /* finish what is under way first */
				while (run[i].running)
					step(i);
			for (int tries = 0; tries < 8; tries++) {
				answer(i);
				sim_fix(&sim.at[i]); /* what waits */
				sync_begin(&run[i].sync, &(struct sync_options){ .yes_delete = sim.at[i].yes });
				ended(i, sync_run(&run[i].sync, &sim.at[i].world));
				if (run[i].last == SYNC_FINISHED)
					break;
			}
			assert_int_equal(run[i].last, SYNC_FINISHED);
			all = all && sim.at[i].main == sim.hub;
		}
		quiet = all && hub == sim.hub ? quiet + 1 : 0;
	}
}

static void check_the_end(void)
{
	for (int i = 0; i < sim.nclients; i++) {
		assert_int_equal(sim.at[i].main, sim.hub);
		assert_true(sim_clean(&sim.at[i]));
	}
}

/* ever: every value that was on some main after some step. What is replayed without a bad one is kept beside. */
static void nothing_is_lost(uint64_t *ever)
{
	for (int w = 0; w <= sim.nops / 64; w++) {
		uint64_t held = sim.commit[sim.hub].ops[w];
		for (int i = 0; i < sim.nclients; i++)
			held |= sim.commit[sim.at[i].main].ops[w];
		for (int b = 0; b < 64 && (ever[w] & ~held); b++)
			if ((ever[w] & ~held) >> b & 1)
				assert_int_equal(sim.op[64 * w + b].taste, SIM_BAD);
		ever[w] |= held;
	}
}

static void one_schedule(uint64_t seed)
{
	uint64_t ever[SIM_SET(SIM_OPS)] = { 0 };
	sim_init(&sim, seed, 2 + (int)(seed % (SIM_CLIENTS - 1)));
	sim.faults = (struct sim_faults){ .die = sim_below(&sim, 8),
					  .fetch_fails = sim_below(&sim, 150),
					  .push_fails = sim_below(&sim, 150),
					  .push_answer_lost = sim_below(&sim, 150),
					  .push_late = sim_below(&sim, 200),
					  .rival = sim_chance(&sim, 20) ? 900 : sim_below(&sim, 50),
					  .slow = sim_below(&sim, 100),
					  .edit_meets_write = sim_below(&sim, 300),
					  .disk_full = sim_below(&sim, 20) };
	sim.at[0].national = sim_chance(&sim, 300);
	for (int i = 0; i < sim.nclients; i++) {
		sync_init(&run[i].sync);
		run[i].running = false;
		run[i].last = SYNC_FINISHED;
		run[i].next = sim_below(&sim, 100);
		sim.at[i].clock = 1 + sim_below(&sim, 1000 * 1000);
	}
	unsigned length = 300 + sim_below(&sim, 900);
	for (unsigned n = 0; n < length; n++) {
		if (sim_chance(&sim, 150))
			something_happens();
		one_step();
		nothing_is_lost(ever);
	}
	settle();
	check_the_end();
	nothing_is_lost(ever); /* and all have the hub's commit: it is there */
	for (int i = 0; i < sim.nclients; i++)
		sync_fini(&run[i].sync);
	seen.deaths += sim.deaths;
	seen.races += sim.races;
	seen.lost += sim.lost_answers;
	seen.late += sim.late;
	seen.met += sim.met;
	seen.replayed += sim.replayed;
	seen.kept += sim.kept;
}

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *v = getenv(name);
	return v && *v ? strtoul(v, NULL, 0) : otherwise;
}

static void all_clones_become_equal_and_nothing_is_lost(void **st)
{
	(void)st;
	unsigned long first = setting("FIRST", 1), n = setting("RUNS", SCHEDULES), seed = setting("SEED", 0);
	if (seed) {
		trace_to_stderr(1);
		one_schedule(seed);
		return;
	}
	for (unsigned long i = first; i < first + n; i++) {
		static char current[64]; /* cmocka leaves a failed test by longjmp: say before which one it is */
		snprintf(current, sizeof current, "SEED=%lu", i);
		setenv("SIM_SCHEDULE", current, 1);
		one_schedule(i);
	}
	setenv("SIM_SCHEDULE", "", 1);
	print_message("# %lu schedules: %zu steps, %zu cycles, %zu deaths, %zu lost races, %zu lost answers, %zu late pushes, %zu edits met, "
		      "%zu refused, %zu replayed, %zu guarded, %zu files kept, %zu paused, %zu later\n",
		      n, seen.steps, seen.cycles, seen.deaths, seen.races, seen.lost, seen.late, seen.met, seen.refused, seen.replayed,
		      seen.guarded, seen.kept, seen.paused, seen.later);
	/* a simulation in which nothing goes wrong proves nothing */
	if (n >= 1000) {
		assert_true(seen.deaths > n && seen.races > n / 2 && seen.lost > n && seen.late > n / 20 && seen.met > n / 2);
		assert_true(seen.refused > n / 20 && seen.replayed > n / 20 && seen.guarded > n / 5 && seen.kept > n / 5 && seen.paused > n / 10 && seen.later > n);
	}
}

/* What a schedule comes to, whatever ran before it. */
static uint64_t outcome(unsigned long seed)
{
	one_schedule(seed);
	uint64_t h = sim.seed ^ (uint64_t)sim.now << 20 ^ (uint64_t)sim.hub << 40 ^ (uint64_t)sim.ncommits << 52;
	for (int i = 0; i < sim.nops; i++)
		h = (h ^ (uint64_t)(sim.op[i + 1].record * 4 + sim.op[i + 1].field)) * 1099511628211u; /* FNV */
	return h;
}

static void a_number_replays_the_same_schedule(void **st)
{
	(void)st;
	uint64_t once[20];
	for (int i = 0; i < 20; i++)
		once[i] = outcome((unsigned long)i + 1);
	for (int i = 20; i-- > 0;)
		assert_int_equal(outcome((unsigned long)i + 1), once[i]);
}

static int which_failed(void **st)
{
	(void)st;
	const char *current = getenv("SIM_SCHEDULE");
	if (current && *current)
		print_message("# replay the schedule that failed with %s\n", current);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(all_clones_become_equal_and_nothing_is_lost, which_failed),
		cmocka_unit_test(a_number_replays_the_same_schedule),
	};
	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
