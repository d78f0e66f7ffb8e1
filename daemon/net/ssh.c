/* ssh.c -- the life of a session: resolve, connect, agree on keys, check the host, authenticate; later notice that it died.
 *
 * Happy path: non-blocking socket with TCP_NODELAY (without it the key exchange takes 45 ms more: two small packets wait for an
 * acknowledgement), non-blocking libssh2, and poll() between its EAGAINs.
 *
 * Failure modes: a server that accepts and then says nothing, a full backlog, a stopped server: the deadline. A server that
 * vanished: the deadline; one that closed: POLLRDHUP in ssh_alive. Freeing: the socket is shut down first, because
 * libssh2_session_free wants to say goodbye to each channel and would wait for an answer on a live one.
 */
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "deadline.h"
#include "hostkey.h"
#include "offer.h"
#include "reach.h"
#include "ssherr.h"
#include "wire.h"
#include "base/clock.h"
#include "base/fsio.h"
#include "base/trace.h"

#define MACHINE_HOSTS "/etc/ssh/ssh_known_hosts"

/* ---- the connection */

static int reach(struct ssh *s, struct err *e)
{
	int64_t until = clock_mono_ms() + s->connect_ms;
	struct addrinfo *list = NULL;
	int why = 0, rc = reach_resolve(&list, &why, s->host, s->port, until, s->cancel);
	if (rc == ERR_IO || rc == ERR_NET)
		return ssherr_resolve(e, rc == ERR_NET ? EAI_AGAIN : why, s->host);
	if (rc)
		return rc == ERR_NOMEM ? err_nomem(e) : ssherr_wait(e, rc, s->connect_ms, s->where);
	rc = reach_dial(&s->fd, &why, list, until, s->cancel);
	freeaddrinfo(list);
	if (rc == ERR_IO)
		return ssherr_connect(e, why, s->where);
	return rc ? ssherr_wait(e, rc, s->connect_ms, s->where) : 0;
}

/* ---- the session */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int init_rc;

static void init_lib(void)
{
	init_rc = libssh2_init(0); /* not thread-safe by itself; never undone: other threads may still hold sessions */
}

static int who(struct ssh *s, const struct ssh_target *target, struct err *e)
{
	struct passwd pw, *found = NULL;
	char room[4096];
	if (target->user[0]) {
		memcpy(s->user, target->user, sizeof s->user);
		return 0;
	}
	if (getpwuid_r(getuid(), &pw, room, sizeof room, &found) || !found || strlen(pw.pw_name) >= sizeof s->user)
		return err_set(e, ERR_CONFIG,
			       _("%s : votre nom d'utilisateur est inconnu ; écrivez-le dans l'adresse : ssh://nom@%s/..."), target->host,
			       target->host);
	strcpy(s->user, pw.pw_name);
	s->user_assumed = true;
	return 0;
}

/* libssh2 reads through this, so that the server's opening words are still there when the two have nothing in common, and the end of the
 * line, which libssh2 tells in the words of whatever it was waiting for: no agreement on keys, a key that is refused. */
static ssize_t receive(libssh2_socket_t fd, void *bytes, size_t n, int flags, void **abstract)
{
	struct ssh *s = *abstract;
	ssize_t got = recv(fd, bytes, n, flags);
	if (got < 0 && (errno == EWOULDBLOCK || errno == EINTR))
		return -EAGAIN;
	s->ended = got <= 0;
	if (got < 0)
		return -errno;
	if (s->hearing && s->opening.n < OFFER_MAX)
		buf_put(&s->opening, bytes, (size_t)got < OFFER_MAX - s->opening.n ? (size_t)got : OFFER_MAX - s->opening.n);
	return got;
}

/* The other way: a line may end under what is being sent. What had come before is still read: it may say why. */
static ssize_t deliver(libssh2_socket_t fd, const void *bytes, size_t n, int flags, void **abstract)
{
	struct ssh *s = *abstract;
	ssize_t put = send(fd, bytes, n, flags | MSG_NOSIGNAL);
	if (put >= 0)
		return put;
	if (errno == EWOULDBLOCK || errno == EINTR)
		return -EAGAIN;
	int why = errno;
	s->ended = true;
	return -why;
}

static int start_lib(struct ssh *s, const struct hostkeys *keys, struct err *e)
{
	/* libssh2's callbacks come as void *; POSIX has function pointers fit in there */
	ssize_t (*in)(libssh2_socket_t, void *, size_t, int, void **) = receive;
	ssize_t (*out)(libssh2_socket_t, const void *, size_t, int, void **) = deliver;
	void *callback;
	if (pthread_once(&once, init_lib) || init_rc || !(s->lib = libssh2_session_init_ex(NULL, NULL, NULL, s)))
		return err_nomem(e);
	memcpy(&callback, &in, sizeof callback);
	libssh2_session_callback_set(s->lib, LIBSSH2_CALLBACK_RECV, callback);
	memcpy(&callback, &out, sizeof callback);
	libssh2_session_callback_set(s->lib, LIBSSH2_CALLBACK_SEND, callback);
	libssh2_session_set_blocking(s->lib, 0);
	return session_prefer_known(s, keys, e);
}

static int shake_hands(struct ssh *s, int64_t until, struct err *e)
{
	int rc = 0, w;
	s->hearing = true;
	while (!rc && (w = libssh2_session_handshake(s->lib, s->fd)) != 0) {
		if (w == LIBSSH2_ERROR_EAGAIN)
			rc = session_wait(s, until, s->handshake_ms, e);
		else if (offer_explain(&s->first, s->lib, &s->opening, s->where))
			rc = session_die(s, e);
		else
			rc = session_die_lib(s, w, _("début de l'échange"), e);
	}
	s->hearing = false;
	buf_free(&s->opening);
	return rc;
}

static int open_session(struct ssh *s, const struct ssh_config *config, const char *path, struct err *e)
{
	struct hostkeys keys = { 0 };
	int rc = hostkey_load(&keys, path, e);
	if (!rc && !config->known_hosts)
		rc = hostkey_load(&keys, MACHINE_HOSTS, e);
	if (!rc)
		rc = reach(s, e);
	int64_t until = clock_mono_ms() + s->handshake_ms;
	if (!rc)
		rc = start_lib(s, &keys, e);
	if (!rc)
		rc = shake_hands(s, until, e);
	if (!rc)
		rc = session_check_host(s, &keys, path, config, e);
	if (!rc)
		rc = session_auth(s, config, until, e);
	hostkey_fini(&keys);
	return rc;
}

int ssh_connect(struct ssh **out, const struct ssh_target *target, const struct ssh_config *config, struct cancel *cancel,
		struct err *e)
{
	struct ssh *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(e);
	s->fd = -1;
	s->cancel = cancel;
	s->port = target->port ? target->port : 22;
	session_limits(s, config);
	memcpy(s->host, target->host, sizeof s->host);
	snprintf(s->where, sizeof s->where, s->port == 22 ? "%s" : "%s:%d", s->host, s->port);
	char *path = config->known_hosts ? wire_home_path(config->known_hosts, NULL) : wire_home_path(NULL, ".ssh/known_hosts");
	int rc = path ? who(s, target, e) : err_nomem(e);
	if (!rc)
		rc = open_session(s, config, path, e);
	free(path);
	if (rc) {
		ssh_close(s);
		return rc;
	}
	trace("ssh %s: connected", s->where);
	*out = s;
	return 0;
}

void ssh_use_cancel(struct ssh *s, struct cancel *cancel)
{
	s->cancel = cancel;
}

bool ssh_alive(struct ssh *s)
{
	if (s->dead)
		return false;
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
#ifdef POLLRDHUP
	p.events |= POLLRDHUP;
	short gone = POLLRDHUP | POLLERR | POLLHUP | POLLNVAL;
#else
	short gone = POLLERR | POLLHUP | POLLNVAL;
#endif
	char c;
	if (poll(&p, 1, 0) <= 0)
		return true;
	if (!(p.revents & gone) && recv(s->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
		return true;
	session_die_lib(s, LIBSSH2_ERROR_SOCKET_DISCONNECT, _("liaison gardée ouverte"), NULL);
	return false;
}

void ssh_close(struct ssh *s)
{
	if (!s)
		return;
	must(!s->chan);
	if (s->lib) {
		if (!s->dead)
			libssh2_session_disconnect(s->lib, "bye"); /* one try: a server that does not listen is no reason to wait */
		shutdown(s->fd, SHUT_RDWR);
		/* every EAGAIN is one step of its own clean-up; the bound only guards against a loop in the library */
		for (int i = 0; i < 1000 && libssh2_session_free(s->lib) == LIBSSH2_ERROR_EAGAIN; i++)
			;
	}
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}
