/* options.h -- every option of every verb, once: parsing, help, completion and the tests of the manual read this table.
 *
 * LIFE    In a verb: while ((c = option_next("sync", argc, argv)) != -1), with optarg and optind as getopt has them.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>
#include "base/i18n.h"

/* verb ("" everywhere; "hub init" of a part of hub), letter (what option_next returns; everywhere also a short option, when it is one), name (one letter: a short option), what its value is
 * ("": it takes none; the words that completion knows are listed in complete.c), what it does */
#define OPTIONS(X)                                                                                                                     \
	X("", 'C', "C", N_("DOSSIER"), N_("travailler dans ce dossier au lieu de celui où l'on est"))                                  \
	X("", 1, "json", "", N_("la réponse en JSON, pour des programmes"))                  \
	X("", 3, "format", N_("csv|json|md"), N_("la réponse en tableau, pour un tableur (csv) ou un document (md), ou en JSON"))          \
	X("", 'q', "quiet", "", N_("ne rien dire quand tout va bien ; aussi -q"))                                                      \
	X("", 'v', "verbose", "", N_("dire ce qui se passe, sur la sortie d'erreur ; aussi -v"))                                       \
	X("", 'h', "help", "", N_("l'aide, du programme ou d'un verbe ; aussi -h"))                                                    \
	X("", 2, "version", "", N_("la version du programme"))                                                                       \
	X("init", 'c', "collective", N_("CODE"), N_("le collectif, par son code (ara, bfc, bre...)"))                                  \
	X("init", 'n', "national", "", N_("le dépôt national au lieu de celui d'un collectif"))                                        \
	X("init", 'h', "hub", N_("URL"), N_("le hub : ssh://..., utilisateur@machine:chemin, https://..., ou un dossier ; sans hub, tout reste ici")) \
	X("init", 'a', "as", N_("act-..."), N_("votre pseudonyme ; sans cette option, un nouveau"))                                    \
	X("init", 'k', "accept-host-key", N_("SHA256:..."), N_("accepter la clé de la machine du hub, après avoir comparé son empreinte")) \
	X("new", 'e', "edit", "", N_("ouvrir la nouvelle fiche dans l'éditeur ($VISUAL, $EDITOR)"))                                    \
	X("show", 'l', "labels", "", N_("la fiche avec les libellés de ses champs, comme sur un terminal"))                            \
	X("show", 't', "text", "", N_("le texte du fichier, octet pour octet"))                                                        \
	X("check", 's', "schema", N_("FICHIER"), N_("vérifier selon ce schéma au lieu de ceux du dépôt"))                              \
	X("sync", 'k', "accept-host-key", N_("SHA256:..."), N_("accepter la clé de la machine du hub, après avoir comparé son empreinte")) \
	X("sync", 'y', "yes-delete", "", N_("laisser partir, ou arriver, ce que la garde retient : suppressions en nombre, gros fichiers, secrets")) \
	X("sync", 'h', "hub", N_("ADRESSE"), N_("échanger cette fois avec un autre hub : une clé USB qui sert de courrier"))           \
	X("status", 'o', "outgoing", "", N_("aussi ce qui partirait au prochain échange"))                                             \
	X("resolve", 't', "take", N_("N|CLE"), N_("retenir cette proposition, par son numéro ou le début de sa clé"))                  \
	X("resolve", 'b', "base", "", N_("garder la valeur d'avant"))                                                                  \
	X("resolve", 'v', "value", N_("V"), N_("retenir une valeur nouvelle"))                                                         \
	X("resolve", 'o', "ok", "", N_("c'est relu : le passage combiné reste tel quel"))                                              \
	X("resolve", 'e', "entry", N_("CLE"), N_("laquelle, quand un champ a plusieurs différences (« maillage conflicts » les nomme)")) \
	X("resolve", 's', "standing", N_("ACTION"), N_("les décisions durables : list les montre, apply les applique, revoke DECISION en retire une")) \
	X("restore", 'c', "commit", N_("COMMIT"), N_("la valeur, ou la fiche, telle qu'à ce commit"))                                  \
	X("merge-file", 's', "schema", N_("FICHIER"), N_("fusionner selon ce schéma"))                                                 \
	X("merge-file", 'c', "conflicts", N_("SORTIE"), N_("écrire les différences dans ce fichier, s'il y en a"))                     \
	X("merge-file", 'o', "o", N_("SORTIE"), N_("écrire le résultat dans ce fichier au lieu de la sortie"))                         \
	X("merge-driver", 'v', "virtual", "", N_("une base que git se fabrique : rien n'attend personne"))                             \
	X("lessons", 't', "theme", N_("T"), N_("seulement ce thème, et ceux qui sont en dessous : identifiant ou libellé"))            \
	X("lessons", 'm', "min-collectives", N_("N"), N_("seulement ce que N collectifs au moins ont appris"))                         \
	X("lessons", 's', "since", N_("DATE"), N_("seulement ce qui a été appris depuis : 2018, 2018-03, 2018-03-12"))                 \
	X("lessons", 'd', "dissent", "", N_("seulement ce qui fait désaccord"))                                                        \
	X("lessons", 'a', "as-of", N_("DATE"), N_("d'après l'agrégation de ce jour-là"))                                              \
	X("lessons", 'e', "sens", N_("SENS"), N_("seulement ces sens : echec, mixte, surprise, reussite ; plusieurs : a,b"))           \
	X("lessons", 'p', "public", N_("PUBLIC"), N_("seulement ce qui s'adresse à l'un de ces publics : elus,dg"))                    \
	X("lessons", '1', "single-case", "", N_("seulement ce qui repose sur un seul cas"))                                            \
	X("lessons", 'l', "without-limits", "", N_("seulement ce dont aucune limite n'est déclarée"))                                  \
	X("lessons", 'x', "tested", "", N_("seulement ce qu'un autre collectif a éprouvé ou utilisé, avec le résultat"))               \
	X("report", 'c', "collective", N_("C"), N_("seulement les lignes de ce collectif, par son code"))                              \
	X("report", 't', "theme", N_("T"), N_("seulement ce thème : celui de la ligne, ou d'un enseignement qu'elle nomme"))           \
	X("report", 's', "since", N_("DATE"), N_("seulement depuis cette date ; changements : depuis l'agrégation de ce jour-là"))     \
	X("report", 'u', "until", N_("DATE"), N_("seulement jusqu'à cette date"))                                                      \
	X("report", 'a', "as-of", N_("DATE"), N_("d'après l'agrégation de ce jour-là"))                                                \
	X("report", 'k', "columns", N_("A,B,..."), N_("ces colonnes, dans cet ordre"))                                                 \
	X("coverage", 'g', "gaps", "", N_("les thèmes dont personne n'a encore d'enseignement partagé"))                               \
	X("coverage", 's', "since", N_("DATE"), N_("seulement depuis cette date"))                                                     \
	X("coverage", 'a', "as-of", N_("DATE"), N_("d'après l'agrégation de ce jour-là"))                                              \
	X("trace", 'a', "as-of", N_("DATE"), N_("d'après l'agrégation de ce jour-là"))                                                 \
	X("search", 'k', "kind", N_("GENRE"), N_("dans ce genre de fiches ; peut être répété"))                                        \
	X("search", 't', "theme", N_("T"), N_("seulement ce thème : identifiant, libellé ou synonyme"))                                \
	X("search", 's', "since", N_("DATE"), N_("seulement ce qui a été observé depuis : 2018, 2018-03, 2018-03-12"))                 \
	X("search", 'a', "as-of", N_("DATE"), N_("dans ce que le hub avait reçu ce jour-là"))                                          \
	X("search", 'm', "max", N_("N"), N_("au plus N fiches"))                                                                       \
	X("search", 'l', "like", N_("ID"), N_("ce qui ressemble à cet enseignement, dans les autres collectifs"))                      \
	X("doctor", 'f', "fix", "", N_("réparer ce qui se répare sans rien prendre à personne"))                                       \
	X("hub init", 'c', "collectives", N_("A,B,..."), N_("les codes des collectifs"))                                               \
	X("hub init", 'k', "courier", "", N_("sans dépôt national : un courrier à côté du hub"))                                       \
	X("hub shell", 'c', "collective", N_("CODE"), N_("la clé est celle d'un membre de ce collectif"))                              \
	X("hub shell", 'n', "national", "", N_("la clé est celle de l'équipe nationale"))                                              \
	X("hub shell", 'd', "dir", N_("DOSSIER"), N_("le dossier des dépôts"))

struct option_row {
	const char *verb, *name, *value, *help;
	char letter;
};
/* The i-th option of a verb and of its parts; NULL past the end. */
const struct option_row *option_at(const char *verb, size_t i);
/* The one that a word of the command line is ("--take", "--take=1", "-C"), among those of the verb and those for everywhere. NULL: none. */
const struct option_row *option_of(const char *verb, const char *word);

/* As getopt_long. '?': something is wrong with it, which was said; return 64. */
int option_next(const char *verb, int argc, char **argv);
/* Says that the verb has no such option, and which is near; returns 64. */
int option_unknown(const char *verb, const char *word);

#endif
