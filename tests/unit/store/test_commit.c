/* Commits, and reading them back: by our own functions and by the real git. */
#include "fixture.h"

#include <sys/stat.h>

static struct repo *R;

static int setup(void **state)
{
	int rc = store_setup(state);
	if (!rc)
		R = new_repo("commit");
	return rc;
}

static int teardown(void **state)
{
	repo_close(R);
	return store_teardown(state);
}

static void test_commit(void **state)
{
	(void)state;
	struct oid c1 = commit_files(R, root_of(R), "un\n\nFiche: ens-ara-1", "enseignements/k5/a.yaml", "titre: é\n", "x.txt", "x", NULL);
	struct oid c2 = commit_files(R, c1, "deux", "enseignements/k5/b.yaml", "b: 1\n", "x.txt", NULL, NULL);
	struct oid c3 = commit_files(R, c2, "trois", "enseignements/k5/a.yaml", NULL, "enseignements/k5/b.yaml", NULL, NULL);
	assert_fsck(R);
	assert_string_equal(git_says(R, "show -s --format='%%an <%%ae>|%%s|%%(trailers:key=Fiche,valueonly,separator=)' %s", c1.hex),
			    "act-ara-2w3x4y5z <act-ara-2w3x4y5z@ara.invalid>|un|ens-ara-1");
	assert_string_equal(git_says(R, "ls-tree -r --name-only %s", c2.hex), "enseignements/k5/a.yaml\nenseignements/k5/b.yaml");
	assert_string_equal(git_says(R, "rev-parse %s^{tree}", c3.hex), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	assert_text(R, c1, "x.txt", "x");
	assert_false(has_path(R, c2, "x.txt"));
	assert_false(has_path(R, c2, "enseignements")); /* a folder is no file */
	assert_false(has_path(R, c2, "enseignements/k5/a.yaml/deeper"));

	struct arena a;
	if (!arena_begin(&a))
		fail();
	struct commit_info i;
	ok(repo_commit_info(&i, &a, R, &c2, &E));
	assert_int_equal(i.nparents, 1);
	assert_string_equal(i.parents[0].hex, c1.hex);
	assert_string_equal(i.author_name, "act-ara-2w3x4y5z");
	assert_string_equal(i.message, "deux\n");
	const char *bytes;
	size_t n;
	struct oid blob;
	ok(repo_read(&bytes, &n, &blob, &a, R, &c1, "x.txt", &E));
	assert_int_equal(n, 1);
	ok(repo_read_blob(&bytes, &n, &a, R, &blob, &E));
	assert_string_equal(bytes, "x");
	refused(ERR_CORRUPT, repo_read_blob(&bytes, &n, &a, R, &c1, &E));
	arena_end(&a);
}

static void test_bad_paths(void **state)
{
	(void)state;
	static const char *const bad[] = { "../x", "a/../b", ".git/config", "a/.GIT/x", "/a", "a//b", "", "a/", "." };
	struct oid root = root_of(R), out;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct file_change f = { bad[i], "x", 1 };
		refused(ERR_DATA, repo_commit(&out, R, &root, &f, 1, "m", &E));
	}
	char deep[400] = "";
	for (int i = 0; i < 80; i++)
		strcat(deep, "d/");
	strcat(deep, "f");
	struct file_change f = { deep, "x", 1 };
	refused(ERR_LIMIT, repo_commit(&out, R, &root, &f, 1, "m", &E));
}

static void test_nobody(void **state)
{
	(void)state;
	struct repo *r;
	ok(repo_create(&r, tmp_path("nobody"), NULL, "ara", NULL, &E));
	struct oid root = root_of(r), out;
	struct file_change f = { "a", "x", 1 };
	refused(ERR_CONFIG, repo_commit(&out, r, &root, &f, 1, "m", &E));
	repo_close(r);
}

/* Names that sort differently as file and as folder, and one that changes from the one to the other. */
static void test_order(void **state)
{
	(void)state;
	struct oid c1 = commit_files(R, root_of(R), "m", "a/x", "1", "a.txt", "2", "a-b", "3", "ab", "4", "a0/y", "5", NULL);
	assert_string_equal(git_says(R, "ls-tree -r --name-only %s", c1.hex), "a-b\na.txt\na/x\na0/y\nab");
	struct oid c2 = commit_files(R, c1, "m", "a", "now a file", "ab", NULL, "ab/z", "6", "a/x", NULL, NULL);
	assert_string_equal(git_says(R, "ls-tree -r --name-only %s", c2.hex), "a\na-b\na.txt\na0/y\nab/z");
	struct oid c3 = commit_files(R, c2, "m", "a/b/c", "a folder again", NULL);
	assert_string_equal(git_says(R, "ls-tree -r --name-only %s", c3.hex), "a-b\na.txt\na/b/c\na0/y\nab/z");
	assert_fsck(R);
}

struct seen {
	char text[4096];
	int stop_at;
};

static int on_file(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct seen *s = ctx;
	assert_int_equal(strlen(blob->hex), 40);
	assert_int_equal(mode, 0100644);
	strcat(strcat(s->text, path), "\n");
	return --s->stop_at == 0 ? ERR_CANCELLED : 0;
}

static int on_diff(void *ctx, const char *path, const struct oid *old, const struct oid *new)
{
	struct seen *s = ctx;
	strcat(s->text, !oid_is(old) ? "+" : !oid_is(new) ? "-" : "*");
	strcat(strcat(s->text, path), "\n");
	return 0;
}

static void test_walk_and_diff(void **state)
{
	(void)state;
	struct oid none = { "" };
	struct oid c1 = commit_files(R, root_of(R), "m", "a/x", "1", "a.txt", "2", "b/c/d", "3", "z", "4", NULL);
	struct oid c2 = commit_files(R, c1, "m", "a", "file", "a.txt", "2b", "b/c/e", "3", "z", NULL, NULL);
	struct seen s = { "", 0 };
	ok(repo_walk(R, &c1, "", on_file, &s, &E));
	assert_string_equal(s.text, "a.txt\na/x\nb/c/d\nz\n");
	s = (struct seen){ "", 0 };
	ok(repo_walk(R, &c1, "b", on_file, &s, &E));
	ok(repo_walk(R, &c1, "b/c/", on_file, &s, &E));
	ok(repo_walk(R, &c1, "nothing", on_file, &s, &E));
	ok(repo_walk(R, &c1, "z", on_file, &s, &E));
	assert_string_equal(s.text, "b/c/d\nb/c/d\n");
	s = (struct seen){ "", 2 };
	assert_int_equal(repo_walk(R, &c1, "", on_file, &s, &E), ERR_CANCELLED);
	assert_string_equal(s.text, "a.txt\na/x\n");

	s = (struct seen){ "", 0 };
	ok(repo_diff(R, &c1, &c2, on_diff, &s, &E));
	assert_string_equal(s.text, "+a\n*a.txt\n-a/x\n+b/c/e\n-z\n");
	s = (struct seen){ "", 0 };
	ok(repo_diff(R, &c2, &c2, on_diff, &s, &E));
	assert_string_equal(s.text, "");
	ok(repo_diff(R, &none, &c1, on_diff, &s, &E));
	assert_string_equal(s.text, "+a.txt\n+a/x\n+b/c/d\n+z\n");
}

/* More than twenty objects become one pack that git accepts, of sizes around the steps of its number coding. */
static void test_pack(void **state)
{
	(void)state;
	enum { N = 60 };
	static char text[N][40000];
	char path[N][32];
	struct file_change f[N];
	struct oid root = root_of(R), c;
	for (int i = 0; i < N; i++) {
		size_t n = i < 20 ? (size_t)i : (size_t)i * 641;
		for (size_t j = 0; j < n; j++)
			text[i][j] = (char)('a' + (j * j + (size_t)i) % 23);
		snprintf(path[i], sizeof path[i], "pieces/%02d.bin", i);
		f[i] = (struct file_change){ path[i], text[i], n };
	}
	ok(repo_commit(&c, R, &root, f, N, "beaucoup", &E));
	assert_fsck(R);
	assert_non_null(strstr(git_says(R, "count-objects -v"), "\npacks: 1\n"));
	for (int i = 0; i < N; i++) {
		struct arena a;
		const char *bytes;
		size_t n;
		if (!arena_begin(&a))
			fail();
		ok(repo_read(&bytes, &n, NULL, &a, R, &c, path[i], &E));
		assert_int_equal(n, f[i].n);
		assert_memory_equal(bytes, text[i], n);
		arena_end(&a);
	}
	/* the same again: nothing new but the commit */
	struct oid again;
	ok(repo_commit(&again, R, &c, f, N, "encore", &E));
	assert_non_null(strstr(git_says(R, "count-objects -v"), "\npacks: 1\n"));
}

static void test_dates(void **state)
{
	(void)state;
	setenv("GIT_AUTHOR_DATE", "@1538956800 +0000", 1);
	setenv("GIT_COMMITTER_DATE", "1538956801", 1);
	struct oid c = commit_files(R, root_of(R), "m", "a", "1", NULL);
	setenv("GIT_AUTHOR_DATE", "hier", 1);
	struct oid now = commit_files(R, root_of(R), "m", "a", "2", NULL);
	unsetenv("GIT_AUTHOR_DATE");
	unsetenv("GIT_COMMITTER_DATE");
	assert_string_equal(git_says(R, "show -s --format='%%at %%ct' %s", c.hex), "1538956800 1538956801");
	assert_true(atoll(git_says(R, "show -s --format=%%at %s", now.hex)) > 1700000000);
}

/* An object that was cut off by a power cut is reported, not taken for an empty file. */
static void test_damage(void **state)
{
	(void)state;
	struct repo *r = new_repo("damage"), *again;
	struct oid c = commit_files(r, root_of(r), "m", "a", "precious", NULL), blob;
	struct arena a;
	const char *bytes;
	char path[700];
	if (!arena_begin(&a))
		fail();
	ok(repo_read(&bytes, NULL, &blob, &a, r, &c, "a", &E));
	snprintf(path, sizeof path, "%sobjects/%.2s/%s", repo_gitdir(r), blob.hex, blob.hex + 2);
	repo_close(r);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(truncate(path, 0), 0);
	ok(repo_open(&again, tmp_path("damage"), &E));
	refused(ERR_CORRUPT, repo_read(&bytes, NULL, NULL, &a, again, &c, "a", &E));
	/* healing sets it aside, and the half-written pack of a killed fetch away; writing the file again then repairs it */
	size_t found;
	char pack[700];
	snprintf(pack, sizeof pack, "%sobjects/pack/pack_git2_x1", repo_gitdir(again));
	ok(fs_write(pack, "x", 1, &E));
	ok(repo_lock(again, 0, &E));
	ok(repo_heal(&found, again, &E));
	assert_int_equal(found, 2);
	assert_false(fs_exists(path) || fs_exists(pack));
	commit_files(again, c, "m", "b", "precious", NULL);
	assert_text(again, c, "a", "precious");
	ok(repo_heal(&found, again, &E));
	assert_int_equal(found, 0);
	repo_unlock(again);
	assert_int_equal(unlink(path), 0);
	refused(ERR_CORRUPT, repo_read(&bytes, NULL, NULL, &a, again, &c, "a", &E));
	repo_close(again);
	arena_end(&a);
}

/* However an object is damaged, and whoever reads it: one code, and a sentence of ours. */
static void test_damage_says_one_thing(void **state)
{
	(void)state;
	static const char *const ways[] = { "", "x", "not zlib at all, but long enough", NULL };
	struct arena a;
	const char *bytes;
	if (!arena_begin(&a))
		fail();
	for (int what = 0; what < 3; what++) {
		for (size_t way = 0; way < 4; way++) {
			char name[40], path[700];
			snprintf(name, sizeof name, "damage%d-%zu", what, way);
			struct repo *r = new_repo(name);
			struct oid c = commit_files(r, root_of(r), "m", "a", "precious", "d/b", "other", NULL), at, head;
			struct commit_info info;
			ok(repo_read(&bytes, NULL, &at, &a, r, &c, "a", &E));
			ok(repo_commit_info(&info, &a, r, &c, &E));
			set_main(r, c);
			at = what == 0 ? at : what == 1 ? info.tree : c;
			snprintf(path, sizeof path, "%sobjects/%.2s/%s", repo_gitdir(r), at.hex, at.hex + 2);
			repo_close(r);
			assert_int_equal(chmod(path, 0644), 0);
			struct buf b = BUF_INIT;
			ok(fs_read(&b, path, 1u << 20, &E));
			if (ways[way])
				ok(fs_write(path, ways[way], strlen(ways[way]), &E));
			else {
				b.at[b.n / 2] ^= 0x55;
				ok(fs_write(path, b.at, b.n, &E));
			}
			buf_free(&b);
			ok(repo_open(&r, tmp_path(name), &E));
			E = (struct err){ 0 };
			if (repo_head(&head, r, &E) == 0)
				refused(ERR_CORRUPT, repo_read(&bytes, NULL, NULL, &a, r, &c, "a", &E));
			assert_int_equal(E.code, ERR_CORRUPT);
			assert_non_null(strstr(E.msg, "abîmé"));
			assert_null(strstr(E.msg, "git :"));
			if (what == 2) {
				refused(ERR_CORRUPT, repo_commit_info(&info, &a, r, &c, &E));
				assert_null(strstr(E.msg, "git :"));
			}
			repo_close(r);
		}
	}
	arena_end(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),	      cmocka_unit_test(test_bad_paths), cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_order),	      cmocka_unit_test(test_walk_and_diff), cmocka_unit_test(test_pack),
		cmocka_unit_test(test_dates),	      cmocka_unit_test(test_damage),
		cmocka_unit_test(test_damage_says_one_thing),
	};
	return cmocka_run_group_tests_name("store/commit", tests, setup, teardown);
}
