#include "cli/diffview.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/term.h"
#include "cli/worddiff.h"

#define CUT_OVER 30 /* words that did not change: of more, the ends are shown */
#define CUT_ENDS 10

static size_t words_of(const char *s, size_t n)
{
	size_t words = 0;
	for (size_t i = 0; i < n; i++)
		words += !strchr(" \t\n", s[i]) && (i + 1 == n || strchr(" \t\n", s[i + 1]));
	return words;
}

/* Bytes of the first so many words, with what stands between them. */
static size_t ahead(const char *s, size_t n, size_t words)
{
	size_t i = 0;
	while (words-- && i < n) {
		while (i < n && !strchr(" \t\n", s[i]))
			i++;
		while (i < n && strchr(" \t\n", s[i]))
			i++;
	}
	return i;
}

static void put_flat(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		putchar(s[i] == '\n' || s[i] == '\t' ? ' ' : s[i]);
}

static void put_run(const struct word_run *r, bool first, bool last)
{
	static const char *const open[] = { "", "[-", "{+" }, *const close[] = { "", "-]", "+}" };
	static const enum term_attr attr[] = { TERM_PLAIN, TERM_REMOVED, TERM_ADDED };
	bool attrs = term_has_attrs(stdout);
	size_t n = r->n, words = words_of(r->at, r->n);
	while (n && strchr(" \t\n", r->at[n - 1]))
		n--;
	if (r->sort == WORD_SAME && words > CUT_OVER) {
		size_t head = first ? 0 : ahead(r->at, n, CUT_ENDS), tail = last ? n : ahead(r->at, n, words - CUT_ENDS);
		put_flat(r->at, head);
		fputs("… ", stdout);
		put_flat(r->at + tail, n - tail);
	} else {
		bool marked = r->sort != WORD_SAME;
		if (marked)
			fputs(attrs ? term_attr(stdout, attr[r->sort]) : open[r->sort], stdout);
		put_flat(r->at, n);
		if (marked)
			fputs(attrs ? term_attr(stdout, TERM_PLAIN) : close[r->sort], stdout);
	}
	if (!last)
		putchar(' ');
}

static const char *as_text(struct arena *a, const struct val *v)
{
	struct buf b = BUF_INIT;
	value_text(&b, v);
	const char *s = arena_dup(a, buf_str(&b));
	buf_free(&b);
	return s;
}

void view_change(const struct val *before, const struct val *after)
{
	struct arena a;
	struct word_runs runs = { 0 };
	if (!arena_begin(&a)) {
		print_value(after, 0);
		return;
	}
	if (!before || !after || !worddiff(&runs, &a, as_text(&a, before), as_text(&a, after))) {
		if (after)
			print_value(after, 0);
		else
			fputs(_("(rien)"), stdout);
	}
	else
		for (size_t i = 0; i < runs.n; i++)
			put_run(&runs.at[i], i == 0, i + 1 == runs.n);
	arena_end(&a);
}

void view_who(const struct val *by)
{
	const char *name = text_of(by, "nom"), *who = text_of(by, *text_of(by, "par") ? "par" : "auteur");
	if (*name)
		printf("%s (%s)", name, who);
	else
		fputs(who, stdout);
}

void view_padded(const char *text, int columns)
{
	int used = (int)text_columns(text, strlen(text));
	printf("%s%*s", text, used < columns ? columns - used : 0, "");
}

bool is_presence(const struct val *row)
{
	const struct val *list = val_get(row, "propositions");
	for (size_t i = 0; i < list->list.n; i++)
		if (bool_of(list->list.at[i], "present"))
			return true;
	return false;
}

bool is_hard(const struct val *row)
{
	return val_is_str(val_get(row, "degre"), "dur");
}

static const char *code_title(const struct val *row, const struct val *v)
{
	const struct val *codes = val_get(row, "codes");
	for (size_t i = 0; codes && v && v->type == VAL_STR && i < codes->list.n; i++)
		if (val_is_str(val_get(codes->list.at[i], "code"), v->str.at))
			return text_of(codes->list.at[i], "titre");
	return "";
}

static void put_value(const struct val *row, const struct val *before, const struct val *v)
{
	if (!v)
		fputs(_("(rien)"), stdout);
	else if (before)
		view_change(before, v);
	else
		print_value(v, 0);
	if (*code_title(row, v))
		printf(" (%s)", code_title(row, v));
}

static void put_proposal(const struct val *row, const struct val *p)
{
	printf("    %s%lld.%s ", term_attr(stdout, TERM_STRONG), (long long)int_of(p, "n"), term_attr(stdout, TERM_PLAIN));
	if (bool_of(p, "absent"))
		fputs(_("(enlever)"), stdout);
	else if (bool_of(p, "present"))
		fputs(_("(garder)"), stdout);
	else
		put_value(row, val_get(row, "codes") ? NULL : val_get(row, "base"), val_get(p, "valeur"));
	putchar('\n');
	if (!*text_of(p, "par"))
		return;
	printf("       %s— ", term_attr(stdout, TERM_FAINT));
	view_who(p);
	printf(_(", le %s%s\n"), text_of(p, "date"), term_attr(stdout, TERM_PLAIN));
}

void view_difference(const struct val *row, bool heading)
{
	bool hard = is_hard(row), presence = is_presence(row);
	const char *field = text_of(row, "champ"), *label = text_of(row, "libelle");
	const struct val *base = val_get(row, "base"), *now = val_get(row, "affiche"), *list = val_get(row, "propositions");
	if (heading)
		printf("%s%s%s\n", term_attr(stdout, TERM_STRONG), text_of(row, "titre"), term_attr(stdout, TERM_PLAIN));
	printf("%s  %s", text_of(row, "id"), field);
	if (*label && strcmp(label, field))
		printf(" (%s)", label);
	printf("  [%s]\n", hard ? _("à trancher") : _("à relire"));
	printf("    %s ", hard ? _("en attendant :") : _("avant :"));
	if (presence && !strcmp(field, "@record"))
		fputs(_("la fiche reste"), stdout);
	else if (presence) {
		printf("%s : ", _("cet élément reste"));
		print_value(now, 0);
	} else
		put_value(row, NULL, base || !hard ? base : now);
	putchar('\n');
	if (!hard && now) {
		printf("    %s ", bool_of(row, "passage") ? _("combiné :") : _("maintenant :"));
		put_value(row, base, now);
		putchar('\n');
	}
	for (size_t i = 0; i < list->list.n; i++)
		put_proposal(row, list->list.at[i]);
}

void view_name(const struct val *by, int columns)
{
	const char *name = text_of(by, "nom"), *who = text_of(by, *text_of(by, "par") ? "par" : "auteur");
	view_padded(*name ? name : who, columns);
}
