/* One session for everything, and what a poll costs: with the argument `sshd`, over a relay that makes each round trip last 60 ms
 * (tests/it/ssh_poll.test). Without: git's conversations through a played ssh program, whose accounts say what they like.
 */
#include "wtkit.h"

#include <limits.h>

#include "store/remote.h"
#include "../../lib/sshplay.h"

#define ROUND_TRIP_MS 60

static struct ssh_pool *pool;
static struct ssh_config way;
static char base[1024]; /* the hub's address, without its folder */

static struct remote_options options(void)
{
	struct remote_options o = { .ssh = way, .pool = pool };
	return o;
}

/* A hub with one repository, and a clone of it that is up to date. */
static struct repo *with_hub(char url[2048], const char *name)
{
	struct repo *r = new_repo(name);
	char hub[64], command[200];
	snprintf(hub, sizeof hub, "%s.git", name);
	snprintf(command, sizeof command, "clone -q --bare . '../%s'", hub);
	git_in(r, command);
	snprintf(url, 2048, "%s%s", base, tmp_path(hub));
	return r;
}

static int fetch_rc(struct repo *r, const char *url)
{
	struct remote_options o = options();
	struct oid out;
	E = (struct err){ 0 };
	return remote_fetch(&out, r, url, "refs/remotes/hub/main", &o, &E);
}

static void push(struct repo *r, const char *url)
{
	struct remote_options o = options();
	struct oid head = head_of(r);
	ok(remote_push(r, url, &head, &o, &E));
}

static void change(struct repo *r, const char *titre)
{
	save(r, P1, lesson(ID1, titre, ""));
	assert_int_equal(record_all(r), 1);
}

/* Somebody else's commit on the hub. */
static void others_work(const char *name, const char *url)
{
	struct repo *r = new_repo(name);
	struct remote_options o = options();
	struct oid got, head = head_of(r);
	size_t edits;
	ok(remote_fetch(&got, r, url, "refs/remotes/hub/main", &o, &E));
	ok(worktree_write(&edits, r, &head, &got, &E));
	save(r, P2, lesson(ID2, name, ""));
	assert_int_equal(record_all(r), 1);
	push(r, url);
	repo_close(r);
}

static int connections(void)
{
	struct buf b = BUF_INIT;
	int n = 0;
	ok(fs_read(&b, getenv("RELAY_LOG"), 100000, &E));
	for (const char *p = buf_str(&b); (p = strstr(p, "connexion\n")); p++)
		n++;
	buf_free(&b);
	return n;
}

/* The quickest of at most so many: a busy machine can only make it slower. */
static int quickest(struct repo *r, const char *url, int times)
{
	int best = INT_MAX;
	for (int i = 0; i < times && best >= 2 * ROUND_TRIP_MS; i++) {
		/* between two polls lie minutes; here, two round trips: what was said last is over */
		struct timespec meanwhile = { .tv_nsec = 2 * ROUND_TRIP_MS * 1000 * 1000 };
		nanosleep(&meanwhile, NULL);
		int64_t begun = clock_mono_ms();
		ok(fetch_rc(r, url));
		int took = (int)(clock_mono_ms() - begun);
		best = took < best ? took : best;
	}
	return best;
}

static void test_a_poll_costs_one_round_trip(void **state)
{
	(void)state;
	char url[2048];
	struct repo *r = with_hub(url, "poll");
	int first = quickest(r, url, 1), kept = quickest(r, url, 50);
	print_message("# at %d ms a round trip: a poll with a new connection %d ms, on the kept session %d ms\n", ROUND_TRIP_MS, first,
		      kept);
	assert_true(first >= 5 * ROUND_TRIP_MS); /* the link is as slow as it says */
	assert_true(kept >= ROUND_TRIP_MS - 10);
	assert_true(kept < 2 * ROUND_TRIP_MS);
	repo_close(r);
}

static void test_one_session_carries_everything(void **state)
{
	(void)state;
	char url[2048];
	struct repo *r = with_hub(url, "all");
	ok(fetch_rc(r, url));
	int before = connections();
	for (int i = 0; i < 3; i++) {
		char titre[20];
		snprintf(titre, sizeof titre, "Titre %d", i);
		change(r, titre);
		push(r, url);
		ok(fetch_rc(r, url));
	}
	push(r, url); /* nothing new */
	others_work("autre", url);
	ok(fetch_rc(r, url)); /* with a pack in it */
	ok(fetch_rc(r, url));
	char absent[2100];
	snprintf(absent, sizeof absent, "%s-absent", url);
	assert_int_equal(fetch_rc(r, absent), ERR_NOTFOUND); /* an error of the hub's is none of the session's */
	ok(fetch_rc(r, url));
	assert_int_equal(connections(), before);

	ssh_pool_drop(pool); /* gone: a new one, by itself */
	ok(fetch_rc(r, url));
	assert_int_equal(connections(), before + 1);
	repo_close(r);
}

/* ---- the ssh program, played: the last word it is given is the command */

static void play(const char *script)
{
	char text[2000];
	snprintf(text, sizeof text, "while [ $# -gt 1 ]; do shift; done\n%s", script);
	sshplay_set(text);
}

static void test_by_the_program(void **state)
{
	(void)state;
	char url[2048];
	struct repo *r = with_hub(url, "programme");
	play("eval \"$1\"");
	ok(fetch_rc(r, url));
	change(r, "Un");
	push(r, url);
	others_work("autre", url);
	ok(fetch_rc(r, url));
	char absent[2100];
	snprintf(absent, sizeof absent, "%s-absent", url);
	assert_int_equal(fetch_rc(r, absent), ERR_NOTFOUND);
	repo_close(r);
}

static void test_what_the_account_says(void **state)
{
	(void)state;
	static const struct sshplay_case t[] = {
		{ "echo Bienvenue; eval \"$1\"", ERR_CONFIG, "(réponse : Bienvenue)" },
		{ "printf '\\033[2Jx\\n\\n  y\\n'; eval \"$1\"", ERR_CONFIG, "(réponse : [2Jx ; y)" },
		{ "echo This account is currently not available.; exit 1", ERR_AUTH, "n'exécute aucune commande" },
		{ "echo 'sh: 1: git-upload-pack: not found' >&2; exit 127", ERR_CONFIG, "git n'est pas installé" },
		{ "echo 'bash: git-upload-pack: command not found' >&2; exit 1", ERR_CONFIG, "git n'est pas installé" },
		{ "echo \"fatal: '/x' does not appear to be a git repository\" >&2; exit 128", ERR_NOTFOUND, "introuvable" },
		{ "echo \"fatal: detected dubious ownership in repository at '/x'\" >&2; exit 128", ERR_CONFIG, "autre compte" },
		{ "echo 'remote: Access denied.' >&2; exit 1", ERR_AUTH, "ne permet pas" },
		{ "exit 77", ERR_AUTH, "ne permet pas" },
		{ "exit 3", ERR_NET, "code 3" },
		{ "printf 003f; exit 0", ERR_NET, "mis fin" }, /* in the middle of a word */
		{ "printf 003f; echo 'client_loop: send disconnect: Broken pipe' >&2; exit 255", ERR_NET, "Broken pipe" },
	};
	struct repo *r = new_repo("dit");
	char url[2048];
	snprintf(url, sizeof url, "%s/nulle/part", base);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		play(t[i].script);
		int rc = fetch_rc(r, url);
		if (rc != t[i].want || !strstr(E.msg, t[i].said))
			fail_msg("%s: %s: %s", t[i].script, err_name(rc), E.msg);
	}
	repo_close(r);
}

static int stage(void **state)
{
	sshplay_begin();
	snprintf(base, sizeof base, "ssh://hub.example.org");
	way = (struct ssh_config){ .transport = SSH_PROGRAM };
	return store_setup(state);
}

static int unstage(void **state)
{
	return sshplay_end() | store_teardown(state);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest alone[] = {
		cmocka_unit_test(test_by_the_program),
		cmocka_unit_test(test_what_the_account_says),
	};
	const struct CMUnitTest sshd[] = {
		cmocka_unit_test(test_a_poll_costs_one_round_trip),
		cmocka_unit_test(test_one_session_carries_everything),
	};
	if (argc < 2 || strcmp(argv[1], "sshd") != 0)
		return cmocka_run_group_tests_name("conversations by a program", alone, stage, unstage);
	snprintf(base, sizeof base, "ssh://%s@127.0.0.1:%s", getenv("SSHD_USER"), getenv("RELAY_PORT"));
	way = (struct ssh_config){ .key_file = getenv("SSHD_KEY"), .known_hosts = getenv("SSHD_KNOWN_HOSTS") };
	if (ssh_pool_new(&pool, &E))
		return 1;
	int failed = cmocka_run_group_tests_name("one session", sshd, store_setup, store_teardown);
	ssh_pool_free(pool);
	return failed;
}
