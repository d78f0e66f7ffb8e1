/* Alarms that go on counting while the machine sleeps, and news of its waking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "loop/timer.h"

static uv_loop_t loop;
static struct timer *t;
static int rung;
static int64_t slept;

static int64_t as_told(void)
{
	return slept;
}

static void ring(void *ctx)
{
	(void)ctx;
	rung++;
}

static void ring_and_go(void *ctx)
{
	rung++;
	timer_free(*(struct timer **)ctx);
}

static int fresh(void **st)
{
	(void)st;
	uv_loop_init(&loop);
	rung = 0;
	slept = 1000;
	timer__slept_ms = as_told;
	return 0;
}

static int over(void **st)
{
	(void)st;
	timer_free(t);
	t = NULL;
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}

static void turn(void)
{
	uv_run(&loop, UV_RUN_NOWAIT);
}

static void it_rings_once_and_not_early(void **st)
{
	struct err e;
	(void)st;
	assert_int_equal(timer_new(&t, &loop, ring, NULL, &e), 0);
	int64_t begun = clock_boot_ms();
	timer_set(t, 5000);
	timer_set(t, 60); /* in place of the other one */
	while (!rung)
		uv_run(&loop, UV_RUN_ONCE);
	assert_true(clock_boot_ms() - begun >= 60);
	turn();
	assert_int_equal(rung, 1);
	timer_set(t, -5); /* a moment that has passed while it slept */
	while (rung < 2)
		uv_run(&loop, UV_RUN_ONCE);
	timer_set(t, 0);
	timer_stop(t);
	turn();
	assert_int_equal(rung, 2);
}

static void freed_by_its_own_alarm(void **st)
{
	struct err e;
	(void)st;
	assert_int_equal(timer_new(&t, &loop, ring_and_go, &t, &e), 0);
	timer_set(t, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(rung, 1);
	t = NULL;
}

/* The kernel tells of every setting of the clock: a resume is one, but so are ntp and people. */
static void waking_is_told_from_the_clock_being_set(void **st)
{
	struct err e;
	(void)st;
	assert_int_equal(wake_new(&t, &loop, ring, NULL, &e), 0);
	turn();
	assert_int_equal(rung, 0);
	timer__clock_was_set(t); /* nobody slept */
	assert_int_equal(rung, 0);
	slept += WAKE_MIN_MS - 1;
	timer__clock_was_set(t);
	assert_int_equal(rung, 0);
	slept += WAKE_MIN_MS;
	timer__clock_was_set(t);
	assert_int_equal(rung, 1);
	timer__clock_was_set(t); /* and the same sleep is not told twice */
	assert_int_equal(rung, 1);
	slept += 3 * 24 * 3600 * 1000;
	timer__clock_was_set(t);
	assert_int_equal(rung, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(it_rings_once_and_not_early),
		T(freed_by_its_own_alarm),
		T(waking_is_told_from_the_clock_being_set),
	};
	return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
