/* replay.c -- see replay.h; remake.c makes the commits.
 *
 * Rounds: ask the hub's check about what is unpublished; its faults become causes; make the commits again without them; ask again. A
 * fault at the tip first takes away the one version that is there (the good ones before it may leave); when the path has a fault
 * again, all its unpublished versions. Each round starts from the same old commits, and must bring a cause that is new.
 *
 * Moving main:
 *   1 the note (.git/maillage/replay): old and new head. fsynced
 *   2 REPLAY_KEPT: what is replaced stays reachable
 *   3 the versions that people may have in front of them (journal.c) are those of the new commits: an edit made on an old one
 *     would bring the cause back as the ancestor of a merge
 *   4 main, by compare-and-swap
 *   5 the index, where it still holds what the old head had: the folder's files show as changes
 *   6 sidecars in the folder: they name commits, and are the machine's to write
 *   7 the note goes
 * Killed before 4: main is where it was; the next call does it all again, and makes the same commits. After 4: 5 to 7 are made up for.
 */
#include "replay.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"
#include "hubcheck.h"
#include "remake.h"
#include "state.h"
#include "wt.h"

#define ROUNDS 64

struct replay {
	struct arena *a;
	struct repo *r;
	const struct oid *published;
	size_t n;
	struct oid base, head, now; /* what the check starts from; main; what it becomes */
	struct causes why;
	struct remakes made;
	struct cancel *cancel;
	struct err *e;
};

/* ---- causes */

static struct cause *cause_at(struct causes *why, const char *path, enum cause_kind kind)
{
	for (size_t i = 0; i < why->n; i++)
		if (why->at[i].kind == kind && !strcmp(why->at[i].path, path))
			return &why->at[i];
	return NULL;
}

/* True when it is new. */
static bool add_cause(struct replay *p, const char *path, enum cause_kind kind, const struct tentry *entry)
{
	struct cause one = { .path = arena_dup(p->a, path), .kind = kind };
	if (cause_at(&p->why, path, CAUSE_PATH) || (kind != CAUSE_ENTRY && cause_at(&p->why, path, kind)))
		return false;
	if (entry)
		one.entry = *entry;
	arena_push(p->a, &p->why, one);
	return true;
}

static bool is_private(const char *path)
{
	return !strncmp(path, "prive/", 6) || !strcmp(path, "prive") || !strncmp(path, ".maillage/", 10);
}

/* Its version at the tip, or once more: every version. */
static int add_tip(bool *fresh, struct replay *p, const char *path)
{
	struct tentry at;
	const struct cause *known = cause_at(&p->why, path, CAUSE_ENTRY);
	int rc = objs_entry_at(&at, p->r, &p->now, path, p->e);
	if (rc || !at.mode || is_tree(&at) || (known && tentry_equal(&known->entry, &at))) /* another fault of the same version */
		return rc;
	*fresh = add_cause(p, path, known ? CAUSE_PATH : CAUSE_ENTRY, &at) || *fresh;
	return 0;
}

static bool is_one_of(const char *code, const char *const *list)
{
	while (*list && strcmp(*list, code) != 0)
		list++;
	return *list;
}

/* *fresh: it says something that is not known yet. *hopeless: no replay mends it. */
static int take_fault(bool *fresh, bool *hopeless, struct replay *p, const struct fault *f)
{
	/* the last: the file in the folder would be recorded again at once */
	static const char *const beyond[] = { "ref", "delete", "rewrite", "root", "tree", "limit", "case", NULL };
	const char *path = f->path ? f->path : "";
	if (f->warning)
		return 0;
	if (!strcmp(f->code, "fusion")) {
		*fresh = *fresh || !p->why.merges;
		p->why.merges = true;
	} else if (is_one_of(f->code, beyond) || !*path) {
		*hopeless = true;
	} else if (is_private(path)) {
		*fresh = add_cause(p, path, CAUSE_PATH, NULL) || *fresh;
	} else if (!strcmp(f->code, "secret")) {
		*fresh = add_cause(p, path, CAUSE_KEY, NULL) || *fresh;
	} else if (!strcmp(f->code, "size")) {
		*fresh = add_cause(p, path, CAUSE_SIZE, NULL) || *fresh;
	} else if (!strcmp(f->code, "pillar")) {
		*fresh = add_cause(p, path, CAUSE_GONE, NULL) || *fresh;
	} else if (!strncmp(path, "schema/", 7) && repo_is_national(p->r)) {
		*hopeless = true; /* its own: it does not wait in the folder */
	} else if (!strncmp(path, "schema/", 7)) { /* half of one is nobody's */
		*fresh = add_cause(p, "schema/", CAUSE_PATH, NULL) || *fresh;
	} else {
		return add_tip(fresh, p, path);
	}
	return 0;
}

static int ask_hub(struct faults *out, struct replay *p)
{
	struct push_update u = { .ref = MAIN_REF, .from = p->base, .to = p->now };
	*out = (struct faults){ 0 };
	return hubcheck_run(out, p->a, p->r, p->r, &u, 1, p->e);
}

/* p->now: the new head, or p->head when there is nothing to do or nothing helps. */
static int find_new_head(struct replay *p)
{
	git_oid head, now;
	int rc = oid_to_git(&head, &p->head, p->e);
	p->now = p->head;
	for (int i = 0; !rc && i < ROUNDS; i++) {
		struct faults f;
		bool fresh = false, hopeless = false;
		if ((rc = ask_hub(&f, p)) || !f.errors)
			return rc;
		for (size_t k = 0; !rc && k < f.n; k++)
			rc = take_fault(&fresh, &hopeless, p, &f.at[k]);
		if (rc || hopeless || !fresh)
			break;
		if (!(rc = remake_commits(&now, &p->made, p->a, p->r, &head, p->published, p->n, &p->why, p->cancel, p->e)))
			oid_from_git(&p->now, &now);
	}
	p->now = p->head;
	return rc;
}

/* ---- where the check starts: it wants one published commit that main contains */

static int find_base(struct replay *p)
{
	git_oid x, y, base;
	int rc = oid_to_git(&x, &p->head, p->e);
	p->base = (struct oid){ "" };
	for (size_t i = 0; !rc && i < p->n; i++) {
		if (!oid_is(&p->published[i]))
			continue;
		if ((rc = oid_to_git(&y, &p->published[i], p->e)))
			break;
		int found = git_merge_base(&base, p->r->git, &x, &y);
		if (found < 0 && found != GIT_ENOTFOUND)
			rc = giterr(p->e, found, _("recherche de l'ancêtre commun"));
		bool later = found == 0 && !oid_is(&p->base);
		if (found == 0 && oid_is(&p->base)) { /* the nearer one */
			git_oid had;
			if (!(rc = oid_to_git(&had, &p->base, p->e)))
				later = git_graph_descendant_of(p->r->git, &base, &had) == 1;
		}
		if (later)
			oid_from_git(&p->base, &base);
	}
	return rc;
}

/* ---- moving */

static const char *note_path(struct arena *a, const struct repo *r)
{
	return arena_printf(a, "%smaillage/replay", r->gitdir);
}

static int write_note(struct replay *p)
{
	const char *text = arena_printf(p->a, "%s %s\n", p->head.hex, p->now.hex);
	return fs_write(note_path(p->a, p->r), text, strlen(text), p->e);
}

static int keep_old(struct replay *p)
{
	const char *ref = arena_printf(p->a, REPLAY_KEPT "%.12s", p->head.hex);
	struct oid there;
	int rc = repo_ref(&there, p->r, ref, p->e);
	if (rc || oid_equal(&there, &p->head))
		return rc;
	return repo_ref_move(p->r, ref, &there, &p->head, "maillage: replay", p->e);
}

static int map_versions(struct replay *p)
{
	struct versions v, kept = { 0 };
	int rc = versions_read(&v, p->a, p->r, p->e);
	for (size_t i = 0; !rc && i < v.n; i++) {
		struct version one = v.at[i];
		git_oid old;
		struct oid blob;
		const struct remade *to = NULL;
		if (oid_is(&one.head) && !(rc = oid_to_git(&old, &one.head, p->e)))
			to = oidmap_get(&p->made.by_old, &old);
		if (rc || !to) {
			versions_add(&kept, p->a, &one);
			continue;
		}
		oid_from_git(&one.head, &to->new);
		if ((rc = wt_blob_at(&blob, p->r, &one.head, one.path, p->e)))
			break;
		if (!one.held && !oid_equal(&blob, &one.before))
			continue; /* no commit holds it any more: nothing to make an edit on */
		/* else what lies there is not in history any more, and is an edit */
		one.guarded = one.guarded && oid_equal(&blob, &one.before);
		one.before = blob;
		versions_add(&kept, p->a, &one);
	}
	return rc ? rc : versions_write(p->r, &kept, p->e);
}

struct settling {
	struct replay *p;
	git_index *idx;
	struct wt_knowns known; /* sidecars in the folder that may be written over */
};

/* A path that the old head has otherwise than the new one. */
static int settle_one(void *ctx, const char *path, const struct oid *old, const struct oid *new)
{
	struct settling *s = ctx;
	struct replay *p = s->p;
	struct tentry at;
	const git_index_entry *en = git_index_get_bypath(s->idx, path, 0);
	struct oid have = { "" };
	if (en)
		oid_from_git(&have, &en->id);
	int rc = objs_entry_at(&at, p->r, &p->now, path, p->e);
	if (!rc && oid_equal(&have, old)) /* else somebody has put something else there since */
		rc = wt_index_set(s->idx, path, new, at.mode, NULL, p->e);
	bool theirs = cause_at(&p->why, path, CAUSE_ENTRY) || cause_at(&p->why, path, CAUSE_PATH);
	if (!rc && !strncmp(path, "conflits/", 9) && !theirs) {
		struct wt_known k = { arena_dup(p->a, path), *old, p->head, true };
		arena_push(p->a, &s->known, k);
	}
	return rc;
}

/* Steps 5 to 7; p->head and p->now as the note has them, main at p->now or beyond. */
static int settle(struct replay *p)
{
	struct settling s = { .p = p };
	struct oid main;
	size_t met = 0;
	int rc = wt_index(&s.idx, p->r, p->e);
	if (rc)
		return rc;
	rc = repo_diff(p->r, &p->head, &p->now, settle_one, &s, p->e);
	if (!rc)
		rc = wt_index_write(s.idx, p->r, p->e);
	git_index_free(s.idx);
	if (!rc)
		rc = repo_head(&main, p->r, p->e);
	if (!rc && s.known.n)
		rc = wt_apply(&met, p->r, &main, &main, &s.known, p->e);
	return rc ? rc : fs_unlink(note_path(p->a, p->r), p->e);
}

static int move(struct replay *p)
{
	int rc;
	wt__step("replay note");
	if ((rc = write_note(p)))
		return rc;
	wt__step("replay kept");
	if ((rc = keep_old(p)))
		return rc;
	wt__step("replay versions");
	if ((rc = map_versions(p)))
		return rc;
	wt__step("replay main");
	if ((rc = repo_ref_move(p->r, MAIN_REF, &p->head, &p->now, "maillage: replay", p->e)))
		return rc;
	wt__step("replay index");
	return settle(p);
}

/* What a killed run left: nothing to do when main had not moved, or went elsewhere. */
static int finish_killed(struct replay *p)
{
	struct buf b = BUF_INIT;
	struct oid main;
	bool contains = false;
	if (!fs_exists(note_path(p->a, p->r)))
		return 0;
	if (fs_read(&b, note_path(p->a, p->r), 256, NULL) == 0 &&
	    sscanf(buf_str(&b), "%40[0-9a-f] %40[0-9a-f]", p->head.hex, p->now.hex) == 2 && repo_head(&main, p->r, NULL) == 0 &&
	    repo_is_ancestor(&contains, p->r, &p->now, &main, NULL) < 0)
		contains = false;
	buf_free(&b);
	return contains ? settle(p) : fs_unlink(note_path(p->a, p->r), p->e);
}

static int replay(struct replayed *out, struct replay *p)
{
	int rc = finish_killed(p);
	if (rc || (rc = repo_head(&p->head, p->r, p->e)) || !oid_is(&p->head) || (rc = find_base(p)))
		return rc;
	if (oid_equal(&p->base, &p->head) || (rc = find_new_head(p)) || oid_equal(&p->now, &p->head))
		return rc;
	trace("replay: %.8s becomes %.8s, %zu commits, %zu causes", p->head.hex, p->now.hex, p->made.n, p->why.n);
	if (!(rc = move(p)))
		*out = (struct replayed){ p->made.n, p->head, p->now };
	return rc;
}

int replay_unacceptable(struct replayed *out, struct repo *r, const struct oid *published, size_t n, struct cancel *cancel, struct err *e)
{
	struct arena a;
	struct replayed done = { 0 };
	int rc = wt_begin(r, e);
	if (rc)
		return rc;
	if (!arena_begin(&a)) {
		repo_unlock(r);
		return err_nomem(e);
	}
	struct replay p = { .a = &a, .r = r, .published = published, .n = n, .cancel = cancel, .e = e };
	rc = replay(&done, &p);
	if (!rc)
		*out = done;
	arena_end(&a);
	repo_unlock(r);
	return rc;
}

struct keeping {
	struct arena *a;
	size_t n;
	const char *one;
};

static int one_kept(const char *name, void *ctx)
{
	struct keeping *k = ctx;
	k->one = arena_dup(k->a, name);
	k->n++;
	return 0;
}

int replay_kept(size_t *n, const char **one, struct arena *a, struct repo *r, struct err *e)
{
	struct keeping k = { .a = a };
	int rc = git_reference_foreach_glob(r->git, REPLAY_KEPT "*", one_kept, &k);
	if (rc < 0)
		return giterr(e, rc, "%s", REPLAY_KEPT);
	*n = k.n;
	*one = k.one;
	return 0;
}
