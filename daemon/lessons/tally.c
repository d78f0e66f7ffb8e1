/* tally.c -- the words of a tally, and what the outputs read of it.
 *
 *   fiche|KIND|STATE                      each record
 *   concept|ID                            each concept that a record in use names
 *   pratique|YEAR|TYPE|SCHEME             each year that a shared practice was observed in, for each of its schemes
 *   nouvelle|YEAR|TYPE|SCHEME             the first of these years
 *   travail|ID,ID                         the themes of a loop, a practice or a piece of evidence in use
 *
 * Words are what people wrote; pseudonyms are masked when they are read, since who is a person is known from all sources
 * together. Open differences are added up from the records each time: a sidecar changes without its record.
 */
#include "lessons/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lessons/dates.h"
#include "lessons/records.h"
#include "schema/record.h"

#define MAX_YEARS 100 /* one practice counts for so many years at most; a hand may write the year 0001 */

/* --- counting ------------------------------------------------------------------------------------------------------- */

void tally_add(struct tally *t, struct arena *a, const char *word, int64_t n)
{
	size_t i = strtab_number(&t->words, a, word);
	while (t->counts.n <= i)
		arena_push(a, &t->counts, 0);
	t->counts.at[i] += n;
}

static void put_room(struct tally *t, struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1;
	while (t->room.cap < t->room.n + n)
		arena_grow(a, &t->room.at, t->room.cap, &t->room.cap, 1);
	memcpy(t->room.at + t->room.n, s, n);
	t->room.n += n - 1;
}

struct taking { /* of one record */
	struct tally *t;
	struct arena *a;
	const struct source_record *rec;
	const struct val *tip;
	int by;
};

/* "concept|con-ptce"; later parts may be NULL. */
static void take(const struct taking *k, const char *what, const char *x, const char *y, const char *z)
{
	const char *const parts[] = { what, x, y, z };
	k->t->room.n = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts && parts[i]; i++) {
		put_room(k->t, k->a, i ? "|" : "");
		put_room(k->t, k->a, parts[i]);
	}
	tally_add(k->t, k->a, k->t->room.at, k->by);
}

static void take_concepts(const struct taking *k)
{
	static const char *const lists[] = { "themes", "competences", "dispositifs", "methodes" };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct names ids = names_of(k->a, val_get(k->tip, lists[i]));
		for (size_t j = 0; j < ids.n; j++)
			take(k, "concept", ids.at[j], NULL, NULL);
	}
	const char *method = strcmp(k->rec->kind, "materiau") ? NULL : val_text(k->tip, "methode");
	if (method && *method)
		take(k, "concept", method, NULL, NULL);
}

/* In each year from observe_debut to observe_fin, as new in the first; once for each scheme, or without one. */
static void take_practice(const struct taking *k)
{
	const char *from = text_or(k->tip, "observe_debut", ""), *to = text_or(k->tip, "observe_fin", ""),
		   *type = text_or(k->tip, "type_initiative", "");
	struct names schemes = names_of(k->a, val_get(k->tip, "dispositifs"));
	if (!*to)
		to = from;
	if (!dates_is(from) || !dates_is(to) || strchr(type, '|'))
		return;
	if (!schemes.n)
		names_add(k->a, &schemes, "");
	int first = atoi(from), last = atoi(to);
	for (int y = first; y <= last && y < first + MAX_YEARS; y++)
		for (size_t i = 0; i < schemes.n; i++) {
			char year[16];
			snprintf(year, sizeof year, "%04d", y);
			take(k, "pratique", year, type, schemes.at[i]);
			if (y == first)
				take(k, "nouvelle", year, type, schemes.at[i]);
		}
}

static void take_work(const struct taking *k)
{
	static const char *const kinds[] = { "boucle", "materiau", "pratique" };
	struct names themes = names_of(k->a, val_get(k->tip, "themes"));
	size_t i = 0, n = 0;
	while (i < sizeof kinds / sizeof *kinds && strcmp(kinds[i], k->rec->kind) != 0)
		i++;
	if (i == sizeof kinds / sizeof *kinds)
		return;
	k->t->room.n = 0;
	put_room(k->t, k->a, "travail");
	for (i = 0; i < themes.n; i++)
		if (id_is_valid(themes.at[i])) { /* any other is no theme */
			put_room(k->t, k->a, n++ ? "," : "|");
			put_room(k->t, k->a, themes.at[i]);
		}
	if (n)
		tally_add(k->t, k->a, k->t->room.at, k->by);
}

void tally_record(struct tally *t, struct arena *a, const char *code, const struct source_record *rec, int by)
{
	if (!source_owns(code, rec) || !is_visible(rec))
		return;
	struct taking k = { t, a, rec, source_tip(rec), by };
	take(&k, "fiche", rec->kind, source_brief(rec).state, NULL);
	if (!is_over(rec)) {
		take_concepts(&k);
		take_work(&k);
	}
	if (!strcmp(rec->kind, "pratique") && is_shared(rec))
		take_practice(&k);
}

/* --- what the outputs read ------------------------------------------------------------------------------------------- */

struct counted {
	const char *name;
	int64_t n, first;
};
struct counts {
	struct counted *at;
	size_t n, cap;
};

static int by_name(const void *x, const void *y)
{
	return strcmp(((const struct counted *)x)->name, ((const struct counted *)y)->name);
}

static void count(const struct model *m, struct counts *all, const char *name, int64_t n, int64_t first)
{
	struct counted one = { name, n, first };
	arena_push(m->a, all, one);
}

/* Each name once, with what `value` makes of its sums. */
static struct val *counts_val(const struct model *m, struct counts *all,
			      struct val *(*value)(const struct model *m, const struct counted *sum))
{
	struct val *map = val_map(m->a);
	if (all->n)
		qsort(all->at, all->n, sizeof *all->at, by_name);
	for (size_t i = 0, j; i < all->n; i = j) {
		struct counted sum = { .name = all->at[i].name };
		for (j = i; j < all->n && !by_name(&all->at[j], &sum); j++) {
			sum.n += all->at[j].n;
			sum.first += all->at[j].first;
		}
		val_insert(m->a, map, map->map.n, sum.name, value(m, &sum));
	}
	return map;
}

static struct val *how_many(const struct model *m, const struct counted *sum)
{
	return val_int(m->a, sum->n);
}

static struct val *seen_and_new(const struct model *m, const struct counted *sum)
{
	struct val *v = val_map(m->a);
	val_set(m->a, v, "observees", val_int(m->a, sum->n));
	val_set(m->a, v, "nouvelles", val_int(m->a, sum->first));
	return v;
}

/* The rest of a word of that kind; NULL: of another. */
static const char *rest_of(const char *word, const char *what)
{
	size_t n = strlen(what);
	return !strncmp(word, what, n) && word[n] == '|' ? word + n + 1 : NULL;
}

static const char *masked_practice(const struct model *m, const char *rest)
{
	const char *type = strchr(rest, '|') + 1, *scheme = strchr(type, '|') + 1;
	return arena_printf(m->a, "%.4s|%s|%s", rest, model_mask(m, arena_dupn(m->a, type, (size_t)(scheme - type) - 1)),
			    model_mask(m, scheme));
}

static const char *kind_and_state(const struct model *m, const char *kind, const char *state)
{
	return arena_printf(m->a, "%s/%s", kind, is_code(state) ? state : "inconnu");
}

static struct val *tally_val(const struct model *m, const struct tally *t)
{
	struct counts records = { 0 }, states = { 0 }, concepts = { 0 }, practices = { 0 };
	struct val *v = val_map(m->a);
	for (size_t i = 0; i < t->counts.n; i++) {
		const char *word = t->words.at[i], *rest;
		int64_t n = t->counts.at[i];
		if (n <= 0)
			continue;
		if ((rest = rest_of(word, "fiche"))) {
			const char *state = strchr(rest, '|') + 1, *kind = arena_dupn(m->a, rest, (size_t)(state - rest) - 1);
			count(m, &states, state, n, 0);
			if (is_code(kind))
				count(m, &records, kind_and_state(m, kind, state), n, 0);
		} else if ((rest = rest_of(word, "concept"))) {
			count(m, &concepts, model_mask(m, rest), n, 0);
		} else if ((rest = rest_of(word, "pratique"))) {
			count(m, &practices, masked_practice(m, rest), n, 0);
		} else if ((rest = rest_of(word, "nouvelle"))) {
			count(m, &practices, masked_practice(m, rest), 0, n);
		}
	}
	val_set(m->a, v, "fiches", counts_val(m, &records, how_many));
	val_set(m->a, v, "etats", counts_val(m, &states, how_many));
	val_set(m->a, v, "concepts", counts_val(m, &concepts, how_many));
	val_set(m->a, v, "pratiques", counts_val(m, &practices, seen_and_new));
	return v;
}

struct differing {
	size_t hard, soft, settled;
	struct counts since;
};

static struct val *differences_val(const struct model *m, struct differing *d)
{
	struct val *v = val_map(m->a), *since = val_list(m->a);
	if (d->since.n)
		qsort(d->since.at, d->since.n, sizeof *d->since.at, by_name);
	for (size_t i = 0; i < d->since.n; i++)
		val_push(m->a, since, val_str(m->a, d->since.at[i].name));
	val_set(m->a, v, "dures", val_int(m->a, (int64_t)d->hard));
	val_set(m->a, v, "a_relire", val_int(m->a, (int64_t)d->soft));
	val_set(m->a, v, "tranchees", val_int(m->a, (int64_t)d->settled));
	val_set(m->a, v, "depuis", since);
	return v;
}

static size_t number_of(const struct model *m, const struct source *s)
{
	size_t i = 0;
	while (m->sources[i] != s)
		i++;
	return i;
}

static void add_differences(struct model *m)
{
	struct differing *all = arena_array(m->a, m->n_sources, sizeof *all);
	for (size_t i = 0; i < m->differing.n; i++) {
		const struct known *k = &m->known.at[m->differing.at[i]];
		const struct source_record *r = k->rec;
		struct differing *d = &all[number_of(m, k->source)];
		d->hard += r->open_hard;
		d->soft += r->open_soft;
		d->settled += r->settled;
		if (r->open_hard && r->open_since)
			count(m, &d->since, r->open_since, 0, 0);
	}
	for (size_t i = 0; i < m->n_sources; i++)
		val_set(m->a, m->tallies[i], "differences", differences_val(m, &all[i]));
}

static void add_activity(struct model *m)
{
	const struct indices *all = model_kind(m, "collectif");
	for (size_t i = 0; i < all->n; i++) {
		const struct known *k = &m->known.at[all->at[i]];
		const char *activity = is_visible(k->rec) ? record_text(m, k, "activite") : "";
		if (*activity)
			val_set(m->a, m->tallies[number_of(m, k->source)], "activite", val_str(m->a, activity));
	}
}

/* What the source gives, without its records that another one has under the same id. */
static const struct tally *counted(const struct model *m, size_t source)
{
	const struct source *s = m->sources[source];
	struct tally *t = NULL;
	if (!s->tally) {
		must(!s->rest);
		t = arena_new(m->a, struct tally);
		for (size_t i = 0; i < s->n; i++)
			tally_record(t, m->a, s->code, &s->at[i], 1);
	}
	for (size_t i = 0; i < m->doubles.n; i++) {
		if (m->doubles.at[i].source != s)
			continue;
		if (!t) {
			t = arena_new(m->a, struct tally);
			for (size_t j = 0; j < s->tally->counts.n; j++)
				tally_add(t, m->a, s->tally->words.at[j], s->tally->counts.at[j]);
		}
		tally_record(t, m->a, s->code, m->doubles.at[i].rec, -1);
	}
	return t ? t : s->tally;
}

void tallies_build(struct model *m)
{
	m->counted = arena_array(m->a, m->n_sources, sizeof *m->counted);
	m->tallies = arena_array(m->a, m->n_sources, sizeof *m->tallies);
	for (size_t i = 0; i < m->n_sources; i++) {
		m->counted[i] = counted(m, i);
		m->tallies[i] = tally_val(m, m->counted[i]);
	}
	add_differences(m);
	add_activity(m);
}

void tally_work(const struct model *m, tally_cb cb, void *ctx)
{
	for (size_t i = 0; i < m->n_sources; i++)
		for (size_t j = 0; j < m->counted[i]->counts.n; j++) {
			const char *themes = rest_of(m->counted[i]->words.at[j], "travail");
			int64_t n = m->counted[i]->counts.at[j];
			if (themes && n > 0)
				cb(ctx, i, themes, (size_t)n);
		}
}

size_t tally_number(const struct val *map, const char *key)
{
	const struct val *v = val_get(map, key);
	return v && v->type == VAL_INT && v->i > 0 ? (size_t)v->i : 0;
}
