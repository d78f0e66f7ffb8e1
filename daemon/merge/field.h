/* field.h -- field paths of sidecars: keys and list-map keys joined by '/'. Purely structural; keys may hold a '/'. */
#ifndef MERGE_FIELD_H
#define MERGE_FIELD_H

#include "schema/schema.h"

const char *field_join(struct arena *mem, const char *path, const char *key); /* path "" gives key */

/* The value at path below v, and its place in the structure; NULL: there is none. path "" is v itself. */
const struct val *field_find(const struct snode **place, const struct snode *s, const struct val *v, const char *path);
/* Is the field at path missing from a mapping that is there? false for items of a list, and for what is missing with its whole. */
bool field_is_left_out(struct arena *mem, const struct snode *s, const struct val *v, const char *path);
/* v with something else at that path, or (NULL) without it; the rest is shared. NULL: there is nothing at the path. */
struct val *field_with(struct arena *mem, const struct snode *s, const struct val *v, const char *path, const struct val *now);

/* The key of a list-map item as it stands in paths; NULL: the item has none (no mapping, or the key is no scalar). */
const char *field_item_key(struct arena *mem, const struct val *item, const char *list_key);

/* Every item has a key of its own? Else the list cannot merge by key. NULL and an empty list: true. */
bool field_is_keyed(struct arena *mem, const struct val *list, const char *list_key);

/* Bytes that two values have in common exactly when they are equal. */
const char *field_value_name(size_t *n, struct arena *mem, const struct val *v);

#endif
