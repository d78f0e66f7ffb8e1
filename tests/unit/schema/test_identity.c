#include "given.h"

static void ids(void **state)
{
	IN_ARENA;
	static const char *const good[] = { "ens-ara-k5w2h9tc", "con-participation", "cyc-nat-2018",
					    "col-ara",		"act-ara-elu-1",     "ens-1" };
	static const char *const bad[] = { "",	      "ens",	      "ens-",	      "en-ara",	   "Ens-ara",
					   "ens-Ara", "ens--ara",     "ens-ara-",     "ens-ara-é", "ens_ara",
					   "e1s-ara", "ens-ara/../x", "ens-ara.yaml", "ens-ara\n" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!id_is_valid(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (id_is_valid(bad[i]))
			fail_msg("%s", bad[i]);
	char *longer = arena_printf(&arena, "ens-%0200d", 1);
	assert_false(id_is_valid(longer));
}

static void minting(void **state)
{
	IN_ARENA;
	static const unsigned char random[8] = { 0, 1, 30, 31, 255, 128, 7, 8 };
	const char *id = id_mint(&arena, "ens", "ara", random);
	assert_true(id_is_valid(id));
	assert_int_equal(strlen(id), strlen("ens-ara-") + 8);
	assert_int_equal(strspn(id + 8, "23456789abcdefghjkmnpqrstuvwxyz"), 8);
	assert_int_equal(strncmp(id, "ens-ara-23z2", 12), 0);
	assert_int_equal(strlen(item_key_mint(&arena, random)), 4);
	assert_string_equal(item_key_mint(&arena, random), "23z2");
}

static void paths_follow_from_the_id(void **state)
{
	IN_ARENA;
	const struct schemas *set = given_set();
	assert_string_equal(record_path(&arena, set, "lec-ara-k5w2h9tc"), "lecons/k5/lec-ara-k5w2h9tc.yaml");
	assert_string_equal(record_path(&arena, set, "con-participation"), "concepts/pa/con-participation.yaml");
	assert_string_equal(record_path(&arena, set, "con-x"), "concepts/x_/con-x.yaml");
	assert_string_equal(record_path(&arena, set, "col-ara"), "collectif.yaml");
	assert_null(record_path(&arena, set, "zzz-ara-k5w2h9tc"));
	assert_null(record_path(&arena, set, "lec-../x"));
	assert_string_equal(record_sidecar_path(&arena, "lec-ara-k5w2h9tc"), "conflits/k5/lec-ara-k5w2h9tc.yaml");
	assert_null(record_sidecar_path(&arena, "x"));
}

static void what_a_path_is(void **state)
{
	IN_ARENA;
	const struct schemas *set = given_set();
	static const struct {
		const char *path;
		enum path_class class;
	} cases[] = {
		{ "lecons/k5/lec-ara-k5w2h9tc.yaml", PATH_RECORD },
		{ "lecons/x.yaml", PATH_RECORD }, /* misplaced: told so, not ignored */
		{ "collectif.yaml", PATH_RECORD },
		{ "concepts/pa/con-participation.yaml", PATH_RECORD },
		{ "conflits/k5/lec-ara-k5w2h9tc.yaml", PATH_SIDECAR },
		{ "schema/lecon.schema.yaml", PATH_SCHEMA },
		{ "pieces/a/b.pdf", PATH_ATTACHMENT },
		{ "prive/identites.yaml", PATH_PRIVATE },
		{ "prive", PATH_PRIVATE },
		{ "aggregat/trace.csv", PATH_AGGREGATE },
		{ "collectifs.yaml", PATH_CONFIG },
		{ "communes.csv", PATH_CONFIG },
		{ ".gitignore", PATH_CONFIG },
		{ ".gitattributes", PATH_CONFIG },
		{ ".vscode/settings.json", PATH_CONFIG },
		{ "lecons/k5/lec-ara-k5w2h9tc.yaml.variante-0123abcd", PATH_ATTACHMENT },
		{ "lecons/k5/lec-ara-k5w2h9tc.yaml.variante-0123456789abcdef0123456789abcdef01234567", PATH_ATTACHMENT },
		{ "prive/x.yaml.variante-0123abcd", PATH_PRIVATE },
		{ "lecons/k5/lec-ara-k5w2h9tc.yaml~", PATH_OTHER },
		{ "lecons/k5/x.txt", PATH_OTHER },
		{ "autres/k5/x.yaml", PATH_OTHER },
		{ "lecon.yaml", PATH_OTHER },
		{ "README.md", PATH_OTHER },
		{ "", PATH_OTHER },
		{ "/lecons/a.yaml", PATH_OTHER },
		{ "lecons/../prive/x.yaml", PATH_OTHER },
		{ "lecons//x.yaml", PATH_OTHER },
		{ "pieces/./x", PATH_OTHER },
		{ ".yaml", PATH_OTHER },
		{ ".maillage/national/x", PATH_OTHER },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (path_class(set, cases[i].path) != cases[i].class)
			fail_msg("%s is %d", cases[i].path, path_class(set, cases[i].path));
}

static void fingerprint_leaves_the_envelope_out(void **state)
{
	IN_ARENA;
	const char *one = record_fingerprint(
		&arena,
		given("schema: lecon/1\nid: lec-ara-1\ncollectif: ara\netat: valide\nvisibilite: public\nlicence: l\n"
		      "cree_le: '2018-01-01'\ncree_par: act\ncontributions: [a]\ntitre: t\nthemes: [a]\n"));
	assert_string_equal(one,
			    record_fingerprint(&arena, given("themes: [a]   # ici\ntitre: \"t\"\netat: brouillon\n")));
	assert_string_not_equal(one, record_fingerprint(&arena, given("themes: [a]\ntitre: T\n")));
	/* SHA-256 of {"a":1} */
	assert_string_equal(record_fingerprint(&arena, given("a: 1\n")),
			    "sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(minting),
		cmocka_unit_test(paths_follow_from_the_id),
		cmocka_unit_test(what_a_path_is),
		cmocka_unit_test(fingerprint_leaves_the_envelope_out),
	};
	return cmocka_run_group_tests_name("schema/identity", tests, setup, teardown);
}
