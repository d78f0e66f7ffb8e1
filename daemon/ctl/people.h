/* people.h -- who is behind a pseudonym, as this clone knows it: prive/identites.yaml, which never leaves the computer. For the eyes of
 * whoever works here; nothing that is written into history asks.
 *
 * Our own verbs put the name beside the pseudonym (`nom`); git shows it by the mailmap that is made of the file. That too lies in prive/: a
 * linked worktree of git, which has no such folder, shows pseudonyms.
 */
#ifndef CTL_PEOPLE_H
#define CTL_PEOPLE_H

#include "ctl/ctl.h"

struct people {
	const struct val *map; /* in the arena; NULL: nobody is known */
};
/* A file that is missing or cannot be read names nobody. */
void people_load(struct people *out, struct ctl *c);
/* Keep MAILMAP_FILE as identites.yaml says, when that can be read; cheap when nothing changed. A failure leaves git with what it had. */
void people_tell_git(struct arena *a, struct repo *r);
#define MAILMAP_FILE "prive/mailmap"
/* NULL: not known here, or left empty. */
const char *people_name(const struct people *n, const char *pseudonym);
/* The name of v's `par` beside it, as `nom`. */
void put_name(struct arena *a, struct val *v, const struct people *n);
/* The same for every map in v that has a `par`, but not inside what records hold. */
void put_names(struct arena *a, struct val *v, const struct people *n);

#endif
