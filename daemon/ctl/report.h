/* report.h -- what one sync cycle did, as the commands' result; the same from this process and from the daemon. */
#ifndef CTL_REPORT_H
#define CTL_REPORT_H

#include "base/val.h"
#include "sync/sync.h"

/* {etat, enregistres, rejoues?, garde?, recu, envoye, fusions, nouvelles, attente, erreur?, message?}; why->code 0: no trouble. */
struct val *sync_report_val(struct arena *a, const struct sync_report *did, enum sync_result end, const struct err *why);

/* Says to base/progress.h what a cycle is at ("FETCH"...; NULL: nothing); steps that come and go in no time are not named. */
void sync_step_tell(const char *state);

#endif
