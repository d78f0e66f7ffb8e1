/* treemerge.c -- the three-way walk over whole trees.
 *
 * Happy path: three cursors go through the folders in step. Entries equal on both sides are left alone; an entry that only one
 * side changed is taken, a whole folder at once and without looking into it; folders that both changed are entered. So
 * the cost follows what both sides touched, not what exists. The result is the tree of x with edits.
 *
 * Three folders of the top are not walked that way. schema/ merges first, and every record is read under the result. aggregat/ is
 * written by the program and taken whole from one side. conflits/ holds the other halves of records: a record and its
 * sidecar are one unit, and when they changed on different sides the folders alone would not show it. So conflits/ is
 * compared in full (it is small), and every record named there is judged as a unit after the walk.
 *
 * No renames are looked for anywhere: two similar records are two records.
 */
#include "merge_int.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	struct job *j;
	git_oid oroot, xroot, yroot;
	struct tedits edits;      /* on x's tree: what one side changed */
	struct contests both;     /* files that both changed */
	struct contests sidecars; /* all that is not the same everywhere below conflits/ */
	struct variants variants;
	struct variants added[2]; /* new files of x, of y; the other has none of that name */
	size_t taken;
	struct err *e;
	char path[4096];
};

static void take(struct walk *w, const char *path, const struct tentry *t)
{
	struct tedit edit = { path, t->mode, t->oid };
	arena_push(w->j->a, &w->edits, edit);
}

static int join_path(struct walk *w, size_t *len, size_t n, const char *name, int depth)
{
	size_t more = strlen(name);
	if (depth > TREE_MAX_DEPTH || n + more + 2 > sizeof w->path)
		return err_set(w->e, ERR_LIMIT, _("%.60s... : chemin trop long ou trop profond"), w->path);
	if (n)
		w->path[n++] = '/';
	memcpy(w->path + n, name, more + 1);
	*len = n + more;
	return 0;
}

/* What the other side has as a folder where this one has a file; mode 0: no folder. */
static int folder_at(struct tentry *out, struct walk *w, const git_oid *root)
{
	int rc = objs_lookup(out, &w->j->s, root, w->path, w->e);
	if (!rc && !is_tree(out))
		out->mode = 0;
	return rc;
}

/* A file on one side alone, and a folder of that name on the other: both cannot have the name. The file is kept under a
 * variant name unless nobody changed it; where the folder is only what the base had, the file's side replaced it. */
static int file_against_folder(bool *settled, struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y)
{
	const struct tentry *file = x->mode ? x : y;
	struct tentry folder, before;
	int rc;
	*settled = false;
	if (!x->mode == !y->mode)
		return 0;
	if ((rc = folder_at(&folder, w, x->mode ? &w->yroot : &w->xroot)) || !folder.mode)
		return rc;
	if ((rc = folder_at(&before, w, &w->oroot)))
		return rc;
	if (tentry_equal(file, o) || tentry_equal(&folder, &before))
		return 0;
	const char *path = arena_dup(w->j->a, w->path);
	*settled = true;
	if (x->mode)
		take(w, path, &(struct tentry){ 0 });
	keep_variant(&w->variants, w->j->a, path, file);
	return 0;
}

/* Both sides made one change of what the base has. That is nothing to merge, except where records count: two sites that each
 * counted one counted two. */
static int at_equal(bool *look, struct walk *w, const struct tentry *o, const struct tentry *x)
{
	*look = false;
	if (!x->mode || !o->mode || tentry_equal(o, x))
		return 0;
	int rc = job_schemas(w->j, w->e);
	*look = !rc && w->j->h.set && schemas_count(w->j->h.set);
	return rc;
}

static bool counted_twice(const struct walk *w, const struct unit3 *u)
{
	return u->o.rec.mode && u->x.rec.mode && !tentry_equal(&u->o.rec, &u->x.rec) && schemas_count(w->j->h.set);
}

/* New on one side, with a sidecar: it came back from a deletion, perhaps, and the other side deleted it, too (mergeunit.c). */
static bool maybe_back(const struct unit3 *u)
{
	const struct unit *there = u->x.rec.mode ? &u->x : &u->y;
	return !u->o.rec.mode && !u->x.rec.mode != !u->y.rec.mode && there->side.mode;
}

static int at_file(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y)
{
	bool settled, look;
	int rc;
	if (tentry_equal(x, y)) {
		if ((rc = at_equal(&look, w, o, x)) || !look)
			return rc;
		struct contest c = { arena_dup(w->j->a, w->path), *o, *x, *y };
		arena_push(w->j->a, &w->both, c);
		return 0;
	}
	rc = file_against_folder(&settled, w, o, x, y);
	if (rc || settled)
		return rc;
	const char *path = arena_dup(w->j->a, w->path);
	if (!o->mode && !x->mode != !y->mode)
		keep_variant(&w->added[!x->mode], w->j->a, path, x->mode ? x : y);
	if (tentry_equal(o, y)) {
		w->taken++;
	} else if (tentry_equal(o, x)) {
		w->taken++;
		take(w, path, y);
	} else {
		struct contest c = { path, *o, *x, *y };
		arena_push(w->j->a, &w->both, c);
	}
	return 0;
}

static int walk3(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y, size_t n, int depth);

static int at_folder(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y, size_t n, int depth)
{
	struct tentry file;
	bool look;
	int rc;
	if (tentry_equal(x, y)) {
		rc = at_equal(&look, w, o, x);
		return rc || !look ? rc : walk3(w, o, x, y, n, depth + 1);
	}
	if (tentry_equal(o, y)) {
		w->taken++;
		return 0;
	}
	if (!tentry_equal(o, x))
		return walk3(w, o, x, y, n, depth + 1);
	w->taken++;
	/* y replaced the folder by a file: the file's own entry says so, and saying it twice would undo it */
	if (!y->mode && (rc = objs_lookup(&file, &w->j->s, &w->yroot, w->path, w->e)))
		return rc;
	if (y->mode || !file.mode)
		take(w, arena_dup(w->j->a, w->path), y);
	return 0;
}

/* Everything below conflits/ that is not the same on all three. */
static int at_sidecar(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y, bool folder, size_t n,
		      int depth)
{
	if (tentry_equal(x, y) && tentry_equal(o, x))
		return 0;
	if (folder)
		return walk3(w, o, x, y, n, depth + 1);
	struct contest c = { arena_dup(w->j->a, w->path), *o, *x, *y };
	arena_push(w->j->a, &w->sidecars, c);
	return 0;
}

static int at_aggregate(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y)
{
	if (tentry_equal(x, y) || tentry_equal(o, y))
		return 0;
	bool y_wins = tentry_equal(o, x) || !x->mode || (y->mode && git_oid_cmp(&y->oid, &x->oid) < 0);
	if (y_wins)
		take(w, "aggregat", y);
	return 0;
}

static int at_name(struct walk *w, const struct tentry at[3], bool folder, size_t n, int depth)
{
	const struct tentry *o = &at[0], *x = &at[1], *y = &at[2];
	if (depth == 0 && folder && !strcmp(w->path, "schema"))
		return 0;
	if (depth == 0 && folder && !strcmp(w->path, "aggregat"))
		return at_aggregate(w, o, x, y);
	if (!strncmp(w->path, "conflits", 8) && (w->path[8] == '/' || (folder && !w->path[8])))
		return at_sidecar(w, o, x, y, folder, n, depth);
	return folder ? at_folder(w, o, x, y, n, depth) : at_file(w, o, x, y);
}

static int step3(struct walk *w, struct tcur c[3], size_t n, int depth)
{
	const struct tentry *first = NULL;
	struct tentry at[3] = { { 0 } };
	size_t len = n;
	int rc;
	for (int i = 0; i < 3; i++)
		if (!c[i].done && (!first || tentry_order(&c[i].at, first) < 0))
			first = &c[i].at;
	const struct tentry key = *first; /* its name lives as long as the cursor's object */
	for (int i = 0; i < 3; i++)
		if (!c[i].done && !tentry_order(&c[i].at, &key))
			at[i] = c[i].at;
	if ((rc = join_path(w, &len, n, key.name, depth)) || (rc = at_name(w, at, is_tree(&key), len, depth)))
		return rc;
	w->path[n] = 0;
	for (int i = 0; !rc && i < 3; i++) {
		if (c[i].done || !at[i].mode)
			continue;
		rc = tcur_next(&c[i], w->e);
		if (!rc && !c[i].done && tentry_order(&at[i], &c[i].at) >= 0)
			rc = objs_damaged_tree(w->e); /* out of order, or twice: the result would be no better */
	}
	return rc;
}

static int walk3(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y, size_t n, int depth)
{
	const struct tentry *side[3] = { o, x, y };
	struct tcur c[3];
	int rc = job_goes_on(w->j, w->e), opened = 0;
	while (!rc && opened < 3) {
		rc = tcur_open(&c[opened], &w->j->s, side[opened]->mode ? &side[opened]->oid : NULL, w->e);
		opened += !rc;
	}
	while (!rc && !(c[0].done && c[1].done && c[2].done))
		rc = step3(w, c, n, depth);
	for (int i = 0; i < opened; i++)
		tcur_end(&c[i]);
	return rc;
}

/* --- after the walk ----------------------------------------------------------------------------------------------- */

struct units {
	struct unit3 *at;
	size_t n, cap;
};

static int by_path(const void *x, const void *y)
{
	const struct unit3 *p = x, *q = y;
	int cmp = strcmp(p->p.path, q->p.path);
	return cmp ? cmp : p->looked_up - q->looked_up;
}

/* collectif.yaml says its id only inside: of the two sides' the smaller, if they should differ. */
static int collective_id(const char **out, struct job *j, const struct contest *c, struct err *e)
{
	const struct tentry *sides[] = { &c->x, &c->y };
	const char *id = NULL;
	for (size_t i = 0; i < 2; i++) {
		const char *bytes;
		size_t n;
		struct ydoc *doc;
		if (!is_blob(sides[i]))
			continue;
		int rc = objs_blob_within(&bytes, &n, &j->s, j->a, &sides[i]->oid, YAML_MAX_BYTES, e);
		if (rc)
			return rc;
		if (!bytes || ydoc_parse(&doc, j->a, c->path, bytes, n, NULL, NULL) < 0)
			continue;
		const char *mine = val_text(ydoc_val(doc), "id");
		if (mine && !strncmp(mine, "col-", 4) && (!id || strcmp(mine, id) < 0))
			id = mine;
	}
	*out = id;
	return 0;
}

/* A contested file's record, or none. */
static int unit_of(bool *is, struct unit3 *out, struct walk *w, const struct contest *c)
{
	struct job *j = w->j;
	const char *id;
	int rc = 0;
	if (!strcmp(c->path, "collectif.yaml"))
		rc = collective_id(&id, j, c, w->e);
	else
		id = place_id(j->a, j->h.set, c->path);
	*is = !rc && id && place_of_id(&out->p, j->a, j->h.set, id);
	return rc;
}

/* Whatever is not the same everywhere below conflits/ has been walked into, so another record's sidecar is found in x as in y. */
static int look_up(struct unit3 *u, struct walk *w, const struct contest *c)
{
	int rc;
	if (!strcmp(c->path, u->p.path)) {
		if ((rc = objs_lookup(&u->x.side, &w->j->s, &w->xroot, u->p.side, w->e)))
			return rc;
		if (is_tree(&u->x.side))
			u->x.side.mode = 0;
		u->o = (struct unit){ c->o, u->x.side };
		u->y = (struct unit){ c->y, u->x.side };
		u->x.rec = c->x;
		return 0;
	}
	u->looked_up = true;
	if ((rc = unit_lookup(&u->o, &w->j->s, &w->oroot, &u->p, w->e)) || (rc = unit_lookup(&u->x, &w->j->s, &w->xroot, &u->p, w->e)))
		return rc;
	return unit_lookup(&u->y, &w->j->s, &w->yroot, &u->p, w->e);
}

/* Sort the contested files into records (units) and others. */
static int sort_out(struct units *units, struct contests *others, struct walk *w, const struct contests *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct unit3 u = { .p = { NULL, NULL, NULL } };
		bool is;
		int rc = unit_of(&is, &u, w, &from->at[i]);
		if (rc)
			return rc;
		if (!is) {
			arena_push(w->j->a, others, from->at[i]);
			continue;
		}
		if ((rc = look_up(&u, w, &from->at[i])))
			return rc;
		arena_push(w->j->a, units, u);
	}
	return 0;
}

/* By path, each once: the one that was looked up where both its record and its sidecar named it. */
static void once_each(struct units *units)
{
	size_t n = 0;
	if (units->n)
		qsort(units->at, units->n, sizeof *units->at, by_path);
	for (size_t i = 0; i < units->n; i++) {
		struct unit3 *u = &units->at[i];
		if (n && !strcmp(u->p.path, units->at[n - 1].p.path))
			n--;
		units->at[n++] = *u;
	}
	units->n = n;
}

/* Units, and files below conflits/, were listed whoever changed them. What one side alone changed is taken; the others remain. */
static void take_units(struct tedits *edits, struct walk *w, struct units *units)
{
	size_t n = 0;
	for (size_t i = 0; i < units->n; i++) {
		struct unit3 *u = &units->at[i];
		if ((unit_equal(&u->x, &u->y) && !counted_twice(w, u)) || (unit_equal(&u->o, &u->y) && !maybe_back(u)))
			continue;
		if (unit_equal(&u->o, &u->x) && !maybe_back(u)) {
			struct tedit rec = { u->p.path, u->y.rec.mode, u->y.rec.oid }, side = { u->p.side, u->y.side.mode, u->y.side.oid };
			arena_push(w->j->a, edits, rec);
			arena_push(w->j->a, edits, side);
			continue;
		}
		units->at[n++] = *u;
	}
	units->n = n;
}

static void take_others(struct tedits *edits, struct walk *w, struct contests *others)
{
	size_t n = 0;
	for (size_t i = 0; i < others->n; i++) {
		const struct contest *c = &others->at[i];
		struct tedit edit = { c->path, c->y.mode, c->y.oid };
		if (tentry_equal(&c->x, &c->y) || tentry_equal(&c->o, &c->y))
			continue;
		if (tentry_equal(&c->o, &c->x))
			arena_push(w->j->a, edits, edit);
		else
			others->at[n++] = *c;
	}
	others->n = n;
}

static void gather(struct tedits *edits, struct walk *w, struct tree_merge *m, const struct outcome *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct outcome *o = &at[i];
		for (size_t k = 0; k < o->edits.n; k++)
			arena_push(w->j->a, edits, o->edits.at[k]);
		for (size_t k = 0; k < o->variants.n; k++)
			arena_push(w->j->a, &w->variants, o->variants.at[k]);
		if (m && o->merged) {
			arena_push(w->j->a, m, o->record);
			m->differences += o->differences;
		}
	}
}

/* What both sides changed: records, then every other file. */
static int settle(struct tedits *edits, struct walk *w, struct tree_merge *m, const struct sides *in)
{
	struct job *j = w->j;
	struct units units = { 0 };
	struct contests others = { 0 };
	int rc;
	keep_apart(edits, &w->variants, j->a, w->added);
	if (!w->both.n && !w->sidecars.n)
		return 0;
	if ((rc = job_schemas(j, w->e)) || (rc = sort_out(&units, &others, w, &w->both)) ||
	    (rc = sort_out(&units, &others, w, &w->sidecars)))
		return rc;
	once_each(&units);
	take_units(edits, w, &units);
	take_others(edits, w, &others);
	struct outcome *at = arena_array(j->a, units.n + others.n, sizeof *at);
	rc = merge_units(at, j, in, units.at, units.n, w->e);
	for (size_t i = 0; !rc && i < others.n; i++)
		if (!(rc = job_goes_on(j, w->e)))
			rc = merge_file(&at[units.n + i], j, &others.at[i], w->e);
	if (!rc)
		gather(edits, w, m, at, units.n + others.n);
	return rc;
}

static int top_folder(struct tentry out[3], struct walk *w, const char *name)
{
	const git_oid *root[] = { &w->oroot, &w->xroot, &w->yroot };
	for (int i = 0; i < 3; i++) {
		int rc = objs_lookup(&out[i], &w->j->s, root[i], name, w->e);
		if (rc)
			return rc;
		if (!is_tree(&out[i]))
			out[i].mode = 0;
	}
	return 0;
}

static int schema_first(struct walk *w)
{
	struct tentry at[3], folder;
	int rc;
	if ((rc = top_folder(at, w, "schema")) || (rc = merge_schema_folder(&folder, w->j, &at[0], &at[1], &at[2], w->e)))
		return rc;
	if (!tentry_equal(&folder, &at[1]))
		take(w, "schema", &folder);
	return 0;
}

int merge_sides(git_oid *out, struct tree_merge *m, struct job *j, const struct side *o, const struct side *x,
		const struct side *y, struct err *e)
{
	struct walk w = { .j = j, .oroot = o->tree, .xroot = x->tree, .yroot = y->tree, .e = e };
	const struct tentry ot = { MODE_TREE, o->tree, "" }, xt = { MODE_TREE, x->tree, "" }, yt = { MODE_TREE, y->tree, "" };
	const struct sides in = { o, x, y, m != NULL };
	struct tedits edits = { 0 };
	size_t variants = 0;
	git_oid tree;
	int rc = schema_first(&w);
	if (rc || j->schema_only)
		return rc ? rc : tree_edit(out, &j->s, &x->tree, w.edits.at, w.edits.n, e);
	if ((rc = walk3(&w, &ot, &xt, &yt, 0, 0)) || (rc = tree_edit(&tree, &j->s, &x->tree, w.edits.at, w.edits.n, e)) ||
	    (rc = settle(&edits, &w, m, &in)) || (edits.n && (rc = tree_edit(&tree, &j->s, &tree, edits.at, edits.n, e))) ||
	    (rc = variants_put(&tree, &variants, j, &w.variants, e)))
		return rc;
	if (m) {
		m->taken += w.taken;
		m->variants += variants;
	}
	*out = tree;
	return 0;
}
