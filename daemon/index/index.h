/* index.h -- the query cache: the words of all records that a clone may read, to be searched in milliseconds.
 *
 * A cache and nothing else: everything in it is in the records. It lives in .git/maillage/ (index.sqlite, beside it a lock
 * and a note), follows what changed since it was last used, and is made anew when its format, the schemas or its file
 * changed under it. Where it cannot be kept (a full disk, a read-only folder, another program that holds it for long),
 * the same is built in memory for one question.
 *
 * LIFE    index_open -> index_refresh -> index_search*, index_lessons* -> index_close.
 *         One user at a time: the lock is held in between, so that a damaged file can be put aside safely.
 * OWNER   Results live in the arena given; the handle owns what is SQLite's.
 * THREAD  One handle, one thread.
 * FAILS   ERR_CORRUPT, ERR_IO, ERR_NOSPC, ERR_BUSY: of a cache on disk; close it and go on in memory. ERR_NOMEM.
 */
#ifndef INDEX_INDEX_H
#define INDEX_INDEX_H

#include "index/query.h"
#include "lessons/likeness.h"
#include "store/repo.h"

struct index;

#define INDEX_LOCK_MS 3000 /* how long the other program is waited for */

/* dir: ".../.git/maillage/", ending in '/'; NULL: in memory. Records are read under these schemas, borrowed until the end. */
int index_open(struct index **out, const char *dir, const struct schemas *set, struct err *e);
void index_close(struct index *x); /* NULL is fine */
void index_destroy(struct index *x); /* close, and delete the file: it is damaged */

/* --- what is in it --------------------------------------------------------------------------------------- */

struct index_source {
	const char *name;   /* borrow; unique among the sources; what is kept of a source that is not given any more goes */
	struct repo *r;     /* borrow */
	struct oid head;    /* read there; "": the working folder of r is read, uncommitted and private records included */
	bool aggregated;    /* at a commit: the lessons and links in its aggregat/, too: what they are from is in no source */
	const char *skip;   /* borrow; leave out what this collective owns, it is read elsewhere; NULL: nothing */
};
/* JSON text to data: ctl/json.h (jansson is not this floor's). */
typedef int (*index_json_cb)(struct val **out, struct arena *a, const char *bytes, size_t n, struct err *e);

/* Bring it up to date. From a commit (other people's work) only records whose visibilite is `reseau` or `public`, that are
 * not withdrawn, and whose words consent lets travel are taken. What cannot be read is
 * left out. All or nothing. *changed (may be NULL): records read or removed. */
int index_refresh(size_t *changed, struct index *x, const struct index_source *sources, size_t n, index_json_cb json,
		  struct err *e);

/* --- asking ---------------------------------------------------------------------------------------------- */

struct index_wish {
	const struct query *words;
	const char *const *kinds; /* NULL-terminated; NULL: all */
	const char *theme;        /* id, label or synonym, case and accents aside; narrower ones included; NULL: all */
	size_t most;              /* hits to return */
	const char *since;        /* observed then or later, "2018" or "2018-03-15"; NULL: whenever, or nobody says when */
};
struct index_hit {
	const char *source, *id, *kind, *collective, *state, *visibility, *path;
	const char *title;   /* marked (passage.h) */
	const char *field;   /* where the passage stands: "conditions/c1/texte" */
	const char *passage; /* marked; "" when the record has no text */
};
struct index_hits {
	struct index_hit *at; /* best first; equal ones by id */
	size_t n, cap;
	size_t total;         /* of the kinds asked for */
	bool all_words;       /* false: no record has them all, these have some */
	struct {
		struct index_count {
			const char *kind;
			size_t n;
		} *at;        /* by kind: hits in kinds not asked for */
		size_t n, cap;
	} elsewhere;
};
/* ERR_NOTFOUND: no such theme (says which there are). */
int index_search(struct index_hits *out, struct arena *a, struct index *x, const struct index_wish *w, struct err *e);

/* All lessons and what links say about them, for likeness.h. */
struct index_lessons {
	struct like_lesson *at;
	size_t n, cap;
	struct {
		struct like_link *at;
		size_t n, cap;
	} links;
};
int index_lessons(struct index_lessons *out, struct arena *a, struct index *x, struct err *e);

#endif
