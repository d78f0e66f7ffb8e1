/* The aggregation from its caches writes what it writes without them: random histories of three collectives and of the
 * network, aggregated after each step, then once more with the caches gone, which must find nothing to change.
 *
 * The steps: lessons edited, taken back to an older text, withdrawn, deleted; validations of the text or of an older one,
 * and their removal; objections and dissents, and their end; evidence, its consent, and whose it is; people; links, some with a key that
 * no schema knows; uses; open differences and their end; vocabulary; a schema upgrade; branches that are merged; a collective added; a
 * head that goes back. Dates of commits go up and down.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/fsio.h"
#include "ctl/cachefile.h"
#include "ctl/ctl.h"
#include "schema/record.h"

#ifdef __SANITIZE_ADDRESS__
#define HISTORIES 1
#else
#define HISTORIES 3
#endif
#define STEPS 15
#define CODES 3
#define LESSONS 3
#define EVIDENCE 24 /* the first ones are what lessons rest on */
#define VERSIONS 3

static const char *const codes[CODES] = { "ara", "bfc", "bre" };
static struct arena a;
static struct repo *r;
static char dir[4096];
static struct err e;
static uint64_t dice;

static uint64_t roll(uint64_t n)
{
	dice = dice * 6364136223846793005u + 1442695040888963407u;
	return (dice >> 33) % n;
}

#define ok(call)                                \
	do                                      \
		if (call)                       \
			fail_msg("%s", e.msg);  \
	while (0)

/* --- commits, by plain git: dates and merges as the test wants them --------------------------------------------------- */

static const char *git(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *git(const char *fmt, ...)
{
	char args[4096], cmd[9000], out[256] = "";
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(args, sizeof args, fmt, ap);
	va_end(ap);
	snprintf(cmd, sizeof cmd, "cd '%s' && GIT_INDEX_FILE=.git/essai GIT_AUTHOR_DATE=\"$D\" GIT_COMMITTER_DATE=\"$D\" git %s", dir, args);
	setenv("D", arena_printf(&a, "%lu +0000", (unsigned long)(1514764800 + roll(300) * 86400)), 1);
	FILE *f = popen(cmd, "r");
	assert_non_null(f);
	size_t n = fread(out, 1, sizeof out - 1, f);
	assert_int_equal(pclose(f), 0);
	while (n && out[n - 1] == '\n')
		out[--n] = 0;
	return arena_dup(&a, out);
}

static const char *ref_of(const char *code)
{
	return strcmp(code, "nat") ? arena_printf(&a, "refs/maillage/collectifs/%s", code) : "refs/heads/main";
}

struct edits { /* of one commit */
	struct file_change *at;
	size_t n, cap;
};

static void put(struct edits *all, const char *path, const char *text)
{
	struct file_change c = { path, text, text ? strlen(text) : 0 };
	arena_push(&a, all, c);
}

static struct oid head_of(const char *code)
{
	struct oid out;
	ok(repo_ref(&out, r, ref_of(code), &e));
	return out;
}

/* With a date of its own: a commit of the store's tree. */
static struct oid commit(const struct oid *parent, const struct edits *all)
{
	struct oid plain, out;
	ok(repo_commit(&plain, r, parent, all->at, all->n, "x\n", &e));
	snprintf(out.hex, sizeof out.hex, "%s", git("commit-tree -p %s -m x %s^{tree}", parent->hex, plain.hex));
	return out;
}

static void move(const char *code, const struct oid *to)
{
	if (!strcmp(code, "nat"))
		git("update-ref refs/heads/main %s && git -C . reset -q --hard", to->hex);
	else
		git("update-ref %s %s", ref_of(code), to->hex);
}

/* --- records ------------------------------------------------------------------------------------------------------- */

static const char *lesson_id(size_t c, size_t i)
{
	return arena_printf(&a, "ens-%s-%zux", codes[c], i + 2);
}

static const char *path_of(const char *folder, const char *id)
{
	char two[3];
	id_shard(two, id);
	return arena_printf(&a, "%s/%s/%s.yaml", folder, two, id);
}

static const char *head_lines(const char *kind, const char *id, const char *code, const char *state)
{
	return arena_printf(&a, "schema: %s/1\nid: %s\ncollectif: %s\nlangue: fr\ntitre: \"%s\"\netat: %s\nvisibilite: reseau\n", kind, id, code, id,
			    state);
}

static const char *lesson_text(size_t c, size_t i, size_t version, const char *state)
{
	return arena_printf(&a,
			    "%sthemes:\n  - con-participation\ncree_le: \"2018-03-12\"\nenonce: \"Dit %zu.\"\nlimites: \"Loin.\"\n"
			    "observe_debut: \"2018-0%zu-01\"\na_revoir_le: \"2018-09-01\"\nappuis:\n  - id: mat-%s-%zux\n    role_appui: %s\n"
			    "publics:\n  - %s\ndesaccords:\n  - id: x1\n    texte: \"Non.\"\n    par: act-%s-x\n    date: \"2018-05-01\"\n",
			    head_lines("enseignement", lesson_id(c, i), codes[c], state), version, 1 + i, codes[(c + i) % CODES], i + 2,
			    version == 1 ? "nuance" : "fonde", version == 2 ? "elus" : "agents", codes[c]);
}

static const char *fingerprint(const char *text)
{
	const struct schemas *set;
	struct record rec;
	struct oid head = head_of("nat");
	ok(repo_schemas(&set, r, &head, &e));
	assert_true(record_read(&rec, &a, set, "x", text, strlen(text)));
	return record_fingerprint(&a, rec.val);
}

static void put_review(struct edits *all, size_t c, size_t i, size_t number, const char *nature, size_t version)
{
	const char *id = arena_printf(&a, "avi-%s-%zux", codes[c], number + 2);
	const char *text = arena_printf(&a, "%scible: %s\ncible_empreinte: \"%s\"\nnature: %s\nportee: collectif\npar: act-%s-x\ndate: \"2018-06-01\"\ntexte: \"Avis.\"\n",
					head_lines("avis", id, codes[c], "partage"), lesson_id(c, i),
					fingerprint(lesson_text(c, i, version, "partage")), nature, codes[c]);
	put(all, path_of("avis", id), text);
}

static void put_link(struct edits *all, size_t c)
{
	static const char *const relations[] = { "converge", "meme", "nuance", "contredit" };
	const char *id = arena_printf(&a, "cro-%s-%llux", codes[c], (unsigned long long)roll(5) + 2);
	size_t i = roll(LESSONS), other = (c + 1 + roll(CODES - 1)) % CODES, j = roll(LESSONS);
	put(all, path_of("croisements", id),
	    arena_printf(&a, "%sde:\n  ref: %s\n  empreinte: \"%s\"\nvers:\n  ref: %s\n  empreinte: \"%s\"\nrelation: %s\nargument: \"Oui.\"\n%s",
			 head_lines("croisement", id, codes[c], "partage"), lesson_id(c, i), fingerprint(lesson_text(c, i, roll(2), "partage")),
			 lesson_id(other, j), fingerprint(lesson_text(other, j, roll(2), "partage")), relations[roll(4)],
			 roll(2) ? "" : arena_printf(&a, "de.ref: %s\n", lesson_id(c, roll(LESSONS))))); /* not what is under de */
}

static const char *some_lesson(void)
{
	return lesson_id(roll(CODES), roll(LESSONS));
}

/* Of a dissent or an objection on a lesson, of one objection, of a link. */
static void put_levee(struct edits *all, size_t c)
{
	const char *id = arena_printf(&a, "avi-%s-%llux", codes[c], (unsigned long long)roll(9) + 2), *target = some_lesson();
	if (!roll(3))
		target = arena_printf(&a, "avi-%s-%llux", codes[c], (unsigned long long)roll(9) + 2);
	else if (!roll(3))
		target = arena_printf(&a, "cro-%s-%llux", codes[c], (unsigned long long)roll(5) + 2);
	put(all, path_of("avis", id),
	    arena_printf(&a, "%scible: %s\nnature: levee\nportee: collectif\npar: act-%s-x\ndate: \"2018-0%llu-01\"\ntexte: \"Bon.\"\n",
			 head_lines("avis", id, codes[c], roll(4) ? "partage" : "retire"), target, codes[c], (unsigned long long)roll(9) + 1));
}

static void put_use(struct edits *all, size_t c)
{
	static const char *const results[] = { "adopte", "adapte", "ecarte" };
	const char *id = arena_printf(&a, "app-%s-%llux", codes[c], (unsigned long long)roll(4) + 2);
	put(all, path_of("appropriations", id),
	    arena_printf(&a,
			 "%senseignements:\n  - ref: %s\n  - ref: %s\npar: act-%s-x\nusage: formation\nissue: %s\neffet_observe: \"Su.\"\n"
			 "date: \"2018-07-01\"\n",
			 head_lines("appropriation", id, codes[c], roll(4) ? "partage" : "propose"), some_lesson(), some_lesson(), codes[c],
			 results[roll(3)]));
}

static void put_actor(struct edits *all, size_t c)
{
	static const char *const types[] = { "elus", "habitants", "agents" };
	const char *id = arena_printf(&a, "act-%s-%s", codes[c], roll(2) ? "x" : "2x");
	put(all, path_of("acteurs", id),
	    roll(4) ? arena_printf(&a, "%snature: personne\nlibelle: \"X\"\ntypes:\n  - %s\n",
				   head_lines("acteur", id, codes[c], roll(4) ? "partage" : "retire"), types[roll(3)])
		    : NULL);
}

static const char *evidence_id(size_t c, size_t i)
{
	return arena_printf(&a, "mat-%s-%zux", codes[c], i + 2);
}

static const char *evidence_text(const char *id, const char *code, const char *state, const char *until, const char *status)
{
	return arena_printf(&a,
			    "%snature: entretien\nsources:\n  - act-ara-2x\nconsentement:\n  citation: paraphrase\n  expire_le: \"%s\"\n  portee: reseau\n"
			    "  statut: %s\nparaphrase: \"Vu.\"\nattribution: role\n",
			    head_lines("materiau", id, code, state), until, status);
}

static void put_evidence(struct edits *all, size_t c, size_t i)
{
	static const char *const status[] = { "obtenu", "retire" }, *const until[] = { "2018-04-01", "2018-12-01", "2030-01-01" };
	size_t other = (c + 1) % CODES;
	const char *id = evidence_id(roll(4) ? c : other /* which that one may have too, ... */, i);
	const char *path = roll(6) ? path_of("materiaux", id) : arena_printf(&a, "materiaux/zz/%s.yaml", roll(2) ? id : evidence_id(c, i + 1));
	const char *code = codes[roll(4) ? c : other]; /* ... or to which it says that it belongs */
	const char *text = evidence_text(id, code, roll(5) ? "partage" : "propose", until[roll(3)], status[roll(2)]);
	put(all, path, roll(6) ? text : NULL);
}

static const char *difference_text(const char *id, const char *degree, const char *by, const char *date)
{
	return arena_printf(&a,
			    "schema: conflit/1\nid: %s\ndifferences:\n  - champ: titre\n    degre: %s\n    regle: conflict\n    base: \"x\"\n"
			    "    propositions:\n      - cle: \"b11b07b5a42c6c5c\"\n        valeur: \"y\"\n        par: act-%s-x\n        date: \"%s\"\n"
			    "        commit: \"85ec4caf9d8143ac2f2deb3f21df7c7ec48c1339\"\n",
			    id, degree, by, date);
}

static void put_difference(struct edits *all, size_t c)
{
	const char *id = roll(2) ? lesson_id(c, roll(LESSONS)) : evidence_id(c, roll(LESSONS + 2));
	const char *degree = roll(2) ? "dur" : "a_relire", *date = arena_printf(&a, "2018-0%llu-01", (unsigned long long)roll(9) + 1);
	put(all, path_of("conflits", id), roll(3) ? difference_text(id, degree, codes[c], date) : NULL);
}

static void put_something(struct edits *all, size_t c)
{
	static const char *const states[] = { "partage", "partage", "partage", "valide", "retire" };
	size_t i = roll(LESSONS);
	switch (roll(13)) {
	case 0:
	case 1:
	case 2:
		put(all, path_of("enseignements", lesson_id(c, i)), lesson_text(c, i, roll(VERSIONS), states[roll(5)]));
		break;
	case 3:
		put(all, path_of("enseignements", lesson_id(c, i)), roll(4) ? lesson_text(c, i, roll(VERSIONS), "partage") : NULL);
		break;
	case 4:
	case 5:
		put_review(all, c, i, roll(9), roll(5) ? "validation" : "objection", roll(VERSIONS));
		break;
	case 6:
		put_link(all, c);
		break;
	case 7:
		put_evidence(all, c, roll(2) ? i : roll(EVIDENCE));
		break;
	case 8:
		put_difference(all, c);
		break;
	case 9:
		put_levee(all, c);
		break;
	case 10:
		put_use(all, c);
		break;
	case 11:
		put_actor(all, c);
		break;
	default:
		put(all, path_of("avis", arena_printf(&a, "avi-%s-%llux", codes[c], (unsigned long long)roll(9) + 2)), NULL);
	}
}

/* A collective as it is when first received: its lessons, validated, and what they rest on. */
static void put_all(struct edits *all, size_t c)
{
	for (size_t i = 0; i < LESSONS; i++) {
		put(all, path_of("enseignements", lesson_id(c, i)), lesson_text(c, i, 0, "partage"));
		put_review(all, c, i, i, "validation", 0);
	}
	for (size_t i = 0; i < EVIDENCE; i++)
		put(all, path_of("materiaux", evidence_id(c, i)), evidence_text(evidence_id(c, i), codes[c], "partage", "2018-12-01", "obtenu"));
	put_link(all, c);
}

/* --- steps --------------------------------------------------------------------------------------------------------- */

static struct edits some_edits(size_t c)
{
	struct edits all = { 0 }, once = { 0 };
	for (uint64_t n = 1 + roll(4); n; n--)
		put_something(&all, c);
	for (size_t i = 0; i < all.n; i++) { /* the last one of each path */
		bool again = false;
		for (size_t j = i + 1; j < all.n; j++)
			again |= !strcmp(all.at[i].path, all.at[j].path);
		if (!again)
			arena_push(&a, &once, all.at[i]);
	}
	return once;
}

static void merge_branches(size_t c)
{
	struct edits x = some_edits(c), y = some_edits(c);
	struct oid base = head_of(codes[c]), ours = commit(&base, &x), theirs = commit(&base, &y), merged = ours;
	const char *tree = git("commit-tree -p %s -p %s -m x %s^{tree}", ours.hex, theirs.hex, roll(2) ? ours.hex : theirs.hex);
	snprintf(merged.hex, sizeof merged.hex, "%s", tree);
	move(codes[c], &merged);
}

static void change_network(void)
{
	static const char *const labels[] = { "Participation", "Prendre part" };
	struct edits all = { 0 };
	struct oid head = head_of("nat");
	put(&all, "concepts/pa/con-participation.yaml",
	    arena_printf(&a, "%sregistre: theme\nlibelles:\n  fr: \"%s\"\n", head_lines("concept", "con-participation", "nat", roll(4) ? "partage" : "archive"),
			 labels[roll(2)]));
	head = commit(&head, &all);
	move("nat", &head);
}

static void upgrade(size_t c)
{
	struct edits all = { 0 };
	struct oid head = head_of(codes[c]);
	put(&all, "schema/LISEZMOI.yaml", arena_printf(&a, "# %llu\n", (unsigned long long)roll(1000)));
	head = commit(&head, &all);
	move(codes[c], &head);
}

static void step(void)
{
	struct oid last = head_of(codes[CODES - 1]);
	size_t c = roll(oid_is(&last) ? CODES : CODES - 1);
	struct edits all = some_edits(c);
	struct oid head = head_of(codes[c]);
	switch (roll(12)) {
	case 0:
	case 1:
		merge_branches(c);
		return;
	case 2:
		change_network();
		return;
	case 3:
		upgrade(c);
		return;
	case 4: /* not a fast-forward */
		snprintf(head.hex, sizeof head.hex, "%s", git("rev-parse %s~1", head.hex));
		move(codes[c], &head);
		return;
	default:
		head = commit(&head, &all);
		move(codes[c], &head);
	}
}

static void receive(size_t c, const struct oid *schemas)
{
	struct edits all = { 0 };
	put_all(&all, c);
	struct oid head = commit(schemas, &all);
	move(codes[c], &head);
}

static void begin(void)
{
	struct edits all = { 0 };
	const char *root = getenv("ROOT") ? getenv("ROOT") : ".", *tmp = getenv("TMP") ? getenv("TMP") : "/tmp";
	const char *schemas = arena_printf(&a, "%s/schema", root);
	struct fs_names names;
	snprintf(dir, sizeof dir, "%s/aggregate", tmp);
	ok(fs_remove_tree(dir, &e));
	ok(repo_create(&r, dir, NULL, "nat", "act-nat-x", &e));
	ok(fs_list(&names, schemas, &e));
	for (size_t i = 0; i < names.n; i++) {
		struct buf b = BUF_INIT;
		ok(fs_read(&b, arena_printf(&a, "%s/%s", schemas, names.at[i]), 1 << 20, &e));
		put(&all, arena_printf(&a, "schema/%s", names.at[i]), arena_dup(&a, buf_str(&b)));
		buf_free(&b);
	}
	fs_names_free(&names);
	struct oid head = head_of("nat"), one = commit(&head, &all);
	move("nat", &one); /* the schema */
	for (size_t c = 0; c < CODES - 1; c++)
		receive(c, &one);
	put(&all, "collectifs.yaml", "- {code: ara, depot: ara.git}\n- {code: bfc, depot: bfc.git}\n- {code: bre, depot: bre.git}\n");
	head = commit(&head, &all);
	move("nat", &head);
	change_network();
}

/* bre sends for the first time at some step. */
static void arrive(void)
{
	struct oid there = head_of("bre"), from = head_of("ara");
	if (oid_is(&there))
		return;
	snprintf(from.hex, sizeof from.hex, "%s", git("rev-list --reverse --min-parents=1 %s | head -1", from.hex));
	receive(CODES - 1, &from);
}

static size_t aggregations, grown;

/* Snapshots whose cache got one more section: a small change. */
static size_t sections_added(const char *caches)
{
	struct cachemaps maps = { NULL };
	size_t n = 0;
	for (size_t c = 0; c < CODES; c++) {
		struct cache one;
		struct arena mine;
		if (!arena_begin(&mine))
			fail();
		n += cache_load(&one, &maps, &mine, arena_printf(&mine, "%s/depots/%s", caches, codes[c]), 1 << 24) && one.sections.n > 1;
		arena_end(&mine);
	}
	cachemaps_release(&maps);
	return n;
}

static void aggregated_alike(void)
{
	const char *caches = arena_printf(&a, "%s/.git/maillage/agregation", dir), *aside = arena_printf(&a, "%s-aside", caches);
	bool changed = false, again = true;
	ok(ctl_aggregate(&changed, r, &e));
	aggregations += changed;
	grown += sections_added(caches);
	ok(ctl_aggregate(&again, r, &e));
	assert_false(again);
	assert_int_equal(rename(caches, aside), 0);
	ok(ctl_aggregate(&again, r, &e));
	if (again) {
		fprintf(stderr, "%s\n", git("diff HEAD~1 HEAD | head -c 255"));
		fail_msg("without its caches the aggregation writes other bytes");
	}
	ok(fs_remove_tree(caches, &e));
	assert_int_equal(rename(aside, caches), 0);
}

static void histories(void **st)
{
	(void)st;
	uint64_t seed = getenv("SEED") ? (uint64_t)atoll(getenv("SEED")) : 41;
	for (uint64_t h = 0; h < HISTORIES; h++) {
		assert_true(arena_begin(&a));
		print_message("# SEED=%llu\n", (unsigned long long)(seed + h));
		dice = (seed + h) * 2654435761u;
		begin();
		for (int i = 0; i < STEPS; i++) {
			if (i == 3)
				arrive();
			if (i > 0)
				step();
			aggregated_alike();
		}
		repo_close(r);
		arena_end(&a);
	}
	assert_true(aggregations > 4 * HISTORIES);
	assert_true(grown > HISTORIES);
}

/* What a sidecar says of a record is kept with the record, which itself is as it was. */
static void a_difference_alone(void **st)
{
	(void)st;
	assert_true(arena_begin(&a));
	dice = 5;
	begin();
	aggregated_alike();
	struct edits all = { 0 };
	while (!all.n || !all.at[all.n - 1].bytes) {
		all.n = 0;
		put_difference(&all, 0);
	}
	struct oid head = head_of(codes[0]);
	head = commit(&head, &all);
	move(codes[0], &head);
	size_t before = grown;
	aggregated_alike();
	assert_int_equal(grown, before + 1);
	change_network();
	aggregated_alike();
	repo_close(r);
	arena_end(&a);
}

static void make(size_t c, const char *path, const char *text)
{
	struct edits all = { 0 };
	struct oid head = head_of(codes[c]);
	put(&all, path, text);
	head = commit(&head, &all);
	move(codes[c], &head);
	size_t before = grown;
	aggregated_alike();
	assert_true(grown > before); /* a small change: one more section */
}

static struct oid tip;

static void keep_tip(size_t c)
{
	tip = head_of(codes[c]);
}

/* A branch made before `tip` that ended as it began, merged so that what it has wins: files are another that no new commit touched. */
static void take_back(size_t c)
{
	struct oid now = head_of(codes[c]), merged;
	const char *aside = git("commit-tree -p %s -m x %s^{tree}", tip.hex, tip.hex);
	snprintf(merged.hex, sizeof merged.hex, "%s", git("commit-tree -p %s -p %s -m x %s^{tree}", now.hex, aside, tip.hex));
	move(codes[c], &merged);
	aggregated_alike();
}

/* In one step: who wrote the text is another, the text is not. */
static void there_and_back(const char *path, const char *text)
{
	struct oid now = head_of("ara"), head;
	struct edits all = { 0 };
	put(&all, path, text);
	head = commit(&now, &all);
	snprintf(head.hex, sizeof head.hex, "%s", git("commit-tree -p %s -m x %s^{tree}", head.hex, now.hex));
	move("ara", &head);
	aggregated_alike();
}

/* A record that is only found by its id becomes one that walks ask for, and the other way round: each time as in a run without caches. */
static void quiet_records_that_change(void **st)
{
	(void)st;
	assert_true(arena_begin(&a));
	dice = 3;
	begin();
	aggregated_alike();
	struct edits all = { 0 };
	struct oid head = head_of("ara");
	for (size_t i = 0; i < 10 * EVIDENCE; i++)
		put(&all, path_of("materiaux", evidence_id(0, i)), evidence_text(evidence_id(0, i), "ara", "partage", "2018-04-01", "obtenu"));
	head = commit(&head, &all);
	move("ara", &head);
	aggregated_alike(); /* written whole */
	keep_tip(0);
	for (size_t i = 0; i < 4; i++) {
		const char *id = evidence_id(0, i), *path = path_of("materiaux", id), *sidecar = path_of("conflits", id);
		switch (i) {
		case 0:
			make(0, sidecar, difference_text(id, "dur", "ara", "2018-02-01"));
			make(0, sidecar, difference_text(id, "tranche", "ara", "2018-02-01"));
			make(0, sidecar, NULL);
			make(0, path, evidence_text(id, "ara", "propose", "2018-04-01", "obtenu"));
			make(0, path, evidence_text(id, "ara", "partage", "2018-05-01", "retire"));
			make(0, path, NULL);
			make(0, path, evidence_text(id, "ara", "partage", "2018-05-01", "obtenu"));
			break;
		case 1:
			make(0, "materiaux/zz/mat-ara-autre.yaml", evidence_text(id, "ara", "partage", "2018-05-01", "retire"));
			make(0, arena_printf(&a, "materiaux/00/%s.yaml", id), evidence_text(id, "ara", "partage", "2018-05-01", "retire"));
			make(0, arena_printf(&a, "materiaux/00/%s.yaml", id), NULL);
			break;
		case 2:
			make(0, "conflits/zz/autre.yaml", difference_text(id, "dur", "ara", "2018-02-01"));
			make(1, path, evidence_text(id, "bfc", "partage", "2018-05-01", "retire"));
			make(0, path, evidence_text(id, "bfc", "partage", "2018-05-01", "retire"));
			make(0, path, evidence_text(evidence_id(1, i), "ara", "partage", "2018-05-01", "retire"));
			break;
		default:
			there_and_back(path, evidence_text(id, "ara", "partage", "2018-05-01", "retire"));
			make(0, path, NULL);
			take_back(0);
		}
	}
	repo_close(r);
	arena_end(&a);
}

/* A cache that is cut, or of one bit another, is as good as none. */
static void damaged_caches_are_read_again(void **st)
{
	(void)st;
	assert_true(arena_begin(&a));
	dice = 7;
	begin();
	arrive();
	for (int i = 0; i < 4; i++)
		step();
	bool changed;
	ok(ctl_aggregate(&changed, r, &e));
	assert_true(changed);
	static const char *const files[] = { "dernier", "depots/ara", "parties", "enseignements/ara" };
	for (size_t i = 0; i < 12; i++) {
		const char *file = arena_printf(&a, "%s/.git/maillage/agregation/%s", dir, files[i % 4]);
		struct buf b = BUF_INIT;
		ok(fs_read(&b, file, 1 << 24, &e));
		assert_true(b.n > 20);
		if (i < 4)
			b.n /= 2;
		else
			b.at[roll(b.n)] ^= (char)(1 << roll(8));
		ok(fs_write(file, b.at, i < 8 ? b.n : 0, &e));
		ok(fs_unlink(arena_printf(&a, "%s/.git/maillage/agregation/dernier", dir), &e));
		buf_free(&b);
		ok(ctl_aggregate(&changed, r, &e));
		assert_false(changed);
	}
	repo_close(r);
	arena_end(&a);
}

/* What stands behind the heads of the caches is another in each of its blocks. */
static void damage_late_data(const char *caches)
{
	struct cachemaps maps = { NULL };
	for (size_t c = 0; c < CODES; c++) {
		const char *file = arena_printf(&a, "%s/depots/%s", caches, codes[c]);
		struct cache cache;
		struct buf b = BUF_INIT;
		ok(fs_read(&b, file, 1 << 24, &e));
		assert_true(cache_load(&cache, &maps, &a, file, 1 << 24));
		const struct unpack *rest = &cache.sections.at[0].rest;
		assert_true(rest->end - rest->at > 1000);
		for (const char *p = rest->at; p < rest->end; p += 16)
			b.at[p - cache.bytes] ^= 8;
		ok(fs_write(file, b.at, b.n, &e));
		assert_true(cache_load(&cache, &maps, &a, file, 1 << 24)); /* nothing of it is known yet */
		buf_free(&b);
	}
	cachemaps_release(&maps);
	ok(fs_unlink(arena_printf(&a, "%s/dernier", caches), &e));
	ok(fs_unlink(arena_printf(&a, "%s/parties", caches), &e));
}

/* The data of records that nobody had to read yet: they are missed only when they are asked for, and then read from the repository.
 * Where that does not hold them either, nothing is written. */
static void late_data_that_is_damaged(void **st)
{
	(void)st;
	assert_true(arena_begin(&a));
	dice = 11;
	begin();
	arrive();
	const char *edited = path_of("enseignements", lesson_id(0, 0));
	for (size_t c = 0; c < CODES; c++) { /* one was edited since it was validated */
		struct edits all = { 0 };
		struct oid head = head_of(codes[c]);
		put(&all, path_of("enseignements", lesson_id(c, 0)), lesson_text(c, 0, 1, "partage"));
		head = commit(&head, &all);
		move(codes[c], &head);
	}
	bool changed;
	const char *caches = arena_printf(&a, "%s/.git/maillage/agregation", dir);
	ok(ctl_aggregate(&changed, r, &e));
	damage_late_data(caches);
	ok(ctl_aggregate(&changed, r, &e));
	assert_false(changed);
	ok(fs_unlink(arena_printf(&a, "%s/dernier", caches), &e));
	ok(ctl_aggregate(&changed, r, &e)); /* the caches are there again */
	assert_false(changed);

	damage_late_data(caches);
	struct oid before = head_of("nat");
	const char *oid = arena_dup(&a, git("rev-parse %s:%s", ref_of(codes[0]), edited));
	const char *object = arena_printf(&a, "%s/.git/objects/%.2s/%s", dir, oid, oid + 2), *aside = arena_printf(&a, "%s.aside", object);
	assert_int_equal(rename(object, aside), 0);
	assert_true(ctl_aggregate(&changed, r, &e) != 0);
	struct oid after = head_of("nat");
	assert_true(oid_equal(&before, &after));
	assert_int_equal(rename(aside, object), 0);
	ok(ctl_aggregate(&changed, r, &e));
	assert_false(changed);
	step();
	aggregated_alike();
	repo_close(r);
	arena_end(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(histories), cmocka_unit_test(a_difference_alone), cmocka_unit_test(quiet_records_that_change),
					    cmocka_unit_test(damaged_caches_are_read_again),
					    cmocka_unit_test(late_data_that_is_damaged) };
	setenv("MAILLAGE_DATADIR", getenv("ROOT") ? getenv("ROOT") : ".", 1); /* for heads that go back beyond their schema */
	if (store_init(&e))
		return 1;
	int failed = cmocka_run_group_tests_name("ctl/aggregate", tests, NULL, NULL);
	store_fini();
	return failed;
}
