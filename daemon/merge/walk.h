/* walk.h -- the lock-step walk over base, a and b along the schema; shared by the files that know one kind of node.
 *
 * Each function answers with the merged value of one place (NULL: missing) and appends that place's differences and
 * decisions to the walk. Values are shared with the inputs, never changed.
 */
#ifndef MERGE_WALK_H
#define MERGE_WALK_H

#include "field.h"
#include "merge.h"
#include "rules.h"

enum side { SIDE_O, SIDE_A, SIDE_B };

struct walk {
	struct arena *mem;
	const struct merge_prov *prov; /* or NULL */
	const struct diffs *d[3];      /* normalised, sorted by field path */
	bool any;                      /* at least one side has differences */
	struct diffs out;              /* unsorted while walking */
	struct decisions decisions;
};

struct val *walk_place(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
		       struct val *b);

/* Of an item at path (or what `whole` names, with all below path): did the side open a difference, or decide that it stays, or that
 * an item below it does? An open question whether it stays is neither: what it is about stands in the data, and who removed the
 * data saw it. */
bool walk_asked(const struct walk *w, enum side side, const char *whole, const char *path);
/* Is the side's item an edit against the base: other data, or as above? */
bool walk_edited(const struct walk *w, enum side side, const char *path, const struct val *o, const struct val *v);
/* Keys of the mapping at path that a side settled on doing without, appended. (Others have them still, or nobody does.) */
struct keys {
	const char **at;
	size_t n, cap;
};
void walk_left_out(struct keys *out, const struct walk *w, const char *path);
/* A side's subtree stands in the result as it is: its entries at and below the path go along. */
void walk_take(struct walk *w, enum side side, const char *path);
/* Entries that merge by their presence alone: kept unless one side ended what the base had. */
void walk_by_presence(struct walk *w, const char *path, enum diff_class class);
struct origin walk_origin(const struct walk *w, enum side side, const char *path); /* asks the provenance; costly */

/* One file each. */
struct val *walk_map(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
		       struct val *b);
struct val *list_map(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
		       struct val *b);
struct val *list_set(struct walk *w, const struct snode *s, struct val *o, struct val *a, struct val *b);
/* false: the edits overlap. */
bool list_sequence(struct val **out, struct walk *w, struct val *o, struct val *a, struct val *b);
/* x-groups of a mapping: each side changed a member that the other left alone. After the members were walked. */
void walk_groups(struct walk *w, const struct snode *s, const char *path, const struct val *o, const struct val *a,
		 const struct val *b, const struct val *merged);
/* `a_relire` on a field (key, below path) that a, b or both changed from o; not where it is in question or flagged anyway. */
void walk_flag(struct walk *w, const struct snode *s, const char *path, const char *key, const struct val *o, const struct val *a,
	       const struct val *b);
/* The record breaks the schema, though neither a nor b does: flags what made it so. After the walk. */
void walk_faulty(struct walk *w, const struct schema *s, const struct val *o, const struct val *a, const struct val *b,
		 const struct val *record);
/* The value three-way by presence: missing, or the empty collection, when a collection comes out empty. */
bool walk_keeps_empty(const struct val *o, const struct val *a, const struct val *b);

#endif
