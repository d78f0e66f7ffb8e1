/* helpers.h -- what the tests of this floor share. */
#ifndef TESTS_NET_HELPERS_H
#define TESTS_NET_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include "base/clock.h"
#include "base/fsio.h"
#include "net/ssh.h"

/* How much later than it should a thing may happen on a machine with other work: it is there to tell "at once" from "never". */
#define LATE_MS 8000

static inline struct ssh_target target(void)
{
	struct ssh_target t = { .host = "127.0.0.1", .port = atoi(getenv("SSHD_PORT")) };
	return t;
}

static inline struct ssh_config config(void)
{
	struct ssh_config c = { .key_file = getenv("SSHD_KEY"), .known_hosts = getenv("SSHD_KNOWN_HOSTS") };
	return c;
}

static inline const char *file_in(const char *name)
{
	static char path[4][512];
	static int turn;
	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof *path, "%s/%s", getenv("SSHD_DIR"), name);
	return path[turn];
}

static inline void must_be(int rc, int want, const struct err *e)
{
	if (rc != want)
		fail_msg("%s instead of %s: %s", err_name(rc), err_name(want), e->msg);
}

static inline void says(const struct err *e, const char *what)
{
	if (!strstr(e->msg, what))
		fail_msg("« %s » is missing in: %s", what, e->msg);
}

static inline size_t read_all(struct ssh_chan *c, struct buf *out)
{
	char bytes[30000];
	size_t got;
	struct err e = { 0 };
	do {
		must_be(ssh_chan_read(c, bytes, sizeof bytes, &got, &e), 0, &e);
		buf_put(out, bytes, got);
	} while (got);
	return out->n;
}

static inline int status_of(struct ssh_chan *c, struct buf *stderr_text)
{
	int status = -2;
	struct err e = { 0 };
	must_be(ssh_chan_close(c, &status, stderr_text, &e), 0, &e);
	return status;
}

struct alarm {
	struct cancel *cancel;
	pthread_t thread;
	int64_t at; /* when it rang */
};

static inline void *ring(void *arg)
{
	struct alarm *a = arg;
	struct timespec t = { .tv_nsec = 150 * 1000 * 1000 }; /* long enough for the other thread to be in its wait */
	nanosleep(&t, NULL);
	a->at = clock_mono_ms();
	cancel_trigger(a->cancel);
	return NULL;
}

/* a->cancel is the caller's, freed by alarm_end. */
static inline void alarm_set(struct alarm *a)
{
	assert_int_equal(pthread_create(&a->thread, NULL, ring, a), 0);
}

/* How long after the bell we are here. */
static inline int alarm_end(struct alarm *a)
{
	int64_t now = clock_mono_ms();
	pthread_join(a->thread, NULL);
	cancel_free(a->cancel);
	return (int)(now - a->at);
}

static inline void in_time(int64_t begun, int at_least)
{
	int took = (int)(clock_mono_ms() - begun);
	if (took < at_least - 10 || took > at_least + LATE_MS)
		fail_msg("took %d ms instead of about %d", took, at_least);
}

static inline void copy_file(const char *from, const char *to)
{
	struct buf b = BUF_INIT;
	struct err e;
	must_be(fs_read(&b, from, 100000, &e), 0, &e);
	must_be(fs_write(to, b.at, b.n, &e), 0, &e);
	buf_free(&b);
}

#endif
