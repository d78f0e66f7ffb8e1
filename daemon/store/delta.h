/* delta.h -- one object as what must be done to another one to get it: git's delta format (gitformat-pack(5)). Pure.
 *
 * THREAD  One struct deltas, one thread.
 */
#ifndef STORE_DELTA_H
#define STORE_DELTA_H

#include <stdint.h>
#include "base/buf.h"

/* Larger ones are sent whole: the index below would need as much memory again. */
#define DELTA_MAX ((size_t)8 << 20)

struct deltas {       /* all zero: ready */
	uint32_t *slots;  /* own; the newest block of the base with this hash, + 1; 0: none */
	uint32_t *before; /* own; block -> an older block with the same hash, + 1 */
	size_t slots_cap, before_cap;
};
void deltas_free(struct deltas *d);

/* Append the delta that makes `to` of `from`. False: not worth it (longer than `most` bytes), too large, or out of memory; then out is as
 * it was. */
bool delta_make(struct buf *out, struct deltas *d, const char *from, size_t from_n, const char *to, size_t to_n, size_t most);

#endif
