/* hostkey.h -- is this the machine it says it is? The known_hosts files of OpenSSH, read and added to, never otherwise changed.
 *
 * Why not libssh2's own reader: one garbage line makes it reject the whole file, it ignores @revoked and wildcards, and it
 * cannot say which key types the file holds for a host.
 *
 * LIFE    hostkey_load (the person's file, then the machine's) -> hostkey_types (to ask the server for a type we know) ->
 *         hostkey_check (what the server presented) -> hostkey_add, when a person accepted it -> hostkey_fini.
 * FAILS   Only loading and adding can; a line that cannot be understood is passed over.
 */
#ifndef NET_HOSTKEY_H
#define NET_HOSTKEY_H

#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

#define HOSTKEY_FILES 2
#define HOSTKEY_FINGERPRINT 51 /* "SHA256:" and 43 characters, as ssh-keygen -l shows it; and the NUL */

struct hostkeys { /* all zero is valid: nobody is known */
	struct {
		char *path;      /* own */
		struct buf text; /* own */
	} file[HOSTKEY_FILES];
	size_t n;
};

enum hostkey_verdict {
	HOSTKEY_UNKNOWN, /* the files say nothing about this host */
	HOSTKEY_AUTHORITY, /* they only name who may certify it (@cert-authority), and certificates are not understood here */
	HOSTKEY_OTHER,   /* they know keys of other types only (an old RSA line, say) */
	HOSTKEY_CHANGED, /* they know another key of this type */
	HOSTKEY_KNOWN,
	HOSTKEY_REVOKED, /* a @revoked line names this very key */
}; /* a stronger one comes later: several lines for one host are several good keys, and a match beats the others */

struct hostkey_answer {
	enum hostkey_verdict verdict;
	const char *path;                /* borrow from the hostkeys; where the deciding line is. NULL: no line decided */
	int line;                        /* from 1; 0: no line decided */
	char known[HOSTKEY_FINGERPRINT]; /* the key of that line; "" when no line decided */
};

/* One more file; a missing one is an empty one. Over 4 MiB: ERR_LIMIT. On failure nothing was added. */
int hostkey_load(struct hostkeys *keys, const char *path, struct err *e);
void hostkey_fini(struct hostkeys *keys);

/* "ssh-ed25519,ecdsa-sha2-nistp256": the types known for this host, in the files' order, each once. Appended to out. */
void hostkey_types(struct buf *out, const struct hostkeys *keys, const char *host, int port);

/* The blob is a public key as the server sends it. */
void hostkey_check(struct hostkey_answer *out, const struct hostkeys *keys, const char *host, int port, const void *blob, size_t n);

void hostkey_fingerprint(char out[HOSTKEY_FINGERPRINT], const void *blob, size_t n);

/* How known_hosts writes this host: "host" or "[host]:port", in lower case. */
#define HOSTKEY_NAME 300
void hostkey_name(char out[HOSTKEY_NAME], const char *host, int port);

/* Add one line at the end: the file is then as it was or has the whole line, whatever happens (hostkey_add.c). Its mode, owner
 * and other bytes stay; behind a symbolic link, the file it leads to is meant. A missing file is made with mode 0600, its folder
 * with 0700. ERR_IO, ERR_PERM, ERR_NOSPC, ERR_BUSY. */
int hostkey_add(const char *path, const char *host, int port, const void *blob, size_t n, struct err *e);

#endif
