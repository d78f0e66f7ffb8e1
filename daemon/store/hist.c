#include "hist.h"

#include "base/clock.h"
#include "giterr.h"

#include <stdlib.h>
#include <string.h>

void hist_init(struct hist *h, struct objs *s, const struct schemas *set)
{
	*h = (struct hist){ .s = s, .set = set };
}

static int by_oid(const void *x, const void *y)
{
	return git_oid_cmp(x, y);
}

int hist_commit(struct cnode **out, struct hist *h, const git_oid *oid, struct err *e)
{
	struct cnode *c = oidmap_get(&h->commits, oid);
	if (c) {
		*out = c;
		return 0;
	}
	git_commit *commit;
	int rc = git_commit_lookup(&commit, h->s->r->git, oid);
	if (rc < 0) {
		char hex[OID_HEX + 1];
		return giterr(e, rc, _("lecture du commit %s"), git_oid_tostr(hex, sizeof hex, oid));
	}
	struct arena *a = h->s->a;
	c = arena_new(a, struct cnode);
	c->oid = *oid;
	c->tree = *git_commit_tree_id(commit);
	c->nparents = git_commit_parentcount(commit);
	c->parents = arena_array(a, c->nparents, sizeof *c->parents);
	for (size_t i = 0; i < c->nparents; i++)
		c->parents[i] = *git_commit_parent_id(commit, (unsigned)i);
	if (c->nparents)
		qsort(c->parents, c->nparents, sizeof *c->parents, by_oid);
	c->time = git_commit_time(commit);
	const git_signature *author = git_commit_author(commit);
	c->author = arena_dup(a, author->name);
	c->email = arena_dup(a, author->email);
	clock_date(c->date, author->when.time + (int64_t)author->when.offset * 60);
	git_commit_free(commit);
	oidmap_put(&h->commits, a, oid, c);
	*out = c;
	return 0;
}

static int newest_first(const void *x, const void *y)
{
	const struct cnode *s = *(struct cnode *const *)x, *t = *(struct cnode *const *)y;
	if (s->time != t->time)
		return s->time < t->time ? 1 : -1;
	return git_oid_cmp(&s->oid, &t->oid);
}

int hist_reach(struct cnodes *out, struct hist *h, const git_oid *heads, size_t n, const git_oid *stop, size_t nstop,
	       struct err *e)
{
	git_revwalk *walk;
	git_oid oid;
	struct cnodes all = { 0 };
	int rc = git_revwalk_new(&walk, h->s->r->git);
	for (size_t i = 0; rc >= 0 && i < n; i++)
		rc = git_revwalk_push(walk, &heads[i]);
	for (size_t i = 0; rc >= 0 && i < nstop; i++)
		rc = git_revwalk_hide(walk, &stop[i]);
	if (rc < 0)
		rc = giterr(e, rc, _("parcours de l'historique"));
	while (!rc) {
		struct cnode *c;
		if ((rc = git_revwalk_next(&oid, walk)) < 0) {
			rc = rc == GIT_ITEROVER ? 0 : giterr(e, rc, _("parcours de l'historique"));
			break;
		}
		if (!(rc = hist_commit(&c, h, &oid, e)))
			arena_push(h->s->a, &all, c);
	}
	git_revwalk_free(walk);
	if (rc)
		return rc;
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, newest_first);
	*out = all;
	return 0;
}
