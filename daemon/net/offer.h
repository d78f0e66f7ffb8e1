/* offer.h -- what a server says in clear before anything is encrypted: it names why the two sides cannot talk, which libssh2 does
 * not ("Unable to exchange encryption keys" is all it knows).
 */
#ifndef NET_OFFER_H
#define NET_OFFER_H

#include <libssh2.h>
#include "base/buf.h"
#include "base/err.h"

#define OFFER_MAX ((size_t)16 << 10) /* bytes of the opening worth keeping; OpenSSH's are 1,100 */

/* The handshake has failed: set e from the opening words and return its code, or return 0 when they explain nothing. */
int offer_explain(struct err *e, LIBSSH2_SESSION *lib, const struct buf *opening, const char *where);

#endif
