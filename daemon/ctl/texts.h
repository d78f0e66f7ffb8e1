/* texts.h -- the data of a snapshot's records, read from its cache when somebody asks.
 *
 * A run that has little to do asks for some hundreds of a source's 10,000 records. So their data stand behind the part of a section that is
 * read whole (cachefile.h), one behind the other, and are looked at by blocks, each of which has its check in that part. A block that is
 * not what was written any more costs one look at the repository: the record is read there, and the cache is removed.
 *
 * LIFE   texts_put* -> texts_end; texts_open -> source_tip, source_valid of records with `texts`.
 * OWNER  The arena of the struct late, which must outlive all; what texts_put gathers is freed by texts_free.
 */
#ifndef CTL_TEXTS_H
#define CTL_TEXTS_H

#include "ctl/cachefile.h"
#include "lessons/source.h"

/* What all snapshots of one run share. */
struct late {
	struct arena *a;
	struct cachemaps *maps;
	struct repo *r;
	int rc; /* of the first record that could be read nowhere: the run is of no use then */
	struct err *e;
};

struct texts_out {
	struct buf bytes, lengths;
	size_t n;
};
void texts_put(struct texts_out *t, const struct val *v); /* its place is t->n then */
void texts_end(struct buf *table, struct texts_out *t);   /* t->bytes is what must stand behind the section's head, first */
void texts_free(struct texts_out *t);

struct texts {
	struct source_texts base; /* first */
	struct late *late;
	struct oid head;        /* whose schemas the records were read with */
	const char *file;
	const char *bytes;
	size_t n;
	uint32_t *ends;         /* by place, the first is 1 */
	const struct val **got; /* likewise; NULL: not asked for yet */
	size_t n_places;
	uint64_t *checks;       /* by block */
	bool *blocks;           /* looked at, and right */
};
/* out: its late, head, file and bytes are set. False: the table says nothing. */
bool texts_open(struct texts *out, struct unpack table, size_t n_rest);

#endif
