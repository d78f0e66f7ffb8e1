/* What people type, and the expression that FTS5 gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "index/query.h"
#include "../../lib/scratch.h"

static void assert_query(const char *typed, const char *all, const char *any)
{
	struct query q;
	struct err e = { 0 };
	if (query_parse(&q, &a, typed, &e))
		fail_msg("%s: %s", typed, e.msg);
	assert_string_equal(q.all, all);
	if (any)
		assert_string_equal(q.any, any);
	else
		assert_null(q.any);
}

static void assert_refused(const char *typed, int code)
{
	struct query q = { "as it was", NULL };
	struct err e = { 0 };
	assert_int_equal(query_parse(&q, &a, typed, &e), code);
	assert_string_equal(q.all, "as it was");
	assert_true(e.msg[0]);
}

static void words_phrases_prefixes_and_what_is_excluded(void **st)
{
	(void)st;
	assert_query("garderie", "(\"garderie\")", NULL);
	assert_query(" eau\tbois\n", "(\"eau\" AND \"bois\")", "(\"eau\" OR \"bois\")");
	assert_query("\"conseil citoyen\" eau", "(\"conseil citoyen\" AND \"eau\")", "(\"conseil citoyen\" OR \"eau\")");
	assert_query("« conseil citoyen »", "(\" conseil citoyen \")", NULL);
	assert_query("“tiers lieu”eau", "(\"tiers lieu\" AND \"eau\")", "(\"tiers lieu\" OR \"eau\")");
	assert_query("territor*", "(\"territor*\" *)", NULL);
	assert_query("eau -bois -\"tiers lieu\" -tax*", "(\"eau\") NOT \"bois\" NOT \"tiers lieu\" NOT \"tax*\" *", NULL);
	assert_query("co-formation", "(\"co-formation\")", NULL);
	assert_query("eau - bois", "(\"eau\" AND \"bois\")", "(\"eau\" OR \"bois\")");
	assert_query("\"conseil citoyen", "(\"conseil citoyen\")", NULL); /* never closed */
}

static void stop_words_count_only_where_they_must(void **st)
{
	(void)st;
	assert_query("le rôle des élus", "(\"rôle\" AND \"élus\")", "(\"rôle\" OR \"élus\")");
	assert_query("\"le rôle\"", "(\"le rôle\")", NULL);
	assert_query("qui est", "(\"qui\" AND \"est\")", "(\"qui\" OR \"est\")");
	assert_query("eau -les", "(\"eau\") NOT \"les\"", NULL);
	assert_query("l'eau", "(\"l'eau\")", NULL);
}

static void operators_are_characters(void **st)
{
	(void)st;
	assert_query("eau OR bois", "(\"eau\" AND \"bois\")", "(\"eau\" OR \"bois\")"); /* a stop word: « or » */
	assert_query("eau NOT bois", "(\"eau\" AND \"NOT\" AND \"bois\")", "(\"eau\" OR \"NOT\" OR \"bois\")");
	assert_query("titre:eau^2", "(\"titre:eau^2\")", NULL);
	assert_query("NEAR(eau bois)", "(\"NEAR(eau\" AND \"bois)\")", "(\"NEAR(eau\" OR \"bois)\")");
	assert_query("eau; DROP TABLE fiche --", "(\"eau;\" AND \"DROP\" AND \"TABLE\" AND \"fiche\")",
		     "(\"eau;\" OR \"DROP\" OR \"TABLE\" OR \"fiche\")");
}

static void says_when_there_is_nothing_to_look_for(void **st)
{
	(void)st;
	static const char *const nothing[] = { "", "  ", "!!! ?", "\"\"", "«»", "*", "-", "l'", "-eau", "-\"eau", "\xFF\xFE" };
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		assert_refused(nothing[i], ERR_USAGE);
}

static void has_limits(void **st)
{
	(void)st;
	char *many = arena_alloc(&a, 4 * QUERY_MAX + 8), *p = many;
	for (int i = 0; i < QUERY_MAX; i++)
		p = stpcpy(p, "eau ");
	struct query q;
	assert_int_equal(query_parse(&q, &a, many, NULL), 0);
	strcpy(p, "bois");
	assert_refused(many, ERR_LIMIT);
	char *longest = arena_alloc(&a, QUERY_MAX_BYTES + 2);
	memset(longest, 'a', QUERY_MAX_BYTES + 1);
	assert_refused(longest, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_begin, scratch_end)
		T(words_phrases_prefixes_and_what_is_excluded),
		T(stop_words_count_only_where_they_must),
		T(operators_are_characters),
		T(says_when_there_is_nothing_to_look_for),
		T(has_limits),
	};
	return cmocka_run_group_tests_name("index/query", tests, NULL, NULL);
}
