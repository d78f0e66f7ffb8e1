/* cutline.h -- one connection to the sshd of net.test, through a line that is cut after so many bytes one way. */
#ifndef TESTS_NET_CUTLINE_H
#define TESTS_NET_CUTLINE_H

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "helpers.h"

enum { UP, DOWN }; /* to the server, and back */

struct cutline {
	int listener, way;
	size_t after;        /* SIZE_MAX: never */
	size_t passed[2];
	pthread_t thread;
};

static inline int cutline_socket(int port, bool listens)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(listens ? bind(fd, (struct sockaddr *)&a, sizeof a) : connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

/* false: this way is over. */
static inline bool cutline_hand_on(struct cutline *l, int way, int from, int to)
{
	char bytes[4096];
	size_t room = l->way == way ? l->after - l->passed[way] : sizeof bytes;
	ssize_t n = recv(from, bytes, room < sizeof bytes ? room : sizeof bytes, 0);
	if (n <= 0 || send(to, bytes, (size_t)n, MSG_NOSIGNAL) != n)
		return false;
	l->passed[way] += (size_t)n;
	return l->way != way || l->passed[way] < l->after;
}

static inline void *cutline_run(void *arg)
{
	struct cutline *l = arg;
	int near = accept(l->listener, NULL, NULL), far = cutline_socket(atoi(getenv("SSHD_PORT")), false);
	bool open = true;
	while (open) {
		struct pollfd p[2] = { { .fd = near, .events = POLLIN }, { .fd = far, .events = POLLIN } };
		poll(p, 2, -1);
		if (p[0].revents)
			open = cutline_hand_on(l, UP, near, far);
		if (open && p[1].revents)
			open = cutline_hand_on(l, DOWN, far, near);
	}
	close(near);
	close(far);
	return NULL;
}

/* Connects through it, and says goodbye. known_hosts knows the server at any port. */
static inline int cutline_connect(struct cutline *l, int way, size_t after, const char *known_hosts, struct err *e)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;
	struct ssh_target t = { .host = "127.0.0.1" };
	struct ssh_config c = config();
	struct ssh *s = NULL;
	*l = (struct cutline){ .listener = cutline_socket(0, true), .way = way, .after = after };
	assert_int_equal(listen(l->listener, 1), 0);
	assert_int_equal(getsockname(l->listener, (struct sockaddr *)&a, &n), 0);
	t.port = ntohs(a.sin_port);
	c.known_hosts = known_hosts;
	pthread_create(&l->thread, NULL, cutline_run, l);
	int rc = ssh_connect(&s, &t, &c, NULL, e);
	ssh_close(s);
	pthread_join(l->thread, NULL);
	close(l->listener);
	return rc;
}

#endif
