/* agent.c -- the agent's protocol (draft-miller-ssh-agent): one request, one reply, each a 32-bit length and a body. */
#include "agent.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "deadline.h"

enum { REQUEST_IDENTITIES = 11, IDENTITIES_ANSWER = 12, SIGN_REQUEST = 13, SIGN_RESPONSE = 14 };

#define REPLY_MAX (256 * 1024)

/* body is sent as one string; the reply's body replaces reply. */
static int ask(struct buf *reply, int fd, const struct buf *body, int64_t until, const struct cancel *cancel)
{
	struct buf packet = BUF_INIT;
	wire_put_string(&packet, body->at, body->n);
	int rc = buf_ok(&packet) && buf_ok(body) ? net_write_all(fd, packet.at, packet.n, until, cancel) : ERR_NOMEM;
	buf_free(&packet);
	unsigned char head[4];
	if (!rc)
		rc = net_read_all(fd, head, sizeof head, until, cancel);
	if (rc)
		return rc;
	struct wire w = { head, sizeof head };
	uint32_t n = 0;
	wire_u32(&n, &w);
	if (n == 0 || n > REPLY_MAX)
		return ERR_DATA;
	buf_reset(reply);
	if (!buf_reserve(reply, n))
		return ERR_NOMEM;
	rc = net_read_all(fd, reply->at, n, until, cancel);
	if (!rc)
		reply->n = n;
	return rc;
}

static int list(struct agent *a, int64_t until, const struct cancel *cancel)
{
	struct buf body = BUF_INIT;
	buf_putc(&body, REQUEST_IDENTITIES);
	int rc = ask(&a->reply, a->fd, &body, until, cancel);
	buf_free(&body);
	if (rc)
		return rc;
	struct wire w = { (const unsigned char *)a->reply.at + 1, a->reply.n - 1 }, comment;
	uint32_t n;
	if (a->reply.at[0] != IDENTITIES_ANSWER || !wire_u32(&n, &w))
		return ERR_DATA;
	while (a->n < n && a->n < AGENT_KEYS_MAX) {
		if (!wire_string(&a->key[a->n], &w) || !wire_string(&comment, &w))
			return ERR_DATA;
		a->n++;
	}
	return 0;
}

int agent_open(struct agent *out, const char *socket_path, int64_t until, const struct cancel *cancel)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	if (!socket_path || !*socket_path)
		return ERR_NOTFOUND;
	if (strlen(socket_path) >= sizeof addr.sun_path)
		return ERR_IO;
	memcpy(addr.sun_path, socket_path, strlen(socket_path));
	struct agent a = { .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) };
	if (a.fd < 0)
		return ERR_IO;
	/* a full backlog gives EAGAIN at once (unix sockets never say EINPROGRESS): an agent that answers nobody */
	int rc = connect(a.fd, (struct sockaddr *)&addr, sizeof addr) == 0 ? 0 : errno == EAGAIN ? ERR_NET : ERR_IO;
	if (!rc)
		rc = list(&a, until, cancel);
	if (rc)
		agent_close(&a);
	else
		*out = a;
	return rc;
}

int agent_sign(struct buf *out, struct agent *a, const struct wire *key, const void *data, size_t n, int64_t until,
	       const struct cancel *cancel)
{
	struct buf body = BUF_INIT, reply = BUF_INIT;
	buf_putc(&body, SIGN_REQUEST);
	wire_put_string(&body, key->at, key->n);
	wire_put_string(&body, data, n);
	wire_put_u32(&body, 0);
	int rc = ask(&reply, a->fd, &body, until, cancel);
	if (!rc && reply.at[0] != SIGN_RESPONSE)
		rc = ERR_REFUSED;
	if (!rc) {
		struct wire w = { (const unsigned char *)reply.at + 1, reply.n - 1 }, both, type, sig;
		if (wire_string(&both, &w) && wire_string(&type, &both) && wire_string(&sig, &both))
			buf_put(out, sig.at, sig.n);
		else
			rc = ERR_DATA;
	}
	buf_free(&body);
	buf_free(&reply);
	return rc;
}

void agent_close(struct agent *a)
{
	if (a->fd >= 0)
		close(a->fd);
	buf_free(&a->reply);
	*a = (struct agent){ .fd = -1 };
}
