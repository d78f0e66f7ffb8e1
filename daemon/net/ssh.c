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
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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
#include "ssherr.h"
#include "wire.h"
#include "base/clock.h"
#include "base/fsio.h"
#include "base/trace.h"

#define MACHINE_HOSTS "/etc/ssh/ssh_known_hosts"
#define HOST_TYPES "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,ssh-rsa"

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
		ssherr_lib(&s->first, lib_rc, text, s->where, what);
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

/* ---- the connection */

/* One address; not 0: *number is the errno, or the code is ERR_NET (no answer in its share of the time) or ERR_CANCELLED. */
static int dial(int *out, int *number, const struct addrinfo *ai, int64_t until, struct cancel *cancel)
{
	int fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol), one = 1, bad = 0;
	socklen_t size = sizeof bad;
	if (fd < 0) {
		*number = errno;
		return ERR_IO;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	int rc = 0;
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) < 0) {
		bad = errno;
		if (bad == EINPROGRESS) {
			bad = 0;
			rc = net_wait(fd, POLLOUT, until, cancel);
			if (!rc && getsockopt(fd, SOL_SOCKET, SO_ERROR, &bad, &size) < 0)
				bad = errno;
		}
		if (bad) {
			*number = bad;
			rc = ERR_IO;
		}
	}
	if (rc)
		close(fd);
	else
		*out = fd;
	return rc;
}

/* Each address gets an equal share of the time that is left: a dead first one (IPv6, often) must not use all of it up. */
static int reach(struct ssh *s, int64_t until, struct err *e)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM }, *list = NULL;
	char port[8];
	snprintf(port, sizeof port, "%d", s->port);
	int rc = getaddrinfo(s->host, port, &hints, &list), number = 0, left = 0;
	if (rc)
		return ssherr_resolve(e, rc, s->host);
	for (struct addrinfo *ai = list; ai; ai = ai->ai_next)
		left++;
	rc = ERR_IO;
	for (struct addrinfo *ai = list; ai && rc && rc != ERR_CANCELLED; ai = ai->ai_next, left--) {
		int64_t now = clock_mono_ms();
		rc = dial(&s->fd, &number, ai, now + (until - now) / left, s->cancel);
	}
	freeaddrinfo(list);
	if (rc == ERR_IO)
		return ssherr_connect(e, number, s->where);
	return rc ? ssherr_wait(e, rc, s->connect_ms, s->where) : 0;
}

/* ---- the host key */

static bool accepted(const char *given, const char *fingerprint)
{
	while (given && *given == ' ')
		given++;
	if (!given)
		return false;
	if (!strncmp(given, "SHA256:", 7))
		given += 7;
	return !strncmp(given, fingerprint + 7, 43) && (!given[43] || !strcmp(given + 43, "="));
}

/* Say what is wrong with the key, into s->first. */
static void judge(struct ssh *s, enum hostkey_verdict verdict, const char *fp, const char *given, const char *path, int line)
{
	switch (verdict) {
	case HOSTKEY_REVOKED:
		err_set(&s->first, ERR_HOSTKEY,
			_("ATTENTION : la clé que présente %s (%s) est révoquée (fichier known_hosts, ligne %d) ; n'échangez rien avec cette "
			  "machine et prévenez la personne qui tient le hub"),
			s->where, fp, line);
		break;
	case HOSTKEY_CHANGED: {
		char name[300];
		snprintf(name, sizeof name, s->port == 22 ? "%s" : "[%s]:%d", s->host, s->port);
		err_set(&s->first, ERR_HOSTKEY,
			_("ATTENTION : la clé de %s a changé (connue : known_hosts, ligne %d ; présentée : %s). Quelqu'un se fait "
			  "peut-être passer pour cette machine : demandez à la personne qui tient le hub si c'est voulu. Si oui, "
			  "retirez l'ancienne clé avec « ssh-keygen -f %s -R '%s' », puis acceptez la nouvelle avec "
			  "« %s --accept-host-key %s »"),
			s->where, line, fp, path, name, s->accept_command, fp);
		break;
	}
	default:
		if (given)
			err_set(&s->first, ERR_HOSTKEY,
				_("la clé de %s n'est pas celle que vous acceptez : la machine présente %s, vous avez donné %.80s ; vérifiez "
				  "l'empreinte auprès de la personne qui tient le hub"),
				s->where, fp, given);
		else if (verdict == HOSTKEY_OTHER)
			err_set(&s->first, ERR_HOSTKEY,
				_("%s présente une clé d'un autre type que celle déjà connue (known_hosts, ligne %d). Son empreinte est %s ; "
				  "vérifiez-la auprès de la personne qui tient le hub, puis acceptez-la avec "
				  "« %s --accept-host-key %s »"),
				s->where, line, fp, s->accept_command, fp);
		else
			err_set(&s->first, ERR_HOSTKEY,
				_("la machine %s n'est pas encore connue. L'empreinte de sa clé est %s ; vérifiez-la auprès de la personne qui "
				  "tient le hub, puis acceptez-la avec « %s --accept-host-key %s »"),
				s->where, fp, s->accept_command, fp);
	}
}

static int check_host(struct ssh *s, const struct buf *file, const char *path, const char *given, struct err *e)
{
	size_t n;
	int type, line;
	const char *blob = libssh2_session_hostkey(s->lib, &n, &type);
	if (!blob)
		return session_die_lib(s, LIBSSH2_ERROR_HOSTKEY_INIT, _("clé de la machine"), e);
	char fp[HOSTKEY_FINGERPRINT];
	hostkey_fingerprint(fp, blob, n);
	enum hostkey_verdict verdict = hostkey_check(file, s->host, s->port, blob, n, &line);
	if (verdict == HOSTKEY_KNOWN)
		return 0;
	if ((verdict == HOSTKEY_UNKNOWN || verdict == HOSTKEY_OTHER) && accepted(given, fp)) {
		trace("ssh %s: host key %s accepted", s->where, fp);
		return hostkey_append(path, s->host, s->port, blob, n, &s->first) ? session_die(s, e) : 0;
	}
	judge(s, verdict, fp, given, path, line);
	return session_die(s, e);
}

/* Ask for the types that the file holds for this host first: a server has several keys, and the one it would choose by itself may
 * be one that this file does not know. */
static int prefer_known_types(struct ssh *s, const struct buf *file, struct err *e)
{
	struct buf types = BUF_INIT;
	const char *rest = HOST_TYPES;
	hostkey_types(&types, file, s->host, s->port);
	buf_printf(&types, "%s%s", types.n ? "," : "", rest); /* repeated and unknown names are dropped by libssh2 */
	int rc = buf_ok(&types) ? libssh2_session_method_pref(s->lib, LIBSSH2_METHOD_HOSTKEY, types.at) : LIBSSH2_ERROR_ALLOC;
	buf_free(&types);
	return rc ? session_die_lib(s, rc, _("clé de la machine"), e) : 0;
}

/* ---- the session */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int init_rc;

static void init_lib(void)
{
	init_rc = libssh2_init(0); /* not thread-safe by itself; never undone: other threads may still hold sessions */
}

static int who(char out[64], const struct ssh_target *target, struct err *e)
{
	struct passwd pw, *found = NULL;
	char room[4096];
	if (target->user[0]) {
		memcpy(out, target->user, sizeof target->user);
		return 0;
	}
	if (getpwuid_r(getuid(), &pw, room, sizeof room, &found) || !found || strlen(pw.pw_name) >= 64)
		return err_set(e, ERR_CONFIG,
			       _("%s : votre nom d'utilisateur est inconnu ; écrivez-le dans l'adresse : ssh://nom@%s/..."), target->host,
			       target->host);
	strcpy(out, pw.pw_name);
	return 0;
}

static int open_session(struct ssh *s, const struct ssh_config *config, const char *path, struct err *e)
{
	struct buf file = BUF_INIT;
	int64_t until = clock_mono_ms() + s->connect_ms;
	int rc = hostkey_load(&file, path, e), w;
	if (!rc && !config->known_hosts)
		rc = hostkey_load(&file, MACHINE_HOSTS, e);
	if (!rc)
		rc = reach(s, until, e);
	if (!rc && (pthread_once(&once, init_lib) || init_rc || !(s->lib = libssh2_session_init())))
		rc = err_nomem(e);
	if (!rc) {
		libssh2_session_set_blocking(s->lib, 0);
		rc = prefer_known_types(s, &file, e);
	}
	while (!rc && (w = libssh2_session_handshake(s->lib, s->fd)) != 0)
		rc = w == LIBSSH2_ERROR_EAGAIN ? session_wait(s, until, s->connect_ms, e) :
						 session_die_lib(s, w, _("début de l'échange"), e);
	if (!rc)
		rc = check_host(s, &file, path, config->accept_host_key, e);
	if (!rc)
		rc = session_auth(s, config, until, e);
	buf_free(&file);
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
	s->accept_command = config->accept_command ? config->accept_command : "maillage sync";
	s->connect_ms = config->connect_ms ? config->connect_ms : SSH_CONNECT_MS;
	s->idle_ms = config->idle_ms ? config->idle_ms : SSH_IDLE_MS;
	s->total_ms = config->total_ms ? config->total_ms : SSH_TOTAL_MS;
	memcpy(s->host, target->host, sizeof s->host);
	snprintf(s->where, sizeof s->where, s->port == 22 ? "%s" : "%s:%d", s->host, s->port);
	char *path = config->known_hosts ? wire_home_path(config->known_hosts, NULL) : wire_home_path(NULL, ".ssh/known_hosts");
	int rc = path ? who(s->user, target, e) : err_nomem(e);
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
