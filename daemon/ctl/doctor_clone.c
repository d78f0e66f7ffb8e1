/* doctor_clone.c -- the examinations of a clone. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/places.h"
#include "ctl/doctor_int.h"
#include "ctl/plaingit.h"
#include "loop/confirmed.h"
#include "loop/world.h"
#include "store/worktree.h"

/* --- who may read and write ------------------------------------------------------------------------------------------- */

static _Thread_local struct {
	size_t foreign, closed;
	char first_foreign[PATH_MAX], first_closed[PATH_MAX];
} access_; /* nftw passes nothing on */

static int look_at(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type == FTW_SL || type == FTW_NS)
		return 0;
	if (st->st_uid != getuid() && getuid() && !access_.foreign++)
		snprintf(access_.first_foreign, PATH_MAX, "%s", path);
	/* git's objects are read-only on purpose */
	bool wanted = type == FTW_D || !strstr(path, "/.git/objects/");
	if (access(path, wanted ? R_OK | W_OK : R_OK) && !access_.closed++)
		snprintf(access_.first_closed, PATH_MAX, "%s", path);
	return 0;
}

static void examine_rights(struct doctor *d)
{
	memset(&access_, 0, sizeof access_);
	nftw(repo_workdir(d->r), look_at, 32, FTW_PHYS | FTW_MOUNT);
	if (access_.foreign)
		doctor_say(d, FAULT,
			   ngettext("%zu fichier ou dossier appartient à un autre compte : %s ; « sudo chown -R %s '%s' » les rend au vôtre",
				    "%zu fichiers ou dossiers appartiennent à un autre compte, d'abord : %s ; « sudo chown -R %s '%s' » les rend au vôtre",
				    access_.foreign),
			   access_.foreign, access_.first_foreign, "\"$USER\"", repo_workdir(d->r));
	else if (access_.closed)
		doctor_say(d, FAULT,
			   ngettext("%zu fichier ou dossier ne peut pas être lu ou écrit : %s ; « chmod -R u+rwX '%s' » l'ouvre",
				    "%zu fichiers ou dossiers ne peuvent pas être lus ou écrits, d'abord : %s ; « chmod -R u+rwX '%s' » les ouvre",
				    access_.closed),
			   access_.closed, access_.first_closed, repo_workdir(d->r));
}

/* --- locks ------------------------------------------------------------------------------------------------------------ */

#define LOCK_WAIT_MS 3000
#define INDEX_LOCK_OLD_S 3600 /* a git of another account, or of the other system on this disk, is not seen */

/* worktree_recover leaves an index.lock that some git may hold. When none runs here and it is not new, none does. */
static bool is_orphan(struct doctor *d, const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && clock_wall_s() - st.st_mtim.tv_sec > INDEX_LOCK_OLD_S && !worktree_git_runs(d->r);
}

static void examine_locks(struct doctor *d)
{
	struct lock_names before = { 0 }, after = { 0 };
	struct err e;
	worktree_locks(&before, d->a, d->r);
	if (!before.n)
		return;
	if (d->fix && (repo_lock(d->r, LOCK_WAIT_MS, &e) < 0 || (repo_unlock(d->r), worktree_recover(d->r, &e)) < 0))
		doctor_say(d, FAULT, "%s", e.msg);
	worktree_locks(&after, d->a, d->r);
	if (after.n < before.n)
		doctor_say(d, MENDED, ngettext("%zu verrou oublié par un programme mort est enlevé", "%zu verrous oubliés par un programme mort sont enlevés",
					       before.n - after.n),
			   before.n - after.n);
	for (size_t i = 0; i < after.n; i++) {
		const char *path = arena_printf(d->a, "%s%s", repo_gitdir(d->r), after.at[i]);
		bool orphan = is_orphan(d, path);
		if (orphan && d->fix && fs_unlink(path, &e) == 0)
			doctor_say(d, MENDED, _("%s : ce verrou n'était à personne, il est enlevé"), path);
		else if (orphan)
			doctor_say(d, FAULT, _("%s : un git mort a oublié ce verrou, et plus rien ne s'enregistre ; « maillage doctor --fix » l'enlève"),
				   path);
		else
			doctor_say(d, ADVICE, _("%s : un git travaille ici, ou travaillait il y a un instant ; terminez-le, puis recommencez"), path);
	}
}

/* --- what git holds ---------------------------------------------------------------------------------------------------- */

/* git's own judgement: the exit code of `git fsck`, whose words are for other people. -1: it could not be asked. --git-dir, for
 * a GIT_DIR of the environment (an alias of git, a hook) would be looked at instead. */
static int fsck(struct doctor *d)
{
	int status;
	pid_t pid = fork();
	if (pid < 0)
		return -1;
	if (!pid) {
		if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(127);
		execlp("git", "git", "--git-dir", repo_gitdir(d->r), "fsck", "--no-dangling", "--no-progress", (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
}

static int repair(struct doctor *d, struct err *e)
{
	struct real_world w = { .remote.ssh = *settings_ssh(&d->settings, repo_workdir(d->r)) };
	struct repo *again;
	int rc = real_world_open(&w, repo_workdir(d->r), e);
	if (!rc)
		rc = w.table.repair(w.table.ctx, e);
	real_world_close(&w);
	if (!rc && !(rc = repo_open(&again, repo_workdir(d->r), e))) {
		repo_close(d->r);
		d->r = again;
	}
	return rc;
}

static void examine_objects(struct doctor *d)
{
	struct err e;
	int before = fsck(d);
	if (before <= 0)
		return;
	if (!d->fix)
		doctor_say(d, FAULT, "%s", _("des objets de git sont abîmés ou manquent (« git fsck » dit lesquels) ; « maillage doctor --fix » les "
					     "reprend du dossier et du hub"));
	else if (repair(d, &e) < 0)
		doctor_say(d, FAULT, "%s", e.msg);
	else if (fsck(d) > 0)
		doctor_say(d, FAULT, "%s", _("des objets de git restent abîmés, et ni le dossier ni le hub ne les ont ; faites un clone neuf avec "
					     "« maillage init », et copiez-y les fiches de ce dossier"));
	else
		doctor_say(d, MENDED, "%s", _("les objets abîmés ou perdus sont remplacés ; ce qui était abîmé est sous .git/maillage/abimes"));
}

static void examine_state(struct doctor *d)
{
	struct err e;
	if (worktree_paused(d->r, &e) < 0)
		doctor_say(d, ADVICE, "%s", e.msg);
}

static void examine_git(struct doctor *d)
{
	struct err e;
	const char *lacks = plaingit_lacks(d->r, d->a);
	if (!lacks)
		return;
	if (d->fix && plaingit_configure(d->r, d->a, place_program(), &e) == 0 && !plaingit_lacks(d->r, d->a))
		doctor_say(d, MENDED, "%s", _("git fusionne de nouveau champ par champ dans ce dossier"));
	else
		doctor_say(d, ADVICE, "%s", plaingit_lacks(d->r, d->a));
}

/* --- what the collective agreed on --------------------------------------------------------------------------------------- */

static void examine_schema(struct doctor *d)
{
	const struct schemas *set;
	struct oid head;
	struct err e;
	if (repo_head(&head, d->r, &e) < 0 || repo_schemas(&set, d->r, &head, &e) < 0)
		doctor_say(d, FAULT, "%s", e.msg);
}

/* A line "prive/" or "/prive/", as init writes it: not a comment, not half a name. */
static bool names_private(const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *name = line + (*line == '/');
		if (!strncmp(name, "prive", 5) && strchr("/ \r\n", name[5]))
			return true;
	}
	return false;
}

static void examine_private(struct doctor *d)
{
	struct oid head, there = { "" };
	struct buf b = BUF_INIT;
	if (repo_head(&head, d->r, NULL) == 0 && repo_entry(&there, d->r, &head, "prive", NULL) == 0 && oid_is(&there))
		doctor_say(d, FAULT, "%s", _("le dossier prive/ est dans l'historique : « git rm -r --cached prive », puis « maillage sync » ; s'il y a "
					     "de vrais noms et qu'ils sont partis, prévenez la personne qui tient le hub"));
	if (fs_read(&b, arena_printf(d->a, "%s.gitignore", repo_workdir(d->r)), 1 << 20, NULL) || !names_private(buf_str(&b)))
		doctor_say(d, ADVICE, "%s", _("le fichier .gitignore ne nomme pas prive/ : un « git add » à la main prendrait vos notes privées ; "
					      "ajoutez-y cette ligne"));
	buf_free(&b);
}

#define CLOCK_SLACK_S 600

/* History tells when this computer's clock, or a colleague's, is far off. */
static void examine_dates(struct doctor *d)
{
	static const char *const refs[] = { "refs/heads/main", WORLD_HUB_REF };
	for (size_t i = 0; i < sizeof refs / sizeof *refs; i++) {
		struct oid tip;
		struct commit_info c;
		if (repo_ref(&tip, d->r, refs[i], NULL) || !oid_is(&tip) || repo_commit_info(&c, d->a, d->r, &tip, NULL))
			continue;
		if (c.committer_time > clock_wall_s() + CLOCK_SLACK_S) {
			char now[11], then[11];
			clock_date(now, clock_wall_s());
			clock_date(then, c.committer_time);
			doctor_say(d, ADVICE, _("le dernier commit (%.8s) est du %s, et l'horloge de cet ordinateur dit %s ; l'une des deux est fausse"),
				   tip.hex, then, now);
			return;
		}
	}
}

/* --- the hub --------------------------------------------------------------------------------------------------------------- */

#define SILENT_DAYS 30

/* Asked in earnest, as a cycle does: key, agent, host key, address, deadlines, and what the hub's own program answers. */
static void examine_hub(struct doctor *d)
{
	struct remote_options o = { .ssh = *settings_ssh(&d->settings, repo_workdir(d->r)) };
	struct confirmed last;
	struct trouble t;
	struct oid got;
	struct err e;
	if (!*repo_hub(d->r)) {
		doctor_say(d, ADVICE, "%s", _("ce dossier n'a pas de hub : rien n'en part, et personne d'autre n'en a de copie"));
		return;
	}
	int rc = remote_fetch(&got, d->r, repo_hub(d->r), WORLD_HUB_REF, &o, &e);
	if (rc && rc != ERR_RACE) { /* maillaged asked at the same moment: the hub answers */
		doctor_say(d, FAULT, "%s", e.msg);
		return;
	}
	trouble_read(&t, d->r, NULL);
	if (t.code && err_class(t.code) != ERR_TEMP)
		doctor_say(d, ADVICE, _("le hub répond ; le dernier échange s'était arrêté à ceci : %s"), t.msg);
	confirmed_read(&last, d->r);
	if (last.unix_s && clock_wall_s() - last.unix_s > SILENT_DAYS * 86400LL)
		doctor_say(d, ADVICE, _("le hub répond ; le dernier échange complet date de %lld jours : « maillage sync »"),
			   (long long)(clock_wall_s() - last.unix_s) / 86400);
}

const struct examination doctor_clone[] = {
	{ N_("droits"), examine_rights },   { N_("verrous"), examine_locks }, { N_("objets de git"), examine_objects },
	{ N_("état"), examine_state },	    { N_("git"), examine_git },	      { N_("schémas"), examine_schema },
	{ N_("vie privée"), examine_private }, { N_("dates"), examine_dates },  { N_("hub"), examine_hub },
	{ NULL, NULL }
};
