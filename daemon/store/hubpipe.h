/* hubpipe.h -- a conversation with one git command on the hub, over net/'s streams; internal to store/.
 *
 * LIFE    { .ssh, .pool, .cancel } -> (hubpipe_start -> hubpipe_read / hubpipe_write ... -> hubpipe_end)*.
 * OWNER   The caller's struct; what it is made of is borrowed.
 * FAILS   Functions give -1; the first thing that went wrong is in `err`, in words for people, and everything after it is silent.
 */
#ifndef STORE_HUBPIPE_H
#define STORE_HUBPIPE_H

#include "base/cancel.h"
#include "net/ssh.h"

struct hubpipe {
	const struct ssh_config *ssh; /* borrow */
	struct ssh_pool *pool;        /* borrow; NULL: a connection per command */
	struct cancel *cancel;        /* borrow; may be NULL */
	struct ssh_chan *chan;        /* own; NULL: no command runs */
	bool heard;                   /* the command has answered something */
	bool dead;                    /* an error was met: only hubpipe_end remains */
	struct err err;               /* the first one; code 0: none */
};

/* program: git-upload-pack or git-receive-pack; url names the host and the repository. */
int hubpipe_start(struct hubpipe *p, const char *url, const char *program);
/* At least one byte. The end of the stream is an error: git's conversations end with a packet. */
int hubpipe_read(struct hubpipe *p, char *bytes, size_t n, size_t *got);
/* 1: the command has ended without reading it all; what it said before may still be read. */
int hubpipe_write(struct hubpipe *p, const char *bytes, size_t n);
/* leave: nobody waits for the end of a command that has said all it had to say and changes nothing. */
void hubpipe_end(struct hubpipe *p, bool leave);

#endif
