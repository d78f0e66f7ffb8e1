/* timer.h -- one alarm that goes on counting while the machine sleeps, and news of its waking.
 *
 * uv_timer_t counts CLOCK_MONOTONIC, which stands still during suspend: a laptop opened after the weekend would wait out the rest of its
 * interval. A timerfd on CLOCK_BOOTTIME fires at once on waking when its moment has passed, and costs nothing until then.
 * And a timerfd on CLOCK_REALTIME that asks to be cancelled when the clock is set (timerfd_create(2)) is told by the kernel of every
 * resume, so that no polling is needed to notice a short sleep.
 *
 * LIFE    timer_new -> timer_set / timer_stop* -> timer_free. The callback may do any of these, timer_free included.
 * THREAD  The loop's.
 */
#ifndef LOOP_TIMER_H
#define LOOP_TIMER_H

#include <uv.h>
#include "base/err.h"

struct timer;
typedef void (*timer_cb)(void *ctx);

int timer_new(struct timer **out, uv_loop_t *loop, timer_cb cb, void *ctx, struct err *e); /* ERR_IO: no descriptor left; ERR_NOMEM */
/* Fire once, ms from now (0: as soon as the loop turns), in place of whatever was set before. */
void timer_set(struct timer *t, int64_t ms);
void timer_stop(struct timer *t);
void timer_free(struct timer *t); /* NULL is fine */

/* Call cb each time the machine comes back from a sleep of at least WAKE_MIN_MS. The same life as a timer; timer_free ends it. */
#define WAKE_MIN_MS 2000
int wake_new(struct timer **out, uv_loop_t *loop, timer_cb cb, void *ctx, struct err *e);

/* How long the machine has slept since it was started; tests replace it. */
extern int64_t (*timer__slept_ms)(void);
/* What the kernel's news of the clock does to a wake; for tests, which cannot set the clock. */
void timer__clock_was_set(struct timer *t);

#endif
