#include "lessons/markup.h"

void markup_text(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)s[i];
		if (c == 0xEF && i + 2 < n && (unsigned char)s[i + 1] == 0xBF && (unsigned char)s[i + 2] >= 0xBE) {
			i += 2; /* U+FFFE, U+FFFF */
			continue;
		}
		if (c == 0xC2 && i + 1 < n && (unsigned char)s[i + 1] < 0xA0) {
			i++; /* U+0080..U+009F: controls that HTML refuses */
			continue;
		}
		if (c == '&')
			buf_puts(out, "&amp;");
		else if (c == '<')
			buf_puts(out, "&lt;");
		else if (c == '>')
			buf_puts(out, "&gt;");
		else if (c == '"')
			buf_puts(out, "&quot;");
		else if ((c >= ' ' && c != 0x7F) || c == '\n' || c == '\t')
			buf_putc(out, (char)c);
	}
}
