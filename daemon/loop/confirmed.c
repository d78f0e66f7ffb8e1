#include "loop/confirmed.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fsio.h"

static void path_of(char out[PATH_MAX], const struct repo *r)
{
	snprintf(out, PATH_MAX, "%smaillage/confirmed", repo_gitdir(r));
}

int confirmed_write(struct repo *r, const struct confirmed *c, struct err *e)
{
	char path[PATH_MAX], line[80];
	path_of(path, r);
	int n = snprintf(line, sizeof line, "%lld %s\n", (long long)c->unix_s, c->head.hex);
	return fs_write(path, line, (size_t)n, e);
}

int confirmed_keep(struct repo *r, const struct sync *s, int64_t before, struct err *e)
{
	struct confirmed now = { .unix_s = clock_unix_s() };
	if (!s->confirmed_ms || s->confirmed_ms == before)
		return 0;
	snprintf(now.head.hex, sizeof now.head.hex, "%s", s->confirmed);
	return confirmed_write(r, &now, e);
}

void confirmed_read(struct confirmed *out, struct repo *r)
{
	char path[PATH_MAX];
	struct buf b = BUF_INIT;
	long long when;
	memset(out, 0, sizeof *out);
	path_of(path, r);
	if (fs_read(&b, path, 4096, NULL) == 0 && sscanf(buf_str(&b), "%lld %40[0-9a-f]", &when, out->head.hex) >= 1)
		out->unix_s = when;
	buf_free(&b);
}
