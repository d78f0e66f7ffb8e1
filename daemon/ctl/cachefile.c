#include "ctl/cachefile.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fsio.h"
#include "lessons/outputs.h"

#define MAGIC "maillage agregation 8." /* with ALGORITHM; raised with what is kept of a record */

static int first_line(char out[64])
{
	return snprintf(out, 64, MAGIC "%d\n", ALGORITHM);
}

/* What stands before a section's head. */
struct lengths {
	uint64_t head, rest;
};

static uint64_t next_check(uint64_t before, const struct lengths *n, const char *head)
{
	return pack_check(head, (size_t)n->head) ^ (before + n->rest) * 0x9E3779B97F4A7C15u;
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

struct cachemap {
	struct cachemap *next; /* own */
	char *bytes;           /* of the file, mapped; own */
	size_t n;
};

void cachemaps_release(struct cachemaps *maps)
{
	while (maps->first) {
		struct cachemap *m = maps->first;
		maps->first = m->next;
		munmap(m->bytes, m->n);
		free(m);
	}
}

/* On the heap: the list must be there when the arena is not any more. */
static const struct cachemap *map_file(struct cachemaps *maps, const char *file, size_t max)
{
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct cachemap *m = NULL;
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size <= max)
		m = malloc(sizeof *m);
	if (m) {
		*m = (struct cachemap){ maps->first, mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0), (size_t)st.st_size };
		if (m->bytes == MAP_FAILED) {
			free(m);
			m = NULL;
		} else {
			maps->first = m;
		}
	}
	if (fd >= 0)
		close(fd);
	return m;
}

static bool load_section(struct cache *c, struct arena *a, size_t all)
{
	struct lengths n;
	uint64_t check;
	size_t left = all - c->end;
	if (left < sizeof n + sizeof check)
		return false;
	memcpy(&n, c->bytes + c->end, sizeof n);
	left -= sizeof n + sizeof check;
	if (n.head > left || n.rest > left - n.head)
		return false;
	const char *head = c->bytes + c->end + sizeof n, *rest = head + n.head + sizeof check;
	memcpy(&check, head + n.head, sizeof check);
	if (check != next_check(c->check, &n, head))
		return false;
	struct cache_section one = { { head, head + n.head, false }, { rest, rest + n.rest, false } };
	arena_push(a, &c->sections, one);
	c->end = (size_t)(one.rest.end - c->bytes);
	c->check = check;
	return true;
}

bool cache_load(struct cache *out, struct cachemaps *maps, struct arena *a, const char *file, size_t max)
{
	char magic[64];
	const struct cachemap *m = map_file(maps, file, max);
	struct cache c = { .bytes = m ? m->bytes : NULL, .end = (size_t)first_line(magic) };
	if (!m || m->n < c.end || memcmp(m->bytes, magic, c.end) != 0)
		return false;
	while (load_section(&c, a, m->n))
		;
	*out = c;
	return c.sections.n > 0;
}

bool cache_read(struct unpack *out, struct cachemaps *maps, struct arena *a, const char *file, size_t max)
{
	struct cache c;
	if (!cache_load(&c, maps, a, file, max) || c.sections.n != 1)
		return false;
	*out = c.sections.at[0].head;
	return true;
}

/* --- writing: without fsync, after a power cut the checks say what arrived --------------------------------------------- */

static bool put_bytes(FILE *f, const struct buf *b)
{
	return fwrite(buf_str(b), 1, b->n, f) == b->n;
}

static bool put_section(FILE *f, uint64_t before, const struct buf *head, const struct buf *rest)
{
	struct lengths n = { head->n, rest ? rest->n : 0 };
	uint64_t check = next_check(before, &n, buf_str(head));
	return fwrite(&n, sizeof n, 1, f) == 1 && put_bytes(f, head) && fwrite(&check, sizeof check, 1, f) == 1 && (!rest || put_bytes(f, rest));
}

static bool write_over(const char *file, const struct buf *head, const struct buf *rest)
{
	char temporary[PATH_MAX], magic[64];
	size_t n = (size_t)first_line(magic);
	if (!buf_ok(head) || (rest && !buf_ok(rest)) || fs_mkparents(file, NULL) ||
	    snprintf(temporary, sizeof temporary, "%s.new", file) >= (int)sizeof temporary)
		return false;
	/* texts of all collectives, and a secret (seal.h): for nobody else's eyes */
	(void)unlink(temporary);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (fd >= 0 && !f)
		close(fd);
	bool ok = f && fwrite(magic, 1, n, f) == n && put_section(f, 0, head, rest);
	if (f && fclose(f))
		ok = false;
	if (!ok || rename(temporary, file))
		(void)unlink(temporary);
	return ok;
}

void cache_write(const char *file, const struct buf *head, const struct buf *rest)
{
	if (!write_over(file, head, rest))
		(void)unlink(file);
}

#define ADDED_PART 4 /* added sections may be one of so many parts of the first */

bool cache_fits(const struct cache *c, const struct buf *head, const struct buf *rest)
{
	const struct cache_section *first = &c->sections.at[0];
	size_t whole = (size_t)(first->rest.end - first->head.at);
	return (c->end - whole + head->n + rest->n) * ADDED_PART < whole;
}

/* What stood behind the last whole section goes: nobody looks at it, though it may be mapped. */
void cache_add(const struct cache *c, const char *file, const struct buf *head, const struct buf *rest)
{
	FILE *f = buf_ok(head) && (!rest || buf_ok(rest)) ? fopen(file, "r+") : NULL;
	bool ok = f && !ftruncate(fileno(f), (off_t)c->end) && !fseek(f, (long)c->end, SEEK_SET) && put_section(f, c->check, head, rest);
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
