/* Three sidecars without their records: what plain git has in hand when it asks for this one path alone.
 *
 * An entry that one side changed is that side's; that both changed joins, so no proposal goes. Removed here and changed there: the
 * change stays. Whether an entry still agrees with its field is asked when record and sidecar are next read together
 * (normalise.c), and a merge made by hand is held against the pure one then.
 */
#include "diffset.h"
#include "normalise.h"

#include <string.h>

static bool same_place(const struct diff *x, const struct diff *y)
{
	return !strcmp(x->champ, y->champ) && diff_class(x) == diff_class(y) &&
	       (diff_class(x) == DIFF_VALUE || val_equal(x->base, y->base));
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
