#include "fsio.h"
#include "clock.h"
#include "trace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int fs_read(struct buf *out, const char *path, size_t limit, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_errno(e, path);
	struct stat st;
	int rc = 0;
	if (fstat(fd, &st) < 0)
		rc = err_errno(e, path);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(e, ERR_DATA, _("%s : ce n'est pas un fichier ordinaire"), path);
	size_t start = out->n;
	while (!rc) {
		if (!buf_reserve(out, 65536)) {
			rc = err_nomem(e);
			break;
		}
		ssize_t got = read(fd, out->at + out->n, 65536);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			rc = err_errno(e, path);
		if (got <= 0)
			break;
		out->n += (size_t)got;
		out->at[out->n] = 0;
		if (out->n - start > limit)
			rc = err_set(e, ERR_LIMIT, _("%s : fichier trop gros (plus de %zu Kio)"), path, limit / 1024);
	}
	close(fd);
	if (!rc)
		buf_put(out, "", 0);
	return rc;
}

static void folder_of(char out[PATH_MAX], const char *path)
{
	snprintf(out, PATH_MAX, "%s", path);
	char *slash = strrchr(out, '/');
	if (!slash)
		strcpy(out, ".");
	else if (slash == out)
		out[1] = 0;
	else
		*slash = 0;
}

int fs_sync_dir(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, path);
	int rc = 0;
	/* Some file systems cannot sync a folder and say EINVAL: there is nothing more that could be done. */
	if (fsync(fd) < 0 && errno != EINVAL)
		rc = err_errno(e, path);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *p, size_t n)
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

int fs_write(const char *path, const void *bytes, size_t n, struct err *e)
{
	char tmp[PATH_MAX], dir[PATH_MAX];
	if (snprintf(tmp, sizeof tmp, "%s.tmp-%d", path, (int)getpid()) >= (int)sizeof tmp)
		return err_set(e, ERR_LIMIT, _("%s : chemin trop long"), path);
	folder_of(dir, path);
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_errno(e, path);
	int rc = 0;
	if (write_all(fd, bytes, n) < 0 || fsync(fd) < 0)
		rc = err_errno(e, path);
	if (close(fd) < 0 && !rc)
		rc = err_errno(e, path);
	if (!rc && rename(tmp, path) < 0)
		rc = err_errno(e, path);
	if (rc) {
		unlink(tmp);
		return rc;
	}
	return fs_sync_dir(dir, e);
}

int fs_mkdirs(const char *path, struct err *e)
{
	char part[PATH_MAX];
	if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
		return err_set(e, ERR_LIMIT, _("%s : chemin trop long"), path);
	for (char *p = part + 1;; p++) {
		if (*p && *p != '/')
			continue;
		char was = *p;
		*p = 0;
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return err_errno(e, part);
		if (!was)
			break;
		*p = was;
	}
	if (!fs_is_dir(path))
		return err_set(e, ERR_EXISTS, _("%s existe déjà et n'est pas un dossier ; donnez un autre nom"), path);
	return 0;
}

int fs_mkparents(const char *file, struct err *e)
{
	char dir[PATH_MAX];
	folder_of(dir, file);
	return fs_mkdirs(dir, e);
}

bool fs_exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

bool fs_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int fs_unlink(const char *path, struct err *e)
{
	if (unlink(path) < 0) {
		if (errno == ENOENT)
			return 0;
		return err_errno(e, path);
	}
	char dir[PATH_MAX];
	folder_of(dir, path);
	return fs_sync_dir(dir, e);
}

int fs_remove_tree(const char *path, struct err *e)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : err_errno(e, path);
	if (!S_ISDIR(st.st_mode))
		return unlink(path) < 0 ? err_errno(e, path) : 0;
	struct fs_names names;
	int rc = fs_list(&names, path, e);
	for (size_t i = 0; !rc && i < names.n; i++) {
		char child[PATH_MAX];
		snprintf(child, sizeof child, "%s/%s", path, names.at[i]);
		rc = fs_remove_tree(child, e);
	}
	fs_names_free(&names);
	if (!rc && rmdir(path) < 0)
		rc = err_errno(e, path);
	return rc;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

int fs_list(struct fs_names *out, const char *dir, struct err *e)
{
	*out = (struct fs_names){ 0 };
	DIR *d = opendir(dir);
	if (!d)
		return err_errno(e, dir);
	int rc = 0;
	for (struct dirent *de; !rc && (de = readdir(d));) {
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		if (out->n == out->cap) {
			size_t cap = out->cap ? out->cap * 2 : 32;
			char **at = realloc(out->at, cap * sizeof *at);
			if (!at) {
				rc = err_nomem(e);
				break;
			}
			out->at = at;
			out->cap = cap;
		}
		out->at[out->n] = strdup(de->d_name);
		if (!out->at[out->n])
			rc = err_nomem(e);
		else
			out->n++;
	}
	closedir(d);
	if (rc)
		fs_names_free(out);
	else if (out->n)
		qsort(out->at, out->n, sizeof *out->at, by_name);
	return rc;
}

void fs_names_free(struct fs_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->at[i]);
	free(names->at);
	*names = (struct fs_names){ 0 };
}

int fs_lock(int *fd, const char *path, int wait_ms, struct err *e)
{
	int f = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (f < 0)
		return err_errno(e, path);
	int64_t until = clock_mono_ms() + wait_ms;
	while (flock(f, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			int rc = err_errno(e, path);
			close(f);
			return rc;
		}
		if (clock_mono_ms() >= until) {
			char pid[16] = "?";
			ssize_t n = pread(f, pid, sizeof pid - 1, 0);
			pid[n > 0 ? n : 0] = 0;
			pid[strcspn(pid, "\n")] = 0;
			close(f);
			return err_set(e, ERR_BUSY,
				       _("%s : un autre programme (n° %s) travaille dans ce dossier ; réessayez dans un instant"),
				       path, *pid ? pid : "?");
		}
		usleep(20 * 1000);
	}
	char pid[16];
	int n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
	if (ftruncate(f, 0) == 0 && pwrite(f, pid, (size_t)n, 0) < 0)
		trace("lock %s: pid not written", path);
	*fd = f;
	return 0;
}

void fs_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}
