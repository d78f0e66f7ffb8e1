/* Validation: run the checks of a schema over a value.
 *
 * Happy path: each schema object is a row of checks in the order of the keyword table; a check that says nothing about
 * this type of value is skipped; the others either pass or report a fault at the spot where they are, and go on, so
 * that one reading shows all that is wrong. Inside not, if, anyOf, oneOf and contains the run is quiet: the first fault
 * answers.
 *
 * It ends: link.c refused schemas that apply themselves to the same value, values are finite, and RUN_STEPS bounds what
 * nested references, long lists of codes and patterns can multiply. A run that hits the bound is a fault ("limit"), never
 * an acceptance. Steps are counted, not timed: the same record gets the same answer on every machine.
 */
#include "leaf.h"
#include "structure.h"

#include "base/digest.h"

#include <stdlib.h>
#include <string.h>

static bool check_sub(struct run *r, const struct sub *s, const struct spot *at);

/* Whether it is valid, without a word. */
static bool quietly(struct run *r, const struct sub *s, const struct spot *at)
{
	struct faults *out = r->out;
	r->out = NULL;
	bool ok = check_sub(r, s, at);
	r->out = out;
	return ok;
}

static bool exactly(struct run *r, const struct sub *s, const struct spot *at)
{
	r->exact++;
	bool ok = quietly(r, s, at);
	r->exact--;
	return ok;
}

static bool check_map_key(struct run *r, const struct sub *s, const struct spot *at, const char *key, struct val *v)
{
	return check_sub(r, s, &(struct spot){ at, v, key, 0 });
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

/* Looking up many keys in a map of many fields: by halves. `sorted` is made at the first long look-up. */
struct lookup {
	struct run *r;
	const struct val *map;
	const char **sorted;
};

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool has_key(struct lookup *l, const char *key, size_t how_many)
{
	size_t n = l->map->map.n;
	if (n * how_many < 4096)
		return val_get(l->map, key) != NULL;
	if (!l->sorted) {
		run_spend(l->r, n);
		l->sorted = arena_array(l->r->a, n, sizeof *l->sorted);
		for (size_t i = 0; i < n; i++)
			l->sorted[i] = l->map->map.at[i].key;
		qsort(l->sorted, n, sizeof *l->sorted, by_name);
	}
	run_spend(l->r, 1);
	return bsearch(&key, l->sorted, n, sizeof *l->sorted, by_name) != NULL;
}

static bool check_required(struct run *r, const struct check *c, const struct spot *at)
{
	bool ok = true;
	struct lookup l = { r, at->v, NULL };
	for (size_t i = 0; i < c->arg->list.n && (ok || r->out) && !r->spent; i++) {
		const char *key = c->arg->list.at[i]->str.at;
		if (!has_key(&l, key, c->arg->list.n))
			ok = run_fault(r, &(struct spot){ at, NULL, key, 0 }, "required",
				       _("ce champ est obligatoire et il manque"));
	}
	return ok;
}

static bool check_dependent_required(struct run *r, const struct check *c, const struct spot *at)
{
	bool ok = true;
	struct lookup l = { r, at->v, NULL };
	for (size_t i = 0; i < c->arg->map.n && !r->spent; i++) {
		const char *when = c->arg->map.at[i].key;
		const struct val *keys = c->arg->map.at[i].val;
		if (!keys->list.n || !has_key(&l, when, c->arg->map.n))
			continue;
		for (size_t k = 0; k < keys->list.n && !r->spent; k++)
			if (!has_key(&l, keys->list.at[k]->str.at, c->arg->map.n + keys->list.n))
				ok = run_fault(
					r, &(struct spot){ at, NULL, keys->list.at[k]->str.at, 0 }, "dependentRequired",
					_("ce champ est obligatoire quand « %s » est donné, et il manque"), when);
	}
	return ok;
}

static bool check_count(struct run *r, const struct check *c, const struct spot *at)
{
	size_t n = at->v->type == VAL_MAP ? at->v->map.n : at->v->list.n;
	bool least = c->kw == KW_MIN_PROPERTIES || c->kw == KW_MIN_ITEMS, fields = at->v->type == VAL_MAP;
	if (least ? n >= c->count : n <= c->count)
		return true;
	const char *say = least ? (fields ? _("nombre de champs : %zu ; il en faut au moins %llu")
					  : _("nombre d'éléments de la liste : %zu ; il en faut au moins %llu"))
				: (fields ? _("nombre de champs : %zu ; le maximum est %llu")
					  : _("nombre d'éléments de la liste : %zu ; le maximum est %llu"));
	return run_fault(r, at, keywords[c->kw].name, say, n, (unsigned long long)c->count);
}

static bool check_names(struct run *r, const struct check *c, const struct spot *at)
{
	bool ok = true;
	for (size_t i = 0; i < at->v->map.n && (ok || r->out); i++) {
		const struct val_field *f = &at->v->map.at[i];
		struct val name = {
			.type = VAL_STR, .line = f->val->line, .col = f->val->col, .str = { f->key, strlen(f->key) }
		};
		struct spot below = { at, f->val, f->key, 0 };
		if (!quietly(r, c->sub, &(struct spot){ at, &name, f->key, 0 }))
			ok = run_fault(r, &below, "propertyNames", _("ce nom de champ n'est pas permis ici"));
	}
	return ok;
}

static bool check_properties(struct run *r, const struct check *c, const struct spot *at)
{
	bool ok = true;
	for (size_t i = 0; i < at->v->map.n && (ok || r->out); i++) {
		const struct sub_entry *x = check_entry(c, at->v->map.at[i].key);
		if (x && !check_map_key(r, x->sub, at, at->v->map.at[i].key, at->v->map.at[i].val))
			ok = false;
	}
	return ok;
}

static bool key_matches(struct run *r, const struct check *patterns, size_t k, const char *key)
{
	uint64_t steps = 0;
	enum pattern_verdict got = pattern_quick(patterns->entries[k].re, key, strlen(key), &steps);
	if (!run_spend(r, steps) || got == PATTERN_LIMIT)
		r->spent = true; /* neither yes nor no: the whole answer is a fault */
	return got == PATTERN_YES;
}

static bool check_pattern_properties(struct run *r, const struct check *c, const struct spot *at)
{
	bool ok = true;
	for (size_t i = 0; i < at->v->map.n && (ok || r->out); i++)
		for (size_t k = 0; k < c->n && !r->spent; k++)
			if (key_matches(r, c, k, at->v->map.at[i].key) &&
			    !check_map_key(r, c->entries[k].sub, at, at->v->map.at[i].key, at->v->map.at[i].val))
				ok = false;
	return ok;
}

static bool check_additional(struct run *r, const struct sub *s, const struct check *c, const struct spot *at)
{
	const struct check *props = sub_check(s, KW_PROPERTIES), *patterns = sub_check(s, KW_PATTERN_PROPS);
	bool ok = true;
	for (size_t i = 0; i < at->v->map.n && (ok || r->out); i++) {
		const char *key = at->v->map.at[i].key;
		bool known = props && check_entry(props, key);
		for (size_t k = 0; !known && patterns && k < patterns->n && !r->spent; k++)
			known = key_matches(r, patterns, k, key);
		if (known)
			continue;
		struct spot below = { at, at->v->map.at[i].val, key, 0 };
		if (c->sub->verdict == 0)
			ok = run_fault(r, &below, "additionalProperties", _("ce champ n'est pas permis ici"));
		else if (!check_sub(r, c->sub, &below))
			ok = false;
	}
	return ok;
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

struct print { /* of an item, for comparing many */
	unsigned char sha[SHA256_BYTES];
	size_t index;
};

static int by_print(const void *x, const void *y)
{
	const struct print *p = x, *q = y;
	int c = memcmp(p->sha, q->sha, sizeof p->sha);
	return c ? c : p->index < q->index ? -1 : 1;
}

/* Two equal items, or false. Pairwise for short lists; a list of 100,000 items goes by fingerprint. */
static bool find_twins(struct run *r, size_t *x, size_t *y, const struct val *v)
{
	if (v->list.n <= 16) {
		for (*y = 1; *y < v->list.n; ++*y)
			for (*x = 0; *x < *y; ++*x)
				if (val_equal(v->list.at[*x], v->list.at[*y]))
					return true;
		return false;
	}
	struct print *prints = arena_array(r->a, v->list.n, sizeof *prints);
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < v->list.n; i++) {
		buf_reset(&b);
		val_canon(&b, v->list.at[i]);
		digest_sha256(prints[i].sha, buf_str(&b), b.n);
		prints[i].index = i;
	}
	buf_free(&b);
	qsort(prints, v->list.n, sizeof *prints, by_print);
	for (size_t i = 1; i < v->list.n; i++)
		if (!memcmp(prints[i - 1].sha, prints[i].sha, sizeof prints[i].sha)) {
			*x = prints[i - 1].index;
			*y = prints[i].index;
			return true;
		}
	return false;
}

static bool check_unique(struct run *r, const struct check *c, const struct spot *at)
{
	size_t x, y;
	if (!run_spend(r, c->count ? 24 * at->v->list.n : 0))
		return false;
	if (!c->count || !find_twins(r, &x, &y, at->v))
		return true;
	char one[SHOWN];
	struct spot below = { at, at->v->list.at[y], NULL, y };
	return r->out && run_fault(r, &below, "uniqueItems",
				   _("les éléments %zu et %zu de la liste sont les mêmes (%s) ; enlevez l'un des deux"),
				   x + 1, y + 1, run_show(one, at->v->list.at[y]));
}

static bool check_items(struct run *r, const struct sub *s, const struct check *c, const struct spot *at)
{
	const struct check *prefix = sub_check(s, KW_PREFIX_ITEMS);
	size_t from = c->kw == KW_ITEMS && prefix ? prefix->n : 0, to = c->kw == KW_ITEMS ? at->v->list.n : c->n;
	bool ok = true;
	for (size_t i = from; i < to && i < at->v->list.n && (ok || r->out); i++)
		if (!check_sub(r, c->kw == KW_ITEMS ? c->sub : c->entries[i].sub,
			       &(struct spot){ at, at->v->list.at[i], NULL, i }))
			ok = false;
	return ok;
}

static bool check_contains(struct run *r, const struct sub *s, const struct check *c, const struct spot *at)
{
	const struct check *min = sub_check(s, KW_MIN_CONTAINS), *max = sub_check(s, KW_MAX_CONTAINS);
	size_t n = 0;
	for (size_t i = 0; i < at->v->list.n; i++)
		n += quietly(r, c->sub, &(struct spot){ at, at->v->list.at[i], NULL, i });
	uint64_t least = min ? min->count : 1;
	if (n < least)
		return run_fault(r, at, "contains",
				 _("nombre d'éléments de la liste qui conviennent : %zu ; il en faut au moins %llu"), n,
				 (unsigned long long)least);
	if (max && n > max->count)
		return run_fault(r, at, "maxContains", _("nombre d'éléments de la liste qui conviennent : %zu ; le maximum est %llu"),
				 n, (unsigned long long)max->count);
	return true;
}

/* --- combinations ------------------------------------------------------------------------------------------------- */

static bool check_all(struct run *r, const struct check *c, const struct spot *at)
{
	bool ok = true;
	for (size_t k = 0; k < c->n && (ok || r->out); k++)
		if (!check_sub(r, c->entries[k].sub, at))
			ok = false;
	return ok;
}

/* When only one of the forms is for this type of value, its own faults say more than "none fits". */
static const struct sub *only_form(const struct check *c, const struct val *v)
{
	const struct sub *only = NULL;
	for (size_t k = 0; k < c->n; k++) {
		if (!(sub_types(c->entries[k].sub) & T(v->type)))
			continue;
		if (only)
			return NULL;
		only = c->entries[k].sub;
	}
	return only;
}

static bool check_some(struct run *r, const struct check *c, const struct spot *at)
{
	size_t fit = 0;
	for (size_t k = 0; k < c->n && fit < 2; k++) {
		fit += quietly(r, c->entries[k].sub, at);
		if (fit && c->kw == KW_ANY_OF)
			return true;
	}
	if (fit == 1)
		return true;
	if (!r->out)
		return false;
	if (fit)
		return run_fault(r, at, "oneOf",
				 _("la valeur convient à plusieurs formes à la fois ; une seule est permise"));
	const struct sub *only = only_form(c, at->v);
	if (only)
		return check_sub(r, only, at);
	return run_fault(r, at, keywords[c->kw].name, _("la valeur ne convient à aucune des %zu formes permises"),
			 c->n);
}

static bool check_if(struct run *r, const struct sub *s, const struct check *c, const struct spot *at)
{
	const struct check *next = sub_check(s, exactly(r, c->sub, at) ? KW_THEN : KW_ELSE);
	return !next || check_sub(r, next->sub, at);
}

static bool check_dependent_schemas(struct run *r, const struct check *c, const struct spot *at)
{
	bool ok = true;
	struct lookup l = { r, at->v, NULL };
	for (size_t k = 0; k < c->n && (ok || r->out) && !r->spent; k++)
		if (has_key(&l, c->entries[k].key, c->n) && !check_sub(r, c->entries[k].sub, at))
			ok = false;
	return ok;
}

/* --- one keyword, one schema ---------------------------------------------------------------------------------------- */

static bool check_one(struct run *r, const struct sub *s, const struct check *c, const struct spot *at)
{
	switch (c->kw) {
	case KW_REF:
		return check_sub(r, c->sub, at);
	case KW_REQUIRED:
		return check_required(r, c, at);
	case KW_DEP_REQUIRED:
		return check_dependent_required(r, c, at);
	case KW_MIN_PROPERTIES:
	case KW_MAX_PROPERTIES:
	case KW_MIN_ITEMS:
	case KW_MAX_ITEMS:
		return check_count(r, c, at);
	case KW_PROPERTY_NAMES:
		return check_names(r, c, at);
	case KW_PROPERTIES:
		return check_properties(r, c, at);
	case KW_PATTERN_PROPS:
		return check_pattern_properties(r, c, at);
	case KW_ADDITIONAL:
		return check_additional(r, s, c, at);
	case KW_DEP_SCHEMAS:
		return check_dependent_schemas(r, c, at);
	case KW_UNIQUE_ITEMS:
		return check_unique(r, c, at);
	case KW_PREFIX_ITEMS:
	case KW_ITEMS:
		return check_items(r, s, c, at);
	case KW_CONTAINS:
		return check_contains(r, s, c, at);
	case KW_ALL_OF:
		return check_all(r, c, at);
	case KW_ANY_OF:
	case KW_ONE_OF:
		return check_some(r, c, at);
	case KW_NOT:
		return !exactly(r, c->sub, at) || run_fault(r, at, "not", _("cette valeur est exclue par le schéma"));
	case KW_IF:
		return check_if(r, s, c, at);
	default: /* then, else, min/maxContains run with their partner */
		return check_leaf(r, c, at);
	}
}

static bool check_sub(struct run *r, const struct sub *s, const struct spot *at)
{
	if (s->verdict >= 0)
		return s->verdict || run_fault(r, at, "false", _("aucune valeur n'est permise ici"));
	bool ok = true;
	if (++r->depth > RUN_DEPTH)
		r->spent = true;
	for (size_t i = 0; i < s->n && (ok || r->out); i++) {
		const struct check *c = &s->checks[i];
		if (!(keywords[c->kw].applies & T(at->v->type)))
			continue;
		if (!run_spend(r, 1))
			break;
		if (check_one(r, s, c, at))
			continue;
		ok = false;
		if (c->kw == KW_TYPE)
			break; /* what else a value of another type should be is noise */
	}
	r->depth--;
	return ok && !r->spent;
}

void schema_validate_newer(struct faults *out, struct arena *a, const struct snode *s, const struct val *v, bool newer)
{
	size_t from = out->n;
	struct run r = { .out = out, .a = a, .root = s, .newer = newer };
	struct spot root = { .v = v };
	for (size_t i = 0; s->part && i < s->part->n_subs; i++)
		check_sub(&r, s->part->subs[i], &root);
	if (r.spent && out->n == FAULTS_MAX)
		out->n--; /* this one must be seen: not all of the record was looked at */
	if (r.spent)
		run_fault(&r, &root, "limit",
			  _("la vérification demande trop de calcul ; simplifiez la fiche ou le schéma"));
	structure_check(&r, s, &root);
	faults_sort(out, from);
}

void schema_validate(struct faults *out, struct arena *a, const struct snode *s, const struct val *v)
{
	schema_validate_newer(out, a, s, v, false);
}
