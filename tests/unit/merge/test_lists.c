#include "make.h"

static const char schema_text[] =
	"type: object\n"
	"properties:\n"
	"  s: {type: array, x-list-type: set}\n"
	"  u: {type: array, x-list-type: set, x-merge: union}\n"
	"  q: {type: array, x-list-type: sequence}\n"
	"  p: {type: array}\n"
	"  l: {type: array, x-list-type: map, x-list-map-keys: [id], items: {type: object, properties: {n: {x-merge: max}}}}\n"
	"  g: {type: array, x-list-type: map, x-list-map-keys: [id], x-merge: union, items: {type: object}}\n";

static struct merged lists(const char *field, const char *o, const char *a, const char *b)
{
	const char *v[3] = { o, a, b }, *t[3];
	for (int i = 0; i < 3; i++)
		t[i] = v[i] ? arena_printf(&mem, "id: x-y\n%s: %s\n", field, v[i]) : "id: x-y\n";
	return merge_texts(kind_of(schema_text), t[0], t[1], t[2]);
}

/* The merged list as JSON without quotes; "-": missing. */
static const char *list_of(const struct merged *m, const char *field)
{
	struct buf b = BUF_INIT;
	const struct val *v = val_get(m->r.val, field);
	if (!v)
		return "-";
	val_canon(&b, v);
	char *text = arena_dup(&mem, buf_str(&b)), *to = text;
	buf_free(&b);
	for (const char *p = text; *p; p++)
		if (*p != '"')
			*to++ = *p;
	*to = 0;
	return text;
}

struct row {
	const char *field, *o, *a, *b, *wanted;
	size_t diffs;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];
		struct merged m = lists(r->field, r->o, r->a, r->b);
		const char *got = list_of(&m, r->field);
		if (strcmp(got, r->wanted) || m.r.diffs.n != r->diffs)
			fail_msg("row %zu: got %s and %zu differences, wanted %s and %zu\n%s", i, got, m.r.diffs.n, r->wanted, r->diffs, m.diffs);
	}
}
#define CHECK(rows) check(rows, sizeof rows / sizeof *rows)

static void sets(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "s", "[a, b, c]", "[a, c]", "[a, b, c, d]", "[a,c,d]", 0 },
		{ "s", "[a, b]", "[a, x, b]", "[a, w, b]", "[a,w,x,b]", 0 },
		{ "s", "[a]", "[a, z]", "[a, z]", "[a,z]", 0 },
		{ "s", "[a]", "[]", "[a, b]", "[b]", 0 },
		{ "s", "[a]", "[]", NULL, "-", 0 },
		{ "s", "[a]", NULL, "[a, b]", "[b]", 0 },
		{ "s", "[a]", NULL, "[]", "-", 0 },
		{ "s", "[a, b]", "[b]", "[a]", "[]", 0 },
		{ "s", NULL, "[b, a]", "[c]", "[a,b,c]", 0 },
		{ "s", "[1, x]", "[1.0, x, w]", "[1, x, z]", "[1,x,w,z]", 0 },
		{ "s", "[{k: 1}]", "[{k: 1}, {k: 2}]", "[{k: 3}]", "[{k:2},{k:3}]", 0 },
		{ "s", "[a]", "[a, b]", "rien", "[a]", 1 },
		{ "s", "[a]", "[a, b]", "null", "[a]", 1 }, /* null is no empty list */
	};
	CHECK(rows);
}

static void unions(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "u", "[a, b]", "[a, x]", "[a, b, w]", "[a,x,b,w]", 0 },
		{ "u", "[a, b]", "[a]", "[a, b]", "[a]", 0 },	/* nobody else touched it: a person's removal */
		{ "u", "[a, b]", "[a]", "[a, c]", "[a,c]", 0 }, /* both removed it */
	};
	CHECK(rows);
	struct merged m = lists("g", "[{id: k1, t: x}, {id: k2, t: x}]", "[{id: k2, t: x}]", "[{id: k1, t: x}, {id: k2, t: y}]");
	assert_non_null(strstr(m.text, "k1"));
	assert_int_equal(m.r.diffs.n, 0);
}

static void sequences(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "q", "[a, b, c]", "[a, x, b, c]", "[a, b, c, w]", "[a,x,b,c,w]", 0 },
		{ "q", "[a, b, a]", "[a, b]", "[b, a]", "[b]", 0 }, /* the same element twice is two elements */
		{ "q", "[a, b, c]", "[a, x, c]", "[a, y, c]", "[a,b,c]", 1 },
		{ "q", "[a, b]", "[a, x, b]", "[a, y, b]", "[a,b]", 1 },
		{ "q", "[a, b]", "[a, x, b]", "[a, x, b]", "[a,x,b]", 0 },
		{ "q", "[a, b]", "[x, b]", "[a, y]", "[x,y]", 0 },
		{ "q", "[a]", NULL, "[a, b]", "[a]", 1 },
		{ "p", "[a]", "[a, b]", "[c, a]", "[a]", 1 }, /* atomic */
	};
	CHECK(rows);
}

static void items_merge_field_by_field(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "l", "[{id: k1, n: 1, t: x}]", "[{id: k1, n: 2, t: x}]", "[{id: k1, n: 3, t: y}]", "[{id:k1,n:3,t:y}]", 0 },
		{ "l", "[{id: k1, t: x}]", "[]", "[{id: k1, t: x}, {id: k2, t: x}]", "[{id:k2,t:x}]", 0 },
		{ "l", "[{id: 1, t: x}]", "[{id: 1, t: y}]", "[{id: 1, t: x}, {id: 2, t: x}]", "[{id:1,t:y},{id:2,t:x}]", 0 },
		{ "l", "[{id: k1, t: x}]", "[]", "[{id: k1, t: y}]", "[{id:k1,t:y}]", 1 },
		{ "l", "[{id: k1}, {id: k1}]", "[{id: k1}]", "[{id: k1}, {id: k1}, {id: k2}]", "[{id:k1},{id:k1}]", 1 }, /* keys twice: atomic */
		{ "l", "[{t: x}]", "[{t: y}]", "[{t: z}]", "[{t:x}]", 1 },						     /* no keys */
	};
	CHECK(rows);
	struct merged m = lists("l", NULL, "[{id: k1, t: x}]", "[{id: k1, t: y}]");
	assert_string_equal(m.r.diffs.at[0].champ, "l/k1/t");
}

static void a_removed_item_that_was_edited_stays_until_somebody_decides(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(schema_text);
	static const char base[] = "id: x-y\nl:\n  - id: k1\n    t: x\n  - id: k2\n    t: x\n";
	static const char kept[] = "id: x-y\nl:\n  - id: k1\n    t: x\n  - id: k2\n    t: y\n";
	static const char gone[] = "id: x-y\nl:\n  - id: k1\n    t: x\n";
	struct merged m = merge_texts(s, base, gone, kept);
	assert_string_equal(m.text, kept);
	assert_string_equal(m.r.diffs.at[0].champ, "l/k2");
	assert_true(m.r.diffs.at[0].at[0].absent && m.r.diffs.at[0].at[1].present);

	struct merge_side open = again(s, &m);
	/* edited further: still open, not settled */
	struct merge_side more = side_of(s, "id: x-y\nl:\n  - id: k1\n    t: x\n  - id: k2\n    t: z\n", open.diffs);
	struct merged n = both_ways(s, open, more, side_of(s, "id: x-y\nl:\n  - id: k1\n    t: w\n  - id: k2\n    t: y\n", open.diffs));
	assert_int_equal(n.r.diffs.n, 1);
	/* settled by deletion on one side, untouched on the other */
	n = both_ways(s, open, open, side_of(s, gone, open.diffs));
	assert_string_equal(n.text, gone);
	assert_int_equal(n.r.diffs.n, 0);
	/* settled by keeping it: the entry is gone on one side */
	n = both_ways(s, open, open, side_of(s, kept, NULL));
	assert_string_equal(n.text, kept);
	assert_int_equal(n.r.diffs.n, 0);
	/* deleted again while somebody edits: open again */
	n = both_ways(s, open, more, side_of(s, gone, NULL));
	assert_int_equal(n.r.diffs.n, 1);
	/* an open difference inside the item counts as an edit of it */
	const struct diffs *inner = sidecar_of("schema: conflit/1\nid: x-y\ndifferences:\n  - champ: l/k2/t\n    degre: dur\n    base: x\n"
					       "    propositions:\n      - {valeur: y}\n      - {valeur: z}\n");
	n = both_ways(s, side_of(s, base, NULL), side_of(s, gone, NULL), side_of(s, base, inner));
	assert_string_equal(n.text, base);
	assert_int_equal(n.r.diffs.n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(sets, teardown),
		cmocka_unit_test_teardown(unions, teardown),
		cmocka_unit_test_teardown(sequences, teardown),
		cmocka_unit_test_teardown(items_merge_field_by_field, teardown),
		cmocka_unit_test_teardown(a_removed_item_that_was_edited_stays_until_somebody_decides, teardown),
	};
	return cmocka_run_group_tests_name("lists", tests, NULL, NULL);
}
