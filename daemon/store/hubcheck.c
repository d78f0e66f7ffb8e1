/* hubcheck.c -- what enters the hub, decided once for hook and folder (DESIGN 10).
 *
 * Three passes over a push of main from `from` to `to`:
 *   1 the ref itself: main only, forward only, never deleted
 *   2 every new commit (hubcommits.c): it comes from the common root; its folders are well formed (hubtree.c); none by the
 *     merging program that merge_verify cannot reproduce; nothing private, secret or oversized in any of them, for what a
 *     later commit removes stays in history all the same
 *   3 the tip (hubtip.c): each path that differs between from and to must be acceptable there. So a repair commit on top of a
 *     broken one suffices, and what was broken before the push is nobody's fault now
 *
 * A record that a verified machine merge produced is accepted whatever its schema faults: two acceptable versions
 * may give one that is not (two people each removed one of two names, one of which is required), and refusing it
 * would stop everybody's syncing for something that nobody wrote. It is flagged to people instead.
 *
 * A sidecar of the tip that no verified merge made may list no proposal that history does not bear out (proposals.h).
 *
 * Refusals are data (struct faults). An error is returned only when the check itself could not be made.
 */
#include "hubcheck_int.h"

#include <string.h>

#include "base/fsio.h"
#include "giterr.h"

/* ---- 1: the ref */

static int check_ref(bool *go_on, struct hubcheck *h)
{
	const struct push_update *u = h->u;
	*go_on = false;
	if (strcmp(u->ref, MAIN_REF) != 0) {
		hubcheck__refuse(h, u->ref, 0, "", "ref",
		       _("le hub n'accepte que la branche main ; envoyez votre travail sur main"));
		return 0;
	}
	if (!oid_is(&u->to)) {
		hubcheck__refuse(h, u->ref, 0, "", "delete", _("la branche main ne peut pas être supprimée"));
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
		hubcheck__refuse(h, u->ref, 0, "", "ref", _("main doit désigner un commit"));
		return 0;
	}
	bool forward = true;
	if (oid_is(&u->from) && (rc = repo_is_ancestor(&forward, h->r, &u->from, &u->to, h->e)))
		return rc;
	if (!forward)
		hubcheck__refuse(h, u->ref, 0, "", "rewrite",
		       _("cet envoi réécrirait l'historique publié ; récupérez d'abord (maillage sync), puis envoyez à "
			 "nouveau"));
	*go_on = forward;
	return 0;
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
		if (!(rc = hubcheck__commits(&h)) && !h.unwalkable)
			rc = hubcheck__tip(&h);
	}
	repo_close(h.national);
	return rc;
}

int hub_check(struct faults *out, struct arena *a, struct repo *r, const struct push_update *u, size_t n, struct err *e)
{
	return hubcheck_run(out, a, r, r, u, n, e);
}
