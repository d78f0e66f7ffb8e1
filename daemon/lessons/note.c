#include "lessons/note.h"

#include <string.h>

#define TEXT_MAX 420 /* bytes; a statement has 400 signs at most */

/* The text, or its beginning: up to a space, so that no character is cut in two. */
static const char *shortened(struct arena *a, const char *text)
{
	size_t n = strlen(text);
	if (n <= TEXT_MAX)
		return text;
	for (n = TEXT_MAX; n > TEXT_MAX / 2 && text[n] != ' ';)
		n--;
	while (n && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	return arena_printf(a, "%.*s […]", (int)n, text);
}

struct told note_told(struct arena *a, const char *before, const struct val *doc, const char *field, const char *text)
{
	return (struct told){ before, quote_of(doc, field, shortened(a, text)), val_is_true(doc, "en_discussion") };
}

void note_say(struct sheet *s, const struct told *t)
{
	sheet_put(s, t->before ? t->before : "- ");
	sheet_quote(s, &t->quote);
	sheet_put(s, t->open ? " « en discussion »\n" : "\n");
}

void note_strength(struct sheet *s, const struct lesson *l, const char *confidence)
{
	struct names who = { 0 };
	names_add(s->m->a, &who, l->collective);
	sheet_put(s, "- Solidité, ");
	sheet_codes(s, &who);
	sheet_put(s, " : confiance ");
	sheet_text(s, sheet_word(s, confidence));
	sheet_put(s, " ; appuis : ");
	sheet_supports(s, model_doc(s->m, l));
}

/* Bytes stand for letters: what is no Latin letter has more of both. */
size_t note_width(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += *text >= 'A' && *text <= 'Z' ? 17 : 10;
	return n;
}

size_t note_lines(size_t width)
{
	return (width + NOTE_LINE - 1) / NOTE_LINE * 10 + 2;
}
