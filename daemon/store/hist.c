#include "hist.h"

#include "base/clock.h"
#include "giterr.h"
#include "treemerge.h"

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

#define NAME_BYTES 200

/* A name goes into sidecars, which are UTF-8 without control characters: any other byte a foreign program may have
 * written becomes '?', or the merge could not be spelled. */
static const char *clean_name(struct arena *a, const char *name)
{
	char out[NAME_BYTES + 1];
	size_t n = 0;
	for (const unsigned char *p = (const unsigned char *)name; *p;) {
		size_t len = *p < 0x80 ? 1 : *p >= 0xC2 && *p < 0xE0 ? 2 : *p >= 0xE0 && *p < 0xF0 ? 3 : *p >= 0xF0 && *p < 0xF5 ? 4 : 0;
		bool good = len > 1 || (len == 1 && *p >= 0x20 && *p != 0x7F);
		for (size_t i = 1; good && i < len; i++)
			good = (p[i] & 0xC0) == 0x80;
		if (good && len == 2)
			good = !(p[0] == 0xC2 && p[1] < 0xA0); /* C1 controls */
		if (good && len == 3) /* overlong, surrogates, line separators, byte order mark, non-characters */
			good = !(p[0] == 0xE0 && p[1] < 0xA0) && !(p[0] == 0xED && p[1] >= 0xA0) &&
			       !(p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) && !(p[0] == 0xEF && p[1] >= 0xBB);
		if (good && len == 4)
			good = !(p[0] == 0xF0 && p[1] < 0x90) && !(p[0] == 0xF4 && p[1] >= 0x90);
		if (!good)
			len = 1;
		if (n + len > NAME_BYTES)
			break;
		if (good)
			memcpy(out + n, p, len);
		else
			out[n] = '?';
		n += len;
		p += len;
	}
	return arena_dupn(a, out, n);
}

/* The date on the author's own clock, within the years that a date can spell. */
static void author_date(char out[11], const git_time *when)
{
	const int64_t first = -62135596800, last = 253402214400; /* 0001-01-01, 9999-12-31 */
	int64_t t = when->time < first ? first : when->time > last ? last : when->time;
	t += (int64_t)when->offset * 60;
	clock_date(out, t < first ? first : t > last ? last : t);
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
	c->author = clean_name(a, author->name);
	author_date(c->date, &author->when);
	c->machine = c->nparents == 2 && !strcmp(author->email, FUSION_EMAIL);
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
