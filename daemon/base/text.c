#include "text.h"

size_t text_columns(const char *s, size_t n)
{
	size_t columns = 0;
	for (size_t i = 0; i < n; i++)
		columns += ((unsigned char)s[i] & 0xC0) != 0x80;
	return columns;
}

void text_disarm(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++)
		if ((*p < ' ' && *p != '\n' && *p != '\t') || *p == 0x7F)
			*p = ' ';
		else if (p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0) /* U+0080..U+009F */
			p[0] = p[1] = ' ';
}
