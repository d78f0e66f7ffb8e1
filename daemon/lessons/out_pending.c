/* out_pending.c -- a-faire/: what waits for somebody, by collective, with since when.
 *
 * `depuis` is a date that somebody wrote (created, reviewed, due), never one of git: old papers are imported with their
 * own dates. The age follows from it and `arrete_au`; a column of days would rewrite every file each day. Only what the
 * network may see is listed; nobody's drafts below `reseau` show here.
 *
 * A collective's own reviews decide whether its text is validated and was shown to the territory: what others write in
 * their repositories changes neither.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/csv.h"
#include "lessons/reviews.h"
#include "lessons/supports.h"
#include "lessons/uses.h"

struct task {
	const char *type, *kind, *id, *since, *detail;
	size_t count;
};
struct tasks {
	struct task *at;
	size_t n, cap;
};

static int by_type(const void *x, const void *y)
{
	const struct task *p = x, *q = y;
	int c = strcmp(p->type, q->type);
	if (!c)
		c = strcmp(p->id, q->id);
	return c ? c : strcmp(p->detail, q->detail);
}

static void add(struct tasks *all, const struct model *m, const struct known *k, const char *type, size_t count,
		const char *since, const char *detail)
{
	/* people, and evidence that may not be quoted, have no id outside their collective */
	bool nameless = !strcmp(k->rec->kind, "acteur") ||
			(!strcmp(k->rec->kind, "materiau") && !consent_allows(m, k->rec));
	struct task t = { type,	 k->rec->kind, nameless ? "" : k->rec->id, model_mask(m, since ? since : ""),
			  model_mask(m, detail), count };
	arena_push(m->a, all, t);
}

static bool has_state(const struct known *k, const char *state)
{
	return !strcmp(source_brief(k->rec).state, state);
}

/* A text that was validated, and has changed since. What counts as validation is said by the kind's own level: the
 * collective's for what collectives write, the national team's for what it writes. */
static void find_stale(struct tasks *all, const struct model *m, const struct known *k, const struct reviews *about)
{
	const char *code = k->source->code, *scope = strcmp(code, NATIONAL) ? "collectif" : "national";
	struct review_wish w = { .target = k->rec->id, .nature = "validation", .by = code, .scope = scope };
	const char *any = reviews_newest(about, &w);
	w.fingerprint = k->rec->tip_fingerprint ? k->rec->tip_fingerprint : k->rec->fingerprint;
	if (any && !reviews_newest(about, &w))
		add(all, m, k, "validation_perimee", 1, any, "");
}

/* Of many records a few were reviewed. */
static void find_all_stale(struct tasks *all, const struct part *p)
{
	const char *last = "";
	for (size_t i = 0; i < p->own->reviews.n; i++) {
		const struct review *r = &p->m->reviews->at[p->own->reviews.at[i]];
		if (!strcmp(r->target, last))
			continue;
		const struct known *k = model_find(p->m, r->target);
		struct reviews about = reviews_around(p->m->reviews, p->own->reviews.at[i]);
		if (k && part_filed(p, k) && is_visible(k->rec) && (has_state(k, "valide") || has_state(k, SHARED)))
			find_stale(all, p->m, k, &about);
		last = r->target;
	}
}

static void find_mirror(struct tasks *all, const struct model *m, const struct known *k)
{
	const char *id = k->rec->id, *code = k->source->code;
	const struct review_wish shown = { id, "restitution_miroir", code, NULL, k->rec->fingerprint },
				 validated = { id, "validation", code, "collectif", NULL };
	size_t lesson;
	if (!strcmp(code, NATIONAL) || (!has_state(k, "valide") && !model_lesson(m, id, &lesson)))
		return;
	struct reviews about = reviews_about(m->reviews, id);
	if (reviews_newest(&about, &shown))
		return;
	const char *since = reviews_newest(&about, &validated);
	add(all, m, k, "restitution_manquante", 1, since ? since : record_text(m, k, "cree_le"), "");
}

/* Follow-up actions of a meeting that nobody has marked as done; late or not, `depuis` is the due date. */
static void find_follow_up(struct tasks *all, const struct model *m, const struct known *k)
{
	const struct val *list = val_get(source_tip(k->rec), "suites");
	for (size_t i = 0; i < items(list); i++) {
		const struct val *one = list->list.at[i];
		if (!val_is_str(val_get(one, "fait"), "oui") && !val_is_true(one, "fait"))
			add(all, m, k, "suite_a_donner", 1, val_text(one, "echeance"),
			    arena_printf(m->a, "suites/%s", text_or(one, "id", "?")));
	}
}

static void find_objections(struct tasks *all, const struct model *m, const struct lesson *l)
{
	const struct val *list = l->objecting;
	const struct known *k = model_find(m, l->id);
	for (size_t i = 0; k && i < items(list); i++)
		add(all, m, k, "objection_ouverte", 1, val_text(list->list.at[i], "date"),
		    text_or(list->list.at[i], "id", ""));
}

static void find_waiting(struct tasks *all, const struct model *m, const struct known *k)
{
	const struct source_record *r = k->rec;
	if (r->open_hard)
		add(all, m, k, "difference_dure", r->open_hard, r->open_since, "");
	if (r->open_soft)
		add(all, m, k, "difference_a_relire", r->open_soft, r->open_since, "");
	if (has_state(k, "propose"))
		add(all, m, k, "proposition", 1, record_text(m, k, "cree_le"), "");
}

static void find_unvalidated(struct tasks *all, const struct model *m, const struct known *k)
{
	if (has_state(k, SHARED) && !source_is_validated(k->rec))
		add(all, m, k, "validation_absente", 1, record_text(m, k, "cree_le"), "");
	find_mirror(all, m, k);
}

/* Calls find for what the part's collective filed of these, where the network may see it. */
static void each_own(struct tasks *all, const struct part *p, const struct indices *records,
		     void (*find)(struct tasks *all, const struct model *m, const struct known *k))
{
	for (size_t i = 0; i < records->n; i++) {
		const struct known *k = &p->m->known.at[records->at[i]];
		if (part_filed(p, k) && is_visible(k->rec))
			find(all, p->m, k);
	}
}

static void find_tasks(struct tasks *all, const struct part *p)
{
	const struct model *m = p->m;
	const struct own *own = p->own;
	find_all_stale(all, p);
	each_own(all, p, &m->waiting, find_waiting);
	each_own(all, p, &own->records, find_unvalidated);
	each_own(all, p, model_kind(m, "rencontre"), find_follow_up);
	for (size_t i = 0; i < own->lessons.n; i++) {
		const struct lesson *l = &m->lessons.at[own->lessons.at[i]];
		bool held_back = !l->pub && !strcmp(source_brief(l->rec).visibility, "public");
		const struct known *k = l->overdue || held_back ? model_find(m, l->id) : NULL;
		if (l->overdue && k)
			add(all, m, k, "revue_depassee", 1, val_text(model_doc(m, l), "a_revoir_le"), "");
		if (held_back && k)
			add(all, m, k, "publication_retenue", 1, l->became->validated, "");
		if (l->objections)
			find_objections(all, m, l);
	}
	for (size_t i = 0; i < own->links.n; i++) {
		const struct link *l = &m->links.at[own->links.at[i]];
		const struct known *k = l->stale ? model_find(m, l->id) : NULL;
		if (k)
			add(all, m, k, "lien_a_revoir", 1, l->date, "");
	}
	if (all->n)
		qsort(all->at, all->n, sizeof *all->at, by_type);
}

void out_pending(const struct part *p)
{
	struct csv_out w = { p->out, false };
	struct tasks all = { 0 };
	find_tasks(&all, p);
	for (size_t i = 0; i < all.n; i++) {
		const struct task *t = &all.at[i];
		csv_begin(&w, PENDING_COLUMNS);
		csv_put(&w, p->code);
		csv_put(&w, t->type);
		csv_put(&w, t->kind);
		csv_put(&w, t->id);
		csv_num(&w, t->count);
		csv_put(&w, t->since);
		csv_put(&w, t->detail);
		csv_end(&w);
	}
}
