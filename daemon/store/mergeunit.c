/* mergeunit.c -- one record and its sidecar, changed on both sides (DESIGN 5, "Whole records").
 *
 * Happy path: three states are read under the merged schemas, merge_record combines them field by field, and the result is a
 * file and perhaps a sidecar. Around it:
 *   - deleted here, edited there: what the deleting side last held is merged in first, then the deletion becomes a
 *     difference on @record;
 *   - both hold what the base had deleted: the base is its last content;
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
	const git_oid *xholder, *yholder; /* when not the side's heads: the commit that last held it */
	struct known known;               /* the three as they were read */
	int prov_rc;                      /* of a callback that cannot return it */
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
	const struct side *s = q->side ? u->in->y : u->in->x;
	const git_oid *holder = q->side ? u->yholder : u->xholder;
	const struct state *st = q->side ? &u->y : &u->x;
	const struct val *v = st->val;
	if (strcmp(q->champ, "@record") && (!st->val || !schema_find(NULL, &v, st->schema->root, st->val, q->champ)))
		v = NULL;
	if (holder)
		return hist_blame(q->out, u->a, &u->j->h, holder, u->p, q->champ, &u->known, u->e);
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

/* The three states as one file and its sidecar, if that can be. */
static int as_one(bool *one, struct run *u, unsigned mode, const struct diffs *x, const struct diffs *y)
{
	struct merge_result r;
	int rc = combine(&r, one, u);
	if (rc || !*one)
		return rc;
	u->stays = (struct unit){ 0 };
	if (r.present) {
		if (r.diffs.n && ((rc = print_sidecar(one, u, &r.diffs)) || !*one))
			return rc;
		u->stays.rec.mode = mode;
		u->text = r.text;
		u->text_n = r.n;
	}
	u->merged = true;
	if (r.decisions.n)
		u->decisions = r.decisions;
	u->diffs = r.diffs;
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
	for (size_t i = 0; i < 2; i++) {
		if (!sides[i].st->side_broken)
			continue;
		sides[i].st->diffs = u->o.diffs;
		keep_variant(&u->variants, u->a, u->p->side, &sides[i].unit->side);
	}
}

/* A record's last content among the commits that a side holds. */
struct grave {
	const struct side *in, *until; /* until NULL: back to the beginning */
	const struct side *living;     /* NULL: no base is asked for */
	struct unit unit, base;        /* base: of the holder and the living side */
	git_oid holder;
	bool found, has_base;
};

static int last_held(struct run *u, void *arg)
{
	struct grave *g = arg;
	git_oid tree;
	int rc = hist_last_held(&g->unit, &g->holder, &g->found, &u->j->h, g->in->heads, g->in->n, g->until ? g->until->heads : NULL,
				g->until ? g->until->n : 0, u->p, u->e);
	if (rc || !g->found || !g->living)
		return rc;
	rc = merge_base_alone(&tree, &g->has_base, u->j, &g->holder, g->living, u->e);
	return rc || !g->has_base ? rc : unit_lookup(&g->base, &u->j->s, &tree, u->p, u->e);
}

/* The base of a record that both sides hold and the base had deleted. */
static int resurrect(struct run *u)
{
	struct grave last = { .in = u->in->o };
	int rc = exclusively(u, last_held, &last);
	return rc || !last.found ? rc : load(&u->o, u, &last.unit);
}

/* The side that deleted it had perhaps edited it before: that edit is merged first, into the living side. Whoever made it, in a branch
 * that the deletion was then merged into, may not have seen the base of the two sides: it is over what those two came from. */
static int merge_last_held(struct run *u, bool x_deleted)
{
	struct grave last = { .in = x_deleted ? u->in->x : u->in->y, .until = u->in->o, .living = x_deleted ? u->in->y : u->in->x };
	struct state *deleted = x_deleted ? &u->x : &u->y, *living = x_deleted ? &u->y : &u->x;
	struct merge_result r;
	bool one;
	int rc = exclusively(u, last_held, &last);
	if (rc || !last.found || unit_equal(&last.unit, &u->unit->o))
		return rc;
	struct state absent = *deleted, base = u->o;
	if ((rc = load(deleted, u, &last.unit)))
		return rc;
	if (!deleted->acceptable) {
		*deleted = absent;
		return 0;
	}
	if (last.has_base && last.base.rec.mode && !unit_equal(&last.base, &u->unit->o) && (rc = load(&u->o, u, &last.base)))
		return rc;
	if (!u->o.acceptable)
		u->o = base;
	*(x_deleted ? &u->xholder : &u->yholder) = &last.holder;
	rc = combine(&r, &one, u);
	u->xholder = u->yholder = NULL;
	u->o = base;
	*deleted = absent;
	if (rc || !one || !r.present)
		return rc;
	struct ydoc *doc;
	if ((rc = ydoc_parse(&doc, u->a, u->p->path, r.text, r.n, NULL, u->e)))
		return rc;
	living->doc = doc;
	living->val = r.val;
	living->diffs = r.diffs;
	u->decisions = r.decisions;
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
	if (!o->rec.mode || !living->acceptable || !u->o.acceptable) {
		keep_side(u, o->rec.mode && tentry_equal(&left->rec, &o->rec) ? &nothing : left, NULL);
		return 0;
	}
	struct diffs *before = arena_new(u->a, struct diffs);
	struct merge_result r;
	*before = living->diffs;
	/* first without: what the deleting side edited before it deleted is no reason to keep the record */
	if ((rc = combine(&r, &one, u)) || ((!one || r.present) && (rc = merge_last_held(u, x_deleted))) ||
	    (rc = as_one(&one, u, left->rec.mode, before, before)))
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
		int rc = o->rec.mode ? 0 : resurrect(u);
		if (rc || (rc = as_one(&one, u, merge_mode(&o->rec, &x->rec, &y->rec), &u->x.diffs, &u->y.diffs)))
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
