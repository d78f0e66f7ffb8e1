/* Sidecars made to be slow: read, used and written back in time that grows with their size only. */
#include "../../lib/hostile.h"
#include "merge/diffset.h"

#define HEAD "schema: conflit/1\nid: ens-ara-k5w2h9tc\ndifferences:\n"

static struct buf text;
static const char *record;

static void use(struct arena *a, char said[ERR_MSG_MAX], void *data)
{
	static const struct origin by = { "act-ara-2w3x4y5z", "2018-10-08", NULL };
	struct diffs d, after;
	struct ydoc *r;
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	(void)data;
	if (diffs_parse(&d, a, "x.yaml", text.at, text.n, &e) < 0 || ydoc_parse(&r, a, "r", record, strlen(record), NULL, &e) < 0) {
		strcpy(said, e.msg);
		return;
	}
	diffs_normalise(&after, a, NULL, ydoc_val(r), &d, &by);
	int code = diffs_print(&b, a, &d, &e);
	snprintf(said, ERR_MSG_MAX, "%zu differences, %zu left, %.900s", d.n, after.n, code ? e.msg : "written");
	buf_free(&b);
}

static void one(const char *name, double times, const char *says)
{
	hostile_run(&(struct hostile){ name, text.n, times * HOSTILE_MS, says, 128u << 20 }, use, NULL);
	buf_reset(&text);
}

static void many_proposals(void **state)
{
	(void)state;
	record = "titre: a\n";
	buf_puts(&text, HEAD "  - champ: titre\n    degre: dur\n    propositions: [");
	for (int i = 0; i < 24000; i++)
		buf_printf(&text, "{valeur: %d},", i);
	buf_puts(&text, "]\n");
	one("24,000 proposals", 2, "1 differences");
	buf_puts(&text, HEAD "  - champ: titre\n    degre: dur\n    propositions: [");
	put_times(&text, "{valeur: a},", 24000);
	buf_puts(&text, "]\n");
	one("the same proposal", 2, "written");
}

static void many_differences(void **state)
{
	(void)state;
	struct buf r = BUF_INIT;
	record = "titre: a\n";
	buf_puts(&text, HEAD);
	for (int i = 0; i < 6500; i++)
		buf_printf(&text, "  - champ: titre\n    degre: dur\n    base: %d\n    propositions: [{valeur: %d}]\n", i, i);
	one("one field", 2, "6500 differences");
	buf_puts(&text, HEAD);
	for (int i = 0; i < 6000; i++)
		buf_printf(&text, "  - champ: titre\n    degre: dur\n    regle: prose\n    base: Phrase %d.\n    propositions: [{valeur: Autre %d.}]\n",
			   i, i);
	buf_puts(&r, "titre: ");
	for (int i = 0; i < 20000; i++)
		buf_printf(&r, "Phrase %d. ", i);
	buf_puts(&r, "\n");
	record = r.at;
	one("contested sentences", 5, "6000 differences");
	record = "titre: a\n";
	buf_puts(&text, HEAD "  - champ: '");
	put_times(&text, "a/", 200000);
	buf_puts(&text, "'\n    degre: dur\n    propositions: [{valeur: 1}]\n");
	one("a long path", 1, "1 differences");
	buf_puts(&text, HEAD "  - champ: titre\n    degre: dur\n    propositions: [{valeur: ");
	put_times(&text, "[", 80);
	one("deep", 1, "profonde");
	buf_free(&r);
}

/* Whatever order they are written in, proposals stand in theirs, each once. */
static void order_does_not_matter(void **state)
{
	(void)state;
	struct arena a;
	struct diffs d[2];
	struct err e = { 0 };
	if (!arena_begin(&a))
		fail();
	for (int k = 0; k < 2; k++) {
		buf_reset(&text);
		buf_puts(&text, HEAD "  - champ: titre\n    degre: dur\n    propositions:\n");
		for (int i = 0; i < 300; i++)
			buf_printf(&text, "      - {valeur: v%d, commit: \"%d\"}\n", (k ? 299 - i : i) / 2, (k ? 299 - i : i) % 2);
		assert_int_equal(diffs_parse(&d[k], &a, "x", text.at, text.n, &e), 0);
	}
	assert_int_equal(d[0].at[0].n, 150);
	assert_true(diffs_equal(&d[0], &d[1]));
	for (size_t i = 0; i < 150; i++) {
		assert_true(i == 0 || proposal_cmp(&d[0].at[0].at[i - 1], &d[0].at[0].at[i]) < 0);
		assert_string_equal(d[0].at[0].at[i].by.commit, "0");
	}
	arena_end(&a);
}

static int teardown(void **state)
{
	(void)state;
	buf_free(&text);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_proposals),
		cmocka_unit_test(many_differences),
		cmocka_unit_test(order_does_not_matter),
	};
	return cmocka_run_group_tests_name("merge hostile", tests, NULL, teardown);
}
