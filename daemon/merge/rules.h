/* rules.h -- the merge rules of DESIGN 5 that decide between two values, one file each, in one table.
 *
 * A rule is called when both sides changed a leaf differently (a counter: also alike). It sees values only. What it
 * cannot decide becomes a difference; what it decides is listed in the merge's decisions.
 */
#ifndef MERGE_RULES_H
#define MERGE_RULES_H

#include "diffset.h"

/* The result in *out (in the arena, or one of the inputs). false: not decidable, nothing in out. a and b may be NULL
 * (missing), o too. Exchanging a and b gives the same. */
typedef bool (*rule_cb)(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
			struct val *b);

rule_cb rule_of(enum merge_rule r); /* NULL: a rule that never decides between two values */

bool rule_min(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
			struct val *b);
bool rule_max(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
			struct val *b);
bool rule_counter(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
			struct val *b);
bool rule_cautious(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
			struct val *b);
bool rule_lifecycle(struct val **out, struct arena *mem, const struct snode *s, struct val *o, struct val *a,
			struct val *b);

/* conflict and immutable: the base stays and both values become a difference of degree dur. Without a base the field
 * shows the value of the smaller key. oa, ob: who wrote them. */
struct state rule_scalar(struct arena *mem, const char *champ, enum merge_rule r, struct val *o, struct val *a,
			 struct val *b, const struct origin *oa, const struct origin *ob);

/* The place of a value in x-order or x-withdrawn; -1: it is not there. */
int rule_rank(const char *const *order, const struct val *v);

#endif
