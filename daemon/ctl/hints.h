/* hints.h -- the help in a new record's file: what the next state asks, as comments, each with its field ready to be filled in.
 *
 *	# --- Pour l'état « propose » (Proposé au collectif), remplissez aussi ; enlevez le « # » devant le champ ---
 *	# Sens : Réussite, échec, mixte ou effet inattendu. Au choix : reussite (Réussite), echec (Échec), ...
 *	# sens: ""
 *	# --- Fin de l'aide ---
 *
 * The block is a function of the kind and the record: the verbs that write the record take it out before and put it behind again,
 * without what is filled in meanwhile. Lines are known by their whole text, so nobody's own comment ever goes; who deletes the
 * block's first line has no more help in that file. French in every locale: a record is shared.
 */
#ifndef CTL_HINTS_H
#define CTL_HINTS_H

#include "base/buf.h"
#include "schema/schema.h"

/* Append text without its help to out. false: there is none in it, out is untouched. */
bool hints_strip(struct buf *out, struct arena *a, const struct schema *s, const char *text, size_t n);
/* Append the help for this record; nothing when its next state asks for nothing more. */
void hints_append(struct buf *out, struct arena *a, const struct schema *s, const struct val *record);

#endif
