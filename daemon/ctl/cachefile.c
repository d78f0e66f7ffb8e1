#include "ctl/cachefile.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fsio.h"
#include "lessons/outputs.h"

#define MAGIC "maillage agregation 4." /* with ALGORITHM; raised with what is kept of a record */

static int first_line(char out[64])
{
	return snprintf(out, 64, MAGIC "%d\n", ALGORITHM);
}

static uint64_t next_check(uint64_t before, const char *bytes, size_t n)
{
	return pack_check(bytes, n) ^ before * 0x9E3779B97F4A7C15u;
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

/* Straight into the arena: a snapshot is some megabytes. */
static const char *read_whole(size_t *n, struct arena *a, const char *file, size_t max)
{
	struct stat st;
	if (stat(file, &st) || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > max)
		return NULL;
	char *bytes = arena_alloc(a, (size_t)st.st_size);
	FILE *f = fopen(file, "r");
	if (!f)
		return NULL;
	setbuf(f, NULL);
	*n = fread(bytes, 1, (size_t)st.st_size, f);
	fclose(f);
	return bytes;
}

bool cache_load(struct cache *out, struct arena *a, const char *file, size_t max)
{
	char magic[64];
	size_t all, at = (size_t)first_line(magic);
	const char *bytes = read_whole(&all, a, file, max);
	struct cache c = { .end = at };
	if (!bytes || all < at || memcmp(bytes, magic, at) != 0)
		return false;
	uint64_t n, check;
	while (all - c.end >= sizeof n + sizeof check) {
		const char *data = bytes + c.end + sizeof n;
		memcpy(&n, bytes + c.end, sizeof n);
		if (n > all - c.end - sizeof n - sizeof check)
			break;
		memcpy(&check, data + n, sizeof check);
		if (check != next_check(c.check, data, (size_t)n))
			break;
		struct unpack one = { data, data + n, false };
		arena_push(a, &c.sections, one);
		c.end += sizeof n + (size_t)n + sizeof check;
		c.check = check;
	}
	*out = c;
	return c.sections.n > 0;
}

bool cache_read(struct unpack *out, struct arena *a, const char *file, size_t max)
{
	struct cache c;
	if (!cache_load(&c, a, file, max) || c.sections.n != 1)
		return false;
	*out = c.sections.at[0];
	return true;
}

/* --- writing: without fsync, after a power cut the checks say what arrived --------------------------------------------- */

static bool put_section(FILE *f, uint64_t before, const struct buf *data)
{
	uint64_t n = data->n, check = next_check(before, buf_str(data), data->n);
	return fwrite(&n, sizeof n, 1, f) == 1 && fwrite(buf_str(data), 1, data->n, f) == data->n &&
	       fwrite(&check, sizeof check, 1, f) == 1;
}

static bool write_over(const char *file, const struct buf *data)
{
	char temporary[PATH_MAX], magic[64];
	size_t n = (size_t)first_line(magic);
	if (!buf_ok(data) || fs_mkparents(file, NULL) ||
	    snprintf(temporary, sizeof temporary, "%s.new", file) >= (int)sizeof temporary)
		return false;
	FILE *f = fopen(temporary, "w");
	bool ok = f && fwrite(magic, 1, n, f) == n && put_section(f, 0, data);
	if (f && fclose(f))
		ok = false;
	if (!ok || rename(temporary, file))
		(void)unlink(temporary);
	return ok;
}

void cache_write(const char *file, const struct buf *data)
{
	if (!write_over(file, data))
		(void)unlink(file);
}

/* What stood behind the last whole section goes. */
void cache_add(const struct cache *c, const char *file, const struct buf *data)
{
	FILE *f = buf_ok(data) ? fopen(file, "r+") : NULL;
	bool ok = f && !ftruncate(fileno(f), (off_t)c->end) && !fseek(f, (long)c->end, SEEK_SET) && put_section(f, c->check, data);
	if (f && fclose(f))
		ok = false;
	if (!ok)
		(void)unlink(file);
}

/* --- oids ------------------------------------------------------------------------------------------------------------ */

void pack_oid(struct buf *b, const struct oid *o)
{
	pack_str(b, o->hex);
}

void unpack_oid(struct oid *o, struct unpack *u)
{
	const char *s = unpack_str(u);
	*o = (struct oid){ "" };
	if (s && (strlen(s) == OID_HEX || !*s))
		memcpy(o->hex, s, strlen(s));
	else
		u->bad = true;
}
