/* x-groups: fields that make sense together, {enonce, sens, effet} say. When a changed one of them and b another, each
 * wrote with the old text of the other in mind: both changes stay, flagged `a_relire`. A member that is contested or
 * flagged anyway says enough by itself. */
#include "walk.h"

#include <string.h>

static bool has_entry(const struct walk *w, const char *champ)
{
	for (size_t i = 0; i < w->out.n; i++)
		if (!strcmp(w->out.at[i].champ, champ) && w->out.at[i].degre != DEG_TRANCHE)
			return true;
	return false;
}

void walk_flag(struct walk *w, const struct snode *s, const char *path, const char *key, const struct val *o, const struct val *a,
	       const struct val *b)
{
	const char *champ = field_join(w->mem, path, key);
	if (has_entry(w, champ))
		return;
	struct diff d = {
		.champ = champ, .degre = DEG_A_RELIRE, .regle = merge_rule_name(schema_child(s, key)->rule), .base = o
	};
	const struct val *side[2] = { a, b };
	for (int i = 0; i < 2; i++) {
		struct proposal p;
		struct origin by;
		if (val_equal(side[i], o))
			continue;
		by = walk_origin(w, i ? SIDE_B : SIDE_A, champ);
		proposal_init(&p, side[i], &by);
		diff_propose(&d, w->mem, &p);
	}
	if (diff_class(&d) != DIFF_SENTENCE)
		diff_not_prose(&d);
	arena_push(w->mem, &w->out, d);
}

void walk_groups(struct walk *w, const struct snode *s, const char *path, const struct val *o, const struct val *a,
		 const struct val *b, const struct val *merged)
{
	for (size_t g = 0; o && s->groups[g]; g++) {
		const char *const *member = s->groups[g];
		bool only_a = false, only_b = false;
		for (size_t i = 0; member[i]; i++) {
			const struct val *vo = val_get(o, member[i]);
			bool ca = !val_equal(val_get(a, member[i]), vo), cb = !val_equal(val_get(b, member[i]), vo);
			only_a = only_a || (ca && !cb);
			only_b = only_b || (cb && !ca);
		}
		for (size_t i = 0; only_a && only_b && member[i]; i++) {
			const struct val *vo = val_get(o, member[i]), *va = val_get(a, member[i]),
					 *vb = val_get(b, member[i]);
			if ((!val_equal(va, vo) || !val_equal(vb, vo)) && val_get(merged, member[i]))
				walk_flag(w, s, path, member[i], vo, va, vb);
		}
	}
}
