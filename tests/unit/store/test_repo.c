#include "fixture.h"

#include "store/giterr.h"

#include <git2.h>

static void test_create_and_open(void **state)
{
	(void)state;
	struct repo *r, *again;
	ok(repo_create(&r, tmp_path("ara"), "/hub/ara.git", "ara", "act-ara-2w3x4y5z", &E));
	assert_string_equal(repo_collective(r), "ara");
	assert_string_equal(repo_author(r), "act-ara-2w3x4y5z");
	assert_string_equal(repo_hub(r), "/hub/ara.git");
	assert_false(repo_is_national(r));
	assert_string_equal(git_says(r, "config remote.hub.fetch"), "+refs/heads/main:refs/remotes/hub/main");
	assert_string_equal(git_says(r, "config core.autocrlf"), "false");
	assert_string_equal(git_says(r, "config user.email"), "act-ara-2w3x4y5z@ara.invalid");
	assert_string_equal(git_says(r, "symbolic-ref HEAD"), "refs/heads/main");
	assert_string_equal(git_says(r, "rev-list --count main"), "1");
	char path[600];
	snprintf(path, sizeof path, "%s/info/exclude", repo_gitdir(r));
	struct buf b = BUF_INIT;
	ok(fs_read(&b, path, 10000, &E));
	assert_non_null(strstr(buf_str(&b), "\nprive/\n.maillage/\n"));
	buf_free(&b);
	/* git does not show what editors leave, either */
	static const char *const left[] = { "a.yaml~", ".a.yaml.swp", ".#a.yaml", "#a.yaml#", ".~lock.a.odt#", "4913" };
	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		snprintf(path, sizeof path, "%s%s", repo_workdir(r), left[i]);
		ok(fs_write(path, "x", 1, &E));
	}
	assert_string_equal(git_says(r, "--work-tree='%s' status --porcelain", repo_workdir(r)), "");

	refused(ERR_EXISTS, repo_create(&again, tmp_path("ara"), NULL, "ara", "x", &E));
	ok(fs_mkdirs(tmp_path("ara/deep/er"), &E));
	ok(repo_open(&again, tmp_path("ara/deep/er"), &E));
	assert_string_equal(repo_workdir(again), repo_workdir(r));
	repo_close(again);
	assert_fsck(r);
	repo_close(r);
	repo_close(NULL);
}

static void test_root_is_common(void **state)
{
	(void)state;
	struct repo *x = new_repo("root-x"), *y;
	ok(repo_create(&y, tmp_path("root-y"), NULL, "nat", "act-nat-1", &E));
	assert_true(repo_is_national(y));
	struct oid rx = root_of(x), ry = root_of(y), head;
	assert_true(oid_equal(&rx, &ry));
	assert_string_equal(rx.hex, "8071747e8effd482b70203779ad08df185e8b74c"); /* for ever */
	ok(repo_head(&head, x, &E));
	assert_true(oid_equal(&rx, &head));
	repo_close(x);
	repo_close(y);
}

static void test_not_ours(void **state)
{
	(void)state;
	struct repo *r;
	refused(ERR_NOTFOUND, repo_open(&r, tmp_path("nowhere"), &E));
	ok(fs_mkdirs(tmp_path("plain"), &E));
	char command[1500];
	snprintf(command, sizeof command, "git init -q '%s'", tmp_path("plain"));
	assert_int_equal(system(command), 0);
	refused(ERR_CONFIG, repo_open(&r, tmp_path("plain"), &E));
	assert_non_null(strstr(E.msg, "maillage init"));
}

/* Each setting that libgit2 1.5 cannot live with is named. */
static void test_unsupported(void **state)
{
	(void)state;
	static const char *const settings[][2] = {
		{ "extensions.partialClone hub", "partialclone" },	{ "extensions.worktreeConfig true", "worktreeconfig" },
		{ "extensions.objectFormat sha256", "objectformat" },	{ "extensions.refStorage reftable", "refstorage" },
		{ "core.splitIndex true", "core.splitIndex" },		{ "index.skipHash true", "index.skipHash" },
	};
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		char name[32], command[1500];
		snprintf(name, sizeof name, "unsupported-%zu", i);
		struct repo *r = new_repo(name), *again;
		snprintf(command, sizeof command, "git config -f '%sconfig' %s", repo_gitdir(r), settings[i][0]);
		repo_close(r);
		assert_int_equal(system(command), 0);
		refused(ERR_UNSUPPORTED, repo_open(&again, tmp_path(name), &E));
		if (!strstr(E.msg, settings[i][1]))
			fail_msg("%s is not named in: %s", settings[i][1], E.msg);
	}
}

static void test_config(void **state)
{
	(void)state;
	struct repo *r = new_repo("config");
	struct arena a;
	const char *v;
	if (!arena_begin(&a))
		fail();
	ok(repo_config_get(&v, &a, r, "maillage.x", &E));
	assert_null(v);
	ok(repo_config_set(r, "maillage.x", "é \"y\"", &E));
	ok(repo_config_get(&v, &a, r, "maillage.x", &E));
	assert_string_equal(v, "é \"y\"");
	assert_string_equal(git_says(r, "config maillage.x"), "é \"y\"");
	ok(repo_config_set(r, "user.name", "act-ara-other", &E));
	assert_string_equal(repo_author(r), "act-ara-other");
	arena_end(&a);
	repo_close(r);
}

static void test_refs(void **state)
{
	(void)state;
	struct repo *r = new_repo("refs");
	struct oid root = root_of(r), none = { "" }, out, c;
	c = commit_files(r, root, "un", "a.txt", "1\n", NULL);
	ok(repo_ref(&out, r, "refs/maillage/none", &E));
	assert_false(oid_is(&out));
	refused(ERR_RACE, repo_ref_move(r, "refs/heads/main", &c, &root, "t", &E));
	refused(ERR_RACE, repo_ref_move(r, "refs/heads/main", &none, &c, "t", &E));
	refused(ERR_RACE, repo_ref_move(r, "refs/maillage/new", &c, &c, "t", &E));
	ok(repo_ref_move(r, "refs/heads/main", &root, &c, "t", &E));
	ok(repo_ref_move(r, "refs/maillage/new", &none, &c, "t", &E));
	ok(repo_head(&out, r, &E));
	assert_string_equal(out.hex, c.hex);

	char abbreviated[9];
	snprintf(abbreviated, sizeof abbreviated, "%.8s", c.hex);
	ok(repo_resolve(&out, r, abbreviated, &E));
	assert_string_equal(out.hex, c.hex);
	ok(repo_resolve(&out, r, "main~1", &E));
	assert_string_equal(out.hex, root.hex);
	refused(ERR_NOTFOUND, repo_resolve(&out, r, "nothing", &E));
	refused(ERR_NOTFOUND, repo_resolve(&out, r, "", &E));

	bool is;
	size_t n;
	ok(repo_is_ancestor(&is, r, &root, &c, &E));
	assert_true(is);
	ok(repo_is_ancestor(&is, r, &c, &root, &E));
	assert_false(is);
	ok(repo_is_ancestor(&is, r, &c, &c, &E));
	assert_true(is);
	ok(repo_count_between(&n, r, &root, &c, &E));
	assert_int_equal(n, 1);
	refused(ERR_DATA, repo_is_ancestor(&is, r, &none, &c, &E));
	struct oid unknown = { "0123456789012345678901234567890123456789" };
	struct commit_info info;
	struct arena a;
	if (!arena_begin(&a))
		fail();
	refused(ERR_CORRUPT, repo_commit_info(&info, &a, r, &unknown, &E));
	arena_end(&a);
	repo_close(r);
}

static void test_lock(void **state)
{
	(void)state;
	struct repo *r = new_repo("lock"), *other;
	ok(repo_open(&other, tmp_path("lock"), &E));
	ok(repo_lock(r, 0, &E));
	ok(repo_lock(r, 0, &E));
	refused(ERR_BUSY, repo_lock(other, 0, &E));
	repo_unlock(r);
	refused(ERR_BUSY, repo_lock(other, 30, &E));
	repo_unlock(r);
	ok(repo_lock(other, 0, &E));
	repo_close(other); /* closing lets go */
	ok(repo_lock(r, 0, &E));
	repo_unlock(r);
	repo_close(r);
}

/* A hook's view: the objects of the push are in the quarantine, named by the environment only. */
static void test_open_in_hook(void **state)
{
	(void)state;
	struct repo *hub, *r = new_repo("hook-clone"), *in_hook;
	struct oid c = commit_files(r, root_of(r), "un", "a.txt", "quarantaine\n", NULL);
	ok(repo_create(&hub, tmp_path("hook-hub"), NULL, "ara", "x", &E));
	char objects[700], mine[700];
	snprintf(objects, sizeof objects, "%sobjects", repo_gitdir(r));
	snprintf(mine, sizeof mine, "%sobjects", repo_gitdir(hub));
	setenv("GIT_DIR", repo_gitdir(hub), 1);
	setenv("GIT_OBJECT_DIRECTORY", objects, 1);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", mine, 1);
	ok(repo_open_env(&in_hook, &E));
	unsetenv("GIT_DIR");
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	assert_string_equal(repo_collective(in_hook), "ara");
	assert_text(in_hook, c, "a.txt", "quarantaine\n");
	repo_close(in_hook);
	repo_close(hub);
	repo_close(r);
}

static void test_border(void **state)
{
	(void)state;
	git_error_clear();
	assert_int_equal(giterr(&E, -1, "quoi"), ERR_IO); /* no message at all */
	assert_non_null(strstr(E.msg, "quoi"));
	assert_int_equal(giterr_code(GIT_ENOTFOUND, GIT_ERROR_ODB, NULL), ERR_CORRUPT);
	assert_int_equal(giterr_code(GIT_ENOTFOUND, GIT_ERROR_REFERENCE, NULL), ERR_NOTFOUND);
	assert_int_equal(giterr_code(GIT_ELOCKED, GIT_ERROR_INDEX, "x"), ERR_BUSY);
	assert_int_equal(giterr_code(GIT_ENONFASTFORWARD, GIT_ERROR_REFERENCE, "x"), ERR_RACE);
	assert_int_equal(giterr_code(-1, GIT_ERROR_OS, "failed to write: No space left on device"), ERR_NOSPC);
	assert_int_equal(giterr_code(-1, GIT_ERROR_OS, "could not open: Permission denied"), ERR_PERM);
	assert_int_equal(giterr_code(-1, GIT_ERROR_NET, "x"), ERR_NET);
	assert_int_equal(giterr_code(-1, GIT_ERROR_ZLIB, "x"), ERR_CORRUPT);
	assert_int_equal(giterr_code(-1, GIT_ERROR_REFERENCE, "corrupted loose reference file: x"), ERR_CORRUPT);
	assert_int_equal(giterr_code(-1, GIT_ERROR_REFERENCE, "x"), ERR_IO);
	assert_int_equal(giterr_code(-1, GIT_ERROR_INDEX, "x"), ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create_and_open), cmocka_unit_test(test_root_is_common), cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_unsupported),	cmocka_unit_test(test_config),	       cmocka_unit_test(test_refs),
		cmocka_unit_test(test_lock),		cmocka_unit_test(test_open_in_hook),   cmocka_unit_test(test_border),
	};
	return cmocka_run_group_tests_name("store/repo", tests, store_setup, store_teardown);
}
