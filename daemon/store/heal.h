/* heal.h -- what repo_heal does, for neighbours. A damaged file of the object folder goes to .git/maillage/abimes, where git does not
 * look.
 */
#ifndef STORE_HEAL_H
#define STORE_HEAL_H

#include "repo_int.h"

/* folder: below objects/ ("ab", "pack"). Whoever can should then call repair_run (HEAL_HOLES is there until it has succeeded). */
#define HEAL_HOLES "maillage/abimes/trous"
int heal__set_aside(struct repo *r, const char *folder, const char *name, struct err *e);
/* Reading such a loose object, libgit2 1.5 never comes back: ask first. */
bool heal__is_cut(const char *path);
/* The first program to open a repository since the machine was started looks at all its loose objects. */
void heal__at_open(struct repo *r);

#endif
