/* scan.c -- what the folder holds that HEAD does not.
 *
 * Three versions of each path: HEAD, the index, the disk. The index is a cache that says "at this size and these
 * times the file had this blob": so a file is read only when its lstat disagrees, or when the entry cannot be
 * trusted (written in the tick in which the index was saved: git's "racily clean" entries). Two sorted lists, the
 * index and what the walk of the folder finds, are merged by path; a path is a change when disk and HEAD differ.
 * HEAD differs from the index only where git's own diff of the two says so. Entries that were read and found equal
 * get fresh times, so that the next scan reads nothing.
 *
 * Not seen at all: .git, prive/, .maillage/, ignored files, editors' temporary files, folders that are
 * repositories of their own.
 */
#include "wt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fsio.h"
#include "giterr.h"
#include "schema/record.h"

#define DEPTH_MAX 64

struct seen { /* one file on disk */
	const char *path;
	struct stat st;
};
struct staged { /* a path where HEAD and index differ */
	const char *path;
	struct oid head;
};
struct scan {
	struct changes *out;
	struct arena *a;
	struct repo *r;
	git_index *idx;
	struct timespec index_time;
	struct scan_patience patience;
	struct oid head;
	const struct schemas *set;
	struct guarded_versions guarded;
	const char *schema_fault; /* why the schema folder on disk cannot be taken; NULL: it can */
	struct {
		struct seen *at;
		size_t n, cap;
	} disk;
	struct {
		struct staged *at;
		size_t n, cap;
	} staged;
	bool refreshed;
	struct err *e;
};

/* ---- the folder */

static bool tracked_below(struct scan *s, const char *dir)
{
	size_t at;
	return git_index_find_prefix(&at, s->idx, dir) == 0;
}

static bool ignored(struct scan *s, const char *path)
{
	int yes = 0;
	return git_ignore_path_is_ignored(&yes, s->r->git, path) == 0 && yes;
}

static int walk(struct scan *s, const char *dir, int depth);

static int enter_folder(struct scan *s, const char *path, int depth)
{
	const char *slashed = arena_printf(s->a, "%s/", path);
	if (!tracked_below(s, slashed) &&
	    (ignored(s, slashed) || fs_exists(wt_abs(s->a, s->r, arena_printf(s->a, "%s.git", slashed)))))
		return 0;
	return walk(s, slashed, depth + 1);
}

static int walk(struct scan *s, const char *dir, int depth)
{
	DIR *d = depth < DEPTH_MAX ? opendir(*dir ? wt_abs(s->a, s->r, dir) : s->r->workdir) : NULL;
	if (!d) /* vanished, or not ours to read: its tracked files will show as missing */
		return depth < DEPTH_MAX && errno != ENOENT && errno != ENOTDIR ? err_errno(s->e, dir) : 0;
	int rc = 0;
	for (struct dirent *de; !rc && (de = readdir(d));) {
		const char *name = de->d_name;
		if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, ".git"))
			continue;
		if (!*dir && (!strcmp(name, "prive") || !strcmp(name, ".maillage")))
			continue;
		struct seen f = { .path = arena_printf(s->a, "%s%s", dir, name) };
		if (fstatat(dirfd(d), name, &f.st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(f.st.st_mode))
			rc = enter_folder(s, f.path, depth);
		else if (!wt_is_temporary(name) || git_index_get_bypath(s->idx, f.path, 0))
			arena_push(s->a, &s->disk, f);
	}
	closedir(d);
	return rc;
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct seen *)x)->path, ((const struct seen *)y)->path);
}

/* ---- HEAD against the index */

static int one_staged(const git_diff_delta *d, float progress, void *ctx)
{
	struct scan *s = ctx;
	struct staged one = { .path = arena_dup(s->a,
						d->status == GIT_DELTA_ADDED ? d->new_file.path : d->old_file.path) };
	(void)progress;
	if (d->status != GIT_DELTA_ADDED)
		oid_from_git(&one.head, &d->old_file.id);
	arena_push(s->a, &s->staged, one);
	return 0;
}

static int find_staged(struct scan *s)
{
	git_diff *diff = NULL;
	git_commit *c;
	git_tree *tree = NULL;
	git_diff_options o;
	git_diff_options_init(&o, GIT_DIFF_OPTIONS_VERSION);
	o.flags = GIT_DIFF_IGNORE_SUBMODULES | GIT_DIFF_SKIP_BINARY_CHECK;
	int rc = repo__commit(&c, s->r, &s->head, s->e);
	if (rc)
		return rc;
	rc = git_commit_tree(&tree, c);
	git_commit_free(c);
	if (rc == 0)
		rc = git_diff_tree_to_index(&diff, s->r->git, tree, s->idx, &o);
	if (rc == 0)
		rc = git_diff_foreach(diff, one_staged, NULL, NULL, NULL, s);
	git_diff_free(diff);
	git_tree_free(tree);
	return rc < 0 ? giterr(s->e, rc, _("comparaison de l'index avec l'historique")) : 0;
}

static const struct staged *staged_at(const struct scan *s, const char *path)
{
	size_t lo = 0, hi = s->staged.n; /* git gives them by path */
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(s->staged.at[mid].path, path);
		if (!c)
			return &s->staged.at[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* ---- one path */

static bool recent(const struct scan *s, const struct timespec *t)
{
	struct timespec now;
	if (!s->patience.busy_ms)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age = (int64_t)(now.tv_sec - t->tv_sec) * 1000 + (now.tv_nsec - t->tv_nsec) / 1000000;
	return age >= 0 && age < s->patience.busy_ms; /* a clock that was set back blocks nobody */
}

static bool being_written(const struct scan *s, const char *path, const struct seen *f)
{
	return recent(s, &f->st.st_ctim) && !(s->patience.ended && s->patience.ended(s->patience.ctx, path, &f->st.st_ctim));
}

/* An editor that saves by renaming lets the file vanish for a moment; who removes a folder takes a while, and a guard wants to see
 * all of it. */
static bool folder_is_busy(const struct scan *s, const char *path)
{
	struct stat st;
	char *dir = arena_dup(s->a, wt_abs(s->a, s->r, path));
	size_t root = strlen(s->r->workdir);
	do
		*strrchr(dir, '/') = 0;
	while (strlen(dir) > root && stat(dir, &st) < 0);
	return stat(dir, &st) == 0 && recent(s, &st.st_mtim);
}

static void busy(struct change *c)
{
	c->verdict = CHANGE_BUSY;
	c->why = _("en cours d'édition ; fermez l'éditeur ou attendez un instant");
}

static int judge(struct scan *s, struct change *c, const struct seen *f, struct wt_file *file)
{
	if (f && !S_ISREG(f->st.st_mode)) {
		c->verdict = CHANGE_WAITING;
		c->why = S_ISLNK(f->st.st_mode) ? _("lien symbolique ; remplacez-le par le fichier lui-même") :
						  _("ce n'est pas un fichier ordinaire ; retirez-le du dossier");
		return 0;
	}
	if (c->kind == CHANGE_DELETED) {
		wt_judge_disk(c, s->a, s->r, s->set, &s->head, NULL, 0);
		if (wt_is_being_edited(s->a, s->r, c->path) || folder_is_busy(s, c->path))
			busy(c);
		return 0;
	}
	if (!file->there) {
		int rc = wt_look(file, s->a, s->r, c->path, s->e);
		if (rc)
			return rc;
	}
	wt_judge_disk(c, s->a, s->r, s->set, &s->head, file->bytes, file->n);
	if (c->verdict == CHANGE_READY && path_class(s->set, c->path) == PATH_SCHEMA && s->schema_fault) {
		c->verdict = CHANGE_WAITING;
		c->why = s->schema_fault;
	}
	if (c->verdict != CHANGE_GUARDED && (wt_is_being_edited(s->a, s->r, c->path) || being_written(s, c->path, f) ||
					     wt_has_writer(wt_abs(s->a, s->r, c->path))))
		busy(c);
	return 0;
}

/* Nobody's edit: what the hub did to this file waits for an answer, and the file is as it was. */
static int waits_for_answer(bool *out, struct scan *s, const char *path, const struct oid *head, const struct seen *f,
			    struct wt_file *file)
{
	const struct version *kept = guarded_at(&s->guarded, path);
	struct change c;
	*out = false;
	if (!kept || (f && !S_ISREG(f->st.st_mode)))
		return 0;
	int rc = f && !oid_is(&file->blob) ? wt_look(file, s->a, s->r, path, s->e) : 0;
	if (rc || !oid_equal(&file->blob, &kept->before))
		return rc;
	if (!(rc = wt_arriving(&c, s->a, s->r, s->set, arena_dup(s->a, path), &kept->before, head, s->e))) {
		arena_push(s->a, s->out, c);
		*out = true;
	}
	return rc;
}

static int changed(struct scan *s, const char *path, const struct oid *head, const struct seen *f, struct wt_file *file)
{
	enum change_kind kind = !f ? CHANGE_DELETED : oid_is(head) ? CHANGE_EDITED : CHANGE_NEW;
	bool waits;
	int rc = waits_for_answer(&waits, s, path, head, f, file);
	if (rc || waits)
		return rc;
	if (!file->bytes)
		file->there = false; /* known by its index entry only: read it to judge it */
	struct change c = { .path = arena_dup(s->a, path), .kind = kind };
	c.size = f ? (size_t)f->st.st_size : 0;
	if (!(rc = judge(s, &c, f, file)))
		arena_push(s->a, s->out, c);
	return rc;
}

static int refresh(struct scan *s, const git_index_entry *en, const struct wt_file *file)
{
	if (!file->stable)
		return 0;
	struct oid blob;
	oid_from_git(&blob, &en->id);
	s->refreshed = true;
	return wt_index_set(s->idx, arena_dup(s->a, en->path), &blob, en->mode, &file->st, s->e);
}

/* Index entry and disk, either may be NULL. */
static int one_path(struct scan *s, const char *path, const git_index_entry *en, const struct seen *f)
{
	const struct staged *st = staged_at(s, path);
	struct oid head = { "" };
	struct wt_file file = { 0 };
	int rc = 0;
	if (st)
		head = st->head;
	else if (en)
		oid_from_git(&head, &en->id);
	s->out->tracked += oid_is(&head);
	if (!f)
		return oid_is(&head) ? changed(s, path, &head, NULL, &file) : 0;
	if (!en && !oid_is(&head))
		return ignored(s, path) ? 0 : changed(s, path, &head, f, &file);
	if (en && wt_index_vouches(en, &s->index_time, &f->st)) {
		oid_from_git(&file.blob, &en->id);
	} else if (S_ISREG(f->st.st_mode)) {
		if ((rc = wt_look(&file, s->a, s->r, path, s->e)))
			return rc;
		struct oid was = { "" };
		if (en)
			oid_from_git(&was, &en->id);
		if (en && oid_equal(&was, &file.blob) && (rc = refresh(s, en, &file)))
			return rc;
	}
	if (oid_equal(&file.blob, &head) && S_ISREG(f->st.st_mode))
		return 0;
	return changed(s, path, &head, f, &file);
}

/* ---- all of it */

/* Would the schema folder on disk load? One broken file there would stop every check: it waits. */
static void check_schemas(struct scan *s)
{
	struct schemas *set;
	struct err e = { 0 };
	const char *dir = wt_abs(s->a, s->r, "schema");
	if (fs_is_dir(dir) && schemas_load_dir(&set, s->a, dir, &e) < 0)
		s->schema_fault = arena_dup(s->a, e.msg);
}

static bool schemas_touched(const struct scan *s)
{
	for (size_t i = 0; i < s->disk.n; i++) {
		const struct seen *f = &s->disk.at[i];
		if (strncmp(f->path, "schema/", 7) != 0)
			continue;
		const git_index_entry *en = git_index_get_bypath(s->idx, f->path, 0);
		if (!en || !wt_index_vouches(en, &s->index_time, &f->st) || staged_at(s, f->path))
			return true;
	}
	return false;
}

/* The index's names first, on their own: refreshing entries moves them under our feet. */
static int merge_lists(struct scan *s)
{
	size_t n = git_index_entrycount(s->idx), i = 0, j = 0;
	const char **names = arena_array(s->a, n, sizeof *names);
	size_t count = 0;
	for (size_t k = 0; k < n; k++) {
		const git_index_entry *en = git_index_get_byindex(s->idx, k);
		if (!count || strcmp(names[count - 1], en->path)) /* several stages of a conflict: one name */
			names[count++] = arena_dup(s->a, en->path);
	}
	int rc = 0;
	size_t st = 0;
	while (!rc && (i < count || j < s->disk.n || st < s->staged.n)) {
		const char *path = i < count ? names[i] : NULL;
		if (j < s->disk.n && (!path || strcmp(s->disk.at[j].path, path) < 0))
			path = s->disk.at[j].path;
		if (st < s->staged.n && (!path || strcmp(s->staged.at[st].path, path) < 0))
			path = s->staged.at[st].path; /* removed from the index, and from disk or not */
		const git_index_entry *en = NULL;
		const struct seen *f = NULL;
		if (i < count && !strcmp(names[i], path))
			en = git_index_get_bypath(s->idx, names[i++], 0);
		if (j < s->disk.n && !strcmp(s->disk.at[j].path, path))
			f = &s->disk.at[j++];
		if (st < s->staged.n && !strcmp(s->staged.at[st].path, path))
			st++;
		rc = one_path(s, path, en, f);
	}
	return rc;
}

static int scan(struct scan *s)
{
	int rc = 0;
	s->index_time = wt_index_time(s->idx);
	if ((rc = walk(s, "", 0)) || (rc = find_staged(s)))
		return rc;
	if (s->disk.n)
		qsort(s->disk.at, s->disk.n, sizeof *s->disk.at, by_path);
	if (schemas_touched(s))
		check_schemas(s);
	if (!(rc = merge_lists(s)))
		rc = wt_hold_moved(s->out, s->a, s->r, s->set, s->e);
	/* saving the fresh times is a courtesy to the next scan: when somebody holds the index, or the clone, it waits until then */
	if (!rc && s->refreshed && s->r->lock_depth > 0)
		wt_index_save(s->idx, s->r);
	return rc;
}

int worktree_scan(struct changes *out, struct arena *a, struct repo *r, const struct scan_patience *patience, struct err *e)
{
	struct changes found = { 0 };
	struct scan s = { .out = &found, .a = a, .r = r, .e = e };
	struct versions v;
	if (patience)
		s.patience = *patience;
	if (!r->workdir)
		return err_set(e, ERR_CONFIG, _("%s : ce dépôt n'a pas de dossier de travail"), r->gitdir);
	int rc = repo_head(&s.head, r, e);
	if (rc || (rc = repo_schemas(&s.set, r, &s.head, e)) || (rc = versions_read(&v, a, r, e)) ||
	    (rc = wt_index(&s.idx, r, e)))
		return rc;
	versions_guarded(&s.guarded, a, &v);
	rc = scan(&s);
	git_index_free(s.idx);
	if (!rc)
		*out = found;
	return rc;
}

/* ---- paused */

static const char *operation(int state)
{
	switch (state) {
	case GIT_REPOSITORY_STATE_REVERT:
	case GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
		return _("une annulation (git revert)");
	case GIT_REPOSITORY_STATE_CHERRYPICK:
	case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
		return _("une reprise (git cherry-pick)");
	case GIT_REPOSITORY_STATE_BISECT:
		return _("une recherche (git bisect)");
	case GIT_REPOSITORY_STATE_REBASE:
	case GIT_REPOSITORY_STATE_REBASE_INTERACTIVE:
	case GIT_REPOSITORY_STATE_REBASE_MERGE:
		return _("une réécriture (git rebase)");
	default:
		return _("l'application d'une série (git am)");
	}
}

static int under_way(struct repo *r, struct err *e)
{
	int state = git_repository_state(r->git);
	if (state == GIT_REPOSITORY_STATE_MERGE)
		return err_set(e, ERR_PAUSED, "%s",
			       _("en pause : une fusion faite avec git n'est pas terminée ; abandonnez-la par « git merge --abort » (maillage "
				 "fusionnera lui-même), ou terminez-la par « git commit »"));
	if (state != GIT_REPOSITORY_STATE_NONE)
		return err_set(e, ERR_PAUSED, _("en pause : %s est en cours ; terminez-la ou abandonnez-la avec git"),
			       operation(state));
	return 0;
}

int wt_head_is_main(struct repo *r, struct err *e)
{
	git_reference *head;
	int rc = git_reference_lookup(&head, r->git, "HEAD");
	if (rc < 0)
		return giterr(e, rc, "HEAD");
	const char *target = git_reference_symbolic_target(head);
	bool ok = target && !strcmp(target, MAIN_REF);
	if (!ok && !(rc = under_way(r, e))) /* a rebase opens old versions, and `git checkout main` is not its way out */
		rc = target ? err_set(e, ERR_PAUSED, _("en pause : la branche « %s » est ouverte ; revenez par « git checkout main »"),
				      !strncmp(target, "refs/heads/", 11) ? target + 11 : target)
			    : err_set(e, ERR_PAUSED, "%s",
				      _("en pause : une ancienne version est ouverte ; revenez par « git checkout main »"));
	git_reference_free(head);
	return ok ? 0 : rc;
}

static int staged_only(struct scan *s)
{
	int rc = find_staged(s);
	for (size_t i = 0; !rc && i < s->staged.n; i++) {
		const struct staged *st = &s->staged.at[i];
		const git_index_entry *en = git_index_get_bypath(s->idx, st->path, 0);
		struct wt_file f;
		struct oid in_index = { "" };
		if (en)
			oid_from_git(&in_index, &en->id);
		if (oid_equal(&in_index, &st->head)) /* only its mode */
			continue;
		rc = wt_look(&f, s->a, s->r, st->path, s->e);
		if (!rc && !oid_equal(&f.blob, &in_index))
			rc = err_set(s->e, ERR_PAUSED,
				     _("en pause : %s est préparé dans git (git add) et diffère du fichier ; terminez "
				       "par « git commit » "
				       "ou annulez par « git reset »"),
				     st->path);
	}
	return rc;
}

static int staged_elsewhere(struct repo *r, struct err *e)
{
	struct arena a;
	if (!arena_begin(&a))
		return err_nomem(e);
	struct scan s = { .a = &a, .r = r, .e = e };
	int rc = repo_head(&s.head, r, e);
	if (!rc && !(rc = wt_index(&s.idx, r, e))) {
		if (git_index_has_conflicts(s.idx))
			rc = err_set(
				e, ERR_PAUSED,
				_("en pause : une fusion faite avec git attend d'être terminée ; abandonnez-la par « git reset --merge », "
				  "ou terminez-la par « git add » et « git commit »"));
		else
			rc = staged_only(&s);
		git_index_free(s.idx);
	}
	arena_end(&a);
	return rc;
}

int worktree_paused(struct repo *r, struct err *e)
{
	int rc = under_way(r, e);
	if (!rc)
		rc = wt_head_is_main(r, e);
	return rc ? rc : staged_elsewhere(r, e);
}
