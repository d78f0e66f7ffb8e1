/* verb_lessons.c -- lessons, coverage, trace: the national questions, answered from what was aggregated. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/job.h"
#include "lessons/lessons.h"

static void list_of(const char *label, const struct val *list)
{
	if (!list || list->type != VAL_LIST || !list->list.n)
		return;
	printf("  %s ", label);
	print_value(list, 0);
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
		printf(_("      confiance : %s ; sens : %s\n"), text_of(l, "confiance"), text_of(l, "sens"));
	const struct val *proofs = val_get(l, "appuis");
	for (size_t i = 0; proofs && i < proofs->list.n; i++) {
		const struct val *p = proofs->list.at[i];
		printf(_("      preuve : %s"), text_of(p, "id"));
		if (*text_of(p, "nature"))
			printf(" (%s)", text_of(p, "nature"));
		if (*text_of(p, "role"))
			printf(", %s", text_of(p, "role"));
		if (*text_of(p, "texte")) {
			printf(" : ");
			print_value(val_get(p, "texte"), 0);
		}
		putchar('\n');
	}
	if (*text_of(l, "limites")) {
		printf("%s", _("      ne vaut pas quand : "));
		print_value(val_get(l, "limites"), 0);
		putchar('\n');
	}
	if (bool_of(l, "en_discussion"))
		puts(_("      (en discussion : une différence est ouverte sur cette fiche)"));
}

static void print_opposition(const struct val *o, const char *label)
{
	const struct val *l = val_get(o, "enseignement");
	printf("  %s\n", label);
	print_lesson(l ? l : o, "");
	if (*text_of(o, "argument")) {
		printf("%s", _("      argument : "));
		print_value(val_get(o, "argument"), 0);
		putchar('\n');
	}
	if (*text_of(o, "difference_contexte")) {
		printf("%s", _("      différence de contexte : "));
		print_value(val_get(o, "difference_contexte"), 0);
		putchar('\n');
	}
}

static void print_dissent(const struct val *d)
{
	printf(_("  désaccord interne [%s] : "), text_of(d, "collectif"));
	print_value(val_get(d, "texte"), 0);
	printf(" %s\n", text_of(d, "trace"));
}

static size_t length(const struct val *list)
{
	return list && list->type == VAL_LIST ? list->list.n : 0;
}

static void words_lessons(const struct val *v)
{
	const struct val *groups = val_get(v, "groupes"), *alone = val_get(v, "isoles");
	if (!length(groups))
		puts(_("Aucun groupe d'enseignements ne répond à cette question."));
	for (size_t i = 0; i < length(groups); i++) {
		const struct val *g = groups->list.at[i];
		size_t n = length(val_get(g, "collectifs"));
		printf(ngettext("%s%zu. %zu collectif : ", "%s%zu. %zu collectifs : ", n), i ? "\n" : "", i + 1, n);
		print_value(val_get(g, "collectifs"), 0);
		printf(_("   (accord proposé : %s)\n"), text_of(g, "accord"));
		const struct val *members = val_get(g, "enseignements");
		for (size_t k = 0; k < length(members); k++)
			print_lesson(members->list.at[k], "");
		const struct val *list = val_get(g, "nuances");
		for (size_t k = 0; k < length(list); k++)
			print_opposition(list->list.at[k], _("— nuancé par :"));
		list = val_get(g, "contredit");
		for (size_t k = 0; k < length(list); k++)
			print_opposition(list->list.at[k], _("— contredit par :"));
		list = val_get(g, "desaccords");
		for (size_t k = 0; k < length(list); k++)
			print_dissent(list->list.at[k]);
		list_of(_("chaînes (liés de proche en proche, pas tous entre eux) :"), val_get(g, "chaines"));
	}
	if (length(alone))
		puts(_("\nSans lien avec un autre collectif :"));
	for (size_t i = 0; i < length(alone); i++)
		print_lesson(alone->list.at[i], "");
	list_of(_("Collectifs sans enseignement partagé sur ce thème :"), val_get(v, "manque"));
}

int verb_lessons(const struct app *app, int argc, char **argv)
{
	static const struct option longs[] = { { "theme", required_argument, NULL, 't' },
					       { "min-collectives", required_argument, NULL, 'm' },
					       { "since", required_argument, NULL, 's' },
					       { "dissent", no_argument, NULL, 'd' },
					       { NULL, 0, NULL, 0 } };
	struct lessons_query q = { 0 };
	int c;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		char none[] = "", *end = none;
		switch (c) {
		case 't':
			q.theme = optarg;
			break;
		case 'm':
			q.min_collectives = (int)strtol(optarg, &end, 10);
			if (*end || q.min_collectives < 1 || q.min_collectives > 1000)
				return usage_error("lessons", _("« %s » n'est pas un nombre de collectifs"), optarg);
			break;
		case 's':
			q.since = optarg;
			break;
		case 'd':
			q.dissent = true;
			break;
		default:
			return usage_error("lessons", "%s", _("option inconnue"));
		}
	}
	if (optind != argc)
		return usage_error("lessons", _("« %s » n'est pas attendu ici"), argv[optind]);
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_lessons(&out, &j.a, app->dir, &q, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_lessons, 0));
}

/* --- coverage ------------------------------------------------------------------------------------------------------ */

static const struct val *cell(const struct val *v, const char *collective, const char *theme)
{
	const struct val *cells = val_get(v, "cases");
	for (size_t i = 0; i < length(cells); i++)
		if (!strcmp(text_of(cells->list.at[i], "collectif"), collective) && !strcmp(text_of(cells->list.at[i], "theme"), theme))
			return cells->list.at[i];
	return NULL;
}

/* The name of a concept without its prefix, short enough for a column. */
static const char *short_theme(const char *theme)
{
	return !strncmp(theme, "con-", 4) ? theme + 4 : theme;
}

static void words_coverage(const struct val *v)
{
	const struct val *themes = val_get(v, "themes"), *codes = val_get(v, "collectifs");
	printf("%-10s", "");
	for (size_t i = 0; i < length(themes); i++)
		printf(" %-15.15s", short_theme(themes->list.at[i]->str.at));
	putchar('\n');
	for (size_t r = 0; r < length(codes); r++) {
		const char *code = codes->list.at[r]->str.at;
		printf("%-10s", code);
		for (size_t i = 0; i < length(themes); i++) {
			const struct val *c = cell(v, code, themes->list.at[i]->str.at);
			char text[32] = "";
			const char *state = c ? text_of(c, "etat") : "";
			if (c && int_of(c, "nombre"))
				snprintf(text, sizeof text, "%s %lld", state, (long long)int_of(c, "nombre"));
			else
				snprintf(text, sizeof text, "%s", state);
			printf(" %-15.15s", text);
		}
		putchar('\n');
	}
	puts(_("\nplein : enseignement partagé, à jour ; ancien : à revoir ; en_cours : travaux sans enseignement encore ;\n"
	       "vide : inscrit au groupe, rien encore ; hors_champ : pas inscrit."));
}

int verb_coverage(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc != 1)
		return usage_error(argv[0], "%s", _("pas d'argument ici"));
	if (!job_begin(&j))
		return 75;
	int rc = ctl_coverage(&out, &j.a, app->dir, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_coverage, 0));
}

/* --- trace --------------------------------------------------------------------------------------------------------- */

static void words_trace(const struct val *v)
{
	static const struct {
		const char *key, *label;
	} rows[] = { { "reference", N_("référence") },   { "collectif", N_("collectif") }, { "id", N_("fiche") },
		     { "champ", N_("champ") },           { "commit", N_("commit") },       { "empreinte", N_("empreinte") },
		     { "etat", N_("état") },             { "visibilite", N_("visibilité") }, { "texte", N_("texte") } };
	const struct val *list = v->type == VAL_LIST ? v : NULL;
	for (size_t k = 0; k < (list ? list->list.n : 1); k++) {
		const struct val *one = list ? list->list.at[k] : v;
		if (k)
			putchar('\n');
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
			if (!val_get(one, rows[i].key))
				continue;
			printf("%s : ", _(rows[i].label));
			print_value(val_get(one, rows[i].key), 0);
			putchar('\n');
		}
		list_of(_("citée dans :"), val_get(one, "sorties"));
	}
}

int verb_trace(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc < 2)
		return usage_error("trace", "%s", _("il faut une référence : « ens-ara-k5w2h9tc enonce », par exemple"));
	if (!job_begin(&j))
		return 75;
	const char *ref = argv[1];
	for (int i = 2; i < argc; i++)
		ref = arena_printf(&j.a, "%s %s", ref, argv[i]);
	int rc = ctl_trace(&out, &j.a, app->dir, ref, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_trace, 0));
}
