#include "ynode.h"

#include <stdlib.h>
#include <string.h>

bool ydoc__block(const struct ynode *n)
{
	return n && n->style == Y_BLOCK;
}

bool ydoc__own_line(const struct yentry *e)
{
	const struct ydoc *d = e->val->doc;
	return e->line == d->bom || d->text[e->line - 1] == '\n';
}

size_t ydoc__eol(const struct ydoc *d, size_t at)
{
	const char *nl = at < d->n ? memchr(d->text + at, '\n', d->n - at) : NULL;
	size_t end = nl ? (size_t)(nl - d->text) : d->n;
	return nl && end > at && d->text[end - 1] == '\r' ? end - 1 : end;
}

size_t ydoc__next_line(const struct ydoc *d, size_t at)
{
	const char *nl = at < d->n ? memchr(d->text + at, '\n', d->n - at) : NULL;
	return nl ? (size_t)(nl - d->text) + 1 : d->n;
}

static int by_key(const void *x, const void *y, void *map)
{
	const struct yentry *at = ((const struct ynode *)map)->at;
	uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
	int c = strcmp(at[i].key, at[j].key);
	return c ? c : (i > j) - (i < j);
}

const struct yentry *ydoc__index(struct arena *a, struct ynode *map, const struct yentry **first)
{
	const struct yentry *twice = NULL;
	map->sorted = arena_array(a, map->n + 1, sizeof *map->sorted);
	for (size_t i = 0; i < map->n; i++)
		map->sorted[i] = (uint32_t)i;
	if (map->n)
		qsort_r(map->sorted, map->n, sizeof *map->sorted, by_key, map);
	for (size_t i = 1; i < map->n; i++) {
		const struct yentry *x = &map->at[map->sorted[i - 1]], *y = &map->at[map->sorted[i]];
		if (!strcmp(x->key, y->key) && (!twice || y->at < twice->at)) {
			twice = y;
			*first = x;
		}
	}
	return twice;
}

const struct yentry *ydoc__field(const struct ynode *map, const char *key, size_t hint)
{
	if (!map || !map->sorted)
		return NULL;
	if (hint < map->n && !strcmp(map->at[hint].key, key))
		return &map->at[hint];
	size_t low = 0, high = map->n;
	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct yentry *e = &map->at[map->sorted[mid]];
		int c = strcmp(e->key, key);
		if (!c)
			return e;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
