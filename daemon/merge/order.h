/* order.h -- in which order the keys of a merged mapping, list-map or set stand (DESIGN 5).
 *
 * Base order; if exactly one side re-ordered, its order. A new key stays behind the one it followed, several at one
 * place sorted; a new key of a mapping that the schema knows goes where the schema puts it.
 */
#ifndef MERGE_ORDER_H
#define MERGE_ORDER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

struct order_seq {
	const uint32_t *at; /* key numbers without repetition */
	size_t n;
};
struct order_input {
	size_t keys;         /* key numbers are below this */
	const bool *keep;    /* by key: it stands in the result */
	struct order_seq o, a, b;
	const uint32_t *rank; /* by key: its place when keys are sorted; all different */
	const int *place;    /* by key: its place in the schema, -1 unknown; NULL: the schema orders nothing here */
};
/* Every kept key once. The array lives in the arena. */
struct order_seq order_merge(struct arena *mem, const struct order_input *in);

#endif
