/* swapwt.c -- putting new contents in the place of old ones without a moment in which a save could be lost
 * (writewt.c, steps 2 and 3).
 */
#include "round.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"

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

static int prepare(struct round *w, size_t i, bool sync_each)
{
	const struct target *t = &w->targets.at[i];
	const char *part = tmp_of(w, i, ".part"), *tmp = tmp_of(w, i, "");
	git_odb_object *blob;
	git_oid oid;
	struct stat st;
	int rc = oid_to_git(&oid, &t->p.to, w->e);
	if (rc)
		return rc;
	if ((rc = git_odb_read(&blob, w->r->odb, &oid)) < 0)
		return giterr(w->e, rc, "%s", t->p.path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, t->mode == MODE_EXEC ? 0777 : 0666);
	rc = fd < 0 ? err_errno(w->e, part) : 0;
	if (!rc && write_bytes(fd, git_odb_object_data(blob), git_odb_object_size(blob)) < 0)
		rc = err_errno(w->e, t->p.path);
	/* a folder shared with colleagues keeps its permissions */
	if (!rc && oid_is(&t->disk) && lstat(wt_abs(w->a, w->r, t->p.path), &st) == 0 && S_ISREG(st.st_mode) &&
	    fchmod(fd, st.st_mode & 0777) < 0)
		trace("chmod %s: %s", t->p.path, strerror(errno));
	if (!rc && sync_each && fsync(fd) < 0)
		rc = err_errno(w->e, t->p.path);
	if (fd >= 0 && close(fd) < 0 && !rc)
		rc = err_errno(w->e, t->p.path);
	git_odb_object_free(blob);
	if (!rc && rename(part, tmp) < 0)
		rc = err_errno(w->e, tmp);
	return rc;
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
	size_t n = 0;
	for (size_t i = 0; i < w->targets.n; i++)
		n += w->targets.at[i].act == ACT_WRITE && oid_is(&w->targets.at[i].p.to);
	int rc = n ? fs_mkdirs(arena_printf(w->a, "%smaillage/tmp", w->r->gitdir), w->e) : 0;
	for (size_t i = 0; !rc && i < w->targets.n; i++)
		if (w->targets.at[i].act == ACT_WRITE && oid_is(&w->targets.at[i].p.to))
			rc = prepare(w, i, n <= SYNC_MANY);
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
	struct err why = { 0 };
	if (fs_mkparents(file, &why) < 0 || place(tmp, file) < 0) {
		bool taken = why.code || errno == EEXIST || errno == ENOTDIR;
		rc = taken ? 0 : err_errno(w->e, t->p.path);
		unlink(tmp);
		return rc ? rc : found_otherwise(w, t);
	}
	wt__step("exchanged");
	t->act = ACT_DONE;
	return 0;
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
	for (size_t i = 0; i < w->targets.n; i++) {
		if (w->targets.at[i].act != ACT_WRITE)
			continue;
		int rc = exchange(w, i);
		if (rc)
			return rc;
		written[i] = true;
		n++;
	}
	return sync_folders(w, written, n);
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
