/* hostile.h -- inputs made to be slow or large: how long each takes and how much it allocates, printed and held to bounds.
 *
 * Time is the process's own (others may use the machine too), the best of a few tries; a debug allocator and sanitizers are
 * allowed to be slower. Memory: the arena's limit makes an excess an error instead of a hog, and the process as a whole
 * (libyaml, PCRE2, buffers) may grow by what the arena may and HOSTILE_BESIDE more, where the kernel tells and no sanitizer hoards.
 */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#ifdef ARENA_MALLOC
#define HOSTILE_SLOWER 60
#else
#define HOSTILE_SLOWER 3 /* a busy machine: caches and cores are shared; what is quadratic takes a hundred times as long */
#endif
#define HOSTILE_MS 50 /* on a machine of its own */
#define HOSTILE_TRIES 3
#define HOSTILE_MEMORY (64u << 20)
#define HOSTILE_BESIDE (16u << 20)

static inline double hostile_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The most the process has held since hostile_peak_reset, in KiB; 0: not known. */
static inline size_t hostile_peak(void)
{
	size_t kib = 0;
#ifndef ARENA_MALLOC
	char line[128];
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f) && sscanf(line, "VmHWM: %zu", &kib) != 1)
		;
	if (f)
		fclose(f);
#endif
	return kib;
}

static inline bool hostile_peak_reset(void)
{
	malloc_trim(0);
	FILE *f = fopen("/proc/self/clear_refs", "w"); /* proc(5): 5 resets VmHWM */
	return f && (fputs("5", f) >= 0) & !fclose(f);
}

/* What is measured: works in the arena and tells in `said` how it ended. */
typedef void hostile_cb(struct arena *a, char said[ERR_MSG_MAX], void *data);

struct hostile {
	const char *name;
	size_t bytes;  /* of the input, to be printed */
	double ms;     /* allowed */
	const char *says; /* part of how it must end; NULL: any */
	size_t memory;    /* the arena's limit; 0: HOSTILE_MEMORY */
};

static inline void hostile_run(const struct hostile *h, hostile_cb *work, void *data)
{
	char said[ERR_MSG_MAX] = "";
	double best = 1e9, allowed = h->ms * HOSTILE_SLOWER;
	size_t used = 0, grown = 0, limit = h->memory ? h->memory : HOSTILE_MEMORY;
	for (int i = 0; i < HOSTILE_TRIES && best > (HOSTILE_SLOWER > 10 ? allowed : h->ms); i++) {
		struct arena a;
		size_t before = hostile_peak_reset() ? hostile_peak() : SIZE_MAX;
		double begun = hostile_ms();
		if (!arena_begin(&a))
			fail_msg("%s: more than %zu MiB", h->name, limit >> 20);
		a.limit = limit;
		work(&a, said, data);
		used = a.total;
		arena_end(&a);
		double took = hostile_ms() - begun;
		best = took < best ? took : best;
		size_t peak = hostile_peak();
		grown = peak > before && peak - before > grown ? peak - before : grown;
	}
	print_message("# %-24s %8zu bytes %7.1f ms %6zu KiB %6zu with all  %.70s\n", h->name, h->bytes, best, used >> 10, grown, said);
	if (grown > (limit + HOSTILE_BESIDE) >> 10)
		fail_msg("%s: the process grew by %zu KiB", h->name, grown);
	if (best > allowed)
		fail_msg("%s took %.1f ms of %.0f", h->name, best, allowed);
	if (h->says && !strstr(said, h->says))
		fail_msg("%s should say \"%s\": %s", h->name, h->says, said);
}

static inline void put_times(struct buf *b, const char *s, size_t n)
{
	while (n-- > 0)
		buf_puts(b, s);
}

#endif
