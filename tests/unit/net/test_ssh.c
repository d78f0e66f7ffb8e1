/* Two groups. Without arguments: servers that misbehave, played here on the loopback. With "sshd": against the real server
 * that tests/it/net.test has started (it sets the SSHD_ variables; see tests/lib/sshd.sh). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>
#include "cutline.h"
#include "helpers.h"

/* ---- helpers */

static int try_connect(const struct ssh_config *c, struct err *e)
{
	struct ssh_target t = target();
	struct ssh *s = NULL;
	int rc = ssh_connect(&s, &t, c, NULL, e);
	if (!rc)
		ssh_close(s);
	else
		assert_null(s);
	return rc;
}

/* ---- servers that misbehave */

static int listener(struct ssh_target *t)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*t = (struct ssh_target){ .host = "127.0.0.1", .port = ntohs(a.sin_port) };
	return fd;
}

static void silent_server(void **state)
{
	(void)state;
	struct ssh_target t;
	struct ssh_config c = { .known_hosts = "/nonexistent/known_hosts", .handshake_ms = 300 };
	struct err e = { 0 };
	struct ssh *s = NULL;
	int fd = listener(&t);
	int64_t begun = clock_mono_ms();
	must_be(ssh_connect(&s, &t, &c, NULL, &e), ERR_NET, &e);
	in_time(begun, 300);
	says(&e, "0.3 s");
	assert_null(s);
	close(fd);
}

/* One answer, then silence or the end. */
struct script {
	int fd;
	const char *words;
	bool close;
};

static void *serve(void *arg)
{
	struct script *sc = arg;
	char byte;
	int fd = accept(sc->fd, NULL, NULL);
	if (send(fd, sc->words, strlen(sc->words), MSG_NOSIGNAL) < 0)
		perror("send");
	if (!sc->close)
		while (recv(fd, &byte, 1, 0) > 0)
			;
	close(fd);
	return NULL;
}

static void talk_to(const char *words, bool close_after, int want, const char *said)
{
	struct ssh_target t;
	struct ssh_config c = { .known_hosts = "/nonexistent/known_hosts", .handshake_ms = 1000 };
	struct err e = { 0 };
	struct ssh *s = NULL;
	struct script sc = { listener(&t), words, close_after };
	pthread_t thread;
	pthread_create(&thread, NULL, serve, &sc);
	int64_t begun = clock_mono_ms();
	int rc = ssh_connect(&s, &t, &c, NULL, &e);
	assert_true(clock_mono_ms() - begun < LATE_MS);
	pthread_join(thread, NULL);
	close(sc.fd);
	must_be(rc, want, &e);
	says(&e, said);
	says(&e, t.host);
}

static void strange_servers(void **state)
{
	(void)state;
	talk_to("", true, ERR_NET, "127.0.0.1");
	talk_to("HTTP/1.0 400 Bad Request\r\n\r\n", true, ERR_NET, "(réponse : HTTP/1.0 400 Bad Request)");
	talk_to("Exceeded MaxStartups\r\n", true, ERR_NET, "trop de connexions");
	talk_to("SSH-2.0-OpenSSH_9.2\r\n", true, ERR_NET, "127.0.0.1");
	talk_to("SSH-2.0-OpenSSH_9.2\r\n", false, ERR_NET, "pas de réponse");
	talk_to("SSH-2.0-OpenSSH_9.2\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", false, ERR_NET, "127.0.0.1");
}

static void nobody_listens(void **state)
{
	(void)state;
	struct ssh_target t;
	struct ssh_config c = { .known_hosts = "/nonexistent/known_hosts" };
	struct err e = { 0 };
	struct ssh *s = NULL;
	close(listener(&t));
	must_be(ssh_connect(&s, &t, &c, NULL, &e), ERR_NET, &e);
	says(&e, "connexion refusée");
	snprintf(t.host, sizeof t.host, "256.256.256.256.");
	must_be(ssh_connect(&s, &t, &c, NULL, &e), ERR_NET, &e);
	assert_int_equal(err_class(e.code), ERR_TEMP);
	must_be(ssh_connect(&s, &t, &c, NULL, NULL), ERR_NET, &e); /* nobody wants the message */
}

static void cancel_while_connecting(void **state)
{
	(void)state;
	struct ssh_target t;
	struct ssh_config c = { .known_hosts = "/nonexistent/known_hosts" };
	struct err e = { 0 };
	struct ssh *s = NULL;
	struct alarm a;
	int fd = listener(&t);
	assert_int_equal(cancel_new(&a.cancel, NULL), 0);
	alarm_set(&a);
	must_be(ssh_connect(&s, &t, &c, a.cancel, &e), ERR_CANCELLED, &e);
	int late = alarm_end(&a);
	print_message("# %d ms after the cancel\n", late);
	assert_true(late < LATE_MS);
	close(fd);
}

static void cancel_flag(void **state)
{
	(void)state;
	struct cancel *c;
	assert_int_equal(cancel_new(&c, NULL), 0);
	assert_false(cancel_is(c));
	cancel_trigger(c);
	cancel_trigger(c);
	assert_true(cancel_is(c));
	assert_true(cancel_is(c));
	cancel_reset(c);
	cancel_reset(c);
	assert_false(cancel_is(c));
	cancel_free(c);
	assert_false(cancel_is(NULL));
	assert_int_equal(cancel_fd(NULL), -1);
	cancel_trigger(NULL);
	cancel_free(NULL);
}

/* ---- kept sessions */

static void kept_session(void **state)
{
	(void)state;
	struct ssh_pool *p;
	struct ssh_target t = target(), other = t;
	struct ssh_config c = config();
	struct err e = { 0 };
	struct ssh *first, *s;
	struct ssh_chan *ch;
	assert_int_equal(ssh_pool_new(&p, &e), 0);
	must_be(ssh_pool_get(&first, p, &t, &c, NULL, &e), 0, &e);
	for (int i = 0; i < 3; i++) {
		must_be(ssh_run(&ch, p, &t, &c, NULL, "echo oui", &e), 0, &e);
		struct buf out = BUF_INIT;
		read_all(ch, &out);
		assert_string_equal(buf_str(&out), "oui\n");
		buf_free(&out);
		assert_int_equal(status_of(ch, NULL), 0);
		must_be(ssh_pool_get(&s, p, &t, &c, NULL, &e), 0, &e);
		assert_ptr_equal(s, first);
	}
	int64_t begun = clock_mono_ms();
	for (int i = 0; i < 20; i++) {
		must_be(ssh_run(&ch, p, &t, &c, NULL, "true", &e), 0, &e);
		assert_int_equal(status_of(ch, NULL), 0);
	}
	print_message("# 20 commands on a kept session: %d ms\n", (int)(clock_mono_ms() - begun));
	begun = clock_mono_ms();
	ssh_pool_drop(p);
	must_be(ssh_run(&ch, p, &t, &c, NULL, "true", &e), 0, &e);
	assert_int_equal(status_of(ch, NULL), 0);
	print_message("# one command on a new session: %d ms\n", (int)(clock_mono_ms() - begun));

	/* another host is another session, and both stay */
	must_be(ssh_pool_get(&first, p, &t, &c, NULL, &e), 0, &e);
	strcpy(other.host, "127.0.0.2");
	c.known_hosts = file_in("two");
	assert_int_equal(ssh_pool_get(&s, p, &other, &c, NULL, &e), ERR_NET); /* it listens on 127.0.0.1 only */
	c = config();
	must_be(ssh_pool_get(&s, p, &t, &c, NULL, &e), 0, &e);
	assert_ptr_equal(s, first);
	ssh_pool_free(p);
	ssh_pool_free(NULL);
}

/* The server ends the session in the middle of a command, and between two. */
static void session_dies(void **state)
{
	(void)state;
	struct ssh_pool *p;
	struct ssh_target t = target();
	struct ssh_config c = config();
	struct err e = { 0 };
	struct ssh_chan *ch;
	struct ssh *s;
	char byte;
	size_t got;
	assert_int_equal(ssh_pool_new(&p, &e), 0);
	must_be(ssh_run(&ch, p, &t, &c, NULL, "kill -9 $PPID; sleep 5", &e), 0, &e);
	int64_t begun = clock_mono_ms();
	must_be(ssh_chan_read(ch, &byte, 1, &got, &e), ERR_NET, &e);
	says(&e, "coupée");
	assert_int_equal(ssh_chan_close(ch, NULL, NULL, NULL), ERR_NET);
	assert_true(clock_mono_ms() - begun < LATE_MS);
	must_be(ssh_run(&ch, p, &t, &c, NULL, "true", &e), 0, &e); /* reopened */
	assert_int_equal(status_of(ch, NULL), 0);

	/* between two: a command leaves the killer behind */
	must_be(ssh_run(&ch, p, &t, &c, NULL, "p=$PPID; (sleep 0.2; kill -9 $p) >/dev/null 2>&1 </dev/null &", &e), 0, &e);
	assert_int_equal(status_of(ch, NULL), 0);
	must_be(ssh_pool_get(&s, p, &t, &c, NULL, &e), 0, &e);
	begun = clock_mono_ms();
	while (ssh_alive(s)) { /* noticed by itself, without sending anything */
		struct timespec tick = { .tv_nsec = 5 * 1000 * 1000 };
		if (clock_mono_ms() - begun > 5000)
			fail_msg("not noticed in 5 s");
		nanosleep(&tick, NULL);
	}
	must_be(ssh_run(&ch, p, &t, &c, NULL, "exit 9", &e), 0, &e);
	assert_int_equal(status_of(ch, NULL), 9);
	ssh_pool_free(p);
}

/* The far end stands still without closing: the kept session is replaced after its deadline. */
static void session_freezes(void **state)
{
	(void)state;
	struct ssh_pool *p;
	struct ssh_target t = target();
	struct ssh_config c = config();
	struct err e = { 0 };
	struct ssh_chan *ch;
	struct buf out = BUF_INIT;
	c.connect_ms = 700;
	assert_int_equal(ssh_pool_new(&p, &e), 0);
	must_be(ssh_run(&ch, p, &t, &c, NULL, "echo $PPID", &e), 0, &e);
	read_all(ch, &out);
	assert_int_equal(status_of(ch, NULL), 0);
	pid_t pid = atoi(out.at);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	must_be(ssh_run(&ch, p, &t, &c, NULL, "true", &e), 0, &e);
	assert_int_equal(status_of(ch, NULL), 0);
	kill(pid, SIGCONT);
	ssh_pool_free(p);
	buf_free(&out);
}

/* ---- who are they, who are we */

static void write_known(const char *path, const char *name, const char *pub)
{
	struct buf b = BUF_INIT, key = BUF_INIT;
	struct err e;
	must_be(fs_read(&key, pub, 100000, &e), 0, &e);
	buf_printf(&b, name, atoi(getenv("SSHD_PORT")));
	buf_printf(&b, " %s", key.at);
	must_be(fs_write(path, b.at, b.n, &e), 0, &e);
	buf_free(&b);
	buf_free(&key);
}

static void host_unknown_then_accepted(void **state)
{
	(void)state;
	struct ssh_config c = config();
	struct err e = { 0 };
	char given[64];
	struct buf file = BUF_INIT;
	c.known_hosts = file_in("new/dir/known_hosts");
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	assert_int_equal(err_class(e.code), ERR_WAIT);
	assert_false(fs_exists(file_in("new")));
	says(&e, "maillage sync --accept-host-key SHA256:");
	snprintf(given, sizeof given, "%.50s", strstr(e.msg, "SHA256:"));
	assert_string_equal(given, getenv("SSHD_FINGERPRINT"));

	c.accept_host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	says(&e, given);
	c.accept_host_key = "SHA256:";
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	assert_false(fs_exists(file_in("new")));

	c.accept_host_key = given;
	must_be(try_connect(&c, &e), 0, &e);
	c.accept_host_key = NULL;
	must_be(try_connect(&c, &e), 0, &e); /* remembered */
	c.accept_host_key = given;
	must_be(try_connect(&c, &e), 0, &e);
	must_be(fs_read(&file, c.known_hosts, 10000, &e), 0, &e);
	assert_ptr_equal(strchr(file.at, '\n'), file.at + file.n - 1); /* one line, once */
	buf_free(&file);
}

static void host_key_wrong(void **state)
{
	(void)state;
	struct ssh_config c = config();
	struct err e = { 0 };
	struct buf before = BUF_INIT, after = BUF_INIT;
	const char *path = c.known_hosts = file_in("known_wrong");
	write_known(path, "[127.0.0.1]:%d", file_in("other.pub"));
	must_be(fs_read(&before, path, 10000, &e), 0, &e);
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	says(&e, "ATTENTION");
	says(&e, "ssh-keygen -f ");
	says(&e, getenv("SSHD_FINGERPRINT"));
	says(&e, getenv("OTHER_FINGERPRINT")); /* what was known, and where */
	says(&e, "known_wrong:1)");
	c.accept_host_key = getenv("SSHD_FINGERPRINT"); /* a changed key is not accepted in passing */
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	must_be(fs_read(&after, path, 10000, &e), 0, &e);
	assert_string_equal(before.at, after.at);

	write_known(path, "@revoked [127.0.0.1]:%d", file_in("host_ed25519.pub"));
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	says(&e, "révoquée (");
	says(&e, "known_wrong:1)");
	c.accept_host_key = getenv("SSHD_FINGERPRINT"); /* nor a revoked one */
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);

	c.accept_host_key = NULL;
	write_known(path, "@cert-authority [127.0.0.1]:%d", file_in("other.pub"));
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	says(&e, "known_wrong:1 ");
	says(&e, "@cert-authority");
	c.accept_host_key = getenv("SSHD_FINGERPRINT");
	must_be(try_connect(&c, &e), 0, &e);
	buf_free(&before);
	buf_free(&after);
}

/* The server has an ed25519 and an ecdsa key; whichever the file knows is asked for. */
static void known_types_are_asked_for(void **state)
{
	(void)state;
	struct ssh_config c = config();
	struct err e = { 0 };
	c.known_hosts = file_in("known_types");
	write_known(c.known_hosts, "[127.0.0.1]:%d", file_in("host_ecdsa.pub"));
	must_be(try_connect(&c, &e), 0, &e);
	write_known(c.known_hosts, "[127.0.0.1]:%d", file_in("host_ed25519.pub"));
	must_be(try_connect(&c, &e), 0, &e);
	write_known(c.known_hosts, "garbage\n127.0.0.1", file_in("host_ecdsa.pub"));
	must_be(try_connect(&c, &e), 0, &e);
	write_known(c.known_hosts, "[127.0.0.1]:%d", file_in("rsa.pub")); /* the server will not use that one */
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	says(&e, "autre type");
	c.accept_host_key = getenv("SSHD_FINGERPRINT");
	must_be(try_connect(&c, &e), 0, &e);
	c.accept_host_key = NULL;
	must_be(try_connect(&c, &e), 0, &e);
}

static void our_key(void **state)
{
	(void)state;
	struct {
		const char *file, *passphrase;
		int want;
		const char *said;
	} t[] = {
		{ "other", NULL, ERR_AUTH, "other.pub" },
		{ "missing", NULL, ERR_CONFIG, "introuvable" },
		{ "open", NULL, ERR_CONFIG, "chmod 600" },
		{ "other.pub.private", NULL, ERR_CONFIG, "clé publique" },
		{ "noise", NULL, ERR_CONFIG, "n'est pas une clé ssh" },
		{ "broken", NULL, ERR_CONFIG, "abîm" },
		{ "locked", NULL, ERR_AUTH, "ssh-add" },
		{ "locked", "pas celle-ci", ERR_AUTH, "phrase de passe" },
		{ "locked", "sésame ouvre-toi", 0, NULL },
		{ "ecdsa", NULL, 0, NULL },
		{ "ecdsa_pem", NULL, 0, NULL },
		{ "ecdsa_pem_locked", NULL, ERR_AUTH, "ssh-add" },
		{ "ecdsa_pem_locked", "sésame ouvre-toi", 0, NULL },
		{ "rsa", NULL, ERR_AUTH, "RSA" },
		{ "rsa_pem", NULL, ERR_AUTH, "RSA" },
	};
	struct err e = { 0 };
	copy_file(getenv("SSHD_KEY"), file_in("open"));
	chmod(file_in("open"), 0644);
	copy_file(file_in("other.pub"), file_in("other.pub.private"));
	must_be(fs_write(file_in("noise"), "bonjour\n", 8, &e), 0, &e);
	chmod(file_in("other.pub.private"), 0600);
	chmod(file_in("noise"), 0600);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct ssh_config c = config();
		c.key_file = file_in(t[i].file);
		if (t[i].passphrase) {
			c.passphrase_file = file_in("phrase");
			must_be(fs_write(c.passphrase_file, t[i].passphrase, strlen(t[i].passphrase), &e), 0, &e);
			chmod(c.passphrase_file, 0600);
		}
		int rc = try_connect(&c, &e);
		if (rc != t[i].want)
			fail_msg("%s: %s instead of %s: %s", t[i].file, err_name(rc), err_name(t[i].want), rc ? e.msg : "");
		if (rc)
			says(&e, t[i].said);
	}
	struct ssh_config c = config();
	c.key_file = file_in("locked");
	must_be(try_connect(&c, &e), ERR_AUTH, &e);
	says(&e, "pas d'agent");
	c.passphrase_file = file_in("phrase");
	must_be(fs_write(c.passphrase_file, "sésame ouvre-toi\r\nx\n", 21, &e), 0, &e); /* the first line counts */
	chmod(c.passphrase_file, 0640);
	must_be(try_connect(&c, &e), ERR_CONFIG, &e);
	says(&e, "chmod 600");
	chmod(c.passphrase_file, 0600);
	must_be(try_connect(&c, &e), 0, &e);
	c.passphrase_file = file_in("missing");
	must_be(try_connect(&c, &e), ERR_CONFIG, &e);
	says(&e, "phrase de passe");
	c.key_file = getenv("SSHD_KEY"); /* which needs none */
	must_be(try_connect(&c, &e), 0, &e);
}

/* How many keys the server has refused so far. */
static int refusals(void)
{
	struct buf b = BUF_INIT;
	struct err e;
	int n = 0;
	must_be(fs_read(&b, file_in("sshd.log"), 10000000, &e), 0, &e);
	for (const char *p = buf_str(&b); (p = strstr(p, "Failed publickey")); p++)
		n++;
	buf_free(&b);
	return n;
}

static void private_copy(const char *from, const char *to)
{
	copy_file(from, to);
	chmod(to, 0600);
}

static void default_places(void **state)
{
	(void)state;
	struct ssh_config c = { 0 };
	struct err e = { 0 };
	char *was = strdup(getenv("HOME"));
	char home[512];
	snprintf(home, sizeof home, "%s", file_in("home"));
	assert_int_equal(mkdir(home, 0700), 0);
	setenv("HOME", home, 1);
	must_be(try_connect(&c, &e), ERR_HOSTKEY, &e);
	assert_int_equal(mkdir(file_in("home/.ssh"), 0700), 0);
	copy_file(getenv("SSHD_KNOWN_HOSTS"), file_in("home/.ssh/known_hosts"));
	must_be(try_connect(&c, &e), ERR_AUTH, &e);
	says(&e, "ssh-keygen -t ed25519");
	private_copy(file_in("rsa"), file_in("home/.ssh/id_rsa"));
	must_be(try_connect(&c, &e), ERR_AUTH, &e);
	says(&e, "RSA");
	says(&e, "ssh-keygen -t ed25519");
	private_copy(file_in("wrong1"), file_in("home/.ssh/id_ed25519"));
	int before = refusals();
	must_be(try_connect(&c, &e), ERR_AUTH, &e);
	says(&e, "id_ed25519.pub");
	assert_int_equal(refusals() - before, 1);
	private_copy(file_in("ecdsa"), file_in("home/.ssh/id_ecdsa"));
	must_be(try_connect(&c, &e), 0, &e); /* the second is tried when the first is refused */
	assert_int_equal(refusals() - before, 2);
	c.key_file = "~/.ssh/id_ecdsa";
	c.known_hosts = "~/.ssh/known_hosts";
	must_be(try_connect(&c, &e), 0, &e);
	setenv("HOME", was, 1);
	free(was);
}

/* net.test has started an agent that holds the right key behind several wrong ones, and an RSA one. */
static void agent(void **state)
{
	(void)state;
	struct ssh_config c = config();
	struct err e = { 0 };
	c.key_file = file_in("missing");
	must_be(try_connect(&c, &e), ERR_CONFIG, &e); /* not asked to use it */
	c.agent = getenv("AGENT_SOCK");
	must_be(try_connect(&c, &e), 0, &e); /* the agent helps although the file is missing */
	c.key_file = file_in("locked");
	int before = refusals();
	must_be(try_connect(&c, &e), 0, &e); /* the pass-phrase was given to the agent; that key is shown first */
	assert_int_equal(refusals(), before);

	/* an agent with wrong keys only: the file is still tried */
	c.agent = getenv("AGENT2_SOCK");
	c.key_file = getenv("SSHD_KEY");
	must_be(try_connect(&c, &e), 0, &e);
	assert_int_equal(refusals() - before, 2);
	c.key_file = file_in("other"); /* which the agent has shown already: once is enough, and the sentence counts it */
	must_be(try_connect(&c, &e), ERR_AUTH, &e);
	says(&e, "agent");
	assert_int_equal(refusals() - before, 4);
	c.agent = "/nonexistent/agent";
	must_be(try_connect(&c, &e), ERR_AUTH, &e);
	says(&e, "/nonexistent/agent ne répond pas");
	c.key_file = getenv("SSHD_KEY");
	must_be(try_connect(&c, &e), 0, &e);
}

static void silent_agent(void **state)
{
	(void)state;
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct ssh_config c = config();
	struct err e = { 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(a.sun_path, sizeof a.sun_path, "%s", file_in("silent"));
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(fd, 1), 0);
	c.agent = a.sun_path;
	int64_t begun = clock_mono_ms();
	must_be(try_connect(&c, &e), 0, &e);
	in_time(begun, 2000);
	close(fd);
}

/* ---- a line that is cut */

#define LAST 1400 /* bytes each way: authentication, the end of the exchange of keys, and what sshd may say after that */

static void a_cut_is_no_refusal(void **state)
{
	(void)state;
	struct cutline whole, l;
	struct err e = { 0 };
	const char *known = file_in("any_port");
	write_known(known, "[127.0.0.1]:*", file_in("host_ed25519.pub"));
	must_be(cutline_connect(&whole, UP, SIZE_MAX, known, &e), 0, &e);
	for (int way = UP; way <= DOWN; way++) {
		int cuts = 0;
		for (size_t n = whole.passed[way] - LAST; n < whole.passed[way]; n += 48) /* a packet is mostly longer */
			if (cutline_connect(&l, way, n, known, &e) != 0) { /* else it was later: in the goodbye */
				must_be(e.code, ERR_NET, &e);
				says(&e, "coupée");
				cuts++;
			}
		assert_true(cuts > 10);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest alone[] = {
		cmocka_unit_test(silent_server),           cmocka_unit_test(strange_servers), cmocka_unit_test(nobody_listens),
		cmocka_unit_test(cancel_while_connecting), cmocka_unit_test(cancel_flag),
	};
	const struct CMUnitTest sshd[] = {
		cmocka_unit_test(kept_session),             cmocka_unit_test(session_dies),
		cmocka_unit_test(session_freezes),          cmocka_unit_test(host_unknown_then_accepted),
		cmocka_unit_test(host_key_wrong),           cmocka_unit_test(known_types_are_asked_for),
		cmocka_unit_test(our_key),                  cmocka_unit_test(default_places),
		cmocka_unit_test(agent),                    cmocka_unit_test(silent_agent),
		cmocka_unit_test(a_cut_is_no_refusal),
	};
	if (argc > 1 && !strcmp(argv[1], "sshd"))
		return cmocka_run_group_tests_name("ssh", sshd, NULL, NULL);
	return cmocka_run_group_tests_name("ssh alone", alone, NULL, NULL);
}
