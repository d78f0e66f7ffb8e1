/* The first look at a text: what every tool on the way must be able to show, whatever the YAML in it.
 *
 * A character that nobody sees but that changes the meaning (U+0085 inside quotes becomes a space in libyaml, U+FEFF
 * makes a second key that looks like the first) is refused by name, at its place, with the way out: delete it or write
 * it as an escape. UTF-16 is refused here because libyaml would accept it and then count in other units.
 */
#include "ynode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void ydoc__fault(struct yfault *fault, int line, int col, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(fault->msg, sizeof fault->msg, fmt, ap);
	va_end(ap);
	err_mend(fault->msg);
	fault->line = line;
	fault->col = col;
}

void ydoc__where(int *line, int *col, const char *text, size_t at)
{
	*line = *col = 1;
	for (size_t i = 0; i < at; i++) {
		if (text[i] == '\n') {
			++*line;
			*col = 1;
		} else if (((unsigned char)text[i] & 0xC0) != 0x80) {
			++*col;
		}
	}
}

size_t ydoc__utf8(uint32_t *c, const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	if (!n)
		return 0;
	if (u[0] < 0x80) {
		*c = u[0];
		return 1;
	}
	size_t len = u[0] >= 0xF0 ? 4 : u[0] >= 0xE0 ? 3 : 2;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (u[0] < 0xC2 || u[0] > 0xF4 || len > n)
		return 0;
	uint32_t x = u[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((u[i] & 0xC0) != 0x80)
			return 0;
		x = x << 6 | (u[i] & 0x3F);
	}
	if (x < least[len] || x > 0x10FFFF || (x >= 0xD800 && x <= 0xDFFF))
		return 0;
	*c = x;
	return len;
}

size_t ydoc__ascii(const char *s, size_t n)
{
	size_t i = 0;
	for (uint64_t eight; n - i >= sizeof eight; i += sizeof eight) {
		memcpy(&eight, s + i, sizeof eight);
		if (eight & 0x8080808080808080u)
			break;
	}
	while (i < n && !(s[i] & 0x80))
		i++;
	return i;
}

bool ydoc__printable(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF)
		return false;
	return (c & 0xFFFE) != 0xFFFE; /* noncharacters: libyaml refuses the first two */
}

/* What a person can do about a character depends on where such ones come from. */
static const char *about(uint32_t c)
{
	if (c == '\r') /* one alone: CRLF is fine */
		return _("fin de ligne d'un ancien format (U+%04X seul) ; enregistrez le fichier avec des fins de ligne Unix ou Windows");
	if (!c) /* UTF-16 without its mark, and what is no text at all */
		return _("caractère invisible U+%04X ; si ce fichier est du texte, enregistrez-le en UTF-8");
	return _("caractère invisible U+%04X ; supprimez-le, ou écrivez-le \\u%04X entre guillemets doubles");
}

static int refuse_at(struct yfault *fault, const char *s, size_t i, uint32_t c)
{
	int line, col;
	ydoc__where(&line, &col, s, i);
	ydoc__fault(fault, line, col, about(c), c, c);
	return ERR_DATA;
}

/* Eight bytes that are all visible ASCII: most of any text, and the check is made of every record four times in a merge. */
static bool plain_eight(const char *s)
{
	uint64_t v;
	memcpy(&v, s, sizeof v);
	/* no byte has its high bit, none borrows (below 0x20), none carries (0x7F) */
	return !((v | (v - 0x2020202020202020u) | (v + 0x0101010101010101u)) & 0x8080808080808080u);
}

/* The characters. *lines: how many line ends. */
static int check_characters(struct yfault *fault, size_t *lines, const char *s, size_t n)
{
	size_t i = n >= 3 && !memcmp(s, "\xEF\xBB\xBF", 3) ? 3 : 0;
	bool utf16 = n >= 2 && (!memcmp(s, "\xFF\xFE", 2) || !memcmp(s, "\xFE\xFF", 2));
	while (i < n && !utf16) {
		if (n - i >= 8 && plain_eight(s + i)) {
			i += 8;
			continue;
		}
		unsigned char b = (unsigned char)s[i];
		if (b < 0x80) {
			if ((b >= 0x20 && b != 0x7F) || b == '\n' || b == '\t' ||
			    (b == '\r' && i + 1 < n && s[i + 1] == '\n')) {
				*lines += b == '\n';
				i++;
				continue;
			}
			return refuse_at(fault, s, i, b);
		}
		uint32_t c = 0;
		size_t len = ydoc__utf8(&c, s + i, n - i);
		if (!len)
			break;
		if (!ydoc__printable(c))
			return refuse_at(fault, s, i, c);
		i += len;
	}
	if (i == n)
		return 0;
	int line = 1, col = 1;
	if (!utf16)
		ydoc__where(&line, &col, s, i);
	ydoc__fault(fault, line, col, _("ce n'est pas du texte UTF-8 ; enregistrez le fichier en UTF-8"));
	return ERR_DATA;
}

/* A line that begins with `%` can be nothing else in a record. libyaml compares each directive with all before it: 80,000
 * `%TAG` take it 14 seconds. */
static int check_directives(struct yfault *fault, const char *s, const char *end)
{
	if (end - s >= 3 && !memcmp(s, "\xEF\xBB\xBF", 3))
		s += 3;
	for (int line = 1; s < end; line++) {
		if (*s == '%' && (end - s < 6 || memcmp(s, "%YAML", 5) || !strchr(" \t", s[5]))) {
			ydoc__fault(fault, line, 1, "%s",
				    _("directive inconnue ; seules « %YAML 1.1 » et « %YAML 1.2 » sont acceptées"));
			return ERR_DATA;
		}
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		s = nl ? nl + 1 : end;
	}
	return 0;
}

int ydoc__profile(struct yfault *fault, const char *s, size_t n)
{
	size_t lines = 0;
	if (!n)
		return 0; /* s may be NULL */
	if (n > YAML_MAX_BYTES) {
		ydoc__fault(fault, 1, 1,
			    _("fichier trop gros (%zu octets, la limite est %d) ; répartissez-le ou allégez-le"), n,
			    YAML_MAX_BYTES);
		return ERR_LIMIT;
	}
	int code = check_characters(fault, &lines, s, n);
	if (!code && lines > YAML_MAX_LINES) {
		ydoc__fault(fault, YAML_MAX_LINES + 1, 1,
			    _("fichier trop long (%zu lignes, la limite est %d) ; répartissez-le ou allégez-le"), lines,
			    YAML_MAX_LINES);
		return ERR_LIMIT;
	}
	return code ? code : check_directives(fault, s, s + n);
}

/* --- what is within the profile, and may yet not be what was meant ------------------------------------------------- */

bool ydoc_next_glued(const struct ydoc *d, struct yglued *at)
{
	for (; at->next < d->comments.n; at->next++) {
		struct yspan c = d->comments.at[at->next];
		size_t line = ydoc__line_start(d, c.at);
		if (line < d->bom)
			line = d->bom;
		if (c.at + 1 >= c.end || strchr("# \t\r!", d->text[c.at + 1]) || line + strspn(d->text + line, " \t") == c.at)
			continue;
		for (; at->counted < line; at->counted++)
			at->line += d->text[at->counted] == '\n';
		at->col = 1;
		for (size_t i = line; i < c.at; i++)
			at->col += ((unsigned char)d->text[i] & 0xC0) != 0x80;
		at->text = d->text + c.at;
		at->n = c.end - c.at;
		at->next++;
		return true;
	}
	return false;
}
