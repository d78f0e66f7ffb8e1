#include "kit.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15
#define ROUND_SECONDS 0.02
#define COUNTED 400 /* operations under callgrind, less one run of as many fewer */

struct err bench_err;
extern char **environ;

void bench_die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fflush(stdout);
	fputs("bench: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	exit(1);
}

/* --- clocks -------------------------------------------------------------------------------------------------------- */

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec * 1e-6;
}

double bench_cpu(void)
{
	struct timespec own;
	struct rusage children;
	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own) == 0 && getrusage(RUSAGE_CHILDREN, &children) == 0);
	return (double)own.tv_sec + (double)own.tv_nsec * 1e-9 + seconds(&children.ru_utime) + seconds(&children.ru_stime);
}

double bench_wall(void)
{
	struct timespec t;
	must(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *p, const void *q)
{
	double x = *(const double *)p, y = *(const double *)q;
	return (x > y) - (x < y);
}

double bench_median(double *at, size_t n)
{
	qsort(at, n, sizeof *at, by_value);
	return n % 2 ? at[n / 2] : (at[n / 2 - 1] + at[n / 2]) / 2;
}

/* --- the table ----------------------------------------------------------------------------------------------------- */

bool bench_wanted(const char *row)
{
	const char *only = getenv("BENCH_ROW");
	if (!only || !*only)
		return true;
	size_t n = strlen(only) < strlen(row) ? strlen(only) : strlen(row);
	const char *rest = strlen(only) > n ? only + n : row + n;
	return !strncmp(only, row, n) && !(*rest >= '0' && *rest <= '9');
}

static const char *show(char out[24], double v, enum bench_unit unit)
{
	if (v < 0)
		return "";
	if (unit == BENCH_BYTES)
		snprintf(out, 24, v < 1 << 20 ? "%.1f KiB" : "%.1f MiB", v / (v < 1 << 20 ? 1 << 10 : 1 << 20));
	else if (unit == BENCH_PER_SECOND)
		snprintf(out, 24, "%.0f /s", v);
	else if (v < 1e-3)
		snprintf(out, 24, "%.1f us", v * 1e6);
	else if (v < 1)
		snprintf(out, 24, v < 0.01 ? "%.2f ms" : "%.1f ms", v * 1e3);
	else
		snprintf(out, 24, "%.2f s", v);
	return out;
}

static const char *quotient(char out[24], double ratio)
{
	snprintf(out, 24, ratio < 0 ? "-" : ratio < 0.1 ? "%.3f" : "%.2f", ratio);
	return out;
}

void bench_line(const char *row, const char *what, double ours, enum bench_unit ours_unit, const char *reference, double ref,
		enum bench_unit ref_unit, double ratio)
{
	char x[24], y[24], q[24];
	printf("%-3s %-56s %10s  %-44s %10s %7s\n", row, what, show(x, ours, ours_unit), reference, show(y, ref, ref_unit),
	       quotient(q, ratio));
	fflush(stdout);
}

/* callgrind counts what happens in here (--toggle-collect), so nothing else may. */
__attribute__((noinline)) void bench_loop(void (*one)(void *), void *ctx, long times);
void bench_loop(void (*one)(void *), void *ctx, long times)
{
	for (long i = 0; i < times; i++)
		one(ctx);
}

static double measure(const struct bench_row *r, void (*one)(void *), long times)
{
	double (*clock)(void) = r->wall ? bench_wall : bench_cpu;
	double begun = clock();
	bench_loop(one, r->ctx, times);
	return (clock() - begun) / (double)times;
}

static long calibrate(const struct bench_row *r)
{
	long times = 1;
	if (r->times)
		return r->times;
	while (measure(r, r->ours, times) * (double)times < ROUND_SECONDS && times < 1 << 20)
		times *= 2;
	return times;
}

/* This program again, under valgrind, running only one side of one row: instructions of one operation. */
static double count(const struct bench_row *r, const char *side)
{
	char line[512], command[9000];
	unsigned long long got = 0;
	snprintf(command, sizeof command,
		 "BENCH_LOOP=%s:%s exec valgrind --tool=callgrind --toggle-collect=bench_loop --callgrind-out-file='%s' '%s' 2>&1",
		 r->row, side, bench_tmp("callgrind.%s.%s", r->row, side), bench_self());
	FILE *p = popen(command, "re");
	if (!p)
		bench_die("valgrind: cannot be started");
	while (fgets(line, sizeof line, p)) {
		const char *at = strstr(line, "Collected : ");
		if (at)
			got = strtoull(at + 12, NULL, 10);
	}
	if (pclose(p) || !got)
		bench_die("valgrind: nothing counted (is it installed?)");
	return (double)got / COUNTED;
}

static void print_count(const struct bench_row *r)
{
	double ours = count(r, "ours"), ref = count(r, "ref");
	char x[24], y[24], q[24];
	snprintf(x, sizeof x, "%.0f Ir", ours);
	snprintf(y, sizeof y, "%.0f Ir", ref);
	printf("%-3s %-56s %10s  %-44s %10s %7s\n", "", "    instructions (callgrind)", x, "", y, quotient(q, ours / ref));
	fflush(stdout);
}

void bench_row(const struct bench_row *r)
{
	double ours[64], ref[64], ratio[64];
	const char *only = getenv("BENCH_LOOP");
	int rounds = r->rounds ? r->rounds : ROUNDS;
	must(rounds <= 64);
	if (!bench_wanted(r->row))
		return;
	if (only) {
		size_t n = strlen(r->row);
		if (strncmp(only, r->row, n) || only[n] != ':')
			return;
		if (r->prepare)
			r->prepare(r->ctx);
		bench_loop(strcmp(only + n + 1, "ours") ? r->ref : r->ours, r->ctx, COUNTED);
		return;
	}
	long times = 0;
	for (int i = 0; i < rounds; i++) {
		if (r->prepare)
			r->prepare(r->ctx);
		if (!times)
			times = calibrate(r);
		ref[i] = measure(r, r->ref, times);
		ours[i] = measure(r, r->ours, times);
		ratio[i] = ours[i] / ref[i];
	}
	size_t n = (size_t)rounds;
	bench_line(r->row, r->what, bench_median(ours, n), BENCH_SECONDS, r->reference, bench_median(ref, n), BENCH_SECONDS,
		   bench_median(ratio, n));
	if (r->countable && getenv("BENCH_CALLGRIND"))
		print_count(r);
}

/* --- programs ------------------------------------------------------------------------------------------------------ */

int bench_start(const char *const argv[])
{
	posix_spawn_file_actions_t files;
	pid_t pid;
	must(posix_spawn_file_actions_init(&files) == 0);
	for (int fd = 0; fd < 3; fd++)
		must(posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0) == 0);
	int rc = posix_spawnp(&pid, argv[0], &files, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (rc)
		bench_die("%s: %s", argv[0], strerror(rc));
	return pid;
}

void bench_spawn(int want, const char *const argv[])
{
	int status, pid = bench_start(argv);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || (want >= 0 && WEXITSTATUS(status) != want))
		bench_die("%s %s %s: status %x", argv[0], argv[1], argv[2] ? argv[2] : "", (unsigned)status);
}

const char *bench_self(void)
{
	static char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	must(n > 0);
	self[n] = 0;
	return self;
}

const char *bench_tmp(const char *fmt, ...)
{
	static char path[16][4096];
	static int at;
	const char *tmp = getenv("TMP");
	if (!tmp)
		bench_die("TMP is not set; start this by tests/bench/run");
	char *out = path[at = (at + 1) % 16];
	int n = snprintf(out, sizeof path[0], "%s/", tmp);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(out + n, sizeof path[0] - (size_t)n, fmt, ap);
	va_end(ap);
	return out;
}
