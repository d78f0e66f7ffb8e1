#include "lessons/sheet.h"

#include <string.h>

#include "lessons/english.h"
#include "lessons/page.h"
#include "lessons/picture.h"
#include "lessons/words.h"

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), k = strlen(with);
	return n >= k && !strcmp(s + n - k, with);
}

bool sheet_is_copy(const char *path)
{
	return ends(path, ".html") || ends(path, ".en.md");
}

struct sheet sheet_of(const struct part *p)
{
	return (struct sheet){ .m = p->m,
			       .out = p->out,
			       .english = ends(p->path, ".en.md") || ends(p->path, ".en.html"),
			       .page = ends(p->path, ".html") };
}

void sheet_end(struct sheet *s)
{
	if (!s->page || !buf_ok(s->out) || !s->out->n)
		return;
	const char *markdown = arena_dupn(s->m->a, buf_str(s->out), s->out->n);
	buf_reset(s->out);
	page_put(s->out, s->m, markdown, s->english);
}

static const char *tongue(const struct sheet *s, const char *fr)
{
	const char *en = s->english ? english_of(fr) : NULL;
	return en ? en : fr;
}

void sheet_put(struct sheet *s, const char *markdown)
{
	buf_puts(s->out, tongue(s, markdown));
}

void sheet_printf(struct sheet *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(s->out, tongue(s, fmt), ap);
	va_end(ap);
}

/* How many bytes from here on stand for themselves. */
static size_t plain_run(const char *text)
{
	static const bool special[256] = { ['\\'] = true, ['`'] = true, ['*'] = true, ['_'] = true, ['['] = true, [']'] = true,
					   ['<'] = true,  ['>'] = true, ['|'] = true, ['#'] = true, ['&'] = true, ['~'] = true };
	size_t n = 0;
	while ((unsigned char)text[n] >= ' ' && !special[(unsigned char)text[n]])
		n++;
	return n;
}

void sheet_text(struct sheet *s, const char *text)
{
	bool gap = false;
	while (*text) {
		if ((unsigned char)*text < ' ') { /* what page.h gives a meaning to; a record has line ends and tabs only */
			gap = gap || *text == '\n' || *text == '\r' || *text == '\t';
			text++;
			continue;
		}
		buf_puts(s->out, gap ? " " : "");
		gap = false;
		size_t n = plain_run(text);
		if (!n) {
			buf_putc(s->out, '\\');
			n = 1;
		}
		buf_put(s->out, text, n);
		text += n;
	}
}

const char *sheet_word(const struct sheet *s, const char *code)
{
	return tongue(s, word_code(code));
}

void sheet_label(struct sheet *s, const char *concept)
{
	const struct known *k = model_find(s->m, concept);
	const char *en = s->english && k && is_visible(k->rec) ? val_text(val_get(source_tip(k->rec), "libelles"), "en") : NULL,
		   *fr = concept_label(s->m, concept);
	if (en && *en)
		sheet_text(s, model_mask(s->m, en));
	else
		sheet_text(s, tongue(s, fr));
}

/* "2 entretiens ; 1 document (retiré)": in English each word between a number and what follows it. */
void sheet_supports(struct sheet *s, const struct val *doc)
{
	struct arena *a = s->m->a;
	const char *p = supports_count(a, doc, NULL);
	if (!*p)
		sheet_put(s, "aucun");
	else if (!s->english)
		sheet_text(s, p);
	for (bool more = *p && s->english; more;) {
		const char *end = strstr(p, " ; ");
		const char *piece = end ? arena_dupn(a, p, (size_t)(end - p)) : p, *note = strstr(piece, " (");
		size_t number = strspn(piece, "0123456789 "), n = note ? (size_t)(note - piece) : strlen(piece);
		sheet_text(s, arena_dupn(a, piece, number));
		sheet_text(s, tongue(s, arena_dupn(a, piece + number, n > number ? n - number : 0)));
		sheet_text(s, note ? tongue(s, note) : "");
		sheet_put(s, end ? "; " : "");
		more = end != NULL;
		p = end ? end + 3 : p;
	}
}

void sheet_figure(struct sheet *s)
{
	if (s->page)
		buf_puts(s->out, "\n" PAGE_FIGURE "\n");
}

void sheet_quote(struct sheet *s, const struct quote *q)
{
	bool own = !strncmp(q->text, "«", 2); /* a verbatim often comes with its own quotation marks */
	buf_puts(s->out, s->page ? PAGE_QUOTE : "");
	buf_puts(s->out, own ? "" : "« ");
	sheet_text(s, q->text);
	buf_puts(s->out, own ? "" : " »");
	buf_puts(s->out, s->page ? PAGE_QUOTE_END " " : " ");
	buf_puts(s->out, quote_reference(s->m->a, q));
}

void sheet_item(struct sheet *s, const char *before, const struct val *doc, const char *key)
{
	const char *text = val_text(doc, key);
	if (!text)
		return;
	struct quote q = quote_of(doc, key, text);
	sheet_printf(s, "- %s : ", tongue(s, before));
	sheet_quote(s, &q);
	sheet_put(s, "\n");
}

void sheet_codes(struct sheet *s, const struct names *codes)
{
	if (!codes->n)
		sheet_put(s, "aucun");
	for (size_t i = 0; i < codes->n; i++) {
		buf_puts(s->out, i ? ", " : "");
		for (const char *p = codes->at[i]; *p; p++)
			buf_putc(s->out, *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
	}
}
