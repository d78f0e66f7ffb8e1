/* Streams to a command, the same tests over both transports. With "sshd": against the server that tests/it/net.test has started.
 * Without: the ssh program played by small scripts, for what no real one does on demand. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "helpers.h"
#include "../../lib/sshplay.h"

static struct ssh_config way; /* of the group that runs */
static struct ssh_pool *pool;

static struct ssh_chan *run_with(const struct ssh_config *c, struct cancel *cancel, const char *command)
{
	struct ssh_target t = target();
	struct err e = { 0 };
	struct ssh_chan *ch = NULL;
	must_be(ssh_run(&ch, pool, &t, c, cancel, command, &e), 0, &e);
	return ch;
}

static struct ssh_chan *run(const char *command)
{
	return run_with(&way, NULL, command);
}

#define MANY ((size_t)5 << 20)

static void five_megabytes_both_ways(void **state)
{
	(void)state;
		struct ssh_chan *c = run("cat");
	struct buf back = BUF_INIT;
	struct err e = { 0 };
	char *bytes = malloc(MANY);
	for (size_t i = 0; i < MANY; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	must_be(ssh_chan_write(c, bytes, MANY, &e), 0, &e);
	must_be(ssh_chan_eof(c, &e), 0, &e);
	assert_int_equal(read_all(c, &back), MANY);
	assert_memory_equal(back.at, bytes, MANY);
	assert_int_equal(status_of(c, NULL), 0);
	buf_free(&back);
	free(bytes);
}

/* Small questions and answers in turn, as git's protocol has them. */
static void turns(void **state)
{
	(void)state;
		struct ssh_chan *c = run("cat");
	struct err e = { 0 };
	for (int i = 0; i < 200; i++) {
		char ask[32], answer[32];
		size_t n = (size_t)snprintf(ask, sizeof ask, "question %d\n", i), have = 0, got;
		must_be(ssh_chan_write(c, ask, n, &e), 0, &e);
		while (have < n) {
			must_be(ssh_chan_read(c, answer + have, n - have < 5 ? n - have : 5, &got, &e), 0, &e);
			assert_true(got > 0);
			have += got;
		}
		assert_memory_equal(ask, answer, n);
	}
	assert_int_equal(status_of(c, NULL), 0);
}

static void errors_and_status(void **state)
{
	(void)state;
		struct buf out = BUF_INIT, err = BUF_INIT;

	struct ssh_chan *c = run("echo dehors; echo 'refusé : clé' >&2; exit 3");
	read_all(c, &out);
	assert_string_equal(buf_str(&out), "dehors\n");
	assert_int_equal(status_of(c, &err), 3);
	assert_string_equal(buf_str(&err), "refusé : clé\n");
	buf_reset(&err);

	/* a command that writes far more errors than anybody keeps still ends */
	c = run("head -c 4000000 /dev/zero | tr '\\0' x >&2; echo fini");
	buf_reset(&out);
	read_all(c, &out);
	assert_string_equal(out.at, "fini\n");
	assert_int_equal(strlen(ssh_chan_stderr(c)), 65536);
	assert_int_equal(status_of(c, &err), 0);
	assert_int_equal(err.n, 65536);

	/* unread output is no reason to hang */
	assert_int_equal(status_of(run("head -c 6000000 /dev/zero; exit 4"), NULL), 4);
	/* unread errors neither */
	buf_reset(&err);
	assert_int_equal(status_of(run("echo un >&2; echo deux >&2"), &err), 0);
	assert_string_equal(err.at, "un\ndeux\n");
	if (way.transport == SSH_NATIVE) /* ssh(1) says 255 then, and that is its own failure */
		assert_int_equal(status_of(run("kill -9 $$"), NULL), -1);
	assert_int_equal(status_of(run("/nonexistent/git-upload-pack"), NULL), 127);
	buf_free(&out);
	buf_free(&err);
}

static void quoted_paths_arrive(void **state)
{
	(void)state;
	static const char *const paths[] = { "l'été à Lyon !", "$HOME `id` \"x\" \\n ; & | * ?", "-n", "''!!" };
		for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct buf command = BUF_INIT, out = BUF_INIT;
		buf_puts(&command, "printf '%s' ");
		ssh_quote(&command, paths[i]);
		struct ssh_chan *c = run(command.at);
		read_all(c, &out);
		assert_string_equal(buf_str(&out), paths[i]);
		assert_int_equal(status_of(c, NULL), 0);
		buf_free(&command);
		buf_free(&out);
	}
}

static void command_ends_early(void **state)
{
	(void)state;
		struct ssh_chan *c = run("echo 'pas ici' >&2; exit 7");
	struct buf err = BUF_INIT;
	struct err e = { 0 };
	char *bytes = calloc(1, MANY);
	int rc = 0;
	for (int i = 0; i < 8 && !rc; i++)
		rc = ssh_chan_write(c, bytes, MANY, &e);
	must_be(rc, ERR_NET, &e);
	assert_true(ssh_chan_ended(c));
	assert_int_equal(status_of(c, &err), 7);
	assert_string_equal(buf_str(&err), "pas ici\n");
	assert_int_equal(status_of(run("true"), NULL), 0); /* the session is as good as before */
	free(bytes);
	buf_free(&err);
}

/* ---- deadlines and cancel */

static void idle(void **state)
{
	(void)state;
	struct ssh_config c = way;
	struct err e = { 0 }, again = { 0 };
	char bytes[4096];
	size_t got = 77;
	c.idle_ms = 1000;
	struct ssh_chan *ch = run_with(&c, NULL, "echo; sleep 20");
	must_be(ssh_chan_read(ch, bytes, 1, &got, &e), 0, &e);
	int64_t begun = clock_mono_ms();
	got = 77;
	must_be(ssh_chan_read(ch, bytes, sizeof bytes, &got, &e), ERR_NET, &e);
	in_time(begun, 1000);
	assert_int_equal(got, 77);
	says(&e, "pas de réponse depuis 1 s");
	/* everything after gives the first error, at once */
	begun = clock_mono_ms();
	assert_int_equal(ssh_chan_write(ch, "x", 1, &again), ERR_NET);
	assert_string_equal(again.msg, e.msg);
	int status = 0;
	assert_int_equal(ssh_chan_close(ch, &status, NULL, &again), ERR_NET);
	assert_string_equal(again.msg, e.msg);
	assert_int_equal(status, -1);
	in_time(begun, 0);
}

static void total(void **state)
{
	(void)state;
	struct ssh_config c = way;
	struct err e = { 0 };
	char bytes[4096];
	size_t got;
	int rc;
	c.total_ms = 500; /* a stream that never pauses */
	struct ssh_chan *ch = run_with(&c, NULL, "cat /dev/zero");
	int64_t begun = clock_mono_ms();
	while (!(rc = ssh_chan_read(ch, bytes, sizeof bytes, &got, &e)))
		;
	must_be(rc, ERR_NET, &e);
	says(&e, "plus de 0.5 s");
	assert_true(clock_mono_ms() - begun < 500 + LATE_MS);
	assert_int_equal(ssh_chan_close(ch, NULL, NULL, NULL), ERR_NET);
	if (way.transport == SSH_PROGRAM)
		return;
	ch = run_with(&c, NULL, "cat /dev/zero"); /* closing such a stream ends too */
	must_be(ssh_chan_close(ch, NULL, NULL, &e), ERR_NET, &e);
}

static void cancel_at_once(void **state)
{
	(void)state;
	static const char *const commands[] = { "sleep 20", "cat /dev/zero", "sleep 20 # write", "cat >/dev/null # write" };
	char *bytes = calloc(1, MANY);
	int worst = 0;
	for (size_t i = 0; i < 4; i++) {
		struct alarm a;
		struct err e = { 0 };
		size_t got;
		assert_int_equal(cancel_new(&a.cancel, NULL), 0);
		struct ssh_chan *c = run_with(&way, a.cancel, commands[i]);
		alarm_set(&a);
		int rc;
		do
			rc = strstr(commands[i], "write") ? ssh_chan_write(c, bytes, MANY, &e) :
							    ssh_chan_read(c, bytes, 10000, &got, &e);
		while (!rc);
		must_be(rc, ERR_CANCELLED, &e);
		assert_int_equal(ssh_chan_close(c, NULL, NULL, NULL), ERR_CANCELLED);
		int late = alarm_end(&a);
		worst = late > worst ? late : worst;
	}
	print_message("# cancelled and closed at most %d ms after the bell\n", worst);
	assert_true(worst < LATE_MS);
	free(bytes);
}

static void giving_up(void **state)
{
	(void)state;
	struct ssh_chan *c = run("cat /dev/zero");
	int64_t begun = clock_mono_ms();
	ssh_chan_abort(c);
	in_time(begun, 0);
	assert_int_equal(status_of(run("exit 6"), NULL), 6); /* what comes next is none the worse */
}

/* Leaving waits for nothing; the command sees the end of its input, and the next one is served. */
static void leaving(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	for (int i = 0; i < 3; i++) {
		char byte;
		size_t got;
		struct err e = { 0 };
		struct ssh_chan *c = run(i % 2 ? "echo x; cat; echo left >>\"$TMP\"/left" : "echo x; head -c 3000000 /dev/zero");
		must_be(ssh_chan_read(c, &byte, 1, &got, &e), 0, &e);
		assert_int_equal(byte, 'x');
		ssh_chan_leave(c);
	}
	struct ssh_chan *c = run("echo oui");
	read_all(c, &out);
	assert_string_equal(buf_str(&out), "oui\n");
	assert_int_equal(status_of(c, NULL), 0);
	buf_free(&out);
}

/* ---- the ssh program, played */

static int stage(void **state)
{
	(void)state;
	sshplay_begin();
	setenv("SSHD_PORT", "2222", 1);
	way = (struct ssh_config){ .transport = SSH_PROGRAM };
	return 0;
}

static int unstage(void **state)
{
	(void)state;
	return sshplay_end();
}

/* No address and no setting becomes an option, a word more or a question. */
static void what_the_program_is_told(void **state)
{
	(void)state;
	struct ssh_target t = { .user = "hub", .host = "hub.example.org" };
	struct ssh_config c = { .transport = SSH_PROGRAM, .key_file = "/a b%\"c", .known_hosts = "/k", .connect_ms = 1500 };
	struct err e = { 0 };
	struct ssh_chan *ch;
	struct buf out = BUF_INIT;
	setenv("SSH_AUTH_SOCK", "/theirs", 1);
	setenv("SSH_ASKPASS", "/ask", 1);
	setenv("GIT_SSH_COMMAND", "false", 1);
	sshplay_set("printf '<%s>' \"$@\"; echo; env; tty; ls /proc/$$/fd | tr '\\n' ' '");
	must_be(ssh_run(&ch, NULL, &t, &c, NULL, "git-upload-pack '-x y'", &e), 0, &e);
	read_all(ch, &out);
	assert_int_equal(status_of(ch, NULL), 0);
	static const char *const in[] = { "<-o><BatchMode=yes>", "<-o><StrictHostKeyChecking=yes>", "<-o><ConnectTimeout=2>",
					  "<-o><IdentityFile=\"/a b%%\\\"c\">", "<-o><IdentitiesOnly=yes>",
					  "<-o><UserKnownHostsFile=\"/k\">", "<-l><hub>",
					  "<--><hub.example.org><git-upload-pack '-x y'>\n", "\nSSH_ASKPASS_REQUIRE=never\n", "not a tty" };
	static const char *const not_in[] = { "SSH_ASKPASS=", "SSH_AUTH_SOCK", "<-p>", " 3 4" };
	for (size_t i = 0; i < sizeof in / sizeof *in; i++)
		if (!strstr(out.at, in[i]))
			fail_msg("%s is missing in %s", in[i], out.at);
	for (size_t i = 0; i < sizeof not_in / sizeof *not_in; i++)
		if (strstr(out.at, not_in[i]))
			fail_msg("%s is in %s", not_in[i], out.at);
	buf_reset(&out);
	t.port = 2200;
	c.agent = "/ours";
	sshplay_set("printf '<%s>' \"$@\"; echo $SSH_AUTH_SOCK");
	must_be(ssh_run(&ch, NULL, &t, &c, NULL, "x", &e), 0, &e);
	read_all(ch, &out);
	assert_non_null(strstr(out.at, "<-p><2200>"));
	assert_non_null(strstr(out.at, "/ours\n"));
	assert_int_equal(status_of(ch, NULL), 0);
	buf_free(&out);
	strcpy(t.host, "-oProxyCommand=id");
	must_be(ssh_run(&ch, NULL, &t, &c, NULL, "x", &e), ERR_CONFIG, &e);
	strcpy(t.host, "hub");
	strcpy(t.user, "-x");
	must_be(ssh_run(&ch, NULL, &t, &c, NULL, "x", &e), ERR_CONFIG, &e);
	strcpy(t.user, "hub");
	c.passphrase_file = "/p";
	must_be(ssh_run(&ch, NULL, &t, &c, NULL, "x", &e), ERR_CONFIG, &e);
	says(&e, "ssh-add");
	unsetenv("SSH_AUTH_SOCK");
	unsetenv("GIT_SSH_COMMAND");
	unsetenv("SSH_ASKPASS");
}

/* A program that hears neither the end of its input nor SIGTERM is ended all the same, with its children. */
static void a_stubborn_program(void **state)
{
	(void)state;
	struct ssh_config c = way;
	struct err e = { 0 };
	char bytes[100], file[320];
	size_t got, n = 0;
	c.idle_ms = 1000;
	sshplay_set("trap '' TERM; sleep 60 & echo $! $$; wait");
	struct ssh_chan *ch = run_with(&c, NULL, "x");
	while (!n || bytes[n - 1] != '\n') {
		must_be(ssh_chan_read(ch, bytes + n, sizeof bytes - 1 - n, &got, &e), 0, &e);
		n += got;
	}
	bytes[n] = 0;
	int64_t begun = clock_mono_ms();
	must_be(ssh_chan_read(ch, bytes + n, 1, &got, &e), ERR_NET, &e);
	ssh_chan_abort(ch);
	in_time(begun, 1500); /* the limit, and the grace */
	char *second;
	pid_t child = (pid_t)strtol(bytes, &second, 10), shell = (pid_t)strtol(second, NULL, 10);
	assert_int_equal(kill(shell, 0), -1);
	snprintf(file, sizeof file, "/proc/%d/stat", (int)child);
	for (bool gone = false; !gone;) { /* an orphan's remains may wait for init */
		struct buf b = BUF_INIT;
		gone = fs_read(&b, file, 4096, &e) != 0 || strstr(buf_str(&b), ") Z ");
		if (!gone && clock_mono_ms() - begun > 1500 + LATE_MS)
			fail_msg("its child lives on: %s", b.at);
		buf_free(&b);
	}

	c.connect_ms = c.handshake_ms = 200;
	sshplay_set("sleep 60"); /* says nothing at all: the limits of connection and handshake */
	begun = clock_mono_ms();
	ch = run_with(&c, NULL, "x");
	must_be(ssh_chan_read(ch, bytes, 1, &got, &e), ERR_NET, &e);
	in_time(begun, 400);
	ssh_chan_abort(ch);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left to wait for */
}

/* Its words decide what to do next. */
static void words_of_the_program(void **state)
{
	(void)state;
	static const struct sshplay_case t[] = {
		{ "echo 'hub: Permission denied (publickey).' >&2; exit 255", ERR_AUTH, "ssh-add" },
		{ "echo 'Received disconnect: Too many authentication failures' >&2; exit 255", ERR_AUTH, "cle_ssh" },
		{ "echo 'Host key verification failed.' >&2; exit 255", ERR_HOSTKEY, "« ssh -p 2222 127.0.0.1 »" },
		{ "echo '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @' >&2; exit 255", ERR_HOSTKEY, "ATTENTION" },
		{ "echo 'ssh: Could not resolve hostname x: Name or service not known' >&2; exit 255", ERR_NET, "introuvable" },
		{ "echo 'ssh: connect to host x port 22: Connection refused' >&2; exit 255", ERR_NET, "refusée" },
		{ "echo 'ssh: connect to host x port 22: Connection timed out' >&2; exit 255", ERR_NET, "pas de réponse" },
		{ "echo '/root/.ssh/config: line 3: Bad configuration option: x' >&2; exit 255", ERR_CONFIG, "line 3" },
		{ "printf 'odd \\033[31mred\\nmore' >&2; exit 255", ERR_NET, "(ssh dit : odd [31mred ; more)" },
		{ "exit 255", ERR_NET, "(ssh dit : -)" },
		{ "kill -9 $$", 0, NULL },
		{ "exit 3", 0, NULL },
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct err e = { 0 };
		char byte;
		size_t got = 1;
		sshplay_set(t[i].script);
		struct ssh_chan *ch = run("x");
		int rc = ssh_chan_read(ch, &byte, 1, &got, &e);
		if (rc != t[i].want)
			fail_msg("%s: %s %s", t[i].script, err_name(rc), e.msg);
		if (rc)
			says(&e, t[i].said);
		else
			assert_int_equal(got, 0);
		assert_int_equal(ssh_chan_close(ch, NULL, NULL, NULL), rc);
	}
	struct err e = { 0 };
	struct ssh_chan *ch;
	struct ssh_target tg = target();
	char *was = strdup(getenv("PATH"));
	setenv("PATH", "/nonexistent", 1);
	int rc = ssh_run(&ch, NULL, &tg, &way, NULL, "x", &e);
	setenv("PATH", was, 1);
	free(was);
	must_be(rc, ERR_CONFIG, &e);
	says(&e, "openssh-client");
}

static int natively(void **state)
{
	(void)state;
	way = config();
	return ssh_pool_new(&pool, NULL);
}

static int by_program(void **state)
{
	(void)state;
	way = config();
	way.transport = SSH_PROGRAM;
	return 0;
}

static int gone(void **state)
{
	(void)state;
	ssh_pool_free(pool);
	pool = NULL;
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_megabytes_both_ways), cmocka_unit_test(turns),  cmocka_unit_test(errors_and_status),
		cmocka_unit_test(command_ends_early),       cmocka_unit_test(idle),   cmocka_unit_test(cancel_at_once),
		cmocka_unit_test(quoted_paths_arrive),      cmocka_unit_test(total),  cmocka_unit_test(giving_up),
		cmocka_unit_test(leaving),
	};
	const struct CMUnitTest alone[] = {
		cmocka_unit_test(what_the_program_is_told),
		cmocka_unit_test(a_stubborn_program),
		cmocka_unit_test(words_of_the_program),
	};
	if (argc < 2)
		return cmocka_run_group_tests_name("the ssh program, played", alone, stage, unstage);
	if (!strcmp(argv[1], "natif"))
		return cmocka_run_group_tests_name("streams, natif", tests, natively, gone);
	return cmocka_run_group_tests_name("streams, openssh", tests, by_program, gone);
}
