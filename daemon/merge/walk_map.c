/* Mappings, key by key. A key that stands on one side only is a value that the other side removed or never had: the
 * walk of its place decides that, as for any other change; so does it for a key that a side settled on doing without. */
#include "walk.h"
#include "keytab.h"
#include "order.h"

#include <string.h>

struct keyed {
	struct keytab names;
	struct val **v[3]; /* by key */
	uint32_t *seq[3];
};

static void collect(struct keyed *k, const struct walk *w, const char *path, const struct val *const side[3])
{
	struct arena *mem = w->mem;
	struct keys left_out = { 0 };
	walk_left_out(&left_out, w, path);
	size_t all = left_out.n;
	for (int i = 0; i < 3; i++)
		all += side[i] ? side[i]->map.n : 0;
	keytab_init(&k->names, mem, all);
	for (int i = 0; i < 3; i++) {
		k->v[i] = arena_array(mem, all + 1, sizeof *k->v[i]);
		k->seq[i] = arena_array(mem, all + 1, sizeof *k->seq[i]);
		for (size_t f = 0; side[i] && f < side[i]->map.n; f++) {
			const char *key = side[i]->map.at[f].key;
			uint32_t id = keytab_id(&k->names, key, strlen(key));
			k->seq[i][f] = id;
			k->v[i][id] = side[i]->map.at[f].val;
		}
	}
	for (size_t i = 0; i < left_out.n; i++)
		keytab_id(&k->names, left_out.at[i], strlen(left_out.at[i]));
}

bool walk_keeps_empty(const struct val *o, const struct val *a, const struct val *b)
{
	return (a && b) || ((a || b) && !o);
}

struct val *walk_map(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
		     struct val *b)
{
	const struct val *side[3] = { o, a, b };
	struct keyed k;
	collect(&k, w, path, side);
	struct val **merged = arena_array(w->mem, k.names.n + 1, sizeof *merged);
	bool *keep = arena_array(w->mem, k.names.n + 1, sizeof *keep);
	bool new_keys = false,
	     same_order = a && b && a->map.n == b->map.n && !memcmp(k.seq[1], k.seq[2], a->map.n * sizeof *k.seq[1]);
	size_t kept = 0;
	for (size_t i = 0; i < k.names.n; i++) {
		const char *key = k.names.at[i].at;
		struct val *vo = k.v[0][i], *va = k.v[1][i], *vb = k.v[2][i];
		if (!w->any && val_same(va, vo))
			merged[i] = vb;
		else if (!w->any && val_same(vb, vo))
			merged[i] = va;
		else
			merged[i] = walk_place(w, schema_child(s, key), field_join(w->mem, path, key), vo, va, vb);
		keep[i] = merged[i];
		kept += keep[i];
		new_keys = new_keys || (keep[i] && !vo);
	}
	if (!kept && !walk_keeps_empty(o, a, b))
		return NULL;

	struct val *out = val_map(w->mem);
	struct order_seq order = { k.seq[1], a ? a->map.n : 0 };
	if (!same_order || kept != order.n) {
		int *place = arena_array(w->mem, k.names.n + 1, sizeof *place);
		for (size_t i = 0; new_keys && i < k.names.n; i++)
			place[i] = schema_rank(s, k.names.at[i].at);
		struct order_seq base = { k.seq[0], o ? o->map.n : 0 }, other = { k.seq[2], b ? b->map.n : 0 };
		/* a side without the mapping has no opinion on its order */
		struct order_input in = { k.names.n, keep, base, a ? order : base, b ? other : base,
					  new_keys ? keytab_ranks(&k.names) : NULL, new_keys ? place : NULL };
		order = order_merge(w->mem, &in);
	}
	for (size_t i = 0; i < order.n; i++) {
		struct val_field f = { k.names.at[order.at[i]].at, merged[order.at[i]] };
		arena_push(w->mem, &out->map, f);
	}
	if (s->groups)
		walk_groups(w, s, path, o, a, b, out);
	return out;
}
