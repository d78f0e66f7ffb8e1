/* The sidecar file, and what everybody does before using it. */
#include "make.h"

static const char full[] =
	"schema: conflit/1\n"
	"id: ens-ara-k5w2h9tc\n"
	"differences:\n"
	"  - champ: \"@record\"\n"
	"    degre: dur\n"
	"    regle: conflict\n"
	"    propositions:\n"
	"      - cle: \"15dbb2c4361b809a\"\n"
	"        absent: true\n"
	"      - cle: \"94332144d941eb12\"\n"
	"        present: true\n"
	"        par: \"act-ara-2w3x4y5z\"\n"
	"  - champ: budget\n"
	"    degre: tranche\n"
	"    regle: conflict\n"
	"    base: {\"a\": [1, 2.5, true, null, \"oui\"]}\n"
	"    par: \"act-ara-2w3x4y5z\"\n"
	"    date: \"2018-10-08\"\n"
	"    propositions:\n"
	"      - cle: \"4c1ff8f9b6f40bb3\"\n"
	"        valeur: {\"a\": [1, 2.5, true, null, \"oui\"]}\n"
	"  - champ: enonce\n"
	"    degre: a_relire\n"
	"    regle: prose\n"
	"    base: |-\n"
	"      Une phrase : avec # tout, et \"des guillemets\".\n"
	"\n"
	"      Deux.\n"
	"    propositions:\n"
	"      - cle: \"2c6ee24b09816a6f\"\n"
	"        valeur: |-\n"
	"          Un.\n"
	"      - cle: \"2c6ee24b09816a6f\"\n"
	"        valeur: \"Un.\\n\"\n"
	"  - champ: titre\n"
	"    degre: dur\n"
	"    regle: conflict\n"
	"    base: \"a \\\\ b \\\"c\\\"\\u0085\"\n"
	"    propositions:\n"
	"      - cle: \"x\"\n"
	"        valeur: 12\n"
	"        par: \"act-ara-2w3x4y5z\"\n"
	"        date: \"2018-10-08\"\n"
	"        commit: \"85ec4caf9d8143ac2f2deb3f21df7c7ec48c1339\"\n";

static int parse(struct diffs *out, const char *text, struct err *e)
{
	return diffs_parse(out, &mem, "conflits/x.yaml", text, strlen(text), e);
}

static void what_is_written_reads_back(void **state)
{
	IN_ARENA;
	const struct diffs *d = sidecar_of(full);
	assert_int_equal(d->n, 4);
	assert_int_equal(diffs_open(d), 3);
	const char *text = printed(d);
	const struct diffs *again = sidecar_of(text);
	assert_true(diffs_equal(d, again));
	assert_string_equal(printed(again), text);
	/* layout: as given, but for keys that are computed */
	assert_non_null(strstr(text, "    base: |-\n      Une phrase : avec # tout, et \"des guillemets\".\n\n      Deux.\n"));
	assert_non_null(strstr(text, "        valeur: |-\n          Un.\n"));
	assert_non_null(strstr(text, "        valeur: \"Un.\\n\"\n"));
	assert_non_null(strstr(text, "    base: {\"a\": [1, 2.5, true, null, \"oui\"]}\n    par: \"act-ara-2w3x4y5z\"\n    date: \"2018-10-08\"\n"));
	assert_non_null(strstr(text, "    base: \"a \\\\ b \\\"c\\\"\\u0085\"\n"));
	assert_null(strstr(text, "\"x\"")); /* a key is computed, not believed */
	struct diffs none;
	struct err e;
	assert_int_equal(diffs_parse(&none, &mem, "x", NULL, 0, &e), 0);
	assert_int_equal(none.n, 0);
	assert_string_equal(printed(&none), "");
}

static void random_values_read_back(void **state)
{
	uint64_t seed = seed_of();
	for (unsigned i = 0; i < 1500; i++) {
		IN_ARENA;
		chance_state = seed + i;
		struct diffs d = { .id = "ess-ara-2w3x4y5z" };
		struct diff one = { .champ = "a/b c/é", .degre = DEG_DUR, .regle = one_in(2) ? "prose" : "conflict", .base = random_value(F_ANY) };
		static const char *const odd[] = { "", " x", "x ", "\n", "x\n", "x\n\ny", "x\n y", "x\n  \ny", "- x", "# x", "a: b", "\t", "'", "\"", "\\",
						   "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf", "\x7f", "é\xc2\xa0!", "~", "null", "1", "yes" };
		for (unsigned k = 0; k < 3; k++) {
			struct proposal p;
			struct origin by = { one_in(2) ? "act-ara-2w3x4y5z" : NULL, NULL, one_in(2) ? "1234" : NULL };
			proposal_init(&p, one_in(2) ? val_str(&mem, odd[below(sizeof odd / sizeof *odd)]) : one_in(3) ? val_copy(&mem, one.base) : random_value(F_ANY), &by);
			p.round = below(3);
			diff_propose(&one, &mem, &p);
		}
		arena_push(&mem, &d, one);
		const char *text = printed(&d);
		const struct diffs *again = sidecar_of(text);
		if (!diffs_equal(&d, again) || strcmp(printed(again), text))
			fail_msg("SEED=%llu\n%s", (unsigned long long)(seed + i), text);
	}
}

static void broken_sidecars_are_refused_with_their_place(void **state)
{
	IN_ARENA;
	static const struct {
		const char *text, *where, *words;
	} rows[] = {
		{ "schema: conflit/2\nid: x\ndifferences: []\n", "x.yaml:1:9: ", "conflit/1" },
		{ "schema: conflit/1\ndifferences: []\n", "x.yaml:1:1: ", "id" },
		{ "schema: conflit/1\nid: x\n", "x.yaml:1:1: ", "differences" },
		{ "schema: conflit/1\nid: x\ndifferences: 3\n", "x.yaml:3:14: ", "liste" },
		{ "schema: conflit/1\nid: x\nautre: 1\ndifferences: []\n", "x.yaml:3:8: ", "autre" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - champ: a\n", "x.yaml:4:5: ", "degre" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - {champ: a, degre: mou}\n", "x.yaml:4:23: ", "tranche" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - {champ: a, degre: dur}\n", "x.yaml:4:5: ", "proposition" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - {champ: a, degre: dur, propositions: [{cle: x}]}\n", "x.yaml:4:43: ", "absent" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - {champ: a, degre: dur, propositions: [{absent: false}]}\n", "x.yaml:4:52: ", "true" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - {champ: a, degre: dur, propositions: [{valeur: 1, absent: true}]}\n", "x.yaml:4:43: ", "valeur" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - {champ: a, degre: dur, propositions: [{valeur: 1, tour: -1}]}\n", "x.yaml:4:61: ", "tour" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - {champ: a, degre: dur, propositions: [{valeur: 1, tour: 1000001}]}\n", "x.yaml:4:61: ", "tour" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - {champ: a, degre: dur, propositions: [{valeur: 1, tour: deux}]}\n", "x.yaml:4:61: ", "tour" },
		{ "schema: conflit/1\nid: x\ndifferences:\n  - 3\n", "x.yaml:4:5: ", "clé" },
		{ "schema: conflit/1\nid: x\ndifferences: [\n", "x.yaml:", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct diffs d = { .n = 99 };
		struct err e = { 0 };
		assert_int_equal(parse(&d, rows[i].text, &e), ERR_DATA);
		if (!strstr(e.msg, rows[i].where) || !strstr(e.msg, rows[i].words))
			fail_msg("%s: %s", rows[i].text, e.msg);
		assert_int_equal(d.n, 99); /* untouched on failure */
	}
}

/* --- normalising --------------------------------------------------------------------------------------------------- */

#define HEAD "schema: conflit/1\nid: x-y\ndifferences:\n"
#define TITLE "  - champ: titre\n    degre: dur\n    regle: conflict\n    base: a\n    propositions:\n      - {valeur: b}\n      - {valeur: c}\n"

/* The entries left, as "champ degre shown"; joined by ", ". */
static const char *normalised(const char *record, const char *sidecar)
{
	const struct schema *s = kind_of("type: object\nproperties:\n  t: {x-merge: prose}\n  l: {type: array, x-list-type: map, x-list-map-keys: [id]}\n");
	struct origin me = { "act-ara-2w3x4y5z", "2018-06-01", NULL };
	struct diffs d;
	diffs_normalise(&d, &mem, s, record ? side_of(s, record, NULL).val : NULL, sidecar_of(sidecar), &me);
	static const char *const degrees[] = { "dur", "a_relire", "tranche" };
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < d.n; i++) {
		buf_printf(&b, "%s%s %s", i ? ", " : "", d.at[i].champ, degrees[d.at[i].degre]);
		if (d.at[i].base) {
			buf_putc(&b, ' ');
			val_canon(&b, d.at[i].base);
		}
		if (d.at[i].degre == DEG_TRANCHE && (d.at[i].n != 1 || (d.at[i].settled.par && strcmp(d.at[i].settled.par, me.par))))
			fail_msg("settled by nobody");
	}
	const char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static void what_was_settled_by_hand_is_seen(void **state)
{
	IN_ARENA;
	assert_string_equal(normalised("titre: a\n", HEAD TITLE), "titre dur \"a\"");
	assert_string_equal(normalised("titre: b\n", HEAD TITLE), "titre tranche \"b\"");
	assert_string_equal(normalised("titre: autre\n", HEAD TITLE), "titre tranche \"autre\"");
	assert_string_equal(normalised("x: 1\n", HEAD TITLE), "titre tranche"); /* on doing without the field */
	assert_string_equal(normalised(NULL, HEAD TITLE), "");	   /* the record is gone */
	static const char settled[] = HEAD "  - {champ: titre, degre: tranche, base: b, propositions: [{valeur: b}]}\n";
	assert_string_equal(normalised("titre: b\n", settled), "titre tranche \"b\"");
	assert_string_equal(normalised("titre: c\n", settled), ""); /* set again */
	/* without a base the field shows the smallest key, which is b's or c's */
	static const char open[] = HEAD "  - {champ: titre, degre: dur, propositions: [{valeur: b}, {valeur: c}]}\n";
	const char *b = normalised("titre: b\n", open), *c = normalised("titre: c\n", open);
	assert_true(!strcmp(b, "titre dur") != !strcmp(c, "titre dur"));
	assert_true(!strcmp(b, "titre tranche \"b\"") != !strcmp(c, "titre tranche \"c\""));
}

/* Of each proposal of the only entry: "value round". */
static const char *rounds(const struct diffs *d)
{
	struct buf b = BUF_INIT;
	assert_int_equal(d->n, 1);
	for (size_t i = 0; i < d->at[0].n; i++)
		buf_printf(&b, "%s%s %u", i ? ", " : "", d->at[0].at[i].valeur->str.at, d->at[0].at[i].round);
	const char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

static void a_choice_is_one_round_later(void **state)
{
	IN_ARENA;
	/* what is not said: a value that is shown as the base was chosen once */
	const struct diffs *d = sidecar_of(HEAD "  - {champ: titre, degre: dur, base: a, propositions: [{valeur: a}, {valeur: b}]}\n");
	assert_string_equal(rounds(d), "a 1, b 0");
	assert_null(strstr(printed(d), "tour"));
	d = sidecar_of(HEAD "  - {champ: titre, degre: dur, base: a, propositions: [{valeur: a, tour: 0}, {valeur: b, tour: 7}]}\n");
	assert_string_equal(rounds(d), "a 0, b 7");
	assert_non_null(strstr(printed(d), "tour: 0\n"));
	assert_non_null(strstr(printed(d), "tour: 7\n"));
	/* twice the same value: the later choice */
	assert_string_equal(rounds(sidecar_of(HEAD "  - {champ: titre, degre: dur, propositions: [{valeur: b, tour: 3}, {valeur: b}]}\n")), "b 3");
	/* by command and by hand alike, and not twice */
	struct origin me = { "act-ara-4k5m6n7p", "2018-06-01", NULL };
	struct diffs after, again;
	diffs_settle(&after, &mem, NULL, d, "titre", NULL, val_str(&mem, "a"), &me);
	assert_string_equal(rounds(&after), "a 8");
	const struct schema *s = kind_of("type: object\n");
	diffs_normalise(&after, &mem, s, side_of(s, "titre: z\n", NULL).val, d, &me);
	assert_string_equal(rounds(&after), "z 8");
	assert_int_equal(diffs_normalise(&again, &mem, s, side_of(s, "titre: z\n", NULL).val, &after, &me), 0);
	assert_string_equal(rounds(&again), "z 8");
	/* there is a last round, which reads back */
	d = sidecar_of(HEAD "  - {champ: titre, degre: dur, base: a, propositions: [{valeur: a}, {valeur: b, tour: 1000000}]}\n");
	diffs_settle(&after, &mem, NULL, d, "titre", NULL, val_str(&mem, "a"), &me);
	assert_true(diffs_equal(&after, sidecar_of(printed(&after))));
}

static void sentences_items_and_records(void **state)
{
	IN_ARENA;
	static const char dur[] = HEAD "  - {champ: t, degre: dur, regle: prose, base: Deux a., propositions: [{valeur: Deux b.}, {valeur: Deux c.}]}\n";
	assert_string_equal(normalised("t: Un. Deux a. Trois.\n", dur), "t dur \"Deux a.\"");
	assert_string_equal(normalised("t: |-\n  Un. Deux\n  a. Trois.\n", dur), "t dur \"Deux a.\"");
	assert_string_equal(normalised("t: Un. Deux b. Trois.\n", dur), "");
	static const char read[] = HEAD "  - champ: t\n    degre: a_relire\n    regle: prose\n    base: un deux trois quatre cinq\n    propositions:\n      - "
					"{valeur: UN deux trois quatre cinq}\n      - {valeur: un deux trois quatre CINQ}\n";
	assert_string_equal(normalised("t: UN deux trois quatre CINQ\n", read), "t a_relire \"un deux trois quatre cinq\"");
	assert_string_equal(normalised("t: UN deux trois quatre six\n", read), "");
	static const char lost[] = HEAD "  - {champ: t, degre: dur, regle: prose, propositions: [{valeur: Deux b.}]}\n";
	assert_string_equal(normalised("t: Un.\n", lost), "t dur"); /* no base: only `resolve` ends it */
	static const char item[] = HEAD "  - {champ: l/k1, degre: dur, propositions: [{absent: true}, {present: true}]}\n";
	assert_string_equal(normalised("l: [{id: k1, n: 3}]\n", item), "l/k1 dur");
	assert_string_equal(normalised("l: [{id: k2}]\n", item), "");
	static const char record[] = HEAD "  - {champ: \"@record\", degre: dur, propositions: [{absent: true}, {present: true}]}\n";
	assert_string_equal(normalised("x: 1\n", record), "@record dur");
	assert_string_equal(normalised(NULL, record), "");
	static const char odd[] = HEAD "  - {champ: t, degre: a_relire, regle: prose, base: [1], propositions: [{valeur: 2}]}\n";
	assert_string_equal(normalised("t: 2\n", odd), "t a_relire [1]");
	assert_string_equal(normalised("t: Un.\n", odd), "");
	static const char flag[] = HEAD "  - {champ: x, degre: a_relire, base: 1, propositions: [{valeur: 2}]}\n";
	assert_string_equal(normalised("x: 2\n", flag), "x a_relire 1");
	assert_string_equal(normalised("x: 3\n", flag), "");
}

static void entries_about_one_thing_are_one(void **state)
{
	IN_ARENA;
	assert_string_equal(normalised("titre: a\n", HEAD TITLE "  - {champ: titre, degre: dur, base: a, propositions: [{valeur: d}]}\n"), "titre dur \"a\"");
	/* dur absorbs a_relire */
	assert_string_equal(normalised("titre: a\n", HEAD "  - {champ: titre, degre: a_relire, base: z, propositions: [{valeur: a}]}\n" TITLE), "titre dur \"a\"");
	/* sorted by field */
	assert_string_equal(normalised("titre: a\nb: 1\n", HEAD TITLE "  - {champ: b, degre: dur, base: 1, propositions: [{valeur: d}]}\n"),
			    "b dur 1, titre dur \"a\"");
}

#define ABSENT(champ) HEAD "  - {champ: " champ ", degre: tranche, propositions: [{absent: true}]}\n"

static void a_field_settled_away_keeps_its_entry_until_it_is_set(void **state)
{
	IN_ARENA;
	assert_string_equal(normalised("x: 1\n", ABSENT("titre")), "titre tranche");
	assert_string_equal(normalised("titre: a\n", ABSENT("titre")), "");
	assert_string_equal(normalised("x: 1\n", HEAD "  - {champ: titre, degre: tranche, base: a, propositions: [{valeur: a}]}\n"), "");
	/* the whole that it was part of: there, gone, or no mapping any more; an item of a list is no field */
	assert_string_equal(normalised("m: {}\n", ABSENT("m/titre")), "m/titre tranche");
	assert_string_equal(normalised("l: [{id: u, c: 1}]\n", ABSENT("l/u/titre")), "l/u/titre tranche");
	assert_string_equal(normalised("x: 1\n", ABSENT("m/titre")), "");
	assert_string_equal(normalised("m: deux\n", ABSENT("m/titre")), "");
	assert_string_equal(normalised("l: [{id: u, c: 1}]\n", ABSENT("l/v")), "");
	/* what showed nothing asked nothing; sentences go with their text */
	assert_string_equal(normalised("x: 1\n", HEAD "  - {champ: titre, degre: dur, propositions: [{absent: true}]}\n"), "");
	assert_string_equal(normalised("x: 1\n", HEAD "  - {champ: t, degre: dur, regle: prose, base: A., propositions: [{valeur: B.}, {valeur: C.}]}\n"), "");
}

static void keys_may_hold_a_slash(void **state)
{
	IN_ARENA;
	assert_string_equal(normalised("a/b: {c: 1}\n", HEAD "  - {champ: a/b/c, degre: dur, base: 1, propositions: [{valeur: 2}]}\n"), "a/b/c dur 1");
	assert_string_equal(normalised("l: [{id: u/v, c: 1}]\n", HEAD "  - {champ: l/u/v/c, degre: dur, base: 1, propositions: [{valeur: 2}]}\n"),
			    "l/u/v/c dur 1");
}

static void settling(void **state)
{
	IN_ARENA;
	const struct diffs *d = sidecar_of(HEAD TITLE "  - {champ: t, degre: dur, regle: prose, base: Deux a., propositions: [{valeur: Deux b.}, {valeur: Deux c.}]}\n");
	struct origin me = { "act-ara-4k5m6n7p", "2018-06-01", NULL };
	struct diffs after;
	diffs_settle(&after, &mem, NULL, d, "titre", NULL, val_str(&mem, "b"), &me);
	assert_int_equal(after.n, 2);
	assert_int_equal(diffs_open(&after), 1);
	assert_int_equal(after.at[0].degre, DEG_TRANCHE);
	assert_true(val_is_str(after.at[0].base, "b"));
	assert_string_equal(after.at[0].settled.par, me.par);
	diffs_settle(&after, &mem, NULL, d, "titre", NULL, NULL, &me); /* by taking the field out */
	assert_int_equal(after.n, 2);
	assert_true(diff_is_absence(&after.at[0]));
	assert_null(strstr(printed(&after), "tour")); /* it goes without saying that a choice is one round later */
	assert_true(diffs_equal(&after, sidecar_of(printed(&after))));
	char cle[VAL_KEY_LEN + 1];
	val_key(cle, val_str(&mem, "Deux a."));
	diffs_settle(&after, &mem, NULL, d, "t", cle, val_str(&mem, "Un. Deux b."), &me);
	assert_int_equal(after.n, 1);
	assert_ptr_equal(diffs_find(d, "t", cle), &d->at[1]);
	assert_ptr_equal(diffs_find(d, "t", d->at[1].at[1].cle), &d->at[1]);
	assert_null(diffs_find(d, "t", "0000000000000000"));
	assert_null(diffs_find(d, "rien", NULL));
	/* taking a sentence changes that sentence, taking a value the value */
	const struct val *text = val_str(&mem, "Un. Deux\na. Trois.");
	assert_true(val_is_str(diff_taken(&mem, &d->at[1], text, d->at[1].at[0].valeur), "Un. Deux b. Trois.") ||
		    val_is_str(diff_taken(&mem, &d->at[1], text, d->at[1].at[0].valeur), "Un. Deux c. Trois."));
	assert_true(val_is_str(diff_taken(&mem, &d->at[1], text, val_str(&mem, "")), "Un. Trois."));
	assert_true(val_is_str(diff_taken(&mem, &d->at[1], val_str(&mem, "Six."), val_str(&mem, "b")), "Six."));
	assert_true(val_is_str(diff_taken(&mem, &d->at[0], text, val_str(&mem, "b")), "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_is_written_reads_back, teardown),
		cmocka_unit_test_teardown(random_values_read_back, teardown),
		cmocka_unit_test_teardown(broken_sidecars_are_refused_with_their_place, teardown),
		cmocka_unit_test_teardown(what_was_settled_by_hand_is_seen, teardown),
		cmocka_unit_test_teardown(a_choice_is_one_round_later, teardown),
		cmocka_unit_test_teardown(sentences_items_and_records, teardown),
		cmocka_unit_test_teardown(entries_about_one_thing_are_one, teardown),
		cmocka_unit_test_teardown(a_field_settled_away_keeps_its_entry_until_it_is_set, teardown),
		cmocka_unit_test_teardown(keys_may_hold_a_slash, teardown),
		cmocka_unit_test_teardown(settling, teardown),
	};
	return cmocka_run_group_tests_name("differences", tests, NULL, NULL);
}
