/* verify.c -- is a machine merge what its parents give?
 *
 * The merge is made again, in memory, and the whole commit object is compared: that covers parents, date, tree, message and any
 * extra header at once. Nothing is written, so this works in a hub's quarantine. Only then is it asked what differs, for
 * the sentence. A commit that calls itself a machine merge and has not two parents is a forgery.
 */
#include "mergecommit.h"

#include "giterr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERIFY_MS 60000

static int fault(struct verdict *v, const char *why)
{
	v->ok = false;
	snprintf(v->why, sizeof v->why, "%s", why);
	return 0;
}

/* "Fusion: 2" in the message: 2; 0 when there is none. */
static int algorithm_of(const char *message)
{
	const char *line = message ? strstr(message, "\nFusion: ") : NULL;
	return line ? atoi(line + 9) : 0;
}

static int check_parents(struct verdict *v, git_commit *c, struct job *j, struct err *e)
{
	const git_oid *p1 = git_commit_parent_id(c, 0), *p2 = git_commit_parent_id(c, 1);
	if (git_oid_cmp(p1, p2) >= 0)
		return fault(v, _("ses parents ne sont pas dans l'ordre de leurs identifiants"));
	int up = git_graph_descendant_of(j->s.r->git, p1, p2), down = up < 0 ? up : git_graph_descendant_of(j->s.r->git, p2, p1);
	if (down < 0)
		return giterr(e, down, _("parcours de l'historique"));
	if (up || down)
		return fault(v, _("un de ses parents contient déjà l'autre : il n'y avait rien à fusionner"));
	return 0;
}

static bool is_machine(const git_signature *s)
{
	return !strcmp(s->name, FUSION_NAME) && !strcmp(s->email, FUSION_EMAIL);
}

/* The tree is right and the whole object is not: the first thing that tells it from the true merge. */
static const char *what_differs(git_commit *c, struct job *j, const git_oid *p1, const git_oid *p2)
{
	const git_signature *by[] = { git_commit_author(c), git_commit_committer(c) };
	struct cnode *x, *y;
	if (hist_commit(&x, &j->h, p1, NULL) || hist_commit(&y, &j->h, p2, NULL))
		return _("ses en-têtes ne sont pas ceux d'une fusion de maillage");
	int64_t date = x->time > y->time ? x->time : y->time;
	for (int i = 0; i < 2; i++) {
		if (!is_machine(by[i]))
			return _("son auteur n'est pas celui d'une fusion de maillage (« maillage », deux fois)");
		if (by[i]->when.time != date || by[i]->when.offset || by[i]->when.sign == '-')
			return _("sa date n'est pas celle du plus récent de ses deux parents, à +0000");
	}
	size_t headers = 0; /* tree, two parents, author, committer */
	for (const char *p = git_commit_raw_header(c); *p; p++)
		headers += *p == '\n';
	if (headers != 5)
		return _("elle a des en-têtes de plus qu'une fusion de maillage");
	return _("son message n'est pas celui que donne la fusion de ses parents");
}

static int compare(struct verdict *v, git_commit *c, struct job *j, struct err *e)
{
	const git_oid *p1 = git_commit_parent_id(c, 0), *p2 = git_commit_parent_id(c, 1);
	struct tree_merge m = { 0 };
	struct buf text = BUF_INIT;
	git_oid tree, expected;
	int rc;
	if ((rc = job_merge(&m, &tree, j, p1, p2, e)))
		return rc;
	if (!git_oid_equal(&tree, git_commit_tree_id(c)))
		return fault(v, _("son contenu n'est pas celui que donne la fusion de ses parents"));
	rc = mergecommit_text(&text, &m, j, &tree, p1, p2, e);
	if (!rc && (rc = git_odb_hash(&expected, text.at, text.n, GIT_OBJECT_COMMIT)) < 0)
		rc = giterr(e, rc, _("calcul d'un objet git"));
	buf_free(&text);
	if (!rc && !git_oid_equal(&expected, git_commit_id(c)))
		return fault(v, what_differs(c, j, p1, p2));
	return rc;
}

static int verify(struct verdict *v, git_commit *c, struct job *j, struct err *e)
{
	if (git_commit_parentcount(c) != 2)
		return fault(v, _("il se dit fusion automatique et n'a pas deux parents"));
	int known = algorithm_of(git_commit_message_raw(c));
	if (known > MERGE_ALGORITHM) {
		v->ok = false;
		snprintf(v->why, sizeof v->why, _("il emploie la version %d de la fusion, que ce programme ne connaît pas ; mettez maillage à jour"),
			 known);
		return 0;
	}
	int rc = check_parents(v, c, j, e);
	return rc || !v->ok ? rc : compare(v, c, j, e);
}

int merge_verify(struct verdict *out, struct repo *r, const struct oid *commit, struct err *e)
{
	struct arena a;
	git_commit *c;
	struct verdict v = { .ok = true };
	int rc = repo__commit(&c, r, commit, e);
	if (rc)
		return rc;
	v.machine = !strcmp(git_commit_author(c)->email, FUSION_EMAIL) || !strcmp(git_commit_committer(c)->email, FUSION_EMAIL);
	if (v.machine) {
		if (!arena_begin(&a)) {
			git_commit_free(c);
			return err_nomem(e);
		}
		struct job *j = arena_new(&a, struct job);
		job_begin(j, &a, r, &(struct merge_budget){ .ms = VERIFY_MS });
		rc = verify(&v, c, j, e);
		arena_end(&a);
	}
	git_commit_free(c);
	if (!rc)
		*out = v;
	return rc;
}
