/* outcome.c -- what the merge of one record has to say, copied out of the memory that the record's texts need: ten thousand
 * of them would not fit otherwise.
 */
#include "merge_int.h"

#include <string.h>

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

void outcome_report(struct outcome *out, struct arena *a, const struct place *p, const struct decisions *decisions,
		    const struct diffs *diffs, const struct diffs *x, const struct diffs *y)
{
	struct merged_record r = { .id = arena_dup(a, p->id), .path = arena_dup(a, p->path) };
	keep_decisions(&r.decisions, a, decisions);
	if (diffs->n) {
		enum news *news = arena_array(a, diffs->n, sizeof *news);
		r.diffs = keep_diffs(a, diffs);
		r.news = news;
		for (size_t i = 0; i < diffs->n; i++) {
			news[i] = news_of(&diffs->at[i], x, y);
			out->differences += news[i] == NEWS_FRESH;
		}
		r.added_difference = out->differences > 0;
	}
	out->merged = true;
	out->record = r;
}
