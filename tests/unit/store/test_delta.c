/* Deltas, undone by a reader written from gitformat-pack(5) alone: whatever two texts, the second comes back, bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/delta.h"

static uint64_t seed;
static struct deltas D;

static unsigned rnd(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static size_t number(const unsigned char **at)
{
	size_t v = 0;
	unsigned shift = 0;
	do {
		v |= (size_t)(**at & 0x7f) << shift;
		shift += 7;
	} while (*(*at)++ & 0x80);
	return v;
}

static void apply(struct buf *out, const struct buf *delta, const struct buf *base)
{
	const unsigned char *at = (const unsigned char *)delta->at, *end = at + delta->n;
	assert_int_equal(number(&at), base->n);
	size_t want = number(&at);
	while (at < end) {
		unsigned op = *at++;
		if (op & 0x80) {
			size_t offset = 0, n = 0;
			for (unsigned i = 0; i < 4; i++)
				offset |= op & 1u << i ? (size_t)*at++ << (8 * i) : 0;
			for (unsigned i = 0; i < 3; i++)
				n |= op & 0x10u << i ? (size_t)*at++ << (8 * i) : 0;
			if (!n)
				n = 0x10000;
			assert_true(offset + n <= base->n);
			buf_put(out, base->at + offset, n);
		} else {
			assert_true(op != 0 && at + op <= end);
			buf_put(out, at, op);
			at += op;
		}
	}
	assert_int_equal(out->n, want);
}

/* *length: of the delta; 0: not worth it. */
static void there_and_back(size_t *length, const struct buf *from, const struct buf *to, size_t most)
{
	struct buf delta = BUF_INIT, back = BUF_INIT;
	buf_puts(&delta, "x"); /* it is appended */
	*length = 0;
	if (delta_make(&delta, &D, buf_str(from), from->n, buf_str(to), to->n, most)) {
		*length = delta.n - 1;
		assert_true(*length <= most);
		memmove(delta.at, delta.at + 1, --delta.n);
		apply(&back, &delta, from);
		assert_true(back.n == to->n && (!to->n || !memcmp(back.at, to->at, to->n)));
	} else {
		assert_int_equal(delta.n, 1);
	}
	buf_free(&delta);
	buf_free(&back);
}

static void random_text(struct buf *b, size_t n, unsigned letters)
{
	while (n--)
		buf_putc(b, (char)rnd(letters));
}

/* Pieces of the base in any order, with something between. */
static void edited(struct buf *to, const struct buf *from)
{
	for (unsigned pieces = 1 + rnd(6); pieces; pieces--) {
		size_t at = from->n ? rnd((unsigned)from->n) : 0, n = from->n > at ? rnd((unsigned)(from->n - at) + 1) : 0;
		buf_put(to, buf_str(from) + at, n);
		random_text(to, rnd(rnd(4) ? 5 : 300), 256);
	}
}

static void test_any_two_texts(void **state)
{
	(void)state;
	size_t n;
	for (int i = 0; i < 4000; i++) {
		struct buf from = BUF_INIT, to = BUF_INIT;
		random_text(&from, rnd(rnd(3) ? 400 : 5000), rnd(2) ? 256 : 3);
		edited(&to, &from);
		there_and_back(&n, &from, &to, SIZE_MAX / 8);
		there_and_back(&n, &from, &to, rnd(200));
		buf_free(&from);
		buf_free(&to);
	}
}

/* What it is for: one entry of a large folder. */
static void test_one_entry_of_a_folder(void **state)
{
	(void)state;
	size_t n;
	struct buf from = BUF_INIT, to = BUF_INIT;
	random_text(&from, 30000, 256);
	buf_put(&to, from.at, from.n);
	for (int i = 0; i < 20; i++)
		to.at[15000 + i] = (char)~to.at[15000 + i];
	there_and_back(&n, &from, &to, from.n / 2);
	assert_in_range(n, 1, 64);
	there_and_back(&n, &from, &from, from.n / 2);
	assert_in_range(n, 1, 16);
	buf_free(&from);
	buf_free(&to);
}

static void test_edges(void **state)
{
	(void)state;
	size_t n;
	struct buf none = BUF_INIT, little = BUF_INIT, large = BUF_INIT, larger = BUF_INIT;
	buf_puts(&little, "0123456789abcde");
	there_and_back(&n, &none, &little, 1000);
	assert_int_equal(n, 0);
	there_and_back(&n, &little, &little, 1000);
	assert_int_equal(n, 0); /* less than a block to find */
	buf_fill(&large, ' ', 0x10000 * 2 + 7); /* all blocks alike; copies of more than 64 KB */
	there_and_back(&n, &large, &little, 1000);
	assert_true(n > 0);
	there_and_back(&n, &large, &none, 1000);
	assert_true(n > 0);
	there_and_back(&n, &large, &large, 1000);
	assert_in_range(n, 1, 32);
	buf_fill(&larger, 'x', DELTA_MAX + 1);
	there_and_back(&n, &larger, &large, SIZE_MAX / 8);
	assert_int_equal(n, 0);
	there_and_back(&n, &large, &larger, SIZE_MAX / 8);
	assert_int_equal(n, 0);
	buf_free(&little);
	buf_free(&large);
	buf_free(&larger);
}

static int fini(void **state)
{
	(void)state;
	deltas_free(&D);
	return 0;
}

int main(void)
{
	const char *given = getenv("SEED");
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	print_message("# SEED=%llu\n", (unsigned long long)seed);
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_any_two_texts), cmocka_unit_test(test_one_entry_of_a_folder),
					    cmocka_unit_test(test_edges) };
	return cmocka_run_group_tests_name("delta", tests, NULL, fini);
}
