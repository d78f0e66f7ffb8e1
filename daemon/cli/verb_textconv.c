/* verb_textconv.c -- git calls it: a record as `git diff` and `git log -p` should show it, on stdout. */
#include <stdio.h>

#include "cli/job.h"

int verb_textconv(const struct app *app, int argc, char **argv)
{
	struct job j;
	struct buf text = BUF_INIT;
	(void)app;
	if (argc != 2)
		return usage_error("textconv", "%s", _("il faut un FICHIER"));
	if (!job_begin(&j))
		return 75;
	int rc = ctl_textconv(&text, &j.a, argv[1], &j.e);
	if (!rc && (fwrite(buf_str(&text), 1, text.n, stdout) != text.n || fflush(stdout)))
		rc = err_errno(&j.e, _("sortie"));
	buf_free(&text);
	return job_end(&j, rc, 0);
}
