/* Every file of aggregat/ made from tests/samples, byte for byte as somebody has read it: tests/unit/lessons/expected/.
 * After a change on purpose: UPDATE=1 build/plain/unit/lessons/test_outputs, then read `git diff`. */
#include "world.h"

static const char *expected_folder(void)
{
	return arena_printf(&w.a, "%s/tests/unit/lessons/expected", getenv("ROOT") ? getenv("ROOT") : ".");
}

static void keep(const char *path, const struct lessons_file *f)
{
	struct err e = { 0 };
	struct buf dir = BUF_INIT;
	buf_put(&dir, path, (size_t)(strrchr(path, '/') - path));
	if (fs_mkdirs(buf_str(&dir), &e) || fs_write(path, f->bytes, f->n, &e))
		fail_msg("%s", e.msg);
	buf_free(&dir);
}

static void samples_give_what_was_read(void **st)
{
	(void)st;
	world_samples();
	struct lessons_files files = world_build("2020-07-01");
	for (size_t i = 0; i < files.n; i++) {
		const char *path = arena_printf(&w.a, "%s/%s", expected_folder(), files.at[i].path + strlen("aggregat/"));
		struct buf text = BUF_INIT;
		struct err e = { 0 };
		if (getenv("UPDATE"))
			keep(path, &files.at[i]);
		if (fs_read(&text, path, YAML_MAX_BYTES, &e))
			fail_msg("%s", e.msg);
		if (text.n != files.at[i].n || memcmp(buf_str(&text), files.at[i].bytes, text.n))
			fail_msg("%s differs; it is now:\n%s", path, files.at[i].bytes);
		buf_free(&text);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
	const struct CMUnitTest tests[] = { TEST(samples_give_what_was_read) };
	return cmocka_run_group_tests_name("lessons/outputs", tests, NULL, NULL);
}
