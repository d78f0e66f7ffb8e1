/* out_health.c -- sante.csv: who may need help, collective by collective; in the order of their codes, for it is no
 * league table. `retard_jours` counts from the newest commit received to the as-of date: a sleeping collective says so
 * in `activite`. */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/dates.h"
#include "lessons/outputs.h"
#include "lessons/tally.h"

static const char *const states[] = { "brouillon", "propose", "valide", "partage", "remplace", "archive", "retire" };
#define N_STATES (sizeof states / sizeof *states)

static void put_states(struct csv_out *w, const struct val *counts)
{
	size_t all = 0, known = 0;
	for (size_t i = 0; counts && i < counts->map.n; i++)
		all += tally_number(counts, counts->map.at[i].key);
	for (size_t i = 0; i < N_STATES; i++) {
		csv_num(w, tally_number(counts, states[i]));
		known += tally_number(counts, states[i]);
	}
	csv_num(w, all - known);
}

void out_health(const struct part *p)
{
	static const char *const kinds[] = { "dures", "a_relire", "tranchees" };
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	csv_header(&w, HEALTH_COLUMNS);
	for (size_t i = 0; i < m->n_sources; i++) {
		const struct source *s = m->sources[i];
		const struct val *differences = val_get(m->tallies[i], "differences");
		if (!strcmp(s->code, NATIONAL))
			continue;
		csv_put(&w, s->code);
		csv_put(&w, val_text(m->tallies[i], "activite"));
		csv_put(&w, s->date);
		csv_put(&w, dates_age(m->a, s->date, m->as_of));
		put_states(&w, val_get(m->tallies[i], "etats"));
		for (size_t j = 0; j < sizeof kinds / sizeof *kinds; j++)
			csv_num(&w, tally_number(differences, kinds[j]));
		csv_end(&w);
	}
}
