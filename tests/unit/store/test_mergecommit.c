/* The pure merge commit: the same everywhere, checked by anybody, and never a storm of them. */
#include "mergekit.h"


static const char *rec(const char *titre, const char *etat)
{
	return arena_printf(&A, "schema: enseignement/1\nid: " ID "\ncollectif: ara\ntitre: \"%s\"\netat: %s\n", titre, etat);
}

static void fetch(struct repo *to, struct repo *from, const char *ref)
{
	git_says(to, "fetch -q '%s' +main:%s", repo_gitdir(from), ref);
}

static struct oid head(struct repo *r)
{
	struct oid out;
	ok(repo_head(&out, r, &E));
	return out;
}

static struct oid merged(struct repo *r, struct oid x, struct oid y)
{
	struct oid out;
	ok(merge_commit(&out, NULL, &A, r, &x, &y, &E));
	return out;
}

static struct verdict verdict(struct repo *r, struct oid c)
{
	struct verdict v;
	ok(merge_verify(&v, r, &c, &E));
	return v;
}

/* Two clones, two heads with a real contest; each knows both. */
static void two_clones(const char *name, struct repo **p, struct repo **q, struct oid *x, struct oid *y)
{
	*p = new_repo_by(arena_printf(&A, "%s-p", name), "act-ara-p");
	*q = new_repo_by(arena_printf(&A, "%s-q", name), "act-ara-q");
	set_main(*p, commit_files(*p, root_of(*p), "o", REC, rec("Ensemble", "propose"), "a", "1\n", NULL));
	fetch(*q, *p, "refs/maillage/peer");
	struct oid o = head(*p);
	set_main(*q, o);
	*x = commit_files(*p, o, "x", REC, rec("Ensemble un", "valide"), NULL);
	*y = commit_files(*q, o, "y", REC, rec("Ensemble deux", "brouillon"), "a", "2\n", NULL);
	set_main(*p, *x);
	set_main(*q, *y);
	fetch(*p, *q, "refs/maillage/peer");
	fetch(*q, *p, "refs/maillage/peer");
}

static void test_same_everywhere(void **state)
{
	(void)state;
	struct repo *p, *q;
	struct oid x, y;
	two_clones("same", &p, &q, &x, &y);
	struct oid here = merged(p, x, y);
	setenv("TZ", "Pacific/Auckland", 1);
	setenv("LANGUAGE", "en", 1);
	struct oid there = merged(q, y, x);
	unsetenv("TZ");
	unsetenv("LANGUAGE");
	assert_string_equal(here.hex, there.hex);
	assert_fsck(p);
	assert_fsck(q);
	assert_string_equal(git_says(p, "show -s --format='%%an <%%ae>|%%cn <%%ce>' %s", here.hex),
			    "maillage <fusion@maillage.invalid>|maillage <fusion@maillage.invalid>");
	assert_non_null(strstr(git_says(p, "show -s --format=%%ai %s", here.hex), " +0000"));
	/* the later of the parents' dates */
	long long tx = atoll(git_says(p, "show -s --format=%%ct %s", x.hex)), ty = atoll(git_says(p, "show -s --format=%%ct %s", y.hex));
	assert_int_equal(atoll(git_says(p, "show -s --format=%%ct %s", here.hex)), tx > ty ? tx : ty);
	const char *message = git_says(p, "show -s --format=%%B %s", here.hex);
	assert_string_equal(message, "Fusion : 1 fiche, 1 différence à trancher\n\n" ID " : titre (à trancher), etat (lifecycle)\n\n"
				     "Fusion: 1\nDecision: " ID " etat lifecycle\nDifference: " ID " titre");
	assert_string_equal(git_says(p, "show -s --format='%%(trailers:key=Fusion,valueonly)' %s", here.hex), "1");
	refused(ERR_USAGE, merge_commit(&here, NULL, &A, p, &x, &x, &E));
	repo_close(p);
	repo_close(q);
}

static void test_verify(void **state)
{
	(void)state;
	struct repo *p, *q;
	struct oid x, y;
	two_clones("verify", &p, &q, &x, &y);
	struct oid m = merged(p, x, y);
	struct verdict v = verdict(p, m);
	assert_true(v.machine && v.ok);
	v = verdict(p, x);
	assert_true(!v.machine && v.ok);
	/* a clone that has never made it checks it as well, and writes nothing */
	set_main(p, m);
	fetch(q, p, "refs/maillage/peer");
	char before[1000];
	snprintf(before, sizeof before, "%s", git_says(q, "count-objects -v"));
	v = verdict(q, m);
	assert_true(v.machine && v.ok);
	assert_string_equal(git_says(q, "count-objects -v"), before);
	repo_close(p);
	repo_close(q);
}

/* The true merge's text with one sed command applied to it, as a commit. */
static struct oid forged(struct repo *r, struct oid m, const char *sed)
{
	struct oid out = { "" };
	const char *hex = git_says(r, "cat-file commit %s | sed -e '%s' | git --git-dir='%s' hash-object -t commit -w --stdin --literally",
				   m.hex, sed, repo_gitdir(r));
	snprintf(out.hex, sizeof out.hex, "%.40s", hex);
	assert_int_equal(strlen(out.hex), 40);
	return out;
}

static void test_forgeries(void **state)
{
	(void)state;
	struct repo *p, *q;
	struct oid x, y;
	two_clones("forged", &p, &q, &x, &y);
	struct oid m = merged(p, x, y), o = root_of(p);
	const char *tampered = arena_dup(&A, git_says(p, "rev-parse %s^{tree}", x.hex));
	const struct {
		const char *what, *sed;
	} cases[] = {
		{ "one parent", "3d" },
		{ "no parent", "2,3d" },
		{ "parents exchanged", "2{h;d};3G" },
		{ "another tree", arena_printf(&A, "1s/ .*/ %s/", tampered) },
		{ "another date", "s/^\\(committer.*\\) [0-9]* /\\1 1 /" },
		{ "another zone", "s/+0000/+0100/" },
		{ "another author", "s/^author maillage /author Maillage /" },
		{ "another message", "s/trancher/oublier/" },
		{ "a trailer more", "$s/$/\\nFusion: 1/" },
		{ "an extra header", "5s/$/\\nencoding UTF-8/" },
		{ "the committer only", "s/^author maillage <[^>]*>/author x <x@x>/" },
		{ "a newer algorithm", "s/^Fusion: 1/Fusion: 7/" },
		{ "an octopus", arena_printf(&A, "3s/$/\\nparent %s/", o.hex) },
		{ "an ancestor as parent", arena_printf(&A, "2s/ .*/ %s/", o.hex) },
	};
	assert_true(verdict(p, forged(p, m, "")).ok);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct oid f = forged(p, m, cases[i].sed);
		struct verdict v = verdict(p, f);
		if (!v.machine || v.ok || !v.why[0])
			fail_msg("%s passed: machine %d ok %d", cases[i].what, v.machine, v.ok);
	}
	repo_close(p);
	repo_close(q);
}

static const char *say(struct repo *r, struct oid commit, const char *format)
{
	return arena_dup(&A, git_says(r, "show -s --format='%s' %s", format, commit.hex));
}

/* Who knew the question finds in the message that it has changed. */
static void test_third_proposal(void **state)
{
	(void)state;
	struct repo *r = new_repo("third");
	struct oid o = commit_files(r, root_of(r), "o", REC, rec("Ensemble", "propose"), NULL);
	struct oid x = commit_files(r, o, "x", REC, rec("Ensemble un", "propose"), NULL);
	struct oid y = commit_files(r, o, "y", REC, rec("Ensemble deux", "propose"), NULL);
	struct oid z = commit_files(r, o, "z", REC, rec("Ensemble trois", "propose"), NULL);
	struct oid m = merged(r, merged(r, x, y), z);
	assert_string_equal(say(r, m, "%B"), "Fusion : 1 fiche, une proposition de plus dans 1 différence\n\n" ID
					     " : titre (à trancher, une proposition de plus)\n\nFusion: 1\nDifference: " ID " titre");
	assert_true(verdict(r, m).ok);
	/* one side settles, the other brings the third: each proposal says in which commit its value stands */
	char *side = text_at(r, merged(r, x, y), "conflits/k5/" ID ".yaml");
	struct diffs d, settled;
	struct err e;
	ok(diffs_parse(&d, &A, "side", side, strlen(side), &e));
	free(side);
	struct origin me = { .par = "act-ara-2w3x4y5z", .date = "2026-01-01" };
	diffs_settle(&settled, &A, NULL, &d, "titre", NULL, val_str(&A, "Ensemble quatre"), &me);
	struct buf text = BUF_INIT;
	ok(diffs_print(&text, &A, &settled, &E));
	struct oid s = commit_files(r, merged(r, x, y), "s", REC, rec("Ensemble quatre", "propose"), "conflits/k5/" ID ".yaml",
				    buf_str(&text), NULL);
	buf_free(&text);
	side = text_at(r, merged(r, s, z), "conflits/k5/" ID ".yaml");
	assert_non_null(strstr(side, "Ensemble trois"));
	assert_non_null(strstr(side, "Ensemble quatre"));
	assert_non_null(strstr(side, s.hex));
	assert_non_null(strstr(side, z.hex));
	free(side);
	repo_close(r);
}

static enum join plan(struct repo *r, struct oid local, struct oid hub)
{
	enum join j;
	ok(merge_plan(&j, r, &local, &hub, &E));
	return j;
}

static enum join plan_peer(struct repo *r, struct oid mine, struct oid theirs)
{
	enum join j;
	ok(merge_plan_peer(&j, r, &mine, &theirs, &E));
	return j;
}

static void test_plan(void **state)
{
	(void)state;
	struct repo *r = new_repo("plan");
	struct oid o = commit_files(r, root_of(r), "o", "a", "1\n", "b", "1\n", NULL);
	struct oid x = commit_files(r, o, "x", "a", "2\n", NULL), y = commit_files(r, o, "y", "b", "2\n", NULL);
	struct oid z = commit_files(r, o, "z", "c", "3\n", NULL);
	struct oid xy = merged(r, x, y), xyz = merged(r, xy, z), yz = merged(r, y, z), x_yz = merged(r, x, yz);
	assert_int_equal(plan(r, x, x), JOIN_SAME);
	assert_int_equal(plan(r, x, o), JOIN_AHEAD);
	assert_int_equal(plan(r, o, x), JOIN_FAST_FORWARD);
	assert_int_equal(plan(r, x, y), JOIN_MERGE);
	assert_int_equal(plan(r, xy, x), JOIN_AHEAD);
	/* the same three edits, merged in another order: the hub's head */
	assert_int_equal(plan(r, xyz, x_yz), JOIN_ADOPT_HUB);
	assert_int_equal(plan(r, x_yz, xyz), JOIN_ADOPT_HUB);
	/* the hub holds more edits: the local merge goes */
	assert_int_equal(plan(r, xy, x_yz), JOIN_ADOPT_HUB);
	/* the hub holds fewer edits, but its merge is published: it is merged, not dropped */
	struct oid mine = commit_files(r, xyz, "mine", "d", "1\n", NULL);
	assert_int_equal(plan(r, mine, x_yz), JOIN_MERGE);
	assert_int_equal(plan_peer(r, mine, x_yz), JOIN_ADOPT_LOCAL);
	assert_int_equal(plan_peer(r, x_yz, mine), JOIN_ADOPT_HUB);
	bool smaller = strcmp(xyz.hex, x_yz.hex) < 0;
	assert_int_equal(plan_peer(r, xyz, x_yz), smaller ? JOIN_ADOPT_LOCAL : JOIN_ADOPT_HUB);
	assert_int_equal(plan_peer(r, x_yz, xyz), smaller ? JOIN_ADOPT_HUB : JOIN_ADOPT_LOCAL);
	/* one contains the other, and adds nothing to it */
	struct oid more = merged(r, xyz, x_yz);
	smaller = strcmp(more.hex, xyz.hex) < 0;
	assert_int_equal(plan_peer(r, more, xyz), smaller ? JOIN_ADOPT_LOCAL : JOIN_ADOPT_HUB);
	assert_int_equal(plan_peer(r, xyz, more), smaller ? JOIN_ADOPT_HUB : JOIN_ADOPT_LOCAL);
	assert_int_equal(plan_peer(r, mine, xyz), JOIN_AHEAD);
	assert_int_equal(plan_peer(r, xyz, mine), JOIN_FAST_FORWARD);
	assert_int_equal(plan(r, more, xyz), JOIN_AHEAD);
	assert_int_equal(plan(r, xyz, more), JOIN_FAST_FORWARD);
	/* a merge that somebody touched is never dropped */
	struct oid f = forged(r, xy, "s/Fusion : /Fusion: /");
	assert_int_equal(plan(r, f, yz), JOIN_MERGE);
	assert_string_equal(join_name(JOIN_FAST_FORWARD), "fast_forward");
	repo_close(r);
}

/* Three sites, each with an edit of the same record, exchange in step: everybody reads what the others had at the start of the
 * round. Without the rule they would merge each other's merges for ever. */
static void test_no_storm(void **state)
{
	(void)state;
	enum { N = 3 };
	struct repo *site[N];
	for (int i = 0; i < N; i++) {
		site[i] = new_repo_by(arena_printf(&A, "storm-%d", i), arena_printf(&A, "act-ara-%d", i));
		if (i)
			fetch(site[i], site[0], "refs/maillage/start");
		struct oid o = i ? head(site[0]) : commit_files(site[0], root_of(site[0]), "o", REC, rec("Ensemble", "brouillon"), NULL);
		set_main(site[i], o);
	}
	struct oid o = head(site[0]);
	for (int i = 0; i < N; i++)
		set_main(site[i], commit_files(site[i], o, "e", REC, rec(arena_printf(&A, "Ensemble %d", i), "brouillon"), NULL));
	int rounds = 0;
	for (;; rounds++) {
		struct oid at[N];
		for (int i = 0; i < N; i++)
			at[i] = head(site[i]);
		if (oid_equal(&at[0], &at[1]) && oid_equal(&at[1], &at[2]))
			break;
		assert_true(rounds < 4);
		for (int i = 0; i < N; i++)
			for (int k = 0; k < N; k++)
				if (k != i)
					fetch(site[i], site[k], arena_printf(&A, "refs/maillage/%d", k));
		for (int i = 0; i < N; i++) {
			for (int k = 0; k < N; k++) {
				if (k == i)
					continue;
				struct oid mine = head(site[i]);
				enum join j = plan_peer(site[i], mine, at[k]);
				if (j == JOIN_FAST_FORWARD || j == JOIN_ADOPT_HUB)
					set_main(site[i], at[k]);
				else if (j == JOIN_MERGE)
					set_main(site[i], merged(site[i], mine, at[k]));
			}
		}
	}
	print_message("# three sites in step: %d rounds\n", rounds);
	struct oid end_head = head(site[0]);
	char *side = text_at(site[0], end_head, "conflits/k5/" ID ".yaml");
	for (int i = 0; i < N; i++)
		assert_non_null(strstr(side, arena_printf(&A, "\"Ensemble %d\"", i)));
	free(side);
	for (int i = 0; i < N; i++) {
		assert_fsck(site[i]);
		repo_close(site[i]);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_same_everywhere), T(test_verify), T(test_forgeries), T(test_third_proposal), T(test_plan), T(test_no_storm),
	};
	return cmocka_run_group_tests_name("store/mergecommit", tests, store_setup, store_teardown);
}
