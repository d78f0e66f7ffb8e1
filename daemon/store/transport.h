/* transport.h -- git's smart protocol over net/'s ssh streams, as a transport that libgit2 can fetch by; internal to
 * store/.
 *
 * Why our own: libgit2's ssh transport has no timeout and cannot be cancelled (a silent server blocks for ever),
 * and opens a new connection per operation. Here every wait has net/'s deadlines, and a kept session makes a poll
 * one round trip.
 *
 * OWNER   The caller owns the struct, on its stack, for as long as the git_remote that uses it lives.
 * FAILS   The first error is kept in pipe.err (libgit2's own message is only "early EOF").
 */
#ifndef STORE_TRANSPORT_H
#define STORE_TRANSPORT_H

#include <git2.h>
#include <git2/sys/transport.h>
#include "hubpipe.h"

struct transport {
	struct hubpipe pipe; /* the caller fills .ssh, .pool, .cancel; pipe.err is the first thing that went wrong */
	git_smart_subtransport_definition def; /* filled by transport_new */
};

/* A git_transport_cb: pass it as callbacks.transport with a struct transport as callbacks.payload's first member, or
 * call it from your own callback. */
int transport_new(git_transport **out, git_remote *owner, struct transport *t);

#endif
