#include "ctl/ctl.h"

#include <signal.h>

int ctl_init(struct err *e)
{
	signal(SIGPIPE, SIG_IGN); /* a hub that hangs up must come back as an error, not end the program */
	return store_init(e);
}

void ctl_fini(void)
{
	store_fini();
}

int ctl_open(struct ctl *c, struct arena *a, const char *dir, struct err *e)
{
	struct ctl n = { .a = a };
	int rc = repo_open(&n.r, dir, e);
	if (rc)
		return rc;
	rc = repo_head(&n.head, n.r, e);
	if (!rc)
		rc = repo_schemas(&n.set, n.r, &n.head, e);
	if (rc) {
		repo_close(n.r);
		return rc;
	}
	*c = n;
	return 0;
}

void ctl_close(struct ctl *c)
{
	repo_close(c->r);
	c->r = NULL;
}
