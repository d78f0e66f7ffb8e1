#include "ctl/assent.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/result.h"
#include "lessons/names.h"

struct asking {
	struct ctl *c;
	struct val *list;
	const struct record *rec;
	const char *print; /* fingerprint of today's text */
	struct err *e;
};

/* The reviews of that nature on a record; of today's text only, or of any. */
static int reviews(struct val **rows, const struct asking *k, const char *nature, const char *target, bool today)
{
	struct arena *a = k->c->a;
	char *filters[4] = { arena_printf(a, "cible=%s", target), arena_printf(a, "nature=%s", nature), arena_printf(a, "etat!=retire") };
	int n = 3;
	if (today)
		filters[n++] = arena_printf(a, "cible_empreinte=%s", k->print);
	return ctl_list(rows, k->c, "avis", filters, n, k->e);
}

static const struct val *load(const struct asking *k, const char *id)
{
	struct record one;
	const char *path;
	struct err unread;
	return id && !ctl_load(&one, &path, k->c, id, &unread) ? one.val : NULL;
}

static int quorum(const struct asking *k)
{
	struct val *rows;
	struct err unread;
	if (!schemas_kind(k->c->set, "collectif") || ctl_list(&rows, k->c, "collectif", NULL, 0, &unread) || !rows->list.n)
		return 1;
	const char *n = val_text(load(k, val_text(rows->list.at[0], "id")), "quorum_validation");
	return n && atoi(n) > 1 ? atoi(n) : 1;
}

static void say(const struct asking *k, const char *sentence)
{
	val_push(k->c->a, k->list, val_str(k->c->a, sentence));
}

static int say_validations(const struct asking *k)
{
	struct arena *a = k->c->a;
	struct val *rows;
	struct names who = { 0 }, types = { 0 };
	int rc = reviews(&rows, k, "validation", k->rec->id, true), wanted = quorum(k);
	if (rc)
		return rc;
	for (size_t i = 0; i < rows->list.n; i++) {
		const char *by = val_text(load(k, val_text(rows->list.at[i], "id")), "par");
		struct names some = names_of(a, val_get(load(k, by), "types"));
		if (by)
			names_add(a, &who, by);
		for (size_t j = 0; j < some.n; j++)
			names_add(a, &types, some.at[j]);
	}
	const char *command = arena_printf(a, "maillage new avis cible=%s nature=validation portee=collectif", k->rec->id);
	if (!rows->list.n)
		say(k, arena_printf(a, _("aucun avis de validation ne porte sur son texte d'aujourd'hui : « %s »"), command));
	else if ((int)who.n < wanted)
		say(k, arena_printf(a, _("validations de son texte d'aujourd'hui : %zu, le collectif en demande %d : « %s »"), who.n, wanted, command));
	else if (wanted > 1 && types.n == 1)
		say(k, arena_printf(a, _("toutes ses validations viennent d'un seul type d'acteur (%s) ; il en faut deux : « %s »"), types.at[0],
				    command));
	return 0;
}

/* Lifted by a review that names the objection, or by one of the same actor on the record, no earlier. */
static int is_lifted(bool *out, const struct asking *k, const char *id, const struct val *objection)
{
	struct val *named, *lifted;
	const char *by = val_text(objection, "par"), *when = val_text(objection, "date");
	int rc = reviews(&named, k, "levee", id, false);
	if (!rc)
		rc = reviews(&lifted, k, "levee", k->rec->id, false);
	if (rc)
		return rc;
	*out = named->list.n > 0;
	for (size_t i = 0; i < lifted->list.n; i++) {
		const struct val *one = load(k, val_text(lifted->list.at[i], "id"));
		const char *then = val_text(one, "date");
		*out |= by && when && then && val_is_str(val_get(one, "par"), by) && strcmp(then, when) >= 0;
	}
	return 0;
}

static int say_objections(const struct asking *k)
{
	struct val *rows;
	int rc = reviews(&rows, k, "objection", k->rec->id, false);
	for (size_t i = 0; !rc && i < rows->list.n; i++) {
		const char *id = val_text(rows->list.at[i], "id");
		bool lifted;
		rc = is_lifted(&lifted, k, id, load(k, id));
		if (!rc && !lifted)
			say(k, arena_printf(k->c->a, _("l'objection %s est ouverte ; qui l'a faite la lève par « maillage new avis cible=%s nature=levee portee=collectif »"),
					    id, id));
	}
	return rc;
}

static int say_mirror(const struct asking *k)
{
	struct val *rows;
	int rc = reviews(&rows, k, "restitution_miroir", k->rec->id, true);
	if (!rc && !rows->list.n)
		say(k, arena_printf(k->c->a,
				    _("le territoire n'a pas encore relu son texte d'aujourd'hui : « maillage new avis cible=%s nature=restitution_miroir portee=territoire »"),
				    k->rec->id));
	return rc;
}

int assent_advice(struct val *list, struct ctl *c, const struct record *rec, const char *state, struct err *e)
{
	struct asking k = { c, list, rec, record_fingerprint(c->a, rec->val), e };
	bool shared = !strcmp(state, "partage");
	if ((!shared && strcmp(state, "valide") != 0) || !schemas_kind(c->set, "avis"))
		return 0;
	int rc = say_validations(&k);
	if (!rc)
		rc = say_objections(&k);
	if (!rc && shared && !strcmp(rec->schema->kind, "enseignement"))
		rc = say_mirror(&k);
	return rc;
}
