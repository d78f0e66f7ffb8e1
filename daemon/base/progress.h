/* progress.h -- how far a long piece of work is, for whoever waits: said from anywhere, shown by whoever listens, lost when nobody does.
 *
 * THREAD  progress() from any thread; progress_to() before the work starts and after it ended.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stddef.h>

/* phase: in the reader's language, borrowed for the call; total 0: not known. Costs a few nanoseconds when nobody listens. */
void progress(const char *phase, size_t done, size_t total);
/* The same for callbacks with a context, which is not looked at: remote_options.progress. */
void progress_pass(void *ignored, const char *phase, size_t done, size_t total);

/* The listener is called by one thread at a time; what comes meanwhile from others is dropped. NULL: nobody. */
void progress_to(void (*listener)(const char *phase, size_t done, size_t total));

#endif
