#include "cli/complete.h"

#include <stdio.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"
#include "ctl/complete.h"

/* --- what a usage line says -------------------------------------------------------------------------------------------------------- */

/* "[ID [CHAMP]] | ID CHAMP (--take N|CLE | --base)": its first alternative; inside brackets, too. */
static bool usage_word(char out[32], const struct verb *v, size_t n)
{
	int depth = 0;
	bool skip = false;
	for (const char *p = v->args; *p; p += strspn(p, " ")) {
		size_t lead = strspn(p, "[("), len = strcspn(p, " "), bare = len - lead;
		const char *word = p + lead;
		while (bare && strchr("])", word[bare - 1]))
			bare--;
		int inside = depth + (int)lead;
		depth = inside - (int)(len - lead - bare);
		p += len;
		bool skipped = skip;
		skip = false;
		if (bare == 1 && *word == '|') {
			if (!inside)
				return false;
			skip = true;
			continue;
		}
		if (skipped && *word != '-')
			continue;
		if (*word == '-') {
			char name[32];
			snprintf(name, sizeof name, "%.*s", (int)bare, word);
			const struct option_row *o = option_of(v->name, name);
			skip = o && *o->value;
			continue;
		}
		if (bare == 3 && !strncmp(word, "...", 3))
			return *out != 0;
		snprintf(out, 32, "%.*s", (int)bare, word);
		if (!n--)
			return true;
	}
	return false;
}

bool usage_word_is(const struct verb *v, size_t n, const char *word)
{
	char have[32] = "";
	return usage_word(have, v, n) && !strcmp(have, word);
}

/* --- answers ------------------------------------------------------------------------------------------------------------------------- */

static void answer(const char *typed, const char *word, const char *what)
{
	if (!strncmp(word, typed, strlen(typed)))
		printf("%s\t%s\n", word, translated(what));
}

static void verbs_like(const char *typed)
{
	const struct verb *v;
	for (size_t i = 0; (v = verb_at(i)); i++)
		answer(typed, v->name, v->help);
	answer(typed, "help", N_("l'aide d'un verbe"));
}

static void options_like(const char *verb, const char *typed)
{
	const struct option_row *o;
	char word[64];
	for (size_t i = 0; (o = option_at(verb, i)); i++) {
		snprintf(word, sizeof word, "%s%s", o->name[1] ? "--" : "-", o->name);
		answer(typed, word, o->help);
	}
	if (*verb)
		options_like("", typed);
}

/* What the clone knows. `lead` stands before each answer: FIELD= of FIELD=VALUE. */
static void ask(const struct app *app, enum complete_what what, const struct completing *at, const char *lead, const char *tail)
{
	struct job j;
	struct val *rows;
	memset(&j, 0, sizeof j);
	if (!arena_begin(&j.a))
		return;
	if (job_open(&j, app) == 0 && ctl_complete(&rows, &j.c, what, at, &j.e) == 0)
		for (size_t i = 0; i < rows->list.n; i++)
			printf("%s%s%s\t%s\n", lead, text_of(rows->list.at[i], "mot"), tail, text_of(rows->list.at[i], "titre"));
	job_end(&j, 0, 0);
}

/* CHAMP=VALEUR, CHAMP!=VALEUR, CHAMP~TEXTE: the field, then its value. */
static void assignment(const struct app *app, struct completing at)
{
	size_t n = strcspn(at.typed, "=~");
	char lead[160], field[128];
	if (!at.typed[n]) {
		ask(app, COMPLETE_FIELD, &at, "", "=");
		return;
	}
	if (at.typed[n] == '~' || n + 2 > sizeof field)
		return;
	snprintf(lead, sizeof lead, "%.*s", (int)n + 1, at.typed);
	snprintf(field, sizeof field, "%.*s", (int)(n && at.typed[n - 1] == '!' ? n - 1 : n), at.typed);
	at.typed += n + 1;
	at.field = field;
	ask(app, COMPLETE_VALUE, &at, lead, "");
}

/* An argument or an option's value, by the word that the usage has for it. */
static void place(const struct app *app, const char *verb, const char *word, const struct completing *at)
{
	static const struct {
		const char *word;
		enum complete_what what;
	} known[] = { { "GENRE", COMPLETE_KIND },  { "ID", COMPLETE_ID },         { "REF", COMPLETE_ID },   { "CHAMP", COMPLETE_FIELD },
		      { "CLE", COMPLETE_PROPOSAL }, { "N|CLE", COMPLETE_PROPOSAL }, { "T", COMPLETE_THEME }, { "COMMIT", COMPLETE_COMMIT },
		      { "VALEUR", COMPLETE_VALUE }, { "V", COMPLETE_VALUE } };
	static const char *const files[] = { "FICHIER", "CHEMIN", "SORTIE", "A", "BASE", "B" }, *const folders[] = { "DOSSIER", "ADRESSE", "URL" };
	bool settles = !strcmp(verb, "resolve") || !strcmp(verb, "conflicts");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (!strcmp(word, files[i]))
			puts(":files");
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (!strcmp(word, folders[i]))
			puts(":folders");
	if (!strncmp(word, "CHAMP=", 6))
		assignment(app, *at);
	if (!strcmp(word, "ACTION")) {
		answer(at->typed, "list", "");
		answer(at->typed, "apply", "");
		answer(at->typed, "revoke", "");
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		enum complete_what what = known[i].what;
		if (strcmp(word, known[i].word) != 0)
			continue;
		if (what == COMPLETE_ID && settles)
			what = COMPLETE_OPEN_ID;
		if (what == COMPLETE_FIELD && settles)
			what = COMPLETE_OPEN_FIELD;
		if (what == COMPLETE_PROPOSAL && !strcmp(verb, "restore"))
			what = COMPLETE_PAST;
		if (what == COMPLETE_VALUE && !strcmp(verb, "remove"))
			what = COMPLETE_HELD;
		ask(app, what, at, "", "");
	}
}

static void hub(const struct app *app, int argc, char **argv, const char *typed)
{
	static const char *const parts[] = { "init", "add", "shell", "receive" };
	char verb[32];
	if (argc < 2) {
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
			answer(typed, parts[i], "");
		return;
	}
	snprintf(verb, sizeof verb, "hub %s", argv[1]);
	const struct option_row *o = argc > 2 ? option_of(verb, argv[argc - 1]) : NULL;
	if (o && *o->value)
		place(app, "hub", o->value, &(struct completing){ .typed = typed });
	else if (*typed == '-')
		options_like(verb, typed);
	else if (argc == 2)
		puts(":folders");
}

/* argv[0] is the verb; typed stands behind argv[argc - 1]. */
static void behind_verb(const struct app *app, int argc, char **argv, const char *typed)
{
	const struct verb *v = verb_find(argv[0]);
	struct completing at = { .typed = typed };
	const struct option_row *open = NULL, *given = *typed == '-' && v ? option_of(argv[0], typed) : NULL;
	const char *given_value = strchr(typed, '=');
	char word[32] = "";
	size_t n = 0;
	if (!strcmp(argv[0], "help"))
		verbs_like(typed);
	if (!v)
		return;
	for (int i = 1; i < argc; i++) {
		if (open) {
			open = NULL;
			continue;
		}
		const struct option_row *o = option_of(v->name, argv[i]);
		if (o && *o->value && !strchr(argv[i], '='))
			open = o;
		if (*argv[i] == '-')
			continue;
		if (usage_word_is(v, n, "ID"))
			at.id = argv[i];
		else if (usage_word_is(v, n, "GENRE"))
			at.kind = argv[i];
		else if (usage_word_is(v, n, "CHAMP"))
			at.field = argv[i];
		n++;
	}
	if (open)
		place(app, v->name, open->value, &at);
	else if (given && *given->value && given_value) {
		at.typed = given_value + 1;
		place(app, v->name, given->value, &at);
	} else if (*typed == '-')
		options_like(v->name, typed);
	else if (v->run == verb_hub)
		hub(app, argc, argv, typed);
	else if (usage_word(word, v, n)) {
		place(app, v->name, word, &at);
		if (v->run == verb_list && !n) /* the kind may be left out */
			assignment(app, at);
	}
}

int complete(struct app *app, int argc, char **argv)
{
	struct err e;
	const char *typed = argc > 1 ? argv[argc - 1] : "";
	int i = 1, last = argc - 1;
	for (; i < last && argv[i][0] == '-'; i++) {
		const struct option_row *o = option_of("", argv[i]);
		if (!o || !*o->value)
			continue;
		if (++i >= last) {
			puts(":folders");
			return 0;
		}
		app->dir = argv[i];
	}
	if (i >= last) {
		*typed == '-' ? options_like("", typed) : verbs_like(typed);
		return 0;
	}
	for (int k = i + 1; k + 1 < last; k++)
		if (!strcmp(argv[k], "-C"))
			app->dir = argv[k + 1];
	if (ctl_init(&e) == 0) {
		behind_verb(app, last - i, argv + i, typed);
		ctl_fini();
	}
	return 0;
}
