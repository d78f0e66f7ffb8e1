#include "world.h"

#include "base/valpack.h"
#include "lessons/groups.h"
#include "lessons/model.h"

static struct model m;

static void model(void)
{
	struct err e = { 0 };
	assert_int_equal(model_build(&m, &w.a, w.source, w.n, NULL, NULL, NULL, &e), 0);
}

static const struct group *group_with(const char *lesson)
{
	size_t at;
	assert_true(model_lesson(&m, lesson, &at));
	return &m.groups.at[m.group_of[at]];
}

static void assert_names(const struct names *set, const char *joined)
{
	assert_string_equal(names_join(&w.a, set), joined);
}

static void assert_lessons(const struct indices *set, const char *joined)
{
	struct names ids = { 0 };
	for (size_t i = 0; i < set->n; i++)
		names_add(&w.a, &ids, m.lessons.at[set->at[i]].id);
	assert_names(&ids, joined);
}

static void agreement_is_counted_as_defined(void **st)
{
	(void)st;
	static const struct {
		size_t in_favour, qualify, against, objections;
		const char *accord;
	} cases[] = {
		{ 0, 0, 0, 0, "lacune" },      { 0, 0, 2, 0, "lacune" },      { 1, 0, 0, 0, "singulier" },
		{ 1, 3, 0, 0, "singulier" },   { 2, 0, 0, 0, "partielle" },   { 2, 1, 0, 0, "partielle" },
		{ 2, 1, 1, 0, "partielle" },   { 3, 0, 0, 0, "convergence" }, { 3, 1, 0, 0, "convergence" },
		{ 3, 0, 0, 1, "partielle" },   { 3, 0, 1, 0, "partielle" },   { 3, 0, 2, 0, "divergence" },
		{ 1, 0, 1, 0, "divergence" },  { 2, 0, 2, 0, "divergence" },  { 2, 0, 3, 0, "divergence" },
		{ 2, 0, 4, 0, "partielle" },   { 1, 0, 2, 0, "singulier" },   { 4, 0, 2, 0, "partielle" },
		{ 9, 9, 0, 0, "convergence" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
			groups_accord(cases[i].in_favour, cases[i].qualify, cases[i].against, cases[i].objections),
			cases[i].accord);
}

static void three(const char *x, const char *y, const char *z)
{
	world_lesson("ara", "ens-ara-a", x);
	world_lesson("bfc", "ens-bfc-b", y);
	world_lesson("bre", "ens-bre-c", z);
}

static void all_linked_is_a_core(void **st)
{
	(void)st;
	three("", "", "");
	world_link("ara", "cro-ara-1", "ens-ara-a", "meme", "ens-bfc-b");
	world_link("bfc", "cro-bfc-1", "ens-bre-c", "transpose", "ens-bfc-b");
	world_link("nat", "cro-nat-1", "ens-ara-a", "generalise", "ens-bre-c");
	model();
	assert_int_equal(m.groups.n, 1);
	assert_lessons(&m.groups.at[0].core, "ens-ara-a; ens-bfc-b; ens-bre-c");
	assert_string_equal(m.groups.at[0].accord, "convergence");
	assert_string_equal(m.groups.at[0].chains, "");
}

static void a_chain_is_not_three_agreeing(void **st)
{
	(void)st;
	three("", "", "");
	world_lesson("hdf", "ens-hdf-d", "");
	world_link("ara", "cro-ara-1", "ens-ara-a", "converge", "ens-bfc-b");
	world_link("ara", "cro-ara-2", "ens-bfc-b", "converge", "ens-bre-c");
	world_link("ara", "cro-ara-3", "ens-bre-c", "converge", "ens-hdf-d");
	model();
	assert_int_equal(m.groups.n, 1);
	const struct group *g = &m.groups.at[0];
	assert_string_equal(g->id, "ens-ara-a");
	assert_names(&g->all, "ara; bfc; bre; hdf");
	assert_int_equal(g->core.n, 2);
	assert_names(&g->for_, "ara; bfc");
	assert_string_equal(g->accord, "partielle");
	assert_string_equal(g->chains, "ens-bfc-b > ens-bre-c > ens-hdf-d");
}

static void collectives_are_counted_not_lessons(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	world_lesson("ara", "ens-ara-2", "");
	world_lesson("ara", "ens-ara-3", "");
	world_link("ara", "cro-ara-1", "ens-ara-1", "meme", "ens-ara-2");
	world_link("ara", "cro-ara-2", "ens-ara-2", "meme", "ens-ara-3");
	world_link("ara", "cro-ara-3", "ens-ara-1", "meme", "ens-ara-3");
	model();
	assert_int_equal(m.groups.at[0].core.n, 3);
	assert_names(&m.groups.at[0].for_, "ara");
	assert_string_equal(m.groups.at[0].accord, "singulier");
}

/* Two triangles that share a lesson: the one with more collectives is the core, the other has as many lessons. */
static void the_core_has_the_most_collectives(void **st)
{
	(void)st;
	world_lesson("ara", "ens-ara-1", "");
	world_lesson("ara", "ens-ara-2", "");
	three("", "", "");
	world_link("ara", "cro-ara-1", "ens-ara-1", "meme", "ens-ara-2");
	world_link("ara", "cro-ara-2", "ens-ara-1", "meme", "ens-ara-a");
	world_link("ara", "cro-ara-3", "ens-ara-2", "meme", "ens-ara-a");
	world_link("ara", "cro-ara-4", "ens-ara-a", "meme", "ens-bfc-b");
	world_link("ara", "cro-ara-5", "ens-ara-a", "meme", "ens-bre-c");
	world_link("ara", "cro-ara-6", "ens-bfc-b", "meme", "ens-bre-c");
	model();
	assert_lessons(&m.groups.at[0].core, "ens-ara-a; ens-bfc-b; ens-bre-c");
	assert_string_equal(m.groups.at[0].chains, "ens-ara-a > ens-ara-1; ens-ara-a > ens-ara-2");
}

static void those_who_disagree_attach(void **st)
{
	(void)st;
	three("", "", "");
	world_lesson("hdf", "ens-hdf-d", "");
	world_link("ara", "cro-ara-1", "ens-ara-a", "converge", "ens-bfc-b");
	world_link("bre", "cro-bre-1", "ens-bre-c", "contredit", "ens-ara-a");
	world_link("nat", "cro-nat-1", "ens-bre-c", "contredit",
		   "ens-bfc-b"); /* the same collective twice: counted once */
	world_link("hdf", "cro-hdf-1", "ens-hdf-d", "nuance", "ens-bfc-b");
	model();
	const struct group *g = group_with("ens-ara-a"), *c = group_with("ens-bre-c"), *d = group_with("ens-hdf-d");
	assert_int_equal(m.groups.n, 3);
	assert_names(&g->against, "bre");
	assert_names(&g->qualify, "hdf");
	assert_lessons(&g->opposing, "ens-bre-c");
	assert_lessons(&g->qualifying, "ens-hdf-d");
	assert_string_equal(g->accord, "partielle");
	assert_names(&c->against, "ara; bfc"); /* a contradiction goes both ways */
	assert_string_equal(c->accord, "singulier");
	assert_names(&d->qualify, ""); /* a qualification does not */
	assert_names(&d->against, "");
}

static void dissent_inside_a_group_counts(void **st)
{
	(void)st;
	three("", "", "");
	world_link("ara", "cro-ara-1", "ens-ara-a", "converge", "ens-bfc-b");
	world_link("ara", "cro-ara-2", "ens-ara-a", "converge", "ens-bre-c");
	world_link("ara", "cro-ara-3", "ens-bfc-b", "converge", "ens-bre-c");
	world_link("bre", "cro-bre-1", "ens-bre-c", "contredit", "ens-ara-a");
	model();
	assert_names(&m.groups.at[0].for_, "ara; bfc; bre");
	assert_names(&m.groups.at[0].against, "bre");
	assert_string_equal(m.groups.at[0].accord, "partielle");
}

static void a_changed_text_unties(void **st)
{
	(void)st;
	three("", "", "");
	world_link("ara", "cro-ara-1", "ens-ara-a", "converge", "ens-bfc-b");
	world_link("bre", "cro-bre-1", "ens-bre-c", "contredit", "ens-ara-a");
	((struct source_record *)(uintptr_t)&w.source[0].at[0])->fingerprint = "sha256:autre";
	world_record("nat", "cro-nat-1",
		     "de: {ref: ens-ara-a}\nvers: {ref: ens-bfc-b}\nrelation: meme\n"); /* nothing pinned */
	model();
	assert_int_equal(m.groups.n, 3);
	const struct group *g = group_with("ens-ara-a");
	assert_int_equal(g->links.n, 0);
	assert_int_equal(g->stale.n, 3);
	assert_int_equal(g->against.n, 0);
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "divergences/bre.csv"), "lien,cro-bre-1,contredit,a_revoir,");
	assert_has(world_file(&files, "divergences/bre.md"), "À revoir : un des textes lus a changé");
	assert_has(world_file(&files, "grappes/ara/a.csv"), ",cro-ara-1; cro-bre-1; cro-nat-1,");
}

static void unshared_links_and_lessons_do_not_group(void **st)
{
	(void)st;
	three("", "etat: valide\n", "");
	world_link("ara", "cro-ara-1", "ens-ara-a", "converge", "ens-bfc-b"); /* b is not shared */
	world_record("ara", "cro-ara-2",
		     "etat: brouillon\nrelation: meme\nde: {ref: ens-ara-a, empreinte: \"sha256:ens-ara-a\"}\n"
		     "vers: {ref: ens-bre-c, empreinte: \"sha256:ens-bre-c\"}\n");
	world_record("ara", "cro-ara-3",
		     "visibilite: collectif\nrelation: meme\nde: {ref: ens-ara-a, empreinte: \"sha256:ens-ara-a\"}\n"
		     "vers: {ref: ens-bre-c, empreinte: \"sha256:ens-bre-c\"}\n");
	world_link("ara", "cro-ara-4", "ens-ara-a", "distinct", "ens-bre-c");
	world_link("ara", "cro-ara-5", "ens-ara-a", "meme", "ens-ara-a");
	world_link("ara", "cro-ara-6", "ens-ara-a", "relation_de_demain", "ens-bre-c");
	world_link("ara", "cro-ara-7", "ens-ara-a", "complete", "ens-bre-c"); /* counts, but does not group */
	model();
	assert_int_equal(m.lessons.n, 2);
	assert_int_equal(m.groups.n, 2);
	assert_int_equal(m.links.n, 1);
	struct lessons_files files = world_build(NULL);
	for (size_t i = 0; i < files.n; i++)
		if (strncmp(files.at[i].path, "aggregat/a-faire/", 17) != 0) /* names what waits, and quotes nothing */
			assert_lacks(files.at[i].bytes, "ens-bfc-b");
}

static const char *objection(const char *more)
{
	return arena_printf(
		&w.a,
		"nature: objection\nportee: national\ncible: ens-ara-a\ncible_empreinte: \"sha256:ens-ara-a\"\n"
		"par: act-nat-x\ndate: \"2019-05-01\"\ntexte: Trop peu de cas.\n%s",
		more);
}

static void an_open_objection_prevents_convergence(void **st)
{
	(void)st;
	three("", "", "");
	world_link("ara", "cro-ara-1", "ens-ara-a", "meme", "ens-bfc-b");
	world_link("ara", "cro-ara-2", "ens-bfc-b", "meme", "ens-bre-c");
	world_link("ara", "cro-ara-3", "ens-ara-a", "meme", "ens-bre-c");
	world_record("nat", "avi-nat-1", objection(""));
	model();
	assert_string_equal(m.groups.at[0].accord, "partielle");
	struct lessons_files files = world_build(NULL);
	assert_has(world_file(&files, "divergences/ara.md"), "« Trop peu de cas. » [NAT avi-nat-1 @");
	/* too early; then another actor's */
	world_record("nat", "avi-nat-2",
		     "nature: levee\nportee: national\ncible: ens-ara-a\npar: act-nat-x\ndate: \"2019-04-01\"\n");
	world_record("nat", "avi-nat-3",
		     "nature: levee\nportee: national\ncible: ens-ara-a\npar: act-nat-y\ndate: \"2019-06-01\"\n");
	model();
	assert_string_equal(m.groups.at[0].accord, "partielle");
	world_record("nat", "avi-nat-4",
		     "nature: levee\nportee: national\ncible: ens-ara-a\npar: act-nat-x\ndate: \"2019-06-01\"\n");
	model();
	assert_string_equal(m.groups.at[0].accord, "convergence");
	world_record("bre", "avi-bre-5", objection("etat: retire\n"));
	model();
	assert_string_equal(m.groups.at[0].accord, "convergence");
	world_record("bre", "avi-bre-6", objection(""));
	world_record("bre", "avi-bre-7", "nature: levee\ncible: avi-bre-6\n"); /* by name */
	model();
	assert_string_equal(m.groups.at[0].accord, "convergence");
}

/* On random graphs: groups are the connected components, the core is a clique that no member can join, and every other
 * member ends or crosses a chain. */
static void random_graphs(void **st)
{
	(void)st;
	static const char *const codes[] = { "ara", "bfc", "bre", "hdf", "occ" };
	unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : 4;
	print_message("# SEED=%u\n", seed);
	srand(seed);
	for (int round = 0; round < 60; round++) {
		enum {
			N = 14
		};
		bool linked[N][N] = { { false } }, reach[N][N];
		world_end(NULL);
		world_begin(NULL);
		for (size_t i = 0; i < N; i++)
			world_lesson(codes[i % 5], arena_printf(&w.a, "ens-%s-%02zu", codes[i % 5], i), "");
		for (int k = rand() % 40; k > 0; k--) {
			size_t x = (size_t)rand() % N, y = (size_t)rand() % N;
			const char *p = arena_printf(&w.a, "ens-%s-%02zu", codes[x % 5], x),
				   *q = arena_printf(&w.a, "ens-%s-%02zu", codes[y % 5], y);
			world_link("nat", arena_printf(&w.a, "cro-nat-%03d", k), p, "meme", q);
		}
		model();
		for (size_t i = 0; i < m.links.n; i++)
			linked[m.links.at[i].from][m.links.at[i].to] = linked[m.links.at[i].to][m.links.at[i].from] =
				true;
		memcpy(reach, linked, sizeof reach);
		for (size_t k = 0; k < N; k++)
			for (size_t i = 0; i < N; i++)
				for (size_t j = 0; j < N; j++)
					reach[i][j] |= i == j || (reach[i][k] && reach[k][j]);
		for (size_t i = 0; i < N; i++)
			for (size_t j = 0; j < N; j++)
				assert_int_equal(m.group_of[i] == m.group_of[j], reach[i][j]);
		for (size_t g = 0; g < m.groups.n; g++) {
			const struct group *group = &m.groups.at[g];
			for (size_t i = 0; i < group->members.n; i++) {
				size_t x = group->members.at[i], to = 0, in = 0;
				for (size_t j = 0; j < group->core.n; j++) {
					to += linked[x][group->core.at[j]];
					in += x == group->core.at[j];
				}
				assert_true(in ? to == group->core.n - 1 : to < group->core.n);
				if (!in)
					assert_has(group->chains, m.lessons.at[x].id);
			}
		}
	}
}

/* Somebody may choose ids that fall into one slot of the model's table: they are all found, and nothing else is. */
static void ids_that_fall_together_are_found(void **st)
{
	(void)st;
	enum { ALIKE = 100, SLOTS = 256 };
	const char *ids[ALIKE], *other = NULL;
	size_t n = 0;
	for (unsigned i = 0; n < ALIKE || !other; i++) {
		const char *id = arena_printf(&w.a, "mat-ara-%u", i);
		if (pack_check(id, strlen(id)) % SLOTS)
			continue;
		if (n < ALIKE)
			ids[n++] = id;
		else
			other = id;
	}
	for (size_t i = 0; i < ALIKE; i++)
		world_record("ara", ids[i], "nature: document\n");
	model();
	assert_int_equal(m.known.n, ALIKE);
	assert_int_equal(m.known.n_slots, SLOTS);
	for (size_t i = 0; i < ALIKE; i++) {
		const struct known *k = model_find(&m, ids[i]);
		assert_non_null(k);
		assert_string_equal(k->rec->id, ids[i]);
	}
	assert_null(model_find(&m, other));
	assert_null(model_find(&m, "zzz"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = {
		TEST(agreement_is_counted_as_defined),
		TEST(all_linked_is_a_core),
		TEST(a_chain_is_not_three_agreeing),
		TEST(collectives_are_counted_not_lessons),
		TEST(the_core_has_the_most_collectives),
		TEST(those_who_disagree_attach),
		TEST(dissent_inside_a_group_counts),
		TEST(a_changed_text_unties),
		TEST(unshared_links_and_lessons_do_not_group),
		TEST(an_open_objection_prevents_convergence),
		TEST(random_graphs),
		TEST(ids_that_fall_together_are_found),
	};
	return cmocka_run_group_tests_name("lessons/groups", tests, NULL, NULL);
}
