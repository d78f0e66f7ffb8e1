#include "deadline.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include "base/clock.h"

int net_wait_any(struct pollfd *fds, size_t n, int64_t until, const struct cancel *cancel)
{
	struct pollfd p[NET_WAIT_MAX + 1];
	must(n <= NET_WAIT_MAX);
	memcpy(p, fds, n * sizeof *p);
	p[n] = (struct pollfd){ .fd = cancel_fd(cancel), .events = POLLIN };
	for (;;) {
		int64_t left = until - clock_mono_ms();
		int ready = poll(p, n + 1, left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);
		if (ready < 0 && errno != EINTR)
			return ERR_IO;
		if (ready > 0 && p[n].revents)
			return ERR_CANCELLED;
		if (ready > 0) {
			memcpy(fds, p, n * sizeof *p);
			return 0;
		}
		if (left <= 0)
			return ERR_NET;
	}
}

int net_wait(int fd, short events, int64_t until, const struct cancel *cancel)
{
	struct pollfd p = { .fd = fd, .events = events };
	return net_wait_any(&p, 1, until, cancel);
}

int net_write_all(int fd, const void *bytes, size_t n, int64_t until, const struct cancel *cancel)
{
	const char *p = bytes;
	while (n) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);
		if (put >= 0) {
			p += put;
			n -= (size_t)put;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return ERR_IO;
		int rc = net_wait(fd, POLLOUT, until, cancel);
		if (rc)
			return rc;
	}
	return 0;
}

int net_read_all(int fd, void *bytes, size_t n, int64_t until, const struct cancel *cancel)
{
	char *p = bytes;
	while (n) {
		ssize_t got = recv(fd, p, n, 0);
		if (got > 0) {
			p += got;
			n -= (size_t)got;
			continue;
		}
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			return ERR_IO;
		int rc = net_wait(fd, POLLIN, until, cancel);
		if (rc)
			return rc;
	}
	return 0;
}
