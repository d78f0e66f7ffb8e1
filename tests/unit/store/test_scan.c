/* What the folder holds that history does not, and which of it may go. */
#include "wtkit.h"

static void test_new_edited_deleted(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("scan1");
	struct arena a;
	assert_true(arena_begin(&a));
	struct changes c = scan_in(&a, r, 0);
	assert_int_equal(c.n, 0);
	assert_int_equal(c.tracked, 2);
	save(r, P1, lesson(ID1, "Un, mieux dit", ""));
	unlink(disk_path(r, P2));
	save(r, P3, lesson(ID3, "Trois", ""));
	c = scan_in(&a, r, 0);
	assert_int_equal(c.n, 3);
	assert_int_equal(c.tracked, 2);
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_READY);
	assert_change(&c, P2, CHANGE_DELETED, CHANGE_READY);
	assert_change(&c, P3, CHANGE_NEW, CHANGE_READY);
	assert_string_equal(c.at[0].path, P1); /* by path */
	arena_end(&a);
	repo_close(r);
}

/* Same size, same tick: only reading tells. */
static void test_racily_clean(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("racy");
	for (int i = 0; i < 40; i++) {
		struct arena a;
		assert_true(arena_begin(&a));
		save(r, P1, lesson(ID1, i % 2 ? "Un" : "Nu", ""));
		struct changes c = scan_in(&a, r, 0);
		if (c.n != 1)
			fail_msg("edit %d was not seen", i);
		arena_end(&a);
		assert_int_equal(record_all(r), 1);
		save(r, P1, lesson(ID1, i % 2 ? "Xx" : "Yy", "")); /* at once, same size, same inode */
		assert_int_equal(record_all(r), 1);
	}
	assert_clean(r);
	repo_close(r);
}

static void test_touched_is_no_change(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("touch");
	struct arena a;
	assert_true(arena_begin(&a));
	save(r, P1, lesson(ID1, "Un", ""));
	assert_int_equal(scan_in(&a, r, 0).n, 0);
	/* edited, then put back */
	save(r, P1, lesson(ID1, "Deux", ""));
	assert_int_equal(scan_in(&a, r, 0).n, 1);
	save(r, P1, lesson(ID1, "Un", ""));
	assert_int_equal(scan_in(&a, r, 0).n, 0);
	arena_end(&a);
	repo_close(r);
}

static void test_what_never_shows(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("hidden");
	static const char *const names[] = { "prive/identites.yaml",
					     ".maillage/national/x",
					     "enseignements/k5/." ID1 ".yaml.swx",
					     P3 "~",
					     "#brouillon#",
					     "4913",
					     ".~lock.notes.odt#",
					     "a.yaml.tmp-123",
					     "ignore/moi.txt" };
	struct arena a;
	assert_true(arena_begin(&a));
	save(r, ".git/info/exclude", "prive/\n.maillage/\nignore/\n");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		save(r, names[i], "x\n");
	ok(fs_mkdirs(disk_path(r, "autre/.git"), &E));
	save(r, "autre/x.yaml", "x\n");
	struct changes c = scan_in(&a, r, 0);
	if (c.n)
		fail_msg("%s shows", c.at[0].path);
	arena_end(&a);
	repo_close(r);
}

static void test_waiting(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("waiting");
	struct arena a;
	assert_true(arena_begin(&a));
	save(r, P1, "schema: enseignement/1\nid: " ID1 "\ntitre: [oublié\n");
	char private[4096];
	snprintf(private, sizeof private, "%s", lesson(ID3, "Trois", ""));
	memcpy(strstr(private, "collectif\ncree"), "prive    \ncree", 9);
	save(r, P3, private);
	save(r, "enseignements/aa/" ID2 ".yaml", lesson(ID2, "Ailleurs", ""));
	save(r, "notes.txt", "x\n");
	assert_int_equal(symlink("/etc/passwd", disk_path(r, "pieces")), 0);
	save(r, "conflits/k5/" ID1 ".yaml", "n'importe: quoi\n");
	save(r, "README.md", "# Bonjour\n");
	struct changes c = scan_in(&a, r, 0);
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_WAITING);
	assert_true(change_at(&c, P1)->faults.errors > 0);
	assert_change(&c, P3, CHANGE_NEW, CHANGE_WAITING);
	assert_non_null(strstr(change_at(&c, P3)->why, "privée"));
	assert_change(&c, "enseignements/aa/" ID2 ".yaml", CHANGE_NEW, CHANGE_WAITING);
	assert_change(&c, "notes.txt", CHANGE_NEW, CHANGE_WAITING);
	assert_change(&c, "pieces", CHANGE_NEW, CHANGE_WAITING);
	assert_change(&c, "conflits/k5/" ID1 ".yaml", CHANGE_NEW, CHANGE_WAITING);
	assert_change(&c, "README.md", CHANGE_NEW, CHANGE_READY);
	/* nothing but the README goes, everything else stays as it is */
	size_t commits;
	ok(worktree_record(&commits, r, &c, NULL, &E));
	assert_int_equal(commits, 1);
	assert_disk(r, P3, private);
	c = scan_in(&a, r, 0);
	assert_int_equal(c.n, 6);
	arena_end(&a);
	repo_close(r);
}

static void test_guarded(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("guarded");
	struct arena a;
	assert_true(arena_begin(&a));
	char *big = calloc(1, (5u << 20) + 2);
	assert_non_null(big);
	memset(big, 'x', (5u << 20) + 1);
	save(r, "pieces/film.bin", big);
	free(big);
	save(r, "pieces/cle", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n");
	save(r, "pieces/acces.txt", "serveur: x\n  mot_de_passe : \"hunter2\"\n");
	save(r, "pieces/texte.txt", "On a choisi un mot de passe ensemble.\nmot de passe :\n");
	struct changes c = scan_in(&a, r, 0);
	assert_change(&c, "pieces/film.bin", CHANGE_NEW, CHANGE_GUARDED);
	assert_change(&c, "pieces/cle", CHANGE_NEW, CHANGE_GUARDED);
	assert_change(&c, "pieces/acces.txt", CHANGE_NEW, CHANGE_GUARDED);
	assert_non_null(strstr(change_at(&c, "pieces/acces.txt")->why, "ligne 2"));
	assert_change(&c, "pieces/texte.txt", CHANGE_NEW, CHANGE_READY);
	arena_end(&a);
	repo_close(r);
}

struct witness {
	const char *path;
	struct timespec upto;
};

static bool saw_the_end(const void *ctx, const char *path, const struct timespec *changed)
{
	const struct witness *w = ctx;
	return !strcmp(path, w->path) && (changed->tv_sec < w->upto.tv_sec ||
					  (changed->tv_sec == w->upto.tv_sec && changed->tv_nsec <= w->upto.tv_nsec));
}

/* A file that was closed by its writer, somebody saw, is no more busy for its age; for a swap file or a second writer it is. */
static void test_whole(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("whole");
	struct arena a;
	struct changes c;
	struct witness w = { .path = P1 };
	struct scan_patience p = { .busy_ms = 60000, .ended = saw_the_end, .ctx = &w };
	assert_true(arena_begin(&a));
	save(r, P1, lesson(ID1, "Un, mieux dit", ""));
	save(r, P2, lesson(ID2, "Deux, mieux dit", ""));
	clock_gettime(CLOCK_REALTIME, &w.upto);
	ok(worktree_scan(&c, &a, r, &p, &E));
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_READY);
	assert_change(&c, P2, CHANGE_EDITED, CHANGE_BUSY);
	w.upto.tv_sec -= 60; /* it was written to again since */
	ok(worktree_scan(&c, &a, r, &p, &E));
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_BUSY);
	w.upto.tv_sec += 120;
	int fd = open(disk_path(r, P1), O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	ok(worktree_scan(&c, &a, r, &p, &E));
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_BUSY);
	close(fd);
	save(r, "enseignements/k5/." ID1 ".yaml.swp", "vim");
	ok(worktree_scan(&c, &a, r, &p, &E));
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_BUSY);
	/* a whole folder that has just gone may be half of what somebody is removing */
	git_in(r, "--version && rm -r enseignements");
	ok(worktree_scan(&c, &a, r, &p, &E));
	assert_change(&c, P1, CHANGE_DELETED, CHANGE_BUSY);
	arena_end(&a);
	repo_close(r);
}

static void test_busy(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("busy");
	struct arena a;
	assert_true(arena_begin(&a));
	save(r, P1, lesson(ID1, "Un, mieux dit", ""));
	struct changes c = scan_in(&a, r, 60000); /* written less than a minute ago */
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_BUSY);
	c = scan_in(&a, r, 0);
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_READY);
	save(r, "enseignements/k5/." ID1 ".yaml.swp", "vim");
	c = scan_in(&a, r, 0);
	assert_int_equal(c.n, 1);
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_BUSY);
	assert_int_equal(record_all(r), 0);
	unlink(disk_path(r, "enseignements/k5/." ID1 ".yaml.swp"));
	assert_int_equal(symlink("moi@ici.123", disk_path(r, "enseignements/k5/.#" ID1 ".yaml")), 0); /* emacs */
	c = scan_in(&a, r, 0);
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_BUSY);
	unlink(disk_path(r, "enseignements/k5/.#" ID1 ".yaml"));
	/* away for a moment, as when an editor saves by renaming */
	unlink(disk_path(r, P2));
	c = scan_in(&a, r, 60000);
	assert_change(&c, P2, CHANGE_DELETED, CHANGE_BUSY);
	arena_end(&a);
	repo_close(r);
}

static void test_broken_schema_waits(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("schema");
	struct arena a;
	assert_true(arena_begin(&a));
	save(r, "schema/enseignement.schema.yaml", "type: [\n");
	struct changes c = scan_in(&a, r, 0);
	assert_int_equal(c.n, 1);
	assert_change(&c, "schema/enseignement.schema.yaml", CHANGE_NEW, CHANGE_WAITING);
	arena_end(&a);
	repo_close(r);
}

/* In a collective's clone schema/ is the national copy's, all of it, or it waits. */
static void test_schema_is_national(void **state)
{
	(void)state;
	static const char path[] = "schema/acteur.schema.yaml", copy[] = ".maillage/national/schema/acteur.schema.yaml";
	struct repo *r = clone_with_two("natschema");
	struct arena a;
	struct buf text = BUF_INIT;
	assert_true(arena_begin(&a));
	git_in(r, arena_printf(&a, "--version && cp -r '%s/schema' . && mkdir -p .maillage/national", getenv("ROOT")));
	ok(fs_read(&text, disk_path(r, path), 1u << 20, &E));
	struct changes c = scan_in(&a, r, 0);
	assert_change(&c, path, CHANGE_NEW, CHANGE_READY); /* history has no schema/ at all */
	assert_int_equal(record_all(r), 1);
	buf_puts(&text, "# de quelqu'un\n");
	save(r, path, buf_str(&text));
	c = scan_in(&a, r, 0);
	assert_change(&c, path, CHANGE_EDITED, CHANGE_WAITING); /* no national copy here yet */
	git_in(r, arena_printf(&a, "--version && cp -r '%s/schema' .maillage/national/", getenv("ROOT")));
	save(r, copy, buf_str(&text));
	save(r, "schema/OUBLI.md", "x\n");
	c = scan_in(&a, r, 0);
	assert_change(&c, path, CHANGE_EDITED, CHANGE_WAITING); /* one file too many */
	assert_change(&c, "schema/OUBLI.md", CHANGE_NEW, CHANGE_WAITING);
	unlink(disk_path(r, "schema/OUBLI.md"));
	c = scan_in(&a, r, 0);
	assert_change(&c, path, CHANGE_EDITED, CHANGE_READY);
	assert_int_equal(record_all(r), 1);
	buf_puts(&text, "# à moi\n");
	save(r, path, buf_str(&text));
	c = scan_in(&a, r, 0);
	assert_change(&c, path, CHANGE_EDITED, CHANGE_WAITING);
	assert_non_null(strstr(c.at[0].why, "git checkout -- schema/acteur.schema.yaml"));
	unlink(disk_path(r, path));
	c = scan_in(&a, r, 0);
	assert_change(&c, path, CHANGE_DELETED, CHANGE_WAITING);
	assert_int_equal(record_all(r), 0);
	/* the program's own commit of the copy goes through, and puts aside what somebody wrote */
	struct oid commit;
	struct file_change f[] = { { path, text.at, text.n } };
	save(r, path, "x-kind: autre\n");
	ok(worktree_put(&commit, r, f, 1, "Schéma", &E));
	assert_disk(r, path, buf_str(&text));
	assert_true(fs_is_dir(disk_path(r, ".git/maillage/kept")));
	assert_clean(r);
	buf_free(&text);
	arena_end(&a);
	repo_close(r);
}

/* A move to a wrong place is not a deletion. */
static void test_moved_record(void **state)
{
	(void)state;
	static const char *const places[] = { "enseignements/zzz.yaml", "zzz.yaml", "brouillons/" ID1 ".yaml" };
	struct repo *r = clone_with_two("moved");
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct arena a;
		assert_true(arena_begin(&a));
		ok(fs_mkparents(disk_path(r, places[i]), &E));
		assert_int_equal(rename(disk_path(r, P1), disk_path(r, places[i])), 0);
		unlink(disk_path(r, P2)); /* this one is really gone */
		struct changes c = scan_in(&a, r, 0);
		assert_change(&c, places[i], CHANGE_NEW, CHANGE_WAITING);
		assert_change(&c, P1, CHANGE_DELETED, CHANGE_WAITING);
		assert_non_null(strstr(change_at(&c, P1)->why, places[i]));
		assert_change(&c, P2, CHANGE_DELETED, CHANGE_READY);
		save(r, places[i], "titre: [\n id: x\n  id: y\n"); /* what it holds now is no longer that record */
		c = scan_in(&a, r, 0);
		assert_change(&c, P1, CHANGE_DELETED, i == 2 ? CHANGE_WAITING : CHANGE_READY); /* by its name */
		unlink(disk_path(r, places[i]));
		c = scan_in(&a, r, 0);
		assert_change(&c, P1, CHANGE_DELETED, CHANGE_READY);
		git_in(r, "checkout -q -- .");
		arena_end(&a);
	}
	repo_close(r);
}

/* What the message advises for a damaged index works. */
static void test_damaged_index(void **state)
{
	(void)state;
	static const char *const ways[] = { "", "rubbish\n", "DIRC and then a good deal of something else, more than 32 bytes" };
	struct repo *r = clone_with_two("badindex");
	char dir[512];
	snprintf(dir, sizeof dir, "%s", repo_workdir(r));
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct arena a;
		struct changes c;
		assert_true(arena_begin(&a));
		save(r, P1, lesson(ID1, i % 2 ? "Mille" : "Cent", ""));
		save(r, ".git/index", ways[i]);
		repo_close(r);
		ok(repo_open(&r, dir, &E));
		refused(ERR_CORRUPT, worktree_scan(&c, &a, r, NULL, &E));
		assert_non_null(strstr(E.msg, "git reset"));
		unlink(disk_path(r, ".git/index"));
		git_in(r, "reset -q");
		assert_int_equal(record_all(r), 1);
		assert_clean(r);
		arena_end(&a);
	}
	repo_close(r);
}

static void test_paused(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("paused");
	ok(worktree_paused(r, &E));
	save(r, P1, lesson(ID1, "Préparé", ""));
	git_in(r, "add -A");
	ok(worktree_paused(r, &E)); /* the same on disk and in the index: nothing would be lost */
	save(r, P1, lesson(ID1, "Encore autre", ""));
	refused(ERR_PAUSED, worktree_paused(r, &E));
	assert_non_null(strstr(E.msg, P1));
	git_in(r, "reset -q --hard");
	git_in(r, "checkout -q -b essai");
	refused(ERR_PAUSED, worktree_paused(r, &E));
	assert_non_null(strstr(E.msg, "essai"));
	git_in(r, "checkout -q main");
	git_in(r, "checkout -q --detach");
	refused(ERR_PAUSED, worktree_paused(r, &E));
	git_in(r, "checkout -q main");
	save(r, ".git/MERGE_HEAD", "0123456789012345678901234567890123456789\n");
	refused(ERR_PAUSED, worktree_paused(r, &E));
	unlink(disk_path(r, ".git/MERGE_HEAD"));
	ok(worktree_paused(r, &E));
	repo_close(r);
}

/* `git add` by hand is no reason to miss a change, nor to see one twice. */
static void test_staged_by_hand(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("staged");
	struct arena a;
	assert_true(arena_begin(&a));
	save(r, P1, lesson(ID1, "Préparé", ""));
	unlink(disk_path(r, P2));
	save(r, P3, lesson(ID3, "Trois", ""));
	git_in(r, "add -A");
	struct changes c = scan_in(&a, r, 0);
	assert_int_equal(c.n, 3);
	assert_change(&c, P1, CHANGE_EDITED, CHANGE_READY);
	assert_change(&c, P2, CHANGE_DELETED, CHANGE_READY);
	assert_change(&c, P3, CHANGE_NEW, CHANGE_READY);
	assert_int_equal(record_all(r), 1);
	assert_clean(r);
	arena_end(&a);
	repo_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_edited_deleted),
		cmocka_unit_test(test_racily_clean),
		cmocka_unit_test(test_touched_is_no_change),
		cmocka_unit_test(test_what_never_shows),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_guarded),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_broken_schema_waits),
		cmocka_unit_test(test_damaged_index),
		cmocka_unit_test(test_moved_record),
		cmocka_unit_test(test_schema_is_national),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_staged_by_hand),
	};
	return cmocka_run_group_tests_name("scan", tests, store_setup, store_teardown);
}
