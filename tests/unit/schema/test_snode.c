#include "given.h"

static const struct snode *lecon(void)
{
	return schemas_kind(given_set(), "lecon")->root;
}

static void words_are_read(void **state)
{
	IN_ARENA;
	const struct snode *s = lecon();
	assert_string_equal(s->title_fr, "Leçon");
	assert_null(s->title_en);
	assert_string_equal(s->groups[0][0], "enonce");
	assert_string_equal(s->groups[0][1], "sens");
	assert_null(s->groups[0][2]);
	assert_null(s->groups[1]);
	const struct snode *x = schema_child(s, "enonce");
	assert_int_equal(x->rule, RULE_PROSE);
	assert_string_equal(x->title_fr, "Énoncé");
	assert_string_equal(x->title_en, "Statement");
	assert_string_equal(x->required_from, "propose");
	assert_true(x->string_only);
	assert_string_equal(x->types[0], "string");
	assert_null(x->types[1]);
	x = schema_child(s, "etat");
	assert_int_equal(x->rule, RULE_LIFECYCLE);
	assert_string_equal(x->order[0], "brouillon");
	assert_null(x->order[6]);
	assert_string_equal(x->withdrawn[0], "retire");
	assert_true(x->string_only); /* an enum of strings, without type */
	x = schema_child(s, "themes");
	assert_int_equal(x->list, LIST_SET);
	assert_null(x->list_key);
	assert_string_equal(schema_item(x)->refs[0], "concept");
	x = schema_child(s, "conditions");
	assert_int_equal(x->list, LIST_MAP);
	assert_string_equal(x->list_key, "id");
	assert_int_equal(schema_child(schema_item(x), "texte")->rule, RULE_PROSE);
	assert_int_equal(schema_child(s, "etapes")->list, LIST_SEQUENCE);
	assert_false(schema_child(s, "poids")->string_only);
	assert_string_equal(schema_child(schema_child(s, "libelles"), "fr")->title_fr, "Libellé");
	assert_ptr_equal(schema_child(schema_child(s, "libelles"), "FR"), schema_unknown());
	assert_int_equal(schema_child(schema_child(s, "etiquettes"), "x")->rule, RULE_MAX);
	assert_string_equal(merge_rule_name(RULE_CAUTIOUS), "cautious");
	assert_string_equal(merge_rule_name(RULE_UNION), "union");
}

static void what_is_unknown_has_the_defaults(void **state)
{
	IN_ARENA;
	const struct snode *u = schema_unknown();
	assert_ptr_equal(schema_child(lecon(), "rien"), u);
	assert_ptr_equal(schema_child(schema_child(u, "a"), "b"), u);
	assert_ptr_equal(schema_item(u), u);
	assert_int_equal(u->rule, RULE_CONFLICT);
	assert_int_equal(u->list, LIST_ATOMIC);
	assert_null(u->schema);
	assert_false(u->atomic_map);
	assert_int_equal(schema_rank(u, "a"), -1);
}

static void the_referring_schema_wins_and_both_count(void **state)
{
	IN_ARENA;
	const struct snode *s = schemas_kind(given_set(), "concept")->root, *titre = schema_child(s, "titre");
	assert_int_equal(titre->rule, RULE_MIN);       /* the kind's word */
	assert_string_equal(titre->title_fr, "Titre"); /* the shared one's */
	assert_true(titre->string_only);
	assert_string_equal(faults_of(s, "titre: ''\n"), "minLength titre");
	s = bare(
		"$defs: {t: {type: string, x-merge: prose, title: a}}\nproperties: {p: {$ref: '#/$defs/t', title: b}}\n");
	assert_string_equal(schema_child(s, "p")->title_fr, "b");
	assert_int_equal(schema_child(s, "p")->rule, RULE_PROSE);
}

static void recursive_schemas_end(void **state)
{
	IN_ARENA;
	const struct snode *s = schemas_kind(given_set(), "concept")->root;
	const struct snode *deep = s;
	for (int i = 0; i < 100; i++)
		deep = schema_child(deep, "plus_large");
	assert_int_equal(schema_child(deep, "titre")->rule, RULE_MIN);
	assert_ptr_equal(schema_child(deep, "plus_large"), deep);
}

static void order_follows_the_text(void **state)
{
	IN_ARENA;
	const struct snode *s = lecon(); /* $ref stands above properties: the shared fields come first */
	assert_int_equal(schema_rank(s, "schema"), 0);
	assert_int_equal(schema_rank(s, "visibilite"), 5);
	assert_int_equal(schema_rank(s, "enonce"), 6);
	assert_int_equal(schema_rank(s, "rien"), -1);
}

static void typing(void **state)
{
	IN_ARENA;
	const struct snode *s = lecon();
	const struct val *raw = given(
		"titre: 2018\nannee: 01001\npoids: 3\nsens: no\nthemes: [1, null]\nconditions: [{id: 7, texte: true}]\nautre: 5\n");
	const char *before = json(raw);
	struct val *v = schema_type(&arena, s, raw);
	assert_string_equal(
		json(v),
		"{\"annee\":\"01001\",\"autre\":5,\"conditions\":[{\"id\":\"7\",\"texte\":\"true\"}],\"poids\":3,\"sens\":\"no\","
		"\"themes\":[\"1\",null],\"titre\":\"2018\"}");
	assert_string_equal(json(raw), before); /* the document is never changed */
	assert_int_equal(val_get(v, "annee")->line, 2);
	assert_null(schema_type(&arena, s, NULL));
}

static void old_names_are_read(void **state)
{
	IN_ARENA;
	const struct snode *s = lecon();
	assert_string_equal(json(schema_type(&arena, s, given("direction: oui\n"))), "{\"sens\":\"oui\"}");
	assert_string_equal(json(schema_type(&arena, s, given("direction: oui\nsens: non\n"))),
			    "{\"direction\":\"oui\",\"sens\":\"non\"}");
}

static void shape_tells_how_to_write(void **state)
{
	IN_ARENA;
	const struct yshape_ops *o = &schema_shape_ops;
	const struct snode *s = lecon();
	assert_true(o->is_prose(o->child(s, "enonce")));
	assert_false(o->is_prose(o->child(s, "titre")));
	assert_true(o->is_string(o->child(s, "titre")));
	assert_string_equal(o->list_key(o->child(s, "conditions")), "id");
	assert_true(o->is_prose(o->child(o->item(o->child(s, "conditions")), "texte")));
	assert_string_equal(o->head(s), "# yaml-language-server: $schema=../../schema/lecon.schema.yaml");
	assert_string_equal(o->head(schemas_kind(given_set(), "collectif")->root),
			    "# yaml-language-server: $schema=schema/collectif.schema.yaml");
	assert_null(o->head(o->child(s, "titre")));
	assert_null(o->child(NULL, "a"));
	assert_false(o->is_string(NULL));
}

/* --- field paths ------------------------------------------------------------------------------------------------- */

#define RECORD "titre: t\nthemes: [a, b]\nconditions: [{id: c1, texte: x}, {id: c2}]\nlibelles: {fr: f}\nvide: null\n"

static const char *found(const char *path)
{
	const struct val *v = NULL;
	return schema_find(NULL, &v, lecon(), given(RECORD), path) ? json(v) : "nowhere";
}

static void paths_find(void **state)
{
	IN_ARENA;
	assert_string_equal(found("titre"), "\"t\"");
	assert_string_equal(found("conditions/c1/texte"), "\"x\"");
	assert_string_equal(found("conditions/c2"), "{\"id\":\"c2\"}");
	assert_string_equal(found("conditions/c9/texte"), "-");
	assert_string_equal(found("conditions/0"), "-"); /* items of a list-map go by key */
	assert_string_equal(found("themes/1"), "\"b\"");
	assert_string_equal(found("themes/2"), "-");
	assert_string_equal(found("libelles/fr"), "\"f\"");
	assert_string_equal(found("etapes"), "-");
	assert_string_equal(found("vide/x"), "-");
	assert_string_equal(found("titre/x"), "nowhere");
	assert_string_equal(found(""), "nowhere");
	assert_string_equal(found("/titre"), "nowhere");
	assert_string_equal(found("titre/"), "nowhere");
	assert_string_equal(found("conditions//texte"), "nowhere");
	const struct snode *place = NULL;
	assert_true(schema_find(&place, NULL, lecon(), given(RECORD), "conditions/c9/texte"));
	assert_int_equal(place->rule, RULE_PROSE);
	assert_true(schema_find(&place, NULL, lecon(), given("a: 1\n"), "conditions/c9/texte"));
	assert_int_equal(place->rule, RULE_PROSE);
}

static const char *with(const char *record, const char *path, struct val *v)
{
	struct val *out = NULL;
	struct err e = { 0 };
	const struct val *before = given(record);
	const char *was = json(before);
	int rc = schema_put(&out, &arena, lecon(), before, path, v, &e);
	assert_string_equal(json(before), was);
	assert_true((rc == 0) == (out != NULL));
	if (rc)
		return arena_printf(&arena, "%s", err_name(rc));
	char *keys = arena_dup(&arena, "");
	for (size_t i = 0; i < out->map.n; i++)
		keys = arena_printf(&arena, "%s%s ", keys, out->map.at[i].key);
	return arena_printf(&arena, "%s%s", keys, json(out));
}

static void paths_put(void **state)
{
	IN_ARENA;
	struct val *v = val_str(&arena, "v");
	assert_string_equal(with("titre: t\n", "titre", v), "titre {\"titre\":\"v\"}");
	assert_string_equal(with("id: i\nsens: oui\n", "enonce", v),
			    "id enonce sens {\"enonce\":\"v\",\"id\":\"i\",\"sens\":\"oui\"}");
	assert_string_equal(with("enonce: e\n", "id", v), "id enonce {\"enonce\":\"e\",\"id\":\"v\"}");
	assert_string_equal(with("zzz: z\nid: i\nyyy: y\n", "titre", v),
			    "zzz id titre yyy {\"id\":\"i\",\"titre\":\"v\",\"yyy\":\"y\",\"zzz\":\"z\"}");
	assert_string_equal(with("id: i\n", "nouveau", v), "id nouveau {\"id\":\"i\",\"nouveau\":\"v\"}");
	assert_string_equal(with("id: i\n", "libelles/fr", v),
			    "id libelles {\"id\":\"i\",\"libelles\":{\"fr\":\"v\"}}");
	assert_string_equal(with("id: i\n", "conditions/c1/texte", v),
			    "id conditions {\"conditions\":[{\"id\":\"c1\",\"texte\":\"v\"}],\"id\":\"i\"}");
	assert_string_equal(with("conditions: [{id: c1}]\n", "conditions/c1/texte", v),
			    "conditions {\"conditions\":[{\"id\":\"c1\",\"texte\":\"v\"}]}");
	assert_string_equal(with("conditions: [{id: c1}]\n", "conditions/c1", NULL), "conditions {\"conditions\":[]}");
	assert_string_equal(with("libelles: {fr: f}\n", "libelles/fr", NULL),
			    "libelles {\"libelles\":{}}"); /* the parent stays */
	assert_string_equal(with("themes: [a, b]\n", "themes/0", v), "themes {\"themes\":[\"v\",\"b\"]}");
	assert_string_equal(with("themes: [a, b]\n", "themes/0", NULL), "themes {\"themes\":[\"b\"]}");
	assert_string_equal(with("titre: null\n", "titre", v), "titre {\"titre\":\"v\"}");
	struct val *item = val_map(&arena);
	val_set(&arena, item, "texte", v);
	assert_string_equal(with("id: i\n", "conditions/c3", item),
			    "id conditions {\"conditions\":[{\"id\":\"c3\",\"texte\":\"v\"}],\"id\":\"i\"}");
	val_set(&arena, item, "id", val_str(&arena, "c4"));
	assert_string_equal(with("id: i\n", "conditions/c3", item), "DATA");
	assert_string_equal(with("id: i\n", "conditions/c3", v), "DATA");
	assert_string_equal(with("conditions: [{id: c1}]\n", "conditions/c1/id", v),
			    "DATA"); /* the key is the item's name */
	assert_string_equal(with("conditions: [{id: c1}]\n", "conditions/c1/id", NULL),
			    "conditions {\"conditions\":[{\"id\":\"c1\"}]}");
	assert_string_equal(with("titre: t\n", "titre/x", v), "DATA");
	assert_string_equal(with("titre: t\n", "", v), "DATA");
	assert_string_equal(with("titre: t\n", "enonce", NULL), "NOTFOUND");
	assert_string_equal(with("titre: t\n", "conditions/c1/texte", NULL), "NOTFOUND");
	assert_string_equal(with("themes: [a]\n", "themes/1", v), "NOTFOUND");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_read),
		cmocka_unit_test(what_is_unknown_has_the_defaults),
		cmocka_unit_test(the_referring_schema_wins_and_both_count),
		cmocka_unit_test(recursive_schemas_end),
		cmocka_unit_test(order_follows_the_text),
		cmocka_unit_test(typing),
		cmocka_unit_test(old_names_are_read),
		cmocka_unit_test(shape_tells_how_to_write),
		cmocka_unit_test(paths_find),
		cmocka_unit_test(paths_put),
	};
	return cmocka_run_group_tests_name("schema/snode", tests, setup, teardown);
}
