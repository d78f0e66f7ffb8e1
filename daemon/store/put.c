/* put.c -- writing one record now, for the verbs (set, new, resolve...): to disk and as one commit on main.
 *
 * What lies on disk may be an edit that nobody has recorded yet. The verb read the file, so its new text holds
 * that edit; all the same it becomes a commit of its own first, so that history says who did what. An edit that
 * cannot enter history (a draft that this verb just completes) is kept aside in .git/maillage/kept, and replaced. A
 * file that somebody removed, and no commit says so yet, comes back: whoever writes a record wants it there.
 */
#include "wt.h"

#include <string.h>

#include "base/fsio.h"
#include "schema/record.h"

struct put {
	struct arena *a;
	struct repo *r;
	struct oid head;
	const struct schemas *set;
	struct versions versions;
	struct wt_edits pending, files; /* found on disk; to be written */
	struct wt_knowns known;
	struct err *e;
};

static bool unchanged(const struct file_change *c)
{
	return !c->bytes && c->n == 0;
}

static int accept(struct put *p, const struct file_change *c)
{
	struct change judged = { .path = c->path,
				 .kind = c->bytes ? CHANGE_EDITED : CHANGE_DELETED,
				 .size = c->bytes ? c->n : 0 };
	wt_judge(&judged, p->a, p->r, p->set, &p->head, c->bytes, c->n);
	if (judged.verdict == CHANGE_READY)
		return 0;
	int code = judged.verdict == CHANGE_GUARDED ? ERR_GUARD : ERR_DATA;
	for (size_t i = 0; i < judged.faults.n; i++) {
		struct buf line = BUF_INIT;
		if (judged.faults.at[i].warning)
			continue;
		fault_print(&line, &judged.faults.at[i]);
		err_set(p->e, code, "%s", buf_str(&line));
		buf_free(&line);
		return code;
	}
	return err_set(p->e, code, _("%s : %s"), c->path, judged.why);
}

static int keep(struct put *p, const struct wt_file *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *to =
		arena_printf(p->a, "%smaillage/kept/%.8s-%s", p->r->gitdir, f->blob.hex, slash ? slash + 1 : path);
	int rc = fs_mkparents(to, p->e);
	return rc ? rc : fs_write(to, f->bytes, f->n, p->e);
}

/* What lies at the path now may be replaced afterwards: commit it, keep it, or know that history holds it. */
static int make_way(struct put *p, struct oid *base, const struct file_change *c, const struct oid *target)
{
	struct wt_file f;
	struct oid at_head;
	int rc = wt_look(&f, p->a, p->r, c->path, p->e);
	if (rc || (rc = wt_blob_at(&at_head, p->r, &p->head, c->path, p->e)))
		return rc;
	const struct version *held = versions_held(&p->versions, c->path);
	*base = held ? held->head : p->head;
	if (held && held->guarded && oid_equal(&f.blob, target))
		*base = p->head; /* what the hub took away is to stay: that is news to history */
	if (!held && (f.there ? oid_equal(&f.blob, &at_head) : !oid_is(&at_head)))
		return 0;
	if (f.there && !f.bytes)
		return err_set(p->e, ERR_EXISTS,
			       _("%s : ce n'est pas un fichier que l'on peut remplacer ; déplacez-le"), c->path);
	struct wt_known k = { c->path, f.blob, p->head, true };
	struct change now = { .path = c->path, .kind = oid_is(&at_head) ? CHANGE_EDITED : CHANGE_NEW, .size = f.n };
	if (f.there)
		wt_judge_disk(&now, p->a, p->r, p->set, &p->head, f.bytes, f.n);
	if (f.there && !oid_equal(&f.blob, target) && now.verdict == CHANGE_READY) {
		struct wt_edit ed = { .path = c->path, .bytes = f.bytes, .n = f.n, .blob = f.blob, .on_disk = true };
		if ((rc = wt_base_of(&ed.base, p->a, p->r, &p->head, &p->versions, c->path, f.bytes, f.n, &f.blob,
				     p->e)))
			return rc;
		arena_push(p->a, &p->pending, ed);
		return 0;
	}
	if (f.there && !oid_equal(&f.blob, target) && (rc = keep(p, &f, c->path)))
		return rc;
	arena_push(p->a, &p->known, k);
	return 0;
}

static int add(struct put *p, const struct file_change *c)
{
	struct wt_edit ed = { .path = c->path, .bytes = c->bytes, .n = c->bytes ? c->n : 0 };
	int rc = accept(p, c);
	if (rc)
		return rc;
	if (c->bytes) {
		git_oid oid;
		git_odb_hash(&oid, c->bytes, c->n, GIT_OBJECT_BLOB);
		oid_from_git(&ed.blob, &oid);
	}
	if ((rc = make_way(p, &ed.base, c, &ed.blob)))
		return rc;
	arena_push(p->a, &p->files, ed);
	return 0;
}

/* What is put rests on what was pending: then the pending commit is its base. */
static int commit_all(struct oid *out, struct oid *commit, struct put *p, const char *message)
{
	size_t made = 0;
	struct oid before;
	int rc = wt_commit_edits(&before, &made, &p->known, p->a, p->r, &p->head, &p->pending, NULL, p->e);
	for (size_t i = 0; !rc && i < p->files.n; i++) {
		struct wt_edit *ed = &p->files.at[i];
		if (oid_equal(&ed->base, &p->head))
			ed->base = before;
		for (size_t j = 0; j < p->known.n; j++)
			if (!strcmp(p->known.at[j].path, ed->path) && !oid_equal(&p->known.at[j].head, &p->head))
				ed->base = p->known.at[j].head;
	}
	size_t own = p->known.n;
	if (!rc)
		rc = wt_commit_edits(out, &made, &p->known, p->a, p->r, &before, &p->files, message, p->e);
	*commit = !rc && p->known.n > own ? p->known.at[own].head : p->head;
	return rc;
}

static int put_in(struct oid *commit, struct put *p, const struct file_change *files, size_t n, const char *message)
{
	struct oid now, own;
	size_t edits;
	int rc = worktree_paused(p->r, p->e);
	if (rc || (rc = repo_head(&p->head, p->r, p->e)) || (rc = repo_schemas(&p->set, p->r, &p->head, p->e)) ||
	    (rc = versions_read(&p->versions, p->a, p->r, p->e)))
		return rc;
	for (size_t i = 0; !rc && i < n; i++)
		if (!unchanged(&files[i]))
			rc = add(p, &files[i]);
	if (!rc && !p->files.n)
		*commit = p->head;
	if (rc || !p->files.n || (rc = commit_all(&now, &own, p, message)))
		return rc;
	if (!(rc = wt_apply(&edits, p->r, &p->head, &now, &p->known, p->e)))
		*commit = own;
	return rc;
}

int worktree_put(struct oid *commit, struct repo *r, const struct file_change *files, size_t n, const char *message,
		 struct err *e)
{
	struct arena a;
	int rc = wt_begin(r, e);
	if (rc)
		return rc;
	if (!arena_begin(&a)) {
		repo_unlock(r);
		return err_nomem(e);
	}
	struct put p = { .a = &a, .r = r, .e = e };
	rc = put_in(commit, &p, files, n, message);
	arena_end(&a);
	repo_unlock(r);
	return rc;
}
