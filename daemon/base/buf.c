#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool buf_reserve(struct buf *b, size_t more)
{
	if (b->oom)
		return false;
	if (more > SIZE_MAX / 4 || b->n > SIZE_MAX / 4) {
		b->oom = true;
		return false;
	}
	size_t need = b->n + more + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap * 2 : 64;
	if (cap < need)
		cap = need;
	char *at = realloc(b->at, cap);
	if (!at) {
		b->oom = true;
		return false;
	}
	b->at = at;
	b->cap = cap;
	return true;
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
	if (!buf_reserve(b, n))
		return;
	if (n)
		memcpy(b->at + b->n, bytes, n);
	b->n += n;
	b->at[b->n] = 0;
}

void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	if (b->n + 1 >= b->cap || b->oom) { /* no room for it and the NUL */
		buf_put(b, &c, 1);
		return;
	}
	b->at[b->n++] = c;
	b->at[b->n] = 0;
}

void buf_fill(struct buf *b, char c, size_t n)
{
	if (!buf_reserve(b, n))
		return;
	memset(b->at + b->n, c, n);
	b->n += n;
	b->at[b->n] = 0;
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	if (!buf_reserve(b, 64)) /* most fit; what does not is printed a second time */
		return;
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(b->at + b->n, b->cap - b->n, fmt, ap);
	if (n >= 0 && (size_t)n >= b->cap - b->n && buf_reserve(b, (size_t)n))
		vsnprintf(b->at + b->n, (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += n < 0 || b->oom ? 0 : (size_t)n;
	b->at[b->n] = 0;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

char *digits_before(char *end, uint64_t n)
{
	do
		*--end = (char)('0' + n % 10);
	while (n /= 10);
	return end;
}

void buf_num(struct buf *b, uint64_t n)
{
	char room[DIGITS_MAX], *end = room + sizeof room, *p = digits_before(end, n);
	buf_put(b, p, (size_t)(end - p));
}

bool buf_ok(const struct buf *b)
{
	return !b->oom;
}

void buf_cut(struct buf *b, size_t n)
{
	if (n < b->n) {
		b->n = n;
		b->at[n] = 0;
	}
}

void buf_reset(struct buf *b)
{
	buf_cut(b, 0);
}

void buf_free(struct buf *b)
{
	free(b->at);
	*b = (struct buf)BUF_INIT;
}

char *buf_steal(struct buf *b)
{
	buf_put(b, "", 0);
	char *s = b->oom ? NULL : b->at;
	if (!s)
		free(b->at);
	*b = (struct buf)BUF_INIT;
	return s;
}

const char *buf_str(const struct buf *b)
{
	return b->at ? b->at : "";
}
