/* mergebase.c -- what a merge is over.
 *
 * Two heads may have several merge bases (criss-cross histories are ordinary here: two sites that merged each other's work).
 * Taking one of them would bring settled differences back. So the virtual base is the state that a merge commit of the
 * bases would hold: they are folded in the order of their oids, each over the merge bases of itself and all already
 * folded, and so on up. Every fold is remembered, so a ladder of criss-crosses costs its length, not its square.
 * Virtual states are trees like any other but are never written.
 */
#include "merge_int.h"

#include "giterr.h"

#include <stdlib.h>
#include <string.h>

#define FOLD_MAX_DEPTH 100 /* beyond it the smallest oid alone is the base: still the same everywhere */

static int by_oid(const void *x, const void *y)
{
	return git_oid_cmp(x, y);
}

/* Bases that another base already contains say nothing more. */
static int drop_redundant(git_oid *at, size_t *n, struct job *j, struct err *e)
{
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++) {
		bool redundant = false;
		for (size_t k = 0; k < *n && !redundant; k++) {
			if (k == i)
				continue;
			int rc = git_graph_descendant_of(j->s.r->git, &at[k], &at[i]);
			if (rc < 0)
				return giterr(e, rc, _("recherche de l'ancêtre commun"));
			redundant = rc == 1;
		}
		if (!redundant)
			at[kept++] = at[i];
	}
	*n = kept;
	return 0;
}

/* The maximal common ancestors of one commit and a state, sorted. */
static int bases_of(git_oid **out, size_t *n, struct job *j, const git_oid *one, const git_oid *heads, size_t nheads, struct err *e)
{
	git_oidarray found = { 0 };
	git_oid *in = arena_array(j->a, nheads + 1, sizeof *in), *at = NULL;
	size_t count = 0;
	in[0] = *one;
	memcpy(in + 1, heads, nheads * sizeof *heads);
	int rc = git_merge_bases_many(&found, j->s.r->git, nheads + 1, in);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return giterr(e, rc, _("recherche de l'ancêtre commun"));
	if (rc == 0) {
		count = found.count;
		at = arena_array(j->a, count, sizeof *at);
		memcpy(at, found.ids, count * sizeof *at);
		git_oidarray_dispose(&found);
	}
	if (count > 1) {
		qsort(at, count, sizeof *at, by_oid);
		if ((rc = drop_redundant(at, &count, j, e)))
			return rc;
	}
	*out = at;
	*n = count;
	return 0;
}

static int fold(struct side *out, struct job *j, const git_oid *heads, size_t n, int depth, struct err *e);

static int fold_next(struct side *acc, struct job *j, const git_oid *heads, size_t n, int depth, struct err *e)
{
	struct side next = { .heads = &heads[n], .n = 1 }, base;
	int rc;
	if ((rc = objs_tree_of(&next.tree, &j->s, next.heads, e)) || (rc = merge_base(&base, j, acc, &next, depth + 1, e)) ||
	    (rc = merge_sides(&acc->tree, NULL, j, &base, acc, &next, e)))
		return rc;
	acc->heads = heads;
	acc->n = n + 1;
	return 0;
}

static int fold(struct side *out, struct job *j, const git_oid *heads, size_t n, int depth, struct err *e)
{
	struct side acc = { .heads = heads, .n = n ? 1 : 0 };
	int rc;
	if (n == 0) {
		rc = objs_put(&acc.tree, &j->s, GIT_OBJECT_TREE, "", 0, e);
	} else if (n == 1 || depth > FOLD_MAX_DEPTH) {
		rc = objs_tree_of(&acc.tree, &j->s, heads, e);
	} else {
		git_oid key;
		if ((rc = git_odb_hash(&key, heads, n * sizeof *heads, GIT_OBJECT_BLOB)) < 0)
			return giterr(e, rc, _("recherche de l'ancêtre commun"));
		struct side *known = oidmap_get(&j->memo[j->schema_only], &key);
		if (known) {
			*out = *known;
			return 0;
		}
		rc = objs_tree_of(&acc.tree, &j->s, heads, e);
		for (size_t i = 1; !rc && i < n; i++)
			rc = fold_next(&acc, j, heads, i, depth, e);
		if (!rc) {
			known = arena_new(j->a, struct side);
			*known = acc;
			oidmap_put(&j->memo[j->schema_only], j->a, &key, known);
		}
	}
	if (!rc)
		*out = acc;
	return rc;
}

int merge_base(struct side *out, struct job *j, const struct side *x, const struct side *y, int depth, struct err *e)
{
	git_oid *bases = NULL;
	size_t n = 0;
	const struct side *one = y->n == 1 ? y : x, *many = y->n == 1 ? x : y;
	must(one->n == 1);
	int rc = job_goes_on(j, e);
	if (rc || (rc = bases_of(&bases, &n, j, one->heads, many->heads, many->n, e)))
		return rc;
	return fold(out, j, bases, n, depth, e);
}

int merge_base_alone(git_oid *tree, bool *alone, struct job *j, const git_oid *commit, const struct side *y, struct err *e)
{
	git_oid *bases = NULL;
	size_t n = 0;
	int rc = bases_of(&bases, &n, j, commit, y->heads, y->n, e);
	*alone = !rc && n == 1;
	return *alone ? objs_tree_of(tree, &j->s, bases, e) : rc;
}
