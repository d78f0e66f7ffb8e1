/* What an ordinary commit may put into a sidecar: only what history bears out. By the hub's check, and the folder's. */
#include "fixture.h"

#include "store/hub.h"
#include "store/worktree.h"

#define ID "ens-ara-k5w2h9tc"
#define REC "enseignements/k5/" ID ".yaml"
#define SIDE "conflits/k5/" ID ".yaml"

static struct arena A;
static struct repo *R;
static struct oid O, X, Y, ELSEWHERE; /* titles: Zéro, Un, Deux (on top of Un); Trois, on a branch that main has not */

static const char *rec(const char *titre, const char *enonce)
{
	return arena_printf(&A, "schema: enseignement/1\nid: " ID "\ncollectif: ara\nlangue: fr\ntitre: \"%s\"\netat: brouillon\n"
				"visibilite: collectif\ncree_le: \"2018-10-08\"\ncree_par: act-ara-2w3x4y5z\nenonce: \"%s\"\n", titre, enonce);
}

static int begin(void **state)
{
	(void)state;
	if (!arena_begin(&A))
		return -1;
	R = new_repo_by("proposals", "act-ara-2w3x4y5z");
	O = commit_files(R, root_of(R), "o", REC, rec("Zéro", "Une phrase. Une autre."), NULL);
	X = commit_files(R, O, "x", REC, rec("Un", "Une phrase. Une autre."), NULL);
	Y = commit_files(R, X, "y", REC, rec("Deux", "Une phrase. Une toute autre."), NULL);
	ELSEWHERE = commit_files(R, O, "z", REC, rec("Trois", "x"), NULL);
	set_main(R, Y);
	return 0;
}

static int end(void **state)
{
	(void)state;
	repo_close(R);
	fs_remove_tree(tmp_path("proposals"), NULL);
	arena_end(&A);
	return 0;
}

struct claim {
	const char *what;
	const char *champ, *regle, *base, *valeur, *par, *commit; /* commit NULL: none */
	const char *refusal;                                      /* words of it; NULL: it passes */
};

static const char *key_of(const char *text)
{
	char key[VAL_KEY_LEN + 1];
	val_key(key, val_str(&A, text));
	return arena_dup(&A, key);
}

static const char *sidecar(const struct claim *c)
{
	return arena_printf(&A,
			    "schema: conflit/1\nid: " ID "\ndifferences:\n  - champ: %s\n    degre: dur\n    regle: %s\n    base: \"%s\"\n"
			    "    propositions:\n      - cle: \"%s\"\n        valeur: \"%s\"\n        par: \"%s\"\n        date: \"2018-10-08\"\n%s",
			    c->champ, c->regle, c->base, key_of(c->valeur), c->valeur, c->par,
			    c->commit ? arena_printf(&A, "        commit: \"%s\"\n", c->commit) : "");
}

static struct faults checked(struct oid from, struct oid to)
{
	struct push_update u = { "refs/heads/main", from, to };
	struct faults f = { 0 };
	ok(hub_check(&f, &A, R, &u, 1, &E));
	return f;
}

static void test_claims(void **state)
{
	(void)state;
	const char *me = "act-ara-2w3x4y5z";
	char tree[OID_HEX + 1];
	snprintf(tree, sizeof tree, "%s", git_says(R, "rev-parse %s^{tree}", X.hex));
	const struct claim claims[] = {
		{ "an ancestor that holds it", "titre", "conflict", "Deux", "Un", me, X.hex, NULL },
		{ "a sentence of an ancestor's text", "enonce", "prose", "Une toute autre.", "Une autre.", me, X.hex, NULL },
		{ "no commit", "titre", "conflict", "Deux", "Un", me, NULL, "ne dit pas de quel commit" },
		{ "no oid", "titre", "conflict", "Deux", "Un", me, "HEAD", "ne dit pas de quel commit" },
		{ "a commit of another branch", "titre", "conflict", "Deux", "Trois", me, ELSEWHERE.hex, "n'est pas dans cet historique" },
		{ "a commit that nobody has", "titre", "conflict", "Deux", "Un", me, "0123456789012345678901234567890123456789",
		  "n'est pas dans cet historique" },
		{ "a tree", "titre", "conflict", "Deux", "Un", me, tree, "n'est pas dans cet historique" },
		{ "an ancestor that holds something else", "titre", "conflict", "Deux", "Quatre", me, X.hex, "ne contient pas cette valeur" },
		{ "a sentence that was never there", "enonce", "prose", "Une toute autre.", "Jamais dit.", me, X.hex,
		  "ne contient pas cette valeur" },
		{ "words in another's mouth", "titre", "conflict", "Deux", "Un", "act-ara-99999999", X.hex, "n'est pas de la personne" },
	};
	for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
		const struct claim *c = &claims[i];
		struct oid tip = commit_files(R, Y, "s", SIDE, sidecar(c), NULL);
		struct faults f = checked(Y, tip);
		if (!c->refusal != !f.errors || (c->refusal && !strstr(f.at[0].msg, c->refusal)))
			fail_msg("%s: %zu errors: %s", c->what, f.errors, f.errors ? f.at[0].msg : "");
		/* the folder gives the hub's answer */
		struct changes changes;
		const char *file = arena_printf(&A, "%s" SIDE, repo_workdir(R));
		ok(fs_mkparents(file, &E));
		ok(fs_write(file, sidecar(c), strlen(sidecar(c)), &E));
		ok(worktree_scan(&changes, &A, R, NULL, &E));
		bool met = false;
		for (size_t k = 0; k < changes.n; k++) {
			if (strcmp(changes.at[k].path, SIDE))
				continue;
			met = true;
			assert_int_equal(changes.at[k].verdict, c->refusal ? CHANGE_WAITING : CHANGE_READY);
		}
		assert_true(met);
	}
}

/* What stood there already may be settled, in part or whole, whatever it claims: it is nobody's news. */
static void test_settling(void **state)
{
	(void)state;
	struct claim old = { "", "titre", "conflict", "Deux", "Jamais", "act-ara-99999999", NULL, NULL };
	struct oid before = commit_files(R, Y, "before", SIDE, sidecar(&old), NULL);
	struct claim other = old;
	other.base = "Un"; /* the same proposal over another base */
	assert_int_equal(checked(before, commit_files(R, before, "kept", SIDE, sidecar(&other), NULL)).errors, 0);
	assert_int_equal(checked(before, commit_files(R, before, "gone", SIDE, NULL, NULL)).errors, 0);
	/* removed and brought back within one push: nothing new at the tip */
	struct oid gone = commit_files(R, before, "gone", SIDE, NULL, NULL);
	assert_int_equal(checked(before, commit_files(R, gone, "back", SIDE, sidecar(&old), NULL)).errors, 0);
	assert_int_equal(checked(gone, commit_files(R, gone, "back", SIDE, sidecar(&old), NULL)).errors, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_claims, begin, end),
		cmocka_unit_test_setup_teardown(test_settling, begin, end),
	};
	return cmocka_run_group_tests_name("store/proposals", tests, store_setup, store_teardown);
}
