/* verb_lessons.c -- lessons, coverage, trace: the national questions, answered from what was aggregated. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"
#include "lessons/lessons.h"
#include "lessons/words.h"

static void list_of(const char *label, const struct val *list)
{
	if (!list || list->type != VAL_LIST || !list->list.n)
		return;
	printf("  %s ", label);
	print_value(list, 0);
	putchar('\n');
}

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
		putchar('\n');
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
	list_of(_("liés de proche en proche seulement :"), val_get(group, "chaines"));
	list_of(_("liens à revoir, un texte a changé :"), val_get(group, "liens_a_revoir"));
}

static const char *state_label(const char *state)
{
	static const struct {
		const char *code, *label;
	} labels[] = { { "plein", N_("plein") },   { "ancien", N_("ancien") },         { "en_cours", N_("en cours") },
		       { "vide", N_("vide") },     { "hors_champ", N_("hors champ") } };
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (!strcmp(labels[i].code, state))
			return _(labels[i].label);
	return state;
}

static void print_missing(const struct val *missing)
{
	if (!length(missing))
		return;
	printf(_("\nSans enseignement à jour : "));
	for (size_t i = 0; i < missing->list.n; i++) {
		const struct val *m = missing->list.at[i];
		printf("%s%s (%s)", i ? ", " : "", text_of(m, "collectif"), state_label(text_of(m, "etat")));
	}
	putchar('\n');
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
	print_missing(val_get(v, "manque"));
	printf(_("Arrêté au %s.\n"), text_of(v, "arrete_au"));
}

int verb_lessons(const struct app *app, int argc, char **argv)
{
	struct lessons_query q = { 0 };
	const char *as_of = NULL;
	int c;
	while ((c = option_next("lessons", argc, argv)) != -1) {
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
		case 'a':
			as_of = optarg;
			break;
		case 'd':
			q.dissent = true;
			break;
		default:
			return 64;
		}
	}
	if (optind != argc)
		return usage_error("lessons", _("« %s » n'est pas attendu ici"), argv[optind]);
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_lessons(&out, &j.a, app->dir, &q, as_of, &j.e);
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

/* s in a column of `width` characters; printf counts bytes. */
static void column(const char *s, size_t width)
{
	size_t chars = 0, bytes = 0;
	while (s[bytes] && chars < width) {
		bytes++;
		while (((unsigned char)s[bytes] & 0xC0) == 0x80)
			bytes++;
		chars++;
	}
	printf("%.*s%*s ", (int)bytes, s, (int)(width - chars), "");
}

static void words_coverage(const struct val *v)
{
	const struct val *themes = val_get(v, "themes"), *codes = val_get(v, "collectifs");
	bool english = !strcmp(i18n_lang(), "en");
	column("", 9);
	for (size_t i = 0; i < length(themes); i++) {
		const struct val *t = themes->list.at[i];
		column(text_of(t, english && *text_of(t, "libelle_en") ? "libelle_en" : "libelle"), 14);
	}
	putchar('\n');
	for (size_t r = 0; r < length(codes); r++) {
		const char *code = codes->list.at[r]->str.at;
		column(code, 9);
		for (size_t i = 0; i < length(themes); i++) {
			const struct val *c = cell(v, code, text_of(themes->list.at[i], "id"));
			char text[64] = "";
			if (c && int_of(c, "nombre"))
				snprintf(text, sizeof text, "%s %lld", state_label(text_of(c, "etat")), (long long)int_of(c, "nombre"));
			else if (c)
				snprintf(text, sizeof text, "%s", state_label(text_of(c, "etat")));
			column(text, 14);
		}
		putchar('\n');
	}
	puts(_("\nplein : enseignement partagé, à jour ; ancien : à relire ; en cours : travaux, sans enseignement encore ;\n"
	       "vide : inscrit au groupe, rien encore ; hors champ : pas inscrit."));
	printf(_("Arrêté au %s.\n"), text_of(v, "arrete_au"));
}

int verb_coverage(const struct app *app, int argc, char **argv)
{
	const char *since = NULL, *as_of = NULL;
	struct job j;
	struct val *out = NULL;
	for (int c; (c = option_next("coverage", argc, argv)) != -1;) {
		if (c == 's')
			since = optarg;
		else if (c == 'a')
			as_of = optarg;
		else
			return 64;
	}
	if (optind != argc)
		return usage_error("coverage", _("« %s » n'est pas attendu ici"), argv[optind]);
	if (!job_begin(&j))
		return 75;
	int rc = ctl_coverage(&out, &j.a, app->dir, since, as_of, &j.e);
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
			printf(_("%s : "), _(rows[i].label));
			print_value(val_get(one, rows[i].key), 0);
			putchar('\n');
		}
		list_of(_("citée dans :"), val_get(one, "sorties"));
	}
}

int verb_trace(const struct app *app, int argc, char **argv)
{
	const char *as_of = NULL;
	struct job j;
	struct val *out = NULL;
	for (int c; (c = option_next("trace", argc, argv)) != -1;) {
		if (c != 'a')
			return 64;
		as_of = optarg;
	}
	if (optind == argc)
		return usage_error("trace", "%s", _("il faut une référence : « ens-ara-k5w2h9tc enonce », par exemple"));
	if (!job_begin(&j))
		return 75;
	const char *ref = argv[optind];
	for (int i = optind + 1; i < argc; i++)
		ref = arena_printf(&j.a, "%s %s", ref, argv[i]);
	int rc = ctl_trace(&out, &j.a, app->dir, ref, as_of, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_trace, 0));
}
