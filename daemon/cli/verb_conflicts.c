/* verb_conflicts.c -- the differences that are open, with how to settle each from a script. */
#include <stdio.h>
#include <string.h>

#include "cli/diffview.h"
#include "cli/job.h"

/* Another one on the same field: its proposals have numbers, too, so that a key must say which is meant. */
static bool has_twin(const struct val *rows, size_t at)
{
	for (size_t i = 0; i < rows->list.n; i++)
		if (i != at && !strcmp(text_of(rows->list.at[i], "id"), text_of(rows->list.at[at], "id")) &&
		    !strcmp(text_of(rows->list.at[i], "champ"), text_of(rows->list.at[at], "champ")))
			return true;
	return false;
}

static void how_to(const struct val *row, bool twin)
{
	const char *id = text_of(row, "id"), *field = text_of(row, "champ");
	printf("    maillage resolve %s %s", id, field);
	if (twin)
		printf(" --entry %.8s", text_of(row, "entree"));
	if (!is_hard(row))
		puts(_(" --ok       (c'est relu)"));
	else
		puts(is_presence(row) ? " --take N" : _(" --take N   (ou --base, ou --value \"...\")"));
}

static void words_conflicts(const struct val *v)
{
	const char *last = "";
	if (!v->list.n)
		puts(_("Aucune différence ouverte."));
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i];
		if (i)
			putchar('\n');
		view_difference(row, strcmp(last, text_of(row, "id")));
		how_to(row, has_twin(v, i));
		last = text_of(row, "id");
	}
	if (v->list.n)
		puts(_("\nL'une après l'autre, d'une touche : maillage resolve"));
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
