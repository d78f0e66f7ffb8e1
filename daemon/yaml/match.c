/* Which part of a text a part of the target is.
 *
 * Fields are found by their key. Items of a list have an identity when the schema names a key field (or, unknown to it,
 * when all of them have an `id`); otherwise an item is the first equal one not yet taken, in order. An item that equals
 * none stands for the one that was in its place: so a changed item keeps its comments and its other fields' bytes.
 *
 * A hash table keeps it linear: lists of 200,000 items fit into a record's limit.
 */
#include "ynode.h"

#include <string.h>

const void *ydoc__child(const struct ycompose *c, const void *shape, const char *key)
{
	return shape && c->ops->child ? c->ops->child(shape, key) : NULL;
}

const void *ydoc__item(const struct ycompose *c, const void *shape)
{
	return shape && c->ops->item ? c->ops->item(shape) : NULL;
}

bool ydoc__is_string(const struct ycompose *c, const void *shape)
{
	return shape && c->ops->is_string && c->ops->is_string(shape);
}

const char *ydoc__string(const struct ycompose *c, const struct val *v, const void *shape)
{
	if (v->type == VAL_STR)
		return v->str.at;
	return v->raw && *v->raw && v->type != VAL_NULL && ydoc__is_string(c, shape) ? v->raw : NULL;
}

bool ydoc__equal(const struct ycompose *c, const struct val *x, const struct val *y, const void *shape)
{
	if (!x || !y)
		return x == y;
	if (x->type == VAL_MAP && y->type == VAL_MAP) {
		if (x->map.n != y->map.n)
			return false;
		for (size_t i = 0; i < x->map.n; i++) {
			const char *key = x->map.at[i].key;
			const struct val *other =
				!strcmp(y->map.at[i].key, key) ? y->map.at[i].val : val_get(y, key);
			if (!other || !ydoc__equal(c, x->map.at[i].val, other, ydoc__child(c, shape, key)))
				return false;
		}
		return true;
	}
	if (x->type == VAL_LIST && y->type == VAL_LIST) {
		if (x->list.n != y->list.n)
			return false;
		const void *item = ydoc__item(c, shape);
		for (size_t i = 0; i < x->list.n; i++)
			if (!ydoc__equal(c, x->list.at[i], y->list.at[i], item))
				return false;
		return true;
	}
	const char *s = ydoc__string(c, x, shape), *t = ydoc__string(c, y, shape);
	return s && t ? !strcmp(s, t) : s || t ? false : val_equal(x, y);
}

/* --- lists --------------------------------------------------------------------------------------------------------------- */

struct matcher {
	const struct ycompose *c;
	const void *shape; /* of the items */
	const char *key;   /* the items' key field, or NULL */
};

static const char *identity(const struct matcher *m, const struct val *item)
{
	const struct val *id = m->key ? val_get(item, m->key) : NULL;
	return id ? ydoc__string(m->c, id, ydoc__child(m->c, m->shape, m->key)) : NULL;
}

static bool same_item(const struct matcher *m, const struct val *x, const struct val *y)
{
	const char *s = identity(m, x), *t = identity(m, y);
	if (s || t)
		return s && t && !strcmp(s, t);
	return ydoc__equal(m->c, x, y, m->shape);
}

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;
	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001B3u;
	return h;
}

/* Equal items hash alike, however they are typed: so anything but a string counts as one and the same within an item. */
static uint64_t hash(const struct matcher *m, const struct val *v, bool top)
{
	uint64_t h = 0xCBF29CE484222325u;
	const char *s = top ? identity(m, v) : NULL;
	if (!s && top)
		s = ydoc__string(m->c, v, m->shape);
	if (s)
		return mix(h, s, strlen(s));
	double num = v->type == VAL_INT ? (double)v->i : v->type == VAL_NUM ? v->num : 0;
	switch (v->type) {
	case VAL_LIST:
		for (size_t i = 0; i < v->list.n; i++)
			h = h * 31 + hash(m, v->list.at[i], false);
		return h + 1;
	case VAL_MAP: /* in any order */
		for (size_t i = 0; i < v->map.n; i++)
			h += mix(7, v->map.at[i].key, strlen(v->map.at[i].key)) ^ hash(m, v->map.at[i].val, false);
		return h + 2;
	case VAL_INT:
	case VAL_NUM:
		num += 0.0; /* -0 is 0 */
		return top ? mix(h, &num, sizeof num) : 3;
	default:
		return 3;
	}
}

static const char *list_key(const struct ycompose *c, const void *shape, const struct val *target, const struct ynode *n)
{
	const char *key = shape && c->ops->list_key ? c->ops->list_key(shape) : NULL;
	if (key)
		return key;
	for (size_t i = 0; i < target->list.n; i++)
		if (!val_text(target->list.at[i], "id"))
			return NULL;
	for (size_t i = 0; i < n->n; i++)
		if (!val_text(n->at[i].val->val, "id"))
			return NULL;
	return "id";
}

static void match_list(const struct ycompose *c, const struct yentry **out, const struct val *target, const struct ynode *n,
		       const void *shape, bool pair)
{
	struct matcher m = { c, ydoc__item(c, shape), list_key(c, shape, target, n) };
	size_t buckets = 16;
	while (buckets < n->n)
		buckets *= 2;
	uint32_t *head = arena_array(c->a, buckets, sizeof *head), *chain = arena_array(c->a, n->n, sizeof *chain);
	uint64_t *hashes = arena_array(c->a, n->n, sizeof *hashes);
	bool *used = arena_array(c->a, n->n, sizeof *used);
	for (size_t i = n->n; i-- > 0;) { /* backwards: each chain is in the order of the text */
		hashes[i] = hash(&m, n->at[i].val->val, true);
		chain[i] = head[hashes[i] % buckets];
		head[hashes[i] % buckets] = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < target->list.n; i++) {
		uint64_t h = hash(&m, target->list.at[i], true);
		for (uint32_t *at = &head[h % buckets]; *at; at = &chain[*at - 1]) {
			uint32_t k = *at - 1;
			if (hashes[k] != h || !same_item(&m, n->at[k].val->val, target->list.at[i]))
				continue;
			out[i] = &n->at[k];
			used[k] = true;
			*at = chain[k];
			break;
		}
	}
	for (size_t i = 0; pair && i < target->list.n; i++) {
		size_t k = i && out[i - 1] ? (size_t)(out[i - 1] - n->at) + 1 : 0;
		if (out[i] || k >= n->n || used[k] || (i && !out[i - 1]))
			continue;
		const struct val *was = n->at[k].val->val, *is = target->list.at[i];
		bool deep = was->type >= VAL_LIST || is->type >= VAL_LIST;
		if ((deep && was->type != is->type) || identity(&m, was) || identity(&m, is))
			continue;
		out[i] = &n->at[k];
		used[k] = true;
	}
}

const struct yentry **ydoc__match(const struct ycompose *c, const struct val *target, const struct ynode *n,
				  const void *shape, bool pair)
{
	bool map = target->type == VAL_MAP;
	size_t count = map ? target->map.n : target->list.n, hint = 0;
	const struct yentry **out = arena_array(c->a, count, sizeof *out);
	if (!n || n->val->type != target->type)
		return out;
	if (!map)
		match_list(c, out, target, n, shape, pair);
	for (size_t i = 0; map && i < count; i++) {
		out[i] = ydoc__field(n, target->map.at[i].key, hint);
		if (out[i])
			hint = (size_t)(out[i] - n->at) + 1;
	}
	return out;
}
