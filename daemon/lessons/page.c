/* page.c -- Markdown to HTML, line by line.
 *
 * A line is a heading, an item, a row of a table, the picture, empty, or text; what was open and is none of that ends. A
 * paragraph all in bold before a table is its caption, so it waits until the next line is seen. Within a line a backslash
 * makes the next character plain, as sheet_text wrote it: what a record says can open nothing.
 */
#include "lessons/page.h"

#include <string.h>

#include "lessons/english.h"
#include "lessons/markup.h"
#include "lessons/picture.h"

static const char style[] =
	"body{margin:0 auto;max-width:60rem;padding:1rem;font:1rem/1.5 sans-serif;color:#1a1a1a;background:#fff;"
	"overflow-wrap:break-word}\n"
	"h1,h2,h3{line-height:1.25;margin:1.4em 0 .4em}h1{font-size:1.6rem;margin-top:0}h2{font-size:1.25rem}h3{font-size:1.05rem}\n"
	"p,ul{margin:.4em 0}ul{padding-left:1.3em}li{margin:.25em 0}a{color:#0b4a8f}\n"
	".ref{font-size:.8em;color:#4d4d4d}\n"
	".wide{overflow-x:auto;margin:1em 0}\n"
	"table{border-collapse:collapse}caption{text-align:left;font-weight:bold;padding:.3em 0}\n"
	"th,td{border:1px solid #767676;padding:.25em .5em;text-align:left;vertical-align:top}th{background:#f0f0f0}\n"
	"figure{margin:1em 0}svg{max-width:100%;height:auto}\n"
	".skip{position:absolute;left:-100rem}.skip:focus{position:static}\n"
	"a:focus,.wide:focus{outline:3px solid #0b4a8f;outline-offset:2px}\n"
	"@page{size:A4;margin:14mm}@page large{size:A4 landscape}\n"
	"@media print{body{max-width:none;padding:0;font:9.5pt/1.3 sans-serif}.skip{display:none}.wide{overflow:visible}\n"
	".large{page:large;font-size:6.5pt;overflow-wrap:anywhere}.large table{width:100%;table-layout:fixed}"
	".large th,.large td{padding:.1em .2em}svg{max-height:240mm}\n"
	"h1{font-size:14pt}h2{font-size:11.5pt;margin:.8em 0 .2em}h3{font-size:10pt;margin:.7em 0 .2em}p,ul{margin:.25em 0}"
	"li{margin:.1em 0}\n"
	"h1,h2,h3,caption{break-after:avoid}tr,figure,li{break-inside:avoid}a{color:inherit;text-decoration:none}\n"
	"th{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

enum open { NOTHING, PARAGRAPH, ITEM, INNER, TABLE };
struct page {
	struct buf *out;
	const struct model *m;
	bool english;
	enum open open;
	size_t captions;     /* so far: ids must differ */
	const char *caption; /* a line in bold that waits; NULL: none */
	size_t caption_n;
	bool head;           /* the next row of the table is its header */
};

/* --- text ------------------------------------------------------------------------------------------------- */

/* The first c between s and end that no backslash makes plain; NULL. */
static const char *plain(const char *s, const char *end, char c)
{
	for (; s < end; s++)
		if (*s == '\\')
			s++;
		else if (*s == c)
			return s;
	return NULL;
}

static void put_inline(struct page *p, const char *s, const char *end);

/* "[text](file)" or "[ARA ens-ara-... enonce]"; the first character behind it. */
static const char *put_bracket(struct page *p, const char *s, const char *end)
{
	const char *close = plain(s + 1, end, ']'), *stop = close && close + 1 < end && close[1] == '(' ? plain(close, end, ')') : NULL;
	if (!close) {
		buf_putc(p->out, '[');
		return s + 1;
	}
	buf_puts(p->out, stop ? "<a href=\"" : "<span class=\"ref\">[");
	if (stop) {
		markup_text(p->out, close + 2, (size_t)(stop - close - 2));
		buf_puts(p->out, "\">");
	}
	put_inline(p, s + 1, close);
	buf_puts(p->out, stop ? "</a>" : "]</span>");
	return (stop ? stop : close) + 1;
}

static void put_inline(struct page *p, const char *s, const char *end)
{
	while (s < end) {
		if (*s == '\\' && s + 1 < end) {
			markup_text(p->out, s + 1, 1);
			s += 2;
		} else if (*s == '[') {
			s = put_bracket(p, s, end);
		} else if (*s == *PAGE_QUOTE) { /* bdi: a text that turns the direction of writing turns only itself */
			buf_puts(p->out, p->english ? "<bdi lang=\"fr\">" : "<bdi>");
			s++;
		} else if (*s == *PAGE_QUOTE_END) {
			buf_puts(p->out, "</bdi>");
			s++;
		} else {
			size_t n = 1;
			while (s + n < end && !strchr("\\[" PAGE_QUOTE PAGE_QUOTE_END, s[n]))
				n++;
			markup_text(p->out, s, n);
			s += n;
		}
	}
}

/* --- blocks ----------------------------------------------------------------------------------------------- */

static void go_to(struct page *p, enum open next)
{
	static const char *const ends[] = { "", "</p>\n", "</li>\n</ul>\n", "</li>\n</ul>\n</li>\n</ul>\n",
					    "</tbody>\n</table>\n</div>\n" };
	static const char *const begins[] = { "", "<p>", "<ul>\n<li>", "<ul>\n<li>\n<ul>\n<li>", "" };
	if (p->open == ITEM && next == INNER)
		buf_puts(p->out, "\n<ul>\n<li>");
	else if (p->open == INNER && next == ITEM)
		buf_puts(p->out, "</li>\n</ul>\n</li>\n<li>");
	else if (p->open == next && (next == ITEM || next == INNER))
		buf_puts(p->out, "</li>\n<li>");
	else if (p->open == next && next == PARAGRAPH)
		buf_putc(p->out, '\n');
	else if (p->open != next) {
		buf_puts(p->out, ends[p->open]);
		buf_puts(p->out, begins[next]);
	}
	p->open = next;
}

static void put_heading(struct page *p, const char *s, const char *end)
{
	int level = 0;
	while (s < end && *s == '#')
		level++, s++;
	go_to(p, NOTHING);
	buf_printf(p->out, "<h%d>", level);
	put_inline(p, s + 1, end);
	buf_printf(p->out, "</h%d>\n", level);
}

/* Beyond so many columns a table is printed small, across the page. */
#define UPRIGHT 8

static void begin_table(struct page *p, const char *s, const char *end)
{
	size_t columns = 0;
	for (const char *at = s + 1; (at = plain(at, end, '|')); at++)
		columns++;
	const char *large = columns > UPRIGHT ? " large" : "";
	go_to(p, TABLE);
	if (p->caption) {
		p->captions++;
		buf_printf(p->out, "<div class=\"wide%s\" role=\"region\" tabindex=\"0\" aria-labelledby=\"t%zu\">\n<table>\n"
				   "<caption id=\"t%zu\">", large, p->captions, p->captions);
		put_inline(p, p->caption, p->caption + p->caption_n);
		buf_puts(p->out, "</caption>\n");
	} else
		buf_printf(p->out, "<div class=\"wide%s\">\n<table>\n", large);
	p->caption = NULL;
	p->head = true;
}

static void put_row(struct page *p, const char *s, const char *end)
{
	if (p->open != TABLE)
		begin_table(p, s, end);
	if (end - s > 1 && s[1] == '-') { /* |---| */
		buf_puts(p->out, "</thead>\n<tbody>\n");
		return;
	}
	buf_puts(p->out, p->head ? "<thead>\n<tr>" : "<tr>");
	s++;
	for (size_t i = 0; s < end; i++) {
		const char *next = plain(s, end, '|'), *to = next ? next : end, *tag = p->head || !i ? "th" : "td";
		while (s < to && *s == ' ')
			s++;
		const char *last = to;
		while (last > s && last[-1] == ' ')
			last--;
		buf_printf(p->out, p->head ? "<th scope=\"col\">" : !i ? "<th scope=\"row\">" : "<td>");
		put_inline(p, s, last);
		buf_printf(p->out, "</%s>", tag);
		s = to + 1;
	}
	buf_puts(p->out, "</tr>\n");
	p->head = false;
}

/* A line in bold that no table followed. */
static void drop_caption(struct page *p)
{
	if (!p->caption)
		return;
	go_to(p, PARAGRAPH);
	buf_puts(p->out, "<strong>");
	put_inline(p, p->caption, p->caption + p->caption_n);
	buf_puts(p->out, "</strong>");
	go_to(p, NOTHING);
	p->caption = NULL;
}

static void put_line(struct page *p, const char *s, const char *end)
{
	size_t n = (size_t)(end - s);
	if (!n) {
		go_to(p, NOTHING);
		return;
	}
	if (*s != '|')
		drop_caption(p);
	if (*s == '#') {
		put_heading(p, s, end);
	} else if (*s == '|') {
		put_row(p, s, end);
	} else if (*s == *PAGE_FIGURE) {
		go_to(p, NOTHING);
		buf_puts(p->out, "<figure>\n");
		picture_put(p->out, p->m, p->english, false);
		buf_puts(p->out, "</figure>\n");
	} else if (n > 4 && !memcmp(s, "**", 2) && !memcmp(end - 2, "**", 2)) {
		go_to(p, NOTHING);
		p->caption = s + 2;
		p->caption_n = n - 4;
	} else if (n > 2 && !memcmp(s, "- ", 2)) {
		go_to(p, ITEM);
		put_inline(p, s + 2, end);
	} else if (n > 6 && !memcmp(s, "    - ", 6)) {
		go_to(p, INNER);
		put_inline(p, s + 6, end);
	} else {
		go_to(p, PARAGRAPH);
		put_inline(p, s, end);
	}
}

/* Its first line is "# ...". */
static void put_top(struct page *p, const char *markdown)
{
	const char *lang = p->english ? "en" : "fr", *skip = "Aller au contenu", *title = markdown + strspn(markdown, "# ");
	struct page words = { .out = p->out, .m = p->m };
	buf_printf(p->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
			   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", lang);
	put_inline(&words, title, title + strcspn(title, "\n"));
	buf_printf(p->out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#contenu\">%s</a>\n"
			   "<main id=\"contenu\">\n", style, p->english ? english_of(skip) : skip);
}

void page_put(struct buf *out, const struct model *m, const char *markdown, bool english)
{
	struct page p = { .out = out, .m = m, .english = english };
	put_top(&p, markdown);
	for (const char *s = markdown; *s;) {
		const char *end = s + strcspn(s, "\n");
		put_line(&p, s, end);
		s = *end ? end + 1 : end;
	}
	drop_caption(&p);
	go_to(&p, NOTHING);
	buf_puts(out, "</main>\n</body>\n</html>\n");
}
