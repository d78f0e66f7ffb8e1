/* The references of one record, each held against the world that the caller knows.
 *
 * The walk goes only where the structure leads to references (place.c marked the ways), and asks two questions of most: is
 * the id of a right kind (its prefix tells), and is it there. Facts are asked only for x-ref-where and for pins.
 */
#include "refs.h"
#include "run.h"

#include <stdio.h>
#include <string.h>

void ref_facts_of(struct ref_facts *out, struct arena *a, const struct schemas *set, const struct record *rec)
{
	struct val *kept = val_map(a);
	for (size_t i = 0; i < set->where.n; i++) {
		const struct val *v = val_get(rec->val, set->where.at[i]);
		if (v)
			val_set(a, kept, set->where.at[i], val_copy(a, v));
	}
	out->values = kept;
	out->fingerprint = rec->val ? record_fingerprint(a, rec->val) : "";
}

struct looking {
	struct run run;
	size_t from; /* warnings of this walk begin here */
	const struct ref_world *w;
	const struct schemas *set;
	struct ref_review *review;
};

/* The schema has refused this very value already: one message is enough. */
static bool is_wrong_anyway(const struct looking *l, const struct val *v)
{
	for (size_t i = 0; i < l->from; i++) {
		const struct fault *f = &l->run.out->at[i];
		if (!f->warning && f->line == (int)v->line && f->col == (int)v->col)
			return true;
	}
	return false;
}

static bool in_list(const char *const *list, const char *s)
{
	for (; *list; list++)
		if (!strcmp(*list, s))
			return true;
	return false;
}

/* --- not found: what the reader can do about it depends on whose it would be --------------------------------------- */

/* The second part of an id: "bfc" of ens-bfc-2m4n6p8q. The network's vocabulary has none: "nat". */
static void owner_of(char out[16], const struct schemas *set, const char *id)
{
	const struct schema *k = schemas_by_prefix(set, (char[]){ id[0], id[1], id[2], 0 });
	const char *second = id + 4;
	size_t n = strcspn(second, "-");
	bool free_id = k && id_is_free(k);
	snprintf(out, 16, "%.*s", free_id ? 3 : n < 15 ? (int)n : 15, free_id ? "nat" : second);
}

static void warn_missing(struct looking *l, const struct spot *at, const char *id)
{
	char owner[16];
	owner_of(owner, l->set, id);
	const char *path = record_path(l->run.a, l->set, id);
	if (!strcmp(owner, l->w->owner))
		run_warn(&l->run, at, "ref", _("aucune fiche « %s » dans ce dépôt ; vérifiez l'identifiant, ou écrivez-la (%s)"), id,
			 path ? path : "?");
	else if (strcmp(owner, "nat") != 0 && l->w->national && l->w->find(l->w->ctx, owner) == REF_NOWHERE)
		run_warn(&l->run, at, "ref",
			 _("« %s » serait d'un collectif « %s », qui n'est pas dans la liste du national ; vérifiez l'identifiant"), id,
			 owner);
	else if (strcmp(owner, "nat") != 0)
		run_warn(&l->run, at, "ref",
			 _("la fiche « %s » est d'un autre collectif (%s) et n'est pas dans cette copie : rien ne peut en être vérifié ici"),
			 id, owner);
	else if (l->w->national)
		run_warn(&l->run, at, "ref",
			 _("aucune fiche « %s », ni dans ce dépôt ni dans la copie du national ; vérifiez l'identifiant"), id);
	else
		run_warn(&l->run, at, "ref",
			 _("la fiche « %s » n'est pas dans cette copie, et celle du national manque encore ; « maillage sync » la prend"),
			 id);
}

static void check_collective(struct looking *l, const struct spot *at, const char *code)
{
	if (!strcmp(code, l->w->owner) || l->w->find(l->w->ctx, code) != REF_NOWHERE)
		return;
	if (l->w->national)
		run_warn(&l->run, at, "ref", _("aucun collectif « %s » dans la liste du national ; vérifiez le code"), code);
	else
		run_warn(&l->run, at, "ref",
			 _("le collectif « %s » n'est pas connu ici : la copie du national manque encore ; « maillage sync » la prend"),
			 code);
}

/* --- found: is it what was meant, and what was read? ---------------------------------------------------------------- */

static void check_where(struct looking *l, const struct snode *s, const struct spot *at, const struct ref_facts *f)
{
	for (size_t i = 0; i < s->ref_where->map.n; i++) {
		const char *key = s->ref_where->map.at[i].key;
		const struct val *wanted = s->ref_where->map.at[i].val, *is = val_get(f->values, key);
		char one[SHOWN], other[SHOWN];
		if (is && val_equal(wanted, is))
			continue;
		if (is)
			run_warn(&l->run, at, "ref_where", _("la fiche « %s » a %s: %s ; attendu ici : %s"), at->v->str.at, key,
				 run_show(one, is), run_show(other, wanted));
		else
			run_warn(&l->run, at, "ref_where", _("la fiche « %s » n'a pas de champ %s ; attendu ici : %s"),
				 at->v->str.at, key, run_show(other, wanted));
	}
}

/* The fingerprint of what was read, beside the reference `key` of the map; NULL: not pinned. */
static const struct val_field *pin_of(const struct val *map, const char *key)
{
	bool plain = !strcmp(key, "ref");
	size_t n = plain ? 0 : strlen(key);
	for (size_t i = 0; i < map->map.n; i++) {
		const struct val_field *f = &map->map.at[i];
		if (f->val->type == VAL_STR && !strncmp(f->key, key, n) && !strcmp(f->key + n, plain ? "empreinte" : "_empreinte"))
			return f;
	}
	return NULL;
}

static bool is_withdrawn(const struct snode *root, const struct val *record)
{
	const char *etat = val_text(record, "etat");
	const char *const *withdrawn = schema_child(root, "etat")->withdrawn;
	return etat && ((withdrawn && in_list(withdrawn, etat)) || !strcmp(etat, "archive") || !strcmp(etat, "remplace"));
}

static void check_pin(struct looking *l, const struct spot *at, const struct val_field *pin, const struct ref_facts *f)
{
	const struct val *map = at->up->v;
	bool stale = strcmp(pin->val->str.at, f->fingerprint) != 0, review = !at->up->up && val_get(map, "nature");
	struct spot there = { at->up, pin->val, pin->key, 0 };
	if (!review) {
		if (stale)
			run_warn(&l->run, &there, "stale",
				 _("la fiche « %s » a changé depuis cette lecture ; relisez-la, puis citez sa version d'aujourd'hui"),
				 at->v->str.at);
		return;
	}
	/* other reviews keep their worth: an objection to an older text is part of the story */
	if (!val_is_str(val_get(map, "nature"), "validation") || is_withdrawn(l->run.root, map))
		return;
	const char *scope = val_text(map, "portee");
	if (l->review)
		*l->review = (struct ref_review){ at->v->str.at, scope ? scope : "", stale };
	if (stale)
		run_warn(&l->run, &there, "stale",
			 _("la fiche « %s » a changé depuis cette validation : la validation est à refaire"), at->v->str.at);
}

static void check_record(struct looking *l, const struct snode *s, const struct spot *at, const char *id)
{
	const struct schema *k = schemas_by_prefix(l->set, (char[]){ id[0], id[1], id[2], 0 });
	char wanted[SHOWN_LIST];
	if (!in_list(s->refs, "any") && (!k || !in_list(s->refs, k->kind))) {
		run_warn(&l->run, at, "ref_kind", _("« %s » n'est pas une fiche du genre attendu ici : %s"), id,
			 run_show_list(wanted, val_get(s->schema, "x-ref")));
		return;
	}
	if (k && !*k->folder) { /* a collective, by the id of its record */
		check_collective(l, at, id + 4);
		return;
	}
	enum ref_found found = l->w->find(l->w->ctx, id);
	if (found == REF_NOWHERE)
		warn_missing(l, at, id);
	const struct val_field *pin = at->key ? pin_of(at->up->v, at->key) : NULL;
	if (found != REF_HERE || (!s->ref_where && !pin))
		return;
	const struct ref_facts *f = l->w->facts(l->w->ctx, id);
	if (f && s->ref_where)
		check_where(l, s, at, f);
	if (f && pin)
		check_pin(l, at, pin, f);
}

/* --- the walk ------------------------------------------------------------------------------------------------------- */

/* A kind that is a single file in each repository goes by the repository's code. */
static bool wants_code(const struct looking *l, const struct snode *s)
{
	for (size_t i = 0; s->refs[i]; i++) {
		const struct schema *k = schemas_kind(l->set, s->refs[i]);
		if (k && !*k->folder)
			return true;
	}
	return false;
}

static void check_ref(struct looking *l, const struct snode *s, const struct spot *at)
{
	const char *id = at->v->str.at;
	if (!*id || is_wrong_anyway(l, at->v))
		return;
	if (id_is_valid(id))
		check_record(l, s, at, id);
	else if (wants_code(l, s))
		check_collective(l, at, id);
	else
		run_warn(&l->run, at, "ref", _("« %s » n'est pas l'identifiant d'une fiche"), id);
}

static void walk(struct looking *l, const struct snode *s, const struct spot *at)
{
	const struct val *v = at->v;
	if (s->refs && v->type == VAL_STR)
		check_ref(l, s, at);
	if (!s->part || !s->part->refs)
		return;
	for (size_t i = 0; v->type == VAL_LIST && i < v->list.n; i++)
		walk(l, schema_item(s), &(struct spot){ at, v->list.at[i], NULL, i });
	for (size_t i = 0; v->type == VAL_MAP && i < v->map.n; i++)
		walk(l, schema_child(s, v->map.at[i].key), &(struct spot){ at, v->map.at[i].val, v->map.at[i].key, 0 });
}

void schema_check_refs(struct faults *out, struct ref_review *review, struct arena *a, const struct record *rec,
		       const struct ref_world *w)
{
	struct looking l = {
		{ .out = out, .a = a, .root = rec->schema->root }, out->n, w, rec->schema->set, review,
	};
	struct spot root = { .v = rec->val };
	if (review)
		*review = (struct ref_review){ 0 };
	walk(&l, rec->schema->root, &root);
}
