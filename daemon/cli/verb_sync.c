/* verb_sync.c -- sync and status: exchange, and where things stand. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"

#define WAITING_SHOWN 20 /* a folder deleted by accident has thousands */

static void words_sync(const struct val *v)
{
	long long recorded = int_of(v, "enregistres"), merged = int_of(v, "fusions"), diffs = int_of(v, "differences") + int_of(v, "a_relire");
	long long waiting = int_of(v, "attente");
	if (recorded)
		printf(ngettext("%lld enregistrement fait ici\n", "%lld enregistrements faits ici\n", (unsigned long)recorded), recorded);
	if (int_of(v, "rejoues"))
		printf(ngettext("%lld enregistrement pas encore envoyé contenait ce que le hub n'accepte jamais ; il a été refait sans cela. Les "
				"fichiers sont restés tels quels ici ; l'historique d'avant est gardé : git log %s\n",
				"%lld enregistrements pas encore envoyés contenaient ce que le hub n'accepte jamais, ou en dépendaient ; ils ont été "
				"refaits sans cela. Les fichiers sont restés tels quels ici ; l'historique d'avant est gardé : git log %s\n",
				(unsigned long)int_of(v, "rejoues")),
		       (long long)int_of(v, "rejoues"), text_of(v, "garde"));
	const char *courier = text_of(v, "courrier");
	if (bool_of(v, "recu") && *courier)
		printf(_("reçu : du nouveau de %s\n"), courier);
	else if (bool_of(v, "recu"))
		puts(_("reçu : du nouveau du hub"));
	if (merged)
		printf(ngettext("%lld fiche fusionnée champ par champ\n", "%lld fiches fusionnées champ par champ\n", (unsigned long)merged), merged);
	if (bool_of(v, "envoye") && *courier)
		printf(_("envoyé à %s ; le hub, lui, ne l'a pas encore\n"), courier);
	else if (bool_of(v, "envoye"))
		puts(_("envoyé au hub"));
	if (diffs)
		printf(ngettext("%lld différence est ouverte : « maillage conflicts » la montre\n",
				"%lld différences sont ouvertes : « maillage conflicts » les montre\n", (unsigned long)diffs),
		       diffs);
	if (waiting)
		printf(ngettext("%lld fichier attend sur le disque : « maillage status » dit pourquoi\n",
				"%lld fichiers attendent sur le disque : « maillage status » dit pourquoi\n", (unsigned long)waiting),
		       waiting);
	if (*text_of(v, "non_joint"))
		printf(_("à savoir : %s\n"), text_of(v, "non_joint"));
	if (!*text_of(v, "message") && !recorded && !merged && !bool_of(v, "recu") && !bool_of(v, "envoye"))
		puts(_("à jour : rien à échanger"));
}

/* The exit code of the error that stopped or held the cycle. */
static int code_of(const char *name)
{
#define X(code, class, exit)                 \
	if (!strcmp(name, #code))            \
		return err_exit_code(ERR_##code);
	ERR_CODES(X)
#undef X
	return 70;
}

int verb_sync(const struct app *app, int argc, char **argv)
{
	struct sync_wish wish = { 0 };
	int c;
	while ((c = option_next("sync", argc, argv)) != -1) {
		if (c == 'k')
			wish.accept_host_key = optarg;
		else if (c == 'y')
			wish.yes_delete = true;
		else if (c == 'h')
			wish.hub = optarg;
		else
			return 64;
	}
	if (optind != argc)
		return usage_error("sync", _("« %s » n'est pas attendu ici"), argv[optind]);
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_sync(&out, &j.a, app->dir, &wish, &j.e);
	int code = 0;
	if (!rc) {
		const char *name = text_of(out, "erreur");
		code = *name ? code_of(name) : int_of(out, "differences") || int_of(out, "a_relire") || int_of(out, "attente") ? 1 : 0;
		code = cli_finish(app, out, words_sync, code);
		if (*name)
			fprintf(stderr, _("maillage : %s\n"), text_of(out, "message"));
	}
	return job_end(&j, rc, code);
}

/* A reason that a thousand files share is said once. */
static void print_waiting(const struct val *row, const struct val *above)
{
	if (above && !int_of(row, "ligne") && !strcmp(text_of(row, "pourquoi"), text_of(above, "pourquoi")))
		printf(_("attend : %s : de même\n"), text_of(row, "chemin"));
	else if (int_of(row, "ligne"))
		printf(_("attend : %s:%lld:%lld : %s\n"), text_of(row, "chemin"), (long long)int_of(row, "ligne"), (long long)int_of(row, "colonne"),
		       text_of(row, "pourquoi"));
	else
		printf(_("attend : %s : %s\n"), text_of(row, "chemin"), text_of(row, "pourquoi"));
}

static void print_fields(const char *words, const struct val *list)
{
	for (size_t i = 0; i < list->list.n; i++)
		printf("%s%s", i ? ", " : words, text_at(list, i));
}

/* What came of the merges while nobody looked. */
static void words_digest(const struct val *v)
{
	const struct val *rows = val_get(v, "fiches"), *untold = val_get(v, "non_detaillees");
	long long n = int_of(v, "seules");
	printf(_("fusionné depuis l'échange du %s :\n"), text_of(v, "depuis"));
	if (n)
		printf(ngettext("  %lld fiche d'elle-même\n", "  %lld fiches d'elles-mêmes\n", (unsigned long)n), n);
	for (size_t i = 0; i < rows->list.n && i < WAITING_SHOWN; i++) {
		const struct val *row = rows->list.at[i], *lost = val_get(row, "perdues");
		printf("  %s", text_of(row, "id"));
		print_fields(_(" ; à trancher : "), val_get(row, "a_trancher"));
		print_fields(_(" ; à relire : "), val_get(row, "a_relire"));
		print_fields(_(" ; décidé par une règle : "), val_get(row, "regles"));
		putchar('\n');
		for (size_t k = 0; k < lost->list.n; k++) {
			if (!*text_of(lost->list.at[k], "regle"))
				continue; /* one of the proposals to choose from: it may win yet */
			const struct val *value = val_get(lost->list.at[k], "valeur");
			printf(_("    votre valeur n'a pas été retenue, %s : "), text_of(lost->list.at[k], "champ"));
			if (value)
				print_value(value, 60);
			else
				fputs(_("(votre suppression, ou votre maintien)"), stdout);
			printf(_(" (« maillage explain %.8s »)\n"), text_of(lost->list.at[k], "commit"));
		}
	}
	if (rows->list.n > WAITING_SHOWN)
		printf(_("  ... et %zu autres (tous : « maillage status --json »)\n"), rows->list.n - WAITING_SHOWN);
	for (size_t i = 0; i < untold->list.n && i < WAITING_SHOWN; i++)
		printf(_("  une grande fusion : « maillage explain %.8s » dit ce qu'elle a décidé\n"), text_at(untold, i));
}

static void words_status(const struct val *v)
{
	printf(_("%s : collectif %s, %s\n"), text_of(v, "dossier"), text_of(v, "collectif"), text_of(v, "auteur"));
	if (!*text_of(v, "hub"))
		puts(_("sans hub : tout reste sur cet ordinateur"));
	else if (*text_of(v, "confirme"))
		printf(_("dernier échange confirmé : %s\n"), text_of(v, "confirme"));
	else
		puts(_("aucun échange confirmé avec le hub pour l'instant"));
	if (val_get(v, "echec"))
		printf(_("dernier échange non abouti : %s\n"), text_of(val_get(v, "echec"), "message"));
	if (*text_of(v, "pause"))
		puts(text_of(v, "pause")); /* says itself that it is a pause */
	long long n = int_of(v, "non_envoye");
	if (n && *text_of(v, "hub"))
		printf(ngettext("%lld enregistrement pas encore envoyé\n", "%lld enregistrements pas encore envoyés\n", (unsigned long)n), n);
	const struct val *list = val_get(v, "modifies");
	if (list->list.n)
		printf(ngettext("%zu fichier modifié, prêt à être enregistré\n", "%zu fichiers modifiés, prêts à être enregistrés\n", list->list.n),
		       list->list.n);
	n = int_of(v, "differences");
	if (n)
		printf(ngettext("%lld différence à trancher\n", "%lld différences à trancher\n", (unsigned long)n), n);
	n = int_of(v, "a_relire");
	if (n)
		printf(ngettext("%lld passage combiné, à relire\n", "%lld passages combinés, à relire\n", (unsigned long)n), n);
	list = val_get(v, "attente");
	for (size_t i = 0; i < list->list.n && i < WAITING_SHOWN; i++)
		print_waiting(list->list.at[i], i ? list->list.at[i - 1] : NULL);
	if (list->list.n > WAITING_SHOWN)
		printf(ngettext("attend : %zu autre fichier (tous : « maillage status --json »)\n",
				"attend : %zu autres fichiers (tous : « maillage status --json »)\n", list->list.n - WAITING_SHOWN),
		       list->list.n - WAITING_SHOWN);
	n = int_of(v, "privees");
	if (n)
		printf(ngettext("%lld fiche privée reste sur cet ordinateur\n", "%lld fiches privées restent sur cet ordinateur\n",
				(unsigned long)n),
		       n);
	n = int_of(v, "apres_git");
	if (n)
		printf(ngettext("%lld fiche a des propositions en attente, après une fusion ou réécriture faite avec git\n",
				"%lld fiches ont des propositions en attente, après une fusion ou réécriture faite avec git\n", (unsigned long)n),
		       n);
	n = int_of(v, "rejoues");
	if (n) /* to be told until it is let go: nobody sees what a daemon does */
		printf(ngettext("gardé : l'historique d'avant un enregistrement refait sans ce que le hub n'accepte jamais (voir : git log %s ; "
				"l'oublier : git update-ref -d %s)\n",
				"gardés : %3$lld historiques d'avant des enregistrements refaits sans ce que le hub n'accepte jamais (en voir un : git "
				"log %1$s ; l'oublier : git update-ref -d %2$s)\n",
				(unsigned long)n),
		       text_of(v, "garde"), text_of(v, "garde"), n);
	if (val_get(v, "fusionne"))
		words_digest(val_get(v, "fusionne"));
	if (*text_of(v, "git"))
		puts(text_of(v, "git"));
	if (*text_of(v, "retenu"))
		printf(_("en suspens : %s\n"), text_of(v, "retenu"));
	list = val_get(v, "sortants");
	if (list) {
		puts(list->list.n || val_get(v, "modifies")->list.n ? _("Partirait au prochain échange :") : _("Rien ne partirait."));
		for (size_t i = 0; i < list->list.n; i++)
			printf("  %.8s  %s\n", text_of(list->list.at[i], "commit"), text_of(list->list.at[i], "sujet"));
		list = val_get(v, "modifies");
		for (size_t i = 0; i < list->list.n; i++)
			printf("  %s  %s\n", _("(à enregistrer)"), text_at(list, i));
	}
	printf(_("ensuite : %s\n"), text_of(v, "suite"));
}

int verb_status(const struct app *app, int argc, char **argv)
{
	bool outgoing = false;
	int c;
	while ((c = option_next("status", argc, argv)) != -1) {
		if (c != 'o')
			return 64;
		outgoing = true;
	}
	if (optind != argc)
		return usage_error("status", _("« %s » n'est pas attendu ici"), argv[optind]);
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app), code = 0;
	if (!rc)
		rc = ctl_status(&out, &j.c, outgoing, &j.e);
	if (!rc) {
		bool person = int_of(out, "differences") || int_of(out, "a_relire") || val_get(out, "attente")->list.n || val_get(out, "pause") ||
			      (val_get(out, "echec") && bool_of(val_get(out, "echec"), "personne"));
		code = cli_finish(app, out, words_status, person ? 1 : 0);
	}
	return job_end(&j, rc, code);
}
