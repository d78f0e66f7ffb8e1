#include "lessons/letter.h"

uint32_t letter_read(size_t *len, const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	*len = 1;
	if (s[0] < 0x80)
		return s[0];
	size_t want = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
	if (s[0] < 0xC2 || s[0] > 0xF4 || n < want)
		return 0;
	uint32_t cp = s[0] & (0xFFu >> (want + 1));
	for (size_t i = 1; i < want; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3F);
	}
	if (cp < least[want])
		return 0;
	*len = want;
	return cp;
}

uint32_t letter_lower(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	if (c >= 0xC0 && c <= 0xDE && c != 0xD7)
		return c + 32;
	return c == 0x152 ? 0x153 : c == 0x178 ? 0xFF : c; /* Œ, Ÿ */
}

const char *letter_plain(uint32_t c)
{
	static const char *const latin1[32] = { "a", "a", "a", "a", "a", "a", "ae", "c", "e",  "e", "e",
						"e", "i", "i", "i", "i", "d", "n",  "o", "o",  "o", "o",
						"o", NULL, "o", "u", "u", "u", "u",  "y", "th", "y" };
	if (c == 0xDF)
		return "ss";
	if (c >= 0xE0 && c <= 0xFF)
		return latin1[c - 0xE0];
	if (c == 0x153)
		return "oe";
	return c >= 0x300 && c < 0x370 ? "" : NULL; /* what a decomposed é carries */
}
