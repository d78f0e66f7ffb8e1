/* snapfile.c -- the files of a snapshot, by path. */
#include <stdlib.h>
#include <string.h>

#include "ctl/snapshot.h"

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct snapfile *)x)->path, ((const struct snapfile *)y)->path);
}

struct snapfile *snapshot_file(const struct snapshot *s, size_t n, const char *path)
{
	struct snapfile key = { .path = path };
	return n ? bsearch(&key, s->files.at, n, sizeof key, by_path) : NULL;
}

void snapshot_sort(struct snapshot *s, size_t sorted)
{
	if (s->files.n > sorted)
		qsort(s->files.at, s->files.n, sizeof *s->files.at, by_path);
}
