/* diffs.h -- differences of opinion: contested values as data, and the sidecar file they travel in (DESIGN 6).
 *
 * A list of differences belongs to one record. Entries are sorted by field path, then by the key of the base (a prose
 * field may have one entry per contested sentence). Proposals are sorted by key.
 *
 * OWNER   Arena; read-only once built.
 */
#ifndef MERGE_DIFFS_H
#define MERGE_DIFFS_H

#include "base/val.h"
#include "schema/schema.h"

enum degree {
	DEG_DUR,      /* "dur": choose */
	DEG_A_RELIRE, /* "a_relire": merged, please read it */
	DEG_TRANCHE   /* "tranche": settled; kept until the field is next set, so that a late proposal reopens it */
};

/* Who set a value: author's pseudonym, date "2018-10-08", commit (40 hex). Each may be NULL (no history given). */
struct origin {
	const char *par, *date, *commit;
};

struct proposal {
	char cle[VAL_KEY_LEN + 1]; /* val_key of the value; of the string "absent" / "present" for those */
	const struct val *valeur;  /* NULL for absent and present */
	bool absent, present;      /* a removed / kept record or list item */
	unsigned round;            /* 0: written. Chosen against others: one more than theirs (diffset.h) */
	struct origin by;
};
#define ROUND_MAX 1000000

struct diff {
	const char *champ;      /* field path; "@record" for the whole record */
	enum degree degre;
	const char *regle;      /* merge_rule_name */
	const struct val *base; /* NULL: there was none */
	struct proposal *at;    /* own array in the arena */
	size_t n, cap;
	struct origin settled;  /* DEG_TRANCHE: by whom, when */
};

struct diffs {
	const char *id; /* the record's */
	struct diff *at;
	size_t n, cap;
};

#define DIFFS_MAX_BYTES YAML_MAX_BYTES

/* Read a sidecar. NULL/0 bytes: no differences. ERR_DATA: "file:line:col: message". Unknown keys are refused. */
int diffs_parse(struct diffs *out, struct arena *a, const char *name, const void *bytes, size_t n, struct err *e);
/* Canonical text of a sidecar, appended. Nothing when there is no entry. */
int diffs_print(struct buf *out, struct arena *a, const struct diffs *d, struct err *e);

bool diffs_equal(const struct diffs *x, const struct diffs *y); /* everything, origins included */
size_t diffs_open(const struct diffs *d);                       /* entries of degree dur or a_relire */
/* The entry at champ whose base key equals `cle`, else the first that lists it (NULL: first at champ). NULL: none. */
const struct diff *diffs_find(const struct diffs *d, const char *champ, const char *cle);

/* Three sidecars of one record without the record (plain git merges path by path): no proposal that a side still lists goes. */
void diffs_merge(struct diffs *out, struct arena *mem, const struct diffs *o, const struct diffs *a, const struct diffs *b);

/* The open entries of `in` that `known` does not list with all their proposals; each has an array of its own. */
void diffs_missing(struct diffs *out, struct arena *mem, const struct diffs *known, const struct diffs *in);
/* known and news together; a settlement gives way to news about the same thing. */
void diffs_add(struct diffs *out, struct arena *mem, const struct diffs *known, const struct diffs *news);

/* Does this version of the record (NULL: there is none) hold the proposal: the value at its field, the sentence in its text? */
bool diff_held(struct arena *mem, const struct schema *s, const struct val *record, const struct diff *d, const struct proposal *p);

/* The value a field shows while the difference is open: base, else the value of the smallest key. NULL for none. */
const struct val *diff_shown(const struct diff *d);

/* What the field becomes when `chosen` is taken: for a contested sentence, the field's text with that sentence (however
 * wrapped; what is shown for it) replaced, "" taking it out; the text as it is when it no longer shows the sentence.
 * For other entries `chosen` itself. */
const struct val *diff_taken(struct arena *a, const struct diff *d, const struct val *field, const struct val *chosen);

/* What everybody must do before using a record's differences (DESIGN 5): an entry whose field does not show what
 * diff_shown says was settled by hand and becomes `tranche` (a prose entry whose displayed sentence is gone is dropped);
 * a `tranche` whose field was set again, and an entry whose field is gone with its whole, are dropped; a field taken out
 * of a whole that stays was settled so. `settled`: who, for the new tranche entries. Returns how many entries changed. */
size_t diffs_normalise(struct diffs *out, struct arena *a, const struct schema *s, const struct val *record,
		       const struct diffs *in, const struct origin *settled);

/* Settle: the field's new value is given by the caller in the record; this makes the entry `tranche` (drops a prose or
 * a_relire entry). `cle` as in diffs_find. */
void diffs_settle(struct diffs *out, struct arena *a, const struct schema *s, const struct diffs *in, const char *champ,
		  const char *cle, const struct val *chosen, const struct origin *by);

#endif
