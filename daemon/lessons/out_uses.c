/* out_uses.c -- maturite/: has it been tried elsewhere, used, contradicted. appropriations/: who did what with which
 * lesson, in the file of who did. */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/outputs.h"
#include "lessons/uses.h"

void out_maturity(const struct part *p)
{
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < p->own->lessons.n; i++) {
		const struct lesson *l = &p->m->lessons.at[p->own->lessons.at[i]];
		const struct outcome *o = l->became;
		const struct names *const sets[] = { &o->tested_by, &o->used_by, &o->against, &o->why };
		struct quote q = quote_statement(l);
		csv_begin(&w, MATURITY_COLUMNS);
		csv_put(&w, l->collective);
		csv_put(&w, l->id);
		csv_put(&w, l->facts.maturity);
		csv_put(&w, o->proposed);
		for (size_t j = 0; j < sizeof sets / sizeof *sets; j++)
			csv_put(&w, names_join(p->m->a, sets[j]));
		csv_num(&w, o->uses);
		csv_num(&w, o->adopted);
		csv_num(&w, o->set_aside);
		csv_put(&w, o->admitted);
		csv_put(&w, yes_no(l->rec->open_difference));
		csv_put(&w, quote_reference(p->m->a, &q));
		csv_end(&w);
	}
}

static void put_told(struct csv_out *w, struct arena *a, const struct val *doc, const char *field)
{
	struct quote q = quote_of(doc, field, val_text(doc, field));
	csv_put(w, q.text);
	csv_put(w, q.text ? quote_reference(a, &q) : NULL);
}

void out_uses(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < m->uses.n; i++) {
		const struct val *doc = m->uses.at[i].doc;
		if (strcmp(m->uses.at[i].collective, p->code))
			continue;
		csv_begin(&w, USE_COLUMNS);
		csv_put(&w, val_text(doc, "collectif"));
		csv_put(&w, val_text(doc, "id"));
		csv_put(&w, val_text(doc, "date"));
		csv_put(&w, val_text(doc, "collectif_enseignement"));
		csv_put(&w, val_text(doc, "enseignement"));
		csv_put(&w, val_text(doc, "version_lue"));
		csv_put(&w, codes_join(m->a, doc, "acteurs"));
		csv_put(&w, codes_join(m->a, doc, "publics"));
		csv_put(&w, val_text(doc, "usage"));
		csv_put(&w, val_text(doc, "issue"));
		put_told(&w, m->a, doc, "recit");
		put_told(&w, m->a, doc, "effet_observe");
		csv_put(&w, yes_no(val_is_true(doc, "en_discussion")));
		csv_end(&w);
	}
}
