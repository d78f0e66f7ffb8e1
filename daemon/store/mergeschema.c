/* mergeschema.c -- the schema folder merges first, file by file: the higher x-version wins, so that versions never go down; of
 * equal versions the side that changed the file, and if both did, the smaller oid. Records are then read under the result.
 */
#include "merge_int.h"

#include <string.h>

/* -1: no version to be read, which loses against every version. */
static int version_of(int64_t *out, struct job *j, const struct tentry *t, struct err *e)
{
	const char *bytes;
	size_t n;
	struct ydoc *doc;
	*out = -1;
	if (!is_blob(t))
		return 0;
	int rc = objs_blob_within(&bytes, &n, &j->s, j->a, &t->oid, YAML_MAX_BYTES, e);
	if (rc || !bytes || ydoc_parse(&doc, j->a, "schema", bytes, n, NULL, NULL) < 0)
		return rc;
	const struct val *v = val_get(ydoc_val(doc), "x-version");
	if (v && v->type == VAL_INT && v->i >= 0)
		*out = v->i;
	return 0;
}

static int pick(struct tentry *out, struct job *j, const struct tentry *o, const struct tentry *x, const struct tentry *y, struct err *e)
{
	int64_t xv, yv;
	int rc;
	const struct tentry *winner;
	if (tentry_equal(x, y)) {
		winner = x;
	} else if (!x->mode || !y->mode) {
		const struct tentry *left = x->mode ? x : y, *gone = x->mode ? y : x;
		winner = tentry_equal(o, left) ? gone : left;
	} else {
		if ((rc = version_of(&xv, j, x, e)) || (rc = version_of(&yv, j, y, e)))
			return rc;
		if (xv != yv)
			winner = xv > yv ? x : y;
		else if (tentry_equal(o, x) || tentry_equal(o, y))
			winner = tentry_equal(o, x) ? y : x;
		else
			winner = git_oid_cmp(&x->oid, &y->oid) < 0 ? x : y;
	}
	*out = *winner;
	return 0;
}

static int cursor(struct tcur *c, struct job *j, const struct tentry *t, struct err *e)
{
	return tcur_open(c, &j->s, is_tree(t) ? &t->oid : NULL, e);
}

/* The three folders in step; entries by name and kind. */
static int files(struct tedits *out, struct job *j, struct tcur c[3], struct err *e)
{
	int rc = 0;
	while (!rc && !(c[0].done && c[1].done && c[2].done)) {
		const struct tentry *first = NULL;
		struct tentry at[3] = { { 0 } }, winner;
		for (int i = 0; i < 3; i++)
			if (!c[i].done && (!first || tentry_order(&c[i].at, first) < 0))
				first = &c[i].at;
		struct tentry key = *first;
		key.name = arena_dup(j->a, first->name);
		for (int i = 0; !rc && i < 3; i++) {
			if (c[i].done || tentry_order(&c[i].at, &key))
				continue;
			at[i] = c[i].at;
			rc = tcur_next(&c[i], e);
		}
		if (!rc && !(rc = pick(&winner, j, &at[0], &at[1], &at[2], e)) && winner.mode) {
			struct tedit edit = { key.name, winner.mode, winner.oid };
			arena_push(j->a, out, edit);
		}
	}
	return rc;
}

int merge_schema_folder(struct tentry *out, struct job *j, const struct tentry *o, const struct tentry *x, const struct tentry *y,
			struct err *e)
{
	struct tcur c[3];
	struct tedits edits = { 0 };
	int rc;
	if (tentry_equal(x, y)) {
		*out = *x;
		return 0;
	}
	if ((rc = cursor(&c[0], j, o, e)))
		return rc;
	if (!(rc = cursor(&c[1], j, x, e))) {
		if (!(rc = cursor(&c[2], j, y, e))) {
			rc = files(&edits, j, c, e);
			tcur_end(&c[2]);
		}
		tcur_end(&c[1]);
	}
	tcur_end(&c[0]);
	struct tentry folder = { .mode = edits.n ? MODE_TREE : 0 };
	if (!rc && edits.n)
		rc = tree_edit(&folder.oid, &j->s, NULL, edits.at, edits.n, e);
	if (!rc)
		*out = folder;
	return rc;
}
