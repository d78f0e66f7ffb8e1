/* settle.c -- the value goes into the record, the entry becomes `tranche` (or goes, where there is no value to keep). */
#include "ctl/settle.h"

#include <stdlib.h>
#include <string.h>

#include "merge/diffset.h"

static const struct proposal *choose(const struct diff *d, const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);
	if (*arg && !*end && n >= 1 && n <= d->n)
		return &d->at[n - 1];
	for (size_t i = 0; i < d->n; i++)
		if (!strncmp(d->at[i].cle, arg, strlen(arg)) && strlen(arg) >= 4)
			return &d->at[i];
	return NULL;
}

static bool is_entry(const struct diff *d, const char *key)
{
	char base[VAL_KEY_LEN + 1] = "";
	if (d->base)
		val_key(base, d->base);
	return (strlen(key) >= 4 && !strncmp(base, key, strlen(key))) || choose(d, key);
}

/* A text may have several contested sentences: a key says which one is meant. Without one the first that can be answered so: what is only
 * to be read is no choice, and what asks for a choice is not done with by reading. */
static const struct diff *open_diff(const struct diffs *ds, const struct settle_wish *w)
{
	const struct diff *first = NULL, *suits = NULL;
	for (size_t i = 0; i < ds->n; i++) {
		const struct diff *d = &ds->at[i];
		if (d->degre == DEG_TRANCHE || strcmp(d->champ, w->field) || (w->entry && !is_entry(d, w->entry)))
			continue;
		bool fits = w->how == SETTLE_TAKE ? choose(d, w->arg) && (d->degre == DEG_DUR || strlen(w->arg) >= 4) :
						    (w->how == SETTLE_OK) == (d->degre == DEG_A_RELIRE);
		suits = suits || !fits ? suits : d;
		first = first ? first : d;
	}
	return suits ? suits : first;
}

/* What the field becomes: NULL for "absent". *removed: the field, the item or the record goes. */
static int chosen_value(const struct val **out, bool *removed, struct arena *a, const struct record *rec, const struct diff *d,
			enum settle how, const char *arg, struct err *e)
{
	const struct snode *place = NULL;
	const struct val *now = NULL;
	bool whole = !strcmp(d->champ, CHAMP_RECORD);
	if (!whole)
		schema_find(&place, &now, rec->schema->root, rec->val, d->champ);
	*removed = false;
	*out = now;
	if (how == SETTLE_OK || (how == SETTLE_BASE && d->degre == DEG_DUR))
		return 0; /* the field shows the base already */
	if (how == SETTLE_BASE) {
		*removed = !d->base;
		*out = diff_taken(a, d, now, d->base);
	} else if (how == SETTLE_TAKE) {
		const struct proposal *p = choose(d, arg);
		if (!p)
			return err_set(e, ERR_NOTFOUND, _("%s, %s : il n'y a pas de proposition « %s » ; « maillage conflicts %s » les numérote"),
				       rec->id, d->champ, arg, rec->id);
		*removed = p->absent;
		if (p->absent)
			*out = NULL;
		else if (!p->present)
			*out = diff_taken(a, d, now, p->valeur);
	} else {
		struct val *v;
		if (whole)
			return err_set(e, ERR_USAGE, _("%s : choisissez de garder ou d'enlever la fiche (--take N) ; une valeur ne convient pas ici"),
				       rec->id);
		int rc = ctl_value(&v, a, place ? place : schema_unknown(), arg, e);
		if (rc)
			return rc;
		*out = diff_taken(a, d, now, v);
	}
	return 0;
}

static int put_chosen(const struct val **out, struct arena *a, const struct record *rec, const char *champ, const struct val *chosen,
		      bool removed, struct err *e)
{
	struct val *target = val_copy(a, rec->val);
	int rc = 0;
	if (strcmp(champ, CHAMP_RECORD) && (removed || !val_equal(chosen, NULL)))
		rc = schema_put(&target, a, rec->schema->root, rec->val, champ, removed ? NULL : val_copy(a, chosen), e);
	*out = target;
	return rc;
}

static void keep(const char **text, size_t *n, struct arena *a, const struct buf *b)
{
	*text = b->n ? arena_dupn(a, b->at, b->n) : NULL;
	*n = b->n;
}

int settle_field(struct settled *out, struct ctl *c, const struct record *rec, const struct diffs *diffs, const struct settle_wish *wish,
		 const struct origin *by, struct err *e)
{
	const struct diff *d = open_diff(diffs, wish);
	const struct val *chosen, *target;
	bool removed;
	if (!d)
		return err_set(e, ERR_NOTFOUND, _("%s : aucune différence ouverte sur « %s » ; « maillage conflicts %s » montre celles de la fiche"),
			       rec->id, wish->field, rec->id);
	if (wish->how == SETTLE_OK && d->degre == DEG_DUR)
		return err_set(e, ERR_USAGE, _("%s, %s : il faut choisir (--take N, --base ou --value V) ; --ok vaut pour ce qui est à relire"),
			       rec->id, wish->field);
	int rc = chosen_value(&chosen, &removed, c->a, rec, d, wish->how, wish->arg, e);
	if (rc || (rc = put_chosen(&target, c->a, rec, d->champ, chosen, removed, e)))
		return rc;
	char base_key[VAL_KEY_LEN + 1] = "";
	if (d->base)
		val_key(base_key, d->base);
	struct diffs after;
	diffs_settle(&after, c->a, rec->schema, diffs, d->champ, d->base ? base_key : d->at[0].cle, chosen, by);

	struct buf text = BUF_INIT, sidecar = BUF_INIT;
	struct settled s = { .chosen = chosen, .open = diffs_open(&after) };
	if (strcmp(d->champ, CHAMP_RECORD) || !removed) {
		if (!val_equal(target, rec->val))
			target = ctl_at_version(c, rec->schema, target);
		rc = ydoc_rewrite(&text, rec->doc, target, NULL, &schema_shape_ops, rec->schema->root, e);
		if (!rc)
			rc = diffs_print(&sidecar, c->a, &after, e);
	}
	if (!rc) {
		keep(&s.text, &s.n, c->a, &text);
		keep(&s.sidecar, &s.sidecar_n, c->a, &sidecar);
		*out = s;
	}
	buf_free(&text);
	buf_free(&sidecar);
	return rc;
}
