/* Law 8: a bound on time and memory, whatever the records. The limits are far above what was measured (well under a
 * second each); without the bounds they would be minutes. */
#include "kit.h"
#include "base/clock.h"

#define DEADLINE_MS 20000
#define MEMORY (400u * 1024 * 1024)

static const char *const kind_text =
	"type: object\nproperties:\n  p: {x-merge: prose}\n  s: {type: array, x-list-type: set}\n  q: {type: array, x-list-type: sequence}\n"
	"  l: {type: array, x-list-type: map, x-list-map-keys: [id]}\n";

static char *filled(const char *head, const char *(*line)(unsigned i), unsigned from, unsigned step, size_t bytes)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, head);
	for (unsigned i = from; b.n < bytes; i += step)
		buf_puts(&b, line(i));
	char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static void timed(const char *what, const char *o, const char *a, const char *b)
{
	const struct schema *s = kind_of(kind_text);
	struct merge_side so = side_of(s, o, NULL), sa = side_of(s, a, NULL), sb = side_of(s, b, NULL);
	size_t used = mem.total;
	int64_t begun = clock_mono_ms();
	struct merged m = both_ways(s, so, sa, sb);
	int64_t took = clock_mono_ms() - begun;
	printf("# %s: %lld ms, %zu MiB both ways\n", what, (long long)took, (mem.total - used) >> 20);
	assert_non_null(m.text);
	if (took > DEADLINE_MS || mem.total - used > MEMORY)
		fail_msg("%s: %lld ms, %zu bytes", what, (long long)took, mem.total - used);
}

static char scratch[256];
static const char *sentence(unsigned i)
{
	snprintf(scratch, sizeof scratch, "Phrase %u sur les élus et %u habitants du quartier %u. ", i, i * 7919 % 1000, i % 13);
	return scratch;
}
/* The same sentence, but for its last word: every one is contested. */
static unsigned version;
static const char *contested(unsigned i)
{
	snprintf(scratch, sizeof scratch, "Phrase %u, fin %u. ", i, version);
	return scratch;
}
static const char *contested_by(unsigned who)
{
	version = who;
	return filled("p: |-\n  ", contested, 0, 1, 40000);
}
static const char *short_sentence(unsigned i)
{
	snprintf(scratch, sizeof scratch, "A%u. ", i % 50);
	return scratch;
}
static const char *words(unsigned i)
{
	snprintf(scratch, sizeof scratch, "mot%u ", i * 7919 % 5000);
	return scratch;
}
static const char *paragraph(unsigned i)
{
	snprintf(scratch, sizeof scratch, "Paragraphe %u.\n\n  ", i);
	return scratch;
}
static const char *number(unsigned i)
{
	snprintf(scratch, sizeof scratch, "  - %u\n", i);
	return scratch;
}
static const char *item_line(unsigned i)
{
	snprintf(scratch, sizeof scratch, "  - {id: k%u, n: %u}\n", i, i % 7);
	return scratch;
}
static const char *key(unsigned i)
{
	snprintf(scratch, sizeof scratch, "k%u: %u\n", i, i % 7);
	return scratch;
}
static const char *dots(unsigned i)
{
	snprintf(scratch, sizeof scratch, "……a.%u.c.…", i);
	return scratch;
}

#define THREE(head, line, bytes) \
	filled(head, line, 0, 2, bytes), filled(head, line, 1, 2, bytes), filled(head, line, 0, 3, bytes)

static void long_texts_fall_back_to_coarser_comparison(void **state)
{
	IN_ARENA;
	timed("sentences, 60 KiB", THREE("p: |-\n  ", sentence, 60000));
	timed("short sentences, 60 KiB", THREE("p: |-\n  ", short_sentence, 60000));
	timed("1,900 contested sentences", contested_by(1), contested_by(2), contested_by(3));
	timed("one sentence of 60 KiB", THREE("p: |-\n  ", words, 60000));
}

static void very_long_texts(void **state)
{
	IN_ARENA;
	timed("paragraphs, 200 KiB", THREE("p: |-\n  ", paragraph, 200000));
	timed("one sentence of 200 KiB", THREE("p: |-\n  ", words, 200000));
	timed("dots, 200 KiB", THREE("p: |-\n  ", dots, 200000));
}

static void long_lists(void **state)
{
	IN_ARENA;
	timed("a set of 9,000", THREE("s:\n", number, 80000));
	timed("a sequence of 9,000", THREE("q:\n", number, 80000));
	timed("a sequence of 30,000: as one value", THREE("q:\n", number, 280000));
	timed("a list-map of 9,000", THREE("l:\n", item_line, 190000));
}

static void large_mappings(void **state)
{
	IN_ARENA;
	timed("20,000 keys", THREE("id: x-y\n", key, 200000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(long_texts_fall_back_to_coarser_comparison, teardown),
		cmocka_unit_test_teardown(very_long_texts, teardown),
		cmocka_unit_test_teardown(long_lists, teardown),
		cmocka_unit_test_teardown(large_mappings, teardown),
	};
	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
