#include "ctl/draft.h"

#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "ctl/hints.h"
#include "ctl/result.h"
#include "store/worktree.h"

static int path_of(const char **path, const char **file, struct ctl *c, const char *id, struct err *e)
{
	*path = id_is_valid(id) ? record_path(c->a, c->set, id) : NULL;
	if (!*path)
		return err_no_id(e, id);
	if (!repo_workdir(c->r))
		return err_set(e, ERR_CONFIG, "%s", _("ce dépôt n'a pas de dossier de travail"));
	*file = arena_printf(c->a, "%s%s", repo_workdir(c->r), *path);
	return 0;
}

static int renew_help(struct ctl *c, const struct record *rec, const char *file, const struct buf *text, struct err *e)
{
	struct buf now = BUF_INIT;
	int rc = 0;
	if (hints_strip(&now, c->a, rec->schema, text->at, text->n)) {
		hints_append(&now, c->a, rec->schema, rec->val);
		if (now.n != text->n || memcmp(now.at, text->at, now.n) != 0)
			rc = fs_write(file, now.at, now.n, e);
	}
	buf_free(&now);
	return rc;
}

static int take(struct val *v, struct ctl *c, const char *path, struct err *e)
{
	struct changes changes = { 0 };
	size_t commits = 0;
	int rc = worktree_scan(&changes, c->a, c->r, NULL, e);
	if (!rc)
		rc = worktree_record(&commits, c->r, &changes, path, e);
	for (size_t i = 0; !rc && i < changes.n; i++)
		if (!strcmp(changes.at[i].path, path))
			put_str(c->a, v, "pourquoi", changes.at[i].why);
	if (!rc && commits)
		rc = repo_head(&c->head, c->r, e);
	if (!rc)
		put_str(c->a, v, "commit", commits ? c->head.hex : "");
	return rc;
}

static int record(struct val **out, struct ctl *c, const char *id, struct err *e)
{
	const char *path, *file;
	struct buf text = BUF_INIT;
	struct record rec;
	struct faults faults = { 0 };
	int rc = path_of(&path, &file, c, id, e);
	if (!rc)
		rc = fs_read(&text, file, YAML_MAX_BYTES, e);
	if (!rc) {
		record_load(&rec, &faults, c->a, c->set, path, path, repo_collective(c->r), text.at, text.n);
		struct val *v = val_map(c->a);
		put_str(c->a, v, "id", id);
		put_str(c->a, v, "chemin", path);
		if (faults.errors)
			put_str(c->a, v, "commit", "");
		else if (!(rc = renew_help(c, &rec, file, &text, e)))
			rc = take(v, c, path, e);
		val_set(c->a, v, "fautes", faults_val(c->a, &faults));
		*out = v;
	}
	buf_free(&text);
	return rc;
}

int ctl_record(struct val **out, struct ctl *c, const char *id, struct err *e)
{
	struct val *v;
	int rc = ctl_lock(c, e);
	if (rc)
		return rc;
	rc = worktree_paused(c->r, e);
	if (!rc)
		rc = record(&v, c, id, e);
	repo_unlock(c->r);
	if (!rc)
		*out = v;
	return rc;
}

static int aside(const char **to, struct ctl *c, const char *id, const char *file, const char *before, size_t n, struct err *e)
{
	struct buf text = BUF_INIT;
	const char *folder = arena_printf(c->a, "%sprive/brouillons", repo_workdir(c->r)), *target = NULL;
	for (int i = 1; !target || fs_exists(target); i++)
		target = i == 1 ? arena_printf(c->a, "%s/%s.yaml", folder, id) : arena_printf(c->a, "%s/%s-%d.yaml", folder, id, i);
	int rc = fs_read(&text, file, YAML_MAX_BYTES, e);
	if (!rc)
		rc = fs_mkparents(target, e);
	if (!rc)
		rc = fs_write(target, text.at, text.n, e);
	if (!rc)
		rc = before ? fs_write(file, before, n, e) : fs_unlink(file, e);
	buf_free(&text);
	*to = target + strlen(repo_workdir(c->r));
	return rc;
}

int ctl_set_aside(struct val **out, struct ctl *c, const char *id, const char *before, size_t n, struct err *e)
{
	const char *path, *file, *to;
	int rc = path_of(&path, &file, c, id, e);
	if (rc || (rc = ctl_lock(c, e)))
		return rc;
	rc = aside(&to, c, id, file, before, n, e);
	repo_unlock(c->r);
	if (rc)
		return rc;
	struct val *v = val_map(c->a);
	put_str(c->a, v, "id", id);
	put_str(c->a, v, "chemin", to);
	*out = v;
	return 0;
}
