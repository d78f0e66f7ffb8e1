/* coverage.c -- collective x theme: who has something to say, who is at work, who is silent, who was never concerned.
 *
 * Columns are the broadest concepts of registre `theme` of national.git that are in use (not draft, superseded,
 * archived or withdrawn, not deprecated); what is tagged with a narrower one counts for those it is part of (plus_large),
 * what is tagged with a deprecated one for the one that took its place (deprecie_pour): old records keep the old id. A collective
 * is enrolled for a theme when a group of a cycle in force at the as-of date names it (between two cycles: of the one
 * begun last; nobody stops being concerned because a new cycle is late). What is under way counts only where it may be
 * seen by the network.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/outputs.h"
#include "lessons/tally.h"

const char *cell_state(const struct cell *c)
{
	if (c->lessons)
		return c->fresh ? "plein" : "ancien";
	if (c->under_way)
		return "en_cours";
	return c->enrolled ? "vide" : "hors_champ";
}

static bool in_use(const struct known *k)
{
	const char *state = source_brief(k->rec).state;
	return is_visible(k->rec) && *state && strcmp(state, "brouillon") && !is_over(k->rec);
}

static bool is_national(const struct known *k, const char *kind)
{
	return !strcmp(k->rec->kind, kind) && !strcmp(k->source->code, NATIONAL);
}

#define MAX_STEPS 8 /* to the broadest, or to what took a concept's place; also what ends a circle that two merges could close */

const struct known *model_concept(const struct model *m, const char *id)
{
	const struct known *k = model_find(m, id);
	for (int i = 0; i < MAX_STEPS && k && is_national(k, "concept") && is_visible(k->rec); i++) {
		const char *instead = val_text(source_tip(k->rec), "deprecie_pour");
		if (!instead || !strcmp(source_brief(k->rec).state, "brouillon"))
			return in_use(k) ? k : NULL;
		k = model_find(m, instead);
	}
	return NULL;
}

/* The theme of that id, or what took its place; NULL: none. */
static const struct known *theme_of(const struct model *m, const char *id)
{
	const struct known *k = model_concept(m, id);
	return k && val_is_str(val_get(source_tip(k->rec), "registre"), "theme") ? k : NULL;
}

static bool is_broadest(const struct model *m, const struct known *theme)
{
	struct names broader = names_of(m->a, val_get(source_tip(theme->rec), "plus_large"));
	for (size_t i = 0; i < broader.n; i++) {
		const struct known *k = theme_of(m, broader.at[i]);
		if (k && k != theme)
			return false;
	}
	return true;
}

static void find_themes(struct model *m)
{
	const struct indices *concepts = model_kind(m, "concept");
	for (size_t i = 0; i < concepts->n; i++) {
		const struct known *k = &m->known.at[concepts->at[i]];
		if (theme_of(m, k->rec->id) != k || !is_broadest(m, k))
			continue;
		const struct val *labels = val_get(source_tip(k->rec), "libelles");
		const char *fr = val_text(labels, "fr"), *title = val_text(source_tip(k->rec), "titre"),
			   *en = val_text(labels, "en");
		struct theme t = { .id = k->rec->id,
				   .label = model_mask(m, fr	? fr
						       : title ? title
							       : k->rec->id),
				   .label_en = en ? model_mask(m, en) : "" };
		arena_push(m->a, &m->themes, t);
	}
}

/* What is known of each tag: a few stand in all records. */
struct tag {
	const struct known *theme; /* that it falls into; NULL: none */
	struct names broader;      /* of the theme, as written */
};
struct tagging {
	struct model *m;
	struct strtab ids;
	struct {
		struct tag *at; /* as ids */
		size_t n, cap;
	} tags;
};

static struct tag tag_of(struct tagging *t, const char *id)
{
	size_t i = strtab_number(&t->ids, t->m->a, id);
	if (i == t->tags.n) {
		struct tag new = { .theme = theme_of(t->m, id) };
		if (new.theme)
			new.broader = names_of(t->m->a, val_get(source_tip(new.theme->rec), "plus_large"));
		arena_push(t->m->a, &t->tags, new);
	}
	return t->tags.at[i];
}

static void widen(struct tagging *t, struct names *out, const char *id, int level)
{
	struct tag tag = tag_of(t, id);
	if (!tag.theme || level > MAX_STEPS || names_has(out, tag.theme->rec->id))
		return;
	names_add(t->m->a, out, tag.theme->rec->id);
	for (size_t i = 0; i < tag.broader.n; i++)
		widen(t, out, tag.broader.at[i], level + 1);
}

/* The themes in use that tags fall into: themselves, or what took their place, and all that is broader; the columns are among
 * them. */
static struct names themes_of(struct tagging *t, const struct names *said)
{
	struct names out = { 0 };
	for (size_t i = 0; i < said->n; i++)
		widen(t, &out, said->at[i], 0);
	return out;
}

static int id_of_theme(const void *key, const void *at)
{
	return strcmp(key, ((const struct theme *)at)->id);
}

struct theme *model_theme(const struct model *m, const char *id)
{
	return m->themes.n ? bsearch(id, m->themes.at, m->themes.n, sizeof *m->themes.at, id_of_theme) : NULL;
}

/* NULL: no such collective, or no column. */
static struct cell *cell_at(struct model *m, const char *collective, const struct theme *t)
{
	for (size_t i = 0; t && i < m->collectives.n; i++)
		if (m->collectives.at[i] == collective || !strcmp(m->collectives.at[i], collective))
			return &m->cells[i * m->themes.n + (size_t)(t - m->themes.at)];
	return NULL;
}

static void enroll(struct model *m, const struct val *cycle)
{
	const struct val *groups = val_get(cycle, "groupes");
	for (size_t i = 0; groups && groups->type == VAL_LIST && i < groups->list.n; i++) {
		const struct known *theme = theme_of(m, text_or(groups->list.at[i], "concept", ""));
		struct names who = names_of(m->a, val_get(groups->list.at[i], "collectifs"));
		for (size_t j = 0; theme && j < who.n; j++) {
			struct cell *c = cell_at(m, who.at[j], model_theme(m, theme->rec->id));
			if (c)
				c->enrolled = true;
		}
	}
}

struct indices cycles_in_force(const struct model *m)
{
	struct indices all = { 0 }, last = { 0 };
	const char *last_begin = "";
	const struct indices *cycles = model_kind(m, "cycle");
	for (size_t i = 0; i < cycles->n; i++) {
		const struct known *k = &m->known.at[cycles->at[i]];
		if (!is_national(k, "cycle") || !in_use(k))
			continue;
		const char *begin = val_text(source_tip(k->rec), "debut"), *end = val_text(source_tip(k->rec), "fin");
		if (!begin || strcmp(begin, m->as_of) > 0)
			continue;
		if (!end || strcmp(end, m->as_of) >= 0) {
			arena_push(m->a, &all, cycles->at[i]);
		} else if (strcmp(begin, last_begin) > 0) {
			last_begin = begin;
			last.n = 0;
			arena_push(m->a, &last, cycles->at[i]);
		}
	}
	return all.n ? all : last;
}

static void count_lessons(struct tagging *tagging)
{
	struct model *m = tagging->m;
	for (size_t i = 0; i < m->lessons.n; i++) {
		struct lesson *l = &m->lessons.at[i];
		struct names themes = l->wide = themes_of(tagging, &l->facts.themes);
		bool counted = false;
		for (size_t j = 0; j < themes.n; j++) {
			struct theme *t = model_theme(m, themes.at[j]);
			struct cell *c = cell_at(m, l->collective, t);
			if (!c)
				continue;
			counted = true;
			arena_push(m->a, &t->lessons, i);
			c->lessons++;
			c->fresh += !l->overdue;
			if (strcmp(l->newest, c->newest) > 0)
				c->newest = l->newest;
		}
		m->without_theme += !counted;
	}
}

static void add_work(struct tagging *tagging, const char *collective, const struct names *said, size_t n)
{
	struct model *m = tagging->m;
	struct names themes = themes_of(tagging, said);
	for (size_t i = 0; i < themes.n; i++) {
		struct cell *c = cell_at(m, collective, model_theme(m, themes.at[i]));
		if (c)
			c->under_way += n;
	}
}

static void take_work(void *ctx, size_t source, const char *themes, size_t n)
{
	struct tagging *t = ctx;
	struct names said = { 0 };
	for (const char *p = themes; *p; p += strcspn(p, ","), p += *p == ',')
		names_add(t->m->a, &said, arena_dupn(t->m->a, p, strcspn(p, ",")));
	add_work(t, t->m->sources[source]->code, &said, n);
}

/* Loops, practices and evidence are counted by their source; lessons that may not be quoted yet are few. */
static void count_work(struct tagging *t)
{
	const struct model *m = t->m;
	const struct indices *all = model_kind(m, "enseignement");
	tally_work(m, take_work, t);
	for (size_t i = 0; i < all->n; i++) {
		const struct known *k = &m->known.at[all->at[i]];
		size_t lesson;
		if (!is_visible(k->rec) || is_over(k->rec) || model_lesson(m, k->rec->id, &lesson))
			continue;
		struct names said = names_of(m->a, val_get(source_tip(k->rec), "themes"));
		add_work(t, k->source->code, &said, 1);
	}
}

void coverage_build(struct model *m)
{
	struct tagging t = { .m = m };
	find_themes(m);
	m->cells = arena_array(m->a, m->collectives.n * m->themes.n, sizeof *m->cells);
	for (size_t i = 0; i < m->collectives.n * m->themes.n; i++)
		m->cells[i].newest = "";
	count_lessons(&t);
	count_work(&t);
	struct indices cycles = cycles_in_force(m);
	for (size_t i = 0; i < cycles.n; i++)
		enroll(m, source_tip(m->known.at[cycles.at[i]].rec));
}
