/* verb_doctor.c -- what is wrong here, and what to do about it. */
#include <getopt.h>
#include <stdio.h>

#include "base/val.h"
#include "cli/job.h"
#include "cli/options.h"
#include "ctl/doctor.h"

static void print_place(const struct val *row)
{
	printf("%s%s%s", text_of(row, "ou"), *text_of(row, "ou") ? " " : "", text_of(row, "examen"));
}

static void words(const struct val *v)
{
	static const char *const marks[][2] = { { "mal", N_("À RÉGLER") }, { "repare", N_("réparé") }, { "avis", N_("à savoir") } };
	const struct val *rows = val_get(v, "lignes");
	size_t well = 0;
	for (size_t i = 0; i < rows->list.n; i++) {
		const struct val *row = rows->list.at[i];
		if (!val_is_str(val_get(row, "etat"), "bien"))
			continue;
		printf(well++ ? ", " : _("bien : "));
		print_place(row);
	}
	puts("");
	for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
		for (size_t i = 0; i < rows->list.n; i++) {
			const struct val *row = rows->list.at[i];
			if (!val_is_str(val_get(row, "etat"), marks[k][0]))
				continue;
			printf("%s, ", _(marks[k][1]));
			print_place(row);
			printf(_(" : %s\n"), text_of(row, "texte"));
		}
	if (!int_of(v, "mal") && !int_of(v, "avis"))
		puts(_("Tout va bien."));
}

int verb_doctor(const struct app *app, int argc, char **argv)
{
	bool fix = false;
	int c;
	while ((c = option_next("doctor", argc, argv)) != -1) {
		if (c != 'f')
			return 64;
		fix = true;
	}
	if (optind != argc)
		return usage_error("doctor", _("« %s » n'est pas attendu ici"), argv[optind]);
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_doctor(&out, &j.a, app->dir, fix, &j.e);
	return job_end(&j, rc, rc ? 0 : cli_finish(app, out, words, int_of(out, "mal") ? 1 : 0));
}
