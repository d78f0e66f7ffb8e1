#include "world.h"

static const char *cells(const char *as_of)
{
	struct lessons_files files = world_build(as_of);
	return world_file(&files, "couverture.csv");
}

static void cycle(const char *id, const char *from, const char *to, const char *who)
{
	world_record("nat", id,
		     arena_printf(&w.a,
				  "debut: \"%s\"\nfin: \"%s\"\ngroupes: [{id: g1, concept: con-participation, "
				  "collectifs: [%s]}]\n",
				  from, to, who));
}

static void the_five_states(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	cycle("cyc-nat-2018", "2018-01-01", "2020-12-31", "ara, bfc, bre, hdf");
	world_lesson("ara", "ens-ara-1", "observe_fin: \"2018-04-10\"\na_revoir_le: \"2020-06-30\"\n");
	world_lesson("ara", "ens-ara-2", "observe_fin: \"2019-04-10\"\na_revoir_le: \"2019-12-31\"\n");
	world_lesson("bfc", "ens-bfc-1", "a_revoir_le: \"2019-12-31\"\n");
	world_record("bre", "pra-bre-1", "themes: [con-participation]\n");
	world_source("hdf", "2020-01-14");
	world_source("occ", "2020-01-14");
	const char *csv = cells(NULL);
	assert_has(csv, "\nara,con-participation,Participation,,plein,2,2019-04-10,0,oui\n");
	assert_has(csv, "\nbfc,con-participation,Participation,,ancien,1,2018-03-01,0,oui\n");
	assert_has(csv, "\nbre,con-participation,Participation,,en_cours,0,,1,oui\n");
	assert_has(csv, "\nhdf,con-participation,Participation,,vide,0,,0,oui\n");
	assert_has(csv, "\nocc,con-participation,Participation,,hors_champ,0,,0,non\n");
	assert_lacks(csv, "\nnat,");
	/* the review date itself is still within */
	assert_has(cells("2019-12-31"), "\nbfc,con-participation,Participation,,plein,");
	assert_has(cells("2021-01-01"), "\nara,con-participation,Participation,,ancien,2,");
}

static void what_the_network_may_not_see_is_not_counted(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_record("ara", "pra-ara-1", "visibilite: collectif\nthemes: [con-participation]\n");
	world_record("bfc", "bou-bfc-1", "etat: retire\nthemes: [con-participation]\n");
	world_lesson("bre", "ens-bre-1", "etat: propose\n");
	world_record("hdf", "mat-hdf-1", "etat: brouillon\nthemes: [con-participation]\n");
	const char *csv = cells(NULL);
	assert_has(csv, "\nara,con-participation,Participation,,hors_champ,0,,0,non\n");
	assert_has(csv, "\nbfc,con-participation,Participation,,hors_champ,0,,0,non\n");
	assert_has(csv, "\nbre,con-participation,Participation,,en_cours,0,,1,non\n");
	assert_has(csv, "\nhdf,con-participation,Participation,,en_cours,0,,1,non\n");
}

static void enrolment_is_of_the_cycle_in_force(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_source("ara", "2020-01-14");
	world_source("bfc", "2020-01-14");
	cycle("cyc-nat-2015", "2015-01-01", "2017-12-31", "ara");
	cycle("cyc-nat-2018", "2018-01-01", "2020-12-31", "bfc");
	assert_has(cells("2016-06-01"), "\nara,con-participation,Participation,,vide,");
	assert_has(cells("2016-06-01"), "\nbfc,con-participation,Participation,,hors_champ,");
	assert_has(cells("2019-06-01"), "\nara,con-participation,Participation,,hors_champ,");
	assert_has(cells("2019-06-01"), "\nbfc,con-participation,Participation,,vide,");
	/* after the last one, that one; before the first, nobody */
	assert_has(cells("2022-06-01"), "\nbfc,con-participation,Participation,,vide,");
	assert_has(cells("2014-06-01"), "\nara,con-participation,Participation,,hors_champ,");
	assert_has(cells("2014-06-01"), "\nbfc,con-participation,Participation,,hors_champ,");
}

static void narrower_themes_count_for_the_broader(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_record("nat", "con-autonomie",
		     "registre: theme\nlibelles: {fr: Autonomie}\nplus_large: [con-participation]\n");
	world_record("nat", "con-local", "registre: theme\nlibelles: {fr: Local à soi}\nplus_large: [con-autonomie]\n");
	world_record("nat", "con-rond", "registre: theme\nlibelles: {fr: Rond}\nplus_large: [con-rond]\n");
	world_record("nat", "con-x", "registre: theme\nlibelles: {fr: X}\nplus_large: [con-y]\n");
	world_record("nat", "con-y", "registre: theme\nlibelles: {fr: Y}\nplus_large: [con-x]\n"); /* a circle ends */
	world_record("nat", "con-facilitation", "registre: competence\nlibelles: {fr: Facilitation}\n");
	world_record("nat", "con-vieux", "etat: archive\nregistre: theme\nlibelles: {fr: Vieux}\n");
	world_record("ara", "con-intrus",
		     "registre: theme\nlibelles: {fr: Intrus}\n"); /* vocabulary is the network's */
	world_record("ara", "ens-ara-1", "enonce: A\nthemes: [con-local, con-participation, con-x]\n");
	world_record("bfc", "ens-bfc-1", "enonce: B\nthemes: [con-inconnu]\n");
	const char *csv = cells(NULL);
	assert_has(csv, "\nara,con-participation,Participation,,plein,1,,0,non\nara,con-rond,Rond,,hors_champ,");
	static const char *const no_columns[] = { "con-autonomie", "con-local",	 "con-facilitation",
						  "con-vieux",	   "con-intrus", "con-x" };
	for (size_t i = 0; i < sizeof no_columns / sizeof *no_columns; i++)
		assert_lacks(csv, no_columns[i]);
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "couverture.md"),
		   "| Collectif | Participation | Rond |\n|---|---|---|\n| ara | plein (1, sans date) | hors champ |");
	assert_has(world_file(&files, "couverture.md"), "sans thème du vocabulaire, donc hors du tableau : 1\n");
}

/* Old records keep the old id, reports follow the pointer; a pointer that leads nowhere leaves them without a theme. */
static void a_deprecated_theme_counts_for_what_took_its_place(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_record("nat", "con-concertation",
		     "registre: theme\nlibelles: {fr: Concertation}\ndeprecie_pour: con-implication\n");
	world_record("nat", "con-implication",
		     "etat: archive\nregistre: theme\nlibelles: {fr: Implication}\ndeprecie_pour: con-participation\n");
	world_record("nat", "con-quartier", "registre: theme\nlibelles: {fr: Quartier}\nplus_large: [con-concertation]\n");
	world_record("nat", "con-a", "registre: theme\nlibelles: {fr: A}\ndeprecie_pour: con-b\n");
	world_record("nat", "con-b", "registre: theme\nlibelles: {fr: B}\ndeprecie_pour: con-a\n");
	world_record("nat", "cyc-nat-2018",
		     "debut: \"2018-01-01\"\ngroupes: [{id: g1, concept: con-concertation, collectifs: [hdf]}]\n");
	world_record("ara", "ens-ara-1", "enonce: A\nthemes: [con-concertation, con-participation]\n"); /* once, not twice */
	world_record("bfc", "ens-bfc-1", "enonce: B\nthemes: [con-quartier]\n");
	world_record("bre", "ens-bre-1", "enonce: C\nthemes: [con-a]\n");
	world_source("hdf", "2020-01-14");
	const char *csv = cells(NULL);
	assert_has(csv, "\nara,con-participation,Participation,,plein,1,,0,non\n");
	assert_has(csv, "\nbfc,con-participation,Participation,,plein,1,,0,non\n");
	assert_has(csv, "\nbre,con-participation,Participation,,hors_champ,0,,0,non\n");
	assert_has(csv, "\nhdf,con-participation,Participation,,vide,0,,0,oui\n");
	for (const char *const *no = (const char *const[]){ "con-concertation", "con-implication", "con-quartier", "con-a", NULL };
	     *no; no++)
		assert_lacks(csv, *no);
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "vocabulaire.csv"), "\ncon-concertation,theme,Concertation,,,deprecie,con-implication,1,ara 1\n");
	/* the matrix has one column for what was two */
	assert_has(world_file(&files, "matrice-participation.csv"), "collectif,con-participation\nara,A [ARA");
}

static void samples(void **st)
{
	(void)st;
	world_samples();
	const char *csv = cells(NULL);
	assert_has(csv, "\nara,con-participation,Participation,Participation,plein,1,2018-04-10,2,oui\n");
	assert_has(csv, "\nnaq,con-cooperation,Coopération,Cooperation,vide,0,,0,oui\n");
	assert_has(csv, "\nocc,con-cooperation,Coopération,Cooperation,en_cours,0,,3,oui\n");
	assert_lacks(csv, "con-representation");
	assert_has(cells("2020-07-01"), "\nara,con-participation,Participation,Participation,ancien,1,2018-04-10,2,oui\n");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(the_five_states), TEST(what_the_network_may_not_see_is_not_counted),
					    TEST(enrolment_is_of_the_cycle_in_force),
					    TEST(narrower_themes_count_for_the_broader),
					    TEST(a_deprecated_theme_counts_for_what_took_its_place), TEST(samples) };
	return cmocka_run_group_tests_name("lessons/coverage", tests, NULL, NULL);
}
