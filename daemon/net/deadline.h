/* deadline.h -- the one place of this floor that sleeps: until a descriptor is ready, a moment has come, or somebody cancels.
 *
 * FAILS   Codes only, no message: the caller knows what it was waiting for. ERR_NET: the moment has come. ERR_CANCELLED:
 *         also when the descriptor is ready as well, so that a stream that never pauses can still be stopped.
 */
#ifndef NET_DEADLINE_H
#define NET_DEADLINE_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include "base/cancel.h"

/* until: clock_mono_ms(). events: POLLIN, POLLOUT. An error or a hang-up on fd counts as ready: the next call on it tells. */
int net_wait(int fd, short events, int64_t until, const struct cancel *cancel);

/* The same for any of n descriptors, at most NET_WAIT_MAX; their revents are filled. */
#define NET_WAIT_MAX 8
int net_wait_any(struct pollfd *fds, size_t n, int64_t until, const struct cancel *cancel);

/* Exactly n bytes through a non-blocking descriptor. ERR_IO: the other end has closed it, or errno. */
int net_write_all(int fd, const void *bytes, size_t n, int64_t until, const struct cancel *cancel);
int net_read_all(int fd, void *bytes, size_t n, int64_t until, const struct cancel *cancel);

#endif
