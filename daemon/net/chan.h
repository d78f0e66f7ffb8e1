/* chan.h -- a stream to a command on another machine: what its two implementations share; internal to this floor.
 *
 * chan_native.c speaks ssh itself (libssh2), chan_program.c starts the ssh program. Whoever reads and writes (ssh.h) sees no difference.
 *
 * RULES   An implementation's struct begins with struct ssh_chan, comes from calloc and is freed by chan.c after fini. No function
 *         waits without the idle and total limits and the cancel flag. After a failure that is not "the command has ended"
 *         everything gives the first error again, at once.
 */
#ifndef NET_CHAN_H
#define NET_CHAN_H

#include "ssh.h"

#define CHAN_KEEP_MAX ((size_t)16 << 20)
#define CHAN_STDERR_MAX ((size_t)64 << 10)

struct chan_ops {
	/* As ssh_chan_read, nothing being kept. */
	int (*read)(struct ssh_chan *c, void *bytes, size_t n, size_t *got, struct err *e);
	/* As ssh_chan_write. Output that arrives meanwhile goes to chan_keep. */
	int (*write)(struct ssh_chan *c, const void *bytes, size_t n, struct err *e);
	int (*eof)(struct ssh_chan *c, struct err *e);
	/* End the input, read both outputs to their end (throwing standard output away), learn how the command ended. */
	int (*finish)(struct ssh_chan *c, int *status, struct err *e);
	/* The same for a command whose outcome does not matter any more, without waiting where that can be had. */
	void (*leave)(struct ssh_chan *c);
	/* Give up at once. */
	void (*drop)(struct ssh_chan *c);
	/* Free what the implementation owns; after one of the three above. */
	void (*fini)(struct ssh_chan *c);
};

struct ssh_chan {
	const struct chan_ops *ops;
	struct buf kept;  /* own; output that arrived while we wrote */
	size_t kept_at;   /* the first byte of it not yet read */
	struct buf err;   /* own; standard error */
	bool eof_sent;
	bool discard;     /* closing: output is thrown away */
	bool ended;       /* a write found that the command has ended; the channel is otherwise well */
};

bool chan_full(const struct ssh_chan *c);                         /* no more room for output */
bool chan_keep(struct ssh_chan *c, const void *bytes, size_t n); /* false: out of memory */
void chan_keep_err(struct ssh_chan *c, const void *bytes, size_t n);
int chan_ended(struct ssh_chan *c, const char *where, struct err *e); /* a write came too late; ERR_NET */

/* chan_program.c */
int chan_program(struct ssh_chan **out, const struct ssh_target *target, const struct ssh_config *config, struct cancel *cancel,
		 const char *command, struct err *e);

#endif
