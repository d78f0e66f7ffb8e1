/* chan_native.c -- a command over libssh2: its input, its two outputs, its end.
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
 * A poll should cost one round trip, and asking costs one already. So of the other two that a command takes, the end is not waited
 * for when nobody needs it (leave), and the next channel is asked for at that moment, so that it is open long before it is used. Both
 * answers are found in the socket by the next ssh_exec. A server that counts channels narrowly may refuse the one ahead: then the
 * old one's end is waited for after all.
 *
 * Failure modes: the command ends early (its output ends while our window is closed: ERR_NET, the session lives); silence for
 * idle_ms, more than total_ms in all, cancel, a broken connection (the session dies, the first error stays).
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include "chan.h"
#include "ssherr.h"
#include "base/clock.h"
#include "base/trace.h"

struct native {
	struct ssh_chan base;
	struct ssh *s;        /* borrow */
	struct ssh *own;      /* own; the session when it was made for this channel alone, else NULL */
	LIBSSH2_CHANNEL *lib; /* own; NULL: handed to the session, or freed */
	int64_t total_by;
};

static struct native *native(struct ssh_chan *c)
{
	return (struct native *)c;
}

static int wait_idle(struct native *c, struct err *e)
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
static int go_on(struct native *c, struct err *e)
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

static bool half_sent(struct native *c)
{
	return libssh2_session_block_directions(c->s->lib) & LIBSSH2_SESSION_BLOCK_OUTBOUND;
}

static int broken(struct native *c, ssize_t rc, struct err *e)
{
	return session_die_lib(c->s, (int)rc, _("échange avec la commande distante"), e);
}

/* Standard error, as far as it is here. */
static int drain_stderr(struct native *c, bool *moved, struct err *e)
{
	char bytes[4096];
	ssize_t got;
	while ((got = libssh2_channel_read_ex(c->lib, SSH_EXTENDED_DATA_STDERR, bytes, sizeof bytes)) > 0) {
		chan_keep_err(&c->base, bytes, (size_t)got);
		*moved = true;
		int rc = go_on(c, e);
		if (rc)
			return rc;
	}
	return got < 0 && got != LIBSSH2_ERROR_EAGAIN ? broken(c, got, e) : 0;
}

/* Both outputs, as far as they are here: into memory, so that the window opens again. */
static int drain(struct native *c, bool *moved, struct err *e)
{
	char bytes[16384];
	for (;;) {
		int rc = drain_stderr(c, moved, e);
		if (rc || chan_full(&c->base))
			return rc;
		ssize_t got = libssh2_channel_read(c->lib, bytes, sizeof bytes);
		if (got < 0 && got != LIBSSH2_ERROR_EAGAIN)
			return broken(c, got, e);
		if (got > 0) {
			*moved = true;
			if ((rc = go_on(c, e)) != 0)
				return rc;
			if (!chan_keep(&c->base, bytes, (size_t)got)) {
				err_nomem(&c->s->first);
				return session_die(c->s, e);
			}
			continue;
		}
		if (half_sent(c) || libssh2_poll_channel_read(c->lib, 1) <= 0)
			return 0;
	}
}

/* ---- the stream */

static int native_read(struct ssh_chan *base, void *bytes, size_t n, size_t *got, struct err *e)
{
	struct native *c = native(base);
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

static int native_write(struct ssh_chan *base, const void *bytes, size_t n, struct err *e)
{
	struct native *c = native(base);
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
			return chan_ended(base, c->s->where, e);
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
				return chan_ended(base, c->s->where, e);
		}
		if (!moved && (rc = wait_idle(c, e)) != 0)
			return rc;
	}
	return 0;
}

static int native_eof(struct ssh_chan *base, struct err *e)
{
	struct native *c = native(base);
	int rc, w;
	if (c->s->dead)
		return session_first(c->s, e);
	if (base->eof_sent)
		return 0;
	while ((rc = libssh2_channel_send_eof(c->lib)) == LIBSSH2_ERROR_EAGAIN)
		if ((w = wait_idle(c, e)) != 0)
			return w;
	if (rc && rc != LIBSSH2_ERROR_CHANNEL_CLOSED)
		return broken(c, rc, e);
	base->eof_sent = true;
	return 0;
}

/* Read to the end of both outputs, then wait until the server closes: its closing follows the exit status, and a channel that we
 * close first never learns it. */
static int native_finish(struct ssh_chan *base, int *status, struct err *e)
{
	struct native *c = native(base);
	int rc = native_eof(base, e), lib;
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
	if (!rc)
		c->lib = NULL;
	return rc;
}

/* The channel that is on its way out: gone when the server has confirmed its end. wait: until then, else as far as things are. */
static int reap(struct ssh *s, bool wait, int64_t until, int ms, struct err *e)
{
	int lib = 0, rc = 0;
	while (s->leaving && !rc && (lib = libssh2_channel_free(s->leaving)) == LIBSSH2_ERROR_EAGAIN && wait)
		rc = session_wait(s, until, ms, e);
	if (!rc && lib != LIBSSH2_ERROR_EAGAIN)
		s->leaving = NULL;
	return rc;
}

static void open_ahead(struct ssh *s)
{
	if (!s->ready)
		s->ready = libssh2_channel_open_session(s->lib); /* NULL: asked, not answered; or refused, then ssh_exec asks again */
}

static void native_leave(struct ssh_chan *base)
{
	struct native *c = native(base);
	struct ssh *s = c->s;
	if (s->dead || native_eof(base, NULL) || reap(s, true, clock_mono_ms() + s->idle_ms, s->idle_ms, NULL))
		return;
	int lib;
	while ((lib = libssh2_channel_free(c->lib)) == LIBSSH2_ERROR_EAGAIN && half_sent(c))
		if (wait_idle(c, NULL))
			return;
	if (lib == LIBSSH2_ERROR_EAGAIN)
		s->leaving = c->lib;
	else if (lib)
		session_die_lib(s, lib, _("échange avec la commande distante"), NULL);
	c->lib = NULL;
	if (!s->dead && !c->own)
		open_ahead(s);
}

static void native_drop(struct ssh_chan *base)
{
	struct ssh *s = native(base)->s;
	if (s->dead)
		return;
	ssherr_wait(&s->first, ERR_CANCELLED, 0, s->where);
	session_die(s, NULL);
}

static void native_fini(struct ssh_chan *base) /* a channel of a dead session is freed with it */
{
	struct native *c = native(base);
	c->s->chan = NULL;
	ssh_close(c->own);
}

static const struct chan_ops OPS = { native_read, native_write, native_eof, native_finish, native_leave, native_drop, native_fini };

/* ---- its beginning */

static int open_channel(struct native *c, int64_t until, struct err *e)
{
	struct ssh *s = c->s;
	int rc = 0;
	if ((c->lib = s->ready)) {
		s->ready = NULL;
		return 0;
	}
	while (!rc && !(c->lib = libssh2_channel_open_session(s->lib))) {
		int lib = libssh2_session_last_errno(s->lib);
		if (lib == LIBSSH2_ERROR_EAGAIN)
			rc = session_wait(s, until, s->connect_ms, e);
		else if (lib != LIBSSH2_ERROR_CHANNEL_FAILURE)
			rc = session_die_lib(s, lib, _("ouverture du canal"), e);
		else if (!s->leaving) /* too many channels, say: the session is well */
			rc = ssherr_lib(e, lib, NULL, s->where, _("ouverture du canal"));
		else
			rc = reap(s, true, until, s->connect_ms, e);
	}
	return rc;
}

int ssh_exec(struct ssh_chan **out, struct ssh *s, const char *command, struct err *e)
{
	if (s->dead)
		return session_first(s, e);
	must(!s->chan);
	int64_t now = clock_mono_ms(), until = now + s->connect_ms;
	struct native *c = calloc(1, sizeof *c);
	if (!c)
		return err_nomem(e);
	c->base.ops = &OPS;
	c->s = s;
	c->total_by = now + s->total_ms;
	int rc = open_channel(c, until, e), lib;
	while (!rc && (lib = libssh2_channel_process_startup(c->lib, "exec", 4, command, (unsigned)strlen(command))) != 0)
		rc = lib == LIBSSH2_ERROR_EAGAIN ? session_wait(s, until, s->connect_ms, e) :
						   session_die_lib(s, lib, _("lancement de la commande"), e);
	if (!rc)
		rc = reap(s, false, 0, 0, e);
	if (rc) {
		free(c); /* a channel of a dead session is freed with it */
		return rc;
	}
	s->chan = &c->base;
	*out = &c->base;
	return 0;
}

void session_belongs(struct ssh_chan *c)
{
	native(c)->own = native(c)->s;
}
