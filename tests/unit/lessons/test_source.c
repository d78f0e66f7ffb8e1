/* What ctl/snapshot.c hands over without its data, and counted, gives the bytes that plain records give. */
#include "lessons/model.h"
#include "lessons/outputs.h"
#include "world.h"

static void same_files(const struct lessons_files *x, const struct lessons_files *y)
{
	assert_int_equal(x->n, y->n);
	for (size_t i = 0; i < x->n; i++) {
		assert_string_equal(x->at[i].path, y->at[i].path);
		assert_string_equal(x->at[i].bytes, y->at[i].bytes);
	}
}

static struct source_record *record_of(size_t source, size_t i)
{
	return (struct source_record *)(uintptr_t)&w.source[source].at[i];
}

static struct {
	const struct val **at;
	size_t n, cap;
} late;

static const struct val *read_late(struct source_texts *t, const struct source_record *rec, size_t place)
{
	(void)t;
	assert_true(place == rec->tip_at || place == rec->valid_at);
	return late.at[place - 1];
}

static void pick_late(const char **out, const char *const *keys, size_t n, struct source_texts *t, const struct source_record *rec)
{
	val_texts(out, keys, n, read_late(t, rec, rec->tip_at));
}

static void part_with_data(void)
{
	static struct source_texts texts = { read_late, pick_late };
	late.at = NULL;
	late.n = late.cap = 0;
	for (size_t s = 0; s < w.n; s++)
		for (size_t i = 0; i < w.source[s].n; i++) {
			struct source_record *r = record_of(s, i);
			r->brief = source_brief(r);
			arena_push(&w.a, &late, r->tip);
			r->texts = &texts;
			r->tip_at = late.n;
			if (r->valid && r->valid != r->tip)
				arena_push(&w.a, &late, r->valid);
			if (r->valid)
				r->valid_at = late.n;
			r->valid = r->tip = NULL;
		}
}

static void count_records(void)
{
	for (size_t s = 0; s < w.n; s++) {
		struct tally *t = arena_new(&w.a, struct tally);
		for (size_t i = 0; i < w.source[s].n; i++)
			tally_record(t, &w.a, w.source[s].code, &w.source[s].at[i], 1);
		w.source[s].tally = t;
	}
}

struct fake_rest {
	struct source_rest base; /* first */
	const struct source_record **at;
};

static size_t place_in_fake(struct source_rest *base, const char *id)
{
	struct fake_rest *r = (struct fake_rest *)base;
	size_t i = 0;
	while (i < base->n && strcmp(r->at[i]->id, id))
		i++;
	return i;
}

static const struct source_record *get_of_fake(struct source_rest *base, size_t place)
{
	return ((struct fake_rest *)base)->at[place];
}

static bool is_twice(const struct source *s, const char *id)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		n += !strcmp(s->at[i].id, id);
	return n > 1;
}

/* Quiet records leave the lists of their sources. How many they are. */
static size_t part_with_quiet(void)
{
	size_t all = 0;
	for (size_t s = 0; s < w.n; s++) {
		struct source *source = &w.source[s];
		struct fake_rest *rest = arena_new(&w.a, struct fake_rest);
		struct source_record *left = arena_array(&w.a, source->n, sizeof *left);
		size_t n = 0;
		*rest = (struct fake_rest){ .base = { .place = place_in_fake, .get = get_of_fake } };
		rest->at = arena_array(&w.a, source->n, sizeof *rest->at);
		for (size_t i = 0; i < source->n; i++) {
			const struct source_record *r = &source->at[i];
			if (is_twice(source, r->id) || !source_is_quiet(source->code, r)) {
				left[n++] = *r;
				continue;
			}
			rest->at[rest->base.n++] = r;
			if (*source_brief(r).until)
				tally_add(&rest->base.ends, &w.a, source_brief(r).until, 1);
		}
		source->at = left;
		source->n = n;
		source->rest = &rest->base;
		all += rest->base.n;
	}
	return all;
}

static void quiet_records_are_found_by_their_ids(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files before = world_build("2020-01-14");
	count_records();
	assert_true(part_with_quiet() > 10);
	struct lessons_files parted = world_build("2020-01-14");
	same_files(&before, &parted);
}

static struct model model_of_world(void)
{
	struct model m;
	struct err e = { 0 };
	if (model_build(&m, &w.a, w.source, w.n, "2020-01-14", NULL, NULL, &e))
		fail_msg("%s", e.msg);
	return m;
}

static void same_answers(const struct model *x, const struct model *y, const char *id)
{
	const struct known *p = model_find(x, id), *q = model_find(y, id);
	assert_true(!p == !q);
	if (p) {
		assert_string_equal(p->source->code, q->source->code);
		assert_string_equal(p->rec->path, q->rec->path);
		assert_ptr_equal(q, model_find(y, id));
	}
}

/* Whoever has the id first by code, then by path, has it, in a rest or not; the others are doubles. */
static void an_id_that_several_have(void **st)
{
	(void)st;
	static const char *const ids[] = { "mat-ara-22", "mat-ara-23", "mat-bfc-24", "mat-bfc-25", "mat-bre-26", "mat-zzz-27", "mat-ara-", "mat-ara", "" };
	static const char *const owners[][4] = { { "ara", "bfc" }, { "ara" }, { "ara", "bfc" }, { "bfc", "bre" }, { "ara", "bfc", "bre" }, { "ara" } };
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
		for (size_t j = 0; owners[i][j]; j++)
			world_record(owners[i][j], ids[i], "nature: document\nthemes: [con-x]\n");
	world_record("bre", "mat-bre-28", "nature: document\n");
	world_record("bre", "mat-bre-28", "nature: observation\n")->path = "materiaus/autre.yaml";
	struct lessons_files before = world_build("2020-01-14");
	struct model whole = model_of_world();
	count_records();
	assert_int_equal(part_with_quiet(), 5);
	struct model parted = model_of_world();
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		same_answers(&whole, &parted, ids[i]);
	same_answers(&whole, &parted, "mat-bre-28");
	assert_int_equal(whole.doubles.n, 6);
	assert_int_equal(parted.doubles.n, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_string_equal(whole.doubles.at[i].rec->id, parted.doubles.at[i].rec->id);
		assert_string_equal(whole.doubles.at[i].source->code, parted.doubles.at[i].source->code);
		assert_string_equal(whole.doubles.at[i].rec->path, parted.doubles.at[i].rec->path);
	}
	struct lessons_files after = world_build("2020-01-14");
	same_files(&before, &after);
}

static void late_records_are_read_like_others(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files before = world_build("2020-01-14");
	count_records();
	struct lessons_files counted = world_build("2020-01-14");
	part_with_data();
	struct lessons_files parted = world_build("2020-01-14");
	assert_true(before.n > 50);
	same_files(&before, &counted);
	same_files(&before, &parted);
}

/* The first source by code has the id; in the other's tally it does not count, though that was made without knowing. */
static void an_id_in_two_repositories_counts_once(void **st)
{
	(void)st;
	world_record("nat", "con-ptce", "registre: dispositif\n");
	world_record("bfc", "pra-x-22", "dispositifs: [con-ptce]\nobserve_debut: \"2018-01-01\"\ntype_initiative: tiers_lieu\n");
	world_record("ara", "pra-x-22", "dispositifs: [con-ptce]\nobserve_debut: \"2017-01-01\"\ntype_initiative: tiers_lieu\n");
	struct lessons_files before = world_build(NULL);
	count_records();
	struct lessons_files counted = world_build(NULL);
	assert_has(world_file(&before, "tendances.csv"), "2017,tiers_lieu,con-ptce,1,1,ara");
	assert_lacks(world_file(&before, "tendances.csv"), "2018");
	assert_has(world_file(&before, "vocabulaire.csv"), ",1,ara 1\n");
	same_files(&before, &counted);
}

static int64_t count_of(const struct tally *t, const char *word)
{
	for (size_t i = 0; i < t->counts.n; i++)
		if (!strcmp(t->words.at[i], word))
			return t->counts.at[i];
	return 0;
}

static void a_record_that_goes_leaves_no_count(void **st)
{
	(void)st;
	struct source_record *one = world_record("ara", "pra-ara-2", "themes: [con-b, con-a, \"n'importe\"]\n"
								     "observe_debut: \"2017-05-01\"\nobserve_fin: \"2018-02-01\"\n"
								     "type_initiative: tiers_lieu\n");
	struct tally t = { 0 };
	tally_record(&t, &w.a, "ara", one, 1);
	assert_int_equal(count_of(&t, "fiche|pratique|partage"), 1);
	assert_int_equal(count_of(&t, "concept|n'importe"), 1);
	assert_int_equal(count_of(&t, "travail|con-a,con-b"), 1);
	assert_int_equal(count_of(&t, "pratique|2018|tiers_lieu|"), 1);
	assert_int_equal(count_of(&t, "nouvelle|2017|tiers_lieu|"), 1);
	assert_int_equal(count_of(&t, "nouvelle|2018|tiers_lieu|"), 0);
	tally_record(&t, &w.a, "ara", one, -1);
	for (size_t i = 0; i < t.counts.n; i++)
		assert_int_equal(t.counts.at[i], 0);
	size_t words = t.counts.n;
	tally_record(&t, &w.a, "bfc", one, 1); /* not bfc's own */
	one->tip = world_val("id: pra-ara-2\ncollectif: ara\netat: partage\nvisibilite: collectif\n");
	tally_record(&t, &w.a, "ara", one, 1); /* for the collective alone */
	assert_int_equal(t.counts.n, words);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(late_records_are_read_like_others), TEST(quiet_records_are_found_by_their_ids),
					    TEST(an_id_that_several_have), TEST(an_id_in_two_repositories_counts_once),
					    TEST(a_record_that_goes_leaves_no_count) };
	return cmocka_run_group_tests_name("lessons/source", tests, NULL, NULL);
}
