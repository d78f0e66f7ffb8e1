/* upgrade.c -- a coordinator's clone takes the schemas in force from the national copy, by an ordinary commit.
 *
 * Happy path: the copy was just brought to the hub's head; its schema/ differs from the clone's; of no file the version goes
 * down; the folder loads. Then the clone's schema/ becomes exactly the copy's (the hub compares whole folders), in one commit
 * that the cycle sends like any other. Two people of one collective who both do this make the same change, which merges in silence.
 *
 * The editor's settings go along when nobody has edited them: they list the kinds. The same for the national clone, where
 * people change schema/ by hand, once their change is recorded.
 *
 * What keeps the clone as it is, to be tried again after the next cycle: a folder that this program cannot load (it is too old
 * for it), one whose versions would go down (this clone has met newer ones), a git operation of the user's own under way.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "schema/editor.h"
#include "store/worktree.h"
#include "yaml/ydoc.h"

#define FOLDER "schema"

struct folder {
	struct file_change *at; /* by path, "schema/x.schema.yaml" */
	size_t n, cap;
};
struct reading {
	struct folder *out;
	struct arena *a;
	struct repo *r;
	struct err *e;
};

static int read_file(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct reading *x = ctx;
	struct file_change f = { .path = arena_dup(x->a, path) };
	const char *bytes;
	(void)mode;
	if (x->out->n == SCHEMA_MAX_FILES)
		return err_set(x->e, ERR_LIMIT, _("schema/ : plus de %d fichiers"), SCHEMA_MAX_FILES);
	int rc = repo_read_blob(&bytes, &f.n, x->a, x->r, blob, x->e);
	f.bytes = bytes;
	if (!rc)
		arena_push(x->a, x->out, f);
	return rc;
}

static int read_folder(struct folder *out, struct arena *a, struct repo *r, struct err *e)
{
	struct oid head;
	struct reading x = { out, a, r, e };
	int rc = repo_head(&head, r, e);
	return rc ? rc : repo_walk(r, &head, FOLDER, read_file, &x, e);
}

static const struct file_change *file_of(const struct folder *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->at[i].path, path))
			return &f->at[i];
	return NULL;
}

static bool same(const struct file_change *x, const struct file_change *y)
{
	return x && y && x->n == y->n && !memcmp(x->bytes, y->bytes, x->n);
}

/* x-version; 0 for a file that has none, -1 for none at all. */
static int64_t version_of(struct arena *a, const struct file_change *f)
{
	struct ydoc *d;
	if (!f)
		return -1;
	if (ydoc_parse(&d, a, f->path, f->bytes, f->n, NULL, NULL) < 0)
		return 0;
	const struct val *v = val_get(ydoc_val(d), "x-version");
	return v && v->type == VAL_INT ? v->i : 0;
}

static bool is_schema(const char *path)
{
	size_t n = strlen(path);
	return n > 12 && !strcmp(path + n - 12, ".schema.yaml");
}

/* Nothing that is here may be older there, or missing. */
static bool goes_down(struct arena *a, const struct folder *mine, const struct folder *theirs)
{
	for (size_t i = 0; i < mine->n; i++) {
		const struct file_change *f = &mine->at[i], *g = file_of(theirs, f->path);
		if (is_schema(f->path) && !same(f, g) && version_of(a, g) < version_of(a, f)) {
			trace("upgrade: %s is newer here than in national.git", f->path);
			return true;
		}
	}
	return false;
}

static bool loads(struct schemas **set, struct arena *a, const struct folder *f)
{
	struct schema_file *files = arena_array(a, f->n, sizeof *files);
	struct err why = { 0 };
	for (size_t i = 0; i < f->n; i++)
		files[i] = (struct schema_file){ strrchr(f->at[i].path, '/') + 1, f->at[i].bytes, f->at[i].n };
	if (schemas_load(set, a, files, f->n, &why) == 0)
		return true;
	trace("upgrade: national.git's schemas do not load: %s", why.msg);
	return false;
}

static void changes_to(struct folder *out, struct arena *a, const struct folder *mine, const struct folder *theirs)
{
	for (size_t i = 0; i < theirs->n; i++)
		if (!same(file_of(mine, theirs->at[i].path), &theirs->at[i]))
			arena_push(a, out, theirs->at[i]);
	for (size_t i = 0; i < mine->n; i++) {
		struct file_change gone = { mine->at[i].path, NULL, SIZE_MAX };
		if (!file_of(theirs, gone.path))
			arena_push(a, out, gone);
	}
}

static bool on_disk(struct arena *a, struct repo *r, const char *path, const char *text)
{
	struct buf found = BUF_INIT;
	bool same = fs_read(&found, arena_printf(a, "%s%s", repo_workdir(r), path), YAML_MAX_BYTES, NULL) == 0 &&
		    !strcmp(buf_str(&found), text);
	buf_free(&found);
	return same;
}

/* The editor's settings for `now`, where the file is still as it was written for `before`: on disk, and so in history once what
 * lies there is recorded. false: they stay. */
static bool editor_change(struct file_change *out, struct arena *a, struct repo *r, const struct schemas *before,
			  const struct schemas *now)
{
	const char *old = editor_settings(a, before), *text = editor_settings(a, now);
	if (!strcmp(old, text) || !on_disk(a, r, EDITOR_SETTINGS, old))
		return false;
	*out = (struct file_change){ EDITOR_SETTINGS, text, strlen(text) };
	return true;
}

int upgrade_editor(struct oid *head, struct real_world *w, const struct oid *before, struct err *e)
{
	struct arena a;
	const struct schemas *old, *now;
	struct file_change settings;
	int rc = repo_schemas(&old, w->repo, before, e);
	if (!rc)
		rc = repo_schemas(&now, w->repo, head, e);
	if (rc || old == now)
		return rc;
	if (!arena_begin(&a))
		return err_nomem(e);
	struct oid commit;
	if (editor_change(&settings, &a, w->repo, old, now))
		rc = worktree_put(&commit, w->repo, &settings, 1, "Réglages de l'éditeur : les genres du schéma\n", e);
	arena_end(&a);
	return rc ? rc : repo_head(head, w->repo, e);
}

static int take(struct oid *commit, struct real_world *w, struct arena *a, const struct folder *theirs, struct err *e)
{
	struct folder mine = { 0 }, changes = { 0 };
	struct file_change settings;
	const struct schemas *before;
	struct schemas *now;
	struct oid head;
	int64_t version = 0;
	int rc = read_folder(&mine, a, w->repo, e);
	if (rc || !mine.n) /* a clone without the folder lives by the installed schemas */
		return rc;
	changes_to(&changes, a, &mine, theirs);
	if (!changes.n || goes_down(a, &mine, theirs) || !loads(&now, a, theirs))
		return 0;
	if ((rc = repo_head(&head, w->repo, e)) || (rc = repo_schemas(&before, w->repo, &head, e)))
		return rc;
	if (editor_change(&settings, a, w->repo, before, now))
		arena_push(a, &changes, settings);
	for (size_t i = 0; i < theirs->n; i++) {
		int64_t v = is_schema(theirs->at[i].path) ? version_of(a, &theirs->at[i]) : 0;
		version = v > version ? v : version;
	}
	/* French in every locale: history has one language (DESIGN 7) */
	const char *message = arena_printf(a, "Schémas du national : version %lld\n", (long long)version);
	return worktree_put(commit, w->repo, changes.at, changes.n, message, e);
}

int upgrade_schemas(char head[SYNC_OID], struct real_world *w, struct arena *a, struct repo *national, struct err *e)
{
	struct folder theirs = { 0 };
	struct oid commit = { "" }, now;
	int rc = read_folder(&theirs, a, national, e);
	if (rc || !theirs.n)
		return rc;
	rc = world__lock(w, e);
	if (!rc)
		rc = worktree_paused(w->repo, e);
	if (!rc)
		rc = take(&commit, w, a, &theirs, e);
	if (!rc && oid_is(&commit) && !(rc = repo_head(&now, w->repo, e)))
		memcpy(head, now.hex, SYNC_OID);
	world__unlock(w);
	return rc;
}
