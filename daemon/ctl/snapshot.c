/* snapshot.c -- reading a repository for the aggregation, whole or what is new.
 *
 *   1. the commits (all, or those the old head lacks): which files each one touched. A merge touched what differs from every
 *      parent.
 *   2. the files at the head (all, or those that differ from the old head): records and sidecars are read.
 *   3. for each record read or touched: the commit that wrote its text. For each lesson so, and each that a review read or
 *      dropped now names: its last validated version, which is the tip when a validation names its fingerprint, else the newest
 *      text in history that one names.
 *
 * The schemas are those of the head itself, as for the people who wrote the records there; with others a fingerprint could
 * be another.
 */
#include "ctl/snaprest.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "lessons/names.h"
#include "merge/diffs.h"
#include "schema/record.h"
#include "store/history.h"

struct named_touch {
	const char *path;
	struct touch touch;
};
struct named_touches {
	struct named_touch *at;
	size_t n, cap;
};
struct reading {
	struct snapshot *s;
	struct arena *a;
	struct repo *r;
	const struct schemas *set;
	struct err *e;
	struct named_touches touches; /* of the commits being walked */
	const struct commit_info *commit;
	size_t parent, from; /* of a merge: which parent it is held against; where its touches begin */
	struct names named;  /* lessons that a review, read or dropped now, names */
};

static bool is_read(const struct reading *k, const char *path)
{
	enum path_class c = path_class(k->set, path);
	return c == PATH_RECORD || c == PATH_SIDECAR;
}

/* --- 1. commits --------------------------------------------------------------------------------------------------- */

static int by_name(const void *x, const void *y)
{
	return strcmp(((const struct named_touch *)x)->path, ((const struct named_touch *)y)->path);
}

static int touched(void *ctx, const char *path, const struct oid *old_blob, const struct oid *new_blob)
{
	struct reading *k = ctx;
	(void)old_blob;
	if (!oid_is(new_blob) || !is_read(k, path))
		return 0;
	if (k->parent == 0) {
		struct named_touch t = { .path = arena_dup(k->a, path) };
		t.touch = (struct touch){ *new_blob, k->commit->oid, k->commit->committer_time, k->commit->nparents > 1 };
		arena_push(k->a, &k->touches, t);
		return 0;
	}
	struct named_touch key = { .path = path };
	struct named_touch *at = k->touches.n == k->from ? NULL : bsearch(&key, k->touches.at + k->from, k->touches.n - k->from, sizeof key, by_name);
	if (at)
		at->touch.time = -1; /* differs from this parent too */
	return 0;
}

/* Of what differed from the parents so far, keep what differs from this one as well. */
static int against_parent(struct reading *k)
{
	if (k->touches.n > k->from)
		qsort(k->touches.at + k->from, k->touches.n - k->from, sizeof *k->touches.at, by_name);
	int rc = repo_diff(k->r, &k->commit->parents[k->parent], &k->commit->oid, touched, k, k->e);
	size_t kept = k->from;
	for (size_t i = k->from; !rc && i < k->touches.n; i++)
		if (k->touches.at[i].touch.time == -1) {
			k->touches.at[kept] = k->touches.at[i];
			k->touches.at[kept++].touch.time = k->commit->committer_time;
		}
	k->touches.n = rc ? k->touches.n : kept;
	return rc;
}

static int look_at(void *ctx, const struct commit_info *ci)
{
	struct reading *k = ctx;
	struct oid none = { "" };
	k->commit = ci;
	k->from = k->touches.n;
	k->parent = 0;
	int rc = repo_diff(k->r, ci->nparents ? &ci->parents[0] : &none, &ci->oid, touched, k, k->e);
	for (k->parent = 1; !rc && k->parent < ci->nparents; k->parent++)
		rc = against_parent(k);
	return rc;
}

/* The order in which a text's commits are preferred. */
static int by_preference(const void *x, const void *y)
{
	const struct touch *t = x, *u = y;
	if (t->merge != u->merge)
		return t->merge - u->merge;
	if (t->time != u->time)
		return t->time > u->time ? -1 : 1;
	return strcmp(t->commit.hex, u->commit.hex);
}

static int by_path_and_preference(const void *x, const void *y)
{
	const struct named_touch *t = x, *u = y;
	int c = strcmp(t->path, u->path);
	return c ? c : by_preference(&t->touch, &u->touch);
}

/* --- the files ---------------------------------------------------------------------------------------------------- */

/* Gives each touch to its file; files not known yet are entered. The first `sorted` files are by path. */
static void deal_touches(struct reading *k)
{
	struct snapshot *s = k->s;
	for (size_t i = 0; i < k->touches.n; i++)
		snapshot_pull_path(s, k->touches.at[i].path);
	size_t sorted = s->files.n;
	if (k->touches.n)
		qsort(k->touches.at, k->touches.n, sizeof *k->touches.at, by_path_and_preference);
	for (size_t i = 0; i < k->touches.n; i++) {
		const struct named_touch *t = &k->touches.at[i];
		bool same = i && !strcmp(k->touches.at[i - 1].path, t->path);
		struct snapfile *f = snapshot_file(s, sorted, t->path);
		if (!f && !same) {
			struct snapfile new = { .path = t->path };
			arena_push(k->a, &s->files, new);
		}
		if (!f)
			f = &s->files.at[s->files.n - 1];
		arena_push(k->a, snapfile_touches(f, k->a), t->touch);
		f->fresh = true;
	}
	snapshot_sort(s, sorted);
	for (size_t i = 0; i < s->files.n; i++)
		if (s->files.at[i].fresh) {
			const struct touches *all = snapfile_touches(&s->files.at[i], k->a);
			qsort(all->at, all->n, sizeof *all->at, by_preference);
		}
}

/* Every text at the head was written by a commit below it, so that each path has been entered by a touch. */
static int set_blob(struct reading *k, const char *path, const struct oid *blob)
{
	snapshot_pull_path(k->s, path);
	struct snapfile *f = snapshot_file(k->s, k->s->files.n, path);
	if (!f)
		return err_set(k->e, ERR_CORRUPT, _("%s : aucun commit n'a écrit ce fichier ; l'historique est incomplet"), path);
	f->blob = *blob;
	f->fresh = true;
	return 0;
}

static int take_file(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct reading *k = ctx;
	(void)mode;
	return is_read(k, path) ? set_blob(k, path, blob) : 0;
}

static int take_change(void *ctx, const char *path, const struct oid *old_blob, const struct oid *new_blob)
{
	struct reading *k = ctx;
	(void)old_blob;
	return is_read(k, path) ? set_blob(k, path, new_blob) : 0;
}

/* --- 2. reading --------------------------------------------------------------------------------------------------- */

/* The parts of a text live in `scratch`; what is kept is copied: a parsed record is ten times its data. */
static int read_text(struct record *out, struct reading *k, struct arena *scratch, const char *path, const struct oid *blob)
{
	const char *bytes;
	size_t n;
	int rc = repo_read_blob(&bytes, &n, scratch, k->r, blob, k->e);
	if (!rc && !record_read(out, scratch, k->set, path, bytes, n))
		*out = (struct record){ 0 };
	return rc;
}

static void keep_record(struct snapfile *f, struct reading *k, struct arena *scratch, const struct record *rec)
{
	if (!rec->schema)
		return;
	struct source_record *one = arena_new(k->a, struct source_record);
	*one = (struct source_record){ .id = arena_dup(k->a, rec->id), .path = f->path };
	one->kind = arena_dup(k->a, rec->schema->kind);
	one->tip = val_copy(k->a, rec->val);
	one->tip_fingerprint = one->fingerprint = arena_dup(k->a, record_fingerprint(scratch, rec->val));
	one->brief = source_brief(one);
	f->rec = one;
}

static int read_file(struct reading *k, struct snapfile *f, struct arena *scratch)
{
	const char *bytes;
	size_t n;
	struct diffs d;
	struct record rec;
	f->rec = NULL;
	f->side = (struct differences){ 0 };
	f->is_sidecar = path_class(k->set, f->path) == PATH_SIDECAR;
	if (!oid_is(&f->blob))
		return 0;
	if (!f->is_sidecar) {
		int rc = read_text(&rec, k, scratch, f->path, &f->blob);
		if (!rc)
			keep_record(f, k, scratch, &rec);
		return rc;
	}
	int rc = repo_read_blob(&bytes, &n, scratch, k->r, &f->blob, k->e);
	if (!rc && diffs_parse(&d, scratch, f->path, bytes, n, NULL) == 0 && d.id)
		f->side = differences_of(k->a, &d);
	return rc;
}

struct validation {
	const char *lesson, *fingerprint;
};

static bool is_validation(struct validation *out, const struct source_record *rec)
{
	static const char *const keys[] = { "nature", "portee", "cible", "cible_empreinte" };
	const char *said[4];
	if (!rec || strcmp(rec->kind, "avis") != 0)
		return false;
	source_pick(said, keys, 4, rec);
	*out = (struct validation){ said[2], said[3] };
	return said[0] && !strcmp(said[0], "validation") && said[1] && !strcmp(said[1], "collectif") && said[2] && said[3];
}

static void name_target(struct reading *k, const struct source_record *rec)
{
	struct validation v;
	if (is_validation(&v, rec))
		names_add(k->a, &k->named, v.lesson);
}

/* NULL: there is none. */
static void take_out(struct reading *k, const struct source_record *rec)
{
	name_target(k, rec);
	if (rec)
		tally_record(k->s->tally, k->a, k->s->code, rec, -1);
}

static void put_in(struct reading *k, const struct source_record *rec)
{
	name_target(k, rec);
	if (rec)
		tally_record(k->s->tally, k->a, k->s->code, rec, 1);
}

/* Whose ids are a fresh file's, or what it is about, are no quiet ones any more. */
static void pull_concerned(struct reading *k)
{
	struct names ids = { 0 };
	for (size_t i = 0; i < k->s->files.n; i++) {
		const struct snapfile *f = &k->s->files.at[i];
		const char *id = f->rec ? f->rec->id : f->side.id;
		if (f->fresh && id)
			names_add(k->a, &ids, id);
	}
	for (size_t i = 0; i < ids.n; i++)
		snapshot_pull(k->s, ids.at[i]);
}

static int read_fresh(struct reading *k)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < k->s->files.n; i++) {
		struct snapfile *f = &k->s->files.at[i];
		struct arena scratch;
		if (!f->fresh)
			continue;
		f->changed = true;
		take_out(k, f->rec);
		if (f->rec)
			names_add(k->a, &k->s->moved, f->rec->id);
		if (!arena_begin(&scratch))
			return err_nomem(k->e);
		rc = read_file(k, f, &scratch);
		arena_end(&scratch);
		put_in(k, f->rec);
	}
	if (k->s->rest)
		pull_concerned(k);
	return rc;
}

/* --- 3. who wrote it, and what was validated ------------------------------------------------------------------------- */

struct validations {
	struct validation *at;
	size_t n, cap;
};

static int by_lesson(const void *x, const void *y)
{
	const struct validation *p = x, *q = y;
	int c = strcmp(p->lesson, q->lesson);
	return c ? c : strcmp(p->fingerprint, q->fingerprint);
}

static void list_validations(struct validations *out, const struct reading *k)
{
	for (size_t i = 0; i < k->s->files.n; i++) {
		struct validation v;
		if (is_validation(&v, k->s->files.at[i].rec))
			arena_push(k->a, out, v);
	}
	if (out->n)
		qsort(out->at, out->n, sizeof *out->at, by_lesson);
}

static bool is_validated(const struct validations *all, const char *lesson, const char *fingerprint)
{
	struct validation key = { lesson, fingerprint };
	return all->n && bsearch(&key, all->at, all->n, sizeof key, by_lesson);
}

static bool any_validation(const struct validations *all, const char *lesson)
{
	size_t lo = 0, hi = all->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(all->at[mid].lesson, lesson) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < all->n && !strcmp(all->at[lo].lesson, lesson);
}

static const char *writer_of(const struct touches *all, const struct oid *blob, const struct oid *head)
{
	for (size_t i = 0; i < all->n; i++)
		if (oid_equal(&all->at[i].blob, blob))
			return all->at[i].commit.hex;
	return head->hex;
}

static bool is_preferred(const struct touches *all, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (oid_equal(&all->at[j].blob, &all->at[i].blob))
			return false;
	return true;
}

/* Among the older texts that a validation names, the one written last: by a commit that no other one's is above; of such as
 * neither is above the other, by preference. */
static int older_version(struct reading *k, struct snapfile *f, const struct validations *all)
{
	struct source_record *rec = f->rec;
	const struct touches *touches = snapfile_touches(f, k->a);
	const struct touch *best = NULL;
	for (size_t i = touches->n; i-- > 0;) { /* the preferred last */
		const struct touch *t = &touches->at[i];
		struct arena scratch;
		struct record old;
		bool below = false;
		if (!is_preferred(touches, i) || oid_equal(&t->blob, &f->blob))
			continue;
		if (!arena_begin(&scratch))
			return err_nomem(k->e);
		int rc = read_text(&old, k, &scratch, f->path, &t->blob);
		const char *print = !rc && old.val ? record_fingerprint(&scratch, old.val) : NULL;
		bool hit = print && is_validated(all, rec->id, print);
		if (hit && best)
			rc = repo_is_ancestor(&below, k->r, &t->commit, &best->commit, k->e);
		if (!rc && hit && !below) {
			best = t;
			rec->valid = val_copy(k->a, old.val);
			rec->fingerprint = arena_dup(k->a, print);
			rec->commit = arena_dup(k->a, t->commit.hex);
		}
		arena_end(&scratch);
		if (rc)
			return rc;
	}
	return 0;
}

static int settle_record(struct reading *k, struct snapfile *f, const struct validations *all)
{
	struct source_record *rec = f->rec;
	rec->commit = arena_dup(k->a, writer_of(snapfile_touches(f, k->a), &f->blob, &k->s->head));
	rec->fingerprint = rec->tip_fingerprint;
	rec->valid = NULL;
	rec->valid_at = 0;
	if (strcmp(rec->kind, "enseignement") || strcmp(rec->brief.state, SHARED) != 0)
		return 0;
	if (is_validated(all, rec->id, rec->tip_fingerprint)) {
		rec->valid = rec->tip = source_tip(rec);
		return 0;
	}
	return any_validation(all, rec->id) ? older_version(k, f, all) : 0;
}

static int settle(struct reading *k)
{
	struct validations all = { 0 };
	int rc = 0;
	list_validations(&all, k);
	for (size_t i = 0; !rc && i < k->s->files.n; i++) {
		struct snapfile *f = &k->s->files.at[i];
		if (f->rec && (f->fresh || names_has(&k->named, f->rec->id))) {
			rc = settle_record(k, f, &all);
			f->changed = true;
		}
		f->fresh = false;
	}
	snapshot_differences(k->s, k->a);
	return rc;
}

/* --- whole, or what is new ------------------------------------------------------------------------------------------- */

static int set_head(struct reading *k, const struct oid *head)
{
	struct commit_info ci;
	char date[11];
	int rc = repo_commit_info(&ci, k->a, k->r, head, k->e);
	if (!rc)
		rc = repo_entry(&k->s->schema, k->r, head, "schema", k->e);
	if (!rc)
		rc = repo_schemas(&k->set, k->r, head, k->e);
	if (rc)
		return rc;
	clock_date(date, ci.committer_time);
	k->s->head = *head;
	k->s->date = arena_dup(k->a, date);
	return 0;
}

int snapshot_read(struct snapshot *out, struct arena *a, struct repo *r, const char *code, const struct oid *head, struct err *e)
{
	*out = (struct snapshot){ .code = code, .tally = arena_new(a, struct tally) };
	struct reading k = { .s = out, .a = a, .r = r, .e = e };
	int rc = set_head(&k, head);
	if (!rc)
		rc = history_log(r, head, NULL, look_at, &k, e);
	if (rc)
		return rc;
	deal_touches(&k);
	rc = repo_walk(r, head, "", take_file, &k, e);
	if (!rc)
		rc = read_fresh(&k);
	return rc ? rc : settle(&k);
}

int snapshot_update(bool *done, struct snapshot *s, struct arena *a, struct repo *r, const struct oid *head, struct err *e)
{
	struct reading k = { .s = s, .a = a, .r = r, .e = e };
	struct oid from = s->head, schema = s->schema;
	bool above;
	*done = false;
	if (oid_equal(&from, head)) {
		*done = true;
		return 0;
	}
	if (!oid_is(&schema) || repo_is_ancestor(&above, r, &from, head, NULL) || !above)
		return 0;
	s->records.at = NULL; /* from here on the files hold what counts */
	int rc = set_head(&k, head);
	if (rc || !oid_equal(&schema, &s->schema))
		return rc;
	rc = history_since(r, &from, head, look_at, &k, e);
	if (rc)
		return rc;
	deal_touches(&k);
	rc = repo_diff(r, &from, head, take_change, &k, e);
	if (!rc)
		rc = read_fresh(&k);
	if (!rc)
		rc = settle(&k);
	for (size_t i = 0; !rc && i < s->files.n; i++)
		if (s->files.at[i].changed && s->files.at[i].rec)
			names_add(a, &s->moved, s->files.at[i].rec->id);
	s->was = arena_dup(a, from.hex);
	*done = !rc;
	return rc;
}

void snapshot_source(struct source *out, struct arena *a, const struct snapshot *s)
{
	struct source_record *list = s->records.at;
	size_t n = s->records.n;
	if (!list) {
		list = arena_array(a, s->files.n, sizeof *list);
		n = 0;
		for (size_t i = 0; i < s->files.n; i++)
			if (s->files.at[i].rec) {
				list[n] = *s->files.at[i].rec;
				list[n++].blob = s->files.at[i].blob.hex;
			}
	}
	*out = (struct source){ .code = s->code, .commit = s->head.hex, .date = s->date, .schema = s->schema.hex, .tally = s->tally,
				.at = list, .n = n, .rest = s->rest ? &s->rest->base : NULL, .was = s->was, .moved = s->moved };
}
