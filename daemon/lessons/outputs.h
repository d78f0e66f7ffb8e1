/* outputs.h -- the files of aggregat/: their names, their columns, and who writes each.
 *
 * Writers only read the model; each appends to its own file, and to trace.csv one row for each sentence it quotes.
 * They run in the order of the table, which is that of the paths, so that trace.csv is sorted by output.
 *
 * OWNER  The files' bytes are malloc's (struct buf); build.c frees them, also when memory runs out halfway.
 */
#ifndef LESSONS_OUTPUTS_H
#define LESSONS_OUTPUTS_H

#include "lessons/model.h"

#define AGGREGATE_DIR "aggregat/"
#define ALGORITHM 1 /* of grouping, agreement and coverage; raised when the same input would give other bytes */

/* name, file, function */
#define OUTPUTS(X)                                        \
	X(CONVERGENCES, "convergences.md", out_agreement) \
	X(COVERAGE_CSV, "couverture.csv", out_cells)      \
	X(COVERAGE_MD, "couverture.md", out_matrix)       \
	X(DIVERGENCES_CSV, "divergences.csv", out_splits) \
	X(DIVERGENCES_MD, "divergences.md", out_dissent)  \
	X(LESSONS_CSV, "enseignements.csv", out_lessons)  \
	X(LESSONS_JSONL, "enseignements.jsonl", out_docs) \
	X(GROUPS, "grappes.csv", out_groups)              \
	X(EVIDENCE, "preuves.csv", out_evidence)          \
	X(SOURCES, "sources.lock", out_sources)           \
	X(TRACE, "trace.csv", out_trace)
enum output {
#define X(name, file, fn) OUT_##name,
	OUTPUTS(X)
#undef X
	OUT_N
};
struct outputs {
	const struct model *m;
	struct buf file[OUT_N];
};
const char *output_name(enum output which); /* "trace.csv" */

#define X(name, file, fn) void fn(struct outputs *o);
OUTPUTS(X)
#undef X

#define CELL_COLUMNS "collectif,theme,libelle,libelle_en,etat,nombre,derniere,en_cours"
#define SPLIT_COLUMNS                                                                                        \
	"type,lien,relation,etat,collectif_lien,collectif_de,id_de,enonce_de,trace_de,collectif_vers,id_vers,"   \
	"enonce_vers,trace_vers,argument,trace_argument,difference_contexte,trace_difference,date,explique,"     \
	"en_discussion"
#define LESSON_COLUMNS                                                                                       \
	"collectif,id,titre,enonce,contexte,mecanisme,effet,sens,conditions,limites,recommandations,publics,"    \
	"espaces,niveaux,themes,competences,dispositifs,territoires,cycle,maturite,confiance,observe_debut,"     \
	"observe_fin,a_revoir_le,revue,appuis,desaccords,desaccords_recents,objections,en_discussion,grappe,"    \
	"visibilite,licence,commit,empreinte,trace"
#define GROUP_COLUMNS                                                                                        \
	"grappe,accord,collectifs,pour,nuancent,contredisent,taille,membres,noyau,chaines,nuances,contredits,"   \
	"objections,liens,liens_a_revoir,themes"
#define EVIDENCE_COLUMNS                                                                                     \
	"grappe,accord,collectif,id,place,trace,globale,methode,coherence,suffisance,pertinence,justification,"  \
	"appuis,natures,appuis_contraires,limites_declarees"
#define TRACE_COLUMNS "sortie,ancre,reference,collectif,id,champ,commit,empreinte,etat,visibilite,texte"

/* --- quoting (trace.c) ----------------------------------------------------------------------------------- */

struct quote {
	const char *collective, *id, *field, *commit, *fingerprint, *state, *visibility, *text;
};
#define REFERENCE_OID 8 /* hex digits of the commit in a reference */

/* "[ARA ens-ara-k5w2h9tc @9c41f4f8 enonce]" */
const char *quote_reference(struct arena *a, const struct quote *q);
/* Of a lesson's doc, or of what a doc holds with its own origin (a support, an objection). field:
 * "conditions/c1/texte". */
struct quote quote_of(const struct val *doc, const char *field, const char *text);
struct quote quote_link(const struct link *l, const char *field, const char *text);
/* One row of trace.csv. anchor: the heading or the id of the row where the sentence stands. Returns the reference. */
const char *trace_quote(struct outputs *o, enum output where, const char *anchor, const struct quote *q);

/* --- shared by the writers ------------------------------------------------------------------------------- */

/* "2 entretiens ; 1 pratique ; 1 document (retiré)", counted over a doc's supports; "" when none. natures: how many
 * different ones; against: how many say `nuance` or `contredit`; withdrawn ones aside. Either may be NULL. */
const char *supports_count(struct arena *a, const struct val *doc, size_t *natures, size_t *against);
size_t items(const struct val *list); /* 0 when it is no list */
bool is_true(const struct val *map, const char *key);
const char *text_or(const struct val *map, const char *key, const char *otherwise);
struct names ids_of(const struct model *m, const struct indices *lessons);
bool in_core(const struct group *g, size_t lesson);

#endif
