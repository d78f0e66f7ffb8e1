/* text.h -- UTF-8 on its way to a terminal: how much room it takes, and that it gives no orders.
 *
 * A record may spell any character in double quotes, "\e]52;..." too, and whoever reads it is somebody else.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

/* Columns that the first n bytes take: none for accents that combine, two for CJK and pictures, one for a byte that is no UTF-8. */
size_t text_columns(const char *s, size_t n);
/* The longest beginning of s, in bytes and whole characters, that takes at most so many columns. */
size_t text_fit(const char *s, size_t columns);
/* Control characters (C0 but for tab and newline, DEL, C1), and those that turn the direction of what follows (UAX 9: a line
 * could read otherwise than it is stored), become spaces, byte for byte. Writes only where there is one. */
void text_disarm(char *s);

#endif
