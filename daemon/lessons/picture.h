/* picture.h -- the coverage of all collectives as an SVG: a row for each collective, a column for each theme.
 *
 * A state is told by its letter and by its shape (full, hatched, half, empty with a dashed border, none), so that it reads
 * the same in grey and for people who see colours otherwise; each cell has its words as a title. The table beside it says the
 * same as text.
 */
#ifndef LESSONS_PICTURE_H
#define LESSONS_PICTURE_H

#include "lessons/model.h"

/* whole: a file of its own; else to stand within a page. Nothing when there is no theme or no collective. */
void picture_put(struct buf *out, const struct model *m, bool english, bool whole);

#endif
