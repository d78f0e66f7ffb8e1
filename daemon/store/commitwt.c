/* commitwt.c -- edits found on disk become commits, each on the version its author had in front of them (DESIGN 9).
 *
 * Usually that is HEAD. It is an older version when
 *   - the file was held: it could not enter history when something else arrived, so it was not rewritten, and it still is an edit of
 *     what lay there then; or
 *   - an editor was open while we wrote a newer version, and has now saved its old buffer: at the fields that we changed, the save
 *     holds what was there before. Committed on HEAD it would silently undo somebody's work; committed on the older version and
 *     merged, only its author's own edits count.
 *
 * How an old buffer is told: the journal of written versions gives, oldest first, what may still be open: B, then
 * W was written. Compare the save D at every leaf where B and W differ: it was made from B when it has B's value
 * at one of them at least and W's at none. (A leaf where it has neither was edited in the old buffer: that becomes
 * a difference, which is right: its author never saw W's value.) A deliberate return to an earlier value in an
 * editor looks the same and is merged away; `maillage set`, or `git add`, says it unmistakably.
 */
#include "wt.h"

#include <string.h>

#include "base/clock.h"
#include "base/trace.h"
#include "byhand_int.h"
#include "fielddiff.h"
#include "merge/diffset.h"
#include "merge/field.h"
#include "schema/record.h"
#include "treemerge.h"

/* ---- whose version */

static bool load(struct record *out, struct arena *a, const struct schemas *set, const char *path, const char *bytes,
		 size_t n)
{
	struct faults ignored = { 0 };
	record_load(out, &ignored, a, set, path, path, NULL, bytes, n);
	return out->doc && out->schema;
}

static int load_blob(bool *ok, struct record *out, struct arena *a, struct repo *r, const struct schemas *set,
		     const char *path, const struct oid *blob, struct err *e)
{
	const char *bytes;
	size_t n;
	*ok = false;
	if (!oid_is(blob))
		return 0;
	int rc = repo_read_blob(&bytes, &n, a, r, blob, e);
	if (!rc)
		*ok = load(out, a, set, path, bytes, n);
	return rc;
}

static bool made_from(struct arena *a, const struct record *before, const struct record *written,
		      const struct record *now)
{
	struct field_changes changes;
	const struct snode *root = written->schema->root;
	bool any = false;
	fielddiff(&changes, a, root, before->val, written->val);
	for (size_t i = 0; i < changes.n; i++) {
		if (field_is_after(&changes.at[i], root, now->val))
			return false;
		any = any || field_is_before(&changes.at[i], root, now->val);
	}
	return any;
}

/* `git add` says that this content is meant as it is. */
static bool is_staged(struct repo *r, const char *path, const struct oid *blob)
{
	git_index *idx;
	if (wt_index(&idx, r, NULL) < 0)
		return false;
	const git_index_entry *en = git_index_get_bypath(idx, path, 0);
	struct oid staged = { "" };
	if (en)
		oid_from_git(&staged, &en->id);
	git_index_free(idx);
	return oid_equal(&staged, blob);
}

/* Among the older versions, oldest first: the one that this record was made from, `written` being what its author
 * would see now. */
static int older_base(struct oid *out, struct arena *a, struct repo *r, const struct versions *v,
		      const struct schemas *set, const char *path, const struct record *now, const struct oid *written,
		      struct err *e)
{
	struct record seen, before;
	bool ok;
	int rc = load_blob(&ok, &seen, a, r, set, path, written, e);
	for (size_t i = 0; !rc && ok && i < v->n; i++) {
		bool there;
		if (v->at[i].held || strcmp(v->at[i].path, path) != 0)
			continue;
		rc = load_blob(&there, &before, a, r, set, path, &v->at[i].before, e);
		if (rc || !there || !made_from(a, &before, &seen, now))
			continue;
		trace("old editor buffer: %s is an edit of %.8s", path, v->at[i].head.hex);
		*out = v->at[i].head;
		break;
	}
	return rc;
}

int wt_base_of(struct oid *out, struct arena *a, struct repo *r, const struct oid *head, const struct versions *v,
	       const char *path, const char *bytes, size_t n, const struct oid *blob, struct err *e)
{
	const struct version *last = NULL, *held = versions_held(v, path);
	const struct schemas *set;
	struct record now;
	struct oid shown;
	int rc;
	*out = held ? held->head : *head;
	/* a stash pop or the like wrote it, and what it put back to the old value is no old buffer: the rest waits beside it */
	if (byhand_waits(a, r, path))
		return 0;
	for (size_t i = 0; i < v->n; i++)
		if (!v->at[i].held && !strcmp(v->at[i].path, path))
			last = &v->at[i];
	if (!last || !bytes)
		return 0;
	if (held) {
		shown = held->before;
	} else if ((rc = wt_blob_at(&shown, r, head, path, e)) || !oid_equal(&shown, &last->written) ||
		   is_staged(r, path, blob)) {
		return rc;
	}
	if (!oid_is(&shown)) { /* removed while it was open: what is saved now is an edit of what was removed */
		if (!held && !oid_equal(blob, &last->before))
			*out = last->head;
		return 0;
	}
	if ((rc = repo_schemas(&set, r, head, e)))
		return rc;
	if (path_class(set, path) != PATH_RECORD || !load(&now, a, set, path, bytes, n))
		return 0;
	return older_base(out, a, r, v, set, path, &now, &shown, e);
}

/* ---- settling by hand */

struct files {
	struct file_change *at;
	size_t n, cap;
};

static const struct file_change *find_path(const struct files *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->at[i].path, path))
			return &f->at[i];
	return NULL;
}

static struct origin author_today(struct arena *a, struct repo *r)
{
	char date[11];
	clock_date(date, clock_unix_s());
	return (struct origin){ .par = repo_author(r), .date = arena_dup(a, date) };
}

static int print_sidecar(struct file_change *out, struct arena *a, const struct diffs *d, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = diffs_print(&text, a, d, e);
	if (!rc) {
		out->bytes = text.n ? arena_dupn(a, text.at, text.n) : NULL;
		out->n = text.n;
	}
	buf_free(&text);
	return rc;
}

/* What plain git settled in the version that was edited: its sidecar still says otherwise, and a field put back to the base would
 * look open again. */
static int settled_before(struct diffs *d, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *base,
			  const char *path, struct err *e)
{
	const struct diffs raw = *d;
	struct record was;
	const char *bytes;
	size_t n;
	int rc = repo_read(&bytes, &n, NULL, a, r, base, path, e);
	if (!rc && bytes && load(&was, a, set, path, bytes, n))
		diffs_normalise(d, a, was.schema, was.val, &raw, NULL);
	return rc;
}

/* A commit that sets a field with an open difference settles it, and its sidecar must say so; a removed record has
 * none. */
static int settle(struct files *out, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *base,
		  const struct file_change *c, struct err *e)
{
	bool single = !strcmp(c->path, "collectif.yaml"); /* the one record whose name is not its id */
	const char *id = single ? arena_printf(a, "col-%s", repo_collective(r)) : wt_id_of_path(a, c->path);
	const char *path = record_sidecar_path(a, id), *old;
	size_t n;
	if (!path)
		return 0;
	struct diffs in, after;
	struct record rec;
	int rc = repo_read(&old, &n, NULL, a, r, base, path, e);
	if (rc || !old || find_path(out, path))
		return rc;
	struct file_change change = { .path = path };
	if (c->bytes) {
		struct origin by = author_today(a, r);
		if (diffs_parse(&in, a, path, old, n, NULL) < 0 || !load(&rec, a, set, c->path, c->bytes, c->n) ||
		    (rc = settled_before(&in, a, r, set, base, c->path, e)))
			return rc;
		if (!diffs_normalise(&after, a, rec.schema, rec.val, &in, &by))
			return 0;
		if ((rc = print_sidecar(&change, a, &after, e)))
			return rc;
	}
	arena_push(a, out, change);
	return 0;
}

static bool has_value_entry(const struct diffs *d, const char *champ)
{
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->at[i].champ, champ) && diff_class(&d->at[i]) == DIFF_VALUE)
			return true;
	return false;
}

/* The record of a sidecar as it will be, and what was open about it in the base. out->doc NULL: there is nothing to compare. */
static int record_of(struct record *out, struct diffs *open, struct arena *a, struct repo *r, const struct schemas *set,
		     const struct oid *base, const struct files *files, const char *sidecar, struct err *e)
{
	const char *id = wt_id_of_path(a, sidecar), *old, *bytes;
	const char *path = strncmp(id, "col-", 4) ? record_path(a, set, id) : "collectif.yaml";
	const struct file_change *c = path ? find_path(files, path) : NULL;
	size_t n, size;
	*out = (struct record){ 0 };
	int rc = path ? repo_read(&old, &n, NULL, a, r, base, sidecar, e) : 0;
	if (rc || !path || !old || diffs_parse(open, a, sidecar, old, n, NULL) < 0 ||
	    (rc = settled_before(open, a, r, set, base, path, e)))
		return rc;
	if (c) {
		bytes = c->bytes;
		size = c->n;
	} else if ((rc = repo_read(&bytes, &size, NULL, a, r, base, path, e))) {
		return rc;
	}
	struct record rec;
	if (bytes && load(&rec, a, set, path, bytes, size))
		*out = rec;
	return 0;
}

/* An entry taken out by hand settles its question for what the field shows. It goes on as `tranche`: without a trace in the tree, a
 * value that arrives later would win in silence. */
static int settle_removed(struct file_change *c, struct arena *a, struct repo *r, const struct schemas *set,
			  const struct oid *base, const struct files *files, struct err *e)
{
	struct record rec;
	struct diffs open = { 0 }, given = { 0 }, settled = { 0 }, all, after;
	struct origin by = author_today(a, r);
	int rc = record_of(&rec, &open, a, r, set, base, files, c->path, e);
	if (rc || !rec.doc || (c->bytes && diffs_parse(&given, a, c->path, c->bytes, c->n, NULL) < 0))
		return rc;
	for (size_t i = 0; i < open.n; i++) {
		const struct diff *d = &open.at[i];
		const struct val *v = field_find(NULL, rec.schema->root, rec.val, d->champ);
		if (d->degre == DEG_DUR && diff_class(d) == DIFF_VALUE && !has_value_entry(&given, d->champ))
			arena_push(a, &settled, diff_settled(a, d, v, &by));
	}
	if (!settled.n)
		return 0;
	given.id = open.id;
	diffs_add(&all, a, &given, &settled);
	diffs_normalise(&after, a, rec.schema, rec.val, &all, &by);
	return print_sidecar(c, a, &after, e);
}

/* ---- committing */

static void learn(struct wt_knowns *known, struct arena *a, const struct wt_edit *ed, const struct oid *head)
{
	struct wt_known k = { ed->path, ed->blob, *head, ed->on_disk };
	arena_push(a, known, k);
}

/* The edits of one base as one commit on it. *out: the commit, or the base when nothing differs from it. */
static int commit_group(struct oid *out, struct wt_knowns *known, struct arena *a, struct repo *r,
			const struct oid *base, const struct wt_edits *edits, const char *message, struct err *e)
{
	struct files files = { 0 };
	const struct schemas *set;
	int rc = repo_schemas(&set, r, base, e);
	for (size_t i = 0; !rc && i < edits->n; i++) {
		const struct wt_edit *ed = &edits->at[i];
		struct oid was;
		if (!oid_equal(&ed->base, base))
			continue;
		rc = wt_blob_at(&was, r, base, ed->path, e);
		if (rc || oid_equal(&was, &ed->blob)) /* nothing new, but it tells the writer what lies on disk */
			continue;
		struct file_change c = { ed->path, ed->bytes, ed->n };
		arena_push(a, &files, c);
	}
	size_t own = files.n;
	for (size_t i = 0; !rc && i < own; i++)
		if (path_class(set, files.at[i].path) == PATH_RECORD)
			rc = settle(&files, a, r, set, base, &files.at[i], e);
	for (size_t i = 0; !rc && i < own; i++)
		if (path_class(set, files.at[i].path) == PATH_SIDECAR)
			rc = settle_removed(&files.at[i], a, r, set, base, &files, e);
	*out = *base;
	struct buf text = BUF_INIT;
	if (!rc && files.n && !message)
		rc = commit_message(&text, r, base, files.at, files.n, e);
	if (!rc && files.n)
		rc = repo_commit(out, r, base, files.at, files.n, message ? message : buf_str(&text), e);
	buf_free(&text);
	for (size_t i = 0; !rc && i < edits->n; i++)
		if (oid_equal(&edits->at[i].base, base))
			learn(known, a, &edits->at[i], out);
	return rc;
}

static bool base_seen(const struct wt_edits *edits, size_t before, const struct oid *base)
{
	for (size_t i = 0; i < before; i++)
		if (oid_equal(&edits->at[i].base, base))
			return true;
	return false;
}

int wt_commit_edits(struct oid *out, size_t *commits, struct wt_knowns *known, struct arena *a, struct repo *r,
		    const struct oid *head, const struct wt_edits *edits, const char *message, struct err *e)
{
	struct oid now, side, merged;
	size_t made = 0;
	int rc = commit_group(&now, known, a, r, head, edits, message, e);
	if (rc)
		return rc;
	made += !oid_equal(&now, head);
	for (size_t i = 0; i < edits->n; i++) {
		const struct oid *base = &edits->at[i].base;
		if (oid_equal(base, head) || base_seen(edits, i, base))
			continue;
		if ((rc = commit_group(&side, known, a, r, base, edits, message, e)))
			return rc;
		if (oid_equal(&side, base))
			continue;
		if ((rc = merge_commit(&merged, NULL, a, r, &side, &now, e)))
			return rc;
		now = merged;
		made += 2;
	}
	*out = now;
	*commits += made;
	return 0;
}

/* ---- recording a scan */

static int take(struct wt_edits *edits, struct arena *a, struct repo *r, const struct oid *head,
		const struct versions *v, const struct schemas *set, const struct change *c, struct err *e)
{
	struct wt_file f;
	int rc = wt_look(&f, a, r, c->path, e);
	if (rc)
		return rc;
	bool gone = !f.there;
	if (!gone && !f.bytes)
		return 0;
	struct change now = { .path = c->path,
			      .kind = gone			  ? CHANGE_DELETED
				      : c->kind == CHANGE_DELETED ? CHANGE_EDITED
								  : c->kind,
			      .size = f.n };
	if ((c->kind == CHANGE_DELETED) != gone)
		return 0; /* appeared or vanished since the scan: the next one sees it */
	wt_judge_disk(&now, a, r, set, head, f.bytes, f.n); /* it may have been saved again since the scan */
	if (now.verdict != CHANGE_READY || wt_has_writer(wt_abs(a, r, c->path)))
		return 0;
	struct wt_edit ed = { .path = c->path, .bytes = f.bytes, .n = f.n, .blob = f.blob, .on_disk = true };
	if ((rc = wt_base_of(&ed.base, a, r, head, v, c->path, f.bytes, f.n, &f.blob, e)))
		return rc;
	arena_push(a, edits, ed);
	return 0;
}

/* A person has said yes to what the hub did there: the file, if it is as it was, may be replaced. */
static int let_in(struct wt_knowns *known, struct arena *a, struct repo *r, const struct versions *v, const char *path,
		  struct err *e)
{
	const struct version *held = versions_held(v, path);
	struct wt_file f;
	int rc = wt_look(&f, a, r, path, e);
	if (rc || !held || !held->guarded || (f.there && !f.regular) || !oid_equal(&f.blob, &held->before))
		return rc;
	struct wt_known k = { path, held->before, held->head, false };
	arena_push(a, known, k);
	return 0;
}

static int record_in(size_t *commits, struct arena *a, struct repo *r, const struct changes *c, const char *only,
		     struct err *e)
{
	struct oid head, now;
	struct versions v;
	struct wt_edits edits = { 0 };
	struct wt_knowns known = { 0 };
	const struct schemas *set;
	size_t made = 0, met = 0;
	int rc = repo_head(&head, r, e);
	if (rc || (rc = versions_read(&v, a, r, e)) || (rc = repo_schemas(&set, r, &head, e)))
		return rc;
	for (size_t i = 0; !rc && i < c->n; i++)
		if (c->at[i].verdict == CHANGE_READY && (!only || !strcmp(only, c->at[i].path)))
			rc = c->at[i].arriving ? let_in(&known, a, r, &v, c->at[i].path, e) :
						 take(&edits, a, r, &head, &v, set, &c->at[i], e);
	if (rc || (!edits.n && !known.n) || (rc = wt_commit_edits(&now, &made, &known, a, r, &head, &edits, NULL, e)))
		return rc;
	/* even when no commit was made: an old buffer saved as it was goes back to what HEAD holds */
	if ((rc = wt_apply(&met, r, &head, &now, &known, e)))
		return rc;
	*commits = made + met;
	return 0;
}

int worktree_record(size_t *commits, struct repo *r, const struct changes *c, const char *only_path, struct err *e)
{
	struct arena a;
	int rc = wt_begin(r, e);
	if (rc)
		return rc;
	if (!arena_begin(&a)) {
		repo_unlock(r);
		return err_nomem(e);
	}
	size_t made = 0;
	rc = record_in(&made, &a, r, c, only_path, e);
	if (!rc)
		*commits = made;
	arena_end(&a);
	repo_unlock(r);
	return rc;
}
