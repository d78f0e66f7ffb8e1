/* maillaged -- keeps clones in step with their hubs while people work (loop/daemon.h). */
#include <getopt.h>
#include <stdio.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/trace.h"
#include "ctl/ctl.h"
#include "ctl/version.h"
#include "ctl/wire.h"
#include "loop/daemon.h"

static void help(FILE *to)
{
	fputs(_("Usage : maillaged [--config FICHIER] [-v]\n"
		"Synchronise en arrière-plan les dépôts inscrits dans config.yaml (voir maillage init).\n"
		"\n"
		"  --config FICHIER  réglages ; par défaut ~/.config/maillage/config.yaml\n"
		"  -v, --verbose     dit tout ce qui se passe, sur la sortie d'erreur\n"
		"  --help            cette aide\n"
		"  --version         la version\n"
		"\n"
		"SIGHUP : relit les réglages et synchronise tout ; SIGTERM : arrêt propre.\n"),
	      to);
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
						 { "verbose", no_argument, NULL, 'v' },
						 { "help", no_argument, NULL, 'h' },
						 { "version", no_argument, NULL, 'V' },
						 { 0 } };
	struct daemon_config config = { .handle = wire_handle, .aggregate = ctl_aggregate };
	struct err e = { 0 };
	i18n_init(argv[0]);
	for (int o; (o = getopt_long(argc, argv, "v", options, NULL)) != -1;) {
		switch (o) {
		case 'c':
			config.settings = optarg;
			break;
		case 'v':
			trace_to_stderr(1);
			break;
		case 'h':
			help(stdout);
			return 0;
		case 'V':
			puts("maillaged " MAILLAGE_VERSION);
			return 0;
		default:
			help(stderr);
			return 64;
		}
	}
	if (optind < argc) {
		fprintf(stderr, _("maillaged : argument en trop : %s ; « maillaged --help » donne l'usage\n"), argv[optind]);
		return 64;
	}
	int rc = daemon_run(&config, &e);
	if (rc)
		fprintf(stderr, _("maillaged : %s\n"), e.msg);
	return err_exit_code(rc);
}
