/* help.c -- what the program says about itself, from the tables of verbs and options. */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/term.h"
#include "cli/verbs.h"

#define COLUMN 30

static int characters(const char *s)
{
	int n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

/* "  --take N|CLE        what it does", the words wrapped in their column. */
static void say_option(FILE *f, const struct option_row *o, const char *verb)
{
	const char *part = o->verb[strlen(verb)] ? o->verb + strlen(verb) + 1 : ""; /* "init" of hub */
	char head[160];
	snprintf(head, sizeof head, "  %s%s%s%s%s%s", part, *part ? " " : "", o->name[1] ? "--" : "-", o->name, *o->value ? " " : "",
		 translated(o->value));
	int used = characters(head);
	fputs(head, f);
	if (used >= COLUMN) {
		fputc('\n', f);
		used = 0;
	} else {
		fprintf(f, "%*s", COLUMN - used, "");
		used = COLUMN;
	}
	term_wrap(f, translated(o->help), COLUMN, used);
}

static void say_options(FILE *f, const char *verb)
{
	const struct option_row *o;
	for (size_t i = 0; (o = option_at(verb, i)); i++)
		say_option(f, o, verb);
}

void help_all(FILE *f)
{
	fprintf(f, "%s\n\n%s\n\n",
		_("maillage : les fiches d'un collectif, hors ligne, fusionnées champ par champ"),
		_("Usage : maillage [-C DOSSIER] [--json] [-q] [-v] VERBE ..."));
	const struct verb *v;
	for (size_t i = 0; (v = verb_at(i)); i++) {
		fprintf(f, "  %-13s ", v->name);
		term_wrap(f, translated(v->help), 16, 16);
	}
	fprintf(f, "\n%s\n", _("Partout, avant le verbe ou après :"));
	say_options(f, "");
	fprintf(f, "\n%s\n", _("« maillage help VERBE » donne les arguments, les options et un exemple."));
	term_wrap(f, _("Codes de sortie : 0 fait ; 1 fait, mais quelqu'un doit regarder ; 64 usage ; 65 données ; 69 démon absent ; "
			     "75 réessayer plus tard ; 77 non permis ; 78 configuration."),
		  0, 0);
}

void help_usage(FILE *f, const struct verb *v)
{
	char head[64];
	snprintf(head, sizeof head, _("Usage : maillage %s%s"), v->name, *v->args ? " " : "");
	fputs(head, f);
	term_wrap(f, translated(v->args), 8, characters(head));
}

void help_verb(FILE *f, const struct verb *v)
{
	help_usage(f, v);
	fputs("  ", f);
	term_wrap(f, translated(v->help), 2, 2);
	if (option_at(v->name, 0)) {
		fprintf(f, "\n%s\n", _("Options :"));
		say_options(f, v->name);
	}
	fprintf(f, "\n%s\n", _("Aussi : -C DOSSIER, --json, -q, -v (« maillage --help » les explique)."));
	fprintf(f, _("Exemple : %s\n"), v->example);
}
