/* kit.h -- how a benchmark measures: what we do and what we are compared with take turns in one run, round by round, and
 * a row of the table shows both medians and the median of the rounds' ratios.
 *
 * Time is CPU time of this process and of the children it waited for (getrusage), unless a row says that it is wall time:
 * other people's load on the machine then disturbs little. BENCH_ROW=3 or 3b runs only these rows.
 * BENCH_CALLGRIND=1 also counts instructions, each side in a valgrind of its own (rows that set `countable`).
 *
 * FAILS   A benchmark that cannot run says why and exits with 1 (bench_die).
 */
#ifndef TESTS_BENCH_KIT_H
#define TESTS_BENCH_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

#define BENCH_SEED 20180503u

struct bench_row {
	const char *row;         /* "3a" */
	const char *what;        /* what ours() does, up to 56 characters */
	const char *reference;   /* what ref() does */
	void (*ours)(void *ctx); /* one operation */
	void (*ref)(void *ctx);
	void (*prepare)(void *ctx); /* before each round, not measured; NULL: nothing to do */
	void *ctx;
	int rounds;     /* 0: 15 */
	int times;      /* operations in a round; 0: as many as take 20 ms */
	bool wall;      /* wall time instead of CPU time */
	bool countable; /* pure code of this process: callgrind can count it */
};
void bench_row(const struct bench_row *r);
/* A row whose values the caller measured itself; values < 0 are not shown, and without both there is no ratio. */
enum bench_unit { BENCH_SECONDS, BENCH_BYTES, BENCH_PER_SECOND };
void bench_line(const char *row, const char *what, double ours, enum bench_unit ours_unit, const char *reference, double ref,
		enum bench_unit ref_unit, double ratio);

bool bench_wanted(const char *row); /* ask before a costly preparation; "6" is wanted when any 6x is */
double bench_cpu(void);             /* seconds: this process and the children it waited for */
double bench_wall(void);
double bench_median(double *at, size_t n);

/* Run a program to its end, output thrown away. Any other exit code than `want` (-1: any) ends the benchmark. */
void bench_spawn(int want, const char *const argv[]);
int bench_start(const char *const argv[]); /* the same without waiting: its pid */
const char *bench_self(void);              /* the path of this program */
const char *bench_tmp(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* $TMP/...; the last 16 stay valid */

_Noreturn void bench_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#define bench_ok(call)                                                                         \
	do {                                                                                   \
		struct err *e = &bench_err;                                                    \
		if (call)                                                                      \
			bench_die("%s:%d: %s: %s", __FILE__, __LINE__, #call, e->msg);         \
	} while (0)
extern struct err bench_err; /* bench_ok names it `e` inside the call */

#endif
