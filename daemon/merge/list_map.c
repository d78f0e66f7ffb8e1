/* Lists whose items have a key: item by item.
 *
 *   on both sides                      its fields merge by their own rules
 *   added on one side                  added
 *   removed here, untouched there      removed
 *   removed here, edited there         it stays as edited; a difference on the item says so (absent, present)
 *   with x-merge: union                no merge removes an item
 */
#include "walk.h"
#include "keytab.h"
#include "order.h"

#include <string.h>

static struct val *one_side(struct walk *w, const struct snode *s, const char *path, enum side here, struct val *o,
			    struct val *v)
{
	enum side there = here == SIDE_A ? SIDE_B : SIDE_A;
	bool edited = o && walk_edited(w, here, path, o, v), kept = !o || edited || s->rule == RULE_UNION;
	if (!kept)
		return NULL;
	walk_take(w, here, path);
	if (!edited || s->rule == RULE_UNION)
		return v;
	struct diff d = { .champ = path, .degre = DEG_DUR, .regle = merge_rule_name(RULE_CONFLICT) };
	struct origin gone = walk_origin(w, there, path), stays = walk_origin(w, here, path);
	struct proposal p;
	proposal_init(&p, NULL, &gone);
	diff_propose(&d, w->mem, &p);
	proposal_present(&p, &stays);
	diff_propose(&d, w->mem, &p);
	arena_push(w->mem, &w->out, d);
	return v;
}

struct val *list_map(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
		     struct val *b)
{
	const struct val *list[3] = { o, a, b };
	size_t all = 0;
	for (int i = 0; i < 3; i++)
		all += list[i] ? list[i]->list.n : 0;
	struct keytab names;
	keytab_init(&names, w->mem, all);
	struct val **v[3];
	struct order_seq seq[3];
	for (int i = 0; i < 3; i++) {
		size_t n = list[i] ? list[i]->list.n : 0;
		uint32_t *ids = arena_array(w->mem, n + 1, sizeof *ids);
		v[i] = arena_array(w->mem, all + 1, sizeof *v[i]);
		for (size_t k = 0; k < n; k++) {
			const char *key = field_item_key(w->mem, list[i]->list.at[k], s->list_key);
			ids[k] = keytab_id(&names, key, strlen(key));
			v[i][ids[k]] = list[i]->list.at[k];
		}
		seq[i] = (struct order_seq){ ids, n };
	}
	struct val **merged = arena_array(w->mem, names.n + 1, sizeof *merged);
	bool *keep = arena_array(w->mem, names.n + 1, sizeof *keep);
	const struct snode *item = schema_item(s);
	for (size_t i = 0; i < names.n; i++) {
		const char *below = field_join(w->mem, path, names.at[i].at);
		if (v[1][i] && v[2][i])
			merged[i] = walk_place(w, item, below, v[0][i], v[1][i], v[2][i]);
		else if (v[1][i] || v[2][i])
			merged[i] =
				one_side(w, s, below, v[1][i] ? SIDE_A : SIDE_B, v[0][i], v[1][i] ? v[1][i] : v[2][i]);
		keep[i] = merged[i];
	}
	struct order_input in = { names.n, keep, seq[0], seq[a ? 1 : 0], seq[b ? 2 : 0], keytab_ranks(&names), NULL };
	struct order_seq order = order_merge(w->mem, &in);
	if (!order.n && !walk_keeps_empty(o, a, b))
		return NULL;
	struct val *out = val_list(w->mem);
	for (size_t i = 0; i < order.n; i++)
		val_push(w->mem, out, merged[order.at[i]]);
	return out;
}
