#include "field.h"
#include "keytab.h"

#include <stdio.h>
#include <string.h>

const char *field_join(struct arena *mem, const char *path, const char *key)
{
	return *path ? arena_printf(mem, "%s/%s", path, key) : key;
}

/* The key's text; buf for numbers. NULL: no scalar that can name an item. */
static const char *key_text(char buf[32], const struct val *item, const char *list_key)
{
	const struct val *k = val_get(item, list_key);
	if (!k)
		return NULL;
	if (k->type == VAL_STR)
		return k->str.at;
	if (k->type == VAL_INT) {
		snprintf(buf, 32, "%lld", (long long)k->i);
		return buf;
	}
	return NULL;
}

const char *field_item_key(struct arena *mem, const struct val *item, const char *list_key)
{
	char buf[32];
	const char *text = key_text(buf, item, list_key);
	return text == buf ? arena_dup(mem, text) : text;
}

bool field_is_keyed(struct arena *mem, const struct val *list, const char *list_key)
{
	if (!list)
		return true;
	if (list->type != VAL_LIST || !list_key)
		return false;
	struct keytab names;
	keytab_init(&names, mem, list->list.n);
	for (size_t i = 0; i < list->list.n; i++) {
		const char *key = field_item_key(mem, list->list.at[i], list_key);
		if (!key || keytab_id(&names, key, strlen(key)) != i)
			return false;
	}
	return true;
}

/* What follows `key` in path: "" at its end, the rest behind '/', NULL when path does not begin with it. */
static const char *rest_behind(const char *path, const char *key)
{
	size_t n = strlen(key);
	if (strncmp(path, key, n) || (path[n] && path[n] != '/'))
		return NULL;
	return path[n] ? path + n + 1 : path + n;
}

static size_t parts(const struct snode *s, const struct val *v)
{
	return v && v->type == VAL_MAP ? v->map.n : v && v->type == VAL_LIST && s->list_key ? v->list.n : 0;
}

static const char *part_key(char buf[32], const struct snode *s, const struct val *v, size_t i)
{
	return v->type == VAL_MAP ? v->map.at[i].key : key_text(buf, v->list.at[i], s->list_key);
}

static const struct snode *part_place(const struct snode *s, const struct val *v, const char *key)
{
	return v->type == VAL_MAP ? schema_child(s, key) : schema_item(s);
}

static const struct val *find(const struct snode **place, const struct snode *s, const struct val *v, const char *path,
			      bool end)
{
	if (end) {
		if (place)
			*place = s;
		return v;
	}
	size_t n = parts(s, v);
	for (size_t i = 0; i < n; i++) {
		char buf[32];
		const char *key = part_key(buf, s, v, i);
		const char *rest = key ? rest_behind(path, key) : NULL;
		if (!rest)
			continue;
		const struct val *child = v->type == VAL_MAP ? v->map.at[i].val : v->list.at[i];
		bool at_end = !*rest && rest == path + strlen(key);
		const struct val *found = find(place, part_place(s, v, key), child, rest, at_end);
		if (found)
			return found;
	}
	return NULL;
}

const struct val *field_find(const struct snode **place, const struct snode *s, const struct val *v, const char *path)
{
	return find(place, s, v, path, !*path);
}

bool field_is_left_out(struct arena *mem, const struct snode *s, const struct val *v, const char *path)
{
	const char *slash = strrchr(path, '/');
	const struct val *in = field_find(NULL, s, v, slash ? arena_dupn(mem, path, (size_t)(slash - path)) : "");
	return in && in->type == VAL_MAP && !field_find(NULL, s, v, path);
}

struct val *field_with(struct arena *mem, const struct snode *s, const struct val *v, const char *path, const struct val *now)
{
	size_t n = parts(s, v);
	for (size_t i = 0; i < n; i++) {
		char buf[32];
		bool map = v->type == VAL_MAP;
		const char *key = part_key(buf, s, v, i), *rest = key ? rest_behind(path, key) : NULL;
		if (!rest)
			continue;
		const struct val *child = map ? v->map.at[i].val : v->list.at[i];
		bool at_end = rest == path + strlen(key);
		struct val *part = at_end ? (struct val *)now : /* shared, as everything here */
					    field_with(mem, part_place(s, v, key), child, rest, now);
		if (!part && !at_end)
			continue;
		struct val *whole = val_shallow(mem, v);
		if (!part && map)
			val_drop(whole, key);
		else if (!part)
			memmove(&whole->list.at[i], &whole->list.at[i + 1], (--whole->list.n - i) * sizeof *whole->list.at);
		else if (map)
			whole->map.at[i].val = part;
		else
			whole->list.at[i] = part;
		return whole;
	}
	return NULL;
}

const char *field_value_name(size_t *n, struct arena *mem, const struct val *v)
{
	if (v->type == VAL_STR) {
		char *name = arena_alloc(mem, v->str.n + 2);
		name[0] = '"';
		memcpy(name + 1, v->str.at, v->str.n);
		*n = v->str.n + 1;
		return name;
	}
	char key[66] = "#";
	if (v->type == VAL_INT) /* not by its JSON, which is coarser beyond 2^53 */
		snprintf(key, sizeof key, "%lld", (long long)v->i);
	else
		val_sha256(key + 1, v);
	*n = strlen(key);
	return arena_dup(mem, key);
}
