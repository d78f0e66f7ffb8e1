/* Row 10: what the daemon costs while nothing happens: a clone of 10,000 records whose hub is a folder, freshly started, after its first
 * exchange. Its CPU time is held against one `git status` of the same clone; its memory against nothing. It is watched for ten
 * seconds, from which a minute is extrapolated; for as long as IDLE_SECONDS says, when it is set (IDLE_SECONDS=60: a minute, measured).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"

#define RECORDS 10000
#define SECONDS 10.0
#define SETTLED 2.0  /* seconds without CPU time: the first exchange is over */
#define PATIENCE 60.0

static double cpu_of(int pid)
{
	clockid_t clock;
	struct timespec t;
	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
		bench_die("maillaged has ended");
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double memory_of(int pid)
{
	char path[64], line[256];
	double kib = -1;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, "RssAnon:", 8))
			kib = strtod(line + 8, NULL);
	if (f)
		fclose(f);
	return kib * 1024;
}

static void put_record(const char *clone, uint64_t i)
{
	char id[GEN_ID], rel[GEN_PATH], file[4300];
	struct buf text = BUF_INIT;
	gen_id(id, "ens", "ara", i);
	gen_path(rel, "enseignements", id);
	snprintf(file, sizeof file, "%s/%s", clone, rel);
	gen_lesson(&text, &(struct gen_record){ "ara", "propose", i, GEN_BASE, 0 });
	bench_ok(fs_mkparents(file, e));
	bench_ok(fs_write(file, text.at, text.n, e));
	buf_free(&text);
}

static void nap(double s)
{
	struct timespec t = { (time_t)s, (long)((s - (double)(time_t)s) * 1e9) };
	nanosleep(&t, NULL);
}

static void wait_settled(int pid)
{
	double begun = bench_wall(), quiet = begun, last = cpu_of(pid);
	while (bench_wall() - quiet < SETTLED) {
		nap(0.1);
		double now = cpu_of(pid);
		if (now - last > 0.002)
			quiet = bench_wall();
		last = now;
		if (bench_wall() - begun > PATIENCE)
			bench_die("maillaged does not come to rest");
	}
}

/* A daemon that sleeps because it is broken would look best of all: it must still commit a change. */
static void wait_commit(const char *clone)
{
	char ref[4200];
	struct buf before = BUF_INIT, now = BUF_INIT;
	double begun = bench_wall();
	snprintf(ref, sizeof ref, "%s/.git/refs/heads/main", clone);
	bench_ok(fs_read(&before, ref, 4096, e));
	put_record(clone, RECORDS);
	do {
		if (bench_wall() - begun > PATIENCE)
			bench_die("maillaged did not commit a new record");
		nap(0.1);
		buf_reset(&now);
		bench_ok(fs_read(&now, ref, 4096, e));
	} while (now.n == before.n && !memcmp(now.at, before.at, now.n));
	buf_free(&before);
	buf_free(&now);
}

static double git_status(const char *clone)
{
	double took[5];
	for (int i = 0; i < 5; i++) {
		const char *argv[] = { "git", "-C", clone, "status", "--porcelain", NULL };
		double begun = bench_cpu();
		bench_spawn(0, argv);
		took[i] = bench_cpu() - begun;
	}
	return bench_median(took, 5);
}

int main(void)
{
	const char *build = getenv("BUILD");
	if (!bench_wanted("10"))
		return 0;
	if (!build)
		bench_die("BUILD is not set; start this by tests/bench/run");
	const char *asked = getenv("IDLE_SECONDS");
	double seconds = asked && atof(asked) > 0 ? atof(asked) : SECONDS;
	char maillage[4096], maillaged[4096], words[80];
	const char *hub = bench_tmp("idle-hub"), *clone = bench_tmp("idle");
	snprintf(maillage, sizeof maillage, "%s/maillage", build);
	snprintf(maillaged, sizeof maillaged, "%s/maillaged", build);
	bench_spawn(0, (const char *[]){ maillage, "hub", "init", hub, "--collectives", "ara", NULL });
	bench_spawn(0, (const char *[]){ maillage, "init", "--collective", "ara", "--hub", hub, "--as", "act-ara-3p4q5r6s", clone, NULL });
	for (uint64_t i = 0; i < RECORDS; i++)
		put_record(clone, i);
	bench_spawn(0, (const char *[]){ maillage, "-C", clone, "sync", NULL });
	int pid = bench_start((const char *[]){ maillaged, NULL }), status;
	wait_settled(pid);
	double begun = cpu_of(pid);
	nap(seconds);
	double took = cpu_of(pid) - begun, memory = memory_of(pid), ref = git_status(clone);
	wait_commit(clone);
	snprintf(words, sizeof words, "maillaged at rest, 10,000 records: CPU of %.0f s", seconds);
	bench_line("10a", words, took, BENCH_SECONDS, "one git status of the clone", ref, BENCH_SECONDS, took / ref);
	bench_line("10a", seconds < 60 ? "of a minute, extrapolated" : "of a minute", took / seconds * 60, BENCH_SECONDS, "the goal", 0.010, BENCH_SECONDS,
		   took / seconds * 60 / 0.010);
	bench_line("10b", "its anonymous memory", memory, BENCH_BYTES, "the goal: 8 MB", 8e6, BENCH_BYTES, memory / 8e6);
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	return 0;
}
