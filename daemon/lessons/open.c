/* open.c -- reads back the files that answers need: sources.lock, couverture.csv, vocabulaire.csv, and the parts of enseignements/ (JSON
 * lines), grappes/ and divergences/.
 *
 * A file that is cut, edited or of another layout is an error that names it: half an answer would look like a whole one.
 * Whole files must be there. A missing part shows when a group names a lesson that no part has, or a lesson a group.
 */
#include "lessons/open.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/outputs.h"
#include "yaml/ydoc.h"

static int find(const struct lessons_file **out, const struct lessons_file *files, size_t n, enum output which,
		struct err *e)
{
	enum output is;
	for (size_t i = 0; i < n; i++)
		if (output_of(&is, files[i].path) && is == which) {
			*out = &files[i];
			return 0;
		}
	return err_set(e, ERR_DATA, _("aggregat/%s manque ; refaites « maillage sync »"), output_file(which));
}

static int open_sources(struct lessons *l, struct arena *a, const struct lessons_file *f, struct err *e)
{
	struct ydoc *d;
	int rc = ydoc_parse(&d, a, f->path, f->bytes, f->n, NULL, e);
	if (rc)
		return rc;
	const struct val *v = ydoc_val(d), *version = val_get(v, "algorithme");
	if (!val_text(v, "arrete_au") || !version || version->type != VAL_INT)
		return err_set(e, ERR_DATA,
			       _("%s : « algorithme » ou « arrete_au » manque ; reprenez ce fichier du dépôt national"),
			       f->path);
	if (version->i > ALGORITHM)
		return err_set(
			e, ERR_UNSUPPORTED,
			_("%s : agrégé par l'algorithme %lld, ce programme connaît l'algorithme %d ; mettez maillage à jour"),
			f->path, (long long)version->i, ALGORITHM);
	l->as_of = val_text(v, "arrete_au");
	return 0;
}

static int by_id(const void *x, const void *y)
{
	const struct val *const *p = x, *const *q = y;
	return strcmp(val_text(*p, "id"), val_text(*q, "id"));
}

static int id_of(const void *key, const void *at)
{
	return strcmp(key, val_text(*(const struct val *const *)at, "id"));
}

const struct val *opened_doc(const struct lessons *l, const char *id)
{
	const struct val **at = l->docs.n ? bsearch(id, l->docs.at, l->docs.n, sizeof *l->docs.at, id_of) : NULL;
	return at ? *at : NULL;
}

static int open_docs(struct lessons *l, struct arena *a, const struct lessons_file *f, lessons_json_cb json,
		     struct err *e)
{
	static const char *const needed[] = { "id", "collectif", "commit", "grappe" };
	size_t line = 0;
	for (const char *p = f->bytes, *end = f->bytes + f->n; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct val *doc;
		line++;
		if (l->docs.n >= LESSONS_MAX)
			return err_set(e, ERR_LIMIT, _("%s : plus de %d enseignements"), f->path, LESSONS_MAX);
		if (!stop)
			stop = end;
		int rc = json(&doc, a, p, (size_t)(stop - p), e);
		if (rc)
			return err_wrap(e, "%s:%zu", f->path, line);
		for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
			if (!val_text(doc, needed[i]))
				return err_set(e, ERR_DATA,
					       _("%s:%zu : « %s » manque ; reprenez ce fichier du dépôt national"),
					       f->path, line, needed[i]);
		const struct val *kept = doc;
		arena_push(a, &l->docs, kept);
		p = stop + 1;
	}
	return 0;
}

static int open_table(struct csv_table *out, struct arena *a, const struct lessons_file *f, const char *columns,
		      struct err *e)
{
	int rc = csv_read(out, a, f->path, f->bytes, f->n, e);
	return rc ? rc : csv_demand(out, columns, e);
}

static int open_groups(struct lessons *l, struct arena *a, const struct lessons_file *f, struct err *e)
{
	struct csv_table t;
	int rc = open_table(&t, a, f, GROUP_COLUMNS, e);
	for (size_t i = 0; !rc && i < t.n; i++) {
		struct opened_group g = { .id = csv_get(&t, i, "grappe"), .accord = csv_get(&t, i, "accord") };
		g.file = f->path;
		g.line = t.at[i].line;
		names_split(&g.for_, a, csv_get(&t, i, "pour"));
		names_split(&g.qualify, a, csv_get(&t, i, "nuancent"));
		names_split(&g.against, a, csv_get(&t, i, "contredisent"));
		names_split(&g.members, a, csv_get(&t, i, "membres"));
		names_split(&g.core, a, csv_get(&t, i, "noyau"));
		names_split(&g.stale, a, csv_get(&t, i, "liens_a_revoir"));
		g.chains = csv_get(&t, i, "chaines");
		g.objections = strtoll(csv_get(&t, i, "objections"), NULL, 10);
		arena_push(a, &l->groups, g);
	}
	return rc;
}

/* Rows of one more collective. */
static int open_splits(struct lessons *l, struct arena *a, const struct lessons_file *f, struct err *e)
{
	struct csv_table t;
	int rc = open_table(&t, a, f, SPLIT_COLUMNS, e);
	if (rc)
		return rc;
	l->splits.name = t.name;
	l->splits.columns = t.columns;
	l->splits.width = t.width;
	for (size_t i = 0; i < t.n; i++)
		arena_push(a, &l->splits, t.at[i]);
	return 0;
}

static int open_parts(struct lessons *l, struct arena *a, lessons_json_cb json, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < l->n_files; i++) {
		const struct lessons_file *f = &l->files[i];
		enum output which;
		if (!output_of(&which, f->path))
			continue;
		if (which == OUT_LESSONS_JSONL)
			rc = open_docs(l, a, f, json, e);
		else if (which == OUT_GROUPS)
			rc = open_groups(l, a, f, e);
		else if (which == OUT_DIVERGENCES_CSV)
			rc = open_splits(l, a, f, e);
	}
	return rc;
}

static int by_group(const void *x, const void *y)
{
	return strcmp(((const struct opened_group *)x)->id, ((const struct opened_group *)y)->id);
}

/* Groups and lessons name each other; else a file is missing. */
static int check_members(struct lessons *l, struct err *e)
{
	for (size_t i = 0; i < l->groups.n; i++)
		for (size_t j = 0; j < l->groups.at[i].members.n; j++)
			if (!opened_doc(l, l->groups.at[i].members.at[j]))
				return err_set(e, ERR_DATA,
					       _("%s:%zu : « %s » n'est pas dans aggregat/enseignements/ ; reprenez ce "
						 "dossier du dépôt national"),
					       l->groups.at[i].file, l->groups.at[i].line, l->groups.at[i].members.at[j]);
	for (size_t i = 0; i < l->docs.n; i++) {
		struct opened_group key = { .id = val_text(l->docs.at[i], "grappe") };
		if (!l->groups.n || !bsearch(&key, l->groups.at, l->groups.n, sizeof key, by_group))
			return err_set(e, ERR_DATA,
				       _("« %s » n'est pas dans aggregat/grappes/, que « %s » nomme ; reprenez ce dossier "
					 "du dépôt national"),
				       key.id, val_text(l->docs.at[i], "id"));
	}
	return 0;
}

int lessons_open(struct lessons **out, struct arena *a, const struct lessons_file *files, size_t n,
		 lessons_json_cb json, struct err *e)
{
	struct lessons *l = arena_new(a, struct lessons);
	const struct lessons_file *lock, *cells, *terms;
	int rc = find(&lock, files, n, OUT_SOURCES, e);
	l->files = files;
	l->n_files = n;
	if (!rc)
		rc = open_sources(l, a, lock, e);
	if (!rc)
		rc = find(&cells, files, n, OUT_COVERAGE_CSV, e);
	if (!rc)
		rc = open_table(&l->cells, a, cells, CELL_COLUMNS, e);
	if (!rc)
		rc = find(&terms, files, n, OUT_VOCABULARY, e);
	if (!rc)
		rc = open_table(&l->terms, a, terms, VOCABULARY_COLUMNS, e);
	if (!rc)
		rc = open_parts(l, a, json, e);
	if (rc)
		return rc;
	if (l->docs.n)
		qsort(l->docs.at, l->docs.n, sizeof *l->docs.at, by_id);
	if (l->groups.n)
		qsort(l->groups.at, l->groups.n, sizeof *l->groups.at, by_group);
	rc = check_members(l, e);
	if (!rc)
		*out = l;
	return rc;
}
