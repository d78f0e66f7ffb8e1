/* verb_report.c -- report: any table of the aggregation, narrowed to what is asked; without a name, which there are.
 *
 * People see the columns that fit (`montrees`), and words for codes; a spreadsheet gets all columns as they are.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"
#include "lessons/columns.h"
#include "lessons/names.h"
#include "lessons/report.h"
#include "lessons/words.h"

static const char *asked_columns; /* --columns; NULL: those of the report */

static bool is_list(const char *column)
{
	static const struct {
		const char *name, *type;
	} columns[] = {
#define X(name, type, what) { name, type },
		COLUMNS(X)
#undef X
	};
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		if (!strcmp(columns[i].name, column))
			return !strcmp(columns[i].type, "list");
	return false;
}

/* « élus, directions générales » for "elus; dg": the words of a code, or of a list of them. Ids and prose stay as they are. */
static const char *worded(struct arena *a, const char *column, const char *cell)
{
	const char *text = "";
	if (!strncmp(column, "collectif", 9) || (!is_list(column) && strchr(cell, ' ')))
		return cell;
	if (!is_list(column))
		return translated(word_code(cell));
	for (const char *p = cell; *p;) {
		const char *end = strstr(p, NAMES_SEP);
		size_t n = end ? (size_t)(end - p) : strlen(p);
		text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", translated(word_code(arena_dupn(a, p, n))));
		p += n + (end ? strlen(NAMES_SEP) : 0);
	}
	return text;
}

static void rows_report(struct table *t, const struct val *v)
{
	const struct val *columns = val_get(v, t->format == FORMAT_CSV ? "colonnes" : "montrees"), *rows = val_get(v, "lignes");
	table_init(t, t->a, t->format, asked_columns ? asked_columns : "");
	for (size_t i = 0; !asked_columns && i < columns->list.n; i++)
		table_column(t, text_at(columns, i));
	t->caption = arena_printf(t->a, _("Tableau : %s, arrêté au %s"), text_of(v, "rapport"), text_of(v, "arrete_au"));
	for (size_t i = 0; i < rows->list.n; i++) {
		table_row(t);
		for (size_t c = 0; c < t->columns.n; c++) {
			const char *cell = text_of(rows->list.at[i], t->columns.at[c]);
			table_cell(t, cell, worded(t->a, t->columns.at[c], cell));
		}
	}
}

static void rows_names(struct table *t, const struct val *v)
{
	table_init(t, t->a, t->format, "rapport,quoi");
	for (size_t i = 0; i < v->list.n; i++) {
		table_row(t);
		table_cell(t, text_of(v->list.at[i], "rapport"), NULL);
		table_cell(t, text_of(v->list.at[i], "quoi"), NULL);
	}
}

static void words_text(const struct val *v)
{
	fputs(text_of(v, "texte"), stdout);
}

/* Every column of --columns is one of the table's. */
static int check_columns(struct job *j, const struct val *v)
{
	const struct val *all = val_get(v, "colonnes");
	for (const char *p = asked_columns; p && *p;) {
		size_t n = strcspn(p, ","), i = 0;
		const char *name = arena_dupn(&j->a, p, n);
		while (i < all->list.n && !val_is_str(all->list.at[i], name))
			i++;
		if (i == all->list.n)
			return err_set(&j->e, ERR_NOTFOUND, _("ce rapport n'a pas de colonne « %s » ; « --format csv » les montre toutes"), name);
		p += n + (p[n] == ',');
	}
	return 0;
}

static int answer(const struct app *app, struct job *j, const struct report_query *q, const char *as_of)
{
	struct val *out = NULL;
	int rc = ctl_report(&out, &j->a, app->dir, q, as_of, &j->e);
	bool text = !rc && val_get(out, "texte");
	if (text && app->format == FORMAT_CSV)
		rc = err_set(&j->e, ERR_USAGE, _("« %s » est un texte ; il existe en Markdown et en JSON"), q->name);
	if (!rc && !text)
		rc = check_columns(j, out);
	if (rc)
		return job_end(j, rc, 0);
	if (text && !app->json)
		return job_end(j, 0, cli_finish(app, out, words_text, 0));
	return job_end(j, 0, finish_rows(app, &j->a, out, NULL, rows_report, _("Aucune ligne ne répond à cette question."), 0));
}

int verb_report(const struct app *app, int argc, char **argv)
{
	struct report_query q = { 0 };
	const char *as_of = NULL;
	asked_columns = NULL;
	for (int c; (c = option_next("report", argc, argv)) != -1;) {
		const char **to = c == 'c' ? &q.collective :
				  c == 't' ? &q.theme :
				  c == 's' ? &q.since :
				  c == 'u' ? &q.until :
				  c == 'a' ? &as_of :
				  c == 'k' ? &asked_columns :
					     NULL;
		if (!to)
			return 64;
		*to = optarg;
	}
	struct job j;
	if (!job_begin(&j))
		return 75;
	if (optind == argc)
		return job_end(&j, 0, finish_rows(app, &j.a, lessons_reports(&j.a), NULL, rows_names, NULL, 0));
	q.name = argv[optind];
	q.filters = (const char *const *)argv + optind + 1;
	return answer(app, &j, &q, as_of);
}
