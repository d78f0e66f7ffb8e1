/* Rows 3e and 5: the built program as people start it, beside git's, and beside libyaml reading the same files.
 * BUILD names the folder that holds maillage, ROOT the checkout.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../bare.h"
#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"
#include "yaml/ydoc.h"

#define FILES 100000

static char maillage[4096];

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

/* --- 5: many files, in a clone that has its copy of the national's concepts */

static void file_path(char out[4096], int i)
{
	char id[GEN_ID], rel[GEN_PATH];
	gen_id(id, "ens", "ara", (uint64_t)i);
	gen_path(rel, "ara/enseignements", id);
	snprintf(out, 4096, "%s", bench_tmp("%s", rel));
}

static void check(void *ctx)
{
	(void)ctx;
	const char *argv[] = { maillage, "check", bench_tmp("ara/enseignements"), NULL };
	bench_spawn(0, argv);
}

static void check_references(void *ctx)
{
	(void)ctx;
	const char *argv[] = { maillage, "-C", bench_tmp("ara"), "check", NULL };
	bench_spawn(0, argv);
}

static void read_all(void *ctx)
{
	(void)ctx;
	char path[4096];
	struct buf text = BUF_INIT;
	for (int i = 0; i < FILES; i++) {
		buf_reset(&text);
		file_path(path, i);
		bench_ok(fs_read(&text, path, YAML_MAX_BYTES, e));
		bare_parse(text.at, text.n);
	}
	buf_free(&text);
}

static void copy_sample(const char *folder, const char *id)
{
	char rel[GEN_PATH];
	struct buf from = BUF_INIT, text = BUF_INIT;
	buf_printf(&from, "%s/tests/samples/nat/%s.yaml", getenv("ROOT"), id);
	gen_path(rel, folder, id);
	bench_ok(fs_read(&text, buf_str(&from), YAML_MAX_BYTES, e));
	bench_ok(fs_mkparents(bench_tmp("%s", rel), e));
	bench_ok(fs_write(bench_tmp("%s", rel), text.at, text.n, e));
	buf_free(&from);
	buf_free(&text);
}

static void make_clone(void)
{
	static const char *const concepts[] = { "con-formation", "con-participation", "con-cooperation", "con-innovation", "con-representation" };
	const char *hub = bench_tmp("hub"), *nat = bench_tmp("nat"), *ara = bench_tmp("ara");
	bench_spawn(0, (const char *const[]){ maillage, "hub", "init", hub, "--collectives", "ara", NULL });
	bench_spawn(0, (const char *const[]){ maillage, "init", "--national", "--hub", hub, "--as", "act-nat-0a1b2c3d", nat, NULL });
	for (size_t i = 0; i < sizeof concepts / sizeof *concepts; i++)
		copy_sample("nat/concepts", concepts[i]);
	copy_sample("nat/cycles", "cyc-nat-2018");
	bench_spawn(0, (const char *const[]){ maillage, "-C", nat, "sync", NULL });
	bench_spawn(0, (const char *const[]){ maillage, "init", "--collective", "ara", "--hub", hub, "--as", "act-ara-3p4q5r6s", ara, NULL });
	bench_spawn(0, (const char *const[]){ maillage, "-C", ara, "sync", NULL });
}

static void check_files(void)
{
	char path[4096];
	make_clone();
	for (int i = 0; i < FILES; i++) {
		file_path(path, i);
		bench_ok(fs_mkparents(path, e));
		put(path, &(struct gen_record){ "ara", "propose", (uint64_t)i, GEN_BASE, 0 });
	}
	bench_row(&(struct bench_row){ "5a", "wall: maillage check of 100,000 records", "libyaml events of the same files, one core",
				       check, read_all, .times = 1, .rounds = 3, .wall = true });
	bench_row(&(struct bench_row){ "5b", "wall: the same in their clone, references followed", "the same", check_references, read_all,
				       .times = 1, .rounds = 3, .wall = true });
	bench_row(&(struct bench_row){ "5c", "the same, all cores' time", "the same", check_references, read_all, .times = 1, .rounds = 3 });
}

int main(void)
{
	const char *build = getenv("BUILD");
	if (!build || !getenv("ROOT"))
		bench_die("BUILD or ROOT is not set; start this by tests/bench/run");
	snprintf(maillage, sizeof maillage, "%s/maillage", build);
	if (bench_wanted("3e"))
		merge_file();
	if (bench_wanted("5"))
		check_files();
	return 0;
}
