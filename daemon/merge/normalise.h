/* normalise.h -- differences made to agree with the record they belong to; shared within the floor. */
#ifndef MERGE_NORMALISE_H
#define MERGE_NORMALISE_H

#include "diffset.h"

/* As diffs_normalise, below a structure instead of a kind. fresh (may be NULL): by entry of out, true for one that became
 * `tranche` just now. */
size_t normalise(struct diffs *out, bool **fresh, struct arena *mem, const struct snode *root, const struct val *record,
		 const struct diffs *in, const struct origin *settled);

/* Sort by field and base; entries about one thing become one; `dur` absorbs `a_relire` on a field. */
void normalise_order(struct diffs *d, struct arena *mem);

#endif
