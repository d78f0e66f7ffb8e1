#include "lessons/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sheet_put(struct sheet *s, const char *markdown)
{
	buf_puts(s->out, markdown);
}

void sheet_printf(struct sheet *s, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	must(n >= 0);
	char *text = arena_alloc(s->m->a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	buf_puts(s->out, text);
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
			buf_putc(s->out, ' ');
		gap = false;
		if (strchr("\\`*_[]<>|#&~", *p))
			buf_putc(s->out, '\\');
		buf_putc(s->out, *p);
	}
}

void sheet_quote(struct sheet *s, const struct quote *q)
{
	bool own = !strncmp(q->text, "«", 2); /* a verbatim often comes with its own quotation marks */
	buf_puts(s->out, own ? "" : "« ");
	sheet_text(s, q->text);
	buf_puts(s->out, own ? " " : " » ");
	buf_puts(s->out, quote_reference(s->m->a, q));
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
		buf_puts(s->out, i ? ", " : "");
		for (const char *p = codes->at[i]; *p; p++)
			buf_putc(s->out, *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
	}
}
