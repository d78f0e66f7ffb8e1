/* stamp.h -- what a part is made of, as one number: a part whose number is that of the last run keeps the bytes it had, and
 * is neither written nor compared.
 *
 * The number is a keyed hash (SipHash-2-4) over what its output's `reads` name, of what the part is about. The key is a
 * secret of the clone: whoever writes records cannot make two texts that have one number, and so hold back a withdrawal.
 * Only parts of a collective, a shard or a group have one: a whole output changes with nearly every run.
 *
 * OWNER  The model's arena. A stamp needs each record's blob; without one (records made by hand) it says nothing of the text.
 */
#ifndef LESSONS_STAMP_H
#define LESSONS_STAMP_H

#include "lessons/outputs.h"

struct stamps; /* of each lesson, link, group and record of a model */
/* b: where what is hashed is put together, empty again after each call. When it ran out of memory (buf_ok) no number holds. */
struct stamps *stamps_new(const struct model *m, struct buf *b, const unsigned char key[LESSONS_KEY]);
uint64_t stamp_part(struct stamps *s, const struct part *p); /* part_is_kept(p) */

#endif
