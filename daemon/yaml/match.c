/* Which part of a text a part of the target is.
 *
 * Fields are found by their key, or by the name that they had before the schema renamed them. Items of a list have an identity when the schema names a key field (or, unknown to it,
 * when all of them have an `id`); otherwise an item is the first equal one not yet taken, in order. An item that equals
 * none stands for the one that was in its place: so a changed item keeps its comments and its other fields' bytes.
 *
 * A hash table keeps it linear, also for a list whose items were chosen to hash alike: after MATCH_TRIES strangers an item
 * is taken for a new one, which costs its comments and nothing else.
 */
#include "ynode.h"

#include <stdlib.h>
#include <string.h>

#define MATCH_TRIES 200

const void *ydoc__child(const struct ycompose *c, const void *shape, const char *key)
{
	return shape && c->ops->child ? c->ops->child(shape, key) : NULL;
}

const void *ydoc__item(const struct ycompose *c, const void *shape)
{
	return shape && c->ops->item ? c->ops->item(shape) : NULL;
}

static bool wants_string(const struct ycompose *c, const void *shape)
{
	return shape && c->ops->is_string && c->ops->is_string(shape);
}

const char *ydoc__string(const struct ycompose *c, const struct val *v, const void *shape)
{
	if (v->type == VAL_STR)
		return v->str.at;
	return v->raw && wants_string(c, shape) ? v->raw : NULL; /* a plain null too: schema_type reads it so */
}

static int by_key(const void *x, const void *y)
{
	return strcmp((*(const struct val_field *const *)x)->key, (*(const struct val_field *const *)y)->key);
}

static const struct val_field **sorted(const struct ycompose *c, const struct val_map *map)
{
	const struct val_field **out = arena_array(c->a, map->n, sizeof *out);
	for (size_t i = 0; i < map->n; i++)
		out[i] = &map->at[i];
	if (map->n)
		qsort(out, map->n, sizeof *out, by_key);
	return out;
}

static bool equal_maps(const struct ycompose *c, const struct val *x, const struct val *y, const void *shape)
{
	size_t n = x->map.n, i = 0;
	if (n != y->map.n)
		return false;
	while (i < n && !strcmp(x->map.at[i].key, y->map.at[i].key))
		i++;
	const struct val_field **xs = i < n ? sorted(c, &x->map) : NULL, **ys = i < n ? sorted(c, &y->map) : NULL;
	for (i = 0; i < n; i++) {
		const struct val_field *f = xs ? xs[i] : &x->map.at[i], *g = ys ? ys[i] : &y->map.at[i];
		if (strcmp(f->key, g->key) || !ydoc__equal(c, f->val, g->val, ydoc__child(c, shape, f->key)))
			return false;
	}
	return true;
}

bool ydoc__equal(const struct ycompose *c, const struct val *x, const struct val *y, const void *shape)
{
	if (!x || !y)
		return x == y;
	if (x->type == VAL_MAP && y->type == VAL_MAP)
		return equal_maps(c, x, y, shape);
	if (x->type == VAL_LIST && y->type == VAL_LIST) {
		if (x->list.n != y->list.n)
			return false;
		const void *item = ydoc__item(c, shape);
		for (size_t i = 0; i < x->list.n; i++)
			if (!ydoc__equal(c, x->list.at[i], y->list.at[i], item))
				return false;
		return true;
	}
	if (x->type == VAL_NULL && y->type == VAL_NULL)
		return true;
	const char *s = ydoc__string(c, x, shape), *t = ydoc__string(c, y, shape);
	return s && t ? !strcmp(s, t) : s || t ? false : val_equal(x, y);
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

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

/* Equal items hash alike, however they are typed. */
static uint64_t hash(const struct ycompose *c, const struct val *v, const void *shape)
{
	uint64_t h = 0xCBF29CE484222325u;
	const char *s = ydoc__string(c, v, shape);
	if (s)
		return mix(h, s, strlen(s));
	double num = v->type == VAL_INT ? (double)v->i : v->type == VAL_NUM ? v->num : v->type == VAL_BOOL ? v->b : 0;
	if (v->type == VAL_LIST) {
		for (size_t i = 0; i < v->list.n; i++)
			h = h * 31 + hash(c, v->list.at[i], ydoc__item(c, shape));
		return h + 1;
	}
	for (size_t i = 0; v->type == VAL_MAP && i < v->map.n; i++) { /* in any order */
		const char *key = v->map.at[i].key;
		h += mix(7, key, strlen(key)) ^ hash(c, v->map.at[i].val, ydoc__child(c, shape, key));
	}
	if (v->type == VAL_MAP || v->type == VAL_NULL)
		return h + 2;
	num += 0.0; /* -0 is 0 */
	return mix(h, &num, sizeof num);
}

static uint64_t hash_item(const struct matcher *m, const struct val *v)
{
	const char *s = identity(m, v);
	return s ? mix(1, s, strlen(s)) : hash(m->c, v, m->shape);
}

static const char *list_key(const struct ycompose *c, const void *shape, const struct val *target,
			    const struct ynode *n)
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

static void match_list(const struct ycompose *c, const struct yentry **out, const struct val *target,
		       const struct ynode *n, const void *shape, bool pair)
{
	struct matcher m = { c, ydoc__item(c, shape), list_key(c, shape, target, n) };
	size_t buckets = 16;
	while (buckets < n->n)
		buckets *= 2;
	uint32_t *head = arena_array(c->a, buckets, sizeof *head), *chain = arena_array(c->a, n->n, sizeof *chain);
	uint64_t *hashes = arena_array(c->a, n->n, sizeof *hashes);
	bool *used = arena_array(c->a, n->n, sizeof *used);
	for (size_t i = n->n; i-- > 0;) { /* backwards: each chain is in the order of the text */
		hashes[i] = hash_item(&m, n->at[i].val->val);
		chain[i] = head[hashes[i] % buckets];
		head[hashes[i] % buckets] = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < target->list.n; i++) {
		uint64_t h = hash_item(&m, target->list.at[i]);
		int tries = 0;
		for (uint32_t *at = &head[h % buckets]; *at && tries < MATCH_TRIES; at = &chain[*at - 1], tries++) {
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

/* A field that this text still has under its former name, unless the target has both. */
static const struct yentry *renamed(const struct ycompose *c, const struct val *target, const char *key, const struct ynode *n,
				    const void *shape)
{
	const char *old = shape && c->ops->old_name ? c->ops->old_name(shape, key) : NULL;
	return old && !val_get(target, old) ? ydoc__field(n, old, 0) : NULL;
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
		const char *key = target->map.at[i].key;
		out[i] = ydoc__field(n, key, hint);
		if (!out[i])
			out[i] = renamed(c, target, key, n, shape);
		if (out[i])
			hint = (size_t)(out[i] - n->at) + 1;
	}
	return out;
}
