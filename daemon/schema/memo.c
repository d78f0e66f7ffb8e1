#include "memo.h"

#include <stdint.h>
#include <string.h>

struct memo_entry {
	struct memo_entry *next;
	uint64_t hash;
	const void **key;
	size_t n;
	void *value;
};

static uint64_t hash_of(const void *const *key, size_t n)
{
	uint64_t h = 1469598103934665603u;
	for (size_t i = 0; i < n; i++) {
		h ^= (uint64_t)(uintptr_t)key[i] >> 3;
		h *= 1099511628211u;
		h ^= h >> 29;
	}
	return h;
}

void *memo_get(const struct memo *m, const void *const *key, size_t n)
{
	if (!m->size)
		return NULL;
	uint64_t h = hash_of(key, n);
	for (struct memo_entry *x = m->table[h & (m->size - 1)]; x; x = x->next)
		if (x->hash == h && x->n == n && !memcmp(x->key, key, n * sizeof *key))
			return x->value;
	return NULL;
}

static void grow(struct memo *m, struct arena *a)
{
	size_t size = m->size ? m->size * 2 : 256;
	struct memo_entry **table = arena_array(a, size, sizeof *table);
	for (size_t i = 0; i < m->size; i++)
		for (struct memo_entry *x = m->table[i], *next; x; x = next) {
			next = x->next;
			x->next = table[x->hash & (size - 1)];
			table[x->hash & (size - 1)] = x;
		}
	m->table = table;
	m->size = size;
}

void memo_put(struct memo *m, struct arena *a, const void *const *key, size_t n, void *value)
{
	if (m->n >= m->size)
		grow(m, a);
	struct memo_entry *x = arena_new(a, struct memo_entry);
	x->hash = hash_of(key, n);
	x->key = arena_array(a, n, sizeof *key);
	memcpy(x->key, key, n * sizeof *key);
	x->n = n;
	x->value = value;
	x->next = m->table[x->hash & (m->size - 1)];
	m->table[x->hash & (m->size - 1)] = x;
	m->n++;
}
