/* What the hub lets in, and the words it refuses with. */
#include "wtkit.h"

#include "store/hub.h"
#include "store/treemerge.h"

#define RECORD1 P1, lesson(ID1, "Un", "")
#define END (char *)NULL

static struct faults F;
static struct arena A;

static struct repo *hub_of(const char *name)
{
	struct repo *r;
	ok(repo_create_bare(&r, tmp_path(name), "ara", &E));
	ok(repo_config_set(r, "user.name", "act-ara-2w3x4y5z", &E));
	return r;
}

/* Errors that a push of main from..to gives. */
static size_t check(struct repo *r, struct oid from, struct oid to)
{
	struct push_update u = { "refs/heads/main", from, to };
	F = (struct faults){ 0 };
	ok(hub_check(&F, &A, r, &u, 1, &E));
	return F.errors;
}

static void accepted(struct repo *r, struct oid from, struct oid to)
{
	if (check(r, from, to))
		fail_msg("%s:%d: %s", F.at[0].path, F.at[0].line, F.at[0].msg);
}

static void denied(struct repo *r, struct oid from, struct oid to, const char *path, const char *code)
{
	check(r, from, to);
	for (size_t i = 0; i < F.n; i++) {
		if (!F.at[i].warning && !strcmp(F.at[i].path, path) && !strcmp(F.at[i].code, code)) {
			assert_true(F.at[i].msg[0]);
			return;
		}
	}
	fail_msg("no %s at %s; first of %zu: %s %s %s", code, path, F.n, F.n ? F.at[0].path : "",
		 F.n ? F.at[0].code : "", F.n ? F.at[0].msg : "");
}

static int begin(void **state)
{
	(void)state;
	return arena_begin(&A) ? 0 : -1;
}

static int finish(void **state)
{
	(void)state;
	arena_end(&A);
	return 0;
}

static void test_good(void **state)
{
	(void)state;
	struct repo *r = hub_of("good.git");
	struct oid root = root_of(r), none = { "" };
	struct oid a = commit_files(r, root, "a", RECORD1, ".gitignore", "prive/\n", "pieces/x/photo.txt", "x",
				    "README.md", "# x\n", END);
	accepted(r, root, a);
	accepted(r, none, a); /* a repository that has no main yet */
	accepted(r, a, commit_files(r, a, "b", P1, END, END)); /* deleting a record is allowed */
	repo_close(r);
}

/* What a repository stands on does not leave it. */
static void test_pillars(void **state)
{
	(void)state;
	struct repo *r = hub_of("pillars.git");
	struct oid root = root_of(r);
	struct oid a = commit_files(r, root, "a", "collectif.yaml", "id: col-ara\n", "schema/LISEZMOI.md", "x", RECORD1, END);
	denied(r, a, commit_files(r, a, "b", "collectif.yaml", END, END), "collectif.yaml", "pillar");
	denied(r, a, commit_files(r, a, "b", "schema/LISEZMOI.md", END, END), "schema/", "pillar");
	assert_non_null(strstr(F.at[0].msg, "-- schema"));
	struct oid c = commit_files(r, root, "c", RECORD1, END); /* it never had them */
	accepted(r, root, c);
	accepted(r, c, commit_files(r, c, "d", P1, END, END));
	repo_close(r);
}

static void test_refs(void **state)
{
	(void)state;
	struct repo *r = hub_of("refs.git");
	struct oid root = root_of(r), none = { "" };
	struct oid a = commit_files(r, root, "a", RECORD1, END),
		   b = commit_files(r, root, "b", P2, lesson(ID2, "Deux", ""), END);
	denied(r, a, b, "refs/heads/main", "rewrite");
	denied(r, a, root, "refs/heads/main", "rewrite");
	denied(r, a, none, "refs/heads/main", "delete");
	struct push_update u = { "refs/heads/essai", none, a };
	F = (struct faults){ 0 };
	ok(hub_check(&F, &A, r, &u, 1, &E));
	assert_int_equal(F.errors, 1);
	assert_string_equal(F.at[0].code, "ref");
	u.ref = "refs/tags/v1";
	F = (struct faults){ 0 };
	ok(hub_check(&F, &A, r, &u, 1, &E));
	assert_int_equal(F.errors, 1);
	repo_close(r);
}

/* What is published already may come along in a merge, whichever parent is the first. */
static void test_published_is_taken(void **state)
{
	(void)state;
	struct repo *r = hub_of("pris.git");
	const char *key = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
	struct oid root = root_of(r), published, merged;
	bool first[2] = { false, false };
	for (int i = 0; !first[0] || !first[1]; i++) { /* both new each time: either oid may be the smaller one */
		char text[20];
		assert_true(i < 40);
		snprintf(text, sizeof text, "%d\n", i);
		published = commit_files(r, root, "d'avant les crochets", "pieces/cle", key, "prive/noms", text, END);
		struct oid mine = commit_files(r, root, "le mien", "pieces/a.txt", text, END);
		ok(merge_commit(&merged, NULL, &A, r, &mine, &published, &E));
		accepted(r, published, merged);
		first[strcmp(mine.hex, published.hex) < 0] = true;
	}
	denied(r, published, commit_files(r, merged, "une autre", "pieces/autre", key, END), "pieces/autre", "secret");
	denied(r, root, merged, "pieces/cle", "secret"); /* it is in a commit of this push */
	repo_close(r);
}

static void test_records(void **state)
{
	(void)state;
	struct repo *r = hub_of("records.git");
	struct oid root = root_of(r), a = commit_files(r, root, "a", RECORD1, END);
	denied(r, a, commit_files(r, a, "yaml", P1, "titre: [\n", END), P1, "yaml");
	assert_true(F.at[0].line > 0);
	denied(r, a, commit_files(r, a, "path", "enseignements/zz/" ID1 ".yaml", lesson(ID1, "Un", ""), END),
	       "enseignements/zz/" ID1 ".yaml", "path");
	char other[4096];
	snprintf(other, sizeof other, "%s", lesson(ID2, "Deux", ""));
	memcpy(strstr(other, "collectif: ara") + 11, "bfc", 3);
	denied(r, a, commit_files(r, a, "owner", P2, other, END), P2, "owner");
	snprintf(other, sizeof other, "%s", lesson(ID2, "Deux", ""));
	memcpy(strstr(other, "visibilite: collectif") + 12, "prive    ", 9);
	denied(r, a, commit_files(r, a, "private", P2, other, END), P2, "private");
	denied(r, a, commit_files(r, a, "kind", "enseignements/k5/notes.txt", "x", END), "enseignements/k5/notes.txt",
	       "layout");
	const char *path = "avis/4g/avi-ara-4g8sw2yc.yaml";
	snprintf(other, sizeof other,
		 "schema: avis/1\nid: avi-ara-4g8sw2yc\ncollectif: ara\nlangue: fr\ntitre: \"Relu\"\netat: "
		 "brouillon\nvisibilite: collectif\n"
		 "cree_le: \"2019-07-02\"\ncree_par: act-ara-2w3x4y5z\ncible: " ID1 "\ncible_empreinte: \"sha256:"
		 "37e60d7cc4a0a5275d51fcdd68c137e5fbc423904b8c6a1d69bd1fb4b937268f\"\nnature: validation\nportee: "
		 "collectif\n"
		 "par: act-ara-2w3x4y5z\ndate: \"2019-07-02\"\n");
	struct oid given = commit_files(r, a, "avis", path, other, END);
	accepted(r, a, given);
	memcpy(strstr(other, "\ndate: \"2019") + 8, "2018", 4);
	denied(r, given, commit_files(r, given, "immutable", path, other, END), path, "immutable");
	assert_int_equal(F.at[0].line, 15);
	/* what was broken before the push is nobody's fault now, and a repair on top suffices */
	struct oid broken = commit_files(r, a, "broken", P1, "titre: [\n", END);
	accepted(r, broken, commit_files(r, broken, "other", P2, lesson(ID2, "Deux", ""), END));
	accepted(r, a, commit_files(r, broken, "repair", P1, lesson(ID1, "Réparé", ""), END));
	repo_close(r);
}

static void test_places(void **state)
{
	(void)state;
	struct repo *r = hub_of("places.git");
	struct oid root = root_of(r), a = commit_files(r, root, "a", RECORD1, END);
	static const struct {
		const char *path, *code;
	} cases[] = { { "prive/identites.yaml", "private" },
		      { ".maillage/x", "private" },
		      { "notes.txt", "layout" },
		      { "aggregat/x.csv", "layout" },
		      { "collectifs.yaml", "layout" },
		      { "cycles/20/cyc-nat-2018.yaml", "schema" },
		      { "conflits/k5/" ID1 ".yaml", "sidecar" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		denied(r, a, commit_files(r, a, "x", cases[i].path, "x: y\n", END), cases[i].path, cases[i].code);
	/* a later commit that removes it is not enough: it stays in history */
	struct oid b = commit_files(r, a, "b", "prive/x", "x\n", END), c = commit_files(r, b, "c", "prive/x", END, END);
	denied(r, a, c, "prive/x", "private");
	assert_non_null(strstr(F.at[0].msg, "commit "));
	repo_close(r);
}

static void test_secrets_and_size(void **state)
{
	(void)state;
	struct repo *r = hub_of("secrets.git");
	struct oid root = root_of(r), a = commit_files(r, root, "a", RECORD1, END);
	struct oid b = commit_files(r, a, "b", "pieces/cle",
				    "x\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n", END);
	denied(r, a, b, "pieces/cle", "secret");
	assert_int_equal(F.at[0].line, 2);
	denied(r, a, commit_files(r, b, "c", "pieces/cle", END, END), "pieces/cle", "secret");
	size_t n = (5u << 20) + 1;
	char *big = malloc(n + 1);
	assert_non_null(big);
	memset(big, 'x', n);
	big[n] = 0;
	denied(r, a, commit_files(r, a, "b", "pieces/film", big, END), "pieces/film", "size");
	free(big);
	repo_close(r);
}

/* Modes that our own program never writes: made with plain git. */
static struct oid with_mode(struct repo *r, struct oid parent, const char *mode, const char *oid, const char *path)
{
	char tree[64], index[1024];
	struct oid out;
	snprintf(index, sizeof index, "%sidx", repo_gitdir(r));
	setenv("GIT_INDEX_FILE", index, 1);
	git_says(r, "read-tree %s", parent.hex);
	git_says(r, "update-index --add --cacheinfo %s,%s,%s", mode, oid, path);
	snprintf(tree, sizeof tree, "%s", git_says(r, "write-tree"));
	unsetenv("GIT_INDEX_FILE");
	snprintf(out.hex, sizeof out.hex, "%s", git_says(r, "commit-tree -p %s -m x %s", parent.hex, tree));
	return out;
}

static void test_modes(void **state)
{
	(void)state;
	struct repo *r = hub_of("modes.git");
	struct oid root = root_of(r), a = commit_files(r, root, "a", RECORD1, "pieces/x", "x", END), blob;
	ok(wt_blob_at(&blob, r, &a, "pieces/x", &E));
	denied(r, a, with_mode(r, a, "120000", blob.hex, "pieces/lien"), "pieces/lien", "mode");
	denied(r, a, with_mode(r, a, "160000", a.hex, "pieces/sous"), "pieces/sous", "mode");
	denied(r, a, with_mode(r, a, "100755", blob.hex, "pieces/x"), "pieces/x", "mode");
	/* in the place of a folder */
	struct oid none = commit_files(r, a, "vide", P1, END, END);
	denied(r, a, with_mode(r, none, "120000", blob.hex, "enseignements"), "enseignements", "mode");
	repo_close(r);
}

/* A tree object of any bytes: "mode name" and an oid for each of n entries, in the order given; and a commit of it on parent. */
static struct oid raw_tree(struct repo *r, const char *const (*entries)[2], size_t n)
{
	struct buf b = BUF_INIT;
	char path[1024];
	struct oid out;
	for (size_t i = 0; i < n; i++) {
		unsigned char raw[20];
		for (int k = 0; k < 20; k++) {
			unsigned byte;
			assert_int_equal(sscanf(entries[i][1] + 2 * k, "%2x", &byte), 1);
			raw[k] = (unsigned char)byte;
		}
		buf_puts(&b, entries[i][0]);
		buf_putc(&b, 0);
		buf_put(&b, raw, sizeof raw);
	}
	snprintf(path, sizeof path, "%sraw", repo_gitdir(r));
	ok(fs_write(path, b.at, b.n, &E));
	snprintf(out.hex, sizeof out.hex, "%s", git_says(r, "hash-object --literally -t tree -w '%s'", path));
	buf_free(&b);
	return out;
}

static struct oid commit_of(struct repo *r, struct oid parent, struct oid tree)
{
	struct oid out;
	snprintf(out.hex, sizeof out.hex, "%s", git_says(r, "commit-tree -p %s -m x %s", parent.hex, tree.hex));
	return out;
}

/* Folders that git does not write. */
static void test_evil_folders(void **state)
{
	(void)state;
	struct repo *r = hub_of("folders.git");
	struct oid root = root_of(r), a = commit_files(r, root, "a", "pieces/x", "x", END), blob;
	ok(wt_blob_at(&blob, r, &a, "pieces/x", &E));
	static const struct {
		const char *one, *two, *path;
	} evil[] = {
		{ "100644 .git", NULL, "pieces/.git" },		{ "100644 .GIT", NULL, "pieces/.GIT" },
		{ "100644 git~1", NULL, "pieces/git~1" },	{ "100644 ..", NULL, "pieces/.." },
		{ "100644 .", NULL, "pieces/." },		{ "100644 a\\b", NULL, "pieces/a\\b" },
		{ "100644 a\tb", NULL, "pieces/a\tb" },	{ "100644 a", "100644 a", "pieces" },
		{ "100644 b", "100644 a", "pieces" },		{ "100666 a", NULL, "pieces/a" },
		{ "0100644 a", NULL, "pieces/a" },		{ "100644 a/b", NULL, "pieces" },
		{ "100644 ", NULL, "pieces" },			{ "1006x4 a", NULL, "pieces" },
	};
	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		const char *in[][2] = { { evil[i].one, blob.hex }, { evil[i].two, blob.hex } };
		struct oid inner = raw_tree(r, in, evil[i].two ? 2 : 1);
		const char *out[][2] = { { "40000 pieces", inner.hex } };
		struct oid c = commit_of(r, a, raw_tree(r, out, 1));
		denied(r, a, c, evil[i].path, "tree");
		denied(r, a, commit_of(r, c, raw_tree(r, out, 0)), evil[i].path, "tree"); /* even when the next commit removes it */
	}
	repo_close(r);
}

static void test_many_commits(void **state)
{
	(void)state;
	struct repo *r = hub_of("many.git");
	struct oid root = root_of(r), last;
	struct buf b = BUF_INIT;
	char path[1024];
	buf_printf(&b, "reset refs/heads/many\nfrom %s\n", root.hex);
	for (int i = 0; i < 20001; i++)
		buf_puts(&b, "commit refs/heads/many\ncommitter x <x@x.invalid> 1 +0000\ndata 1\nx\n");
	snprintf(path, sizeof path, "%sstream", repo_gitdir(r));
	ok(fs_write(path, b.at, b.n, &E));
	buf_free(&b);
	git_says(r, "fast-import --quiet <'%s'", path);
	snprintf(last.hex, sizeof last.hex, "%s", git_says(r, "rev-parse many"));
	denied(r, root, last, "refs/heads/main", "limit");
	assert_int_equal(F.errors, 1);
	snprintf(last.hex, sizeof last.hex, "%s", git_says(r, "rev-parse many~19990"));
	accepted(r, root, last);
	repo_close(r);
}

/* 10^12 files, or none at all in as many folders, in a few hundred bytes; and folders without end. */
static void test_bombs(void **state)
{
	(void)state;
	struct repo *r = hub_of("bombs.git");
	struct oid root = root_of(r), a = commit_files(r, root, "a", "pieces/x", "x", END), blob;
	ok(wt_blob_at(&blob, r, &a, "pieces/x", &E));
	for (int kind = 0; kind < 3; kind++) {
		static const char *const names[] = { "40000 a", "40000 b", "40000 c", "40000 d", "40000 e", "40000 f", "40000 g", "40000 h" };
		const char *leaf[][2] = { { "100644 a", blob.hex } };
		struct oid t = raw_tree(r, leaf, kind == 1 ? 0 : 1);
		for (int level = 0; level < (kind == 2 ? 70 : 13); level++) {
			const char *in[8][2];
			for (int i = 0; i < 8; i++)
				in[i][0] = names[i], in[i][1] = t.hex;
			t = raw_tree(r, in, kind == 2 ? 1 : 8);
		}
		const char *out[][2] = { { "40000 pieces", t.hex } };
		struct oid c = commit_of(r, a, raw_tree(r, out, 1));
		assert_true(check(r, a, c) > 0);
		assert_string_equal(F.at[0].code, "tree");
		assert_non_null(strstr(F.at[0].path, "pieces"));
	}
	repo_close(r);
}

static void test_case(void **state)
{
	(void)state;
	struct repo *r = hub_of("case.git");
	struct oid root = root_of(r), a = commit_files(r, root, "a", "pieces/plan.txt", "x", "pieces/été.txt", "x", END);
	struct oid b = commit_files(r, a, "b", "pieces/Plan.txt", "y", END);
	denied(r, a, b, "pieces/Plan.txt", "case");
	accepted(r, a, commit_files(r, b, "c", "pieces/Plan.txt", END, END)); /* renamed again: the tip counts */
	accepted(r, b, commit_files(r, b, "c", "pieces/autre.txt", "x", END)); /* there before: not this push's doing */
	denied(r, a, commit_files(r, a, "d", "pieces/Été.txt", "y", END), "pieces/Été.txt", "case");
	denied(r, a, commit_files(r, a, "e", "Pieces/x.txt", "y", END), "Pieces", "case");
	repo_close(r);
}

static void test_foreign_root(void **state)
{
	(void)state;
	struct repo *r = hub_of("root.git");
	struct oid root = root_of(r), none = { "" }, a = commit_files(r, root, "a", RECORD1, END), alone, joined;
	char where[32];
	snprintf(alone.hex, sizeof alone.hex, "%s", git_says(r, "commit-tree -m x %s^{tree}", a.hex));
	snprintf(joined.hex, sizeof joined.hex, "%s", git_says(r, "commit-tree -p %s -p %s -m x %s^{tree}", a.hex, alone.hex, a.hex));
	snprintf(where, sizeof where, "commit %.8s", alone.hex);
	denied(r, none, alone, where, "root");
	denied(r, a, joined, where, "root"); /* brought in by a merge */
	repo_close(r);
}

static void test_merges(void **state)
{
	(void)state;
	struct repo *r = hub_of("merges.git");
	struct oid root = root_of(r), a = commit_files(r, root, "a", RECORD1, END), merged;
	struct oid x = commit_files(r, a, "x", P1, lesson(ID1, "X", ""), END),
		   y = commit_files(r, a, "y", P1, lesson(ID1, "Y", ""), END);
	ok(merge_commit(&merged, NULL, &A, r, &x, &y, &E));
	accepted(r, x, merged);
	/* the same message and author, another tree */
	char path[1024], raw[65536];
	snprintf(raw, sizeof raw, "%s", git_says(r, "cat-file commit %s", merged.hex));
	struct oid other = commit_files(r, merged, "z", P1, lesson(ID1, "Forgé", ""), END);
	memcpy(strstr(raw, "tree ") + 5, git_says(r, "rev-parse %s^{tree}", other.hex), 40);
	snprintf(path, sizeof path, "%sforged", repo_gitdir(r));
	ok(fs_write(path, raw, strlen(raw), &E));
	struct oid forged;
	snprintf(forged.hex, sizeof forged.hex, "%s", git_says(r, "hash-object -t commit -w '%s'", path));
	char where[32];
	snprintf(where, sizeof where, "commit %.8s", forged.hex);
	denied(r, x, forged, where, "fusion");
	/* a single-parent commit by that author */
	setenv("GIT_AUTHOR_EMAIL", FUSION_EMAIL, 1);
	setenv("GIT_COMMITTER_EMAIL", FUSION_EMAIL, 1);
	struct oid alone;
	snprintf(alone.hex, sizeof alone.hex, "%s", git_says(r, "commit-tree -p %s -m x %s^{tree}", a.hex, x.hex));
	setenv("GIT_AUTHOR_EMAIL", "t@t.invalid", 1);
	setenv("GIT_COMMITTER_EMAIL", "t@t.invalid", 1);
	snprintf(where, sizeof where, "commit %.8s", alone.hex);
	denied(r, a, alone, where, "fusion");
	repo_close(r);
}

/* Two acceptable versions whose merge is not: nobody wrote it, so it passes; the same bytes written by hand do not. */
static void test_faulty_merge_passes(void **state)
{
	(void)state;
	struct repo *r = hub_of("faulty.git");
	struct oid root = root_of(r), merged;
	const char *c1 = "  - id: c1\n    texte: \"Une\"\n", *c2 = "  - id: c2\n    texte: \"Deux\"\n";
	char both[512], one[512], two[512];
	snprintf(both, sizeof both, "conditions:\n%s%s", c1, c2);
	snprintf(one, sizeof one, "conditions:\n%s", c1);
	snprintf(two, sizeof two, "conditions:\n%s", c2);
	/* a schema in which a lesson must keep one condition at least */
	struct buf b = BUF_INIT;
	struct file_change files[64];
	size_t n = 0;
	struct fs_names names;
	const char *dir = store_schema_dir();
	ok(fs_list(&names, dir, &E));
	for (size_t i = 0; i < names.n && n < 63; i++) {
		char from[1024];
		struct buf text = BUF_INIT;
		if (!strstr(names.at[i], ".schema.yaml"))
			continue;
		snprintf(from, sizeof from, "%s/%s", dir, names.at[i]);
		ok(fs_read(&text, from, 1 << 20, &E));
		if (!strcmp(names.at[i], "enseignement.schema.yaml")) {
			char *at = strstr(text.at, "  conditions:\n");
			assert_non_null(at);
			at += strlen("  conditions:\n");
			buf_put(&b, text.at, (size_t)(at - text.at));
			buf_puts(&b, "    minItems: 1\n");
			buf_puts(&b, at);
			buf_free(&text);
			text = b;
		}
		snprintf(from, sizeof from, "schema/%s", names.at[i]);
		files[n++] = (struct file_change){ arena_dup(&A, from), arena_dupn(&A, text.at, text.n), text.n };
		buf_free(&text);
	}
	fs_names_free(&names);
	files[n++] =
		(struct file_change){ P1, arena_dup(&A, lesson(ID1, "Un", both)), strlen(lesson(ID1, "Un", both)) };
	struct oid a;
	ok(repo_commit(&a, r, &root, files, n, "a", &E));
	accepted(r, root, a);
	struct oid x = commit_files(r, a, "x", P1, lesson(ID1, "Un", one), END),
		   y = commit_files(r, a, "y", P1, lesson(ID1, "Un", two), END);
	accepted(r, a, x);
	accepted(r, a, y);
	ok(merge_commit(&merged, NULL, &A, r, &x, &y, &E));
	char *text = text_at(r, merged, P1);
	assert_null(strstr(text, "c1"));
	assert_null(strstr(text, "c2"));
	accepted(r, x, merged);
	accepted(r, a, merged);
	struct oid by_hand = commit_files(r, x, "à la main", P1, text, END);
	assert_true(check(r, x, by_hand) > 0);
	/* and what it left is not held against the next push */
	accepted(r, merged, commit_files(r, merged, "suite", P2, lesson(ID2, "Deux", ""), END));
	free(text);
	repo_close(r);
}

/* ---- a hub made whole */

static void test_hub_init(void **state)
{
	(void)state;
	const char *codes[] = { "ara", "bfc" }, *dir = tmp_path("hub");
	ok(hub_init(dir, codes, 2, "/usr/bin/maillage", &E));
	struct repo *ara, *nat;
	ok(repo_open(&ara, tmp_path("hub/ara.git"), &E));
	ok(repo_open(&nat, tmp_path("hub/national.git"), &E));
	assert_string_equal(repo_collective(ara), "ara");
	assert_true(repo_is_national(nat));
	struct oid root = root_of(ara), main = head_of(ara);
	assert_true(oid_equal(&root, &main));
	assert_string_equal(git_says(ara, "config receive.denyNonFastForwards"), "true");
	assert_string_equal(git_says(ara, "config receive.denyDeletes"), "true");
	assert_string_equal(git_says(ara, "config maillage.program"), "/usr/bin/maillage");
	assert_int_equal(access(tmp_path("hub/ara.git/hooks/pre-receive"), X_OK), 0);
	assert_text(nat, head_of(nat), "collectifs.yaml",
		    "- {code: ara, depot: ara.git}\n- {code: bfc, depot: bfc.git}\n");
	assert_true(has_path(nat, head_of(nat), "schema/enseignement.schema.yaml"));
	assert_fsck(nat);
	/* again: nothing is made */
	const char *more[] = { "hdf", "ara" };
	refused(ERR_EXISTS, hub_init(dir, more, 2, "x", &E));
	assert_false(fs_exists(tmp_path("hub/hdf.git")));
	refused(ERR_EXISTS, hub_add(dir, "bfc", "x", &E));
	assert_null(strstr(E.msg, "hub add"));
	refused(ERR_USAGE, hub_add(dir, "../mal", "x", &E));
	refused(ERR_USAGE, hub_add(dir, "national", "x", &E));
	ok(hub_add(dir, "hdf", "/usr/bin/maillage", &E));
	assert_text(nat, head_of(nat), "collectifs.yaml",
		    "- {code: ara, depot: ara.git}\n- {code: bfc, depot: bfc.git}\n- {code: hdf, depot: hdf.git}\n");
	/* the schema folder must be national's */
	struct oid a = commit_files(ara, main, "a", RECORD1, "schema/enseignement.schema.yaml", "x: y\n", END);
	assert_true(check(ara, main, a) > 0);
	repo_close(ara);
	repo_close(nat);
}

static void test_hub_schema_from_national(void **state)
{
	(void)state;
	const char *codes[] = { "ara" };
	ok(hub_init(tmp_path("hub2"), codes, 1, "/usr/bin/maillage", &E));
	struct repo *ara, *nat;
	ok(repo_open(&ara, tmp_path("hub2/ara.git"), &E));
	ok(repo_open(&nat, tmp_path("hub2/national.git"), &E));
	ok(repo_config_set(ara, "user.name", "act-ara-2w3x4y5z", &E));
	git_says(ara, "fetch -q '%s' main:refs/nat", repo_gitdir(nat));
	struct oid main = head_of(ara), a;
	/* a tree that holds national's schema folder as it is */
	char list[1024], tree[64], line[128];
	snprintf(line, sizeof line, "040000 tree %s\tschema\n", git_says(ara, "rev-parse refs/nat:schema"));
	snprintf(list, sizeof list, "%slist", repo_gitdir(ara));
	ok(fs_write(list, line, strlen(line), &E));
	snprintf(tree, sizeof tree, "%s", git_says(ara, "mktree <'%s'", list));
	snprintf(a.hex, sizeof a.hex, "%s", git_says(ara, "commit-tree -p %s -m x %s", main.hex, tree));
	accepted(ara, main, a);
	denied(ara, main, commit_files(ara, a, "b", "schema/concept.schema.yaml", END, END), "schema/", "schema");

	/* a newer version of national's is taken, and never given back */
	const char *bytes, *old = "x-version: 1\n", *new = "x-version: 2\n";
	size_t n;
	struct oid was = head_of(nat), blob;
	struct arena mem;
	assert_true(arena_begin(&mem));
	ok(repo_read(&bytes, &n, &blob, &mem, nat, &was, "schema/concept.schema.yaml", &E));
	char *text = arena_dup(&mem, bytes), *at = strstr(text, old);
	assert_non_null(at);
	memcpy(at, new, strlen(new));
	ok(repo_config_set(nat, "user.name", "act-nat-2w3x4y5z", &E));
	struct oid two = commit_files(nat, was, "deux", "schema/concept.schema.yaml", text, END);
	git_says(nat, "update-ref refs/heads/main %s", two.hex);
	struct oid b = commit_files(ara, a, "b", "schema/concept.schema.yaml", text, END);
	accepted(ara, a, b);
	denied(ara, b, commit_files(ara, b, "c", "schema/concept.schema.yaml", bytes, END), "schema/concept.schema.yaml", "schema");
	/* nor is a version without numbers: what is older in national.git stays behind */
	struct oid three = commit_files(nat, two, "trois", "schema/note.md", "x\n", END);
	git_says(nat, "update-ref refs/heads/main %s", three.hex);
	struct oid c = commit_files(ara, b, "c", "schema/note.md", "x\n", END);
	accepted(ara, b, c);
	denied(ara, c, commit_files(ara, c, "d", "schema/note.md", END, END), "schema/", "schema");
	assert_non_null(strstr(F.at[0].msg, "plus ancienne"));
	arena_end(&mem);
	repo_close(ara);
	repo_close(nat);
}

static void test_national(void **state)
{
	(void)state;
	ok(hub_init(tmp_path("hub3"), NULL, 0, "/usr/bin/maillage", &E));
	struct repo *nat;
	ok(repo_open(&nat, tmp_path("hub3/national.git"), &E));
	ok(repo_config_set(nat, "user.name", "act-nat-2w3x4y5z", &E));
	struct oid main = head_of(nat);
	accepted(nat, main,
		 commit_files(nat, main, "a", "aggregat/x.csv", "a;b\n", "collectifs.yaml", "[]\n", "sources.lock",
			      "x\n", END));
	denied(nat, main, commit_files(nat, main, "b", RECORD1, END), P1, "owner");
	repo_close(nat);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, finish)
	const struct CMUnitTest tests[] = {
		T(test_good),
		T(test_pillars), T(test_refs),
		T(test_published_is_taken),
		T(test_records),
		T(test_places),
		T(test_secrets_and_size),
		T(test_modes),
		T(test_evil_folders), T(test_bombs), T(test_many_commits), T(test_case), T(test_foreign_root),
		T(test_merges),
		T(test_faulty_merge_passes),
		T(test_hub_init),
		T(test_hub_schema_from_national),
		T(test_national),
	};
	return cmocka_run_group_tests_name("hubcheck", tests, store_setup, store_teardown);
}
