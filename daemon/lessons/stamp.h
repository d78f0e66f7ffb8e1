/* stamp.h -- what a part is made of, as one number (seal.h): a part whose number is that of the last run keeps the bytes it
 * had, and is neither written nor compared.
 *
 * The number is made of what its output's `reads` name, of what the part is about. Of all that a collective filed it is the
 * commit: what a source gives is a function of its head. Only parts of a collective, a shard or a group have one: a whole output
 * changes with nearly every run.
 *
 * OWNER  The model's arena. A record's number needs its blob; without one (records made by hand) it says nothing of the text.
 */
#ifndef LESSONS_STAMP_H
#define LESSONS_STAMP_H

#include "lessons/outputs.h"
#include "lessons/seal.h"

/* For m->stamps, before anything is stamped; m->known is there. b: seal.h. */
struct stamps *stamps_new(const struct model *m, struct buf *b, const unsigned char key[SEAL_KEY]);
struct seal stamps_seal(const struct stamps *s);
uint64_t stamps_masks(const struct stamps *s); /* whom model_mask hides */
uint64_t stamp_record(const struct model *m, const struct known *k); /* of m->known */
void stamps_take(const struct model *m); /* of a whole model: from here on parts have one */
uint64_t stamp_part(const struct part *p); /* part_is_kept(p) */

#endif
