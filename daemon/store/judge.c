/* judge.c -- may this file enter history? The same answers as the hub's (hubcheck.c), given before anything is
 * committed: what the hub would refuse waits on disk, and blocks nothing else (DESIGN 3).
 */
#include "wt.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "fielddiff.h"
#include "merge/diffs.h"
#include "objs.h"
#include "proposals.h"
#include "schema/record.h"

/* ---- names */

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && !strcmp(s + n - m, end);
}

static bool begins(const char *s, const char *start)
{
	return !strncmp(s, start, strlen(start));
}

static bool is_swap(const char *name) /* .x.swp, .x.swo, .x.swx, .x.kate-swp */
{
	size_t n = strlen(name);
	return ends(name, ".kate-swp") ||
	       (n > 4 && !strncmp(name + n - 4, ".sw", 3) && name[n - 1] >= 'k' && name[n - 1] <= 'x');
}

bool wt_is_temporary(const char *name)
{
	size_t n = strlen(name);
	return (n > 1 && name[n - 1] == '~') || begins(name, ".#") || (n > 1 && name[0] == '#' && name[n - 1] == '#') ||
	       is_swap(name) || !strcmp(name, "4913") || (begins(name, ".~lock.") && ends(name, "#")) ||
	       strstr(name, ".tmp-") || begins(name, ".goutputstream-");
}

bool wt_is_being_edited(struct arena *a, struct repo *r, const char *path)
{
	static const char *const forms[] = { ".%s.swp", ".%s.swo", ".%s.kate-swp", ".~lock.%s#", ".#%s" };
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dir = wt_abs(a, r, arena_dupn(a, path, (size_t)(name - path)));
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (fs_exists(arena_printf(a, "%s%s", dir,
					   arena_printf(a, forms[i], name)))) /* emacs' lock is a dangling link */
			return true;
	return false;
}

const char *wt_id_of_path(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	return arena_dupn(a, name, ends(name, ".yaml") ? strlen(name) - 5 : strlen(name));
}

bool wt_is_welcome(const char *path)
{
	return !strcmp(path, "README.md") || !strcmp(path, ".mailmap");
}

/* ---- secrets */

static bool line_is_password(const char *p, size_t n)
{
	static const char *const words[] = { "password", "passwd", "mot_de_passe", "motdepasse",   "mot de passe",
					     "api_key",	 "apikey", "secret_key",   "access_token", "private_key" };
	const char *end = p + n;
	while (p < end && strchr(" \t-\"'", *p))
		p++;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t w = strlen(words[i]);
		if ((size_t)(end - p) <= w || strncasecmp(p, words[i], w) != 0)
			continue;
		const char *q = p + w;
		while (q < end && strchr("\"' \t", *q))
			q++;
		if (q < end && (*q == ':' || *q == '=')) {
			for (q++; q < end && isspace((unsigned char)*q); q++)
				;
			return q < end;
		}
	}
	return false;
}

static bool line_is_key(const char *p, size_t n)
{
	const char *begin = memmem(p, n, "-----BEGIN ", 11);
	return begin && memmem(begin, n - (size_t)(begin - p), "PRIVATE KEY", 11);
}

int wt_secret_line(const char **what, const char *bytes, size_t n)
{
	if (memchr(bytes, 0, n < 8000 ? n : 8000)) /* a binary file has no lines; a key inside one is beyond us */
		return 0;
	int line = 1;
	for (const char *p = bytes, *end = bytes + n; p < end; line++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl : end) - p);
		bool key = line_is_key(p, len);
		if (key || line_is_password(p, len)) {
			*what = key ? _("une clé privée") : _("un mot de passe");
			return line;
		}
		p += len + 1;
	}
	return 0;
}

/* ---- the verdict */

static void waits(struct change *c, const char *why)
{
	c->verdict = CHANGE_WAITING;
	c->why = why;
}

void wt_immutable_faults(struct faults *out, struct arena *a, const struct schemas *set, const char *path,
			 const struct record *now, const char *old, size_t n)
{
	struct record was;
	struct faults ignored = { 0 };
	struct field_changes changes;
	record_load(&was, &ignored, a, set, path, path, NULL, old, n);
	if (ignored.errors || !was.schema || was.schema != now->schema)
		return;
	fielddiff(&changes, a, now->schema->root, was.val, now->val);
	for (size_t i = 0; i < changes.n; i++) {
		const struct field_change *c = &changes.at[i];
		if (c->place->rule != RULE_IMMUTABLE || !c->x || !strcmp(c->champ, "schema"))
			continue;
		struct fault f = { .path = path,
				   .line = c->y ? (int)c->y->line : 1,
				   .col = c->y ? (int)c->y->col : 1,
				   .field = c->champ,
				   .code = "immutable",
				   .msg = _("ce champ ne change jamais ; remettez sa première valeur") };
		fault_add(out, a, &f);
	}
}

static void judge_record(struct change *c, struct arena *a, struct repo *r, const struct schemas *set,
			 const struct oid *head, const void *bytes, size_t n)
{
	struct record rec;
	const char *old = NULL;
	size_t old_n = 0;
	record_load(&rec, &c->faults, a, set, c->path, c->path, repo_collective(r), bytes, n);
	/* what history holds cannot be read: then there is nothing to compare with, and other steps will say so */
	if (!c->faults.errors && repo_read(&old, &old_n, NULL, a, r, head, c->path, NULL) == 0 && old)
		wt_immutable_faults(&c->faults, a, set, c->path, &rec, old, old_n);
	for (size_t i = 0; c->faults.errors && i < c->faults.n; i++) {
		if (c->faults.at[i].warning)
			continue;
		const struct fault *f = &c->faults.at[i];
		bool private = !strcmp(f->code, "private");
		waits(c, private ? _("fiche privée : elle reste sur cet ordinateur") :
				   arena_printf(a, _("ligne %d : %s"), f->line, f->msg));
		c->private = private && c->kind == CHANGE_NEW; /* what history holds already is not taken back by this */
		if (private)
			return; /* whatever else is wrong with it, this is what decides */
	}
}

/* As history has it; what cannot be read there is other steps' business. */
static void judge_proposals(struct change *c, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *head,
			    const struct diffs *now)
{
	struct proposals p;
	struct diffs before = { 0 };
	const char *old, *why;
	size_t n;
	if (repo_read(&old, &n, NULL, a, r, head, c->path, NULL) || (old && diffs_parse(&before, a, c->path, old, n, NULL) < 0))
		before = (struct diffs){ 0 };
	if (!proposals_init(&p, a, r, set, head, NULL) && !proposals_fault(&why, &p, wt_id_of_path(a, c->path), now, &before, NULL) && why)
		waits(c, why);
}

static void judge_sidecar(struct change *c, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *head,
			  const void *bytes, size_t n)
{
	struct diffs d;
	struct err e = { 0 };
	const char *expected = record_sidecar_path(a, wt_id_of_path(a, c->path));
	if (diffs_parse(&d, a, c->path, bytes, n, &e) < 0)
		waits(c, arena_dup(a, e.msg));
	else if (!expected || strcmp(expected, c->path) || (d.id && strcmp(d.id, wt_id_of_path(a, c->path))))
		waits(c, _("le nom de ce fichier de différences n'est pas celui de sa fiche ; rétablissez-le"));
	else
		judge_proposals(c, a, r, set, head, &d);
}

void wt_judge(struct change *c, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *head,
	      const void *bytes, size_t n)
{
	const char *secret = NULL;
	c->verdict = CHANGE_READY;
	c->why = NULL;
	if (c->kind == CHANGE_DELETED)
		return;
	enum path_class class = path_class(set, c->path);
	bool national = repo_is_national(r);
	if (class != PATH_AGGREGATE && c->size > WT_FILE_MAX) {
		c->verdict = CHANGE_GUARDED;
		c->why = arena_printf(a,
				      _("fichier de %zu Mio, plus que les 5 Mio permis ; réduisez-le, ou gardez-le "
					"hors du dépôt (dossier prive/)"),
				      (c->size + (1u << 20) - 1) >> 20);
		return;
	}
	if (!bytes) { /* it grew, or went, while we looked */
		c->verdict = CHANGE_BUSY;
		c->why = _("en cours d'édition ; fermez l'éditeur ou attendez un instant");
		return;
	}
	int line = class == PATH_AGGREGATE || class == PATH_SCHEMA ? 0 : wt_secret_line(&secret, bytes, n);
	if (line) {
		c->verdict = CHANGE_GUARDED;
		c->why = arena_printf(a, _("la ligne %d ressemble à %s ; retirez-la, ou rangez le fichier dans prive/"),
				      line, secret);
		return;
	}
	switch (class) {
	case PATH_RECORD:
		judge_record(c, a, r, set, head, bytes, n);
		break;
	case PATH_SIDECAR:
		judge_sidecar(c, a, r, set, head, bytes, n);
		break;
	case PATH_PRIVATE:
		waits(c, _("le dossier prive/ ne quitte jamais cet ordinateur"));
		break;
	case PATH_AGGREGATE:
		if (!national)
			waits(c, _("aggregat/ n'appartient qu'au dépôt national ; supprimez ce fichier"));
		break;
	case PATH_OTHER:
		if (!wt_is_welcome(c->path))
			waits(c, _("ce fichier n'a pas de place prévue ; rangez-le dans pieces/ pour le joindre, ou "
				   "dans prive/ pour le garder ici"));
		break;
	case PATH_CONFIG:
		if (!national && (!strcmp(c->path, "collectifs.yaml") || !strcmp(c->path, "communes.csv") || !strcmp(c->path, "sources.lock")))
			waits(c, _("ce fichier n'appartient qu'au dépôt national ; supprimez-le"));
		break;
	case PATH_SCHEMA:
	case PATH_ATTACHMENT:
		break;
	}
}

/* ---- the schema, which is the national team's */

/* The files of a schema folder, by name, without what editors leave there. */
static void schema_names(struct fs_names *out, const char *dir)
{
	if (fs_list(out, dir, NULL) < 0)
		*out = (struct fs_names){ 0 };
}

static const char *next_name(const struct fs_names *l, size_t *i)
{
	while (*i < l->n && (l->at[*i][0] == '.' || wt_is_temporary(l->at[*i])))
		++*i;
	return *i < l->n ? l->at[(*i)++] : NULL;
}

static bool same_file(const char *x, const char *y)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	bool same = fs_read(&a, x, WT_FILE_MAX, NULL) == 0 && fs_read(&b, y, WT_FILE_MAX, NULL) == 0 && a.n == b.n &&
		    !memcmp(buf_str(&a), buf_str(&b), a.n);
	buf_free(&a);
	buf_free(&b);
	return same;
}

/* The whole folder, as the hub compares it: half a new schema is nobody's. */
static bool schema_is_national(struct arena *a, struct repo *r)
{
	const char *here = wt_abs(a, r, "schema"), *there = wt_abs(a, r, ".maillage/national/schema");
	struct fs_names x, y;
	size_t i = 0, j = 0;
	schema_names(&x, here);
	schema_names(&y, there);
	bool same = x.n && y.n;
	for (const char *p = "", *q = ""; same && p;) {
		p = next_name(&x, &i);
		q = next_name(&y, &j);
		same = p && q ? !strcmp(p, q) && same_file(arena_printf(a, "%s/%s", here, p),
							   arena_printf(a, "%s/%s", there, q)) :
				!p && !q;
	}
	fs_names_free(&x);
	fs_names_free(&y);
	return same;
}

/* A history without any schema/ lives by the installed ones, and may get a folder of its own: again, after a mishap. */
static bool has_schema(struct repo *r, const struct oid *commit)
{
	struct tentry at;
	return objs_entry_at(&at, r, commit, "schema", NULL) || at.mode;
}

void wt_judge_disk(struct change *c, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *head,
		   const void *bytes, size_t n)
{
	wt_judge(c, a, r, set, head, bytes, n);
	if (c->verdict == CHANGE_READY && path_class(set, c->path) == PATH_SCHEMA && !repo_is_national(r) &&
	    has_schema(r, head) && !schema_is_national(a, r))
		waits(c, arena_printf(a,
				      _("le schéma vient du national ; proposez le changement à l'équipe nationale, et %s"),
				      c->kind == CHANGE_NEW ?
					      _("retirez ce fichier") :
					      arena_printf(a, _("remettez le fichier : git checkout -- %s"), c->path)));
}
