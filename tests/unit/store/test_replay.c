/* Unpublished commits that the hub can never accept: made again without the cause, nothing lost, the folder as it was. */
#include "wtkit.h"

#include "store/hub.h"
#include "store/replay.h"
#include "store/treemerge.h"

#define END (char *)NULL
#define KEY "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----\n"
#define NOT_YAML "titre: [\n"

static struct oid published;

/* A clone whose P1 and P2 the hub has. */
static struct repo *shared_clone(const char *name)
{
	struct repo *r = clone_with_two(name);
	save(r, ".gitignore", "prive/\n");
	assert_int_equal(record_all(r), 1);
	published = head_of(r);
	return r;
}

static struct oid by_hand(struct repo *r, const char *words)
{
	char command[512];
	git_in(r, "add -f -A");
	snprintf(command, sizeof command, "commit -q -m '%s'", words);
	git_in(r, command);
	return head_of(r);
}

static struct replayed replay(struct repo *r)
{
	struct replayed out = { 0 };
	ok(replay_unacceptable(&out, r, &published, 1, NULL, &E));
	return out;
}

static void hub_accepts(struct repo *r, struct oid head)
{
	struct arena a;
	struct faults f = { 0 };
	struct push_update u = { "refs/heads/main", published, head };
	assert_true(arena_begin(&a));
	ok(hub_check(&f, &a, r, &u, 1, &E));
	if (f.errors)
		fail_msg("%s: %s: %s", f.at[0].path, f.at[0].code, f.at[0].msg);
	arena_end(&a);
}

/* The head that went stays within reach of everybody. */
static void assert_kept(struct repo *r, struct oid old)
{
	char ref[80];
	struct oid kept;
	snprintf(ref, sizeof ref, "refs/maillage/rejoues/%.12s", old.hex);
	ok(repo_ref(&kept, r, ref, &E));
	assert_string_equal(kept.hex, old.hex);
}

static void assert_replayed(struct repo *r, size_t commits)
{
	struct oid old = head_of(r);
	struct replayed done = replay(r);
	assert_int_equal(done.commits, commits);
	if (!commits) {
		assert_string_equal(head_of(r).hex, old.hex);
		return;
	}
	assert_string_equal(done.from.hex, old.hex);
	assert_string_equal(done.to.hex, head_of(r).hex);
	assert_kept(r, old);
	hub_accepts(r, done.to);
	ok(worktree_paused(r, &E));
	assert_false(fs_exists(disk_path(r, ".git/maillage/replay")));
	git_in(r, "fsck --strict --no-dangling");
	assert_int_equal(replay(r).commits, 0); /* and that was all */
}

static void verdict_at(struct repo *r, const char *path, enum change_kind kind, enum change_verdict verdict)
{
	struct arena a;
	assert_true(arena_begin(&a));
	struct changes c = scan_in(&a, r, 0);
	assert_change(&c, path, kind, verdict);
	arena_end(&a);
}

static void test_nothing_to_do(void **state)
{
	(void)state;
	struct repo *r = shared_clone("rien");
	assert_replayed(r, 0);
	save(r, P3, lesson(ID3, "Trois", ""));
	by_hand(r, "une fiche");
	assert_replayed(r, 0);
	published = (struct oid){ "" }; /* a hub that nobody has spoken to */
	assert_replayed(r, 0);
	repo_close(r);
}

static void test_private_folder(void **state)
{
	(void)state;
	struct repo *r = shared_clone("prive");
	save(r, "prive/noms.txt", "Jeanne\n");
	save(r, P3, lesson(ID3, "Trois", ""));
	by_hand(r, "tout");
	char who[200], *text;
	snprintf(who, sizeof who, "%s", git_in(r, "log -1 --format=%an,%ae,%at,%cn,%ce,%ct,%s"));
	struct oid old = head_of(r);
	assert_replayed(r, 1);
	assert_string_equal(git_in(r, "log -1 --format=%an,%ae,%at,%cn,%ce,%ct,%s"), who);
	assert_non_null(strstr(git_in(r, "log -1 --format=%B"), old.hex));
	assert_disk(r, "prive/noms.txt", "Jeanne\n");
	assert_clean(r);
	assert_string_equal(git_in(r, "ls-tree -r --name-only HEAD prive"), "");
	text = text_at(r, head_of(r), P3);
	assert_non_null(strstr(text, "Trois"));
	free(text);
	repo_close(r);
}

/* The good version before it leaves; the bad one waits in the folder and says why. */
static void test_invalid_record(void **state)
{
	(void)state;
	struct repo *r = shared_clone("fiche");
	char good[4096];
	snprintf(good, sizeof good, "%s", lesson(ID1, "Un, mieux", ""));
	save(r, P1, good);
	assert_int_equal(record_all(r), 1);
	struct oid first = head_of(r);
	save(r, P1, NOT_YAML);
	save(r, P2, lesson(ID2, "Deux, mieux", ""));
	by_hand(r, "vite");
	save(r, "pieces/x.txt", "x\n");
	by_hand(r, "et encore");
	assert_replayed(r, 2);
	assert_text(r, head_of(r), P1, good);
	assert_string_equal(git_in(r, "rev-parse HEAD~2"), first.hex);
	assert_disk(r, P1, NOT_YAML);
	verdict_at(r, P1, CHANGE_EDITED, CHANGE_WAITING);
	assert_string_equal(git_in(r, "status --porcelain"), " M " P1);
	save(r, P1, lesson(ID1, "Un, enfin", ""));
	assert_int_equal(record_all(r), 1);
	hub_accepts(r, head_of(r));
	repo_close(r);
}

/* Several faults in one version are no reason to leave out the others. */
static void test_many_faults(void **state)
{
	(void)state;
	struct repo *r = shared_clone("fautes");
	char good[4096];
	snprintf(good, sizeof good, "%s", lesson(ID1, "Un, mieux", ""));
	save(r, P1, good);
	by_hand(r, "mieux");
	save(r, P1, "schema: enseignement/1\nid: " ID1 "\ncollectif: bfc\nlangue: 12\ntitre: 3\netat: nulle_part\nvisibilite: ici\n");
	by_hand(r, "des fautes");
	assert_replayed(r, 1);
	assert_text(r, head_of(r), P1, good);
	repo_close(r);
}

/* Every unpublished version of it is bad: it goes back to what the hub has. */
static void test_invalid_for_long(void **state)
{
	(void)state;
	struct repo *r = shared_clone("longtemps");
	char was[4096], bad[80];
	snprintf(was, sizeof was, "%s", lesson(ID1, "Un", ""));
	for (int i = 0; i < 4; i++) {
		snprintf(bad, sizeof bad, "titre: [ %d\n", i);
		save(r, P1, bad);
		by_hand(r, "encore");
	}
	assert_replayed(r, 4);
	assert_string_equal(head_of(r).hex, published.hex);
	assert_text(r, head_of(r), P1, was);
	assert_disk(r, P1, bad);
	verdict_at(r, P1, CHANGE_EDITED, CHANGE_WAITING);
	repo_close(r);
}

/* A later commit that takes the key out does not take it out of history. */
static void test_key(void **state)
{
	(void)state;
	struct repo *r = shared_clone("cle");
	save(r, "pieces/notes.txt", "avant\n");
	by_hand(r, "notes");
	save(r, "pieces/notes.txt", "avant\n" KEY);
	save(r, P3, lesson(ID3, "Trois", ""));
	by_hand(r, "avec la cle");
	save(r, P1, lesson(ID1, "Un, mieux", ""));
	by_hand(r, "une autre");
	save(r, "pieces/notes.txt", "avant\napres\n");
	by_hand(r, "sans la cle");
	assert_replayed(r, 3);
	assert_clean(r);
	assert_string_equal(git_in(r, "log --format=%s -3"), "sans la cle\nune autre\navec la cle");
	assert_string_equal(git_in(r, "log --format=%h -S'PRIVATE KEY' HEAD"), "");
	assert_text(r, head_of(r), "pieces/notes.txt", "avant\napres\n");

	save(r, "pieces/cle.pem", KEY);
	by_hand(r, "rien que la cle");
	assert_replayed(r, 1);
	assert_disk(r, "pieces/cle.pem", KEY);
	verdict_at(r, "pieces/cle.pem", CHANGE_NEW, CHANGE_GUARDED);
	repo_close(r);
}

static void test_what_else_the_hub_refuses(void **state)
{
	(void)state;
	struct repo *r = shared_clone("autres");
	char *big = malloc(6u << 20);
	assert_non_null(big);
	memset(big, 'x', (6u << 20) - 1);
	big[(6u << 20) - 1] = 0;
	save(r, "pieces/film.bin", big);
	save(r, "ailleurs/notes.txt", "x\n");
	save(r, "enseignements/k5/autre.yaml", "a: 1\n");
	save(r, P3, lesson(ID3, "Trois", ""));
	assert_int_equal(symlink(ID1 ".yaml", disk_path(r, "enseignements/k5/lien.yaml")), 0);
	by_hand(r, "de tout");
	assert_replayed(r, 1);
	verdict_at(r, "pieces/film.bin", CHANGE_NEW, CHANGE_GUARDED);
	verdict_at(r, "ailleurs/notes.txt", CHANGE_NEW, CHANGE_WAITING);
	verdict_at(r, "enseignements/k5/autre.yaml", CHANGE_NEW, CHANGE_WAITING);
	verdict_at(r, "enseignements/k5/lien.yaml", CHANGE_NEW, CHANGE_WAITING);
	assert_string_equal(git_in(r, "ls-tree -r --name-only HEAD enseignements/z2"), P3);
	free(big);
	repo_close(r);
}

static void test_what_is_published_stays(void **state)
{
	(void)state;
	struct repo *r = shared_clone("publie");
	save(r, "prive/noms.txt", "Jeanne\n");
	published = by_hand(r, "le hub n a rien dit");
	save(r, P3, lesson(ID3, "Trois", ""));
	by_hand(r, "la suite");
	assert_replayed(r, 0);
	repo_close(r);
}

/* A history that shares nothing with the hub's: nothing that a replay could mend, so it touches nothing. */
static void test_hopeless(void **state)
{
	(void)state;
	struct repo *r = shared_clone("sans-espoir");
	save(r, "prive/noms.txt", "Jeanne\n");
	git_in(r, "checkout -q --orphan ailleurs");
	by_hand(r, "une autre racine");
	git_in(r, "branch -f main && git checkout -q main");
	assert_replayed(r, 0);
	repo_close(r);
}

/* ---- merges */

static void test_merge_by_hand(void **state)
{
	(void)state;
	struct repo *r = shared_clone("fusion");
	git_in(r, "checkout -q -b cote");
	save(r, "prive/noms.txt", "Jeanne\n");
	save(r, P3, lesson(ID3, "Trois", ""));
	by_hand(r, "cote");
	git_in(r, "checkout -q main");
	save(r, P2, lesson(ID2, "Deux, mieux", ""));
	by_hand(r, "main");
	git_in(r, "merge -q --no-ff -m 'a la main' cote");
	assert_replayed(r, 2);
	assert_string_equal(git_in(r, "log -1 --format=%s"), "a la main");
	assert_string_equal(git_in(r, "rev-list --count --min-parents=2 HEAD"), "1");
	assert_disk(r, "prive/noms.txt", "Jeanne\n");
	assert_clean(r);

	git_in(r, "checkout -q -b autre"); /* a branch of which nothing is left, and its merge with it */
	save(r, "prive/autres.txt", "Paul\n");
	by_hand(r, "autre");
	git_in(r, "checkout -q main && git merge -q --no-ff -m 'encore' autre");
	struct oid before;
	ok(repo_resolve(&before, r, "HEAD^1", &E));
	assert_replayed(r, 2);
	assert_string_equal(head_of(r).hex, before.hex);
	assert_disk(r, "prive/autres.txt", "Paul\n");
	repo_close(r);
}

/* Machine merges are made again, still verify, and what stands in sidecars names the new commits. */
static void test_machine_merge(void **state)
{
	(void)state;
	struct repo *r = shared_clone("machine");
	struct arena a;
	struct oid merged, root = published;
	assert_true(arena_begin(&a));
	struct oid theirs = commit_files(r, root, "eux", P1, lesson(ID1, "Un par eux", ""), END);
	save(r, "prive/noms.txt", "Jeanne\n");
	save(r, P1, lesson(ID1, "Un par nous", ""));
	struct oid mine = by_hand(r, "nous");
	ok(merge_commit(&merged, NULL, &a, r, &mine, &theirs, &E));
	published = theirs;
	write_to(r, merged);
	char *side = slurp(r, SIDE1);
	assert_non_null(strstr(side, mine.hex));
	free(side);
	save(r, P2, lesson(ID2, "Deux, mieux", ""));
	assert_int_equal(record_all(r), 1);
	assert_replayed(r, 3);
	assert_clean(r);
	side = slurp(r, SIDE1);
	assert_null(strstr(side, mine.hex));
	free(side);
	struct verdict v;
	struct oid again;
	ok(repo_resolve(&again, r, "HEAD^", &E));
	ok(merge_verify(&v, r, &again, &E));
	assert_true(v.machine && v.ok);
	ok(merge_verify(&v, r, &merged, &E)); /* the old one is still there to be looked at */
	arena_end(&a);
	repo_close(r);
}

/* ---- killed, and other people's files */

static int left;
static void dies(const char *step)
{
	if (!strncmp(step, "replay", 6) && left-- == 0)
		_exit(7);
}

static void test_killed_at_every_step(void **state)
{
	(void)state;
	char expected[80] = "";
	for (int i = 0;; i++) {
		char name[32];
		snprintf(name, sizeof name, "tue%d", i);
		setenv("SOURCE_DATE_EPOCH", "1538956800", 1);
		setenv("GIT_AUTHOR_DATE", "1538956800 +0000", 1);
		setenv("GIT_COMMITTER_DATE", "1538956800 +0000", 1);
		struct repo *r = shared_clone(name);
		save(r, "prive/noms.txt", "Jeanne\n");
		save(r, P1, NOT_YAML);
		save(r, P3, lesson(ID3, "Trois", ""));
		by_hand(r, "tout");
		pid_t pid = fork();
		if (!pid) {
			left = i;
			wt__step = dies;
			struct replayed out;
			_exit(replay_unacceptable(&out, r, &published, 1, NULL, &E) ? 1 : 0);
		}
		int status;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 7));
		replay(r);
		assert_int_equal(replay(r).commits, 0);
		assert_string_equal(git_in(r, "status --porcelain"), " M " P1);
		assert_disk(r, P1, NOT_YAML);
		assert_disk(r, "prive/noms.txt", "Jeanne\n");
		assert_false(fs_exists(disk_path(r, ".git/maillage/replay")));
		if (!i)
			snprintf(expected, sizeof expected, "%s", head_of(r).hex);
		assert_string_equal(head_of(r).hex, expected); /* a function of what was there */
		repo_close(r);
		if (!WEXITSTATUS(status)) {
			assert_true(i > 4);
			break;
		}
	}
	unsetenv("SOURCE_DATE_EPOCH");
	unsetenv("GIT_AUTHOR_DATE");
	unsetenv("GIT_COMMITTER_DATE");
}

/* A file that cannot enter history yet is an edit of the version its author saw, whichever commit holds that now. */
static void test_held_file(void **state)
{
	(void)state;
	struct repo *r = shared_clone("tenu");
	struct arena a;
	assert_true(arena_begin(&a));
	save(r, P1, lesson(ID1, "Un, mieux", ""));
	save(r, "prive/noms.txt", "Jeanne\n");
	struct oid mine = by_hand(r, "nous"), merged;
	save(r, P1, NOT_YAML); /* waits; then something arrives for it */
	struct oid theirs = commit_files(r, published, "eux", P1, lesson(ID1, "Un", "langue_origine: fr\n"), END);
	ok(merge_commit(&merged, NULL, &a, r, &mine, &theirs, &E));
	write_to(r, merged);
	assert_disk(r, P1, NOT_YAML);
	published = theirs;
	assert_replayed(r, 2);
	assert_disk(r, P1, NOT_YAML);
	struct versions v;
	ok(versions_read(&v, &a, r, &E));
	const struct version *held = versions_held(&v, P1);
	assert_non_null(held);
	if (held) {
		bool in_main = false;
		struct oid head = head_of(r);
		ok(repo_is_ancestor(&in_main, r, &held->head, &head, &E));
		assert_true(in_main);
	}
	save(r, P1, lesson(ID1, "Un, encore mieux", ""));
	assert_true(record_all(r) > 0);
	hub_accepts(r, head_of(r));
	arena_end(&a);
	repo_close(r);
}

/* ---- histories at random */

static unsigned long long seed;
static unsigned below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

/* One commit by hand; *hurts: there is something in it that the hub cannot take. */
static void random_commit(struct repo *r, int i, bool *hurts)
{
	char text[200];
	static const char *const paths[] = { P1, P2, P3 };
	static const char *const ids[] = { ID1, ID2, ID3 };
	for (unsigned k = 1 + below(3); k; k--) {
		unsigned which = below(3), what = below(10);
		snprintf(text, sizeof text, "Titre %d %u", i, k);
		if (what < 5) {
			save(r, paths[which], lesson(ids[which], text, ""));
		} else if (what < 7) {
			snprintf(text, sizeof text, "titre: [ %d %u\n", i, k);
			save(r, paths[which], text);
		} else if (what < 8) {
			snprintf(text, sizeof text, "nom %d\n", i);
			save(r, "prive/noms.txt", text);
		} else {
			snprintf(text, sizeof text, "%d\n%s", i, what < 9 ? KEY : "");
			save(r, "pieces/notes.txt", text);
		}
		*hurts = *hurts || (what >= 5 && what < 9);
	}
	snprintf(text, sizeof text, "commit -q --allow-empty -m 'no %d'", i);
	git_in(r, "add -f -A");
	git_in(r, text);
}

static void test_random(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	int runs = 2;
#else
	int runs = 6;
#endif
	const char *given = getenv("SEED");
	unsigned long long first = given && *given ? strtoull(given, NULL, 0) : (unsigned long long)clock_unix_s();
	print_message("# SEED=%llu\n", first);
	size_t hurt = 0;
	for (int run = 0; run < runs; run++) {
		char name[32];
		bool hurts = false;
		seed = first + (unsigned long long)run * 7919;
		snprintf(name, sizeof name, "hasard%d", run);
		struct repo *r = shared_clone(name);
		for (int i = 0; i < 6; i++) {
			if (below(3)) {
				random_commit(r, i, &hurts);
				continue;
			}
			git_in(r, "checkout -q -B cote");
			random_commit(r, 100 + i, &hurts);
			git_in(r, "checkout -q main");
			random_commit(r, 200 + i, &hurts);
			git_in(r, "merge -q -X ours -m fusion cote || git commit -q -a -m fusion");
		}
		char folder[65536];
		snprintf(folder, sizeof folder, "%s", git_in(r, "ls-files -s --cached")); /* clean: index, folder and head agree */
		struct oid old = head_of(r);
		struct replayed done = replay(r);
		if (done.commits)
			assert_kept(r, old);
		hub_accepts(r, head_of(r));
		git_in(r, "add -f -A"); /* what lies in the folder is what lay there */
		assert_string_equal(git_in(r, "ls-files -s --cached"), folder);
		assert_string_equal(git_in(r, "log --format=%h -S'PRIVATE KEY' main"), "");
		hurt += hurts && done.commits > 0;
		repo_close(r);
	}
	assert_true(given || hurt > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_to_do),
		cmocka_unit_test(test_private_folder),
		cmocka_unit_test(test_invalid_record),
		cmocka_unit_test(test_many_faults),
		cmocka_unit_test(test_invalid_for_long),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_what_else_the_hub_refuses),
		cmocka_unit_test(test_what_is_published_stays),
		cmocka_unit_test(test_hopeless),
		cmocka_unit_test(test_merge_by_hand),
		cmocka_unit_test(test_machine_merge),
		cmocka_unit_test(test_killed_at_every_step),
		cmocka_unit_test(test_held_file),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests_name("replay", tests, store_setup, store_teardown);
}
