/* Saying what the data should be, and getting a text that says so.
 *
 * compose.c makes a text; it is parsed again and compared. Where a top-level field reads back differently, that field
 * is written again with more care: its new strings in double quotes, then all of it afresh; when that does not help,
 * the whole document afresh under its head comment; then the target cannot be spelled, and the caller is told so.
 */
#include "ynode.h"

#include <string.h>

#define NAME "résultat"

static const struct yshape_ops no_ops;

/* Line ends, byte order mark, missing last newline: who differs from the base decides. */
static bool pick(bool canvas, const bool *donor, const bool *base)
{
	return donor && base && canvas == *base ? *donor : canvas;
}

static bool pick_of(const struct ycompose *c, size_t member)
{
	const bool *x = (const bool *)((const char *)c->canvas + member);
	const bool *y = c->donor ? (const bool *)((const char *)c->donor + member) : NULL;
	const bool *z = c->base ? (const bool *)((const char *)c->base + member) : NULL;
	return pick(*x, y, z);
}

/* What stands above the first key (`head`), or below the last value. */
static void put_margin(struct ycompose *c, struct ytext *o, bool head)
{
	const struct ydoc *d[3] = { c->canvas, c->donor, c->base };
	struct ylines l[3] = { { 0 } };
	for (int i = 0; i < 3; i++)
		if (d[i])
			ydoc__lines(c->a, &l[i], d[i], head ? d[i]->bom : d[i]->root->end,
				    head ? d[i]->root->at[0].line : d[i]->n, 0);
	struct ylines lines = d[1] ? ydoc__merge_lines(c, &l[0], &l[1], &l[2]) : l[0];
	ydoc__put_lines(c, o, &lines, 0);
}

static void put_bom(const struct ycompose *c, struct ytext *o)
{
	bool donor = c->donor && c->donor->bom, base = c->base && c->base->bom;
	if (c->canvas && pick(c->canvas->bom, c->donor ? &donor : NULL, c->base ? &base : NULL))
		ytext_puts(o, "\xEF\xBB\xBF");
}

static void put_head(const struct ycompose *c, struct ytext *o, const void *shape)
{
	const char *head = shape && c->ops->head ? c->ops->head(shape) : NULL;
	if (!head || c->canvas)
		return;
	ytext_puts(o, *head == '#' ? "" : "# ");
	ytext_puts(o, head);
	ydoc__end_line(c, o);
}

/* All of it anew; of the canvas only the comments at its head. */
static void put_fresh(struct ycompose *c, struct ytext *o, const struct val *target, const void *shape)
{
	struct ylines head = { 0 };
	static const struct ytext none = { 0 };
	put_bom(c, o);
	put_head(c, o, shape);
	if (c->canvas)
		ydoc__lift(c->a, &head, c->canvas, 0, c->canvas->root->at[0].line);
	ydoc__put_lines(c, o, &head, 0);
	for (size_t i = 0; i < target->map.n; i++) {
		const char *key = target->map.at[i].key;
		ydoc__put_key(c, o, key, false);
		ytext_puts(o, ":");
		ydoc__put_value(c, o, target->map.at[i].val, ydoc__child(c, shape, key), NULL, &none, 0, false, 1);
	}
}

static const struct ynode *last_scalar(const struct ydoc *d)
{
	const struct ynode *n = d->root;
	while (n->n)
		n = n->at[n->n - 1].val;
	return n;
}

/* A block of text that ends a document without a newline: the same in `d`, so it may stay open. */
static bool open_in(const struct ydoc *d, const struct ynode *text)
{
	const struct ynode *was = d ? last_scalar(d) : NULL;
	return was && !d->final_newline && was->style == text->style && val_equal(was->val, text->val);
}

/* The canvas had no newline at its end: nor has the result, unless that would leave a new block of text open. */
static void trim_end(const struct ycompose *c, struct ytext *o, const struct ydoc *result)
{
	if (!c->canvas || pick_of(c, offsetof(struct ydoc, final_newline)) || !o->n || o->at[o->n - 1] != '\n')
		return;
	const struct ynode *last = last_scalar(result);
	bool block = (last->style == Y_LITERAL || last->style == Y_FOLDED) && result->root->end == result->n;
	if (block && !open_in(c->canvas, last) && !open_in(c->donor, last))
		return;
	o->n -= 1 + (o->n > 1 && o->at[o->n - 2] == '\r');
}

/* Raise the care of the fields that read back differently (all, when it cannot be parsed). False: all are as wanted. */
static bool look(const struct ycompose *c, int *levels, const struct val *target, const struct ydoc *result,
		 const void *shape)
{
	bool wrong = false;
	for (size_t i = 0; i < target->map.n; i++) {
		const char *key = target->map.at[i].key;
		const struct yentry *e = result ? ydoc__field(result->root, key, i) : NULL;
		if (e && ydoc__equal(c, e->val->val, target->map.at[i].val, ydoc__child(c, shape, key)))
			continue;
		levels[i]++;
		wrong = true;
	}
	return wrong || result->root->n != target->map.n;
}

static int refuse(const struct ycompose *c, struct err *e)
{
	if (c->long_key)
		return err_set(e, ERR_DATA,
			       _("les clés doivent être du texte simple, sur une seule ligne et de 200 caractères au plus"));
	if (c->too_deep)
		return err_set(e, ERR_LIMIT, _("imbrication trop profonde (plus de 64 niveaux) ; simplifiez la fiche"));
	return err_set(e, ERR_DATA,
		       _("ces valeurs ne peuvent pas être écrites en YAML ; retirez-en les caractères invisibles"));
}

static int compose(struct ycompose *c, struct ytext *o, const struct val *target, const void *shape, struct err *e)
{
	int *levels = arena_array(c->a, target->map.n, sizeof *levels);
	struct ylines *const nets[2] = { &c->keep, &c->net };
	int searched = 0;
	for (int round = c->canvas ? 0 : YCARE_FRESH + 1; round <= YCARE_FRESH + 2; round++) {
		struct ydoc *result = NULL;
		struct err why = { 0 };
		bool fresh = round > YCARE_FRESH || !c->canvas;
		o->n = 0;
		for (int k = 0; k < 2; k++)
			for (size_t i = 0; i < nets[k]->n; i++)
				nets[k]->at[i].from = 0; /* not written yet */
		c->level = round > YCARE_FRESH + 1 ? YCARE_QUOTES : YCARE_NONE;
		if (fresh) {
			put_fresh(c, o, target, shape);
		} else {
			put_bom(c, o);
			put_margin(c, o, true);
			ydoc__put_block(c, o, target, c->canvas->root, c->donor ? c->donor->root : NULL,
					c->base ? c->base->root : NULL, shape, c->canvas->root->indent, NULL, levels,
					1);
			put_margin(c, o, false);
		}
		if (c->too_deep)
			return refuse(c, e);
		struct ylike like = { { c->canvas, c->donor, c->base } };
		int code = ydoc_parse_like(&result, c->a, &like, NAME, o->at, o->n, NULL, &why);
		if (code == ERR_LIMIT || code == ERR_NOMEM) {
			if (e)
				*e = why;
			return code;
		}
		if (!look(c, levels, target, code < 0 ? NULL : result, shape)) {
			if (c->donor && !fresh && searched < 2) {
				struct ylines lost = ydoc__lost(c, result);
				*nets[searched++] = lost;
				if (lost.n) {
					round--;
					continue;
				}
			}
			if (!fresh)
				trim_end(c, o, result);
			return 0;
		}
	}
	return refuse(c, e);
}

static bool is_key(struct ycompose *c, const char *key)
{
	size_t chars = 0;
	for (const char *s = key; *s; s++)
		chars += ((unsigned char)*s & 0xC0) != 0x80;
	c->long_key = c->long_key || chars > YAML_MAX_KEY;
	return chars <= YAML_MAX_KEY && ydoc__is_utf8(key);
}

/* UTF-8, keys a reader takes: what no spelling can help. */
static bool spellable(struct ycompose *c, const struct val *v, int depth)
{
	if (v->type == VAL_STR)
		return strlen(v->str.at) == v->str.n && ydoc__is_utf8(v->str.at);
	if (depth > YAML_MAX_DEPTH)
		return true; /* reported as too deep, later */
	for (size_t i = 0; v->type == VAL_LIST && i < v->list.n; i++)
		if (!spellable(c, v->list.at[i], depth + 1))
			return false;
	for (size_t i = 0; v->type == VAL_MAP && i < v->map.n; i++)
		if (!is_key(c, v->map.at[i].key) || !spellable(c, v->map.at[i].val, depth + 1))
			return false;
	return true;
}

int ydoc__rewrite(struct arena *a, struct buf *out, const struct ydoc *canvas, const struct val *target,
		  const struct yfrom *from, const struct yshape_ops *ops, const void *shape, bool dense, struct err *e)
{
	struct ycompose c = { .a = a, .canvas = canvas, .ops = ops ? ops : &no_ops, .dense = dense };
	struct ytext text = { .a = a };
	if (from) {
		c.donor = canvas ? from->donor : NULL;
		c.base = from->base;
		if (!canvas)
			c.canvas = from->donor;
	}
	if (target->type != VAL_MAP || !target->map.n)
		return err_set(e, ERR_DATA, _("une fiche ne peut pas être vide ; gardez au moins un champ"));
	if (!spellable(&c, target, 0))
		return refuse(&c, e);
	if (c.canvas && !from && !dense && ydoc__equal(&c, c.canvas->root->val, target, shape)) {
		buf_put(out, c.canvas->text, c.canvas->n);
		return buf_ok(out) ? 0 : err_nomem(e);
	}
	bool crlf = c.canvas && pick_of(&c, offsetof(struct ydoc, crlf));
	c.nl = crlf ? "\r\n" : "\n";
	c.convert = c.canvas && crlf != c.canvas->crlf;
	c.map_step = c.canvas ? c.canvas->map_step : 2;
	c.list_step = c.canvas ? c.canvas->list_step : 2;
	int code = compose(&c, &text, target, shape, e);
	if (code < 0)
		return code;
	buf_put(out, text.at, text.n);
	return buf_ok(out) ? 0 : err_nomem(e);
}

int ydoc_rewrite(struct buf *out, const struct ydoc *canvas, const struct val *target, const struct yfrom *from,
		 const struct yshape_ops *ops, const void *shape, struct err *e)
{
	struct arena a;
	if (!arena_begin(&a))
		return err_nomem(e);
	int code = ydoc__rewrite(&a, out, canvas, target, from, ops, shape, false, e);
	arena_end(&a);
	return code;
}
