/* term.h -- the words of a French text, in the form in which two texts are compared: for searching (index/) and for
 * likeness (likeness.h).
 *
 * A word is a run of letters and digits. Apostrophes and hyphens part words; what is elided before an apostrophe (l',
 * d', qu', jusqu'...) is no word. Case, accents and the spelling of œ and æ do not count. A word is cut to its stem by
 * Snowball's French rules, twice: as it is written, and as somebody writes who leaves the accents out, for the rules
 * look at accents (« passée » ends like « passé », « passee » does not).
 *
 * LIFE    terms_begin -> term_next* ; nothing to end. The text is borrowed.
 * THREAD  A reader belongs to one thread, and each thread has a stemmer of its own, freed when the thread ends.
 * FAILS   ERR_NOMEM.
 * Only user of libstemmer.
 */
#ifndef LESSONS_TERM_H
#define LESSONS_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define TERM_MAX 64 /* bytes of a form with its NUL; a longer word counts by its beginning */

struct term {
	size_t start, end; /* where the word stands in the text, in bytes */
	bool stop;         /* too frequent to say what a text is about: de, les, qui... */
	/* borrow: until the thread reads its next word */
	const char *word;  /* lower case, without accents */
	const char *stem;  /* of the word as written; without accents */
	const char *plain; /* of `word`: what a text without accents gives; often the same */
};

struct stemming;
struct terms {
	const char *at;            /* borrow */
	size_t n, pos;
	struct stemming *stemming; /* borrow: the thread's */
	bool nomem;                /* the reader stopped before the end */
};

/* Any bytes; what is not UTF-8 parts words. */
int terms_begin(struct terms *t, const char *text, size_t n, struct err *e);
bool term_next(struct term *out, struct terms *t); /* false: the end, or t->nomem */

#endif
