/* What counts as the same word. Each case is a text and its words, as word=stem. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <cmocka.h>

#include "base/buf.h"
#include "lessons/term.h"

static void read_all(struct buf *out, const char *text, size_t n, bool plain)
{
	struct terms t;
	struct term one;
	buf_reset(out);
	assert_int_equal(terms_begin(&t, text, n, NULL), 0);
	size_t last = 0;
	while (term_next(&one, &t)) {
		assert_true(one.start >= last && one.start < one.end && one.end <= n);
		last = one.end;
		buf_printf(out, "%s%s", out->n ? " " : "", plain ? one.plain : one.stem);
	}
	assert_false(t.nomem);
}

static void assert_stems(const char *text, const char *want)
{
	struct buf b = BUF_INIT;
	read_all(&b, text, strlen(text), false);
	assert_string_equal(buf_str(&b), want);
	buf_free(&b);
}

static void parts_words(void **st)
{
	(void)st;
	assert_stems("", "");
	assert_stems(" ,;.!? « » — … \n", "");
	assert_stems("L'eau, l’eau d'Aix", "eau eau aix");
	assert_stems("qu'on s'est jusqu'alors dit", "on est alor dit");
	assert_stems("aujourd'hui quelqu'un", "aujourd hui quelqu un"); /* the same in every text */
	assert_stems("l", "l");						/* nothing is elided */
	assert_stems("co-formation", "co format");
	assert_stems("le PCAET 2018 (n° 3)", "le pcaet 2018 n 3");
	assert_stems("50 % × 3 ÷ 4", "50 3 4");
	assert_stems("20\xC2\xA0" "000\xE2\x80\xAF" "habitants", "20 000 habit");
}

static void case_accents_and_ligatures_do_not_count(void **st)
{
	(void)st;
	static const char *const same[][2] = { { "Coopération", "COOPERATION" }, { "Écologie", "ecologie" },
					       { "œuvre", "OEUVRE" },		 { "Œuvre", "oeuvre" },
					       { "ex æquo", "EX AEQUO" },	 { "e\xCC\x81" "cole", "école" },
					       { "Noël", "noel" },		 { "ÇA", "ca" } };
	struct buf x = BUF_INIT, y = BUF_INIT;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		read_all(&x, same[i][0], strlen(same[i][0]), true);
		read_all(&y, same[i][1], strlen(same[i][1]), true);
		assert_string_equal(buf_str(&x), buf_str(&y));
	}
	buf_free(&x);
	buf_free(&y);
}

static void forms_of_one_word_meet(void **st)
{
	(void)st;
	static const char *const same[][2] = {
		{ "habitants", "habitante" }, { "formations", "FORMATION" }, { "passée", "passés" }, { "élus", "élue" },
		{ "appuis", "appui" },	      { "chevaux", "cheval" },	     { "locale", "locales" }, { "indemnité", "indemnités" }
	};
	struct buf x = BUF_INIT, y = BUF_INIT;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		read_all(&x, same[i][0], strlen(same[i][0]), false);
		read_all(&y, same[i][1], strlen(same[i][1]), false);
		assert_string_equal(buf_str(&x), buf_str(&y));
	}
	buf_free(&x);
	buf_free(&y);
}

static bool stops(const char *word)
{
	struct terms t;
	struct term one;
	assert_int_equal(terms_begin(&t, word, strlen(word), NULL), 0);
	assert_true(term_next(&one, &t));
	return one.stop;
}

static void knows_the_words_that_say_nothing(void **st)
{
	(void)st;
	static const char *const yes[] = { "a", "À", "où", "les", "Été", "étaient", "dans", "votre", "y" };
	static const char *const no[] = { "sans", "avant", "contre", "faire", "eau", "ess", "élu", "2018" };
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(stops(yes[i]));
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(stops(no[i]));
}

static void a_long_word_counts_by_its_beginning(void **st)
{
	(void)st;
	char text[4 * TERM_MAX];
	struct terms t;
	struct term one;
	for (size_t i = 0; i + 1 < sizeof text; i += 2)
		memcpy(text + i, "é", 2);
	assert_int_equal(terms_begin(&t, text, sizeof text, NULL), 0);
	assert_true(term_next(&one, &t));
	assert_int_equal(one.end - one.start, sizeof text);
	assert_true(strlen(one.word) < TERM_MAX && strlen(one.stem) < TERM_MAX && strlen(one.plain) < TERM_MAX);
	assert_false(term_next(&one, &t));
}

/* Any bytes: no crash (sanitizers), spans in order, every word with something in it. */
static void survives_any_bytes(void **st)
{
	(void)st;
	unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : 5;
	static const char *const bits[] = { "é", "œ", "'", "’", "-", "\xE2\x80", "\xF0\x9F\x98\x80", "\xCC\x81", "\xFF", "s", "ux", " ", "É" };
	struct buf b = BUF_INIT, words = BUF_INIT;
	print_message("# SEED=%u\n", seed);
	srand(seed);
	for (int round = 0; round < 3000; round++) {
		buf_reset(&b);
		for (int i = rand() % 30; i > 0; i--) {
			if (rand() % 3) {
				buf_puts(&b, bits[(size_t)rand() % (sizeof bits / sizeof *bits)]);
			} else {
				buf_putc(&b, (char)(rand() % 255 + 1));
			}
		}
		char *exact = malloc(b.n + 1); /* so that reading past the end is seen */
		assert_non_null(exact);
		memcpy(exact, buf_str(&b), b.n);
		exact = realloc(exact, b.n ? b.n : 1);
		read_all(&words, exact, b.n, round & 1);
		free(exact);
	}
	buf_free(&b);
	buf_free(&words);
}

/* More words than are kept by their hash: none is taken for another. */
static void a_word_is_itself_whatever_was_read_before(void **st)
{
	(void)st;
	for (unsigned i = 0; i < 40000; i++) {
		struct terms t;
		struct term one;
		char word[16];
		snprintf(word, sizeof word, "%xq%x", i % 20000, i * 7919u % 512);
		assert_int_equal(terms_begin(&t, word, strlen(word), NULL), 0);
		assert_true(term_next(&one, &t));
		assert_string_equal(one.word, word);
		assert_false(term_next(&one, &t));
	}
}

static void *in_a_thread(void *ctx)
{
	struct terms t;
	struct term one;
	bool *ok = ctx;
	*ok = terms_begin(&t, "habitants", 9, NULL) == 0 && term_next(&one, &t) && !strcmp(one.stem, "habit");
	return NULL;
}

static void each_thread_has_its_own_stemmer(void **st)
{
	(void)st;
	pthread_t one, other;
	bool ok[2] = { false, false };
	assert_int_equal(pthread_create(&one, NULL, in_a_thread, &ok[0]), 0);
	assert_int_equal(pthread_create(&other, NULL, in_a_thread, &ok[1]), 0);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
	assert_true(ok[0] && ok[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_words),
		cmocka_unit_test(case_accents_and_ligatures_do_not_count),
		cmocka_unit_test(forms_of_one_word_meet),
		cmocka_unit_test(knows_the_words_that_say_nothing),
		cmocka_unit_test(a_long_word_counts_by_its_beginning),
		cmocka_unit_test(survives_any_bytes),
		cmocka_unit_test(a_word_is_itself_whatever_was_read_before),
		cmocka_unit_test(each_thread_has_its_own_stemmer),
	};
	return cmocka_run_group_tests_name("lessons/term", tests, NULL, NULL);
}
