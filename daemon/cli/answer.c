/* answer.c -- how a verb ends: its result in words, as JSON or as a table; its fault in a sentence. */
#include "cli/verbs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/trace.h"
#include "cli/meter.h"
#include "cli/pager.h"
#include "ctl/json.h"

int usage_error(const char *verb, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, _("maillage %s : "), verb);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	const struct verb *v = verb_find(verb);
	if (v) {
		help_usage(stderr, v);
		fprintf(stderr, _("« maillage help %s » explique les options et donne un exemple.\n"), v->name);
	}
	return 64;
}

int cli_report(const struct err *e)
{
	meter_end();
	fprintf(stderr, _("maillage : %s\n"), e->msg);
	trace("error %s at %s:%d", err_name(e->code), e->file ? e->file : "?", e->line);
	return err_exit_code(e->code);
}

int print_json(const struct val *v)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	int rc = json_print(&b, v, false, &e);
	if (!rc)
		puts(buf_str(&b));
	buf_free(&b);
	return rc ? cli_report(&e) : 0;
}

/* Words on stdout, through a pager where they may be long. */
static void say(const struct app *app, const struct val *result, void (*words)(const struct val *))
{
	bool paged = app->paged && pager_begin();
	words(result);
	if (paged && !pager_end())
		words(result);
}

/* The caller must not take half an answer for a whole one. A closed pipe (`| head`) has what it wanted: no words. */
static int flushed(int exit_code)
{
	struct err e = { 0 };
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return exit_code;
	if (errno == EPIPE)
		return 75;
	err_set(&e, ERR_IO, "%s", _("la sortie n'a pas pu être écrite en entier ; libérez de la place ou écrivez-la ailleurs"));
	return cli_report(&e);
}

int cli_finish(const struct app *app, const struct val *result, void (*words)(const struct val *), int exit_code)
{
	int rc = 0;
	meter_end();
	if (app->format == FORMAT_JSON)
		rc = print_json(result);
	else if (!app->quiet && words)
		say(app, result, words);
	return rc ? rc : flushed(exit_code);
}

static void say_rows(const struct table *t, const char *none)
{
	table_print(t);
	if (!t->n && none && t->format != FORMAT_CSV)
		puts(none);
}

int finish_rows(const struct app *app, struct arena *a, const struct val *result, void (*words)(const struct val *),
		void (*rows)(struct table *, const struct val *), const char *none, int exit_code)
{
	struct table t = { .a = a, .format = app->format };
	if (app->format == FORMAT_JSON || app->quiet || (words && app->format == FORMAT_WORDS))
		return cli_finish(app, result, words, exit_code);
	meter_end();
	rows(&t, result);
	bool paged = app->paged && app->format == FORMAT_WORDS && pager_begin();
	say_rows(&t, none);
	if (paged && !pager_end())
		say_rows(&t, none);
	return flushed(exit_code);
}
