/* snaprest.h -- a snapshot's quiet records (lessons/source.h): rows that nobody unpacks until their id is asked for.
 *
 * Of 10,000 records that a source has, 8,000 are evidence and practices, of which a run asks for none or for some. Their rows stand in the rest
 * of the first section (texts.h), each with its touches; its head has a place for each, by a hash of the id, then by the id itself. A
 * quiet record's id is no other record's of the source, and its file is named after it.
 *
 * A quiet file that changes, or that somebody else's change concerns, becomes one of the snapshot's files for good
 * (snapshot_pull): it is written with them, and is gone from the rest until the whole is written anew.
 *
 * OWNER  The arena of the struct late.
 */
#ifndef CTL_SNAPREST_H
#define CTL_SNAPREST_H

#include "ctl/snaprows.h"

/* --- writing: of all files of a snapshot --- */
struct rest_out {
	bool *quiet; /* by file */
	struct {
		struct rest_row *at;
		size_t n;
	} index;
	struct tally ends;
	struct buf rows;
};
void rest_choose(struct rest_out *out, struct arena *a, const struct snapshot *s); /* takes from the arena; the others do not */
void rest_put(struct rest_out *out, struct rows_out *rows, const struct snapfile *f); /* one that is quiet */
/* The rows go behind the texts; table: the index. */
void rest_end(struct rest_out *out, struct buf *texts, struct buf *table);

/* --- reading --- */
struct snaprest {
	struct source_rest base; /* first */
	struct rows_in in;
	const char *index; /* base.n of them */
	bool *gone;        /* by place */
};
/* NULL: the table is none. */
struct snaprest *rest_open(const struct rows_in *in, struct unpack table);
void rest_put_gone(struct buf *out, const struct snaprest *r);
bool rest_get_gone(struct snaprest *r, struct unpack *u); /* none was gone yet */

#endif
