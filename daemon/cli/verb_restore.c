/* verb_restore.c -- bring back a value, a lost proposal, a deleted record, as a new change. */
#include <getopt.h>
#include <stdio.h>

#include "cli/diffview.h"
#include "cli/job.h"
#include "cli/options.h"

static void words_list(const struct val *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *p = v->list.at[i];
		printf("%s  %s  ", text_of(p, "cle"), text_of(p, "date"));
		view_name(p, 18);
		putchar(' ');
		if (val_get(p, "valeur"))
			print_value(val_get(p, "valeur"), 80);
		else
			printf("%s", _("(rien)"));
		putchar('\n');
	}
	puts(_("Pour en reprendre une : ajoutez sa clé à la commande (les quatre premiers signes suffisent souvent)."));
}

static void words_restored(const struct val *v)
{
	if (!*text_of(v, "champ")) {
		printf(_("%s : fiche rétablie (%s), de %.8s, dans le commit %.8s\n"), text_of(v, "id"), text_of(v, "chemin"), text_of(v, "de"),
		       text_of(v, "commit"));
		return;
	}
	printf("%s  %s : ", text_of(v, "id"), text_of(v, "champ"));
	if (val_get(v, "valeur"))
		print_value(val_get(v, "valeur"), 0);
	else
		printf("%s", _("(rien)"));
	putchar('\n');
}

int verb_restore(const struct app *app, int argc, char **argv)
{
	const char *commit = NULL;
	int c;
	while ((c = option_next("restore", argc, argv)) != -1) {
		if (c != 'c')
			return 64;
		commit = optarg;
	}
	int n = argc - optind;
	const char *id = n > 0 ? argv[optind] : NULL, *field = n > 1 ? argv[optind + 1] : NULL, *cle = n > 2 ? argv[optind + 2] : NULL;
	if (!id || n > 3 || (cle && commit))
		return usage_error("restore", "%s", _("il faut un ID, puis au besoin un CHAMP et une CLE (ou --commit)"));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	bool list = field && !cle && !commit;
	int rc = job_open(&j, app);
	if (!rc)
		rc = list ? ctl_restore_list(&out, &j.c, id, field, &j.e) : ctl_restore(&out, &j.c, id, field, cle, commit, &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, list ? words_list : words_restored, 0));
}
