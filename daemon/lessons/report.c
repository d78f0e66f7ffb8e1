/* report.c -- tables for whoever asks: parts joined, rows chosen.
 *
 * A table is split so that one change rewrites little; here it becomes one again. Every choice is made by a column's name, never by its
 * place: what a column means is the same in all tables (columns.h).
 */
#include "lessons/report.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/dates.h"
#include "lessons/label.h"
#include "lessons/open.h"
#include "lessons/outputs.h"

static const struct report {
	const char *name;
	enum output which;
	const char *date, *shown, *what;
} reports[] = {
#define X(name, output, date, shown, what) { name, OUT_##output, date, shown, what },
	REPORTS(X)
#undef X
};
#define NREPORTS (sizeof reports / sizeof *reports)

struct val *lessons_reports(struct arena *a)
{
	struct val *list = val_list(a);
	for (size_t i = 0; i < NREPORTS; i++) {
		struct val *one = val_map(a);
		val_set(a, one, "rapport", val_str(a, reports[i].name));
		val_set(a, one, "quoi", val_str(a, _(reports[i].what)));
		val_push(a, list, one);
	}
	return list;
}

static int find_report(const struct report **out, struct arena *a, const char *name, struct err *e)
{
	struct names known = { 0 };
	for (size_t i = 0; i < NREPORTS; i++) {
		if (!strcmp(reports[i].name, name)) {
			*out = &reports[i];
			return 0;
		}
		names_add(a, &known, reports[i].name);
	}
	return err_set(e, ERR_NOTFOUND, _("« %s » n'est pas un rapport ; il y a : %s"), name, names_join(a, &known));
}

int lessons_report_exists(struct arena *a, const char *name, struct err *e)
{
	const struct report *any;
	return find_report(&any, a, name, e);
}

struct reporting {
	struct arena *a;
	const struct lessons *l;
	const struct report_query *q;
	const struct report *r;
	const char *theme; /* id; NULL: all */
	struct csv_table all;
	struct val *rows;
};

/* --- the table ----------------------------------------------------------------------------------------------------- */

/* A theme's own table is named after it: matrice-participation.csv. */
static bool is_part(const struct reporting *k, const struct lessons_file *f)
{
	enum output which;
	if (!strcmp(k->r->name, "changements"))
		return !strcmp(f->path, AGGREGATE_DIR CHANGES_FILE);
	if (!output_of(&which, f->path) || which != k->r->which)
		return false;
	if (which != OUT_FRAMEWORKS || !k->theme)
		return true;
	const char *word = strncmp(k->theme, "con-", 4) ? k->theme : k->theme + 4;
	return strstr(f->path, arena_printf(k->a, "matrice-%s.csv", word)) != NULL;
}

static bool is_text(const struct report *r)
{
	return !strcmp(r->name, "changements") || strstr(output_file(r->which), ".md");
}

static int join_parts(struct reporting *k, struct err *e)
{
	for (size_t i = 0; i < k->l->n_files; i++) {
		const struct lessons_file *f = &k->l->files[i];
		struct csv_table t;
		if (!is_part(k, f))
			continue;
		int rc = csv_read(&t, k->a, f->path, f->bytes, f->n, e);
		if (rc)
			return rc;
		if (k->all.width && (k->all.width != t.width || strcmp(k->all.columns[0], t.columns[0])))
			return err_set(e, ERR_DATA, _("%s : ses colonnes ne sont pas celles des autres ; reprenez ce dossier du dépôt national"),
				       f->path);
		k->all.name = t.name;
		k->all.columns = t.columns;
		k->all.width = t.width;
		for (size_t j = 0; j < t.n; j++)
			arena_push(k->a, &k->all, t.at[j]);
	}
	return 0;
}

static struct val *texts(const struct reporting *k)
{
	size_t n = 0;
	for (size_t i = 0; i < k->l->n_files; i++)
		n += is_part(k, &k->l->files[i]) ? k->l->files[i].n : 0;
	char *text = arena_array(k->a, n + 1, 1);
	n = 0;
	for (size_t i = 0; i < k->l->n_files; i++) {
		const struct lessons_file *f = &k->l->files[i];
		if (f->n && is_part(k, f))
			memcpy(text + n, f->bytes, f->n);
		n += is_part(k, f) ? f->n : 0;
	}
	return val_strn(k->a, text, n);
}

static struct val *row_val(const struct reporting *k, size_t row)
{
	struct val *v = val_map(k->a);
	for (size_t c = 0; c < k->all.width; c++)
		if (*k->all.at[row].at[c])
			val_set(k->a, v, k->all.columns[c], val_str(k->a, k->all.at[row].at[c]));
	return v;
}

/* --- which rows ---------------------------------------------------------------------------------------------------- */

static struct names cell_names(const struct reporting *k, const struct val *row, const char *column)
{
	struct names set = { 0 };
	names_split(&set, k->a, text_or(row, column, ""));
	return set;
}

static bool is_of(const struct reporting *k, const struct val *row)
{
	for (size_t i = 0; i < row->map.n; i++) {
		const char *column = row->map.at[i].key;
		struct names set = cell_names(k, row, column);
		bool names_it = !strncmp(column, "collectif", 9) || !strcmp(column, "portee") || !strcmp(column, "pour");
		if (names_it && names_has(&set, k->q->collective))
			return true;
	}
	return false;
}

static bool is_about(const struct reporting *k, const struct val *row)
{
	static const char *const lessons[] = { "id",	 "enseignement", "enseignement_a", "enseignement_b", "id_de", "id_vers",
					       "grappe", "source" };
	struct names themes = cell_names(k, row, "themes");
	if (k->r->which == OUT_FRAMEWORKS || names_has(&themes, k->theme) || !strcmp(text_or(row, "theme", ""), k->theme))
		return true;
	for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++) {
		const struct val *doc = opened_doc(k->l, text_or(row, lessons[i], ""));
		if (doc && opened_has_theme(k->a, doc, k->theme))
			return true;
	}
	return false;
}

static bool has_column(const struct reporting *k, const char *name)
{
	for (size_t c = 0; c < k->all.width; c++)
		if (!strcmp(k->all.columns[c], name))
			return true;
	return !strcmp(name, "attente") && k->r->which == OUT_HEALTH;
}

/* "titre~jardin": the column, the sign, the rest. */
static bool read_filter(const char **column, char *sign, const char **value, struct arena *a, const char *filter)
{
	size_t n = strcspn(filter, "=~!");
	if (!n || !filter[n] || (filter[n] == '!' && filter[n + 1] != '='))
		return false;
	*column = arena_dupn(a, filter, n);
	*sign = filter[n];
	*value = filter + n + (filter[n] == '!' ? 2 : 1);
	return true;
}

static bool passes(const struct reporting *k, const struct val *row, const char *filter)
{
	const char *column, *value;
	char sign;
	read_filter(&column, &sign, &value, k->a, filter);
	const char *cell = text_or(row, column, "");
	struct names set = cell_names(k, row, column);
	if (sign == '~')
		return strstr(label_fold(k->a, cell), label_fold(k->a, value)) != NULL;
	bool is = !*value ? !*cell : !strcmp(cell, value) || names_has(&set, value);
	return sign == '=' ? is : !is;
}

static bool is_asked(const struct reporting *k, const struct val *row)
{
	const struct report_query *q = k->q;
	const char *date = text_or(row, k->r->date, "");
	bool never = !*date && k->r->which == OUT_HEALTH; /* sent nothing yet: long ago enough for any --until */
	if ((q->collective && !is_of(k, row)) || (k->theme && !is_about(k, row)))
		return false;
	if ((q->since && (!*date || strcmp(date, q->since) < 0)) || 
	    (q->until && !never && (!*date || strncmp(date, q->until, strlen(q->until)) > 0)))
		return false;
	for (const char *const *f = q->filters; f && *f; f++)
		if (!passes(k, row, *f))
			return false;
	return true;
}

static int check_query(const struct reporting *k, struct err *e)
{
	const struct report_query *q = k->q;
	const char *column, *value;
	char sign;
	struct names known = { 0 };
	int rc = dates_check(q->since, e);
	if (!rc)
		rc = dates_check(q->until, e);
	if (!rc && (q->since || q->until) && !*k->r->date)
		rc = err_set(e, ERR_USAGE, _("le rapport « %s » n'a pas de date ; --as-of dit ce qu'il contenait à une date"), k->r->name);
	for (size_t c = 0; c < k->all.width; c++)
		names_add(k->a, &known, k->all.columns[c]);
	for (const char *const *f = q->filters; !rc && f && *f; f++) {
		if (!read_filter(&column, &sign, &value, k->a, *f))
			rc = err_set(e, ERR_USAGE, _("« %s » n'est pas un filtre ; écrivez COLONNE=VALEUR, COLONNE!=VALEUR ou COLONNE~TEXTE"), *f);
		else if (k->all.width && !has_column(k, column))
			rc = err_set(e, ERR_NOTFOUND, _("le rapport « %s » n'a pas de colonne « %s » ; il a : %s"), k->r->name, column,
				     names_join(k->a, &known));
	}
	return rc;
}

/* --- what waits where ------------------------------------------------------------------------------------------------ */

/* « 2 proposition ; 1 validation_perimee » of each row's collective, of a-faire. */
static int add_waiting(struct reporting *k, struct err *e)
{
	struct report todo = { .which = OUT_PENDING, .name = "a-faire" };
	struct reporting t = { .a = k->a, .l = k->l, .q = k->q, .r = &todo };
	int rc = join_parts(&t, e);
	for (size_t i = 0; !rc && i < k->rows->list.n; i++) {
		struct val *row = k->rows->list.at[i], *counts = val_map(k->a);
		for (size_t j = 0; j < t.all.n; j++) {
			const char *type = csv_get(&t.all, j, "type");
			const struct val *so_far = val_get(counts, type);
			int64_t n = strtoll(csv_get(&t.all, j, "nombre"), NULL, 10);
			if (!strcmp(csv_get(&t.all, j, "collectif"), text_or(row, "collectif", "")))
				val_set(k->a, counts, type, val_int(k->a, n + (so_far ? so_far->i : 0)));
		}
		const char *text = "";
		for (size_t j = 0; j < counts->map.n; j++)
			text = arena_printf(k->a, "%s%s%s %lld", text, *text ? NAMES_SEP : "", counts->map.at[j].key,
					    (long long)counts->map.at[j].val->i);
		if (*text)
			val_set(k->a, row, "attente", val_str(k->a, text));
	}
	return rc;
}

/* --- the answer ------------------------------------------------------------------------------------------------------ */

static struct val *columns_val(const struct reporting *k, const char *chosen)
{
	struct val *list = val_list(k->a);
	for (size_t c = 0; !*chosen && c < k->all.width; c++)
		val_push(k->a, list, val_str(k->a, k->all.columns[c]));
	if (!*chosen && k->r->which == OUT_HEALTH)
		val_push(k->a, list, val_str(k->a, "attente"));
	for (const char *p = chosen; *p;) {
		size_t n = strcspn(p, ",");
		val_push(k->a, list, val_strn(k->a, p, n));
		p += n + (p[n] == ',');
	}
	return list;
}

static int table(struct val *out, struct reporting *k, struct err *e)
{
	int rc = k->q->theme ? opened_theme(&k->theme, k->a, k->l, k->q->theme, e) : 0;
	if (!rc && k->r->which == OUT_FRAMEWORKS && !k->theme)
		rc = err_set(e, ERR_USAGE, "%s", _("il y a une matrice par thème : dites lequel avec --theme"));
	if (!rc)
		rc = join_parts(k, e);
	if (!rc)
		rc = check_query(k, e);
	for (size_t i = 0; !rc && i < k->all.n; i++)
		val_push(k->a, k->rows, row_val(k, i));
	if (!rc && k->r->which == OUT_HEALTH)
		rc = add_waiting(k, e);
	if (rc)
		return rc;
	struct val *asked = val_list(k->a);
	for (size_t i = 0; i < k->rows->list.n; i++)
		if (is_asked(k, k->rows->list.at[i]))
			val_push(k->a, asked, k->rows->list.at[i]);
	val_set(k->a, out, "colonnes", columns_val(k, ""));
	val_set(k->a, out, "montrees", columns_val(k, k->r->shown));
	val_set(k->a, out, "lignes", asked);
	return 0;
}

int lessons_report(struct val **out, struct arena *a, const struct lessons *l, const struct report_query *q, struct err *e)
{
	struct reporting k = { .a = a, .l = l, .q = q, .rows = val_list(a) };
	struct val *v = val_map(a);
	int rc = find_report(&k.r, a, q->name, e);
	if (rc)
		return rc;
	val_set(a, v, "rapport", val_str(a, q->name));
	val_set(a, v, "arrete_au", val_str(a, l->as_of));
	if (is_text(k.r))
		val_set(a, v, "texte", texts(&k));
	else
		rc = table(v, &k, e);
	if (!rc)
		*out = v;
	return rc;
}
