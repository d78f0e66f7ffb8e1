#include "lessons/tally.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/dates.h"
#include "lessons/records.h"

#define MAX_YEARS 100 /* one practice counts for so many years at most; a hand may write the year 0001 */

struct counted { /* one occurrence of a name */
	const char *name;
	bool first;
};
struct counts {
	struct counted *at;
	size_t n, cap;
};

static int by_name(const void *x, const void *y)
{
	return strcmp(((const struct counted *)x)->name, ((const struct counted *)y)->name);
}

static void count(const struct model *m, struct counts *all, const char *name, bool first)
{
	struct counted one = { name, first };
	arena_push(m->a, all, one);
}

/* Each name once, with what `value` makes of its occurrences. */
static struct val *counts_val(const struct model *m, struct counts *all,
			      struct val *(*value)(const struct model *m, const struct counted *at, size_t n))
{
	struct val *map = val_map(m->a);
	if (all->n)
		qsort(all->at, all->n, sizeof *all->at, by_name);
	for (size_t i = 0, j; i < all->n; i = j) {
		for (j = i; j < all->n && !by_name(&all->at[i], &all->at[j]);)
			j++;
		val_insert(m->a, map, map->map.n, all->at[i].name, value(m, all->at + i, j - i));
	}
	return map;
}

static struct val *how_many(const struct model *m, const struct counted *at, size_t n)
{
	(void)at;
	return val_int(m->a, (int64_t)n);
}

static struct val *seen_and_new(const struct model *m, const struct counted *at, size_t n)
{
	struct val *v = val_map(m->a);
	size_t first = 0;
	for (size_t i = 0; i < n; i++)
		first += at[i].first;
	val_set(m->a, v, "observees", val_int(m->a, (int64_t)n));
	val_set(m->a, v, "nouvelles", val_int(m->a, (int64_t)first));
	return v;
}

struct tally {
	struct counts states, concepts, practices, since;
	size_t hard, soft, settled;
	const char *activity;
};

static void count_concepts(struct tally *t, const struct model *m, const struct known *k)
{
	static const char *const lists[] = { "themes", "competences", "dispositifs", "methodes" };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct names ids = record_codes(m, val_get(k->rec->tip, lists[i]));
		for (size_t j = 0; j < ids.n; j++)
			count(m, &t->concepts, ids.at[j], false);
	}
	if (!strcmp(k->rec->kind, "materiau") && *record_text(m, k, "methode"))
		count(m, &t->concepts, record_text(m, k, "methode"), false);
}

/* In each year from observe_debut to observe_fin, as new in the first; once for each scheme, or without one. */
static void count_practice(struct tally *t, const struct model *m, const struct known *k)
{
	const char *from = record_text(m, k, "observe_debut"), *to = record_text(m, k, "observe_fin"),
		   *type = record_text(m, k, "type_initiative");
	struct names schemes = record_codes(m, val_get(k->rec->tip, "dispositifs"));
	if (!*to)
		to = from;
	if (!dates_is(from) || !dates_is(to) || strchr(type, '|'))
		return;
	if (!schemes.n)
		names_add(m->a, &schemes, "");
	int first = atoi(from), last = atoi(to);
	for (int y = first; y <= last && y < first + MAX_YEARS; y++)
		for (size_t i = 0; i < schemes.n; i++)
			count(m, &t->practices, arena_printf(m->a, "%04d|%s|%s", y, type, schemes.at[i]), y == first);
}

static void count_record(struct tally *t, const struct model *m, const struct known *k)
{
	const struct source_record *r = k->rec;
	count(m, &t->states, text_or(r->tip, "etat", ""), false);
	t->hard += r->open_hard;
	t->soft += r->open_soft;
	t->settled += r->settled;
	if (r->open_hard && r->open_since)
		count(m, &t->since, r->open_since, false);
	if (!strcmp(r->kind, "collectif"))
		t->activity = record_text(m, k, "activite");
	if (!record_is_over(r))
		count_concepts(t, m, k);
	if (!strcmp(r->kind, "pratique") && is_shared(r))
		count_practice(t, m, k);
}

static struct val *tally_val(const struct model *m, struct tally *t)
{
	struct val *v = val_map(m->a), *differences = val_map(m->a), *since = val_list(m->a);
	if (t->activity && *t->activity)
		val_set(m->a, v, "activite", val_str(m->a, t->activity));
	val_set(m->a, v, "etats", counts_val(m, &t->states, how_many));
	if (t->since.n)
		qsort(t->since.at, t->since.n, sizeof *t->since.at, by_name);
	for (size_t i = 0; i < t->since.n; i++)
		val_push(m->a, since, val_str(m->a, t->since.at[i].name));
	val_set(m->a, differences, "dures", val_int(m->a, (int64_t)t->hard));
	val_set(m->a, differences, "a_relire", val_int(m->a, (int64_t)t->soft));
	val_set(m->a, differences, "tranchees", val_int(m->a, (int64_t)t->settled));
	val_set(m->a, differences, "depuis", since);
	val_set(m->a, v, "differences", differences);
	val_set(m->a, v, "concepts", counts_val(m, &t->concepts, how_many));
	val_set(m->a, v, "pratiques", counts_val(m, &t->practices, seen_and_new));
	return v;
}

void tallies_build(struct model *m)
{
	struct tally *all = arena_array(m->a, m->n_sources, sizeof *all);
	m->tallies = arena_array(m->a, m->n_sources, sizeof *m->tallies);
	for (size_t i = 0; i < m->known.n; i++) {
		const struct known *k = &m->known.at[i];
		size_t j = 0;
		while (m->sources[j] != k->source)
			j++;
		if (is_visible(k->rec))
			count_record(&all[j], m, k);
	}
	for (size_t j = 0; j < m->n_sources; j++)
		m->tallies[j] = tally_val(m, &all[j]);
}

size_t tally_number(const struct val *map, const char *key)
{
	const struct val *v = val_get(map, key);
	return v && v->type == VAL_INT && v->i > 0 ? (size_t)v->i : 0;
}
