/* What a record says is shown, and not obeyed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"

static void disarms(const char *text, const char *want)
{
	char s[64];
	strcpy(s, text);
	text_disarm(s);
	assert_string_equal(s, want);
}

static void orders_become_spaces(void **state)
{
	(void)state;
	disarms("", "");
	disarms("deux\n\tlignes, « été » 🧭 \xC2\xA0!", "deux\n\tlignes, « été » 🧭 \xC2\xA0!");
	disarms("\033[31mX\033]0;titre\a", " [31mX ]0;titre ");
	disarms("a\rb\x7F", "a b ");
	disarms("a\u202Eb\u202A\u2066c\u2069", "a   b      c   ");
	disarms("\u200E\u2029\u202F\u2065\u206A\xE2\x80", "\u200E\u2029\u202F\u2065\u206A\xE2\x80");
	disarms("\xC2\x9B" "31m\xC2\x80\xC2\x9F", "  31m    ");
}

static void a_text_in_read_only_memory_stays(void **state)
{
	(void)state;
	static const char fine[] = "rien à enlever";
	text_disarm((char *)(uintptr_t)fine);
}

static void messages_are_disarmed(void **state)
{
	struct err e = { 0 };
	(void)state;
	assert_int_equal(err_set(&e, ERR_DATA, "« %s »", "\033]52;c;eA==\a"), ERR_DATA);
	assert_string_equal(e.msg, "«  ]52;c;eA==  »");
}

static void columns_are_characters(void **state)
{
	(void)state;
	assert_int_equal(text_columns("", 0), 0);
	assert_int_equal(text_columns("été", 5), 3);
	assert_int_equal(text_columns("🧭x", 4), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_become_spaces),
		cmocka_unit_test(a_text_in_read_only_memory_stays),
		cmocka_unit_test(messages_are_disarmed),
		cmocka_unit_test(columns_are_characters),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
