/* unseen.h -- characters that nobody sees in a text, or that pass for a space: what looks equal and is not.
 *
 * French typing puts U+00A0 or U+202F before « : » and inside « », word processors leave U+00AD and U+200B behind.
 */
#ifndef BASE_UNSEEN_H
#define BASE_UNSEEN_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes the unseen character at s has, and which it is; 0: this one is seen (or plain ASCII). */
size_t unseen_at(unsigned *c, const char *s);
/* `s` without them, in `out` when it fits. false: there is none in it, or it does not fit; out is untouched. */
bool unseen_strip(char *out, size_t size, const char *s);

#endif
