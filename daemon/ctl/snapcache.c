/* snapcache.c -- snapshots as files, one for each source (cachefile.h).
 *
 * The first section is a snapshot whole; each other one holds what the next run found changed: the head, the tally, and
 * the files that are another than before, none of them as quiet. When these have grown to a part of the whole, it is written anew. The oids that
 * name the input, commit and schema, are in it: whoever loads it compares them. A file that lost its last sections is the
 * snapshot of an older head, from which snapshot_update goes on.
 *
 * A section's head is a row for each file that is not quiet (snaprest.h), with what walks over all records ask for, and the first one's
 * an index of those that are. Its rest is looked at when it is asked for: the data of the records, then the quiet rows (texts.h), then who
 * wrote the other files when, which only snapshot_update asks for.
 */
#include <string.h>

#include "ctl/snaprest.h"

#define SNAPSHOT_MAX_BYTES ((size_t)1 << 30)

/* --- writing -------------------------------------------------------------------------------------------------------- */

struct section {
	struct rows_out rows;
	struct rest_out rest;
	struct buf hot, touches; /* of files that are not quiet */
	size_t files, records;
};

static void put_tally(struct buf *b, const struct tally *t)
{
	pack_u64(b, t->counts.n);
	for (size_t i = 0; i < t->counts.n; i++) {
		pack_str(b, t->words.at[i]);
		pack_u64(b, (uint64_t)t->counts.at[i]);
	}
}

/* added: what is gone by now of the first section's quiet files. */
static void put_head(struct buf *b, const struct snapshot *s, struct section *x, const struct snaprest *added)
{
	struct buf table = BUF_INIT, checks = BUF_INIT;
	uint64_t check = pack_check(buf_str(&x->touches), x->touches.n);
	rest_end(&x->rest, &x->rows.texts, &table);
	texts_checks(&checks, &x->rows.texts);
	pack_str(b, s->code);
	pack_str(b, s->date);
	pack_oid(b, &s->head);
	pack_oid(b, &s->schema);
	put_tally(b, s->tally);
	put_tally(b, added ? &added->base.ends : &x->rest.ends);
	pack_u64(b, x->rows.words.n);
	for (size_t i = 0; i < x->rows.words.n; i++)
		pack_str(b, x->rows.words.at[i]);
	pack_u64(b, x->rows.texts.n);
	pack_part(b, buf_str(&checks), checks.n);
	pack_part(b, buf_str(&table), table.n);
	if (added)
		rest_put_gone(b, added);
	else
		pack_u64(b, 0);
	buf_put(b, &check, sizeof check);
	pack_u64(b, x->files);
	pack_u64(b, x->records);
	buf_put(b, buf_str(&x->hot), x->hot.n);
	b->oom |= table.oom || checks.oom || x->hot.oom || x->touches.oom;
	buf_free(&table);
	buf_free(&checks);
}

/* All files, or those that changed: behind a first section, whose rest is s->rest. */
static void put_section(struct buf *head, struct buf *rest, struct arena *a, const struct snapshot *s, bool all)
{
	struct section x = { .rows = { .a = a, .code = s->code } };
	for (size_t i = 0; i < s->files.n; i++)
		if (all || s->files.at[i].changed)
			rows_ask(&x.rows, &s->files.at[i]);
	if (all)
		rest_choose(&x.rest, a, s);
	for (size_t i = 0; i < s->files.n; i++) {
		const struct snapfile *f = &s->files.at[i];
		if (all && x.rest.quiet[i]) {
			rest_put(&x.rest, &x.rows, f);
		} else if (all || f->changed) {
			rows_put(&x.rows, &x.hot, &x.touches, f);
			x.files++;
			x.records += f->rec != NULL;
		}
	}
	put_head(head, s, &x, all ? NULL : s->rest);
	buf_put(rest, buf_str(&x.rows.texts), x.rows.texts.n);
	buf_put(rest, buf_str(&x.touches), x.touches.n);
	rest->oom |= x.rows.texts.oom;
	rows_free(&x.rows);
	buf_free(&x.hot);
	buf_free(&x.touches);
}

void snapshot_save(struct snapshot *s, struct late *late, const char *file)
{
	const struct cache *c = &s->cache;
	struct buf head = BUF_INIT, rest = BUF_INIT;
	bool added = false;
	if (c->sections.n) {
		put_section(&head, &rest, late->a, s, false);
		added = cache_fits(c, &head, &rest);
		if (added && !late->rc)
			cache_add(c, file, &head, &rest);
		buf_free(&head);
		buf_free(&rest);
	}
	if (!added) {
		snapshot_pull_all(s);
		put_section(&head, &rest, late->a, s, true);
		if (!late->rc)
			cache_write(file, &head, &rest);
	}
	buf_free(&head);
	buf_free(&rest);
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

struct reading {
	struct rows_in in;
	struct unpack u, touches;
};

static void get_tally(struct tally *t, struct arena *a, struct unpack *u)
{
	for (uint64_t n = unpack_u64(u); n && !u->bad; n--) {
		const char *word = unpack_str(u);
		uint64_t count = unpack_u64(u);
		u->bad |= !word;
		if (!u->bad && count)
			tally_add(t, a, word, (int64_t)count);
	}
}

static void get_words(struct rows_in *in, struct unpack *u)
{
	uint64_t n = unpack_u64(u);
	if (n > (size_t)(u->end - u->at))
		u->bad = true;
	in->n_words = u->bad ? 0 : (size_t)n;
	in->words = arena_array(in->texts->late->a, in->n_words, sizeof *in->words);
	for (size_t i = 0; i < in->n_words; i++) {
		in->words[i] = unpack_str(u);
		u->bad |= !in->words[i];
	}
}

static bool get_rows(struct snapshot *s, struct reading *k, bool files)
{
	struct unpack *u = &k->u;
	struct arena *a = k->in.texts->late->a;
	size_t n = (size_t)unpack_u64(u), records = (size_t)unpack_u64(u);
	if (u->bad || n > (size_t)(u->end - u->at) || records > n)
		return false;
	struct snapfile *f = files ? arena_array(a, n, sizeof *f) : NULL;
	struct source_record *r = arena_array(a, records + 1, sizeof *r); /* one more for a file that has none */
	const struct val **got = arena_array(a, 2 * (records + 1), sizeof *got);
	size_t i = 0;
	for (size_t j = 0; j < n && i <= records && !u->bad; j++) {
		r[i].got = &got[2 * i];
		i += row_get(f ? &f[j] : NULL, &r[i], &k->in, u, &k->touches);
	}
	if (u->bad || u->at != u->end || i != records)
		return false;
	s->files.at = f;
	s->files.n = s->files.cap = f ? n : 0;
	s->records.at = r;
	s->records.n = records;
	return true;
}

/* With its files, unless it is of the head `only`. first: whose quiet files it tells more of; NULL: it is itself the first. */
static bool get_section(struct snapshot *out, struct late *late, const struct cache_section *from, const char *file, const char *code,
			const struct oid *only, struct snaprest *first)
{
	struct reading k = { .u = from->head };
	struct unpack *u = &k.u, rest = from->rest;
	struct snapshot s = { .code = unpack_str(u), .rest = first };
	struct texts *t = arena_new(late->a, struct texts);
	struct tally ends = { 0 };
	uint64_t check;
	k.in.texts = t;
	s.date = unpack_str(u);
	unpack_oid(&s.head, u);
	unpack_oid(&s.schema, u);
	s.tally = arena_new(late->a, struct tally);
	get_tally(s.tally, late->a, u);
	get_tally(&ends, late->a, u);
	*t = (struct texts){ .late = late, .file = file, .bytes = rest.at };
	get_words(&k.in, u);
	t->n = (size_t)unpack_u64(u);
	if (u->bad || !s.code || strcmp(s.code, code) || !s.date || t->n > (size_t)(rest.end - rest.at) || !texts_open(t, unpack_part(u)))
		return false;
	struct snaprest *own = rest_open(&k.in, unpack_part(u));
	if (!first)
		s.rest = own;
	if (!own || !rest_get_gone(s.rest, u) || (size_t)(u->end - u->at) < sizeof check)
		return false;
	s.rest->base.ends = ends;
	memcpy(&check, u->at, sizeof check);
	u->at += sizeof check;
	bool files = !only || !oid_equal(&s.head, only);
	k.touches = (struct unpack){ rest.at + t->n, rest.end, false }; /* what snapshot_update asks for */
	if ((files && pack_check(k.touches.at, (size_t)(rest.end - k.touches.at)) != check) || !get_rows(&s, &k, files))
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
	if (late->afresh || !cache_load(&c, &late->maps, a, file, SNAPSHOT_MAX_BYTES) ||
	    !get_section(&s, late, &c.sections.at[0], file, code, c.sections.n > 1 ? NULL : head, NULL))
		return false;
	for (size_t i = 1; i < c.sections.n; i++) {
		if (!get_section(&later, late, &c.sections.at[i], file, code, NULL, s.rest))
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
