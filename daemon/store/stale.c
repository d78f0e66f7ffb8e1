/* stale.c -- what a killed program of ours leaves under .git: lock files, which make every later write fail, and
 * temporary files.
 *
 * A lock file says "somebody is writing" and nothing about who. So before we cause one, we say it ourselves
 * (.git/maillage/locking-<pid>, which holds the name of this run of this machine, for a hub folder may be written by several):
 * when that program is dead and its note still lies there, a lock that is not older than
 * the note may be removed at once. A lock without such a note is somebody's: git's. References, HEAD and the
 * configuration are locked for milliseconds, so one that is seconds old and that nobody has open for writing is a dead
 * git's. The index is another matter, for `git commit` holds it while a person types the message: only a lock from
 * before the machine's start, or one that our own note claims, is removed.
 */
#include "wt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/trace.h"

#define NOTE "locking-"
#define LOCK_OLD_S 5
#define DEPTH_MAX 8

static const char *note_path(char out[PATH_MAX], const struct repo *r)
{
	snprintf(out, PATH_MAX, "%smaillage/" NOTE "%d", r->gitdir, (int)getpid());
	return out;
}

void repo__locking(struct repo *r)
{
	char path[PATH_MAX], boot[CLOCK_BOOT_ID];
	clock_boot_id(boot);
	FILE *f = fopen(note_path(path, r), "we"); /* without it the lock only has to be older */
	if (f) {
		fputs(boot, f);
		fclose(f);
	}
}

void repo__locked(struct repo *r)
{
	char path[PATH_MAX];
	unlink(note_path(path, r));
}

/* ---- how old is a lock */

struct stale {
	const struct repo *r;
	int64_t now, booted; /* 0: another machine's clock, nothing is known */
	int64_t since;       /* a dead program of ours may have made what is not older; 0: none */
	int64_t old_s;
};

static void break_lock(const struct stale *s, const char *name, bool by_age)
{
	char path[PATH_MAX];
	struct stat st;
	snprintf(path, sizeof path, "%s%s", s->r->gitdir, name);
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	int64_t at = st.st_mtim.tv_sec;
	bool ours = s->since && at >= s->since, before = at < s->booted - 1;
	bool old = by_age && s->now - at >= s->old_s;
	if (!before && ((!ours && !old) || wt_has_writer(path)))
		return;
	if (unlink(path) == 0)
		trace("stale lock removed: %s", name);
}

typedef void (*lock_cb)(const void *ctx, const char *name);

static void each_below(const struct repo *r, const char *folder, int depth, lock_cb cb, const void *ctx)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s%s", r->gitdir, folder);
	DIR *d = depth < DEPTH_MAX ? opendir(path) : NULL;
	if (!d)
		return;
	for (struct dirent *de; (de = readdir(d));) {
		char name[PATH_MAX];
		size_t n = strlen(de->d_name);
		struct stat st;
		if (de->d_name[0] == '.' || snprintf(name, sizeof name, "%s/%s", folder, de->d_name) >= PATH_MAX ||
		    fstatat(dirfd(d), de->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			each_below(r, name, depth + 1, cb, ctx);
		else if (n > 5 && !strcmp(de->d_name + n - 5, ".lock"))
			cb(ctx, name);
	}
	closedir(d);
}

/* Every lock file but the index's, which lives by other rules; of those outside refs/, names that may not be there. */
static void each_lock(const struct repo *r, lock_cb cb, const void *ctx)
{
	cb(ctx, "HEAD.lock");
	cb(ctx, "config.lock");
	cb(ctx, "packed-refs.lock");
	each_below(r, "refs", 0, cb, ctx);
}

static void break_old(const void *stale, const char *name)
{
	break_lock(stale, name, true);
}

static void break_all(const struct stale *s)
{
	each_lock(s->r, break_old, s);
}

/* ---- what the dead left in .git/maillage */

static bool is_dead(const char *pid)
{
	char *end;
	long n = strtol(pid, &end, 10);
	return n > 0 && n <= INT_MAX && !*end && n != getpid() && kill((pid_t)n, 0) < 0 && errno == ESRCH;
}

/* Programs of another machine that writes the same folder are numbered otherwise: nothing is known of them. */
static bool is_of_this_boot(const char *note)
{
	char boot[CLOCK_BOOT_ID], text[CLOCK_BOOT_ID] = "";
	FILE *f = fopen(note, "re");
	clock_boot_id(boot);
	bool same = f && fgets(text, sizeof text, f) && !strcmp(text, boot);
	if (f)
		fclose(f);
	return same;
}

/* Remove the notes and temporary files of dead programs; *since: the oldest note's time. */
static void collect(int64_t *since, const struct repo *r)
{
	char path[PATH_MAX];
	struct fs_names names;
	struct stat st;
	snprintf(path, sizeof path, "%smaillage", r->gitdir);
	if (fs_list(&names, path, NULL) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.at[i], *tmp = strstr(name, ".tmp-");
		bool note = !strncmp(name, NOTE, sizeof NOTE - 1);
		if ((!note && !tmp) || !is_dead(note ? name + sizeof NOTE - 1 : tmp + 5))
			continue;
		snprintf(path, sizeof path, "%smaillage/%s", r->gitdir, name);
		if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		if (note && is_of_this_boot(path) && (!*since || st.st_mtim.tv_sec < *since))
			*since = st.st_mtim.tv_sec;
		unlink(path);
	}
	fs_names_free(&names);
}

void wt_break_locks(struct repo *r)
{
	struct stale s = { .r = r, .now = clock_wall_s(), .old_s = LOCK_OLD_S };
	char mark[PATH_MAX];
	struct stat st;
	must(r->lock_depth > 0); /* then none of ours is at work on the index */
	s.booted = s.now - clock_boot_ms() / 1000;
	collect(&s.since, r);
	break_all(&s);
	s.since = stat(wt_index_marker(mark, r), &st) == 0 ? st.st_mtim.tv_sec : 0;
	break_lock(&s, "index.lock", false);
	unlink(mark);
}

void repo__break_hub_locks(struct repo *hub, int64_t now)
{
	struct stale s = { .r = hub, .now = now, .old_s = HUB_LOCK_OLD_S };
	collect(&s.since, hub);
	break_all(&s);
}

/* ---- for a person who asks */

struct listing {
	struct lock_names *out;
	struct arena *a;
	const struct repo *r;
};

static void list_one(const void *ctx, const char *name)
{
	const struct listing *l = ctx;
	struct stat st;
	if (lstat(arena_printf(l->a, "%s%s", l->r->gitdir, name), &st) == 0 && S_ISREG(st.st_mode))
		arena_push(l->a, l->out, arena_dup(l->a, name));
}

void worktree_locks(struct lock_names *out, struct arena *a, const struct repo *r)
{
	struct listing l = { out, a, r };
	list_one(&l, "index.lock");
	each_lock(r, list_one, &l);
}

/* Is this process a git, or an editor that a git waits for, below that folder? */
static bool works_in(const char *pid, const char *folder)
{
	char path[PATH_MAX], cwd[PATH_MAX], name[16] = "";
	snprintf(path, sizeof path, "/proc/%.20s/cwd", pid);
	ssize_t n = readlink(path, cwd, sizeof cwd - 1);
	snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
	FILE *f = n > 0 ? fopen(path, "re") : NULL;
	if (f) {
		(void)!fgets(name, sizeof name, f);
		fclose(f);
	}
	size_t len = strlen(folder) - 1; /* without its last slash */
	return n >= (ssize_t)len && !strncmp(cwd, folder, len) && (n == (ssize_t)len || cwd[len] == '/') && !strncmp(name, "git", 3);
}

bool worktree_git_runs(const struct repo *r)
{
	const char *folder = r->workdir ? r->workdir : r->gitdir;
	DIR *d = opendir("/proc");
	bool found = !d; /* nothing is known */
	for (struct dirent *de; d && !found && (de = readdir(d));)
		found = de->d_name[0] >= '1' && de->d_name[0] <= '9' && works_in(de->d_name, folder);
	if (d)
		closedir(d);
	return found;
}
