#include "make.h"

static const char *merged(const char *o, const char *a, const char *b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	bool clean = merge_text(&x, o, strlen(o), a, strlen(a), b, strlen(b));
	assert_int_equal(merge_text(&y, o, strlen(o), b, strlen(b), a, strlen(a)), clean);
	assert_string_equal(buf_str(&x), buf_str(&y));
	if (!clean)
		assert_int_equal(x.n, 0);
	const char *text = clean ? arena_dup(&mem, buf_str(&x)) : NULL;
	buf_free(&x);
	buf_free(&y);
	return text;
}

static void lines_merge(void **state)
{
	IN_ARENA;
	assert_string_equal(merged("1\n2\n3\n", "1\n2\n3\n", "1\n2\n3\n"), "1\n2\n3\n");
	assert_string_equal(merged("1\n2\n3\n", "un\n2\n3\n", "1\n2\ntrois\n"), "un\n2\ntrois\n");
	assert_string_equal(merged("1\n2\n3", "0\n1\n2\n3", "1\n2\n3\n"), "0\n1\n2\n3\n");
	assert_string_equal(merged("1\n2\n", "1\nx\n2\n", "1\nx\n2\n"), "1\nx\n2\n");
	assert_string_equal(merged("1\r\n2\r\n3\r\n", "un\r\n2\r\n3\r\n", "1\r\n2\r\n"), "un\r\n2\r\n");
	assert_string_equal(merged("", "", "x"), "x");
	assert_null(merged("1\n2\n3\n", "1\nx\n3\n", "1\ny\n3\n"));
	assert_null(merged("1\n2\n3\n", "un\n2\n3\n", "1\ndeux\n3\n")); /* touching: as git */
	assert_null(merged("1\n", "1\nx\n", "1\ny\n"));
	assert_null(merged("", "x", "y"));
}

static void what_is_no_text_is_left_alone(void **state)
{
	IN_ARENA;
	struct buf out = BUF_INIT;
	assert_false(merge_text(&out, "a", 1, "a\0b", 3, "a", 1));
	assert_false(merge_text(&out, NULL, 0, "x", 1, "\0", 1));
	assert_true(merge_text(&out, NULL, 0, "x", 1, NULL, 0));
	assert_string_equal(buf_str(&out), "x");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(lines_merge, teardown),
		cmocka_unit_test_teardown(what_is_no_text_is_left_alone, teardown),
	};
	return cmocka_run_group_tests_name("plain texts", tests, NULL, NULL);
}
