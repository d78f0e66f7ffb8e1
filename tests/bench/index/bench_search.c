/* bench_search.c -- row 15: a clone of 10,000 lessons searched. What `maillage search` does from opening the cache to the answer,
 * the folder's files looked at included; the program's own start is row 2's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bare.h"
#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"
#include "index/index.h"

#define RECORDS 10000
#define CHANGED 10
#define ROUNDS 15

static struct arena kept;
static struct repo *repo;
static const struct schemas *set;
static const char *dir;
static struct buf text;

static void write_lesson(uint64_t i, unsigned round)
{
	char id[GEN_ID], path[GEN_PATH];
	struct err *e = &bench_err;
	gen_id(id, "ens", "ara", i);
	gen_path(path, "enseignements", id);
	const char *file = arena_printf(&kept, "%s%s", repo_workdir(repo), path);
	buf_reset(&text);
	gen_lesson(&text, &(struct gen_record){ "ara", "propose", i, round ? GEN_A : GEN_BASE, round });
	FILE *f = fs_mkparents(file, e) ? NULL : fopen(file, "w");
	if (!f || fwrite(text.at, 1, text.n, f) != text.n || fclose(f))
		bench_die("%s: not written", file);
}

/* Open, bring up to date, ask (query NULL: not), close. */
static size_t search(const char *typed)
{
	struct arena a;
	struct index *x;
	struct index_source s = { .name = ".", .r = repo };
	struct index_hits hits = { 0 };
	size_t changed = 0;
	if (!arena_begin(&a))
		bench_die("out of memory");
	bench_ok(index_open(&x, dir, set, e));
	bench_ok(index_refresh(&changed, x, &s, 1, NULL, e));
	if (typed) {
		struct query q;
		struct index_wish w = { .words = &q, .most = 20 };
		bench_ok(query_parse(&q, &a, typed, e));
		bench_ok(index_search(&hits, &a, x, &w, e));
		if (!hits.n)
			bench_die("%s: nothing found", typed);
	}
	index_close(x);
	arena_end(&a);
	return changed;
}

static void parse_all(void)
{
	for (uint64_t i = 0; i < RECORDS; i++) {
		buf_reset(&text);
		gen_lesson(&text, &(struct gen_record){ "ara", "propose", i, GEN_BASE, 0 });
		bare_parse(text.at, text.n);
	}
}

static double timed(void (*what)(void))
{
	double begun = bench_cpu();
	what();
	return bench_cpu() - begun;
}

static void make_index(void)
{
	if (search(NULL) < RECORDS)
		bench_die("not all records were read");
}

static void ask(void)
{
	search("habitants formation");
}

static void git_grep(void)
{
	bench_spawn(-1, (const char *const[]){ "git", "-C", repo_workdir(repo), "grep", "--no-index", "-il", "habitant", NULL });
}

int main(void)
{
	double ours[ROUNDS], grep[ROUNDS], update[ROUNDS], ratio[ROUNDS], share[ROUNDS];
	if (!bench_wanted("15"))
		return 0;
	if (!arena_begin(&kept))
		bench_die("out of memory");
	struct oid head;
	bench_ok(store_init(e));
	bench_ok(repo_create(&repo, bench_tmp("search"), NULL, "ara", "act-ara-2w3x4y5z", e));
	bench_ok(repo_head(&head, repo, e));
	bench_ok(repo_schemas(&set, repo, &head, e));
	dir = arena_printf(&kept, "%smaillage/", repo_gitdir(repo));
	for (uint64_t i = 0; i < RECORDS; i++)
		write_lesson(i, 0);
	double bare = timed(parse_all), made = timed(make_index);
	bench_line("15a", "index of 10,000 records, made anew", RECORDS / made, BENCH_PER_SECOND, "libyaml events of the same, made and read",
		   RECORDS / bare, BENCH_PER_SECOND, made / bare);
	for (int i = 0; i < ROUNDS; i++) {
		grep[i] = timed(git_grep);
		ours[i] = timed(ask);
		ratio[i] = ours[i] / grep[i];
		for (uint64_t k = 0; k < CHANGED; k++)
			write_lesson((uint64_t)i * CHANGED + k, (unsigned)i + 1);
		update[i] = timed(ask);
		share[i] = update[i] / made;
	}
	bench_line("15b", "two words searched, p50, nothing changed", bench_median(ours, ROUNDS), BENCH_SECONDS, "git grep -il of one word",
		   bench_median(grep, ROUNDS), BENCH_SECONDS, bench_median(ratio, ROUNDS));
	bench_line("15c", "the same after 10 changed records", bench_median(update, ROUNDS), BENCH_SECONDS, "the index made anew", made,
		   BENCH_SECONDS, bench_median(share, ROUNDS));
	repo_close(repo);
	store_fini();
	buf_free(&text);
	arena_end(&kept);
	return 0;
}
