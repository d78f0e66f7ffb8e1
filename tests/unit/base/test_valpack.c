/* Packed values: read back whole, picked from, cut anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/valpack.h"

static struct arena a;

static int begin(void **st)
{
	(void)st;
	return arena_begin(&a) ? 0 : -1;
}

static int end(void **st)
{
	(void)st;
	arena_end(&a);
	return 0;
}

/* {cible: ens-1, sur: {ref: un, cible: deux}, liste: [{cible: trois}, "x"], vide: "", nombre: 7, sur.cible: "x", sur.ref.x: "x", par: act} */
static struct unpack packed(void)
{
	struct val *v = val_map(&a), *on = val_map(&a), *in = val_map(&a), *list = val_list(&a);
	struct buf b = BUF_INIT;
	val_set(&a, v, "cible", val_str(&a, "ens-1"));
	val_set(&a, on, "ref", val_str(&a, "un"));
	val_set(&a, on, "cible", val_str(&a, "deux"));
	val_set(&a, v, "sur", on);
	val_set(&a, in, "cible", val_str(&a, "trois"));
	val_push(&a, list, in);
	val_push(&a, list, val_num(&a, 0.5));
	val_set(&a, v, "liste", list);
	val_set(&a, v, "vide", val_str(&a, ""));
	val_set(&a, v, "nombre", val_int(&a, 700));
	val_set(&a, v, "vrai", val_bool(&a, true));
	val_set(&a, v, "rien", val_null(&a));
	val_set(&a, v, "sur.cible", val_str(&a, "x"));
	val_set(&a, v, "sur.ref.x", val_str(&a, "x"));
	val_set(&a, v, "par", val_str(&a, "act"));
	val_pack(&b, v);
	char *bytes = arena_dupn(&a, buf_str(&b), b.n);
	struct unpack u = { bytes, bytes + b.n, false }, again = u;
	assert_true(val_equal(v, val_unpack(&a, &again)));
	assert_ptr_equal(again.at, u.end);
	buf_free(&b);
	return u;
}

static void texts_are_picked(void **st)
{
	static const char *const keys[] = { "par", "cible", "sur.cible", "sur.ref", "sur", "liste.cible", "nombre", "ci", "cible.ref", "vide", "sur.re",
					    "sur.ref.x" };
	static const char *const want[] = { "act", "ens-1", "deux", "un", NULL, NULL, NULL, NULL, NULL, "", NULL, NULL };
	struct unpack u = packed(), again = u;
	const char *got[2][12];
	(void)st;
	assert_true(val_pick(got[0], keys, 12, u));
	val_texts(got[1], keys, 12, val_unpack(&a, &again));
	for (size_t i = 0; i < 24; i++) {
		const char *text = got[i / 12][i % 12], *wanted = want[i % 12];
		assert_int_equal(text == NULL, wanted == NULL);
		if (wanted)
			assert_string_equal(text, wanted);
	}
}

static void what_is_cut_is_bad(void **st)
{
	static const char *const keys[] = { "par", "sur.ref" };
	struct unpack whole = packed();
	(void)st;
	for (size_t n = 0; whole.at + n < whole.end; n++) {
		char *bytes = arena_dupn(&a, whole.at, n);
		struct unpack u = { bytes, bytes + n, false };
		const char *got[2];
		assert_false(val_pick(got, keys, 2, u));
		assert_null(got[0]);
		assert_null(got[1]);
		assert_null(val_unpack(&a, &u));
	}
}

static void what_is_no_map_is_bad(void **st)
{
	static const char *const keys[] = { "par" };
	struct buf b = BUF_INIT;
	const char *got[1];
	(void)st;
	val_pack(&b, val_str(&a, "par"));
	assert_false(val_pick(got, keys, 1, (struct unpack){ b.at, b.at + b.n, false }));
	buf_reset(&b);
	val_pack(&b, NULL);
	assert_false(val_pick(got, keys, 1, (struct unpack){ b.at, b.at + b.n, false }));
	buf_free(&b);
}

/* Damage gives something or nothing, and never reads beyond the bytes. */
static void damage_stays_inside(void **st)
{
	static const char *const keys[] = { "par", "sur.ref", "cible" };
	struct unpack whole = packed();
	size_t n = (size_t)(whole.end - whole.at);
	(void)st;
	for (size_t i = 0; i < n; i++)
		for (int x = 1; x < 256; x += 2) {
			char *bytes = arena_dupn(&a, whole.at, n);
			const char *got[3];
			bytes[i] = (char)(bytes[i] ^ x);
			struct unpack u = { bytes, bytes + n, false };
			val_pick(got, keys, 3, u);
			for (size_t k = 0; k < 3; k++)
				assert_true(!got[k] || (got[k] >= u.at && got[k] + strlen(got[k]) < u.end));
		}
}

/* Of any length: one bit that is another, two words that changed places, one zero more. */
static void a_check_tells_damage(void **st)
{
	(void)st;
	unsigned char bytes[160], other[160];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		uint64_t check = pack_check(bytes, n);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_true(pack_check(bytes, n) != check);
			bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
		for (size_t i = 8; i + 8 <= n; i += 8) {
			memcpy(other, bytes, n);
			memcpy(other, bytes + i, 8);
			memcpy(other + i, bytes, 8);
			assert_true(pack_check(other, n) != check);
		}
		memset(other, 0, n);
		assert_true(!n || pack_check(other, n) != pack_check(other, n - 1));
		assert_true(pack_check(bytes, n) == check);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = { TEST(texts_are_picked), TEST(what_is_cut_is_bad), TEST(what_is_no_map_is_bad),
					    TEST(damage_stays_inside), TEST(a_check_tells_damage) };
	return cmocka_run_group_tests_name("base/valpack", tests, NULL, NULL);
}
