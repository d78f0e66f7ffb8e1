/* client.h -- asking the daemon over its control socket, from the command line. */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/val.h"

/* Does a daemon of this user answer, and look after this folder? */
bool client_looks_after(struct arena *a, const char *folder);

/* Have the daemon run one cycle for this folder and wait for its report (as ctl_sync's). false: no daemon, or it does not look
 * after this folder: do it here. */
bool client_sync(struct val **out, struct arena *a, const char *folder);

#endif
