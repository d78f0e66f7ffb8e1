/* Steps: lock the hub's folder against other pushers; set aside what a stick that was pulled out left half written (then everything is
 * sent again: what is missing may be anywhere); where is its main; does it lie in our history (else
 * ERR_RACE: fetch first); hub_check with the hub's own name and national.git beside it, on our objects; write what
 * it lacks as one pack; move its main by compare-and-swap. Killed in between: at worst a pack that nothing points
 * to. Two machines over a network share where locks do not work: the compare-and-swap of the ref still decides.
 */
#include "localpush.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"
#include "hubcheck.h"
#include "repo_int.h"

#define HUB_LOCK_MS 10000
#define LOG_MAX (16u << 20)

static int on_pack(int stage, uint32_t done, uint32_t total, void *ctx)
{
	const struct remote_options *o = ctx;
	(void)stage;
	if (o->progress)
		o->progress(o->ctx, _("préparation"), done, total);
	return o->cancel && cancel_is(o->cancel) ? GIT_EUSER : 0;
}

static int build_pack(git_packbuilder *pb, struct repo *r, const struct oid *have, const struct oid *want,
		      struct err *e)
{
	git_revwalk *walk;
	git_oid oid;
	int rc = git_revwalk_new(&walk, r->git);
	if (rc < 0)
		return giterr(e, rc, _("préparation de l'envoi"));
	if ((rc = oid_to_git(&oid, want, e)) == 0 && (rc = git_revwalk_push(walk, &oid)) < 0)
		rc = giterr(e, rc, _("préparation de l'envoi"));
	if (!rc && oid_is(have) && (rc = oid_to_git(&oid, have, e)) == 0 && (rc = git_revwalk_hide(walk, &oid)) < 0)
		rc = giterr(e, rc, _("préparation de l'envoi"));
	if (!rc && (rc = git_packbuilder_insert_walk(pb, walk)) < 0)
		rc = giterr(e, rc, _("préparation de l'envoi"));
	git_revwalk_free(walk);
	return rc;
}

static int send_objects(struct repo *r, struct repo *hub, const struct oid *have, const struct oid *want,
			const struct remote_options *o, struct err *e)
{
	git_packbuilder *pb;
	int rc = git_packbuilder_new(&pb, r->git);
	if (rc < 0)
		return giterr(e, rc, "%s", hub->gitdir);
	git_packbuilder_set_callbacks(pb, on_pack, (void *)(uintptr_t)o);
	char dir[PATH_MAX];
	snprintf(dir, sizeof dir, "%sobjects/pack", hub->gitdir);
	rc = build_pack(pb, r, have, want, e);
	if (!rc && git_packbuilder_object_count(pb) && !(rc = fs_mkdirs(dir, e))) {
		rc = git_packbuilder_write(pb, dir, 0444, NULL, NULL);
		if (rc < 0 && o->cancel && cancel_is(o->cancel))
			rc = err_set(e, ERR_CANCELLED, _("%s : échange interrompu à votre demande"), hub->gitdir);
		else if (rc < 0)
			rc = giterr(e, rc, "%s", dir);
	}
	git_packbuilder_free(pb);
	git_odb_refresh(hub->odb); /* it does not know the new pack yet */
	return rc;
}

/* One line per fault, as the hook would print them. */
static int refused(const struct faults *f, struct err *e)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < f->n; i++) {
		if (f->at[i].warning)
			continue;
		if (b.n)
			buf_putc(&b, '\n');
		fault_print(&b, &f->at[i]);
	}
	int rc = err_set(e, ERR_REFUSED, "%s", buf_str(&b));
	buf_free(&b);
	return rc;
}

static int check(struct repo *r, struct repo *hub, const struct push_update *u, struct err *e)
{
	struct arena a;
	struct faults faults = { 0 };
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = hubcheck_run(&faults, &a, r, hub, u, 1, e);
	if (!rc && faults.errors)
		rc = refused(&faults, e);
	arena_end(&a);
	return rc;
}

static int push_locked(struct repo *r, struct repo *hub, const struct oid *commit, const struct remote_options *o,
		       struct err *e)
{
	struct push_update u = { .ref = MAIN_REF, .to = *commit };
	struct oid have;
	bool ahead = true;
	size_t damaged;
	int rc = repo__heal(&damaged, hub, e);
	if (rc || (rc = repo_ref(&u.from, hub, MAIN_REF, e)) || oid_equal(&u.from, commit))
		return rc;
	have = damaged ? (struct oid){ "" } : u.from;
	if (oid_is(&u.from)) {
		git_oid from;
		if ((rc = oid_to_git(&from, &u.from, e)))
			return rc;
		ahead = git_odb_exists(r->odb, &from);
		if (ahead && (rc = repo_is_ancestor(&ahead, r, &u.from, commit, e)))
			return rc;
	}
	if (!ahead)
		return err_set(e, ERR_RACE,
			       _("%s : quelqu'un d'autre a envoyé entre-temps ; on récupère et on recommence"),
			       hub->gitdir);
	if ((rc = check(r, hub, &u, e)) || (rc = send_objects(r, hub, &have, commit, o, e)))
		return rc;
	rc = repo_ref_move(hub, MAIN_REF, &u.from, commit, "maillage: push", e);
	if (rc == ERR_BUSY)
		return err_set(e, ERR_BUSY,
			       _("%s%s.lock : ce verrou est celui du hub, un autre programme y écrit ; réessayez "
				 "dans une minute (un verrou oublié est alors retiré)"),
			       hub->gitdir, MAIN_REF);
	return rc;
}

/* ---- a stick that was pulled out while its main was written: FAT keeps the name of the file and loses what was in it */

static bool is_empty_file(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && !st.st_size;
}

/* The newest commit in main's log that is there; "" when there is none. A line: old new name <address> time zone TAB why. */
static void last_logged(struct oid *out, struct repo *hub)
{
	char path[PATH_MAX];
	struct buf log = BUF_INIT;
	git_oid oid;
	*out = (struct oid){ "" };
	snprintf(path, sizeof path, "%slogs/" MAIN_REF, hub->gitdir);
	if (fs_read(&log, path, LOG_MAX, NULL) < 0)
		log.n = 0;
	for (const char *line = buf_str(&log); *line; line = strchr(line, '\n') + 1) {
		if (!strchr(line, '\n'))
			break; /* cut off */
		struct oid one;
		if (strcspn(line, "\n") < 2 * OID_HEX + 1)
			continue;
		snprintf(one.hex, sizeof one.hex, "%.*s", OID_HEX, line + OID_HEX + 1);
		if (oid_to_git(&oid, &one, NULL) == 0 && git_odb_exists(hub->odb, &oid))
			*out = one;
	}
	buf_free(&log);
}

void local_mend(const char *dir)
{
	char path[PATH_MAX], lock[PATH_MAX];
	struct repo *hub;
	struct oid last, none = { "" };
	int fd;
	snprintf(path, sizeof path, "%s/" MAIN_REF, dir);
	if (!is_empty_file(path) || repo_open(&hub, dir, NULL) < 0)
		return;
	snprintf(lock, sizeof lock, "%smaillage.lock", hub->gitdir);
	if (!hub->workdir && fs_lock(&fd, lock, HUB_LOCK_MS, NULL) == 0) {
		if (is_empty_file(path)) { /* nobody else was faster */
			last_logged(&last, hub);
			trace("local: %s is empty, restored to %.8s", path, last.hex);
			if (fs_unlink(path, NULL) == 0 && oid_is(&last))
				repo_ref_move(hub, MAIN_REF, &none, &last, "maillage: mended", NULL);
		}
		fs_unlock(fd);
	}
	repo_close(hub);
}

int local_push(struct repo *r, const char *dir, const struct oid *commit, const struct remote_options *o, struct err *e)
{
	struct repo *hub;
	char lock[PATH_MAX];
	int fd, rc = repo_open(&hub, dir, e);
	if (rc)
		return rc;
	snprintf(lock, sizeof lock, "%smaillage.lock", hub->gitdir);
	if (hub->workdir)
		rc = err_set(e, ERR_CONFIG,
			     _("%s : on n'envoie que vers un dépôt de hub (nu) ; « maillage hub init » en fait un"),
			     dir);
	else if (!(rc = fs_lock(&fd, lock, HUB_LOCK_MS, e))) {
		struct stat st; /* taking the lock wrote it: it bears the time of the machine that holds the hub */
		if (fstat(fd, &st) == 0)
			repo__break_hub_locks(hub, st.st_mtim.tv_sec);
		rc = push_locked(r, hub, commit, o, e);
		fs_unlock(fd);
	}
	repo_close(hub);
	return rc;
}
