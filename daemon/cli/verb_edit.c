/* verb_edit.c -- set, unset, add, remove: one field of one record, committed at once. */
#include <stdio.h>

#include "cli/job.h"

static void words(const struct val *v)
{
	if (*text_of(v, "commit"))
		printf(_("%s : %s enregistré\n"), text_of(v, "id"), text_of(v, "champ"));
	else
		printf(_("%s : %s écrit sur le disque, pas encore enregistré dans l'historique\n"), text_of(v, "id"), text_of(v, "champ"));
	say_missing(v);
}

static int edit(const struct app *app, enum edit what, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	int want = what == EDIT_UNSET ? 3 : 4;
	if (argc != want)
		return usage_error(argv[0], "%s", want == 3 ? _("il faut ID et CHAMP") : _("il faut ID, CHAMP et VALEUR"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_edit(&out, &j.c, what, argv[1], argv[2], want == 4 ? argv[3] : NULL, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words, val_get(out, "manquants")->list.n ? 1 : 0));
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
