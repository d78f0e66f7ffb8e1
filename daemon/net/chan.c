/* chan.c -- what callers see of a stream, whichever way it goes; and the output that came while they were writing. */
#include "chan.h"

#include <stdlib.h>
#include <string.h>

bool chan_full(const struct ssh_chan *c)
{
	return !c->discard && c->kept.n - c->kept_at >= CHAN_KEEP_MAX;
}

bool chan_keep(struct ssh_chan *c, const void *bytes, size_t n)
{
	if (c->discard)
		return true;
	if (c->kept_at > CHAN_KEEP_MAX / 2) { /* a caller that never reads to the end of what is kept must not make it grow */
		memmove(c->kept.at, c->kept.at + c->kept_at, c->kept.n - c->kept_at);
		buf_cut(&c->kept, c->kept.n - c->kept_at);
		c->kept_at = 0;
	}
	buf_put(&c->kept, bytes, n);
	return buf_ok(&c->kept);
}

void chan_keep_err(struct ssh_chan *c, const void *bytes, size_t n)
{
	size_t room = CHAN_STDERR_MAX - c->err.n;
	buf_put(&c->err, bytes, n < room ? n : room);
}

int chan_ended(struct ssh_chan *c, const char *where, struct err *e)
{
	c->ended = true;
	return err_set(e, ERR_NET, _("%s : la commande distante s'est arrêtée avant d'avoir tout reçu"), where);
}

int ssh_chan_read(struct ssh_chan *c, void *bytes, size_t n, size_t *got, struct err *e)
{
	size_t kept = c->kept.n - c->kept_at;
	if (!kept)
		return c->ops->read(c, bytes, n, got, e);
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

int ssh_chan_write(struct ssh_chan *c, const void *bytes, size_t n, struct err *e)
{
	return c->ops->write(c, bytes, n, e);
}

int ssh_chan_eof(struct ssh_chan *c, struct err *e)
{
	return c->ops->eof(c, e);
}

const char *ssh_chan_stderr(struct ssh_chan *c)
{
	return buf_str(&c->err);
}

bool ssh_chan_ended(const struct ssh_chan *c)
{
	return c->ended;
}

static void forget(struct ssh_chan *c)
{
	c->ops->fini(c);
	buf_free(&c->kept);
	buf_free(&c->err);
	free(c);
}

int ssh_chan_close(struct ssh_chan *c, int *exit_status, struct buf *stderr_text, struct err *e)
{
	int status = -1;
	c->discard = true;
	int rc = c->ops->finish(c, &status, e);
	if (exit_status)
		*exit_status = status;
	if (stderr_text)
		buf_put(stderr_text, buf_str(&c->err), c->err.n);
	forget(c);
	return rc;
}

void ssh_chan_leave(struct ssh_chan *c)
{
	c->discard = true;
	c->ops->leave(c);
	forget(c);
}

void ssh_chan_abort(struct ssh_chan *c)
{
	if (!c)
		return;
	c->ops->drop(c);
	forget(c);
}
