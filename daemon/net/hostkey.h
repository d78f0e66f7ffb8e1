/* hostkey.h -- is this the machine it says it is? The known_hosts file of OpenSSH, read and appended to, never rewritten.
 *
 * Why not libssh2's own reader: one garbage line makes it reject the whole file, it ignores @revoked and wildcards, and it
 * cannot say which key types the file holds for a host.
 *
 * LIFE    hostkey_load (one or two files into one buffer) -> hostkey_types (to ask the server for a type we know) ->
 *         hostkey_check (what the server presented) -> hostkey_append, when a person accepted it.
 * FAILS   Only loading and appending can; a line that cannot be understood is passed over.
 */
#ifndef NET_HOSTKEY_H
#define NET_HOSTKEY_H

#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

enum hostkey_verdict {
	HOSTKEY_KNOWN,
	HOSTKEY_UNKNOWN, /* the file says nothing about this host */
	HOSTKEY_OTHER,   /* it knows keys of other types only (an old RSA line, say) */
	HOSTKEY_CHANGED, /* it knows another key of this type */
	HOSTKEY_REVOKED, /* a @revoked line names this very key */
};

/* Append the file to out (a missing file is an empty one). Over 4 MiB: ERR_LIMIT. */
int hostkey_load(struct buf *out, const char *path, struct err *e);

/* "ssh-ed25519,ecdsa-sha2-nistp256": the types known for this host, in the file's order, each once. */
void hostkey_types(struct buf *out, const struct buf *file, const char *host, int port);

/* The blob is a public key as the server sends it. *line (may be NULL): the line that decided, from 1; 0 if none did. */
enum hostkey_verdict hostkey_check(const struct buf *file, const char *host, int port, const void *blob, size_t n, int *line);

/* "SHA256:" and 43 characters, as ssh-keygen -l shows it. */
#define HOSTKEY_FINGERPRINT 51
void hostkey_fingerprint(char out[HOSTKEY_FINGERPRINT], const void *blob, size_t n);

/* Add one line at the end and fsync. The folder is made (mode 0700) when it is missing. ERR_IO, ERR_PERM, ERR_NOSPC. */
int hostkey_append(const char *path, const char *host, int port, const void *blob, size_t n, struct err *e);

#endif
