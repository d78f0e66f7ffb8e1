#include "base/unseen.h"

#include <string.h>

static const struct {
	unsigned from, to;
} ranges[] = {
	{ 0xA0, 0xA0 },     /* no-break space */
	{ 0xAD, 0xAD },     /* soft hyphen */
	{ 0x2000, 0x200F }, /* spaces of all widths, zero width, marks of direction */
	{ 0x2028, 0x202F }, /* line ends, marks of direction, narrow no-break space */
	{ 0x205F, 0x2064 }, { 0x2066, 0x2069 }, { 0x3000, 0x3000 }, { 0xFEFF, 0xFEFF },
};

size_t unseen_at(unsigned *c, const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = (u[0] & 0xE0) == 0xC0 && u[1] ? 2 : (u[0] & 0xF0) == 0xE0 && u[1] && u[2] ? 3 : 0;
	if (!n)
		return 0;
	unsigned x = n == 2 ? (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu)
			    : (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (x >= ranges[i].from && x <= ranges[i].to) {
			*c = x;
			return n;
		}
	return 0;
}

bool unseen_strip(char *out, size_t size, const char *s)
{
	size_t n = strlen(s), k = 0;
	unsigned c;
	bool any = false;
	if (n >= size)
		return false;
	for (size_t i = 0; s[i] && !any; i++)
		any = unseen_at(&c, s + i) != 0;
	for (size_t i = 0; any && i < n;) {
		size_t len = unseen_at(&c, s + i);
		if (!len)
			out[k++] = s[i];
		i += len ? len : 1;
	}
	if (any)
		out[k] = 0;
	return any;
}
