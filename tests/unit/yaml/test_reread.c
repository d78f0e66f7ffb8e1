/* A text read beside documents that have most of its lines (ydoc_parse_like) is the document that it is when read alone, in
 * every offset; or it is refused in the same words.
 *
 * Named cases, then texts made of the lines of others: moved, dropped, doubled, cut in two, with lines in between that end,
 * open or break something. SEED= and ROUNDS= from the environment.
 */
#include "ytest.h"

#include <time.h>
#include "../../lib/ylaws.h"

static uint64_t seed, state64;

static uint32_t rnd(size_t n)
{
	state64 ^= state64 << 13;
	state64 ^= state64 >> 7;
	state64 ^= state64 << 17;
	return (uint32_t)((state64 >> 20) % n);
}

static const char *const texts[] = {
	"# head\n\n# of a\na: 1   # one\n\n# b's\nb: 2\nc: x\nd: y\n# end\n",
	"\xEF\xBB\xBF%YAML 1.1\n--- # start\na: 1\nb: 'x'\nc: \"y\"\n... # stop\n# after\n",
	"a:   # list\n  # first\n  - x # one\n\n  # second\n  - y\n  # closes\n\n# of b\nb: 1\nc:\nd: ~\n",
	"a:\n- x\n- - y\n  -   z\n-\n- k: 1\n  # deep\n  l:\n    - m\n    # closes the inner\n"
	"  # closes the map\nb: {x: 1} # flow\nc: 2\n",
	"a: |- # header\n  text\n   more\n\n  end\n\n\nb: >+\n  x\n\n\nc: |\n   y\n   \n  # no\nd: |+\n\n\ne: |\nf: 1\n",
	"a: [1, # one\n  2,\n  # two\n  3\n]\nb: {\n  x: 1\n}\nc: [ 'q', {r: s} ]\nd: [1,\nx]\ne: 5\n",
	"a:\n  plain text\n  goes on\nb:   # why\n  'quoted\n\n  text'\nc: \"x\\\n  y\"\nd: é à ü\ne: été\nf: 3\n",
	"a: 1\r\n# c\r\nb:\r\n  - x\r\n\r\nc: |\r\n  y\r\nd: 3\r\n",
	"b: 1\r\na: |2\r\n   x\r\nc: 3",
	"  a: 1\n  b:\n    - x\n  # tail at the root's column\n",
	"\"a\": 1\n'b' : 2\nc:\t3\nd:    \ne:\n",
	"a:\n    -   id: a\n        # t\n        t: |2+\n           x\n\n    -   id: b\n        t:\n"
	"        - 1\n        - [2]\nb: 1\nc: 2\n",
	"a: |\n  x",
	"_: 1\n__: 2\na: 3\n",
	"schema: a/1\nid: ens-ara-k5w2h9tc\ntitre: \"Un jardin\"\nthemes:\n  - x\n  - y\nenonce: |-\n  Une phrase.\n\n"
	"  Une autre.\nconditions:\n  - id: c1\n    texte: \"Oui.\"\n  - id: c2\n    texte: Non\nsens: mixte\nfin: ~\n",
};
#define TEXTS (sizeof texts / sizeof *texts)

static const char *const lines[] = {
	"...\n", "---\n", "--- x\n", "?\n", "? x\n", "- x\n", "-\n", "]\n", "}\n", "\"\n", "'\n", "x\n",
	"x: y\n", "a: 1\n", "_:\n", "__:\n",
	"_: 1\n", "  x\n", "  x: y\n", "    - x\n", "\n", "   \n", "\t\n", "\tx\n", "# c\n", "  # c\n", "#\n",
	"%YAML 1.2\n", "%TAG x\n",
	"x: |\n", "x: |+\n", "x: >2\n", "y: [\n", "y: {a: [b\n", "z: \"\n", "z: 'a\n", "k: &a b\n", "k: *a\n",
	"k: !t b\n", "<<: x\n",
	"a: b: c\n", "x:y\n", ": x\n", "\xEF\xBB\xBF" "a: 1\n", "\xC3\xA9: 1\n", "\"b\": 1\n", "b: \xC3\xA9\r\n", "x\r",
	"a: \xFF\n", "last: 1",
};
#define LINES (sizeof lines / sizeof *lines)

struct line {
	const char *at;
	size_t n;
};
struct many {
	struct line *at;
	size_t n, cap;
};

static void cut(struct arena *a, struct many *out, const char *text)
{
	while (*text) {
		const char *nl = strchr(text, '\n');
		struct line l = { text, nl ? (size_t)(nl - text) + 1 : strlen(text) };
		arena_push(a, out, l);
		text += l.n;
	}
}

/* Some of a text's lines, in nearly their order, and some others. */
static const char *mixed(struct arena *a, const char *from)
{
	struct ytext out = { .a = a };
	struct many l = { 0 };
	cut(a, &l, from);
	uint32_t often = 2 + rnd(12);
	for (size_t i = 0; i < l.n; i++) {
		uint32_t what = rnd(often) ? 9 : rnd(6);
		struct line other = l.at[rnd(l.n)];
		if (what == 0)
			continue;
		if (what == 1)
			ytext_put(&out, other.at, other.n);
		if (what == 2)
			ytext_puts(&out, lines[rnd(LINES)]);
		ytext_put(&out, l.at[i].at, what == 3 ? rnd(l.at[i].n) : l.at[i].n);
		if (what == 4)
			ytext_put(&out, l.at[i].at, l.at[i].n);
	}
	ytext_put(&out, "", 1);
	return out.at;
}

static const struct ydoc *any_doc(struct arena *a, const char *text)
{
	struct ydoc *d;
	struct err e;
	for (int tries = 0; tries < 3; tries++) {
		const char *s = rnd(2) ? text : mixed(a, text);
		if (!ydoc_parse(&d, a, "t", s, strlen(s), NULL, &e))
			return d;
	}
	return NULL;
}

static void same(struct arena *a, const struct ylike *like, const char *text)
{
	if (!ylaws_same_read(a, like, text, strlen(text)))
		fail_msg("read beside others it is something else (SEED=%llu)\n--- text\n%s\n--- beside\n%s\n---\n%s\n---\n%s\n---",
			 (unsigned long long)seed, text, like->at[0] ? like->at[0]->text : "", like->at[1] ? like->at[1]->text : "",
			 like->at[2] ? like->at[2]->text : "");
}

static void test_mixed(void **state)
{
	(void)state;
	const char *rounds = getenv("ROUNDS");
	uint64_t n = rounds && *rounds ? strtoull(rounds, NULL, 10) * 20 : 20000;
#ifdef __SANITIZE_ADDRESS__
	n /= 4;
#endif
	size_t accepted = 0, fast = 0;
	for (uint64_t i = 0; i < n; i++) {
		struct arena a;
		struct ydoc *d;
		struct err e;
		if (!arena_begin(&a))
			fail();
		const char *from = texts[rnd(TEXTS)], *text = mixed(&a, from);
		struct ylike like = { { any_doc(&a, from), any_doc(&a, rnd(4) ? from : texts[rnd(TEXTS)]), any_doc(&a, from) } };
		same(&a, &like, text);
		accepted += !ydoc_parse(&d, &a, "t", text, strlen(text), NULL, &e);
		fast += ydoc__reread(&a, &like, text, strlen(text)) != NULL;
		arena_end(&a);
	}
	print_message("# %zu texts accepted, %zu of them read in part only\n", accepted, fast);
	assert_true(accepted > n / 5 && fast > n / 20);
}

/* The document read before, the text, and whether only a part of it need be read. */
static void test_named(void **state)
{
	static const struct {
		const char *like, *text;
		bool part;
	} cases[] = {
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 9\nc: 3\n", true },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\n", true },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nx: 0\nb: 2\nc: 3\n", true },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nc: 3\n", true },
		{ "a: 1\nb: 2\nc: 3\n", "x: 1\ny: 2\n", false },
		{ "# x\na: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 4\n", true },
		/* what stands above a field is its own wherever it came from */
		{ "a: 1\nb: 2\n# of c\nc: 3\nd: 4\n", "a: 1\n# of b\nb: 2\n# of c\nc: 3\nd: 5\n", true },
		{ "a:\n  - x\n  # closes\n# of b\nb: 2\nc: 3\n", "a:\n  - x\n  # closes\n# of b\nb: 0\nc: 3\n", true },
		/* twice, also when each alone is known */
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nb: 2\nc: 3\n", false },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 4\nb: 3\nc: 3\n", false },
		/* looks like a field and is none */
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nx: [1,\nb: 2\n]\nc: 3\n", false },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nx: \"1\nb: 2\n\"\nc: 3\n", false },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nx\nb: 2\nc: 3\n", false },
		/* an end in the middle */
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 0\n...\nc: 3\n", false },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 0\n---\nc: 3\n", false },
		{ "a: 1\nb: 2\nc: 3\n...\n", "a: 1\nb: 0\nc: 3\n...\n", true },
		{ "a: 1\nb: 2\n...\n", "a: 1\nb: 2\n...\nc: 3\n", false },
		{ "# x\na: 1\nb: 2\nc: 3\n", "b: 2\nc: 3\n", true },
		{ "a: 1\nb: 2\nc: 3", "a: 1\nb: 0\nc: 3", true },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 0\nc: 3", true },
		{ "a: 1\nb: |+\n\n\nc: |+\n\n", "a: 0\nb: |+\n\n\nc: |+\n\n", true },
		/* the guards' own names */
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\n_: 2\nc: 3\n", false },
		{ "a: 1\nb: 2\nc: 3\n", "a: 0\n_: 2\nc: 3\n", true },
		{ "a: 1\nb: 2\nc: 3\n", "a: 1\n__: 2\nc: 3\n", false },
		/* the text's two ends */
		{ "\xEF\xBB\xBF" "a: 1\nb: 2\nc: 3\n", "\xEF\xBB\xBF" "a: 1\nb: 0\nc: 3\n", true },
		{ "a: 1\nb: 2\nc: 3\n", "\xEF\xBB\xBF" "a: 1\nb: 2\nc: 4\n", true },
		{ "a: 1\nb: 2\nc: 3\n", "\xEF\xBB\xBF" "%YAML 1.2\n---\na: 1\nb: 2\nc: 4\n", true },
		{ "a: 1\nb: 2\nc: 3\n", "", false },
		{ "a: 1\nb: 2\nc: 3\n", "\n\n# x\n", false },
		{ " a: 1\n b: 2\n", " a: 1\n b: 2\n", false },
		{ "{a: 1}\n", "a: 1\n", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a;
		struct ydoc *d = NULL;
		struct err e;
		if (!arena_begin(&a))
			fail();
		ydoc_parse(&d, &a, "t", cases[i].like, strlen(cases[i].like), NULL, &e);
		struct ylike like = { { NULL, d, NULL } };
		same(&a, &like, cases[i].text);
		if ((ydoc__reread(&a, &like, cases[i].text, strlen(cases[i].text)) != NULL) != cases[i].part)
			fail_msg("%s read in part only:\n%s", cases[i].part ? "not" : "", cases[i].text);
		arena_end(&a);
	}
}

/* As large as may be, and larger: the limits are of the whole, and it stays quick. */
static void test_large(void **state)
{
	static const struct {
		const char *line;
		size_t n;
	} sizes[] = { { "k%zu: 1\n", YAML_MAX_ENTRIES - 1 },
		      { "k%zu: 1\n", YAML_MAX_ENTRIES },
		      { "k%zu: [1, 2, 3]\n", YAML_MAX_ENTRIES / 4 },
		      { "k%zu: 1\n\n", YAML_MAX_LINES / 2 } };
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct buf b = BUF_INIT;
		struct arena a;
		struct ydoc *d = NULL;
		struct err e;
		if (!arena_begin(&a))
			fail();
		for (size_t k = 0; k < sizes[i].n; k++)
			buf_printf(&b, sizes[i].line, k);
		ydoc_parse(&d, &a, "t", b.at, b.n, NULL, &e);
		struct ylike like = { { d, d, d } };
		buf_puts(&b, "b: 1\n");
		assert_true(ylaws_same_read(&a, &like, b.at, b.n));
		buf_puts(&b, "# \n");
		assert_true(ylaws_same_read(&a, &like, b.at, b.n));
		buf_fill(&b, '#', YAML_MAX_BYTES);
		assert_true(ylaws_same_read(&a, &like, b.at, b.n));
		buf_free(&b);
		arena_end(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_named), cmocka_unit_test(test_mixed), cmocka_unit_test(test_large) };
	const char *given = getenv("SEED");
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	seed = given && *given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_nsec + (uint64_t)now.tv_sec * 1000;
	state64 = seed * 0x9E3779B97F4A7C15u | 1;
	print_message("# SEED=%llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests_name("yaml reread", tests, NULL, NULL);
}
