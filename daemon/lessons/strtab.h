/* strtab.h -- strings by number: the first one given is 0, the same string always has the same number.
 *
 * OWNER  The arena; strings are copied. A zeroed struct is an empty table.
 */
#ifndef LESSONS_STRTAB_H
#define LESSONS_STRTAB_H

#include <stdint.h>

#include "base/arena.h"

struct strtab {
	const char **at; /* by number */
	size_t n, cap;
	uint32_t *slots; /* number + 1, 0: free; a hash with open addressing */
	size_t n_slots;  /* a power of two, at least twice n */
};

uint32_t strtab_number(struct strtab *t, struct arena *a, const char *s);
uint32_t strtab_number_of(struct strtab *t, struct arena *a, const char *s, size_t n); /* of n bytes, none of them 0 */

#endif
