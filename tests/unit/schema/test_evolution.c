/* Schemas change while records live on: former names are read and renamed at the next write; what a newer schema brought
 * is carried. The kinds are given.h's: lecon is at version 2, `sens` was once called `direction`. */
#include "given.h"

#define HEAD "id: lec-ara-k5w2h9tc\ncollectif: ara\ntitre: t\n"
#define PLACE "lecons/k5/lec-ara-k5w2h9tc.yaml"

static struct record rec;
static struct faults faults;

static const char *load(const char *text)
{
	faults = (struct faults){ 0 };
	record_load(&rec, &faults, &arena, given_set(), PLACE, PLACE, "ara", text, strlen(text));
	return listed(&faults);
}

/* The text after one field was set. */
static const char *set(const char *text, const char *field, const char *value)
{
	struct err e = { 0 };
	struct val *target;
	struct buf out = BUF_INIT;
	load(text);
	assert_non_null(rec.schema);
	const struct snode *root = rec.schema->root;
	if (schema_put(&target, &arena, root, rec.val, field, val_str(&arena, value), &e) ||
	    ydoc_rewrite(&out, rec.doc, target, NULL, &schema_shape_ops, root, &e))
		fail_msg("%s", e.msg);
	const char *written = arena_dupn(&arena, buf_str(&out), out.n);
	buf_free(&out);
	return written;
}

static void a_former_name_is_read(void **state)
{
	IN_ARENA;
	assert_string_equal(load("schema: lecon/1\n" HEAD "direction: oui\n"), "");
	assert_true(val_is_str(val_get(rec.val, "sens"), "oui"));
	assert_null(val_get(rec.val, "direction"));
	/* and checked as the field it is, at its place */
	assert_string_equal(load("schema: lecon/1\n" HEAD "direction: peut-être\n"), "enum sens");
	assert_int_equal(faults.at[0].line, 5);
	/* with both names there, the former one is somebody's own field */
	assert_string_equal(load("schema: lecon/1\n" HEAD "direction: oui\nsens: non\n"), "?unknown direction");
	assert_true(val_is_str(val_get(rec.val, "sens"), "non"));
	assert_true(val_is_str(val_get(rec.val, "direction"), "oui"));
}

static void the_next_write_renames_and_keeps_the_rest(void **state)
{
	IN_ARENA;
	assert_string_equal(set("# en tête\nschema: lecon/1\n" HEAD "# demandé en juin\n\n# par le groupe\n"
				"direction:   'oui'   # relu\n\nannee: 2018 # dit-on\n",
				"annee", "2019"),
			    "# en tête\nschema: lecon/1\n" HEAD "# demandé en juin\n\n# par le groupe\n"
			    "sens:   'oui'   # relu\n\nannee: \"2019\" # dit-on\n");
	assert_string_equal(set("schema: lecon/1\n" HEAD "direction: oui # relu\n", "sens", "non"),
			    "schema: lecon/1\n" HEAD "sens: non # relu\n");
	/* both names: neither is touched */
	assert_string_equal(set("schema: lecon/1\n" HEAD "direction: oui\nsens: non\n", "annee", "2019"),
			    "schema: lecon/1\n" HEAD "direction: oui\nsens: non\nannee: \"2019\"\n");
}

static void paths_with_former_names_are_found(void **state)
{
	IN_ARENA;
	const struct snode *root = bare("properties:\n"
					"  liste:\n    x-list-type: map\n    x-list-map-keys: [id]\n    items:\n"
					"      required: [id]\n      properties:\n        id: {type: string}\n"
					"        neuf: {type: string, x-renamed-from: vieux}\n"
					"  carte: {x-renamed-from: plan, properties: {neuf: {x-renamed-from: vieux}}}\n");
	assert_string_equal(schema_new_path(&arena, root, "liste/vieux/vieux"), "liste/vieux/neuf"); /* a key is no name */
	assert_string_equal(schema_new_path(&arena, root, "plan/vieux"), "carte/neuf");
	const char *same = "liste/c1/neuf";
	assert_ptr_equal(schema_new_path(&arena, root, same), same);
}

/* An item's field, written by the program on a text that has the former name in some items. */
static void items_are_renamed_where_they_stand(void **state)
{
	IN_ARENA;
	const struct snode *root = bare("properties:\n"
					"  liste:\n    x-list-type: map\n    x-list-map-keys: [id]\n    items:\n"
					"      required: [id]\n      properties:\n        id: {type: string}\n"
					"        neuf: {type: string, x-merge: prose, x-renamed-from: vieux}\n");
	const char *text = "liste:\n  - id: a # premier\n    vieux: |-\n      Une phrase.\n      Une autre.\n  - id: b\n    neuf: x\n";
	struct ydoc *doc;
	struct err e = { 0 };
	struct buf out = BUF_INIT;
	struct val *target;
	assert_int_equal(ydoc_parse(&doc, &arena, "x", text, strlen(text), NULL, &e), 0);
	const struct val *typed = schema_type(&arena, root, ydoc_val(doc));
	assert_int_equal(schema_put(&target, &arena, root, typed, "liste/b/neuf", val_str(&arena, "z"), &e), 0);
	assert_int_equal(ydoc_rewrite(&out, doc, target, NULL, &schema_shape_ops, root, &e), 0);
	assert_string_equal(out.at, "liste:\n  - id: a # premier\n    neuf: |-\n      Une phrase.\n      Une autre.\n"
				    "  - id: b\n    neuf: z\n");
	buf_free(&out);
}

static void codes_of_a_newer_schema_are_carried(void **state)
{
	IN_ARENA;
	const char *tomorrow = "schema: lecon/3\n" HEAD "sens: peut-être\nfutur: [1, 2]\netat: en_vol\n";
	assert_string_equal(load(tomorrow), "?version schema\n?vocabulary sens\n?unknown futur\n?vocabulary etat");
	assert_int_equal(faults.errors, 0);
	assert_int_equal(faults.at[1].line, 5);
	assert_true(val_is_str(val_get(rec.val, "sens"), "peut-être"));
	/* written on by a program that does not know them */
	assert_string_equal(set(tomorrow, "annee", "2019"),
			    "schema: lecon/3\n" HEAD "sens: peut-être\nfutur: [1, 2]\netat: en_vol\nannee: \"2019\"\n");
}

static void what_no_schema_would_allow_is_refused_all_the_same(void **state)
{
	IN_ARENA;
	assert_string_equal(load("schema: lecon/2\n" HEAD "sens: peut-être\n"), "enum sens"); /* of this very version */
	assert_string_equal(load("schema: lecon/3\n" HEAD "sens: [oui]\n"), "?version schema\nenum sens");
	assert_string_equal(load("schema: lecon/3\nid: lec-ara-k5w2h9tc\ncollectif: ara\n"), "required titre\n?version schema");
	assert_string_equal(load("schema: lecon/3\n" HEAD "etapes: seule\n"), "?version schema\ntype etapes");
}

static const char *newer(const char *schema, const char *value)
{
	struct faults f = { 0 };
	const struct snode *s = bare(schema);
	schema_validate_newer(&f, &arena, s, schema_type(&arena, s, given(value)), true);
	return listed(&f);
}

static void conditions_take_the_lists_as_they_are(void **state)
{
	IN_ARENA;
	const char *schema = "if: {properties: {a: {enum: [x]}}, required: [a]}\nthen: {required: [b]}\n"
			     "properties: {c: {not: {enum: [y]}}, d: {anyOf: [{enum: [p]}, {type: 'null'}]}, e: {items: {enum: [q]}}}\n";
	assert_string_equal(newer(schema, "a: z\n"), "?unknown a");
	assert_string_equal(newer(schema, "a: x\n"), "required b\n?unknown a");
	assert_string_equal(newer(schema, "c: y\n"), "not c");
	assert_string_equal(newer(schema, "c: z\n"), "");
	assert_string_equal(newer(schema, "d: neuf\n"), "");
	assert_string_equal(newer(schema, "e: [q, neuf, [q]]\n"), "?vocabulary e/1\nenum e/2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_former_name_is_read),
		cmocka_unit_test(the_next_write_renames_and_keeps_the_rest),
		cmocka_unit_test(paths_with_former_names_are_found),
		cmocka_unit_test(items_are_renamed_where_they_stand),
		cmocka_unit_test(codes_of_a_newer_schema_are_carried),
		cmocka_unit_test(what_no_schema_would_allow_is_refused_all_the_same),
		cmocka_unit_test(conditions_take_the_lists_as_they_are),
	};
	return cmocka_run_group_tests_name("schema/evolution", tests, setup, teardown);
}
