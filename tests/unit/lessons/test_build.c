#include "world.h"

#include "lessons/csv.h"
#include "lessons/outputs.h"

/* Those are always all there (every_table_has_its_schema). */
static struct lessons_files without_schemas(struct lessons_files files)
{
	struct lessons_files out = { 0 };
	for (size_t i = 0; i < files.n; i++)
		if (strncmp(files.at[i].path, "aggregat/schema/", 16) != 0)
			arena_push(&w.a, &out, files.at[i]);
	return out;
}

static void whole_files_are_always_there_parts_only_with_something_to_say(void **st)
{
	(void)st;
	struct lessons_files files = world_build(NULL); /* no source at all */
	assert_int_equal(without_schemas(files).n, 20);
	assert_has(world_file(&files, "sources.lock"), "\nsources: []\n");
	assert_has(world_file(&files, "couverture.csv"), CELL_COLUMNS "\n");
	world_lesson("ara", "ens-ara-k5", "");
	world_lesson("bfc", "ens-bfc-k5", "");
	world_link("ara", "cro-ara-z1", "ens-ara-k5", "meme", "ens-bfc-k5");
	static const char *const expected[] = {
		"a-faire/ara.csv", "a-faire/bfc.csv", "catalogue.csv", "convergences.md",
		"convergences/k5/ens-ara-k5.md", "couverture.csv", "couverture.en.html",
		"couverture.html", "couverture.md", "couverture.svg", "enseignements/ara/k.csv",
		"enseignements/ara/k.jsonl", "enseignements/bfc/k.csv", "enseignements/bfc/k.jsonl",
		"grappes/ara/k.csv", "indicateurs.csv", "maturite/ara/k.csv", "maturite/bfc/k.csv", "nouveautes.atom",
		"preuves/ara/k.csv", "public/LISEZMOI.md", "public/nouveautes.atom", "public/productions.csv", "public/syntheses.csv",
		"rappels.csv", "sante.csv", "saturation.csv", "sources.lock", "suggestions.csv", "tendances.csv",
		"trace/ara/k.csv", "trace/ara/z.csv", "trace/bfc/k.csv", "vocabulaire.csv"
	};
	files = without_schemas(world_build(NULL));
	assert_int_equal(files.n, sizeof expected / sizeof *expected);
	for (size_t i = 0; i < files.n; i++) {
		enum output which;
		assert_string_equal(files.at[i].path + strlen(AGGREGATE_DIR), expected[i]);
		assert_int_equal(strlen(files.at[i].bytes), files.at[i].n);
		assert_true(output_of(&which, files.at[i].path));
		assert_true(output_of(&which, expected[i]));
	}
	static const char *const others[] = { "convergences", "enseignements/ara.md", "a-faire/ara/k.csv",
					      "convergences/x.md", "couverture.csv2", "x/couverture.csv", "notes.md" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		enum output which;
		assert_false(output_of(&which, others[i]));
	}
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
		if (strncmp(files.at[i].path, "aggregat/a-faire/", 17) != 0) { /* names what waits, and quotes nothing */
			assert_lacks(files.at[i].bytes, "ens-ara-non");
			assert_lacks(files.at[i].bytes, "ens-ara-jamais");
		}
		assert_lacks(files.at[i].bytes, "de ens-ara-non");
		assert_lacks(files.at[i].bytes, "de ens-ara-jamais");
		assert_lacks(files.at[i].bytes, "ens-nat-1");
		assert_lacks(files.at[i].bytes, "ens-bfc-faux");
	}
	assert_has(world_file(&files, "enseignements/ara/o.csv"),
		   "\nara,ens-ara-oui,Titre de ens-ara-oui,Énoncé de ens-ara-oui.,");
	assert_has(world_file(&files, "enseignements/ara/p.csv"), "\nara,ens-ara-public,");
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
	assert_has(world_file(&files, "enseignements/ara/1.csv"), "Énoncé de ens-ara-1.");
	assert_has(world_file(&files, "enseignements/ara/1.csv"), ",public,");
	assert_has(world_file(&files, "enseignements/ara/1.jsonl"), "\"desaccords_recents\":1");
	assert_has(world_file(&files, "enseignements/ara/1.jsonl"), "\"en_discussion\":true");
	assert_has(world_file(&files, "divergences/ara.md"),
		   "Désaccords exprimés depuis cette version, pas encore validés : 1\n");
	assert_has(world_file(&files, "divergences/ara.md"), "« en discussion »");
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
	assert_has(lock, "\nalgorithme: 5\narrete_au: \"2021-02-03\"\nsources:\n  - collectif: \"ara\"\n");
	assert_has(lock, "    fiches:\n      enseignement:\n        brouillon: 1\n        inconnu: 1\n        partage: "
			 "1\n      pratique:\n        partage: 1\n");
	assert_has(lock, "  - collectif: \"bfc\"\n    commit: \"02468ace00000000000000000000000000000000\"\n    recu_le: "
			 "\"2021-02-03\"\n    schema: \"\"\n    fiches: {}\n");
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
	w.source[0].code = "../x";
	assert_int_equal(lessons_build(&files, &w.a, w.source, w.n, NULL, &e), ERR_DATA);
	assert_has(e.msg, "« ../x »");
	w.source[0].code = "ara";
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
	assert_has(world_file(&files, "preuves/ara/1.csv"), ",1 autre appui,");
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

static const char *all_traces(const struct lessons_files *files)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < files->n; i++)
		if (strstr(files->at[i].path, "/trace/"))
			buf_puts(&b, strchr(files->at[i].bytes, '\n'));
	const char *all = arena_dup(&w.a, buf_str(&b));
	buf_free(&b);
	return all;
}

/* Every quoted sentence of the Markdown outputs is followed by a reference; every reference, there or in a table, is
 * resolved in trace/. */
static void each_quotation_is_traced(void **st)
{
	(void)st;
	world_samples();
	world_record("nat", "avi-nat-zz", "nature: objection\ncible: ens-ara-k5w2h9tc\ntexte: Non.\n");
	struct lessons_files files = world_build(NULL);
	const char *trace = all_traces(&files);
	size_t n = 0, quotes = 0;
	for (size_t i = 0; i < files.n; i++) {
		bool sheet = strstr(files.at[i].path, ".md");
		for (const char *p = files.at[i].bytes; (p = strchr(p, '[')); p++) {
			const char *stop = strchr(p, ']'), *at = memmem(p, stop ? (size_t)(stop - p) : 0, " @", 2);
			if (!at || memchr(p, '\n', (size_t)(stop - p)))
				continue;
			const char *row = arena_printf(&w.a, "\n%.*s,", (int)(stop + 1 - p), p);
			assert_has(trace, row);
			n++;
		}
		for (const char *line = files.at[i].bytes; sheet && *line;
		     line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
			const char *stop = strchrnul(line, '\n'), *open = memmem(line, (size_t)(stop - line), "« ", 3);
			if (!open || !strncmp(open, "« pour »", 9))
				continue;
			assert_true(stop[-1] == ']');
			quotes++;
		}
	}
	assert_true(n > 50 && quotes > 25);
	for (size_t i = 0; i < files.n; i++) {
		struct csv_table t;
		struct err e = { 0 };
		if (!strstr(files.at[i].path, "/trace/"))
			continue;
		assert_int_equal(csv_read(&t, &w.a, "trace", files.at[i].bytes, files.at[i].n, &e), 0);
		assert_int_equal(csv_demand(&t, TRACE_COLUMNS, &e), 0);
		assert_true(t.n > 0);
		for (size_t j = 0; j < t.n; j++) {
			assert_string_equal(csv_get(&t, j, "etat"), "partage");
			assert_true(*csv_get(&t, j, "texte"));
			assert_int_equal(strlen(csv_get(&t, j, "commit")), 40);
			assert_int_equal(strncmp(csv_get(&t, j, "empreinte"), "sha256:", 7), 0);
		}
	}
}

static void samples_answer_as_the_domain_says(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "grappes/ara/k.csv"),
		   "\nens-ara-k5w2h9tc,partielle,ara; bfc,ara; bfc,hdf,bre,2,ens-ara-k5w2h9tc; ens-bfc-3r7np8vd,");
	const char *md = world_file(&files, "convergences.md");
	assert_has(md, "| [ens-ara-k5w2h9tc](convergences/k5/ens-ara-k5w2h9tc.md) | convergence partielle | ARA, BFC | HDF "
		       "| BRE | 2 |");
	md = world_file(&files, "convergences/k5/ens-ara-k5w2h9tc.md");
	assert_has(md, "rend les habitants plus présents au bout d'un an. » [ARA ens-ara-k5w2h9tc @01234567 enonce]\n");
	assert_has(md, "- Désaccord interne, 2018-05-24 : « La présence d'un élu peut aussi intimider");
	assert_has(world_file(&files, "divergences/nat.md"),
		   "- Différence de contexte : « Groupe choisi contre habitants tirés au sort ;");
	for (size_t i = 0; i < files.n; i++) { /* at valide only */
		assert_null(strstr(files.at[i].path, "enseignements/occ"));
		assert_null(strstr(files.at[i].path, "enseignements/naq"));
	}
}

/* "public-enseignements" of "aggregat/public/enseignements/ara.csv": the name of its schema. */
static const char *schema_of(const char *path)
{
	char *name = arena_dup(&w.a, path + strlen(AGGREGATE_DIR));
	enum output which;
	assert_true(output_of(&which, path));
	char *end = strstr(output_file(which), "/%s") ? strstr(name, "/") : strrchr(name, '.');
	if (which == OUT_TRACE || strncmp(name, "public/", 7) == 0)
		end = which == OUT_TRACE ? strchr(name, '/') : strchr(name + 7, '/') ? strchr(name + 7, '/') : strrchr(name, '.');
	*end = 0;
	for (char *p = name; (p = strchr(p, '/'));)
		*p = '-';
	return arena_printf(&w.a, "schema/%s.json", name);
}

/* JSON is YAML, but no record begins with a brace. */
static const struct val *json_val(const char *text)
{
	char *line = arena_printf(&w.a, "v: %s", text);
	for (char *p = line; (p = strchr(p, '\n'));)
		*p = ' ';
	return val_get(world_val(line), "v");
}

/* Every table has a header, rows as wide, and a Table Schema with the same columns, each of them explained. */
static void every_table_reads_back_as_its_schema_says(void **st)
{
	(void)st;
	world_samples();
	world_record("ara", "ens-ara-zz",
		     "visibilite: public\nenonce: \"a, \\\"b\\\"\\nc\"\nlimites: \" x \"\n"
		     "desaccords: [{id: x1, texte: \"=1,2\"}]\n");
	struct lessons_files files = world_build(NULL);
	size_t tables = 0, rows = 0;
	for (size_t i = 0; i < files.n; i++) {
		const struct lessons_file *f = &files.at[i];
		struct csv_table t;
		struct err e = { 0 };
		if (strcmp(f->path + strlen(f->path) - 4, ".csv") != 0)
			continue;
		if (csv_read(&t, &w.a, f->path, f->bytes, f->n, &e))
			fail_msg("%s", e.msg);
		const struct val *fields = val_get(json_val(world_file(&files, schema_of(f->path))), "fields");
		assert_int_equal(fields->list.n, t.width);
		for (size_t k = 0; k < t.width; k++) {
			const char *said = val_text(fields->list.at[k], "description");
			assert_string_equal(val_text(fields->list.at[k], "name"), t.columns[k]);
			if (!*said || (!strncmp(said, "Énoncés, ch", 12) && strncmp(t.columns[k], "con-", 4) != 0))
				fail_msg("%s: column %s is not explained", f->path, t.columns[k]);
		}
		tables++;
		rows += t.n;
	}
	assert_true(tables > 40 && rows > 100);
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

/* --- what an earlier run remembered ---------------------------------------------------------------------- */

static struct lessons_files rebuild(struct lessons_memory *memory)
{
	struct lessons_files files = { 0 };
	struct err e = { 0 };
	if (lessons_rebuild(&files, memory, &w.a, w.source, w.n, "2020-01-01", &e))
		fail_msg("%s", e.msg);
	return files;
}

/* The parts that were written, of those that are kept; what was not is there whole. */
static const char *rewritten(struct lessons_memory *memory)
{
	struct lessons_files files = rebuild(memory), whole = world_build("2020-01-01");
	struct names out = { 0 };
	assert_int_equal(files.n, whole.n);
	for (size_t i = 0; i < files.n; i++) {
		const struct lessons_file *f = &files.at[i];
		assert_string_equal(f->path, whole.at[i].path);
		if (f->bytes)
			assert_string_equal(f->bytes, whole.at[i].bytes);
		if (f->bytes && strchr(f->path + strlen(AGGREGATE_DIR), '/') && !strstr(f->path, "/schema/") && !strstr(f->path, "/public/"))
			names_add(&w.a, &out, f->path + strlen(AGGREGATE_DIR));
	}
	return names_join(&w.a, &out);
}

/* Another head: what a source gives is a function of it. */
static void move(const char *code)
{
	struct source *s = world_source(code, NULL);
	char *commit = arena_dup(&w.a, s->commit);
	commit[39]++;
	s->commit = commit;
}

static void a_part_whose_sources_are_as_they_were_is_not_written(void **st)
{
	struct lessons_memory memory = { .key = "sel" };
	(void)st;
	world_lesson("bfc", "ens-bfc-z1", "");
	world_lesson("ara", "ens-ara-k5", "");
	struct source_record *quoted = world_record("ara", "mat-ara-22", "nature: entretien\n"), *lesson = quoted - 1;
	assert_non_null(strstr(rewritten(&memory), "enseignements/bfc/z.csv"));
	assert_string_equal(rewritten(&memory), "");
	quoted->open_hard = 1;
	move("ara");
	assert_string_equal(rewritten(&memory), "a-faire/ara.csv");
	quoted->blob = "0123456789012345678901234567890123456789";
	move("ara");
	assert_string_equal(rewritten(&memory), "a-faire/ara.csv");
	assert_string_equal(rewritten(&memory), "");
	lesson->valid = world_val("id: ens-ara-k5\nenonce: Autre.\n");
	lesson->fingerprint = "sha256:autre";
	move("ara");
	assert_string_equal(rewritten(&memory), "a-faire/ara.csv; enseignements/ara/k.csv; enseignements/ara/k.jsonl; "
						"grappes/ara/k.csv; maturite/ara/k.csv; preuves/ara/k.csv; trace/ara/k.csv");
	world_record("bfc", "act-bfc-2", "types: [elu]\n");
	assert_non_null(strstr(rewritten(&memory), "enseignements/bfc/z.csv")); /* somebody more to hide */
	memory.key[0] ^= 1;
	assert_non_null(strstr(rewritten(&memory), "enseignements/bfc/z.csv"));
}

/* A link that pins another text now is to be read again: in all that shows it, whatever else is as it was. */
static void a_link_gone_stale_is_written(void **st)
{
	struct lessons_memory memory = { .key = "sel" };
	(void)st;
	world_lesson("bfc", "ens-bfc-z1", "");
	world_lesson("ara", "ens-ara-k5", "");
	struct source_record *link = world_link("ara", "cro-ara-1", "ens-ara-k5", "nuance", "ens-bfc-z1");
	assert_has(rewritten(&memory), "divergences/ara.csv");
	link->tip = world_val("id: cro-ara-1\ncollectif: ara\netat: partage\nvisibilite: reseau\n"
			      "de: {ref: ens-ara-k5, empreinte: \"sha256:ens-ara-k5\"}\n"
			      "vers: {ref: ens-bfc-z1, empreinte: \"sha256:avant\"}\n"
			      "relation: nuance\nargument: Argument de cro-ara-1.\ncree_le: \"2019-09-10\"\n");
	move("ara");
	const char *now = rewritten(&memory);
	assert_has(now, "divergences/ara.csv");
	assert_has(now, "divergences/ara.md");
	assert_has(now, "a-faire/ara.csv");
	assert_string_equal(rewritten(&memory), "");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = {
		TEST(whole_files_are_always_there_parts_only_with_something_to_say),
		TEST(quotes_only_what_is_shared_and_validated),
		TEST(quotes_the_validated_version),
		TEST(names_its_sources),
		TEST(refuses_nonsense),
		TEST(survives_odd_records),
		TEST(order_of_input_does_not_matter),
		TEST(each_quotation_is_traced),
		TEST(samples_answer_as_the_domain_says),
		TEST(every_table_reads_back_as_its_schema_says),
		TEST(a_part_whose_sources_are_as_they_were_is_not_written),
		TEST(a_link_gone_stale_is_written),
		TEST(out_of_memory_anywhere),
	};
	return cmocka_run_group_tests_name("lessons/build", tests, NULL, NULL);
}
