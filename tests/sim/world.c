/* world.c -- the sites: their heads, their commits, their exchanges. */
#include "replicas.h"

#include <git2/sys/mempack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fsio.h"
#include "store/giterr.h"
#include "store/repo_int.h"
#include "store/wt.h"

#define FIRST_DAY 1525305600 /* 2018-05-03; a commit is made each hour */

static int first_state(struct world *w, const char *schema, const char *record, struct err *e)
{
	struct buf s = BUF_INIT, t = BUF_INIT;
	struct oid root;
	int rc = fs_read(&s, schema, 1 << 20, e);
	if (!rc)
		rc = fs_read(&t, record, 1 << 20, e);
	if (!rc)
		rc = repo_root_commit(&root, w->r, e);
	if (!rc) {
		struct file_change files[RECORDS] = { { "schema/essai.schema.yaml", s.at, s.n } };
		for (int i = 1; i < RECORDS; i++) { /* the last record does not exist yet */
			const char *id = strstr(buf_str(&t), "ID"), *name = arena_printf(&w->a, "e%d", i);
			const char *text = arena_printf(&w->a, "%.*s%s%s", (int)(id - buf_str(&t)), buf_str(&t), name, id + 2);
			files[i] = (struct file_change){ arena_printf(&w->a, "essais/%s/%s.yaml", name, world_id(w, name)), text,
							 strlen(text) };
		}
		rc = repo_commit(&w->start, w->r, &root, files, RECORDS, "début", e);
	}
	buf_free(&s);
	buf_free(&t);
	return rc;
}

int world_open(struct world *w, const char *dir, const char *schema, const char *record, struct err *e)
{
	*w = (struct world){ .n = 0 };
	setenv("GIT_AUTHOR_DATE", "1525305600", 1);
	setenv("GIT_COMMITTER_DATE", "1525305600", 1);
	setenv("SOURCE_DATE_EPOCH", "1525305600", 1);
	int rc = store_init(e);
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0); /* nothing lies on a disk that could spoil it; a third of the time */
	if (rc || (rc = repo_create(&w->r, dir, NULL, "ara", "act-ara-z", e)))
		return rc;
	if (!arena_begin(&w->a))
		return err_nomem(e);
	rc = first_state(w, schema, record, e);
	arena_end(&w->a);
	if (rc)
		return rc;
	git_odb_backend *memory;
	if ((rc = git_mempack_new(&memory)) < 0 || (rc = git_odb_add_backend(w->r->odb, memory, 999)) < 0)
		return giterr(e, rc, "mempack");
	return 0;
}

void world_close(struct world *w)
{
	world_end(w);
	repo_close(w->r);
	store_fini();
}

int world_begin(struct world *w, int sites, struct err *e)
{
	world_end(w);
	if (!arena_begin(&w->a))
		return err_nomem(e);
	w->begun = true;
	w->n = sites;
	w->commits = w->merges = 0;
	w->hub = w->start;
	for (int i = 0; i < SITES_MAX; i++)
		w->head[i] = w->opened[i] = w->start;
	return 0;
}

void world_end(struct world *w)
{
	if (w->begun)
		arena_end(&w->a);
	w->begun = false; /* the objects stay: libgit2 would still believe to have those it remembers */
}

const char *world_id(struct world *w, const char *name)
{
	return arena_printf(&w->a, "ess-ara-%s", name);
}

int world_see(struct seen *out, struct world *w, const struct oid *at, const char *id, struct err *e)
{
	const struct schemas *set;
	const char *bytes, *side;
	size_t n, side_n;
	struct faults faults = { 0 };
	struct diffs raw = { .id = id };
	int rc = repo_schemas(&set, w->r, at, e);
	if (rc)
		return rc;
	*out = (struct seen){ .id = id, .path = record_path(&w->a, set, id), .side = record_sidecar_path(&w->a, id) };
	if ((rc = repo_read(&bytes, &n, NULL, &w->a, w->r, at, out->path, e)) ||
	    (rc = repo_read(&side, &side_n, NULL, &w->a, w->r, at, out->side, e)))
		return rc;
	out->has_side = side;
	if (bytes)
		record_load(&out->rec, &faults, &w->a, set, out->path, out->path, "ara", bytes, n);
	if (bytes && !out->rec.doc)
		return err_set(e, ERR_DATA, "%s: outside the profile: %s", out->path, bytes);
	if (side && (rc = diffs_parse(&raw, &w->a, out->side, side, side_n, e)))
		return rc;
	if (bytes)
		diffs_normalise(&out->diffs, &w->a, out->rec.schema, out->rec.val, &raw, NULL);
	return 0;
}

/* Whose turn it is, and when. */
static void sign(struct world *w, int site)
{
	char name[16], date[24];
	snprintf(name, sizeof name, "act-ara-%c", 'a' + site);
	snprintf(date, sizeof date, "%lld", FIRST_DAY + 3600LL * ++w->commits);
	free(w->r->author);
	w->r->author = strdup(name);
	setenv("GIT_AUTHOR_DATE", date, 1);
	setenv("GIT_COMMITTER_DATE", date, 1);
	setenv("SOURCE_DATE_EPOCH", date, 1);
}

int world_commit(struct world *w, int site, enum by by, const struct file_change *files, size_t n, struct err *e)
{
	struct wt_edits edits = { 0 };
	struct wt_knowns known = { 0 };
	struct oid head = w->head[site];
	size_t made = 0;
	sign(w, site);
	if (by == BY_GIT)
		return repo_commit(&w->head[site], w->r, &head, files, n, "à la main", e);
	for (size_t i = 0; i < n; i++) {
		struct wt_edit ed = { .path = files[i].path,
				      .bytes = files[i].bytes,
				      .n = files[i].n,
				      .base = by == BY_OLD ? w->opened[site] : head };
		git_oid oid;
		if (ed.bytes && git_odb_hash(&oid, ed.bytes, ed.n, GIT_OBJECT_BLOB) == 0)
			oid_from_git(&ed.blob, &oid);
		arena_push(&w->a, &edits, ed);
	}
	return wt_commit_edits(&w->head[site], &made, &known, &w->a, w->r, &head, &edits, NULL, e);
}

/* --- exchanges ---------------------------------------------------------------------------------------------------- */

/* The site's head against another one; hub: the other is published. */
static int take(enum join *how, struct world *w, int site, const struct oid *from, bool hub, struct err *e)
{
	const struct oid mine = w->head[site];
	int rc = hub ? merge_plan(how, w->r, &mine, from, e) : merge_plan_peer(how, w->r, &mine, from, e);
	if (rc)
		return rc;
	if (*how == JOIN_FAST_FORWARD || *how == JOIN_ADOPT_HUB)
		w->head[site] = *from;
	if (*how != JOIN_MERGE)
		return 0;
	w->merges++;
	return merge_commit(&w->head[site], NULL, &w->a, w->r, &mine, from, e);
}

int world_pull(enum join *how, struct world *w, int site, const struct oid *from, struct err *e)
{
	return take(how, w, site, from, false, e);
}

/* A push: only ever forward. */
static int push(bool *refused, struct world *w, int site, struct err *e)
{
	bool forward;
	int rc = repo_is_ancestor(&forward, w->r, &w->hub, &w->head[site], e);
	*refused = !forward;
	if (!rc && forward)
		w->hub = w->head[site];
	return rc;
}

int world_sync(struct world *w, int site, struct err *e)
{
	enum join how;
	bool refused;
	int rc = take(&how, w, site, &w->hub, true, e);
	if (!rc && !(rc = push(&refused, w, site, e)) && refused)
		return err_set(e, ERR_DATA, "the plan %s leads to a push that is no fast-forward", join_name(how));
	return rc;
}

int world_race(struct world *w, int site, int faster, struct err *e)
{
	enum join how;
	bool refused;
	int rc = take(&how, w, site, &w->hub, true, e);
	if (rc || (rc = world_sync(w, faster, e)) || (rc = push(&refused, w, site, e)))
		return rc;
	return refused ? world_sync(w, site, e) : 0;
}

int world_lockstep(bool *moved, struct world *w, struct err *e)
{
	struct oid at[SITES_MAX];
	enum join how;
	int rc = 0;
	memcpy(at, w->head, sizeof at);
	*moved = false;
	for (int i = 0; i < w->n; i++)
		for (int k = 0; !rc && k < w->n; k++) {
			if (k == i || (rc = world_pull(&how, w, i, &at[k], e)))
				continue;
			*moved = *moved || how != JOIN_SAME;
		}
	return rc;
}

/* --- plain git ------------------------------------------------------------------------------------------------------ */

static int resolve_files(git_index *idx, bool mine)
{
	git_index_conflict_iterator *it;
	const git_index_entry *base, *ours, *theirs;
	const char *paths[16];
	git_index_entry keep[16];
	size_t n = 0;
	int rc = git_index_conflict_iterator_new(&it, idx);
	if (rc < 0)
		return rc;
	while (n < 16 && !(rc = git_index_conflict_next(&base, &ours, &theirs, it))) {
		const git_index_entry *chosen = mine ? ours : theirs;
		paths[n] = base ? base->path : ours ? ours->path : theirs->path;
		keep[n++] = chosen ? *chosen : (git_index_entry){ .mode = 0 };
	}
	git_index_conflict_iterator_free(it);
	for (size_t i = 0; i < n; i++) {
		char path[256];
		snprintf(path, sizeof path, "%s", paths[i]); /* borrowed from the entry that goes */
		git_index_conflict_remove(idx, path);
		keep[i].path = path;
		keep[i].flags &= (uint16_t)~GIT_INDEX_ENTRY_STAGEMASK;
		if (keep[i].mode && (rc = git_index_add(idx, &keep[i])) < 0)
			return rc;
	}
	return 0;
}

static int merge_by_line(git_oid *tree, struct world *w, git_commit *ours, git_commit *theirs, bool mine)
{
	git_merge_options how;
	git_index *idx;
	git_merge_options_init(&how, GIT_MERGE_OPTIONS_VERSION);
	how.flags = 0; /* no renames */
	int rc = git_merge_commits(&idx, w->r->git, ours, theirs, &how);
	if (rc < 0)
		return rc;
	if (git_index_has_conflicts(idx))
		rc = resolve_files(idx, mine);
	if (rc >= 0)
		rc = git_index_write_tree_to(tree, idx, w->r->git);
	git_index_free(idx);
	return rc;
}

int world_git_pull(bool *merged, struct world *w, int site, const struct oid *from, bool mine, struct err *e)
{
	struct oid head = w->head[site], tree_hex;
	git_commit *ours, *theirs;
	git_oid tree, oid;
	bool is;
	*merged = false;
	int rc = repo_is_ancestor(&is, w->r, from, &head, e);
	if (rc || is)
		return rc;
	if ((rc = repo_is_ancestor(&is, w->r, &head, from, e)))
		return rc;
	if (is) {
		w->head[site] = *from;
		return 0;
	}
	if ((rc = repo__commit(&ours, w->r, &head, e)))
		return rc;
	if ((rc = repo__commit(&theirs, w->r, from, e))) {
		git_commit_free(ours);
		return rc;
	}
	rc = merge_by_line(&tree, w, ours, theirs, mine);
	git_commit_free(ours);
	git_commit_free(theirs);
	if (rc < 0)
		return giterr(e, rc, "git pull");
	sign(w, site);
	oid_from_git(&tree_hex, &tree);
	const char *who = w->r->author, *when = getenv("GIT_AUTHOR_DATE");
	const char *text = arena_printf(&w->a, "tree %s\nparent %s\nparent %s\nauthor %s <%s@ara.invalid> %s +0000\n"
					       "committer %s <%s@ara.invalid> %s +0000\n\nMerge branch 'main'\n",
					tree_hex.hex, head.hex, from->hex, who, who, when, who, who, when);
	if ((rc = git_odb_write(&oid, w->r->odb, text, strlen(text), GIT_OBJECT_COMMIT)) < 0)
		return giterr(e, rc, "git pull");
	oid_from_git(&w->head[site], &oid);
	*merged = true;
	return 0;
}
