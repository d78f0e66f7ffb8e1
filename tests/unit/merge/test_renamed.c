/* A field that the schema renamed: one side still has it under its former name. */
#include "make.h"

static const char schema_text[] = "type: object\n"
				  "properties:\n"
				  "  id: {type: string}\n"
				  "  titre: {type: string}\n"
				  "  sens: {type: string, x-renamed-from: direction}\n"
				  "  effet: {type: string, x-merge: prose, x-renamed-from: resultat}\n"
				  "  annee: {type: string}\n";

#define OLD "id: x-y\n# demandé en juin\ndirection:   oui  # relu\nresultat: |-\n  Une phrase.\n  Une autre.\n"
#define NEW "id: x-y\n# demandé en juin\nsens:   oui  # relu\neffet: |-\n  Une phrase.\n  Une autre.\n"

/* Both ways round; what merge_texts of make.h promises besides. */
static struct merged merge3(const char *o, const char *a, const char *b)
{
	struct merged m = merge_texts(kind_of(schema_text), o, a, b);
	assert_string_equal(m.text, merge_texts(kind_of(schema_text), o, b, a).text);
	return m;
}

static void a_rename_and_an_edit_combine(void **state)
{
	IN_ARENA;
	struct merged m = merge3(OLD, NEW "annee: \"2019\"\n", OLD "titre: t\n");
	assert_string_equal(m.diffs, "");
	assert_string_equal(m.decisions, "");
	assert_string_equal(m.text, "id: x-y\ntitre: t\n" /* where the schema puts it */
				    "# demandé en juin\nsens:   oui  # relu\neffet: |-\n  Une phrase.\n  Une autre.\nannee: \"2019\"\n");
}

static void an_edit_under_the_former_name_is_no_loss(void **state)
{
	IN_ARENA;
	struct merged m = merge3(OLD, NEW "annee: \"2019\"\n",
				 "id: x-y\n# demandé en juin\ndirection:   non  # relu\nresultat: |-\n  Une phrase.\n  Une autre.\n");
	assert_string_equal(m.diffs, "");
	assert_string_equal(m.text,
			    "id: x-y\n# demandé en juin\nsens:   non  # relu\neffet: |-\n  Une phrase.\n  Une autre.\nannee: \"2019\"\n");
}

static void two_edits_of_it_are_one_difference(void **state)
{
	IN_ARENA;
	struct merged m = merge3("id: x-y\ndirection: oui\n", "id: x-y\nsens: non\n", "id: x-y\ndirection: surprise\n");
	assert_int_equal(m.r.diffs.n, 1);
	assert_string_equal(m.r.diffs.at[0].champ, "sens");
	assert_int_equal(m.r.diffs.at[0].n, 2);
	assert_string_equal(m.text, "id: x-y\nsens: oui\n");
}

static void nobody_else_writing_it_stays_as_it_is(void **state)
{
	IN_ARENA;
	/* law 2: one side as the base gives the other's bytes, former names and all */
	assert_string_equal(merge3(OLD, OLD, OLD "titre: t\n").text, OLD "titre: t\n");
	assert_string_equal(merge3(OLD, OLD "titre: t\n", OLD "titre: t\n").text, OLD "titre: t\n");
}

static void an_open_difference_follows_its_field(void **state)
{
	IN_ARENA;
	static const char sidecar[] = "schema: conflit/1\nid: x-y\ndifferences:\n  - champ: direction\n    degre: dur\n    regle: conflict\n"
				      "    base: oui\n    propositions:\n";
	const struct schema *s = kind_of(schema_text);
	struct diff d = { .champ = "direction", .degre = DEG_DUR, .regle = "conflict", .base = val_str(&mem, "oui") };
	struct diffs in = { .id = "x-y" }, out;
	struct proposal p;
	struct origin nobody = { 0 };
	proposal_init(&p, val_str(&mem, "non"), &nobody);
	diff_propose(&d, &mem, &p);
	proposal_init(&p, val_str(&mem, "surprise"), &nobody);
	diff_propose(&d, &mem, &p);
	arena_push(&mem, &in, d);
	assert_int_equal(strncmp(printed(&in), sidecar, 60), 0);
	/* the record under its former name, and after the rename */
	static const char *const texts[] = { "id: x-y\ndirection: oui\n", "id: x-y\nsens: oui\n" };
	for (size_t i = 0; i < 2; i++) {
		struct merge_side side = side_of(s, texts[i], &in);
		assert_int_equal(diffs_normalise(&out, &mem, s, side.val, &in, &nobody), 0);
		assert_int_equal(out.n, 1);
		assert_string_equal(out.at[0].champ, "sens");
		assert_int_equal(out.at[0].degre, DEG_DUR);
	}
	/* a merge of both: still one, still open */
	struct merged m = merge_sides(s, side_of(s, texts[0], &in), side_of(s, "id: x-y\nsens: oui\ntitre: t\n", &in),
				      side_of(s, "id: x-y\ndirection: oui\nannee: \"2019\"\n", &in), NULL);
	assert_int_equal(m.r.diffs.n, 1);
	assert_string_equal(m.r.diffs.at[0].champ, "sens");
	assert_int_equal(m.r.diffs.at[0].n, 2);
	assert_string_equal(m.text, "id: x-y\ntitre: t\nsens: oui\nannee: \"2019\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rename_and_an_edit_combine),
		cmocka_unit_test(an_edit_under_the_former_name_is_no_loss),
		cmocka_unit_test(two_edits_of_it_are_one_difference),
		cmocka_unit_test(nobody_else_writing_it_stays_as_it_is),
		cmocka_unit_test(an_open_difference_follows_its_field),
	};
	return cmocka_run_group_tests_name("merge/renamed", tests, NULL, teardown);
}
