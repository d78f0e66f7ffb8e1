/* mergekit.h -- an arena for each test, one repository for a whole program of them, and merges that are made in both orders. */
#ifndef TEST_STORE_MERGEKIT_H
#define TEST_STORE_MERGEKIT_H

#include "fixture.h"

#include "store/treemerge.h"

#define ID "ens-ara-k5w2h9tc"
#define REC "enseignements/k5/" ID ".yaml"
#define SIDE "conflits/k5/" ID ".yaml"

UNUSED static struct repo *R; /* of setup */
static struct arena A;        /* of begin */

UNUSED static int setup(void **state)
{
	int rc = store_setup(state);
	if (!rc)
		R = new_repo("merges");
	return rc;
}

UNUSED static int teardown(void **state)
{
	repo_close(R);
	return store_teardown(state);
}

static int begin(void **state)
{
	(void)state;
	return arena_begin(&A) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	arena_end(&A);
	return 0;
}

/* What both orders give: the same tree, and the same to say of it. */
UNUSED static struct tree_merge merge(struct oid x, struct oid y)
{
	struct tree_merge m, back;
	ok(tree_merge(&m, &A, R, &x, &y, NULL, &E));
	ok(tree_merge(&back, &A, R, &y, &x, NULL, &E));
	assert_string_equal(m.tree.hex, back.tree.hex);
	assert_int_equal(m.n, back.n);
	assert_int_equal(m.taken, back.taken);
	assert_int_equal(m.differences, back.differences);
	assert_int_equal(m.variants, back.variants);
	return m;
}

UNUSED static const char *names(struct oid tree)
{
	return git_says(R, "ls-tree -r --name-only %s", tree.hex);
}

#endif
