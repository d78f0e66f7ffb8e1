/* public/: each rule of DOMAIN 4.6, and somebody who tries to get around it. Nothing of what must not leave may stand in any
 * file of that folder; what must not leave the collective, in no file at all. */
#include "world.h"

#include "lessons/places.h"

#define PUBLIC "visibilite: public\nlicence: etalab-2.0\n"
#define AGREED "consentement: {statut: obtenu, portee: public, citation: verbatim}\n"
#define VOICE PUBLIC "nature: entretien\nverbatim: MOT A MOT\nparaphrase: PARAPHRASE\nattribution: type_seul\n"
#define ON_MAT "appuis: [{id: mat-ara-1, role_appui: fonde}, {id: pra-ara-1, role_appui: fonde}]\n"

static bool is_public_file(const struct lessons_file *f)
{
	return !strncmp(f->path, "aggregat/public/", 16);
}

static bool said(const struct lessons_files *files, const char *text, bool in_public_only)
{
	for (size_t i = 0; i < files->n; i++)
		if ((!in_public_only || is_public_file(&files->at[i])) && strstr(files->at[i].bytes, text))
			return true;
	return false;
}

#define assert_kept_in(files, text)                                                                 \
	do                                                                                          \
		for (size_t i_ = 0; i_ < (files)->n; i_++)                                          \
			if (is_public_file(&(files)->at[i_]) && strstr((files)->at[i_].bytes, text)) \
				fail_msg("« %s » is in %s:\n%s", text, (files)->at[i_].path, (files)->at[i_].bytes); \
	while (0)

static struct source_record *public_lesson(const char *id, const char *more)
{
	return world_lesson("ara", id, arena_printf(&w.a, PUBLIC "%s", more));
}

static void only_what_is_public_now(void **st)
{
	(void)st;
	static const char *const hidden[] = { "visibilite: reseau\n",		  "visibilite: collectif\n",
					      "visibilite: prive\n",		  "visibilite: Public\n",
					      "visibilite: public\netat: valide\n", "visibilite: public\netat: retire\n",
					      "visibilite: [public]\n" };
	public_lesson("ens-ara-oui", "");
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		world_lesson("ara", arena_printf(&w.a, "ens-ara-non%zu", i), hidden[i]);
	/* the validated text was public; who may see it was narrowed since */
	struct source_record *r = public_lesson("ens-ara-nonplus", "");
	r->valid = r->tip;
	r->tip = world_val("id: ens-ara-nonplus\ncollectif: ara\netat: partage\nvisibilite: reseau\n");
	/* nobody agrees who may see it */
	public_lesson("ens-ara-noncertain", "")->open_visibility = true;
	/* never validated; not this collective's */
	public_lesson("ens-ara-nonvalide", "")->valid = NULL;
	world_record("bfc", "ens-bfc-non", "enonce: X\n")->tip =
		world_val("id: ens-bfc-non\ncollectif: ara\netat: partage\nvisibilite: public\n");
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "public/enseignements/ara.csv"), "\nara,ens-ara-oui,");
	assert_kept_in(&files, "-non");
	assert_has(world_file(&files, "public/enseignements/ara.csv"), ",etalab-2.0,");
}

/* The text shown is the validated one: not the tip's, and no proposal of an open difference. */
static void only_validated_words(void **st)
{
	(void)st;
	struct source_record *r = public_lesson("ens-ara-1", "");
	r->valid = r->tip;
	r->tip = world_val("id: ens-ara-1\ncollectif: ara\netat: partage\nvisibilite: public\nenonce: PAS ENCORE RELU\n"
			   "desaccords: [{id: x1, par: act-ara-elu, texte: UN ELU PROTESTE}]\n");
	r->open_difference = true;
	r->open_hard = 1;
	struct lessons_files files = world_build(NULL);
	assert_kept_in(&files, "PAS ENCORE");
	assert_kept_in(&files, "PROTESTE");
	assert_has(world_file(&files, "public/enseignements/ara.csv"), ",0,oui,"); /* en_discussion */
}

static struct lessons_files resting_on(const char *materiau)
{
	world_end(NULL);
	world_begin(NULL);
	world_record("ara", "act-ara-voix", "types: [citoyen]\n");
	world_record("ara", "pra-ara-1", PUBLIC "titre: Une pratique\n");
	world_record("ara", "mat-ara-1", arena_printf(&w.a, "sources: [act-ara-voix]\n%s", materiau));
	public_lesson("ens-ara-1", ON_MAT);
	return world_build(NULL);
}

static void a_quotation_needs_consent_for_the_public(void **st)
{
	(void)st;
	static const struct {
		const char *materiau, *quoted; /* NULL: nothing */
	} cases[] = {
		{ VOICE AGREED, "MOT A MOT" },
		{ VOICE "consentement: {statut: obtenu, portee: public, citation: paraphrase}\n", "PARAPHRASE" },
		{ VOICE "consentement: {statut: non_requis, portee: public, citation: verbatim}\n", "MOT A MOT" },
		{ VOICE "consentement: {statut: obtenu, portee: reseau, citation: verbatim}\n", NULL },
		{ VOICE "consentement: {statut: obtenu, portee: interne, citation: verbatim}\n", NULL },
		{ VOICE "consentement: {statut: obtenu, portee: collectif, citation: verbatim}\n", NULL },
		{ VOICE "consentement: {statut: obtenu, portee: public, citation: aucune}\n", NULL },
		{ VOICE "consentement: {statut: retire, portee: public, citation: verbatim}\n", NULL },
		{ VOICE "consentement: {statut: refuse, portee: public, citation: verbatim}\n", NULL },
		{ VOICE "consentement: {statut: demande, portee: public, citation: verbatim}\n", NULL },
		{ VOICE "consentement: {statut: obtenu, portee: public, citation: verbatim, expire_le: \"2020-01-13\"}\n", NULL },
		{ VOICE "etat: retire\n" AGREED, NULL },
		{ VOICE "etat: valide\n" AGREED, NULL },
		{ "visibilite: reseau\nnature: entretien\nverbatim: MOT A MOT\nparaphrase: PARAPHRASE\n" AGREED, NULL },
		{ VOICE, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct lessons_files files = resting_on(cases[i].materiau);
		for (const char *const *words = (const char *const[]){ "MOT A MOT", "PARAPHRASE", NULL }; *words; words++) {
			bool expected = cases[i].quoted && !strcmp(cases[i].quoted, *words);
			if (said(&files, *words, true) != expected)
				fail_msg("case %zu: %s is %s", i, *words, expected ? "missing" : "quoted");
		}
		assert_int_equal(said(&files, "mat-ara-1", true), cases[i].quoted != NULL);
		assert_has(world_file(&files, "public/enseignements/ara.csv"), "1 entretien"); /* counted, here by its pratique */
	}
	struct lessons_files files = resting_on(VOICE AGREED);
	assert_has(world_file(&files, "public/citations/ara.csv"),
		   "ara,ens-ara-1,entretien,fonde,citoyen,MOT A MOT,[ARA mat-ara-1 @");
	/* whose consent is contested has not consented */
	((struct source_record *)(uintptr_t)&w.source[0].at[2])->open_visibility = true;
	files = world_build(NULL);
	assert_kept_in(&files, "MOT A MOT");
	assert_false(said(&files, "MOT A MOT", false));
}

static void people_are_types_and_only_if_attributed(void **st)
{
	(void)st;
	struct lessons_files files = resting_on(PUBLIC "nature: entretien\nverbatim: MOT A MOT\nattribution: anonyme\n" AGREED);
	assert_has(world_file(&files, "public/citations/ara.csv"), "ara,ens-ara-1,entretien,fonde,,MOT A MOT,");
	files = resting_on(PUBLIC "nature: entretien\nverbatim: MOT A MOT\nattribution: role\n" AGREED);
	assert_has(world_file(&files, "public/citations/ara.csv"), "ara,ens-ara-1,entretien,fonde,citoyen,MOT A MOT,");
	files = resting_on(PUBLIC "nature: entretien\nverbatim: MOT A MOT\n" AGREED); /* no attribution: none */
	assert_has(world_file(&files, "public/citations/ara.csv"), "ara,ens-ara-1,entretien,fonde,,MOT A MOT,");
	assert_kept_in(&files, "act-");
}

static void no_pseudonym_hides_in_a_text(void **st)
{
	(void)st;
	world_record("ara", "act-zz-connu", "types: [elu]\n"); /* an id that no code announces, but that is known */
	world_record("ara", "mat-ara-1", VOICE AGREED "sources: [act-ara-voix]\n")->tip = world_val(
		"id: mat-ara-1\ncollectif: ara\netat: partage\nvisibilite: public\nnature: entretien\n"
		"verbatim: \"Dit par act-ara-voix\"\nconsentement: {statut: obtenu, portee: public, citation: verbatim}\n");
	world_record("ara", "pra-ara-1", PUBLIC);
	world_record("ara", "ens-ara-1", PUBLIC "enonce: Par act-ara-x0.\ncontexte: Selon act-zz-connu et ACT-ARA-MAJUSCULE\nlimites: \"(act-ara-x1)\"\n"
				   "conditions: [{id: act-ara-cle, texte: Voir act-ara-x2.}]\n"
				   "recommandations: [{id: r1, texte: Voir act-ara-x3}]\n"
				   "themes: [act-ara-x4]\nterritoires: [act-ara-x5]\ncycle: act-ara-x6\n"
				   "confiance: {globale: act-ara-x7}\nespaces: [act-ara-x8]\n" ON_MAT);
	world_record("nat", "pro-nat-1", PUBLIC "titre: De act-ara-x1\nresume: Par act-zz-connu\npublics: [act-ara-x1]\n"
					       "type_production: act-ara-x1\nsources: [{ref: act-ara-x1}]\n");
	world_record("nat", "syn-nat-1", PUBLIC "question: Qui est act-ara-x1 ?\nenonces: [{id: act-ara-x1, accord: act-ara-x1, "
					       "texte: C'est act-ara-x1., appuis: [{ref: act-ara-x1}]}]\n");
	world_record("ara", "ren-ara-1", PUBLIC "date_debut: act-ara-x1\nlieu: act-ara-x1\ntype_rencontre: act-ara-x1\n"
					       "presences: [{id: p1, type_acteur: act-ara-x1, nombre: act-ara-x1}]\n");
	world_record("ara", "act-ara-propose", "etat: propose\n");
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "public/enseignements/ara.csv"), "Selon [acteur] et [acteur]");
	assert_has(world_file(&files, "public/citations/ara.csv"), "Dit par [acteur]");
	for (const char *const *bad = (const char *const[]){ "act-ara", "act-zz", "ACT-ARA", NULL }; *bad; bad++)
		if (said(&files, *bad, false))
			for (size_t i = 0; i < files.n; i++)
				if (strstr(files.at[i].bytes, *bad))
					fail_msg("%s is in %s:\n%s", *bad, files.at[i].path, files.at[i].bytes);
}

/* --- places ----------------------------------------------------------------------------------------------- */

static const char communes[] = "commune,nom,epci,departement,population\n"
			       "COM-03190,Moulins,EPCI-200071140,DEP-03,19474\n"
			       "COM-03034,Bresnay,EPCI-200071140,DEP-03,374\n"
			       "COM-58001,Lieu-Dit,EPCI-200071140,DEP-58,\n"
			       "COM-03500,Seuil,EPCI-200000001,DEP-03,1999\n"
			       "COM-03501,Juste,EPCI-200000001,DEP-03,2000\n"
			       "COM-03502,Double,EPCI-200000001,DEP-03,9000\n"
			       "COM-03502,Double,EPCI-200000001,DEP-03,90\n";

static const char *shown(const char *table, const char *codes, bool unique)
{
	struct names in = { 0 };
	struct places *p = places_read(&w.a, table, table ? strlen(table) : 0);
	names_split(&in, &w.a, codes);
	struct names out = places_public(p, &in, unique);
	return names_join(&w.a, &out);
}

static void small_communes_become_larger_places(void **st)
{
	(void)st;
	assert_string_equal(shown(communes, "COM-03190", false), "COM-03190");
	assert_string_equal(shown(communes, "COM-03034", false), "EPCI-200071140");
	assert_string_equal(shown(communes, "COM-58001", false), "EPCI-200071140"); /* no number: small */
	assert_string_equal(shown(communes, "COM-03500", false), "EPCI-200000001");
	assert_string_equal(shown(communes, "COM-03501", false), "COM-03501");
	assert_string_equal(shown(communes, "COM-03502", false), "EPCI-200000001"); /* two numbers: the smaller */
	assert_string_equal(shown(communes, "COM-97411", false), "DEP-974");	    /* not in the table */
	assert_string_equal(shown(communes, "COM-2A004; DEP-03; REG-84; ISO-CA-QC; EPCI-1", false),
			    "DEP-03; DEP-2A; EPCI-1; ISO-CA-QC; REG-84");
	assert_string_equal(shown(communes, "Moulins; COM-; COM-031; com-03190", false), "");
	assert_string_equal(shown(NULL, "COM-03190", false), "DEP-03"); /* no table: every commune is small */
	assert_string_equal(shown("commune;nom\n", "COM-03190", false), "DEP-03");
	assert_string_equal(shown("commune,nom,epci,departement,population\nCOM-03190,\"M\n", "COM-03190", false), "DEP-03");
	assert_string_equal(shown(communes, "EPCI-200071140", true), "DEP-03; DEP-58"); /* an EPCI over two of them */
	assert_string_equal(shown(communes, "COM-03190", true), "DEP-03");
	assert_string_equal(shown(communes, "EPCI-299999999", true), "");
	assert_string_equal(shown("commune,nom,epci,departement,population\nCOM-03190,M,EPCI-1,DEP-03,-5\n", "COM-03190", false),
			    "EPCI-1");
	assert_string_equal(shown("commune,nom,epci,departement,population\nCOM-03190,M,act-ara-1,Jean,99999999999999999999\n",
				  "COM-03190", false),
			    "DEP-03");
}

static void texts_do_not_name_small_communes(void **st)
{
	(void)st;
	struct places *p = places_read(&w.a, communes, strlen(communes));
	struct names at = { 0 };
	names_add(&w.a, &at, "EPCI-200071140");
	assert_string_equal(places_mask(p, &at, "Le maire de Bresnay, à Moulins (COM-03034, COM-03190).", false),
			    "Le maire de [petite commune], à Moulins (EPCI-200071140, COM-03190).");
	assert_string_equal(places_mask(p, &at, "Bresnayse, Lieu-Dit, Seuil.", false), "Bresnayse, [petite commune], Seuil.");
	assert_string_equal(places_mask(p, &at, "COM-99 et EPCI-200071140", true), "[lieu] et DEP-03; DEP-58");
	const char *same = "Rien ici.";
	assert_ptr_equal(places_mask(p, &at, same, true), same);
}

/* However it is written, and however wide the territory is said. */
static void nor_by_another_spelling(void **st)
{
	(void)st;
	static const char table[] = "commune,nom,epci,departement,population\n"
				    "COM-03034,Bresnay,EPCI-200071140,DEP-03,374\n"
				    "COM-03247,Saint-Léopardin-d'Augy,EPCI-200071140,DEP-03,328\n"
				    "COM-03001,Le Breuil,EPCI-200071140,DEP-03,500\n"
				    "COM-03002,Contre,EPCI-200071140,DEP-03,100\n"
				    "COM-03003,Saint-Denis,EPCI-200071140,DEP-03,90\n"
				    "COM-93066,Saint-Denis,EPCI-200054781,DEP-93,150000\n"
				    "COM-01001,Œilly,EPCI-200000001,DEP-01,300\n";
	static const struct {
		const char *codes, *text, *shown;
	} cases[] = {
		{ "COM-03034", "À bresnay, BRESNAY, Brèsnay.", "À [petite commune], [petite commune], [petite commune]." },
		{ "EPCI-200071140", "St Leopardin d’Augy, SAINT-LÉOPARDIN-D'AUGY", "[petite commune], [petite commune]" },
		{ "DEP-03", "Le maire du Breuil et celle de Bresnay", "Le maire du [petite commune] et celle de [petite commune]" },
		{ "COM-03034", "Au Breuil", "Au [petite commune]" },   /* beside the one that is listed */
		{ "DEP-03", "Ils sont contre le breuil.", "Ils sont contre le breuil." }, /* a word of the language */
		{ "DEP-03", "À Contre, à Bresnayse", "À [petite commune], à Bresnayse" },
		{ "DEP-93", "À Saint-Denis", "À Saint-Denis" },	       /* the large one */
		{ "DEP-03", "À Saint-Denis", "À [petite commune]" },
		{ "", "À Saint-Léopardin-d'Augy, à Saint-Denis, à Bresnay", "À [petite commune], à Saint-Denis, à Bresnay" },
		{ "COM-01001", "oeilly, ŒILLY", "[petite commune], [petite commune]" },
		{ "", "com-03034, Epci-200071140", "EPCI-200071140, Epci-200071140" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct places *p = places_read(&w.a, table, strlen(table));
		struct names at = { 0 };
		names_split(&at, &w.a, cases[i].codes);
		assert_string_equal(places_mask(p, &at, cases[i].text, false), cases[i].shown);
	}
}

static void a_mayor_of_a_small_place_is_not_told_by_the_export(void **st)
{
	(void)st;
	world_source("nat", "2020-01-14")->communes = communes;
	world_record("ara", "col-ara", PUBLIC "regions: [{id: r1, code: REG-83, debut: \"2010-01-01\", fin: \"2015-12-31\"}, "
					     "{id: r2, code: REG-84, debut: \"2016-01-01\"}]\n");
	world_record("ara", "act-ara-maire", "types: [elu]\n");
	world_record("ara", "pra-ara-1", PUBLIC);
	world_record("ara", "mat-ara-1", VOICE AGREED "sources: [act-ara-maire]\n");
	public_lesson("ens-ara-1", "contexte: Le maire de Bresnay dit COM-03034.\nterritoires: [COM-03034, EPCI-200071140]\n" ON_MAT);
	public_lesson("ens-ara-2", "territoires: [COM-03034]\n");
	world_record("nat", "pro-nat-1", PUBLIC "titre: Le guide de Bresnay\nterritoires: [COM-03034]\n");
	public_lesson("ens-ara-3", "territoires: [EPCI-299999999]\n" ON_MAT);
	/* who came to a meeting is beside where it was, on whatever row */
	world_record("ara", "ren-ara-1", PUBLIC "lieu: COM-03034\npresences: [{id: p1, type_acteur: dg, nombre: \"1\"}, "
						"{id: p2, type_acteur: citoyen, nombre: \"12\"}]\n");
	world_record("ara", "ren-ara-2", PUBLIC "lieu: COM-03034\npresences: [{id: p2, type_acteur: citoyen, nombre: \"12\"}]\n");
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "public/enseignements/ara.csv"), ",DEP-03; DEP-58,");
	assert_has(world_file(&files, "public/enseignements/ara.csv"), ",EPCI-200071140,"); /* ens-ara-2: no role beside it */
	assert_has(world_file(&files, "public/enseignements/ara.csv"), ",REG-84,");	    /* ens-ara-3 */
	assert_has(world_file(&files, "public/productions.csv"), ",Le guide de [petite commune],");
	assert_has(world_file(&files, "public/rencontres/ara.csv"), "ara,ren-ara-1,,,DEP-03,citoyen,12,");
	assert_has(world_file(&files, "public/rencontres/ara.csv"), "ara,ren-ara-2,,,EPCI-200071140,citoyen,12,");
	assert_kept_in(&files, "Bresnay");
	assert_kept_in(&files, "COM-03034");
	assert_kept_in(&files, "EPCI-299999999");
	assert_kept_in(&files, "REG-83");
	assert_has(world_file(&files, "public/LISEZMOI.md"), "vient du fichier communes.csv");
	world_source("nat", NULL)->communes = "x";
	files = world_build(NULL);
	assert_has(world_file(&files, "public/LISEZMOI.md"), "n'a pas pu être lu");
	assert_kept_in(&files, "COM-");
}

/* --- numbers, witnesses ------------------------------------------------------------------------------------ */

static void few_people_are_less_than_five(void **st)
{
	(void)st;
	world_record("ara", "ren-ara-1",
		     PUBLIC "titre: SECRET\ncompte_rendu: SECRET\ndate_debut: \"2019-02-14\"\nlieu: COM-62498\n"
			    "type_rencontre: atelier\norganisateurs: [act-ara-1]\n"
			    "presences: [{id: p1, type_acteur: citoyen, nombre: \"17\"}, {id: p2, type_acteur: elu, nombre: \"4\"}, "
			    "{id: p3, type_acteur: dg, nombre: \"5\"}, {id: p4, type_acteur: formateur, nombre: \"2\"}, "
			    "{id: p5, type_acteur: formateur, nombre: \"2\"}, {id: p6, type_acteur: etat, nombre: \"0\"}, "
			    "{id: p7, type_acteur: epci, nombre: \"-3\"}, {id: p8, type_acteur: epci, nombre: \"40\"}, "
			    "{id: p9, type_acteur: region, nombre: \"3,5\"}, x, {type_acteur: commune}]\n");
	world_record("ara", "ren-ara-2", "presences: [{id: p1, type_acteur: citoyen, nombre: \"17\"}]\n"); /* reseau */
	struct lessons_files files = world_build(NULL);
	const char *t = world_file(&files, "public/rencontres/ara.csv");
	assert_has(t, "ara,ren-ara-1,2019-02-14,atelier,DEP-62,citoyen,17,etalab-2.0\n");
	assert_has(t, ",elu,<5,");
	assert_has(t, ",dg,5,");
	assert_has(t, ",formateur,<5,"); /* 2 + 2 */
	assert_has(t, ",etat,<5,");
	assert_has(t, ",epci,,"); /* not a number: nothing, rather than the 40 */
	assert_has(t, ",region,,");
	assert_has(t, ",commune,,");
	assert_kept_in(&files, "SECRET");
	assert_kept_in(&files, "ren-ara-2");
}

static void a_single_witness_decides(void **st)
{
	(void)st;
#define ALONE "appuis: [{id: mat-ara-1, role_appui: fonde}]\n"
#define TWICE "appuis: [{id: mat-ara-1, role_appui: fonde}, {id: mat-ara-2, role_appui: illustre}]\n"
#define ONE "sources: [act-ara-voix]\n"
#define OTHER "sources: [act-ara-autre]\n"
#define NETWORK "consentement: {statut: obtenu, portee: reseau, citation: verbatim}\n"
	static const struct {
		const char *lesson, *first, *second; /* second NULL: no such record */
		bool exported;
	} cases[] = {
		{ ALONE, VOICE ONE AGREED, NULL, true },
		{ ALONE, VOICE ONE NETWORK, NULL, false },
		{ ALONE, VOICE ONE "consentement: {statut: retire, portee: public, citation: verbatim}\n", NULL, false },
		{ ALONE, VOICE ONE "etat: retire\n" AGREED, NULL, false },
		{ ALONE, VOICE ONE "consentement: {statut: non_requis, portee: public}\n", NULL, false },
		{ ALONE, VOICE ONE "consentement: {statut: obtenu, portee: public, expire_le: \"2020-01-13\"}\n", NULL, false },
		{ ALONE, VOICE ONE "consentement: {statut: obtenu, portee: public, citation: aucune}\n", NULL, true },
		{ ALONE, VOICE AGREED, NULL, true },  /* no source named: still one voice, and it agreed */
		{ ALONE, VOICE NETWORK, NULL, false },
		{ TWICE, VOICE ONE NETWORK, VOICE ONE AGREED, false },	/* the same person twice */
		{ TWICE, VOICE ONE NETWORK, VOICE OTHER NETWORK, true }, /* two people */
		{ TWICE, VOICE ONE NETWORK, NULL, false }, /* the second cannot be found: it may be the same person */
		{ TWICE, VOICE ONE NETWORK, "nature: document\n", true },
		{ TWICE, VOICE ONE NETWORK, "nature: document\netat: retire\n", false },
		{ "", VOICE ONE NETWORK, NULL, true }, /* rests on nobody */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		world_end(NULL);
		world_begin(NULL);
		world_record("ara", "mat-ara-1", cases[i].first);
		if (cases[i].second)
			world_record("ara", "mat-ara-2", cases[i].second);
		public_lesson("ens-ara-1", cases[i].lesson);
		struct lessons_files files = world_build(NULL);
		if (said(&files, "ens-ara-1", true) != cases[i].exported)
			fail_msg("case %zu: %s", i, cases[i].exported ? "not exported" : "exported");
		/* the collective is told why, and only the network reads that */
		bool told = said(&files, "ara,publication_retenue,enseignement,ens-ara-1", false);
		assert_int_equal(told, !cases[i].exported);
		assert_true(said(&files, "Énoncé de ens-ara-1.", false));
	}
}

/* --- other documents, the rest ------------------------------------------------------------------------------ */

static void documents_name_only_public_lessons(void **st)
{
	(void)st;
	public_lesson("ens-ara-1", "");
	world_lesson("ara", "ens-ara-2", ""); /* reseau */
	static const char pins[] = "[{ref: ens-ara-1, empreinte: \"sha256:ens-ara-1\"}, {ref: ens-ara-2, empreinte: "
				   "\"sha256:ens-ara-2\"}, {ref: mat-ara-1}]";
	world_record("nat", "pro-nat-1", arena_printf(&w.a, PUBLIC "titre: Guide\nresume: À COM-03034.\nsources: %s\n", pins));
	world_record("nat", "pro-nat-2", "titre: Pour le réseau\n");
	world_record("nat", "pro-nat-3", PUBLIC "etat: valide\ntitre: Pas encore\n");
	world_record("nat", "syn-nat-1",
		     arena_printf(&w.a, PUBLIC "question: Q ?\nmethode: SECRET\nenonces: [{id: n1, texte: Ceci., accord: lacune, "
					       "explication: SECRET, appuis: %s, contre: %s}]\n",
				  pins, pins));
	world_record("nat", "syn-nat-2", "question: Pour le réseau ?\nenonces: [{id: n1, texte: Cela.}]\n");
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "public/productions.csv"), ",À DEP-03.,[NAT pro-nat-1 @");
	assert_has(world_file(&files, "public/productions.csv"), ",ens-ara-1,etalab-2.0,");
	assert_has(world_file(&files, "public/syntheses.csv"), ",Ceci.,[NAT syn-nat-1 @");
	assert_has(world_file(&files, "public/syntheses.csv"), ",ens-ara-1,ens-ara-1,etalab-2.0,");
	for (const char *const *bad = (const char *const[]){ "ens-ara-2", "mat-ara-1", "pro-nat-2", "pro-nat-3", "syn-nat-2",
							     "SECRET", "réseau ?", NULL };
	     *bad; bad++)
		assert_kept_in(&files, *bad);
}

/* A note to hand out tells of public lessons only: not that others agree, disagree or object. */
static void a_public_note_knows_nothing_of_the_network(void **st)
{
	(void)st;
#define FOR_ELUS "publics: [elus]\nmaturite: identifie\nlimites: Ici seulement.\n"
	world_source("nat", "2020-01-14")->communes = communes;
	public_lesson("ens-ara-1", FOR_ELUS "conditions: [{id: c1, texte: Le maire de Bresnay vient.}]\nterritoires: [COM-03034]\n");
	world_lesson("bfc", "ens-bfc-1", PUBLIC FOR_ELUS);
	world_lesson("bre", "ens-bre-secret", FOR_ELUS);
	world_lesson("hdf", "ens-hdf-secret", "publics: [dg]\n");
	world_lesson("occ", "ens-occ-1", PUBLIC "publics: [dg]\n");
	world_link("bre", "cro-bre-1", "ens-bre-secret", "converge", "ens-ara-1");
	world_link("bre", "cro-bre-2", "ens-bre-secret", "contredit", "ens-bfc-1");
	world_link("bfc", "cro-bfc-1", "ens-bfc-1", "nuance", "ens-ara-1"); /* reseau */
	struct source_record *link = world_link("bfc", "cro-bfc-2", "ens-bfc-1", "contredit", "ens-ara-1");
	link->tip = world_val("id: cro-bfc-2\ncollectif: bfc\netat: partage\nvisibilite: public\nrelation: contredit\n"
			      "de: {ref: ens-bfc-1, empreinte: \"sha256:ens-bfc-1\"}\nvers: {ref: ens-ara-1, empreinte: \"sha256:ens-ara-1\"}\n");
	struct lessons_files files = world_build(NULL);
	const char *note = world_file(&files, "public/notes/elus.md");
	assert_has(note, "## 1. ARA\n\n- « Énoncé de ens-ara-1. » [ARA ens-ara-1 @");
	assert_has(note, "- Contredit : « Énoncé de ens-bfc-1. » [BFC ens-bfc-1 @");
	assert_has(note, "- Condition : « Le maire de \\[petite commune\\] vient. » [ARA ens-ara-1 @");
	assert_has(note, "licence : etalab-2.0\n");
	assert_has(note, "## 2. BFC");
	assert_lacks(note, "Nuance");
	assert_lacks(note, "onvergence");
	assert_has(world_file(&files, "public/notes/elus.en.md"), "# Two-page note: elected officials");
	assert_has(world_file(&files, "public/notes/dg.html"), "Énoncé de ens-occ-1.");
	assert_has(world_file(&files, "notes/dg.md"), "ens-hdf-secret");
	assert_kept_in(&files, "secret");
	assert_kept_in(&files, "Bresnay");
}

/* Deleted: the lesson rests on it, a document quotes it, it is in no source any more. */
static void a_deleted_record_is_gone(void **st)
{
	(void)st;
	world_lesson("bfc", "ens-bfc-1", "");
	public_lesson("ens-ara-1", "appuis: [{id: mat-ara-efface, role_appui: fonde}, {id: pra-ara-efface, role_appui: fonde}]\n");
	world_record("nat", "pro-nat-1", PUBLIC "titre: Guide\nsources: [{ref: ens-ara-efface, commit: \"c0\", empreinte: "
					       "\"sha256:e0\"}]\n");
	struct lessons_files files = world_build(NULL);
	assert_kept_in(&files, "efface");
	assert_has(world_file(&files, "rappels.csv"),
		   "nat,production,pro-nat-1,partage,sources,,ens-ara-efface,inconnu,,c0,sha256:e0,\n");
	assert_false(said(&files, "mat-ara-efface", false));
}

/* Nothing below `reseau` is said or counted anywhere, in any kind of record. */
static void what_stays_in_the_collective_is_in_no_file(void **st)
{
	(void)st;
	static const char *const ids[] = { "ens-ara-s", "cro-ara-s", "mat-ara-s", "pra-ara-s", "bou-ara-s", "avi-ara-s",
					   "app-ara-s", "pro-ara-s", "ren-ara-s", "syn-ara-s" };
	world_lesson("ara", "ens-ara-1", "");
	world_source("nat", "2020-01-14");
	struct lessons_files before = world_build(NULL);
	for (int hidden = 0; hidden < 2; hidden++)
		for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
			const char *id = arena_printf(&w.a, "%s%d", ids[i], hidden);
			struct source_record *r = world_record(
				"ara", id,
				arena_printf(&w.a, "visibilite: %s\ntitre: SECRET\nenonce: SECRET\nresume: SECRET\n"
						   "themes: [con-secret]\netat: %s\nsuites: [{id: s1, echeance: \"2019-01-01\"}]\n"
						   "observe_debut: \"2018-01-01\"\ncible: ens-ara-1\nnature: objection\n"
						   "enseignements: [{ref: ens-ara-1, empreinte: \"sha256:ens-ara-1\"}]\n",
					     hidden ? "collectif" : "prive", i % 2 ? "partage" : "propose"));
			r->open_hard = r->open_soft = r->settled = 1;
			r->open_since = "2019-01-01";
			r->open_difference = true;
		}
	struct lessons_files after = world_build(NULL);
	assert_int_equal(before.n, after.n);
	for (size_t i = 0; i < before.n; i++) {
		assert_string_equal(before.at[i].path, after.at[i].path);
		assert_string_equal(before.at[i].bytes, after.at[i].bytes);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(only_what_is_public_now),
					    TEST(only_validated_words),
					    TEST(a_quotation_needs_consent_for_the_public),
					    TEST(people_are_types_and_only_if_attributed),
					    TEST(no_pseudonym_hides_in_a_text),
					    TEST(small_communes_become_larger_places),
					    TEST(texts_do_not_name_small_communes),
					    TEST(nor_by_another_spelling),
					    TEST(a_mayor_of_a_small_place_is_not_told_by_the_export),
					    TEST(few_people_are_less_than_five),
					    TEST(a_single_witness_decides),
					    TEST(documents_name_only_public_lessons),
					    TEST(a_public_note_knows_nothing_of_the_network),
					    TEST(a_deleted_record_is_gone),
					    TEST(what_stays_in_the_collective_is_in_no_file) };
	return cmocka_run_group_tests_name("lessons/public", tests, NULL, NULL);
}
