/* links.c -- the links that other collectives filed, as far as the copy of national.git tells: its groups and divergences.
 *
 * They are for likeness alone: what somebody has linked is no suggestion any more. A table of another version is left out;
 * there are suggestions more then.
 */
#include <string.h>

#include "index/refresh.h"
#include "lessons/csv.h"
#include "lessons/outputs.h"

#define MEMBERS_MAX 40 /* of one group; more are not all pairs anybody looked at */

static bool is_table(const char *path, const char *name)
{
	size_t n = strlen(AGGREGATE_DIR), m = strlen(path);
	return !strncmp(path, AGGREGATE_DIR, n) && !strncmp(path + n, name, strlen(name)) && m > 4 && !strcmp(path + m - 4, ".csv");
}

bool refresh_is_links(const char *path)
{
	return is_table(path, "grappes") || is_table(path, "divergences");
}

static int put_pair(struct refresh *r, struct arena *a, const struct index_source *s, const char *path, const char *from, const char *to)
{
	const char *pair = arena_printf(a, "%s %s", from, to);
	const char *key = arena_printf(a, "%s#%s", path, pair);
	int rc = refresh_drop(r, s, key); /* two links of one pair */
	if (!rc)
		rc = db_run(r->x, ST_PUT, r->e, "sssssssssss", s->name, key, "", pair, "", "", "", "", "", "", "");
	sqlite3_int64 n = sqlite3_last_insert_rowid(r->x->db);
	if (!rc)
		rc = db_run(r->x, ST_PUT_TRAIT, r->e, "iss", n, "de", from);
	r->changed++;
	return rc ? rc : db_run(r->x, ST_PUT_TRAIT, r->e, "iss", n, "vers", to);
}

static int put_group(struct refresh *r, struct arena *a, const struct index_source *s, const char *path, const char *members)
{
	struct names ids = { 0 };
	int rc = 0;
	names_split(&ids, a, members);
	for (size_t i = 0; !rc && i < ids.n && i < MEMBERS_MAX; i++)
		for (size_t j = i + 1; !rc && j < ids.n && j < MEMBERS_MAX; j++)
			rc = put_pair(r, a, s, path, ids.at[i], ids.at[j]);
	return rc;
}

int refresh_links(struct refresh *r, struct arena *a, const struct index_source *s, const char *path, const char *bytes, size_t n)
{
	struct refresh_known known = { 0 };
	struct csv_table t;
	bool groups = is_table(path, "grappes");
	int rc = refresh_known(&known, r, s, arena_printf(a, "%s#", path), arena_printf(a, "%s$", path));
	for (size_t i = 0; !rc && i < known.n; i++)
		rc = refresh_drop(r, s, known.at[i].key);
	if (rc || !n || csv_read(&t, a, path, bytes, n, NULL) < 0 || csv_demand(&t, groups ? GROUP_COLUMNS : SPLIT_COLUMNS, NULL) < 0)
		return rc;
	for (size_t i = 0; !rc && i < t.n; i++)
		if (groups)
			rc = put_group(r, a, s, path, csv_get(&t, i, "membres"));
		else if (*csv_get(&t, i, "id_de") && *csv_get(&t, i, "id_vers"))
			rc = put_pair(r, a, s, path, csv_get(&t, i, "id_de"), csv_get(&t, i, "id_vers"));
	return rc;
}
