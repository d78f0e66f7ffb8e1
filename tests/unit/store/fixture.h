/* fixture.h -- real repositories under $TMP for the tests of this floor, and the real git to look at them with. */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "store/repo.h"

#define UNUSED __attribute__((unused))

static struct err E;

/* Success, or fail with the message that a person would read. */
#define ok(call)                                                                                          \
	do {                                                                                              \
		int rc_ = (call);                                                                         \
		if (rc_)                                                                                  \
			fail_msg("%s: %s %s (%s:%d)", #call, err_name(rc_), E.msg, E.file ? E.file : "", E.line); \
	} while (0)
#define refused(code, call)                                                               \
	do {                                                                              \
		E = (struct err){ 0 };                                                    \
		int rc_ = (call);                                                         \
		if (rc_ != (code))                                                        \
			fail_msg("%s: %s %s, expected %s", #call, err_name(rc_), E.msg, err_name(code)); \
		assert_true(E.msg[0]);                                                    \
	} while (0)

UNUSED static int store_setup(void **state)
{
	(void)state;
	const char *root = getenv("ROOT");
	if (root)
		setenv("MAILLAGE_DATADIR", root, 1);
	return store_init(&E);
}

UNUSED static int store_teardown(void **state)
{
	(void)state;
	store_fini();
	return 0;
}

UNUSED static const char *tmp_path(const char *name)
{
	static char path[8][512];
	static int at;
	at = (at + 1) % 8;
	const char *tmp = getenv("TMP");
	snprintf(path[at], sizeof path[at], "%s/%s", tmp ? tmp : "/tmp", name);
	return path[at];
}

UNUSED static struct repo *new_repo_by(const char *name, const char *author)
{
	struct repo *r;
	ok(repo_create(&r, tmp_path(name), NULL, "ara", author, &E));
	return r;
}

UNUSED static struct repo *new_repo(const char *name)
{
	return new_repo_by(name, "act-ara-2w3x4y5z");
}

/* A commit on parent of NULL-terminated pairs path, text (text NULL: delete). */
UNUSED static struct oid commit_files(struct repo *r, struct oid parent, const char *message, ...)
{
	struct file_change f[64];
	size_t n = 0;
	va_list ap;
	va_start(ap, message);
	for (const char *path; (path = va_arg(ap, const char *));) {
		const char *text = va_arg(ap, const char *);
		assert_true(n < 64);
		f[n++] = (struct file_change){ path, text, text ? strlen(text) : 0 };
	}
	va_end(ap);
	struct oid out;
	ok(repo_commit(&out, r, &parent, f, n, message, &E));
	return out;
}

UNUSED static struct oid root_of(struct repo *r)
{
	struct oid out;
	ok(repo_root_commit(&out, r, &E));
	return out;
}

/* The text of commit:path, "" when missing; freed by the caller. */
UNUSED static char *text_at(struct repo *r, struct oid commit, const char *path)
{
	struct arena a;
	if (!arena_begin(&a))
		fail();
	const char *bytes;
	ok(repo_read(&bytes, NULL, NULL, &a, r, &commit, path, &E));
	char *copy = strdup(bytes ? bytes : "");
	arena_end(&a);
	return copy;
}

UNUSED static void assert_text(struct repo *r, struct oid commit, const char *path, const char *expected)
{
	char *text = text_at(r, commit, path);
	assert_string_equal(text, expected);
	free(text);
}

UNUSED static bool has_path(struct repo *r, struct oid commit, const char *path)
{
	struct arena a;
	if (!arena_begin(&a))
		fail();
	const char *bytes;
	ok(repo_read(&bytes, NULL, NULL, &a, r, &commit, path, &E));
	bool there = bytes != NULL;
	arena_end(&a);
	return there;
}

/* Output of `git -C <repo> ...` without the last newline; static, overwritten by the next call. Fails when git fails. */
UNUSED static const char *git_says(struct repo *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
UNUSED static const char *git_says(struct repo *r, const char *fmt, ...)
{
	static char out[65536];
	char args[2048], command[4096];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(args, sizeof args, fmt, ap);
	va_end(ap);
	snprintf(command, sizeof command, "git --git-dir='%s' %s 2>&1", repo_gitdir(r), args);
	FILE *p = popen(command, "re");
	assert_non_null(p);
	size_t n = fread(out, 1, sizeof out - 1, p);
	out[n] = 0;
	if (pclose(p))
		fail_msg("%s: %s", command, out);
	while (n && out[n - 1] == '\n')
		out[--n] = 0;
	return out;
}

UNUSED static void assert_fsck(struct repo *r)
{
	char out[1024];
	snprintf(out, sizeof out, "%s", git_says(r, "fsck --strict --no-dangling"));
	assert_string_equal(out, "");
}

/* "<gitdir>refs" as a short-cut for commands that take no --git-dir. */
UNUSED static void set_main(struct repo *r, struct oid to)
{
	struct oid head;
	ok(repo_head(&head, r, &E));
	ok(repo_ref_move(r, "refs/heads/main", &head, &to, "test", &E));
}

#endif
