#include "state.h"

#include "schema/record.h"

#include <string.h>

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

bool place_of_id(struct place *out, struct arena *a, const struct schemas *set, const char *id)
{
	if (!id_is_valid(id))
		return false;
	const char *path = record_path(a, set, id);
	if (!path)
		return false;
	*out = (struct place){ arena_dup(a, id), path, record_sidecar_path(a, id) };
	return true;
}

const char *place_id(struct arena *a, const struct schemas *set, const char *path)
{
	const char *name = base_name(path);
	size_t n = strlen(name);
	struct place p;
	if (n <= 5 || strcmp(name + n - 5, ".yaml"))
		return NULL;
	const char *id = arena_dupn(a, name, n - 5);
	return place_of_id(&p, a, set, id) && (!strcmp(p.path, path) || !strcmp(p.side, path)) ? id : NULL;
}

bool tentry_equal(const struct tentry *x, const struct tentry *y)
{
	return x->mode == y->mode && (!x->mode || git_oid_equal(&x->oid, &y->oid));
}

bool unit_equal(const struct unit *x, const struct unit *y)
{
	return tentry_equal(&x->rec, &y->rec) && tentry_equal(&x->side, &y->side);
}

int unit_lookup(struct unit *out, struct objs *s, const git_oid *tree, const struct place *p, struct err *e)
{
	struct unit u;
	int rc = objs_lookup(&u.rec, s, tree, p->path, e);
	if (rc || (rc = objs_lookup(&u.side, s, tree, p->side, e)))
		return rc;
	if (is_tree(&u.rec))
		u.rec = (struct tentry){ 0 };
	if (is_tree(&u.side))
		u.side = (struct tentry){ 0 };
	*out = u;
	return 0;
}

static bool is_file(const struct tentry *t)
{
	return t->mode == MODE_FILE || t->mode == MODE_EXEC || (t->mode & 0170000) == 0100000;
}

static int load_sidecar(struct state *st, struct arena *a, struct objs *s, const struct place *p, const struct tentry *side,
			struct err *e)
{
	const char *bytes;
	size_t n;
	int rc;
	st->diffs = (struct diffs){ .id = p->id };
	if (!side->mode)
		return 0;
	if (!is_file(side)) {
		st->side_broken = true;
		return 0;
	}
	if ((rc = objs_blob_within(&bytes, &n, s, a, &side->oid, DIFFS_MAX_BYTES, e)))
		return rc;
	if (!bytes || diffs_parse(&st->diffs, a, p->side, bytes, n, NULL) < 0 || !st->diffs.id || strcmp(st->diffs.id, p->id)) {
		st->diffs = (struct diffs){ .id = p->id };
		st->side_broken = !bytes || n > 0;
	}
	return 0;
}

int state_load(struct state *out, struct arena *a, struct objs *s, const struct schemas *set, const struct place *p,
	       const struct unit *u, const struct state *like, struct err *e)
{
	struct state st = { .present = u->rec.mode != 0, .diffs = { .id = p->id } };
	char prefix[4];
	int rc;
	memcpy(prefix, p->id, 3); /* a valid id: three letters and a hyphen */
	prefix[3] = 0;
	st.schema = schemas_by_prefix(set, prefix);
	if (is_file(&u->rec)) {
		struct ylike known = { { like ? like->doc : NULL } };
		struct ydoc *doc;
		if ((rc = objs_blob_within(&st.bytes, &st.n, s, a, &u->rec.oid, YAML_MAX_BYTES, e)))
			return rc;
		if (st.bytes && ydoc_parse_like(&doc, a, &known, p->path, st.bytes, st.n, NULL, NULL) == 0) {
			st.doc = doc;
			st.val = schema_type(a, st.schema ? st.schema->root : schema_unknown(), ydoc_val(doc));
			const char *id = val_text(st.val, "id");
			st.acceptable = st.schema && id && !strcmp(id, p->id);
		}
	}
	if (st.present && (rc = load_sidecar(&st, a, s, p, &u->side, e)))
		return rc;
	*out = st;
	return 0;
}

void state_normalise(struct diffs *out, struct arena *a, const struct state *st)
{
	static const struct origin nobody;
	if (!st->schema || !st->val || !st->diffs.n)
		*out = st->diffs;
	else
		diffs_normalise(out, a, st->schema, st->val, &st->diffs, &nobody);
}
