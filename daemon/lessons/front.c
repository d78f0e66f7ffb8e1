#include "lessons/front.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void front_sort(void *base, size_t n, size_t size, size_t k, int (*compare)(const void *, const void *))
{
	char *at = base;
	_Alignas(max_align_t) char one[FRONT_SIZE_MAX]; /* compare reads it as an element */
	must(size <= sizeof one);
	if (k > n)
		k = n;
	if (!k)
		return;
	qsort(at, k, size, compare);
	for (size_t i = k; i < n; i++) {
		if (compare(at + i * size, at + (k - 1) * size) >= 0)
			continue;
		size_t place = k - 1;
		memcpy(one, at + i * size, size);
		memcpy(at + i * size, at + place * size, size);
		for (; place && compare(one, at + (place - 1) * size) < 0; place--)
			memcpy(at + place * size, at + (place - 1) * size, size);
		memcpy(at + place * size, one, size);
	}
}
