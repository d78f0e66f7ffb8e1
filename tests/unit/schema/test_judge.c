/* Without arguments: tests itself. `test_judge FILE...` is the judge that tests/prop/json_schema_suite.test talks to: for
 * a file *.schema.yaml it prints "schema ok" or "schema error: ..."; for any other, its field `v` judged by the last schema:
 * "valid", "invalid: first fault", or "error: ...". One line a file. */
#include "given.h"
#include "base/fsio.h"

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);
	return n >= m && !strcmp(s + n - m, tail);
}

/* The line for one file. */
static const char *judge(const struct snode **schema, const char *path)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	struct ydoc *d;
	struct faults f = { 0 };
	if (fs_read(&b, path, YAML_MAX_BYTES, &e)) {
		buf_free(&b);
		return arena_printf(&arena, "error: %s", e.msg);
	}
	const char *text = arena_dupn(&arena, buf_str(&b), b.n), *name = strrchr(path, '/');
	size_t n = b.n;
	buf_free(&b);
	if (ends_with(path, ".schema.yaml")) {
		*schema = NULL;
		return schemas__load_one(schema, &arena, name ? name + 1 : path, text, n, &e)
			       ? arena_printf(&arena, "schema error: %s", e.msg)
			       : "schema ok";
	}
	if (!*schema)
		return "error: no schema";
	if (ydoc_parse(&d, &arena, path, text, n, NULL, &e))
		return arena_printf(&arena, "error: %s", e.msg);
	schema_validate(&f, &arena, *schema, val_get(ydoc_val(d), "v"));
	for (size_t i = 0; i < f.n; i++)
		if (!f.at[i].warning)
			return arena_printf(&arena, "invalid: %s %s", f.at[i].code, f.at[i].field);
	return "valid";
}

static const char *put(const char *name, const char *text)
{
	const char *tmp = getenv("TMP");
	const char *path = arena_printf(&arena, "%s/%s", tmp ? tmp : "/tmp", name);
	struct err e = { 0 };
	if (fs_write(path, text, strlen(text), &e))
		fail_msg("%s", e.msg);
	return path;
}

static void it_judges(void **state)
{
	IN_ARENA;
	const struct snode *s = NULL;
	const char *schema = put("judge.schema.yaml", "type: integer\n"),
		   *bad = put("judge-bad.schema.yaml", "type: entier\n");
	const char *good = put("judge-good.yaml", "v: 3\n"), *wrong = put("judge-wrong.yaml", "v: a\n"),
		   *broken = put("judge-broken.yaml", "v: [\n");
	assert_string_equal(judge(&s, good), "error: no schema");
	assert_string_equal(judge(&s, schema), "schema ok");
	assert_string_equal(judge(&s, good), "valid");
	assert_string_equal(judge(&s, wrong), "invalid: type ");
	assert_int_equal(strncmp(judge(&s, broken), "error: ", 7), 0);
	assert_int_equal(strncmp(judge(&s, bad), "schema error: judge-bad", 23), 0);
	assert_string_equal(judge(&s, good), "error: no schema");
	for (size_t i = 0; i < 5; i++)
		remove((const char *[]){ schema, bad, good, wrong, broken }[i]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_judges),
	};
	if (argc < 2)
		return cmocka_run_group_tests_name("schema/judge", tests, setup, teardown);
	if (!arena_begin(&arena))
		return 1;
	const struct snode *schema = NULL;
	for (int i = 1; i < argc; i++)
		puts(judge(&schema, argv[i]));
	arena_end(&arena);
	return 0;
}
