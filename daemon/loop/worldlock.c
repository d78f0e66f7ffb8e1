/* worldlock.c -- a cycle's lock on its clone: world.c, national.c and upgrade.c take it where they write. */
#include "world.h"

#include "store/worktree.h"

int world__lock(struct real_world *w, struct err *e)
{
	if (w->locked)
		return 0;
	int rc = repo_lock(w->repo, w->lock_wait_ms ? w->lock_wait_ms : WORLD_LOCK_MS, e);
	if (rc)
		return rc;
	w->locked = true;
	/* whoever held it last may have been killed in the middle */
	if ((rc = worktree_recover(w->repo, e)))
		world__unlock(w);
	return rc;
}

void world__unlock(struct real_world *w)
{
	if (w->locked)
		repo_unlock(w->repo);
	w->locked = false;
}
