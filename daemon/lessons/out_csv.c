/* out_csv.c -- the tables, the lines of JSON, and sources.lock. One row is one lesson, group, pair or cell; the
 * columns are outputs.h's. */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/outputs.h"
#include "lessons/words.h"

/* --- evidence -------------------------------------------------------------------------------------------- */

static void put_evidence(struct csv_out *w, const struct model *m, size_t lesson)
{
	static const char *const parts[] = { "globale",	   "methode",	 "coherence",
					     "suffisance", "pertinence", "justification" };
	const struct lesson *l = &m->lessons.at[lesson];
	const struct group *g = &m->groups.at[m->group_of[lesson]];
	const struct val *doc = model_doc(m, l), *confidence = val_get(doc, "confiance");
	struct quote q = quote_statement(l);
	size_t natures;
	const char *supports = supports_count(m->a, doc, &natures);
	csv_begin(w, EVIDENCE_COLUMNS);
	csv_put(w, g->id);
	csv_put(w, g->accord);
	csv_put(w, l->collective);
	csv_put(w, l->id);
	csv_put(w, in_core(g, lesson) ? "noyau" : "chaine");
	csv_put(w, quote_reference(m->a, &q));
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
		csv_put(w, val_text(confidence, parts[k]));
	csv_put(w, supports);
	csv_num(w, natures);
	csv_num(w, supports_against(doc));
	csv_put(w, yes_no(l->facts.limits));
	csv_put(w, yes_no(l->rec->open_difference));
	csv_end(w);
}

/* The lessons of a group stand together, in the file of its first lesson's collective. */
void out_evidence(const struct part *p)
{
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < p->own->groups.n; i++) {
		const struct group *g = &p->m->groups.at[p->own->groups.at[i]];
		for (size_t j = 0; j < g->members.n; j++)
			put_evidence(&w, p->m, g->members.at[j]);
	}
}

/* --- lessons --------------------------------------------------------------------------------------------- */

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
		csv_put(w, codes_join(a, doc, keys[i]));
}

void out_lessons(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < p->own->lessons.n; i++) {
		const struct lesson *l = &m->lessons.at[p->own->lessons.at[i]];
		const struct val *doc = model_doc(m, l), *recent = val_get(doc, "desaccords_recents");
		struct quote q = quote_of(doc, "enonce", text_or(doc, "enonce", ""));
		csv_begin(&w, LESSON_COLUMNS);
		PUT_TEXTS(&w, doc, "collectif", "id", "titre", "enonce", "contexte", "mecanisme", "effet", "sens");
		csv_put(&w, texts_join(m->a, doc, "conditions"));
		csv_put(&w, val_text(doc, "limites"));
		csv_put(&w, texts_join(m->a, doc, "recommandations"));
		put_codes(&w, m->a, doc);
		PUT_TEXTS(&w, doc, "cycle", "maturite");
		csv_put(&w, val_text(val_get(doc, "confiance"), "globale"));
		PUT_TEXTS(&w, doc, "observe_debut", "observe_fin", "a_revoir_le", "revue");
		csv_put(&w, supports_count(m->a, doc, NULL));
		csv_num(&w, items(val_get(doc, "desaccords")));
		csv_num(&w, recent ? (size_t)recent->i : 0);
		csv_num(&w, l->objections);
		csv_put(&w, yes_no(val_is_true(doc, "en_discussion")));
		PUT_TEXTS(&w, doc, "grappe", "visibilite", "licence", "commit", "empreinte");
		csv_put(&w, quote_reference(m->a, &q));
		csv_end(&w);
	}
}

void out_docs(const struct part *p)
{
	for (size_t i = 0; i < p->own->lessons.n; i++) {
		val_canon(p->out, model_doc(p->m, &p->m->lessons.at[p->own->lessons.at[i]]));
		buf_putc(p->out, '\n');
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

static bool discussed(const struct model *m, const struct indices *lessons)
{
	for (size_t i = 0; i < lessons->n; i++)
		if (m->lessons.at[lessons->at[i]].rec->open_difference)
			return true;
	return false;
}

void out_groups(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < p->own->groups.n; i++) {
		const struct group *g = &m->groups.at[p->own->groups.at[i]];
		struct names themes = { 0 };
		for (size_t j = 0; j < g->members.n; j++) {
			const struct names *some = &m->lessons.at[g->members.at[j]].facts.themes;
			for (size_t k = 0; k < some->n; k++)
				names_add(m->a, &themes, some->at[k]);
		}
		csv_begin(&w, GROUP_COLUMNS);
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
		csv_put(&w, yes_no(discussed(m, &g->members)));
		csv_end(&w);
	}
}

/* --- who disagrees --------------------------------------------------------------------------------------- */

struct dissent {
	const char *type, *id, *relation, *state, *by, *date;
	const struct lesson *from, *to;	   /* to NULL: about one lesson */
	struct quote argument, difference; /* text NULL: none */
	bool explained, lifted, discussed;
};

/* l NULL: empty columns. */
static void put_end(struct csv_out *w, struct arena *a, const struct lesson *l)
{
	struct quote q = l ? quote_statement(l) : (struct quote){ NULL };
	csv_put(w, q.collective);
	csv_put(w, q.id);
	csv_put(w, q.text);
	csv_put(w, l ? quote_reference(a, &q) : NULL);
}

static void put_quote(struct csv_out *w, struct arena *a, const struct quote *q)
{
	bool any = q->text && *q->text;
	csv_put(w, any ? q->text : NULL);
	csv_put(w, any ? quote_reference(a, q) : NULL);
}

static void put_split(struct csv_out *w, struct arena *a, const struct dissent *s)
{
	csv_begin(w, SPLIT_COLUMNS);
	csv_put(w, s->type);
	csv_put(w, s->id);
	csv_put(w, s->relation);
	csv_put(w, s->state);
	csv_put(w, s->by);
	put_end(w, a, s->from);
	put_end(w, a, s->to);
	put_quote(w, a, &s->argument);
	put_quote(w, a, &s->difference);
	csv_put(w, s->date);
	csv_put(w, yes_no(s->explained));
	csv_put(w, yes_no(s->lifted));
	csv_put(w, yes_no(s->discussed));
	csv_end(w);
}

static void split_inside(struct csv_out *w, const struct model *m, const struct lesson *l)
{
	if (!l->facts.dissents && !l->facts.opposed && !l->objecting)
		return;
	const struct val *doc = model_doc(m, l), *dissent = val_get(doc, "desaccords"), *supports = val_get(doc, "appuis"),
			 *objections = val_get(doc, "objections");
	bool discussed = l->rec->open_difference;
	for (size_t i = 0; i < items(dissent); i++) {
		const struct val *d = dissent->list.at[i];
		struct dissent s = { .type = "interne",
				   .id = l->id,
				   .state = "en_vigueur",
				   .by = l->collective,
				   .from = l,
				   .discussed = discussed };
		const char *field = arena_printf(m->a, "desaccords/%s/texte", text_or(d, "id", "?"));
		s.lifted = val_is_true(d, "leve");
		s.argument = quote_of(doc, field, val_text(d, "texte"));
		s.date = val_text(d, "date");
		put_split(w, m->a, &s);
	}
	for (size_t i = 0; i < items(supports); i++) {
		const struct val *d = supports->list.at[i];
		const char *role = text_or(d, "role", "");
		if (strcmp(role, "nuance") && strcmp(role, "contredit"))
			continue;
		struct dissent s = { .type = "appui",
				   .id = text_or(d, "id", l->id),
				   .relation = role,
				   .from = l,
				   .discussed = discussed };
		s.state = val_get(d, "retire") ? "retire" : "en_vigueur";
		s.by = val_text(d, "collectif");
		s.argument = quote_of(d, text_or(d, "champ", ""), val_text(d, "texte"));
		put_split(w, m->a, &s);
	}
	for (size_t i = 0; i < items(objections); i++) {
		const struct val *d = objections->list.at[i];
		struct dissent s = { .type = "objection",
				   .id = val_text(d, "id"),
				   .state = val_text(d, "sur"),
				   .from = l,
				   .discussed = discussed };
		s.by = val_text(d, "collectif");
		s.argument = quote_of(d, "texte", val_text(d, "texte"));
		s.date = val_text(d, "date");
		put_split(w, m->a, &s);
	}
}

void out_splits(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < p->own->links.n; i++) {
		const struct link *l = &m->links.at[p->own->links.at[i]];
		if (l->relation < REL_QUALIFIES)
			continue;
		struct dissent s = { .type = "lien",
				   .id = l->id,
				   .relation = relation_code(l->relation),
				   .by = l->collective,
				   .date = l->date };
		s.state = l->stale ? "a_revoir" : "en_vigueur";
		s.from = &m->lessons.at[l->from];
		s.to = &m->lessons.at[l->to];
		s.argument = quote_link(l, "argument", l->argument);
		s.difference = quote_link(l, "difference_contexte", l->difference);
		s.explained = *l->difference;
		s.lifted = l->lifted;
		s.discussed = l->rec->open_difference || s.from->rec->open_difference || s.to->rec->open_difference;
		put_split(&w, m->a, &s);
	}
	for (size_t i = 0; i < p->own->lessons.n; i++)
		split_inside(&w, m, &m->lessons.at[p->own->lessons.at[i]]);
}

/* --- coverage -------------------------------------------------------------------------------------------- */

void out_cells(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
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
			csv_put(&w, yes_no(c->enrolled));
			csv_end(&w);
		}
}

