/* optparse.c -- the options of a command line, read by getopt after the table of options.h. */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "cli/verbs.h"

#define VERB_OPTIONS 16

int option_unknown(const char *verb, const char *word)
{
	struct near meant = { .typed = word + strspn(word, "-") };
	const struct option_row *o;
	for (size_t i = 0; (o = option_at(verb, i)); i++)
		if (!strcmp(o->verb, verb))
			near_try(&meant, o->name);
	for (size_t i = 0; (o = option_at("", i)); i++)
		near_try(&meant, o->name);
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
	const struct option_row *o;
	for (size_t i = 0; (o = option_at(verb, i)); i++) {
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
	o = option_of(verb, word);
	if (c == ':' && o)
		usage_error(verb, _("%s veut une valeur : %s"), word, _(o->value));
	else
		option_unknown(verb, word);
	return '?';
}
