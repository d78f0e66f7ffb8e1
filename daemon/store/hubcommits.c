/* hubcommits.c -- the second pass of the hub's check: what enters history with any of the new commits stays there, whatever a later one
 * removes. What verified merges made is noted for the third.
 */
#include "hubcheck_int.h"

#include <string.h>

#include "giterr.h"
#include "treemerge.h"
#include "wt.h"

#define HUB_COMMITS_MAX 20000 /* in one push: half a minute of checking */

static const char *short_commit(struct hubcheck *h, const struct oid *c)
{
	return arena_printf(h->a, "commit %.8s", c->hex);
}

/* What is in a commit stays in history although a later one removes it: the commits have to be made again. A mixed reset to where
 * the hub is leaves every file as it is, and the next sync records what may be recorded. */
static const char *made_again(struct hubcheck *h)
{
	struct oid from = h->u->from;
	if (!oid_is(&from) && repo_root_commit(&from, h->r, NULL))
		from = h->u->to;
	return arena_printf(h->a,
			    _("dans votre clone, faites « git reset %.12s » (les fichiers y restent tels quels), puis « maillage "
			      "sync » ; au besoin, demandez à la personne qui administre le hub"),
			    from.hex);
}

static const char *too_big(struct hubcheck *h, size_t n)
{
	return arena_printf(h->a,
			    _("fichier de %zu Mio, plus que les 5 Mio permis ; déplacez-le dans prive/ et, %s"),
			    (n + (1u << 20) - 1) >> 20, made_again(h));
}

static int check_content(struct hubcheck *h, const char *path, const struct oid *blob)
{
	struct objs s;
	git_oid oid;
	size_t size;
	git_object_t type;
	int rc = oid_to_git(&oid, blob, h->e);
	static int mark;
	if (rc || oidmap_get(&h->seen, &oid))
		return rc;
	oidmap_put(&h->seen, h->a, &oid, &mark);
	bool free_size = repo_is_national(h->hub) && !strncmp(path, "aggregat/", 9);
	if ((rc = git_odb_read_header(&size, &type, h->r->odb, &oid)) < 0)
		return giterr(h->e, rc, "%s", path);
	const char *where = arena_dup(h->a, path);
	if (size > WT_FILE_MAX) {
		if (!free_size)
			hubcheck__refuse(h, where, 0, "", "size",
			       arena_printf(h->a, _("%s : %s"), short_commit(h, &h->commit), too_big(h, size)));
		return 0;
	}
	struct objview v;
	const char *what;
	objs_init(&s, h->r, NULL);
	if ((rc = objs_get(&v, &s, &oid, GIT_OBJECT_BLOB, h->e)))
		return rc;
	/* passwords are a guess, made on the author's own machine; keys are certain */
	int line = memmem(v.bytes, v.n, "PRIVATE KEY-----", 16) ? wt_secret_line(&what, v.bytes, v.n) : 0;
	objview_end(&v);
	if (line)
		hubcheck__refuse(h, where, line, "", "secret",
		       arena_printf(h->a,
				    _("%s : cette ligne ressemble à %s ; retirez-la et, %s. Changez aussi cette clé partout "
				      "où elle sert"),
				    short_commit(h, &h->commit), _("une clé privée"), made_again(h)));
	return 0;
}

/* Did a merge only take it from its other side? Then it was looked at there, or it is published. */
static int is_taken(bool *out, struct hubcheck *h, const char *path, const struct oid *blob)
{
	int rc = 0;
	*out = false;
	for (size_t i = 1; !rc && !*out && i < h->nparents; i++) {
		struct oid there;
		rc = wt_blob_at(&there, h->r, &h->parents[i], path, h->e);
		*out = !rc && oid_equal(&there, blob);
	}
	return rc;
}

static int one_new(void *ctx, const char *path, const struct oid *old, const struct oid *blob)
{
	struct hubcheck *h = ctx;
	struct tentry at;
	bool taken;
	(void)old;
	if (!oid_is(blob))
		return 0;
	int rc = is_taken(&taken, h, path, blob);
	if (rc || taken)
		return rc;
	if (!strncmp(path, "prive/", 6) || !strcmp(path, "prive") || !strncmp(path, ".maillage/", 10)) {
		hubcheck__refuse(h, arena_dup(h->a, path), 0, "", "private",
		       arena_printf(h->a,
				    _("%s : ce dossier ne quitte jamais l'ordinateur de son auteur ; %s"),
				    short_commit(h, &h->commit), made_again(h)));
		return 0;
	}
	rc = hubcheck__entry_at(&at, h, &h->commit, path);
	if (rc || (at.mode != MODE_FILE && at.mode != MODE_EXEC))
		return rc; /* links and submodules: judged at the tip */
	return check_content(h, path, blob);
}

struct pair {
	struct hubcheck *h;
	const struct oid *other;
	struct oid base; /* "" when they have none */
};

/* Did both parents change it? Then the merge decided it, even when the whole file came out as one side had it. */
static int contested(bool *out, const struct pair *p, const char *path, const struct oid *here, const struct oid *there)
{
	struct oid was = { "" };
	int rc = oid_is(&p->base) ? wt_blob_at(&was, p->h->r, &p->base, path, p->h->e) : 0;
	*out = !oid_equal(&was, here) && !oid_equal(&was, there);
	return rc;
}

static int one_produced(void *ctx, const char *path, const struct oid *old, const struct oid *blob)
{
	struct pair *p = ctx;
	struct oid there;
	bool made_here = true;
	if (!oid_is(blob))
		return 0;
	int rc = wt_blob_at(&there, p->h->r, p->other, path, p->h->e);
	if (!rc && oid_equal(&there, blob))
		rc = contested(&made_here, p, path, old, &there);
	if (rc || !made_here)
		return rc;
	struct produced made = { arena_dup(p->h->a, path), *blob };
	arena_push(p->h->a, &p->h->produced, made);
	return 0;
}

static int check_merge(struct hubcheck *h, const struct commit_info *c)
{
	struct verdict v;
	int rc = merge_verify(&v, h->r, &c->oid, h->e);
	if (rc == ERR_LIMIT) { /* over the budget is not wrong, but it is not shown to be right either */
		hubcheck__refuse(h, short_commit(h, &c->oid), 0, "", "fusion",
		       _("fusion trop grosse pour être vérifiée ; envoyez plus souvent, par petites quantités"));
		return 0;
	}
	if (rc)
		return rc;
	if (!v.machine)
		return 0;
	if (!v.ok) {
		hubcheck__refuse(h, short_commit(h, &c->oid), 0, "", "fusion",
		       arena_printf(h->a,
				    _("cette fusion automatique n'est pas celle que donnent ses parents (%s) ; mettez "
				      "maillage à jour et resynchronisez"),
				    v.why));
		return 0;
	}
	git_oid x, y, base;
	struct pair p = { .h = h };
	if ((rc = oid_to_git(&x, &c->parents[0], h->e)) || (rc = oid_to_git(&y, &c->parents[1], h->e)))
		return rc;
	rc = git_merge_base(&base, h->r->git, &x, &y);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return giterr(h->e, rc, "%s", c->oid.hex);
	if (!rc)
		oid_from_git(&p.base, &base);
	for (int i = 0; i < 2; i++) {
		p.other = &c->parents[1 - i];
		if ((rc = repo_diff(h->r, &c->parents[i], &c->oid, one_produced, &p, h->e)))
			return rc;
	}
	return 0;
}

static int check_folders(bool *sane, struct hubcheck *h, const struct oid *parent)
{
	git_oid new, space, *old;
	int rc = hubcheck__trees_of(&new, &old, &space, h, parent, &h->commit);
	return rc ? rc : hubtree_check(sane, &h->trees, old, &new, h->e);
}

/* Two histories that share nothing cannot be merged by field: each record of one is a new record for the other. */
static int check_root(struct hubcheck *h)
{
	struct oid root;
	int rc = repo_root_commit(&root, h->r, h->e);
	if (!rc && !oid_equal(&root, &h->commit))
		hubcheck__refuse(h, short_commit(h, &h->commit), 0, "", "root",
		       _("cet historique ne commence pas par la racine commune des dépôts maillage ; faites une copie du hub par "
			 "« maillage init --collective CODE --hub ADRESSE DOSSIER », rangez-y vos fichiers, puis « maillage sync »"));
	return rc;
}

static int check_commit(struct hubcheck *h, const git_oid *oid)
{
	struct commit_info c;
	struct oid none = { "" };
	bool sane;
	oid_from_git(&h->commit, oid);
	int rc = repo_commit_info(&c, h->a, h->r, &h->commit, h->e);
	if (!rc && !c.nparents)
		rc = check_root(h);
	h->parents = c.parents;
	h->nparents = c.nparents;
	if (rc || (rc = check_folders(&sane, h, c.nparents ? &c.parents[0] : &none)))
		return rc;
	h->unwalkable = h->unwalkable || !sane;
	if (!sane)
		return 0;
	if ((!strcmp(c.author_email, FUSION_EMAIL) || !strcmp(c.committer_email, FUSION_EMAIL)) &&
	    (rc = check_merge(h, &c)))
		return rc;
	return repo_diff(h->r, c.nparents ? &c.parents[0] : &none, &h->commit, one_new, h, h->e);
}

static int new_commits(git_revwalk **out, struct hubcheck *h)
{
	git_revwalk *walk;
	git_oid oid;
	int rc = git_revwalk_new(&walk, h->r->git);
	if (rc < 0)
		return giterr(h->e, rc, "%s", h->u->ref);
	git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
	if ((rc = oid_to_git(&oid, &h->u->to, h->e)) == 0 && (rc = git_revwalk_push(walk, &oid)) < 0)
		rc = giterr(h->e, rc, "%s", h->u->to.hex);
	if (!rc && oid_is(&h->u->from) && (rc = oid_to_git(&oid, &h->u->from, h->e)) == 0 &&
	    (rc = git_revwalk_hide(walk, &oid)) < 0)
		rc = giterr(h->e, rc, "%s", h->u->from.hex);
	if (rc)
		git_revwalk_free(walk);
	else
		*out = walk;
	return rc;
}

/* Too many to look at: said before the first of them is. */
static int check_count(struct hubcheck *h)
{
	git_revwalk *walk;
	git_oid oid;
	size_t n = 0;
	int rc = new_commits(&walk, h);
	if (rc)
		return rc;
	while (n <= HUB_COMMITS_MAX && git_revwalk_next(&oid, walk) == 0)
		n++;
	git_revwalk_free(walk);
	h->unwalkable = n > HUB_COMMITS_MAX;
	if (h->unwalkable)
		hubcheck__refuse(h, h->u->ref, 0, "", "limit",
		       arena_printf(h->a, _("plus de %d commits en un seul envoi ; envoyez-les en plusieurs fois, des plus anciens aux plus "
					    "récents : git push hub COMMIT:main"),
				    HUB_COMMITS_MAX));
	return 0;
}

int hubcheck__commits(struct hubcheck *h)
{
	git_revwalk *walk;
	git_oid oid;
	int rc = check_count(h), next = 0;
	if (rc || h->unwalkable || (rc = new_commits(&walk, h)))
		return rc;
	while (!rc && h->out->errors < FAULTS_MAX && !h->unwalkable && (next = git_revwalk_next(&oid, walk)) == 0)
		rc = check_commit(h, &oid);
	if (!rc && next < 0 && next != GIT_ITEROVER)
		rc = giterr(h->e, next, "%s", h->u->to.hex);
	git_revwalk_free(walk);
	return rc;
}

