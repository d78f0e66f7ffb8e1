/* verb_search.c -- search: words in records, or lessons that look alike.
 *
 * Options are told by their names and everything else is the query, because « -mot » excludes a word: getopt would take it
 * for options.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/job.h"
#include "cli/options.h"
#include "cli/term.h"

struct options {
	const char *kinds[17], *theme, *like, *since, *as_of;
	size_t n_kinds, most;
};

/* --- words ----------------------------------------------------------------------------------------------- */

/* The text with what was found in bold, or between ** where the output is no terminal that shows it. */
static void print_marked(const char *text, const struct val *marks)
{
	bool bold = term_has_attrs(stdout);
	int64_t at = 0;
	size_t k = 0, n = marks && marks->type == VAL_LIST ? marks->list.n : 0;
	for (const char *p = text; *p || k < n; p++) {
		bool begins = ((unsigned char)*p & 0xC0) != 0x80; /* the NUL at the end as well */
		if (k < n && begins && at == marks->list.at[k]->list.at[1]->i) {
			fputs(bold ? term_attr(stdout, TERM_PLAIN) : "**", stdout);
			k++;
		}
		if (k < n && begins && at == marks->list.at[k]->list.at[0]->i)
			fputs(bold ? term_attr(stdout, TERM_STRONG) : "**", stdout);
		if (!*p)
			break;
		at += begins;
		putchar(*p);
	}
}

static void print_hit(const struct val *h)
{
	printf("%s  %s  %s  ", text_of(h, "id"), text_of(h, "collectif"), text_of(h, "etat"));
	print_marked(text_of(h, "titre"), val_get(h, "titre_trouve"));
	putchar('\n');
	if (!*text_of(h, "passage"))
		return;
	printf(_("    %s : "), text_of(h, "champ"));
	print_marked(text_of(h, "passage"), val_get(h, "trouve"));
	putchar('\n');
}

static void words_search(const struct val *v)
{
	const struct val *hits = val_get(v, "fiches"), *others = val_get(v, "autres_genres");
	long long total = (long long)int_of(v, "total");
	if (!total)
		puts(_("Aucune fiche ne correspond."));
	else if (!bool_of(v, "tous_les_mots"))
		puts(_("Aucune fiche n'a tous ces mots ; voici celles qui en ont."));
	for (size_t i = 0; i < hits->list.n; i++)
		print_hit(hits->list.at[i]);
	if (total > (long long)hits->list.n)
		printf(_("%zu fiches montrées sur %lld ; « --max » en montre plus.\n"), hits->list.n, total);
	for (size_t i = 0; i < others->map.n; i++)
		printf("%s %s (%lld)", i ? "," : _("Dans d'autres genres de fiches (--kind) :"), others->map.at[i].key,
		       (long long)others->map.at[i].val->i);
	if (others->map.n)
		putchar('\n');
}

static void words_alike(const struct val *v)
{
	const struct val *list = val_get(v, "suggestions");
	if (!list->list.n)
		puts(_("Aucun enseignement d'un autre collectif ne ressemble à celui-ci, ou les liens sont déjà faits."));
	for (size_t i = 0; i < list->list.n; i++) {
		const struct val *s = list->list.at[i], *score = val_get(s, "score");
		printf("%s  %s  %.2f  %s\n    ", text_of(s, "id"), text_of(s, "collectif"), score->type == VAL_NUM ? score->num : (double)score->i,
		       text_of(s, "titre"));
		print_value(val_get(s, "enonce"), 200);
		printf(_("\n    en commun : "));
		print_value(val_get(s, "mots"), 0);
		if (val_get(s, "themes")->list.n) {
			printf(" ; ");
			print_value(val_get(s, "themes"), 0);
		}
		putchar('\n');
	}
	if (list->list.n)
		puts(_("Ce sont des suggestions : une fiche « croisement » dit ce qu'il en est (relation « distinct » : la suggestion ne revient "
		       "que si un texte change)."));
}

static void rows_search(struct table *t, const struct val *v)
{
	static const char *const keys[] = { "id", "genre", "collectif", "etat", "titre", "champ", "passage" };
	const struct val *hits = val_get(v, "fiches");
	table_init(t, t->a, t->format, "id,genre,collectif,etat,titre,champ,passage");
	for (size_t i = 0; i < hits->list.n; i++) {
		table_row(t);
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			table_cell(t, text_of(hits->list.at[i], keys[k]), NULL);
	}
}

static void rows_alike(struct table *t, const struct val *v)
{
	static const char *const keys[] = { "id", "collectif", "titre", "enonce" };
	const struct val *list = val_get(v, "suggestions");
	table_init(t, t->a, t->format, "score,id,collectif,titre,enonce,mots");
	for (size_t i = 0; i < list->list.n; i++) {
		const struct val *s = list->list.at[i], *score = val_get(s, "score");
		struct buf words = BUF_INIT;
		value_text(&words, val_get(s, "mots"));
		table_row(t);
		table_cell(t, arena_printf(t->a, "%.2f", score->type == VAL_NUM ? score->num : (double)score->i), NULL);
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			table_cell(t, text_of(s, keys[k]), NULL);
		table_cell(t, arena_dup(t->a, buf_str(&words)), NULL);
		buf_free(&words);
	}
}

/* --- arguments ------------------------------------------------------------------------------------------- */

/* Takes the option at argv[*i] and its value; 0: taken, -1: no option, else an exit code. */
static int take_option(struct options *o, char **argv, int *i)
{
	const struct option_row *row = option_of("search", argv[*i]);
	if (!row)
		return strncmp(argv[*i], "--", 2) ? -1 : option_unknown("search", argv[*i]);
	const char *eq = strchr(argv[*i], '='), *value = eq ? eq + 1 : argv[*i + 1] ? argv[++*i] : NULL;
	if (!value)
		return usage_error("search", _("%s veut une valeur : %s"), argv[*i], _(row->value));
	char none[] = "", *end = none;
	switch (row->letter) {
	case 'k':
		if (o->n_kinds + 1 == sizeof o->kinds / sizeof *o->kinds)
			return usage_error("search", "%s", _("trop de genres"));
		o->kinds[o->n_kinds++] = value;
		return 0;
	case 't':
		o->theme = value;
		return 0;
	case 'l':
		o->like = value;
		return 0;
	case 's':
		o->since = value;
		return 0;
	case 'a':
		o->as_of = value;
		return 0;
	default:
		o->most = (size_t)strtoul(value, &end, 10);
		return *end || o->most < 1 || o->most > 1000 ? usage_error("search", _("« %s » n'est pas un nombre de fiches"), value) : 0;
	}
}

int verb_search(const struct app *app, int argc, char **argv)
{
	struct options o = { .n_kinds = 0 };
	struct job j;
	struct val *out = NULL;
	if (!job_begin(&j))
		return 75;
	const char *words = "";
	bool only_words = false;
	int code = 0;
	for (int i = 1; i < argc && code <= 0; i++) {
		if (!only_words && !strcmp(argv[i], "--")) {
			only_words = true;
			continue;
		}
		code = only_words ? -1 : take_option(&o, argv, &i);
		if (code < 0)
			words = *words ? arena_printf(&j.a, "%s %s", words, argv[i]) : argv[i];
	}
	if (code > 0)
		return job_end(&j, 0, code);
	if (!o.like == !*words)
		return job_end(&j, 0, usage_error("search", "%s", o.like ? _("--like ne prend pas de mots") : _("il faut des mots à chercher")));
	if (o.like && o.since)
		return job_end(&j, 0, usage_error("search", "%s", _("--like ne prend pas --since ; --as-of va avec les deux")));
	struct search_wish wish = {
		.words = words, .kinds = o.n_kinds ? o.kinds : NULL, .theme = o.theme, .most = o.most, .since = o.since, .as_of = o.as_of
	};
	int rc = job_open(&j, app);
	if (!rc)
		rc = o.like ? ctl_alike(&out, &j.c, o.like, o.most, o.as_of, &j.e) : ctl_search(&out, &j.c, &wish, &j.e);
	return job_end(&j, rc, rc ? 0 : finish_rows(app, &j.a, out, o.like ? words_alike : words_search, o.like ? rows_alike : rows_search, NULL, 0));
}
