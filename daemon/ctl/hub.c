/* hub.c -- the hub's side of the commands: making its repositories, and its two gatekeepers.
 *
 * hub shell decides what a key may run. sshd hands over the client's command as one string; nothing of it reaches a shell or git but
 * the name of one of two programs and the real path of one repository, which was looked at: it is a hub repository of the collective
 * that its name says. What is not exactly `program 'path'` is refused.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/places.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "store/hub.h"

struct codes {
	const char **at;
	size_t n, cap;
};

static struct val *made_val(struct arena *a, const char *dir, const struct codes *codes, bool national)
{
	struct val *v = val_map(a), *made = val_list(a);
	for (size_t i = 0; i < codes->n; i++)
		val_push(a, made, val_str(a, arena_printf(a, "%s.git", codes->at[i])));
	if (national)
		val_push(a, made, val_str(a, "national.git"));
	put_str(a, v, "dossier", dir);
	val_set(a, v, "depots", made);
	return v;
}

int ctl_hub_init(struct val **out, struct arena *a, const char *dir, const char *codes, bool courier, struct err *e)
{
	struct codes list = { 0 };
	for (const char *p = codes; *p;) {
		size_t n = strcspn(p, ",");
		arena_push(a, &list, (const char *)arena_dupn(a, p, n));
		p += n + (p[n] == ',');
	}
	if (!list.n)
		return err_set(e, ERR_USAGE, "%s", _("il faut au moins un collectif : --collectives ara,bfc"));
	int rc = courier ? hub_courier(dir, list.at, list.n, place_program(), e) : hub_init(dir, list.at, list.n, place_program(), e);
	if (!rc)
		*out = made_val(a, dir, &list, !courier);
	return rc;
}

int ctl_hub_add(struct val **out, struct arena *a, const char *dir, const char *code, struct err *e)
{
	struct codes one = { &code, 1, 1 };
	int rc = hub_add(dir, code, place_program(), e);
	if (!rc)
		*out = made_val(a, dir, &one, false);
	return rc;
}

/* --- pre-receive ------------------------------------------------------------------------------------------------------ */

#define PUSH_MAX_REFS 100

int ctl_hub_receive(struct val **out, struct arena *a, const char *lines, struct err *e)
{
	struct push_update updates[PUSH_MAX_REFS];
	size_t n = 0;
	for (const char *p = lines; *p;) {
		size_t len = strcspn(p, "\n");
		const char *line = arena_dupn(a, p, len);
		p += len + (p[len] == '\n');
		if (len < 2 * OID_HEX + 3 || line[OID_HEX] != ' ' || line[2 * OID_HEX + 1] != ' ')
			return err_set(e, ERR_DATA, "%s", _("pre-receive : ligne inattendue ; git donne « ancien nouveau ref »"));
		if (n == PUSH_MAX_REFS)
			return err_set(e, ERR_LIMIT, _("plus de %d références dans un envoi ; n'envoyez que main"), PUSH_MAX_REFS);
		struct push_update *u = &updates[n++];
		memset(u, 0, sizeof *u);
		memcpy(u->from.hex, line, OID_HEX);
		memcpy(u->to.hex, line + OID_HEX + 1, OID_HEX);
		if (strspn(u->from.hex, "0") == OID_HEX)
			u->from.hex[0] = 0;
		if (strspn(u->to.hex, "0") == OID_HEX)
			u->to.hex[0] = 0;
		u->ref = line + 2 * OID_HEX + 2;
	}
	struct repo *r;
	int rc = repo_open_env(&r, e);
	if (rc)
		return rc;
	hub_break_locks(r);
	struct faults faults = { 0 };
	rc = hub_check(&faults, a, r, updates, n, e);
	if (!rc) {
		struct val *v = val_map(a);
		put_int(a, v, "erreurs", (int64_t)faults.errors);
		val_set(a, v, "fautes", faults_val(a, &faults)); /* their titles are the schemas', and those go with the repository */
		*out = v;
	}
	repo_close(r);
	return rc;
}

/* --- hub shell -------------------------------------------------------------------------------------------------------- */

static int not_here(const char *path, struct err *e)
{
	return err_set(e, ERR_PERM, _("« %.200s » n'est pas un dépôt de ce hub ; vérifiez l'adresse"), path);
}

/* git's own quoting: '...' in which ' is written '\'' and ! is written '\!'. A plain word is taken too. NULL: anything else. */
static const char *unquote(struct arena *a, const char *p)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/~-";
	if (*p != '\'')
		return *p && !p[strspn(p, plain)] ? arena_dup(a, p) : NULL;
	struct buf b = BUF_INIT;
	const char *out = NULL;
	for (p++; *p; p++) {
		if ((unsigned char)*p < 32 || *p == 127)
			break;
		if (*p != '\'') {
			buf_putc(&b, *p);
			continue;
		}
		if (!p[1]) {
			out = arena_dup(a, buf_str(&b));
			break;
		}
		if (p[1] != '\\' || (p[2] != '\'' && p[2] != '!') || p[3] != '\'')
			break;
		buf_putc(&b, p[2]);
		p += 3;
	}
	if (!buf_ok(&b))
		out = NULL;
	buf_free(&b);
	return out;
}

/* "ara" of /srv/hub/ara.git; NULL when it has another form. */
static const char *code_of_path(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = strlen(name);
	return n > 4 && !strcmp(name + n - 4, ".git") ? arena_dupn(a, name, n - 4) : NULL;
}

static bool climbs(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")); p++)
		if ((p == path || p[-1] == '/') && (!p[2] || p[2] == '/'))
			return true;
	return false;
}

/* The repository itself: there, not by way of a link of another name, in the hub's folder, of that collective, ours. */
static int check_repository(const char **out, struct arena *a, const char *path, const char *code, const char *dir, struct err *e)
{
	char real[PATH_MAX], folder[PATH_MAX];
	struct repo *r;
	const char *home = getenv("HOME"), *found;
	if (!strncmp(path, "~/", 2) && home)
		path = arena_printf(a, "%s%s", home, path + 1);
	if (!realpath(path, real) || !(found = code_of_path(a, real)) || strcmp(found, code))
		return not_here(path, e);
	if (dir && (!realpath(dir, folder) || strcmp(arena_printf(a, "%s/%s.git", folder, code), real)))
		return not_here(path, e);
	int rc = repo_open(&r, real, e);
	if (rc == ERR_PERM)
		return err_set(e, ERR_PERM,
			       _("« %.200s » n'appartient pas, sur le hub, au compte qui reçoit les échanges ; la personne qui tient le hub "
				 "doit le lui rendre : chown -R COMPTE %.200s"),
			       path, real);
	if (rc)
		return not_here(path, e);
	bool right = !repo_workdir(r) && !strcmp(repo_gitdir(r), arena_printf(a, "%s/", real)) &&
		     !strcmp(repo_collective(r), strcmp(code, "national") ? code : "nat");
	repo_close(r);
	*out = arena_dup(a, real);
	return right ? 0 : not_here(path, e);
}

int ctl_hub_shell(const char **argv, struct arena *a, const struct hub_key *key, const char *command, struct err *e)
{
	static const char *const programs[] = { "git-upload-pack", "git-receive-pack" };
	if (!command || !*command)
		return err_set(e, ERR_PERM, "%s",
			       _("bonjour ! Votre clé est reconnue ; elle sert à échanger des fiches avec ce hub (« maillage sync », ou git), et "
				 "n'ouvre pas de session"));
	int which = -1;
	for (int i = 0; i < 2; i++)
		if (!strncmp(command, programs[i], strlen(programs[i])) && command[strlen(programs[i])] == ' ')
			which = i;
	if (which < 0 || strlen(command) > PATH_MAX)
		return err_set(e, ERR_PERM, "%s",
			       _("cette clé ne sert qu'à échanger avec maillage ou git (git-upload-pack et git-receive-pack d'un dépôt du hub) ; "
				 "elle n'ouvre pas de session et ne lance rien d'autre"));
	const char *path = unquote(a, command + strlen(programs[which]) + 1);
	const char *code = path ? code_of_path(a, path) : NULL;
	if (!code || climbs(path) || (path[0] == '~' && path[1] != '/'))
		return not_here(path ? path : "?", e);
	bool is_national = !strcmp(code, "national"), mine = key->collective && !strcmp(code, key->collective);
	bool read = key->national || is_national || mine;
	bool write = key->national ? is_national : mine;
	if (which == 0 ? !read : !write)
		return err_set(e, ERR_PERM, which == 0 ? _("cette clé ne permet pas de lire « %.60s.git » ; demandez l'accès à la personne qui tient le hub") : _("cette clé ne permet pas d'écrire dans « %.60s.git » ; demandez l'accès à la personne qui tient le hub"),
			       code);
	int rc = check_repository(&argv[1], a, path, code, key->dir, e);
	if (rc)
		return rc;
	argv[0] = programs[which];
	argv[2] = NULL;
	return 0;
}
