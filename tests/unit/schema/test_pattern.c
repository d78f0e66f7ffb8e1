#include <time.h>
#include "given.h"
#include "base/clock.h"
#include "schema/format.h"
#include "schema/pattern.h"
#include "schema/uri.h"

static bool found(const char *pattern, const char *text)
{
	char why[200];
	struct pattern *p = pattern_compile(&arena, pattern, why);
	if (!p)
		fail_msg("%s: %s", pattern, why);
	return pattern_match(p, text, strlen(text), NULL) == PATTERN_YES;
}

static void it_is_a_search_and_means_what_ecma_means(void **state)
{
	IN_ARENA;
	assert_true(found("b", "abc"));
	assert_false(found("^b", "abc"));
	assert_true(found("^abc$", "abc"));
	assert_false(found("^abc$", "abc\n")); /* $ is the very end */
	assert_false(found("^abc$", "x\nabc"));
	assert_true(found("^\\d+$", "01001"));
	assert_false(found("^\\d$", "\u0663")); /* an Arabic digit */
	assert_false(found("^\\w$", "é"));
	assert_true(found("^\\p{L}+$", "Énoncé"));
	assert_true(found("^.$", "é"));
	assert_true(found("^\\s$", "\u00a0"));
	assert_false(found("\\S", " \u2003\u00a0\n"));
	assert_true(found("^[\\s]$", "\u00a0"));
	assert_true(found("^\\u00e9$", "é"));
	assert_true(found("^\\u{1F600}$", "\U0001F600"));
	assert_true(found("^\\v$", "\v"));
	assert_false(found("^\\v$", "\n"));
	assert_true(found("^[[a]$", "["));
	assert_true(found("^[^]$", "x"));
	assert_true(found("^(?<a>x)\\k<a>$", "xx"));
	assert_true(found("^a+?b{2}$", "aabb"));
}

static void what_editors_would_not_read_is_refused(void **state)
{
	IN_ARENA;
	static const char *const bad[] = { "(",	   "[a",   "a++",     "a*+", "(?i)a", "(?>a)", "(*UCP)a", "(?R)",
					   "\\Aa", "a\\z", "\\Qa\\E", "\\h", "\\X",   "a\\",   "(?#x)",	  "(?|a)" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char why[200] = "";
		if (pattern_compile(&arena, bad[i], why))
			fail_msg("%s was accepted", bad[i]);
		assert_true(why[0]);
	}
	char why[200], *longer = arena_alloc(&arena, PATTERN_MAX + 2);
	memset(longer, 'a', PATTERN_MAX + 1);
	assert_null(pattern_compile(&arena, longer, why));
	longer[PATTERN_MAX] = 0;
	assert_non_null(pattern_compile(&arena, longer, why));
}

/* CPU time: what else the machine does must not decide. */
static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void catastrophic_patterns_end(void **state)
{
	IN_ARENA;
	static const char *const bad[] = {
		"^(a+)+$", "(a|aa)+$", "^(a|a?)+$", "(a*)*b", "(.*)*x", "a*b", "(?:a|a){14}[bc]", "(?:a|a){6}[bc]", "(?:a{1,9}){1,9}[bc]", "^(([a-z])+.)+[A-Z]([a-z])+$"
	};
	static const size_t lengths[] = { 40, 5000, 100000, 1000000 };
	for (size_t k = 0; k < 4; k++) {
		size_t n = lengths[k];
		char *text = arena_alloc(&arena, n + 1), why[200];
		memset(text, 'a', n);
		text[n - 1] = '!';
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
			struct pattern *p = pattern_compile(&arena, bad[i], why);
			assert_non_null(p);
			double begun = cpu_ms();
			enum pattern_verdict got = pattern_match(p, text, n, NULL);
			double took = cpu_ms() - begun;
			assert_int_not_equal(got, PATTERN_YES);
			if (took >= (n > 5000 ? 500 : 50))
				fail_msg("%s on %zu characters took %.1f ms", bad[i], n, took);
		}
	}
}

static void a_limit_is_a_fault_and_never_a_yes(void **state)
{
	IN_ARENA;
	char *text = arena_printf(&arena, "%0500d!", 0);
	for (char *p = text; *p == '0'; p++)
		*p = 'a';
	const struct snode *s = bare("properties: {p: {pattern: '^(a+)+$'}, q: {not: {pattern: '^(a+)+$'}}}\n");
	assert_string_equal(faults_of(s, arena_printf(&arena, "p: %s\n", text)), "pattern p");
	assert_string_equal(faults_of(s, arena_printf(&arena, "q: %s\n", text)), "limit ");
	s = bare("patternProperties: {'^(a+)+$': true}\nadditionalProperties: {type: string}\n");
	assert_string_equal(faults_of(s, arena_printf(&arena, "%.150s!: a\n", text)), "limit ");
}

static void long_texts_of_ordinary_patterns_pass(void **state)
{
	IN_ARENA;
	size_t n = 900000;
	char *text = arena_alloc(&arena, n + 1), why[200];
	memset(text, ' ', n);
	memcpy(text + n - 8, "lecture", 7);
	struct pattern *p = pattern_compile(&arena, "^[\\s\\S]*$", why);
	assert_int_equal(pattern_match(p, text, n, NULL), PATTERN_YES);
	p = pattern_compile(&arena, "^[^]*$", why);
	assert_int_equal(pattern_match(p, text, n, NULL), PATTERN_YES);
	text[3] = 'x';
	p = pattern_compile(&arena, "\\S", why);
	assert_int_equal(pattern_match(p, text, n, NULL), PATTERN_YES);
}

static void formats(void **state)
{
	IN_ARENA;
	static const struct {
		const char *format, *text;
		bool ok;
	} cases[] = {
		{ "date", "2018-10-08", true },
		{ "date", "2018-02-29", false },
		{ "date", "2020-02-29", true },
		{ "date", "1900-02-29", false },
		{ "date", "2018-10-8", false },
		{ "date", "08/10/2018", false },
		{ "date", "2018-10-08 ", false },
		{ "date", "", false },
		{ "time", "14:30:00Z", true },
		{ "time", "14:30:00", false },
		{ "time", "24:00:00Z", false },
		{ "time", "23:59:60Z", true },
		{ "time", "22:59:60Z", false },
		{ "time", "00:29:60+00:30", true },
		{ "time", "14:30:00.5+02:00", true },
		{ "time", "14:30:00.+02:00", false },
		{ "date-time", "2018-10-08T14:30:00+02:00", true },
		{ "date-time", "2018-10-08 14:30:00Z", false },
		{ "email", "a.b@exemple.fr", true },
		{ "email", "a..b@exemple.fr", false },
		{ "email", "exemple.fr", false },
		{ "email", "a@b c.fr", false },
		{ "email", "\"a b\"@exemple.fr", true },
		{ "email", "a@[127.0.0.1]", true },
		{ "email", "a@[127.0.0.300]", false },
		{ "email", "a@[IPv6:::1]", true },
		{ "email", "a@[IPv6:1:2]", false },
		{ "email", "a@-b.fr", false },
		{ "uri", "https://exemple.fr/a?b=c#d", true },
		{ "uri", "exemple.fr", false },
		{ "uri", "https://exemple.fr/a b", false },
		{ "uri", "https://exemple.fr/%zz", false },
		{ "uri", "urn:isbn:978", true },
		{ "uri", "http://[2001:db8::7]:80/x", true },
		{ "uri", "http://[@x/", false },
		{ "uri", "http://h:8x/", false },
		{ "uuid", "123e4567-e89b-12d3-a456-426614174000", true },
		{ "uuid", "123e4567e89b12d3a456426614174000", false },
		{ "uuid", "123e4567-e89b-12d3-a456-42661417400g", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (format_find(cases[i].format)->ok(cases[i].text) != cases[i].ok)
			fail_msg("%s %s should %sbe valid", cases[i].format, cases[i].text, cases[i].ok ? "" : "not ");
	assert_null(format_find("hostname"));
}

/* The examples of RFC 3986 5.4. */
static void references_resolve(void **state)
{
	IN_ARENA;
	static const char *const cases[][2] = {
		{ "g:h", "g:h" },
		{ "g", "http://a/b/c/g" },
		{ "./g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" },
		{ "/g", "http://a/g" },
		{ "//g", "http://g" },
		{ "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" },
		{ "#s", "http://a/b/c/d;p?q#s" },
		{ ";x", "http://a/b/c/;x" },
		{ "", "http://a/b/c/d;p?q" },
		{ ".", "http://a/b/c/" },
		{ "..", "http://a/b/" },
		{ "../g", "http://a/b/g" },
		{ "../..", "http://a/" },
		{ "../../g", "http://a/g" },
		{ "../../../g", "http://a/g" },
		{ "/./g", "http://a/g" },
		{ "g.", "http://a/b/c/g." },
		{ "..g", "http://a/b/c/..g" },
		{ "./g/.", "http://a/b/c/g/" },
		{ "g/../h", "http://a/b/c/h" },
		{ "g?y/../x", "http://a/b/c/g?y/../x" },
		{ "#", "http://a/b/c/d;p?q" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(uri_resolve(&arena, "http://a/b/c/d;p?q", cases[i][0]), cases[i][1]);
	const char *base, *fragment;
	assert_true(uri_split(&arena, &base, &fragment, "a#/%C3%A9%25"));
	assert_string_equal(base, "a");
	assert_string_equal(fragment, "/é%");
	assert_false(uri_split(&arena, &base, &fragment, "a#%4"));
	assert_false(uri_split(&arena, &base, &fragment, "a#%00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_a_search_and_means_what_ecma_means),
		cmocka_unit_test(what_editors_would_not_read_is_refused),
		cmocka_unit_test(catastrophic_patterns_end),
		cmocka_unit_test(a_limit_is_a_fault_and_never_a_yes),
		cmocka_unit_test(long_texts_of_ordinary_patterns_pass),
		cmocka_unit_test(formats),
		cmocka_unit_test(references_resolve),
	};
	return cmocka_run_group_tests_name("schema/pattern", tests, setup, teardown);
}
