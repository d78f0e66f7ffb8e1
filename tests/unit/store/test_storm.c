/* Random histories between separate clones: sites edit, delete and bring back records and notes, fetch from each other with git in
 * any order, and all end with one head; every machine merge on the way can be made again by somebody who fetched nothing but
 * the result, and git finds nothing wrong there. What is in the records is judged by tests/sim/. SEED= replays one. */
#include "fixture.h"

#include <time.h>

#include "store/history.h"
#include "store/treemerge.h"

enum { SITES = 3, RECORDS = 3 };

static struct arena A;
static uint64_t seed;

static unsigned rnd(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static const char *const ids[RECORDS] = { "ens-ara-k5w2h9tc", "ens-ara-k5w2h9td", "ens-ara-m7w2h9td" };

static const char *path_of(const char *folder, unsigned i)
{
	return arena_printf(&A, "%s/%.2s/%s.yaml", folder, ids[i] + 8, ids[i]);
}

static struct oid head(struct repo *r)
{
	struct oid out;
	ok(repo_head(&out, r, &E));
	return out;
}

static const char *word(void)
{
	static const char *const words[] = { "un", "deux", "trois", "quatre" };
	return words[rnd(4)];
}

/* A whole new text of the record: several fields change at once. */
static const char *random_record(unsigned i)
{
	static const char *const states[] = { "brouillon", "propose", "valide", "retire" };
	return arena_printf(&A, "schema: enseignement/1\nid: %s\ncollectif: ara\ntitre: \"%s\"\netat: %s\nthemes:\n  - con-%s\n  - con-%s\n"
				"enonce: |-\n  Premier %s. Second %s.\n  Troisième %s.\nconditions:\n  - id: c1\n    texte: %s\n  - id: c%u\n    texte: %s\n",
			    ids[i], word(), states[rnd(4)], "a", word(), word(), word(), word(), word(), 2 + rnd(3), word());
}

static void random_edit(struct repo *r)
{
	struct oid h = head(r);
	unsigned i = rnd(RECORDS);
	switch (rnd(8)) {
	case 0:
		h = commit_files(r, h, "suppression", path_of("enseignements", i), NULL, path_of("conflits", i), NULL, NULL);
		break;
	case 1:
		h = commit_files(r, h, "note", "pieces/notes.txt", arena_printf(&A, "%s\nmilieu\n%s\n", word(), word()), NULL);
		break;
	case 2:
		h = commit_files(r, h, "tranche", path_of("conflits", i), NULL, NULL);
		break;
	default:
		h = commit_files(r, h, "fiche", path_of("enseignements", i), random_record(i), NULL);
	}
	set_main(r, h);
}

/* What a site has to offer is its head when it was asked: its main may have moved on since, and have dropped that head. */
static struct oid offer(struct repo *r)
{
	struct oid h = head(r);
	git_says(r, "update-ref refs/maillage/offer %s", h.hex);
	return h;
}

static void fetch(struct repo *to, struct repo *from)
{
	git_says(to, "fetch -q '%s' +refs/maillage/offer:refs/maillage/peer", repo_gitdir(from));
}

static bool exchange(struct repo *mine, struct repo *theirs, struct oid at)
{
	struct oid h = head(mine), m;
	enum join j;
	fetch(mine, theirs);
	ok(merge_plan_peer(&j, mine, &h, &at, &E));
	if (j == JOIN_MERGE) {
		ok(merge_commit(&m, NULL, &A, mine, &h, &at, &E));
		set_main(mine, m);
	} else if (j == JOIN_FAST_FORWARD || j == JOIN_ADOPT_HUB) {
		set_main(mine, at);
	}
	return j != JOIN_SAME;
}

static size_t merges, forged;

static int verify_one(void *ctx, const struct commit_info *c)
{
	struct verdict v;
	ok(merge_verify(&v, ctx, &c->oid, &E));
	merges += v.machine;
	if (!v.ok) {
		print_error("%s: %s\n", c->oid.hex, v.why);
		forged++;
	}
	return 0;
}

static void one_history(uint64_t s)
{
	struct repo *site[SITES], *fresh;
	char name[64];
	seed = s;
	for (int i = 0; i < SITES; i++) {
		snprintf(name, sizeof name, "s%llu-%d", (unsigned long long)s, i);
		site[i] = new_repo_by(name, arena_printf(&A, "act-ara-%d", i));
	}
	struct oid o = commit_files(site[0], root_of(site[0]), "o", path_of("enseignements", 0), random_record(0), path_of("enseignements", 1),
				    random_record(1), NULL);
	set_main(site[0], o);
	offer(site[0]);
	for (int i = 1; i < SITES; i++) {
		fetch(site[i], site[0]);
		set_main(site[i], o);
	}
	for (int turn = 0; turn < 14; turn++) {
		unsigned i = rnd(SITES), k = (i + 1 + rnd(SITES - 1)) % SITES;
		if (rnd(3))
			random_edit(site[i]);
		else
			exchange(site[i], site[k], offer(site[k]));
	}
	int rounds = 0;
	for (bool moved = true; moved; rounds++) {
		struct oid at[SITES];
		assert_true(rounds < 8);
		moved = false;
		for (int i = 0; i < SITES; i++)
			at[i] = offer(site[i]);
		for (int i = 0; i < SITES; i++)
			for (int k = 0; k < SITES; k++)
				if (k != i)
					moved = exchange(site[i], site[k], at[k]) || moved;
	}
	struct oid end_head = head(site[0]);
	for (int i = 1; i < SITES; i++) {
		struct oid other = head(site[i]);
		assert_string_equal(other.hex, end_head.hex);
	}
	snprintf(name, sizeof name, "s%llu-fresh", (unsigned long long)s);
	fresh = new_repo(name);
	offer(site[SITES - 1]);
	fetch(fresh, site[SITES - 1]);
	ok(history_log(fresh, &end_head, NULL, verify_one, fresh, &E));
	assert_fsck(fresh);
	/* whatever happened, every record is one that parses */
	for (unsigned i = 0; i < RECORDS; i++) {
		struct record_state st;
		ok(history_state(&st, &A, fresh, &end_head, ids[i], &E));
		assert_true(st.acceptable);
	}
	assert_int_equal(forged, 0);
	repo_close(fresh);
	for (int i = 0; i < SITES; i++)
		repo_close(site[i]);
}

static void test_random_histories(void **state)
{
	(void)state;
	const char *given = getenv("SEED");
	uint64_t first = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000;
	print_message("# SEED=%llu\n", (unsigned long long)first);
	setenv("SOURCE_DATE_EPOCH", "1500000000", 1); /* the dates are in the oids, and the oids decide who adopts whom: SEED replays it all */
	for (uint64_t i = 0; i < (given ? 1 : 3); i++) {
		if (!arena_begin(&A))
			fail();
		one_history(first + i);
		arena_end(&A);
	}
	print_message("# %zu machine merges verified\n", merges);
	assert_true(given || merges > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random_histories) };
	return cmocka_run_group_tests_name("store/storm", tests, store_setup, store_teardown);
}
