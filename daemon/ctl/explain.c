/* explain.c -- what a commit decided, and whether the machine's merges hold: explain, verify.
 *
 * A merge of two parents is made again. What it decided by rule and what it left open is listed; then the commit is held against it,
 * field by field: a machine merge must be exactly that (verify), a merge by hand may have a person's changes on top, and these are
 * shown. A commit of one parent is shown against that one, in the same words.
 */
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "ctl/ctl.h"
#include "ctl/people.h"
#include "ctl/result.h"
#include "store/fielddiff.h"
#include "store/history.h"
#include "store/treemerge.h"

#define FILES_SHOWN 20 /* of a false merge: where to look first */

/* --- what a merge decided --------------------------------------------------------------------------------------------- */

static struct val *decision_val(struct arena *a, const struct decision *d)
{
	struct val *v = val_map(a), *sides = val_list(a);
	put_str(a, v, "champ", d->champ);
	put_str(a, v, "regle", merge_rule_name(d->rule));
	if (d->base)
		val_set(a, v, "base", val_copy(a, d->base));
	if (d->result)
		val_set(a, v, "resultat", val_copy(a, d->result));
	for (int i = 0; i < 2; i++)
		val_push(a, sides, proposal_val(a, &d->sides[i], 0));
	val_set(a, v, "cotes", sides);
	return v;
}

static struct val *merged_val(struct arena *a, const struct merged_record *m)
{
	struct val *v = val_map(a), *decisions = val_list(a), *diffs = val_list(a);
	put_str(a, v, "id", m->id);
	for (size_t i = 0; i < m->decisions.n; i++)
		val_push(a, decisions, decision_val(a, &m->decisions.at[i]));
	for (size_t i = 0; m->diffs && i < m->diffs->n; i++)
		val_push(a, diffs, diff_val(a, m->id, &m->diffs->at[i]));
	val_set(a, v, "decisions", decisions);
	val_set(a, v, "differences", diffs);
	return v;
}

/* --- what differs between two versions of the whole ------------------------------------------------------------------- */

struct comparing {
	struct ctl *c;
	struct oid from, to;   /* commits or trees */
	bool by_git;           /* to is a merge by git, which makes no sidecars: the commit behind it has them */
	struct val *changes;   /* [{id, champ, avant, apres}] */
	struct val *diffs;     /* [{id, champ, devient, ...}] */
	struct val *files;     /* paths that are no records: sidecars, attachments, records that cannot be read */
	struct err *e;
};

static void put_change(struct comparing *k, const char *id, const struct field_change *f)
{
	struct arena *a = k->c->a;
	struct val *v = val_map(a);
	put_str(a, v, "id", id);
	put_str(a, v, "champ", f->champ);
	if (f->x)
		val_set(a, v, "avant", val_copy(a, f->x));
	if (f->y)
		val_set(a, v, "apres", val_copy(a, f->y));
	val_push(a, k->changes, v);
}

static void put_whole(struct comparing *k, const char *id, const struct val *before)
{
	struct field_change f = { .champ = "@record" };
	static struct val there = { .type = VAL_BOOL, .b = true };
	if (before)
		f.x = &there;
	else
		f.y = &there;
	put_change(k, id, &f);
}

/* "ens-ara-k5w2h9tc" of a record's path. */
static const char *id_of(struct arena *a, const struct schemas *set, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = strlen(name);
	const char *id = n > 5 ? arena_dupn(a, name, n - 5) : "";
	const char *expected = path_class(set, path) == PATH_RECORD ? record_path(a, set, id) : NULL;
	return expected && !strcmp(expected, path) ? id : NULL;
}

/* --- what became of differences ----------------------------------------------------------------------------------------- */

static int read_diffs(struct diffs *out, struct comparing *k, const struct oid *at, const char *path, bool *readable)
{
	struct err why;
	const char *text;
	size_t n;
	*out = (struct diffs){ 0 };
	int rc = repo_read(&text, &n, NULL, k->c->a, k->c->r, at, path, k->e);
	if (!rc && text && diffs_parse(out, k->c->a, path, text, n, &why) < 0)
		*readable = false;
	return rc;
}

/* The same question on the other side: by its base, or the field's settlement, whose base is what was chosen. */
static const struct diff *twin(const struct diffs *in, const struct diff *d)
{
	const struct diff *settled = NULL;
	for (size_t i = 0; i < in->n; i++) {
		const struct diff *x = &in->at[i];
		if (strcmp(x->champ, d->champ))
			continue;
		if (val_equal(x->base, d->base) && (x->degre != DEG_TRANCHE || d->degre != DEG_TRANCHE))
			return x;
		settled = x->degre == DEG_TRANCHE || d->degre == DEG_TRANCHE ? x : settled;
	}
	return settled;
}

static bool same_proposals(const struct diff *x, const struct diff *y)
{
	bool same = x->n == y->n && x->degre == y->degre;
	for (size_t i = 0; same && i < x->n; i++)
		same = !strcmp(x->at[i].cle, y->at[i].cle);
	return same;
}

static void put_diff(struct comparing *k, const char *id, const struct diff *d, const char *becomes)
{
	struct val *v = diff_val(k->c->a, id, d);
	put_str(k->c->a, v, "devient", becomes);
	val_push(k->c->a, k->diffs, v);
}

static int one_sidecar(struct comparing *k, const char *path)
{
	struct diffs x, y;
	bool readable = true;
	int rc = read_diffs(&x, k, &k->from, path, &readable);
	if (rc || (rc = read_diffs(&y, k, &k->to, path, &readable)))
		return rc;
	const char *id = y.id ? y.id : x.id;
	if (!readable || !id) {
		val_push(k->c->a, k->files, val_str(k->c->a, path));
		return 0;
	}
	for (size_t i = 0; i < y.n; i++) {
		const struct diff *now = &y.at[i], *was = twin(&x, now);
		bool was_open = was && was->degre != DEG_TRANCHE;
		if (now->degre == DEG_TRANCHE) {
			if (was_open)
				put_diff(k, id, now, "tranchee");
		} else if (!was_open || !same_proposals(was, now)) {
			put_diff(k, id, now, was_open ? "changee" : "ouverte");
		}
	}
	for (size_t i = 0; i < x.n; i++)
		if (x.at[i].degre != DEG_TRANCHE && !twin(&y, &x.at[i]))
			put_diff(k, id, &x.at[i], x.at[i].degre == DEG_A_RELIRE ? "relue" : "fermee");
	return 0;
}

static int one_file(void *ctx, const char *path, const struct oid *old, const struct oid *new)
{
	struct comparing *k = ctx;
	struct record_state x, y;
	struct field_changes f = { 0 };
	const char *id = id_of(k->c->a, k->c->set, path);
	(void)old;
	(void)new;
	int rc = 0;
	if (path_class(k->c->set, path) == PATH_SIDECAR)
		return k->by_git ? 0 : one_sidecar(k, path);
	if (id && ((rc = history_state(&x, k->c->a, k->c->r, &k->from, id, k->e)) ||
		   (rc = history_state(&y, k->c->a, k->c->r, &k->to, id, k->e))))
		return rc;
	if (!id || !x.acceptable || !y.acceptable) {
		val_push(k->c->a, k->files, val_str(k->c->a, path));
		return 0;
	}
	if (!x.val || !y.val) {
		put_whole(k, id, x.val);
		return 0;
	}
	const struct schema *s = schemas_by_prefix(k->c->set, arena_dupn(k->c->a, id, 3));
	fielddiff(&f, k->c->a, s ? s->root : schema_unknown(), x.val, y.val);
	for (size_t i = 0; i < f.n; i++)
		put_change(k, id, &f.at[i]);
	return 0;
}

static int compare(struct val *out, struct ctl *c, const struct oid *from, const struct oid *to, bool by_git, struct err *e)
{
	struct comparing k = { c, *from, *to, by_git, val_list(c->a), val_list(c->a), val_list(c->a), e };
	int rc = repo_diff(c->r, from, to, one_file, &k, e);
	if (rc)
		return rc;
	val_set(c->a, out, "changements", k.changes);
	val_set(c->a, out, "differences", k.diffs);
	val_set(c->a, out, "fichiers", k.files);
	return 0;
}

/* --- explain ------------------------------------------------------------------------------------------------------------ */

static int explain_merge(struct val *v, struct ctl *c, const struct commit_info *ci, struct val *records, struct err *e)
{
	struct tree_merge m = { 0 };
	struct verdict verdict;
	int rc = merge_verify(&verdict, c->r, &ci->oid, e);
	if (rc || (rc = tree_merge(&m, c->a, c->r, &ci->parents[0], &ci->parents[1], NULL, e)))
		return rc;
	for (size_t i = 0; i < m.n; i++)
		val_push(c->a, records, merged_val(c->a, &m.at[i]));
	put_str(c->a, v, "sorte", verdict.machine ? "fusion" : "fusion_git");
	val_set(c->a, v, "conforme", val_bool(c->a, verdict.machine ? verdict.ok : oid_equal(&m.tree, &ci->tree)));
	if (verdict.machine && !verdict.ok)
		put_str(c->a, v, "pourquoi", verdict.why);
	return compare(v, c, &m.tree, &ci->oid, !verdict.machine, e);
}

int ctl_explain(struct val **out, struct ctl *c, const char *commit, struct err *e)
{
	struct oid oid;
	struct commit_info ci;
	struct people people;
	int rc = repo_resolve(&oid, c->r, commit, e);
	if (!rc)
		rc = repo_commit_info(&ci, c->a, c->r, &oid, e);
	if (rc)
		return rc;
	struct val *v = val_map(c->a), *parents = val_list(c->a), *records = val_list(c->a);
	char date[11];
	clock_date(date, ci.author_time);
	put_str(c->a, v, "commit", oid.hex);
	put_str(c->a, v, "auteur", ci.author_name);
	put_str(c->a, v, "date", date);
	put_str(c->a, v, "message", ci.message);
	for (size_t i = 0; i < ci.nparents; i++)
		val_push(c->a, parents, val_str(c->a, ci.parents[i].hex));
	val_set(c->a, v, "parents", parents);
	if (ci.nparents == 2) {
		rc = explain_merge(v, c, &ci, records, e);
	} else {
		put_str(c->a, v, "sorte", ci.nparents == 1 ? "commit" : ci.nparents ? "fusion_multiple" : "racine");
		if (ci.nparents)
			rc = compare(v, c, &ci.parents[0], &oid, false, e);
	}
	val_set(c->a, v, "fiches", records);
	people_load(&people, c);
	put_names(c->a, v, &people);
	if (!rc)
		*out = v;
	return rc;
}

/* --- verify ------------------------------------------------------------------------------------------------------------ */

struct verifying {
	struct ctl *c;
	int64_t commits, merges, too_big;
	struct val *bad;
	struct err *e;
};

/* Where a false merge differs from the true one; a commit without two parents has none to differ from. */
static int put_where(struct val *v, struct ctl *c, const struct commit_info *ci, struct err *e)
{
	struct tree_merge m = { 0 };
	struct val *all = val_map(c->a), *where = val_list(c->a);
	int rc = 0;
	if (ci->nparents == 2 && !(rc = tree_merge(&m, c->a, c->r, &ci->parents[0], &ci->parents[1], NULL, e)))
		rc = compare(all, c, &m.tree, &ci->oid, false, e);
	const struct val *changes = val_get(all, "changements"), *diffs = val_get(all, "differences"), *files = val_get(all, "fichiers");
	for (size_t i = 0; changes && i < changes->list.n && i < FILES_SHOWN; i++)
		val_push(c->a, where, val_str(c->a, arena_printf(c->a, "%s %s", val_text(changes->list.at[i], "id"),
								 val_text(changes->list.at[i], "champ"))));
	for (size_t i = 0; diffs && i < diffs->list.n && i < FILES_SHOWN; i++)
		val_push(c->a, where, val_str(c->a, arena_printf(c->a, _("%s %s, sa différence"), val_text(diffs->list.at[i], "id"),
								 val_text(diffs->list.at[i], "champ"))));
	for (size_t i = 0; files && i < files->list.n && i < FILES_SHOWN; i++)
		val_push(c->a, where, files->list.at[i]);
	val_set(c->a, v, "ou", where);
	return rc == ERR_LIMIT || rc == ERR_UNSUPPORTED ? 0 : rc;
}

static int verify_commit(void *ctx, const struct commit_info *ci)
{
	struct verifying *k = ctx;
	struct arena *a = k->c->a;
	struct verdict verdict;
	k->commits++;
	progress(_("vérification de l'historique"), (size_t)k->commits, 0);
	int rc = merge_verify(&verdict, k->c->r, &ci->oid, k->e);
	if (rc == ERR_LIMIT) { /* neither right nor wrong: the others are checked all the same */
		k->too_big++;
		return 0;
	}
	if (rc)
		return rc;
	k->merges += verdict.machine;
	if (verdict.ok)
		return 0;
	struct val *v = val_map(a);
	char date[11];
	clock_date(date, ci->committer_time);
	put_str(a, v, "commit", ci->oid.hex);
	put_str(a, v, "date", date);
	put_str(a, v, "sujet", arena_dupn(a, ci->message, strcspn(ci->message, "\n")));
	put_str(a, v, "pourquoi", verdict.why);
	val_push(a, k->bad, v);
	return put_where(v, k->c, ci, k->e);
}

int ctl_verify(struct val **out, struct ctl *c, struct err *e)
{
	struct verifying k = { .c = c, .bad = val_list(c->a), .e = e };
	int rc = history_log(c->r, &c->head, NULL, verify_commit, &k, e);
	if (rc < 0)
		return rc;
	struct val *v = val_map(c->a);
	put_int(c->a, v, "commits", k.commits);
	put_int(c->a, v, "fusions", k.merges);
	put_int(c->a, v, "trop_grosses", k.too_big);
	val_set(c->a, v, "faux", k.bad);
	*out = v;
	return 0;
}
