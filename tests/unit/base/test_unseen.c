/* Which characters nobody sees, and a text without them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/unseen.h"

static void they_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		unsigned c;
		size_t n;
	} given[] = {
		{ "\xC2\xA0:", 0xA0, 2 },
		{ "\xC2\xAD", 0xAD, 2 },
		{ "\xE2\x80\xAF", 0x202F, 3 },
		{ "\xE2\x80\x8B", 0x200B, 3 },
		{ "\xE2\x80\xAE", 0x202E, 3 },
		{ "\xEF\xBB\xBF", 0xFEFF, 3 },
		{ " ", 0, 0 },
		{ "", 0, 0 },
		{ "é", 0, 0 },
		{ "«", 0, 0 },
		{ "…", 0, 0 },
		{ "\xE2\x80\x93", 0, 0 }, /* a dash is seen */
		{ "\xF0\x9F\x8E\x89", 0, 0 },
		{ "\xC2", 0, 0 }, /* cut short: nothing behind the end is read */
		{ "\xE2\x80", 0, 0 },
	};
	for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
		unsigned c = 0;
		assert_int_equal(unseen_at(&c, given[i].s), given[i].n);
		assert_int_equal(c, given[i].c);
	}
}

static void they_are_taken_out(void **state)
{
	(void)state;
	char out[8] = "before";
	assert_false(unseen_strip(out, sizeof out, "état"));
	assert_false(unseen_strip(out, sizeof out, "\xC2\xA0" "too long"));
	assert_string_equal(out, "before");
	assert_true(unseen_strip(out, sizeof out, "\xC2\xA0" "é\xE2\x80\xAF"));
	assert_string_equal(out, "é");
	assert_true(unseen_strip(out, sizeof out, "\xC2\xA0"));
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_found),
		cmocka_unit_test(they_are_taken_out),
	};
	return cmocka_run_group_tests_name("base/unseen", tests, NULL, NULL);
}
