/* Fetching and pushing: over a folder here; with the argument `sshd` (tests/it/exchange.test) over ssh too,
 * against real git. With the arguments `hub receive` this program is what the hub's hook calls: the check in git's
 * quarantine, as the command line's verb does it.
 */
#include "wtkit.h"

#include <signal.h>
#include <sys/wait.h>

#include "store/hub.h"
#include "store/remote.h"

static struct ssh_pool *pool;
static char base[1024]; /* the hub's address, without the repository's name */
static bool by_program; /* transport: openssh */

/* ---- the hook's program */

static int receive(void)
{
	struct push_update u[8];
	char line[512];
	static char refs[8][300];
	size_t n = 0;
	struct repo *r;
	struct faults f = { 0 };
	struct arena a;
	while (n < 8 && fgets(line, sizeof line, stdin)) {
		if (sscanf(line, "%40s %40s %299s", u[n].from.hex, u[n].to.hex, refs[n]) != 3)
			return 2;
		if (strspn(u[n].from.hex, "0") == 40)
			u[n].from.hex[0] = 0;
		if (strspn(u[n].to.hex, "0") == 40)
			u[n].to.hex[0] = 0;
		u[n].ref = refs[n];
		n++;
	}
	if (store_init(&E) || repo_open_env(&r, &E) || !arena_begin(&a) || hub_check(&f, &a, r, u, n, &E)) {
		fprintf(stderr, "%s\n", E.msg);
		return 2;
	}
	for (size_t i = 0; i < f.n; i++) {
		struct buf b = BUF_INIT;
		fault_print(&b, &f.at[i]);
		fprintf(stderr, "%s\n", buf_str(&b));
		buf_free(&b);
	}
	int rc = f.errors ? 1 : 0;
	arena_end(&a);
	repo_close(r);
	store_fini();
	return rc;
}

/* ---- a hub and clones */

static struct remote_options options(void)
{
	struct remote_options o = { .pool = pool };
	o.ssh.key_file = getenv("SSHD_KEY");
	o.ssh.known_hosts = getenv("SSHD_KNOWN_HOSTS");
	o.ssh.transport = by_program ? SSH_PROGRAM : SSH_NATIVE;
	return o;
}

static const char *url_of(const char *hub, const char *code)
{
	static char out[4][2048];
	static int at;
	struct arena a;
	char dir[1500];
	at = (at + 1) % 4;
	assert_true(arena_begin(&a));
	snprintf(dir, sizeof dir, "%s%s", base, tmp_path(hub));
	snprintf(out[at], sizeof out[at], "%s", hub_url(&a, dir, code));
	arena_end(&a);
	return out[at];
}

static void hub(const char *name)
{
	const char *codes[] = { "ara", "bfc" }, *program = tmp_path("program");
	char self[1024], script[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	assert_true(n > 0);
	self[n] = 0;
	/* sshd hands on nothing of our environment */
	snprintf(script, sizeof script, "#!/bin/sh\nMAILLAGE_DATADIR='%s' exec '%s' \"$@\"\n",
		 getenv("MAILLAGE_DATADIR"), self);
	ok(fs_write(program, script, strlen(script), &E));
	assert_int_equal(chmod(program, 0755), 0);
	ok(hub_init(tmp_path(name), codes, 2, program, &E));
}

static struct oid fetch(struct repo *r, const char *url)
{
	struct remote_options o = options();
	struct oid out;
	ok(remote_fetch(&out, r, url, "refs/remotes/hub/main", &o, &E));
	return out;
}

static int push(struct repo *r, const char *url)
{
	struct remote_options o = options();
	struct oid head = head_of(r);
	E = (struct err){ 0 };
	return remote_push(r, url, &head, &o, &E);
}

static void adopt(struct repo *r, struct oid to)
{
	size_t edits;
	struct oid head = head_of(r);
	ok(worktree_write(&edits, r, &head, &to, &E));
}

/* ---- tests: the same for every kind of address */

static void test_there_and_back(void **state)
{
	(void)state;
	hub("h1");
	const char *url = url_of("h1", "ara");
	struct repo *x = new_repo("x1"), *y = new_repo("y1"), *bare;
	struct oid got = fetch(x, url), root = root_of(x);
	assert_true(oid_equal(&got, &root));
	save(x, P1, lesson(ID1, "Un", ""));
	save(x, "pieces/photo.txt", "x\n");
	assert_int_equal(record_all(x), 1);
	ok(push(x, url));
	ok(push(x, url)); /* nothing new: fine */
	got = fetch(y, url);
	assert_true(oid_equal(&got, (struct oid[]){ head_of(x) }));
	adopt(y, got);
	assert_disk(y, P1, lesson(ID1, "Un", ""));
	assert_clean(y);
	assert_fsck(y);
	ok(repo_open(&bare, tmp_path("h1/ara.git"), &E));
	assert_true(oid_equal(&got, (struct oid[]){ head_of(bare) }));
	assert_fsck(bare);
	/* many at once */
	for (int i = 0; i < 60; i++) {
		char id[32], path[64];
		snprintf(id, sizeof id, "ens-ara-aaaaaa%c%c", 'a' + i % 8, 'a' + i / 8);
		snprintf(path, sizeof path, "enseignements/aa/%s.yaml", id);
		save(y, path, lesson(id, "Beaucoup", ""));
	}
	assert_int_equal(record_all(y), 1);
	ok(push(y, url));
	adopt(x, fetch(x, url));
	assert_clean(x);
	assert_fsck(bare);
	repo_close(bare);
	repo_close(x);
	repo_close(y);
}

static void test_race(void **state)
{
	(void)state;
	hub("h2");
	const char *url = url_of("h2", "ara");
	struct repo *x = new_repo("x2"), *y = new_repo("y2");
	save(x, P1, lesson(ID1, "Un", ""));
	record_all(x);
	save(y, P2, lesson(ID2, "Deux", ""));
	record_all(y);
	ok(push(x, url));
	assert_int_equal(push(y, url), ERR_RACE);
	assert_true(err_class(E.code) == ERR_TEMP);
	fetch(y, url);
	assert_int_equal(push(y, url), ERR_RACE); /* known now, and still not an ancestor */
	repo_close(x);
	repo_close(y);
}

static void test_refused(void **state)
{
	(void)state;
	hub("h3");
	const char *url = url_of("h3", "ara");
	struct repo *x = new_repo("x3"), *bare;
	struct oid head = head_of(x),
		   bad = commit_files(x, head, "mauvais", P1, "titre: [\n", "prive/x", "x\n", (char *)NULL);
	set_main(x, bad);
	assert_int_equal(push(x, url), ERR_REFUSED);
	assert_non_null(strstr(E.msg, P1 ":")); /* file and line */
	assert_non_null(strstr(E.msg, "prive/x"));
	ok(repo_open(&bare, tmp_path("h3/ara.git"), &E));
	struct oid root = root_of(bare);
	assert_true(oid_equal(&root, (struct oid[]){ head_of(bare) }));
	/* another collective's repository: the common root makes it a fast-forward, the check refuses it */
	struct oid good = commit_files(x, head, "bon", P1, lesson(ID1, "Un", ""), (char *)NULL);
	set_main(x, good);
	assert_int_equal(push(x, url_of("h3", "bfc")), ERR_REFUSED);
	assert_non_null(strstr(E.msg, "bfc"));
	ok(push(x, url));
	repo_close(bare);
	repo_close(x);
}

static void test_missing(void **state)
{
	(void)state;
	hub("h4");
	struct repo *x = new_repo("x4");
	struct remote_options o = options();
	struct oid out = { "intact" };
	refused(ERR_NOTFOUND, remote_fetch(&out, x, url_of("h4", "occ"), "refs/remotes/hub/main", &o, &E));
	assert_non_null(strstr(E.msg, "occ.git"));
	assert_string_equal(out.hex, "intact");
	struct oid head = head_of(x);
	refused(ERR_NOTFOUND, remote_push(x, url_of("h4", "occ"), &head, &o, &E));
	/* the session is still good for the next one */
	fetch(x, url_of("h4", "ara"));
	repo_close(x);
}

/* A folder hub on a stick that is not plugged in: wait, it is no mistake. */
static void test_absent_hub(void **state)
{
	(void)state;
	struct repo *x = new_repo("x4a");
	struct remote_options o = options();
	struct oid out, head = head_of(x);
	refused(ERR_NET, remote_fetch(&out, x, url_of("h4a", "ara"), "refs/remotes/hub/main", &o, &E));
	assert_non_null(strstr(E.msg, "branchez"));
	ok(fs_mkdirs(tmp_path("h4a"), &E)); /* the place where it is mounted */
	refused(ERR_NET, remote_push(x, url_of("h4a", "ara"), &head, &o, &E));
	hub("h4a");
	fetch(x, url_of("h4a", "ara"));
	refused(ERR_NOTFOUND, remote_fetch(&out, x, url_of("h4a", "occ"), "refs/remotes/hub/main", &o, &E));
	repo_close(x);
}

/* prive/ in history: what the refusal advises works, and loses nothing. */
static void test_remedy_for_private(void **state)
{
	(void)state;
	hub("h4p");
	struct repo *x = new_repo("x4p");
	char reset[200];
	save(x, P1, lesson(ID1, "Un", ""));
	for (int i = 0; i < 2; i++) { /* an empty hub, and one that has something */
		save(x, "prive/noms.txt", i ? "Elle\n" : "Lui\n");
		save(x, P2, lesson(ID2, i ? "Deux" : "Autre", ""));
		git_in(x, "add -f . && git commit -q -m moi && git rm -q --cached -r prive && git commit -q -m sans");
		assert_int_equal(push(x, url_of("h4p", "ara")), ERR_REFUSED);
		assert_null(strstr(E.msg, "commit commit"));
		const char *from = strstr(E.msg, "git reset ");
		assert_non_null(from);
		snprintf(reset, sizeof reset, "%.*s", (int)strcspn(from + 4, " ") + 13, from + 4);
		git_in(x, reset);
		assert_true(record_all(x) >= 1);
		assert_clean(x);
		ok(push(x, url_of("h4p", "ara")));
		assert_disk(x, "prive/noms.txt", i ? "Elle\n" : "Lui\n");
		assert_false(has_path(x, head_of(x), "prive/noms.txt"));
		assert_text(x, head_of(x), P2, lesson(ID2, i ? "Deux" : "Autre", ""));
	}
	repo_close(x);
}

/* A program killed while it moved the hub's main. */
static void test_stale_lock_in_the_hub(void **state)
{
	(void)state;
	hub("h4l");
	struct repo *x = new_repo("x4l");
	char lock[1024];
	struct timespec old[2] = { { .tv_sec = time(NULL) - 90 }, { .tv_sec = time(NULL) - 90 } };
	snprintf(lock, sizeof lock, "%s/ara.git/refs/heads/main.lock", tmp_path("h4l"));
	save(x, P1, lesson(ID1, "Un", ""));
	assert_int_equal(record_all(x), 1);
	ok(fs_write(lock, "", 0, &E));
	assert_int_equal(push(x, url_of("h4l", "ara")), ERR_BUSY);
	assert_non_null(strstr(E.msg, "h4l/ara.git/refs/heads/main.lock"));
	assert_int_equal(utimensat(AT_FDCWD, lock, old, 0), 0);
	ok(push(x, url_of("h4l", "ara")));
	assert_false(fs_exists(lock));
	repo_close(x);
}

static void test_empty_hub(void **state)
{
	(void)state;
	struct repo *x = new_repo("x5");
	git_in(x, "init -q --bare ../h5.git");
	struct remote_options o = options();
	struct oid out = { "avant" };
	char url[1500];
	snprintf(url, sizeof url, "%s%s", base, tmp_path("h5.git"));
	ok(remote_fetch(&out, x, url, "refs/remotes/hub/main", &o, &E));
	assert_string_equal(out.hex, "");
	repo_close(x);
}

static void test_cancelled(void **state)
{
	(void)state;
	hub("h6");
	struct repo *x = new_repo("x6");
	struct remote_options o = options();
	struct oid out;
	ok(cancel_new(&o.cancel, &E));
	cancel_trigger(o.cancel);
	save(x, P1, lesson(ID1, "Un", ""));
	record_all(x);
	struct oid head = head_of(x);
	int rc = remote_push(x, url_of("h6", "ara"), &head, &o, &E);
	assert_int_equal(rc, ERR_CANCELLED);
	cancel_reset(o.cancel);
	ok(remote_push(x, url_of("h6", "ara"), &head, &o, &E));
	ok(remote_fetch(&out, x, url_of("h6", "ara"), "refs/remotes/hub/main", &o, &E));
	cancel_free(o.cancel);
	repo_close(x);
}

static void test_hub_url(void **state)
{
	(void)state;
	struct arena a;
	assert_true(arena_begin(&a));
	assert_string_equal(hub_url(&a, "/srv/hub", "ara"), "/srv/hub/ara.git");
	assert_string_equal(hub_url(&a, "/srv/hub//", "nat"), "/srv/hub/national.git");
	assert_string_equal(hub_url(&a, "ssh://git@h:2222/srv", "ara"), "ssh://git@h:2222/srv/ara.git");
	assert_string_equal(hub_url(&a, "git@h:hub", "national"), "git@h:hub/national.git");
	assert_string_equal(hub_url(&a, "git@h:", "ara"), "git@h:ara.git");
	assert_string_equal(hub_url(&a, "/", "ara"), "/ara.git");
	arena_end(&a);
}

/* ---- a push that ends in the middle */

static void many(struct repo *r, int n)
{
	for (int i = 0; i < n; i++) {
		char path[64];
		struct buf b = BUF_INIT;
		snprintf(path, sizeof path, "pieces/%d.txt", i);
		for (int k = 0; k < 50; k++)
			buf_printf(&b, "%d %d\n", i * 7919 + k, k * i);
		save(r, path, buf_str(&b));
		buf_free(&b);
	}
	assert_int_equal(record_all(r), 1);
}

static void assert_untouched(const char *bare, struct oid main)
{
	struct repo *h;
	ok(repo_open(&h, tmp_path(bare), &E));
	struct oid now = head_of(h);
	assert_true(oid_equal(&now, &main));
	assert_fsck(h);
	repo_close(h);
}

static void die(void *ctx, const char *phase, size_t done, size_t total)
{
	(void)ctx;
	(void)phase;
	if (done && done < total)
		kill(getpid(), SIGKILL);
}

/* What it sent is a pack without an end; the next push goes through. */
static void test_killed_in_the_middle(void **state)
{
	(void)state;
	hub("h12");
	const char *url = url_of("h12", "ara");
	struct repo *x = new_repo("x12");
	struct oid root = fetch(x, url);
	int status;
	many(x, 700);
	pid_t child = fork();
	if (!child) {
		struct remote_options o = options();
		struct oid head = head_of(x);
		o.pool = NULL; /* the parent's session is the parent's */
		o.progress = die;
		_exit(remote_push(x, url, &head, &o, &E) ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_untouched("h12/ara.git", root);
	ok(push(x, url));
	assert_untouched("h12/ara.git", head_of(x));
	repo_close(x);
}

static void stop(void *ctx, const char *phase, size_t done, size_t total)
{
	(void)phase;
	if (done && done < total)
		cancel_trigger(ctx);
}

static void test_cancelled_in_the_middle(void **state)
{
	(void)state;
	hub("h13");
	const char *url = url_of("h13", "ara");
	struct repo *x = new_repo("x13");
	struct oid root = fetch(x, url);
	struct remote_options o = options();
	many(x, 700);
	struct oid head = head_of(x);
	ok(cancel_new(&o.cancel, &E));
	o.progress = stop;
	o.ctx = o.cancel;
	refused(ERR_CANCELLED, remote_push(x, url, &head, &o, &E));
	assert_untouched("h13/ara.git", root);
	cancel_free(o.cancel);
	ok(push(x, url));
	assert_untouched("h13/ara.git", head);
	repo_close(x);
}

/* Nothing of a push that holds a damaged object enters, and the class of the error calls for a repair. */
static void test_damaged_object(void **state)
{
	(void)state;
	hub("h14");
	const char *url = url_of("h14", "ara");
	struct repo *x = new_repo("x14");
	struct oid root = fetch(x, url);
	char blob[OID_HEX + 1], file[1200];
	save(x, P1, lesson(ID1, "Un", ""));
	save(x, "pieces/photo.txt", "x\n");
	assert_int_equal(record_all(x), 1);
	snprintf(blob, sizeof blob, "%s", git_says(x, "rev-parse main:pieces/photo.txt"));
	snprintf(file, sizeof file, "%sobjects/%.2s/%s", repo_gitdir(x), blob, blob + 2);
	struct buf bytes = BUF_INIT;
	ok(fs_read(&bytes, file, 4096, &E));
	bytes.at[bytes.n - 3] ^= 0x55;
	ok(fs_write(file, bytes.at, bytes.n, &E));
	buf_free(&bytes);
	repo_close(x);
	ok(repo_open(&x, tmp_path("x14"), &E));
	int rc = push(x, url);
	assert_int_equal(rc, ERR_CORRUPT);
	assert_untouched("h14/ara.git", root);
	repo_close(x);
}

/* ---- over ssh only */

/* A hook that could not judge is no refusal: the same push, later. */
static void test_a_hook_that_dies(void **state)
{
	(void)state;
	static const char *const hooks[] = {
		"#!/bin/sh\nkill -9 $$\n",
		"#!/bin/sh\necho 'maillage : le hub n'\\''a pas pu examiner cet envoi (code 137) ; rien n'\\''a été pris.' >&2\nexit 137\n",
		"#!/no/such/program\n",
		"#!/bin/sh\nexit 1\n",
	};
	hub("h15");
	const char *url = url_of("h15", "ara"), *hook = "h15/ara.git/hooks/pre-receive";
	struct repo *x = new_repo("x15");
	struct buf real = BUF_INIT;
	ok(fs_read(&real, tmp_path(hook), 65536, &E));
	save(x, P1, lesson(ID1, "Un", ""));
	record_all(x);
	for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
		ok(fs_write(tmp_path(hook), hooks[i], strlen(hooks[i]), &E));
		assert_int_equal(chmod(tmp_path(hook), 0755), 0);
		refused(ERR_NET, push(x, url));
	}
	/* ours, whose program dies, or is not there */
	ok(fs_write(tmp_path(hook), real.at, real.n, &E));
	assert_int_equal(chmod(tmp_path(hook), 0755), 0);
	buf_free(&real);
	ok(fs_write(tmp_path("program"), "#!/bin/sh\nkill -11 $$\n", 22, &E));
	assert_int_equal(chmod(tmp_path("program"), 0755), 0);
	refused(ERR_NET, push(x, url));
	assert_non_null(strstr(E.msg, "code 139"));
	hub("h15b"); /* mends the program */
	ok(push(x, url));
	repo_close(x);
}


/* Somebody's push lands while the hook is judging ours. */
static void test_race_inside_the_hook(void **state)
{
	(void)state;
	hub("h7");
	const char *url = url_of("h7", "ara");
	struct repo *x = new_repo("x7"), *bare;
	ok(repo_open(&bare, tmp_path("h7/ara.git"), &E));
	ok(repo_config_set(bare, "user.name", "act-ara-2w3x4y5z", &E));
	struct oid other = commit_files(bare, head_of(bare), "autre", P2, lesson(ID2, "Deux", ""), (char *)NULL);
	char hook[512];
	snprintf(hook, sizeof hook,
		 "#!/bin/sh\nexec env -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY -u "
		 "GIT_ALTERNATE_OBJECT_DIRECTORIES "
		 "git update-ref refs/heads/main %s\n",
		 other.hex);
	ok(fs_write(tmp_path("h7/ara.git/hooks/pre-receive"), hook, strlen(hook), &E));
	assert_int_equal(chmod(tmp_path("h7/ara.git/hooks/pre-receive"), 0755), 0);
	save(x, P1, lesson(ID1, "Un", ""));
	record_all(x);
	assert_int_equal(push(x, url), ERR_RACE);
	assert_true(oid_equal(&other, (struct oid[]){ head_of(bare) }));
	repo_close(bare);
	repo_close(x);
}

/* The words of any hook arrive, accents and all. */
static void test_other_hooks_words(void **state)
{
	(void)state;
	hub("h8");
	struct repo *x = new_repo("x8");
	static const char hook[] =
		"#!/bin/sh\necho 'Fiche refusée : thème « inconnu »' >&2\necho 'Deuxième ligne' >&2\nexit 1\n";
	ok(fs_write(tmp_path("h8/ara.git/hooks/pre-receive"), hook, sizeof hook - 1, &E));
	assert_int_equal(chmod(tmp_path("h8/ara.git/hooks/pre-receive"), 0755), 0);
	save(x, P1, lesson(ID1, "Un", ""));
	record_all(x);
	assert_int_equal(push(x, url_of("h8", "ara")), ERR_REFUSED);
	assert_string_equal(E.msg, "Fiche refusée : thème « inconnu »\nDeuxième ligne");
	repo_close(x);
}

static void test_polls_are_cheap(void **state)
{
	(void)state;
	hub("h9");
	struct repo *x = new_repo("x9");
	const char *url = url_of("h9", "ara");
	fetch(x, url);
	int64_t begun = clock_mono_ms();
	for (int i = 0; i < 20; i++)
		fetch(x, url);
	int64_t took = clock_mono_ms() - begun;
	print_message("# a poll on the kept session: %.1f ms\n", (double)took / 20);
	assert_true(took < 20 * 500);
	repo_close(x);
}

/* Nobody listens: a message, not a hang. */
static void test_unreachable(void **state)
{
	(void)state;
	struct repo *x = new_repo("x10");
	struct remote_options o = options();
	struct oid out;
	refused(ERR_NET, remote_fetch(&out, x, "ssh://nobody@127.0.0.1:1/x/ara.git", "refs/remotes/hub/main", &o, &E));
	repo_close(x);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "hub") && !strcmp(argv[2], "receive"))
		return receive();
	const struct CMUnitTest both[] = {
		cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_race),
		cmocka_unit_test(test_refused),	       cmocka_unit_test(test_missing),
		cmocka_unit_test(test_empty_hub),      cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_hub_url),	       cmocka_unit_test(test_stale_lock_in_the_hub),
		cmocka_unit_test(test_remedy_for_private),  cmocka_unit_test(test_absent_hub),
		cmocka_unit_test(test_killed_in_the_middle),  cmocka_unit_test(test_cancelled_in_the_middle),
		cmocka_unit_test(test_damaged_object),
	};
	const struct CMUnitTest ssh[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_empty_hub),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_killed_in_the_middle),
		cmocka_unit_test(test_cancelled_in_the_middle),
		cmocka_unit_test(test_damaged_object),
		cmocka_unit_test(test_a_hook_that_dies),
		cmocka_unit_test(test_race_inside_the_hook),
		cmocka_unit_test(test_other_hooks_words),
		cmocka_unit_test(test_polls_are_cheap),
		cmocka_unit_test(test_unreachable),
	};
	const struct CMUnitTest program[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_killed_in_the_middle),
		cmocka_unit_test(test_cancelled_in_the_middle),
		cmocka_unit_test(test_damaged_object),
	};
	by_program = argc == 2 && !strcmp(argv[1], "program");
	if (argc < 2 || (strcmp(argv[1], "sshd") != 0 && !by_program))
		return cmocka_run_group_tests_name("exchange", both, store_setup, store_teardown);
	snprintf(base, sizeof base, "ssh://%s@127.0.0.1:%s", getenv("SSHD_USER"), getenv("SSHD_PORT"));
	if (ssh_pool_new(&pool, &E))
		return 1;
	int failed = by_program ? cmocka_run_group_tests_name("exchange by ssh", program, store_setup, store_teardown) :
				  cmocka_run_group_tests_name("exchange over ssh", ssh, store_setup, store_teardown);
	ssh_pool_free(pool);
	return failed;
}
