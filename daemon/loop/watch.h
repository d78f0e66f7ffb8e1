/* watch.h -- what stirs below a folder, from inotify(7) itself: libuv's own watcher neither goes below the first level on Linux nor
 * says that a queue overflowed.
 *
 * Reported: a file was closed after writing, moved in or out (an editor's save by rename), created or deleted. Not: reading, and
 * each single write. Folders are watched, not files: a file's own watch goes deaf with the first rename over it.
 * Left out: .git, .maillage and prive at the top.
 *
 * LIFE    watch_new -> callbacks on the loop -> watch_free. The callback may call watch_free.
 * OWNER   `path` is borrowed for the call.
 * FAILS   ERR_NOTFOUND, ERR_PERM: the folder; ERR_LIMIT: the system's number of watches is used up (the message says which setting);
 *         ERR_IO; ERR_NOMEM. Later, when a new folder cannot be watched, or the queue overflowed: a report with path NULL, rescan.
 */
#ifndef LOOP_WATCH_H
#define LOOP_WATCH_H

#include <uv.h>
#include "base/err.h"

struct watch;

/* path: relative to the folder, '/'; NULL: anything may have changed, look at everything. whole: the file was closed by who wrote
 * it, or moved here. */
typedef void (*watch_cb)(void *ctx, const char *path, bool whole);

int watch_new(struct watch **out, uv_loop_t *loop, const char *folder, watch_cb cb, void *ctx, struct err *e);
void watch_free(struct watch *w); /* NULL is fine */

size_t watch_count(const struct watch *w); /* folders watched */
bool watch_is_whole(const struct watch *w); /* false: some folder could not be watched; only a rescan sees it */

/* Tests: what the loop calls for a batch of inotify's bytes. */
void watch__events(struct watch *w, const void *bytes, size_t n);

#endif
