/* verb_show.c -- show and list. */
#include <stdio.h>
#include <string.h>

#include "cli/job.h"

static void words_show(const struct val *v)
{
	const struct val *text = val_get(v, "texte"), *value = val_get(v, "valeur");
	if (text) {
		fputs(text->str.at, stdout);
	} else if (value->type == VAL_STR) {
		puts(value->str.at);
	} else if (value->type == VAL_LIST) {
		for (size_t i = 0; i < value->list.n; i++) {
			print_value(value->list.at[i], 0);
			putchar('\n');
		}
	} else {
		print_value(value, 0);
		putchar('\n');
	}
}

int verb_show(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	if (argc < 2 || argc > 3)
		return usage_error("show", "%s", _("il faut ID, et peut-être un CHAMP"));
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_show(&out, &j.c, argv[1], argc == 3 ? argv[2] : NULL, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_show, 0));
}

static void words_list(const struct val *v)
{
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *row = v->list.at[i];
		printf("%-22s %-10s ", text_of(row, "id"), text_of(row, "etat"));
		print_value(val_get(row, "titre"), 80);
		putchar('\n');
	}
}

int verb_list(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct val *out = NULL;
	const char *kind = NULL;
	int first = 1;
	if (argc > 1 && !strchr(argv[1], '=')) {
		kind = argv[1];
		first = 2;
	}
	if (!job_begin(&j))
		return 75;
	int rc = job_open(&j, app);
	if (!rc)
		rc = ctl_list(&out, &j.c, kind, argv + first, argc - first, &j.e);
	return job_end(&j, rc, rc ? 0 : finish(app, out, words_list, 0));
}
