/* world.c -- struct world's functions by way of store/: each a few calls, with the lock and the arenas around them.
 *
 * Three decisions live here.
 *   - JOIN_ADOPT_LOCAL (this side holds all of the hub's work, yet not its head) is answered by a merge commit: a hub is only ever
 *     fast-forwarded, so its head must stay an ancestor.
 *   - A courier (a stick that goes from clone to clone beside the hub) is treated as a hub is: it is only ever fast-forwarded too. But what
 *     the hub holds already is published: machine merges among it are not dropped for the courier's, they are merged with them. So
 *     hub and couriers all end at one head, whichever way people carry it.
 *   - What comes in is measured from local main to the head it will become: exactly what the folder would lose and gain, whichever
 *     way the histories ran.
 */
#include "world.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/trace.h"
#include "confirmed.h"
#include "store/byhand.h"
#include "store/repair.h"
#include "store/treemerge.h"
#include "store/worktree.h"
#include "store/replay.h"

static struct oid oid_of(const char *hex)
{
	struct oid o = { "" };
	snprintf(o.hex, sizeof o.hex, "%s", hex);
	return o;
}

static void oid_to(char out[SYNC_OID], const struct oid *o)
{
	memcpy(out, o->hex, SYNC_OID);
}

_Static_assert(sizeof(struct oid) == SYNC_OID, "a struct oid is its hex digits");

/* Whom this cycle is with, and where what it holds is noted. */
static const char *far_url(const struct real_world *w)
{
	return w->courier ? w->courier : repo_hub(w->repo);
}

static const char *far_ref(const struct real_world *w)
{
	return w->courier ? WORLD_COURIER_REF : WORLD_HUB_REF;
}

/* The lock without its recovery, which would stumble over the same object. */
static int w_repair(void *ctx, struct err *e)
{
	struct real_world *w = ctx;
	struct repo *again;
	world__unlock(w);
	int rc = repo_lock(w->repo, w->lock_wait_ms ? w->lock_wait_ms : WORLD_LOCK_MS, e);
	if (rc)
		return rc;
	rc = repair_run(w->repo, far_url(w), &w->remote, e);
	repo_unlock(w->repo);
	if (rc) {
		err_wrap(e, "%s", _("il manque des objets au dépôt, et le hub, qui les a peut-être, ne les a pas donnés"));
		return rc;
	}
	if ((rc = repo_open(&again, repo_gitdir(w->repo), e)))
		return rc;
	repo_close(w->repo);
	w->repo = again;
	return 0;
}

static int w_recover(void *ctx, struct err *e)
{
	struct real_world *w = ctx;
	struct err why = { 0 };
	size_t found = 0;
	world__unlock(w);
	int rc = world__lock(w, e);
	if (!rc)
		rc = repo_heal(&found, w->repo, e);
	if (found)
		trace("world: %zu damaged or left-over objects set aside", found);
	if (rc || !repair_is_due(w->repo))
		return rc;
	if (w_repair(w, &why) < 0) /* who is offline records all the same, until something that is missing is needed */
		trace("world: not repaired: %s", why.msg);
	return world__lock(w, e);
}

static int w_paused(void *ctx, struct err *e)
{
	struct real_world *w = ctx;
	return worktree_paused(w->repo, e);
}

/* ---- what the hub would never take ------------------------------------------------------------------------------------ */

/* How far main was looked at, in .git/maillage/screened: only a saving. What record and write add was judged by them. */
static void screened_path(char out[PATH_MAX], const struct real_world *w)
{
	snprintf(out, PATH_MAX, "%smaillage/screened", repo_gitdir(w->repo));
}

static void screened_read(struct oid *out, const struct real_world *w)
{
	char path[PATH_MAX];
	struct buf b = BUF_INIT;
	screened_path(path, w);
	*out = (struct oid){ "" };
	if (fs_read(&b, path, 100, NULL) == 0 && b.n == OID_HEX)
		*out = oid_of(buf_str(&b));
	buf_free(&b);
}

static void screened_keep(struct real_world *w)
{
	char path[PATH_MAX];
	struct oid was;
	if (!oid_is(&w->screened))
		return;
	screened_read(&was, w);
	screened_path(path, w);
	if (!oid_equal(&was, &w->screened) && fs_write(path, w->screened.hex, OID_HEX, NULL) != 0)
		trace("world: %s not written", path);
}

static void screened_advance(struct real_world *w, const struct oid *from)
{
	struct oid now;
	if (oid_is(&w->screened) && oid_equal(&w->screened, from) && repo_head(&now, w->repo, NULL) == 0)
		w->screened = now;
}

static int w_replay(void *ctx, bool all, struct sync_replayed *out, struct err *e)
{
	struct real_world *w = ctx;
	struct oid published[2], head;
	struct replayed did = { 0 };
	if (!*repo_hub(w->repo) && !w->courier)
		return 0;
	int rc = world__lock(w, e);
	if (rc || (rc = repo_ref(&published[0], w->repo, WORLD_HUB_REF, e)) || (rc = repo_ref(&published[1], w->repo, WORLD_COURIER_REF, e)) ||
	    (rc = repo_head(&head, w->repo, e)))
		return rc;
	screened_read(&w->screened, w);
	if (!all && oid_is(&head) && oid_equal(&w->screened, &head))
		return 0;
	if ((rc = replay_unacceptable(&did, w->repo, published, 2, w->remote.cancel, e)) || (rc = repo_head(&w->screened, w->repo, e)))
		return rc;
	out->commits = did.commits;
	if (did.commits)
		oid_to(out->from, &did.from);
	return 0;
}

static int w_scan(void *ctx, struct arena *a, struct changes *out, struct err *e)
{
	struct real_world *w = ctx;
	int rc = world__lock(w, e);
	return rc ? rc : worktree_scan(out, a, w->repo, &w->patience, e);
}

/* ---- the guards' eyes ------------------------------------------------------------------------------------------------ */

struct counting {
	struct census *census;
	struct arena *a;
};

static int count_file(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct counting *c = ctx;
	(void)blob;
	(void)mode;
	census_add(c->census, c->a, path);
	return 0;
}

static int w_census(void *ctx, struct arena *a, struct census *out, struct err *e)
{
	struct real_world *w = ctx;
	struct oid head;
	struct counting c = { out, a };
	int rc = repo_head(&head, w->repo, e);
	return rc ? rc : repo_walk(w->repo, &head, "", count_file, &c, e);
}

static int w_incoming(void *ctx, struct arena *a, const struct sync_joined *j, struct changes *out, struct err *e)
{
	struct real_world *w = ctx;
	struct oid from = oid_of(j->local), to = oid_of(j->head);
	return worktree_arriving(out, a, w->repo, &from, &to, e);
}

/* ---- record, exchange, join, write ------------------------------------------------------------------------------------ */

static int w_record(void *ctx, const struct changes *c, struct sync_recorded *out, struct err *e)
{
	struct real_world *w = ctx;
	struct oid before, head;
	size_t commits = 0;
	int rc = world__lock(w, e);
	struct confirmed last;
	confirmed_read(&last, w->repo);
	if (!rc)
		rc = repo_head(&before, w->repo, e);
	if (!rc)
		rc = worktree_record(&commits, w->repo, c, NULL, e);
	if (!rc) /* what a stash pop left in the folder is recorded by now */
		rc = byhand_take(&commits, w->repo, &last.head, e);
	if (!rc)
		rc = repo_head(&head, w->repo, e);
	if (!rc && commits && oid_is(&before))
		rc = upgrade_editor(&head, w, &before, e);
	if (rc)
		return rc;
	screened_advance(w, &before);
	out->commits = commits;
	oid_to(out->head, &head);
	return 0;
}

static int w_fetch(void *ctx, struct sync_hub *out, struct err *e)
{
	struct real_world *w = ctx;
	struct oid head = { "" };
	const char *url = far_url(w);
	if (!*url) {
		out->none = true;
		return 0;
	}
	world__unlock(w);
	int rc = remote_fetch(&head, w->repo, url, far_ref(w), &w->remote, e);
	if (rc)
		return rc;
	oid_to(out->head, &head);
	out->courier = w->courier != NULL;
	return 0;
}

static int merge_heads(struct sync_joined *j, struct real_world *w, const struct oid *local, const struct oid *hub, struct err *e)
{
	const struct merge_budget budget = { .cancel = w->remote.cancel };
	struct arena a;
	struct tree_merge m = { 0 };
	struct oid merged;
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = merge_commit_within(&merged, &m, &a, w->repo, local, hub, &budget, e);
	if (!rc) {
		oid_to(j->head, &merged);
		j->merged = m.n;
		j->differences = m.differences;
	}
	arena_end(&a);
	return rc;
}

/* Adopting the courier's head would drop commits that the hub has. */
static int drops_published(bool *out, struct real_world *w, const struct oid *theirs, struct err *e)
{
	struct oid hub;
	bool kept = true;
	int rc = w->courier ? repo_ref(&hub, w->repo, WORLD_HUB_REF, e) : 0;
	if (!rc && w->courier && oid_is(&hub))
		rc = repo_is_ancestor(&kept, w->repo, &hub, theirs, e);
	if (!rc)
		*out = !kept;
	return rc;
}

static int w_join(void *ctx, const struct sync_hub *hub, struct sync_joined *out, struct err *e)
{
	static const enum sync_join kinds[] = { [JOIN_SAME] = SYNC_JOIN_SAME,
						[JOIN_AHEAD] = SYNC_JOIN_AHEAD,
						[JOIN_FAST_FORWARD] = SYNC_JOIN_FAST_FORWARD,
						[JOIN_ADOPT_LOCAL] = SYNC_JOIN_ADOPT_LOCAL,
						[JOIN_ADOPT_HUB] = SYNC_JOIN_ADOPT_HUB,
						[JOIN_MERGE] = SYNC_JOIN_MERGE };
	struct real_world *w = ctx;
	struct sync_joined j = { 0 };
	struct oid local, theirs = oid_of(hub->head);
	enum join plan = JOIN_AHEAD; /* an empty hub */
	int rc = world__lock(w, e);
	if (!rc)
		rc = repo_head(&local, w->repo, e);
	if (!rc && oid_is(&theirs))
		rc = merge_plan(&plan, w->repo, &local, &theirs, e);
	bool drops = false;
	if (!rc && plan == JOIN_ADOPT_HUB && !(rc = drops_published(&drops, w, &theirs, e)) && drops)
		plan = JOIN_MERGE;
	if (rc)
		return rc;
	j.kind = kinds[plan];
	oid_to(j.local, &local);
	switch (plan) {
	case JOIN_SAME:
	case JOIN_AHEAD:
		oid_to(j.head, &local);
		break;
	case JOIN_FAST_FORWARD:
	case JOIN_ADOPT_HUB:
		oid_to(j.head, &theirs);
		break;
	case JOIN_ADOPT_LOCAL:
	case JOIN_MERGE:
		rc = merge_heads(&j, w, &local, &theirs, e);
		break;
	}
	if (!rc)
		*out = j;
	return rc;
}

static int w_write(void *ctx, const struct sync_joined *j, const struct changes *in, size_t *edits, struct err *e)
{
	struct real_world *w = ctx;
	struct oid from = oid_of(j->local), to = oid_of(j->head), last;
	int rc = world__lock(w, e);
	if (!rc && j->kind == SYNC_JOIN_ADOPT_HUB && !(rc = repo_ref(&last, w->repo, WORLD_LAST_REF, e)) && !oid_equal(&last, &from))
		rc = repo_ref_move(w->repo, WORLD_LAST_REF, &last, &from, "maillage: adopt", e);
	if (!rc)
		rc = worktree_receive(edits, w->repo, &from, &to, in, e);
	if (!rc)
		screened_advance(w, &from);
	return rc;
}

static int w_push(void *ctx, const char *head, struct err *e)
{
	struct real_world *w = ctx;
	struct oid commit = oid_of(head), known;
	world__unlock(w);
	int rc = remote_push(w->repo, far_url(w), &commit, &w->remote, e);
	/* what the hub has confirmed, for the status and for plain git; a failure here is only a status that is one fetch old */
	struct err ignored;
	if (!rc && repo_ref(&known, w->repo, far_ref(w), &ignored) == 0 && !oid_equal(&known, &commit) &&
	    repo_ref_move(w->repo, far_ref(w), &known, &commit, "push", &ignored) != 0)
		trace("world: %s not moved: %s", far_ref(w), ignored.msg);
	return rc;
}

static int w_after(void *ctx, char head[SYNC_OID], struct err *e)
{
	struct real_world *w = ctx;
	if (!w->courier) {
		struct oid before = { "" };
		int rc = repo_head(&before, w->repo, e);
		if (!rc)
			rc = national_after(w, head, e);
		if (!rc)
			screened_advance(w, &before);
		return rc;
	}
	world__unlock(w);
	return 0;
}

/* ---- time and chance --------------------------------------------------------------------------------------------------- */

static int64_t w_now(void *ctx)
{
	(void)ctx;
	return clock_boot_ms();
}

static uint32_t w_random(void *ctx)
{
	uint32_t r;
	(void)ctx;
	if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r)
		r = (uint32_t)clock_mono_ms() * 2654435761u; /* jitter only: a poor one will do */
	return r;
}

static int w_pause(void *ctx, int64_t ms, struct err *e)
{
	struct real_world *w = ctx;
	struct pollfd p = { .fd = cancel_fd(w->remote.cancel), .events = POLLIN };
	world__unlock(w);
	poll(&p, 1, (int)ms); /* a signal only shortens it */
	return cancel_is(w->remote.cancel) ? err_set(e, ERR_CANCELLED, "%s", _("échange interrompu")) : 0;
}

static void w_note(void *ctx, const char *state)
{
	struct real_world *w = ctx;
	if (w->note)
		w->note(w->note_ctx, state);
}

int real_world_open(struct real_world *w, const char *folder, struct err *e)
{
	w->table = (struct world){ .ctx = w,
				   .recover = w_recover,
				   .repair = w_repair,
				   .paused = w_paused,
				   .replay = w_replay,
				   .scan = w_scan,
				   .census = w_census,
				   .record = w_record,
				   .fetch = w_fetch,
				   .join = w_join,
				   .incoming = w_incoming,
				   .write = w_write,
				   .push = w_push,
				   .after = w_after,
				   .now_ms = w_now,
				   .random = w_random,
				   .pause = w_pause,
				   .note = w_note };
	w->repo = NULL;
	w->locked = w->unheard = false;
	w->screened = (struct oid){ "" };
	w->unheard_why[0] = 0;
	int rc = repo_open(&w->repo, folder, e);
	if (!rc && !repo_workdir(w->repo)) {
		rc = err_set(e, ERR_CONFIG, _("%s : c'est un dépôt de hub, sans dossier de travail ; donnez le dossier d'une copie"),
			     folder);
		real_world_close(w);
	}
	return rc;
}

void real_world_close(struct real_world *w)
{
	if (!w->repo)
		return;
	screened_keep(w);
	world__unlock(w);
	repo_close(w->repo);
	w->repo = NULL;
}

int real_world_outgoing(size_t *out, struct real_world *w, struct err *e)
{
	struct oid head, hub;
	if (!*repo_hub(w->repo)) {
		*out = 0;
		return 0;
	}
	int rc = repo_head(&head, w->repo, e);
	if (!rc)
		rc = repo_ref(&hub, w->repo, WORLD_HUB_REF, e);
	if (!rc && !oid_is(&hub)) /* never reached: all but what every repository begins with */
		rc = repo_root_commit(&hub, w->repo, e);
	return rc ? rc : repo_count_between(out, w->repo, &hub, &head, e);
}
