/* What the structure says about values: how they are read (schema_type) and how they are written (schema_shape_ops). */
#include "place.h"

#include <string.h>

/* x-renamed-from: the field that this old name means now, unless the record holds that one too. */
static const char *new_name(const struct snode *s, const char *old, const struct val *map)
{
	const struct place_prop *p = place_renamed(s, old);
	return p && !val_get(map, p->key) ? p->key : NULL;
}

struct val *schema_type(struct arena *a, const struct snode *s, const struct val *v)
{
	if (!v)
		return NULL;
	struct val *c = val_shallow(a, v);
	switch (v->type) {
	case VAL_LIST:
		for (size_t i = 0; i < c->list.n; i++)
			c->list.at[i] = schema_type(a, schema_item(s), c->list.at[i]);
		break;
	case VAL_MAP:
		for (size_t i = 0; i < c->map.n; i++) {
			struct val_field *f = &c->map.at[i];
			const char *name = new_name(s, f->key, v);
			if (name)
				f->key = name;
			f->val = schema_type(a, schema_child(s, f->key), f->val);
		}
		break;
	default:
		/* null stays null: missing, null and empty are three different things (DESIGN 3) */
		if (v->raw && s->string_only && v->type != VAL_NULL) {
			c->type = VAL_STR;
			c->str.at = v->raw;
			c->str.n = strlen(v->raw);
			c->raw = NULL;
		}
	}
	return c;
}

static const void *shape_child(const void *shape, const char *key)
{
	return shape ? schema_child(shape, key) : NULL;
}

static const void *shape_item(const void *shape)
{
	return shape ? schema_item(shape) : NULL;
}

static const char *shape_list_key(const void *shape)
{
	const struct snode *s = shape;
	return s ? s->list_key : NULL;
}

static bool shape_is_prose(const void *shape)
{
	const struct snode *s = shape;
	return s && s->rule == RULE_PROSE;
}

static bool shape_is_string(const void *shape)
{
	const struct snode *s = shape;
	return s && s->string_only;
}

/* Editors with yaml-language-server find the schema by this line without any configuration. */
static const char *shape_head(const void *shape)
{
	const struct snode *s = shape;
	return s && s->part ? s->part->head : NULL;
}

static const char *shape_old_name(const void *shape, const char *key)
{
	const struct snode *s = shape;
	for (size_t i = 0; s && s->part && i < s->part->n_renamed; i++)
		if (!strcmp(s->part->renamed[i]->key, key))
			return s->part->renamed[i]->place->renamed_from;
	return NULL;
}

const struct yshape_ops schema_shape_ops = {
	.child = shape_child,
	.item = shape_item,
	.list_key = shape_list_key,
	.is_prose = shape_is_prose,
	.is_string = shape_is_string,
	.head = shape_head,
	.old_name = shape_old_name,
};
