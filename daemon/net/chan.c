/* chan.c -- one command on the other machine: its input, its two outputs, its end.
 *
 * Happy path of a read: what is kept, else libssh2's queue, else wait. Standard error shares the channel's window with standard
 * output, so it is drained at each step; otherwise a talkative command would fill the window and both ends would stand still.
 *
 * Two rules of libssh2 1.10 shape the code:
 * - After EAGAIN in the middle of a packet (direction OUTBOUND) the same call must be repeated with the same bytes before anything
 *   else is sent, and reading may send (window adjustments). So a write that is stuck half-way only waits; it reads only when it
 *   is stuck on the window.
 * - Reading one stream may queue bytes of the other without saying so. Before sleeping, the queue is asked once more; otherwise
 *   we would wait for the network with the answer in our pocket.
 *
 * Failure modes: the command ends early (its output ends while our window is closed: ERR_NET, the session lives); silence for
 * idle_ms, more than total_ms in all, cancel, a broken connection (the session dies, the first error stays).
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include "ssherr.h"
#include "base/clock.h"
#include "base/trace.h"

#define KEEP_MAX ((size_t)16 << 20)
#define STDERR_MAX ((size_t)64 << 10)

struct ssh_chan {
	struct ssh *s;        /* borrow */
	LIBSSH2_CHANNEL *lib; /* own */
	struct buf kept;      /* own; output that arrived while we wrote */
	size_t kept_at;       /* the first byte of it not yet read */
	struct buf err;       /* own; standard error */
	int64_t total_by;
	bool eof_sent;
	bool discard;         /* closing: output is thrown away */
};

static int wait_idle(struct ssh_chan *c, struct err *e)
{
	int64_t by = clock_mono_ms() + c->s->idle_ms;
	if (by <= c->total_by)
		return session_wait(c->s, by, c->s->idle_ms, e);
	int rc = session_wait(c->s, c->total_by, c->s->total_ms, e);
	if (rc == ERR_NET) { /* "no answer since 30 min" would be untrue */
		ssherr_total(&c->s->first, c->s->total_ms, c->s->where);
		session_first(c->s, e);
	}
	return rc;
}

/* A stream that never pauses never waits: cancel and the total deadline are looked at between its pieces too. */
static int go_on(struct ssh_chan *c, struct err *e)
{
	int rc = cancel_is(c->s->cancel) ? ERR_CANCELLED : clock_mono_ms() >= c->total_by ? ERR_NET : 0;
	if (!rc)
		return 0;
	if (rc == ERR_NET)
		ssherr_total(&c->s->first, c->s->total_ms, c->s->where);
	else
		ssherr_wait(&c->s->first, rc, 0, c->s->where);
	return session_die(c->s, e);
}

static bool half_sent(struct ssh_chan *c)
{
	return libssh2_session_block_directions(c->s->lib) & LIBSSH2_SESSION_BLOCK_OUTBOUND;
}

static int broken(struct ssh_chan *c, ssize_t rc, struct err *e)
{
	return session_die_lib(c->s, (int)rc, _("échange avec la commande distante"), e);
}

/* Standard error, as far as it is here. */
static int drain_stderr(struct ssh_chan *c, bool *moved, struct err *e)
{
	char bytes[4096];
	ssize_t got;
	while ((got = libssh2_channel_read_ex(c->lib, SSH_EXTENDED_DATA_STDERR, bytes, sizeof bytes)) > 0) {
		size_t room = STDERR_MAX - c->err.n;
		buf_put(&c->err, bytes, (size_t)got < room ? (size_t)got : room);
		*moved = true;
		int rc = go_on(c, e);
		if (rc)
			return rc;
	}
	return got < 0 && got != LIBSSH2_ERROR_EAGAIN ? broken(c, got, e) : 0;
}

/* Both outputs, as far as they are here: into memory, so that the window opens again. */
static int drain(struct ssh_chan *c, bool *moved, struct err *e)
{
	char bytes[16384];
	if (c->kept_at > KEEP_MAX / 2) { /* a caller that never reads to the end of what is kept must not make it grow */
		memmove(c->kept.at, c->kept.at + c->kept_at, c->kept.n - c->kept_at);
		buf_cut(&c->kept, c->kept.n - c->kept_at);
		c->kept_at = 0;
	}
	for (;;) {
		int rc = drain_stderr(c, moved, e);
		if (rc)
			return rc;
		if (!c->discard && c->kept.n - c->kept_at >= KEEP_MAX)
			return 0;
		ssize_t got = libssh2_channel_read(c->lib, bytes, sizeof bytes);
		if (got < 0 && got != LIBSSH2_ERROR_EAGAIN)
			return broken(c, got, e);
		if (got > 0) {
			*moved = true;
			if ((rc = go_on(c, e)) != 0)
				return rc;
			if (!c->discard)
				buf_put(&c->kept, bytes, (size_t)got);
			if (!buf_ok(&c->kept)) {
				err_nomem(&c->s->first);
				return session_die(c->s, e);
			}
			continue;
		}
		if (half_sent(c) || libssh2_poll_channel_read(c->lib, 1) <= 0)
			return 0;
	}
}

int ssh_exec(struct ssh_chan **out, struct ssh *s, const char *command, struct err *e)
{
	if (s->dead)
		return session_first(s, e);
	must(!s->chan);
	int64_t now = clock_mono_ms(), until = now + s->connect_ms;
	struct ssh_chan *c = calloc(1, sizeof *c);
	if (!c)
		return err_nomem(e);
	c->s = s;
	c->total_by = now + s->total_ms;
	int rc = 0, lib = 0;
	while (!rc && !(c->lib = libssh2_channel_open_session(s->lib))) {
		lib = libssh2_session_last_errno(s->lib);
		if (lib == LIBSSH2_ERROR_EAGAIN)
			rc = session_wait(s, until, s->connect_ms, e);
		else if (lib == LIBSSH2_ERROR_CHANNEL_FAILURE) /* too many channels, say: the session is well */
			rc = ssherr_lib(e, lib, NULL, s->where, _("ouverture du canal"));
		else
			rc = session_die_lib(s, lib, _("ouverture du canal"), e);
	}
	while (!rc && (lib = libssh2_channel_process_startup(c->lib, "exec", 4, command, (unsigned)strlen(command))) != 0)
		rc = lib == LIBSSH2_ERROR_EAGAIN ? session_wait(s, until, s->connect_ms, e) :
						   session_die_lib(s, lib, _("lancement de la commande"), e);
	if (rc) {
		free(c); /* a channel of a dead session is freed with it */
		return rc;
	}
	s->chan = c;
	*out = c;
	return 0;
}

int ssh_chan_read(struct ssh_chan *c, void *bytes, size_t n, size_t *got, struct err *e)
{
	size_t kept = c->kept.n - c->kept_at;
	if (kept) {
		size_t give = kept < n ? kept : n;
		memcpy(bytes, c->kept.at + c->kept_at, give);
		c->kept_at += give;
		if (c->kept_at == c->kept.n) {
			buf_reset(&c->kept);
			c->kept_at = 0;
		}
		*got = give;
		return 0;
	}
	if (c->s->dead)
		return session_first(c->s, e);
	int rc = go_on(c, e);
	if (rc)
		return rc;
	for (;;) {
		bool moved = false;
		rc = drain_stderr(c, &moved, e);
		if (rc)
			return rc;
		ssize_t r = libssh2_channel_read(c->lib, bytes, n);
		if (r < 0 && r != LIBSSH2_ERROR_EAGAIN)
			return broken(c, r, e);
		if (r > 0) {
			*got = (size_t)r;
			return 0;
		}
		if (!half_sent(c) && libssh2_poll_channel_read(c->lib, 1) > 0)
			continue;
		if (libssh2_channel_eof(c->lib)) {
			*got = 0;
			return 0;
		}
		if ((rc = wait_idle(c, e)) != 0)
			return rc;
	}
}

static int ended(struct ssh_chan *c, struct err *e)
{
	return err_set(e, ERR_NET, _("%s : la commande distante s'est arrêtée avant d'avoir tout reçu"), c->s->where);
}

int ssh_chan_write(struct ssh_chan *c, const void *bytes, size_t n, struct err *e)
{
	const char *p = bytes;
	if (c->s->dead)
		return session_first(c->s, e);
	while (n) {
		int rc = go_on(c, e);
		if (rc)
			return rc;
		ssize_t put = libssh2_channel_write(c->lib, p, n);
		if (put > 0) {
			p += put;
			n -= (size_t)put;
			continue;
		}
		if (put == LIBSSH2_ERROR_CHANNEL_CLOSED || put == LIBSSH2_ERROR_CHANNEL_EOF_SENT)
			return ended(c, e);
		if (put < 0 && put != LIBSSH2_ERROR_EAGAIN)
			return broken(c, put, e);
		bool moved = false;
		if (!half_sent(c)) {
			do { /* a window adjustment that got stuck half-way must leave before anything else is written */
				rc = drain(c, &moved, e);
				if (!rc && half_sent(c))
					rc = wait_idle(c, e);
			} while (!rc && half_sent(c));
			if (rc)
				return rc;
			if (libssh2_channel_eof(c->lib))
				return ended(c, e);
		}
		if (!moved && (rc = wait_idle(c, e)) != 0)
			return rc;
	}
	return 0;
}

int ssh_chan_eof(struct ssh_chan *c, struct err *e)
{
	int rc, w;
	if (c->s->dead)
		return session_first(c->s, e);
	if (c->eof_sent)
		return 0;
	while ((rc = libssh2_channel_send_eof(c->lib)) == LIBSSH2_ERROR_EAGAIN)
		if ((w = wait_idle(c, e)) != 0)
			return w;
	if (rc && rc != LIBSSH2_ERROR_CHANNEL_CLOSED)
		return broken(c, rc, e);
	c->eof_sent = true;
	return 0;
}

const char *ssh_chan_stderr(struct ssh_chan *c)
{
	return buf_str(&c->err);
}

/* Read to the end of both outputs, then wait until the server closes: its closing follows the exit status, and a channel that we
 * close first never learns it. */
static int finish(struct ssh_chan *c, int *status, struct err *e)
{
	int rc = ssh_chan_eof(c, e), lib;
	while (!rc) {
		bool moved = false;
		rc = drain(c, &moved, e);
		if (rc || libssh2_channel_eof(c->lib))
			break;
		if (!moved)
			rc = wait_idle(c, e);
	}
	while (!rc && (lib = libssh2_channel_wait_closed(c->lib)) != 0)
		rc = lib == LIBSSH2_ERROR_EAGAIN ? wait_idle(c, e) : broken(c, lib, e);
	if (rc)
		return rc;
	char *signal = NULL;
	libssh2_channel_get_exit_signal(c->lib, &signal, NULL, NULL, NULL, NULL, NULL);
	*status = signal ? -1 : libssh2_channel_get_exit_status(c->lib);
	if (signal) {
		trace("ssh %s: the command ended by SIG%s", c->s->where, signal);
		libssh2_free(c->s->lib, signal);
	}
	while (!rc && (lib = libssh2_channel_free(c->lib)) != 0)
		rc = lib == LIBSSH2_ERROR_EAGAIN ? wait_idle(c, e) : broken(c, lib, e);
	return rc;
}

static void forget(struct ssh_chan *c)
{
	c->s->chan = NULL;
	buf_free(&c->kept);
	buf_free(&c->err);
	free(c);
}

int ssh_chan_close(struct ssh_chan *c, int *exit_status, struct buf *stderr_text, struct err *e)
{
	int status = -1;
	c->discard = true;
	int rc = c->s->dead ? session_first(c->s, e) : finish(c, &status, e);
	if (exit_status)
		*exit_status = status;
	if (stderr_text)
		buf_put(stderr_text, buf_str(&c->err), c->err.n);
	forget(c);
	return rc;
}

void ssh_chan_abort(struct ssh_chan *c)
{
	if (!c)
		return;
	if (!c->s->dead) {
		ssherr_wait(&c->s->first, ERR_CANCELLED, 0, c->s->where);
		session_die(c->s, NULL);
	}
	forget(c);
}
