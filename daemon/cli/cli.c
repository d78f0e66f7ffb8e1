/* cli.c -- from argv to a verb. Arguments in, words out; what a verb does lives in ctl/. */
#include "cli/verbs.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/trace.h"
#include "ctl/json.h"
#include "ctl/version.h"

static const struct verb {
	const char *name, *args, *help, *example;
	int (*run)(const struct app *app, int argc, char **argv);
} verbs[] = {
#define X(fn, name, args, help, example) { name, args, help, example, verb_##fn },
	VERBS(X)
#undef X
};
#define NVERBS (sizeof verbs / sizeof *verbs)

static const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < NVERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static void help_all(void)
{
	printf("%s\n\n%s\n\n",
	       _("maillage : les fiches d'un collectif, hors ligne, fusionnées champ par champ"),
	       _("Usage : maillage [-C DOSSIER] [--json] [-q] [-v] VERBE ..."));
	for (size_t i = 0; i < NVERBS; i++)
		printf("  %-12s %s\n", verbs[i].name, translated(verbs[i].help));
	printf("\n%s\n", _("« maillage VERBE --help » donne les arguments et un exemple."));
	printf("%s\n", _("Codes de sortie : 0 fait ; 1 fait, mais quelqu'un doit regarder ; 64 usage ; 65 données ; 69 démon absent ; "
			 "75 réessayer plus tard ; 77 non permis ; 78 configuration."));
}

static void help_verb(FILE *f, const struct verb *v)
{
	fprintf(f, _("Usage : maillage %s %s\n"), v->name, translated(v->args));
	fprintf(f, "  %s\n", translated(v->help));
	fprintf(f, _("Exemple : %s\n"), v->example);
}

int usage_error(const char *verb, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, _("maillage %s : "), verb);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	const struct verb *v = verb_find(verb);
	if (v)
		help_verb(stderr, v);
	return 64;
}

int report(const struct err *e)
{
	fprintf(stderr, _("maillage : %s\n"), e->msg);
	trace("error %s at %s:%d", err_name(e->code), e->file ? e->file : "?", e->line);
	return err_exit_code(e->code);
}

int print_json(const struct val *v)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	int rc = json_print(&b, v, false, &e);
	if (!rc)
		puts(buf_str(&b));
	buf_free(&b);
	return rc ? report(&e) : 0;
}

int finish(const struct app *app, const struct val *result, void (*words)(const struct val *), int exit_code)
{
	struct err e = { 0 };
	int rc = 0;
	if (app->json)
		rc = print_json(result);
	else if (!app->quiet && words)
		words(result);
	if (rc)
		return rc;
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return exit_code;
	/* The caller must not take half an answer for a whole one. A closed pipe (`| head`) has what it wanted: no words. */
	if (errno == EPIPE)
		return 75;
	err_set(&e, ERR_IO, "%s", _("la sortie n'a pas pu être écrite en entier ; libérez de la place ou écrivez-la ailleurs"));
	return report(&e);
}

/* The options before the verb; getopt would also take those behind it. */
static int global_options(struct app *app, int argc, char **argv)
{
	static const struct option longs[] = { { "json", no_argument, NULL, 'j' },
					       { "quiet", no_argument, NULL, 'q' },
					       { "verbose", no_argument, NULL, 'v' },
					       { "help", no_argument, NULL, 'h' },
					       { "version", no_argument, NULL, 'V' },
					       { NULL, 0, NULL, 0 } };
	int c;
	opterr = 0; /* getopt would speak English */
	while ((c = getopt_long(argc, argv, "+C:qvh", longs, NULL)) != -1) {
		switch (c) {
		case 'C':
			app->dir = optarg;
			break;
		case 'j':
			app->json = true;
			break;
		case 'q':
			app->quiet = true;
			break;
		case 'v':
			app->verbose++;
			break;
		case 'h':
			help_all();
			exit(0);
		case 'V':
			printf("maillage %s\n", MAILLAGE_VERSION);
			exit(0);
		default:
			fprintf(stderr, _("maillage : option inconnue ou incomplète : %s ; « maillage --help » montre les options et les verbes.\n"),
				argv[optind - 1]);
			return 64;
		}
	}
	return 0;
}

/* --json, -q and --help are also understood behind the verb, where people type them. */
static int late_options(struct app *app, const struct verb *v, int *argc, char **argv)
{
	int kept = 1;
	bool stop = false;
	for (int i = 1; i < *argc; i++) {
		if (!stop && !strcmp(argv[i], "--"))
			stop = true;
		if (!stop && !strcmp(argv[i], "--json")) {
			app->json = true;
		} else if (!stop && (!strcmp(argv[i], "-q") || !strcmp(argv[i], "--quiet"))) {
			app->quiet = true;
		} else if (!stop && (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))) {
			help_verb(stdout, v);
			exit(0);
		} else {
			argv[kept++] = argv[i];
		}
	}
	argv[kept] = NULL;
	*argc = kept;
	return 0;
}

/* These read files and nothing else; git starts one for each path, and libgit2's own start (certificates) would double its cost. */
static bool needs_store(const struct verb *v)
{
	return v->run != verb_merge_driver && v->run != verb_merge_file && v->run != verb_textconv;
}

int cli_main(int argc, char **argv)
{
	struct app app = { .dir = "." };
	i18n_init(argv[0]);
	int rc = global_options(&app, argc, argv);
	if (rc)
		return rc;
	if (optind >= argc) {
		help_all();
		return 64;
	}
	trace_to_stderr(app.verbose > 0);
	argc -= optind;
	argv += optind;
	if (!strcmp(argv[0], "help")) {
		const struct verb *about = argc > 1 ? verb_find(argv[1]) : NULL;
		if (about)
			help_verb(stdout, about);
		else
			help_all();
		return 0;
	}
	const struct verb *v = verb_find(argv[0]);
	if (!v) {
		fprintf(stderr, _("maillage : il n'y a pas de verbe « %s » ; « maillage --help » les montre tous.\n"), argv[0]);
		return 64;
	}
	late_options(&app, v, &argc, argv);
	struct err e = { 0 };
	bool store = needs_store(v);
	if (store && ctl_init(&e) < 0)
		return report(&e);
	optind = 0; /* the verb parses its own options from the start */
	opterr = 0; /* and says itself what is wrong with them, in the reader's language */
	rc = v->run(&app, argc, argv);
	if (store)
		ctl_fini();
	return rc;
}
