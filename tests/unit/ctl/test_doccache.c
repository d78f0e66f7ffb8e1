/* Docs in files: what a run made anew, or lost, stands behind what was there; read back, it is what that run remembered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/fsio.h"
#include "ctl/doccache.h"

#define DOCS 60

static struct arena a;
static struct cachemaps maps;
static char dir[256];
static struct err e;

static int begin(void **st)
{
	(void)st;
	maps = (struct cachemaps){ NULL };
	snprintf(dir, sizeof dir, "%s/doccache", getenv("TMP") ? getenv("TMP") : "/tmp");
	return arena_begin(&a) && !fs_remove_tree(dir, &e) ? 0 : -1;
}

static int end(void **st)
{
	(void)st;
	cachemaps_release(&maps);
	arena_end(&a);
	return 0;
}

static struct lessons_doc doc(size_t i, const char *text)
{
	struct lessons_doc one = { .id = arena_printf(&a, "ens-ara-%03zu", i), .fresh = true };
	one.bytes = arena_printf(&a, "line of %zu: %s", i, text);
	one.n = strlen(one.bytes);
	one.doc = arena_printf(&a, "doc of %zu: %s, and what it says at length", i, text);
	one.n_doc = strlen(one.doc);
	one.check = pack_check(one.doc, one.n_doc);
	return one;
}

static void heads(struct lessons_docs *all, const char *commit)
{
	struct lessons_head one = { "ara", commit };
	all->heads.n = 0;
	arena_push(&a, &all->heads, one);
}

static struct lessons_memory first(void)
{
	struct lessons_memory m = { 0 };
	struct lessons_docs all = { .code = "ara", .masks = 7, .changed = true };
	heads(&all, "c0");
	for (size_t i = 0; i < DOCS; i++)
		arena_push(&a, &all, doc(10 + 2 * i, "zero"));
	arena_push(&a, &m.docs, all);
	return m;
}

static const char *file(void)
{
	return arena_printf(&a, "%s/enseignements/ara", dir);
}

static size_t bytes(void)
{
	struct stat st;
	return stat(file(), &st) ? 0 : (size_t)st.st_size;
}

static struct lessons_memory loaded(struct doccaches *caches)
{
	struct lessons_memory m = { 0 };
	*caches = (struct doccaches){ NULL };
	doccache_load(&m, caches, &maps, &a, dir, "ara");
	return m;
}

static void assert_same(const struct lessons_docs *x, const struct lessons_docs *y)
{
	assert_int_equal(x->masks, y->masks);
	assert_int_equal(x->heads.n, y->heads.n);
	assert_string_equal(x->heads.at[0].commit, y->heads.at[0].commit);
	assert_int_equal(x->n, y->n);
	for (size_t i = 0; i < x->n; i++) {
		assert_string_equal(x->at[i].id, y->at[i].id);
		assert_int_equal(x->at[i].n, y->at[i].n);
		assert_memory_equal(x->at[i].bytes, y->at[i].bytes, x->at[i].n);
		assert_int_equal(x->at[i].n_doc, y->at[i].n_doc);
		assert_memory_equal(x->at[i].doc, y->at[i].doc, x->at[i].n_doc);
		assert_int_equal(x->at[i].check, y->at[i].check);
		assert_false(x->at[i].fresh);
	}
}

static void put(struct lessons_docs *now, const struct lessons_docs *before, const char *commit)
{
	*now = *before;
	now->at = arena_array(&a, before->n + DOCS, sizeof *now->at);
	now->cap = before->n + DOCS;
	if (before->n)
		memcpy(now->at, before->at, before->n * sizeof *now->at);
	now->heads.at = NULL;
	now->heads.cap = 0;
	heads(now, commit);
	now->gone = (struct names){ 0 };
	now->changed = true;
}

static void drop(struct lessons_docs *all, size_t at)
{
	names_add(&a, &all->gone, all->at[at].id);
	memmove(&all->at[at], &all->at[at + 1], (--all->n - at) * sizeof *all->at);
}

static void insert(struct lessons_docs *all, size_t at, struct lessons_doc one)
{
	memmove(&all->at[at + 1], &all->at[at], (all->n++ - at) * sizeof *all->at);
	all->at[at] = one;
}

/* One made anew, the first and the last gone, others in front, between and behind; then all of it once more. */
static void changes_are_added(void **st)
{
	struct doccaches caches = { NULL };
	struct lessons_memory m = first();
	struct lessons_docs now, then;
	(void)st;
	struct stat st_file;
	doccache_save(&m, &caches, &a, dir);
	assert_int_equal(stat(file(), &st_file), 0);
	assert_int_equal(st_file.st_mode & 0777, 0600);
	m = loaded(&caches);
	assert_int_equal(m.docs.n, 1);
	for (size_t round = 0; round < 3; round++) {
		size_t before = bytes();
		put(&now, &m.docs.at[0], arena_printf(&a, "c%zu", round + 1));
		now.masks += round;
		now.at[5] = doc(strtoul(now.at[5].id + 8, NULL, 10), "five");
		drop(&now, now.n - 1);
		drop(&now, 0);
		insert(&now, 0, doc(round, "front"));
		insert(&now, 20 + 5 * round, doc(strtoul(now.at[19 + 5 * round].id + 8, NULL, 10) + 1, "between"));
		insert(&now, now.n, doc(200 + round, "behind"));
		m.docs.at[0] = now;
		doccache_save(&m, &caches, &a, dir);
		assert_true(bytes() > before && bytes() < before + before / 4);
		then = now;
		m = loaded(&caches);
		assert_int_equal(caches.at[0].cache.sections.n, round + 2);
		assert_same(&m.docs.at[0], &then);
	}
}

static void much_is_written_anew(void **st)
{
	struct doccaches caches = { NULL };
	struct lessons_memory m = first();
	struct lessons_docs now;
	(void)st;
	doccache_save(&m, &caches, &a, dir);
	m = loaded(&caches);
	put(&now, &m.docs.at[0], "c1");
	for (size_t i = 0; i < DOCS / 2; i++)
		now.at[i] = doc(10 + 2 * i, "anew");
	m.docs.at[0] = now;
	doccache_save(&m, &caches, &a, dir);
	m = loaded(&caches);
	assert_int_equal(caches.at[0].cache.sections.n, 1);
	assert_same(&m.docs.at[0], &now);
	now.changed = false;
	now.masks = 8;
	m.docs.at[0] = now;
	doccache_save(&m, &caches, &a, dir); /* nothing to be written */
	assert_int_equal(loaded(&caches).docs.at[0].masks, 7);
	m.docs.at[0].damaged = m.docs.at[0].changed = true;
	doccache_save(&m, &caches, &a, dir);
	assert_int_equal(bytes(), 0);
	assert_int_equal(loaded(&caches).docs.n, 0);
}

/* What is cut is what it was before the last section, or nothing; a bit that is another is found, in the docs by their checks. */
static void damage_is_found(void **st)
{
	struct doccaches caches = { NULL };
	struct lessons_memory m = first(), older;
	struct lessons_docs now;
	struct buf b = BUF_INIT;
	(void)st;
	doccache_save(&m, &caches, &a, dir);
	older = m = loaded(&caches);
	size_t whole = bytes();
	put(&now, &m.docs.at[0], "c1");
	now.at[3] = doc(16, "three");
	m.docs.at[0] = now;
	doccache_save(&m, &caches, &a, dir);
	older = loaded(&caches);
	assert_int_equal(fs_read(&b, file(), 1 << 20, &e), 0);
	for (size_t n = 0; n < b.n; n += n < whole ? 97 : 1) {
		assert_int_equal(fs_write(file(), b.at, n, &e), 0);
		m = loaded(&caches);
		assert_true(m.docs.n == (n >= whole));
		if (m.docs.n)
			assert_string_equal(m.docs.at[0].heads.at[0].commit, "c0");
	}
	for (size_t i = 0; i < b.n; i += 11) {
		b.at[i] ^= 4;
		assert_int_equal(fs_write(file(), b.at, b.n, &e), 0);
		b.at[i] ^= 4;
		m = loaded(&caches);
		size_t wrong = 0;
		for (size_t j = 0; m.docs.n && j < m.docs.at[0].n; j++)
			wrong += pack_check(m.docs.at[0].at[j].doc, m.docs.at[0].at[j].n_doc) != m.docs.at[0].at[j].check;
		assert_true(wrong <= 1);
		if (m.docs.n && !wrong && !strcmp(m.docs.at[0].heads.at[0].commit, "c1"))
			assert_same(&m.docs.at[0], &older.docs.at[0]); /* it was a doc that has a newer one */
	}
	buf_free(&b);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = { TEST(changes_are_added), TEST(much_is_written_anew), TEST(damage_is_found) };
	return cmocka_run_group_tests_name("ctl/doccache", tests, NULL, NULL);
}
