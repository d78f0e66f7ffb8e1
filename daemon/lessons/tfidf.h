/* tfidf.h -- texts as vectors of word weights, and how alike two of them are: the cosine.
 *
 * A word is a stem (term.h) that is no stop word and has three bytes at least. Its weight in a text is its count there
 * times ln(1 + N/df), N texts of which df have it: never zero, so in a network of two lessons their common words still
 * count. Vectors have length 1. A word that more than TFIDF_COMMON texts and a tenth of all have tells no two apart:
 * it has its weight, but makes nothing alike.
 *
 * LIFE    tfidf_new -> tfidf_add* (texts in any order) -> tfidf_weigh -> tfidf_cosines, tfidf_shared.
 * OWNER   The arena; texts are borrowed. Numbers are the same for the same texts in the same order.
 * FAILS   ERR_NOMEM.
 */
#ifndef LESSONS_TFIDF_H
#define LESSONS_TFIDF_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define TFIDF_COMMON 20

struct tfidf;
struct tfidf *tfidf_new(struct arena *a, size_t texts);
/* More words for text i. */
int tfidf_add(struct tfidf *t, size_t i, const char *text, struct err *e);
void tfidf_weigh(struct tfidf *t);

struct alike {
	uint32_t text;
	double cosine; /* above 0, at most 1 */
};
/* The texts from `first` on, i itself aside, that share a word with text i. Borrowed until the next call. */
const struct alike *tfidf_cosines(size_t *n, struct tfidf *t, size_t i, size_t first);
/* The words that make i and j alike, as i first writes them, `sep` between; the weightiest first. */
const char *tfidf_shared(struct arena *a, const struct tfidf *t, size_t i, size_t j, const char *sep);

#endif
