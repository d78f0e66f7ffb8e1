/* verb_lessons.c -- lessons: what the collectives have learned, with the evidence and who disagrees. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"
#include "lessons/lessons.h"
#include "lessons/words.h"

/* A proof that consent does not let us quote is only counted: it has no id and no text. */
static void print_proof(const struct val *p)
{
	const char *what = *text_of(p, "nature") ? text_of(p, "nature") : text_of(p, "genre");
	size_t n = (size_t)int_of(p, "nombre");
	if (n > 1)
		printf(_("      preuve : %zu %s"), n, translated(word_support(what, n)));
	else
		printf(_("      preuve : %s"), translated(word_support(what, 1)));
	if (*text_of(p, "role"))
		printf(", %s", translated(word_code(text_of(p, "role"))));
	if (*text_of(p, "texte")) {
		printf("%s", _(" : "));
		print_value(val_get(p, "texte"), 0);
	}
	if (*text_of(p, "trace"))
		printf(" %s", text_of(p, "trace"));
	putchar('\n');
}

static void print_lesson(const struct val *l, const char *mark)
{
	printf("  %s[%s] ", mark, text_of(l, "collectif"));
	print_value(val_get(l, "titre"), 0);
	printf("\n      ");
	print_value(val_get(l, "enonce"), 0);
	printf("\n      %s\n", text_of(l, "trace"));
	if (*text_of(l, "confiance"))
		printf(_("      confiance : %s ; sens : %s\n"), translated(word_code(text_of(l, "confiance"))), translated(word_code(text_of(l, "sens"))));
	const struct val *proofs = val_get(l, "appuis");
	for (size_t i = 0; proofs && i < proofs->list.n; i++)
		print_proof(proofs->list.at[i]);
	if (*text_of(l, "limites")) {
		printf("%s", _("      ne vaut pas quand : "));
		print_value(val_get(l, "limites"), 0);
		printf(" %s\n", text_of(l, "trace_limites"));
	}
	const struct val *results = val_get(l, "resultats");
	for (size_t i = 0; results && i < results->list.n; i++) {
		printf(_("      ailleurs [%s] : "), text_of(results->list.at[i], "collectif"));
		print_value(val_get(results->list.at[i], "texte"), 0);
		printf(" %s\n", text_of(results->list.at[i], "reference"));
	}
	if (bool_of(l, "en_discussion"))
		puts(_("      (en discussion : une différence est ouverte sur cette fiche)"));
}

/* The other side of a link: its statement, the argument, and what in the contexts may explain it, each with its reference. */
static void print_opposition(const struct val *o, const char *label)
{
	printf("  %s [%s] ", label, text_of(o, "collectif"));
	print_value(val_get(o, "enonce"), 0);
	printf("\n      %s\n", text_of(o, "trace"));
	if (*text_of(o, "argument")) {
		printf("%s", _("      argument : "));
		print_value(val_get(o, "argument"), 0);
		printf(" %s\n", text_of(o, "trace_argument"));
	}
	if (*text_of(o, "difference_contexte")) {
		printf("%s", _("      différence de contexte : "));
		print_value(val_get(o, "difference_contexte"), 0);
		printf(" %s\n", text_of(o, "trace_difference"));
	}
	if (val_is_str(val_get(o, "etat"), "a_revoir"))
		puts(_("      (lien à revoir : l'un des deux textes a changé depuis)"));
}

static void print_dissent(const struct val *d)
{
	printf(_("  désaccord interne [%s] : "), text_of(d, "collectif"));
	if (val_get(d, "texte"))
		print_value(val_get(d, "texte"), 0);
	else /* counted, and not to be quoted */
		printf("%s", _("(citation non permise)"));
	printf(" %s\n", text_of(d, "trace"));
}

static size_t length(const struct val *list)
{
	return list && list->type == VAL_LIST ? list->list.n : 0;
}

static void each(const struct val *group, const char *key, void (*print)(const struct val *, const char *), const char *label)
{
	const struct val *list = val_get(group, key);
	for (size_t i = 0; i < length(list); i++)
		print(list->list.at[i], label);
}

static void print_dissents(const struct val *group, const char *key)
{
	const struct val *list = val_get(group, key);
	for (size_t i = 0; i < length(list); i++)
		print_dissent(list->list.at[i]);
}

/* What is the same for a group of several and for a lesson that stands alone. */
static void print_members(const struct val *group)
{
	each(group, "enseignements", print_lesson, "");
	each(group, "nuances", print_opposition, _("— nuancé :"));
	each(group, "contredit", print_opposition, _("— contredit :"));
	print_dissents(group, "desaccords");
	print_dissents(group, "objections");
	print_dissents(group, "appuis_contraires");
	print_list(_("liés de proche en proche seulement :"), val_get(group, "chaines"));
	print_list(_("liens à revoir, un texte a changé :"), val_get(group, "liens_a_revoir"));
}

/* Of one theme: who, with the state of its cell. */
static void print_missing_of(const struct val *missing, const char *theme)
{
	bool any = false;
	for (size_t i = 0; i < missing->list.n; i++) {
		const struct val *m = missing->list.at[i];
		if (strcmp(text_of(m, "theme"), theme) != 0)
			continue;
		printf("%s%s (%s)", any ? ", " : "", text_of(m, "collectif"), translated(word_code(text_of(m, "etat"))));
		any = true;
	}
	putchar('\n');
}

static bool is_first_of_theme(const struct val *missing, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(text_of(missing->list.at[i], "theme"), text_of(missing->list.at[at], "theme")))
			return false;
	return true;
}

static void print_missing(const struct val *missing, bool one_theme)
{
	if (!length(missing))
		return;
	printf(_("\nSans enseignement à jour : "));
	if (one_theme) {
		print_missing_of(missing, text_of(missing->list.at[0], "theme"));
		return;
	}
	putchar('\n');
	for (size_t i = 0; i < missing->list.n; i++) {
		if (!is_first_of_theme(missing, i))
			continue;
		fputs("  ", stdout);
		printf(_("%s : "), text_of(missing->list.at[i], "libelle"));
		print_missing_of(missing, text_of(missing->list.at[i], "theme"));
	}
}

static void words_lessons(const struct val *v)
{
	const struct val *groups = val_get(v, "groupes"), *alone = val_get(v, "isoles");
	if (!length(groups) && !length(alone))
		puts(_("Aucun enseignement partagé ne répond à cette question."));
	for (size_t i = 0; i < length(groups); i++) {
		const struct val *g = groups->list.at[i];
		size_t n = length(val_get(g, "collectifs"));
		printf(ngettext("%s%zu. %zu collectif : ", "%s%zu. %zu collectifs : ", n), i ? "\n" : "", i + 1, n);
		print_value(val_get(g, "collectifs"), 0);
		printf(_("   (accord proposé : %s)\n"), translated(word_code(text_of(g, "accord"))));
		print_members(g);
	}
	if (length(alone))
		puts(_("\nSans lien avec un autre collectif :"));
	for (size_t i = 0; i < length(alone); i++)
		print_members(alone->list.at[i]);
	long long below = int_of(v, "sous_le_seuil");
	if (below)
		printf(ngettext("\n%lld autre enseignement ou groupe ne réunit pas assez de collectifs.\n",
				"\n%lld autres enseignements ou groupes ne réunissent pas assez de collectifs.\n", (unsigned long)below),
		       below);
	print_missing(val_get(v, "manque"), val_get(v, "theme") != NULL);
	printf(_("Arrêté au %s.\n"), text_of(v, "arrete_au"));
}

/* --- as rows: a statement a row ---------------------------------------------------------------------------------------- */

#define ROW_COLUMNS "grappe,accord,place,collectif,id,sens,confiance,enonce,trace,argument,trace_argument,difference_contexte,trace_difference"

static void row_cell(struct table *t, const struct val *v, const char *key)
{
	const char *code = v ? text_of(v, key) : "";
	table_cell(t, code, translated(word_code(code)));
}

/* A dissent has no statement: only words, their reference and who says them. */
static void put_row(struct table *t, const struct val *group, const char *place, const struct val *said)
{
	bool dissent = !val_get(said, "enonce");
	table_row(t);
	table_cell(t, text_of(group, "grappe"), NULL);
	row_cell(t, group, "accord");
	table_cell(t, place, translated(word_code(place)));
	table_cell(t, text_of(said, "collectif"), NULL);
	table_cell(t, text_of(said, "id"), NULL);
	row_cell(t, said, "sens");
	row_cell(t, said, "confiance");
	table_cell(t, text_of(said, "enonce"), NULL);
	table_cell(t, dissent ? "" : text_of(said, "trace"), NULL);
	table_cell(t, text_of(said, dissent ? "texte" : "argument"), NULL);
	table_cell(t, text_of(said, dissent ? "trace" : "trace_argument"), NULL);
	table_cell(t, text_of(said, "difference_contexte"), NULL);
	table_cell(t, text_of(said, "trace_difference"), NULL);
}

static void put_group(struct table *t, const struct val *group)
{
	static const char *const kinds[][2] = { { "nuances", "nuance" },
						{ "contredit", "contredit" },
						{ "desaccords", "desaccord" },
						{ "objections", "objection" },
						{ "appuis_contraires", "appui_contraire" } };
	const struct val *lessons = val_get(group, "enseignements");
	for (size_t i = 0; i < length(lessons); i++)
		put_row(t, group, text_of(lessons->list.at[i], "place"), lessons->list.at[i]);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		const struct val *list = val_get(group, kinds[k][0]);
		for (size_t i = 0; i < length(list); i++)
			put_row(t, group, kinds[k][1], list->list.at[i]);
	}
}

static void rows_lessons(struct table *t, const struct val *v)
{
	const struct val *groups = val_get(v, "groupes"), *alone = val_get(v, "isoles");
	table_init(t, t->a, t->format, ROW_COLUMNS);
	t->caption = arena_printf(t->a, _("Enseignements, arrêté au %s"), text_of(v, "arrete_au"));
	for (size_t i = 0; i < length(groups); i++)
		put_group(t, groups->list.at[i]);
	for (size_t i = 0; i < length(alone); i++)
		put_group(t, alone->list.at[i]);
}

/* --- arguments ----------------------------------------------------------------------------------------------------------- */

struct asked {
	struct lessons_query q;
	const char *as_of;
};

static int read_options(struct asked *out, int argc, char **argv)
{
	struct lessons_query *q = &out->q;
	char *end;
	for (int c; (c = option_next("lessons", argc, argv)) != -1;) {
		switch (c) {
		case 't':
			q->theme = optarg;
			break;
		case 'm':
			q->min_collectives = (int)strtol(optarg, &end, 10);
			if (*end || q->min_collectives < 1 || q->min_collectives > 1000)
				return usage_error("lessons", _("« %s » n'est pas un nombre de collectifs"), optarg);
			break;
		case 's':
			q->since = optarg;
			break;
		case 'a':
			out->as_of = optarg;
			break;
		case 'd':
			q->dissent = true;
			break;
		case 'e':
			q->direction = optarg;
			break;
		case 'p':
			q->publics = optarg;
			break;
		case '1':
			q->single_case = true;
			break;
		case 'l':
			q->without_limits = true;
			break;
		case 'x':
			q->tested = true;
			break;
		default:
			return 64;
		}
	}
	return optind == argc ? 0 : usage_error("lessons", _("« %s » n'est pas attendu ici"), argv[optind]);
}

int verb_lessons(const struct app *app, int argc, char **argv)
{
	struct asked asked = { 0 };
	struct job j;
	struct val *out = NULL;
	int rc = read_options(&asked, argc, argv);
	if (rc)
		return rc;
	if (!job_begin(&j))
		return 75;
	rc = ctl_lessons(&out, &j.a, app->dir, &asked.q, asked.as_of, &j.e);
	return job_end(&j, rc, rc ? 0 : finish_rows(app, &j.a, out, words_lessons, rows_lessons, NULL, 0));
}
