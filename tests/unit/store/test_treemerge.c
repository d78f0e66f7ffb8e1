/* Whole trees merged: what is taken, what is combined, what is kept twice. Every merge is made in both orders. */
#include "mergekit.h"

#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "schema/record.h"

/* A record that is enough for merging. */
static const char *rec(const char *titre, const char *etat, const char *extra)
{
	return arena_printf(&A, "schema: enseignement/1\nid: " ID "\ncollectif: ara\ntitre: \"%s\"\netat: %s\n%s", titre, etat, extra);
}

static void test_taken(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", "a/1", "1", "a/2", "2", "b/c/3", "3", "4", "4", "5", "5", NULL);
	struct oid x = commit_files(R, o, "x", "a/1", "1x", "new/x", "x", "4", NULL, NULL);
	struct oid y = commit_files(R, o, "y", "a/2", "2y", "b/c/3", NULL, "new/y", "y", "5", "5y", NULL);
	struct tree_merge m = merge(x, y);
	assert_string_equal(names(m.tree), "5\na/1\na/2\nnew/x\nnew/y");
	assert_text(R, m.tree, "a/1", "1x");
	assert_text(R, m.tree, "a/2", "2y");
	assert_text(R, m.tree, "5", "5y");
	assert_int_equal(m.n, 0);
	assert_int_equal(m.variants, 0);

	m = merge(o, y); /* one side did nothing */
	assert_string_equal(m.tree.hex, git_says(R, "rev-parse %s^{tree}", y.hex));
	m = merge(x, x);
	assert_string_equal(m.tree.hex, git_says(R, "rev-parse %s^{tree}", x.hex));
}

static void test_same_record(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", "brouillon", ""), NULL);
	struct oid x = commit_files(R, o, "x", REC, rec("Ensemble, vite", "brouillon", ""), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble", "propose", "sens: reussite\n"), NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble, vite", "propose", "sens: reussite\n"));
	assert_false(has_path(R, m.tree, SIDE));
	assert_int_equal(m.n, 1);
	assert_string_equal(m.at[0].id, ID);
	assert_string_equal(m.at[0].path, REC);
	assert_int_equal(m.differences, 0);
	assert_fsck(R);
}

static struct oid conflict(struct oid *x, struct oid *y)
{
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", "brouillon", ""), NULL);
	*x = commit_files(R, o, "x", REC, rec("Ensemble un", "brouillon", ""), NULL);
	*y = commit_files(R, o, "y", REC, rec("Ensemble deux", "brouillon", ""), NULL);
	struct oid c;
	ok(merge_commit(&c, NULL, &A, R, x, y, &E));
	return c;
}

/* A contested field: the base stays, both values are in the sidecar with the commits that set them. */
static void test_difference(void **state)
{
	(void)state;
	struct oid x, y;
	conflict(&x, &y);
	struct oid x2 = commit_files(R, x, "x2", "notes.txt", "n", NULL);
	struct tree_merge m = merge(x2, y);
	assert_text(R, m.tree, REC, rec("Ensemble", "brouillon", ""));
	assert_int_equal(m.differences, 1);
	assert_true(m.at[0].added_difference && m.at[0].news[0] == NEWS_FRESH);
	assert_string_equal(m.at[0].diffs->at[0].champ, "titre");
	char *side = text_at(R, m.tree, SIDE);
	assert_non_null(strstr(side, "champ: titre"));
	assert_non_null(strstr(side, "\"Ensemble un\""));
	assert_non_null(strstr(side, "\"Ensemble deux\""));
	assert_non_null(strstr(side, x.hex)); /* not x2, which did not touch the title */
	assert_non_null(strstr(side, y.hex));
	assert_non_null(strstr(side, "act-ara-2w3x4y5z"));
	free(side);
}

/* The record changed on one side, its sidecar on the other: one unit, although each path alone is one-sided. */
static void test_unit(void **state)
{
	(void)state;
	struct oid x, y, c = conflict(&x, &y);
	char *side = text_at(R, c, SIDE);
	struct oid chosen = commit_files(R, c, "tranché", REC, rec("Ensemble trois", "brouillon", ""), NULL);
	struct oid elsewhere = commit_files(R, c, "sans titre", SIDE, NULL, "notes.txt", "n", NULL);
	struct tree_merge m = merge(chosen, elsewhere);
	assert_int_equal(m.n, 1);
	assert_text(R, m.tree, REC, rec("Ensemble trois", "brouillon", ""));
	/* and one-sided changes of the whole unit are taken without merging */
	struct oid other = commit_files(R, c, "autre", "notes.txt", "n", NULL);
	struct oid both = commit_files(R, c, "tout", REC, rec("Ensemble", "propose", ""), SIDE, NULL, NULL);
	m = merge(other, both);
	assert_int_equal(m.n, 0);
	assert_text(R, m.tree, REC, rec("Ensemble", "propose", ""));
	assert_false(has_path(R, m.tree, SIDE));
	/* a third proposal for an open difference joins it */
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", "brouillon", ""), NULL);
	struct oid third = commit_files(R, o, "trois", REC, rec("Ensemble trois", "brouillon", ""), NULL);
	m = merge(c, third);
	free(side);
	side = text_at(R, m.tree, SIDE);
	assert_non_null(strstr(side, "\"Ensemble un\""));
	assert_non_null(strstr(side, "\"Ensemble deux\""));
	assert_non_null(strstr(side, "\"Ensemble trois\""));
	assert_text(R, m.tree, REC, rec("Ensemble", "brouillon", ""));
	free(side);
}

/* Rename detection would move the edit of the one record into the other. */
static void test_no_false_rename(void **state)
{
	(void)state;
#define ID2 "ens-ara-m7w2h9td"
#define REC2 "enseignements/m7/" ID2 ".yaml"
	const char *twin = arena_printf(&A, "%s", rec("Ensemble", "brouillon", "contexte: |-\n  Le même long texte.\n"));
	char *other = arena_dup(&A, twin);
	memcpy(strstr(other, ID), ID2, strlen(ID2));
	struct oid o = commit_files(R, root_of(R), "o", REC, twin, NULL);
	struct oid x = commit_files(R, o, "x", REC, NULL, REC2, other, NULL); /* looks like a rename */
	struct oid y = commit_files(R, o, "y", "notes.txt", "n", REC, rec("Ensemble !", "brouillon", "contexte: |-\n  Le même long texte.\n"), NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, REC2, other);
	assert_text(R, m.tree, REC, rec("Ensemble !", "brouillon", "contexte: |-\n  Le même long texte.\n"));
	char *side = text_at(R, m.tree, SIDE);
	assert_non_null(strstr(side, "@record"));
	assert_non_null(strstr(side, "absent: true"));
	assert_non_null(strstr(side, "present: true"));
	free(side);
}

/* Deleted here after an edit, edited there: that last edit is not lost either. */
static void test_deleted_after_edit(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", "brouillon", "sens: echec\n"), NULL);
	struct oid edited = commit_files(R, o, "x", REC, rec("Ensemble", "brouillon", "sens: reussite\n"), NULL);
	struct oid x = commit_files(R, edited, "x2", REC, NULL, NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble !", "brouillon", "sens: echec\n"), NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble !", "brouillon", "sens: reussite\n"));
	assert_int_equal(m.at[0].diffs->n, 1);
	assert_string_equal(m.at[0].diffs->at[0].champ, "@record");
	char *side = text_at(R, m.tree, SIDE);
	assert_non_null(strstr(side, x.hex)); /* who deleted it */
	free(side);
	/* deleted here, untouched there: gone */
	struct oid z = commit_files(R, o, "z", "notes.txt", "n", NULL);
	m = merge(x, z);
	assert_false(has_path(R, m.tree, REC));
	assert_false(has_path(R, m.tree, SIDE));
}

/* Both sides brought back what the base had deleted: its last content is the base, so one-sided edits combine. */
static void test_resurrected(void **state)
{
	(void)state;
	struct oid first = commit_files(R, root_of(R), "1", REC, rec("Ensemble", "brouillon", ""), NULL);
	struct oid o = commit_files(R, first, "supprimé", REC, NULL, NULL);
	struct oid x = commit_files(R, o, "x", REC, rec("Ensemble !", "brouillon", ""), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble", "propose", ""), NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble !", "propose", ""));
	assert_false(has_path(R, m.tree, SIDE));
}

static void test_not_acceptable(void **state)
{
	(void)state;
	const char *broken = "titre: [\n", *worse = "id: {\n";
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", "brouillon", ""), NULL);
	struct oid x = commit_files(R, o, "x", REC, broken, NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble !", "brouillon", ""), NULL);
	struct oid z = commit_files(R, o, "z", REC, worse, NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, REC, rec("Ensemble !", "brouillon", ""));
	const char *blob = git_says(R, "rev-parse %s:%s", x.hex, REC);
	const char *variant = arena_printf(&A, REC ".variante-%.8s", blob);
	assert_text(R, m.tree, variant, broken);
	assert_int_equal(m.variants, 1);
	m = merge(x, z);
	assert_int_equal(m.variants, 1);
	assert_int_equal(atoi(git_says(R, "ls-tree -r %s | wc -l", m.tree.hex)), 2);
	/* a record under somebody else's path is no acceptable version of it */
	char *foreign = arena_dup(&A, rec("Ensemble !", "brouillon", ""));
	memcpy(strstr(foreign, ID), ID2, strlen(ID2));
	struct oid f = commit_files(R, o, "f", REC, foreign, NULL);
	m = merge(f, y);
	assert_text(R, m.tree, REC, rec("Ensemble !", "brouillon", ""));
	assert_int_equal(m.variants, 1);
	assert_fsck(R);
}

static void test_broken_sidecar(void **state)
{
	(void)state;
	struct oid x, y, c = conflict(&x, &y);
	struct oid a = commit_files(R, c, "a", SIDE, "n'importe quoi", NULL);
	struct oid b = commit_files(R, c, "b", REC, rec("Ensemble", "propose", ""), NULL);
	struct tree_merge m = merge(a, b);
	assert_text(R, m.tree, REC, rec("Ensemble", "propose", ""));
	char *side = text_at(R, m.tree, SIDE);
	assert_non_null(strstr(side, "\"Ensemble un\"")); /* the difference is still there */
	free(side);
	assert_int_equal(m.variants, 1);
}

static void test_other_files(void **state)
{
	(void)state;
	const char *text = "un\ndeux\ntrois\nquatre\ncinq\nsix\nsept\n";
	struct oid o = commit_files(R, root_of(R), "o", "pieces/n.txt", text, "pieces/i.png", "o", "pieces/gone", "g\n", NULL);
	struct oid x = commit_files(R, o, "x", "pieces/n.txt", "UN\ndeux\ntrois\nquatre\ncinq\nsix\nsept\n", "pieces/i.png", "x",
				    "pieces/gone", NULL, "pieces/both", "le même", NULL);
	struct oid y = commit_files(R, o, "y", "pieces/n.txt", "un\ndeux\ntrois\nquatre\ncinq\nsix\nSEPT\n", "pieces/i.png", "y",
				    "pieces/gone", "edited\n", "pieces/both", "le même", NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, "pieces/n.txt", "UN\ndeux\ntrois\nquatre\ncinq\nsix\nSEPT\n");
	assert_text(R, m.tree, "pieces/gone", "edited\n");
	assert_text(R, m.tree, "pieces/both", "le même");
	assert_int_equal(m.variants, 1);
	/* "x" is the smaller of the two oids: 587be6b... against 975fbec... for "x" and "y" */
	assert_text(R, m.tree, "pieces/i.png", "x");
	assert_text(R, m.tree, "pieces/i.png.variante-e25f1814", "y");
	assert_fsck(R);
}

/* A name that one side made a folder and the other edited as a file. */
static void test_file_and_folder(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", "pieces/a", "file\n", "pieces/d/f", "f\n", "z", "z", NULL);
	struct oid x = commit_files(R, o, "x", "pieces/a", NULL, "pieces/a/b", "in a folder\n", NULL);
	struct oid y = commit_files(R, o, "y", "pieces/a", "edited\n", NULL);
	struct oid unchanged = commit_files(R, o, "z", "z", "zz", NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, "pieces/a/b", "in a folder\n");
	assert_int_equal(m.variants, 1);
	assert_non_null(strstr(names(m.tree), "pieces/a.variante-"));
	m = merge(x, unchanged);
	assert_string_equal(names(m.tree), "pieces/a/b\npieces/d/f\nz");
	/* the other way about: a folder became a file */
	x = commit_files(R, o, "x", "pieces/d/f", NULL, "pieces/d", "file now\n", NULL);
	m = merge(x, unchanged);
	assert_string_equal(names(m.tree), "pieces/a\npieces/d\nz");
	assert_text(R, m.tree, "pieces/d", "file now\n");
	y = commit_files(R, o, "y", "pieces/d/f", "edited\n", NULL);
	m = merge(x, y);
	assert_text(R, m.tree, "pieces/d/f", "edited\n");
	assert_non_null(strstr(names(m.tree), "pieces/d.variante-"));
	assert_fsck(R);
}

/* Windows and USB sticks would let one overwrite the other, and the hub refuses the two: the second in order steps aside. */
static void test_case(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", "pieces/z", "z", "pieces/Old", "1", "pieces/old", "2", NULL);
	struct oid x = commit_files(R, o, "x", "pieces/Photo.jpg", "x", "pieces/Été", "x", "PIECES/a", "x", "pieces/one", "1", NULL);
	struct oid y = commit_files(R, o, "y", "pieces/photo.jpg", "y", "pieces/été", "y", "pieces/a", "y", "pieces/two", "2", NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, "pieces/Photo.jpg", "x");
	assert_text(R, m.tree, "pieces/photo.jpg.variante-e25f1814", "y");
	assert_false(has_path(R, m.tree, "pieces/photo.jpg"));
	assert_text(R, m.tree, "pieces/Été", "x");
	assert_text(R, m.tree, "pieces/été.variante-e25f1814", "y");
	assert_text(R, m.tree, "PIECES/a", "x"); /* another folder is another name */
	assert_text(R, m.tree, "pieces/a", "y");
	assert_text(R, m.tree, "pieces/Old", "1"); /* were there before */
	assert_text(R, m.tree, "pieces/old", "2");
	assert_int_equal(m.variants, 2);
	assert_fsck(R);
}

/* The shipped schemas as changes below schema/. *v1: the text of the lessons' schema. */
static size_t shipped(struct file_change *f, size_t max, const char **v1)
{
	struct fs_names files;
	size_t n = 0;
	ok(fs_list(&files, store_schema_dir(), &E));
	for (size_t i = 0; i < files.n && n < max; i++) {
		struct buf b = BUF_INIT;
		if (!strstr(files.at[i], ".schema.yaml"))
			continue;
		ok(fs_read(&b, arena_printf(&A, "%s/%s", store_schema_dir(), files.at[i]), 1 << 20, &E));
		const char *text = arena_dup(&A, buf_str(&b));
		f[n++] = (struct file_change){ arena_printf(&A, "schema/%s", files.at[i]), text, b.n };
		if (!strcmp(files.at[i], "enseignement.schema.yaml"))
			*v1 = text;
		buf_free(&b);
	}
	fs_names_free(&files);
	return n;
}

/* The higher version wins whichever side it is on, and even against an older edit; records are read under it. */
static void test_schema(void **state)
{
	(void)state;
	const struct oid none = { "" };
	const struct schemas *set;
	struct file_change f[64];
	const char *v1 = NULL;
	ok(repo_schemas(&set, R, &none, &E));
	assert_non_null(schemas_kind(set, "enseignement"));
	size_t n = shipped(f, 63, &v1);
	assert_non_null(v1);
	const char *at = strstr(v1, "\nx-version: 1\n");
	assert_non_null(at);
	const char *v2 = arena_printf(&A, "%.*s\nx-version: 2\n%s", (int)(at - v1), v1, at + 14);
	const char *v1b = arena_printf(&A, "%s# a comment\n", v1);
#define S "schema/enseignement.schema.yaml"
	const char *first = rec("Ensemble", "brouillon", "");
	f[n++] = (struct file_change){ REC, first, strlen(first) };
	struct oid root = root_of(R), o;
	ok(repo_commit(&o, R, &root, f, n, "o", &E));
	const struct schemas *here, *again;
	ok(repo_schemas(&here, R, &o, &E));
	assert_ptr_not_equal(here, set);
	struct oid x = commit_files(R, o, "x", S, v2, REC, rec("Ensemble un", "brouillon", ""), NULL);
	struct oid y = commit_files(R, o, "y", S, v1b, REC, rec("Ensemble", "propose", ""), NULL);
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, S, v2);
	assert_text(R, m.tree, REC, rec("Ensemble un", "propose", ""));
	ok(repo_schemas(&again, R, &o, &E));
	assert_ptr_equal(here, again); /* loaded once, kept until the end */
	/* one side alone takes the version down: it does not go down */
	struct oid down = commit_files(R, x, "down", S, v1, NULL), z = commit_files(R, x, "z", "notes.txt", "n", NULL);
	m = merge(down, z);
	assert_text(R, m.tree, S, v2);
	/* a schema that does not load stops nobody */
	struct oid bad = commit_files(R, x, "bad", S, "x-version: 3\nx-kind: [\n", REC, rec("Ensemble un !", "brouillon", ""), NULL);
	struct oid good = commit_files(R, x, "good", REC, rec("Ensemble un", "propose", ""), NULL);
	m = merge(bad, good);
	assert_text(R, m.tree, REC, rec("Ensemble un !", "propose", ""));
	bad = commit_files(R, x, "bad", S, "x-version: 3\ntype: 7\n", REC, rec("Ensemble un !", "brouillon", ""), NULL);
	refused(ERR_SCHEMA, repo_schemas(&set, R, &bad, &E));
	m = merge(bad, good);
	assert_text(R, m.tree, REC, rec("Ensemble un !", "propose", ""));
}

static void test_aggregate(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", "aggregat/a.csv", "1", "aggregat/b.csv", "1", NULL);
	struct oid x = commit_files(R, o, "x", "aggregat/a.csv", "2", NULL);
	struct oid y = commit_files(R, o, "y", "aggregat/b.csv", "3", NULL);
	struct tree_merge m = merge(x, y); /* never a mixture of two runs */
	char *a = text_at(R, m.tree, "aggregat/a.csv"), *b = text_at(R, m.tree, "aggregat/b.csv");
	assert_true((!strcmp(a, "2") && !strcmp(b, "1")) || (!strcmp(a, "1") && !strcmp(b, "3")));
	assert_int_equal(m.variants, 0);
	free(a);
	free(b);
}

/* Two sites merged each other's work differently: two merge bases. What was settled stays settled. */
static void test_criss_cross(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", REC, rec("Ensemble", "brouillon", "sens: echec\n"), NULL);
	struct oid x = commit_files(R, o, "x", REC, rec("Ensemble un", "brouillon", "sens: echec\n"), NULL);
	struct oid y = commit_files(R, o, "y", REC, rec("Ensemble deux", "brouillon", "sens: echec\n"), NULL), c, d;
	ok(merge_commit(&c, NULL, &A, R, &x, &y, &E));
	/* two different commits on top of both x and y: by hand, with different settlements of other fields */
	struct oid p = commit_files(R, c, "p", REC, rec("Ensemble", "brouillon", "sens: reussite\n"), NULL);
	char command[2000];
	snprintf(command, sizeof command, "%s", git_says(R, "commit-tree -p %s -p %s -m main %s^{tree}", y.hex, x.hex, c.hex));
	snprintf(d.hex, sizeof d.hex, "%.40s", command);
	struct oid q = commit_files(R, d, "q", REC, rec("Ensemble", "propose", "sens: echec\n"), NULL);
	assert_string_not_equal(git_says(R, "merge-base --all %s %s", p.hex, q.hex), "");
	assert_int_equal(atoi(git_says(R, "merge-base --all %s %s | wc -l", p.hex, q.hex)), 2);
	struct tree_merge m = merge(p, q);
	assert_text(R, m.tree, REC, rec("Ensemble", "propose", "sens: reussite\n"));
	char *side = text_at(R, m.tree, SIDE), *before = text_at(R, c, SIDE);
	assert_string_equal(side, before); /* the open difference is the same one, not a new one */
	assert_int_equal(m.differences, 0);
	free(side);
	free(before);
	/* settled on one side of the criss-cross */
	struct oid s = commit_files(R, p, "s", REC, rec("Ensemble quatre", "brouillon", "sens: reussite\n"), NULL);
	m = merge(s, q);
	assert_text(R, m.tree, REC, rec("Ensemble quatre", "propose", "sens: reussite\n"));
	assert_fsck(R);
}

/* A ladder of criss-crosses: folds are remembered, so its length is no matter. */
static void test_ladder(void **state)
{
	(void)state;
	struct oid x = commit_files(R, root_of(R), "x0", "a", "0", NULL), y = commit_files(R, root_of(R), "y0", "b", "0", NULL);
	for (int i = 1; i <= 12; i++) {
		char n[16], out[2][64];
		snprintf(n, sizeof n, "%d", i);
		snprintf(out[0], sizeof out[0], "%s", git_says(R, "commit-tree -p %s -p %s -m x%d %s^{tree}", x.hex, y.hex, i, x.hex));
		snprintf(out[1], sizeof out[1], "%s", git_says(R, "commit-tree -p %s -p %s -m y%d %s^{tree}", y.hex, x.hex, i, y.hex));
		memcpy(x.hex, out[0], sizeof x.hex);
		memcpy(y.hex, out[1], sizeof y.hex);
		x = commit_files(R, x, "x", "a", n, NULL);
		y = commit_files(R, y, "y", "b", n, NULL);
	}
	int64_t begun = clock_mono_ms();
	struct tree_merge m = merge(x, y);
	assert_text(R, m.tree, "a", "12");
	assert_text(R, m.tree, "b", "12");
	assert_true(clock_mono_ms() - begun < 5000);
}

/* Over the budget, or stopped, a merge fails and has written nothing; made again without, it is the merge that it always was. */
static void test_budget(void **state)
{
	(void)state;
	struct oid x, y, commit = { "untouched" };
	struct oid usual = conflict(&x, &y), x2 = commit_files(R, x, "x2", "notes.txt", "budget", NULL);
	struct tree_merge m;
	struct cancel *stop;
	ok(cancel_new(&stop, &E));
	cancel_trigger(stop);
	const struct merge_budget memory = { .bytes = 1 }, stopped = { .cancel = stop };
	refused(ERR_LIMIT, tree_merge(&m, &A, R, &x2, &y, &memory, &E));
	refused(ERR_CANCELLED, tree_merge(&m, &A, R, &x2, &y, &stopped, &E));
	refused(ERR_LIMIT, merge_commit_within(&commit, NULL, &A, R, &x2, &y, &memory, &E));
	assert_string_equal(commit.hex, "untouched");
	char *before = arena_dup(&A, git_says(R, "count-objects -v"));
	refused(ERR_CANCELLED, merge_commit_within(&commit, NULL, &A, R, &x2, &y, &stopped, &E));
	assert_string_equal(git_says(R, "count-objects -v"), before);
	cancel_reset(stop);
	ok(merge_commit_within(&commit, NULL, &A, R, &x, &y, &stopped, &E));
	assert_string_equal(commit.hex, usual.hex);
	cancel_free(stop);
	struct oid bad = { "xyz" };
	refused(ERR_DATA, tree_merge(&m, &A, R, &bad, &y, NULL, &E));
}

static void test_newer_algorithm(void **state)
{
	(void)state;
	struct oid o = commit_files(R, root_of(R), "o", "collectif.yaml", "schema: collectif/1\nid: col-ara\nfusion: 1\n", NULL);
	struct oid x = commit_files(R, o, "x", "collectif.yaml", "schema: collectif/1\nid: col-ara\nfusion: 99\n", NULL);
	struct oid y = commit_files(R, o, "y", "a", "1", NULL);
	struct tree_merge m;
	refused(ERR_UNSUPPORTED, tree_merge(&m, &A, R, &x, &y, NULL, &E));
	/* collectif.yaml is a record like others */
	struct oid u = commit_files(R, o, "u", "collectif.yaml", "schema: collectif/1\nid: col-ara\ntitre: A\nfusion: 1\n", NULL);
	struct oid v = commit_files(R, o, "v", "collectif.yaml", "schema: collectif/1\nid: col-ara\nfusion: 1\netat: partage\n", NULL);
	m = merge(u, v);
	char *text = text_at(R, m.tree, "collectif.yaml");
	assert_non_null(strstr(text, "titre: A\n"));
	assert_non_null(strstr(text, "etat: partage\n"));
	assert_int_equal(m.n, 1);
	free(text);
}

/* Commits of other programs may hold names that are no UTF-8 and dates that are none: the merge does not mind. */
static void test_strange_authors(void **state)
{
	(void)state;
	struct oid x, y, c = { "" };
	conflict(&x, &y);
	static const char *const authors[] = { "H\xe9l\xe8ne \x01\xc2\x85 \xef\xbb\xbf <h@x> 1538956800 +0200", "Zo\xc3\xab <z@x> 9223372036854775807 +1400" };
	for (size_t i = 0; i < 2; i++) {
		char *file = arena_printf(&A, "%s/strange", getenv("TMP") ? getenv("TMP") : "/tmp");
		const char *text = arena_printf(&A, "tree %s\nparent %s\nauthor %s\ncommitter t <t@x> 1538956800 +0000\n\nm\n",
						arena_dup(&A, git_says(R, "rev-parse %s^{tree}", y.hex)),
						arena_dup(&A, git_says(R, "rev-parse %s^", y.hex)), authors[i]);
		ok(fs_write(file, text, strlen(text), &E));
		snprintf(c.hex, sizeof c.hex, "%.40s", git_says(R, "hash-object -t commit -w --literally '%s'", file));
		struct tree_merge m = merge(x, c);
		char *side = text_at(R, m.tree, SIDE);
		if (!strstr(side, i ? "par: \"Zoë\"" : "par: \"H?l?ne"))
			fail_msg("%s", side);
		assert_non_null(strstr(side, i ? "date: \"9999-12-31\"" : "date: \"2018-10-08\""));
		free(side);
	}
}

/* --- random trees against a dumb reference ------------------------------------------------------------------------- */

static uint64_t seed;
static unsigned rnd(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static const char *const pool[] = { "a/b", "a/c", "a.b", "a-b", "b/x/1", "b/x/2", "b/y", "c", "d/e/f/g", "d/e/h", "conflits/zz", "z" };
#define POOL (sizeof pool / sizeof *pool)

static struct oid random_commit(struct oid parent, const char **now, const char *tag)
{
	struct file_change f[POOL];
	size_t n = 0;
	for (size_t i = 0; i < POOL; i++) {
		if (rnd(3))
			continue;
		/* binary, so that both versions are kept when both sides changed it */
		const char *text = rnd(4) ? arena_printf(&A, "%s%u", tag, rnd(2)) : NULL;
		if (!text && !now[i])
			continue;
		char *bytes = NULL;
		if (text) {
			bytes = arena_printf(&A, "%s#", text);
			bytes[strlen(bytes) - 1] = 0;
		}
		now[i] = text;
		f[n++] = (struct file_change){ pool[i], bytes, text ? strlen(text) + 1 : 0 };
	}
	struct oid out;
	ok(repo_commit(&out, R, &parent, f, n, tag, &E));
	return out;
}

static bool same(const char *s, const char *t)
{
	return s == t || (s && t && !strcmp(s, t));
}

static void test_random(void **state)
{
	(void)state;
	const char *given = getenv("SEED");
	uint64_t first = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	print_message("# SEED=%llu\n", (unsigned long long)first);
	for (uint64_t round = 0; round < (given ? 1 : 60); round++) {
		seed = first + round;
		const char *o[POOL] = { 0 }, *x[POOL], *y[POOL];
		struct oid oc = random_commit(root_of(R), o, "t");
		memcpy(x, o, sizeof o);
		memcpy(y, o, sizeof o);
		struct oid xc = random_commit(oc, x, rnd(2) ? "t" : "x"), yc = random_commit(oc, y, rnd(2) ? "t" : "y");
		struct tree_merge m = merge(xc, yc);
		size_t variants = 0;
		for (size_t i = 0; i < POOL; i++) {
			char *got = has_path(R, m.tree, pool[i]) ? text_at(R, m.tree, pool[i]) : NULL;
			bool right;
			if (same(x[i], y[i]) || same(o[i], y[i]))
				right = same(got, x[i]);
			else if (same(o[i], x[i]))
				right = same(got, y[i]);
			else if (!x[i] || !y[i])
				right = same(got, x[i] ? x[i] : y[i]);
			else
				right = variants++ < POOL && (same(got, x[i]) || same(got, y[i]));
			if (!right)
				fail_msg("SEED=%llu: %s: o=%s x=%s y=%s got %s", (unsigned long long)(first + round), pool[i],
					 o[i] ? o[i] : "-", x[i] ? x[i] : "-", y[i] ? y[i] : "-", got ? got : "-");
			free(got);
		}
		assert_int_equal(m.variants, variants);
	}
	assert_fsck(R);
}

/* --- ten changes a side among ten thousand records ------------------------------------------------------------------- */

#define MANY 10000

static const char *many_id(unsigned i)
{
	static const char alphabet[] = "23456789abcdefghjkmnpqrstuvwxyz";
	char tail[9] = { 0 };
	uint64_t h = (i + 1) * 0x9E3779B97F4A7C15u;
	for (int k = 0; k < 8; k++, h /= 31)
		tail[k] = alphabet[h % 31];
	return arena_printf(&A, "ens-ara-%s", tail);
}

static struct file_change many_change(unsigned i, const char *titre, const char *etat)
{
	const char *id = many_id(i);
	char *text = arena_printf(&A, "schema: enseignement/1\nid: %s\ncollectif: ara\ntitre: \"%s %u\"\netat: %s\ncontexte: |-\n"
				      "  %0700d\n", id, titre, i, etat, (int)i);
	return (struct file_change){ arena_printf(&A, "enseignements/%.2s/%s.yaml", id + 8, id), text, strlen(text) };
}

static void test_cost(void **state)
{
	(void)state;
	struct repo *r = new_repo("cost");
	struct file_change *f = arena_array(&A, MANY, sizeof *f);
	struct oid root = root_of(r), o, x, y;
	for (unsigned i = 0; i < MANY; i++)
		f[i] = many_change(i, "Titre", "brouillon");
	int64_t t = clock_mono_ms();
	ok(repo_commit(&o, r, &root, f, MANY, "o", &E));
	print_message("# commit of %d records: %lld ms\n", MANY, (long long)(clock_mono_ms() - t));
	for (unsigned i = 0; i < 10; i++)
		f[i] = many_change(i * 7, "Autre titre", "brouillon");
	ok(repo_commit(&x, r, &o, f, 10, "x", &E));
	for (unsigned i = 0; i < 10; i++)
		f[i] = many_change(i < 5 ? i * 7 : 5000 + i, "Titre", "propose");
	t = clock_mono_ms();
	ok(repo_commit(&y, r, &o, f, 10, "y", &E));
	print_message("# commit of 10 records among them: %lld ms\n", (long long)(clock_mono_ms() - t));
	repo_close(r);

	ok(repo_open(&r, tmp_path("cost"), &E)); /* cold caches, as for a command */
	struct tree_merge m;
	t = clock_mono_ms();
	ok(tree_merge(&m, &A, r, &x, &y, NULL, &E));
	int64_t ours = clock_mono_ms() - t;
	t = clock_mono_ms();
	ok(tree_merge(&m, &A, r, &x, &y, NULL, &E));
	print_message("# the same again in the same process: %lld ms\n", (long long)(clock_mono_ms() - t));
	assert_int_equal(m.n, 5);
	t = clock_mono_ms();
	git_says(r, "merge-tree --write-tree %s %s >/dev/null; true", x.hex, y.hex);
	print_message("# merging 10 changes a side: %lld ms, git merge-tree %lld ms\n", (long long)ours, (long long)(clock_mono_ms() - t));
	assert_true(ours < 1000);

	struct file_change one = many_change(77, "Un seul", "brouillon");
	struct oid c = o;
	t = clock_mono_ms();
	for (int i = 0; i < 20; i++)
		ok(repo_commit(&c, r, &o, &one, 1, "un", &E));
	print_message("# one-record commit: %.1f ms\n", (double)(clock_mono_ms() - t) / 20);
	assert_fsck(r);
	repo_close(r);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_taken),	       T(test_same_record),   T(test_difference),   T(test_unit),	    T(test_no_false_rename),
		T(test_deleted_after_edit), T(test_resurrected), T(test_not_acceptable), T(test_broken_sidecar), T(test_other_files),
		T(test_file_and_folder), T(test_case),	 T(test_schema),      T(test_aggregate),    T(test_criss_cross),    T(test_ladder),
		T(test_budget),	       T(test_newer_algorithm), T(test_strange_authors), T(test_random),	    T(test_cost),
	};
	return cmocka_run_group_tests_name("store/treemerge", tests, setup, teardown);
}
