/* out_review.c -- points-etape/<cycle>-<date>.md: the stage review of a cycle, as it stands at the as-of date.
 *
 * For each cycle in force. It repeats what the other outputs say of the lessons of this cycle, so that people can read it
 * at a meeting: milestones, coverage of its groups, what several collectives agree on, who does not, what was tried and
 * used, the findings of the syntheses shared for this cycle, and what is missing. The program quotes and counts; what it
 * means is for the meeting. It shows the groups of the most collectives and so many disagreements, and says how many more
 * there are: nobody reads a thousand statements at a meeting, and the tables beside it have them all.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/records.h"
#include "lessons/sheet.h"
#include "lessons/uses.h"
#include "lessons/words.h"

#define GROUPS_MAX 30
#define DISSENT_MAX 30
#define USES_MAX 30

struct review_of {
	struct sheet s;
	const struct model *m;
	const struct known *cycle;
	const struct group **groups; /* of this cycle and of SHEET_MIN collectives, most collectives first */
	size_t n_groups;
};

static bool in_cycle(const struct review_of *r, size_t lesson)
{
	return !strcmp(r->m->lessons.at[lesson].facts.cycle, r->cycle->rec->id);
}

/* --- milestones and coverage ------------------------------------------------------------------------------- */

static int by_rank(const void *x, const void *y)
{
	const struct val *const *p = x, *const *q = y;
	int c = strcmp(text_or(*p, "date", ""), text_or(*q, "date", ""));
	return c ? c : strcmp(text_or(*p, "id", ""), text_or(*q, "id", ""));
}

static void say_milestones(struct review_of *r)
{
	const struct val *list = val_get(source_tip(r->cycle->rec), "jalons");
	const struct val **at = arena_array(r->m->a, items(list), sizeof *at);
	size_t n = items(list);
	sheet_put(&r->s, "\n## Jalons\n\n");
	if (!n) {
		sheet_put(&r->s, "Aucun jalon n'est écrit.\n");
		return;
	}
	for (size_t i = 0; i < n; i++)
		at[i] = list->list.at[i];
	qsort(at, n, sizeof *at, by_rank);
	sheet_put(&r->s, "**Tableau : jalons du cycle**\n\n| Date | Jalon | État |\n|---|---|---|\n");
	for (size_t i = 0; i < n; i++) {
		sheet_put(&r->s, "| ");
		sheet_text(&r->s, text_or(at[i], "date", sheet_word(&r->s, "sans date")));
		sheet_put(&r->s, " | ");
		sheet_text(&r->s, sheet_word(&r->s, text_or(at[i], "type_jalon", "non dit")));
		sheet_put(&r->s, " | ");
		sheet_text(&r->s, sheet_word(&r->s, text_or(at[i], "statut_jalon", "non dit")));
		sheet_put(&r->s, " |\n");
	}
}

/* A row for each group of the cycle, with the states of all collectives by state. */
static void say_coverage(struct review_of *r)
{
	static const char *const states[] = { "plein", "ancien", "en_cours", "vide" };
	const struct model *m = r->m;
	const struct val *groups = val_get(source_tip(r->cycle->rec), "groupes");
	sheet_put(&r->s, "\n## Couverture des groupes de travail\n\n");
	if (!items(groups)) {
		sheet_put(&r->s, "Aucun groupe de travail n'est écrit.\n");
		return;
	}
	sheet_put(&r->s, "**Tableau : collectifs par état, pour le thème de chaque groupe**\n\n"
			 "| Thème | Plein | Ancien | En cours | Vide |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < items(groups); i++) {
		const char *theme = text_or(groups->list.at[i], "concept", "");
		size_t t = 0;
		while (t < m->themes.n && strcmp(m->themes.at[t].id, theme))
			t++;
		sheet_put(&r->s, "| ");
		sheet_label(&r->s, theme);
		for (size_t k = 0; k < sizeof states / sizeof *states; k++) {
			struct names who = { 0 };
			for (size_t c = 0; t < m->themes.n && c < m->collectives.n; c++)
				if (!strcmp(cell_state(&m->cells[c * m->themes.n + t]), states[k]))
					names_add(m->a, &who, m->collectives.at[c]);
			sheet_put(&r->s, " | ");
			sheet_codes(&r->s, &who);
		}
		sheet_put(&r->s, " |\n");
	}
	sheet_figure(&r->s);
}

/* --- agreement and disagreement ---------------------------------------------------------------------------- */

static void say_statement(struct review_of *r, size_t lesson)
{
	const struct lesson *l = &r->m->lessons.at[lesson];
	struct quote q = quote_statement(l);
	sheet_put(&r->s, "- ");
	sheet_quote(&r->s, &q);
	sheet_put(&r->s, l->rec->open_difference ? " « en discussion »\n" : "\n");
}

static bool is_of_cycle(const struct review_of *r, const struct group *g)
{
	for (size_t i = 0; i < g->core.n; i++)
		if (in_cycle(r, g->core.at[i]))
			return true;
	return false;
}

static int most_collectives(const void *x, const void *y)
{
	const struct group *const *p = x, *const *q = y;
	if ((*p)->all.n != (*q)->all.n)
		return (*p)->all.n > (*q)->all.n ? -1 : 1;
	return strcmp((*p)->id, (*q)->id);
}

static void find_groups(struct review_of *r)
{
	const struct model *m = r->m;
	r->groups = arena_array(m->a, m->groups.n, sizeof *r->groups);
	for (size_t i = 0; i < m->groups.n; i++)
		if (m->groups.at[i].all.n >= SHEET_MIN && is_of_cycle(r, &m->groups.at[i]))
			r->groups[r->n_groups++] = &m->groups.at[i];
	if (r->n_groups)
		qsort(r->groups, r->n_groups, sizeof *r->groups, most_collectives);
}

static void say_agreement(struct review_of *r)
{
	sheet_put(&r->s, "\n## Ce que plusieurs collectifs ont appris\n");
	for (size_t i = 0; i < r->n_groups && i < GROUPS_MAX; i++) {
		const struct group *g = r->groups[i];
		sheet_printf(&r->s, "\n### Grappe %s\n\nAccord proposé : %s. Pour : ", g->id, sheet_word(&r->s, g->accord));
		sheet_codes(&r->s, &g->for_);
		sheet_put(&r->s, ". Nuancent : ");
		sheet_codes(&r->s, &g->qualify);
		sheet_put(&r->s, ". Contredisent : ");
		sheet_codes(&r->s, &g->against);
		sheet_put(&r->s, ".\n\n");
		for (size_t j = 0; j < g->core.n; j++)
			say_statement(r, g->core.at[j]);
	}
	if (!r->n_groups)
		sheet_put(&r->s, "\nAucune grappe de ce cycle ne réunit encore deux collectifs.\n");
	if (r->n_groups > GROUPS_MAX)
		sheet_printf(&r->s, "\nAutres grappes de ce cycle, dans convergences.md : %zu\n", r->n_groups - GROUPS_MAX);
}

static void say_dissent(struct review_of *r)
{
	const struct model *m = r->m;
	size_t n = 0;
	sheet_put(&r->s, "\n## Qui n'est pas d'accord\n");
	for (size_t i = 0; i < m->links.n; i++) {
		const struct link *l = &m->links.at[i];
		if (l->stale || l->relation < REL_QUALIFIES || (!in_cycle(r, l->from) && !in_cycle(r, l->to)))
			continue;
		if (n++ >= DISSENT_MAX)
			continue;
		sheet_printf(&r->s, "\n### %s : %s %s %s\n\n", l->id, m->lessons.at[l->from].id,
			     sheet_word(&r->s, relation_code(l->relation)), m->lessons.at[l->to].id);
		say_statement(r, l->from);
		say_statement(r, l->to);
		struct quote why = quote_link(l, "difference_contexte", l->difference);
		sheet_put(&r->s, "- Différence de contexte : ");
		if (*l->difference)
			sheet_quote(&r->s, &why);
		else
			sheet_put(&r->s, "aucune n'est écrite ; ce désaccord reste sans explication.");
		sheet_put(&r->s, l->rec->open_difference ? " « en discussion »\n" : "\n");
	}
	if (!n)
		sheet_put(&r->s, "\nAucun lien partagé ne nuance ni ne contredit un enseignement de ce cycle.\n");
	if (n > DISSENT_MAX)
		sheet_printf(&r->s, "\nAutres liens qui nuancent ou contredisent, dans divergences/ : %zu\n", n - DISSENT_MAX);
}

/* --- evidence, maturity, uses ------------------------------------------------------------------------------- */

static void say_strength_of(struct review_of *r, size_t lesson)
{
	const struct model *m = r->m;
	const struct outcome *o = m->lessons.at[lesson].became;
	const struct val *doc = model_doc(m, &m->lessons.at[lesson]);
	sheet_printf(&r->s, "| %s | ", m->lessons.at[lesson].id);
	sheet_text(&r->s, sheet_word(&r->s, text_or(val_get(doc, "confiance"), "globale", "non_evaluee")));
	sheet_put(&r->s, " | ");
	sheet_supports(&r->s, doc);
	sheet_put(&r->s, " | ");
	sheet_text(&r->s, sheet_word(&r->s, text_or(doc, "maturite", "non dite")));
	sheet_put(&r->s, " | ");
	sheet_codes(&r->s, &o->tested_by);
	sheet_printf(&r->s, " | %zu |\n", o->uses);
}

static void say_strength(struct review_of *r)
{
	const struct model *m = r->m;
	sheet_put(&r->s, "\n## Preuves, mise à l'épreuve, usages\n\n");
	if (r->n_groups)
		sheet_put(&r->s, "**Tableau : enseignements des grappes montrées**\n\n"
				 "| Enseignement | Confiance | Appuis | Maturité | Éprouvé par | Usages |\n"
				 "|---|---|---|---|---|---|\n");
	else
		sheet_put(&r->s, "Aucune grappe n'est montrée ; preuves/ et maturite/ disent le reste.\n");
	for (size_t i = 0; i < r->n_groups && i < GROUPS_MAX; i++)
		for (size_t j = 0; j < r->groups[i]->members.n; j++)
			say_strength_of(r, r->groups[i]->members.at[j]);
	for (size_t i = 0, n = 0; i < m->uses.n && n < USES_MAX; i++) {
		const struct use *u = &m->uses.at[i];
		struct quote q = quote_of(u->doc, "effet_observe", val_text(u->doc, "effet_observe"));
		if (u->lesson == NO_LESSON || !in_cycle(r, u->lesson) || !q.text)
			continue;
		n++;
		sheet_printf(&r->s, "\nEffet observé d'un usage de %s, ", m->lessons.at[u->lesson].id);
		sheet_text(&r->s, sheet_word(&r->s, text_or(u->doc, "issue", "issue non dite")));
		sheet_put(&r->s, " : ");
		sheet_quote(&r->s, &q);
		sheet_put(&r->s, val_is_true(u->doc, "en_discussion") ? " « en discussion »\n" : "\n");
	}
}

/* --- syntheses, gaps ---------------------------------------------------------------------------------------- */

static void say_finding(struct review_of *r, const struct known *k, const struct val *one)
{
	const char *at = arena_printf(r->m->a, "enonces/%s", text_or(one, "id", "?")), *text = val_text(one, "texte"),
		   *why = val_text(one, "explication");
	if (!text)
		return;
	struct quote q = record_quote(r->m, k, arena_printf(r->m->a, "%s/texte", at), text);
	sheet_put(&r->s, "- ");
	sheet_text(&r->s, sheet_word(&r->s, text_or(one, "accord", "non dit")));
	sheet_put(&r->s, " : ");
	sheet_quote(&r->s, &q);
	sheet_put(&r->s, "\n");
	if (!why)
		return;
	q = record_quote(r->m, k, arena_printf(r->m->a, "%s/explication", at), why);
	sheet_put(&r->s, "    - Explication : ");
	sheet_quote(&r->s, &q);
	sheet_put(&r->s, "\n");
}

static void say_syntheses(struct review_of *r)
{
	struct records all = records_of(r->m, "synthese");
	size_t n = 0;
	sheet_put(&r->s, "\n## Synthèses en vigueur\n");
	for (size_t i = 0; i < all.n; i++) {
		const struct known *k = all.at[i];
		const struct val *list = val_get(source_tip(k->rec), "enonces");
		const char *question = record_text(r->m, k, "question");
		if (!is_shared(k->rec) || !val_is_str(val_get(source_tip(k->rec), "cycle"), r->cycle->rec->id))
			continue;
		n++;
		struct quote q = record_quote(r->m, k, "question", question);
		sheet_printf(&r->s, "\n### %s", k->rec->id);
		sheet_put(&r->s, k->rec->open_difference ? " « en discussion »\n" : "\n");
		sheet_put(&r->s, "\nQuestion : ");
		sheet_quote(&r->s, &q);
		sheet_put(&r->s, "\n\n");
		for (size_t j = 0; j < items(list); j++)
			say_finding(r, k, list->list.at[j]);
	}
	if (!n)
		sheet_put(&r->s, "\nAucune synthèse de ce cycle n'est partagée.\n");
}

static void say_gaps(struct review_of *r)
{
	const struct model *m = r->m;
	const struct val *axes = val_get(source_tip(r->cycle->rec), "axes");
	size_t n = 0;
	sheet_put(&r->s, "\n## Axes sans enseignement partagé\n\n");
	for (size_t i = 0; i < items(axes); i++) {
		const struct val *one = axes->list.at[i];
		const char *theme = text_or(one, "groupe", ""), *label = val_text(one, "libelle");
		size_t found = 0;
		for (size_t j = 0; j < m->lessons.n; j++) {
			const struct lesson *l = &m->lessons.at[j];
			found += in_cycle(r, j) && (names_has(&l->facts.themes, theme) || names_has(&l->wide, theme));
		}
		if (found || !label)
			continue;
		n++;
		struct quote q = record_quote(m, r->cycle, arena_printf(m->a, "axes/%s/libelle", text_or(one, "id", "?")), label);
		sheet_put(&r->s, "- ");
		sheet_quote(&r->s, &q);
		sheet_put(&r->s, "\n");
	}
	if (!n)
		sheet_put(&r->s, items(axes) ? "Chaque axe a au moins un enseignement partagé.\n" : "Aucun axe n'est écrit.\n");
}

void out_review(const struct part *p)
{
	const struct known *cycle = model_find(p->m, p->key);
	struct review_of r = { .s = sheet_of(p), .m = p->m, .cycle = cycle };
	must(cycle);
	struct quote q = record_quote(p->m, cycle, "titre", record_text(p->m, cycle, "titre"));
	sheet_put(&r.s, "# Point d'étape\n\n");
	sheet_quote(&r.s, &q);
	sheet_printf(&r.s, "\n\nArrêté au %s. Le programme compte et cite ; ce qu'il faut en penser reste à débattre.\n",
		     p->m->as_of);
	find_groups(&r);
	say_milestones(&r);
	say_coverage(&r);
	say_agreement(&r);
	say_dissent(&r);
	say_strength(&r);
	say_syntheses(&r);
	say_gaps(&r);
	sheet_end(&r.s);
}
