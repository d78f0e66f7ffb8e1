/* wire.h -- the three spellings that ssh's files and protocols share: base64, `string` (RFC 4251, section 5), and paths under ~.
 */
#ifndef NET_WIRE_H
#define NET_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/* Append the bytes that n characters of base64 stand for; spaces and line ends inside are skipped, padding may be missing. False:
 * not base64 (out is as before). */
bool wire_unbase64(struct buf *out, const char *text, size_t n);
void wire_base64(struct buf *out, const void *bytes, size_t n); /* padded */

/* Cut one length-prefixed string off the front. False: it does not hold one. Everything is borrowed. */
struct wire {
	const unsigned char *at;
	size_t n;
};
bool wire_string(struct wire *out, struct wire *from);
bool wire_u32(uint32_t *out, struct wire *from);
bool wire_is(const struct wire *w, const char *s);
void wire_put_u32(struct buf *out, uint32_t v);
void wire_put_string(struct buf *out, const void *bytes, size_t n);

/* "~/x" or, with path NULL, "~/" + other: below the user's home (HOME, else the password file). Other paths as they are.
 * malloc'ed; NULL: out of memory, or there is no home. */
char *wire_home_path(const char *path, const char *other);

#endif
