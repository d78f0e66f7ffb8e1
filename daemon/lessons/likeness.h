/* likeness.h -- lessons of different collectives that look alike: suggestions for people to accept or refuse.
 *
 * score = 0.6 x cosine(tf-idf of the words of titre + enonce) + 0.3 x Jaccard(themes) + 0.1 x Jaccard(dispositifs); at
 * LIKE_THRESHOLD and above, and with at least one word in common, it is a suggestion. Text finds candidates; it never
 * finds a disagreement, and nothing is merged because of it.
 *
 * What people have said about a pair silences it: any link between the two, and a refusal (relation `distinct`) for as
 * long as both texts are the ones it was said about.
 *
 * tfidf.h says which words count.
 *
 * Pure: no randomness, no locale; the order of the input does not matter. Weights depend on all lessons given (a word
 * that everybody uses counts little), so one more lesson moves every score a little.
 *
 * LIFE    likeness_open -> likeness_of, likeness_all. Everything lives in the arena; lessons and links are borrowed.
 * FAILS   ERR_NOMEM.
 */
#ifndef LESSONS_LIKENESS_H
#define LESSONS_LIKENESS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/val.h"
#include "lessons/names.h"

#define LIKE_THRESHOLD 400 /* thousandths */
#define LIKE_PER_THEME 20  /* suggestions in likeness_all */

struct like_lesson {
	const char *id, *collective, *fingerprint;
	const char *title, *statement;  /* "" when there is none */
	const char *words;              /* like_words; NULL: the texts are read for it */
	struct names themes, schemes;   /* concepts; schemes: `dispositifs` */
};
/* A lesson's record or line of enseignements.jsonl; false: it has no id or no collective. fingerprint NULL: v's own
 * `empreinte`. */
bool like_lesson_of(struct like_lesson *out, struct arena *a, const struct val *v, const char *fingerprint);

/* What title and statement say, to be kept with the lesson (tfidf.h); NULL: no memory. */
const char *like_words(struct arena *a, const struct like_lesson *l);

struct like_link {
	const char *from, *to;             /* ids of lessons */
	const char *from_print, *to_print; /* the fingerprints it read; "" when none was pinned */
	bool refused;                      /* relation `distinct` */
};
/* Of what val_texts says of a croisement under LIKE_LINK_KEYS; false: nothing about two lessons (withdrawn, or an end is missing). */
#define LIKE_LINK_N 6
extern const char *const LIKE_LINK_KEYS[LIKE_LINK_N];
bool like_link_of(struct like_link *out, const char *const said[LIKE_LINK_N]);

struct like_match {
	size_t a, b;               /* indices of the lessons given; ids ascending */
	int score;                 /* thousandths, as are the three it is made of: */
	int words_score, themes_score, schemes_score;
	const char *words;         /* in common, as a's text first writes them, NAMES_SEP between; the weightiest first */
	struct names themes, schemes; /* in common */
};
struct like_matches {
	struct like_match *at; /* best score first, then by ids */
	size_t n, cap;
};

struct likeness;
/* Lessons and links in any order. An id twice: the first counts. */
int likeness_open(struct likeness **out, struct arena *a, const struct like_lesson *lessons, size_t n,
		  const struct like_link *links, size_t n_links, struct err *e);
/* The suggestions for one lesson, `most` of them at most. NULL `out->at` and n 0 when there are none, or no such lesson. */
void likeness_of(struct like_matches *out, struct likeness *l, const char *id, size_t most);
/* All suggestions that are among the per_theme best of a theme that both have, or of those that share no theme. */
void likeness_all(struct like_matches *out, struct likeness *l, size_t per_theme);

#endif
