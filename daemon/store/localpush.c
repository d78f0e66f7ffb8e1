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
#include "pack.h"
#include "packer.h"
#include "repo_int.h"

#define HUB_LOCK_MS 10000
#define LOG_MAX (16u << 20)

static int end_pack(struct repo *hub, struct buf *pack, struct packed *at, size_t n, struct err *e)
{
	int rc = n ? pack_finish(hub, pack, at, n, e) : 0;
	buf_cut(pack, PACK_HEAD);
	return rc;
}

/* Packs of some PACK_BYTES, so that memory is bounded; each can be read without the others. */
static int write_packs(struct repo *hub, struct packer *p, const struct sendlist *l, struct packed *at, const struct remote_options *o, struct err *e)
{
	struct buf pack = BUF_INIT;
	int rc;
	buf_fill(&pack, 0, PACK_HEAD);
	do {
		if (o->cancel && cancel_is(o->cancel))
			rc = err_set(e, ERR_CANCELLED, _("%s : échange interrompu à votre demande"), hub->gitdir);
		else
			rc = packer_lot(p, e);
		for (size_t i = 0; !rc && i < p->n; i++) {
			size_t from = pack.n;
			buf_put(&pack, p->at[i].at, p->at[i].n);
			if (buf_ok(&pack))
				at[p->first + i] = pack_entry(&pack, from, &l->at[p->first + i].oid);
			else
				rc = err_nomem(e);
		}
		size_t done = p->first + p->n;
		if (!rc && (pack.n >= PACK_BYTES || !p->n)) {
			rc = end_pack(hub, &pack, at + p->pack_from, done - p->pack_from, e);
			p->pack_from = done;
		}
		if (o->progress)
			o->progress(o->ctx, _("envoi"), done, l->n);
	} while (!rc && p->n);
	buf_free(&pack);
	return rc;
}

static int send_objects(struct repo *r, struct repo *hub, const struct oid *have, const struct oid *want,
			const struct remote_options *o, struct err *e)
{
	struct arena a;
	struct sendlist l;
	struct packer *p;
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = sendlist_make(&l, &a, r, have, want, o->cancel, e);
	struct packed *at = rc ? NULL : arena_array(&a, l.n, sizeof *at);
	if (!rc && (rc = packer_new(&p, r, &l, e)) == 0) {
		rc = write_packs(hub, p, &l, at, o, e);
		packer_free(p);
	}
	arena_end(&a);
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
