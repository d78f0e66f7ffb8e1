/* near.h -- the word that somebody meant: the nearest of those there are, for "did you mean".
 *
 * LIFE    struct near n = { .typed = text }; near_try for each word; n.best.
 * OWNER   n.best is borrowed from the words tried; NULL: none is near enough.
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

#define NEAR_MAX 2    /* mistakes: a letter missing, too many, wrong, or two swapped */
#define NEAR_WORD 40  /* bytes; longer ones are near nothing */

struct near {
	const char *typed; /* borrow */
	const char *best;  /* the first of the nearest so far */
	size_t mistakes;   /* of best */
};

void near_try(struct near *n, const char *word);

#endif
