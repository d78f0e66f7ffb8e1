/* passage.h -- the piece of a record's text that is shown with a hit, its matching words marked.
 *
 * Marked text holds PASSAGE_ON before and PASSAGE_OFF after each matching word; records never hold these characters
 * (doc.c takes them out).
 * OWNER  The arena.
 */
#ifndef INDEX_PASSAGE_H
#define INDEX_PASSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define PASSAGE_ON '\x01'
#define PASSAGE_OFF '\x02'
#define PASSAGE_CHARS 240 /* shown of a text, about */

struct passage {
	const char *field; /* "conditions/c1/texte"; "" when there is no text */
	const char *text;  /* marked; line ends as spaces; « … » where it was cut */
	size_t marks;      /* matching words in the whole field */
};
/* Of texts as FTS5 holds them (tokenizer.h: name and text of one field after the other), marked: the field with most
 * matching words, the first of equals. NULL texts are skipped. */
void passage_choose(struct passage *out, struct arena *a, const char *const *texts, size_t n);

#endif
