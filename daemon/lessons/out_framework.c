/* out_framework.c -- matrice-<theme>.csv: a framework matrix, the lens through which a theme is read across collectives.
 *
 * A row for each collective, a column for the theme as such and for each of its narrower concepts; in a cell the
 * statements of the lessons tagged so (themes, competences or dispositifs), each with its reference, the most recently
 * observed first, CELL_MAX of them, then how many more. A lesson with no narrower tag stands in the theme's own column.
 * An empty cell says that nothing is shared there; couverture.csv says whether anybody is at work.
 *
 * After Ritchie and Spencer's framework method: case by theme, each cell a short text that leads back to its source.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/csv.h"
#include "lessons/front.h"
#include "lessons/records.h"

#define CELL_MAX 5
#define MAX_LENSES (CSV_MAX_COLUMNS - 2)

static struct names lenses_of(const struct model *m, const char *theme)
{
	struct records concepts = records_of(m, "concept");
	struct names all = { 0 };
	for (size_t i = 0; i < concepts.n && all.n < MAX_LENSES; i++) {
		const struct known *k = concepts.at[i];
		struct names broader = names_of(m->a, val_get(source_tip(k->rec), "plus_large"));
		if (names_has(&broader, theme) && strcmp(k->rec->id, theme) && model_concept(m, k->rec->id) == k)
			names_add(m->a, &all, k->rec->id);
	}
	return all;
}

struct concepts { /* what lessons are tagged with, each looked up once */
	struct strtab said;
	const char **at; /* by the number of what is said: the concept in use, else what is said */
	size_t n, cap;
};

static const char *concept_of(struct concepts *c, const struct model *m, const char *said)
{
	uint32_t i = strtab_number(&c->said, m->a, said);
	if (i == c->n) {
		const struct known *k = model_concept(m, said);
		arena_push(m->a, c, k ? k->rec->id : said);
	}
	return c->at[i];
}

static struct names tags_of(struct concepts *c, const struct model *m, const struct facts *f)
{
	const struct names *const sets[] = { &f->themes, &f->skills, &f->schemes };
	struct names all = { 0 };
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		for (size_t j = 0; j < sets[i]->n; j++)
			names_add(m->a, &all, concept_of(c, m, sets[i]->at[j]));
	return all;
}

static bool none_of(const struct names *lenses, const struct names *tags)
{
	for (size_t i = 0; i < lenses->n; i++)
		if (names_has(tags, lenses->at[i]))
			return false;
	return true;
}

static int latest(const void *x, const void *y)
{
	const struct lesson *const *p = x, *const *q = y;
	int c = strcmp((*q)->newest, (*p)->newest);
	return c ? c : strcmp((*p)->id, (*q)->id);
}

static const char *cell_text(const struct model *m, const struct lesson **at, size_t n)
{
	const char *lines[CELL_MAX + 1];
	size_t shown = n < CELL_MAX ? n : CELL_MAX;
	front_sort(at, n, sizeof *at, shown, latest);
	for (size_t i = 0; i < shown; i++) {
		struct quote q = quote_statement(at[i]);
		lines[i] = arena_cat(m->a, q.text, " ", quote_reference(m->a, &q),
				     at[i]->rec->open_difference ? " « en discussion »" : "");
	}
	if (n > shown)
		lines[shown] = arena_printf(m->a, "et %zu autres", n - shown);
	return arena_join(m->a, lines, shown + (n > shown), "\n");
}

struct tagged {
	const struct lesson *lesson;
	struct names tags;
};

static struct tagged *tagged_on(const struct model *m, const struct theme *theme, const struct names *lenses)
{
	struct tagged *out = arena_array(m->a, theme->lessons.n, sizeof *out);
	struct concepts concepts = { .n = 0 };
	for (size_t i = 0; i < theme->lessons.n; i++) {
		const struct lesson *l = &m->lessons.at[theme->lessons.at[i]];
		out[i].lesson = l;
		if (lenses->n) /* else nobody asks */
			out[i].tags = tags_of(&concepts, m, &l->facts);
	}
	return out;
}

/* One row: lens 0 is the theme itself. `own` and `in` have room for all. */
static void put_row(struct csv_out *w, const struct model *m, const char *collective, const struct tagged *all, size_t n_all,
		    const struct names *lenses, const struct tagged **own, const struct lesson **in)
{
	size_t n_own = 0;
	for (size_t i = 0; i < n_all; i++)
		if (all[i].lesson->collective == collective)
			own[n_own++] = &all[i];
	csv_put(w, collective);
	for (size_t c = 0; c <= lenses->n; c++) {
		size_t n = 0;
		for (size_t i = 0; i < n_own; i++)
			if (c ? names_has(&own[i]->tags, lenses->at[c - 1]) : none_of(lenses, &own[i]->tags))
				in[n++] = own[i]->lesson;
		csv_put(w, cell_text(m, in, n));
	}
	csv_end(w);
}

const char *framework_columns(const struct model *m, const char *theme)
{
	struct names lenses = lenses_of(m, theme);
	const char *all = arena_printf(m->a, "collectif,%s", theme);
	for (size_t i = 0; i < lenses.n; i++)
		all = arena_printf(m->a, "%s,%s", all, lenses.at[i]);
	return all;
}

void out_framework(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	struct names lenses = lenses_of(m, p->key);
	const struct theme *theme = model_theme(m, p->key);
	const struct tagged *all = tagged_on(m, theme, &lenses);
	const struct tagged **own = arena_array(m->a, theme->lessons.n, sizeof *own);
	const struct lesson **in = arena_array(m->a, theme->lessons.n, sizeof *in);
	csv_header(&w, framework_columns(m, p->key));
	for (size_t i = 0; i < m->collectives.n; i++)
		put_row(&w, m, m->collectives.at[i], all, theme->lessons.n, &lenses, own, in);
}
