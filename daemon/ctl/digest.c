/* digest.c -- see digest.h.
 *
 * The merges since main was where it was before the week's first exchange (loop/confirmed.h) are made again, which costs what they cost; so at
 * most DIGEST_MERGES of them, none with more than DIGEST_RECORDS records, and DIGEST_MS in all: the others are named, and `explain` tells.
 */
#include "ctl/digest.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "ctl/result.h"
#include "loop/confirmed.h"
#include "store/history.h"
#include "store/treemerge.h"

#define DIGEST_MERGES 50
#define DIGEST_RECORDS 200
#define DIGEST_MS 2000

struct digest {
	struct ctl *c;
	struct val *records, *untold;
	const struct val *open;
	int64_t merges, quiet;
	int64_t deadline; /* clock_mono_ms */
	struct err *e;
};

static bool is_open(const struct digest *d, const char *id, const char *champ)
{
	for (size_t i = 0; i < d->open->list.n; i++)
		if (val_is_str(val_get(d->open->list.at[i], "id"), id) && val_is_str(val_get(d->open->list.at[i], "champ"), champ))
			return true;
	return false;
}

static struct val *row_of(struct digest *d, const char *id)
{
	static const char *const lists[] = { "a_trancher", "a_relire", "regles", "perdues" };
	struct arena *a = d->c->a;
	for (size_t i = 0; i < d->records->list.n; i++)
		if (val_is_str(val_get(d->records->list.at[i], "id"), id))
			return d->records->list.at[i];
	struct val *row = val_map(a);
	put_str(a, row, "id", id);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		val_set(a, row, lists[i], val_list(a));
	val_push(a, d->records, row);
	return row;
}

static void add_field(struct digest *d, struct val *row, const char *list, const char *champ)
{
	struct val *l = val_get(row, list);
	for (size_t i = 0; i < l->list.n; i++)
		if (val_is_str(l->list.at[i], champ))
			return;
	val_push(d->c->a, l, val_str(d->c->a, champ));
}

static bool is_mine(const struct digest *d, const struct proposal *p)
{
	const char *me = repo_author(d->c->r);
	return *me && p->by.par && !strcmp(p->by.par, me);
}

static void add_lost(struct digest *d, const char *id, const char *champ, const char *rule, const struct proposal *p, const struct val *kept,
		     const struct oid *merge)
{
	struct arena *a = d->c->a;
	struct val *v = val_map(a), *l = val_get(row_of(d, id), "perdues");
	for (size_t i = 0; i < l->list.n; i++) /* the newest merge was there first, and has the last word */
		if (val_is_str(val_get(l->list.at[i], "champ"), champ) && val_is_str(val_get(l->list.at[i], "cle"), p->cle))
			return;
	put_str(a, v, "champ", champ);
	put_str(a, v, "regle", rule);
	put_str(a, v, "cle", p->cle);
	if (p->valeur)
		val_set(a, v, "valeur", val_copy(a, p->valeur));
	if (kept)
		val_set(a, v, "retenue", val_copy(a, kept));
	put_str(a, v, "commit", merge->hex);
	val_push(a, l, v);
}

static bool has_value(const struct proposal *p, const struct val *v)
{
	return p->valeur && v && val_equal(p->valeur, v);
}

static void one_record(struct digest *d, const struct merged_record *m, const struct oid *merge)
{
	bool asks = false;
	for (size_t i = 0; m->diffs && i < m->diffs->n; i++) {
		const struct diff *x = &m->diffs->at[i];
		if (m->news[i] == NEWS_NONE || !is_open(d, m->id, x->champ))
			continue;
		asks = true;
		add_field(d, row_of(d, m->id), x->degre == DEG_DUR ? "a_trancher" : "a_relire", x->champ);
		for (size_t k = 0; k < x->n; k++)
			if (x->degre == DEG_DUR && is_mine(d, &x->at[k]) && !has_value(&x->at[k], diff_shown(x)))
				add_lost(d, m->id, x->champ, NULL, &x->at[k], diff_shown(x), merge);
	}
	for (size_t i = 0; i < m->decisions.n; i++) {
		const struct decision *x = &m->decisions.at[i];
		add_field(d, row_of(d, m->id), "regles", x->champ);
		for (int k = 0; k < 2; k++)
			if (is_mine(d, &x->sides[k]) && !has_value(&x->sides[k], x->result))
				add_lost(d, m->id, x->champ, merge_rule_name(x->rule), &x->sides[k], x->result, merge);
	}
	d->quiet += !asks;
}

static int one_commit(void *ctx, const struct commit_info *ci)
{
	struct digest *d = ctx;
	struct tree_merge m = { 0 };
	struct err why = { 0 };
	long long n = 0;
	if (ci->nparents != 2 || strcmp(ci->author_email, FUSION_EMAIL) != 0 || sscanf(ci->message, "Fusion : %lld fiche", &n) != 1 || n < 1)
		return 0;
	d->merges++;
	int64_t left = d->deadline - clock_mono_ms();
	int rc = ERR_LIMIT;
	if (d->merges <= DIGEST_MERGES && n <= DIGEST_RECORDS && left > 0) {
		const struct merge_budget budget = { .ms = (int)left };
		rc = tree_merge(&m, d->c->a, d->c->r, &ci->parents[0], &ci->parents[1], &budget, &why);
	}
	for (size_t i = 0; !rc && i < m.n; i++)
		one_record(d, &m.at[i], &ci->oid);
	if (rc && rc != ERR_LIMIT && rc != ERR_UNSUPPORTED)
		return err_set(d->e, rc, "%s", why.msg);
	if (rc)
		val_push(d->c->a, d->untold, val_str(d->c->a, ci->oid.hex));
	return 0;
}

int ctl_digest(struct val **out, struct ctl *c, const struct val *open_rows, struct err *e)
{
	struct oid from;
	int64_t since;
	char day[11];
	struct digest d = { .c = c,
			    .records = val_list(c->a),
			    .untold = val_list(c->a),
			    .open = open_rows,
			    .deadline = clock_mono_ms() + DIGEST_MS,
			    .e = e };
	*out = NULL;
	if (!confirmed_window(&from, &since, c->r) || oid_equal(&from, &c->head))
		return 0;
	struct oid there;
	if (repo_resolve(&there, c->r, from.hex, NULL) < 0) /* a history that was thrown away since */
		return 0;
	int rc = history_since(c->r, &from, &c->head, one_commit, &d, e);
	if (rc || !d.merges)
		return rc < 0 ? rc : 0;
	struct val *v = val_map(c->a);
	clock_date(day, since);
	put_str(c->a, v, "depuis", day);
	put_int(c->a, v, "depuis_unix", since);
	put_int(c->a, v, "fusions", d.merges);
	put_int(c->a, v, "seules", d.quiet);
	val_set(c->a, v, "fiches", d.records);
	val_set(c->a, v, "non_detaillees", d.untold);
	*out = v;
	return 0;
}
