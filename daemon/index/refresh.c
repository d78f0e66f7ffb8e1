/* refresh.c -- bring the cache up to date, source by source, in one transaction.
 *
 * What has not changed costs a look: a folder's files are compared by size, times and inode, a commit by its id. So a search a
 * minute after another reads next to nothing.
 */
#include "index/refresh.h"

#include <string.h>

#include "base/progress.h"
#include "index/doc.h"
#include "lessons/label.h"
#include "lessons/names.h"
#include "schema/record.h"

/* --- rows ------------------------------------------------------------------------------------------------ */

static int drop_row(struct refresh *r, sqlite3_int64 n)
{
	static const enum statement from[] = { ST_DROP_TEXT, ST_DROP_TRAITS, ST_DROP };
	int rc = 0;
	for (size_t i = 0; !rc && i < sizeof from / sizeof *from; i++)
		rc = db_run(r->x, from[i], r->e, "i", n);
	r->changed++;
	return rc;
}

int refresh_drop(struct refresh *r, const struct index_source *s, const char *key)
{
	int rc = db_run(r->x, ST_FIND, r->e, "ss", s->name, key);
	if (rc <= 0)
		return rc;
	sqlite3_int64 n = db_int(r->x, ST_FIND, 0);
	db_done(r->x, ST_FIND);
	return drop_row(r, n);
}

int refresh_renew(struct refresh *r, const struct index_source *s, const char *key, const char *version)
{
	return db_run(r->x, ST_RENEW, r->e, "sss", s->name, key, version);
}

int refresh_drop_all(struct refresh *r, const char *source)
{
	struct {
		sqlite3_int64 *at;
		size_t n, cap;
	} rows = { 0 };
	int rc = db_run(r->x, ST_ALL_OF, r->e, "s", source);
	for (; rc == 1; rc = db_next(r->x, ST_ALL_OF, r->e))
		arena_push(r->a, &rows, db_int(r->x, ST_ALL_OF, 0));
	for (size_t i = 0; !rc && i < rows.n; i++)
		rc = drop_row(r, rows.at[i]);
	return rc ? rc : db_run(r->x, ST_DROP_SOURCE, r->e, "s", source);
}

int refresh_known(struct refresh_known *out, struct refresh *r, const struct index_source *s, const char *from, const char *to)
{
	int rc = db_run(r->x, ST_VERSIONS, r->e, "sss", s->name, from, to);
	for (; rc == 1; rc = db_next(r->x, ST_VERSIONS, r->e)) {
		arena_grow(r->a, &out->at, out->n, &out->cap, sizeof *out->at);
		out->at[out->n].key = arena_dup(r->a, db_text(r->x, ST_VERSIONS, 0));
		out->at[out->n++].version = arena_dup(r->a, db_text(r->x, ST_VERSIONS, 1));
	}
	return rc;
}

static int put_trait(struct refresh *r, sqlite3_int64 n, const char *name, const char *value)
{
	return value ? db_run(r->x, ST_PUT_TRAIT, r->e, "iss", n, name, value) : 0;
}

static int put_names(struct refresh *r, sqlite3_int64 n, const char *name, const struct names *set)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < set->n; i++)
		rc = put_trait(r, n, name, set->at[i]);
	return rc;
}

/* Labels and synonyms in all languages, as somebody may type them. */
static void labels_of(struct names *out, struct arena *a, const struct val *v)
{
	if (v->type == VAL_STR)
		names_add(a, out, label_fold(a, v->str.at));
	for (size_t i = 0; v->type == VAL_LIST && i < v->list.n; i++)
		labels_of(out, a, v->list.at[i]);
	for (size_t i = 0; v->type == VAL_MAP && i < v->map.n; i++)
		labels_of(out, a, v->map.at[i].val);
}

static int put_concept(struct refresh *r, sqlite3_int64 n, struct arena *a, const struct val *v)
{
	static const char *const from[] = { "titre", "libelles", "synonymes" };
	struct names labels = { 0 }, broader = names_of(a, val_get(v, "plus_large"));
	if (val_text(v, "deprecie_pour")) /* who asks for what took its place asks for it as well */
		names_add(a, &broader, val_text(v, "deprecie_pour"));
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		if (val_get(v, from[i]))
			labels_of(&labels, a, val_get(v, from[i]));
	int rc = put_names(r, n, "etiquette", &labels);
	return rc ? rc : put_names(r, n, "plus_large", &broader);
}

static int put_link(struct refresh *r, sqlite3_int64 n, const struct val *v)
{
	const char *said[LIKE_LINK_N];
	struct like_link l;
	val_texts(said, LIKE_LINK_KEYS, LIKE_LINK_N, v);
	if (!like_link_of(&l, said))
		return 0;
	int rc = put_trait(r, n, "de", l.from);
	if (!rc)
		rc = put_trait(r, n, "vers", l.to);
	if (!rc)
		rc = put_trait(r, n, "de_empreinte", l.from_print);
	if (!rc)
		rc = put_trait(r, n, "vers_empreinte", l.to_print);
	return rc || !l.refused ? rc : put_trait(r, n, "refus", "1");
}

static int put_traits(struct refresh *r, sqlite3_int64 n, struct arena *a, const struct doc *d)
{
	struct names themes = names_of(a, val_get(d->val, "themes")), schemes = names_of(a, val_get(d->val, "dispositifs"));
	int rc = put_names(r, n, "theme", &themes);
	if (!rc)
		rc = put_names(r, n, "dispositif", &schemes);
	if (!rc && !strcmp(d->kind, "concept"))
		rc = put_concept(r, n, a, d->val);
	if (!rc && !strcmp(d->kind, "croisement"))
		rc = put_link(r, n, d->val);
	return rc;
}

static int put_doc(struct refresh *r, struct arena *a, const struct index_source *s, const struct refresh_text *t, const struct doc *d)
{
	const char *until = oid_is(&s->head) ? d->until : ""; /* one's own evidence is one's own affair */
	int rc = db_run(r->x, ST_PUT, r->e, "sssssssssss", s->name, t->key, t->version, d->id, d->kind, d->collective, d->state,
			d->visibility, d->fingerprint, until, d->observed);
	sqlite3_int64 n = sqlite3_last_insert_rowid(r->x->db);
	r->changed++;
	if (!rc)
		rc = db_run(r->x, ST_PUT_TEXT, r->e, "isss", n, d->title, d->main, d->rest);
	return rc ? rc : put_traits(r, n, a, d);
}

static const struct schema *schema_of(const struct index *x, const struct val *v)
{
	const char *id = val_text(v, "id");
	return id && id_is_valid(id) ? schemas_by_prefix(x->set, (char[]){ id[0], id[1], id[2], 0 }) : NULL;
}

static int read_text(struct refresh *r, struct arena *a, const struct index_source *s, const struct refresh_text *t)
{
	const struct val *v = NULL;
	struct val *line;
	struct ydoc *text;
	struct doc d;
	if (t->json && r->json(&line, a, t->bytes, t->n, NULL) == 0)
		v = line;
	else if (!t->json && ydoc_parse(&text, a, t->key, t->bytes, t->n, NULL, NULL) == 0)
		v = ydoc_val(text);
	const struct schema *schema = v ? schema_of(r->x, v) : NULL;
	if (!schema)
		return 0;
	v = schema_type(a, schema->root, v);
	doc_of(&d, a, schema, val_text(v, "id"), v);
	if ((s->skip && !strcmp(d.collective, s->skip)) || (oid_is(&s->head) && !doc_travels(schema, v)))
		return 0;
	return put_doc(r, a, s, t, &d);
}

int refresh_put(struct refresh *r, const struct index_source *s, const struct refresh_text *t)
{
	struct arena a; /* of one record */
	int rc = refresh_drop(r, s, t->key);
	if (rc)
		return rc;
	if (!arena_begin(&a))
		return err_nomem(r->e);
	progress(_("préparation de la recherche"), r->changed, 0);
	rc = read_text(r, &a, s, t);
	arena_end(&a);
	return rc;
}

/* --- the whole ------------------------------------------------------------------------------------------- */

static int one_source(struct refresh *r, const struct index_source *s)
{
	r->missed = false;
	if (!oid_is(&s->head))
		return refresh_work(r, s);
	int rc = db_run(r->x, ST_HEAD, r->e, "s", s->name);
	bool same = rc == 1 && !strcmp(db_text(r->x, ST_HEAD, 0), s->head.hex);
	db_done(r->x, ST_HEAD);
	if (rc < 0 || same)
		return rc < 0 ? rc : 0;
	rc = refresh_tree(r, s);
	return rc || r->missed ? rc : db_run(r->x, ST_SET_HEAD, r->e, "ss", s->name, s->head.hex);
}

static bool is_given(const struct index_source *sources, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(sources[i].name, name))
			return true;
	return false;
}

static int drop_others(struct refresh *r, const struct index_source *sources, size_t n)
{
	struct {
		const char **at;
		size_t n, cap;
	} gone = { 0 };
	int rc = db_run(r->x, ST_SOURCES, r->e, "");
	for (; rc == 1; rc = db_next(r->x, ST_SOURCES, r->e))
		if (!is_given(sources, n, db_text(r->x, ST_SOURCES, 0)))
			arena_push(r->a, &gone, arena_dup(r->a, db_text(r->x, ST_SOURCES, 0)));
	for (size_t i = 0; !rc && i < gone.n; i++)
		rc = refresh_drop_all(r, gone.at[i]);
	return rc;
}

static int all_sources(struct refresh *r, const struct index_source *sources, size_t n)
{
	int rc = db_run(r->x, ST_BEGIN, r->e, "");
	for (size_t i = 0; !rc && i < n; i++)
		rc = one_source(r, &sources[i]);
	if (!rc)
		rc = drop_others(r, sources, n);
	return rc ? rc : db_run(r->x, ST_COMMIT, r->e, "");
}

int index_refresh(size_t *changed, struct index *x, const struct index_source *sources, size_t n, index_json_cb json, struct err *e)
{
	struct arena a;
	if (!arena_begin(&a))
		return err_nomem(e);
	struct refresh r = { .x = x, .a = &a, .json = json, .e = e };
	int rc = all_sources(&r, sources, n);
	if (rc) {
		struct err ignored;
		for (size_t i = 0; i < ST_N; i++)
			sqlite3_reset(x->st[i]);
		db_run(x, ST_ROLLBACK, &ignored, "");
	}
	arena_end(&a);
	if (!rc && changed)
		*changed = r.changed;
	return rc;
}
