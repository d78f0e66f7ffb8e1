/* arriving.c -- what would come into the folder, for the guards: each path with its size, and what looks like a secret.
 *
 * A hub of ours refuses keys, but not every host has its hooks, and passwords are a guess that only people can judge. What was there
 * before is not asked about again, or one line that looks like a password would stop every later edit of its file. Before: in the folder;
 * what waits there for an answer has not come in yet.
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
	struct guarded_versions guarded;
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

/* Kind, size, and READY, or GUARDED with why. */
static int look(struct change *one, struct arriving *x, const struct oid *from, const struct oid *to)
{
	const char *what = NULL, *old_what;
	int line = 0, old_line = 0, rc = 0;
	size_t ignored;
	one->arriving = true;
	one->kind = !oid_is(to) ? CHANGE_DELETED : oid_is(from) ? CHANGE_EDITED : CHANGE_NEW;
	if (oid_is(to))
		rc = secret_in(&line, &what, &one->size, x, to);
	enum path_class class = path_class(x->set, one->path);
	if (class == PATH_AGGREGATE || class == PATH_SCHEMA)
		line = 0;
	if (!rc && line && oid_is(from))
		rc = secret_in(&old_line, &old_what, &ignored, x, from);
	if (!rc && line && !old_line) {
		one->verdict = CHANGE_GUARDED;
		one->why = arena_printf(x->a, _("la ligne %d ressemble à %s"), line, what);
	}
	return rc;
}

static int one_file(void *ctx, const char *path, const struct oid *from, const struct oid *to)
{
	struct arriving *x = ctx;
	struct change one = { .path = arena_dup(x->a, path) };
	const struct version *kept = guarded_at(&x->guarded, path);
	int rc = look(&one, x, kept ? &kept->before : from, to);
	if (!rc)
		arena_push(x->a, x->out, one);
	return rc;
}

int worktree_arriving(struct changes *out, struct arena *a, struct repo *r, const struct oid *from, const struct oid *to, struct err *e)
{
	struct changes found = { 0 };
	struct versions v;
	struct arriving x = { .r = r, .a = a, .out = &found, .left = ARRIVING_BYTES, .e = e };
	objs_init(&x.s, r, NULL);
	int rc = versions_read(&v, a, r, e);
	if (!rc)
		rc = repo_schemas(&x.set, r, to, e);
	if (rc)
		return rc;
	versions_guarded(&x.guarded, a, &v);
	if (!(rc = repo_diff(r, from, to, one_file, &x, e)))
		*out = found;
	return rc;
}

int wt_arriving(struct change *out, struct arena *a, struct repo *r, const struct schemas *set, const char *path,
		const struct oid *before, const struct oid *now, struct err *e)
{
	struct arriving x = { .r = r, .a = a, .set = set, .left = ARRIVING_BYTES, .e = e };
	struct change one = { .path = path };
	objs_init(&x.s, r, NULL);
	int rc = look(&one, &x, before, now);
	if (rc)
		return rc;
	if (one.verdict != CHANGE_GUARDED && one.kind == CHANGE_DELETED)
		one.why = _("suppression de plusieurs fichiers à la fois");
	else if (one.verdict != CHANGE_GUARDED)
		one.why = arena_printf(a, _("fichier de %zu Mio"), one.size >> 20);
	one.verdict = CHANGE_GUARDED;
	*out = one;
	return 0;
}
