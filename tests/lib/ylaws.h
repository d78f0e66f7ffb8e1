/* ylaws.h -- what must hold between a text and what ydoc_rewrite made of it, beyond its data: order, untouched bytes,
 * comments; and between two documents of one text, read in two ways. Shared by the unit tests and the fuzzers. */
#ifndef TESTS_YLAWS_H
#define TESTS_YLAWS_H

#include <string.h>

#include "yaml/ynode.h"

struct ylaws {
	size_t kept, touched; /* top-level fields looked at */
};

/* A block of text with something else below it than before: lines of spaces there may force other quotes. */
static inline bool ylaws_moved_block(const struct ynode *canvas, const struct yentry *was, const struct ynode *result,
				     const struct yentry *is)
{
	const struct ynode *last = was->val;
	const struct yentry *below = was + 1 < canvas->at + canvas->n ? was + 1 : NULL;
	const struct yentry *now = is + 1 < result->at + result->n ? is + 1 : NULL;
	while (last->n)
		last = last->at[last->n - 1].val;
	return (last->style == Y_LITERAL || last->style == Y_FOLDED) &&
	       (!below != !now || (now && strcmp(now->key, below->key)));
}

/* The same bytes, but for the ends of lines: a part that is written by itself ends in the text's usual one. */
static inline bool ylaws_same_lines(const char *x, size_t nx, const char *y, size_t ny)
{
	size_t i = 0, j = 0;
	while (i < nx && j < ny) {
		i += x[i] == '\r' && i + 1 < nx && x[i + 1] == '\n';
		j += y[j] == '\r' && j + 1 < ny && y[j + 1] == '\n';
		if (x[i++] != y[j++])
			return false;
	}
	return i == nx && j == ny;
}

/* The fields of the target in its order; the fields nobody changed with their bytes; the comments directly above those that
 * are still there. NULL, or what does not hold. */
static inline const char *ylaws_broken(struct ylaws *seen, const struct ydoc *result, const struct ydoc *canvas,
				       const struct val *target)
{
	for (size_t i = 0; i < target->map.n; i++)
		if (strcmp(result->root->at[i].key, target->map.at[i].key))
			return "another order";
	for (size_t i = 0; i < canvas->root->n; i++) {
		const struct yentry *was = &canvas->root->at[i], *is = ydoc__field(result->root, was->key, i);
		if (!is)
			continue;
		size_t comments = was->line - was->attach;
		if (comments && !memmem(result->text, result->n, canvas->text + was->attach, comments))
			return "a comment is lost";
		if (!val_equal(was->val->val, val_get(target, was->key))) {
			seen->touched++;
			continue;
		}
		seen->kept++;
		size_t n = was->stop - was->at;
		n -= n && canvas->text[was->stop - 1] == '\n';
		n -= n && canvas->text[was->at + n - 1] == '\r';
		if (!ylaws_moved_block(canvas->root, was, result->root, is) &&
		    (n > result->n - is->at || memcmp(canvas->text + was->at, result->text + is->at, n)))
			return "a field that nobody changed has other bytes";
	}
	return NULL;
}

static inline bool ylaws_same_node(const struct ynode *x, const struct ydoc *xd, const struct ynode *y, const struct ydoc *yd)
{
	const struct val *v = x->val, *w = y->val;
	if (x->doc != xd || y->doc != yd || x->style != y->style || x->start != y->start || x->head != y->head || x->end != y->end ||
	    x->indent != y->indent || x->tail != y->tail || x->n != y->n || !x->sorted != !y->sorted)
		return false;
	if (v->type != w->type || v->line != w->line || v->col != w->col || !v->raw != !w->raw || (v->raw && strcmp(v->raw, w->raw)) ||
	    !val_equal(v, w))
		return false;
	for (size_t i = 0; i < x->n; i++) {
		const struct yentry *e = &x->at[i], *f = &y->at[i];
		const struct val *child = v->type == VAL_MAP ? v->map.at[i].val : v->list.at[i];
		if (!e->key != !f->key || (e->key && strcmp(e->key, f->key)) || e->lead != f->lead || e->attach != f->attach ||
		    e->line != f->line || e->at != f->at || e->colon != f->colon || e->trail != f->trail || e->eol != f->eol ||
		    e->stop != f->stop || e->compact != f->compact || child != e->val->val || (x->sorted && x->sorted[i] != y->sorted[i]))
			return false;
		if (!ylaws_same_node(e->val, xd, f->val, yd))
			return false;
	}
	return true;
}

/* Of one text, in everything. */
static inline bool ylaws_same_doc(const struct ydoc *x, const struct ydoc *y)
{
	if (x->n != y->n || memcmp(x->text, y->text, x->n + 1) || x->bom != y->bom || x->crlf != y->crlf ||
	    x->final_newline != y->final_newline || x->map_step != y->map_step || x->list_step != y->list_step ||
	    x->comments.n != y->comments.n)
		return false;
	for (size_t i = 0; i < x->comments.n; i++)
		if (x->comments.at[i].at != y->comments.at[i].at || x->comments.at[i].end != y->comments.at[i].end)
			return false;
	return ylaws_same_node(x->root, x, y->root, y);
}

/* Read beside others or alone, a text is the same document, or is refused in the same words. */
static inline bool ylaws_same_read(struct arena *a, const struct ylike *like, const char *text, size_t n)
{
	struct ydoc *whole = NULL, *beside = NULL;
	struct err e = { 0 }, f = { 0 };
	int code = ydoc_parse(&whole, a, "t", text, n, NULL, &e);
	if (ydoc_parse_like(&beside, a, like, "t", text, n, NULL, &f) != code)
		return false;
	return code < 0 ? !strcmp(e.msg, f.msg) : ylaws_same_doc(whole, beside);
}

#endif
