/* daemon.h -- the whole daemon: the clones of config.yaml, the control socket, signals. No uv in this header: ctl/ includes it.
 *
 * LIFE    daemon_run returns when SIGTERM or SIGINT came and everything was closed cleanly. A second one ends it at once (nothing is
 *         lost: the next start recovers). SIGHUP: config.yaml is read again and every clone synced; the file is also read again by
 *         itself when it changes, so that `maillage init` is enough to have a new clone looked after.
 * THREAD  All of this on the thread that called daemon_run; the handler is called there and must not wait for anything.
 */
#ifndef LOOP_DAEMON_H
#define LOOP_DAEMON_H

#include "depot.h"
#include "server.h"

struct daemon;

struct daemon_config {
	const char *settings; /* path of config.yaml; NULL: the default */
	/* One message from the control socket; answers by client_reply, now or later (client_hold). NULL: connections are
	 * taken and every message is ignored. */
	void (*handle)(void *ctx, struct daemon *d, struct client *c, const char *json, size_t n);
	void *handle_ctx;
	int (*aggregate)(bool *changed, struct repo *r, struct err *e); /* as in world.h; NULL none */
};

/* ERR_CONFIG, ERR_EXISTS (another one runs), ERR_PERM, ERR_IO. */
int daemon_run(const struct daemon_config *config, struct err *e);

/* ---- for the handler ------------------------------------------------------------------------------------------------ */

size_t daemon_depots(const struct daemon *d);
const struct depot_status *daemon_status(struct daemon *d, size_t i); /* borrowed until the loop turns */
/* The clone at folder (links resolved); NULL: not looked after. */
const struct depot_status *daemon_find(struct daemon *d, const char *folder);

/* Sync that clone now; cb as in depot_sync. ERR_NOTFOUND: not looked after (says what to do). */
int daemon_sync_now(struct daemon *d, const char *folder, const struct depot_ask *ask, depot_done_cb cb, void *ctx, struct err *e);
void daemon_stop(struct daemon *d);

#endif
