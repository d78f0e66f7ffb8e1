/* The entry: normalise, take the short ways, walk, spell.
 *
 * The short ways compare bytes, comments included: a side equal to the base, record and sidecar, changed nothing, and
 * the other side is the result as it stands. Equal sides take the long way, since two sites that each counted one
 * counted two; all that comes out equal to them is spelled as they are.
 *
 * A record that one side deleted and the other edited stays as edited, with a difference `@record`.
 *
 * Spelling: the canvas is the side whose text sorts first, so that neither side is "ours"; the other donates.
 */
#include "merge.h"
#include "normalise.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

struct job {
	const struct merge_input *in;
	const struct snode *root;
	const struct merge_side *side[3];
	struct diffs d[3];
	const char *text[3];
	size_t n[3];
	struct walk w;
};

static int text_cmp(const struct job *j, int x, int y)
{
	size_t n = j->n[x] < j->n[y] ? j->n[x] : j->n[y];
	int c = n ? memcmp(j->text[x], j->text[y], n) : 0;
	return c ? c : j->n[x] < j->n[y] ? -1 : j->n[x] > j->n[y];
}

static bool same_text(const struct job *j, int x, int y)
{
	return !j->side[x]->doc == !j->side[y]->doc && !text_cmp(j, x, y);
}

/* Record and sidecar are one unit: equal texts with unequal sidecars are not equal. */
static bool same_side(const struct job *j, int x, int y)
{
	return same_text(j, x, y) && diffs_equal(&j->d[x], &j->d[y]);
}

/* Does the side that kept the record hold an edit of it? Who is named in a difference is none. */
static bool is_edited(struct job *j, enum side side)
{
	if (!same_text(j, side, SIDE_O))
		return true;
	return walk_asked(&j->w, side, CHAMP_RECORD, "");
}

static void load_side(struct job *j, struct arena *mem, enum side side)
{
	bool *fresh;
	const struct merge_side *s = j->side[side];
	if (s->doc)
		j->text[side] = ydoc_text(s->doc, &j->n[side]);
	struct diffs *d = &j->d[side];
	normalise(d, &fresh, mem, j->root, s->val, s->diffs, NULL);
	for (size_t i = 0; i < d->n; i++)
		if (fresh[i] && side != SIDE_O) { /* settled by hand: whoever set the field settled it */
			struct origin by = walk_origin(&j->w, side, d->at[i].champ);
			d->at[i].settled = by;
			if (!d->at[i].at[0].by.commit)
				d->at[i].at[0].by = by;
		}
	normalise_order(d, mem);
	j->w.d[side] = d;
	j->w.any = j->w.any || d->n;
}

static void take_side(struct merge_result *out, const struct job *j, int side)
{
	out->present = j->side[side]->doc;
	out->text = j->text[side];
	out->n = j->n[side];
	out->val = j->side[side]->val;
	out->diffs = j->d[side];
}

static const char *id_of(const struct job *j, const struct val *result)
{
	const char *id = val_text(result, "id");
	for (int i = 0; !id && i < 3; i++)
		if (j->side[i]->diffs)
			id = j->side[i]->diffs->id;
	return id ? id : "";
}

static void propose_presence(struct walk *w, enum side gone, enum side stays)
{
	struct diff d = { .champ = CHAMP_RECORD, .degre = DEG_DUR, .regle = merge_rule_name(RULE_CONFLICT) };
	struct origin by_gone = walk_origin(w, gone, CHAMP_RECORD), by_stays = walk_origin(w, stays, CHAMP_RECORD);
	struct proposal p;
	proposal_init(&p, NULL, &by_gone);
	diff_propose(&d, w->mem, &p);
	proposal_present(&p, &by_stays);
	diff_propose(&d, w->mem, &p);
	arena_push(w->mem, &w->out, d);
}

static int by_champ(const void *p, const void *q)
{
	const struct decision *x = p, *y = q;
	return strcmp(x->champ, y->champ);
}

static int spell(struct merge_result *out, const struct job *j, struct arena *mem, struct err *e)
{
	int canvas = text_cmp(j, SIDE_A, SIDE_B) <= 0 ? SIDE_A : SIDE_B, donor = SIDE_A + SIDE_B - canvas;
	if (same_text(j, SIDE_A, SIDE_B) && val_same(out->val, j->side[SIDE_A]->val)) {
		out->text = j->text[SIDE_A];
		out->n = j->n[SIDE_A];
		return 0;
	}
	struct yfrom from = { j->side[donor]->doc, j->side[SIDE_O]->doc };
	struct buf text = BUF_INIT;
	int rc = ydoc_rewrite(&text, j->side[canvas]->doc, out->val, &from, &schema_shape_ops, j->root, e);
	if (!rc) {
		out->text = arena_dupn(mem, buf_str(&text), text.n);
		out->n = text.n;
	}
	buf_free(&text);
	return rc;
}

int merge_record(struct merge_result *out, struct arena *a, const struct merge_input *in, struct err *e)
{
	struct job j = { .in = in,
			 .root = in->schema ? in->schema->root : schema_unknown(),
			 .side = { &in->o, &in->a, &in->b } };
	struct merge_result r = { 0 };
	struct walk *w = &j.w;
	w->mem = a;
	w->prov = in->prov;
	for (int side = SIDE_O; side <= SIDE_B; side++)
		load_side(&j, a, (enum side)side);

	bool here_a = in->a.doc, here_b = in->b.doc;
	int rc = 0;
	if (same_side(&j, SIDE_A, SIDE_O)) {
		take_side(&r, &j, SIDE_B);
	} else if (same_side(&j, SIDE_B, SIDE_O)) {
		take_side(&r, &j, SIDE_A);
	} else if (!here_a || !here_b) {
		enum side stays = here_a ? SIDE_A : SIDE_B;
		if ((here_a || here_b) && is_edited(&j, stays)) {
			take_side(&r, &j, stays);
			walk_take(w, stays, "");
			propose_presence(w, here_a ? SIDE_B : SIDE_A, stays);
			r.diffs = w->out;
			normalise_order(&r.diffs, a);
		}
	} else {
		struct val *o = (struct val *)in->o.val, *x = (struct val *)in->a.val,
			   *y = (struct val *)in->b.val; /* shared, unchanged */
		r.present = true;
		r.val = walk_map(w, j.root, "", o, x, y);
		walk_by_presence(w, CHAMP_RECORD, DIFF_PRESENCE);
		if (in->schema)
			walk_faulty(w, in->schema, o, x, y, r.val);
		normalise(&r.diffs, NULL, a, j.root, r.val, &w->out, NULL);
		normalise_order(&r.diffs, a);
		r.decisions = w->decisions;
		if (r.decisions.n)
			qsort(r.decisions.at, r.decisions.n, sizeof *r.decisions.at, by_champ);
		rc = spell(&r, &j, a, e);
	}
	if (rc)
		return rc;
	r.diffs.id = id_of(&j, r.val);
	*out = r;
	return 0;
}
