/* scratch.h -- one arena for a test: scratch_begin and scratch_end are its setup and teardown, `a` is the arena. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include "base/arena.h"

static struct arena a;

static int scratch_begin(void **st)
{
	(void)st;
	arena_init(&a);
	a.armed = true;
	return 0;
}

static int scratch_end(void **st)
{
	(void)st;
	arena_end(&a);
	return 0;
}

#endif
