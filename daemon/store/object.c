/* object.c -- reading history: a file at a commit, all files of a folder, the files that differ between two commits.
 *
 * Everything walks raw tree objects: git_diff_tree_to_tree costs 75 ms among 100,000 records whatever changed, this what
 * changed. Git keeps a tree's entries in the order of whole paths ("a.txt" before the folder "a"), so walking in that
 * order needs no sorting, and a name that is a file on one side and a folder on the other is simply two entries.
 */
#include "objs.h"

#include "giterr.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES 4096

int repo_read(const char **out, size_t *n, struct oid *blob, struct arena *a, struct repo *r, const struct oid *commit,
	      const char *path, struct err *e)
{
	struct objs s;
	git_oid oid, tree;
	struct tentry at;
	objs_init(&s, r, NULL);
	int rc;
	if ((rc = oid_to_git(&oid, commit, e)) || (rc = objs_tree_of(&tree, &s, &oid, e)) ||
	    (rc = objs_lookup(&at, &s, &tree, path, e)))
		return rc;
	if (!at.mode || is_tree(&at) || at.mode == MODE_GITLINK) {
		*out = NULL;
		if (n)
			*n = 0;
		if (blob)
			*blob = (struct oid){ "" };
		return 0;
	}
	const char *bytes;
	size_t size;
	if ((rc = objs_blob(&bytes, &size, &s, a, &at.oid, e)))
		return err_wrap(e, "%s", path);
	*out = bytes;
	if (n)
		*n = size;
	if (blob)
		oid_from_git(blob, &at.oid);
	return 0;
}

int repo_entry(struct oid *out, struct repo *r, const struct oid *commit, const char *path, struct err *e)
{
	struct tentry at;
	int rc = objs_entry_at(&at, r, commit, path, e);
	if (rc)
		return rc;
	*out = (struct oid){ "" };
	if (at.mode)
		oid_from_git(out, &at.oid);
	return 0;
}

int repo_read_blob(const char **out, size_t *n, struct arena *a, struct repo *r, const struct oid *blob, struct err *e)
{
	struct objs s;
	git_oid oid;
	size_t size;
	objs_init(&s, r, NULL);
	int rc = oid_to_git(&oid, blob, e);
	if (rc || (rc = objs_blob(out, &size, &s, a, &oid, e)))
		return rc;
	if (n)
		*n = size;
	return 0;
}

/* --- walking one tree, or two side by side ----------------------------------------------------------------------- */

struct walk {
	struct objs s;
	repo_file_cb file;
	objs_diff_cb diff;
	void *ctx;
	struct err *e;
	char path[PATH_BYTES];
};

/* Append name to the path of n bytes; the new length, or ERR_LIMIT. */
static int enter(struct walk *w, size_t n, const char *name, int depth)
{
	int more = snprintf(w->path + n, sizeof w->path - n, "%s%s", n ? "/" : "", name);
	if (depth > TREE_MAX_DEPTH || more < 0 || n + (size_t)more >= sizeof w->path)
		return err_set(w->e, ERR_LIMIT, _("%.60s... : chemin trop long ou trop profond"), w->path);
	return (int)n + more;
}

static int walk_tree(struct walk *w, const git_oid *tree, size_t n, int depth)
{
	struct tcur c;
	int rc = tcur_open(&c, &w->s, tree, w->e);
	for (; !rc && !c.done; rc = rc ? rc : tcur_next(&c, w->e)) {
		int len = enter(w, n, c.at.name, depth);
		if (len < 0) {
			rc = len;
		} else if (is_tree(&c.at)) {
			rc = walk_tree(w, &c.at.oid, (size_t)len, depth + 1);
		} else {
			struct oid blob;
			oid_from_git(&blob, &c.at.oid);
			rc = w->file(w->ctx, w->path, &blob, c.at.mode);
		}
		w->path[n] = 0;
	}
	tcur_end(&c);
	return rc;
}

static int start_at(git_oid *tree, bool *there, struct walk *w, const struct oid *commit, const char *folder)
{
	git_oid oid;
	struct tentry at;
	int rc;
	*there = oid_is(commit);
	if (!*there)
		return 0;
	if ((rc = oid_to_git(&oid, commit, w->e)) || (rc = objs_tree_of(tree, &w->s, &oid, w->e)) ||
	    (rc = objs_lookup(&at, &w->s, tree, folder, w->e)))
		return rc;
	*there = is_tree(&at);
	*tree = at.oid;
	return 0;
}

int repo_walk(struct repo *r, const struct oid *commit, const char *folder, repo_file_cb cb, void *ctx, struct err *e)
{
	struct walk w = { .file = cb, .ctx = ctx, .e = e };
	git_oid tree;
	bool there;
	objs_init(&w.s, r, NULL);
	size_t n = (size_t)snprintf(w.path, sizeof w.path, "%s", folder);
	if (n >= sizeof w.path)
		return err_set(e, ERR_LIMIT, _("%.60s... : chemin trop long ou trop profond"), folder);
	while (n && w.path[n - 1] == '/')
		w.path[--n] = 0;
	int rc = start_at(&tree, &there, &w, commit, w.path);
	return rc || !there ? rc : walk_tree(&w, &tree, n, 0);
}

static int diff_trees(struct walk *w, const git_oid *from, const git_oid *to, size_t n, int depth);

/* One name, on one side or both. */
static int diff_entry(struct walk *w, const struct tentry *x, const struct tentry *y, size_t n, int depth)
{
	const struct tentry *any = x ? x : y;
	if (x && y && x->mode == y->mode && git_oid_equal(&x->oid, &y->oid))
		return 0;
	int len = enter(w, n, any->name, depth), rc;
	if (len < 0)
		return len;
	if (is_tree(any)) {
		rc = diff_trees(w, x ? &x->oid : NULL, y ? &y->oid : NULL, (size_t)len, depth + 1);
	} else {
		struct oid old = { "" }, new = { "" };
		if (x)
			oid_from_git(&old, &x->oid);
		if (y)
			oid_from_git(&new, &y->oid);
		rc = w->diff(w->ctx, w->path, &old, &new, y ? y->mode : 0);
	}
	w->path[n] = 0;
	return rc;
}

static int diff_trees(struct walk *w, const git_oid *from, const git_oid *to, size_t n, int depth)
{
	struct tcur x, y;
	int rc = tcur_open(&x, &w->s, from, w->e);
	if (rc)
		return rc;
	if ((rc = tcur_open(&y, &w->s, to, w->e))) {
		tcur_end(&x);
		return rc;
	}
	while (!rc && !(x.done && y.done)) {
		int cmp = x.done ? 1 : y.done ? -1 : tentry_order(&x.at, &y.at);
		rc = diff_entry(w, cmp <= 0 ? &x.at : NULL, cmp >= 0 ? &y.at : NULL, n, depth);
		if (!rc && cmp <= 0)
			rc = tcur_next(&x, w->e);
		if (!rc && cmp >= 0)
			rc = tcur_next(&y, w->e);
	}
	tcur_end(&x);
	tcur_end(&y);
	return rc;
}

int objs_diff(struct repo *r, const struct oid *from, const struct oid *to, objs_diff_cb cb, void *ctx, struct err *e)
{
	struct walk w = { .diff = cb, .ctx = ctx, .e = e };
	git_oid x, y;
	bool xthere, ythere;
	objs_init(&w.s, r, NULL);
	int rc;
	if ((rc = start_at(&x, &xthere, &w, from, "")) || (rc = start_at(&y, &ythere, &w, to, "")))
		return rc;
	if (xthere && ythere && git_oid_equal(&x, &y))
		return 0;
	return diff_trees(&w, xthere ? &x : NULL, ythere ? &y : NULL, 0, 0);
}

struct without_mode {
	repo_diff_cb cb;
	void *ctx;
};

static int leave_mode(void *ctx, const char *path, const struct oid *old, const struct oid *new, unsigned mode)
{
	const struct without_mode *w = ctx;
	(void)mode;
	return w->cb(w->ctx, path, old, new);
}

int repo_diff(struct repo *r, const struct oid *from, const struct oid *to, repo_diff_cb cb, void *ctx, struct err *e)
{
	struct without_mode w = { cb, ctx };
	return objs_diff(r, from, to, leave_mode, &w, e);
}
