/* merge.h -- merge(base, {a, b}, schema, provenance) -> record, differences, decisions (DESIGN 5).
 *
 * Pure: no clock, no locale, no host, no file, no notion of ours or theirs: exchanging a and b gives the same bytes.
 *
 * How it works, top down:
 *   1 normalise each side's differences (diffs.h)
 *   2 walk the three values along the schema (walk.c): a leaf that one side changed has that side's value; where both
 *     changed it differently the field's rule decides (one file per rule), or it becomes a difference
 *   3 merge each field's differences with it: while one is open, the field's value is its set of proposals
 *   4 flag what makes a record that breaks the schema out of two that follow it (faulty.c)
 *   5 spell the result (ydoc_rewrite): the canvas is the side whose text sorts first, the other one donates
 *
 * FAILS   ERR_DATA for a result that cannot be spelled: over YAML_MAX_BYTES, which two records near that size can give.
 *         diffs_print: ERR_LIMIT for a sidecar over it. Both are the case of two versions that cannot be one (DESIGN 5,
 *         whole records: one stays, the other is kept beside it). Everything else is data.
 * LIMITS  Prose over 64 KiB or 2,000 sentences a field is compared by paragraph; lists over 10,000 items as atomic.
 */
#ifndef MERGE_MERGE_H
#define MERGE_MERGE_H

#include "merge/diffs.h"
#include "yaml/ydoc.h"

#define MERGE_ALGORITHM 1 /* `fusion: 1` */

struct merge_side {
	const struct ydoc *doc;    /* NULL: the record does not exist here */
	const struct val *val;     /* typed by the schema (schema_type); NULL with doc */
	const struct diffs *diffs; /* NULL: none */
};

/* Who set a field on a side. Called only for contested fields; appears in the results, never decides. */
struct merge_prov {
	void (*find)(void *ctx, struct origin *out, int side /* 0: a, 1: b */, const char *champ);
	void *ctx;
};

struct merge_input {
	const struct schema *schema;
	struct merge_side o, a, b;
	const struct merge_prov *prov; /* NULL: origins stay empty */
};

/* A contested field that a rule decided: law 4 says that nobody's value goes unseen. */
struct decision {
	const char *champ;
	enum merge_rule rule;
	const struct val *base, *result;         /* NULL: missing */
	struct proposal sides[2];                /* the two values with who wrote them, sorted by key */
};
struct decisions {
	struct decision *at; /* sorted by champ */
	size_t n, cap;
};

struct merge_result {
	bool present;           /* false: the record is deleted (text NULL) */
	const char *text;       /* in the arena */
	size_t n;
	const struct val *val;
	struct diffs diffs;     /* id set; n == 0: no sidecar */
	struct decisions decisions;
};

int merge_record(struct merge_result *out, struct arena *a, const struct merge_input *in, struct err *e);

/* One plain text by line (attachments, notes): diff3. false: they overlap, nothing in out. */
bool merge_text(struct buf *out, const char *o, size_t on, const char *x, size_t xn, const char *y, size_t yn);

#endif
