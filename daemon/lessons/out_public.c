/* out_public.c -- public/: what may be published outside the network, as public.h decides. Anyone may take this folder as it
 * is. Each row carries its licence and the day of its last validation, which an open licence asks to be told with it; the
 * as-of date is in LISEZMOI.md. */
#include <stdlib.h>
#include <string.h>

#include "lessons/csv.h"
#include "lessons/public.h"
#include "lessons/records.h"
#include "lessons/sheet.h"
#include "lessons/tally.h"

static void put_keys(struct csv_out *w, const struct val *doc, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_put(w, val_text(doc, keys[i]));
}

void out_public_lessons(const struct part *p)
{
	static const char *const before[] = { "collectif", "id", "titre", "enonce", "contexte", "mecanisme", "effet", "sens" };
	static const char *const sets[] = { "publics",	   "espaces",	  "niveaux",	"themes",
					    "competences", "dispositifs", "territoires" };
	static const char *const after[] = { "cycle", "maturite", "confiance", "observe_debut", "observe_fin", "appuis" };
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < p->own->lessons.n; i++) {
		const struct val *doc = m->lessons.at[p->own->lessons.at[i]].pub;
		if (!doc)
			continue;
		struct quote q = quote_of(doc, "enonce", "");
		csv_begin(&w, PUBLIC_LESSON_COLUMNS);
		put_keys(&w, doc, before, sizeof before / sizeof *before);
		csv_put(&w, texts_join(m->a, doc, "conditions"));
		csv_put(&w, val_text(doc, "limites"));
		csv_put(&w, texts_join(m->a, doc, "recommandations"));
		for (size_t k = 0; k < sizeof sets / sizeof *sets; k++)
			csv_put(&w, codes_join(m->a, doc, sets[k]));
		put_keys(&w, doc, after, sizeof after / sizeof *after);
		csv_num(&w, tally_number(doc, "desaccords"));
		csv_put(&w, yes_no(val_is_true(doc, "en_discussion")));
		csv_put(&w, val_text(doc, "licence"));
		csv_put(&w, val_text(doc, "valide_le"));
		csv_put(&w, quote_reference(m->a, &q));
		csv_end(&w);
	}
}

void out_public_quotes(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	for (size_t i = 0; i < p->own->lessons.n; i++) {
		const struct val *doc = m->lessons.at[p->own->lessons.at[i]].pub, *list = val_get(doc, "citations");
		for (size_t j = 0; j < items(list); j++) {
			const struct val *one = list->list.at[j];
			struct quote q = quote_of(one, text_or(one, "champ", ""), "");
			csv_begin(&w, PUBLIC_QUOTE_COLUMNS);
			csv_put(&w, val_text(doc, "collectif"));
			csv_put(&w, val_text(doc, "id"));
			csv_put(&w, val_text(one, "nature"));
			csv_put(&w, val_text(one, "role"));
			csv_put(&w, codes_join(m->a, one, "types"));
			csv_put(&w, val_text(one, "texte"));
			csv_put(&w, quote_reference(m->a, &q));
			csv_end(&w);
		}
	}
}

/* --- productions, syntheses -------------------------------------------------------------------------------- */

static void put_sources(struct csv_out *w, const struct model *m, const struct val *list)
{
	struct names ids = { 0 };
	for (size_t i = 0; i < items(list); i++) {
		struct pin pin;
		size_t at;
		if (pin_of(&pin, list->list.at[i]) && model_lesson(m, pin.ref, &at) && m->lessons.at[at].pub)
			names_add(m->a, &ids, pin.ref);
	}
	csv_put(w, names_join(m->a, &ids));
}

static void put_told(struct csv_out *w, const struct model *m, const struct known *k, const char *field, const char *text)
{
	struct quote q = record_quote(m, k, field, text);
	csv_put(w, public_text(m, k->rec, text));
	csv_put(w, *text ? quote_reference(m->a, &q) : NULL);
}

void out_public_productions(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	struct records all = records_of(m, "production");
	csv_header(&w, PUBLIC_PRODUCTION_COLUMNS);
	for (size_t i = 0; i < all.n; i++) {
		const struct known *k = all.at[i];
		struct names publics = record_codes(m, val_get(source_tip(k->rec), "publics")),
			     themes = record_codes(m, val_get(source_tip(k->rec), "themes"));
		if (!is_public(k->rec))
			continue;
		csv_put(&w, k->source->code);
		csv_put(&w, k->rec->id);
		put_told(&w, m, k, "titre", record_text(m, k, "titre"));
		csv_put(&w, record_text(m, k, "type_production"));
		csv_put(&w, names_join(m->a, &publics));
		csv_put(&w, names_join(m->a, &themes));
		put_told(&w, m, k, "resume", record_text(m, k, "resume"));
		put_sources(&w, m, val_get(source_tip(k->rec), "sources"));
		csv_put(&w, record_text(m, k, "licence"));
		csv_put(&w, record_text(m, k, "parue_le"));
		csv_end(&w);
	}
}

static void put_finding(struct csv_out *w, const struct model *m, const struct known *k, const struct val *one)
{
	const char *at = arena_printf(m->a, "enonces/%s/texte", text_or(one, "id", "?"));
	csv_put(w, k->rec->id);
	put_told(w, m, k, "question", record_text(m, k, "question"));
	csv_put(w, model_mask(m, text_or(one, "id", "")));
	csv_put(w, model_mask(m, text_or(one, "accord", "")));
	put_told(w, m, k, at, text_or(one, "texte", ""));
	put_sources(w, m, val_get(one, "appuis"));
	put_sources(w, m, val_get(one, "contre"));
	csv_put(w, record_text(m, k, "licence"));
	csv_put(w, record_text(m, k, "arrete_au"));
	csv_end(w);
}

void out_public_syntheses(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	struct records all = records_of(m, "synthese");
	csv_header(&w, PUBLIC_SYNTHESIS_COLUMNS);
	for (size_t i = 0; i < all.n; i++) {
		const struct val *list = val_get(source_tip(all.at[i]->rec), "enonces");
		for (size_t j = 0; is_public(all.at[i]->rec) && j < items(list); j++)
			put_finding(&w, m, all.at[i], list->list.at[j]);
	}
}

/* --- meetings ---------------------------------------------------------------------------------------------- */

/* How many of that type came: "17"; "<5" below PUBLIC_FEW; "" when a number is missing or is none. Two counts of one type
 * are added first: each of them would tell how many the other hides. */
static const char *attendance(const struct model *m, const struct val *list, const char *type)
{
	size_t sum = 0;
	for (size_t i = 0; i < items(list); i++) {
		const char *n = text_or(list->list.at[i], "nombre", "");
		if (strcmp(text_or(list->list.at[i], "type_acteur", ""), type) != 0)
			continue;
		if (!*n || strlen(n) > 6 || n[strspn(n, "0123456789")])
			return "";
		sum += strtoul(n, NULL, 10);
	}
	return sum < PUBLIC_FEW ? arena_printf(m->a, "<%d", PUBLIC_FEW) : arena_num(m->a, sum);
}

void out_public_meetings(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	const struct indices *meetings = model_kind(m, "rencontre");
	for (size_t i = 0; i < meetings->n; i++) {
		const struct known *k = &m->known.at[meetings->at[i]];
		struct names types = { 0 }, at = { 0 };
		if (!part_filed(p, k) || !is_public(k->rec))
			continue;
		const struct val *list = val_get(source_tip(k->rec), "presences");
		names_add(m->a, &at, record_text(m, k, "lieu"));
		for (size_t j = 0; j < items(list); j++)
			if (val_text(list->list.at[j], "type_acteur"))
				names_add(m->a, &types, val_text(list->list.at[j], "type_acteur"));
		struct names place = places_public(m->places, &at, has_unique_role(&types)); /* the rows of a meeting are read together */
		for (size_t j = 0; j < types.n; j++) {
			csv_begin(&w, PUBLIC_MEETING_COLUMNS);
			csv_put(&w, k->source->code);
			csv_put(&w, k->rec->id);
			csv_put(&w, record_text(m, k, "date_debut"));
			csv_put(&w, record_text(m, k, "type_rencontre"));
			csv_put(&w, names_join(m->a, &place));
			csv_put(&w, model_mask(m, types.at[j]));
			csv_put(&w, attendance(m, list, types.at[j]));
			csv_put(&w, record_text(m, k, "licence"));
			csv_end(&w);
		}
	}
}

/* --- what this folder is ------------------------------------------------------------------------------------ */

void out_public_notice(const struct part *p)
{
	static const char *const tables[] = {
		"Le fichier communes.csv manque au dépôt national : toutes les communes sont traitées comme petites.",
		("Le fichier communes.csv du dépôt national n'a pas pu être lu : toutes les communes sont traitées comme petites. "
		 "Sa première ligne doit être `" COMMUNE_COLUMNS "`."),
		("La population des communes vient du fichier communes.csv du dépôt national ; une commune qui n'y est pas est "
		 "traitée comme petite.")
	};
	struct sheet s = sheet_of(p);
	sheet_printf(&s, "# Ce qui peut être publié hors du réseau\n\nArrêté au %s.\n",
		     *p->m->as_of ? p->m->as_of : "(aucune source)");
	sheet_put(&s, "Chaque ligne porte sa licence et le jour de la dernière validation de son texte ; citez-les avec le "
		      "collectif.\n\n");
	sheet_put(&s, "- N'y est que ce dont la visibilité est public, sans différence ouverte à ce sujet.\n"
		      "- Des personnes, il ne reste que le type d'acteur, et seulement si l'attribution le permet.\n");
	sheet_printf(&s, "- Une commune de moins de %d habitants est remplacée par son intercommunalité, ou par son "
			 "département. À côté d'un rôle unique (élu, direction générale...), le département remplace aussi l'intercommunalité, ou "
			 "la région du collectif quand il n'est pas connu.\n",
		     PLACE_SMALL);
	sheet_printf(&s, "- Les présences inférieures à %d sont écrites `<%d`.\n", PUBLIC_FEW, PUBLIC_FEW);
	sheet_put(&s, "- Un témoignage n'est cité que si son consentement va jusqu'au public ; sinon il est seulement compté.\n"
		      "- Un enseignement qui ne repose que sur un seul témoin n'y est pas sans l'accord de ce témoin.\n\n");
	sheet_put(&s, tables[places_state(p->m->places)]);
	sheet_put(&s, "\n");
}
