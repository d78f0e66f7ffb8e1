/* Ids and paths: where a record lives follows from its id alone, so two programs never file it twice (DESIGN 2). */
#include "record.h"

#include <string.h>

static const char alphabet[] = "23456789abcdefghjkmnpqrstuvwxyz"; /* no 0 1 i l o: read aloud over the telephone */

#define ID_MAX 100

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

bool id_is_valid(const char *id)
{
	if (strlen(id) > ID_MAX || !is_lower(id[0]) || !is_lower(id[1]) || !is_lower(id[2]) || id[3] != '-')
		return false;
	for (const char *p = id + 3; *p; p++)
		if (*p == '-' ? p[1] == '-' || !p[1] : !is_lower(*p) && !(*p >= '0' && *p <= '9'))
			return false;
	return true;
}

static char *mint(char *out, const unsigned char *random, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = alphabet[random[i] % (sizeof alphabet - 1)];
	out[n] = 0;
	return out;
}

const char *id_mint(struct arena *a, const char *prefix, const char *collective, const unsigned char random[8])
{
	char tail[9];
	return arena_printf(a, "%s-%s-%s", prefix, collective, mint(tail, random, 8));
}

const char *item_key_mint(struct arena *a, const unsigned char random[4])
{
	return mint(arena_alloc(a, 5), random, 4);
}

void id_shard(char out[3], const char *id)
{
	const char *last = strrchr(id, '-') + 1;
	out[0] = last[0];
	out[1] = last[1] ? last[1] : '_';
	out[2] = 0;
}

const char *record_path(struct arena *a, const struct schemas *set, const char *id)
{
	char prefix[4], dir[3];
	if (!id_is_valid(id))
		return NULL;
	memcpy(prefix, id, 3);
	prefix[3] = 0;
	const struct schema *s = schemas_by_prefix(set, prefix);
	if (!s)
		return NULL;
	if (!*s->folder)
		return arena_printf(a, "%s.yaml", s->kind);
	id_shard(dir, id);
	return arena_printf(a, "%s/%s/%s.yaml", s->folder, dir, id);
}

const char *record_sidecar_path(struct arena *a, const char *id)
{
	char dir[3];
	if (!id_is_valid(id))
		return NULL;
	id_shard(dir, id);
	return arena_printf(a, "conflits/%s/%s.yaml", dir, id);
}

/* --- paths -------------------------------------------------------------------------------------------------------- */

static bool starts_with(const char *s, const char *head)
{
	return !strncmp(s, head, strlen(head));
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);
	return n > m && !strcmp(s + n - m, tail);
}

/* No empty part, no "." or "..": nothing that could lead out of the repository. */
static bool is_plain(const char *path)
{
	for (const char *p = path;; p++) {
		size_t n = strcspn(p, "/");
		if (!n || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		p += n;
		if (!*p)
			return true;
	}
}

/* <name>.variante-<oid8>: what a merge keeps beside a file (DESIGN 5); never read as a record. The whole oid when eight
 * digits are another's. */
static bool is_variant(const char *path)
{
	const char *p = strrchr(path, '.');
	if (!p || !starts_with(p, ".variante-"))
		return false;
	size_t n = strlen(p + 10);
	return (n == 8 || n == 40) && strspn(p + 10, "0123456789abcdef") == n;
}

enum path_class path_class(const struct schemas *set, const char *path)
{
	static const char *const config[] = { "collectifs.yaml", "communes.csv", "sources.lock", ".gitignore", ".gitattributes",
					      ".vscode/settings.json" };
	char folder[64];
	if (!is_plain(path))
		return PATH_OTHER;
	if (starts_with(path, "prive/") || !strcmp(path, "prive"))
		return PATH_PRIVATE;
	for (size_t i = 0; i < sizeof config / sizeof *config; i++)
		if (!strcmp(path, config[i]))
			return PATH_CONFIG;
	if (is_variant(path))
		return PATH_ATTACHMENT;
	if (starts_with(path, "schema/"))
		return PATH_SCHEMA;
	if (starts_with(path, "pieces/"))
		return PATH_ATTACHMENT;
	if (starts_with(path, "aggregat/"))
		return PATH_AGGREGATE;
	if (!ends_with(path, ".yaml"))
		return PATH_OTHER;
	if (starts_with(path, "conflits/"))
		return PATH_SIDECAR;
	size_t n = strcspn(path, "/");
	if (n >= sizeof folder)
		return PATH_OTHER;
	memcpy(folder, path, n);
	folder[n] = 0;
	if (path[n])
		return schemas_by_folder(set, folder) ? PATH_RECORD : PATH_OTHER;
	folder[n - strlen(".yaml")] = 0; /* a kind's single file */
	const struct schema *s = schemas_kind(set, folder);
	return s && !*s->folder ? PATH_RECORD : PATH_OTHER;
}
