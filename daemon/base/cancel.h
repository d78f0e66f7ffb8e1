/* cancel.h -- "stop what you are doing", said from one thread to another that may be asleep in poll().
 *
 * LIFE    cancel_new -> cancel_trigger (any thread, any number of times) -> cancel_reset before the next job -> cancel_free.
 * OWNER   The owner of the job owns it; whoever waits borrows it and adds cancel_fd() to its poll set.
 * THREAD  cancel_trigger and cancel_is: any thread (cancel_trigger also from a signal handler). The others: the owner,
 *         while nobody waits.
 * NULL    A NULL cancel is never triggered; cancel_fd(NULL) is -1, which poll() ignores.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <stdbool.h>
#include "err.h"

struct cancel;

int cancel_new(struct cancel **out, struct err *e); /* ERR_IO (no descriptor left), ERR_NOMEM */
void cancel_free(struct cancel *c);
void cancel_trigger(struct cancel *c);
void cancel_reset(struct cancel *c);
bool cancel_is(const struct cancel *c);
int cancel_fd(const struct cancel *c); /* readable from the trigger until the reset; borrowed, do not read it */

#endif
