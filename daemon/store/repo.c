/* repo.c -- opening and making repositories.
 *
 * libgit2 1.5 refuses some repositories that git itself reads, with messages nobody can act on: what it cannot read is
 * therefore looked for first, in the plain config file, and named. Its own check of the owner is switched off for the same
 * reason (it fails with "config value 'safe.directory' was not found" and does not honour `*`); ours follows git's rule.
 */
#include "repo_int.h"

#include "base/fsio.h"
#include "giterr.h"
#include "heal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_CACHE_BYTES 65536 /* without it pushing 300 commits takes 13 s instead of 1 */

int store_init(struct err *e)
{
	int rc = git_libgit2_init();
	if (rc < 0)
		return giterr(e, rc, "libgit2");
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)TREE_CACHE_BYTES);
	return 0;
}

void store_fini(void)
{
	git_libgit2_shutdown();
}

bool oid_equal(const struct oid *x, const struct oid *y)
{
	return !strcmp(x->hex, y->hex);
}

void oid_from_git(struct oid *out, const git_oid *in)
{
	git_oid_tostr(out->hex, sizeof out->hex, in);
}

int oid_to_git(git_oid *out, const struct oid *in, struct err *e)
{
	if (strlen(in->hex) != OID_HEX || git_oid_fromstr(out, in->hex) < 0)
		return err_set(e, ERR_DATA, _("« %s » n'est pas l'identifiant d'un objet git"), in->hex);
	return 0;
}

/* --- what libgit2 1.5 cannot read ------------------------------------------------------------------------------ */

static int unsupported(struct err *e, const char *dir, const char *why)
{
	return err_set(e, ERR_UNSUPPORTED, _("%s : ce dépôt git utilise « %s », que ce programme ne sait pas lire ; "
					     "refaites un clone ordinaire avec « maillage init »"), dir, why);
}

/* Whether libgit2 can live with this setting. */
static bool harmless(const char *name, const char *value)
{
	static const char *const known[][2] = { { "extensions.noop", NULL },
						{ "extensions.objectformat", "sha1" },
						{ "extensions.refstorage", "files" },
						{ "extensions.worktreeconfig", "false" } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(name, known[i][0]) && (!known[i][1] || !strcmp(value, known[i][1])))
			return true;
	return false;
}

/* The first extension that is in the way, as "extensions.x=y"; "" when there is none. By an iterator: libgit2's look-up by regular
 * expression leaks 20 KB an entry. */
static void find_extension(char out[96], git_config *c)
{
	git_config_iterator *it;
	git_config_entry *entry;
	*out = 0;
	if (git_config_iterator_new(&it, c) < 0)
		return;
	while (!*out && git_config_next(&entry, it) == 0) {
		const char *value = entry->value ? entry->value : "true";
		if (!strncmp(entry->name, "extensions.", 11) && !harmless(entry->name, value))
			snprintf(out, 96, "%s=%s", entry->name, value);
	}
	git_config_iterator_free(it);
}

static bool config_true(git_config *c, const char *key)
{
	int on = 0;
	return git_config_get_bool(&on, c, key) == 0 && on;
}

/* The last twenty bytes of an index are its checksum; git can be told to leave zeros, and libgit2 refuses them. */
static bool index_without_checksum(const char *gitdir)
{
	char path[PATH_MAX];
	unsigned char sum[20], zero[20] = { 0 };
	snprintf(path, sizeof path, "%sindex", gitdir);
	FILE *f = fopen(path, "rbe");
	if (!f)
		return false;
	bool none = fseek(f, -(long)sizeof sum, SEEK_END) == 0 && fread(sum, 1, sizeof sum, f) == sizeof sum &&
		    !memcmp(sum, zero, sizeof sum);
	fclose(f);
	return none;
}

static bool has_shared_index(const char *gitdir)
{
	struct fs_names names;
	bool found = false;
	if (fs_list(&names, gitdir, NULL) < 0)
		return false;
	for (size_t i = 0; i < names.n; i++)
		found = found || !strncmp(names.at[i], "sharedindex.", 12);
	fs_names_free(&names);
	return found;
}

static int check_supported(const char *dir, const char *gitdir, struct err *e)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%scommondir", gitdir);
	if (fs_exists(path))
		return unsupported(e, dir, "git worktree");
	snprintf(path, sizeof path, "%sconfig", gitdir);
	git_config *c;
	if (git_config_open_ondisk(&c, path) < 0)
		return 0; /* no config at all: opening says what is wrong */
	char extension[96];
	find_extension(extension, c);
	bool split = config_true(c, "core.splitindex"), skip = config_true(c, "index.skiphash");
	git_config_free(c);
	if (*extension)
		return unsupported(e, dir, extension);
	if (split || has_shared_index(gitdir))
		return unsupported(e, dir, "core.splitIndex");
	if (skip || index_without_checksum(gitdir))
		return unsupported(e, dir, "index.skipHash");
	return 0;
}

/* --- whose is it ------------------------------------------------------------------------------------------------- */

struct safe_scan {
	const char *dir;
	bool ok;
};

static int one_safe(const git_config_entry *entry, void *ctx)
{
	struct safe_scan *scan = ctx;
	const char *v = entry->value ? entry->value : "";
	size_t n = strlen(v), dir_n = strlen(scan->dir);
	while (dir_n > 1 && scan->dir[dir_n - 1] == '/')
		dir_n--;
	if (!*v)
		scan->ok = false; /* as in git, an empty value forgets the ones before */
	else if (!strcmp(v, "*"))
		scan->ok = true;
	else if (n > 2 && !strcmp(v + n - 2, "/*"))
		scan->ok = scan->ok || (dir_n >= n - 1 && !strncmp(scan->dir, v, n - 1));
	else
		scan->ok = scan->ok || (dir_n == n && !strncmp(scan->dir, v, n));
	return 0;
}

static int check_owner(const char *dir, struct err *e)
{
	struct stat st;
	if (stat(dir, &st) < 0)
		return err_errno(e, dir);
	uid_t me = geteuid();
	if (st.st_uid == me)
		return 0;
	const char *sudo = getenv("SUDO_UID");
	if (me == 0 && sudo && strtoul(sudo, NULL, 10) == st.st_uid)
		return 0;
	struct safe_scan scan = { dir, false };
	git_config *c;
	if (git_config_open_default(&c) == 0) {
		git_config_get_multivar_foreach(c, "safe.directory", NULL, one_safe, &scan);
		git_config_free(c);
	}
	if (scan.ok)
		return 0;
	return err_set(e, ERR_PERM, _("%s : ce dépôt appartient à un autre utilisateur de la machine (n° %u) ; travaillez sous son "
				      "nom, ou autorisez-le par « git config --global --add safe.directory %s »"),
		       dir, (unsigned)st.st_uid, dir);
}

/* --- the handle ------------------------------------------------------------------------------------------------- */

void repo_close(struct repo *r)
{
	if (!r)
		return;
	if (r->lock_fd >= 0)
		fs_unlock(r->lock_fd);
	schemas_forget(r);
	git_odb_free(r->odb);
	git_repository_free(r->git);
	free(r->workdir);
	free(r->gitdir);
	free(r->collective);
	free(r->author);
	free(r->hub);
	free(r);
}

/* This repository's own config file, without the user's and the system's. */
static int local_config(git_config **out, struct repo *r, struct err *e)
{
	git_config *all, *local;
	int rc = git_repository_config(&all, r->git);
	if (rc < 0)
		return giterr(e, rc, "%sconfig", r->gitdir);
	rc = git_config_open_level(&local, all, GIT_CONFIG_LEVEL_LOCAL);
	git_config_free(all);
	if (rc < 0)
		return giterr(e, rc, "%sconfig", r->gitdir);
	*out = local;
	return 0;
}

static int config_string(char **out, git_config *c, const char *key, struct err *e)
{
	git_buf v = { 0 };
	int rc = git_config_get_string_buf(&v, c, key);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return giterr(e, rc, "git config %s", key);
	char *copy = strdup(rc < 0 ? "" : v.ptr);
	git_buf_dispose(&v);
	if (!copy)
		return err_nomem(e);
	free(*out);
	*out = copy;
	return 0;
}

static int read_config(struct repo *r, struct err *e)
{
	git_config *c;
	int rc = local_config(&c, r, e);
	if (rc)
		return rc;
	if (!(rc = config_string(&r->collective, c, "maillage.collective", e)) &&
	    !(rc = config_string(&r->author, c, "user.name", e)))
		rc = config_string(&r->hub, c, "remote.hub.url", e);
	git_config_free(c);
	return rc;
}

/* A hub that another program made (gitolite, Forgejo) has no maillage.collective: its repositories are named by it, as every hub's are. */
static int collective_by_name(struct repo *r, struct err *e)
{
	size_t end = strlen(r->gitdir);
	if (end < 6 || strcmp(r->gitdir + end - 5, ".git/"))
		return 0;
	size_t n = end - 5, from = n;
	while (from && r->gitdir[from - 1] != '/')
		from--;
	const char *name = r->gitdir + from;
	n -= from;
	bool national = n == 8 && !strncmp(name, "national", 8);
	if (!national && (n < 2 || n > 8 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != n))
		return 0;
	char *code = national ? strdup("nat") : strndup(name, n);
	if (!code)
		return err_nomem(e);
	free(r->collective);
	r->collective = code;
	return 0;
}

/* Takes git over, also when it fails. */
static int adopt(struct repo **out, git_repository *git, const char *dir, bool in_hook, struct err *e)
{
	struct repo *r = calloc(1, sizeof *r);
	if (!r) {
		git_repository_free(git);
		return err_nomem(e);
	}
	r->git = git;
	r->lock_fd = -1;
	const char *work = git_repository_workdir(git);
	r->gitdir = strdup(git_repository_path(git));
	r->workdir = work ? strdup(work) : NULL;
	int rc = 0;
	if (!r->gitdir || (work && !r->workdir))
		rc = err_nomem(e);
	else if ((rc = git_repository_odb(&r->odb, git)) < 0)
		rc = giterr(e, rc, "%s", dir);
	else
		rc = read_config(r, e);
	if (!rc && !*r->collective && in_hook)
		rc = collective_by_name(r, e);
	if (!rc && !*r->collective)
		rc = err_set(e, ERR_CONFIG, _("%s : ce dépôt git n'a pas été fait par maillage, et git y fusionne ligne par ligne ; « maillage init --hub ... » fait "
				  "un clone à vous, dans un dossier nouveau"), dir);
	if (rc) {
		repo_close(r);
		return rc;
	}
	heal__at_open(r);
	*out = r;
	return 0;
}

int repo_open(struct repo **out, const char *dir, struct err *e)
{
	git_buf found = { 0 };
	int rc = git_repository_discover(&found, dir, 0, NULL);
	if (rc < 0) {
		git_buf_dispose(&found);
		if (!fs_exists(dir))
			return err_set(e, ERR_NOTFOUND, _("%s : ce dossier n'existe pas"), dir);
		return err_set(e, ERR_CONFIG, _("%s : pas de dépôt maillage ici ni au-dessus ; allez dans le dossier d'un collectif, ou créez-le avec « maillage init »"), dir);
	}
	git_repository *git = NULL;
	if (!(rc = check_supported(dir, found.ptr, e)) && !(rc = check_owner(found.ptr, e))) {
		rc = git_repository_open(&git, found.ptr);
		if (rc < 0)
			rc = giterr(e, rc, "%s", dir);
	}
	git_buf_dispose(&found);
	return rc ? rc : adopt(out, git, dir, false, e);
}

int repo_open_env(struct repo **out, struct err *e)
{
	const char *dir = getenv("GIT_DIR");
	if (!dir)
		return repo_open(out, ".", e);
	git_repository *git;
	int rc = git_repository_open_ext(&git, NULL, GIT_REPOSITORY_OPEN_FROM_ENV | GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (rc < 0)
		return giterr(e, rc, "GIT_DIR=%s", dir);
	return adopt(out, git, dir, true, e);
}

const char *repo_workdir(const struct repo *r)
{
	return r->workdir;
}

const char *repo_gitdir(const struct repo *r)
{
	return r->gitdir;
}

const char *repo_collective(const struct repo *r)
{
	return r->collective;
}

bool repo_is_national(const struct repo *r)
{
	return !strcmp(r->collective, "nat");
}

const char *repo_author(const struct repo *r)
{
	return r->author;
}

const char *repo_hub(const struct repo *r)
{
	return r->hub;
}

int repo_config_get(const char **out, struct arena *a, struct repo *r, const char *key, struct err *e)
{
	git_config *c;
	int rc = local_config(&c, r, e);
	if (rc)
		return rc;
	git_buf v = { 0 };
	rc = git_config_get_string_buf(&v, c, key);
	git_config_free(c);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return giterr(e, rc, "git config %s", key);
	*out = rc < 0 ? NULL : arena_dup(a, v.ptr);
	git_buf_dispose(&v);
	return 0;
}

int repo_config_set(struct repo *r, const char *key, const char *value, struct err *e)
{
	git_config *c;
	int rc = local_config(&c, r, e);
	if (rc)
		return rc;
	repo__locking(r);
	rc = git_config_set_string(c, key, value);
	repo__locked(r);
	git_config_free(c);
	return rc < 0 ? giterr(e, rc, "git config %s", key) : read_config(r, e);
}

/* The lock may be taken again by who holds it: a verb that commits calls functions that lock for themselves. */
int repo_lock(struct repo *r, int wait_ms, struct err *e)
{
	char path[PATH_MAX];
	if (r->lock_depth == 0) {
		snprintf(path, sizeof path, "%smaillage", r->gitdir);
		int rc = fs_mkdirs(path, e);
		if (rc)
			return rc;
		snprintf(path, sizeof path, "%smaillage/lock", r->gitdir);
		if ((rc = fs_lock(&r->lock_fd, path, wait_ms, e)))
			return rc;
	}
	r->lock_depth++;
	return 0;
}

void repo_unlock(struct repo *r)
{
	must(r->lock_depth > 0);
	if (--r->lock_depth)
		return;
	fs_unlock(r->lock_fd);
	r->lock_fd = -1;
}
