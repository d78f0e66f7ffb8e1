/* hub.h -- the hub's side: bare repositories and the one check that decides what enters them (DESIGN 10). */
#ifndef STORE_HUB_H
#define STORE_HUB_H

#include "schema/validate.h"
#include "store/repo.h"

/* Make dir/<code>.git for each code and dir/national.git (settings, hooks, common root, schema and collectifs.yaml). `program`: absolute path of
 * maillage, written to each repository's config for the hook. dir is a hub already: ERR_EXISTS, nothing made. What a stopped
 * init or add left is completed. */
int hub_init(const char *dir, const char *const *codes, size_t n, const char *program, struct err *e);
int hub_add(const char *dir, const char *code, const char *program, struct err *e);
/* The repositories alone: a stick that carries work between clones, beside the hub (`maillage sync --hub DIR`). It has no national.git, so
 * that no schema is in force on it but the ones that the clones bring. Those that are there already stay. */
int hub_courier(const char *dir, const char *const *codes, size_t n, const char *program, struct err *e);

/* The hook, the settings and the program's place (absolute) of one repository of a hub, as hub_init makes them. */
int hub_equip(struct repo *r, const char *program, struct err *e);
/* What of it is missing or another version's, and the remedy; NULL: nothing. */
const char *hub_lacks(struct repo *r, struct arena *a);

/* git's locks of references that are a minute old: left by a server that died in the middle of a push, they would make every later one a lost
 * race. To be called where the hub's own git runs, before it moves a reference. */
void hub_break_locks(struct repo *hub);

/* What a push would do to one ref. */
struct push_update {
	const char *ref;
	struct oid from, to; /* "" = none */
};
/* Everything pre-receive refuses, for repository r owned by its collective: faults (path, line, message with remedy). ok when errors == 0. */
int hub_check(struct faults *out, struct arena *a, struct repo *r, const struct push_update *u, size_t n, struct err *e);

#endif
