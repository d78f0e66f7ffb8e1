/* A real socket, and clients that are plain descriptors in the same thread: each waits by turning the loop, until a deadline. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fsio.h"
#include "loop/server.h"

#define DEADLINE_MS 5000

static uv_loop_t loop;
static struct server *s;
static char dir[PATH_MAX], path[PATH_MAX];
static struct err e;
static struct buf heard; /* every message, each followed by | */
static struct client *held;

/* "later" is answered by the test; "twice" with two replies; anything else with itself. */
static void on_message(void *ctx, struct client *c, const char *json, size_t n)
{
	(void)ctx;
	assert_int_equal(strlen(json), n);
	buf_printf(&heard, "%.100s|", json);
	if (!strcmp(json, "later")) {
		client_hold(c);
		held = c;
	} else if (!strcmp(json, "big")) {
		char *big = malloc(3 << 20);
		memset(big, 'x', (3 << 20) - 1);
		big[(3 << 20) - 1] = 0;
		client_reply(c, big);
		free(big);
	} else {
		client_reply(c, json);
		if (!strcmp(json, "twice"))
			client_reply(c, json);
	}
}

static int fresh(void **st)
{
	(void)st;
	snprintf(dir, sizeof dir, "%s/server-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%.3000s/sous/m.sock", dir);
	uv_loop_init(&loop);
	e = (struct err){ 0 };
	assert_int_equal(server_new(&s, &loop, path, on_message, NULL, &e), 0);
	return 0;
}

static int over(void **st)
{
	(void)st;
	server_free(s);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_false(fs_exists(path));
	buf_free(&heard);
	return fs_remove_tree(dir, NULL);
}

static int dial(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	snprintf(to.sun_path, sizeof to.sun_path, "%.107s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/* All n bytes; false: the server hung up. */
static bool say(int fd, const char *bytes, size_t n)
{
	int64_t until = clock_mono_ms() + DEADLINE_MS;
	while (n && clock_mono_ms() < until) {
		ssize_t put = send(fd, bytes, n, MSG_NOSIGNAL);
		if (put < 0 && errno != EAGAIN)
			return false;
		if (put > 0) {
			bytes += put;
			n -= (size_t)put;
		}
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	return n == 0;
}

/* The next n bytes; fewer: the server hung up (or the deadline passed). */
static size_t hear(int fd, char *bytes, size_t n)
{
	int64_t until = clock_mono_ms() + DEADLINE_MS;
	size_t got = 0;
	while (got < n && clock_mono_ms() < until) {
		uv_run(&loop, UV_RUN_NOWAIT);
		ssize_t more = read(fd, bytes + got, n - got);
		if (more == 0 || (more < 0 && errno != EAGAIN))
			break;
		got += more > 0 ? (size_t)more : 0;
	}
	return got;
}

static bool hung_up(int fd)
{
	char byte;
	int64_t until = clock_mono_ms() + DEADLINE_MS;
	return hear(fd, &byte, 1) == 0 && clock_mono_ms() < until;
}

static void expect(int fd, const char *want, size_t n)
{
	char got[200] = "";
	assert_int_equal(hear(fd, got, n), n);
	assert_memory_equal(got, want, n);
}

static void messages_are_cut_at_their_nul(void **st)
{
	(void)st;
	int fd = dial();
	assert_true(say(fd, "{\"a\":1}", 8));
	expect(fd, "{\"a\":1}", 8);
	assert_true(say(fd, "un\0deux\0tro", 11)); /* two and a half */
	expect(fd, "un\0deux", 8);
	assert_true(say(fd, "is\0", 3));
	expect(fd, "trois", 6);
	assert_true(say(fd, "\0", 1)); /* an empty one is a message too: ctl/ says what is wrong with it */
	expect(fd, "", 1);
	assert_true(say(fd, "twice", 6));
	expect(fd, "twice\0twice", 12);
	assert_string_equal(heard.at, "{\"a\":1}|un|deux|trois||twice|");
	close(fd);
}

static void a_byte_at_a_time(void **st)
{
	(void)st;
	int fd = dial();
	for (const char *p = "lentement"; *p; p++) {
		assert_true(say(fd, p, 1));
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(heard.n, 0);
	assert_true(say(fd, "", 1));
	expect(fd, "lentement", 10);
	close(fd);
}

static void too_long_a_message(void **st)
{
	(void)st;
	static char big[SERVER_MESSAGE + 2];
	int fd = dial(), other = dial();
	memset(big, 'x', SERVER_MESSAGE);
	assert_true(say(fd, big, SERVER_MESSAGE + 1)); /* the longest that is heard */
	while (hear(fd, big, SERVER_MESSAGE + 1) != SERVER_MESSAGE + 1)
		fail();
	memset(big, 'x', SERVER_MESSAGE + 1);
	say(fd, big, SERVER_MESSAGE + 1);
	assert_true(hung_up(fd));
	assert_true(say(other, "et", 3)); /* nobody else notices */
	expect(other, "et", 3);
	close(fd);
	close(other);
}

static void too_many_connections(void **st)
{
	(void)st;
	int fd[SERVER_CLIENTS + 1];
	for (int i = 0; i <= SERVER_CLIENTS; i++) {
		fd[i] = dial();
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	assert_true(hung_up(fd[SERVER_CLIENTS]));
	for (int i = 0; i < SERVER_CLIENTS; i++) {
		assert_true(say(fd[i], "oui", 4));
		expect(fd[i], "oui", 4);
	}
	close(fd[3]); /* room for one */
	close(fd[SERVER_CLIENTS]);
	for (int i = 0; i < 5; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	fd[3] = dial();
	assert_true(say(fd[3], "oui", 4));
	expect(fd[3], "oui", 4);
	for (int i = 0; i < SERVER_CLIENTS; i++)
		close(fd[i]);
}

static void wait_held(void)
{
	int64_t until = clock_mono_ms() + DEADLINE_MS;
	while (!held && clock_mono_ms() < until)
		uv_run(&loop, UV_RUN_NOWAIT);
	assert_non_null(held);
}

static void an_answer_may_come_later(void **st)
{
	(void)st;
	int fd = dial();
	held = NULL;
	assert_true(say(fd, "later", 6));
	wait_held();
	client_reply(held, "enfin");
	client_drop(held);
	expect(fd, "enfin", 6);
	/* also to one who has said all it has to say */
	held = NULL;
	assert_true(say(fd, "later", 6));
	wait_held();
	shutdown(fd, SHUT_WR);
	for (int i = 0; i < 5; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	client_reply(held, "encore");
	client_drop(held);
	expect(fd, "encore", 7);
	assert_true(hung_up(fd));
	close(fd);
}

static void an_answer_to_nobody(void **st)
{
	(void)st;
	int fd = dial();
	held = NULL;
	assert_true(say(fd, "later", 6));
	wait_held();
	close(fd);
	for (int i = 0; i < 5; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	client_reply(held, "personne");
	client_reply(held, "personne");
	for (int i = 0; i < 5; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	client_reply(held, "toujours personne");
	client_drop(held);
}

static void who_does_not_read_is_disconnected(void **st)
{
	(void)st;
	int fd = dial();
	for (int i = 0; i < 4; i++)
		say(fd, "big", 4); /* the last ones may find it closed */
	static char sink[1 << 20];
	size_t got = 0, n;
	while ((n = hear(fd, sink, sizeof sink)) > 0)
		got += n;
	assert_true(got < 4u * (3 << 20));
	close(fd);
}

static void the_server_may_go_while_an_answer_is_owed(void **st)
{
	(void)st;
	int fd = dial();
	held = NULL;
	assert_true(say(fd, "later", 6));
	wait_held();
	server_free(s);
	uv_run(&loop, UV_RUN_DEFAULT);
	s = NULL;
	client_reply(held, "trop tard");
	client_drop(held);
	assert_true(hung_up(fd));
	close(fd);
}

static void one_daemon_a_path(void **st)
{
	(void)st;
	struct server *second = NULL;
	struct stat before, after;
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(before.st_mode & 0777, 0600);
	assert_int_equal(server_new(&second, &loop, path, on_message, NULL, &e), ERR_BUSY);
	assert_null(second);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* the first one's socket is still there */
	int fd = dial();
	assert_true(say(fd, "oui", 4));
	expect(fd, "oui", 4);
	close(fd);
}

static void what_a_killed_daemon_left_is_no_obstacle(void **st)
{
	(void)st;
	server_free(s);
	uv_run(&loop, UV_RUN_DEFAULT);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	snprintf(at.sun_path, sizeof at.sun_path, "%.107s", path);
	int dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(dead, (struct sockaddr *)&at, sizeof at), 0);
	close(dead);
	assert_true(fs_exists(path));
	assert_int_equal(server_new(&s, &loop, path, on_message, NULL, &e), 0);
	int fd = dial();
	assert_true(say(fd, "oui", 4));
	expect(fd, "oui", 4);
	close(fd);
}

static void paths_that_cannot_be(void **st)
{
	(void)st;
	struct server *none = NULL;
	char far[200];
	memset(far, 'x', sizeof far - 1);
	far[0] = '/';
	far[sizeof far - 1] = 0;
	assert_int_equal(server_new(&none, &loop, far, on_message, NULL, &e), ERR_CONFIG);
	assert_non_null(strstr(e.msg, "107"));
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(messages_are_cut_at_their_nul), T(a_byte_at_a_time), T(too_long_a_message), T(too_many_connections),
		T(an_answer_may_come_later), T(an_answer_to_nobody), T(who_does_not_read_is_disconnected),
		T(the_server_may_go_while_an_answer_is_owed), T(one_daemon_a_path), T(what_a_killed_daemon_left_is_no_obstacle),
		T(paths_that_cannot_be),
	};
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
