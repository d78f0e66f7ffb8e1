/* References between records, against a world that is a table. */
#include "given.h"
#include "schema/refs.h"

static const char avis_yaml[] =
	"x-kind: {name: avis, prefix: avi, folder: avis}\n"
	"x-version: 1\n"
	"properties:\n"
	"  schema: {type: string}\n"
	"  id: {type: string}\n"
	"  collectif: {type: string, x-ref: [collectif]}\n"
	"  etat: {type: string, x-merge: lifecycle, x-order: [brouillon, archive], x-withdrawn: [retire]}\n"
	"  nature: {type: string}\n"
	"  portee: {type: string}\n"
	"  cible: {type: string, x-ref: any}\n"
	"  cible_empreinte: {type: string}\n"
	"  theme: {type: string, pattern: '^con-', title: Thème, x-ref: [concept], x-ref-where: {registre: theme}}\n"
	"  themes: {type: array, items: {type: string, x-ref: [concept, collectif]}}\n"
	"  sources:\n"
	"    type: array\n"
	"    items:\n"
	"      type: object\n"
	"      properties: {ref: {type: string, x-ref: [concept]}, empreinte: {type: string}}\n"
	"  arbre: {type: object, patternProperties: {'^b_': {$ref: '#/properties/arbre'}}, properties: {feuille: {x-ref: [avis]}}}\n";
static const char notion_yaml[] = "x-kind: {name: concept, prefix: con, folder: concepts}\n"
				  "x-version: 1\n"
				  "properties: {registre: {type: string}, titre: {type: string}}\n";
static const char groupe_yaml[] = "x-kind: {name: collectif, prefix: col, folder: ''}\nx-version: 1\n";

static struct schemas *set_of(const char *avis)
{
	struct schema_file files[] = { { "avis.schema.yaml", avis, strlen(avis) },
				       { "concept.schema.yaml", notion_yaml, sizeof notion_yaml - 1 },
				       { "collectif.schema.yaml", groupe_yaml, sizeof groupe_yaml - 1 } };
	struct schemas *set = NULL;
	struct err e = { 0 };
	if (schemas_load(&set, &arena, files, 3, &e))
		fail_msg("%s", e.msg);
	return set;
}

/* --- the world: ids that are here, with their text; ids that are only known; codes ------------------------------------- */

static const struct row {
	const char *id, *text;
} here[] = {
	{ "con-jardin", "schema: concept/1\nid: con-jardin\nregistre: theme\n" },
	{ "con-methode", "schema: concept/1\nid: con-methode\nregistre: methode\n" },
	{ "con-nu", "schema: concept/1\nid: con-nu\n" },
	{ "con-casse", NULL },
	{ "avi-ara-1", "schema: avis/1\nid: avi-ara-1\n" },
};
static const char *const named[] = { "con-loin", "bfc", "nat" };
static size_t asked; /* for facts */

static enum ref_found find(void *ctx, const char *id)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof here / sizeof *here; i++)
		if (!strcmp(here[i].id, id))
			return REF_HERE;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (!strcmp(named[i], id))
			return REF_NAMED;
	return REF_NOWHERE;
}

static struct record read(const char *text)
{
	struct record rec;
	struct faults f = { 0 };
	record_load(&rec, &f, &arena, set_of(avis_yaml), "x.yaml", NULL, NULL, text, strlen(text));
	return rec;
}

static const struct ref_facts *facts(void *ctx, const char *id)
{
	(void)ctx;
	asked++;
	for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
		if (strcmp(here[i].id, id) || !here[i].text)
			continue;
		struct ref_facts *out = arena_new(&arena, struct ref_facts);
		struct record rec = read(here[i].text);
		ref_facts_of(out, &arena, rec.schema->set, &rec);
		return out;
	}
	return NULL;
}

static struct ref_world world;
static struct faults faults;
static struct ref_review review;

static const char *check(const char *text)
{
	struct record rec = read(arena_printf(&arena, "schema: avis/1\nid: avi-ara-2\n%s", text));
	faults = (struct faults){ 0 };
	asked = 0;
	assert_non_null(rec.schema);
	schema_check_refs(&faults, &review, &arena, &rec, &world);
	assert_int_equal(faults.errors, 0);
	return listed(&faults);
}

static const char *said(void)
{
	assert_true(faults.n > 0);
	return faults.at[0].msg;
}

#define IN_WORLD  \
	IN_ARENA; \
	world = (struct ref_world){ NULL, find, facts, "ara", true }

static void what_is_there_is_not_mentioned(void **state)
{
	IN_WORLD;
	assert_string_equal(check("collectif: ara\ncible: con-loin\nthemes: [con-jardin, con-loin, bfc, col-bfc, col-nat]\n"), "");
	assert_int_equal(asked, 0); /* nothing but their existence was needed */
	assert_string_equal(check("theme: con-jardin\n"), "");
	assert_int_equal(asked, 1);
	assert_string_equal(check("theme: con-loin\n"), ""); /* its text is elsewhere: nothing to hold against it */
	assert_string_equal(check("cible: ''\nthemes: 3\n"), ""); /* no reference at all */
}

static void what_is_missing_is_a_warning_that_says_whose_it_is(void **state)
{
	IN_WORLD;
	assert_string_equal(check("cible: avi-ara-9\n"), "?ref cible");
	assert_non_null(strstr(said(), "aucune fiche « avi-ara-9 » dans ce dépôt"));
	assert_string_equal(check("cible: avi-bfc-9\n"), "?ref cible");
	assert_non_null(strstr(said(), "d'un autre collectif (bfc) et n'est pas dans cette copie"));
	assert_string_equal(check("cible: avi-bfx-9\n"), "?ref cible");
	assert_non_null(strstr(said(), "« bfx », qui n'est pas dans la liste du national"));
	assert_string_equal(check("cible: avi-nat-9\n"), "?ref cible");
	assert_non_null(strstr(said(), "ni dans la copie du national"));
	assert_string_equal(check("theme: con-zzz\n"), "?ref theme"); /* concepts name themselves: the national's */
	assert_non_null(strstr(said(), "ni dans la copie du national"));
	assert_string_equal(faults.at[0].title, "Thème");
	assert_int_equal(faults.at[0].line, 3);
	assert_int_equal(faults.at[0].col, 8);
	assert_string_equal(check("collectif: zz\n"), "?ref collectif");
	assert_string_equal(check("themes: [con-jardin, con-zzz, col-zz]\n"), "?ref themes/1\n?ref themes/2");
	assert_string_equal(check("themes: [Con Jardin]\n"), "?ref themes/0");
	assert_string_equal(check("arbre: {b_x: {b_y: {feuille: avi-ara-9}}}\n"), "?ref arbre/b_x/b_y/feuille");
}

static void without_the_national_copy_nothing_is_said_not_to_exist(void **state)
{
	IN_WORLD;
	world.national = false;
	assert_string_equal(check("cible: con-zzz\n"), "?ref cible");
	assert_non_null(strstr(said(), "celle du national manque encore"));
	assert_string_equal(check("cible: avi-bfx-9\n"), "?ref cible");
	assert_non_null(strstr(said(), "d'un autre collectif (bfx)"));
	assert_string_equal(check("collectif: zz\n"), "?ref collectif");
	assert_non_null(strstr(said(), "la copie du national manque encore"));
}

static void kinds_and_values_must_be_what_was_meant(void **state)
{
	IN_WORLD;
	assert_string_equal(check("themes: [avi-ara-1]\n"), "?ref_kind themes/0");
	assert_non_null(strstr(said(), "concept, collectif"));
	assert_string_equal(check("themes: [zzz-ara-1]\n"), "?ref_kind themes/0");
	assert_string_equal(check("cible: zzz-ara-1\n"), "?ref cible"); /* any kind, but there is none */
	assert_string_equal(check("theme: con-methode\n"), "?ref_where theme");
	assert_non_null(strstr(said(), "registre: \"methode\""));
	assert_non_null(strstr(said(), "\"theme\""));
	assert_string_equal(check("theme: con-nu\n"), "?ref_where theme");
	assert_string_equal(check("theme: con-casse\n"), ""); /* its own faults are said elsewhere */
}

static void what_the_schema_refuses_is_said_once(void **state)
{
	IN_WORLD;
	struct record rec = read("schema: avis/1\nid: avi-ara-2\ntheme: avi-ara-9\nthemes: [con-zzz]\n");
	struct faults f = { 0 };
	schema_validate(&f, &arena, rec.schema->root, rec.val);
	assert_string_equal(listed(&f), "pattern theme");
	schema_check_refs(&f, NULL, &arena, &rec, &world);
	assert_string_equal(listed(&f), "pattern theme\n?ref themes/0");
}

static const char *print_of(const char *id)
{
	return facts(NULL, id)->fingerprint;
}

static void a_pin_of_another_text_is_stale(void **state)
{
	IN_WORLD;
	const char *now = print_of("con-jardin"), *other = print_of("con-methode");
	assert_string_not_equal(now, other);
	assert_string_equal(check(arena_printf(&arena, "sources: [{ref: con-jardin, empreinte: '%s'}]\n", now)), "");
	assert_string_equal(check(arena_printf(&arena, "sources:\n  - empreinte: '%s'\n    ref: con-jardin\n", other)),
			    "?stale sources/0/empreinte");
	assert_int_equal(faults.at[0].line, 4); /* at the fingerprint, not at the reference */
	assert_non_null(strstr(said(), "a changé depuis cette lecture"));
	assert_string_equal(check("sources: [{ref: con-jardin}, {ref: con-loin, empreinte: x}]\n"), "");
}

static void a_validation_of_another_text_is_to_be_done_again(void **state)
{
	IN_WORLD;
	const char *now = print_of("con-jardin");
	static const char form[] = "cible: con-jardin\ncible_empreinte: '%s'\nnature: %s\nportee: collectif\netat: %s\n";
	assert_string_equal(check(arena_printf(&arena, form, now, "validation", "brouillon")), "");
	assert_string_equal(review.target, "con-jardin");
	assert_string_equal(review.scope, "collectif");
	assert_false(review.stale);
	assert_string_equal(check(arena_printf(&arena, form, "sha256:0", "validation", "brouillon")), "?stale cible_empreinte");
	assert_non_null(strstr(said(), "la validation est à refaire"));
	assert_true(review.stale);
	/* what no longer counts, and what never validated, may well speak of an older text */
	assert_string_equal(check(arena_printf(&arena, form, "sha256:0", "validation", "retire")), "");
	assert_null(review.target);
	assert_string_equal(check(arena_printf(&arena, form, "sha256:0", "validation", "archive")), "");
	assert_string_equal(check(arena_printf(&arena, form, "sha256:0", "objection", "brouillon")), "");
	assert_null(review.target);
}

static void misspelt_conditions_do_not_load(void **state)
{
	IN_ARENA;
	struct schemas *set = NULL;
	struct err e = { 0 };
	const char *avis = "x-kind: {name: avis, prefix: avi, folder: avis}\nx-version: 1\n"
			   "properties: {theme: {x-ref: [concept], x-ref-where: {regitre: theme}}}\n";
	struct schema_file files[] = { { "avis.schema.yaml", avis, strlen(avis) },
				       { "concept.schema.yaml", notion_yaml, sizeof notion_yaml - 1 } };
	assert_int_equal(schemas_load(&set, &arena, files, 2, &e), ERR_SCHEMA);
	assert_non_null(strstr(e.msg, "schema/avis.schema.yaml:3:"));
	assert_non_null(strstr(e.msg, "« concept » n'a pas de champ « regitre »"));
	refused("properties: {theme: {x-ref-where: {registre: theme}}}\n", "x.schema.yaml:1:", "demande « x-ref »");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_not_mentioned),
		cmocka_unit_test(what_is_missing_is_a_warning_that_says_whose_it_is),
		cmocka_unit_test(without_the_national_copy_nothing_is_said_not_to_exist),
		cmocka_unit_test(kinds_and_values_must_be_what_was_meant),
		cmocka_unit_test(what_the_schema_refuses_is_said_once),
		cmocka_unit_test(a_pin_of_another_text_is_stale),
		cmocka_unit_test(a_validation_of_another_text_is_to_be_done_again),
		cmocka_unit_test(misspelt_conditions_do_not_load),
	};
	return cmocka_run_group_tests_name("schema/refs", tests, setup, teardown);
}
