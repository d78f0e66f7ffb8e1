/* assent.h -- what people still have to say before a record is in a state: the reviews that DOMAIN's lifecycle asks for and no check
 * enforces, since a small collective may do without.
 *
 *   valide    as many validations of today's text as the collective's quorum (collectif.yaml), of two types of actor at least; no open
 *             objection
 *   partage   the same, and for a lesson a mirror restitution of today's text
 *
 * OWNER   The arena of c.
 * FAILS   As ctl_list. Reviews that cannot be read are not counted.
 */
#ifndef CTL_ASSENT_H
#define CTL_ASSENT_H

#include "ctl/ctl.h"

/* Append to list a sentence for each thing that is missing, with the command that says it. */
int assent_advice(struct val *list, struct ctl *c, const struct record *rec, const char *state, struct err *e);

#endif
