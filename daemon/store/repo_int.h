/* repo_int.h -- what lies inside a struct repo: for the files of this floor only.
 *
 * OWNER   Everything here belongs to the handle; borrow git and odb, never free them.
 * THREAD  As repo.h: one handle, one thread.
 */
#ifndef STORE_REPO_INT_H
#define STORE_REPO_INT_H

#include <git2.h>

#include "repo.h"

struct schema_cache; /* schemas.c */

struct repo {
	git_repository *git;          /* own */
	git_odb *odb;                 /* own */
	char *workdir, *gitdir;       /* own; end with '/'; workdir NULL when bare */
	char *collective, *author;    /* own; author "" when not set */
	char *hub;                    /* own; "" when there is no remote `hub` */
	int lock_fd, lock_depth;      /* of .git/maillage/lock */
	struct schema_cache *schemas; /* own */
};

void schemas_forget(struct repo *r); /* frees the cache; at repo_close */

/* Between libgit2's binary oids and ours. oid_to_git: ERR_DATA when hex is not 40 digits. */
void oid_from_git(struct oid *out, const git_oid *in);
int oid_to_git(git_oid *out, const struct oid *in, struct err *e);

/* A commit object, parsed; the caller frees it with git_commit_free. */
int repo__commit(git_commit **out, struct repo *r, const struct oid *commit, struct err *e);

/* Around every change of a reference or of the configuration: a note for whoever finds our lock file after a kill (stale.c). */
void repo__locking(struct repo *r);
void repo__locked(struct repo *r);
/* repo_heal in a hub folder, whose lock is another one (localpush.c). */
int repo__heal(size_t *found, struct repo *r, struct err *e);
/* Locks of references in a hub folder that a dead program of this machine left, or that are older than HUB_LOCK_OLD_S by the clock
 * of the machine that holds it: `now`. With the hub's own lock held, or where the server's git makes the push. */
#define HUB_LOCK_OLD_S 60
void repo__break_hub_locks(struct repo *hub, int64_t now);

/* Make a bare repository with the common root commit on main (hub.c). As repo_create otherwise. */
int repo_create_bare(struct repo **out, const char *dir, const char *collective, struct err *e);

#define MAIN_REF "refs/heads/main"

#endif
