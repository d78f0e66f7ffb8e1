#include "timer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/trace.h"

#ifndef TFD_TIMER_CANCEL_ON_SET
#define TFD_TIMER_CANCEL_ON_SET (1 << 1) /* linux/timerfd.h; not in every libc's header */
#endif

struct timer {
	uv_poll_t poll; /* first: closing frees the whole */
	int fd;         /* own */
	timer_cb cb;
	void *ctx;
	bool wake;      /* fires on waking, not at a moment */
	int64_t slept;  /* as of the last look */
};

static int64_t slept_ms(void)
{
	return clock_boot_ms() - clock_mono_ms();
}
int64_t (*timer__slept_ms)(void) = slept_ms;

/* Far enough that it never comes; what counts is the kernel's cancelling it. */
static void arm_wake(struct timer *t)
{
	const struct itimerspec far = { .it_value.tv_sec = (time_t)1 << 33 };
	timerfd_settime(t->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL);
}

void timer__clock_was_set(struct timer *t)
{
	arm_wake(t);
	int64_t slept = timer__slept_ms(), more = slept - t->slept;
	t->slept = slept;
	trace("timer: the clock was set or the machine slept %lld ms", (long long)more);
	if (more >= WAKE_MIN_MS)
		t->cb(t->ctx);
}

static void ready(uv_poll_t *poll, int status, int events)
{
	struct timer *t = poll->data;
	uint64_t times;
	(void)events;
	if (status < 0)
		return;
	ssize_t n = read(t->fd, &times, sizeof times);
	if (!t->wake) {
		if (n == (ssize_t)sizeof times) /* else it was set anew between the poll and now */
			t->cb(t->ctx);
		return;
	}
	if (n >= 0 || errno == ECANCELED)
		timer__clock_was_set(t);
}

static int make(struct timer **out, uv_loop_t *loop, int clock, timer_cb cb, void *ctx, struct err *e)
{
	struct timer *t = calloc(1, sizeof *t);
	if (!t)
		return err_nomem(e);
	t->cb = cb;
	t->ctx = ctx;
	t->fd = timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK);
	int rc = t->fd < 0 ? err_errno(e, "timerfd") : 0;
	if (!rc && uv_poll_init(loop, &t->poll, t->fd) != 0) {
		rc = err_set(e, ERR_IO, "%s", "timerfd : uv_poll_init");
		close(t->fd);
	}
	if (rc) {
		free(t);
		return rc;
	}
	t->poll.data = t;
	uv_poll_start(&t->poll, UV_READABLE, ready);
	*out = t;
	return 0;
}

int timer_new(struct timer **out, uv_loop_t *loop, timer_cb cb, void *ctx, struct err *e)
{
	return make(out, loop, CLOCK_BOOTTIME, cb, ctx, e);
}

int wake_new(struct timer **out, uv_loop_t *loop, timer_cb cb, void *ctx, struct err *e)
{
	struct timer *t;
	int rc = make(&t, loop, CLOCK_REALTIME, cb, ctx, e);
	if (rc)
		return rc;
	t->wake = true;
	t->slept = timer__slept_ms();
	arm_wake(t);
	*out = t;
	return 0;
}

void timer_set(struct timer *t, int64_t ms)
{
	must(!t->wake);
	if (ms < 0)
		ms = 0;
	/* all zero would disarm it */
	struct itimerspec in = { .it_value = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 + (ms == 0) } };
	timerfd_settime(t->fd, 0, &in, NULL);
}

void timer_stop(struct timer *t)
{
	const struct itimerspec never = { .it_value = { 0, 0 } };
	timerfd_settime(t->fd, 0, &never, NULL);
}

static void closed(uv_handle_t *h)
{
	struct timer *t = h->data;
	close(t->fd); /* not earlier: epoll must have let go of it */
	free(t);
}

void timer_free(struct timer *t)
{
	if (t && !uv_is_closing((uv_handle_t *)&t->poll))
		uv_close((uv_handle_t *)&t->poll, closed);
}
