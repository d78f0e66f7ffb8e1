/* confirmed.h -- when the hub last agreed with this clone: the only thing the status may call "exchanged"; and what stopped the
 * last cycle, so that the status does not promise what has just been refused.
 * One line in .git/maillage/confirmed, replaced whole after each cycle that ended well; .git/maillage/trouble, written after each
 * cycle that did not end, removed by the next one that does. Whoever runs the cycle keeps them: the daemon and the command alike.
 *
 * FAILS   Reading never: what is missing or damaged is "never" and "no trouble". */
#ifndef LOOP_CONFIRMED_H
#define LOOP_CONFIRMED_H

#include "store/repo.h"
#include "sync/sync.h"

struct confirmed {
	int64_t unix_s;  /* 0: never */
	struct oid head; /* what both held then */
};
/* After a cycle: keep what it confirmed, if it confirmed anything, and what stopped it. `before`: s->confirmed_ms when it began. */
int confirmed_keep(struct repo *r, const struct sync *s, enum sync_result end, int64_t before, struct err *e);

struct trouble {
	int code;            /* 0: none */
	int64_t unix_s;
	struct oid head;     /* main then; the refused head when the hub's rules refused it */
	char msg[ERR_MSG_MAX];
};
/* A refusal is about one head: it is none any more when `head` is another one (NULL: whatever main is now). */
void trouble_read(struct trouble *out, struct repo *r, const struct oid *head);

/* What has come in lately: main as it was before the first exchange of the last CONFIRMED_WINDOW_S that moved it. *unix_s: when
 * that was. false: nothing came. Kept in .git/maillage/arrivals, one line a day at most. */
#define CONFIRMED_WINDOW_S (7 * 24 * 3600)
bool confirmed_window(struct oid *from, int64_t *unix_s, struct repo *r);

int confirmed_write(struct repo *r, const struct confirmed *c, struct err *e);
/* Missing or unreadable: never. */
void confirmed_read(struct confirmed *out, struct repo *r);

#endif
