/* test_table.c -- what a table looks like: aligned whatever the characters are, and nothing in a cell gets out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/fsio.h"
#include "base/text.h"
#include "cli/table.h"
#include "../../lib/scratch.h"

/* What table_print writes. */
static const char *printed(const struct table *t)
{
	char name[] = "/tmp/maillage-table-XXXXXX";
	int file = mkstemp(name), out = dup(STDOUT_FILENO);
	assert_true(file >= 0 && out >= 0);
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	table_print(t);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	close(file);
	struct buf b = BUF_INIT;
	struct err e;
	assert_int_equal(fs_read(&b, name, 1 << 20, &e), 0);
	const char *text = arena_dup(&a, buf_str(&b));
	buf_free(&b);
	unlink(name);
	return text;
}

static void row(struct table *t, const char *x, const char *y)
{
	table_row(t);
	table_cell(t, x, NULL);
	table_cell(t, y, NULL);
}

static void columns_are_those_of_a_terminal(void **st)
{
	(void)st;
	assert_int_equal(text_columns("élus", 5), 4);
	assert_int_equal(text_columns("e\xCC\x81lus", 6), 4); /* a combining accent */
	assert_int_equal(text_columns("日本", 6), 4);
	assert_int_equal(text_columns("🌱x", 5), 3);
	assert_int_equal(text_columns("\xFF\xC3", 2), 2); /* no UTF-8: nothing is read behind it */
	assert_int_equal(text_fit("日本", 3), 3);
	assert_int_equal(text_fit("été", 2), 3);
	assert_int_equal(text_fit("", 5), 0);
}

static void wide_characters_keep_their_columns(void **st)
{
	(void)st;
	struct table t;
	table_init(&t, &a, FORMAT_WORDS, "un_nom,deux");
	row(&t, "日本", "a");
	row(&t, "été", "b\nc");
	row(&t, "long, assez", "");
	assert_string_equal(printed(&t), "un nom       deux\n日本         a\nété          b c\nlong, assez\n");
}

static void people_see_no_empty_column(void **st)
{
	(void)st;
	struct table t;
	table_init(&t, &a, FORMAT_WORDS, "vide,plein");
	row(&t, "", "x");
	assert_string_equal(printed(&t), "plein\nx\n");
	t.format = FORMAT_CSV;
	assert_string_equal(printed(&t), "vide,plein\n,x\n");
}

static void a_cell_stays_in_its_cell(void **st)
{
	(void)st;
	struct table t;
	table_init(&t, &a, FORMAT_MD, "a,b");
	row(&t, "x|y\\", "<b>&\n\033[31m");
	assert_string_equal(printed(&t), "| a | b |\n| --- | --- |\n| x\\|y\\\\ | &lt;b>&amp;<br> [31m |\n");
	t.format = FORMAT_CSV;
	row(&t, "virgule, \"mot\"", "ligne\nautre");
	assert_non_null(strstr(printed(&t), "\"virgule, \"\"mot\"\"\",\"ligne\nautre\"\n"));
	t.format = FORMAT_WORDS;
	assert_null(strchr(printed(&t), '\033'));
}

static void programs_get_codes_and_people_words(void **st)
{
	(void)st;
	struct table t;
	table_init(&t, &a, FORMAT_CSV, "etat");
	table_row(&t);
	table_cell(&t, "en_cours", "en cours");
	table_cell(&t, "de trop", NULL);
	assert_string_equal(printed(&t), "etat\nen_cours\n");
	table_init(&t, &a, FORMAT_MD, "etat");
	table_row(&t);
	table_cell(&t, "en_cours", "en cours");
	assert_string_equal(printed(&t), "| état |\n| --- |\n| en cours |\n");
}

static void without_rows_only_csv_has_its_header(void **st)
{
	(void)st;
	struct table t;
	table_init(&t, &a, FORMAT_CSV, "a,b");
	assert_string_equal(printed(&t), "a,b\n");
	table_init(&t, &a, FORMAT_WORDS, "a,b");
	assert_string_equal(printed(&t), "");
	assert_int_equal(format_named("csv"), FORMAT_CSV);
	assert_int_equal(format_named("CSV"), FORMAT_N);
	assert_int_equal(format_named(""), FORMAT_N);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(columns_are_those_of_a_terminal, scratch_begin, scratch_end),
		cmocka_unit_test_setup_teardown(wide_characters_keep_their_columns, scratch_begin, scratch_end),
		cmocka_unit_test_setup_teardown(people_see_no_empty_column, scratch_begin, scratch_end),
		cmocka_unit_test_setup_teardown(a_cell_stays_in_its_cell, scratch_begin, scratch_end),
		cmocka_unit_test_setup_teardown(programs_get_codes_and_people_words, scratch_begin, scratch_end),
		cmocka_unit_test_setup_teardown(without_rows_only_csv_has_its_header, scratch_begin, scratch_end),
	};
	return cmocka_run_group_tests_name("cli/table", tests, NULL, NULL);
}
