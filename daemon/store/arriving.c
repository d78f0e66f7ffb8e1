/* arriving.c -- what would come into the folder, for the guards: each path with its size, and what looks like a secret.
 *
 * A hub of ours refuses keys, but not every host has its hooks, and passwords are a guess that only people can judge. What was there
 * before is not asked about again, or one line that looks like a password would stop every later edit of its file.
 */
#include <string.h>

#include "giterr.h"
#include "objs.h"
#include "wt.h"

struct arriving {
	struct repo *r;
	struct objs s;
	struct arena *a;
	struct changes *out;
	const struct schemas *set;
	size_t left; /* bytes that may still be looked into */
	struct err *e;
};

/* *line 0: none, or too large to be looked at. */
static int secret_in(int *line, const char **what, size_t *size, struct arriving *x, const struct oid *blob)
{
	struct objview v;
	git_oid oid;
	git_object_t type;
	*line = 0;
	int rc = oid_to_git(&oid, blob, x->e);
	if (rc)
		return rc;
	if ((rc = git_odb_read_header(size, &type, x->r->odb, &oid)) < 0)
		return giterr(x->e, rc, _("lecture de l'objet %s"), blob->hex);
	if (*size > WT_FILE_MAX || *size > x->left)
		return 0;
	x->left -= *size;
	if ((rc = objs_get(&v, &x->s, &oid, GIT_OBJECT_BLOB, x->e)))
		return rc;
	*line = wt_secret_line(what, v.bytes, v.n);
	objview_end(&v);
	return 0;
}

static int one_file(void *ctx, const char *path, const struct oid *from, const struct oid *to)
{
	struct arriving *x = ctx;
	struct change one = { .path = arena_dup(x->a, path),
			      .kind = !oid_is(to) ? CHANGE_DELETED : oid_is(from) ? CHANGE_EDITED : CHANGE_NEW };
	const char *what = NULL, *old_what;
	int line = 0, old_line = 0, rc = 0;
	size_t ignored;
	if (oid_is(to))
		rc = secret_in(&line, &what, &one.size, x, to);
	enum path_class class = path_class(x->set, path);
	if (class == PATH_AGGREGATE || class == PATH_SCHEMA)
		line = 0;
	if (!rc && line && oid_is(from))
		rc = secret_in(&old_line, &old_what, &ignored, x, from);
	if (rc)
		return rc;
	if (line && !old_line) {
		one.verdict = CHANGE_GUARDED;
		one.why = arena_printf(x->a, _("la ligne %d ressemble à %s"), line, what);
	}
	arena_push(x->a, x->out, one);
	return 0;
}

int worktree_arriving(struct changes *out, struct arena *a, struct repo *r, const struct oid *from, const struct oid *to, struct err *e)
{
	struct changes found = { 0 };
	struct arriving x = { .r = r, .a = a, .out = &found, .left = ARRIVING_BYTES, .e = e };
	objs_init(&x.s, r, NULL);
	int rc = repo_schemas(&x.set, r, to, e);
	if (!rc)
		rc = repo_diff(r, from, to, one_file, &x, e);
	if (!rc)
		*out = found;
	return rc;
}
