/* prose_split.h -- a text as paragraphs, sentences and words, with every byte between them.
 *
 * A sentence ends at . ! ? or … (and at the » or quote behind it) before white space and a capital, digit or quote;
 * not behind an abbreviation or an initial. A no-break space before ; : ! ? is an ordinary character. An empty line
 * separates paragraphs; a single newline is white space, so that re-wrapping a text changes no sentence. But a line
 * that begins as an item of a list or a reply of a dialogue does ("- ", "— ", "2. "; behind another such line, or one
 * that ends in : ; . ! ? …) is a sentence of its own: people add and correct such lines one by one.
 *
 * OWNER   Pieces point into the text given; arrays and folded copies live in the arena.
 */
#ifndef MERGE_PROSE_SPLIT_H
#define MERGE_PROSE_SPLIT_H

#include <stdbool.h>
#include "base/arena.h"

struct piece {
	const char *sep; /* white space before it; "" at the start of a paragraph */
	size_t sep_n;
	const char *at; /* a sentence or word; of a paragraph break, the white space that makes it */
	size_t n;
	bool brk;   /* a paragraph break */
	bool first; /* stands first in its paragraph */
};
struct pieces {
	struct piece *at;
	size_t n, cap;
	const char *tail; /* white space after the last piece */
	size_t tail_n;
};

#define PROSE_MAX_BYTES (64 * 1024) /* beyond, or with more sentences: by paragraph */
#define PROSE_MAX_SENTENCES 2000

void prose_sentences(struct pieces *out, struct arena *mem, const char *text, size_t n, bool by_paragraph);
void prose_words(struct pieces *out, struct arena *mem, const char *text, size_t n);

/* The text with each run of white space as one space and none at the ends. */
const char *prose_fold(struct arena *mem, const char *text, size_t n, size_t *out_n);

#endif
