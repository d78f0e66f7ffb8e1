/* hubcheck.h -- the hub's check, for the hook (hub_check) and for whoever pushes into a folder, where no hook runs. */
#ifndef STORE_HUBCHECK_H
#define STORE_HUBCHECK_H

#include "hub.h"

/* As hub_check: objects are read from r (which may be the pusher's clone), the rules are those of the repository
 * `hub`: its collective, and the national.git beside it. */
int hubcheck_run(struct faults *out, struct arena *a, struct repo *r, struct repo *hub, const struct push_update *u,
		 size_t n, struct err *e);

#endif
