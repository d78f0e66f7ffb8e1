/* variant.c -- second versions: `<name>.variante-<oid8>` beside the file.
 *
 * The name says which bytes it holds, so every site gives the same one, and a version that is there already is not kept twice.
 * It must be free all the same, or somebody's file would be overwritten: eight digits can meet, and anybody may have
 * edited a variant. Then all forty digits are used, and if those are taken too, those of the taken name's hash, and so on.
 * A name has 255 bytes at most on disk: the file's own is cut for it.
 *
 * Two new files whose names differ by case only are second versions, too: neither Windows nor a USB stick can hold both.
 */
#include "merge_int.h"

#include "giterr.h"

#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 255

void keep_variant(struct variants *out, struct arena *a, const char *path, const struct tentry *t)
{
	struct variant v = { path, { t->mode, t->oid, NULL } };
	arena_push(a, out, v);
}

static const char *name_of(struct arena *a, const char *path, const char *hex, size_t digits)
{
	static const char mark[] = ".variante-";
	const char *slash = strrchr(path, '/');
	size_t folder = slash ? (size_t)(slash + 1 - path) : 0, room = NAME_BYTES - (sizeof mark - 1) - digits, n = strlen(path + folder);
	if (n > room)
		for (n = room; ((unsigned char)path[folder + n] & 0xC0) == 0x80; n--) /* not within a character */
			;
	return arena_printf(a, "%.*s%s%.*s", (int)(folder + n), path, mark, (int)digits, hex);
}

static int free_name(const char **out, bool *there, struct job *j, const git_oid *tree, const struct variant *v, struct err *e)
{
	char hex[OID_HEX + 1];
	git_oid_tostr(hex, sizeof hex, &v->at.oid);
	const char *name = name_of(j->a, v->path, hex, 8);
	for (unsigned taken = 0;; taken++) {
		struct tentry at;
		git_oid next = v->at.oid;
		int rc = objs_lookup(&at, &j->s, tree, name, e);
		if (rc)
			return rc;
		*there = tentry_equal(&at, &v->at);
		*out = name;
		if (!at.mode || *there)
			return 0;
		if (taken && (rc = git_odb_hash(&next, name, strlen(name), GIT_OBJECT_BLOB)) < 0)
			return giterr(e, rc, "%s", name);
		name = name_of(j->a, v->path, git_oid_tostr(hex, sizeof hex, &next), OID_HEX);
	}
}

static int by_path_and_bytes(const void *x, const void *y)
{
	const struct variant *p = x, *q = y;
	int cmp = strcmp(p->path, q->path);
	if (!cmp)
		cmp = git_oid_cmp(&p->at.oid, &q->at.oid);
	return cmp ? cmp : (p->at.mode > q->at.mode) - (p->at.mode < q->at.mode);
}

static int by_name(const void *x, const void *y)
{
	return strcmp(((const struct tedit *)x)->path, ((const struct tedit *)y)->path);
}

/* --- names that differ by case only ------------------------------------------------------------------------------- */

struct newcomer {
	const char *key; /* its folder, and its name in lower case */
	const struct variant *file;
	size_t side;
};

static int by_key(const void *x, const void *y)
{
	const struct newcomer *p = x, *q = y;
	int cmp = strcmp(p->key, q->key);
	return cmp ? cmp : strcmp(p->file->path, q->file->path);
}

static const char *key_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	return arena_printf(a, "%.*s%s", (int)(name - path), path, name_fold(a, name));
}

void keep_apart(struct tedits *edits, struct variants *out, struct arena *a, const struct variants added[2])
{
	size_t n = 0, all = added[0].n + added[1].n;
	if (!added[0].n || !added[1].n)
		return;
	struct newcomer *at = arena_array(a, all, sizeof *at);
	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < added[side].n; i++)
			at[n++] = (struct newcomer){ key_of(a, added[side].at[i].path), &added[side].at[i], side };
	qsort(at, n, sizeof *at, by_key);
	for (size_t i = 0, first = 0; i < n; i++) {
		if (strcmp(at[i].key, at[first].key))
			first = i;
		if (at[i].side == at[first].side) /* one side's own names are its own affair */
			continue;
		struct tedit gone = { .path = at[i].file->path };
		arena_push(a, edits, gone);
		keep_variant(out, a, at[i].file->path, &at[i].file->at);
	}
}

/* --- putting them into the tree ------------------------------------------------------------------------------------- */

int variants_put(git_oid *tree, size_t *count, struct job *j, struct variants *v, struct err *e)
{
	struct variants left = *v;
	if (left.n)
		qsort(left.at, left.n, sizeof *left.at, by_path_and_bytes);
	size_t n = 0; /* each once */
	for (size_t i = 0; i < left.n; i++)
		if (!n || by_path_and_bytes(&left.at[n - 1], &left.at[i]))
			left.at[n++] = left.at[i];
	*count += left.n = n;
	while (left.n) { /* more than once only if two of them want the same name */
		struct tedits edits = { 0 };
		struct variants again = { 0 };
		int rc;
		for (size_t i = 0; i < left.n; i++) {
			struct tedit edit = { NULL, left.at[i].at.mode, left.at[i].at.oid };
			bool there;
			if ((rc = free_name(&edit.path, &there, j, tree, &left.at[i], e)))
				return rc;
			if (there)
				continue;
			size_t before = edits.n;
			arena_push(j->a, &edits, edit);
			if (before && !by_name(&edits.at[before - 1], &edit)) {
				edits.n = before;
				arena_push(j->a, &again, left.at[i]);
			}
		}
		if (edits.n && (rc = tree_edit(tree, &j->s, tree, edits.at, edits.n, e)))
			return rc;
		left = again;
	}
	return 0;
}
