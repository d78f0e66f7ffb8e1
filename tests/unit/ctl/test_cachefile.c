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
	if (!cache_load(&c, &a, file, MAX))
		return (struct cache){ 0 };
	assert_true(c.sections.n <= TEXTS);
	for (size_t i = 0; i < c.sections.n; i++) {
		const struct unpack *u = &c.sections.at[i].head;
		assert_int_equal(u->end - u->at, strlen(texts[i]));
		assert_memory_equal(u->at, texts[i], strlen(texts[i]));
		assert_int_equal(c.sections.at[i].n_rest, rests[i] ? strlen(rests[i]) : 0);
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

/* Whoever reads these bytes holds them against a check of his own. */
static bool is_in_a_rest(const struct cache *c, size_t at)
{
	for (size_t i = 0; i < c->sections.n; i++)
		if (at >= c->sections.at[i].rest && at < c->sections.at[i].rest + c->sections.at[i].n_rest)
			return true;
	return false;
}

static void rests_are_read_from_their_places(void **st)
{
	(void)st;
	char bytes[64] = "";
	write_all();
	struct cache c = load();
	for (size_t i = 0; i < TEXTS; i++)
		if (rests[i]) {
			assert_true(cache_rest(bytes, file, c.sections.at[i].rest, c.sections.at[i].n_rest));
			assert_memory_equal(bytes, rests[i], strlen(rests[i]));
		}
	assert_false(cache_rest(bytes, file, c.end - 1, 2)); /* beyond the end */
	assert_int_equal(fs_unlink(file, &e), 0);
	assert_false(cache_rest(bytes, file, c.sections.at[0].rest, 1));
}

static void cut_or_changed_anywhere(void **st)
{
	(void)st;
	struct buf b = BUF_INIT;
	struct unpack u;
	size_t ends[TEXTS] = { 0 }, n = 0;
	write_all();
	struct cache all = load();
	assert_false(cache_read(&u, &a, file, MAX)); /* of one section it is not */
	assert_int_equal(fs_read(&b, file, MAX, &e), 0);
	assert_false(cache_load(&(struct cache){ 0 }, &a, file, b.n - 1)); /* too long */
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
	struct cache_section one = load().sections.at[0];
	size_t first = one.rest + one.n_rest;
	assert_int_equal(fs_read(&whole, file, MAX, &e), 0);
	cache_write(file, &b, NULL);
	assert_int_equal(fs_read(&other, file, MAX, &e), 0);
	buf_put(&other, whole.at + first, whole.n - first);
	assert_int_equal(fs_write(file, other.at, other.n, &e), 0);
	struct cache c;
	assert_true(cache_load(&c, &a, file, MAX));
	assert_int_equal(c.sections.n, 1);
	buf_free(&whole);
	buf_free(&other);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(rests_are_read_from_their_places), cmocka_unit_test(cut_or_changed_anywhere),
					    cmocka_unit_test(added_behind_a_cut), cmocka_unit_test(sections_of_another_file) };
	if (!arena_begin(&a))
		return 1;
	file = arena_printf(&a, "%s/cachefile", getenv("TMP") ? getenv("TMP") : "/tmp");
	int failed = cmocka_run_group_tests_name("ctl/cachefile", tests, NULL, NULL);
	arena_end(&a);
	return failed;
}
