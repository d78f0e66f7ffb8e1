#include "deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include "base/clock.h"

int net_wait(int fd, short events, int64_t until, const struct cancel *cancel)
{
	for (;;) {
		int64_t left = until - clock_mono_ms();
		struct pollfd p[2] = { { .fd = fd, .events = events }, { .fd = cancel_fd(cancel), .events = POLLIN } };
		int n = poll(p, 2, left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);
		if (n < 0 && errno != EINTR)
			return ERR_IO;
		if (n > 0 && p[1].revents)
			return ERR_CANCELLED;
		if (n > 0)
			return 0;
		if (left <= 0)
			return ERR_NET;
	}
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
