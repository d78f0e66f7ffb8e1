/* trace.c -- where each sentence comes from: the reference that follows it, and its row in trace/.
 *
 * trace/ara/k.csv holds the sentences that may be quoted from what ara filed: of its lessons with their evidence and
 * objections, of its links, uses, productions, syntheses and cycles. The rows depend on these alone, not on who quotes them where: a sentence is found in the
 * outputs by its reference (lookup.c). `dans` is the record in whose row or sheet the sentence stands.
 */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/records.h"

const char *quote_reference(struct arena *a, const struct quote *q)
{
	char commit[REFERENCE_OID + 1] = "";
	strncat(commit, q->commit, REFERENCE_OID);
	char *all = arena_cat(a, "[", q->collective, " ", q->id, " @", commit, " ", q->field, "]");
	for (char *p = all + 1, *end = p + strlen(q->collective); p < end; p++)
		if (*p >= 'a' && *p <= 'z')
			*p -= 32;
	return all;
}

struct quote quote_of(const struct val *doc, const char *field, const char *text)
{
	return (struct quote){ .collective = text_or(doc, "collectif", "?"),
			       .id = text_or(doc, "id", "?"),
			       .field = field,
			       .commit = text_or(doc, "commit", "?"),
			       .fingerprint = text_or(doc, "empreinte", ""),
			       .state = text_or(doc, "etat", ""),
			       .visibility = text_or(doc, "visibilite", ""),
			       .text = text };
}

struct quote quote_statement(const struct lesson *l)
{
	return (struct quote){ .collective = l->collective,
			       .id = l->id,
			       .field = "enonce",
			       .commit = l->rec->commit,
			       .fingerprint = l->rec->fingerprint,
			       .text = l->facts.statement };
}

struct quote quote_link(const struct link *l, const char *field, const char *text)
{
	return (struct quote){ .collective = l->collective,
			       .id = l->id,
			       .field = field,
			       .commit = l->rec->commit,
			       .fingerprint = l->rec->fingerprint,
			       .state = source_brief(l->rec).state,
			       .visibility = source_brief(l->rec).visibility,
			       .text = text };
}

static void put_row(struct csv_out *w, struct arena *a, const struct quote *q, const char *within)
{
	const char *const cells[] = { quote_reference(a, q), q->collective, q->id,	   q->field, q->commit,
				      q->fingerprint,	     q->state,	    q->visibility, q->text,  within };
	if (!q->text || !*q->text)
		return;
	csv_begin(w, TRACE_COLUMNS);
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		csv_put(w, cells[i]);
	csv_end(w);
}

static void put_items(struct csv_out *w, struct arena *a, const struct val *doc, const char *key)
{
	const struct val *list = val_get(doc, key);
	for (size_t i = 0; i < items(list); i++) {
		const struct val *one = list->list.at[i];
		const char *field = arena_cat(a, key, "/", text_or(one, "id", "?"), "/texte");
		struct quote q = quote_of(doc, field, val_text(one, "texte"));
		put_row(w, a, &q, val_text(doc, "id"));
	}
}

/* What a doc holds with its own origin; its field is named by `champ`, or always the same. */
static void put_held(struct csv_out *w, struct arena *a, const struct val *doc, const char *key, const char *field)
{
	const struct val *list = val_get(doc, key);
	for (size_t i = 0; i < items(list); i++) {
		const struct val *one = list->list.at[i];
		struct quote q = quote_of(one, field ? field : text_or(one, "champ", ""), val_text(one, "texte"));
		put_row(w, a, &q, val_text(doc, "id"));
	}
}

static void trace_lesson(struct csv_out *w, struct arena *a, const struct val *doc)
{
	static const char *const texts[] = { "enonce", "contexte", "limites" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct quote q = quote_of(doc, texts[i], val_text(doc, texts[i]));
		put_row(w, a, &q, q.id);
	}
	put_items(w, a, doc, "conditions");
	put_items(w, a, doc, "desaccords");
	put_held(w, a, doc, "appuis", NULL);
	put_held(w, a, doc, "objections", "texte");
}

/* What other outputs quote of the other kinds: a field, or one of each item of a list. Read in this order. */
static const struct {
	const char *kind, *field, *of_items;
} quoted[] = {
	{ "appropriation", "recit", NULL },	{ "appropriation", "effet_observe", NULL },
	{ "cycle", "titre", NULL },		{ "cycle", "axes", "libelle" },
	{ "production", "titre", NULL },	{ "production", "resume", NULL },
	{ "synthese", "question", NULL },	{ "synthese", "enonces", "texte" },
	{ "synthese", "enonces", "explication" },
};

bool trace_quotes(const char *kind)
{
	for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++)
		if (!strcmp(quoted[i].kind, kind))
			return true;
	return false;
}

static void trace_record(struct csv_out *w, const struct model *m, const struct known *k)
{
	for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++) {
		const char *field = quoted[i].field, *inner = quoted[i].of_items;
		if (strcmp(quoted[i].kind, k->rec->kind) != 0)
			continue;
		const struct val *list = inner ? val_get(source_tip(k->rec), field) : NULL;
		struct quote q = record_quote(m, k, field, inner ? "" : record_text(m, k, field));
		put_row(w, m->a, &q, k->rec->id);
		for (size_t j = 0; j < items(list); j++) {
			const struct val *one = list->list.at[j];
			const char *at = arena_printf(m->a, "%s/%s/%s", field, text_or(one, "id", "?"), inner);
			q = record_quote(m, k, at, text_or(one, inner, ""));
			put_row(w, m->a, &q, k->rec->id);
		}
	}
}

void out_trace(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < p->own->lessons.n; i++)
		trace_lesson(&w, m->a, model_doc(m, &m->lessons.at[p->own->lessons.at[i]]));
	for (size_t i = 0; i < p->own->links.n; i++) {
		const struct link *l = &m->links.at[p->own->links.at[i]];
		struct quote argument = quote_link(l, "argument", l->argument),
			     why = quote_link(l, "difference_contexte", l->difference);
		put_row(&w, m->a, &argument, l->id);
		put_row(&w, m->a, &why, l->id);
	}
	for (size_t i = 0; i < p->own->quoted.n; i++)
		if (is_shared(m->known.at[p->own->quoted.at[i]].rec))
			trace_record(&w, m, &m->known.at[p->own->quoted.at[i]]);
}
