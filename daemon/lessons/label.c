/* label.c -- letter by letter; what typography makes of a space, a hyphen or an apostrophe is the plain one. */
#include "lessons/label.h"

#include <stdbool.h>
#include <string.h>

#include "lessons/letter.h"

static bool is_space(uint32_t c)
{
	return c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x2011 || c == 0x202F;
}

const char *label_fold(struct arena *a, const char *s)
{
	size_t n = strlen(s), len;
	char *out = arena_alloc(a, n + 1), *p = out; /* no letter grows */
	bool gap = false;
	for (; n; s += len, n -= len) {
		uint32_t c = letter_lower(letter_read(&len, s, n));
		const char *plain = letter_plain(c);
		if (is_space(c)) {
			gap = p > out;
			continue;
		}
		if (plain && !*plain)
			continue;
		if (gap)
			*p++ = ' ';
		gap = false;
		if (plain) {
			p = stpcpy(p, plain);
		} else if (c == 0x2019) {
			*p++ = '\'';
		} else if (c && c < 0x80) {
			*p++ = (char)c;
		} else {
			memcpy(p, s, len);
			p += len;
		}
	}
	*p = 0;
	return out;
}
