/* out_csv.c -- the tables, the lines of JSON, and sources.lock. One row is one lesson, group, pair or cell; the
 * columns are outputs.h's. */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/outputs.h"
#include "lessons/words.h"

static const char *yes_no(bool b)
{
	return b ? "oui" : "non";
}

struct names ids_of(const struct model *m, const struct indices *lessons)
{
	struct names ids = { 0 };
	for (size_t i = 0; i < lessons->n; i++)
		names_add(m->a, &ids, m->lessons.at[lessons->at[i]].id);
	return ids;
}

bool in_core(const struct group *g, size_t lesson)
{
	for (size_t i = 0; i < g->core.n; i++)
		if (g->core.at[i] == lesson)
			return true;
	return false;
}

/* --- evidence -------------------------------------------------------------------------------------------- */

/* The part of a doc's supports that are withdrawn, or are not: "2 entretiens ; 1 pratique". Supports are sorted by
 * nature. */
static const char *count_some(struct arena *a, const struct val *list, bool withdrawn, size_t *natures, size_t *against)
{
	const char *text = "", *nature = NULL;
	size_t sum = 0;
	for (size_t i = 0; i <= items(list); i++) {
		const struct val *s = i < items(list) ? list->list.at[i] : NULL, *n = val_get(s, "nombre");
		const char *role = text_or(s, "role", ""),
			   *next = s ? text_or(s, "nature", text_or(s, "genre", "autre")) : "";
		if (s && (val_get(s, "retire") != NULL) != withdrawn)
			continue;
		if (nature && strcmp(nature, next)) {
			const char *note = !withdrawn ? "" : sum > 1 ? " (retirés)" : " (retiré)";
			text = arena_printf(a, "%s%s%zu %s%s", text, *text ? " ; " : "", sum, word_support(nature, sum),
					    note);
			sum = 0;
			++*natures;
		}
		nature = next;
		sum += n ? (size_t)n->i : 0;
		*against += n && (!strcmp(role, "nuance") || !strcmp(role, "contredit")) ? (size_t)n->i : 0;
	}
	return text;
}

const char *supports_count(struct arena *a, const struct val *doc, size_t *natures, size_t *against)
{
	size_t kinds = 0, contrary = 0, unused = 0;
	const char *valid = count_some(a, val_get(doc, "appuis"), false, &kinds, &contrary);
	const char *gone = count_some(a, val_get(doc, "appuis"), true, &unused, &unused);
	if (natures)
		*natures = kinds;
	if (against)
		*against = contrary;
	return arena_printf(a, "%s%s%s", valid, *valid && *gone ? " ; " : "", gone);
}

void out_evidence(struct outputs *o)
{
	static const char *const parts[] = { "globale",	   "methode",	 "coherence",
					     "suffisance", "pertinence", "justification" };
	const struct model *m = o->m;
	struct csv_out w = { &o->file[OUT_EVIDENCE], false };
	csv_header(&w, EVIDENCE_COLUMNS);
	for (size_t i = 0; i < m->groups.n; i++)
		for (size_t j = 0; j < m->groups.at[i].members.n; j++) {
			const struct group *g = &m->groups.at[i];
			const struct lesson *l = &m->lessons.at[g->members.at[j]];
			struct quote q = quote_of(l->doc, "enonce", "");
			size_t natures, against;
			const char *supports = supports_count(m->a, l->doc, &natures, &against);
			csv_put(&w, g->id);
			csv_put(&w, g->accord);
			csv_put(&w, l->collective);
			csv_put(&w, l->id);
			csv_put(&w, in_core(g, g->members.at[j]) ? "noyau" : "chaine");
			csv_put(&w, quote_reference(m->a, &q));
			for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
				csv_put(&w, val_text(val_get(l->doc, "confiance"), parts[k]));
			csv_put(&w, supports);
			csv_num(&w, natures);
			csv_num(&w, against);
			csv_put(&w, yes_no(val_get(l->doc, "limites")));
			csv_end(&w);
		}
}

/* --- lessons --------------------------------------------------------------------------------------------- */

static const char *join_codes(struct arena *a, const struct val *doc, const char *key)
{
	struct names codes = names_of(a, val_get(doc, key));
	return names_join(a, &codes);
}

/* The texts of a list of items, one a line. */
static const char *join_texts(struct arena *a, const struct val *doc, const char *key)
{
	const struct val *list = val_get(doc, key);
	const char *text = "";
	for (size_t i = 0; i < items(list); i++)
		text = arena_printf(a, "%s%s%s", text, i ? "\n" : "", text_or(list->list.at[i], "texte", ""));
	return text;
}

static void put_texts(struct csv_out *w, const struct val *doc, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_put(w, val_text(doc, keys[i]));
}
#define PUT_TEXTS(w, doc, ...)                                  \
	put_texts(w, doc, (const char *const[]){ __VA_ARGS__ }, \
		  sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void put_codes(struct csv_out *w, struct arena *a, const struct val *doc)
{
	static const char *const keys[] = { "publics",	   "espaces",	  "niveaux",	"themes",
					    "competences", "dispositifs", "territoires" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		csv_put(w, join_codes(a, doc, keys[i]));
}

void out_lessons(struct outputs *o)
{
	const struct model *m = o->m;
	struct csv_out w = { &o->file[OUT_LESSONS_CSV], false };
	csv_header(&w, LESSON_COLUMNS);
	for (size_t i = 0; i < m->lessons.n; i++) {
		const struct val *doc = m->lessons.at[i].doc, *recent = val_get(doc, "desaccords_recents");
		struct quote q = quote_of(doc, "enonce", text_or(doc, "enonce", ""));
		PUT_TEXTS(&w, doc, "collectif", "id", "titre", "enonce", "contexte", "mecanisme", "effet", "sens");
		csv_put(&w, join_texts(m->a, doc, "conditions"));
		csv_put(&w, val_text(doc, "limites"));
		csv_put(&w, join_texts(m->a, doc, "recommandations"));
		put_codes(&w, m->a, doc);
		PUT_TEXTS(&w, doc, "cycle", "maturite");
		csv_put(&w, val_text(val_get(doc, "confiance"), "globale"));
		PUT_TEXTS(&w, doc, "observe_debut", "observe_fin", "a_revoir_le", "revue");
		csv_put(&w, supports_count(m->a, doc, NULL, NULL));
		csv_num(&w, items(val_get(doc, "desaccords")));
		csv_num(&w, recent ? (size_t)recent->i : 0);
		csv_num(&w, m->lessons.at[i].objections);
		csv_put(&w, yes_no(is_true(doc, "en_discussion")));
		PUT_TEXTS(&w, doc, "grappe", "visibilite", "licence", "commit", "empreinte");
		csv_put(&w, trace_quote(o, OUT_LESSONS_CSV, m->lessons.at[i].id, &q));
		csv_end(&w);
	}
}

void out_docs(struct outputs *o)
{
	for (size_t i = 0; i < o->m->lessons.n; i++) {
		val_canon(&o->file[OUT_LESSONS_JSONL], o->m->lessons.at[i].doc);
		buf_putc(&o->file[OUT_LESSONS_JSONL], '\n');
	}
}

/* --- groups ---------------------------------------------------------------------------------------------- */

static const char *join_links(const struct model *m, const struct indices *links)
{
	struct names ids = { 0 };
	for (size_t i = 0; i < links->n; i++)
		names_add(m->a, &ids, m->links.at[links->at[i]].id);
	return names_join(m->a, &ids);
}

static const char *join_ids(const struct model *m, const struct indices *lessons)
{
	struct names ids = ids_of(m, lessons);
	return names_join(m->a, &ids);
}

void out_groups(struct outputs *o)
{
	const struct model *m = o->m;
	struct csv_out w = { &o->file[OUT_GROUPS], false };
	csv_header(&w, GROUP_COLUMNS);
	for (size_t i = 0; i < m->groups.n; i++) {
		const struct group *g = &m->groups.at[i];
		struct names themes = { 0 };
		for (size_t j = 0; j < g->members.n; j++) {
			struct names some = names_of(m->a, val_get(m->lessons.at[g->members.at[j]].doc, "themes"));
			for (size_t k = 0; k < some.n; k++)
				names_add(m->a, &themes, some.at[k]);
		}
		csv_put(&w, g->id);
		csv_put(&w, g->accord);
		csv_put(&w, names_join(m->a, &g->all));
		csv_put(&w, names_join(m->a, &g->for_));
		csv_put(&w, names_join(m->a, &g->qualify));
		csv_put(&w, names_join(m->a, &g->against));
		csv_num(&w, g->members.n);
		csv_put(&w, join_ids(m, &g->members));
		csv_put(&w, join_ids(m, &g->core));
		csv_put(&w, g->chains);
		csv_put(&w, join_ids(m, &g->qualifying));
		csv_put(&w, join_ids(m, &g->opposing));
		csv_num(&w, g->objections);
		csv_put(&w, join_links(m, &g->links));
		csv_put(&w, join_links(m, &g->stale));
		csv_put(&w, names_join(m->a, &themes));
		csv_end(&w);
	}
}

/* --- who disagrees --------------------------------------------------------------------------------------- */

struct split {
	const char *type, *id, *relation, *state, *by, *date;
	const struct val *from, *to;	   /* docs; to NULL: about one lesson */
	struct quote argument, difference; /* text NULL: none */
	bool explained, discussed;
};

static void put_end(struct csv_out *w, struct outputs *o, const char *anchor, const struct val *doc)
{
	struct quote q = quote_of(doc, "enonce", text_or(doc, "enonce", ""));
	csv_put(w, val_text(doc, "collectif"));
	csv_put(w, val_text(doc, "id"));
	csv_put(w, val_text(doc, "enonce"));
	csv_put(w, doc ? trace_quote(o, OUT_DIVERGENCES_CSV, anchor, &q) : NULL);
}

static void put_quote(struct csv_out *w, struct outputs *o, const char *anchor, const struct quote *q)
{
	bool any = q->text && *q->text;
	csv_put(w, any ? q->text : NULL);
	csv_put(w, any ? trace_quote(o, OUT_DIVERGENCES_CSV, anchor, q) : NULL);
}

static void put_split(struct csv_out *w, struct outputs *o, const struct split *s)
{
	csv_put(w, s->type);
	csv_put(w, s->id);
	csv_put(w, s->relation);
	csv_put(w, s->state);
	csv_put(w, s->by);
	put_end(w, o, s->id, s->from);
	put_end(w, o, s->id, s->to);
	put_quote(w, o, s->id, &s->argument);
	put_quote(w, o, s->id, &s->difference);
	csv_put(w, s->date);
	csv_put(w, yes_no(s->explained));
	csv_put(w, yes_no(s->discussed));
	csv_end(w);
}

static void split_inside(struct csv_out *w, struct outputs *o, const struct lesson *l)
{
	struct arena *a = o->m->a;
	const struct val *dissent = val_get(l->doc, "desaccords"), *supports = val_get(l->doc, "appuis"),
			 *objections = val_get(l->doc, "objections");
	bool discussed = is_true(l->doc, "en_discussion");
	for (size_t i = 0; i < items(dissent); i++) {
		const struct val *d = dissent->list.at[i];
		struct split s = { .type = "interne",
				   .id = l->id,
				   .state = "en_vigueur",
				   .by = l->collective,
				   .from = l->doc,
				   .discussed = discussed };
		const char *field = arena_printf(a, "desaccords/%s/texte", text_or(d, "id", "?"));
		s.argument = quote_of(l->doc, field, val_text(d, "texte"));
		s.date = val_text(d, "date");
		put_split(w, o, &s);
	}
	for (size_t i = 0; i < items(supports); i++) {
		const struct val *d = supports->list.at[i];
		const char *role = text_or(d, "role", "");
		if (strcmp(role, "nuance") && strcmp(role, "contredit"))
			continue;
		struct split s = { .type = "appui",
				   .id = text_or(d, "id", l->id),
				   .relation = role,
				   .from = l->doc,
				   .discussed = discussed };
		s.state = val_get(d, "retire") ? "retire" : "en_vigueur";
		s.by = val_text(d, "collectif");
		s.argument = quote_of(d, text_or(d, "champ", ""), val_text(d, "texte"));
		put_split(w, o, &s);
	}
	for (size_t i = 0; i < items(objections); i++) {
		const struct val *d = objections->list.at[i];
		struct split s = { .type = "objection",
				   .id = val_text(d, "id"),
				   .state = val_text(d, "sur"),
				   .from = l->doc,
				   .discussed = discussed };
		s.by = val_text(d, "collectif");
		s.argument = quote_of(d, "texte", val_text(d, "texte"));
		s.date = val_text(d, "date");
		put_split(w, o, &s);
	}
}

void out_splits(struct outputs *o)
{
	const struct model *m = o->m;
	struct csv_out w = { &o->file[OUT_DIVERGENCES_CSV], false };
	csv_header(&w, SPLIT_COLUMNS);
	for (size_t i = 0; i < m->links.n; i++) {
		const struct link *l = &m->links.at[i];
		if (l->relation < REL_QUALIFIES)
			continue;
		struct split s = { .type = "lien",
				   .id = l->id,
				   .relation = relation_code(l->relation),
				   .by = l->collective,
				   .date = l->date };
		s.state = l->stale ? "a_revoir" : "en_vigueur";
		s.from = m->lessons.at[l->from].doc;
		s.to = m->lessons.at[l->to].doc;
		s.argument = quote_link(l, "argument", l->argument);
		s.difference = quote_link(l, "difference_contexte", l->difference);
		s.explained = *l->difference;
		s.discussed =
			l->rec->open_difference || is_true(s.from, "en_discussion") || is_true(s.to, "en_discussion");
		put_split(&w, o, &s);
	}
	for (size_t i = 0; i < m->lessons.n; i++)
		split_inside(&w, o, &m->lessons.at[i]);
}

/* --- coverage, sources ----------------------------------------------------------------------------------- */

void out_cells(struct outputs *o)
{
	const struct model *m = o->m;
	struct csv_out w = { &o->file[OUT_COVERAGE_CSV], false };
	csv_header(&w, CELL_COLUMNS);
	for (size_t i = 0; i < m->collectives.n; i++)
		for (size_t j = 0; j < m->themes.n; j++) {
			const struct cell *c = &m->cells[i * m->themes.n + j];
			csv_put(&w, m->collectives.at[i]);
			csv_put(&w, m->themes.at[j].id);
			csv_put(&w, m->themes.at[j].label);
			csv_put(&w, m->themes.at[j].label_en);
			csv_put(&w, cell_state(c));
			csv_num(&w, c->lessons);
			csv_put(&w, c->newest);
			csv_num(&w, c->under_way);
			csv_end(&w);
		}
}

static bool is_code(const char *s)
{
	for (const char *p = s; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_'))
			return false;
	return *s != 0;
}

/* "enseignement/partage" for each record that the network may see: records for the collective alone are not even
 * counted. */
static struct names kinds_and_states(const struct model *m, const struct source *s, size_t **counts)
{
	struct names set = { 0 };
	const char **all = arena_array(m->a, s->n, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const char *state = text_or(s->at[i].tip, "etat", "");
		const struct known *k = model_find(m, s->at[i].id);
		if (!k || k->rec != &s->at[i] || !is_visible(k->rec) || !is_code(k->rec->kind))
			continue;
		all[n] = arena_printf(m->a, "%s/%s", k->rec->kind, is_code(state) ? state : "inconnu");
		names_add(m->a, &set, all[n++]);
	}
	*counts = arena_array(m->a, set.n, sizeof **counts);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < set.n; j++)
			(*counts)[j] += !strcmp(set.at[j], all[i]);
	return set;
}

void out_sources(struct outputs *o)
{
	const struct model *m = o->m;
	struct buf *out = &o->file[OUT_SOURCES];
	buf_puts(out, "# Écrit par maillage à chaque agrégation : d'où viennent les autres fichiers de ce dossier.\n"
		      "# Les fiches comptées sont celles que le réseau peut voir (visibilité reseau ou public).\n");
	buf_printf(out, "algorithme: %d\narrete_au: \"%s\"\n", ALGORITHM, m->as_of);
	buf_puts(out, m->n_sources ? "sources:\n" : "sources: []\n");
	for (size_t i = 0; i < m->n_sources; i++) {
		const struct source *s = m->sources[i];
		size_t *counts;
		struct names set = kinds_and_states(m, s, &counts);
		buf_printf(out, "  - collectif: \"%s\"\n    commit: \"%s\"\n    date: \"%s\"\n", s->code, s->commit,
			   s->date);
		buf_puts(out, set.n ? "    fiches:\n" : "    fiches: {}\n");
		size_t kind = 0; /* bytes of the kind whose lines are being written */
		for (size_t j = 0; j < set.n; j++) {
			size_t n = strcspn(set.at[j], "/");
			if (!j || n != kind || strncmp(set.at[j - 1], set.at[j], n))
				buf_printf(out, "      %.*s:\n", (int)n, set.at[j]);
			kind = n;
			buf_printf(out, "        %s: %zu\n", set.at[j] + n + 1, counts[j]);
		}
	}
}
