/* create.c -- making a repository, and the root commit that all of them share.
 *
 * A repository is either there whole or not at all: maillage.collective, without which repo_open refuses, is set last.
 */
#include "repo_int.h"

#include "base/fsio.h"
#include "giterr.h"

#include <git2/sys/repository.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Fixed for ever: changing one byte makes repositories that share no history with the existing ones. */
static const char root_text[] = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
				"author maillage <racine@maillage.invalid> 0 +0000\n"
				"committer maillage <racine@maillage.invalid> 0 +0000\n"
				"\n"
				"Racine commune des dépôts maillage\n";

static int write_root(git_oid *out, git_odb *odb, struct err *e)
{
	git_oid tree;
	int rc = git_odb_write(&tree, odb, "", 0, GIT_OBJECT_TREE);
	if (rc < 0 || (rc = git_odb_write(out, odb, root_text, sizeof root_text - 1, GIT_OBJECT_COMMIT)) < 0)
		return giterr(e, rc, _("écriture du commit racine"));
	return 0;
}

int repo_root_commit(struct oid *out, struct repo *r, struct err *e)
{
	git_oid oid;
	int rc = git_odb_hash(&oid, root_text, sizeof root_text - 1, GIT_OBJECT_COMMIT);
	if (rc < 0)
		return giterr(e, rc, _("calcul du commit racine"));
	if (!git_odb_exists(r->odb, &oid) && (rc = write_root(&oid, r->odb, e)))
		return rc;
	oid_from_git(out, &oid);
	return 0;
}

static int set(git_config *c, const char *key, const char *value, struct err *e)
{
	int rc = git_config_set_string(c, key, value);
	return rc < 0 ? giterr(e, rc, "git config %s", key) : 0;
}

static int settings(git_repository *git, const char *hub_url, const char *collective, const char *author, struct err *e)
{
	git_config *all, *c;
	int rc = git_repository_config(&all, git);
	if (rc < 0)
		return giterr(e, rc, "git config");
	rc = git_config_open_level(&c, all, GIT_CONFIG_LEVEL_LOCAL);
	git_config_free(all);
	if (rc < 0)
		return giterr(e, rc, "git config");
	char email[PATH_MAX];
	snprintf(email, sizeof email, "%s@%s.invalid", author ? author : "", collective);
	rc = set(c, "core.autocrlf", "false", e); /* records are kept byte for byte, whatever the user's own setting */
	if (!rc && author && *author && !(rc = set(c, "user.name", author, e)))
		rc = set(c, "user.email", email, e);
	if (!rc && hub_url && !(rc = set(c, "remote.hub.url", hub_url, e)))
		rc = set(c, "remote.hub.fetch", "+refs/heads/main:refs/remotes/hub/main", e);
	if (!rc && hub_url && !(rc = set(c, "branch.main.remote", "hub", e)))
		rc = set(c, "branch.main.merge", MAIN_REF, e);
	if (!rc)
		rc = set(c, "maillage.collective", collective, e);
	git_config_free(c);
	return rc;
}

static int private_files(git_repository *git, struct err *e)
{
	static const char exclude[] = "# maillage : jamais dans l'historique\nprive/\n.maillage/\n"
				      "# fichiers provisoires des éditeurs\n"
				      "*~\n.*.sw?\n.*.kate-swp\n.#*\n\\#*#\n.~lock.*#\n4913\n.goutputstream-*\n";
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%smaillage", git_repository_path(git));
	int rc = fs_mkdirs(path, e);
	if (rc || git_repository_is_bare(git))
		return rc;
	snprintf(path, sizeof path, "%sinfo/exclude", git_repository_path(git));
	if (!(rc = fs_mkparents(path, e)))
		rc = fs_write(path, exclude, sizeof exclude - 1, e);
	return rc;
}

static int first_commit(git_repository *git, struct err *e)
{
	git_odb *odb;
	git_oid root;
	int rc = git_repository_odb(&odb, git);
	if (rc < 0)
		return giterr(e, rc, "%s", git_repository_path(git));
	rc = write_root(&root, odb, e);
	git_odb_free(odb);
	if (rc)
		return rc;
	git_reference *ref;
	rc = git_reference_create(&ref, git, MAIN_REF, &root, 0, "maillage: racine");
	if (rc < 0)
		return giterr(e, rc, "%s", MAIN_REF);
	git_reference_free(ref);
	return 0;
}

static bool is_repository(const char *dir)
{
	git_repository *git;
	if (git_repository_open_ext(&git, dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
		return false;
	git_repository_free(git);
	return true;
}

static int create(struct repo **out, const char *dir, bool bare, const char *hub_url, const char *collective, const char *author,
		  struct err *e)
{
	if (is_repository(dir))
		return err_set(e, ERR_EXISTS, _("%s : il y a déjà un dépôt git ici ; choisissez un autre dossier"), dir);
	git_repository_init_options o;
	git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	o.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT | (bare ? GIT_REPOSITORY_INIT_BARE : 0u);
	o.initial_head = "main"; /* the user's init.defaultBranch may say anything */
	git_repository *git;
	int rc = git_repository_init_ext(&git, dir, &o);
	if (rc < 0)
		return giterr(e, rc, "%s", dir);
	if (!(rc = first_commit(git, e)) && !(rc = private_files(git, e)))
		rc = settings(git, hub_url, collective, author, e);
	git_repository_free(git);
	return rc ? rc : repo_open(out, dir, e);
}

int repo_create(struct repo **out, const char *dir, const char *hub_url, const char *collective, const char *author, struct err *e)
{
	return create(out, dir, false, hub_url, collective, author, e);
}

int repo_create_bare(struct repo **out, const char *dir, const char *collective, struct err *e)
{
	return create(out, dir, true, NULL, collective, NULL, e);
}
