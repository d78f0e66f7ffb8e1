/* Reading: data, positions, spans that leave no byte out, limits of time. */
#include "ytest.h"
#include "base/clock.h"

static struct arena arena;

static int begin(void **state)
{
	(void)state;
	return arena_begin(&arena) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	arena_end(&arena);
	return 0;
}

static void json_is(const char *text, const char *json)
{
	struct buf b = BUF_INIT;
	val_canon(&b, ydoc_val(parsed(&arena, text)));
	if (strcmp(buf_str(&b), json))
		fail_msg("%s\ngives   %s\ninstead %s", text, buf_str(&b), json);
	buf_free(&b);
}

static void test_data(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *json;
	} cases[] = {
		{ "a: b\n", "{\"a\":\"b\"}" },
		{ "a: ~\nb:\nc: null\nd: NULL\n", "{\"a\":null,\"b\":null,\"c\":null,\"d\":null}" },
		{ "a: true\nb: False\nc: yes\nd: on\n", "{\"a\":true,\"b\":false,\"c\":\"yes\",\"d\":\"on\"}" },
		{ "a: 12\nb: -3\nc: 0x1F\nd: 0o17\ne: 017\n", "{\"a\":12,\"b\":-3,\"c\":31,\"d\":15,\"e\":17}" },
		{ "a: 1.5\nb: 1e3\nc: .5\nd: -2.\ne: 12e03\n", "{\"a\":1.5,\"b\":1000,\"c\":0.5,\"d\":-2,\"e\":12000}" },
		{ "a: .inf\nb: .nan\nc: 1e999\n", "{\"a\":\".inf\",\"b\":\".nan\",\"c\":\"1e999\"}" },
		{ "a: 2018-05-03\nb: 12:30\nc: 1_000\nd: +\ne: .\nf: 1.2.3\n",
		  "{\"a\":\"2018-05-03\",\"b\":\"12:30\",\"c\":\"1_000\",\"d\":\"+\",\"e\":\".\",\"f\":\"1.2.3\"}" },
		{ "a: \"01\"\nb: 'it''s'\nc: \"\\u00e9\\n\"\n", "{\"a\":\"01\",\"b\":\"it's\",\"c\":\"é\\n\"}" },
		{ "a: |\n  x\n  y\nb: |-\n  x\n\n  y\n\nc: >\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x\\n\\ny\",\"c\":\"x y\\n\"}" },
		{ "a: |2\n    x\n   y\n", "{\"a\":\"  x\\n y\\n\"}" },
		{ "a: |+\n  x\n\nb: |\n\nc: 1\n", "{\"a\":\"x\\n\\n\",\"b\":\"\",\"c\":1}" },
		{ "a: |\n  x", "{\"a\":\"x\\n\"}" },
		{ "a: [1, b, {c: d}, []]\n", "{\"a\":[1,\"b\",{\"c\":\"d\"},[]]}" },
		{ "a: {b, c: }\nd: [e: f]\n", "{\"a\":{\"b\":null,\"c\":null},\"d\":[{\"e\":\"f\"}]}" },
		{ "a:\n- 1\n-\n- - 2\n  - 3\n- b: 4\n  c: 5\n", "{\"a\":[1,null,[2,3],{\"b\":4,\"c\":5}]}" },
		{ "a:\n  text on\n  two lines\nb: \"and\n  here\"\n", "{\"a\":\"text on two lines\",\"b\":\"and here\"}" },
		{ "\xEF\xBB\xBF" "a: 1\n", "{\"a\":1}" },
		{ "a: |\r\n  x\r\n  y\r\nb: 1\r\n", "{\"a\":\"x\\ny\\n\",\"b\":1}" },
		{ "%YAML 1.2\n---\na: 1\n...\n", "{\"a\":1}" },
		{ "  a: 1\n  b:\n      c: 2\n", "{\"a\":1,\"b\":{\"c\":2}}" },
		{ "on: 1\n12: 2\n", "{\"12\":2,\"on\":1}" },
		{ "emoji 🧭: 'é 🧭'\nb: c\n", "{\"b\":\"c\",\"emoji 🧭\":\"é 🧭\"}" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (cases[i].json)
			json_is(cases[i].yaml, cases[i].json);
}

static void test_raw_is_kept(void **state)
{
	(void)state;
	const struct val *v = ydoc_val(parsed(&arena, "a: 01\nb: \"01\"\nc: ~\nd: True\ne: x\n"));
	assert_string_equal(val_get(v, "a")->raw, "01");
	assert_null(val_get(v, "b")->raw);
	assert_string_equal(val_get(v, "c")->raw, "~");
	assert_string_equal(val_get(v, "d")->raw, "True");
	assert_null(val_get(v, "e")->raw);
}

static void test_positions(void **state)
{
	(void)state;
	const struct val *v = ydoc_val(parsed(&arena, "é: à\nl:\n  - {k: 'ü', m: 2}\n  - 🧭 b\n"));
	const struct val *item = val_get(v, "l")->list.at[0];
	assert_int_equal(val_get(v, "é")->line, 1);
	assert_int_equal(val_get(v, "é")->col, 4);
	assert_int_equal(item->line, 3);
	assert_int_equal(item->col, 5);
	assert_int_equal(val_get(item, "m")->col, 17);
	assert_int_equal(val_get(v, "l")->list.at[1]->line, 4);
}

/* Written part by part, a document is itself; and each part is where it should be. */
static const char *const whole[] = {
	"a: 1\n",
	"a: 1",
	"a: |\n  x",
	"# head\n\n# of a\na: 1   # one\n\n# b's\nb: 2\n# end\n",
	"\xEF\xBB\xBF# bom\na: 1\n",
	"%YAML 1.1\n--- # start\na: 1\n... # stop\n# after\n",
	"a:   # list\n  # first\n  - x # one\n\n  # second\n  - y\n  # closes\n\n# of b\nb: 1\n",
	"a:\n- x\n- - y\n  -   z\n-\n- k: 1\n  # deep\n  l:\n    - m\n    # closes the inner\n  # closes the map\nb: {x: 1} # flow\n",
	"a:\n  - # comment\n    k: v\n  -\n    k: v\n  -   k: v\n      l: w\n",
	"a: |- # header\n  text\n   more\n\n  end\n\n\nb: >+\n  x\n\n\nc: |\n   y\n   \n  # no\nd: 1\n",
	"a: [1, # one\n  2,\n  # two\n  3\n]\nb: {\n  x: 1\n}\n",
	"a:\n  plain text\n  goes on\nb:   # why\n  'quoted\n\n  text'\nc: \"x\\\n  y\"\n",
	"a: 1\r\n# c\r\nb:\r\n  - x\r\n\r\nc: |\r\n  y\r\n",
	"  a: 1\n  b:\n    - x\n  # tail at the root's column\n",
	"\"a\": 1\n'b' : 2\nc:\t3\nd:    \ne:\n",
	"a: \n\n\n  b: 1\n\n   # x\n  c: 2\n",
	"é: 🧭 # à\nü: |\n  œ\nx: [\"é\", 'è']\n",
	"a: |+\n\nb: |-\n\n\nc: |+\n\n\n",
	"a:\n    - - - 1\n      - 2\n    - [3]\n",
};

static void test_no_byte_is_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		struct ydoc *d = parsed(&arena, whole[i]);
		struct buf b = BUF_INIT;
		struct err e = { 0 };
		assert_int_equal(ydoc__rewrite(&arena, &b, d, ydoc_val(d), NULL, NULL, NULL, true, &e), 0);
		if (strcmp(buf_str(&b), whole[i]))
			fail_msg("--- given\n%s--- written\n%s---", whole[i], buf_str(&b));
		buf_free(&b);
	}
}

static const char *cut(const struct ydoc *d, size_t from, size_t to)
{
	return arena_dupn(&arena, d->text + from, to - from);
}

static void test_who_owns_what(void **state)
{
	(void)state;
	const char *text =
		"# head\n# a's, but the head's\na: 1 # one\n\n# apart\n\n# b's\nb:\n  - x\n  # closes\n# c's\nc: >-  # why\n"
		"  t\n\n# end\n";
	struct ydoc *d = parsed(&arena, text);
	const struct yentry *a = ydoc__field(d->root, "a", 0), *b = ydoc__field(d->root, "b", 0),
			    *c = ydoc__field(d->root, "c", 9);
	assert_string_equal(cut(d, 0, a->line), "# head\n# a's, but the head's\n");
	assert_string_equal(cut(d, a->trail, a->eol), " # one");
	assert_string_equal(cut(d, b->lead, b->attach), "\n# apart\n\n");
	assert_string_equal(cut(d, b->attach, b->line), "# b's\n");
	assert_string_equal(cut(d, b->val->tail, b->val->end), "  # closes\n");
	assert_string_equal(cut(d, c->lead, c->line), "# c's\n");
	assert_string_equal(cut(d, c->trail, c->eol), "  # why");
	assert_string_equal(cut(d, c->val->start, c->val->head), ">-");
	assert_string_equal(cut(d, c->val->start, c->val->end), ">-  # why\n  t");
	assert_string_equal(cut(d, d->root->end, d->n), "\n# end\n");
	assert_int_equal(d->comments.n, 9);
	assert_null(ydoc__field(d->root, "z", 0));
}

static void test_text_is_as_given(void **state)
{
	(void)state;
	size_t n;
	struct ydoc *d = parsed_n(&arena, "a: 1\r\nb: 2xxx", 10);
	assert_string_equal(ydoc_text(d, &n), "a: 1\r\nb: 2");
	assert_int_equal(n, 10);
	assert_false(d->final_newline);
	assert_true(d->crlf);
}

static struct val *reversed(const struct val *v)
{
	struct val *r = v->type == VAL_MAP ? val_map(&arena) : val_list(&arena);
	for (size_t i = v->type == VAL_MAP ? v->map.n : 0; i-- > 0;)
		arena_push(&arena, &r->map, v->map.at[i]);
	for (size_t i = v->type == VAL_LIST ? v->list.n : 0; i-- > 0;)
		val_push(&arena, r, v->list.at[i]);
	return r;
}

/* The largest lists and maps, turned round: what a quadratic comparison would take hours for. */
static void rewrite_reversed(const char *text, size_t n)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	struct ydoc *d = parsed_n(&arena, text, n);
	struct val *target = val_map(&arena);
	val_set(&arena, target, "l", reversed(val_get(ydoc_val(d), "l")));
	assert_int_equal(ydoc_rewrite(&b, d, target, NULL, NULL, NULL, &e), 0);
	assert_true(b.n == n);
	buf_free(&b);
}

/* Texts made to be slow: each must be answered in well under a second. */
static void test_hostile_sizes(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	struct ydoc *d;
	struct err e = { 0 };
	int64_t begun = clock_mono_ms();
	buf_puts(&b, "a: ");
	buf_fill(&b, '[', 500000);
	assert_int_equal(ydoc_parse(&d, &arena, "t", b.at, b.n, NULL, &e), ERR_LIMIT);
	buf_reset(&b);
	for (int i = 0; i < 49999; i++)
		buf_printf(&b, "k%d: 1\n", 49998 - i);
	assert_int_equal(ydoc_parse(&d, &arena, "t", b.at, b.n, NULL, &e), 0);
	assert_ptr_equal(ydoc__field(d->root, "k0", 0), &d->root->at[49998]);
	buf_puts(&b, "k77: 2\n");
	assert_int_equal(ydoc_parse(&d, &arena, "t", b.at, b.n, NULL, &e), ERR_DATA);
	buf_reset(&b);
	buf_puts(&b, "é:\n");
	for (int i = 0; i < 24000; i++)
		buf_puts(&b, "- é\n# à\n");
	assert_int_equal(ydoc_parse(&d, &arena, "t", b.at, b.n, NULL, &e), 0);
	buf_reset(&b);
	buf_puts(&b, "l:\n");
	for (int i = 0; i < 24000; i++)
		buf_printf(&b, "- x: %d\n", i + 100000);
	rewrite_reversed(b.at, b.n);
	buf_reset(&b);
	buf_puts(&b, "l:\n");
	for (int i = 0; i < 49000; i++)
		buf_printf(&b, " k%d: 1\n", i + 100000);
	rewrite_reversed(b.at, b.n);
	buf_free(&b);
	assert_true(clock_mono_ms() - begun < 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_data, begin, end),
		cmocka_unit_test_setup_teardown(test_raw_is_kept, begin, end),
		cmocka_unit_test_setup_teardown(test_positions, begin, end),
		cmocka_unit_test_setup_teardown(test_no_byte_is_left_out, begin, end),
		cmocka_unit_test_setup_teardown(test_who_owns_what, begin, end),
		cmocka_unit_test_setup_teardown(test_text_is_as_given, begin, end),
		cmocka_unit_test_setup_teardown(test_hostile_sizes, begin, end),
	};
	return cmocka_run_group_tests_name("yaml parse", tests, NULL, NULL);
}
