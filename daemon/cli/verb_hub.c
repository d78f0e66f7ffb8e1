/* verb_hub.c -- the engineer's side: hub init, hub add; and what sshd and git call: hub shell, hub receive. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/job.h"
#include "cli/options.h"

#define RECEIVE_MAX_BYTES 65536
#define RECEIVE_MAX_CPU_S 600 /* a first push of 100,000 records takes some 20 */

static void words_made(const struct val *v)
{
	const struct val *made = val_get(v, "depots");
	for (size_t i = 0; i < made->list.n; i++)
		printf("%s/%s\n", text_of(v, "dossier"), text_at(made, i));
}

static int hub_make(const struct app *app, int argc, char **argv)
{
	const char *codes = NULL;
	bool courier = false;
	int c;
	optind = 0;
	while ((c = option_next("hub init", argc, argv)) != -1) {
		if (c == 'c')
			codes = optarg;
		else if (c == 'k')
			courier = true;
		else
			return 64;
	}
	if (!codes || argc - optind != 1)
		return usage_error("hub", "%s", _("écrivez : maillage hub init DOSSIER --collectives A,B,... [--courier]"));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_hub_init(&out, &j.a, argv[optind], codes, courier, &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words_made, 0));
}

static int hub_add_one(const struct app *app, int argc, char **argv)
{
	if (argc != 3)
		return usage_error("hub", "%s", _("écrivez : maillage hub add DOSSIER CODE"));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_hub_add(&out, &j.a, argv[1], argv[2], &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words_made, 0));
}

/* What git gets to see. A server may let the client set variables: GIT_CONFIG_COUNT can switch the hook off, GIT_EXEC_PATH and
 * LD_PRELOAD run any program. GIT_PROTOCOL is how git says which protocol it speaks. */
static char **safe_environment(struct arena *a)
{
	static const char *const names[] = { "HOME=", "PATH=", "USER=", "LOGNAME=", "SHELL=", "LANG=", "LANGUAGE=", "LC_", "TZ=",
					     "TMP=",  "TMPDIR=", "SSH_", "GIT_PROTOCOL=" };
	struct {
		char **at;
		size_t n, cap;
	} keep = { 0 };
	for (char **v = environ; *v; v++)
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (!strncmp(*v, names[i], strlen(names[i])))
				arena_push(a, &keep, *v);
	arena_push(a, &keep, (char *)NULL);
	return keep.at;
}

/* Never returns when the command is permitted: becomes git. */
static int hub_gate(int argc, char **argv)
{
	struct hub_key key = { 0 };
	const char *run[3];
	int c;
	optind = 0;
	while ((c = option_next("hub shell", argc, argv)) != -1) {
		if (c == 'c')
			key.collective = optarg;
		else if (c == 'n')
			key.national = true;
		else if (c == 'd')
			key.dir = optarg;
		else
			return 64;
	}
	if (!key.collective == !key.national || optind != argc)
		return usage_error("hub", "%s",
				   _("écrivez : maillage hub shell --collective CODE [--dir DOSSIER], ou maillage hub shell --national [--dir DOSSIER]"));
	struct job j;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_hub_shell(run, &j.a, &key, getenv("SSH_ORIGINAL_COMMAND"), &j.e);
	if (!rc) {
		execvpe(run[0], (char *const *)(uintptr_t)run, safe_environment(&j.a));
		rc = err_errno(&j.e, run[0]);
	}
	return job_end(&j, rc, 0);
}

/* The sentences that reach the coordinator through git: one per fault. */
static void words_refused(const struct val *v)
{
	const struct val *faults = val_get(v, "fautes");
	for (size_t i = 0; i < faults->list.n; i++) {
		const struct val *f = faults->list.at[i];
		if (bool_of(f, "avertissement"))
			continue;
		fprintf(stderr, "%s", text_of(f, "chemin"));
		if (int_of(f, "ligne"))
			fprintf(stderr, ":%lld:%lld", (long long)int_of(f, "ligne"), (long long)int_of(f, "colonne"));
		fprintf(stderr, "%s%s\n", *text_of(f, "chemin") ? ": " : "", text_of(f, "message"));
	}
}

/* Whoever may push may still not hold the hub up: git sends keep-alives for ever while the hook works. */
static const char *too_long; /* looked up beforehand: a signal may come at any instant */

static void on_time_over(int signal_number)
{
	ssize_t ignored = write(STDERR_FILENO, too_long, strlen(too_long));
	(void)ignored;
	(void)signal_number;
	_exit(1);
}

static void limit_time(void)
{
	struct rlimit limit;
	too_long = _("maillage : cet envoi demande trop de calculs au hub ; rien n'a été pris. Envoyez en plusieurs fois, des commits les plus "
		     "anciens aux plus récents : git push hub COMMIT:main\n");
	signal(SIGXCPU, on_time_over);
	if (getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_cur > RECEIVE_MAX_CPU_S) {
		limit.rlim_cur = RECEIVE_MAX_CPU_S;
		setrlimit(RLIMIT_CPU, &limit);
	}
}

static int hub_receive(const struct app *app)
{
	struct buf lines = BUF_INIT;
	char chunk[4096];
	size_t n;
	(void)app;
	limit_time();
	while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0 && lines.n < RECEIVE_MAX_BYTES)
		buf_put(&lines, chunk, n);
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = lines.n >= RECEIVE_MAX_BYTES ? err_set(&j.e, ERR_LIMIT, "%s", _("trop de références dans un seul envoi ; n'envoyez que main")) :
						ctl_hub_receive(&out, &j.a, buf_str(&lines), &j.e);
	buf_free(&lines);
	if (!rc)
		words_refused(out);
	int code = job_end(&j, rc, rc ? 0 : int_of(out, "erreurs") ? 1 : 0);
	return rc == ERR_LIMIT ? 1 : code; /* what was pushed is too big: a refusal, no trouble of the hub's */
}

int verb_hub(const struct app *app, int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "init"))
		return hub_make(app, argc - 1, argv + 1);
	if (!strcmp(what, "add"))
		return hub_add_one(app, argc - 1, argv + 1);
	if (!strcmp(what, "shell"))
		return hub_gate(argc - 1, argv + 1);
	if (!strcmp(what, "receive"))
		return hub_receive(app);
	return usage_error("hub", "%s", _("il faut init, add, shell ou receive"));
}
