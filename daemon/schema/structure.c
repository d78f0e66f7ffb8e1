/* The second look at a value, by its places instead of its schemas.
 *
 * An unknown key passes through, for it may be one of tomorrow's: a warning. Unless nothing but an unseen character tells it
 * from a field that is known ("titre :" with the space that French typing makes): then what somebody wrote would be carried
 * along, merged, and never be the title; no schema will ever name such a field. That is a fault.
 *
 * A key that two items of a list share is a fault as well, as it is in a mapping: `conditions/c1/texte` would mean either, and
 * the list could only be merged as a whole.
 */
#include "structure.h"

#include "base/near.h"
#include "base/unseen.h"

#include <stdlib.h>
#include <string.h>

#define GUESSES 5000 /* names compared to find the one that was meant */

/* --- fields --------------------------------------------------------------------------------------------------------- */

static const char *guess(struct run *r, const struct snode *s, const char *key)
{
	struct near meant = { .typed = key };
	for (size_t i = 0; i < s->part->n_props && r->guesses < GUESSES; i++, r->guesses++)
		near_try(&meant, s->part->order[i]->key);
	return meant.best;
}

static void unknown(struct run *r, const struct snode *s, const struct spot *at)
{
	char plain[NEAR_WORD];
	if (unseen_strip(plain, sizeof plain, at->key) && schema_child(s, plain) != schema_unknown()) {
		run_fault(r, at, "unknown",
			  _("ce nom de champ contient un espace insécable ou un caractère invisible ; retapez « %s: »"), plain);
		return;
	}
	if (!s->part->n_props || s->part->closed)
		return;
	const char *meant = r->out->n < FAULTS_MAX ? guess(r, s, at->key) : NULL;
	if (meant)
		run_warn(r, at, "unknown", _("champ inconnu du schéma, gardé tel quel ; vouliez-vous dire « %s » ?"), meant);
	else
		run_warn(r, at, "unknown", _("champ inconnu du schéma, gardé tel quel"));
}

/* --- keys of items -------------------------------------------------------------------------------------------------- */

struct item {
	const char *key;
	size_t index;
};

static int by_key(const void *x, const void *y)
{
	const struct item *p = x, *q = y;
	int c = strcmp(p->key, q->key);
	return c ? c : p->index < q->index ? -1 : 1;
}

static void same_keys(struct run *r, const char *list_key, const struct spot *at)
{
	const struct val *list = at->v;
	if (list->list.n < 2 || !run_spend(r, list->list.n))
		return;
	struct item *items = arena_array(r->a, list->list.n, sizeof *items);
	size_t n = 0;
	for (size_t i = 0; i < list->list.n; i++) {
		const char *key = val_text(list->list.at[i], list_key);
		if (key) /* else another fault says so */
			items[n++] = (struct item){ key, i };
	}
	qsort(items, n, sizeof *items, by_key);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(items[i].key, items[i - 1].key))
			run_fault(r, &(struct spot){ at, list->list.at[items[i].index], NULL, items[i].index }, "x-list-map-keys",
				  _("les éléments %zu et %zu de la liste ont la même clé « %s » ; donnez une autre clé à l'un des deux"),
				  items[i - 1].index + 1, items[i].index + 1, items[i].key);
}

/* -------------------------------------------------------------------------------------------------------------------- */

void structure_check(struct run *r, const struct snode *s, const struct spot *at)
{
	const struct val *v = at->v;
	if (v->type == VAL_LIST && s->list_key)
		same_keys(r, s->list_key, at);
	for (size_t i = 0; v->type == VAL_LIST && s->part && s->part->item && i < v->list.n; i++)
		structure_check(r, s->part->item, &(struct spot){ at, v->list.at[i], NULL, i });
	for (size_t i = 0; v->type == VAL_MAP && s->part && i < v->map.n; i++) {
		struct spot below = { at, v->map.at[i].val, v->map.at[i].key, 0 };
		const struct snode *child = schema_child(s, below.key);
		if (child != schema_unknown())
			structure_check(r, child, &below);
		else
			unknown(r, s, &below);
	}
}
