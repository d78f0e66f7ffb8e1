/* The new text, put together from pieces of up to three others.
 *
 * The target and the texts are walked in lock-step. An entry whose data is as wanted, and of which the donor has no
 * news, is copied whole; else its parts (comments above, key, value, comment behind) are chosen one by one; block
 * collections recurse. Each choice is three-way: who differs from the base has the newer text, the canvas if both do.
 *
 * Nothing here checks that the pieces fit: rewrite.c parses the result and, where it means something else, asks again
 * with more care (enum ycare), so that this file may be simple.
 */
#include "ynode.h"

#include <string.h>

struct place {
	const char *key; /* NULL: an item */
	const struct val *target;
	const void *shape;
	struct ythree t;
	bool eqc, eqd, eqb;		 /* that text's data are as wanted */
	const struct ylines *orphans[3]; /* comments that deleted entries above leave to this one; NULL: none */
	size_t indent;
	int depth;
};

static const struct ydoc *doc(const struct yentry *e)
{
	return e->val->doc;
}

static long shift_of(const struct place *p, const struct yentry *e)
{
	const struct ythree *t = &p->t;
	size_t was = e == t->c ? t->ci : e == t->d ? t->di : t->bi;
	return (long)p->indent - (long)was;
}

static bool same_body(const struct yentry *x, size_t xi, const struct yentry *y, size_t yi)
{
	return x && y && ydoc__same(doc(x), x->at, x->stop, xi, doc(y), y->at, y->stop, yi);
}

static bool same_value(const struct yentry *x, size_t xi, const struct yentry *y, size_t yi)
{
	return x && y && ydoc__same(doc(x), x->val->start, x->val->end, xi, doc(y), y->val->start, y->val->end, yi);
}

static bool same_part(const struct yentry *x, size_t xfrom, size_t xto, const struct yentry *y, size_t yfrom,
		      size_t yto)
{
	return xto - xfrom == yto - yfrom && !memcmp(doc(x)->text + xfrom, doc(y)->text + yfrom, xto - xfrom);
}

/* --- choices ------------------------------------------------------------------------------------------------------ */

/* The text has it under this very name (an item has none). */
static bool named(const struct place *p, const struct yentry *e)
{
	return !p->key || !strcmp(p->key, e->key);
}

/* The entry to be copied whole, or NULL. */
static const struct yentry *whole(const struct ycompose *c, const struct place *p)
{
	const struct ythree *t = &p->t;
	if ((t->c && !named(p, t->c)) || (t->d && !named(p, t->d)) || (t->b && !named(p, t->b)))
		return NULL;
	if (c->dense || c->level >= YCARE_FRESH || (c->keep.n && t->c && t->d && !same_body(t->c, t->ci, t->d, t->di)))
		return NULL;
	if (t->c && p->eqc && (!t->d || same_body(t->c, t->ci, t->d, t->di) || same_body(t->d, t->di, t->b, t->bi)))
		return t->c;
	if (t->d && p->eqd && (!t->c || same_body(t->c, t->ci, t->b, t->bi)))
		return t->d;
	return !t->c && !t->d && p->eqb ? t->b : NULL;
}

/* The entry whose spelling of the value is taken; NULL: no text has this value. */
static const struct yentry *value_source(const struct ycompose *c, const struct place *p)
{
	const struct ythree *t = &p->t;
	if (c->level >= YCARE_FRESH)
		return NULL;
	if (p->eqc && p->eqd)
		return !same_value(t->c, t->ci, t->d, t->di) && same_value(t->c, t->ci, t->b, t->bi) ? t->d : t->c;
	return p->eqc ? t->c : p->eqd ? t->d : p->eqb ? t->b : NULL;
}

static const struct yentry *key_source(const struct ycompose *c, const struct place *p)
{
	const struct yentry *x = p->t.c, *y = p->t.d, *z = p->t.b;
	if (c->level >= YCARE_FRESH)
		return NULL;
	x = x && named(p, x) ? x : NULL;
	y = y && named(p, y) ? y : NULL;
	z = z && named(p, z) ? z : NULL;
	if (!x || !y || !z)
		return x ? x : y ? y : z;
	return same_part(x, x->at, x->colon, z, z->at, z->colon) ? y : x;
}

/* The comment behind: changed on both sides, the donor's moves above the entry. */
static void choose_trail(struct ycompose *c, struct ytext *trail, struct ylines *extra, const struct place *p,
			 const struct yentry *value)
{
	const struct yentry *x = p->t.c, *y = p->t.d, *z = p->t.b, *from = x ? x : y ? y : z;
	if (!from)
		return;
	if (x && y) {
		size_t zfrom = z ? z->trail : 0, zto = z ? z->eol : 0;
		const struct yentry *w = z ? z : x;
		bool news = !same_part(x, x->trail, x->eol, y, y->trail, y->eol) &&
			    !same_part(y, y->trail, y->eol, w, zfrom, zto);
		if (news && same_part(x, x->trail, x->eol, w, zfrom, zto))
			from = y;
		else if (news)
			ydoc__lift(c->a, extra, doc(y), y->trail, y->eol);
	}
	if (x && from != x)
		ydoc__rescue(c, extra, doc(x), x->trail, x->eol);
	if (y && from != y)
		ydoc__rescue(c, extra, doc(y), y->trail, y->eol);
	const char *text = doc(from)->text + from->trail;
	if (from == value || memchr(text, '#', from->eol - from->trail))
		ytext_put(trail, text, from->eol - from->trail);
}

static const struct yentry *block_of(const struct yentry *e, enum val_type type)
{
	return e && ydoc__block(e->val) && e->val->val->type == type ? e : NULL;
}

/* --- an entry ----------------------------------------------------------------------------------------------------- */

static void put_verbatim(const struct ycompose *c, struct ytext *o, const struct place *p, const struct yentry *e,
			 const struct ytext *trail)
{
	const struct ynode *v = e->val;
	long shift = shift_of(p, e);
	if (v->start < v->end)
		ydoc__copy(c, o, v->doc, e->colon, v->head, shift, false);
	ytext_put(o, trail->at, trail->n);
	ytext_puts(o, c->nl);
	size_t rest = ydoc__next_line(v->doc, e->eol);
	if (v->end > v->head && v->end > rest) {
		ydoc__copy(c, o, v->doc, rest, v->end, shift, true);
		ytext_puts(o, c->nl);
	} else if (v->end > v->head && v->end == rest && v->end < v->doc->n) {
		ytext_puts(o, c->nl); /* |+ and one empty line */
	}
}

static size_t step_of(const struct yentry *e, size_t indent)
{
	return e->val->indent - indent;
}

/* How far a block stands in from its key: the canvas's, unless only the donor re-indented it. */
static size_t inner_step(const struct place *p, const struct yentry *s, const struct yentry *d, const struct yentry *b)
{
	const struct ythree *t = &p->t;
	size_t step = step_of(s, s == t->c ? t->ci : s == t->d ? t->di : t->bi);
	bool known = d && b && !s->compact && !d->compact && !b->compact;
	return known && step == step_of(b, t->bi) ? step_of(d, t->di) : step;
}

static void put_inside(struct ycompose *c, struct ytext *o, const struct place *p, const struct yentry *s,
		       const struct ytext *trail, struct ylines *extra)
{
	enum val_type type = p->target->type;
	const struct yentry *d = s == p->t.c ? block_of(p->t.d, type) : NULL,
			    *b = s != p->t.b ? block_of(p->t.b, type) : NULL;
	size_t indent = p->indent + inner_step(p, s, d, b);
	struct ylines hoist = { 0 };
	if (s->compact) {
		ydoc__copy(c, o, doc(s), s->colon, s->val->at[0].at, 0, false);
		if (trail->n && memchr(trail->at, '#', trail->n)) {
			const char *hash = memchr(trail->at, '#', trail->n);
			struct yline line = { NULL, 0, 0, hash, trail->n - (size_t)(hash - trail->at), 0 };
			arena_push(c->a, extra, line);
		}
	} else {
		ytext_put(o, trail->at, trail->n);
		ytext_puts(o, c->nl);
	}
	ydoc__put_block(c, o, p->target, s->val, d ? d->val : NULL, b ? b->val : NULL, p->shape, indent,
			s->compact ? &hoist : NULL, NULL, p->depth + 1);
	for (size_t i = 0; i < hoist.n; i++)
		arena_push(c->a, extra, hoist.at[i]);
}

static void put_body(struct ycompose *c, struct ytext *o, const struct place *p, struct ylines *extra)
{
	const struct yentry *x = p->t.c, *key = key_source(c, p), *value = value_source(c, p), *s = NULL;
	enum val_type type = p->target->type;
	size_t size = type == VAL_MAP ? p->target->map.n : type == VAL_LIST ? p->target->list.n : 0;
	struct ytext trail = { .a = c->a };
	if (key)
		ydoc__copy(c, o, doc(key), key->at, key->colon, 0, false);
	else if (p->key)
		ydoc__put_key(c, o, p->key, false);
	if (!key)
		ytext_puts(o, p->key ? ":" : "-");
	choose_trail(c, &trail, extra, p, value);
	if (x && value != x && !ydoc__block(x->val)) { /* comments inside a flow collection, or between key and value */
		if (value)
			ydoc__rescue(c, extra, doc(x), x->colon, x->val->head);
		else
			ydoc__lift(c->a, extra, doc(x), x->colon, x->val->head);
	}
	if (value && !ydoc__block(value->val)) {
		put_verbatim(c, o, p, value, &trail);
	} else {
		if (size && c->level < YCARE_FRESH) {
			s = block_of(x, type);
			s = s ? s : value ? value : block_of(p->t.d, type);
			s = s ? s : block_of(p->t.b, type);
		}
		if (s)
			put_inside(c, o, p, s, &trail, extra);
		else
			ydoc__put_value(c, o, p->target, p->shape,
					c->level >= YCARE_FRESH ? NULL
					: x			? x
					: p->t.d		? p->t.d
								: p->t.b,
					&trail, p->indent, !p->key, p->depth);
	}
	if (x && ydoc__block(x->val) && !size && type >= VAL_LIST) { /* emptied: what closed it stays */
		struct ylines tail = { 0 };
		ydoc__lines(c->a, &tail, doc(x), x->val->tail, x->val->end, shift_of(p, x));
		ydoc__put_lines(c, o, &tail, p->indent);
	}
}

static struct ylines lead_of(struct ycompose *c, const struct place *p)
{
	struct ylines l[3] = { { 0 } };
	const struct yentry *e[3] = { p->t.c, p->t.d, p->t.b };
	for (int i = 0; i < 3; i++) {
		for (size_t k = 0; p->orphans[i] && k < p->orphans[i]->n; k++)
			arena_push(c->a, &l[i], p->orphans[i]->at[k]);
		if (e[i])
			ydoc__lines(c->a, &l[i], doc(e[i]), e[i]->lead, e[i]->line, shift_of(p, e[i]));
	}
	if (e[0] && e[1])
		return ydoc__merge_lines(c, &l[0], &l[1], &l[2]);
	return e[0] ? l[0] : e[1] ? l[1] : l[2];
}

static void drop_blanks(struct ylines *lines)
{
	size_t n = 0;
	while (n < lines->n && !lines->at[n].len)
		n++;
	if (!n)
		return;
	lines->at += n;
	lines->n -= n;
	lines->cap -= n;
}

/* Comments that stood in an entry of a block and have no place in a flow collection, say. What is said of a deleted entry
 * goes with it. */
static void catch_inside(struct ycompose *c, struct ylines *out, const struct yentry *e, const struct val *target,
			 const void *shape)
{
	size_t from = e->lead, n = target->type == VAL_MAP ? target->map.n : target->type == VAL_LIST ? target->list.n : 0;
	if (block_of(e, e->val->val->type)) {
		size_t *kept = arena_array(c->a, e->val->n + 1, sizeof *kept); /* by entry: its place in target + 1 */
		const struct yentry **match = n && e->val->val->type == target->type ?
						      ydoc__match(c, target, e->val, shape, true) : NULL;
		for (size_t i = 0; match && i < n; i++)
			if (match[i])
				kept[match[i] - e->val->at] = i + 1;
		for (size_t i = 0; i < e->val->n; i++) {
			const struct yentry *part = &e->val->at[i];
			bool map = target->type == VAL_MAP;
			ydoc__catch(c, out, doc(e), from, part->lead);
			if (kept[i])
				catch_inside(c, out, part, map ? target->map.at[kept[i] - 1].val : target->list.at[kept[i] - 1],
					     map ? ydoc__child(c, shape, target->map.at[kept[i] - 1].key) : ydoc__item(c, shape));
			from = part->stop;
		}
	}
	ydoc__catch(c, out, doc(e), from, e->stop);
}

static void put_entry(struct ycompose *c, struct ytext *o, const struct place *p, bool was_first, bool first,
		      struct ylines *hoist)
{
	bool orphans = false;
	for (int i = 0; i < 3; i++)
		orphans |= p->orphans[i] && p->orphans[i]->n;
	const struct yentry *copy = whole(c, p);
	if (copy && !(p->t.c && p->t.d) && !hoist && !orphans && (!first || was_first) && ydoc__own_line(copy)) {
		ydoc__copy(c, o, doc(copy), copy->lead, copy->stop, shift_of(p, copy), true);
		ydoc__end_line(c, o);
		return;
	}
	struct ylines lead = lead_of(c, p), extra = { 0 };
	struct ytext body = { .a = c->a };
	if (copy)
		ydoc__copy(c, &body, doc(copy), copy->at, copy->stop, shift_of(p, copy), false);
	else
		put_body(c, &body, p, &extra);
	ydoc__end_line(c, &body);
	for (int i = 0; c->net.n && i < 2; i++)
		if (i ? p->t.d : p->t.c)
			catch_inside(c, &extra, i ? p->t.d : p->t.c, p->target, p->shape);
	for (size_t i = 0; i < extra.n; i++)
		arena_push(c->a, &lead, extra.at[i]);
	if (first && !was_first)
		drop_blanks(&lead);
	for (size_t i = 0; hoist && i < lead.n; i++) {
		struct yline line = { NULL, 0, 0, lead.at[i].text, lead.at[i].len, 0 };
		if (line.len)
			arena_push(c->a, hoist, line);
	}
	if (!hoist) {
		ydoc__put_lines(c, o, &lead, p->indent);
		ytext_fill(o, p->indent);
	}
	ytext_put(o, body.at, body.n);
}

/* --- a block collection ------------------------------------------------------------------------------------------- */

/* For each of a text's entries the comments that its deleted predecessors leave to it; the last: to the tail. */
static struct ylines *orphans_of(struct ycompose *c, const struct ynode *text, const struct yentry **match, size_t n,
				 size_t indent)
{
	if (!text)
		return NULL;
	bool *kept = arena_array(c->a, text->n, sizeof *kept);
	struct ylines *out = arena_array(c->a, text->n + 1, sizeof *out), pending = { 0 };
	for (size_t i = 0; i < n; i++)
		if (match[i])
			kept[match[i] - text->at] = true;
	for (size_t i = 0; i < text->n; i++) {
		if (!kept[i]) {
			ydoc__orphans(c, &pending, &text->at[i], (long)indent - (long)text->indent);
			continue;
		}
		out[i] = pending;
		pending = (struct ylines){ 0 };
	}
	out[text->n] = pending;
	return out;
}

static void put_tail(struct ycompose *c, struct ytext *o, const struct ynode *const n[3],
		     struct ylines *const orphans[3], size_t indent)
{
	struct ylines l[3] = { { 0 } }, tail;
	for (int i = 0; i < 3; i++) {
		for (size_t k = 0; n[i] && k < orphans[i][n[i]->n].n; k++)
			arena_push(c->a, &l[i], orphans[i][n[i]->n].at[k]);
		if (n[i])
			ydoc__lines(c->a, &l[i], n[i]->doc, n[i]->tail, n[i]->end, (long)indent - (long)n[i]->indent);
	}
	tail = n[1] ? ydoc__merge_lines(c, &l[0], &l[1], &l[2]) : l[0];
	ydoc__put_lines(c, o, &tail, indent);
}

void ydoc__put_block(struct ycompose *c, struct ytext *o, const struct val *target, const struct ynode *canvas,
		     const struct ynode *donor, const struct ynode *base, const void *shape, size_t indent,
		     struct ylines *hoist, const int *levels, int depth)
{
	bool map = target->type == VAL_MAP;
	size_t n = map ? target->map.n : target->list.n;
	if (depth > YAML_MAX_DEPTH) {
		c->too_deep = true;
		return;
	}
	const struct ynode *const texts[3] = { canvas, donor, base };
	const struct yentry **match[3];
	struct ylines *orphans[3];
	for (int i = 0; i < 3; i++) {
		match[i] = ydoc__match(c, target, texts[i], shape, i == 0);
		orphans[i] = orphans_of(c, texts[i], match[i], n, indent);
	}
	for (size_t i = 0; i < n; i++) {
		const struct yentry *x = match[0][i], *y = match[1][i], *z = match[2][i];
		struct place p = { .indent = indent, .depth = depth };
		p.key = map ? target->map.at[i].key : NULL;
		p.target = map ? target->map.at[i].val : target->list.at[i];
		p.shape = map ? ydoc__child(c, shape, p.key) : ydoc__item(c, shape);
		p.t = (struct ythree){ x, y, z, canvas->indent, donor ? donor->indent : 0, base ? base->indent : 0 };
		p.eqc = x && ydoc__equal(c, x->val->val, p.target, p.shape);
		p.eqd = y && ydoc__equal(c, y->val->val, p.target, p.shape);
		p.eqb = z && ydoc__equal(c, z->val->val, p.target, p.shape);
		for (int k = 0; k < 3; k++)
			p.orphans[k] = match[k][i] ? &orphans[k][match[k][i] - texts[k]->at] : NULL;
		if (levels)
			c->level = levels[i];
		put_entry(c, o, &p, x ? x == canvas->at : y && y == donor->at, i == 0, i ? NULL : hoist);
	}
	if (levels)
		c->level = YCARE_NONE;
	put_tail(c, o, texts, orphans, indent);
}
