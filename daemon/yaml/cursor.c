/* What libyaml does not tell: where dashes, colons, comments and lines are, and where a block of text really ends.
 *
 * libyaml gives scalars and events, in characters. The cursor stands at the first byte that nobody has accounted for;
 * what lies between it and the next event is a gap, and a gap holds white space, comments and indicators only. So one
 * pass over the gaps finds every comment and every indicator, and refuses what libyaml lets through (a `#` glued to a
 * value, tabs as indentation, text that goes on at its key's own column).
 *
 * Who owns a comment: on a value's line, that entry; above a key, the entry below; deeper than the next key, the
 * collection it closes (its tail); above the root's first key, the document.
 */
#include "cursor.h"

#include <string.h>

/* --- where it stands ---------------------------------------------------------------------------------------------- */

bool ycursor_refuse(struct ycursor *p, size_t at, int code, const char *msg)
{
	int line, col;
	ydoc__where(&line, &col, p->text + p->d->bom, at < p->d->bom ? 0 : at - p->d->bom);
	ydoc__fault(p->fault, line, col, "%s", msg);
	p->code = code;
	return false;
}

static bool refuse_data(struct ycursor *p, size_t at, const char *msg)
{
	return ycursor_refuse(p, at, ERR_DATA, msg);
}

static bool follows(const struct ycursor *p, size_t at) /* not the first byte of a character */
{
	return at < p->n && ((unsigned char)p->text[at] & 0xC0) == 0x80;
}

/* libyaml counts characters from the byte order mark's end. Where they are ASCII, they are bytes. */
size_t ycursor_byte(struct ycursor *p, size_t chars)
{
	while (p->chars < chars && p->byte < p->n) {
		if (p->ascii <= p->byte)
			p->ascii = p->byte + ydoc__ascii(p->text + p->byte, p->n - p->byte);
		size_t run = p->ascii - p->byte, left = chars - p->chars;
		p->byte += run < left ? run : left;
		p->chars += run < left ? run : left;
		if (run >= left)
			break;
		for (p->byte += p->byte < p->n; follows(p, p->byte);)
			p->byte++;
		p->chars++;
	}
	while (p->chars > chars) {
		do
			p->byte--;
		while (follows(p, p->byte));
		p->chars--;
		p->ascii = p->byte;
	}
	return p->byte;
}

/* --- gaps --------------------------------------------------------------------------------------------------------- */

/* Move the cursor over white space, comments and indicators up to byte `to`. */
bool ycursor_gap(struct ycursor *p, size_t to)
{
	const char *t = p->text;
	size_t first = p->d->bom;
	p->question = YCURSOR_NONE;
	bool indent = p->pos == first || t[p->pos - 1] == '\n';
	while (p->pos < to) {
		char c = t[p->pos];
		if (c == '#') {
			if (p->pos > first && !strchr(" \t\n", t[p->pos - 1]))
				return refuse_data(
					p, p->pos,
					_("« # » suit directement une valeur ; mettez un espace devant « # »"));
			struct yspan span = { p->pos, ydoc__eol(p->d, p->pos) };
			arena_push(p->a, &p->d->comments, span);
			p->pos = span.end;
			continue;
		}
		if (c == '\t' && indent)
			return refuse_data(p, p->pos, _("tabulation dans l'indentation ; utilisez des espaces"));
		if (c == '\n')
			indent = true;
		else if (c != ' ')
			indent = false;
		if (c == '?')
			p->question = p->pos;
		p->pos++;
	}
	return true;
}

/* The dash or colon that must come next; the cursor ends just behind it. libyaml knows better than to need one: it reads
 * `"a"b: c` as a key "a" and complains at the next event only. */
bool ycursor_expect(struct ycursor *p, char c)
{
	size_t at = p->pos;
	while (at < p->n && p->text[at] != c && strchr(" \t\r\n#", p->text[at]))
		at = p->text[at] == '#' ? ydoc__eol(p->d, at) : at + 1;
	if (at >= p->n || p->text[at] != c) {
		const char *problem = c == ':' ? "could not find expected ':'" : "'-' indicator";
		at = at < p->n ? at : p->n;
		return refuse_data(p, at, ydoc__explain(&(struct ycomplaint){ problem, NULL, p->text, at, at }));
	}
	return ycursor_gap(p, at + 1);
}

/* --- texts over several lines ------------------------------------------------------------------------------------- */

static const char *no_continuation(char quote, bool flow)
{
	if (flow)
		return _("il manque « ] » ou « } » avant cette ligne ; fermez la liste, ou indentez cette ligne");
	if (quote == '"' || quote == '\'')
		return _("un guillemet ouvert plus haut n'est pas fermé avant cette ligne ; fermez-le, ou indentez la ligne si le texte continue");
	return _("cette ligne continue un texte ; indentez-la plus que sa clé");
}

/* The lines after the first of a plain or quoted text. libyaml takes them at any indentation when quoted. */
bool ycursor_continuation(struct ycursor *p, size_t at, size_t end, int parent, bool flow)
{
	char quote = p->text[at];
	for (;;) {
		const char *nl = memchr(p->text + at, '\n', end - at);
		if (!nl)
			return true;
		at = (size_t)(nl - p->text) + 1;
		size_t spaces = strspn(p->text + at, " ");
		if (p->text[at + spaces] == '\t')
			return refuse_data(p, at + spaces, _("tabulation dans l'indentation ; utilisez des espaces"));
		if (!strchr("\r\n", p->text[at + spaces]) && (int)spaces <= parent)
			return refuse_data(p, at + spaces, no_continuation(quote, flow));
	}
}

/* libyaml's end of a block scalar is the next line with something on it; find where its own lines end. */
bool ycursor_block(struct ycursor *p, struct ynode *v, const char *value, size_t limit)
{
	const char *t = p->text;
	if (limit > p->d->n)
		limit = p->d->n; /* the newline that was added */
	v->head = v->start + 1 + strspn(t + v->start + 1, "+-0123456789");
	if (t[v->head] == '#')
		return refuse_data(p, v->head, _("« # » suit directement une valeur ; mettez un espace devant « # »"));
	bool keep = memchr(t + v->start, '+', v->head - v->start);
	size_t hash = v->head + strspn(t + v->head, " \t"), first = ydoc__next_line(p->d, v->head);
	if (t[hash] == '#') {
		struct yspan comment = { hash, ydoc__eol(p->d, hash) };
		arena_push(p->a, &p->d->comments, comment);
	}
	/* the content's column: spaces of its first line with text, less those that are part of the value */
	size_t text = first;
	while (text < limit && t[text + strspn(t + text, " ")] && strchr("\r\n", t[text + strspn(t + text, " ")]))
		text = ydoc__next_line(p->d, text);
	const char *line = value;
	while (*line && line[strspn(line, " ")] == '\n')
		line += strspn(line, " ") + 1;
	bool empty = text >= limit || !*line;
	size_t have = strspn(t + text, " "), part = strspn(line, " ");
	v->indent = empty || part > have ? 0 : have - part;
	size_t end = limit;
	if (empty && !keep)
		end = first;
	while (end > first && !keep) { /* drop trailing lines that hold no text */
		size_t from = ydoc__line_start(p->d, end - 1), spaces = strspn(t + from, " ");
		if (t[from + spaces] && !strchr("\r\n", t[from + spaces]))
			break;
		if (spaces > v->indent)
			break;
		end = from;
	}
	if (end < first)
		end = first;
	if (end > v->head && t[end - 1] == '\n')
		end -= 1 + (t[end - 2] == '\r');
	v->end = end;
	return true;
}

/* --- an entry's lines --------------------------------------------------------------------------------------------- */

/* Where a block entry's parts end, once its value is known. */
void ycursor_entry(struct ycursor *p, struct yentry *e)
{
	const struct ynode *v = e->val;
	if (ydoc__block(v)) {
		e->compact = v->at[0].line == v->at[0].at && !memchr(p->text + e->colon, '\n', v->at[0].at - e->colon);
		e->trail = e->colon;
		e->eol = e->compact ? e->trail : ydoc__eol(p->d, e->trail);
		e->stop = v->end;
		return;
	}
	e->trail = v->start == v->end ? e->colon : v->head;
	e->eol = ydoc__eol(p->d, e->trail);
	e->stop = ydoc__next_line(p->d, v->end > e->eol ? v->end : e->eol);
}

static size_t past_blanks(struct ycursor *p, size_t at)
{
	if (at < p->blank || at >= p->past) {
		p->blank = at;
		for (p->past = at; p->past < p->d->n; p->past = ydoc__next_line(p->d, p->past))
			if (!strchr("\r\n", p->text[p->past + strspn(p->text + p->past, " ")]))
				break;
	}
	return p->past;
}

/* The comments that close a collection: deeper than the entry that holds it, and at least as deep as its own. */
void ycursor_tail(struct ycursor *p, struct ynode *v, int parent)
{
	v->tail = v->end = v->at[v->n - 1].stop;
	if (parent < 0)
		return;
	for (size_t at = v->tail; at < p->d->n; at = ydoc__next_line(p->d, at)) {
		at = past_blanks(p, at);
		size_t spaces = strspn(p->text + at, " ");
		char c = p->text[at + spaces];
		if (c == '#') {
			if ((int)spaces <= parent || spaces < v->indent)
				return;
			v->end = ydoc__next_line(p->d, at);
		} else if (c != '\n' && c != '\r') {
			return;
		}
	}
}
