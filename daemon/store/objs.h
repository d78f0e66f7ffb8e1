/* objs.h -- objects as plain bytes: those of the repository, and those made by the job at hand and not yet written.
 *
 * A merge makes many objects that must be readable at once (the trees of a virtual base) but never reach the disk; a
 * verification writes none at all. So objs_put only remembers; objs_flush writes what a given object leads to.
 *
 * LIFE    objs_init -> objs_put/objs_get* -> objs_flush. Lives in the arena. For reading alone the arena may be NULL.
 * FAILS   ERR_CORRUPT: an object that should be there is missing or damaged. ERR_LIMIT: larger than OBJECT_MAX.
 */
#ifndef STORE_OBJS_H
#define STORE_OBJS_H

#include <pthread.h>

#include "oidmap.h"
#include "repo_int.h"

#define OBJECT_MAX (64u << 20) /* bytes of one file or folder object */
#define TREE_MAX_DEPTH 64      /* folders within folders */

struct obj {
	git_oid oid;
	git_object_t type;
	const char *bytes; /* in the arena or borrowed (objs_keep), NUL-terminated */
	size_t n;
};
struct objs {
	struct repo *r;  /* borrow */
	struct arena *a; /* borrow */
	struct oidmap made;
	pthread_mutex_t *lock; /* borrow; NULL: one thread */
};
/* One object's bytes; end it with objview_end. */
struct objview {
	const char *bytes; /* borrowed until objview_end */
	size_t n;
	git_object_t type;
	git_odb_object *held; /* own; NULL when the bytes are the arena's */
};

void objs_init(struct objs *s, struct repo *r, struct arena *a);
int objs_put(git_oid *out, struct objs *s, git_object_t type, const void *bytes, size_t n, struct err *e);
/* The same of bytes whose oid is known, NUL-terminated; they are borrowed until objs_flush. */
void objs_keep(struct objs *s, const git_oid *oid, git_object_t type, const void *bytes, size_t n);
int objs_get(struct objview *out, struct objs *s, const git_oid *oid, git_object_t type, struct err *e);
void objview_end(struct objview *v);
/* A blob's bytes in the arena `a`, NUL-terminated. */
int objs_blob(const char **out, size_t *n, struct objs *s, struct arena *a, const git_oid *oid, struct err *e);
/* The same when it is no larger than `most`; else *out is NULL, and it has not been read. */
int objs_blob_within(const char **out, size_t *n, struct objs *s, struct arena *a, const git_oid *oid, size_t most, struct err *e);

/* While several threads merge records of one job, whoever touches libgit2, `made` or the job's arena holds the lock. It is
 * recursive; reading an object takes it by itself. */
static inline void objs_lock(const struct objs *s)
{
	if (s->lock)
		must(pthread_mutex_lock(s->lock) == 0);
}
static inline void objs_unlock(const struct objs *s)
{
	if (s->lock)
		must(pthread_mutex_unlock(s->lock) == 0);
}

/* Write what `root` (commit or tree) leads to among the objects made here and is not in the repository yet: up to PACK_FROM
 * as loose objects, more as one pack. Children before parents. */
int objs_flush(struct objs *s, const git_oid *root, struct err *e);
#define PACK_FROM 20

/* pack.c: objects into packs of our own making, the larger ones deflated, no deltas. */
int pack_write(struct repo *r, struct obj *const *objs, size_t n, struct err *e);

/* --- reading a tree object ---------------------------------------------------------------------------------------- */
struct tentry {
	unsigned mode;    /* 0: none (no such entry) */
	git_oid oid;
	const char *name; /* NUL-terminated */
};
#define MODE_TREE 040000u
#define MODE_FILE 0100644u
#define MODE_EXEC 0100755u
#define MODE_LINK 0120000u
#define MODE_GITLINK 0160000u
static inline bool is_tree(const struct tentry *t)
{
	return t->mode == MODE_TREE;
}

/* Order of two entries in one tree: as if a folder's name ended with '/'. */
int tentry_order(const struct tentry *x, const struct tentry *y);

/* A cursor over a tree's entries in git's order, which is the order of whole paths. */
struct tcur {
	struct objview view;
	const char *p; /* next entry */
	struct tentry at;
	bool done;
};
/* oid NULL: an empty tree. The cursor stands on the first entry, or is done. at.name is borrowed from the cursor. */
int tcur_open(struct tcur *c, struct objs *s, const git_oid *oid, struct err *e);
int tcur_next(struct tcur *c, struct err *e);
void tcur_end(struct tcur *c);
int objs_damaged_tree(struct err *e); /* ERR_CORRUPT, as tcur_next says it */

/* The tree of a commit or of a tree. */
int objs_tree_of(git_oid *out, struct objs *s, const git_oid *commit_or_tree, struct err *e);
/* The entry at a path below a tree; mode 0 when missing. The name is not set. */
int objs_lookup(struct tentry *out, struct objs *s, const git_oid *tree, const char *path, struct err *e);
/* The same at commit:path in the repository; a commit "" has nothing. */
int objs_entry_at(struct tentry *out, struct repo *r, const struct oid *commit, const char *path, struct err *e);
/* repo_diff, with the new side's mode (0: gone): to look up 100,000 of them one by one takes longer than to write the files. */
typedef int (*objs_diff_cb)(void *ctx, const char *path, const struct oid *old_blob, const struct oid *new_blob, unsigned mode);
int objs_diff(struct repo *r, const struct oid *from, const struct oid *to, objs_diff_cb cb, void *ctx, struct err *e);

#endif
