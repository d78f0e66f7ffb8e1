#include "lessons/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct buf *out(struct sheet *s)
{
	return &s->o->file[s->which];
}

void sheet_put(struct sheet *s, const char *markdown)
{
	buf_puts(out(s), markdown);
}

void sheet_printf(struct sheet *s, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	must(n >= 0);
	char *text = arena_alloc(s->o->m->a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	buf_puts(out(s), text);
}

void sheet_text(struct sheet *s, const char *text)
{
	bool gap = false;
	for (const char *p = text; *p; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\t') {
			gap = true;
			continue;
		}
		if (gap)
			buf_putc(out(s), ' ');
		gap = false;
		if (strchr("\\`*_[]<>|#&~", *p))
			buf_putc(out(s), '\\');
		buf_putc(out(s), *p);
	}
}

void sheet_quote(struct sheet *s, const struct quote *q)
{
	bool own = !strncmp(q->text, "«", 2); /* a verbatim often comes with its own quotation marks */
	buf_puts(out(s), own ? "" : "« ");
	sheet_text(s, q->text);
	buf_puts(out(s), own ? " " : " » ");
	buf_puts(out(s), trace_quote(s->o, s->which, s->anchor, q));
}

void sheet_item(struct sheet *s, const char *before, const struct val *doc, const char *key)
{
	const char *text = val_text(doc, key);
	if (!text)
		return;
	struct quote q = quote_of(doc, key, text);
	sheet_printf(s, "- %s : ", before);
	sheet_quote(s, &q);
	sheet_put(s, "\n");
}

void sheet_codes(struct sheet *s, const struct names *codes)
{
	if (!codes->n)
		sheet_put(s, "aucun");
	for (size_t i = 0; i < codes->n; i++) {
		buf_puts(out(s), i ? ", " : "");
		for (const char *p = codes->at[i]; *p; p++)
			buf_putc(out(s), *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
	}
}
