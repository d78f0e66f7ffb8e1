/* Reading a text of which most was read before.
 *
 * A merge reads three versions of a record and then what it wrote, and nearly all of their lines are the same. A field of
 * the outermost map whose lines stand in a document that was read before is copied from there, to its new place; libyaml
 * is given the other fields, as a text of their own.
 *
 * That gives the document that reading the whole would give. A piece is a field's lines: it begins with a letter, a digit
 * or `_` at column 0, and ends where the next one begins. At such a place libyaml's scanner knows one thing only: a line
 * begins in the outermost map. Nothing reaches across it: what is open (quotes, a flow collection) is part of a field or
 * refused, a block of text ends at column 0 whatever stands there, and anchors, tags and directives, which could reach
 * further, are refused. So a piece that was one field between two others is that field between any two others. The first
 * and the last also depend on where the text begins and ends (its head, `...`, a missing newline): they are the same as a
 * first and a last one only. The pieces to be read stand between two fields, too, if need be between guards. What only looks
 * like the beginning of a field is found out there: the text then has other fields than it was made of.
 *
 * What depends on the whole is looked at in the whole: its size, keys that are there twice, how many entries, whose the
 * comments between two fields are. Whatever is not as it should be, the answer is NULL and parse.c reads all of it: what is
 * wrong with a text is said there only.
 */
#include "cursor.h"

#include <ctype.h>
#include <string.h>

#define AHEAD 8 /* fields that one text may have and the other not, before the rest no longer counts as the same */

static const char guards[2][8] = { "_:\n", "__:\n" }; /* before the pieces to be read, and behind */

/* A field's lines, and where they were read. */
struct piece {
	size_t from, to;
	size_t line;             /* lines of the text above it */
	const struct ydoc *like; /* whose i-th piece is the same; NULL: to be read */
	size_t i;
};
struct pieces {
	struct piece *at;
	size_t n, cap;
};

struct reread {
	struct arena *a;
	struct ydoc *d; /* being made */
	struct pieces pieces;
	size_t entries;
};

/* --- which fields are known ---------------------------------------------------------------------------------------- */

/* False: too long. */
static bool split(struct reread *r)
{
	const struct ydoc *d = r->d;
	struct piece p = { 0 };
	size_t line = 0;
	bool first = true;
	for (size_t at = d->bom; at < d->n; at = ydoc__next_line(d, at)) {
		if (++line > YAML_MAX_LINES)
			return false;
		if (!isalnum((unsigned char)d->text[at]) && d->text[at] != '_')
			continue;
		if (!first) {
			p.to = at;
			arena_push(r->a, &r->pieces, p);
			p = (struct piece){ .from = at, .line = line - 1 };
		}
		first = false;
	}
	p.to = d->n;
	arena_push(r->a, &r->pieces, p);
	return true;
}

static size_t begin_of(const struct ydoc *d, size_t i)
{
	return i ? d->root->at[i].line : 0;
}

static bool same_piece(const struct ydoc *d, const struct piece *p, const struct ydoc *like, size_t i)
{
	bool last = i + 1 == like->root->n;
	size_t from = begin_of(like, i), n = (last ? like->n : like->root->at[i + 1].line) - from;
	return !p->from == !i && (p->to == d->n) == last && n == p->to - p->from && !memcmp(like->text + from, d->text + p->from, n);
}

static bool find_known(struct reread *r, const struct ydoc *like)
{
	bool any = false;
	if (like->root->indent)
		return false;
	for (size_t k = 0, i = 0; k < r->pieces.n; k++) {
		struct piece *p = &r->pieces.at[k];
		size_t same = i, end = i + AHEAD < like->root->n ? i + AHEAD : like->root->n;
		while (same < end && !same_piece(r->d, p, like, same))
			same++;
		if (same == end)
			continue;
		i = same + 1;
		if (p->like)
			continue;
		p->like = like;
		p->i = same;
		any = true;
	}
	return any;
}

/* Read the pieces that nobody knows. */
static bool read_others(struct reread *r)
{
	const struct pieces *all = &r->pieces;
	struct ytext text = { .a = r->a };
	struct ydoc *d;
	size_t n = 0, at = 0;
	for (size_t k = 0; k < all->n; k++) {
		const struct piece *p = &all->at[k];
		if (p->like)
			continue;
		if (k && !text.n)
			ytext_puts(&text, guards[0]);
		ytext_put(&text, r->d->text + p->from, p->to - p->from);
	}
	if (!text.n)
		return true;
	if (all->at[all->n - 1].like)
		ytext_puts(&text, guards[1]);
	if (ydoc_parse(&d, r->a, "", text.at, text.n, NULL, NULL) < 0 || d->root->indent)
		return false;
	if (all->at[0].like)
		at = strlen(guards[n++]);
	for (size_t k = 0; k < all->n; k++) {
		struct piece *p = &all->at[k];
		if (p->like)
			continue;
		if (n == d->root->n || begin_of(d, n) != at)
			return false;
		at += p->to - p->from;
		p->like = d;
		p->i = n++;
	}
	return at == d->n ? n == d->root->n : n + 1 == d->root->n && begin_of(d, n) == at;
}

/* --- copies of them ------------------------------------------------------------------------------------------------ */

struct move {
	struct reread *r;
	size_t by;     /* bytes, modulo 2^64 */
	uint32_t down; /* lines, modulo 2^32 */
};

/* The data of a node that was moved. Shared where they stand in the line that they stood in. */
static const struct val *move_val(const struct move *m, const struct val *v, const struct ynode *moved)
{
	if (!m->down)
		return v;
	struct val *val = arena_new(m->r->a, struct val);
	*val = *v;
	val->line += m->down;
	if (v->type == VAL_MAP)
		val->map = (struct val_map){ arena_array(m->r->a, moved->n, sizeof *val->map.at), moved->n, moved->n };
	if (v->type == VAL_LIST)
		val->list = (struct val_list){ arena_array(m->r->a, moved->n, sizeof *val->list.at), moved->n, moved->n };
	for (size_t i = 0; i < moved->n; i++) {
		struct val *child = (struct val *)moved->at[i].val->val; /* shared, unchanged */
		if (v->type == VAL_MAP)
			val->map.at[i] = (struct val_field){ moved->at[i].key, child };
		else
			val->list.at[i] = child;
	}
	return val;
}

static struct ynode *move_node(const struct move *m, const struct ynode *v);

static void move_entry(const struct move *m, struct yentry *e, bool block)
{
	if (block || e->key) {
		e->at += m->by;
		e->colon += m->by;
	}
	if (block) {
		e->lead += m->by;
		e->attach += m->by;
		e->line += m->by;
		e->trail += m->by;
		e->eol += m->by;
		e->stop += m->by;
	}
	e->val = move_node(m, e->val);
	m->r->entries++;
}

static struct ynode *move_node(const struct move *m, const struct ynode *v)
{
	struct ynode *moved = arena_new(m->r->a, struct ynode);
	bool block = ydoc__block(v);
	*moved = *v;
	moved->doc = m->r->d;
	moved->start += m->by;
	moved->head += block ? 0 : m->by;
	moved->end += m->by;
	moved->tail += block ? m->by : 0;
	moved->cap = v->n;
	moved->at = v->n ? arena_array(m->r->a, v->n, sizeof *v->at) : NULL;
	for (size_t i = 0; i < v->n; i++) {
		moved->at[i] = v->at[i];
		move_entry(m, &moved->at[i], block);
	}
	moved->val = move_val(m, v->val, moved);
	return moved;
}

static void move_comments(const struct move *m, const struct ydoc *from, size_t at, size_t end)
{
	for (size_t i = ydoc__comment(from, at); i < from->comments.n && from->comments.at[i].at < end; i++) {
		struct yspan span = from->comments.at[i];
		span.at += m->by;
		span.end += m->by;
		arena_push(m->r->a, &m->r->d->comments, span);
	}
}

static size_t lines_between(const struct ydoc *d, size_t from, size_t to)
{
	size_t n = 0;
	for (const char *s = d->text + from, *end = d->text + to; (s = memchr(s, '\n', (size_t)(end - s))); s++)
		n++;
	return n;
}

static void put_field(struct reread *r, struct ynode *root, struct val *data, const struct piece *p)
{
	struct yentry e = p->like->root->at[p->i];
	size_t was = begin_of(p->like, p->i), line = e.val->val->line - 1 - lines_between(p->like, was, e.val->start);
	struct move m = { r, p->from - was, (uint32_t)(p->line - line) };
	move_entry(&m, &e, true);
	ydoc__place(r->d, &e, root->n ? root->at[root->n - 1].stop : r->d->bom);
	arena_push(r->a, root, e);
	struct val_field f = { e.key, (struct val *)e.val->val }; /* shared, unchanged */
	arena_push(r->a, &data->map, f);
	move_comments(&m, p->like, was, was + (p->to - p->from));
}

struct ydoc *ydoc__reread(struct arena *a, const struct ylike *like, const void *bytes, size_t n)
{
	bool any = false;
	for (size_t i = 0; i < YAML_LIKE; i++)
		any |= like->at[i] != NULL;
	if (!any || n > YAML_MAX_BYTES)
		return NULL;
	struct ydoc *d = ydoc__new(a, bytes, n);
	struct reread r = { .a = a, .d = d };
	if (!split(&r))
		return NULL;
	any = false;
	for (size_t i = 0; i < YAML_LIKE; i++)
		any |= like->at[i] && find_known(&r, like->at[i]);
	if (!any || !read_others(&r))
		return NULL;
	const struct ynode *first = r.pieces.at[0].like->root;
	struct ynode *root = arena_new(a, struct ynode);
	struct val *data = val_map(a);
	const struct yentry *twice;
	*root = (struct ynode){ .doc = d, .val = data, .style = Y_BLOCK, .start = first->start };
	data->line = first->val->line;
	data->col = first->val->col;
	for (size_t k = 0; k < r.pieces.n; k++)
		put_field(&r, root, data, &r.pieces.at[k]);
	if (r.entries > YAML_MAX_ENTRIES || ydoc__index(a, root, &twice))
		return NULL;
	root->tail = root->end = root->at[root->n - 1].stop;
	d->root = root;
	ydoc__finish(d);
	return d;
}

int ydoc_parse_like(struct ydoc **out, struct arena *a, const struct ylike *like, const char *name, const void *bytes, size_t n,
		    struct yfault *fault, struct err *e)
{
	struct ydoc *d = ydoc__reread(a, like, bytes, n);
	if (!d)
		return ydoc_parse(out, a, name, bytes, n, fault, e);
	*out = d;
	return 0;
}
