/* supports.h -- what may be shown of the evidence behind a lesson.
 *
 * A practice or loop that is shared is named by its title. A piece of evidence (materiau) is quoted when it is shared,
 * its consent is `obtenu` or `non_requis` and not expired at the as-of date, its scope reaches the network, and the
 * permitted quotation allows: its verbatim, or its paraphrase. Everything else is only counted, by nature, without its
 * id.
 */
#ifndef LESSONS_SUPPORTS_H
#define LESSONS_SUPPORTS_H

#include "lessons/model.h"

/* The list `appuis` of a doc, sorted: quoted ones {id, genre, nature?, role, collectif, nombre: 1, acteurs: [types]?,
 * champ, texte, commit, empreinte, etat, visibilite}; counted ones {genre, nature?, role, collectif, nombre, retire:
 * true?}. */
struct val *supports_val(const struct model *m, const struct val *lesson, const char *collective);
/* The natures of what was withdrawn of them, masked: "entretien; observation", or "". */
const char *supports_withdrawn(const struct model *m, const struct val *lesson);
/* At etat retire, or its consent is withdrawn. */
bool is_withdrawn(const struct source_record *rec);
/* "verbatim", "paraphrase", or NULL: not to be quoted. scope: "reseau" or "public", which the consent must reach. */
const char *consent_reaching(const struct model *m, const struct source_record *materiau, const char *scope);
const char *consent_allows(const struct model *m, const struct source_record *materiau); /* within the network */
/* The types of whose voice a materiau is, as far as its attribution says: an anonymous one has none. */
struct names voices_of(const struct model *m, const struct val *materiau);
/* The actor types behind an id, when that record is visible to the network; else none. */
struct names actor_types(const struct model *m, const char *id);

#endif
