/* Happy path: every loose object and every pack is read once; what does not read goes aside. Then the holes are known: the history of
 * all references is walked, and where something is missing the hub is asked for everything it has.
 *
 * A plain fetch would bring nothing: it tells the hub which commits are here, and the hub believes that all they lead to is here
 * too. So a new repository, which has nothing to tell, fetches, and its packs are moved here.
 *
 * A damaged pack goes aside whole, for git asks packs first and does not look further when one answers with an error. Its good
 * objects are written again one by one.
 *
 * Killed anywhere: nothing but copies is made, and the next call begins again.
 */
#include "repair.h"

#include <git2/sys/odb_backend.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"
#include "heal.h"
#include "objs.h"
#include "wt.h"

/* ---- what does not read goes aside */

static int damaged_loose(struct repo *r, const char *folder, struct err *e)
{
	char path[PATH_MAX], hex[OID_HEX + 1];
	struct fs_names names;
	snprintf(path, sizeof path, "%sobjects/%s", r->gitdir, folder);
	int rc = fs_list(&names, path, e);
	for (size_t i = 0; !rc && i < names.n; i++) {
		git_odb_object *obj;
		git_oid oid;
		snprintf(hex, sizeof hex, "%s%s", folder, names.at[i]);
		if (strlen(names.at[i]) != OID_HEX - 2 || git_oid_fromstr(&oid, hex) < 0)
			continue;
		snprintf(path, sizeof path, "%sobjects/%s/%s", r->gitdir, folder, names.at[i]);
		if (!heal__is_cut(path) && git_odb_read(&obj, r->odb, &oid) == 0)
			git_odb_object_free(obj);
		else
			rc = heal__set_aside(r, folder, names.at[i], e);
	}
	fs_names_free(&names);
	return rc;
}

/* One pack by itself; NULL: its index does not even open. */
static git_odb *open_pack(const char *idx)
{
	git_odb *odb = NULL;
	git_odb_backend *pack;
	if (git_odb_new(&odb) < 0)
		return NULL;
	if (git_odb_backend_one_pack(&pack, idx) == 0 && git_odb_add_backend(odb, pack, 1) == 0)
		return odb;
	git_odb_free(odb);
	return NULL;
}

struct reading {
	git_odb *from, *to; /* to NULL: only look */
	bool damaged;
	int rc; /* of writing */
};

static int read_one(const git_oid *oid, void *ctx)
{
	struct reading *x = ctx;
	git_odb_object *obj;
	git_oid same;
	if (git_odb_read(&obj, x->from, oid) < 0) {
		x->damaged = true;
		return 0;
	}
	if (x->to)
		x->rc = git_odb_write(&same, x->to, git_odb_object_data(obj), git_odb_object_size(obj), git_odb_object_type(obj));
	git_odb_object_free(obj);
	return x->rc;
}

static bool pack_is_damaged(const char *idx)
{
	struct reading x = { .from = open_pack(idx) };
	if (!x.from)
		return true;
	bool damaged = git_odb_foreach(x.from, read_one, &x) < 0 || x.damaged;
	git_odb_free(x.from);
	return damaged;
}

static const char *const pack_ends[] = { ".pack", ".idx" }; /* the index last: with it, git sees the pack */

struct packs {
	const char **at; /* without .idx and .pack */
	size_t n, cap;
};

/* The packs of a folder, full paths; none where there is no such folder. */
static int list_packs(struct packs *out, struct arena *a, const char *folder, struct err *e)
{
	struct fs_names names = { 0 };
	int rc = fs_is_dir(folder) ? fs_list(&names, folder, e) : 0;
	for (size_t i = 0; !rc && i < names.n; i++) {
		size_t n = strlen(names.at[i]);
		size_t end = n > 5 && !strcmp(names.at[i] + n - 5, ".pack") ? 5 : n > 4 && !strcmp(names.at[i] + n - 4, ".idx") ? 4 : 0;
		const char *base = arena_printf(a, "%s/%.*s", folder, (int)(n - end), names.at[i]);
		if (end && (!out->n || strcmp(out->at[out->n - 1], base))) /* they are sorted: x.idx, x.pack */
			arena_push(a, out, base);
	}
	fs_names_free(&names);
	return rc;
}

static int damaged_packs(struct arena *a, struct repo *r, struct err *e)
{
	struct packs packs = { 0 };
	int rc = list_packs(&packs, a, arena_printf(a, "%sobjects/pack", r->gitdir), e);
	for (size_t i = 0; !rc && i < packs.n; i++) {
		const char *name = strrchr(packs.at[i], '/') + 1;
		if (!pack_is_damaged(arena_printf(a, "%s.idx", packs.at[i])))
			continue;
		/* either without the other is found again, should we be killed in between */
		for (size_t k = 0; !rc && k < 2; k++)
			if (fs_exists(arena_printf(a, "%s%s", packs.at[i], pack_ends[k])))
				rc = heal__set_aside(r, "pack", arena_printf(a, "%s%s", name, pack_ends[k]), e);
	}
	return rc;
}

static int set_damaged_aside(struct arena *a, struct repo *r, struct err *e)
{
	struct fs_names folders;
	int rc = fs_list(&folders, arena_printf(a, "%sobjects", r->gitdir), e);
	for (size_t i = 0; !rc && i < folders.n; i++)
		if (strlen(folders.at[i]) == 2)
			rc = damaged_loose(r, folders.at[i], e);
	fs_names_free(&folders);
	return rc ? rc : damaged_packs(a, r, e);
}

/* ---- what is at hand */

/* Where only the index is damaged the pack is as good as ever. */
static bool index_again(struct arena *a, struct repo *r, const char *pack)
{
	char bytes[65536];
	git_indexer *x;
	git_indexer_progress progress = { 0 };
	FILE *f = fopen(pack, "re");
	if (!f)
		return false;
	int rc = git_indexer_new(&x, arena_printf(a, "%sobjects/pack", r->gitdir), 0444, r->odb, NULL);
	bool made = rc == 0;
	for (size_t n; rc == 0 && (n = fread(bytes, 1, sizeof bytes, f)) > 0;)
		rc = git_indexer_append(x, bytes, n, &progress);
	if (rc == 0)
		rc = git_indexer_commit(x, &progress);
	if (made)
		git_indexer_free(x);
	fclose(f);
	if (rc == 0)
		git_odb_refresh(r->odb);
	return rc == 0;
}

static int salvage_packs(struct arena *a, struct repo *r, struct err *e)
{
	struct packs packs = { 0 };
	int rc = list_packs(&packs, a, arena_printf(a, "%smaillage/abimes/pack", r->gitdir), e);
	for (size_t i = 0; !rc && i < packs.n; i++) {
		if (index_again(a, r, arena_printf(a, "%s.pack", packs.at[i])))
			continue;
		struct reading x = { .from = open_pack(arena_printf(a, "%s.idx", packs.at[i])), .to = r->odb };
		if (x.from)
			git_odb_foreach(x.from, read_one, &x); /* what this cannot read is looked for elsewhere */
		if (x.rc < 0)
			rc = giterr(e, x.rc, "%sobjects", r->gitdir);
		git_odb_free(x.from);
	}
	return rc;
}

/* What was recorded last is often still in the folder as it was. */
static int salvage_folder(struct repo *r, struct err *e)
{
	struct arena a; /* of one file */
	git_index *idx;
	if (!r->workdir || wt_index(&idx, r, NULL) < 0) /* the index may be what is damaged: nothing is lost with it */
		return 0;
	int rc = 0;
	for (size_t i = 0; !rc && i < git_index_entrycount(idx); i++) {
		const git_index_entry *en = git_index_get_byindex(idx, i);
		struct wt_file f;
		struct oid want;
		git_oid oid;
		if (git_odb_exists(r->odb, &en->id))
			continue;
		if (!arena_begin(&a)) {
			rc = err_nomem(e);
			break;
		}
		oid_from_git(&want, &en->id);
		if (wt_look(&f, &a, r, en->path, NULL) == 0 && f.bytes && oid_equal(&f.blob, &want) &&
		    (rc = git_odb_write(&oid, r->odb, f.bytes, f.n, GIT_OBJECT_BLOB)) < 0)
			rc = giterr(e, rc, "%s", en->path);
		arena_end(&a);
	}
	git_index_free(idx);
	return rc;
}

/* ---- what is missing still */

struct hunt {
	struct objs s;
	struct arena *a;
	struct oidmap seen;
	struct {
		git_oid *at;
		size_t n, cap;
	} todo; /* commits */
	size_t missing;
};

static bool is_new(struct hunt *h, const git_oid *oid)
{
	if (oidmap_get(&h->seen, oid))
		return false;
	oidmap_put(&h->seen, h->a, oid, h);
	if (git_odb_exists(h->s.r->odb, oid))
		return true;
	h->missing++;
	return false;
}

static void hunt_tree(struct hunt *h, const git_oid *tree, int depth)
{
	struct tcur c;
	if (depth > TREE_MAX_DEPTH || !is_new(h, tree) || tcur_open(&c, &h->s, tree, NULL) < 0)
		return;
	while (!c.done) {
		git_oid oid = c.at.oid;
		if (is_tree(&c.at))
			hunt_tree(h, &oid, depth + 1);
		else if (c.at.mode != MODE_GITLINK)
			is_new(h, &oid);
		if (tcur_next(&c, NULL) < 0)
			break;
	}
	tcur_end(&c);
}

static int hunt_ref(const char *name, void *ctx)
{
	struct hunt *h = ctx;
	git_oid oid;
	if (git_reference_name_to_id(&oid, h->s.r->git, name) == 0)
		arena_push(h->a, &h->todo, oid);
	return 0;
}

/* Of what one commit leads to; tip NULL: of what all references do. */
static size_t count_missing(struct arena *a, struct repo *r, const git_oid *tip)
{
	struct hunt h = { .a = a };
	objs_init(&h.s, r, NULL);
	if (tip)
		arena_push(a, &h.todo, *tip);
	else
		git_reference_foreach_name(r->git, hunt_ref, &h);
	while (h.todo.n) {
		git_oid oid = h.todo.at[--h.todo.n];
		git_commit *c;
		if (!is_new(&h, &oid) || git_commit_lookup(&c, r->git, &oid) < 0)
			continue;
		hunt_tree(&h, git_commit_tree_id(c), 0);
		for (unsigned i = 0; i < git_commit_parentcount(c); i++)
			arena_push(a, &h.todo, *git_commit_parent_id(c, i));
		git_commit_free(c);
	}
	return h.missing;
}

/* ---- what the hub has */

static int take_packs(struct arena *a, struct repo *r, struct repo *from, struct err *e)
{
	struct packs packs = { 0 };
	const char *to = arena_printf(a, "%sobjects/pack", r->gitdir);
	int rc = list_packs(&packs, a, arena_printf(a, "%sobjects/pack", from->gitdir), e);
	if (!rc)
		rc = fs_mkdirs(to, e);
	for (size_t i = 0; !rc && i < 2 * packs.n; i++) {
		const char *file = arena_printf(a, "%s%s", packs.at[i / 2], pack_ends[i % 2]);
		if (rename(file, arena_printf(a, "%s%s", to, strrchr(file, '/'))) < 0)
			rc = err_errno(e, file);
	}
	return rc ? rc : fs_sync_dir(to, e);
}

static int fill_from_hub(struct arena *a, struct repo *r, const char *url, const struct remote_options *o, struct err *e)
{
	struct repo *fresh;
	struct oid head;
	const char *dir = arena_printf(a, "%smaillage/repair", r->gitdir);
	int rc = fs_remove_tree(dir, e);
	if (rc || (rc = repo_create_bare(&fresh, dir, r->collective, e)))
		return rc;
	rc = remote_fetch(&head, fresh, url, "refs/maillage/hub", o, e);
	if (!rc)
		rc = take_packs(a, r, fresh, e);
	repo_close(fresh);
	struct err ignored;
	int removed = fs_remove_tree(dir, &ignored);
	if (removed)
		trace("repair: %s", ignored.msg);
	return rc;
}

/* ---- what nobody has any more */

#define STEPS_MAX 50

struct lost {
	git_oid *at;
	size_t n, cap;
};

static bool is_lost(const struct lost *l, const git_oid *oid)
{
	for (size_t i = 0; i < l->n; i++)
		if (git_oid_equal(&l->at[i], oid))
			return true;
	return false;
}

/* Where main was before, as far as it is whole; *lost: where it was since. */
static bool whole_before(git_oid *out, struct lost *lost, struct arena *a, struct repo *r)
{
	git_reflog *log;
	bool found = false;
	if (git_reflog_read(&log, r->git, MAIN_REF) < 0)
		return false;
	for (size_t i = 0; !found && i < git_reflog_entrycount(log) && i < STEPS_MAX; i++) {
		const git_oid *was = git_reflog_entry_id_new(git_reflog_entry_byindex(log, i));
		if (is_lost(lost, was))
			continue;
		found = !count_missing(a, r, was);
		if (found)
			*out = *was;
		else
			arena_push(a, lost, *was);
	}
	git_reflog_free(log);
	return found;
}

/* git finds fault with a log that names commits of which something is missing. */
static void clean_log(struct repo *r, const char *ref, const struct lost *lost)
{
	git_reflog *log;
	if (git_reflog_read(&log, r->git, ref) < 0)
		return;
	for (size_t i = git_reflog_entrycount(log); i-- > 0;)
		if (is_lost(lost, git_reflog_entry_id_new(git_reflog_entry_byindex(log, i))))
			git_reflog_drop(log, i, 1);
	git_reflog_write(log);
	git_reflog_free(log);
}

/* References of our own, to what nobody has: a note of where something was. */
static int drop_note(const char *name, void *ctx)
{
	struct repo *r = ctx;
	git_oid oid;
	if (!strncmp(name, "refs/maillage/", 14) && git_reference_name_to_id(&oid, r->git, name) == 0 && !git_odb_exists(r->odb, &oid))
		git_reference_remove(r->git, name);
	return 0;
}

/* Commits that were never sent are gone. The folder shows what they made, so from the commit before them it is an edit, and becomes
 * one again. Never from a later one, the hub's: what the folder does not show yet would look removed. */
static int step_back(struct arena *a, struct repo *r, struct err *e)
{
	struct lost lost = { 0 };
	struct oid from, to;
	git_oid now, before;
	git_reference_foreach_name(r->git, drop_note, r);
	if (git_reference_name_to_id(&now, r->git, MAIN_REF) < 0 || !count_missing(a, r, &now))
		return 0;
	arena_push(a, &lost, now);
	if (!whole_before(&before, &lost, a, r))
		return 0;
	oid_from_git(&from, &now);
	oid_from_git(&to, &before);
	trace("repair: main goes back from %.8s to %.8s", from.hex, to.hex);
	int rc = repo_ref_move(r, MAIN_REF, &from, &to, "maillage: repair", e);
	if (!rc) {
		clean_log(r, MAIN_REF, &lost);
		clean_log(r, "HEAD", &lost);
	}
	return rc;
}

/* ---- */

static int refill(struct arena *a, struct repo *r, const char *url, const struct remote_options *o, struct err *e)
{
	struct oid root;
	int rc = repo_root_commit(&root, r, e); /* every repository begins with it, and so does the one that will fetch */
	if (rc || (rc = salvage_packs(a, r, e)) || (rc = salvage_folder(r, e)))
		return rc;
	size_t missing = count_missing(a, r, NULL);
	trace("repair: %zu objects are missing", missing);
	if (!missing)
		return 0;
	if (*url && (rc = fill_from_hub(a, r, url, o, e)))
		return rc;
	git_odb_refresh(r->odb);
	return step_back(a, r, e);
}

static const char *holes(char out[PATH_MAX], const struct repo *r)
{
	snprintf(out, PATH_MAX, "%s" HEAL_HOLES, r->gitdir);
	return out;
}

bool repair_is_due(const struct repo *r)
{
	char path[PATH_MAX];
	return fs_exists(holes(path, r));
}

int repair_run(struct repo *r, const char *url, const struct remote_options *o, struct err *e)
{
	struct arena a;
	struct repo *again;
	must(r->lock_depth > 0);
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = set_damaged_aside(&a, r, e);
	/* r remembers objects and packs that have gone */
	if (!rc && !(rc = repo_open(&again, r->gitdir, e))) {
		rc = refill(&a, again, url, o, e);
		repo_close(again);
	}
	arena_end(&a);
	char path[PATH_MAX];
	return rc ? rc : fs_unlink(holes(path, r), e);
}
