/* graves.c -- what a deleted record last held.
 *
 * Two rules of DESIGN 5 ask for it: a record that both sides hold and the base had deleted is merged over its last content
 * before the deletion, and a record deleted on one side and edited on the other is merged with what the deleting side
 * last held. Both are rare, so history is walked only when the first such record is met, and then once for all of
 * them: every deletion of every commit goes into a table, the newest commit's first.
 *
 * A side may have deleted it in several lines of work, each with edits of its own before: two people did, or one did and by a merge
 * of his own took the deletion into the other's line. Each line's last content counts; what another one was made over does not.
 * A machine merge takes a deletion over where the other side had added nothing to what was deleted: that line says nothing more,
 * and may hold what somebody else has taken out since.
 */
#include "hist.h"

#include "giterr.h"

#include <string.h>

#define LINES_MAX 16 /* kept of a record: many merges, each with a side that held it still, must not cost their square */

struct tomb {
	git_oid holder;    /* the parent that held the path */
	struct tomb *next; /* deleted earlier */
};

struct grave {
	const git_oid *heads, *stop; /* copies */
	size_t n, nstop;
	struct oidmap at; /* hash of the path -> struct tomb */
	struct grave *next;
};

struct dig {
	struct hist *h;
	struct grave *g;
	const git_oid *holder;
	struct err *e;
	char path[4096];
};

/* Paths are found by their hash, which git computes well enough. */
static int path_key(git_oid *out, const char *path, struct err *e)
{
	int rc = git_odb_hash(out, path, strlen(path), GIT_OBJECT_BLOB);
	return rc < 0 ? giterr(e, rc, "%s", path) : 0;
}

static int bury(struct dig *d)
{
	git_oid key;
	int rc = path_key(&key, d->path, d->e);
	if (rc)
		return rc;
	struct tomb *first = oidmap_get(&d->g->at, &key), *last = NULL;
	size_t lines = 0;
	for (struct tomb *t = first; t; last = t, t = t->next)
		if (git_oid_equal(&t->holder, d->holder) || ++lines == LINES_MAX)
			return 0;
	struct tomb *tomb = arena_new(d->h->s->a, struct tomb);
	tomb->holder = *d->holder;
	if (last)
		last->next = tomb;
	else
		oidmap_put(&d->g->at, d->h->s->a, &key, tomb);
	return 0;
}

static int dig(struct dig *d, const git_oid *from, const git_oid *to, size_t n, int depth);

/* x: an entry of the parent; y: what the child has under that name, or NULL. */
static int dig_entry(struct dig *d, const struct tentry *x, const struct tentry *y, size_t n, int depth)
{
	if (y && tentry_equal(x, y))
		return 0;
	if (y && !is_tree(x))
		return 0;
	size_t len = strlen(x->name);
	if (depth > TREE_MAX_DEPTH || n + len + 2 > sizeof d->path)
		return 0; /* no record lives that deep */
	if (n)
		d->path[n] = '/';
	strcpy(d->path + n + (n != 0), x->name);
	n += len + (n != 0);
	return is_tree(x) ? dig(d, &x->oid, y ? &y->oid : NULL, n, depth + 1) : bury(d);
}

static int dig(struct dig *d, const git_oid *from, const git_oid *to, size_t n, int depth)
{
	struct tcur x, y;
	int rc = tcur_open(&x, d->h->s, from, d->e);
	if (rc)
		return rc;
	if ((rc = tcur_open(&y, d->h->s, to, d->e))) {
		tcur_end(&x);
		return rc;
	}
	while (!rc && !x.done) {
		int cmp = y.done ? -1 : tentry_order(&x.at, &y.at);
		if (cmp <= 0)
			rc = dig_entry(d, &x.at, cmp == 0 ? &y.at : NULL, n, depth);
		d->path[n] = 0;
		if (!rc && cmp <= 0)
			rc = tcur_next(&x, d->e);
		if (!rc && cmp >= 0)
			rc = tcur_next(&y, d->e);
	}
	tcur_end(&x);
	tcur_end(&y);
	return rc;
}

static bool same_oids(const git_oid *x, size_t xn, const git_oid *y, size_t yn)
{
	return xn == yn && (!xn || !memcmp(x, y, xn * sizeof *x));
}

static const git_oid *copy_oids(struct arena *a, const git_oid *at, size_t n)
{
	git_oid *copy = arena_array(a, n, sizeof *copy);
	if (n)
		memcpy(copy, at, n * sizeof *copy);
	return copy;
}

static int grave_of(struct grave **out, struct hist *h, const git_oid *heads, size_t n, const git_oid *stop, size_t nstop,
		    struct err *e)
{
	struct arena *a = h->s->a;
	for (struct grave *g = h->graves; g; g = g->next) {
		if (same_oids(g->heads, g->n, heads, n) && same_oids(g->stop, g->nstop, stop, nstop)) {
			*out = g;
			return 0;
		}
	}
	struct cnodes all;
	int rc = hist_reach(&all, h, heads, n, stop, nstop, e);
	if (rc)
		return rc;
	struct grave *g = arena_new(a, struct grave);
	*g = (struct grave){ .heads = copy_oids(a, heads, n), .stop = copy_oids(a, stop, nstop), .n = n, .nstop = nstop };
	struct dig d = { .h = h, .g = g, .e = e };
	struct oidmap inside = { 0 };
	for (size_t i = 0; i < all.n; i++)
		oidmap_put(&inside, a, &all.at[i]->oid, all.at[i]);
	for (size_t i = 0; i < all.n; i++) {
		for (size_t j = 0; !all.at[i]->machine && j < all.at[i]->nparents; j++) {
			struct cnode *parent;
			/* what stop reaches is older than it: a deletion of that (from an old editor buffer) took nothing that is new */
			if (nstop && !oidmap_get(&inside, &all.at[i]->parents[j]))
				continue;
			if ((rc = hist_commit(&parent, h, &all.at[i]->parents[j], e)))
				return rc;
			d.holder = &parent->oid;
			if ((rc = dig(&d, &parent->tree, &all.at[i]->tree, 0, 0)))
				return rc;
		}
	}
	g->next = h->graves;
	h->graves = g;
	*out = g;
	return 0;
}

/* Was what some other line last held made over this one? */
static int is_outdated(bool *out, struct hist *h, const struct tomb *all, const struct tomb *t, struct err *e)
{
	int is = 0;
	for (const struct tomb *x = all; x && is == 0; x = x->next)
		if (x != t)
			is = git_graph_descendant_of(h->s->r->git, &x->holder, &t->holder);
	*out = is == 1;
	return is < 0 ? giterr(e, is, _("parcours de l'historique")) : 0;
}

int hist_last_held(struct helds *out, struct hist *h, const git_oid *heads, size_t n, const git_oid *stop, size_t nstop,
		   const struct place *p, struct err *e)
{
	struct grave *g;
	struct helds all = { 0 };
	git_oid key;
	int rc;
	*out = all;
	if (!n)
		return 0;
	if ((rc = grave_of(&g, h, heads, n, stop, nstop, e)) || (rc = path_key(&key, p->path, e)))
		return rc;
	const struct tomb *first = oidmap_get(&g->at, &key);
	for (const struct tomb *t = first; t; t = t->next) {
		struct cnode *c;
		struct held one = { .holder = t->holder };
		bool outdated;
		if ((rc = is_outdated(&outdated, h, first, t, e)))
			return rc;
		if (outdated)
			continue;
		if ((rc = hist_commit(&c, h, &t->holder, e)) || (rc = unit_lookup(&one.unit, h->s, &c->tree, p, e)))
			return rc;
		arena_push(h->s->a, &all, one);
	}
	*out = all;
	return 0;
}
