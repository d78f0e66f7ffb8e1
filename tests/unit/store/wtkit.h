/* wtkit.h -- a clone with a working folder, records to write into it, and the real git to ask what it thinks of it. */
#ifndef TEST_STORE_WTKIT_H
#define TEST_STORE_WTKIT_H

#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "store/worktree.h"
#include "store/wt.h"

#define ID1 "ens-ara-k5w2h9tc"
#define P1 "enseignements/k5/" ID1 ".yaml"
#define ID2 "ens-ara-m7x3p4qr"
#define P2 "enseignements/m7/" ID2 ".yaml"
#define ID3 "ens-ara-z2y4w6v8"
#define P3 "enseignements/z2/" ID3 ".yaml"

/* A lesson; the text is static, eight live at a time. `more`: further lines. */
UNUSED static const char *lesson(const char *id, const char *titre, const char *more)
{
	static char text[8][4096];
	static int at;
	at = (at + 1) % 8;
	snprintf(text[at], sizeof text[at],
		 "schema: enseignement/1\nid: %s\ncollectif: ara\nlangue: fr\ntitre: \"%s\"\netat: "
		 "brouillon\nvisibilite: collectif\n%s"
		 "cree_le: \"2018-05-03\"\ncree_par: act-ara-3p4q5r6s\n",
		 id, titre, more);
	return text[at];
}

UNUSED static const char *disk_path(struct repo *r, const char *path)
{
	static char out[8][1024];
	static int at;
	at = (at + 1) % 8;
	snprintf(out[at], sizeof out[at], "%s%s", repo_workdir(r), path);
	return out[at];
}

/* As an editor that writes in place does. */
UNUSED static void save(struct repo *r, const char *path, const char *text)
{
	ok(fs_mkparents(disk_path(r, path), &E));
	int fd = open(disk_path(r, path), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
}

UNUSED static char *slurp(struct repo *r, const char *path)
{
	struct buf b = BUF_INIT;
	ok(fs_read(&b, disk_path(r, path), 8u << 20, &E));
	return buf_steal(&b);
}

UNUSED static void assert_disk(struct repo *r, const char *path, const char *text)
{
	char *now = slurp(r, path);
	assert_string_equal(now, text);
	free(now);
}

/* Output of git in the working folder; static. */
UNUSED static const char *git_in(struct repo *r, const char *args)
{
	static char out[65536];
	char command[4096];
	snprintf(command, sizeof command, "cd '%s' && git %s 2>&1", repo_workdir(r), args);
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

UNUSED static void assert_clean(struct repo *r)
{
	assert_string_equal(git_in(r, "status --porcelain"), "");
}

/* One scan; the changes live in the arena that the caller began. */
UNUSED static struct changes scan_in(struct arena *a, struct repo *r, int busy_ms)
{
	struct changes c;
	ok(worktree_scan(&c, a, r, &(struct scan_patience){ .busy_ms = busy_ms }, &E));
	return c;
}

UNUSED static const struct change *change_at(const struct changes *c, const char *path)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->at[i].path, path))
			return &c->at[i];
	return NULL;
}

UNUSED static void assert_change(const struct changes *c, const char *path, enum change_kind kind,
				 enum change_verdict verdict)
{
	const struct change *one = change_at(c, path);
	if (!one) {
		fail_msg("%s: no change seen", path);
		return;
	}
	if (one->kind != kind || one->verdict != verdict)
		fail_msg("%s: kind %d verdict %d (%s)", path, one->kind, one->verdict, one->why ? one->why : "");
	assert_int_equal(one->verdict == CHANGE_READY, one->why == NULL);
}

/* Scan and record all that is ready; the number of commits. */
UNUSED static size_t record_all(struct repo *r)
{
	struct arena a;
	size_t commits = 99;
	if (!arena_begin(&a))
		fail();
	struct changes c = scan_in(&a, r, 0);
	ok(worktree_record(&commits, r, &c, NULL, &E));
	arena_end(&a);
	return commits;
}

UNUSED static struct oid head_of(struct repo *r)
{
	struct oid out;
	ok(repo_head(&out, r, &E));
	return out;
}

/* A clone with ID1 and ID2 committed. */
UNUSED static struct repo *clone_with_two(const char *name)
{
	struct repo *r = new_repo(name);
	save(r, P1, lesson(ID1, "Un", ""));
	save(r, P2, lesson(ID2, "Deux", ""));
	assert_int_equal(record_all(r), 1);
	return r;
}

#define SIDE1 "conflits/k5/" ID1 ".yaml"

UNUSED static size_t write_to(struct repo *r, struct oid new)
{
	size_t edits = 99;
	struct oid head = head_of(r);
	ok(worktree_write(&edits, r, &head, &new, &E));
	return edits;
}

UNUSED static void assert_no_journal(struct repo *r)
{
	assert_false(fs_exists(disk_path(r, ".git/maillage/journal")));
	assert_false(fs_exists(disk_path(r, ".git/maillage/tmp")));
}

/* A step of writing at which somebody saves P1. */
static struct {
	struct repo *r;
	const char *step, *text;
	char copy[4096];
	int countdown;
} edit UNUSED;

UNUSED static void edit_now(const char *step)
{
	if (strcmp(step, edit.step) || --edit.countdown)
		return;
	save(edit.r, P1, edit.copy);
}

UNUSED static void edit_at(struct repo *r, const char *step, const char *text)
{
	edit.r = r;
	edit.step = step;
	edit.countdown = 1;
	snprintf(edit.copy, sizeof edit.copy, "%s", text);
	wt__step = edit_now;
}

UNUSED static void no_step(const char *step)
{
	(void)step;
}

#endif
