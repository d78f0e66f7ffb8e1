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

static void rows_conflicts(struct table *t, const struct val *v)
{
	table_init(t, t->a, t->format, "collectif,depuis,jours,degre,id,champ,propositions,titre");
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i];
		table_row(t);
		table_cell(t, text_of(row, "collectif"), NULL);
		table_cell(t, text_of(row, "depuis"), NULL);
		if (val_get(row, "jours"))
			table_number(t, int_of(row, "jours"));
		else
			table_cell(t, "", NULL);
		table_cell(t, text_of(row, "degre"), is_hard(row) ? _("à trancher") : _("à relire"));
		table_cell(t, text_of(row, "id"), NULL);
		table_cell(t, text_of(row, "champ"), NULL);
		table_number(t, (long long)val_get(row, "propositions")->list.n);
		table_cell(t, text_of(row, "titre"), NULL);
	}
}

/* The national team sees what every collective has to settle, and settles its own. */
int verb_conflicts(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc > 2)
		return usage_error("conflicts", "%s", _("un seul ID à la fois"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	bool network = !rc && argc == 1 && repo_is_national(j.c.r);
	if (!rc)
		rc = network ? ctl_conflicts_network(&out, &j.c, &j.e) : ctl_conflicts(&out, &j.c, argc == 2 ? argv[1] : NULL, &j.e);
	if (rc)
		return job_end(&j, rc, 0);
	return job_end(&j, 0, finish_rows(app, &j.a, out, network ? NULL : words_conflicts, rows_conflicts, _("Aucune différence ouverte."),
					  out->list.n ? 1 : 0));
}
