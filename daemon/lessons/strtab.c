#include "lessons/strtab.h"

#include <string.h>

static size_t hash(const char *s, size_t n)
{
	uint64_t h = 1469598103934665603u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 1099511628211u;
	return (size_t)(h ^ h >> 29);
}

static void rehash(struct strtab *t, struct arena *a)
{
	t->n_slots = t->n_slots ? 2 * t->n_slots : 1024;
	t->slots = arena_array(a, t->n_slots, sizeof *t->slots);
	for (size_t k = 0; k < t->n; k++) {
		size_t i = hash(t->at[k], strlen(t->at[k])) & (t->n_slots - 1);
		while (t->slots[i])
			i = (i + 1) & (t->n_slots - 1);
		t->slots[i] = (uint32_t)k + 1;
	}
}

uint32_t strtab_number(struct strtab *t, struct arena *a, const char *s)
{
	return strtab_number_of(t, a, s, strlen(s));
}

uint32_t strtab_number_of(struct strtab *t, struct arena *a, const char *s, size_t n)
{
	if (2 * t->n >= t->n_slots)
		rehash(t, a);
	size_t i = hash(s, n) & (t->n_slots - 1);
	for (; t->slots[i]; i = (i + 1) & (t->n_slots - 1))
		if (!strncmp(t->at[t->slots[i] - 1], s, n) && !t->at[t->slots[i] - 1][n])
			return t->slots[i] - 1;
	const char *kept = arena_dupn(a, s, n);
	arena_push(a, t, kept);
	t->slots[i] = (uint32_t)t->n;
	return t->slots[i] - 1;
}
