/* note.h -- what fits on the two pages of a note (out_note.c, out_public_note.c), reckoned from the texts of the records alone: the
 * French and the English note, the page and the Markdown show the same. tests/it/reading.test has a browser print the worst.
 */
#ifndef LESSONS_NOTE_H
#define LESSONS_NOTE_H

#include "lessons/sheet.h"

#define NOTE_PAGES 1100 /* tenths of a line: two pages of 61 lines, less the top and what page breaks leave empty */

size_t note_width(const char *text);   /* in tenths of a small letter */
size_t note_lines(size_t width);       /* a paragraph's, in tenths of a line */
/* The text, or its beginning: up to a space, so that no character is cut in two. */
const char *note_shortened(struct arena *a, const char *text);

#endif
