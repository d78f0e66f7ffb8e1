/* gather.c -- from repositories to lessons/: read every collective's head as the hub had received it, find each lesson's last
 * validated version, rebuild aggregat/, and commit it when a byte changed.
 *
 * What is read: national.git at main, and refs/maillage/collectifs/CODE for each line of collectifs.yaml (fetched by loop/).
 * A collective that never sent anything is simply absent. The as-of date is the newest of the heads' dates, but never after today: one
 * laptop whose clock says 2035 would make every lesson overdue and every collective late. A record that the profile refuses is left out; `sources.lock` counts what was read.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "ctl/ctl.h"
#include "ctl/doccache.h"
#include "ctl/lastrun.h"
#include "ctl/partcache.h"
#include "ctl/result.h"
#include "ctl/snapshot.h"
#include "lessons/model.h"
#include "lessons/places.h"
#include "store/worktree.h"

struct gathering {
	struct arena *a;
	struct repo *r;
	const char *folder; /* of the caches */
	struct lastrun run; /* this one */
	char today[11];
	struct late *late; /* what is read of the caches when it is asked for */
	struct err *e;
};

/* --- one source ---------------------------------------------------------------------------------------------------- */

static int gather_source(struct source *out, struct gathering *g, const char *code, const struct oid *head)
{
	struct snapshot *s = arena_new(g->a, struct snapshot);
	const char *file = arena_printf(g->a, "%s/depots/%s", g->folder, code);
	bool known = is_code(code) && snapshot_load(s, g->late, file, code, head), same = known && oid_equal(&s->head, head);
	int rc = known ? snapshot_update(&known, s, g->a, g->r, head, g->e) : 0;
	if (!rc && !known)
		rc = snapshot_read(s, g->a, g->r, code, head, g->e);
	if (!rc)
		rc = g->late->rc;
	if (rc)
		return err_wrap(g->e, "%s", code);
	if (!same && is_code(code))
		snapshot_save(s, g->late, file);
	snapshot_source(out, g->a, s);
	if (strcmp(out->date, g->today) > 0) /* that computer's clock runs ahead: nothing was received after today */
		out->date = g->today;
	return 0;
}

/* --- all of them ------------------------------------------------------------------------------------------------- */

struct gathered {
	struct source *at;
	size_t n;
};

static int gather(struct gathered *out, struct gathering *g, const struct oid *head)
{
	const char *text;
	size_t n;
	struct oid blob, at;
	int rc = repo_read(&text, &n, &blob, g->a, g->r, head, "collectifs.yaml", g->e);
	if (rc)
		return rc;
	const struct val *codes = NULL;
	if (text) {
		/* a list at the root is outside the records' profile: read it as the value of a key */
		struct buf b = BUF_INIT;
		struct ydoc *d;
		buf_puts(&b, "v:\n");
		buf_put(&b, text, n);
		rc = ydoc_parse(&d, g->a, "collectifs.yaml", buf_str(&b), b.n, NULL, g->e);
		buf_free(&b);
		if (rc)
			return rc;
		codes = val_get(ydoc_val(d), "v");
	}
	size_t max = 1 + (codes && codes->type == VAL_LIST ? codes->list.n : 0);
	out->at = arena_array(g->a, max, sizeof *out->at);
	rc = gather_source(&out->at[0], g, "nat", head);
	if (!rc)
		rc = repo_read(&out->at[0].communes, &n, &blob, g->a, g->r, head, COMMUNES_FILE, g->e);
	out->n = 1;
	for (size_t i = 0; !rc && i + 1 < max; i++) {
		const char *code = val_text(codes->list.at[i], "code");
		progress(_("lecture des collectifs"), i, max - 1);
		if (!code)
			continue;
		rc = input_head(&at, g->a, g->r, code, g->e);
		struct input one = { code, at };
		if (!rc)
			arena_push(g->a, &g->run.inputs, one);
		if (!rc && oid_is(&at))
			rc = gather_source(&out->at[out->n++], g, code, &at);
	}
	return rc;
}

struct differing {
	struct arena *a;
	struct repo *r;
	const struct lessons_files *files;
	struct oid *before; /* blobs that were there, as `files` */
	struct made_file *at;
	size_t n, cap;
	struct {
		struct lessons_file *at; /* what lessons_changes reads; now: by path */
		size_t n, cap;
	} now, old;
	struct err *e;
};

/* f and blob: NULL and "" where there is none now. */
static void differs(struct differing *d, const char *path, const struct lessons_file *f, const struct oid *blob)
{
	struct made_file one = { { path, f ? f->bytes : NULL, f ? f->n : 0 }, *blob };
	arena_push(d->a, d, one);
}

/* For lessons_changes. was "": there was none. */
static int compare(struct differing *d, const char *path, const struct lessons_file *f, const struct oid *was)
{
	struct lessons_file old = { .path = path };
	if (f)
		arena_push(d->a, &d->now, *f);
	int rc = oid_is(was) ? worktree_read_blob(&old.bytes, &old.n, d->a, d->r, path, was, d->e) : 0;
	if (!rc && oid_is(was))
		arena_push(d->a, &d->old, old);
	return rc;
}

static int by_file(const void *key, const void *at)
{
	return strcmp(key, ((const struct lessons_file *)at)->path);
}

static int was_there(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct differing *d = ctx;
	const struct lessons_file *f = bsearch(path, d->files->at, d->files->n, sizeof *f, by_file);
	struct oid none = { "" };
	(void)mode;
	if (f) {
		d->before[f - d->files->at] = *blob;
		return 0;
	}
	if (!strcmp(path, AGGREGATE_FOLDER "/" CHANGES_FILE))
		return 0;
	const char *gone = arena_dup(d->a, path);
	differs(d, gone, NULL, &none);
	return lessons_changes_read(gone, true) ? compare(d, gone, NULL, blob) : 0;
}

static int by_path_of_file(const void *x, const void *y)
{
	return strcmp(((const struct lessons_file *)x)->path, ((const struct lessons_file *)y)->path);
}

/* What the run says otherwise than the one before, as one more file; none when they say the same. */
static int tell_changes(struct differing *d)
{
	struct lessons_file text = { 0 };
	struct oid blob;
	if (!d->n)
		return 0;
	if (d->old.n)
		qsort(d->old.at, d->old.n, sizeof *d->old.at, by_path_of_file);
	int rc = lessons_changes(&text, d->a, d->now.at, d->now.n, d->old.at, d->old.n, d->e);
	if (rc)
		return rc;
	blob_oid(&blob, text.bytes, text.n);
	struct made_file one = { { text.path, text.bytes, text.n }, blob };
	arena_push(d->a, d, one);
	return 0;
}

static int changed_files(struct differing *d, const struct oid *head)
{
	d->before = arena_array(d->a, d->files->n, sizeof *d->before);
	int rc = repo_walk(d->r, head, AGGREGATE_FOLDER, was_there, d, d->e);
	for (size_t i = 0; !rc && i < d->files->n; i++) {
		const struct lessons_file *f = &d->files->at[i];
		struct oid blob;
		if (!f->bytes) /* as it was */
			continue;
		blob_oid(&blob, f->bytes, f->n);
		bool other = !oid_equal(&blob, &d->before[i]);
		if (other)
			differs(d, f->path, f, &blob);
		if (lessons_changes_read(f->path, other))
			rc = compare(d, f->path, f, &d->before[i]);
	}
	return rc ? rc : tell_changes(d);
}

static int outside(void *ctx, const char *path, const struct oid *old_blob, const struct oid *new_blob)
{
	(void)ctx;
	(void)old_blob;
	(void)new_blob;
	return strncmp(path, AGGREGATE_FOLDER "/", sizeof AGGREGATE_FOLDER) ? 1 : 0;
}

/* The national repository is an input as well: at its newest commit that is more than an aggregation. Without this, each run would
 * name the commit of the run before, and never end. */
static int without_own(struct oid *out, struct arena *a, struct repo *r, const struct oid *head, const struct lastrun *last,
		       struct err *e)
{
	struct commit_info ci;
	struct oid at = *head;
	int rc;
	while (!(rc = repo_commit_info(&ci, a, r, &at, e)) && ci.nparents == 1) {
		if (oid_equal(&at, &last->main)) {
			at = last->national;
			break;
		}
		rc = repo_diff(r, &ci.parents[0], &at, outside, NULL, e);
		if (rc)
			break;
		at = ci.parents[0];
	}
	if (rc < 0)
		return rc;
	*out = at;
	return 0;
}

static int publish(struct oid *main, struct gathering *g, const struct differing *d, size_t n_sources)
{
	size_t edits;
	const char *message = arena_printf(g->a, "Agrégation (dépôts lus : %zu)\n", n_sources);
	return worktree_publish(main, &edits, g->r, main, d->at, d->n, message, g->e);
}

/* From the inputs, wherever main is now. */
static int aggregate(size_t *changed, struct gathering *g, const struct lastrun *last, struct oid *main)
{
	struct gathered all = { 0 };
	struct lessons_files files = { 0 };
	struct lessons_memory memory = { 0 };
	struct doccaches docs = { 0 };
	const char *file = arena_printf(g->a, "%s/parties", g->folder);
	int rc = without_own(&g->run.national, g->a, g->r, main, last, g->e);
	if (!rc)
		rc = gather(&all, g, &g->run.national);
	progress(_("croisement des enseignements"), 0, 0);
	if (!rc)
		rc = partcache_load(&memory, &g->late->maps, g->a, g->r, main, file, g->e);
	for (size_t i = 0; !rc && i < all.n; i++)
		doccache_load(&memory, &docs, &g->late->maps, g->a, g->folder, all.at[i].code);
	if (!rc)
		rc = lessons_rebuild(&files, &memory, g->a, all.at, all.n, NULL, g->e);
	if (!rc)
		rc = g->late->rc;
	struct differing d = { .a = g->a, .r = g->r, .files = &files, .e = g->e };
	if (!rc)
		rc = changed_files(&d, main);
	if (!rc && d.n)
		rc = publish(main, g, &d, all.n);
	if (!rc)
		rc = partcache_save(&memory, g->r, main, file, g->e);
	if (!rc)
		doccache_save(&memory, &docs, g->a, g->folder);
	*changed = d.n;
	return rc;
}

static int run(bool *changed, struct late *late, struct repo *r, struct err *e)
{
	struct arena a;
	struct oid main;
	struct lastrun last = { 0 };
	bool same = false;
	size_t n = 0;
	if (!arena_begin(&a))
		return err_nomem(e);
	struct gathering g = { .a = &a, .r = r, .folder = arena_printf(&a, "%smaillage/agregation", repo_gitdir(r)),
			       .late = late, .e = e };
	late->a = &a;
	late->e = e;
	const char *file = arena_printf(&a, "%s/dernier", g.folder);
	clock_date(g.today, clock_unix_s());
	int rc = repo_head(&main, r, e);
	if (!rc && lastrun_load(&last, &late->maps, &a, file))
		rc = lastrun_holds(&same, &last, &a, r, &main, e);
	if (!rc && !same)
		rc = aggregate(&n, &g, &last, &main);
	if (!rc && !same) {
		g.run.main = main;
		lastrun_save(&g.run, file);
	}
	arena_end(&a);
	if (!rc)
		*changed = n > 0;
	return rc;
}

int ctl_aggregate(bool *changed, struct repo *r, struct err *e)
{
	struct late late = { .rc = 0 }, again = { .afresh = true };
	int rc = run(changed, &late, r, e);
	if (late.rc) /* a disk that lost one block: nothing of what it holds for us is believed */
		rc = run(changed, &again, r, e);
	cachemaps_release(&late.maps);
	cachemaps_release(&again.maps);
	return rc;
}
