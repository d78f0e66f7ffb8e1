#include "make.h"
#include "merge/keytab.h"
#include "merge/order.h"
#include "merge/seq.h"

/* "abc" as numbers. */
static uint32_t *ids(const char *s)
{
	uint32_t *at = arena_array(&mem, strlen(s) + 1, sizeof *at);
	for (size_t i = 0; s[i]; i++)
		at[i] = (uint32_t)s[i];
	return at;
}

static struct hunks diff(const char *o, const char *s)
{
	struct hunks h;
	seq_diff(&h, &mem, ids(o), strlen(o), ids(s), strlen(s));
	return h;
}

static size_t lcs(const char *x, const char *y)
{
	static size_t t[64][64];
	size_t n = strlen(x), m = strlen(y);
	memset(t, 0, sizeof t);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++)
			t[i + 1][j + 1] = x[i] == y[j] ? t[i][j] + 1 : t[i][j + 1] > t[i + 1][j] ? t[i][j + 1] : t[i + 1][j];
	return t[n][m];
}

static const char *random_string(unsigned max)
{
	unsigned n = below(max);
	char *s = arena_alloc(&mem, n + 1);
	for (unsigned i = 0; i < n; i++)
		s[i] = (char)('a' + (char)below(4));
	return s;
}

static void a_diff_is_a_longest_common_subsequence(void **state)
{
	IN_ARENA;
	chance_state = seed_of();
	for (int i = 0; i < 3000; i++) {
		const char *o = random_string(40), *s = random_string(40);
		struct hunks h = diff(o, s);
		size_t same = 0, po = 0, ps = 0;
		for (size_t k = 0; k <= h.n; k++) {
			size_t o0 = k < h.n ? h.at[k].o0 : strlen(o), s0 = k < h.n ? h.at[k].s0 : strlen(s);
			assert_int_equal(o0 - po, s0 - ps);
			assert_memory_equal(o + po, s + ps, o0 - po);
			same += o0 - po;
			po = k < h.n ? h.at[k].o1 : o0;
			ps = k < h.n ? h.at[k].s1 : s0;
		}
		assert_int_equal(same, lcs(o, s));
	}
}

static void an_insertion_stands_at_its_last_place(void **state)
{
	IN_ARENA;
	struct hunks h = diff("s.t", "s.n.t"); /* "n." before t, not ".n" behind s */
	assert_int_equal(h.n, 1);
	assert_int_equal(h.at[0].o0, 2);
	assert_int_equal(h.at[0].s0, 2);
	h = diff("xaab", "xaaab");
	assert_int_equal(h.at[0].o0, 3);
}

static void too_many_edits_are_one_hunk(void **state)
{
	IN_ARENA;
	size_t n = 3000;
	uint32_t *x = arena_array(&mem, n, sizeof *x), *y = arena_array(&mem, n, sizeof *y);
	for (size_t i = 0; i < n; i++) {
		x[i] = (uint32_t)i;
		y[i] = (uint32_t)(i % 2 ? i : i + 100000);
	}
	struct hunks h;
	seq_diff(&h, &mem, x, n, y, n);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.at[0].o0, 0);
	assert_int_equal(h.at[0].o1, n - 1); /* the last element is common */
}

/* Chunks as text: =same, <a, >b, !both, each with o|a|b. */
static const char *chunks(const char *o, const char *a, const char *b)
{
	struct hunks ha = diff(o, a), hb = diff(o, b);
	struct chunks c;
	struct buf t = BUF_INIT;
	seq_merge(&c, &mem, strlen(o), &ha, &hb);
	for (size_t i = 0; i < c.n; i++) {
		const struct chunk *k = &c.at[i];
		buf_printf(&t, "%c%.*s|%.*s|%.*s ", "=<>!"[k->kind], (int)(k->o1 - k->o0), o + k->o0, (int)(k->a1 - k->a0), a + k->a0,
			   (int)(k->b1 - k->b0), b + k->b0);
	}
	const char *text = arena_dup(&mem, buf_str(&t));
	buf_free(&t);
	return text;
}

static void two_changes_are_laid_over_one_another(void **state)
{
	IN_ARENA;
	assert_string_equal(chunks("abc", "abc", "abc"), "=abc|abc|abc ");
	assert_string_equal(chunks("abc", "xbc", "aby"), "<a|x|a =b|b|b >c|c|y ");
	assert_string_equal(chunks("abc", "axc", "ayc"), "=a|a|a !b|x|y =c|c|c ");
	assert_string_equal(chunks("ab", "xb", "ay"), "<a|x|a >b|b|y "); /* touching is not overlapping */
	assert_string_equal(chunks("ab", "axb", "ayb"), "=a|a|a !|x|y =b|b|b ");
	assert_string_equal(chunks("abcd", "ad", "abxcd"), "=a|a|a !bc||bxc =d|d|d ");
	assert_string_equal(chunks("", "x", ""), "<|x| ");
}

static void chunks_cover_all_three(void **state)
{
	IN_ARENA;
	chance_state = seed_of();
	for (int i = 0; i < 3000; i++) {
		const char *o = random_string(20), *a = random_string(20), *b = random_string(20);
		struct hunks ha = diff(o, a), hb = diff(o, b);
		struct chunks c;
		size_t po = 0, pa = 0, pb = 0;
		seq_merge(&c, &mem, strlen(o), &ha, &hb);
		for (size_t k = 0; k < c.n; k++) {
			const struct chunk *q = &c.at[k];
			assert_true(q->o0 == po && q->a0 == pa && q->b0 == pb);
			if (q->kind == CHUNK_SAME || q->kind == CHUNK_B) {
				assert_int_equal(q->o1 - q->o0, q->a1 - q->a0);
				assert_memory_equal(o + q->o0, a + q->a0, q->o1 - q->o0);
			}
			if (q->kind == CHUNK_SAME || q->kind == CHUNK_A) {
				assert_int_equal(q->o1 - q->o0, q->b1 - q->b0);
				assert_memory_equal(o + q->o0, b + q->b0, q->o1 - q->o0);
			}
			po = q->o1;
			pa = q->a1;
			pb = q->b1;
		}
		assert_true(po == strlen(o) && pa == strlen(a) && pb == strlen(b));
	}
}

/* Orders as strings; kept: the keys of the result. place: the schema's order, or NULL. */
static const char *ordered(const char *kept, const char *o, const char *a, const char *b, const char *schema)
{
	uint32_t rank[128];
	int place[128];
	bool keep[128] = { false };
	for (uint32_t i = 0; i < 128; i++) {
		rank[i] = i;
		const char *at = schema && i ? strchr(schema, (int)i) : NULL;
		place[i] = at ? (int)(at - schema) : -1;
	}
	for (const char *p = kept; *p; p++)
		keep[(unsigned char)*p] = true;
	struct order_input in = { 128, keep, { ids(o), strlen(o) }, { ids(a), strlen(a) }, { ids(b), strlen(b) }, rank, schema ? place : NULL };
	struct order_input swapped = in;
	swapped.a = in.b;
	swapped.b = in.a;
	struct order_seq r = order_merge(&mem, &in), s = order_merge(&mem, &swapped);
	assert_int_equal(r.n, strlen(kept));
	assert_memory_equal(r.at, s.at, r.n * sizeof *r.at);
	char *text = arena_alloc(&mem, r.n + 1);
	for (size_t i = 0; i < r.n; i++)
		text[i] = (char)r.at[i];
	return text;
}

static void orders_merge(void **state)
{
	IN_ARENA;
	assert_string_equal(ordered("abc", "abc", "abc", "abc", NULL), "abc");
	assert_string_equal(ordered("abc", "abc", "cab", "abc", NULL), "cab");  /* one side re-ordered */
	assert_string_equal(ordered("abc", "abc", "cab", "bac", NULL), "abc");  /* both did: base order */
	assert_string_equal(ordered("abc", "abc", "cab", "cab", NULL), "cab");
	assert_string_equal(ordered("axyb", "ab", "axb", "ayb", NULL), "axyb"); /* two insertions at one place: sorted */
	assert_string_equal(ordered("ayxb", "ab", "ayxb", "ab", NULL), "ayxb"); /* one side's own order */
	assert_string_equal(ordered("xaby", "ab", "xab", "aby", NULL), "xaby");
	assert_string_equal(ordered("acb", "abc", "acb", "ab", NULL), "acb");
	assert_string_equal(ordered("axc", "abc", "ac", "abxc", NULL), "axc"); /* behind what it followed, or what that followed */
	assert_string_equal(ordered("abc", "abc", "ac", "abc", NULL), "abc");   /* removed there, kept all the same */
	assert_string_equal(ordered("xy", "", "x", "y", NULL), "xy");
	assert_string_equal(ordered("xy", "", "yx", "xy", NULL), "xy"); /* nothing to go by: sorted */
	assert_string_equal(ordered("xyz", "", "zx", "zy", NULL), "zxy");
}

static void new_keys_go_where_the_schema_puts_them(void **state)
{
	IN_ARENA;
	assert_string_equal(ordered("abcd", "ad", "acd", "abd", "abcd"), "abcd");
	assert_string_equal(ordered("abcd", "ad", "adc", "abd", "abcd"), "abcd");
	assert_string_equal(ordered("adc", "ad", "adc", "ad", "abcd"), "adc"); /* one side only: as its author put it */
	assert_string_equal(ordered("abxd", "ad", "axd", "abd", "abcd"), "abxd"); /* x is unknown to the schema */
	assert_string_equal(ordered("badc", "bd", "bad", "bdc", "abcd"), "abcd");
}

static void strings_become_numbers(void **state)
{
	IN_ARENA;
	struct keytab t;
	keytab_init(&t, &mem, 0);
	for (int i = 0; i < 5000; i++) {
		const char *s = arena_printf(&mem, "clé %d", i % 2500);
		assert_int_equal(keytab_id(&t, s, strlen(s)), i % 2500);
	}
	assert_int_equal(keytab_find(&t, "clé 7", 6), 7);
	assert_true(keytab_find(&t, "clé", 4) == KEYTAB_NONE);
	const uint32_t *rank = keytab_ranks(&t);
	assert_true(rank[10] < rank[2] && rank[2] < rank[20]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_diff_is_a_longest_common_subsequence, teardown),
		cmocka_unit_test_teardown(an_insertion_stands_at_its_last_place, teardown),
		cmocka_unit_test_teardown(too_many_edits_are_one_hunk, teardown),
		cmocka_unit_test_teardown(two_changes_are_laid_over_one_another, teardown),
		cmocka_unit_test_teardown(chunks_cover_all_three, teardown),
		cmocka_unit_test_teardown(orders_merge, teardown),
		cmocka_unit_test_teardown(new_keys_go_where_the_schema_puts_them, teardown),
		cmocka_unit_test_teardown(strings_become_numbers, teardown),
	};
	return cmocka_run_group_tests_name("sequences and orders", tests, NULL, NULL);
}
