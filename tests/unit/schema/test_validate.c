#include "given.h"

#include <libintl.h>

#define EXPECT(schema, value, codes) assert_string_equal(faults_of(bare(schema), value), codes)

static void types(void **state)
{
	IN_ARENA;
	const char *s =
		"properties:\n  s: {type: string}\n  i: {type: integer}\n  n: {type: number}\n  b: {type: boolean}\n  z: {type: 'null'}\n"
		"  l: {type: array}\n  m: {type: object}\n  u: {type: [string, 'null']}\n";
	EXPECT(s, "s: a\ni: 1\nn: 1.5\nb: true\nz: null\nl: []\nm: {}\nu: null\n", "");
	EXPECT(s, "i: 1.0\nn: 2\nu: a\n", "");
	EXPECT(s, "s: 2018\n", ""); /* the schema says string: so it is */
	EXPECT(s, "s: [a]\ni: 1.5\nn: a\nb: 'true'\nz: a\nl: {}\nm: []\nu: 3\n",
	       "type s\ntype i\ntype n\ntype b\ntype z\ntype l\ntype m\ntype u");
}

static void codes_and_numbers(void **state)
{
	IN_ARENA;
	EXPECT("properties: {e: {enum: [a, 1, null]}, c: {const: [1, {x: y}]}}\n", "e: 1\nc: [1, {x: y}]\n", "");
	EXPECT("properties: {e: {enum: [a, 1, null]}, c: {const: [1, {x: y}]}}\n", "e: b\nc: [1]\n", "enum e\nconst c");
	EXPECT("properties: {v: {minimum: 1, exclusiveMaximum: 10, multipleOf: 0.5}}\n", "v: 9.5\n", "");
	EXPECT("properties: {v: {minimum: 1, exclusiveMaximum: 10, multipleOf: 0.5}}\n", "v: 10\n",
	       "exclusiveMaximum v");
	EXPECT("properties: {v: {minimum: 1, exclusiveMinimum: 3, maximum: 0, multipleOf: 2}}\n", "v: 0.3\n",
	       "minimum v\nmaximum v\nexclusiveMinimum v\nmultipleOf v");
	EXPECT("properties: {v: {multipleOf: 0.0001}}\n", "v: 0.0075\n", "");
	EXPECT("properties: {v: {multipleOf: 0.0001}}\n", "v: 0.00751\n", "multipleOf v");
	EXPECT("properties: {v: {multipleOf: 1e-8}}\n", "v: 12391239123\n", "");
	EXPECT("properties: {v: {multipleOf: 0.123456789}}\n", "v: 1e308\n", "multipleOf v");
	EXPECT("properties: {v: {multipleOf: 0.5}}\n", "v: -1e308\n", "");
	EXPECT("properties: {v: {multipleOf: 7}}\n", "v: -9223372036854775807\n", ""); /* 7 times 1317624576693539401 */
	EXPECT("properties: {v: {multipleOf: 7}}\n", "v: 0\n", "");
	EXPECT("properties: {v: {multipleOf: 100}}\n", "v: 250\n", "multipleOf v");
}

static void texts(void **state)
{
	IN_ARENA;
	const char *s = "properties: {t: {type: string, minLength: 2, maxLength: 4, pattern: '^é'}}\n";
	EXPECT(s, "t: éà\n", "");
	EXPECT(s, "t: é\n", "minLength t");
	EXPECT(s, "t: ééééé\n", "maxLength t"); /* characters, not bytes */
	EXPECT(s, "t: ''\n", "minLength t\npattern t");
	EXPECT("properties: {d: {format: date}}\n", "d: 2018-02-30\n", "format d");
	EXPECT("properties: {d: {format: date}}\n", "d: 3\n", ""); /* says nothing about numbers */
}

static void texts_say_how(void **state)
{
	IN_ARENA;
	const struct snode *s = bare("properties: {t: {type: string, pattern: '^con-', examples: [con-a, con-b]}, l: {items: {pattern: '^x'}}}\n");
	assert_non_null(strstr(message_of(s, "t: a\n"), "exemples : con-a, con-b"));
	assert_non_null(strstr(message_of(s, "l: [a]\n"), "forme attendue : ^x"));
	assert_non_null(strstr(message_of(s, "t:\n"), "rien n'est écrit ici"));
	assert_non_null(strstr(message_of(s, "t: null\n"), "guillemets"));
}

static void fields(void **state)
{
	IN_ARENA;
	EXPECT("required: [a, b]\nproperties: {a: true, b: true}\n", "b: 1\n", "required a");
	EXPECT("minProperties: 2\nmaxProperties: 1\n", "b: 1\n", "minProperties ");
	EXPECT("dependentRequired: {a: [b]}\n", "a: 1\n", "dependentRequired b");
	EXPECT("dependentRequired: {a: [b]}\n", "c: 1\n", "");
	EXPECT("dependentSchemas: {a: {required: [b]}}\n", "a: 1\n", "required b");
	EXPECT("propertyNames: {maxLength: 2}\n", "abc: 1\n", "propertyNames abc");
	EXPECT("properties: {a: true}\npatternProperties: {'^x-': {type: string}}\nadditionalProperties: false\n",
	       "a: 1\nx-b: 2\nc: 3\n", "additionalProperties c");
	EXPECT("patternProperties: {'^x-': {type: integer}}\nadditionalProperties: {type: string}\n", "x-b: a\nc: []\n",
	       "type x-b\ntype c");
	EXPECT("properties: {a: false}\n", "a: 1\n", "false a");
}

static void lists(void **state)
{
	IN_ARENA;
	EXPECT("properties: {l: {items: {type: string}, minItems: 2}}\n", "l: [[a]]\n", "minItems l\ntype l/0");
	EXPECT("properties: {l: {prefixItems: [{type: string}], items: {type: integer}, maxItems: 2}}\n",
	       "l: [1, b, 3]\n", "maxItems l\ntype l/0\ntype l/1");
	EXPECT("properties: {l: {uniqueItems: true}}\n", "l: [{a: 1, b: 2}, {b: 2, a: 1.0}]\n", "uniqueItems l/1");
	EXPECT("properties: {l: {uniqueItems: true}}\n", "l: [1, '1', [1], true]\n", "");
	EXPECT("properties: {l: {contains: {const: a}, maxContains: 1}}\n", "l: [b]\n", "contains l");
	EXPECT("properties: {l: {contains: {const: a}, maxContains: 1}}\n", "l: [a, b, a]\n", "maxContains l");
	EXPECT("properties: {l: {contains: {const: a}, minContains: 0}}\n", "l: []\n", "");
	EXPECT("properties: {l: {x-list-type: map, x-list-map-keys: [id], items: {required: [t], properties: {id: true, t: {type: string}}}}}\n",
	       "l: [{id: c1, t: []}, {id: c2}]\n", "type l/c1/t\nrequired l/c2/t");
}

static void combinations(void **state)
{
	IN_ARENA;
	EXPECT("allOf: [{required: [a]}, {required: [b]}]\n", "c: 1\n", "required a\nrequired b");
	EXPECT("anyOf: [{required: [a]}, {required: [b]}]\n", "c: 1\n", "anyOf ");
	EXPECT("anyOf: [{required: [a]}, {required: [b]}]\n", "b: 1\n", "");
	EXPECT("oneOf: [{required: [a]}, {required: [b]}]\n", "a: 1\nb: 1\n", "oneOf ");
	EXPECT("not: {required: [a]}\n", "a: 1\n", "not ");
	EXPECT("if: {required: [a]}\nthen: {required: [b]}\nelse: {required: [c]}\n", "a: 1\n", "required b");
	EXPECT("if: {required: [a]}\nthen: {required: [b]}\nelse: {required: [c]}\n", "b: 1\n", "required c");
	EXPECT("then: {required: [b]}\n", "a: 1\n", "");
	EXPECT("properties: {p: {oneOf: [{type: 'null'}, {type: object, required: [x]}]}}\n", "p: {}\n",
	       "required p/x"); /* the form meant */
}

static void references(void **state)
{
	IN_ARENA;
	EXPECT("$defs: {t: {type: string, $anchor: t}}\nproperties: {a: {$ref: '#t', maxLength: 1}, b: {$ref: '#/$defs/t'}}\n",
	       "a: bc\nb: []\n", "maxLength a\ntype b");
	EXPECT("$id: 'https://exemple.fr/x'\nproperties: {a: {$ref: 'https://exemple.fr/x#/$defs/t'}}\n$defs: {t: {const: 1}}\n",
	       "a: 2\n", "const a");
	EXPECT("properties: {a: {type: string}, b: {$ref: '#/properties/a'}}\n", "b: []\n", "type b");
}

static void unknown_keys_are_warnings(void **state)
{
	IN_ARENA;
	const char *s =
		"properties: {titre: {type: string}, m: {type: object}, l: {items: {properties: {id: true}}}}\n";
	EXPECT(s, "titr: a\nm: {x: 1}\nl: [{id: 1, xx: 2}]\n", "?unknown titr\n?unknown l/0/xx");
	assert_non_null(strstr(message_of(bare(s), "titr: a\n"), "titre"));
	struct faults f = { 0 };
	schema_validate(&f, &arena, bare(s), given("zzz: 1\n"));
	assert_int_equal(f.n, 1);
	assert_int_equal(f.errors, 0);
}

static void names_that_only_look_right_are_faults(void **state)
{
	IN_ARENA;
	const char *s = "properties: {titre: {type: string}, m: {properties: {id: true}}, n: {additionalProperties: true}}\n";
	EXPECT(s, "titre\xC2\xA0: a\n", "unknown titre\xC2\xA0");
	EXPECT(s, "titre\xE2\x80\xAF: a\nm: {\xE2\x80\x8Bid: 1}\n", "unknown titre\xE2\x80\xAF\nunknown m/\xE2\x80\x8Bid");
	EXPECT(s, "autre\xC2\xA0: a\nn: {titre\xC2\xA0: 1}\n", "?unknown autre\xC2\xA0");
	assert_non_null(strstr(message_of(bare(s), "titre\xC2\xA0: a\n"), "retapez « titre: »"));
}

static void items_with_one_key_are_faults(void **state)
{
	IN_ARENA;
	const char *s = "properties: {l: {type: array, x-list-type: map, x-list-map-keys: [id], items: {required: [id], properties: {id: "
			"{type: string}}}}}\n";
	EXPECT(s, "l: [{id: c1}, {id: c2}, {id: c3}]\n", "");
	EXPECT(s, "l: [{id: c1}, {id: c2}, {id: c1, x: 1}, {id: c1}]\n", "x-list-map-keys l/c1\n?unknown l/c1/x\nx-list-map-keys l/c1");
	EXPECT(s, "l: [{}, {}, 1, 1]\n", "required l/0/id\nrequired l/1/id");
	EXPECT(s, "l: []\n", "");
	assert_non_null(strstr(message_of(bare(s), "l: [{id: c1}, {id: c2}, {id: c1}]\n"), "les éléments 1 et 3 "));
}

static void what_looks_equal_is_told_apart(void **state)
{
	IN_ARENA;
	const struct snode *s = bare("properties: {e: {type: string, enum: [brouillon]}, l: {type: array}, m: {type: object}}\n");
	assert_non_null(strstr(message_of(s, "e: brou\xE2\x80\x8Billon\n"), "\"brou\\u200Billon\""));
	assert_non_null(strstr(message_of(s, "l: con-a\n"), "[a, b]"));
	assert_non_null(strstr(message_of(s, "m: con-a\n"), "deux espaces"));
	EXPECT("properties: {e: {type: string, enum: [brouillon]}}\n", "e:\n", "type e"); /* and not that null is no code */
}

static void sentences_say_what_was_expected(void **state)
{
	IN_ARENA;
	const struct snode *s = bare(
		"properties:\n  etat: {title: État, x-title: {en: State}, enum: [brouillon, propose, valide]}\n  age: {type: integer}\n"
		"  code: {type: string}\nrequired: [code]\n");
	struct faults f = { 0 };
	schema_validate(&f, &arena, s, given("etat: valider\nage: vingt\ncode: 01001\n"));
	assert_int_equal(f.n, 3);
	assert_string_equal(f.at[0].msg,
			    "\"valider\" n'est pas une valeur permise ; attendu : brouillon, propose, valide");
	assert_string_equal(f.at[0].title, "État");
	assert_string_equal(f.at[1].msg, "la valeur est un texte ; attendu : un nombre entier");
	assert_null(f.at[1].title);
	assert_non_null(strstr(f.at[2].msg, "guillemets")); /* untyped on purpose: 1001 where a code was meant */
	f.at[0].path = "a/b.yaml";
	struct buf b = BUF_INIT;
	fault_print(&b, &f.at[0]);
	assert_string_equal(
		buf_str(&b),
		"a/b.yaml:1:7: etat (État) : \"valider\" n'est pas une valeur permise ; attendu : brouillon, propose, valide");
	buf_reset(&b);
	fault_print(&b, &(struct fault){ .path = "", .field = "", .msg = "x", .warning = true });
	assert_string_equal(buf_str(&b), "attention : x");
	buf_free(&b);
}

static void faults_are_in_the_order_of_the_text_and_bounded(void **state)
{
	IN_ARENA;
	const struct snode *s = bare("required: [z]\nproperties: {b: {type: string}, a: {type: string}}\n");
	struct faults f = { 0 };
	schema_validate(&f, &arena, s, given("a: []\nzz: 1\nb: []\n"));
	assert_string_equal(listed(&f), "required z\ntype a\n?unknown zz\ntype b");
	assert_int_equal(f.at[3].line, 3);
	assert_int_equal(f.at[3].col, 4);
	struct buf b = BUF_INIT;
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "k%d: []\n", i);
	f = (struct faults){ 0 };
	schema_validate(&f, &arena, bare("additionalProperties: {type: string}\n"), given(buf_str(&b)));
	buf_free(&b);
	assert_int_equal(f.n, FAULTS_MAX);
	assert_int_equal(f.errors, 300);
}

/* Each level refers twice to the next: 2^40 ways to the bottom. */
static void work_is_bounded(void **state)
{
	IN_ARENA;
	struct buf b = BUF_INIT;
	buf_puts(&b, "$ref: '#/$defs/d0'\n$defs:\n");
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "  d%d: {allOf: [{$ref: '#/$defs/d%d'}, {$ref: '#/$defs/d%d'}]}\n", i, i + 1, i + 1);
	buf_puts(&b, "  d40: {type: object}\n");
	const struct snode *s = bare(buf_str(&b));
	buf_free(&b);
	assert_string_equal(faults_of(s, "a: 1\n"), "limit ");
}

static void large_sets_are_quick(void **state)
{
	IN_ARENA;
	struct buf b = BUF_INIT;
	buf_puts(&b, "l:\n");
	for (int i = 0; i < 40000; i++)
		buf_printf(&b, "  - v%d\n", i);
	const struct snode *s = bare("properties: {l: {uniqueItems: true}}\n");
	assert_string_equal(faults_of(s, buf_str(&b)), "");
	buf_puts(&b, "  - v77\n");
	assert_string_equal(faults_of(s, buf_str(&b)), "uniqueItems l/40000");
	buf_free(&b);
}

static void states_ask_for_fields(void **state)
{
	IN_ARENA;
	const struct schema *s = schemas_kind(given_set(), "lecon");
	static const struct {
		const char *record, *faults;
	} cases[] = {
		{ "etat: brouillon\n", "" },
		{ "titre: sans état\n", "" },
		{ "etat: propose\n", "required_from enonce" },
		{ "etat: propose\nenonce: '  '\n", "required_from enonce" },
		{ "etat: propose\nenonce: a\n", "" },
		{ "etat: partage\nenonce: null\nconditions: [{id: c1}, {id: c2, texte: t}]\n",
		  "required_from sens\nrequired_from enonce\nrequired_from conditions/c1/texte" },
		{ "etat: retire\n", "" },
		{ "etat: archive\n", "" },
		{ "etat: remplace\n", "" },
		{ "etat: inconnu\n", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct faults f = { 0 };
		schema_check_state(&f, &arena, s, given(cases[i].record));
		assert_string_equal(listed(&f), cases[i].faults);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test(codes_and_numbers),
		cmocka_unit_test(texts), cmocka_unit_test(texts_say_how),
		cmocka_unit_test(fields),
		cmocka_unit_test(lists),
		cmocka_unit_test(combinations),
		cmocka_unit_test(references),
		cmocka_unit_test(unknown_keys_are_warnings),
		cmocka_unit_test(names_that_only_look_right_are_faults),
		cmocka_unit_test(items_with_one_key_are_faults),
		cmocka_unit_test(what_looks_equal_is_told_apart),
		cmocka_unit_test(sentences_say_what_was_expected),
		cmocka_unit_test(faults_are_in_the_order_of_the_text_and_bounded),
		cmocka_unit_test(work_is_bounded),
		cmocka_unit_test(large_sets_are_quick),
		cmocka_unit_test(states_ask_for_fields),
	};
	return cmocka_run_group_tests_name("schema/validate", tests, setup, teardown);
}
