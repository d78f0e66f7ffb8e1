/* A cache file cut or changed anywhere holds the sections that are whole up to there, and never other bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/fsio.h"
#include "ctl/cachefile.h"

#define MAX 4096

static struct arena a;
static struct err e;
static struct cachemaps maps;
static const char *file;
static const char *const texts[] = { "premier", "deuxième", "", "quatrième" }, *const rests[] = { "la suite", NULL, "rien devant", "" };
#define TEXTS (sizeof texts / sizeof *texts)

static struct buf buf_of(const char *text)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, text);
	return b;
}

/* Loads the file: so many sections, each what was written. */
static struct cache load(void)
{
	struct cache c = { 0 };
	if (!cache_load(&c, &maps, &a, file, MAX))
		return (struct cache){ 0 };
	assert_true(c.sections.n <= TEXTS);
	for (size_t i = 0; i < c.sections.n; i++) {
		const struct unpack *u = &c.sections.at[i].head;
		assert_int_equal(u->end - u->at, strlen(texts[i]));
		assert_memory_equal(u->at, texts[i], strlen(texts[i]));
		const struct unpack *rest = &c.sections.at[i].rest;
		assert_int_equal(rest->end - rest->at, rests[i] ? strlen(rests[i]) : 0);
	}
	return c;
}

static void write_all(void)
{
	for (size_t i = 0; i < TEXTS; i++) {
		struct buf b = buf_of(texts[i]), rest = buf_of(rests[i] ? rests[i] : "");
		struct cache c = load();
		if (i)
			cache_add(&c, file, &b, rests[i] ? &rest : NULL);
		else
			cache_write(file, &b, &rest);
		buf_free(&b);
		buf_free(&rest);
		assert_int_equal(load().sections.n, i + 1);
	}
}

/* Whoever looks at these bytes holds them against a check of his own. */
static bool is_in_a_rest(const struct cache *c, size_t at)
{
	for (size_t i = 0; i < c->sections.n; i++) {
		const struct unpack *rest = &c->sections.at[i].rest;
		if (c->bytes + at >= rest->at && c->bytes + at < rest->end)
			return true;
	}
	return false;
}

/* What was mapped stays what it was, whatever becomes of the file. */
static void what_is_mapped_stays(void **st)
{
	(void)st;
	struct buf b = buf_of("autre");
	write_all();
	struct cache c = load();
	for (int turn = 0; turn < 3; turn++) {
		if (turn == 0)
			cache_add(&c, file, &b, &b);
		else if (turn == 1)
			cache_write(file, &b, NULL);
		else
			assert_int_equal(fs_unlink(file, &e), 0);
		for (size_t i = 0; i < c.sections.n; i++) {
			assert_memory_equal(c.sections.at[i].head.at, texts[i], strlen(texts[i]));
			assert_memory_equal(c.sections.at[i].rest.at, rests[i] ? rests[i] : "", rests[i] ? strlen(rests[i]) : 0);
		}
	}
	buf_free(&b);
}

/* They are no file, or an empty one. */
static void what_cannot_be_mapped(void **st)
{
	(void)st;
	struct cache c;
	const struct cachemap *first = maps.first;
	const char *none = arena_printf(&a, "%s.absent", file);
	assert_false(cache_load(&c, &maps, &a, none, MAX));
	assert_false(cache_load(&c, &maps, &a, "/dev/null", MAX));
	assert_false(cache_load(&c, &maps, &a, getenv("TMP") ? getenv("TMP") : "/tmp", MAX));
	assert_int_equal(fs_write(none, "", 0, &e), 0);
	assert_false(cache_load(&c, &maps, &a, none, MAX));
	assert_ptr_equal(maps.first, first);
}

static void cut_or_changed_anywhere(void **st)
{
	(void)st;
	struct buf b = BUF_INIT;
	struct unpack u;
	size_t ends[TEXTS] = { 0 }, n = 0;
	write_all();
	struct cache all = load();
	assert_false(cache_read(&u, &maps, &a, file, MAX)); /* of one section it is not */
	assert_int_equal(fs_read(&b, file, MAX, &e), 0);
	assert_false(cache_load(&(struct cache){ 0 }, &maps, &a, file, b.n - 1)); /* too long */
	for (size_t cut = 0; cut <= b.n; cut++) {
		assert_int_equal(fs_write(file, b.at, cut, &e), 0);
		struct cache c = load();
		assert_in_range(c.sections.n, n, n + 1);
		if (c.sections.n > n)
			ends[n++] = cut;
	}
	assert_int_equal(n, TEXTS);
	for (size_t at = 0; at < b.n; at++) {
		size_t whole = 0;
		while (ends[whole] <= at)
			whole++;
		b.at[at] ^= 4;
		assert_int_equal(fs_write(file, b.at, b.n, &e), 0);
		assert_int_equal(load().sections.n, at < strcspn(b.at, "\n") + 1 ? 0 : is_in_a_rest(&all, at) ? TEXTS : whole);
		b.at[at] ^= 4;
	}
	buf_free(&b);
}

/* What stood behind the last whole section does not come back. */
static void added_behind_a_cut(void **st)
{
	(void)st;
	struct buf whole = BUF_INIT, b = buf_of(texts[1]);
	write_all();
	assert_int_equal(fs_read(&whole, file, MAX, &e), 0);
	whole.at[whole.n / 2] ^= 1;
	assert_int_equal(fs_write(file, whole.at, whole.n, &e), 0);
	struct cache c = load();
	assert_int_equal(c.sections.n, 1);
	cache_add(&c, file, &b, NULL);
	assert_int_equal(load().sections.n, 2);
	buf_free(&b);
	buf_free(&whole);
}

/* A section does not follow another one than it was written behind. */
static void sections_of_another_file(void **st)
{
	(void)st;
	struct buf b = buf_of("autre"), whole = BUF_INIT, other = BUF_INIT;
	write_all();
	struct cache all = load();
	size_t first = (size_t)(all.sections.at[0].rest.end - all.bytes);
	assert_int_equal(fs_read(&whole, file, MAX, &e), 0);
	cache_write(file, &b, NULL);
	assert_int_equal(fs_read(&other, file, MAX, &e), 0);
	buf_put(&other, whole.at + first, whole.n - first);
	assert_int_equal(fs_write(file, other.at, other.n, &e), 0);
	struct cache c;
	assert_true(cache_load(&c, &maps, &a, file, MAX));
	assert_int_equal(c.sections.n, 1);
	buf_free(&whole);
	buf_free(&other);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_mapped_stays), cmocka_unit_test(what_cannot_be_mapped), cmocka_unit_test(cut_or_changed_anywhere),
					    cmocka_unit_test(added_behind_a_cut), cmocka_unit_test(sections_of_another_file) };
	if (!arena_begin(&a))
		return 1;
	file = arena_printf(&a, "%s/cachefile", getenv("TMP") ? getenv("TMP") : "/tmp");
	int failed = cmocka_run_group_tests_name("ctl/cachefile", tests, NULL, NULL);
	cachemaps_release(&maps);
	arena_end(&a);
	return failed;
}
