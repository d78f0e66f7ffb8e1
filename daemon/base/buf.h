/* buf.h -- a growing string of bytes; always NUL-terminated once something was put.
 *
 * LIFE    struct buf b = BUF_INIT; buf_put...; use b.at, b.n; buf_free(&b).
 * FAILS   Out of memory is sticky: further puts do nothing, buf_ok() is false; check once, at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *at;  /* own (malloc); NULL while empty */
	size_t n;  /* bytes, without the NUL */
	size_t cap;
	bool oom;
};
#define BUF_INIT { NULL, 0, 0, false }

void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t n); /* n times c */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_num(struct buf *b, uint64_t n); /* decimal */
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
bool buf_reserve(struct buf *b, size_t more);
bool buf_ok(const struct buf *b);
void buf_cut(struct buf *b, size_t n);  /* keep the first n bytes */
void buf_reset(struct buf *b);          /* n = 0, keeps the memory */
void buf_free(struct buf *b);           /* back to BUF_INIT */
char *buf_steal(struct buf *b);         /* the caller owns the (never NULL) string; NULL when out of memory */
const char *buf_str(const struct buf *b); /* never NULL; borrowed until the next put */

/* Writes n in decimal right before `end`, without a NUL; where it begins. */
#define DIGITS_MAX 20
char *digits_before(char *end, uint64_t n);

#endif
