/* guard.c -- see guard.h for the rules.
 *
 * Happy path: nothing is deleted, nothing is big: one pass over the changes.
 * The limits look at one cycle at a time. A folder deleted one file a minute passes; a shell's rm -r does not, because the
 * depot waits for the folder to be quiet before it starts a cycle.
 */
#include "guard.h"

#include <string.h>

static size_t top_len(const char *path)
{
	return strcspn(path, "/");
}

static bool in(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return !strncmp(path, folder, n) && path[n] == '/';
}

bool guard_counts(const char *path)
{
	if (!strchr(path, '/') || in(path, "conflits") || in(path, "schema") || in(path, "aggregat") || path[0] == '.')
		return false;
	size_t n = strlen(path);
	return in(path, "pieces") || (n > 5 && !strcmp(path + n - 5, ".yaml"));
}

/* Its deletion is asked about, be it alone. */
static bool is_always_asked_about(const char *path)
{
	static const char *const files[] = { "collectif.yaml", "collectifs.yaml", ".gitignore", ".gitattributes" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (!strcmp(path, files[i]))
			return true;
	return in(path, ".vscode") || in(path, "schema");
}

static struct census_folder *folder_of(const struct census *k, const char *path)
{
	size_t len = top_len(path);
	for (size_t i = 0; i < k->n; i++)
		if (strlen(k->at[i].folder) == len && !memcmp(k->at[i].folder, path, len))
			return &k->at[i];
	return NULL;
}

void census_add(struct census *k, struct arena *a, const char *path)
{
	bool schema = in(path, "schema"); /* a folder that may not vanish, but no records */
	if (!guard_counts(path) && !schema)
		return;
	struct census_folder *f = folder_of(k, path);
	if (!f) {
		struct census_folder fresh = { arena_dupn(a, path, top_len(path)), 0 };
		arena_push(a, k, fresh);
		f = &k->at[k->n - 1];
	}
	f->n++;
	k->total += !schema;
}

static bool deletes(const struct change *c)
{
	return c->kind == CHANGE_DELETED && c->verdict == CHANGE_READY;
}

bool guard_needs_census(const struct changes *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (deletes(&c->at[i]) && (guard_counts(c->at[i].path) || in(c->at[i].path, "schema")))
			return true;
	return false;
}

static void hold(struct change *c, const char *why)
{
	c->verdict = CHANGE_GUARDED;
	c->why = why;
}

/* Hold the deletions below folder (NULL: all of them), and the sidecars' with them. */
static void hold_deletions(struct changes *c, const char *folder, const char *why)
{
	for (size_t i = 0; i < c->n; i++) {
		struct change *x = &c->at[i];
		if (deletes(x) && (!folder || in(x->path, folder) || in(x->path, "conflits")))
			hold(x, why);
	}
}

/* One file is enough. A schema that comes in is replaced now and then, and a kind of record may be given up. */
static void guard_pillars(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct change *x = &c->at[i];
		if (deletes(x) && is_always_asked_about(x->path) && !(x->arriving && in(x->path, "schema")))
			hold(x, _("suppression d'un fichier dont tout le dépôt dépend"));
	}
}

static void guard_deletions(struct changes *c, const struct census *k, struct arena *a)
{
	struct census gone = { 0 };
	for (size_t i = 0; i < c->n; i++)
		if (deletes(&c->at[i]))
			census_add(&gone, a, c->at[i].path);
	if (gone.total > GUARD_RECORDS || (k->total > GUARD_SMALL && gone.total * 4 >= k->total)) {
		hold_deletions(c, NULL,
			       arena_printf(a, _("suppression de %zu fiches sur %zu"), gone.total, k->total));
		return;
	}
	for (size_t i = 0; i < gone.n; i++) {
		const struct census_folder *f = folder_of(k, gone.at[i].folder);
		if (f && gone.at[i].n >= f->n && f->n >= GUARD_FOLDER_MIN)
			hold_deletions(c, f->folder,
				       arena_printf(a, _("suppression de tout le dossier %s/ (%zu fiches)"), f->folder, f->n));
	}
}

static void guard_sizes(struct changes *c, struct arena *a, bool yes)
{
	for (size_t i = 0; i < c->n; i++) {
		struct change *x = &c->at[i];
		if (x->verdict == CHANGE_READY && x->kind != CHANGE_DELETED && x->size > GUARD_FILE_BYTES &&
		    !in(x->path, "aggregat") && !(yes && x->arriving))
			hold(x, arena_printf(a, _("fichier de %zu Mio (la limite est de %d Mio)"),
					     x->size / (1024 * 1024), GUARD_FILE_BYTES / (1024 * 1024)));
	}
}

/* Said yes: what looked like a secret may come in, too. */
static void let_in(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (!c->at[i].arriving || c->at[i].verdict != CHANGE_GUARDED)
			continue;
		c->at[i].verdict = CHANGE_READY;
		c->at[i].why = NULL;
	}
}

/* The one to be named: a record rather than its sidecar. NULL: none of this sort is guarded. */
static const struct change *example(const struct changes *c, bool arriving, bool deleted)
{
	const struct change *found = NULL;
	for (size_t i = 0; i < c->n; i++) {
		const struct change *x = &c->at[i];
		if (x->verdict == CHANGE_GUARDED && x->arriving == arriving && (x->kind == CHANGE_DELETED) == deleted &&
		    (!found || (deleted && !guard_counts(found->path))))
			found = x;
	}
	return found;
}

static size_t how_many(const struct changes *c, bool arriving)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++)
		n += c->at[i].verdict == CHANGE_GUARDED && c->at[i].arriving == arriving && c->at[i].kind != CHANGE_DELETED;
	return n;
}

/* One of each sort is named; the status lists the rest. The remedy restores deleted files only: a plain `git restore .` would throw
 * away edits that wait. */
size_t guard_explain(struct err *held, const struct changes *c, struct arena *a)
{
	size_t guarded = 0;
	for (size_t i = 0; i < c->n; i++)
		guarded += c->at[i].verdict == CHANGE_GUARDED;
	if (!guarded)
		return 0;
	const struct change *lost = example(c, false, true), *odd = example(c, false, false);
	const struct change *takes = example(c, true, true), *brings = example(c, true, false);
	const char *lines[4];
	size_t n = 0;
	if (lost)
		lines[n++] = arena_printf(a,
					  _("%s (par exemple %s) : rien n'a été supprimé de l'historique. Si c'est voulu : "
					    "maillage sync --yes-delete ; sinon, pour retrouver les fichiers : "
					    "git ls-files -z --deleted | xargs -0 git restore --"),
					  lost->why, lost->path);
	if (takes)
		lines[n++] = arena_printf(a,
					  _("le hub apporte une %s (par exemple %s) : ces fichiers restent dans votre dossier. Si c'est voulu : "
					    "maillage sync --yes-delete ; sinon, prévenez les personnes de votre collectif"),
					  takes->why, takes->path);
	if (odd)
		lines[n++] = arena_printf(a, _("%s : %s. Ce fichier reste ici et n'est pas partagé (fichiers dans ce cas : %zu)"), odd->path,
					  odd->why, how_many(c, false));
	if (brings)
		lines[n++] = arena_printf(a,
					  _("le hub apporte %s : %s (fichiers dans ce cas : %zu) ; votre dossier reste comme il est là. Pour "
					    "l'accepter : maillage sync --yes-delete ; sinon, prévenez les personnes de votre collectif"),
					  brings->path, brings->why, how_many(c, true));
	const char *all = lines[0];
	for (size_t i = 1; i < n; i++)
		all = arena_printf(a, "%s\n%s", all, lines[i]);
	err_set(held, ERR_GUARD, "%s", all);
	return guarded;
}

bool guard_on_pillar(const struct changes *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->at[i].verdict == CHANGE_GUARDED && c->at[i].kind == CHANGE_DELETED && is_always_asked_about(c->at[i].path))
			return true;
	return false;
}

size_t guard_apply(struct changes *c, const struct census *k, struct arena *a, bool yes_delete, struct err *held)
{
	if (!yes_delete)
		guard_pillars(c);
	if (!yes_delete && guard_needs_census(c)) {
		must(k);
		guard_deletions(c, k, a);
	}
	if (yes_delete)
		let_in(c);
	guard_sizes(c, a, yes_delete);
	return guard_explain(held, c, a);
}
