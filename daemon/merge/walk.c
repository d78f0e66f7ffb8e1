/* The walk. At each place:
 *
 *   1 nothing to compare (one side equals the base, no differences about): the other side
 *   2 a difference about this very field: its states merge (diffset.h)
 *   3 a mapping or a list that merges by its parts: part by part (walk_map.c, list_*.c)
 *   4 a leaf: one side changed it, that side; both did, the rule; what no rule decides becomes a difference
 *
 * Failure mode: whatever does not have the shape that its rule needs (a mapping against a number, a list-map item
 * without its key, an over-long list) is merged as one value by `conflict`. So every two records merge.
 */
#include "walk.h"
#include "sentence.h"

#include <string.h>

#define LIST_MAX 10000
#define OFFERS_MAX 32 /* whole values on a side: nobody reads more, and each is as long as the field */

/* --- entries by path ---------------------------------------------------------------------------------------------- */

static size_t lower_bound(const struct diffs *d, const char *path, size_t n, bool below)
{
	size_t lo = 0, hi = d->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strncmp(d->at[mid].champ, path, n);
		if (!c) {
			const unsigned char next = (unsigned char)d->at[mid].champ[n];
			c = below ? (int)next - '/' : (next ? 1 : 0);
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Entries [*from, *to) at exactly the path, or below it ("path/..."). Path "": all are below. */
static void range(size_t *from, size_t *to, const struct diffs *d, const char *path, bool below)
{
	size_t n = strlen(path);
	*from = *to = 0;
	if (!n && below)
		*to = d->n;
	if (!n)
		return;
	*from = *to = lower_bound(d, path, n, below);
	while (*to < d->n && !strncmp(d->at[*to].champ, path, n) && d->at[*to].champ[n] == (below ? '/' : 0))
		++*to;
}

/* Does a side have an entry at the path or below it? */
static bool touched_at(const struct walk *w, enum side side, const char *path)
{
	size_t from, to, low, high;
	if (!w->any)
		return false;
	range(&from, &to, w->d[side], path, false);
	range(&low, &high, w->d[side], path, true);
	return from < to || low < high;
}

/* The first entry of that class at exactly this path, or NULL. */
static const struct diff *entry_at(const struct walk *w, enum side side, const char *path, enum diff_class class)
{
	size_t from, to;
	if (!w->any)
		return NULL;
	range(&from, &to, w->d[side], path, false);
	for (size_t i = from; i < to; i++)
		if (diff_class(&w->d[side]->at[i]) == class)
			return &w->d[side]->at[i];
	return NULL;
}

static void take_range(struct walk *w, enum side side, const char *path, bool below)
{
	size_t from, to;
	range(&from, &to, w->d[side], path, below);
	for (size_t i = from; i < to; i++)
		arena_push(w->mem, &w->out, w->d[side]->at[i]);
}

void walk_take(struct walk *w, enum side side, const char *path)
{
	if (!w->any)
		return;
	take_range(w, side, path, false);
	take_range(w, side, path, true);
}

void walk_left_out(struct keys *out, const struct walk *w, const char *path)
{
	size_t from, to, n = *path ? strlen(path) + 1 : 0;
	for (int side = SIDE_O; w->any && side <= SIDE_B; side++) {
		range(&from, &to, w->d[side], path, true);
		for (size_t i = from; i < to; i++)
			if (diff_is_absence(&w->d[side]->at[i]) && !strchr(w->d[side]->at[i].champ + n, '/'))
				arena_push(w->mem, out, w->d[side]->at[i].champ + n);
	}
}

static bool lists_same(const struct diffs *in, const struct diff *d)
{
	size_t from, to;
	range(&from, &to, in, d->champ, false);
	for (size_t i = from; i < to; i++)
		if (diff_same_set(&in->at[i], d))
			return true;
	return false;
}

/* Has one side an entry at the path or below it that the other has not so? whole NULL: any entry, but that the path
 * itself is to be read; else one that is open and not about whether `whole` stays. */
static bool has_more(const struct walk *w, enum side one, enum side other, const char *path, const char *whole)
{
	for (int below = 0; w->any && below < 2; below++) {
		size_t from, to;
		range(&from, &to, w->d[one], path, below);
		for (size_t i = from; i < to; i++) {
			const struct diff *d = &w->d[one]->at[i];
			bool stays = whole && diff_class(d) == DIFF_PRESENCE && !strcmp(d->champ, whole);
			bool counts = whole ? d->degre != DEG_TRANCHE : below || diff_class(d) != DIFF_READ;
			if (!stays && counts && !lists_same(w->d[other], d))
				return true;
		}
	}
	return false;
}

/* Did the side answer whether something at the path or below it stays? */
static bool has_decided(const struct walk *w, enum side side, const char *path)
{
	for (int below = 0; w->any && below < 2; below++) {
		size_t from, to;
		range(&from, &to, w->d[SIDE_O], path, below);
		for (size_t i = from; i < to; i++) {
			const struct diff *d = &w->d[SIDE_O]->at[i];
			if (diff_class(d) == DIFF_PRESENCE && !entry_at(w, side, d->champ, DIFF_PRESENCE))
				return true;
		}
	}
	return false;
}

bool walk_asked(const struct walk *w, enum side side, const char *whole, const char *path)
{
	return has_decided(w, side, path) || has_more(w, side, SIDE_O, path, whole);
}

bool walk_edited(const struct walk *w, enum side side, const char *path, const struct val *o, const struct val *v)
{
	return !val_equal(o, v) || walk_asked(w, side, path, path);
}

static bool unchanged(const struct walk *w, enum side side, const char *path, const struct val *o, const struct val *v)
{
	return val_equal(o, v) && !has_more(w, side, SIDE_O, path, NULL) && !has_more(w, SIDE_O, side, path, NULL);
}

void walk_by_presence(struct walk *w, const char *path, enum diff_class class)
{
	const struct diff *o = entry_at(w, SIDE_O, path, class), *a = entry_at(w, SIDE_A, path, class),
			  *b = entry_at(w, SIDE_B, path, class);
	bool a_same = o && a && diff_same_set(a, o), b_same = o && b && diff_same_set(b, o);
	if (a && b && a_same != b_same) {
		arena_push(w->mem, &w->out, a_same ? *b : *a);
	} else if (a && b) {
		/* of two bases the changed one; both changed: the smaller key, as everywhere */
		bool take_b = o && !val_equal(b->base, o->base) && val_equal(a->base, o->base);
		bool tie = !(o && (val_equal(a->base, o->base) || val_equal(b->base, o->base))) &&
			   val_cmp(b->base, a->base) < 0;
		arena_push(w->mem, &w->out, take_b || tie ? diff_join(w->mem, b, a) : diff_join(w->mem, a, b));
	} else if ((a && !a_same) || (b && !b_same)) { /* new, or another one than what the other side ended */
		arena_push(w->mem, &w->out, a ? *a : *b);
	}
}

struct origin walk_origin(const struct walk *w, enum side side, const char *path)
{
	struct origin by = { 0 };
	if (w->prov)
		w->prov->find(w->prov->ctx, &by, side == SIDE_A ? 0 : 1, path);
	return by;
}

/* --- leaves ------------------------------------------------------------------------------------------------------- */

static void decide(struct walk *w, const char *path, enum merge_rule rule, struct val *o, struct val *a, struct val *b,
		   struct val *result)
{
	struct decision d = { .champ = path, .rule = rule, .base = o, .result = result };
	struct origin oa = walk_origin(w, SIDE_A, path), ob = walk_origin(w, SIDE_B, path);
	struct proposal pa, pb;
	proposal_init(&pa, a, &oa);
	proposal_init(&pb, b, &ob);
	int c = strcmp(pa.cle, pb.cle);
	bool a_first = c ? c < 0 : origin_first(&oa, &ob) == &oa;
	d.sides[0] = a_first ? pa : pb;
	d.sides[1] = a_first ? pb : pa;
	arena_push(w->mem, &w->decisions, d);
}

static struct val *emit_state(struct walk *w, struct state s)
{
	if (s.d)
		arena_push(w->mem, &w->out, *s.d);
	return s.v;
}

/* An entry of a part, when the whole was merged as one value: it stays open on what the part shows now. */
static void keep_part(struct walk *w, const struct diff *d, const struct val *v)
{
	struct diff one = *d;
	if (d->degre == DEG_TRANCHE ? !val_equal(v, diff_shown(d)) : !v)
		return;
	if (diff_class(d) == DIFF_VALUE && !val_equal(v, diff_shown(d)))
		one.base = v;
	if (diff_class(d) == DIFF_SENTENCE) {
		const char *shown = sentence_shown(w->mem, d);
		if (shown && !prose_shows(prose_index(w->mem, v), shown))
			one.base = NULL;
	}
	arena_push(w->mem, &w->out, one);
}

static void keep_below(struct walk *w, const struct snode *s, const char *path, const struct val *v, bool from_a,
		       bool from_b)
{
	for (int side = SIDE_A; w->any && side <= SIDE_B; side++) {
		size_t from, to;
		range(&from, &to, w->d[side], path, true);
		for (size_t i = from; i < to && (side == SIDE_A ? from_a : from_b); i++) {
			const struct diff *d = &w->d[side]->at[i];
			keep_part(w, d, field_find(NULL, s, v, d->champ + strlen(path) + 1));
		}
	}
}

/* The whole v with each of the answers to d, which is about a part of it, where `known` does not list that whole already. */
static void offer_answers(struct diff *all, struct walk *w, const struct snode *s, const struct val *v, const char *part,
			  const struct diff *d, const struct diff *known, size_t *left)
{
	const struct val *now = field_find(NULL, s, v, part);
	for (size_t i = 0; now && i < d->n && *left; i++) {
		const struct proposal *answer = &d->at[i];
		if (answer->present)
			continue;
		const struct val *chosen = answer->absent ? NULL : diff_taken(w->mem, d, now, answer->valeur);
		struct proposal p;
		proposal_init(&p, field_with(w->mem, s, v, part, chosen), &answer->by);
		p.round = round_default(all, &p);
		if (diff_lists(known, &p))
			continue;
		diff_propose(all, w->mem, &p);
		--*left;
	}
}

/* What is asked about a part of a side's value cannot be asked where another value is shown, which has no such part. So that
 * side's value is several: with each of the answers. */
static struct state offer_below(struct walk *w, const struct snode *s, const char *path, struct state r, const struct val *a,
				const struct val *b)
{
	struct diff *all = arena_new(w->mem, struct diff);
	*all = diff_own(w->mem, r.d);
	for (int side = SIDE_A; side <= SIDE_B; side++) {
		size_t from, to, left = OFFERS_MAX;
		range(&from, &to, w->d[side], path, true);
		for (size_t i = from; i < to; i++) {
			const struct diff *d = &w->d[side]->at[i];
			const char *part = d->champ + strlen(path) + 1;
			if (d->degre == DEG_DUR && !field_find(NULL, s, r.v, part))
				offer_answers(all, w, s, side == SIDE_A ? a : b, part, d, r.d, &left);
		}
	}
	return (struct state){ (struct val *)diff_shown(all), all };
}

/* Has the side a new question about a part? Then the whole is no untouched one: who replaced it has not answered that. */
static bool asks_below(const struct walk *w, enum side side, const char *path)
{
	size_t from, to;
	range(&from, &to, w->d[side], path, true);
	for (size_t i = from; i < to; i++)
		if (w->d[side]->at[i].degre == DEG_DUR && !lists_same(w->d[SIDE_O], &w->d[side]->at[i]))
			return true;
	return false;
}

/* One value, with its difference if it has one. Entries below it follow the side that the value came from. */
static struct val *walk_leaf(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
			     struct val *b, enum merge_rule rule)
{
	struct state so = { o, entry_at(w, SIDE_O, path, DIFF_VALUE) },
		     sa = { a, entry_at(w, SIDE_A, path, DIFF_VALUE) },
		     sb = { b, entry_at(w, SIDE_B, path, DIFF_VALUE) };
	struct val *v, *decided;
	bool plain = !sa.d && !sb.d && !state_open(&so);
	bool a_same = state_same(&sa, &so) && !asks_below(w, SIDE_A, path),
	     b_same = state_same(&sb, &so) && !asks_below(w, SIDE_B, path);
	rule_cb cb = rule_of(rule);
	bool adds_up = plain && rule == RULE_COUNTER && a && b && !a_same && !b_same && cb(&decided, w->mem, s, o, a, b);
	if (state_same(&sa, &sb) && !adds_up) {
		v = emit_state(w, state_join(w->mem, &so, &sa, &sb));
		keep_below(w, s, path, v, true, true);
		return v;
	}
	if (a_same || b_same) {
		v = emit_state(w, a_same ? sb : sa);
		keep_below(w, s, path, v, !a_same, a_same);
		return v;
	}
	if (plain && cb && cb(&decided, w->mem, s, o, a, b)) {
		decide(w, path, rule, o, a, b, decided);
		return decided;
	}
	struct origin oa = { 0 }, ob = { 0 };
	if (!state_open(&sa) && !state_has_origin(&sa))
		oa = walk_origin(w, SIDE_A, path);
	if (!state_open(&sb) && !state_has_origin(&sb))
		ob = walk_origin(w, SIDE_B, path);
	struct state r = plain ? rule_scalar(w->mem, path, rule, o, a, b, &oa, &ob)
			       : state_merge(w->mem, &so, &sa, &sb, &oa, &ob);
	if (w->any && state_open(&r) && (asks_below(w, SIDE_A, path) || asks_below(w, SIDE_B, path)))
		r = offer_below(w, s, path, r, a, b);
	v = emit_state(w, r);
	keep_below(w, s, path, v, true, true);
	return v;
}

static bool is_text(const struct val *v)
{
	return v && v->type == VAL_STR;
}

static struct diffs sentences(struct walk *w, enum side side, const char *path)
{
	struct diffs d = { 0 };
	size_t from, to;
	if (!w->any)
		return d;
	range(&from, &to, w->d[side], path, false);
	for (size_t i = from; i < to; i++)
		if (diff_class(&w->d[side]->at[i]) == DIFF_SENTENCE)
			arena_push(w->mem, &d, w->d[side]->at[i]);
	return d;
}

/* Has the side nothing but a new question about a sentence of the base's text? Who removes the text does not answer it. */
static bool asks_anew(struct walk *w, enum side side, const char *path, const struct val *o, const struct val *v)
{
	struct diffs d = sentences(w, side, path);
	for (size_t i = 0; is_text(o) && val_equal(o, v) && i < d.n; i++)
		if (d.at[i].degre == DEG_DUR && !lists_same(w->d[SIDE_O], &d.at[i]))
			return true;
	return false;
}

/* A text and the entries of its contested sentences. */
static struct val *walk_prose(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
			      struct val *b)
{
	struct diffs d[3];
	struct contests news = { 0 };
	struct sentence_input in = { .champ = path, .news = &news };
	for (int side = SIDE_O; side <= SIDE_B; side++) {
		d[side] = sentences(w, side, path);
		in.d[side] = &d[side];
	}
	bool plain = !entry_at(w, SIDE_A, path, DIFF_VALUE) && !entry_at(w, SIDE_B, path, DIFF_VALUE) &&
		     !entry_at(w, SIDE_O, path, DIFF_VALUE);
	struct val *v;
	if (plain && s->rule == RULE_PROSE && is_text(o) && is_text(a) && is_text(b) && !val_equal(a, b)) {
		struct prose_input texts = { .o = o, .a = a, .b = b };
		sentence_guards(&texts, w->mem, &in);
		v = prose_merge(&news, w->mem, &texts);
	} else if (plain && ((!is_text(b) && asks_anew(w, SIDE_A, path, o, a)) ||
			     (!is_text(a) && asks_anew(w, SIDE_B, path, o, b)))) {
		struct origin oa = walk_origin(w, SIDE_A, path), ob = walk_origin(w, SIDE_B, path);
		v = emit_state(w, rule_scalar(w->mem, path, RULE_CONFLICT, o, a, b, &oa, &ob));
	} else {
		v = walk_leaf(w, s, path, o, a, b, RULE_CONFLICT);
	}
	in.text = v;
	if (d[SIDE_O].n || news.n) {
		in.by[0] = walk_origin(w, SIDE_A, path);
		in.by[1] = walk_origin(w, SIDE_B, path);
	}
	if (v && (d[0].n || d[1].n || d[2].n || news.n))
		v = sentence_merge(&w->out, w->mem, &in);
	return v;
}

/* --- places ------------------------------------------------------------------------------------------------------- */

/* Can it merge by its parts? With a base of another type only when both sides made it one: where one removed the field,
 * part by part would forget that. */
static bool all_are(enum val_type type, const struct val *o, const struct val *a, const struct val *b)
{
	return a && b ? a->type == type && b->type == type : (a || b) && (a ? a : b)->type == type && (!o || o->type == type);
}

static struct val *if_type(enum val_type type, struct val *v)
{
	return v && v->type == type ? v : NULL;
}

static bool is_short(const struct val *v)
{
	return !v || v->type != VAL_LIST || v->list.n <= LIST_MAX;
}

static bool is_list_of(struct walk *w, const struct snode *s, const struct val *o, const struct val *a,
		       const struct val *b)
{
	return field_is_keyed(w->mem, o, s->list_key) && field_is_keyed(w->mem, a, s->list_key) &&
	       field_is_keyed(w->mem, b, s->list_key);
}

/* What one side alone made of a union stands, its removals too: `union` binds merges, not people. */
static bool one_changed_union(struct val **out, struct walk *w, const struct snode *s, const char *path, struct val *o,
			      struct val *a, struct val *b)
{
	if (s->rule != RULE_UNION)
		return false;
	bool a_same = unchanged(w, SIDE_A, path, o, a), b_same = unchanged(w, SIDE_B, path, o, b);
	if (a_same == b_same)
		return false;
	if (w->any)
		take_range(w, a_same ? SIDE_B : SIDE_A, path, true);
	*out = a_same ? b : a;
	return true;
}

static struct val *walk_parts(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
			      struct val *b)
{
	bool whole = entry_at(w, SIDE_O, path, DIFF_VALUE) || entry_at(w, SIDE_A, path, DIFF_VALUE) ||
		     entry_at(w, SIDE_B, path, DIFF_VALUE);
	if (!whole && all_are(VAL_MAP, o, a, b) && !s->atomic_map)
		return walk_map(w, s, path, if_type(VAL_MAP, o), a, b);
	if (!whole && all_are(VAL_LIST, o, a, b) && is_short(o) && is_short(a) && is_short(b)) {
		struct val *lo = if_type(VAL_LIST, o), *merged;
		if (one_changed_union(&merged, w, s, path, o, a, b))
			return merged;
		if (s->list == LIST_MAP && is_list_of(w, s, lo, a, b))
			return list_map(w, s, path, lo, a, b);
		if (s->list == LIST_SET || (s->rule == RULE_UNION && s->list != LIST_MAP))
			return val_same(a, b) ? a : list_set(w, s, lo, a, b);
		if (s->list == LIST_SEQUENCE && lo && a && b && list_sequence(&merged, w, lo, a, b))
			return merged;
	}
	bool list = all_are(VAL_LIST, o, a, b) && s->list != LIST_ATOMIC;
	if (s->rule == RULE_PROSE || entry_at(w, SIDE_A, path, DIFF_SENTENCE) ||
	    entry_at(w, SIDE_B, path, DIFF_SENTENCE))
		return walk_prose(w, s, path, o, a, b);
	return walk_leaf(w, s, path, o, a, b, list ? RULE_CONFLICT : s->rule);
}

struct val *walk_place(struct walk *w, const struct snode *s, const char *path, struct val *o, struct val *a,
		       struct val *b)
{
	bool touched = touched_at(w, SIDE_O, path) || touched_at(w, SIDE_A, path) || touched_at(w, SIDE_B, path);
	if (!touched && val_same(a, o))
		return b;
	if (!touched && val_same(b, o))
		return a;
	struct val *v = walk_parts(w, s, path, o, a, b);
	if (touched && v && *path) {
		walk_by_presence(w, path, DIFF_READ);
		walk_by_presence(w, path, DIFF_PRESENCE);
	}
	return v;
}
