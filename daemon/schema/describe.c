#include "describe.h"

#include <string.h>

#include "base/i18n.h"
#include "place.h"

const struct snode *schema_field(const char **key, const struct snode *s, size_t i)
{
	if (!s->part || i >= s->part->n_props)
		return NULL;
	*key = s->part->order[i]->key;
	return s->part->order[i]->place;
}

const char *schema_label(const struct snode *s)
{
	return !strcmp(i18n_lang(), "en") && s->title_en ? s->title_en : s->title_fr;
}

const char *schema_path_label(struct arena *a, const struct snode *root, const char *path)
{
	const struct snode *s = root;
	const char *out = NULL;
	while (*path) {
		size_t n = strcspn(path, "/");
		const char *key = arena_dupn(a, path, n);
		bool list = place_is_list(s);
		s = list ? schema_item(s) : schema_child(s, key);
		const char *label = list ? NULL : schema_label(s);
		out = out ? arena_printf(a, "%s / %s", out, label ? label : key) : label ? label : key;
		path += n + (path[n] == '/');
	}
	return out ? out : "";
}

const char *schema_help(const struct snode *s)
{
	return val_text(s->schema, "description");
}

const struct val *schema_codes(const struct snode *s)
{
	const struct val *codes = s->schema ? val_get(s->schema, "enum") : NULL;
	for (size_t i = 0; codes && i < codes->list.n; i++)
		if (codes->list.at[i]->type != VAL_STR)
			return NULL;
	return codes;
}

const char *schema_code_label(const struct snode *s, const char *code, const char *lang)
{
	const struct val *labels = s->schema ? val_get(s->schema, "x-labels") : NULL;
	const struct val *one = labels ? val_get(labels, code) : NULL;
	return one ? val_text(one, lang) : NULL;
}

const char *schema_example(const struct snode *s)
{
	const struct val *list = s->schema ? val_get(s->schema, "examples") : NULL;
	if (list && list->type == VAL_LIST && list->list.n && list->list.at[0]->type == VAL_STR)
		return list->list.at[0]->str.at;
	return NULL;
}

static bool admits(const struct snode *s, const char *type)
{
	for (size_t i = 0; s->types && s->types[i]; i++)
		if (!strcmp(s->types[i], type))
			return true;
	return false;
}

enum schema_sort schema_sort(const struct snode *s)
{
	if (place_is_list(s)) {
		const struct snode *item = schema_item(s);
		return s->list_key || (item->part && item->part->n_props) ? SORT_ITEMS :
		       schema_codes(item)				  ? SORT_CODES :
		       item->refs					  ? SORT_RECORDS :
									    SORT_TEXTS;
	}
	if (s->rule == RULE_PROSE)
		return SORT_PROSE;
	if (schema_codes(s))
		return SORT_CODE;
	if (s->refs)
		return SORT_RECORD;
	if (admits(s, "object"))
		return s->part && s->part->n_props ? SORT_GROUP : SORT_OTHER;
	return s->string_only || admits(s, "string")		  ? SORT_TEXT :
	       admits(s, "integer") || admits(s, "number") ? SORT_NUMBER :
	       admits(s, "boolean")			   ? SORT_BOOL :
							     SORT_OTHER;
}

const char *schema_sort_name(enum schema_sort sort)
{
	static const char *const names[] = {
#define X(name, text) text,
		SCHEMA_SORTS(X)
#undef X
	};
	return names[sort];
}

const char *schema_item_text(const struct snode *list)
{
	static const char *const says_most[] = { "texte", "titre", "libelle", "recit" };
	const struct snode *item = schema_item(list);
	for (size_t i = 0; i < sizeof says_most / sizeof *says_most; i++)
		if (schema_rank(item, says_most[i]) >= 0)
			return says_most[i];
	return NULL;
}

bool schema_is_filled(const struct val *v)
{
	if (!v || v->type == VAL_NULL)
		return false;
	if (v->type == VAL_STR)
		return v->str.at[strspn(v->str.at, " \t\r\n")] != 0;
	return (v->type != VAL_LIST || v->list.n) && (v->type != VAL_MAP || v->map.n);
}
