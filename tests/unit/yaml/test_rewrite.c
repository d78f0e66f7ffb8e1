/* Writing: small texts, what they should say, and the bytes that must come out. */
#include "ytest.h"

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

/* A schema of three fields: "texte" is prose, "code" a string, "l" a list-map by "k"; the same below "g" and in items. */
static const void *child(const void *shape, const char *key)
{
	return strchr("gl", *key) && !key[1] ? shape : key;
}

static const void *item(const void *shape)
{
	return shape;
}

static bool prose(const void *shape)
{
	return !strcmp(shape, "texte");
}

static bool string(const void *shape)
{
	return !strcmp(shape, "code");
}

static const char *list_key(const void *shape)
{
	return !strcmp(shape, "root") ? "k" : NULL;
}

static const char *head(const void *shape)
{
	(void)shape;
	return "# une fiche";
}

static const struct yshape_ops ops = { .child = child, .item = item, .list_key = list_key, .is_prose = prose, .is_string = string, .head = head };

struct edit {
	const char *canvas, *target, *expect;
};

static void run(const struct edit *cases, size_t n, const struct yshape_ops *o, const void *shape)
{
	int wrong = 0;
	for (size_t i = 0; i < n; i++) {
		struct ydoc *canvas = cases[i].canvas ? parsed(&arena, cases[i].canvas) : NULL;
		const char *got = rewritten(&arena, canvas, data(&arena, cases[i].target), NULL, o, shape);
		if (got && !strcmp(got, cases[i].expect))
			continue;
		wrong++;
		print_message("--- canvas\n%s--- target\n%s--- expected\n%s--- got\n%s---\n",
			      cases[i].canvas ? cases[i].canvas : "", cases[i].target, cases[i].expect,
			      got ? got : "(refused)\n");
	}
	assert_int_equal(wrong, 0);
}
#define RUN(cases, ops, shape) run(cases, sizeof(cases) / sizeof *(cases), ops, shape)

static void test_scalars(void **state)
{
	(void)state;
	static const struct edit cases[] = {
		{ "a: x   # c\nb: 2\n", "a: w\nb: 2\n", "a: w   # c\nb: 2\n" },
		{ "a:   x\n", "a: w\n", "a:   w\n" },
		{ "a: x\n", "a: y z\n", "a: y z\n" },
		{ "a: 'x'\n", "a: it's\n", "a: 'it''s'\n" },
		{ "a: \"x\" # c\n", "a: 'y \"z\" \\'\n", "a: \"y \\\"z\\\" \\\\\" # c\n" },
		{ "a: x\n", "a: \"no\"\n", "a: \"no\"\n" },
		{ "a: 'x'\n", "a: \"no\"\n", "a: 'no'\n" },
		{ "a: x\n", "a: \"2018-05-03\"\n", "a: \"2018-05-03\"\n" },
		{ "a: x\n", "a: \"b: c #d\"\n", "a: \"b: c #d\"\n" },
		{ "a: x\n", "a: \"\"\n", "a: \"\"\n" },
		{ "a: x\n", "a: ~\n", "a: null\n" },
		{ "a:  # why\nb: 1\n", "a: x\nb: 1\n", "a: x  # why\nb: 1\n" },
		{ "a:\nb: 1\n", "a: x y\nb: 1\n", "a: \"x y\"\nb: 1\n" },
		{ "a: 1\n", "a: 2.5\n", "a: 2.5\n" },
		{ "a: 0x10\nb: 010\n", "a: 16\nb: 11\n", "a: 0x10\nb: 11\n" },
		{ "a: 1\n", "a: true\n", "a: true\n" },
		{ "a: 1\n", "a: 1.0e+20\n", "a: 1.0e+20\n" },
		{ "a: x\n", "a: \"l1\\nl2\"\n", "a: |-\n  l1\n  l2\n" },
		{ "a: x # c\nb: 1\n", "a: \"l1\\n\\nl2\\n\"\nb: 1\n", "a: | # c\n  l1\n\n  l2\nb: 1\n" },
		{ "a: |- # c\n    l1\n\n# b's\nb: 1\n", "a: \"l2\"\nb: 1\n", "a: |- # c\n    l2\n\n# b's\nb: 1\n" },
		{ "a: >\n  x\n  y\nb: 1\n", "a: \"z\\n\"\nb: 1\n", "a: |\n  z\nb: 1\n" },
		{ "a: |\n  x\nb: 1\n", "a: \"x\\n\\n\"\nb: 1\n", "a: \"x\\n\\n\"\nb: 1\n" },
		{ "a: |\n  x\nb: 1\n", "a: \" x\\n\"\nb: 1\n", "a: \" x\\n\"\nb: 1\n" },
		{ "a: |\n  x\nb: 1\n", "a: \"x\\n  \\ny\\n\"\nb: 1\n", "a: \"x\\n  \\ny\\n\"\nb: 1\n" },
		{ "a: x\n", "a: \"tab\\tand \\x01 \\u2028 \\uFEFF\"\n", "a: \"tab\\tand \\x01 \\u2028 \\uFEFF\"\n" },
		{ "a:\n  x\n  y\nb: 1\n", "a: z\nb: 1\n", "a: z\nb: 1\n" },
		{ "a: # why\n  x\nb: 1\n", "a: z\nb: 1\n", "# why\na: z\nb: 1\n" },
		{ "x: 1\n", "x: \"🧭 é\"\n", "x: 🧭 é\n" },
		{ "a: \"x\n  y\"\nb: 1\n", "a: x y\nb: 2\n", "a: \"x\n  y\"\nb: 2\n" },
	};
	RUN(cases, NULL, NULL);
}

static void test_fields(void **state)
{
	(void)state;
	static const struct edit cases[] = {
		{ "a: 1\nc: 3\n", "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\n" },
		{ "# head\n\na: 1\n", "z: 0\na: 1\n", "# head\n\nz: 0\na: 1\n" },
		{ "a: 1\n\n# end\n", "a: 1\nb: 2\n", "a: 1\nb: 2\n\n# end\n" },
		{ "a: 1\n# of b\nb: 2\nc: 3\n", "a: 1\nc: 3\n", "a: 1\nc: 3\n" },
		{ "a: 1\n\n# apart\n\n# of b\nb: 2\n# of c\nc: 3\n", "a: 1\nc: 3\n", "a: 1\n\n# apart\n\n# of c\nc: 3\n" },
		{ "a: 1\n\nb: 2\n\nc: 3\n", "a: 1\nc: 3\n", "a: 1\n\nc: 3\n" },
		{ "a: 1\n\nb: 2\n", "b: 2\n", "b: 2\n" },
		{ "# head\na: 1\n\nb: 2\n", "b: 2\n", "# head\nb: 2\n" },
		{ "a: 1\n\nb: 2\n", "a: 1\n", "a: 1\n" },
		{ "a: 1\n\n# apart\n\nb: 2\n", "a: 1\n", "a: 1\n\n# apart\n\n" },
		{ "a: 1\nb: 2 # c\nc: 3\n", "c: 3\nb: 2\na: 4\n", "c: 3\nb: 2 # c\na: 4\n" },
		{ "g:\n    x: 1\n    # of y\n    y: 2\n", "g: {x: 1, y: 2, z: 3}\n", "g:\n    x: 1\n    # of y\n    y: 2\n    z: 3\n" },
		{ "g:   # c\n  x: 1\n  # more\nb: 1\n", "g: {}\nb: 1\n", "g: {}   # c\n  # more\nb: 1\n" },
		{ "g: {}   # c\nb: 1\n", "g: {x: 1}\nb: 1\n", "g:   # c\n  x: 1\nb: 1\n" },
		{ "g:\nb: 1\n", "g: {x: {w: 1}}\nb: 1\n", "g:\n  x:\n    w: 1\nb: 1\n" },
		{ "g:\n    x: 1\nb: 1\n", "g: {x: 1}\nb: 1\nh: {w: 2}\n", "g:\n    x: 1\nb: 1\nh:\n    w: 2\n" },
		{ "g:\n  x: 1\n", "g: text\n", "g: text\n" },
		{ "g: text # c\n", "g: {x: 1}\n", "g: # c\n  x: 1\n" },
		{ "a: 1\n", "a: 1\n\"no\": 2\n\"x y\": 3\n\"b:\": 4\né: 5\n\"\": 6\n",
		  "a: 1\n\"no\": 2\n\"x y\": 3\n\"b:\": 4\né: 5\n\"\": 6\n" },
		{ "\"a\" : 1\n", "a: 2\n", "\"a\" : 2\n" },
		{ "  a: 1\n  b: 2\n", "a: 1\nb: 3\nc: 4\n", "  a: 1\n  b: 3\n  c: 4\n" },
		{ "%YAML 1.2\n--- # s\na: 1\n...\n# e\n", "a: 2\nb: 3\n", "%YAML 1.2\n--- # s\na: 2\nb: 3\n...\n# e\n" },
	};
	RUN(cases, NULL, NULL);
}

static void test_lists(void **state)
{
	(void)state;
	static const struct edit cases[] = {
		{ "l:\n- a\n- c\n", "l: [a, b, c]\n", "l:\n- a\n- b\n- c\n" },
		{ "l:\n  - a # 1\n  # two\n  - b\n  # end\nx: 1\n", "l: [a]\nx: 1\n", "l:\n  - a # 1\n  # end\nx: 1\n" },
		{ "l:\n  - a # 1\n  # two\n  - b\n", "l: [b, a, c]\n", "l:\n  # two\n  - b\n  - a # 1\n  - c\n" },
		{ "l:\n  - a\n", "l: []\n", "l: []\n" },
		{ "l: []\nx: 1\n", "l: [a, b]\nx: 1\n", "l:\n  - a\n  - b\nx: 1\n" },
		{ "l:\n  - a\n  - 'b' # c\n  - d\n", "l: [a, e, d]\n", "l:\n  - a\n  - 'e' # c\n  - d\n" },
		{ "l:\n  - x: 1\n    y: 'a'\n  - x: 2\n    y: 'b'\n", "l: [{x: 1, y: a}, {x: 2, y: c}]\n",
		  "l:\n  - x: 1\n    y: 'a'\n  - x: 2\n    y: 'c'\n" },
		{ "l:\n  - id: a\n    y: 'a' # c\n  - id: b\n    y: 2\n", "l: [{id: b, y: 2}, {id: a, y: b}]\n",
		  "l:\n  - id: b\n    y: 2\n  - id: a\n    y: 'b' # c\n" },
		{ "l:\n  - id: a\n    y: 1\n", "l: [{id: z, w: 1}, {id: a, y: 1, z: [q]}]\n",
		  "l:\n  - id: z\n    w: 1\n  - id: a\n    y: 1\n    z:\n      - q\n" },
		{ "l:\n  # i1\n  -   id: a\n      # yy\n      y: 1\n", "l: [{y: 1, id: a}]\n", "l:\n  # i1\n  -   id: a\n      # yy\n      y: 1\n" },
		{ "l:\n  # i1\n  -   id: a\n      # yy\n      y: 1\nm: 1\n", "l: [{y: 2, id: a}]\nm: 1\n",
		  "l:\n  # i1\n  # yy\n  -   y: 2\n      id: a\nm: 1\n" },
		{ "l:\n  - - 1\n    - 2\n  - 3\n", "l: [[1, 4, 2], 3]\n", "l:\n  - - 1\n    - 4\n    - 2\n  - 3\n" },
		{ "l:\n  - 1\n", "l: [1, [2, 3], {a: b, c: [d]}, [], ~]\n",
		  "l:\n  - 1\n  - - 2\n    - 3\n  - a: b\n    c:\n      - d\n  - []\n  - null\n" },
		{ "l:\n  -\n    x: 1\n    y: 2\n", "l: [{x: 1, y: 3}]\n", "l:\n  -\n    x: 1\n    y: 3\n" },
		{ "l:\n  - a: 1\n    b: 2\n", "l: [{b: 2}]\n", "l:\n  - b: 2\n" },
		{ "l:\n  - a: 1\n    # of b\n    b: 2\n", "l: [{b: 2}]\n", "l:\n  # of b\n  - b: 2\n" },
		{ "l:\n  - a\n  - a\n  - b\n", "l: [a, b, a, a]\n", "l:\n  - a\n  - b\n  - a\n  - a\n" },
		{ "l:\n- x: 1\n", "l: [{x: 1}]\nm: [a]\n", "l:\n- x: 1\nm:\n- a\n" },
		{ "l:\n  - |\n    t\n  - u\n", "l: [\"t\\n\", \"v\\nw\"]\n", "l:\n  - |\n    t\n  - |-\n    v\n    w\n" },
		{ "l:\n  - 1\n  - 1.0\n  - 2\n", "l: [2, 1, 1]\n", "l:\n  - 2\n  - 1\n  - 1.0\n" },
	};
	RUN(cases, NULL, NULL);
}

static void test_flow(void **state)
{
	(void)state;
	static const struct edit cases[] = {
		{ "l: [a, 'b', \"c\"] # c\nx: 1\n", "l: [a, b, d, c]\nx: 1\n", "l: [a, 'b', d, \"c\"] # c\nx: 1\n" },
		{ "l: ['a']\n", "l: [a, \"no\", \"x, y\"]\n", "l: ['a', 'no', 'x, y']\n" },
		{ "l: [a]\n", "l: [a, \"no\", \"x, y\", \"l1\\nl2\", \"\"]\n", "l: [a, \"no\", \"x, y\", \"l1\\nl2\", \"\"]\n" },
		{ "m: { a: 1 }\n", "m: {a: 2, b: {c: []}}\n", "m: { a: 2, b: {c: []} }\n" },
		{ "l: [a]\n", "l: []\n", "l: []\n" },
		{ "l: [a, # one\n  b]\nx: 1\n", "l: [a, c]\nx: 1\n", "# one\nl: [a, c]\nx: 1\n" },
		{ "l: [a]\n", "l: {x: 1}\n", "l: {x: 1}\n" },
		{ "l: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb]\nx: 1\n",
		  "l: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccccccccccccccc]\nx: 1\n",
		  "l:\n  - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  - bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n  - ccccccccccccccccccccccccccccccccc\nx: 1\n" },
	};
	RUN(cases, NULL, NULL);
}

static void test_ends(void **state)
{
	(void)state;
	static const struct edit cases[] = {
		{ "a: 1\r\nb: |\r\n  x\r\n\r\nc: 3\r\n", "a: 1\nb: \"y\\nz\\n\"\nc: 3\nd: 4\n",
		  "a: 1\r\nb: |\r\n  y\r\n  z\r\n\r\nc: 3\r\nd: 4\r\n" },
		{ "\xEF\xBB\xBF" "a: 1\n", "a: 2\n", "\xEF\xBB\xBF" "a: 2\n" },
		{ "\xEF\xBB\xBF" "a: 1\n", "z: 1\na: 1\n", "\xEF\xBB\xBF" "z: 1\na: 1\n" },
		{ "a: 1", "a: 2\n", "a: 2" },
		{ "a: 1", "a: 1\nb: 2\n", "a: 1\nb: 2" },
		{ "a: 1\nb: 2", "a: 1\n", "a: 1" },
		{ "a: 1", "a: \"x\\ny\\n\"\n", "a: |\n  x\n  y\n" },
		{ "a: 1\nb: |\n  x", "a: 2\nb: \"x\\n\"\n", "a: 2\nb: |\n  x" },
		{ "b: |\n  x", "b: \"x\\n\"\na: 2\n", "b: |\n  x\na: 2" },
		{ "a: 1\n# end", "a: 2\nb: 3\n", "a: 2\nb: 3\n# end" },
		{ "a: |+\n  x\n\nb: 1\n", "a: \"x\\n\\n\"\nb: 2\n", "a: |+\n  x\n\nb: 2\n" },
		{ "a: 1\n\nb: 2\n", "a: \"x\\n\"\nb: 2\n", "a: |\n  x\n\nb: 2\n" },
		{ "a: 1\n   \nb: 2\n", "a: \"x\\n\"\nb: 2\n", "a: \"x\\n\"\n   \nb: 2\n" },
	};
	RUN(cases, NULL, NULL);
}

static void test_schema(void **state)
{
	(void)state;
	static const struct edit cases[] = {
		{ NULL, "a: x\nb: il dit\nc: \"no\"\nd: 1\ng: {l: [{k: x}], e: []}\n",
		  "# une fiche\na: x\nb: \"il dit\"\nc: \"no\"\nd: 1\ng:\n  l:\n    - k: x\n  e: []\n" },
		{ NULL, "texte: une phrase\ncode: 01\n", "# une fiche\ntexte: |-\n  une phrase\ncode: \"01\"\n" },
		{ "texte: \"a\"\n", "texte: b\n", "texte: \"b\"\n" },
		{ "texte: \"a\"\n", "texte: \"b\\nc\"\n", "texte: |-\n  b\n  c\n" },
		{ "code: 01\nb: 1\n", "code: \"01\"\nb: 2\n", "code: 01\nb: 2\n" },
		{ "code: \"01\"\nb: 1\n", "code: 01\nb: 2\n", "code: \"01\"\nb: 2\n" },
		{ "code: 01\nb: 1\n", "code: \"1\"\nb: 1\n", "code: \"1\"\nb: 1\n" },
		{ "code: true\nb: 1\n", "code: \"true\"\nb: 2\n", "code: true\nb: 2\n" },
		{ "code: ~\nb: 1\n", "code: \"~\"\nb: 2\n", "code: ~\nb: 2\n" }, /* as schema_type reads them */
		{ "code:\nb: 1\n", "code: \"\"\nb: 2\n", "code:\nb: 2\n" },
		{ "code: ~\nb: 1\n", "code: null\nb: 2\n", "code: ~\nb: 2\n" },
		{ "code: x\nb: 1\n", "code: ~\nb: 1\n", "code: null\nb: 1\n" },
		{ "b: 01\nc: 1\n", "b: \"01\"\nc: 1\n", "b: \"01\"\nc: 1\n" },
		{ "l:\n  - k: a\n    v: 1 # c\n  - k: b\n    v: 1\n", "l: [{k: b, v: 1}, {k: a, v: 2}]\n",
		  "l:\n  - k: b\n    v: 1\n  - k: a\n    v: 2 # c\n" },
	};
	RUN(cases, &ops, "root");
}

/* --- with a donor and a base -------------------------------------------------------------------------------------- */

struct merge {
	const char *base, *canvas, *donor, *target, *expect;
};

static void run_merges(const struct merge *cases, size_t n)
{
	int wrong = 0;
	for (size_t i = 0; i < n; i++) {
		const struct merge *m = &cases[i];
		struct ydoc *canvas = parsed(&arena, m->canvas);
		struct yfrom from = { m->donor ? parsed(&arena, m->donor) : NULL,
				      m->base ? parsed(&arena, m->base) : NULL };
		const char *got = rewritten(&arena, canvas, data(&arena, m->target), &from, NULL, NULL);
		if (got && !strcmp(got, m->expect))
			continue;
		wrong++;
		print_message("--- base\n%s--- canvas\n%s--- donor\n%s--- target\n%s--- expected\n%s--- got\n%s---\n",
			      m->base ? m->base : "", m->canvas, m->donor ? m->donor : "", m->target, m->expect,
			      got ? got : "(refused)\n");
	}
	assert_int_equal(wrong, 0);
}

static void test_donor(void **state)
{
	(void)state;
	static const struct merge cases[] = {
		/* new on the donor's side: its chunk, re-indented */
		{ NULL, "a: 1\n", "a: 1\n\n# of b\nb: 'x' # why\n", "a: 1\nb: x\n", "a: 1\n\n# of b\nb: 'x' # why\n" },
		{ NULL, "g:\n    x: 1\n", "g:\n  x: 1\n  # of y\n  y:\n    - |\n      t\n    - [1,\n      2]\n",
		  "g: {x: 1, y: [\"t\\n\", [1, 2]]}\n", "g:\n    x: 1\n    # of y\n    y:\n      - |\n        t\n      - [1,\n        2]\n" },
		{ NULL, "l:\n- id: a\n", "l:\n  - id: a\n  # b's\n  -   id: b\n      t: >\n        u\n", "l: [{id: a}, {id: b, t: \"u\\n\"}]\n",
		  "l:\n- id: a\n# b's\n-   id: b\n    t: >\n      u\n" },
		/* the donor's value, the canvas's surroundings */
		{ "a: 1\nb: 1\n", "a: 1 # c\nb: 1\n", "a: 0x2\nb: 1\n", "a: 2\nb: 1\n", "a: 0x2 # c\nb: 1\n" },
		{ "a: 1\n", "# c\n\na: 1\n", "a: 'x'\n", "a: x\n", "# c\n\na: 'x'\n" },
		/* a field of each side, inside a map */
		{ "g:\n  x: 1\n  y: 1\n", "g:\n  x: 2 # x\n  y: 1\n", "g:\n  x: 1\n  y: 2 # y\n", "g: {x: 2, y: 2}\n",
		  "g:\n  x: 2 # x\n  y: 2 # y\n" },
		/* both changed, the base's value stays: its spelling too */
		{ "a: 'b'\n", "a: c\n", "a: d\n", "a: b\n", "a: 'b'\n" },
		/* line ends and byte order mark follow who changed them */
		{ "a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\r\nb: 2\r\n", "a: 2\nb: 2\n", "a: 2\r\nb: 2\r\n" },
		{ "a: 1\nb: 1\n", "a: 2\r\nb: 1\r\n", "a: 1\nb: 2\n", "a: 2\nb: 2\n", "a: 2\r\nb: 2\r\n" },
		{ "a: 1\n", "a: 1\n", "\xEF\xBB\xBF" "a: 1", "a: 1\n", "\xEF\xBB\xBF" "a: 1" },
		{ NULL, "a: 1\n", "a: 1\r\nb: |\r\n  x\r\n", "a: 1\nb: \"x\\n\"\n", "a: 1\nb: |\n  x\n" },
	};
	run_merges(cases, sizeof cases / sizeof *cases);
}

static void test_spelling_and_comments(void **state)
{
	(void)state;
	static const struct merge cases[] = {
		{ "a: x\n", "a: x\n", "a: 'x'\n", "a: x\n", "a: 'x'\n" },
		{ "a: x\n", "a: \"x\"\n", "a: 'x'\n", "a: x\n", "a: \"x\"\n" },
		{ "a: 'x'\n", "a: x\n", "a: 'x'\n", "a: x\n", "a: x\n" },
		{ "a: [1, 2]\n", "a: [1, 2]\n", "a:\n  - 1\n  - 2\n", "a: [1, 2]\n", "a:\n  - 1\n  - 2\n" },
		/* above */
		{ "a: 1\n# c\nb: 1\n", "a: 1\n# c\nb: 2\n", "a: 1\n# d\nb: 1\n", "a: 1\nb: 2\n", "a: 1\n# d\nb: 2\n" },
		{ "a: 1\n# c\nb: 1\n", "a: 1\n# d\nb: 1\n", "a: 1\n# c\nb: 2\n", "a: 1\nb: 2\n", "a: 1\n# d\nb: 2\n" },
		{ "a: 1\n# c\n# d\nb: 1\n", "a: 1\n# c\n# d\n# e\nb: 1\n", "a: 1\n# d\n# f\nb: 1\n", "a: 1\nb: 1\n",
		  "a: 1\n# d\n# e\n# f\nb: 1\n" },
		{ "a: 1\n# c\nb: 1\n", "a: 1\nb: 1\n", "a: 1\n# c\nb: 1\n", "a: 1\nb: 1\n", "a: 1\nb: 1\n" },
		/* behind */
		{ "a: 1\n", "a: 2 # c\n", "a: 1 # d\n", "a: 2\n", "# d\na: 2 # c\n" },
		{ "a: 1 # c\n", "a: 2 # c\n", "a: 1\n", "a: 2\n", "a: 2\n" },
		{ "a: 1\n", "a: 2\n", "a: 1 # d\n", "a: 2\n", "a: 2 # d\n" },
		/* head, tail, end */
		{ "# h\na: 1\n# e\n", "# h\n# i\na: 1\n# e\n", "# h\n# j\na: 1\n", "a: 1\n", "# h\n# i\n# j\na: 1\n" },
		{ "l:\n  - a\nb: 1\n", "l:\n  - a\n  # c\nb: 1\n", "l:\n  - a\n  # d\nb: 1\n", "l: [a]\nb: 1\n",
		  "l:\n  - a\n  # c\n  # d\nb: 1\n" },
		/* an entry goes, a comment apart from it stays, once; unless it went with it */
		{ "a: 1\n\n# apart\n\nb: 1\nc: 1\n", "a: 1\n\n# apart\n\nb: 1\nc: 1\n", "a: 1\n\n# apart\n\nc: 1\n", "a: 1\nc: 1\n",
		  "a: 1\n\n# apart\n\nc: 1\n" },
		{ "a: 1\n\n# apart\n\nb: 1\nc: 1\n", "a: 1\n\n# apart\n\nb: 1\nc: 2\n", "a: 1\nc: 1\n", "a: 1\nc: 2\n", "a: 1\nc: 2\n" },
		{ "a: 1\n\n# apart\n\nc: 1\n", "a: 1\n\n# apart\n\nc: 1\n", "a: 1\n\n# apart\n\nb: 1\nc: 1\n", "a: 1\nb: 1\nc: 1\n",
		  "a: 1\n\n# apart\n\nb: 1\nc: 1\n" },
		/* one side re-indented a block, the other changed what is in it */
		{ "g:\n  x: 1\nl:\n  - a\n", "g:\n  x: 2\nl:\n  - a\n  - b\n", "g:\n    x: 1\nl:\n- a\n", "g: {x: 2}\nl: [a, b]\n",
		  "g:\n    x: 2\nl:\n- a\n- b\n" },
		{ "g:\n  x: 1\nl:\n  - a\n", "g:\n    x: 1\nl:\n- a\n", "g:\n  x: 2\nl:\n  - a\n  - b\n", "g: {x: 2}\nl: [a, b]\n",
		  "g:\n    x: 2\nl:\n- a\n- b\n" },
		/* the base's spelling does not count where a side has the value */
		{ "g:\n  x: 1\n", "g: {x: 2}\n", "g:\n  x: 1\n  y: 'z'\n", "g: {x: 2, y: z}\n", "g:\n  x: 2\n  y: 'z'\n" },
	};
	run_merges(cases, sizeof cases / sizeof *cases);
}

/* Law 2 of DESIGN 5, for texts: one side changed something, the other nothing: that side's bytes. */
static void test_one_sided(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"# h\na: 1 # c\ng:\n  x: 'y'\n  l:\n    - id: a\n      t: |-\n        u\n    # e\nz: [1]\n# f\n",
		"# k\na: 0x1\ng:\n    x: y # d\n    l:\n    - id: b\n    - id: a\n      t: u\nz:\n  - 1\n\n",
		"a: 1\r\ng:\r\n  l: []\r\n",
		"\xEF\xBB\xBF---\na: 1\nnew:\n  - - k: v\n      # in\n      w: >\n       folded",
	};
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 4; j++) {
			struct ydoc *base = parsed(&arena, texts[i]), *side = parsed(&arena, texts[j]);
			struct yfrom to_donor = { side, base }, to_canvas = { base, base };
			const char *x = rewritten(&arena, base, ydoc_val(side), &to_donor, NULL, NULL);
			const char *y = rewritten(&arena, side, ydoc_val(side), &to_canvas, NULL, NULL);
			assert_string_equal(x, texts[j]);
			assert_string_equal(y, texts[j]);
		}
	}
}

static void test_refused(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	struct ydoc *d = parsed(&arena, "a: 1\n");
	struct val *v = val_map(&arena);
	buf_puts(&b, "before");
	assert_int_equal(ydoc_rewrite(&b, d, v, NULL, NULL, NULL, &e), ERR_DATA);
	assert_int_equal(ydoc_rewrite(&b, d, val_str(&arena, "x"), NULL, NULL, NULL, &e), ERR_DATA);
	val_set(&arena, v, "a", val_str(&arena, "\xFF"));
	assert_int_equal(ydoc_rewrite(&b, d, v, NULL, NULL, NULL, &e), ERR_DATA);
	val_set(&arena, v, "a", val_strn(&arena, "x\0y", 3));
	assert_int_equal(ydoc_rewrite(&b, d, v, NULL, NULL, NULL, &e), ERR_DATA);
	struct val *deep = val_list(&arena);
	for (int i = 0; i < YAML_MAX_DEPTH - 2; i++) {
		struct val *outer = val_list(&arena);
		val_push(&arena, outer, deep);
		deep = outer;
	}
	val_set(&arena, v, "a", deep);
	assert_int_equal(ydoc_rewrite(&b, d, v, NULL, NULL, NULL, &e), 0);
	buf_cut(&b, 6);
	struct val *outer = val_list(&arena);
	val_push(&arena, outer, deep);
	val_set(&arena, v, "a", outer);
	assert_int_equal(ydoc_rewrite(&b, d, v, NULL, NULL, NULL, &e), ERR_LIMIT);
	char *big = arena_alloc(&arena, YAML_MAX_BYTES + 1);
	memset(big, 'x', YAML_MAX_BYTES);
	val_set(&arena, v, "a", val_str(&arena, big));
	assert_int_equal(ydoc_rewrite(&b, d, v, NULL, NULL, NULL, &e), ERR_LIMIT);
	val_set(&arena, v, "a", val_int(&arena, 1));
	memset(big, 'x', YAML_MAX_KEY + 1);
	big[YAML_MAX_KEY + 1] = 0;
	val_set(&arena, v, big, val_int(&arena, 1));
	assert_int_equal(ydoc_rewrite(&b, d, v, NULL, NULL, NULL, &e), ERR_DATA);
	assert_non_null(strstr(e.msg, "200 caractères"));
	assert_string_equal(buf_str(&b), "before"); /* untouched on failure */
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_scalars, begin, end),
		cmocka_unit_test_setup_teardown(test_fields, begin, end),
		cmocka_unit_test_setup_teardown(test_lists, begin, end),
		cmocka_unit_test_setup_teardown(test_flow, begin, end),
		cmocka_unit_test_setup_teardown(test_ends, begin, end),
		cmocka_unit_test_setup_teardown(test_schema, begin, end),
		cmocka_unit_test_setup_teardown(test_donor, begin, end),
		cmocka_unit_test_setup_teardown(test_spelling_and_comments, begin, end),
		cmocka_unit_test_setup_teardown(test_one_sided, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end),
	};
	return cmocka_run_group_tests_name("yaml rewrite", tests, NULL, NULL);
}
