#include "record.h"

#include <string.h>

/* What may change without touching what was validated (DESIGN 4). */
static bool is_outside(const char *key)
{
	static const char *const keys[] = { "schema",	  "id",	     "collectif",    "etat",
					    "visibilite", "licence", "contributions" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(key, keys[i]))
			return true;
	return !strncmp(key, "cree_", 5);
}

const char *record_fingerprint(struct arena *a, const struct val *record)
{
	char hex[65];
	struct val *kept = val_map(a);
	for (size_t i = 0; record->type == VAL_MAP && i < record->map.n; i++)
		if (!is_outside(record->map.at[i].key))
			arena_push(a, &kept->map, record->map.at[i]);
	val_sha256(hex, kept);
	return arena_printf(a, "sha256:%s", hex);
}
