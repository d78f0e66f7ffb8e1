/* prose_pair.h -- a text cut into sentences, and how one such text became another one: hunks over sentences (seq.h).
 *
 * OWNER   Arena; the pieces point into the value given.
 * LIMITS  PROSE_MAX_PAIRS comparisons of two sentences a merge; beyond them by place.
 */
#ifndef MERGE_PROSE_PAIR_H
#define MERGE_PROSE_PAIR_H

#include "base/val.h"
#include "keytab.h"
#include "prose_split.h"
#include "seq.h"

#define PROSE_MAX_PAIRS 20000

struct prose_text {
	struct pieces p;
	const char **fold; /* of each piece; "\n" for a paragraph break */
	uint32_t *id;      /* of the folded piece */
};


/* v: a string. names: shared by the texts that are compared. */
void prose_cut(struct prose_text *t, struct arena *mem, struct keytab *names, const struct val *v, bool by_paragraph);
struct guards;
/* o became s, in which `asked` (prose.h) are in question. *pairs: how many comparisons are left, PROSE_MAX_PAIRS at first. */
void prose_compare(struct hunks *out, struct arena *mem, size_t *pairs, const struct prose_text *o, const struct prose_text *s,
		   const struct guards *asked);

#endif
