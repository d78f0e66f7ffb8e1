#include "lessons/public.h"

#include <string.h>

#include "lessons/doc.h"
#include "lessons/supports.h"

/* Types of which an EPCI has one, or few enough to be told apart. */
static const char *const UNIQUE_ROLES[] = { "commune", "dg", "elu", "epci" };

bool is_public(const struct source_record *rec)
{
	return is_shared(rec) && !strcmp(source_brief(rec).visibility, "public") && !rec->open_visibility;
}

const char *public_text(const struct model *m, const struct source_record *rec, const char *text)
{
	struct names codes = names_of(m->a, val_get(source_tip(rec), "territoires"));
	return places_mask(m->places, &codes, model_mask(m, text), false);
}

/* --- the single witness ----------------------------------------------------------------------------------- */

static bool is_voice(const struct source_record *rec)
{
	const struct val *nature = val_get(source_tip(rec), "nature");
	return !strcmp(rec->kind, "materiau") && (val_is_str(nature, "temoignage") || val_is_str(nature, "entretien"));
}

static bool agreed(const struct model *m, const struct source_record *rec)
{
	const struct val *consent = val_get(source_tip(rec), "consentement");
	const char *until = val_text(consent, "expire_le");
	return !is_withdrawn(rec) && !rec->open_visibility && val_is_str(val_get(consent, "statut"), "obtenu") &&
	       val_is_str(val_get(consent, "portee"), "public") && (!until || !model_past(m, until));
}

/* Evidence that cannot be found, or was withdrawn, holds nothing up; a voice without a name is one of its own. */
static bool may_stand(const struct model *m, const struct val *lesson)
{
	const struct val *list = val_get(lesson, "appuis");
	struct names voices = { 0 };
	size_t others = 0, refused = 0;
	for (size_t i = 0; i < items(list); i++) {
		const char *id = text_or(list->list.at[i], "id", "");
		const struct known *k = model_find(m, id);
		if (!k) { /* whoever it is may be the one whom we know already */
			refused++;
			continue;
		}
		if (!is_voice(k->rec)) {
			others += !is_withdrawn(k->rec);
			continue;
		}
		struct names who = names_of(m->a, val_get(source_tip(k->rec), "sources"));
		if (!who.n)
			names_add(m->a, &who, id);
		for (size_t j = 0; j < who.n; j++)
			names_add(m->a, &voices, who.at[j]);
		refused += !agreed(m, k->rec);
	}
	return others > 0 || voices.n > 1 || !refused;
}

/* --- what is quoted --------------------------------------------------------------------------------------- */

static void put(const struct model *m, struct val *doc, const char *key, const char *text)
{
	if (text && *text)
		val_set(m->a, doc, key, val_str(m->a, text));
}

/* The citations of the valid text's evidence; types: those shown beside one. */
static struct val *citations(const struct model *m, const struct val *lesson, struct names *types)
{
	const struct val *list = val_get(lesson, "appuis");
	struct val *out = val_list(m->a);
	for (size_t i = 0; i < items(list); i++) {
		const struct known *k = model_find(m, text_or(list->list.at[i], "id", ""));
		const char *field = k && !strcmp(k->rec->kind, "materiau") && is_public(k->rec)
					    ? consent_reaching(m, k->rec, "public")
					    : NULL;
		if (!field)
			continue;
		struct val *one = val_map(m->a);
		struct names who = voices_of(m, source_tip(k->rec));
		put(m, one, "id", k->rec->id);
		put(m, one, "collectif", k->source->code);
		put(m, one, "commit", k->rec->commit);
		put(m, one, "empreinte", k->rec->fingerprint);
		put(m, one, "etat", val_text(source_tip(k->rec), "etat"));
		put(m, one, "visibilite", val_text(source_tip(k->rec), "visibilite"));
		model_say(m, one, "nature", source_tip(k->rec), "nature");
		model_say(m, one, "role", list->list.at[i], "role_appui");
		put(m, one, "champ", field);
		model_say(m, one, "texte", source_tip(k->rec), field);
		if (who.n)
			val_set(m->a, one, "types", names_val(m->a, &who));
		for (size_t j = 0; j < who.n; j++)
			names_add(m->a, types, who.at[j]);
		val_push(m->a, out, one);
	}
	return out;
}

bool has_unique_role(const struct names *types)
{
	for (size_t i = 0; i < sizeof UNIQUE_ROLES / sizeof *UNIQUE_ROLES; i++)
		if (names_has(types, UNIQUE_ROLES[i]))
			return true;
	return false;
}

/* --- places ----------------------------------------------------------------------------------------------- */

/* The regions that the collective covers at the as-of date. */
static struct names regions_of(const struct model *m, const char *collective)
{
	struct names out = { 0 };
	const struct indices *all = model_kind(m, "collectif");
	for (size_t i = 0; i < all->n; i++) {
		const struct known *k = &m->known.at[all->at[i]];
		const struct val *list = val_get(source_tip(k->rec), "regions");
		if (strcmp(k->source->code, collective) || !is_visible(k->rec))
			continue;
		for (size_t j = 0; j < items(list); j++) {
			const char *code = text_or(list->list.at[j], "code", ""), *from = text_or(list->list.at[j], "debut", ""),
				   *to = val_text(list->list.at[j], "fin");
			if ((!strncmp(code, "REG-", 4) || !strncmp(code, "ISO-", 4)) && strcmp(from, m->as_of) <= 0 &&
			    (!to || !model_past(m, to)))
				names_add(m->a, &out, model_mask(m, code));
		}
	}
	return out;
}

/* --- the lesson ------------------------------------------------------------------------------------------- */

struct export {
	const struct model *m;
	struct val *doc;
	struct names codes; /* territoires as written */
	bool unique_role;
};

static const char *cleaned(const struct export *x, const char *text)
{
	return places_mask(x->m->places, &x->codes, text, x->unique_role);
}

static void clean_items(const struct export *x, const struct val *from, const char *key)
{
	const struct val *list = val_get(from, key);
	struct val *out = val_list(x->m->a);
	for (size_t i = 0; i < items(list); i++) {
		struct val *one = val_map(x->m->a);
		put(x->m, one, "id", val_text(list->list.at[i], "id"));
		put(x->m, one, "texte", cleaned(x, text_or(list->list.at[i], "texte", "")));
		val_push(x->m->a, out, one);
	}
	if (out->list.n)
		val_set(x->m->a, x->doc, key, out);
}

static void clean_texts(const struct export *x, const struct val *from)
{
	static const char *const texts[] = { "id", "collectif", "commit", "empreinte", "etat", "visibilite", "licence", "titre",
					     "enonce", "contexte", "mecanisme", "effet", "sens", "limites", "cycle",
					     "maturite", "observe_debut", "observe_fin", "valide_le" };
	static const char *const lists[] = { "themes", "competences", "dispositifs", "publics", "espaces", "niveaux" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		put(x->m, x->doc, texts[i], val_text(from, texts[i]) ? cleaned(x, val_text(from, texts[i])) : NULL);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct val *v = val_get(from, lists[i]);
		if (v)
			val_set(x->m->a, x->doc, lists[i], v);
	}
	clean_items(x, from, "conditions");
	clean_items(x, from, "recommandations");
}

static struct val *exported(const struct model *m, const struct lesson *l)
{
	struct export x = { .m = m, .doc = val_map(m->a) };
	struct names types = { 0 };
	struct val *said = citations(m, source_valid(l->rec), &types);
	x.codes = names_of(m->a, val_get(model_doc(m, l), "territoires"));
	x.unique_role = has_unique_role(&types);
	for (size_t i = 0; i < said->list.n; i++)
		put(m, said->list.at[i], "texte", cleaned(&x, text_or(said->list.at[i], "texte", "")));
	clean_texts(&x, model_doc(m, l));
	struct names places = places_public(m->places, &x.codes, x.unique_role);
	if (!places.n)
		places = regions_of(m, l->collective);
	val_set(m->a, x.doc, "territoires", names_val(m->a, &places));
	put(m, x.doc, "confiance", val_text(val_get(model_doc(m, l), "confiance"), "globale"));
	put(m, x.doc, "appuis", supports_count(m->a, model_doc(m, l), NULL));
	val_set(m->a, x.doc, "desaccords", val_int(m->a, (int64_t)items(val_get(model_doc(m, l), "desaccords"))));
	val_set(m->a, x.doc, "en_discussion", val_bool(m->a, val_is_true(model_doc(m, l), "en_discussion")));
	val_set(m->a, x.doc, "citations", said);
	return x.doc;
}

static const struct source *national(const struct model *m)
{
	for (size_t i = 0; i < m->n_sources; i++)
		if (!strcmp(m->sources[i]->code, NATIONAL))
			return m->sources[i];
	return NULL;
}

void public_build(struct model *m)
{
	const struct source *nat = national(m);
	const char *table = nat ? nat->communes : NULL;
	m->places = places_read(m->a, table, table ? strlen(table) : 0);
	for (size_t i = 0; i < m->lessons.n; i++) {
		struct lesson *l = &m->lessons.at[i];
		if (is_public(l->rec) && may_stand(m, source_valid(l->rec)))
			l->pub = exported(m, l);
	}
}
