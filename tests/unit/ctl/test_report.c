/* Tables of aggregat/ joined and narrowed, and the filters of lessons: one small world each. */
#include "../lessons/world.h"

#include "ctl/json.h"
#include "lessons/report.h"

static struct lessons *l;
static struct err e;

static void opened(const char *as_of)
{
	struct lessons_files files = world_build(as_of);
	if (lessons_open(&l, &w.a, files.at, files.n, json_parse, &e))
		fail_msg("%s", e.msg);
}

/* "ens-ara-1 ens-bfc-1": the ids (or another column) of the rows. */
static const char *rows(struct report_query q, const char *column)
{
	struct val *v;
	const char *text = "";
	if (lessons_report(&v, &w.a, l, &q, &e))
		fail_msg("%s", e.msg);
	const struct val *list = val_get(v, "lignes");
	for (size_t i = 0; i < list->list.n; i++) {
		const char *cell = val_text(list->list.at[i], column);
		text = arena_printf(&w.a, "%s%s%s", text, i ? " " : "", cell ? cell : "-");
	}
	return text;
}

static const char *lessons(struct lessons_query q)
{
	struct val *v;
	const char *text = "";
	if (lessons_answer(&v, &w.a, l, &q, &e))
		fail_msg("%s", e.msg);
	static const char *const keys[] = { "groupes", "isoles" };
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < val_get(v, keys[k])->list.n; i++) {
			const struct val *list = val_get(val_get(v, keys[k])->list.at[i], "enseignements");
			for (size_t j = 0; j < list->list.n; j++)
				text = arena_printf(&w.a, "%s%s%s", text, *text ? " " : "", val_text(list->list.at[j], "id"));
		}
	return text;
}

static void three(void)
{
	world_theme("con-participation", "Participation");
	world_theme("con-formation", "Formation");
	world_lesson("ara", "ens-ara-11111111", "sens: echec\nlimites: Rien.\npublics: [elus]\nobserve_fin: \"2018-06-01\"\n");
	world_lesson("bfc", "ens-bfc-22222222", "sens: mixte\npublics: [dg, elus]\nobserve_fin: \"2019-06-01\"\n");
	world_record("bre", "ens-bre-33333333", "titre: T\nenonce: É.\nthemes: [con-formation]\nsens: reussite\nlimites: Non.\n"
						"observe_fin: \"2020-01-01\"\n");
}

static void parts_become_one_table_again(void **st)
{
	(void)st;
	three();
	opened(NULL);
	struct report_query q = { .name = "enseignements" };
	assert_string_equal(rows(q, "id"), "ens-ara-11111111 ens-bfc-22222222 ens-bre-33333333");
	q.collective = "bfc";
	assert_string_equal(rows(q, "id"), "ens-bfc-22222222");
	q = (struct report_query){ .name = "maturite", .theme = "formation" };
	assert_string_equal(rows(q, "id"), "ens-bre-33333333"); /* it has no column for the theme: its lesson has */
	q = (struct report_query){ .name = "enseignements", .since = "2019", .until = "2019-12" };
	assert_string_equal(rows(q, "id"), "ens-bfc-22222222");
	q = (struct report_query){ .name = "enseignements", .until = "2019" };
	assert_string_equal(rows(q, "id"), "ens-ara-11111111 ens-bfc-22222222");
}

/* As of a day when the lessons of a collective were one table. */
static void an_earlier_layout_is_read(void **st)
{
	(void)st;
	three();
	struct lessons_files files = world_build(NULL);
	for (size_t i = 0; i < files.n; i++)
		if (!strcmp(files.at[i].path, "aggregat/enseignements/bfc/2.csv"))
			files.at[i].path = "aggregat/enseignements/bfc.csv";
	if (lessons_open(&l, &w.a, files.at, files.n, json_parse, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(rows((struct report_query){ .name = "enseignements", .collective = "bfc" }, "id"), "ens-bfc-22222222");
	struct val *v;
	if (lessons_trace(&v, &w.a, l, "ens-bfc-22222222 enonce", &e))
		fail_msg("%s", e.msg);
	const struct val *places = val_get(v->list.at[0], "sorties");
	bool named = false;
	for (size_t i = 0; i < places->list.n; i++)
		named |= val_is_str(places->list.at[i], "enseignements/bfc.csv:2");
	assert_true(named);
}

static void filters_are_by_column(void **st)
{
	(void)st;
	three();
	opened(NULL);
	static const struct {
		const char *filter, *want;
	} cases[] = { { "sens=echec", "ens-ara-11111111" },
		      { "sens!=echec", "ens-bfc-22222222 ens-bre-33333333" },
		      { "publics=dg", "ens-bfc-22222222" },
		      { "publics=", "ens-bre-33333333" },
		      { "limites!=", "ens-ara-11111111 ens-bre-33333333" },
		      { "enonce~ENONCE DE ENS-ARA", "ens-ara-11111111" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const filters[] = { cases[i].filter, NULL };
		assert_string_equal(rows((struct report_query){ .name = "enseignements", .filters = filters }, "id"), cases[i].want);
	}
}

static void what_is_asked_wrongly_is_said(void **st)
{
	(void)st;
	three();
	opened(NULL);
	struct val *v = NULL;
	static const char *const none[] = { "couleur=bleu", NULL }, *const not[] = { "bleu", NULL };
	struct report_query q = { .name = "enseignement" };
	assert_int_equal(lessons_report(&v, &w.a, l, &q, &e), ERR_NOTFOUND);
	q = (struct report_query){ .name = "sante", .filters = none };
	assert_int_equal(lessons_report(&v, &w.a, l, &q, &e), ERR_NOTFOUND);
	q.filters = not;
	assert_int_equal(lessons_report(&v, &w.a, l, &q, &e), ERR_USAGE);
	q = (struct report_query){ .name = "saturation", .since = "2018" };
	assert_int_equal(lessons_report(&v, &w.a, l, &q, &e), ERR_USAGE);
	q = (struct report_query){ .name = "sante", .since = "hier" };
	assert_int_equal(lessons_report(&v, &w.a, l, &q, &e), ERR_USAGE);
	q = (struct report_query){ .name = "matrice" };
	assert_int_equal(lessons_report(&v, &w.a, l, &q, &e), ERR_USAGE);
	q = (struct report_query){ .name = "maturite", .theme = "jardinage" };
	assert_int_equal(lessons_report(&v, &w.a, l, &q, &e), ERR_NOTFOUND);
	assert_null(v);
}

/* Every name of the list answers, and every column that is shown to people is one of the table's. */
static void every_report_is_there(void **st)
{
	(void)st;
	three();
	opened(NULL);
	const struct val *names = lessons_reports(&w.a);
	for (size_t i = 0; i < names->list.n; i++) {
		struct report_query q = { .name = val_text(names->list.at[i], "rapport") };
		struct val *v;
		if (!strcmp(q.name, "matrice"))
			q.theme = "participation";
		if (!strcmp(q.name, "changements")) /* written by a run, not by lessons_build */
			continue;
		if (lessons_report(&v, &w.a, l, &q, &e))
			fail_msg("%s: %s", q.name, e.msg);
		const struct val *shown = val_get(v, "montrees"), *all = val_get(v, "colonnes");
		assert_true(shown || val_text(v, "texte"));
		for (size_t k = 0; shown && all->list.n > 1 && k < shown->list.n; k++) {
			size_t j = 0;
			while (j < all->list.n && strcmp(all->list.at[j]->str.at, shown->list.at[k]->str.at) != 0)
				j++;
			if (j == all->list.n)
				fail_msg("%s has no column %s", q.name, shown->list.at[k]->str.at);
		}
	}
}

static void lessons_by_what_they_are(void **st)
{
	(void)st;
	three();
	world_record("ara", "mat-ara-44444444", "nature: entretien\nparaphrase: P.\nconsentement: {statut: obtenu, citation: paraphrase, portee: reseau}\n");
	world_record("bfc", "app-bfc-55555555",
		     "enseignements: [{ref: ens-ara-11111111, empreinte: \"sha256:ens-ara-11111111\"}]\nusage: formation\nissue: adopte\n"
		     "date: \"2019-05-01\"\nrecit: Nous l'avons fait.\n");
	world_record("bre", "app-bre-66666666",
		     "enseignements: [{ref: ens-bre-33333333, empreinte: \"sha256:ens-bre-33333333\"}]\nusage: projet\nissue: adopte\n"
		     "date: \"2019-05-01\"\nrecit: Chez nous.\n");
	opened(NULL);
	assert_string_equal(lessons((struct lessons_query){ .direction = "echec" }), "ens-ara-11111111");
	assert_string_equal(lessons((struct lessons_query){ .direction = "echec,mixte" }), "ens-ara-11111111 ens-bfc-22222222");
	assert_string_equal(lessons((struct lessons_query){ .direction = "ech" }), "");
	assert_string_equal(lessons((struct lessons_query){ .publics = "dg" }), "ens-bfc-22222222");
	assert_string_equal(lessons((struct lessons_query){ .without_limits = true }), "ens-bfc-22222222");
	assert_string_equal(lessons((struct lessons_query){ .tested = true }), "ens-ara-11111111"); /* not by its own collective */
	assert_string_equal(lessons((struct lessons_query){ .tested = true, .direction = "mixte" }), "");
	struct val *v;
	struct lessons_query q = { .tested = true };
	assert_int_equal(lessons_answer(&v, &w.a, l, &q, &e), 0);
	const struct val *lesson = val_get(val_get(v, "isoles")->list.at[0], "enseignements")->list.at[0];
	assert_string_equal(val_text(val_get(lesson, "resultats")->list.at[0], "texte"), "Nous l'avons fait.");
}

static void a_case_is_a_piece_of_evidence_that_stands(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_record("ara", "pra-ara-11111111", "titre: Une\n");
	world_record("ara", "pra-ara-22222222", "titre: Deux\n");
	world_record("ara", "pra-ara-33333333", "titre: Retirée\netat: retire\n");
	world_lesson("ara", "ens-ara-deux", "appuis: [{id: pra-ara-11111111, role_appui: fonde}, {id: pra-ara-22222222, role_appui: fonde}]\n");
	world_lesson("ara", "ens-ara-une", "appuis: [{id: pra-ara-11111111, role_appui: fonde}, {id: pra-ara-33333333, role_appui: fonde}]\n");
	opened(NULL);
	assert_string_equal(lessons((struct lessons_query){ .single_case = true }), "ens-ara-une");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(parts_become_one_table_again, world_begin, world_end),
		cmocka_unit_test_setup_teardown(an_earlier_layout_is_read, world_begin, world_end),
		cmocka_unit_test_setup_teardown(filters_are_by_column, world_begin, world_end),
		cmocka_unit_test_setup_teardown(what_is_asked_wrongly_is_said, world_begin, world_end),
		cmocka_unit_test_setup_teardown(every_report_is_there, world_begin, world_end),
		cmocka_unit_test_setup_teardown(lessons_by_what_they_are, world_begin, world_end),
		cmocka_unit_test_setup_teardown(a_case_is_a_piece_of_evidence_that_stands, world_begin, world_end),
	};
	return cmocka_run_group_tests_name("ctl/report", tests, NULL, NULL);
}
