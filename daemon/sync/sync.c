/* sync.c -- one function per state, one table, two ways to end.
 *
 * Happy path, both sides moved: scan lists an edit, record commits it, fetch brings the hub's head, join makes the merge commit in
 * memory, incoming shows the guards what it would take away, write brings it into the folder, push offers it to the hub.
 *
 * Failure modes
 *   - The program dies: nothing of struct sync was on disk; RECOVER finishes or forgets the write.
 *   - The hub moves between fetch and push: ERR_RACE, again from FETCH after a random pause, at most SYNC_ROUNDS times.
 *   - The folder or main moves between join and write: the world says so (edits, ERR_RACE), again from SCAN.
 *   - The hub refuses: what is unpublished is looked at once more; what can be made again without the cause is.
 *   - The answer to a push is lost: ERR_NET, LATER; the next cycle's FETCH tells whether it arrived.
 *   - The network fails before RECORD would: it cannot, nothing before FETCH uses it (unless objects are damaged).
 */
#include "sync.h"

#include <stdio.h>
#include <string.h>

#include "backoff.h"
#include "base/trace.h"

static const char *const names[] = {
#define X(name, invariant) #name,
	SYNC_STATES(X)
#undef X
};

const char *sync_state_name(enum sync_state s)
{
	return names[s];
}

void sync_init(struct sync *s)
{
	memset(s, 0, sizeof *s);
	arena_init(&s->arena);
	s->state = SYNC_DONE;
}

static void drop_cycle(struct sync *s)
{
	s->changes = s->in = (struct changes){ 0 };
	arena_end(&s->arena);
}

void sync_fini(struct sync *s)
{
	drop_cycle(s);
}

void sync_begin(struct sync *s, const struct sync_options *opt)
{
	drop_cycle(s);
	s->state = SYNC_RECOVER;
	s->did = (struct sync_report){ 0 };
	s->err.code = s->held.code = 0;
	s->err.msg[0] = s->held.msg[0] = 0;
	s->next_try_ms = 0;
	s->doubted = false;
	s->opt = opt ? *opt : (struct sync_options){ 0 };
	s->hub = (struct sync_hub){ 0 };
	s->joined = (struct sync_joined){ 0 };
	s->aggregated = s->repaired = false;
}

static void oid_copy(char to[SYNC_OID], const char *from)
{
	snprintf(to, SYNC_OID, "%s", from);
}

static enum sync_result go(struct sync *s, enum sync_state to)
{
	s->state = to;
	return SYNC_MORE;
}

static enum sync_result stop(struct sync *s, const struct world *w, int rc)
{
	must(rc < 0);
	s->err.code = rc;
	drop_cycle(s);
	trace("sync: %s stops with %s", names[s->state], err_name(rc));
	if (rc == ERR_CANCELLED) { /* nobody's failure: it must not lengthen the back-off */
		s->next_try_ms = w->now_ms(w->ctx);
		return SYNC_LATER;
	}
	if (err_class(rc) == ERR_TEMP) {
		s->attempts++;
		s->next_try_ms = w->now_ms(w->ctx) + backoff_ms(s->attempts, w->random(w->ctx));
		return SYNC_LATER;
	}
	s->attempts = 0;
	return SYNC_WAIT;
}

static enum sync_result finish(struct sync *s)
{
	drop_cycle(s);
	s->state = SYNC_DONE;
	s->err = (struct err){ 0 }; /* a race that was lost first, a refusal that was answered: over */
	if (!s->opt.no_hub) /* the network's failures are not undone by a cycle that never asked it */
		s->attempts = 0;
	if (!s->held.code)
		return SYNC_FINISHED;
	s->err = s->held; /* everything else went through; this is still unanswered */
	return SYNC_WAIT;
}

/* Another round within this cycle, from an earlier state. */
static enum sync_result again(struct sync *s, const struct world *w, enum sync_state from)
{
	s->did.rounds++;
	if (s->did.rounds >= SYNC_ROUNDS)
		return stop(s, w,
			    err_set(&s->err, ERR_RACE, "%s",
				    _("trop de changements arrivent en même temps ; tout est enregistré ici, l'échange reprendra "
				      "dans un instant")));
	int64_t ms = backoff_race_ms(s->did.rounds, w->now_ms(w->ctx) - s->round_began_ms, w->random(w->ctx));
	int rc = from == SYNC_FETCH && ms ? w->pause(w->ctx, ms, &s->err) : 0;
	return rc ? stop(s, w, rc) : go(s, from);
}

static void confirm(struct sync *s, const struct world *w, const char *head)
{
	oid_copy(s->confirmed, head);
	s->confirmed_ms = w->now_ms(w->ctx);
}

/* ---- the states -------------------------------------------------------------------------------------------------- */

static enum sync_result run_recover(struct sync *s, const struct world *w)
{
	int rc = w->recover(w->ctx, &s->err);
	return rc ? stop(s, w, rc) : go(s, SYNC_PAUSED);
}

static enum sync_result run_paused(struct sync *s, const struct world *w)
{
	int rc = w->paused(w->ctx, &s->err);
	return rc ? stop(s, w, rc) : go(s, SYNC_REPLAY);
}

static enum sync_result run_replay(struct sync *s, const struct world *w)
{
	struct sync_replayed r = { 0 };
	int rc = w->replay(w->ctx, s->doubted, &r, &s->err);
	if (rc == ERR_RACE)
		return again(s, w, SYNC_PAUSED);
	if (rc)
		return stop(s, w, rc);
	if (r.commits) {
		s->did.replayed += r.commits;
		oid_copy(s->did.replaced, r.from);
	} else if (s->doubted) { /* nothing that we could mend: the hub's words stand */
		s->err = s->refusal;
		return stop(s, w, ERR_REFUSED);
	}
	return go(s, SYNC_SCAN);
}

static enum sync_result run_scan(struct sync *s, const struct world *w)
{
	s->changes = (struct changes){ 0 };
	int rc = w->scan(w->ctx, &s->arena, &s->changes, &s->err);
	return rc ? stop(s, w, rc) : go(s, SYNC_GUARD);
}

static enum sync_result run_guard(struct sync *s, const struct world *w)
{
	struct census k = { 0 };
	int rc = 0;
	if (!s->opt.yes_delete && guard_needs_census(&s->changes))
		rc = w->census(w->ctx, &s->arena, &k, &s->err);
	if (rc)
		return stop(s, w, rc);
	s->held.code = 0;
	s->did.guarded = guard_apply(&s->changes, &k, &s->arena, s->opt.yes_delete, &s->held);
	s->did.waiting = s->did.private = s->did.busy = 0;
	for (size_t i = 0; i < s->changes.n; i++) {
		s->did.private += s->changes.at[i].verdict == CHANGE_WAITING && s->changes.at[i].private;
		s->did.waiting += s->changes.at[i].verdict == CHANGE_WAITING && !s->changes.at[i].private;
		s->did.busy += s->changes.at[i].verdict == CHANGE_BUSY;
	}
	return go(s, SYNC_RECORD);
}

static enum sync_result run_record(struct sync *s, const struct world *w)
{
	struct sync_recorded r = { 0 };
	int rc = w->record(w->ctx, &s->changes, &r, &s->err);
	if (rc == ERR_RACE)
		return again(s, w, SYNC_SCAN);
	if (rc)
		return stop(s, w, rc);
	s->did.recorded += r.commits;
	oid_copy(s->head, r.head);
	if (s->opt.no_hub)
		return finish(s);
	if (s->opt.only_news && s->did.rounds == 0 && *s->confirmed && !strcmp(s->confirmed, s->head))
		return finish(s);
	return go(s, SYNC_FETCH);
}

static enum sync_result run_fetch(struct sync *s, const struct world *w)
{
	struct sync_hub hub = { 0 };
	s->round_began_ms = w->now_ms(w->ctx);
	int rc = w->fetch(w->ctx, &hub, &s->err);
	if (rc)
		return stop(s, w, rc);
	s->hub = hub;
	s->did.fetched = !hub.none;
	return go(s, hub.none ? SYNC_AFTER : SYNC_JOIN);
}

static enum sync_result run_join(struct sync *s, const struct world *w)
{
	int rc = w->join(w->ctx, &s->hub, &s->joined, &s->err);
	if (rc)
		return stop(s, w, rc);
	trace("sync: join %d", (int)s->joined.kind);
	oid_copy(s->head, s->joined.local);
	bool here_already = !strcmp(s->joined.local, s->joined.head);
	return go(s, here_already ? SYNC_PUSH : SYNC_INCOMING);
}

static struct change *change_at(const struct changes *c, size_t among, const char *path)
{
	size_t lo = 0, hi = among;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int order = strcmp(c->at[mid].path, path);
		if (!order)
			return &c->at[mid];
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* What waits for an answer from now on: what the folder's list named, but for what comes once more and may, and what is new. */
static void ask_about_arrivals(struct sync *s)
{
	size_t listed = s->changes.n;
	for (size_t i = 0; i < s->in.n; i++) {
		const struct change *x = &s->in.at[i];
		struct change *was = change_at(&s->changes, listed, x->path);
		if (was && was->arriving)
			*was = *x;
		else if (x->verdict == CHANGE_GUARDED)
			arena_push(&s->arena, &s->changes, *x);
	}
	s->held.code = 0;
	s->did.guarded = guard_explain(&s->held, &s->changes, &s->arena);
}

/* What is published is in everybody's history: it is merged and passed on, and the question is about this folder's files. A
 * courier's may be nowhere else yet, and without the files that all the others rest on nothing could go on. */
static enum sync_result run_incoming(struct sync *s, const struct world *w)
{
	struct census k = { 0 };
	struct err why = { 0 };
	s->in = (struct changes){ 0 };
	int rc = w->incoming(w->ctx, &s->arena, &s->joined, &s->in, &s->err);
	if (!rc && !s->opt.yes_delete && guard_needs_census(&s->in))
		rc = w->census(w->ctx, &s->arena, &k, &s->err);
	if (rc)
		return stop(s, w, rc);
	size_t n = guard_apply(&s->in, &k, &s->arena, s->opt.yes_delete, &why);
	if (n && (s->hub.courier || guard_on_pillar(&s->in))) {
		s->did.guarded += n;
		s->err = why;
		return stop(s, w, ERR_GUARD);
	}
	ask_about_arrivals(s);
	return go(s, SYNC_WRITE);
}

static enum sync_result run_write(struct sync *s, const struct world *w)
{
	size_t edits = 0;
	int rc = w->write(w->ctx, &s->joined, &s->in, &edits, &s->err);
	if (rc == ERR_RACE)
		return again(s, w, SYNC_SCAN);
	if (rc)
		return stop(s, w, rc);
	s->did.wrote = true;
	s->did.merged += s->joined.merged;
	s->did.differences += s->joined.differences;
	s->did.edits += edits;
	oid_copy(s->head, s->joined.head);
	return edits ? again(s, w, SYNC_SCAN) : go(s, SYNC_PUSH);
}

static enum sync_result run_push(struct sync *s, const struct world *w)
{
	enum sync_state next = s->aggregated ? SYNC_DONE : SYNC_AFTER;
	if (strcmp(s->head, s->hub.head) != 0) {
		if (*s->refused && !strcmp(s->head, s->refused) && !s->opt.retry_refused) {
			s->err = s->refusal; /* the hub would say it again */
			return stop(s, w, ERR_REFUSED);
		}
		int rc = w->push(w->ctx, s->head, &s->err);
		if (rc == ERR_RACE)
			return again(s, w, SYNC_FETCH);
		if (rc == ERR_REFUSED) {
			oid_copy(s->refused, s->head);
			s->refusal = s->err;
			if (!s->doubted) { /* its rules may be newer than those that we looked by */
				s->doubted = true;
				return go(s, SYNC_PAUSED);
			}
		}
		if (rc)
			return stop(s, w, rc);
		s->did.pushed = true;
		oid_copy(s->hub.head, s->head);
	}
	confirm(s, w, s->head);
	return next == SYNC_DONE ? finish(s) : go(s, next);
}

static enum sync_result run_after(struct sync *s, const struct world *w)
{
	char head[SYNC_OID] = "";
	int rc = w->after(w->ctx, head, &s->err);
	if (rc == ERR_RACE) /* main moved under the aggregation: its next run is as good */
		return again(s, w, SYNC_SCAN);
	if (rc)
		return stop(s, w, rc);
	s->aggregated = true;
	if (!*head)
		return finish(s);
	oid_copy(s->head, head);
	return s->hub.none ? finish(s) : go(s, SYNC_PUSH);
}

/* What the repair could not bring back is met again, and then stops the cycle with the words of whoever misses it. */
static enum sync_result repair(struct sync *s, const struct world *w)
{
	s->repaired = true;
	int rc = w->repair(w->ctx, &s->err);
	if (rc)
		return stop(s, w, rc);
	s->err = (struct err){ 0 };
	return go(s, SYNC_RECOVER);
}

enum sync_result sync_step(struct sync *s, const struct world *w)
{
	static enum sync_result (*const run[])(struct sync *, const struct world *) = {
		[SYNC_RECOVER] = run_recover, [SYNC_PAUSED] = run_paused,     [SYNC_REPLAY] = run_replay, [SYNC_SCAN] = run_scan,
		[SYNC_GUARD] = run_guard,     [SYNC_RECORD] = run_record,     [SYNC_FETCH] = run_fetch,
		[SYNC_JOIN] = run_join,       [SYNC_INCOMING] = run_incoming, [SYNC_WRITE] = run_write,
		[SYNC_PUSH] = run_push,       [SYNC_AFTER] = run_after,
	};
	must(s->state < SYNC_DONE);
	if (!arena_resume(&s->arena))
		return stop(s, w, err_nomem(&s->err));
	trace("sync: %s", names[s->state]);
	if (w->note)
		w->note(w->ctx, names[s->state]);
	enum sync_result r = run[s->state](s, w);
	return r == SYNC_WAIT && s->err.code == ERR_CORRUPT && !s->repaired ? repair(s, w) : r;
}

enum sync_result sync_run(struct sync *s, const struct world *w)
{
	enum sync_result r;
	while ((r = sync_step(s, w)) == SYNC_MORE)
		;
	return r;
}
