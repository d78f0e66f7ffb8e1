/* The first few of many: what qsort would put there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lessons/front.h"

#define MANY 40

struct thing {
	int rank;
	unsigned id; /* what tells equal ranks apart */
};

static int by_rank(const void *x, const void *y)
{
	const struct thing *p = x, *q = y;
	if (p->rank != q->rank)
		return p->rank < q->rank ? -1 : 1;
	return (p->id > q->id) - (p->id < q->id);
}

static void is_what_sorting_gives(void **st)
{
	const char *seed = getenv("SEED");
	unsigned x = seed ? (unsigned)strtoul(seed, NULL, 10) : 20191214;
	(void)st;
	printf("# SEED=%u\n", x);
	for (size_t round = 0; round < 5000; round++) {
		struct thing at[MANY], sorted[MANY];
		bool here[MANY] = { false };
		x = x * 1103515245 + 12345;
		size_t n = x / 65536 % MANY, k = x / 4096 % (MANY + 5);
		for (size_t i = 0; i < n; i++) {
			x = x * 1103515245 + 12345;
			at[i] = sorted[i] = (struct thing){ (int)(x / 65536 % 7), (unsigned)i };
		}
		qsort(sorted, n, sizeof *sorted, by_rank);
		front_sort(at, n, sizeof *at, k, by_rank);
		for (size_t i = 0; i < n; i++) {
			if (i < k)
				assert_int_equal(at[i].id, sorted[i].id);
			assert_false(here[at[i].id]); /* and nothing is lost */
			here[at[i].id] = true;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(is_what_sorting_gives) };
	return cmocka_run_group_tests_name("lessons/front", tests, NULL, NULL);
}
