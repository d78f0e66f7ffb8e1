/* Jobs and timers on a real loop. A worker that must be "under way" waits at a gate (a semaphore), never for a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "loop/job.h"
#include "loop/timer.h"

static uv_loop_t loop;
static struct jobs q;
static struct buf order; /* "1 2 3": as they were done */
static struct err e;

struct task {
	struct job job;
	int id;
	uv_sem_t *gate;        /* wait here; NULL: no */
	struct task *then;     /* submitted by done */
	bool worked, inside;   /* inside: submit has not returned yet */
	int done, rc;
};

static int running; /* workers at once; only ever touched by the one that runs */
static bool overlap;

static void work(struct job *j)
{
	struct task *t = (struct task *)j;
	if (__atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST) != 1)
		overlap = true;
	t->worked = true;
	if (t->gate)
		uv_sem_wait(t->gate);
	__atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
}

static void work_until_cancelled(struct job *j)
{
	struct task *t = (struct task *)j;
	uv_sem_post(t->gate);
	while (!cancel_is(j->cancel))
		;
	t->worked = true;
}

static void submit(struct task *t)
{
	t->inside = true;
	assert_int_equal(job_submit(&q, &t->job, &e), 0);
	t->inside = false;
}

static void done(struct job *j, int rc)
{
	struct task *t = (struct task *)j;
	assert_false(t->inside);
	t->done++;
	t->rc = rc;
	buf_printf(&order, "%s%d%s", order.n ? " " : "", t->id, rc ? "!" : "");
	if (t->then)
		submit(t->then);
}

static struct task task(int id)
{
	return (struct task){ .job = { .work = work, .done = done }, .id = id };
}

static int fresh(void **st)
{
	(void)st;
	uv_loop_init(&loop);
	jobs_init(&q, &loop);
	overlap = false;
	running = 0;
	return 0;
}

static int over(void **st)
{
	(void)st;
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_true(jobs_idle(&q));
	buf_free(&order);
	return 0;
}

static void first_in_first_out_one_at_a_time(void **st)
{
	(void)st;
	struct task t[20];
	for (int i = 0; i < 20; i++) {
		t[i] = task(i);
		submit(&t[i]);
	}
	assert_false(jobs_idle(&q));
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_string_equal(order.at, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19");
	assert_false(overlap);
	for (int i = 0; i < 20; i++)
		assert_true(t[i].done == 1 && t[i].worked && t[i].rc == 0);
}

static void done_may_submit_and_goes_to_the_end(void **st)
{
	(void)st;
	struct task a = task(1), b = task(2), c = task(3);
	a.then = &c;
	submit(&a);
	submit(&b);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_string_equal(order.at, "1 2 3");
}

static void a_finished_job_can_be_used_again(void **st)
{
	(void)st;
	struct task a = task(1);
	for (int i = 1; i <= 5; i++) {
		submit(&a);
		uv_run(&loop, UV_RUN_DEFAULT);
		assert_int_equal(a.done, i);
	}
}

static void those_that_wait_never_begin_after_cancel(void **st)
{
	(void)st;
	uv_sem_t gate;
	uv_sem_init(&gate, 0);
	struct task a = task(1), b = task(2), c = task(3), d = task(4);
	a.gate = &gate;
	a.then = &d;
	submit(&a);
	submit(&b);
	submit(&c);
	jobs_cancel(&q);
	assert_int_equal(b.done + c.done, 0); /* not inside the call */
	uv_sem_post(&gate);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_false(b.worked || c.worked);
	assert_true(a.rc == 0 && b.rc == ERR_CANCELLED && c.rc == ERR_CANCELLED);
	assert_true(b.done == 1 && c.done == 1);
	assert_true(d.worked && d.done == 1); /* what comes afterwards is work as usual */
	uv_sem_destroy(&gate);
}

static void the_running_one_is_told_to_stop(void **st)
{
	(void)st;
	uv_sem_t begun;
	uv_sem_init(&begun, 0);
	struct task a = task(1);
	a.gate = &begun;
	a.job.work = work_until_cancelled;
	assert_int_equal(cancel_new(&a.job.cancel, &e), 0);
	submit(&a);
	uv_sem_wait(&begun);
	jobs_cancel(&q);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(a.worked);
	assert_int_equal(a.rc, 0); /* it ran: what came of it is its own to say */
	cancel_free(a.job.cancel);
	uv_sem_destroy(&begun);
}

static void two_repositories_do_not_wait_for_each_other(void **st)
{
	(void)st;
	struct jobs other;
	uv_sem_t gate;
	uv_sem_init(&gate, 0);
	jobs_init(&other, &loop);
	struct task a = task(1), b = task(2);
	a.gate = &gate;
	submit(&a);
	assert_int_equal(job_submit(&other, &b.job, &e), 0);
	while (!b.done)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(a.done, 0);
	uv_sem_post(&gate);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_string_equal(order.at, "2 1");
	uv_sem_destroy(&gate);
}

/* ---- timers --------------------------------------------------------------------------------------------------------- */

static int fired;
static struct timer *t1;

static void fire(void *ctx)
{
	fired++;
	if (ctx)
		timer_free(t1);
}

static void a_timer_fires_once_at_its_moment(void **st)
{
	(void)st;
	fired = 0;
	assert_int_equal(timer_new(&t1, &loop, fire, NULL, &e), 0);
	int64_t begun = clock_boot_ms();
	timer_set(t1, 30000);
	timer_set(t1, 20); /* in place of the other */
	while (!fired)
		uv_run(&loop, UV_RUN_ONCE);
	assert_in_range(clock_boot_ms() - begun, 19, 10000);
	timer_set(t1, 0);
	while (fired < 2)
		uv_run(&loop, UV_RUN_ONCE);
	timer_set(t1, 0);
	timer_stop(t1);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(fired, 2);
	timer_free(t1);
	timer_free(NULL);
}

static void a_timer_may_end_itself(void **st)
{
	(void)st;
	fired = 0;
	assert_int_equal(timer_new(&t1, &loop, fire, &loop, &e), 0);
	timer_set(t1, 0);
	uv_run(&loop, UV_RUN_DEFAULT); /* ends: nothing is left on the loop */
	assert_int_equal(fired, 1);
}

static void waking_is_armed_without_firing(void **st)
{
	(void)st;
	/* setting the machine's clock or suspending it is not a test's to do; that the kernel takes the alarm is */
	fired = 0;
	assert_int_equal(wake_new(&t1, &loop, fire, NULL, &e), 0);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(fired, 0);
	timer_free(t1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(first_in_first_out_one_at_a_time), T(done_may_submit_and_goes_to_the_end), T(a_finished_job_can_be_used_again),
		T(those_that_wait_never_begin_after_cancel), T(the_running_one_is_told_to_stop),
		T(two_repositories_do_not_wait_for_each_other), T(a_timer_fires_once_at_its_moment), T(a_timer_may_end_itself),
		T(waking_is_armed_without_firing),
	};
	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
