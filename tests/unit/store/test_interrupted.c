/* Writing while somebody saves, and being killed in between: nothing is lost, and the next start finishes. */
#include "wtkit.h"

#include "store/treemerge.h"

/* An editor that opened the file before our exchange, and writes after it. */
static void test_open_for_writing(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("writer");
	struct oid new = commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu", ""), P2,
				      lesson(ID2, "Autre venu", ""), (char *)NULL);
	const char *text = lesson(ID1, "Un", "enonce: \"Dit à la main\"\n");
	int fd = open(disk_path(r, P1), O_WRONLY);
	assert_true(fd >= 0);
	write_to(r, new);
	assert_disk(r, P2, lesson(ID2, "Autre venu", ""));
	assert_int_equal(record_all(r), 0); /* still open: still being written */
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
	assert_disk(r, P1, text);
	assert_int_equal(record_all(r), 2);
	char *now = slurp(r, P1);
	assert_non_null(strstr(now, "Titre venu"));
	assert_non_null(strstr(now, "Dit à la main"));
	free(now);
	assert_clean(r);
	repo_close(r);
}

/* Somebody saves the enonce all the time, in every way that editors have, from a text read a moment before;
 * meanwhile titles come in from elsewhere. In the end the last of what each said is there. */
#define SAVES 150
#define TITLES 40

static const char *with_line(const char *text, const char *key, const char *value)
{
	static char out[8192];
	size_t n = 0, k = strlen(key);
	bool done = false;
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");
		if (!strncmp(p, key, k)) {
			n += (size_t)snprintf(out + n, sizeof out - n, "%s\"%s\"\n", key, value);
			done = true;
		} else {
			n += (size_t)snprintf(out + n, sizeof out - n, "%.*s\n", (int)len, p);
		}
		p += len + (p[len] == '\n');
	}
	if (!done)
		snprintf(out + n, sizeof out - n, "%s\"%s\"\n", key, value);
	return out;
}

static void busy_editor(struct repo *r, unsigned seed)
{
	for (int i = 1; i <= SAVES; i++) {
		char value[32], *text = NULL;
		while (!text || !strstr(text, "cree_par")) { /* never half a file, in this editor */
			struct buf b = BUF_INIT;
			free(text);
			text = fs_read(&b, disk_path(r, P1), 1 << 20, NULL) ? NULL : buf_steal(&b);
		}
		snprintf(value, sizeof value, "Dit %d", i);
		const char *mine = with_line(text, "enonce: ", value);
		for (int spin = rand_r(&seed) % 3000; spin > 0; spin--) /* thinking */
			getppid();
		if (rand_r(&seed) % 2) {
			save(r, P1, mine);
		} else {
			save(r, P1 "~", mine);
			if (rename(disk_path(r, P1 "~"), disk_path(r, P1)))
				_exit(1);
		}
		free(text);
	}
}

static void test_busy_editor(void **state)
{
	(void)state;
	const char *env = getenv("SEED");
	unsigned seed = env ? (unsigned)strtoul(env, NULL, 10) : (unsigned)clock_mono_ms();
	print_message("# SEED=%u\n", seed);
	struct repo *r = clone_with_two("busyeditor");
	pid_t pid = fork();
	if (pid == 0) {
		busy_editor(r, seed);
		_exit(0);
	}
	int status = 0;
	char title[32];
	bool running = true;
	for (int i = 1; i <= TITLES || running; i++) {
		running = running && waitpid(pid, &status, WNOHANG) == 0;
		snprintf(title, sizeof title, "Titre %d", i);
		char *text = text_at(r, head_of(r), P1);
		struct oid new =
			commit_files(r, head_of(r), "titre", P1, with_line(text, "titre: ", title), (char *)NULL),
			   head = head_of(r);
		free(text);
		size_t edits;
		int rc = worktree_write(&edits, r, &head, &new, &E);
		if (rc && rc != ERR_BUSY && rc != ERR_RACE)
			fail_msg("%s %s", err_name(rc), E.msg);
		if (i % 3 == 0)
			record_all(r);
	}
	assert_int_equal(status, 0);
	ok(worktree_recover(r, &E));
	record_all(r);
	char *now = slurp(r, P1), last[32];
	snprintf(last, sizeof last, "Dit %d", SAVES);
	/* Who was held up between reading and saving while several titles came in wrote on a text that is too old to be known: that may
	 * be a difference with himself, but no loss. */
	const char *open = has_path(r, head_of(r), SIDE1) ? git_in(r, "show HEAD:" SIDE1) : "";
	if ((!strstr(now, title) && !strstr(open, title)) || (!strstr(now, last) && !strstr(open, last)))
		fail_msg("expected %s and %s: %s\n%s", title, last, now, open);
	assert_text(r, head_of(r), P1, now);
	free(now);
	assert_clean(r);
	assert_fsck(r);
	repo_close(r);
}

/* ---- killed at each step */

static int die_at;

static void die(const char *step)
{
	(void)step;
	if (--die_at == 0)
		_exit(7);
}

/* true: the child was killed at step n; false: it finished first */
static bool killed_at(int n, const char *name, const struct oid *new)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct repo *r;
		struct err e;
		size_t edits;
		struct oid head;
		die_at = n;
		wt__step = die;
		if (repo_open(&r, tmp_path(name), &e) || repo_head(&head, r, &e) ||
		    worktree_write(&edits, r, &head, new, &e))
			_exit(1);
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1)
		fail_msg("the child failed at step %d", n);
	return WEXITSTATUS(status) == 7;
}

static struct oid three_changes(struct repo *r, struct oid on)
{
	return commit_files(r, on, "venu", P1, lesson(ID1, "Titre venu", ""), P2, (char *)NULL, P3,
			    lesson(ID3, "Trois", ""), (char *)NULL);
}

static void test_killed_at_each_step(void **state)
{
	(void)state;
	char name[32];
	int n = 1;
	for (bool killed = true; killed; n++) {
		snprintf(name, sizeof name, "kill%d", n);
		struct repo *r = clone_with_two(name);
		struct oid old = head_of(r), new = three_changes(r, old);
		killed = killed_at(n, name, &new);
		ok(worktree_recover(r, &E));
		struct oid head = head_of(r);
		if (oid_equal(&head, &old)) /* killed before the journal: nothing was begun */
			assert_int_equal(write_to(r, new), 0);
		head = head_of(r);
		assert_true(oid_equal(&head, &new));
		assert_disk(r, P1, lesson(ID1, "Titre venu", ""));
		assert_false(fs_exists(disk_path(r, P2)));
		assert_disk(r, P3, lesson(ID3, "Trois", ""));
		assert_clean(r);
		assert_no_journal(r);
		assert_int_equal(record_all(r), 0);
		repo_close(r);
	}
	assert_true(n > 10); /* there are that many steps */
}

/* What a guard stopped is not written by whoever resumes, either: one file there that would go, one that would come. */
static struct changes guarded(struct repo *r, struct arena *a, struct oid new)
{
	struct changes in;
	struct oid head = head_of(r);
	ok(worktree_arriving(&in, a, r, &head, &new, &E));
	for (size_t i = 0; i < in.n; i++)
		if (strcmp(in.at[i].path, P1))
			in.at[i].verdict = CHANGE_GUARDED;
	return in;
}

static void let_in_all(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		assert_true(c->at[i].arriving);
		c->at[i].verdict = CHANGE_READY;
	}
}

static void test_killed_with_guarded_files(void **state)
{
	(void)state;
	char name[32];
	int n = 1;
	for (bool killed = true; killed; n++) {
		struct arena a;
		size_t edits;
		snprintf(name, sizeof name, "guard%d", n);
		struct repo *r = clone_with_two(name);
		struct oid old = head_of(r), new = three_changes(r, old);
		pid_t pid = fork();
		if (pid == 0) {
			die_at = n;
			wt__step = die;
			if (!arena_begin(&a))
				_exit(1);
			struct changes in = guarded(r, &a, new);
			_exit(worktree_receive(&edits, r, &old, &new, &in, &E) ? 1 : 0);
		}
		int status;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		killed = WEXITSTATUS(status) == 7;
		assert_true(killed || WEXITSTATUS(status) == 0);
		ok(worktree_recover(r, &E));
		assert_true(arena_begin(&a));
		struct oid head = head_of(r);
		if (oid_equal(&head, &old)) {
			struct changes in = guarded(r, &a, new);
			ok(worktree_receive(&edits, r, &old, &new, &in, &E));
		}
		assert_disk(r, P1, lesson(ID1, "Titre venu", ""));
		assert_disk(r, P2, lesson(ID2, "Deux", ""));
		assert_false(fs_exists(disk_path(r, P3)));
		assert_no_journal(r);
		struct changes c = scan_in(&a, r, 0);
		assert_int_equal(c.n, 2);
		assert_change(&c, P2, CHANGE_DELETED, CHANGE_GUARDED);
		assert_change(&c, P3, CHANGE_NEW, CHANGE_GUARDED);
		ok(worktree_record(&edits, r, &c, NULL, &E)); /* nobody has said yes */
		assert_disk(r, P2, lesson(ID2, "Deux", ""));
		let_in_all(&c);
		pid = n % 2 ? fork() : -1; /* now and then it is killed while it lets them in, too */
		if (pid == 0) {
			die_at = n;
			wt__step = die;
			_exit(worktree_record(&edits, r, &c, NULL, &E) ? 1 : 0);
		}
		if (pid > 0) {
			assert_int_equal(waitpid(pid, &status, 0), pid);
			assert_int_not_equal(WEXITSTATUS(status), 1);
			ok(worktree_recover(r, &E));
		}
		c = scan_in(&a, r, 0);
		let_in_all(&c);
		ok(worktree_record(&edits, r, &c, NULL, &E));
		assert_false(fs_exists(disk_path(r, P2)));
		assert_disk(r, P3, lesson(ID3, "Trois", ""));
		assert_true(oid_equal(&new, (struct oid[]){ head_of(r) })); /* nothing to record: history has it */
		assert_clean(r);
		assert_no_journal(r);
		arena_end(&a);
		repo_close(r);
	}
	assert_true(n > 10);
}

/* Killed, then edited before the next start: the edit is on what its author saw. */
static void test_killed_then_edited(void **state)
{
	(void)state;
	char name[32];
	int n = 1;
	for (bool killed = true; killed; n++) {
		snprintf(name, sizeof name, "killed%d", n);
		struct repo *r = clone_with_two(name);
		struct oid old = head_of(r), new = three_changes(r, old);
		killed = killed_at(n, name, &new);
		char *seen = slurp(r, P1), mine[4096];
		snprintf(mine, sizeof mine, "%senonce: \"Après la panne\"\n", seen);
		free(seen);
		save(r, P1, mine);
		ok(worktree_recover(r, &E));
		record_all(r);
		struct oid head = head_of(r);
		bool done;
		ok(repo_is_ancestor(&done, r, &new, &head, &E));
		if (!done) {
			struct oid merged;
			struct arena a;
			assert_true(arena_begin(&a));
			ok(merge_commit(&merged, NULL, &a, r, &head, &new, &E));
			arena_end(&a);
			write_to(r, merged);
		}
		char *now = slurp(r, P1);
		if (!strstr(now, "Titre venu") || !strstr(now, "Après la panne"))
			fail_msg("killed at step %d: %s", n, now);
		free(now);
		assert_clean(r);
		assert_no_journal(r);
		repo_close(r);
	}
}

/* The edit itself was swapped out, and the program killed before it looked: it lies in the temporary file only. */
static void edit_then_die(const char *step)
{
	if (!strcmp(step, "exchange") && !--edit.countdown)
		save(edit.r, P1, edit.copy);
	if (!strcmp(step, "exchanged"))
		_exit(7);
}

static void test_killed_with_an_edit_in_hand(void **state)
{
	(void)state;
	struct repo *r = clone_with_two("inhand");
	struct oid new = commit_files(r, head_of(r), "titre", P1, lesson(ID1, "Titre venu", ""), (char *)NULL);
	pid_t pid = fork();
	if (pid == 0) {
		struct oid head = head_of(r);
		size_t edits;
		edit_at(r, "exchange", lesson(ID1, "Un", "enonce: \"Juste à temps\"\n"));
		wt__step = edit_then_die;
		worktree_write(&edits, r, &head, &new, NULL);
		_exit(1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_disk(r, P1, lesson(ID1, "Titre venu", ""));
	ok(worktree_recover(r, &E));
	char *now = slurp(r, P1);
	assert_non_null(strstr(now, "Titre venu"));
	assert_non_null(strstr(now, "Juste à temps"));
	free(now);
	assert_clean(r);
	assert_no_journal(r);
	repo_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_for_writing),
		cmocka_unit_test(test_busy_editor),
		cmocka_unit_test(test_killed_at_each_step),
		cmocka_unit_test(test_killed_with_guarded_files),
		cmocka_unit_test(test_killed_then_edited),
		cmocka_unit_test(test_killed_with_an_edit_in_hand),
	};
	return cmocka_run_group_tests_name("interrupted", tests, store_setup, store_teardown);
}
