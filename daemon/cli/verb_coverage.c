/* verb_coverage.c -- coverage: who has worked on what, and on what nobody has. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"
#include "lessons/words.h"

static size_t length(const struct val *list)
{
	return list && list->type == VAL_LIST ? list->list.n : 0;
}

static const struct val *cell(const struct val *v, const char *collective, const char *theme)
{
	const struct val *cells = val_get(v, "cases");
	for (size_t i = 0; i < length(cells); i++)
		if (!strcmp(text_of(cells->list.at[i], "collectif"), collective) && !strcmp(text_of(cells->list.at[i], "theme"), theme))
			return cells->list.at[i];
	return NULL;
}

static const char *label(const struct val *theme)
{
	bool english = !strcmp(i18n_lang(), "en");
	return text_of(theme, english && *text_of(theme, "libelle_en") ? "libelle_en" : "libelle");
}

static const char *state(const struct val *c)
{
	return translated(word_code(text_of(c, "etat")));
}

/* For programs, a cell a row. */
static void put_cells(struct table *t, const struct val *v)
{
	static const char *const texts[] = { "collectif", "theme", "etat", "nombre", "derniere", "en_cours" };
	const struct val *cells = val_get(v, "cases");
	table_init(t, t->a, t->format, "collectif,theme,etat,nombre,derniere,en_cours");
	for (size_t i = 0; i < length(cells); i++) {
		table_row(t);
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
			const struct val *one = val_get(cells->list.at[i], texts[k]);
			if (one && one->type == VAL_INT)
				table_number(t, one->i);
			else
				table_cell(t, text_of(cells->list.at[i], texts[k]), NULL);
		}
	}
}

static void rows_coverage(struct table *t, const struct val *v)
{
	const struct val *themes = val_get(v, "themes"), *codes = val_get(v, "collectifs");
	if (t->format == FORMAT_CSV) {
		put_cells(t, v);
		return;
	}
	table_init(t, t->a, t->format, "collectif");
	for (size_t i = 0; i < length(themes); i++)
		table_column(t, label(themes->list.at[i]));
	for (size_t r = 0; r < length(codes); r++) {
		const char *code = text_at(codes, r);
		table_row(t);
		table_cell(t, code, NULL);
		for (size_t i = 0; i < length(themes); i++) {
			const struct val *c = cell(v, code, text_of(themes->list.at[i], "id"));
			if (c && int_of(c, "nombre"))
				table_cell(t, arena_printf(t->a, "%s %lld", state(c), (long long)int_of(c, "nombre")), NULL);
			else
				table_cell(t, c ? state(c) : "", NULL);
		}
	}
}

/* Themes where no collective has a shared lesson, and who has what instead. */
static void rows_gaps(struct table *t, const struct val *v)
{
	const struct val *themes = val_get(v, "themes"), *codes = val_get(v, "collectifs");
	table_init(t, t->a, t->format, "theme,libelle,en_cours,inscrits_sans_rien");
	for (size_t i = 0; i < length(themes); i++) {
		const char *theme = text_of(themes->list.at[i], "id"), *busy = "", *idle = "";
		long long lessons = 0;
		for (size_t r = 0; r < length(codes); r++) {
			const char *code = text_at(codes, r);
			const struct val *c = cell(v, code, theme);
			lessons += int_of(c, "nombre");
			if (val_is_str(val_get(c, "etat"), "en_cours"))
				busy = arena_printf(t->a, "%s%s%s", busy, *busy ? ", " : "", code);
			else if (val_is_str(val_get(c, "etat"), "vide"))
				idle = arena_printf(t->a, "%s%s%s", idle, *idle ? ", " : "", code);
		}
		if (lessons)
			continue;
		table_row(t);
		table_cell(t, theme, NULL);
		table_cell(t, label(themes->list.at[i]), NULL);
		table_cell(t, busy, NULL);
		table_cell(t, idle, NULL);
	}
}

static void print_table(const struct val *v, void (*rows)(struct table *, const struct val *), const char *legend)
{
	struct arena a;
	if (!arena_begin(&a)) {
		job__nomem();
		return;
	}
	struct table t = { .a = &a, .format = FORMAT_WORDS };
	rows(&t, v);
	table_print(&t);
	if (!t.n && legend == NULL)
		puts(_("Chaque thème a au moins un enseignement partagé."));
	if (legend)
		puts(legend);
	printf(_("Arrêté au %s.\n"), text_of(v, "arrete_au"));
	arena_end(&a);
}

static void words_coverage(const struct val *v)
{
	print_table(v, rows_coverage,
		    _("\nplein : enseignement partagé, à jour ; ancien : à relire ; en cours : travaux, sans enseignement encore ;\n"
		      "vide : inscrit au groupe, rien encore ; hors champ : pas inscrit."));
}

static void words_gaps(const struct val *v)
{
	print_table(v, rows_gaps, NULL);
}

int verb_coverage(const struct app *app, int argc, char **argv)
{
	const char *since = NULL, *as_of = NULL;
	bool gaps = false;
	struct job j;
	struct val *out = NULL;
	for (int c; (c = option_next("coverage", argc, argv)) != -1;) {
		if (c == 's')
			since = optarg;
		else if (c == 'a')
			as_of = optarg;
		else if (c == 'g')
			gaps = true;
		else
			return 64;
	}
	if (optind != argc)
		return usage_error("coverage", _("« %s » n'est pas attendu ici"), argv[optind]);
	if (!job_begin(&j))
		return 75;
	int rc = ctl_coverage(&out, &j.a, app->dir, since, as_of, &j.e);
	return job_end(&j, rc, rc ? 0 : finish_rows(app, &j.a, out, gaps ? words_gaps : words_coverage, gaps ? rows_gaps : rows_coverage, NULL, 0));
}
