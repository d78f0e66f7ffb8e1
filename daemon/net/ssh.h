/* ssh.h -- byte streams to commands on another machine, over ssh: what git fetches and pushes through.
 *
 * Why not the transport inside libgit2: it has no timeout at all and cannot be cancelled, so that one silent server
 * would stop a coordinator's syncing for ever. Here every wait has a deadline and ends at once when cancelled, and one
 * session is kept per hub, so that a poll costs a round trip and not a connection.
 *
 * LIFE    ssh_pool_new -> (ssh_run -> ssh_chan_write / ssh_chan_read ... -> ssh_chan_close)* -> ssh_pool_free
 *         or, one floor down, a session by hand:
 *         ssh_connect -> (ssh_exec -> ... -> ssh_chan_close)* -> ssh_close. One channel at a time per session.
 * OWNER   The pool owns the sessions it made; whoever called ssh_connect owns the session. A channel borrows its session: close
 *         the channel first. Targets and configurations are copied where they are needed after the call.
 * THREAD  One session (one pool), one thread at a time; no locks. Never on the loop: all of this waits. Only
 *         cancel_trigger comes from another thread.
 * FAILS   ERR_NET (unreachable, silent, broken off), ERR_CANCELLED, ERR_AUTH, ERR_HOSTKEY, ERR_CONFIG (key file, no common method, no
 *         ssh program), ERR_IO, ERR_NOMEM. After ERR_NET or ERR_CANCELLED from a channel it and its session are dead unless the text of
 *         a function says otherwise: every further call gives the first error again, only the close functions remain.
 *         Exception: the remote command ended before it read everything (ssh_chan_write): the session lives on.
 * NOT     By SSH_NATIVE: ~/.ssh/config (aliases, ProxyJump), certificates, FIDO keys, passwords, RSA keys against servers that no
 *         longer accept SHA-1, servers with only ETM codes or only chacha20 and GCM. The messages say so and name SSH_PROGRAM.
 */
#ifndef NET_SSH_H
#define NET_SSH_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/cancel.h"
#include "base/err.h"

struct ssh;
struct ssh_chan;
struct ssh_pool;

/* ---- where: url.c */

struct ssh_target {
	char user[64];  /* "" = the user who runs this program */
	char host[256]; /* a name or an address, without brackets; lower case */
	int port;       /* 0 when the URL names none: 22, or what ~/.ssh/config says when that is read */
};

/* Would git take this for an ssh address: ssh://..., git+ssh://..., ssh+git://..., or host:path (a colon before the first slash)? */
bool ssh_url_is(const char *url);

/* ssh://[user@]host[:port]/path and [user@]host:path, IPv6 addresses in brackets. As in git: %XX is decoded in ssh://
 * URLs, and /~user/x means ~user/x. *path is malloc'ed (caller frees). ERR_CONFIG: not such an address. */
int ssh_parse_url(struct ssh_target *out, char **path, const char *url, struct err *e);

/* Append path in single quotes for the remote shell: git-upload-pack '/srv/ara.git'. */
void ssh_quote(struct buf *out, const char *path);

/* Somebody else's words, to be quoted in a message: one line, " ; " between lines, no control characters, about max bytes. Appended. */
void ssh_plain(struct buf *out, const void *words, size_t n, size_t max);

/* ---- how */

enum ssh_transport {
	SSH_NATIVE,  /* libssh2, in this process */
	SSH_PROGRAM, /* the ssh program: what ~/.ssh/config says (ProxyJump), FIDO keys, certificates, newer methods */
};

struct ssh_config {               /* all zero is a valid configuration: the defaults, without agent */
	enum ssh_transport transport;
	const char *key_file;     /* borrow; private key, "~/" allowed. NULL: auth.c says which. SSH_PROGRAM: as ~/.ssh/config says */
	const char *passphrase_file; /* borrow; a file with the key's pass-phrase, or NULL. SSH_PROGRAM cannot use one */
	const char *agent;        /* borrow; the agent's socket. NULL: no agent is asked. SSH_PROGRAM: ~/.ssh/config may say another */
	const char *known_hosts;  /* borrow; "~/" allowed. NULL: ~/.ssh/known_hosts, and the machine's own file is read too */
	const char *accept_host_key; /* borrow; "SHA256:...", given by a person for this one connection; or NULL */
	const char *accept_command;  /* borrow; what takes --accept-host-key, for the message. NULL: "maillage sync" */
	int connect_ms;           /* the name and the connection; 0: 15 s. Also to open a channel */
	int handshake_ms;         /* keys agreed, host checked, we authenticated; 0: 30 s */
	int idle_ms;              /* without a byte either way on a channel; 0: 30 s */
	int total_ms;             /* of one channel, from its start to ssh_chan_close; 0: 30 min */
};
#define SSH_CONNECT_MS (15 * 1000)
#define SSH_HANDSHAKE_MS (30 * 1000)
#define SSH_IDLE_MS (30 * 1000)
#define SSH_TOTAL_MS (30 * 60 * 1000)

/* ---- a session: ssh.c */

/* Resolve and connect within connect_ms; agree on keys, check the host key, authenticate within handshake_ms. cancel may be NULL; it is borrowed
 * until ssh_close, or until ssh_use_cancel replaces it.
 * ERR_HOSTKEY: the host is unknown (the message shows its fingerprint and the command that accepts it), or its key has changed, or
 * is revoked. An accepted key is appended to known_hosts and fsynced; a line is never changed or removed.
 * ERR_AUTH: no key, or the key is refused. ERR_CONFIG: the key file cannot be read or used. */
int ssh_connect(struct ssh **out, const struct ssh_target *target, const struct ssh_config *config, struct cancel *cancel,
		struct err *e);
void ssh_use_cancel(struct ssh *s, struct cancel *cancel);
/* False once an error has killed it or the server has closed the connection. A network that vanished without a word
 * is noticed only by the next deadline. */
bool ssh_alive(struct ssh *s);
void ssh_close(struct ssh *s); /* NULL is fine; open channels must have been closed. Never waits */

/* ---- a channel: chan.c, chan_native.c, chan_program.c */

/* Start command (already quoted) on the other machine. At most one channel open per session. */
int ssh_exec(struct ssh_chan **out, struct ssh *s, const char *command, struct err *e);

/* At least one byte of the command's standard output, at most n; *got = 0 at its end. Standard error is drained meanwhile. */
int ssh_chan_read(struct ssh_chan *c, void *bytes, size_t n, size_t *got, struct err *e);

/* All n bytes. Output that arrives meanwhile is kept (up to 16 MiB) for ssh_chan_read, so that a command which answers
 * while it reads cannot block both ends. ERR_NET with ssh_chan_ended() true: the command ended without reading
 * everything; read and close the channel to learn why. */
int ssh_chan_write(struct ssh_chan *c, const void *bytes, size_t n, struct err *e);
bool ssh_chan_ended(const struct ssh_chan *c);

/* No more input for the command: it sees the end of its standard input. */
int ssh_chan_eof(struct ssh_chan *c, struct err *e);

/* What the command wrote to standard error so far, at most 64 KiB (the rest is dropped). Borrowed until the next call. */
const char *ssh_chan_stderr(struct ssh_chan *c);

/* End the input, wait for the command to end (unread output is thrown away), free the channel in every case. exit_status
 * (may be NULL): 0-255, or -1 when a signal ended it or the server did not say. stderr_text (may be NULL): appended.
 * On a dead session: the first error, at once; exit_status = -1, stderr_text holds what had arrived. */
int ssh_chan_close(struct ssh_chan *c, int *exit_status, struct buf *stderr_text, struct err *e);

/* Close without waiting for the command: its input ends, and what it still says or does is nobody's business. The session stays good;
 * the next command on it starts in one round trip. For a poll that has its answer. By SSH_PROGRAM it is ssh_chan_close. */
void ssh_chan_leave(struct ssh_chan *c);

/* Free the channel without waiting for the command; the session is dead afterwards. For giving up half-way. NULL is fine */
void ssh_chan_abort(struct ssh_chan *c);

/* ---- kept sessions: pool.c */

int ssh_pool_new(struct ssh_pool **out, struct err *e);
void ssh_pool_free(struct ssh_pool *p); /* NULL is fine; closes the sessions */
void ssh_pool_drop(struct ssh_pool *p); /* close the sessions: the network changed, the machine woke up, the key changed */

/* The kept session for this target and key, or a new one in its place. Borrowed: the pool closes it, but not before the next
 * call with this pool. A kept one is alive as far as ssh_alive can tell. */
int ssh_pool_get(struct ssh **out, struct ssh_pool *p, const struct ssh_target *target, const struct ssh_config *config,
		 struct cancel *cancel, struct err *e);

/* What a caller normally wants: start command (already quoted) as config->transport says, over a kept session when there is a pool, else
 * over one that ends with the channel. A kept session whose far end vanished in silence shows it here: it is replaced once. cancel
 * may be NULL; it is borrowed until the channel is closed. */
int ssh_run(struct ssh_chan **out, struct ssh_pool *p, const struct ssh_target *target, const struct ssh_config *config,
	    struct cancel *cancel, const char *command, struct err *e);

#endif
