#include "tree.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Order that keeps a folder's paths together: '/' sorts before every other character. */
static int path_order(const char *x, const char *y)
{
	while (*x && *x == *y) {
		x++;
		y++;
	}
	int xc = *x == '/' ? 1 : (unsigned char)*x + (*x != 0);
	int yc = *y == '/' ? 1 : (unsigned char)*y + (*y != 0);
	return xc - yc;
}

const char *name_fold(struct arena *a, const char *name)
{
	char *out = arena_dup(a, name);
	for (unsigned char *p = (unsigned char *)out; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (unsigned char)(*p + 32);
		else if (*p == 0xc3 && p[1] >= 0x80 && p[1] <= 0x9e && p[1] != 0x97) /* À to Þ, not × */
			p[1] = (unsigned char)(p[1] + 32);
		else if (*p == 0xc5 && p[1] == 0x92) /* Œ */
			p[1] = 0x93;
	}
	return out;
}

/* Of two for one path the one that removes comes first, and so the other has the last word. */
static int edit_order(const void *x, const void *y)
{
	const struct tedit *p = x, *q = y;
	int cmp = path_order(p->path, q->path);
	if (!cmp)
		cmp = (p->mode > q->mode) - (p->mode < q->mode);
	return cmp ? cmp : git_oid_cmp(&p->oid, &q->oid);
}

static int name_order(const void *x, const void *y)
{
	return strcmp(((const struct tentry *)x)->name, ((const struct tentry *)y)->name);
}

static int git_order(const void *x, const void *y)
{
	return tentry_order(x, y);
}

struct entries {
	struct tentry *at;
	size_t n, cap;
	size_t old; /* how many of them were there before, sorted by name */
};

static int load(struct entries *out, struct objs *s, const git_oid *tree, struct err *e)
{
	struct tcur c;
	*out = (struct entries){ 0 };
	int rc = tcur_open(&c, s, tree, e);
	for (; !rc && !c.done; rc = tcur_next(&c, e)) {
		struct tentry t = c.at;
		t.name = arena_dup(s->a, c.at.name);
		arena_push(s->a, out, t);
	}
	tcur_end(&c);
	if (!rc && out->n)
		qsort(out->at, out->n, sizeof *out->at, name_order);
	out->old = out->n;
	return rc;
}

static int save(git_oid *out, size_t *count, struct objs *s, struct entries *t, struct err *e)
{
	struct buf text = BUF_INIT;
	if (t->n)
		qsort(t->at, t->n, sizeof *t->at, git_order);
	*count = 0;
	for (size_t i = 0; i < t->n; i++) {
		if (!t->at[i].mode)
			continue;
		buf_printf(&text, "%o %s", t->at[i].mode, t->at[i].name);
		buf_putc(&text, 0);
		buf_put(&text, t->at[i].oid.id, GIT_OID_RAWSZ);
		++*count;
	}
	int rc = buf_ok(&text) ? objs_put(out, s, GIT_OBJECT_TREE, text.at, text.n, e) : err_nomem(e);
	buf_free(&text);
	return rc;
}

static bool bad_part(const char *part, size_t n)
{
	return n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.') ||
	       (n == 4 && !strncasecmp(part, ".git", 4));
}

/* edits[0..n) share the folder that their first `skip` bytes name. *count: entries of the new tree. */
static int edit(git_oid *out, size_t *count, struct objs *s, const git_oid *tree, struct tedit *edits, size_t n, size_t skip,
		int depth, struct err *e)
{
	struct entries t;
	int rc;
	if (depth > TREE_MAX_DEPTH)
		return err_set(e, ERR_LIMIT, _("%.80s : plus de %d dossiers l'un dans l'autre"), edits->path, TREE_MAX_DEPTH);
	if ((rc = load(&t, s, tree, e)))
		return rc;
	for (size_t i = 0; i < n;) {
		const char *part = edits[i].path + skip;
		size_t len = strcspn(part, "/");
		if (bad_part(part, len))
			return err_set(e, ERR_DATA, _("« %s » : ce chemin n'est pas permis"), edits[i].path);
		struct tentry key = { .name = arena_dupn(s->a, part, len) }, *at = NULL;
		if (t.old)
			at = bsearch(&key, t.at, t.old, sizeof *t.at, name_order);
		if (!at && t.n > t.old && !name_order(&key, &t.at[t.n - 1]))
			at = &t.at[t.n - 1];
		if (!at) {
			arena_push(s->a, &t, key);
			at = &t.at[t.n - 1];
		}
		if (!part[len]) {
			at->mode = edits[i].mode;
			at->oid = edits[i].oid;
			i++;
		}
		size_t j = i;
		while (j < n && !strncmp(edits[j].path + skip, key.name, len) && edits[j].path[skip + len] == '/')
			j++;
		if (j == i)
			continue;
		git_oid sub;
		size_t left;
		if ((rc = edit(&sub, &left, s, is_tree(at) ? &at->oid : NULL, edits + i, j - i, skip + len + 1, depth + 1, e)))
			return rc;
		bool file_stays = at->mode && !is_tree(at) && !left; /* nothing was put below: the file need not give way */
		if (!file_stays) {
			at->mode = left ? MODE_TREE : 0;
			at->oid = sub;
		}
		i = j;
	}
	return save(out, count, s, &t, e);
}

int tree_edit(git_oid *out, struct objs *s, const git_oid *tree, struct tedit *edits, size_t n, struct err *e)
{
	size_t count;
	if (n)
		qsort(edits, n, sizeof *edits, edit_order);
	return edit(out, &count, s, tree, edits, n, 0, 0, e);
}
