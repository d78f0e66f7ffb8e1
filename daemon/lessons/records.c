#include "lessons/records.h"

#include <string.h>

#include "lessons/supports.h"

struct records records_of(const struct model *m, const char *kind)
{
	const struct indices *of = model_kind(m, kind);
	struct records all = { 0 };
	for (size_t i = 0; i < of->n; i++) {
		const struct known *k = &m->known.at[of->at[i]];
		if (is_visible(k->rec))
			arena_push(m->a, &all, k);
	}
	return all;
}

const char *record_text(const struct model *m, const struct known *k, const char *key)
{
	return model_mask(m, text_or(source_tip(k->rec), key, ""));
}

struct names record_codes(const struct model *m, const struct val *list)
{
	struct names said = names_of(m->a, list), out = { 0 };
	for (size_t i = 0; i < said.n; i++)
		names_add(m->a, &out, model_mask(m, said.at[i]));
	return out;
}

struct quote record_quote(const struct model *m, const struct known *k, const char *field, const char *text)
{
	return (struct quote){ .collective = k->source->code,
			       .id = k->rec->id,
			       .field = model_mask(m, field),
			       .commit = k->rec->commit,
			       .fingerprint = k->rec->fingerprint,
			       .state = record_text(m, k, "etat"),
			       .visibility = record_text(m, k, "visibilite"),
			       .text = model_mask(m, text) };
}

bool pin_of(struct pin *out, const struct val *v)
{
	if (!val_text(v, "ref"))
		return false;
	*out = (struct pin){ val_text(v, "ref"), text_or(v, "commit", ""), text_or(v, "empreinte", "") };
	return true;
}

enum pin_state pin_state(const struct model *m, const struct pin *p)
{
	const struct known *k = model_find(m, p->ref);
	size_t lesson;
	if (!k)
		return PIN_UNKNOWN;
	if (is_withdrawn(k->rec))
		return PIN_GONE;
	if (!is_shared(k->rec) || (!strcmp(k->rec->kind, "enseignement") && !model_lesson(m, p->ref, &lesson)))
		return PIN_NARROWED;
	return strcmp(k->rec->fingerprint, p->fingerprint) ? PIN_AMENDED : PIN_HOLDS;
}

const char *pin_state_code(enum pin_state s)
{
	static const char *const codes[] = { "en_vigueur", "amende", "plus_partage", "retire", "inconnu" };
	return codes[s];
}
