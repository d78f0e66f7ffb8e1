/* schemas.c -- loading a schema folder once per version of it.
 *
 * The folder's oid is the version. Each set lives in an arena of its own until the repository is closed: whoever borrowed
 * one keeps it, whatever is merged meanwhile. Loading takes milliseconds and versions are few. A tree without a schema
 * folder has the installed schemas, under the zero oid.
 */
#include "schemas.h"

#include "base/fsio.h"
#include "base/places.h"
#include "giterr.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct schema_cache {
	git_oid folder;
	struct arena arena;
	struct schemas *set; /* in the arena */
	struct schema_cache *next;
};

const char *store_schema_dir(void)
{
	return place_data("schema");
}

static bool is_schema_file(const struct tentry *t)
{
	size_t n = strlen(t->name);
	return (t->mode == MODE_FILE || t->mode == MODE_EXEC) && n > 12 && !strcmp(t->name + n - 12, ".schema.yaml");
}

static int load_tree(struct schemas **out, struct arena *a, struct objs *s, const git_oid *folder, struct err *e)
{
	struct schema_file *files = arena_array(a, SCHEMA_MAX_FILES, sizeof *files);
	size_t n = 0;
	struct tcur c;
	int rc = tcur_open(&c, s, folder, e);
	for (; !rc && !c.done; rc = rc ? rc : tcur_next(&c, e)) {
		if (!is_schema_file(&c.at))
			continue;
		if (n == SCHEMA_MAX_FILES) {
			rc = err_set(e, ERR_SCHEMA, _("schema/ : plus de %d fichiers"), SCHEMA_MAX_FILES);
			break;
		}
		files[n].name = arena_dup(a, c.at.name);
		rc = objs_blob(&files[n].bytes, &files[n].n, s, a, &c.at.oid, e);
		n++;
	}
	tcur_end(&c);
	return rc ? rc : schemas_load(out, a, files, n, e);
}

/* folder NULL: the installed ones. */
static int load(struct schema_cache *c, struct objs *s, const git_oid *folder, struct err *e)
{
	if (!arena_begin(&c->arena))
		return err_nomem(e);
	int rc = folder ? load_tree(&c->set, &c->arena, s, folder, e) :
			  schemas_load_dir(&c->set, &c->arena, store_schema_dir(), e);
	if (rc)
		arena_end(&c->arena);
	return rc;
}

int schemas_of_tree(const struct schemas **out, struct objs *s, const git_oid *tree, struct err *e)
{
	struct tentry at = { 0 };
	git_oid key = { { 0 } };
	int rc = tree ? objs_lookup(&at, s, tree, "schema", e) : 0;
	if (rc)
		return rc;
	if (is_tree(&at))
		key = at.oid;
	for (struct schema_cache *c = s->r->schemas; c; c = c->next) {
		if (git_oid_equal(&c->folder, &key)) {
			*out = c->set;
			return 0;
		}
	}
	struct schema_cache *c = calloc(1, sizeof *c);
	if (!c)
		return err_nomem(e);
	if ((rc = load(c, s, is_tree(&at) ? &at.oid : NULL, e))) {
		free(c);
		return rc;
	}
	c->folder = key;
	c->next = s->r->schemas;
	s->r->schemas = c;
	*out = c->set;
	return 0;
}

int repo_schemas(const struct schemas **out, struct repo *r, const struct oid *commit, struct err *e)
{
	struct objs s;
	git_oid oid, tree;
	int rc;
	objs_init(&s, r, NULL);
	if (!oid_is(commit))
		return schemas_of_tree(out, &s, NULL, e);
	if ((rc = oid_to_git(&oid, commit, e)) || (rc = objs_tree_of(&tree, &s, &oid, e)))
		return rc;
	return schemas_of_tree(out, &s, &tree, e);
}

void schemas_forget(struct repo *r)
{
	while (r->schemas) {
		struct schema_cache *c = r->schemas;
		r->schemas = c->next;
		arena_end(&c->arena);
		free(c);
	}
}
