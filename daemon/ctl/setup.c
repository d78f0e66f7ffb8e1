/* setup.c -- making a clone: a coordinator's, or the national one.
 *
 * Killed anywhere, init is done again by the same command. .git/maillage/making is there first and goes last: a folder that has it
 * is half made. While nothing else is in it but .git it is begun anew; with files in it, which may have been edited since,
 * it is finished, and nothing is overwritten. The folder is registered with the daemon last.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/places.h"
#include "base/progress.h"
#include "ctl/ctl.h"
#include "ctl/plaingit.h"
#include "ctl/result.h"
#include "loop/confirmed.h"
#include "loop/settings.h"
#include "schema/editor.h"
#include "store/remote.h"
#include "store/worktree.h"

static bool code_is_valid(const char *code)
{
	size_t n = strlen(code);
	return n >= 2 && n <= 8 && strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789") == n;
}

static int bad_code(const char *code, struct err *e)
{
	return err_set(e, ERR_USAGE, _("« %s » n'est pas un code de collectif (2 à 8 lettres minuscules ou chiffres : ara, bfc...)"), code);
}

static int choose_author(const char **out, struct arena *a, const char *collective, const char *author, struct err *e)
{
	if (author) {
		if (strncmp(author, "act-", 4) || !id_is_valid(author))
			return err_set(e, ERR_USAGE, _("« %s » n'est pas un pseudonyme (attendu : act-%s-3p4q5r6s, par exemple)"), author,
				       collective);
		*out = author;
		return 0;
	}
	unsigned char random[8];
	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return err_errno(e, "getrandom");
	*out = id_mint(a, "act", collective, random);
	return 0;
}

/* --- what a new repository starts with ------------------------------------------------------------------------------- */

struct first_files {
	struct file_change *at;
	size_t n, cap;
};

static void add_file(struct first_files *f, struct arena *a, const char *path, const char *text)
{
	struct file_change c = { path, text, strlen(text) };
	arena_push(a, f, c);
}

static int add_schemas(struct first_files *f, struct arena *a, const char *dir, struct err *e)
{
	struct fs_names names;
	int rc = fs_list(&names, dir, e);
	for (size_t i = 0; !rc && i < names.n; i++) {
		struct buf text = BUF_INIT;
		size_t len = strlen(names.at[i]);
		if (len > 12 && !strcmp(names.at[i] + len - 12, ".schema.yaml")) {
			rc = fs_read(&text, arena_printf(a, "%s/%s", dir, names.at[i]), YAML_MAX_BYTES, e);
			if (!rc)
				add_file(f, a, arena_printf(a, "schema/%s", names.at[i]), arena_dupn(a, text.at, text.n));
		}
		buf_free(&text);
	}
	fs_names_free(&names);
	return rc;
}

static const char *first_collectif(struct arena *a, const char *code, const char *author)
{
	char today[11];
	clock_date(today, clock_unix_s());
	return arena_printf(a,
			    "# yaml-language-server: $schema=schema/collectif.schema.yaml\n"
			    "schema: collectif/1\nid: col-%s\ncollectif: %s\nlangue: fr\ntitre: \"Collectif %s\"\n"
			    "etat: brouillon\nvisibilite: collectif\ncree_le: \"%s\"\ncree_par: %s\ncode: %s\nregions: []\n"
			    "roles:\n  - id: ro1\n    acteur: %s\n    debut: \"%s\"\n    role: coordination\n"
			    "quorum_validation: \"3\"\nvisibilite_defaut: collectif\nactivite: active\n",
			    code, code, code, today, author, code, author, today);
}

struct copying {
	struct first_files *files;
	struct arena *a;
	struct repo *r;
	struct err *e;
};

static int add_blob(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	(void)mode;
	struct copying *k = ctx;
	const char *bytes;
	size_t n;
	int rc = repo_read_blob(&bytes, &n, k->a, k->r, blob, k->e);
	if (rc)
		return rc;
	struct file_change c = { arena_dup(k->a, path), bytes, n };
	arena_push(k->a, k->files, c);
	return 0;
}

/* The schema in force: national.git's when the hub has one, else the installed one. */
static int schema_in_force(struct first_files *f, struct arena *a, struct repo *r, const char *hub, const struct remote_options *o,
			   struct err *e)
{
	struct oid head = { "" };
	struct err why;
	size_t before = f->n;
	int rc = 0;
	if (hub && remote_fetch(&head, r, hub_url(a, hub, "national"), "refs/maillage/national", o, &why) == 0 && oid_is(&head)) {
		struct copying k = { f, a, r, e };
		rc = repo_walk(r, &head, "schema", add_blob, &k, e);
	}
	if (!rc && f->n == before)
		rc = add_schemas(f, a, store_schema_dir(), e);
	return rc;
}

/* The first commit of a collective nobody has written for yet. */
static int first_commit(struct oid *out, struct arena *a, struct repo *r, const struct oid *head, const char *code, const char *author,
			const char *hub, const struct remote_options *o, struct err *e)
{
	struct first_files f = { 0 };
	struct schemas *set;
	int rc = schema_in_force(&f, a, r, hub, o, e);
	if (rc)
		return rc;
	struct schema_file *sf = arena_array(a, f.n, sizeof *sf);
	for (size_t i = 0; i < f.n; i++)
		sf[i] = (struct schema_file){ strrchr(f.at[i].path, '/') + 1, f.at[i].bytes, f.at[i].n };
	rc = schemas_load(&set, a, sf, f.n, e);
	if (rc)
		return rc;
	add_file(&f, a, ".gitignore", "prive/\n.maillage/\n");
	add_file(&f, a, ".gitattributes", plaingit_attributes);
	add_file(&f, a, EDITOR_SETTINGS, editor_settings(a, set));
	if (strcmp(code, "nat")) {
		add_file(&f, a, "collectif.yaml", first_collectif(a, code, author));
		const char *mail = arena_printf(a, "Collectif %s : premier dépôt, avec les schémas en vigueur\n", code);
		return repo_commit(out, r, head, f.at, f.n, mail, e);
	}
	return repo_commit(out, r, head, f.at, f.n, "National : premier dépôt, avec les schémas en vigueur\n", e);
}

static int private_folder(struct arena *a, struct repo *r, const char *author, struct err *e)
{
	const char *file = arena_printf(a, "%sprive/identites.yaml", repo_workdir(r));
	if (fs_exists(file))
		return 0;
	const char *text = arena_printf(a,
					"# Qui est qui. Ce dossier ne quitte jamais cet ordinateur : git l'ignore et le hub le refuse.\n"
					"# Pseudonyme : votre nom.\n%s: \"\"\n",
					author);
	int rc = fs_mkparents(file, e);
	return rc ? rc : fs_write(file, text, strlen(text), e);
}

static int has_file(bool *out, struct arena *a, struct repo *r, const struct oid *head, const char *path, struct err *e)
{
	const char *bytes;
	size_t n;
	struct oid blob;
	int rc = repo_read(&bytes, &n, &blob, a, r, head, path, e);
	*out = !rc && bytes;
	return rc;
}

static int fill(struct arena *a, struct repo *r, const char *code, const char *author, const char *hub, bool *fresh,
		const struct remote_options *o, struct err *e)
{
	struct oid head, theirs = { "" }, next;
	size_t edits;
	int rc = repo_head(&head, r, e);
	if (!rc && hub)
		rc = remote_fetch(&theirs, r, hub_url(a, hub, code), "refs/remotes/hub/main", o, e);
	if (!rc && oid_is(&theirs) && !oid_equal(&theirs, &head)) {
		rc = worktree_write(&edits, r, &head, &theirs, e);
		head = theirs;
	}
	bool there = false, sent = false;
	if (!rc)
		rc = has_file(&there, a, r, &head, strcmp(code, "nat") ? "collectif.yaml" : ".gitignore", e);
	*fresh = !there && strcmp(code, "nat");
	if (!rc && !there) {
		rc = first_commit(&next, a, r, &head, code, author, hub, o, e);
		if (!rc)
			rc = worktree_write(&edits, r, &head, &next, e);
		/* sent at once, so that the next person to join finds it instead of starting the same record apart; if that fails
		 * now, the first sync says why */
		struct err later;
		sent = !rc && hub && remote_push(r, hub_url(a, hub, code), &next, o, &later) == 0;
		if (sent)
			rc = repo_ref_move(r, "refs/remotes/hub/main", &theirs, &next, "maillage init", e);
		head = next;
	}
	if (!rc && hub && (there || sent)) {
		struct confirmed now = { clock_unix_s(), head };
		rc = confirmed_write(r, &now, e);
	}
	return rc ? rc : private_folder(a, r, author, e);
}

#define MAKING ".git/maillage/making"

/* _git2_*: libgit2 tries out what the file system can. */
static bool holds_git_only(const struct fs_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->at[i], ".git") != 0 && strncmp(names->at[i], "_git2_", 6) != 0)
			return false;
	return true;
}

static int make_empty(struct arena *a, const char *dir, const struct fs_names *names, struct err *e)
{
	int rc = 0;
	for (size_t i = names->n; !rc && i-- > 0;) /* .git, which says what the rest is, last: they are sorted */
		rc = fs_remove_tree(arena_printf(a, "%s/%s", dir, names->at[i]), e);
	return rc;
}

/* *half: an init that was killed has left files here, and goes on. Else the folder is missing or empty now. */
static int look_at_place(bool *half, struct arena *a, const char *dir, struct err *e)
{
	struct fs_names names = { 0 };
	*half = false;
	if (!fs_exists(dir))
		return 0;
	int rc = fs_is_dir(dir) ? fs_list(&names, dir, e) : err_set(e, ERR_EXISTS, _("%s existe déjà et n'est pas un dossier ; donnez un autre nom"), dir);
	bool begun = fs_exists(arena_printf(a, "%s/" MAKING, dir)) ||
		     (holds_git_only(&names) && !fs_exists(arena_printf(a, "%s/.git/HEAD", dir)));
	if (!rc && names.n && !begun)
		rc = err_set(e, ERR_EXISTS, _("%s : ce dossier n'est pas vide ; donnez le nom d'un dossier nouveau"), dir);
	else if (!rc && holds_git_only(&names))
		rc = make_empty(a, dir, &names, e);
	else
		*half = !rc;
	fs_names_free(&names);
	return rc;
}

static int begin(struct repo **out, struct arena *a, const char *dir, const char *url, const char *collective, const char *as, struct err *e)
{
	const char *making = arena_printf(a, "%s/" MAKING, dir);
	int rc = fs_mkparents(making, e);
	if (!rc)
		rc = fs_write(making, "", 0, e);
	return rc ? rc : repo_create(out, dir, url, collective, as, e);
}

/* fs_write's, of the program that was killed: git ignores prive/, so nobody would ever see it. */
static void drop_unfinished(const char *folder)
{
	struct fs_names names = { 0 };
	char path[PATH_MAX];
	if (fs_is_dir(folder) && fs_list(&names, folder, NULL) == 0)
		for (size_t i = 0; i < names.n; i++)
			if (strstr(names.at[i], ".yaml.tmp-") && snprintf(path, sizeof path, "%s/%s", folder, names.at[i]) < (int)sizeof path)
				unlink(path);
	fs_names_free(&names);
}

/* Only what the same command began. */
static int go_on(struct repo **out, const char *dir, const char *url, const char *collective, struct err *e)
{
	struct repo *r;
	int rc = repo_open(&r, dir, e);
	if (rc)
		return rc;
	if (strcmp(repo_collective(r), collective) != 0 || strcmp(repo_hub(r), url ? url : "") != 0)
		rc = err_set(e, ERR_EXISTS, _("%s : ce dossier n'est pas vide ; donnez le nom d'un dossier nouveau"), dir);
	else
		rc = worktree_recover(r, e);
	if (rc) {
		repo_close(r);
		return rc;
	}
	char private[PATH_MAX];
	if (snprintf(private, sizeof private, "%sprive", repo_workdir(r)) < (int)sizeof private)
		drop_unfinished(private);
	*out = r;
	return 0;
}

/* Before anything is made: an address of a kind nobody serves here would only fail later, in other words. */
static int check_address(const char *hub, struct err *e)
{
	static const char *const schemes[] = { "ssh", "git+ssh", "ssh+git", "https", "http", "file" };
	const char *sep = strstr(hub, "://");
	bool ok = !sep && *hub;
	for (size_t i = 0; sep && !ok && i < sizeof schemes / sizeof *schemes; i++)
		ok = strlen(schemes[i]) == (size_t)(sep - hub) && !strncmp(hub, schemes[i], (size_t)(sep - hub));
	if (ok)
		return 0;
	return err_set(e, ERR_USAGE,
		       _("« %.200s » n'est pas une adresse de hub ; les adresses possibles : ssh://utilisateur@machine/chemin, "
			 "utilisateur@machine:chemin, https://machine/chemin, ou un dossier de cet ordinateur (/srv/hub)"),
		       hub);
}

/* The address of the repository where that of its hub is wanted: people copy what git shows. */
static int check_not_repository(struct arena *a, const char *hub, const char *collective, struct err *e)
{
	const char *name = hub_url(a, "", collective) + 1; /* without its slash */
	size_t n = strlen(hub), m = strlen(name);
	while (n > 1 && hub[n - 1] == '/')
		n--;
	if (n <= m || strncmp(hub + n - m, name, m) != 0 || !strchr("/:", hub[n - m - 1]))
		return 0;
	int folder = (int)(n - m - (hub[n - m - 1] == '/'));
	return err_set(e, ERR_USAGE, _("« %.200s » est l'adresse du dépôt ; --hub veut celle du dossier où il est : « %.*s »"), hub,
		       folder > 200 ? 200 : folder, hub);
}

/* A clone in a clone: the outer one would take the inner one's files for its own. */
static int check_outside(struct arena *a, const char *dir, struct err *e)
{
	char here[PATH_MAX];
	struct repo *around;
	struct err none;
	if (*dir != '/' && getcwd(here, sizeof here))
		dir = arena_printf(a, "%s/%s", here, dir);
	char *up = arena_dup(a, dir), *slash;
	while (!fs_is_dir(up) && (slash = strrchr(up, '/')) && slash > up)
		*slash = 0;
	if (!fs_is_dir(up) || repo_open(&around, up, &none) != 0)
		return 0;
	int rc = err_set(e, ERR_EXISTS,
			 _("%s est dans un dossier que maillage tient déjà : %s (collectif « %s ») ; donnez le nom d'un dossier qui est ailleurs"),
			 dir, repo_workdir(around) ? repo_workdir(around) : repo_gitdir(around), repo_collective(around));
	repo_close(around);
	return rc;
}

int ctl_setup(struct val **out, struct arena *a, const char *dir, const char *collective, const char *hub, const char *author,
	      const char *accept_host_key, struct err *e)
{
	struct settings settings;
	struct repo *r = NULL;
	const char *as = NULL;
	bool fresh = false, half = false, existed = fs_exists(dir);
	if (!code_is_valid(collective))
		return bad_code(collective, e);
	int rc = choose_author(&as, a, collective, author, e);
	if (!rc && hub)
		rc = check_address(hub, e);
	if (!rc && hub)
		rc = check_not_repository(a, hub, collective, e);
	if (!rc)
		rc = look_at_place(&half, a, dir, e);
	if (!rc && !half)
		rc = check_outside(a, dir, e);
	if (!rc)
		rc = settings_load(&settings, a, NULL, e);
	if (rc)
		return rc;
	/* a folder on this machine is named once and for all, wherever the program is started from later */
	char real[PATH_MAX];
	if (hub && !strstr(hub, "://") && !strchr(hub, ':')) {
		if (!realpath(hub, real))
			return err_set(e, ERR_NOTFOUND, _("%s : ce hub n'existe pas ; vérifiez l'adresse (« maillage hub init » crée un hub)"), hub);
		hub = arena_dup(a, real);
	}
	struct remote_options o = { .ssh = settings.ssh, .progress = progress_pass };
	o.ssh.accept_host_key = accept_host_key;
	o.ssh.accept_command = "maillage init ...";
	const char *url = hub ? hub_url(a, hub, collective) : NULL;
	rc = half ? go_on(&r, dir, url, collective, e) : begin(&r, a, dir, url, collective, as, e);
	if (rc)
		return rc;
	as = arena_dup(a, repo_author(r));
	rc = plaingit_configure(r, a, place_program(), e);
	if (!rc)
		rc = fill(a, r, collective, as, hub, &fresh, &o, e);
	if (!rc)
		rc = settings_register(repo_workdir(r), e);
	if (!rc)
		rc = fs_unlink(arena_printf(a, "%smaillage/making", repo_gitdir(r)), e);
	if (!rc) {
		struct val *v = val_map(a);
		put_str(a, v, "dossier", repo_workdir(r));
		put_str(a, v, "collectif", collective);
		put_str(a, v, "auteur", as);
		put_str(a, v, "hub", hub);
		val_set(a, v, "nouveau", val_bool(a, fresh));
		*out = v;
	}
	repo_close(r);
	if (rc && !half) { /* nothing half-made stays behind */
		struct fs_names names = { 0 };
		if (!existed)
			fs_remove_tree(dir, NULL);
		else if (fs_list(&names, dir, NULL) == 0)
			make_empty(a, dir, &names, NULL);
		fs_names_free(&names);
	}
	return rc;
}
