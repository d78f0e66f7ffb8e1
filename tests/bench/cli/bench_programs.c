/* Rows 3e and 5: the built program as people start it, beside git's, and beside libyaml reading the same files.
 * BUILD names the folder that holds maillage.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../bare.h"
#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"
#include "yaml/ydoc.h"

#define FILES 10000

static char maillage[4096];
static char (*path)[4096];

static void put(const char *file, const struct gen_record *r)
{
	struct buf text = BUF_INIT;
	gen_lesson(&text, r);
	FILE *f = fopen(file, "w"); /* no fsync: this is not what is measured */
	if (!f || fwrite(text.at, 1, text.n, f) != text.n || fclose(f))
		bench_die("%s: cannot be written", file);
	buf_free(&text);
}

/* --- 3e: one merge, a process each */

static void our_merge_file(void *ctx)
{
	(void)ctx;
	const char *argv[] = { maillage, "merge-file", bench_tmp("x.yaml"), bench_tmp("o.yaml"), bench_tmp("y.yaml"), NULL };
	bench_spawn(0, argv);
}

static void git_merge_file(void *ctx)
{
	(void)ctx;
	const char *argv[] = { "git", "merge-file", "-p", bench_tmp("x.yaml"), bench_tmp("o.yaml"), bench_tmp("y.yaml"), NULL };
	bench_spawn(0, argv);
}

static void merge_file(void)
{
	static const char *const names[] = { "o.yaml", "x.yaml", "y.yaml" };
	for (unsigned s = 0; s < 3; s++)
		put(bench_tmp("%s", names[s]), &(struct gen_record){ "ara", "propose", 1, s, 0 });
	bench_row(&(struct bench_row){ "3e", "maillage merge-file, a process (reads the schemas)", "git merge-file -p, a process",
				       our_merge_file, git_merge_file, .times = 4 });
}

/* --- 5: many files */

static void check(void *ctx)
{
	(void)ctx;
	const char *argv[] = { maillage, "check", bench_tmp("check"), NULL };
	bench_spawn(0, argv);
}

static void read_all(void *ctx)
{
	(void)ctx;
	struct buf text = BUF_INIT;
	for (int i = 0; i < FILES; i++) {
		buf_reset(&text);
		bench_ok(fs_read(&text, path[i], YAML_MAX_BYTES, e));
		bare_parse(text.at, text.n);
	}
	buf_free(&text);
}

static void check_files(void)
{
	path = calloc(FILES, sizeof *path);
	if (!path)
		bench_die("out of memory");
	for (int i = 0; i < FILES; i++) {
		char id[GEN_ID], rel[GEN_PATH];
		gen_id(id, "ens", "ara", (uint64_t)i);
		gen_path(rel, "check/enseignements", id);
		snprintf(path[i], sizeof path[i], "%s", bench_tmp("%s", rel));
		bench_ok(fs_mkparents(path[i], e));
		put(path[i], &(struct gen_record){ "ara", "propose", (uint64_t)i, GEN_BASE, 0 });
	}
	bench_row(&(struct bench_row){ "5", "maillage check of 10,000 records, one process", "libyaml events of the same files, read once",
				       check, read_all, .times = 1, .rounds = 5 });
	free(path);
}

int main(void)
{
	const char *build = getenv("BUILD");
	if (!build)
		bench_die("BUILD is not set; start this by tests/bench/run");
	snprintf(maillage, sizeof maillage, "%s/maillage", build);
	if (bench_wanted("3e"))
		merge_file();
	if (bench_wanted("5"))
		check_files();
	return 0;
}
