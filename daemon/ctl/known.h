/* known.h -- which records a clone knows of: the world that `check` holds references against (schema/refs.h).
 *
 * A record lives where its id says, so asking whether it is here costs one look at the disk, once per id. Looked for in
 * this order: the clone's folder; its copy of national.git; in the national clone, what each collective sent; the lessons
 * of aggregat/enseignements/, read when the first one is missed.
 *
 * LIFE    known_open -> known_world for each worker -> known_close.
 * OWNER   What is remembered lives in the workers' `keep` arenas: they end after known_close.
 * THREAD  Any number of workers at once, each with a struct known_user of its own.
 */
#ifndef CTL_KNOWN_H
#define CTL_KNOWN_H

#include "schema/refs.h"
#include "store/repo.h"

struct known;

/* r has a working folder. */
int known_open(struct known **out, struct arena *a, const struct schemas *set, struct repo *r, struct err *e);
void known_close(struct known *k); /* NULL is fine */

struct known_user {
	struct known *known;
	struct arena *keep; /* armed whenever the world's functions are called */
};
struct ref_world known_world(struct known_user *u);

#endif
