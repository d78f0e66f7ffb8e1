/* draft.h -- a record's file as somebody leaves it behind an editor: taken into history, left waiting, or put aside.
 *
 * FAILS   As ctl.h.
 */
#ifndef CTL_DRAFT_H
#define CTL_DRAFT_H

#include "ctl/ctl.h"

/* {id, chemin, commit, fautes: as ctl_check, pourquoi?}: one record from the folder into history. commit is empty when it waits: fautes say
 * why, or pourquoi (private, a guard), or nothing (no change). The help of a new record's file goes as far as it is filled in. */
int ctl_record(struct val **out, struct ctl *c, const char *id, struct err *e);

/* {id, chemin}: the file as it is now goes to prive/brouillons/ (chemin), and what was there `before` comes back (NULL: nothing was). */
int ctl_set_aside(struct val **out, struct ctl *c, const char *id, const char *before, size_t n, struct err *e);

#endif
