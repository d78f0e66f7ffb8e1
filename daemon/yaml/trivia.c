/* Copying from a text, and what to do with the comments of two texts that came from a third.
 *
 * A copy keeps the canvas's bytes; anything that comes from elsewhere, or moves to another column, is shifted as a
 * block (all its lines by as many columns) and takes the result's line ends.
 *
 * Comments merge by line (DESIGN 5, law 7): changed on one side only, that side's; changed on both, the canvas's lines
 * except those that the donor deleted, then the lines that only the donor has. So a comment disappears only if somebody
 * deleted it.
 *
 * But a comment can change its owner without moving: above a field it was the field's, and when the value above became
 * a list it closes that list. Its old owner then looks as if somebody had deleted it. So the result is looked through:
 * a comment that nobody deleted and that is nowhere in it is lost, and the text is composed again with the lost ones to
 * be kept.
 *
 * Some have no place even then: in a block that one side wrote on one line, say. Composed a third time, they stand above
 * the entry that they stood in. Only what is said of a deleted entry goes with it.
 */
#include "ynode.h"

#include <stdlib.h>
#include <string.h>

void ydoc__end_line(const struct ycompose *c, struct ytext *o)
{
	if (o->n && o->at[o->n - 1] != '\n')
		ytext_puts(o, c->nl);
}

void ydoc__copy(const struct ycompose *c, struct ytext *o, const struct ydoc *d, size_t from, size_t to, long shift,
		bool at_line_start)
{
	if (!shift && !(d == c->canvas ? c->convert : d->crlf || c->nl[0] == '\r')) {
		ytext_put(o, d->text + from, to - from);
		return;
	}
	while (from < to) {
		const char *nl = memchr(d->text + from, '\n', to - from);
		size_t end = nl ? (size_t)(nl - d->text) : to, text = end;
		if (nl && text > from && d->text[text - 1] == '\r')
			text--;
		if (at_line_start && shift > 0 && text > from)
			ytext_fill(o, (size_t)shift);
		for (long less = -shift; at_line_start && less > 0 && from < text && d->text[from] == ' '; less--)
			from++;
		ytext_put(o, d->text + from, text - from);
		if (nl)
			ytext_puts(o, d == c->canvas && !c->convert ? (text < end ? "\r\n" : "\n") : c->nl);
		from = end + (nl != NULL);
		at_line_start = true;
	}
}

static size_t strip(const struct ydoc *d, size_t from, size_t to, size_t indent)
{
	while (indent-- && from < to && d->text[from] == ' ')
		from++;
	return from;
}

/* Texts alike but for their columns and line ends. */
bool ydoc__same(const struct ydoc *x, size_t xfrom, size_t xto, size_t xindent, const struct ydoc *y, size_t yfrom,
		size_t yto, size_t yindent)
{
	for (;;) {
		const char *xnl = memchr(x->text + xfrom, '\n', xto - xfrom),
			   *ynl = memchr(y->text + yfrom, '\n', yto - yfrom);
		size_t xend = xnl ? (size_t)(xnl - x->text) : xto, yend = ynl ? (size_t)(ynl - y->text) : yto;
		size_t xn = xend - xfrom, yn = yend - yfrom;
		xn -= xn && x->text[xend - 1] == '\r';
		yn -= yn && y->text[yend - 1] == '\r';
		if (xn != yn || memcmp(x->text + xfrom, y->text + yfrom, xn))
			return false;
		xfrom = xend + (xnl != NULL);
		yfrom = yend + (ynl != NULL);
		if (xfrom >= xto || yfrom >= yto)
			return xfrom >= xto && yfrom >= yto;
		xfrom = strip(x, xfrom, xto, xindent);
		yfrom = strip(y, yfrom, yto, yindent);
	}
}

/* --- lines of comments -------------------------------------------------------------------------------------------- */

void ydoc__lines(struct arena *a, struct ylines *out, const struct ydoc *d, size_t from, size_t to, long shift)
{
	while (from < to) {
		size_t end = ydoc__next_line(d, from), text = from + strspn(d->text + from, " "),
		       eol = ydoc__eol(d, from);
		struct yline line = { d, from, end, d->text + text, eol > text ? eol - text : 0, shift };
		arena_push(a, out, line);
		from = end;
	}
}

static bool same_line(const struct yline *x, const struct yline *y)
{
	return x->len == y->len && !memcmp(x->text, y->text, x->len);
}

static bool same_lines(const struct ylines *x, const struct ylines *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!same_line(&x->at[i], &y->at[i]))
			return false;
	return true;
}

static bool among(const struct ylines *lines, const struct yline *line)
{
	for (size_t i = 0; i < lines->n; i++)
		if (same_line(&lines->at[i], line))
			return true;
	return false;
}

static bool is_comment(const struct yline *line)
{
	return line->len && line->text[0] == '#';
}

static struct ylines merge(const struct ycompose *c, const struct ylines *canvas, const struct ylines *donor,
			   const struct ylines *base)
{
	if (same_lines(canvas, donor) || same_lines(donor, base))
		return *canvas;
	if (same_lines(canvas, base))
		return *donor;
	struct ylines out = { 0 };
	bool bounded = canvas->n + donor->n + base->n < 4096; /* quadratic; beyond: both sides whole */
	for (size_t i = 0; i < canvas->n; i++) {
		const struct yline *line = &canvas->at[i];
		if (!bounded || !is_comment(line) || !among(base, line) || among(donor, line))
			arena_push(c->a, &out, *line);
	}
	for (size_t i = 0; i < donor->n; i++) {
		struct yline line = donor->at[i];
		if (is_comment(&line) && (!bounded || (!among(canvas, &line) && !among(base, &line))))
			arena_push(c->a, &out, line);
	}
	return out;
}

static int by_text(const void *x, const void *y)
{
	const struct yline *a = x, *b = y;
	size_t n = a->len < b->len ? a->len : b->len;
	int c = n ? memcmp(a->text, b->text, n) : 0;
	return c ? c : (a->len > b->len) - (a->len < b->len);
}

static struct yline *find(const struct ylines *sorted, const struct yline *line)
{
	return sorted->n ? bsearch(line, sorted->at, sorted->n, sizeof *line, by_text) : NULL;
}

/* The line if it is to be kept and has not been written yet; then it counts as written. */
static bool take(const struct ylines *keep, const struct yline *line)
{
	struct yline *kept = find(keep, line);
	if (!kept || kept->from)
		return false;
	kept->from = 1;
	return true;
}

struct ylines ydoc__merge_lines(struct ycompose *c, const struct ylines *canvas, const struct ylines *donor,
				const struct ylines *base)
{
	struct ylines out = merge(c, canvas, donor, base), more = { 0 };
	const struct ylines *const from[2] = { canvas, donor };
	for (int s = 0; s < 2 && c->keep.n; s++)
		for (size_t i = 0; i < from[s]->n; i++)
			if (is_comment(&from[s]->at[i]) && take(&c->keep, &from[s]->at[i]))
				arena_push(c->a, &more, from[s]->at[i]);
	if (!more.n)
		return out;
	for (size_t i = 0; i < out.n; i++)
		arena_push(c->a, &more, out.at[i]);
	return more;
}

static struct ylines comments_of(struct arena *a, const struct ydoc *d)
{
	struct ylines out = { 0 };
	if (d)
		ydoc__lift(a, &out, d, 0, d->n);
	if (out.n)
		qsort(out.at, out.n, sizeof *out.at, by_text);
	return out;
}

struct ylines ydoc__lost(const struct ycompose *c, const struct ydoc *result)
{
	struct ylines canvas = comments_of(c->a, c->canvas), donor = comments_of(c->a, c->donor),
		      base = comments_of(c->a, c->base);
	struct ylines have = comments_of(c->a, result), out = { 0 };
	const struct ylines *const side[2] = { &canvas, &donor };
	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < side[s]->n; i++) {
			const struct yline *line = &side[s]->at[i];
			if (!find(&have, line) && (!find(&base, line) || find(side[!s], line)))
				arena_push(c->a, &out, *line);
		}
	}
	if (out.n)
		qsort(out.at, out.n, sizeof *out.at, by_text);
	size_t n = 0;
	for (size_t i = 0; i < out.n; i++) /* each once */
		if (!n || by_text(&out.at[n - 1], &out.at[i]))
			out.at[n++] = out.at[i];
	out.n = n;
	return out;
}

static void take_between(struct ycompose *c, const struct ylines *keep, struct ylines *out, const struct ydoc *d,
			 size_t from, size_t to)
{
	struct ylines all = { 0 };
	if (keep->n)
		ydoc__lift(c->a, &all, d, from, to);
	for (size_t i = 0; i < all.n; i++)
		if (take(keep, &all.at[i]))
			arena_push(c->a, out, all.at[i]);
}

void ydoc__rescue(struct ycompose *c, struct ylines *out, const struct ydoc *d, size_t from, size_t to)
{
	take_between(c, &c->keep, out, d, from, to);
}

void ydoc__catch(struct ycompose *c, struct ylines *out, const struct ydoc *d, size_t from, size_t to)
{
	take_between(c, &c->net, out, d, from, to);
}

void ydoc__put_lines(const struct ycompose *c, struct ytext *o, const struct ylines *lines, size_t indent)
{
	for (size_t i = 0; i < lines->n; i++) {
		const struct yline *line = &lines->at[i];
		if (line->d) {
			ydoc__copy(c, o, line->d, line->from, line->to, line->shift, true);
		} else {
			ytext_fill(o, indent);
			ytext_put(o, line->text, line->len);
		}
		ydoc__end_line(c, o);
	}
}

size_t ydoc__comment(const struct ydoc *d, size_t at)
{
	size_t low = 0, high = d->comments.n;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (d->comments.at[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void ydoc__lift(struct arena *a, struct ylines *out, const struct ydoc *d, size_t from, size_t to)
{
	for (size_t i = ydoc__comment(d, from); i < d->comments.n && d->comments.at[i].at < to; i++) {
		struct yspan span = d->comments.at[i];
		struct yline line = { NULL, 0, 0, d->text + span.at, span.end - span.at, 0 };
		arena_push(a, out, line);
	}
}

void ydoc__orphans(struct ycompose *c, struct ylines *out, const struct yentry *gone, long shift)
{
	const struct ydoc *d = gone->val->doc;
	if (memchr(d->text + gone->lead, '#', gone->attach - gone->lead))
		ydoc__lines(c->a, out, d, gone->lead, gone->attach, shift);
}
