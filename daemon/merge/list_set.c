/* Lists without an order of their own: base - removals + additions, each element once. With x-merge: union what either
 * side still has stays: no merge removes anything. */
#include "walk.h"
#include "keytab.h"
#include "order.h"

#include <stdlib.h>

struct element {
	const struct val *v;
	uint32_t id;
};

static int by_value(const void *p, const void *q)
{
	const struct element *x = p, *y = q;
	return val_cmp(x->v, y->v);
}

struct val *list_set(struct walk *w, const struct snode *s, struct val *o, struct val *a, struct val *b)
{
	const struct val *list[3] = { o, a, b };
	size_t all = 0;
	for (int i = 0; i < 3; i++)
		all += list[i] ? list[i]->list.n : 0;
	struct keytab names;
	keytab_init(&names, w->mem, all);
	bool *in_side[3];
	struct val **v[3];
	struct order_seq seq[3];
	for (int i = 0; i < 3; i++) {
		size_t n = list[i] ? list[i]->list.n : 0, once = 0;
		uint32_t *ids = arena_array(w->mem, n + 1, sizeof *ids);
		in_side[i] = arena_array(w->mem, all + 1, sizeof *in_side[i]);
		v[i] = arena_array(w->mem, all + 1, sizeof *v[i]);
		for (size_t k = 0; k < n; k++) {
			size_t len;
			const char *name = field_value_name(&len, w->mem, list[i]->list.at[k]);
			uint32_t id = keytab_id(&names, name, len);
			if (in_side[i][id])
				continue;
			in_side[i][id] = true;
			v[i][id] = list[i]->list.at[k];
			ids[once++] = id;
		}
		seq[i] = (struct order_seq){ ids, once };
	}
	bool *keep = arena_array(w->mem, names.n + 1, sizeof *keep);
	struct element *sorted = arena_array(w->mem, names.n + 1, sizeof *sorted);
	uint32_t *rank = arena_array(w->mem, names.n + 1, sizeof *rank);
	for (size_t i = 0; i < names.n; i++) {
		bool was = in_side[0][i], x = in_side[1][i], y = in_side[2][i];
		keep[i] = was && s->rule != RULE_UNION ? x && y : x || y;
		sorted[i] = (struct element){ x ? v[1][i] : y ? v[2][i] : v[0][i], (uint32_t)i };
	}
	qsort(sorted, names.n, sizeof *sorted, by_value);
	for (size_t i = 0; i < names.n; i++)
		rank[sorted[i].id] = (uint32_t)i;
	struct order_input in = { names.n, keep, seq[0], seq[a ? 1 : 0], seq[b ? 2 : 0], rank, NULL };
	struct order_seq order = order_merge(w->mem, &in);
	if (!order.n && !walk_keeps_empty(o, a, b))
		return NULL;
	struct val *out = val_list(w->mem);
	for (size_t i = 0; i < order.n; i++) {
		uint32_t id = order.at[i];
		struct val *x = v[1][id], *y = v[2][id];
		val_push(w->mem, out, x && y ? val_either(v[0][id], x, y) : x ? x : y);
	}
	return out;
}
