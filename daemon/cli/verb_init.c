/* verb_init.c -- join or start a collective's repository, or the national one. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"

static void words(const struct val *v)
{
	if (!strcmp(text_of(v, "collectif"), "nat"))
		printf(_("%s : dépôt national, sous le pseudonyme %s.\n"), text_of(v, "dossier"), text_of(v, "auteur"));
	else
		printf(_("%s : dépôt du collectif « %s », sous le pseudonyme %s.\n"), text_of(v, "dossier"), text_of(v, "collectif"),
		       text_of(v, "auteur"));
	if (!*text_of(v, "hub"))
		puts(_("Aucun hub n'est indiqué : tout reste sur cet ordinateur."));
	puts(_("Votre nom ne quitte pas cet ordinateur : notez-le dans prive/identites.yaml, pour vous."));
	if (bool_of(v, "nouveau"))
		puts(_("Dépôt nouveau : complétez collectif.yaml, puis faites « maillage sync »."));
	else
		puts(_("Les fiches sont là. « maillage list » les montre, « maillage status » dit où vous en êtes."));
}

int verb_init(const struct app *app, int argc, char **argv)
{
	const char *code = NULL, *hub = NULL, *as = NULL, *key = NULL;
	bool national = false;
	int c;
	while ((c = option_next("init", argc, argv)) != -1) {
		switch (c) {
		case 'c':
			code = optarg;
			break;
		case 'n':
			national = true;
			break;
		case 'h':
			hub = optarg;
			break;
		case 'a':
			as = optarg;
			break;
		case 'k':
			key = optarg;
			break;
		default:
			return 64;
		}
	}
	if (!code == !national || argc - optind != 1)
		return usage_error("init", "%s", _("il faut --collective CODE (ou --national) et le DOSSIER à créer"));
	if (code && !strcmp(code, "nat"))
		return usage_error("init", "%s", _("« nat » est le dépôt national ; écrivez --national"));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_setup(&out, &j.a, argv[optind], national ? "nat" : code, hub, as, key, &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words, 0));
}
