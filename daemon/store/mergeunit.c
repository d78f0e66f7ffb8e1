/* mergeunit.c -- one record and its sidecar, changed on both sides (DESIGN 5, "Whole records").
 *
 * Happy path: three states are read under the merged schemas, merge_record combines them field by field, and the result is a
 * file and perhaps a sidecar. Around it:
 *   - deleted here, edited there: what the deleting side last held is merged in first, then the deletion becomes a
 *     difference on @record;
 *   - both hold what the base had deleted: the base is its last content;
 *   - one side is no acceptable record: the other stays, it is kept beside; neither is: both are kept;
 *   - a sidecar that cannot be read counts as unchanged and is kept beside.
 * Each record has an arena of its own: ten thousand of them would not fit otherwise. Who set a field is looked up only
 * when merge_record asks, by walking back from the side's head.
 */
#include "merge_int.h"

#include <string.h>

struct run {
	struct job *j;
	struct arena a; /* of this record */
	const struct place *p;
	const struct sides *in;
	struct state o, x, y;
	const git_oid *xholder, *yholder; /* when not the side's heads: the commit that last held it */
	struct decisions decisions;
	struct diffs diffs;
	bool diffs_any;
	int prov_rc; /* of a callback that cannot return it */
	struct err *e;
};

static void find_origin(void *ctx, struct origin *out, int side, const char *champ)
{
	struct run *u = ctx;
	const struct side *s = side ? u->in->y : u->in->x;
	const git_oid *holder = side ? u->yholder : u->xholder;
	const struct state *st = side ? &u->y : &u->x;
	const struct val *v = st->val;
	*out = (struct origin){ 0 };
	if (u->prov_rc)
		return;
	if (strcmp(champ, "@record") && (!st->val || !schema_find(NULL, &v, st->schema->root, st->val, champ)))
		v = NULL;
	if (holder)
		u->prov_rc = hist_blame(out, &u->a, &u->j->h, holder, u->p, champ, u->e);
	else
		u->prov_rc = hist_blame_any(out, &u->a, &u->j->h, s->heads, s->n, u->p, champ, v, u->e);
}

static struct merge_side merge_side_of(const struct state *st)
{
	if (!st->present || !st->acceptable)
		return (struct merge_side){ 0 };
	return (struct merge_side){ st->doc, st->val, st->diffs.n ? &st->diffs : NULL };
}

static int merge(struct merge_result *out, struct run *u)
{
	struct merge_prov prov = { find_origin, u };
	struct merge_input in = { .schema = u->x.schema,
				  .o = merge_side_of(&u->o),
				  .a = merge_side_of(&u->x),
				  .b = merge_side_of(&u->y),
				  .prov = &prov };
	int rc = merge_record(out, &u->a, &in, u->e);
	return u->prov_rc ? u->prov_rc : rc;
}

static const struct diff *find_open(const struct diffs *d, const struct diff *one)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->at[i].degre != DEG_TRANCHE && !strcmp(d->at[i].champ, one->champ) && val_equal(d->at[i].base, one->base))
			return &d->at[i];
	return NULL;
}

/* x and y: what the sides had. */
static enum news news_of(const struct diff *d, const struct diffs *x, const struct diffs *y)
{
	const struct diff *p = find_open(x, d), *q = find_open(y, d);
	if (d->degre == DEG_TRANCHE)
		return NEWS_NONE;
	if (!p && !q)
		return NEWS_FRESH;
	return d->n > (p ? p->n : 0) && d->n > (q ? q->n : 0) ? NEWS_GROWN : NEWS_NONE;
}

/* --- results outlive the record's arena ---------------------------------------------------------------------- */

static const char *keep_str(struct arena *a, const char *s)
{
	return s ? arena_dup(a, s) : NULL;
}

static struct origin keep_origin(struct arena *a, const struct origin *o)
{
	return (struct origin){ keep_str(a, o->par), keep_str(a, o->date), keep_str(a, o->commit) };
}

static void keep_proposal(struct proposal *out, struct arena *a, const struct proposal *p)
{
	*out = *p;
	out->valeur = val_copy(a, p->valeur);
	out->by = keep_origin(a, &p->by);
}

static void keep_decisions(struct decisions *out, struct arena *a, const struct decisions *in)
{
	for (size_t i = 0; i < in->n; i++) {
		struct decision d = in->at[i];
		d.champ = arena_dup(a, d.champ);
		d.base = val_copy(a, d.base);
		d.result = val_copy(a, d.result);
		keep_proposal(&d.sides[0], a, &in->at[i].sides[0]);
		keep_proposal(&d.sides[1], a, &in->at[i].sides[1]);
		arena_push(a, out, d);
	}
}

static struct diffs *keep_diffs(struct arena *a, const struct diffs *in)
{
	struct diffs *out = arena_new(a, struct diffs);
	out->id = keep_str(a, in->id);
	for (size_t i = 0; i < in->n; i++) {
		struct diff d = in->at[i];
		d.champ = arena_dup(a, d.champ);
		d.regle = keep_str(a, d.regle);
		d.base = val_copy(a, d.base);
		d.settled = keep_origin(a, &d.settled);
		d.at = arena_array(a, d.n, sizeof *d.at);
		d.cap = d.n;
		for (size_t k = 0; k < d.n; k++)
			keep_proposal(&d.at[k], a, &in->at[i].at[k]);
		arena_push(a, out, d);
	}
	return out;
}

/* x and y are what both sides had: what is open in neither is new. */
static void report(struct tree_merge *m, struct run *u, const struct diffs *x, const struct diffs *y)
{
	struct arena *a = u->j->a;
	struct merged_record r = { .id = arena_dup(a, u->p->id), .path = arena_dup(a, u->p->path) };
	keep_decisions(&r.decisions, a, &u->decisions);
	if (u->diffs_any) {
		enum news *news = arena_array(a, u->diffs.n, sizeof *news);
		r.diffs = keep_diffs(a, &u->diffs);
		r.news = news;
		for (size_t i = 0; i < u->diffs.n; i++) {
			news[i] = news_of(&u->diffs.at[i], x, y);
			m->differences += news[i] == NEWS_FRESH;
			r.added_difference = r.added_difference || news[i] == NEWS_FRESH;
		}
	}
	arena_push(a, m, r);
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

static void write_entry(struct tedits *out, struct run *u, const char *path, const struct tentry *t)
{
	struct tedit edit = { path, t->mode, t->oid };
	arena_push(u->j->a, out, edit);
}

static int write_result(struct tedits *out, struct run *u, const struct merge_result *r, unsigned mode)
{
	struct tentry rec = { 0 }, side = { 0 };
	int rc;
	if (r->present) {
		rec.mode = mode;
		if ((rc = objs_put(&rec.oid, &u->j->s, GIT_OBJECT_BLOB, r->text, r->n, u->e)))
			return rc;
	}
	if (r->present && r->diffs.n) {
		struct buf text = BUF_INIT;
		side.mode = MODE_FILE;
		rc = diffs_print(&text, &u->a, &r->diffs, u->e);
		if (!rc)
			rc = buf_ok(&text) ? objs_put(&side.oid, &u->j->s, GIT_OBJECT_BLOB, text.at, text.n, u->e) : err_nomem(u->e);
		if (!text.n)
			side.mode = 0;
		buf_free(&text);
		if (rc)
			return rc;
	}
	write_entry(out, u, u->p->path, &rec);
	write_entry(out, u, u->p->side, &side);
	u->diffs = r->diffs;
	u->diffs_any = r->diffs.n > 0;
	return 0;
}

/* One side as it is, the other's file beside it. */
static void write_side(struct tedits *out, struct tree_merge *m, struct run *u, const struct unit *stays, const struct unit *beside)
{
	write_entry(out, u, u->p->path, &stays->rec);
	write_entry(out, u, u->p->side, &stays->side);
	if (beside && beside->rec.mode && !tentry_equal(&beside->rec, &stays->rec)) {
		keep_variant(out, u->j, u->p->path, &beside->rec);
		if (m)
			m->variants++;
	}
}

/* --- the cases --------------------------------------------------------------------------------------------------- */

static int load(struct state *out, struct run *u, const struct unit *unit)
{
	return state_load(out, &u->a, &u->j->s, u->j->h.set, u->p, unit, u->e);
}

static void broken_sidecars(struct tedits *out, struct tree_merge *m, struct run *u, const struct unit *x, const struct unit *y)
{
	struct {
		struct state *st;
		const struct unit *unit;
	} sides[] = { { &u->x, x }, { &u->y, y } };
	for (size_t i = 0; i < 2; i++) {
		if (!sides[i].st->side_broken)
			continue;
		sides[i].st->diffs = u->o.diffs;
		if (i == 1 && u->x.side_broken && tentry_equal(&x->side, &y->side))
			continue;
		keep_variant(out, u->j, u->p->side, &sides[i].unit->side);
		if (m)
			m->variants++;
	}
}

/* The base of a record that both sides hold and the base had deleted. */
static int resurrect(struct run *u)
{
	struct unit last;
	git_oid holder;
	bool found;
	int rc = hist_last_held(&last, &holder, &found, &u->j->h, u->in->o->heads, u->in->o->n, NULL, 0, u->p, u->e);
	return rc || !found ? rc : load(&u->o, u, &last);
}

/* The side that deleted it had perhaps edited it before: that edit is merged first, into the living side. */
static int merge_last_held(struct run *u, bool x_deleted, const struct unit *o)
{
	const struct side *gone = x_deleted ? u->in->x : u->in->y;
	struct state *deleted = x_deleted ? &u->x : &u->y, *living = x_deleted ? &u->y : &u->x;
	struct unit last;
	git_oid holder;
	bool found;
	struct merge_result r;
	int rc = hist_last_held(&last, &holder, &found, &u->j->h, gone->heads, gone->n, u->in->o->heads, u->in->o->n, u->p, u->e);
	if (rc || !found || unit_equal(&last, o))
		return rc;
	struct state absent = *deleted;
	if ((rc = load(deleted, u, &last)))
		return rc;
	if (!deleted->acceptable) {
		*deleted = absent;
		return 0;
	}
	*(x_deleted ? &u->xholder : &u->yholder) = &holder;
	rc = merge(&r, u);
	u->xholder = u->yholder = NULL;
	*deleted = absent;
	if (rc || !r.present)
		return rc;
	struct ydoc *doc;
	if ((rc = ydoc_parse(&doc, &u->a, u->p->path, r.text, r.n, NULL, u->e)))
		return rc;
	living->doc = doc;
	living->val = r.val;
	living->diffs = r.diffs;
	u->decisions = r.decisions;
	return 0;
}

static int deleted_on_one_side(struct tedits *out, struct tree_merge *m, struct run *u, const struct unit *o, const struct unit *x,
			       const struct unit *y)
{
	bool x_deleted = !x->rec.mode;
	const struct unit *left = x_deleted ? y : x;
	struct state *living = x_deleted ? &u->y : &u->x, *deleted = x_deleted ? &u->x : &u->y;
	struct merge_result r;
	int rc;
	deleted->schema = living->schema;
	if (!o->rec.mode || !living->acceptable || !u->o.acceptable) {
		static const struct unit nothing;
		write_side(out, m, u, o->rec.mode && tentry_equal(&left->rec, &o->rec) ? &nothing : left, NULL);
		return 0;
	}
	struct diffs before = living->diffs;
	if (!(rc = merge_last_held(u, x_deleted, o)))
		rc = merge(&r, u);
	if (rc == ERR_DATA && !u->prov_rc) { /* no spelling for the result: what lives stays as it is */
		write_side(out, m, u, left, NULL);
		return 0;
	}
	if (rc || (rc = write_result(out, u, &r, left->rec.mode)))
		return rc;
	if (m)
		report(m, u, &before, &before);
	return 0;
}

static int both_hold(struct tedits *out, struct tree_merge *m, struct run *u, const struct unit *o, const struct unit *x,
		     const struct unit *y)
{
	struct merge_result r;
	int rc;
	if (u->x.acceptable != u->y.acceptable) {
		write_side(out, m, u, u->x.acceptable ? x : y, u->x.acceptable ? y : x);
		return 0;
	}
	bool x_first = git_oid_cmp(&x->rec.oid, &y->rec.oid) < 0;
	if (!u->x.acceptable) {
		write_side(out, m, u, x_first ? x : y, x_first ? y : x);
		return 0;
	}
	if (!o->rec.mode && (rc = resurrect(u)))
		return rc;
	rc = merge(&r, u);
	if (rc == ERR_DATA && !u->prov_rc) { /* no spelling for the result: nothing is lost all the same */
		write_side(out, m, u, x_first ? x : y, x_first ? y : x);
		return 0;
	}
	if (rc)
		return rc;
	u->decisions = r.decisions;
	if ((rc = write_result(out, u, &r, merge_mode(&o->rec, &x->rec, &y->rec))))
		return rc;
	if (m)
		report(m, u, &u->x.diffs, &u->y.diffs);
	return 0;
}

static int run(struct tedits *out, struct tree_merge *m, struct run *u, const struct unit *o, const struct unit *x,
	       const struct unit *y)
{
	int rc;
	if ((rc = load(&u->o, u, o)) || (rc = load(&u->x, u, x)) || (rc = load(&u->y, u, y)))
		return rc;
	if (!u->x.present && !u->y.present) {
		static const struct unit nothing;
		write_side(out, m, u, &nothing, NULL);
		return 0;
	}
	broken_sidecars(out, m, u, x, y);
	if (u->x.present && u->y.present)
		return both_hold(out, m, u, o, x, y);
	return deleted_on_one_side(out, m, u, o, x, y);
}

int merge_unit(struct tedits *out, struct tree_merge *m, struct job *j, const struct sides *in, const struct place *p,
	       const struct unit *o, const struct unit *x, const struct unit *y, struct err *e)
{
	struct run u = { .j = j, .p = p, .in = in, .e = e };
	int rc = job_goes_on(j, e);
	if (rc)
		return rc;
	if (!arena_begin(&u.a))
		return err_nomem(e);
	rc = run(out, m, &u, o, x, y);
	arena_end(&u.a);
	return rc ? err_wrap(e, "%s", p->path) : 0;
}
