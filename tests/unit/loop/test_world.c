/* Whole cycles of the real world: clones and a hub that are folders, no daemon, no uv. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/fsio.h"
#include "loop/world.h"
#include "store/hub.h"
#include "store/worktree.h"
#include "sync/sync.h"

static char dir[PATH_MAX];
static struct err e;
static struct sync s;

#define ok(call)                                                                   \
	do {                                                                       \
		int rc_ = (call);                                                  \
		if (rc_)                                                           \
			fail_msg("%s: %s %s", #call, err_name(rc_), e.msg);        \
	} while (0)

static const char *at(const char *path)
{
	static char out[8][PATH_MAX];
	static int i;
	i = (i + 1) % 8;
	snprintf(out[i], PATH_MAX, "%.3000s/%.900s", dir, path);
	return out[i];
}

static void make_clone(const char *name, const char *code, const char *url)
{
	struct repo *r;
	ok(repo_create(&r, at(name), url, code, "act-ara-2w3x4y5z", &e));
	repo_close(r);
}

static int fresh(void **st)
{
	static const char *const codes[] = { "ara", "bfc" };
	(void)st;
	const char *root = getenv("ROOT");
	if (root)
		setenv("MAILLAGE_DATADIR", root, 1);
	snprintf(dir, sizeof dir, "%s/world-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(dir));
	ok(store_init(&e));
	ok(hub_init(at("hub"), codes, 2, "/bin/true", &e));
	make_clone("un", "ara", at("hub/ara.git"));
	make_clone("deux", "ara", at("hub/ara.git"));
	sync_init(&s);
	return 0;
}

static int over(void **st)
{
	(void)st;
	sync_fini(&s);
	store_fini();
	return fs_remove_tree(dir, NULL);
}

static void save(const char *path, const char *text)
{
	ok(fs_mkparents(at(path), &e));
	FILE *f = fopen(at(path), "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void assert_file(const char *path, const char *want)
{
	struct buf b = BUF_INIT;
	ok(fs_read(&b, at(path), 100000, &e));
	assert_string_equal(buf_str(&b), want);
	buf_free(&b);
}

static const char *lesson(const char *titre, const char *enonce)
{
	static char out[4][2000];
	static int i;
	i = (i + 1) % 4;
	snprintf(out[i], sizeof out[i],
		 "schema: enseignement/1\nid: ens-ara-k5w2h9tc\ncollectif: ara\nlangue: fr\ntitre: \"%s\"\nenonce: \"%s\"\n"
		 "etat: brouillon\nvisibilite: collectif\ncree_le: \"2018-05-03\"\ncree_par: act-ara-3p4q5r6s\n",
		 titre, enonce);
	return out[i];
}
#define LESSON "enseignements/k5/ens-ara-k5w2h9tc.yaml"

static int (*aggregate)(bool *changed, struct repo *r, struct err *e);

static enum sync_result cycle(const char *clone, const struct sync_options *o)
{
	struct real_world w = { .aggregate = aggregate, .lock_wait_ms = 50 };
	ok(real_world_open(&w, at(clone), &e));
	sync_begin(&s, o);
	enum sync_result r = sync_run(&s, &w.table);
	size_t left;
	ok(real_world_outgoing(&left, &w, &e));
	if (r == SYNC_FINISHED)
		assert_int_equal(left, 0);
	assert_int_equal(w.unheard, false);
	real_world_close(&w);
	real_world_close(&w);
	return r;
}

#define finishes(clone)                                                           \
	do {                                                                      \
		if (cycle(clone, NULL) != SYNC_FINISHED)                          \
			fail_msg("%s: %s %s", clone, err_name(s.err.code), s.err.msg); \
	} while (0)

static void an_edit_travels(void **st)
{
	(void)st;
	finishes("un");
	save("un/" LESSON, lesson("Avant", "Une phrase."));
	finishes("un");
	assert_int_equal(s.did.recorded, 1);
	assert_true(s.did.pushed);
	finishes("deux");
	assert_file("deux/" LESSON, lesson("Avant", "Une phrase."));
	finishes("deux");
	assert_false(s.did.pushed || s.did.wrote);
}

static void both_edit_and_both_edits_stay(void **st)
{
	(void)st;
	save("un/" LESSON, lesson("Avant", "Une phrase."));
	finishes("un");
	finishes("deux");
	save("un/" LESSON, lesson("Après", "Une phrase."));
	save("deux/" LESSON, lesson("Avant", "Une autre phrase."));
	finishes("un");
	finishes("deux");
	assert_true(s.did.wrote && s.did.pushed);
	assert_int_equal(s.did.merged, 1);
	finishes("un");
	assert_file("un/" LESSON, lesson("Après", "Une autre phrase."));
	assert_file("deux/" LESSON, lesson("Après", "Une autre phrase."));
}

static void the_same_field_twice_is_a_difference_and_syncing_goes_on(void **st)
{
	(void)st;
	save("un/" LESSON, lesson("Avant", "Une phrase."));
	finishes("un");
	finishes("deux");
	save("un/" LESSON, lesson("Celui-ci", "Une phrase."));
	save("deux/" LESSON, lesson("Celui-là", "Une phrase."));
	finishes("un");
	finishes("deux");
	assert_int_equal(s.did.differences, 1);
	finishes("un");
	assert_true(fs_exists(at("un/conflits/k5/ens-ara-k5w2h9tc.yaml")));
	assert_file("un/" LESSON, lesson("Avant", "Une phrase."));
}

static void what_the_hub_would_refuse_waits(void **st)
{
	(void)st;
	save("un/" LESSON, "titre: [\n");
	save("un/pieces/note.txt", "bonjour\n");
	finishes("un");
	assert_int_equal(s.did.waiting, 1);
	assert_int_equal(s.did.recorded, 1);
	finishes("deux");
	assert_file("deux/pieces/note.txt", "bonjour\n");
	assert_false(fs_exists(at("deux/" LESSON)));
	assert_file("un/" LESSON, "titre: [\n");
}

static void without_a_hub_it_records(void **st)
{
	(void)st;
	make_clone("seul", "ara", NULL);
	save("seul/" LESSON, lesson("Seul", "Une phrase."));
	finishes("seul");
	assert_int_equal(s.did.recorded, 1);
	assert_false(s.did.fetched);
	assert_false(fs_exists(at("seul/.maillage/national")));
}

static void with_the_hub_away_it_records_and_says_so(void **st)
{
	(void)st;
	finishes("un");
	assert_int_equal(rename(at("hub"), at("parti")), 0);
	save("un/" LESSON, lesson("Hors ligne", "Une phrase."));
	assert_int_not_equal(cycle("un", NULL), SYNC_FINISHED);
	assert_int_equal(s.did.recorded, 1);
	assert_true(s.err.msg[0]);
	assert_int_equal(rename(at("parti"), at("hub")), 0);
	finishes("un");
	finishes("deux");
	assert_file("deux/" LESSON, lesson("Hors ligne", "Une phrase."));
}

/* What both have is wiped at "un", where the lesson changes as well. */
static void wipe_pieces(void)
{
	for (int i = 0; i < 3; i++) {
		char path[100];
		snprintf(path, sizeof path, "un/pieces/n%d.txt", i);
		save(path, "x\n");
	}
	save("un/" LESSON, lesson("Reste", "Une phrase."));
	finishes("un");
	finishes("deux");
	ok(fs_remove_tree(at("un/pieces"), &e));
	save("un/" LESSON, lesson("Change", "Une phrase."));
}

static void a_wiped_folder_is_asked_about(void **st)
{
	(void)st;
	wipe_pieces();
	assert_int_equal(cycle("un", NULL), SYNC_WAIT);
	assert_int_equal(s.err.code, ERR_GUARD);
	assert_int_equal(s.did.guarded, 3);
	finishes("deux"); /* the rest went through */
	assert_file("deux/" LESSON, lesson("Change", "Une phrase."));
	assert_true(fs_exists(at("deux/pieces/n0.txt")));
	assert_int_equal(cycle("un", &(struct sync_options){ .yes_delete = true }), SYNC_FINISHED);
	assert_int_equal(cycle("deux", NULL), SYNC_WAIT); /* and is asked about again where it arrives */
	assert_int_equal(s.err.code, ERR_GUARD);
	assert_true(fs_exists(at("deux/pieces/n0.txt")));
	assert_int_equal(cycle("deux", &(struct sync_options){ .yes_delete = true }), SYNC_FINISHED);
	assert_false(fs_exists(at("deux/pieces/n0.txt")));
}

static bool hub_has(const char *path)
{
	struct repo *r;
	struct oid head;
	struct arena a;
	const char *bytes;
	size_t n;
	assert_true(arena_begin(&a));
	ok(repo_open(&r, at("hub/ara.git"), &e));
	ok(repo_head(&head, r, &e));
	ok(repo_read(&bytes, &n, NULL, &a, r, &head, path, &e));
	bool has = bytes != NULL;
	arena_end(&a);
	repo_close(r);
	return has;
}

/* What was asked about stays in the folder, and there only: merging, writing what else came, and sending go on. */
static void only_what_is_asked_about_waits(void **st)
{
	(void)st;
	wipe_pieces();
	assert_int_equal(cycle("un", &(struct sync_options){ .yes_delete = true }), SYNC_FINISHED);
	save("deux/" LESSON, lesson("Reste", "Une autre phrase."));
	for (int again = 0; again < 2; again++) {
		assert_int_equal(cycle("deux", NULL), SYNC_WAIT);
		assert_int_equal(s.err.code, ERR_GUARD);
		assert_int_equal(s.state, SYNC_DONE);
		assert_int_equal(s.did.guarded, 3);
		assert_int_equal(s.did.pushed, !again);
		assert_file("deux/pieces/n0.txt", "x\n");
		assert_false(hub_has("pieces/n0.txt")); /* and nobody brought it back */
	}
	assert_file("deux/" LESSON, lesson("Change", "Une autre phrase."));
	finishes("un");
	assert_file("un/" LESSON, lesson("Change", "Une autre phrase."));
	/* who goes on writing in one of them keeps it */
	save("deux/pieces/n1.txt", "y\n");
	assert_int_equal(cycle("deux", NULL), SYNC_WAIT);
	assert_int_equal(s.did.guarded, 2);
	assert_true(hub_has("pieces/n1.txt"));
	/* and what somebody brings back is not asked about any more */
	finishes("un");
	save("un/pieces/n2.txt", "z\n");
	finishes("un");
	assert_int_equal(cycle("deux", NULL), SYNC_WAIT);
	assert_int_equal(s.did.guarded, 1);
	assert_file("deux/pieces/n2.txt", "z\n");
	assert_int_equal(cycle("deux", &(struct sync_options){ .yes_delete = true }), SYNC_FINISHED);
	assert_false(fs_exists(at("deux/pieces/n0.txt")));
	assert_file("deux/pieces/n1.txt", "y\n");
	finishes("deux");
}

/* By a courier a deletion may come that the hub does not have: what we merged we would publish. */
static void what_a_courier_takes_away_is_not_merged(void **st)
{
	(void)st;
	static const char *const codes[] = { "ara" };
	ok(hub_init(at("cle"), codes, 1, "/bin/true", &e));
	save("un/pieces/a.txt", "a\n");
	save("un/pieces/b.txt", "b\n");
	finishes("un");
	finishes("deux");
	ok(fs_remove_tree(at("un/pieces"), &e));
	struct sync_options yes = { .yes_delete = true };
	struct real_world w = { .courier = at("cle/ara.git") };
	ok(real_world_open(&w, at("un"), &e));
	sync_begin(&s, &yes);
	assert_int_equal(sync_run(&s, &w.table), SYNC_FINISHED);
	real_world_close(&w);
	ok(real_world_open(&w, at("deux"), &e));
	sync_begin(&s, NULL);
	assert_int_equal(sync_run(&s, &w.table), SYNC_WAIT);
	assert_int_equal(s.err.code, ERR_GUARD);
	real_world_close(&w);
	finishes("deux");
	assert_true(hub_has("pieces/a.txt"));
}

/* From a host without our hooks: a key; and by git, what looks like a password. */
static void a_secret_that_arrives_is_asked_about(void **st)
{
	(void)st;
	struct repo *r;
	struct oid head, key, now;
	finishes("un");
	finishes("deux");
	save("deux/pieces/n.txt", "ici\n");
	ok(repo_open(&r, at("hub/ara.git"), &e));
	ok(repo_config_set(r, "user.name", "act-ara-3p4q5r6s", &e));
	ok(repo_head(&head, r, &e));
	const char *text = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
	ok(repo_commit(&key, r, &head, &(struct file_change){ "pieces/cle.txt", text, strlen(text) }, 1, "par un autre hub", &e));
	ok(repo_ref_move(r, "refs/heads/main", &head, &key, "essai", &e));
	assert_int_equal(cycle("deux", NULL), SYNC_WAIT);
	assert_int_equal(s.err.code, ERR_GUARD);
	assert_non_null(strstr(s.err.msg, "pieces/cle.txt"));
	assert_non_null(strstr(s.err.msg, "--yes-delete"));
	assert_int_equal(s.did.recorded, 1); /* what was written here is safe all the same */
	assert_false(fs_exists(at("deux/pieces/cle.txt")));
	if (cycle("deux", &(struct sync_options){ .yes_delete = true }) != SYNC_FINISHED)
		fail_msg("%s", s.err.msg);
	assert_file("deux/pieces/cle.txt", text);
	ok(repo_head(&head, r, &e));
	/* the same file again, and another one that its author took back before it got here */
	const char *more = "-----BEGIN OPENSSH PRIVATE KEY-----\nsuite\n", *word = "mot de passe : azerty\n";
	ok(repo_commit(&key, r, &head, &(struct file_change){ "pieces/cle.txt", more, strlen(more) }, 1, "suite", &e));
	ok(repo_commit(&now, r, &key, &(struct file_change){ "pieces/mot.txt", word, strlen(word) }, 1, "un mot", &e));
	ok(repo_ref_move(r, "refs/heads/main", &head, &now, "essai", &e));
	assert_int_equal(cycle("deux", NULL), SYNC_WAIT);
	assert_non_null(strstr(s.err.msg, "pieces/mot.txt"));
	assert_null(strstr(s.err.msg, "cle.txt"));
	ok(repo_commit(&key, r, &now, &(struct file_change){ "pieces/mot.txt", "rien\n", 5 }, 1, "rien", &e));
	ok(repo_ref_move(r, "refs/heads/main", &now, &key, "essai", &e));
	repo_close(r);
	finishes("deux");
	assert_file("deux/pieces/cle.txt", more);
	assert_file("deux/pieces/mot.txt", "rien\n");
}

static void a_guarded_deletion_survives_a_merge(void **st)
{
	(void)st;
	save("un/pieces/a.txt", "a\n");
	save("un/pieces/b.txt", "b\n");
	finishes("un");
	finishes("deux");
	save("deux/pieces/a.txt", "a, mieux\n");
	finishes("deux");
	ok(fs_remove_tree(at("un/pieces"), &e));
	assert_int_equal(cycle("un", NULL), SYNC_WAIT);
	assert_int_equal(s.err.code, ERR_GUARD);
	finishes("deux");
	assert_file("deux/pieces/a.txt", "a, mieux\n"); /* nothing was deleted behind anybody's back */
	assert_true(fs_exists(at("deux/pieces/b.txt")));
}

static void a_lock_held_by_somebody_else(void **st)
{
	(void)st;
	struct repo *r;
	ok(repo_open(&r, at("un"), &e));
	ok(repo_lock(r, 0, &e));
	assert_int_equal(cycle("un", NULL), SYNC_LATER);
	assert_int_equal(s.err.code, ERR_BUSY);
	repo_unlock(r);
	repo_close(r);
	finishes("un");
}

/* ---- national ------------------------------------------------------------------------------------------------------- */

static void siblings(void **st)
{
	(void)st;
	static const char *const cases[][3] = {
		{ "/srv/hub/ara.git", "nat", "/srv/hub/national.git" },
		{ "/srv/hub/ara.git/", "bfc", "/srv/hub/bfc.git" },
		{ "ssh://g@h:22/srv/ara.git", "nat", "ssh://g@h:22/srv/national.git" },
		{ "g@h:ara.git", "nat", "g@h:national.git" },
		{ "g@h:hub/ara.git", "bre", "g@h:hub/bre.git" },
		{ "https://h/x/national.git", "ara", "https://h/x/ara.git" },
	};
	struct arena a;
	assert_true(arena_begin(&a));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(national_sibling(&a, cases[i][0], cases[i][1]), cases[i][2]);
	arena_end(&a);
}

static void coordinators_have_the_national_copy(void **st)
{
	(void)st;
	finishes("un");
	assert_true(fs_exists(at("un/.maillage/national/collectifs.yaml")));
	/* damaged: made again; and never the cycle's trouble */
	ok(fs_remove_tree(at("un/.maillage/national/.git/refs"), &e));
	unlink(at("un/.maillage/national/.git/HEAD"));
	finishes("un");
	finishes("un");
	assert_true(fs_exists(at("un/.maillage/national/collectifs.yaml")));
	assert_false(fs_exists(at("un/collectifs.yaml"))); /* not into the clone around it */
	ok(fs_remove_tree(at("hub/national.git"), &e));
	finishes("un");
}

static int runs;

static int counted(bool *changed, struct repo *r, struct err *err)
{
	static const char text[] = "code\n";
	struct file_change f = { "aggregat/couverture.csv", text, sizeof text - 1 };
	struct oid bre, commit;
	runs++;
	if (repo_ref(&bre, r, WORLD_COLLECTIVES "ara", err) || !oid_is(&bre))
		return err_set(err, ERR_CORRUPT, "ara not fetched");
	*changed = runs == 1;
	return *changed ? worktree_put(&commit, r, &f, 1, "agrégation", err) : 0;
}

static void the_national_clone_listens_and_aggregates(void **st)
{
	(void)st;
	save("un/" LESSON, lesson("Avant", "Une phrase."));
	finishes("un");
	make_clone("nat", "nat", at("hub/national.git"));
	aggregate = counted;
	runs = 0;
	finishes("nat");
	assert_int_equal(runs, 1);
	assert_true(s.did.pushed);
	finishes("nat");
	assert_int_equal(runs, 2);
	assert_false(s.did.pushed);
	aggregate = NULL;
	finishes("un"); /* and everybody may read it */
	assert_file("un/.maillage/national/aggregat/couverture.csv", "code\n");
}

static void a_missing_collective_stops_nobody(void **st)
{
	(void)st;
	struct real_world w = { .lock_wait_ms = 50 };
	make_clone("nat", "nat", at("hub/national.git"));
	ok(fs_remove_tree(at("hub/bfc.git"), &e));
	ok(real_world_open(&w, at("nat"), &e));
	sync_begin(&s, NULL);
	assert_int_equal(sync_run(&s, &w.table), SYNC_FINISHED);
	assert_true(w.unheard);
	assert_non_null(strstr(w.unheard_why, "bfc"));
	struct oid ara;
	ok(repo_ref(&ara, w.repo, WORLD_COLLECTIVES "ara", &e));
	assert_true(oid_is(&ara));
	real_world_close(&w);
}

static void not_a_clone(void **st)
{
	(void)st;
	struct real_world w = { 0 };
	assert_int_equal(real_world_open(&w, at("rien"), &e), ERR_NOTFOUND);
	real_world_close(&w);
	assert_int_equal(mkdir(at("vide"), 0755), 0);
	assert_int_equal(real_world_open(&w, at("vide"), &e), ERR_CONFIG);
	real_world_close(&w);
	assert_int_equal(real_world_open(&w, at("hub/ara.git"), &e), ERR_CONFIG);
	real_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(an_edit_travels), T(both_edit_and_both_edits_stay), T(the_same_field_twice_is_a_difference_and_syncing_goes_on),
		T(what_the_hub_would_refuse_waits), T(without_a_hub_it_records), T(with_the_hub_away_it_records_and_says_so),
		T(a_wiped_folder_is_asked_about), T(only_what_is_asked_about_waits), T(what_a_courier_takes_away_is_not_merged), T(a_secret_that_arrives_is_asked_about),
		T(a_guarded_deletion_survives_a_merge), T(a_lock_held_by_somebody_else), T(siblings),
		T(coordinators_have_the_national_copy), T(the_national_clone_listens_and_aggregates),
		T(a_missing_collective_stops_nobody), T(not_a_clone),
	};
	return cmocka_run_group_tests_name("world", tests, NULL, NULL);
}
