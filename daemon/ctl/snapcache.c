/* snapcache.c -- the files of .git/maillage/agregation/: a snapshot of each source, and what the last run was.
 *
 * One line that says what it is (the program's algorithm, so that another version reads the repository again), the data
 * packed (base/valpack.h), and a check over all of it. What does not hold to the last byte is nothing. The oids that name the
 * input, commit and schema, are in it: whoever loads it compares them.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "ctl/snapshot.h"
#include "lessons/outputs.h"

#define MAGIC "maillage agregation 1." /* with ALGORITHM; raised with what is kept of a record */
#define SNAPSHOT_MAX_BYTES ((size_t)1 << 30)

static void put_record(struct buf *b, const struct source_record *r)
{
	pack_str(b, r ? r->id : NULL);
	if (!r)
		return;
	pack_str(b, r->kind);
	pack_str(b, r->commit);
	pack_str(b, r->tip_fingerprint);
	val_pack(b, r->tip);
	pack_u64(b, r->valid ? 1 + (r->valid == r->tip) : 0);
	if (r->valid && r->valid != r->tip) {
		val_pack(b, r->valid);
		pack_str(b, r->fingerprint);
	}
	pack_u64(b, r->open_hard);
	pack_u64(b, r->open_soft);
	pack_u64(b, r->settled);
	pack_u64(b, r->open_visibility);
	pack_str(b, r->open_since);
}

static struct source_record *get_record(struct arena *a, struct unpack *u, const char *path)
{
	const char *id = unpack_str(u);
	if (!id)
		return NULL;
	struct source_record *r = arena_new(a, struct source_record);
	*r = (struct source_record){ .id = id, .path = path };
	r->kind = unpack_str(u);
	r->commit = unpack_str(u);
	r->tip_fingerprint = r->fingerprint = unpack_str(u);
	r->tip = val_unpack(a, u);
	uint64_t valid = unpack_u64(u);
	if (valid == 2)
		r->valid = r->tip;
	if (valid == 1) {
		r->valid = val_unpack(a, u);
		r->fingerprint = unpack_str(u);
	}
	r->open_hard = (size_t)unpack_u64(u);
	r->open_soft = (size_t)unpack_u64(u);
	r->settled = (size_t)unpack_u64(u);
	r->open_visibility = unpack_u64(u);
	r->open_since = unpack_str(u);
	r->open_difference = r->open_hard + r->open_soft > 0;
	return r;
}

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

static void put_file(struct buf *b, const struct snapfile *f)
{
	pack_str(b, f->path);
	pack_oid(b, &f->blob);
	pack_u64(b, f->is_sidecar);
	pack_u64(b, f->touches.n);
	for (size_t i = 0; i < f->touches.n; i++) {
		const struct touch *t = &f->touches.at[i];
		pack_oid(b, &t->blob);
		pack_oid(b, &t->commit);
		pack_u64(b, (uint64_t)t->time);
		pack_u64(b, t->merge);
	}
	if (!f->is_sidecar) {
		put_record(b, f->rec);
		return;
	}
	pack_str(b, f->side.id);
	pack_u64(b, f->side.hard);
	pack_u64(b, f->side.soft);
	pack_u64(b, f->side.settled);
	pack_u64(b, f->side.visibility);
	pack_str(b, f->side.since);
}

static void get_file(struct snapfile *f, struct arena *a, struct unpack *u)
{
	f->path = unpack_str(u);
	unpack_oid(&f->blob, u);
	f->is_sidecar = unpack_u64(u);
	size_t n = (size_t)unpack_u64(u);
	if (n > (size_t)(u->end - u->at))
		u->bad = true;
	if (u->bad)
		return;
	f->touches.at = arena_array(a, n, sizeof *f->touches.at);
	f->touches.n = f->touches.cap = n;
	for (size_t i = 0; i < n; i++) {
		struct touch *t = &f->touches.at[i];
		unpack_oid(&t->blob, u);
		unpack_oid(&t->commit, u);
		t->time = (int64_t)unpack_u64(u);
		t->merge = unpack_u64(u);
	}
	if (!f->is_sidecar) {
		f->rec = get_record(a, u, f->path);
		return;
	}
	f->side.id = unpack_str(u);
	f->side.hard = (size_t)unpack_u64(u);
	f->side.soft = (size_t)unpack_u64(u);
	f->side.settled = (size_t)unpack_u64(u);
	f->side.visibility = unpack_u64(u);
	f->side.since = unpack_str(u);
}

/* --- files ---------------------------------------------------------------------------------------------------------- */

static int first_line(char out[64])
{
	return snprintf(out, 64, MAGIC "%d\n", ALGORITHM);
}

/* Without fsync: after a power cut the check says whether it arrived. */
static bool write_over(const char *file, const struct buf *b)
{
	char temporary[PATH_MAX];
	if (snprintf(temporary, sizeof temporary, "%s.new", file) >= (int)sizeof temporary)
		return false;
	FILE *f = fopen(temporary, "w");
	bool ok = f && fwrite(b->at, 1, b->n, f) == b->n;
	if (f && fclose(f))
		ok = false;
	if (!ok || rename(temporary, file))
		(void)unlink(temporary);
	return ok;
}

void cache_write(const char *file, struct buf *data)
{
	struct buf b = BUF_INIT;
	char magic[64];
	buf_put(&b, magic, (size_t)first_line(magic));
	buf_put(&b, buf_str(data), data->n);
	uint64_t check = pack_check(buf_str(&b), b.n);
	buf_put(&b, &check, sizeof check);
	if (!buf_ok(data) || !buf_ok(&b) || fs_mkparents(file, NULL) || !write_over(file, &b))
		(void)unlink(file);
	buf_free(&b);
}

bool cache_read(struct unpack *out, struct arena *a, const char *file, size_t max)
{
	struct buf b = BUF_INIT;
	char magic[64];
	size_t n = (size_t)first_line(magic);
	uint64_t check;
	bool ok = !fs_read(&b, file, max, NULL) && b.n >= n + sizeof check && !memcmp(b.at, magic, n);
	if (ok) {
		memcpy(&check, b.at + b.n - sizeof check, sizeof check);
		ok = check == pack_check(b.at, b.n - sizeof check);
	}
	if (ok) {
		const char *bytes = arena_dupn(a, b.at, b.n);
		*out = (struct unpack){ bytes + n, bytes + b.n - sizeof check, false };
	}
	buf_free(&b);
	return ok;
}

void snapshot_save(const struct snapshot *s, const char *file)
{
	struct buf b = BUF_INIT;
	pack_str(&b, s->code);
	pack_str(&b, s->date);
	pack_oid(&b, &s->head);
	pack_oid(&b, &s->schema);
	pack_u64(&b, s->files.n);
	for (size_t i = 0; i < s->files.n; i++)
		put_file(&b, &s->files.at[i]);
	cache_write(file, &b);
	buf_free(&b);
}

bool snapshot_load(struct snapshot *out, struct arena *a, const char *file, const char *code)
{
	struct unpack u;
	if (!cache_read(&u, a, file, SNAPSHOT_MAX_BYTES))
		return false;
	struct snapshot s = { .code = unpack_str(&u) };
	s.date = unpack_str(&u);
	unpack_oid(&s.head, &u);
	unpack_oid(&s.schema, &u);
	s.files.n = s.files.cap = (size_t)unpack_u64(&u);
	if (u.bad || !s.code || strcmp(s.code, code) || s.files.n > (size_t)(u.end - u.at))
		return false;
	s.files.at = arena_array(a, s.files.n, sizeof *s.files.at);
	for (size_t i = 0; i < s.files.n && !u.bad; i++)
		get_file(&s.files.at[i], a, &u);
	if (u.bad || u.at != u.end)
		return false;
	*out = s;
	return true;
}
