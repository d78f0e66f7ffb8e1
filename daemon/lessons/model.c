/* model.c -- from records to what may be quoted.
 *
 * Sources are sorted by code and records by id first, so that nothing afterwards can depend on the order they came in.
 * The state and visibility that decide are the head's (a withdrawal made today counts today); the words are those of
 * the last validated version (nobody is quoted with words their collective has not read).
 */
#include "lessons/model.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/dates.h"
#include "lessons/doc.h"
#include "lessons/docs.h"
#include "lessons/public.h"
#include "lessons/reviews.h"
#include "lessons/stamp.h"
#include "lessons/supports.h"
#include "lessons/tally.h"
#include "lessons/uses.h"
#include "lessons/words.h"
#include "schema/record.h"

/* --- masking --------------------------------------------------------------------------------------------- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool word_char(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool begins(const char *s, const char *with)
{
	while (*with && lower(*s) == *with)
		s++, with++;
	return !*with;
}

/* Bytes of the pseudonym that begins at s, or 0. Only codes of sources and known ids count, so that « act-up » stays what
 * it is. */
static size_t pseudonym(const struct model *m, const char *s)
{
	char id[128];
	size_t n = 4;
	if (!begins(s, "act-"))
		return 0;
	while (word_char(s[n]))
		n++;
	for (size_t i = 0; i < m->codes.n; i++) {
		size_t k = strlen(m->codes.at[i]);
		if (begins(s + 4, m->codes.at[i]) && s[4 + k] == '-' && word_char(s[5 + k]))
			return n;
	}
	for (size_t i = 0; i < n && i < sizeof id; i++)
		id[i] = lower(s[i]);
	while (n > 4 && s[n - 1] == '-') /* « act-zz-1- » */
		n--;
	if (n >= sizeof id)
		return 0;
	id[n] = 0;
	return model_find(m, id) ? n : 0;
}

static const char *next_act(const char *s)
{
	while (*s && !begins(s, "act-"))
		s++;
	return *s ? s : NULL;
}

const char *model_mask(const struct model *m, const char *text)
{
	static const char instead[] = "[acteur]";
	bool any = false;
	for (const char *p = next_act(text); p && !any; p = next_act(p + 1))
		any = (p == text || !word_char(p[-1])) && pseudonym(m, p);
	if (!any)
		return text;
	char *out = arena_alloc(m->a, 2 * strlen(text) + 1), *q = out; /* act-a-b is a little shorter than its mask */
	for (const char *p = text; *p;) {
		size_t n = p == text || !word_char(p[-1]) ? pseudonym(m, p) : 0;
		if (n)
			q = stpcpy(q, instead);
		else
			*q++ = *p;
		p += n ? n : 1;
	}
	*q = 0;
	return out;
}

void model_say(const struct model *m, struct val *doc, const char *to, const struct val *from, const char *key)
{
	const char *s = val_text(from, key);
	if (s && *s)
		val_set(m->a, doc, to, val_str(m->a, model_mask(m, s)));
}

/* --- sources --------------------------------------------------------------------------------------------- */

bool is_code(const char *s)
{
	return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == 0;
}

static int by_code(const void *x, const void *y)
{
	const struct source *const *p = x, *const *q = y;
	return strcmp((*p)->code, (*q)->code);
}

static int sort_sources(struct model *m, const struct source *sources, size_t n, const char *as_of, struct err *e)
{
	if (as_of && !dates_is(as_of))
		return err_set(e, ERR_USAGE, _("« %s » n'est pas une date ; écrivez par exemple « 2019-12-31 »"),
			       as_of);
	m->sources = arena_array(m->a, n, sizeof *m->sources);
	for (size_t i = 0; i < n; i++)
		m->sources[i] = &sources[i];
	m->n_sources = n;
	if (n)
		qsort(m->sources, n, sizeof *m->sources, by_code);
	m->as_of = "";
	for (size_t i = 0; i < n; i++) {
		const struct source *s = m->sources[i];
		if (names_has(&m->codes, s->code))
			return err_set(e, ERR_DATA,
				       _("le collectif « %s » est donné deux fois ; corrigez collectifs.yaml"),
				       s->code);
		if (!is_code(s->code))
			return err_set(e, ERR_DATA,
				       _("« %s » n'est pas un code de collectif (lettres minuscules et chiffres) ; corrigez "
					 "collectifs.yaml"),
				       s->code);
		names_add(m->a, &m->codes, s->code);
		if (strcmp(s->code, NATIONAL))
			names_add(m->a, &m->collectives, s->code);
		if (strcmp(s->date, m->as_of) > 0)
			m->as_of = s->date;
	}
	if (as_of)
		m->as_of = as_of;
	return 0;
}

size_t model_source(const struct model *m, const char *code)
{
	size_t lo = 0, hi = m->codes.n;
	for (size_t i = 0; i < m->codes.n; i++) /* most are the very pointer */
		if (m->codes.at[i] == code)
			return i;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(m->codes.at[mid], code);
		if (!c)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	must(!"every record comes from a source");
	return 0;
}

bool model_lesson(const struct model *m, const char *id, size_t *index)
{
	const struct known *k = m->lessons.n ? model_listed(m, id) : NULL;
	if (!k || !k->lesson)
		return false;
	*index = k->lesson - 1;
	return true;
}

/* --- lessons --------------------------------------------------------------------------------------------- */

static void say_list(const struct model *m, struct val *doc, const struct val *v, const char *key)
{
	struct names codes = names_of(m->a, val_get(v, key)), said = { 0 };
	for (size_t i = 0; i < codes.n; i++)
		names_add(m->a, &said, model_mask(m, codes.at[i]));
	if (said.n)
		val_set(m->a, doc, key, names_val(m->a, &said));
}

/* A list of {id, texte, ...}: in the order of the text, which is the author's. `also`: another text field of the
 * items, or NULL. */
static struct val *say_items(const struct model *m, struct val *doc, const struct val *v, const char *key,
			     const char *also)
{
	const struct val *from = val_get(v, key);
	struct val *list = val_list(m->a);
	for (size_t i = 0; from && from->type == VAL_LIST && i < from->list.n; i++) {
		struct val *item = val_map(m->a);
		model_say(m, item, "id", from->list.at[i], "id");
		model_say(m, item, "texte", from->list.at[i], "texte");
		if (also)
			model_say(m, item, also, from->list.at[i], also);
		if (val_get(item, "texte"))
			val_push(m->a, list, item);
	}
	if (list->list.n)
		val_set(m->a, doc, key, list);
	return list;
}

static void say_dissent(const struct model *m, struct val *doc, const struct lesson *l)
{
	const struct val *valid = source_valid(l->rec), *then = val_get(valid, "desaccords"),
			 *now = val_get(source_tip(l->rec), "desaccords");
	struct val *said = say_items(m, doc, valid, "desaccords", "date");
	for (size_t i = 0; i < said->list.n; i++)
		for (size_t j = 0; j < then->list.n; j++) {
			const char *id = val_text(said->list.at[i], "id"), *by = val_text(then->list.at[j], "par");
			if (!id || !by || !val_is_str(val_get(then->list.at[j], "id"), id))
				continue;
			struct names types = actor_types(m, by);
			if (types.n)
				val_set(m->a, said->list.at[i], "acteurs", names_val(m->a, &types));
		}
	/* Adding a dissent makes the validation stale: what was added since must not vanish behind the older text. */
	size_t old = then && then->type == VAL_LIST ? then->list.n : 0,
	       all = now && now->type == VAL_LIST ? now->list.n : 0;
	if (all > old)
		val_set(m->a, doc, "desaccords_recents", val_int(m->a, (int64_t)(all - old)));
}

static void say_confidence(const struct model *m, struct val *doc, const struct val *v)
{
	static const char *const parts[] = { "globale",	   "methode",	 "coherence",
					     "suffisance", "pertinence", "justification" };
	struct val *out = val_map(m->a);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		model_say(m, out, parts[i], val_get(v, "confiance"), parts[i]);
	if (out->map.n)
		val_set(m->a, doc, "confiance", out);
}

static const char *newest_date(const struct val *v)
{
	static const char *const dates[] = { "observe_fin", "observe_debut", "cree_le" };
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
		if (val_text(v, dates[i]))
			return val_text(v, dates[i]);
	return "";
}

static void put(const struct model *m, struct val *doc, const char *key, const char *text)
{
	val_set(m->a, doc, key, val_str(m->a, text));
}

static struct val *make_doc(const struct model *m, struct lesson *l)
{
	static const char *const texts[] = { "titre",	 "enonce",	  "contexte",	 "mecanisme",
					     "effet",	 "sens",	  "limites",	 "cycle",
					     "maturite", "observe_debut", "observe_fin", "a_revoir_le" };
	static const char *const lists[] = { "themes",	"competences", "dispositifs", "territoires",
					     "publics", "espaces",     "niveaux" };
	const struct val *v = source_valid(l->rec);
	struct val *doc = val_map(m->a);
	put(m, doc, "id", l->id);
	put(m, doc, "collectif", l->collective);
	put(m, doc, "commit", l->rec->commit);
	put(m, doc, "empreinte", l->rec->fingerprint);
	model_say(m, doc, "etat", source_tip(l->rec), "etat");
	model_say(m, doc, "visibilite", source_tip(l->rec), "visibilite");
	model_say(m, doc, "licence", source_tip(l->rec), "licence");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		model_say(m, doc, texts[i], v, texts[i]);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		say_list(m, doc, v, lists[i]);
	say_items(m, doc, v, "conditions", NULL);
	say_items(m, doc, v, "recommandations", NULL);
	say_items(m, doc, v, "questions_ouvertes", NULL);
	say_dissent(m, doc, l);
	say_confidence(m, doc, v);
	val_set(m->a, doc, "appuis", supports_val(m, v, l->collective));
	const char *review = val_text(v, "a_revoir_le");
	l->newest = newest_date(v);
	l->since = text_or(v, "cree_le", "");
	l->withdrawn = supports_withdrawn(m, v);
	l->overdue = review && model_past(m, review);
	put(m, doc, "revue", !review ? "sans_date" : l->overdue ? "depassee" : "a_jour");
	val_set(m->a, doc, "en_discussion", val_bool(m->a, l->rec->open_difference));
	return doc;
}

static void lessons_of(struct model *m)
{
	const struct indices *all = model_kind(m, "enseignement");
	arena_room(m->a, &m->lessons, all->n);
	for (size_t i = 0; i < all->n; i++) {
		struct known *k = &m->known.at[all->at[i]];
		if (!source_is_validated(k->rec) || !is_shared(k->rec) ||
		    !strcmp(k->source->code, NATIONAL))
			continue;
		struct lesson l = { .id = k->rec->id, .collective = k->source->code, .rec = k->rec, .made = arena_new(m->a, struct made) };
		if (!m->docs) {
			l.made->doc = make_doc(m, &l);
			l.facts = facts_of(m->a, l.made->doc);
		} else if (!docs_recall(&l, m)) {
			docs_make(&l, m, make_doc);
		}
		arena_push(m->a, &m->lessons, l);
		k->lesson = m->lessons.n;
	}
}

/* Without what the others made of the lesson. */
static struct val *doc_alone(const struct model *m, const struct lesson *l)
{
	struct lesson again = *l;
	if (!l->made->doc)
		l->made->doc = docs_unpack(l, m);
	if (!l->made->doc) /* the cache is damaged */
		l->made->doc = make_doc(docs_model(m->docs), &again);
	return l->made->doc;
}

struct val *model_doc(const struct model *m, const struct lesson *l)
{
	struct val *doc = doc_alone(m, l);
	must(l->became);
	if (l->made->whole)
		return doc;
	if (l->objecting)
		val_set(m->a, doc, "objections", l->objecting);
	put(m, doc, "grappe", l->group);
	val_set(m->a, doc, "themes_larges", names_val(m->a, &l->wide));
	uses_say(m, doc, l->became);
	l->made->whole = true;
	return doc;
}

/* --- objections ------------------------------------------------------------------------------------------ */

/* Lifted: by a `levee` that names the objection, or by one of the same actor on the same lesson, no earlier. Of the same
 * repository: nobody lifts what others object to. */
static bool lifts(const struct known *levee, const struct known *objection)
{
	const struct val *v = source_tip(levee->rec), *o = source_tip(objection->rec);
	if (levee->source != objection->source)
		return false;
	if (val_is_str(val_get(v, "cible"), objection->rec->id))
		return true;
	const char *by = val_text(o, "par"), *on = val_text(o, "cible"), *when = val_text(o, "date"),
		   *then = val_text(v, "date");
	return by && on && when && then && val_is_str(val_get(v, "cible"), on) && val_is_str(val_get(v, "par"), by) &&
	       strcmp(then, when) >= 0;
}

struct opinions { /* shared reviews of these natures */
	struct {
		const struct known **at; /* of one target: by id */
		size_t n, cap;
	} objections, levees;
};

static struct opinions opinions_of(const struct model *m)
{
	struct opinions out = { 0 };
	for (size_t i = 0; i < m->reviews->n; i++) {
		const struct review *r = &m->reviews->at[i];
		if (!strcmp(r->nature, "objection") && is_shared(r->rec->rec))
			arena_push(m->a, &out.objections, r->rec);
		else if (!strcmp(r->nature, "levee") && is_shared(r->rec->rec))
			arena_push(m->a, &out.levees, r->rec);
	}
	return out;
}

static void objections_of(struct model *m, const struct opinions *o)
{
	for (size_t i = 0; i < o->objections.n; i++) {
		const struct known *k = o->objections.at[i];
		const char *target = val_text(source_tip(k->rec), "cible");
		size_t at;
		bool open = target && model_lesson(m, target, &at);
		for (size_t j = 0; open && j < o->levees.n; j++)
			if (lifts(o->levees.at[j], k)) {
				m->lessons.at[at].lifted++;
				open = false;
			}
		if (!open)
			continue;
		struct lesson *l = &m->lessons.at[at];
		struct val *one = val_map(m->a);
		put(m, one, "id", k->rec->id);
		put(m, one, "collectif", k->source->code);
		put(m, one, "commit", k->rec->commit);
		put(m, one, "empreinte", k->rec->fingerprint);
		put(m, one, "etat", SHARED);
		model_say(m, one, "visibilite", source_tip(k->rec), "visibilite");
		model_say(m, one, "date", source_tip(k->rec), "date");
		model_say(m, one, "texte", source_tip(k->rec), "texte");
		bool same = val_is_str(val_get(source_tip(k->rec), "cible_empreinte"), l->rec->fingerprint);
		put(m, one, "sur", same ? "en_vigueur" : "a_revoir");
		if (!l->objecting)
			l->objecting = val_list(m->a);
		val_push(m->a, l->objecting, one);
		l->objections++;
	}
}

/* --- dissent that somebody closed -------------------------------------------------------------------------- */

static int id_of_link(const void *key, const void *at)
{
	return strcmp(key, ((const struct link *)at)->id);
}

/* A dissent of l's doc is lifted by a levee on the lesson by the same actor, no earlier. */
static void lift_inside(const struct model *m, struct lesson *l, const struct val *levee)
{
	const struct val *then = val_get(source_valid(l->rec), "desaccords"), *said = val_get(doc_alone(m, l), "desaccords");
	for (size_t i = 0; i < items(said); i++)
		for (size_t j = 0; j < items(then); j++) {
			const struct val *d = then->list.at[j];
			const char *id = text_or(said->list.at[i], "id", ""), *by = val_text(d, "par");
			if (by && val_is_str(val_get(d, "id"), id) && val_is_str(val_get(levee, "par"), by) &&
			    strcmp(text_or(levee, "date", ""), text_or(d, "date", "")) >= 0) {
				val_set(m->a, said->list.at[i], "leve", val_bool(m->a, true));
				l->lifting = true;
			}
		}
}

static void lift_dissent(struct model *m, const struct opinions *o)
{
	for (size_t i = 0; i < o->levees.n; i++) {
		const struct known *k = o->levees.at[i];
		const char *target = text_or(source_tip(k->rec), "cible", ""), *by = k->source->code;
		struct link *l = m->links.n ? bsearch(target, m->links.at, m->links.n, sizeof *l, id_of_link) : NULL;
		size_t at;
		if (l && !strcmp(l->collective, by))
			l->lifted = true;
		else if (model_lesson(m, target, &at) && !strcmp(m->lessons.at[at].collective, by))
			lift_inside(m, &m->lessons.at[at], source_tip(k->rec));
	}
}

int model_build(struct model *out, struct arena *a, const struct source *sources, size_t n, const char *as_of,
		const struct lessons_memory *memory, struct buf *b, struct err *e)
{
	struct model begun = { .a = a }, *m = out;
	int rc = sort_sources(&begun, sources, n, as_of, e);
	if (rc)
		return rc;
	*m = begun;
	know_records(m);
	if (memory) {
		m->stamps = stamps_new(m, b, memory->key);
		m->docs = docs_new(m, memory);
	}
	m->reviews = reviews_build(m);
	lessons_of(m);
	struct opinions opinions = opinions_of(m);
	objections_of(m, &opinions);
	links_build(m);
	lift_dissent(m, &opinions);
	groups_build(m);
	tallies_build(m);
	coverage_build(m);
	uses_build(m);
	public_build(m);
	return 0;
}

struct names ids_of(const struct model *m, const struct indices *lessons)
{
	struct names ids = { 0 };
	for (size_t i = 0; i < lessons->n; i++)
		names_add(m->a, &ids, m->lessons.at[lessons->at[i]].id);
	return ids;
}

const char *concept_label(const struct model *m, const char *id)
{
	const struct known *k = model_find(m, id);
	const char *label = k && !strcmp(k->rec->kind, "concept") && is_visible(k->rec)
				    ? val_text(val_get(source_tip(k->rec), "libelles"), "fr")
				    : NULL;
	return label ? model_mask(m, label) : word_code(id);
}
