#include "given.h"
#include "base/fsio.h"

#define GOOD "schema: lecon/2\nid: lec-ara-k5w2h9tc\ncollectif: ara\ntitre: t\n"
#define PLACE "lecons/k5/lec-ara-k5w2h9tc.yaml"

static struct record rec;
static struct faults faults;

static const char *load(const char *path, const char *owner, const char *text)
{
	faults = (struct faults){ 0 };
	record_load(&rec, &faults, &arena, given_set(), path ? path : "x.yaml", path, owner, text, strlen(text));
	size_t errors = 0;
	for (size_t i = 0; i < faults.n; i++)
		errors += !faults.at[i].warning;
	assert_int_equal(errors, faults.errors);
	return listed(&faults);
}

/* A hashtag in a title: YAML ends the title there. */
static void cut_at_a_hash(void **state)
{
	static const struct {
		const char *text, *at;
	} cases[] = {
		{ "note: Retour sur #NuitDebout\n", "5:18" },
		{ "note: #NuitDebout\n", "5:7" },
		{ "# un commentaire\nnote: é #été ! \n", "6:9" },
		{ "note: \"a\" #b\r\n", "5:11" },
		{ "note: |- #b\n  texte #c\n", "5:10" },
		{ "note: Retour sur # une remarque\n", NULL },
		{ "note: a #\n", NULL },
		{ "note: a ## b\n", NULL },
		{ "#note: a\n  #note: b\n", NULL },
		{ "note: a#b\n", NULL },
		{ "note: \"a #b\"\n", NULL },
	};
	IN_ARENA;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		load(PLACE, "ara", arena_printf(&arena, "%s%s", GOOD, cases[i].text));
		const char *at = NULL;
		for (size_t k = 0; k < faults.n; k++)
			if (!strcmp(faults.at[k].code, "comment"))
				at = arena_printf(&arena, "%d:%d", faults.at[k].line, faults.at[k].col);
		assert_int_equal(faults.errors, 0);
		assert_int_equal(at != NULL, cases[i].at != NULL);
		if (at)
			assert_string_equal(at, cases[i].at);
	}
	load(PLACE, "ara", "\xEF\xBB\xBFschema: lecon/2 #a\nid: lec-ara-k5w2h9tc #b\ncollectif: ara #c\ntitre: t #d\n");
	assert_int_equal(faults.n, 4);
	assert_int_equal(faults.at[0].line, 1);
	assert_int_equal(faults.at[0].col, 17);
	assert_int_equal(faults.at[3].line, 4);
}

static void a_good_record(void **state)
{
	IN_ARENA;
	assert_string_equal(load(PLACE, "ara", GOOD "annee: 2018\n"), "");
	assert_string_equal(rec.id, "lec-ara-k5w2h9tc");
	assert_string_equal(rec.collectif, "ara");
	assert_string_equal(rec.schema->kind, "lecon");
	assert_true(val_is_str(val_get(rec.val, "annee"), "2018"));
	assert_non_null(rec.doc);
}

static void out_of_the_profile(void **state)
{
	IN_ARENA;
	assert_string_equal(load(PLACE, "ara", GOOD "titre: u\n"), "yaml ");
	assert_null(rec.doc);
	assert_null(rec.val);
	assert_int_equal(faults.at[0].line, 5);
	assert_string_equal(faults.at[0].path, PLACE);
	assert_string_equal(load(PLACE, "ara", ""), "yaml ");
	char *big = arena_alloc(&arena, YAML_MAX_BYTES + 100);
	memset(big, 'a', YAML_MAX_BYTES + 50);
	memcpy(big, "a: ", 3);
	assert_string_equal(load(PLACE, "ara", big), "limit ");
}

static void kinds_and_versions(void **state)
{
	IN_ARENA;
	assert_string_equal(load(PLACE, "ara", "id: lec-ara-k5w2h9tc\ncollectif: ara\n"), "schema schema");
	assert_string_equal(load(PLACE, "ara", "schema: lecon\nid: lec-ara-k5w2h9tc\ncollectif: ara\n"),
			    "schema schema");
	assert_string_equal(load(PLACE, "ara", "schema: lecon/0\nid: lec-ara-k5w2h9tc\ncollectif: ara\n"),
			    "schema schema");
	assert_string_equal(load(PLACE, "ara", "schema: lecon/1x\nid: lec-ara-k5w2h9tc\ncollectif: ara\n"),
			    "schema schema");
	assert_string_equal(load(PLACE, "ara", "schema: [a]\nid: lec-ara-k5w2h9tc\ncollectif: ara\n"), "schema schema");
	assert_string_equal(load(PLACE, "ara", "schema: inconnu/1\nid: lec-ara-k5w2h9tc\ncollectif: ara\n"),
			    "kind schema");
	assert_null(rec.schema);
	assert_string_equal(rec.id, "lec-ara-k5w2h9tc"); /* as far as it could be read */
	assert_string_equal(load(PLACE, "ara", "schema: lecon/3\nid: lec-ara-k5w2h9tc\ncollectif: ara\ntitre: t\n"),
			    "?version schema");
	assert_string_equal(load(PLACE, "ara", "schema: lecon/1\nid: lec-ara-k5w2h9tc\ncollectif: ara\ntitre: t\n"),
			    "");
}

static void schema_and_state_count(void **state)
{
	IN_ARENA;
	assert_string_equal(load(PLACE, "ara", GOOD "sens: peut-être\nautre: 1\netat: propose\n"),
			    "required_from enonce\nenum sens\n?unknown autre");
	assert_int_equal(faults.errors, 2);
	assert_string_equal(faults.at[1].path, PLACE);
	assert_int_equal(faults.at[1].line, 5);
	assert_string_equal(load(PLACE, "ara", GOOD "direction: oui\n"), ""); /* read under its new name */
}

static void ids_must_fit(void **state)
{
	IN_ARENA;
	assert_string_equal(load(PLACE, "ara", "schema: lecon/2\ncollectif: ara\ntitre: t\n"), "id id");
	assert_string_equal(load(PLACE, "ara", "schema: lecon/2\nid: [a]\ncollectif: ara\ntitre: t\n"), "id id");
	assert_string_equal(load(PLACE, "ara", "schema: lecon/2\nid: LEC-1\ncollectif: ara\ntitre: t\n"), "id id");
	assert_string_equal(load("concepts/k5/con-ara-k5w2h9tc.yaml", "ara",
				 "schema: lecon/2\nid: con-ara-k5w2h9tc\ncollectif: ara\ntitre: t\n"),
			    "id id");
	assert_string_equal(load(NULL, NULL, "schema: lecon/2\nid: con-ara-k5w2h9tc\ncollectif: ara\ntitre: t\n"),
			    "id id");
}

static void paths_must_fit(void **state)
{
	IN_ARENA;
	assert_string_equal(load("lecons/lec-ara-k5w2h9tc.yaml", "ara", GOOD), "path id");
	assert_non_null(strstr(faults.at[0].msg, PLACE));
	assert_string_equal(load("lecons/k6/lec-ara-k6w2h9tc.yaml", "ara", GOOD), "path id");
	assert_string_equal(load(NULL, NULL, GOOD), ""); /* outside a repository */
	assert_string_equal(load("collectif.yaml", "ara", "schema: collectif/1\nid: col-ara\ncollectif: ara\n"), "");
	assert_string_equal(load("collectif.yaml", "ara", "schema: collectif/1\nid: col-ara-x\ncollectif: ara\n"),
			    "id id");
}

static void owners_must_fit(void **state)
{
	IN_ARENA;
	assert_string_equal(load(PLACE, "bfc", GOOD), "owner collectif");
	assert_string_equal(load(PLACE, NULL, GOOD), ""); /* not checked */
	assert_string_equal(load("lecons/k5/lec-bfc-k5w2h9tc.yaml", "ara",
				 "schema: lecon/2\nid: lec-bfc-k5w2h9tc\ncollectif: ara\ntitre: t\n"),
			    "owner id");
	assert_string_equal(load(PLACE, "ara", "schema: lecon/2\nid: lec-ara-k5w2h9tc\ntitre: t\n"), "owner collectif");
	assert_string_equal(load("concepts/pa/con-participation.yaml", "nat",
				 "schema: concept/1\nid: con-participation\ncollectif: nat\n"),
			    "");
	assert_string_equal(load("collectif.yaml", "ara", "schema: collectif/1\nid: col-bfc\ncollectif: ara\n"),
			    "owner id");
	/* a prefix of the collective's code is not the code */
	assert_string_equal(load("lecons/k5/lec-ar-k5w2h9tc.yaml", "ara",
				 "schema: lecon/2\nid: lec-ar-k5w2h9tc\ncollectif: ara\ntitre: t\n"),
			    "owner id");
}

static void private_records_stay_here(void **state)
{
	IN_ARENA;
	assert_string_equal(load(PLACE, "ara", GOOD "visibilite: prive\n"), "private visibilite");
	assert_string_equal(load(NULL, NULL, GOOD "visibilite: prive\n"), "");
	assert_string_equal(load(PLACE, "ara", GOOD "visibilite: collectif\n"), "");
}

/* Every sample record that ships is acceptable in its collective's repository, without so much as a warning. */
static size_t check_samples(const struct schemas *set, const char *samples, const char *owner)
{
	struct fs_names files = { 0 };
	struct err e = { 0 };
	size_t seen = 0;
	const char *dir = arena_printf(&arena, "%s/%s", samples, owner);
	if (!fs_is_dir(dir))
		return 0;
	assert_int_equal(fs_list(&files, dir, &e), 0);
	for (size_t i = 0; i < files.n; i++, seen++) {
		struct buf b = BUF_INIT;
		const char *path = record_path(&arena, set,
					       arena_dupn(&arena, files.at[i], strlen(files.at[i]) - strlen(".yaml")));
		assert_non_null(path);
		assert_int_equal(path_class(set, path), PATH_RECORD);
		assert_int_equal(fs_read(&b, arena_printf(&arena, "%s/%s", dir, files.at[i]), YAML_MAX_BYTES, &e), 0);
		faults = (struct faults){ 0 };
		record_load(&rec, &faults, &arena, set, path, path, owner, buf_str(&b), b.n);
		buf_reset(&b);
		if (faults.n) {
			fault_print(&b, &faults.at[0]);
			fail_msg("%s", buf_str(&b));
		}
		buf_free(&b);
	}
	fs_names_free(&files);
	return seen;
}

static void shipped_samples_are_acceptable(void **state)
{
	IN_ARENA;
	struct schemas *set = NULL;
	struct err e = { 0 };
	struct fs_names owners = { 0 };
	size_t seen = 0;
	if (schemas_load_dir(&set, &arena, arena_printf(&arena, "%s/schema", root_dir()), &e))
		fail_msg("%s", e.msg);
	const char *samples = arena_printf(&arena, "%s/tests/samples", root_dir());
	assert_int_equal(fs_list(&owners, samples, &e), 0);
	for (size_t i = 0; i < owners.n; i++)
		seen += check_samples(set, samples, owners.at[i]);
	fs_names_free(&owners);
	assert_true(seen >= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_record),
		cmocka_unit_test(cut_at_a_hash),
		cmocka_unit_test(out_of_the_profile),
		cmocka_unit_test(kinds_and_versions),
		cmocka_unit_test(schema_and_state_count),
		cmocka_unit_test(ids_must_fit),
		cmocka_unit_test(paths_must_fit),
		cmocka_unit_test(owners_must_fit),
		cmocka_unit_test(private_records_stay_here),
		cmocka_unit_test(shipped_samples_are_acceptable),
	};
	return cmocka_run_group_tests_name("schema/record", tests, setup, teardown);
}
