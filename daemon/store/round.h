/* round.h -- one round of writewt.c: its state, and its parts; internal to store/.
 *
 * LIFE    round_plan -> (journal) -> round_write -> (main) -> round_index. Everything lives in the arena.
 */
#ifndef STORE_ROUND_H
#define STORE_ROUND_H

#include "objs.h"
#include "wt.h"

#define SYNC_MANY 64 /* files: beyond it one syncfs instead of an fsync each */

enum act {
	ACT_DONE,  /* disk holds the new content */
	ACT_WRITE, /* disk holds what may be replaced */
	ACT_EDIT,  /* somebody's edit: commit it, merge, next round */
	ACT_HELD,  /* somebody's edit that cannot enter history yet, or a person is asked about what comes in */
	ACT_SKIP   /* not ours to write: a link, a path outside the folder */
};
struct target {
	struct jpath p;
	enum act act;
	unsigned mode;
	struct oid disk, disk_head; /* WRITE: what lies there, and a commit that holds it */
	ino_t ino;                  /* of the file we wrote; 0: we did not */
	struct timespec mtime;      /* and when its last byte was */
};
struct round {
	struct arena *a;
	struct repo *r;
	struct oid old, new;
	struct wt_knowns known;
	const struct wt_known **sorted; /* the first nsorted of known by path, then oldest first */
	size_t nsorted;
	struct {
		const char **at; /* a guard stopped what comes in there */
		size_t n, cap;
	} guarded;
	struct versions versions;
	bool versions_changed;
	const struct schemas *set;
	git_index *index; /* own, while planning; NULL: it cannot be read, each file is */
	struct timespec index_time;
	struct {
		struct target *at;
		size_t n, cap;
	} targets;
	struct wt_edits edits;
	const struct made_file *made; /* borrow; by path: contents at hand */
	size_t n_made;
	struct err *e;
};

/* planwt.c: what is to be done with each path, by what lies on disk. */
int round_plan(struct round *w);
/* Content at a path that nothing explains: an edit to commit, or to hold. f: what lies there. */
int round_unexpected(struct round *w, struct target *t, const struct wt_file *f);
/* Has a commit this content at this path? NULL: not that we know. */
const struct wt_known *round_known(struct round *w, const char *path, const struct oid *blob);
/* The newest content of a path that was found on disk and committed. NULL: none. */
const struct wt_known *round_committed(struct round *w, const char *path);

/* swapwt.c: new contents into temporary files, then exchanged with the working files. */
int round_write(struct round *w);
/* What a killed run swapped out and had not looked at yet: i is the path's place in the journal. */
int round_leftover(struct round *w, size_t i, const struct jpath *p);

#endif
