#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sync/backoff.h"
#include "sync/sync.h"

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
			assert_in_range(backoff_race_ms(n, (int64_t)r - 1000, (uint32_t)r), 0, BACKOFF_RACE_MAX_MS);
		}
	assert_in_range(backoff_ms(UINT32_MAX, UINT32_MAX), BACKOFF_MIN_MS, BACKOFF_MAX_MS);
}

static void racers_spread_wider_each_round(void **st)
{
	(void)st;
	assert_int_equal(backoff_race_ms(1, 0, 100), 100);
	assert_int_equal(backoff_race_ms(1, 0, 101), 0);
	assert_int_equal(backoff_race_ms(2, 0, 200), 200);
	assert_int_equal(backoff_race_ms(6, 0, 3200), 3200);
	assert_int_equal(backoff_race_ms(99, 0, 3201), 0);
	assert_int_equal(backoff_race_ms(3, 700, 2800), 2800); /* by what a round takes */
	assert_int_equal(backoff_race_ms(3, 700, 2801), 0);
	assert_int_equal(backoff_race_ms(1, INT64_MAX, 60000), 60000); /* a clock that jumped */
	assert_int_equal(backoff_race_ms(9, INT64_MIN, 3200), 3200);
}

/* Twenty pushers and a hub that takes one push per `took_ms`, given to whoever began last before it was free: how many give up? */
static unsigned given_up(int64_t took_ms, unsigned pushers, unsigned rounds, uint64_t *seed)
{
	int64_t ready[64] = { 0 }; /* when each begins its next round; -1: through */
	unsigned tried[64] = { 0 }, left = pushers, lost = 0;
	int64_t last_taken = -1;
	while (left) {
		unsigned first = pushers;
		for (unsigned i = 0; i < pushers; i++)
			if (ready[i] >= 0 && (first == pushers || ready[i] < ready[first]))
				first = i;
		bool through = ready[first] > last_taken; /* it fetched what was taken before; nobody is taken until it ends */
		tried[first]++;
		if (through) {
			last_taken = ready[first] + took_ms;
			ready[first] = -1;
			left--;
		} else if (tried[first] >= rounds) {
			ready[first] = -1;
			left--;
			lost++;
		} else {
			*seed = *seed * 6364136223846793005u + 1442695040888963407u;
			ready[first] += took_ms + backoff_race_ms(tried[first], took_ms, (uint32_t)(*seed >> 32));
		}
	}
	return lost;
}

static void twenty_pass_however_slow_the_hub(void **st)
{
	(void)st;
	static const int64_t took[] = { 30, 300, 1500, 3000 };
	uint64_t seed = 7;
	for (size_t k = 0; k < sizeof took / sizeof *took; k++) {
		unsigned lost = 0;
		for (int i = 0; i < 200; i++)
			lost += given_up(took[k], 20, SYNC_ROUNDS, &seed);
		print_message("# %d ms a round: %.2f of 20 give up\n", (int)took[k], lost / 200.0);
		assert_true(lost <= 200); /* one of 20 at the most, on average: it comes back later */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_between_its_bounds),
		cmocka_unit_test(never_leaves_them),
		cmocka_unit_test(racers_spread_wider_each_round),
		cmocka_unit_test(twenty_pass_however_slow_the_hub),
	};
	return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}
