/* hostkey.c -- known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
 *
 * A line is  [@marker] names type base64 [comment]  where names is a comma list of patterns (`*`, `?`, `!` in front refuses the
 * line) or one hash |1|salt|HMAC-SHA1(salt, name)|. The name looked up is `host`, or `[host]:port` when the port is not 22; as in
 * OpenSSH, a key found under the bare host name is good for another port too, but a different key there proves nothing.
 *
 * Failure modes: a line that is cut, has a broken key, or is of ssh version 1 is passed over and the next one still counts:
 * an editor's accident must not lock a coordinator out, nor must it turn a changed key into an unknown one.
 */
#include "hostkey.h"
#include "wire.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/digest.h"
#include "base/fsio.h"
#include "base/trace.h"

#define FILE_MAX ((size_t)4 << 20)
#define LINE_KEY_MAX 16384 /* base64 digits of a key; RSA with 16384 bits has 2,800 */

struct word {
	const char *at; /* borrow, not terminated */
	size_t n;
};

struct line {
	struct word marker, names, type, key; /* borrow from the file */
};

static struct word next_word(const char **p, const char *end)
{
	while (*p < end && (**p == ' ' || **p == '\t'))
		++*p;
	struct word w = { *p, 0 };
	while (*p < end && **p != ' ' && **p != '\t' && **p != '\r')
		++*p;
	w.n = (size_t)(*p - w.at);
	return w;
}

/* The next line with a usable shape; false at the end. *number counts all lines. */
static bool next_line(struct line *out, const struct buf *file, size_t *at, int *number)
{
	while (*at < file->n) {
		const char *p = file->at + *at, *nl = memchr(p, '\n', file->n - *at);
		const char *end = nl ? nl : file->at + file->n;
		*at = (size_t)(end - file->at) + 1;
		++*number;
		struct line l = { .names = next_word(&p, end) };
		if (!l.names.n || *l.names.at == '#')
			continue;
		if (*l.names.at == '@') {
			l.marker = l.names;
			l.names = next_word(&p, end);
		}
		l.type = next_word(&p, end);
		l.key = next_word(&p, end);
		if (l.key.n && l.key.n <= LINE_KEY_MAX) {
			*out = l;
			return true;
		}
		trace("known_hosts:%d: passed over", *number);
	}
	return false;
}

static bool word_is(struct word w, const char *s)
{
	return w.n == strlen(s) && !memcmp(w.at, s, w.n);
}

/* Pattern with * and ? against a name in lower case; linear in both, since only the last * is ever tried again. */
static bool glob(struct word pat, const char *name)
{
	size_t p = 0, star = SIZE_MAX;
	const char *retry = NULL;
	while (*name) {
		if (p < pat.n && pat.at[p] == '*') {
			star = p++;
			retry = name;
		} else if (p < pat.n && (pat.at[p] == '?' || tolower((unsigned char)pat.at[p]) == *name)) {
			p++;
			name++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (p < pat.n && pat.at[p] == '*')
		p++;
	return p == pat.n;
}

/* RFC 2104 over SHA-1, B = 64 bytes. */
static void hmac_sha1(unsigned char out[SHA1_BYTES], const unsigned char *key, size_t nkey, const char *text)
{
	unsigned char room[64 + HOSTKEY_NAME], k[64] = { 0 };
	size_t n = strlen(text);
	memcpy(k, key, nkey);
	for (size_t i = 0; i < 64; i++)
		room[i] = k[i] ^ 0x36;
	memcpy(room + 64, text, n);
	digest_sha1(out, room, 64 + n);
	for (size_t i = 0; i < 64; i++)
		room[i] = k[i] ^ 0x5c;
	memcpy(room + 64, out, SHA1_BYTES);
	digest_sha1(out, room, 64 + SHA1_BYTES);
}

static bool hash_matches(struct word w, const char *name)
{
	const char *salt = w.at + 3, *end = w.at + w.n, *bar = memchr(salt, '|', (size_t)(end - salt));
	if (!bar)
		return false;
	struct buf s = BUF_INIT, h = BUF_INIT;
	bool same = false;
	if (wire_unbase64(&s, salt, (size_t)(bar - salt)) && wire_unbase64(&h, bar + 1, (size_t)(end - bar - 1)) && s.n &&
	    s.n <= 64 && h.n == SHA1_BYTES) {
		unsigned char mac[SHA1_BYTES];
		hmac_sha1(mac, (const unsigned char *)s.at, s.n, name);
		same = !memcmp(mac, h.at, SHA1_BYTES);
	}
	buf_free(&s);
	buf_free(&h);
	return same;
}

static bool names_match(struct word names, const char *name)
{
	if (names.n > 3 && !memcmp(names.at, "|1|", 3))
		return hash_matches(names, name);
	bool found = false;
	const char *end = names.at + names.n;
	for (const char *p = names.at; p < end;) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		struct word w = { p, (size_t)((comma ? comma : end) - p) };
		bool not = w.n && *w.at == '!';
		if (not ) {
			w.at++;
			w.n--;
		}
		if (w.n && glob(w, name)) {
			if (not )
				return false;
			found = true;
		}
		p = comma ? comma + 1 : end;
	}
	return found;
}

/* The key of a line, when it is one: base64 of a blob that starts with the type the line states. */
static bool line_key(struct buf *out, const struct line *l)
{
	struct wire w, type;
	buf_reset(out);
	if (!wire_unbase64(out, l->key.at, l->key.n))
		return false;
	w = (struct wire){ (const unsigned char *)out->at, out->n };
	return out->n && wire_string(&type, &w) && type.n == l->type.n && !memcmp(type.at, l->type.at, type.n) && w.n;
}

void hostkey_name(char out[HOSTKEY_NAME], const char *host, int port)
{
	snprintf(out, HOSTKEY_NAME, port == 22 ? "%s" : "[%s]:%d", host, port);
	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
}

int hostkey_load(struct hostkeys *keys, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	must(keys->n < HOSTKEY_FILES);
	if (!fs_exists(path))
		return 0;
	int rc = fs_read(&text, path, FILE_MAX, e);
	char *copy = rc ? NULL : strdup(path);
	if (!rc && !copy)
		rc = err_nomem(e);
	if (rc) {
		buf_free(&text);
		return rc;
	}
	keys->file[keys->n].path = copy;
	keys->file[keys->n++].text = text;
	return 0;
}

void hostkey_fini(struct hostkeys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		free(keys->file[i].path);
		buf_free(&keys->file[i].text);
	}
	*keys = (struct hostkeys){ 0 };
}

void hostkey_types(struct buf *out, const struct hostkeys *keys, const char *host, int port)
{
	char name[HOSTKEY_NAME], bare[HOSTKEY_NAME], seen[8][64];
	size_t nseen = 0;
	struct buf key = BUF_INIT;
	hostkey_name(name, host, port);
	hostkey_name(bare, host, 22);
	for (size_t f = 0; f < keys->n; f++) {
		size_t at = 0;
		int number = 0;
		struct line l;
		while (nseen < 8 && next_line(&l, &keys->file[f].text, &at, &number)) {
			if (l.marker.n || l.type.n >= sizeof *seen || !line_key(&key, &l))
				continue;
			if (!names_match(l.names, name) && !names_match(l.names, bare))
				continue;
			bool again = false;
			for (size_t i = 0; i < nseen; i++)
				again = again || word_is(l.type, seen[i]);
			if (again)
				continue;
			memcpy(seen[nseen], l.type.at, l.type.n);
			seen[nseen][l.type.n] = 0;
			buf_printf(out, "%s%s", nseen ? "," : "", seen[nseen]);
			nseen++;
		}
	}
	buf_free(&key);
}

/* What one line says about the key: exact: it names this very host and port; else only the bare host. */
static enum hostkey_verdict judge(const struct line *l, const struct buf *key, bool exact, const void *blob, size_t n)
{
	struct wire w = { blob, n }, type = { NULL, 0 };
	bool same = key->n == n && !memcmp(key->at, blob, n);
	if (l->marker.n) {
		if (word_is(l->marker, "@revoked") && same)
			return HOSTKEY_REVOKED;
		return word_is(l->marker, "@cert-authority") ? HOSTKEY_AUTHORITY : HOSTKEY_UNKNOWN;
	}
	if (same)
		return HOSTKEY_KNOWN;
	if (!exact || !wire_string(&type, &w))
		return HOSTKEY_UNKNOWN;
	return l->type.n == type.n && !memcmp(l->type.at, type.at, type.n) ? HOSTKEY_CHANGED : HOSTKEY_OTHER;
}

void hostkey_check(struct hostkey_answer *out, const struct hostkeys *keys, const char *host, int port, const void *blob, size_t n)
{
	char name[HOSTKEY_NAME], bare[HOSTKEY_NAME];
	struct buf key = BUF_INIT;
	struct hostkey_answer best = { .verdict = HOSTKEY_UNKNOWN };
	hostkey_name(name, host, port);
	hostkey_name(bare, host, 22);
	for (size_t f = 0; f < keys->n; f++) {
		size_t at = 0;
		int number = 0;
		struct line l;
		while (next_line(&l, &keys->file[f].text, &at, &number)) {
			bool exact = names_match(l.names, name);
			if ((!exact && !names_match(l.names, bare)) || !line_key(&key, &l))
				continue;
			enum hostkey_verdict this = judge(&l, &key, exact, blob, n);
			if (this <= best.verdict)
				continue;
			best = (struct hostkey_answer){ .verdict = this, .path = keys->file[f].path, .line = number };
			hostkey_fingerprint(best.known, key.at, key.n);
		}
	}
	buf_free(&key);
	*out = best;
}

void hostkey_fingerprint(char out[HOSTKEY_FINGERPRINT], const void *blob, size_t n)
{
	unsigned char sum[SHA256_BYTES];
	struct buf b = BUF_INIT;
	digest_sha256(sum, blob, n);
	wire_base64(&b, sum, sizeof sum);
	snprintf(out, HOSTKEY_FINGERPRINT, "SHA256:%.43s", buf_str(&b));
	buf_free(&b);
}
