/* parts.c -- which files the outputs are split into, and what each of them is about.
 *
 * The model's lists are sorted by id. They are dealt out once, in that order, to each source, shard and group, so that
 * every part finds its own in the same order.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/outputs.h"
#include "lessons/reviews.h"
#include "schema/record.h"

struct row {
	const char *file;
	enum split split;
	unsigned reads;
	void (*write)(const struct part *);
};
static const struct row rows[] = {
#define X(name, file, split, reads, fn) { file, split, reads, fn },
	OUTPUTS(X)
#undef X
};

const char *output_file(enum output which)
{
	return rows[which].file;
}

static bool starts_with(const char *s, const char *with, size_t n)
{
	return !strncmp(s, with, n);
}

bool output_of(enum output *out, const char *path)
{
	if (starts_with(path, AGGREGATE_DIR, strlen(AGGREGATE_DIR)))
		path += strlen(AGGREGATE_DIR);
	for (int i = 0; i < OUT_N; i++) {
		const char *file = rows[i].file, *key = strstr(file, "%s"), *end = key ? key + 2 : "";
		size_t n = key ? (size_t)(key - file) : strlen(file), len = strlen(path), tail = strlen(end);
		/* "a-faire/%s.csv" holds a-faire/ara.csv; "enseignements/%s.csv" enseignements/ara/k.csv */
		if (!starts_with(path, file, n) || len < n + tail || strcmp(path + len - tail, end) || (!key && len != n))
			continue;
		bool deep = key && memchr(path + n, '/', len - n - tail), shard = rows[i].split == BY_SHARD;
		if (!shard && deep != (rows[i].split == BY_GROUP))
			continue;
		*out = (enum output)i;
		return true;
	}
	return false;
}

/* Without what the output does not read, so that whoever reads more than it says is found out. */
static struct model seen_by(const struct part *p)
{
	struct model m = *p->m;
	unsigned reads = rows[p->which].reads;
	if (!(reads & READ_GROUPS)) {
		memset(&m.groups, 0, sizeof m.groups);
		m.group_of = NULL;
	}
	if (!(reads & (READ_GROUPS | READ_LINKS)))
		memset(&m.links, 0, sizeof m.links);
	if (!(reads & (READ_GROUPS | READ_LINKS | READ_LESSONS | READ_SAID)))
		memset(&m.lessons, 0, sizeof m.lessons);
	if (!(reads & READ_CELLS)) {
		memset(&m.themes, 0, sizeof m.themes);
		m.cells = NULL;
	}
	if (!(reads & (READ_SOURCES | READ_TALLIES)))
		m.sources = NULL;
	if (!(reads & (READ_DATE | READ_RECORDS)))
		m.as_of = NULL;
	if (!(reads & READ_RECORDS)) {
		memset(&m.waiting, 0, sizeof m.waiting);
		m.reviews = NULL;
	}
	if (!(reads & READ_USES))
		memset(&m.uses, 0, sizeof m.uses);
	if (!(reads & READ_TALLIES)) {
		m.tallies = NULL;
		m.counted = NULL;
	}
	if (!(reads & READ_PLACES))
		m.places = NULL;
	return m;
}

void part_write(const struct part *p)
{
	struct model m = seen_by(p);
	struct part q = *p;
	q.m = &m;
	rows[p->which].write(&q);
}

unsigned part_reads(const struct part *p)
{
	return rows[p->which].reads;
}

bool part_filed(const struct part *p, const struct known *k)
{
	return k->source->code == p->code;
}

bool part_is_kept(const struct part *p)
{
	enum split split = rows[p->which].split;
	return split == BY_COLLECTIVE || split == BY_SHARD || split == BY_GROUP;
}

bool part_always(const struct part *p)
{
	return rows[p->which].split == WHOLE;
}

/* --- dealing out ----------------------------------------------------------------------------------------- */

struct shard {
	const char *code, *key; /* key: "ara/k" */
	struct own own;
};
struct dealt {
	struct own all;
	struct own *by_source; /* as m->codes */
	struct {
		struct shard *at; /* in any order */
		size_t n, cap;
	} shards;
	struct {
		struct audience {
			const char *code;
			struct own own; /* groups; public lessons; links between public ones that touch one for it */
		} *at; /* in any order */
		size_t n, cap;
	} audiences;
	size_t *of_shard; /* [source * 128 + first character]: its place in `shards` + 1 */
};

/* The first character of the id's last part. */
static char first_of(const char *id)
{
	char dir[3];
	id_shard(dir, id);
	return dir[0];
}

/* A source's and a shard's own. */
static void whose(struct own *out[2], struct dealt *d, const struct model *m, const char *code, const char *id)
{
	size_t source = model_source(m, code), *at = &d->of_shard[source * 128 + (size_t)first_of(id)];
	if (!*at) {
		struct shard s = { .code = m->codes.at[source] };
		s.key = arena_printf(m->a, "%s/%c", s.code, first_of(id));
		arena_push(m->a, &d->shards, s);
		*at = d->shards.n;
	}
	out[0] = &d->by_source[source];
	out[1] = &d->shards.at[*at - 1].own;
}

#define DEAL(d, m, list, code, id)                                    \
	do {                                                          \
		struct own *to[2];                                    \
		whose(to, d, m, code, id);                            \
		arena_push((m)->a, &(d)->all.list, i);                \
		for (size_t k_ = 0; k_ < 2; k_++)                     \
			arena_push((m)->a, &to[k_]->list, i);         \
	} while (0)

static struct own *own_of_audience(struct dealt *d, const struct model *m, const char *code)
{
	size_t i = 0;
	while (i < d->audiences.n && strcmp(d->audiences.at[i].code, code))
		i++;
	if (i == d->audiences.n) {
		struct audience one = { .code = code };
		arena_push(m->a, &d->audiences, one);
	}
	return &d->audiences.at[i].own;
}

/* Things come in their order, so that the last one tells whether it is there. */
static void once(struct arena *a, struct indices *list, size_t i)
{
	if (!list->n || list->at[list->n - 1] != i)
		arena_push(a, list, i);
}

static struct names audiences_of(const struct model *m, size_t lesson)
{
	const struct names *said = &m->lessons.at[lesson].facts.publics;
	struct names out = { 0 };
	for (size_t i = 0; i < said->n; i++)
		if (is_code(said->at[i]))
			names_add(m->a, &out, said->at[i]);
	return out;
}

static void deal_audiences(struct dealt *d, const struct model *m)
{
	for (size_t i = 0; i < m->groups.n; i++)
		for (size_t j = 0; j < m->groups.at[i].core.n; j++) {
			struct names to = audiences_of(m, m->groups.at[i].core.at[j]);
			for (size_t k = 0; k < to.n; k++)
				once(m->a, &own_of_audience(d, m, to.at[k])->groups, i);
		}
	for (size_t i = 0; i < m->lessons.n; i++) {
		struct names to = m->lessons.at[i].pub ? audiences_of(m, i) : (struct names){ 0 };
		for (size_t k = 0; k < to.n; k++)
			once(m->a, &own_of_audience(d, m, to.at[k])->lessons, i);
	}
	for (size_t i = 0; i < m->links.n; i++)
		for (size_t end = 0; end < 2; end++) {
			const struct link *l = &m->links.at[i];
			bool public = m->lessons.at[l->from].pub && m->lessons.at[l->to].pub;
			struct names to = public ? audiences_of(m, end ? l->to : l->from) : (struct names){ 0 };
			for (size_t k = 0; k < to.n; k++)
				once(m->a, &own_of_audience(d, m, to.at[k])->links, i);
		}
}

static int ascending(const void *x, const void *y)
{
	const size_t *p = x, *q = y;
	return *p < *q ? -1 : *p > *q;
}

static void deal_quoted(struct dealt *d, const struct model *m)
{
	struct indices all = { 0 };
	for (size_t i = 0; i < m->kinds.n; i++)
		for (size_t j = 0; trace_quotes(m->kinds.at[i].kind) && j < m->kinds.at[i].records.n; j++)
			arena_push(m->a, &all, m->kinds.at[i].records.at[j]);
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, ascending);
	for (size_t k = 0; k < all.n; k++) {
		size_t i = all.at[k];
		DEAL(d, m, quoted, m->known.at[i].source->code, m->known.at[i].rec->id);
	}
}

/* What is read of a source by walking over all of its kind. */
static void deal_filed(struct dealt *d, const struct model *m)
{
	const struct indices *records = model_kind(m, "enseignement");
	for (size_t i = 0; i < records->n; i++) {
		size_t source = model_source(m, m->known.at[records->at[i]].source->code);
		arena_push(m->a, &d->by_source[source].records, records->at[i]);
	}
	for (size_t i = 0; i < m->reviews->n; i++)
		arena_push(m->a, &d->by_source[model_source(m, m->reviews->at[i].rec->source->code)].reviews, i);
}

static void deal(struct dealt *d, const struct model *m)
{
	*d = (struct dealt){ .by_source = arena_array(m->a, m->codes.n, sizeof *d->by_source) };
	d->of_shard = arena_array(m->a, m->codes.n * 128, sizeof *d->of_shard);
	for (size_t i = 0; i < m->lessons.n; i++)
		DEAL(d, m, lessons, m->lessons.at[i].collective, m->lessons.at[i].id);
	for (size_t i = 0; i < m->links.n; i++)
		DEAL(d, m, links, m->links.at[i].collective, m->links.at[i].id);
	for (size_t i = 0; i < m->groups.n; i++)
		DEAL(d, m, groups, m->lessons.at[m->groups.at[i].members.at[0]].collective, m->groups.at[i].id);
	deal_quoted(d, m);
	deal_filed(d, m);
	deal_audiences(d, m);
}

static const struct own *own_of_group(const struct model *m, size_t group)
{
	struct own *own = arena_new(m->a, struct own);
	const struct group *g = &m->groups.at[group];
	arena_push(m->a, &own->groups, group);
	own->lessons = g->members;
	for (size_t i = 0; i < g->links.n; i++)
		arena_push(m->a, &own->links, g->links.at[i]);
	for (size_t i = 0; i < g->stale.n; i++)
		arena_push(m->a, &own->links, g->stale.at[i]);
	return own;
}

/* --- listing --------------------------------------------------------------------------------------------- */

/* "enseignements/%s.csv" for a key; by hand, for there are thousands. */
static const char *path_of(struct arena *a, const char *file, const char *key)
{
	const char *at = strstr(file, "%s");
	return arena_cat(a, arena_dupn(a, file, (size_t)(at - file)), key, at + 2);
}

static void add(struct parts *out, const struct model *m, enum output which, const char *key, const char *code,
		const struct own *own)
{
	struct part p = { .m = m, .which = which, .code = code, .own = own };
	p.path = key ? path_of(m->a, rows[which].file, key) : rows[which].file;
	arena_push(m->a, out, p);
}

static void add_keyed(struct parts *out, const struct model *m, enum output which, const char *name, const char *id,
		      const struct own *own)
{
	add(out, m, which, name, NULL, own);
	out->at[out->n - 1].key = id;
}

/* Themes that only differ by the prefix of their ids would share a file: the first keeps it. */
static void add_themes(struct parts *out, const struct model *m, enum output which, const struct own *all)
{
	struct names taken = { 0 };
	for (size_t i = 0; i < m->themes.n; i++) {
		const char *id = m->themes.at[i].id, *name = strchr(id, '-') + 1;
		if (names_has(&taken, name))
			continue;
		names_add(m->a, &taken, name);
		add_keyed(out, m, which, name, id, all);
	}
}

/* "public-enseignements" of "public/enseignements/%s.csv" */
static const char *table_name(struct arena *a, enum output table)
{
	char *name = arena_dup(a, rows[table].file), *end = strstr(name, "/%s");
	*(end ? end : strrchr(name, '.')) = 0;
	for (char *p = name; (p = strchr(p, '/'));)
		*p = '-';
	return name;
}

static void add_tables(struct parts *out, const struct model *m, enum output which, const struct own *all)
{
	static const enum output tables[] = {
#define X(name, columns, key) OUT_##name,
		TABLES(X)
#undef X
	};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		add(out, m, which, table_name(m->a, tables[i]), NULL, all);
		out->at[out->n - 1].table = tables[i];
	}
	size_t first = out->n;
	add_themes(out, m, OUT_FRAMEWORKS, all);
	for (size_t i = first; i < out->n; i++) {
		struct part *p = &out->at[i];
		const char *name = arena_dupn(m->a, p->path, strlen(p->path) - strlen(".csv"));
		p->which = which;
		p->table = OUT_FRAMEWORKS;
		p->path = arena_printf(m->a, rows[which].file, name);
	}
}

static void add_cycles(struct parts *out, const struct model *m, enum output which, const struct own *all)
{
	struct indices cycles = cycles_in_force(m);
	for (size_t i = 0; i < cycles.n; i++) {
		const struct known *k = &m->known.at[cycles.at[i]];
		if (is_shared(k->rec))
			add_keyed(out, m, which, arena_printf(m->a, "%s-%s", k->rec->id, m->as_of), k->rec->id, all);
	}
}

static void add_groups(struct parts *out, const struct model *m, enum output which)
{
	for (size_t i = 0; i < m->groups.n; i++) {
		const struct group *g = &m->groups.at[i];
		char dir[3];
		if (g->all.n < SHEET_MIN)
			continue;
		id_shard(dir, g->id);
		add(out, m, which, arena_printf(m->a, "%s/%s", dir, g->id), NULL, own_of_group(m, i));
	}
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct part *)x)->path, ((const struct part *)y)->path);
}

void parts_list(struct parts *out, const struct model *m)
{
	struct dealt *d = arena_new(m->a, struct dealt);
	deal(d, m);
	for (int i = 0; i < OUT_N; i++) {
		enum output which = (enum output)i;
		switch (rows[i].split) {
		case WHOLE:
			add(out, m, which, NULL, NULL, &d->all);
			break;
		case BY_COLLECTIVE:
			for (size_t j = 0; j < m->codes.n; j++)
				add(out, m, which, m->codes.at[j], m->codes.at[j], &d->by_source[j]);
			break;
		case BY_SHARD:
			for (size_t j = 0; j < d->shards.n; j++) {
				const struct shard *s = &d->shards.at[j];
				add(out, m, which, s->key, s->code, &s->own);
			}
			break;
		case BY_GROUP:
			add_groups(out, m, which);
			break;
		case BY_THEME:
			add_themes(out, m, which, &d->all);
			break;
		case BY_PUBLIC:
			for (size_t j = 0; j < d->audiences.n; j++) {
				const struct audience *to = &d->audiences.at[j];
				add_keyed(out, m, which, to->code, to->code, &to->own);
			}
			break;
		case BY_CYCLE:
			add_cycles(out, m, which, &d->all);
			break;
		case BY_TABLE:
			add_tables(out, m, which, &d->all);
			break;
		}
	}
	qsort(out->at, out->n, sizeof *out->at, by_path);
}
