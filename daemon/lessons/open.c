/* open.c -- reads back the files that answers need: sources.lock, enseignements.jsonl, grappes.csv, couverture.csv,
 * divergences.csv, trace.csv.
 *
 * A file that is missing, cut or edited is an error that names it: half an answer would look like a whole one.
 */
#include "lessons/open.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/outputs.h"
#include "yaml/ydoc.h"

static int find(const struct lessons_file **out, const struct lessons_file *files, size_t n, enum output which,
		struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const char *slash = strrchr(files[i].path, '/');
		if (!strcmp(slash ? slash + 1 : files[i].path, output_name(which))) {
			*out = &files[i];
			return 0;
		}
	}
	return err_set(e, ERR_DATA, _("aggregat/%s manque ; refaites « maillage sync »"), output_name(which));
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
		if (line > LESSONS_MAX)
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
	if (l->docs.n)
		qsort(l->docs.at, l->docs.n, sizeof *l->docs.at, by_id);
	return 0;
}

static int open_table(struct csv_table *out, struct arena *a, const struct lessons_file *f, const char *columns,
		      struct err *e)
{
	int rc = csv_read(out, a, f->path, f->bytes, f->n, e);
	return rc ? rc : csv_demand(out, columns, e);
}

static int unknown_member(const struct lessons *l, const struct csv_table *t, size_t row, const struct names *ids,
			  struct err *e)
{
	for (size_t i = 0; i < ids->n; i++)
		if (!opened_doc(l, ids->at[i]))
			return err_set(e, ERR_DATA,
				       _("%s:%zu : « %s » n'est pas dans enseignements.jsonl ; reprenez ce dossier du "
					 "dépôt national"),
				       t->name, t->at[row].line, ids->at[i]);
	return 0;
}

static int open_groups(struct lessons *l, struct arena *a, const struct lessons_file *f, struct err *e)
{
	struct csv_table t;
	int rc = open_table(&t, a, f, GROUP_COLUMNS, e);
	for (size_t i = 0; !rc && i < t.n; i++) {
		struct opened_group g = { .id = csv_get(&t, i, "grappe"), .accord = csv_get(&t, i, "accord") };
		names_split(&g.for_, a, csv_get(&t, i, "pour"));
		names_split(&g.qualify, a, csv_get(&t, i, "nuancent"));
		names_split(&g.against, a, csv_get(&t, i, "contredisent"));
		names_split(&g.members, a, csv_get(&t, i, "membres"));
		names_split(&g.core, a, csv_get(&t, i, "noyau"));
		names_split(&g.stale, a, csv_get(&t, i, "liens_a_revoir"));
		g.chains = csv_get(&t, i, "chaines");
		g.objections = strtoll(csv_get(&t, i, "objections"), NULL, 10);
		rc = unknown_member(l, &t, i, &g.members, e);
		arena_push(a, &l->groups, g);
	}
	return rc;
}

int lessons_open(struct lessons **out, struct arena *a, const struct lessons_file *files, size_t n,
		 lessons_json_cb json, struct err *e)
{
	struct lessons *l = arena_new(a, struct lessons);
	const struct lessons_file *f[OUT_N] = { NULL };
	static const enum output needed[] = { OUT_SOURCES,	OUT_LESSONS_JSONL,   OUT_GROUPS,
					      OUT_COVERAGE_CSV, OUT_DIVERGENCES_CSV, OUT_TRACE };
	int rc = 0;
	for (size_t i = 0; !rc && i < sizeof needed / sizeof *needed; i++)
		rc = find(&f[needed[i]], files, n, needed[i], e);
	if (!rc)
		rc = open_sources(l, a, f[OUT_SOURCES], e);
	if (!rc)
		rc = open_docs(l, a, f[OUT_LESSONS_JSONL], json, e);
	if (!rc)
		rc = open_groups(l, a, f[OUT_GROUPS], e);
	if (!rc)
		rc = open_table(&l->cells, a, f[OUT_COVERAGE_CSV], CELL_COLUMNS, e);
	if (!rc)
		rc = open_table(&l->splits, a, f[OUT_DIVERGENCES_CSV], SPLIT_COLUMNS, e);
	if (!rc)
		rc = open_table(&l->trace, a, f[OUT_TRACE], TRACE_COLUMNS, e);
	if (!rc)
		*out = l;
	return rc;
}
