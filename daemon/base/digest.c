#include "digest.h"

#include <nettle/sha1.h>
#include <nettle/sha2.h>

_Static_assert(sizeof(struct sha1_ctx) <= sizeof(struct sha1), "a struct sha1 has room for nettle's");

void sha1_begin(struct sha1 *s)
{
	sha1_init((struct sha1_ctx *)s->room);
}

void sha1_add(struct sha1 *s, const void *bytes, size_t n)
{
	sha1_update((struct sha1_ctx *)s->room, n, bytes);
}

void sha1_end(unsigned char out[SHA1_BYTES], struct sha1 *s)
{
	sha1_digest((struct sha1_ctx *)s->room, SHA1_BYTES, out);
}

void digest_sha1(unsigned char out[SHA1_BYTES], const void *bytes, size_t n)
{
	struct sha1 s;
	sha1_begin(&s);
	sha1_add(&s, bytes, n);
	sha1_end(out, &s);
}

void digest_sha256(unsigned char out[SHA256_BYTES], const void *bytes, size_t n)
{
	struct sha256_ctx c;
	sha256_init(&c);
	sha256_update(&c, n, bytes);
	sha256_digest(&c, SHA256_BYTES, out);
}

void digest_hex(char *out, const unsigned char *bytes, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[bytes[i] >> 4];
		out[2 * i + 1] = digit[bytes[i] & 15];
	}
	out[2 * n] = 0;
}

void digest_sha256_hex(char out[2 * SHA256_BYTES + 1], const void *bytes, size_t n)
{
	unsigned char d[SHA256_BYTES];
	digest_sha256(d, bytes, n);
	digest_hex(out, d, sizeof d);
}
