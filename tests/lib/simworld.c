/* The functions of struct world over the clones and the hub, with the faults of struct sim_faults. */
#include "simworld_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const folders[] = { "enseignements", "pratiques", "acteurs", "boucles" };

static int die(struct sim_client *c, struct err *e)
{
	c->dead = true;
	c->sim->deaths++;
	return err_set(e, ERR_CANCELLED, "killed");
}

static bool dies(struct sim_client *c)
{
	return sim_chance(c->sim, c->sim->faults.die);
}

static int w_recover(void *ctx, struct err *e)
{
	struct sim_client *c = ctx;
	if (c->journal_new) {
		for (int r = 0; r < SIM_RECORDS; r++) {
			sim__write_record(c, r, c->journal_old, c->journal_new);
			if (dies(c))
				return die(c, e);
		}
		if (c->main == c->journal_old)
			c->main = c->journal_new;
		c->journal_old = c->journal_new = 0;
	}
	return 0;
}

static int w_paused(void *ctx, struct err *e)
{
	struct sim_client *c = ctx;
	return c->users_git ? err_set(e, ERR_PAUSED, "git merge") : 0;
}

/* The newest commit that both have; the first one is everybody's. */
static int common(const struct sim *s, int x, int y)
{
	int i = s->ncommits;
	while (i > 1 && !(sim_contains(s, x, i) && sim_contains(s, y, i)))
		i--;
	return i;
}

/* All that main has and the hub, as last heard, has not, without the bad values, as one commit on what both have: which commits there are is
 * not under test here (store/remake.c), but that no good value goes with them, and that nothing new comes in. */
static int w_replay(void *ctx, bool all, struct sync_replayed *out, struct err *e)
{
	struct sim_client *c = ctx;
	struct sim *s = c->sim;
	uint64_t good[SIM_SET(SIM_OPS)];
	int from = c->main;
	bool bad = false;
	(void)all;
	int rc = w_recover(ctx, e);
	if (rc || sim__full(s))
		return rc;
	memcpy(good, s->commit[c->main].ops, sizeof good);
	for (int i = 1; i <= s->nops; i++)
		if (sim_has(good, i) && s->op[i].taste == SIM_BAD) {
			must(!sim_has(s->commit[c->fetched].ops, i));
			good[i / 64] &= ~((uint64_t)1 << (i % 64));
			bad = true;
		}
	if (!bad)
		return 0;
	if (dies(c))
		return die(c, e);
	c->main = sim__commit_on(s, common(s, c->main, c->fetched), 0, good);
	if (dies(c))
		return die(c, e);
	s->replayed++;
	out->commits = 1;
	sim__oid(out->from, from);
	return 0;
}

static const char *path_of(int r)
{
	static char paths[SIM_RECORDS][32];
	if (!*paths[r])
		snprintf(paths[r], sizeof paths[r], "%s/r%d.yaml", folders[r / SIM_FOLDER], r);
	return paths[r];
}

static int record_at(const char *path)
{
	return atoi(strchr(path, '/') + 2);
}

static int w_scan(void *ctx, struct arena *a, struct changes *out, struct err *e)
{
	struct sim_client *c = ctx;
	if (dies(c))
		return die(c, e);
	must(!c->journal_new && !c->users_git);
	c->recorded = false;
	c->scanned = c->sim->nops;
	for (int r = 0; r < SIM_RECORDS; r++) {
		bool was = c->sim->commit[c->main].shows[r].present;
		if (c->kept[r] && c->disk[r].present && was) /* edited, and committed by hand */
			sim__show(c, r);
		c->kept[r] = c->kept[r] && c->disk[r].present;
		struct change one = { .path = path_of(r), .kind = was ? CHANGE_EDITED : CHANGE_NEW, .size = 10 };
		if (sim__user_deleted(c, r, c->main))
			one.kind = CHANGE_DELETED;
		else if (!sim__unsaved(c, r, c->main, c->main, NULL) && c->kept[r])
			one = (struct change){ .path = one.path, .kind = CHANGE_DELETED, .verdict = CHANGE_GUARDED, .why = "kept", .arriving = true };
		else if (!sim__unsaved(c, r, c->main, c->main, NULL))
			continue;
		else if (!sim__unsaved(c, r, c->main, c->main, (uint64_t[SIM_SET(SIM_OPS)]){ 0 }))
			one.verdict = CHANGE_WAITING;
		arena_push(a, out, one);
	}
	return 0;
}

static int w_census(void *ctx, struct arena *a, struct census *out, struct err *e)
{
	struct sim_client *c = ctx;
	(void)e;
	for (int i = 0; i < SIM_RECORDS / SIM_FOLDER; i++) {
		struct census_folder f = { folders[i], 0 };
		for (int r = i * SIM_FOLDER; r < (i + 1) * SIM_FOLDER; r++)
			f.n += c->sim->commit[c->main].shows[r].present;
		out->total += f.n;
		arena_push(a, out, f);
	}
	return 0;
}

static int w_record(void *ctx, const struct changes *list, struct sync_recorded *out, struct err *e)
{
	struct sim_client *c = ctx;
	struct sim *s = c->sim;
	uint64_t ops[SIM_SET(SIM_OPS)] = { 0 };
	size_t n = 0, gone = 0, before = 0;
	if (sim_chance(s, s->faults.disk_full))
		return err_set(e, ERR_IO, "write");
	if (dies(c))
		return die(c, e);
	for (int r = 0; r < SIM_RECORDS; r++)
		before += s->commit[c->main].shows[r].present;
	for (size_t i = 0; i < list->n; i++) {
		const struct change *x = &list->at[i];
		int r = record_at(x->path);
		if (x->verdict != CHANGE_READY)
			continue;
		if (x->arriving) {
			must(c->yes);
			c->disk[r] = (struct sim_record){ 0 };
		} else if (x->kind != CHANGE_DELETED) {
			n += sim__unsaved(c, r, c->main, c->main, ops);
		} else if (sim__user_deleted(c, r, c->main) && s->nops + 2 < SIM_OPS) {
			sim__put(ops, sim__new_op(s, r, -1, SIM_GOOD));
			n++;
			gone++;
		}
	}
	must(c->yes || before <= 8 || gone * 4 < before); /* what the guards promise */
	s->deletions_recorded += gone;
	if (n) {
		int id = sim__commit_on(s, c->main, 0, ops);
		if (dies(c)) /* the object is there, the ref is not */
			return die(c, e);
		c->main = id;
		for (int r = 0; r < SIM_RECORDS; r++)
			if (c->kept[r] && s->commit[id].shows[r].present) /* it was edited: it is a record again */
				sim__show(c, r);
	}
	out->commits = n > 0;
	sim__oid(out->head, c->main);
	c->recorded = true;
	c->by_sync = c->main;
	return dies(c) ? die(c, e) : 0;
}

/* The others go on meanwhile. */
static void takes_time(struct sim_client *c)
{
	struct sim *s = c->sim;
	c->wake = s->now + sim_below(s, sim_chance(s, s->faults.slow) ? 30000 : 40);
}

static int w_fetch(void *ctx, struct sync_hub *out, struct err *e)
{
	struct sim_client *c = ctx;
	struct sim *s = c->sim;
	takes_time(c);
	if (dies(c))
		return die(c, e);
	must(c->recorded); /* what people saved does not wait for the network */
	if (c->offline || sim_chance(s, s->faults.fetch_fails))
		return err_set(e, ERR_NET, "fetch");
	if (c->no_key)
		return err_set(e, ERR_AUTH, "fetch");
	c->fetched = s->hub;
	c->lost_race = false;
	sim__oid(out->head, s->hub);
	return 0;
}

static int w_join(void *ctx, const struct sync_hub *hub, struct sync_joined *out, struct err *e)
{
	struct sim_client *c = ctx;
	struct sim *s = c->sim;
	int rc = w_recover(ctx, e);
	if (rc)
		return rc;
	int mine = c->main, theirs = sim_commit_of(hub->head), to;
	must(theirs == c->fetched);
	if (mine == theirs) {
		out->kind = SYNC_JOIN_SAME;
		to = mine;
	} else if (sim_contains(s, mine, theirs)) {
		out->kind = SYNC_JOIN_AHEAD;
		to = mine;
	} else if (sim_contains(s, theirs, mine)) {
		out->kind = SYNC_JOIN_FAST_FORWARD;
		to = theirs;
	} else if (sim__within(s->commit[mine].ops, s->commit[theirs].ops, SIM_SET(SIM_OPS))) {
		out->kind = SYNC_JOIN_ADOPT_HUB;
		to = theirs;
	} else {
		out->kind = SYNC_JOIN_MERGE;
		to = sim__merge_of(s, mine, theirs);
	}
	sim__oid(out->local, mine);
	sim__oid(out->head, to);
	return 0;
}

static int w_incoming(void *ctx, struct arena *a, const struct sync_joined *j, struct changes *out, struct err *e)
{
	struct sim_client *c = ctx;
	(void)e;
	const struct sim_commit *x = &c->sim->commit[sim_commit_of(j->local)], *y = &c->sim->commit[sim_commit_of(j->head)];
	for (int r = 0; r < SIM_RECORDS; r++) {
		struct change one = { .path = path_of(r), .kind = CHANGE_EDITED, .size = 10, .arriving = true };
		if (x->shows[r].present && !y->shows[r].present)
			one.kind = CHANGE_DELETED;
		else if (!memcmp(&x->shows[r], &y->shows[r], sizeof x->shows[r]))
			continue;
		arena_push(a, out, one);
	}
	return 0;
}

/* What the guards promise of what comes in, and RECORD before WRITE of what was saved. */
static void may_be_written(const struct sim_client *c, int old, int new)
{
	const struct sim *s = c->sim;
	size_t before = 0, gone = 0;
	for (int r = 0; r < SIM_RECORDS; r++) {
		before += s->commit[old].shows[r].present;
		gone += s->commit[old].shows[r].present && !s->commit[new].shows[r].present && !c->kept[r];
		for (int f = 0; f < SIM_FIELDS; f++) {
			int op = c->disk[r].field[f];
			must(!c->disk[r].present || op <= 0 || op > c->scanned || s->op[op].taste == SIM_BAD || sim_has(s->commit[old].ops, op));
		}
	}
	must(c->yes || before <= 8 || gone * 4 < before);
}

static int w_write(void *ctx, const struct sync_joined *j, const struct changes *in, size_t *edits, struct err *e)
{
	struct sim_client *c = ctx;
	struct sim *s = c->sim;
	int old = sim_commit_of(j->local), new = sim_commit_of(j->head);
	uint64_t ops[SIM_SET(SIM_OPS)] = { 0 };
	size_t met = 0;
	if (c->main != old)
		return err_set(e, ERR_RACE, "main moved");
	for (size_t i = 0; i < in->n; i++)
		if (in->at[i].verdict == CHANGE_GUARDED) {
			must(in->at[i].kind == CHANGE_DELETED && !c->yes);
			c->kept[record_at(in->at[i].path)] = true;
			s->kept++;
		}
	may_be_written(c, old, new);
	if (sim_chance(s, s->faults.edit_meets_write))
		sim_edit(c, false);
	for (int r = 0; r < SIM_RECORDS; r++)
		met += sim__unsaved(c, r, old, new, ops);
	if (met) { /* on the version they were made from, then merged with what comes */
		new = sim__merge_of(s, new, sim__commit_on(s, old, 0, ops));
		s->met++;
	}
	c->journal_old = old;
	c->journal_new = new;
	for (int r = 0; r < SIM_RECORDS; r++) {
		if (dies(c))
			return die(c, e);
		sim__write_record(c, r, old, new);
	}
	c->main = new;
	if (dies(c))
		return die(c, e);
	c->journal_old = c->journal_new = 0;
	c->by_sync = c->main;
	*edits = met;
	return 0;
}

static bool shows_bad(const struct sim *s, int commit)
{
	for (int r = 0; r < SIM_RECORDS; r++)
		for (int f = 0; f < SIM_FIELDS; f++)
			if (s->op[s->commit[commit].shows[r].field[f]].taste)
				return true;
	return false;
}

static bool hub_takes(const struct sim *s, int commit)
{
	return sim_contains(s, commit, s->hub) && !shows_bad(s, commit);
}

void sim_deliver(struct sim *s)
{
	for (int i = 0; i < s->nclients; i++) {
		struct sim_client *c = &s->at[i];
		if (!c->late || c->late_at > s->now)
			continue;
		if (hub_takes(s, c->late) && c->late != s->hub) {
			s->hub = c->late;
			s->late++;
		}
		c->late = 0;
	}
}

static int w_push(void *ctx, const char *head, struct err *e)
{
	struct sim_client *c = ctx;
	struct sim *s = c->sim;
	int to = sim_commit_of(head);
	takes_time(c);
	if (dies(c))
		return die(c, e);
	if (c->offline || sim_chance(s, s->faults.push_fails))
		return err_set(e, ERR_NET, "push");
	if (c->no_key)
		return err_set(e, ERR_AUTH, "push");
	must(!c->lost_race); /* the hub would say it again */
	if (sim_chance(s, s->faults.rival) && !sim__full(s)) { /* somebody with plain git, in between */
		uint64_t ops[SIM_SET(SIM_OPS)] = { 0 };
		sim__put(ops, sim__new_op(s, (int)sim_below(s, SIM_RECORDS), (int)sim_below(s, SIM_FIELDS), SIM_GOOD));
		s->hub = sim__commit_on(s, s->hub, 0, ops);
	}
	if (!sim_contains(s, to, s->hub)) {
		s->races++;
		c->lost_race = true;
		must(to == c->main || sim_contains(s, c->main, to)); /* nobody offers what they do not hold */
		return err_set(e, ERR_RACE, "not a fast-forward");
	}
	if (shows_bad(s, to))
		return err_set(e, ERR_REFUSED, "refused");
	for (int i = 1; i <= s->nops; i++) /* committed by hand since this cycle looked */
		if (sim_has(s->commit[to].ops, i) && s->op[i].taste == SIM_BAD)
			return err_set(e, ERR_REFUSED, "refused for ever");
	if (!c->late && sim_chance(s, s->faults.push_late)) { /* a relay holds it; we have hung up */
		c->late = to;
		c->late_at = s->now + sim_below(s, 60000);
		return err_set(e, ERR_NET, "no answer");
	}
	must(hub_takes(s, to));
	s->hub = to;
	if (dies(c))
		return die(c, e);
	if (sim_chance(s, s->faults.push_answer_lost)) {
		s->lost_answers++;
		return err_set(e, ERR_NET, "no answer");
	}
	c->fetched = to;
	return 0;
}

/* Aggregates when there is input it has not seen: one record that says so. */
static int w_after(void *ctx, char head[SYNC_OID], struct err *e)
{
	struct sim_client *c = ctx;
	struct sim *s = c->sim;
	int rc = w_recover(ctx, e);
	if (rc)
		return rc;
	if (!c->national || sim__full(s) || sim__within(s->commit[c->main].ops, c->aggregated, SIM_SET(SIM_OPS)))
		return 0;
	uint64_t ops[SIM_SET(SIM_OPS)] = { 0 };
	int r = SIM_RECORDS - 1;
	if (sim__user_deleted(c, r, c->main) || sim__unsaved(c, r, c->main, c->main, NULL))
		return 0;
	sim__put(ops, sim__new_op(s, r, 0, SIM_GOOD));
	c->main = sim__commit_on(s, c->main, 0, ops);
	c->disk[r] = s->commit[c->main].shows[r];
	c->by_sync = c->main;
	memcpy(c->aggregated, s->commit[c->main].ops, sizeof c->aggregated);
	if (dies(c))
		return die(c, e);
	sim__oid(head, c->main);
	return 0;
}

static int64_t w_now(void *ctx)
{
	struct sim_client *c = ctx;
	return c->sim->now + c->clock;
}

static uint32_t w_random(void *ctx)
{
	return (uint32_t)sim_random(((struct sim_client *)ctx)->sim);
}

static int w_pause(void *ctx, int64_t ms, struct err *e)
{
	struct sim_client *c = ctx;
	c->wake = c->sim->now + ms;
	return dies(c) ? err_set(e, ERR_CANCELLED, "stop") : 0; /* asked to stop, not killed */
}

void sim_init(struct sim *s, uint64_t seed, int nclients)
{
	static const struct world world = { .recover = w_recover,
					    .paused = w_paused,
					    .replay = w_replay,
					    .scan = w_scan,
					    .census = w_census,
					    .record = w_record,
					    .fetch = w_fetch,
					    .join = w_join,
					    .incoming = w_incoming,
					    .write = w_write,
					    .push = w_push,
					    .after = w_after,
					    .now_ms = w_now,
					    .random = w_random,
					    .pause = w_pause };
	memset(s, 0, offsetof(struct sim, commit));
	s->ncommits = 0;
	s->deletions_recorded = s->deaths = s->races = s->lost_answers = s->late = s->met = s->replayed = s->kept = 0;
	s->seed = seed;
	s->nclients = nclients;
	uint64_t ops[SIM_SET(SIM_OPS)] = { 0 };
	for (int r = 0; r < SIM_RECORDS; r++)
		sim__put(ops, sim__new_op(s, r, 0, SIM_GOOD));
	s->hub = sim__commit_on(s, 0, 0, ops);
	for (int i = 0; i < nclients; i++) {
		struct sim_client *c = &s->at[i];
		c->sim = s;
		c->world = world;
		c->world.ctx = c;
		c->main = c->fetched = s->hub;
		memcpy(c->disk, s->commit[s->hub].shows, sizeof c->disk);
	}
}
