/* report.c -- what a head holds, as data, for the model to judge. */
#include "replicas.h"

#include <string.h>

#include "merge/diffset.h"
#include "store/history.h"
#include "store/repo_int.h"

static void put(struct world *w, struct val *map, const char *key, const char *s)
{
	if (s)
		val_set(&w->a, map, key, val_str(&w->a, s));
}

static const char *class_name(const struct diff *d)
{
	static const char *const names[] = {
		[DIFF_VALUE] = "value", [DIFF_SENTENCE] = "sentence", [DIFF_PRESENCE] = "presence", [DIFF_READ] = "read"
	};
	return names[diff_class(d)];
}

static bool holds(const struct record_state *st, const struct diff *d, const struct proposal *p)
{
	const struct val *v = NULL;
	for (size_t i = 0; i < st->diffs.n; i++)
		if (!strcmp(st->diffs.at[i].champ, d->champ) && diff_lists(&st->diffs.at[i], p))
			return true;
	if (!strcmp(d->champ, CHAMP_RECORD))
		return p->absent ? !st->doc : st->doc != NULL;
	if (st->val)
		schema_find(NULL, &v, schema_unknown(), st->val, d->champ);
	if (p->absent || p->present)
		return true; /* the item lies within a list-map, which schema_unknown does not know: not looked into */
	return strchr(d->champ, '/') || val_equal(v, p->valeur);
}

/* Is the commit that a proposal names an ancestor that holds the value? NULL: yes. */
static int provenance(const char **why, struct world *w, const struct oid *at, const char *id, const struct diff *d,
		      const struct proposal *p, struct err *e)
{
	struct oid commit = { "" };
	struct record_state st;
	bool is;
	*why = NULL;
	if (!p->by.commit)
		return 0;
	memcpy(commit.hex, p->by.commit, strlen(p->by.commit) < OID_HEX ? strlen(p->by.commit) : OID_HEX);
	int rc = repo_is_ancestor(&is, w->r, &commit, at, e);
	if (rc || !is) {
		*why = rc ? "names a commit that is not there" : "names a commit that is no ancestor";
		return 0;
	}
	if (diff_class(d) == DIFF_SENTENCE)
		return 0;
	if (history_state(&st, &w->a, w->r, &commit, id, e))
		*why = "names a commit that holds no records";
	else if (!holds(&st, d, p))
		*why = "names a commit that does not hold the value";
	return 0;
}

static int report_diff(struct val **out, struct world *w, const struct oid *at, const char *id, const struct diff *d, struct err *e)
{
	static const char *const degrees[] = { "dur", "a_relire", "tranche" };
	struct val *v = val_map(&w->a), *list = val_list(&w->a);
	put(w, v, "champ", d->champ);
	put(w, v, "degre", degrees[d->degre]);
	put(w, v, "class", class_name(d));
	if (d->base)
		val_set(&w->a, v, "base", val_copy(&w->a, d->base));
	for (size_t i = 0; i < d->n; i++) {
		struct val *p = val_map(&w->a);
		const char *why;
		int rc = provenance(&why, w, at, id, d, &d->at[i], e);
		if (rc)
			return rc;
		if (d->at[i].valeur)
			val_set(&w->a, p, "v", val_copy(&w->a, d->at[i].valeur));
		if (d->at[i].present)
			val_set(&w->a, p, "present", val_bool(&w->a, true));
		put(w, p, "wrong", why);
		val_push(&w->a, list, p);
	}
	val_set(&w->a, v, "propositions", list);
	*out = v;
	return 0;
}

static int report_record(struct val **out, struct world *w, const struct oid *at, const char *name, struct err *e)
{
	struct val *v = val_map(&w->a), *list = val_list(&w->a), *one;
	struct seen s;
	int rc = world_see(&s, w, at, world_id(w, name), e);
	for (size_t i = 0; !rc && i < s.diffs.n; i++)
		if (!(rc = report_diff(&one, w, at, s.id, &s.diffs.at[i], e)))
			val_push(&w->a, list, one);
	if (rc)
		return rc;
	if (s.rec.doc)
		val_set(&w->a, v, "val", val_copy(&w->a, s.rec.val));
	val_set(&w->a, v, "diffs", list);
	val_set(&w->a, v, "sidecar", val_bool(&w->a, s.has_side));
	*out = v;
	return 0;
}

static int count_variant(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	(void)blob, (void)mode;
	*(int64_t *)ctx += strstr(path, ".variante-") != NULL;
	return 0;
}

int report_state(struct val **out, struct world *w, const struct oid *at, struct err *e)
{
	struct val *v = val_map(&w->a), *records = val_map(&w->a), *one;
	int64_t variants = 0;
	for (int i = 1; i <= RECORDS; i++) {
		const char *name = arena_printf(&w->a, "e%d", i);
		int rc = report_record(&one, w, at, name, e);
		if (rc)
			return rc;
		val_set(&w->a, records, name, one);
	}
	int rc = repo_walk(w->r, at, "", count_variant, &variants, e);
	if (rc)
		return rc;
	val_set(&w->a, v, "records", records);
	val_set(&w->a, v, "variants", val_int(&w->a, variants));
	*out = v;
	return 0;
}

struct verified {
	struct world *w;
	struct err *e;
	int64_t machine;
	struct val *bad;
};

static int verify_one(void *ctx, const struct commit_info *c)
{
	struct verified *v = ctx;
	struct verdict verdict;
	int rc = merge_verify(&verdict, v->w->r, &c->oid, v->e);
	if (rc)
		return rc;
	v->machine += verdict.machine;
	if (!verdict.ok)
		val_push(&v->w->a, v->bad, val_str(&v->w->a, verdict.why));
	return 0;
}

int report_verify(struct val **out, struct world *w, const struct oid *at, struct err *e)
{
	struct verified v = { .w = w, .e = e, .bad = val_list(&w->a) };
	int rc = history_log(w->r, at, NULL, verify_one, &v, e);
	if (rc)
		return rc;
	*out = val_map(&w->a);
	val_set(&w->a, *out, "machine", val_int(&w->a, v.machine));
	val_set(&w->a, *out, "bad", v.bad);
	return 0;
}
