/* ylaws.h -- what must hold between a text and what ydoc_rewrite made of it, beyond its data: order, untouched bytes,
 * comments. Shared by the random edits (tests/unit/yaml/test_random.c) and the fuzzer (tests/fuzz/fuzz_rewrite.c). */
#ifndef TESTS_YLAWS_H
#define TESTS_YLAWS_H

#include <string.h>

#include "yaml/ynode.h"

struct ylaws {
	size_t kept, touched; /* top-level fields looked at */
};

/* A block of text with something else below it than before: lines of spaces there may force other quotes. */
static inline bool ylaws_moved_block(const struct ynode *canvas, const struct yentry *was, const struct ynode *result,
				     const struct yentry *is)
{
	const struct ynode *last = was->val;
	const struct yentry *below = was + 1 < canvas->at + canvas->n ? was + 1 : NULL;
	const struct yentry *now = is + 1 < result->at + result->n ? is + 1 : NULL;
	while (last->n)
		last = last->at[last->n - 1].val;
	return (last->style == Y_LITERAL || last->style == Y_FOLDED) &&
	       (!below != !now || (now && strcmp(now->key, below->key)));
}

/* The same bytes, but for the ends of lines: a part that is written by itself ends in the text's usual one. */
static inline bool ylaws_same_lines(const char *x, size_t nx, const char *y, size_t ny)
{
	size_t i = 0, j = 0;
	while (i < nx && j < ny) {
		i += x[i] == '\r' && i + 1 < nx && x[i + 1] == '\n';
		j += y[j] == '\r' && j + 1 < ny && y[j + 1] == '\n';
		if (x[i++] != y[j++])
			return false;
	}
	return i == nx && j == ny;
}

/* The fields of the target in its order; the fields nobody changed with their bytes; the comments directly above those that
 * are still there. NULL, or what does not hold. */
static inline const char *ylaws_broken(struct ylaws *seen, const struct ydoc *result, const struct ydoc *canvas,
				       const struct val *target)
{
	for (size_t i = 0; i < target->map.n; i++)
		if (strcmp(result->root->at[i].key, target->map.at[i].key))
			return "another order";
	for (size_t i = 0; i < canvas->root->n; i++) {
		const struct yentry *was = &canvas->root->at[i], *is = ydoc__field(result->root, was->key, i);
		if (!is)
			continue;
		size_t comments = was->line - was->attach;
		if (comments && !memmem(result->text, result->n, canvas->text + was->attach, comments))
			return "a comment is lost";
		if (!val_equal(was->val->val, val_get(target, was->key))) {
			seen->touched++;
			continue;
		}
		seen->kept++;
		size_t n = was->stop - was->at;
		n -= n && canvas->text[was->stop - 1] == '\n';
		n -= n && canvas->text[was->at + n - 1] == '\r';
		if (!ylaws_moved_block(canvas->root, was, result->root, is) &&
		    (n > result->n - is->at || memcmp(canvas->text + was->at, result->text + is->at, n)))
			return "a field that nobody changed has other bytes";
	}
	return NULL;
}

#endif
