#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "net/ssh.h"

struct sample {
	const char *url, *user, *host;
	int port;
	const char *path;
};

static const struct sample good[] = {
	{ "ssh://git@hub.example.org/ara.git", "git", "hub.example.org", 0, "/ara.git" },
	{ "ssh://hub/srv/ara.git", "", "hub", 0, "/srv/ara.git" },
	{ "ssh://git@HUB:2222/x", "git", "hub", 2222, "/x" },
	{ "git+ssh://hub/x", "", "hub", 0, "/x" },
	{ "ssh+git://hub/x", "", "hub", 0, "/x" },
	{ "ssh://[::1]:2222/x", "", "::1", 2222, "/x" },
	{ "ssh://a@[fe80::1]/x", "a", "fe80::1", 0, "/x" },
	{ "ssh://hub/~/ara.git", "", "hub", 0, "~/ara.git" },
	{ "ssh://hub/~marie/ara.git", "", "hub", 0, "~marie/ara.git" },
	{ "ssh://m%40x@hub/a%20b%C3%A9", "m@x", "hub", 0, "/a b\xC3\xA9" },
	{ "git@hub:ara.git", "git", "hub", 0, "ara.git" },
	{ "hub:/srv/ara.git", "", "hub", 0, "/srv/ara.git" },
	{ "hub:dossier/a:b", "", "hub", 0, "dossier/a:b" },
	{ "hub:a%20b", "", "hub", 0, "a%20b" },
	{ "git@[::1]:x.git", "git", "::1", 0, "x.git" },
	{ "hub:~/x", "", "hub", 0, "~/x" },
	{ "hub:a'b c", "", "hub", 0, "a'b c" },
};

static void reads_what_git_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct ssh_target t;
		char *path = NULL;
		struct err e = { 0 };
		assert_true(ssh_url_is(good[i].url));
		if (ssh_parse_url(&t, &path, good[i].url, &e))
			fail_msg("%s: %s", good[i].url, e.msg);
		assert_string_equal(t.user, good[i].user);
		assert_string_equal(t.host, good[i].host);
		assert_int_equal(t.port, good[i].port);
		assert_string_equal(path, good[i].path);
		free(path);
	}
}

static void refuses_the_rest(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",           "/srv/ara.git",     "./a:b",           "ssh://hub",          "ssh://hub/",       "ssh:///x",
		"ssh://@h/x", "ssh://hub:0/x",    "ssh://hub:65536/x", "ssh://hub:12a/x",  "ssh://hub:/x",     "https://hub/x",
		":x",         "hub:",             "ssh://[::1/x",    "ssh://[::1]x/x",     "ssh://-oProxy=x/y", "-oProxyCommand=x:y",
		"ssh://-u@hub/x", "ssh://hub/a%0Ab", "ssh://hub/a%00b", "ssh://hub/a%2",   "hub:a\nb",         "ssh://h b/x",
		"@:x",        "u@:x",             "ssh://a%2Fb/x",   "file:///srv/x",
		/* what could become an option or a command of the ssh program, or of a ProxyCommand with %h and %r in it */
		"hub:-x",     "hub:--upload-pack=id", "u@-hub:x",      "ssh://%2Doption/x", "ssh://%2Du@hub/x", "ssh://hub;id/x",
		"ssh://$(id)/x", "`id`@hub:x",    "ssh://a%27b@hub/x", "ssh://a%20b@hub/x", "a|b@hub:x",       "ssh://hub%3Cx/x",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct ssh_target t;
		char *path = (char *)"untouched";
		struct err e = { 0 };
		if (ssh_parse_url(&t, &path, bad[i], &e) != ERR_CONFIG)
			fail_msg("accepted: %s", bad[i]);
		assert_string_equal(path, "untouched");
		assert_non_null(strstr(e.msg, "ssh://"));
	}
	char longhost[600] = "ssh://";
	memset(longhost + 6, 'a', 500);
	strcpy(longhost + 506, "/x");
	struct ssh_target t;
	char *path;
	assert_int_equal(ssh_parse_url(&t, &path, longhost, NULL), ERR_CONFIG);
}

static void knows_paths_from_addresses(void **state)
{
	(void)state;
	assert_false(ssh_url_is("/media/cle:usb/x"));
	assert_false(ssh_url_is("./a:b"));
	assert_false(ssh_url_is("file:///x"));
	assert_false(ssh_url_is("https://h:8/x"));
	assert_true(ssh_url_is("h:x"));
}

static void quotes(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{ "/srv/ara.git", "'/srv/ara.git'" },
		{ "", "''" },
		{ "l'été", "'l'\\''été'" },
		{ "a!b", "'a'\\!'b'" },
		{ "$(rm -rf) `x` \"y\" \\", "'$(rm -rf) `x` \"y\" \\'" },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct buf b = BUF_INIT;
		ssh_quote(&b, pairs[i][0]);
		assert_string_equal(b.at, pairs[i][1]);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_git_reads),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(knows_paths_from_addresses),
		cmocka_unit_test(quotes),
	};
	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
