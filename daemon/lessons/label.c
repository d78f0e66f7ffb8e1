/* label.c -- folding by a small table: the labels are French or English, so Latin-1 and two ligatures are enough. */
#include "lessons/label.h"

#include <stdbool.h>
#include <string.h>

/* U+00C0..U+00DF; U+00E0..U+00FF fold alike, but for ß (U+00DF) and ÿ (U+00FF), which share the last place. */
static const char *const latin1[32] = { "a", "a", "a", "a", "a", "a", "ae", "c", "e",  "e", "e",
					"e", "i", "i", "i", "i", "d", "n",  "o", "o",  "o", "o",
					"o", " ", "o", "u", "u", "u", "u",  "y", "th", "ss" };

/* The folded form of the character at s and its length in bytes; NULL: as it is. */
static const char *fold_one(const unsigned char *s, size_t *n)
{
	*n = 1;
	if (s[0] == '-' || s[0] == '\t' || s[0] == '\n' || s[0] == '\r')
		return " ";
	if (s[0] < 0xC2 || !s[1])
		return NULL;
	*n = 2;
	if (s[0] == 0xC2 && s[1] == 0xA0)
		return " ";
	if (s[0] == 0xC3 && s[1] == 0xBF)
		return "y";
	if (s[0] == 0xC3 && s[1] != 0x97 && s[1] != 0xB7) /* × and ÷ are no letters */
		return latin1[s[1] & 0x1F];
	if (s[0] == 0xC5 && (s[1] == 0x92 || s[1] == 0x93))
		return "oe";
	if (s[0] == 0xC5 && s[1] == 0xB8)
		return "y";
	if (s[0] == 0xCC || (s[0] == 0xCD && s[1] <= 0xAF))
		return ""; /* U+0300..U+036F, what a decomposed é carries */
	*n = 3;
	if (s[0] == 0xE2 && s[1] == 0x80 && s[2] == 0x99)
		return "'";
	if (s[0] == 0xE2 && s[1] == 0x80 && (s[2] == 0xAF || s[2] == 0x91))
		return " ";
	*n = 1;
	return NULL;
}

const char *label_fold(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, 2 * strlen(s) + 1), *p = out;
	bool gap = false;
	for (const unsigned char *q = (const unsigned char *)s; *q;) {
		size_t n;
		const char *to = fold_one(q, &n);
		char one[2] = { (char)(*q >= 'A' && *q <= 'Z' ? *q + 32 : *q), 0 };
		if (!to)
			to = one;
		q += n;
		if (!strcmp(to, " ")) {
			gap = p > out;
			continue;
		}
		if (gap && *to)
			*p++ = ' ';
		gap = gap && !*to;
		while (*to)
			*p++ = *to++;
	}
	*p = 0;
	return out;
}
