/* What is found, where, and how it is marked. */
#include "kit.h"

static void finds_words_in_any_form(void **st)
{
	(void)st;
	kit_put("ens-ara-1", "Une garderie pour les habitantes", "enonce: |-\n  La coopération des élus.\n");
	kit_put("ens-ara-2", "L'eau", "enonce: |-\n  Un œuvre d'habitants, COOPERATION comprise.\n");
	kit_put("pra-ara-3", "Un bus", "resume: |-\n  Rien de cela.\n");
	kit_open(false);
	assert_found("garderies", "ens-ara-1");
	assert_found("habitant", "ens-ara-1 ens-ara-2");
	assert_found("HABITANTS", "ens-ara-1 ens-ara-2");
	assert_found("cooperer", "ens-ara-1 ens-ara-2");
	assert_found("Coopération", "ens-ara-1 ens-ara-2");
	assert_found("elu", "ens-ara-1");
	assert_found("élue", "ens-ara-1");
	assert_found("oeuvres", "ens-ara-2");
	assert_found("l’eau", "ens-ara-2");
	assert_found("bus", "pra-ara-3");
	assert_found("nulle", "");
}

static void understands_phrases_prefixes_and_exclusions(void **st)
{
	(void)st;
	kit_put("ens-ara-1", "Le conseil citoyen", "enonce: |-\n  Le territoire.\n");
	kit_put("ens-ara-2", "Conseil aux citoyens", "enonce: |-\n  Une co-formation territoriale.\n");
	kit_put("ens-ara-3", "Formation", "enonce: |-\n  Fin du conseil\ncontexte: |-\n  Citoyen de base.\n");
	kit_open(false);
	assert_found("conseil citoyen", "ens-ara-1 ens-ara-2 ens-ara-3");
	assert_found("\"conseil citoyen\"", "ens-ara-1"); /* never across two fields */
	assert_found("\"conseils citoyens\"", "ens-ara-1");
	assert_found("territ*", "ens-ara-1 ens-ara-2");
	assert_found("TERRITOIR*", "ens-ara-1");
	assert_found("formatio*", "ens-ara-2 ens-ara-3"); /* longer than its stem */
	assert_found("co-formation", "ens-ara-2");
	assert_found("conseil -territ*", "ens-ara-3");
	assert_found("conseil -\"conseil citoyen\"", "ens-ara-2 ens-ara-3");
	assert_found("contexte", "");	   /* a field's name is no text */
	assert_found("territoire citoyen -aux formation", "ens-ara-1 ens-ara-3 some:");
}

static void shows_where_and_marks_what(void **st)
{
	(void)st;
	kit_put("ens-ara-1", "Des élus et une garderie",
		"enonce: |-\n  Rien ici.\nconditions:\n  - id: c1\n    texte: Un local.\n  - id: c2\n    texte: |-\n      Une garderie,\n"
		"      des Élus.\n");
	kit_open(false);
	struct index_hit h = first("garderie elu");
	assert_string_equal(h.title, "Des [élus] et une [garderie]");
	assert_string_equal(h.field, "conditions/c2/texte");
	assert_string_equal(h.passage, "Une [garderie], des [Élus].");
	assert_string_equal(h.source, ".");
	assert_string_equal(h.kind, "enseignement");
	assert_string_equal(h.collective, "ara");
	assert_string_equal(h.path, "enseignements/1_/ens-ara-1.yaml");
	h = first("\"une garderie\"");
	assert_string_equal(h.title, "Des élus et [une garderie]");
	assert_string_equal(first("local*").passage, "Un [local].");
}

static void the_title_weighs_most_then_the_statement(void **st)
{
	(void)st;
	kit_put("ens-ara-1", "Rien", "enonce: |-\n  Un mot sur autre chose.\nlimites: |-\n  La garderie coûte cher à la commune.\n");
	kit_put("ens-ara-2", "Rien", "enonce: |-\n  La garderie coûte cher à la commune.\nlimites: |-\n  Un mot sur autre chose.\n");
	kit_put("ens-ara-3", "La garderie", "enonce: |-\n  Un mot sur autre chose.\nlimites: |-\n  Elle coûte cher à la commune.\n");
	for (int i = 4; i < 20; i++)
		kit_put(arena_printf(&a, "ens-ara-%d", i), "Autre chose", "enonce: |-\n  Tout autre chose que cela.\n");
	kit_open(false);
	assert_string_equal(found("garderie"), "ens-ara-3 ens-ara-2 ens-ara-1");
}

static void only_prose_is_searched(void **st)
{
	(void)st;
	kit_put("mat-ara-1", "Entretien", "verbatim: |-\n  Mot secret.\nparaphrase: |-\n  Mot permis.\ncree_par: act-ara-secret\n");
	kit_put("ens-ara-1", "Suite", "enonce: |-\n  Rien.\ndesaccords:\n  - id: x1\n    texte: Pas permis partout.\n    par: act-ara-secret\n");
	kit_write("prive/identites.yaml", "act-ara-1: secret\n");
	kit_open(false);
	assert_found("secret", "");
	assert_found("permis", "ens-ara-1 mat-ara-1");
}

static void control_characters_do_not_confuse_it(void **st)
{
	(void)st;
	kit_put("ens-ara-1", "Un \\x01mot\\x02 \\x1b[31m", "enonce: \"a\\x1econtexte\\x1fb \\x01 eau \\u009b\"\n");
	kit_open(false);
	struct index_hit h = first("eau");
	assert_string_equal(h.title, "Un  mot   [31m"); /* here [ was written */
	assert_string_equal(h.field, "enonce");
	assert_string_equal(h.passage, "a contexte b [eau]");
	assert_found("contexte", "ens-ara-1");
}

static void narrows_by_kind_and_counts_the_others(void **st)
{
	(void)st;
	static const char *const lessons[] = { "enseignement", NULL };
	struct query q;
	struct index_hits h;
	kit_put("ens-ara-1", "Eau", "enonce: Un.\n");
	kit_put("pra-ara-1", "Eau", "resume: Un.\n");
	kit_put("pra-ara-2", "Eau", "resume: Un.\n");
	kit_put("bou-ara-1", "Eau", "");
	kit_open(false);
	ok(query_parse(&q, &a, "eau", &E));
	struct index_wish w = { .words = &q, .kinds = lessons, .most = 10 };
	ok(index_search(&h, &a, x, &w, &E));
	assert_int_equal(h.n, 1);
	assert_int_equal(h.total, 1);
	assert_int_equal(h.elsewhere.n, 2);
	assert_string_equal(h.elsewhere.at[1].kind, "pratique");
	assert_int_equal(h.elsewhere.at[1].n, 2);
	w.kinds = NULL;
	w.most = 2;
	ok(index_search(&h, &a, x, &w, &E));
	assert_int_equal(h.n, 2);
	assert_int_equal(h.total, 4);
	assert_int_equal(h.elsewhere.n, 0);
}

static const char *by_theme(const char *theme)
{
	struct index_hits h;
	const char *ids = "";
	ok(kit_ask(&h, "eau", theme));
	for (size_t i = 0; i < h.n; i++)
		ids = arena_printf(&a, "%s%s%s", ids, *ids ? " " : "", h.at[i].id);
	return sorted(ids);
}

static void narrows_by_theme_with_what_is_narrower(void **st)
{
	(void)st;
	struct index_hits h;
	kit_put("ens-ara-1", "Eau", "themes: [con-participation]\n");
	kit_put("ens-ara-2", "Eau", "themes: [con-conseil-citoyen]\n");
	kit_put("ens-ara-3", "Eau", "themes: [con-mobilite]\n");
	kit_commit("concepts/pa/con-participation.yaml",
		   "id: con-participation\ntitre: Participation\nlibelles: {fr: \"La Participation\", en: Involvement}\nvisibilite: reseau\n");
	kit_commit("concepts/co/con-conseil-citoyen.yaml", "id: con-conseil-citoyen\ntitre: Conseil citoyen\nsynonymes: {fr: [\"Comité d'usagers\"]}\n"
							   "plus_large: [con-participation]\nvisibilite: public\n");
	kit_open(false);
	assert_string_equal(by_theme("con-participation"), "ens-ara-1 ens-ara-2");
	assert_string_equal(by_theme("PARTICIPATION"), "ens-ara-1 ens-ara-2");
	assert_string_equal(by_theme("la participation"), "ens-ara-1 ens-ara-2");
	assert_string_equal(by_theme("involvement"), "ens-ara-1 ens-ara-2");
	assert_string_equal(by_theme("comite d’usagers"), "ens-ara-2");
	assert_string_equal(by_theme("mobilite"), "ens-ara-3"); /* no concept of it here, yet used */
	refused(ERR_NOTFOUND, kit_ask(&h, "eau", "voirie"));
	assert_non_null(strstr(E.msg, "con-mobilite"));
}

/* Anything typed is an answer or an error in words; never SQL's or FTS5's. */
static void hostile_queries_are_words(void **st)
{
	(void)st;
	unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : 21;
	static const char *const bits[] = { "\"", "'", "(", ")", "*", "-", "^", ":", "+", " OR ", " AND ", " NOT ", "NEAR(", "eau", "bois", ",",
					    "{", "}", "«", "»", "é", "\xFF", "\x1e", "\x1f", "\x01", " ", ";", "--", "/*", "titre", "rowid", "\\", "%" };
	kit_put("ens-ara-1", "Eau", "enonce: De l'eau et du bois.\n");
	kit_open(false);
	print_message("# SEED=%u\n", seed);
	srand(seed);
	int answers = 0;
	for (int round = 0; round < 4000; round++) {
		struct buf b = BUF_INIT;
		struct index_hits h;
		for (int i = rand() % 12; i > 0; i--)
			buf_puts(&b, bits[(size_t)rand() % (sizeof bits / sizeof *bits)]);
		int rc = kit_ask(&h, buf_str(&b), NULL);
		if (rc && rc != ERR_USAGE)
			fail_msg("%s: %s %s", buf_str(&b), err_name(rc), E.msg);
		answers += !rc;
		buf_free(&b);
	}
	assert_in_range(answers, 1000, 4000);
}

static void lessons_for_likeness_are_as_they_were_read(void **st)
{
	(void)st;
	struct index_lessons l;
	kit_put("ens-ara-1", "Une garderie", "enonce: |-\n  Elle ouvre.\nthemes: [con-b, con-a]\ndispositifs: [con-d]\n");
	kit_put("ens-ara-2", "Sans énoncé", "contexte: Ailleurs.\n");
	kit_put("cro-ara-1", "Non",
		"de: {ref: ens-ara-1, empreinte: \"sha256:a\"}\nvers: {ref: ens-bfc-1, empreinte: \"sha256:b\"}\nrelation: distinct\n");
	kit_put("cro-ara-2", "Oui", "de: {ref: ens-ara-2}\nvers: {ref: ens-bfc-1}\nrelation: meme\n");
	kit_commit("aggregat/enseignements/bfc/1.jsonl", "{\"id\": \"ens-bfc-1\", \"collectif\": \"bfc\", \"visibilite\": \"reseau\", "
							  "\"empreinte\": \"sha256:b\", \"titre\": \"Bus\", \"enonce\": \"Il passe.\"}\n");
	kit_open(false);
	ok(index_lessons(&l, &a, x, &E));
	assert_int_equal(l.n, 3);
	assert_string_equal(l.at[0].id, "ens-ara-1");
	assert_string_equal(l.at[0].title, "Une garderie");
	assert_string_equal(l.at[0].statement, "Elle ouvre.");
	assert_string_equal(names_join(&a, &l.at[0].themes), "con-a; con-b");
	assert_string_equal(names_join(&a, &l.at[0].schemes), "con-d");
	assert_int_equal(strlen(l.at[0].fingerprint), strlen("sha256:") + 64);
	assert_string_equal(l.at[1].statement, "");
	assert_string_equal(l.at[2].collective, "bfc");
	assert_string_equal(l.at[2].fingerprint, "sha256:b");
	assert_int_equal(l.links.n, 2);
	assert_string_equal(l.links.at[0].from, "ens-ara-1");
	assert_string_equal(l.links.at[0].to_print, "sha256:b");
	assert_true(l.links.at[0].refused);
	assert_string_equal(l.links.at[1].from_print, "");
	assert_false(l.links.at[1].refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, kit_begin, kit_end)
		T(finds_words_in_any_form),
		T(understands_phrases_prefixes_and_exclusions),
		T(shows_where_and_marks_what),
		T(the_title_weighs_most_then_the_statement),
		T(only_prose_is_searched),
		T(control_characters_do_not_confuse_it),
		T(narrows_by_kind_and_counts_the_others),
		T(narrows_by_theme_with_what_is_narrower),
		T(hostile_queries_are_words),
		T(lessons_for_likeness_are_as_they_were_read),
	};
	return cmocka_run_group_tests_name("index/search", tests, NULL, NULL);
}
