/* The laws of DESIGN 5 on random schemas, records and edits, and on histories in which sidecars travel: third writers,
 * settlements, deletions. SEED= replays a run, CASES= sets its length. */
#include "make.h"
#include "merge/prose.h"
#include "merge/prose_split.h"

static unsigned cases(unsigned otherwise)
{
	const char *given = getenv("CASES");
	return given ? (unsigned)atoi(given) : otherwise;
}

static uint64_t case_seed;

/* cmocka cuts long messages: the story goes to stdout by itself. */
#define law(cond, ...)                                                                              \
	do {                                                                                        \
		if (!(cond)) {                                                                      \
			printf("# replay with SEED=%llu CASES=1\n", (unsigned long long)case_seed); \
			printf(__VA_ARGS__);                                                        \
			fail_msg("a law is broken: %s", #cond);                                     \
		}                                                                                   \
	} while (0)

static const char *show(const char *what, const struct merge_side *s)
{
	size_t n;
	const char *t = s->doc ? ydoc_text(s->doc, &n) : "(absent)\n";
	return arena_printf(&mem, "--- %s\n%s%s", what, t, s->diffs && s->diffs->n ? printed(s->diffs) : "");
}

static const char *story(const struct merge_side *o, const struct merge_side *a, const struct merge_side *b, const struct merged *m)
{
	return arena_printf(&mem, "%s%s%s--- merged\n%s%s%s", show("base", o), show("a", a), show("b", b), m->text ? m->text : "(absent)\n",
			    m->diffs, m->decisions);
}

/* Who wrote what: by side only, so that it goes with the side when the sides are exchanged. */
static void find_origin(void *ctx, struct origin *out, int side, const char *champ)
{
	const char *const *commits = ctx;
	(void)champ;
	*out = (struct origin){ "act-ara-2w3x4y5z", "2018-05-03", commits[side] };
}

static struct merged merged_with_origins(const struct kind *k, struct merge_side o, struct merge_side a, struct merge_side b)
{
	const char *ab[2] = { "1111", "2222" }, *ba[2] = { "2222", "1111" };
	struct merge_prov pab = { find_origin, ab }, pba = { find_origin, ba };
	struct merged m = merge_sides(k->schema, o, a, b, &pab), r = merge_sides(k->schema, o, b, a, &pba);
	bool same = !m.text == !r.text && (!m.text || !strcmp(m.text, r.text)) && !strcmp(m.diffs, r.diffs) && !strcmp(m.decisions, r.decisions);
	law(same, "law 1: not symmetric\n%s--- the other way\n%s%s%s", story(&o, &a, &b, &m), r.text ? r.text : "(absent)", r.diffs, r.decisions);
	return m;
}

/* --- law 3 and 4: leaf by leaf --------------------------------------------------------------------------------------- */

struct trial {
	const struct kind *k;
	struct merge_side o, a, b;
	struct merged m;
};

static bool in_proposals(const struct trial *t, const char *champ, const struct val *v)
{
	for (size_t i = 0; i < t->m.r.diffs.n; i++) {
		const struct diff *d = &t->m.r.diffs.at[i];
		for (size_t p = 0; !strcmp(d->champ, champ) && p < d->n; p++)
			if (v ? val_equal(d->at[p].valeur, v) : d->at[p].absent)
				return true;
	}
	return false;
}

static bool in_decisions(const struct trial *t, const char *champ, const struct val *v)
{
	for (size_t i = 0; i < t->m.r.decisions.n; i++) {
		const struct decision *d = &t->m.r.decisions.at[i];
		if (!strcmp(d->champ, champ) && (val_equal(d->sides[0].valeur, v) || val_equal(d->sides[1].valeur, v)))
			return true;
	}
	return false;
}

static const char *folded(const struct val *v)
{
	size_t n;
	return v && v->type == VAL_STR ? prose_fold(&mem, v->str.at, v->str.n, &n) : "";
}

/* Every sentence that a side wrote stands in the text or in a proposal. */
static void no_sentence_lost(const struct trial *t, const char *champ, const struct val *o, const struct val *x, const struct val *r)
{
	struct pieces p;
	prose_sentences(&p, &mem, x->str.at, x->str.n, false);
	const char *old = folded(o), *now = folded(r);
	for (size_t i = 0; i < p.n; i++) {
		size_t n;
		const char *s = prose_fold(&mem, p.at[i].at, p.at[i].n, &n);
		bool found = p.at[i].brk || strstr(old, s) || strstr(now, s);
		for (size_t d = 0; !found && d < t->m.r.diffs.n; d++)
			for (size_t k = 0; !strcmp(t->m.r.diffs.at[d].champ, champ) && k < t->m.r.diffs.at[d].n; k++)
				found = found || strstr(folded(t->m.r.diffs.at[d].at[k].valeur), s);
		law(found, "law 4: %s: the sentence « %s » is gone\n%s", champ, s, story(&t->o, &t->a, &t->b, &t->m));
	}
}

static void check_leaf(const struct trial *t, const struct snode *s, const char *champ, const struct val *o, const struct val *a,
		       const struct val *b, const struct val *r)
{
	if (val_equal(a, b))
		law(s->rule == RULE_COUNTER || val_equal(r, a), "law 3: %s: both sides agree\n%s", champ, story(&t->o, &t->a, &t->b, &t->m));
	else if (val_equal(a, o) || val_equal(b, o))
		law(val_equal(r, val_equal(a, o) ? b : a), "law 3: %s: one side changed it\n%s", champ, story(&t->o, &t->a, &t->b, &t->m));
	else if (s->rule == RULE_PROSE && o && o->type == VAL_STR && a && a->type == VAL_STR && b && b->type == VAL_STR) {
		no_sentence_lost(t, champ, o, a, r);
		no_sentence_lost(t, champ, o, b, r);
	} else {
		for (int i = 0; i < 2; i++) {
			const struct val *v = i ? b : a;
			law(val_equal(v, r) || in_proposals(t, champ, v) || in_decisions(t, champ, v), "law 4: %s: a value is gone\n%s", champ,
			    story(&t->o, &t->a, &t->b, &t->m));
		}
	}
}

static bool is_map(const struct val *v)
{
	return v && v->type == VAL_MAP;
}

static bool is_keyed_list(const struct snode *s, const struct val *v)
{
	return s->list == LIST_MAP && v && v->type == VAL_LIST && field_is_keyed(&mem, v, s->list_key);
}

static const struct val *item_of(const struct val *list, const char *list_key, const char *key)
{
	for (size_t i = 0; list && i < list->list.n; i++)
		if (!strcmp(field_item_key(&mem, list->list.at[i], list_key), key))
			return list->list.at[i];
	return NULL;
}

static void check_set(const struct trial *t, const struct snode *s, const char *champ, const struct val *o, const struct val *a,
		      const struct val *b, const struct val *r)
{
	const struct val *all[3] = { o, a, b };
	for (int i = 0; i < 3; i++)
		for (size_t k = 0; k < all[i]->list.n; k++) {
			bool in[4];
			const struct val *lists[4] = { o, a, b, r };
			for (int l = 0; l < 4; l++) {
				in[l] = false;
				for (size_t e = 0; lists[l] && lists[l]->type == VAL_LIST && e < lists[l]->list.n; e++)
					in[l] = in[l] || val_equal(lists[l]->list.at[e], all[i]->list.at[k]);
			}
			bool one_changed = val_equal(a, o) || val_equal(b, o);
			bool wanted = in[1] == in[2] ? in[1] : in[0] && (s->rule != RULE_UNION || one_changed) ? false : true;
			law(in[3] == wanted, "set %s\n%s", champ, story(&t->o, &t->a, &t->b, &t->m));
		}
}

/* An independent, dumber walk: wherever the three have one shape, down to the leaves. */
static void check_place(const struct trial *t, const struct snode *s, const char *champ, const struct val *o, const struct val *a,
			const struct val *b, const struct val *r)
{
	if (is_map(o) && is_map(a) && is_map(b) && !s->atomic_map) {
		const struct val *all[3] = { o, a, b };
		for (int i = 0; i < 3; i++)
			for (size_t k = 0; k < all[i]->map.n; k++) {
				const char *key = all[i]->map.at[k].key;
				check_place(t, schema_child(s, key), field_join(&mem, champ, key), val_get(o, key), val_get(a, key), val_get(b, key),
					    val_get(r, key));
			}
	} else if (is_keyed_list(s, o) && is_keyed_list(s, a) && is_keyed_list(s, b)) {
		for (size_t i = 0; i < o->list.n; i++) {
			const char *key = field_item_key(&mem, o->list.at[i], s->list_key), *path = field_join(&mem, champ, key);
			const struct val *x = item_of(a, s->list_key, key), *y = item_of(b, s->list_key, key), *z = item_of(r, s->list_key, key);
			if (x && y)
				check_place(t, schema_item(s), path, o->list.at[i], x, y, z);
			else if (!x && !y)
				law(!z, "law 3: item %s: removed by both\n%s", path, story(&t->o, &t->a, &t->b, &t->m));
			else if (s->rule != RULE_UNION)
				law(!z == val_equal(o->list.at[i], x ? x : y), "item %s: removed here, edited there\n%s", path,
				    story(&t->o, &t->a, &t->b, &t->m));
		}
	} else if ((s->list == LIST_SET || s->rule == RULE_UNION) && s->list != LIST_MAP && o && a && b && o->type == VAL_LIST &&
		   a->type == VAL_LIST && b->type == VAL_LIST) {
		check_set(t, s, champ, o, a, b, r);
	} else if (s->list == LIST_ATOMIC || !a || !b || a->type != VAL_LIST || b->type != VAL_LIST) {
		/* missing against a collection is a removal part by part, checked where all three have it */
		bool parts = (is_map(a) || is_map(b) || (a && a->type == VAL_LIST) || (b && b->type == VAL_LIST)) &&
			     (!a || !b || a->type == b->type) && !s->atomic_map && s->list != LIST_SEQUENCE;
		if (!parts || s->list == LIST_ATOMIC)
			if (!(is_map(a ? a : b) && !(a && b) && !s->atomic_map) && !(is_map(a) && is_map(b) && !s->atomic_map))
				check_leaf(t, s, champ, o, a, b, r);
	}
}

/* --- law 2, 5 and 7 --------------------------------------------------------------------------------------------------- */

static void check_text(const struct trial *t)
{
	struct merge_side r = side_of(t->k->schema, t->m.text, NULL); /* fails when it does not parse */
	law(val_same(r.val, t->m.r.val), "law 5: the text is not the data\n%s", story(&t->o, &t->a, &t->b, &t->m));
	struct diffs again;
	size_t changed = diffs_normalise(&again, &mem, t->k->schema, r.val, sidecar_of(*t->m.diffs ? t->m.diffs : NULL), NULL);
	law(!changed && (!again.n || !strcmp(printed(&again), t->m.diffs)), "the differences do not fit the record\n%s",
	    story(&t->o, &t->a, &t->b, &t->m));
}

static void check_comments(const struct trial *t)
{
	size_t n;
	const char *a = ydoc_text(t->a.doc, &n), *b = ydoc_text(t->b.doc, &n);
	for (unsigned i = 0; i < 40; i++)
		for (int behind = 0; behind < 2; behind++) {
			const char *c = arena_printf(&mem, "# %s %u\n", behind ? "fin" : "note", i);
			if (strstr(a, c) && strstr(b, c))
				law(strstr(t->m.text, c), "law 7: nobody deleted « %.*s »\n%s", (int)strlen(c) - 1, c, story(&t->o, &t->a, &t->b, &t->m));
		}
}

static void check_identity(const struct kind *k, struct merge_side o, struct merge_side a)
{
	struct merged m = both_ways(k->schema, o, a, o);
	size_t n;
	struct diffs d;
	diffs_normalise(&d, &mem, k->schema, a.val, a.diffs, NULL);
	if (a.diffs)
		d.id = "ess-ara-2w3x4y5z";
	law(!strcmp(m.text, ydoc_text(a.doc, &n)) && !strcmp(m.diffs, printed(&d)), "law 2: merge(o, a, o) is not a\n%s", story(&o, &a, &o, &m));
	if (k->counts)
		return;
	m = both_ways(k->schema, o, a, a);
	law(!strcmp(m.text, ydoc_text(a.doc, &n)) && !strcmp(m.diffs, printed(&d)), "law 2: merge(o, a, a) is not a\n%s", story(&o, &a, &a, &m));
}

static struct trial try(const struct kind *k, struct merge_side o, struct merge_side a, struct merge_side b)
{
	struct trial t = { k, o, a, b, merged_with_origins(k, o, a, b) };
	if (!t.m.text)
		return t;
	check_text(&t);
	if (a.doc && b.doc)
		check_comments(&t);
	return t;
}

static struct merge_side edited(const struct kind *k, const struct merge_side *from)
{
	return side_of(k->schema, spelled(k->schema, from, random_edit(k, from->val)), from->diffs);
}

static void begin_case(uint64_t seed, unsigned i)
{
	case_seed = chance_state = seed + i * 7919u;
}

static void laws_hold_for_plain_edits(void **state)
{
	uint64_t seed = seed_of();
	for (unsigned i = 0, n = cases(2000); i < n; i++) {
		IN_ARENA;
		begin_case(seed, i);
		struct kind k = random_kind();
		struct merge_side o = side_of(k.schema, commented(spelled(k.schema, NULL, random_record(&k))), NULL);
		struct merge_side a = edited(&k, &o), b = edited(&k, &o);
		struct trial t = try(&k, o, a, b);
		check_place(&t, k.schema->root, "", o.val, a.val, b.val, t.m.r.val);
		check_identity(&k, o, a);
	}
}

/* --- histories --------------------------------------------------------------------------------------------------------- */

/* What is new in an open difference is listed still, or is the value: a later merge may not forget it. */
static void news_survive(const struct trial *t, const struct merge_side *x)
{
	struct diffs mine, base;
	diffs_normalise(&mine, &mem, t->k->schema, x->val, x->diffs, NULL);
	diffs_normalise(&base, &mem, t->k->schema, t->o.val, t->o.diffs, NULL);
	for (size_t i = 0; i < mine.n; i++) {
		const struct diff *d = &mine.at[i];
		const struct val *shown = field_find(NULL, t->k->schema->root, t->m.r.val, d->champ);
		for (size_t p = 0; d->degre == DEG_DUR && shown && p < d->n; p++) {
			bool old = false, plain = true;
			for (size_t b = 0; b < base.n; b++) {
				bool about = !strcmp(base.at[b].champ, d->champ);
				plain = plain && !(about && diff_class(&base.at[b]) == DIFF_VALUE);
				for (size_t q = 0; about && q < base.at[b].n; q++)
					old = old || !strcmp(base.at[b].at[q].cle, d->at[p].cle);
			}
			const struct val *was = field_find(NULL, t->k->schema->root, t->o.val, d->champ);
			if (diff_class(d) == DIFF_SENTENCE) /* who had written this sentence there may have corrected it since */
				old = old || (d->at[p].valeur && prose_shows(prose_index(&mem, was), d->at[p].valeur->str.at));
			else if (plain) /* a base without a difference lists its value */
				old = old || val_equal(was, d->at[p].valeur);
			if (old || d->at[p].absent || d->at[p].present)
				continue;
			law(in_proposals(t, d->champ, d->at[p].valeur) || val_equal(shown, d->at[p].valeur), "a proposal for %s is gone\n%s", d->champ,
			    story(&t->o, &t->a, &t->b, &t->m));
		}
	}
}

static struct merge_side merged_side(const struct trial *t)
{
	struct merge_side s = again(t->k->schema, &t->m);
	return s;
}

/* Somebody takes one of the proposals, in an editor or with `resolve`. */
static struct merge_side settled(const struct kind *k, struct merge_side from)
{
	struct val *v = val_copy(&mem, from.val);
	struct diffs *d = arena_new(&mem, struct diffs);
	*d = *from.diffs;
	for (size_t i = 0; i < from.diffs->n; i++) {
		const struct diff *one = &from.diffs->at[i];
		if (strchr(one->champ, '/') || !strcmp(one->champ, "@record") || one->degre != DEG_DUR || one_in(3))
			continue;
		const struct proposal *p = &one->at[below((unsigned)one->n)];
		if (!p->valeur || !strcmp(one->regle, "prose"))
			continue;
		val_set(&mem, v, one->champ, val_copy(&mem, p->valeur));
		if (one_in(2)) {
			struct diffs next;
			struct origin by = { "act-ara-4k5m6n7p", "2018-06-01", NULL };
			diffs_settle(&next, &mem, k->schema, d, one->champ, p->cle, p->valeur, &by);
			*d = next;
		}
	}
	return side_of(k->schema, spelled(k->schema, &from, v), d);
}

static void laws_hold_in_histories(void **state)
{
	uint64_t seed = seed_of();
	for (unsigned i = 0, n = cases(400); i < n; i++) {
		IN_ARENA;
		begin_case(seed, i);
		struct kind k = random_kind();
		struct merge_side o = side_of(k.schema, spelled(k.schema, NULL, random_record(&k)), NULL);
		struct merge_side a = edited(&k, &o), b = edited(&k, &o), c = edited(&k, &o), d = edited(&k, &a);
		struct trial ab = try(&k, o, a, b);
		struct merge_side m = merged_side(&ab);
		/* a third writer from the base, one from a's side; both meet what was merged, or what was settled since */
		struct merge_side s = settled(&k, m), s2 = settled(&k, m), e = edited(&k, &m), e2 = edited(&k, &s);
		struct trial late[] = { try(&k, o, m, c), try(&k, a, m, d), try(&k, o, s, c), try(&k, a, s, d), try(&k, m, s, s2),
					try(&k, m, e, s), try(&k, m, e, e2) };
		for (size_t l = 0; l < sizeof late / sizeof *late; l++) {
			news_survive(&late[l], &late[l].a);
			news_survive(&late[l], &late[l].b);
		}
		check_identity(&k, m, e);
		check_identity(&k, m, s);
		struct merge_side x = merged_side(&late[0]), y = merged_side(&late[5]);
		struct trial far[] = { try(&k, m, x, y), try(&k, s, y, edited(&k, &y)) };
		for (size_t l = 0; l < 2; l++) {
			news_survive(&far[l], &far[l].a);
			news_survive(&far[l], &far[l].b);
		}
	}
}

static void laws_hold_for_deletions(void **state)
{
	uint64_t seed = seed_of();
	for (unsigned i = 0, n = cases(300); i < n; i++) {
		IN_ARENA;
		begin_case(seed, i);
		struct kind k = random_kind();
		struct merge_side none = { 0 };
		struct merge_side o = side_of(k.schema, spelled(k.schema, NULL, random_record(&k)), NULL);
		struct merge_side a = edited(&k, &o), b = edited(&k, &o);
		size_t na, no;
		const char *ta = ydoc_text(a.doc, &na), *to = ydoc_text(o.doc, &no);
		struct trial t = try(&k, o, a, none);
		law(!strcmp(ta, to) == !t.m.text, "deleted here, edited there\n%s", story(&o, &a, &none, &t.m));
		law(!t.m.text || (t.m.r.diffs.n == 1 && !strcmp(t.m.text, ta)), "deleted here, edited there\n%s", story(&o, &a, &none, &t.m));
		struct trial both = try(&k, none, a, b);
		law(both.m.text, "made on both sides\n%s", story(&none, &a, &b, &both.m));
		law(!try(&k, o, none, none).m.text, "deleted on both sides");
	}
}

/* Sidecars that no merge would write, by hand or by plain git: any field, rule, degree and value. */
static const struct diffs *any_sidecar(const struct kind *k, const struct val *record)
{
	static const char *const rules[] = { "conflict", "prose", "immutable", "min", "autre" };
	struct diffs *d = arena_new(&mem, struct diffs);
	d->id = "ess-ara-2w3x4y5z";
	for (unsigned n = below(4); n > 0; n--) {
		size_t f = below((unsigned)k->n);
		static const char *const parts[] = { "", "/x", "/z", "/c1", "/c2/texte", "/c3/n" };
		struct diff one = { .champ = one_in(12) ? "@record" : arena_printf(&mem, "%s%s", k->name[f], one_in(2) ? "" : parts[below(6)]),
				    .regle = rules[below(5)], .degre = (enum degree)below(3) };
		const struct val *shown = field_find(NULL, k->schema->root, record, one.champ);
		one.base = one_in(4) ? NULL : shown && !one_in(4) ? shown : random_value(F_ANY);
		for (unsigned p = 1 + below(3); p > 0; p--) {
			struct proposal prop;
			proposal_init(&prop, one_in(5) ? NULL : shown && one_in(4) ? shown : random_value(k->f[f]), NULL);
			if (one_in(8))
				proposal_present(&prop, NULL);
			diff_propose(&one, &mem, &prop);
		}
		arena_push(&mem, d, one);
	}
	return d;
}

static void any_sidecar_merges(void **state)
{
	uint64_t seed = seed_of();
	for (unsigned i = 0, n = cases(800); i < n; i++) {
		IN_ARENA;
		begin_case(seed, i);
		struct kind k = random_kind();
		struct merge_side o = side_of(k.schema, spelled(k.schema, NULL, random_record(&k)), NULL);
		struct merge_side a = edited(&k, &o), b = edited(&k, &o);
		o.diffs = one_in(3) ? any_sidecar(&k, o.val) : NULL;
		a.diffs = one_in(3) ? any_sidecar(&k, a.val) : o.diffs;
		b.diffs = one_in(3) ? any_sidecar(&k, b.val) : o.diffs;
		try(&k, o, a, b);
		try(&k, o, a, a);
		check_identity(&k, o, a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(laws_hold_for_plain_edits, teardown),
		cmocka_unit_test_teardown(laws_hold_in_histories, teardown),
		cmocka_unit_test_teardown(laws_hold_for_deletions, teardown),
		cmocka_unit_test_teardown(any_sidecar_merges, teardown),
	};
	return cmocka_run_group_tests_name("merge laws", tests, NULL, NULL);
}
