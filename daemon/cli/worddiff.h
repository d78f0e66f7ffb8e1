/* worddiff.h -- two texts word by word, for the eye: what of the first is gone, what of the second is new. Decides nothing. */
#ifndef CLI_WORDDIFF_H
#define CLI_WORDDIFF_H

#include "base/arena.h"

enum word_sort { WORD_SAME, WORD_GONE, WORD_NEW };
struct word_run {
	enum word_sort sort;
	const char *at; /* borrow: of either text */
	size_t n;       /* bytes, with the white space behind the words */
};
struct word_runs {
	struct word_run *at;
	size_t n, cap;
};

/* Runs in the order of reading, what is gone before what takes its place. Texts of very many words are compared at their ends only.
 * false: no word in common, so that the two are better shown each by itself. */
bool worddiff(struct word_runs *out, struct arena *a, const char *x, const char *y);

#endif
