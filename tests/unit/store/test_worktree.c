/* Recording what people edit and writing what comes in: nothing is lost, nobody's work is undone. */
#include "wtkit.h"

#include "store/treemerge.h"

/* ---- record */

static void test_record(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("record");
	assert_clean(r);
	save(r, P1, lesson(ID1, "Un, mieux dit", ""));
	unlink(disk_path(r, P2));
	assert_int_equal(record_all(r), 1);
	assert_int_equal(record_all(r), 0);
	assert_clean(r);
	assert_no_journal(r);
	assert_text(r, head_of(r), P1, lesson(ID1, "Un, mieux dit", ""));
	assert_false(has_path(r, head_of(r), P2));
	assert_string_equal(git_in(r, "log -1 --format='%an <%ae>'"),
			    "act-ara-2w3x4y5z <act-ara-2w3x4y5z@ara.invalid>");
	assert_fsck(r);
	repo_close(r);
}

static void test_record_one_path(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("onepath");
	struct arena a;
	size_t commits;
	assert_true(arena_begin(&a));
	save(r, P1, lesson(ID1, "A", ""));
	save(r, P2, lesson(ID2, "B", ""));
	struct changes c = scan_in(&a, r, 0);
	ok(worktree_record(&commits, r, &c, P2, &E));
	assert_int_equal(commits, 1);
	assert_text(r, head_of(r), P1, lesson(ID1, "Un", ""));
	assert_text(r, head_of(r), P2, lesson(ID2, "B", ""));
	c = scan_in(&a, r, 0);
	assert_int_equal(c.n, 1);
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_READY);
	/* saved again since the scan, and now unacceptable: not committed */
	save(r, P1, "titre: [\n");
	ok(worktree_record(&commits, r, &c, NULL, &E));
	assert_int_equal(commits, 0);
	assert_disk(r, P1, "titre: [\n");
	arena_end(&a);
	repo_close(r);
}

/* ---- write */

static void test_write(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("write");
	struct oid new =
		commit_files(r, head_of(r), "venu d'ailleurs", P1, lesson(ID1, "Ailleurs", ""), P2, (char *)NULL, P3,
			     lesson(ID3, "Trois", ""), "pieces/a/b/c.txt", "bonjour\n", (char *)NULL);
	assert_int_equal(chmod(disk_path(r, P1), 0660), 0);
	assert_int_equal(write_to(r, new), 0);
	assert_true(oid_equal(&new, (struct oid[]){ head_of(r) }));
	assert_disk(r, P1, lesson(ID1, "Ailleurs", ""));
	assert_disk(r, P3, lesson(ID3, "Trois", ""));
	assert_disk(r, "pieces/a/b/c.txt", "bonjour\n");
	assert_false(fs_exists(disk_path(r, "enseignements/m7"))); /* emptied folders go */
	struct stat st;
	assert_int_equal(stat(disk_path(r, P1), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_clean(r);
	assert_no_journal(r);
	/* the index was left so that nobody needs to read the files again */
	git_in(r, "diff-files --quiet");
	assert_int_equal(record_all(r), 0);
	repo_close(r);
}

/* A hostile history cannot make us write through a link, into .git or prive/. */
static void test_write_stays_inside(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("inside");
	ok(fs_mkdirs(tmp_path("outside"), &E));
	assert_int_equal(symlink(tmp_path("outside"), disk_path(r, "pieces")), 0);
	struct oid new = commit_files(r, head_of(r), "x", "pieces/x.txt", "dehors\n", "prive/x", "secret\n", P1,
				      lesson(ID1, "Bon", ""), (char *)NULL);
	write_to(r, new);
	assert_false(fs_exists(tmp_path("outside/x.txt")));
	assert_false(fs_exists(disk_path(r, "prive/x")));
	assert_disk(r, P1, lesson(ID1, "Bon", ""));
	repo_close(r);
}

/* ---- a checkout by the crew */

#define MANY 300 /* several lots for every worker, and one syncfs */

static void save_one_of_many(const char *step)
{
	static bool once;
	if (once || strcmp(step, "contents"))
		return;
	once = true;
	save(edit.r, "pieces/7/17.txt", "de ma main\n");
}

static void test_many(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("many");
	struct file_change files[MANY];
	struct arena a;
	struct oid new, old = head_of(r);
	assert_true(arena_begin(&a));
	for (int i = 0; i < MANY; i++) {
		const char *text = arena_printf(&a, "pièce %d\n", i);
		files[i] = (struct file_change){ arena_printf(&a, "pieces/%d/%d.txt", i % 10, i), text, strlen(text) };
	}
	ok(repo_commit(&new, r, &old, files, MANY, "beaucoup\n", &E));
	edit.r = r;
	wt__step = save_one_of_many; /* planned as a file where nothing is */
	size_t edits = write_to(r, new);
	wt__step = no_step;
	assert_true(edits > 0);
	for (int i = 0; i < MANY; i++)
		if (i != 17)
			assert_disk(r, files[i].path, files[i].bytes);
	assert_non_null(strstr(git_in(r, "log -p --format= --all -- pieces/7"), "+de ma main"));
	assert_clean(r);
	assert_false(fs_exists(disk_path(r, ".git/maillage/tmp")));
	/* and git need not read them again */
	assert_string_equal(git_in(r, "ls-files --debug pieces/0 | sed -n '/mtime: 0:0/p' | wc -l"), "0");
	arena_end(&a);
	repo_close(r);
}

/* An object that is damaged: an error that names its path, whoever of the crew meets it, and nothing of the folder has moved. */
static void test_many_but_one_is_missing(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("manymissing");
	struct file_change files[15]; /* so few that they are loose */
	struct arena a;
	struct oid new, old = head_of(r);
	size_t edits;
	assert_true(arena_begin(&a));
	for (int i = 0; i < 15; i++) {
		const char *text = arena_printf(&a, "objet %d\n", i);
		files[i] = (struct file_change){ arena_printf(&a, "pieces/%d.txt", i), text, strlen(text) };
	}
	ok(repo_commit(&new, r, &old, files, 15, "quinze\n", &E));
	const char *oid = arena_dup(&a, git_in(r, arena_printf(&a, "rev-parse %s:pieces/9.txt", new.hex)));
	assert_int_equal(unlink(disk_path(r, arena_printf(&a, ".git/objects/%.2s/%s", oid, oid + 2))), 0);
	assert_true(worktree_write(&edits, r, &old, &new, &E) != 0);
	assert_non_null(strstr(E.msg, "pieces/9.txt"));
	assert_false(fs_exists(disk_path(r, "pieces/1.txt")));
	struct oid now = head_of(r);
	assert_true(oid_equal(&now, &old));
	arena_end(&a);
	repo_close(r);
}

/* ---- an edit that arrives while we write */

static void test_edit_between_look_and_exchange(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("meanwhile");
	struct oid old = head_of(r),
		   new = commit_files(r, old, "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL);
	edit_at(r, "exchange", lesson(ID1, "Un", "enonce: \"Dit à la main\"\n"));
	size_t edits = write_to(r, new);
	wt__step = no_step;
	assert_true(edits > 0);
	char *now = slurp(r, P1); /* both */
	assert_non_null(strstr(now, "Titre venu"));
	assert_non_null(strstr(now, "Dit à la main"));
	assert_text(r, head_of(r), P1, now);
	free(now);
	assert_clean(r);
	assert_no_journal(r);
	struct oid head = head_of(r);
	bool kept;
	ok(repo_is_ancestor(&kept, r, &new, &head, &E));
	assert_true(kept);
	struct verdict v;
	ok(merge_verify(&v, r, &head, &E));
	assert_true(v.machine && v.ok);
	assert_fsck(r);
	repo_close(r);
}

/* As long as before and with the old time, as `cp -p` leaves it: git's index knows nothing of it, what comes out of the exchange does. */
static void test_edit_that_the_index_does_not_see(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("unseen");
	struct oid new = commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL);
	struct stat st;
	assert_int_equal(stat(disk_path(r, P1), &st), 0);
	save(r, P1, lesson(ID1, "Nu", ""));
	assert_int_equal(utimensat(AT_FDCWD, disk_path(r, P1), (struct timespec[]){ st.st_atim, st.st_mtim }, 0), 0);
	assert_true(write_to(r, new) > 0);
	assert_true(has_path(r, head_of(r), SIDE1)); /* two titles */
	assert_non_null(strstr(git_in(r, "log -p --all --format="), "+titre: \"Nu\""));
	assert_clean(r);
	assert_fsck(r);
	repo_close(r);
}

/* From the folder or not: the bytes are those of the blob. */
static void test_read_blob(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("readblob");
	struct arena a;
	struct oid head = head_of(r), blob;
	const char *bytes, *text = lesson(ID1, "Un", "");
	size_t n;
	assert_true(arena_begin(&a));
	ok(repo_read(&bytes, &n, &blob, &a, r, &head, P1, &E));
	for (int i = 0; i < 4; i++) {
		if (i == 1)
			save(r, P1, lesson(ID1, "Nu", ""));
		if (i == 2)
			unlink(disk_path(r, P1));
		if (i == 3)
			assert_int_equal(symlink("x", disk_path(r, P1)), 0);
		ok(worktree_read_blob(&bytes, &n, &a, r, P1, &blob, &E));
		assert_int_equal(n, strlen(text));
		assert_string_equal(bytes, text);
	}
	arena_end(&a);
	repo_close(r);
}

/* ---- what a program has made: commit and folder at once */

static struct made_file made(struct arena *a, const char *path, const char *text)
{
	struct made_file f = { { path, text ? arena_dup(a, text) : NULL, text ? strlen(text) : 0 }, { "" } };
	if (text)
		blob_oid(&f.blob, text, strlen(text));
	return f;
}

static void test_publish(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("publish");
	struct made_file files[MANY + 3];
	struct arena a;
	struct oid head = head_of(r), commit;
	size_t edits, n = 0;
	assert_true(arena_begin(&a));
	files[n++] = made(&a, "aggregat/z.csv", "a,b\n");
	files[n++] = made(&a, P2, NULL);
	files[n++] = made(&a, P1, lesson(ID1, "Titre venu", ""));
	for (size_t i = 0; i < MANY; i++) {
		const char *text = arena_printf(&a, "pièce %zu\n", i / 2); /* some twice */
		files[n++] = made(&a, arena_printf(&a, "pieces/%zu/%zu.txt", i % 10, i), text);
	}
	edit_at(r, "exchange", lesson(ID1, "Un", "enonce: \"Dit à la main\"\n"));
	ok(worktree_publish(&commit, &edits, r, &head, files, n, "tout\n", &E));
	wt__step = no_step;
	assert_true(edits > 0);
	for (size_t i = 0; i < n; i++)
		assert_text(r, commit, files[i].change.path, files[i].change.bytes ? files[i].change.bytes : "");
	assert_false(has_path(r, commit, P2));
	assert_false(fs_exists(disk_path(r, P2)));
	for (size_t i = 3; i < n; i++)
		assert_disk(r, files[i].change.path, files[i].change.bytes);
	char *now = slurp(r, P1); /* merged: not what was at hand */
	assert_non_null(strstr(now, "Titre venu"));
	assert_non_null(strstr(now, "Dit à la main"));
	free(now);
	assert_clean(r);
	assert_fsck(r);
	arena_end(&a);
	repo_close(r);
}

/* Not acceptable: it keeps its place, everything else goes on; when it is mended it is merged from the version it
 * was made from. */
static void test_held(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("held");
	struct oid new = commit_files(r, head_of(r), "titres", P1, lesson(ID1, "Titre venu", ""), P2,
				      lesson(ID2, "Autre venu", ""), (char *)NULL);
	save(r, P1, "titre: [je n'ai pas fini\n");
	assert_int_equal(write_to(r, new), 0);
	assert_disk(r, P1, "titre: [je n'ai pas fini\n");
	assert_disk(r, P2, lesson(ID2, "Autre venu", ""));
	assert_no_journal(r);
	assert_string_equal(git_in(r, "status --porcelain"), " M " P1);
	assert_int_equal(record_all(r), 0);
	ok(worktree_paused(r, &E));
	/* more arrives; still held */
	new = commit_files(r, head_of(r), "contexte", P1, lesson(ID1, "Titre venu", "contexte: \"Venu aussi\"\n"),
			   (char *)NULL);
	write_to(r, new);
	assert_disk(r, P1, "titre: [je n'ai pas fini\n");
	save(r, P1, lesson(ID1, "Un", "enonce: \"Fini\"\n"));
	assert_int_equal(record_all(r), 2); /* the edit on its version, and the merge */
	char *now = slurp(r, P1);
	assert_non_null(strstr(now, "Titre venu"));
	assert_non_null(strstr(now, "Fini"));
	assert_non_null(strstr(now, "Venu aussi"));
	free(now);
	assert_false(has_path(r, head_of(r), SIDE1));
	assert_clean(r);
	repo_close(r);
}

/* A deletion that was not recorded (a guard asks first) is neither undone nor done by what comes in. */
static void test_unrecorded_deletion(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("deletion");
	struct oid new = commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL);
	unlink(disk_path(r, P1));
	write_to(r, new);
	assert_false(fs_exists(disk_path(r, P1)));
	assert_true(has_path(r, head_of(r), P1));
	assert_int_equal(record_all(r), 2); /* recorded now: deleted here, edited there */
	assert_disk(r, P1, lesson(ID1, "Titre venu", ""));
	assert_true(has_path(r, head_of(r), SIDE1));
	assert_clean(r);
	repo_close(r);
}

static void commit_by_hand(const char *step)
{
	if (strcmp(step, "ref"))
		return;
	wt__step = no_step;
	git_in(edit.r, "commit -q --allow-empty -m 'à la main'");
}

static void test_main_moved_by_hand(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("byhand");
	struct oid old = head_of(r),
		   new = commit_files(r, old, "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL);
	size_t edits;
	edit.r = r;
	wt__step = commit_by_hand;
	refused(ERR_RACE, worktree_write(&edits, r, &old, &new, &E));
	assert_disk(r, P1, lesson(ID1, "Un", "")); /* what main holds */
	assert_clean(r);
	assert_no_journal(r);
	repo_close(r);
}

/* ---- put */

static void test_put(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("put");
	struct oid commit, head = head_of(r);
	const char *text = lesson(ID1, "Par une commande", "");
	struct file_change f[] = { { P1, text, strlen(text) }, { SIDE1, NULL, 0 } };
	ok(worktree_put(&commit, r, f, 2, NULL, &E));
	assert_disk(r, P1, text);
	assert_true(oid_equal(&commit, (struct oid[]){ head_of(r) }));
	assert_string_equal(git_in(r, "log -1 --format=%s"), "enseignement " ID1 " : titre");
	assert_clean(r);
	head = commit;
	/* refused: nothing moves */
	f[0] = (struct file_change){ P1, "id: x\n", 6 };
	refused(ERR_DATA, worktree_put(&commit, r, f, 1, NULL, &E));
	assert_non_null(strstr(E.msg, P1));
	assert_disk(r, P1, text);
	assert_true(oid_equal(&head, (struct oid[]){ head_of(r) }));
	/* removed */
	f[0] = (struct file_change){ P2, NULL, SIZE_MAX };
	ok(worktree_put(&commit, r, f, 1, "x\n", &E));
	assert_false(fs_exists(disk_path(r, P2)));
	assert_clean(r);
	repo_close(r);
}

/* What lay on disk unrecorded is a commit of its own first. */
static void test_put_over_an_edit(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("putedit");
	struct oid commit;
	save(r, P1, lesson(ID1, "À la main", ""));
	const char *text = lesson(ID1, "À la main", "enonce: \"Par une commande\"\n");
	struct file_change f[] = { { P1, text, strlen(text) } };
	ok(worktree_put(&commit, r, f, 1, NULL, &E));
	assert_disk(r, P1, text);
	assert_string_equal(git_in(r, "log -2 --format=%s"),
			    "enseignement " ID1 " : enonce\nenseignement " ID1 " : titre");
	assert_clean(r);
	/* a draft that could not be recorded is completed: kept aside, replaced */
	save(r, P3, "schema: enseignement/1\n");
	text = lesson(ID3, "Complet", "");
	f[0] = (struct file_change){ P3, text, strlen(text) };
	ok(worktree_put(&commit, r, f, 1, NULL, &E));
	assert_disk(r, P3, text);
	struct fs_names kept;
	ok(fs_list(&kept, disk_path(r, ".git/maillage/kept"), &E));
	assert_int_equal(kept.n, 1);
	fs_names_free(&kept);
	assert_clean(r);
	assert_fsck(r);
	repo_close(r);
}

/* A file that somebody removed, not recorded yet, comes back with what a command writes into it. */
static void test_put_over_a_deletion(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("putgone");
	struct oid commit;
	const char *text = lesson(ID1, "Par une commande", "");
	struct file_change f[] = { { P1, text, strlen(text) } };
	unlink(disk_path(r, P1));
	ok(worktree_put(&commit, r, f, 1, NULL, &E));
	assert_disk(r, P1, text);
	assert_text(r, commit, P1, text);
	assert_clean(r);
	repo_close(r);
}

static void test_put_while_paused(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("putpaused");
	struct oid commit;
	const char *text = lesson(ID1, "Autre", "");
	struct file_change f[] = { { P1, text, strlen(text) } };
	git_in(r, "checkout -q -b essai");
	refused(ERR_PAUSED, worktree_put(&commit, r, f, 1, NULL, &E));
	assert_disk(r, P1, lesson(ID1, "Un", ""));
	repo_close(r);
}

/* ---- stale locks */

static void test_stale_index_lock(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("stale");
	save(r, ".git/maillage/indexing", "");
	save(r, ".git/index.lock", "");
	ok(worktree_recover(r, &E));
	assert_false(fs_exists(disk_path(r, ".git/index.lock")));
	save(r, ".git/index.lock", ""); /* somebody's, live */
	ok(worktree_recover(r, &E));
	assert_true(fs_exists(disk_path(r, ".git/index.lock")));
	unlink(disk_path(r, ".git/index.lock"));
	repo_close(r);
}

static void aged(struct repo *r, const char *path, int seconds)
{
	struct timespec times[2] = { { .tv_sec = clock_wall_s() - seconds }, { .tv_sec = clock_wall_s() - seconds } };
	save(r, path, "");
	assert_int_equal(utimensat(AT_FDCWD, disk_path(r, path), times, 0), 0);
}

/* References, HEAD, configuration: a dead program's note says that the lock is ours; without one it must be old. */
static void test_stale_locks(void **state)
{
	(void)state;
	static const char *const locks[] = { ".git/refs/heads/main.lock", ".git/refs/remotes/hub/main.lock",
					     ".git/HEAD.lock", ".git/config.lock", ".git/packed-refs.lock" };
	struct repo *r = clone_with_two("stale2");
	char note[64], tmp[64], mine[64], boot[CLOCK_BOOT_ID];
	pid_t dead = fork();
	if (!dead)
		_exit(0);
	assert_int_equal(waitpid(dead, NULL, 0), dead);
	snprintf(note, sizeof note, ".git/maillage/locking-%d", (int)dead);
	snprintf(tmp, sizeof tmp, ".git/maillage/journal.tmp-%d", (int)dead);
	snprintf(mine, sizeof mine, ".git/maillage/journal.tmp-%d", (int)getppid());
	for (size_t i = 0; i < sizeof locks / sizeof *locks; i++) {
		save(r, locks[i], ""); /* fresh, nobody's note: a live git's */
		ok(worktree_recover(r, &E));
		assert_true(fs_exists(disk_path(r, locks[i])));
		clock_boot_id(boot);
		boot[0] ^= 1; /* another machine's program of that number, in a folder that both write */
		save(r, note, boot);
		ok(worktree_recover(r, &E));
		assert_true(fs_exists(disk_path(r, locks[i])));
		boot[0] ^= 1;
		save(r, note, boot);
		save(r, locks[i], "");
		save(r, tmp, "");
		save(r, mine, "");
		ok(worktree_recover(r, &E));
		assert_false(fs_exists(disk_path(r, locks[i])));
		assert_false(fs_exists(disk_path(r, note)));
		assert_false(fs_exists(disk_path(r, tmp)));
		assert_true(fs_exists(disk_path(r, mine)));
		aged(r, locks[i], 30);
		ok(worktree_recover(r, &E));
		assert_false(fs_exists(disk_path(r, locks[i])));
	}
	aged(r, locks[0], 30);
	int fd = open(disk_path(r, locks[0]), O_WRONLY);
	ok(worktree_recover(r, &E));
	assert_true(fs_exists(disk_path(r, locks[0])));
	close(fd);
	save(r, P1, lesson(ID1, "Encore", "")); /* and a verb or a cycle works */
	assert_int_equal(record_all(r), 1);
	aged(r, ".git/index.lock", 30); /* a message is being typed in git commit's editor */
	ok(worktree_recover(r, &E));
	assert_true(fs_exists(disk_path(r, ".git/index.lock")));
	unlink(disk_path(r, ".git/index.lock"));
	assert_clean(r);
	repo_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_record_one_path),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_stays_inside),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_many_but_one_is_missing),
		cmocka_unit_test(test_edit_between_look_and_exchange),
		cmocka_unit_test(test_edit_that_the_index_does_not_see),
		cmocka_unit_test(test_publish),
		cmocka_unit_test(test_read_blob),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_unrecorded_deletion),
		cmocka_unit_test(test_main_moved_by_hand),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_put_over_an_edit),
		cmocka_unit_test(test_put_over_a_deletion),
		cmocka_unit_test(test_put_while_paused),
		cmocka_unit_test(test_stale_index_lock),
		cmocka_unit_test(test_stale_locks),
	};
	return cmocka_run_group_tests_name("worktree", tests, store_setup, store_teardown);
}
