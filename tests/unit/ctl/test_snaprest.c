/* What a snapshot's cache leaves out of its rows is found by its id, and is all that may be left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/fsio.h"
#include "ctl/snaprest.h"

#define UNTIL "2030-01-01"

static struct arena a;
static struct late late;
static struct err e;
static const char *file;
static struct snapshot s; /* being made */

static void put(struct val *v, const char *key, const char *text)
{
	val_set(&a, v, key, val_str(&a, text));
}

static struct source_record *record(const char *kind, const char *id, const char *path, const char *code, const char *state)
{
	struct source_record *r = arena_new(&a, struct source_record);
	struct val *v = val_map(&a), *consent = val_map(&a);
	put(v, "collectif", code);
	put(v, "etat", state);
	put(v, "visibilite", "reseau");
	put(v, "titre", arena_printf(&a, "Titre de %s, à %s", id, path));
	put(consent, "expire_le", UNTIL);
	val_set(&a, v, "consentement", consent);
	*r = (struct source_record){ .id = id, .kind = kind, .path = path, .tip = v, .fingerprint = "sha256:x", .tip_fingerprint = "sha256:x" };
	r->commit = "85ec4caf9d8143ac2f2deb3f21df7c7ec48c1339";
	r->brief = source_brief(r);
	struct snapfile f = { .path = path, .rec = r, .blob = { "75ec4caf9d8143ac2f2deb3f21df7c7ec48c1339" } };
	arena_push(&a, &s.files, f);
	return r;
}

static const char *path_of(const char *id)
{
	return arena_printf(&a, "materiaux/xx/%s.yaml", id);
}

static struct source_record *evidence(const char *id)
{
	return record("materiau", id, path_of(id), "ara", "partage");
}

static struct snapshot loaded(void)
{
	struct snapshot out;
	assert_true(snapshot_load(&out, &late, file, "ara", &s.head));
	assert_non_null(out.rest);
	return out;
}

static struct snapshot saved(void)
{
	snapshot_sort(&s, 0);
	snapshot_save(&s, &late, file);
	return loaded();
}

static const struct source_record *find(struct snapshot *of, const char *id)
{
	struct source_rest *r = &of->rest->base;
	size_t place = r->place(r, id);
	return place == r->n ? NULL : r->get(r, place);
}

static void is_same(const struct source_record *x, const struct source_record *y)
{
	assert_string_equal(x->id, y->id);
	assert_string_equal(x->path, y->path);
	assert_string_equal(x->kind, y->kind);
	assert_string_equal(x->commit, y->commit);
	assert_string_equal(x->brief.until, y->brief.until);
	assert_true(val_equal(source_tip(x), source_tip(y)));
}

static int64_t ends(const struct snapshot *of)
{
	const struct tally *t = &of->rest->base.ends;
	assert_in_range(t->counts.n, 0, 1);
	if (t->counts.n)
		assert_string_equal(t->words.at[0], UNTIL);
	return t->counts.n ? t->counts.at[0] : 0;
}

static void each_is_found_by_its_id(void **st)
{
	(void)st;
	enum { MANY = 3000 };
	for (unsigned i = 0; i < MANY; i++)
		evidence(arena_printf(&a, "mat-ara-%u", i * 7));
	struct snapshot got = saved();
	assert_int_equal(got.rest->base.n, MANY);
	assert_int_equal(got.records.n, 0);
	assert_int_equal(ends(&got), MANY);
	for (size_t i = 0; i < MANY; i++)
		is_same(find(&got, s.files.at[i].rec->id), s.files.at[i].rec);
	for (unsigned i = 1; i < MANY; i += 7)
		assert_null(find(&got, arena_printf(&a, "mat-ara-%u", i)));
	assert_null(find(&got, ""));
}

struct hashed {
	uint32_t hash;
	unsigned i;
};

static int by_hash(const void *x, const void *y)
{
	const struct hashed *p = x, *q = y;
	return p->hash < q->hash ? -1 : p->hash > q->hash;
}

static const char *nth_id(unsigned i)
{
	return arena_printf(&a, "mat-ara-%u", i);
}

static void ids_of_one_hash_are_told_apart(void **st)
{
	(void)st;
	enum { MANY = 400000 };
	struct hashed *all = arena_array(&a, MANY, sizeof *all);
	size_t pairs = 0;
	for (unsigned i = 0; i < MANY; i++) {
		char id[32];
		snprintf(id, sizeof id, "mat-ara-%u", i);
		all[i] = (struct hashed){ (uint32_t)pack_check(id, strlen(id)), i };
	}
	qsort(all, MANY, sizeof *all, by_hash);
	for (size_t i = 0; i + 1 < MANY; i++)
		if (all[i].hash == all[i + 1].hash && (!i || all[i - 1].hash != all[i].hash)) {
			evidence(nth_id(all[i].i));
			if (pairs++ % 2)
				evidence(nth_id(all[i + 1].i));
		}
	assert_true(pairs > 3);
	struct snapshot got = saved();
	for (size_t i = 0; i < s.files.n; i++)
		is_same(find(&got, s.files.at[i].rec->id), s.files.at[i].rec);
	for (size_t i = 0, n = 0; i + 1 < MANY; i++)
		if (all[i].hash == all[i + 1].hash && (!i || all[i - 1].hash != all[i].hash) && !(n++ % 2))
			assert_null(find(&got, nth_id(all[i + 1].i)));
}

/* Every record that somebody could walk over, or another one could hide. */
static void what_is_not_quiet_stays(void **st)
{
	(void)st;
	record("avis", "avi-ara-2", path_of("avi-ara-2"), "ara", "partage");
	record("materiau", "mat-ara-3", path_of("mat-ara-3"), "ara", "propose");
	record("materiau", "mat-ara-4", path_of("mat-ara-4"), "bfc", "partage");
	record("materiau", "mat-bfc-5", path_of("mat-bfc-5"), "ara", "partage");
	record("materiau", "mat-ara-6", path_of("autre"), "ara", "partage");
	record("materiau", "mat-ara-7", "materiaux/xx/mat-ara-7.yaml", "ara", "partage");
	record("materiau", "mat-ara-7", "materiaux/yy/mat-ara-7.yaml", "ara", "partage");
	record("materiau", "act-ara-8", path_of("act-ara-8"), "ara", "partage");
	evidence("mat-ara-x2")->open_hard = 1;
	evidence("mat-ara-x3")->open_soft = 1;
	evidence("mat-ara-x4")->settled = 1;
	evidence("mat-ara-x5")->open_since = "2018-01-01";
	evidence("mat-ara-x6")->open_visibility = true;
	size_t n = s.files.n;
	evidence("mat-ara-9");
	record("pratique", "pra-ara-9", path_of("pra-ara-9"), "ara", "retire");
	record("boucle", "bou-ara-9", path_of("bou-ara-9"), "ara", "partage");
	struct snapshot got = saved();
	assert_int_equal(got.records.n, n);
	assert_int_equal(got.rest->base.n, 3);
	assert_non_null(find(&got, "mat-ara-9"));
	for (size_t i = 0; i < got.records.n; i++)
		assert_null(find(&got, got.records.at[i].id));
}

/* From one run to the next, until the whole is written anew. */
static void what_is_pulled_is_a_file(void **st)
{
	(void)st;
	enum { MANY = 50 };
	struct oid newer = { "95ec4caf9d8143ac2f2deb3f21df7c7ec48c1339" };
	for (unsigned i = 0; i < MANY; i++)
		evidence(nth_id(i));
	record("avis", "avi-ara-2", path_of("avi-ara-2"), "ara", "partage");
	saved();
	for (unsigned turn = 0; turn < 3; turn++) {
		struct snapshot got;
		assert_true(snapshot_load(&got, &late, file, "ara", &newer)); /* so with its files */
		assert_int_equal(got.files.n, 1 + turn);
		snapshot_pull(&got, nth_id(turn * 11));
		snapshot_pull(&got, nth_id(turn * 11)); /* it is there */
		snapshot_pull_path(&got, path_of("inconnu"));
		assert_null(find(&got, nth_id(turn * 11)));
		snapshot_save(&got, &late, file);
		got = loaded();
		assert_int_equal(got.cache.sections.n, turn + 2);
		assert_int_equal(got.files.n, 2 + turn);
		assert_int_equal(ends(&got), MANY - 1 - turn);
		for (unsigned i = 0; i < MANY; i++) {
			bool pulled = i % 11 == 0 && i <= turn * 11;
			struct snapfile *f = snapshot_file(&got, got.files.n, path_of(nth_id(i)));
			assert_true(pulled == !find(&got, nth_id(i)) && pulled == (f != NULL));
			is_same(f ? f->rec : find(&got, nth_id(i)), snapshot_file(&s, s.files.n, path_of(nth_id(i)))->rec);
		}
	}
	struct snapshot got = loaded();
	snapshot_pull_all(&got);
	assert_null(got.rest);
	assert_int_equal(got.files.n, MANY + 1);
	for (size_t i = 0; i < got.files.n; i++)
		assert_string_equal(got.files.at[i].path, s.files.at[i].path);
}

/* Wherever a block is another: the record is what it was, or the run is of no use. */
static void a_damaged_row_is_noticed(void **st)
{
	(void)st;
	struct buf b = BUF_INIT;
	struct cache c;
	size_t noticed = 0;
	for (unsigned i = 0; i < 300; i++)
		evidence(nth_id(i));
	saved();
	assert_int_equal(fs_read(&b, file, 1 << 24, &e), 0);
	assert_true(cache_load(&c, &late.maps, &a, file, 1 << 24));
	const struct unpack *rest = &c.sections.at[0].rest;
	for (size_t at = (size_t)(rest->at - c.bytes); at < (size_t)(rest->end - c.bytes); at += 997) {
		b.at[at] ^= 16;
		assert_int_equal(fs_write(file, b.at, b.n, &e), 0);
		b.at[at] ^= 16;
		struct snapshot got = loaded();
		for (size_t i = 0; i < s.files.n && !late.rc; i += 13) {
			const struct source_record *r = find(&got, s.files.at[i].rec->id);
			const struct val *tip = r ? source_tip(r) : NULL;
			assert_true(late.rc || (tip && val_equal(tip, s.files.at[i].rec->tip)));
		}
		noticed += late.rc == ERR_CORRUPT;
		late.rc = 0;
	}
	assert_true(noticed > 30);
	late.afresh = true;
	assert_false(snapshot_load(&s, &late, file, "ara", &s.head));
	late.afresh = false;
	buf_free(&b);
}

static int begin(void **st)
{
	(void)st;
	s = (struct snapshot){ .code = "ara", .date = "2020-01-14", .head = { "85ec4caf9d8143ac2f2deb3f21df7c7ec48c1339" } };
	s.tally = arena_new(&a, struct tally);
	return 0;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, begin)
	const struct CMUnitTest tests[] = { TEST(each_is_found_by_its_id), TEST(ids_of_one_hash_are_told_apart), TEST(what_is_not_quiet_stays),
					    TEST(what_is_pulled_is_a_file), TEST(a_damaged_row_is_noticed) };
	if (!arena_begin(&a))
		return 1;
	late = (struct late){ .a = &a, .e = &e };
	file = arena_printf(&a, "%s/snaprest", getenv("TMP") ? getenv("TMP") : "/tmp");
	int failed = cmocka_run_group_tests_name("ctl/snaprest", tests, NULL, NULL);
	cachemaps_release(&late.maps);
	arena_end(&a);
	return failed;
}
