/* The machine against a world that follows a script: which calls are made, in which order, and what comes out.
 * What many of them do together is test_sim.c's business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "sync/backoff.h"
#include "sync/sync.h"

/* "fetch" fails with a code the first `times` times (-1: always) */
struct plan {
	const char *call;
	int code, times;
};
struct script {
	struct buf calls;            /* "recover paused replay scan ..." */
	struct plan plan[4];
	struct changes disk;
	struct census census;
	struct sync_hub hub;
	struct sync_joined joined;
	struct changes in;
	size_t kept;                 /* of `in`, when it was written last */
	const char *head, *aggregated; /* what record and after answer */
	size_t commits, edits, edit_rounds;
	int64_t now, paused_ms;
	int replays, replays_all; /* how often there is something to make again: at first sight, after a refusal */
	const char *pushed;
};

static struct script w;
static struct sync s;
static struct change many[40];

static int called(struct script *x, const char *name, struct err *e)
{
	buf_printf(&x->calls, "%s%s", x->calls.n ? " " : "", name);
	for (size_t i = 0; i < 4; i++) {
		struct plan *p = &x->plan[i];
		if (!p->call || strcmp(p->call, name) != 0 || p->times == 0)
			continue;
		p->times -= p->times > 0;
		return err_set(e, p->code, "%s a échoué", name);
	}
	return 0;
}

static int do_recover(void *x, struct err *e)
{
	return called(x, "recover", e);
}
static int do_repair(void *x, struct err *e)
{
	return called(x, "repair", e);
}
static int do_paused(void *x, struct err *e)
{
	return called(x, "paused", e);
}
static int do_replay(void *x, bool all, struct sync_replayed *out, struct err *e)
{
	int rc = called(x, all ? "replay-all" : "replay", e);
	int *left = all ? &w.replays_all : &w.replays;
	if (!rc && *left > 0) {
		--*left;
		out->commits = 2;
		snprintf(out->from, sizeof out->from, "%s", "old");
	}
	return rc;
}
static int do_scan(void *x, struct arena *a, struct changes *out, struct err *e)
{
	int rc = called(x, "scan", e);
	for (size_t i = 0; !rc && i < w.disk.n; i++)
		arena_push(a, out, w.disk.at[i]);
	return rc;
}
static int do_census(void *x, struct arena *a, struct census *out, struct err *e)
{
	(void)a;
	int rc = called(x, "census", e);
	if (!rc)
		*out = w.census;
	return rc;
}
static int do_record(void *x, const struct changes *c, struct sync_recorded *out, struct err *e)
{
	int rc = called(x, "record", e);
	if (rc)
		return rc;
	for (size_t i = 0; i < c->n; i++)
		if (c->at[i].verdict == CHANGE_READY && c->at[i].kind == CHANGE_DELETED)
			buf_puts(&w.calls, " -file");
	out->commits = w.commits;
	snprintf(out->head, sizeof out->head, "%s", w.head);
	return 0;
}
static int do_fetch(void *x, struct sync_hub *out, struct err *e)
{
	int rc = called(x, "fetch", e);
	if (!rc)
		*out = w.hub;
	return rc;
}
static int do_join(void *x, const struct sync_hub *hub, struct sync_joined *out, struct err *e)
{
	(void)hub;
	int rc = called(x, "join", e);
	if (!rc)
		*out = w.joined;
	return rc;
}
static int do_incoming(void *x, struct arena *a, const struct sync_joined *j, struct changes *out, struct err *e)
{
	(void)j;
	int rc = called(x, "incoming", e);
	for (size_t i = 0; !rc && i < w.in.n; i++)
		arena_push(a, out, w.in.at[i]);
	return rc;
}
static int do_write(void *x, const struct sync_joined *j, const struct changes *in, size_t *edits, struct err *e)
{
	(void)j;
	int rc = called(x, "write", e);
	w.kept = 0;
	for (size_t i = 0; i < in->n; i++)
		w.kept += in->at[i].verdict == CHANGE_GUARDED;
	if (!rc && w.edit_rounds) {
		w.edit_rounds--;
		*edits = w.edits;
	}
	return rc;
}
static int do_push(void *x, const char *head, struct err *e)
{
	int rc = called(x, "push", e);
	if (!rc) {
		static char last[SYNC_OID];
		snprintf(last, sizeof last, "%s", head);
		w.pushed = last;
	}
	return rc;
}
static int do_after(void *x, char head[SYNC_OID], struct err *e)
{
	int rc = called(x, "after", e);
	if (!rc && w.aggregated)
		snprintf(head, SYNC_OID, "%s", w.aggregated);
	return rc;
}
static int64_t do_now(void *x)
{
	return ((struct script *)x)->now;
}
static uint32_t do_random(void *x)
{
	(void)x;
	return 7;
}
static int do_pause(void *x, int64_t ms, struct err *e)
{
	((struct script *)x)->paused_ms += ms;
	for (size_t i = 0; i < 4; i++)
		if (w.plan[i].call && !strcmp(w.plan[i].call, "pause"))
			return err_set(e, w.plan[i].code, "pause");
	return 0;
}

static const struct world world = { .ctx = &w,
				    .recover = do_recover,
				    .repair = do_repair,
				    .paused = do_paused,
				    .replay = do_replay,
				    .scan = do_scan,
				    .census = do_census,
				    .record = do_record,
				    .fetch = do_fetch,
				    .join = do_join,
				    .incoming = do_incoming,
				    .write = do_write,
				    .push = do_push,
				    .after = do_after,
				    .now_ms = do_now,
				    .random = do_random,
				    .pause = do_pause };

/* main at L, hub at H, the merge of both M */
static int fresh(void **st)
{
	(void)st;
	buf_free(&w.calls);
	w = (struct script){ .head = "L", .now = 1000000 };
	strcpy(w.hub.head, "H");
	w.joined = (struct sync_joined){ SYNC_JOIN_MERGE, "L", "M", 2, 1 };
	sync_fini(&s);
	sync_init(&s);
	return 0;
}

static int over(void **st)
{
	(void)st;
	buf_free(&w.calls);
	sync_fini(&s);
	return 0;
}

static enum sync_result cycle(const struct sync_options *opt)
{
	buf_reset(&w.calls);
	sync_begin(&s, opt);
	enum sync_result r = sync_run(&s, &world);
	assert_int_equal(s.changes.n, 0); /* nothing of the cycle outlives it */
	return r;
}

static void expect_calls(const char *want)
{
	assert_string_equal(buf_str(&w.calls), want);
}

static void deleted(struct changes *c, size_t n)
{
	static char paths[40][64];
	for (size_t i = 0; i < n; i++) {
		snprintf(paths[i], sizeof paths[i], "pratiques/k5/pra-ara-%02zu.yaml", i);
		many[i] = (struct change){ .path = paths[i], .kind = CHANGE_DELETED };
	}
	*c = (struct changes){ .at = many, .n = n };
	static struct census_folder f;
	f = (struct census_folder){ "pratiques", n };
	w.census = (struct census){ .at = &f, .n = 1, .total = n };
}

static void arriving(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++)
		c->at[i].arriving = true;
}

#define WHOLE "recover paused replay scan record fetch join incoming write push after"

static void both_sides_moved(void **st)
{
	(void)st;
	w.commits = 1;
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls(WHOLE);
	assert_string_equal(w.pushed, "M");
	assert_string_equal(s.confirmed, "M");
	assert_int_equal(s.confirmed_ms, 1000000);
	assert_int_equal(s.did.recorded, 1);
	assert_int_equal(s.did.merged, 2);
	assert_int_equal(s.did.differences, 1);
	assert_true(s.did.pushed && s.did.fetched && s.did.wrote);
	assert_int_equal(s.state, SYNC_DONE);
	assert_int_equal(s.err.code, 0);
}

static void nothing_new(void **st)
{
	(void)st;
	strcpy(w.hub.head, "L");
	w.joined = (struct sync_joined){ SYNC_JOIN_SAME, "L", "L", 0, 0 };
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch join after");
	assert_string_equal(s.confirmed, "L");
	/* and when only the folder stirred, the hub is left alone */
	assert_int_equal(cycle(&(struct sync_options){ .only_news = true }), SYNC_FINISHED);
	expect_calls("recover paused replay scan record");
	w.head = "N"; /* somebody committed */
	assert_int_equal(cycle(&(struct sync_options){ .only_news = true }), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch join after");
}

static void only_here(void **st)
{
	(void)st;
	w.joined = (struct sync_joined){ SYNC_JOIN_AHEAD, "L", "L", 0, 0 };
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch join push after");
	assert_string_equal(w.pushed, "L");
}

static void only_there(void **st)
{
	(void)st;
	w.joined = (struct sync_joined){ SYNC_JOIN_FAST_FORWARD, "L", "H", 0, 0 };
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch join incoming write after");
	assert_string_equal(s.confirmed, "H");
}

static void without_a_hub(void **st)
{
	(void)st;
	w.hub = (struct sync_hub){ .none = true };
	w.aggregated = "A"; /* a national clone on its own still aggregates what it has */
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch after");
	assert_false(s.did.fetched);
	assert_string_equal(s.head, "A");
	assert_int_equal(s.confirmed_ms, 0);
}

static void aggregation_is_pushed_too(void **st)
{
	(void)st;
	w.aggregated = "A";
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls(WHOLE " push");
	assert_string_equal(w.pushed, "A");
	assert_string_equal(s.confirmed, "A");
}

static void a_lost_race_fetches_again(void **st)
{
	(void)st;
	w.plan[0] = (struct plan){ "push", ERR_RACE, 2 };
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch join incoming write push fetch join incoming write push "
		     "fetch join incoming write push after");
	assert_int_equal(s.did.rounds, 2);
	assert_true(w.paused_ms > 0);
}

static void a_race_lost_for_ever_comes_back_later(void **st)
{
	(void)st;
	w.plan[0] = (struct plan){ "push", ERR_RACE, -1 };
	assert_int_equal(cycle(NULL), SYNC_LATER);
	assert_int_equal(s.did.rounds, SYNC_ROUNDS);
	assert_int_equal(s.err.code, ERR_RACE);
	assert_int_equal(s.state, SYNC_PUSH);
	assert_in_range(s.next_try_ms, w.now + BACKOFF_MIN_MS, w.now + 2 * BACKOFF_MIN_MS);
}

static void damage_is_repaired_once(void **st)
{
	(void)st;
	w.plan[0] = (struct plan){ "scan", ERR_CORRUPT, 1 };
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan repair " WHOLE);
	assert_int_equal(s.err.code, 0);
	w.plan[0] = (struct plan){ "join", ERR_CORRUPT, -1 };
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	expect_calls("recover paused replay scan record fetch join repair recover paused replay scan record fetch join");
	assert_string_equal(s.err.msg, "join a échoué");
	w.plan[1] = (struct plan){ "repair", ERR_NET, -1 };
	assert_int_equal(cycle(NULL), SYNC_LATER);
	expect_calls("recover paused replay scan record fetch join repair");
}

static void cancelled_while_it_waits(void **st)
{
	(void)st;
	w.plan[0] = (struct plan){ "push", ERR_RACE, -1 };
	w.plan[1] = (struct plan){ "pause", ERR_CANCELLED, -1 };
	assert_int_equal(cycle(NULL), SYNC_LATER);
	assert_int_equal(s.err.code, ERR_CANCELLED);
	assert_int_equal(s.attempts, 0);
	assert_int_equal(s.next_try_ms, w.now);
}

static void an_edit_met_while_writing_is_scanned(void **st)
{
	(void)st;
	w.edits = 3;
	w.edit_rounds = 1;
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch join incoming write scan record fetch join incoming write push "
		     "after");
	assert_int_equal(s.did.edits, 3);
	fresh(NULL);
	w.edits = 1;
	w.edit_rounds = 1000; /* somebody's editor saves all the time */
	assert_int_equal(cycle(NULL), SYNC_LATER);
	fresh(NULL);
	w.plan[0] = (struct plan){ "write", ERR_RACE, 1 }; /* somebody else moved main */
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch join incoming write scan record fetch join incoming write push "
		     "after");
}

static void a_dead_network_waits_longer_each_time(void **st)
{
	(void)st;
	w.plan[0] = (struct plan){ "fetch", ERR_NET, 3 };
	int64_t last = 0;
	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(cycle(NULL), SYNC_LATER);
		expect_calls("recover paused replay scan record fetch"); /* local work is safe */
		assert_int_equal(s.err.code, ERR_NET);
		assert_int_equal(s.attempts, i);
		assert_true(s.next_try_ms - w.now > last);
		last = s.next_try_ms - w.now;
	}
	assert_int_equal(cycle(&(struct sync_options){ .no_hub = true }), SYNC_FINISHED);
	assert_int_equal(s.attempts, 3); /* an edit recorded meanwhile does not make the next wait short */
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	assert_int_equal(s.attempts, 0);
	assert_int_equal(s.err.code, 0);
}

static void what_needs_a_person_waits(void **st)
{
	(void)st;
	static const struct plan plans[] = { { "recover", ERR_UNSUPPORTED, 1 }, { "paused", ERR_PAUSED, 1 },
					     { "scan", ERR_PERM, 1 },	    { "record", ERR_NOSPC, 1 },
					     { "fetch", ERR_AUTH, 1 },	    { "fetch", ERR_HOSTKEY, 1 },
					     { "fetch", ERR_NOTFOUND, 1 },  { "join", ERR_UNSUPPORTED, 1 },
					     { "join", ERR_LIMIT, 1 },	    { "write", ERR_NOSPC, 1 },
					     { "after", ERR_SCHEMA, 1 } };
	for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
		fresh(NULL);
		w.plan[0] = plans[i];
		assert_int_equal(cycle(NULL), SYNC_WAIT);
		assert_int_equal(s.err.code, plans[i].code);
		assert_non_null(strstr(s.err.msg, plans[i].call));
		size_t n = strlen(plans[i].call);
		assert_string_equal(buf_str(&w.calls) + w.calls.n - n, plans[i].call); /* nothing came after it */
		assert_int_equal(cycle(NULL), SYNC_FINISHED);
	}
}

static void no_hub_records_only(void **st)
{
	(void)st;
	assert_int_equal(cycle(&(struct sync_options){ .no_hub = true }), SYNC_FINISHED);
	expect_calls("recover paused replay scan record");
}

static void a_refused_head_is_offered_once(void **st)
{
	(void)st;
	w.plan[0] = (struct plan){ "push", ERR_REFUSED, 1 };
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	assert_int_equal(s.err.code, ERR_REFUSED);
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	expect_calls("recover paused replay scan record fetch join incoming write"); /* no push */
	assert_string_equal(s.err.msg, "push a échoué");                      /* still in the hub's words */
	w.joined = (struct sync_joined){ SYNC_JOIN_MERGE, "L", "N", 0, 0 }; /* a repair */
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	assert_string_equal(w.pushed, "N");
	/* or a person asks for it */
	fresh(NULL);
	w.plan[0] = (struct plan){ "push", ERR_REFUSED, 1 };
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	assert_int_equal(cycle(&(struct sync_options){ .retry_refused = true }), SYNC_FINISHED);
}

static void what_the_hub_can_never_accept_is_made_again(void **st)
{
	(void)st;
	w.replays = 1;
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay scan record fetch join incoming write push after");
	assert_int_equal(s.did.replayed, 2);
	assert_string_equal(s.did.replaced, "old");
	/* it moves main: somebody else may have done so, too */
	fresh(NULL);
	w.plan[0] = (struct plan){ "replay", ERR_RACE, 1 };
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
	expect_calls("recover paused replay paused replay scan record fetch join incoming write push after");
	assert_int_equal(s.did.replayed, 0);
}

static void a_refusal_is_looked_into_once(void **st)
{
	const struct sync_options again = { .retry_refused = true }; /* the script knows one head only */
	(void)st;
	w.plan[0] = (struct plan){ "push", ERR_REFUSED, 1 };
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	expect_calls("recover paused replay scan record fetch join incoming write push paused replay-all");
	assert_string_equal(s.err.msg, "push a échoué");
	fresh(NULL); /* its rules had become stricter, and something could be done */
	w.plan[0] = (struct plan){ "push", ERR_REFUSED, 1 };
	w.replays_all = 1;
	assert_int_equal(cycle(&again), SYNC_FINISHED);
	assert_int_equal(s.err.code, 0);
	assert_int_equal(s.did.replayed, 2);
	fresh(NULL); /* and was not enough */
	w.plan[0] = (struct plan){ "push", ERR_REFUSED, 2 };
	w.replays_all = 2;
	assert_int_equal(cycle(&again), SYNC_WAIT);
	assert_int_equal(s.err.code, ERR_REFUSED);
	assert_int_equal(w.replays_all, 1);
}

static void a_guarded_deletion_stays_out_and_the_rest_goes_on(void **st)
{
	(void)st;
	deleted(&w.disk, 5);
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	expect_calls("recover paused replay scan census record fetch join incoming write push after");
	assert_int_equal(s.err.code, ERR_GUARD);
	assert_int_equal(s.did.guarded, 5);
	assert_int_equal(s.state, SYNC_DONE);
	assert_string_equal(s.confirmed, "M");
	assert_int_equal(cycle(&(struct sync_options){ .yes_delete = true }), SYNC_FINISHED);
	expect_calls("recover paused replay scan record -file -file -file -file -file fetch join incoming write push after");
}

/* What is published goes through: only those files of the folder wait. */
static void what_comes_in_waits_for_an_answer(void **st)
{
	(void)st;
	deleted(&w.in, 21);
	arriving(&w.in);
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	expect_calls("recover paused replay scan record fetch join incoming census write push after");
	assert_int_equal(s.err.code, ERR_GUARD);
	assert_int_equal(s.state, SYNC_DONE);
	assert_int_equal(s.did.guarded, 21);
	assert_int_equal(w.kept, 21);
	assert_string_equal(s.confirmed, "M");
	/* the next one finds them in the folder: still unanswered, told once */
	for (size_t i = 0; i < w.in.n; i++)
		many[i].verdict = CHANGE_GUARDED;
	w.disk = w.in;
	assert_int_equal(cycle(NULL), SYNC_WAIT); /* asking again is no yes */
	assert_int_equal(s.did.guarded, 21);
	assert_int_equal(cycle(&(struct sync_options){ .yes_delete = true }), SYNC_FINISHED);
	assert_int_equal(w.kept, 0);
}

static void what_a_courier_brings_can_be_stopped(void **st)
{
	(void)st;
	w.hub.courier = true; /* it may be nowhere else: what we merge we would publish */
	deleted(&w.in, 21);
	arriving(&w.in);
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	expect_calls("recover paused replay scan record fetch join incoming census");
	assert_int_equal(s.err.code, ERR_GUARD);
	assert_int_equal(s.state, SYNC_INCOMING);
	assert_int_equal(cycle(&(struct sync_options){ .yes_delete = true }), SYNC_FINISHED);
	expect_calls(WHOLE);
}

static void what_everything_rests_on_is_not_merged_away(void **st)
{
	(void)st;
	many[0] = (struct change){ .path = "collectif.yaml", .kind = CHANGE_DELETED, .arriving = true };
	w.in = (struct changes){ .at = many, .n = 1 };
	assert_int_equal(cycle(NULL), SYNC_WAIT);
	assert_int_equal(s.err.code, ERR_GUARD);
	assert_int_equal(s.state, SYNC_INCOMING);
	assert_null(w.pushed);
	assert_int_equal(cycle(&(struct sync_options){ .yes_delete = true }), SYNC_FINISHED);
}

static void counts_what_waits(void **st)
{
	(void)st;
	many[0] = (struct change){ .path = "a/b.yaml", .verdict = CHANGE_WAITING };
	many[1] = (struct change){ .path = "a/c.yaml", .verdict = CHANGE_BUSY };
	many[2] = (struct change){ .path = "a/d.yaml", .verdict = CHANGE_BUSY };
	many[3] = (struct change){ .path = "a/e.yaml", .verdict = CHANGE_WAITING, .private = true };
	w.disk = (struct changes){ .at = many, .n = 4 };
	assert_int_equal(cycle(NULL), SYNC_FINISHED); /* a waiting file blocks nothing */
	assert_int_equal(s.did.private, 1);
	assert_int_equal(s.did.waiting, 1);
	assert_int_equal(s.did.busy, 2);
}

static void memory_that_runs_out_comes_back_later(void **st)
{
	(void)st;
	many[0] = (struct change){ .path = "a/b.yaml", .verdict = CHANGE_WAITING };
	w.disk = (struct changes){ .at = many, .n = 1 };
	sync_begin(&s, NULL);
	s.arena.limit = 1;
	assert_int_equal(sync_run(&s, &world), SYNC_LATER);
	assert_int_equal(s.err.code, ERR_NOMEM);
	assert_int_equal(cycle(NULL), SYNC_FINISHED);
}

static void names_for_the_status(void **st)
{
	(void)st;
	assert_string_equal(sync_state_name(SYNC_RECOVER), "RECOVER");
	assert_string_equal(sync_state_name(SYNC_DONE), "DONE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(both_sides_moved), T(nothing_new), T(only_here), T(only_there), T(without_a_hub),
		T(aggregation_is_pushed_too), T(a_lost_race_fetches_again), T(a_race_lost_for_ever_comes_back_later),
		T(damage_is_repaired_once), T(cancelled_while_it_waits), T(an_edit_met_while_writing_is_scanned),
		T(a_dead_network_waits_longer_each_time), T(what_needs_a_person_waits), T(no_hub_records_only),
		T(a_refused_head_is_offered_once), T(what_the_hub_can_never_accept_is_made_again), T(a_refusal_is_looked_into_once),
		T(a_guarded_deletion_stays_out_and_the_rest_goes_on),
		T(what_comes_in_waits_for_an_answer), T(what_a_courier_brings_can_be_stopped),
		T(what_everything_rests_on_is_not_merged_away), T(counts_what_waits), T(memory_that_runs_out_comes_back_later),
		T(names_for_the_status),
	};
	return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}
