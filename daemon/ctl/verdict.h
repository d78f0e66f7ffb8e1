/* verdict.h -- does a trace still hold? What a reference names, looked for in the repositories themselves: the commit, the text then and
 * now, whether it was shared in these words, and whether somebody has withdrawn it since.
 *
 * The national clone has every collective's history (refs/maillage/collectifs/); a coordinator's has its own and its copy of
 * national.git: of the other collectives it knows only what the aggregation says, and `verifie` is « agregation ».
 *
 * OWNER  The arena.
 * FAILS  ERR_IO and the like; that a trace does not hold is the answer.
 */
#ifndef CTL_VERDICT_H
#define CTL_VERDICT_H

#include "ctl/ctl.h"

struct verdict_world; /* the histories that are at hand */
int verdict_open(struct verdict_world **out, struct arena *a, const char *dir, struct err *e);
void verdict_close(struct verdict_world *w); /* NULL is fine */

struct pinned {
	const char *collective; /* whose record; NULL: the id says */
	const char *id, *commit; /* a commit may be abbreviated; of one that is "" nothing can be said */
	const char *fingerprint; /* "sha256:..."; NULL: whatever the commit holds */
	const char *field;       /* whose text is shown; NULL: none */
};
/* What is wrong, in this order. code, words */
#define VERDICTS(X)                                                                                                     \
	X("commit_absent", N_("ce commit n'est pas dans l'historique que le hub a reçu de ce collectif"))              \
	X("fiche_absente", N_("la fiche n'existe pas dans cette version"))                                             \
	X("empreinte_autre", N_("le texte de cette version n'est pas celui dont la trace donne l'empreinte"))          \
	X("jamais_partage", N_("ce texte n'a jamais été partagé : la fiche n'était pas à l'état « partage » avec ces mots")) \
	X("visibilite", N_("quand ce texte était partagé, il n'était pas visible du réseau"))                          \
	X("retire", N_("la fiche, ou le consentement qui la permettait, est retiré depuis"))                           \
	X("plus_visible", N_("la fiche n'est plus visible du réseau"))
/* {verifie: historique | agregation, tient, motifs: [codes], texte_alors?, texte_maintenant?, etat_maintenant?, visibilite_maintenant?, change}:
 * change: the record's text is another one now, which makes no trace wrong. tient is absent when only the aggregation could be asked. */
int verdict_of(struct val **out, struct verdict_world *w, const struct pinned *p, struct err *e);
const char *verdict_words(const char *code); /* untranslated; the code itself when it is none */

#endif
