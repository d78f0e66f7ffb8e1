/* changements.md: what one run says otherwise than another. */
#include "world.h"

#include "lessons/outputs.h"

static const char *changes(const struct lessons_files *now, const struct lessons_files *before)
{
	struct lessons_file f;
	struct err e = { 0 };
	if (lessons_changes(&f, &w.a, now->at, now->n, before ? before->at : NULL, before ? before->n : 0, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(f.path, "aggregat/changements.md");
	assert_int_equal(strlen(f.bytes), f.n);
	return f.bytes;
}

/* The part of the text under a heading. */
static const char *section(const char *text, const char *heading)
{
	const char *from = strstr(text, arena_printf(&w.a, "\n## %s", heading));
	if (!from)
		fail_msg("no « %s » in:\n%s", heading, text);
	const char *body = strchr(from + 1, '\n'), *end = strstr(body, "\n## ");
	return arena_dupn(&w.a, body, end ? (size_t)(end - body) : strlen(body));
}

static void again(void)
{
	world_end(NULL);
	world_begin(NULL);
}

/* What an earlier run wrote, in memory of its own. */
static struct lessons_files kept(struct arena *a, const struct lessons_files *files)
{
	struct lessons_files out = { 0 };
	for (size_t i = 0; i < files->n; i++) {
		struct lessons_file f = { arena_dup(a, files->at[i].path), NULL, files->at[i].n };
		f.bytes = arena_dupn(a, files->at[i].bytes, f.n);
		arena_push(a, &out, f);
	}
	return out;
}

static struct lessons_files unlike(const struct lessons_files *files, const struct lessons_files *other)
{
	struct lessons_files out = { 0 };
	for (size_t i = 0; i < files->n; i++) {
		bool same = false;
		for (size_t j = 0; j < other->n && !same; j++)
			same = !strcmp(files->at[i].path, other->at[j].path) && !strcmp(files->at[i].bytes, other->at[j].bytes);
		if (!same)
			arena_push(&w.a, &out, files->at[i]);
	}
	return out;
}

static void a_first_run_has_nothing_to_compare(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	struct lessons_files files = world_build(NULL);
	assert_string_equal(changes(&files, NULL),
			    "# Changements\n\nArrêté au 2020-01-14. Première agrégation : rien à comparer.\n");
}

static void the_same_run_twice_says_none_everywhere(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files files = world_build(NULL);
	const char *text = changes(&files, &files);
	assert_lacks(text, "ens-");
	size_t none = 0;
	for (const char *p = text; (p = strstr(p, "Aucun.\n")); p++)
		none++;
	assert_int_equal(none, 6);
}

static void each_kind_of_change_is_told_once(void **st)
{
	(void)st;
	struct arena a;
	arena_init(&a);
	a.armed = true;
	world_lesson("ara", "ens-ara-1", "");
	world_lesson("bfc", "ens-bfc-2", "");
	world_lesson("bre", "ens-bre-3", "");
	world_lesson("hdf", "ens-hdf-4", "limites: SECRET\n");
	world_record("hdf", "avi-hdf-1", "cible: ens-hdf-4\ncible_empreinte: \"sha256:ens-hdf-4\"\nnature: validation\n"
					 "portee: collectif\ndate: \"2019-01-01\"\n");
	struct source_record *stale = world_lesson("naq", "ens-naq-5", "");
	stale->tip_fingerprint = "sha256:plus-tard";
	world_record("naq", "avi-naq-1", "cible: ens-naq-5\ncible_empreinte: \"sha256:ens-naq-5\"\nnature: validation\n"
					 "portee: collectif\ndate: \"2019-01-01\"\n");
	world_source("nat", "2020-01-14");
	struct lessons_files files = world_build(NULL), before = kept(&a, &files);
	assert_has(world_file(&files, "a-faire/naq.csv"), "naq,validation_perimee,enseignement,ens-naq-5,1,2019-01-01,");

	again();
	world_lesson("ara", "ens-ara-1", "")->fingerprint = "sha256:neuf";
	world_lesson("bfc", "ens-bfc-2", "appuis: [{id: pra-bfc-1, role_appui: contredit}]\n"); /* no link */
	world_record("bfc", "pra-bfc-1", "titre: Une pratique\n");
	world_lesson("bre", "ens-bre-3", "");
	world_lesson("bre", "ens-bre-6", "");
	world_lesson("hdf", "ens-hdf-4", "visibilite: collectif\nlimites: SECRET\n");
	world_lesson("naq", "ens-naq-5", "");
	world_link("bre", "cro-bre-1", "ens-bre-3", "contredit", "ens-bfc-2");
	world_link("bre", "cro-bre-2", "ens-bre-3", "converge", "ens-bfc-2");
	world_link("bre", "cro-bre-3", "ens-bre-3", "nuance", "ens-bfc-2");
	world_record("nat", "avi-nat-1", "cible: ens-bfc-2\ncible_empreinte: \"sha256:ens-bfc-2\"\nnature: validation\n"
					 "portee: national\ndate: \"2020-01-10\"\n");
	files = world_build(NULL);
	const char *text = changes(&files, &before);
	assert_string_equal(section(text, "Nouveaux"), "\n\n- BRE : « Énoncé de ens-bre-6. » [BRE ens-bre-6 @0369d035 enonce]\n");
	assert_has(section(text, "Amendés"), "\n- ARA : « Énoncé de ens-ara-1. » [ARA ens-ara-1 @");
	assert_has(section(text, "Amendés"), " ; avant : [ARA ens-ara-1 @");
	assert_has(section(text, "Validés"), "- BFC : ens-bfc-2, admis par l'équipe nationale le 2020-01-10\n");
	assert_has(section(text, "Validés"), "- NAQ : ens-naq-5, la validation ne porte plus sur un texte ancien\n");
	assert_string_equal(section(text, "Contredits"), "\n\n- cro-bre-1 : ens-bre-3 contredit ens-bfc-2\n");
	assert_string_equal(section(text, "Retirés"), "\n\n- HDF : ens-hdf-4\n");
	assert_has(section(text, "Accords"), "| ens-bfc-2 | singulier (un seul collectif) | convergence partielle |");
	assert_has(section(text, "Accords"), "| ens-bre-3 | singulier (un seul collectif) | (plus de grappe) |");
	assert_lacks(text, "SECRET");
	/* what is the same in both runs may be left out of both */
	struct lessons_files some_now = unlike(&files, &before), some_before = unlike(&before, &files);
	assert_true(some_now.n < files.n);
	assert_string_equal(changes(&some_now, &some_before), text);
	arena_end(&a);
}

static void files_it_cannot_read_count_as_missing(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	struct lessons_files now = world_build(NULL);
	struct lessons_file odd[] = { { "aggregat/enseignements/ara.csv", "id,autre\nens-ara-1,x\n", 21 },
				      { "aggregat/sources.lock", "{", 1 },
				      { "aggregat/trace.csv", "", 0 } };
	struct lessons_files before = { odd, 3, 3 };
	const char *text = changes(&now, &before);
	assert_has(text, "comparé à l'agrégation arrêtée au (sans date)");
	assert_has(section(text, "Nouveaux"), "[ARA ens-ara-1 @");
}

/* The lessons of a collective were one table. */
static void an_earlier_layout_is_compared_by_its_rows(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	struct lessons_files files = world_build(NULL), before = kept(&w.a, &files);
	for (size_t i = 0; i < before.n; i++)
		if (!strcmp(before.at[i].path, "aggregat/enseignements/ara/1.csv"))
			before.at[i].path = "aggregat/enseignements/ara.csv";
	assert_lacks(changes(&files, &before), "ens-ara-1");
	world_lesson("ara", "ens-ara-2", "");
	files = world_build(NULL);
	assert_string_equal(section(changes(&files, &before), "Nouveaux"),
			    "\n\n- ARA : « Énoncé de ens-ara-2. » [ARA ens-ara-2 @01234567 enonce]\n");
}

/* A row is more than a line, and rows that both runs have are not read. */
static void rows_are_told_apart_by_their_quotes(void **st)
{
	static const char header[] = PENDING_COLUMNS "\n";
	struct lessons_file before = { "aggregat/a-faire/ara.csv", NULL, 0 }, now = before;
	(void)st;
	before.bytes = arena_printf(&w.a, "%sara,validation_perimee,enseignement,ens-ara-1,1,2019-01-01,\"un \"\"mot\"\"\nara\"\n"
				    "ara,validation_perimee,enseignement,ens-ara-2,1,2019-01-01,\"x\nara\"\n"
				    "ara,validation_perimee,enseignement,ens-ara-3,1,2019-01-01,", header);
	now.bytes = arena_printf(&w.a, "%sara,validation_perimee,enseignement,ens-ara-2,1,2019-01-01,\"x\nara\"\n"
				 "ara,validation_perimee,enseignement,ens-ara-1,1,2019-02-01,\"un \"\"mot\"\"\nara\"\n", header);
	before.n = strlen(before.bytes);
	now.n = strlen(now.bytes);
	struct lessons_files x = { &now, 1, 1 }, y = { &before, 1, 1 };
	assert_string_equal(section(changes(&x, &y), "Validés"),
			    "\n\n- ARA : ens-ara-3, la validation ne porte plus sur un texte ancien\n");
}

static void hostile_text_stays_text(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	struct lessons_files before = world_build(NULL);
	world_record("ara", "ens-ara-2", "enonce: \"# Titre\\n| a | b |\\n<script>x</script>\"\n");
	struct lessons_files now = world_build(NULL);
	assert_has(changes(&now, &before), "« \\# Titre \\| a \\| b \\| \\<script\\>x\\</script\\> »");
}

static void out_of_memory_anywhere(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files now = world_build("2020-07-01"), before = world_build("2019-01-01");
	volatile size_t limit = 200, failures = 0;
	for (volatile bool done = false; !done; limit += limit / 9) {
		struct arena a;
		struct lessons_file f;
		if (!arena_begin(&a)) {
			failures++;
			continue;
		}
		a.limit = limit;
		assert_int_equal(lessons_changes(&f, &a, now.at, now.n, before.at, before.n, NULL), 0);
		done = true;
		arena_end(&a);
	}
	assert_true(failures > 5);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(a_first_run_has_nothing_to_compare),
					    TEST(the_same_run_twice_says_none_everywhere),
					    TEST(each_kind_of_change_is_told_once),
					    TEST(files_it_cannot_read_count_as_missing),
					    TEST(an_earlier_layout_is_compared_by_its_rows),
					    TEST(rows_are_told_apart_by_their_quotes),
					    TEST(hostile_text_stays_text),
					    TEST(out_of_memory_anywhere) };
	return cmocka_run_group_tests_name("lessons/changes", tests, NULL, NULL);
}
