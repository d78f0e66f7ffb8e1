/* The whole daemon, in a child process, on real clones of a hub that is a folder. The parent edits, asks over the socket, sends signals.
 * It waits for events: an answer, the hub's ref being renamed into place, the child's end; each with a deadline. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "loop/confirmed.h"
#include "loop/daemon.h"
#include "loop/settings.h"
#include "loop/world.h"
#include "store/hub.h"

#define DEADLINE_MS 20000

static char dir[PATH_MAX];
static struct err e;
static pid_t child;
static int talk = -1, news = -1; /* the socket; inotify on the hub's refs */

#define ok(call)                                                            \
	do {                                                                \
		int rc_ = (call);                                           \
		if (rc_)                                                    \
			fail_msg("%s: %s %s", #call, err_name(rc_), e.msg); \
	} while (0)

static const char *at(const char *path)
{
	static char out[8][PATH_MAX];
	static int i;
	i = (i + 1) % 8;
	snprintf(out[i], PATH_MAX, "%.3000s/%.900s", dir, path);
	return out[i];
}

static void save(const char *path, const char *text)
{
	ok(fs_mkparents(at(path), &e));
	ok(fs_write(at(path), text, strlen(text), &e));
}

/* ---- the child's side: "status" and "sync FOLDER" -------------------------------------------------------------------- */

static void print_status(struct buf *b, const struct depot_status *st)
{
	buf_printf(b, "%s %s %s envoyer=%zu cycles=%zu surveille=%d\n", strrchr(st->folder, '/') + 1, depot_state_name(st->state),
		   err_name(st->trouble.code), st->outgoing, st->cycles, st->watched);
}

static void synced(void *ctx, enum sync_result r, const struct depot_status *st)
{
	struct client *c = ctx;
	struct buf b = BUF_INIT;
	buf_printf(&b, "%d ", (int)r);
	print_status(&b, st);
	client_reply(c, buf_str(&b));
	buf_free(&b);
	client_drop(c);
}

static void handle(void *ctx, struct daemon *d, struct client *c, const char *json, size_t n)
{
	struct buf b = BUF_INIT;
	struct err why;
	(void)ctx;
	(void)n;
	if (!strcmp(json, "status")) {
		for (size_t i = 0; i < daemon_depots(d); i++)
			print_status(&b, daemon_status(d, i));
		client_reply(c, buf_str(&b));
	} else if (!strncmp(json, "sync ", 5)) {
		client_hold(c);
		if (daemon_sync_now(d, json + 5, NULL, synced, c, &why) != 0) {
			client_reply(c, why.msg);
			client_drop(c);
		}
	}
	buf_free(&b);
}

static void start(void)
{
	struct sockaddr_un ready = { .sun_family = AF_UNIX };
	int heard = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(ready.sun_path, sizeof ready.sun_path, "%.100s", at("ready"));
	unlink(ready.sun_path);
	assert_int_equal(bind(heard, (struct sockaddr *)&ready, sizeof ready), 0);
	child = fork();
	if (child == 0) {
		struct daemon_config config = { .settings = at("config.yaml"), .handle = handle };
		setenv("NOTIFY_SOCKET", ready.sun_path, 1);
		int rc = daemon_run(&config, &e);
		if (rc)
			fprintf(stderr, "# %s %s\n", err_name(rc), e.msg);
		exit(rc ? 1 : 0);
	}
	struct pollfd p = { .fd = heard, .events = POLLIN };
	char words[200] = "";
	int64_t until = clock_mono_ms() + DEADLINE_MS;
	while (!strstr(words, "READY=1") && clock_mono_ms() < until) {
		assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
		ssize_t n = recv(heard, words, sizeof words - 1, 0);
		words[n > 0 ? n : 0] = 0;
	}
	assert_non_null(strstr(words, "READY=1"));
	close(heard);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	snprintf(to.sun_path, sizeof to.sun_path, "%.100s", at("m.sock"));
	talk = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(talk, (struct sockaddr *)&to, sizeof to), 0);
}

/* The child's exit status; -1: it did not end in time (and is killed). */
static int ended(void)
{
	int status = -1;
	char byte;
	/* the socket's end of file is the event to wait for; the process itself is gone a moment later */
	struct pollfd p = { .fd = talk, .events = POLLIN };
	int64_t until = clock_mono_ms() + DEADLINE_MS;
	while (clock_mono_ms() < until && poll(&p, 1, DEADLINE_MS) == 1 && recv(talk, &byte, 1, 0) > 0)
		;
	for (until = clock_mono_ms() + DEADLINE_MS; clock_mono_ms() < until;) {
		pid_t got = waitpid(child, &status, WNOHANG);
		if (got == child) {
			child = 0;
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
		sched_yield();
	}
	return -1;
}

static const char *ask(const char *question)
{
	static char answer[4000];
	size_t n = 0;
	int64_t until = clock_mono_ms() + DEADLINE_MS;
	assert_int_equal(send(talk, question, strlen(question) + 1, MSG_NOSIGNAL), strlen(question) + 1);
	while (n == 0 || answer[n - 1]) {
		struct pollfd p = { .fd = talk, .events = POLLIN };
		assert_true(clock_mono_ms() < until && poll(&p, 1, DEADLINE_MS) == 1);
		ssize_t got = recv(talk, answer + n, sizeof answer - n, 0);
		assert_true(got > 0);
		n += (size_t)got;
	}
	return answer;
}

static const char *sync_now(const char *clone)
{
	char question[PATH_MAX];
	snprintf(question, sizeof question, "sync %.4000s", at(clone));
	return ask(question);
}

/* The cycle that was asked for went through, and left nothing to send. (Its state may be DIRTY: our own writing stirs the folder.) */
static void well(const char *answer, const char *clone)
{
	char begin[40];
	snprintf(begin, sizeof begin, "0 %s ", clone);
	if (strncmp(answer, begin, strlen(begin)) != 0 || !strstr(answer, " OK envoyer=0 "))
		fail_msg("%s: %s", clone, answer);
}

/* Something was pushed to the hub's ara.git. */
static bool pushed(void)
{
	char bytes[4096];
	struct pollfd p = { .fd = news, .events = POLLIN };
	int64_t until = clock_mono_ms() + DEADLINE_MS;
	while (clock_mono_ms() < until && poll(&p, 1, DEADLINE_MS) == 1) {
		ssize_t n = read(news, bytes, sizeof bytes);
		for (ssize_t i = 0; i < n;) {
			struct inotify_event ev;
			memcpy(&ev, bytes + i, sizeof ev);
			if (ev.len && !strcmp(bytes + i + sizeof ev, "main"))
				return true;
			i += (ssize_t)(sizeof ev + ev.len);
		}
	}
	return false;
}

static void make_clone(const char *name)
{
	struct repo *r;
	ok(repo_create(&r, at(name), at("hub/ara.git"), "ara", "act-ara-2w3x4y5z", &e));
	repo_close(r);
}

static void write_settings(const char *one, const char *two)
{
	char text[3 * PATH_MAX];
	int n = snprintf(text, sizeof text, "socket: %s\ndepots:\n  - dossier: %s\n    intervalle: 3600\n", at("m.sock"), at(one));
	if (two)
		snprintf(text + n, sizeof text - (size_t)n, "  - dossier: %s\n    intervalle: 3600\n", at(two));
	save("config.yaml", text);
}

static int fresh(void **st)
{
	static const char *const codes[] = { "ara" };
	(void)st;
	const char *root = getenv("ROOT");
	if (root)
		setenv("MAILLAGE_DATADIR", root, 1);
	/* short: a socket's path is at most 107 bytes */
	snprintf(dir, sizeof dir, "%s/d-XXXXXX", getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 60 ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(dir));
	ok(store_init(&e));
	ok(hub_init(at("hub"), codes, 1, "/bin/true", &e));
	make_clone("un");
	make_clone("deux");
	write_settings("un", "deux");
	news = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	assert_true(inotify_add_watch(news, at("hub/ara.git/refs/heads"), IN_MOVED_TO) >= 0);
	return 0;
}

static int over(void **st)
{
	(void)st;
	if (child) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		child = 0;
	}
	close(talk);
	close(news);
	store_fini();
	return fs_remove_tree(dir, NULL);
}

static void a_save_reaches_the_other_clone(void **st)
{
	(void)st;
	start();
	well(sync_now("un"), "un"); /* what it did at its start is over */
	well(sync_now("deux"), "deux");
	save("un/pieces/note.txt", "bonjour\n"); /* and nobody asks for anything */
	assert_true(pushed());
	well(sync_now("deux"), "deux");
	assert_true(fs_exists(at("deux/pieces/note.txt")));
	assert_non_null(strstr(ask("status"), "surveille=1"));
	kill(child, SIGTERM);
	assert_int_equal(ended(), 0);
	assert_false(fs_exists(at("m.sock")));
}

static void its_own_writing_does_not_keep_it_busy(void **st)
{
	(void)st;
	start();
	sync_now("un");
	sync_now("deux");
	save("un/pieces/note.txt", "bonjour\n");
	assert_true(pushed());
	/* asked twice more, the number of cycles is what was asked for, give or take the one that its own writing stirred */
	unsigned long before = strtoul(strstr(sync_now("un"), "cycles=") + 7, NULL, 10);
	unsigned long after = strtoul(strstr(sync_now("un"), "cycles=") + 7, NULL, 10);
	assert_in_range(after - before, 1, 2);
	kill(child, SIGINT);
	assert_int_equal(ended(), 0);
}

static void a_clone_added_to_the_settings_is_looked_after(void **st)
{
	(void)st;
	write_settings("un", NULL);
	start();
	assert_non_null(strstr(sync_now("deux"), "config.yaml")); /* says what to do */
	write_settings("un", "deux");
	kill(child, SIGHUP); /* at once; without it half a second later */
	const char *answer = sync_now("un");
	well(answer, "un");
	well(sync_now("deux"), "deux");
	write_settings("deux", NULL);
	kill(child, SIGHUP);
	sync_now("deux");
	assert_null(strstr(ask("status"), "un "));
	save("config.yaml", "depos: []\n"); /* a mistake: the old settings stay */
	kill(child, SIGHUP);
	well(sync_now("deux"), "deux");
	kill(child, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void trouble_is_said_and_work_goes_on(void **st)
{
	(void)st;
	start();
	sync_now("un");
	assert_int_equal(rename(at("hub"), at("parti")), 0);
	save("un/pieces/note.txt", "hors ligne\n");
	const char *answer = sync_now("un");
	assert_int_not_equal(answer[0], '0');
	assert_non_null(strstr(answer, "envoyer=1")); /* recorded */
	assert_true(fs_exists(at("un/.git/maillage/trouble"))); /* for a status asked for when no daemon runs */
	assert_int_equal(rename(at("parti"), at("hub")), 0);
	well(sync_now("un"), "un");
	assert_false(fs_exists(at("un/.git/maillage/trouble")));
	kill(child, SIGTERM);
	assert_int_equal(ended(), 0);
}

/* What the file may hold: written by us, by an older program, by nobody in their right mind. */
static void what_was_kept_of_a_trouble(void **st)
{
	struct trouble t;
	struct repo *r;
	char text[200];
	(void)st;
	ok(repo_open(&r, at("un"), &e));
	struct oid head, other = { "0123456789012345678901234567890123456789" };
	ok(repo_head(&head, r, &e));
	trouble_read(&t, r, NULL);
	assert_int_equal(t.code, 0); /* none */
	snprintf(text, sizeof text, "REFUSED 1500000000 %s\nle hub\nrefuse\n", head.hex);
	save("un/.git/maillage/trouble", text);
	trouble_read(&t, r, NULL);
	assert_int_equal(t.code, ERR_REFUSED);
	assert_string_equal(t.msg, "le hub\nrefuse");
	assert_int_equal(t.unix_s, 1500000000);
	trouble_read(&t, r, &other); /* main has moved on */
	assert_int_equal(t.code, 0);
	save("un/.git/maillage/trouble", "AUTH 1500000000 -\ncl\xe9\n"); /* not about a head; half a character is taken out */
	trouble_read(&t, r, &other);
	assert_int_equal(t.code, ERR_AUTH);
	assert_string_equal(t.msg, "cl");
	static const char *const bad[] = { "", "\n", "AUTH\n", "MISC 1 -\nx\n", "auth 1 -\nx\n", "AUTH x -\nx\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		save("un/.git/maillage/trouble", bad[i]);
		trouble_read(&t, r, &head);
		assert_int_equal(t.code, 0);
	}
	repo_close(r);
}

static void killed_and_started_again(void **st)
{
	(void)st;
	start();
	save("un/pieces/note.txt", "bonjour\n");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(talk);
	start(); /* past the socket and the lock that the dead one left */
	well(sync_now("un"), "un");
	well(sync_now("deux"), "deux");
	assert_true(fs_exists(at("deux/pieces/note.txt")));
	/* and a second one is turned away */
	struct daemon_config config = { .settings = at("config.yaml") };
	assert_int_equal(daemon_run(&config, &e), ERR_BUSY);
	kill(child, SIGTERM);
	assert_int_equal(ended(), 0);
}

/* No cycle of `clone` is asked for: it must begin by itself. */
static const char *by_itself(const char *want)
{
	const char *answer = "";
	for (int64_t until = clock_mono_ms() + DEADLINE_MS; clock_mono_ms() < until; sched_yield())
		if (strstr(answer = ask("status"), want))
			return answer;
	fail_msg("not seen: %s in %s", want, answer);
	return NULL;
}

static void a_folder_that_returns_is_looked_after_again(void **st)
{
	char text[2 * PATH_MAX];
	(void)st;
	ok(fs_remove_tree(at("deux"), &e));
	start();
	assert_non_null(strstr(sync_now("deux"), "deux WAITING NOTFOUND"));
	make_clone("deux");
	write_settings("un", "deux"); /* somebody touches config.yaml: at once, though the interval is an hour */
	kill(child, SIGHUP);
	by_itself("deux IDLE OK");
	well(sync_now("un"), "un");
	/* and at the interval when nobody does anything */
	assert_int_equal(rename(at("deux"), at("parti")), 0);
	snprintf(text, sizeof text, "socket: %s\ndepots:\n  - dossier: %s\n    intervalle: 1\n", at("m.sock"), at("deux"));
	save("config.yaml", text);
	kill(child, SIGHUP);
	by_itself("deux WAITING NOTFOUND");
	assert_int_equal(rename(at("parti"), at("deux")), 0);
	by_itself("deux IDLE OK");
	assert_non_null(strstr(by_itself("surveille=1"), "deux"));
	kill(child, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void a_folder_that_is_gone_harms_nobody(void **st)
{
	(void)st;
	ok(fs_remove_tree(at("deux"), &e));
	start();
	well(sync_now("un"), "un");
	assert_non_null(strstr(sync_now("deux"), "deux WAITING NOTFOUND"));
	make_clone("deux");
	well(sync_now("deux"), "deux");
	assert_non_null(strstr(ask("status"), "surveille=1"));
	kill(child, SIGTERM);
	assert_int_equal(ended(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(a_save_reaches_the_other_clone), T(its_own_writing_does_not_keep_it_busy),
		T(a_clone_added_to_the_settings_is_looked_after), T(trouble_is_said_and_work_goes_on), T(what_was_kept_of_a_trouble), T(killed_and_started_again),
		T(a_folder_that_is_gone_harms_nobody), T(a_folder_that_returns_is_looked_after_again),
	};
	return cmocka_run_group_tests_name("daemon", tests, NULL, NULL);
}
