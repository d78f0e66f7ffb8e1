/* worktree.h -- between the folder people edit and the history: what changed, recording it, writing what came in.
 *
 * The base of an edit is the version its author had in front of them (DESIGN 9). The journal
 * (.git/maillage/journal) keeps, per path, what was last written and what was there before; it is written and
 * fsynced before the first working file is touched.
 *
 * Happy path of a write: journal; each file by temporary + fsync + renameat2(RENAME_EXCHANGE); what was swapped
 * out is compared with what history holds: if it is not that, it is the user's edit and becomes a commit on the
 * old version; ref by compare-and-swap; index, so that `git status` is clean; journal cleared. Killed anywhere:
 * worktree_recover at the next start: a file equal to the old version is written, equal to the new is done,
 * anything else is an edit on the journalled version.
 */
#ifndef STORE_WORKTREE_H
#define STORE_WORKTREE_H

#include <stdbool.h>
#include <time.h>

#include "store/change.h"
#include "store/repo.h"

/* ERR_PAUSED with why: HEAD is not main, a merge, rebase, cherry-pick or bisect is under way, staged content
 * differs from both. */
int worktree_paused(struct repo *r, struct err *e);

/* What differs from HEAD on disk (lstat against the index first; prive/, .maillage/ and ignored files never show;
 * editors' temporary and swap files are BUSY or ignored). Records are checked as the hub would (record_load).
 * patience NULL: no file is BUSY for its age alone (the one-shot command). */
struct scan_patience {
	int busy_ms; /* a file changed less than this ago is BUSY; 0: none is */
	bool (*ended)(const void *ctx, const char *path, const struct timespec *changed); /* but it is whole, somebody saw; NULL: nobody looked */
	const void *ctx; /* borrow */
};
int worktree_scan(struct changes *out, struct arena *a, struct repo *r, const struct scan_patience *patience, struct err *e);

/* Commit the READY changes (all of them, or only the given path), with the readable message and trailers of DESIGN
 * 7; a save of an old editor buffer is committed on the version it was made from and merged. Moves main; updates
 * the index. *commits: how many were made (0 when nothing was ready). */
int worktree_record(size_t *commits, struct repo *r, const struct changes *c, const char *only_path, struct err *e);

/* Bring folder, index and main from `old` to `new`. *edits: how many users' edits were met; they are committed on
 * their versions and merged already: main is then ahead of `new`, and pushing it is what remains. ERR_RACE: main
 * was moved by another git command meanwhile; the folder holds what main holds. ERR_BUSY: somebody saves faster
 * than we write. */
int worktree_write(size_t *edits, struct repo *r, const struct oid *old_head, const struct oid *new_head,
		   struct err *e);
/* The same, but what is GUARDED in `arriving` (worktree_arriving between these heads) stays as it is in the folder: from
 * then on worktree_scan lists it, and worktree_record writes it once it is READY there. */
int worktree_receive(size_t *edits, struct repo *r, const struct oid *old_head, const struct oid *new_head,
		     const struct changes *arriving, struct err *e);
/* A commit on `head`, where main is, with what a program has just made; then as worktree_write. The bytes are neither hashed nor
 * read again. *out: that commit. */
struct made_file {
	struct file_change change; /* its bytes NUL-terminated */
	struct oid blob;           /* blob_oid of them; "" when they are NULL */
};
int worktree_publish(struct oid *out, size_t *edits, struct repo *r, const struct oid *head, const struct made_file *files, size_t n,
		     const char *message, struct err *e);
/* repo_read_blob of a file that is at main's head: read from the folder where git's index vouches for it, which costs neither
 * inflating nor hashing. What is decided on these bytes must be no worse than what `git status` tells. */
int worktree_read_blob(const char **out, size_t *n, struct arena *a, struct repo *r, const char *path, const struct oid *blob, struct err *e);
/* At start-up, and by every writer that finds a journal: finish what a killed run began. ERR_PAUSED: another
 * branch is checked out. */
int worktree_recover(struct repo *r, struct err *e);

/* git's lock files that lie there now, as "index.lock", "refs/heads/main.lock". worktree_recover has removed those that nobody can hold;
 * of the others only a person knows whose they are. */
struct lock_names {
	const char **at; /* below .git */
	size_t n, cap;
};
void worktree_locks(struct lock_names *out, struct arena *a, const struct repo *r);
bool worktree_git_runs(const struct repo *r); /* a git of this machine in the working folder, its editor open perhaps */

/* What the folder would lose and gain by going from one commit to another, as READY changes that are `arriving`; a file that looks as if it held a key or
 * a password, and did not before, is GUARDED. Only the first ARRIVING_BYTES are looked into: a year of work that arrives at once costs
 * half a second. */
int worktree_arriving(struct changes *out, struct arena *a, struct repo *r, const struct oid *from, const struct oid *to, struct err *e);
#define ARRIVING_BYTES ((size_t)64 * 1024 * 1024)

/* The commit message for a set of changed paths between a tree and file contents: used by record and by the verbs. */
int commit_message(struct buf *out, struct repo *r, const struct oid *parent, const struct file_change *changes,
		   size_t n, struct err *e);

/* Write one record now (the verbs set, new, resolve...): file (or removal) and sidecar (bytes NULL, n 0:
 * unchanged; n == SIZE_MAX: removed) to disk and as one commit on main (message NULL: commit_message makes it).
 * ERR_DATA (ERR_GUARD: a key, a password, its size) with the first fault when the hub would refuse it, ERR_PAUSED
 * as above: nothing has changed then. An edit of the same file that lies on disk unrecorded becomes a commit of
 * its own first; one that cannot enter history is kept in .git/maillage/kept. */
int worktree_put(struct oid *commit, struct repo *r, const struct file_change *files, size_t n, const char *message,
		 struct err *e);

#endif
