/* label.h -- two labels that a person would call the same: case, accents and typography do not count.
 *
 * Why: a coordinator types « cooperation », the vocabulary says « Coopération ».
 * OWNER  The result lives in the arena.
 */
#ifndef LESSONS_LABEL_H
#define LESSONS_LABEL_H

#include "base/arena.h"

/* Lower case; letters of Latin-1 without their accents, œ and æ as two letters, combining accents dropped; typographic
 * apostrophes and no-break spaces as plain ones; hyphens as spaces, runs of spaces as one, none at the ends.
 * Any other character is kept. */
const char *label_fold(struct arena *a, const char *s);

#endif
