/* changes.c -- changements.md: what a run says otherwise than an earlier one, found by comparing their files.
 *
 * New, amended, validated, contradicted, withdrawn lessons, and groups whose proposed agreement is another one. Any two
 * runs of history can be compared. Of what is no longer there only the id is named: its text stays in the history of the
 * repository and comes back nowhere. Files that are the same in both are not even read, nor are rows that a file has in both, so
 * the cost follows what changed.
 *
 * A file of the earlier run that this program cannot read (an older layout) counts as not there: then everything in it
 * shows as new, once.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "lessons/csv.h"
#include "lessons/sheet.h"
#include "lessons/words.h"
#include "yaml/ydoc.h"

struct row { /* one thing that a run says: a lesson's text, a group's agreement... */
	const char *id, *value;
	struct csv_table *t; /* where it stands */
	size_t at;
};
struct rows {
	struct row *at; /* by id */
	size_t n, cap;
};
/* What is compared: output, column of the id, column that makes it another one; rows where `where` is `is`. */
#define COMPARED(X)                                                                     \
	X(LESSON, OUT_LESSONS_CSV, LESSON_COLUMNS, "id", "empreinte", NULL, NULL)       \
	X(GROUP, OUT_GROUPS, GROUP_COLUMNS, "grappe", "accord", NULL, NULL)             \
	X(SPLIT, OUT_DIVERGENCES_CSV, SPLIT_COLUMNS, "lien", "relation", "type", "lien") \
	X(ADMISSION, OUT_MATURITY, MATURITY_COLUMNS, "id", "admis_le", NULL, NULL)      \
	X(STALE, OUT_PENDING, PENDING_COLUMNS, "id", "depuis", "type", "validation_perimee")
enum compared {
#define X(name, output, columns, id, value, where, is) CMP_##name,
	COMPARED(X)
#undef X
	CMP_N
};
static const struct {
	enum output output;
	const char *columns, *id, *value, *where, *is;
} compared[] = {
#define X(name, output, columns, id, value, where, is) { output, columns, id, value, where, is },
	COMPARED(X)
#undef X
};

struct run {
	const struct lessons_file *at;
	size_t n;
	const char *as_of; /* NULL: unknown */
	struct rows rows[CMP_N];
};
struct comparing {
	struct arena *a;
	struct run now, before;
	struct buf b;
};

/* --- reading ---------------------------------------------------------------------------------------------- */

static int by_path(const void *key, const void *at)
{
	return strcmp(key, ((const struct lessons_file *)at)->path);
}

static const struct lessons_file *same_path(const struct run *r, const char *path)
{
	return r->n ? bsearch(path, r->at, r->n, sizeof *r->at, by_path) : NULL;
}

struct piece { /* of a table: a row with its line end */
	const char *at;
	size_t n;
	bool in_both;
};
struct pieces {
	struct piece *at; /* in the order of the file */
	size_t n, cap;
};

/* A line end within quotes ends no row. */
static struct pieces pieces_of(struct arena *a, const struct lessons_file *f)
{
	const char *end = f->bytes + f->n, *q, *next;
	struct pieces all = { 0 };
	for (const char *p = f->bytes; p < end; p = next) {
		bool quoted = false;
		next = p;
		do {
			q = next;
			next = memchr(q, '\n', (size_t)(end - q));
			next = next ? next + 1 : end;
			while ((q = memchr(q, '"', (size_t)(next - q)))) {
				quoted = !quoted;
				q++;
			}
		} while (quoted && next < end);
		struct piece one = { p, (size_t)(next - p), false };
		arena_push(a, &all, one);
	}
	return all;
}

static int by_bytes(const void *x, const void *y)
{
	const struct piece *p = *(const struct piece *const *)x, *q = *(const struct piece *const *)y;
	int c = memcmp(p->at, q->at, p->n < q->n ? p->n : q->n);
	return c ? c : (p->n > q->n) - (p->n < q->n);
}

static struct piece **sorted(struct arena *a, const struct pieces *all)
{
	struct piece **list = arena_array(a, all->n, sizeof *list);
	for (size_t i = 0; i < all->n; i++)
		list[i] = &all->at[i];
	if (all->n)
		qsort(list, all->n, sizeof *list, by_bytes);
	return list;
}

static void find_common(struct arena *a, const struct pieces *x, const struct pieces *y)
{
	struct piece **p = sorted(a, x), **q = sorted(a, y);
	for (size_t i = 0, j = 0; i < x->n && j < y->n;) {
		int c = by_bytes(&p[i], &q[j]);
		if (!c)
			p[i]->in_both = q[j]->in_both = true;
		i += c <= 0;
		j += c >= 0;
	}
}

/* The header and what only this file has. */
static struct lessons_file rest_of(struct arena *a, const struct lessons_file *f, const struct pieces *all)
{
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		n += !i || !all->at[i].in_both ? all->at[i].n : 0;
	char *bytes = arena_alloc(a, n), *to = bytes;
	for (size_t i = 0; i < all->n; i++)
		if (!i || !all->at[i].in_both)
			to = mempcpy(to, all->at[i].at, all->at[i].n);
	return (struct lessons_file){ f->path, bytes, n };
}

static struct lessons_file without_common(struct arena *a, const struct lessons_file *f, const struct run *other)
{
	const struct lessons_file *g = same_path(other, f->path);
	if (!g)
		return *f;
	struct pieces mine = pieces_of(a, f), theirs = pieces_of(a, g);
	find_common(a, &mine, &theirs);
	return mine.n && mine.at[0].in_both ? rest_of(a, f, &mine) : *f; /* other columns: other rows */
}

static void take_rows(struct run *r, struct arena *a, enum compared what, const struct lessons_file *f)
{
	struct csv_table *t = arena_new(a, struct csv_table);
	struct err e = { 0 };
	if (csv_read(t, a, f->path, f->bytes, f->n, &e) || csv_demand(t, compared[what].columns, &e))
		return;
	for (size_t i = 0; i < t->n; i++) {
		struct row one = { csv_get(t, i, compared[what].id), csv_get(t, i, compared[what].value), t, i };
		if (!compared[what].where || !strcmp(csv_get(t, i, compared[what].where), compared[what].is))
			arena_push(a, &r->rows[what], one);
	}
}

static int by_id(const void *x, const void *y)
{
	return strcmp(((const struct row *)x)->id, ((const struct row *)y)->id);
}

static void read_run(struct run *r, struct arena *a, const struct run *other)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct lessons_file *f = &r->at[i];
		struct err e = { 0 };
		struct ydoc *d;
		enum output which;
		if (!output_of(&which, f->path))
			continue;
		if (which == OUT_SOURCES && !ydoc_parse(&d, a, f->path, f->bytes, f->n, NULL, &e))
			r->as_of = val_text(ydoc_val(d), "arrete_au");
		for (int k = 0; k < CMP_N; k++)
			if (compared[k].output == which) {
				struct lessons_file differing = without_common(a, f, other);
				take_rows(r, a, (enum compared)k, &differing);
			}
	}
	for (int k = 0; k < CMP_N; k++)
		if (r->rows[k].n)
			qsort(r->rows[k].at, r->rows[k].n, sizeof *r->rows[k].at, by_id);
}

static const struct row *find(const struct run *r, enum compared what, const char *id)
{
	const struct rows *rows = &r->rows[what];
	struct row key = { .id = id };
	return rows->n ? bsearch(&key, rows->at, rows->n, sizeof key, by_id) : NULL;
}

/* --- what differs ----------------------------------------------------------------------------------------- */

static bool is_new(const struct comparing *c, enum compared what, const struct row *r)
{
	return !find(&c->before, what, r->id);
}

static bool is_amended(const struct comparing *c, enum compared what, const struct row *r)
{
	const struct row *old = find(&c->before, what, r->id);
	return old && strcmp(old->value, r->value) != 0;
}

static bool is_new_or_amended(const struct comparing *c, enum compared what, const struct row *r)
{
	return is_new(c, what, r) || is_amended(c, what, r);
}

/* A link that contradicts, and was not there or said something else. */
static bool is_contradicted(const struct comparing *c, enum compared what, const struct row *r)
{
	return !strcmp(r->value, relation_code(REL_AGAINST)) && is_new_or_amended(c, what, r);
}

/* A date of admission that was not there, or is a later one. */
static bool is_admitted(const struct comparing *c, enum compared what, const struct row *r)
{
	const struct row *old = find(&c->before, what, r->id);
	return *r->value && (!old || strcmp(old->value, r->value) < 0);
}

/* `what` here is of the earlier run: withdrawn lessons, validations that are stale no more. */
static bool is_gone(const struct comparing *c, enum compared what, const struct row *r)
{
	return !find(&c->now, what, r->id);
}

static bool is_valid_again(const struct comparing *c, enum compared what, const struct row *r)
{
	return is_gone(c, what, r) && !strcmp(csv_get(r->t, r->at, "genre"), "enseignement");
}

/* --- writing ---------------------------------------------------------------------------------------------- */

typedef bool (*differs_cb)(const struct comparing *c, enum compared what, const struct row *r);
typedef void (*say_cb)(struct comparing *c, const struct row *r);

static void say_code(struct comparing *c, const char *code)
{
	for (; *code; code++)
		buf_putc(&c->b, *code >= 'a' && *code <= 'z' ? (char)(*code - 32) : *code);
}

static void say_text(struct comparing *c, const char *text)
{
	struct sheet s = { .out = &c->b };
	sheet_text(&s, text);
}

static void say_lesson(struct comparing *c, const struct row *r)
{
	buf_puts(&c->b, "- ");
	say_code(c, csv_get(r->t, r->at, "collectif"));
	buf_puts(&c->b, " : « ");
	say_text(c, csv_get(r->t, r->at, "enonce"));
	buf_printf(&c->b, " » %s", csv_get(r->t, r->at, "trace"));
	buf_puts(&c->b, strcmp(csv_get(r->t, r->at, "en_discussion"), "oui") ? "" : " « en discussion »");
	const struct row *old = find(&c->before, CMP_LESSON, r->id);
	if (old)
		buf_printf(&c->b, " ; avant : %s", csv_get(old->t, old->at, "trace"));
	buf_putc(&c->b, '\n');
}

static void say_id(struct comparing *c, const struct row *r)
{
	buf_puts(&c->b, "- ");
	say_code(c, csv_get(r->t, r->at, "collectif"));
	buf_printf(&c->b, " : %s\n", r->id);
}

static void say_admission(struct comparing *c, const struct row *r)
{
	buf_puts(&c->b, "- ");
	say_code(c, csv_get(r->t, r->at, "collectif"));
	buf_printf(&c->b, " : %s, admis par l'équipe nationale le %s\n", r->id, r->value);
}

static void say_valid_again(struct comparing *c, const struct row *r)
{
	buf_puts(&c->b, "- ");
	say_code(c, csv_get(r->t, r->at, "collectif"));
	buf_printf(&c->b, " : %s, la validation ne porte plus sur un texte ancien\n", r->id);
}

static void say_split(struct comparing *c, const struct row *r)
{
	buf_printf(&c->b, "- %s : %s contredit %s%s\n", r->id, csv_get(r->t, r->at, "id_de"), csv_get(r->t, r->at, "id_vers"),
		   strcmp(csv_get(r->t, r->at, "etat"), "en_vigueur") ? " (à revoir : un des textes lus a changé depuis)" : "");
}

static size_t say_all(struct comparing *c, const struct rows *rows, enum compared what, differs_cb differs, say_cb say)
{
	size_t n = 0;
	for (size_t i = 0; i < rows->n; i++)
		if (differs(c, what, &rows->at[i])) {
			say(c, &rows->at[i]);
			n++;
		}
	return n;
}

static void say_none(struct comparing *c, size_t n)
{
	if (!n)
		buf_puts(&c->b, "Aucun.\n");
}

static void say_accord(struct comparing *c, const char *id, const char *before, const char *now)
{
	buf_printf(&c->b, "| %s | ", id);
	say_text(c, before ? word_code(before) : "(pas de grappe)");
	buf_puts(&c->b, " | ");
	say_text(c, now ? word_code(now) : "(plus de grappe)");
	buf_puts(&c->b, " |\n");
}

static void say_groups(struct comparing *c)
{
	const struct rows *now = &c->now.rows[CMP_GROUP], *before = &c->before.rows[CMP_GROUP];
	size_t n = 0;
	for (size_t i = 0; i < now->n; i++)
		n += is_new_or_amended(c, CMP_GROUP, &now->at[i]);
	for (size_t i = 0; i < before->n; i++)
		n += is_gone(c, CMP_GROUP, &before->at[i]);
	buf_puts(&c->b, "\n## Accords proposés\n\n");
	say_none(c, n);
	if (n)
		buf_puts(&c->b, "**Tableau : accord proposé de chaque grappe qui a changé**\n\n"
				"| Grappe | Avant | Maintenant |\n|---|---|---|\n");
	for (size_t i = 0; i < now->n; i++) {
		const struct row *old = find(&c->before, CMP_GROUP, now->at[i].id);
		if (is_new_or_amended(c, CMP_GROUP, &now->at[i]))
			say_accord(c, now->at[i].id, old ? old->value : NULL, now->at[i].value);
	}
	for (size_t i = 0; i < before->n; i++)
		if (is_gone(c, CMP_GROUP, &before->at[i]))
			say_accord(c, before->at[i].id, before->at[i].value, NULL);
}

static void say_changes(struct comparing *c)
{
	struct run *now = &c->now, *before = &c->before;
	buf_printf(&c->b, "# Changements\n\nArrêté au %s, comparé à l'agrégation arrêtée au %s.\n",
		   now->as_of ? now->as_of : "(sans date)", before->as_of ? before->as_of : "(sans date)");
	buf_puts(&c->b, "\n## Nouveaux\n\n");
	say_none(c, say_all(c, &now->rows[CMP_LESSON], CMP_LESSON, is_new, say_lesson));
	buf_puts(&c->b, "\n## Amendés\n\n");
	say_none(c, say_all(c, &now->rows[CMP_LESSON], CMP_LESSON, is_amended, say_lesson));
	buf_puts(&c->b, "\n## Validés\n\n");
	say_none(c, say_all(c, &now->rows[CMP_ADMISSION], CMP_ADMISSION, is_admitted, say_admission) +
			    say_all(c, &before->rows[CMP_STALE], CMP_STALE, is_valid_again, say_valid_again));
	buf_puts(&c->b, "\n## Contredits\n\n");
	say_none(c, say_all(c, &now->rows[CMP_SPLIT], CMP_SPLIT, is_contradicted, say_split));
	buf_puts(&c->b, "\n## Retirés, ou qui ne sont plus partagés\n\n");
	say_none(c, say_all(c, &before->rows[CMP_LESSON], CMP_LESSON, is_gone, say_id));
	say_groups(c);
}

bool lessons_changes_read(const char *path, bool differs)
{
	enum output which;
	bool known = output_of(&which, path);
	for (int k = 0; known && differs && k < CMP_N; k++)
		if (compared[k].output == which)
			return true;
	return known && which == OUT_SOURCES; /* its date is told */
}

int lessons_changes(struct lessons_file *out, struct arena *a, const struct lessons_file *now, size_t n,
		    const struct lessons_file *before, size_t n_before, struct err *e)
{
	/* in the arena, not on this frame: what a longjmp leaves of changed locals is undefined */
	struct comparing *c = arena_new(a, struct comparing);
	jmp_buf *outer = arena_new(a, jmp_buf);
	c->a = a;
	c->now = (struct run){ .at = now, .n = n };
	c->before = (struct run){ .at = before, .n = n_before };
	memcpy(outer, &a->nomem, sizeof *outer);
	if (setjmp(a->nomem)) {
		buf_free(&c->b);
		memcpy(&a->nomem, outer, sizeof *outer);
		longjmp(a->nomem, 1);
	}
	read_run(&c->now, a, &c->before);
	read_run(&c->before, a, &c->now);
	if (n_before)
		say_changes(c);
	else
		buf_printf(&c->b, "# Changements\n\nArrêté au %s. Première agrégation : rien à comparer.\n",
			   c->now.as_of ? c->now.as_of : "(sans date)");
	bool ok = buf_ok(&c->b);
	const char *text = ok ? arena_dupn(a, buf_str(&c->b), c->b.n) : NULL;
	size_t size = c->b.n;
	memcpy(&a->nomem, outer, sizeof *outer);
	buf_free(&c->b);
	if (!ok)
		return err_nomem(e);
	*out = (struct lessons_file){ AGGREGATE_DIR CHANGES_FILE, text, size };
	return 0;
}
