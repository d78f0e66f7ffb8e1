/* standing.h -- decisions that somebody took for good about a field: "of two values for the type of a pratique, always the newer".
 *
 * They live in .git/maillage/decisions.json and settle for whoever works in this clone only. None comes by itself: a choice made
 * STANDING_TIMES times in a row is proposed, and a person says yes. Each settles by an ordinary commit with a trailer
 * (`Decision-permanente: k3p7 pratique type_initiative recente`), a field of a record once: reopened by somebody else it is a question
 * for people, or two clones with opposite decisions would answer each other for ever.
 */
#ifndef CTL_STANDING_H
#define CTL_STANDING_H

#include "ctl/ctl.h"

#define STANDING_TIMES 3

/* A difference (a row of ctl_conflicts) was settled so by hand. *out: {genre, champ, libelle, choix: base | recente, fois} when that could be
 * decided for good, else NULL. */
int standing_note(struct val **out, struct ctl *c, const struct val *row, const struct settle_wish *how, struct err *e);
/* The answer to that. Yes: {id, genre, champ, choix, depuis}. No: *out NULL, and it is not proposed again. */
int standing_answer(struct val **out, struct ctl *c, const struct val *proposed, bool yes, struct err *e);
int standing_list(struct val **out, struct ctl *c, struct err *e); /* [{id, genre, champ, choix, depuis}] */
int standing_revoke(struct val **out, struct ctl *c, const char *id, struct err *e); /* the one that is no more */
/* Settle all that is open and covered: [{id, champ, decision, choix, commit}]. */
int standing_apply(struct val **out, struct ctl *c, struct err *e);

#endif
