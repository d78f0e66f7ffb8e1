/* search.c -- questions to the cache.
 *
 * Ranking first, over all hits, by BM25 with the title and the first prose field weighing more; then the passages of the few
 * that are shown, because marking a text means cutting it into words again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "index/db.h"
#include "index/passage.h"
#include "index/tokenizer.h"
#include "lessons/label.h"
#include "lessons/names.h"

#define WEIGHTS "8.0, 3.0, 1.0" /* titre, principal, reste */

struct asking {
	struct index *x;
	struct arena *a;
	const struct index_wish *w;
	struct names themes; /* asked for; empty: all */
	const char *match, *today;
	struct err *e;
};

/* --- themes ---------------------------------------------------------------------------------------------- */

struct concepts {
	struct concept {
		const char *id;
		const char *labels, *broader; /* one a line */
	} *at;
	size_t n, cap;
};

static int read_concepts(struct concepts *out, struct asking *k)
{
	int rc = db_run(k->x, ST_CONCEPTS, k->e, "");
	for (; rc == 1; rc = db_next(k->x, ST_CONCEPTS, k->e)) {
		struct concept one = { arena_dup(k->a, db_text(k->x, ST_CONCEPTS, 0)), arena_dup(k->a, db_text(k->x, ST_CONCEPTS, 1)),
				       arena_dup(k->a, db_text(k->x, ST_CONCEPTS, 2)) };
		arena_push(k->a, out, one);
	}
	return rc;
}

static bool has_line(const char *lines, const char *line)
{
	size_t n = strlen(line);
	for (const char *p = lines; *p;) {
		size_t len = strcspn(p, "\n");
		if (len == n && !strncmp(p, line, n))
			return true;
		p += len + (p[len] == '\n');
	}
	return false;
}

static bool is_named(struct arena *a, const char *folded, const char *id)
{
	return !strcmp(folded, label_fold(a, id)) || (!strncmp(id, "con-", 4) && !strcmp(folded, label_fold(a, id + 4)));
}

/* Add what is narrower than what is there already, until nothing is added. */
static void add_narrower(struct asking *k, const struct concepts *all)
{
	for (size_t before = 0; before != k->themes.n;) {
		before = k->themes.n;
		for (size_t i = 0; i < all->n; i++)
			for (size_t t = 0; t < k->themes.n; t++)
				if (has_line(all->at[i].broader, k->themes.at[t])) {
					names_add(k->a, &k->themes, all->at[i].id);
					break;
				}
	}
}

static int find_themes(struct asking *k)
{
	struct concepts all = { 0 };
	struct names used = { 0 };
	const char *folded = label_fold(k->a, k->w->theme);
	int rc = read_concepts(&all, k);
	if (!rc)
		rc = db_run(k->x, ST_USED, k->e, "");
	for (; rc == 1; rc = db_next(k->x, ST_USED, k->e))
		names_add(k->a, &used, arena_dup(k->a, db_text(k->x, ST_USED, 0)));
	if (rc)
		return rc;
	for (size_t i = 0; i < all.n; i++)
		if (is_named(k->a, folded, all.at[i].id) || has_line(all.at[i].labels, folded))
			names_add(k->a, &k->themes, all.at[i].id);
	for (size_t i = 0; i < used.n; i++) /* the vocabulary may not have arrived yet */
		if (is_named(k->a, folded, used.at[i]))
			names_add(k->a, &k->themes, used.at[i]);
	if (!k->themes.n)
		return err_set(k->e, ERR_NOTFOUND, _("« %s » n'est pas un thème connu ; les thèmes des fiches sont : %.700s"), k->w->theme,
			       used.n ? names_join(k->a, &used) : _("aucun encore"));
	add_narrower(k, &all);
	return 0;
}

/* --- a statement with lists in it ------------------------------------------------------------------------ */

struct sql {
	sqlite3_stmt *st; /* own */
	struct {
		const char **at;
		size_t n, cap;
	} bound;
};

static const char *marks(struct asking *k, struct sql *s, const char *const *at, size_t n)
{
	const char *out = "";
	for (size_t i = 0; i < n; i++) {
		arena_push(k->a, &s->bound, at[i]);
		out = arena_printf(k->a, "%s%s?%zu", out, *out ? "," : "", s->bound.n);
	}
	return out;
}

/* `what` FROM all hits; only: of the kinds asked for. */
static int prepare(struct sql *out, struct asking *k, const char *what, bool only, const char *tail)
{
	struct sql s = { 0 };
	const char *const given[] = { k->match, k->today };
	size_t kinds = 0;
	marks(k, &s, given, 2);
	while (k->w->kinds && k->w->kinds[kinds])
		kinds++;
	const char *by_kind = only && kinds ? arena_printf(k->a, " AND genre IN (%s)", marks(k, &s, k->w->kinds, kinds)) : "";
	const char *by_theme = "";
	if (k->themes.n)
		by_theme = arena_printf(k->a, " AND EXISTS(SELECT 1 FROM trait WHERE fiche=n AND nom='theme' AND valeur IN (%s))",
					marks(k, &s, k->themes.at, k->themes.n));
	const char *by_date = k->w->since ? arena_printf(k->a, " AND observe>=%s", marks(k, &s, &k->w->since, 1)) : "";
	const char *text = arena_printf(k->a,
					"SELECT %s FROM texte JOIN fiche ON n=texte.rowid WHERE texte MATCH ?1 "
					"AND (jusqu_au='' OR jusqu_au>=?2)%s%s%s %s",
					what, by_kind, by_theme, by_date, tail);
	int rc = sqlite3_prepare_v2(k->x->db, text, -1, &s.st, NULL);
	for (size_t i = 0; !rc && i < s.bound.n; i++)
		rc = sqlite3_bind_text(s.st, (int)i + 1, s.bound.at[i], -1, SQLITE_STATIC);
	if (rc) {
		rc = db_err(k->x->db, k->e);
		sqlite3_finalize(s.st);
		return rc;
	}
	*out = s;
	return 0;
}

/* 1: a row; 0: no more, and the statement is gone; an error likewise. */
static int step(struct sql *s, struct asking *k)
{
	int rc = sqlite3_step(s->st);
	if (rc == SQLITE_ROW)
		return 1;
	rc = rc == SQLITE_DONE ? 0 : db_err(k->x->db, k->e);
	sqlite3_finalize(s->st);
	s->st = NULL;
	return rc;
}

static const char *column(struct asking *k, const struct sql *s, int i)
{
	const unsigned char *text = sqlite3_column_text(s->st, i);
	return arena_dup(k->a, text ? (const char *)text : "");
}

/* --- hits ------------------------------------------------------------------------------------------------ */

static bool asked_for(const struct index_wish *w, const char *kind)
{
	bool any = !w->kinds || !w->kinds[0];
	for (size_t i = 0; !any && w->kinds[i]; i++)
		any = !strcmp(w->kinds[i], kind);
	return any;
}

static int count(struct index_hits *out, struct asking *k)
{
	struct sql s;
	int rc = prepare(&s, k, "genre,count(*)", false, "GROUP BY genre ORDER BY genre");
	while (!rc && (rc = step(&s, k)) == 1) {
		struct index_count one = { column(k, &s, 0), (size_t)sqlite3_column_int64(s.st, 1) };
		if (asked_for(k->w, one.kind))
			out->total += one.n;
		else
			arena_push(k->a, &out->elsewhere, one);
		rc = 0;
	}
	return rc;
}

struct rows {
	sqlite3_int64 *at;
	size_t n, cap;
};

static int rank(struct rows *out, struct asking *k)
{
	struct sql s;
	int rc = prepare(&s, k, "n", true, arena_printf(k->a, "ORDER BY bm25(texte, " WEIGHTS "), id, source LIMIT %zu", k->w->most));
	while (!rc && (rc = step(&s, k)) == 1) {
		arena_push(k->a, out, sqlite3_column_int64(s.st, 0));
		rc = 0;
	}
	return rc;
}

static int show(struct index_hits *out, struct asking *k, sqlite3_int64 n)
{
	static const char what[] = "source,id,genre,collectif,etat,visibilite,cle,highlight(texte,0,char(1),char(2)),"
				   "highlight(texte,1,char(1),char(2)),highlight(texte,2,char(1),char(2))";
	struct sql s;
	struct passage p;
	int rc = prepare(&s, k, what, true, arena_printf(k->a, "AND texte.rowid=%lld", (long long)n));
	while (!rc && (rc = step(&s, k)) == 1) {
		const char *texts[] = { column(k, &s, 8), column(k, &s, 9) };
		passage_choose(&p, k->a, texts, 2);
		struct index_hit h = { column(k, &s, 0), column(k, &s, 1), column(k, &s, 2), column(k, &s, 3), column(k, &s, 4),
				       column(k, &s, 5), column(k, &s, 6), column(k, &s, 7), p.field, p.text };
		arena_push(k->a, out, h);
		rc = 0;
	}
	return rc;
}

static int answer(struct index_hits *out, struct asking *k)
{
	struct rows rows = { 0 };
	int rc = count(out, k);
	if (!rc && out->total)
		rc = rank(&rows, k);
	for (size_t i = 0; !rc && i < rows.n; i++)
		rc = show(out, k, rows.at[i]);
	return rc;
}

int index_search(struct index_hits *out, struct arena *a, struct index *x, const struct index_wish *w, struct err *e)
{
	struct index_hits found = { .all_words = true };
	struct asking k = { .x = x, .a = a, .w = w, .match = w->words->all, .e = e };
	char *today = arena_alloc(a, 11);
	clock_date(today, clock_unix_s());
	k.today = today;
	int rc = w->theme ? find_themes(&k) : 0;
	if (!rc)
		rc = answer(&found, &k);
	if (!rc && !found.total && !found.elsewhere.n && w->words->any) {
		found.all_words = false;
		k.match = w->words->any;
		rc = answer(&found, &k);
	}
	if (!rc)
		*out = found;
	return rc;
}

/* --- lessons for likeness -------------------------------------------------------------------------------- */

/* The text of a packed first prose field, if it is the statement. */
static const char *statement_of(struct arena *a, const char *packed)
{
	static const char name[] = { INDEX_FIELD, 'e', 'n', 'o', 'n', 'c', 'e', INDEX_TEXT, 0 };
	return arena_dup(a, strncmp(packed, name, strlen(name)) ? "" : packed + strlen(name));
}

static int names_at(struct names *out, struct arena *a, struct index *x, sqlite3_int64 n, const char *name, struct err *e)
{
	int rc = db_run(x, ST_TRAITS, e, "is", n, name);
	for (; rc == 1; rc = db_next(x, ST_TRAITS, e))
		names_add(a, out, arena_dup(a, db_text(x, ST_TRAITS, 0)));
	return rc;
}

static int trait_at(const char **out, struct arena *a, struct index *x, sqlite3_int64 n, const char *name, struct err *e)
{
	struct names all = { 0 };
	int rc = names_at(&all, a, x, n, name, e);
	*out = all.n ? all.at[0] : "";
	return rc;
}

static int link_at(struct like_link *out, struct arena *a, struct index *x, sqlite3_int64 n, struct err *e)
{
	const char *refused = "";
	int rc = trait_at(&out->from, a, x, n, "de", e);
	if (!rc)
		rc = trait_at(&out->to, a, x, n, "vers", e);
	if (!rc)
		rc = trait_at(&out->from_print, a, x, n, "de_empreinte", e);
	if (!rc)
		rc = trait_at(&out->to_print, a, x, n, "vers_empreinte", e);
	if (!rc)
		rc = trait_at(&refused, a, x, n, "refus", e);
	out->refused = *refused != 0;
	return rc;
}

int index_lessons(struct index_lessons *out, struct arena *a, struct index *x, struct err *e)
{
	struct index_lessons l = { 0 };
	struct rows rows = { 0 };
	int rc = db_run(x, ST_LESSONS, e, "");
	for (; rc == 1; rc = db_next(x, ST_LESSONS, e)) {
		const char *text[5];
		for (int i = 0; i < 5; i++)
			text[i] = arena_dup(a, db_text(x, ST_LESSONS, i + 1));
		struct like_lesson one = { .id = text[0], .collective = text[1], .fingerprint = text[2], .title = text[3] };
		one.statement = statement_of(a, text[4]);
		rc = names_at(&one.themes, a, x, db_int(x, ST_LESSONS, 0), "theme", e);
		if (!rc)
			rc = names_at(&one.schemes, a, x, db_int(x, ST_LESSONS, 0), "dispositif", e);
		if (rc)
			return rc;
		arena_push(a, &l, one);
	}
	if (!rc)
		rc = db_run(x, ST_LINKS, e, "");
	for (; rc == 1; rc = db_next(x, ST_LINKS, e))
		arena_push(a, &rows, db_int(x, ST_LINKS, 0));
	for (size_t i = 0; !rc && i < rows.n; i++) {
		struct like_link one = { 0 };
		rc = link_at(&one, a, x, rows.at[i], e);
		arena_push(a, &l.links, one);
	}
	if (!rc)
		*out = l;
	return rc;
}
