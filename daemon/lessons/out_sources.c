/* out_sources.c -- sources.lock: which inputs, exactly. From the heads and the algorithm named here, any copy of this
 * program writes the same bytes.
 *
 * `recu_le` is the date of the head commit, the only one that is the same on every machine; what the hub had received by a
 * date is told by the order of the aggregation's own commits, not by it. `algorithme` stands for the version of this
 * program: a release that counts alike writes alike.
 */
#include <string.h>

#include "lessons/outputs.h"
#include "lessons/tally.h"

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
		/* "enseignement/partage" for each record that the network may see: records for the collective alone are not even
		 * counted */
		const struct val *counts = val_get(m->tallies[i], "fiches");
		buf_printf(out, "  - collectif: \"%s\"\n    commit: \"%s\"\n    recu_le: \"%s\"\n", s->code, s->commit,
			   s->date);
		buf_printf(out, "    schema: \"%s\"\n", s->schema ? s->schema : "");
		buf_puts(out, counts->map.n ? "    fiches:\n" : "    fiches: {}\n");
		size_t kind = 0; /* bytes of the kind whose lines are being written */
		for (size_t j = 0; j < counts->map.n; j++) {
			const char *key = counts->map.at[j].key;
			size_t n = strcspn(key, "/");
			if (!j || n != kind || strncmp(counts->map.at[j - 1].key, key, n) != 0)
				buf_printf(out, "      %.*s:\n", (int)n, key);
			kind = n;
			buf_printf(out, "        %s: %zu\n", key + n + 1, tally_number(counts, key));
		}
	}
}
