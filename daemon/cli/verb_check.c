/* verb_check.c -- one line per fault: path:line:col: message. */
#include <getopt.h>
#include <stdio.h>

#include "cli/job.h"
#include "cli/options.h"

static void words(const struct val *v)
{
	const struct val *faults = val_get(v, "fautes");
	for (size_t i = 0; i < faults->list.n; i++) {
		const struct val *f = faults->list.at[i];
		printf("%s", text_of(f, "chemin"));
		if (int_of(f, "ligne"))
			printf(":%lld:%lld", (long long)int_of(f, "ligne"), (long long)int_of(f, "colonne"));
		printf("%s%s", *text_of(f, "chemin") ? ": " : "", bool_of(f, "avertissement") ? _("à savoir : ") : "");
		if (*text_of(f, "champ") && *text_of(f, "titre"))
			printf(_("%s (%s) : "), text_of(f, "champ"), text_of(f, "titre"));
		else if (*text_of(f, "champ"))
			printf(_("%s : "), text_of(f, "champ"));
		printf("%s\n", text_of(f, "message"));
	}
	long long n = int_of(v, "fichiers"), errors = int_of(v, "erreurs"), hidden = int_of(v, "non_montres");
	if (hidden)
		printf(_("... et %lld autres, qui ne sont pas montrés ; vérifiez à nouveau quand ceux-ci sont corrigés\n"), hidden);
	if (!errors)
		printf(ngettext("%lld fiche vérifiée, rien à corriger\n", "%lld fiches vérifiées, rien à corriger\n", (unsigned long)n), n);
	else
		printf(ngettext("%lld fiche vérifiée, défauts à corriger : %lld\n", "%lld fiches vérifiées, défauts à corriger : %lld\n", (unsigned long)n),
		       n, errors);
}

int verb_check(const struct app *app, int argc, char **argv)
{
	const char *schema = NULL;
	int c;
	while ((c = option_next("check", argc, argv)) != -1) {
		if (c != 's')
			return 64;
		schema = optarg;
	}
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_check(&out, &j.a, app->dir, schema, argv + optind, argc - optind, &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words, int_of(out, "erreurs") ? 65 : 0));
}
