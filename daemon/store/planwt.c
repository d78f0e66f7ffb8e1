/* planwt.c -- what a round has to do: every path that differs between two heads, held against what lies on disk
 * (writewt.c).
 */
#include "round.h"

#include <stdlib.h>
#include <string.h>

#include "base/trace.h"

static int by_path_then_age(const void *x, const void *y)
{
	const struct wt_known *const *a = x, *const *b = y;
	int c = strcmp((*a)->path, (*b)->path);
	return c ? c : (*a > *b) - (*a < *b);
}

/* A first import knows as many paths as it has files: searched by halves. */
static void sort_known(struct round *w)
{
	if (w->nsorted == w->known.n)
		return;
	w->sorted = arena_array(w->a, w->known.n, sizeof *w->sorted);
	for (size_t i = 0; i < w->known.n; i++)
		w->sorted[i] = &w->known.at[i];
	qsort(w->sorted, w->known.n, sizeof *w->sorted, by_path_then_age);
	w->nsorted = w->known.n;
}

/* The newest of a path: its place in sorted + 1; 0: none. */
static size_t newest(struct round *w, const char *path)
{
	size_t lo = 0, hi = w->known.n;
	sort_known(w);
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (strcmp(w->sorted[mid]->path, path) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && !strcmp(w->sorted[lo - 1]->path, path) ? lo : 0;
}

const struct wt_known *round_known(struct round *w, const char *path, const struct oid *blob)
{
	for (size_t i = newest(w, path); i && !strcmp(w->sorted[i - 1]->path, path); i--)
		if (oid_equal(&w->sorted[i - 1]->blob, blob))
			return w->sorted[i - 1];
	return NULL;
}

const struct wt_known *round_committed(struct round *w, const char *path)
{
	for (size_t i = newest(w, path); i && !strcmp(w->sorted[i - 1]->path, path); i--)
		if (w->sorted[i - 1]->on_disk)
			return w->sorted[i - 1];
	return NULL;
}

static int one_diff(void *ctx, const char *path, const struct oid *from, const struct oid *to, unsigned mode)
{
	struct round *w = ctx;
	struct target t = { .p = { .path = arena_dup(w->a, path), .from = *from, .to = *to }, .mode = mode };
	arena_push(w->a, &w->targets, t);
	return 0;
}

static bool is_target(const struct round *w, const char *path, size_t among)
{
	size_t lo = 0, hi = among;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(w->targets.at[mid].p.path, path);
		if (!c)
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct target *)x)->p.path, ((const struct target *)y)->p.path);
}

static int list_targets(struct round *w)
{
	w->targets.n = 0;
	int rc = objs_diff(w->r, &w->old, &w->new, one_diff, w, w->e);
	if (rc)
		return rc;
	if (w->targets.n)
		qsort(w->targets.at, w->targets.n, sizeof *w->targets.at, by_path);
	size_t sorted = w->targets.n;
	sort_known(w);
	for (size_t i = 0; i < w->known.n; i++) {
		struct target t = { .p.path = w->sorted[i]->path };
		if (is_target(w, t.p.path, sorted) || (i && !strcmp(w->sorted[i - 1]->path, t.p.path)))
			continue;
		if ((rc = wt_blob_at(&t.p.from, w->r, &w->old, t.p.path, w->e)) ||
		    (rc = wt_blob_at(&t.p.to, w->r, &w->new, t.p.path, w->e)))
			return rc;
		arena_push(w->a, &w->targets, t);
	}
	return 0;
}

static void remember_held(struct round *w, struct target *t, const struct version *v)
{
	if (!versions_held(&w->versions, t->p.path)) /* the first version stays, whatever comes in meanwhile */
		versions_add(&w->versions, w->a, v);
	t->act = ACT_HELD;
	trace("held: %s", t->p.path);
}

/* What a file that cannot enter history now is an edit of, remembered for when it can. */
static int hold(struct round *w, struct target *t)
{
	const struct wt_known *k = round_committed(w, t->p.path);
	struct version v = { .path = t->p.path,
			     .before = k ? k->blob : t->p.from,
			     .written = t->p.to,
			     .head = k ? k->head : w->old,
			     .held = true };
	remember_held(w, t, &v);
	return 0;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The file is as history has it, and a person has not said yet that it may be another one. */
static bool is_guarded(const struct round *w, const struct target *t)
{
	return w->guarded.n && bsearch(&t->p.path, w->guarded.at, w->guarded.n, sizeof *w->guarded.at, by_name);
}

int round_unexpected(struct round *w, struct target *t, const struct wt_file *f)
{
	struct change c = { .path = t->p.path, .kind = CHANGE_EDITED, .size = (size_t)f->st.st_size };
	/* A deletion that was not recorded was held back by a guard: it is not for us to decide it. */
	if (!f->there || !f->regular)
		return hold(w, t);
	wt_judge_disk(&c, w->a, w->r, w->set, &w->old, f->bytes, f->n);
	if (c.verdict != CHANGE_READY || wt_is_being_edited(w->a, w->r, t->p.path) ||
	    wt_has_writer(wt_abs(w->a, w->r, t->p.path)))
		return hold(w, t);
	const struct wt_known *k = round_committed(w, t->p.path);
	struct wt_edit ed = { .path = t->p.path, .bytes = f->bytes, .n = f->n, .blob = f->blob, .on_disk = true };
	if (k)
		ed.base = k->head;
	else {
		int rc = wt_base_of(&ed.base, w->a, w->r, &w->old, &w->versions, t->p.path, f->bytes, f->n, &f->blob,
				    w->e);
		if (rc)
			return rc;
	}
	arena_push(w->a, &w->edits, ed);
	t->act = ACT_EDIT;
	return 0;
}

/* A file that is as the old head has it, as far as git's index knows, need not be read here: what comes out of the exchange is. */
static bool is_vouched_for(struct wt_file *out, struct round *w, const struct target *t)
{
	struct wt_file f = { .there = true, .regular = true, .blob = t->p.from };
	if (!w->index || !wt_is_vouched_for(&f.st, w->index, &w->index_time, t->p.path, wt_abs(w->a, w->r, t->p.path), &f.blob))
		return false;
	*out = f;
	return true;
}

static int look_at(struct round *w, struct target *t)
{
	struct wt_file f;
	struct tentry at;
	int rc;
	if (!t->mode) { /* not in the list of differences, or gone there: a folder may have its name now */
		if ((rc = objs_entry_at(&at, w->r, &w->new, t->p.path, w->e)))
			return rc;
		t->mode = at.mode;
	}
	t->act = ACT_SKIP;
	if (!wt_path_is_safe(w->a, w->r, t->p.path) || (t->mode && t->mode != MODE_FILE && t->mode != MODE_EXEC))
		return 0;
	if (!is_vouched_for(&f, w, t) && (rc = wt_look(&f, w->a, w->r, t->p.path, w->e)))
		return rc;
	bool readable = !f.there || f.regular;
	const struct version *held = versions_held(&w->versions, t->p.path);
	const struct wt_known *k = round_known(w, t->p.path, &f.blob);
	t->disk = f.blob;
	t->disk_head = w->old;
	t->act = ACT_WRITE;
	if (readable && oid_equal(&f.blob, &t->p.to))
		t->act = ACT_DONE;
	else if (readable && k)
		t->disk_head = k->head;
	else if (readable && held && (f.there || held->guarded) && oid_equal(&f.blob, &held->before))
		t->disk_head = held->head;
	else if (!readable || (held && !held->guarded) || !oid_equal(&f.blob, &t->p.from))
		return round_unexpected(w, t, &f);
	if (t->act == ACT_WRITE && is_guarded(w, t)) {
		struct version v = { .path = t->p.path,
				     .before = t->disk,
				     .written = t->p.to,
				     .head = t->disk_head,
				     .held = true,
				     .guarded = true };
		remember_held(w, t, &v);
		t->p.guarded = true;
	}
	return 0;
}

int round_plan(struct round *w)
{
	w->edits.n = 0;
	if (w->guarded.n)
		qsort(w->guarded.at, w->guarded.n, sizeof *w->guarded.at, by_name);
	int rc = list_targets(w);
	if (!rc && w->targets.n && wt_index(&w->index, w->r, NULL) == 0)
		w->index_time = wt_index_time(w->index);
	for (size_t i = 0; !rc && i < w->targets.n; i++)
		rc = look_at(w, &w->targets.at[i]);
	git_index_free(w->index);
	w->index = NULL;
	return rc;
}
