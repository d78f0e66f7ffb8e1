#include "digest.h"

#include <sha1.h>
#include <sha2.h>

void digest_sha1(unsigned char out[SHA1_BYTES], const void *bytes, size_t n)
{
	SHA1_CTX c;
	SHA1Init(&c);
	SHA1Update(&c, bytes, n);
	SHA1Final(out, &c);
}

void digest_sha256(unsigned char out[SHA256_BYTES], const void *bytes, size_t n)
{
	SHA2_CTX c;
	SHA256Init(&c);
	SHA256Update(&c, bytes, n);
	SHA256Final(out, &c);
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
