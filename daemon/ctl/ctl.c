#include "ctl/ctl.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "ctl/people.h"
#include "store/worktree.h"

int ctl_init(struct err *e)
{
	signal(SIGPIPE, SIG_IGN); /* a hub that hangs up must come back as an error, not end the program */
	return store_init(e);
}

void ctl_fini(void)
{
	store_fini();
}

/* A write that a killed program left half done looks like the user's own `git add`, and its head is not the last one: finish
 * it before anything is read. When somebody else is at work now, or the folder cannot be written, it is left for later. */
static void finish_step(struct arena *a, struct repo *r)
{
	struct err ignored;
	if (!repo_workdir(r) || !fs_exists(arena_printf(a, "%smaillage/journal", repo_gitdir(r))) || repo_lock(r, 0, &ignored))
		return;
	if (worktree_recover(r, &ignored))
		trace("recover: %s", ignored.msg);
	repo_unlock(r);
}

int ctl_open(struct ctl *c, struct arena *a, const char *dir, struct err *e)
{
	struct ctl n = { .a = a };
	int rc = repo_open(&n.r, dir, e);
	if (rc)
		return rc;
	finish_step(a, n.r);
	rc = repo_head(&n.head, n.r, e);
	if (!rc)
		rc = repo_schemas(&n.set, n.r, &n.head, e);
	if (rc) {
		repo_close(n.r);
		return rc;
	}
	people_tell_git(a, n.r);
	*c = n;
	return 0;
}

void ctl_close(struct ctl *c)
{
	repo_close(c->r);
	c->r = NULL;
}

int ctl_lock(struct ctl *c, struct err *e)
{
	int rc = repo_lock(c->r, 5000, e);
	if (rc)
		return rc;
	rc = repo_head(&c->head, c->r, e);
	if (!rc)
		rc = repo_schemas(&c->set, c->r, &c->head, e);
	if (rc)
		repo_unlock(c->r);
	return rc;
}

/* The file alone, or else with its neighbours, which it refers to. */
static int schemas_beside(struct schemas **out, struct arena *a, const char *file, struct err *e)
{
	static const char tail[] = ".schema.yaml";
	struct buf text = BUF_INIT;
	struct err alone;
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	const char *dir = !slash ? "." : slash == file ? "/" : arena_dupn(a, file, (size_t)(slash - file));
	size_t n = strlen(name), m = strlen(tail);
	bool has_neighbours = n > m && !strcmp(name + n - m, tail);
	int rc = fs_read(&text, file, YAML_MAX_BYTES, e);
	if (!rc) {
		struct schema_file one = { name, arena_dupn(a, text.at, text.n), text.n };
		rc = schemas_load(out, a, &one, 1, &alone);
		if (rc == ERR_SCHEMA && has_neighbours)
			rc = schemas_load_dir(out, a, dir, e); /* what it says is nearer to the cause: alone, each $ref leads nowhere */
		else if (rc)
			rc = err_set(e, rc, "%s", alone.msg);
	}
	buf_free(&text);
	return rc;
}

/* Another program's repository may have a folder of that name. */
static bool holds_schemas(const char *dir)
{
	struct fs_names names;
	bool found = false;
	if (fs_list(&names, dir, NULL))
		return false;
	for (size_t i = 0; i < names.n; i++)
		found = found || strstr(names.at[i], ".schema.yaml");
	fs_names_free(&names);
	return found;
}

const char *ctl_schema_dir(struct arena *a, const char *dir)
{
	char real[PATH_MAX];
	if (!realpath(dir, real))
		return store_schema_dir();
	for (char *end = real + strlen(real);; *end = 0) {
		if (fs_exists(arena_printf(a, "%s/.git", real))) {
			const char *mine = arena_printf(a, "%s/schema", real);
			return holds_schemas(mine) ? mine : store_schema_dir();
		}
		end = strrchr(real, '/');
		if (!end)
			return store_schema_dir();
	}
}

int ctl_schemas(struct schemas **out, struct arena *a, const char *dir, const char *schema_file, struct err *e)
{
	if (schema_file)
		return schemas_beside(out, a, schema_file, e);
	return schemas_load_dir(out, a, ctl_schema_dir(a, dir), e);
}
