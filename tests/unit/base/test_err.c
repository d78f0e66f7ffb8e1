/* Messages: whatever is put into them, what comes out is text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static void mends(const char *msg, const char *want)
{
	char s[64];
	strcpy(s, msg);
	err_mend(s);
	assert_string_equal(s, want);
}

static void half_a_character_is_taken_out(void **state)
{
	(void)state;
	mends("", "");
	mends("été 🧭 « ici »", "été 🧭 « ici »");
	mends("\xC3", "");
	mends("a\xC3 b", "a b");
	mends("a\xE2\x80", "a");
	mends("\xF0\x9F\xA7", "");
	mends("\xF0\x9F\xA7 x", " x");
	mends("\xA9t\xE9 \xFF\xC0\xAF", "t ");
	mends("a\xC3\xC3\xA9", "aé");
}

static void a_message_is_cut_at_a_character(void **state)
{
	(void)state;
	char name[2 * ERR_MSG_MAX];
	for (size_t shift = 0; shift < 4; shift++) {
		struct err e = { 0 };
		size_t n = shift;
		memset(name, 'x', shift);
		for (; n + 3 < sizeof name; n += 3)
			memcpy(name + n, "€", 3);
		name[n] = 0;
		assert_int_equal(err_set(&e, ERR_DATA, "%s", name), ERR_DATA);
		assert_int_equal((strlen(e.msg) - shift) % 3, 0);
		assert_true(strlen(e.msg) > ERR_MSG_MAX - 5);
		err_set(&e, ERR_DATA, "« %.100s » ; fin", name);
		char copy[ERR_MSG_MAX];
		strcpy(copy, e.msg);
		err_mend(copy);
		assert_string_equal(copy, e.msg);
		assert_non_null(strstr(e.msg, " » ; fin"));
	}
}

static void a_wrapped_message_keeps_its_code(void **state)
{
	(void)state;
	struct err e = { 0 };
	err_set(&e, ERR_NET, "a");
	assert_int_equal(err_wrap(&e, "b %d", 1), ERR_NET);
	assert_string_equal(e.msg, "b 1 : a");
	assert_int_equal(err_set(NULL, ERR_IO, "x"), ERR_IO);
	assert_int_equal(err_wrap(NULL, "x"), ERR_IO);
}

static void each_code_has_a_name_a_class_and_an_exit_code(void **state)
{
	(void)state;
	assert_string_equal(err_name(ERR_NOMEM), "NOMEM");
	assert_string_equal(err_name(0), "OK");
	assert_string_equal(err_name(-1), "?");
	assert_int_equal(err_class(ERR_NET), ERR_TEMP);
	assert_int_equal(err_class(ERR_HOSTKEY), ERR_WAIT);
	assert_int_equal(err_exit_code(ERR_DATA), 65);
	assert_int_equal(err_exit_code(0), 0);
	assert_int_equal(err_exit_code(-1), 70);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_a_character_is_taken_out),
		cmocka_unit_test(a_message_is_cut_at_a_character),
		cmocka_unit_test(a_wrapped_message_keeps_its_code),
		cmocka_unit_test(each_code_has_a_name_a_class_and_an_exit_code),
	};
	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
