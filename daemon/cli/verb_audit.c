/* verb_audit.c -- log, blame, explain, verify. */
#include <stdio.h>

#include "cli/job.h"

static void words_log(const struct val *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i];
		printf("%.8s  %s  %-20s %s\n", text_of(row, "commit"), text_of(row, "date"),
		       bool_of(row, "fusion") ? _("(fusion)") : text_of(row, "auteur"), text_of(row, "sujet"));
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
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_log, 0));
}

static void words_blame(const struct val *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i];
		printf("%.8s  %s  %-18s %-24s ", text_of(row, "commit"), text_of(row, "date"), text_of(row, "par"), text_of(row, "champ"));
		print_value(val_get(row, "valeur"), 60);
		putchar('\n');
	}
}

int verb_blame(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc != 2)
		return usage_error("blame", "%s", _("il faut un ID"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_blame(&out, &j.c, argv[1], &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_blame, 0));
}

static void explain_side(const struct val *p)
{
	printf("      %s ", _("proposé :"));
	if (val_get(p, "valeur"))
		print_value(val_get(p, "valeur"), 0);
	else
		printf("%s", _("(rien)"));
	if (*text_of(p, "par"))
		printf(_("   — %s, le %s, %.8s"), text_of(p, "par"), text_of(p, "date"), text_of(p, "commit"));
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

static void words_explain(const struct val *v)
{
	printf("%s  %s\n\n%s\n", text_of(v, "commit"), text_of(v, "auteur"), text_of(v, "message"));
	const struct val *records = val_get(v, "fiches");
	for (size_t i = 0; i < records->list.n; i++) {
		const struct val *r = records->list.at[i], *list = val_get(r, "decisions");
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
			printf(_("  %s : %s\n"), text_of(d, "champ"),
			       val_is_str(val_get(d, "degre"), "dur")      ? _("à trancher") :
			       val_is_str(val_get(d, "degre"), "a_relire") ? _("combiné, à relire") :
									     _("tranché"));
			for (size_t s = 0; s < val_get(d, "propositions")->list.n; s++)
				explain_side(val_get(d, "propositions")->list.at[s]);
		}
	}
	if (val_get(v, "conforme"))
		puts(bool_of(v, "conforme") ? _("Recalculée : la fusion est exactement celle que donnent ses deux parents.") :
					      _("Recalculée : quelqu'un a modifié le résultat de la fusion à la main."));
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
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_explain, 0));
}

static void words_verify(const struct val *v)
{
	const struct val *bad = val_get(v, "faux");
	for (size_t i = 0; i < bad->list.n; i++)
		printf("%.12s  %s\n", text_of(bad->list.at[i], "commit"), text_of(bad->list.at[i], "pourquoi"));
	printf(_("commits : %lld ; fusions automatiques recalculées : %lld ; qui ne correspondent pas : %zu\n"), (long long)int_of(v, "commits"),
	       (long long)int_of(v, "fusions"), bad->list.n);
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
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_verify, val_get(out, "faux")->list.n ? 1 : 0));
}
