/* keytab.h -- strings as small numbers, so that sequences of sentences, words, keys or items compare fast.
 *
 * LIFE    keytab_init -> keytab_id*; freed with the arena.
 * OWNER   The strings are borrowed; they must outlive the table.
 */
#ifndef MERGE_KEYTAB_H
#define MERGE_KEYTAB_H

#include <stdint.h>
#include "base/arena.h"

#define KEYTAB_NONE UINT32_MAX

struct keytab_entry {
	const char *at; /* borrow */
	size_t n;
	uint64_t hash;
};
struct keytab {
	struct arena *mem;
	struct keytab_entry *at; /* by number */
	size_t n, cap;
	uint32_t *slot; /* open addressing; number + 1, 0 for free */
	size_t slots;   /* a power of two */
};

void keytab_init(struct keytab *t, struct arena *mem, size_t expect);
uint32_t keytab_id(struct keytab *t, const char *at, size_t n);         /* equal bytes, equal number; 0, 1, 2... as met */
uint32_t keytab_find(const struct keytab *t, const char *at, size_t n); /* KEYTAB_NONE: never met */
/* By number: the place of the string among all, sorted by bytes. The strings have no NUL inside and end in one. */
uint32_t *keytab_ranks(const struct keytab *t);

#endif
