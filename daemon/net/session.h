/* session.h -- the inside of a session, for the files of this floor only: session.c (what each step needs), host.c, auth.c,
 * ssh.c (life), chan_native.c.
 *
 * RULES   Every libssh2 call that can wait is written as
 *             while ((rc = libssh2_x(...)) == LIBSSH2_ERROR_EAGAIN)
 *                     if ((w = session_wait(s, until, ms, e)) != 0) return w;
 *         until: when the whole step must be over; ms: how long that was, for the message.
 *         An error that ends the session goes through session_die, which keeps it as the first one and shuts the socket, so that
 *         no later libssh2 call can wait and no later error can hide the cause.
 */
#ifndef NET_SESSION_H
#define NET_SESSION_H

#include <libssh2.h>
#include <stdint.h>
#include "hostkey.h"
#include "ssh.h"

struct ssh {
	LIBSSH2_SESSION *lib;  /* own */
	int fd;                /* own */
	struct cancel *cancel; /* borrow; may be NULL */
	char host[256];        /* what known_hosts is asked for */
	int port;
	char user[64];
	bool user_assumed;     /* the address names nobody: it is the user of this program */
	char where[300];       /* host or host:port, for messages */
	int connect_ms, handshake_ms, idle_ms, total_ms;
	bool hearing;          /* the handshake is under way: keep what the server says */
	struct buf opening;    /* own; its first words */
	bool ended;            /* the line: libssh2 has met its end, or an error of it */
	bool dead;             /* no further libssh2 call but session_free */
	struct err first;      /* why it is dead */
	struct ssh_chan *chan; /* borrow; the open channel, or NULL */
	LIBSSH2_CHANNEL *leaving; /* own; its command is done with, its end not yet confirmed by the server. NULL: none */
	LIBSSH2_CHANNEL *ready;   /* own; opened ahead for the next command. NULL: none, or not answered yet */
};

/* Wait for what libssh2 is waiting for. Not 0: the session has died of it (deadline, cancel). */
int session_wait(struct ssh *s, int64_t until, int ms, struct err *e);
/* Set s->first with err_set and friends, then call this: marks it dead and gives the first error back. */
int session_die(struct ssh *s, struct err *e);
int session_first(struct ssh *s, struct err *e); /* the first error of a dead session, again */
/* The session dies of a libssh2 error code, or of the end of the line when that is what libssh2 has met; what: the step, a French noun phrase, shown to people. */
int session_die_lib(struct ssh *s, int lib_rc, const char *what, struct err *e);

/* The four limits, defaults put in; a kept session takes those of its next user. */
void session_limits(struct ssh *s, const struct ssh_config *config);

/* host.c: ask for the key types that the files know for this host first; then judge the key that came. An accepted key is added to
 * the file at path. */
int session_prefer_known(struct ssh *s, const struct hostkeys *keys, struct err *e);
int session_check_host(struct ssh *s, const struct hostkeys *keys, const char *path, const struct ssh_config *config, struct err *e);

/* chan_native.c: closing this channel closes its session too. */
void session_belongs(struct ssh_chan *c);

/* auth.c: try the agent, then the key file; each key once. */
int session_auth(struct ssh *s, const struct ssh_config *config, int64_t until, struct err *e);

#endif
