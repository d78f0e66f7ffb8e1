/* crew.h -- the same small work on many items, on every core.
 *
 * Items are handed out in order, in small lots; the caller works too. Where results must not depend on who did what, keep
 * them by item, or by worker with the item's number: each worker gets its items in growing order.
 *
 * THREAD  work() is called from several threads at once, each with its own `worker` from 0; what they share is read-only or
 *         their own affair. A thread that cannot be started is done without.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stddef.h>

#define CREW_MAX 16

unsigned crew_size(size_t items); /* how many workers are worth it: at least 1 */
void crew_run(unsigned workers, size_t items, void (*work)(void *ctx, unsigned worker, size_t item), void *ctx);

#endif
