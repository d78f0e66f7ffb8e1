/* JSON made to be slow or large, as anybody may write it to the control socket. */
#include "../../lib/hostile.h"
#include "ctl/json.h"

static struct buf text;

static void parse(struct arena *a, char said[ERR_MSG_MAX], void *data)
{
	struct val *v;
	struct err e = { 0 };
	(void)data;
	strcpy(said, json_parse(&v, a, text.at, text.n, &e) < 0 ? e.msg : "read");
}

static void one(const char *name, double ms, const char *says)
{
	hostile_run(&(struct hostile){ name, text.n, ms, says, 128u << 20 }, parse, NULL);
	buf_reset(&text);
}

static void json_is_read_in_bounds(void **state)
{
	(void)state;
	buf_puts(&text, "{");
	for (int i = 0; i < 50000; i++)
		buf_printf(&text, "%s\"%x\":1", i ? "," : "", (unsigned)i);
	buf_puts(&text, "}");
	one("50,000 keys", 3 * HOSTILE_MS, "read");
	buf_puts(&text, "{");
	put_times(&text, "\"a\":1,", 200000);
	buf_puts(&text, "\"a\":1}");
	one("the same key", HOSTILE_MS, "JSON incorrect");
	buf_puts(&text, "[1");
	put_times(&text, ",1", 250000);
	buf_puts(&text, "]");
	one("items", 3 * HOSTILE_MS, "read");
	put_times(&text, "[", 1000000);
	one("brackets", HOSTILE_MS, "64 niveaux");
	put_times(&text, "{\"a\":", 200000);
	one("braces", HOSTILE_MS, "64 niveaux");
	buf_puts(&text, "\"");
	put_times(&text, "\\u00e9", 170000);
	buf_puts(&text, "\"");
	one("escapes", HOSTILE_MS, "read");
	put_times(&text, "9", 1000000);
	one("a number of a MiB", 2 * HOSTILE_MS, "too big integer");
	put_times(&text, "\"", 1);
	buf_fill(&text, '\xFF', 1000000);
	one("0xFF", HOSTILE_MS, "JSON incorrect");
	buf_fill(&text, 0, 1000000);
	one("NUL", HOSTILE_MS, "JSON incorrect");
	buf_puts(&text, "\"\\u0000\"");
	one("NUL, escaped", HOSTILE_MS, "JSON incorrect");
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(json_is_read_in_bounds) };
	return cmocka_run_group_tests_name("ctl hostile", tests, NULL, NULL);
}
