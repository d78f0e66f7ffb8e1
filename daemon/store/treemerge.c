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

#include "base/clock.h"
#include "giterr.h"
#include "schemas.h"

#include <stdlib.h>
#include <string.h>

struct contests {
	struct contest *at;
	size_t n, cap;
};

struct walk {
	struct job *j;
	git_oid oroot, xroot, yroot;
	struct tedits edits;      /* on x's tree: what one side changed */
	struct contests both;     /* files that both changed */
	struct contests sidecars; /* all that is not the same everywhere below conflits/ */
	size_t taken, variants;
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
	keep_variant(&w->edits, w->j, path, file);
	w->variants++;
	return 0;
}

static int at_file(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y)
{
	bool settled;
	if (tentry_equal(x, y))
		return 0;
	int rc = file_against_folder(&settled, w, o, x, y);
	if (rc || settled)
		return rc;
	if (tentry_equal(o, y)) {
		w->taken++;
	} else if (tentry_equal(o, x)) {
		w->taken++;
		take(w, arena_dup(w->j->a, w->path), y);
	} else {
		struct contest c = { arena_dup(w->j->a, w->path), *o, *x, *y };
		arena_push(w->j->a, &w->both, c);
	}
	return 0;
}

static int walk3(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y, size_t n, int depth);

static int at_folder(struct walk *w, const struct tentry *o, const struct tentry *x, const struct tentry *y, size_t n, int depth)
{
	struct tentry file;
	int rc;
	if (tentry_equal(x, y))
		return 0;
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
	for (int i = 0; !rc && i < 3; i++)
		if (!c[i].done && at[i].mode)
			rc = tcur_next(&c[i], w->e);
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

struct unit3 {
	struct place p;
	struct unit o, x, y;
};
struct units {
	struct unit3 *at;
	size_t n, cap;
};

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct unit3 *)x)->p.path, ((const struct unit3 *)y)->p.path);
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
		int rc = objs_blob(&bytes, &n, &j->s, j->a, &sides[i]->oid, e);
		if (rc)
			return rc;
		if (ydoc_parse(&doc, j->a, c->path, bytes, n, NULL, NULL) < 0)
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

static int look_up(struct unit3 *u, struct walk *w)
{
	int rc;
	if ((rc = unit_lookup(&u->o, &w->j->s, &w->oroot, &u->p, w->e)) || (rc = unit_lookup(&u->x, &w->j->s, &w->xroot, &u->p, w->e)))
		return rc;
	return unit_lookup(&u->y, &w->j->s, &w->yroot, &u->p, w->e);
}

/* Sort the contested files into records (units, once each) and others. */
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
		if ((rc = look_up(&u, w)))
			return rc;
		arena_push(w->j->a, units, u);
	}
	return 0;
}

static int settle_units(struct tedits *edits, struct tree_merge *m, struct walk *w, struct units *units, const struct sides *in)
{
	if (units->n)
		qsort(units->at, units->n, sizeof *units->at, by_path);
	for (size_t i = 0; i < units->n; i++) {
		struct unit3 *u = &units->at[i];
		if ((i && !by_path(u, u - 1)) || unit_equal(&u->x, &u->y) || unit_equal(&u->o, &u->y))
			continue;
		if (unit_equal(&u->o, &u->x)) {
			struct tedit rec = { u->p.path, u->y.rec.mode, u->y.rec.oid }, side = { u->p.side, u->y.side.mode, u->y.side.oid };
			arena_push(w->j->a, edits, rec);
			arena_push(w->j->a, edits, side);
			continue;
		}
		int rc = merge_unit(edits, m, w->j, in, &u->p, &u->o, &u->x, &u->y, w->e);
		if (rc)
			return rc;
	}
	return 0;
}

static int settle_others(struct tedits *edits, struct walk *w, const struct contests *others)
{
	for (size_t i = 0; i < others->n; i++) {
		const struct contest *c = &others->at[i];
		if (tentry_equal(&c->x, &c->y) || tentry_equal(&c->o, &c->y))
			continue; /* from conflits/, where one-sided changes are listed, too */
		if (tentry_equal(&c->o, &c->x)) {
			struct tedit edit = { c->path, c->y.mode, c->y.oid };
			arena_push(w->j->a, edits, edit);
			continue;
		}
		int rc = merge_file(edits, &w->variants, w->j, c, w->e);
		if (rc)
			return rc;
	}
	return 0;
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
	const struct sides in = { o, x, y };
	struct units units = { 0 };
	struct contests others = { 0 };
	struct tedits edits = { 0 };
	git_oid tree;
	int rc = schema_first(&w);
	if (rc || j->schema_only)
		return rc ? rc : tree_edit(out, &j->s, &x->tree, w.edits.at, w.edits.n, e);
	if ((rc = walk3(&w, &ot, &xt, &yt, 0, 0)) || (rc = tree_edit(&tree, &j->s, &x->tree, w.edits.at, w.edits.n, e)) ||
	    (rc = sort_out(&units, &others, &w, &w.both)) || (rc = sort_out(&units, &others, &w, &w.sidecars)) ||
	    (rc = settle_units(&edits, m, &w, &units, &in)) || (rc = settle_others(&edits, &w, &others)))
		return rc;
	if (edits.n && (rc = tree_edit(&tree, &j->s, &tree, edits.at, edits.n, e)))
		return rc;
	if (m) {
		m->taken += w.taken;
		m->variants += w.variants;
	}
	*out = tree;
	return 0;
}

/* --- the whole job ------------------------------------------------------------------------------------------------- */

/* A broken schema on one side must not stop the exchange: then the merge reads under the sides' own, the smaller oid first. */
static int load_schemas(struct job *j, const struct side *x, const struct side *y, struct err *e)
{
	git_oid merged;
	const struct schemas *set = NULL;
	struct err first = { 0 };
	int rc;
	j->schema_only = true;
	struct side base;
	if (!(rc = merge_base(&base, j, x, y, 0, e)))
		rc = merge_sides(&merged, NULL, j, &base, x, y, e);
	j->schema_only = false;
	if (rc)
		return rc;
	bool x_first = git_oid_cmp(&x->tree, &y->tree) < 0;
	const git_oid *trees[] = { &merged, x_first ? &x->tree : &y->tree, x_first ? &y->tree : &x->tree, &base.tree };
	for (size_t i = 0; i < 4; i++) {
		rc = schemas_of_tree(&set, &j->s, trees[i], i ? NULL : &first);
		if (rc != ERR_SCHEMA && rc != ERR_NOTFOUND)
			break;
	}
	if (rc && e)
		*e = first;
	hist_init(&j->h, &j->s, set);
	return rc;
}

void job_begin(struct job *j, struct arena *a, struct repo *r, const struct merge_budget *budget)
{
	static const struct merge_budget usual;
	const struct merge_budget *b = budget ? budget : &usual;
	*j = (struct job){ .a = a,
			   .deadline = clock_mono_ms() + (b->ms ? b->ms : MERGE_MS),
			   .most = a->total + (b->bytes ? b->bytes : MERGE_BYTES),
			   .cancel = b->cancel };
	objs_init(&j->s, r, a);
}

int job_goes_on(const struct job *j, struct err *e)
{
	if (cancel_is(j->cancel))
		return err_set(e, ERR_CANCELLED, "%s", _("fusion interrompue ; elle sera reprise au prochain échange"));
	if (clock_mono_ms() > j->deadline)
		return err_set(e, ERR_LIMIT, "%s", _("cette fusion prend trop de temps et n'a pas été faite ; rien n'est perdu : réessayez "
						     "sur un ordinateur moins occupé, et échangez plus souvent"));
	if (j->a->total > j->most)
		return err_set(e, ERR_LIMIT, "%s", _("cette fusion demande trop de mémoire et n'a pas été faite ; rien n'est perdu : "
						     "échangez plus souvent, par plus petites quantités"));
	return 0;
}

/* `fusion: n` in collectif.yaml: the algorithm's version is data, and one that this program does not know is left to others. */
static int check_algorithm(struct job *j, const git_oid *tree, struct err *e)
{
	struct tentry at;
	const char *bytes;
	size_t n;
	struct ydoc *doc;
	int rc = objs_lookup(&at, &j->s, tree, "collectif.yaml", e);
	if (rc || !is_blob(&at))
		return rc;
	if ((rc = objs_blob(&bytes, &n, &j->s, j->a, &at.oid, e)))
		return rc;
	if (ydoc_parse(&doc, j->a, "collectif.yaml", bytes, n, NULL, NULL) < 0)
		return 0;
	const struct val *v = val_get(ydoc_val(doc), "fusion");
	if (v && v->type == VAL_INT && v->i > MERGE_ALGORITHM)
		return err_set(e, ERR_UNSUPPORTED, _("ce collectif emploie la version %lld de la fusion et ce programme connaît la version %d ; "
						     "mettez maillage à jour : en attendant, il enregistre et échange sans fusionner"),
			       (long long)v->i, MERGE_ALGORITHM);
	return 0;
}

int job_merge(struct tree_merge *out, git_oid *tree, struct job *j, const git_oid *x, const git_oid *y, struct err *e)
{
	struct side xs = { .heads = x, .n = 1 }, ys = { .heads = y, .n = 1 }, base = { .n = 0 };
	int rc;
	if ((rc = objs_tree_of(&xs.tree, &j->s, x, e)) || (rc = objs_tree_of(&ys.tree, &j->s, y, e)) ||
	    (rc = check_algorithm(j, &xs.tree, e)) || (rc = check_algorithm(j, &ys.tree, e)) ||
	    (rc = load_schemas(j, &xs, &ys, e)))
		return rc;
	if ((rc = merge_base(&base, j, &xs, &ys, 0, e)) || (rc = merge_sides(tree, out, j, &base, &xs, &ys, e)))
		return rc;
	oid_from_git(&out->tree, tree);
	return 0;
}

int tree_merge(struct tree_merge *out, struct arena *a, struct repo *r, const struct oid *x, const struct oid *y,
	       const struct merge_budget *budget, struct err *e)
{
	struct job *j = arena_new(a, struct job);
	struct tree_merge m = { 0 };
	git_oid xo, yo, tree;
	int rc;
	job_begin(j, a, r, budget);
	if ((rc = oid_to_git(&xo, x, e)) || (rc = oid_to_git(&yo, y, e)) || (rc = job_merge(&m, &tree, j, &xo, &yo, e)) ||
	    (rc = objs_flush(&j->s, &tree, e)))
		return rc;
	*out = m;
	return 0;
}
