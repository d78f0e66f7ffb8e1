/* The words that history keeps: subjects that a coordinator understands, trailers that git can query. */
#include "wtkit.h"

struct put {
	const char *path, *text;
};

static const char *message(struct repo *r, const struct put *puts, size_t n)
{
	static char out[8192];
	struct file_change f[64];
	struct buf b = BUF_INIT;
	struct oid head = head_of(r);
	for (size_t i = 0; i < n; i++)
		f[i] = (struct file_change){ puts[i].path, puts[i].text, puts[i].text ? strlen(puts[i].text) : 0 };
	ok(commit_message(&b, r, &head, f, n, &E));
	snprintf(out, sizeof out, "%s", buf_str(&b));
	buf_free(&b);
	return out;
}

#define says(expected, ...)                                                                                            \
	do {                                                                                                          \
		const struct put puts_[] = { __VA_ARGS__ };                                                           \
		assert_string_equal(message(r, puts_, sizeof puts_ / sizeof *puts_), expected);                       \
	} while (0)

static void test_one_record(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("msg1");
	says("enseignement " ID3 " : nouvelle fiche\n\nFiche: " ID3 "\n", { P3, lesson(ID3, "Trois", "") });
	says("enseignement " ID1 " : suppression\n\nFiche: " ID1 "\n", { P1, NULL });
	says("enseignement " ID1 " : titre, +theme con-cooperation\n\nFiche: " ID1 "\nChamp: titre\nChamp: themes\n",
	     { P1, lesson(ID1, "Autre", "themes: [con-cooperation]\n") });
	says("enseignement " ID1 " : +condition c1\n\nFiche: " ID1 "\nChamp: conditions/c1\n",
	     { P1, lesson(ID1, "Un", "conditions:\n  - id: c1\n    texte: \"Une garderie\"\n") });
	says("enseignement " ID1 " : confiance/globale\n\nFiche: " ID1 "\nChamp: confiance/globale\n",
	     { P1, lesson(ID1, "Un", "confiance:\n  globale: moderee\n") });
	says("enseignement " ID1 " : mise en forme\n\nFiche: " ID1 "\n", { P1, lesson(ID1, "Un", "# relu\n") });
	repo_close(r);
}

static void test_items_and_sets(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("msg2");
	save(r, P1,
	     lesson(ID1, "Un",
		    "themes: [con-a, con-b]\nconditions:\n  - id: c1\n    texte: \"Une\"\n  - id: c2\n    texte: "
		    "\"Deux\"\n"));
	record_all(r);
	says("enseignement " ID1 " : +theme con-c, -theme con-a, conditions/c2/texte, -condition c1\n\nFiche: " ID1
	     "\nChamp: themes\nChamp: conditions/c2/texte\nChamp: conditions/c1\n",
	     { P1, lesson(ID1, "Un", "themes: [con-b, con-c]\nconditions:\n  - id: c2\n    texte: \"Deux !\"\n") });
	repo_close(r);
}

static void test_several(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("msg3");
	says("3 fiches : " ID1 ", " ID2 ", " ID3 "\n\nFiche: " ID1 "\nChamp: titre\nFiche: " ID2 "\nFiche: " ID3 "\n",
	     { P1, lesson(ID1, "Autre", "") }, { P2, NULL }, { P3, lesson(ID3, "Trois", "") });
	says("2 fichiers : " ID1 ", pieces/a.txt\n\nFiche: " ID1 "\nChamp: titre\n", { P1, lesson(ID1, "Autre", "") },
	     { "pieces/a.txt", "a" });
	says("pieces/a.txt : ajout\n", { "pieces/a.txt", "a" });
	/* names are bytes, messages are text */
	says("pieces/r\xEF\xBF\xBDsum\xEF\xBF\xBD.txt : ajout\n", { "pieces/r\351sum\351.txt", "a" });
	says("pieces/r\xC3\xA9s um\xC3\xA9.txt : ajout\n", { "pieces/r\xC3\xA9s\num\xC3\xA9.txt", "a" });
	repo_close(r);
}

/* A long list is cut, the trailers are not; a subject is one line whatever the values hold. */
static void test_long(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("msg4");
	const char *text =
		lesson(ID1, "Autre",
		       "enonce: x\ncontexte: x\nmecanisme: x\neffet: x\nlimites: x\nsens: reussite\nmaturite: "
		       "eprouve_ailleurs\n"
		       "observe_debut: \"2016-09-01\"\nobserve_fin: \"2018-04-10\"\na_revoir_le: \"2020-06-30\"\n");
	const char *m = message(r, (struct put[]){ { P1, text } }, 1);
	assert_true(strcspn(m, "\n") < 130);
	assert_non_null(strstr(m, ", ...\n"));
	assert_non_null(strstr(m, "Champ: a_revoir_le\n"));
	m = message(r, (struct put[]){ { P1, lesson(ID1, "Un", "themes: [\"a\\nFiche: faux\"]\n") } }, 1);
	assert_null(strstr(m, "\nFiche: faux"));
	repo_close(r);
}

static void test_git_reads_the_trailers(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("msg5");
	save(r, P1, lesson(ID1, "Autre", "themes: [con-cooperation]\n"));
	assert_int_equal(record_all(r), 1);
	assert_string_equal(git_in(r, "log -1 --format='%(trailers:key=Champ,valueonly,separator=%x2C)'"),
			    "titre,themes");
	assert_string_equal(git_in(r, "log -1 --format='%(trailers:key=Fiche,valueonly,separator=%x2C)'"), ID1);
	repo_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_record),
		cmocka_unit_test(test_items_and_sets),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_git_reads_the_trailers),
	};
	return cmocka_run_group_tests_name("message", tests, store_setup, store_teardown);
}
