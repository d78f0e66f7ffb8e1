#include "world.h"

#include "lessons/csv.h"
#include "lessons/outputs.h"

static void writes_all_files_in_order(void **st)
{
	(void)st;
	struct lessons_files files = world_build(NULL); /* no source at all */
	assert_int_equal(files.n, OUT_N);
	for (size_t i = 0; i < files.n; i++) {
		assert_int_equal(strlen(files.at[i].bytes), files.at[i].n);
		if (i)
			assert_true(strcmp(files.at[i - 1].path, files.at[i].path) < 0);
	}
	assert_string_equal(world_file(&files, "trace.csv"), TRACE_COLUMNS "\n");
	assert_string_equal(world_file(&files, "enseignements.jsonl"), "");
	assert_has(world_file(&files, "sources.lock"), "\nsources: []\n");
}

static void quotes_only_what_is_shared_and_validated(void **st)
{
	(void)st;
	static const char *const not_quoted[] = { "etat: valide\n",	     "etat: propose\n",	   "etat: retire\n",
						  "etat: remplace\n",	     "etat: archive\n",	   "etat: partages\n",
						  "visibilite: collectif\n", "visibilite: prive\n" };
	world_lesson("ara", "ens-ara-oui", "");
	world_lesson("ara", "ens-ara-public", "visibilite: public\n");
	for (size_t i = 0; i < sizeof not_quoted / sizeof *not_quoted; i++)
		world_lesson("ara", arena_printf(&w.a, "ens-ara-non%zu", i), not_quoted[i]);
	world_lesson("ara", "ens-ara-jamais", "")->valid = NULL;
	world_lesson("nat", "ens-nat-1", ""); /* national.git is no collective */
	world_record("bfc", "ens-bfc-faux", "enonce: Faux\n")->tip =
		world_val("id: ens-bfc-faux\ncollectif: ara\netat: partage\nvisibilite: reseau\n");
	struct lessons_files files = world_build(NULL);
	for (size_t i = 0; i < files.n; i++) {
		assert_lacks(files.at[i].bytes, "ens-ara-non");
		assert_lacks(files.at[i].bytes, "ens-ara-jamais");
		assert_lacks(files.at[i].bytes, "ens-nat-1");
		assert_lacks(files.at[i].bytes, "ens-bfc-faux");
	}
	assert_has(world_file(&files, "enseignements.csv"),
		   "\nara,ens-ara-oui,Titre de ens-ara-oui,Énoncé de ens-ara-oui.,");
	assert_has(world_file(&files, "enseignements.csv"), "\nara,ens-ara-public,");
}

/* The head has moved on: its state decides, the validated words are quoted. */
static void quotes_the_validated_version(void **st)
{
	(void)st;
	struct source_record *r = world_lesson("ara", "ens-ara-1", "desaccords: [{id: x1, texte: Ancien.}]\n");
	r->valid = r->tip;
	r->tip = world_val("id: ens-ara-1\ncollectif: ara\netat: partage\nvisibilite: public\nenonce: PAS ENCORE RELU\n"
			   "desaccords: [{id: x1, texte: Ancien.}, {id: x2, texte: PAS ENCORE LU}]\n");
	r->open_difference = true;
	struct lessons_files files = world_build(NULL);
	for (size_t i = 0; i < files.n; i++)
		assert_lacks(files.at[i].bytes, "PAS ENCORE");
	assert_has(world_file(&files, "enseignements.csv"), "Énoncé de ens-ara-1.");
	assert_has(world_file(&files, "enseignements.csv"), ",public,");
	assert_has(world_file(&files, "enseignements.jsonl"), "\"desaccords_recents\":1");
	assert_has(world_file(&files, "enseignements.jsonl"), "\"en_discussion\":true");
	assert_has(world_file(&files, "divergences.md"),
		   "Désaccords exprimés depuis cette version, pas encore validés : 1\n");
	assert_has(world_file(&files, "divergences.md"), "« en discussion »");
}

static void names_its_sources(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	world_lesson("ara", "ens-ara-2", "etat: brouillon\n");
	world_lesson("ara", "ens-ara-3", "etat: \"x: y\"\n");
	world_lesson("ara", "ens-ara-4", "visibilite: collectif\n"); /* not even counted */
	world_record("ara", "pra-ara-1", "");
	world_source("bfc", "2021-02-03")->date = "2021-02-03";
	struct lessons_files files = world_build(NULL);
	const char *lock = world_file(&files, "sources.lock");
	assert_has(lock, "\nalgorithme: 1\narrete_au: \"2021-02-03\"\nsources:\n  - collectif: \"ara\"\n");
	assert_has(lock, "    fiches:\n      enseignement:\n        brouillon: 1\n        inconnu: 1\n        partage: "
			 "1\n      pratique:\n        partage: 1\n");
	assert_has(lock, "  - collectif: \"bfc\"\n    commit: \"02468ace00000000000000000000000000000000\"\n    date: "
			 "\"2021-02-03\"\n    fiches: {}\n");
	assert_int_equal(val_get(val_get(world_val(lock), "sources")->list.at[0], "fiches")->map.n, 2); /* it is YAML */
}

static void refuses_nonsense(void **st)
{
	(void)st;
	struct lessons_files files = { 0 };
	struct err e = { 0 };
	world_source("ara", "2020-01-14");
	assert_int_equal(lessons_build(&files, &w.a, w.source, w.n, "hier", &e), ERR_USAGE);
	assert_int_equal(lessons_build(&files, &w.a, w.source, w.n, "2020-1-1", &e), ERR_USAGE);
	w.source[w.n++] = w.source[0];
	assert_int_equal(lessons_build(&files, &w.a, w.source, w.n, NULL, &e), ERR_DATA);
	assert_has(e.msg, "« ara »");
	assert_int_equal(files.n, 0);
}

/* Fields missing or of the wrong type come from a newer schema or a hand: left out, they never break the run. */
static void survives_odd_records(void **st)
{
	(void)st;
	static const char *const odd[] = {
		"appuis: x\nconditions: {a: b}\ndesaccords: [x, {texte: sans id}]\nthemes: con-x\nconfiance: [1]\n",
		"appuis: [{role_appui: fonde}, x, {id: 12}, {id: autre-chose}]\nenonce: []\ntitre: {}\n",
		"conditions: [{id: c1}, {texte: seul}]\na_revoir_le: [x]\nobserve_fin: 12\n", ""
	};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		world_record("ara", arena_printf(&w.a, "ens-ara-%zu", i), odd[i]);
	world_record("ara", "cro-ara-1", "relation: meme\nde: x\nvers: {ref: 3}\n");
	world_record("ara", "avi-ara-1", "nature: objection\ncible: ens-ara-1\n");
	world_record("nat", "con-x", "registre: theme\nlibelles: x\ntitre: \"X | <b>*\"\nplus_large: x\n");
	world_record("nat", "cyc-nat-1", "debut: \"2018-01-01\"\ngroupes: [x, {collectifs: ara, concept: con-x}]\n");
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "couverture.md"), "| X \\| \\<b\\>\\* |");
	assert_has(world_file(&files, "preuves.csv"), ",1 autre appui,");
}

/* --- determinism ----------------------------------------------------------------------------------------- */

static void shuffle(void *at, size_t n, size_t size)
{
	char *p = at, t[sizeof(struct source) + sizeof(struct source_record)];
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)rand() % i;
		memcpy(t, p + (i - 1) * size, size);
		memmove(p + (i - 1) * size, p + j * size, size);
		memcpy(p + j * size, t, size);
	}
}

static void order_of_input_does_not_matter(void **st)
{
	(void)st;
	unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : 11;
	print_message("# SEED=%u\n", seed);
	srand(seed);
	world_samples();
	world_record("nat", "avi-nat-zz",
		     "nature: objection\ncible: ens-ara-k5w2h9tc\ndate: \"2019-01-01\"\ntexte: Non.\n");
	world_record("nat", "avi-nat-zy",
		     "nature: objection\ncible: ens-ara-k5w2h9tc\ndate: \"2019-01-02\"\ntexte: Non plus.\n");
	struct lessons_files first = world_build(NULL);
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < w.n; i++)
			shuffle((void *)(uintptr_t)w.source[i].at, w.source[i].n, sizeof *w.source[i].at);
		shuffle(w.source, w.n, sizeof *w.source);
		struct lessons_files again = world_build(NULL);
		assert_int_equal(again.n, first.n);
		for (size_t i = 0; i < first.n; i++) {
			assert_string_equal(again.at[i].path, first.at[i].path);
			assert_string_equal(again.at[i].bytes, first.at[i].bytes);
		}
	}
}

/* --- traces ---------------------------------------------------------------------------------------------- */

/* Every quoted sentence of the Markdown outputs is followed by a reference, and that reference is in trace.csv. */
static void each_quotation_is_traced(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files files = world_build(NULL);
	const char *trace = world_file(&files, "trace.csv");
	static const char *const sheets[] = { "convergences.md", "divergences.md" };
	size_t n = 0;
	for (size_t i = 0; i < 2; i++)
		for (const char *line = world_file(&files, sheets[i]); *line;
		     line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
			const char *stop = strchrnul(line, '\n'), *open = memmem(line, (size_t)(stop - line), "« ", 3);
			if (!open || !strncmp(open, "« pour »", 9))
				continue;
			const char *from = stop;
			while (from > line && from[-1] != '[')
				from--;
			assert_true(from > line && stop[-1] == ']');
			const char *row = arena_printf(&w.a, "\n%s,", sheets[i]);
			const char *reference = arena_printf(&w.a, ",[%.*s,", (int)(stop - from), from);
			assert_has(trace, row);
			assert_has(trace, reference);
			n++;
		}
	assert_true(n > 25);
	struct csv_table t;
	struct err e = { 0 };
	assert_int_equal(csv_read(&t, &w.a, "trace.csv", trace, strlen(trace), &e), 0);
	for (size_t i = 0; i < t.n; i++) {
		assert_string_equal(csv_get(&t, i, "etat"), "partage");
		assert_true(*csv_get(&t, i, "texte"));
		assert_int_equal(strlen(csv_get(&t, i, "commit")), 40);
		assert_int_equal(strncmp(csv_get(&t, i, "empreinte"), "sha256:", 7), 0);
		if (i) /* sorted by output */
			assert_true(strcmp(csv_get(&t, i - 1, "sortie"), csv_get(&t, i, "sortie")) <= 0);
	}
}

static void samples_answer_as_the_domain_says(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "grappes.csv"),
		   "\nens-ara-k5w2h9tc,partielle,ara; bfc,ara; bfc,hdf,bre,2,ens-ara-k5w2h9tc; ens-bfc-3r7np8vd,");
	const char *md = world_file(&files, "convergences.md");
	assert_has(md, "| ens-ara-k5w2h9tc | convergence partielle | ARA, BFC | HDF | BRE | 2 |");
	assert_has(md, "rend les habitants plus présents au bout d'un an. » [ARA ens-ara-k5w2h9tc @01234567 enonce]\n");
	assert_has(md, "- Désaccord interne, 2018-05-24 : « La présence d'un élu peut aussi intimider");
	assert_has(world_file(&files, "divergences.md"),
		   "- Différence de contexte : « Groupe choisi contre habitants tirés au sort ;");
	assert_lacks(world_file(&files, "enseignements.csv"), "ens-occ"); /* at valide only */
	assert_lacks(world_file(&files, "enseignements.csv"), "ens-naq");
}

static void every_table_reads_back(void **st)
{
	(void)st;
	static const char *const tables[][2] = {
		{ "couverture.csv", CELL_COLUMNS },	 { "divergences.csv", SPLIT_COLUMNS },
		{ "enseignements.csv", LESSON_COLUMNS }, { "grappes.csv", GROUP_COLUMNS },
		{ "preuves.csv", EVIDENCE_COLUMNS },	 { "trace.csv", TRACE_COLUMNS }
	};
	world_samples();
	world_record("ara", "ens-ara-zz",
		     "enonce: \"a, \\\"b\\\"\\nc\"\nlimites: \" x \"\ndesaccords: [{id: x1, texte: \"=1,2\"}]\n");
	struct lessons_files files = world_build(NULL);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		struct csv_table t;
		struct err e = { 0 };
		const char *text = world_file(&files, tables[i][0]);
		if (csv_read(&t, &w.a, tables[i][0], text, strlen(text), &e) || csv_demand(&t, tables[i][1], &e))
			fail_msg("%s", e.msg);
		assert_true(t.n > 0);
	}
}

/* Memory that runs out at any point: the caller's landing is reached, nothing is left behind (the sanitizers look). */
static void out_of_memory_anywhere(void **st)
{
	(void)st;
	world_samples();
	volatile size_t limit = 1000, failures = 0;
	for (volatile bool done = false; !done; limit += limit / 9) {
		struct arena a;
		struct lessons_files files = { 0 };
		struct err e = { 0 };
		if (!arena_begin(&a)) {
			failures++;
			continue;
		}
		a.limit = limit;
		assert_int_equal(lessons_build(&files, &a, w.source, w.n, NULL, &e), 0);
		done = true;
		arena_end(&a);
	}
	assert_true(failures > 20);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = {
		TEST(writes_all_files_in_order),
		TEST(quotes_only_what_is_shared_and_validated),
		TEST(quotes_the_validated_version),
		TEST(names_its_sources),
		TEST(refuses_nonsense),
		TEST(survives_odd_records),
		TEST(order_of_input_does_not_matter),
		TEST(each_quotation_is_traced),
		TEST(samples_answer_as_the_domain_says),
		TEST(every_table_reads_back),
		TEST(out_of_memory_anywhere),
	};
	return cmocka_run_group_tests_name("lessons/build", tests, NULL, NULL);
}
