/* verb_merge_file.c -- merge three files by field; the result on stdout or in a file. 0 clean, 1 differences, 65 not acceptable. */
#include <getopt.h>
#include <stdio.h>

#include "base/fsio.h"
#include "cli/job.h"
#include "cli/options.h"

int verb_merge_file(const struct app *app, int argc, char **argv)
{
	const char *schema = NULL, *sidecar = NULL, *output = NULL;
	int c;
	(void)app;
	while ((c = option_next("merge-file", argc, argv)) != -1) {
		switch (c) {
		case 's':
			schema = optarg;
			break;
		case 'c':
			sidecar = optarg;
			break;
		case 'o':
			output = optarg;
			break;
		default:
			return 64;
		}
	}
	if (argc - optind != 3)
		return usage_error("merge-file", "%s", _("il faut trois fichiers : A BASE B (BASE peut être /dev/null)"));
	struct job j;
	struct file_merge m;
	if (!job_begin(&j))
		return 75;
	int rc = ctl_merge_file(&m, &j.a, schema, argv[optind], argv[optind + 1], argv[optind + 2], &j.e);
	if (!rc && sidecar && m.sidecar)
		rc = fs_write(sidecar, m.sidecar, m.sidecar_n, &j.e);
	if (!rc && output)
		rc = fs_write(output, m.text, m.n, &j.e);
	else if (!rc && (fwrite(m.text, 1, m.n, stdout) != m.n || fflush(stdout) != 0))
		rc = err_errno(&j.e, _("sortie"));
	if (!rc && m.open && !sidecar)
		fputs(m.sidecar, stderr); /* nobody's value goes unseen, wherever the result went */
	return job_end(&j, rc, rc ? 0 : m.open ? 1 : 0);
}
