/* Merging an order. When one side's keys stand as in the base, all of the other side's stand as they do there. Else, in
 * three steps over a linked list of the kept keys:
 *
 *   1 the keys that both sides hold, in the order of the side that re-ordered them (both did, differently: base order)
 *   2 base keys that one side only still holds (removed here, edited there), behind their predecessors on that side
 *     and in the base
 *   3 new keys: each hangs on an anchor, the nearest key before it that is already placed; what hangs on one anchor
 *     from one side only keeps that side's order, from both sides it is sorted
 *
 * Both sides play the same part in each step, so exchanging them changes nothing.
 */
#include "order.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

struct job {
	const struct order_input *in;
	struct arena *mem;
	uint32_t *pos[3]; /* of each key on o, a, b; NONE: not there */
	uint32_t *next;   /* of each placed key; next[keys] is the head */
	bool *placed;
};

static const struct order_seq *seq(const struct job *j, int side)
{
	return side == 0 ? &j->in->o : side == 1 ? &j->in->a : &j->in->b;
}

static bool has(const struct job *j, int side, uint32_t key)
{
	return j->pos[side][key] != NONE;
}

static void place_behind(struct job *j, uint32_t anchor, uint32_t key)
{
	j->next[key] = j->next[anchor];
	j->next[anchor] = key;
	j->placed[key] = true;
}

/* The keys of a side that stand in the result and that the other side holds too (and the base, if asked). */
static struct order_seq common(const struct job *j, int side, bool in_base)
{
	const struct order_seq *from = seq(j, side);
	uint32_t *at = arena_array(j->mem, from->n + 1, sizeof *at);
	size_t n = 0;
	for (size_t i = 0; i < from->n; i++) {
		uint32_t k = from->at[i];
		if (j->in->keep[k] && has(j, 1, k) && has(j, 2, k) && (!in_base || has(j, 0, k)))
			at[n++] = k;
	}
	return (struct order_seq){ at, n };
}

static bool equal(struct order_seq x, struct order_seq y)
{
	return x.n == y.n && (x.n == 0 || !memcmp(x.at, y.at, x.n * sizeof *x.at));
}

static struct order_seq skeleton(const struct job *j)
{
	struct order_seq a = common(j, 1, false), b = common(j, 2, false);
	if (equal(a, b))
		return a;
	struct order_seq o = common(j, 0, true), ao = common(j, 1, true), bo = common(j, 2, true);
	if (equal(ao, bo))
		return ao; /* they differ in where they put a key both added: step 3 */
	if (equal(ao, o))
		return b;
	if (equal(bo, o))
		return a;
	return o;
}

static uint32_t anchor_on(const struct job *j, int side, uint32_t key)
{
	const struct order_seq *s = seq(j, side);
	for (uint32_t i = j->pos[side][key]; i-- > 0;)
		if (j->placed[s->at[i]])
			return s->at[i];
	return (uint32_t)j->in->keys;
}

/* Does the side hold its base keys in another order than the base? Those only that are left: how others stood says nothing of them. */
static bool reordered(const struct job *j, int side)
{
	uint32_t last = 0;
	for (size_t i = 0; i < seq(j, side)->n; i++) {
		uint32_t key = seq(j, side)->at[i], pos = j->pos[0][key];
		if (pos == NONE || !j->in->keep[key])
			continue;
		if (pos < last)
			return true;
		last = pos;
	}
	return false;
}

/* Of two placed keys (or the head) the one that stands later. */
static uint32_t later(const struct job *j, uint32_t x, uint32_t y)
{
	for (uint32_t k = x; k != NONE; k = j->next[k])
		if (k == y)
			return y;
	return x;
}

/* Behind its predecessor on its side and behind that in the base, which the other side alone may hold; on a side that
 * re-ordered the base's place means nothing. */
static void place_one_sided(struct job *j)
{
	bool moved[3] = { false, reordered(j, 1), reordered(j, 2) };
	for (size_t i = 0; i < j->in->o.n; i++) {
		uint32_t k = j->in->o.at[i];
		int side = has(j, 1, k) ? 1 : has(j, 2, k) ? 2 : 0;
		if (!j->in->keep[k] || j->placed[k])
			continue;
		uint32_t anchor = anchor_on(j, side, k);
		place_behind(j, moved[side] ? anchor : later(j, anchor, anchor_on(j, 0, k)), k);
	}
}

/* --- step 3 ------------------------------------------------------------------------------------------------------- */

struct hanging {
	uint32_t key, anchor_pos, rank;
	int place; /* in the schema; unknown keys last */
	uint32_t a, b; /* its place on the sides, NONE */
};

static int by_sort(const struct hanging *x, const struct hanging *y)
{
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static int by_anchor_sort(const void *p, const void *q)
{
	const struct hanging *x = p, *y = q;
	if (x->anchor_pos != y->anchor_pos)
		return x->anchor_pos < y->anchor_pos ? -1 : 1;
	return by_sort(x, y);
}

static int by_a(const void *p, const void *q)
{
	const struct hanging *x = p, *y = q;
	return x->a < y->a ? -1 : x->a > y->a;
}

static int by_b(const void *p, const void *q)
{
	const struct hanging *x = p, *y = q;
	return x->b < y->b ? -1 : x->b > y->b;
}

/* A side's own order is kept unless it contradicts the schema's. */
static bool in_schema_order(const struct hanging *h, size_t n)
{
	int last = -1;
	for (size_t i = 0; i < n; i++) {
		if (h[i].place == INT32_MAX)
			continue;
		if (h[i].place < last)
			return false;
		last = h[i].place;
	}
	return true;
}

/* What hangs on one anchor arrives sorted; it takes one side's order when no other side has a say. */
static void arrange(struct hanging *h, size_t n)
{
	size_t on_a = 0, on_b = 0;
	for (size_t i = 0; i < n; i++) {
		on_a += h[i].a != NONE;
		on_b += h[i].b != NONE;
	}
	bool both = on_a == n && on_b == n, agreed = true;
	if (!both && !(on_a == n && on_b == 0) && !(on_b == n && on_a == 0))
		return;
	qsort(h, n, sizeof *h, on_a == n ? by_a : by_b);
	for (size_t i = 1; both && i < n; i++)
		agreed = agreed && h[i - 1].b < h[i].b;
	if (!agreed || !in_schema_order(h, n))
		qsort(h, n, sizeof *h, by_anchor_sort);
}

/* The placed key of the highest schema place below `place`; the head when there is none. */
static uint32_t schema_anchor(const struct job *j, int place)
{
	uint32_t best = (uint32_t)j->in->keys;
	int best_place = -1;
	for (uint32_t k = j->next[j->in->keys]; k != NONE; k = j->next[k])
		if (j->in->place[k] < place && j->in->place[k] > best_place) {
			best = k;
			best_place = j->in->place[k];
		}
	return best;
}

static void hang_new_keys(struct job *j)
{
	const struct order_input *in = j->in;
	uint32_t head = (uint32_t)in->keys;
	size_t new = 0;
	for (uint32_t k = 0; k < in->keys; k++)
		new += in->keep[k] && !j->placed[k];
	if (!new)
		return;
	uint32_t *pos = arena_array(j->mem, in->keys + 1, sizeof *pos),
		 *at = arena_array(j->mem, in->keys + 1, sizeof *at), n = 0;
	for (uint32_t k = head; k != NONE; k = j->next[k]) {
		at[n] = k;
		pos[k] = n++;
	}
	/* the anchor of every key of a side is the last placed one before it: one pass over each side */
	struct hanging *h = arena_array(j->mem, new, sizeof *h);
	uint32_t *index = arena_array(j->mem, in->keys, sizeof *index);
	memset(index, 0xff, in->keys * sizeof *index);
	size_t count = 0;
	for (int side = 1; side <= 2; side++) {
		uint32_t anchor = 0;
		for (size_t i = 0; i < seq(j, side)->n; i++) {
			uint32_t k = seq(j, side)->at[i];
			if (j->placed[k])
				anchor = pos[k];
			if (!in->keep[k] || j->placed[k])
				continue;
			if (index[k] == NONE) {
				int place = in->place && in->place[k] >= 0 ? in->place[k] : INT32_MAX;
				index[k] = (uint32_t)count;
				h[count++] =
					(struct hanging){ k, anchor, in->rank[k], place, j->pos[1][k], j->pos[2][k] };
				if (place != INT32_MAX)
					h[index[k]].anchor_pos = pos[schema_anchor(j, place)];
			} else if (h[index[k]].place == INT32_MAX && anchor < h[index[k]].anchor_pos) {
				h[index[k]].anchor_pos = anchor;
			}
		}
	}
	qsort(h, count, sizeof *h, by_anchor_sort);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && h[end].anchor_pos == h[i].anchor_pos;)
			end++;
		arrange(h + i, end - i);
		uint32_t behind = at[h[i].anchor_pos];
		for (size_t k = i; k < end; k++) {
			place_behind(j, behind, h[k].key);
			behind = h[k].key;
		}
	}
}

/* The kept keys as they stand on a side, if it holds all of them. */
static bool all_of(struct order_seq *out, struct arena *mem, const struct order_input *in, struct order_seq side)
{
	size_t kept = 0, n = 0;
	for (size_t i = 0; i < in->keys; i++)
		kept += in->keep[i];
	uint32_t *at = arena_array(mem, side.n + 1, sizeof *at);
	for (size_t i = 0; i < side.n; i++)
		if (in->keep[side.at[i]])
			at[n++] = side.at[i];
	*out = (struct order_seq){ at, n };
	return n == kept;
}

struct order_seq order_merge(struct arena *mem, const struct order_input *in)
{
	struct order_seq whole;
	if ((equal(in->a, in->o) && all_of(&whole, mem, in, in->b)) ||
	    (equal(in->b, in->o) && all_of(&whole, mem, in, in->a)))
		return whole;
	struct job j = { .in = in, .mem = mem };
	uint32_t head = (uint32_t)in->keys;
	j.next = arena_array(mem, in->keys + 1, sizeof *j.next);
	j.placed = arena_array(mem, in->keys + 1, sizeof *j.placed);
	j.next[head] = NONE;
	for (int side = 0; side < 3; side++) {
		j.pos[side] = arena_array(mem, in->keys + 1, sizeof *j.pos[side]);
		memset(j.pos[side], 0xff, (in->keys + 1) * sizeof *j.pos[side]);
		for (size_t i = 0; i < seq(&j, side)->n; i++)
			j.pos[side][seq(&j, side)->at[i]] = (uint32_t)i;
	}
	struct order_seq s = skeleton(&j);
	uint32_t behind = head;
	for (size_t i = 0; i < s.n; i++) {
		place_behind(&j, behind, s.at[i]);
		behind = s.at[i];
	}
	place_one_sided(&j);
	hang_new_keys(&j);

	uint32_t *out = arena_array(mem, in->keys + 1, sizeof *out);
	size_t n = 0;
	for (uint32_t k = j.next[head]; k != NONE; k = j.next[k])
		out[n++] = k;
	return (struct order_seq){ out, n };
}
