#include "wire.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool wire_unbase64(struct buf *out, const char *text, size_t n)
{
	size_t start = out->n, digits = 0;
	uint32_t bits = 0;
	bool padded = false;
	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		if (c == '\n' || c == '\r' || c == ' ' || c == '\t')
			continue;
		if (c == '=') {
			padded = true;
			continue;
		}
		const char *d = c ? strchr(DIGITS, c) : NULL;
		if (!d || padded) {
			buf_cut(out, start);
			return false;
		}
		bits = bits << 6 | (uint32_t)(d - DIGITS);
		switch (++digits % 4) { /* a byte is complete at the 2nd, 3rd and 4th digit of each group */
		case 2:
			buf_putc(out, (char)(bits >> 4));
			break;
		case 3:
			buf_putc(out, (char)(bits >> 2));
			break;
		case 0:
			buf_putc(out, (char)bits);
			break;
		default:
			break;
		}
	}
	if (digits % 4 == 1) {
		buf_cut(out, start);
		return false;
	}
	return buf_ok(out);
}

void wire_base64(struct buf *out, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < n; i += 3) {
		size_t have = n - i < 3 ? n - i : 3;
		uint32_t v = (uint32_t)p[i] << 16;
		if (have > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (have > 2)
			v |= p[i + 2];
		buf_putc(out, DIGITS[v >> 18]);
		buf_putc(out, DIGITS[v >> 12 & 63]);
		buf_putc(out, have > 1 ? DIGITS[v >> 6 & 63] : '=');
		buf_putc(out, have > 2 ? DIGITS[v & 63] : '=');
	}
}

bool wire_u32(uint32_t *out, struct wire *from)
{
	if (from->n < 4)
		return false;
	*out = (uint32_t)from->at[0] << 24 | (uint32_t)from->at[1] << 16 | (uint32_t)from->at[2] << 8 | from->at[3];
	from->at += 4;
	from->n -= 4;
	return true;
}

bool wire_string(struct wire *out, struct wire *from)
{
	struct wire rest = *from;
	uint32_t n;
	if (!wire_u32(&n, &rest) || n > rest.n)
		return false;
	*out = (struct wire){ rest.at, n };
	*from = (struct wire){ rest.at + n, rest.n - n };
	return true;
}

bool wire_is(const struct wire *w, const char *s)
{
	return w->n == strlen(s) && !memcmp(w->at, s, w->n);
}

void wire_put_u32(struct buf *out, uint32_t v)
{
	char b[4] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };
	buf_put(out, b, sizeof b);
}

void wire_put_string(struct buf *out, const void *bytes, size_t n)
{
	wire_put_u32(out, (uint32_t)n);
	buf_put(out, bytes, n);
}

char *wire_home_path(const char *path, const char *other)
{
	if (path && strncmp(path, "~/", 2))
		return strdup(path);
	const char *home = getenv("HOME");
	struct passwd pw, *found = NULL;
	char room[4096];
	if (!home || !*home) {
		if (getpwuid_r(getuid(), &pw, room, sizeof room, &found) || !found)
			return NULL;
		home = pw.pw_dir;
	}
	struct buf b = BUF_INIT;
	buf_printf(&b, "%s/%s", home, path ? path + 2 : other);
	return buf_steal(&b);
}
