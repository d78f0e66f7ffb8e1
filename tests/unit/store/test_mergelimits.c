/* The edges of a merge: what is too large to be one file, names that are taken, long chains, many records at once. Nothing here is
 * an error, nobody's bytes are lost, and the order of the sides changes nothing.
 */
#include "mergekit.h"

#include "base/buf.h"

static const char *rec(const char *titre, const char *rest)
{
	return arena_printf(&A, "schema: enseignement/1\nid: " ID "\ncollectif: ara\ntitre: \"%s\"\n%s", titre, rest);
}

static const char *fill(size_t n, char c)
{
	char *text = arena_alloc(&A, n + 1);
	memset(text, c, n);
	for (size_t i = 60; i < n; i += 60) /* words, as anybody's text has */
		text[i] = ' ';
	return text;
}

static const char *oid_at(struct oid commit, const char *path)
{
	return arena_dup(&A, git_says(R, "rev-parse %s:%s", commit.hex, path));
}

static const char *variant(const char *path, struct oid commit)
{
	return arena_printf(&A, "%s.variante-%.8s", path, oid_at(commit, path));
}

/* The blob of a commit's file is in the tree, under whatever name. */
static bool kept(struct oid tree, struct oid commit, const char *path)
{
	const char *oid = oid_at(commit, path);
	return atoi(git_says(R, "ls-tree -r %s | grep -c %s || :", tree.hex, oid)) > 0;
}

static void a_merged_record_over_1_mib_is_two_versions(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), "z", "z", NULL);
	struct oid x = commit_files(R, o, "x", REC, rec("Ensemble", arena_printf(&A, "enonce: \"%s\"\n", fill(600000, 'x'))), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble", arena_printf(&A, "effet: \"%s\"\n", fill(600000, 'y'))), NULL);
	struct tree_merge m = merge(x, y);
	assert_int_equal(m.variants, 1);
	assert_true(kept(m.tree, x, REC) && kept(m.tree, y, REC));
	const char *stays = strcmp(oid_at(x, REC), oid_at(y, REC)) < 0 ? oid_at(x, REC) : oid_at(y, REC);
	assert_string_equal(oid_at(m.tree, REC), stays);
	/* the next merge goes on from there */
	struct oid c, z = commit_files(R, o, "z", REC, rec("Ensemble, vite", ""), NULL);
	ok(merge_commit(&c, NULL, &A, R, &x, &y, &E));
	m = merge(c, z);
	char *text = text_at(R, m.tree, REC);
	assert_non_null(strstr(text, "Ensemble, vite"));
	free(text);
}

/* Two fields, contested with long values: record and texts are within their limits, what the sidecar must hold is not. */
static struct oid long_values(struct oid o, char c, const char *rest)
{
	const char *value = fill(400000, c);
	return commit_files(R, o, "long", REC, rec(value, arena_printf(&A, "diagnostic_court: \"%s\"\n%s", value, rest)), NULL);
}

static void a_merged_sidecar_over_1_mib_is_two_versions(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), NULL);
	struct oid x = long_values(o, 'x', ""), y = long_values(o, 'y', "");
	struct tree_merge m = merge(x, y);
	assert_int_equal(m.variants, 1);
	assert_true(kept(m.tree, x, REC) && kept(m.tree, y, REC));
	assert_false(has_path(R, m.tree, SIDE));
	struct oid c;
	ok(merge_commit(&c, NULL, &A, R, &x, &y, &E));
	struct verdict v;
	ok(merge_verify(&v, R, &c, &E));
	assert_true(v.ok);
}

/* Equal records, each with another sidecar, that do not fit together: which one stays must not depend on the order. */
static void two_sidecars_that_do_not_fit_are_both_kept(void **state)
{
	(void)state;
	const char *head = "schema: conflit/1\nid: " ID "\ndifferences:\n";
	const char *entry = "  - champ: titre\n    degre: dur\n    regle: conflict\n    base: \"Ensemble\"\n    propositions:\n";
	const char *side[2];
	for (int i = 0; i < 2; i++)
		side[i] = arena_printf(&A,
				       "%s%s      - cle: \"0000000000000000\"\n        valeur: \"%s\"\n        par: \"a\"\n        date: \"2018-10-08\"\n"
				       "        commit: \"%040d\"\n"
				       "      - cle: \"0000000000000001\"\n        valeur: \"court %d\"\n        par: \"a\"\n        date: \"2018-10-08\"\n"
				       "        commit: \"%040d\"\n",
				       head, entry, fill(700000, (char)('p' + i)), i, i, i);
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), NULL);
	struct oid x = commit_files(R, o, "x", SIDE, side[0], NULL), y = commit_files(R, o, "y", SIDE, side[1], NULL);
	struct tree_merge m = merge(x, y);
	assert_true(kept(m.tree, x, SIDE) && kept(m.tree, y, SIDE));
	assert_int_equal(m.variants, 1);
	assert_text(R, m.tree, REC, rec("Ensemble", ""));
}

/* A sidecar that nobody can read counts as unchanged; its bytes stay beside, on whichever side it is, and over 1 MiB, too. */
static void an_unreadable_sidecar_stops_nobody(void **state)
{
	(void)state;
	const char *broken[] = { "n'importe quoi", "schema: conflit/1\nid: ens-ara-m7w2h9td\n", "\xff\xfe", fill(1100000, 's') };
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), NULL), c;
	struct oid a = commit_files(R, o, "a", REC, rec("Ensemble un", ""), NULL), b = commit_files(R, o, "b", REC, rec("Ensemble deux", ""), NULL);
	ok(merge_commit(&c, NULL, &A, R, &a, &b, &E));
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct oid x = commit_files(R, c, "x", SIDE, broken[i], NULL);
		struct oid y = commit_files(R, c, "y", REC, rec("Ensemble", "etat: propose\n"), NULL);
		struct oid both = commit_files(R, y, "both", SIDE, broken[(i + 1) % 4], NULL);
		struct oid gone = commit_files(R, c, "gone", REC, NULL, SIDE, NULL, NULL), bad = commit_files(R, x, "bad", REC, "titre: [\n", NULL);
		struct tree_merge m = merge(x, y);
		assert_text(R, m.tree, REC, rec("Ensemble", "etat: propose\n"));
		assert_string_equal(oid_at(m.tree, SIDE), oid_at(c, SIDE));
		assert_text(R, m.tree, variant(SIDE, x), broken[i]);
		m = merge(x, both);
		assert_text(R, m.tree, REC, rec("Ensemble", "etat: propose\n"));
		assert_true(kept(m.tree, x, SIDE) && kept(m.tree, both, SIDE));
		m = merge(bad, y); /* nor when the record beside it cannot be read either */
		assert_text(R, m.tree, REC, rec("Ensemble", "etat: propose\n"));
		assert_true(kept(m.tree, bad, SIDE) && kept(m.tree, bad, REC));
		merge(bad, gone);
		merge(x, gone);
	}
	assert_fsck(R);
}

/* The version that does not stay may have had proposals of its own. */
static void the_sidecar_of_a_refused_version_is_kept(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), NULL), c;
	struct oid a = commit_files(R, o, "a", REC, rec("Ensemble un", ""), NULL), b = commit_files(R, o, "b", REC, rec("Ensemble deux", ""), NULL);
	ok(merge_commit(&c, NULL, &A, R, &a, &b, &E));
	struct oid x = commit_files(R, c, "x", REC, "titre: [\n", NULL), y = commit_files(R, o, "y", REC, rec("Ensemble", "sens: echec\n"), NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble", "sens: echec\n"));
	assert_true(kept(m.tree, x, REC) && kept(m.tree, x, SIDE));
	assert_int_equal(m.variants, 2);
}

#ifndef __SANITIZE_ADDRESS__
/* Only plain git brings such a file; the guard stops it. */
static void a_file_over_64_mib_stops_nobody(void **state)
{
	(void)state;
	char *file = arena_printf(&A, "%s/huge", getenv("TMP") ? getenv("TMP") : "/tmp");
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", ""), "pieces/film", "o", NULL);
	ok(fs_write(file, "", 0, &E));
	assert_int_equal(truncate(file, 66 << 20), 0);
	char *huge = arena_dup(&A, git_says(R, "hash-object -w '%s'", file));
	unlink(file);
	char *index = arena_printf(&A, "%s/limits.index", getenv("TMP") ? getenv("TMP") : "/tmp");
	setenv("GIT_INDEX_FILE", index, 1);
	git_says(R, "read-tree %s", o.hex);
	git_says(R, "update-index --add --cacheinfo 100644,%s,%s --cacheinfo 100644,%s,pieces/film", huge, REC, huge);
	char *tree = arena_dup(&A, git_says(R, "write-tree"));
	unsetenv("GIT_INDEX_FILE");
	struct oid x, y = commit_files(R, o, "y", REC, rec("Ensemble, vite", ""), "pieces/film", "y", NULL);
	snprintf(x.hex, sizeof x.hex, "%.40s", git_says(R, "commit-tree -p %s -m huge %s", o.hex, tree));
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble, vite", ""));
	assert_int_equal(m.variants, 2);
	assert_true(kept(m.tree, x, "pieces/film") && kept(m.tree, y, "pieces/film"));
}
#endif

/* `<name>.variante-<oid8>` may be somebody's file already, or its other content. */
static void a_variant_overwrites_nothing(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", "pieces/i", "o", NULL);
	struct oid x = commit_files(R, o, "x", "pieces/i", "x", NULL), y = commit_files(R, o, "y", "pieces/i", "y", NULL);
	const char *y8 = "pieces/i.variante-e25f1814", *y40 = arena_printf(&A, "pieces/i.variante-%s", oid_at(y, "pieces/i"));
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, y8, "y");
	/* there already, with these bytes: once is enough */
	struct oid same = commit_files(R, x, "same", y8, "y", NULL);
	m = merge(same, y);
	assert_int_equal(atoi(git_says(R, "ls-tree -r %s | wc -l", m.tree.hex)), 2);
	/* there with others */
	struct oid taken = commit_files(R, x, "taken", y8, "edited", NULL);
	m = merge(taken, y);
	assert_text(R, m.tree, y8, "edited");
	assert_text(R, m.tree, y40, "y");
	/* the long name, too, and a folder of that name */
	struct oid both = commit_files(R, taken, "both", arena_printf(&A, "%s/f", y40), "in a folder", NULL);
	m = merge(both, y);
	assert_text(R, m.tree, y8, "edited");
	assert_text(R, m.tree, arena_printf(&A, "%s/f", y40), "in a folder");
	assert_true(kept(m.tree, y, "pieces/i"));
	assert_int_equal(atoi(git_says(R, "ls-tree -r %s | wc -l", m.tree.hex)), 4);
	/* a name as long as the disk allows: cut, not within a character */
	const char *name = arena_printf(&A, "pieces/%.200sé%.53s", fill(200, 'n'), fill(53, 'm'));
	for (size_t k = 0; name[k]; k++)
		if (name[k] == ' ')
			((char *)(uintptr_t)name)[k] = '-';
	struct oid lo = commit_files(R, root_of(R), "o", name, "o", NULL);
	struct oid lx = commit_files(R, lo, "x", name, "x", NULL), ly = commit_files(R, lo, "y", name, "y", NULL);
	m = merge(lx, ly);
	struct oid tree = m.tree;
	char *list = arena_dup(&A, git_says(R, "ls-tree -r -z --name-only %s | tr '\\0' '\\n'", tree.hex));
	for (char *line = strtok(list, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= strlen("pieces/") + 255);
	assert_true(kept(tree, lx, name) && kept(tree, ly, name));
	assert_fsck(R);
}

/* Fifty criss-crosses of a record, one on the other, with a question open from the first to the last. */
static void fifty_criss_crosses_cost_fifty_merges(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", "sens: echec\n"), NULL);
	struct oid x = commit_files(R, o, "x", REC, rec("Ensemble un", "sens: echec\n"), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble deux", "sens: echec\n"), NULL), c;
	ok(merge_commit(&c, NULL, &A, R, &x, &y, &E));
	char *side = text_at(R, c, SIDE);
	for (int i = 0; i < 50; i++) {
		struct oid p, q;
		snprintf(p.hex, sizeof p.hex, "%.40s", git_says(R, "commit-tree -p %s -p %s -m p%d %s^{tree}", x.hex, y.hex, i, c.hex));
		snprintf(q.hex, sizeof q.hex, "%.40s", git_says(R, "commit-tree -p %s -p %s -m q%d %s^{tree}", y.hex, x.hex, i, c.hex));
		/* one side goes on; the other has what it had, so that each level is a merge of two bases */
		x = commit_files(R, p, "x", REC, rec("Ensemble", arena_printf(&A, "sens: %s\n", i % 2 ? "echec" : "mixte")), NULL);
		y = commit_files(R, q, "y", "pieces/n.txt", arena_printf(&A, "%d\n", i), NULL);
		ok(merge_commit(&c, NULL, &A, R, &x, &y, &E));
	}
	struct arena a;
	struct tree_merge m, back;
	assert_true(arena_begin(&a));
	ok(tree_merge(&m, &a, R, &x, &y, NULL, &E));
	ok(tree_merge(&back, &A, R, &y, &x, NULL, &E));
	print_message("# 50 levels: %zu KiB of memory\n", a.total >> 10);
	assert_true(a.total < (8u << 20));
	assert_string_equal(m.tree.hex, back.tree.hex);
	assert_int_equal(m.differences, 0);
	arena_end(&a);
	assert_text(R, c, REC, rec("Ensemble", "sens: echec\n"));
	assert_text(R, c, "pieces/n.txt", "49\n");
	assert_text(R, c, SIDE, side); /* the same question, not fifty */
	free(side);
	assert_fsck(R);
}

/* Enough records for every core: the same commit each time and either way round, and each record as it is alone. */
#define MANY 300

static void many_records_at_once_are_as_one_by_one(void **state)
{
	(void)state;
	static const char letters[] = "23456789abcdefghjkmnpqrstuvwxyz";
	struct file_change f[3][MANY];
	struct oid root = root_of(R), o, x, y, first, again;
	for (unsigned i = 0; i < MANY; i++) {
		char tail[9];
		for (unsigned k = 0, h = (i + 1) * 2654435761u; k < 8; k++, h = h / 31 + (h % 31) * 76543u)
			tail[k] = letters[(h + i * (k == 7)) % 31];
		tail[8] = 0;
		const char *path = arena_printf(&A, "enseignements/%.2s/ens-ara-%s.yaml", tail, tail);
		for (int s = 0; s < 3; s++) {
			bool contested = i % 3 == 0 && s;
			char *text = arena_printf(&A, "schema: enseignement/1\nid: ens-ara-%s\ncollectif: ara\ntitre: \"Titre %u%s\"\nsens: %s\n%s", tail, i,
						  contested ? s == 1 ? " un" : " deux" : "", s == 1 ? "echec" : "mixte",
						  s == 2 ? i % 7 ? "maturite: identifie\n" : "[\n" : "");
			f[s][i] = (struct file_change){ path, text, strlen(text) };
		}
	}
	ok(repo_commit(&o, R, &root, f[0], MANY, "o", &E));
	ok(repo_commit(&x, R, &o, f[1], MANY, "x", &E));
	ok(repo_commit(&y, R, &o, f[2], MANY, "y", &E));
	struct tree_merge m;
	ok(merge_commit(&first, &m, &A, R, &x, &y, &E));
	for (int i = 0; i < 5; i++) {
		ok(merge_commit(&again, NULL, &A, R, i % 2 ? &x : &y, i % 2 ? &y : &x, &E));
		assert_string_equal(first.hex, again.hex);
	}
	assert_int_equal(m.variants, (MANY + 6) / 7);
	assert_int_equal(m.n, MANY - m.variants);
	for (size_t i = 1; i < m.n; i++)
		assert_true(strcmp(m.at[i - 1].path, m.at[i].path) < 0);
	for (unsigned i = 1; i < MANY; i += 41) { /* alone it gives the same file */
		struct oid x1, y1, c1;
		ok(repo_commit(&x1, R, &o, &f[1][i], 1, "x", &E));
		ok(repo_commit(&y1, R, &o, &f[2][i], 1, "y", &E));
		ok(merge_commit(&c1, NULL, &A, R, &x1, &y1, &E));
		assert_string_equal(oid_at(c1, f[0][i].path), oid_at(first, f[0][i].path));
	}
	assert_fsck(R);
	/* an error in the middle is one error, and names the record that comes first */
	const struct merge_budget small = { .bytes = 150000 };
	refused(ERR_LIMIT, tree_merge(&m, &A, R, &x, &y, &small, &E));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(a_merged_record_over_1_mib_is_two_versions),
		T(a_merged_sidecar_over_1_mib_is_two_versions),
		T(two_sidecars_that_do_not_fit_are_both_kept),
		T(an_unreadable_sidecar_stops_nobody),
		T(the_sidecar_of_a_refused_version_is_kept),
#ifndef __SANITIZE_ADDRESS__
		T(a_file_over_64_mib_stops_nobody),
#endif
		T(a_variant_overwrites_nothing),
		T(fifty_criss_crosses_cost_fifty_merges),
		T(many_records_at_once_are_as_one_by_one),
	};
	return cmocka_run_group_tests_name("store/mergelimits", tests, setup, teardown);
}
