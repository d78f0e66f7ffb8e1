/* launch.h -- the ssh program, started so that it can ask nobody and nobody can talk it into something. */
#ifndef NET_LAUNCH_H
#define NET_LAUNCH_H

#include <sys/types.h>
#include "ssh.h"

/* Start it with stream as its standard input and output and errors as its standard error; both stay the caller's. It leads a process
 * group of its own. ERR_CONFIG: no such program, or a configuration it cannot serve; ERR_IO, ERR_NOMEM. */
int launch_ssh(pid_t *out, int stream, int errors, const struct ssh_target *target, const struct ssh_config *config, const char *command,
	       struct err *e);

#endif
