#include "world.h"

#include "lessons/model.h"
#include "lessons/supports.h"

#define CONSENT "consentement: {statut: obtenu, portee: reseau, citation: verbatim}\n"
#define WORDS "nature: entretien\nverbatim: MOT A MOT\nparaphrase: PARAPHRASE\n"

/* What the outputs show of ens-ara-1, which rests on mat-ara-1. */
static struct lessons_files resting_on(const char *materiau)
{
	world_end(NULL);
	world_begin(NULL);
	world_lesson("ara", "ens-ara-1", "appuis: [{id: mat-ara-1, role_appui: fonde}]\n");
	world_lesson("bfc", "ens-bfc-1", "");
	world_link("ara", "cro-ara-1", "ens-ara-1", "meme", "ens-bfc-1");
	world_record("ara", "mat-ara-1", materiau);
	return world_build(NULL);
}

static bool anywhere(const struct lessons_files *files, const char *text)
{
	for (size_t i = 0; i < files->n; i++)
		if (strstr(files->at[i].bytes, text))
			return true;
	return false;
}

static void quotes_what_consent_allows(void **st)
{
	(void)st;
	static const struct {
		const char *materiau;
		const char *quoted; /* NULL: nothing */
	} cases[] = {
		{ WORDS CONSENT, "MOT A MOT" },
		{ WORDS "consentement: {statut: non_requis, portee: public, citation: verbatim}\n", "MOT A MOT" },
		{ WORDS "consentement: {statut: obtenu, portee: reseau, citation: paraphrase}\n", "PARAPHRASE" },
		{ "nature: entretien\nparaphrase: PARAPHRASE\n" CONSENT, "PARAPHRASE" },
		{ "nature: entretien\nverbatim: MOT A MOT\nconsentement: {statut: obtenu, portee: reseau, citation: "
		  "paraphrase}\n",
		  NULL },
		{ WORDS "consentement: {statut: obtenu, portee: reseau, citation: aucune}\n", NULL },
		{ WORDS "consentement: {statut: obtenu, portee: collectif, citation: verbatim}\n", NULL },
		{ WORDS "consentement: {statut: obtenu, portee: prive, citation: verbatim}\n", NULL },
		{ WORDS "consentement: {statut: demande, portee: reseau, citation: verbatim}\n", NULL },
		{ WORDS "consentement: {statut: refuse, portee: reseau, citation: verbatim}\n", NULL },
		{ WORDS "consentement: {statut: retire, portee: reseau, citation: verbatim}\n", NULL },
		{ WORDS "consentement: {portee: reseau, citation: verbatim}\n", NULL },
		{ WORDS "consentement: {statut: obtenu, citation: verbatim}\n", NULL },
		{ WORDS "consentement: {statut: obtenu, portee: reseau}\n", NULL },
		{ WORDS, NULL },
		{ WORDS "etat: valide\n" CONSENT, NULL },
		{ WORDS "etat: retire\n" CONSENT, NULL },
		{ WORDS "visibilite: collectif\n" CONSENT, NULL },
		{ WORDS
		  "consentement: {statut: obtenu, portee: reseau, citation: verbatim, expire_le: \"2020-01-14\"}\n",
		  "MOT A MOT" },
		{ WORDS
		  "consentement: {statut: obtenu, portee: reseau, citation: verbatim, expire_le: \"2020-01-13\"}\n",
		  NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct lessons_files files = resting_on(cases[i].materiau);
		for (const char *const *words = (const char *const[]){ "MOT A MOT", "PARAPHRASE", NULL }; *words;
		     words++) {
			bool expected = cases[i].quoted && !strcmp(cases[i].quoted, *words);
			if (anywhere(&files, *words) != expected)
				fail_msg("case %zu: %s is %s", i, *words, expected ? "missing" : "quoted");
		}
		assert_int_equal(anywhere(&files, "mat-ara-1"), cases[i].quoted != NULL); /* not even its id */
		assert_has(world_file(&files, "preuves/ara/1.csv"), ",1 entretien");		  /* but it is counted */
	}
}

static void counts_what_it_cannot_name(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1",
		     "appuis: [{id: mat-ara-1, role_appui: fonde}, {id: mat-ara-2, role_appui: fonde}, {id: mat-ara-3, "
		     "role_appui: nuance},"
		     " {id: pra-ara-9, role_appui: fonde}, {id: mat-ara-4, role_appui: fonde}, {id: bou-bfc-1, "
		     "role_appui: illustre}]\n");
	world_record("ara", "mat-ara-1", WORDS);
	world_record("ara", "mat-ara-2", WORDS);
	world_record("ara", "mat-ara-3", WORDS);
	world_record("ara", "mat-ara-4", "nature: document\netat: retire\n");
	world_record("bfc", "bou-bfc-1", "titre: Une boucle d'ailleurs\n");
	struct lessons_files files = world_build(NULL);
	const char *lines = world_file(&files, "enseignements/ara/1.jsonl");
	assert_has(lines, "{\"collectif\":\"ara\",\"genre\":\"materiau\",\"nature\":\"entretien\",\"nombre\":2,"
			  "\"role\":\"fonde\"}");
	assert_has(lines, "{\"collectif\":\"ara\",\"genre\":\"pratique\",\"nombre\":1,\"role\":\"fonde\"}");
	assert_has(lines, "\"nature\":\"document\",\"nombre\":1,\"retire\":true");
	assert_has(lines, "\"collectif\":\"bfc\",\"commit\":");
	assert_has(world_file(&files, "preuves/ara/1.csv"),
		   "1 boucle ; 3 entretiens ; 1 pratique ; 1 document (retiré),3,1,non,non\n");
	assert_has(world_file(&files, "divergences/ara.csv"), "\nappui,ens-ara-1,nuance,en_vigueur,ara,ara,ens-ara-1,");
}

static void voices_have_types_never_names(void **st)
{
	(void)st;
	world_record("ara", "act-ara-elue", "types: [elu, professionnel]\n");
	world_record("ara", "act-ara-secret", "visibilite: collectif\ntypes: [citoyen]\n");
	world_record("ara", "act-ara-parti", "etat: retire\ntypes: [consultant]\n");
	world_record("ara", "mat-ara-1",
		     WORDS CONSENT
		     "attribution: role\nsources: [act-ara-elue, act-ara-secret, act-ara-parti, act-ara-nulle]\n");
	world_record("ara", "mat-ara-2", WORDS CONSENT "attribution: anonyme\nsources: [act-ara-elue]\n");
	world_lesson("ara", "ens-ara-1",
		     "appuis: [{id: mat-ara-1}, {id: mat-ara-2}]\n"
		     "desaccords: [{id: x1, par: act-ara-elue, date: \"2019-01-01\", texte: Pas moi.}, {id: x2, par: "
		     "act-ara-secret, texte: Ni moi.}]\n");
	struct lessons_files files = world_build(NULL);
	const char *lines = world_file(&files, "enseignements/ara/1.jsonl");
	assert_has(lines, "{\"acteurs\":[\"elu\",\"professionnel\"],\"champ\":\"verbatim\",\"collectif\":\"ara\"");
	assert_has(lines, "{\"acteurs\":[\"elu\",\"professionnel\"],\"date\":\"2019-01-01\",\"id\":\"x1\",\"texte\":"
			  "\"Pas moi.\"}");
	assert_has(lines, "{\"id\":\"x2\",\"texte\":\"Ni moi.\"}");
	assert_lacks(lines, "citoyen");
	assert_lacks(lines, "consultant");
	assert_false(anywhere(&files, "act-"));
}

static void pseudonyms_in_texts_are_masked(void **st)
{
	(void)st;
	world_source("bfc", "2020-01-14");
	world_record("ara", "ens-ara-1",
		     "titre: Selon act-ara-3p4q5r6s\nthemes: [act-ara-zz]\nenonce: act-bfc-x1 et act-ara-elu-1, puis "
		     "act-up et l'act-ion.\n"
		     "limites: (act-ara-a-b-c).\nconditions: [{id: c1, texte: Voir act-ara-q.}]\n");
	struct lessons_files files = world_build(NULL);
	const char *lines = world_file(&files, "enseignements/ara/1.jsonl");
	assert_has(lines, "\"enonce\":\"[acteur] et [acteur], puis act-up et l'act-ion.\"");
	assert_has(lines, "\"limites\":\"([acteur]).\"");
	assert_has(lines, "\"texte\":\"Voir [acteur].\"");
	assert_has(lines, "\"titre\":\"Selon [acteur]\"");
	assert_false(anywhere(&files, "act-ara"));
	assert_false(anywhere(&files, "act-bfc"));
}

static void samples_show_no_pseudonym(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files files = world_build(NULL);
	assert_false(anywhere(&files, "act-"));
	assert_true(anywhere(&files, "Elle dit avoir osé parler"));
	assert_true(anywhere(&files, "Ici, c'est nous qui recevons les agents."));
	assert_false(anywhere(&files, "réparer ensemble")); /* mat-bre is not shared */
	files = world_build("2023-04-12");		    /* its consent has expired */
	assert_false(anywhere(&files, "Elle dit avoir osé parler"));
	assert_true(anywhere(&files, "1 entretien ; 1 pratique"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(quotes_what_consent_allows), TEST(counts_what_it_cannot_name),
					    TEST(voices_have_types_never_names), TEST(pseudonyms_in_texts_are_masked),
					    TEST(samples_show_no_pseudonym) };
	return cmocka_run_group_tests_name("lessons/consent", tests, NULL, NULL);
}
