/* sendlist.c -- commits oldest first; of each, what its folders hold that the same paths of its parents do not.
 *
 * That is right because a parent is either listed already or the hub's: what lies at the same path there need not be sent. It is cheap
 * because folders that are equal are not opened. What moved to another path, or came back, is sent again: the hub
 * takes an object twice without a word. (libgit2's packbuilder marks every object of the hidden side one by one, and then looks for
 * deltas between all of them.)
 *
 * The base of a version is the version before it at its path. A new record has none; it is based on the first new one of its folder:
 * records of one kind share their keys and half their words.
 */
#include "sendlist.h"

#include "giterr.h"
#include "objs.h"

#include <stdint.h>

#define PARENTS_MAX 8 /* of an octopus with more, what the others hold is sent again */

struct walk {
	struct sendlist *out;
	struct arena *a;
	struct objs s;
	const struct cancel *cancel; /* borrow; may be NULL */
	struct err *e;
};

size_t sendlist_find(const struct sendlist *l, const git_oid *oid)
{
	void *place = oidmap_get(&l->places, oid);
	return place ? (size_t)(uintptr_t)place - 1 : l->n;
}

/* False: it is listed already. */
static bool add(struct walk *w, const git_oid *oid, git_object_t type, const git_oid *base)
{
	if (oidmap_get(&w->out->places, oid))
		return false;
	struct send_one one = { .oid = *oid, .type = type, .based = base };
	if (base)
		one.base = *base;
	arena_push(w->a, w->out, one);
	oidmap_put(&w->out->places, w->a, oid, (void *)(uintptr_t)w->out->n);
	return true;
}

/* The parents' entries of the same name and kind. True: one of them is the same object. *base: else the first; NULL: none. */
static int before(bool *same, const git_oid **base, struct tcur *old, size_t nold, const struct tentry *now, struct err *e)
{
	*same = false;
	*base = NULL;
	for (size_t i = 0; i < nold && !*same; i++) {
		while (!old[i].done && tentry_order(&old[i].at, now) < 0) {
			int rc = tcur_next(&old[i], e);
			if (rc)
				return rc;
		}
		if (old[i].done || tentry_order(&old[i].at, now) != 0 || old[i].at.mode == MODE_GITLINK)
			continue;
		*same = git_oid_equal(&old[i].at.oid, &now->oid);
		if (!*base)
			*base = &old[i].at.oid;
	}
	return 0;
}

static int add_tree(struct walk *w, const git_oid *tree, const git_oid *const *parents, size_t n, int depth);

/* The folder at this entry of each parent that has one. */
static int add_below(struct walk *w, const struct tentry *now, struct tcur *old, size_t n, int depth)
{
	const git_oid *below[PARENTS_MAX];
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (!old[i].done && !tentry_order(&old[i].at, now))
			below[k++] = &old[i].at.oid;
	return add_tree(w, &now->oid, below, k, depth + 1);
}

static int add_entries(struct walk *w, struct tcur *c, struct tcur *old, size_t n, int depth)
{
	int rc = 0;
	git_oid sibling;
	bool siblings = false;
	for (; !rc && !c->done; rc = rc ? rc : tcur_next(c, w->e)) {
		const git_oid *base;
		bool same;
		if (c->at.mode == MODE_GITLINK || (rc = before(&same, &base, old, n, &c->at, w->e)) || same)
			continue;
		if (is_tree(&c->at)) {
			rc = add_below(w, &c->at, old, n, depth);
		} else if (add(w, &c->at.oid, GIT_OBJECT_BLOB, base ? base : siblings ? &sibling : NULL) && !siblings && !base) {
			siblings = true;
			sibling = c->at.oid;
		}
	}
	return rc;
}

static int add_tree(struct walk *w, const git_oid *tree, const git_oid *const *parents, size_t n, int depth)
{
	struct tcur c = { 0 }, old[PARENTS_MAX] = { 0 };
	for (size_t i = 0; i < n; i++)
		if (git_oid_equal(parents[i], tree))
			return 0;
	if (depth > TREE_MAX_DEPTH)
		return objs_damaged_tree(w->e);
	if (!add(w, tree, GIT_OBJECT_TREE, n ? parents[0] : NULL))
		return 0;
	int rc = tcur_open(&c, &w->s, tree, w->e);
	for (size_t i = 0; !rc && i < n; i++)
		rc = tcur_open(&old[i], &w->s, parents[i], w->e);
	if (!rc)
		rc = add_entries(w, &c, old, n, depth);
	for (size_t i = 0; i < n; i++)
		tcur_end(&old[i]);
	tcur_end(&c);
	return rc;
}

static int add_commit(struct walk *w, const git_oid *oid)
{
	git_commit *c;
	git_oid trees[PARENTS_MAX], tree;
	const git_oid *parents[PARENTS_MAX];
	char hex[OID_HEX + 1];
	size_t n = 0;
	int rc = git_commit_lookup(&c, w->s.r->git, oid);
	if (rc < 0)
		return giterr(w->e, rc, _("lecture du commit %s"), git_oid_tostr(hex, sizeof hex, oid));
	rc = 0;
	for (unsigned i = 0; !rc && i < git_commit_parentcount(c) && n < PARENTS_MAX; i++, n++) {
		rc = objs_tree_of(&trees[n], &w->s, git_commit_parent_id(c, i), w->e);
		parents[n] = &trees[n];
	}
	tree = *git_commit_tree_id(c);
	git_commit_free(c);
	if (rc)
		return rc;
	add(w, oid, GIT_OBJECT_COMMIT, NULL);
	return add_tree(w, &tree, parents, n, 0);
}

static int begin(git_revwalk **out, struct repo *r, const struct oid *have, const struct oid *want, struct err *e)
{
	git_revwalk *walk;
	git_oid oid;
	int rc = git_revwalk_new(&walk, r->git);
	if (rc < 0)
		return giterr(e, rc, _("préparation de l'envoi"));
	git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
	if ((rc = oid_to_git(&oid, want, e)) == 0 && (rc = git_revwalk_push(walk, &oid)) < 0)
		rc = giterr(e, rc, _("préparation de l'envoi"));
	if (!rc && oid_is(have) && (rc = oid_to_git(&oid, have, e)) == 0 && (rc = git_revwalk_hide(walk, &oid)) < 0)
		rc = giterr(e, rc, _("préparation de l'envoi"));
	if (rc)
		git_revwalk_free(walk);
	else
		*out = walk;
	return rc;
}

int sendlist_make(struct sendlist *out, struct arena *a, struct repo *r, const struct oid *have, const struct oid *want,
		  const struct cancel *cancel, struct err *e)
{
	struct sendlist l = { 0 };
	struct walk w = { .out = &l, .a = a, .cancel = cancel, .e = e };
	git_revwalk *walk = NULL;
	git_oid oid;
	int at = 0, rc = begin(&walk, r, have, want, e);
	if (rc)
		return rc;
	objs_init(&w.s, r, NULL);
	while (!rc && (at = git_revwalk_next(&oid, walk)) == 0) {
		if (cancel && cancel_is(cancel))
			rc = err_set(e, ERR_CANCELLED, "%s", _("échange interrompu à votre demande"));
		else
			rc = add_commit(&w, &oid);
	}
	if (!rc && at != GIT_ITEROVER)
		rc = giterr(e, at, _("préparation de l'envoi"));
	git_revwalk_free(walk);
	if (!rc)
		*out = l;
	return rc;
}
