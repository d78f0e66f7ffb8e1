/* snapcache.c -- snapshots as files, one for each source (cachefile.h).
 *
 * The first section is a snapshot whole; each other one holds what the next run found changed: the head, the tally, and
 * the files that are another than before. When these have grown to a part of the whole, it is written anew. The oids that
 * name the input, commit and schema, are in it: whoever loads it compares them. A file that lost its last sections is the
 * snapshot of an older head, from which snapshot_update goes on.
 *
 * A section's head is a row for each file, with what walks over all records ask for. Its rest is read when it is asked for: the data
 * of the records (texts.h), then who wrote the files when, which only snapshot_update asks for.
 */
#include <string.h>

#include "ctl/snapshot.h"
#include "lessons/strtab.h"

#define SNAPSHOT_MAX_BYTES ((size_t)1 << 30)
#define ADDED_PART 4 /* added sections may be one of so many parts of the first */

enum row { ROW_BARE, ROW_RECORD, ROW_FOREIGN, ROW_SIDECAR }; /* bare: no record that can be read; foreign: not source_owns */
enum valid { VALID_NONE, VALID_TIP, VALID_OLDER };

/* --- writing -------------------------------------------------------------------------------------------------------- */

struct section {
	struct arena *a;
	const char *code;
	struct buf rows, touches;
	struct texts_out texts;
	struct strtab words; /* what few strings stand for: kinds, states, commits */
};

static void put_word(struct section *s, const char *word)
{
	pack_u64(&s->rows, strtab_number(&s->words, s->a, word));
}

static void put_open(struct buf *b, const struct differences *d)
{
	bool any = d->hard || d->soft || d->settled || d->visibility || d->since;
	pack_u64(b, any);
	if (!any)
		return;
	pack_u64(b, d->hard);
	pack_u64(b, d->soft);
	pack_u64(b, d->settled);
	pack_u64(b, d->visibility);
	pack_str(b, d->since);
}

static void put_record(struct section *s, const struct source_record *r)
{
	struct differences open = { NULL, r->open_hard, r->open_soft, r->settled, r->open_since, r->open_visibility };
	const struct val *tip = source_tip(r), *validated = source_valid(r);
	enum valid valid = !validated ? VALID_NONE : validated == tip ? VALID_TIP : VALID_OLDER;
	pack_str(&s->rows, r->id);
	put_word(s, r->kind);
	put_word(s, r->commit);
	pack_str(&s->rows, r->tip_fingerprint);
	put_word(s, r->brief.collective);
	put_word(s, r->brief.state);
	put_word(s, r->brief.visibility);
	put_word(s, r->brief.until);
	put_open(&s->rows, &open);
	texts_put(&s->texts, tip);
	pack_u64(&s->rows, valid);
	if (valid == VALID_OLDER) {
		texts_put(&s->texts, validated);
		pack_str(&s->rows, r->fingerprint);
	}
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

static void put_file(struct section *s, const struct snapfile *f, struct buf *scratch)
{
	const struct unpack *packed = &f->packed_touches;
	pack_str(&s->rows, f->path);
	pack_oid(&s->rows, &f->blob);
	pack_u64(&s->rows, f->is_sidecar ? ROW_SIDECAR : !f->rec ? ROW_BARE : source_owns(s->code, f->rec) ? ROW_RECORD : ROW_FOREIGN);
	if (f->rec)
		put_record(s, f->rec);
	if (f->is_sidecar) {
		pack_str(&s->rows, f->side.id);
		put_open(&s->rows, &f->side);
	}
	if (!packed->at) {
		buf_reset(scratch);
		put_touches(scratch, &f->touches);
		pack_part(&s->touches, buf_str(scratch), scratch->n);
	} else {
		pack_part(&s->touches, packed->at, (size_t)(packed->end - packed->at));
	}
}

static void put_tally(struct buf *b, const struct tally *t)
{
	pack_u64(b, t->counts.n);
	for (size_t i = 0; i < t->counts.n; i++) {
		pack_str(b, t->words.at[i]);
		pack_u64(b, (uint64_t)t->counts.at[i]);
	}
}

static void put_head(struct buf *b, const struct snapshot *s, struct section *x, size_t files, size_t records)
{
	struct buf table = BUF_INIT;
	uint64_t check = pack_check(buf_str(&x->touches), x->touches.n);
	pack_str(b, s->code);
	pack_str(b, s->date);
	pack_oid(b, &s->head);
	pack_oid(b, &s->schema);
	put_tally(b, s->tally);
	pack_u64(b, x->words.n);
	for (size_t i = 0; i < x->words.n; i++)
		pack_str(b, x->words.at[i]);
	texts_end(&table, &x->texts);
	pack_part(b, buf_str(&table), table.n);
	pack_u64(b, x->touches.n);
	buf_put(b, &check, sizeof check);
	pack_u64(b, files);
	pack_u64(b, records);
	buf_put(b, buf_str(&x->rows), x->rows.n);
	b->oom |= table.oom || x->rows.oom || x->touches.oom;
	buf_free(&table);
}

/* What takes from the arena does so here, before the first buffer is filled that a longjmp would leave behind. */
static void ask_first(struct section *x, const struct source_record *r)
{
	const char *const words[] = { r->kind, r->commit, r->brief.collective, r->brief.state, r->brief.visibility, r->brief.until };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		strtab_number(&x->words, x->a, words[i]);
	source_tip(r);
	source_valid(r);
}

/* All files, or those that changed. */
static void put_section(struct buf *head, struct buf *rest, struct arena *a, const struct snapshot *s, bool all)
{
	struct section x = { .a = a, .code = s->code };
	struct buf scratch = BUF_INIT;
	size_t n = 0, records = 0;
	for (size_t i = 0; i < s->files.n; i++)
		if ((all || s->files.at[i].changed) && s->files.at[i].rec)
			ask_first(&x, s->files.at[i].rec);
	for (size_t i = 0; i < s->files.n; i++) {
		const struct snapfile *f = &s->files.at[i];
		if (!all && !f->changed)
			continue;
		put_file(&x, f, &scratch);
		n++;
		records += f->rec != NULL;
	}
	put_head(head, s, &x, n, records);
	buf_put(rest, buf_str(&x.texts.bytes), x.texts.bytes.n);
	buf_put(rest, buf_str(&x.touches), x.touches.n);
	rest->oom |= scratch.oom;
	buf_free(&scratch);
	buf_free(&x.rows);
	buf_free(&x.touches);
	texts_free(&x.texts);
}

void snapshot_save(const struct snapshot *s, struct late *late, const char *file)
{
	const struct cache *c = &s->cache;
	struct buf head = BUF_INIT, rest = BUF_INIT;
	bool added = false;
	if (c->sections.n) {
		const struct cache_section *first = &c->sections.at[0];
		size_t whole = (size_t)(first->rest.end - first->head.at);
		put_section(&head, &rest, late->a, s, false);
		added = (c->end - whole + head.n + rest.n) * ADDED_PART < whole;
		if (added && !late->rc)
			cache_add(c, file, &head, &rest);
		buf_free(&head);
		buf_free(&rest);
	}
	if (!added) {
		put_section(&head, &rest, late->a, s, true);
		if (!late->rc)
			cache_write(file, &head, &rest);
	}
	buf_free(&head);
	buf_free(&rest);
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

struct reading {
	struct arena *a;
	struct unpack *u;
	struct texts *texts;
	const char **words;
	size_t n_words, place; /* place: of the last text */
	struct unpack touches;
};

static const char *get_word(struct reading *k)
{
	uint64_t n = unpack_u64(k->u);
	if (n < k->n_words)
		return k->words[n];
	k->u->bad = true;
	return "";
}

static struct differences get_open(struct unpack *u)
{
	struct differences d = { NULL };
	if (!unpack_u64(u))
		return d;
	d.hard = (size_t)unpack_u64(u);
	d.soft = (size_t)unpack_u64(u);
	d.settled = (size_t)unpack_u64(u);
	d.visibility = unpack_u64(u);
	d.since = unpack_str(u);
	return d;
}

static void get_record(struct source_record *r, struct reading *k)
{
	struct unpack *u = k->u;
	r->id = unpack_str(u);
	r->kind = get_word(k);
	r->commit = get_word(k);
	r->tip_fingerprint = r->fingerprint = unpack_str(u);
	r->brief.collective = get_word(k);
	r->brief.state = get_word(k);
	r->brief.visibility = get_word(k);
	r->brief.until = get_word(k);
	struct differences open = get_open(u);
	r->open_hard = open.hard;
	r->open_soft = open.soft;
	r->settled = open.settled;
	r->open_visibility = open.visibility;
	r->open_since = open.since;
	r->open_difference = open.hard + open.soft > 0;
	r->texts = &k->texts->base;
	r->tip_at = ++k->place;
	enum valid valid = (enum valid)unpack_u64(u);
	if (valid == VALID_TIP)
		r->valid_at = r->tip_at;
	if (valid == VALID_OLDER) {
		r->valid_at = ++k->place;
		r->fingerprint = unpack_str(u);
	}
	u->bad |= !r->id || !r->fingerprint || k->place > k->texts->n_places;
}

/* f NULL: only the record is asked for. True: there is one. */
static bool get_file(struct snapfile *f, struct source_record *r, struct reading *k)
{
	struct unpack *u = k->u;
	const char *path = unpack_str(u), *blob = unpack_str(u);
	enum row row = (enum row)unpack_u64(u);
	struct differences side = { NULL };
	u->bad |= !path || !blob || (*blob && strlen(blob) != OID_HEX);
	if (u->bad)
		return false;
	bool record = row == ROW_RECORD || row == ROW_FOREIGN;
	if (record) {
		*r = (struct source_record){ .path = path, .blob = blob, .owned = row == ROW_RECORD };
		get_record(r, k);
	} else if (row == ROW_SIDECAR) {
		const char *id = unpack_str(u);
		side = get_open(u);
		side.id = id;
	}
	if (f) {
		*f = (struct snapfile){ .path = path, .side = side, .rec = record ? r : NULL, .is_sidecar = row == ROW_SIDECAR };
		memcpy(f->blob.hex, blob, strlen(blob));
		f->packed_touches = unpack_part(&k->touches);
		u->bad |= k->touches.bad;
	}
	return record;
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

static void get_words(struct reading *k)
{
	uint64_t n = unpack_u64(k->u);
	if (n > (size_t)(k->u->end - k->u->at))
		k->u->bad = true;
	k->n_words = k->u->bad ? 0 : (size_t)n;
	k->words = arena_array(k->a, k->n_words, sizeof *k->words);
	for (size_t i = 0; i < k->n_words; i++) {
		k->words[i] = unpack_str(k->u);
		k->u->bad |= !k->words[i];
	}
}

static bool get_rows(struct snapshot *s, struct reading *k, bool files)
{
	size_t n = (size_t)unpack_u64(k->u), records = (size_t)unpack_u64(k->u);
	if (k->u->bad || n > (size_t)(k->u->end - k->u->at) || records > n)
		return false;
	struct snapfile *f = files ? arena_array(k->a, n, sizeof *f) : NULL;
	struct source_record *r = arena_array(k->a, records + 1, sizeof *r); /* one more for a file that has none */
	size_t got = 0;
	for (size_t i = 0; i < n && got <= records && !k->u->bad; i++)
		got += get_file(f ? &f[i] : NULL, &r[got], k);
	if (k->u->bad || k->u->at != k->u->end || got != records)
		return false;
	s->files.at = f;
	s->files.n = s->files.cap = f ? n : 0;
	s->records.at = r;
	s->records.n = records;
	return true;
}

/* With its files, unless it is of the head `only`. */
static bool get_section(struct snapshot *out, struct late *late, const struct cache_section *from, const char *file, const char *code,
			const struct oid *only)
{
	struct unpack u = from->head;
	size_t n_rest = (size_t)(from->rest.end - from->rest.at);
	struct snapshot s = { .code = unpack_str(&u) };
	struct reading k = { .a = late->a, .u = &u, .texts = arena_new(late->a, struct texts) };
	uint64_t check;
	s.date = unpack_str(&u);
	unpack_oid(&s.head, &u);
	unpack_oid(&s.schema, &u);
	s.tally = get_tally(late->a, &u);
	get_words(&k);
	struct unpack table = unpack_part(&u);
	size_t n_touches = (size_t)unpack_u64(&u);
	if (u.bad || !s.code || strcmp(s.code, code) || !s.date || (size_t)(u.end - u.at) < sizeof check)
		return false;
	memcpy(&check, u.at, sizeof check);
	u.at += sizeof check;
	bool files = !only || !oid_equal(&s.head, only);
	*k.texts = (struct texts){ .late = late, .head = s.head, .file = file, .bytes = from->rest.at };
	if (!texts_open(k.texts, table, n_rest) || n_touches != n_rest - k.texts->n)
		return false;
	k.touches = (struct unpack){ from->rest.at + k.texts->n, from->rest.end, false }; /* what snapshot_update asks for */
	if ((files && pack_check(k.touches.at, n_touches) != check) || !get_rows(&s, &k, files))
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

bool snapshot_load(struct snapshot *out, struct late *late, const char *file, const char *code, const struct oid *head)
{
	struct cache c;
	struct snapshot s, later;
	struct arena *a = late->a;
	if (!cache_load(&c, late->maps, a, file, SNAPSHOT_MAX_BYTES) ||
	    !get_section(&s, late, &c.sections.at[0], file, code, c.sections.n > 1 ? NULL : head))
		return false;
	for (size_t i = 1; i < c.sections.n; i++) {
		if (!get_section(&later, late, &c.sections.at[i], file, code, NULL))
			return false;
		add_section(&s, a, &later);
	}
	s.cache = c;
	*out = s;
	return true;
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
		must(!u.bad); /* the check was right */
		arena_push(a, &f->touches, t);
	}
	return &f->touches;
}
