/* text.h -- UTF-8 on its way to a terminal: how much room it takes, and that it gives no orders.
 *
 * A record may spell any character in double quotes, "\e]52;..." too, and whoever reads it is somebody else.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

/* Characters of the first n bytes, each one column. */
size_t text_columns(const char *s, size_t n);
/* Control characters (C0 but for tab and newline, DEL, C1) become spaces, byte for byte. Writes only where there is one. */
void text_disarm(char *s);

#endif
