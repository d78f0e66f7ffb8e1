#include "objs.h"

#include "giterr.h"

#include <string.h>

void objs_init(struct objs *s, struct repo *r, struct arena *a)
{
	*s = (struct objs){ .r = r, .a = a };
}

static void enter(struct objs *s, const git_oid *oid, git_object_t type, const char *bytes, size_t n)
{
	struct obj *o = arena_new(s->a, struct obj);
	*o = (struct obj){ *oid, type, bytes, n };
	oidmap_put(&s->made, s->a, oid, o);
}

void objs_keep(struct objs *s, const git_oid *oid, git_object_t type, const void *bytes, size_t n)
{
	if (!oidmap_get(&s->made, oid))
		enter(s, oid, type, bytes, n);
}

int objs_put(git_oid *out, struct objs *s, git_object_t type, const void *bytes, size_t n, struct err *e)
{
	if (n > OBJECT_MAX)
		return err_set(e, ERR_LIMIT, _("un fichier ou dossier dépasse %u Mio"), OBJECT_MAX >> 20);
	git_oid oid;
	int rc = git_odb_hash(&oid, bytes ? bytes : "", n, type);
	if (rc < 0)
		return giterr(e, rc, _("calcul d'un objet git"));
	if (!oidmap_get(&s->made, &oid))
		enter(s, &oid, type, arena_dupn(s->a, bytes, n), n);
	*out = oid;
	return 0;
}

static int too_large(const git_oid *oid, struct err *e)
{
	char hex[OID_HEX + 1];
	return err_set(e, ERR_LIMIT, _("l'objet %s dépasse %u Mio"), git_oid_tostr(hex, sizeof hex, oid), OBJECT_MAX >> 20);
}

static int size_of(size_t *out, struct objs *s, const git_oid *oid, struct err *e)
{
	git_object_t type;
	const struct obj *o = oidmap_get(&s->made, oid);
	char hex[OID_HEX + 1];
	int rc = 0;
	if (o)
		*out = o->n;
	else if ((rc = git_odb_read_header(out, &type, s->r->odb, oid)) < 0)
		rc = giterr(e, rc, _("lecture de l'objet %s"), git_oid_tostr(hex, sizeof hex, oid));
	return rc;
}

static int get(struct objview *out, struct objs *s, const git_oid *oid, git_object_t type, struct err *e)
{
	const struct obj *o = oidmap_get(&s->made, oid);
	struct objview v = { 0 };
	char hex[OID_HEX + 1];
	int rc;
	if (o) {
		v = (struct objview){ o->bytes, o->n, o->type, NULL };
	} else {
		rc = git_odb_read(&v.held, s->r->odb, oid);
		if (rc < 0)
			return giterr(e, rc, _("lecture de l'objet %s"), git_oid_tostr(hex, sizeof hex, oid));
		v.bytes = git_odb_object_data(v.held);
		v.n = git_odb_object_size(v.held);
		v.type = git_odb_object_type(v.held);
	}
	if (type != GIT_OBJECT_ANY && v.type != type) {
		git_odb_object_free(v.held);
		return err_set(e, ERR_CORRUPT, _("l'objet %s n'est pas du type attendu : le dépôt est abîmé ; gardez ce dossier tel quel et refaites une copie ailleurs avec « maillage init »"),
			       git_oid_tostr(hex, sizeof hex, oid));
	}
	*out = v;
	return 0;
}

/* *large: over `most`, and then nothing is read. */
static int get_within(struct objview *out, bool *large, struct objs *s, const git_oid *oid, git_object_t type, size_t most, struct err *e)
{
	size_t n = 0;
	objs_lock(s);
	int rc = type == GIT_OBJECT_BLOB ? size_of(&n, s, oid, e) : 0;
	*large = n > most;
	if (!rc && !*large)
		rc = get(out, s, oid, type, e);
	objs_unlock(s);
	return rc;
}

int objs_get(struct objview *out, struct objs *s, const git_oid *oid, git_object_t type, struct err *e)
{
	bool large;
	int rc = get_within(out, &large, s, oid, type, OBJECT_MAX, e);
	return !rc && large ? too_large(oid, e) : rc;
}

void objview_end(struct objview *v)
{
	git_odb_object_free(v->held); /* counted atomically, and nobody else's */
	v->held = NULL;
}

int objs_blob_within(const char **out, size_t *n, struct objs *s, struct arena *a, const git_oid *oid, size_t most, struct err *e)
{
	struct objview v;
	bool large;
	int rc = get_within(&v, &large, s, oid, GIT_OBJECT_BLOB, most, e);
	if (rc)
		return rc;
	if (large) {
		*out = NULL;
		*n = 0;
		return 0;
	}
	*out = arena_dupn(a, v.bytes, v.n);
	*n = v.n;
	objview_end(&v);
	return 0;
}

int objs_blob(const char **out, size_t *n, struct objs *s, struct arena *a, const git_oid *oid, struct err *e)
{
	const char *bytes;
	size_t size;
	int rc = objs_blob_within(&bytes, &size, s, a, oid, OBJECT_MAX, e);
	if (rc || !bytes)
		return rc ? rc : too_large(oid, e);
	*out = bytes;
	*n = size;
	return 0;
}

/* --- cursors --------------------------------------------------------------------------------------------------- */

int objs_damaged_tree(struct err *e)
{
	return err_set(e, ERR_CORRUPT, _("un dossier de l'historique est abîmé ; gardez ce dossier tel quel et refaites une copie ailleurs avec « maillage init »"));
}

int tcur_next(struct tcur *c, struct err *e)
{
	const char *end = c->view.bytes + c->view.n, *p = c->p;
	if (p == end) {
		c->done = true;
		return 0;
	}
	unsigned mode = 0;
	for (; p < end && *p >= '0' && *p <= '7' && mode < 0200000; p++)
		mode = mode * 8 + (unsigned)(*p - '0');
	const char *nul = p < end ? memchr(p, 0, (size_t)(end - p)) : NULL;
	if (!nul || *p != ' ' || nul == p + 1 || end - nul - 1 < GIT_OID_RAWSZ || memchr(p + 1, '/', (size_t)(nul - p - 1)))
		return objs_damaged_tree(e);
	c->at.mode = mode;
	c->at.name = p + 1;
	memcpy(c->at.oid.id, nul + 1, GIT_OID_RAWSZ);
	c->p = nul + 1 + GIT_OID_RAWSZ;
	return 0;
}

int tcur_open(struct tcur *c, struct objs *s, const git_oid *oid, struct err *e)
{
	*c = (struct tcur){ .p = "", .view = { .bytes = "" } };
	int rc = oid ? objs_get(&c->view, s, oid, GIT_OBJECT_TREE, e) : 0;
	if (rc)
		return rc;
	c->p = c->view.bytes;
	if ((rc = tcur_next(c, e)))
		tcur_end(c);
	return rc;
}

void tcur_end(struct tcur *c)
{
	objview_end(&c->view);
	c->done = true;
}

int tentry_order(const struct tentry *x, const struct tentry *y)
{
	size_t xn = strlen(x->name), yn = strlen(y->name), n = xn < yn ? xn : yn;
	int cmp = memcmp(x->name, y->name, n);
	if (cmp)
		return cmp;
	int xc = n < xn ? (unsigned char)x->name[n] : is_tree(x) ? '/' : 0;
	int yc = n < yn ? (unsigned char)y->name[n] : is_tree(y) ? '/' : 0;
	return xc - yc;
}

int objs_tree_of(git_oid *out, struct objs *s, const git_oid *oid, struct err *e)
{
	struct objview v;
	int rc = objs_get(&v, s, oid, GIT_OBJECT_ANY, e);
	if (rc)
		return rc;
	if (v.type == GIT_OBJECT_TREE)
		*out = *oid;
	else if (v.type != GIT_OBJECT_COMMIT || v.n < 5 + OID_HEX || memcmp(v.bytes, "tree ", 5) ||
		 git_oid_fromstrn(out, v.bytes + 5, OID_HEX) < 0)
		rc = err_set(e, ERR_CORRUPT, _("un commit de l'historique est abîmé ; gardez ce dossier tel quel et refaites une copie ailleurs avec « maillage init »"));
	objview_end(&v);
	return rc;
}

int objs_lookup(struct tentry *out, struct objs *s, const git_oid *tree, const char *path, struct err *e)
{
	struct tentry at = { .mode = MODE_TREE, .oid = *tree };
	while (*path) {
		size_t n = strcspn(path, "/");
		struct tcur c;
		struct tentry found = { 0 };
		if (!is_tree(&at))
			break;
		int rc = tcur_open(&c, s, &at.oid, e);
		for (; !rc && !c.done; rc = tcur_next(&c, e)) {
			if (!strncmp(c.at.name, path, n) && !c.at.name[n]) {
				found = c.at;
				break;
			}
		}
		tcur_end(&c);
		if (rc)
			return rc;
		at = found;
		path += n + (path[n] == '/');
		if (!at.mode)
			break;
		if (!*path) {
			*out = (struct tentry){ at.mode, at.oid, NULL };
			return 0;
		}
	}
	*out = *path ? (struct tentry){ 0 } : (struct tentry){ at.mode, at.oid, NULL };
	return 0;
}

int objs_entry_at(struct tentry *out, struct repo *r, const struct oid *commit, const char *path, struct err *e)
{
	struct objs s;
	git_oid oid, tree;
	int rc;
	objs_init(&s, r, NULL);
	*out = (struct tentry){ 0 };
	if (!oid_is(commit))
		return 0;
	if ((rc = oid_to_git(&oid, commit, e)) || (rc = objs_tree_of(&tree, &s, &oid, e)))
		return rc;
	return objs_lookup(out, &s, &tree, path, e);
}

/* --- writing --------------------------------------------------------------------------------------------------- */

struct wanted {
	struct objs *s;
	struct oidmap seen;
	struct obj **at;
	size_t n, cap;
};

/* Children first: a program killed between two writes leaves no object that points to nothing. */
static int want(struct wanted *w, const git_oid *oid, int depth, struct err *e)
{
	struct obj *o = oidmap_get(&w->s->made, oid);
	if (!o || oidmap_get(&w->seen, oid))
		return 0;
	if (depth > TREE_MAX_DEPTH)
		return err_set(e, ERR_LIMIT, _("plus de %d dossiers l'un dans l'autre"), TREE_MAX_DEPTH);
	oidmap_put(&w->seen, w->s->a, oid, o);
	int rc = 0;
	if (o->type == GIT_OBJECT_COMMIT) {
		git_oid tree;
		if ((rc = objs_tree_of(&tree, w->s, oid, e)) || (rc = want(w, &tree, 0, e)))
			return rc;
	} else if (o->type == GIT_OBJECT_TREE) {
		struct tcur c;
		rc = tcur_open(&c, w->s, oid, e);
		for (; !rc && !c.done; rc = rc ? rc : tcur_next(&c, e))
			rc = want(w, &c.at.oid, depth + 1, e);
		tcur_end(&c);
		if (rc)
			return rc;
	}
	if (!git_odb_exists_ext(w->s->r->odb, oid, GIT_ODB_LOOKUP_NO_REFRESH))
		arena_push(w->s->a, w, o);
	return 0;
}

int objs_flush(struct objs *s, const git_oid *root, struct err *e)
{
	struct wanted w = { .s = s };
	int rc = want(&w, root, 0, e);
	if (rc)
		return rc;
	if (w.n > PACK_FROM)
		return pack_write(s->r, w.at, w.n, e);
	for (size_t i = 0; i < w.n; i++) {
		git_oid oid;
		rc = git_odb_write(&oid, s->r->odb, w.at[i]->bytes, w.at[i]->n, w.at[i]->type);
		if (rc < 0)
			return giterr(e, rc, _("écriture dans %s"), s->r->gitdir);
	}
	return 0;
}
