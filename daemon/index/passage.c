/* passage.c -- the field with most marks, then the stretch of it that begins a little before the densest marks.
 *
 * A stretch begins at a sentence if one begins within reach, else at a word, so that it reads as language; it never
 * cuts a mark or a character.
 */
#include "index/passage.h"

#include <string.h>

#include "index/tokenizer.h"

#define BEFORE 80 /* characters shown before the first mark, at most */

static bool begins_char(char c)
{
	return ((unsigned char)c & 0xC0) != 0x80;
}

static bool is_mark(char c)
{
	return c == PASSAGE_ON || c == PASSAGE_OFF;
}

static size_t count_marks(const char *s, size_t n)
{
	size_t marks = 0;
	for (size_t i = 0; i < n; i++)
		marks += s[i] == PASSAGE_ON;
	return marks;
}

/* As many bytes of s as hold `chars` characters that are shown. */
static size_t reach(const char *s, size_t chars)
{
	size_t i = 0, seen = 0;
	for (; s[i]; i++) {
		seen += begins_char(s[i]) && !is_mark(s[i]);
		if (seen > chars)
			break;
	}
	return i;
}

/* Where the passage begins whose first mark stands at `mark`. */
static size_t begin_before(const char *s, size_t mark)
{
	size_t at = mark, word = mark, chars = 0;
	while (at && chars < BEFORE) {
		at--;
		chars += begins_char(s[at]) && !is_mark(s[at]);
		if (s[at] != ' ')
			continue;
		word = at + 1;
		if (at && strchr(".!?", s[at - 1]))
			return word;
	}
	return at ? word : 0;
}

/* The mark from which on most other marks are in reach. */
static size_t densest(const char *s)
{
	size_t best = 0, most = 0;
	for (const char *p = strchr(s, PASSAGE_ON); p; p = strchr(p + 1, PASSAGE_ON)) {
		size_t n = count_marks(p, reach(p, PASSAGE_CHARS - BEFORE));
		if (n > most) {
			most = n;
			best = (size_t)(p - s);
		}
	}
	return best;
}

static const char *cut(struct arena *a, const char *s)
{
	if (!s[reach(s, PASSAGE_CHARS)])
		return s;
	size_t from = begin_before(s, densest(s)), n = reach(s + from, PASSAGE_CHARS);
	bool more = s[from + n] != 0;
	for (size_t back = n; more && back; back--) /* to the end of a word, unless one word fills it all */
		if (s[from + back] == ' ') {
			n = back;
			break;
		}
	bool open = false;
	for (size_t i = 0; i < n; i++)
		if (is_mark(s[from + i]))
			open = s[from + i] == PASSAGE_ON;
	return arena_printf(a, "%s%.*s%s%s", from ? "… " : "", (int)n, s + from, open ? (char[]){ PASSAGE_OFF, 0 } : "", more ? " …" : "");
}

static const char *one_line(struct arena *a, const char *s, size_t n)
{
	char *out = arena_alloc(a, n + 1), *p = out;
	for (size_t i = 0; i < n; i++) {
		bool space = s[i] == '\n' || s[i] == '\t' || s[i] == ' ';
		if (!space)
			*p++ = s[i];
		else if (p > out && p[-1] != ' ')
			*p++ = ' ';
	}
	while (p > out && p[-1] == ' ')
		p--;
	*p = 0;
	return out;
}

void passage_choose(struct passage *out, struct arena *a, const char *const *texts, size_t n)
{
	const char *field = NULL, *text = NULL;
	size_t field_n = 0, text_n = 0, most = 0;
	for (size_t i = 0; i < n; i++)
		for (const char *p = texts[i] ? strchr(texts[i], INDEX_FIELD) : NULL; p;) {
			const char *body = strchr(p, INDEX_TEXT);
			if (!body)
				break;
			const char *end = strchr(body, INDEX_FIELD);
			size_t len = end ? (size_t)(end - body - 1) : strlen(body + 1), marks = count_marks(body + 1, len);
			if (!text || marks > most) {
				field = p + 1;
				field_n = (size_t)(body - field);
				text = body + 1;
				text_n = len;
				most = marks;
			}
			p = end;
		}
	*out = (struct passage){ "", "", most };
	if (text) {
		out->field = arena_dupn(a, field, field_n);
		out->text = cut(a, one_line(a, text, text_n));
	}
}
