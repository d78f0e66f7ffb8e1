/* out_recalls.c -- rappels.csv: what has to be corrected, because a source it quotes was withdrawn or amended.
 *
 * Three kinds of documents quote: a synthesis (its findings' `appuis` and `contre`), a production (its sources), and a
 * lesson (its evidence). A lesson whose evidence was withdrawn recalls in turn what quotes the lesson: "a witness
 * withdraws: which documents do we correct?" has its answer in one list.
 *
 * The withdrawn evidence itself is only said by its nature, as everywhere (supports.h): the collective knows which.
 */
#include <string.h>

#include "lessons/csv.h"
#include "lessons/records.h"

static void put_row(struct csv_out *w, const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_put(w, cells[i]);
	csv_end(w);
}

/* One pinned source of a document. */
static void recall(struct csv_out *w, const struct model *m, const struct known *doc, const char *where,
		   const struct pin *pin, const char *what, const char *by)
{
	const struct known *source = model_find(m, pin->ref);
	bool other = source && is_shared(source->rec) && strcmp(source->rec->fingerprint, pin->fingerprint);
	const char *now = other ? source->rec->fingerprint : "";
	const char *const row[] = { doc->source->code,
				    doc->rec->kind,
				    doc->rec->id,
				    record_text(m, doc, "etat"),
				    model_mask(m, where),
				    source ? source->source->code : "",
				    model_mask(m, pin->ref),
				    what,
				    by,
				    model_mask(m, pin->commit),
				    model_mask(m, pin->fingerprint),
				    now };
	put_row(w, row, sizeof row / sizeof *row);
}

static void recall_pin(struct csv_out *w, const struct model *m, const struct known *doc, const char *where,
		       const struct val *v)
{
	struct pin pin;
	size_t lesson;
	if (!pin_of(&pin, v))
		return;
	enum pin_state state = pin_state(m, &pin);
	if (state != PIN_HOLDS)
		recall(w, m, doc, where, &pin, pin_state_code(state), "");
	if (!model_lesson(m, pin.ref, &lesson))
		return;
	const char *gone = m->lessons.at[lesson].withdrawn;
	if (*gone)
		recall(w, m, doc, where, &pin, "appui_retire", gone);
}

static void recall_list(struct csv_out *w, const struct model *m, const struct known *doc, const char *where,
			const struct val *list)
{
	for (size_t i = 0; i < items(list); i++)
		recall_pin(w, m, doc, where, list->list.at[i]);
}

static void recall_findings(struct csv_out *w, const struct model *m, const struct known *doc)
{
	const struct val *list = val_get(source_tip(doc->rec), "enonces");
	for (size_t i = 0; i < items(list); i++) {
		const char *at = arena_printf(m->a, "enonces/%s", text_or(list->list.at[i], "id", "?"));
		recall_list(w, m, doc, arena_printf(m->a, "%s/appuis", at), val_get(list->list.at[i], "appuis"));
		recall_list(w, m, doc, arena_printf(m->a, "%s/contre", at), val_get(list->list.at[i], "contre"));
	}
}

static void recall_evidence(struct csv_out *w, const struct model *m, const struct lesson *l)
{
	const struct known *k = *l->withdrawn ? model_find(m, l->id) : NULL;
	struct pin pin = { l->id, l->rec->commit, l->rec->fingerprint };
	if (k)
		recall(w, m, k, "appuis", &pin, "appui_retire", l->withdrawn);
}

void out_recalls(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	struct records productions = records_of(m, "production"), syntheses = records_of(m, "synthese");
	csv_header(&w, RECALL_COLUMNS);
	for (size_t i = 0; i < syntheses.n; i++)
		if (!is_over(syntheses.at[i]->rec))
			recall_findings(&w, m, syntheses.at[i]);
	for (size_t i = 0; i < productions.n; i++)
		if (!is_over(productions.at[i]->rec))
			recall_list(&w, m, productions.at[i], "sources", val_get(source_tip(productions.at[i]->rec), "sources"));
	for (size_t i = 0; i < m->lessons.n; i++)
		recall_evidence(&w, m, &m->lessons.at[i]);
}
