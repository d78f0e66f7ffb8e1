/* mergeunit.c -- one record and its sidecar, changed on both sides (DESIGN 5, "Whole records").
 *
 * Happy path: three states are read under the merged schemas, merge_record combines them field by field, and the result is a
 * file and perhaps a sidecar. Around it:
 *   - deleted here, edited there: what the deleting side last held is merged in first, then the deletion becomes a
 *     difference on @record;
 *   - both hold what the base had deleted: the base is its last content;
 *   - one side asks whether what the base had deleted stays, the other has it deleted still: what the latter last held is merged
 *     in, too;
 *   - two versions that cannot be one: one stays, the other is kept beside it. That is an acceptable version against one that is
 *     not (the acceptable one stays), and whatever cannot be written as one file: too large, too deep (the smaller oid stays);
 *   - a sidecar that cannot be read counts as unchanged and is kept beside.
 * No content of a record is an error here: one bad record must not stop the exchange of the others.
 *
 * Each record has the scratch to itself: ten thousand of them would not fit otherwise. Who set a field is looked up only
 * when merge_record asks, by walking back from the side's head.
 *
 * Several records may be at it at once (mergecrew.c). Reading and combining is this record's own affair; history and the job's
 * arena belong to one at a time (`exclusively`).
 */
#include "merge_int.h"

#include <setjmp.h>
#include <string.h>

struct run {
	struct job *j;
	struct arena *a; /* the scratch */
	const struct place *p;
	const struct sides *in;
	const struct unit3 *unit;
	struct state o, x, y;
	const struct side *from[2]; /* of x, y, where the state is not the side's alone: the commits that say who set what */
	struct known known;         /* the three as they were read */
	int prov_rc;                /* of a callback that cannot return it */
	/* what it comes to */
	struct unit stays;
	const char *text, *side_text; /* the bytes of stays.rec, stays.side where they are new; else NULL */
	size_t text_n, side_n;
	struct variants variants;
	bool merged;
	struct decisions decisions;
	struct diffs diffs;
	const struct diffs *before[2]; /* what the sides had */
	struct err *e;
};

/* Do something that needs history or the job's arena. Memory that runs out in either comes back to here. */
static int exclusively(struct run *u, int (*what)(struct run *u, void *arg), void *arg)
{
	struct arena *own = u->a, *shared = u->j->a;
	jmp_buf own_was, shared_was;
	volatile int rc;
	objs_lock(&u->j->s);
	memcpy(&own_was, &own->nomem, sizeof own_was);
	memcpy(&shared_was, &shared->nomem, sizeof shared_was);
	if (setjmp(own->nomem)) {
		rc = err_nomem(u->e);
	} else {
		memcpy(&shared->nomem, &own->nomem, sizeof shared->nomem);
		rc = job_goes_on(u->j, u->e);
		if (!rc)
			rc = what(u, arg);
	}
	memcpy(&own->nomem, &own_was, sizeof own_was);
	memcpy(&shared->nomem, &shared_was, sizeof shared_was);
	objs_unlock(&u->j->s);
	return rc;
}

/* --- provenance --------------------------------------------------------------------------------------------------- */

struct question {
	struct origin *out;
	int side;
	const char *champ;
};

static int blame(struct run *u, void *arg)
{
	const struct question *q = arg;
	const struct side *s = u->from[q->side] ? u->from[q->side] : q->side ? u->in->y : u->in->x;
	const struct state *st = q->side ? &u->y : &u->x;
	const struct val *v = st->val;
	if (strcmp(q->champ, "@record") && (!st->val || !schema_find(NULL, &v, st->schema->root, st->val, q->champ)))
		v = NULL;
	return hist_blame_any(q->out, u->a, &u->j->h, s->heads, s->n, u->p, q->champ, v, &u->known, u->e);
}

static void find_origin(void *ctx, struct origin *out, int side, const char *champ)
{
	struct run *u = ctx;
	struct question q = { out, side, champ };
	*out = (struct origin){ 0 };
	if (!u->prov_rc)
		u->prov_rc = exclusively(u, blame, &q);
}

/* --- combining ---------------------------------------------------------------------------------------------------- */

static struct merge_side merge_side_of(const struct state *st)
{
	if (!st->present || !st->acceptable)
		return (struct merge_side){ 0 };
	return (struct merge_side){ st->doc, st->val, st->diffs.n ? &st->diffs : NULL };
}

/* *one false: the sides cannot be written as one. */
static int combine(struct merge_result *out, bool *one, struct run *u)
{
	struct merge_prov prov = { find_origin, u };
	struct merge_input in = { .schema = u->x.schema,
				  .o = merge_side_of(&u->o),
				  .a = merge_side_of(&u->x),
				  .b = merge_side_of(&u->y),
				  .prov = &prov };
	int rc = merge_record(out, u->a, &in, u->e);
	if (u->prov_rc)
		return u->prov_rc;
	*one = rc != ERR_DATA && rc != ERR_LIMIT;
	return *one ? rc : 0;
}

/* The bytes of the result's sidecar. */
static int print_sidecar(bool *one, struct run *u, const struct diffs *diffs)
{
	struct buf text = BUF_INIT;
	int rc = diffs_print(&text, u->a, diffs, u->e);
	if (!rc && !buf_ok(&text))
		rc = err_nomem(u->e);
	if (!rc && text.n) {
		u->stays.side.mode = MODE_FILE;
		u->side_text = arena_dupn(u->a, text.at, text.n);
		u->side_n = text.n;
	}
	buf_free(&text);
	*one = rc != ERR_LIMIT;
	return *one ? rc : 0;
}

/* The result as one file and its sidecar, if that can be. */
static int as_one(bool *one, struct run *u, const struct merge_result *r, unsigned mode, const struct diffs *x, const struct diffs *y)
{
	int rc;
	u->stays = (struct unit){ 0 };
	if (r->present) {
		if (r->diffs.n && ((rc = print_sidecar(one, u, &r->diffs)) || !*one))
			return rc;
		u->stays.rec.mode = mode;
		u->text = r->text;
		u->text_n = r->n;
	}
	u->merged = true;
	u->decisions = r->decisions;
	u->diffs = r->diffs;
	u->before[0] = x;
	u->before[1] = y;
	return 0;
}

/* One side as it is, what the other has beside it. */
static void keep_side(struct run *u, const struct unit *stays, const struct unit *beside)
{
	u->stays = *stays;
	if (!beside)
		return;
	if (beside->rec.mode && !git_oid_equal(&beside->rec.oid, &stays->rec.oid))
		keep_variant(&u->variants, u->a, u->p->path, &beside->rec);
	if (beside->side.mode && !tentry_equal(&beside->side, &stays->side) && !tentry_equal(&beside->side, &u->unit->o.side))
		keep_variant(&u->variants, u->a, u->p->side, &beside->side);
}

/* --- the cases ---------------------------------------------------------------------------------------------------- */

static int load(struct state *out, struct run *u, const struct unit *unit)
{
	return state_load(out, u->a, &u->j->s, u->j->h.set, u->p, unit, &u->o, u->e);
}

static void broken_sidecars(struct run *u)
{
	struct {
		struct state *st;
		const struct unit *unit;
	} sides[] = { { &u->x, &u->unit->x }, { &u->y, &u->unit->y } };
	const bool alone = !u->o.present && u->x.present != u->y.present; /* then it may stay as it is, sidecar and all */
	for (size_t i = 0; i < 2; i++) {
		if (!sides[i].st->side_broken || (alone && sides[i].st->present))
			continue;
		sides[i].st->diffs = u->o.diffs;
		keep_variant(&u->variants, u->a, u->p->side, &sides[i].unit->side);
	}
}

/* What a record last held among the commits of a side. */
struct graves {
	const struct side *in, *until; /* until NULL: back to the beginning */
	struct helds all;
};

static int last_held(struct run *u, void *arg)
{
	struct graves *g = arg;
	return hist_last_held(&g->all, &u->j->h, g->in->heads, g->in->n, g->until ? g->until->heads : NULL, g->until ? g->until->n : 0,
			      u->p, u->e);
}

/* The base of a record that both sides hold and the base had deleted. */
static int resurrect(struct run *u)
{
	struct graves last = { .in = u->in->o };
	int rc = exclusively(u, last_held, &last);
	return rc || !last.all.n ? rc : load(&u->o, u, &last.all.at[0].unit);
}

/* What a version that went with a deletion, and all that it is to be merged with, came from. */
struct origin_asked {
	const git_oid *holder;
	const struct side *with; /* only the heads count */
	struct unit base;
	bool alone;
};

static int base_of_held(struct run *u, void *arg)
{
	struct origin_asked *q = arg;
	git_oid tree;
	int rc = merge_base_alone(&tree, &q->alone, u->j, q->holder, q->with, u->e);
	return rc || !q->alone ? rc : unit_lookup(&q->base, &u->j->s, &tree, u->p, u->e);
}

/* One of them, merged into the living side, which *kept is so far. Whoever made it, in a branch that the deletion was then merged into, may not have seen the
 * base of the two sides: it is over what it and the living side came from. */
static int merge_held(struct merge_result *kept, struct run *u, const struct held *held, const struct side *with, bool x_deleted)
{
	struct state *deleted = x_deleted ? &u->x : &u->y, *living = x_deleted ? &u->y : &u->x;
	const struct state absent = *deleted, base = u->o;
	struct origin_asked came = { .holder = &held->holder, .with = with };
	struct merge_result r;
	struct ydoc *doc;
	bool one = false;
	int rc = exclusively(u, base_of_held, &came);
	if (rc || (rc = load(deleted, u, &held->unit)))
		return rc;
	if (deleted->acceptable) {
		if (came.alone && came.base.rec.mode && !unit_equal(&came.base, &u->unit->o) && (rc = load(&u->o, u, &came.base)))
			return rc;
		if (!u->o.acceptable)
			u->o = base;
		const struct side line = { .heads = &held->holder, .n = 1 };
		u->from[!x_deleted] = &line;
		u->from[x_deleted] = with;
		rc = combine(&r, &one, u);
		u->from[0] = u->from[1] = NULL;
		u->o = base;
	}
	*deleted = absent;
	if (rc || !one || !r.present)
		return rc;
	if ((rc = ydoc_parse(&doc, u->a, u->p->path, r.text, r.n, NULL, u->e)))
		return rc;
	living->doc = doc;
	living->val = r.val;
	living->diffs = r.diffs;
	for (size_t i = 0; i < r.decisions.n; i++)
		arena_push(u->a, &kept->decisions, r.decisions.at[i]);
	r.decisions = kept->decisions;
	*kept = r;
	return 0;
}

/* The side that deleted it had perhaps edited it before, in more than one line of work: these edits are merged, one after the other,
 * into *kept, the record as it stays with the question whether it should. That question stands whatever they come to: the living side
 * was edited, and they may just undo that. */
static int merge_last_held(struct merge_result *kept, struct run *u, bool x_deleted)
{
	struct graves last = { .in = x_deleted ? u->in->x : u->in->y, .until = u->in->o };
	const struct side *living = x_deleted ? u->in->y : u->in->x;
	struct diffs asked = { .id = kept->diffs.id }, all;
	const struct diff *question = diffs_find(&kept->diffs, "@record", NULL);
	int rc = exclusively(u, last_held, &last);
	if (rc || !last.all.n || (!u->unit->o.rec.mode && (rc = resurrect(u))))
		return rc;
	if (question)
		arena_push(u->a, &asked, *question);
	git_oid *heads = arena_array(u->a, living->n + last.all.n, sizeof *heads);
	struct side with = { .heads = heads, .n = living->n };
	if (living->n)
		memcpy(heads, living->heads, living->n * sizeof *heads);
	for (size_t i = 0; !rc && i < last.all.n; i++) {
		const struct held *held = &last.all.at[i];
		if (unit_equal(&held->unit, &u->unit->o))
			continue;
		rc = merge_held(kept, u, held, &with, x_deleted);
		heads[with.n++] = held->holder;
	}
	diffs_add(&all, u->a, &kept->diffs, &asked);
	kept->diffs = all;
	return rc;
}

/* The base has none. One side made it, or an edit brought it back from a deletion, which its sidecar tells: then the other side may
 * hold another deletion, with edits before it that nobody has merged yet. */
static int new_on_one_side(struct run *u, bool x_deleted)
{
	const struct unit *left = x_deleted ? &u->unit->y : &u->unit->x;
	struct state *living = x_deleted ? &u->y : &u->x;
	struct merge_result r = { .present = true, .val = living->val, .diffs = living->diffs };
	struct diffs *before = arena_new(u->a, struct diffs), others = { .id = living->diffs.id };
	bool one = false;
	int rc;
	*before = living->diffs;
	if (living->acceptable && diffs_find(&living->diffs, "@record", NULL)) {
		for (size_t i = 0; i < before->n; i++)
			if (strcmp(before->at[i].champ, "@record"))
				arena_push(u->a, &others, before->at[i]);
		living->diffs = others;
		if ((rc = merge_last_held(&r, u, x_deleted)) || (r.text && (rc = as_one(&one, u, &r, left->rec.mode, before, before))))
			return rc;
	}
	if (!one)
		keep_side(u, left, NULL);
	return 0;
}

static int deleted_on_one_side(struct run *u)
{
	static const struct unit nothing;
	const struct unit *o = &u->unit->o;
	bool x_deleted = !u->unit->x.rec.mode, one;
	const struct unit *left = x_deleted ? &u->unit->y : &u->unit->x;
	struct state *living = x_deleted ? &u->y : &u->x, *deleted = x_deleted ? &u->x : &u->y;
	int rc;
	deleted->schema = living->schema;
	if (!o->rec.mode)
		return new_on_one_side(u, x_deleted);
	if (!living->acceptable || !u->o.acceptable) {
		keep_side(u, tentry_equal(&left->rec, &o->rec) ? &nothing : left, NULL);
		return 0;
	}
	struct diffs *before = arena_new(u->a, struct diffs);
	struct merge_result r;
	*before = living->diffs;
	/* first without: what the deleting side edited before it deleted is no reason to keep the record */
	if ((rc = combine(&r, &one, u)) || (one && r.present && (rc = merge_last_held(&r, u, x_deleted))) ||
	    (one && (rc = as_one(&one, u, &r, left->rec.mode, before, before))))
		return rc;
	if (!one)
		keep_side(u, left, NULL);
	return 0;
}

static int unit_order(const struct unit *x, const struct unit *y)
{
	int cmp = git_oid_cmp(&x->rec.oid, &y->rec.oid);
	if (!cmp)
		cmp = git_oid_cmp(&x->side.oid, &y->side.oid);
	return cmp ? cmp : (x->rec.mode > y->rec.mode) - (x->rec.mode < y->rec.mode);
}

static int both_hold(struct run *u)
{
	const struct unit *o = &u->unit->o, *x = &u->unit->x, *y = &u->unit->y;
	bool x_stays = u->x.acceptable != u->y.acceptable ? u->x.acceptable : unit_order(x, y) < 0, one = false;
	if (u->x.acceptable && u->y.acceptable) {
		struct merge_result r;
		int rc = o->rec.mode ? 0 : resurrect(u);
		if (rc || (rc = combine(&r, &one, u)) ||
		    (one && (rc = as_one(&one, u, &r, merge_mode(&o->rec, &x->rec, &y->rec), &u->x.diffs, &u->y.diffs))))
			return rc;
	}
	if (!one)
		keep_side(u, x_stays ? x : y, x_stays ? y : x);
	return 0;
}

static int run(struct run *u)
{
	int rc;
	if ((rc = load(&u->o, u, &u->unit->o)) || (rc = load(&u->x, u, &u->unit->x)) || (rc = load(&u->y, u, &u->unit->y)))
		return rc;
	if (!u->x.present && !u->y.present)
		return 0;
	const struct unit3 *three = u->unit;
	const struct state read[] = { u->o, u->x, u->y };
	u->known = (struct known){ { &three->o, &three->x, &three->y }, { &read[0], &read[1], &read[2] } };
	broken_sidecars(u);
	return u->x.present && u->y.present ? both_hold(u) : deleted_on_one_side(u);
}

/* --- handing it over ---------------------------------------------------------------------------------------------- */

static int hand_over(struct run *u, void *arg)
{
	struct outcome *out = arg;
	struct job *j = u->j;
	struct unit *s = &u->stays;
	int rc;
	if ((u->text && (rc = objs_put(&s->rec.oid, &j->s, GIT_OBJECT_BLOB, u->text, u->text_n, u->e))) ||
	    (u->side_text && (rc = objs_put(&s->side.oid, &j->s, GIT_OBJECT_BLOB, u->side_text, u->side_n, u->e))))
		return rc;
	struct tedit rec = { u->p->path, s->rec.mode, s->rec.oid }, side = { u->p->side, s->side.mode, s->side.oid };
	arena_push(j->a, &out->edits, rec);
	arena_push(j->a, &out->edits, side);
	for (size_t i = 0; i < u->variants.n; i++)
		keep_variant(&out->variants, j->a, u->variants.at[i].path, &u->variants.at[i].at);
	if (u->merged && u->in->tell)
		outcome_report(out, j->a, u->p, &u->decisions, &u->diffs, u->before[0], u->before[1]);
	return 0;
}

int merge_unit(struct outcome *out, struct job *j, struct arena *scratch, const struct sides *in, const struct unit3 *unit,
	       struct err *e)
{
	struct run u = { .j = j, .a = scratch, .p = &unit->p, .in = in, .unit = unit, .e = e };
	int rc = run(&u);
	if (!rc)
		rc = exclusively(&u, hand_over, out);
	return rc ? err_wrap(e, "%s", unit->p.path) : 0;
}
