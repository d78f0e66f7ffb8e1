/* diffset.h -- differences as sets of proposals: what they are, and how a field merges together with its own (DESIGN 5).
 *
 * The state of a field on a side is a plain value, an open difference (then the value *is* its set of proposals) or a
 * settled one. Everything here is symmetric in a and b.
 *
 * Proposals are compared by value, and whoever settles against "a" settles against everybody's "a" that had been written
 * until then; but not against the choice of "a" that somebody else makes meanwhile. A choice is a new write, of an old value
 * maybe: it must stand whether it meets the other settlement first or is already among the proposals of a reopened
 * question. So a proposal carries its round: 0 as written, and as chosen one more than the highest of those it was chosen
 * against. One value stands in a set once, with the highest round that anybody brings. A side's proposal is news when the
 * base does not list that value in that round.
 *
 * OWNER   Arena; inputs are shared, never changed.
 */
#ifndef MERGE_DIFFSET_H
#define MERGE_DIFFSET_H

#include "diffs.h"

enum diff_class {
	DIFF_VALUE,    /* the field's value: dur or tranche */
	DIFF_SENTENCE, /* one contested sentence of a prose field */
	DIFF_PRESENCE, /* a record or an item of a list-map: removed here, edited there */
	DIFF_READ      /* a_relire on a field that is no prose */
};
enum diff_class diff_class(const struct diff *d);
bool diff_is_absence(const struct diff *d); /* settled on doing without the field */
void diff_not_prose(struct diff *d); /* an entry with the rule `prose` that is no sentence takes `conflict` */
#define CHAMP_RECORD "@record"

void proposal_init(struct proposal *p, const struct val *v, const struct origin *by); /* v NULL: absent */
void proposal_present(struct proposal *p, const struct origin *by);
int proposal_cmp(const struct proposal *x, const struct proposal *y); /* the order they stand in: key, then value */
bool origin_equal(const struct origin *x, const struct origin *y);
/* The smaller commit; none sorts last. */
const struct origin *origin_first(const struct origin *x, const struct origin *y);

/* Put a proposal where it sorts; already listed: the smaller origin and the higher round are kept. d->at belongs to the
 * caller. */
void diff_propose(struct diff *d, struct arena *mem, const struct proposal *p);
bool diff_lists(const struct diff *d, const struct proposal *p); /* by value; false when d is NULL */
bool diff_same_set(const struct diff *x, const struct diff *y);  /* proposals, rounds, base and degree, not origins */
/* The entry as `tranche` on v (NULL: that the field is absent): base and only proposal, one round later, by the origin of a proposal of that value or else
 * `by` (may be NULL), which is also who settled. */
struct diff diff_settled(struct arena *mem, const struct diff *d, const struct val *v, const struct origin *by);
/* The round of a proposal that does not say: 1 for the value that the entry shows as its base, which somebody chose, and for what
 * it is settled on; else 0. */
unsigned round_default(const struct diff *d, const struct proposal *p);
struct diff diff_own(struct arena *mem, const struct diff *d);   /* a copy with an array of its own */
/* All proposals of both; the base and the rest are x's. */
struct diff diff_join(struct arena *mem, const struct diff *x, const struct diff *y);

/* Value equality in the order of keys too: equal here means the same text in every way that data can tell. */
bool val_same(const struct val *x, const struct val *y);
/* One of two values that are val_equal, whichever side it comes from. */
struct val *val_either(const struct val *o, struct val *a, struct val *b);

struct state {
	struct val *v;        /* what the field shows; NULL: missing */
	const struct diff *d; /* DIFF_VALUE, or NULL */
};
bool state_open(const struct state *s);
/* Says the entry which commit set the value? Who settles cannot know it: the commit that says so is only about to be made. */
bool state_has_origin(const struct state *s);
bool state_same(const struct state *x, const struct state *y);
/* Both changed, and at least one has a difference. oa, ob: who set the value on a side that has no open one, asked where
 * state_has_origin is false. */
struct state state_merge(struct arena *mem, const struct state *o, const struct state *a, const struct state *b,
			 const struct origin *oa, const struct origin *ob);
/* Equal states of a and b as one: proposals and settlement by the smaller origin. */
struct state state_join(struct arena *mem, const struct state *o, const struct state *a, const struct state *b);

#endif
