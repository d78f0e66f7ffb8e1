/* keyfile.h -- what kind of private key a file holds, told before libssh2 is asked to use it.
 *
 * libssh2 gives one and the same error for a missing pass-phrase, a wrong one and a file that is no key; people need to know
 * which. Nothing secret is decoded here: only the envelope.
 */
#ifndef NET_KEYFILE_H
#define NET_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

struct keyfile {
	bool is_key;       /* it looks like a private key at all */
	bool is_public;    /* somebody named the .pub */
	bool encrypted;    /* a pass-phrase is needed */
	bool rsa;          /* known only when the envelope says so */
	bool security;     /* the key itself is in a device (FIDO); the file only names it */
	struct buf public; /* own; the public key's blob when the envelope holds it (OpenSSH's own format), else empty */
};

void keyfile_look(struct keyfile *out, const char *text, size_t n);
void keyfile_fini(struct keyfile *k);

#endif
