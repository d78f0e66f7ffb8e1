#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sync/backoff.h"

static void doubles_between_its_bounds(void **st)
{
	(void)st;
	static const int64_t low[] = { 5000, 10000, 20000, 40000, 80000, 160000, 320000, 450000, 450000 };
	for (unsigned n = 1; n <= sizeof low / sizeof *low; n++) {
		int64_t d = low[n - 1];
		assert_int_equal(backoff_ms(n, 0), d);
		assert_int_equal(backoff_ms(n, (uint32_t)d), 2 * d);     /* the longest: d more */
		assert_int_equal(backoff_ms(n, (uint32_t)d + 1), d); /* and round again */
	}
}

static void never_leaves_them(void **st)
{
	(void)st;
	for (unsigned n = 0; n < 200; n++)
		for (uint64_t r = 0; r < UINT32_MAX; r += 7919u * 104729u) {
			assert_in_range(backoff_ms(n, (uint32_t)r), BACKOFF_MIN_MS, BACKOFF_MAX_MS);
			assert_in_range(backoff_race_ms(n, (uint32_t)r), 0, BACKOFF_RACE_MAX_MS);
		}
	assert_in_range(backoff_ms(UINT32_MAX, UINT32_MAX), BACKOFF_MIN_MS, BACKOFF_MAX_MS);
}

static void racers_spread_wider_each_round(void **st)
{
	(void)st;
	assert_int_equal(backoff_race_ms(1, 100), 100);
	assert_int_equal(backoff_race_ms(1, 101), 0);
	assert_int_equal(backoff_race_ms(2, 200), 200);
	assert_int_equal(backoff_race_ms(9, 3000), 3000);
	assert_int_equal(backoff_race_ms(9, 3001), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_between_its_bounds),
		cmocka_unit_test(never_leaves_them),
		cmocka_unit_test(racers_spread_wider_each_round),
	};
	return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}
