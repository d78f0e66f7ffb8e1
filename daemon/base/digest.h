/* digest.h -- SHA-1 (git's names) and SHA-256 (keys of values, fingerprints).
 * Only user of nettle, the digest library below GnuTLS: it takes the processor's own instructions where there are any. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_BYTES 20
#define SHA256_BYTES 32

void digest_sha1(unsigned char out[SHA1_BYTES], const void *bytes, size_t n);
/* The same of bytes that come piece by piece: sha1_begin -> sha1_add* -> sha1_end. */
struct sha1 {
	uint64_t room[16]; /* nettle's sha1_ctx, which only digest.c knows */
};
void sha1_begin(struct sha1 *s);
void sha1_add(struct sha1 *s, const void *bytes, size_t n);
void sha1_end(unsigned char out[SHA1_BYTES], struct sha1 *s);

void digest_sha256(unsigned char out[SHA256_BYTES], const void *bytes, size_t n);
void digest_hex(char *out, const unsigned char *bytes, size_t n); /* 2n lower-case digits and a NUL */
void digest_sha256_hex(char out[2 * SHA256_BYTES + 1], const void *bytes, size_t n);

#endif
