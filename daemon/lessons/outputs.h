/* outputs.h -- the files of aggregat/: their names, their columns, what each is made of, and who writes it.
 *
 * A table is split into parts, so that one change rewrites little: by shard of a collective where each lesson or group has a row
 * (enseignements/ara/k.csv: k is the first character of the last part of the ids in it), else by collective (a-faire/ara.csv), by
 * group (convergences/k5/ens-ara-k5w2h9tc.md). A part with nothing to say has no file; a whole output always has one.
 *
 * A writer only reads the model and appends to its own part: part->own lists what the part is about, so that the same
 * loop serves any split. What it quotes ends in a reference (quote_reference), and each reference is resolved by
 * trace/: so whoever quotes a text that out_trace does not know yet adds it there.
 *
 * To add an output: a line in OUTPUTS; its writer, in out_<noun>.c; for a table its columns below, and a test. Its
 * `reads` names everything that its bytes depend on: what is not named is missing from the model that the writer is given,
 * and a part whose `reads` have not changed since the last run keeps the bytes it had (stamp.h). Rules that keep that cheap: `Arrêté au` stands in
 * whole outputs only (READ_DATE changes each day); a table with a row for each record is split, and who wants the sum
 * over all collectives adds it up when asked (answer.c).
 *
 * OWNER  A part's bytes are malloc's (struct buf); build.c frees them, also when memory runs out halfway.
 */
#ifndef LESSONS_OUTPUTS_H
#define LESSONS_OUTPUTS_H

#include "lessons/doc.h"
#include "lessons/model.h"

#define AGGREGATE_DIR "aggregat/"
#define ALGORITHM 5 /* of grouping, agreement, coverage and layout; raised when the same input would give other bytes */

enum split {
	WHOLE,         /* one file; own: everything */
	BY_COLLECTIVE, /* "%s" is the code of a source, national.git's too; own: what it filed, and groups named after its
			  lessons */
	BY_SHARD,      /* "%s" is "ara/k"; own: the same, of that shard */
	BY_GROUP,      /* "%s" is "k5/ens-ara-k5w2h9tc"; a group of SHEET_MIN collectives or more; own: the group, its
			  members, its links in force and stale */
	BY_THEME,      /* "%s" is "participation", of the theme con-participation; own: everything */
	BY_PUBLIC,     /* "%s" is "elus": an audience that a lesson is for; own: the groups with such a lesson in their core, such
			  lessons that are public, links that touch one */
	BY_CYCLE,      /* "%s" is "cyc-nat-2018-2020-01-14": a shared cycle in force, and the as-of date; own: everything */
	BY_TABLE       /* "%s" is "grappes" or "public-enseignements": each of TABLES; "matrice-participation": each theme */
};
#define SHEET_MIN 2

enum reads {
	READ_LESSONS = 1 << 0, /* docs of own->lessons, and their public ones */
	READ_LINKS = 1 << 1,   /* own->links, and what is said at their ends */
	READ_GROUPS = 1 << 2,  /* own->groups, with what is said by members, by who qualifies and opposes, and their links */
	READ_RECORDS = 1 << 3, /* records of any kind: of a part BY_COLLECTIVE those that it filed (part_filed), of a WHOLE one
				  all; m->as_of for consents */
	READ_CELLS = 1 << 4,   /* the coverage of all collectives, the themes */
	READ_TERMS = 1 << 5,   /* the concepts of national.git (labels) */
	READ_SOURCES = 1 << 6, /* m->sources: heads, schemas */
	READ_DATE = 1 << 7,    /* m->as_of */
	READ_USES = 1 << 8,    /* docs of m->uses; of p->code's own where a part has one */
	READ_TALLIES = 1 << 9, /* m->tallies */
	READ_PLACES = 1 << 10, /* m->places: communes.csv of national.git */
	READ_QUOTED = 1 << 11, /* own->quoted */
	READ_SAID = 1 << 12    /* what is said in docs of own->lessons: all but what a lesson is for the others (`grappe`,
				  `themes_larges`, `devenir`), which changes when nobody changed a word of it */
};
#define READ_REVIEW \
	(READ_GROUPS | READ_LESSONS | READ_LINKS | READ_CELLS | READ_USES | READ_TERMS | READ_RECORDS | READ_DATE)

/* name, file, split, reads, writer; by file */
#define OUTPUTS(X)                                                                                                     \
	X(PENDING, "a-faire/%s.csv", BY_COLLECTIVE, READ_RECORDS | READ_SAID | READ_LINKS, out_pending)                       \
	X(USES, "appropriations/%s.csv", BY_COLLECTIVE, READ_USES, out_uses)                                           \
	X(CATALOGUE, "catalogue.csv", WHOLE, READ_RECORDS | READ_LESSONS, out_catalogue)                               \
	X(CONVERGENCES, "convergences.md", WHOLE, READ_GROUPS | READ_DATE, out_agreement)                              \
	X(GROUP_SHEETS, "convergences/%s.md", BY_GROUP, READ_GROUPS | READ_TERMS, out_group)                           \
	X(COVERAGE_CSV, "couverture.csv", WHOLE, READ_CELLS, out_cells)                                                \
	X(COVERAGE_EN_PAGE, "couverture.en.html", WHOLE, READ_CELLS | READ_TERMS | READ_DATE, out_matrix)              \
	X(COVERAGE_PAGE, "couverture.html", WHOLE, READ_CELLS | READ_TERMS | READ_DATE, out_matrix)                    \
	X(COVERAGE_MD, "couverture.md", WHOLE, READ_CELLS | READ_TERMS | READ_DATE, out_matrix)                        \
	X(PICTURE, "couverture.svg", WHOLE, READ_CELLS, out_picture)                                                   \
	X(DIVERGENCES_CSV, "divergences/%s.csv", BY_COLLECTIVE, READ_LINKS | READ_SAID, out_splits)                    \
	X(DIVERGENCES_MD, "divergences/%s.md", BY_COLLECTIVE, READ_LINKS | READ_SAID, out_dissent)                     \
	X(LESSONS_CSV, "enseignements/%s.csv", BY_SHARD, READ_LESSONS, out_lessons)                                    \
	X(LESSONS_JSONL, "enseignements/%s.jsonl", BY_SHARD, READ_LESSONS, out_docs)                                   \
	X(GROUPS, "grappes/%s.csv", BY_SHARD, READ_GROUPS, out_groups)                                                 \
	X(INDICATORS, "indicateurs.csv", WHOLE, READ_LESSONS | READ_LINKS | READ_CELLS | READ_USES | READ_TALLIES | READ_DATE, \
	  out_indicators)                                                                                              \
	X(FRAMEWORKS, "matrice-%s.csv", BY_THEME, READ_LESSONS | READ_CELLS | READ_TERMS, out_framework)               \
	X(MATURITY, "maturite/%s.csv", BY_SHARD, READ_LESSONS, out_maturity)                                           \
	X(NOTES_EN_PAGE, "notes/%s.en.html", BY_PUBLIC, READ_GROUPS | READ_DATE, out_note)                             \
	X(NOTES_EN, "notes/%s.en.md", BY_PUBLIC, READ_GROUPS | READ_DATE, out_note)                                    \
	X(NOTES_PAGE, "notes/%s.html", BY_PUBLIC, READ_GROUPS | READ_DATE, out_note)                                   \
	X(NOTES, "notes/%s.md", BY_PUBLIC, READ_GROUPS | READ_DATE, out_note)                                          \
	X(FEED, "nouveautes.atom", WHOLE, READ_LESSONS | READ_TERMS, out_feed)                                         \
	X(REVIEWS_EN_PAGE, "points-etape/%s.en.html", BY_CYCLE, READ_REVIEW, out_review)                               \
	X(REVIEWS_EN, "points-etape/%s.en.md", BY_CYCLE, READ_REVIEW, out_review)                                      \
	X(REVIEWS_PAGE, "points-etape/%s.html", BY_CYCLE, READ_REVIEW, out_review)                                     \
	X(REVIEWS, "points-etape/%s.md", BY_CYCLE, READ_REVIEW, out_review)                                            \
	X(EVIDENCE, "preuves/%s.csv", BY_SHARD, READ_GROUPS, out_evidence)                                             \
	X(PUBLIC_NOTICE, "public/LISEZMOI.md", WHOLE, READ_PLACES | READ_DATE, out_public_notice)                      \
	X(PUBLIC_QUOTES, "public/citations/%s.csv", BY_COLLECTIVE, READ_LESSONS, out_public_quotes)                  \
	X(PUBLIC_LESSONS, "public/enseignements/%s.csv", BY_COLLECTIVE, READ_LESSONS, out_public_lessons)             \
	X(PUBLIC_NOTES_EN_PAGE, "public/notes/%s.en.html", BY_PUBLIC, READ_LESSONS | READ_LINKS | READ_DATE, out_public_note) \
	X(PUBLIC_NOTES_EN, "public/notes/%s.en.md", BY_PUBLIC, READ_LESSONS | READ_LINKS | READ_DATE, out_public_note)   \
	X(PUBLIC_NOTES_PAGE, "public/notes/%s.html", BY_PUBLIC, READ_LESSONS | READ_LINKS | READ_DATE, out_public_note)  \
	X(PUBLIC_NOTES, "public/notes/%s.md", BY_PUBLIC, READ_LESSONS | READ_LINKS | READ_DATE, out_public_note)         \
	X(PUBLIC_FEED, "public/nouveautes.atom", WHOLE, READ_LESSONS | READ_TERMS | READ_PLACES, out_public_feed)      \
	X(PUBLIC_PRODUCTIONS, "public/productions.csv", WHOLE, READ_RECORDS | READ_LESSONS | READ_PLACES, out_public_productions) \
	X(PUBLIC_MEETINGS, "public/rencontres/%s.csv", BY_COLLECTIVE, READ_RECORDS | READ_PLACES, out_public_meetings) \
	X(PUBLIC_SYNTHESES, "public/syntheses.csv", WHOLE, READ_RECORDS | READ_LESSONS | READ_PLACES, out_public_syntheses) \
	X(RECALLS, "rappels.csv", WHOLE, READ_RECORDS | READ_LESSONS, out_recalls)                                     \
	X(HEALTH, "sante.csv", WHOLE, READ_SOURCES | READ_TALLIES | READ_DATE, out_health)                             \
	X(SATURATION, "saturation.csv", WHOLE, READ_LESSONS | READ_GROUPS | READ_CELLS, out_saturation)                 \
	X(SCHEMAS, "schema/%s.json", BY_TABLE, READ_TERMS | READ_CELLS, out_schema)                                    \
	X(SOURCES, "sources.lock", WHOLE, READ_SOURCES | READ_TALLIES | READ_DATE, out_sources)                                       \
	X(SUGGESTIONS, "suggestions.csv", WHOLE, READ_LESSONS | READ_RECORDS, out_suggestions)                         \
	X(TRENDS, "tendances.csv", WHOLE, READ_TALLIES, out_trends)                                                    \
	X(TRACE, "trace/%s.csv", BY_SHARD, READ_SAID | READ_LINKS | READ_QUOTED, out_trace)                            \
	X(VOCABULARY, "vocabulaire.csv", WHOLE, READ_TERMS | READ_TALLIES, out_vocabulary)
enum output {
#define X(name, file, split, reads, fn) OUT_##name,
	OUTPUTS(X)
#undef X
	OUT_N
};

/* What a part is about, as indices of the model, ascending (so by id). */
struct own {
	struct indices lessons, links, groups;
	struct indices quoted; /* of m->known: records of the other kinds that trace/ quotes (trace_quotes); none for BY_GROUP */
	struct indices records; /* of m->known, BY_COLLECTIVE: records of lessons, quoted or not */
	struct indices reviews; /* of m->reviews, BY_COLLECTIVE */
};
struct part {
	const struct model *m;
	enum output which;
	const char *path;      /* "a-faire/ara.csv", without AGGREGATE_DIR */
	const char *code;      /* the collective's; NULL for WHOLE, BY_GROUP, BY_THEME, BY_PUBLIC and BY_CYCLE */
	const char *key;       /* BY_THEME, BY_CYCLE, BY_TABLE for a theme: the id; BY_PUBLIC: its code; else NULL */
	enum output table;     /* BY_TABLE: whose schema */
	const struct own *own; /* borrow */
	struct buf *out;       /* where the writer puts it */
};
struct parts {
	struct part *at; /* by path; out not yet set */
	size_t n, cap;
};
/* Every part that may have a file. */
void parts_list(struct parts *out, const struct model *m);
void part_write(const struct part *p);
bool part_always(const struct part *p); /* has a file even when it says nothing: WHOLE */
bool part_is_kept(const struct part *p); /* of a collective, a shard or a group: what an earlier run wrote may still hold */
unsigned part_reads(const struct part *p);
bool part_filed(const struct part *p, const struct known *k); /* p->code did */

/* The output that a path of aggregat/ (with or without AGGREGATE_DIR) belongs to; false: none of this program's. What is
 * by shard was by collective under an earlier ALGORITHM (enseignements/ara.csv): that is still known for what it is, so
 * that history can be read and compared. */
bool output_of(enum output *out, const char *path);
const char *output_file(enum output which); /* "enseignements/%s.csv" */

#define X(name, file, split, reads, fn) void fn(const struct part *p);
OUTPUTS(X)
#undef X

/* out_framework.c: "collectif", then the theme and its narrower concepts, as one "a,b,c". */
const char *framework_columns(const struct model *m, const char *theme);

#define CELL_COLUMNS "collectif,theme,libelle,libelle_en,etat,nombre,derniere,en_cours,inscrit"
#define SPLIT_COLUMNS                                                                                        \
	"type,lien,relation,etat,collectif_lien,collectif_de,id_de,enonce_de,trace_de,collectif_vers,id_vers,"   \
	"enonce_vers,trace_vers,argument,trace_argument,difference_contexte,trace_difference,date,explique,"     \
	"resolu,en_discussion"
#define LESSON_COLUMNS                                                                                       \
	"collectif,id,titre,enonce,contexte,mecanisme,effet,sens,conditions,limites,recommandations,publics,"    \
	"espaces,niveaux,themes,competences,dispositifs,territoires,cycle,maturite,confiance,observe_debut,"     \
	"observe_fin,a_revoir_le,revue,appuis,desaccords,desaccords_recents,objections,en_discussion,grappe,"    \
	"visibilite,licence,commit,empreinte,trace"
#define GROUP_COLUMNS                                                                                        \
	"grappe,accord,collectifs,pour,nuancent,contredisent,taille,membres,noyau,chaines,nuances,contredits,"   \
	"objections,liens,liens_a_revoir,themes,en_discussion"
#define EVIDENCE_COLUMNS                                                                                     \
	"grappe,accord,collectif,id,place,trace,globale,methode,coherence,suffisance,pertinence,justification,"  \
	"appuis,natures,appuis_contraires,limites_declarees,en_discussion"
#define MATURITY_COLUMNS                                                                                     \
	"collectif,id,maturite,maturite_proposee,eprouve_par,utilise_par,contredit_par,raisons,usages,adoptes,"  \
	"ecartes,admis_le,en_discussion,trace"
#define USE_COLUMNS                                                                                          \
	"collectif,id,date,collectif_enseignement,enseignement,version_lue,acteurs,publics,usage,issue,recit,"   \
	"trace_recit,effet_observe,trace_effet,en_discussion"
#define RECALL_COLUMNS                                                                                       \
	"collectif,genre,id,etat,champ,collectif_source,source,motif,appuis_retires,commit_cite,"                \
	"empreinte_citee,empreinte_en_vigueur"
#define PENDING_COLUMNS "collectif,type,genre,id,nombre,depuis,detail"
#define HEALTH_COLUMNS                                                                                       \
	"collectif,activite,dernier_recu,retard_jours,brouillon,propose,valide,partage,remplace,archive,retire," \
	"autre,differences_dures,differences_a_relire,differences_tranchees"
#define CATALOGUE_COLUMNS                                                                                    \
	"collectif,id,titre,trace_titre,type,publics,parue_le,licence,visibilite,cycle,themes,resume,"           \
	"trace_resume,sources,sources_a_revoir,diffusions,en_discussion"
#define SUGGESTION_COLUMNS                                                                                   \
	"score,collectif_a,enseignement_a,trace_a,collectif_b,enseignement_b,trace_b,score_mots,score_themes,"   \
	"score_dispositifs,mots,themes,dispositifs"
#define PUBLIC_LESSON_COLUMNS                                                                                \
	"collectif,id,titre,enonce,contexte,mecanisme,effet,sens,conditions,limites,recommandations,publics,"    \
	"espaces,niveaux,themes,competences,dispositifs,territoires,cycle,maturite,confiance,observe_debut,"     \
	"observe_fin,appuis,desaccords,en_discussion,licence,valide_le,trace"
#define PUBLIC_QUOTE_COLUMNS "collectif,enseignement,nature,role,types,texte,trace"
#define PUBLIC_PRODUCTION_COLUMNS                                                                            \
	"collectif,id,titre,trace_titre,type,publics,themes,resume,trace_resume,sources,licence,parue_le"
#define PUBLIC_SYNTHESIS_COLUMNS                                                                             \
	"id,question,trace_question,enonce_id,accord,enonce,trace,enseignements_pour,enseignements_contre,"      \
	"licence,arrete_au"
#define PUBLIC_MEETING_COLUMNS                                                                               \
	"collectif,id,date_debut,type_rencontre,lieu,type_acteur,presences,licence"
#define TREND_COLUMNS "annee,type_initiative,dispositif,pratiques,nouvelles,collectifs"
#define VOCABULARY_COLUMNS "concept,registre,libelle,libelle_en,statut,etat,remplace_par,usages,par_collectif"
#define SATURATION_COLUMNS                                                                                   \
	"theme,libelle,enseignements,base,grappes_base,derniers,grappes_nouvelles,ratio,etat"
#define INDICATOR_COLUMNS "indicateur,libelle,portee,detail,valeur,unite,numerateur,denominateur,definition"
#define TRACE_COLUMNS "reference,collectif,id,champ,commit,empreinte,etat,visibilite,texte,dans"

/* Which output has which columns, and which of them tell its rows apart ("" : none do). matrice-*.csv has columns of its
 * own (out_framework.c). */
#define TABLES(X)                                                      \
	X(PENDING, PENDING_COLUMNS, "")                                      \
	X(USES, USE_COLUMNS, "")                                       \
	X(CATALOGUE, CATALOGUE_COLUMNS, "id")                          \
	X(COVERAGE_CSV, CELL_COLUMNS, "collectif,theme")               \
	X(DIVERGENCES_CSV, SPLIT_COLUMNS, "")                          \
	X(LESSONS_CSV, LESSON_COLUMNS, "id")                           \
	X(GROUPS, GROUP_COLUMNS, "grappe")                             \
	X(INDICATORS, INDICATOR_COLUMNS, "indicateur,portee,detail")   \
	X(MATURITY, MATURITY_COLUMNS, "id")                            \
	X(EVIDENCE, EVIDENCE_COLUMNS, "id")                            \
	X(PUBLIC_QUOTES, PUBLIC_QUOTE_COLUMNS, "")                     \
	X(PUBLIC_LESSONS, PUBLIC_LESSON_COLUMNS, "id")                 \
	X(PUBLIC_PRODUCTIONS, PUBLIC_PRODUCTION_COLUMNS, "id")         \
	X(PUBLIC_MEETINGS, PUBLIC_MEETING_COLUMNS, "id,type_acteur")   \
	X(PUBLIC_SYNTHESES, PUBLIC_SYNTHESIS_COLUMNS, "id,enonce_id")  \
	X(RECALLS, RECALL_COLUMNS, "")                                 \
	X(HEALTH, HEALTH_COLUMNS, "collectif")                         \
	X(SATURATION, SATURATION_COLUMNS, "theme")                     \
	X(SUGGESTIONS, SUGGESTION_COLUMNS, "enseignement_a,enseignement_b") \
	X(TRENDS, TREND_COLUMNS, "annee,type_initiative,dispositif")   \
	X(TRACE, TRACE_COLUMNS, "")                                    \
	X(VOCABULARY, VOCABULARY_COLUMNS, "concept")

/* --- quoting (trace.c) ----------------------------------------------------------------------------------- */

bool trace_quotes(const char *kind); /* lessons and links aside, which have their own place in trace/ */

struct quote {
	const char *collective, *id, *field, *commit, *fingerprint, *state, *visibility, *text;
};
#define REFERENCE_OID 8 /* hex digits of the commit in a reference */

/* "[ARA ens-ara-k5w2h9tc @9c41f4f8 enonce]" */
const char *quote_reference(struct arena *a, const struct quote *q);
/* Of a lesson's doc, or of what a doc holds with its own origin (a support, an objection). field:
 * "conditions/c1/texte". */
struct quote quote_of(const struct val *doc, const char *field, const char *text);
/* What a lesson states; without state and visibility, which only the table of all references says. */
struct quote quote_statement(const struct lesson *l);
struct quote quote_link(const struct link *l, const char *field, const char *text);

#endif
