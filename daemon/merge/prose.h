/* prose.h -- the rule `prose`: two edits of one text, sentence by sentence, then word by word.
 *
 * Pure over strings: knows nothing of records, paths or sidecars. What two people did to one sentence comes back as a
 * contest; what becomes of it is sentence.h's business.
 *
 * OWNER   Arena.
 * LIMITS  PROSE_MAX_BYTES and PROSE_MAX_SENTENCES: beyond them by paragraph.
 */
#ifndef MERGE_PROSE_H
#define MERGE_PROSE_H

#include "diffs.h"

/* A sentence (or the run of sentences where the edits overlap) that both sides changed. */
struct contest {
	enum degree degre;   /* DEG_DUR: the text shows base. DEG_A_RELIRE: it shows both edits combined */
	const char *base;    /* as it stood */
	const char *side[2]; /* of a, of b; "" for a deletion; NULL: that side's proposals are in its own entry */
	const char *was;     /* NULL, or what the other side, not knowing of that entry, replaced: no proposal now */
};
struct contests {
	struct contest *at;
	size_t n, cap;
};

/* Sentences that a side shows while others have proposals for them: an edit of one by the other side, which
 * does not know that, is a further proposal and not a one-sided change. (What is only to be read again guards nothing: a
 * third edit beside it is one more thing to read.) */
struct guard {
	const char *shown;   /* folded, as all here */
	const char **answer; /* what is proposed for it: the first GUARD_ANSWERS */
	size_t n;
};
#define GUARD_ANSWERS 32
struct guards {
	struct guard *at;
	size_t n, cap;
};
struct prose_input {
	const struct val *o, *a, *b; /* strings */
	struct guards open;          /* o: two edits of such a sentence settled it differently, never combined by words */
	struct guards asked[2];      /* a, b: sentences that wait for a choice, in a question that is new there */
};
struct val *prose_merge(struct contests *out, struct arena *mem, const struct prose_input *in);

/* Two or more edits of one sentence combined word by word. NULL: closer than PROSE_APART unchanged words, or the same
 * words differently. The order of the sides does not matter. */
#define PROSE_APART 3
const char *prose_combine(struct arena *mem, const char *base, const char *const *sides, size_t n);

/* A text prepared for asking about its sentences: cut once, asked often. Borrows the value. */
struct prose_index;
struct prose_index *prose_index(struct arena *mem, const struct val *text); /* NULL and other types: shows nothing */
/* Does the text show this sentence (or run of sentences)? White space folded. */
bool prose_shows(struct prose_index *x, const char *sentence);
/* The text with that sentence (as it stands there, however wrapped) replaced; `now` "" takes it out. NULL: not shown. */
struct val *prose_replace(struct prose_index *x, const char *sentence, const char *now);

#endif
