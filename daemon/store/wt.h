/* wt.h -- what the files behind worktree.h share; internal to store/.
 *
 *   look.c      one file on disk: bytes, blob, and whether its stat can be trusted; the index
 *   stale.c     locks that a killed program left
 *   judge.c     may these bytes enter history?
 *   scan.c      what differs from HEAD
 *   moved.c     which deletion is only half of a move
 *   journal.c   the two small files that survive a kill: the journal, and the versions people may have in front of them
 *   commitwt.c  commits of edits, each on the version it was made from
 *   arriving.c  what would come into the folder, for the guards
 *   writewt.c   bringing folder, ref and index to a new head (with planwt.c, swapwt.c: round.h)
 *   put.c       one record, now
 */
#ifndef STORE_WT_H
#define STORE_WT_H

#include <sys/stat.h>

#include "repo_int.h"
#include "schema/record.h"
#include "worktree.h"

#define WT_FILE_MAX (5u * 1024 * 1024) /* larger files never enter history (DESIGN 9) */
#define WT_LOCK_MS 10000               /* how long a writer waits for the other one */

/* ---- look.c */

struct wt_file {
	bool there;        /* something lies at this path */
	bool regular;      /* an ordinary file, reached without following a link */
	bool stable;       /* st describes exactly these bytes: nobody wrote meanwhile */
	struct stat st;
	struct oid blob;   /* "" unless regular */
	const char *bytes; /* arena; NUL-terminated; NULL unless regular and at most WT_FILE_MAX */
	size_t n;
};
int wt_look(struct wt_file *out, struct arena *a, struct repo *r, const char *path, struct err *e);
/* Absolute path of a file in the working folder. */
const char *wt_abs(struct arena *a, struct repo *r, const char *path);
/* No link among its folders, no .git, prive/ or .. in it: may be written. */
bool wt_path_is_safe(struct arena *a, struct repo *r, const char *path);
/* Does somebody have this file (absolute path) open for writing? */
bool wt_has_writer(const char *abs);
/* The blob at commit:path; "" when there is none. */
int wt_blob_at(struct oid *out, struct repo *r, const struct oid *commit, const char *path, struct err *e);

/* The repository's index, read again if it changed on disk. The caller frees it. */
int wt_index(git_index **out, struct repo *r, struct err *e);
/* When it was saved; 0: there is none. */
struct timespec wt_index_time(const git_index *idx);
/* The file with this lstat is the entry's blob: it was read when it had this size and these times. */
bool wt_index_vouches(const git_index_entry *en, const struct timespec *saved, const struct stat *st);
/* The file is that blob, as far as its entry tells. *st: its lstat then. */
bool wt_is_vouched_for(struct stat *st, git_index *idx, const struct timespec *saved, const char *path, const char *abs,
		       const struct oid *blob);
/* Entry for path: blob and mode of the commit; st NULL: unknown, git will look for itself. blob "": removed. */
int wt_index_set(git_index *idx, const char *path, const struct oid *blob, unsigned mode, const struct stat *st,
		 struct err *e);
/* Write, waiting a moment for somebody else's index.lock. ERR_BUSY. */
int wt_index_write(git_index *idx, struct repo *r, struct err *e);
/* The same at once, or libgit2's error. Killed in there, the next start knows whose the index.lock is; with the clone's lock held. */
int wt_index_save(git_index *idx, struct repo *r);
void wt_next_tick(void); /* wait until the kernel's file clock has moved on: a few ms */
/* The note beside an index.lock of ours; out holds PATH_MAX bytes. */
const char *wt_index_marker(char *out, const struct repo *r);

/* ---- stale.c */

/* Locks and temporary files that a killed program left behind. With the clone's lock held. */
void wt_break_locks(struct repo *r);

/* ---- judge.c */

/* Fills verdict, why and faults of c (path and kind are set) from its bytes; head: the commit it would follow. */
void wt_judge(struct change *c, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *head,
	      const void *bytes, size_t n);
/* The same for what was found on disk, removed files too: in a collective's clone a schema/ that is not the national
 * copy's waits, unless history has none. (What a program writes there was taken from that copy.) */
void wt_judge_disk(struct change *c, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *head,
		   const void *bytes, size_t n);
/* Fields that never change (DESIGN 5, `immutable`), between two acceptable versions of a record. */
void wt_immutable_faults(struct faults *out, struct arena *a, const struct schemas *set, const char *path,
			 const struct record *now, const char *old, size_t n);
/* Names that editors give to what is not the file itself. `name`: without folder. */
bool wt_is_temporary(const char *name);
/* An editor has a swap or lock file beside it. */
bool wt_is_being_edited(struct arena *a, struct repo *r, const char *path);
/* Line of a private key or of something like `password: x`; 0: none. *what: which, localised. */
int wt_secret_line(const char **what, const char *bytes, size_t n);
/* "ens-ara-k5w2h9tc" of conflits/k5/ens-ara-k5w2h9tc.yaml. */
const char *wt_id_of_path(struct arena *a, const char *path);
/* Is a path that path_class calls PATH_OTHER welcome all the same? */
bool wt_is_welcome(const char *path);

/* ---- moved.c */

/* Deletions of records that were only moved wait. After every change was judged. */
int wt_hold_moved(struct changes *c, struct arena *a, struct repo *r, const struct schemas *set, struct err *e);

/* ---- journal.c */

struct jpath {
	const char *path;
	struct oid from, to; /* blobs; "" = none */
	bool guarded;        /* stays as it is until a person has answered */
};
/* Content that may be replaced on disk, because a commit holds it. */
struct wt_known {
	const char *path;
	struct oid blob, head; /* head: a commit that holds blob at path */
	bool on_disk;          /* it was found on disk: nobody has an older version in front of them any more */
};
struct wt_knowns {
	struct wt_known *at;
	size_t n, cap;
};
struct journal {
	struct oid old_head, new_head;
	struct jpath *at;
	size_t n, cap;
	struct wt_knowns known;
};
int journal_write(struct repo *r, const struct journal *j, struct err *e);
int journal_read(bool *there, struct journal *out, struct arena *a, struct repo *r, struct err *e);
int journal_clear(struct repo *r, struct err *e);

/* A version of a file that somebody may still have in front of them (.git/maillage/written). */
struct version {
	const char *path;
	struct oid
		before; /* blob on disk before we wrote, or that a held file was edited from; "" = the file was not there */
	struct oid written; /* blob that we wrote, or would have; "" = removed */
	struct oid head;    /* a commit that holds `before` */
	bool held;          /* not written: the file on disk is an edit of `before` that cannot enter history yet */
	bool guarded;       /* held too, but nobody's edit: a person is asked first whether what came in may be written */
};
struct versions {
	struct version *at; /* oldest first */
	size_t n, cap;
	size_t held; /* how many of them */
};
#define VERSIONS_MAX 20000  /* in the file; the oldest are forgotten */
#define VERSIONS_PER_PATH 8 /* likewise */
int versions_read(struct versions *out, struct arena *a, struct repo *r, struct err *e);
int versions_write(struct repo *r, const struct versions *v, struct err *e);
void versions_add(struct versions *v, struct arena *a, const struct version *one);
void versions_unhold(struct versions *v, const char *path); /* drops its held entry */
void versions_drop_if(struct versions *v, bool (*drop)(const void *ctx, const struct version *one), const void *ctx);
const struct version *versions_held(const struct versions *v, const char *path); /* NULL: the path is not held */

/* The guarded ones, by path: of a mass deletion there are thousands. They point into v. */
struct guarded_versions {
	const struct version **at;
	size_t n, cap;
};
void versions_guarded(struct guarded_versions *out, struct arena *a, const struct versions *v);
const struct version *guarded_at(const struct guarded_versions *g, const char *path); /* NULL: none */

/* ---- commit.c */

/* repo_commit of files of which some have their blobs already. */
int wt_commit_made(struct oid *out, struct arena *a, struct repo *r, const struct oid *parent, const struct made_file *files, size_t n,
		   const char *message, struct err *e);

/* ---- commitwt.c */

struct wt_edit {
	const char *path;
	const char *bytes; /* NULL: removed */
	size_t n;
	struct oid blob;   /* of bytes; "" removed */
	struct oid base;   /* the commit whose version was edited */
	bool on_disk;      /* found on disk; false: a verb's, still to be written */
};
struct wt_edits {
	struct wt_edit *at;
	size_t n, cap;
};
/* Commit the edits: those whose base is `head` on head; the others on their base, merged into it one after the
 * other. message NULL: made from the changes. *out: the new head (no ref moves); `known` gets every edit. */
int wt_commit_edits(struct oid *out, size_t *commits, struct wt_knowns *known, struct arena *a, struct repo *r,
		    const struct oid *head, const struct wt_edits *edits, const char *message, struct err *e);
/* The version that this content was made from: head, or an older one (held file, old editor buffer). */
int wt_base_of(struct oid *out, struct arena *a, struct repo *r, const struct oid *head, const struct versions *v,
	       const char *path, const char *bytes, size_t n, const struct oid *blob, struct err *e);

/* ---- writewt.c */

/* As worktree_write, with what else may be replaced. The paths of `known` are brought to new_head even where the
 * heads agree. */
int wt_apply(size_t *edits, struct repo *r, const struct oid *old_head, const struct oid *new_head,
	     const struct wt_knowns *known, struct err *e);

/* ---- arriving.c */

/* What the folder would get at a path that a guard holds, as a GUARDED change. */
int wt_arriving(struct change *out, struct arena *a, struct repo *r, const struct schemas *set, const char *path,
		const struct oid *before, const struct oid *now, struct err *e);

/* ERR_PAUSED with why when another branch, or none, is checked out: its files are not ours to write. scan.c */
int wt_head_is_main(struct repo *r, struct err *e);
/* Every writer begins with this: the clone's lock, and what a killed run left. repo_unlock ends it. writewt.c */
int wt_begin(struct repo *r, struct err *e);

/* Tests only: called before each step that a kill could separate from the next one; never NULL in use. */
extern void (*wt__step)(const char *step);

#endif
