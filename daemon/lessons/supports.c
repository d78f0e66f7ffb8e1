/* supports.c -- evidence, quoted by consent or counted.
 *
 * Doubt counts as no: a consent without status, scope or permission is none. A withdrawn piece of evidence is still
 * counted (the lesson did rest on it), marked as withdrawn, and never quoted.
 */
#include "lessons/supports.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/doc.h"

struct support {
	const char *kind, *nature, *role; /* "" when not known */
	const char *id;			  /* "" : counted only */
	const char *field, *text;	  /* what is quoted; NULL when counted only */
	const struct known *known;	  /* NULL: that record is in no source */
	struct names actors;
	bool withdrawn;
	size_t count;
};
struct supports {
	struct support *at;
	size_t n, cap;
};

static bool is_either(const struct val *v, const char *x, const char *y)
{
	return val_is_str(v, x) || val_is_str(v, y);
}

bool is_withdrawn(const struct source_record *rec)
{
	return !strcmp(source_brief(rec).state, "retire") ||
	       val_is_str(val_get(val_get(source_tip(rec), "consentement"), "statut"), "retire");
}

const char *consent_allows(const struct model *m, const struct source_record *materiau)
{
	return consent_reaching(m, materiau, "reseau");
}

const char *consent_reaching(const struct model *m, const struct source_record *materiau, const char *scope)
{
	const struct val *v = source_tip(materiau), *consent = val_get(v, "consentement");
	const char *until = val_text(consent, "expire_le"), *said = val_text(v, "verbatim");
	if (!is_shared(materiau) || materiau->open_visibility ||
	    !is_either(val_get(consent, "statut"), "obtenu", "non_requis") ||
	    !is_either(val_get(consent, "portee"), scope, "public") || (until && model_past(m, until)))
		return NULL;
	bool verbatim = val_is_str(val_get(consent, "citation"), "verbatim");
	if (verbatim && said && *said)
		return "verbatim";
	const char *paraphrase = val_text(v, "paraphrase");
	bool may = verbatim || val_is_str(val_get(consent, "citation"), "paraphrase");
	return may && paraphrase && *paraphrase ? "paraphrase" : NULL;
}

struct names actor_types(const struct model *m, const char *id)
{
	struct names none = { 0 };
	const struct known *k = model_find(m, id);
	if (!k || strcmp(k->rec->kind, "acteur") || !is_visible(k->rec) ||
	    !strcmp(source_brief(k->rec).state, "retire"))
		return none;
	return names_of(m->a, val_get(source_tip(k->rec), "types"));
}

struct names voices_of(const struct model *m, const struct val *materiau)
{
	struct names types = { 0 };
	if (!is_either(val_get(materiau, "attribution"), "type_seul", "role"))
		return types;
	struct names who = names_of(m->a, val_get(materiau, "sources"));
	for (size_t i = 0; i < who.n; i++) {
		struct names some = actor_types(m, who.at[i]);
		for (size_t j = 0; j < some.n; j++)
			names_add(m->a, &types, some.at[j]);
	}
	return types;
}

static const char *kind_by_prefix(const char *id)
{
	static const char *const kinds[][2] = { { "mat-", "materiau" }, { "pra-", "pratique" }, { "bou-", "boucle" } };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strncmp(id, kinds[i][0], 4))
			return kinds[i][1];
	return "autre";
}

static struct support support_of(const struct model *m, const char *id, const char *role)
{
	struct support s = { .kind = kind_by_prefix(id), .nature = "", .role = role ? role : "", .id = "", .count = 1 };
	const struct known *k = model_find(m, id);
	if (!k || strcmp(k->rec->kind, s.kind))
		return s;
	const struct val *v = source_tip(k->rec);
	s.known = k;
	s.withdrawn = is_withdrawn(k->rec);
	if (!strcmp(s.kind, "materiau")) {
		s.nature = val_text(v, "nature") ? val_text(v, "nature") : "";
		s.field = consent_allows(m, k->rec);
	} else if (is_shared(k->rec) && val_text(v, "titre")) {
		s.field = "titre";
	}
	if (s.field) {
		s.id = id;
		s.text = model_mask(m, val_text(v, s.field));
		if (!strcmp(s.kind, "materiau"))
			s.actors = voices_of(m, v);
	}
	return s;
}

static int by_content(const void *x, const void *y)
{
	const struct support *p = x, *q = y;
	int c = strcmp(p->kind, q->kind);
	if (!c)
		c = strcmp(p->nature, q->nature);
	if (!c)
		c = strcmp(p->role, q->role);
	if (!c)
		c = strcmp(p->id, q->id);
	return c ? c : (int)p->withdrawn - (int)q->withdrawn;
}

static void put(struct arena *a, struct val *map, const char *key, const char *s)
{
	if (s && *s)
		val_set(a, map, key, val_str(a, s));
}

static struct val *support_val(const struct model *m, const struct support *s, const char *collective)
{
	struct arena *a = m->a;
	struct val *v = val_map(a);
	put(a, v, "id", s->id);
	put(a, v, "genre", s->kind);
	put(a, v, "nature", s->nature);
	put(a, v, "role", s->role);
	put(a, v, "collectif", s->known ? s->known->source->code : collective);
	val_set(a, v, "nombre", val_int(a, (int64_t)s->count));
	if (s->withdrawn)
		val_set(a, v, "retire", val_bool(a, true));
	if (!s->text)
		return v;
	put(a, v, "champ", s->field);
	put(a, v, "texte", s->text);
	put(a, v, "commit", s->known->rec->commit);
	put(a, v, "empreinte", s->known->rec->fingerprint);
	put(a, v, "etat", val_text(source_tip(s->known->rec), "etat"));
	put(a, v, "visibilite", val_text(source_tip(s->known->rec), "visibilite"));
	if (s->actors.n)
		val_set(a, v, "acteurs", names_val(a, &s->actors));
	return v;
}

struct val *supports_val(const struct model *m, const struct val *lesson, const char *collective)
{
	const struct val *from = val_get(lesson, "appuis");
	struct supports all = { 0 };
	struct val *out = val_list(m->a);
	for (size_t i = 0; from && from->type == VAL_LIST && i < from->list.n; i++) {
		const char *id = val_text(from->list.at[i], "id");
		if (id) {
			struct support s = support_of(m, id, val_text(from->list.at[i], "role_appui"));
			arena_push(m->a, &all, s);
		}
	}
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, by_content);
	for (size_t i = 0; i < all.n; i++) {
		bool more = i + 1 < all.n && !*all.at[i].id && !by_content(&all.at[i], &all.at[i + 1]);
		if (more)
			all.at[i + 1].count += all.at[i].count; /* counted only: one entry for all alike */
		else
			val_push(m->a, out, support_val(m, &all.at[i], collective));
	}
	return out;
}

const char *supports_withdrawn(const struct model *m, const struct val *lesson)
{
	const struct val *from = val_get(lesson, "appuis");
	struct names natures = { 0 };
	for (size_t i = 0; i < items(from); i++) {
		const struct known *k = model_find(m, text_or(from->list.at[i], "id", ""));
		if (k && is_withdrawn(k->rec))
			names_add(m->a, &natures, model_mask(m, text_or(source_tip(k->rec), "nature", k->rec->kind)));
	}
	return names_join(m->a, &natures);
}
