#include "cli/options.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "cli/verbs.h"

#define VERB_OPTIONS 16

static const struct option_row rows[] = {
#define X(verb, letter, name, value, help) { verb, name, value, help, letter },
	OPTIONS(X)
#undef X
};
#define NROWS (sizeof rows / sizeof *rows)

/* "hub init" is a part of "hub". */
static bool belongs(const struct option_row *o, const char *verb)
{
	size_t n = strlen(verb);
	return !strcmp(o->verb, verb) || (n && !strncmp(o->verb, verb, n) && o->verb[n] == ' ');
}

const struct option_row *option_at(const char *verb, size_t i)
{
	for (size_t k = 0; k < NROWS; k++)
		if (belongs(&rows[k], verb) && !i--)
			return &rows[k];
	return NULL;
}

const struct option_row *option_of(const char *verb, const char *word)
{
	bool is_long = !strncmp(word, "--", 2);
	const char *name = word + (is_long ? 2 : 1);
	size_t n = is_long ? strcspn(name, "=") : strlen(name);
	for (size_t k = 0; *word == '-' && k < NROWS; k++) {
		const struct option_row *o = &rows[k];
		if (strcmp(o->verb, verb) && *o->verb)
			continue;
		if (is_long ? strlen(o->name) == n && n > 1 && !strncmp(o->name, name, n) :
			      n == 1 && (!*o->verb || !o->name[1]) && *name == o->letter)
			return o;
	}
	return NULL;
}

int option_unknown(const char *verb, const char *word)
{
	struct near meant = { .typed = word + strspn(word, "-") };
	for (size_t k = 0; k < NROWS; k++)
		if (!strcmp(rows[k].verb, verb) || !*rows[k].verb)
			near_try(&meant, rows[k].name);
	/* "hub init" is explained with hub */
	char first[32] = "";
	strncat(first, verb, strcspn(verb, " ") < sizeof first - 1 ? strcspn(verb, " ") : sizeof first - 1);
	if (meant.best)
		return usage_error(first, _("option inconnue : %s ; vouliez-vous dire %s%s ?"), word, meant.best[1] ? "--" : "-", meant.best);
	return usage_error(first, _("option inconnue : %s"), word);
}

int option_next(const char *verb, int argc, char **argv)
{
	struct option longs[VERB_OPTIONS + 1] = { 0 };
	char shorts[2 * VERB_OPTIONS + 2] = ":";
	size_t n = 0;
	for (size_t k = 0; k < NROWS; k++) {
		const struct option_row *o = &rows[k];
		if (strcmp(o->verb, verb) != 0)
			continue;
		must(n < VERB_OPTIONS);
		if (o->name[1])
			longs[n++] = (struct option){ o->name, *o->value ? required_argument : no_argument, NULL, o->letter };
		else
			snprintf(shorts + strlen(shorts), sizeof shorts - strlen(shorts), "%c%s", o->letter, *o->value ? ":" : "");
	}
	int at = optind ? optind : 1, c = getopt_long(argc, argv, shorts, longs, NULL);
	if (c != '?' && c != ':')
		return c;
	/* getopt stands behind a long option, and still before a wrong letter of several ("-xy") */
	const char *word = optind > at ? argv[optind - 1] : argv[at];
	const struct option_row *o = option_of(verb, word);
	if (c == ':' && o)
		usage_error(verb, _("%s veut une valeur : %s"), word, _(o->value));
	else
		option_unknown(verb, word);
	return '?';
}
