/* agent.h -- the ssh-agent of the user: which keys it holds, and a signature by one of them.
 *
 * Why not libssh2's: it reads the agent's socket without a deadline, and an agent that hangs would hang the program.
 *
 * LIFE    agent_open (connects and lists) -> agent_sign* -> agent_close.
 * FAILS   Codes without message, as net_wait: ERR_NET no answer in time, ERR_CANCELLED, ERR_IO closed or no such socket,
 *         ERR_DATA an answer that is none, ERR_REFUSED it will not sign, ERR_NOTFOUND no SSH_AUTH_SOCK.
 */
#ifndef NET_AGENT_H
#define NET_AGENT_H

#include <stdint.h>
#include "base/buf.h"
#include "base/cancel.h"
#include "wire.h"

#define AGENT_KEYS_MAX 32

struct agent {
	int fd;                          /* own */
	struct buf reply;                /* own; the list of keys */
	struct wire key[AGENT_KEYS_MAX]; /* borrow from reply: public keys' blobs */
	size_t n;
};

int agent_open(struct agent *out, const char *socket_path, int64_t until, const struct cancel *cancel);
/* Append the bare signature (without its type) of data by the key. */
int agent_sign(struct buf *out, struct agent *a, const struct wire *key, const void *data, size_t n, int64_t until,
	       const struct cancel *cancel);
void agent_close(struct agent *a);

#endif
