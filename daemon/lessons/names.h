/* names.h -- a sorted set of short names: codes of collectives, ids, vocabulary codes.
 *
 * Sorted bytewise and without repetition, whatever the order of insertion: half of why outputs are deterministic.
 * OWNER  The array lives in the arena, the names are borrowed.
 */
#ifndef LESSONS_NAMES_H
#define LESSONS_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/valpack.h"

#define NAMES_SEP "; " /* between names in one cell of a table; no name holds it */

struct names {
	const char **at; /* sorted, unique */
	size_t n, cap;
};

void names_add(struct arena *a, struct names *set, const char *name);
bool names_has(const struct names *set, const char *name);
const char *names_join(struct arena *a, const struct names *set);
void names_split(struct names *out, struct arena *a, const char *joined); /* what names_join wrote */
/* Packed (base/valpack.h); what is read back borrows from the bytes. bad: they are damaged. */
void names_pack(struct buf *out, const struct names *set);
struct names names_unpack(struct arena *a, struct unpack *u);
struct val *names_val(struct arena *a, const struct names *set);
/* The strings of a list; NULL or no list: none. */
struct names names_of(struct arena *a, const struct val *list);

#endif
