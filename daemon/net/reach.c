/* reach.c -- resolve and connect.
 *
 * Resolving: getaddrinfo blocks as long as resolv.conf pleases (often 20 s). It runs in a thread of its own; we wait for its bell
 * as for everything else, and leave when our time is up. The thread then ends by itself and throws its answer away. So that a dead
 * resolver cannot pile up threads, at most ASKED_MAX questions are open at a time.
 *
 * Connecting (RFC 8305, the simple half): addresses in the resolver's order with the families taking turns; the next one is
 * started when the one before has failed or has been silent for HEAD_START_MS, and none is given up before the deadline: a
 * broken IPv6 costs a quarter of a second, a slow satellite line still gets the whole time. The first to answer wins.
 */
#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "deadline.h"
#include "base/clock.h"

#define ASKED_MAX 16
#define ADDRESSES_MAX NET_WAIT_MAX
#define HEAD_START_MS 250
#define STACK_BYTES (512 * 1024) /* the resolver's plug-ins like room; the default of 8 MiB is only address space, but 16 of them */

/* ---- the name */

struct question {
	atomic_int holders; /* the asker and the thread; the last one frees */
	atomic_bool answered;
	int bell;           /* own; eventfd */
	int rc;             /* getaddrinfo's */
	struct addrinfo *list; /* own, until the asker takes it */
	char host[256], port[8];
};

static atomic_int open_questions;

static void let_go(struct question *q)
{
	if (atomic_fetch_sub(&q->holders, 1) > 1)
		return;
	if (q->list)
		freeaddrinfo(q->list);
	close(q->bell);
	free(q);
	atomic_fetch_sub(&open_questions, 1);
}

static void *answer(void *arg)
{
	static const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct question *q = arg;
	uint64_t one = 1;
	q->rc = getaddrinfo(q->host, q->port, &hints, &q->list);
	if (q->rc)
		q->list = NULL;
	atomic_store(&q->answered, true);
	while (write(q->bell, &one, sizeof one) < 0 && errno == EINTR)
		;
	let_go(q);
	return NULL;
}

static int ask(struct question *q)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;
	if (pthread_attr_init(&attr))
		return ERR_NOMEM;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all); /* the process's signals are for those who wait for them */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&thread, &attr, answer, q);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return rc ? ERR_NOMEM : 0;
}

int reach_resolve(struct addrinfo **out, int *why, const char *host, int port, int64_t until, const struct cancel *cancel)
{
	if (atomic_fetch_add(&open_questions, 1) >= ASKED_MAX) {
		atomic_fetch_sub(&open_questions, 1);
		*why = EAI_AGAIN;
		return ERR_IO;
	}
	struct question *q = calloc(1, sizeof *q);
	if (!q || (q->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) {
		free(q);
		atomic_fetch_sub(&open_questions, 1);
		return ERR_NOMEM;
	}
	snprintf(q->host, sizeof q->host, "%s", host);
	snprintf(q->port, sizeof q->port, "%d", port);
	atomic_store(&q->holders, 2);
	int rc = ask(q);
	if (rc)
		let_go(q); /* for the thread that is not */
	else
		rc = net_wait(q->bell, POLLIN, until, cancel);
	if (!rc && atomic_load(&q->answered)) {
		if (q->rc) {
			*why = q->rc;
			rc = ERR_IO;
		} else {
			*out = q->list;
			q->list = NULL;
		}
	}
	let_go(q);
	return rc;
}

/* ---- the connection */

struct race {
	const struct addrinfo *next[ADDRESSES_MAX]; /* borrow; in the order they are tried */
	size_t n, started;
	struct pollfd running[ADDRESSES_MAX];
	size_t nrunning;
	int why; /* errno of what failed so far */
};

static void line_up(struct race *r, const struct addrinfo *list)
{
	const struct addrinfo *a = list, *b = list; /* a: of the first one's family; b: of the others */
	while (r->n < ADDRESSES_MAX && (a || b)) {
		while (a && a->ai_family != list->ai_family)
			a = a->ai_next;
		if (a) {
			r->next[r->n++] = a;
			a = a->ai_next;
		}
		while (b && b->ai_family == list->ai_family)
			b = b->ai_next;
		if (b && r->n < ADDRESSES_MAX) {
			r->next[r->n++] = b;
			b = b->ai_next;
		}
	}
}

/* "refused" tells more than "this machine has no IPv6", whichever came last. */
static void lost(struct race *r, int number)
{
	if (r->why != ECONNREFUSED)
		r->why = number;
}

static void start(struct race *r)
{
	const struct addrinfo *ai = r->next[r->started++];
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, ai->ai_protocol), one = 1;
	if (fd < 0) {
		lost(r, errno);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) < 0 && errno != EINPROGRESS) {
		lost(r, errno);
		close(fd);
		return;
	}
	r->running[r->nrunning++] = (struct pollfd){ .fd = fd, .events = POLLOUT };
}

/* The first that is through, or -1; those that failed leave the race. */
static int winner(struct race *r)
{
	for (size_t i = 0; i < r->nrunning; i++) {
		int bad = 0, fd = r->running[i].fd;
		socklen_t size = sizeof bad;
		if (!r->running[i].revents)
			continue;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &bad, &size) < 0)
			bad = errno;
		if (!bad) {
			r->running[i] = r->running[--r->nrunning];
			return fd;
		}
		lost(r, bad);
		close(fd);
		r->running[i--] = r->running[--r->nrunning];
	}
	return -1;
}

int reach_dial(int *out, int *why, const struct addrinfo *list, int64_t until, const struct cancel *cancel)
{
	struct race r = { .n = 0 };
	int fd = -1, rc = 0;
	line_up(&r, list);
	while (fd < 0 && !rc) {
		size_t before = r.nrunning;
		while (r.started < r.n && r.nrunning == before)
			start(&r);
		if (!r.nrunning) {
			rc = ERR_IO;
			break;
		}
		size_t running = r.nrunning;
		bool more = r.started < r.n;
		int64_t by = more ? clock_mono_ms() + HEAD_START_MS : until;
		do {
			rc = net_wait_any(r.running, r.nrunning, by < until ? by : until, cancel);
			if (!rc)
				fd = winner(&r);
		} while (!rc && fd < 0 && r.nrunning == running);
		if (rc == ERR_NET && by < until)
			rc = 0; /* the next one's turn, beside those that run */
	}
	for (size_t i = 0; i < r.nrunning; i++)
		close(r.running[i].fd);
	if (rc == ERR_IO)
		*why = r.why ? r.why : errno;
	if (!rc)
		*out = fd;
	return rc;
}
