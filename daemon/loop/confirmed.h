/* confirmed.h -- when the hub last agreed with this clone: the only thing the status may call "exchanged".
 * One line in .git/maillage/confirmed, replaced whole after each cycle that ended well. */
#ifndef LOOP_CONFIRMED_H
#define LOOP_CONFIRMED_H

#include "store/repo.h"
#include "sync/sync.h"

struct confirmed {
	int64_t unix_s;  /* 0: never */
	struct oid head; /* what both held then */
};
/* After a cycle: keep what it confirmed, if it confirmed anything. `before`: s->confirmed_ms when it began. */
int confirmed_keep(struct repo *r, const struct sync *s, int64_t before, struct err *e);

int confirmed_write(struct repo *r, const struct confirmed *c, struct err *e);
/* Missing or unreadable: never. */
void confirmed_read(struct confirmed *out, struct repo *r);

#endif
