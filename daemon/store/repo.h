/* repo.h -- one maillage clone or hub repository: opening it, who works in it, its schemas, its objects as plain bytes.
 *
 * LIFE    store_init once per process (and store_fini); repo_open -> ... -> repo_close.
 * OWNER   The handle owns everything libgit2; results are oids as 40 hex digits and bytes in the caller's arena or buf.
 * THREAD  One handle, one thread; open another for another thread.
 * FAILS   ERR_CONFIG: not a maillage repository (says how to make one); ERR_UNSUPPORTED: a repository format libgit2 cannot
 *         read (names the extension); ERR_PERM: belongs to somebody else; ERR_CORRUPT; ERR_IO.
 */
#ifndef STORE_REPO_H
#define STORE_REPO_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "schema/schema.h"

#define OID_HEX 40
struct oid {
	char hex[OID_HEX + 1]; /* lower case; "" = none */
};
static inline bool oid_is(const struct oid *o)
{
	return o->hex[0] != 0;
}
bool oid_equal(const struct oid *x, const struct oid *y);

int store_init(struct err *e); /* libgit2's global options: fsync on, no owner validation, caches (LIBRARIES) */
void store_fini(void);

struct repo;

/* Open the repository that dir lies in (dir may be below the working folder, or a bare repository). */
int repo_open(struct repo **out, const char *dir, struct err *e);
/* The one a hook runs in: honours GIT_DIR and the quarantine's object folders. Without maillage.collective the repository's name
 * is the code (ara.git, national.git). */
int repo_open_env(struct repo **out, struct err *e);
void repo_close(struct repo *r); /* NULL is fine */

const char *repo_workdir(const struct repo *r);    /* absolute, ends with '/'; NULL when bare */
const char *repo_gitdir(const struct repo *r);     /* absolute, ends with '/' */
const char *repo_collective(const struct repo *r); /* "ara"; "nat" for national.git: git config maillage.collective */
bool repo_is_national(const struct repo *r);
const char *repo_author(const struct repo *r);     /* act-...: git config user.name; "" when not set */
const char *repo_hub(const struct repo *r);        /* URL of remote `hub`; "" when there is none */
/* git config values of this repository only, and setting them. Missing: *out = NULL (arena). Setting one ends what
 * repo_collective, repo_author and repo_hub lent. */
int repo_config_get(const char **out, struct arena *a, struct repo *r, const char *key, struct err *e);
int repo_config_set(struct repo *r, const char *key, const char *value, struct err *e);

/* Make an empty non-bare repository at dir (branch main, remote hub when url is not NULL) whose first commit is the common
 * root; .git/maillage/ made. ERR_EXISTS when dir is a repository already. */
int repo_create(struct repo **out, const char *dir, const char *hub_url, const char *collective, const char *author, struct err *e);
/* The root commit that every repository of every network shares: empty tree, fixed author, date 0, message. Written if
 * missing; its oid is the same everywhere. */
int repo_root_commit(struct oid *out, struct repo *r, struct err *e);

/* The exclusive lock of a clone (.git/maillage/lock): daemon and command line share it. */
int repo_lock(struct repo *r, int wait_ms, struct err *e);
void repo_unlock(struct repo *r);

int repo_head(struct oid *out, struct repo *r, struct err *e);                     /* of main */
int repo_ref(struct oid *out, struct repo *r, const char *ref, struct err *e);     /* "" when missing */
int repo_resolve(struct oid *out, struct repo *r, const char *spec, struct err *e);/* abbreviated commit, ref; ERR_NOTFOUND */
/* Compare-and-swap: ref must be `from` ("" = must not exist). ERR_RACE otherwise. */
int repo_ref_move(struct repo *r, const char *ref, const struct oid *from, const struct oid *to, const char *why, struct err *e);

/* The schemas in force at a commit (its schema/ folder; the installed ones when it has none). Cached by the folder's oid;
 * borrowed from the repo until repo_close. */
int repo_schemas(const struct schemas **out, struct repo *r, const struct oid *commit, struct err *e);
const char *store_schema_dir(void); /* the installed schemas (base/places.h) */

/* What a power cut or a killed fetch leaves: objects of no bytes, which git takes for written (set aside in .git/maillage/abimes, so
 * that a fetch or a new commit brings them back), and objects and packs that were never finished. With the lock held, at start-up. *found: how many. */
int repo_heal(size_t *found, struct repo *r, struct err *e);

/* --- reading objects ---------------------------------------------------------------------------------------- */
/* Bytes of a blob at commit:path, in the arena, NUL-terminated. Missing: *out NULL, 0 returned. */
int repo_read(const char **out, size_t *n, struct oid *blob, struct arena *a, struct repo *r, const struct oid *commit,
	      const char *path, struct err *e);
int repo_read_blob(const char **out, size_t *n, struct arena *a, struct repo *r, const struct oid *blob, struct err *e);

/* What stands at commit:path, file or folder; "" when nothing does. */
int repo_entry(struct oid *out, struct repo *r, const struct oid *commit, const char *path, struct err *e);

/* Every file below a folder ("" = all) at a commit, in path order; cb returns non-zero to stop with that code. */
typedef int (*repo_file_cb)(void *ctx, const char *path, const struct oid *blob, unsigned mode);
int repo_walk(struct repo *r, const struct oid *commit, const char *folder, repo_file_cb cb, void *ctx, struct err *e);
/* Files that differ between two commits or trees ("" = empty tree), skipping equal folders. No rename detection. */
typedef int (*repo_diff_cb)(void *ctx, const char *path, const struct oid *old_blob, const struct oid *new_blob);
int repo_diff(struct repo *r, const struct oid *from, const struct oid *to, repo_diff_cb cb, void *ctx, struct err *e);

struct commit_info {
	struct oid oid, tree;
	struct oid *parents; /* arena */
	size_t nparents;
	const char *author_name, *author_email, *committer_name, *committer_email; /* arena */
	int64_t author_time, committer_time; /* seconds */
	const char *message;                 /* arena */
};
int repo_commit_info(struct commit_info *out, struct arena *a, struct repo *r, const struct oid *commit, struct err *e);
int repo_is_ancestor(bool *out, struct repo *r, const struct oid *ancestor, const struct oid *of, struct err *e);
int repo_count_between(size_t *out, struct repo *r, const struct oid *from, const struct oid *to, struct err *e); /* commits in to, not in from */

/* --- writing -------------------------------------------------------------------------------------------------- */
struct file_change {
	const char *path;
	const void *bytes; /* NULL: delete */
	size_t n;
};
/* A tree = parent's tree with these changes, and a commit on it. Does not move any ref. Author and committer: the
 * repository's author, now (or GIT_AUTHOR_DATE, GIT_COMMITTER_DATE as seconds since 1970). More than 20 new objects are
 * written as one pack. ERR_CONFIG: no author; ERR_DATA: a path git refuses. */
int repo_commit(struct oid *out, struct repo *r, const struct oid *parent, const struct file_change *changes, size_t n,
		const char *message, struct err *e);
/* The oid that these bytes have as a file's content, in a repository or not: of what this program has made itself, for nobody watches
 * for collisions here, as git does of what it reads. */
void blob_oid(struct oid *out, const void *bytes, size_t n);

#endif
