/* out_trends.c -- tendances.csv: how many shared practices were observed in each year, by type of initiative and by
 * public scheme (tally.h says how a practice counts). */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/outputs.h"
#include "lessons/tally.h"

void out_trends(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	struct names keys = { 0 };
	for (size_t i = 0; i < m->n_sources; i++) {
		const struct val *all = val_get(m->tallies[i], "pratiques");
		for (size_t j = 0; j < all->map.n; j++)
			names_add(m->a, &keys, all->map.at[j].key);
	}
	csv_header(&w, TREND_COLUMNS);
	for (size_t k = 0; k < keys.n; k++) {
		const char *type = strchr(keys.at[k], '|') + 1, *scheme = strchr(type, '|') + 1;
		struct names who = { 0 };
		size_t seen = 0, new = 0;
		for (size_t i = 0; i < m->n_sources; i++) {
			const struct val *one = val_get(val_get(m->tallies[i], "pratiques"), keys.at[k]);
			seen += tally_number(one, "observees");
			new += tally_number(one, "nouvelles");
			if (one)
				names_add(m->a, &who, m->sources[i]->code);
		}
		csv_put(&w, arena_dupn(m->a, keys.at[k], strcspn(keys.at[k], "|")));
		csv_put(&w, arena_dupn(m->a, type, strcspn(type, "|")));
		csv_put(&w, scheme);
		csv_num(&w, seen);
		csv_num(&w, new);
		csv_put(&w, names_join(m->a, &who));
		csv_end(&w);
	}
}
