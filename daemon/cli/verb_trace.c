/* verb_trace.c -- trace: where a sentence comes from, and whether it still holds. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/diffview.h"
#include "cli/job.h"
#include "cli/options.h"
#include "ctl/verdict.h"
#include "lessons/words.h"

/* Whether it still holds, and why not. */
static void print_verdict(const struct val *v)
{
	const struct val *reasons = val_get(v, "motifs"), *now = val_get(v, "texte_maintenant");
	if (!val_get(v, "tient")) {
		puts(_("tient encore ? cette copie n'a pas l'historique de ce collectif : connu par l'agrégation seulement ; l'équipe nationale peut vérifier"));
		return;
	}
	puts(bool_of(v, "tient") ? _("tient encore : oui ; commit atteint, empreinte égale, partagé avec ces mots, pas retiré depuis") :
				   _("tient encore : NON"));
	for (size_t i = 0; i < reasons->list.n; i++)
		printf("  - %s\n", _(verdict_words(text_at(reasons, i))));
	if (bool_of(v, "change") && now && !val_equal(now, val_get(v, "texte_alors"))) {
		printf(_("texte maintenant : "));
		view_change(val_get(v, "texte_alors"), now);
		putchar('\n');
	} else if (bool_of(v, "change")) {
		puts(_("la fiche a changé depuis, mais pas cette phrase"));
	}
	if (*text_of(v, "etat_maintenant"))
		printf(_("maintenant : %s, %s\n"), text_of(v, "etat_maintenant"), text_of(v, "visibilite_maintenant"));
}

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
		print_verdict(val_get(one, "verdict"));
		print_list(_("citée dans :"), val_get(one, "sorties"));
	}
}

static void rows_trace(struct table *t, const struct val *v)
{
	static const char *const keys[] = { "reference", "collectif", "id", "champ", "commit", "empreinte", "etat", "visibilite", "texte" };
	table_init(t, t->a, t->format, "reference,collectif,id,champ,commit,empreinte,etat,visibilite,texte,tient,motifs,texte_maintenant");
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *one = v->list.at[i], *verdict = val_get(one, "verdict");
		struct buf b = BUF_INIT;
		table_row(t);
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			table_cell(t, text_of(one, keys[k]), NULL);
		table_cell(t, !val_get(verdict, "tient") ? "" : bool_of(verdict, "tient") ? "oui" : "non", NULL);
		value_text(&b, val_get(verdict, "motifs"));
		table_cell(t, arena_dup(t->a, buf_str(&b)), NULL);
		table_cell(t, text_of(verdict, "texte_maintenant"), NULL);
		buf_free(&b);
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
	return job_end(&j, rc, rc ? 0 : finish_rows(app, &j.a, out, words_trace, rows_trace, NULL, 0));
}
