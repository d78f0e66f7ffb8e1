#include "settings.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fsio.h"
#include "yaml/ydoc.h"

#define LOCK_WAIT_MS 5000
#define INTERVAL_MAX_S (7 * 24 * 3600)

struct reader {
	struct arena *a;
	const char *path;
	struct err *e;
};

static int fault(const struct reader *r, const struct val *at, const char *what)
{
	return err_set(r->e, ERR_CONFIG, "%s:%u:%u: %s", r->path, at ? at->line : 1, at ? at->col : 1, what);
}

/* $XDG_CONFIG_HOME/maillage/config.yaml, else ~/.config/maillage/config.yaml. ERR_CONFIG: there is no home. */
static int standard_path(char out[PATH_MAX], struct err *e)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n;
	if (xdg && xdg[0] == '/') /* the XDG specification: a relative path is to be ignored */
		n = snprintf(out, PATH_MAX, "%s/maillage/config.yaml", xdg);
	else if (home && home[0] == '/')
		n = snprintf(out, PATH_MAX, "%s/.config/maillage/config.yaml", home);
	else
		return err_set(e, ERR_CONFIG, "%s",
			       _("ni XDG_CONFIG_HOME ni HOME ne disent où est votre dossier personnel ; définissez HOME"));
	return n < PATH_MAX ? 0 : err_set(e, ERR_LIMIT, _("%s : chemin trop long"), out);
}

static const char *expand(struct arena *a, const char *path)
{
	const char *home = getenv("HOME");
	return home && path[0] == '~' && path[1] == '/' ? arena_printf(a, "%s%s", home, path + 1) : arena_dup(a, path);
}

static int read_path(const char **out, const struct reader *r, const struct val *v)
{
	if (v->type != VAL_STR || !v->str.n)
		return fault(r, v, _("il faut ici un chemin"));
	const char *path = expand(r->a, v->str.at);
	if (path[0] != '/')
		return fault(r, v, _("il faut ici un chemin complet, qui commence par / ou par ~/"));
	*out = path;
	return 0;
}

static int read_seconds(int *out, const struct reader *r, const struct val *v)
{
	if (v->type != VAL_INT || v->i < 1 || v->i > INTERVAL_MAX_S)
		return fault(r, v, _("il faut ici un nombre de secondes, entre 1 et 604800"));
	*out = (int)v->i;
	return 0;
}

static int unknown(const struct reader *r, const struct val_field *f, const char *known)
{
	char what[512];
	snprintf(what, sizeof what, _("clé inconnue « %.100s » ; les clés possibles ici : %s"), f->key, known);
	return fault(r, f->val, what);
}

/* Seconds, within what makes sense: git's server says nothing for up to 5 s while its hook works, and a first push of a large
 * collection takes minutes. */
static const struct delay {
	const char *key;
	int min_s, max_s;
	size_t at; /* where in struct ssh_config */
} DELAYS[] = {
	{ "connexion", 1, 300, offsetof(struct ssh_config, connect_ms) },
	{ "negociation", 1, 300, offsetof(struct ssh_config, handshake_ms) },
	{ "silence", 15, 3600, offsetof(struct ssh_config, idle_ms) },
	{ "total", 60, 86400, offsetof(struct ssh_config, total_ms) },
};

static int read_delay(struct ssh_config *ssh, const struct reader *r, const struct val_field *f)
{
	char what[200];
	for (size_t i = 0; i < sizeof DELAYS / sizeof *DELAYS; i++) {
		const struct delay *d = &DELAYS[i];
		if (strcmp(f->key, d->key))
			continue;
		if (f->val->type == VAL_INT && f->val->i >= d->min_s && f->val->i <= d->max_s) {
			*(int *)((char *)ssh + d->at) = (int)f->val->i * 1000;
			return 0;
		}
		snprintf(what, sizeof what, _("« %s » demande un nombre de secondes entre %d et %d"), d->key, d->min_s, d->max_s);
		return fault(r, f->val, what);
	}
	return unknown(r, f, "connexion, negociation, silence, total");
}

static int read_delays(struct ssh_config *ssh, const struct reader *r, const struct val *v)
{
	if (v->type != VAL_MAP)
		return fault(r, v, _("il faut ici, par exemple, {connexion: 15, silence: 30, total: 1800}"));
	int rc = 0;
	for (size_t i = 0; !rc && i < v->map.n; i++)
		rc = read_delay(ssh, r, &v->map.at[i]);
	return rc;
}

/* One of the keys that say how a hub is reached. 1: it is none of them. */
#define SSH_KEYS "transport, cle_ssh, phrase_de_passe, agent_ssh, known_hosts, delais"
static int read_ssh(struct ssh_config *ssh, const struct reader *r, const struct val_field *f)
{
	const char **path = !strcmp(f->key, "cle_ssh")         ? &ssh->key_file :
			    !strcmp(f->key, "phrase_de_passe") ? &ssh->passphrase_file :
			    !strcmp(f->key, "agent_ssh")       ? &ssh->agent :
			    !strcmp(f->key, "known_hosts")     ? &ssh->known_hosts :
								 NULL;
	if (path)
		return read_path(path, r, f->val);
	if (!strcmp(f->key, "delais"))
		return read_delays(ssh, r, f->val);
	if (strcmp(f->key, "transport"))
		return 1;
	if (val_is_str(f->val, "natif"))
		ssh->transport = SSH_NATIVE;
	else if (val_is_str(f->val, "openssh"))
		ssh->transport = SSH_PROGRAM;
	else
		return fault(r, f->val, _("les transports possibles sont « natif » et « openssh »"));
	return 0;
}

static int read_depot(struct settings_depot *out, const struct reader *r, const struct val *v, const struct settings *general)
{
	struct settings_depot d = { .interval_s = general->interval_s, .ssh = general->ssh };
	if (v->type != VAL_MAP)
		return fault(r, v, _("il faut ici « dossier: » et le chemin du dépôt"));
	int rc = 0;
	for (size_t i = 0; !rc && i < v->map.n; i++) {
		const struct val_field *f = &v->map.at[i];
		if (!strcmp(f->key, "dossier"))
			rc = read_path(&d.folder, r, f->val);
		else if (!strcmp(f->key, "intervalle"))
			rc = read_seconds(&d.interval_s, r, f->val);
		else if ((rc = read_ssh(&d.ssh, r, f)) == 1)
			rc = unknown(r, f, "dossier, intervalle, " SSH_KEYS);
	}
	if (!rc && !d.folder)
		rc = fault(r, v, _("il manque « dossier: » à ce dépôt"));
	if (!rc)
		*out = d;
	return rc;
}

static int read_depots(struct settings *out, const struct reader *r, const struct val *v)
{
	if (v->type == VAL_NULL)
		return 0;
	if (v->type != VAL_LIST)
		return fault(r, v, _("il faut ici une liste : une ligne « - dossier: CHEMIN » par dépôt"));
	if (v->list.n > SETTINGS_MAX_DEPOTS)
		return fault(r, v, _("trop de dépôts dans ce fichier (64 au plus)"));
	out->depots = arena_array(r->a, v->list.n, sizeof *out->depots);
	for (size_t i = 0; i < v->list.n; i++) {
		int rc = read_depot(&out->depots[i], r, v->list.at[i], out);
		if (rc)
			return rc;
	}
	out->ndepots = v->list.n;
	return 0;
}

static int read_root(struct settings *out, const struct reader *r, const struct val *root)
{
	const struct val_field *depots = NULL;
	int rc = 0;
	for (size_t i = 0; !rc && i < root->map.n; i++) {
		const struct val_field *f = &root->map.at[i];
		if (!strcmp(f->key, "depots"))
			depots = f; /* last: they begin with what the others say, wherever these stand */
		else if (!strcmp(f->key, "intervalle"))
			rc = read_seconds(&out->interval_s, r, f->val);
		else if (!strcmp(f->key, "socket"))
			rc = read_path(&out->socket, r, f->val);
		else if ((rc = read_ssh(&out->ssh, r, f)) == 1)
			rc = unknown(r, f, "depots, intervalle, socket, " SSH_KEYS);
	}
	return !rc && depots ? read_depots(out, r, depots->val) : rc;
}

/* *out NULL: there is no file, or only comments in it. */
static int parse(struct ydoc **out, const struct reader *r, bool *exists)
{
	struct buf b = BUF_INIT;
	struct err why = { 0 };
	*out = NULL;
	int rc = fs_read(&b, r->path, SETTINGS_MAX_BYTES, &why);
	*exists = rc != ERR_NOTFOUND;
	bool blank = true;
	for (size_t i = 0; blank && i < b.n; i++) {
		if (b.at[i] == '#')
			i += strcspn(b.at + i, "\n");
		blank = i >= b.n || strchr(" \t\r\n", b.at[i]);
	}
	if (!rc && !blank)
		rc = ydoc_parse(out, r->a, r->path, b.at, b.n, NULL, &why);
	buf_free(&b);
	if (!rc || !*exists)
		return 0;
	/* the record's codes mean bad data; here it is the configuration that is wrong, which is another exit code */
	return err_set(r->e, rc == ERR_DATA || rc == ERR_LIMIT ? ERR_CONFIG : rc, "%s", why.msg);
}

static const char *default_socket(struct arena *a, const char *config)
{
	const char *run = getenv("XDG_RUNTIME_DIR"), *slash = strrchr(config, '/');
	if (run && run[0] == '/')
		return arena_printf(a, "%s/maillage.sock", run);
	return arena_printf(a, "%.*s/maillage.sock", (int)(slash - config), config);
}

int settings_load(struct settings *out, struct arena *a, const char *path, struct err *e)
{
	char standard[PATH_MAX], real[PATH_MAX];
	struct settings s = { .interval_s = SETTINGS_INTERVAL_S };
	if (!path) {
		int rc = standard_path(standard, e);
		if (rc)
			return rc;
		path = standard;
	} else if (realpath(path, real)) {
		path = real; /* the socket's default is beside it, whatever the working directory becomes */
	} else {
		return err_errno(e, path); /* a file that was asked for by name must be there */
	}
	s.path = arena_dup(a, path);
	const char *agent = getenv("SSH_AUTH_SOCK");
	if (agent && *agent)
		s.ssh.agent = arena_dup(a, agent);
	const struct reader r = { a, s.path, e };
	struct ydoc *d;
	bool exists;
	int rc = parse(&d, &r, &exists);
	if (!rc && d)
		rc = read_root(&s, &r, ydoc_val(d));
	if (rc)
		return rc;
	if (!s.socket)
		s.socket = default_socket(a, s.path);
	*out = s;
	return 0;
}

const struct ssh_config *settings_ssh(const struct settings *s, const char *folder)
{
	char real[PATH_MAX], listed[PATH_MAX];
	bool found = realpath(folder, real);
	for (size_t i = 0; found && i < s->ndepots; i++)
		if (realpath(s->depots[i].folder, listed) && !strcmp(listed, real))
			return &s->depots[i].ssh;
	return &s->ssh;
}

/* --- adding a depot ------------------------------------------------------------------------------------------------- */

static bool same_folder(struct arena *a, const struct val *depot, const char *dir)
{
	const char *folder = val_text(depot, "dossier");
	char real[PATH_MAX];
	if (!folder)
		return false;
	folder = expand(a, folder);
	return !strcmp(folder, dir) || (realpath(folder, real) && !strcmp(real, dir));
}

static int add_depot(struct arena *a, const char *path, const char *dir, struct err *e)
{
	const struct reader r = { a, path, e };
	struct ydoc *d;
	struct settings ignored = { .interval_s = SETTINGS_INTERVAL_S };
	bool exists;
	int rc = parse(&d, &r, &exists);
	if (!rc && d)
		rc = read_root(&ignored, &r, ydoc_val(d)); /* never rewrite a file that cannot be used */
	if (rc)
		return rc;
	struct val *root = d ? val_shallow(a, ydoc_val(d)) : val_map(a);
	const struct val *old = val_get(root, "depots");
	struct val *depots = old && old->type == VAL_LIST ? val_shallow(a, old) : val_list(a);
	for (size_t i = 0; i < depots->list.n; i++)
		if (same_folder(a, depots->list.at[i], dir))
			return 0;
	struct val *one = val_map(a);
	val_set(a, one, "dossier", val_str(a, dir));
	val_push(a, depots, one);
	val_set(a, root, "depots", depots);
	struct buf text = BUF_INIT;
	if (!d && exists) { /* comments only: they stay, above */
		rc = fs_read(&text, path, SETTINGS_MAX_BYTES, e);
		if (text.n && text.at[text.n - 1] != '\n')
			buf_putc(&text, '\n');
	}
	if (!rc)
		rc = ydoc_rewrite(&text, d, root, NULL, NULL, NULL, e);
	if (!rc)
		rc = buf_ok(&text) ? fs_write(path, text.at, text.n, e) : err_nomem(e);
	buf_free(&text);
	return rc;
}

int settings_register(const char *dir, struct err *e)
{
	char real[PATH_MAX], path[PATH_MAX], lock[PATH_MAX + 8];
	struct arena a;
	int fd;
	if (!realpath(dir, real))
		return err_errno(e, dir);
	int rc = standard_path(path, e);
	if (!rc)
		rc = fs_mkparents(path, e);
	snprintf(lock, sizeof lock, "%s.lock", path);
	if (!rc)
		rc = fs_lock(&fd, lock, LOCK_WAIT_MS, e); /* two `maillage init` at once: both must be in the file */
	if (rc)
		return rc;
	if (arena_begin(&a)) {
		rc = add_depot(&a, path, real, e);
		arena_end(&a);
	} else {
		rc = err_nomem(e);
	}
	fs_unlock(fd);
	return rc;
}
