/* front.h -- the first few of many in order: of thousands of lessons a page shows a dozen, and so they are not all sorted for that.
 *
 * OWNER  The array is the caller's; what is not among the first stays behind them in any order.
 */
#ifndef LESSONS_FRONT_H
#define LESSONS_FRONT_H

#include <stddef.h>

#define FRONT_SIZE_MAX 64 /* bytes of an element */

/* As qsort for the first k of n elements. compare is a total order, or which of equal ones come first is not told. */
void front_sort(void *at, size_t n, size_t size, size_t k, int (*compare)(const void *, const void *));

#endif
