/* What a push sends: from random histories, with branches, merges, moves and folders that become files, nothing that the hub lacks is
 * left out, git's own index-pack takes the pack, and a pack on disk needs nothing outside itself. SEED= replays one.
 */
#include "fixture.h"

#include <time.h>

#include "store/pack.h"
#include "store/packer.h"
#include "store/sendlist.h"
#include "base/digest.h"

static uint64_t seed;
static struct arena A;

static unsigned rnd(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

/* One of a few now and then: a value that changes back. */
static const char *text(void)
{
	static const char *again[4];
	if (again[3] && rnd(2))
		return again[rnd(4)];
	struct buf b = BUF_INIT;
	buf_printf(&b, "schema: enseignement/1\ntitre: \"%u\"\n", rnd(5));
	for (unsigned i = rnd(40); i; i--)
		buf_printf(&b, "  - la ligne %u sur le jardin partagé\n", rnd(12));
	const char *copy = arena_dup(&A, buf_str(&b));
	buf_free(&b);
	return again[rnd(3) ? rnd(3) : 3] = copy;
}

/* Paths meet on purpose: "a/b" is now a file, now a folder. */
static const char *path(void)
{
	static const char *const paths[] = { "a/b", "a/b/c", "a/d.yaml", "e.yaml", "f/g/h.yaml", "f/g/i.yaml", "f/j", "k" };
	return rnd(3) ? paths[rnd(8)] : arena_printf(&A, "f/g/%u.yaml", rnd(60));
}

static struct oid random_commit(struct repo *r, struct oid parent)
{
	struct file_change f[6];
	size_t n = 1 + rnd(6), k = 0;
	for (size_t i = 0; i < n; i++) {
		const char *p = path(), *t = rnd(5) ? text() : NULL;
		bool clash = false;
		for (size_t j = 0; j < k; j++) {
			size_t x = strlen(p), y = strlen(f[j].path), least = x < y ? x : y;
			clash = clash || (!strncmp(p, f[j].path, least) && (x == y || (x > y ? p[y] : f[j].path[x]) == '/'));
		}
		if (!clash)
			f[k++] = (struct file_change){ p, t, t ? strlen(t) : 0 };
	}
	struct oid out;
	ok(repo_commit(&out, r, &parent, f, k, arena_printf(&A, "commit %u", rnd(1000000)), &E));
	return out;
}

static struct oid random_merge(struct repo *r, const struct oid *x, const struct oid *y)
{
	struct oid out = { "" };
	snprintf(out.hex, sizeof out.hex, "%s", git_says(r, "commit-tree %s^{tree} -p %s -p %s -m fusion", rnd(2) ? x->hex : y->hex, x->hex, y->hex));
	return out;
}

/* All commits made, oldest first; the last one descends from every other. */
static size_t history(struct oid *at, struct repo *r, size_t n)
{
	at[0] = root_of(r);
	for (size_t i = 1; i < n; i++) {
		struct oid x = at[rnd((unsigned)i)], y = at[i - 1];
		at[i] = i > 2 && rnd(3) == 0 && !oid_equal(&x, &y) ? random_merge(r, &x, &y) : random_commit(r, rnd(4) ? y : x);
	}
	for (size_t i = 0; i < n; i++) { /* every loose end is taken up */
		if (strcmp(git_says(r, "merge-base --is-ancestor %s %s && echo yes || echo no", at[i].hex, at[n - 1].hex), "no"))
			continue;
		at[n] = random_merge(r, &at[i], &at[n - 1]);
		n++;
	}
	return n;
}

/* The pack as a push sends it, in a file. */
static void write_pack(struct repo *r, const struct sendlist *l, const char *file, bool thin)
{
	struct packer *p;
	struct buf out = BUF_INIT;
	unsigned char head[PACK_HEAD], sum[SHA1_BYTES];
	pack_head(head, l->n);
	buf_put(&out, head, sizeof head);
	ok(packer_new(&p, r, l, &E));
	p->thin = thin;
	do {
		ok(packer_lot(p, &E));
		for (size_t i = 0; i < p->n; i++)
			buf_put(&out, p->at[i].at, p->at[i].n);
	} while (p->n);
	packer_free(p);
	digest_sha1(sum, out.at, out.n);
	buf_put(&out, sum, sizeof sum);
	ok(fs_write(file, out.at, out.n, &E));
	buf_free(&out);
}

static void test_nothing_is_left_out(void **state)
{
	(void)state;
	struct repo *r = new_repo("from");
	struct oid at[200];
	struct sendlist l;
	assert_true(arena_begin(&A));
	for (int round = 0; round < 4; round++) {
		size_t n = history(at, r, 24);
		struct oid have = round ? at[rnd((unsigned)n)] : (struct oid){ "" }, want = at[n - 1];
		char hub[512], file[512];
		struct repo *bare;
		snprintf(hub, sizeof hub, "%s-%d.git", tmp_path("hub"), round);
		snprintf(file, sizeof file, "%s/pack-%d", tmp_path("."), round);
		git_says(r, "init -q --bare -b main '%s' && git --git-dir='%s' config maillage.collective ara", hub, hub);
		if (oid_is(&have))
			git_says(r, "push -q '%s' %s:refs/heads/main", hub, have.hex);
		ok(sendlist_make(&l, &A, r, &have, &want, NULL, &E));
		for (size_t i = 0; i < l.n; i++)
			assert_int_equal(sendlist_find(&l, &l.at[i].oid), i);
		write_pack(r, &l, file, true);
		ok(repo_open(&bare, hub, &E));
		git_says(bare, "index-pack --stdin --fix-thin --strict <'%s'", file);
		git_says(bare, "update-ref refs/heads/main %s", want.hex);
		assert_fsck(bare);
		repo_close(bare);
		/* not thin, it needs nothing but itself */
		write_pack(r, &l, file, false);
		git_says(r, "index-pack --strict -o '%s.idx' '%s'", file, file);
	}
	arena_end(&A);
	repo_close(r);
}

/* There and back again: each of two versions was once before the other. */
static void test_what_changes_back(void **state)
{
	(void)state;
	struct repo *r = new_repo("back");
	struct sendlist l;
	assert_true(arena_begin(&A));
	const char *x = arena_printf(&A, "%0200d\n1\n", 1), *y = arena_printf(&A, "%0200d\n2\n", 1);
	struct oid base = commit_files(r, root_of(r), "x", "k", x, (char *)NULL), none = { "" };
	struct oid head = commit_files(r, commit_files(r, base, "y", "k", y, (char *)NULL), "x", "k", x, (char *)NULL);
	for (int thin = 0; thin < 2; thin++) {
		ok(sendlist_make(&l, &A, r, thin ? &base : &none, &head, NULL, &E));
		write_pack(r, &l, tmp_path("back.pack"), thin);
		git_says(r, "index-pack --stdin --fix-thin --strict <'%s'", tmp_path("back.pack"));
	}
	/* x is not the hub's as far as the list knows, and it is the base of y, which comes first */
	ok(sendlist_make(&l, &A, r, &base, &head, NULL, &E));
	write_pack(r, &l, tmp_path("whole.pack"), false);
	git_says(r, "index-pack --strict '%s'", tmp_path("whole.pack"));
	arena_end(&A);
	repo_close(r);
}

/* One record of a large folder: its text, and 20 bytes of each folder above. Twelve KB of folders otherwise. */
static void test_an_edit_is_small(void **state)
{
	(void)state;
	struct repo *r = new_repo("edit");
	struct sendlist l;
	struct packer *p;
	size_t bytes = 0;
	assert_true(arena_begin(&A));
	struct file_change f[400];
	for (unsigned i = 0; i < 400; i++) {
		const char *t = arena_printf(&A, "schema: enseignement/1\ntitre: \"%u\"\nenonce: les habitants se réunissent chaque %u\n", i, i * 7919);
		f[i] = (struct file_change){ arena_printf(&A, "f/%u/x.yaml", i), t, strlen(t) };
	}
	struct oid base = root_of(r), next;
	ok(repo_commit(&base, r, &base, f, 400, "beaucoup", &E));
	next = commit_files(r, base, "une", f[7].path, arena_printf(&A, "%sresume: plus\n", (const char *)f[7].bytes), (char *)NULL);
	ok(sendlist_make(&l, &A, r, &base, &next, NULL, &E));
	assert_int_equal(l.n, 5); /* commit, three folders, record */
	ok(packer_new(&p, r, &l, &E));
	p->thin = true;
	do {
		ok(packer_lot(p, &E));
		for (size_t i = 0; i < p->n; i++)
			bytes += p->at[i].n;
	} while (p->n);
	packer_free(p);
	assert_in_range(bytes, 1, 800);
	ok(sendlist_make(&l, &A, r, &next, &next, NULL, &E));
	assert_int_equal(l.n, 0);
	arena_end(&A);
	repo_close(r);
}

/* A hundred versions of one record: no reader must go through all of them to read the last. */
static void test_chains_end(void **state)
{
	(void)state;
	struct repo *r = new_repo("chain");
	struct sendlist l;
	char file[512];
	assert_true(arena_begin(&A));
	struct oid head = root_of(r), none = { "" };
	const char *long_text = arena_printf(&A, "%0200d\n%0300d\n", 1, 2);
	for (int i = 0; i < 100; i++)
		head = commit_files(r, head, arena_printf(&A, "%d", i), "k", arena_printf(&A, "%s%d\n", long_text, i), (char *)NULL);
	ok(sendlist_make(&l, &A, r, &none, &head, NULL, &E));
	snprintf(file, sizeof file, "%s", tmp_path("chain.pack"));
	write_pack(r, &l, file, false);
	git_says(r, "index-pack --strict '%s'", file);
	unsigned longest = 0, n;
	const char *said = git_says(r, "verify-pack -v '%s' | grep '^chain length'", file);
	for (; *said; said += strcspn(said, "\n"), said += *said == '\n')
		if (sscanf(said, "chain length = %u", &n) == 1 && n > longest)
			longest = n;
	assert_in_range(longest, 10, 40);
	arena_end(&A);
	repo_close(r);
}

/* The hash of what is read is wrong, or it cannot be inflated: nothing of it is given out. */
static void test_a_damaged_object_is_not_packed(void **state)
{
	(void)state;
	struct repo *r = new_repo("damaged");
	struct sendlist l;
	struct packer *p;
	assert_true(arena_begin(&A));
	struct oid root = root_of(r), head = commit_files(r, root, "une", "k", "un texte\n", (char *)NULL);
	const char *blob = arena_dup(&A, git_says(r, "rev-parse %s:k", head.hex));
	const char *other = arena_dup(&A, git_says(r, "hash-object -w --stdin </dev/null"));
	const char *objects = arena_printf(&A, "%sobjects/", repo_gitdir(r));
	git_says(r, "--version >/dev/null; cp -f '%s%.2s/%s' '%s%.2s/%s'", objects, other, other + 2, objects, blob, blob + 2);
	repo_close(r);
	ok(repo_open(&r, tmp_path("damaged"), &E));
	ok(sendlist_make(&l, &A, r, &root, &head, NULL, &E));
	ok(packer_new(&p, r, &l, &E));
	refused(ERR_CORRUPT, packer_lot(p, &E));
	packer_free(p);
	arena_end(&A);
	repo_close(r);
}

int main(void)
{
	const char *given = getenv("SEED");
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	print_message("# SEED=%llu\n", (unsigned long long)seed);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_left_out),
		cmocka_unit_test(test_what_changes_back),
		cmocka_unit_test(test_an_edit_is_small),
		cmocka_unit_test(test_chains_end),
		cmocka_unit_test(test_a_damaged_object_is_not_packed),
	};
	return cmocka_run_group_tests_name("packer", tests, store_setup, store_teardown);
}
