/* The structural view.
 *
 * A place in a record is ruled by a row of schemas: `properties: {titre: {$ref: ..., title: ...}}` rules titre by the
 * object itself and by the one it refers to; and when the kind's root refers to the common fields while it also
 * lists titre, by both of these. The words of the first schema in the row win, so a kind can refine what it shares.
 *
 *   1. place_of(row) is remembered by the row: a recursive schema comes back to a row already seen, and building ends.
 *   2. fill(place) follows $ref (each schema's target stands behind it in the row), merges the words, and asks
 *      place_of for the rows of the fields and items. It works off a list rather than calling itself.
 *
 * What is not structural (allOf, if, ...) takes no part here: link.c has made sure that no merge keyword hides there.
 */
#include "place.h"

#include <stdlib.h>
#include <string.h>

static const struct snode unknown = { 0 };

const struct snode *schema_unknown(void)
{
	return &unknown;
}

const char *merge_rule_name(enum merge_rule r)
{
	static const char *const names[] = {
#define X(name, text) text,
		MERGE_RULES(X)
#undef X
	};
	return names[r];
}

static int place_of(struct snode **out, struct schemas *set, const struct sub_list *row, struct err *e)
{
	const void *const *key = (const void *const *)row->at;
	*out = memo_get(&set->by_subs, key, row->n);
	if (*out)
		return 0;
	const struct sub *first = row->at[0];
	if (set->places.n >= PLACE_MAX)
		return sub_fault(e, first->doc, first->src, _("le schéma a trop de champs : plus de %d"), PLACE_MAX);
	struct snode *s = arena_new(set->a, struct snode);
	s->part = arena_new(set->a, struct snode_part);
	s->part->subs = row->at;
	s->part->n_subs = row->n;
	memo_put(&set->by_subs, set->a, key, row->n, s);
	arena_push(set->a, &set->places, s);
	*out = s;
	return 0;
}

static void add(struct schemas *set, struct sub_list *row, struct sub *s)
{
	for (size_t i = 0; i < row->n; i++)
		if (row->at[i] == s)
			return;
	arena_push(set->a, row, s);
}

/* The row with every $ref followed, the referring before the referred. */
static struct sub_list expand(struct schemas *set, const struct snode_part *part)
{
	struct sub_list row = { 0 };
	for (size_t i = 0; i < part->n_subs; i++)
		for (struct sub *s = part->subs[i]; s; s = sub_ref(s)) /* ends: link.c refused circles */
			add(set, &row, s);
	return row;
}

/* --- words ---------------------------------------------------------------------------------------------------- */

static const char *const *strings(struct arena *a, const struct val *list)
{
	if (!list)
		return NULL;
	const char **out = arena_array(a, list->type == VAL_LIST ? list->list.n + 1 : 2, sizeof *out);
	if (list->type == VAL_STR)
		out[0] = list->str.at;
	else
		for (size_t i = 0; i < list->list.n; i++)
			out[i] = list->list.at[i]->str.at;
	return out;
}

static const char *const *const *groups(struct arena *a, const struct val *list)
{
	if (!list)
		return NULL;
	const char *const **out = arena_array(a, list->list.n + 1, sizeof *out);
	for (size_t i = 0; i < list->list.n; i++)
		out[i] = strings(a, list->list.at[i]);
	return (const char *const *const *)out;
}

static enum merge_rule rule_of(const char *name)
{
	for (int r = RULE_CONFLICT; r <= RULE_UNION; r++)
		if (name && !strcmp(name, merge_rule_name((enum merge_rule)r)))
			return (enum merge_rule)r;
	return RULE_CONFLICT;
}

static enum list_type list_of(const char *name)
{
	static const char *const names[] = { "atomic", "set", "map", "sequence" };
	for (int t = LIST_ATOMIC; t <= LIST_SEQUENCE; t++)
		if (name && !strcmp(name, names[t]))
			return (enum list_type)t;
	return LIST_ATOMIC;
}

static struct val *merged_words(struct arena *a, const struct sub_list *row)
{
	struct val *words = val_map(a);
	for (size_t i = 0; i < row->n; i++) {
		const struct val *src = row->at[i]->src;
		for (size_t k = 0; src->type == VAL_MAP && k < src->map.n; k++)
			if (!val_get(words, src->map.at[k].key))
				arena_push(a, &words->map, src->map.at[k]);
	}
	return words;
}

static int read_words(struct snode *s, struct arena *a, const struct sub_list *row, struct err *e)
{
	const struct val *w = merged_words(a, row);
	s->schema = w;
	s->rule = rule_of(val_text(w, "x-merge"));
	s->list = list_of(val_text(w, "x-list-type"));
	const struct val *keys = val_get(w, "x-list-map-keys");
	s->list_key = s->list == LIST_MAP && keys ? keys->list.at[0]->str.at : NULL;
	s->atomic_map = val_is_str(val_get(w, "x-map-type"), "atomic");
	s->order = strings(a, val_get(w, "x-order"));
	s->withdrawn = strings(a, val_get(w, "x-withdrawn"));
	s->groups = groups(a, val_get(w, "x-groups"));
	s->refs = strings(a, val_get(w, "x-ref"));
	s->ref_where = val_get(w, "x-ref-where");
	s->title_fr = val_text(val_get(w, "x-title"), "fr");
	if (!s->title_fr)
		s->title_fr = val_text(w, "title");
	s->title_en = val_text(val_get(w, "x-title"), "en");
	s->required_from = val_text(w, "x-required-from");
	s->renamed_from = val_text(w, "x-renamed-from");
	s->types = strings(a, val_get(w, "type"));
	unsigned types = T_ALL;
	for (size_t i = 0; i < row->n; i++)
		types &= sub_types(row->at[i]);
	s->string_only = (types & T(VAL_STR)) && !(types & (T(VAL_NULL) | T(VAL_BOOL) | T_NUMBER));
	if (s->ref_where && !s->refs)
		return sub_fault(e, row->at[0]->doc, s->ref_where, _("« x-ref-where » demande « x-ref »"));
	if ((s->rule == RULE_CAUTIOUS || s->rule == RULE_LIFECYCLE) && !s->order)
		return sub_fault(e, row->at[0]->doc, row->at[0]->src, _("« x-merge: %s » demande « x-order »"),
				 merge_rule_name(s->rule));
	return 0;
}

/* --- fields and items ------------------------------------------------------------------------------------------- */

struct keys { /* names of fields in the schema's order */
	const char **at;
	size_t n, cap;
};

/* A schema's fields stand where its text has `properties`; those of its $ref where it has `$ref`. Some come twice. */
static void collect_keys(struct keys *keys, struct arena *a, const struct sub *s)
{
	const struct val *src = s->src;
	for (size_t i = 0; src->type == VAL_MAP && i < src->map.n; i++) {
		if (!strcmp(src->map.at[i].key, "$ref"))
			collect_keys(keys, a, sub_ref(s));
		if (strcmp(src->map.at[i].key, "properties") != 0)
			continue;
		const struct val *props = src->map.at[i].val;
		for (size_t k = 0; k < props->map.n; k++)
			arena_push(a, keys, props->map.at[k].key);
	}
}

static int by_name(const void *x, const void *y)
{
	const char *const *p = *(const char *const *const *)x, *const *q = *(const char *const *const *)y;
	int c = strcmp(*p, *q);
	return c ? c : p < q ? -1 : 1;
}

/* Each name where it comes first. */
static void drop_twins(struct keys *keys, struct arena *a)
{
	const char ***sorted = arena_array(a, keys->n, sizeof *sorted);
	bool *twin = arena_array(a, keys->n, sizeof *twin);
	size_t n = 0;
	for (size_t i = 0; i < keys->n; i++)
		sorted[i] = &keys->at[i];
	if (keys->n)
		qsort(sorted, keys->n, sizeof *sorted, by_name);
	for (size_t i = 1; i < keys->n; i++)
		twin[sorted[i] - keys->at] = !strcmp(*sorted[i], *sorted[i - 1]);
	for (size_t i = 0; i < keys->n; i++)
		if (!twin[i])
			keys->at[n++] = keys->at[i];
	keys->n = n;
}

static int by_prop_key(const void *x, const void *y)
{
	return strcmp(((const struct place_prop *)x)->key, ((const struct place_prop *)y)->key);
}

static int fill_props(struct snode *s, struct schemas *set, const struct sub_list *row, struct err *e)
{
	struct keys keys = { 0 };
	struct snode_part *p = s->part;
	for (size_t i = 0; i < p->n_subs; i++)
		collect_keys(&keys, set->a, p->subs[i]);
	drop_twins(&keys, set->a);
	p->n_props = keys.n;
	p->props = arena_array(set->a, keys.n, sizeof *p->props);
	p->order = arena_array(set->a, keys.n, sizeof(struct place_prop *));
	for (size_t k = 0; k < keys.n; k++) {
		struct sub_list below = { 0 };
		for (size_t i = 0; i < row->n; i++) {
			const struct check *c = sub_check(row->at[i], KW_PROPERTIES);
			const struct sub_entry *x = c ? check_entry(c, keys.at[k]) : NULL;
			if (x)
				add(set, &below, x->sub);
		}
		struct snode *child;
		int rc = place_of(&child, set, &below, e);
		if (rc)
			return rc;
		p->props[k] = (struct place_prop){ keys.at[k], child, (int)k };
	}
	if (keys.n)
		qsort(p->props, keys.n, sizeof *p->props, by_prop_key);
	for (size_t k = 0; k < keys.n; k++)
		p->order[p->props[k].rank] = &p->props[k];
	return 0;
}

static int fill_patterns(struct snode *s, struct schemas *set, const struct sub_list *row, struct err *e)
{
	size_t n = 0;
	for (size_t i = 0; i < row->n; i++) {
		const struct check *c = sub_check(row->at[i], KW_PATTERN_PROPS);
		n += c ? c->n : 0;
	}
	s->part->patterns = arena_array(set->a, n, sizeof *s->part->patterns);
	for (size_t i = 0; i < row->n; i++) {
		const struct check *c = sub_check(row->at[i], KW_PATTERN_PROPS);
		for (size_t k = 0; c && k < c->n; k++) {
			struct sub_list below = { 0 };
			struct snode *child;
			add(set, &below, c->entries[k].sub);
			int rc = place_of(&child, set, &below, e);
			if (rc)
				return rc;
			s->part->patterns[s->part->n_patterns++] = (struct place_pattern){ c->entries[k].re, child };
		}
	}
	return 0;
}

/* additionalProperties or items of all schemas of the row, `false` aside. */
static int fill_one(const struct snode **out, bool *given, struct schemas *set, const struct sub_list *row,
		    enum keyword kw, struct err *e)
{
	struct sub_list below = { 0 };
	for (size_t i = 0; i < row->n; i++) {
		const struct check *c = sub_check(row->at[i], kw);
		if (c)
			*given = true;
		if (c && c->sub->verdict != 0)
			add(set, &below, c->sub);
	}
	struct snode *child = NULL;
	int rc = below.n ? place_of(&child, set, &below, e) : 0;
	*out = child;
	return rc;
}

static int fill(struct snode *s, struct schemas *set, struct err *e)
{
	struct sub_list row = expand(set, s->part);
	bool items = false;
	int rc = read_words(s, set->a, &row, e);
	if (!rc)
		rc = fill_props(s, set, &row, e);
	if (!rc)
		rc = fill_patterns(s, set, &row, e);
	if (!rc)
		rc = fill_one(&s->part->extra, &s->part->closed, set, &row, KW_ADDITIONAL, e);
	if (!rc)
		rc = fill_one(&s->part->item, &items, set, &row, KW_ITEMS, e);
	return rc;
}

static int by_old_name(const void *x, const void *y)
{
	const struct place_prop *p = *(const struct place_prop *const *)x, *q = *(const struct place_prop *const *)y;
	int c = strcmp(p->place->renamed_from, q->place->renamed_from);
	return c ? c : p->rank - q->rank;
}

/* The fields that have a former name, unless another field bears it now. */
static void find_renamed(struct snode *s, struct arena *a)
{
	struct snode_part *p = s->part;
	size_t cap = 0;
	for (size_t i = 0; i < p->n_props; i++) {
		const char *old = p->props[i].place->renamed_from;
		if (!old || schema_rank(s, old) >= 0)
			continue;
		arena_grow(a, &p->renamed, p->n_renamed, &cap, sizeof(struct place_prop *));
		p->renamed[p->n_renamed++] = &p->props[i];
	}
	if (p->n_renamed)
		qsort(p->renamed, p->n_renamed, sizeof *p->renamed, by_old_name);
}

/* The first field that had this name; NULL: none. */
const struct place_prop *place_renamed(const struct snode *s, const char *old)
{
	size_t low = 0, high = s->part ? s->part->n_renamed : 0;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (strcmp(s->part->renamed[mid]->place->renamed_from, old) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	bool found = s->part && low < s->part->n_renamed && !strcmp(s->part->renamed[low]->place->renamed_from, old);
	return found ? s->part->renamed[low] : NULL;
}

int place_build(struct snode **out, struct schemas *set, struct sub *const *subs, size_t n, struct err *e)
{
	struct sub_list row = { 0 };
	for (size_t i = 0; i < n; i++)
		add(set, &row, subs[i]);
	size_t from = set->places.n;
	int rc = place_of(out, set, &row, e);
	for (size_t i = from; !rc && i < set->places.n; i++)
		rc = fill(set->places.at[i], set, e);
	for (size_t i = from; !rc && i < set->places.n; i++)
		find_renamed(set->places.at[i], set->a);
	return rc;
}

static void add_way(struct snode_part *p, const struct snode *below)
{
	p->refs = p->refs || below->refs || below->part->refs;
	p->asks = p->asks || below->required_from || below->part->asks;
}

/* Again until nothing is new: places may contain themselves. What is below was mostly made later: backwards ends soonest. */
void place_find_ways(struct schemas *set)
{
	for (bool news = true; news;) {
		news = false;
		for (size_t i = set->places.n; i-- > 0;) {
			struct snode_part *p = set->places.at[i]->part;
			bool refs = p->refs, asks = p->asks;
			for (size_t k = 0; k < p->n_props; k++)
				add_way(p, p->props[k].place);
			for (size_t k = 0; k < p->n_patterns; k++)
				add_way(p, p->patterns[k].place);
			if (p->item)
				add_way(p, p->item);
			if (p->extra)
				add_way(p, p->extra);
			news = news || refs != p->refs || asks != p->asks;
		}
	}
}

/* --- walking ---------------------------------------------------------------------------------------------------- */

static const struct place_prop *prop(const struct snode *s, const char *key)
{
	struct place_prop wanted = { key, NULL, 0 };
	return s->part && s->part->n_props
		       ? bsearch(&wanted, s->part->props, s->part->n_props, sizeof wanted, by_prop_key)
		       : NULL;
}

const struct snode *schema_child(const struct snode *s, const char *key)
{
	const struct place_prop *p = prop(s, key);
	if (p)
		return p->place;
	for (size_t i = 0; s->part && i < s->part->n_patterns; i++)
		if (pattern_quick(s->part->patterns[i].re, key, strlen(key), NULL) == PATTERN_YES)
			return s->part->patterns[i].place;
	return s->part && s->part->extra ? s->part->extra : &unknown;
}

const struct snode *schema_item(const struct snode *s)
{
	return s->part && s->part->item ? s->part->item : &unknown;
}

int schema_rank(const struct snode *s, const char *key)
{
	const struct place_prop *p = prop(s, key);
	return p ? p->rank : -1;
}

bool place_is_list(const struct snode *s)
{
	if (s->list != LIST_ATOMIC || (s->part && s->part->item))
		return true;
	return s->types && s->types[0] && !s->types[1] && !strcmp(s->types[0], "array");
}
