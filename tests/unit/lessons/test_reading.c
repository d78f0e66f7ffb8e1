/* What is read rather than counted: notes, pages, the picture, the feeds. READING_OUT=DIR keeps the largest world's files there
 * (tests/it/reading.test has a browser print them). */
#include "world.h"

static bool is_in(const struct lessons_files *files, const char *name)
{
	for (size_t i = 0; i < files->n; i++)
		if (!strcmp(files->at[i].path + strlen("aggregat/"), name))
			return true;
	return false;
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, part)); p++)
		n++;
	return n;
}

#define FOR_ELUS "publics: [elus]\n"

/* --- what records say stays words ------------------------------------------------------------------------- */

#define HOSTILE "<script>alert(1)</script> ](javascript:a) [x](javascript:b) **g** `c` | & \\\" -->]]> # &lt;"

static void no_text_of_a_record_becomes_markup(void **st)
{
	(void)st;
	world_theme("con-participation", "<img src=x> \\\"onload=1 | [l](javascript:t)");
	world_record("nat", "cyc-nat-1", "titre: \"" HOSTILE "\"\ndebut: \"2018-01-01\"\nfin: \"2021-01-01\"\n"
					"groupes: [{id: g1, concept: con-participation, collectifs: [ara, bfc]}]\n");
	static const char *const ids[] = { "ens-ara-1", "ens-bfc-1" };
	for (size_t i = 0; i < 2; i++)
		world_record(i ? "bfc" : "ara", ids[i],
			     "titre: \"" HOSTILE "\"\nenonce: \"" HOSTILE "\"\nlimites: \"" HOSTILE "\"\nthemes: [con-participation]\n"
			     "visibilite: public\ncycle: cyc-nat-1\nmaturite: \"<b>m</b>\"\nconfiance: {globale: \"<i>c</i>\"}\n" FOR_ELUS
			     "conditions: [{id: \"<u>\", texte: \"" HOSTILE "\"}]\n");
	world_link("ara", "cro-ara-1", "ens-ara-1", "converge", "ens-bfc-1");
	struct lessons_files files = world_build("2020-07-01");
	size_t seen = 0;
	for (size_t i = 0; i < files.n; i++) {
		const char *path = files.at[i].path, *text = files.at[i].bytes;
		if (!strstr(path, ".html") && !strstr(path, ".svg") && !strstr(path, ".atom"))
			continue;
		static const char *const tags[] = { "<script", "<img", "<b>", "<i>", "<u>", "href=\"java", "onload=1\"", "src=\"" };
		for (size_t k = 0; k < sizeof tags / sizeof *tags; k++)
			assert_lacks(text, tags[k]);
		assert_has(text, "&lt;");
		seen++;
	}
	assert_int_equal(seen, 2 + 2 + 2 + 2 + 1 + 2); /* notes, public notes, reviews, coverage, picture, feeds */
	assert_has(world_file(&files, "notes/elus.html"), "&lt;script&gt;alert(1)&lt;/script&gt; ](javascript:a) [x](javascript:b) "
							  "**g** `c` | &amp; &quot; --&gt;]]&gt; # &amp;lt;");
}

/* --- in English ------------------------------------------------------------------------------------------- */

/* Outside what records say, which is marked as French. */
static void assert_english(const char *text)
{
	static const char *const french[] = { "é", "è", "ê", "à ", "É", " : ", " ; ", " aucun", "Aucun", " dans ", " les " };
	char *own = arena_dup(&w.a, text);
	for (char *q, *end; (q = strstr(own, "<bdi lang=\"fr\">")); memset(q, ' ', (size_t)(end - q))) {
		end = strstr(q, "</bdi>");
		assert_non_null(end);
	}
	for (size_t i = 0; i < sizeof french / sizeof *french; i++)
		assert_lacks(own, french[i]);
}

static void an_english_page_is_in_english(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files files = world_build("2020-07-01");
	size_t seen = 0;
	for (size_t i = 0; i < files.n; i++)
		if (strstr(files.at[i].path, ".en.html") && !strstr(files.at[i].path, "couverture")) {
			assert_english(files.at[i].bytes);
			assert_has(files.at[i].bytes, "<html lang=\"en\">");
			assert_has(files.at[i].bytes, "<bdi lang=\"fr\">");
			seen++;
		}
	assert_true(seen >= 3);
	assert_has(world_file(&files, "couverture.en.html"), "not enrolled");
	assert_has(world_file(&files, "couverture.en.html"), "Cooperation");
	assert_has(world_file(&files, "notes/elus.html"), "<html lang=\"fr\">");
}

static void an_empty_network_has_english_pages_as_well(void **st)
{
	(void)st;
	world_record("nat", "cyc-nat-1", "titre: Cycle\ndebut: \"2018-01-01\"\nfin: \"2021-01-01\"\n");
	struct lessons_files files = world_build("2020-07-01");
	assert_english(world_file(&files, "couverture.en.html"));
	assert_english(world_file(&files, "points-etape/cyc-nat-1-2020-07-01.en.html"));
	assert_has(world_file(&files, "couverture.svg"), "<svg ");
	assert_false(is_in(&files, "notes/elus.md"));
}

/* --- notes ------------------------------------------------------------------------------------------------ */

static void a_note_tells_what_most_agree_on_first(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", FOR_ELUS);
	world_lesson("bfc", "ens-bfc-1", "");
	world_lesson("ara", "ens-ara-2", FOR_ELUS "limites: Une limite.\n");
	world_lesson("bfc", "ens-bfc-2", "conditions: [{id: c1, texte: Une condition.}]\n");
	world_lesson("bre", "ens-bre-2", "");
	world_lesson("hdf", "ens-hdf-2", "");
	world_lesson("hdf", "ens-hdf-3", FOR_ELUS);
	world_lesson("hdf", "ens-hdf-4", "publics: [dg]\n");
	world_link("ara", "cro-ara-1", "ens-ara-1", "converge", "ens-bfc-1");
	world_link("ara", "cro-ara-2", "ens-ara-2", "converge", "ens-bfc-2");
	world_link("ara", "cro-ara-3", "ens-bfc-2", "converge", "ens-bre-2");
	world_link("ara", "cro-ara-4", "ens-ara-2", "converge", "ens-bre-2");
	world_link("hdf", "cro-hdf-1", "ens-hdf-2", "nuance", "ens-ara-2");
	struct lessons_files files = world_build("2020-07-01");
	const char *note = world_file(&files, "notes/elus.md");
	const char *first = strstr(note, "## 1. Convergence\n\nPour : ARA, BFC, BRE. Nuancent : HDF. Contredisent : aucun.");
	const char *second = strstr(note, "## 2. Convergence partielle\n\nPour : ARA, BFC."), *third = strstr(note, "## 3. Singulier");
	assert_true(first && second && third && first < second && second < third);
	assert_has(note, "- « Énoncé de ens-ara-2. » [ARA ens-ara-2 @");
	assert_has(note, "- Nuance : « Énoncé de ens-hdf-2. » [HDF ens-hdf-2 @");
	assert_has(note, "- Condition : « Une condition. » [BFC ens-bfc-2 @");
	assert_has(note, "- Limite : « Une limite. » [ARA ens-ara-2 @");
	assert_has(note, "- Solidité, BRE : confiance non évaluée ; appuis : aucun\n");
	assert_has(second, "- Aucune condition ni limite n'est déclarée.\n");
	assert_lacks(note, "ens-hdf-4");
	assert_has(note, "Toutes les grappes de ce public sont montrées.");
	assert_has(world_file(&files, "notes/dg.md"), "ens-hdf-4");
}

static void a_text_that_is_too_long_is_cut_at_a_word(void **st)
{
	(void)st;
	char text[3000] = "";
	for (size_t i = 0; i < 200; i++)
		strcat(text, "élève ");
	world_lesson("ara", "ens-ara-1", arena_printf(&w.a, FOR_ELUS "limites: %s\n", text));
	struct lessons_files files = world_build("2020-07-01");
	assert_has(world_file(&files, "notes/elus.md"), "élève \\[…\\] » [ARA ens-ara-1 @");
}

/* For chief executives many short lessons, for the state's services some in capitals. */
static void world_short_and_loud(void)
{
	char loud[400] = "";
	while (strlen(loud) < 380)
		strcat(loud, "COMMUNES ");
	for (int i = 0; i < 60; i++)
		world_lesson("pdl", arena_printf(&w.a, "ens-pdl-s%d", i), "publics: [dg]\n");
	for (int i = 0; i < 20; i++)
		world_record("pdl", arena_printf(&w.a, "ens-pdl-l%d", i),
			     arena_printf(&w.a,
					  "titre: Titre\nenonce: \"%s\"\nlimites: \"%s\"\nconditions: [{id: c1, texte: \"%s\"}]\n"
					  "publics: [etat]\n",
					  loud, loud, loud));
}

/* Six collectives for each of 40 questions, all as long as they may be. */
static void world_full(void)
{
	char long_text[700];
	size_t n = 0;
	while (n < 395)
		n += (size_t)snprintf(long_text + n, sizeof long_text - n, "%s ", n % 3 ? "habitants" : "coopération");
	long_text[395] = 0;
	for (int t = 0; t < 22; t++)
		world_theme(arena_printf(&w.a, "con-t%02d", t), arena_printf(&w.a, "Un thème au libellé assez long, n° %d", t));
	static const char *const codes[] = { "ara", "bfc", "bre", "cvl", "cor", "ges", "hdf", "idf", "nor",
					     "naq", "occ", "pdl", "pac", "gua", "guy", "mar", "may", "reu" };
	for (int g = 0; g < 40; g++)
		for (int c = 0; c < 6; c++) {
			const char *code = codes[(g + c * 3) % 18];
			char *id = arena_printf(&w.a, "ens-%s-%d", code, g);
			world_record(code, id,
				     arena_printf(&w.a,
						  "titre: Titre\nenonce: \"%s\"\nthemes: [con-t%02d]\nlimites: \"%s\"\n"
						  "a_revoir_le: \"20%d-01-01\"\n"
						  "conditions: [{id: c1, texte: \"%s\"}, {id: c2, texte: \"%s\"}]\n" FOR_ELUS,
						  long_text, (g * 5 + c) % 22, long_text, 18 + g % 4, long_text, long_text));
		}
	for (int g = 0; g < 40; g++)
		for (int c = 0; c < 6; c++)
			for (int d = c + 1; d < 6; d++)
				world_link("ara", arena_printf(&w.a, "cro-ara-%d-%d-%d", g, c, d),
					   arena_printf(&w.a, "ens-%s-%d", codes[(g + c * 3) % 18], g), d < 5 ? "converge" : "nuance",
					   arena_printf(&w.a, "ens-%s-%d", codes[(g + d * 3) % 18], g));
}

static void keep_files(const struct lessons_files *files, const char *folder)
{
	struct err e = { 0 };
	for (size_t i = 0; i < files->n; i++) {
		char *path = arena_printf(&w.a, "%s/%s", folder, files->at[i].path);
		char *dir = arena_dup(&w.a, path);
		*strrchr(dir, '/') = 0;
		if (fs_mkdirs(dir, &e) || fs_write(path, files->at[i].bytes, files->at[i].n, &e))
			fail_msg("%s", e.msg);
	}
}

static void a_note_keeps_to_two_pages_and_counts_the_rest(void **st)
{
	(void)st;
	world_full();
	world_short_and_loud();
	struct lessons_files files = world_build("2020-07-01");
	const char *note = world_file(&files, "notes/elus.md"), *english = world_file(&files, "notes/elus.en.md");
	size_t shown = count(note, "\n## ") - 1;
	assert_int_equal(shown, 2);
	assert_int_equal(count(english, "\n## ") - 1, shown);
	assert_int_equal(count(world_file(&files, "notes/elus.html"), "<h2>") - 1, shown);
	assert_has(note, arena_printf(&w.a, "n'ont pas tenu en deux pages : convergence : %zu", 40 - shown));
	assert_has(note, "- Non montrés ici : 1 énoncés, 0 nuances ou contradictions, 10 conditions ou limites.\n");
	assert_true(strlen(note) < 14000);
	if (getenv("READING_OUT"))
		keep_files(&files, getenv("READING_OUT"));
}

/* --- the picture ------------------------------------------------------------------------------------------ */

static void states_differ_in_letter_and_shape(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files files = world_build("2020-07-01");
	const char *svg = world_file(&files, "couverture.svg");
	assert_has(svg, "<title>ARA, Formation : ancien (1)</title>");
	assert_has(svg, "<title>NAQ, Coopération : vide</title>");
	static const char *const shapes[] = { "fill=\"#123f6b\" stroke", "d=\"M", "fill=\"#e3c44a\"", "stroke-dasharray" };
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		assert_has(svg, shapes[i]);
	static const char *const letters[] = { ">P 1<", ">A 1<", ">C<", ">V<", ">H<" };
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		assert_has(svg, letters[i]);
	const char *page = world_file(&files, "couverture.html");
	assert_has(page, "<figure>\n<svg width=");
	assert_has(page, "<th scope=\"row\">ara</th>");
	assert_has(page, "<caption id=\"t1\">Tableau : ce que chaque collectif partage, par thème</caption>");
}

/* --- feeds ------------------------------------------------------------------------------------------------ */

static void a_feed_has_the_newest_hundred_and_the_public_one_no_more_than_may_leave(void **st)
{
	(void)st;
	world_theme("con-participation", "Un mot du réseau");
	for (int i = 0; i < 120; i++) {
		char *id = arena_printf(&w.a, "ens-ara-%03d", i);
		world_record("ara", id,
			     arena_printf(&w.a, "titre: Titre\nenonce: Énoncé %03d.\nthemes: [con-participation]\nobserve_debut: \"2018-01-01\"\n%s", i,
					  i == 7 ? "visibilite: public\n" : ""));
		world_record("ara", arena_printf(&w.a, "avi-ara-%03d", i),
			     arena_printf(&w.a,
					  "cible: %s\nnature: validation\nportee: collectif\ncible_empreinte: \"sha256:%s\"\n"
					  "date: \"2019-%02d-%02d\"\n",
					  id, id, 1 + i / 28, 1 + i % 28));
	}
	struct lessons_files files = world_build("2020-07-01");
	const char *feed = world_file(&files, "nouveautes.atom"), *public = world_file(&files, "public/nouveautes.atom");
	assert_int_equal(count(feed, "<entry>"), 100);
	assert_has(feed, "<updated>2019-05-08T00:00:00Z</updated>\n<author><name>maillage</name></author>\n<entry>\n"
			 "<id>tag:maillage.invalid,2018:ens-ara-119/");
	assert_has(feed, "Énoncé 020.");
	assert_lacks(feed, "Énoncé 019.");
	assert_has(feed, "<category term=\"con-participation\" label=\"Un mot du réseau\"/>");
	assert_lacks(public, "Un mot du réseau");
	assert_int_equal(count(public, "<entry>"), 1);
	assert_has(public, "« Énoncé 007. » [ARA ens-ara-007 @");
}

static void another_validated_text_is_another_entry(void **st)
{
	(void)st;
	struct source_record *r = world_lesson("ara", "ens-ara-1", "");
	r->commit = "1111111111111111111111111111111111111111";
	struct lessons_files files = world_build("2020-07-01");
	assert_has(world_file(&files, "nouveautes.atom"), "ens-ara-1/1111111111111111111111111111111111111111</id>");
	r->commit = "2222222222222222222222222222222222222222";
	files = world_build("2020-07-01");
	assert_has(world_file(&files, "nouveautes.atom"), "ens-ara-1/2222222222222222222222222222222222222222</id>");
	files = world_build("2020-07-09");
	assert_lacks(world_file(&files, "nouveautes.atom"), "2020-07");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = {
		TEST(no_text_of_a_record_becomes_markup),
		TEST(an_english_page_is_in_english),
		TEST(an_empty_network_has_english_pages_as_well),
		TEST(a_note_tells_what_most_agree_on_first),
		TEST(a_text_that_is_too_long_is_cut_at_a_word),
		TEST(a_note_keeps_to_two_pages_and_counts_the_rest),
		TEST(states_differ_in_letter_and_shape),
		TEST(a_feed_has_the_newest_hundred_and_the_public_one_no_more_than_may_leave),
		TEST(another_validated_text_is_another_entry),
	};
	return cmocka_run_group_tests_name("lessons/reading", tests, NULL, NULL);
}
