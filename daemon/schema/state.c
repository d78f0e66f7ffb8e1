/* x-required-from: drafts need little; a record that claims a state must hold what that state needs. */
#include "describe.h"
#include "run.h"

#include <string.h>

static int rank_of(const char *const *order, const char *state)
{
	for (int i = 0; order && order[i]; i++)
		if (!strcmp(order[i], state))
			return i;
	return -1;
}

struct claim {
	struct run run;
	const char *const *order;
	int rank;
	const char *state;
};

static void walk(struct claim *c, const struct snode *s, const struct spot *at)
{
	const struct val *v = at->v;
	if (!s->part || !s->part->asks)
		return;
	for (size_t i = 0; v->type == VAL_LIST && i < v->list.n; i++)
		walk(c, schema_item(s), &(struct spot){ at, v->list.at[i], NULL, i });
	for (size_t i = 0; v->type == VAL_MAP && i < s->part->n_props; i++) {
		const struct place_prop *p = s->part->order[i];
		if (!p->place->required_from && !p->place->part->asks)
			continue;
		struct spot below = { at, val_get(v, p->key), p->key, 0 };
		const char *from = p->place->required_from;
		int rank = from ? rank_of(c->order, from) : -1;
		if (rank >= 0 && rank <= c->rank && !schema_is_filled(below.v)) /* there but empty is no better than missing */
			run_fault(&c->run, &below, "required_from",
				  _("ce champ est obligatoire dès l'état « %s » (la fiche est à l'état « %s »)"), from,
				  c->state);
		if (below.v)
			walk(c, p->place, &below);
	}
}

void schema_check_state(struct faults *out, struct arena *a, const struct schema *s, const struct val *record)
{
	const struct snode *place = schema_child(s->root, "etat");
	const char *state = val_text(record, "etat");
	if (!state || rank_of(place->withdrawn, state) >= 0 || !strcmp(state, "archive") || !strcmp(state, "remplace"))
		return; /* put aside: nothing more is asked of it */
	size_t from = out->n;
	struct claim c = { { .out = out, .a = a, .root = s->root }, place->order, rank_of(place->order, state), state };
	struct spot root = { .v = record };
	if (c.rank >= 0 && record->type == VAL_MAP)
		walk(&c, s->root, &root);
	faults_sort(out, from);
}
