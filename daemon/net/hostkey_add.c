/* hostkey_add.c -- one more line for known_hosts, all of it or none.
 *
 * The file is shared with ssh and belongs to the person: losing or garbling a line of it may lock them out of other machines. So a
 * copy with the new line is written beside it, fsynced and renamed over it; killed or out of space at any moment, the old file is
 * still there, whole. The copy gets the old one's mode and owner; when the owner cannot be kept, nothing is changed.
 *
 * Two of us at once: the old file is locked while this lasts, and whoever got the lock of a file that has just been replaced begins
 * again. ssh itself takes no locks: a line that it adds in the same millisecond may be lost, and is asked for again.
 */
#include "hostkey.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fsio.h"
#include "deadline.h"
#include "wire.h"

#define FILE_MAX ((size_t)4 << 20)
#define LOCK_MS 2000

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			errno = put ? errno : ENOSPC;
			return -1;
		}
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

/* The new content takes the old one's place. */
static int replace(const char *path, const struct stat *was, const struct buf *text, struct err *e)
{
	char temp[PATH_MAX];
	if (snprintf(temp, sizeof temp, "%s.maillage", path) >= (int)sizeof temp)
		return err_set(e, ERR_LIMIT, _("%s : chemin trop long"), path);
	unlink(temp); /* a killed one's: whoever holds the lock is the only one at work */
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, path);
	bool mine = was->st_uid == geteuid() && was->st_gid == getegid();
	int bad = (!mine && fchown(fd, was->st_uid, was->st_gid) < 0) || fchmod(fd, was->st_mode & 07777) < 0 ||
		  write_all(fd, text->at, text->n) < 0 || fsync(fd) < 0 || rename(temp, path) < 0;
	int rc = bad ? err_errno(e, path) : 0;
	close(fd);
	if (rc)
		unlink(temp);
	return rc;
}

/* Open and lock the file that the path leads to now. */
static int open_locked(int *out, struct stat *st, const char *path, struct err *e)
{
	int64_t by = clock_mono_ms() + LOCK_MS;
	for (;;) {
		struct stat now;
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return err_errno(e, path);
		bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; /* some network file systems have no locks */
		if (locked && fstat(fd, st) == 0 && stat(path, &now) == 0 && now.st_ino == st->st_ino && now.st_dev == st->st_dev) {
			*out = fd;
			return 0;
		}
		close(fd);
		if (clock_mono_ms() > by)
			return err_set(e, ERR_BUSY, _("%s : ce fichier est occupé par un autre programme ; réessayez"), path);
		if (!locked)
			net_wait(-1, 0, clock_mono_ms() + 5, NULL);
	}
}

static int add(const char *path, const struct buf *line, struct err *e)
{
	struct stat st;
	struct buf text = BUF_INIT;
	int fd = -1, rc = open_locked(&fd, &st, path, e);
	if (rc)
		return rc;
	rc = fs_read(&text, path, FILE_MAX, e);
	if (!rc && text.n && text.at[text.n - 1] != '\n')
		buf_putc(&text, '\n');
	if (!rc) {
		buf_put(&text, line->at, line->n);
		rc = buf_ok(&text) ? replace(path, &st, &text, e) : err_nomem(e);
	}
	close(fd);
	buf_free(&text);
	return rc;
}

/* The folder's own file system entry is what a rename changes. */
static void folder_of(char out[PATH_MAX], const char *path)
{
	snprintf(out, PATH_MAX, "%s", path);
	char *slash = strrchr(out, '/');
	if (!slash)
		strcpy(out, ".");
	else
		slash[slash == out] = 0;
}

static int make(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, path);
	close(fd);
	return 0;
}

int hostkey_add(const char *path, const char *host, int port, const void *blob, size_t n, struct err *e)
{
	char name[HOSTKEY_NAME], dir[PATH_MAX], real[PATH_MAX];
	struct buf line = BUF_INIT;
	struct wire w = { blob, n }, type;
	if (!wire_string(&type, &w))
		return err_set(e, ERR_DATA,
			       _("%s : la clé présentée par cette machine est illisible ; réessayez plus tard, ou prévenez la personne qui "
				 "tient le hub"),
			       host);
	if (strlen(path) >= PATH_MAX - 8)
		return err_set(e, ERR_LIMIT, _("%s : chemin trop long"), path);
	hostkey_name(name, host, port);
	buf_printf(&line, "%s %.*s ", name, (int)type.n, (const char *)type.at);
	wire_base64(&line, blob, n);
	buf_putc(&line, '\n');
	folder_of(dir, path);
	mkdir(dir, 0700); /* ~/.ssh is private from its first moment; deeper folders are made by the next line */
	int rc = buf_ok(&line) ? fs_mkparents(path, e) : err_nomem(e);
	if (!rc)
		rc = make(path, e);
	if (!rc && !realpath(path, real)) /* a link of the person's stays one */
		rc = err_errno(e, path);
	if (!rc)
		rc = add(real, &line, e);
	if (!rc)
		folder_of(dir, real);
	if (!rc)
		rc = fs_sync_dir(dir, e);
	buf_free(&line);
	return rc;
}
