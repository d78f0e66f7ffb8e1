/* look.c -- one file on disk, and its line in git's index.
 *
 * The index remembers size, times and inode of each file so that nobody has to read it again. That is honest only
 * if the file was not written between being read and being looked at, nor within the same tick of the kernel's
 * clock afterwards (the "racily clean" entries of git). So the stat is taken before and after reading; when they
 * differ, or the time of change is the current tick, the entry is written without times and everybody looks for
 * himself.
 */
#include "wt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fsio.h"
#include "giterr.h"
#include "objs.h"

const char *wt_abs(struct arena *a, struct repo *r, const char *path)
{
	return arena_printf(a, "%s%s", r->workdir, path);
}

static bool same_stat(const struct stat *x, const struct stat *y)
{
	return x->st_ino == y->st_ino && x->st_size == y->st_size && x->st_mtim.tv_sec == y->st_mtim.tv_sec &&
	       x->st_mtim.tv_nsec == y->st_mtim.tv_nsec && x->st_ctim.tv_sec == y->st_ctim.tv_sec &&
	       x->st_ctim.tv_nsec == y->st_ctim.tv_nsec;
}

/* Written in the current tick: a write that follows in the same tick would leave the same times. */
static bool this_tick(const struct stat *st)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return st->st_ctim.tv_sec > now.tv_sec ||
	       (st->st_ctim.tv_sec == now.tv_sec && st->st_ctim.tv_nsec >= now.tv_nsec);
}

void wt_next_tick(void)
{
	struct timespec was, now, pause = { 0, 500000 };
	clock_gettime(CLOCK_REALTIME_COARSE, &was);
	for (int i = 0; i < 200; i++) {
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
		if (now.tv_sec != was.tv_sec || now.tv_nsec != was.tv_nsec)
			return;
		nanosleep(&pause, NULL);
	}
}

static bool folders_are_real(struct arena *a, struct repo *r, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct stat st;
		if (lstat(wt_abs(a, r, arena_dupn(a, path, (size_t)(slash - path))), &st) == 0 && !S_ISDIR(st.st_mode))
			return false;
	}
	return true;
}

bool wt_path_is_safe(struct arena *a, struct repo *r, const char *path)
{
	if (!*path || *path == '/' || strlen(path) >= PATH_MAX - 1 || !strncmp(path, "prive/", 6) ||
	    !strncmp(path, ".maillage/", 10))
		return false;
	for (const char *p = path; p;) {
		const char *slash = strchr(p, '/');
		size_t n = slash ? (size_t)(slash - p) : strlen(p);
		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.') ||
		    (n == 4 && !strncasecmp(p, ".git", 4)))
			return false;
		p = slash ? slash + 1 : NULL;
	}
	return folders_are_real(a, r, path);
}

#define AGGREGATE_MAX (64u << 20) /* the national tables are exempt from the size guard */

static int read_stable(struct wt_file *f, struct arena *a, const char *path, const char *abs, struct err *e)
{
	size_t max = strncmp(path, "aggregat/", 9) ? WT_FILE_MAX : AGGREGATE_MAX;
	struct stat after;
	struct buf b = BUF_INIT;
	git_oid oid;
	int rc = 0;
	if ((size_t)f->st.st_size > max) {
		rc = git_odb_hashfile(&oid, abs, GIT_OBJECT_BLOB);
		if (rc < 0)
			return giterr(e, rc, "%s", abs);
	} else {
		rc = fs_read(&b, abs, max * 2, e);
		if (!rc && (rc = git_odb_hash(&oid, buf_str(&b), b.n, GIT_OBJECT_BLOB)) < 0)
			rc = giterr(e, rc, "%s", abs);
		if (!rc) {
			f->bytes = arena_dupn(a, buf_str(&b), b.n);
			f->n = b.n;
		}
		buf_free(&b);
		if (rc)
			return rc;
	}
	oid_from_git(&f->blob, &oid);
	f->stable = lstat(abs, &after) == 0 && same_stat(&f->st, &after) && !this_tick(&f->st);
	return 0;
}

/* A read lease is granted only while nobody has the file open for writing; asking costs nothing and is given back
 * at once. Where the file system knows no leases the answer is no. */
bool wt_has_writer(const char *abs)
{
	int fd = open(abs, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	fcntl(fd, F_SETSIG,
	      SIGURG); /* should somebody open it in this very moment: SIGIO would end us, SIGURG is ignored */
	bool writer = fcntl(fd, F_SETLEASE, F_RDLCK) < 0 && errno == EAGAIN;
	if (!writer)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	close(fd);
	return writer;
}

int wt_look(struct wt_file *out, struct arena *a, struct repo *r, const char *path, struct err *e)
{
	struct wt_file f = { 0 };
	const char *abs = wt_abs(a, r, path);
	if (lstat(abs, &f.st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_errno(e, path);
		*out = f;
		return 0;
	}
	f.there = true;
	f.regular = S_ISREG(f.st.st_mode) && folders_are_real(a, r, path);
	struct err why = { 0 };
	int rc = f.regular ? read_stable(&f, a, path, abs, &why) : 0;
	if (rc == ERR_NOTFOUND) /* gone since lstat: as if it had not been there */
		f = (struct wt_file){ 0 };
	else if (rc) {
		if (e)
			*e = why;
		return rc;
	}
	*out = f;
	return 0;
}

int wt_blob_at(struct oid *out, struct repo *r, const struct oid *commit, const char *path, struct err *e)
{
	struct tentry at;
	int rc = objs_entry_at(&at, r, commit, path, e);
	*out = (struct oid){ "" };
	if (!rc && at.mode && !is_tree(&at))
		oid_from_git(out, &at.oid);
	return rc;
}

/* ---- the index */

int wt_index(git_index **out, struct repo *r, struct err *e)
{
	git_index *idx;
	int rc = git_repository_index(&idx, r->git);
	if (rc < 0)
		return giterr(e, rc, "%sindex", r->gitdir);
	rc = git_index_read(idx, 0);
	if (rc < 0) {
		git_index_free(idx);
		return giterr(e, rc, "%sindex", r->gitdir);
	}
	*out = idx;
	return 0;
}

struct timespec wt_index_time(const git_index *idx)
{
	struct stat st;
	return stat(git_index_path(idx), &st) == 0 ? st.st_mtim : (struct timespec){ 0 };
}

bool wt_index_vouches(const git_index_entry *en, const struct timespec *saved, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) || en->file_size != (uint32_t)st->st_size ||
	    en->mtime.seconds != (int32_t)st->st_mtim.tv_sec || en->ctime.seconds != (int32_t)st->st_ctim.tv_sec ||
	    (en->ino && en->ino != (uint32_t)st->st_ino))
		return false;
	if (en->mtime.nanoseconds && en->mtime.nanoseconds != (uint32_t)st->st_mtim.tv_nsec)
		return false;
	/* racily clean: changed in the tick in which the index was saved, perhaps after it */
	return st->st_mtim.tv_sec < saved->tv_sec || (st->st_mtim.tv_sec == saved->tv_sec && en->mtime.nanoseconds &&
						      st->st_mtim.tv_nsec < saved->tv_nsec);
}

bool wt_is_vouched_for(struct stat *st, git_index *idx, const struct timespec *saved, const char *path, const char *abs,
		       const struct oid *blob)
{
	struct stat now;
	struct oid oid;
	const git_index_entry *en = git_index_get_bypath(idx, path, 0);
	if (!en || lstat(abs, &now) < 0 || !wt_index_vouches(en, saved, &now))
		return false;
	oid_from_git(&oid, &en->id);
	if (!oid_equal(&oid, blob))
		return false;
	*st = now;
	return true;
}

static bool looks_like(struct stat *st, struct repo *r, const char *path, const char *abs, const struct oid *blob)
{
	git_index *idx;
	if (wt_index(&idx, r, NULL))
		return false;
	struct timespec saved = wt_index_time(idx);
	bool yes = wt_is_vouched_for(st, idx, &saved, path, abs, blob);
	git_index_free(idx);
	return yes;
}

/* What it holds: that many bytes, of a file that stayed as it was meanwhile. */
static bool read_as_seen(char *out, const char *abs, const struct stat *st)
{
	struct stat after;
	size_t n = 0, all = (size_t)st->st_size;
	int fd = open(abs, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	for (ssize_t got = 1; fd >= 0 && got > 0 && n < all; n += got > 0 ? (size_t)got : 0)
		got = read(fd, out + n, all - n);
	bool same = fd >= 0 && n == all && fstat(fd, &after) == 0 && same_stat(st, &after);
	if (fd >= 0)
		close(fd);
	return same;
}

int worktree_read_blob(const char **out, size_t *n, struct arena *a, struct repo *r, const char *path, const struct oid *blob, struct err *e)
{
	struct stat st;
	const char *abs = r->workdir ? wt_abs(a, r, path) : NULL;
	if (abs && looks_like(&st, r, path, abs, blob) && (uint64_t)st.st_size <= AGGREGATE_MAX) {
		char *bytes = arena_alloc(a, (size_t)st.st_size + 1);
		if (read_as_seen(bytes, abs, &st)) {
			*out = bytes;
			*n = (size_t)st.st_size;
			return 0;
		}
	}
	return repo_read_blob(out, n, a, r, blob, e);
}

int wt_index_set(git_index *idx, const char *path, const struct oid *blob, unsigned mode, const struct stat *st,
		 struct err *e)
{
	int rc;
	if (!oid_is(blob)) {
		rc = git_index_remove(idx, path, 0);
		return rc < 0 && rc != GIT_ENOTFOUND ? giterr(e, rc, _("index de git : %s"), path) : 0;
	}
	git_index_entry entry = { .mode = mode, .path = path };
	if ((rc = oid_to_git(&entry.id, blob, e)))
		return rc;
	if (st) {
		entry.ctime.seconds = (int32_t)st->st_ctim.tv_sec;
		entry.ctime.nanoseconds = (uint32_t)st->st_ctim.tv_nsec;
		entry.mtime.seconds = (int32_t)st->st_mtim.tv_sec;
		entry.mtime.nanoseconds = (uint32_t)st->st_mtim.tv_nsec;
		entry.dev = (uint32_t)st->st_dev;
		entry.ino = (uint32_t)st->st_ino;
		entry.uid = st->st_uid;
		entry.gid = st->st_gid;
		entry.file_size = (uint32_t)st->st_size;
	}
	rc = git_index_add(idx, &entry);
	return rc < 0 ? giterr(e, rc, _("index de git : %s"), path) : 0;
}

/* Says "an index.lock that lies here may be ours" to the next start, should this one be killed while it writes. */
const char *wt_index_marker(char *out, const struct repo *r)
{
	snprintf(out, PATH_MAX, "%smaillage/indexing", r->gitdir);
	return out;
}

#define INDEX_TRIES 40
#define INDEX_PAUSE_MS 50

int wt_index_save(git_index *idx, struct repo *r)
{
	char mark[PATH_MAX];
	must(r->lock_depth > 0); /* the note is for one program at a time */
	int fd = open(wt_index_marker(mark, r), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
	int rc = git_index_write(idx);
	unlink(mark);
	return rc;
}

int wt_index_write(git_index *idx, struct repo *r, struct err *e)
{
	int rc = 0;
	for (int i = 0; i < INDEX_TRIES; i++) {
		rc = wt_index_save(idx, r);
		if (rc != GIT_ELOCKED)
			break;
		struct timespec pause = { 0, INDEX_PAUSE_MS * 1000000L };
		nanosleep(&pause, NULL);
	}
	return rc < 0 ? giterr(e, rc, "%sindex", r->gitdir) : 0;
}
