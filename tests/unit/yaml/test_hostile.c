/* Texts made to be slow or large: each is refused with a clear message, or read, within 50 ms and a few times its size; and a
 * text at every limit is rewritten in time that grows with its size only. */
#include "ytest.h"
#include "../../lib/hostile.h"

#define MIB (1u << 20)

static struct buf text;

static void parse(struct arena *a, char said[ERR_MSG_MAX], void *data)
{
	struct err e = { 0 };
	struct ydoc *d;
	(void)data;
	strcpy(said, ydoc_parse(&d, a, "f", text.at, text.n, NULL, &e) < 0 ? e.msg : "accepted");
}

/* Parse `text`, made of head, n times body, tail. */
static void one(const char *name, const char *head, const char *body, size_t n, const char *tail, const char *says)
{
	struct hostile h = { name, 0, HOSTILE_MS, says, 0 };
	buf_reset(&text);
	buf_puts(&text, head);
	put_times(&text, body, n);
	buf_puts(&text, tail);
	h.bytes = text.n;
	hostile_run(&h, parse, NULL);
}

/* The same with a counter in each body: "%x" once. */
static void counted(const char *name, const char *head, const char *body, size_t n, const char *tail, const char *says)
{
	struct hostile h = { name, 0, HOSTILE_MS, says, 0 };
	char s[300];
	buf_reset(&text);
	buf_puts(&text, head);
	for (size_t i = 0; i < n; i++) {
		snprintf(s, sizeof s, body, (unsigned)i);
		buf_puts(&text, s);
	}
	buf_puts(&text, tail);
	h.bytes = text.n;
	hostile_run(&h, parse, NULL);
}

static void test_deep(void **state)
{
	(void)state;
	one("brackets", "a: ", "[", 1000000, "", "profonde");
	one("braces", "a: ", "{a: ", 200000, "", "profonde");
	one("both", "a: ", "[{a: ", 150000, "", "profonde");
	one("dashes", "a:\n", "- ", 500000, "", "profonde");
	one("keys of keys", "", "? ", 500000, "", "clés");
	struct hostile stairs = { "stairs", 0, HOSTILE_MS, "profonde", 0 };
	buf_reset(&text);
	for (size_t i = 0; i < 1400; i++) {
		buf_fill(&text, ' ', i);
		buf_puts(&text, "a:\n");
	}
	stairs.bytes = text.n;
	hostile_run(&stairs, parse, NULL);
}

/* 63 levels that all end at the same place: what follows must be looked at once, not 63 times. */
static void test_deep_ends(void **state)
{
	(void)state;
	static const char *const below[] = { "\n", "    \n", "#\n", "                    # c\n" };
	for (size_t k = 0; k < 4; k++) {
		struct hostile h = { "deep, then lines", 0, HOSTILE_MS, "accepted", 0 };
		buf_reset(&text);
		for (size_t i = 0; i < YAML_MAX_DEPTH; i++) {
			buf_fill(&text, ' ', i);
			buf_puts(&text, i + 1 < YAML_MAX_DEPTH ? "a:\n" : "a: 1\n");
		}
		for (size_t i = YAML_MAX_DEPTH; i < YAML_MAX_LINES && text.n < MIB - 30; i++)
			buf_puts(&text, below[k]);
		h.bytes = text.n;
		hostile_run(&h, parse, NULL);
	}
}

static void test_huge(void **state)
{
	(void)state;
	one("plain", "a: ", "x", MIB - 10, "", "accepted");
	one("plain words", "a: ", "x ", MIB / 2 - 10, "", "accepted");
	one("plain lines", "a: ", "x\n ", YAML_MAX_LINES - 1, "", "accepted");
	one("accents", "a: ", "é", MIB / 2 - 10, "", "accepted");
	one("emoji", "a: ", "🧭 ", MIB / 5 - 10, "", "accepted");
	one("escapes", "a: \"", "\\u00e9", MIB / 6 - 10, "\"", "accepted");
	one("open quote", "a: \"", "x", MIB - 10, "", "n'est pas refermé");
	one("literal", "a: |\n", "  é\n", YAML_MAX_LINES - 1, "", "accepted");
	one("literal of nothing", "a: |\n", "\n", YAML_MAX_LINES - 1, "", "accepted");
	one("folded", "a: >+\n", " x\n\n", YAML_MAX_LINES / 2 - 1, "", "accepted");
	one("too large", "a: ", "x", 2 * MIB, "", "trop gros");
	one("too long", "a: 1\n", "\n", MIB - 10, "", "trop long");
	one("comments", "", "#\n", YAML_MAX_LINES - 1, "a: 1", "accepted");
	one("tabs", "a: ", "\t", MIB - 10, "", "accepted");
}

static void test_keys(void **state)
{
	(void)state;
	counted("a million keys", "", "%x: 1\n", 1000000, "", "trop gros");
	counted("keys", "", "%x: 1\n", YAML_MAX_ENTRIES, "", "accepted");
	counted("one key twice", "", "%x: 1\n", YAML_MAX_ENTRIES - 1, "0: 2", "deux fois");
	one("the same key", "", "a: 1\n", YAML_MAX_ENTRIES, "", "deux fois");
	counted("keys in flow", "a: {", "%x,", 150000, "}", "trop de champs");
	one("items in flow", "a: [", "1,", MIB / 2 - 10, "]", "trop de champs");
	one("lists in flow", "a: [", "[],", MIB / 3 - 10, "]", "trop de champs");
	one("maps in flow", "a: [", "{a: 1},", MIB / 7 - 10, "]", "trop de champs");
	one("items", "a:\n", "- {}\n", YAML_MAX_ENTRIES - 1, "", "accepted");
	one("a key of a MiB", "", "k", MIB - 10, ": 1\n", "clé");
	one("a quoted key of a MiB", "\"", "k", MIB - 10, "\": 1\n", "clé");
	counted("keys of 200", "",
		"%06xkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
		"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: 1\n",
		5000, "", "accepted");
}

static void test_references(void **state)
{
	(void)state;
	struct hostile h = { "alias bomb", 0, HOSTILE_MS, "ancres", 0 };
	buf_reset(&text);
	buf_puts(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 60; i++)
		buf_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	h.bytes = text.n;
	hostile_run(&h, parse, NULL);
	one("anchor of a MiB", "a: &", "x", MIB - 10, " 1", "ancres");
	one("tag of a MiB", "a: !", "x", MIB - 10, " 1", "étiquettes");
	one("anchors", "a: ", "&a ", MIB / 3 - 10, "1", NULL);
	counted("tag directives", "", "%%TAG !a%x! b\n", 45000, "---\na: 1\n", "directive");
	counted("tag directives later", "a: 1\n...\n", "%%TAG !a%x! b\n", 45000, "---\na: 1\n", "directive");
	one("yaml directives", "", "%YAML 1.2\n", 45000, "---\na: 1\n", NULL);
	one("documents", "", "---\n", 45000, "", NULL);
	one("ended documents", "a: 1\n", "...\n", 45000, "", NULL);
}

static void bytes(const char *name, const void *head, size_t n, const void *body, size_t m, size_t times, const char *says)
{
	struct hostile h = { name, 0, HOSTILE_MS, says, 0 };
	buf_reset(&text);
	buf_put(&text, head, n);
	while (times-- > 0)
		buf_put(&text, body, m);
	h.bytes = text.n;
	hostile_run(&h, parse, NULL);
}

static void test_no_text(void **state)
{
	(void)state;
	bytes("0xFF", "", 0, "\xFF", 1, MIB, "UTF-8");
	bytes("NUL", "", 0, "\0", 1, MIB, "U+0000");
	bytes("UTF-16", "\xFF\xFE", 2, "a\0", 2, MIB / 2 - 10, "UTF-8");
	bytes("UTF-32", "\xFF\xFE\0\0", 4, "a\0\0\0", 4, MIB / 4 - 10, "UTF-8");
	bytes("Latin-1", "a: ", 3, "\xE9t\xE9 ", 4, MIB / 4 - 10, "UTF-8");
	bytes("surrogates", "a: ", 3, "\xED\xA0\x80", 3, MIB / 3 - 10, "UTF-8");
	bytes("overlong", "a: ", 3, "\xC0\xAF", 2, MIB / 2 - 10, "UTF-8");
	bytes("five bytes", "a: ", 3, "\xF8\x88\x80\x80\x80", 5, MIB / 5 - 10, "UTF-8");
	bytes("U+FEFF", "a: ", 3, "\xEF\xBB\xBF", 3, MIB / 3 - 10, "U+FEFF");
	bytes("escape", "a: ", 3, "\x1B[2J", 4, MIB / 4 - 10, "U+001B");
	one("bad at the end", "a: ", "é", MIB / 2 - 10, "\xC3", "UTF-8");
}

/* --- rewriting ---------------------------------------------------------------------------------------------------------- */

struct rewriting {
	const struct ydoc *canvas, *donor, *base;
	const struct val *target;
};

static void rewrite(struct arena *a, char said[ERR_MSG_MAX], void *data)
{
	const struct rewriting *r = data;
	struct yfrom from = { r->donor, r->base };
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	int code = ydoc__rewrite(a, &b, r->canvas, r->target, r->donor ? &from : NULL, NULL, NULL, false, &e);
	strcpy(said, code < 0 ? e.msg : "written");
	buf_free(&b);
}

/* The same text on all sides, its first collection's order turned round, one field more. */
static void rewritten_twice(const char *name)
{
	struct arena a;
	if (!arena_begin(&a))
		fail_msg("out of memory");
	struct rewriting r = { .canvas = parsed_n(&a, text.at, text.n) };
	struct val *target = val_copy(&a, ydoc_val(r.canvas)), *list = target->map.at[0].val;
	for (size_t i = 0; list->type == VAL_LIST && i < list->list.n / 2; i++) {
		struct val *x = list->list.at[i];
		list->list.at[i] = list->list.at[list->list.n - 1 - i];
		list->list.at[list->list.n - 1 - i] = x;
	}
	val_set(&a, target, "new", val_str(&a, "x"));
	r.target = target;
	struct hostile h = { name, text.n, 5 * HOSTILE_MS, "written", 256u << 20 };
	hostile_run(&h, rewrite, &r);
	r.donor = r.base = r.canvas;
	hostile_run(&h, rewrite, &r);
	arena_end(&a);
}

/* 2^16 texts of 32 letters whose FNV-1a hashes end in the same 16 bits: at each of 16 steps a pair that collides. */
static void put_colliding(struct buf *b, size_t n)
{
	char pair[16][2][3];
	uint16_t at = 0;
	for (int step = 0; step < 16; step++) {
		static uint32_t seen[65536]; /* 1 + the two letters that lead there */
		bool found = false;
		memset(seen, 0, sizeof seen);
		for (uint32_t k = 0; !found && k < 26 * 26 * 26 * 26; k++) {
			uint32_t x = k, h = at;
			for (int c = 0; c < 3; c++, x /= 40)
				h = ((h ^ (0x41 + x % 40)) * 0x1B3u) & 0xFFFF;
			if (seen[h]) {
				uint32_t y = seen[h] - 1;
				for (int c = 0; c < 3; c++) {
					pair[step][0][c] = (char)(0x41 + (c ? c == 1 ? k / 40 : k / 1600 : k) % 40);
					pair[step][1][c] = (char)(0x41 + (c ? c == 1 ? y / 40 : y / 1600 : y) % 40);
				}
				at = (uint16_t)h;
				found = true;
			}
			seen[h] = k + 1;
		}
		assert_true(found);
	}
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, "- '");
		for (int step = 0; step < 16; step++)
			buf_put(b, pair[step][i >> step & 1], 3);
		buf_puts(b, "'\n");
	}
}

static void test_rewriting(void **state)
{
	(void)state;
	buf_reset(&text);
	buf_puts(&text, "a:\n");
	for (int i = 0; i < 49000; i++)
		buf_printf(&text, "- %x\n", (unsigned)i);
	rewritten_twice("a list");
	buf_reset(&text);
	buf_puts(&text, "a:\n");
	for (int i = 0; i < 24000; i++)
		buf_printf(&text, "- id: %x\n", (unsigned)i);
	rewritten_twice("a list of maps");
	buf_reset(&text);
	buf_puts(&text, "a:\n");
	put_times(&text, "- x # c\n", 49000);
	rewritten_twice("equal items");
	buf_reset(&text);
	buf_puts(&text, "a:\n");
	put_colliding(&text, 18000);
	rewritten_twice("items that hash alike");
	buf_reset(&text);
	put_times(&text, "# c\n\n", 24000);
	buf_puts(&text, "a: 1\n");
	rewritten_twice("comments");
	buf_reset(&text);
	for (int i = 0; i < 49000; i++)
		buf_printf(&text, "%x: 1 # c%x\n", (unsigned)i, (unsigned)i);
	rewritten_twice("fields with comments");
	buf_reset(&text);
	buf_puts(&text, "a: \"");
	put_times(&text, "\\\"", MIB / 2 - 100);
	buf_puts(&text, "\"\n");
	rewritten_twice("a text of a MiB");
}

/* --- memory runs out ---------------------------------------------------------------------------------------------------- */

/* At every size of the arena: an answer, or the owner hears of it; nothing leaks (the sanitizers look). */
static void test_out_of_memory(void **state)
{
	(void)state;
	static const char small[] = "# c\na: [1, {b: 'é'}]\nl:\n  - |-\n    text\n  - \"\\u00e9\"\nm: {x: y}\n";
	size_t whole = 0, failed = 0;
	for (size_t limit = 0; !whole; limit += 16) {
		struct arena a;
		struct ydoc *d;
		struct err e;
		if (!arena_begin(&a)) {
			failed++;
			continue;
		}
		a.limit = limit ? limit : 1;
		if (!ydoc_parse(&d, &a, "t", small, sizeof small - 1, NULL, &e))
			whole = a.total;
		arena_end(&a);
	}
	print_message("# needs %zu bytes; failed %zu times on the way\n", whole, failed);
	assert_true(failed > 50);
}

static int teardown(void **state)
{
	(void)state;
	buf_free(&text);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deep),	   cmocka_unit_test(test_deep_ends),  cmocka_unit_test(test_huge),
		cmocka_unit_test(test_keys),	   cmocka_unit_test(test_references), cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_rewriting), cmocka_unit_test(test_out_of_memory),
	};
	return cmocka_run_group_tests_name("yaml hostile", tests, NULL, teardown);
}
