/* authfiles.h -- the files that decide whether a hub lets us in. When it has said no, it is not asked again until one of them has changed. */
#ifndef LOOP_AUTHFILES_H
#define LOOP_AUTHFILES_H

#include <stdint.h>
#include "net/ssh.h"

/* A number that changes, as good as surely, when one of them is written, made, removed or put in another's place: keys, known hosts, ~/.ssh, the
 * agent's socket, the settings (NULL: none). */
uint64_t authfiles_stamp(const struct ssh_config *ssh, const char *settings);

#endif
