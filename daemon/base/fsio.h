/* fsio.h -- files, written so that a killed program leaves the old content or the new, never something between.
 *
 * FAILS   ERR_NOTFOUND, ERR_PERM, ERR_NOSPC, ERR_EXISTS, ERR_LIMIT, ERR_IO; the message names the path.
 */
#ifndef BASE_FSIO_H
#define BASE_FSIO_H

#include <stdbool.h>
#include <stddef.h>
#include "buf.h"
#include "err.h"

/* Append the file's bytes to out. More than `limit` bytes: ERR_LIMIT. Not a regular file: ERR_DATA. */
int fs_read(struct buf *out, const char *path, size_t limit, struct err *e);

/* Replace the file's content: temporary file beside it, fsync, rename, fsync of the folder. Mode 0644 (new files). */
int fs_write(const char *path, const void *bytes, size_t n, struct err *e);

/* Make the folder and its parents (mode 0755). Already there: 0. */
int fs_mkdirs(const char *path, struct err *e);
int fs_mkparents(const char *file, struct err *e); /* the folders above a file */

bool fs_exists(const char *path);
bool fs_is_dir(const char *path);
int fs_unlink(const char *path, struct err *e);       /* missing: 0; fsyncs the folder */
int fs_sync_dir(const char *path, struct err *e);     /* fsync of a folder */
int fs_remove_tree(const char *path, struct err *e);  /* never follows a link */

/* Names of the folder's entries without . and .., sorted bytewise. The caller frees with fs_names_free. */
struct fs_names {
	char **at; /* own */
	size_t n, cap;
};
int fs_list(struct fs_names *out, const char *dir, struct err *e);
void fs_names_free(struct fs_names *names);

/* An exclusive advisory lock held while the descriptor lives (so a killed holder releases it). ERR_BUSY: another
 * process holds it. wait_ms: how long to try. The file holds the holder's pid as text. */
int fs_lock(int *fd, const char *path, int wait_ms, struct err *e);
void fs_unlock(int fd);

#endif
