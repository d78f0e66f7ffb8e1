/* table.c -- the four ways a table is written.
 *
 * Aligned text: a column is as wide as its widest cell. When a terminal is too narrow, the widest columns give way first, down to
 * NARROWEST; cells are then cut, with an ellipsis, on whole characters. When that is not enough, a row becomes a paragraph, a line a
 * column: longer, and it can be read. In a pipe nothing is cut: `grep` and `cut` must find what the answer has.
 */
#include "cli/table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/term.h"
#include "lessons/csv.h"

#define NARROWEST 16 /* an id: cut, it would be of no use */
#define GAP 2

enum format format_named(const char *code)
{
	static const char *const codes[] = {
#define X(name, code) code,
		FORMATS(X)
#undef X
	};
	for (size_t i = FORMAT_JSON; i < FORMAT_N; i++)
		if (!strcmp(codes[i], code))
			return (enum format)i;
	return FORMAT_N;
}

void table_init(struct table *t, struct arena *a, enum format format, const char *columns)
{
	*t = (struct table){ .a = a, .format = format };
	for (const char *p = columns; *p;) {
		size_t n = strcspn(p, ",");
		table_column(t, arena_dupn(a, p, n));
		p += n + (p[n] == ',');
	}
}

void table_column(struct table *t, const char *name)
{
	arena_push(t->a, &t->columns, name);
}

void table_row(struct table *t)
{
	struct table_row row = { arena_array(t->a, t->columns.n, sizeof *row.cells) };
	arena_push(t->a, t, row);
	t->filled = 0;
}

void table_cell(struct table *t, const char *code, const char *word)
{
	const char *s = word && t->format != FORMAT_CSV ? word : code;
	if (t->filled < t->columns.n)
		t->at[t->n - 1].cells[t->filled++] = s;
}

void table_number(struct table *t, long long n)
{
	table_cell(t, arena_printf(t->a, "%lld", n), NULL);
}

static const char *cell(const struct table *t, size_t row, size_t column)
{
	const char *s = t->at[row].cells[column];
	return s ? s : "";
}

/* --- words --------------------------------------------------------------------------------------------------------- */

static const char *on_one_line(struct arena *a, const char *s)
{
	char *copy = arena_dup(a, s);
	text_disarm(copy);
	for (char *p = copy; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return copy;
}

/* Names of columns are French without accents, for programs; a heading has them. */
static const char *spelled(const char *word, bool last)
{
	static const char *const words[][2] = {
		{ "adoptes", "adoptés" },	{ "annee", "année" },		{ "arrete", "arrêté" },
		{ "chaines", "chaînes" },	{ "cite", "cité" },		{ "citee", "citée" },
		{ "coherence", "cohérence" },	{ "competences", "compétences" }, { "debut", "début" },
		{ "declarees", "déclarées" },	{ "definition", "définition" }, { "degre", "degré" },
		{ "denominateur", "dénominateur" }, { "derniere", "dernière" },	{ "desaccords", "désaccords" },
		{ "detail", "détail" },		{ "difference", "différence" }, { "differences", "différences" },
		{ "ecartes", "écartés" },	{ "enonce", "énoncé" },		{ "eprouve", "éprouvé" },
		{ "etat", "état" },		{ "libelle", "libellé" },	{ "maturite", "maturité" },
		{ "mecanisme", "mécanisme" },	{ "methode", "méthode" },	{ "numerateur", "numérateur" },
		{ "observe", "observé" },	{ "partage", "partagé" },	{ "portee", "portée" },
		{ "presences", "présences" },	{ "propose", "proposé" },	{ "proposee", "proposée" },
		{ "recents", "récents" },	{ "recit", "récit" },		{ "recu", "reçu" },
		{ "reference", "référence" },	{ "resolu", "résolu" },		{ "resume", "résumé" },
		{ "retire", "retiré" },		{ "retires", "retirés" },	{ "role", "rôle" },
		{ "theme", "thème" },		{ "themes", "thèmes" },		{ "tranchees", "tranchées" },
		{ "unite", "unité" },		{ "utilise", "utilisé" },	{ "valide", "validé" },
		{ "visibilite", "visibilité" }
	};
	if (!strcmp(word, "a") && !last) /* collectif_a is the first of two */
		return "à";
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i][0], word))
			return words[i][1];
	return word;
}

static const char *heading(struct arena *a, const char *name)
{
	const char *out = "";
	for (const char *p = name; *p;) {
		size_t n = strcspn(p, "_");
		out = arena_printf(a, "%s%s%s", out, *out ? " " : "", spelled(arena_dupn(a, p, n), !p[n]));
		p += n + (p[n] == '_');
	}
	return out;
}

static bool fit(int *widths, size_t n, int available)
{
	for (;;) {
		int sum = GAP * (int)(n - 1);
		size_t widest = 0;
		for (size_t i = 0; i < n; i++) {
			sum += widths[i];
			if (widths[i] > widths[widest])
				widest = i;
		}
		if (sum <= available || widths[widest] <= NARROWEST)
			return sum <= available;
		widths[widest]--;
	}
}

static void put_padded(const char *s, int width, bool last)
{
	size_t n = strlen(s);
	int cols = (int)text_columns(s, n);
	if (cols > width) {
		n = text_fit(s, (size_t)width - 1);
		cols = (int)text_columns(s, n) + 1;
		printf("%.*s…", (int)n, s);
	} else {
		fputs(s, stdout);
	}
	printf("%*s", last ? 0 : width - cols + GAP, "");
}

/* More columns than the terminal has room for: a row is a paragraph. */
static void print_stacked(const struct table *t)
{
	for (size_t r = 0; r < t->n; r++) {
		printf("%s%s%s%s\n", r ? "\n" : "", term_attr(stdout, TERM_STRONG), on_one_line(t->a, cell(t, r, 0)), term_attr(stdout, TERM_PLAIN));
		for (size_t c = 1; c < t->columns.n; c++)
			if (*cell(t, r, c)) {
				fputs("  ", stdout);
				term_wrap(stdout, arena_printf(t->a, _("%s : %s"), heading(t->a, t->columns.at[c]), on_one_line(t->a, cell(t, r, c))), 4, 2);
			}
	}
}

static void print_words(const struct table *t)
{
	int *widths = arena_array(t->a, t->columns.n, sizeof *widths);
	for (size_t c = 0; c < t->columns.n; c++) {
		widths[c] = (int)text_columns(t->columns.at[c], strlen(t->columns.at[c]));
		for (size_t r = 0; r < t->n; r++) {
			int cols = (int)text_columns(cell(t, r, c), strlen(cell(t, r, c)));
			widths[c] = cols > widths[c] ? cols : widths[c];
		}
	}
	if (term_is_shown(stdout) && !fit(widths, t->columns.n, term_width(stdout))) {
		print_stacked(t);
		return;
	}
	fputs(term_attr(stdout, TERM_STRONG), stdout);
	for (size_t c = 0; c < t->columns.n; c++)
		put_padded(heading(t->a, t->columns.at[c]), widths[c], c + 1 == t->columns.n);
	fputs(term_attr(stdout, TERM_PLAIN), stdout);
	putchar('\n');
	for (size_t r = 0; r < t->n; r++) {
		size_t last = t->columns.n;
		while (last > 1 && !*cell(t, r, last - 1))
			last--; /* no spaces at the end of a line */
		for (size_t c = 0; c < last; c++)
			put_padded(on_one_line(t->a, cell(t, r, c)), widths[c], c + 1 == last);
		putchar('\n');
	}
}

/* --- documents and spreadsheets ------------------------------------------------------------------------------------ */

/* GFM: a cell is one line, and '|' would end it; what begins HTML or an entity would be obeyed. */
static void put_md(const char *s)
{
	for (; *s; s++) {
		if (*s == '|' || *s == '\\')
			putchar('\\');
		if (*s == '\n')
			fputs("<br>", stdout);
		else if (*s == '<')
			fputs("&lt;", stdout);
		else if (*s == '&')
			fputs("&amp;", stdout);
		else
			putchar((unsigned char)*s < ' ' ? ' ' : *s);
	}
}

static void print_md(const struct table *t)
{
	if (t->caption)
		printf("%s\n\n", t->caption);
	for (size_t c = 0; c < t->columns.n; c++) {
		fputs(c ? " | " : "| ", stdout);
		put_md(heading(t->a, t->columns.at[c]));
	}
	fputs(" |\n", stdout);
	for (size_t c = 0; c < t->columns.n; c++)
		fputs(c ? " | ---" : "| ---", stdout);
	fputs(" |\n", stdout);
	for (size_t r = 0; r < t->n; r++) {
		for (size_t c = 0; c < t->columns.n; c++) {
			fputs(c ? " | " : "| ", stdout);
			put_md(cell(t, r, c));
		}
		fputs(" |\n", stdout);
	}
}

static void print_csv(const struct table *t)
{
	struct buf b = BUF_INIT;
	struct csv_out w = { &b, false };
	for (size_t c = 0; c < t->columns.n; c++)
		csv_put(&w, t->columns.at[c]);
	csv_end(&w);
	for (size_t r = 0; r < t->n; r++) {
		for (size_t c = 0; c < t->columns.n; c++)
			csv_put(&w, cell(t, r, c));
		csv_end(&w);
	}
	fwrite(b.at, 1, b.n, stdout);
	buf_free(&b);
}

/* For people, without the columns that no row fills. */
static struct table without_empty(const struct table *t)
{
	struct table out = { .a = t->a, .format = t->format, .caption = t->caption };
	bool *kept = arena_array(t->a, t->columns.n, sizeof *kept);
	for (size_t c = 0; c < t->columns.n; c++) {
		for (size_t r = 0; r < t->n; r++)
			kept[c] |= *cell(t, r, c) != 0;
		if (kept[c])
			table_column(&out, t->columns.at[c]);
	}
	for (size_t r = 0; r < t->n; r++) {
		table_row(&out);
		for (size_t c = 0; c < t->columns.n; c++)
			if (kept[c])
				table_cell(&out, cell(t, r, c), NULL);
	}
	return out;
}

void table_print(const struct table *t)
{
	struct table shown = t->format == FORMAT_CSV ? *t : without_empty(t);
	if (t->format == FORMAT_CSV)
		print_csv(t);
	else if (t->n && t->format == FORMAT_MD)
		print_md(&shown);
	else if (t->n)
		print_words(&shown);
}
