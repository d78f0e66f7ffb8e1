/* out_sources.c -- sources.lock: which inputs, exactly. From the heads and the algorithm named here, any copy of this
 * program writes the same bytes.
 *
 * `recu_le` is the date of the head commit, the only one that is the same on every machine; what the hub had received by a
 * date is told by the order of the aggregation's own commits, not by it. `algorithme` stands for the version of this
 * program: a release that counts alike writes alike.
 */
#include <string.h>

#include "lessons/outputs.h"

/* "enseignement/partage" for each record that the network may see: records for the collective alone are not even
 * counted. */
static struct names kinds_and_states(const struct model *m, const struct source *s, size_t **counts)
{
	struct names set = { 0 };
	const char **all = arena_array(m->a, s->n, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const char *state = text_or(s->at[i].tip, "etat", "");
		const struct known *k = model_find(m, s->at[i].id);
		if (!k || k->rec != &s->at[i] || !is_visible(k->rec) || !is_code(k->rec->kind))
			continue;
		all[n] = arena_printf(m->a, "%s/%s", k->rec->kind, is_code(state) ? state : "inconnu");
		names_add(m->a, &set, all[n++]);
	}
	*counts = arena_array(m->a, set.n, sizeof **counts);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < set.n; j++)
			(*counts)[j] += !strcmp(set.at[j], all[i]);
	return set;
}

void out_sources(const struct part *p)
{
	const struct model *m = p->m;
	struct buf *out = p->out;
	buf_puts(out, "# Écrit par maillage à chaque agrégation : d'où viennent les autres fichiers de ce dossier.\n"
		      "# Les fiches comptées sont celles que le réseau peut voir (visibilité reseau ou public).\n");
	buf_printf(out, "algorithme: %d\narrete_au: \"%s\"\n", ALGORITHM, m->as_of);
	buf_puts(out, m->n_sources ? "sources:\n" : "sources: []\n");
	for (size_t i = 0; i < m->n_sources; i++) {
		const struct source *s = m->sources[i];
		size_t *counts;
		struct names set = kinds_and_states(m, s, &counts);
		buf_printf(out, "  - collectif: \"%s\"\n    commit: \"%s\"\n    recu_le: \"%s\"\n", s->code, s->commit,
			   s->date);
		buf_printf(out, "    schema: \"%s\"\n", s->schema ? s->schema : "");
		buf_puts(out, set.n ? "    fiches:\n" : "    fiches: {}\n");
		size_t kind = 0; /* bytes of the kind whose lines are being written */
		for (size_t j = 0; j < set.n; j++) {
			size_t n = strcspn(set.at[j], "/");
			if (!j || n != kind || strncmp(set.at[j - 1], set.at[j], n))
				buf_printf(out, "      %.*s:\n", (int)n, set.at[j]);
			kind = n;
			buf_printf(out, "        %s: %zu\n", set.at[j] + n + 1, counts[j]);
		}
	}
}
