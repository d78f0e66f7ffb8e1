/* lookup.c -- where does this sentence come from: a reference resolved against trace/, and looked for in the outputs.
 *
 * A sentence ends in its reference wherever it is quoted, so the places are found by looking for the reference: file and
 * line, as they are in this copy. Fields that no output quotes as a sentence (mecanisme, say) are still in the JSON
 * lines, so they resolve there.
 */
#include <string.h>

#include "lessons/open.h"
#include "lessons/outputs.h"
#include "lessons/sheet.h"

struct wanted {
	const char *id, *field, *commit; /* field, commit NULL: any; commit may be a prefix */
};

static bool is_id(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s) && strlen(s) > 4 && s[3] == '-';
}

/* "[ARA ens-... @9c41f4f8 enonce]", in any part of it that has the id. */
static bool read_reference(struct wanted *out, struct arena *a, const char *ref)
{
	char *words = arena_dup(a, ref), *save = NULL;
	*out = (struct wanted){ 0 };
	for (char *w = strtok_r(words, " \t\n[]", &save); w; w = strtok_r(NULL, " \t\n[]", &save)) {
		if (*w == '@' && w[1] && !out->commit)
			out->commit = w + 1;
		else if (!out->id && is_id(w))
			out->id = w;
		else if (out->id && !out->field)
			out->field = w;
		else if (out->id || strspn(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != strlen(w))
			return false;
	}
	return out->id != NULL;
}

static bool is_wanted(const struct wanted *w, const char *id, const char *field, const char *commit)
{
	return !strcmp(w->id, id) && (!w->field || !strcmp(w->field, field)) &&
	       (!w->commit || !strncmp(w->commit, commit, strlen(w->commit)));
}

/* The text at "limites" or "conditions/c1/texte" (items by their id); NULL: none there. */
static const char *text_at(struct arena *a, const struct val *v, const char *field)
{
	for (const char *p = field; v && *p;) {
		size_t n = strcspn(p, "/");
		const char *key = arena_dupn(a, p, n);
		const struct val *next = val_get(v, key);
		for (size_t i = 0; !next && i < items(v); i++)
			if (val_is_str(val_get(v->list.at[i], "id"), key))
				next = v->list.at[i];
		v = next;
		p += n + (p[n] == '/');
	}
	return v && v->type == VAL_STR ? v->str.at : NULL;
}

static struct val *sentence(struct arena *a, const char *reference, const struct quote *q)
{
	const char *const cells[][2] = {
		{ "reference", reference }, { "collectif", q->collective },  { "id", q->id },
		{ "champ", q->field },	    { "commit", q->commit },	     { "empreinte", q->fingerprint },
		{ "etat", q->state },	    { "visibilite", q->visibility }, { "texte", q->text }
	};
	struct val *v = val_map(a);
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		val_set(a, v, cells[i][0], val_str(a, cells[i][1]));
	val_set(a, v, "sorties", val_list(a));
	return v;
}

static bool has(const struct lessons_file *f, const char *what, const char **at)
{
	const char *from = *at ? *at + 1 : f->bytes;
	*at = f->n ? memmem(from, (size_t)(f->bytes + f->n - from), what, strlen(what)) : NULL;
	return *at != NULL;
}

static size_t lines_between(const char *from, const char *to)
{
	size_t n = 0;
	for (const char *p = from; (p = memchr(p, '\n', (size_t)(to - p))); p++)
		n++;
	return n;
}

/* "convergences/k5/ens-ara-k5w2h9tc.md:12" for each line that ends a sentence with this reference. */
static void find_places(struct val *where, struct arena *a, const struct lessons *l, const char *reference)
{
	for (size_t i = 0; i < l->n_files; i++) {
		const struct lessons_file *f = &l->files[i];
		enum output which;
		if (!output_of(&which, f->path) || which == OUT_TRACE || sheet_is_copy(f->path))
			continue;
		const char *name = f->path + (strncmp(f->path, AGGREGATE_DIR, strlen(AGGREGATE_DIR)) ? 0 : strlen(AGGREGATE_DIR));
		size_t line = 1, said = 0;
		const char *seen = f->bytes;
		for (const char *at = NULL; has(f, reference, &at);) {
			line += lines_between(seen, at);
			seen = at;
			if (line != said)
				val_push(a, where, val_str(a, arena_printf(a, "%s:%zu", name, line)));
			said = line;
		}
	}
}

/* l NULL: without where it is quoted. */
static void from_row(struct val *list, struct arena *a, const struct lessons *l, const struct csv_table *t, size_t row)
{
	struct quote q = { .collective = csv_get(t, row, "collectif"), .id = csv_get(t, row, "id") };
	q.field = csv_get(t, row, "champ");
	for (size_t i = 0; i < list->list.n; i++)
		if (val_is_str(val_get(list->list.at[i], "id"), q.id) && val_is_str(val_get(list->list.at[i], "champ"), q.field))
			return; /* the same evidence under another lesson */
	q.commit = csv_get(t, row, "commit");
	q.fingerprint = csv_get(t, row, "empreinte");
	q.state = csv_get(t, row, "etat");
	q.visibility = csv_get(t, row, "visibilite");
	q.text = csv_get(t, row, "texte");
	struct val *v = sentence(a, csv_get(t, row, "reference"), &q);
	if (l)
		find_places(val_get(v, "sorties"), a, l, csv_get(t, row, "reference"));
	val_push(a, list, v);
}

/* Only the parts that have the id at all are read. */
static int from_trace(struct val *list, struct arena *a, const struct lessons *l, const struct wanted *w, bool places, struct err *e)
{
	for (size_t i = 0; i < l->n_files; i++) {
		const struct lessons_file *f = &l->files[i];
		const char *at = NULL;
		enum output which;
		struct csv_table t;
		if (!output_of(&which, f->path) || which != OUT_TRACE || !has(f, w->id, &at))
			continue;
		int rc = csv_read(&t, a, f->path, f->bytes, f->n, e);
		if (!rc)
			rc = csv_demand(&t, TRACE_COLUMNS, e);
		if (rc)
			return rc;
		for (size_t j = 0; j < t.n; j++)
			if (is_wanted(w, csv_get(&t, j, "id"), csv_get(&t, j, "champ"), csv_get(&t, j, "commit")))
				from_row(list, a, places ? l : NULL, &t, j);
	}
	return 0;
}

int opened_sentences(struct val *list, struct arena *a, const struct lessons *l, const char *id, struct err *e)
{
	struct wanted w = { .id = id };
	return from_trace(list, a, l, &w, false, e);
}

int lessons_trace(struct val **out, struct arena *a, const struct lessons *l, const char *ref, struct err *e)
{
	struct wanted w;
	if (!read_reference(&w, a, ref))
		return err_set(e, ERR_USAGE,
			       _("« %s » n'est pas une référence ; écrivez par exemple « ens-ara-k5w2h9tc enonce »"),
			       ref);
	struct val *list = val_list(a);
	int rc = from_trace(list, a, l, &w, true, e);
	if (rc)
		return rc;
	const struct val *doc = opened_doc(l, w.id);
	const char *text = w.field && !list->list.n ? text_at(a, doc, w.field) : NULL;
	if (text && is_wanted(&w, w.id, w.field, text_or(doc, "commit", ""))) {
		struct quote q = quote_of(doc, w.field, text);
		struct val *v = sentence(a, quote_reference(a, &q), &q);
		find_places(val_get(v, "sorties"), a, l, arena_printf(a, "\"id\":\"%s\"", w.id));
		val_push(a, list, v);
	}
	if (!list->list.n)
		return err_set(e, ERR_NOTFOUND,
			       _("« %s » n'est citée dans aucune sortie de l'agrégation ; la fiche n'est peut-être "
				 "plus partagée, ou citée dans une autre version"),
			       ref);
	*out = list;
	return 0;
}
