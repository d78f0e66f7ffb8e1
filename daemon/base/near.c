/* near.c -- Damerau-Levenshtein in its restricted form (optimal string alignment: no part is edited twice), which counts "stauts" for
 * "status" as one mistake, the commonest of typing. Bytes are compared, not characters: an accent left out is two mistakes at most.
 * Capitals (of ASCII) are no mistake.
 */
#include "base/near.h"

#include <stdbool.h>
#include <string.h>

static size_t least(size_t x, size_t y)
{
	return x < y ? x : y;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_letter(char x, char y)
{
	return lower(x) == lower(y);
}

static size_t distance(const char *x, size_t n, const char *y, size_t m)
{
	size_t rows[3][NEAR_WORD + 1], *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t k = 0; k <= m; k++)
		last[k] = k;
	for (size_t i = 1; i <= n; i++) {
		row[0] = i;
		for (size_t k = 1; k <= m; k++) {
			row[k] = least(least(last[k], row[k - 1]) + 1, last[k - 1] + !same_letter(x[i - 1], y[k - 1]));
			if (i > 1 && k > 1 && same_letter(x[i - 1], y[k - 2]) && same_letter(x[i - 2], y[k - 1]))
				row[k] = least(row[k], before[k - 2] + 1);
		}
		size_t *free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[m];
}

void near_try(struct near *n, const char *word)
{
	size_t typed = strlen(n->typed), len = strlen(word);
	/* a word of two letters is two mistakes from any other: then nothing was meant */
	size_t limit = typed < 4 ? 1 : NEAR_MAX;
	if (!typed || typed > NEAR_WORD || len > NEAR_WORD || typed > len + limit || len > typed + limit)
		return;
	size_t mistakes = distance(n->typed, typed, word, len);
	if (mistakes <= limit && (!n->best || mistakes < n->mistakes)) {
		n->best = word;
		n->mistakes = mistakes;
	}
}
