/* network.h -- news of the network's coming back: an address was given to an interface (rtnetlink(7)). No polling. */
#ifndef LOOP_NETWORK_H
#define LOOP_NETWORK_H

#include <uv.h>
#include "base/err.h"

struct network;

/* cb: on the loop, once for each burst of news. ERR_IO where the system has no netlink (some WSL 1): live without. */
int network_new(struct network **out, uv_loop_t *loop, void (*cb)(void *ctx), void *ctx, struct err *e);
void network_free(struct network *n); /* NULL is fine */

#endif
