/* Rows 6 and 7: 100,000 records in one repository: merging two heads, and a commit of one record.
 *
 * Each round of merges works in a new repository that borrows the 100,000 (an alternate), so that no round pays for the
 * packs of those before; what git writes goes into a folder of its own, so that both sides write all of their objects.
 * We open the repository anew each time, as git must: nothing is in our caches either, the schemas included; row 6f shows
 * what that is.
 */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"
#include "store/treemerge.h"

#define RECORDS 100000
#define CHANGED_MAX 1000

static struct repo *repo;
static char dir[4096], all[4096]; /* where `repo` is; the one with everything */
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

static void make_repository(void)
{
	struct batch b = batch_new(RECORDS);
	struct oid head;
	snprintf(all, sizeof all, "%s", bench_tmp("trees"));
	memcpy(dir, all, sizeof dir);
	bench_ok(store_init(e));
	bench_ok(repo_create(&repo, dir, NULL, "ara", "act-ara-3p4q5r6s", e));
	bench_ok(repo_head(&head, repo, e));
	for (size_t i = 0; i < RECORDS; i++)
		batch_put(&b, i, i, GEN_BASE);
	base = commit(&b, &head);
	bench_ok(repo_ref_move(repo, "refs/heads/main", &head, &base, "bench", e));
}

static void borrow(void)
{
	char text[4200], file[4200], own[4200];
	repo_close(repo);
	repo = NULL;
	snprintf(dir, sizeof dir, "%s", bench_tmp("round-%u", round_no));
	bench_ok(repo_create(&repo, dir, NULL, "ara", "act-ara-3p4q5r6s", e));
	int n = snprintf(text, sizeof text, "%s/.git/objects\n", all);
	snprintf(file, sizeof file, "%s/.git/objects/info/alternates", dir);
	bench_ok(fs_mkparents(file, e));
	bench_ok(fs_write(file, text, (size_t)n, e));
	open_again();
	snprintf(own, sizeof own, "%s/.git/objects", dir);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", own, 1);
	snprintf(own, sizeof own, "%s/by-git", dir);
	setenv("GIT_OBJECT_DIRECTORY", own, 1);
	bench_ok(fs_mkdirs(own, e));
}

/* --- 6: two heads */

struct heads {
	size_t changed;  /* records a side */
	size_t shared;   /* of them the same ones on both sides */
	unsigned same;   /* GEN_SAME: one field of each is contested */
	bool open;       /* ours stays open, its schemas read */
	struct oid x, y;
};

static struct oid head_of(const struct heads *h, unsigned edit, size_t first)
{
	struct batch b = batch_new(h->changed);
	for (size_t i = 0; i < h->changed; i++)
		batch_put(&b, i, (first + i) * 7919 % RECORDS, edit | h->same);
	return commit(&b, &base);
}

static void new_heads(void *ctx)
{
	struct heads *h = ctx;
	round_no++;
	borrow();
	h->x = head_of(h, GEN_A, 0);
	h->y = head_of(h, GEN_B, h->changed - h->shared);
	if (h->open) {
		const struct schemas *set;
		bench_ok(repo_schemas(&set, repo, &h->x, e));
	}
}

static void our_merge(void *ctx)
{
	struct heads *h = ctx;
	struct arena a;
	struct tree_merge m;
	if (!h->open)
		open_again();
	if (!arena_begin(&a))
		bench_die("out of memory");
	bench_ok(tree_merge(&m, &a, repo, &h->x, &h->y, NULL, e));
	if (m.n != (h->shared) || m.differences != (h->same ? h->changed : 0))
		bench_die("%zu records merged, %zu differences", m.n, m.differences);
	arena_end(&a);
}

static void git_merge_tree(void *ctx)
{
	const struct heads *h = ctx;
	bench_spawn(h->same ? 1 : 0, (const char *[]){ "git", "-C", dir, "merge-tree", "--write-tree", h->x.hex, h->y.hex, NULL });
}

static void merges(void)
{
	static const char git[] = "git merge-tree --write-tree, a process";
	static const struct {
		const char *row, *what;
		struct heads h;
	} rows[] = { { "6a", "tree merge: 10 of 100,000 changed a side, others", { 10, 0, 0, false, { "" }, { "" } } },
		     { "6b", "    10 a side, the same ones, other fields", { 10, 10, 0, false, { "" }, { "" } } },
		     { "6c", "    1,000 a side, others", { 1000, 0, 0, false, { "" }, { "" } } },
		     { "6d", "    1,000 a side, the same ones, other fields", { 1000, 1000, 0, false, { "" }, { "" } } },
		     { "6g", "    1,000 a side, 10 % on both", { 1000, 100, 0, false, { "" }, { "" } } },
		     { "6h", "    10,000 on both", { 10000, 10000, 0, false, { "" }, { "" } } },
		     { "6e", "    1,000 a side, each with a difference (git: conflict)", { 1000, 1000, GEN_SAME, false, { "" }, { "" } } },
		     { "6f", "    10 a side, others, repository kept open", { 10, 0, 0, true, { "" }, { "" } } } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct heads h = rows[i].h;
		bench_row(&(struct bench_row){ rows[i].row, rows[i].what, git, our_merge, git_merge_tree, new_heads, &h, .times = 1,
					       .rounds = h.changed > 100 ? 5 : 11 });
	}
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	memcpy(dir, all, sizeof dir);
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

int main(void)
{
	if (!bench_wanted("6") && !bench_wanted("7"))
		return 0;
	make_repository();
	if (bench_wanted("6"))
		merges();
	if (bench_wanted("7"))
		commits();
	repo_close(repo);
	store_fini();
	return 0;
}
