/* What other tools are known to get wrong on such repositories, each with a test of ours: the name says whose failure it is. Where the
 * real git is at hand its answer is printed beside, not asserted: another version may have learned better. Every merge is made in
 * both orders. The git that is asked merges without our driver.
 */
#include "mergekit.h"

#include "base/buf.h"

static struct tree_merge merge_sound(struct oid x, struct oid y)
{
	struct tree_merge m = merge(x, y);
	assert_fsck(R);
	return m;
}

/* What git makes of it: its tree, and whether it calls that clean. */
static struct oid git_merge(bool *clean, struct oid x, struct oid y)
{
	struct oid tree;
	const char *out = git_says(R, "merge-tree --write-tree %s %s || :", x.hex, y.hex);
	snprintf(tree.hex, sizeof tree.hex, "%.40s", out);
	*clean = strlen(out) == OID_HEX;
	return tree;
}

static bool holds(struct oid commit, const char *path, const char *text)
{
	char *got = text_at(R, commit, path);
	bool is = strstr(got, text) != NULL;
	free(got);
	return is;
}

#define assert_holds(tree, path, text)                                                                  \
	do {                                                                                            \
		char *got_ = text_at(R, tree, path);                                                    \
		if (!strstr(got_, text))                                                                \
			fail_msg("%s: no %s in\n%s(%s:%d)", path, text, got_, __FILE__, __LINE__);      \
		free(got_);                                                                             \
	} while (0)

#define TWIN "ens-ara-m7w2h9td"
#define TWIN_REC "enseignements/m7/" TWIN ".yaml"

static const char *rec_of(const char *id, const char *titre, const char *rest)
{
	return arena_printf(&A, "schema: enseignement/1\nid: %s\ncollectif: ara\ntitre: \"%s\"\n%s", id, titre, rest);
}

static const char *rec(const char *titre, const char *rest)
{
	return rec_of(ID, titre, rest);
}

static const char context[] = "contexte: |-\n  Le même long texte, que deux fiches peuvent avoir.\n  Et une deuxième ligne.\n";

/* git: a deleted file and a similar new one are "renamed", and the other side's edit goes into the new one. */
static void git_rename_detection_moves_an_edit_into_another_record(void **state)
{
	(void)state;
	bool clean;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", context), NULL);
	struct oid x = commit_files(R, o, "x", REC, NULL, TWIN_REC, rec_of(TWIN, "Ensemble", context), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble, vite", context), NULL);
	struct oid git = git_merge(&clean, x, y);
	print_message("# git: %s, the edit is %s\n", clean ? "clean" : "conflict",
		      holds(git, TWIN_REC, "vite") ? "in the other record" : "where it was");
	struct tree_merge m = merge_sound(x, y);
	assert_text(R, m.tree, TWIN_REC, rec_of(TWIN, "Ensemble", context));
	assert_text(R, m.tree, REC, rec("Ensemble, vite", context));
	assert_holds(m.tree, SIDE, "@record");
	assert_int_equal(m.variants, 0);
}

/* git: a folder that one side renamed takes the other side's new files along. */
static void git_directory_rename_detection_moves_a_new_file(void **state)
{
	(void)state;
	bool clean;
	struct oid o = commit_files(R, root_of(R), "o", "pieces/2018/a.txt", "un texte\n", "pieces/2018/b.txt", "un autre texte\n", NULL);
	struct oid x = commit_files(R, o, "x", "pieces/2018/a.txt", NULL, "pieces/2018/b.txt", NULL, "pieces/vieux/a.txt", "un texte\n",
				    "pieces/vieux/b.txt", "un autre texte\n", NULL);
	struct oid y = commit_files(R, o, "y", "pieces/2018/c.txt", "tout nouveau\n", NULL);
	struct oid git = git_merge(&clean, x, y);
	print_message("# git: the new file is %s\n", has_path(R, git, "pieces/2018/c.txt") ? "where it was put" : "elsewhere");
	struct tree_merge m = merge_sound(x, y);
	assert_string_equal(names(m.tree), "pieces/2018/c.txt\npieces/vieux/a.txt\npieces/vieux/b.txt");
}

/* git: a record that a person moved to where it does not belong would take the other's edits there. */
static void git_rename_detection_follows_a_misplaced_record(void **state)
{
	(void)state;
#define MISPLACED "enseignements/zz/" ID ".yaml"
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", context), NULL);
	struct oid x = commit_files(R, o, "x", REC, NULL, MISPLACED, rec("Ensemble", context), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble, vite", context), NULL);
	struct tree_merge m = merge_sound(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble, vite", context));
	assert_holds(m.tree, SIDE, "@record");
	assert_text(R, m.tree, MISPLACED, rec("Ensemble", context)); /* as it is: a fault of its own, said by check */
}

/* git: both sides add the same key at different places, and lines know nothing of keys. */
static void git_line_merge_duplicates_a_key(void **state)
{
	(void)state;
	bool clean;
	const char *middle = "etat: brouillon\nlangue: fr\nlicence: cc-by-sa-4.0\ncycle: cyc-nat-2018\n";
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", middle), NULL);
	struct oid x = commit_files(R, o, "x", REC, rec("Ensemble", arena_printf(&A, "sens: echec\n%s", middle)), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble", arena_printf(&A, "%ssens: mixte\n", middle)), NULL);
	struct oid git = git_merge(&clean, x, y);
	bool twice = holds(git, REC, "sens: echec") && holds(git, REC, "sens: mixte");
	print_message("# git: %s, key %s\n", clean ? "clean" : "conflict", twice ? "twice" : "once");
	struct tree_merge m = merge_sound(x, y);
	char *text = text_at(R, m.tree, REC), *first = strstr(text, "sens: ");
	assert_non_null(first);
	assert_null(strstr(first + 1, "sens: "));
	free(text);
	assert_holds(m.tree, SIDE, "echec");
	assert_holds(m.tree, SIDE, "mixte");
}

/* libgit2 and git: where the bases of a criss-cross conflict, their virtual base holds "<<<<<<<", which then is a version. */
static void libgit2_virtual_base_holds_conflict_markers(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), "pieces/n.txt", "un\n", NULL);
	struct oid x = commit_files(R, o, "x", REC, rec("Ensemble un", ""), "pieces/n.txt", "deux\n", NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble deux", ""), "pieces/n.txt", "trois\n", NULL), c, d;
	ok(merge_commit(&c, NULL, &A, R, &x, &y, &E));
	snprintf(d.hex, sizeof d.hex, "%.40s", git_says(R, "commit-tree -p %s -p %s -m main %s^{tree}", y.hex, x.hex, c.hex));
	struct oid p = commit_files(R, c, "p", "pieces/n.txt", "quatre\n", NULL), q = commit_files(R, d, "q", "pieces/n.txt", "cinq\n", NULL);
	assert_int_equal(atoi(git_says(R, "merge-base --all %s %s | wc -l", p.hex, q.hex)), 2);
	struct tree_merge m = merge_sound(p, q);
	assert_string_equal(git_says(R, "grep -l -e '^<<<<<<<' -e '^>>>>>>>' %s || :", m.tree.hex), "");
	assert_holds(m.tree, SIDE, "\"Ensemble un\"");
	assert_holds(m.tree, SIDE, "\"Ensemble deux\"");
	assert_int_equal(m.differences, 0); /* the question is an old one */
	assert_int_equal(m.variants, 1);    /* the note's last two versions; those of the first round are there already */
}

/* git and libgit2: no driver is asked when one side deleted the file. */
static void git_driver_is_not_asked_about_a_deletion(void **state)
{
	(void)state;
	bool clean;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", context), "z", "z", NULL);
	struct oid x = commit_files(R, o, "x", REC, NULL, NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble, vite", context), NULL);
	git_merge(&clean, x, y);
	print_message("# git: %s\n", clean ? "clean" : "conflict");
	struct tree_merge m = merge_sound(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble, vite", context));
	assert_holds(m.tree, SIDE, "absent: true");
	assert_holds(m.tree, SIDE, "present: true");
}

/* git: nor when only one side changed it; but record and sidecar are one, and here each changed on another side. */
static void git_driver_is_not_asked_about_one_sided_changes(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), NULL);
	struct oid x = commit_files(R, o, "x", REC, rec("Ensemble un", ""), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble deux", ""), NULL), c;
	ok(merge_commit(&c, NULL, &A, R, &x, &y, &E));
	struct oid late = commit_files(R, o, "z", REC, rec("Ensemble trois", ""), NULL), d;
	ok(merge_commit(&d, NULL, &A, R, &c, &late, &E)); /* only the sidecar changes here */
	assert_text(R, d, REC, rec("Ensemble", ""));
	struct oid settled = commit_files(R, c, "tranché", REC, rec("Ensemble un", ""), NULL); /* only the record there */
	struct tree_merge m = merge_sound(settled, d);
	assert_holds(m.tree, SIDE, "\"Ensemble trois\""); /* the late proposal is not settled in silence */
	assert_holds(m.tree, SIDE, "\"Ensemble un\"");
	assert_false(holds(m.tree, SIDE, "\"Ensemble deux\""));
}

/* git: `merge=union` or a filter in a .gitattributes that came with the repository changes what a merge gives. */
static void git_attributes_of_the_repository_change_the_merge(void **state)
{
	(void)state;
	bool clean;
	struct oid o = commit_files(R, root_of(R), "o", ".gitattributes", "* merge=union text=auto eol=crlf\n", "pieces/n.txt", "un\n", REC,
				    rec("Ensemble", ""), NULL);
	struct oid x = commit_files(R, o, "x", "pieces/n.txt", "deux\n", REC, rec("Ensemble un", ""), NULL);
	struct oid y = commit_files(R, o, "y", "pieces/n.txt", "trois\n", REC, rec("Ensemble deux", ""), NULL);
	git_merge(&clean, x, y);
	print_message("# git: %s\n", clean ? "clean" : "conflict");
	struct tree_merge m = merge_sound(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble", ""));
	assert_int_equal(m.variants, 1);
	assert_true(holds(m.tree, "pieces/n.txt", "deux\n") != holds(m.tree, "pieces/n.txt", "trois\n"));
}

/* git: a file against a folder becomes `a~<commit>`, another name on each site. */
static void git_names_a_file_against_a_folder_after_the_side(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", "pieces/z", "z", NULL);
	struct oid x = commit_files(R, o, "x", "pieces/a", "a file\n", NULL), y = commit_files(R, o, "y", "pieces/a/b", "in a folder\n", NULL);
	struct tree_merge m = merge_sound(x, y);
	assert_text(R, m.tree, "pieces/a/b", "in a folder\n");
	assert_string_equal(names(m.tree), arena_printf(&A, "pieces/a.variante-%.8s\npieces/a/b\npieces/z",
							arena_dup(&A, git_says(R, "rev-parse %s:pieces/a", x.hex))));
}

/* The same with one entry of any mode. */
static struct oid with_entry(struct oid parent, const char *mode, const char *oid, const char *path)
{
	struct oid c;
	char *file = arena_printf(&A, "%s/known.index", getenv("TMP") ? getenv("TMP") : "/tmp");
	setenv("GIT_INDEX_FILE", file, 1);
	git_says(R, "read-tree %s", parent.hex);
	git_says(R, "update-index --add --cacheinfo %s,%s,%s", mode, oid, path);
	char *tree = arena_dup(&A, git_says(R, "write-tree"));
	unsetenv("GIT_INDEX_FILE");
	snprintf(c.hex, sizeof c.hex, "%.40s", git_says(R, "commit-tree -p %s -m entry %s", parent.hex, tree));
	return c;
}

/* git: links and submodules that both sides moved stop the merge; here both are kept, as what they are. */
static void git_stops_at_links_and_submodules(void **state)
{
	(void)state;
	static const char *const mode[] = { "120000", "160000" };
	struct oid blobs = commit_files(R, root_of(R), "b", "o", "o", "x", "x", "y", "y", NULL);
	const char *oid[3] = { arena_dup(&A, git_says(R, "rev-parse %s:o", blobs.hex)), arena_dup(&A, git_says(R, "rev-parse %s:x", blobs.hex)),
			       arena_dup(&A, git_says(R, "rev-parse %s:y", blobs.hex)) };
	for (size_t i = 0; i < 2; i++) {
		struct oid base = commit_files(R, root_of(R), "o", "z", "z", NULL), o = with_entry(base, mode[i], oid[0], "pieces/l");
		struct oid x = with_entry(o, mode[i], oid[1], "pieces/l"), y = with_entry(o, mode[i], oid[2], "pieces/l");
		struct tree_merge m = merge_sound(x, y);
		assert_int_equal(m.variants, 1);
		assert_int_equal(atoi(git_says(R, "ls-tree -r %s pieces/ | grep -c ^%s", m.tree.hex, mode[i])), 2);
		m = merge_sound(o, y); /* one side alone: taken */
		assert_string_equal(m.tree.hex, git_says(R, "rev-parse %s^{tree}", y.hex));
		struct oid file = commit_files(R, base, "file", "pieces/l", "now a file\n", NULL); /* a file against it */
		m = merge_sound(file, y);
		assert_int_equal(m.variants, 1);
		assert_int_equal(atoi(git_says(R, "ls-tree -r %s pieces/ | wc -l", m.tree.hex)), 2);
	}
	/* a link where a record should be is no acceptable version of it */
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), NULL);
	struct oid x = with_entry(o, "120000", oid[1], REC), y = commit_files(R, o, "y", REC, rec("Ensemble, vite", ""), NULL);
	struct tree_merge m = merge_sound(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble, vite", ""));
	assert_int_equal(m.variants, 1);
}

/* What merges contents alone loses the permission that one side set. */
static void a_permission_is_a_change(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", "outil.sh", "un\ndeux\ntrois\n", REC, rec("Ensemble", ""), NULL);
	const char *blob = arena_dup(&A, git_says(R, "rev-parse %s:outil.sh", o.hex)), *record = arena_dup(&A, git_says(R, "rev-parse %s:" REC, o.hex));
	struct oid x = with_entry(with_entry(o, "100755", blob, "outil.sh"), "100755", record, REC);
	struct oid y = commit_files(R, o, "y", "outil.sh", "un\ndeux\nquatre\n", REC, rec("Ensemble, vite", ""), NULL);
	struct tree_merge m = merge_sound(x, y);
	assert_int_equal(atoi(git_says(R, "ls-tree -r %s | grep -c ^100755", m.tree.hex)), 2);
	assert_text(R, m.tree, "outil.sh", "un\ndeux\nquatre\n");
	assert_text(R, m.tree, REC, rec("Ensemble, vite", ""));
	assert_int_equal(m.variants, 0);
}

/* libgit2: an object that a power cut left without bytes is "there" and is not written again; after repo_heal it is. */
static void libgit2_takes_an_empty_object_for_written(void **state)
{
	(void)state;
	struct repo *r = new_repo("empty");
	struct oid o = commit_files(r, root_of(r), "o", REC, rec("Ensemble", "etat: brouillon\n"), NULL), c;
	struct oid x = commit_files(r, o, "x", REC, rec("Ensemble un", "etat: brouillon\n"), NULL);
	struct oid y = commit_files(r, o, "y", REC, rec("Ensemble", "etat: propose\n"), NULL);
	const char *merged = rec("Ensemble un", "etat: propose\n");
	char *draft = arena_printf(&A, "%s/merged.yaml", getenv("TMP") ? getenv("TMP") : "/tmp");
	ok(fs_write(draft, merged, strlen(merged), &E));
	char *oid = arena_dup(&A, git_says(r, "hash-object '%s'", draft));
	char *object = arena_printf(&A, "%sobjects/%.2s/%s", repo_gitdir(r), oid, oid + 2);
	ok(fs_mkparents(object, &E));
	ok(fs_write(object, "", 0, &E));
	size_t found;
	ok(repo_lock(r, 0, &E));
	ok(repo_heal(&found, r, &E));
	repo_unlock(r);
	assert_int_equal(found, 1);
	ok(merge_commit(&c, NULL, &A, r, &x, &y, &E));
	assert_text(r, c, REC, merged);
	assert_fsck(r);
	/* one that the merge must read: said, and nothing is written */
	char *base = arena_dup(&A, git_says(r, "rev-parse %s:" REC, o.hex));
	object = arena_printf(&A, "%sobjects/%.2s/%s", repo_gitdir(r), base, base + 2);
	ok(fs_write(object, "", 0, &E));
	repo_close(r);
	ok(repo_open(&r, tmp_path("empty"), &E));
	struct tree_merge m;
	E = (struct err){ 0 };
	assert_true(tree_merge(&m, &A, r, &x, &y, NULL, &E) < 0);
	assert_non_null(strstr(E.msg, REC));
	repo_close(r);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(git_rename_detection_moves_an_edit_into_another_record),
		T(git_directory_rename_detection_moves_a_new_file),
		T(git_rename_detection_follows_a_misplaced_record),
		T(git_line_merge_duplicates_a_key),
		T(libgit2_virtual_base_holds_conflict_markers),
		T(git_driver_is_not_asked_about_a_deletion),
		T(git_driver_is_not_asked_about_one_sided_changes),
		T(git_attributes_of_the_repository_change_the_merge),
		T(git_names_a_file_against_a_folder_after_the_side),
		T(git_stops_at_links_and_submodules),
		T(a_permission_is_a_change),
		T(libgit2_takes_an_empty_object_for_written),
	};
	return cmocka_run_group_tests_name("store/known_failures", tests, setup, teardown);
}
