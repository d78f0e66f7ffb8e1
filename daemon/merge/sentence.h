/* sentence.h -- the differences of a prose field: one entry per contested sentence.
 *
 * An entry is known by its field and its base sentence (white space folded). It is settled when the sentence that the
 * text shows for it is gone: the base while it is `dur`, both edits combined while it is `a_relire`. An entry without a
 * base is never settled by itself: only `resolve` ends it.
 */
#ifndef MERGE_SENTENCE_H
#define MERGE_SENTENCE_H

#include "diffset.h"
#include "prose.h"

/* The sentence that the text shows for this entry; NULL: unknown, or no base. */
const char *sentence_shown(struct arena *mem, const struct diff *d);
bool sentence_same(struct arena *mem, const struct diff *x, const struct diff *y); /* same base sentence */

struct sentence_input {
	const char *champ;
	const struct diffs *d[3]; /* o, a, b: the sentence entries of this field only */
	const struct contests *news; /* what prose_merge could not decide */
	struct val *text;            /* the merged text */
	struct origin by[2];         /* who wrote a's, b's text; used where there is news, or an entry in o */
};
/* Which sentences are guarded against edits of the side that does not know their proposals (prose.h); into empty lists. */
void sentence_guards(struct prose_input *out, struct arena *mem, const struct sentence_input *in);
/* The entries of the merged field, appended to out. Answers with the text, in which a question with one answer left is closed. */
struct val *sentence_merge(struct diffs *out, struct arena *mem, const struct sentence_input *in);

#endif
