/* Which files' ends were seen. The settling time is waited for by asking until it has passed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/clock.h"
#include "loop/saves.h"

#define DEADLINE_MS 10000

static struct timespec now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t;
}

static bool settles(const struct saves *s, const char *path, const struct timespec *changed)
{
	for (int64_t until = clock_mono_ms() + DEADLINE_MS; clock_mono_ms() < until;)
		if (saves_ended(s, path, changed))
			return true;
	return false;
}

static void a_save_settles(void **st)
{
	(void)st;
	struct saves s = { 0 };
	struct timespec changed = now();
	assert_false(saves_ended(&s, "a", &changed));
	int64_t before = clock_mono_ms();
	saves_note(&s, "a");
	assert_true(settles(&s, "a", &changed));
	assert_true(clock_mono_ms() - before >= SAVES_SETTLE_MS - 20);
	assert_false(saves_ended(&s, "b", &changed));
	assert_false(saves_ended(&s, "", &changed));
}

static void what_changed_since_has_not_ended(void **st)
{
	(void)st;
	struct saves s = { 0 };
	struct timespec first = now(), then;
	saves_note(&s, "a");
	then = now();
	then.tv_sec++;
	assert_true(settles(&s, "a", &first));
	assert_false(saves_ended(&s, "a", &then));
	int64_t before = clock_mono_ms();
	saves_note(&s, "a"); /* and once more: it settles anew */
	assert_true(settles(&s, "a", &first));
	assert_true(clock_mono_ms() - before >= SAVES_SETTLE_MS - 20);
}

static void the_oldest_are_forgotten(void **st)
{
	(void)st;
	struct saves s = { 0 };
	struct timespec changed = now();
	char name[32];
	saves_note(&s, "first");
	for (int i = 1; i < SAVES_MAX; i++) {
		snprintf(name, sizeof name, "n%d", i);
		saves_note(&s, name);
	}
	assert_true(settles(&s, name, &changed));
	assert_true(saves_ended(&s, "first", &changed));
	saves_note(&s, name); /* has its place already */
	assert_true(saves_ended(&s, "first", &changed));
	saves_note(&s, "one too many");
	assert_false(saves_ended(&s, "first", &changed));
	assert_true(saves_ended(&s, "n1", &changed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_save_settles),
		cmocka_unit_test(what_changed_since_has_not_ended),
		cmocka_unit_test(the_oldest_are_forgotten),
	};
	return cmocka_run_group_tests_name("loop/saves", tests, NULL, NULL);
}
