/* Row 8: asking a hub behind a real sshd whether there is anything new, and there is nothing. Wall time, because waiting is
 * what it costs. Started by poll.sh, which runs the server.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../kit.h"
#include "store/remote.h"

static struct repo *repo;
static struct ssh_pool *pool;
static char url[8192], clone[4096], hub[4096];

static const char *need(const char *name)
{
	const char *v = getenv(name);
	if (!v)
		bench_die("%s is not set; start this by tests/bench/poll.sh", name);
	return v;
}

static void fetch(struct ssh_pool *with)
{
	struct remote_options o = { .pool = with };
	struct oid out;
	o.ssh.key_file = need("SSHD_KEY");
	o.ssh.known_hosts = need("SSHD_KNOWN_HOSTS");
	bench_ok(remote_fetch(&out, repo, url, "refs/remotes/hub/main", &o, e));
	if (!oid_is(&out))
		bench_die("the hub has no main");
}

static void kept(void *ctx)
{
	(void)ctx;
	fetch(pool);
}

static void anew(void *ctx)
{
	(void)ctx;
	fetch(NULL);
}

static void git_fetch(void *ctx)
{
	(void)ctx;
	bench_spawn(0, (const char *[]){ "git", "-C", clone, "fetch", "-q", url, "+refs/heads/main:refs/remotes/git/main", NULL });
}

static void use_ssh(const char *more)
{
	char command[9000];
	snprintf(command, sizeof command, "ssh -F none -i '%s' -o UserKnownHostsFile='%s' %s", need("SSHD_KEY"), need("SSHD_KNOWN_HOSTS"),
		 more);
	setenv("GIT_SSH_COMMAND", command, 1);
}

static void meanwhile(void *ctx) /* between two polls lie minutes; here, two round trips */
{
	int ms = 2 * *(int *)ctx;
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
	nanosleep(&t, NULL);
}

/* The same behind a link whose round trips last so long (tests/lib/relay.py, started by poll.sh). */
static void far_away(const char *row, int round_trip_ms, const char *port)
{
	char what[60];
	if (!bench_wanted(row))
		return;
	snprintf(url, sizeof url, "ssh://%s@127.0.0.1:%s%s", need("SSHD_USER"), port, hub);
	snprintf(what, sizeof what, "poll, nothing new, kept session, %d ms link (wall)", round_trip_ms);
	kept(NULL);
	bench_row(&(struct bench_row){ row, what, "git fetch over ssh (wall)", kept, git_fetch, meanwhile, &round_trip_ms, .times = 1,
				       .rounds = 5, .wall = true });
}

int main(void)
{
	char more[4200];
	snprintf(clone, sizeof clone, "%s", bench_tmp("poll"));
	snprintf(hub, sizeof hub, "%s", bench_tmp("poll-hub.git"));
	snprintf(url, sizeof url, "ssh://%s@127.0.0.1:%s%s", need("SSHD_USER"), need("SSHD_PORT"), hub);
	bench_ok(store_init(e));
	bench_ok(repo_create(&repo, clone, url, "ara", "act-ara-3p4q5r6s", e));
	bench_spawn(0, (const char *[]){ "git", "clone", "-q", "--bare", clone, hub, NULL });
	bench_ok(ssh_pool_new(&pool, e));
	kept(NULL);

	use_ssh("");
	bench_row(&(struct bench_row){ "8a", "poll, nothing new, kept ssh session (wall)", "git fetch over ssh (wall)", kept, git_fetch,
				       .times = 1, .rounds = 7, .wall = true });
	bench_row(&(struct bench_row){ "8b", "poll with a new ssh connection (wall)", "the same", anew, git_fetch, .times = 1, .rounds = 7,
				       .wall = true });
	snprintf(more, sizeof more, "-o ControlMaster=auto -o ControlPersist=60 -o ControlPath='%s'", bench_tmp("cm"));
	use_ssh(more);
	git_fetch(NULL);
	bench_row(&(struct bench_row){ "8c", "poll, nothing new, kept ssh session (wall)", "git fetch, ssh with ControlMaster (wall)", kept,
				       git_fetch, .times = 2, .rounds = 7, .wall = true });
	snprintf(more, sizeof more, "ControlPath=%s", bench_tmp("cm"));
	bench_spawn(-1, (const char *[]){ "ssh", "-o", more, "-O", "exit", "127.0.0.1", NULL });
	use_ssh("");
	bench_row(&(struct bench_row){ "8d", "    its CPU time on this side", "git fetch over ssh: git's and ssh's CPU time", kept, git_fetch, .times = 1, .rounds = 7 });
	far_away("8e", 50, need("RELAY_50"));
	far_away("8f", 300, need("RELAY_300"));
	ssh_pool_free(pool);
	repo_close(repo);
	store_fini();
	return 0;
}
