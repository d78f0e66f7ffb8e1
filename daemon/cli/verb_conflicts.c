/* verb_conflicts.c -- conflicts and resolve: what is open, and settling it. */
#include <getopt.h>
#include <stdio.h>

#include "cli/job.h"

static void print_proposal(const struct val *p)
{
	printf("    %lld. ", (long long)int_of(p, "n"));
	if (bool_of(p, "absent"))
		printf("%s", _("(enlever)"));
	else if (bool_of(p, "present"))
		printf("%s", _("(garder)"));
	else
		print_value(val_get(p, "valeur"), 0);
	if (*text_of(p, "par"))
		printf(_("   — %s, le %s"), text_of(p, "par"), text_of(p, "date"));
	putchar('\n');
}

/* Removed here, edited there: the question is whether it stays, not which value it has. */
static bool is_presence(const struct val *row)
{
	const struct val *list = val_get(row, "propositions");
	for (size_t i = 0; i < list->list.n; i++)
		if (bool_of(list->list.at[i], "present"))
			return true;
	return false;
}

static void words_conflicts(const struct val *v)
{
	if (!v->list.n) {
		puts(_("Aucune différence ouverte."));
		return;
	}
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i];
		bool hard = val_is_str(val_get(row, "degre"), "dur");
		printf("%s%s  %s  [%s]\n", i ? "\n" : "", text_of(row, "id"), text_of(row, "champ"), hard ? _("à trancher") : _("à relire"));
		bool presence = is_presence(row);
		printf("    %s ", hard ? _("en attendant :") : _("avant :"));
		if (presence)
			printf("%s", val_is_str(val_get(row, "champ"), "@record") ? _("la fiche reste") : _("cet élément reste"));
		else if (val_get(row, "base"))
			print_value(val_get(row, "base"), 0);
		else
			printf("%s", _("(rien)"));
		putchar('\n');
		const struct val *list = val_get(row, "propositions");
		for (size_t k = 0; k < list->list.n; k++)
			print_proposal(list->list.at[k]);
		if (hard && presence)
			printf(_("    maillage resolve %s %s --take N\n"), text_of(row, "id"), text_of(row, "champ"));
		else if (hard)
			printf(_("    maillage resolve %s %s --take N   (ou --base, ou --value \"...\")\n"), text_of(row, "id"), text_of(row, "champ"));
		else
			printf(_("    maillage resolve %s %s --ok       (c'est relu)\n"), text_of(row, "id"), text_of(row, "champ"));
	}
}

int verb_conflicts(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc > 2)
		return usage_error("conflicts", "%s", _("un seul ID à la fois"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_conflicts(&out, &j.c, argc == 2 ? argv[1] : NULL, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_conflicts, out->list.n ? 1 : 0));
}

static void words_resolve(const struct val *v)
{
	printf(_("%s : %s est tranché"), text_of(v, "id"), text_of(v, "champ"));
	long long left = int_of(v, "restent");
	if (left)
		printf(ngettext(" ; il reste %lld différence sur cette fiche", " ; il reste %lld différences sur cette fiche", (unsigned long)left),
		       left);
	putchar('\n');
}

int verb_resolve(const struct app *app, int argc, char **argv)
{
	static const struct option longs[] = { { "take", required_argument, NULL, 't' },
					       { "base", no_argument, NULL, 'b' },
					       { "value", required_argument, NULL, 'v' },
					       { "ok", no_argument, NULL, 'o' },
					       { NULL, 0, NULL, 0 } };
	enum settle how = SETTLE_OK;
	const char *arg = NULL;
	int c, chosen = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 't':
			how = SETTLE_TAKE;
			break;
		case 'b':
			how = SETTLE_BASE;
			break;
		case 'v':
			how = SETTLE_VALUE;
			break;
		case 'o':
			how = SETTLE_OK;
			break;
		default:
			return usage_error("resolve", _("option inconnue ou incomplète : %s"), argv[optind - 1]);
		}
		arg = optarg;
		chosen++;
	}
	if (chosen != 1 || argc - optind != 2)
		return usage_error("resolve", "%s", _("il faut ID, CHAMP et un choix : --take N, --base, --value V ou --ok"));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_resolve(&out, &j.c, argv[optind], argv[optind + 1], how, arg, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_resolve, 0));
}
