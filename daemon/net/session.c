/* session.c -- what every step of a session needs: waiting for the server, and dying of the first error. */
#include "session.h"

#include <poll.h>
#include <sys/socket.h>
#include "deadline.h"
#include "ssherr.h"
#include "base/trace.h"

int session_first(struct ssh *s, struct err *e)
{
	must(s->dead);
	if (e)
		*e = s->first;
	return s->first.code;
}

int session_die(struct ssh *s, struct err *e)
{
	must(s->first.code < 0);
	if (!s->dead) {
		s->dead = true;
		trace("ssh %s: dead: %s", s->where, err_name(s->first.code));
		shutdown(s->fd, SHUT_RDWR);
	}
	return session_first(s, e);
}

int session_die_lib(struct ssh *s, int lib_rc, const char *what, struct err *e)
{
	if (!s->dead) {
		char *text = NULL;
		libssh2_session_last_error(s->lib, &text, NULL, 0);
		ssherr_lib(&s->first, s->ended ? LIBSSH2_ERROR_SOCKET_DISCONNECT : lib_rc, text, s->where, what);
	}
	return session_die(s, e);
}

int session_wait(struct ssh *s, int64_t until, int ms, struct err *e)
{
	int want = libssh2_session_block_directions(s->lib);
	short events = 0;
	if (want & LIBSSH2_SESSION_BLOCK_OUTBOUND)
		events |= POLLOUT;
	if (!events || want & LIBSSH2_SESSION_BLOCK_INBOUND)
		events |= POLLIN;
	int rc = net_wait(s->fd, events, until, s->cancel);
	if (!rc)
		return 0;
	ssherr_wait(&s->first, rc, ms, s->where);
	return session_die(s, e);
}

void session_limits(struct ssh *s, const struct ssh_config *config)
{
	s->connect_ms = config->connect_ms ? config->connect_ms : SSH_CONNECT_MS;
	s->handshake_ms = config->handshake_ms ? config->handshake_ms : SSH_HANDSHAKE_MS;
	s->idle_ms = config->idle_ms ? config->idle_ms : SSH_IDLE_MS;
	s->total_ms = config->total_ms ? config->total_ms : SSH_TOTAL_MS;
}
