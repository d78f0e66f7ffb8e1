#include "world.h"

#include "lessons/csv.h"
#include "lessons/label.h"
#include "lessons/names.h"

static struct csv_table t;
static struct err e;

static int read_csv(const char *text)
{
	e = (struct err){ 0 };
	return csv_read(&t, &w.a, "x.csv", text, strlen(text), &e);
}

static void quotes_only_where_needed(void **st)
{
	(void)st;
	struct buf b = BUF_INIT;
	struct csv_out out = { &b, false };
	const char *const cells[] = { "simple", "a,b", "dit « oui »", "dit \"oui\"", "deux\nlignes",
				      " bord",	"",    NULL,	      "fin" };
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		csv_put(&out, cells[i]);
	csv_num(&out, 12);
	csv_end(&out);
	assert_string_equal(buf_str(&b),
			    "simple,\"a,b\",dit « oui »,\"dit \"\"oui\"\"\",\"deux\nlignes\",\" bord\",,,fin,12\n");
	buf_free(&b);
}

static void reads_what_it_wrote(void **st)
{
	(void)st;
	assert_int_equal(read_csv("a,b\n1,\"x,\"\"y\"\"\nz\"\n,\r\n"), 0);
	assert_int_equal(t.n, 2);
	assert_string_equal(csv_get(&t, 0, "b"), "x,\"y\"\nz");
	assert_string_equal(csv_get(&t, 1, "a"), "");
	assert_string_equal(csv_get(&t, 1, "b"), "");
	assert_int_equal(t.at[0].line, 2);
	assert_int_equal(t.at[1].line, 4);
	assert_int_equal(read_csv("a\nfin sans saut"), 0);
	assert_string_equal(csv_get(&t, 0, "a"), "fin sans saut");
}

static void names_the_damaged_line(void **st)
{
	(void)st;
	static const char *const bad[][2] = { { "a,b\n1\n", "x.csv:2 : " },
					      { "a\n\"ouvert\n", "x.csv:3 : " },
					      { "a\nx\"y\n", "x.csv:2 : " },
					      { "a\n\"x\"y\n", "x.csv:2 : " },
					      { "a,b\n1,\"2\n3\"\n1,2,3\n", "x.csv:4 : " },
					      { "a\nx\ry\n", "x.csv:2 : " } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(read_csv(bad[i][0]), ERR_DATA);
		assert_has(e.msg, bad[i][1]);
	}
	assert_int_equal(csv_read(&t, &w.a, "x.csv", "a\n\0\n", 4, &e), ERR_DATA);
}

static void limits_columns(void **st)
{
	(void)st;
	struct buf b = BUF_INIT;
	buf_fill(&b, ',', CSV_MAX_COLUMNS);
	assert_int_equal(read_csv(buf_str(&b)), ERR_LIMIT);
	buf_cut(&b, CSV_MAX_COLUMNS - 1);
	assert_int_equal(read_csv(buf_str(&b)), 0);
	buf_free(&b);
}

static void demands_its_columns(void **st)
{
	(void)st;
	assert_int_equal(read_csv("a,b\n"), 0);
	assert_int_equal(csv_demand(&t, "a,b", &e), 0);
	assert_int_equal(csv_demand(&t, "a", &e), ERR_DATA);
	assert_int_equal(csv_demand(&t, "a,b,c", &e), ERR_DATA);
	assert_int_equal(csv_demand(&t, "a,c", &e), ERR_DATA);
	assert_int_equal(csv_demand(&t, "ab", &e), ERR_DATA);
	assert_int_equal(read_csv(""), 0);
	assert_int_equal(csv_demand(&t, "a,b", &e), ERR_DATA);
}

/* Whatever cells are written, the same are read. */
static void round_trip(void **st)
{
	(void)st;
	static const char alphabet[] = "a,\"\n\r \xC3\xA9";
	unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : 20200114;
	print_message("# SEED=%u\n", seed);
	srand(seed);
	for (int round = 0; round < 500; round++) {
		struct buf b = BUF_INIT;
		struct csv_out out = { &b, false };
		char cells[4][3][12];
		csv_header(&out, "x,y,z");
		for (int i = 0; i < 4; i++, csv_end(&out))
			for (int j = 0; j < 3; j++) {
				size_t n = (size_t)rand() % 10;
				for (size_t k = 0; k < n; k++)
					cells[i][j][k] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
				cells[i][j][n] = 0;
				csv_put(&out, cells[i][j]);
			}
		assert_int_equal(read_csv(buf_str(&b)), 0);
		assert_int_equal(t.n, 4);
		for (size_t i = 0; i < 4; i++)
			for (size_t j = 0; j < 3; j++)
				assert_string_equal(t.at[i].at[j], cells[i][j]);
		buf_free(&b);
	}
}

static void folds_labels(void **st)
{
	(void)st;
	static const char *const same[][2] = { { "Coopération", "cooperation" },
					       { "  ÉCOLE   d’Été ", "ecole d'ete" },
					       { "Cœur de métiers", "coeur de metiers" },
					       { "Œuvre, Æsir, ÿ, Ÿ", "oeuvre, aesir, y, y" },
					       { "co-construction", "co construction" },
					       { "Inte\xCC\x81grale", "integrale" }, /* decomposed */
					       { "a\xC2\xA0: b", "a : b" },
					       { "Łódź", "Łodź" }, /* outside the table: kept */
					       { "", "" } };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		assert_string_equal(label_fold(&w.a, same[i][0]), same[i][1]);
}

static void names_are_sorted_sets(void **st)
{
	(void)st;
	struct names s = { 0 }, back = { 0 };
	const char *const in[] = { "hdf", "ara", "bre", "ara", "bfc", "hdf" };
	for (size_t i = 0; i < sizeof in / sizeof *in; i++)
		names_add(&w.a, &s, in[i]);
	assert_string_equal(names_join(&w.a, &s), "ara; bfc; bre; hdf");
	names_split(&back, &w.a, names_join(&w.a, &s));
	assert_int_equal(back.n, 4);
	assert_true(names_has(&back, "bre"));
	assert_false(names_has(&back, "occ"));
	struct names none = { 0 };
	names_split(&none, &w.a, "");
	assert_int_equal(none.n, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(quotes_only_where_needed),
					    TEST(reads_what_it_wrote),
					    TEST(names_the_damaged_line),
					    TEST(limits_columns),
					    TEST(demands_its_columns),
					    TEST(round_trip),
					    TEST(folds_labels),
					    TEST(names_are_sorted_sets) };
	return cmocka_run_group_tests_name("lessons/csv", tests, NULL, NULL);
}
