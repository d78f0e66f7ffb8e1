/* model.h -- what may be quoted: every source reduced to lessons, links, groups and cells, before anything is written.
 *
 * This is the border of consent and state. A lesson becomes a `doc`: data that holds only what may leave (etat partage
 * at the head, visibilite reseau or public, text of the last validated version, no pseudonym, evidence by its consent).
 * The outputs are made of docs and links alone, so nothing else can slip into one of them.
 *
 * national.git has vocabulary, cycles, links and reviews; it is no collective: it is not counted, and lessons in it are
 * not aggregated. A record whose `collectif` is not its source's, or whose id is malformed, is ignored (the hub refuses
 * such).
 *
 * OWNER  The arena; sources are borrowed and never changed.
 */
#ifndef LESSONS_MODEL_H
#define LESSONS_MODEL_H

#include "lessons/facts.h"
#include "lessons/lessons.h"
#include "lessons/names.h"

#define NATIONAL "nat"

struct known {
	const struct source_record *rec;
	const struct source *source;
	size_t number; /* among all that are known by now */
	size_t lesson; /* its place in m->lessons, from 1; 0: it is none that may be quoted */
};

struct lesson {
	const char *id, *collective; /* borrow; the collective's is the pointer in m->codes and m->collectives */
	const struct source_record *rec;
	struct made *made;  /* docs.h; its doc: ask model_doc */
	struct facts facts; /* of what the doc was made of */
	const char *newest; /* observe_fin, else observe_debut, else cree_le; "" when none */
	const char *since;  /* cree_le; "" when not written */
	const char *withdrawn; /* the natures of its evidence that was withdrawn: "entretien; observation", or "" */
	struct val *objecting; /* the open objections; NULL: none */
	bool lifting;       /* a dissent in its doc was lifted */
	const char *group;  /* id */
	struct names wide;  /* the themes in use that it falls into, and broader ones */
	const struct outcome *became; /* uses.h */
	struct val *pub;    /* what the public may see of it (public.h); NULL: nothing */
	bool overdue;       /* its review date has passed */
	size_t objections;  /* open ones */
	size_t lifted;      /* objections that are no longer open */
	uint64_t stamp;     /* docs.h: of what its doc was made of. 0: nothing is remembered */
	const char *words;  /* like_words of its doc, where docs are kept; else NULL */
};

/* What a croisement says of its two lessons. name, code, joins a group */
#define RELATIONS(X)                     \
	X(SAME, "meme", true)            \
	X(AGREES, "converge", true)      \
	X(TRANSPOSES, "transpose", true) \
	X(GENERAL, "generalise", true)   \
	X(EXTENDS, "complete", false)    \
	X(QUALIFIES, "nuance", false)    \
	X(AGAINST, "contredit", false)
enum relation {
#define X(name, code, joins) REL_##name,
	RELATIONS(X)
#undef X
	REL_N
};
const char *relation_code(enum relation r);
bool relation_joins(enum relation r);

struct link {
	const char *id, *collective; /* the croisement and who filed it */
	const struct source_record *rec;
	enum relation relation;
	size_t from, to;  /* lessons `de` and `vers`, by index */
	bool lifted;      /* who disagreed no longer does: a levee names it */
	bool stale;       /* a pinned fingerprint is no longer the lesson's: to be read again, groups nothing */
	const char *argument, *difference, *date; /* "" when not written */
};

struct indices {
	size_t *at;
	size_t n, cap;
};
struct kind_list {
	const char *kind;
	struct indices records; /* of known */
};
struct group {
	const char *id;              /* of its first lesson */
	struct indices members;      /* lessons, ascending */
	struct indices core;         /* all directly linked with each other (groups.c says how it is chosen) */
	const char *chains;          /* "a > b > c; ...": how the other members hang on to the core */
	size_t n_chains;
	struct indices qualifying, opposing; /* lessons outside the group that a link in force sets against a member */
	struct indices links, stale;         /* links in force, links to read again, that touch a member */
	struct names all, for_, qualify, against; /* collectives: of members, of the core, of the other side */
	size_t objections;
	const char *accord;
};

struct use { /* a shared appropriation x a lesson it used */
	const char *id, *collective; /* borrow */
	size_t lesson;               /* NO_LESSON when that one may not be quoted (any more) */
	struct val *doc;             /* uses.h says what is in it */
};
#define NO_LESSON ((size_t)-1)

struct theme {
	const char *id, *label, *label_en; /* label_en "" when none */
	struct indices lessons;            /* that fall into it */
};
struct cell {
	size_t lessons, fresh;  /* quoted ones; of these, within their review date */
	size_t under_way;       /* loops, practices, evidence, lessons in preparation */
	const char *newest;     /* of the quoted lessons; "" when none */
	bool enrolled;
};

struct model {
	struct arena *a;
	const char *as_of; /* "" when there is no source */
	const struct source **sources; /* by code */
	size_t n_sources;
	struct {
		struct known *at; /* by id */
		size_t n, cap;
		uint32_t *slots; /* known.c */
		size_t n_slots;
	} known; /* but for the sources' rests, which are found by id alone: walk over kinds, and over what known.c lists */
	struct quiet *quiet; /* known.c; of the rests, what was found */
	struct {
		struct kind_list *at; /* in any order; no quiet one (source.h) */
		size_t n, cap;
	} kinds;
	struct {
		struct known *at; /* not in `known`: another source, or another path, has that id */
		size_t n, cap;
	} doubles;
	struct indices waiting;   /* of known: visible, with an open difference, or proposed */
	struct indices differing; /* of known: visible, with an open difference, or a settled one */
	struct names codes;       /* all sources */
	struct names collectives; /* all but national */
	struct {
		struct lesson *at; /* by id */
		size_t n, cap;
	} lessons;
	struct {
		struct link *at; /* by id */
		size_t n, cap;
	} links;
	struct {
		struct group *at; /* by id; every lesson is in exactly one */
		size_t n, cap;
	} groups;
	struct {
		struct theme *at; /* by id */
		size_t n, cap;
	} themes;
	struct cell *cells; /* [collective * themes.n + theme] */
	size_t without_theme; /* lessons in no cell */
	size_t *group_of;   /* [lesson] */
	struct {
		struct use *at; /* by id, then in the order of the text */
		size_t n, cap;
	} uses;
	const struct tally **counted; /* [source]: tally.h */
	struct val **tallies; /* [source]: what outputs read of it */
	struct places *places; /* places.h */
	const struct reviews *reviews; /* reviews.h */
	struct stamps *stamps; /* stamp.h; NULL: nothing is remembered */
	struct docs *docs;     /* docs.h; the same */
	struct asked *asked;   /* docs.h: notes what is asked; NULL: nobody listens */
};

/* Sources, known records, reviews, lessons, links, groups, cells, in this order. memory: what an earlier run remembered, and b, where
 * stamps are put together (seal.h); or both NULL. ERR_USAGE: as_of is no date. ERR_DATA: a source twice. */
int model_build(struct model *out, struct arena *a, const struct source *sources, size_t n, const char *as_of,
		const struct lessons_memory *memory, struct buf *b, struct err *e);

void know_records(struct model *m);   /* known.c; sources are set */
void links_build(struct model *m);    /* links.c */
void groups_build(struct model *m);   /* groups.c */
void coverage_build(struct model *m); /* coverage.c */

/* --- asking the model ------------------------------------------------------------------------------------ */

const struct known *model_listed(const struct model *m, const char *id); /* of m->known; NULL: none */
const struct known *model_find(const struct model *m, const char *id); /* NULL: not in any source */
bool model_past(const struct model *m, const char *date); /* the as-of date is later */
const struct indices *model_kind(const struct model *m, const char *kind); /* of known, by id; never NULL. No quiet kind (source.h) */
size_t model_place(const struct model *m, const char *id); /* where the first of m->known is whose id is no smaller */
size_t model_source(const struct model *m, const char *code); /* its index; it is one of them */
bool model_lesson(const struct model *m, const char *id, size_t *index);
/* One line of enseignements.jsonl (supports.h and model.c say what is in it). Once the model is built: it holds what others
 * made of the lesson as well. What is asked of every lesson in each run is asked of facts.h instead: most docs stay packed. */
struct val *model_doc(const struct model *m, const struct lesson *l);
/* The concept of national.git in use under that id, or under the one that it was deprecated for; NULL: there is none. */
const struct known *model_concept(const struct model *m, const char *id); /* coverage.c */
struct theme *model_theme(const struct model *m, const char *id); /* of m->themes; NULL: not among them. coverage.c */
/* The text with pseudonyms (act-<code of a source>-..., and every id of a known acteur) replaced by « [acteur] », capitals or
 * not; the same pointer when it has none. */
const char *model_mask(const struct model *m, const char *text);
/* Sets doc[to] to the masked text from[key] unless that is missing, empty or no text. */
void model_say(const struct model *m, struct val *doc, const char *to, const struct val *from, const char *key);
bool is_code(const char *s); /* lower-case letters, digits and _, not empty: safe in a path and in YAML */
/* Of m->known, by id: the network's cycles at the as-of date; between two cycles the one begun last. */
struct indices cycles_in_force(const struct model *m);
struct names ids_of(const struct model *m, const struct indices *lessons);
bool in_core(const struct group *g, size_t lesson);
/* What people read for a code that is a concept: its masked French label, else the word for it. */
const char *concept_label(const struct model *m, const char *id);
const char *cell_state(const struct cell *c); /* plein, ancien, en_cours, vide, hors_champ */

#endif
