/* chan_program.c -- a command over the ssh program (transport: openssh): for what libssh2 cannot do (ProxyJump, FIDO keys,
 * certificates, servers with newer methods only). One program per command; it reads ~/.ssh/config, which is what it is here for.
 *
 * Happy path: one socket pair is the program's standard input and output (a socket can be written to without SIGPIPE and shut
 * half-way), a pipe its standard error; the program's descriptor tells when it ends. Everything waits in one poll, with the same limits and
 * the same cancel flag as libssh2's way.
 *
 * Failure modes: no such program (ERR_CONFIG); it ends with 255, its own failures: what it wrote becomes the message, and the words of
 * OpenSSH decide the retry class; it hangs (limits); we give up: SIGTERM to its process group, so that a ProxyCommand goes too, and
 * SIGKILL when that does not help within GRACE_MS.
 */
#include "chan.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "deadline.h"
#include "launch.h"
#include "ssherr.h"
#include "base/clock.h"
#include "base/trace.h"

#define GRACE_MS 500
#define SSH_FAILED 255 /* its exit code for its own failures */
#define NOT_KNOWN SIGKILL /* a wait status that is no exit code */

struct program {
	struct ssh_chan base;
	pid_t pid;
	int ended_fd;          /* own; pidfd. -1: not waited for any more */
	int fd, err_fd;        /* own; -1: closed */
	struct cancel *cancel; /* borrow; may be NULL */
	char where[300], login[400];
	int idle_ms, start_ms, total_ms;
	int64_t heard_by;      /* the first answer's deadline: name, connection, keys and the command's start */
	int64_t total_by;
	bool heard;
	bool dead;
	int status;            /* once ended_fd is -1 */
	struct err first;      /* why it is dead */
};

static struct program *program(struct ssh_chan *c)
{
	return (struct program *)c;
}

/* ---- its end */

static int dead(struct program *c, struct err *e)
{
	c->dead = true;
	if (e)
		*e = c->first;
	return c->first.code;
}

static void learn(struct program *c, int state)
{
	c->status = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
	close(c->ended_fd);
	c->ended_fd = -1;
}

/* Gone, or going to be: never waits longer than two graces. */
static void put_down(struct program *c)
{
	static const int signals[] = { SIGTERM, SIGKILL };
	int state = 0;
	for (size_t i = 0; c->ended_fd >= 0 && i < 2; i++) {
		kill(-c->pid, signals[i]); /* its process group; it leads it from its first moment */
		net_wait(c->ended_fd, POLLIN, clock_mono_ms() + GRACE_MS, NULL);
		if (waitpid(c->pid, &state, WNOHANG) != 0)
			learn(c, state);
	}
	if (c->ended_fd >= 0)
		learn(c, NOT_KNOWN);
}

static void drain_stderr(struct program *c)
{
	char bytes[4096];
	ssize_t got;
	while (c->err_fd >= 0 && (got = read(c->err_fd, bytes, sizeof bytes)) != 0) {
		if (got > 0)
			chan_keep_err(&c->base, bytes, (size_t)got);
		else if (errno != EINTR)
			break;
	}
	if (c->err_fd >= 0 && got == 0) {
		close(c->err_fd);
		c->err_fd = -1;
	}
}

/* ---- waiting */

/* For the stream (events), standard error, or the end; standard error is taken in. */
static int wait_for(struct program *c, int fd, short events, struct err *e)
{
	int64_t by = c->heard ? clock_mono_ms() + c->idle_ms : c->heard_by;
	struct pollfd p[2] = { { .fd = fd, .events = events }, { .fd = c->err_fd, .events = POLLIN } };
	int rc = net_wait_any(p, 2, by < c->total_by ? by : c->total_by, c->cancel);
	drain_stderr(c);
	if (!rc)
		return 0;
	if (rc == ERR_NET && by >= c->total_by)
		ssherr_total(&c->first, c->total_ms, c->where);
	else
		ssherr_wait(&c->first, rc, c->heard ? c->idle_ms : c->start_ms, c->where);
	return dead(c, e);
}

/* A stream that never pauses never waits. */
static int go_on(struct program *c, struct err *e)
{
	if (c->dead)
		return dead(c, e);
	int rc = cancel_is(c->cancel) ? ERR_CANCELLED : clock_mono_ms() >= c->total_by ? ERR_NET : 0;
	if (!rc)
		return 0;
	if (rc == ERR_NET)
		ssherr_total(&c->first, c->total_ms, c->where);
	else
		ssherr_wait(&c->first, rc, 0, c->where);
	return dead(c, e);
}

/* ---- its last words */

/* Its output has ended: wait until it has too. */
static int await_end(struct program *c, struct err *e)
{
	while (c->ended_fd >= 0) {
		int state = 0;
		pid_t who = waitpid(c->pid, &state, WNOHANG);
		if (who != 0) {
			learn(c, who > 0 ? state : NOT_KNOWN);
			break;
		}
		int rc = wait_for(c, c->ended_fd, POLLIN, e);
		if (rc)
			return rc;
	}
	drain_stderr(c);
	if (c->status != SSH_FAILED)
		return 0;
	ssherr_program(&c->first, buf_str(&c->base.err), c->base.err.n, c->where, c->login);
	return dead(c, e);
}

/* ---- the stream */

/* What is here: > 0 bytes, 0 the end, -1 nothing yet. A program that dies may reset the socket instead of closing it. */
static ssize_t take(struct program *c, void *bytes, size_t n)
{
	ssize_t got;
	do
		got = recv(c->fd, bytes, n, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		c->heard = true;
	return got < 0 && errno != EAGAIN ? 0 : got;
}

static int program_read(struct ssh_chan *base, void *bytes, size_t n, size_t *got, struct err *e)
{
	struct program *c = program(base);
	for (;;) {
		int rc = go_on(c, e);
		if (rc)
			return rc;
		ssize_t r = take(c, bytes, n);
		if (r == 0 && (rc = await_end(c, e)) != 0)
			return rc;
		if (r >= 0) {
			*got = (size_t)r;
			return 0;
		}
		if ((rc = wait_for(c, c->fd, POLLIN, e)) != 0)
			return rc;
	}
}

/* Output that is here, into memory. *over: it has ended. */
static int drain(struct program *c, bool *over, struct err *e)
{
	char bytes[16384];
	ssize_t got = -1;
	int rc = 0;
	while (!rc && !chan_full(&c->base) && (got = take(c, bytes, sizeof bytes)) > 0) {
		if (!chan_keep(&c->base, bytes, (size_t)got)) {
			err_nomem(&c->first);
			return dead(c, e);
		}
		rc = go_on(c, e);
	}
	*over = got == 0;
	return rc;
}

static int program_write(struct ssh_chan *base, const void *bytes, size_t n, struct err *e)
{
	struct program *c = program(base);
	const char *p = bytes;
	while (n) {
		bool over = false;
		int rc = go_on(c, e);
		if (rc)
			return rc;
		ssize_t put = send(c->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put > 0) {
			p += put;
			n -= (size_t)put;
			continue;
		}
		if (put < 0 && errno != EAGAIN && errno != EINTR)
			over = true;
		if (!over)
			rc = drain(c, &over, e);
		if (!rc && over && !(rc = await_end(c, e)))
			return chan_ended(base, c->where, e);
		if (!rc)
			rc = wait_for(c, c->fd, chan_full(base) ? POLLOUT : POLLIN | POLLOUT, e);
		if (rc)
			return rc;
	}
	return 0;
}

static int program_eof(struct ssh_chan *base, struct err *e)
{
	struct program *c = program(base);
	if (c->dead)
		return dead(c, e);
	if (!base->eof_sent)
		shutdown(c->fd, SHUT_WR);
	base->eof_sent = true;
	return 0;
}

static int program_finish(struct ssh_chan *base, int *status, struct err *e)
{
	struct program *c = program(base);
	bool over = false;
	int rc = program_eof(base, e);
	while (!rc && !over) {
		rc = drain(c, &over, e);
		if (!rc && !over)
			rc = wait_for(c, c->fd, POLLIN, e);
	}
	if (!rc)
		rc = await_end(c, e);
	if (!rc)
		*status = c->status;
	return rc;
}

static void program_leave(struct ssh_chan *base)
{
	int status;
	program_finish(base, &status, NULL);
}

static void program_drop(struct ssh_chan *base)
{
	put_down(program(base));
}

static void program_fini(struct ssh_chan *base)
{
	struct program *c = program(base);
	put_down(c);
	close(c->fd);
	if (c->err_fd >= 0)
		close(c->err_fd);
}

static const struct chan_ops OPS = { program_read,  program_write, program_eof, program_finish,
				     program_leave, program_drop,  program_fini };

/* ---- its beginning */

static int begin(struct program *c, const struct ssh_target *target, const struct ssh_config *config, const char *command,
		 struct err *e)
{
	int pair[2], pipe_fd[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, "socketpair");
	c->fd = pair[0];
	int rc = pipe2(pipe_fd, O_CLOEXEC) < 0 ? err_errno(e, "pipe") : 0;
	if (!rc) {
		c->err_fd = pipe_fd[0];
		fcntl(c->err_fd, F_SETFL, O_NONBLOCK);
		rc = launch_ssh(&c->pid, pair[1], pipe_fd[1], target, config, command, e);
		close(pipe_fd[1]);
	}
	close(pair[1]);
	if (!rc && (c->ended_fd = pidfd_open(c->pid, 0)) < 0) {
		rc = err_errno(e, "pidfd_open");
		kill(-c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	return rc;
}

static void describe(struct program *c, const struct ssh_target *t)
{
	const char *at = t->user[0] ? "@" : "";
	snprintf(c->where, sizeof c->where, !t->port || t->port == 22 ? "%s" : "%s:%d", t->host, t->port);
	if (!t->port || t->port == 22)
		snprintf(c->login, sizeof c->login, "%s%s%s", t->user, at, t->host);
	else
		snprintf(c->login, sizeof c->login, "-p %d %s%s%s", t->port, t->user, at, t->host);
}

static void limits(struct program *c, const struct ssh_config *config)
{
	int64_t now = clock_mono_ms();
	c->idle_ms = config->idle_ms ? config->idle_ms : SSH_IDLE_MS;
	c->total_ms = config->total_ms ? config->total_ms : SSH_TOTAL_MS;
	c->start_ms = (config->connect_ms ? config->connect_ms : SSH_CONNECT_MS) +
		      (config->handshake_ms ? config->handshake_ms : SSH_HANDSHAKE_MS);
	c->heard_by = now + c->start_ms;
	c->total_by = now + c->total_ms;
}

int chan_program(struct ssh_chan **out, const struct ssh_target *target, const struct ssh_config *config, struct cancel *cancel,
		 const char *command, struct err *e)
{
	struct program *c = calloc(1, sizeof *c);
	if (!c)
		return err_nomem(e);
	c->base.ops = &OPS;
	c->fd = c->err_fd = c->ended_fd = -1;
	c->cancel = cancel;
	describe(c, target);
	limits(c, config);
	int rc = config->accept_host_key ?
			 err_set(e, ERR_CONFIG,
				 _("« --accept-host-key » ne sert qu'avec « transport: natif » ; avec openssh, lancez une fois « ssh %s » dans un "
				   "terminal, comparez l'empreinte avec celle que donne la personne qui tient le hub, et acceptez-la"),
				 c->login) :
			 begin(c, target, config, command, e);
	if (rc) {
		if (c->fd >= 0)
			close(c->fd);
		if (c->err_fd >= 0)
			close(c->err_fd);
		free(c);
		return rc;
	}
	trace("ssh program for %s: pid %d", c->where, (int)c->pid);
	*out = &c->base;
	return 0;
}
