/* letter.h -- the characters of a French text: read one by one, in lower case, without their accents. By small tables: Latin-1, œ and Ÿ;
 * other scripts are taken as they are. Two texts are compared in this form by label.c (as a whole) and term.c (word by word).
 */
#ifndef LESSONS_LETTER_H
#define LESSONS_LETTER_H

#include <stddef.h>
#include <stdint.h>

/* The character at s, of n bytes at least one; 0 and *len 1 for a byte that begins none. */
uint32_t letter_read(size_t *len, const char *s, size_t n);
uint32_t letter_lower(uint32_t c);
/* A lower-case letter without its accent, œ as two; "" for an accent that combines; NULL: it has none. */
const char *letter_plain(uint32_t c);

#endif
