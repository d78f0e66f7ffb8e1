/* Keys and hashed lines were made with ssh-keygen (public halves only); the fingerprint is ssh-keygen -lf's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/fsio.h"
#include "net/hostkey.h"
#include "net/keyfile.h"
#include "net/wire.h"

#define A "AAAAC3NzaC1lZDI1NTE5AAAAIB3UC5TESz/VkvIX32rmx4QHqykR0S7P0RvFjclAsvbj"
#define B "AAAAC3NzaC1lZDI1NTE5AAAAIBYPATMe+dTNF8VlvA/xKJ1V71kerI2o98rbO7UNIfdG"
#define C "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMdawucjUVSqg8l6LFh8hVaRGG6NX4L7p4zeXrB39YyzQnP55zjGxGilvaBU2Op69BC4mg7UYrtVcl94VQm1XjU="
#define R                                                                                                              \
	"AAAAB3NzaC1yc2EAAAADAQABAAAAgQC019T3dRlxlTC5soXBjVQ7e14aGAdtUun3MFoMfgk1/9ljN15DuWt7VO/+q520LRG1CC4xTdHoL+30lc+DT+geZtvM56NmqZu295ky5ZfacZa+UuhQmDNoc1mMPKF6dev9UOxJ5fEGwevHp2I3xdmM6gtSJeW6QGWRTo3KJeLePQ=="
#define ED "ssh-ed25519 "
#define EC "ecdsa-sha2-nistp256 "
#define HASH_HUB "|1|NK5BLdpDNDWLR714F0fB6bKcBKc=|cKDv1DgPPmrEUUvJGh4PfnPR8sc= " /* hub.example.org */
#define HASH_PORT "|1|dp/hQHghIrZK6s7Ys/jBV4sXaiw=|zGCXl5lp/qYm1pbdyBFSXBHcfiQ= " /* [hub.example.org]:2222 */
#define HUB "hub.example.org"

static struct hostkeys one_file(const void *text, size_t n)
{
	struct hostkeys keys = { .n = 1 };
	keys.file[0].path = strdup("/k");
	buf_put(&keys.file[0].text, text, n);
	return keys;
}

static enum hostkey_verdict check(const char *text, const char *host, int port, const char *key, int *line)
{
	struct hostkeys keys = one_file(text, strlen(text));
	struct hostkey_answer a;
	struct buf blob = BUF_INIT;
	assert_true(wire_unbase64(&blob, key, strlen(key)));
	hostkey_check(&a, &keys, host, port, blob.at, blob.n);
	assert_int_equal(a.line == 0, a.path == NULL);
	assert_int_equal(a.line == 0, !*a.known);
	if (line)
		*line = a.line;
	hostkey_fini(&keys);
	buf_free(&blob);
	return a.verdict;
}

static void finds_hosts(void **state)
{
	(void)state;
	static const struct {
		const char *text, *host;
		int port;
		const char *key;
		enum hostkey_verdict want;
		int line;
	} t[] = {
		{ "", HUB, 22, A, HOSTKEY_UNKNOWN, 0 },
		{ HUB " " ED A "\n", HUB, 22, A, HOSTKEY_KNOWN, 1 },
		{ HUB " " ED A, HUB, 22, A, HOSTKEY_KNOWN, 1 },
		{ "Hub.Example.ORG\t" ED A " marie@x\r\n", "HUB.example.org", 22, A, HOSTKEY_KNOWN, 1 },
		{ HUB " " ED A "\n", HUB, 22, B, HOSTKEY_CHANGED, 1 },
		{ HUB " " ED A "\n", "other.example.org", 22, A, HOSTKEY_UNKNOWN, 0 },
		{ HUB " " ED A "\n", HUB, 22, C, HOSTKEY_OTHER, 1 },
		{ HUB " ssh-rsa " R "\n", HUB, 22, A, HOSTKEY_OTHER, 1 },
		{ "x,192.0.2.7," HUB ",y " ED A "\n", HUB, 22, A, HOSTKEY_KNOWN, 1 },
		/* several good keys for one host */
		{ HUB " " ED B "\n" HUB " " ED A "\n", HUB, 22, A, HOSTKEY_KNOWN, 2 },
		{ HUB " " EC C "\n" HUB " " ED B "\n", HUB, 22, A, HOSTKEY_CHANGED, 2 },
		/* ports: the exact name decides; the bare one can only confirm */
		{ "[" HUB "]:2222 " ED A "\n", HUB, 2222, A, HOSTKEY_KNOWN, 1 },
		{ "[" HUB "]:2222 " ED A "\n", HUB, 22, A, HOSTKEY_UNKNOWN, 0 },
		{ "[" HUB "]:2222 " ED A "\n", HUB, 2223, A, HOSTKEY_UNKNOWN, 0 },
		{ HUB " " ED A "\n", HUB, 2222, A, HOSTKEY_KNOWN, 1 },
		{ HUB " " ED A "\n", HUB, 2222, B, HOSTKEY_UNKNOWN, 0 },
		{ HUB " " ED A "\n[" HUB "]:2222 " ED B "\n", HUB, 2222, B, HOSTKEY_KNOWN, 2 },
		/* hashed */
		{ HASH_HUB ED A "\n", HUB, 22, A, HOSTKEY_KNOWN, 1 },
		{ HASH_HUB ED A "\n", HUB, 22, B, HOSTKEY_CHANGED, 1 },
		{ HASH_HUB ED A "\n", "hub.example.com", 22, A, HOSTKEY_UNKNOWN, 0 },
		{ HASH_PORT ED B "\n", HUB, 2222, B, HOSTKEY_KNOWN, 1 },
		{ HASH_PORT ED B "\n", HUB, 22, B, HOSTKEY_UNKNOWN, 0 },
		/* wildcards and refusals */
		{ "*.example.org " ED A "\n", HUB, 22, A, HOSTKEY_KNOWN, 1 },
		{ "h?b.*.o*g " ED A "\n", HUB, 22, A, HOSTKEY_KNOWN, 1 },
		{ "*.example.org,!" HUB " " ED A "\n", HUB, 22, A, HOSTKEY_UNKNOWN, 0 },
		{ "*.example.com " ED A "\n", HUB, 22, A, HOSTKEY_UNKNOWN, 0 },
		/* markers */
		{ "@revoked * " ED A "\n" HUB " " ED A "\n", HUB, 22, A, HOSTKEY_REVOKED, 1 },
		{ HUB " " ED A "\n@revoked " HUB " " ED A "\n", HUB, 22, A, HOSTKEY_REVOKED, 2 },
		{ "@revoked " HUB " " ED A "\n", HUB, 2222, A, HOSTKEY_REVOKED, 1 },
		{ "@revoked " HASH_HUB ED A "\n", HUB, 22, A, HOSTKEY_REVOKED, 1 },
		{ "@revoked " HUB " " ED A "\n" HUB " " ED B "\n", HUB, 22, B, HOSTKEY_KNOWN, 2 },
		{ "@revoked " HUB " " ED A "\n", HUB, 22, B, HOSTKEY_UNKNOWN, 0 },
		{ "@cert-authority " HUB " " ED A "\n", HUB, 22, A, HOSTKEY_AUTHORITY, 1 },
		{ "@cert-authority *.example.org " ED B "\n", HUB, 2222, A, HOSTKEY_AUTHORITY, 1 },
		{ "@cert-authority * " ED B "\n" HUB " " ED A "\n", HUB, 22, A, HOSTKEY_KNOWN, 2 },
		{ "@cert-authority * " ED B "\n" HUB " " ED B "\n", HUB, 22, A, HOSTKEY_CHANGED, 2 },
		{ "@unheard-of " HUB " " ED A "\n", HUB, 22, A, HOSTKEY_UNKNOWN, 0 },
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		int line = -1;
		enum hostkey_verdict v = check(t[i].text, t[i].host, t[i].port, t[i].key, &line);
		if (v != t[i].want || line != t[i].line)
			fail_msg("case %zu: verdict %d line %d, wanted %d line %d:\n%s", i, v, line, t[i].want, t[i].line, t[i].text);
	}
}

static void garbage_poisons_nothing(void **state)
{
	(void)state;
	static const char *const garbage[] = {
		"#" HUB " " ED B, "", "   ", "\t\r", "blah", HUB, HUB " ssh-ed25519", HUB " ssh-ed25519 !!!!", HUB " ssh-ed25519 AAAA",
		HUB " ecdsa-sha2-nistp256 " A, /* the type lies */
		HUB " 1024 35 1234567890", "@revoked", "@revoked " HUB, "@", "|1|", "|1|x " ED B, "|1|zz|zz| " ED B, "|1||  " ED B,
		", " ED B, "! " ED B, "<<<<<<< HEAD", "\xff\xfe\x80 \xc3 \x28", HUB " ssh-ed25519 " A "Z",
	};
	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
		char text[2000];
		int line;
		snprintf(text, sizeof text, "%s\n" HUB " " ED A "\n%s\n", garbage[i], garbage[i]);
		if (check(text, HUB, 22, A, &line) != HOSTKEY_KNOWN || line != 2)
			fail_msg("hidden by: %s", garbage[i]);
		if (check(text, HUB, 22, B, NULL) != HOSTKEY_CHANGED)
			fail_msg("changed key not seen beside: %s", garbage[i]);
	}
	/* a NUL, and a line of 100,000 characters */
	struct buf file = BUF_INIT, blob = BUF_INIT;
	struct hostkey_answer answer;
	buf_put(&file, "a\0b c d\n" HUB " ssh-ed25519 ", 8 + strlen(HUB) + 13);
	buf_fill(&file, 'A', 100000);
	buf_puts(&file, "\n" HUB " " ED A "\n");
	struct hostkeys keys = one_file(file.at, file.n);
	wire_unbase64(&blob, A, strlen(A));
	hostkey_check(&answer, &keys, HUB, 22, blob.at, blob.n);
	assert_int_equal(answer.verdict, HOSTKEY_KNOWN);
	hostkey_fini(&keys);
	buf_free(&file);
	buf_free(&blob);
}

/* The person's file and the machine's: a key of either is good, a line number is its own file's. */
static void two_files(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct hostkeys keys = { 0 };
	struct hostkey_answer a;
	struct buf blob = BUF_INIT, types = BUF_INIT;
	char dir[] = "/tmp/maillage-hostkey-XXXXXX", mine[200], machine[200];
	assert_non_null(mkdtemp(dir));
	snprintf(mine, sizeof mine, "%s/mine", dir);
	snprintf(machine, sizeof machine, "%s/machine", dir);
	static const char one[] = "x " ED B "\n" HUB " " EC C, two[] = "# of all\n\n" HUB " " ED A "\n";
	assert_int_equal(fs_write(mine, one, strlen(one), &e), 0);
	assert_int_equal(fs_write(machine, two, strlen(two), &e), 0);
	assert_int_equal(hostkey_load(&keys, "/nonexistent/known_hosts", &e), 0);
	assert_int_equal(hostkey_load(&keys, mine, &e), 0);
	assert_int_equal(hostkey_load(&keys, machine, &e), 0);
	wire_unbase64(&blob, A, strlen(A));
	hostkey_check(&a, &keys, HUB, 22, blob.at, blob.n);
	assert_int_equal(a.verdict, HOSTKEY_KNOWN);
	assert_string_equal(a.path, machine);
	assert_int_equal(a.line, 3);
	buf_reset(&blob);
	wire_unbase64(&blob, B, strlen(B));
	hostkey_check(&a, &keys, HUB, 22, blob.at, blob.n);
	assert_int_equal(a.verdict, HOSTKEY_CHANGED);
	assert_string_equal(a.known, "SHA256:o4VL+UwyjhUNnRuiehQRt9+FMYO4vjYVFaapW8U1WIA"); /* A's */
	hostkey_types(&types, &keys, HUB, 22);
	assert_string_equal(buf_str(&types), "ecdsa-sha2-nistp256,ssh-ed25519");
	hostkey_fini(&keys);
	buf_free(&blob);
	buf_free(&types);
	assert_int_equal(fs_remove_tree(dir, &e), 0);
}

static void lists_types(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int port;
		const char *want;
	} t[] = {
		{ "", 22, "" },
		{ HUB " " EC C "\nother " ED B "\n" HUB " " ED A "\n" HUB " " ED B "\n", 22, "ecdsa-sha2-nistp256,ssh-ed25519" },
		{ HASH_HUB ED A "\n", 22, "ssh-ed25519" },
		{ HASH_HUB ED A "\n[" HUB "]:2222 " EC C "\n", 2222, "ssh-ed25519,ecdsa-sha2-nistp256" },
		{ "@revoked " HUB " " ED A "\n" HUB " ssh-rsa " R "\n", 22, "ssh-rsa" },
		{ HUB " ssh-ed25519 AAAA\n" HUB " " EC C "\n", 22, "ecdsa-sha2-nistp256" },
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct hostkeys keys = one_file(t[i].text, strlen(t[i].text));
		struct buf out = BUF_INIT;
		hostkey_types(&out, &keys, HUB, t[i].port);
		assert_string_equal(buf_str(&out), t[i].want);
		hostkey_fini(&keys);
		buf_free(&out);
	}
}

static void shows_the_fingerprint(void **state)
{
	(void)state;
	struct buf blob = BUF_INIT;
	char fp[HOSTKEY_FINGERPRINT];
	wire_unbase64(&blob, A, strlen(A));
	hostkey_fingerprint(fp, blob.at, blob.n);
	assert_string_equal(fp, "SHA256:o4VL+UwyjhUNnRuiehQRt9+FMYO4vjYVFaapW8U1WIA");
	buf_free(&blob);
}

static char dir[64], path[200];

static int fresh(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/maillage-hostkey-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/.ssh/known_hosts", dir);
	return 0;
}

static int over(void **state)
{
	(void)state;
	return fs_remove_tree(dir, NULL);
}

static int add(const char *to, const char *host, int port, struct err *e)
{
	struct buf blob = BUF_INIT;
	wire_unbase64(&blob, A, strlen(A));
	int rc = hostkey_add(to, host, port, blob.at, blob.n, e);
	buf_free(&blob);
	return rc;
}

static void holds(const char *file, const char *text, mode_t mode)
{
	struct buf b = BUF_INIT;
	struct stat st;
	struct err e;
	assert_int_equal(fs_read(&b, file, 100000, &e), 0);
	assert_string_equal(buf_str(&b), text);
	assert_int_equal(lstat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
	buf_free(&b);
}

static void adds_a_line(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct stat st;
	assert_int_equal(add(path, "Hub.example.org", 22, &e), 0);
	assert_int_equal(add(path, HUB, 2222, &e), 0);
	holds(path, HUB " " ED A "\n[" HUB "]:2222 " ED A "\n", 0600);
	*strrchr(path, '/') = 0;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	strcat(path, "/known_hosts");
	assert_int_not_equal(add(dir, HUB, 22, &e), 0); /* a folder */
	assert_non_null(strstr(e.msg, dir));
}

/* What was there stays byte for byte: a last line without its newline, NULs and carriage returns, the mode; a link stays a link. */
static void what_was_there_stays(void **state)
{
	(void)state;
	static const char was[] = "# moi\r\nx " ED B " \t\n\n<<< \xff";
	struct err e = { 0 };
	struct stat st;
	char real[300];
	assert_int_equal(fs_mkparents(path, &e), 0);
	snprintf(real, sizeof real, "%s/real", dir);
	assert_int_equal(fs_write(real, was, strlen(was), &e), 0);
	assert_int_equal(chmod(real, 0640), 0);
	assert_int_equal(symlink(real, path), 0);
	assert_int_equal(add(path, HUB, 22, &e), 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	holds(real, "# moi\r\nx " ED B " \t\n\n<<< \xff\n" HUB " " ED A "\n", 0640);

	/* what a killed one left behind is in nobody's way, and is not followed anywhere */
	char left[320];
	snprintf(left, sizeof left, "%s.maillage", real);
	assert_int_equal(symlink("/dev/null", left), 0);
	assert_int_equal(add(path, HUB, 2222, &e), 0);
	assert_int_equal(lstat(left, &st), -1);

	/* a link to nothing yet */
	snprintf(real, sizeof real, "%s/later", dir);
	assert_int_equal(unlink(path) | symlink(real, path), 0);
	assert_int_equal(add(path, HUB, 22, &e), 0);
	holds(real, HUB " " ED A "\n", 0600);

	struct fs_names names;
	assert_int_equal(fs_list(&names, dir, &e), 0);
	assert_int_equal(names.n, 3); /* .ssh, later, real: no temporary file */
	fs_names_free(&names);
}

/* No room (RLIMIT_FSIZE stands for a full disk): the file is as before, and nothing else is left. */
static void a_full_disk_changes_nothing(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct rlimit was, small = { 60, RLIM_INFINITY };
	struct fs_names names;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(fs_mkparents(path, &e), 0);
	assert_int_equal(fs_write(path, "x " ED "\n", strlen("x " ED "\n"), &e), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small.rlim_max = was.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int rc = add(path, HUB, 22, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_true(rc < 0);
	assert_non_null(strstr(e.msg, path));
	holds(path, "x " ED "\n", 0644);
	*strrchr(path, '/') = 0;
	assert_int_equal(fs_list(&names, path, &e), 0);
	assert_int_equal(names.n, 1);
	fs_names_free(&names);
}

static void *many(void *arg)
{
	struct err e = { 0 };
	for (int i = 0; i < 10; i++)
		if (add(path, HUB, *(int *)arg + i, &e))
			return strdup(e.msg);
	return NULL;
}

static void several_at_once_lose_nothing(void **state)
{
	(void)state;
	pthread_t thread[3];
	int first[3] = { 1000, 2000, 3000 };
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, many, &first[i]), 0);
	for (size_t i = 0; i < 3; i++) {
		void *why;
		pthread_join(thread[i], &why);
		if (why)
			fail_msg("%s", (char *)why);
	}
	assert_int_equal(fs_read(&b, path, 100000, &e), 0);
	size_t lines = 0;
	for (const char *p = b.at; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 30);
	buf_free(&b);
}

static void base64_both_ways(void **state)
{
	(void)state;
	unsigned char bytes[64];
	for (size_t n = 0; n < sizeof bytes; n++) {
		struct buf text = BUF_INIT, back = BUF_INIT;
		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)(i * 89 + n * 7);
		wire_base64(&text, bytes, n);
		assert_int_equal(text.n, (n + 2) / 3 * 4);
		assert_true(wire_unbase64(&back, buf_str(&text), text.n));
		assert_int_equal(back.n, n);
		assert_memory_equal(buf_str(&back), bytes, n);
		buf_free(&text);
		buf_free(&back);
	}
	static const char *const bad[] = { "A", "AAAAA", "AA=A", "A*AA", "\xc3\xa9==" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf back = BUF_INIT;
		assert_false(wire_unbase64(&back, bad[i], strlen(bad[i])));
		assert_int_equal(back.n, 0);
		buf_free(&back);
	}
}

/* "openssh-key-v1", none, none, "", 1, {sk-ssh-ed25519@openssh.com, ...}: the envelope of a security key */
#define SECURITY                                                                                                                   \
	"-----BEGIN OPENSSH " "PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAHgAAABpzay1zc2gtZWQyNTUxOUBvcGVu\n" \
	"c3NoLmNvbQ==\n-----END OPENSSH " "PRIVATE KEY-----\n"

static void looks_at_key_files(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool key, public, encrypted, rsa;
	} t[] = {
		{ "", false, false, false, false },
		{ "bonjour\n", false, false, false, false },
		{ ED A " marie\n", false, true, false, false },
		{ "-----BEGIN EC " "PRIVATE KEY-----\nMHc=\n-----END EC " "PRIVATE KEY-----\n", true, false, false, false },
		{ "-----BEGIN RSA " "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\nMHc=\n", true, false, true, true },
		{ "-----BEGIN ENCRYPTED " "PRIVATE KEY-----\nMHc=\n", true, false, true, false },
		{ "-----BEGIN OPENSSH " "PRIVATE KEY-----\n!!!\n-----END", false, false, false, false },
		{ "-----BEGIN OPENSSH " "PRIVATE KEY-----\nAAAA", false, false, false, false },
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct keyfile k;
		keyfile_look(&k, t[i].text, strlen(t[i].text));
		if (k.is_key != t[i].key || k.is_public != t[i].public || k.encrypted != t[i].encrypted || k.rsa != t[i].rsa)
			fail_msg("case %zu: %d %d %d %d", i, k.is_key, k.is_public, k.encrypted, k.rsa);
		keyfile_fini(&k);
	}
	/* OpenSSH's envelope, whole and cut at every byte: never a read beyond its end (the sanitizers watch) */
	struct buf pub = BUF_INIT, inner = BUF_INIT;
	wire_unbase64(&pub, A, strlen(A));
	buf_put(&inner, "openssh-key-v1", 15);
	wire_put_string(&inner, "aes256-ctr", 10);
	wire_put_string(&inner, "bcrypt", 6);
	wire_put_string(&inner, "salt", 4);
	wire_put_u32(&inner, 1);
	wire_put_string(&inner, pub.at, pub.n);
	for (size_t n = 0; n <= inner.n; n++) {
		struct buf text = BUF_INIT;
		struct keyfile k;
		buf_puts(&text, "-----BEGIN OPENSSH " "PRIVATE KEY-----\n");
		wire_base64(&text, inner.at, n);
		buf_puts(&text, "\n-----END OPENSSH " "PRIVATE KEY-----\n");
		keyfile_look(&k, text.at, text.n);
		assert_int_equal(k.is_key, n == inner.n);
		assert_int_equal(k.encrypted, n == inner.n);
		assert_int_equal(k.public.n, n == inner.n ? pub.n : 0);
		keyfile_fini(&k);
		buf_free(&text);
	}
	buf_free(&pub);
	buf_free(&inner);
	struct keyfile k;
	keyfile_look(&k, SECURITY, strlen(SECURITY));
	assert_true(k.is_key && k.security && !k.rsa && !k.encrypted);
	keyfile_fini(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_hosts),       cmocka_unit_test(garbage_poisons_nothing),
		cmocka_unit_test(lists_types),       cmocka_unit_test(shows_the_fingerprint),
		cmocka_unit_test(two_files),         cmocka_unit_test(base64_both_ways),
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(adds_a_line), T(what_was_there_stays), T(a_full_disk_changes_nothing), T(several_at_once_lose_nothing),
		cmocka_unit_test(looks_at_key_files),
	};
	return cmocka_run_group_tests_name("hostkey", tests, NULL, NULL);
}
