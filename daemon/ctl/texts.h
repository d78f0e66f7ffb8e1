/* texts.h -- what stands behind the head of a snapshot's section: the data of its records, and rows that are looked at one by one
 * (snaprest.h).
 *
 * A run that has little to do asks for some hundreds of a source's 10,000 records. So these parts, each with its length before it, are in
 * the rest of a section (cachefile.h), and are held by blocks against checks that its head has. A block that is not what was written any
 * more makes the run void: its owner makes another one without the caches of sources (struct late), whose records come from the repositories.
 *
 * LIFE   texts_put* -> texts_checks; texts_open -> texts_part; source_tip, source_valid of records with `texts`.
 * OWNER  The arena of the struct late, which must outlive all.
 */
#ifndef CTL_TEXTS_H
#define CTL_TEXTS_H

#include "ctl/cachefile.h"
#include "lessons/source.h"

/* What all snapshots of one run share. */
struct late {
	struct arena *a;
	struct cachemaps maps;
	bool afresh; /* no cache of a source is looked at */
	int rc;      /* ERR_CORRUPT once a block was damaged: what the run makes is of no use */
	struct err *e;
};

/* Its place is the result, from 1. */
size_t texts_put(struct buf *parts, struct buf *scratch, const struct val *v);
void texts_checks(struct buf *table, const struct buf *parts);

struct texts {
	struct source_texts base; /* first */
	struct late *late;
	const char *file;
	const char *bytes;  /* the parts */
	size_t n;
	const char *checks; /* by block */
	bool *blocks;       /* looked at, and right */
};
/* out: its late, file, bytes and n are set. False: the table is not theirs. */
bool texts_open(struct texts *out, struct unpack table);
/* One part; bad: it is damaged. */
struct unpack texts_part(struct texts *t, size_t place);

#endif
