/* writewt.c -- bringing folder, main and index from one head to another, without ever replacing what history does
 * not hold.
 *
 * One round:
 *   1 journal: old head, new head, every path with both blobs; versions: what we are about to write over (journal.c). fsynced
 *   2 new contents into .git/maillage/tmp/<n>, fsynced (more than SYNC_MANY: one syncfs)
 *   3 each path: exchange tmp/<n> and the file in one step, then look at what was swapped out
 *   4 main by compare-and-swap
 *   5 the index, with times that can be trusted
 *   6 journal gone
 *
 * What lies on disk before 3 is one of: the new content already (done); the old content, or other content that a
 * commit holds (written over); anything else is an edit that its author has just saved. An edit that may enter
 * history is committed on the version it was made from, merged, and one more round brings the result to disk. An
 * edit that may not (it waits, it is being typed) keeps its place: its file is held, remembered with its version
 * (journal.c), and everything else goes on. So is a file that a guard will not let be replaced before a person has answered: it is
 * nobody's edit, and the journal names it, for whoever resumes asks no guard.
 *
 * An edit between looking and exchanging comes out of the exchange: it is put back at once, and counts as found in
 * place.
 *
 * Killed anywhere: the journal is still there, and running the round again does what is left: each step asks first
 * whether it is done. Killed between the exchange and the look: tmp/<n> holds what was swapped out, and the round
 * begins by looking there. A half-written tmp file has another name.
 *
 * main moved by somebody in between (a commit by hand): the files are brought to where main is, and the caller
 * gets ERR_RACE.
 */
#include "round.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"

#define ROUNDS 8 /* an author who saves faster than we merge is left alone for now */

static void no_step(const char *step)
{
	(void)step;
}
void (*wt__step)(const char *step) = no_step;

/* ---- the two small files */

static int write_journal(struct round *w)
{
	struct journal j = { .old_head = w->old, .new_head = w->new, .known = w->known };
	for (size_t i = 0; i < w->targets.n; i++)
		arena_push(w->a, &j, w->targets.at[i].p);
	return journal_write(w->r, &j, w->e);
}

/* Its path was committed from disk since: nobody has an older version in front of them. What was written over that
 * very commit, in an earlier round, stays. */
static bool is_past(const void *ctx, const struct version *one)
{
	struct round *const *w = ctx;
	const struct wt_known *k = round_committed(*w, one->path);
	return k && !oid_equal(&k->blob, &one->before);
}

/* A draft that a verb completed was only kept aside: no commit holds it, so that no edit can be made on it. */
static int is_held_by_commit(bool *yes, struct round *w, const struct target *t)
{
	struct oid at;
	*yes = true;
	if (!round_committed(w, t->p.path))
		return 0; /* HEAD's own */
	int rc = wt_blob_at(&at, w->r, &t->disk_head, t->p.path, w->e);
	*yes = !rc && oid_equal(&at, &t->disk);
	return rc;
}

static int write_versions(struct round *w)
{
	bool changed = w->versions_changed;
	for (size_t i = 0; i < w->targets.n; i++) {
		const struct target *t = &w->targets.at[i];
		if (t->act == ACT_HELD)
			changed = true;
		if ((t->act == ACT_DONE || t->act == ACT_WRITE) && versions_held(&w->versions, t->p.path)) {
			versions_unhold(&w->versions, t->p.path);
			changed = true;
		}
		if (t->act != ACT_WRITE || !oid_is(&t->disk))
			continue;
		struct version v = { .path = t->p.path, .before = t->disk, .written = t->p.to, .head = t->disk_head };
		bool committed;
		int rc = is_held_by_commit(&committed, w, t);
		if (rc)
			return rc;
		if (committed)
			versions_add(&w->versions, w->a, &v);
		changed = true;
	}
	return changed ? versions_write(w->r, &w->versions, w->e) : 0;
}

/* ---- the index */

/* Is that still the file we wrote? It got its name in a later tick of the clock than its last byte: whoever wrote to it under that
 * name left another time. So it need not be read again. */
static bool is_as_written(const struct round *w, const struct target *t, struct stat *st)
{
	char abs[PATH_MAX];
	return t->ino && snprintf(abs, sizeof abs, "%s%s", w->r->workdir, t->p.path) < (int)sizeof abs && lstat(abs, st) == 0 &&
	       S_ISREG(st->st_mode) && st->st_ino == t->ino && st->st_mtim.tv_sec == t->mtime.tv_sec &&
	       st->st_mtim.tv_nsec == t->mtime.tv_nsec &&
	       (st->st_ctim.tv_sec > t->mtime.tv_sec ||
		(st->st_ctim.tv_sec == t->mtime.tv_sec && st->st_ctim.tv_nsec > t->mtime.tv_nsec));
}

static int index_one(struct round *w, git_index *idx, const struct target *t)
{
	struct wt_file f = { 0 };
	int rc = 0;
	bool trusted = t->act == ACT_DONE && oid_is(&t->p.to) && is_as_written(w, t, &f.st);
	if (!trusted && t->act == ACT_DONE && oid_is(&t->p.to)) {
		if ((rc = wt_look(&f, w->a, w->r, t->p.path, w->e)))
			return rc;
		trusted = f.stable && oid_equal(&f.blob, &t->p.to);
	}
	if (t->act == ACT_SKIP) { /* a name that git's index may refuse: it must not stop the others */
		wt_index_set(idx, t->p.path, &t->p.to, t->mode, NULL, NULL);
		return 0;
	}
	return wt_index_set(idx, t->p.path, &t->p.to, t->mode, trusted ? &f.st : NULL, w->e);
}

/* An index of the repository asks for each blob whether it is there, which takes longer than all the rest. A first checkout has just
 * read them all; and an index that holds nothing yet has no entry of another program's to doubt when it is written. */
static int round_index(git_index **out, struct round *w)
{
	git_index *idx, *alone;
	int rc = wt_index(&idx, w->r, w->e);
	if (rc)
		return rc;
	if (git_index_entrycount(idx)) {
		*out = idx;
		return 0;
	}
	rc = git_index_open(&alone, git_index_path(idx));
	git_index_free(idx);
	if (rc < 0)
		return giterr(w->e, rc, "%sindex", w->r->gitdir);
	*out = alone;
	return 0;
}

static int update_index(struct round *w)
{
	git_index *idx = NULL;
	int rc = round_index(&idx, w);
	if (rc)
		return rc;
	if (w->targets.n)
		wt_next_tick();
	for (size_t i = 0; !rc && i < w->targets.n; i++)
		rc = index_one(w, idx, &w->targets.at[i]);
	if (!rc)
		rc = wt_index_write(idx, w->r, w->e);
	git_index_free(idx);
	return rc;
}

/* ---- the round */

static int run_once(struct round *w)
{
	size_t before = w->versions.n;
	/* before planning: what is held from now on is an edit of what was committed last */
	versions_drop_if(&w->versions, is_past, &w);
	w->versions_changed = before != w->versions.n;
	int rc = repo_schemas(&w->set, w->r, &w->new, w->e);
	if (rc || (rc = round_plan(w)))
		return rc;
	wt__step("journal");
	if ((rc = write_journal(w)))
		return rc;
	wt__step("versions");
	if ((rc = write_versions(w)))
		return rc;
	wt__step("contents");
	if ((rc = round_write(w)))
		return rc;
	wt__step("held");
	for (size_t i = 0; i < w->targets.n; i++) /* held since the file was written first */
		if (w->targets.at[i].act == ACT_HELD)
			return versions_write(w->r, &w->versions, w->e);
	return 0;
}

/* Where main is now decides what comes next. */
static int move_main(bool *lost, struct round *w)
{
	struct oid now;
	int rc = repo_head(&now, w->r, w->e);
	*lost = false;
	if (rc || oid_equal(&now, &w->new))
		return rc;
	struct err why = { 0 };
	if (oid_equal(&now, &w->old)) {
		rc = repo_ref_move(w->r, MAIN_REF, &w->old, &w->new, "maillage", &why);
		if (rc != ERR_RACE) {
			if (rc && w->e)
				*w->e = why;
			return rc;
		}
	}
	*lost = true;
	return 0;
}

static void remember_written(struct round *w)
{
	for (size_t i = 0; i < w->targets.n; i++) {
		struct wt_known k = { w->targets.at[i].p.path, w->targets.at[i].p.to, w->new, false };
		arena_push(w->a, &w->known, k);
	}
}

static int end(struct round *w)
{
	int rc = journal_clear(w->r, w->e);
	return rc ? rc : fs_remove_tree(arena_printf(w->a, "%smaillage/tmp", w->r->gitdir), w->e);
}

static int rounds(size_t *edits, struct round *w)
{
	bool raced = false, lost;
	size_t made = 0;
	for (int i = 0; i < ROUNDS; i++) {
		int rc = run_once(w);
		wt__step("ref");
		if (rc || (rc = move_main(&lost, w)))
			return rc;
		if (lost) {
			raced = true;
			remember_written(w);
			w->old = w->new;
			if ((rc = repo_head(&w->new, w->r, w->e)))
				return rc;
			continue;
		}
		wt__step("index");
		if ((rc = update_index(w)))
			return rc;
		wt__step("end");
		if (!w->edits.n) {
			*edits = made;
			if ((rc = end(w)))
				return rc;
			return raced ? err_set(w->e, ERR_RACE,
					       _("la branche main a été déplacée entre-temps par une autre commande "
						 "git ; "
						 "rien n'est perdu, on recommence"))
				     : 0;
		}
		w->old = w->new;
		size_t n = 0;
		if ((rc = wt_commit_edits(&w->new, &n, &w->known, w->a, w->r, &w->old, &w->edits, NULL, w->e)))
			return rc;
		made += w->edits.n;
	}
	return err_set(w->e, ERR_BUSY,
		       _("les fichiers changent pendant qu'on les met à jour ; on réessaiera dans un instant"));
}

/* r, both heads, e and what is made are set. */
static int apply(size_t *edits, struct round *w, const struct wt_knowns *known, const struct changes *arriving)
{
	struct arena a;
	size_t met = 0;
	if (!w->r->workdir)
		return err_set(w->e, ERR_CONFIG, _("%s : ce dépôt n'a pas de dossier de travail"), w->r->gitdir);
	if (!arena_begin(&a))
		return err_nomem(w->e);
	w->a = &a;
	for (size_t i = 0; known && i < known->n; i++)
		arena_push(&a, &w->known, known->at[i]);
	for (size_t i = 0; arriving && i < arriving->n; i++)
		if (arriving->at[i].verdict == CHANGE_GUARDED)
			arena_push(&a, &w->guarded, arriving->at[i].path);
	int rc = versions_read(&w->versions, &a, w->r, w->e);
	if (!rc)
		rc = rounds(&met, w);
	if (!rc)
		*edits = met;
	arena_end(&a);
	return rc;
}

int wt_apply(size_t *edits, struct repo *r, const struct oid *old_head, const struct oid *new_head,
	     const struct wt_knowns *known, struct err *e)
{
	struct round w = { .r = r, .old = *old_head, .new = *new_head, .e = e };
	return apply(edits, &w, known, NULL);
}

static int receive(size_t *edits, struct round *w, const struct changes *arriving)
{
	int rc = wt_begin(w->r, w->e);
	if (rc)
		return rc;
	rc = apply(edits, w, NULL, arriving);
	repo_unlock(w->r);
	return rc;
}

int worktree_receive(size_t *edits, struct repo *r, const struct oid *old_head, const struct oid *new_head,
		     const struct changes *arriving, struct err *e)
{
	struct round w = { .r = r, .old = *old_head, .new = *new_head, .e = e };
	return receive(edits, &w, arriving);
}

int worktree_write(size_t *edits, struct repo *r, const struct oid *old_head, const struct oid *new_head, struct err *e)
{
	return worktree_receive(edits, r, old_head, new_head, NULL, e);
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct made_file *)x)->change.path, ((const struct made_file *)y)->change.path);
}

int worktree_publish(struct oid *out, size_t *edits, struct repo *r, const struct oid *head, const struct made_file *files, size_t n,
		     const char *message, struct err *e)
{
	struct arena a;
	struct round w = { .r = r, .old = *head, .e = e };
	if (!arena_begin(&a))
		return err_nomem(e);
	struct made_file *made = arena_array(&a, n, sizeof *made);
	for (size_t i = 0; i < n; i++)
		made[i] = files[i];
	if (n)
		qsort(made, n, sizeof *made, by_path);
	w.made = made;
	w.n_made = n;
	int rc = wt_commit_made(&w.new, &a, r, head, made, n, message, e);
	struct oid commit = w.new;
	if (!rc)
		rc = receive(edits, &w, NULL);
	if (!rc)
		*out = commit;
	arena_end(&a);
	return rc;
}

/* ---- recover */

static int resume(struct arena *a, struct repo *r, const struct journal *j, struct err *e)
{
	struct round w = { .a = a, .r = r, .old = j->old_head, .new = j->new_head, .known = j->known, .e = e };
	struct oid head;
	size_t edits;
	int rc = repo_head(&head, r, e);
	for (size_t i = 0; !rc && i < j->n; i++) {
		rc = round_leftover(&w, i, &j->at[i]);
		if (j->at[i].guarded)
			arena_push(a, &w.guarded, j->at[i].path);
	}
	if (rc || (rc = versions_read(&w.versions, a, r, e)))
		return rc;
	if (!oid_equal(&head, &w.old) && !oid_equal(&head, &w.new)) {
		/* main has gone elsewhere meanwhile: both contents of the journal may be replaced by what main has */
		for (size_t i = 0; i < j->n; i++) {
			struct wt_known from = { j->at[i].path, j->at[i].from, j->old_head, false };
			struct wt_known to = { j->at[i].path, j->at[i].to, j->new_head, false };
			arena_push(a, &w.known, from);
			arena_push(a, &w.known, to);
		}
		w.new = head;
	}
	return rounds(&edits, &w);
}

int worktree_recover(struct repo *r, struct err *e)
{
	struct arena a;
	struct journal j;
	bool there;
	int rc = wt_head_is_main(r, e);
	if (rc || (rc = repo_lock(r, WT_LOCK_MS, e)))
		return rc;
	if (!arena_begin(&a)) {
		repo_unlock(r);
		return err_nomem(e);
	}
	wt_break_locks(r);
	rc = journal_read(&there, &j, &a, r, e);
	if (!rc && there) {
		trace("recover: %zu paths from %.8s to %.8s", j.n, j.old_head.hex, j.new_head.hex);
		rc = resume(&a, r, &j, e);
	} else if (!rc) {
		rc = fs_remove_tree(arena_printf(&a, "%smaillage/tmp", r->gitdir), e);
	}
	arena_end(&a);
	repo_unlock(r);
	return rc;
}

int wt_begin(struct repo *r, struct err *e)
{
	char journal[PATH_MAX];
	int rc = wt_head_is_main(r, e);
	if (rc || (rc = repo_lock(r, WT_LOCK_MS, e)))
		return rc;
	wt_break_locks(r);
	snprintf(journal, sizeof journal, "%smaillage/journal", r->gitdir);
	if (fs_exists(journal) && (rc = worktree_recover(r, e)))
		repo_unlock(r);
	return rc;
}
