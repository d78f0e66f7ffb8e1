/* ssherr.h -- the border where errors of libssh2, of sockets and of the resolver become ours: a code with its retry class, and a
 * French sentence that says what to do. No other file of this floor looks at a libssh2 error code to make a message.
 */
#ifndef NET_SSHERR_H
#define NET_SSHERR_H

#include "base/err.h"

/* rc: of libssh2; text: its own words, for the engineer (may be NULL). where: the host; what: the step that failed. */
int ssherr_lib(struct err *e, int rc, const char *text, const char *where, const char *what);
int ssherr_wait(struct err *e, int rc, int ms, const char *where); /* rc of net_wait, not 0 */
int ssherr_total(struct err *e, int ms, const char *where);         /* the deadline of a whole exchange */
int ssherr_resolve(struct err *e, int gai, const char *host);      /* of getaddrinfo */
int ssherr_connect(struct err *e, int number, const char *where);  /* errno of connect */

/* The ssh program has failed (exit code 255); raw: what it wrote, terminated. login: what to type after "ssh" to get there. */
int ssherr_program(struct err *e, const char *raw, size_t nraw, const char *where, const char *login);

#endif
