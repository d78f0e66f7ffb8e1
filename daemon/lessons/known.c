/* known.c -- all records that count, by id and by kind.
 *
 * A source gives its records by path, so those of one folder come by id already: the list is made of some hundred sorted
 * runs, most of which do not even overlap. They are put in the order of their first ids and merged where they overlap
 * (a natural merge sort); sorting 200,000 ids anew would take longer than all else that a small change needs. Lookups by id,
 * which are as many, go through a hash with open addressing.
 *
 * What a source only tells when it is asked (its rest) is not in the list. Its ids name that source, so one source is asked at most; and
 * only a record of another source can have the same id, one which does not name its own source.
 */
#include <stdlib.h>
#include <string.h>

#include "base/valpack.h"
#include "lessons/docs.h"
#include "lessons/model.h"

static int by_id(const struct known *p, const struct known *q)
{
	int c = strcmp(p->rec->id, q->rec->id);
	if (!c)
		c = strcmp(p->source->code, q->source->code);
	return c ? c : strcmp(p->rec->path, q->rec->path);
}

struct run {
	const struct known *at;
	size_t n;
};
struct runs {
	struct run *at;
	size_t n, cap;
};

static int by_first(const void *x, const void *y)
{
	const struct run *p = x, *q = y;
	return by_id(p->at, q->at);
}

/* Folders are not told apart by their order: one run over all of a source's would overlap with every other source's. */
static bool is_next(const struct known *p, const struct known *q)
{
	return !memcmp(p->rec->id, q->rec->id, strlen("ens-")) && by_id(p, q) <= 0;
}

static void find_runs(struct runs *out, struct arena *a, const struct known *at, size_t n)
{
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && is_next(&at[j - 1], &at[j]);)
			j++;
		struct run one = { at + i, j - i };
		arena_push(a, out, one);
	}
	if (out->n)
		qsort(out->at, out->n, sizeof *out->at, by_first);
}

static struct run merged(struct known *out, struct run p, struct run q)
{
	struct run all = { out, p.n + q.n };
	if (p.n && q.n && by_id(&p.at[p.n - 1], q.at) > 0) {
		for (; p.n && q.n; out++) {
			struct run *first = by_id(p.at, q.at) <= 0 ? &p : &q;
			*out = *first->at++;
			first->n--;
		}
	}
	memcpy(out, p.at, p.n * sizeof *out);
	memcpy(out + p.n, q.at, q.n * sizeof *out);
	return all;
}

/* Neighbours are merged until one run is left. */
static const struct known *sorted(struct arena *a, const struct known *at, size_t n)
{
	struct runs runs = { 0 };
	struct known *room[2] = { arena_array(a, n, sizeof *at), NULL };
	find_runs(&runs, a, at, n);
	for (unsigned turn = 0; runs.n > 1; turn ^= 1) {
		size_t left = 0;
		struct known *to = room[turn];
		if (!to)
			to = room[turn] = arena_array(a, n, sizeof *at);
		for (size_t i = 0; i < runs.n; i += 2) {
			struct run none = { runs.at[i].at, 0 };
			struct run one = merged(to, runs.at[i], i + 1 < runs.n ? runs.at[i + 1] : none);
			runs.at[left++] = one;
			to += one.n;
		}
		runs.n = left;
	}
	return runs.n ? runs.at->at : at;
}

static void sort_by_kind(struct model *m)
{
	struct kind_list *of = NULL; /* of the record before: its neighbour mostly has the same kind, */
	const char *last = NULL;     /* and in the same place */
	bool quiet = false;
	for (size_t i = 0; i < m->known.n; i++) {
		const char *kind = m->known.at[i].rec->kind;
		if (kind != last)
			quiet = source_quiet_kind(kind);
		last = kind;
		if (quiet)
			continue;
		if (!of || strcmp(of->kind, kind)) {
			size_t j = 0;
			while (j < m->kinds.n && strcmp(m->kinds.at[j].kind, kind))
				j++;
			if (j == m->kinds.n) {
				struct kind_list new = { .kind = kind };
				arena_push(m->a, &m->kinds, new);
			}
			of = &m->kinds.at[j];
		}
		arena_push(m->a, &of->records, i);
	}
}

static void list_differing(struct model *m)
{
	for (size_t i = 0; i < m->known.n; i++) {
		const struct source_record *r = m->known.at[i].rec;
		bool open = r->open_hard || r->open_soft;
		if ((open || r->settled) && is_visible(r))
			arena_push(m->a, &m->differing, i);
		if ((open || !strcmp(source_brief(r).state, "propose")) && is_visible(r))
			arena_push(m->a, &m->waiting, i);
	}
}

#define PROBES_MAX 32 /* ids that somebody chose to fall together must not cost their square: what finds no slot is searched */

/* The id's, or a free one; NULL: there is neither. */
static uint32_t *slot_of(const struct model *m, const char *id)
{
	size_t first = pack_check(id, strlen(id));
	for (size_t i = 0; i < PROBES_MAX; i++) {
		uint32_t *slot = &m->known.slots[(first + i) & (m->known.n_slots - 1)];
		if (!*slot || !strcmp(m->known.at[*slot - 1].rec->id, id))
			return slot;
	}
	return NULL;
}

static void hash_ids(struct model *m)
{
	for (m->known.n_slots = 16; m->known.n_slots < 2 * m->known.n;)
		m->known.n_slots *= 2;
	m->known.slots = arena_array(m->a, m->known.n_slots, sizeof *m->known.slots);
	for (size_t i = 0; i < m->known.n; i++) {
		uint32_t *slot = slot_of(m, m->known.at[i].rec->id);
		if (slot)
			*slot = (uint32_t)(i + 1);
	}
}

/* --- rests --------------------------------------------------------------------------------------------------------- */

struct quiet { /* of one source; writers are not given the sources themselves (parts.c) */
	const struct source *source;
	const struct known **found; /* by place; NULL: nobody asked yet */
	size_t *n;                  /* of all that are known */
};

static void know_rests(struct model *m, size_t listed)
{
	size_t *n = arena_new(m->a, size_t);
	*n = listed;
	m->quiet = arena_array(m->a, m->n_sources, sizeof *m->quiet);
	for (size_t i = 0; i < m->n_sources; i++) {
		const struct source *s = m->sources[i];
		m->quiet[i] = (struct quiet){ s, arena_array(m->a, s->rest ? s->rest->n : 0, sizeof(struct known *)), n };
	}
}

/* The source that the id names; m->codes.n: none. */
static size_t named_by(const struct model *m, const char *id)
{
	size_t lo = 0, hi = m->codes.n, n = strlen(id) > 4 ? strcspn(id + 4, "-") : 0;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *code = m->codes.at[mid];
		int c = strncmp(code, id + 4, n);
		if (!c && !code[n])
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return m->codes.n;
}

/* NULL: no rest has it. */
static const struct known *find_quiet(const struct model *m, const char *id)
{
	size_t source = named_by(m, id);
	const struct quiet *q = source < m->codes.n ? &m->quiet[source] : NULL;
	struct source_rest *rest = q ? q->source->rest : NULL;
	size_t place = rest ? rest->place(rest, id) : 0;
	if (!rest || place == rest->n)
		return NULL;
	const struct known **found = &q->found[place];
	const struct source_record *rec = *found ? NULL : rest->get(rest, place);
	if (rec) {
		struct known *k = arena_new(m->a, struct known);
		*k = (struct known){ rec, q->source, (*q->n)++, 0 };
		*found = k;
	}
	return *found;
}

/* An id that names another source may be in that one's rest as well: the first by code keeps it. True: that is the rest. */
static bool is_in_rest_before(struct model *m, const struct known *k)
{
	if (id_names(k->rec->id, k->source->code))
		return false;
	const struct known *other = find_quiet(m, k->rec->id);
	bool before = other && strcmp(other->source->code, k->source->code) < 0;
	if (other)
		arena_push(m->a, &m->doubles, before ? *k : *other);
	return before;
}

static int doubles_by_id(const void *x, const void *y)
{
	return by_id(x, y);
}

static void list_one(struct model *m, const struct known *k)
{
	struct known *one = &m->known.at[m->known.n];
	*one = *k;
	one->number = m->known.n++;
}

void know_records(struct model *m)
{
	struct known *all;
	size_t n = 0, max = 0;
	for (size_t i = 0; i < m->n_sources; i++)
		max += m->sources[i]->n;
	all = arena_array(m->a, max, sizeof *all);
	for (size_t i = 0; i < m->n_sources; i++)
		for (size_t j = 0; j < m->sources[i]->n; j++) {
			const struct source_record *rec = &m->sources[i]->at[j];
			if (source_owns(m->sources[i]->code, rec))
				all[n++] = (struct known){ .rec = rec, .source = m->sources[i] };
		}
	const struct known *by_ids = sorted(m->a, all, n), *last = NULL;
	m->known.at = arena_array(m->a, n, sizeof *m->known.at);
	m->known.cap = n;
	know_rests(m, n);
	for (size_t i = 0; i < n; i++) { /* an id twice: the first source, there the first path */
		const struct known *k = &by_ids[i];
		bool again = last && !strcmp(last->rec->id, k->rec->id);
		last = k;
		if (again)
			arena_push(m->a, &m->doubles, *k);
		else if (!is_in_rest_before(m, k))
			list_one(m, k);
	}
	if (m->doubles.n)
		qsort(m->doubles.at, m->doubles.n, sizeof *m->doubles.at, doubles_by_id);
	hash_ids(m);
	sort_by_kind(m);
	list_differing(m);
}

const struct indices *model_kind(const struct model *m, const char *kind)
{
	static const struct indices none = { 0 };
	must(!source_quiet_kind(kind));
	for (size_t i = 0; i < m->kinds.n; i++)
		if (!strcmp(m->kinds.at[i].kind, kind))
			return &m->kinds.at[i].records;
	return &none;
}

size_t model_place(const struct model *m, const char *id)
{
	size_t lo = 0, hi = m->known.n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(m->known.at[mid].rec->id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct known *model_listed(const struct model *m, const char *id)
{
	const uint32_t *slot = slot_of(m, id);
	if (slot)
		return *slot ? &m->known.at[*slot - 1] : NULL;
	size_t at = model_place(m, id);
	return at < m->known.n && !strcmp(m->known.at[at].rec->id, id) ? &m->known.at[at] : NULL;
}

const struct known *model_find(const struct model *m, const char *id)
{
	if (m->asked && !names_has(&m->asked->ids, id))
		names_add(m->a, &m->asked->ids, arena_dup(m->a, id));
	const struct known *k = model_listed(m, id);
	return k ? k : find_quiet(m, id);
}

bool model_past(const struct model *m, const char *date)
{
	struct asked *q = m->asked;
	bool past = strcmp(date, m->as_of) < 0;
	if (q && past && (!q->after || strcmp(date, q->after) > 0))
		q->after = date;
	if (q && !past && (!q->until || strcmp(date, q->until) < 0))
		q->until = date;
	return past;
}
