/* mergefile.c -- files that are no records: attachments, notes, settings.
 *
 * Text merges by line. What does not (overlapping lines, images, links) is kept twice: the smaller oid under its name, the other
 * beside it, so nothing that anybody wrote is lost and everybody has the same two files. Deleted here and edited there: it stays.
 */
#include "merge_int.h"

#include <string.h>

#define TEXT_MAX (1u << 20)

unsigned merge_mode(const struct tentry *o, const struct tentry *x, const struct tentry *y)
{
	if (!x->mode || !y->mode)
		return x->mode ? x->mode : y->mode;
	if (x->mode == y->mode)
		return x->mode;
	if (x->mode == o->mode)
		return y->mode;
	return y->mode == o->mode ? x->mode : MODE_FILE;
}

static void keep_both(struct outcome *out, struct job *j, const struct contest *c)
{
	const struct tentry *first = &c->x, *second = &c->y;
	int cmp = git_oid_cmp(&first->oid, &second->oid);
	if (cmp > 0 || (cmp == 0 && first->mode > second->mode)) {
		first = &c->y;
		second = &c->x;
	}
	struct tedit edit = { c->path, first->mode, first->oid };
	arena_push(j->a, &out->edits, edit);
	keep_variant(&out->variants, j->a, c->path, second);
}

/* NULL in *bytes: not a text that can be merged by line. No such file: empty. */
static int text_of(const char **bytes, size_t *n, struct job *j, struct arena *a, const struct tentry *t, struct err *e)
{
	*bytes = t->mode ? NULL : "";
	*n = 0;
	if (!is_blob(t))
		return 0;
	const char *text;
	int rc = objs_blob_within(&text, n, &j->s, a, &t->oid, TEXT_MAX, e);
	if (rc)
		return rc;
	*bytes = text && !memchr(text, 0, *n) ? text : NULL;
	return 0;
}

static int merge_lines(bool *merged, git_oid *oid, struct job *j, const struct contest *c, struct err *e)
{
	struct arena a;
	const char *o, *x, *y;
	size_t on, xn, yn;
	int rc;
	*merged = false;
	if (!arena_begin(&a))
		return err_nomem(e);
	if (!(rc = text_of(&o, &on, j, &a, &c->o, e)) && !(rc = text_of(&x, &xn, j, &a, &c->x, e)) &&
	    !(rc = text_of(&y, &yn, j, &a, &c->y, e)) && x && y) {
		struct buf out = BUF_INIT;
		bool first = git_oid_cmp(&c->x.oid, &c->y.oid) < 0; /* symmetric whatever merge_text does */
		if (merge_text(&out, o ? o : "", o ? on : 0, first ? x : y, first ? xn : yn, first ? y : x, first ? yn : xn)) {
			rc = buf_ok(&out) ? objs_put(oid, &j->s, GIT_OBJECT_BLOB, out.at, out.n, e) : err_nomem(e);
			*merged = !rc;
		}
		buf_free(&out);
	}
	arena_end(&a);
	return rc;
}

int merge_file(struct outcome *out, struct job *j, const struct contest *c, struct err *e)
{
	struct tedit edit = { .path = c->path };
	bool merged;
	if (!c->x.mode || !c->y.mode) {
		const struct tentry *left = c->x.mode ? &c->x : &c->y;
		edit.mode = left->mode;
		edit.oid = left->oid;
	} else if (is_blob(&c->x) && is_blob(&c->y)) {
		edit.mode = merge_mode(&c->o, &c->x, &c->y);
		if (git_oid_equal(&c->x.oid, &c->y.oid)) {
			edit.oid = c->x.oid;
		} else {
			int rc = merge_lines(&merged, &edit.oid, j, c, e);
			if (rc)
				return rc;
			if (!merged)
				edit.mode = 0;
		}
	}
	if (edit.mode)
		arena_push(j->a, &out->edits, edit);
	else
		keep_both(out, j, c);
	return 0;
}
