#include "base/progress.h"

#include <stdatomic.h>

static _Atomic(void (*)(const char *, size_t, size_t)) listening;
static atomic_flag busy = ATOMIC_FLAG_INIT;

void progress(const char *phase, size_t done, size_t total)
{
	void (*listener)(const char *, size_t, size_t) = atomic_load_explicit(&listening, memory_order_acquire);
	if (!listener || atomic_flag_test_and_set(&busy))
		return;
	listener(phase, done, total);
	atomic_flag_clear(&busy);
}

void progress_pass(void *ignored, const char *phase, size_t done, size_t total)
{
	(void)ignored;
	progress(phase, done, total);
}

void progress_to(void (*listener)(const char *phase, size_t done, size_t total))
{
	atomic_store_explicit(&listening, listener, memory_order_release);
}
