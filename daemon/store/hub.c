/* hub.c -- making a hub: a folder of bare repositories that plain git can serve.
 *
 * Each repository is made under another name and moved into place when it is whole, national.git last, so that a killed `hub init`
 * leaves nothing that looks like a hub, and the same command again goes on where it was; `hub add` likewise. Rewriting and deletion are refused twice: by git's own settings, which
 * hold even without the hook, and by the hook, which says what to do.
 */
#include "hub.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/places.h"
#include "giterr.h"
#include "repo_int.h"

#define CODE_MIN 2
#define CODE_MAX 8
#define HOOK_MAX 65536
#define LIST_MAX (1u << 20)
#define NATIONAL "national"

static bool code_ok(const char *code)
{
	size_t n = strlen(code);
	return n >= CODE_MIN && n <= CODE_MAX && strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789") == n &&
	       strcmp(code, NATIONAL) && strcmp(code, "nat");
}

static int check_code(const char *code, struct err *e)
{
	if (code_ok(code))
		return 0;
	return err_set(
		e, ERR_USAGE,
		_("« %s » ne peut pas être le code d'un collectif ; prenez 2 à 8 lettres minuscules ou chiffres, comme ara"),
		code);
}

static int read_hook(struct buf *out, struct err *e)
{
	int rc = fs_read(out, place_data("hooks/pre-receive"), HOOK_MAX, e);
	return rc ? err_wrap(e, _("le programme de contrôle du hub (hooks/pre-receive) manque ; réinstallez maillage")) : 0;
}

static int install_hook(const struct repo *r, struct err *e)
{
	char path[PATH_MAX];
	struct buf hook = BUF_INIT;
	snprintf(path, sizeof path, "%shooks/pre-receive", r->gitdir);
	int rc = read_hook(&hook, e);
	/* a stick has no such right; no server runs hooks from there, and our own program makes the check itself */
	if (!rc && !(rc = fs_mkparents(path, e)) && !(rc = fs_write(path, hook.at, hook.n, e)) && chmod(path, 0755) < 0 && errno != EPERM &&
	    errno != ENOSYS && errno != EOPNOTSUPP)
		rc = err_errno(e, path);
	buf_free(&hook);
	return rc;
}

/* Without these a hub can lose what was published. */
#define GUARDS { "receive.denyNonFastForwards", "true" }, { "receive.denyDeletes", "true" }

static int settings(struct repo *r, const char *program, struct err *e)
{
	static const char *const pairs[][2] = {
		GUARDS, { "receive.fsckObjects", "true" },	   { "receive.maxInputSize", "2g" },
		{ "core.fsync", "committed,reference" }, /* git 2.36 and later; an older one ignores it and has fsyncObjectFiles */
		{ "core.logAllRefUpdates", "true" },	   { "gc.auto", "2000" },
		{ "user.name", "maillage-hub" },	   { "user.email", "hub@maillage.invalid" },
	};
	int rc = 0;
	for (size_t i = 0; !rc && i < sizeof pairs / sizeof *pairs; i++)
		rc = repo_config_set(r, pairs[i][0], pairs[i][1], e);
	return rc ? rc : repo_config_set(r, "maillage.program", program, e);
}

int hub_equip(struct repo *r, const char *program, struct err *e)
{
	int rc = settings(r, program, e);
	return rc ? rc : install_hook(r, e);
}

/* Is the hook the one that came with this program, and may git run it? */
static bool has_hook(const struct repo *r, struct arena *a)
{
	struct buf wanted = BUF_INIT, there = BUF_INIT;
	const char *path = arena_printf(a, "%shooks/pre-receive", r->gitdir);
	bool has = !access(path, X_OK) && !read_hook(&wanted, NULL) && !fs_read(&there, path, HOOK_MAX, NULL) && wanted.n == there.n &&
		   !memcmp(wanted.at, there.at, there.n);
	buf_free(&wanted);
	buf_free(&there);
	return has;
}

const char *hub_lacks(struct repo *r, struct arena *a)
{
	static const char *const guards[][2] = { GUARDS };
	const char *value, *program;
	for (size_t i = 0; i < sizeof guards / sizeof *guards; i++)
		if (repo_config_get(&value, a, r, guards[i][0], NULL) || !value || strcmp(value, guards[i][1]) != 0)
			return arena_printf(a, _("git n'y refuse pas de réécrire ou de supprimer ce qui est publié : il y faut « git config %s %s »"),
					    guards[i][0], guards[i][1]);
	if (!has_hook(r, a))
		return _("son contrôle (hooks/pre-receive) manque, n'est pas exécutable ou est d'une autre version que ce programme");
	if (repo_config_get(&program, a, r, "maillage.program", NULL) || (program && access(program, X_OK)))
		return arena_printf(a, _("son contrôle appelle %s, et ce programme n'y est plus"), program ? program : "maillage");
	return NULL;
}

/* dir/<name>.git, whole or not at all. fill (may be NULL) adds its first commits. */
static int make_one(const char *dir, const char *name, const char *collective, const char *program,
		    int (*fill)(struct repo *r, const void *ctx, struct err *e), const void *ctx, struct err *e)
{
	char tmp[PATH_MAX], path[PATH_MAX];
	struct repo *r;
	snprintf(path, sizeof path, "%s/%s.git", dir, name);
	snprintf(tmp, sizeof tmp, "%s/.%s.git.new", dir, name);
	int rc = fs_remove_tree(tmp, e);
	if (rc || (rc = repo_create_bare(&r, tmp, collective, e)))
		return rc;
	if (!(rc = hub_equip(r, program, e)) && fill)
		rc = fill(r, ctx, e);
	repo_close(r);
	if (!rc && renameat2(AT_FDCWD, tmp, AT_FDCWD, path, RENAME_NOREPLACE) < 0 &&
	    (errno == EEXIST || rename(tmp, path) < 0)) /* EINVAL: a file system without the flag */
		rc = err_errno(e, path);
	if (rc)
		fs_remove_tree(tmp, NULL);
	else
		rc = fs_sync_dir(dir, e);
	return rc;
}

static int commit_files(struct repo *r, const struct file_change *files, size_t n, const char *message, struct err *e)
{
	struct oid head, new;
	int rc = repo_head(&head, r, e);
	if (rc || (rc = repo_commit(&new, r, &head, files, n, message, e)))
		return rc;
	return repo_ref_move(r, MAIN_REF, &head, &new, "maillage: hub", e);
}

/* ---- national.git */

struct codes {
	const char *const *at;
	size_t n;
};

static void list_line(struct buf *b, const char *code)
{
	buf_printf(b, "- {code: %s, depot: %s.git}\n", code, code);
}

static int read_schemas(struct file_change **files, size_t *n, struct arena *a, struct err *e)
{
	struct fs_names names;
	const char *dir = store_schema_dir();
	int rc = fs_list(&names, dir, e);
	if (rc)
		return err_wrap(e, _("les schémas installés manquent ; réinstallez maillage"));
	struct file_change *out = arena_array(a, names.n + 1, sizeof *out);
	size_t count = 0;
	for (size_t i = 0; !rc && i < names.n; i++) {
		const char *name = names.at[i];
		size_t len = strlen(name);
		struct buf b = BUF_INIT;
		if (len < 6 || strcmp(name + len - 5, ".yaml") != 0)
			continue;
		rc = fs_read(&b, arena_printf(a, "%s/%s", dir, name), YAML_MAX_BYTES, e);
		if (!rc)
			out[count++] = (struct file_change){ arena_printf(a, "schema/%s", name),
							     arena_dupn(a, buf_str(&b), b.n), b.n };
		buf_free(&b);
	}
	fs_names_free(&names);
	*files = out;
	*n = count;
	return rc;
}

static int fill_national(struct repo *r, const void *ctx, struct err *e)
{
	const struct codes *codes = ctx;
	struct arena a;
	struct file_change *files;
	size_t n;
	if (!arena_begin(&a))
		return err_nomem(e);
	struct buf list = BUF_INIT;
	int rc = read_schemas(&files, &n, &a, e);
	for (size_t i = 0; i < codes->n; i++)
		list_line(&list, codes->at[i]);
	if (!codes->n)
		buf_puts(&list, "[]\n");
	if (!rc && !buf_ok(&list))
		rc = err_nomem(e);
	if (!rc) {
		files[n++] = (struct file_change){ "collectifs.yaml", list.at, list.n };
		rc = commit_files(r, files, n, "Ouverture du hub : schémas et liste des collectifs\n", e);
	}
	buf_free(&list);
	arena_end(&a);
	return rc;
}

/* What an init or an add that was stopped has made: kept, since somebody may have sent to it meanwhile. */
static bool is_made(const char *path, const char *code)
{
	struct repo *r;
	if (!fs_is_dir(path) || repo_open(&r, path, NULL) < 0)
		return false;
	bool made = !repo_workdir(r) && !strcmp(repo_collective(r), code);
	repo_close(r);
	return made;
}

static int repository_path(char out[PATH_MAX], const char *dir, const char *name, struct err *e)
{
	if (snprintf(out, PATH_MAX, "%s/%s.git", dir, name) >= PATH_MAX - 8)
		return err_set(e, ERR_LIMIT, _("%s : chemin trop long"), dir);
	return 0;
}

static int check_codes(const char *const *codes, size_t n, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < n; i++) {
		rc = check_code(codes[i], e);
		for (size_t j = 0; !rc && j < i; j++)
			if (!strcmp(codes[i], codes[j]))
				rc = err_set(e, ERR_USAGE, _("le collectif « %s » est nommé deux fois"), codes[i]);
	}
	return rc;
}

/* Nothing is made before all names are known to be free, or ours already. */
static int check_free(const char *dir, const char *const *codes, size_t n, struct err *e)
{
	char path[PATH_MAX];
	int rc = 0;
	for (size_t i = 0; !rc && i < n; i++)
		if (!(rc = repository_path(path, dir, codes[i], e)) && fs_exists(path) && !is_made(path, codes[i]))
			rc = err_set(e, ERR_EXISTS,
				     _("%s existe déjà et n'est pas un dépôt du collectif %s ; rien n'a été fait, donnez un autre dossier"), path,
				     codes[i]);
	return rc;
}

static int make_collectives(const char *dir, const char *const *codes, size_t n, const char *program, struct err *e)
{
	char path[PATH_MAX];
	int rc = fs_mkdirs(dir, e);
	for (size_t i = 0; !rc && i < n; i++)
		if (!(rc = repository_path(path, dir, codes[i], e)) && !fs_exists(path))
			rc = make_one(dir, codes[i], codes[i], program, NULL, NULL, e);
	return rc;
}

int hub_init(const char *dir, const char *const *codes, size_t n, const char *program, struct err *e)
{
	char path[PATH_MAX];
	struct codes list = { codes, n };
	int rc = repository_path(path, dir, NATIONAL, e);
	if (!rc && fs_exists(path))
		rc = err_set(e, ERR_EXISTS,
			     _("%s existe déjà, rien n'a été fait ; pour ajouter un collectif, faites « maillage hub add »"), path);
	if (rc || (rc = check_codes(codes, n, e)) || (rc = check_free(dir, codes, n, e)) ||
	    (rc = make_collectives(dir, codes, n, program, e)))
		return rc;
	/* the last: where it is, the hub is whole */
	return make_one(dir, NATIONAL, "nat", program, fill_national, &list, e);
}

int hub_courier(const char *dir, const char *const *codes, size_t n, const char *program, struct err *e)
{
	int rc = check_codes(codes, n, e);
	if (rc || (rc = check_free(dir, codes, n, e)))
		return rc;
	return make_collectives(dir, codes, n, program, e);
}

/* ---- one more collective */

/* Is there a line for code in collectifs.yaml? As `hub init` writes it, or with more beside it. */
static bool is_listed(const char *text, const char *code)
{
	size_t n = strlen(code);
	for (const char *p = text; p && (p = strstr(p, "code:")); p++) {
		const char *at = p + 5 + strspn(p + 5, " \"'");
		if (!strncmp(at, code, n) && strchr(",}\"' \n", at[n]))
			return true;
	}
	return false;
}

static int add_to_list(bool *was_there, struct repo *national, const char *code, struct err *e)
{
	struct arena a;
	struct oid head;
	const char *old;
	size_t n;
	if (!arena_begin(&a))
		return err_nomem(e);
	struct buf list = BUF_INIT;
	int rc = repo_head(&head, national, e);
	if (!rc)
		rc = repo_read(&old, &n, NULL, &a, national, &head, "collectifs.yaml", e);
	if (!rc && n > LIST_MAX)
		rc = err_set(e, ERR_LIMIT, _("collectifs.yaml est trop gros"));
	if (!rc)
		*was_there = is_listed(old, code);
	if (!rc && !*was_there) {
		if (old && strcmp(old, "[]\n") != 0)
			buf_put(&list, old, n);
		if (list.n && list.at[list.n - 1] != '\n')
			buf_putc(&list, '\n');
		list_line(&list, code);
		struct file_change change = { "collectifs.yaml", list.at, list.n };
		const char *message = arena_printf(&a, "Nouveau collectif : %s\n", code);
		rc = buf_ok(&list) ? commit_files(national, &change, 1, message, e) : err_nomem(e);
	}
	buf_free(&list);
	arena_end(&a);
	return rc;
}

int hub_add(const char *dir, const char *code, const char *program, struct err *e)
{
	char path[PATH_MAX];
	struct repo *national;
	size_t healed;
	bool listed;
	int rc = check_code(code, e);
	if (rc || (rc = repository_path(path, dir, NATIONAL, e)))
		return rc;
	if ((rc = repo_open(&national, path, e)))
		return err_wrap(e, _("ce dossier n'est pas un hub ; « maillage hub init » en fait un"));
	hub_break_locks(national); /* of an add that was killed */
	rc = repo__heal(&healed, national, e);
	if (!rc && !(rc = repository_path(path, dir, code, e)) && !(rc = check_free(dir, &code, 1, e))) {
		bool was_there = fs_exists(path);
		if (!(rc = make_collectives(dir, &code, 1, program, e)))
			rc = add_to_list(&listed, national, code, e);
		if (!rc && was_there && listed)
			rc = err_set(e, ERR_EXISTS,
				     _("%s existe déjà, rien n'a été fait ; ce collectif est déjà dans le hub, prenez un autre code"), path);
	}
	repo_close(national);
	return rc;
}

void hub_break_locks(struct repo *hub)
{
	repo__break_hub_locks(hub, clock_wall_s());
}
