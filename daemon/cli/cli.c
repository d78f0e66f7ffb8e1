/* cli.c -- from argv to a verb. Arguments in, words out; what a verb does lives in ctl/. */
#include "cli/verbs.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/trace.h"
#include "cli/complete.h"
#include "cli/meter.h"
#include "cli/options.h"
#include "ctl/version.h"

static void apply(struct app *app, const struct verb *v, char letter, const char *value)
{
	switch (letter) {
	case 'C':
		app->dir = value;
		break;
	case 1:
		app->format = FORMAT_JSON;
		break;
	case 3:
		app->format = format_named(value);
		break;
	case 'q':
		app->quiet = true;
		break;
	case 'v':
		app->verbose++;
		break;
	case 'h':
		v ? help_verb(stdout, v) : help_all(stdout);
		exit(0);
	default:
		printf("maillage %s\n", MAILLAGE_VERSION);
		exit(0);
	}
}

/* Takes a global option and its value at argv[*i], so that *i stands on its last word. false: it is none. */
static bool take_global(struct app *app, const struct verb *v, int argc, char **argv, int *i)
{
	const char *word = argv[*i];
	const struct option_row *o = option_of("", word);
	const char *value = o && *o->value ? strchr(word, '=') : NULL; /* --format=csv */
	if (value || (o && !strchr(word, '=') && (!*o->value || *i + 1 < argc))) {
		apply(app, v, o->letter, value ? value + 1 : *o->value ? argv[++*i] : NULL);
		return true;
	}
	size_t n = strlen(word);
	if (o || n < 3 || word[1] == '-')
		return false;
	if (word[1] == 'C') { /* -Cara */
		apply(app, v, 'C', word + 2);
		return true;
	}
	if (strspn(word + 1, "qv") != n - 1)
		return false;
	while (*++word) /* -qv */
		apply(app, v, *word, NULL);
	return true;
}

/* The options before the verb, up to argv[*first]. */
static int early_options(int *first, struct app *app, int argc, char **argv)
{
	for (*first = 1; *first < argc && argv[*first][0] == '-'; ++*first)
		if (!take_global(app, NULL, argc, argv, first)) {
			fprintf(stderr, _("maillage : option inconnue ou incomplète : %s ; « maillage --help » montre les options et les verbes.\n"),
				argv[*first]);
			return 64;
		}
	return 0;
}

/* The same behind the verb, where people type them. What follows an option with a value is that value, what stands where a VALEUR is expected
 * is one, and behind -- nothing is an option. */
static void late_options(struct app *app, const struct verb *v, int *argc, char **argv)
{
	int kept = 1, at = 0;
	bool stop = false;
	for (int i = 1; i < *argc; i++) {
		const struct option_row *own = option_of(v->name, argv[i]);
		if (stop || argv[i][0] != '-' || usage_word_is(v, at, "VALEUR") || !take_global(app, v, *argc, argv, &i)) {
			argv[kept++] = argv[i];
			at += stop || argv[i][0] != '-';
			if (!stop && own && *own->value && !strchr(argv[i], '=') && i + 1 < *argc)
				argv[kept++] = argv[++i];
			stop = stop || !strcmp(argv[i], "--");
		}
	}
	argv[kept] = NULL;
	*argc = kept;
}

static int no_such_verb(const char *name)
{
	struct near meant = { .typed = name };
	for (size_t i = 0; verb_at(i); i++)
		near_try(&meant, verb_at(i)->name);
	if (meant.best)
		fprintf(stderr, _("maillage : il n'y a pas de verbe « %s » ; vouliez-vous dire « %s » ? « maillage --help » les montre tous.\n"), name,
			meant.best);
	else
		fprintf(stderr, _("maillage : il n'y a pas de verbe « %s » ; « maillage --help » les montre tous.\n"), name);
	return 64;
}

static int help(const char *about)
{
	const struct verb *v = about ? verb_find(about) : NULL;
	if (about && !v)
		return no_such_verb(about);
	v ? help_verb(stdout, v) : help_all(stdout);
	return 0;
}

/* These read files and nothing else; git starts one for each path, and libgit2's own start (certificates) would double its cost. */
static bool needs_store(const struct verb *v)
{
	return v->run != verb_merge_driver && v->run != verb_merge_file && v->run != verb_textconv;
}

static bool is_among(const struct verb *v, const char *const names[])
{
	while (*names && strcmp(*names, v->name) != 0)
		names++;
	return *names;
}

/* May work for longer than a second, without asking anything meanwhile: a dialogue has the terminal to itself. */
static const char *const long_work[] = { "init", "sync", "check", "verify", "lessons", "report", "coverage", "trace", "search", "doctor",
					 NULL };
/* May say more than a screen holds. */
static const char *const long_answers[] = { "show",   "list",    "check",   "status",   "conflicts", "log",   "blame",  "explain",
					    "verify", "restore", "lessons", "report",  "coverage", "search",    "trace", "doctor", NULL };
/* Answers with rows: every --format suits it. */
static const char *const row_answers[] = { "conflicts", "coverage", "lessons", "list", "report", "search", "trace", NULL };

int cli_main(int argc, char **argv)
{
	struct app app = { .dir = "." };
	i18n_init(argv[0]);
	int first, rc = early_options(&first, &app, argc, argv);
	if (rc)
		return rc;
	if (first >= argc) {
		help_all(stdout);
		return 64;
	}
	argc -= first;
	argv += first;
	if (!strcmp(argv[0], "help"))
		return help(argv[1]);
	if (!strcmp(argv[0], "__complete"))
		return complete(&app, argc, argv);
	const struct verb *v = verb_find(argv[0]);
	if (!v)
		return no_such_verb(argv[0]);
	late_options(&app, v, &argc, argv);
	if (app.format == FORMAT_N)
		return usage_error(v->name, "%s", _("--format : il y a csv, json et md"));
	app.json = app.format == FORMAT_JSON;
	if (app.format > FORMAT_JSON && !is_among(v, row_answers))
		return usage_error(v->name, "%s", _("cette réponse n'est pas un tableau ; elle existe en mots et en JSON"));
	trace_to_stderr(app.verbose > 0);
	struct err e = { 0 };
	bool store = needs_store(v);
	if (store && ctl_init(&e) < 0)
		return cli_report(&e);
	app.paged = is_among(v, long_answers);
	if (!app.quiet && is_among(v, long_work))
		meter_begin();
	optind = 0; /* the verb parses its own options from the start */
	opterr = 0; /* and says itself what is wrong with them, in the reader's language */
	rc = v->run(&app, argc, argv);
	meter_end();
	if (store)
		ctl_fini();
	return rc;
}
