/* err.h -- how a bad world is reported: a negative code, and one message a person can act on.
 *
 * Three kinds of trouble are never mixed (contrib/HACKING.md):
 *   bug          must(cond), always on: prints where, then the last trace events, then aborts
 *   world        a function returns ERR_x < 0 and fills the caller's struct err; no allocation
 *   disagreement of data (an invalid record, a difference): a result with stable ids, never an error code
 *
 * The scheduler reads the retry class, never the text. The exit code is the command line's.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include "i18n.h"

enum err_class { ERR_TEMP, /* try again later, with back-off */
		 ERR_WAIT, /* wait until a person or the configuration changes something */
		 ERR_FINAL /* trying again changes nothing */ };

/* name, class, exit code (DESIGN: 64 usage, 65 data, 69 no daemon, 75 later, 77 not permitted, 78 configuration) */
#define ERR_CODES(X)                                                                                         \
	X(NOMEM, ERR_TEMP, 75)        /* out of memory */                                                    \
	X(IO, ERR_TEMP, 75)           /* a read, write or fsync failed */                                    \
	X(NOSPC, ERR_WAIT, 75)        /* the disk is full; nothing was half-written */                       \
	X(BUSY, ERR_TEMP, 75)         /* a lock is held by another live program */                           \
	X(NET, ERR_TEMP, 75)          /* the network or the hub did not answer as it should */               \
	X(CANCELLED, ERR_TEMP, 75)    /* the caller asked to stop */                                         \
	X(RACE, ERR_TEMP, 75)         /* somebody else moved the ref first: fetch and merge again */         \
	X(AUTH, ERR_WAIT, 77)         /* the hub refused the key */                                          \
	X(HOSTKEY, ERR_WAIT, 77)      /* the hub's host key is unknown or has changed */                     \
	X(REFUSED, ERR_WAIT, 77)      /* the hub's rules refused the push */                                 \
	X(PERM, ERR_WAIT, 77)         /* the system does not permit it */                                    \
	X(GUARD, ERR_WAIT, 1)         /* a guard stopped it: a person must say yes */                        \
	X(PAUSED, ERR_WAIT, 1)        /* the user's own git operation is under way */                        \
	X(NODAEMON, ERR_WAIT, 69)     /* the daemon does not run */                                          \
	X(CONFIG, ERR_WAIT, 78)       /* configuration, or not a maillage repository */                      \
	X(SCHEMA, ERR_WAIT, 78)       /* a schema is broken */                                               \
	X(UNSUPPORTED, ERR_FINAL, 78) /* a repository format or version this program does not know */        \
	X(USAGE, ERR_FINAL, 64)       /* wrong arguments */                                                  \
	X(DATA, ERR_FINAL, 65)        /* unacceptable input data */                                          \
	X(LIMIT, ERR_FINAL, 65)       /* input over a stated limit */                                        \
	X(NOTFOUND, ERR_FINAL, 65)    /* no such record, field, commit, file */                              \
	X(EXISTS, ERR_FINAL, 65)      /* it is there already */                                              \
	X(CORRUPT, ERR_WAIT, 65)      /* stored data is damaged: maillage doctor */

enum err_code {
	ERR__BEFORE = -1000,
#define X(name, class, exit) ERR_##name,
	ERR_CODES(X)
#undef X
};
_Static_assert(ERR_NOMEM < 0, "codes are negative");

#define ERR_MSG_MAX 1024

struct err {
	int code;              /* one of ERR_x, 0 when unset */
	int line;              /* where it was first set */
	const char *file;      /* static string */
	char msg[ERR_MSG_MAX]; /* what happened, to which file or host, what to do next; UTF-8, no newline at the end */
};

/* Take out what is no whole UTF-8 character: a message may be cut anywhere ("%.100s" of a name), or name a file whose
 * name is no text; half a character would make the whole JSON answer that holds it impossible. */
void err_mend(char *msg);

/* Set e (may be NULL) and return code, so that callers can write `return err_set(e, ERR_IO, ...)`. A message that is
 * too long is cut; it is mended. */
#define err_set(e, code, ...) err__set((e), (code), __FILE__, __LINE__, __VA_ARGS__)
int err__set(struct err *e, int code, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* The errno of a failed system call on `what`, as ERR_NOSPC, ERR_PERM, ERR_NOTFOUND, ERR_EXISTS, ERR_BUSY or ERR_IO. */
#define err_errno(e, what) err__errno((e), __FILE__, __LINE__, (what))
int err__errno(struct err *e, const char *file, int line, const char *what);

/* Prefix the message: "<prefix> : <message>". Returns e's code (or ERR_IO when e is NULL). */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

int err_nomem(struct err *e);

const char *err_name(int code);         /* "NOSPC"; "OK" for 0; "?" for an unknown code. Static. */
enum err_class err_class(int code);     /* of a negative code */
int err_exit_code(int code);            /* 0 for 0 */

/* Always on, NDEBUG or not: a bug is never carried on with. */
#define must(cond) ((cond) ? (void)0 : must__failed(#cond, __FILE__, __LINE__))
void must__failed(const char *cond, const char *file, int line) __attribute__((noreturn));

#endif
