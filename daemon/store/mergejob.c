/* mergejob.c -- one merge from its two commits to its tree: what it may cost, under which schemas records are read, over
 * which base.
 *
 * The schemas come first: the schema folder alone is merged, virtual bases included, and everything else is read under
 * the result. They are loaded when the first record is met.
 */
#include "merge_int.h"

#include "base/clock.h"
#include "schemas.h"

#include <string.h>

/* Where the schemas will come from. */
static int find_schemas(struct job *j, const struct side *x, const struct side *y, struct err *e)
{
	git_oid merged;
	struct side base;
	j->schema_only = true;
	int rc = merge_base(&base, j, x, y, 0, e);
	if (!rc)
		rc = merge_sides(&merged, NULL, j, &base, x, y, e);
	j->schema_only = false;
	if (rc)
		return rc;
	bool x_first = git_oid_cmp(&x->tree, &y->tree) < 0;
	const git_oid trees[] = { merged, x_first ? x->tree : y->tree, x_first ? y->tree : x->tree, base.tree };
	memcpy(j->schema, trees, sizeof trees);
	return 0;
}

/* A broken schema on one side must not stop the exchange: then the merge reads under the sides' own, the smaller oid first. */
int job_schemas(struct job *j, struct err *e)
{
	struct err first = { 0 };
	int rc = 0;
	for (size_t i = 0; i < 4 && !j->h.set; i++) {
		rc = schemas_of_tree(&j->h.set, &j->s, &j->schema[i], i ? NULL : &first);
		if (rc && rc != ERR_SCHEMA && rc != ERR_NOTFOUND && rc != ERR_LIMIT)
			break;
	}
	if (!j->h.set && e)
		*e = first;
	return j->h.set ? 0 : rc;
}

void job_begin(struct job *j, struct arena *a, struct repo *r, const struct merge_budget *budget)
{
	static const struct merge_budget usual;
	const struct merge_budget *b = budget ? budget : &usual;
	*j = (struct job){ .a = a,
			   .deadline = clock_mono_ms() + (b->ms ? b->ms : MERGE_MS),
			   .most = a->total + (b->bytes ? b->bytes : MERGE_BYTES),
			   .cancel = b->cancel };
	objs_init(&j->s, r, a);
	hist_init(&j->h, &j->s, NULL);
}

int job_goes_on(const struct job *j, struct err *e)
{
	if (cancel_is(j->cancel))
		return err_set(e, ERR_CANCELLED, "%s", _("fusion interrompue ; elle sera reprise au prochain échange"));
	if (clock_mono_ms() > j->deadline)
		return err_set(e, ERR_LIMIT, "%s", _("cette fusion prend trop de temps et n'a pas été faite ; rien n'est perdu : réessayez "
						     "sur un ordinateur moins occupé, et échangez plus souvent"));
	if (j->a->total > j->most)
		return err_set(e, ERR_LIMIT, "%s", _("cette fusion demande trop de mémoire et n'a pas été faite ; rien n'est perdu : "
						     "échangez plus souvent, par plus petites quantités"));
	return 0;
}

/* `fusion: n` in collectif.yaml: the algorithm's version is data, and one that this program does not know is left to others. */
static int check_algorithm(struct job *j, const git_oid *tree, struct err *e)
{
	struct tentry at;
	const char *bytes;
	size_t n;
	struct ydoc *doc;
	int rc = objs_lookup(&at, &j->s, tree, "collectif.yaml", e);
	if (rc || !is_blob(&at))
		return rc;
	if ((rc = objs_blob_within(&bytes, &n, &j->s, j->a, &at.oid, YAML_MAX_BYTES, e)))
		return rc;
	if (!bytes || ydoc_parse(&doc, j->a, "collectif.yaml", bytes, n, NULL, NULL) < 0)
		return 0;
	const struct val *v = val_get(ydoc_val(doc), "fusion");
	if (v && v->type == VAL_INT && v->i > MERGE_ALGORITHM)
		return err_set(e, ERR_UNSUPPORTED, _("ce collectif emploie la version %lld de la fusion et ce programme connaît la version %d ; "
						     "mettez maillage à jour : en attendant, il enregistre et échange sans fusionner"),
			       (long long)v->i, MERGE_ALGORITHM);
	return 0;
}

int job_merge(struct tree_merge *out, git_oid *tree, struct job *j, const git_oid *x, const git_oid *y, struct err *e)
{
	struct side xs = { .heads = x, .n = 1 }, ys = { .heads = y, .n = 1 }, base = { .n = 0 };
	int rc;
	if ((rc = objs_tree_of(&xs.tree, &j->s, x, e)) || (rc = objs_tree_of(&ys.tree, &j->s, y, e)) ||
	    (rc = check_algorithm(j, &xs.tree, e)) || (rc = check_algorithm(j, &ys.tree, e)) ||
	    (rc = find_schemas(j, &xs, &ys, e)))
		return rc;
	if ((rc = merge_base(&base, j, &xs, &ys, 0, e)) || (rc = merge_sides(tree, out, j, &base, &xs, &ys, e)))
		return rc;
	oid_from_git(&out->tree, tree);
	j->base = base.tree;
	return 0;
}

int tree_merge(struct tree_merge *out, struct arena *a, struct repo *r, const struct oid *x, const struct oid *y,
	       const struct merge_budget *budget, struct err *e)
{
	struct job *j = arena_new(a, struct job);
	struct tree_merge m = { 0 };
	git_oid xo, yo, tree;
	int rc;
	job_begin(j, a, r, budget);
	if ((rc = oid_to_git(&xo, x, e)) || (rc = oid_to_git(&yo, y, e)) || (rc = job_merge(&m, &tree, j, &xo, &yo, e)) ||
	    (rc = objs_flush(&j->s, &tree, e)))
		return rc;
	*out = m;
	return 0;
}
