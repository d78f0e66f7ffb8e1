/* valpack.h -- a value as bytes that are quick to read back: for caches, which may be deleted at any time.
 *
 * Not an exchange format: the bytes are for this program on this machine. Positions and `raw` are not kept.
 *
 * OWNER  val_unpack allocates in the arena; strings are borrowed from the bytes, which must outlive the value.
 */
#ifndef BASE_VALPACK_H
#define BASE_VALPACK_H

#include "base/val.h"

/* Lengths and numbers, as val_pack writes them; strings with their NUL. */
void pack_u64(struct buf *out, uint64_t n);
void pack_str(struct buf *out, const char *s); /* NULL stays NULL */
void val_pack(struct buf *out, const struct val *v); /* NULL stays NULL */

struct unpack {
	const char *at, *end;
	bool bad; /* cut or damaged: what was read since is nothing */
};
uint64_t unpack_u64(struct unpack *u);
const char *unpack_str(struct unpack *u); /* borrowed */
/* Bytes that are read later or never, with their length before them. */
void pack_part(struct buf *out, const char *bytes, size_t n);
struct unpack unpack_part(struct unpack *u); /* borrowed */
struct val *val_unpack(struct arena *a, struct unpack *u);
/* val_texts of a packed map, without unpacking it. out: borrowed. At most PICK_MAX keys. False: bad, nothing was found. */
#define PICK_MAX 16
bool val_pick(const char **out, const char *const *keys, size_t n, struct unpack u);

/* A fast check against damage, not against anybody's will. */
uint64_t pack_check(const void *bytes, size_t n);

#endif
