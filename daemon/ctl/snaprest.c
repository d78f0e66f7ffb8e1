#include "ctl/snaprest.h"

#include <stdlib.h>
#include <string.h>

struct rest_row {
	uint32_t hash, place; /* what the index has */
	const char *id;
};
#define INDEX_ROW (2 * sizeof(uint32_t))

static uint32_t hash(const char *id)
{
	return (uint32_t)pack_check(id, strlen(id));
}

/* --- writing -------------------------------------------------------------------------------------------------------- */

static int by_id(const void *x, const void *y)
{
	return strcmp((*(const struct snapfile *const *)x)->rec->id, (*(const struct snapfile *const *)y)->rec->id);
}

#define ID_MAX 256

/* "" when it is too long for one. */
static const char *id_of_path(char out[ID_MAX], const char *path)
{
	const char *name = strrchr(path, '/');
	name = name ? name + 1 : path;
	size_t n = strcspn(name, ".");
	out[0] = 0;
	return n < ID_MAX ? strncat(out, name, n) : out;
}

static bool is_quiet(const char *code, const struct snapfile *f)
{
	char id[ID_MAX];
	return source_is_quiet(code, f->rec) && !strcmp(id_of_path(id, f->path), f->rec->id);
}

void rest_choose(struct rest_out *out, struct arena *a, const struct snapshot *s)
{
	const struct snapfile **all = arena_array(a, s->files.n, sizeof *all);
	size_t n = 0;
	*out = (struct rest_out){ .quiet = arena_array(a, s->files.n, sizeof *out->quiet) };
	for (size_t i = 0; i < s->files.n; i++)
		if (s->files.at[i].rec)
			all[n++] = &s->files.at[i];
	if (n)
		qsort(all, n, sizeof *all, by_id);
	for (size_t i = 0; i < n; i++) {
		bool twice = (i && !by_id(&all[i - 1], &all[i])) || (i + 1 < n && !by_id(&all[i], &all[i + 1]));
		const char *until = all[i]->rec->brief.until;
		if (twice || !is_quiet(s->code, all[i]))
			continue;
		out->quiet[all[i] - s->files.at] = true;
		out->index.n++;
		if (*until)
			tally_add(&out->ends, a, until, 1);
	}
	out->index.at = arena_array(a, out->index.n, sizeof *out->index.at);
	out->index.n = 0;
}

void rest_put(struct rest_out *out, struct rows_out *rows, const struct snapfile *f)
{
	struct buf row = BUF_INIT;
	rows_put(rows, &row, &row, f);
	out->index.at[out->index.n++] = (struct rest_row){ hash(f->rec->id), (uint32_t)out->rows.n + 1, f->rec->id };
	pack_part(&out->rows, buf_str(&row), row.n);
	out->rows.oom |= row.oom;
	buf_free(&row);
}

static int by_hash(const void *x, const void *y)
{
	const struct rest_row *p = x, *q = y;
	return p->hash != q->hash ? (p->hash < q->hash ? -1 : 1) : strcmp(p->id, q->id);
}

void rest_end(struct rest_out *out, struct buf *texts, struct buf *table)
{
	uint32_t before = (uint32_t)texts->n;
	if (out->index.n)
		qsort(out->index.at, out->index.n, sizeof *out->index.at, by_hash);
	for (size_t i = 0; i < out->index.n; i++) {
		uint32_t row[] = { out->index.at[i].hash, out->index.at[i].place + before };
		buf_put(table, row, sizeof row);
	}
	buf_put(texts, buf_str(&out->rows), out->rows.n);
	texts->oom |= out->rows.oom;
	buf_free(&out->rows);
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

static struct rest_row index_row(const struct snaprest *r, size_t place)
{
	uint32_t row[2];
	memcpy(row, r->index + place * INDEX_ROW, sizeof row);
	return (struct rest_row){ row[0], row[1], NULL };
}

/* How the id stands to that place's; the row itself is only looked at when the hashes are the same. */
static int compare(struct snaprest *r, uint32_t of, const char *id, size_t place)
{
	struct rest_row row = index_row(r, place);
	if (row.hash != of)
		return of < row.hash ? -1 : 1;
	const char *there = row_id(texts_part(r->in.texts, row.place));
	return there ? strcmp(id, there) : 1;
}

static size_t find_place(struct source_rest *base, const char *id)
{
	struct snaprest *r = (struct snaprest *)base;
	size_t lo = 0, hi = base->n;
	uint32_t of = hash(id);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = compare(r, of, id, mid);
		if (!c)
			return r->gone[mid] ? base->n : mid;
		if (c > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return base->n;
}

/* f NULL: only the record is asked for. NULL: it is damaged, so the run is of no use. */
static struct source_record *unpack_file(struct snapfile *f, struct snaprest *r, size_t place)
{
	struct arena *a = r->in.texts->late->a;
	struct source_record *rec = arena_new(a, struct source_record);
	struct unpack row = texts_part(r->in.texts, index_row(r, place).place);
	if (row.bad)
		return NULL;
	rec->got = arena_array(a, 2, sizeof *rec->got);
	bool record = row_get(f, rec, &r->in, &row, &row);
	must(record && !row.bad); /* the check was right */
	return rec;
}

static const struct source_record *get_record(struct source_rest *base, size_t place)
{
	return unpack_file(NULL, (struct snaprest *)base, place);
}

struct snaprest *rest_open(const struct rows_in *in, struct unpack table)
{
	struct arena *a = in->texts->late->a;
	size_t n = (size_t)(table.end - table.at) / INDEX_ROW;
	if (table.bad || (size_t)(table.end - table.at) != n * INDEX_ROW)
		return NULL;
	struct snaprest *r = arena_new(a, struct snaprest);
	*r = (struct snaprest){ .base = { .n = n, .place = find_place, .get = get_record }, .in = *in, .index = table.at };
	r->gone = arena_array(a, n, sizeof *r->gone);
	return r;
}

void rest_put_gone(struct buf *out, const struct snaprest *r)
{
	size_t n = 0, last = 0;
	for (size_t i = 0; i < r->base.n; i++)
		n += r->gone[i];
	pack_u64(out, n);
	for (size_t i = 0; i < r->base.n; i++)
		if (r->gone[i]) {
			pack_u64(out, i - last);
			last = i;
		}
}

bool rest_get_gone(struct snaprest *r, struct unpack *u)
{
	uint64_t at = 0;
	for (uint64_t n = unpack_u64(u); n && !u->bad; n--) {
		at += unpack_u64(u);
		u->bad |= at >= r->base.n;
		if (!u->bad)
			r->gone[at] = true;
	}
	return !u->bad;
}

/* --- files that are quiet no longer --------------------------------------------------------------------------------- */

static bool take_file(struct snapfile *f, struct snaprest *r, size_t place)
{
	struct arena *a = r->in.texts->late->a;
	if (!unpack_file(f, r, place))
		return false;
	r->gone[place] = true;
	if (*f->rec->brief.until)
		tally_add(&r->base.ends, a, f->rec->brief.until, -1);
	return true;
}

void snapshot_pull(struct snapshot *s, const char *id)
{
	struct snapfile f;
	size_t place = s->rest ? find_place(&s->rest->base, id) : 0, i;
	if (!s->rest || place == s->rest->base.n || !take_file(&f, s->rest, place))
		return;
	f.changed = true;
	arena_push(s->rest->in.texts->late->a, &s->files, f);
	for (i = s->files.n - 1; i && strcmp(s->files.at[i - 1].path, f.path) > 0; i--)
		s->files.at[i] = s->files.at[i - 1];
	s->files.at[i] = f;
}

void snapshot_pull_path(struct snapshot *s, const char *path)
{
	char id[ID_MAX];
	snapshot_pull(s, id_of_path(id, path));
}

void snapshot_pull_all(struct snapshot *s)
{
	size_t sorted = s->files.n;
	struct snapfile f;
	for (size_t i = 0; s->rest && i < s->rest->base.n; i++)
		if (!s->rest->gone[i] && take_file(&f, s->rest, i))
			arena_push(s->rest->in.texts->late->a, &s->files, f);
	snapshot_sort(s, sorted);
	s->rest = NULL;
}
