/* Who set what, when: along lines, through merges, with open and settled differences. */
#include "mergekit.h"

#include "schema/record.h"
#include "store/history.h"

static const char *rec(const char *titre, const char *etat, const char *extra)
{
	return arena_printf(&A, "schema: enseignement/1\nid: " ID "\ncollectif: ara\ntitre: \"%s\"\netat: %s\n%s", titre, etat, extra);
}

static struct oid put(struct oid on, const char *titre, const char *etat, const char *extra)
{
	return commit_files(R, on, "m", REC, rec(titre, etat, extra), NULL);
}

static struct oid merged(struct oid x, struct oid y)
{
	struct oid out;
	ok(merge_commit(&out, NULL, &A, R, &x, &y, &E));
	return out;
}

static void assert_blame(struct oid head, const char *champ, struct oid expected)
{
	struct origin o;
	ok(history_blame(&o, &A, R, &head, ID, champ, &E));
	if (strcmp(o.commit, expected.hex))
		fail_msg("%s was set by %s, not by %s", champ, expected.hex, o.commit);
}

static void test_line(void **state)
{
	(void)state;
	setenv("GIT_AUTHOR_DATE", "1538956800", 1);
	struct oid c1 = put(root_of(R), "A", "brouillon", "");
	unsetenv("GIT_AUTHOR_DATE");
	struct oid c2 = put(c1, "A", "propose", "");
	struct oid c3 = commit_files(R, c2, "m", "notes.txt", "n", NULL);
	struct oid c4 = put(c3, "A", "propose", "conditions:\n  - id: c1\n    texte: un\n  - id: c2\n    texte: deux\n");
	struct oid c5 = put(c4, "A", "propose", "conditions:\n  - id: c2\n    texte: deux\n  - id: c1\n    texte: UN\n");
	assert_blame(c5, "titre", c1);
	assert_blame(c5, "etat", c2);
	assert_blame(c3, "etat", c2);
	assert_blame(c5, "conditions/c2/texte", c4); /* by its key, wherever it stands */
	assert_blame(c5, "conditions/c1/texte", c5);
	assert_blame(c5, "@record", c1);
	struct oid c6 = put(c5, "B", "propose", ""), c7 = put(c6, "A", "propose", "");
	assert_blame(c7, "titre", c7);	     /* set back is set */
	assert_blame(c7, "conditions", c6); /* a removal, too */
	struct oid c8 = commit_files(R, c7, "m", REC, NULL, NULL);
	assert_blame(c8, "@record", c8);
	struct origin o;
	ok(history_blame(&o, &A, R, &c5, ID, "titre", &E));
	assert_string_equal(o.par, "act-ara-2w3x4y5z");
	assert_string_equal(o.date, "2018-10-08");
	refused(ERR_NOTFOUND, history_blame(&o, &A, R, &c5, "no id", "titre", &E));
	refused(ERR_NOTFOUND, history_blame(&o, &A, R, &c5, "xyz-ara-1", "titre", &E));
}

static void test_merges(void **state)
{
	(void)state;
	struct oid o = put(root_of(R), "A", "brouillon", "");
	struct oid x = put(o, "B", "brouillon", ""), y = put(o, "A", "propose", "");
	struct oid x2 = commit_files(R, x, "m", "notes.txt", "n", NULL), m = merged(x2, y);
	assert_blame(m, "titre", x);
	assert_blame(m, "etat", y);
	assert_blame(m, "collectif", o);
	/* a real difference: the merge shows the base, which neither parent does */
	struct oid z = put(o, "C", "brouillon", ""), d = merged(m, z);
	assert_blame(d, "titre", d);
	assert_blame(d, "etat", y);
	struct record_state st;
	ok(history_state(&st, &A, R, &d, ID, &E));
	assert_true(st.acceptable);
	assert_string_equal(val_text(st.val, "titre"), "A");
	assert_int_equal(diffs_open(&st.diffs), 1);
	/* settled by hand: the reader sees it settled, and who set the field is who chose */
	struct oid s = put(d, "C", "propose", "");
	ok(history_state(&st, &A, R, &s, ID, &E));
	assert_int_equal(diffs_open(&st.diffs), 0);
	assert_int_equal(st.diffs.n, 1);
	assert_int_equal(st.diffs.at[0].degre, DEG_TRANCHE);
	assert_blame(s, "titre", s);
	/* where both parents show the value, the one without an open difference set it */
	struct oid t = commit_files(R, d, "m", "notes2.txt", "n", NULL), u = merged(s, t);
	assert_blame(u, "titre", s);
}

static void test_state(void **state)
{
	(void)state;
	struct record_state st;
	struct oid root = root_of(R), bad = commit_files(R, root, "m", REC, "titre: [\n", NULL);
	ok(history_state(&st, &A, R, &root, ID, &E));
	assert_null(st.doc);
	assert_true(st.acceptable); /* nothing is no fault */
	ok(history_state(&st, &A, R, &bad, ID, &E));
	assert_null(st.doc);
	assert_false(st.acceptable);
	refused(ERR_NOTFOUND, history_state(&st, &A, R, &root, "../etc", &E));
}

struct seen {
	struct oid at[32];
	size_t n;
	size_t stop_at;
};

static int on_commit(void *ctx, const struct commit_info *c)
{
	struct seen *s = ctx;
	s->at[s->n++] = c->oid;
	return s->n == s->stop_at ? ERR_CANCELLED : 0;
}

static void test_log(void **state)
{
	(void)state;
	struct oid root = root_of(R), c1 = put(root, "A", "brouillon", "");
	struct oid c2 = commit_files(R, c1, "m", "notes.txt", "n", NULL);
	struct oid x = put(c2, "B", "brouillon", ""), y = put(c2, "A", "propose", "");
	struct oid m = merged(x, y);			      /* differs from both: listed */
	struct oid side = commit_files(R, c2, "m", "notes2.txt", "n", NULL);
	struct oid m2 = merged(m, side);		      /* one parent's record as it was: not listed */
	struct oid s = commit_files(R, m2, "m", SIDE, "schema: conflit/1\n", NULL);
	struct oid gone = commit_files(R, s, "m", REC, NULL, SIDE, NULL, NULL);
	struct seen seen = { .n = 0 };
	ok(history_log(R, &gone, ID, on_commit, &seen, &E));
	assert_int_equal(seen.n, 6);
	assert_string_equal(seen.at[0].hex, gone.hex);
	assert_string_equal(seen.at[1].hex, s.hex);
	assert_string_equal(seen.at[2].hex, m.hex);
	assert_true(oid_equal(&seen.at[3], &x) || oid_equal(&seen.at[3], &y));
	assert_string_equal(seen.at[5].hex, c1.hex);
	seen = (struct seen){ .n = 0 };
	ok(history_log(R, &gone, NULL, on_commit, &seen, &E));
	assert_int_equal(seen.n, (size_t)atoi(git_says(R, "rev-list --count %s", gone.hex)));
	seen = (struct seen){ .stop_at = 2 };
	assert_int_equal(history_log(R, &gone, ID, on_commit, &seen, &E), ERR_CANCELLED);
	assert_int_equal(seen.n, 2);
}

static void test_fingerprint(void **state)
{
	(void)state;
	struct oid c1 = put(root_of(R), "A", "brouillon", ""), c2 = put(c1, "B", "brouillon", "");
	struct oid c3 = put(c2, "A", "valide", "");	/* the same content as c1: etat does not count */
	struct oid c4 = put(c3, "C", "valide", ""), found;
	struct oid c5 = commit_files(R, c4, "m", "notes.txt", "n", NULL);
	struct record_state st;
	ok(history_state(&st, &A, R, &c1, ID, &E));
	const char *a = record_fingerprint(&A, st.val);
	ok(history_fingerprint(&found, R, &c5, ID, a, &E));
	assert_string_equal(found.hex, c3.hex);
	ok(history_fingerprint(&found, R, &c2, ID, a, &E));
	assert_string_equal(found.hex, c1.hex);
	ok(history_state(&st, &A, R, &c4, ID, &E));
	ok(history_fingerprint(&found, R, &c5, ID, record_fingerprint(&A, st.val), &E));
	assert_string_equal(found.hex, c4.hex); /* the commit that wrote it, not the head */
	ok(history_fingerprint(&found, R, &c5, ID, "sha256:00", &E));
	assert_false(oid_is(&found));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = { T(test_line), T(test_merges), T(test_state), T(test_log), T(test_fingerprint) };
	return cmocka_run_group_tests_name("store/history", tests, setup, teardown);
}
