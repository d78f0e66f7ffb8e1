#include "network.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct network {
	uv_poll_t poll; /* first: closing frees the whole */
	int fd;         /* own */
	void (*cb)(void *ctx);
	void *ctx;
};

static void ready(uv_poll_t *poll, int status, int events)
{
	struct network *n = poll->data;
	_Alignas(struct nlmsghdr) char bytes[8192];
	ssize_t got;
	bool news = status < 0;
	(void)events;
	while ((got = recv(n->fd, bytes, sizeof bytes, MSG_DONTWAIT)) != 0) {
		if (got < 0)
			break; /* nothing more; or messages were dropped, and those that came say enough */
		size_t left = (size_t)got;
		for (struct nlmsghdr *m = (void *)bytes; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left))
			news = news || m->nlmsg_type == RTM_NEWADDR;
	}
	if (news)
		n->cb(n->ctx);
}

int network_new(struct network **out, uv_loop_t *loop, void (*cb)(void *ctx), void *ctx, struct err *e)
{
	struct network *n = calloc(1, sizeof *n);
	if (!n)
		return err_nomem(e);
	const struct sockaddr_nl all = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR };
	n->cb = cb;
	n->ctx = ctx;
	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (n->fd < 0 || bind(n->fd, (const struct sockaddr *)&all, sizeof all) < 0 || uv_poll_init(loop, &n->poll, n->fd) != 0) {
		int rc = err_errno(e, "netlink");
		if (n->fd >= 0)
			close(n->fd);
		free(n);
		return rc;
	}
	n->poll.data = n;
	uv_poll_start(&n->poll, UV_READABLE, ready);
	*out = n;
	return 0;
}

static void closed(uv_handle_t *h)
{
	struct network *n = h->data;
	close(n->fd);
	free(n);
}

void network_free(struct network *n)
{
	if (n && !uv_is_closing((uv_handle_t *)&n->poll))
		uv_close((uv_handle_t *)&n->poll, closed);
}
