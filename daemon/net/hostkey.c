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
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/digest.h"
#include "base/fsio.h"
#include "base/trace.h"

#define FILE_MAX ((size_t)4 << 20)
#define NAME_MAX_LEN 300
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
	unsigned char room[64 + NAME_MAX_LEN], k[64] = { 0 };
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

static void name_of(char out[NAME_MAX_LEN], const char *host, int port)
{
	snprintf(out, NAME_MAX_LEN, port == 22 ? "%s" : "[%s]:%d", host, port);
	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
}

int hostkey_load(struct buf *out, const char *path, struct err *e)
{
	if (!fs_exists(path))
		return 0;
	size_t start = out->n;
	int rc = fs_read(out, path, FILE_MAX, e);
	if (rc)
		buf_cut(out, start);
	else if (out->n > start && out->at[out->n - 1] != '\n')
		buf_putc(out, '\n'); /* another file may follow */
	return rc ? rc : buf_ok(out) ? 0 : err_nomem(e);
}

void hostkey_types(struct buf *out, const struct buf *file, const char *host, int port)
{
	char name[NAME_MAX_LEN], bare[NAME_MAX_LEN], seen[8][64];
	size_t nseen = 0, at = 0;
	int number = 0;
	struct line l;
	struct buf key = BUF_INIT;
	name_of(name, host, port);
	name_of(bare, host, 22);
	while (nseen < 8 && next_line(&l, file, &at, &number)) {
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
	buf_free(&key);
}

enum hostkey_verdict hostkey_check(const struct buf *file, const char *host, int port, const void *blob, size_t n, int *line)
{
	char name[NAME_MAX_LEN], bare[NAME_MAX_LEN];
	size_t at = 0;
	int number = 0, decided = 0;
	struct line l;
	struct buf key = BUF_INIT;
	struct wire w = { blob, n }, type = { NULL, 0 };
	enum hostkey_verdict verdict = HOSTKEY_UNKNOWN;
	name_of(name, host, port);
	name_of(bare, host, 22);
	wire_string(&type, &w);
	while (next_line(&l, file, &at, &number)) {
		bool exact = names_match(l.names, name);
		if ((!exact && !names_match(l.names, bare)) || !line_key(&key, &l))
			continue;
		bool same = key.n == n && !memcmp(key.at, blob, n);
		if (word_is(l.marker, "@revoked") && same) { /* it counts wherever it stands in the file */
			verdict = HOSTKEY_REVOKED;
			decided = number;
			break;
		}
		if (l.marker.n) /* @cert-authority: certificates are not supported; an unknown marker: not a promise */
			continue;
		enum hostkey_verdict this = same                                                   ? HOSTKEY_KNOWN :
					    !exact                                                 ? HOSTKEY_UNKNOWN :
					    l.type.n == type.n && !memcmp(l.type.at, type.at, type.n) ? HOSTKEY_CHANGED :
												     HOSTKEY_OTHER;
		/* Several lines for one host are several good keys: a match beats all, then CHANGED beats OTHER. */
		if (verdict != HOSTKEY_KNOWN && (this == HOSTKEY_KNOWN || this > verdict)) {
			verdict = this;
			decided = number;
		}
	}
	buf_free(&key);
	if (line)
		*line = decided;
	return verdict;
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

static int append(int fd, const char *path, const struct buf *line, struct err *e)
{
	char last = '\n';
	struct stat st;
	if (fstat(fd, &st) < 0 || (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1))
		return err_errno(e, path);
	const char *from = line->at + (last == '\n'); /* the line begins with a newline for a file that lacks its last */
	size_t n = line->n - (last == '\n');
	errno = ENOSPC; /* what a short write means */
	if (write(fd, from, n) != (ssize_t)n || fsync(fd) < 0) {
		int rc = err_errno(e, path);
		if (ftruncate(fd, st.st_size) < 0)
			trace("%s: half a line stays", path);
		return rc;
	}
	return 0;
}

int hostkey_append(const char *path, const char *host, int port, const void *blob, size_t n, struct err *e)
{
	char name[NAME_MAX_LEN], dir[PATH_MAX];
	struct buf line = BUF_INIT;
	struct wire w = { blob, n }, type;
	if (!wire_string(&type, &w))
		return err_set(e, ERR_DATA, _("%s : la clé présentée par cette machine est illisible ; réessayez plus tard, ou prévenez la personne qui tient le hub"), host);
	name_of(name, host, port);
	buf_printf(&line, "\n%s %.*s ", name, (int)type.n, (const char *)type.at);
	wire_base64(&line, blob, n);
	buf_putc(&line, '\n');
	snprintf(dir, sizeof dir, "%s", path);
	char *slash = strrchr(dir, '/');
	if (slash && slash > dir) {
		*slash = 0;
		mkdir(dir, 0700); /* ~/.ssh is private from its first moment; deeper folders are made by the next line */
	} else {
		strcpy(dir, slash ? "/" : ".");
	}
	int rc = buf_ok(&line) ? fs_mkparents(path, e) : err_nomem(e);
	if (!rc) {
		int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (fd < 0) {
			rc = err_errno(e, path);
		} else {
			rc = append(fd, path, &line, e);
			close(fd);
			if (!rc)
				rc = fs_sync_dir(dir, e);
		}
	}
	buf_free(&line);
	return rc;
}
