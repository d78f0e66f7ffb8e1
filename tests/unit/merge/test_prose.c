#include "make.h"
#include "merge/prose.h"
#include "merge/prose_split.h"

/* Sentences joined by |, paragraph breaks as ¶. */
static const char *cut(const char *text)
{
	struct pieces p;
	struct buf b = BUF_INIT;
	prose_sentences(&p, &mem, text, strlen(text), false);
	for (size_t i = 0; i < p.n; i++) {
		buf_puts(&b, i ? "|" : "");
		if (p.at[i].brk)
			buf_puts(&b, "¶");
		else
			buf_put(&b, p.at[i].at, p.at[i].n);
	}
	const char *out = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return out;
}

static void texts_are_cut_into_sentences(void **state)
{
	IN_ARENA;
	static const char *const rows[][2] = {
		{ "Un. Deux ! Trois ? Quatre… Cinq", "Un.|Deux !|Trois ?|Quatre…|Cinq" },
		{ "Un.\nDeux.\n\nTrois.\n", "Un.|Deux.|¶|Trois." },
		{ "M. Dupont et Mme. Durand, cf. Martin, art. 3, p. 12. Fin.", "M. Dupont et Mme. Durand, cf. Martin, art. 3, p. 12.|Fin." },
		{ "A. Dupont et J.-P. Martin. Oui.", "A. Dupont et J.-P. Martin.|Oui." },
		{ "Le vélo, etc. puis la marche. Oui.", "Le vélo, etc. puis la marche.|Oui." },
		{ "Elle dit : « Venez. » Ils vinrent.", "Elle dit : « Venez. »|Ils vinrent." },
		{ "« Venez ». Ils vinrent.", "« Venez ».|Ils vinrent." },
		{ "Pourquoi\xc2\xa0? « Parce que. »", "Pourquoi\xc2\xa0?|« Parce que. »" },
		{ "Cela coûte 3.5 euros. 12 personnes.", "Cela coûte 3.5 euros.|12 personnes." },
		{ "Quoi ?! Élan. Œuvre. êta.", "Quoi ?!|Élan.|Œuvre. êta." },
		{ "Vu sur ara.invalid. ensuite rien", "Vu sur ara.invalid. ensuite rien" },
		{ "", "" },
		{ " \n\n Un.", "¶|Un." },
		{ "Un.\r\n\r\nDeux.", "Un.|¶|Deux." },
		/* lines of a list, replies of a dialogue */
		{ "Au menu :\n- un café ;\n- un repas\n- et rien", "Au menu :|- un café ;|- un repas|- et rien" },
		{ "— Qui vient ?\n— personne.\n\n— Ah…\n— bon", "— Qui vient ?|— personne.|¶|— Ah…|— bon" },
		{ "1. Un café\n2. Un repas. Puis\n10) Rien", "1. Un café|2. Un repas.|Puis\n10) Rien" },
		{ "Le conseil\n- réuni tard\n- décide. Non", "Le conseil\n- réuni tard\n- décide.|Non" }, /* re-wrapped dashes */
		{ "Il dit « non »\n– puis\n12 ans\n-3", "Il dit « non »|– puis\n12 ans\n-3" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(cut(rows[i][0]), rows[i][1]);
}

/* A merge, its text and contests: "text [dur base / a / b]". Both ways round. */
static const char *merged(const char *o, const char *a, const char *b)
{
	const char *out[2];
	for (int way = 0; way < 2; way++) {
		struct prose_input in = { .o = val_str(&mem, o), .a = val_str(&mem, way ? b : a), .b = val_str(&mem, way ? a : b) };
		struct contests c;
		struct buf t = BUF_INIT;
		buf_puts(&t, prose_merge(&c, &mem, &in)->str.at);
		for (size_t i = 0; i < c.n; i++)
			buf_printf(&t, " [%s %s / %s / %s]", c.at[i].degre == DEG_DUR ? "dur" : "relire", c.at[i].base, c.at[i].side[way],
				   c.at[i].side[!way]);
		out[way] = arena_dup(&mem, buf_str(&t));
		buf_free(&t);
	}
	assert_string_equal(out[0], out[1]);
	return out[0];
}

#define BASE "Les élus arrivent tôt. Les agents parlent peu.\nLes habitants décident ensemble du calendrier et du lieu."

static void edits_in_different_sentences_combine(void **state)
{
	IN_ARENA;
	assert_string_equal(merged("Un a. Deux a. Trois a.", "Un b. Deux a. Trois a.", "Un a. Deux a. Trois b."), "Un b. Deux a. Trois b.");
	assert_string_equal(merged("Un a. Deux a.", "Un b. Deux a.", "Un a. Deux b."), "Un b. Deux b.");
	assert_string_equal(merged("Un a. Deux a.", "Un a. Neuf. Deux a.", "Un a. Deux a. Dix."), "Un a. Neuf. Deux a. Dix.");
	assert_string_equal(merged("Un a. Deux a. Trois a.", "Un a. Trois a.", "Un a. Deux a. Trois b."), "Un a. Trois b.");
	assert_string_equal(merged("Un a.", "Un b.", "Un b."), "Un b.");
	/* one rewrote a sentence and added another beside it; the other rewrote the neighbour */
	assert_string_equal(merged("Les élus arrivent tôt. Les agents parlent peu.", "Les élus arrivent très tôt. Voici du neuf. Les agents parlent peu.",
				   "Les élus arrivent tôt. Les agents parlent beaucoup."),
			    "Les élus arrivent très tôt. Voici du neuf. Les agents parlent beaucoup.");
}

/* One cut a sentence in two, or made one of two: the other's edit of it is a contest about all of it, nothing stands twice. */
static void a_cut_sentence_is_one_edit(void **state)
{
	IN_ARENA;
	assert_string_equal(merged("Le bailleur prête une salle et le centre garde les enfants. Fin.",
				   "Le bailleur prête une salle. Le centre garde les enfants. Fin.",
				   "Le bailleur prête une salle et le centre accueille les enfants. Fin."),
			    "Le bailleur prête une salle et le centre garde les enfants. Fin. [dur Le bailleur prête une salle et le centre garde "
			    "les enfants. / Le bailleur prête une salle. Le centre garde les enfants. / Le bailleur prête une salle et le centre "
			    "accueille les enfants.]");
	assert_string_equal(merged("Le bailleur prête une salle. Le centre garde les enfants. Fin.",
				   "Le bailleur prête une salle et le centre garde les enfants. Fin.",
				   "Le bailleur prête une salle. Le centre accueille les enfants. Fin."),
			    "Le bailleur prête une salle. Le centre garde les enfants. Fin. [dur Le bailleur prête une salle. Le centre garde "
			    "les enfants. / Le bailleur prête une salle et le centre garde les enfants. / Le bailleur prête une salle. Le centre "
			    "accueille les enfants.]");
	/* a sentence added beside one that was corrected is none of its parts */
	assert_string_equal(merged("Le bailleur prête une salle.", "Le bailleur prête une grande salle. Personne ne vient.", "Le bailleur prête sa salle."),
			    "Le bailleur prête une salle. Personne ne vient. [dur Le bailleur prête une salle. / Le bailleur prête une grande salle. / "
			    "Le bailleur prête sa salle.]");
}

static void insertions_at_one_place_are_both_kept(void **state)
{
	IN_ARENA;
	assert_string_equal(merged("Un.", "Un. Zoé.", "Un. Abel."), "Un. Abel. Zoé.");
	assert_string_equal(merged("Un.", "Un. Abel. Zoé.", "Un. Abel."), "Un. Abel. Zoé.");
	assert_string_equal(merged("Un.\n\nDeux.", "Un.\n\nZoé.\n\nDeux.", "Un.\n\nAbel.\n\nDeux."), "Un.\n\nAbel.\n\nZoé.\n\nDeux.");
	assert_string_equal(merged("Un.", "Un. Zoé.", "Un.\n\nAbel."), "Un. Zoé.\n\nAbel.");
	assert_string_equal(merged("", "Un.", "Deux."), "Deux. Un.");
}

static void one_sentence_combines_when_the_words_are_far_apart(void **state)
{
	IN_ARENA;
	assert_string_equal(merged("Un deux trois quatre cinq six.", "Un DEUX trois quatre cinq six.", "Un deux trois quatre cinq SIX."),
			    "Un DEUX trois quatre cinq SIX. [relire Un deux trois quatre cinq six. / Un DEUX trois quatre cinq six. / Un deux trois "
			    "quatre cinq SIX.]");
	assert_string_equal(merged("Un deux trois quatre cinq.", "Un DEUX trois quatre cinq.", "Un deux trois quatre CINQ."),
			    "Un deux trois quatre cinq. [dur Un deux trois quatre cinq. / Un DEUX trois quatre cinq. / Un deux trois quatre CINQ.]");
	assert_string_equal(merged("Un deux trois.", "Un 2 trois.", "Un II trois."), "Un deux trois. [dur Un deux trois. / Un 2 trois. / Un II trois.]");
	/* deleted here, rewritten there */
	assert_string_equal(merged("Un. Deux mots. Trois.", "Un. Trois.", "Un. Deux beaux mots. Trois."),
			    "Un. Deux mots. Trois. [dur Deux mots. /  / Deux beaux mots.]");
	/* the same edit beside another one: nobody's text is lost, and both are named */
	assert_string_equal(merged("Un deux trois quatre cinq six.", "Un DEUX trois quatre cinq six.", "Un DEUX trois quatre cinq SIX."),
			    "Un DEUX trois quatre cinq SIX. [relire Un deux trois quatre cinq six. / Un DEUX trois quatre cinq six. / Un DEUX trois "
			    "quatre cinq SIX.]");
}

static void wrapping_anew_is_no_change(void **state)
{
	IN_ARENA;
	assert_string_equal(merged(BASE, "Les élus\narrivent tôt. Les agents\nparlent peu. Les habitants décident\nensemble du calendrier et du lieu.",
				   "Les élus arrivent tôt. Les agents parlent peu.\nLes habitants décident seuls du calendrier et du lieu."),
			    "Les élus\narrivent tôt. Les agents\nparlent peu. Les habitants décident seuls du calendrier et du lieu.");
	assert_string_equal(merged("Un. Deux.", "Un.\nDeux.", "Un. Deux.  Trois."), "Un.\nDeux.  Trois.");
	assert_string_equal(merged("Un. Deux.", "Un.\n\nDeux.", "Un. Deux b."), "Un.\n\nDeux b.");
	assert_string_equal(merged("Un. Deux.\n", "Un. Deux.", "Zéro. Un. Deux.\n"), "Zéro. Un. Deux.");
}

static void a_guarded_sentence_is_not_changed_by_one_side_alone(void **state)
{
	IN_ARENA;
	struct contests c;
	struct prose_input in = { .o = val_str(&mem, "Un. Deux mots. Trois."), .a = val_str(&mem, "Un. Deux mots. Trois."),
				  .b = val_str(&mem, "Un. Deux autres\nmots. Trois.") };
	struct guard asked = { .shown = "Deux mots." }, settled = { .shown = "Un deux trois quatre cinq six." };
	arena_push(&mem, &in.asked[0], asked);
	assert_string_equal(prose_merge(&c, &mem, &in)->str.at, "Un. Deux mots. Trois.");
	assert_int_equal(c.n, 1);
	assert_null(c.at[0].side[0]);
	assert_string_equal(c.at[0].side[1], "Deux autres\nmots.");
	in.asked[0].n = 0;
	assert_string_equal(prose_merge(&c, &mem, &in)->str.at, "Un. Deux autres\nmots. Trois.");
	/* settled differently by both: far apart or not, people decide */
	struct prose_input two = { .o = val_str(&mem, "Un deux trois quatre cinq six."), .a = val_str(&mem, "Un DEUX trois quatre cinq six."),
				   .b = val_str(&mem, "Un deux trois quatre cinq SIX.") };
	arena_push(&mem, &two.open, settled);
	prose_merge(&c, &mem, &two);
	assert_int_equal(c.at[0].degre, DEG_DUR);
}

/* A question is what became of any of its answers, however little they resemble; what was added beside it is no part of it. */
static void a_run_in_question_is_one(void **state)
{
	IN_ARENA;
	struct contests c;
	const char *answers[] = { "Deux mots. Zoé.", "Quatre." };
	struct guard asked = { .shown = "Deux mots. Trois.", .answer = answers, .n = 2 };
	struct prose_input in = { .o = val_str(&mem, "Un. Quatre. Fin."), .a = val_str(&mem, "Un. Neuf. Deux mots.\nTrois. Fin."),
				  .b = val_str(&mem, "Un. Quatre cinq. Fin.") };
	arena_push(&mem, &in.asked[0], asked);
	assert_string_equal(prose_merge(&c, &mem, &in)->str.at, "Un. Neuf. Deux mots.\nTrois. Fin.");
	assert_int_equal(c.n, 1);
	assert_string_equal(c.at[0].base, "Deux mots.\nTrois.");
	assert_null(c.at[0].side[0]);
	assert_string_equal(c.at[0].side[1], "Quatre cinq.");
	assert_string_equal(c.at[0].was, "Quatre.");
}

static void sentences_are_found_and_replaced_however_wrapped(void **state)
{
	IN_ARENA;
	struct prose_index *x = prose_index(&mem, val_str(&mem, "Un. Deux\nbeaux mots. Trois."));
	assert_true(prose_shows(x, "Deux beaux mots."));
	assert_false(prose_shows(x, "beaux mots."));
	assert_false(prose_shows(x, "Deux"));
	assert_true(prose_shows(x, "Un. Deux beaux\nmots."));
	assert_string_equal(prose_replace(x, "Deux beaux mots.", "Quatre.")->str.at, "Un. Quatre. Trois.");
	assert_string_equal(prose_replace(x, "Deux beaux mots.", "")->str.at, "Un. Trois.");
	assert_string_equal(prose_replace(x, "Un.", "")->str.at, "Deux\nbeaux mots. Trois.");
	assert_null(prose_replace(x, "Cinq.", "Six."));
	const char *sides[3] = { "un DEUX trois quatre cinq six sept huit neuf dix", "un deux trois quatre cinq SIX sept huit neuf dix",
				 "un deux trois quatre cinq six sept huit neuf DIX" };
	assert_string_equal(prose_combine(&mem, "un deux trois quatre cinq six sept huit neuf dix", sides, 3),
			    "un DEUX trois quatre cinq SIX sept huit neuf DIX");
}

/* merge(o, o, b) is b, byte for byte; and no order of the sides matters. */
static void random_texts(void **state)
{
	uint64_t seed = seed_of();
	for (unsigned i = 0; i < 3000; i++) {
		IN_ARENA;
		chance_state = seed + i;
		struct val *o = prose(), *a = edit_prose(o), *b = edit_prose(one_in(3) ? edit_prose(o) : o);
		merged(o->str.at, a->str.at, b->str.at);
		struct contests c;
		struct prose_input in = { .o = o, .a = o, .b = b };
		assert_string_equal(prose_merge(&c, &mem, &in)->str.at, b->str.at);
		assert_int_equal(c.n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(texts_are_cut_into_sentences, teardown),
		cmocka_unit_test_teardown(edits_in_different_sentences_combine, teardown),
		cmocka_unit_test_teardown(a_cut_sentence_is_one_edit, teardown),
		cmocka_unit_test_teardown(insertions_at_one_place_are_both_kept, teardown),
		cmocka_unit_test_teardown(one_sentence_combines_when_the_words_are_far_apart, teardown),
		cmocka_unit_test_teardown(wrapping_anew_is_no_change, teardown),
		cmocka_unit_test_teardown(a_guarded_sentence_is_not_changed_by_one_side_alone, teardown),
		cmocka_unit_test_teardown(a_run_in_question_is_one, teardown),
		cmocka_unit_test_teardown(sentences_are_found_and_replaced_however_wrapped, teardown),
		cmocka_unit_test_teardown(random_texts, teardown),
	};
	return cmocka_run_group_tests_name("prose", tests, NULL, NULL);
}
