/* plan.c -- what two heads need, and why merging always comes to an end (DESIGN 7, "No merge storms").
 *
 * Three sites that exchange in step each merge what the others just merged, for ever, unless somebody gives way. So what counts is
 * not the commits but the edits: if all that one head has more than the other are machine merges, it holds nothing new,
 * and it is dropped for the other. Only merges that can be made again bit for bit are dropped, since nothing is lost with them;
 * a merge that a person made, or touched, is an edit like any other.
 */
#include "merge_int.h"

#include "giterr.h"

#include <string.h>

const char *join_name(enum join j)
{
	static const char *const names[] = { "same", "ahead", "fast_forward", "adopt_local", "adopt_hub", "merge" };
	return names[j];
}

/* Whether everything that `of` reaches and `beyond` does not are machine merges which verify. */
static int only_merges(bool *out, struct repo *r, const git_oid *of, const git_oid *beyond, struct err *e)
{
	git_revwalk *walk;
	git_oid oid;
	bool only = true;
	int rc = git_revwalk_new(&walk, r->git);
	if (rc >= 0)
		rc = git_revwalk_push(walk, of);
	if (rc >= 0)
		rc = git_revwalk_hide(walk, beyond);
	if (rc < 0)
		rc = giterr(e, rc, _("parcours de l'historique"));
	while (!rc && only) {
		struct oid hex;
		struct verdict v;
		if ((rc = git_revwalk_next(&oid, walk)) < 0) {
			rc = rc == GIT_ITEROVER ? 0 : giterr(e, rc, _("parcours de l'historique"));
			break;
		}
		git_commit *c;
		if ((rc = git_commit_lookup(&c, r->git, &oid)) < 0) {
			rc = giterr(e, rc, _("parcours de l'historique"));
			break;
		}
		/* the cheap question first: most commits are people's */
		only = git_commit_parentcount(c) == 2 && !strcmp(git_commit_author(c)->email, FUSION_EMAIL);
		git_commit_free(c);
		oid_from_git(&hex, &oid);
		if (only && !(rc = merge_verify(&v, r, &hex, e)))
			only = v.ok;
		if (rc == ERR_LIMIT) { /* not shown to be one that can be made again: it is kept */
			rc = 0;
			only = false;
		}
	}
	git_revwalk_free(walk);
	if (!rc)
		*out = only;
	return rc;
}

/* Neither is published. Both holding the same edits, the smaller oid is adopted even where one contains the other: else, in a ring of
 * clones that each only take from the next, everybody may prefer his own for ever. */
static int plan_peer(enum join *out, struct repo *r, const git_oid *mine, const git_oid *theirs, enum join otherwise, struct err *e)
{
	bool mine_adds_nothing, theirs_adds_nothing;
	int rc = only_merges(&mine_adds_nothing, r, mine, theirs, e);
	if (!rc)
		rc = only_merges(&theirs_adds_nothing, r, theirs, mine, e);
	if (rc)
		return rc;
	if (mine_adds_nothing && theirs_adds_nothing)
		*out = git_oid_cmp(mine, theirs) < 0 ? JOIN_ADOPT_LOCAL : JOIN_ADOPT_HUB;
	else if (otherwise != JOIN_MERGE)
		*out = otherwise;
	else
		*out = mine_adds_nothing ? JOIN_ADOPT_HUB : theirs_adds_nothing ? JOIN_ADOPT_LOCAL : JOIN_MERGE;
	return 0;
}

static int plan(enum join *out, struct repo *r, const struct oid *local, const struct oid *hub, bool peer, struct err *e)
{
	git_oid l, h;
	bool ahead, behind = false, adds_nothing;
	int rc;
	if ((rc = oid_to_git(&l, local, e)) || (rc = oid_to_git(&h, hub, e)))
		return rc;
	if (git_oid_equal(&l, &h)) {
		*out = JOIN_SAME;
		return 0;
	}
	if ((rc = repo_is_ancestor(&ahead, r, hub, local, e)) || (!ahead && (rc = repo_is_ancestor(&behind, r, local, hub, e))))
		return rc;
	enum join join = ahead ? JOIN_AHEAD : behind ? JOIN_FAST_FORWARD : JOIN_MERGE;
	if (peer)
		return plan_peer(out, r, &l, &h, join, e);
	if (join == JOIN_MERGE && (rc = only_merges(&adds_nothing, r, &l, &h, e)))
		return rc;
	*out = join == JOIN_MERGE && adds_nothing ? JOIN_ADOPT_HUB : join;
	return 0;
}

int merge_plan(enum join *out, struct repo *r, const struct oid *local, const struct oid *hub, struct err *e)
{
	return plan(out, r, local, hub, false, e);
}

int merge_plan_peer(enum join *out, struct repo *r, const struct oid *mine, const struct oid *theirs, struct err *e)
{
	return plan(out, r, mine, theirs, true, e);
}
