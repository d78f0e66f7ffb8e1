/* test_worddiff.c -- what a reader is shown of two texts: no word of either is left out, and what stands in both is marked as such. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/buf.h"
#include "cli/worddiff.h"

/* The words of the runs that are not of this sort, a space behind each: one of the two texts. */
static void without(struct buf *out, const struct word_runs *runs, enum word_sort sort)
{
	for (size_t i = 0; i < runs->n; i++) {
		const char *p = runs->at[i].at, *end = p + runs->at[i].n;
		while (runs->at[i].sort != sort && p < end) {
			size_t n = strcspn(p, " \n");
			buf_put(out, p, n);
			buf_putc(out, ' ');
			p += n + strspn(p + n, " \n");
		}
	}
}

static void marked(struct buf *out, struct arena *a, const char *x, const char *y)
{
	static const char *const sign[] = { "", "-", "+" };
	struct word_runs runs = { 0 };
	worddiff(&runs, a, x, y);
	for (size_t i = 0; i < runs.n; i++) {
		size_t n = runs.at[i].n;
		while (n && strchr(" \n", runs.at[i].at[n - 1]))
			n--;
		buf_printf(out, "%s%s%.*s", i ? "|" : "", sign[runs.at[i].sort], (int)n, runs.at[i].at);
	}
}

static void test_cases(void **state)
{
	static const struct {
		const char *x, *y, *want;
	} cases[] = {
		{ "a b c", "a b c", "a b c" },
		{ "a b c", "a x c", "a|-b|+x|c" },
		{ "a b", "a b c", "a b|+c" },
		{ "", "a b", "+a b" },
		{ "a b", "", "-a b" },
		{ "x a y b z", "a b", "-x|a|-y|b|-z" },
		{ "un\ndeux", "un deux  trois", "un deux|+trois" },
		{ "Se former avant", "Apprendre avant", "-Se former|+Apprendre|avant" },
	};
	struct arena a;
	(void)state;
	assert_true(arena_begin(&a));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b = BUF_INIT;
		marked(&b, &a, cases[i].x, cases[i].y);
		assert_string_equal(buf_str(&b), cases[i].want);
		buf_free(&b);
	}
	arena_end(&a);
}

static void test_nothing_in_common(void **state)
{
	struct word_runs runs = { 0 };
	struct arena a;
	(void)state;
	assert_true(arena_begin(&a));
	assert_false(worddiff(&runs, &a, "rouge", "bleu vert"));
	assert_true(worddiff(&runs, &a, "rouge vert", "bleu vert"));
	arena_end(&a);
}

/* Few different words, so that many stand in both; now and then far more than the table takes. */
static void test_nothing_is_left_out(void **state)
{
	const char *given = getenv("SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : 1;
	(void)state;
	print_message("# SEED=%u\n", seed);
	srand(seed);
	for (int i = 0; i < 300; i++) {
		struct buf text[2] = { BUF_INIT, BUF_INIT }, back[2] = { BUF_INIT, BUF_INIT };
		struct word_runs runs = { 0 };
		struct arena a;
		for (int s = 0; s < 2; s++)
			for (int n = rand() % (i % 100 == 0 ? 4000 : 30); n > 0; n--)
				buf_printf(&text[s], "%c ", 'a' + rand() % 5);
		assert_true(arena_begin(&a));
		worddiff(&runs, &a, buf_str(&text[0]), buf_str(&text[1]));
		without(&back[0], &runs, WORD_NEW);
		without(&back[1], &runs, WORD_GONE);
		for (int s = 0; s < 2; s++)
			assert_string_equal(buf_str(&text[s]), buf_str(&back[s]));
		arena_end(&a);
		for (int s = 0; s < 2; s++) {
			buf_free(&text[s]);
			buf_free(&back[s]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nothing_in_common),
		cmocka_unit_test(test_nothing_is_left_out),
	};
	return cmocka_run_group_tests_name("worddiff", tests, NULL, NULL);
}
