/* settle.h -- settling one difference, as data: which one is meant, what its field becomes, and what the two files then hold.
 * Nothing is written: `resolve` puts the result into the folder, the simulation of histories straight into commits.
 *
 * OWNER   All in the arena of c, of which nothing else is used.
 * FAILS   ERR_NOTFOUND: no such open difference or proposal. ERR_USAGE: --ok where somebody must choose.
 */
#ifndef CTL_SETTLE_H
#define CTL_SETTLE_H

#include "ctl/ctl.h"
#include "merge/diffs.h"

struct settled {
	const struct val *chosen;   /* NULL: the field, the item or the record goes */
	const char *text, *sidecar; /* NULL: that file goes */
	size_t n, sidecar_n;
	size_t open;                /* differences that stay open */
};
/* rec and diffs: the record and its normalised differences; by: who settles. */
int settle_field(struct settled *out, struct ctl *c, const struct record *rec, const struct diffs *diffs, const struct settle_wish *wish,
		 const struct origin *by, struct err *e);

#endif
