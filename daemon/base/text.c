/* The tables of the C library are those of the locale, and numbers and sorting here stay in C's: so the ranges are our own, from Unicode's
 * East Asian Width (UAX 11) and the general category Mn. What is not in them takes one column.
 */
#include "text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct range {
	uint32_t from, to;
};
static const struct range none[] = { { 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x0610, 0x061A },
				     { 0x064B, 0x065F }, { 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF }, { 0x200B, 0x200F },
				     { 0x2060, 0x2064 }, { 0x20D0, 0x20F0 }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F },
				     { 0xFEFF, 0xFEFF } };
static const struct range two[] = { { 0x1100, 0x115F },	  { 0x2E80, 0x303E },	{ 0x3041, 0x33FF },   { 0x3400, 0x4DBF },
				    { 0x4E00, 0x9FFF },	  { 0xA000, 0xA4CF },	{ 0xAC00, 0xD7A3 },   { 0xF900, 0xFAFF },
				    { 0xFE30, 0xFE4F },	  { 0xFF00, 0xFF60 },	{ 0xFFE0, 0xFFE6 },   { 0x1F300, 0x1F64F },
				    { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD } };

static bool within(uint32_t c, const struct range *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= at[i].from && c <= at[i].to)
			return true;
	return false;
}

/* One character: its length in bytes (1 for a byte that begins none), and its columns. */
static size_t next(int *cols, const char *s, size_t n)
{
	unsigned char first = (unsigned char)*s;
	size_t len = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
	uint32_t c = len == 1 ? first : first & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (i == n || ((unsigned char)s[i] & 0xC0) != 0x80) {
			*cols = 1;
			return 1;
		}
		c = c << 6 | ((unsigned char)s[i] & 0x3F);
	}
	*cols = within(c, none, sizeof none / sizeof *none) ? 0 : within(c, two, sizeof two / sizeof *two) ? 2 : 1;
	return len;
}

size_t text_columns(const char *s, size_t n)
{
	size_t all = 0;
	int cols;
	for (size_t i = 0; i < n; all += (size_t)cols)
		i += next(&cols, s + i, n - i);
	return all;
}

size_t text_fit(const char *s, size_t columns)
{
	size_t n = strlen(s), at = 0;
	int cols;
	while (at < n) {
		size_t len = next(&cols, s + at, n - at);
		if ((size_t)cols > columns)
			break;
		columns -= (size_t)cols;
		at += len;
	}
	return at;
}

void text_disarm(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++)
		if ((*p < ' ' && *p != '\n' && *p != '\t') || *p == 0x7F)
			*p = ' ';
		else if (p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0) /* U+0080..U+009F */
			p[0] = p[1] = ' ';
		else if (p[0] == 0xE2 && ((p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) || (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9)))
			p[0] = p[1] = p[2] = ' '; /* U+202A..U+202E, U+2066..U+2069 */
}
