/* near.h: the word that was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/near.h"

static const char *meant(const char *typed)
{
	static const char *const words[] = { "status", "sync", "set", "show", "search", "add", "résumé" };
	struct near n = { .typed = typed };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		near_try(&n, words[i]);
	return n.best ? n.best : "";
}

static void one_slip_is_found(void **state)
{
	(void)state;
	assert_string_equal(meant("stauts"), "status");  /* swapped */
	assert_string_equal(meant("satus"), "status");   /* missing */
	assert_string_equal(meant("synnc"), "sync");     /* too many */
	assert_string_equal(meant("shaw"), "show");      /* another */
	assert_string_equal(meant("statis"), "status");
	assert_string_equal(meant("resumé"), "résumé");  /* two bytes */
	assert_string_equal(meant("SYNC"), "sync");      /* none */
	assert_string_equal(meant("STAUTS"), "status");
}

static void what_is_far_is_not_meant(void **state)
{
	(void)state;
	assert_string_equal(meant("frobnicate"), "");
	assert_string_equal(meant("sta"), "");
	assert_string_equal(meant("ls"), "");
	assert_string_equal(meant(""), "");
	assert_string_equal(meant("tsuats"), "");
	assert_string_equal(meant("s"), "");
}

static void the_nearest_wins_and_the_first_of_equals(void **state)
{
	struct near n = { .typed = "cha" };
	(void)state;
	near_try(&n, "char");
	near_try(&n, "chat");
	assert_string_equal(n.best, "char");
	near_try(&n, "cha");
	assert_string_equal(n.best, "cha");
	assert_int_equal(n.mistakes, 0);
}

static void long_words_cost_nothing(void **state)
{
	char much[1000];
	(void)state;
	memset(much, 'a', sizeof much - 1);
	much[sizeof much - 1] = 0;
	struct near n = { .typed = much };
	near_try(&n, much);
	assert_null(n.best);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_slip_is_found),
		cmocka_unit_test(what_is_far_is_not_meant),
		cmocka_unit_test(the_nearest_wins_and_the_first_of_equals),
		cmocka_unit_test(long_words_cost_nothing),
	};
	return cmocka_run_group_tests_name("near", tests, NULL, NULL);
}
