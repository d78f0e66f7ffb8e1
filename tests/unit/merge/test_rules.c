/* The rules that decide, value by value, both ways round; and what they leave to people. */
#include "make.h"

static const char schema_text[] =
	"type: object\n"
	"properties:\n"
	"  id: {type: string}\n"
	"  c: {}\n"
	"  i: {x-merge: immutable}\n"
	"  min: {x-merge: min}\n"
	"  max: {x-merge: max}\n"
	"  n: {x-merge: counter}\n"
	"  v: {type: string, x-merge: cautious, x-order: [prive, collectif, reseau, public]}\n"
	"  e: {type: string, x-merge: lifecycle, x-order: [brouillon, propose, valide, partage], x-withdrawn: [efface, retire]}\n"
	"  l: {type: array, x-merge: max}\n"
	"  m: {type: object, x-map-type: atomic}\n";

/* Merge one field; NULL: missing. The answer: its value as JSON, then "dur" or "decide" when something was contested. */
static const char *merged(const char *field, const char *o, const char *a, const char *b)
{
	const char *v[3] = { o, a, b }, *t[3];
	for (int i = 0; i < 3; i++)
		t[i] = v[i] ? arena_printf(&mem, "id: x-y\n%s: %s\n", field, v[i]) : "id: x-y\n";
	struct merged m = merge_texts(kind_of(schema_text), t[0], t[1], t[2]);
	struct buf out = BUF_INIT;
	const struct val *r = val_get(m.r.val, field);
	if (r)
		val_canon(&out, r);
	else
		buf_puts(&out, "-");
	for (size_t i = 0; i < m.r.diffs.n; i++)
		buf_puts(&out, m.r.diffs.at[i].degre == DEG_DUR ? " dur" : " ?");
	if (m.r.decisions.n)
		buf_puts(&out, " decide");
	const char *text = arena_dup(&mem, buf_str(&out));
	buf_free(&out);
	return text;
}

struct row {
	const char *field, *o, *a, *b, *wanted;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = merged(rows[i].field, rows[i].o, rows[i].a, rows[i].b);
		if (strcmp(got, rows[i].wanted))
			fail_msg("%s: base %s, a %s, b %s: got %s, wanted %s", rows[i].field, rows[i].o ? rows[i].o : "-",
				 rows[i].a ? rows[i].a : "-", rows[i].b ? rows[i].b : "-", got, rows[i].wanted);
	}
}
#define CHECK(rows) check(rows, sizeof rows / sizeof *rows)

static void what_one_side_changed_is_taken(void **state)
{
	IN_ARENA;
	static const char *const fields[] = { "c", "i", "min", "max", "n" };
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(merged(fields[i], "3", "3", "5"), "5");
		assert_string_equal(merged(fields[i], "3", "3", "1"), "1");
		assert_string_equal(merged(fields[i], "3", NULL, "3"), "-");
		assert_string_equal(merged(fields[i], NULL, "3", NULL), "3");
		assert_string_equal(merged(fields[i], "3", "3", "null"), "null"); /* null, empty and missing are three things */
		assert_string_equal(merged(fields[i], "3", "''", "3"), "\"\"");
	}
}

static void conflict_keeps_the_base(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "c", "x", "y", "z", "\"x\" dur" },
		{ "c", "x", "y", "y", "\"y\"" },
		{ "c", "x", "y", NULL, "\"x\" dur" },
		{ "c", "x", "null", "''", "\"x\" dur" },
		{ "c", "1", "1.0", "2", "2" }, /* by value */
		{ "c", "x", "{k: 1}", "[1]", "\"x\" dur" },
		{ "i", "x", "y", "z", "\"x\" dur" },
		{ "m", "{p: 1, q: 1}", "{p: 2, q: 1}", "{p: 1, q: 2}", "{\"p\":1,\"q\":1} dur" },
	};
	CHECK(rows);
	/* without a base the smaller hash: "z" is 594e..., "y" is a1fc... */
	assert_string_equal(merged("c", NULL, "y", "z"), merged("c", NULL, "z", "y"));
	struct val *y = val_str(&mem, "y"), *z = val_str(&mem, "z");
	char ky[VAL_KEY_LEN + 1], kz[VAL_KEY_LEN + 1];
	val_key(ky, y);
	val_key(kz, z);
	assert_string_equal(merged("c", NULL, "y", "z"), strcmp(ky, kz) < 0 ? "\"y\" dur" : "\"z\" dur");
}

static void min_and_max(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "min", "5", "9", "10", "9 decide" }, /* numerically */
		{ "max", "5", "9", "10", "10 decide" },
		{ "min", "'2018-01-01'", "'2018-03-01'", "'2018-02-01'", "\"2018-02-01\" decide" },
		{ "max", NULL, "'b'", "'a'", "\"b\" decide" },
		{ "min", NULL, "2.5", "2", "2 decide" },
		{ "min", "5", "'9'", "10", "5 dur" },
		{ "max", "5", NULL, "10", "5 dur" },
		{ "max", "5", "true", "false", "5 dur" },
		{ "l", "[1]", "[2]", "[3]", "[1] dur" }, /* an atomic list has no larger one */
	};
	CHECK(rows);
}

static void counters_add_up(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "n", "3", "4", "5", "6 decide" },
		{ "n", "3", "4", "4", "5 decide" }, /* each added one */
		{ "n", NULL, "1", "1", "2 decide" },
		{ "n", "3", "3", "5", "5" },
		{ "n", "3", "2", "5", "4 decide" },
		{ "n", "0.5", "1", "1.5", "2 decide" },
		{ "n", "3", "4", NULL, "3 dur" },
		{ "n", "3", "4", "beaucoup", "3 dur" },
		{ "n", "x", "4", "5", "\"x\" dur" },
		{ "n", "0", "9223372036854775807", "9223372036854775806", "0 dur" }, /* out of range */
		{ "n", "3", NULL, NULL, "-" },
	};
	CHECK(rows);
}

static void the_most_cautious_wins(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "v", "reseau", "collectif", "public", "\"collectif\" decide" },
		{ "v", "prive", "reseau", "public", "\"reseau\" decide" },
		{ "v", NULL, "public", "prive", "\"prive\" decide" },
		{ "v", "reseau", "collectif", "ailleurs", "\"reseau\" dur" },
		{ "v", "reseau", "collectif", NULL, "\"reseau\" dur" },
	};
	CHECK(rows);
}

static void lifecycles(void **state)
{
	IN_ARENA;
	static const struct row rows[] = {
		{ "e", "propose", "valide", "partage", "\"partage\" decide" },   /* both forward: the furthest */
		{ "e", "valide", "partage", "propose", "\"propose\" decide" },   /* sent back */
		{ "e", "valide", "brouillon", "propose", "\"brouillon\" decide" },
		{ "e", "valide", "partage", "retire", "\"retire\" decide" },     /* withdrawn */
		{ "e", "valide", "brouillon", "retire", "\"retire\" decide" },
		{ "e", "valide", "retire", "efface", "\"efface\" decide" },      /* two: the first in x-withdrawn */
		{ "e", "retire", "valide", "propose", "\"propose\" decide" },    /* base withdrawn: the earliest */
		{ "e", NULL, "valide", "propose", "\"propose\" decide" },
		{ "e", "valide", "partage", "perdu", "\"valide\" dur" },
		{ "e", "valide", "partage", NULL, "\"valide\" dur" },
	};
	CHECK(rows);
}

static void decisions_name_both_values_and_who_wrote_them(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of(schema_text);
	struct merged m = merge_texts(s, "id: x-y\nmin: 5\nv: reseau\n", "id: x-y\nmin: 3\nv: prive\n", "id: x-y\nmin: 4\nv: public\n");
	assert_string_equal(m.decisions, "min min 5 3 4 3\nv cautious \"reseau\" \"prive\" \"prive\" \"public\"\n");
	assert_int_equal(m.r.diffs.n, 0);
}

static void nested_places_follow_their_own_rules(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of("type: object\nproperties:\n  p:\n    type: object\n    properties:\n      min: {x-merge: min}\n      "
					 "t: {}\n    additionalProperties: {x-merge: max}\n");
	struct merged m = merge_texts(s, "p: {min: 5, t: x, z: 1}\n", "p: {min: 3, t: y, z: 2}\n", "p: {min: 4, t: w, z: 3}\n");
	assert_string_equal(m.text, "p: {min: 3, t: x, z: 3}\n");
	assert_int_equal(m.r.diffs.n, 1);
	assert_string_equal(m.r.diffs.at[0].champ, "p/t");
	/* removed here, changed there: leaf by leaf */
	m = merge_texts(s, "p: {min: 5, t: x}\nq: 1\n", "q: 1\n", "p: {min: 5, t: y}\nq: 1\n");
	assert_string_equal(m.text, "p: {t: x}\nq: 1\n");
	assert_true(m.r.diffs.at[0].at[0].absent || m.r.diffs.at[0].at[1].absent);
	/* a mapping against a scalar: as one value */
	m = merge_texts(s, "p: {t: x}\nq: 1\n", "p: rien\nq: 1\n", "p: {t: y}\nq: 1\n");
	assert_string_equal(m.text, "p: {t: x}\nq: 1\n");
	assert_string_equal(m.r.diffs.at[0].champ, "p");
}

static void groups_are_flagged(void **state)
{
	IN_ARENA;
	const struct schema *s = kind_of("type: object\nx-groups: [[a, b, c], [c, d]]\nproperties:\n  b: {x-merge: max}\n");
	static const char base[] = "id: x-y\na: 1\nb: 1\nc: 1\nd: 1\n";
	struct merged m = merge_texts(s, base, "id: x-y\na: 2\nb: 1\nc: 1\nd: 1\n", "id: x-y\na: 1\nb: 2\nc: 1\nd: 1\n");
	assert_string_equal(m.text, "id: x-y\na: 2\nb: 2\nc: 1\nd: 1\n");
	assert_int_equal(m.r.diffs.n, 2);
	assert_int_equal(m.r.diffs.at[0].degre, DEG_A_RELIRE);
	assert_int_equal(m.r.diffs.at[0].n, 1);
	assert_string_equal(m.r.diffs.at[1].regle, "max");
	/* both changed the same member only: its own rule is enough */
	m = merge_texts(s, base, "id: x-y\na: 1\nb: 2\nc: 1\nd: 1\n", "id: x-y\na: 1\nb: 3\nc: 1\nd: 1\n");
	assert_int_equal(m.r.diffs.n, 0);
	/* other groups do not mix */
	m = merge_texts(s, base, "id: x-y\na: 2\nb: 1\nc: 1\nd: 1\n", "id: x-y\na: 1\nb: 1\nc: 1\nd: 2\n");
	assert_int_equal(m.r.diffs.n, 0);
	/* dur absorbs: c is contested, a and d are flagged */
	m = merge_texts(s, base, "id: x-y\na: 2\nb: 1\nc: 2\nd: 1\n", "id: x-y\na: 1\nb: 2\nc: 3\nd: 1\n");
	assert_int_equal(m.r.diffs.n, 3);
	assert_int_equal(m.r.diffs.at[2].degre, DEG_DUR);
	/* read, and edited: the flag goes by itself */
	m = merge_texts(s, base, "id: x-y\na: 2\nb: 1\nc: 1\nd: 1\n", "id: x-y\na: 1\nb: 2\nc: 1\nd: 1\n");
	struct merge_side o = again(s, &m), x = side_of(s, "id: x-y\na: 9\nb: 2\nc: 1\nd: 1\n", o.diffs);
	struct merged after = both_ways(s, o, x, side_of(s, "id: x-y\na: 2\nb: 2\nc: 1\nd: 5\n", o.diffs));
	assert_int_equal(after.r.diffs.n, 1);
	assert_string_equal(after.r.diffs.at[0].champ, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_one_side_changed_is_taken, teardown),
		cmocka_unit_test_teardown(conflict_keeps_the_base, teardown),
		cmocka_unit_test_teardown(min_and_max, teardown),
		cmocka_unit_test_teardown(counters_add_up, teardown),
		cmocka_unit_test_teardown(the_most_cautious_wins, teardown),
		cmocka_unit_test_teardown(lifecycles, teardown),
		cmocka_unit_test_teardown(decisions_name_both_values_and_who_wrote_them, teardown),
		cmocka_unit_test_teardown(nested_places_follow_their_own_rules, teardown),
		cmocka_unit_test_teardown(groups_are_flagged, teardown),
	};
	return cmocka_run_group_tests_name("merge rules", tests, NULL, NULL);
}
