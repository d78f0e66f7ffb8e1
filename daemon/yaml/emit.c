/* Values that no text has: in the style of the value they replace where it works, else in the house's.
 *
 * The house's style: block collections; prose and text of several lines as literal blocks; single words plain where
 * YAML 1.1 and 1.2 agree that they are strings; everything else in double quotes: a sentence without quotes breaks the
 * day that somebody adds " : " to it.
 */
#include "ynode.h"

#include <string.h>

#define FLOW_WIDTH 100 /* a flow collection over several lines stays one, on one line, up to this width */

static bool is_prose(const struct ycompose *c, const void *shape)
{
	return shape && c->ops->is_prose && c->ops->is_prose(shape);
}

static void put_string(const struct ycompose *c, struct ytext *o, const char *s, enum ystyle style, bool flow)
{
	bool quotes = c->level >= YCARE_QUOTES;
	if (style == Y_PLAIN && !quotes && ydoc__plain_ok(s, flow))
		ytext_puts(o, s);
	else if (style == Y_SINGLE && !quotes && ydoc__single_ok(s))
		ytext_single(o, s);
	else
		ytext_double(o, s);
}

void ydoc__put_key(const struct ycompose *c, struct ytext *o, const char *key, bool flow)
{
	if (ydoc__plain_ok(key, flow) && !strchr(key, ' '))
		ytext_puts(o, key);
	else
		put_string(c, o, key, Y_DOUBLE, flow);
}

/* --- flow --------------------------------------------------------------------------------------------------------- */

static enum ystyle style_of_siblings(const struct ynode *hint)
{
	for (size_t i = 0; hint && i < hint->n; i++)
		if (hint->at[i].val->val->type == VAL_STR && hint->at[i].val->style <= Y_DOUBLE)
			return hint->at[i].val->style;
	return Y_PLAIN;
}

static void put_flow(struct ycompose *c, struct ytext *o, const struct val *v, const void *shape,
		     const struct ynode *hint, enum ystyle style, int depth)
{
	const char *s = v->type == VAL_NULL ? NULL : ydoc__string(c, v, shape);
	bool map = v->type == VAL_MAP,
	     one_line = hint && !memchr(hint->doc->text + hint->start, '\n', hint->end - hint->start);
	if (depth > YAML_MAX_DEPTH) {
		c->too_deep = true;
		return;
	}
	if (one_line && hint->start < hint->end && hint->style <= Y_DOUBLE && ydoc__equal(c, v, hint->val, shape)) {
		ytext_put(o, hint->doc->text + hint->start, hint->end - hint->start); /* its own spelling */
		return;
	}
	if (s) {
		put_string(c, o, s, style, true);
		return;
	}
	if (v->type < VAL_LIST) {
		ytext_number(o, v);
		return;
	}
	size_t n = map ? v->map.n : v->list.n;
	hint = hint && hint->style == Y_FLOW && hint->val->type == v->type ? hint : NULL;
	bool pad = n && hint && one_line && hint->doc->text[hint->start + 1] == ' ';
	const struct yentry **match = ydoc__match(c, v, hint, shape, true);
	style = style_of_siblings(hint);
	ytext_puts(o, map ? "{" : "[");
	ytext_fill(o, pad);
	for (size_t i = 0; i < n; i++) {
		ytext_puts(o, i ? ", " : "");
		const char *key = map ? v->map.at[i].key : NULL;
		if (map) {
			ydoc__put_key(c, o, key, true);
			ytext_puts(o, ": ");
		}
		put_flow(c, o, map ? v->map.at[i].val : v->list.at[i],
			 map ? ydoc__child(c, shape, key) : ydoc__item(c, shape), match[i] ? match[i]->val : NULL,
			 style, depth + 1);
	}
	ytext_fill(o, pad);
	ytext_puts(o, map ? "}" : "]");
}

/* --- block -------------------------------------------------------------------------------------------------------- */

static void put_literal(const struct ycompose *c, struct ytext *o, const char *s, const struct yentry *hint,
			const struct ytext *trail, size_t indent)
{
	size_t n = strlen(s), step = 2;
	bool newline = n && s[n - 1] == '\n';
	if (hint && hint->val->style >= Y_LITERAL && hint->val->style <= Y_FOLDED && ydoc__own_line(hint) &&
	    hint->val->indent > hint->at - hint->line)
		step = hint->val->indent - (hint->at - hint->line);
	ytext_puts(o, newline ? " |" : " |-");
	ytext_put(o, trail->at, trail->n);
	ytext_puts(o, c->nl);
	while (*s) {
		size_t len = strcspn(s, "\n");
		if (len)
			ytext_fill(o, indent + step);
		ytext_put(o, s, len);
		ytext_puts(o, c->nl);
		s += len + (s[len] == '\n');
	}
}

static bool as_literal(const struct ycompose *c, const char *s, const void *shape, const struct yentry *hint)
{
	if (c->level >= YCARE_QUOTES || !ydoc__literal_ok(s))
		return false;
	if (strchr(s, '\n') || (hint && (hint->val->style == Y_LITERAL || hint->val->style == Y_FOLDED)))
		return true;
	bool quoted = hint && hint->val->style <= Y_DOUBLE && hint->val->start < hint->val->end;
	return is_prose(c, shape) && !quoted;
}

static void put_scalar(const struct ycompose *c, struct ytext *o, const struct val *v, const void *shape,
		       const struct yentry *hint, const struct ytext *trail, size_t indent)
{
	const char *s = v->type == VAL_NULL ? NULL : ydoc__string(c, v, shape);
	bool in_place = hint && hint->val->style <= Y_DOUBLE && hint->val->start < hint->val->end;
	if (s && as_literal(c, s, shape, hint)) {
		put_literal(c, o, s, hint, trail, indent);
		return;
	}
	const char *gap = hint ? hint->val->doc->text + hint->colon : NULL;
	size_t spaces = in_place ? strspn(gap, " ") : 0;
	ytext_fill(o, in_place && spaces && hint->colon + spaces == hint->val->start ? spaces : 1);
	if (!s)
		ytext_number(o, v);
	else if (in_place)
		put_string(c, o, s, hint->val->style, false);
	else
		put_string(c, o, s, strchr(s, ' ') ? Y_DOUBLE : Y_PLAIN, false);
	ytext_put(o, trail->at, trail->n);
	ytext_puts(o, c->nl);
}

static bool put_as_flow(struct ycompose *c, struct ytext *o, const struct val *v, const void *shape,
			const struct ynode *hint, int depth)
{
	size_t n = v->type == VAL_MAP ? v->map.n : v->list.n;
	struct ytext flow = { .a = c->a };
	if (n && (!hint || hint->style != Y_FLOW || !hint->n || c->level >= YCARE_FRESH))
		return false;
	put_flow(c, &flow, v, shape, hint, Y_PLAIN, depth);
	if (n && flow.n > FLOW_WIDTH && memchr(hint->doc->text + hint->start, '\n', hint->end - hint->start))
		return false;
	ytext_puts(o, " ");
	ytext_put(o, flow.at, flow.n);
	return true;
}

void ydoc__put_value(struct ycompose *c, struct ytext *o, const struct val *v, const void *shape,
		     const struct yentry *hint, const struct ytext *trail, size_t indent, bool item, int depth)
{
	static const struct ytext none = { 0 };
	if (depth > YAML_MAX_DEPTH) {
		c->too_deep = true;
		return;
	}
	if (v->type < VAL_LIST) {
		put_scalar(c, o, v, shape, hint, trail, indent);
		return;
	}
	bool map = v->type == VAL_MAP, behind = item && !trail->n;
	size_t n = map ? v->map.n : v->list.n, below = indent + (item ? 2 : map ? c->map_step : c->list_step);
	if (put_as_flow(c, o, v, shape, hint ? hint->val : NULL, depth)) {
		ytext_put(o, trail->at, trail->n);
		ytext_puts(o, c->nl);
		return;
	}
	ytext_put(o, trail->at, trail->n);
	ytext_puts(o, behind ? " " : c->nl);
	for (size_t i = 0; i < n; i++) {
		const char *key = map ? v->map.at[i].key : NULL;
		ytext_fill(o, i || !behind ? below : 0);
		if (map)
			ydoc__put_key(c, o, key, false);
		ytext_puts(o, map ? ":" : "-");
		ydoc__put_value(c, o, map ? v->map.at[i].val : v->list.at[i],
				map ? ydoc__child(c, shape, key) : ydoc__item(c, shape), NULL, &none, below, !map,
				depth + 1);
	}
}
