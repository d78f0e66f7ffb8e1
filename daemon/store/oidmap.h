/* oidmap.h -- a hash table from git oids to pointers. Lives in an arena; grows; forgets nothing. */
#ifndef STORE_OIDMAP_H
#define STORE_OIDMAP_H

#include <git2.h>

#include "base/arena.h"

struct oidmap_slot {
	git_oid oid;
	void *value; /* borrow; NULL: the slot is free */
};
struct oidmap {
	struct oidmap_slot *at; /* cap slots, a power of two; NULL while empty */
	size_t n, cap;
};

void *oidmap_get(const struct oidmap *m, const git_oid *oid);                          /* NULL: not there */
void oidmap_put(struct oidmap *m, struct arena *a, const git_oid *oid, void *value); /* value not NULL; replaces */

#endif
