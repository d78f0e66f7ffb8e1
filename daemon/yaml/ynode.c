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

size_t ydoc__line_start(const struct ydoc *d, size_t at)
{
	while (at > d->bom && d->text[at - 1] != '\n')
		at--;
	return at;
}

/* --- making one ---------------------------------------------------------------------------------------------------- */

struct ydoc *ydoc__new(struct arena *a, const void *bytes, size_t n)
{
	struct ydoc *d = arena_new(a, struct ydoc);
	char *text = arena_alloc(a, n + 2);
	if (n)
		memcpy(text, bytes, n);
	d->text = text;
	d->n = n;
	d->bom = n >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0;
	return d;
}

void ydoc__place(const struct ydoc *d, struct yentry *e, size_t lead)
{
	e->line = ydoc__line_start(d, e->at);
	if (lead > e->line)
		lead = e->line = e->at; /* behind its item's dash */
	e->lead = lead;
	e->attach = e->line;
	while (e->attach > e->lead) {
		size_t above = ydoc__line_start(d, e->attach - 1);
		if (d->text[above + strspn(d->text + above, " ")] != '#')
			break;
		e->attach = above;
	}
}

#define UNSEEN SIZE_MAX

/* The first map and the first list that end say how this text indents. */
static void find_steps(struct ydoc *d, const struct ynode *in)
{
	for (size_t i = 0; i < in->n && (d->map_step == UNSEEN || d->list_step == UNSEEN); i++) {
		const struct ynode *v = in->at[i].val;
		if (!ydoc__block(v))
			continue;
		find_steps(d, v);
		size_t *step = v->val->type == VAL_MAP ? &d->map_step : &d->list_step;
		if (*step == UNSEEN)
			*step = v->indent - in->indent;
	}
}

void ydoc__finish(struct ydoc *d)
{
	size_t crlf = 0, lf = 0;
	for (const char *s = d->text; (s = strchr(s, '\n')); s++)
		*(s > d->text && s[-1] == '\r' ? &crlf : &lf) += 1;
	d->crlf = crlf > lf;
	d->final_newline = d->n && d->text[d->n - 1] == '\n';
	d->map_step = d->list_step = UNSEEN;
	find_steps(d, d->root);
	d->map_step = d->map_step == UNSEEN ? 2 : d->map_step;
	d->list_step = d->list_step == UNSEEN ? 2 : d->list_step;
	struct yentry *first = &d->root->at[0]; /* what stands above it is the document's */
	first->lead = first->attach = first->line;
}

/* --- fields by their keys ------------------------------------------------------------------------------------------ */

/* A key's first bytes as a number that sorts as they do: most keys differ there. */
struct keyed {
	uint64_t head;
	uint32_t i;
};

static uint64_t head_of(const char *key)
{
	uint64_t head = 0;
	for (size_t i = 0; i < sizeof head; i++) {
		head = head << 8 | (unsigned char)*key;
		key += *key != 0;
	}
	return head;
}

static int cmp(const struct ynode *map, const struct keyed *x, const struct keyed *y)
{
	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	int c = strcmp(map->at[x->i].key, map->at[y->i].key);
	return c ? c : (x->i > y->i) - (x->i < y->i);
}

static int by_key(const void *x, const void *y, void *map)
{
	return cmp(map, x, y);
}

/* Records are small maps: for them this is several times faster than the library's sort. */
static void sort_few(struct keyed *at, const struct ynode *map)
{
	for (size_t i = 1; i < map->n; i++) {
		struct keyed one = at[i];
		size_t k = i;
		for (; k && cmp(map, &one, &at[k - 1]) < 0; k--)
			at[k] = at[k - 1];
		at[k] = one;
	}
}

const struct yentry *ydoc__index(struct arena *a, struct ynode *map, const struct yentry **first)
{
	const struct yentry *twice = NULL;
	map->sorted = arena_array(a, map->n + 1, sizeof *map->sorted);
	struct keyed *keys = arena_array(a, map->n + 1, sizeof *keys);
	for (size_t i = 0; i < map->n; i++)
		keys[i] = (struct keyed){ head_of(map->at[i].key), (uint32_t)i };
	if (map->n <= 40)
		sort_few(keys, map);
	else
		qsort_r(keys, map->n, sizeof *keys, by_key, map);
	for (size_t i = 0; i < map->n; i++)
		map->sorted[i] = keys[i].i;
	for (size_t i = 1; i < map->n; i++) {
		const struct yentry *x = &map->at[map->sorted[i - 1]], *y = &map->at[map->sorted[i]];
		if (keys[i - 1].head == keys[i].head && !strcmp(x->key, y->key) && (!twice || y->at < twice->at)) {
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
