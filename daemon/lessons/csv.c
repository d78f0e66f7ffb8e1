#include "lessons/csv.h"

#include <string.h>

/* --- writing --------------------------------------------------------------------------------------------- */

void csv_put(struct csv_out *w, const char *cell)
{
	if (w->begun)
		buf_putc(w->out, ',');
	w->begun = true;
	if (!cell || !*cell)
		return;
	size_t n = strlen(cell);
	if (!strpbrk(cell, ",\"\r\n") && cell[0] != ' ' && cell[n - 1] != ' ') {
		buf_put(w->out, cell, n);
		return;
	}
	buf_putc(w->out, '"');
	for (const char *quote; (quote = strchr(cell, '"')); cell = quote + 1) {
		buf_put(w->out, cell, (size_t)(quote + 1 - cell));
		buf_putc(w->out, '"');
	}
	buf_puts(w->out, cell);
	buf_putc(w->out, '"');
}

void csv_num(struct csv_out *w, size_t n)
{
	if (w->begun)
		buf_putc(w->out, ',');
	w->begun = true;
	buf_num(w->out, n);
}

const char *csv_ratio(struct arena *a, size_t n, size_t of)
{
	if (!of)
		return "";
	size_t thousandths = (2000 * n + of) / (2 * of);
	return arena_printf(a, "%zu.%03zu", thousandths / 1000, thousandths % 1000);
}

void csv_end(struct csv_out *w)
{
	buf_putc(w->out, '\n');
	w->begun = false;
}

void csv_header(struct csv_out *w, const char *names)
{
	buf_puts(w->out, names);
	csv_end(w);
}

void csv_begin(struct csv_out *w, const char *names)
{
	if (!w->out->n)
		csv_header(w, names);
}

/* --- reading --------------------------------------------------------------------------------------------- */

struct reading {
	struct arena *a;
	const char *name;
	const char *at, *end;
	size_t line;
	struct err *e;
};

static int damaged(const struct reading *r, const char *why)
{
	return err_set(r->e, ERR_DATA,
		       _("%s:%zu : %s ; ce fichier est écrit par maillage, reprenez-le du dépôt national"), r->name,
		       r->line, why);
}

/* A cell in quotes; r->at is behind the opening one. */
static int quoted_cell(const char **out, struct reading *r)
{
	const char *from = r->at;
	size_t n = 0;
	while (r->at < r->end && (*r->at != '"' || (r->at + 1 < r->end && r->at[1] == '"'))) {
		r->line += *r->at == '\n';
		r->at += *r->at == '"' ? 2 : 1;
		n++;
	}
	if (r->at >= r->end)
		return damaged(r, _("un guillemet ouvert n'est pas fermé"));
	char *cell = arena_alloc(r->a, n + 1);
	for (size_t i = 0; i < n; i++) {
		cell[i] = *from;
		from += *from == '"' ? 2 : 1;
	}
	cell[n] = 0;
	r->at++;
	if (r->at < r->end && *r->at != ',' && *r->at != '\n' && *r->at != '\r')
		return damaged(r, _("du texte suit un guillemet fermant"));
	*out = cell;
	return 0;
}

static int plain_cell(const char **out, struct reading *r)
{
	const char *from = r->at;
	while (r->at < r->end && *r->at != ',' && *r->at != '\n' && *r->at != '\r') {
		if (*r->at == '"')
			return damaged(r, _("un guillemet est au milieu d'une cellule"));
		r->at++;
	}
	*out = arena_dupn(r->a, from, (size_t)(r->at - from));
	return 0;
}

/* One row and its line end. */
static int read_row(const char **cells, size_t *width, struct reading *r)
{
	for (size_t n = 0;; n++) {
		if (n == CSV_MAX_COLUMNS)
			return err_set(r->e, ERR_LIMIT, _("%s:%zu : plus de %d colonnes"), r->name, r->line,
				       CSV_MAX_COLUMNS);
		bool quoted = r->at < r->end && *r->at == '"';
		r->at += quoted;
		int rc = quoted ? quoted_cell(&cells[n], r) : plain_cell(&cells[n], r);
		if (rc)
			return rc;
		if (r->at < r->end && *r->at == ',') {
			r->at++;
			continue;
		}
		*width = n + 1;
		break;
	}
	if (r->at < r->end && *r->at == '\r')
		r->at++;
	if (r->at < r->end && *r->at != '\n')
		return damaged(r, _("un retour chariot est au milieu d'une ligne"));
	if (r->at < r->end)
		r->at++;
	return 0;
}

int csv_read(struct csv_table *out, struct arena *a, const char *name, const char *bytes, size_t n, struct err *e)
{
	struct reading r = { a, name, bytes, bytes + n, 1, e };
	struct csv_table t = { .name = name };
	if (n && memchr(bytes, 0, n))
		return damaged(&r, _("il contient un caractère nul"));
	while (r.at < r.end || !t.columns) {
		const char *cells[CSV_MAX_COLUMNS];
		size_t width = 0, line = r.line;
		int rc = read_row(cells, &width, &r);
		if (rc)
			return rc;
		r.line++;
		const char **kept = arena_array(a, width, sizeof *kept);
		memcpy(kept, cells, width * sizeof *kept);
		if (!t.columns) {
			t.columns = kept;
			t.width = width;
			continue;
		}
		if (width != t.width) {
			r.line = line;
			return damaged(&r, _("la ligne n'a pas autant de cellules que l'en-tête"));
		}
		struct csv_row row = { kept, line };
		arena_push(a, &t, row);
	}
	*out = t;
	return 0;
}

const char *csv_get(const struct csv_table *t, size_t row, const char *column)
{
	for (size_t i = 0; i < t->width; i++)
		if (!strcmp(t->columns[i], column))
			return t->at[row].at[i];
	must(!"this column is demanded at opening");
	return "";
}

int csv_demand(const struct csv_table *t, const char *names, struct err *e)
{
	const char *p = names;
	bool same = true;
	for (size_t i = 0; same && i < t->width; i++) {
		size_t n = strcspn(p, ",");
		same = strlen(t->columns[i]) == n && !memcmp(t->columns[i], p, n) &&
		       (p[n] == ',') == (i + 1 < t->width);
		p += n + (p[n] == ',');
	}
	if (same && !*p)
		return 0;
	return err_set(e, ERR_DATA,
		       _("%s:1 : les colonnes attendues sont « %s » ; ce fichier vient d'une autre version de "
			 "maillage, refaites « maillage sync »"),
		       t->name, names);
}

const char *yes_no(bool b)
{
	return b ? "oui" : "non";
}
