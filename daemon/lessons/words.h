/* words.h -- the French words of the Markdown outputs for the codes that records hold.
 *
 * The outputs are the same bytes in every locale, so these are not translated; a code without a word is shown as it is.
 */
#ifndef LESSONS_WORDS_H
#define LESSONS_WORDS_H

#include <stddef.h>

/* code, one, many */
#define SUPPORT_WORDS(X)                                                       \
	X("temoignage", "témoignage", "témoignages")                           \
	X("entretien", "entretien", "entretiens")                              \
	X("observation", "observation", "observations")                        \
	X("document", "document", "documents")                                 \
	X("donnee_chiffree", "donnée chiffrée", "données chiffrées")           \
	X("litterature", "éclairage de la recherche", "éclairages de la recherche") \
	X("materiau", "matériau", "matériaux")                                 \
	X("pratique", "pratique", "pratiques")                                 \
	X("boucle", "boucle", "boucles")                                       \
	X("autre", "autre appui", "autres appuis")

/* code, word */
#define CODE_WORDS(X)                                        \
	X("convergence", "convergence")                      \
	X("partielle", "convergence partielle")              \
	X("divergence", "divergence")                        \
	X("singulier", "singulier (un seul collectif)")      \
	X("lacune", "lacune")                                \
	X("meme", "même enseignement")                       \
	X("converge", "converge avec")                       \
	X("transpose", "éprouvé dans un autre contexte")     \
	X("generalise", "généralise")                        \
	X("nuance", "nuance")                                \
	X("contredit", "contredit")                          \
	X("complete", "complète")                            \
	X("fonde", "fonde")                                  \
	X("illustre", "illustre")                            \
	X("reussite", "réussite")                            \
	X("echec", "échec")                                  \
	X("mixte", "mixte")                                  \
	X("surprise", "effet inattendu")                     \
	X("elevee", "élevée")                                \
	X("moderee", "modérée")                              \
	X("faible", "faible")                                \
	X("tres_faible", "très faible")                      \
	X("non_evaluee", "non évaluée")                      \
	X("elus", "élus")                                    \
	X("dg", "directions générales")                      \
	X("etat", "services de l'État")                      \
	X("periurbain", "périurbain")                        \
	X("outre_mer", "outre-mer")                          \
	X("plein", "plein")                                  \
	X("ancien", "ancien")                                \
	X("en_cours", "en cours")                            \
	X("vide", "vide")                                    \
	X("hors_champ", "hors champ")

const char *word_support(const char *code, size_t n); /* the many form when n > 1 */
const char *word_code(const char *code);

#endif
