#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "sync/guard.h"

static struct arena a;
static struct changes c;
static struct census k;
static struct err held;

static int fresh(void **st)
{
	(void)st;
	arena_end(&a);
	c = (struct changes){ 0 };
	k = (struct census){ 0 };
	held = (struct err){ 0 };
	return 0;
}

static int over(void **st)
{
	(void)st;
	arena_end(&a);
	return 0;
}

/* n records of folder in history, of which the first `gone` are deleted on disk */
static void folder(const char *name, size_t n, size_t gone)
{
	a.armed = true; /* running out of memory here would end in the test's setjmp: not under test */
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(&a, "%s/k%zu/ens-ara-%zu.yaml", name, i % 7, i);
		census_add(&k, &a, path);
		struct change one = { .path = path, .kind = CHANGE_DELETED };
		if (i < gone)
			arena_push(&a, &c, one);
	}
}

static void change(const char *path, enum change_kind kind, enum change_verdict verdict, size_t size)
{
	a.armed = true;
	struct change one = { .path = path, .kind = kind, .verdict = verdict, .why = "raison", .size = size };
	arena_push(&a, &c, one);
}

enum way { OUT, IN };

static size_t apply(enum way way, bool yes)
{
	for (size_t i = 0; i < c.n; i++)
		c.at[i].arriving = way == IN;
	return guard_apply(&c, &k, &a, yes, &held);
}

static size_t ready(void)
{
	size_t n = 0;
	for (size_t i = 0; i < c.n; i++)
		n += c.at[i].verdict == CHANGE_READY;
	return n;
}

static void what_counts(void **st)
{
	(void)st;
	assert_true(guard_counts("enseignements/k5/ens-ara-k5w2h9tc.yaml"));
	assert_true(guard_counts("pieces/photo.jpg"));
	assert_false(guard_counts("conflits/k5/ens-ara-k5w2h9tc.yaml"));
	assert_false(guard_counts("schema/enseignement.schema.yaml"));
	assert_false(guard_counts("aggregat/trace.csv"));
	assert_false(guard_counts("aggregat/x.yaml"));
	assert_false(guard_counts("collectif.yaml"));
	assert_false(guard_counts(".vscode/x.yaml"));
	assert_false(guard_counts("pratiques/LISEZMOI.txt"));
}

static void pillars_are_always_asked_about(void **st)
{
	(void)st;
	static const char *const alone[] = { "collectif.yaml", "collectifs.yaml", ".gitignore", ".gitattributes",
					     ".vscode/settings.json", "schema/acteur.schema.yaml" };
	for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
		bool schema = !strncmp(alone[i], "schema/", 7);
		for (int in = 0; in < 2; in++) {
			fresh(NULL);
			folder("pratiques", 30, 1);
			census_add(&k, &a, "schema/acteur.schema.yaml");
			census_add(&k, &a, "schema/pratique.schema.yaml");
			change(alone[i], CHANGE_DELETED, CHANGE_READY, 0);
			bool stops = !(in && schema); /* a schema that comes in may lack one */
			assert_int_equal(apply(in ? IN : OUT, false), stops);
			assert_int_equal(held.code, stops ? ERR_GUARD : 0);
			assert_int_equal(c.at[0].verdict, CHANGE_READY); /* a record goes its way */
			if (stops)
				assert_non_null(strstr(held.msg, alone[i]));
		}
		fresh(NULL);
		change(alone[i], CHANGE_DELETED, CHANGE_READY, 0);
		assert_int_equal(apply(OUT, true), 0);
		fresh(NULL);
		change(alone[i], CHANGE_EDITED, CHANGE_READY, 10);
		assert_int_equal(apply(OUT, false), 0);
	}
	fresh(NULL); /* the whole schema folder, from the hub */
	folder("pratiques", 30, 0);
	census_add(&k, &a, "schema/acteur.schema.yaml");
	census_add(&k, &a, "schema/pratique.schema.yaml");
	assert_int_equal(k.total, 30);
	change("schema/acteur.schema.yaml", CHANGE_DELETED, CHANGE_READY, 0);
	change("schema/pratique.schema.yaml", CHANGE_DELETED, CHANGE_READY, 0);
	assert_int_equal(apply(IN, false), 2);
}

static void ordinary_work_passes(void **st)
{
	(void)st;
	folder("pratiques", 1, 1); /* the only one of its kind */
	folder("enseignements", 50, 11); /* 12 of 51: under a quarter */
	change("acteurs/k5/act-ara-x.yaml", CHANGE_NEW, CHANGE_READY, GUARD_FILE_BYTES);
	assert_true(guard_needs_census(&c));
	assert_int_equal(apply(OUT, false), 0);
	assert_int_equal(held.code, 0);
	assert_int_equal(ready(), 13);
}

static void no_census_without_deletions(void **st)
{
	(void)st;
	change("enseignements/k5/a.yaml", CHANGE_EDITED, CHANGE_READY, 10);
	change("conflits/k5/a.yaml", CHANGE_DELETED, CHANGE_READY, 0);
	assert_false(guard_needs_census(&c));
	assert_int_equal(guard_apply(&c, NULL, &a, false, &held), 0);
}

static void a_whole_folder_is_held_and_the_rest_goes(void **st)
{
	(void)st;
	folder("pratiques", 2, 2);
	folder("enseignements", 40, 3);
	change("conflits/k5/pra-ara-1.yaml", CHANGE_DELETED, CHANGE_READY, 0);
	change("acteurs/k5/act-ara-x.yaml", CHANGE_EDITED, CHANGE_READY, 10);
	assert_int_equal(apply(OUT, false), 3);
	assert_int_equal(ready(), 4);
	for (size_t i = 0; i < c.n; i++)
		if (c.at[i].verdict == CHANGE_GUARDED)
			assert_true(!strncmp(c.at[i].path, "pratiques/", 10) || !strncmp(c.at[i].path, "conflits/", 9));
	assert_int_equal(held.code, ERR_GUARD);
	assert_non_null(strstr(held.msg, "pratiques/"));
	assert_non_null(strstr(held.msg, "--yes-delete"));
}

static void more_than_twenty(void **st)
{
	(void)st;
	folder("enseignements", 1000, 20);
	assert_int_equal(apply(OUT, false), 0);
	fresh(NULL);
	folder("enseignements", 1000, 21);
	assert_int_equal(apply(OUT, false), 21);
	assert_non_null(strstr(held.msg, "21"));
	assert_non_null(strstr(held.msg, "enseignements/k0/ens-ara-0.yaml"));
}

static void a_quarter_of_more_than_eight(void **st)
{
	(void)st;
	folder("enseignements", 8, 4);
	assert_int_equal(apply(OUT, false), 0);
	fresh(NULL);
	folder("enseignements", 9, 2);
	assert_int_equal(apply(OUT, false), 0);
	fresh(NULL);
	folder("enseignements", 9, 3);
	assert_int_equal(apply(OUT, false), 3);
	fresh(NULL);
	folder("pieces", 12, 3); /* attachments are losses too */
	assert_int_equal(apply(OUT, false), 3);
}

static void a_person_may_say_yes(void **st)
{
	(void)st;
	folder("enseignements", 30, 30);
	assert_int_equal(guard_apply(&c, NULL, &a, true, &held), 0);
	assert_int_equal(ready(), 30);
	change("pieces/film.mp4", CHANGE_NEW, CHANGE_READY, GUARD_FILE_BYTES + 1);
	assert_int_equal(apply(OUT, true), 1); /* yes to deletions is not yes to a film */
}

static void big_files(void **st)
{
	(void)st;
	change("pieces/film.mp4", CHANGE_NEW, CHANGE_READY, 12 * 1024 * 1024);
	change("aggregat/trace.csv", CHANGE_EDITED, CHANGE_READY, 12 * 1024 * 1024);
	change("pieces/autre.mp4", CHANGE_NEW, CHANGE_WAITING, 12 * 1024 * 1024);
	assert_int_equal(apply(OUT, false), 1);
	assert_int_equal(c.at[0].verdict, CHANGE_GUARDED);
	assert_int_equal(c.at[1].verdict, CHANGE_READY);
	assert_int_equal(c.at[2].verdict, CHANGE_WAITING);
	assert_non_null(strstr(held.msg, "pieces/film.mp4"));
	assert_non_null(strstr(held.msg, "12 Mio"));
	assert_null(strstr(held.msg, "--yes-delete")); /* that would not help */
}

static void secrets_found_by_the_scan_are_named(void **st)
{
	(void)st;
	change("pieces/id_ed25519", CHANGE_NEW, CHANGE_GUARDED, 400);
	folder("pratiques", 3, 3);
	assert_int_equal(apply(OUT, false), 4);
	assert_non_null(strstr(held.msg, "pieces/id_ed25519"));
	assert_non_null(strstr(held.msg, "raison"));
	assert_non_null(strstr(held.msg, "pratiques/")); /* both are explained */
	assert_int_equal(apply(OUT, true), 4);     /* what was held stays held in this list */
}

static void what_comes_in_is_guarded_too(void **st)
{
	(void)st;
	folder("enseignements", 30, 21);
	change("pieces/film.mp4", CHANGE_NEW, CHANGE_READY, GUARD_FILE_BYTES + 1);
	assert_int_equal(apply(IN, false), 22);
	assert_non_null(strstr(held.msg, "hub"));
	fresh(NULL);
	folder("enseignements", 30, 21);
	change("pieces/film.mp4", CHANGE_NEW, CHANGE_READY, GUARD_FILE_BYTES + 1);
	change("pieces/cle", CHANGE_NEW, CHANGE_GUARDED, 400); /* as it was found on its way in */
	assert_int_equal(apply(IN, false), 23);
	assert_int_equal(apply(IN, true), 0); /* there is no other way out of this one */
	assert_int_equal(ready(), c.n);
}

/* In the folder's list: what was deleted here, and what the hub deleted and was held. */
static void both_ways_at_once(void **st)
{
	(void)st;
	folder("pratiques", 30, 22);
	for (size_t i = 0; i < 4; i++)
		change("enseignements/k5/ens-ara-k5w2h9tc.yaml", CHANGE_DELETED, CHANGE_GUARDED, 0);
	change("pieces/cle", CHANGE_NEW, CHANGE_GUARDED, 400);
	for (size_t i = c.n - 5; i < c.n; i++)
		c.at[i].arriving = true;
	assert_int_equal(guard_apply(&c, &k, &a, false, &held), 27); /* what the hub deleted counts no second time */
	assert_non_null(strstr(held.msg, "suppression de 22 fiches sur 30 (par exemple pratiques/"));
	assert_non_null(strstr(held.msg, "le hub apporte une raison (par exemple enseignements/"));
	assert_non_null(strstr(held.msg, "le hub apporte pieces/cle"));
	assert_false(guard_on_pillar(&c));
	assert_int_equal(guard_apply(&c, &k, &a, true, &held), 22); /* what was held stays held in this list */
	assert_int_equal(ready(), 5);
	change("collectif.yaml", CHANGE_DELETED, CHANGE_READY, 0);
	guard_apply(&c, &k, &a, false, &held);
	assert_true(guard_on_pillar(&c));
}

static void long_names_do_not_overflow(void **st)
{
	(void)st;
	static char path[5000];
	memset(path, 'a', sizeof path - 1);
	memcpy(path, "pieces/", 7);
	change(path, CHANGE_NEW, CHANGE_READY, GUARD_FILE_BYTES + 1);
	assert_int_equal(apply(OUT, false), 1);
	assert_in_range(strlen(held.msg), 100, ERR_MSG_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(what_counts), T(pillars_are_always_asked_about), T(ordinary_work_passes), T(no_census_without_deletions),
		T(a_whole_folder_is_held_and_the_rest_goes), T(more_than_twenty), T(a_quarter_of_more_than_eight),
		T(a_person_may_say_yes), T(big_files), T(secrets_found_by_the_scan_are_named),
		T(what_comes_in_is_guarded_too), T(both_ways_at_once), T(long_names_do_not_overflow),
	};
	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
