/* out_indicators.c -- indicateurs.csv: twelve figures, each beside its definition, so that nobody quarrels about a number.
 *
 * They count what people wrote and decided; none is a grade, and only the first is cut by collective.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/csv.h"
#include "lessons/dates.h"
#include "lessons/outputs.h"
#include "lessons/tally.h"
#include "lessons/uses.h"

#define MANY_COLLECTIVES 3 /* « au moins trois régions » */

/* code, label, definition */
#define INDICATORS(X)                                                                                                \
	X(SHARED_LESSONS, "enseignements_partages", "Enseignements partagés",                                        \
	  "Enseignements à l'état partage, visibles du réseau, dans leur dernière version validée")                  \
	X(THEMES, "themes_couverts", "Thèmes couverts",                                                              \
	  "Thèmes où au moins trois collectifs ont un enseignement partagé, sur tous les thèmes")                    \
	X(NATURES, "preuves_variees", "Preuves de natures différentes",                                              \
	  "Enseignements partagés dont les appuis non retirés sont d'au moins deux natures, sur tous")               \
	X(LIMITS, "limites_declarees", "Limites déclarées",                                                          \
	  "Enseignements partagés qui disent quand ils ne valent pas, sur tous")                                     \
	X(MIXED, "echecs_et_surprises", "Échecs, résultats mêlés, surprises",                                        \
	  "Enseignements partagés dont le sens est echec, mixte ou surprise, sur tous")                              \
	X(TESTED, "eprouves_ailleurs", "Éprouvés ailleurs",                                                          \
	  "Enseignements partagés qu'un croisement en vigueur dit éprouvés par un autre collectif (transpose), sur "  \
	  "tous")                                                                                                    \
	X(USES, "appropriations", "Appropriations par public et par issue",                                          \
	  "Appropriations partagées, par type d'acteur qui a utilisé l'enseignement et par issue")                   \
	X(TRIANGLE, "triangle_complet", "Triangle recherche, formation, action",                                     \
	  "Enseignements partagés appuyés sur une pratique et sur un éclairage de la recherche, et utilisés dans une " \
	  "formation, sur tous")                                                                                     \
	X(DELAY, "delai_de_validation", "Délai de validation",                                                       \
	  "Médiane des jours entre la création de la fiche et la dernière validation de son texte par le collectif ; "  \
	  "les fiches ne disent pas le jour du partage")                                                             \
	X(OVERDUE, "revues_depassees", "Relectures dépassées",                                                       \
	  "Enseignements partagés dont la date de relecture est passée, sur tous")                                   \
	X(CONFLICTS, "differences_dures", "Différences à trancher",                                                  \
	  "Différences dures ouvertes dans les fiches que le réseau voit")                                           \
	X(CONFLICT_AGE, "differences_dures_age", "Âge des différences à trancher",                                   \
	  "Médiane des jours depuis la plus ancienne proposition de chaque fiche qui a une différence dure ouverte") \
	X(DISSENT_INSIDE, "desaccords_internes", "Désaccords internes",                                              \
	  "Désaccords exprimés dans un collectif sur ses enseignements partagés")                                    \
	X(DISSENT_BETWEEN, "desaccords_entre_collectifs", "Désaccords entre collectifs",                             \
	  "Croisements en vigueur qui nuancent ou contredisent, entre deux collectifs")                              \
	X(DISSENT_EXPLAINED, "desaccords_expliques", "Désaccords expliqués",                                         \
	  "Parmi les désaccords entre collectifs, ceux dont la différence de contexte est écrite")                   \
	X(DISSENT_LIFTED, "desaccords_leves", "Désaccords levés",                                                    \
	  "Parmi les désaccords internes et entre collectifs, ceux qu'une levée partagée a clos, sur tous")          \
	X(OBJECTIONS_LIFTED, "objections_levees", "Objections levées",                                               \
	  "Objections partagées sur des enseignements partagés qui ne sont plus ouvertes, sur toutes")

enum indicator {
#define X(name, code, label, definition) IND_##name,
	INDICATORS(X)
#undef X
};
static const char *const words[][3] = {
#define X(name, code, label, definition) { code, label, definition },
	INDICATORS(X)
#undef X
};

struct writer {
	struct csv_out w;
	const struct model *m;
};

static void put(struct writer *w, enum indicator i, const char *scope, const char *detail, const char *value,
		const char *unit, const char *n, const char *of)
{
	const char *const row[] = { words[i][0], words[i][1], scope, detail, value, unit, n, of, words[i][2] };
	for (size_t j = 0; j < sizeof row / sizeof *row; j++)
		csv_put(&w->w, row[j]);
	csv_end(&w->w);
}

static void put_count(struct writer *w, enum indicator i, const char *scope, const char *detail, size_t n)
{
	put(w, i, scope, detail, arena_num(w->m->a, n), "nombre", NULL, NULL);
}

static void put_share(struct writer *w, enum indicator i, size_t n, size_t of)
{
	struct arena *a = w->m->a;
	put(w, i, "reseau", NULL, csv_ratio(a, n, of), "part", arena_num(a, n), arena_num(a, of));
}

static int ascending(const void *x, const void *y)
{
	const size_t *p = x, *q = y;
	return *p < *q ? -1 : *p > *q;
}

static void put_median(struct writer *w, enum indicator i, size_t *days, size_t n)
{
	if (n)
		qsort(days, n, sizeof *days, ascending);
	const char *median = "", *half = n && n % 2 == 0 && (days[n / 2 - 1] + days[n / 2]) % 2 ? ".5" : "";
	if (n)
		median = arena_printf(w->m->a, "%zu%s", n % 2 ? days[n / 2] : (days[n / 2 - 1] + days[n / 2]) / 2, half);
	put(w, i, "reseau", NULL, median, "jours", NULL, arena_num(w->m->a, n));
}

/* --- lessons ---------------------------------------------------------------------------------------------- */

static void count_by_collective(struct writer *w)
{
	const struct model *m = w->m;
	put_count(w, IND_SHARED_LESSONS, "reseau", NULL, m->lessons.n);
	for (size_t i = 0; i < m->collectives.n; i++) {
		size_t n = 0;
		for (size_t j = 0; j < m->lessons.n; j++)
			n += m->lessons.at[j].collective == m->collectives.at[i];
		put_count(w, IND_SHARED_LESSONS, m->collectives.at[i], NULL, n);
	}
}

static void count_themes(struct writer *w)
{
	const struct model *m = w->m;
	size_t n = 0;
	for (size_t j = 0; j < m->themes.n; j++) {
		size_t who = 0;
		for (size_t i = 0; i < m->collectives.n; i++)
			who += m->cells[i * m->themes.n + j].lessons > 0;
		n += who >= MANY_COLLECTIVES;
	}
	put_share(w, IND_THEMES, n, m->themes.n);
}

static bool is_mixed(const char *sense)
{
	return !strcmp(sense, "echec") || !strcmp(sense, "mixte") || !strcmp(sense, "surprise");
}

static void count_lessons(struct writer *w)
{
	const struct model *m = w->m;
	size_t varied = 0, limited = 0, mixed = 0, tested = 0, overdue = 0, complete = 0;
	for (size_t i = 0; i < m->lessons.n; i++) {
		const struct lesson *l = &m->lessons.at[i];
		varied += l->facts.natures >= 2;
		limited += l->facts.limits;
		mixed += is_mixed(l->facts.sense);
		tested += l->became->tested_by.n > 0;
		overdue += l->overdue;
		complete += l->became->taught && l->facts.practice && l->facts.literature;
	}
	put_share(w, IND_NATURES, varied, m->lessons.n);
	put_share(w, IND_LIMITS, limited, m->lessons.n);
	put_share(w, IND_MIXED, mixed, m->lessons.n);
	put_share(w, IND_TESTED, tested, m->lessons.n);
	put_share(w, IND_TRIANGLE, complete, m->lessons.n);
	put_share(w, IND_OVERDUE, overdue, m->lessons.n);
}

/* --- uses, delays, disagreement ---------------------------------------------------------------------------- */

struct texts {
	const char **at;
	size_t n, cap;
};

/* "formateur/adopte", one for each type of who used it; once for each use, however many lessons it used. */
static size_t who_and_how(struct texts *out, const struct model *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->uses.n; i++) {
		const struct use *u = &m->uses.at[i];
		struct names actors = names_of(m->a, val_get(u->doc, "acteurs"));
		if (i && !strcmp(m->uses.at[i - 1].id, u->id))
			continue;
		n++;
		if (!actors.n)
			names_add(m->a, &actors, "inconnu");
		for (size_t j = 0; j < actors.n; j++) {
			const char *one = arena_printf(m->a, "%s/%s", actors.at[j], text_or(u->doc, "issue", "inconnue"));
			arena_push(m->a, out, one);
		}
	}
	return n;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void count_uses(struct writer *w)
{
	struct texts all = { 0 };
	put_count(w, IND_USES, "reseau", NULL, who_and_how(&all, w->m));
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, by_text);
	for (size_t i = 0, j; i < all.n; i = j) {
		for (j = i; j < all.n && !strcmp(all.at[j], all.at[i]);)
			j++;
		put_count(w, IND_USES, "reseau", all.at[i], j - i);
	}
}

static void measure_delays(struct writer *w)
{
	const struct model *m = w->m;
	size_t *days = arena_array(m->a, m->lessons.n, sizeof *days), n = 0;
	for (size_t i = 0; i < m->lessons.n; i++)
		if (m->lessons.at[i].became->measured)
			days[n++] = m->lessons.at[i].became->days;
	put_median(w, IND_DELAY, days, n);
}

static void count_conflicts(struct writer *w)
{
	const struct model *m = w->m;
	size_t n = 0, hard = 0;
	for (size_t i = 0; i < m->n_sources; i++)
		n += items(val_get(val_get(m->tallies[i], "differences"), "depuis"));
	size_t *days = arena_array(m->a, n, sizeof *days);
	n = 0;
	for (size_t i = 0; i < m->n_sources; i++) {
		const struct val *open = val_get(m->tallies[i], "differences"), *since = val_get(open, "depuis");
		hard += tally_number(open, "dures");
		for (size_t j = 0; j < items(since); j++)
			n += dates_between(&days[n], since->list.at[j]->str.at, m->as_of);
	}
	put_count(w, IND_CONFLICTS, "reseau", NULL, hard);
	put_median(w, IND_CONFLICT_AGE, days, n);
}

static void count_dissent(struct writer *w)
{
	const struct model *m = w->m;
	size_t inside = 0, between = 0, explained = 0, closed = 0, lifted = 0, open = 0;
	for (size_t i = 0; i < m->lessons.n; i++) {
		const struct lesson *l = &m->lessons.at[i];
		const struct val *dissent = l->lifting ? val_get(model_doc(m, l), "desaccords") : NULL;
		inside += l->facts.dissents;
		for (size_t j = 0; j < items(dissent); j++)
			closed += val_is_true(dissent->list.at[j], "leve");
		open += l->objections;
		lifted += l->lifted;
	}
	for (size_t i = 0; i < m->links.n; i++) {
		const struct link *l = &m->links.at[i];
		bool counts = !l->stale && l->relation >= REL_QUALIFIES &&
			      strcmp(m->lessons.at[l->from].collective, m->lessons.at[l->to].collective);
		between += counts;
		explained += counts && *l->difference;
		closed += counts && l->lifted;
	}
	put_count(w, IND_DISSENT_INSIDE, "reseau", NULL, inside);
	put_count(w, IND_DISSENT_BETWEEN, "reseau", NULL, between);
	put_share(w, IND_DISSENT_EXPLAINED, explained, between);
	put_share(w, IND_DISSENT_LIFTED, closed, inside + between);
	put_share(w, IND_OBJECTIONS_LIFTED, lifted, lifted + open);
}

void out_indicators(const struct part *p)
{
	struct writer w = { { p->out, false }, p->m };
	csv_header(&w.w, INDICATOR_COLUMNS);
	count_by_collective(&w);
	count_themes(&w);
	count_lessons(&w);
	count_uses(&w);
	measure_delays(&w);
	count_conflicts(&w);
	count_dissent(&w);
}
