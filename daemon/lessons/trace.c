/* trace.c -- where each sentence comes from: the reference that follows it, and its row in trace.csv. */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/outputs.h"

const char *text_or(const struct val *map, const char *key, const char *otherwise)
{
	const char *s = val_text(map, key);
	return s ? s : otherwise;
}

size_t items(const struct val *list)
{
	return list && list->type == VAL_LIST ? list->list.n : 0;
}

bool is_true(const struct val *map, const char *key)
{
	const struct val *v = val_get(map, key);
	return v && v->type == VAL_BOOL && v->b;
}

const char *quote_reference(struct arena *a, const struct quote *q)
{
	char *code = arena_dup(a, q->collective);
	for (char *p = code; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p -= 32;
	return arena_printf(a, "[%s %s @%.*s %s]", code, q->id, REFERENCE_OID, q->commit, q->field);
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

struct quote quote_link(const struct link *l, const char *field, const char *text)
{
	return (struct quote){ .collective = l->collective,
			       .id = l->id,
			       .field = field,
			       .commit = l->rec->commit,
			       .fingerprint = l->rec->fingerprint,
			       .state = text_or(l->rec->tip, "etat", ""),
			       .visibility = text_or(l->rec->tip, "visibilite", ""),
			       .text = text };
}

const char *trace_quote(struct outputs *o, enum output where, const char *anchor, const struct quote *q)
{
	struct csv_out w = { &o->file[OUT_TRACE], false };
	const char *reference = quote_reference(o->m->a, q);
	const char *const cells[] = { output_name(where), anchor,	  reference, q->collective, q->id,  q->field,
				      q->commit,	  q->fingerprint, q->state,  q->visibility, q->text };
	if (!w.out->n)
		csv_header(&w, TRACE_COLUMNS);
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		csv_put(&w, cells[i]);
	csv_end(&w);
	return reference;
}

void out_trace(struct outputs *o)
{
	struct csv_out w = { &o->file[OUT_TRACE], false };
	if (!w.out->n)
		csv_header(&w, TRACE_COLUMNS);
}
