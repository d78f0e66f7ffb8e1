/* snapcache.c -- snapshots as files, one for each source (cachefile.h).
 *
 * The first section is a snapshot whole; each other one holds what the next run found changed: the head, the tally, and
 * the files that are another than before. When these have grown to a part of the whole, it is written anew. The oids that
 * name the input, commit and schema, are in it: whoever loads it compares them. A file that lost its last sections is the
 * snapshot of an older head, from which snapshot_update goes on.
 */
#include <string.h>

#include "ctl/snapshot.h"

#define SNAPSHOT_MAX_BYTES ((size_t)1 << 30)
#define ADDED_PART 4 /* added sections may be one of so many parts of the first */

/* Packed, or else as a value. */
static void put_text(struct buf *b, const struct packed_val *packed, const struct val *v, struct buf *scratch)
{
	if (!packed) {
		buf_reset(scratch);
		val_pack(scratch, v);
		pack_part(b, buf_str(scratch), scratch->n);
	} else {
		pack_part(b, packed->at, packed->n);
	}
}

/* Whether the validated text is the one at the head. */
static bool is_valid_at_head(const struct source_record *r)
{
	return r->packed_valid ? r->packed_valid == r->packed : r->valid == r->tip;
}

static void put_record(struct buf *b, const struct source_record *r, struct buf *scratch)
{
	pack_str(b, r ? r->id : NULL);
	if (!r)
		return;
	pack_str(b, r->kind);
	pack_str(b, r->commit);
	pack_str(b, r->tip_fingerprint);
	pack_str(b, r->brief.collective);
	pack_str(b, r->brief.state);
	pack_str(b, r->brief.visibility);
	pack_str(b, r->brief.until);
	put_text(b, r->packed, r->tip, scratch);
	bool validated = source_is_validated(r), older = validated && !is_valid_at_head(r);
	pack_u64(b, validated ? 1 + !older : 0);
	if (older) {
		put_text(b, r->packed_valid, r->valid, scratch);
		pack_str(b, r->fingerprint);
	}
	pack_u64(b, r->open_hard);
	pack_u64(b, r->open_soft);
	pack_u64(b, r->settled);
	pack_u64(b, r->open_visibility);
	pack_str(b, r->open_since);
}

static struct packed_val *get_text(struct arena *a, struct unpack *u)
{
	struct unpack part = unpack_part(u);
	struct packed_val *text = arena_new(a, struct packed_val);
	*text = (struct packed_val){ a, part.at, (size_t)(part.end - part.at), NULL };
	return text;
}

/* False: the file has none. */
static bool get_record(struct source_record *r, struct arena *a, struct unpack *u, const char *path)
{
	const char *id = unpack_str(u);
	if (!id)
		return false;
	*r = (struct source_record){ .id = id, .path = path };
	r->kind = unpack_str(u);
	r->commit = unpack_str(u);
	r->tip_fingerprint = r->fingerprint = unpack_str(u);
	r->brief.collective = unpack_str(u);
	r->brief.state = unpack_str(u);
	r->brief.visibility = unpack_str(u);
	r->brief.until = unpack_str(u);
	r->packed = get_text(a, u);
	uint64_t valid = unpack_u64(u);
	if (valid == 2)
		r->packed_valid = r->packed;
	if (valid == 1) {
		r->packed_valid = get_text(a, u);
		r->fingerprint = unpack_str(u);
	}
	r->open_hard = (size_t)unpack_u64(u);
	r->open_soft = (size_t)unpack_u64(u);
	r->settled = (size_t)unpack_u64(u);
	r->open_visibility = unpack_u64(u);
	r->open_since = unpack_str(u);
	r->open_difference = r->open_hard + r->open_soft > 0;
	return true;
}

static void put_touches(struct buf *b, const struct touches *all)
{
	pack_u64(b, all->n);
	for (size_t i = 0; i < all->n; i++) {
		const struct touch *t = &all->at[i];
		pack_oid(b, &t->blob);
		pack_oid(b, &t->commit);
		pack_u64(b, (uint64_t)t->time);
		pack_u64(b, t->merge);
	}
}

struct touches *snapfile_touches(struct snapfile *f, struct arena *a)
{
	struct unpack u = f->packed_touches;
	if (!u.at)
		return &f->touches;
	f->packed_touches.at = NULL;
	for (uint64_t n = unpack_u64(&u); n; n--) {
		struct touch t;
		unpack_oid(&t.blob, &u);
		unpack_oid(&t.commit, &u);
		t.time = (int64_t)unpack_u64(&u);
		t.merge = unpack_u64(&u);
		must(!u.bad); /* the file's check was right */
		arena_push(a, &f->touches, t);
	}
	return &f->touches;
}

static void put_file(struct buf *b, const struct snapfile *f, struct buf *scratch)
{
	const struct unpack *packed = &f->packed_touches;
	pack_str(b, f->path);
	pack_oid(b, &f->blob);
	if (!packed->at) {
		buf_reset(scratch);
		put_touches(scratch, &f->touches);
		pack_part(b, buf_str(scratch), scratch->n);
	} else {
		pack_part(b, packed->at, (size_t)(packed->end - packed->at));
	}
	pack_u64(b, f->is_sidecar);
	if (!f->is_sidecar) {
		put_record(b, f->rec, scratch);
		return;
	}
	pack_str(b, f->side.id);
	pack_u64(b, f->side.hard);
	pack_u64(b, f->side.soft);
	pack_u64(b, f->side.settled);
	pack_u64(b, f->side.visibility);
	pack_str(b, f->side.since);
}

static void get_file(struct snapfile *f, struct source_record *rec, struct arena *a, struct unpack *u)
{
	f->path = unpack_str(u);
	unpack_oid(&f->blob, u);
	f->packed_touches = unpack_part(u);
	f->is_sidecar = unpack_u64(u);
	if (u->bad)
		return;
	if (!f->is_sidecar) {
		if (get_record(rec, a, u, f->path)) {
			rec->blob = f->blob.hex;
			f->rec = rec;
		}
		return;
	}
	f->side.id = unpack_str(u);
	f->side.hard = (size_t)unpack_u64(u);
	f->side.soft = (size_t)unpack_u64(u);
	f->side.settled = (size_t)unpack_u64(u);
	f->side.visibility = unpack_u64(u);
	f->side.since = unpack_str(u);
}

static void put_tally(struct buf *b, const struct tally *t)
{
	pack_u64(b, t->counts.n);
	for (size_t i = 0; i < t->counts.n; i++) {
		pack_str(b, t->words.at[i]);
		pack_u64(b, (uint64_t)t->counts.at[i]);
	}
}

static struct tally *get_tally(struct arena *a, struct unpack *u)
{
	struct tally *t = arena_new(a, struct tally);
	for (uint64_t n = unpack_u64(u); n && !u->bad; n--) {
		const char *word = unpack_str(u);
		uint64_t count = unpack_u64(u);
		u->bad |= !word;
		if (!u->bad && count)
			tally_add(t, a, word, (int64_t)count);
	}
	return t;
}

/* --- sections -------------------------------------------------------------------------------------------------------- */

/* All files, or those that changed. */
static void put_section(struct buf *b, const struct snapshot *s, bool all)
{
	struct buf scratch = BUF_INIT;
	size_t n = 0, records = 0;
	for (size_t i = 0; i < s->files.n; i++) {
		n += all || s->files.at[i].changed;
		records += s->files.at[i].rec && (all || s->files.at[i].changed);
	}
	pack_str(b, s->code);
	pack_str(b, s->date);
	pack_oid(b, &s->head);
	pack_oid(b, &s->schema);
	put_tally(b, s->tally);
	pack_u64(b, n);
	pack_u64(b, records);
	for (size_t i = 0; i < s->files.n; i++)
		if (all || s->files.at[i].changed)
			put_file(b, &s->files.at[i], &scratch);
	b->oom |= scratch.oom;
	buf_free(&scratch);
}

static bool get_section(struct snapshot *out, struct arena *a, struct unpack u, const char *code)
{
	struct snapshot s = { .code = unpack_str(&u) };
	s.date = unpack_str(&u);
	unpack_oid(&s.head, &u);
	unpack_oid(&s.schema, &u);
	s.tally = get_tally(a, &u);
	s.files.n = s.files.cap = (size_t)unpack_u64(&u);
	s.records.n = (size_t)unpack_u64(&u);
	if (u.bad || !s.code || strcmp(s.code, code) || s.files.n > (size_t)(u.end - u.at) || s.records.n > s.files.n)
		return false;
	s.files.at = arena_array(a, s.files.n, sizeof *s.files.at);
	s.records.at = arena_array(a, s.records.n + 1, sizeof *s.records.at); /* one more for a file that has none */
	size_t n = 0;
	for (size_t i = 0; i < s.files.n && n <= s.records.n && !u.bad; i++) {
		get_file(&s.files.at[i], &s.records.at[n], a, &u);
		n += s.files.at[i].rec != NULL;
	}
	if (u.bad || u.at != u.end || n != s.records.n)
		return false;
	*out = s;
	return true;
}

/* Its files take the place of those with the same paths. */
static void add_section(struct snapshot *s, struct arena *a, const struct snapshot *later)
{
	size_t sorted = s->files.n;
	for (size_t i = 0; i < later->files.n; i++) {
		const struct snapfile *now = &later->files.at[i];
		struct snapfile *f = snapshot_file(s, sorted, now->path);
		if (f)
			*f = *now;
		else
			arena_push(a, &s->files, *now);
	}
	snapshot_sort(s, sorted);
	s->date = later->date;
	s->head = later->head;
	s->schema = later->schema;
	s->tally = later->tally;
	s->records.at = NULL;
}

void snapshot_save(const struct snapshot *s, const char *file)
{
	const struct cache *c = &s->cache;
	struct buf b = BUF_INIT;
	if (c->sections.n) {
		const struct unpack *first = &c->sections.at[0];
		put_section(&b, s, false);
		if ((c->end - (size_t)(first->end - first->at) + b.n) * ADDED_PART < (size_t)(first->end - first->at)) {
			cache_add(c, file, &b);
			buf_free(&b);
			return;
		}
		buf_reset(&b);
	}
	put_section(&b, s, true);
	cache_write(file, &b);
	buf_free(&b);
}

bool snapshot_load(struct snapshot *out, struct arena *a, const char *file, const char *code)
{
	struct cache c;
	struct snapshot s, later;
	if (!cache_load(&c, a, file, SNAPSHOT_MAX_BYTES) || !get_section(&s, a, c.sections.at[0], code))
		return false;
	for (size_t i = 1; i < c.sections.n; i++) {
		if (!get_section(&later, a, c.sections.at[i], code))
			return false;
		add_section(&s, a, &later);
	}
	s.cache = c;
	*out = s;
	return true;
}
