/* gather.c -- from repositories to lessons/: read every collective's head as the hub had received it, find each lesson's last
 * validated version, rebuild aggregat/, and commit it when a byte changed.
 *
 * What is read: national.git at main, and refs/maillage/collectifs/CODE for each line of collectifs.yaml (fetched by loop/).
 * A collective that never sent anything is simply absent. A record that the profile refuses is left out; `sources.lock` counts what was read.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "lessons/lessons.h"
#include "lessons/places.h"
#include "merge/diffs.h"
#include "store/history.h"
#include "store/worktree.h"

#define AGGREGATE_FOLDER "aggregat"

struct sidecar { /* what a record's differences come to */
	const char *id;
	size_t hard, soft, settled;
	const char *since; /* oldest date among the proposals of open ones, or NULL */
	bool visibility;   /* an open one is about who may see the record */
};

struct gathering {
	struct arena *a;
	struct repo *r;
	const struct schemas *set;
	struct err *e;
	struct source *source; /* being read */
	size_t cap;
	struct oid head;
	struct {
		struct sidecar *at; /* in the order of the paths */
		size_t n, cap;
	} sidecars;
};

/* The record as a whole, too: nobody knows yet whether it is there. */
static bool is_about_visibility(const char *field)
{
	static const char *const fields[] = { "@record", "attribution", "consentement", "etat", "verbatim", "visibilite" };
	size_t n = strcspn(field, "/");
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strlen(fields[i]) == n && !strncmp(field, fields[i], n))
			return true;
	return false;
}

static struct sidecar sum_up(const struct diffs *d)
{
	struct sidecar s = { .id = d->id };
	for (size_t i = 0; i < d->n; i++) {
		const struct diff *one = &d->at[i];
		s.hard += one->degre == DEG_DUR;
		s.soft += one->degre == DEG_A_RELIRE;
		s.settled += one->degre == DEG_TRANCHE;
		s.visibility |= one->degre != DEG_TRANCHE && is_about_visibility(one->champ);
		for (size_t j = 0; one->degre != DEG_TRANCHE && j < one->n; j++) {
			const char *date = one->at[j].by.date;
			if (date && (!s.since || strcmp(date, s.since) < 0))
				s.since = date;
		}
	}
	return s;
}

static int take_sidecar(struct gathering *g, const char *path, const struct oid *blob)
{
	const char *bytes;
	size_t n;
	struct diffs d;
	int rc = repo_read_blob(&bytes, &n, g->a, g->r, blob, g->e);
	if (!rc && diffs_parse(&d, g->a, path, bytes, n, NULL) == 0 && d.id) {
		struct sidecar one = sum_up(&d);
		arena_push(g->a, &g->sidecars, one);
	}
	return rc;
}

static int take_record(struct gathering *g, const char *path, const struct oid *blob)
{
	const char *bytes;
	size_t n;
	int rc = repo_read_blob(&bytes, &n, g->a, g->r, blob, g->e);
	if (rc)
		return rc;
	struct record rec;
	struct faults faults = { 0 };
	record_load(&rec, &faults, g->a, g->set, path, path, g->source->code, bytes, n);
	if (!rec.doc || !rec.schema || !rec.id)
		return 0;
	struct source_record one = { .id = rec.id,
				     .kind = rec.schema->kind,
				     .path = arena_dup(g->a, path),
				     .tip = rec.val,
				     .fingerprint = record_fingerprint(g->a, rec.val) };
	one.tip_fingerprint = one.fingerprint;
	struct {
		struct source_record *at;
		size_t n, cap;
	} list = { (struct source_record *)(uintptr_t)g->source->at, g->source->n, g->cap };
	arena_push(g->a, &list, one);
	g->source->at = list.at;
	g->source->n = list.n;
	g->cap = list.cap;
	return 0;
}

static int take_file(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct gathering *g = ctx;
	(void)mode;
	switch (path_class(g->set, path)) {
	case PATH_RECORD:
		return take_record(g, path, blob);
	case PATH_SIDECAR:
		return take_sidecar(g, path, blob);
	case PATH_SCHEMA:
	case PATH_ATTACHMENT:
	case PATH_PRIVATE:
	case PATH_AGGREGATE:
	case PATH_CONFIG:
	case PATH_OTHER:
		break;
	}
	return 0;
}

/* --- the last validated version ---------------------------------------------------------------------------------- */

static bool validates(const struct source_record *avis, const char *id)
{
	const struct val *v = avis->tip;
	return !strcmp(avis->kind, "avis") && val_is_str(val_get(v, "cible"), id) && val_is_str(val_get(v, "nature"), "validation") &&
	       val_is_str(val_get(v, "portee"), "collectif") && val_text(v, "cible_empreinte");
}

static int version_at(struct gathering *g, struct source_record *lesson, const struct oid *commit)
{
	struct record_state st;
	int rc = history_state(&st, g->a, g->r, commit, lesson->id, g->e);
	if (!rc && st.val) {
		lesson->valid = st.val;
		lesson->commit = arena_dup(g->a, commit->hex);
		lesson->fingerprint = record_fingerprint(g->a, st.val);
	}
	return rc;
}

/* Among the fingerprints that a validation names, the one whose newest commit is the newest. Most often that is the tip's. */
static int last_validated(struct gathering *g, struct source_record *lesson)
{
	struct oid best = { "" };
	for (size_t i = 0; i < g->source->n; i++) {
		const struct source_record *avis = &g->source->at[i];
		if (!validates(avis, lesson->id))
			continue;
		struct oid found;
		bool newer = true;
		int rc = history_fingerprint(&found, g->r, &g->head, lesson->id, val_text(avis->tip, "cible_empreinte"), g->e);
		if (!rc && oid_is(&found) && oid_is(&best))
			rc = repo_is_ancestor(&newer, g->r, &best, &found, g->e);
		if (rc)
			return rc;
		if (oid_is(&found) && newer)
			best = found;
	}
	return oid_is(&best) ? version_at(g, lesson, &best) : 0;
}

/* --- which commit wrote each record's text --------------------------------------------------------------------------
 *
 * One walk from the head: the first commit met that brings a record the text it has at the head is the one a trace names. Naming the
 * head itself would change every trace whenever anything else changes.
 */
struct pinning {
	struct gathering *g;
	struct source_record *at; /* by path */
	struct oid *blobs;        /* what each is at the head */
	size_t n, left;
	const struct oid *commit; /* being looked at */
};

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct source_record *)x)->path, ((const struct source_record *)y)->path);
}

static struct source_record *record_at(const struct pinning *p, const char *path)
{
	struct source_record key = { .path = path };
	return bsearch(&key, p->at, p->n, sizeof *p->at, by_path);
}

static int note_blob(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct pinning *p = ctx;
	struct source_record *r = record_at(p, path);
	(void)mode;
	if (r)
		p->blobs[r - p->at] = *blob;
	return 0;
}

static int brought(void *ctx, const char *path, const struct oid *old_blob, const struct oid *new_blob)
{
	struct pinning *p = ctx;
	struct source_record *r = record_at(p, path);
	(void)old_blob;
	if (r && !r->commit && oid_equal(new_blob, &p->blobs[r - p->at])) {
		r->commit = arena_dup(p->g->a, p->commit->hex);
		p->left--;
	}
	return 0;
}

/* A merge is looked at last of all ways to the text: its parents come later in the walk, and one of them may have brought it. So
 * only what no ordinary commit explains is a merge's own, and that is settled by the head below. */
static int look_at(void *ctx, const struct commit_info *ci)
{
	struct pinning *p = ctx;
	struct oid none = { "" };
	p->commit = &ci->oid;
	if (!p->left)
		return 1;
	return ci->nparents > 1 ? 0 : repo_diff(p->g->r, ci->nparents ? &ci->parents[0] : &none, &ci->oid, brought, p, p->g->e);
}

static int merge_at(void *ctx, const struct commit_info *ci)
{
	struct pinning *p = ctx;
	p->commit = &ci->oid;
	if (!p->left)
		return 1;
	return ci->nparents > 1 ? repo_diff(p->g->r, &ci->parents[0], &ci->oid, brought, p, p->g->e) : 0;
}

static int pin_commits(struct gathering *g, struct source *s)
{
	struct pinning p = { .g = g, .at = (struct source_record *)(uintptr_t)s->at, .n = s->n, .left = s->n };
	if (!s->n)
		return 0;
	qsort(p.at, p.n, sizeof *p.at, by_path);
	p.blobs = arena_array(g->a, s->n, sizeof *p.blobs);
	int rc = repo_walk(g->r, &g->head, "", note_blob, &p, g->e);
	if (!rc)
		rc = history_log(g->r, &g->head, NULL, look_at, &p, g->e);
	if (rc >= 0 && p.left)
		rc = history_log(g->r, &g->head, NULL, merge_at, &p, g->e);
	for (size_t i = 0; i < p.n; i++)
		if (!p.at[i].commit)
			p.at[i].commit = arena_dup(g->a, g->head.hex);
	return rc < 0 ? rc : 0;
}

static void take_differences(struct source_record *rec, const struct gathering *g)
{
	for (size_t i = 0; i < g->sidecars.n; i++) {
		const struct sidecar *s = &g->sidecars.at[i];
		if (strcmp(s->id, rec->id) != 0)
			continue;
		rec->open_hard = s->hard;
		rec->open_soft = s->soft;
		rec->settled = s->settled;
		rec->open_since = s->since;
		rec->open_visibility = s->visibility;
		rec->open_difference = s->hard + s->soft > 0;
	}
}

static int gather_source(struct gathering *g, struct source *s, const char *code, const struct oid *head)
{
	struct commit_info ci;
	struct oid schema;
	char date[11];
	int rc = repo_commit_info(&ci, g->a, g->r, head, g->e);
	if (!rc)
		rc = repo_entry(&schema, g->r, head, "schema", g->e);
	if (rc)
		return rc;
	clock_date(date, ci.committer_time);
	*s = (struct source){ .code = code, .commit = arena_dup(g->a, head->hex), .date = arena_dup(g->a, date) };
	s->schema = arena_dup(g->a, schema.hex);
	g->source = s;
	g->cap = 0;
	g->head = *head;
	g->sidecars.n = 0;
	rc = repo_walk(g->r, head, "", take_file, g, g->e);
	if (!rc)
		rc = pin_commits(g, s);
	for (size_t i = 0; !rc && i < s->n; i++) {
		struct source_record *rec = (struct source_record *)(uintptr_t)&s->at[i];
		take_differences(rec, g);
		if (!strcmp(rec->kind, "enseignement") && val_is_str(val_get(rec->tip, "etat"), "partage"))
			rc = last_validated(g, rec);
	}
	return rc;
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
	rc = gather_source(g, &out->at[0], "nat", head);
	if (!rc)
		rc = repo_read(&out->at[0].communes, &n, &blob, g->a, g->r, head, COMMUNES_FILE, g->e);
	out->n = 1;
	for (size_t i = 0; !rc && i + 1 < max; i++) {
		const char *code = val_text(codes->list.at[i], "code");
		if (!code)
			continue;
		rc = repo_ref(&at, g->r, arena_printf(g->a, "refs/maillage/collectifs/%s", code), g->e);
		if (!rc && oid_is(&at))
			rc = gather_source(g, &out->at[out->n++], code, &at);
	}
	return rc;
}

struct differing {
	struct arena *a;
	struct repo *r;
	const struct lessons_files *files;
	struct file_change *at;
	size_t n, cap;
	struct {
		struct lessons_file *at; /* by path: those of the changed files */
		size_t n, cap;
	} now, before;
	struct err *e;
};

static void differs(struct differing *d, const char *path, const struct lessons_file *now, const struct lessons_file *before)
{
	struct file_change c = { path, now ? now->bytes : NULL, now ? now->n : 0 };
	arena_push(d->a, d, c);
	if (now)
		arena_push(d->a, &d->now, *now);
	if (before)
		arena_push(d->a, &d->before, *before);
}

static int by_file(const void *key, const void *at)
{
	return strcmp(key, ((const struct lessons_file *)at)->path);
}

static int drop_stale(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct differing *d = ctx;
	struct lessons_file old = { .path = arena_dup(d->a, path) };
	(void)mode;
	if (bsearch(path, d->files->at, d->files->n, sizeof *d->files->at, by_file) ||
	    !strcmp(path, AGGREGATE_FOLDER "/" CHANGES_FILE))
		return 0;
	int rc = repo_read_blob(&old.bytes, &old.n, d->a, d->r, blob, d->e);
	if (!rc)
		differs(d, old.path, NULL, &old);
	return rc;
}

static int by_path_of_file(const void *x, const void *y)
{
	return strcmp(((const struct lessons_file *)x)->path, ((const struct lessons_file *)y)->path);
}

/* What the run says otherwise than the one before, as one more file; none when they say the same. */
static int tell_changes(struct differing *d)
{
	struct lessons_file text = { 0 };
	if (!d->n)
		return 0;
	if (d->before.n)
		qsort(d->before.at, d->before.n, sizeof *d->before.at, by_path_of_file);
	int rc = lessons_changes(&text, d->a, d->now.at, d->now.n, d->before.at, d->before.n, d->e);
	struct file_change c = { text.path, text.bytes, text.n };
	if (!rc)
		arena_push(d->a, d, c);
	return rc;
}

static int changed_files(struct differing *d, const struct oid *head)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < d->files->n; i++) {
		const struct lessons_file *f = &d->files->at[i];
		struct lessons_file old = { .path = f->path };
		struct oid blob;
		rc = repo_read(&old.bytes, &old.n, &blob, d->a, d->r, head, f->path, d->e);
		if (!rc && (!old.bytes || old.n != f->n || memcmp(old.bytes, f->bytes, f->n)))
			differs(d, f->path, f, old.bytes ? &old : NULL);
	}
	if (!rc)
		rc = repo_walk(d->r, head, AGGREGATE_FOLDER, drop_stale, d, d->e);
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
static int without_own(struct oid *out, struct arena *a, struct repo *r, const struct oid *head, struct err *e)
{
	struct commit_info ci;
	struct oid at = *head;
	int rc;
	while (!(rc = repo_commit_info(&ci, a, r, &at, e)) && ci.nparents == 1) {
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

int ctl_aggregate(bool *changed, struct repo *r, struct err *e)
{
	struct arena a;
	struct oid head, inputs, next;
	if (!arena_begin(&a))
		return err_nomem(e);
	struct gathering g = { .a = &a, .r = r, .e = e };
	struct gathered all = { 0 };
	struct lessons_files files = { 0 };
	int rc = repo_head(&head, r, e);
	if (!rc)
		rc = repo_schemas(&g.set, r, &head, e);
	if (!rc)
		rc = without_own(&inputs, &a, r, &head, e);
	if (!rc)
		rc = gather(&all, &g, &inputs);
	if (!rc)
		rc = lessons_build(&files, &a, all.at, all.n, NULL, e);
	struct differing d = { .a = &a, .r = r, .files = &files, .e = e };
	if (!rc)
		rc = changed_files(&d, &head);
	if (!rc && d.n) {
		size_t edits;
		const char *message = arena_printf(&a, "Agrégation (dépôts lus : %zu)\n", all.n);
		rc = repo_commit(&next, r, &head, d.at, d.n, message, e);
		if (!rc)
			rc = worktree_write(&edits, r, &head, &next, e);
	}
	bool any = d.n > 0;
	arena_end(&a);
	if (!rc)
		*changed = any;
	return rc;
}
