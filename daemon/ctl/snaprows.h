/* snaprows.h -- a file of a snapshot as a packed row: what walks over all records ask for, and where its data stand (texts.h).
 *
 * LIFE   rows_ask of each file -> rows_put -> rows_free; row_get.
 * OWNER  What is read is borrowed from the bytes. No function that takes from the arena stands between the first rows_put and
 *        rows_free: a longjmp would leave the buffers behind.
 */
#ifndef CTL_SNAPROWS_H
#define CTL_SNAPROWS_H

#include "ctl/snapshot.h"
#include "lessons/strtab.h"

struct rows_out {
	struct arena *a;
	const char *code;
	struct buf texts, scratch;
	struct strtab words; /* what few strings stand for: kinds, states */
};
void rows_ask(struct rows_out *out, const struct snapfile *f);
/* The commits that wrote the file go to `touches`, which may be the row. */
void rows_put(struct rows_out *out, struct buf *row, struct buf *touches, const struct snapfile *f);
void rows_free(struct rows_out *out);

struct rows_in {
	struct texts *texts;
	const char **words;
	size_t n_words;
};
/* Whether the file is a record, which is r then; its `got` is set. f NULL: only the record is asked for, and touches is NULL. The row
 * may be the touches too. */
bool row_get(struct snapfile *f, struct source_record *r, const struct rows_in *in, struct unpack *row, struct unpack *touches);
/* Of a row that is a record. NULL: it is none. */
const char *row_id(struct unpack row);

#endif
