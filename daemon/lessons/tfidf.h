/* tfidf.h -- texts as vectors of word weights, and how alike two of them are: the cosine.
 *
 * A word is a stem (term.h) that is no stop word and has three bytes at least. Its weight in a text is its count there
 * times ln(1 + N/df), N texts of which df have it: never zero, so in a network of two lessons their common words still
 * count. Vectors have length 1. A word that more than TFIDF_COMMON texts and a tenth of all have tells no two apart:
 * it has its weight, but makes nothing alike.
 *
 * What is to be known of a text is its words: these may be kept, reading the text again costs five times as much.
 *
 * LIFE    tfidf_words -> tfidf_new -> tfidf_add (texts in any order) -> tfidf_weigh -> tfidf_cosines, tfidf_shared.
 * OWNER   The arena; words are borrowed. Numbers are the same for the same texts in the same order.
 * FAILS   ERR_NOMEM.
 */
#ifndef LESSONS_TFIDF_H
#define LESSONS_TFIDF_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define TFIDF_COMMON 20

/* The words of a text in n pieces, in their order: "format Formation habit habitants ", each as its stem and as it is written. */
int tfidf_words(const char **out, struct arena *a, const char *const *pieces, size_t n, struct err *e);

struct tfidf;
struct tfidf *tfidf_new(struct arena *a, size_t texts);
/* Text i, by its words: once. */
void tfidf_add(struct tfidf *t, size_t i, const char *words);
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
