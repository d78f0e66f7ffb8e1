/* syncing.c -- `sync` and `status`. The status says what was confirmed, what was not sent, what waits and why: it is computed from the
 * folder, from history and from the last confirmed exchange, never from what somebody hoped.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/progress.h"
#include "ctl/client.h"
#include "ctl/ctl.h"
#include "ctl/digest.h"
#include "ctl/plaingit.h"
#include "ctl/result.h"
#include "loop/confirmed.h"
#include "loop/settings.h"
#include "loop/world.h"
#include "store/byhand.h"
#include "store/history.h"
#include "store/remote.h"
#include "store/replay.h"
#include "store/worktree.h"
#include "sync/guard.h"
#include "sync/sync.h"
#include "ctl/report.h"

#define OUTGOING_MAX 200

/* --- counting what wants a person ------------------------------------------------------------------------------------ */

static void count_differences(struct val *out, struct arena *a, const struct val *rows)
{
	int64_t hard = 0, soft = 0;
	for (size_t i = 0; i < rows->list.n; i++) {
		if (val_is_str(val_get(rows->list.at[i], "degre"), "dur"))
			hard++;
		else
			soft++;
	}
	put_int(a, out, "differences", hard);
	put_int(a, out, "a_relire", soft);
}

static const struct fault *first_error(const struct change *c)
{
	for (size_t i = 0; i < c->faults.n; i++)
		if (!c->faults.at[i].warning)
			return &c->faults.at[i];
	return NULL;
}

/* The first fault, with the field's name: "this field is required" alone says nothing. The others are check's to list. */
static const char *why_faulty(struct arena *a, const struct fault *f, size_t all)
{
	struct fault bare = *f;
	struct buf b = BUF_INIT;
	bare.path = "";
	bare.line = 0;
	fault_print(&b, &bare);
	if (all > 1)
		buf_printf(&b, ngettext(" (et %zu autre défaut : « maillage check »)", " (et %zu autres défauts : « maillage check »)", all - 1),
			   all - 1);
	const char *out = arena_dup(a, buf_str(&b));
	buf_free(&b);
	return out;
}

struct counting {
	struct census *census;
	struct arena *a;
};

static int count_file(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct counting *k = ctx;
	(void)blob;
	(void)mode;
	census_add(k->census, k->a, path);
	return 0;
}

/* What the next cycle's guard would hold is not ready: without the same look here, the status would promise to send it. */
static int put_guarded(struct val *out, struct ctl *c, struct changes *changes, struct err *e)
{
	struct census census = { 0 };
	struct counting k = { &census, c->a };
	struct err held = { 0 };
	int rc = guard_needs_census(changes) ? repo_walk(c->r, &c->head, "", count_file, &k, e) : 0;
	size_t n = rc ? 0 : guard_apply(changes, &census, c->a, false, &held);
	for (size_t i = 0; n && i < changes->n; i++) {
		const struct change *one = &changes->at[i];
		if (one->verdict == CHANGE_GUARDED && (one->kind == CHANGE_DELETED || one->arriving)) {
			put_str(c->a, out, "retenu", held.msg);
			break; /* a file that is too big says all by itself */
		}
	}
	return rc;
}

static int put_waiting(struct val *out, struct ctl *c, size_t *ready, struct err *e)
{
	struct changes changes = { 0 };
	struct val *waiting = val_list(c->a), *going = val_list(c->a);
	int rc = worktree_scan(&changes, c->a, c->r, NULL, e);
	if (!rc)
		rc = put_guarded(out, c, &changes, e);
	if (rc)
		return rc;
	*ready = 0;
	int64_t private = 0;
	for (size_t i = 0; i < changes.n; i++) {
		const struct change *one = &changes.at[i];
		if (one->verdict == CHANGE_READY) {
			(*ready)++;
			val_push(c->a, going, val_str(c->a, one->path));
			continue;
		}
		if (one->private) { /* waits for nobody */
			private++;
			continue;
		}
		const struct fault *f = first_error(one);
		struct val *row = val_map(c->a);
		put_str(c->a, row, "chemin", one->path);
		if (f && f->line) {
			put_int(c->a, row, "ligne", f->line);
			put_int(c->a, row, "colonne", f->col);
		}
		put_str(c->a, row, "pourquoi", f ? why_faulty(c->a, f, one->faults.errors) : one->why);
		val_push(c->a, waiting, row);
	}
	val_set(c->a, out, "attente", waiting);
	put_int(c->a, out, "privees", private);
	val_set(c->a, out, "modifies", going);
	return 0;
}

/* --- status ------------------------------------------------------------------------------------------------------------ */

struct outgoing {
	struct ctl *c;
	struct oid hub;
	struct val *list;
	struct err *e;
};

static int outgoing_commit(void *ctx, const struct commit_info *ci)
{
	struct outgoing *o = ctx;
	bool sent = false;
	if (o->list->list.n >= OUTGOING_MAX)
		return 1;
	if (oid_is(&o->hub)) {
		int rc = repo_is_ancestor(&sent, o->c->r, &ci->oid, &o->hub, o->e);
		if (rc)
			return rc;
	}
	if (sent)
		return 0;
	struct val *row = val_map(o->c->a);
	put_str(o->c->a, row, "commit", ci->oid.hex);
	put_str(o->c->a, row, "sujet", arena_dupn(o->c->a, ci->message, strcspn(ci->message, "\n")));
	val_push(o->c->a, o->list, row);
	return 0;
}

static void put_confirmed(struct val *out, struct ctl *c)
{
	struct confirmed last;
	confirmed_read(&last, c->r);
	if (!last.unix_s)
		return;
	char text[32];
	time_t t = (time_t)last.unix_s;
	struct tm tm;
	localtime_r(&t, &tm);
	strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
	put_str(c->a, out, "confirme", text);
	put_int(c->a, out, "confirme_unix", last.unix_s);
}

/* What stopped the last exchange, as whoever ran it was told. */
static void put_trouble(struct val *out, struct ctl *c, struct trouble *t)
{
	trouble_read(t, c->r, &c->head);
	if (!t->code)
		return;
	struct val *v = val_map(c->a);
	put_str(c->a, v, "code", err_name(t->code));
	put_str(c->a, v, "message", t->msg);
	val_set(c->a, v, "personne", val_bool(c->a, err_class(t->code) != ERR_TEMP));
	put_int(c->a, v, "unix", t->unix_s);
	val_set(c->a, out, "echec", v);
}

/* What a person can do about it; NULL: nothing, it passes by itself. */
static const char *after_trouble(int code)
{
	if (!code || err_class(code) == ERR_TEMP)
		return NULL;
	switch (code) {
	case ERR_REFUSED:
		return _("corrigez ce que le hub refuse, comme il est dit plus haut, puis « maillage sync »");
	case ERR_AUTH:
	case ERR_HOSTKEY:
		return _("faites ce qui est dit plus haut pour que le hub vous laisse entrer, puis « maillage sync »");
	case ERR_GUARD:
		return _("décidez de ce qui est en suspens, comme il est dit plus haut");
	default:
		return _("réglez ce qui a arrêté le dernier échange, comme il est dit plus haut, puis « maillage sync »");
	}
}

/* The one next thing to do, most pressing first. */
static const char *next_step(const struct val *v, const char *paused, const struct trouble *last, size_t ready, bool hub)
{
	const char *repair = after_trouble(last->code);
	const struct val *waiting = val_get(v, "attente"), *hard = val_get(v, "differences"), *soft = val_get(v, "a_relire");
	const struct val *unsent = val_get(v, "non_envoye"), *daemon = val_get(v, "demon");
	if (paused)
		return _("mettez fin à la pause, puis « maillage sync »");
	if (repair)
		return repair;
	if (val_get(v, "retenu"))
		return _("décidez de ce qui est en suspens, comme il est dit plus haut");
	if (waiting->list.n)
		return _("complétez ou corrigez les fichiers qui attendent, puis « maillage sync »");
	if (hard->i)
		return _("tranchez les différences : « maillage conflicts » les montre");
	if (last->code)
		return daemon->b ? _("rien à faire : maillaged réessaie de lui-même") :
						      _("réessayez plus tard : « maillage sync »");
	if (val_get(v, "apres_git")->i)
		return _("« maillage sync » ajoutera ces propositions aux différences");
	if (hub && (unsent->i || ready))
		return _("« maillage sync » enverra votre travail");
	if (soft->i)
		return _("relisez ce qui a été combiné : « maillage conflicts » le montre");
	return _("rien à faire");
}

#define PAUSED_WAIT_MS 2000

/* A daemon that is writing just now leaves the index behind for a moment, which looks like the user's own `git add`: it is a pause
 * when it is still there with nobody else at work. */
static bool is_paused_now(struct ctl *c, struct err *why)
{
	struct err busy;
	if (worktree_paused(c->r, why) >= 0)
		return false;
	if (repo_lock(c->r, PAUSED_WAIT_MS, &busy) < 0)
		return true;
	bool still = worktree_paused(c->r, why) < 0;
	repo_unlock(c->r);
	return still;
}

int ctl_status(struct val **out, struct ctl *c, bool outgoing, struct err *e)
{
	struct val *v = val_map(c->a), *rows;
	struct outgoing o = { .c = c, .list = val_list(c->a), .e = e };
	struct err paused = { 0 };
	struct trouble last;
	size_t unsent = 0, ready = 0;
	bool hub = *repo_hub(c->r) != 0;
	if (!repo_workdir(c->r))
		return err_set(e, ERR_CONFIG, "%s", _("ce dépôt n'a pas de dossier de travail ; demandez le statut dans un clone"));
	put_str(c->a, v, "dossier", repo_workdir(c->r));
	put_str(c->a, v, "collectif", repo_collective(c->r));
	put_str(c->a, v, "auteur", repo_author(c->r));
	put_str(c->a, v, "hub", repo_hub(c->r));
	put_confirmed(v, c);
	put_trouble(v, c, &last);
	int rc = repo_ref(&o.hub, c->r, WORLD_HUB_REF, e);
	if (!rc && hub && oid_is(&o.hub))
		rc = repo_count_between(&unsent, c->r, &o.hub, &c->head, e);
	if (!rc && hub && !oid_is(&o.hub))
		rc = repo_count_between(&unsent, c->r, &o.hub, &c->head, e);
	if (rc)
		return rc;
	put_int(c->a, v, "non_envoye", (int64_t)unsent);
	rc = ctl_conflicts(&rows, c, NULL, e);
	if (!rc) {
		count_differences(v, c->a, rows);
		rc = put_waiting(v, c, &ready, e);
	}
	if (rc)
		return rc;
	bool is_paused = is_paused_now(c, &paused);
	val_set(c->a, v, "demon", val_bool(c->a, client_looks_after(c->a, repo_workdir(c->r))));
	if (is_paused)
		put_str(c->a, v, "pause", paused.msg);
	struct val *lately;
	const char *former;
	size_t formers;
	if ((rc = replay_kept(&formers, &former, c->a, c->r, e)))
		return rc;
	put_int(c->a, v, "rejoues", (int64_t)formers);
	put_str(c->a, v, "garde", former);
	if ((rc = ctl_digest(&lately, c, rows, e)))
		return rc;
	if (lately)
		val_set(c->a, v, "fusionne", lately);
	put_int(c->a, v, "apres_git", (int64_t)byhand_waiting(c->r));
	put_str(c->a, v, "git", plaingit_lacks(c->r, c->a));
	put_str(c->a, v, "suite", next_step(v, is_paused ? paused.msg : NULL, &last, ready, hub));
	if (outgoing) {
		rc = history_log(c->r, &c->head, NULL, outgoing_commit, &o, e);
		if (rc < 0)
			return rc;
		val_set(c->a, v, "sortants", o.list);
	}
	*out = v;
	return 0;
}

/* --- sync -------------------------------------------------------------------------------------------------------------- */

static void note_phase(void *ctx, const char *state)
{
	(void)ctx;
	sync_step_tell(state);
}

/* One cycle in this process. */
static int sync_here(struct val **out, struct arena *a, const char *dir, const struct settings *settings, const struct sync_wish *wish,
		     const char *courier, struct err *e)
{
	struct real_world w = { .remote = { .ssh = *settings_ssh(settings, dir), .progress = progress_pass },
				.courier = courier,
				.aggregate = ctl_aggregate,
				.note = note_phase };
	struct sync s;
	struct sync_options opt = { .yes_delete = wish->yes_delete, .retry_refused = true };
	w.remote.ssh.accept_host_key = wish->accept_host_key;
	sync_init(&s);
	sync_begin(&s, &opt);
	int rc = real_world_open(&w, dir, e);
	if (!rc) {
		enum sync_result end = sync_run(&s, &w.table);
		*out = sync_report_val(a, &s.did, end, s.err.code ? &s.err : &s.held);
		if (w.unheard)
			put_str(a, *out, "non_joint", w.unheard_why);
		if (!courier) /* what it agreed to says nothing about the hub */
			rc = confirmed_keep(w.repo, &s, end, 0, e);
	}
	real_world_close(&w);
	sync_fini(&s);
	return rc;
}

/* A cycle reads what changed; the damage that it did not meet, whoever looks at everything does. */
static int repair_here(const char *dir, const struct settings *settings, struct err *e)
{
	struct real_world w = { .remote.ssh = *settings_ssh(settings, dir) };
	int rc = real_world_open(&w, dir, e);
	if (!rc)
		rc = w.table.repair(w.table.ctx, e);
	real_world_close(&w);
	return rc;
}

/* What is open in the clone now, new or not: syncing is done, and somebody is still asked for. */
static int put_open(struct val *report, struct arena *a, const char *folder, struct err *e)
{
	struct ctl c;
	struct val *rows;
	int rc = ctl_open(&c, a, folder, e);
	if (rc)
		return rc;
	rc = ctl_conflicts(&rows, &c, NULL, e);
	if (!rc)
		count_differences(report, a, rows);
	ctl_close(&c);
	return rc;
}

/* The courier's repository for this clone; NULL when it is the clone's own hub after all. */
static int courier_url(const char **out, struct arena *a, const struct repo *r, const char *hub, struct err *e)
{
	char real[PATH_MAX];
	const char *code = repo_collective(r);
	if (!strstr(hub, "://") && !strchr(hub, ':')) {
		if (!realpath(hub, real))
			return err_set(e, ERR_NET, _("%s : ce dossier n'est pas là ; branchez la clé ou le disque, ou vérifiez le chemin"), hub);
		hub = arena_dup(a, real);
		if (!fs_is_dir(hub_url(a, hub, code)))
			return err_set(e, ERR_NOTFOUND,
				       _("%s ne contient pas %s.git ; si la clé est bien branchée, préparez-la par « maillage hub init %s --courier "
					 "--collectives %s »"),
				       hub, code, hub, code);
	}
	const char *url = hub_url(a, hub, code);
	*out = strcmp(url, repo_hub(r)) ? url : NULL;
	return 0;
}

int ctl_sync(struct val **out, struct arena *a, const char *dir, const struct sync_wish *wish, struct err *e)
{
	struct settings settings;
	struct repo *r;
	const char *courier = NULL;
	int rc = settings_load(&settings, a, NULL, e);
	if (!rc)
		rc = repo_open(&r, dir, e);
	if (rc)
		return rc;
	const char *folder = repo_workdir(r) ? arena_dup(a, repo_workdir(r)) : NULL;
	if (!folder)
		rc = err_set(e, ERR_CONFIG, "%s", _("ce dépôt n'a pas de dossier de travail ; un hub ne se synchronise pas lui-même"));
	else if (wish->hub)
		rc = courier_url(&courier, a, r, wish->hub, e);
	const char *with = arena_dup(a, courier ? courier : repo_hub(r));
	repo_close(r);
	if (rc)
		return rc;
	/* an answer that a person gives (this key, these deletions, this stick) is for this one cycle: not for the daemon to keep */
	if (courier || wish->accept_host_key || wish->yes_delete || !client_sync(out, a, folder))
		rc = sync_here(out, a, folder, &settings, wish, courier, e);
	if (!rc)
		put_str(a, *out, courier ? "courrier" : "hub", with);
	if (rc)
		return rc;
	rc = put_open(*out, a, folder, e);
	if (rc == ERR_CORRUPT && !(rc = repair_here(folder, &settings, e)))
		rc = put_open(*out, a, folder, e);
	return rc;
}
