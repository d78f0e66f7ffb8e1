/* out_catalogue.c -- catalogue.csv: what the network has produced, for whom, and from which lessons. */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/records.h"

static void put_told(struct csv_out *w, const struct model *m, const struct known *k, const char *field)
{
	struct quote q = record_quote(m, k, field, record_text(m, k, field));
	csv_put(w, q.text);
	csv_put(w, *q.text ? quote_reference(m->a, &q) : NULL);
}

/* Lessons that may be quoted are named; all that no longer hold are counted. */
static void put_sources(struct csv_out *w, const struct model *m, const struct val *list)
{
	struct names ids = { 0 };
	size_t stale = 0;
	for (size_t i = 0; i < items(list); i++) {
		struct pin pin;
		const struct known *k = pin_of(&pin, list->list.at[i]) ? model_find(m, pin.ref) : NULL;
		size_t lesson;
		stale += pin_of(&pin, list->list.at[i]) && pin_state(m, &pin) != PIN_HOLDS;
		if (k && is_shared(k->rec) && (strcmp(k->rec->kind, "enseignement") || model_lesson(m, pin.ref, &lesson)))
			names_add(m->a, &ids, pin.ref);
	}
	csv_put(w, names_join(m->a, &ids));
	csv_num(w, stale);
}

void out_catalogue(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	struct records all = records_of(m, "production");
	csv_header(&w, CATALOGUE_COLUMNS);
	for (size_t i = 0; i < all.n; i++) {
		const struct known *k = all.at[i];
		struct names publics = record_codes(m, val_get(source_tip(k->rec), "publics")),
			     themes = record_codes(m, val_get(source_tip(k->rec), "themes"));
		if (!is_shared(k->rec))
			continue;
		csv_put(&w, k->source->code);
		csv_put(&w, k->rec->id);
		put_told(&w, m, k, "titre");
		csv_put(&w, record_text(m, k, "type_production"));
		csv_put(&w, names_join(m->a, &publics));
		csv_put(&w, record_text(m, k, "parue_le"));
		csv_put(&w, record_text(m, k, "licence"));
		csv_put(&w, record_text(m, k, "visibilite"));
		csv_put(&w, record_text(m, k, "cycle"));
		csv_put(&w, names_join(m->a, &themes));
		put_told(&w, m, k, "resume");
		put_sources(&w, m, val_get(source_tip(k->rec), "sources"));
		csv_num(&w, items(val_get(source_tip(k->rec), "diffusion")));
		csv_put(&w, yes_no(k->rec->open_difference));
		csv_end(&w);
	}
}
