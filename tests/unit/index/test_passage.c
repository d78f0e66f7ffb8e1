/* The stretch of text that is shown. [ and ] stand for the marks, { and | for the borders of a field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "index/passage.h"
#include "index/tokenizer.h"
#include "../../lib/scratch.h"

static const char *swap(const char *s, const char *from, const char *to)
{
	char *out = arena_dup(&a, s);
	for (char *p = out; *p; p++)
		for (size_t i = 0; from[i]; i++)
			if (*p == from[i]) {
				*p = to[i];
				break;
			}
	return out;
}

static const char real[] = { INDEX_FIELD, INDEX_TEXT, PASSAGE_ON, PASSAGE_OFF, 0 }, drawn[] = "{|[]";

static struct passage choose(const char *first, const char *second)
{
	const char *texts[] = { first ? swap(first, drawn, real) : NULL, second ? swap(second, drawn, real) : NULL };
	struct passage p;
	passage_choose(&p, &a, texts, 2);
	p.text = swap(p.text, real, drawn);
	return p;
}

static void assert_chosen(const char *first, const char *second, const char *field, const char *text)
{
	struct passage p = choose(first, second);
	assert_string_equal(p.field, field);
	assert_string_equal(p.text, text);
}

static void takes_the_field_with_most_marks(void **st)
{
	(void)st;
	assert_chosen("{enonce|Un [mot].", "{effet|Deux [mots], [mots].{limites|Un [mot].", "effet", "Deux [mots], [mots].");
	assert_chosen("{enonce|Un [mot].", "{effet|Un [mot].", "enonce", "Un [mot].");
	assert_chosen("{enonce|Rien.", "{effet|Rien non plus.", "enonce", "Rien.");
	assert_chosen(NULL, "{effet|Un [mot].", "effet", "Un [mot].");
	assert_chosen("", "", "", "");
	assert_chosen("no field", "{cut", "", "");
}

static void is_one_line(void **st)
{
	(void)st;
	assert_chosen("{enonce|Une\n\n  [ligne]\t.\n", "", "enonce", "Une [ligne] .");
}

static const char *filler(size_t words)
{
	const char *s = "";
	for (size_t i = 0; i < words; i++)
		s = arena_printf(&a, "%smot%02zu ", s, i % 100);
	return s;
}

static void cuts_a_long_text_at_words_around_the_marks(void **st)
{
	(void)st;
	struct passage p = choose(arena_printf(&a, "{enonce|%s[garderie] %s", filler(100), filler(100)), NULL);
	assert_int_equal(strncmp(p.text, "… mot", strlen("… mot")), 0);
	assert_non_null(strstr(p.text, " [garderie] mot00 "));
	assert_non_null(strstr(p.text, " …"));
	assert_in_range(strlen(p.text), PASSAGE_CHARS - 20, PASSAGE_CHARS + 20);
	p = choose(arena_printf(&a, "{enonce|%sfin. La [garderie] ouvre. %s", filler(100), filler(100)), NULL);
	assert_int_equal(strncmp(p.text, "… La [garderie] ouvre. mot00", strlen("… La [garderie] ouvre. mot00")), 0);
	p = choose(arena_printf(&a, "{enonce|%s[garderie]", filler(100)), NULL);
	assert_string_equal(p.text + strlen(p.text) - strlen(" [garderie]"), " [garderie]");
	p = choose(arena_printf(&a, "{enonce|%s[bus] %s[bus] et [garderie] %s", filler(60), filler(60), filler(60)), NULL);
	assert_non_null(strstr(p.text, "[bus] et [garderie]"));
	p = choose(arena_printf(&a, "{enonce|Le [bus] %s", filler(100)), NULL);
	assert_int_equal(strncmp(p.text, "Le [bus] mot00", strlen("Le [bus] mot00")), 0);
}

/* Any marked text: marks stay in pairs, no character is cut, it is not much too long. */
static void never_cuts_a_mark_or_a_character(void **st)
{
	(void)st;
	unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : 9;
	static const char *const bits[] = { "é", "€", " ", "mot", ". ", "[mot]", "[é]", "œ" };
	print_message("# SEED=%u\n", seed);
	srand(seed);
	for (int round = 0; round < 500; round++) {
		struct buf b = BUF_INIT;
		buf_puts(&b, "{enonce|");
		for (int i = rand() % 300; i > 0; i--)
			buf_puts(&b, bits[(size_t)rand() % (sizeof bits / sizeof *bits)]);
		struct passage p = choose(buf_str(&b), NULL);
		buf_free(&b);
		bool open = false;
		size_t chars = 0;
		for (const unsigned char *s = (const unsigned char *)p.text; *s; s++) {
			assert_false(*s == '[' && open);
			assert_false(*s == ']' && !open);
			if (*s == '[' || *s == ']')
				open = *s == '[';
			size_t more = *s >= 0xE0 ? 2 : *s >= 0xC0 ? 1 : 0;
			assert_false((*s & 0xC0) == 0x80);
			for (; more; more--)
				assert_int_equal(*++s & 0xC0, 0x80);
			chars++;
		}
		assert_false(open);
		assert_true(chars < 2 * PASSAGE_CHARS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_begin, scratch_end)
		T(takes_the_field_with_most_marks),
		T(is_one_line),
		T(cuts_a_long_text_at_words_around_the_marks),
		T(never_cuts_a_mark_or_a_character),
	};
	return cmocka_run_group_tests_name("index/passage", tests, NULL, NULL);
}
