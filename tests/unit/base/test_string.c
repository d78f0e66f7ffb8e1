/* Strings that are put together: in an arena, in a buffer; whatever their length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"

static char letters[3000];

static void what_is_printed_has_any_length(void **state)
{
	(void)state;
	struct arena a;
	assert_true(arena_begin(&a));
	for (size_t n = 0; n < sizeof letters; n += n < 300 || n > 2900 ? 1 : 37) {
		struct buf b = BUF_INIT;
		char *s = arena_printf(&a, "%.*s%c", (int)n, letters, '!');
		assert_int_equal(strlen(s), n + 1);
		assert_memory_equal(s, letters, n);
		assert_int_equal(s[n], '!');
		buf_printf(&b, "%s", "avant ");
		buf_printf(&b, "%.*s%c", (int)n, letters, '!');
		buf_puts(&b, " après");
		assert_int_equal(b.n, n + strlen("avant ! après"));
		assert_memory_equal(b.at, "avant ", 6);
		assert_string_equal(b.at + 6 + n, "! après");
		buf_free(&b);
	}
	arena_end(&a);
}

static void pieces_are_joined(void **state)
{
	(void)state;
	struct arena a;
	const char *three[] = { "un", "", "trois" };
	assert_true(arena_begin(&a));
	assert_string_equal(arena_join(&a, three, 3, "; "), "un; ; trois");
	assert_string_equal(arena_join(&a, three, 1, "; "), "un");
	assert_string_equal(arena_join(&a, NULL, 0, "; "), "");
	assert_string_equal(arena_cat(&a, "[", three[2], "]"), "[trois]");
	arena_end(&a);
}

static void numbers_are_decimal(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	struct arena a;
	assert_true(arena_begin(&a));
	const uint64_t some[] = { 0, 9, 10, 4294967296, UINT64_MAX };
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		buf_num(&b, some[i]);
		buf_puts(&b, arena_cat(&a, " ", arena_num(&a, some[i]), "\n"));
	}
	assert_string_equal(b.at, "0 0\n9 9\n10 10\n4294967296 4294967296\n"
					"18446744073709551615 18446744073709551615\n");
	buf_free(&b);
	arena_end(&a);
}

int main(void)
{
	memset(letters, 'x', sizeof letters);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_printed_has_any_length),
		cmocka_unit_test(pieces_are_joined),
		cmocka_unit_test(numbers_are_decimal),
	};
	return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
