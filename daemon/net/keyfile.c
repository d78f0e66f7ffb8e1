/* keyfile.c -- the envelopes of private keys: PEM (RFC 7468) and OpenSSH's openssh-key-v1 (PROTOCOL.key). */
#include "keyfile.h"
#include "wire.h"

#include <string.h>

static const char OPENSSH[] = "-----BEGIN OPENSSH PRIVATE KEY-----";

static const char *find(const char *text, size_t n, const char *what)
{
	return memmem(text, n, what, strlen(what));
}

/* "openssh-key-v1\0", cipher, kdf, kdf options, number of keys, public key, ... */
static void look_openssh(struct keyfile *out, const char *text, size_t n)
{
	const char *begin = find(text, n, OPENSSH) + strlen(OPENSSH);
	size_t left = n - (size_t)(begin - text);
	const char *end = find(begin, left, "-----END");
	struct buf b = BUF_INIT;
	if (!end || !wire_unbase64(&b, begin, (size_t)(end - begin)) || b.n < 15 || memcmp(b.at, "openssh-key-v1", 15)) {
		buf_free(&b);
		return;
	}
	struct wire w = { (const unsigned char *)b.at + 15, b.n - 15 }, cipher, kdf, options, public, type;
	uint32_t count;
	if (wire_string(&cipher, &w) && wire_string(&kdf, &w) && wire_string(&options, &w) && wire_u32(&count, &w) &&
	    wire_string(&public, &w)) {
		out->is_key = true;
		out->encrypted = !wire_is(&cipher, "none");
		buf_put(&out->public, public.at, public.n);
		bool typed = wire_string(&type, &public);
		out->rsa = typed && wire_is(&type, "ssh-rsa");
		out->security = typed && type.n > 3 && !memcmp(type.at, "sk-", 3);
	}
	buf_free(&b);
}

void keyfile_look(struct keyfile *out, const char *text, size_t n)
{
	*out = (struct keyfile){ 0 };
	if (find(text, n, OPENSSH)) {
		look_openssh(out, text, n);
		return;
	}
	out->is_public = n > 8 && (!memcmp(text, "ssh-", 4) || !memcmp(text, "ecdsa-", 6) || !memcmp(text, "sk-", 3));
	out->is_key = find(text, n, "-----BEGIN ") && find(text, n, "PRIVATE KEY-----");
	if (!out->is_key)
		return;
	out->rsa = find(text, n, "-----BEGIN RSA ");
	out->encrypted = find(text, n, "-----BEGIN ENCRYPTED PRIVATE KEY-----") || find(text, n, "Proc-Type: 4,ENCRYPTED");
}

void keyfile_fini(struct keyfile *k)
{
	buf_free(&k->public);
}
