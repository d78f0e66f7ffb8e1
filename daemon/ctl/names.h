/* names.h -- who is behind a pseudonym, as this clone knows it: prive/identites.yaml, which never leaves the computer. For the eyes of
 * whoever works here; nothing that is written into history asks.
 */
#ifndef CTL_NAMES_H
#define CTL_NAMES_H

#include "ctl/ctl.h"

struct names {
	const struct val *map; /* in the arena; NULL: nobody is known */
};
/* A file that is missing or cannot be read names nobody. */
void names_load(struct names *out, struct ctl *c);
/* NULL: not known here, or left empty. */
const char *names_of(const struct names *n, const char *pseudonym);
/* The name of v's `par` beside it, as `nom`. */
void put_name(struct arena *a, struct val *v, const struct names *n);

#endif
