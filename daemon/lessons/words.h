/* words.h -- the French words of the Markdown outputs for the codes that records hold.
 *
 * The outputs are the same bytes in every locale, so nothing here calls gettext; N_() lets the command line, which speaks the
 * reader's language, translate them. A code without a word is shown as it is.
 */
#ifndef LESSONS_WORDS_H
#define LESSONS_WORDS_H

#include <stddef.h>
#include "base/i18n.h"

/* code, one, many */
#define SUPPORT_WORDS(X)                                                       \
	X("temoignage", N_("témoignage"), N_("témoignages"))                  \
	X("entretien", N_("entretien"), N_("entretiens"))                     \
	X("observation", N_("observation"), N_("observations"))               \
	X("document", N_("document"), N_("documents"))                        \
	X("donnee_chiffree", N_("donnée chiffrée"), N_("données chiffrées"))  \
	X("litterature", N_("éclairage de la recherche"), N_("éclairages de la recherche")) \
	X("materiau", N_("matériau"), N_("matériaux"))                        \
	X("pratique", N_("pratique"), N_("pratiques"))                        \
	X("boucle", N_("boucle"), N_("boucles"))                              \
	X("autre", N_("autre appui"), N_("autres appuis"))

/* code, word */
#define CODE_WORDS(X)                                        \
	X("convergence", N_("convergence"))                                   \
	X("partielle", N_("convergence partielle"))                           \
	X("divergence", N_("divergence"))                                     \
	X("singulier", N_("singulier (un seul collectif)"))                   \
	X("lacune", N_("lacune"))                                             \
	X("meme", N_("même enseignement"))                                    \
	X("converge", N_("converge avec"))                                    \
	X("transpose", N_("éprouvé dans un autre contexte"))                  \
	X("generalise", N_("généralise"))                                     \
	X("nuance", N_("nuance"))                                             \
	X("contredit", N_("contredit"))                                       \
	X("complete", N_("complète"))                                         \
	X("fonde", N_("fonde"))                                               \
	X("illustre", N_("illustre"))                                         \
	X("reussite", N_("réussite"))                                         \
	X("echec", N_("échec"))                                               \
	X("mixte", N_("mixte"))                                               \
	X("surprise", N_("effet inattendu"))                                  \
	X("elevee", N_("élevée"))                                             \
	X("moderee", N_("modérée"))                                           \
	X("faible", N_("faible"))                                             \
	X("tres_faible", N_("très faible"))                                   \
	X("non_evaluee", N_("non évaluée"))                                   \
	X("elus", N_("élus"))                                                 \
	X("dg", N_("directions générales"))                                   \
	X("etat", N_("services de l'État"))                                   \
	X("periurbain", N_("périurbain"))                                     \
	X("outre_mer", N_("outre-mer"))                                       \
	X("plein", N_("plein"))                                               \
	X("ancien", N_("ancien"))                                             \
	X("en_cours", N_("en cours"))                                         \
	X("vide", N_("vide"))                                                 \
	X("hors_champ", N_("hors champ"))                                     \
	X("identifie", N_("enseignement identifié"))                          \
	X("eprouve_ailleurs", N_("éprouvé ailleurs"))                         \
	X("approprie", N_("approprié"))                                       \
	X("remis_en_cause", N_("remis en cause"))                             \
	X("adopte", N_("adopté"))                                             \
	X("adapte", N_("adapté"))                                             \
	X("ecarte", N_("écarté"))                                             \
	X("diagnostic", N_("diagnostic"))                                     \
	X("seminaire", N_("séminaire"))                                       \
	X("point_etape", N_("point d'étape"))                                 \
	X("journee_nationale", N_("journée nationale"))                       \
	X("bilan", N_("bilan"))                                               \
	X("prevu", N_("prévu"))                                               \
	X("tenu", N_("tenu"))                                                 \
	X("reporte", N_("reporté"))                                           \
	X("annule", N_("annulé"))

const char *word_support(const char *code, size_t n); /* the many form when n > 1 */
const char *word_code(const char *code);

#endif
