/* out_md.c -- what people read: coverage, what several collectives agree on, who does not.
 *
 * French, headings in order, each table with a caption above it and a header row, nothing said by colour or by an
 * empty cell (RGAA). Every sentence of a record is in quotation marks and followed by its reference; the other words
 * are this program's and say only what was counted and by which rule.
 */
#include <string.h>

#include "lessons/sheet.h"
#include "lessons/words.h"
#include "schema/record.h"

/* --- one lesson ------------------------------------------------------------------------------------------ */

static void say_items(struct sheet *s, const struct val *doc, const char *key, const char *before)
{
	const struct val *list = val_get(doc, key);
	for (size_t i = 0; i < items(list); i++) {
		const struct val *item = list->list.at[i];
		const char *field = arena_printf(s->m->a, "%s/%s/texte", key, text_or(item, "id", "?")),
			   *date = val_text(item, "date");
		struct quote q = quote_of(doc, field, text_or(item, "texte", ""));
		sheet_printf(s, "- %s%s%s%s : ", before, val_is_true(item, "leve") ? ", levé depuis" : "", date ? ", " : "",
			     date ? date : "");
		sheet_quote(s, &q);
		sheet_put(s, "\n");
	}
}

static void say_supports(struct sheet *s, const struct val *doc)
{
	struct arena *a = s->m->a;
	const struct val *list = val_get(doc, "appuis");
	const char *count = supports_count(a, doc, NULL);
	sheet_put(s, "- Appuis : ");
	sheet_text(s, *count ? count : "aucun");
	sheet_put(s, "\n");
	for (size_t i = 0; i < items(list); i++) {
		const struct val *one = list->list.at[i];
		if (!val_text(one, "texte"))
			continue;
		struct names voices = names_of(a, val_get(one, "acteurs"));
		const char *role = val_text(one, "role"),
			   *nature = text_or(one, "nature", text_or(one, "genre", "autre"));
		struct quote q = quote_of(one, text_or(one, "champ", ""), val_text(one, "texte"));
		sheet_printf(s, "    - %s%s%s", word_support(nature, 1), role ? ", " : "", role ? word_code(role) : "");
		for (size_t j = 0; j < voices.n; j++)
			sheet_printf(s, ", %s", voices.at[j]);
		sheet_put(s, " : ");
		sheet_quote(s, &q);
		sheet_put(s, "\n");
	}
}

static void say_marks(struct sheet *s, const struct lesson *l)
{
	const struct val *doc = model_doc(s->m, l), *recent = val_get(doc, "desaccords_recents");
	if (l->rec->open_difference)
		sheet_put(s, "- « en discussion » : une différence est ouverte sur cette fiche.\n");
	if (recent)
		sheet_printf(s, "- Désaccords exprimés depuis cette version, pas encore validés : %lld\n",
			     (long long)recent->i);
	if (l->overdue)
		sheet_printf(s, "- À revoir : sa date de relecture (%s) est passée.\n",
			     text_or(doc, "a_revoir_le", ""));
}

static void say_lesson(struct sheet *s, size_t index)
{
	const struct lesson *l = &s->m->lessons.at[index];
	const struct val *doc = model_doc(s->m, l);
	struct names who = { 0 };
	names_add(s->m->a, &who, l->collective);
	struct quote q = quote_of(doc, "enonce", text_or(doc, "enonce", ""));
	sheet_put(s, "\n**");
	sheet_codes(s, &who);
	sheet_put(s, "** : ");
	sheet_quote(s, &q);
	sheet_put(s, "\n\n");
	sheet_item(s, "Contexte", doc, "contexte");
	say_items(s, doc, "conditions", "À condition que");
	sheet_item(s, "Ne vaut pas quand", doc, "limites");
	sheet_printf(s, "- Sens : %s ; confiance : %s\n", word_code(text_or(doc, "sens", "non dit")),
		     word_code(text_or(val_get(doc, "confiance"), "globale", "non_evaluee")));
	say_supports(s, doc);
	say_items(s, doc, "desaccords", "Désaccord interne");
	say_marks(s, l);
}

/* --- convergences/ -------------------------------------------------------------------------------------- */

static void say_codes(struct sheet *s, const struct names *codes)
{
	for (size_t i = 0; i < codes->n; i++) {
		sheet_put(s, i ? ", " : "");
		sheet_text(s, concept_label(s->m, codes->at[i]));
	}
	if (!codes->n)
		sheet_put(s, "rien");
}

static void say_context_row(struct sheet *s, const struct group *g, const char *key, const char *label)
{
	const struct model *m = s->m;
	struct names common = { 0 }, first = names_of(m->a, val_get(model_doc(m, &m->lessons.at[g->core.at[0]]), key));
	for (size_t i = 0; i < first.n; i++) {
		bool all = true;
		for (size_t j = 1; all && j < g->core.n; j++) {
			struct names codes = names_of(m->a, val_get(model_doc(m, &m->lessons.at[g->core.at[j]]), key));
			all = names_has(&codes, first.at[i]);
		}
		if (all)
			names_add(m->a, &common, first.at[i]);
	}
	sheet_printf(s, "| %s | ", label);
	say_codes(s, &common);
	sheet_put(s, " | ");
	bool any = false;
	for (size_t j = 0; j < g->core.n; j++) {
		const struct lesson *l = &m->lessons.at[g->core.at[j]];
		struct names codes = names_of(m->a, val_get(model_doc(m, l), key)), own = { 0 }, who = { 0 };
		for (size_t i = 0; i < codes.n; i++)
			if (!names_has(&common, codes.at[i]))
				names_add(m->a, &own, codes.at[i]);
		if (!own.n)
			continue;
		names_add(m->a, &who, l->collective);
		sheet_put(s, any ? " ; " : "");
		sheet_codes(s, &who);
		sheet_put(s, " : ");
		say_codes(s, &own);
		any = true;
	}
	sheet_put(s, any ? " |\n" : "rien |\n");
}

static void say_contexts(struct sheet *s, const struct group *g)
{
	sheet_printf(s, "\n**Tableau de %s : contextes du noyau, communs et propres**\n\n", g->id);
	sheet_put(s, "| Rubrique | Commun à tout le noyau | Propre à certains |\n|---|---|---|\n");
	say_context_row(s, g, "themes", "Thèmes");
	say_context_row(s, g, "dispositifs", "Dispositifs publics");
	say_context_row(s, g, "espaces", "Types d'espace");
	say_context_row(s, g, "publics", "Publics");
	say_context_row(s, g, "territoires", "Territoires");
}

static void say_others(struct sheet *s, const char *heading, const struct indices *lessons)
{
	if (!lessons->n)
		return;
	sheet_printf(s, "\n## %s\n\n", heading);
	for (size_t i = 0; i < lessons->n; i++) {
		const struct lesson *l = &s->m->lessons.at[lessons->at[i]];
		struct quote q = quote_statement(l);
		sheet_put(s, "- ");
		sheet_quote(s, &q);
		sheet_put(s, l->rec->open_difference ? " « en discussion »\n" : "\n");
	}
}

static void say_links(struct sheet *s, const struct group *g)
{
	const struct model *m = s->m;
	if (g->links.n || g->stale.n)
		sheet_put(s, "\n## Liens\n\n");
	for (size_t k = 0; k < 2; k++) {
		const struct indices *links = k ? &g->stale : &g->links;
		for (size_t i = 0; i < links->n; i++) {
			const struct link *l = &m->links.at[links->at[i]];
			struct quote q = quote_link(l, "argument", l->argument);
			sheet_printf(s, "- %s %s %s%s", m->lessons.at[l->from].id,
				     word_code(relation_code(l->relation)), m->lessons.at[l->to].id,
				     l->stale ? " (à revoir : un des textes lus a changé depuis)" : "");
			if (*l->argument) {
				sheet_put(s, " : ");
				sheet_quote(s, &q);
			}
			sheet_put(s, l->rec->open_difference ? " « en discussion »\n" : "\n");
		}
	}
}

static void say_group(struct sheet *s, const struct group *g)
{
	sheet_printf(s, "# Grappe %s\n\n", g->id);
	sheet_printf(s, "Accord proposé : %s. Pour (noyau) : ", word_code(g->accord));
	sheet_codes(s, &g->for_);
	sheet_put(s, ". Nuancent : ");
	sheet_codes(s, &g->qualify);
	sheet_put(s, ". Contredisent : ");
	sheet_codes(s, &g->against);
	sheet_printf(s, ". Objections ouvertes : %zu.\n\n## Noyau\n", g->objections);
	for (size_t i = 0; i < g->core.n; i++)
		say_lesson(s, g->core.at[i]);
	if (g->core.n > 1)
		say_contexts(s, g);
	if (g->core.n < g->members.n)
		sheet_printf(
			s, "\n## Chaînes\n\nLiés de proche en proche seulement, donc non comptés dans l'accord : %s\n",
			g->chains);
	for (size_t i = 0; i < g->members.n; i++)
		if (!in_core(g, g->members.at[i]))
			say_lesson(s, g->members.at[i]);
	say_others(s, "Nuancent", &g->qualifying);
	say_others(s, "Contredisent", &g->opposing);
	say_links(s, g);
}

void out_group(const struct part *p)
{
	struct sheet s = sheet_of(p);
	say_group(&s, &p->m->groups.at[p->own->groups.at[0]]);
}

static void say_row(struct sheet *s, const struct group *g)
{
	char dir[3];
	id_shard(dir, g->id);
	sheet_printf(s, "| [%s](convergences/%s/%s.md) | %s | ", g->id, dir, g->id, word_code(g->accord));
	sheet_codes(s, &g->for_);
	sheet_put(s, " | ");
	sheet_codes(s, &g->qualify);
	sheet_put(s, " | ");
	sheet_codes(s, &g->against);
	sheet_printf(s, " | %zu |\n", g->members.n);
}

void out_agreement(const struct part *p)
{
	const struct model *m = p->m;
	struct sheet s = sheet_of(p);
	size_t n = 0;
	sheet_printf(&s, "# Convergences\n\nArrêté au %s.\n", *m->as_of ? m->as_of : "(aucune source)");
	sheet_put(&s, "Une grappe réunit les enseignements que des croisements relient (même, converge, éprouvé, "
		      "généralise).\n"
		      "Son noyau est fait d'enseignements tous liés deux à deux ; seuls les collectifs du noyau "
		      "comptent comme « pour ».\n"
		      "L'accord est une proposition calculée ; l'équipe nationale en décide dans une synthèse.\n"
		      "Convergence : au moins 3 collectifs pour, aucun contre, aucune objection ouverte.\n"
		      "Divergence : au moins 1 contre, et aucun côté n'est double de l'autre. Convergence partielle : "
		      "au moins 2 pour.\n\n");
	for (size_t i = 0; i < m->groups.n; i++)
		n += m->groups.at[i].all.n >= SHEET_MIN;
	if (!n)
		sheet_put(&s, "Aucune grappe ne réunit encore deux collectifs.\n");
	else
		sheet_put(&s, "**Tableau : grappes d'au moins deux collectifs**\n\n"
			      "| Grappe | Accord proposé | Pour | Nuancent | Contredisent | Enseignements "
			      "|\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < m->groups.n; i++)
		if (m->groups.at[i].all.n >= SHEET_MIN)
			say_row(&s, &m->groups.at[i]);
}

/* --- divergences/ --------------------------------------------------------------------------------------- */

static void say_end(struct sheet *s, const struct lesson *l)
{
	struct names who = { 0 };
	names_add(s->m->a, &who, l->collective);
	struct quote q = quote_statement(l);
	sheet_put(s, "- ");
	sheet_codes(s, &who);
	sheet_put(s, " : ");
	sheet_quote(s, &q);
	sheet_put(s, l->rec->open_difference ? " « en discussion »\n" : "\n");
}

static void say_split(struct sheet *s, const struct link *l)
{
	const struct model *m = s->m;
	struct quote argument = quote_link(l, "argument", l->argument),
		     why = quote_link(l, "difference_contexte", l->difference);
	sheet_printf(s, "\n## %s : %s %s %s\n\n", l->id, m->lessons.at[l->from].id,
		     word_code(relation_code(l->relation)), m->lessons.at[l->to].id);
	if (l->stale)
		sheet_put(s, "À revoir : un des textes lus a changé depuis ; ce lien n'est pas compté.\n\n");
	say_end(s, &m->lessons.at[l->from]);
	say_end(s, &m->lessons.at[l->to]);
	if (*l->argument) {
		sheet_put(s, "- Argument : ");
		sheet_quote(s, &argument);
		sheet_put(s, l->rec->open_difference ? " « en discussion »\n" : "\n");
	}
	sheet_put(s, "- Différence de contexte : ");
	if (*l->difference)
		sheet_quote(s, &why);
	else
		sheet_put(s, "aucune n'est écrite ; ce désaccord reste sans explication.");
	sheet_printf(s, "\n- Dit par %s le %s%s\n", l->collective, *l->date ? l->date : "(sans date)",
		     l->lifted ? ", levé depuis" : "");
}

static void say_inside(struct sheet *s, const struct lesson *l)
{
	const struct val *objections = l->objecting;
	if (!l->facts.dissents && !objections)
		return;
	sheet_printf(s, "\n## %s : désaccords internes et objections\n\n", l->id);
	say_end(s, l);
	say_items(s, model_doc(s->m, l), "desaccords", "Désaccord interne");
	for (size_t i = 0; i < items(objections); i++) {
		const struct val *one = objections->list.at[i];
		bool stale = val_is_str(val_get(one, "sur"), "a_revoir");
		struct quote q = quote_of(one, "texte", text_or(one, "texte", ""));
		sheet_printf(s, "- Objection ouverte de %s, %s%s : ", text_or(one, "collectif", ""),
			     text_or(one, "date", "sans date"), stale ? " (sur un texte qui a changé depuis)" : "");
		sheet_quote(s, &q);
		sheet_put(s, "\n");
	}
	say_marks(s, l);
}

static bool is_split(const struct link *l)
{
	return l->relation >= REL_QUALIFIES;
}

static void say_splits(struct sheet *s, const struct indices *links)
{
	const struct model *m = s->m;
	bool any = false;
	for (size_t i = 0; i < links->n; i++) {
		const struct link *l = &m->links.at[links->at[i]];
		if (!is_split(l))
			continue;
		if (!any)
			sheet_put(s, "\n**Tableau : liens qui nuancent ou contredisent**\n\n"
				     "| Lien | De | Relation | Vers | Explication | État |\n|---|---|---|---|---|---|\n");
		any = true;
		sheet_printf(s, "| %s | %s | %s | %s | %s | %s |\n", l->id, m->lessons.at[l->from].id,
			     word_code(relation_code(l->relation)), m->lessons.at[l->to].id,
			     *l->difference ? "écrite" : "sans explication", l->stale ? "à revoir" : "en vigueur");
	}
	for (size_t i = 0; i < links->n; i++)
		if (is_split(&m->links.at[links->at[i]]))
			say_split(s, &m->links.at[links->at[i]]);
}

void out_dissent(const struct part *p)
{
	const struct model *m = p->m;
	struct sheet s = sheet_of(p);
	struct names who = { 0 };
	names_add(m->a, &who, p->code);
	sheet_put(&s, "# Divergences dites par ");
	sheet_codes(&s, &who);
	sheet_put(&s, "\n\nQui nuance ou contredit quoi, avec la différence de contexte qu'écrivent ceux qui font le "
		      "lien ; puis les désaccords internes et les objections sur ses enseignements.\n");
	size_t title = p->out->n;
	say_splits(&s, &p->own->links);
	for (size_t i = 0; i < p->own->lessons.n; i++)
		say_inside(&s, &m->lessons.at[p->own->lessons.at[i]]);
	if (p->out->n == title)
		buf_reset(p->out); /* nobody disagrees: no file */
}

/* --- couverture.md --------------------------------------------------------------------------------------- */

void out_matrix(const struct part *p)
{
	const struct model *m = p->m;
	struct sheet s = sheet_of(p);
	sheet_printf(&s, "# Couverture\n\nArrêté au %s.\n\n", *m->as_of ? m->as_of : sheet_word(&s, "(aucune source)"));
	sheet_put(&s, "- plein : au moins un enseignement partagé dont la date de relecture n'est pas passée (nombre, "
		      "observation la plus récente)\n"
		      "- ancien : des enseignements partagés, tous à relire\n"
		      "- en cours : une boucle, une pratique, un matériau ou un enseignement en préparation, rien de "
		      "partagé encore\n"
		      "- vide : le collectif est inscrit dans le groupe du thème, rien n'est visible\n"
		      "- hors champ : le collectif n'y est pas inscrit\n\n");
	if (m->without_theme) /* before the table: a wide one is printed on pages of its own */
		sheet_printf(&s, "Enseignements partagés sans thème du vocabulaire, donc hors du tableau : %zu\n\n", m->without_theme);
	if (!m->themes.n || !m->collectives.n) {
		sheet_put(&s, "Aucun thème ou aucun collectif n'est encore connu.\n");
		sheet_end(&s);
		return;
	}
	sheet_figure(&s);
	sheet_put(&s, "**Tableau : ce que chaque collectif partage, par thème**\n\n| Collectif |");
	for (size_t j = 0; j < m->themes.n; j++) {
		sheet_put(&s, " ");
		sheet_text(&s, s.english && *m->themes.at[j].label_en ? m->themes.at[j].label_en : m->themes.at[j].label);
		sheet_put(&s, " |");
	}
	sheet_put(&s, "\n|---|");
	for (size_t j = 0; j < m->themes.n; j++)
		sheet_put(&s, "---|");
	for (size_t i = 0; i < m->collectives.n; i++) {
		sheet_printf(&s, "\n| %s |", m->collectives.at[i]);
		for (size_t j = 0; j < m->themes.n; j++) {
			const struct cell *c = &m->cells[i * m->themes.n + j];
			sheet_printf(&s, " %s", sheet_word(&s, cell_state(c)));
			if (c->lessons)
				sheet_printf(&s, " (%zu, %s)", c->lessons, *c->newest ? c->newest : sheet_word(&s, "sans date"));
			sheet_put(&s, " |");
		}
	}
	sheet_put(&s, "\n");
	sheet_end(&s);
}
