/* seal.h -- a keyed number of some bytes (SipHash-2-4): what is held against the last run's instead of the bytes.
 *
 * The key is a secret of the clone: whoever writes records cannot make two texts that have one number, and so hold back a
 * withdrawal.
 *
 * OWNER  b is borrowed: where the bytes are put together. When it ran out of memory (buf_ok) no number holds.
 */
#ifndef LESSONS_SEAL_H
#define LESSONS_SEAL_H

#include <stdint.h>

#include "base/buf.h"

#define SEAL_KEY 16

struct seal {
	uint64_t key[2];
	struct buf *b;
};
struct seal seal_new(struct buf *b, const unsigned char key[SEAL_KEY]);
/* Of what was put into s->b since it had `from` bytes, to which it is cut: a number may be asked for while another is put
 * together. */
uint64_t seal_take(const struct seal *s, size_t from);
void seal_put(const struct seal *s, uint64_t number);

#endif
