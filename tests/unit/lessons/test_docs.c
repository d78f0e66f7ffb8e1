/* Docs that are kept from run to run: whatever happens to what a doc is made of, a run with a memory says what one without it
 * says; and what nothing happened to is not made again. */
#include "world.h"

#include "lessons/names.h"
#include "lessons/outputs.h"

static struct lessons_memory memory;
static struct lessons_files disk; /* what stands in aggregat/ */
static struct names written; /* of these, by the last run */
static unsigned texts;
static bool told; /* sources say what has moved since the last run */

static struct source_record *record(const char *code, const char *id)
{
	struct source *s = world_source(code, "2020-01-14");
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->at[i].id, id))
			return (struct source_record *)(uintptr_t)&s->at[i];
	fail_msg("no %s", id);
	return NULL;
}

/* Another head, and another text of that record: what a source gives is a function of its commit. */
static void touch(const char *code, const char *id)
{
	struct source_record *r = record(code, id);
	struct source *s = world_source(code, NULL);
	if (told) {
		s->was = s->was ? s->was : s->commit;
		names_add(&w.a, &s->moved, r->id);
	}
	r->blob = r->commit = world_source(code, NULL)->commit = arena_printf(&w.a, "%040u", ++texts);
	r->fingerprint = arena_printf(&w.a, "sha256:%u", texts);
}

/* A new record, or another text of it. */
static void say(const char *code, const char *id, const char *lines)
{
	struct source *s = world_source(code, "2020-01-14");
	struct source_record now;
	size_t i = 0;
	while (i < s->n && strcmp(s->at[i].id, id))
		i++;
	now = *world_record(code, id, lines);
	if (i + 1 < s->n) {
		*record(code, id) = now;
		s->n--;
	}
	touch(code, id);
}

static const char *bytes_on_disk(const char *path)
{
	for (size_t i = 0; i < disk.n; i++)
		if (!strcmp(disk.at[i].path, path))
			return disk.at[i].bytes;
	fail_msg("%s was not there, and is not written", path);
	return NULL;
}

/* Whose docs were made again, or dropped. */
static const char *run(const char *as_of)
{
	struct lessons_files files = { 0 }, whole = world_build(as_of);
	struct err e = { 0 };
	struct names changed = { 0 };
	written = (struct names){ 0 };
	if (lessons_rebuild(&files, &memory, &w.a, w.source, w.n, as_of, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(files.n, whole.n);
	for (size_t i = 0; i < files.n; i++) {
		const char *path = files.at[i].path;
		assert_string_equal(path, whole.at[i].path);
		if (files.at[i].bytes)
			names_add(&w.a, &written, path);
		if (!files.at[i].bytes)
			files.at[i].bytes = bytes_on_disk(path);
		if (strcmp(files.at[i].bytes, whole.at[i].bytes) != 0)
			fail_msg("%s is not what it would be without a memory:\n%s", path, files.at[i].bytes);
	}
	for (size_t i = 0; i < memory.docs.n; i++)
		if (memory.docs.at[i].changed)
			names_add(&w.a, &changed, memory.docs.at[i].code);
	for (size_t i = 0; i < w.n; i++) {
		w.source[i].was = NULL;
		w.source[i].moved = (struct names){ 0 };
	}
	disk = files;
	return names_join(&w.a, &changed);
}

#define EVIDENCE(until, status)                                                                                         \
	"nature: entretien\nsources: [act-ara-1]\nattribution: type_seul\nparaphrase: Elle a osé parler.\nconsentement: "    \
	"{statut: " status ", portee: public, citation: paraphrase, expire_le: \"" until "\"}\n"

static int begin(void **st)
{
	told = *st != NULL;
	world_begin(st);
	memory = (struct lessons_memory){ .key = "sel" };
	disk = (struct lessons_files){ 0 };
	say("nat", "con-participation", "registre: theme\nlibelles: {fr: Participation}\n");
	say("ara", "act-ara-1", "types: [elu]\n");
	say("ara", "mat-ara-1", EVIDENCE("2020-06-01", "obtenu"));
	say("ara", "pra-ara-1", "titre: Un conseil.\n");
	say("ara", "ens-ara-1",
	    "titre: Un.\nenonce: Selon ACT-zz-1, oui.\nthemes: [con-participation]\na_revoir_le: \"2020-03-01\"\nvisibilite: public\n"
	    "appuis: [{id: mat-ara-1, role_appui: fonde}, {id: mat-ara-2}, {id: pra-ara-1}]\n"
	    "desaccords: [{id: d1, texte: Non., par: act-ara-1, date: \"2019-01-01\"}]\n");
	say("bfc", "ens-bfc-1", "titre: Deux.\nenonce: Deux.\nappuis: [{id: mat-ara-1}]\n");
	say("cvl", "ens-cvl-1", "titre: Trois.\nenonce: Trois.\n");
	assert_string_equal(run("2020-01-01"), "ara; bfc; cvl; nat");
	assert_string_equal(run("2020-01-01"), "");
	return 0;
}

static void days_pass_and_come_back(void **st)
{
	(void)st;
	assert_string_equal(run("2020-03-01"), "");
	assert_string_equal(run("2020-03-02"), "ara"); /* to be looked at again */
	assert_string_equal(run("2020-06-01"), "");
	assert_string_equal(run("2020-06-02"), "ara; bfc"); /* its consent is over */
	assert_lacks(world_file(&disk, "enseignements/bfc/1.jsonl"), "osé parler");
	assert_string_equal(run("2021-06-02"), "");
	assert_string_equal(run("2020-05-31"), "ara; bfc");
	assert_has(world_file(&disk, "enseignements/bfc/1.jsonl"), "osé parler");
	assert_string_equal(run("2020-01-01"), "ara");
}

static void evidence_changes(void **st)
{
	(void)st;
	say("ara", "mat-ara-1", EVIDENCE("2020-07-01", "obtenu"));
	assert_string_equal(run("2020-01-01"), "ara; bfc");
	assert_string_equal(run("2020-06-02"), "ara"); /* the old end of its consent says nothing any more */
	say("ara", "mat-ara-1", EVIDENCE("2020-07-01", "retire"));
	assert_string_equal(run("2020-06-02"), "ara; bfc");
	assert_lacks(world_file(&disk, "enseignements/bfc/1.jsonl"), "osé parler");
	say("ara", "mat-ara-1", EVIDENCE("2020-07-01", "obtenu"));
	run("2020-06-02");
	record("ara", "mat-ara-1")->open_visibility = true; /* what its sidecar says */
	world_source("ara", NULL)->commit = "0";
	assert_string_equal(run("2020-06-02"), "ara; bfc");
	say("ara", "pra-ara-1", "titre: Un autre conseil.\n");
	assert_string_equal(run("2020-06-02"), "ara");
	say("ara", "mat-ara-3", EVIDENCE("2020-07-01", "obtenu")); /* nothing rests on it */
	assert_string_equal(run("2020-06-02"), "");
	say("ara", "mat-ara-2", EVIDENCE("2020-07-01", "obtenu")); /* it was missing */
	assert_string_equal(run("2020-06-02"), "ara");
}

static void people_change(void **st)
{
	(void)st;
	say("ara", "act-ara-1", "types: [agent]\n");
	assert_string_equal(run("2020-01-01"), "ara; bfc");
	assert_has(world_file(&disk, "enseignements/bfc/1.jsonl"), "agent");
	say("ara", "act-ara-1", "types: [agent]\netat: retire\n");
	assert_string_equal(run("2020-01-01"), "ara; bfc");
	assert_has(world_file(&disk, "enseignements/ara/1.jsonl"), "ACT-zz-1");
	say("cvl", "act-zz-1", "types: [elu]\n"); /* whoever is known is hidden */
	assert_string_equal(run("2020-01-01"), "ara; bfc; cvl");
	assert_lacks(world_file(&disk, "enseignements/ara/1.jsonl"), "ACT-zz-1");
	world_source("zz", "2020-01-14"); /* and whoever has a collective's code */
	assert_string_equal(run("2020-01-01"), "ara; bfc; cvl; zz");
}

static void another_source_has_it_too(void **st)
{
	(void)st;
	say("aaa", "mat-ara-1", "nature: document\nsources: []\n");
	run("2020-01-01");
	assert_lacks(world_file(&disk, "enseignements/bfc/1.jsonl"), "osé parler");
	world_source("aaa", NULL)->n = 0;
	world_source("aaa", NULL)->commit = "0";
	assert_string_equal(run("2020-01-01"), "ara; bfc");
	say("aaa", "mat-ara-1", "nature: document\nsources: []\n");
	assert_string_equal(run("2020-01-01"), "ara; bfc");
	assert_lacks(world_file(&disk, "enseignements/bfc/1.jsonl"), "osé parler");
	say("aaa", "ens-cvl-1", "titre: Quatre.\nenonce: Quatre.\n");
	assert_string_equal(run("2020-01-01"), "aaa; cvl");
}

/* Of two sources that have an id the first answers: here the one where it is at home, which did not have it before. */
static void a_guest_is_hidden(void **st)
{
	(void)st;
	say("cvl", "mat-ara-7", EVIDENCE("2020-06-01", "obtenu"));
	say("bfc", "ens-bfc-1", "titre: Deux.\nenonce: Deux.\nappuis: [{id: mat-ara-7}]\n");
	assert_string_equal(run("2020-01-01"), "bfc");
	assert_string_equal(run("2020-01-01"), "");
	say("ara", "mat-ara-7", EVIDENCE("2020-06-01", "retire"));
	assert_string_equal(run("2020-01-01"), "bfc");
	assert_lacks(world_file(&disk, "enseignements/bfc/1.jsonl"), "osé parler");
}

static void what_is_damaged_is_made_anew(void **st)
{
	(void)st;
	for (size_t i = 0; i < memory.docs.n; i++)
		for (size_t j = 0; j < memory.docs.at[i].n; j++)
			memory.docs.at[i].at[j].check ^= 1;
	assert_string_equal(run("2020-01-01"), ""); /* the feed asks for the newest ones, in each run */
	for (size_t i = 0; i < memory.docs.n; i++)
		assert_int_equal(memory.docs.at[i].damaged, memory.docs.at[i].n > 0);
}

/* What is put into docs after they are made. */
static void what_others_say(void **st)
{
	(void)st;
	say("nat", "con-participation", "registre: theme\nlibelles: {fr: Participation}\ndeprecie_pour: con-parole\n");
	say("nat", "con-parole", "registre: theme\nlibelles: {fr: Parole}\n");
	assert_string_equal(run("2020-01-01"), "");
	assert_has(world_file(&disk, "enseignements/ara/1.jsonl"), "con-parole");
	say("bfc", "cro-bfc-1", "de: {ref: ens-cvl-1, empreinte: \"\"}\nvers: {ref: ens-ara-1, empreinte: \"\"}\nrelation: meme\n");
	run("2020-01-01");
	record("bfc", "cro-bfc-1")->tip =
		world_val(arena_printf(&w.a, "id: cro-bfc-1\ncollectif: bfc\netat: partage\nvisibilite: reseau\nrelation: meme\n"
					     "de: {ref: ens-cvl-1, empreinte: \"%s\"}\nvers: {ref: ens-ara-1, empreinte: \"%s\"}\n",
				       record("cvl", "ens-cvl-1")->fingerprint, record("ara", "ens-ara-1")->fingerprint));
	touch("bfc", "cro-bfc-1");
	assert_string_equal(run("2020-01-01"), "");
	assert_has(world_file(&disk, "enseignements/cvl/1.jsonl"), "\"grappe\":\"ens-ara-1\"");
	assert_true(names_has(&written, AGGREGATE_DIR "enseignements/cvl/1.jsonl")); /* its group */
	assert_false(names_has(&written, AGGREGATE_DIR "trace/cvl/1.csv"));	    /* it says what it said */
	say("bfc", "avi-bfc-1", "nature: objection\ncible: ens-ara-1\npar: act-bfc-1\ndate: \"2019-02-02\"\ntexte: Si.\n");
	run("2020-01-01");
	say("bfc", "avi-bfc-2", "nature: levee\ncible: avi-bfc-1\n");
	run("2020-01-01");
	assert_lacks(world_file(&disk, "enseignements/ara/1.jsonl"), "avi-bfc-1");
	say("ara", "avi-ara-1", "nature: levee\ncible: ens-ara-1\npar: act-ara-1\ndate: \"2019-02-02\"\n");
	assert_string_equal(run("2020-01-01"), "");
	assert_has(world_file(&disk, "enseignements/ara/1.jsonl"), "\"leve\":true");
}

static void a_lesson_goes_and_comes_back(void **st)
{
	(void)st;
	say("bfc", "ens-bfc-1", "titre: Deux.\nenonce: Deux.\netat: retire\n");
	assert_string_equal(run("2020-01-01"), "bfc");
	assert_string_equal(run("2020-01-01"), "");
	say("bfc", "ens-bfc-1", "titre: Deux.\nenonce: Deux.\n");
	say("bfc", "ens-bfc-0", "titre: Zéro.\nenonce: Zéro.\n");
	assert_string_equal(run("2020-01-01"), "bfc");
	memory.key[0] ^= 1;
	assert_string_equal(run("2020-01-01"), "ara; bfc; cvl");
}

static void what_is_alike_changes(void **st)
{
	(void)st;
	say("bfc", "ens-bfc-1", "titre: Les jardins partagés.\nenonce: Jardins.\n");
	say("cvl", "ens-cvl-1", "titre: Un jardin partagé.\nenonce: Jardin.\n");
	assert_string_equal(run("2020-01-01"), "bfc; cvl");
	assert_has(world_file(&disk, "suggestions.csv"), "jardins; partagés");
	say("cvl", "ens-cvl-1", "titre: Un budget participatif.\nenonce: Budget.\n");
	assert_string_equal(run("2020-01-01"), "cvl");
	assert_lacks(world_file(&disk, "suggestions.csv"), "jardins");
	say("ara", "ens-ara-1", "titre: Le budget.\nenonce: Participatif.\n");
	assert_string_equal(run("2020-01-01"), "ara");
	assert_has(world_file(&disk, "suggestions.csv"), "budget; Participatif");
}

/* A file that an interrupted run did not write any more. */
static void older_docs_are_held_against_newer_sources(void **st)
{
	struct lessons_memory older = memory;
	struct source_record before_that = *record("ara", "mat-ara-1");
	(void)st;
	say("ara", "mat-ara-1", EVIDENCE("2020-07-01", "retire"));
	assert_string_equal(run("2020-01-01"), "ara; bfc");
	struct lessons_memory newer = memory;
	memory.docs = older.docs;
	assert_string_equal(run("2020-01-01"), "ara; bfc");
	assert_string_equal(older.docs.at[0].heads.at[0].code, "ara"); /* which goes back to where it was */
	world_source("ara", NULL)->commit = older.docs.at[0].heads.at[0].commit;
	*record("ara", "mat-ara-1") = before_that;
	memory.docs = newer.docs;
	assert_string_equal(run("2020-01-01"), "ara; bfc");
	assert_has(world_file(&disk, "enseignements/bfc/1.jsonl"), "osé parler");
}

/* Another blob, of the same text. */
static void touch_blob(const char *was, bool moved)
{
	struct source *s = world_source("ara", NULL);
	s->was = was;
	s->commit = record("ara", "pra-ara-1")->blob = arena_printf(&w.a, "%040u", ++texts);
	if (moved)
		names_add(&w.a, &s->moved, "pra-ara-1");
}

/* What a source does not tell as moved is not looked at: its word is taken, of the head that the docs were made at. */
static void what_has_not_moved(void **st)
{
	(void)st;
	struct source *s = world_source("ara", NULL);
	touch_blob(s->commit, true);
	assert_string_equal(run("2020-01-01"), "ara");
	touch_blob(s->commit, false);
	assert_string_equal(run("2020-01-01"), "");
	touch_blob("0", false);
	assert_string_equal(run("2020-01-01"), "ara");
	touch_blob(NULL, false);
	assert_string_equal(run("2020-01-01"), "ara");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, world_end), cmocka_unit_test_prestate_setup_teardown(f, begin, world_end, &told)
	const struct CMUnitTest tests[] = { TEST(days_pass_and_come_back), TEST(evidence_changes), TEST(people_change),
					    TEST(another_source_has_it_too), TEST(what_others_say), TEST(a_guest_is_hidden), TEST(what_is_damaged_is_made_anew), TEST(what_is_alike_changes),
					    TEST(a_lesson_goes_and_comes_back), TEST(older_docs_are_held_against_newer_sources), TEST(what_has_not_moved) };
	return cmocka_run_group_tests_name("lessons/docs", tests, NULL, NULL);
}
