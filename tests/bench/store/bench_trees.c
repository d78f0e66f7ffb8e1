/* Rows 6 and 7: 100,000 records in one repository (6h to 6k: 10,000): merging two heads, and a commit of one record.
 *
 * Each round of merges works in a new repository that borrows the 100,000 (an alternate), so that no round pays for the
 * packs of those before; what git writes goes into a folder of its own, so that both sides write all of their objects.
 * We open the repository anew each time, as git must: nothing is in our caches either, the schemas included; row 6f shows
 * what that is.
 */
#include <git2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"
#include "store/treemerge.h"

#define RECORDS 100000
#define FEWER 10000
#define DRIVEN 200 /* by git with our merge driver, a process for each */

static struct repo *repo;
static char dir[4096], all[4096]; /* where `repo` is; the one with everything */
static size_t records;            /* how many it holds */
static struct oid base;
static unsigned round_no;

/* --- making commits */

struct batch {
	struct file_change *at;
	char (*path)[GEN_PATH];
	struct buf *text;
	size_t n;
};

static struct batch batch_new(size_t n)
{
	struct batch b = { calloc(n, sizeof *b.at), calloc(n, sizeof *b.path), calloc(n, sizeof *b.text), n };
	if (!b.at || !b.path || !b.text)
		bench_die("out of memory");
	return b;
}

static void batch_free(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		buf_free(&b->text[i]);
	free(b->at);
	free(b->path);
	free(b->text);
}

static void batch_put(struct batch *b, size_t at, uint64_t record, unsigned edit)
{
	char id[GEN_ID];
	gen_id(id, "ens", "ara", record);
	gen_path(b->path[at], "enseignements", id);
	gen_lesson(&b->text[at], &(struct gen_record){ "ara", "propose", record, edit, round_no });
	b->at[at] = (struct file_change){ b->path[at], b->text[at].at, b->text[at].n };
}

static void open_again(void)
{
	repo_close(repo);
	bench_ok(repo_open(&repo, dir, e));
}

static struct oid commit(struct batch *b, const struct oid *parent)
{
	struct oid out;
	bench_ok(repo_commit(&out, repo, parent, b->at, b->n, "banc d'essai", e));
	batch_free(b);
	return out;
}

static void make_repository(size_t n)
{
	struct batch b = batch_new(n);
	struct oid head;
	repo_close(repo);
	records = n;
	snprintf(all, sizeof all, "%s", bench_tmp("trees-%zu", n));
	memcpy(dir, all, sizeof dir);
	bench_ok(repo_create(&repo, dir, NULL, "ara", "act-ara-3p4q5r6s", e));
	bench_ok(repo_head(&head, repo, e));
	for (size_t i = 0; i < n; i++)
		batch_put(&b, i, i, GEN_BASE);
	base = commit(&b, &head);
	bench_ok(repo_ref_move(repo, "refs/heads/main", &head, &base, "bench", e));
}

/* What git writes goes into a folder of its own. */
static void apart_for_git(void)
{
	char own[4200];
	snprintf(own, sizeof own, "%s/.git/objects", dir);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", own, 1);
	snprintf(own, sizeof own, "%s/by-git-%u", dir, round_no);
	setenv("GIT_OBJECT_DIRECTORY", own, 1);
	bench_ok(fs_mkdirs(own, e));
}

static void borrow(void)
{
	char text[4200], file[4200];
	repo_close(repo);
	repo = NULL;
	snprintf(dir, sizeof dir, "%s", bench_tmp("round-%u", round_no));
	bench_ok(repo_create(&repo, dir, NULL, "ara", "act-ara-3p4q5r6s", e));
	int n = snprintf(text, sizeof text, "%s/.git/objects\n", all);
	snprintf(file, sizeof file, "%s/.git/objects/info/alternates", dir);
	bench_ok(fs_mkparents(file, e));
	bench_ok(fs_write(file, text, (size_t)n, e));
	open_again();
}

static void leave_rounds(void)
{
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	memcpy(dir, all, sizeof dir);
	open_again();
}

/* --- 6: two heads */

struct heads {
	size_t changed;  /* records a side */
	size_t shared;   /* of them the same ones on both sides */
	unsigned same;   /* GEN_SAME: one field of each is contested */
	bool open;       /* ours stays open, its schemas read */
	bool in_place;   /* in the repository itself: few rounds, few packs */
	struct oid x, y;
};

static struct oid head_of(const struct heads *h, unsigned edit, size_t first)
{
	struct batch b = batch_new(h->changed);
	for (size_t i = 0; i < h->changed; i++)
		batch_put(&b, i, (first + i) * 7919 % records, edit | h->same);
	return commit(&b, &base);
}

static void new_heads(void *ctx)
{
	struct heads *h = ctx;
	round_no++;
	if (!h->in_place)
		borrow();
	apart_for_git();
	h->x = head_of(h, GEN_A, 0);
	h->y = head_of(h, GEN_B, h->changed - h->shared);
	if (h->open) {
		const struct schemas *set;
		bench_ok(repo_schemas(&set, repo, &h->x, e));
	}
}

/* A commit with all of its objects written. */
static void merge(struct tree_merge *m, const struct oid *x, const struct oid *y)
{
	struct arena a;
	struct oid out;
	if (!arena_begin(&a))
		bench_die("out of memory");
	bench_ok(merge_commit(&out, m, &a, repo, x, y, e));
	arena_end(&a);
}

static void our_merge(void *ctx)
{
	struct heads *h = ctx;
	struct tree_merge m;
	if (!h->open)
		open_again();
	merge(&m, &h->x, &h->y);
	if (m.n != h->shared || m.differences != (h->same ? h->changed : 0))
		bench_die("%zu records merged, %zu differences", m.n, m.differences);
}

static void git_merge_tree(void *ctx)
{
	const struct heads *h = ctx;
	bench_spawn(h->same ? 1 : 0, (const char *[]){ "git", "-C", dir, "merge-tree", "--write-tree", h->x.hex, h->y.hex, NULL });
}

static const char git[] = "git merge-tree --write-tree, a process";

static void merges(void)
{
	static const struct {
		const char *row, *what;
		struct heads h;
	} rows[] = { { "6a", "merge commit: 10 of 100,000 changed a side, others", { .changed = 10 } },
		     { "6b", "    10 a side, the same ones, other fields", { .changed = 10, .shared = 10 } },
		     { "6c", "    1,000 a side, others", { .changed = 1000 } },
		     { "6d", "    1,000 a side, the same ones, other fields", { .changed = 1000, .shared = 1000 } },
		     { "6e", "    1,000 a side, each with a difference (git: conflict)", { .changed = 1000, .shared = 1000, .same = GEN_SAME } },
		     { "6f", "    10 a side, others, repository kept open", { .changed = 10, .open = true } },
		     { "6g", "    1,000 a side, 100 of them on both", { .changed = 1000, .shared = 100 } } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct heads h = rows[i].h;
		bench_row(&(struct bench_row){ rows[i].row, rows[i].what, git, our_merge, git_merge_tree, new_heads, &h, .times = 1,
					       .rounds = h.changed > 100 ? 5 : 11 });
	}
}

/* --- 6h to 6k: everything changed on both sides */

/* The most memory that a program held at once. It is started by a fresh copy of this one: a child's figure begins with what its
 * parent holds. */
static double peak(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static double peak(const char *fmt, ...)
{
	char command[9000];
	double kib = 0;
	va_list ap;
	int n = snprintf(command, sizeof command, "'%s' peak ", bench_self());
	va_start(ap, fmt);
	vsnprintf(command + n, sizeof command - (size_t)n, fmt, ap);
	va_end(ap);
	FILE *p = popen(command, "re");
	if (!p || fscanf(p, "%lf", &kib) != 1 || pclose(p))
		bench_die("%s: failed", command);
	return kib * 1024;
}

static void print_peak(char *const argv[])
{
	struct rusage used;
	int status, pid = bench_start((const char *const *)argv);
	if (wait4(pid, &status, 0, &used) != pid || status)
		bench_die("%s: status %x", argv[0], (unsigned)status);
	printf("%ld\n", used.ru_maxrss);
}

/* CPU time and wall time of the same merges: only ours uses more than one core. */
static void all_on_both(struct heads *h)
{
	enum { ROUNDS = 3 };
	double ours[2][ROUNDS], theirs[2][ROUNDS], ratio[2][ROUNDS];
	static double (*const clock[])(void) = { bench_cpu, bench_wall };
	for (int i = 0; i < ROUNDS; i++) {
		new_heads(h);
		for (int c = 0; c < 2; c++)
			theirs[c][i] = clock[c]();
		git_merge_tree(h);
		for (int c = 0; c < 2; c++) {
			theirs[c][i] = clock[c]() - theirs[c][i];
			ours[c][i] = clock[c]();
		}
		our_merge(h);
		for (int c = 0; c < 2; c++) {
			ours[c][i] = clock[c]() - ours[c][i];
			ratio[c][i] = ours[c][i] / theirs[c][i];
		}
	}
	static const char *const rows[][2] = { { "6h", "10,000 records, all changed on both: merge commit" }, { "6i", "    wall: the same" } };
	for (int c = 0; c < 2; c++)
		bench_line(rows[c][0], rows[c][1], bench_median(ours[c], ROUNDS), BENCH_SECONDS, git, bench_median(theirs[c], ROUNDS),
			   BENCH_SECONDS, bench_median(ratio[c], ROUNDS));
	new_heads(h);
	double by_git = peak("git -C '%s' merge-tree --write-tree %s %s", dir, h->x.hex, h->y.hex);
	double by_us = peak("'%s' merge '%s' %s %s", bench_self(), dir, h->x.hex, h->y.hex);
	bench_line("6j", "    peak memory of such a merge, a process each", by_us, BENCH_BYTES, git, by_git, BENCH_BYTES, by_us / by_git);
}

/* git merges with our program as its driver, as it does when a person types `git merge` in a clone. */
static void driven(struct heads *h)
{
	char file[4300], command[4300];
	static const char attributes[] = "*.yaml merge=maillage\n";
	const char *build = getenv("BUILD");
	if (!build)
		bench_die("BUILD is not set; start this by tests/bench/run");
	new_heads(h);
	snprintf(file, sizeof file, "%s/.git/info/attributes", dir);
	bench_ok(fs_mkparents(file, e));
	bench_ok(fs_write(file, attributes, sizeof attributes - 1, e));
	snprintf(command, sizeof command, "'%s/maillage' merge-driver %%A %%O %%B %%P", build);
	bench_spawn(0, (const char *[]){ "git", "-C", dir, "config", "merge.maillage.driver", command, NULL });
	double begun = bench_cpu();
	git_merge_tree(h);
	double theirs = bench_cpu() - begun;
	begun = bench_cpu();
	our_merge(h);
	double ours = bench_cpu() - begun;
	bench_line("6k", "    200 of them on both", ours, BENCH_SECONDS, "git merge-tree with our merge driver", theirs, BENCH_SECONDS,
		   ours / theirs);
}

/* --- 7: one record */

static void our_commit(void *ctx)
{
	struct oid *tip = ctx;
	struct batch b = batch_new(1);
	open_again();
	batch_put(&b, 0, ++round_no % RECORDS, GEN_A);
	*tip = commit(&b, tip);
}

static void git_two(void *ctx)
{
	(void)ctx;
	struct batch b = batch_new(1);
	char file[4300];
	batch_put(&b, 0, ++round_no % RECORDS, GEN_A);
	snprintf(file, sizeof file, "%s/%s", dir, b.path[0]);
	FILE *f = fopen(file, "w");
	if (!f || fwrite(b.text[0].at, 1, b.text[0].n, f) != b.text[0].n || fclose(f))
		bench_die("%s: cannot be written", file);
	bench_spawn(0, (const char *[]){ "git", "-C", dir, "add", b.path[0], NULL });
	bench_spawn(0, (const char *[]){ "git", "-C", dir, "commit", "-q", "-m", "banc d'essai", NULL });
	batch_free(&b);
}

#define must_git(call) ((call) ? bench_die("%s: libgit2 failed", #call) : (void)0)

/* The usual way in process: index entry, index to tree, commit, index written. */
static git_repository *plain;
static git_index *idx;
static void index_commit(void *ctx)
{
	(void)ctx;
	struct batch b = batch_new(1);
	git_index_entry entry = { .mode = GIT_FILEMODE_BLOB };
	git_oid tree, made;
	git_tree *t;
	git_signature *who;
	git_reference *head;
	git_commit *parent;
	batch_put(&b, 0, ++round_no % RECORDS, GEN_B);
	entry.path = b.path[0];
	must_git(git_index_add_from_buffer(idx, &entry, b.text[0].at, b.text[0].n));
	must_git(git_index_write_tree(&tree, idx));
	must_git(git_tree_lookup(&t, plain, &tree) || git_signature_now(&who, "t", "t@t.invalid"));
	must_git(git_reference_lookup(&head, plain, "refs/heads/main") || git_commit_lookup(&parent, plain, git_reference_target(head)));
	const git_commit *parents[] = { parent };
	must_git(git_commit_create(&made, plain, NULL, who, who, NULL, "banc d'essai", t, 1, parents));
	must_git(git_index_write(idx));
	git_commit_free(parent);
	git_reference_free(head);
	git_signature_free(who);
	git_tree_free(t);
	batch_free(&b);
}

static void commits(void)
{
	struct oid tip = base;
	static const char what[] = "commit of one record among 100,000 (repo_commit)";
	must_git(git_repository_open(&plain, dir) || git_repository_index(&idx, plain));
	bench_spawn(0, (const char *[]){ "git", "-C", dir, "reset", "-q", "--hard", NULL });
	must_git(git_index_read(idx, 1));
	bench_row(&(struct bench_row){ "7a", what, "git add, git commit: two processes", our_commit, git_two, .ctx = &tip, .times = 4,
				       .rounds = 7 });
	must_git(git_index_read(idx, 1));
	bench_row(&(struct bench_row){ "7b", "the same", "index, tree, commit by libgit2, in process", our_commit, index_commit, .ctx = &tip,
				       .times = 4, .rounds = 7 });
	git_index_free(idx);
	git_repository_free(plain);
}

static void everything(void)
{
	struct heads all_of_them = { .changed = FEWER, .shared = FEWER, .in_place = true };
	struct heads some = { .changed = DRIVEN, .shared = DRIVEN, .in_place = true };
	make_repository(FEWER);
	if (bench_wanted("6h") || bench_wanted("6i") || bench_wanted("6j"))
		all_on_both(&all_of_them);
	if (bench_wanted("6k"))
		driven(&some);
	leave_rounds();
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "peak")) {
		print_peak(argv + 2);
		return 0;
	}
	bench_ok(store_init(e));
	if (argc == 5 && !strcmp(argv[1], "merge")) {
		struct oid x, y;
		snprintf(dir, sizeof dir, "%s", argv[2]);
		snprintf(x.hex, sizeof x.hex, "%s", argv[3]);
		snprintf(y.hex, sizeof y.hex, "%s", argv[4]);
		open_again();
		merge(NULL, &x, &y);
	} else if (bench_wanted("6") || bench_wanted("7")) {
		make_repository(RECORDS);
		if (bench_wanted("6"))
			merges();
		leave_rounds();
		if (bench_wanted("7"))
			commits();
		if (bench_wanted("6h") || bench_wanted("6i") || bench_wanted("6j") || bench_wanted("6k"))
			everything();
	}
	repo_close(repo);
	store_fini();
	return 0;
}
