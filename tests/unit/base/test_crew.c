/* A crew does each item once, each worker in growing order; and the arena that serves a worker's files in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/crew.h"

#define ITEMS 5000

struct tally {
	atomic_int done[ITEMS];
	atomic_int disorder;
	size_t last[CREW_MAX]; /* a worker's own */
	unsigned workers;
};

static void count(void *ctx, unsigned worker, size_t item)
{
	struct tally *t = ctx;
	must(worker < t->workers && item < ITEMS);
	atomic_fetch_add(&t->done[item], 1);
	if (t->last[worker] > item)
		atomic_fetch_add(&t->disorder, 1);
	t->last[worker] = item + 1;
}

static void every_item_once(void **state)
{
	(void)state;
	static const unsigned workers[] = { 1, 2, 7, CREW_MAX };
	for (size_t k = 0; k < sizeof workers / sizeof *workers; k++) {
		static struct tally t;
		memset(&t, 0, sizeof t);
		t.workers = workers[k];
		crew_run(workers[k], ITEMS, count, &t);
		for (size_t i = 0; i < ITEMS; i++)
			assert_int_equal(t.done[i], 1);
		assert_int_equal(t.disorder, 0);
	}
}

static void small_crews(void **state)
{
	(void)state;
	assert_int_equal(crew_size(0), 1);
	assert_int_equal(crew_size(1), 1);
	assert_in_range(crew_size(1000000), 1, CREW_MAX);
	struct tally t = { .workers = 1 };
	crew_run(1, 0, count, &t);
	assert_int_equal(t.done[0], 0);
}

static void a_cleared_arena_is_as_new(void **state)
{
	(void)state;
	struct arena a;
	volatile int rounds = 0;
	assert_true(arena_begin(&a));
	a.limit = 4u << 20; /* it would be reached if nothing were given back */
	for (size_t i = 0; i < 300; i++) {
		size_t n = i % 100 == 99 ? 3u << 20 : 100 * i + 1;
		unsigned char *x = arena_alloc(&a, n), *y = arena_alloc(&a, 10);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(x[k], 0);
		memset(x, 0xff, n);
		memset(y, 0xff, 10);
		arena_clear(&a);
		assert_int_equal(a.total, 0);
		rounds++;
	}
	assert_int_equal(rounds, 300);
	/* still armed: memory that runs out comes back to its owner */
	if (arena_resume(&a)) {
		arena_alloc(&a, 5u << 20);
		fail_msg("beyond its limit");
	}
	arena_end(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_once),
		cmocka_unit_test(small_crews),
		cmocka_unit_test(a_cleared_arena_is_as_new),
	};
	return cmocka_run_group_tests_name("base/crew", tests, NULL, NULL);
}
