/* swapwt.c -- putting new contents in the place of old ones without a moment in which a save could be lost
 * (writewt.c, steps 2 and 3).
 */
#include "round.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crew.h"
#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"

static bool tmp_path(char out[PATH_MAX], const struct round *w, size_t i, const char *suffix)
{
	return snprintf(out, PATH_MAX, "%smaillage/tmp/%zu%s", w->r->gitdir, i, suffix) < PATH_MAX;
}

static bool file_path(char out[PATH_MAX], const struct round *w, const struct target *t)
{
	return snprintf(out, PATH_MAX, "%s%s", w->r->workdir, t->p.path) < PATH_MAX;
}

static const char *tmp_of(struct round *w, size_t i, const char *suffix)
{
	return arena_printf(w->a, "%smaillage/tmp/%zu%s", w->r->gitdir, i, suffix);
}

static int hash_file(struct oid *out, const char *path, struct err *e)
{
	git_oid oid;
	int rc = git_odb_hashfile(&oid, path, GIT_OBJECT_BLOB);
	if (rc < 0)
		return giterr(e, rc, "%s", path);
	oid_from_git(out, &oid);
	return 0;
}

/* File systems without exchange (some network and Windows mounts): two renames, with a moment in which the file is
 * away. */
static int swap_slowly(const char *tmp, const char *file)
{
	char aside[PATH_MAX];
	snprintf(aside, sizeof aside, "%s.out", tmp);
	if (rename(file, aside) < 0)
		return -1;
	if (link(tmp, file) < 0 && (errno == EEXIST || rename(tmp, file) < 0)) {
		int saved = errno;
		rename(aside, file);
		errno = saved;
		return -1;
	}
	unlink(tmp);
	return rename(aside, tmp);
}

static int swap(const char *tmp, const char *file)
{
	if (renameat2(AT_FDCWD, tmp, AT_FDCWD, file, RENAME_EXCHANGE) == 0)
		return 0;
	return errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP ? swap_slowly(tmp, file) : -1;
}

/* Put a file where nothing must be. */
static int place(const char *tmp, const char *file)
{
	if (renameat2(AT_FDCWD, tmp, AT_FDCWD, file, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
		return -1;
	if (link(tmp, file) < 0)
		return errno == EEXIST ? -1 : rename(tmp, file);
	return unlink(tmp);
}

/* The last resort for content that has no place any more (its author saved twice in the same instant): never
 * thrown away. */
static int keep_aside(struct round *w, const char *tmp, const char *path)
{
	struct oid blob;
	int rc = hash_file(&blob, tmp, w->e);
	if (rc)
		return rc;
	const char *slash = strrchr(path, '/');
	const char *to =
		arena_printf(w->a, "%smaillage/kept/%.8s-%s", w->r->gitdir, blob.hex, slash ? slash + 1 : path);
	if ((rc = fs_mkparents(to, w->e)))
		return rc;
	trace("kept aside: %s", to);
	return rename(tmp, to) < 0 ? err_errno(w->e, to) : 0;
}

static void remove_empty_folders(struct round *w, const char *path)
{
	char *dir = arena_dup(w->a, path);
	for (char *slash; (slash = strrchr(dir, '/'));) {
		*slash = 0;
		if (rmdir(wt_abs(w->a, w->r, dir)) < 0)
			return;
	}
}

/* ---- the new contents */

static int write_bytes(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

/* What the crew shares. A target is its worker's alone; of the errors that of the first path counts. */
struct crew_round {
	struct round *w;
	const size_t *items;  /* of the targets */
	bool sync_each;
	git_odb *odb[CREW_MAX]; /* own but the first: libgit2 holds one odb's lock all the while it reads an object */
	atomic_bool failed;   /* the others need not begin */
	struct hitch {
		int rc;
		size_t item;
		struct err e;
	} hitch[CREW_MAX];
};

static void crew_failed(struct crew_round *c, unsigned worker, size_t item, int rc, const struct err *e)
{
	struct hitch *h = &c->hitch[worker];
	atomic_store(&c->failed, true);
	if (!h->rc)
		*h = (struct hitch){ rc, item, *e };
}

static int crew_over(struct crew_round *c, size_t n, void (*work)(void *ctx, unsigned worker, size_t item))
{
	const struct hitch *first = NULL;
	crew_run(crew_size(n), n, work, c);
	for (size_t i = 0; i < CREW_MAX; i++)
		if (c->hitch[i].rc && (!first || c->hitch[i].item < first->item))
			first = &c->hitch[i];
	if (first && c->w->e)
		*c->w->e = first->e;
	return first ? first->rc : 0;
}

/* tmp/<n>.part holds the new content; where something is to be exchanged it is called tmp/<n>, by which a restart finds what came out. */
static int write_blob(struct round *w, size_t i, const char *bytes, size_t n, bool sync, struct err *e)
{
	struct target *t = &w->targets.at[i];
	char part[PATH_MAX], tmp[PATH_MAX], file[PATH_MAX];
	struct stat st;
	if (!tmp_path(part, w, i, ".part") || !tmp_path(tmp, w, i, "") || !file_path(file, w, t))
		return err_set(e, ERR_LIMIT, _("%s : ce chemin est trop long"), t->p.path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, t->mode == MODE_EXEC ? 0777 : 0666);
	int rc = fd < 0 ? err_errno(e, part) : 0;
	if (!rc && write_bytes(fd, bytes, n) < 0)
		rc = err_errno(e, t->p.path);
	/* a folder shared with colleagues keeps its permissions */
	if (!rc && oid_is(&t->disk) && lstat(file, &st) == 0 && S_ISREG(st.st_mode) && fchmod(fd, st.st_mode & 0777) < 0)
		trace("chmod %s: %s", t->p.path, strerror(errno));
	if (!rc && sync && fsync(fd) < 0)
		rc = err_errno(e, t->p.path);
	if (!rc && fstat(fd, &st) == 0) {
		t->ino = st.st_ino;
		t->mtime = st.st_mtim;
	}
	if (fd >= 0 && close(fd) < 0 && !rc)
		rc = err_errno(e, t->p.path);
	if (!rc && oid_is(&t->disk) && rename(part, tmp) < 0)
		rc = err_errno(e, tmp);
	return rc;
}

static git_odb *odb_of(struct crew_round *c, unsigned worker)
{
	char objects[PATH_MAX];
	struct repo *r = c->w->r;
	if (worker && !c->odb[worker] &&
	    (snprintf(objects, sizeof objects, "%sobjects", r->gitdir) >= PATH_MAX || git_odb_open(&c->odb[worker], objects) < 0))
		c->odb[worker] = NULL;
	return c->odb[worker] ? c->odb[worker] : r->odb;
}

static int by_path(const void *key, const void *at)
{
	return strcmp(key, ((const struct made_file *)at)->change.path);
}

/* NULL: it is read from the repository. */
static const struct file_change *at_hand(const struct round *w, const struct target *t)
{
	const struct made_file *f = w->n_made ? bsearch(t->p.path, w->made, w->n_made, sizeof *f, by_path) : NULL;
	return f && oid_equal(&f->blob, &t->p.to) ? &f->change : NULL;
}

static int write_from_odb(struct crew_round *c, unsigned worker, size_t item, struct err *e)
{
	const struct target *t = &c->w->targets.at[c->items[item]];
	git_odb_object *blob;
	git_oid oid;
	int rc = oid_to_git(&oid, &t->p.to, e);
	if (rc)
		return rc;
	if ((rc = git_odb_read(&blob, odb_of(c, worker), &oid)) < 0)
		return giterr(e, rc, "%s", t->p.path);
	rc = write_blob(c->w, c->items[item], git_odb_object_data(blob), git_odb_object_size(blob), c->sync_each, e);
	git_odb_object_free(blob);
	return rc;
}

static void prepare(void *ctx, unsigned worker, size_t item)
{
	struct crew_round *c = ctx;
	const struct file_change *made = at_hand(c->w, &c->w->targets.at[c->items[item]]);
	struct err e = { 0 };
	if (atomic_load(&c->failed))
		return;
	int rc = made ? write_blob(c->w, c->items[item], made->bytes, made->n, c->sync_each, &e) : write_from_odb(c, worker, item, &e);
	if (rc)
		crew_failed(c, worker, item, rc, &e);
}

static int sync_all(struct round *w)
{
	int fd = open(w->r->workdir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || syncfs(fd) < 0 ? err_errno(w->e, w->r->workdir) : 0;
	if (fd >= 0)
		close(fd);
	return rc;
}

static int prepare_all(struct round *w)
{
	size_t *items = arena_array(w->a, w->targets.n, sizeof *items), n = 0;
	for (size_t i = 0; i < w->targets.n; i++)
		if (w->targets.at[i].act == ACT_WRITE && oid_is(&w->targets.at[i].p.to))
			items[n++] = i;
	struct crew_round c = { .w = w, .items = items, .sync_each = n <= SYNC_MANY };
	int rc = n ? fs_mkdirs(arena_printf(w->a, "%smaillage/tmp", w->r->gitdir), w->e) : 0;
	if (!rc)
		rc = crew_over(&c, n, prepare);
	for (size_t i = 0; i < CREW_MAX; i++)
		git_odb_free(c.odb[i]);
	return !rc && n > SYNC_MANY ? sync_all(w) : rc;
}

/* ---- the exchange */

/* What came out is not what was there when we looked: it goes back, and its author's edit is treated as one. */
static int put_back(struct round *w, struct target *t, const char *tmp, bool removed)
{
	const char *file = wt_abs(w->a, w->r, t->p.path);
	struct wt_file f;
	trace("edited meanwhile: %s", t->p.path);
	int rc = 0;
	if (removed) {
		if (place(tmp, file) < 0)
			rc = errno == EEXIST ? keep_aside(w, tmp, t->p.path) : err_errno(w->e, t->p.path);
	} else if (swap(tmp, file) < 0) {
		rc = keep_aside(w, tmp, t->p.path);
	} else {
		struct oid ours;
		if ((rc = hash_file(&ours, tmp, w->e)))
			return rc;
		if (oid_equal(&ours, &t->p.to)) {
			unlink(tmp);
		} else { /* saved once more in between: that save is the newest, it stays */
			if (swap(tmp, file) < 0)
				return err_errno(w->e, t->p.path);
			rc = keep_aside(w, tmp, t->p.path);
		}
	}
	if (rc || (rc = wt_look(&f, w->a, w->r, t->p.path, w->e)))
		return rc;
	return round_unexpected(w, t, &f);
}

static int check_out(struct round *w, struct target *t, const char *tmp, bool removed)
{
	struct oid out;
	/* somebody who has it open for writing will write into what we took out */
	if (wt_has_writer(tmp) || hash_file(&out, tmp, NULL) < 0 ||
	    (!oid_equal(&out, &t->disk) && !oid_equal(&out, &t->p.to)))
		return put_back(w, t, tmp, removed);
	unlink(tmp);
	t->act = ACT_DONE;
	return 0;
}

static int found_otherwise(struct round *w, struct target *t)
{
	struct wt_file f;
	int rc = wt_look(&f, w->a, w->r, t->p.path, w->e);
	return rc ? rc : round_unexpected(w, t, &f);
}

static int exchange(struct round *w, size_t i)
{
	struct target *t = &w->targets.at[i];
	const char *tmp = tmp_of(w, i, ""), *file = wt_abs(w->a, w->r, t->p.path);
	int rc;
	wt__step("exchange");
	if (!oid_is(&t->p.to)) {
		if ((rc = fs_mkparents(tmp, w->e)))
			return rc;
		if (rename(file, tmp) < 0)
			return errno == ENOENT ? (t->act = ACT_DONE, 0) : err_errno(w->e, t->p.path);
		wt__step("removed");
		if ((rc = check_out(w, t, tmp, true)))
			return rc;
		if (t->act == ACT_DONE)
			remove_empty_folders(w, t->p.path);
		return 0;
	}
	if (oid_is(&t->disk)) {
		if (swap(tmp, file) < 0) {
			rc = errno == ENOENT ? 0 : err_errno(w->e, t->p.path);
			unlink(tmp);
			return rc ? rc : found_otherwise(w, t);
		}
		wt__step("exchanged");
		return check_out(w, t, tmp, false);
	}
	return found_otherwise(w, t); /* place_new could not */
}

/* Most have no folder to make: it is asked for when it is missing. */
static int place_below(const char *part, const char *file, struct err *why)
{
	if (place(part, file) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	return fs_mkparents(file, why) < 0 ? -1 : place(part, file);
}

/* A file where nothing is: nothing comes out, and nobody's save is in question. */
static void place_new(void *ctx, unsigned worker, size_t item)
{
	struct crew_round *c = ctx;
	struct target *t = &c->w->targets.at[c->items[item]];
	char part[PATH_MAX], file[PATH_MAX];
	struct err e = { 0 };
	if (atomic_load(&c->failed))
		return;
	wt__step("exchange");
	must(tmp_path(part, c->w, c->items[item], ".part") && file_path(file, c->w, t));
	if (place_below(part, file, &e) == 0) {
		wt__step("exchanged");
		t->act = ACT_DONE;
		return;
	}
	bool taken = e.code || errno == EEXIST || errno == ENOTDIR;
	int rc = taken ? 0 : err_errno(&e, t->p.path);
	unlink(part);
	if (rc)
		crew_failed(c, worker, item, rc, &e);
}

static int place_all(struct round *w, bool *written)
{
	size_t *items = arena_array(w->a, w->targets.n, sizeof *items), n = 0;
	for (size_t i = 0; i < w->targets.n; i++) {
		const struct target *t = &w->targets.at[i];
		if (t->act == ACT_WRITE && oid_is(&t->p.to) && !oid_is(&t->disk))
			items[n++] = i;
	}
	struct crew_round c = { .w = w, .items = items };
	int rc = crew_over(&c, n, place_new);
	for (size_t i = 0; i < n; i++)
		written[items[i]] = true;
	return rc;
}

/* A folder that is new is an entry of the one above: after a power cut a file whose folder was not synced would be
 * missing, and look like a deletion by its author. */
static int sync_folders_of(struct round *w, const struct target *t)
{
	char *dir = arena_dup(w->a, t->p.path);
	for (bool more = true; more;) {
		char *slash = strrchr(dir, '/');
		more = slash && !oid_is(&t->disk);
		if (slash)
			*slash = 0;
		const char *abs = slash ? wt_abs(w->a, w->r, dir) : w->r->workdir;
		int rc = fs_is_dir(abs) ? fs_sync_dir(abs, w->e) : 0;
		if (rc)
			return rc;
	}
	return 0;
}

static int sync_folders(struct round *w, const bool *written, size_t n)
{
	if (n > SYNC_MANY)
		return sync_all(w);
	for (size_t i = 0; i < w->targets.n; i++) {
		int rc = written[i] ? sync_folders_of(w, &w->targets.at[i]) : 0;
		if (rc)
			return rc;
	}
	return 0;
}

static int exchange_all(struct round *w)
{
	bool *written = arena_array(w->a, w->targets.n, sizeof *written);
	size_t n = 0;
	int rc = place_all(w, written);
	for (size_t i = 0; !rc && i < w->targets.n; i++) {
		if (w->targets.at[i].act == ACT_WRITE) {
			rc = exchange(w, i);
			written[i] = true;
		}
		n += written[i];
	}
	return rc ? rc : sync_folders(w, written, n);
}

int round_write(struct round *w)
{
	int rc = prepare_all(w);
	return rc ? rc : exchange_all(w);
}

int round_leftover(struct round *w, size_t i, const struct jpath *p)
{
	const char *tmp = tmp_of(w, i, ""), *slow = tmp_of(w, i, ".out"), *file = wt_abs(w->a, w->r, p->path);
	struct oid out, there;
	if (fs_exists(slow) && place(slow, file) < 0 && rename(slow, tmp) < 0) /* killed inside swap_slowly */
		return err_errno(w->e, slow);
	if (!fs_exists(tmp))
		return 0;
	int rc = hash_file(&out, tmp, w->e);
	if (rc)
		return rc;
	if (oid_equal(&out, &p->from) || oid_equal(&out, &p->to) || round_known(w, p->path, &out))
		return unlink(tmp) < 0 ? err_errno(w->e, tmp) : 0;
	trace("recover: an edit of %s was swapped out", p->path);
	if (!fs_exists(file))
		return place(tmp, file) < 0 ? keep_aside(w, tmp, p->path) : 0;
	if ((rc = hash_file(&there, file, w->e)))
		return rc;
	if (!oid_equal(&there, &p->to))
		return keep_aside(w, tmp, p->path); /* a newer save lies there */
	if (swap(tmp, file) < 0)
		return err_errno(w->e, p->path);
	return unlink(tmp) < 0 ? err_errno(w->e, tmp) : 0;
}
