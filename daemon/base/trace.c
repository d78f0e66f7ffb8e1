#include "trace.h"

#include <stdarg.h>
#include <stdatomic.h>

#define EVENTS 64
#define WIDTH 120

static char ring[EVENTS][WIDTH];
static atomic_uint next;
static atomic_int echo;

void trace(const char *fmt, ...)
{
	char line[WIDTH];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	unsigned slot = atomic_fetch_add(&next, 1) % EVENTS;
	snprintf(ring[slot], WIDTH, "%s", line);
	if (atomic_load(&echo))
		fprintf(stderr, "maillage: %s\n", line);
}

void trace_dump(FILE *f)
{
	unsigned end = atomic_load(&next), begin = end > EVENTS ? end - EVENTS : 0;
	for (unsigned i = begin; i < end; i++)
		fprintf(f, "maillage: trace: %s\n", ring[i % EVENTS]);
}

void trace_to_stderr(int on)
{
	atomic_store(&echo, on);
}
