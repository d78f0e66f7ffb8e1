/* lessons.h -- aggregation: what the collectives have learned, counted and quoted, traceable to the sentence.
 *
 * Pure over records: reads no file, no clock, no locale; the same input gives the same bytes. The program counts,
 * groups by the links people made, sorts and quotes; it writes no opinion of its own. It counts collectives, never
 * lessons.
 *
 *   ctl/gather.c (heads of the repositories) -> lessons_build -> files of aggregat/
 *   files of aggregat/ -> lessons_open -> lessons_answer / lessons_coverage / lessons_trace (offline, on any copy)
 *
 * OWNER   Everything lives in the arena given; inputs are borrowed.
 * FAILS   ERR_DATA: a file of aggregat/ that this program did not write (names file and line).
 */
#ifndef LESSONS_LESSONS_H
#define LESSONS_LESSONS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/val.h"
#include "lessons/names.h"
#include "lessons/seal.h"
#include "lessons/source.h"

/* --- building -------------------------------------------------------------------------------------------- */

struct lessons_file {
	const char *path; /* "aggregat/enseignements/ara/k.csv" */
	const char *bytes;
	size_t n;
};
struct lessons_files {
	struct lessons_file *at; /* by path */
	size_t n, cap;
};

/* All outputs (outputs.h lists them), in parts. as_of: the date that review dates, consents and cycles are held against; NULL:
 * the newest date among the sources, never today's. Rules: model.h (what is quoted), supports.h (consent), links.c,
 * groups.c (groups, core, proposed agreement), coverage.c. Sources may come in any order, `nat` among them. A record
 * whose `collectif` is not its source's code is ignored. ERR_USAGE: as_of is no date. ERR_DATA: a code twice.
 * sources.lock names each source's commit: for national.git give one that the aggregation itself does not move, else
 * each run changes the next. */
int lessons_build(struct lessons_files *out, struct arena *a, const struct source *sources, size_t n, const char *as_of,
		  struct err *e);

/* The same, with what an earlier run remembered, which becomes what this one remembers: a file whose `bytes` are NULL is as
 * that run left it. The bytes are those that lessons_build writes, as long as the memory is of the files that are there. */
struct lessons_part {
	const char *path; /* without aggregat/ */
	uint64_t stamp;   /* stamp.h */
	bool empty;       /* it had nothing to say: no file */
};
struct lessons_doc { /* docs.h */
	const char *id;
	const char *bytes; /* docs.c: what stands beside the doc */
	size_t n;
	const char *doc; /* packed; only read, and held against its check, when it is asked for */
	size_t n_doc;
	uint64_t check; /* pack_check */
	bool fresh;     /* it was made in that run */
};
struct lessons_head {
	const char *code, *commit; /* of a source */
};
struct lessons_docs {
	const char *code; /* of the source */
	uint64_t masks;   /* whom model_mask hid, ... */
	struct {
		struct lessons_head *at;
		size_t n, cap;
	} heads;          /* ... and all sources, when these were as they should be */
	struct lessons_doc *at; /* by id */
	size_t n, cap;
	struct names gone; /* ids that were in it before that run, and are not any more */
	bool changed; /* another than it was before that run: something is fresh or gone, or there was nothing */
	bool damaged; /* something in it is: it is to be made anew */
};
struct lessons_memory {
	unsigned char key[SEAL_KEY]; /* drawn by lot when there is no memory yet, and kept secret */
	struct {
		struct lessons_part *at; /* by path */
		size_t n, cap;
	} parts;
	struct {
		struct lessons_docs *at; /* in any order */
		size_t n, cap;
	} docs;
};
int lessons_rebuild(struct lessons_files *out, struct lessons_memory *memory, struct arena *a, const struct source *sources,
		    size_t n, const char *as_of, struct err *e);

/* aggregat/changements.md: what the run `now` says otherwise than an earlier one. Both by path; what
 * lessons_changes_read does not ask for may be left out of both. n_before 0: there was no earlier run. Without
 * any difference the caller keeps the changements.md it has: else each run would change the next. */
#define CHANGES_FILE "changements.md"
/* differs: the file is another one in the two runs, or only one of them has it. */
bool lessons_changes_read(const char *path, bool differs);
int lessons_changes(struct lessons_file *out, struct arena *a, const struct lessons_file *now, size_t n,
		    const struct lessons_file *before, size_t n_before, struct err *e);

/* --- asking ---------------------------------------------------------------------------------------------- */

struct lessons; /* the opened files */
/* `json` reads one JSON text into the arena (ctl/json.h: jansson is not this floor's). */
typedef int (*lessons_json_cb)(struct val **out, struct arena *a, const char *bytes, size_t n, struct err *e);
int lessons_open(struct lessons **out, struct arena *a, const struct lessons_file *files, size_t n,
		 lessons_json_cb json, struct err *e);

struct lessons_query {
	const char *theme;   /* concept id or label, case and accents aside; narrower themes included; NULL: all */
	int min_collectives; /* 0: 1 */
	const char *since;   /* "2018-01-01" or "2018": observe_fin, else observe_debut, reaches it; NULL: all */
	bool dissent;        /* only groups and lessons somebody disagrees with */
	/* only lessons that: */
	const char *direction; /* have one of these `sens`, "echec,mixte"; NULL: all */
	const char *publics;   /* are for one of these audiences, "elus,dg"; NULL: all */
	bool single_case;      /* rest on one piece of evidence or none, withdrawn ones aside */
	bool without_limits;   /* declare no limits */
	bool tested;           /* were tried or used by another collective; they come with `resultats` */
};
/* The answer as data. Keys are French and stable (--json); a key without a value is absent, a list may be empty.
 *   {theme, depuis, min_collectifs, arrete_au,
 *    groupes: [GROUP, ...]       of two lessons or more; most collectives first
 *    isoles: [GROUP, ...]        of one lesson; none when min_collectives > 1
 *    sous_le_seuil: n            groups and lessons left out because too few collectives
 *    manque: [{collectif, theme, libelle, etat}]}       coverage that is vide, en_cours or ancien
 *   GROUP {grappe, collectifs: [codes of the core with a lesson asked for: these were counted],
 *          enseignements: [LESSON], accord, pour, nuancent, contredisent: [codes], noyau: [ids], chaines: [[ids]],
 *          nuances: [SPLIT], contredit: [SPLIT], liens_a_revoir: [ids],
 *          desaccords, objections, appuis_contraires: [{collectif, id, date, relation, texte, trace, etat}]}
 *   LESSON {id, collectif, titre, enonce, sens, confiance, conditions: [texts], limites, trace_limites, trace, place: noyau | chaine,
 *          appuis: [{id, genre, nature, role, collectif, nombre, retire, texte, acteurs, trace}],
 *          contexte, themes, observe_debut, observe_fin, revue: a_jour | depassee | sans_date, en_discussion,
 *          desaccords_recents, publics, devenir (uses.h), resultats?: [as lessons_trace, what each link and use says]};
 *          an appui without id is one that may only be counted
 *   SPLIT {collectif, id, enonce, trace: the other lesson; cible: the group's; lien, collectif_lien, argument,
 *          trace_argument, difference_contexte, trace_difference, date, etat: en_vigueur | a_revoir, en_discussion}
 * ERR_NOTFOUND: no such theme. ERR_USAGE: `since` is no date. */
int lessons_answer(struct val **out, struct arena *a, const struct lessons *l, const struct lessons_query *q,
		   struct err *e);
/* {arrete_au, depuis?, themes: [{id, libelle, libelle_en}], collectifs: [codes],
 *  cases: [{collectif, theme, nombre, derniere, en_cours, etat}]}. since, as in a query: lessons observed since then are
 * counted; a cell whose lessons are all older is what it is without them. ERR_USAGE: `since` is no date. */
int lessons_coverage(struct val **out, struct arena *a, const struct lessons *l, const char *since, struct err *e);
/* ref: "ens-ara-k5w2h9tc", "ens-ara-k5w2h9tc enonce", or "[ARA ens-ara-k5w2h9tc @9c41f4f8 enonce]". Every sentence
 * with that reference, a list that is never empty: [{reference, collectif, id, champ, commit, empreinte, etat,
 * visibilite, texte, sorties: ["enseignements/ara/k.csv:12", files and lines]}]. ERR_NOTFOUND: not quoted anywhere, or in
 * another version. ERR_USAGE: no reference. */
int lessons_trace(struct val **out, struct arena *a, const struct lessons *l, const char *ref, struct err *e);

#endif
