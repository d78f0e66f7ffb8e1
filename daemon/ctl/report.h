/* report.h -- what one sync cycle did, as the commands' result; the same from this process and from the daemon. */
#ifndef CTL_REPORT_H
#define CTL_REPORT_H

#include "base/val.h"
#include "sync/sync.h"

/* {etat, enregistres, rejoues?, garde?, recu, envoye, fusions, nouvelles, attente, erreur?, message?}; why->code 0: no trouble. */
struct val *sync_report_val(struct arena *a, const struct sync_report *did, enum sync_result end, const struct err *why);

#endif
