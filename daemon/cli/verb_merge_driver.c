/* verb_merge_driver.c -- git calls it, not people: the merged file goes into the first argument; 0 merged, 1 somebody must look. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"

/* One line a record, on stderr: git shows it as it is. */
static void words(const struct drive *in, const struct driven *d)
{
	if (d->choose)
		fprintf(stderr, _("maillage : %s : à trancher : %s. La valeur d'avant reste en attendant ; « maillage sync », puis « maillage conflicts », montrent les propositions.\n"),
			in->path, d->choose);
	if (d->read)
		fprintf(stderr, _("maillage : %s : combiné, à relire : %s (« maillage sync », puis « maillage conflicts »).\n"), in->path, d->read);
}

int verb_merge_driver(const struct app *app, int argc, char **argv)
{
	struct drive in = { 0 };
	struct driven d;
	struct job j;
	int c;
	(void)app;
	while ((c = option_next("merge-driver", argc, argv)) != -1) {
		if (c != 'v')
			return 64;
		in.is_virtual = true;
	}
	if (argc - optind != 4)
		return usage_error("merge-driver", "%s", _("il faut quatre arguments, que git donne : %A %O %B %P"));
	in.a = argv[optind];
	in.base = argv[optind + 1];
	in.b = argv[optind + 2];
	in.path = argv[optind + 3];
	if (!job_begin(&j))
		return 1;
	int rc = ctl_merge_driver(&d, &j.a, &in, &j.e);
	if (!rc)
		words(&in, &d);
	job_end(&j, rc, 0);
	return rc ? 1 : 0;
}
