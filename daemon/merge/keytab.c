#include "keytab.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(const char *at, size_t n)
{
	uint64_t h = 1469598103934665603u; /* FNV-1a, then a final mix so that short keys spread */
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)at[i]) * 1099511628211u;
	return h ^ (h >> 29);
}

static void rehash(struct keytab *t, size_t slots)
{
	t->slot = arena_array(t->mem, slots, sizeof *t->slot);
	t->slots = slots;
	for (size_t i = 0; i < t->n; i++) {
		size_t s = t->at[i].hash & (slots - 1);
		while (t->slot[s])
			s = (s + 1) & (slots - 1);
		t->slot[s] = (uint32_t)i + 1;
	}
}

void keytab_init(struct keytab *t, struct arena *mem, size_t expect)
{
	*t = (struct keytab){ .mem = mem };
	size_t slots = 16;
	while (slots < expect * 2)
		slots *= 2;
	rehash(t, slots);
}

static size_t seek(const struct keytab *t, const char *at, size_t n, uint64_t hash)
{
	size_t s = hash & (t->slots - 1);
	for (; t->slot[s]; s = (s + 1) & (t->slots - 1)) {
		const struct keytab_entry *k = &t->at[t->slot[s] - 1];
		if (k->hash == hash && k->n == n && !memcmp(k->at, at, n))
			break;
	}
	return s;
}

uint32_t keytab_id(struct keytab *t, const char *at, size_t n)
{
	uint64_t hash = hash_of(at, n);
	size_t s = seek(t, at, n, hash);
	if (t->slot[s])
		return t->slot[s] - 1;
	uint32_t id = (uint32_t)t->n;
	struct keytab_entry k = { at, n, hash };
	arena_push(t->mem, t, k);
	t->slot[s] = id + 1;
	if (t->n * 2 > t->slots)
		rehash(t, t->slots * 2);
	return id;
}

uint32_t keytab_find(const struct keytab *t, const char *at, size_t n)
{
	size_t s = seek(t, at, n, hash_of(at, n));
	return t->slot[s] ? t->slot[s] - 1 : KEYTAB_NONE;
}

static int by_bytes(const void *p, const void *q)
{
	const struct keytab_entry *const *x = p, *const *y = q;
	return strcmp((*x)->at, (*y)->at);
}

uint32_t *keytab_ranks(const struct keytab *t)
{
	uint32_t *rank = arena_array(t->mem, t->n + 1, sizeof *rank);
	const struct keytab_entry **sorted = arena_array(t->mem, t->n + 1, sizeof *sorted);
	for (size_t i = 0; i < t->n; i++)
		sorted[i] = &t->at[i];
	qsort(sorted, t->n, sizeof *sorted, by_bytes);
	for (size_t i = 0; i < t->n; i++)
		rank[sorted[i] - t->at] = (uint32_t)i;
	return rank;
}
