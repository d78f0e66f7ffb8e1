#include "fielddiff.h"

#include <string.h>

struct walk {
	struct field_changes *out;
	struct arena *a;
};

static const char *join(struct arena *a, const char *champ, const char *key)
{
	return *champ ? arena_printf(a, "%s/%s", champ, key) : key;
}

static void put(struct walk *w, const char *champ, const struct snode *place, enum field_change_kind kind,
		const struct val *x, const struct val *y, bool element)
{
	struct field_change c = { champ, place, kind, x, y, element };
	arena_push(w->a, w->out, c);
}

static bool is(const struct val *v, enum val_type t)
{
	return v && v->type == t;
}

static bool holds(const struct val *list, const struct val *element)
{
	for (size_t i = 0; is(list, VAL_LIST) && i < list->list.n; i++)
		if (val_equal(list->list.at[i], element))
			return true;
	return false;
}

static void sets(struct walk *w, const char *champ, const struct snode *s, const struct val *x, const struct val *y)
{
	size_t before = w->out->n;
	for (size_t i = 0; y && i < y->list.n; i++)
		if (!holds(x, y->list.at[i]))
			put(w, champ, s, FIELD_ADDED, NULL, y->list.at[i], true);
	for (size_t i = 0; x && i < x->list.n; i++)
		if (!holds(y, x->list.at[i]))
			put(w, champ, s, FIELD_REMOVED, x->list.at[i], NULL, true);
	if (w->out->n == before) /* order only, or missing against empty */
		put(w, champ, s, FIELD_SET, x, y, false);
}

static const struct val *item_of(const struct val *list, const char *key_field, const char *key)
{
	for (size_t i = 0; is(list, VAL_LIST) && i < list->list.n; i++) {
		const char *k = val_text(list->list.at[i], key_field);
		if (k && !strcmp(k, key))
			return list->list.at[i];
	}
	return NULL;
}

static bool all_keyed(const struct val *list, const char *key_field)
{
	for (size_t i = 0; list && i < list->list.n; i++)
		if (!val_text(list->list.at[i], key_field))
			return false;
	return true;
}

static void walk(struct walk *w, const char *champ, const struct snode *s, const struct val *x, const struct val *y);

static void items(struct walk *w, const char *champ, const struct snode *s, const struct val *x, const struct val *y)
{
	const struct snode *item = schema_item(s);
	size_t before = w->out->n;
	for (size_t i = 0; y && i < y->list.n; i++) {
		const char *key = val_text(y->list.at[i], s->list_key);
		const struct val *was = item_of(x, s->list_key, key);
		if (was)
			walk(w, join(w->a, champ, key), item, was, y->list.at[i]);
		else
			put(w, join(w->a, champ, key), item, FIELD_ADDED, NULL, y->list.at[i], false);
	}
	for (size_t i = 0; x && i < x->list.n; i++) {
		const char *key = val_text(x->list.at[i], s->list_key);
		if (!item_of(y, s->list_key, key))
			put(w, join(w->a, champ, key), item, FIELD_REMOVED, x->list.at[i], NULL, false);
	}
	if (w->out->n == before)
		put(w, champ, s, FIELD_SET, x, y, false);
}

static void maps(struct walk *w, const char *champ, const struct snode *s, const struct val *x, const struct val *y)
{
	for (size_t i = 0; y && i < y->map.n; i++) {
		const char *key = y->map.at[i].key;
		walk(w, join(w->a, champ, key), schema_child(s, key), val_get(x, key), y->map.at[i].val);
	}
	for (size_t i = 0; x && i < x->map.n; i++) {
		const char *key = x->map.at[i].key;
		if (!val_get(y, key))
			walk(w, join(w->a, champ, key), schema_child(s, key), x->map.at[i].val, NULL);
	}
}

static void walk(struct walk *w, const char *champ, const struct snode *s, const struct val *x, const struct val *y)
{
	if (val_equal(x, y))
		return;
	bool lists = (!x || is(x, VAL_LIST)) && (!y || is(y, VAL_LIST));
	if (lists && s->list == LIST_SET)
		sets(w, champ, s, x, y);
	else if (lists && s->list == LIST_MAP && s->list_key && all_keyed(x, s->list_key) && all_keyed(y, s->list_key))
		items(w, champ, s, x, y);
	else if ((!x || is(x, VAL_MAP)) && (!y || is(y, VAL_MAP)) && !s->atomic_map)
		maps(w, champ, s, x, y);
	else
		put(w, champ, s, FIELD_SET, x, y, false);
}

void fielddiff(struct field_changes *out, struct arena *a, const struct snode *root, const struct val *x,
	       const struct val *y)
{
	struct walk w = { out, a };
	*out = (struct field_changes){ 0 };
	if (!val_equal(x, y))
		maps(&w, "", root, x, y);
}

static const struct val *value_at(const struct field_change *c, const struct snode *root, const struct val *d)
{
	const struct val *v = NULL;
	return schema_find(NULL, &v, root, d, c->champ) ? v : NULL;
}

/* --- prose: its leaves are its sentences. A text that lost what one version removed and has what it added is that version's,
 * whatever else was written in it. --- */

static size_t sentence(const char *p)
{
	size_t n = 0;
	for (; p[n] && p[n] != '\n'; n++)
		if (strchr(".!?", p[n]) && p[n + 1] == ' ')
			return n + 1;
	return n;
}

static bool has_sentence(const char *text, const char *s, size_t n)
{
	for (const char *p = text; *p;) {
		size_t m = sentence(p);
		if (m == n && !memcmp(p, s, n))
			return true;
		p += m;
		p += strspn(p, " \n");
	}
	return false;
}

/* Does d hold every sentence of x that y lacks, and none of y that x lacks? False when x and y hold the same ones. */
static bool sides_with(const char *d, const char *x, const char *y)
{
	bool differ = false;
	for (int turn = 0; turn < 2; turn++) {
		const char *from = turn ? y : x, *other = turn ? x : y;
		for (const char *p = from; *p;) {
			size_t n = sentence(p);
			if (n && !has_sentence(other, p, n)) {
				differ = true;
				if (has_sentence(d, p, n) != !turn)
					return false;
			}
			p += n;
			p += strspn(p, " \n");
		}
	}
	return differ;
}

static bool prose_sides(const struct field_change *c, const struct val *v, const struct val *x, const struct val *y)
{
	return c->place->rule == RULE_PROSE && is(v, VAL_STR) && is(x, VAL_STR) && is(y, VAL_STR) &&
	       sides_with(v->str.at, x->str.at, y->str.at);
}

bool field_is_before(const struct field_change *c, const struct snode *root, const struct val *d)
{
	const struct val *v = value_at(c, root, d);
	if (prose_sides(c, v, c->x, c->y))
		return true;
	return c->element ? holds(v, c->x ? c->x : c->y) == (c->x != NULL) : val_equal(v, c->x);
}

bool field_is_after(const struct field_change *c, const struct snode *root, const struct val *d)
{
	const struct val *v = value_at(c, root, d);
	if (prose_sides(c, v, c->y, c->x))
		return true;
	return c->element ? holds(v, c->x ? c->x : c->y) == (c->y != NULL) : val_equal(v, c->y);
}
