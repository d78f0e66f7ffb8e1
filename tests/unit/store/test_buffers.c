/* What an editor saves: versions older than the folder's, and differences settled by hand. */
#include "wtkit.h"

#include "store/treemerge.h"

/* ---- whose version: old editor buffers */

static void test_old_buffer(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("buffer");
	struct oid new = commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL);
	write_to(r, new);
	/* opened before that, saved now: the title goes back, an enonce is added */
	save(r, P1, lesson(ID1, "Un", "enonce: \"Écrit cet après-midi\"\n"));
	assert_int_equal(record_all(r), 2);
	char *now = slurp(r, P1);
	assert_non_null(strstr(now, "Titre venu"));
	assert_non_null(strstr(now, "Écrit cet après-midi"));
	free(now);
	assert_false(has_path(r, head_of(r), SIDE1));
	assert_clean(r);
	/* saved once more from the same buffer */
	save(r, P1, lesson(ID1, "Un", "enonce: \"Écrit cet après-midi, puis relu\"\n"));
	record_all(r);
	now = slurp(r, P1);
	assert_non_null(strstr(now, "Titre venu"));
	assert_non_null(strstr(now, "puis relu"));
	free(now);
	assert_fsck(r);
	repo_close(r);
}

static void test_old_buffer_saved_unchanged(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("unchanged");
	struct oid new = commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL);
	write_to(r, new);
	save(r, P1, lesson(ID1, "Un", ""));
	assert_int_equal(record_all(r), 0); /* history holds both: nothing to commit */
	assert_disk(r, P1, lesson(ID1, "Titre venu", ""));
	assert_clean(r);
	repo_close(r);
}

/* Written twice while it was open: the save is an edit of the version it was opened at, whichever that is. */
static void test_older_buffers(void **state)
{
	(void)state;
	for (int opened = 0; opened < 2; opened++) {
		char name[32];
		snprintf(name, sizeof name, "older%d", opened);
		struct repo *r = clone_with_two(name);
		write_to(r, commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL));
		write_to(r, commit_files(r, head_of(r), "effet", P1, lesson(ID1, "Titre venu", "effet: \"Venu\"\n"),
					 (char *)NULL));
		save(r, P1, lesson(ID1, opened ? "Titre venu" : "Un", "enonce: \"Le mien\"\n"));
		assert_int_equal(record_all(r), 2);
		char *now = slurp(r, P1);
		if (!strstr(now, "Titre venu") || !strstr(now, "Le mien") || !strstr(now, "effet: \"Venu\""))
			fail_msg("opened at %d: %s", opened, now);
		free(now);
		assert_clean(r);
		repo_close(r);
	}
}

/* Somebody who has the new version in front of them and edits it, or goes back on purpose. */
static void test_new_buffer(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("newbuffer");
	write_to(r, commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL));
	save(r, P1, lesson(ID1, "Titre venu", "enonce: \"Le mien\"\n"));
	assert_int_equal(record_all(r), 1);
	write_to(r, commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu encore", "enonce: \"Le mien\"\n"),
				 (char *)NULL));
	save(r, P1, lesson(ID1, "Titre venu", "enonce: \"Le mien\"\n"));
	git_in(r, "add -A"); /* says that it is meant */
	assert_int_equal(record_all(r), 1);
	assert_disk(r, P1, lesson(ID1, "Titre venu", "enonce: \"Le mien\"\n"));
	assert_clean(r);
	repo_close(r);
}

/* ---- differences settled in an editor */

static void test_settled_in_an_editor(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("settle");
	struct oid base = head_of(r);
	struct oid x = commit_files(r, base, "x", P1, lesson(ID1, "Version X", ""), (char *)NULL);
	struct oid y = commit_files(r, base, "y", P1, lesson(ID1, "Version Y", ""), (char *)NULL), merged;
	struct arena a;
	assert_true(arena_begin(&a));
	ok(merge_commit(&merged, NULL, &a, r, &x, &y, &E));
	arena_end(&a);
	write_to(r, merged);
	assert_disk(r, P1, lesson(ID1, "Un", "")); /* the base stays */
	char *side = slurp(r, SIDE1);
	assert_non_null(strstr(side, "degre: dur"));
	free(side);
	save(r, P1, lesson(ID1, "Version X", ""));
	assert_int_equal(record_all(r), 1);
	side = slurp(r, SIDE1);
	assert_null(strstr(side, "degre: dur"));
	assert_non_null(strstr(side, "degre: tranche"));
	assert_text(r, head_of(r), SIDE1, side);
	free(side);
	const char *message = git_in(r, "log -1 --format=%B");
	assert_non_null(strstr(message, "titre (tranché)"));
	assert_non_null(strstr(message, "Tranche: " ID1 " titre"));
	assert_clean(r);
	repo_close(r);
}

/* The other way to settle (DESIGN 6): the entry goes out of the file, or the file altogether. */
static void settled_by_removal(const char *name, const char *left)
{
	struct repo *r = clone_with_two(name);
	struct oid base = head_of(r);
	struct oid x = commit_files(r, base, "x", P1, lesson(ID1, "Version X", ""), (char *)NULL);
	struct oid y = commit_files(r, base, "y", P1, lesson(ID1, "Version Y", ""), (char *)NULL), merged;
	struct oid z = commit_files(r, base, "z", P1, lesson(ID1, "Version Z", ""), (char *)NULL);
	struct arena a;
	assert_true(arena_begin(&a));
	ok(merge_commit(&merged, NULL, &a, r, &x, &y, &E));
	write_to(r, merged);
	if (left)
		save(r, SIDE1, left);
	else
		unlink(disk_path(r, SIDE1));
	assert_int_equal(record_all(r), 1);
	char *side = slurp(r, SIDE1);
	assert_non_null(strstr(side, "degre: tranche"));
	assert_null(strstr(side, "degre: dur"));
	assert_null(strstr(side, "Version"));
	assert_text(r, head_of(r), SIDE1, side);
	free(side);
	assert_disk(r, P1, lesson(ID1, "Un", ""));
	assert_non_null(strstr(git_in(r, "log -1 --format=%B"), "Tranche: " ID1 " titre"));
	assert_clean(r);
	assert_int_equal(record_all(r), 0);
	/* who wrote before the question was there does not win in silence */
	struct oid head = head_of(r);
	ok(merge_commit(&merged, NULL, &a, r, &head, &z, &E));
	write_to(r, merged);
	assert_disk(r, P1, lesson(ID1, "Un", ""));
	side = slurp(r, SIDE1);
	assert_non_null(strstr(side, "degre: dur"));
	assert_non_null(strstr(side, "Version Z"));
	assert_null(strstr(side, "Version X"));
	free(side);
	arena_end(&a);
	repo_close(r);
}

static void test_settled_by_removing_the_entry(void **state)
{
	(void)state;
	settled_by_removal("settlenone", NULL);
	settled_by_removal("settleempty", "schema: conflit/1\nid: " ID1 "\ndifferences: []\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_buffer),
		cmocka_unit_test(test_old_buffer_saved_unchanged),
		cmocka_unit_test(test_older_buffers),
		cmocka_unit_test(test_new_buffer),
		cmocka_unit_test(test_settled_in_an_editor),
		cmocka_unit_test(test_settled_by_removing_the_entry),
	};
	return cmocka_run_group_tests_name("buffers", tests, store_setup, store_teardown);
}
