/* plaingit.h -- plain git, taught our ways in one clone: .git/config names the merge driver and the diff (a program is never named in
 * what is committed), .gitattributes, which is committed, says which paths they are for.
 */
#ifndef CTL_PLAINGIT_H
#define CTL_PLAINGIT_H

#include "store/repo.h"

extern const char plaingit_attributes[]; /* the text of .gitattributes */

/* Name this very program to git, in this clone. */
int plaingit_configure(struct repo *r, struct arena *a, const char *program, struct err *e);
/* What git lacks here, and the remedy; NULL: nothing. (Without it git merges by line.) */
const char *plaingit_lacks(struct repo *r, struct arena *a);

#endif
