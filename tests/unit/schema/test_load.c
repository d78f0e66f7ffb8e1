#include "given.h"

static int load(struct err *e, size_t n, ...)
{
	struct schema_file files[4];
	va_list ap;
	va_start(ap, n);
	for (size_t i = 0; i < n; i++) {
		files[i].name = va_arg(ap, const char *);
		files[i].bytes = va_arg(ap, const char *);
		files[i].n = strlen(files[i].bytes);
	}
	va_end(ap);
	struct schemas *set = NULL;
	int rc = schemas_load(&set, &arena, files, n, e);
	assert_true((rc == 0) == (set != NULL));
	return rc;
}

static void kinds_are_found_by_name_prefix_and_folder(void **state)
{
	IN_ARENA;
	const struct schemas *set = given_set();
	const struct schema *s = schemas_kind(set, "lecon");
	assert_non_null(s);
	assert_string_equal(s->prefix, "lec");
	assert_string_equal(s->folder, "lecons");
	assert_string_equal(s->file, "lecon.schema.yaml");
	assert_int_equal(s->version, 2);
	assert_ptr_equal(s->set, set);
	assert_ptr_equal(schemas_by_prefix(set, "lec"), s);
	assert_ptr_equal(schemas_by_folder(set, "lecons"), s);
	assert_null(schemas_kind(set, "lec"));
	assert_null(schemas_by_prefix(set, "xyz"));
	assert_null(schemas_by_folder(set, ""));
	assert_string_equal(schemas_at(set, 0)->kind, "collectif");
	assert_string_equal(schemas_at(set, 2)->kind, "lecon");
	assert_null(schemas_at(set, 3));
}

static void shipped_schemas_load(void **state)
{
	IN_ARENA;
	struct schemas *set = NULL;
	struct err e = { 0 };
	if (schemas_load_dir(&set, &arena, arena_printf(&arena, "%s/schema", root_dir()), &e))
		fail_msg("%s", e.msg);
	static const char *const kinds[] = { "acteur",	 "appropriation", "avis",      "boucle",       "collectif",
					     "concept",	 "croisement",	  "cycle",     "enseignement", "materiau",
					     "pratique", "production",	  "rencontre", "synthese" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		assert_string_equal(schemas_at(set, i)->kind, kinds[i]);
	assert_null(schemas_at(set, sizeof kinds / sizeof *kinds));
	const struct snode *s = schemas_kind(set, "enseignement")->root;
	assert_int_equal(schema_child(s, "enonce")->rule, RULE_PROSE);
	assert_int_equal(schema_child(s, "etat")->rule, RULE_LIFECYCLE);
	assert_int_equal(schema_child(s, "visibilite")->rule, RULE_CAUTIOUS);
	assert_int_equal(schema_child(s, "id")->rule, RULE_IMMUTABLE);
	assert_int_equal(schema_child(s, "themes")->list, LIST_SET);
	assert_string_equal(schema_child(s, "conditions")->list_key, "id");
	assert_true(schema_child(s, "cree_le")->string_only);
	assert_string_equal(schema_child(schema_child(s, "cycle"), "x")->title_fr ? "" : "none", "none");
	assert_string_equal(schema_child(s, "cycle")->refs[0], "cycle");
}

static void missing_folder(void **state)
{
	IN_ARENA;
	struct schemas *set = NULL;
	struct err e = { 0 };
	assert_int_equal(schemas_load_dir(&set, &arena, "/nonexistent/schema", &e), ERR_NOTFOUND);
	assert_null(set);
}

#define K(name, prefix, folder) "x-kind: {name: " name ", prefix: " prefix ", folder: " folder "}\nx-version: 1\n"

static void kinds_must_be_distinct_and_well_named(void **state)
{
	IN_ARENA;
	struct err e = { 0 };
	assert_int_equal(load(&e, 1, "a.schema.yaml", "title: rien\n"), ERR_SCHEMA); /* no kind at all */
	assert_int_equal(load(&e, 0), ERR_SCHEMA);
	assert_int_equal(load(&e, 2, "a.schema.yaml", K("a", "aaa", "as"), "b.schema.yaml", K("a", "bbb", "bs")),
			 ERR_SCHEMA);
	assert_non_null(strstr(e.msg, "schema/b.schema.yaml:1:9: "));
	assert_int_equal(load(&e, 2, "a.schema.yaml", K("a", "aaa", "as"), "b.schema.yaml", K("b", "aaa", "bs")),
			 ERR_SCHEMA);
	assert_int_equal(load(&e, 2, "a.schema.yaml", K("a", "aaa", "as"), "b.schema.yaml", K("b", "bbb", "as")),
			 ERR_SCHEMA);
	assert_int_equal(load(&e, 1, "a.schema.yaml", K("a", "aa", "as")), ERR_SCHEMA);
	assert_int_equal(load(&e, 1, "a.schema.yaml", K("É", "aaa", "as")), ERR_SCHEMA);
	assert_int_equal(load(&e, 1, "a.schema.yaml", K("a", "aaa", "prive")), ERR_SCHEMA);
	assert_int_equal(load(&e, 1, "a.schema.yaml", K("a", "aaa", "'../x'")), ERR_SCHEMA);
	assert_int_equal(load(&e, 1, "a.schema.yaml", K("a", "aaa", "as, folders: x")), ERR_SCHEMA);
	assert_int_equal(load(&e, 1, "a.schema.yaml", "x-kind: {name: a, prefix: aaa, folder: as}\n"),
			 ERR_SCHEMA); /* no x-version */
	assert_int_equal(load(&e, 2, "a.schema.yaml", K("a", "aaa", "as"), "b.schema.yaml", K("b", "bbb", "bs")), 0);
}

static void references_and_states_must_exist(void **state)
{
	IN_ARENA;
	struct err e = { 0 };
	assert_int_equal(load(&e, 1, "a.schema.yaml", K("a", "aaa", "as") "properties: {p: {x-ref: [b]}}\n"),
			 ERR_SCHEMA);
	assert_non_null(strstr(e.msg, "schema/a.schema.yaml:3:26: "));
	assert_int_equal(
		load(&e, 1, "a.schema.yaml", K("a", "aaa", "as") "properties: {p: {x-ref: [a]}, q: {x-ref: any}}\n"),
		0);
	assert_int_equal(
		load(&e, 1, "a.schema.yaml", K("a", "aaa", "as") "properties: {p: {x-required-from: propose}}\n"),
		ERR_SCHEMA);
	assert_non_null(strstr(e.msg, "propose"));
}

static void files_are_limited(void **state)
{
	IN_ARENA;
	struct schema_file *files = arena_array(&arena, SCHEMA_MAX_FILES + 1, sizeof *files);
	for (size_t i = 0; i <= SCHEMA_MAX_FILES; i++) {
		files[i].name = arena_printf(&arena, "f%04zu.schema.yaml", i);
		files[i].bytes = i ? "title: x\n" : K("a", "aaa", "as");
		files[i].n = strlen(files[i].bytes);
	}
	struct schemas *set = NULL;
	struct err e = { 0 };
	assert_int_equal(schemas_load(&set, &arena, files, SCHEMA_MAX_FILES + 1, &e), ERR_SCHEMA);
	assert_null(set);
	assert_int_equal(schemas_load(&set, &arena, files, SCHEMA_MAX_FILES, &e), 0);
}

static void a_broken_file_names_its_place(void **state)
{
	IN_ARENA;
	struct err e = { 0 };
	assert_int_equal(load(&e, 1, "a.schema.yaml", "type: object\ntype: string\n"), ERR_SCHEMA);
	assert_int_equal(e.code, ERR_SCHEMA);
	assert_int_equal(strncmp(e.msg, "schema/a.schema.yaml:2:", 23), 0);
	struct buf b = BUF_INIT; /* nested beyond the profile's depth */
	buf_puts(&b, "not: ");
	for (int i = 0; i < 100; i++)
		buf_puts(&b, "{not: ");
	buf_puts(&b, "true");
	buf_fill(&b, '}', 100);
	buf_puts(&b, "\n");
	assert_int_equal(load(&e, 1, "a.schema.yaml", buf_str(&b)), ERR_SCHEMA);
	buf_free(&b);
}

static void unknown_words_are_errors(void **state)
{
	IN_ARENA;
	refused("properties:\n  a: {requird: [b]}\n", "x.schema.yaml:2:16: ", "requird");
	refused("unevaluatedProperties: false\n", "x.schema.yaml:1:24: ", "unevaluatedProperties");
	refused("properties: {a: {$dynamicRef: '#a'}}\n", "x.schema.yaml:1:31: ", "$dynamicRef");
	refused("x-merg: prose\n", "x.schema.yaml:1:9: ", "x-merg");
	refused("contentEncoding: base64\n", "x.schema.yaml:1:18: ", "contentEncoding");
	refused("$schema: http://json-schema.org/draft-07/schema#\n", "x.schema.yaml:1:10: ", "2020-12");
	refused("format: ipv4\n", "x.schema.yaml:1:9: ", "date-time");
	bare("title: t\ndescription: d\ndefault: 1\nexamples: [1]\ndeprecated: true\nreadOnly: true\nwriteOnly: false\n$comment: c\n"
	     "x-labels: {a: {fr: b}}\nx-version: 1\nx-title: {fr: a, en: b}\n");
}

static void arguments_have_a_shape(void **state)
{
	IN_ARENA;
	static const char *const bad[] = {
		"type: text\n",
		"type: []\n",
		"type: [string, text]\n",
		"enum: a\n",
		"minLength: -1\n",
		"minLength: 1.5\n",
		"minimum: a\n",
		"multipleOf: 0\n",
		"required: a\n",
		"required: [1]\n",
		"properties: [a]\n",
		"properties: {a: 1}\n",
		"items: [true]\n",
		"allOf: []\n",
		"allOf: {}\n",
		"uniqueItems: oui\n",
		"dependentRequired: {a: b}\n",
		"pattern: '('\n",
		"pattern: 1\n",
		"patternProperties: {'[': true}\n",
		"$anchor: 'a b'\n",
		"$id: 'a#b'\n",
		"$ref: 1\n",
		"x-merge: theirs\n",
		"x-merge: con\n",
		"x-list-type: list\n",
		"x-list-type: map\n",
		"x-list-map-keys: [a, b]\n",
		"x-map-type: x\n",
		"x-order: a\n",
		"x-groups: [[a]]\n",
		"x-ref: concept\n",
		"x-title: {fr: 1}\n",
		"x-merge: cautious\n",
		"x-merge: lifecycle\n",
		"x-merge: 'min max'\n",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refused(bad[i], "x.schema.yaml:1:", "");
}

static void references_lead_somewhere(void **state)
{
	IN_ARENA;
	refused("$ref: '#/$defs/a'\n", "x.schema.yaml:1:7: ", "$defs");
	refused("$ref: '#a'\n", "x.schema.yaml:1:7: ", "ancre");
	refused("$ref: other.schema.yaml\n", "x.schema.yaml:1:7: ", "other.schema.yaml");
	refused("$ref: 'https://json-schema.org/draft/2020-12/schema'\n", "x.schema.yaml:1:7: ", "json-schema.org");
	refused("$ref: '#/title'\ntitle: a\n", "x.schema.yaml:2:8: ", "");
	refused("$defs: {a: {$anchor: x}, b: {$anchor: x}}\n", "x.schema.yaml:1:39: ", "deux fois");
	refused("$defs: {a: {$id: y}, b: {$id: y}}\n", "x.schema.yaml:1:31: ", "identifiant");
}

static void circles_without_progress_are_refused(void **state)
{
	IN_ARENA;
	refused("$ref: '#'\n", "x.schema.yaml:1:7: ", "tourne en rond");
	refused("$defs:\n  a: {$ref: '#/$defs/b'}\n  b: {$ref: '#/$defs/a'}\n",
		"x.schema.yaml:3:13: ", "tourne en rond");
	refused("$defs: {a: {anyOf: [true, {not: {$ref: '#/$defs/a'}}]}}\n", "x.schema.yaml:1:", "tourne en rond");
	refused("dependentSchemas: {a: {$ref: '#'}}\n", "x.schema.yaml:1:", "tourne en rond");
	const struct snode *s =
		bare("properties: {sous: {$ref: '#'}, titre: {type: string}}\n"); /* recursive, and fine */
	assert_string_equal(faults_of(s, "sous: {sous: {titre: [1]}}\n"), "type sous/sous/titre");
}

static void merge_words_only_where_merging_looks(void **state)
{
	IN_ARENA;
	refused("allOf:\n  - properties: {a: {x-merge: min}}\n", "x.schema.yaml:2:31: ", "x-merge");
	refused("if: {properties: {a: {x-list-type: set}}}\n", "x.schema.yaml:1:36: ", "x-list-type");
	refused("prefixItems: [{x-ref: any}]\n", "x.schema.yaml:1:23: ", "x-ref");
	refused("$defs: {a: {x-merge: min}}\nanyOf: [{$ref: '#/$defs/a'}]\n", "x.schema.yaml:1:22: ", "x-merge");
	refused("$defs: {a: {not: {x-merge: min}}}\n", "x.schema.yaml:1:28: ", "x-merge");
	bare("$defs: {a: {x-merge: min}}\nproperties: {p: {items: {$ref: '#/$defs/a'}}}\n");
	bare("additionalProperties: {x-merge: max}\n");
	bare("patternProperties: {a: {x-merge: max}}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_found_by_name_prefix_and_folder),
		cmocka_unit_test(shipped_schemas_load),
		cmocka_unit_test(missing_folder),
		cmocka_unit_test(kinds_must_be_distinct_and_well_named),
		cmocka_unit_test(references_and_states_must_exist),
		cmocka_unit_test(files_are_limited),
		cmocka_unit_test(a_broken_file_names_its_place),
		cmocka_unit_test(unknown_words_are_errors),
		cmocka_unit_test(arguments_have_a_shape),
		cmocka_unit_test(references_lead_somewhere),
		cmocka_unit_test(circles_without_progress_are_refused),
		cmocka_unit_test(merge_words_only_where_merging_looks),
	};
	return cmocka_run_group_tests_name("schema/load", tests, setup, teardown);
}
