/* verb_audit.c -- log, blame, explain, verify. */
#include <stdio.h>

#include "cli/diffview.h"
#include "cli/job.h"

static void print_author(const struct val *row, bool merge, int columns)
{
	if (merge)
		view_padded(_("(fusion)"), columns);
	else
		view_name(row, columns);
}

static void words_log(const struct val *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i], *before = val_get(row, "avant"), *after = val_get(row, "apres");
		printf("%.8s  %s  ", text_of(row, "commit"), text_of(row, "date"));
		print_author(row, bool_of(row, "fusion"), 20);
		printf(" %s\n", text_of(row, "sujet"));
		if (before || after) {
			fputs("          ", stdout);
			view_change(before, after);
			putchar('\n');
		}
		const struct val *valid = val_get(row, "valide");
		for (size_t k = 0; valid && k < valid->list.n; k++) /* it said `after` then */
			printf(_("          validé avec ces mots le %s par %s (%s)\n"), text_of(valid->list.at[k], "date"),
			       text_of(valid->list.at[k], "par"), text_of(valid->list.at[k], "avis"));
	}
}

int verb_log(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc > 3)
		return usage_error("log", "%s", _("au plus ID et CHAMP"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_log(&out, &j.c, argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL, &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words_log, 0));
}

static void words_blame(const struct val *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i], *sort = val_get(row, "sorte");
		printf("%.8s  %s  ", text_of(row, "commit"), text_of(row, "date"));
		print_author(row, val_is_str(sort, "fusion"), 18);
		putchar(' ');
		view_padded(text_of(row, "champ"), 24);
		if (val_is_str(sort, "fusion_git"))
			fputs(_(" (dans une fusion faite avec git)"), stdout);
		if (bool_of(row, "ouverte"))
			fputs(_(" (différence ouverte)"), stdout);
		putchar(' ');
		print_value(val_get(row, "valeur"), 60);
		putchar('\n');
	}
}

int verb_blame(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc != 2)
		return usage_error("blame", "%s",
				   _("il faut un ID, et rien d'autre : tous ses champs sont montrés ; l'histoire d'un seul : « maillage log ID CHAMP »"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_blame(&out, &j.c, argv[1], &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words_blame, 0));
}

static void explain_side(const struct val *p)
{
	printf("      %s ", _("proposé :"));
	if (bool_of(p, "present"))
		fputs(_("(garder)"), stdout);
	else if (bool_of(p, "absent"))
		fputs(_("(enlever)"), stdout);
	else if (val_get(p, "valeur"))
		print_value(val_get(p, "valeur"), 0);
	else
		fputs(_("(rien)"), stdout);
	if (*text_of(p, "par")) {
		fputs("   — ", stdout);
		view_who(p);
		printf(_(", le %s, %.8s"), text_of(p, "date"), text_of(p, "commit"));
	}
	putchar('\n');
}

static void explain_value(const char *label, const struct val *v)
{
	printf("      %s ", label);
	if (v)
		print_value(v, 0);
	else
		printf("%s", _("(rien)"));
	putchar('\n');
}

static void explain_record(const struct val *r)
{
	const struct val *list = val_get(r, "decisions");
	if (list->list.n || val_get(r, "differences")->list.n)
		printf("%s\n", text_of(r, "id"));
	for (size_t k = 0; k < list->list.n; k++) {
		const struct val *d = list->list.at[k];
		printf(_("  %s : décidé par la règle %s\n"), text_of(d, "champ"), text_of(d, "regle"));
		explain_value(_("avant :"), val_get(d, "base"));
		for (size_t s = 0; s < val_get(d, "cotes")->list.n; s++)
			explain_side(val_get(d, "cotes")->list.at[s]);
		explain_value(_("retenu :"), val_get(d, "resultat"));
	}
	list = val_get(r, "differences");
	for (size_t k = 0; k < list->list.n; k++) {
		const struct val *d = list->list.at[k];
		printf(_("  %s : %s (règle %s)\n"), text_of(d, "champ"),
		       val_is_str(val_get(d, "degre"), "dur")	   ? _("à trancher") :
		       val_is_str(val_get(d, "degre"), "a_relire") ? _("combiné, à relire") :
								     _("tranché"),
		       text_of(d, "regle"));
		explain_value(_("avant :"), val_get(d, "base"));
		for (size_t s = 0; s < val_get(d, "propositions")->list.n; s++)
			explain_side(val_get(d, "propositions")->list.at[s]);
	}
}

/* What a commit did to differences, beside the fields themselves. */
static void explain_differences(const struct val *list)
{
	for (size_t i = 0; i < list->list.n; i++) {
		const struct val *d = list->list.at[i], *becomes = val_get(d, "devient"), *props = val_get(d, "propositions");
		bool open = val_is_str(becomes, "ouverte") || val_is_str(becomes, "changee");
		printf(_("  %s %s : %s\n"), text_of(d, "id"), text_of(d, "champ"),
		       open && !is_hard(d)		? _("une différence à relire") :
		       open				? _("une différence à trancher") :
		       val_is_str(becomes, "relue")	? _("relu") :
							  _("tranché"));
		if (val_is_str(becomes, "tranchee"))
			explain_value(_("retenu :"), val_get(d, "base"));
		if (!open)
			continue;
		explain_value(_("avant :"), val_get(d, "base"));
		for (size_t k = 0; k < props->list.n; k++)
			explain_side(props->list.at[k]);
	}
}

static void explain_changes(const struct val *v)
{
	const struct val *list = val_get(v, "changements");
	for (size_t i = 0; list && i < list->list.n; i++) {
		const struct val *d = list->list.at[i];
		if (val_is_str(val_get(d, "champ"), "@record")) {
			printf(val_get(d, "avant") ? _("  %s : la fiche entière est enlevée\n") : _("  %s : la fiche entière est ajoutée\n"),
			       text_of(d, "id"));
			continue;
		}
		printf("  %s %s\n", text_of(d, "id"), text_of(d, "champ"));
		explain_value(_("avant :"), val_get(d, "avant"));
		explain_value(_("après :"), val_get(d, "apres"));
	}
	list = val_get(v, "differences");
	if (list)
		explain_differences(list);
	list = val_get(v, "fichiers");
	for (size_t i = 0; list && i < list->list.n; i++)
		printf(_("  et le fichier %s\n"), text_at(list, i));
}

static void words_explain(const struct val *v)
{
	const struct val *records = val_get(v, "fiches"), *kind = val_get(v, "sorte");
	bool changed = val_get(v, "changements") && (val_get(v, "changements")->list.n || val_get(v, "differences")->list.n || val_get(v, "fichiers")->list.n);
	printf("%s  %s  %s\n\n%s\n", text_of(v, "commit"), text_of(v, "date"), text_of(v, "auteur"), text_of(v, "message"));
	for (size_t i = 0; i < records->list.n; i++)
		explain_record(records->list.at[i]);
	if (val_is_str(kind, "fusion") && bool_of(v, "conforme")) {
		puts(_("Recalculée : la fusion est exactement celle que donnent ses deux parents."));
		return;
	}
	if (val_is_str(kind, "fusion"))
		printf(_("Recalculée : ce n'est pas la fusion de ses deux parents : %s.\n"), text_of(v, "pourquoi"));
	else if (val_is_str(kind, "fusion_git"))
		printf(changed ? _("Fusion faite avec git, par %s. Par-dessus la fusion de ses deux parents, elle change :\n") :
				 _("Fusion faite avec git, par %s : exactement celle de ses deux parents.\n"),
		       text_of(v, "auteur"));
	else if (val_is_str(kind, "fusion_multiple"))
		puts(_("Fusion de plus de deux versions, faite avec git. Depuis la première :"));
	else if (changed)
		puts(_("Ce commit change :"));
	explain_changes(v);
}

int verb_explain(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc != 2)
		return usage_error("explain", "%s", _("il faut un COMMIT (HEAD, ou le début de son numéro)"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_explain(&out, &j.c, argv[1], &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words_explain, 0));
}

static void words_verify(const struct val *v)
{
	const struct val *bad = val_get(v, "faux");
	for (size_t i = 0; i < bad->list.n; i++) {
		const struct val *row = bad->list.at[i], *where = val_get(row, "ou");
		printf("%.12s  %s  %s\n    %s\n", text_of(row, "commit"), text_of(row, "date"), text_of(row, "sujet"), text_of(row, "pourquoi"));
		for (size_t k = 0; k < where->list.n; k++)
			printf(_("    ici : %s\n"), text_at(where, k));
		printf(_("    à faire : « maillage explain %.12s » montre ce qui devrait s'y trouver ; prévenez la personne qui tient le hub, et reprenez les valeurs perdues avec « maillage restore »\n"),
		       text_of(row, "commit"));
	}
	printf(_("commits : %lld ; fusions automatiques recalculées : %lld ; qui ne correspondent pas : %zu\n"), (long long)int_of(v, "commits"),
	       (long long)int_of(v, "fusions"), bad->list.n);
	long long n = int_of(v, "trop_grosses");
	if (n)
		printf(ngettext("%lld fusion est trop grosse pour être recalculée ici\n", "%lld fusions sont trop grosses pour être recalculées ici\n",
				(unsigned long)n),
		       n);
}

int verb_verify(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc != 1)
		return usage_error(argv[0], "%s", _("pas d'argument ici"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_verify(&out, &j.c, &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words_verify, val_get(out, "faux")->list.n || int_of(out, "trop_grosses") ? 1 : 0));
}
