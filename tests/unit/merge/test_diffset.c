/* A field merges together with its difference: the histories that go wrong without those sentences of DESIGN 5. */
#include "make.h"

static const char kind_text[] = "type: object\nproperties:\n  t: {}\n  m: {x-merge: min}\n  p: {x-merge: prose}\n  n: {x-merge: counter}\n";

/* A side: the field t (NULL: missing) and the state of its difference:
 *   ""          none
 *   "?b:x,y"    open, base b, proposals x and y ("?:x,y": no base; "-" is absent)
 *   "?b:x',y''" x was chosen once, y in the second round (a round that goes without saying is not marked)
 *   "=x"        settled on x ("=-": on doing without the field) */
static struct merge_side state_of(const struct schema *s, const char *t, const char *diff)
{
	struct diffs *d = arena_new(&mem, struct diffs);
	struct diff one = { .champ = "t", .regle = "conflict", .degre = *diff == '=' ? DEG_TRANCHE : DEG_DUR };
	const char *list = diff + 1;
	d->id = "ess-ara-2w3x4y5z";
	if (*diff == '?') {
		list = strchr(diff, ':') + 1;
		if (list > diff + 2)
			one.base = val_strn(&mem, diff + 1, (size_t)(list - diff - 2));
	} else if (*diff && *list != '-') {
		one.base = val_str(&mem, list);
	}
	while (*diff && *list) {
		size_t n = strcspn(list, ","), word = strcspn(list, ",'");
		struct proposal p;
		proposal_init(&p, *list == '-' ? NULL : val_strn(&mem, list, word), NULL);
		p.round = n > word ? (unsigned)(n - word) : round_default(&one, &p);
		diff_propose(&one, &mem, &p);
		list += n + (list[n] == ',');
	}
	if (*diff)
		arena_push(&mem, d, one);
	return side_of(s, t ? arena_printf(&mem, "id: ess-ara-2w3x4y5z\nt: %s\nz: 1\n", t) : "id: ess-ara-2w3x4y5z\nz: 1\n", d);
}

static int by_text(const void *p, const void *q)
{
	return strcmp(*(const char *const *)p, *(const char *const *)q);
}

/* The outcome in the same notation, the field's value first; proposals sorted by text. */
static const char *outcome(const struct merged *m)
{
	struct buf b = BUF_INIT;
	const char *t = val_text(m->r.val, "t"), *names[16];
	buf_puts(&b, t ? t : "-");
	for (size_t i = 0; i < m->r.diffs.n; i++) {
		const struct diff *d = &m->r.diffs.at[i];
		if (d->degre == DEG_TRANCHE) {
			buf_printf(&b, " =%s", d->base ? d->base->str.at : d->at[0].absent ? "-" : "?");
			continue;
		}
		buf_printf(&b, " ?%s:", d->base ? d->base->str.at : "");
		for (size_t k = 0; k < d->n; k++) {
			const char *ticks = d->at[k].round == round_default(d, &d->at[k]) ? "" : d->at[k].round ? "'''" : "?";
			names[k] = arena_printf(&mem, "%s%.*s", d->at[k].absent ? "-" : d->at[k].valeur->str.at,
						(int)(d->at[k].round + !d->at[k].round), ticks);
		}
		qsort(names, d->n, sizeof *names, by_text);
		for (size_t k = 0; k < d->n; k++)
			buf_printf(&b, "%s%s", k ? "," : "", names[k]);
	}
	const char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static void states_merge(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(kind_text);
	static const struct {
		const char *o[2], *a[2], *b[2], *wanted;
	} rows[] = {
		/* one side changed the state: that side */
		{ { "b0", "" }, { "b0", "?b0:x,w" }, { "b0", "" }, "b0 ?b0:w,x" },
		{ { "b0", "?b0:x,w" }, { "x", "=x" }, { "b0", "?b0:x,w" }, "x =x" },
		{ { "b0", "?b0:x,w" }, { "b0", "?b0:x,w,v" }, { "b0", "?b0:x,w" }, "b0 ?b0:v,w,x" },
		{ { "x", "=x" }, { "q", "" }, { "x", "=x" }, "q" },
		{ { "b0", "?b0:x,w" }, { NULL, "" }, { "b0", "?b0:x,w" }, "-" },
		/* a third writer from before the difference does not win in silence */
		{ { "b0", "" }, { "b0", "?b0:x,w" }, { "v", "" }, "b0 ?b0:v,w,x" },
		{ { "b0", "" }, { "b0", "?b0:x,w" }, { "x", "" }, "b0 ?b0:w,x" },
		{ { "b0", "" }, { "b0", "?b0:x,w" }, { NULL, "" }, "b0 ?b0:-,w,x" },
		{ { "b0", "" }, { "b0", "?b0:x,w" }, { "b0", "?b0:v,w" }, "b0 ?b0:v,w,x" },
		/* who corrects what was his own has not seen that it is contested: his correction takes its place, whenever it met w */
		{ { "x", "" }, { "b0", "?b0:x,w" }, { "v", "" }, "b0 ?b0:v,w" },
		{ { "b0", "" }, { "w", "" }, { "v", "" }, "b0 ?b0:v,w" },
		{ { "x", "" }, { "b0", "?b0:x,w" }, { "w", "" }, "w =w" },
		{ { "x", "" }, { "b0", "?b0:x,w" }, { "b0", "?b0:v,x" }, "b0 ?b0:v,w,x" }, /* nobody corrected it */
		{ { "b0", "" }, { "b0", "?b0:b0,w" }, { "v", "" }, "b0 ?b0:b0,v,w" }, /* b0 was chosen against another */
		{ { "x", "" }, { "b0", "?b0:x,w" }, { NULL, "" }, "b0 ?b0:-,w" },
		{ { NULL, "" }, { "b0", "?b0:-,w" }, { "v", "" }, "b0 ?b0:v,w" },
		/* nor against what was settled meanwhile */
		{ { "b0", "" }, { "x", "=x" }, { "v", "" }, "x ?x:v,x" },
		{ { "b0", "" }, { "x", "=x" }, { "x", "" }, "x =x" },
		{ { "b0", "?b0:x,w" }, { "x", "=x" }, { "b0", "?b0:x,w,v" }, "x ?x:v,x" },
		/* settled by both: alike, or differently */
		{ { "b0", "?b0:x,w" }, { "x", "=x" }, { "x", "=x" }, "x =x" },
		{ { "b0", "?b0:x,w" }, { "x", "=x" }, { "b0", "=b0" }, "x ?x:b0',x" },
		{ { "b0", "?b0:x,w" }, { "x", "" }, { "x", "=x" }, "x =x" }, /* one of them in an editor */
		/* keeping the base is settling too; deleting the entry is keeping the base */
		{ { "b0", "?b0:x,w" }, { "b0", "=b0" }, { "b0", "?b0:x,w" }, "b0 =b0" },
		{ { "b0", "?b0:x,w" }, { "b0", "" }, { "b0", "?b0:x,w" }, "b0" },
		{ { "b0", "?b0:x,w" }, { "b0", "" }, { "b0", "?b0:x,w,v" }, "b0 ?b0:b0,v" },
		/* what was settled does not come back */
		{ { "x", "=x" }, { "x", "=x" }, { "q", "" }, "q" },
		{ { "x", "=x" }, { "r", "" }, { "q", "" }, "x ?x:q,r" }, /* both set it again: the field's rule */
		{ { "x", "=x" }, { "q", "" }, { "x", "?x:x,w" }, "x ?x:q,w" },
		/* proposals taken out on one side stay out; on both sides something else: nothing goes */
		{ { "b0", "?b0:x,w,v" }, { "b0", "?b0:x,w" }, { "b0", "?b0:x,v,u" }, "b0 ?b0:u,x" },
		{ { "b0", "?b0:x,w,v,u" }, { "b0", "?b0:x,w" }, { "b0", "?b0:v,u" }, "b0 ?b0:u,v,w,x" },
		{ { "b0", "?b0:x,w,v" }, { "b0", "?b0:x,w" }, { "b0", "?b0:x,v" }, "x =x" }, /* one is left: closed */
		/* who settles has not seen what others chose meanwhile, whichever of the three meet first */
		{ { "b0", "?b0:x,w" }, { "x", "?x:b0',x" }, { "v", "=v" }, "x ?x:b0',v',x" },
		{ { "b0", "?b0:x,w" }, { "x", "?x:v',x" }, { "b0", "=b0" }, "x ?x:b0',v',x" },
		{ { "b0", "?b0:x,w" }, { "b0", "?b0:b0,v'" }, { "x", "=x" }, "x ?x:b0',v',x" },
		/* also where two who settled chose all that had been proposed: that is not the question as it was */
		{ { "b0", "?b0:x,w" }, { "x", "?x:w',x" }, { "v", "=v" }, "x ?x:v',w',x" },
		{ { "b0", "?b0:x,w" }, { "x", "?x:w',x" }, { "b0", "?b0:x,w" }, "x ?x:w',x" },
		/* a choice that he has seen, he has settled */
		{ { "x", "?x:b0',x" }, { "v", "=v" }, { "x", "?x:b0',x" }, "v =v" },
		{ { "x", "?x:b0',x" }, { "v", "=v" }, { "x", "?x:b0',x,z" }, "v ?v:v,z" },
		/* chosen once more: again nobody else has seen it */
		{ { "x", "?x:b0',x" }, { "x", "?x:v'',x''" }, { "z", "=z" }, "z ?z:v'',x'',z" },
		/* chosen here, still a proposal as written there */
		{ { "b0", "" }, { "x", "?x:v',x" }, { "b0", "?b0:w,x" }, "x ?x:v',w,x" },
		{ { "x", "" }, { "x", "?x:w,x" }, { "v", "" }, "x ?x:v,w,x" },
		/* doing without the field is chosen as any value is */
		{ { "b0", "?b0:x,w" }, { NULL, "?b0:x,w" }, { "b0", "?b0:x,w" }, "- =-" }, /* by hand */
		{ { "b0", "?b0:x,w" }, { NULL, "=-" }, { NULL, "=-" }, "- =-" },
		{ { "b0", "?b0:x,-" }, { NULL, "=-" }, { "x", "=x" }, "x ?x:-',x" },
		{ { "b0", "?b0:x,w" }, { NULL, "=-" }, { "b0", "?b0:x,w,v" }, "v ?:-',v" }, /* a late proposal reopens it */
		{ { "b0", "" }, { NULL, "=-" }, { "v", "" }, "v ?:-',v" },
		{ { NULL, "=-" }, { "q", "" }, { NULL, "=-" }, "q" },
		{ { NULL, "=-" }, { NULL, "=-" }, { NULL, "=-" }, "- =-" },
		{ { NULL, "=-" }, { "x", "?x:-',x" }, { "v", "" }, "x ?x:v,x" }, /* who set v had seen that choice */
		/* an entry deleted is a choice, too */
		{ { "b0", "?b0:x,w" }, { "x", "" }, { "v", "=v" }, "v ?v:v,x'" },
		{ { "b0", "?b0:x,w" }, { "b0", "" }, { "v", "=v" }, "v ?v:b0',v" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct merged m = both_ways(s, state_of(s, rows[i].o[0], rows[i].o[1]), state_of(s, rows[i].a[0], rows[i].a[1]),
					    state_of(s, rows[i].b[0], rows[i].b[1]));
		if (strcmp(outcome(&m), rows[i].wanted))
			fail_msg("row %zu: got %s, wanted %s", i, outcome(&m), rows[i].wanted);
	}
}

static void without_a_base_the_smallest_key_is_shown(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(kind_text);
	struct merged m = both_ways(s, state_of(s, NULL, ""), state_of(s, "x", ""), state_of(s, "w", ""));
	const char *first = val_text(m.r.val, "t"), *second = strcmp(first, "x") ? "x" : "w";
	assert_string_equal(outcome(&m), arena_printf(&mem, "%s ?:w,x", first));
	struct merge_side open = again(s, &m);
	/* the other one taken in an editor */
	struct merged n = both_ways(s, open, open, state_of(s, second, "?:w,x"));
	assert_string_equal(outcome(&n), arena_printf(&mem, "%s =%s", second, second));
	/* a third one arrives from before */
	n = both_ways(s, state_of(s, NULL, ""), open, state_of(s, "v", ""));
	assert_non_null(strstr(outcome(&n), "?:v,w,x"));
}

static void a_rule_does_not_decide_over_an_open_difference(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(kind_text);
	const struct diffs *open = sidecar_of("schema: conflit/1\nid: x-y\ndifferences:\n  - {champ: m, degre: dur, base: 5, propositions: [{valeur: rien}, {valeur: 4}]}\n");
	struct merged m = both_ways(s, side_of(s, "id: x-y\nm: 5\n", NULL), side_of(s, "id: x-y\nm: 5\n", open), side_of(s, "id: x-y\nm: 3\n", NULL));
	assert_string_equal(m.text, "id: x-y\nm: 5\n");
	assert_int_equal(m.r.diffs.at[0].n, 3);
	assert_int_equal(m.r.decisions.n, 0);
}

static void origins_are_the_smaller_commit(void **state)
{
	IN_ARENA;
	struct proposal p, q;
	struct origin old = { "p1", NULL, "1111" }, new = { "p2", NULL, "2222" }, none = { "p0", NULL, NULL };
	struct diff d = { .champ = "t", .regle = "conflict" };
	struct val *v = val_str(&mem, "x");
	proposal_init(&p, v, &new);
	proposal_init(&q, v, &old);
	diff_propose(&d, &mem, &p);
	diff_propose(&d, &mem, &q);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.at[0].by.commit, "1111");
	proposal_init(&p, v, &none);
	diff_propose(&d, &mem, &p);
	assert_string_equal(d.at[0].by.commit, "1111");
}

static void name_side(void *ctx, struct origin *out, int side, const char *champ)
{
	(void)ctx;
	*out = (struct origin){ side ? "act-b" : "act-a", NULL, arena_printf(&mem, "%d%s", side + 1, champ) };
}

static void whoever_set_a_contested_value_is_named(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(kind_text);
	struct merge_prov prov = { name_side, NULL };
	struct merged m = merge_sides(s, side_of(s, "id: x-y\nt: 1\nm: 5\n", NULL), side_of(s, "id: x-y\nt: 2\nm: 3\n", NULL),
				      side_of(s, "id: x-y\nt: 3\nm: 4\n", NULL), &prov);
	const struct diff *d = &m.r.diffs.at[0];
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(d->at[i].by.par, d->at[i].valeur->i == 2 ? "act-a" : "act-b");
	assert_string_equal(d->at[0].by.commit + 1, "t");
	for (int i = 0; i < 2; i++)
		assert_string_equal(m.r.decisions.at[0].sides[i].by.par, m.r.decisions.at[0].sides[i].valeur->i == 3 ? "act-a" : "act-b");
	/* settled by hand: by whoever set the field */
	const struct diffs *open = sidecar_of("schema: conflit/1\nid: x-y\ndifferences:\n  - {champ: t, degre: dur, base: 1, propositions: [{valeur: 2}, {valeur: 3}]}\n");
	m = merge_sides(s, side_of(s, "id: x-y\nt: 1\n", open), side_of(s, "id: x-y\nt: 2\n", open), side_of(s, "id: x-y\nt: 1\nz: 1\n", open), &prov);
	assert_int_equal(m.r.diffs.at[0].degre, DEG_TRANCHE);
	assert_string_equal(m.r.diffs.at[0].settled.par, "act-a");
}

static void a_difference_inside_a_contested_whole_stays_open(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(kind_text);
	const struct diffs *open = sidecar_of("schema: conflit/1\nid: x-y\ndifferences:\n  - {champ: k/u, degre: dur, base: 1, propositions: [{valeur: 2}, {valeur: 3}]}\n");
	/* the mapping became a number on the other side: one value against the other, and u is still in question */
	struct merged m = both_ways(s, side_of(s, "id: x-y\nk: {u: 1, v: 1}\n", NULL), side_of(s, "id: x-y\nk: {u: 1, v: 2}\n", open),
				    side_of(s, "id: x-y\nk: 7\n", NULL));
	assert_string_equal(m.text, "id: x-y\nk: {u: 1, v: 1}\n");
	assert_int_equal(m.r.diffs.n, 2);
	assert_string_equal(m.r.diffs.at[0].champ, "k");
	assert_string_equal(m.r.diffs.at[1].champ, "k/u");
	assert_int_equal(m.r.diffs.at[1].n, 2);
}

/* Both made the field, and the other shape is shown: the question has no place there, so its answers are proposed as wholes. */
static void a_difference_inside_a_whole_that_is_not_shown_is_answered_as_a_whole(void **state)
{
	IN_ARENA;
	static const char list[] = "  - {champ: k/c2/y/u, degre: dur, base: 1, propositions: [{valeur: 2}, {valeur: 3}]}\n"
				   "  - {champ: k/c3, degre: dur, propositions: [{absent: true}, {present: true}]}\n";
	const struct schema *s = kind_of("type: object\nproperties:\n  k: {type: array, x-list-type: map, x-list-map-keys: [id], items: {}}\n");
	const struct merge_side none = side_of(s, "id: x-y\n", NULL), number = side_of(s, "id: x-y\nk: 886\n", NULL);
	struct merge_side asks = side_of(s, "id: x-y\nk: [{id: c2, y: {u: 1}}, {id: c3}]\n",
					 sidecar_of(arena_printf(&mem, "schema: conflit/1\nid: x-y\ndifferences:\n%s", list)));
	struct merged m = both_ways(s, none, number, asks);
	assert_string_equal(m.text, "id: x-y\nk: 886\n");
	assert_int_equal(m.r.diffs.n, 1);
	assert_int_equal(m.r.diffs.at[0].n, 5); /* the number; the list as it is, with 2, with 3, without c3 */
	assert_non_null(strstr(m.diffs, "valeur: [{\"id\": \"c2\", \"y\": {\"u\": 1}}, {\"id\": \"c3\"}]\n"));
	assert_non_null(strstr(m.diffs, "valeur: [{\"id\": \"c2\", \"y\": {\"u\": 2}}, {\"id\": \"c3\"}]\n"));
	assert_non_null(strstr(m.diffs, "valeur: [{\"id\": \"c2\", \"y\": {\"u\": 3}}, {\"id\": \"c3\"}]\n"));
	assert_non_null(strstr(m.diffs, "valeur: [{\"id\": \"c2\", \"y\": {\"u\": 1}}]\n"));
	/* in each of many ways: bounded */
	struct buf many = BUF_INIT;
	buf_puts(&many, "schema: conflit/1\nid: x-y\ndifferences:\n  - champ: k/c2/y/u\n    degre: dur\n    propositions:\n");
	for (int i = 2; i < 200; i++)
		buf_printf(&many, "      - {valeur: %d}\n", i);
	asks = side_of(s, "id: x-y\nk: [{id: c2, y: {u: 1}}]\n", sidecar_of(arena_dup(&mem, buf_str(&many))));
	buf_free(&many);
	for (size_t i = 0; i < asks.diffs->n; i++)
		asks.diffs->at[i].base = val_int(&mem, 1);
	m = both_ways(s, none, number, asks);
	assert_int_equal(m.r.diffs.at[0].n, 2 + 32);
}

/* --- sentences --------------------------------------------------------------------------------------------------------- */

static struct merge_side text_side(const struct schema *s, const char *p, const struct diffs *d)
{
	return side_of(s, arena_printf(&mem, "id: x-y\np: |-\n  %s\n", p), d);
}

static const char *sentences(const struct merged *m)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, val_text(m->r.val, "p"));
	for (size_t i = 0; i < m->r.diffs.n; i++) {
		const struct diff *d = &m->r.diffs.at[i];
		const char *names[16];
		buf_printf(&b, " [%s %s:", d->degre == DEG_DUR ? "dur" : "relire", d->base ? d->base->str.at : "");
		for (size_t k = 0; k < d->n; k++)
			names[k] = d->at[k].valeur->str.at;
		qsort(names, d->n, sizeof *names, by_text);
		for (size_t k = 0; k < d->n; k++)
			buf_printf(&b, " %s", names[k]);
		buf_puts(&b, "]");
	}
	const char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static void contested_sentences_travel(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(kind_text);
	struct merge_side o = text_side(s, "Un. Deux o. Trois.", NULL), a = text_side(s, "Un. Deux a. Trois.", NULL),
			  b = text_side(s, "Un. Deux b. Trois.", NULL);
	struct merged m = both_ways(s, o, a, b);
	assert_string_equal(sentences(&m), "Un. Deux o. Trois. [dur Deux o.: Deux a. Deux b.]");
	struct merge_side open = again(s, &m);
	/* the rest of the text goes on, also in a third version from before */
	m = both_ways(s, open, text_side(s, "Un neuf. Deux o. Trois.", open.diffs), text_side(s, "Un. Deux o. Trois. Quatre.", open.diffs));
	assert_string_equal(sentences(&m), "Un neuf. Deux o. Trois. Quatre. [dur Deux o.: Deux a. Deux b.]");
	m = both_ways(s, o, open, text_side(s, "Zéro. Un. Deux c. Trois.", NULL));
	assert_string_equal(sentences(&m), "Zéro. Un. Deux o. Trois. [dur Deux o.: Deux a. Deux b. Deux c.]");
	/* settled on one side; on both, differently; while a further proposal arrives; read as it is */
	struct merge_side sa = text_side(s, "Un. Deux a. Trois.", open.diffs), sc = text_side(s, "Un. Deux c. Trois.", NULL);
	m = both_ways(s, open, sa, text_side(s, "Un. Deux o. Trois. Quatre.", open.diffs));
	assert_string_equal(sentences(&m), "Un. Deux a. Trois. Quatre.");
	m = both_ways(s, open, sa, sc);
	assert_string_equal(sentences(&m), "Un. Deux o. Trois. [dur Deux o.: Deux a. Deux c.]");
	struct merged third = both_ways(s, o, open, sc);
	m = both_ways(s, open, sa, again(s, &third));
	assert_string_equal(sentences(&m), "Un. Deux o. Trois. [dur Deux o.: Deux a. Deux c.]");
	m = both_ways(s, open, text_side(s, "Un. Deux o. Trois.", NULL), again(s, &third));
	assert_string_equal(sentences(&m), "Un. Deux o. Trois. [dur Deux o.: Deux c. Deux o.]"); /* kept as it was, which is an answer, too */
	m = both_ways(s, open, text_side(s, "Un. Deux o. Trois.", NULL), text_side(s, "Un. Deux o. Trois. Quatre.", open.diffs));
	assert_string_equal(sentences(&m), "Un. Deux o. Trois. Quatre.");
	/* the sentence itself was taken out of the text here, new proposals came there: nothing is lost */
	m = both_ways(s, open, text_side(s, "Un. Trois.", NULL), again(s, &third));
	assert_non_null(strstr(sentences(&m), "Deux c."));
}

/* Found by the laws: a group flagged a prose field that held a list. */
static void a_prose_field_that_holds_no_text(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of("type: object\nx-groups: [[p, t]]\nproperties:\n  p: {x-merge: prose}\n");
	struct merged m = merge_texts(s, "id: x-y\np: [1]\nt: 1\n", "id: x-y\np: [2]\nt: 1\n", "id: x-y\np: [1]\nt: 2\n");
	assert_int_equal(m.r.diffs.n, 2);
	struct merge_side o = again(s, &m);
	m = both_ways(s, side_of(s, "id: x-y\np: [1]\nt: 1\n", NULL), o, o);
	assert_int_equal(m.r.diffs.n, 2);
}

static void read_again_merges_by_presence(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(kind_text);
	struct merged m = both_ways(s, text_side(s, "un deux trois quatre cinq six", NULL), text_side(s, "UN deux trois quatre cinq six", NULL),
				    text_side(s, "un deux trois quatre cinq SIX", NULL));
	assert_string_equal(sentences(&m), "UN deux trois quatre cinq SIX [relire un deux trois quatre cinq six: UN deux trois quatre cinq six un deux "
					   "trois quatre cinq SIX]");
	struct merge_side open = again(s, &m), read = text_side(s, "UN deux trois quatre cinq SIX", NULL);
	m = both_ways(s, open, read, text_side(s, "UN deux trois quatre cinq SIX et sept", NULL));
	assert_string_equal(sentences(&m), "UN deux trois quatre cinq SIX et sept");
	m = both_ways(s, open, text_side(s, "UN autre SIX", NULL), text_side(s, "UN deux trois quatre cinq SEPT", NULL));
	assert_string_equal(sentences(&m), "UN deux trois quatre cinq SIX [dur UN deux trois quatre cinq SIX: UN autre SIX UN deux trois quatre cinq SEPT]");
}

/* "champ value, ..." of the flags, and the text that they stand in. */
static const char *flags(const char *schema, const char *o, const char *a, const char *b)
{
	struct merged m = merge_texts(kind_of(schema), o, a, b);
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < m.r.diffs.n; i++) {
		const struct diff *d = &m.r.diffs.at[i];
		assert_int_equal(d->degre, DEG_A_RELIRE);
		assert_int_equal(d->n, 1);
		buf_printf(&out, "%s ", d->champ);
		val_canon(&out, d->at[0].valeur);
		buf_puts(&out, ", ");
	}
	buf_puts(&out, m.text);
	const char *text = arena_dup(&mem, buf_str(&out));
	buf_free(&out);
	return text;
}

static void two_valid_records_that_make_a_broken_one_are_flagged(void **state)
{
	IN_ARENA;
	static const char needs[] = "type: object\nproperties: {id: {}, t: {}, m: {}, z: {}}\ndependentRequired: {t: [m]}\n",
			  one_of[] = "type: object\nproperties: {id: {}, t: {}, m: {}}\nanyOf: [{required: [t]}, {required: [m]}]\n",
			  sum[] = "type: object\nproperties: {id: {}, t: {}, m: {}, z: {}}\nmaxProperties: 2\n";
	/* what each did stays; the field that is still there says it, not one that has nothing to do with it */
	assert_string_equal(flags(needs, "id: x-y\nm: 1\n", "id: x-y\nm: 1\nt: 2\n", "id: x-y\nz: 3\n"), "t 2, id: x-y\nt: 2\nz: 3\n");
	/* nothing to say: the other change does not need it; one side was broken before */
	assert_string_equal(flags(needs, "id: x-y\nm: 1\n", "id: x-y\nm: 1\nt: 2\n", "id: x-y\nm: 1\nz: 3\n"), "id: x-y\nt: 2\nm: 1\nz: 3\n");
	assert_string_equal(flags(needs, "id: x-y\nt: 1\n", "id: x-y\nt: 2\n", "id: x-y\nt: 1\nz: 3\n"), "id: x-y\nt: 2\nz: 3\n");
	/* each took out one of two: nothing is left to flag but the record's name */
	assert_string_equal(flags(one_of, "id: x-y\nt: 1\nm: 1\n", "id: x-y\nt: 1\n", "id: x-y\nm: 1\n"), "id \"x-y\", id: x-y\n");
	/* each added one, and either is too many */
	assert_string_equal(flags(sum, "id: x-y\n", "id: x-y\nt: 1\n", "id: x-y\nm: 1\n"), "m 1, t 1, id: x-y\nt: 1\nm: 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(states_merge, teardown),
		cmocka_unit_test_teardown(without_a_base_the_smallest_key_is_shown, teardown),
		cmocka_unit_test_teardown(a_rule_does_not_decide_over_an_open_difference, teardown),
		cmocka_unit_test_teardown(origins_are_the_smaller_commit, teardown),
		cmocka_unit_test_teardown(whoever_set_a_contested_value_is_named, teardown),
		cmocka_unit_test_teardown(a_difference_inside_a_contested_whole_stays_open, teardown),
		cmocka_unit_test_teardown(a_difference_inside_a_whole_that_is_not_shown_is_answered_as_a_whole, teardown),
		cmocka_unit_test_teardown(contested_sentences_travel, teardown),
		cmocka_unit_test_teardown(a_prose_field_that_holds_no_text, teardown),
		cmocka_unit_test_teardown(read_again_merges_by_presence, teardown),
		cmocka_unit_test_teardown(two_valid_records_that_make_a_broken_one_are_flagged, teardown),
	};
	return cmocka_run_group_tests_name("a field and its difference", tests, NULL, NULL);
}
