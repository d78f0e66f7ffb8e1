#include "cancel.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct cancel {
	int fd; /* own; an eventfd is the flag and the bell in one: there is no second state to keep equal to it */
};

int cancel_new(struct cancel **out, struct err *e)
{
	struct cancel *c = malloc(sizeof *c);
	if (!c)
		return err_nomem(e);
	c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->fd < 0) {
		int rc = err_errno(e, "eventfd");
		free(c);
		return rc;
	}
	*out = c;
	return 0;
}

void cancel_free(struct cancel *c)
{
	if (!c)
		return;
	close(c->fd);
	free(c);
}

void cancel_trigger(struct cancel *c)
{
	if (!c)
		return;
	int was = errno; /* a signal handler must leave errno alone */
	uint64_t one = 1;
	/* EAGAIN: the counter is full, so the flag is set already */
	while (write(c->fd, &one, sizeof one) < 0 && errno == EINTR)
		;
	errno = was;
}

void cancel_reset(struct cancel *c)
{
	uint64_t count;
	if (!c)
		return;
	while (read(c->fd, &count, sizeof count) < 0 && errno == EINTR)
		;
}

bool cancel_is(const struct cancel *c)
{
	if (!c)
		return false;
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	return poll(&p, 1, 0) > 0;
}

int cancel_fd(const struct cancel *c)
{
	return c ? c->fd : -1;
}
