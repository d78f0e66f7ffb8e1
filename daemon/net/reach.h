/* reach.h -- from a name to a connected socket, within one deadline and cancellable at every moment.
 *
 * LIFE    reach_resolve -> reach_dial -> freeaddrinfo.
 * OWNER   The list and the descriptor become the caller's.
 * THREAD  Any; reach_resolve starts a short-lived one of its own, because getaddrinfo can neither be given a deadline nor stopped.
 * FAILS   Codes only, as net_wait: ERR_NET the moment has come, ERR_CANCELLED, ERR_NOMEM, ERR_IO: *why says more.
 */
#ifndef NET_REACH_H
#define NET_REACH_H

#include <netdb.h>
#include <stdint.h>
#include "base/cancel.h"

/* ERR_IO: *why is getaddrinfo's answer (EAI_...). */
int reach_resolve(struct addrinfo **out, int *why, const char *host, int port, int64_t until, const struct cancel *cancel);

/* A non-blocking socket, connected to whichever address answers first. ERR_IO: *why is an errno; all addresses said no. */
int reach_dial(int *out, int *why, const struct addrinfo *list, int64_t until, const struct cancel *cancel);

#endif
