/* answer.c -- questions put to the opened files: what was learned, who covered what.
 *
 * A lesson is asked for when it has the theme and its observation reaches the date. A group is in the answer when the
 * collectives of its core that have such a lesson are enough; those who qualify or contradict are shown whatever their
 * theme and date, since leaving one out would make agreement of silence.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lessons/dates.h"
#include "lessons/label.h"
#include "lessons/open.h"
#include "lessons/outputs.h"

struct asking {
	struct arena *a;
	const struct lessons *l;
	const struct lessons_query *q;
	const char *theme; /* id; NULL: all */
};

static void put(struct arena *a, struct val *map, const char *key, const char *s)
{
	if (s && *s)
		val_set(a, map, key, val_str(a, s));
}

static void pass(struct arena *a, struct val *map, const char *key, const struct val *from)
{
	struct val *v = val_get(from, key);
	if (v)
		val_set(a, map, key, v);
}

/* --- the question ---------------------------------------------------------------------------------------- */

static bool is_named(struct arena *a, const char *folded, const char *id)
{
	return !strcmp(folded, label_fold(a, id)) ||
	       (!strncmp(id, "con-", 4) && !strcmp(folded, label_fold(a, id + 4)));
}

static bool is_labelled(struct arena *a, const char *folded, const struct csv_table *t, size_t row)
{
	const char *fr = csv_get(t, row, "libelle"), *en = csv_get(t, row, "libelle_en");
	return (*fr && !strcmp(folded, label_fold(a, fr))) || (*en && !strcmp(folded, label_fold(a, en)));
}

#define MAX_STEPS 8 /* as coverage.c follows what took a concept's place */

/* The concept that people are to say instead of the one in that row of vocabulaire.csv, mostly itself. */
static const char *in_place_of(const struct csv_table *t, size_t row)
{
	for (int step = 0; step < MAX_STEPS && *csv_get(t, row, "remplace_par"); step++) {
		size_t next = 0;
		while (next < t->n && strcmp(csv_get(t, next, "concept"), csv_get(t, row, "remplace_par")))
			next++;
		if (next == t->n)
			break;
		row = next;
	}
	return csv_get(t, row, "concept");
}

/* Themes first: a method may have the same label. */
static const char *concept_named(struct arena *a, const struct csv_table *t, const char *folded)
{
	for (int themes = 1; themes >= 0; themes--)
		for (size_t i = 0; i < t->n; i++)
			if ((themes == 1) == !strcmp(csv_get(t, i, "registre"), "theme") &&
			    (is_named(a, folded, csv_get(t, i, "concept")) || is_labelled(a, folded, t, i)))
				return in_place_of(t, i);
	return NULL;
}

int opened_theme(const char **out, struct arena *a, const struct lessons *l, const char *asked, struct err *e)
{
	const char *known = concept_named(a, &l->terms, label_fold(a, asked));
	struct names labels = { 0 };
	if (known) {
		*out = known;
		return 0;
	}
	for (size_t i = 0; i < l->cells.n; i++)
		names_add(a, &labels, csv_get(&l->cells, i, "libelle"));
	known = names_join(a, &labels);
	return err_set(e, ERR_NOTFOUND, _("« %s » n'est pas un thème connu ; les thèmes sont : %s"), asked,
		       *known ? known : _("aucun encore"));
}

static bool reaches(const struct val *doc, const char *since)
{
	return !since || strcmp(text_or(doc, "observe_fin", text_or(doc, "observe_debut", "")), since) >= 0;
}

bool opened_has_theme(struct arena *a, const struct val *doc, const char *theme)
{
	static const char *const tags[] = { "themes", "themes_larges", "competences", "dispositifs" };
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		struct names some = names_of(a, val_get(doc, tags[i]));
		if (names_has(&some, theme))
			return true;
	}
	return false;
}

/* Pieces of evidence that were not withdrawn; those that may only be counted are counted. */
static int64_t cases(const struct val *doc)
{
	const struct val *list = val_get(doc, "appuis");
	int64_t n = 0;
	for (size_t i = 0; i < items(list); i++) {
		const struct val *many = val_get(list->list.at[i], "nombre");
		if (!val_is_true(list->list.at[i], "retire"))
			n += many && many->type == VAL_INT ? many->i : 1;
	}
	return n;
}

/* Is it one of "elus,dg"? */
static bool is_listed(const char *list, const char *code)
{
	for (const char *p = list; *p; p += strspn(p, ",")) {
		size_t n = strcspn(p, ",");
		if (strlen(code) == n && !strncmp(p, code, n))
			return true;
		p += n;
	}
	return false;
}

static bool is_for(const char *asked, const struct val *doc)
{
	const struct val *publics = val_get(doc, "publics");
	for (size_t i = 0; i < items(publics); i++)
		if (is_listed(asked, publics->list.at[i]->str.at))
			return true;
	return false;
}

/* Another collective tried it, or used it. */
static bool is_tested(const struct val *doc)
{
	const struct val *became = val_get(doc, "devenir"), *users = val_get(became, "utilise_par");
	const char *own = text_or(doc, "collectif", "");
	for (size_t i = 0; i < items(users); i++)
		if (!val_is_str(users->list.at[i], own))
			return true;
	return items(val_get(became, "eprouve_par")) > 0;
}

static bool asked_for(const struct asking *k, const struct val *doc)
{
	const struct lessons_query *q = k->q;
	return (!k->theme || opened_has_theme(k->a, doc, k->theme)) && reaches(doc, q->since) &&
	       (!q->direction || is_listed(q->direction, text_or(doc, "sens", ""))) && (!q->publics || is_for(q->publics, doc)) &&
	       (!q->single_case || cases(doc) <= 1) && (!q->without_limits || !val_text(doc, "limites")) &&
	       (!q->tested || is_tested(doc));
}

/* --- the parts of an answer ------------------------------------------------------------------------------ */

static struct val *texts_of(struct arena *a, const struct val *list)
{
	struct val *out = val_list(a);
	for (size_t i = 0; i < items(list); i++)
		if (val_get(list->list.at[i], "texte"))
			val_push(a, out, val_get(list->list.at[i], "texte"));
	return out;
}

static struct val *support_val(struct arena *a, const struct val *s)
{
	static const char *const keys[] = { "id",     "genre",	"nature", "role",   "collectif",
					    "nombre", "retire", "texte",  "acteurs" };
	struct val *v = val_map(a);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		pass(a, v, keys[i], s);
	if (val_text(s, "texte")) {
		struct quote q = quote_of(s, text_or(s, "champ", ""), "");
		put(a, v, "trace", quote_reference(a, &q));
	}
	return v;
}

/* A link that contradicts: shown as such, it is no trial. */
static bool is_against(const struct asking *k, const char *link)
{
	const struct csv_table *t = &k->l->splits;
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(csv_get(t, i, "lien"), link))
			return true;
	return false;
}

/* What came of it elsewhere, in the words of the links and uses that say so. */
static struct val *results_val(const struct asking *k, const struct val *doc)
{
	const struct val *reasons = val_get(val_get(doc, "devenir"), "raisons");
	struct val *list = val_list(k->a);
	struct err unread; /* a table that somebody edited: the lesson itself is still an answer */
	for (size_t i = 0; i < items(reasons); i++)
		if (!is_against(k, reasons->list.at[i]->str.at))
			opened_sentences(list, k->a, k->l, reasons->list.at[i]->str.at, &unread);
	return list;
}

static struct val *lesson_val(const struct asking *k, const struct val *doc, const char *place)
{
	static const char *const keys[] = { "id", "collectif", "titre", "enonce", "sens" };
	static const char *const more[] = { "contexte", "themes",	 "observe_debut",     "observe_fin",
					    "revue",	"en_discussion", "desaccords_recents", "publics",
					    "devenir" };
	struct arena *a = k->a;
	struct val *v = val_map(a), *supports = val_list(a);
	const struct val *from = val_get(doc, "appuis");
	struct quote q = quote_of(doc, "enonce", "");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		pass(a, v, keys[i], doc);
	put(a, v, "confiance", text_or(val_get(doc, "confiance"), "globale", "non_evaluee"));
	for (size_t i = 0; i < items(from); i++)
		val_push(a, supports, support_val(a, from->list.at[i]));
	val_set(a, v, "appuis", supports);
	val_set(a, v, "conditions", texts_of(a, val_get(doc, "conditions")));
	pass(a, v, "limites", doc);
	if (val_text(doc, "limites")) {
		struct quote limits = quote_of(doc, "limites", "");
		put(a, v, "trace_limites", quote_reference(a, &limits));
	}
	put(a, v, "trace", quote_reference(a, &q));
	put(a, v, "place", place);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		pass(a, v, more[i], doc);
	if (k->q->tested)
		val_set(a, v, "resultats", results_val(k, doc));
	return v;
}

/* One row of divergences.csv, seen from the group: the lesson at the other end, and what is said of it. */
static struct val *split_val(const struct asking *k, size_t row, bool seen_from_target)
{
	const struct csv_table *t = &k->l->splits;
	static const char *const ends[][2] = {
		{ "collectif", "collectif_" }, { "id", "id_" }, { "enonce", "enonce_" }, { "trace", "trace_" }
	};
	static const char *const keys[] = { "lien",
					    "collectif_lien",
					    "argument",
					    "trace_argument",
					    "difference_contexte",
					    "trace_difference",
					    "date",
					    "etat" };
	struct arena *a = k->a;
	struct val *v = val_map(a);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		put(a, v, ends[i][0],
		    csv_get(t, row, arena_printf(a, "%s%s", ends[i][1], seen_from_target ? "de" : "vers")));
	put(a, v, "cible", csv_get(t, row, seen_from_target ? "id_vers" : "id_de"));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		put(a, v, keys[i], csv_get(t, row, keys[i]));
	if (!strcmp(csv_get(t, row, "en_discussion"), "oui"))
		val_set(a, v, "en_discussion", val_bool(a, true));
	return v;
}

static struct val *splits_val(const struct asking *k, const struct opened_group *g, const char *relation)
{
	const struct csv_table *t = &k->l->splits;
	struct val *list = val_list(k->a);
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(csv_get(t, i, "type"), "lien") || strcmp(csv_get(t, i, "relation"), relation))
			continue;
		bool target = names_has(&g->members, csv_get(t, i, "id_vers"));
		/* whom a member qualifies is that other group's affair; a contradiction goes both ways */
		bool speaker = names_has(&g->members, csv_get(t, i, "id_de")) && !strcmp(relation, "contredit");
		if (target || speaker)
			val_push(k->a, list, split_val(k, i, target));
	}
	return list;
}

/* Dissent inside (`type` interne), objections, contrary supports about the group's lessons. */
static struct val *inside_val(const struct asking *k, const struct opened_group *g, const char *type)
{
	const struct csv_table *t = &k->l->splits;
	struct val *list = val_list(k->a);
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(csv_get(t, i, "type"), type) || !names_has(&g->members, csv_get(t, i, "id_de")))
			continue;
		struct val *v = val_map(k->a);
		put(k->a, v, "collectif", csv_get(t, i, "collectif_lien"));
		put(k->a, v, "id", csv_get(t, i, "id_de"));
		put(k->a, v, "date", csv_get(t, i, "date"));
		put(k->a, v, "relation", csv_get(t, i, "relation"));
		put(k->a, v, "texte", csv_get(t, i, "argument"));
		put(k->a, v, "trace", csv_get(t, i, "trace_argument"));
		put(k->a, v, "etat", csv_get(t, i, "etat"));
		val_push(k->a, list, v);
	}
	return list;
}

static struct val *chains_val(struct arena *a, const char *chains)
{
	struct val *out = val_list(a);
	struct names paths = { 0 };
	names_split(&paths, a, chains);
	for (size_t i = 0; i < paths.n; i++) {
		struct val *path = val_list(a);
		for (const char *p = paths.at[i]; *p;) {
			const char *end = strstr(p, " > ");
			size_t n = end ? (size_t)(end - p) : strlen(p);
			val_push(a, path, val_strn(a, p, n));
			p += n + (end ? 3 : 0);
		}
		val_push(a, out, path);
	}
	return out;
}

static struct val *group_val(const struct asking *k, const struct opened_group *g, const struct names *counted,
			     struct val *lessons)
{
	struct arena *a = k->a;
	struct val *v = val_map(a);
	put(a, v, "grappe", g->id);
	val_set(a, v, "collectifs", names_val(a, counted));
	val_set(a, v, "enseignements", lessons);
	put(a, v, "accord", g->accord);
	val_set(a, v, "pour", names_val(a, &g->for_));
	val_set(a, v, "nuancent", names_val(a, &g->qualify));
	val_set(a, v, "contredisent", names_val(a, &g->against));
	val_set(a, v, "noyau", names_val(a, &g->core));
	val_set(a, v, "chaines", chains_val(a, g->chains));
	val_set(a, v, "nuances", splits_val(k, g, "nuance"));
	val_set(a, v, "contredit", splits_val(k, g, "contredit"));
	val_set(a, v, "desaccords", inside_val(k, g, "interne"));
	val_set(a, v, "objections", inside_val(k, g, "objection"));
	val_set(a, v, "appuis_contraires", inside_val(k, g, "appui"));
	val_set(a, v, "liens_a_revoir", names_val(a, &g->stale));
	return v;
}

static bool is_disputed(const struct val *group)
{
	static const char *const keys[] = { "nuances", "contredit", "desaccords", "objections", "appuis_contraires" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (val_get(group, keys[i])->list.n)
			return true;
	return false;
}

/* --- the answer ------------------------------------------------------------------------------------------ */

struct found {
	struct val *group;
	size_t collectives, order;
};

static int most_collectives(const void *x, const void *y)
{
	const struct found *p = x, *q = y;
	if (p->collectives != q->collectives)
		return p->collectives > q->collectives ? -1 : 1;
	return p->order < q->order ? -1 : p->order > q->order;
}

/* NULL: nothing in it is asked for. *counted: how many collectives of its core have a lesson that is. */
static struct val *ask_group(const struct asking *k, const struct opened_group *g, size_t *counted)
{
	struct val *lessons = val_list(k->a);
	struct names who = { 0 };
	for (size_t i = 0; i < g->members.n; i++) {
		const struct val *doc = opened_doc(k->l, g->members.at[i]);
		if (!asked_for(k, doc))
			continue;
		bool core = names_has(&g->core, g->members.at[i]);
		if (core)
			names_add(k->a, &who, val_text(doc, "collectif"));
		val_push(k->a, lessons, lesson_val(k, doc, core ? "noyau" : "chaine"));
	}
	*counted = who.n;
	return lessons->list.n ? group_val(k, g, &who, lessons) : NULL;
}

/* Cells of the asked theme without a lesson that is up to date; who is not enrolled misses nothing. */
static struct val *missing_val(const struct asking *k)
{
	const struct csv_table *t = &k->l->cells;
	struct val *list = val_list(k->a);
	for (size_t i = 0; i < t->n; i++) {
		const char *state = csv_get(t, i, "etat"), *theme = csv_get(t, i, "theme");
		if (!strcmp(state, "plein") || !strcmp(state, "hors_champ") || (k->theme && strcmp(theme, k->theme)))
			continue;
		struct val *v = val_map(k->a);
		put(k->a, v, "collectif", csv_get(t, i, "collectif"));
		put(k->a, v, "theme", theme);
		put(k->a, v, "libelle", csv_get(t, i, "libelle"));
		put(k->a, v, "etat", state);
		val_push(k->a, list, v);
	}
	return list;
}

int lessons_answer(struct val **out, struct arena *a, const struct lessons *l, const struct lessons_query *q,
		   struct err *e)
{
	struct asking k = { a, l, q, NULL };
	int rc = dates_check(q->since, e);
	if (!rc && q->theme)
		rc = opened_theme(&k.theme, a, l, q->theme, e);
	if (rc)
		return rc;
	size_t min = q->min_collectives > 1 ? (size_t)q->min_collectives : 1, n = 0, below = 0;
	struct found *found = arena_array(a, l->groups.n, sizeof *found);
	struct val *v = val_map(a), *groups = val_list(a), *alone = val_list(a);
	for (size_t i = 0; i < l->groups.n; i++) {
		size_t counted;
		struct val *group = ask_group(&k, &l->groups.at[i], &counted);
		if (!group || (q->dissent && !is_disputed(group)))
			continue;
		if (counted < min && min > 1)
			below++;
		else
			found[n++] = (struct found){ group, counted, i };
	}
	if (n)
		qsort(found, n, sizeof *found, most_collectives);
	for (size_t i = 0; i < n; i++)
		val_push(a, l->groups.at[found[i].order].members.n > 1 ? groups : alone, found[i].group);
	put(a, v, "theme", k.theme);
	put(a, v, "depuis", q->since);
	val_set(a, v, "min_collectifs", val_int(a, (int64_t)min));
	put(a, v, "arrete_au", l->as_of);
	val_set(a, v, "groupes", groups);
	val_set(a, v, "isoles", alone);
	val_set(a, v, "sous_le_seuil", val_int(a, (int64_t)below));
	val_set(a, v, "manque", missing_val(&k));
	*out = v;
	return 0;
}

static bool is_yes(const struct csv_table *t, size_t row, const char *column)
{
	return !strcmp(csv_get(t, row, column), yes_no(true));
}

/* What is left of a cell when only the lessons that reach `since` count. */
static void put_since(struct asking *k, struct val *cell, size_t row)
{
	const struct csv_table *t = &k->l->cells;
	const char *collective = csv_get(t, row, "collectif"), *newest = "", *state = csv_get(t, row, "etat");
	bool fresh = false, had = !strcmp(state, "plein") || !strcmp(state, "ancien");
	int64_t n = 0;
	for (size_t i = 0; i < k->l->docs.n; i++) {
		const struct val *doc = k->l->docs.at[i];
		struct names wide = names_of(k->a, val_get(doc, "themes_larges"));
		const char *date = text_or(doc, "observe_fin", text_or(doc, "observe_debut", ""));
		if (!val_is_str(val_get(doc, "collectif"), collective) || !names_has(&wide, csv_get(t, row, "theme")) ||
		    !reaches(doc, k->q->since))
			continue;
		n++;
		fresh |= !val_is_str(val_get(doc, "revue"), "depassee");
		if (strcmp(date, newest) > 0)
			newest = date;
	}
	if (had && n)
		state = fresh ? "plein" : "ancien";
	else if (had)
		state = strcmp(csv_get(t, row, "en_cours"), "0") ? "en_cours" : is_yes(t, row, "inscrit") ? "vide" : "hors_champ";
	val_set(k->a, cell, "nombre", val_int(k->a, n));
	val_drop(cell, "derniere");
	put(k->a, cell, "derniere", newest);
	put(k->a, cell, "etat", state);
}

int lessons_coverage(struct val **out, struct arena *a, const struct lessons *l, const char *since, struct err *e)
{
	struct lessons_query q = { .since = since };
	struct asking k = { a, l, &q, NULL };
	int rc = dates_check(since, e);
	if (rc)
		return rc;
	struct names themes = { 0 }, collectives = { 0 };
	struct val *v = val_map(a), *list = val_list(a), *cells = val_list(a);
	for (size_t i = 0; i < l->cells.n; i++) {
		struct val *c = val_map(a);
		const char *theme = csv_get(&l->cells, i, "theme");
		if (!names_has(&themes, theme)) {
			struct val *t = val_map(a);
			put(a, t, "id", theme);
			put(a, t, "libelle", csv_get(&l->cells, i, "libelle"));
			put(a, t, "libelle_en", csv_get(&l->cells, i, "libelle_en"));
			val_push(a, list, t); /* the rows of one collective come in the order of the themes */
			names_add(a, &themes, theme);
		}
		names_add(a, &collectives, csv_get(&l->cells, i, "collectif"));
		put(a, c, "collectif", csv_get(&l->cells, i, "collectif"));
		put(a, c, "theme", theme);
		val_set(a, c, "nombre", val_int(a, strtoll(csv_get(&l->cells, i, "nombre"), NULL, 10)));
		put(a, c, "derniere", csv_get(&l->cells, i, "derniere"));
		val_set(a, c, "en_cours", val_int(a, strtoll(csv_get(&l->cells, i, "en_cours"), NULL, 10)));
		put(a, c, "etat", csv_get(&l->cells, i, "etat"));
		if (since)
			put_since(&k, c, i);
		val_push(a, cells, c);
	}
	put(a, v, "arrete_au", l->as_of);
	put(a, v, "depuis", since);
	val_set(a, v, "themes", list);
	val_set(a, v, "collectifs", names_val(a, &collectives));
	val_set(a, v, "cases", cells);
	*out = v;
	return 0;
}
