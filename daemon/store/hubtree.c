/* Happy path: side by side down both trees, skipping what is equal or was seen; each new folder object is read once, however often it
 * occurs, and the files below it are counted from what its folders counted: a "bomb" (ten folders that are all the same one, ten
 * levels deep) costs ten reads, and is refused before anything walks its ten thousand million paths.
 */
#include "hubtree.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void refuse(struct hubtree *t, const char *path, const char *code, const char *msg)
{
	struct fault f = { .path = arena_dup(t->a, path), .field = "", .code = code, .msg = msg };
	fault_add(t->out, t->a, &f);
}

static const char *below(struct hubtree *t, const char *folder, const char *name)
{
	return arena_printf(t->a, "%s%s%s", folder, *folder ? "/" : "", name);
}

/* Names that are a trap on some system: git's own folder in any spelling (git~1 is how Windows may call it), and what no
 * terminal shows as it is. */
static const char *bad_name(const char *name)
{
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return _("ce nom désigne un autre dossier");
	if (!strcasecmp(name, ".git") || !strcasecmp(name, "git~1"))
		return _("ce nom est celui du dossier de travail de git");
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < 32 || *p == 127)
			return _("ce nom contient un caractère invisible");
	if (strchr(name, '\\'))
		return _("ce nom contient « \\ », qui sépare des dossiers sur d'autres systèmes");
	return NULL;
}

static bool known_mode(unsigned mode)
{
	return mode == MODE_TREE || mode == MODE_FILE || mode == MODE_EXEC || mode == MODE_LINK || mode == MODE_GITLINK;
}

static int count_below(size_t *files, struct hubtree *t, const char *folder, const git_oid *old, const git_oid *new, int depth,
		       struct err *e);

/* The entry of the same name on the old side, whose cursor goes on in step; mode 0: none. */
static int beside(struct tentry *out, struct tcur *old, const struct tentry *at, struct err *e)
{
	int rc = 0, order = -1;
	*out = (struct tentry){ 0 };
	while (!rc && !old->done && (order = tentry_order(&old->at, at)) < 0)
		rc = tcur_next(old, e);
	if (!rc && !old->done && !order)
		*out = old->at;
	return rc;
}

/* One entry: what is wrong with it (NULL: nothing), or the files below it. */
static int look_at(const char **why, size_t *files, struct hubtree *t, const char *folder, struct tcur *old, const struct tentry *at,
		   int depth, struct err *e)
{
	struct tentry was;
	*files = 1;
	if (!known_mode(at->mode))
		*why = arena_printf(t->a, _("mode inconnu (%o)"), at->mode);
	else
		*why = bad_name(at->name);
	if (*why || !is_tree(at))
		return 0;
	int rc = beside(&was, old, at, e);
	if (rc || (is_tree(&was) && git_oid_equal(&was.oid, &at->oid)))
		return rc;
	return count_below(files, t, below(t, folder, at->name), is_tree(&was) ? &was.oid : NULL, &at->oid, depth + 1, e);
}

static int read_folder(size_t *files, struct hubtree *t, const char *folder, const git_oid *old, const git_oid *new, int depth,
		       struct err *e)
{
	struct objs s;
	struct tcur c, before;
	struct tentry last = { 0 };
	objs_init(&s, t->r, NULL);
	int rc = tcur_open(&before, &s, old, e);
	if (rc)
		return rc;
	if ((rc = tcur_open(&c, &s, new, e))) {
		tcur_end(&before);
		return rc;
	}
	const char *start = c.view.bytes;
	while (!rc && !c.done && *files <= HUB_PATHS_MAX) {
		const char *why = NULL;
		size_t n = 0;
		rc = look_at(&why, &n, t, folder, &before, &c.at, depth, e);
		if (!rc && last.name && tentry_order(&last, &c.at) >= 0)
			rc = err_set(e, ERR_CORRUPT, "%s", folder); /* put into words below */
		if (!rc && !why && *start == '0')
			why = _("mode écrit avec un zéro devant");
		if (why)
			refuse(t, below(t, folder, c.at.name), "tree",
			       arena_printf(t->a, _("%s ; git lui-même n'écrit pas de tels dossiers : refaites ces commits avec git"), why));
		*files = why || n > HUB_PATHS_MAX ? HUB_PATHS_MAX + 1 : *files + n;
		if (why)
			break;
		last = c.at; /* its name lies in the object, which the cursor holds */
		start = c.p;
		if (!rc)
			rc = tcur_next(&c, e);
	}
	tcur_end(&c);
	tcur_end(&before);
	return rc;
}

/* A disk's fault is nobody's malformed folder: it is mended, not refused. */
static bool is_whole(const struct hubtree *t, const git_oid *tree)
{
	git_odb_object *object;
	if (!tree)
		return true;
	if (git_odb_read(&object, t->r->odb, tree) < 0)
		return false;
	git_odb_object_free(object);
	return true;
}

static int count_below(size_t *files, struct hubtree *t, const char *folder, const git_oid *old, const git_oid *new, int depth,
		       struct err *e)
{
	const size_t *known = oidmap_get(&t->seen, new);
	size_t errors = t->out->errors, n = 1; /* of an empty one too: folders alone make a bomb as well */
	if (known) {
		*files = *known;
		return 0;
	}
	int rc = 0;
	if (depth > TREE_MAX_DEPTH) {
		refuse(t, arena_printf(t->a, "%.80s...", folder), "tree",
		       arena_printf(t->a, _("plus de %d dossiers l'un dans l'autre ; rangez ces fichiers plus haut"), TREE_MAX_DEPTH));
		n = HUB_PATHS_MAX + 1;
	} else {
		rc = read_folder(&n, t, folder, old, new, depth, e);
	}
	t->damaged = t->damaged || (rc == ERR_CORRUPT && (!is_whole(t, new) || !is_whole(t, old)));
	if (rc == ERR_CORRUPT && !t->damaged) { /* what no cursor reads */
		refuse(t, *folder ? folder : ".", "tree",
		       _("ce dossier est mal formé (noms en désordre, deux fois le même nom, mode illisible) ; refaites ces commits avec git"));
		n = HUB_PATHS_MAX + 1;
		rc = 0;
	}
	if (rc)
		return rc;
	if (n > HUB_PATHS_MAX && t->out->errors == errors)
		refuse(t, *folder ? folder : ".", "tree",
		       arena_printf(t->a, _("plus de %u fichiers dans ce dossier ; un dépôt de maillage n'en contient pas autant"), HUB_PATHS_MAX));
	*files = n;
	if (!old) { /* beside an old one only the difference was counted */
		size_t *keep = arena_new(t->a, size_t);
		*keep = n;
		oidmap_put(&t->seen, t->a, new, keep);
	}
	return 0;
}

int hubtree_check(bool *sane, struct hubtree *t, const git_oid *old, const git_oid *new, struct err *e)
{
	size_t files = 0;
	if (old && git_oid_equal(old, new)) {
		*sane = true;
		return 0;
	}
	int rc = count_below(&files, t, "", old, new, 0, e);
	if (!rc)
		*sane = files <= HUB_PATHS_MAX;
	return rc;
}

/* ---- names that differ by case only */

struct folded {
	const char *key, *name; /* key: name_fold */
	bool is_new;
};

static int by_key(const void *x, const void *y)
{
	return strcmp(((const struct folded *)x)->key, ((const struct folded *)y)->key);
}

static int collisions(struct hubtree *t, const char *folder, const git_oid *old, const git_oid *new, struct err *e)
{
	struct {
		struct folded *at;
		size_t n, cap;
	} all = { 0 };
	struct objs s;
	struct tcur c, before;
	objs_init(&s, t->r, NULL);
	int rc = tcur_open(&before, &s, old, e);
	if (rc)
		return rc;
	rc = tcur_open(&c, &s, new, e);
	for (; !rc && !c.done; rc = rc ? rc : tcur_next(&c, e)) {
		struct tentry was;
		if ((rc = beside(&was, &before, &c.at, e)))
			break;
		struct folded one = { name_fold(t->a, c.at.name), arena_dup(t->a, c.at.name), !was.mode };
		arena_push(t->a, &all, one);
		if (is_tree(&c.at) && !(is_tree(&was) && git_oid_equal(&was.oid, &c.at.oid)))
			rc = collisions(t, below(t, folder, one.name), is_tree(&was) ? &was.oid : NULL, &c.at.oid, e);
	}
	tcur_end(&c);
	tcur_end(&before);
	if (rc || !all.n)
		return rc;
	qsort(all.at, all.n, sizeof *all.at, by_key);
	for (size_t i = 1; i < all.n; i++)
		if (!strcmp(all.at[i - 1].key, all.at[i].key) && (all.at[i - 1].is_new || all.at[i].is_new))
			refuse(t, below(t, folder, all.at[i].is_new ? all.at[i].name : all.at[i - 1].name), "case",
			       arena_printf(t->a, _("« %s » et « %s » ne diffèrent que par les majuscules : sous Windows et sur les clés USB, "
						    "l'un écraserait l'autre ; renommez-en un"),
					    all.at[i - 1].name, all.at[i].name));
	return 0;
}

int hubtree_collisions(struct hubtree *t, const git_oid *old, const git_oid *new, struct err *e)
{
	return old && git_oid_equal(old, new) ? 0 : collisions(t, "", old, new, e);
}
