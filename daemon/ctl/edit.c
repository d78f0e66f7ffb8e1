/* edit.c -- the verbs that change one record: read the file as it is on disk, change the data, let ydoc_rewrite find the
 * text, write and commit. An edit that would make the record unacceptable changes nothing and says why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "ctl/writerec.h"
#include "schema/describe.h"
#include "store/worktree.h"

int ctl_load(struct record *out, const char **path, struct ctl *c, const char *id, struct err *e)
{
	if (!id_is_valid(id))
		return err_no_id(e, id);
	const char *p = record_path(c->a, c->set, id);
	if (!p)
		return err_set(e, ERR_NOTFOUND, _("%s : aucun genre de fiche n'a ce préfixe ; « maillage list » montre les fiches"), id);
	const char *dir = repo_workdir(c->r);
	if (!dir)
		return err_set(e, ERR_CONFIG, "%s", _("ce dépôt n'a pas de dossier de travail"));
	struct buf text = BUF_INIT;
	int rc = fs_read(&text, arena_printf(c->a, "%s%s", dir, p), YAML_MAX_BYTES, e);
	if (rc == ERR_NOTFOUND)
		rc = err_set(e, ERR_NOTFOUND, _("%s : cette fiche n'existe pas ici ; « maillage list » montre les fiches"), id);
	if (!rc) {
		struct faults faults = { 0 };
		record_load(out, &faults, c->a, c->set, p, p, repo_collective(c->r), text.at, text.n);
		if (!out->doc || !out->schema)
			rc = err_faults(e, &faults);
		*path = p;
	}
	buf_free(&text);
	return rc;
}

/* A record that follows a newer schema may hold codes that are not known here; what is typed here may not. */
static int known_code(struct ctl *c, const struct record *rec, const struct snode *place, const char *field, const struct val *v,
		      struct err *e)
{
	struct faults faults = { 0 };
	if (ctl_version_of(rec->val) > rec->schema->version)
		schema_validate(&faults, c->a, place, v);
	for (size_t i = 0; i < faults.n; i++)
		if (!strcmp(faults.at[i].code, "enum"))
			return err_set(e, ERR_DATA, _("%s : %s"), field, faults.at[i].msg);
	return 0;
}

static bool admits(const struct snode *place, const char *type)
{
	if (!place->types)
		return false;
	for (size_t i = 0; place->types[i]; i++)
		if (!strcmp(place->types[i], type))
			return true;
	return false;
}

static bool wants_yaml(const struct snode *place, const char *text)
{
	if (place->string_only)
		return false;
	char c = text[strspn(text, " ")];
	if (c == '[' || c == '{')
		return place->list != LIST_ATOMIC || admits(place, "array") || admits(place, "object") || !place->types;
	return admits(place, "integer") || admits(place, "number") || admits(place, "boolean") || admits(place, "null");
}

int ctl_value(struct val **out, struct arena *a, const struct snode *place, const char *text, struct err *e)
{
	char *mended = arena_dup(a, text);
	err_mend(mended); /* takes out what is no UTF-8 */
	if (strcmp(mended, text))
		return err_set(e, ERR_DATA, "%s", _("la valeur n'est pas du texte UTF-8 ; vérifiez l'encodage de votre terminal ou de votre script "
						    "(la commande « locale » le montre)"));
	if (!wants_yaml(place, text)) {
		*out = val_str(a, text);
		return 0;
	}
	const char *doc = arena_printf(a, "v: %s\n", text);
	struct ydoc *d;
	struct yfault fault; /* its place is one in `doc`, which nobody has seen */
	int rc = ydoc_parse(&d, a, "v", doc, strlen(doc), &fault, e);
	if (rc)
		return err_set(e, rc, "« %.100s » : %s", text, fault.msg);
	if (ydoc_val(d)->map.n != 1)
		return err_set(e, ERR_DATA, _("« %.100s » : il y a une ligne de trop derrière la valeur ; enlevez-la"), text);
	*out = schema_type(a, place, val_get(ydoc_val(d), "v"));
	return 0;
}

/* --- lists ------------------------------------------------------------------------------------------------------- */

static bool sorted_strings(const struct val *list)
{
	for (size_t i = 0; i < list->list.n; i++) {
		if (list->list.at[i]->type != VAL_STR)
			return false;
		if (i && strcmp(list->list.at[i - 1]->str.at, list->list.at[i]->str.at) > 0)
			return false;
	}
	return true;
}

/* No item of a list-map: says how one is written. Its key need not be given: item_of mints one. */
static int err_no_item(struct err *e, struct arena *a, const struct snode *list)
{
	const char *key, *fields = "";
	for (size_t i = 0; schema_field(&key, schema_item(list), i); i++)
		if (strcmp(key, list->list_key))
			fields = arena_printf(a, "%s%s%s", fields, *fields ? ", " : "", key);
	return err_set(e, ERR_DATA, _("un élément de cette liste s'écrit '{CHAMP: valeur, ...}' ; ses champs : %s"), fields);
}

/* A text alone becomes an item {key: minted, texte: text}, where items have such a field. */
static int item_of(struct val **out, struct ctl *c, const struct snode *list, struct val *typed, struct err *e)
{
	if (typed->type == VAL_STR) {
		if (!typed->str.n || schema_rank(schema_item(list), "texte") < 0)
			return err_no_item(e, c->a, list);
		struct val *item = val_map(c->a);
		val_set(c->a, item, "texte", typed);
		typed = item;
	}
	if (typed->type != VAL_MAP)
		return err_no_item(e, c->a, list);
	if (!val_get(typed, list->list_key)) {
		unsigned char random[4];
		if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
			return err_errno(e, "getrandom");
		typed = val_shallow(c->a, typed);
		val_insert(c->a, typed, 0, list->list_key, val_str(c->a, item_key_mint(c->a, random)));
	}
	*out = typed;
	return 0;
}

int ctl_new_value(struct val **out, struct ctl *c, const struct snode *place, const char *text, struct err *e)
{
	struct val *v;
	int rc = ctl_value(&v, c->a, place, text, e);
	if (!rc && v->type == VAL_LIST && place->list == LIST_MAP && place->list_key) {
		v = val_shallow(c->a, v);
		for (size_t i = 0; !rc && i < v->list.n; i++)
			rc = item_of(&v->list.at[i], c, place, v->list.at[i], e);
	}
	if (!rc)
		*out = v;
	return rc;
}

static bool same_item(const struct snode *list, const struct val *x, const struct val *y)
{
	if (list->list == LIST_MAP && list->list_key) {
		const struct val *key = val_get(x, list->list_key);
		return key && (val_equal(key, y) || val_equal(key, val_get(y, list->list_key)));
	}
	return val_equal(x, y);
}

static int list_edit(struct val **out, struct ctl *c, enum edit what, const struct record *rec, const struct snode *place,
		     const struct val *old, const char *field, const char *text, struct err *e)
{
	if (old && old->type != VAL_LIST)
		return err_set(e, ERR_DATA, _("%s n'est pas une liste ; utilisez « maillage set »"), field);
	if (!old && place->list == LIST_ATOMIC && !admits(place, "array"))
		return err_set(e, ERR_DATA, _("%s n'est pas une liste ; utilisez « maillage set »"), field);
	struct val *item, *list = old ? val_shallow(c->a, old) : val_list(c->a);
	int rc = ctl_value(&item, c->a, schema_item(place), text, e);
	if (!rc && what == EDIT_ADD)
		rc = known_code(c, rec, schema_item(place), field, item, e);
	if (!rc && what == EDIT_ADD && place->list == LIST_MAP && place->list_key)
		rc = item_of(&item, c, place, item, e);
	if (rc)
		return rc;
	size_t at = 0;
	while (at < list->list.n && !same_item(place, list->list.at[at], item))
		at++;
	if (what == EDIT_ADD) {
		const char *key = place->list == LIST_MAP && place->list_key ? val_text(item, place->list_key) : NULL;
		if (at < list->list.n && key)
			return err_set(e, ERR_EXISTS, _("%s contient déjà un élément « %.100s » ; pour le changer : « maillage set %s %s/%.100s/CHAMP VALEUR »"),
				       field, key, rec->id, field, key);
		if (at < list->list.n && place->list != LIST_SEQUENCE && place->list != LIST_ATOMIC)
			return err_set(e, ERR_EXISTS, _("%s contient déjà cet élément"), field);
		bool sorted = place->list == LIST_SET && item->type == VAL_STR && sorted_strings(list);
		val_push(c->a, list, item);
		for (size_t i = list->list.n - 1; sorted && i && strcmp(list->list.at[i - 1]->str.at, item->str.at) > 0; i--) {
			list->list.at[i] = list->list.at[i - 1];
			list->list.at[i - 1] = item;
		}
	} else {
		if (at == list->list.n)
			return err_set(e, ERR_NOTFOUND, _("%s ne contient pas « %.200s » ; « maillage show %s %s » montre ce qu'il contient"), field,
				       text, rec->id, field);
		memmove(list->list.at + at, list->list.at + at + 1, (list->list.n - at - 1) * sizeof(struct val *));
		list->list.n--;
	}
	*out = list;
	return 0;
}

/* --- the verbs ---------------------------------------------------------------------------------------------------- */

static int edited(struct val **target, struct ctl *c, enum edit what, const struct record *rec, const char *field,
		  const char *value, struct err *e)
{
	const struct snode *place;
	const struct val *old;
	if (!schema_find(&place, &old, rec->schema->root, rec->val, field))
		return err_no_field(e, rec->schema, rec->id, field);
	/* keys unknown to the schema are carried through, but a typing mistake must not make a new one */
	if (!old && !place->schema)
		return err_no_field(e, rec->schema, rec->id, field);
	struct val *v = NULL;
	int rc = 0;
	switch (what) {
	case EDIT_SET:
		rc = ctl_new_value(&v, c, place, value, e);
		break;
	case EDIT_UNSET:
		if (!old)
			return err_set(e, ERR_NOTFOUND, _("%s : le champ « %s » n'y est pas"), rec->id, field);
		break;
	case EDIT_ADD:
	case EDIT_REMOVE:
		rc = list_edit(&v, c, what, rec, place, old, field, value, e);
		break;
	}
	if (!rc && what == EDIT_SET)
		rc = known_code(c, rec, place, field, v, e);
	if (!rc && place->rule == RULE_IMMUTABLE && old && !val_equal(old, v))
		return err_set(e, ERR_DATA, _("%s : le champ « %s » ne change jamais ; le hub refuserait ce changement"), rec->id, field);
	return rc ? rc : schema_put(target, c->a, rec->schema->root, rec->val, field, v, e);
}

/* The list item that setting the field makes, "conditions/c9"; NULL: none. A key that was mistyped is a new one. */
static const char *new_item(struct arena *a, const struct record *rec, const char *field)
{
	const struct snode *list, *item;
	const struct val *is;
	for (const char *slash = strchr(field, '/'), *end; slash; slash = end) {
		end = strchr(slash + 1, '/');
		const char *path = end ? arena_dupn(a, field, (size_t)(end - field)) : field;
		if (schema_find(&list, NULL, rec->schema->root, rec->val, arena_dupn(a, field, (size_t)(slash - field))) && list->list == LIST_MAP &&
		    schema_find(&item, &is, rec->schema->root, rec->val, path) && !is)
			return path;
	}
	return NULL;
}

int ctl_edit(struct val **out, struct ctl *c, enum edit what, const char *id, const char *field, const char *value,
	     struct err *e)
{
	struct record rec;
	const char *path = NULL;
	struct val *target;
	struct oid commit;
	struct faults faults = { 0 };
	struct record_write w = { 0 };
	int rc = ctl_lock(c, e);
	if (rc)
		return rc;
	rc = worktree_paused(c->r, e);
	if (!rc)
		rc = ctl_load(&rec, &path, c, id, e);
	if (!rc)
		rc = edited(&target, c, what, &rec, field, value, e);
	if (!rc)
		w = (struct record_write){ .schema = rec.schema, .doc = rec.doc, .target = target, .path = path };
	if (!rc && val_equal(target, rec.val))
		commit = c->head; /* already so: nothing to write, nothing to say */
	else if (!rc)
		rc = ctl_write(&commit, &faults, c, &w, e);
	repo_unlock(c->r);
	if (rc)
		return rc;
	*out = ctl_written(c, &w, id, &commit, &faults);
	val_set(c->a, *out, "champ", val_str(c->a, field));
	put_str(c->a, *out, "nouveau", what == EDIT_SET ? new_item(c->a, &rec, field) : NULL);
	return 0;
}
