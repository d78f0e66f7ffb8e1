/* Field paths: keys and list-map keys joined by '/', as in conditions/c2/texte. Items of a list without keys go by
 * their index from 0: good enough to point at one, as messages do. */
#include "describe.h"
#include "place.h"

#include <stdlib.h>
#include <string.h>

#define PART_MAX 512

/* The next part of *path in `part`; false: empty or too long. */
static bool next_part(char part[PART_MAX], const char **path)
{
	size_t n = strcspn(*path, "/");
	if (n == 0 || n >= PART_MAX)
		return false;
	memcpy(part, *path, n);
	part[n] = 0;
	*path += n + ((*path)[n] == '/');
	return (*path)[0] || (*path)[-1] != '/';
}

/* Place of the item in the list, or n when it is not there. */
static size_t item_at(const struct snode *s, const struct val *list, const char *part)
{
	for (size_t i = 0; s->list_key && i < list->list.n; i++)
		if (val_is_str(val_get(list->list.at[i], s->list_key), part))
			return i;
	if (s->list_key || part[strspn(part, "0123456789")] || strlen(part) > 9)
		return list->list.n;
	size_t i = strtoul(part, NULL, 10);
	return i < list->list.n ? i : list->list.n;
}

static bool is_missing(const struct val *v)
{
	return !v || v->type == VAL_NULL;
}

bool schema_find(const struct snode **place, const struct val **v, const struct snode *root, const struct val *record,
		 const char *path)
{
	const struct snode *s = root;
	const struct val *at = record;
	char part[PART_MAX];
	if (!*path)
		return false;
	while (*path) {
		if (!next_part(part, &path))
			return false;
		if (is_missing(at)) {
			s = place_is_list(s) ? schema_item(s) : schema_child(s, part);
			at = NULL;
		} else if (at->type == VAL_LIST) {
			size_t i = item_at(s, at, part);
			at = i < at->list.n ? at->list.at[i] : NULL;
			s = schema_item(s);
		} else if (at->type == VAL_MAP) {
			at = val_get(at, part);
			s = schema_child(s, part);
		} else {
			return false;
		}
	}
	if (place)
		*place = s;
	if (v)
		*v = at;
	return true;
}

const char *schema_new_path(struct arena *a, const struct snode *root, const char *path)
{
	struct { const char **at; size_t n, cap; } parts = { NULL, 0, 0 };
	const struct snode *s = root;
	const char *at = path;
	char part[PART_MAX];
	bool renamed = false;
	size_t n = 0;
	while (*at) {
		if (!next_part(part, &at))
			return path;
		const struct place_prop *p = place_is_list(s) ? NULL : place_renamed(s, part);
		const char *now = p ? p->key : arena_dup(a, part);
		arena_push(a, &parts, now);
		renamed |= p != NULL;
		n += strlen(now) + 1;
		s = place_is_list(s) ? schema_item(s) : schema_child(s, now);
	}
	char *out = arena_alloc(a, n + 1), *to = out;
	for (size_t i = 0; i < parts.n; i++)
		to = stpcpy(stpcpy(to, i ? "/" : ""), parts.at[i]);
	return renamed ? out : path;
}

/* --- putting ---------------------------------------------------------------------------------------------------- */

struct putting {
	struct arena *a;
	const char *whole; /* the path, for messages */
	struct val *v;
	struct err *e;
};

static int put(struct val **out, struct putting *p, const struct snode *s, const struct val *at, const char *path);

/* A new field stands behind the last field that the schema's order puts before it; unknown ones at the end. */
static size_t insert_at(const struct snode *s, const struct val *map, const char *key)
{
	int rank = schema_rank(s, key);
	if (rank < 0)
		return map->map.n;
	for (size_t i = map->map.n; i > 0; i--) {
		int r = schema_rank(s, map->map.at[i - 1].key);
		if (r >= 0 && r < rank)
			return i;
	}
	return 0;
}

static int nothing_there(struct putting *p)
{
	return err_set(p->e, ERR_NOTFOUND, _("le champ « %s » n'est pas dans la fiche ; il n'y a rien à enlever"),
		       p->whole);
}

static int put_field(struct val **out, struct putting *p, const struct snode *s, const struct val *map,
		     const char *part, const char *rest)
{
	struct val *c = map ? val_shallow(p->a, map) : val_map(p->a);
	const struct val *old = val_get(c, part);
	struct val *v = p->v;
	if (*rest) {
		if (!old && !p->v)
			return nothing_there(p);
		int rc = put(&v, p, schema_child(s, part), old, rest);
		if (rc)
			return rc;
	}
	if (!v && !val_drop(c, part))
		return nothing_there(p);
	if (v && old)
		val_set(p->a, c, part, v);
	else if (v)
		val_insert(p->a, c, insert_at(s, c, part), part, v);
	*out = c;
	return 0;
}

/* A field that people set in an item; its key they gave already. */
static const char *field_to_set(const struct snode *list)
{
	const char *key = NULL;
	for (size_t i = 0; schema_field(&key, schema_item(list), i) && !strcmp(key, list->list_key); i++)
		;
	return key ? key : list->list_key;
}

/* A new item of a list-map holds its key, at the place that the schema gives it. */
static int keyed(struct val **out, struct putting *p, const struct snode *s, struct val *item, const char *key)
{
	const struct val *has = val_get(item, s->list_key);
	if (item->type != VAL_MAP)
		return err_set(p->e, ERR_DATA,
			       _("« %s » est un élément fait de champs ; donnez un champ, par exemple %s/%s"), p->whole,
			       p->whole, field_to_set(s));
	if (has && !val_is_str(has, key))
		return err_set(p->e, ERR_DATA, _("« %s » : la clé « %s » de l'élément doit rester « %s »"), p->whole,
			       s->list_key, key);
	if (!has) {
		item = val_shallow(p->a, item);
		val_insert(p->a, item, insert_at(schema_item(s), item, s->list_key), s->list_key, val_str(p->a, key));
	}
	*out = item;
	return 0;
}

static int put_item(struct val **out, struct putting *p, const struct snode *s, const struct val *list,
		    const char *part, const char *rest)
{
	struct val *c = list ? val_shallow(p->a, list) : val_list(p->a);
	size_t i = item_at(s, c, part);
	bool there = i < c->list.n;
	struct val *v = p->v;
	if (!there && !p->v)
		return nothing_there(p);
	if (!there && !s->list_key)
		return err_set(p->e, ERR_NOTFOUND,
			       _("la liste n'a pas d'élément « %s » ; pour en ajouter un, utilisez « maillage add »"),
			       p->whole);
	if (*rest) {
		int rc = put(&v, p, schema_item(s), there ? c->list.at[i] : NULL, rest);
		if (rc)
			return rc;
	}
	if (v && s->list_key) {
		int rc = keyed(&v, p, s, v, part);
		if (rc)
			return rc;
	}
	if (!v) {
		memmove(&c->list.at[i], &c->list.at[i + 1], (c->list.n - i - 1) * sizeof *c->list.at);
		c->list.n--;
	} else if (there) {
		c->list.at[i] = v;
	} else {
		val_push(p->a, c, v);
	}
	*out = c;
	return 0;
}

static int put(struct val **out, struct putting *p, const struct snode *s, const struct val *at, const char *path)
{
	char part[PART_MAX];
	if (!next_part(part, &path))
		return err_set(
			p->e, ERR_DATA,
			_("« %s » n'est pas un chemin de champ ; écrivez par exemple titre ou confiance/globale"),
			p->whole);
	if (is_missing(at))
		at = NULL;
	if (at ? at->type == VAL_LIST : place_is_list(s))
		return put_item(out, p, s, at, part, path);
	if (at && at->type != VAL_MAP)
		return err_set(p->e, ERR_DATA,
			       _("« %s » ne mène nulle part : « %s » serait à l'intérieur d'une valeur simple"),
			       p->whole, part);
	return put_field(out, p, s, at, part, path);
}

int schema_put(struct val **out, struct arena *a, const struct snode *root, const struct val *record, const char *path,
	       struct val *v, struct err *e)
{
	struct putting p = { a, path, v, e };
	return put(out, &p, root, record, path);
}
