/* digest.h -- what was merged lately, for somebody who comes back: by itself, to read, to choose; and which of their own values did not
 * win (law 4). Counted from history, whoever made the merges. */
#ifndef CTL_DIGEST_H
#define CTL_DIGEST_H

#include "ctl/ctl.h"

/* {depuis, depuis_unix, fusions, seules, fiches: [{id, titre?, a_trancher: [champ], a_relire: [champ], regles: [champ], perdues: [{champ, regle?,
 * valeur, retenue?, commit}]}], non_detaillees: [commit]}: seules counts the records that merged without a question; fiches lists those that
 * have something to say. *out NULL: nothing was merged. open_rows: as ctl_conflicts lists them; what is settled is not told as open. */
int ctl_digest(struct val **out, struct ctl *c, const struct val *open_rows, struct err *e);

#endif
