/* verb_edit.c -- set, unset, add, remove: one field of one record, committed at once. */
#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/term.h"
#include "ctl/form.h"

static void words(const struct val *v)
{
	if (*text_of(v, "commit"))
		printf(_("%s : %s enregistré\n"), text_of(v, "id"), text_of(v, "champ"));
	else
		printf(_("%s : %s écrit sur le disque, pas encore enregistré dans l'historique\n"), text_of(v, "id"), text_of(v, "champ"));
	if (*text_of(v, "nouveau"))
		printf(_("à savoir : %s est un nouvel élément, il n'y était pas encore\n"), text_of(v, "nouveau"));
	say_missing(v);
}

static void print_codes(const struct val *codes)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, _("au choix : "));
	for (size_t i = 0; i < codes->list.n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", text_of(codes->list.at[i], "code"));
	term_wrap(stdout, buf_str(&b), 4, 0);
	buf_free(&b);
}

static void print_advice(const struct val *v)
{
	const struct val *advice = val_get(v, "conseils");
	for (size_t i = 0; i < advice->list.n; i++)
		printf(_("à savoir : %s\n"), text_at(advice, i));
}

/* Each thing that keeps a record from a state, with the command that would fill it in. */
static void words_lacks(const struct val *v)
{
	const struct val *missing = val_get(v, "manquants");
	printf(_("%s ne peut pas encore passer à l'état « %s » (%s). Il lui manque :\n"), text_of(v, "id"), text_of(v, "etat"), text_of(v, "titre"));
	for (size_t i = 0; i < missing->list.n; i++) {
		const struct val *f = missing->list.at[i];
		printf("\n  %s%s%s (%s)\n", term_attr(stdout, TERM_STRONG), text_of(f, "titre"), term_attr(stdout, TERM_PLAIN), text_of(f, "champ"));
		if (*text_of(f, "aide"))
			term_wrap(stdout, text_of(f, "aide"), 4, 0);
		if (val_get(f, "codes"))
			print_codes(val_get(f, "codes"));
		printf("    %s\n", text_of(f, "commande"));
	}
	printf(_("\nOu tout à la fois, dans l'éditeur : maillage edit %s\n"), text_of(v, "id"));
	print_advice(v);
}

/* The state was refused: what it lacks is the answer. -1: it is something else. */
static int refused_state(struct job *j, const struct app *app, const char *id, const char *state)
{
	struct val *v;
	struct err why;
	if (ctl_lacks(&v, &j->c, id, state, &why) || !val_get(v, "manquants")->list.n)
		return -1;
	return cli_finish(app, v, words_lacks, err_exit_code(ERR_DATA));
}

/* Done: what the state should mean as well, and no check asks. */
static void advise(struct job *j, const char *id, const char *state)
{
	struct val *v;
	struct err why;
	if (ctl_lacks(&v, &j->c, id, state, &why) == 0)
		print_advice(v);
}

static int edit(const struct app *app, enum edit what, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	int want = what == EDIT_UNSET ? 3 : 4, code;
	if (argc != want)
		return usage_error(argv[0], "%s", want == 3 ? _("il faut ID et CHAMP") : _("il faut ID, CHAMP et VALEUR"));
	if (!job_begin(&j))
		return 75;
	bool state = what == EDIT_SET && !strcmp(argv[2], "etat");
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_edit(&out, &j.c, what, argv[1], argv[2], want == 4 ? argv[3] : NULL, &j.e);
	if (rc == ERR_DATA && state && (code = refused_state(&j, app, argv[1], argv[3])) >= 0)
		return job_end(&j, 0, code);
	if (rc)
		return job_end(&j, rc, 0);
	code = cli_finish(app, out, words, val_get(out, "manquants")->list.n || val_get(out, "fautes") ? 1 : 0);
	if (state && !app->json && !app->quiet)
		advise(&j, argv[1], argv[3]);
	return job_end(&j, 0, code);
}

int verb_set(const struct app *app, int argc, char **argv)
{
	return edit(app, EDIT_SET, argc, argv);
}

int verb_unset(const struct app *app, int argc, char **argv)
{
	return edit(app, EDIT_UNSET, argc, argv);
}

int verb_add(const struct app *app, int argc, char **argv)
{
	return edit(app, EDIT_ADD, argc, argv);
}

int verb_remove(const struct app *app, int argc, char **argv)
{
	return edit(app, EDIT_REMOVE, argc, argv);
}
