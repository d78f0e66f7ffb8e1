/* Real folders, real inotify. Nothing sleeps: each test runs the loop until what it waits for was reported, or a deadline. */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/fsio.h"
#include "loop/watch.h"

#define DEADLINE_MS 5000

static uv_loop_t loop;
static struct watch *w;
static char root[PATH_MAX];
static struct err e;

static const char *wanted; /* NULL: a rescan */
static bool arrived, was_whole;
static size_t reports, rescans;

static void on_stir(void *ctx, const char *path, bool whole)
{
	(void)ctx;
	reports++;
	rescans += !path;
	if (path ? wanted && !strcmp(path, wanted) : !wanted)
		arrived = true, was_whole = whole;
}

static void too_late(uv_timer_t *t)
{
	uv_stop(t->loop);
	t->data = t;
}

/* Turn the loop until `path` was reported. */
static bool see(const char *path)
{
	uv_timer_t t;
	wanted = path;
	arrived = false;
	uv_timer_init(&loop, &t);
	t.data = NULL;
	uv_timer_start(&t, too_late, DEADLINE_MS, 0);
	while (!arrived && !t.data)
		uv_run(&loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&t, NULL);
	uv_run(&loop, UV_RUN_NOWAIT);
	return arrived;
}

/* Everything that has happened so far has been reported once this file is. */
static void flush(void)
{
	char path[PATH_MAX];
	static int n;
	char name[32];
	snprintf(name, sizeof name, "flush%d", n++);
	snprintf(path, sizeof path, "%.3000s/%s", root, name);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	assert_true(see(name));
}

static const char *in(const char *path)
{
	static char abs[4][PATH_MAX];
	static int i;
	i = (i + 1) % 4;
	snprintf(abs[i], PATH_MAX, "%.3000s/%.900s", root, path);
	return abs[i];
}

static void save(const char *path)
{
	FILE *f = fopen(in(path), "w");
	assert_non_null(f);
	fputs("x", f);
	fclose(f);
}

static int fresh(void **st)
{
	(void)st;
	snprintf(root, sizeof root, "%s/watch-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(root));
	uv_loop_init(&loop);
	assert_int_equal(mkdir(in(".git"), 0755) | mkdir(in("prive"), 0755) | mkdir(in("pratiques"), 0755) |
				 mkdir(in("pratiques/k5"), 0755),
			 0);
	e = (struct err){ 0 };
	assert_int_equal(watch_new(&w, &loop, root, on_stir, NULL, &e), 0);
	reports = rescans = 0;
	return 0;
}

static int over(void **st)
{
	(void)st;
	watch_free(w);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return fs_remove_tree(root, NULL);
}

static void a_save_is_seen(void **st)
{
	(void)st;
	assert_int_equal(watch_count(w), 3);
	save("pratiques/k5/pra-ara-1.yaml");
	assert_true(see("pratiques/k5/pra-ara-1.yaml"));
	save("collectif.yaml");
	assert_true(see("collectif.yaml"));
	unlink(in("collectif.yaml"));
	assert_true(see("collectif.yaml"));
}

static void the_end_of_a_save_is_told(void **st)
{
	(void)st;
	int fd = open(in("a"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	assert_true(see("a"));
	assert_false(was_whole); /* created, and being written */
	close(fd);
	assert_true(see("a"));
	assert_true(was_whole);
	assert_int_equal(rename(in("a"), in("b")), 0);
	assert_true(see("a"));
	assert_false(was_whole); /* gone */
	assert_int_equal(rename(in("b"), in("c")), 0);
	assert_true(see("c"));
	assert_true(was_whole);
	assert_int_equal(mkdir(in("d"), 0755), 0);
	assert_true(see("d"));
	assert_false(was_whole);
}

static void a_rename_over_is_seen_every_time(void **st)
{
	(void)st;
	save("pratiques/k5/a.yaml");
	flush();
	for (int i = 0; i < 5; i++) { /* a watch on the file itself would go deaf here */
		save("pratiques/k5/.a.tmp");
		flush();
		reports = 0;
		assert_int_equal(rename(in("pratiques/k5/.a.tmp"), in("pratiques/k5/a.yaml")), 0);
		assert_true(see("pratiques/k5/a.yaml"));
	}
}

static void folders_made_at_once_are_seen_to_the_bottom(void **st)
{
	(void)st;
	for (int i = 0; i < 20; i++) {
		char dir[64], file[96];
		snprintf(dir, sizeof dir, "n%d/b/c", i);
		snprintf(file, sizeof file, "n%d/b/c/x.yaml", i);
		assert_int_equal(fs_mkdirs(in(dir), &e), 0);
		save(file); /* all before the loop turns once */
		assert_true(see(file));
		save(file);
		assert_true(see(file));
	}
	assert_int_equal(watch_count(w), 3 + 20 * 3);
	assert_true(watch_is_whole(w));
}

static void moved_folders_are_followed(void **st)
{
	(void)st;
	assert_int_equal(fs_mkdirs(in("a/b"), &e), 0);
	save("a/b/x.yaml");
	assert_true(see("a/b/x.yaml"));
	assert_int_equal(rename(in("a"), in("z")), 0);
	assert_true(see("z/b/x.yaml"));
	save("z/b/y.yaml");
	assert_true(see("z/b/y.yaml"));
	flush();
	assert_int_equal(watch_count(w), 5);
	/* out of sight: no longer watched */
	char out[PATH_MAX];
	snprintf(out, sizeof out, "%.3000s/prive/z", root);
	assert_int_equal(rename(in("z"), out), 0);
	flush();
	assert_int_equal(watch_count(w), 3);
	reports = 0;
	save("prive/z/b/y.yaml");
	flush();
	assert_in_range(reports, 1, 2); /* the flush file alone: created and closed */
}

static void deleted_folders_are_forgotten_and_may_come_back(void **st)
{
	(void)st;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(fs_mkdirs(in("a/b/c"), &e), 0);
		save("a/b/c/x");
		assert_true(see("a/b/c/x"));
		flush();
		assert_int_equal(watch_count(w), 6);
		assert_int_equal(fs_remove_tree(in("a"), &e), 0);
		assert_true(see("a"));
		flush();
		assert_int_equal(watch_count(w), 3);
	}
}

static void gits_own_folder_and_private_things_are_left_alone(void **st)
{
	(void)st;
	assert_int_equal(fs_mkdirs(in(".maillage/national"), &e), 0);
	save(".git/index");
	save("prive/identites.yaml");
	save(".maillage/national/x");
	flush();
	assert_in_range(reports, 1, 2);
	assert_int_equal(fs_mkdirs(in("pratiques/prive"), &e), 0); /* only at the top */
	save("pratiques/prive/x");
	assert_true(see("pratiques/prive/x"));
}

static void an_overflow_means_look_at_everything(void **st)
{
	(void)st;
	struct inotify_event lost = { .wd = -1, .mask = IN_Q_OVERFLOW };
	assert_int_equal(fs_mkdirs(in("a/b"), &e), 0); /* its event is among the lost ones */
	watch__events(w, &lost, sizeof lost);
	assert_int_equal(rescans, 1);
	assert_int_equal(watch_count(w), 5); /* found by walking */
	save("a/b/x");
	assert_true(see("a/b/x"));
}

static void a_real_overflow(void **st)
{
	(void)st;
	FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	unsigned long max = 0;
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &max), 1);
	fclose(f);
	/* each save is one event; equal ones in a row are merged, so take turns */
	for (unsigned long i = 0; i <= max + 10; i++)
		close(open(in(i % 2 ? "pair" : "impair"), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644));
	assert_true(see(NULL));
	flush();
}

static void more_folders_than_the_system_allows(void **st)
{
	(void)st;
	/* what inotify says cannot be provoked without changing the machine; what can: paths that are too long and too deep */
	struct buf deep = BUF_INIT;
	for (int i = 0; i < 80; i++)
		buf_printf(&deep, "%sd", i ? "/" : "");
	assert_int_equal(fs_mkdirs(in(deep.at), &e), 0);
	assert_true(see(NULL));
	assert_false(watch_is_whole(w));
	save("collectif.yaml"); /* the rest goes on */
	assert_true(see("collectif.yaml"));
	buf_free(&deep);
}

static void a_folder_that_is_not_there(void **st)
{
	(void)st;
	struct watch *none = NULL;
	assert_int_equal(watch_new(&none, &loop, in("rien"), on_stir, NULL, &e), ERR_NOTFOUND);
	assert_non_null(strstr(e.msg, "rien"));
	save("fichier");
	assert_int_equal(watch_new(&none, &loop, in("fichier"), on_stir, NULL, &e), ERR_NOTFOUND);
	assert_null(none);
}

static void the_clone_itself_is_moved(void **st)
{
	(void)st;
	char other[PATH_MAX];
	snprintf(other, sizeof other, "%.3000s-ailleurs", root);
	assert_int_equal(rename(root, other), 0);
	assert_true(see(NULL));
	assert_int_equal(rename(other, root), 0);
}

static void free_in_the_callback(void *ctx, const char *path, bool whole)
{
	(void)whole;
	(void)path;
	reports++;
	watch_free(*(struct watch **)ctx);
}

static void a_callback_may_end_it(void **st)
{
	(void)st;
	static struct watch *other;
	assert_int_equal(watch_new(&other, &loop, root, free_in_the_callback, &other, &e), 0);
	save("a");
	save("b");
	save("c");
	assert_true(see("c"));
	flush();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(a_save_is_seen), T(the_end_of_a_save_is_told), T(a_rename_over_is_seen_every_time), T(folders_made_at_once_are_seen_to_the_bottom),
		T(moved_folders_are_followed), T(deleted_folders_are_forgotten_and_may_come_back),
		T(gits_own_folder_and_private_things_are_left_alone), T(an_overflow_means_look_at_everything),
		T(a_real_overflow), T(more_folders_than_the_system_allows), T(a_folder_that_is_not_there),
		T(the_clone_itself_is_moved), T(a_callback_may_end_it),
	};
	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
