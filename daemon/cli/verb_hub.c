/* verb_hub.c -- the engineer's side: hub init, hub add; and what sshd and git call: hub shell, hub receive. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/job.h"

#define RECEIVE_MAX_BYTES 65536

static void words_made(const struct val *v)
{
	const struct val *made = val_get(v, "depots");
	for (size_t i = 0; i < made->list.n; i++)
		printf("%s/%s\n", text_of(v, "dossier"), made->list.at[i]->str.at);
}

static int hub_make(const struct app *app, int argc, char **argv)
{
	static const struct option longs[] = { { "collectives", required_argument, NULL, 'c' }, { NULL, 0, NULL, 0 } };
	const char *codes = NULL;
	int c;
	optind = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != 'c')
			return usage_error("hub", _("option inconnue ou incomplète : %s"), argv[optind - 1]);
		codes = optarg;
	}
	if (!codes || argc - optind != 1)
		return usage_error("hub", "%s", _("écrivez : maillage hub init DOSSIER --collectives A,B,..."));
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_hub_init(&out, &j.a, argv[optind], codes, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_made, 0));
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
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_made, 0));
}

/* Never returns when the command is permitted: becomes git. */
static int hub_gate(int argc, char **argv)
{
	static const struct option longs[] = { { "collective", required_argument, NULL, 'c' },
					       { "national", no_argument, NULL, 'n' },
					       { NULL, 0, NULL, 0 } };
	const char *code = NULL, *run[3];
	bool national = false;
	int c;
	optind = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'c')
			code = optarg;
		else if (c == 'n')
			national = true;
		else
			return usage_error("hub", _("option inconnue ou incomplète : %s"), argv[optind - 1]);
	}
	if (!code == !national || optind != argc)
		return usage_error("hub", "%s", _("écrivez : maillage hub shell --collective CODE, ou maillage hub shell --national"));
	struct job j;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_hub_shell(run, &j.a, code, national, getenv("SSH_ORIGINAL_COMMAND"), &j.e);
	if (!rc) {
		execvp(run[0], (char *const *)(uintptr_t)run);
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

static int hub_receive(const struct app *app)
{
	struct buf lines = BUF_INIT;
	char chunk[4096];
	size_t n;
	(void)app;
	while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0 && lines.n < RECEIVE_MAX_BYTES)
		buf_put(&lines, chunk, n);
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = lines.n >= RECEIVE_MAX_BYTES ? err_set(&j.e, ERR_LIMIT, "%s", _("trop de références dans un seul envoi")) :
						ctl_hub_receive(&out, &j.a, buf_str(&lines), &j.e);
	buf_free(&lines);
	if (!rc)
		words_refused(out);
	return job_end(&j, rc, rc ? 0 : int_of(out, "erreurs") ? 1 : 0);
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
