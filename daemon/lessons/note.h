/* note.h -- what the notes of two pages share (out_note.c, out_public_note.c): a sentence told, and what fits.
 *
 * What fits is reckoned from the texts of the records alone, so that the French and the English note, the page and the
 * Markdown show the same. tests/it/reading.test has a browser print the worst.
 *
 * OWNER  The arena; docs are borrowed.
 */
#ifndef LESSONS_NOTE_H
#define LESSONS_NOTE_H

#include "lessons/sheet.h"

struct told { /* one sentence of a lesson */
	const char *before; /* "- Nuance : "; NULL: a statement, which stands alone */
	struct quote quote; /* long ones shortened */
	bool open;          /* the lesson is under discussion */
};
struct told note_told(struct arena *a, const char *before, const struct val *doc, const char *field, const char *text);
void note_say(struct sheet *s, const struct told *t);
/* Begins the line about what a lesson rests on; the caller ends it. */
void note_strength(struct sheet *s, const struct lesson *l, const char *confidence);

#define NOTE_LINE 1100  /* tenths of a small letter */
#define NOTE_PAGES 1100 /* tenths of a line: two pages of 61 lines, less the top and what page breaks leave empty */
size_t note_width(const char *text); /* in tenths of a small letter */
size_t note_lines(size_t width);     /* a paragraph's, in tenths of a line */

#endif
