/* tests/golden/merge/NN-name: base, a, b -> expect, differences and decisions, byte for byte and in both directions. Every
 * file but `cas` is optional: no base.yaml, a record that both sides made; no a.yaml or b.yaml, one deleted there; no
 * expect.yaml, the record is gone; no differences.yaml or decisions, none; NAME.differences.yaml beside a side, its
 * sidecar; schema.yaml, a kind of the case's own. `cas` says in a sentence what happened and what one should see. */
#include "kit.h"
#include "base/fsio.h"
#include "schema/record.h"

static struct arena kept; /* the shipped kinds, read once: main begins it, and outlives the tests */
static struct schemas *shipped;

static const char *root_dir(void)
{
	const char *root = getenv("ROOT");
	return root ? root : ".";
}

static const char *slurp(const char *dir, const char *name)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	const char *path = arena_printf(&mem, "%s/%s", dir, name);
	if (!fs_exists(path))
		return NULL;
	if (fs_read(&b, path, YAML_MAX_BYTES, &e))
		fail_msg("%s", e.msg);
	const char *text = arena_dup(&mem, buf_str(&b));
	buf_free(&b);
	return text;
}

/* The kind that a record's `schema:` line names, among the shipped ones; else the case's own schema.yaml. */
static const struct schema *schema_of(const char *dir, const char *const texts[3])
{
	const char *own = slurp(dir, "schema.yaml");
	if (own)
		return kind_of(own);
	for (int i = 0; i < 3; i++) {
		struct merge_side any = side_of(NULL, texts[i], NULL);
		const char *name = any.val ? val_text(any.val, "schema") : NULL;
		if (name)
			return schemas_kind(shipped, arena_dupn(&mem, name, strcspn(name, "/")));
	}
	return NULL;
}

static bool is_acceptable(const char *text)
{
	struct record r;
	struct faults f = { 0 };
	if (text)
		record_load(&r, &f, &mem, shipped, "x.yaml", NULL, NULL, text, strlen(text));
	return !f.errors;
}

static void one_case(const char *dir)
{
	static const char *const names[3] = { "base", "a", "b" };
	const char *texts[3];
	struct merge_side side[3];
	for (int i = 0; i < 3; i++)
		texts[i] = slurp(dir, arena_printf(&mem, "%s.yaml", names[i]));
	const struct schema *s = schema_of(dir, texts);
	if (!s)
		fail_msg("%s: no schema", dir);
	for (int i = 0; i < 3; i++)
		side[i] = side_of(s, texts[i], sidecar_of(slurp(dir, arena_printf(&mem, "%s.differences.yaml", names[i]))));
	struct merged m = both_ways(s, side[0], side[1], side[2]);
	const char *decisions = slurp(dir, "decisions"), *diffs = slurp(dir, "differences.yaml");
	assert_text(arena_printf(&mem, "%s: record", dir), m.text, slurp(dir, "expect.yaml"));
	assert_text(arena_printf(&mem, "%s: differences", dir), m.diffs, diffs ? diffs : "");
	assert_text(arena_printf(&mem, "%s: decisions", dir), m.decisions, decisions ? decisions : "");
	const char *cas = slurp(dir, "cas");
	if (!cas || strlen(cas) < 20 || strchr(cas, '\n') != cas + strlen(cas) - 1)
		fail_msg("%s/cas: one sentence on one line", dir);
	/* law 5: valid wherever the inputs were */
	if (slurp(dir, "schema.yaml"))
		return;
	bool valid = true;
	for (int i = 0; i < 3; i++)
		valid = valid && is_acceptable(texts[i]);
	if (valid && !is_acceptable(m.text))
		fail_msg("%s: the merged record is not acceptable", dir);
}

/* One test per case, so that each is named when it fails. */
static void test_case(void **state)
{
	const char *name = *state;
	arena_end(&mem);
	if (!arena_begin(&mem))
		fail_msg("out of memory");
	one_case(arena_printf(&mem, "%s/tests/golden/merge/%s", root_dir(), name));
}

int main(void)
{
	struct fs_names cases = { 0 };
	struct err e = { 0 };
	char dir[4096];
	snprintf(dir, sizeof dir, "%s/tests/golden/merge", root_dir());
	struct CMUnitTest tests[400] = { 0 };
	size_t n = 0;
	if (!arena_begin(&kept))
		return 1;
	if (schemas_load_dir(&shipped, &kept, arena_printf(&kept, "%s/schema", root_dir()), &e) || fs_list(&cases, dir, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	for (size_t i = 0; i < cases.n; i++)
		if (*cases.at[i] >= '0' && *cases.at[i] <= '9' && n < sizeof tests / sizeof *tests) /* beside them: README.md */
			tests[n++] = (struct CMUnitTest){ cases.at[i], test_case, NULL, teardown, cases.at[i] };
	int rc = _cmocka_run_group_tests("merge cases", tests, n, NULL, NULL);
	fs_names_free(&cases);
	arena_end(&kept);
	return rc;
}
