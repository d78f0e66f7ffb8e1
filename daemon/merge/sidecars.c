/* Three sidecars without their records: what plain git has in hand when it asks for this one path alone.
 *
 * An entry that one side changed is that side's; that both changed joins, so no proposal goes. Removed here and changed there: the
 * change stays. Whether an entry still agrees with its field is asked when record and sidecar are next read together
 * (normalise.c), and a merge made by hand is held against the pure one then.
 */
#include "diffset.h"
#include "normalise.h"

#include <string.h>

/* About one thing: the field, the class, the sentence. */
static bool same_place(const struct diff *x, const struct diff *y)
{
	enum diff_class class = diff_class(x);
	return !strcmp(x->champ, y->champ) && class == diff_class(y) && (class != DIFF_SENTENCE || val_equal(x->base, y->base));
}

static const struct diff *find(const struct diffs *in, const struct diff *like)
{
	for (size_t i = 0; i < in->n; i++)
		if (same_place(&in->at[i], like))
			return &in->at[i];
	return NULL;
}

static bool same(const struct diff *x, const struct diff *y)
{
	return !x == !y && (!x || (diff_same_set(x, y) && origin_equal(&x->settled, &y->settled)));
}

static struct state state_of(const struct diff *d)
{
	return (struct state){ d ? (struct val *)diff_shown(d) : NULL, d }; /* shared, never changed */
}

static struct diff both(struct arena *mem, const struct diff *o, const struct diff *a, const struct diff *b)
{
	static const struct origin nobody;
	struct state so = state_of(o), sa = state_of(a), sb = state_of(b), r;
	if (diff_class(a) != DIFF_VALUE || (!state_open(&sa) && !state_open(&sb) && diff_same_set(a, b)))
		return diff_join(mem, a, b);
	r = state_merge(mem, &so, &sa, &sb, &nobody, &nobody);
	return r.d ? *r.d : diff_join(mem, a, b);
}

/* One entry, met on side a first, else on b. */
static void merge_entry(struct diffs *out, struct arena *mem, const struct diff *o, const struct diff *a, const struct diff *b)
{
	const struct diff *one = NULL;
	if (same(a, o))
		one = b;
	else if (same(b, o) || !b)
		one = a;
	else if (!a)
		one = b;
	else {
		struct diff joined = both(mem, o, a, b);
		arena_push(mem, out, joined);
	}
	if (one)
		arena_push(mem, out, *one);
}

void diffs_merge(struct diffs *out, struct arena *mem, const struct diffs *o, const struct diffs *a, const struct diffs *b)
{
	struct diffs d = { .id = a->id ? a->id : b->id };
	for (size_t i = 0; i < a->n; i++)
		merge_entry(&d, mem, find(o, &a->at[i]), &a->at[i], find(b, &a->at[i]));
	for (size_t i = 0; i < b->n; i++)
		if (!find(a, &b->at[i]))
			merge_entry(&d, mem, find(o, &b->at[i]), NULL, &b->at[i]);
	normalise_order(&d, mem);
	*out = d;
}

static bool lists_all(const struct diff *known, const struct diff *d)
{
	bool all = known && known->degre != DEG_TRANCHE;
	for (size_t i = 0; all && i < d->n; i++)
		all = diff_lists(known, &d->at[i]);
	return all;
}

void diffs_missing(struct diffs *out, struct arena *mem, const struct diffs *known, const struct diffs *in)
{
	struct diffs d = { .id = in->id };
	for (size_t i = 0; i < in->n; i++) {
		if (in->at[i].degre == DEG_TRANCHE || lists_all(find(known, &in->at[i]), &in->at[i]))
			continue;
		struct diff own = diff_own(mem, &in->at[i]);
		arena_push(mem, &d, own);
	}
	*out = d;
}

void diffs_add(struct diffs *out, struct arena *mem, const struct diffs *known, const struct diffs *news)
{
	struct diffs d = { .id = known->id };
	for (size_t i = 0; i < known->n; i++)
		if (known->at[i].degre != DEG_TRANCHE || !find(news, &known->at[i]))
			arena_push(mem, &d, known->at[i]);
	for (size_t i = 0; i < news->n; i++)
		arena_push(mem, &d, news->at[i]);
	normalise_order(&d, mem);
	*out = d;
}
