/* work.c -- the records of a working folder: what people see there, recorded or not.
 *
 * A file is read again when its size, times or inode are not those it had; one that was changed within the last moments is
 * read again next time, for it may change once more within the same tick of the file system's clock. Words are cut and put
 * away only when its bytes are others than before: a version is "<digest> <size, times, inode>".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fsio.h"
#include "index/refresh.h"
#include "yaml/ydoc.h"

#define TICK_S 2 /* FAT counts in two seconds */

#define DIGEST 32 /* hex digits */

struct seen {
	const char *path, *stat; /* stat "": too young to be told by it */
};
struct walk {
	struct refresh *r;
	const char *root;
	struct {
		struct seen *at; /* then by path */
		size_t n, cap;
	} files;
};

static void see(struct walk *w, const char *path)
{
	struct arena *a = w->r->a;
	struct stat st;
	if (lstat(arena_printf(a, "%s%s", w->root, path), &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > YAML_MAX_BYTES)
		return;
	struct seen one = { path, "" };
	int64_t age = clock_wall_s() - (int64_t)st.st_ctim.tv_sec;
	if (age > TICK_S || age < -TICK_S)
		one.stat = arena_printf(a, "%lld %lld.%09ld %lld.%09ld %llu", (long long)st.st_size, (long long)st.st_mtim.tv_sec,
					st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec,
					(unsigned long long)st.st_ino);
	arena_push(a, &w->files, one);
}

/* What cannot be listed has no records that anybody could read. */
static void list(struct fs_names *out, struct walk *w, const char *folder)
{
	*out = (struct fs_names){ 0 };
	const char *path = arena_printf(w->r->a, "%s%s", w->root, folder);
	if (fs_is_dir(path) && fs_list(out, path, NULL) < 0)
		*out = (struct fs_names){ 0 };
}

static void see_kind(struct walk *w, const char *folder)
{
	struct fs_names shards, names;
	list(&shards, w, folder);
	for (size_t i = 0; i < shards.n; i++) {
		const char *shard = arena_printf(w->r->a, "%s/%s", folder, shards.at[i]);
		list(&names, w, shard);
		for (size_t k = 0; k < names.n; k++) {
			size_t n = strlen(names.at[k]);
			if (n > 5 && !strcmp(names.at[k] + n - 5, ".yaml"))
				see(w, arena_printf(w->r->a, "%s/%s", shard, names.at[k]));
		}
		fs_names_free(&names);
	}
	fs_names_free(&shards);
}

static bool is_same(const char *version, const struct seen *f)
{
	return *f->stat && strlen(version) > DIGEST && !strcmp(version + DIGEST + 1, f->stat);
}

/* known: the version that is kept; NULL: none. */
static int read_file(struct walk *w, const struct index_source *s, const struct seen *f, const char *known)
{
	struct buf text = BUF_INIT;
	char hex[2 * SHA256_BYTES + 1];
	int rc = fs_read(&text, arena_printf(w->r->a, "%s%s", w->root, f->path), YAML_MAX_BYTES, NULL);
	if (rc) /* gone meanwhile, or not ours to read */
		return rc == ERR_NOMEM ? rc : refresh_drop(w->r, s, f->path);
	digest_sha256_hex(hex, buf_str(&text), text.n);
	const char *version = arena_printf(w->r->a, "%.*s %s", DIGEST, hex, f->stat);
	struct refresh_text t = { f->path, version, buf_str(&text), text.n, false };
	if (known && !strncmp(known, version, DIGEST))
		rc = strcmp(known, version) ? refresh_renew(w->r, s, f->path, version) : 0;
	else
		rc = refresh_put(w->r, s, &t);
	buf_free(&text);
	return rc;
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct seen *)x)->path, ((const struct seen *)y)->path);
}

int refresh_work(struct refresh *r, const struct index_source *s)
{
	struct walk w = { .r = r, .root = repo_workdir(s->r) };
	struct refresh_known known = { 0 };
	const struct schema *kind;
	int rc = refresh_known(&known, r, s, "", "\x7f");
	for (size_t i = 0; !rc && (kind = schemas_at(r->x->set, i)); i++)
		if (*kind->folder)
			see_kind(&w, kind->folder);
		else
			see(&w, "collectif.yaml");
	if (w.files.n)
		qsort(w.files.at, w.files.n, sizeof *w.files.at, by_path);
	for (size_t i = 0, k = 0; !rc && (i < w.files.n || k < known.n);) {
		const struct seen *f = i < w.files.n ? &w.files.at[i] : NULL;
		int c = !f ? 1 : k == known.n ? -1 : strcmp(f->path, known.at[k].key);
		if (c > 0)
			rc = refresh_drop(r, s, known.at[k].key);
		else if (c < 0 || !is_same(known.at[k].version, f))
			rc = read_file(&w, s, f, c ? NULL : known.at[k].version);
		i += c <= 0;
		k += c >= 0;
	}
	if (!rc)
		rc = db_run(r->x, ST_HEAD, r->e, "s", s->name);
	if (rc == 1) {
		db_done(r->x, ST_HEAD);
		return 0;
	}
	return rc ? rc : db_run(r->x, ST_SET_HEAD, r->e, "ss", s->name, "");
}
