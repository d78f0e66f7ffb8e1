/* memo.h -- remembers what was made of a row of pointers, so that recursive schemas end. Lives in an arena. */
#ifndef SCHEMA_MEMO_H
#define SCHEMA_MEMO_H

#include "base/arena.h"

struct memo_entry;
struct memo {
	struct memo_entry **table;
	size_t size, n;
};

void *memo_get(const struct memo *m, const void *const *key, size_t n); /* NULL: never seen */
void memo_put(struct memo *m, struct arena *a, const void *const *key, size_t n, void *value);

#endif
