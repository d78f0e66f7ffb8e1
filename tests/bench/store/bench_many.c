/* Rows 11: 100,000 records, a real sshd, and git's own command line over it, in one run: the first push, a clone, the push of one edit, the
 * bytes of each. Wall time: both ends count, and both work for both. Started by many.sh, which runs the server.
 *
 * The hub has no hook here: the check would be the same for both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../gen.h"
#include "../kit.h"
#include "base/fsio.h"
#include "store/remote.h"

#define RECORDS 100000

static char maillage[4096], src[4096], ours[4096], theirs[4096], host[300];
static struct repo *repo;
static struct ssh_pool *pool;

static const char *need(const char *name)
{
	const char *v = getenv(name);
	if (!v)
		bench_die("%s is not set; start this by tests/bench/many.sh", name);
	return v;
}

static const char *url_of(const char *dir, const char *port)
{
	static char url[4][8192];
	static int at;
	char *out = url[at = (at + 1) % 4];
	snprintf(out, sizeof url[0], "ssh://%s%s%s", host, port, dir);
	return out;
}

static void put_record(uint64_t i, unsigned edit)
{
	char id[GEN_ID], rel[GEN_PATH], file[4300];
	struct buf text = BUF_INIT;
	gen_id(id, "ens", "ara", i);
	gen_path(rel, "enseignements", id);
	snprintf(file, sizeof file, "%s/%s", src, rel);
	gen_lesson(&text, &(struct gen_record){ "ara", "propose", i, edit & 3, edit });
	bench_ok(fs_mkparents(file, e));
	FILE *f = fopen(file, "w"); /* no fsync: this is not what is measured */
	if (!f || fwrite(text.at, 1, text.n, f) != text.n || fclose(f))
		bench_die("%s: cannot be written", file);
	buf_free(&text);
}

/* Recorded as the program records it: packs of its own, which git has to make something of, too. */
static void make_source(void)
{
	bench_spawn(0, (const char *[]){ maillage, "init", "--collective", "ara", "--as", "act-ara-3p4q5r6s", src, NULL });
	for (uint64_t i = 0; i < RECORDS; i++)
		put_record(i, GEN_BASE);
	bench_spawn(0, (const char *[]){ maillage, "-C", src, "sync", NULL });
	bench_ok(repo_open(&repo, src, e));
}

static void anew(const char *bare)
{
	bench_ok(fs_remove_tree(bare, e));
	bench_spawn(0, (const char *[]){ "git", "init", "-q", "--bare", "-b", "main", bare, NULL });
}

static void push_to(const char *url)
{
	struct remote_options o = { .pool = pool };
	struct oid head;
	o.ssh.key_file = need("SSHD_KEY");
	o.ssh.known_hosts = need("SSHD_KNOWN_HOSTS");
	bench_ok(repo_head(&head, repo, e));
	bench_ok(remote_push(repo, url, &head, &o, e));
}

static void git_push_to(const char *url)
{
	bench_spawn(0, (const char *[]){ "git", "-C", src, "push", "-q", url, "main:main", NULL });
}

static void our_push(void *ctx)
{
	(void)ctx;
	push_to(url_of(ours, need("SSHD_PORT")));
}

static void git_push(void *ctx)
{
	(void)ctx;
	git_push_to(url_of(theirs, need("SSHD_PORT")));
}

static void both_anew(void *ctx)
{
	(void)ctx;
	anew(ours);
	anew(theirs);
}

/* One more commit of one record, made by git, as cheaply as may be. */
static void one_edit(void *ctx)
{
	static unsigned n;
	char line[9000];
	(void)ctx;
	put_record(17, ++n * 4 + 1);
	snprintf(line, sizeof line, "cd '%s' && git add enseignements && git commit -q -m edit", src);
	bench_spawn(0, (const char *[]){ "sh", "-c", line, NULL });
}

static void our_clone(void *ctx)
{
	const char *hub = ctx;
	bench_spawn(0, (const char *[]){ maillage, "init", "--collective", "ara", "--hub", url_of(hub, need("SSHD_PORT")), "--as", "act-ara-5r6s7t8v",
					 bench_tmp("c-ours"), NULL });
}

static void git_clone(void *ctx)
{
	char bare[4200];
	snprintf(bare, sizeof bare, "%s/ara.git", (const char *)ctx);
	bench_spawn(0, (const char *[]){ "git", "clone", "-q", url_of(bare, need("SSHD_PORT")), bench_tmp("c-git"), NULL });
}

static void no_clones(void *ctx)
{
	(void)ctx;
	bench_ok(fs_remove_tree(bench_tmp("c-ours"), e));
	bench_ok(fs_remove_tree(bench_tmp("c-git"), e));
}

/* The relay's count of the next connection that ends: both ways. */
static double passed(long *seen)
{
	double begun = bench_wall();
	char line[200];
	unsigned long up, down;
	for (;;) {
		FILE *f = fopen(need("RELAY_LOG"), "r");
		if (!f)
			bench_die("no relay");
		fseek(f, *seen, SEEK_SET);
		while (fgets(line, sizeof line, f)) {
			*seen = ftell(f);
			if (sscanf(line, "passed %lu %lu", &up, &down) == 2) {
				fclose(f);
				return (double)up + (double)down;
			}
		}
		fclose(f);
		if (bench_wall() - begun > 60)
			bench_die("the relay counts nothing");
		bench_spawn(0, (const char *[]){ "sleep", "0.05", NULL });
	}
}

static void bytes_of_push(const char *row, const char *what)
{
	static long seen;
	push_to(url_of(ours, need("RELAY_PORT")));
	ssh_pool_drop(pool);
	double x = passed(&seen);
	git_push_to(url_of(theirs, need("RELAY_PORT")));
	double y = passed(&seen);
	bench_line(row, what, x, BENCH_BYTES, "git push", y, BENCH_BYTES, x / y);
}

int main(void)
{
	snprintf(maillage, sizeof maillage, "%s/maillage", need("BUILD"));
	snprintf(src, sizeof src, "%s", bench_tmp("many"));
	snprintf(ours, sizeof ours, "%s", bench_tmp("many-hub/ara.git"));
	snprintf(theirs, sizeof theirs, "%s", bench_tmp("many-git.git"));
	snprintf(host, sizeof host, "%s@127.0.0.1:", need("SSHD_USER"));
	bench_ok(store_init(e));
	bench_ok(ssh_pool_new(&pool, e));
	double begun = bench_wall();
	make_source();
	bench_line("11", "(made ready: 100,000 records recorded)", bench_wall() - begun, BENCH_SECONDS, "", -1, BENCH_SECONDS, -1);
	bench_spawn(0, (const char *[]){ maillage, "hub", "init", bench_tmp("many-hub"), "--collectives", "ara", NULL });
	bench_row(&(struct bench_row){ "11a", "first push of 100,000 records (wall)", "git push (wall)", our_push, git_push, both_anew, .times = 1,
				       .rounds = 2, .wall = true });
	both_anew(NULL);
	bytes_of_push("11b", "    its bytes on the wire");
	if (bench_wanted("11c"))
		bench_row(&(struct bench_row){ "11c", "maillage init: clone of 100,000 records (wall)", "git clone (wall)", our_clone, git_clone, no_clones,
					       .ctx = (void *)(uintptr_t)bench_tmp("many-hub"), .times = 1, .rounds = 2, .wall = true });
	one_edit(NULL);
	our_push(NULL); /* opens the session again */
	git_push(NULL);
	bench_row(&(struct bench_row){ "11d", "push of one edit among them, kept session (wall)", "git push (wall)", our_push, git_push, one_edit, .times = 1,
				       .rounds = 5, .wall = true });
	one_edit(NULL);
	bytes_of_push("11e", "    its bytes on the wire, a new connection each");
	ssh_pool_free(pool);
	repo_close(repo);
	store_fini();
	return 0;
}
