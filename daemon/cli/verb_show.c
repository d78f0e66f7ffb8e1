/* verb_show.c -- show and list. On a terminal a record is shown to be read, by its labels; a program gets the file's text. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"
#include "cli/term.h"
#include "ctl/form.h"

static void words_show(const struct val *v)
{
	const struct val *text = val_get(v, "texte"), *value = val_get(v, "valeur");
	if (text) {
		fputs(term_is_shown(stdout) ? text_of(v, "texte") : text->str.at, stdout);
	} else if (value->type == VAL_STR) {
		puts(term_is_shown(stdout) ? text_of(v, "valeur") : value->str.at);
	} else if (value->type == VAL_LIST) {
		for (size_t i = 0; i < value->list.n; i++) {
			print_value(value->list.at[i], 0);
			putchar('\n');
		}
	} else {
		print_value(value, 0);
		putchar('\n');
	}
}

static void print_lines(const char *text, int indent)
{
	putchar('\n');
	term_wrap(stdout, text, indent, 0);
}

static void read_row(const struct val *row)
{
	const struct val *v = val_get(row, "valeur");
	int indent = 2 * (int)int_of(row, "niveau");
	const char *label = text_of(row, "libelle");
	printf("%*s%s%s%s :", indent, "", term_attr(stdout, TERM_STRONG), text_of(row, "titre"), term_attr(stdout, TERM_PLAIN));
	if (!v)
		putchar('\n');
	else if (v->type == VAL_STR && (v->str.n > 60 || strchr(v->str.at, '\n')))
		print_lines(text_of(row, "valeur"), indent + 2);
	else if (v->type == VAL_LIST && strlen(label) > 60)
		print_lines(label, indent + 2);
	else if (v->type == VAL_LIST && *label)
		printf(" %s\n", label);
	else {
		printf(*label ? " %s (" : " ", label);
		print_value(v, 0);
		puts(*label ? ")" : "");
	}
}

static void words_read(const struct val *v)
{
	const struct val *rows = val_get(v, "lecture"), *open_rows = val_get(v, "differences");
	printf("%s%s%s\n", term_attr(stdout, TERM_STRONG), text_of(val_get(v, "valeur"), "titre"), term_attr(stdout, TERM_PLAIN));
	printf("%s  %s\n\n", text_of(v, "id"), text_of(v, "chemin"));
	for (size_t i = 0; i < rows->list.n; i++) {
		const char *field = text_of(rows->list.at[i], "champ");
		if (strcmp(field, "titre") && strcmp(field, "id") && strcmp(field, "schema"))
			read_row(rows->list.at[i]);
	}
	size_t n = open_rows->list.n;
	if (n)
		printf(ngettext("\n%zu différence est ouverte ici : « maillage resolve %s »\n", "\n%zu différences sont ouvertes ici : « maillage resolve %s »\n", n),
		       n, text_of(v, "id"));
}

/* The record by its labels, and how many differences are open in it. */
static int add_reading(struct val *v, struct job *j, const char *id)
{
	struct val *rows, *open_rows;
	int rc = ctl_form_read(&rows, &j->c, id, &j->e);
	if (!rc)
		rc = ctl_conflicts(&open_rows, &j->c, id, &j->e);
	if (rc)
		return rc;
	val_set(&j->a, v, "lecture", rows);
	val_set(&j->a, v, "differences", open_rows);
	return 0;
}

int verb_show(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	bool labels = term_is_shown(stdout) && !app->json;
	int c;
	while ((c = option_next("show", argc, argv)) != -1) {
		if (c != 'l' && c != 't')
			return 64;
		labels = c == 'l';
	}
	const char *id = argv[optind], *field = id ? argv[optind + 1] : NULL;
	if (!id || argc - optind > 2)
		return usage_error("show", "%s", _("il faut ID, et peut-être un CHAMP"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_show(&out, &j.c, id, field, &j.e);
	labels = labels && !field;
	if (!rc && labels)
		rc = add_reading(out, &j, id);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, labels ? words_read : words_show, 0));
}

static void words_list(const struct val *v)
{
	if (!v->list.n) /* said beside the answer, which is a list that others may count */
		fprintf(stderr, "%s\n", _("Aucune fiche ne correspond."));
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i];
		printf("%-22s %-10s ", text_of(row, "id"), text_of(row, "etat"));
		if (*text_of(row, "titre"))
			print_value(val_get(row, "titre"), 80);
		else
			fputs(_("(sans titre)"), stdout);
		putchar('\n');
	}
}

static void rows_list(struct table *t, const struct val *v)
{
	static const char *const keys[] = { "id", "genre", "etat", "titre" };
	table_init(t, t->a, t->format, "id,genre,etat,titre");
	for (size_t i = 0; i < v->list.n; i++) {
		table_row(t);
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			table_cell(t, text_of(v->list.at[i], keys[k]), NULL);
	}
}

int verb_list(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	const char *kind = NULL;
	int first = 1;
	if (argc > 1 && !strpbrk(argv[1], "=~")) {
		kind = argv[1];
		first = 2;
	}
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_list(&out, &j.c, kind, argv + first, argc - first, &j.e);
	return job_end(&j, rc, rc ? 0 : finish_rows(app, &j.a, out, words_list, rows_list, NULL, 0));
}
