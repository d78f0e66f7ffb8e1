/* hubcheck.c -- what enters the hub, decided once for hook and folder (DESIGN 10).
 *
 * Three passes over a push of main from `from` to `to`:
 *   1 the ref itself: main only, forward only, never deleted
 *   2 every new commit: it comes from the common root; its folders are well formed (hubtree.c); none by the merging program that
 *     merge_verify cannot reproduce; nothing private, secret or oversized in any of them, for what a later commit removes
 *     stays in history all the same
 *   3 the tip: each path that differs between from and to must be acceptable there. So a repair commit on top of a broken one
 *     suffices, and what was broken before the push is nobody's fault now
 *
 * A record that a verified machine merge produced is accepted whatever its schema faults: two acceptable versions
 * may give one that is not (two people each removed one of two names, one of which is required), and refusing it
 * would stop everybody's syncing for something that nobody wrote. It is flagged to people instead.
 *
 * A sidecar of the tip that no verified merge made may list no proposal that history does not bear out (proposals.h).
 *
 * Refusals are data (struct faults). An error is returned only when the check itself could not be made.
 */
#include "hubcheck.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fsio.h"
#include "giterr.h"
#include "hubtree.h"
#include "merge/diffs.h"
#include "objs.h"
#include "proposals.h"
#include "schema/record.h"
#include "treemerge.h"
#include "wt.h"

#define HUB_COMMITS_MAX 20000 /* in one push: half a minute of checking */

struct produced { /* a path and blob that a verified merge made, and neither of its parents had */
	const char *path;
	struct oid blob;
};
struct hubcheck {
	struct faults *out;
	struct arena *a;
	struct repo *r, *hub;
	const struct push_update *u;
	const struct schemas *set;   /* in force at the tip */
	struct repo *national;       /* own; NULL: this is it, or there is none beside the hub */
	struct oidmap seen;          /* blobs whose content was looked at */
	struct hubtree trees;
	struct {
		struct produced *at;
		size_t n, cap;
	} produced;
	struct proposals *proposals; /* of the tip; NULL until one is asked about */
	struct oid commit;           /* under check, in pass 2 */
	const struct oid *parents;   /* its */
	size_t nparents;
	bool schema_done;
	bool unwalkable;             /* too many commits, or a folder without end: said, and nothing else is looked at */
	struct err *e;
};

static void refuse(struct hubcheck *h, const char *path, int line, const char *field, const char *code, const char *msg)
{
	struct fault f = { .path = path, .line = line, .col = line ? 1 : 0, .field = field, .code = code, .msg = msg };
	fault_add(h->out, h->a, &f);
}

static const char *short_commit(struct hubcheck *h, const struct oid *c)
{
	return arena_printf(h->a, "commit %.8s", c->hex);
}

static int entry_at(struct tentry *out, struct hubcheck *h, const struct oid *commit, const char *path)
{
	struct objs s;
	git_oid oid, tree;
	int rc;
	*out = (struct tentry){ 0 };
	objs_init(&s, h->r, NULL);
	if (!oid_is(commit))
		return 0;
	if ((rc = oid_to_git(&oid, commit, h->e)) || (rc = objs_tree_of(&tree, &s, &oid, h->e)))
		return rc;
	return objs_lookup(out, &s, &tree, path, h->e);
}

/* ---- 1: the ref */

static int check_ref(bool *go_on, struct hubcheck *h)
{
	const struct push_update *u = h->u;
	*go_on = false;
	if (strcmp(u->ref, MAIN_REF) != 0) {
		refuse(h, u->ref, 0, "", "ref",
		       _("le hub n'accepte que la branche main ; envoyez votre travail sur main"));
		return 0;
	}
	if (!oid_is(&u->to)) {
		refuse(h, u->ref, 0, "", "delete", _("la branche main ne peut pas être supprimée"));
		return 0;
	}
	git_object *o;
	git_oid oid;
	int rc = oid_to_git(&oid, &u->to, h->e);
	if (rc)
		return rc;
	rc = git_object_lookup(&o, h->r->git, &oid, GIT_OBJECT_ANY);
	if (rc < 0)
		return giterr(h->e, rc, "%s", u->to.hex);
	bool commit = git_object_type(o) == GIT_OBJECT_COMMIT;
	git_object_free(o);
	if (!commit) {
		refuse(h, u->ref, 0, "", "ref", _("main doit désigner un commit"));
		return 0;
	}
	bool forward = true;
	if (oid_is(&u->from) && (rc = repo_is_ancestor(&forward, h->r, &u->from, &u->to, h->e)))
		return rc;
	if (!forward)
		refuse(h, u->ref, 0, "", "rewrite",
		       _("cet envoi réécrirait l'historique publié ; récupérez d'abord (maillage sync), puis envoyez à "
			 "nouveau"));
	*go_on = forward;
	return 0;
}

/* ---- 2: every new commit */

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
			refuse(h, where, 0, "", "size",
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
		refuse(h, where, line, "", "secret",
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
		refuse(h, arena_dup(h->a, path), 0, "", "private",
		       arena_printf(h->a,
				    _("%s : ce dossier ne quitte jamais l'ordinateur de son auteur ; %s"),
				    short_commit(h, &h->commit), made_again(h)));
		return 0;
	}
	rc = entry_at(&at, h, &h->commit, path);
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
		refuse(h, short_commit(h, &c->oid), 0, "", "fusion",
		       _("fusion trop grosse pour être vérifiée ; envoyez plus souvent, par petites quantités"));
		return 0;
	}
	if (rc)
		return rc;
	if (!v.machine)
		return 0;
	if (!v.ok) {
		refuse(h, short_commit(h, &c->oid), 0, "", "fusion",
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

/* Its tree and its parent's. *old NULL: no parent; it points to *space otherwise. */
static int trees_of(git_oid *new, git_oid **old, git_oid *space, struct hubcheck *h, const struct oid *from, const struct oid *to)
{
	struct objs s;
	git_oid oid;
	objs_init(&s, h->r, NULL);
	*old = NULL;
	int rc = oid_to_git(&oid, to, h->e);
	if (!rc)
		rc = objs_tree_of(new, &s, &oid, h->e);
	if (rc || !oid_is(from))
		return rc;
	*old = space;
	rc = oid_to_git(&oid, from, h->e);
	return rc ? rc : objs_tree_of(space, &s, &oid, h->e);
}

static int check_folders(bool *sane, struct hubcheck *h, const struct oid *parent)
{
	git_oid new, space, *old;
	int rc = trees_of(&new, &old, &space, h, parent, &h->commit);
	return rc ? rc : hubtree_check(sane, &h->trees, old, &new, h->e);
}

/* Two histories that share nothing cannot be merged by field: each record of one is a new record for the other. */
static int check_root(struct hubcheck *h)
{
	struct oid root;
	int rc = repo_root_commit(&root, h->r, h->e);
	if (!rc && !oid_equal(&root, &h->commit))
		refuse(h, short_commit(h, &h->commit), 0, "", "root",
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
		refuse(h, h->u->ref, 0, "", "limit",
		       arena_printf(h->a, _("plus de %d commits en un seul envoi ; envoyez-les en plusieurs fois, des plus anciens aux plus "
					    "récents : git push hub COMMIT:main"),
				    HUB_COMMITS_MAX));
	return 0;
}

static int check_commits(struct hubcheck *h)
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

/* ---- 3: the tip */

static bool is_produced(const struct hubcheck *h, const char *path, const struct oid *blob)
{
	for (size_t i = 0; i < h->produced.n; i++)
		if (oid_equal(&h->produced.at[i].blob, blob) && !strcmp(h->produced.at[i].path, path))
			return true;
	return false;
}

static int check_record(struct hubcheck *h, const char *path, const struct oid *old, const struct oid *blob)
{
	struct record rec;
	struct faults f = { 0 };
	const char *bytes, *before;
	size_t n, m;
	int rc = repo_read_blob(&bytes, &n, h->a, h->r, blob, h->e);
	if (rc)
		return rc;
	record_load(&rec, &f, h->a, h->set, path, path, repo_collective(h->hub), bytes, n);
	for (size_t i = 0; i < f.n; i++)
		if (!f.at[i].warning)
			fault_add(h->out, h->a, &f.at[i]);
	if (f.errors || !oid_is(old))
		return 0;
	if (!(rc = repo_read_blob(&before, &m, h->a, h->r, old, h->e)))
		wt_immutable_faults(h->out, h->a, h->set, path, &rec, before, m);
	return rc;
}

/* A sidecar at another version; what cannot be read lists nothing. */
static int read_sidecar(struct diffs *out, struct hubcheck *h, const char *path, const struct oid *blob)
{
	const char *bytes;
	size_t n;
	*out = (struct diffs){ 0 };
	if (!oid_is(blob))
		return 0;
	int rc = repo_read_blob(&bytes, &n, h->a, h->r, blob, h->e);
	if (!rc && diffs_parse(out, h->a, path, bytes, n, NULL) < 0)
		*out = (struct diffs){ 0 };
	return rc;
}

static int check_proposals(struct hubcheck *h, const char *path, const char *id, const struct diffs *now, const struct oid *old)
{
	struct diffs before, merged;
	const char *why;
	int rc = read_sidecar(&before, h, path, old);
	/* what a merge of this push put there, and an ordinary commit on top left in part */
	for (size_t i = 0; !rc && i < h->produced.n; i++) {
		if (strcmp(h->produced.at[i].path, path) || (rc = read_sidecar(&merged, h, path, &h->produced.at[i].blob)))
			continue;
		for (size_t k = 0; k < merged.n; k++)
			arena_push(h->a, &before, merged.at[k]);
	}
	if (!rc && !h->proposals) {
		h->proposals = arena_new(h->a, struct proposals);
		rc = proposals_init(h->proposals, h->a, h->r, h->set, &h->u->to, h->e);
	}
	if (!rc && !(rc = proposals_fault(&why, h->proposals, id, now, &before, h->e)) && why)
		refuse(h, path, 0, "", "proposal", why);
	return rc;
}

static int check_sidecar(struct hubcheck *h, const char *path, const struct oid *old, const struct oid *blob)
{
	const char *bytes, *id = wt_id_of_path(h->a, path), *expected = record_sidecar_path(h->a, id);
	size_t n;
	struct diffs d;
	struct err why = { 0 };
	int rc = repo_read_blob(&bytes, &n, h->a, h->r, blob, h->e);
	if (rc)
		return rc;
	if (diffs_parse(&d, h->a, path, bytes, n, &why) < 0) {
		int line = 0;
		const char *msg = why.msg; /* "path:line:col: message" */
		size_t k = strlen(path);
		if (!strncmp(msg, path, k) && sscanf(msg + k, ":%d", &line) == 1 && strstr(msg, ": "))
			msg = strstr(msg, ": ") + 2;
		refuse(h, path, line, "", "sidecar", arena_dup(h->a, msg));
	} else if (!expected || strcmp(expected, path) || (d.id && strcmp(d.id, id))) {
		refuse(h, path, 1, "id", "sidecar",
		       _("le nom de ce fichier de différences n'est pas celui de sa fiche ; rétablissez-le"));
	} else {
		return check_proposals(h, path, id, &d, old);
	}
	return 0;
}

/* Is this folder object the schema folder of some version of national.git? *back: only of one that is older than what `was` is. */
static int known_to_national(bool *out, bool *back, struct hubcheck *h, const git_oid *folder, const struct tentry *was)
{
	git_revwalk *walk;
	git_oid oid;
	struct objs s;
	objs_init(&s, h->national, NULL);
	*out = *back = false;
	int rc = git_revwalk_new(&walk, h->national->git);
	if (rc < 0)
		return giterr(h->e, rc, "%s", h->national->gitdir);
	if (git_revwalk_push_ref(walk, MAIN_REF) < 0) { /* nothing there yet */
		git_revwalk_free(walk);
		return 0;
	}
	while (!rc && !*out && git_revwalk_next(&oid, walk) == 0) {
		git_oid tree;
		struct tentry at;
		if (!(rc = objs_tree_of(&tree, &s, &oid, h->e)) && !(rc = objs_lookup(&at, &s, &tree, "schema", h->e)))
			*out = is_tree(&at) && git_oid_equal(&at.oid, folder);
		if (!rc && !*out) /* from the newest to the oldest */
			*back = *back || (is_tree(&at) && is_tree(was) && git_oid_equal(&at.oid, &was->oid));
	}
	git_revwalk_free(walk);
	return rc;
}

static int64_t version_of(struct hubcheck *h, const struct oid *blob)
{
	const char *bytes;
	size_t n;
	struct ydoc *doc;
	if (repo_read_blob(&bytes, &n, h->a, h->r, blob, NULL) || ydoc_parse(&doc, h->a, "schema", bytes, n, NULL, NULL) < 0)
		return 0;
	const struct val *v = val_get(ydoc_val(doc), "x-version");
	return v && v->type == VAL_INT ? v->i : 0;
}

static void check_version(struct hubcheck *h, const char *path, const struct oid *old, const struct oid *blob)
{
	int64_t was = oid_is(old) ? version_of(h, old) : 0, is = version_of(h, blob);
	if (is < was)
		refuse(h, path, 0, "x-version", "schema",
		       arena_printf(h->a, _("la version de ce schéma passerait de %lld à %lld ; elle ne redescend jamais : reprenez le dossier schema/ du national"),
				    (long long)was, (long long)is));
}

static int check_schema(struct hubcheck *h, const char *path)
{
	struct tentry at, was;
	bool known, back;
	/* Without a national.git beside the hub (another host keeps it) there is nothing to compare with: skipped
	 * in silence. */
	if (h->schema_done || !h->national)
		return 0;
	h->schema_done = true;
	int rc = entry_at(&at, h, &h->u->to, "schema");
	if (!rc)
		rc = entry_at(&was, h, &h->u->from, "schema");
	if (rc || !is_tree(&at) || (rc = known_to_national(&known, &back, h, &at.oid, &was)))
		return rc;
	if (!known)
		refuse(h, path, 0, "", "schema",
		       _("schema/ doit être tel que dans national.git ; reprenez-le de là, et proposez vos changements "
			 "à l'équipe nationale"));
	else if (back)
		refuse(h, path, 0, "", "schema",
		       _("schema/ reviendrait à une version plus ancienne de national.git ; reprenez-y la plus récente"));
	return 0;
}

static int check_place(struct hubcheck *h, const char *path, enum path_class class)
{
	bool national = repo_is_national(h->hub);
	bool theirs = class == PATH_AGGREGATE || !strcmp(path, "collectifs.yaml") || !strcmp(path, "sources.lock");
	if (theirs && !national)
		refuse(h, path, 0, "", "layout", _("ce fichier n'appartient qu'à national.git ; retirez-le"));
	else if (class == PATH_OTHER && !wt_is_welcome(path))
		refuse(h, path, 0, "", "layout",
		       _("ce fichier n'a pas de place prévue ; rangez-le dans pieces/, ou retirez-le"));
	return 0;
}

static int one_tip(void *ctx, const char *p, const struct oid *old, const struct oid *blob)
{
	struct hubcheck *h = ctx;
	struct tentry at;
	if (!oid_is(blob))
		return !strncmp(p, "schema/", 7) ? check_schema(h, "schema/") : 0;
	const char *path = arena_dup(h->a, p);
	int rc = entry_at(&at, h, &h->u->to, path);
	if (rc)
		return rc;
	if (at.mode != MODE_FILE) {
		refuse(h, path, 0, "", "mode",
		       at.mode == MODE_LINK    ? _("lien symbolique ; remplacez-le par le fichier lui-même") :
		       at.mode == MODE_GITLINK ? _("dépôt git dans le dépôt (sous-module) ; retirez-le") :
						 _("fichier exécutable ; enlevez ce droit (chmod -x)"));
		return 0;
	}
	if (is_produced(h, path, blob))
		return 0;
	enum path_class class = path_class(h->set, path);
	switch (class) {
	case PATH_RECORD:
		return check_record(h, path, old, blob);
	case PATH_SIDECAR:
		return check_sidecar(h, path, old, blob);
	case PATH_SCHEMA:
		check_version(h, path, old, blob);
		return check_schema(h, path);
	case PATH_PRIVATE: /* said by pass 2 */
	case PATH_ATTACHMENT:
		return 0;
	case PATH_AGGREGATE:
	case PATH_CONFIG:
	case PATH_OTHER:
		break;
	}
	return check_place(h, path, class);
}

/* What the repository cannot do without: once it is there it stays. */
static int check_pillar(struct hubcheck *h, const char *path)
{
	struct tentry was, is;
	int rc = entry_at(&was, h, &h->u->from, path);
	if (rc || !was.mode || (rc = entry_at(&is, h, &h->u->to, path)) || is.mode)
		return rc;
	const char *slash = is_tree(&was) ? "/" : "";
	refuse(h, arena_printf(h->a, "%s%s", path, slash), 0, "", "pillar",
	       arena_printf(h->a,
			    _("cet envoi le supprime, et le dépôt ne peut s'en passer ; remettez-le par « git checkout %.8s "
			      "-- %s », puis « maillage sync »"),
			    h->u->from.hex, path));
	return 0;
}

static int check_names(struct hubcheck *h)
{
	git_oid new, space, *old;
	int rc = trees_of(&new, &old, &space, h, &h->u->from, &h->u->to);
	return rc ? rc : hubtree_collisions(&h->trees, old, &new, h->e);
}

static int check_tip(struct hubcheck *h)
{
	struct err why = { 0 };
	int rc = check_names(h);
	if (rc || (rc = check_pillar(h, "schema")))
		return rc;
	if ((rc = check_pillar(h, repo_is_national(h->hub) ? "collectifs.yaml" : "collectif.yaml")))
		return rc;
	rc = repo_schemas(&h->set, h->r, &h->u->to, &why);
	if (rc == ERR_SCHEMA) {
		refuse(h, "schema/", 0, "", "schema", arena_dup(h->a, why.msg));
		return 0;
	}
	if (rc) {
		if (h->e)
			*h->e = why;
		return rc;
	}
	return repo_diff(h->r, &h->u->from, &h->u->to, one_tip, h, h->e);
}

/* ---- all of it */

static void open_national(struct hubcheck *h)
{
	if (repo_is_national(h->hub))
		return;
	/* a clone that asks beforehand (replay.c) has its copy */
	const char *beside = h->hub->workdir ? arena_printf(h->a, "%s.maillage/national", h->hub->workdir) :
					       arena_printf(h->a, "%s../national.git", h->hub->gitdir);
	if (fs_is_dir(beside) && repo_open(&h->national, beside, NULL) < 0)
		h->national = NULL;
}

int hubcheck_run(struct faults *out, struct arena *a, struct repo *r, struct repo *hub, const struct push_update *u,
		 size_t n, struct err *e)
{
	struct hubcheck h = { .out = out, .a = a, .r = r, .hub = hub, .e = e, .trees = { .r = r, .a = a, .out = out } };
	int rc = 0;
	open_national(&h);
	for (size_t i = 0; !rc && i < n; i++) {
		bool go_on;
		h.u = &u[i];
		h.proposals = NULL;
		rc = check_ref(&go_on, &h);
		if (rc || !go_on)
			continue;
		if (!(rc = check_commits(&h)) && !h.unwalkable)
			rc = check_tip(&h);
	}
	repo_close(h.national);
	return rc;
}

int hub_check(struct faults *out, struct arena *a, struct repo *r, const struct push_update *u, size_t n, struct err *e)
{
	return hubcheck_run(out, a, r, r, u, n, e);
}
