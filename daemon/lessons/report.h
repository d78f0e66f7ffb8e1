/* report.h -- any table of aggregat/, whole again and narrowed to what is asked: the parts of all collectives put together.
 *
 * REPORTS is the list of names that people type. A table keeps its columns (columns.h says what they mean); `shown` are those
 * that fit a screen, all others are for programs.
 *
 * OWNER  The arena.
 * FAILS  ERR_NOTFOUND: no such report, theme, column (the message lists them). ERR_USAGE: a date or filter that is none.
 */
#ifndef LESSONS_REPORT_H
#define LESSONS_REPORT_H

#include "base/i18n.h"
#include "lessons/lessons.h"

/* name, output, the column that --since and --until read, columns for people ("": all), what it answers */
#define REPORTS(X)                                                                                                        \
	X("a-faire", PENDING, "depuis", "collectif,type,id,nombre,depuis,detail",                                             \
	  N_("ce qui attend, par collectif : propositions, validations périmées, différences, relectures"))              \
	X("appropriations", USES, "date",                                                                                  \
	  "collectif,date,collectif_enseignement,enseignement,usage,issue,recit,trace_recit,effet_observe,trace_effet",   \
	  N_("ce que chacun a fait d'un enseignement"))                                                                    \
	X("catalogue", CATALOGUE, "parue_le", "collectif,id,type,publics,parue_le,titre,trace_titre",                      \
	  N_("ce que le réseau a produit"))                                                                               \
	X("changements", SOURCES, "", "", N_("ce qui a changé depuis l'agrégation d'avant, ou depuis une date"))           \
	X("convergences", CONVERGENCES, "", "", N_("les groupes d'enseignements qui vont dans le même sens"))              \
	X("couverture", COVERAGE_CSV, "derniere", "collectif,theme,etat,nombre,derniere,en_cours",                         \
	  N_("qui a travaillé sur quoi : une ligne par collectif et thème"))                                              \
	X("divergences", DIVERGENCES_CSV, "date",                                                                          \
	  "date,relation,etat,id_de,id_vers,explique,argument,trace_argument,difference_contexte,trace_difference",       \
	  N_("qui contredit ou nuance qui, et la différence de contexte"))                                                \
	X("enseignements", LESSONS_CSV, "observe_fin", "id,sens,confiance,appuis,observe_fin,revue,enonce,trace",          \
	  N_("tous les enseignements partagés"))                                                                          \
	X("grappes", GROUPS, "", "grappe,accord,pour,nuancent,contredisent,taille,membres",                                \
	  N_("les groupes d'enseignements liés"))                                                                         \
	X("indicateurs", INDICATORS, "", "libelle,portee,detail,valeur,unite", N_("les douze indicateurs, avec leur définition"))                                                                          \
	X("matrice", FRAMEWORKS, "", "", N_("un thème : collectif × notion, avec les énoncés (--theme)"))                  \
	X("maturite", MATURITY, "admis_le",                                                                                \
	  "id,maturite,maturite_proposee,eprouve_par,utilise_par,contredit_par,usages,adoptes,ecartes,admis_le,trace",    \
	  N_("ce qui a été éprouvé ailleurs, utilisé, admis"))                                                            \
	X("points-etape", REVIEWS, "", "", N_("le point d'étape de chaque cycle"))                                         \
	X("preuves", EVIDENCE, "", "id,accord,globale,methode,coherence,suffisance,pertinence,appuis,natures,limites_declarees,trace", \
	  N_("sur quoi repose chaque enseignement"))                                                                      \
	X("rappels", RECALLS, "", "collectif,genre,id,champ,collectif_source,source,motif,appuis_retires",                 \
	  N_("ce qu'il faut corriger : qui cite une source retirée ou amendée"))                                          \
	X("sante", HEALTH, "dernier_recu",                                                                                 \
	  "collectif,dernier_recu,retard_jours,brouillon,propose,valide,partage,differences_dures,differences_a_relire,attente", \
	  N_("qui n'a rien envoyé depuis combien de temps, et ce qui attend chez lui"))                                   \
	X("saturation", SATURATION, "", "theme,libelle,enseignements,base,derniers,grappes_nouvelles,ratio,etat",          \
	  N_("faut-il encore enquêter sur ce thème"))                                                                     \
	X("suggestions", SUGGESTIONS, "", "score,enseignement_a,enseignement_b,mots,themes,trace_a,trace_b",               \
	  N_("les enseignements qui se ressemblent, à lier ou à refuser"))                                                \
	X("tendances", TRENDS, "annee", "", N_("les pratiques observées, par année et par type"))                          \
	X("vocabulaire", VOCABULARY, "", "concept,registre,libelle,etat,remplace_par,usages,par_collectif",                \
	  N_("les concepts : usages ; inconnus, abandonnés, à fusionner"))

struct report_query {
	const char *name;
	const char *collective;     /* rows that name it as their own or one of theirs; NULL: all */
	const char *theme;          /* as in lessons_query; of the row, or of a lesson it names; NULL: all */
	const char *since, *until;  /* "2018", "2018-03", "2018-03-15": rows with a date in the report's column; NULL: all */
	const char *const *filters; /* NULL-terminated: COLUMN=VALUE (a list: one of them), COLUMN!=VALUE, COLUMN~TEXT, COLUMN=,
	                               COLUMN!=; NULL: none */
};

/* [{rapport, quoi}], in the order of REPORTS. */
struct val *lessons_reports(struct arena *a);
int lessons_report_exists(struct arena *a, const char *name, struct err *e); /* ERR_NOTFOUND, with the names that there are */
/* {rapport, arrete_au, colonnes: [names], montrees: [names], lignes: [{column: text}]}, in the order of the files; empty cells are
 * absent. A report that is a text: {rapport, arrete_au, texte}. `sante` has one more column, `attente`: what waits there, from a-faire. */
int lessons_report(struct val **out, struct arena *a, const struct lessons *l, const struct report_query *q, struct err *e);

#endif
