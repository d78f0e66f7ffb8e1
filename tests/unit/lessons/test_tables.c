/* The definitions of DOMAIN 3.5, 4.2, 4.3 and 4.5, one small world each. */
#include "world.h"

#include "lessons/csv.h"
#include "lessons/dates.h"

/* The cell of `column` in the row whose `key` is `is`; NULL: no such row. */
static const char *cell(const struct lessons_files *files, const char *name, const char *key, const char *is, const char *column)
{
	struct csv_table t;
	struct err e = { 0 };
	const char *text = world_file(files, name);
	if (csv_read(&t, &w.a, name, text, strlen(text), &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < t.n; i++)
		if (!strcmp(csv_get(&t, i, key), is))
			return csv_get(&t, i, column);
	return NULL;
}
#define assert_cell(files, name, key, is, column, want)                                              \
	do {                                                                                         \
		const char *got_ = cell(files, name, key, is, column);                               \
		if (!got_ || strcmp(got_, want))                                                     \
			fail_msg("%s of %s is « %s », wanted « %s »", column, is, got_ ? got_ : "(no row)", want); \
	} while (0)

/* lesson: "ens-ara-..." */
#define assert_maturity(files, lesson, column, want) \
	assert_cell(files, arena_printf(&w.a, "maturite/%.3s/%c.csv", (lesson) + 4, (lesson)[8]), "id", lesson, column, want)

static void use(const char *code, const char *id, const char *lesson, const char *issue, const char *more)
{
	world_record(code, id,
		     arena_printf(&w.a,
				  "enseignements: [{ref: %s, empreinte: \"sha256:%s\"}]\nusage: formation\nissue: %s\n"
				  "date: \"2019-05-01\"\nrecit: Récit de %s.\n%s",
				  lesson, lesson, issue, id, more));
}

static void dates_are_days_of_the_calendar(void **st)
{
	(void)st;
	size_t days = 0;
	static const char *const no[] = { "2019-02-29", "2019-13-01", "2019-00-10", "2019-1-01", "", "2019-01-011", "abcd-01-01" };
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(dates_is(no[i]));
	assert_false(dates_is(NULL));
	assert_true(dates_is("2020-02-29") && dates_is("2000-02-29") && !dates_is("1900-02-29"));
	assert_true(dates_between(&days, "2019-12-31", "2020-03-01"));
	assert_int_equal(days, 61);
	assert_true(dates_between(&days, "2000-01-01", "2026-11-23"));
	assert_int_equal(days, 9823); /* date -d: (1795392000 - 946684800) / 86400 */
	assert_true(dates_between(&days, "2020-03-01", "2019-12-31"));
	assert_int_equal(days, 0);
	assert_true(dates_between(&days, "0001-01-01", "9999-12-31"));
	assert_int_equal(days, 3652058);
}

static void maturity_follows_links_and_uses(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-eprouve", "maturite: identifie\n");
	world_lesson("ara", "ens-ara-seul", "maturite: identifie\n");
	world_lesson("ara", "ens-ara-ancien", "maturite: identifie\n")->fingerprint = "sha256:neuf";
	world_lesson("ara", "ens-ara-pris", "maturite: eprouve_ailleurs\n");
	world_lesson("ara", "ens-ara-raconte", "maturite: identifie\n");
	world_lesson("ara", "ens-ara-ecarte", "maturite: approprie\n");
	world_lesson("ara", "ens-ara-contre", "maturite: remis_en_cause\n");
	world_lesson("ara", "ens-ara-loin", "maturite: approprie\n");
	world_lesson("bfc", "ens-bfc-1", "");
	world_link("bfc", "cro-bfc-1", "ens-bfc-1", "transpose", "ens-ara-eprouve");
	world_link("ara", "cro-ara-2", "ens-ara-eprouve", "transpose", "ens-ara-seul"); /* the same collective */
	world_link("bfc", "cro-bfc-3", "ens-bfc-1", "transpose", "ens-ara-ancien");	 /* another text now */
	world_link("bfc", "cro-bfc-4", "ens-bfc-1", "contredit", "ens-ara-contre");
	world_link("bfc", "cro-bfc-5", "ens-bfc-1", "transpose", "ens-ara-loin");
	use("occ", "app-occ-1", "ens-ara-pris", "adapte", "effet_observe: Vu.\n");
	use("occ", "app-occ-2", "ens-ara-raconte", "adopte", "");
	use("occ", "app-occ-3", "ens-ara-ecarte", "ecarte", "");
	struct lessons_files files = world_build(NULL);
	static const char *const proposed[][2] = { { "ens-ara-eprouve", "eprouve_ailleurs" }, { "ens-ara-seul", "" },
						   { "ens-ara-ancien", "" },		      { "ens-ara-pris", "approprie" },
						   { "ens-ara-raconte", "" },		      { "ens-ara-ecarte", "remis_en_cause" },
						   { "ens-ara-contre", "" },		      { "ens-ara-loin", "" } };
	for (size_t i = 0; i < sizeof proposed / sizeof *proposed; i++)
		assert_maturity(&files, proposed[i][0], "maturite_proposee", proposed[i][1]);
	assert_maturity(&files, "ens-ara-eprouve", "eprouve_par", "bfc");
	assert_maturity(&files, "ens-ara-contre", "contredit_par", "bfc");
	assert_maturity(&files, "ens-bfc-1", "maturite_proposee", "remis_en_cause"); /* both sides */
	assert_maturity(&files, "ens-ara-pris", "raisons", "app-occ-1");
}

static void a_use_names_a_lesson_only_while_it_may_be_quoted(void **st)
{
	(void)st;
	world_record("occ", "act-occ-1", "types: [epci]\n");
	world_lesson("ara", "ens-ara-1", "publics: [elus]\n")->open_difference = true;
	world_lesson("ara", "ens-ara-2", "etat: valide\n");
	world_lesson("ara", "ens-ara-3", "etat: retire\n");
	use("occ", "app-occ-1", "ens-ara-1", "adopte", "par: act-occ-1\n");
	use("occ", "app-occ-2", "ens-ara-2", "adopte", "");
	use("occ", "app-occ-3", "ens-ara-3", "adopte", "");
	use("occ", "app-occ-4", "ens-ara-1", "adopte", "visibilite: collectif\n");
	struct lessons_files files = world_build(NULL);
	static const char t[] = "appropriations/occ.csv";
	assert_cell(&files, t, "id", "app-occ-1", "enseignement", "ens-ara-1");
	assert_cell(&files, t, "id", "app-occ-1", "acteurs", "epci");
	assert_cell(&files, t, "id", "app-occ-1", "publics", "elus");
	assert_cell(&files, t, "id", "app-occ-1", "en_discussion", "oui");
	assert_cell(&files, t, "id", "app-occ-2", "enseignement", "");
	assert_cell(&files, t, "id", "app-occ-2", "version_lue", "plus_partage");
	assert_cell(&files, t, "id", "app-occ-3", "version_lue", "retire");
	assert_null(cell(&files, t, "id", "app-occ-4", "id"));
	assert_has(world_file(&files, "trace/occ/1.csv"), "[OCC app-occ-1 @01234567 recit]");
	assert_cell(&files, "indicateurs.csv", "detail", "epci/adopte", "valeur", "1");
	assert_cell(&files, "indicateurs.csv", "detail", "inconnu/adopte", "valeur", "2");
}

static void a_withdrawal_recalls_all_that_quotes_it(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-tient", "");
	world_lesson("ara", "ens-ara-amende", "")->fingerprint = "sha256:neuf";
	world_lesson("ara", "ens-ara-retire", "etat: retire\n");
	world_lesson("ara", "ens-ara-renvoye", "etat: propose\n");
	world_lesson("ara", "ens-ara-appui", "appuis: [{id: mat-ara-1}, {id: mat-ara-2}]\n");
	world_record("ara", "mat-ara-1", "visibilite: collectif\nnature: temoignage\nconsentement: {statut: retire}\n");
	world_record("ara", "mat-ara-2", "nature: document\n");
	static const char pins[] = "[{ref: ens-ara-tient, empreinte: \"sha256:ens-ara-tient\"}, {ref: ens-ara-amende, empreinte: "
				   "\"sha256:ens-ara-amende\"}, {ref: ens-ara-retire}, {ref: ens-ara-renvoye}, {ref: "
				   "ens-ara-parti}, {ref: ens-ara-appui, empreinte: \"sha256:ens-ara-appui\"}]";
	world_record("nat", "pro-nat-1", arena_printf(&w.a, "sources: %s\n", pins));
	world_record("nat", "pro-nat-2", arena_printf(&w.a, "etat: remplace\nsources: %s\n", pins));
	world_record("nat", "syn-nat-1", arena_printf(&w.a, "etat: brouillon\nenonces: [{id: n1, contre: %s}]\n", pins));
	struct lessons_files files = world_build(NULL);
	const char *t = world_file(&files, "rappels.csv");
	assert_has(t, "nat,production,pro-nat-1,partage,sources,ara,ens-ara-amende,amende,,,sha256:ens-ara-amende,sha256:neuf\n");
	assert_has(t, "nat,production,pro-nat-1,partage,sources,ara,ens-ara-retire,retire,,");
	assert_has(t, "nat,production,pro-nat-1,partage,sources,ara,ens-ara-renvoye,plus_partage,,");
	assert_has(t, "nat,production,pro-nat-1,partage,sources,,ens-ara-parti,inconnu,,");
	assert_has(t, "nat,production,pro-nat-1,partage,sources,ara,ens-ara-appui,appui_retire,temoignage,");
	assert_has(t, "nat,synthese,syn-nat-1,brouillon,enonces/n1/contre,ara,ens-ara-retire,retire,");
	assert_has(t, "ara,enseignement,ens-ara-appui,partage,appuis,ara,ens-ara-appui,appui_retire,temoignage,");
	assert_lacks(t, "ens-ara-tient");
	assert_lacks(t, "pro-nat-2");
	assert_lacks(t, "mat-ara");
	assert_cell(&files, "catalogue.csv", "id", "pro-nat-1", "sources_a_revoir", "4");
	assert_cell(&files, "catalogue.csv", "id", "pro-nat-1", "sources", "ens-ara-amende; ens-ara-appui; ens-ara-tient");
}

static void what_waits_is_listed_with_its_date(void **st)
{
	(void)st;
#define REVIEW(of, print, what, who) \
	"cible: " of "\ncible_empreinte: \"" print "\"\nnature: " what "\nportee: " who "\ndate: \"2019-03-01\"\n"
	world_lesson("ara", "ens-ara-1", "a_revoir_le: \"2019-06-01\"\n")->tip_fingerprint = "sha256:autre";
	world_record("ara", "avi-ara-1", REVIEW("ens-ara-1", "sha256:ens-ara-1", "validation", "collectif"));
	world_record("ara", "avi-ara-2", REVIEW("ens-ara-1", "sha256:ens-ara-1", "restitution_miroir", "territoire"));
	world_record("bfc", "avi-bfc-1", REVIEW("ens-ara-1", "sha256:autre", "validation", "collectif")); /* not theirs to say */
	world_record("bfc", "avi-bfc-2", REVIEW("ens-ara-1", "sha256:ens-ara-1", "objection", "collectif"));
	world_lesson("ara", "ens-ara-2", "etat: propose\ncree_le: \"2019-02-01\"\n")->valid = NULL;
	world_lesson("ara", "ens-ara-3", "cree_le: \"2019-02-02\"\n")->valid = NULL;
	struct source_record *r = world_record("ara", "pra-ara-1", "");
	r->open_hard = 2;
	r->open_soft = 1;
	r->open_since = "2019-04-01";
	world_record("ara", "ren-ara-1", "suites: [{id: s1, echeance: \"2019-05-01\", fait: non}, {id: s2, fait: oui}]\n");
	world_lesson("bfc", "ens-bfc-1", "")->fingerprint = "sha256:neuf";
	world_link("ara", "cro-ara-1", "ens-ara-1", "converge", "ens-bfc-1");
	struct lessons_files files = world_build(NULL);
	assert_string_equal(world_file(&files, "a-faire/ara.csv"),
			    "collectif,type,genre,id,nombre,depuis,detail\n"
			    "ara,difference_a_relire,pratique,pra-ara-1,1,2019-04-01,\n"
			    "ara,difference_dure,pratique,pra-ara-1,2,2019-04-01,\n"
			    "ara,lien_a_revoir,croisement,cro-ara-1,1,2019-09-10,\n"
			    "ara,objection_ouverte,enseignement,ens-ara-1,1,2019-03-01,avi-bfc-2\n"
			    "ara,proposition,enseignement,ens-ara-2,1,2019-02-01,\n"
			    "ara,revue_depassee,enseignement,ens-ara-1,1,2019-06-01,\n"
			    "ara,suite_a_donner,rencontre,ren-ara-1,1,2019-05-01,suites/s1\n"
			    "ara,validation_absente,enseignement,ens-ara-3,1,2019-02-02,\n"
			    "ara,validation_perimee,enseignement,ens-ara-1,1,2019-03-01,\n");
	assert_cell(&files, "sante.csv", "collectif", "ara", "differences_dures", "2");
	assert_cell(&files, "sante.csv", "collectif", "ara", "differences_a_relire", "1");
	assert_cell(&files, "indicateurs.csv", "indicateur", "differences_dures", "valeur", "2");
	assert_cell(&files, "indicateurs.csv", "indicateur", "differences_dures_age", "valeur", "288");
}

/* A validation that the collective keeps to itself still validates; nothing of it is told. */
static void a_review_is_worth_what_its_author_may_say(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	world_record("bfc", "avi-bfc-1", REVIEW("ens-ara-1", "sha256:ens-ara-1", "validation", "collectif"));
	world_record("ara", "avi-ara-1", REVIEW("ens-ara-1", "sha256:ens-ara-1", "validation", "national"));
	struct lessons_files files = world_build(NULL);
	assert_maturity(&files, "ens-ara-1", "admis_le", "");
	assert_cell(&files, "indicateurs.csv", "indicateur", "delai_de_validation", "denominateur", "0");
	world_record("nat", "avi-nat-1", REVIEW("ens-ara-1", "sha256:ens-ara-1", "validation", "national"));
	files = world_build(NULL);
	assert_maturity(&files, "ens-ara-1", "admis_le", "2019-03-01");
}

static void a_review_kept_inside_decides_and_is_not_told(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "cree_le: \"2019-01-01\"\n")->tip_fingerprint = "sha256:neuf";
	world_record("ara", "avi-ara-1", REVIEW("ens-ara-1", "sha256:ens-ara-1", "validation", "collectif"));
	world_record("ara", "avi-ara-2", "visibilite: collectif\n" REVIEW("ens-ara-1", "sha256:neuf", "validation", "collectif"));
	struct lessons_files files = world_build(NULL);
	assert_lacks(world_file(&files, "a-faire/ara.csv"), "validation_perimee");
	for (size_t i = 0; i < files.n; i++)
		assert_lacks(files.at[i].bytes, "avi-ara-2");
}

static void saturation_counts_groups_in_the_order_of_observation(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	for (int i = 0; i < 6; i++)
		world_record("ara", arena_printf(&w.a, "ens-ara-%d", i),
			     arena_printf(&w.a, "enonce: E%d\nthemes: [con-participation]\nobserve_debut: \"201%d-01-01\"\n", i, i));
	struct lessons_files files = world_build(NULL);
	assert_cell(&files, "saturation.csv", "theme", "con-participation", "etat", "trop_peu");
	assert_cell(&files, "saturation.csv", "theme", "con-participation", "ratio", "");
	world_record("bfc", "ens-bfc-0", "enonce: B\nthemes: [con-participation]\nobserve_debut: \"2019-01-01\"\n");
	world_link("bfc", "cro-bfc-1", "ens-bfc-0", "meme", "ens-ara-0");
	files = world_build(NULL); /* base: 4 groups; last three: ara-4, ara-5 new, bfc-0 of ara-0's group */
	assert_cell(&files, "saturation.csv", "theme", "con-participation", "ratio", "0.500");
	assert_cell(&files, "saturation.csv", "theme", "con-participation", "grappes_nouvelles", "2");
	assert_cell(&files, "saturation.csv", "theme", "con-participation", "etat", "encore_du_nouveau");
	world_link("bfc", "cro-bfc-2", "ens-ara-4", "meme", "ens-ara-0");
	world_link("bfc", "cro-bfc-3", "ens-ara-5", "meme", "ens-ara-1");
	files = world_build(NULL);
	assert_cell(&files, "saturation.csv", "theme", "con-participation", "etat", "sature");
}

static void trends_count_a_practice_in_each_year(void **st)
{
	(void)st;
	world_record("ara", "pra-ara-1", "type_initiative: tiers_lieu\nobserve_debut: \"2017-05-01\"\nobserve_fin: \"2018-02-01\"\n"
					 "dispositifs: [con-ptce, con-pcaet]\n");
	world_record("bfc", "pra-bfc-1", "type_initiative: tiers_lieu\nobserve_debut: \"2018-05-01\"\ndispositifs: [con-ptce]\n");
	world_record("bfc", "pra-bfc-2", "type_initiative: ptce\nobserve_debut: \"0001-01-01\"\nobserve_fin: \"9999-12-31\"\n");
	world_record("bfc", "pra-bfc-3", "type_initiative: ptce\nobserve_debut: hier\n");
	world_record("bfc", "pra-bfc-4", "etat: valide\ntype_initiative: filiere\nobserve_debut: \"2018-05-01\"\n");
	struct lessons_files files = world_build(NULL);
	const char *t = world_file(&files, "tendances.csv");
	assert_has(t, "\n2017,tiers_lieu,con-pcaet,1,1,ara\n");
	assert_has(t, "\n2018,tiers_lieu,con-pcaet,1,0,ara\n");
	assert_has(t, "\n2018,tiers_lieu,con-ptce,2,1,ara; bfc\n");
	assert_has(t, "\n0001,ptce,,1,1,bfc\n");
	assert_lacks(t, "\n0101,");
	assert_lacks(t, "filiere");
}

static void the_vocabulary_shows_words_that_nobody_defined(void **st)
{
	(void)st;
	world_theme("con-a", "A");
	world_record("nat", "con-b", "registre: theme\nlibelles: {fr: B}\ndeprecie_pour: con-a\n");
	world_record("nat", "con-c", "registre: theme\nlibelles: {fr: C}\netat: retire\n");
	world_record("nat", "con-d", "registre: methode\nlibelles: {fr: D}\n");
	world_record("ara", "pra-ara-1", "themes: [con-a, con-b, con-inconnu]\n");
	world_record("ara", "mat-ara-1", "themes: [con-a]\nmethode: con-c\n");
	world_record("bfc", "bou-bfc-1", "themes: [con-a]\nmethodes: [con-c]\n");
	world_record("bfc", "bou-bfc-2", "etat: retire\nthemes: [con-a]\n");
	struct lessons_files files = world_build(NULL);
	assert_cell(&files, "vocabulaire.csv", "concept", "con-a", "usages", "3");
	assert_cell(&files, "vocabulaire.csv", "concept", "con-a", "par_collectif", "ara 2; bfc 1");
	assert_cell(&files, "vocabulaire.csv", "concept", "con-a", "etat", "en_usage");
	assert_cell(&files, "vocabulaire.csv", "concept", "con-b", "etat", "deprecie");
	assert_cell(&files, "vocabulaire.csv", "concept", "con-b", "remplace_par", "con-a");
	assert_cell(&files, "vocabulaire.csv", "concept", "con-c", "etat", "ecarte");
	assert_cell(&files, "vocabulaire.csv", "concept", "con-d", "etat", "inutilise");
	assert_cell(&files, "vocabulaire.csv", "concept", "con-inconnu", "etat", "inconnu");
}

static void indicators_are_shares_and_medians(void **st)
{
	(void)st;
	static const char *const sense[] = { "reussite", "echec", "surprise" };
	static const char *const created[] = { "2019-02-01", "2019-02-27", "2019-01-30" }; /* 28, 2, 30 days */
	for (int i = 0; i < 3; i++) {
		const char *id = arena_printf(&w.a, "ens-ara-%d", i);
		world_lesson("ara", id, arena_printf(&w.a, "sens: %s\n%scree_le: \"%s\"\n", sense[i], i ? "limites: L\n" : "", created[i]));
		world_record("ara", arena_printf(&w.a, "avi-ara-%d", i),
			     arena_printf(&w.a, REVIEW("%s", "sha256:%s", "validation", "collectif"), id, id));
	}
	world_lesson("bfc", "ens-bfc-1", "appuis: [{id: pra-bfc-1}, {id: mat-bfc-1}]\n");
	world_record("bfc", "pra-bfc-1", "titre: P\n");
	world_record("bfc", "mat-bfc-1", "nature: litterature\n");
	use("occ", "app-occ-1", "ens-bfc-1", "en_cours", "");
	world_record("bfc", "avi-bfc-1", REVIEW("ens-ara-0", "sha256:ens-ara-0", "objection", "collectif"));
	world_record("bfc", "avi-bfc-2", "cible: avi-bfc-1\nnature: levee\ndate: \"2019-05-01\"\n");
	world_record("bfc", "avi-bfc-3", REVIEW("ens-ara-1", "sha256:ens-ara-1", "objection", "collectif"));
	struct lessons_files files = world_build(NULL);
	static const char *const wanted[][2] = { { "limites_declarees", "0.500" },   { "echecs_et_surprises", "0.500" },
						 { "triangle_complet", "0.250" },    { "preuves_variees", "0.250" },
						 { "delai_de_validation", "28" },    { "objections_levees", "0.500" },
						 { "enseignements_partages", "4" }, { "differences_dures_age", "" } };
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		assert_cell(&files, "indicateurs.csv", "indicateur", wanted[i][0], "valeur", wanted[i][1]);
	assert_cell(&files, "indicateurs.csv", "portee", "bfc", "valeur", "1");
}

static void a_refusal_silences_a_suggestion_until_a_text_changes(void **st)
{
	(void)st;
#define ALIKE "titre: Le tirage au sort des habitants\nenonce: Le tirage au sort des habitants renouvelle le conseil.\nthemes: [con-a]\n"
	world_theme("con-a", "A");
	world_record("ara", "ens-ara-1", ALIKE);
	world_record("bfc", "ens-bfc-1", ALIKE);
	world_record("bfc", "ens-bfc-2", ALIKE); /* suggested with ara's, never with bfc's own */
	struct lessons_files files = world_build(NULL);
	assert_cell(&files, "suggestions.csv", "enseignement_b", "ens-bfc-1", "score", "0.900");
	assert_has(world_file(&files, "suggestions.csv"), "tirage");
	assert_lacks(world_file(&files, "suggestions.csv"), "bfc,ens-bfc-1,[BFC ens-bfc-1 @02468ace enonce],bfc");
	world_link("ara", "cro-ara-1", "ens-ara-1", "distinct", "ens-bfc-1");
	world_link("ara", "cro-ara-2", "ens-bfc-2", "converge", "ens-ara-1");
	files = world_build(NULL);
	assert_null(cell(&files, "suggestions.csv", "enseignement_b", "ens-bfc-1", "score"));
	assert_null(cell(&files, "suggestions.csv", "enseignement_b", "ens-bfc-2", "score"));
	for (size_t i = 0; i < w.n; i++)
		for (size_t j = 0; j < w.source[i].n; j++)
			if (!strcmp(w.source[i].at[j].id, "ens-bfc-1"))
				((struct source_record *)(uintptr_t)&w.source[i].at[j])->fingerprint = "sha256:neuf";
	files = world_build(NULL);
	assert_non_null(cell(&files, "suggestions.csv", "enseignement_b", "ens-bfc-1", "score"));
}

static void a_matrix_has_a_column_for_each_narrower_concept(void **st)
{
	(void)st;
	world_theme("con-a", "A");
	world_record("nat", "con-b", "registre: theme\nlibelles: {fr: B}\nplus_large: [con-a]\n");
	world_record("nat", "con-c", "registre: competence\nlibelles: {fr: C}\nplus_large: [con-a]\n");
	world_record("ara", "ens-ara-1", "enonce: Un.\nthemes: [con-b]\ncompetences: [con-c]\n")->open_difference = true;
	for (int i = 0; i < 7; i++)
		world_record("bfc", arena_printf(&w.a, "ens-bfc-%d", i),
			     arena_printf(&w.a, "enonce: Bfc %d.\nthemes: [con-a]\nobserve_debut: \"201%d-01-01\"\n", i, i));
	struct lessons_files files = world_build(NULL);
	const char *t = world_file(&files, "matrice-a.csv");
	assert_has(t, "collectif,con-a,con-b,con-c\nara,,Un. [ARA ens-ara-1 @02468ace enonce] « en discussion »,Un. [ARA");
	assert_has(t, "bfc,\"Bfc 6. [BFC ens-bfc-6 @");
	assert_has(t, "Bfc 2. [BFC ens-bfc-2 @0369d035 enonce]\net 2 autres\",,\n");
	assert_lacks(t, "Bfc 1.");
}

static void a_stage_review_quotes_shared_syntheses_of_its_cycle(void **st)
{
	(void)st;
	world_theme("con-participation", "Participation");
	world_record("nat", "cyc-nat-1", "titre: Le cycle\ndebut: \"2018-01-01\"\nfin: \"2020-12-31\"\n"
					 "axes: [{id: a1, groupe: con-rien, libelle: Sans rien}]\n");
	world_record("nat", "cyc-nat-2", "etat: propose\ntitre: PROJET\ndebut: \"2018-01-01\"\n");
	world_record("nat", "syn-nat-1", "cycle: cyc-nat-1\nquestion: Q ?\nenonces: [{id: n1, texte: Oui., accord: partielle}]\n");
	world_record("nat", "syn-nat-2", "cycle: cyc-nat-1\netat: valide\nquestion: PAS PARTAGEE\n");
	world_record("nat", "syn-nat-3", "cycle: cyc-nat-9\nquestion: AUTRE CYCLE\n");
	world_record("nat", "syn-nat-4", "cycle: cyc-nat-1\nvisibilite: collectif\nquestion: CACHEE\n");
	struct lessons_files files = world_build(NULL);
	const char *t = world_file(&files, "points-etape/cyc-nat-1-2020-01-14.md");
	assert_has(t, "« Le cycle » [NAT cyc-nat-1 @");
	assert_has(t, "Question : « Q ? » [NAT syn-nat-1 @");
	assert_has(t, "- convergence partielle : « Oui. » [NAT syn-nat-1 @01234567 enonces/n1/texte]\n");
	assert_has(t, "- « Sans rien » [NAT cyc-nat-1 @01234567 axes/a1/libelle]\n");
	assert_has(world_file(&files, "trace/nat/1.csv"), ",enonces/n1/texte,");
	for (size_t i = 0; i < files.n; i++)
		for (const char *const *no = (const char *const[]){ "PROJET", "PAS PARTAGEE", "AUTRE", "CACHEE", NULL }; *no; no++)
			if (strcmp(*no, "AUTRE") || strstr(files.at[i].path, "points-etape"))
				assert_lacks(files.at[i].bytes, *no);
}

/* A disagreement stays when it is lifted: it says so. */
static void a_lifted_disagreement_says_so(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "desaccords: [{id: x1, par: act-ara-1, date: \"2019-01-01\", texte: Non.}, "
					 "{id: x2, par: act-ara-2, date: \"2019-01-01\", texte: Pas du tout.}]\n");
	world_lesson("bfc", "ens-bfc-1", "");
	world_link("bfc", "cro-bfc-1", "ens-bfc-1", "contredit", "ens-ara-1");
	world_link("bfc", "cro-bfc-2", "ens-bfc-1", "nuance", "ens-ara-1");
	world_record("bfc", "avi-bfc-1", "cible: cro-bfc-1\nnature: levee\ndate: \"2019-10-01\"\n");
	world_record("ara", "avi-ara-1", "cible: ens-ara-1\nnature: levee\npar: act-ara-1\ndate: \"2019-10-01\"\n");
	world_record("ara", "avi-ara-2", "cible: ens-ara-1\nnature: levee\npar: act-ara-2\ndate: \"2018-12-31\"\n"); /* before */
	/* nobody lifts what others object to */
	world_record("ara", "avi-ara-3", "cible: cro-bfc-2\nnature: levee\ndate: \"2019-10-01\"\n");
	world_record("bfc", "avi-bfc-2", "cible: ens-ara-1\nnature: levee\npar: act-ara-2\ndate: \"2019-10-01\"\n");
	struct lessons_files files = world_build(NULL);
	assert_cell(&files, "divergences/bfc.csv", "lien", "cro-bfc-1", "resolu", "oui");
	assert_cell(&files, "divergences/bfc.csv", "lien", "cro-bfc-2", "resolu", "non");
	assert_cell(&files, "divergences/ara.csv", "argument", "Non.", "resolu", "oui");
	assert_cell(&files, "divergences/ara.csv", "argument", "Pas du tout.", "resolu", "non");
	assert_has(world_file(&files, "divergences/ara.md"), "- Désaccord interne, levé depuis, 2019-01-01 : « Non. »");
	assert_has(world_file(&files, "divergences/bfc.md"), "- Dit par bfc le 2019-09-10, levé depuis\n");
	assert_cell(&files, "indicateurs.csv", "indicateur", "desaccords_leves", "valeur", "0.500");
	for (size_t i = 0; i < files.n; i++)
		assert_lacks(files.at[i].bytes, "act-ara");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(dates_are_days_of_the_calendar),
					    TEST(maturity_follows_links_and_uses),
					    TEST(a_use_names_a_lesson_only_while_it_may_be_quoted),
					    TEST(a_withdrawal_recalls_all_that_quotes_it),
					    TEST(what_waits_is_listed_with_its_date),
					    TEST(a_review_is_worth_what_its_author_may_say),
					    TEST(a_review_kept_inside_decides_and_is_not_told),
					    TEST(saturation_counts_groups_in_the_order_of_observation),
					    TEST(trends_count_a_practice_in_each_year),
					    TEST(the_vocabulary_shows_words_that_nobody_defined),
					    TEST(indicators_are_shares_and_medians),
					    TEST(a_refusal_silences_a_suggestion_until_a_text_changes),
					    TEST(a_matrix_has_a_column_for_each_narrower_concept),
					    TEST(a_stage_review_quotes_shared_syntheses_of_its_cycle),
					    TEST(a_lifted_disagreement_says_so) };
	return cmocka_run_group_tests_name("lessons/tables", tests, NULL, NULL);
}
