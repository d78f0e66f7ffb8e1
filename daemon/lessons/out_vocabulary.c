/* out_vocabulary.c -- vocabulaire.csv: which concepts are in use and by whom, which are deprecated, and which words
 * stand where a concept should and are none. */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/records.h"
#include "lessons/tally.h"

static const char *concept_state(const struct known *k, size_t used)
{
	if (!k)
		return "inconnu";
	if (val_text(source_tip(k->rec), "deprecie_pour"))
		return "deprecie";
	if (is_over(k->rec))
		return "ecarte";
	return used ? "en_usage" : "inutilise";
}

static void put_concept(struct csv_out *w, const struct model *m, const char *id)
{
	const struct known *k = model_find(m, id);
	size_t used = 0;
	const char *by = "";
	if (k && (strcmp(k->rec->kind, "concept") || !is_visible(k->rec)))
		k = NULL;
	for (size_t i = 0; i < m->n_sources; i++) {
		size_t n = tally_number(val_get(m->tallies[i], "concepts"), id);
		if (n)
			by = arena_printf(m->a, "%s%s%s %zu", by, *by ? NAMES_SEP : "", m->sources[i]->code, n);
		used += n;
	}
	const struct val *labels = k ? val_get(source_tip(k->rec), "libelles") : NULL;
	csv_put(w, id);
	csv_put(w, k ? record_text(m, k, "registre") : NULL);
	csv_put(w, model_mask(m, text_or(labels, "fr", "")));
	csv_put(w, model_mask(m, text_or(labels, "en", "")));
	csv_put(w, k ? record_text(m, k, "statut_terme") : NULL);
	csv_put(w, concept_state(k, used));
	csv_put(w, k ? record_text(m, k, "deprecie_pour") : NULL);
	csv_num(w, used);
	csv_put(w, by);
	csv_end(w);
}

void out_vocabulary(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	struct records concepts = records_of(m, "concept");
	struct names ids = { 0 };
	for (size_t i = 0; i < concepts.n; i++)
		names_add(m->a, &ids, concepts.at[i]->rec->id);
	for (size_t i = 0; i < m->n_sources; i++) {
		const struct val *all = val_get(m->tallies[i], "concepts");
		for (size_t j = 0; j < all->map.n; j++)
			names_add(m->a, &ids, all->map.at[j].key);
	}
	csv_header(&w, VOCABULARY_COLUMNS);
	for (size_t i = 0; i < ids.n; i++)
		put_concept(&w, m, ids.at[i]);
}
