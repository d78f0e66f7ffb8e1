/* Answers from the files of aggregat/: here rather than in unit/lessons, since reading JSON is ctl's. */
#include "../lessons/world.h"

#include "ctl/json.h"

static struct lessons *l;
static struct err e;

static void opened(void)
{
	struct lessons_files files = world_build(NULL);
	if (lessons_open(&l, &w.a, files.at, files.n, json_parse, &e))
		fail_msg("%s", e.msg);
}

static const struct val *ask(struct lessons_query q)
{
	struct val *v = NULL;
	if (lessons_answer(&v, &w.a, l, &q, &e))
		fail_msg("%s", e.msg);
	return v;
}

static const struct val *list_at(const struct val *v, const char *key, size_t i)
{
	const struct val *list = val_get(v, key);
	assert_non_null(list);
	assert_int_equal(list->type, VAL_LIST);
	assert_true(i < list->list.n);
	return list->list.at[i];
}

static size_t count(const struct val *v, const char *key)
{
	return val_get(v, key)->list.n;
}

static void assert_json(const struct val *v, const char *json)
{
	struct buf b = BUF_INIT;
	val_canon(&b, v);
	assert_string_equal(buf_str(&b), json);
	buf_free(&b);
}

/* « Depuis 2018, qu'ont appris au moins deux collectifs sur la participation, avec quelles preuves, et qui n'est pas
 * d'accord ? » */
static void the_first_question(void **st)
{
	(void)st;
	world_samples();
	opened();
	const struct val *v =
		ask((struct lessons_query){ .theme = "participation", .min_collectives = 2, .since = "2018" });
	assert_string_equal(val_text(v, "theme"), "con-participation");
	assert_string_equal(val_text(v, "arrete_au"), "2020-01-14");
	assert_int_equal(count(v, "groupes"), 1);
	assert_int_equal(count(v, "isoles"), 0);
	assert_int_equal(val_get(v, "sous_le_seuil")->i, 2);
	const struct val *g = list_at(v, "groupes", 0);
	assert_json(val_get(g, "collectifs"), "[\"ara\",\"bfc\"]");
	assert_json(val_get(g, "noyau"), "[\"ens-ara-k5w2h9tc\",\"ens-bfc-3r7np8vd\"]");
	assert_json(val_get(g, "chaines"), "[]");
	assert_string_equal(val_text(g, "accord"), "partielle");
	const struct val *ara = list_at(g, "enseignements", 0), *against = list_at(g, "contredit", 0),
			 *nuance = list_at(g, "nuances", 0);
	assert_string_equal(val_text(ara, "trace"), "[ARA ens-ara-k5w2h9tc @01234567 enonce]");
	assert_string_equal(val_text(ara, "confiance"), "moderee");
	assert_int_equal(count(ara, "conditions"), 2);
	const struct val *proof = list_at(ara, "appuis", 0);
	assert_string_equal(val_text(proof, "nature"), "entretien");
	assert_string_equal(val_text(proof, "trace"), "[ARA mat-ara-q4t7b1sn @01234567 paraphrase]");
	assert_has(val_text(proof, "texte"), "Elle dit avoir osé parler");
	assert_string_equal(val_text(against, "collectif"), "bre");
	assert_string_equal(val_text(against, "id"), "ens-bre-9s4xk7gj");
	assert_string_equal(val_text(against, "cible"), "ens-ara-k5w2h9tc");
	assert_has(val_text(against, "difference_contexte"), "tirés au sort");
	assert_string_equal(val_text(nuance, "collectif"), "hdf");
	assert_string_equal(val_text(list_at(g, "desaccords", 0), "trace"),
			    "[ARA ens-ara-k5w2h9tc @01234567 desaccords/x1/texte]");
	v = ask((struct lessons_query){ .theme = "participation" });
	assert_int_equal(count(v, "isoles"), 2);
	assert_int_equal(count(list_at(v, "isoles", 0), "contredit"), 1); /* bre: a contradiction goes both ways */
	assert_int_equal(count(list_at(v, "isoles", 1), "nuances"), 0);   /* hdf: nuance goes one way */
	assert_int_equal(count(v, "manque"), 0); /* the four enrolled collectives have something to say */
}

static void filters(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_theme("con-cooperation", "Coopération");
	world_record("nat", "con-local", "registre: theme\nlibelles: {fr: Local}\nplus_large: [con-cooperation]\n");
	world_lesson("ara", "ens-ara-1", ""); /* 2018-03-01 */
	world_lesson("bfc", "ens-bfc-1", "observe_fin: \"2019-12-31\"\n");
	world_lesson("bre", "ens-bre-1", "desaccords: [{id: x1, texte: Non.}]\n");
	world_record("hdf", "ens-hdf-1", "enonce: H\nthemes: [con-local]\n"); /* no date */
	world_link("ara", "cro-ara-1", "ens-ara-1", "meme", "ens-bfc-1");
	opened();
	const struct val *v = ask((struct lessons_query){ 0 });
	assert_int_equal(count(v, "groupes"), 1);
	assert_int_equal(count(v, "isoles"), 2);
	v = ask((struct lessons_query){ .since = "2019" });
	assert_int_equal(count(v, "groupes"), 1);
	assert_json(val_get(list_at(v, "groupes", 0), "collectifs"), "[\"bfc\"]");
	assert_int_equal(count(v, "isoles"), 0);
	assert_int_equal(count(ask((struct lessons_query){ .since = "2019", .min_collectives = 2 }), "groupes"), 0);
	assert_int_equal(count(ask((struct lessons_query){ .since = "2018-03-01" }), "isoles"), 1);
	assert_int_equal(count(ask((struct lessons_query){ .since = "2018-03-02" }), "isoles"), 0);
	v = ask((struct lessons_query){ .dissent = true });
	assert_int_equal(count(v, "groupes"), 0);
	assert_int_equal(count(v, "isoles"), 1);
	assert_string_equal(val_text(list_at(v, "isoles", 0), "grappe"), "ens-bre-1");
	static const char *const names[] = { "con-cooperation", "COOPERATION", " coopération ", "cooperation", "local",
					     "con-local",	NULL };
	for (size_t i = 0; names[i]; i++)
		assert_string_equal(
			val_text(list_at(ask((struct lessons_query){ .theme = names[i] }), "isoles", 0), "grappe"),
			"ens-hdf-1");
	struct val *none = NULL;
	assert_int_equal(lessons_answer(&none, &w.a, l, &(struct lessons_query){ .theme = "jardin" }, &e),
			 ERR_NOTFOUND);
	assert_has(e.msg, "Coopération; Participation");
	static const char *const bad[] = { "hier", "18", "2018-1", "2018-01-01T", "", NULL };
	for (size_t i = 0; bad[i]; i++)
		assert_int_equal(lessons_answer(&none, &w.a, l, &(struct lessons_query){ .since = bad[i] }, &e),
				 ERR_USAGE);
	assert_null(none);
}

static void chains_and_gaps(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_record("nat", "cyc-nat-1",
		     "debut: \"2018-01-01\"\ngroupes: [{concept: con-participation, collectifs: [ara, hdf]}]\n");
	world_lesson("ara", "ens-ara-1", "");
	world_lesson("bfc", "ens-bfc-1", "");
	world_lesson("bre", "ens-bre-1", "a_revoir_le: \"2019-01-01\"\n");
	world_source("hdf", "2020-01-14");
	world_source("occ", "2020-01-14");
	world_link("ara", "cro-ara-1", "ens-ara-1", "meme", "ens-bfc-1");
	world_link("ara", "cro-ara-2", "ens-bfc-1", "meme", "ens-bre-1");
	opened();
	const struct val *v = ask((struct lessons_query){ .theme = "Participation", .min_collectives = 2 }),
			 *g = list_at(v, "groupes", 0);
	assert_json(val_get(g, "chaines"), "[[\"ens-bfc-1\",\"ens-bre-1\"]]");
	assert_json(val_get(g, "collectifs"), "[\"ara\",\"bfc\"]");
	assert_string_equal(val_text(list_at(g, "enseignements", 2), "place"), "chaine");
	assert_json(val_get(v, "manque"),
		    "[{\"collectif\":\"bre\",\"etat\":\"ancien\",\"libelle\":\"Participation\",\"theme\":\"con-participation\"},"
		    "{\"collectif\":\"hdf\",\"etat\":\"vide\",\"libelle\":\"Participation\",\"theme\":\"con-participation\"}]");
	assert_int_equal(count(ask((struct lessons_query){ .min_collectives = 3 }), "groupes"), 0);
}

static void coverage(void **st)
{
	(void)st;
	world_samples();
	opened();
	struct val *v = NULL;
	assert_int_equal(lessons_coverage(&v, &w.a, l, NULL, &e), 0);
	assert_int_equal(count(v, "themes"), 5);
	assert_json(val_get(v, "collectifs"), "[\"ara\",\"bfc\",\"bre\",\"hdf\",\"naq\",\"occ\"]");
	assert_int_equal(count(v, "cases"), 30);
	assert_json(list_at(v, "themes", 0),
		    "{\"id\":\"con-cooperation\",\"libelle\":\"Coopération\",\"libelle_en\":\"Cooperation\"}");
	assert_json(list_at(v, "cases", 4), "{\"collectif\":\"ara\",\"derniere\":\"2018-04-10\",\"en_cours\":2,"
					    "\"etat\":\"plein\",\"nombre\":1,\"theme\":\"con-participation\"}");
}

static void coverage_since(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_record("nat", "cyc-nat-1",
		     "debut: \"2018-01-01\"\ngroupes: [{concept: con-participation, collectifs: [ara, bre]}]\n");
	world_lesson("ara", "ens-ara-1", "observe_fin: \"2018-12-31\"\n");
	world_lesson("ara", "ens-ara-2", "observe_fin: \"2019-06-30\"\na_revoir_le: \"2019-12-31\"\n");
	world_lesson("bfc", "ens-bfc-1", "");
	world_record("bre", "pra-bre-1", "themes: [con-participation]\n");
	opened();
	static const struct {
		const char *since, *cells[3];
	} cases[] = { { "2018", { "2 plein 2019-06-30", "1 plein 2018-03-01", "0 en_cours " } },
		      { "2019", { "1 ancien 2019-06-30", "0 hors_champ ", "0 en_cours " } },
		      { "2019-07", { "0 vide ", "0 hors_champ ", "0 en_cours " } } };
	struct val *v = NULL;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(lessons_coverage(&v, &w.a, l, cases[i].since, &e), 0);
		assert_string_equal(val_text(v, "depuis"), cases[i].since);
		for (size_t j = 0; j < 3; j++) {
			const struct val *c = list_at(v, "cases", j);
			const char *newest = val_text(c, "derniere"), *says = arena_printf(
				&w.a, "%d %s %s", (int)val_get(c, "nombre")->i, val_text(c, "etat"), newest ? newest : "");
			assert_string_equal(says, cases[i].cells[j]);
		}
	}
	assert_int_equal(lessons_coverage(&v, &w.a, l, "hier", &e), ERR_USAGE);
}

static const struct val *trace(const char *ref)
{
	struct val *v = NULL;
	if (lessons_trace(&v, &w.a, l, ref, &e))
		fail_msg("%s", e.msg);
	return v;
}

static void where_a_sentence_comes_from(void **st)
{
	(void)st;
	world_samples();
	opened();
	static const char *const same[] = { "ens-ara-k5w2h9tc enonce", "[ARA ens-ara-k5w2h9tc @01234567 enonce]",
					    "ARA ens-ara-k5w2h9tc @0123 enonce", " [ARA  ens-ara-k5w2h9tc enonce] " };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		const struct val *v = trace(same[i]);
		assert_int_equal(v->list.n, 1);
		const struct val *s = v->list.at[0];
		assert_string_equal(val_text(s, "reference"), "[ARA ens-ara-k5w2h9tc @01234567 enonce]");
		assert_string_equal(val_text(s, "commit"), "0123456700000000000000000000000000000000");
		assert_string_equal(val_text(s, "empreinte"),
				    "sha256:fc782f5b9d6d6807fc269f78a783cb7e1c23dd85aef2ddd7457808923f21564c");
		assert_string_equal(val_text(s, "visibilite"), "reseau");
		assert_has(val_text(s, "texte"), "Former ensemble habitants");
		assert_json(val_get(s, "sorties"),
			    "[\"convergences/k5/ens-ara-k5w2h9tc.md:7\",\"divergences/ara.csv:2\","
			    "\"divergences/ara.md:7\",\"divergences/hdf.csv:2\",\"divergences/hdf.md:14\","
			    "\"divergences/nat.csv:2\",\"divergences/nat.md:14\",\"enseignements/ara/k.csv:6\","
			    "\"matrice-formation.csv:2\",\"matrice-participation.csv:2\",\"maturite/ara/k.csv:2\","
			    "\"notes/citoyens.md:11\",\"notes/elus.md:9\",\"notes/formateurs.md:9\","
			    "\"notes/professionnels.md:9\",\"notes/professionnels.md:27\",\"nouveautes.atom:45\","
			    "\"points-etape/cyc-nat-2018-2020-01-14.md:32\",\"points-etape/cyc-nat-2018-2020-01-14.md:40\","
			    "\"points-etape/cyc-nat-2018-2020-01-14.md:46\",\"preuves/ara/k.csv:2\"]");
	}
	assert_true(trace("ens-ara-k5w2h9tc")->list.n >= 6); /* each field that is quoted */
	const struct val *other =
		trace("ens-ara-k5w2h9tc confiance/justification")->list.at[0]; /* quoted in no sentence */
	assert_string_equal(val_text(other, "texte"),
			    "Deux quartiers comparés, un entretien et un relevé de présence.");
	assert_json(val_get(other, "sorties"), "[\"enseignements/ara/k.jsonl:1\"]");
	assert_has(val_text(trace("ens-ara-k5w2h9tc recommandations/r1/texte")->list.at[0], "texte"),
		   "Prévoir quatre journées");
	assert_string_equal(val_text(trace("cro-nat-b7n4z3kw argument")->list.at[0], "collectif"), "nat");
	assert_has(val_text(trace("mat-bfc-8d2jx6pf")->list.at[0], "texte"), "Ici, c'est nous");
	struct val *none = NULL;
	static const char *const unknown[] = { "ens-ara-inconnu",
					       "ens-ara-k5w2h9tc rien",
					       "ens-ara-k5w2h9tc conditions/c9/texte",
					       "ens-ara-k5w2h9tc conditions",
					       "ens-ara-k5w2h9tc @9c41f4f8 enonce",
					       "ens-ara-k5w2h9tc @9c41f4f8 mecanisme",
					       NULL };
	for (size_t i = 0; unknown[i]; i++)
		assert_int_equal(lessons_trace(&none, &w.a, l, unknown[i], &e), ERR_NOTFOUND);
	static const char *const bad[] = {
		"", "[]", "enonce", "bonjour ens-ara-k5w2h9tc", "ens-ara-k5w2h9tc enonce encore", NULL
	};
	for (size_t i = 0; bad[i]; i++)
		assert_int_equal(lessons_trace(&none, &w.a, l, bad[i], &e), ERR_USAGE);
}

static int open_with(const char *name, const char *bytes)
{
	struct lessons_files files = world_build(NULL);
	struct lessons *out = NULL;
	for (size_t i = 0; i < files.n; i++)
		if (strstr(files.at[i].path, name))
			files.at[i] = bytes ? (struct lessons_file){ files.at[i].path, bytes, strlen(bytes) }
					    : (struct lessons_file){ "aggregat/x", "", 0 };
	e = (struct err){ 0 };
	int rc = lessons_open(&out, &w.a, files.at, files.n, json_parse, &e);
	assert_true(rc ? !out : out != NULL);
	return rc;
}

static void damaged_files_are_named(void **st)
{
	(void)st;
	world_samples();
	static const char *const needed[] = { "sources.lock",	     "couverture.csv", "enseignements/ara/k.jsonl",
					      "grappes/ara/k.csv", NULL };
	for (size_t i = 0; needed[i]; i++) {
		assert_int_equal(open_with(needed[i], NULL), ERR_DATA);
		assert_has(e.msg, i == 2 ? "enseignements/" : i == 3 ? "grappes/" : needed[i]);
	}
	static const char *const tables[] = { "grappes/ara/k.csv", "couverture.csv", "divergences/nat.csv", NULL };
	for (size_t i = 0; tables[i]; i++) {
		assert_int_equal(open_with(tables[i], "a,b\n1,2\n"), ERR_DATA);
		assert_has(e.msg, arena_printf(&w.a, "aggregat/%s:1 : ", tables[i]));
	}
	assert_int_equal(open_with("enseignements/ara/k.jsonl", "{\"id\":\"ens-x\"}\n"), ERR_DATA);
	assert_has(e.msg, "enseignements/ara/k.jsonl:1 : « collectif »");
	assert_int_equal(open_with("enseignements/ara/k.jsonl", "[1]\n"), ERR_DATA);
	assert_int_equal(open_with("enseignements/ara/k.jsonl", "{\"id\"\n"), ERR_DATA);
	assert_has(e.msg, "enseignements/ara/k.jsonl:1 : ");
	assert_int_equal(open_with("enseignements/ara/k.jsonl", ""), ERR_DATA);  /* grappes/ names what is not there */
	assert_has(e.msg, "grappes/ara/k.csv:2 : « ens-ara-k5w2h9tc »");
	assert_int_equal(open_with("sources.lock", "a: 1\n"), ERR_DATA);
	assert_int_equal(open_with("sources.lock", "algorithme: 99\narrete_au: \"2020-01-14\"\n"), ERR_UNSUPPORTED);
	assert_int_equal(open_with("preuves/ara/k.csv", "n'est pas lu"), 0);
	assert_int_equal(open_with("enseignements/ara/k.jsonl",
				   "{\"id\":\"ens-ara-k5w2h9tc\",\"collectif\":\"a\",\"commit\":\"c\",\"grappe\":"
				   "\"ens-ara-k5w2h9tc\",\"appuis\":3,\"themes\":{},\"conditions\":\"x\"}"),
			 0);
	assert_int_equal(open_with("enseignements/ara/k.jsonl", "{\"id\":\"ens-ara-k5w2h9tc\",\"collectif\":\"a\","
								 "\"commit\":\"c\",\"grappe\":\"ens-ara-k5\"}"),
			 ERR_DATA);
	assert_has(e.msg, "« ens-ara-k5 » n'est pas dans aggregat/grappes/");
	struct lessons_files files = world_build(NULL); /* the part that a reference is looked up in */
	for (size_t i = 0; i < files.n; i++)
		if (!strcmp(files.at[i].path, "aggregat/trace/ara/k.csv"))
			files.at[i] = (struct lessons_file){ files.at[i].path, "ens-ara-k5w2h9tc\n", 17 };
	assert_int_equal(lessons_open(&l, &w.a, files.at, files.n, json_parse, &e), 0);
	struct val *none = NULL;
	assert_int_equal(lessons_trace(&none, &w.a, l, "ens-ara-k5w2h9tc", &e), ERR_DATA);
	assert_has(e.msg, "aggregat/trace/ara/k.csv:");
}

/* Odd types in the lines of JSON: an answer with less in it, never a crash. */
static void odd_lines_are_survived(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	struct lessons_files files = world_build(NULL);
	const char *line = "{\"id\":\"ens-ara-1\",\"collectif\":\"a\",\"commit\":\"c\",\"grappe\":\"ens-ara-1\",\"appuis\":[3,{"
			   "\"texte\":1}],\"themes\":{},\"conditions\":\"x\"}\n";
	for (size_t i = 0; i < files.n; i++)
		if (strstr(files.at[i].path, ".jsonl"))
			files.at[i] = (struct lessons_file){ files.at[i].path, line, strlen(line) };
	assert_int_equal(lessons_open(&l, &w.a, files.at, files.n, json_parse, &e), 0);
	const struct val *v = ask((struct lessons_query){ 0 });
	assert_int_equal(count(v, "isoles"), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(the_first_question),
					    TEST(filters),
					    TEST(chains_and_gaps),
					    TEST(coverage),
					    TEST(coverage_since),
					    TEST(where_a_sentence_comes_from),
					    TEST(damaged_files_are_named),
					    TEST(odd_lines_are_survived) };
	return cmocka_run_group_tests_name("ctl/lessons", tests, NULL, NULL);
}
