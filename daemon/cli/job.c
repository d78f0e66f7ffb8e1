#include "cli/job.h"

#include <string.h>

void job__init(struct job *j)
{
	memset(j, 0, sizeof *j);
}

bool job__nomem(void)
{
	struct err e = { 0 };
	err_nomem(&e);
	cli_report(&e);
	return false;
}

int job_open(struct job *j, const struct app *app)
{
	int rc = ctl_open(&j->c, &j->a, app->dir, &j->e);
	j->open = !rc;
	return rc;
}

int job_end(struct job *j, int rc, int code)
{
	if (rc < 0)
		code = cli_report(&j->e);
	if (j->open)
		ctl_close(&j->c);
	arena_end(&j->a);
	return code;
}
