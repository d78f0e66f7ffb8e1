/* commits.c -- refs and commits as plain data. */
#include "repo_int.h"

#include "giterr.h"

#include <string.h>

int repo_ref(struct oid *out, struct repo *r, const char *ref, struct err *e)
{
	git_oid oid;
	int rc = git_reference_name_to_id(&oid, r->git, ref);
	if (rc == GIT_ENOTFOUND) {
		*out = (struct oid){ "" };
		return 0;
	}
	if (rc < 0)
		return giterr(e, rc, "%s", ref);
	oid_from_git(out, &oid);
	return 0;
}

int repo_head(struct oid *out, struct repo *r, struct err *e)
{
	return repo_ref(out, r, MAIN_REF, e);
}

int repo_resolve(struct oid *out, struct repo *r, const char *spec, struct err *e)
{
	git_object *any = NULL, *commit = NULL;
	int rc = git_revparse_single(&any, r->git, spec);
	if (rc == 0)
		rc = git_object_peel(&commit, any, GIT_OBJECT_COMMIT);
	if (rc == 0)
		oid_from_git(out, git_object_id(commit));
	git_object_free(commit);
	git_object_free(any);
	if (rc == GIT_EAMBIGUOUS)
		return err_set(e, ERR_NOTFOUND, _("« %s » désigne plusieurs commits ; donnez plus de chiffres"), spec);
	if (rc < 0)
		return err_set(e, ERR_NOTFOUND, _("« %s » ne désigne aucun commit de ce dépôt ; « maillage log » les montre"), spec);
	return 0;
}

int repo_ref_move(struct repo *r, const char *ref, const struct oid *from, const struct oid *to, const char *why, struct err *e)
{
	git_oid old, new;
	int rc;
	if ((rc = oid_to_git(&new, to, e)) || (oid_is(from) && (rc = oid_to_git(&old, from, e))))
		return rc;
	git_reference *moved = NULL;
	repo__locking(r);
	if (oid_is(from))
		rc = git_reference_create_matching(&moved, r->git, ref, &new, 1, &old, why);
	else
		rc = git_reference_create(&moved, r->git, ref, &new, 0, why);
	repo__locked(r);
	git_reference_free(moved);
	/* a ref that has gone meanwhile (ENOTFOUND) was moved by somebody, too */
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS || rc == GIT_ENOTFOUND)
		return err_set(e, ERR_RACE, _("%s : un autre programme a déplacé cette référence entre-temps ; recommencez"), ref);
	return rc < 0 ? giterr(e, rc, "%s", ref) : 0;
}

int repo__commit(git_commit **out, struct repo *r, const struct oid *commit, struct err *e)
{
	git_oid oid;
	int rc = oid_to_git(&oid, commit, e);
	if (rc)
		return rc;
	rc = git_commit_lookup(out, r->git, &oid);
	return rc < 0 ? giterr(e, rc, _("lecture du commit %s"), commit->hex) : 0;
}

int repo_commit_info(struct commit_info *out, struct arena *a, struct repo *r, const struct oid *commit, struct err *e)
{
	git_commit *c;
	int rc = repo__commit(&c, r, commit, e);
	if (rc)
		return rc;
	struct commit_info i = { .oid = *commit };
	oid_from_git(&i.tree, git_commit_tree_id(c));
	i.nparents = git_commit_parentcount(c);
	i.parents = arena_array(a, i.nparents, sizeof *i.parents);
	for (size_t n = 0; n < i.nparents; n++)
		oid_from_git(&i.parents[n], git_commit_parent_id(c, (unsigned)n));
	const git_signature *author = git_commit_author(c), *committer = git_commit_committer(c);
	i.author_name = arena_dup(a, author->name);
	i.author_email = arena_dup(a, author->email);
	i.author_time = author->when.time;
	i.committer_name = arena_dup(a, committer->name);
	i.committer_email = arena_dup(a, committer->email);
	i.committer_time = committer->when.time;
	const char *message = git_commit_message_raw(c);
	i.message = arena_dup(a, message ? message : "");
	git_commit_free(c);
	*out = i;
	return 0;
}

int repo_is_ancestor(bool *out, struct repo *r, const struct oid *ancestor, const struct oid *of, struct err *e)
{
	git_oid x, y;
	int rc;
	if ((rc = oid_to_git(&x, ancestor, e)) || (rc = oid_to_git(&y, of, e)))
		return rc;
	if (git_oid_equal(&x, &y)) {
		*out = true;
		return 0;
	}
	rc = git_graph_descendant_of(r->git, &y, &x);
	if (rc < 0)
		return giterr(e, rc, _("parcours de l'historique de %s"), of->hex);
	*out = rc == 1;
	return 0;
}

int repo_count_between(size_t *out, struct repo *r, const struct oid *from, const struct oid *to, struct err *e)
{
	git_oid x, y;
	size_t ahead, behind;
	int rc;
	if ((rc = oid_to_git(&x, from, e)) || (rc = oid_to_git(&y, to, e)))
		return rc;
	rc = git_graph_ahead_behind(&ahead, &behind, r->git, &y, &x);
	if (rc < 0)
		return giterr(e, rc, _("parcours de l'historique de %s"), to->hex);
	*out = ahead;
	return 0;
}
