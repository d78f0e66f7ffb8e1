/* server.c -- see server.h.
 *
 * A socket file that a killed daemon left behind must not keep the next one out, and the next one must not take a living one's place.
 * So the right to the path is a lock beside it (base/fsio.h: it dies with its holder): who has it may remove what lies there.
 */
#include "server.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/fsio.h"
#include "base/trace.h"

struct server {
	uv_pipe_t pipe;         /* first: closing frees the whole */
	char *path;             /* own */
	int lock;               /* own; descriptor */
	struct client *clients; /* own */
	size_t n;
	server_cb cb;
	void *ctx;
};
struct client {
	uv_pipe_t pipe;
	struct server *server; /* borrow; NULL once that is gone */
	struct client *next, **at;
	struct buf in;         /* own: the beginning of a message */
	size_t holds;
	bool eof, closing, closed;
};
struct reply {
	uv_write_t req; /* first */
	struct client *client;
	size_t n;
	char bytes[];
};

static void maybe_free(struct client *c)
{
	if (!c->closed || c->holds)
		return;
	buf_free(&c->in);
	free(c);
}

static void client_closed(uv_handle_t *h)
{
	struct client *c = h->data;
	c->closed = true;
	maybe_free(c);
}

static void hang_up(struct client *c)
{
	if (c->closing)
		return;
	c->closing = true;
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	if (c->server)
		c->server->n--;
	uv_close((uv_handle_t *)&c->pipe, client_closed);
}

/* The other end has said its last word; what we still owe it is written first. */
static void maybe_hang_up(struct client *c)
{
	if (c->eof && !c->holds && uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe) == 0)
		hang_up(c);
}

void client_hold(struct client *c)
{
	c->holds++;
}

void client_drop(struct client *c)
{
	must(c->holds > 0);
	c->holds--;
	if (!c->closing)
		maybe_hang_up(c);
	else
		maybe_free(c);
}

static void written(uv_write_t *req, int status)
{
	struct reply *r = (struct reply *)req;
	struct client *c = r->client;
	free(r);
	if (status < 0)
		hang_up(c);
	else if (!c->closing)
		maybe_hang_up(c);
	client_drop(c);
}

void client_reply(struct client *c, const char *json)
{
	size_t n = strlen(json) + 1;
	struct reply *r;
	if (c->closing)
		return;
	if (uv_stream_get_write_queue_size((uv_stream_t *)&c->pipe) + n > SERVER_UNREAD || !(r = malloc(sizeof *r + n))) {
		trace("server: a client does not read its answers");
		hang_up(c);
		return;
	}
	r->client = c;
	r->n = n;
	memcpy(r->bytes, json, n);
	uv_buf_t b = uv_buf_init(r->bytes, (unsigned)n);
	client_hold(c); /* until written() */
	if (uv_write(&r->req, (uv_stream_t *)&c->pipe, &b, 1, written) != 0) {
		free(r);
		hang_up(c);
		client_drop(c);
	}
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

static void room(uv_handle_t *h, size_t suggested, uv_buf_t *b)
{
	static char bytes[16 * 1024]; /* the loop's thread fills and empties it at once */
	(void)h;
	(void)suggested;
	*b = uv_buf_init(bytes, sizeof bytes);
}

static void take(struct client *c, const char *bytes, size_t n)
{
	while (n && !c->closing) {
		const char *nul = memchr(bytes, 0, n);
		size_t part = nul ? (size_t)(nul - bytes) : n;
		if (c->in.n + part > SERVER_MESSAGE) {
			trace("server: a message of more than %d bytes", SERVER_MESSAGE);
			hang_up(c);
			return;
		}
		buf_put(&c->in, bytes, part);
		if (!buf_ok(&c->in)) {
			hang_up(c);
			return;
		}
		if (!nul)
			return;
		bytes = nul + 1;
		n -= part + 1;
		/* the callback gets bytes of its own: it may turn to this client again before it is through with them */
		struct buf message = c->in;
		c->in = (struct buf)BUF_INIT;
		c->server->cb(c->server->ctx, c, buf_str(&message), message.n);
		buf_free(&message); /* an idle connection holds no memory */
	}
}

static void arrived(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct client *c = stream->data;
	if (n > 0) {
		client_hold(c);
		take(c, b->base, (size_t)n);
		client_drop(c);
	} else if (n == UV_EOF) {
		c->eof = true;
		uv_read_stop(stream);
		maybe_hang_up(c);
	} else if (n < 0) {
		hang_up(c);
	}
}

static bool is_same_user(uv_pipe_t *pipe)
{
	struct ucred peer;
	socklen_t len = sizeof peer;
	uv_os_fd_t fd;
	return uv_fileno((uv_handle_t *)pipe, &fd) == 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       peer.uid == geteuid();
}

static void knocks(uv_stream_t *listener, int status)
{
	struct server *s = listener->data;
	struct client *c;
	if (status < 0 || !(c = calloc(1, sizeof *c)))
		return;
	uv_pipe_init(listener->loop, &c->pipe, 0);
	c->pipe.data = c;
	c->server = s;
	c->next = s->clients;
	c->at = &s->clients;
	if (c->next)
		c->next->at = &c->next;
	s->clients = c;
	s->n++;
	if (uv_accept(listener, (uv_stream_t *)&c->pipe) != 0 || s->n > SERVER_CLIENTS || !is_same_user(&c->pipe) ||
	    uv_read_start((uv_stream_t *)&c->pipe, room, arrived) != 0) {
		trace("server: a connection is turned away (%zu open)", s->n - 1);
		hang_up(c);
	}
}

/* ---- life ------------------------------------------------------------------------------------------------------------- */

static void server_closed(uv_handle_t *h)
{
	struct server *s = h->data;
	fs_unlock(s->lock);
	free(s->path);
	free(s);
}

static int take_path(struct server *s, struct err *e)
{
	char lock[PATH_MAX];
	struct sockaddr_un *un = NULL;
	size_t max = sizeof un->sun_path;
	if (strlen(s->path) >= max) /* libuv would cut it off without a word */
		return err_set(e, ERR_CONFIG,
			       _("%s : ce chemin est trop long pour un socket (%zu caractères au plus) ; indiquez-en un autre par "
				 "« socket: » dans config.yaml"),
			       s->path, max - 1);
	int rc = fs_mkparents(s->path, e);
	if (rc)
		return rc;
	snprintf(lock, sizeof lock, "%s.lock", s->path);
	rc = fs_lock(&s->lock, lock, 0, e);
	if (rc == ERR_BUSY)
		return err_set(e, ERR_BUSY,
			       _("un autre maillaged tourne déjà (socket %s) et suit tous les dossiers de config.yaml : il n'en faut "
				 "qu'un ; rien à faire, ou arrêtez d'abord l'autre"),
			       s->path);
	if (!rc)
		unlink(s->path);
	return rc;
}

int server_new(struct server **out, uv_loop_t *loop, const char *path, server_cb cb, void *ctx, struct err *e)
{
	struct server *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(e);
	s->lock = -1;
	s->cb = cb;
	s->ctx = ctx;
	s->path = strdup(path);
	int rc = s->path ? take_path(s, e) : err_nomem(e);
	if (rc) {
		fs_unlock(s->lock);
		free(s->path);
		free(s);
		return rc;
	}
	signal(SIGPIPE, SIG_IGN); /* libuv writes by write(2): a client that has gone would kill us */
	uv_pipe_init(loop, &s->pipe, 0);
	s->pipe.data = s;
	mode_t was = umask(0177);
	int uv = uv_pipe_bind(&s->pipe, path);
	umask(was);
	if (!uv)
		uv = uv_listen((uv_stream_t *)&s->pipe, SERVER_CLIENTS, knocks);
	if (uv) {
		rc = err_set(e, uv == UV_EACCES || uv == UV_EPERM ? ERR_PERM : ERR_IO, _("%s : %s"), path, uv_strerror(uv));
		uv_close((uv_handle_t *)&s->pipe, server_closed);
		return rc;
	}
	*out = s;
	return 0;
}

void server_free(struct server *s)
{
	if (!s || uv_is_closing((uv_handle_t *)&s->pipe))
		return;
	for (struct client *c = s->clients, *next; c; c = next) {
		next = c->next;
		hang_up(c);
		c->server = NULL;
	}
	unlink(s->path);
	uv_close((uv_handle_t *)&s->pipe, server_closed);
}
