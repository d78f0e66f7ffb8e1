/* watch.c -- one inotify descriptor in a uv_poll_t, one watch per folder.
 *
 * Happy path: a file is saved; its folder's watch gives CLOSE_WRITE or MOVED_TO; the path is reported.
 *
 * A new folder: `mkdir -p a/b/c` gives one event, for a; by the time a is watched, b and c may exist or not. So first add the watch,
 * then look what is there already, and report each file found: seen twice is harmless, not seen is a lost edit.
 * A folder moved out or deleted: its watches and those below it go. Moved within: the same, and it is new at the other end.
 * Queue overflow (16,384 events): nothing in the queue can be trusted to be complete: all folders are walked again, report NULL.
 */
#include "watch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trace.h"

#define MASK                                                                                                            \
	(IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | \
	 IN_DONT_FOLLOW | IN_EXCL_UNLINK)
#define DEPTH_MAX 64

struct folder {
	int wd;
	char *path; /* own; relative, "" = the root; no '/' at the end */
};
struct watch {
	uv_poll_t poll;     /* first: closing frees the whole */
	int fd;             /* own */
	char *root;         /* own; absolute, no '/' at the end */
	struct folder *at;  /* own; by wd: the kernel gives rising numbers, so new ones go to the end */
	size_t n, cap;
	bool whole, closing;
	watch_cb cb;
	void *ctx;
};

static bool ignored(const char *parent, const char *name)
{
	return !*parent && (!strcmp(name, ".git") || !strcmp(name, ".maillage") || !strcmp(name, "prive"));
}

static bool join(char out[PATH_MAX], const char *parent, const char *name)
{
	int n = *parent ? snprintf(out, PATH_MAX, "%s/%s", parent, name) : snprintf(out, PATH_MAX, "%s", name);
	return n < PATH_MAX;
}

static size_t place_of(const struct watch *w, int wd)
{
	size_t lo = 0, hi = w->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (w->at[mid].wd < wd)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void forget_at(struct watch *w, size_t i)
{
	free(w->at[i].path);
	memmove(&w->at[i], &w->at[i + 1], (w->n - i - 1) * sizeof *w->at);
	w->n--;
}

/* Also when the folder is watched already: the kernel gives the same number, and the path may be new. */
static int remember(struct watch *w, int wd, const char *path)
{
	char *copy = strdup(path);
	if (!copy)
		return ERR_NOMEM;
	size_t i = place_of(w, wd);
	if (i < w->n && w->at[i].wd == wd) {
		free(w->at[i].path);
		w->at[i].path = copy;
		return 0;
	}
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		struct folder *at = realloc(w->at, cap * sizeof *at);
		if (!at) {
			free(copy);
			return ERR_NOMEM;
		}
		w->at = at;
		w->cap = cap;
	}
	memmove(&w->at[i + 1], &w->at[i], (w->n - i) * sizeof *w->at);
	w->at[i] = (struct folder){ wd, copy };
	w->n++;
	return 0;
}

static void report(struct watch *w, const char *path, bool whole)
{
	if (!w->closing)
		w->cb(w->ctx, path, whole);
}

static bool is_dir(const struct dirent *de, const char *abs)
{
	struct stat st;
	if (de->d_type != DT_UNKNOWN)
		return de->d_type == DT_DIR;
	return lstat(abs, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Watch path and all below. `tell`: report the files found. A folder that vanished meanwhile is no failure. */
static int add(struct watch *w, const char *path, bool tell, int depth)
{
	char abs[PATH_MAX];
	if (depth > DEPTH_MAX || snprintf(abs, sizeof abs, "%s%s%s", w->root, *path ? "/" : "", path) >= (int)sizeof abs)
		return ERR_LIMIT;
	int wd = inotify_add_watch(w->fd, abs, MASK);
	if (wd < 0) {
		if (*path && (errno == ENOENT || errno == ENOTDIR))
			return 0;
		return errno == ENOSPC ? ERR_LIMIT : errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : errno == EACCES ? ERR_PERM : ERR_IO;
	}
	int rc = remember(w, wd, path);
	DIR *d = rc ? NULL : opendir(abs);
	if (!d)
		return rc;
	for (struct dirent *de; (de = readdir(d));) {
		char child[PATH_MAX], below[PATH_MAX];
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, "..") || ignored(path, de->d_name))
			continue;
		if (!join(child, path, de->d_name) || !join(below, abs, de->d_name)) {
			rc = ERR_LIMIT;
		} else if (is_dir(de, below)) {
			int sub = add(w, child, tell, depth + 1);
			rc = sub ? sub : rc; /* one that fails must not blind us to its neighbours */
		} else if (tell) {
			report(w, child, false);
		}
	}
	closedir(d);
	return rc;
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return !strncmp(path, folder, n) && (path[n] == 0 || path[n] == '/');
}

static void drop(struct watch *w, const char *folder)
{
	for (size_t i = w->n; i-- > 0;)
		if (is_below(w->at[i].path, folder)) {
			inotify_rm_watch(w->fd, w->at[i].wd);
			forget_at(w, i);
		}
}

static void watch_below(struct watch *w, const char *folder)
{
	if (add(w, folder, true, 0) != 0) {
		w->whole = false;
		trace("watch: %s: not all of it can be watched", folder);
		report(w, NULL, false);
	}
}

static void overflow(struct watch *w)
{
	trace("watch: %s: the queue overflowed", w->root);
	w->whole = add(w, "", false, 0) == 0;
	report(w, NULL, false);
}

static void one_event(struct watch *w, const struct inotify_event *ev)
{
	char path[PATH_MAX];
	if (ev->mask & IN_Q_OVERFLOW) {
		overflow(w);
		return;
	}
	size_t i = place_of(w, ev->wd);
	if (i == w->n || w->at[i].wd != ev->wd)
		return; /* of a folder that was dropped */
	if (ev->mask & IN_IGNORED) {
		forget_at(w, i);
		return;
	}
	if (ev->mask & (IN_DELETE_SELF | IN_MOVE_SELF)) {
		if (!*w->at[i].path) /* the clone itself is gone, or elsewhere */
			report(w, NULL, false);
		return; /* of a folder below: its parent's event tells */
	}
	if (!ev->len || ignored(w->at[i].path, ev->name) || !join(path, w->at[i].path, ev->name))
		return;
	if (ev->mask & IN_ISDIR) {
		if (ev->mask & (IN_MOVED_FROM | IN_DELETE))
			drop(w, path);
		if (ev->mask & (IN_CREATE | IN_MOVED_TO))
			watch_below(w, path);
	}
	report(w, path, (ev->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) && !(ev->mask & IN_ISDIR));
}

void watch__events(struct watch *w, const void *bytes, size_t n)
{
	const char *p = bytes, *end = p + n;
	while (!w->closing && (size_t)(end - p) >= sizeof(struct inotify_event)) {
		struct inotify_event head;
		memcpy(&head, p, sizeof head);
		must(head.len <= (size_t)(end - p) - sizeof head);
		one_event(w, (const void *)p);
		p += sizeof head + head.len;
	}
}

static void ready(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	_Alignas(struct inotify_event) char bytes[16384];
	(void)events;
	if (status < 0)
		return;
	/* one buffer a turn: a storm of events must not keep the loop from everything else */
	ssize_t n = read(w->fd, bytes, sizeof bytes);
	if (n > 0)
		watch__events(w, bytes, (size_t)n);
}

static void release(struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->at[i].path);
	free(w->at);
	free(w->root);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

static int explain(int rc, const char *folder, struct err *e)
{
	switch (rc) {
	case ERR_NOMEM:
		return err_nomem(e);
	case ERR_LIMIT:
		return err_set(e, rc,
			       _("%s : le système ne permet pas de surveiller tant de dossiers ; augmentez fs.inotify.max_user_watches "
				 "(en attendant, le dossier est relu à chaque intervalle)"),
			       folder);
	case ERR_NOTFOUND:
		return err_set(e, rc, _("%s : ce dossier n'existe pas"), folder);
	case ERR_PERM:
		return err_set(e, rc, _("%s : accès refusé ; vérifiez les droits du dossier"), folder);
	default:
		return err_set(e, ERR_IO, _("%s : le dossier ne peut pas être surveillé"), folder);
	}
}

int watch_new(struct watch **out, uv_loop_t *loop, const char *folder, watch_cb cb, void *ctx, struct err *e)
{
	struct watch *w = calloc(1, sizeof *w);
	if (!w)
		return err_nomem(e);
	w->cb = cb;
	w->ctx = ctx;
	w->whole = true;
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	w->root = strdup(folder);
	int rc = w->fd < 0 ? err_errno(e, "inotify") : !w->root ? err_nomem(e) : 0;
	if (!rc) {
		for (size_t n = strlen(w->root); n > 1 && w->root[n - 1] == '/'; n--)
			w->root[n - 1] = 0;
		rc = add(w, "", false, 0);
		if (rc)
			rc = explain(rc, folder, e);
	}
	if (!rc && uv_poll_init(loop, &w->poll, w->fd) != 0)
		rc = explain(ERR_IO, folder, e);
	if (rc) {
		release(w);
		return rc;
	}
	w->poll.data = w;
	uv_poll_start(&w->poll, UV_READABLE, ready);
	*out = w;
	return 0;
}

static void closed(uv_handle_t *h)
{
	release(h->data);
}

void watch_free(struct watch *w)
{
	if (!w || w->closing)
		return;
	w->closing = true;
	uv_close((uv_handle_t *)&w->poll, closed);
}

size_t watch_count(const struct watch *w)
{
	return w->n;
}

bool watch_is_whole(const struct watch *w)
{
	return w->whole;
}
