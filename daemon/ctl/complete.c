#include "ctl/complete.h"

#include <stdio.h>
#include <string.h>

#include "base/fsio.h"
#include "ctl/form.h"
#include "ctl/result.h"
#include "loop/world.h"
#include "schema/describe.h"
#include "store/history.h"

#define TITLE_CHARS 60

struct answers {
	struct ctl *c;
	const struct completing *at;
	struct val *rows;
	struct {
		const char **at;
		size_t n, cap;
	} files; /* of ids: where the title stands, row by row */
	bool enough;
};

static void offer(struct answers *x, const char *word, const char *title)
{
	struct arena *a = x->c->a;
	if (!word || strncmp(word, x->at->typed, strlen(x->at->typed)) != 0)
		return;
	for (size_t i = x->rows->list.n; i-- > 0 && x->rows->list.n < 200;) /* a field of several kinds, an id here and in the copy */
		if (val_is_str(val_get(x->rows->list.at[i], "mot"), word))
			return;
	struct val *row = val_map(a);
	put_str(a, row, "mot", word);
	put_str(a, row, "titre", title);
	val_push(a, x->rows, row);
	x->enough = x->rows->list.n >= COMPLETE_MOST;
}

/* The beginning of a value on one line. */
static const char *short_text(struct arena *a, const struct val *v)
{
	struct buf b = BUF_INIT;
	if (v && v->type == VAL_STR)
		buf_put(&b, v->str.at, v->str.n);
	else if (v)
		val_canon(&b, v);
	char *s = arena_dup(a, buf_str(&b));
	size_t chars = 0;
	buf_free(&b);
	for (char *p = s; *p; p++) {
		if (*p == '\n' || *p == '\t' || *p == '\r')
			*p = ' ';
		if (((unsigned char)*p & 0xC0) != 0x80 && chars++ == TITLE_CHARS) {
			*p = 0;
			return arena_printf(a, "%s…", s);
		}
	}
	return s;
}

/* --- ids ------------------------------------------------------------------------------------------------------------------------ */

static const char *title_in(struct arena *a, const char *file)
{
	struct buf text = BUF_INIT;
	struct ydoc *doc;
	const char *title = NULL;
	if (fs_read(&text, file, YAML_MAX_BYTES, NULL) == 0 && ydoc_parse(&doc, a, file, text.at, text.n, NULL, NULL) == 0) {
		const struct val *v = val_get(ydoc_val(doc), "titre");
		title = v ? short_text(a, v) : short_text(a, val_get(ydoc_val(doc), "libelle"));
	}
	buf_free(&text);
	return title;
}

/* kind folder / shard / id.yaml, below root */
static void ids_in(struct answers *x, const char *root, const struct schema *s)
{
	struct arena *a = x->c->a;
	struct fs_names shards, files;
	const char *top = arena_printf(a, "%s%s", root, s->folder);
	if (!*s->folder || fs_list(&shards, top, NULL) < 0)
		return;
	for (size_t i = 0; i < shards.n && !x->enough; i++) {
		const char *shard = arena_printf(a, "%s/%s", top, shards.at[i]);
		if (fs_list(&files, shard, NULL) < 0)
			continue;
		for (size_t k = 0; k < files.n; k++) {
			size_t len = strlen(files.at[k]), before = x->rows->list.n;
			if (len <= 5 || strcmp(files.at[k] + len - 5, ".yaml") != 0)
				continue;
			offer(x, arena_dupn(a, files.at[k], len - 5), NULL);
			if (x->rows->list.n > before)
				arena_push(a, &x->files, arena_printf(a, "%s/%s", shard, files.at[k]));
		}
		fs_names_free(&files);
	}
	fs_names_free(&shards);
}

static const char *root_at(struct ctl *c, int i)
{
	const char *dir = repo_workdir(c->r);
	return i ? arena_printf(c->a, "%s" WORLD_NATIONAL "/", dir) : dir;
}

static void put_titles(struct answers *x)
{
	for (size_t i = 0; i < x->files.n && x->files.n <= COMPLETE_TITLED; i++)
		put_str(x->c->a, x->rows->list.at[i], "titre", title_in(x->c->a, x->files.at[i]));
}

static void ids(struct answers *x)
{
	const struct schema *s;
	const char *typed = x->at->typed;
	bool dash = strchr(typed, '-');
	for (size_t i = 0; !x->enough && (s = schemas_at(x->c->set, i)); i++)
		if (!strncmp(s->prefix, typed, strlen(typed) < strlen(s->prefix) ? strlen(typed) : strlen(s->prefix)) &&
		    (dash || x->files.n <= COMPLETE_TITLED))
			ids_in(x, root_at(x->c, 0), s);
	if (dash || x->files.n <= COMPLETE_TITLED) {
		put_titles(x);
		return;
	}
	x->rows = val_list(x->c->a);
	for (size_t i = 0; (s = schemas_at(x->c->set, i)); i++)
		if (*s->folder && fs_is_dir(arena_printf(x->c->a, "%s%s", root_at(x->c, 0), s->folder)))
			offer(x, arena_printf(x->c->a, "%s-", s->prefix), schema_label(s->root));
}

/* The records that a reference to these kinds may name, here or in the copy of the national repository. */
static void references(struct answers *x, const char *const *kinds)
{
	for (int r = 0; r < 2; r++)
		for (size_t i = 0; kinds && kinds[i] && !x->enough; i++)
			if (schemas_kind(x->c->set, kinds[i]))
				ids_in(x, root_at(x->c, r), schemas_kind(x->c->set, kinds[i]));
	put_titles(x);
}

/* --- fields and values --------------------------------------------------------------------------------------------------------------- */

static const struct schema *kind_of(const struct answers *x)
{
	const char *id = x->at->id;
	if (id && id_is_valid(id))
		return schemas_by_prefix(x->c->set, (char[]){ id[0], id[1], id[2], 0 });
	return x->at->kind ? schemas_kind(x->c->set, x->at->kind) : NULL;
}

/* Fields of mappings come when their mapping is typed: confiance/ */
static void fields_of(struct answers *x, const struct snode *at, const char *lead)
{
	const struct snode *one;
	const char *key;
	for (size_t i = 0; (one = schema_field(&key, at, i)); i++) {
		const char *path = arena_printf(x->c->a, "%s%s", lead, key);
		size_t n = strlen(path);
		if (schema_sort(one) == SORT_GROUP && !strncmp(x->at->typed, path, n) && x->at->typed[n] == '/')
			fields_of(x, one, arena_printf(x->c->a, "%s/", path));
		else
			offer(x, schema_sort(one) == SORT_GROUP ? arena_printf(x->c->a, "%s/", path) : path, schema_label(one));
	}
}

static void fields(struct answers *x)
{
	const struct schema *s = kind_of(x);
	for (size_t i = 0; !s && !x->at->id && (s = schemas_at(x->c->set, i)); i++, s = NULL)
		fields_of(x, s->root, "");
	if (s)
		fields_of(x, s->root, "");
}

static void values(struct answers *x)
{
	const struct schema *s = kind_of(x);
	const struct snode *place = NULL;
	for (size_t i = 0; !s && !x->at->id && (s = schemas_at(x->c->set, i)); i++)
		if (!schema_find(&place, NULL, s->root, NULL, x->at->field) || !place->schema)
			s = NULL;
	if (!s || !schema_find(&place, NULL, s->root, NULL, x->at->field) || !place->schema)
		return;
	enum schema_sort sort = schema_sort(place);
	if (sort == SORT_CODES || sort == SORT_RECORDS)
		place = schema_item(place);
	const struct val *codes = schema_codes(place);
	for (size_t i = 0; codes && i < codes->list.n; i++) {
		const char *code = codes->list.at[i]->str.at, *label = schema_code_label(place, code, i18n_lang());
		offer(x, code, label ? label : schema_code_label(place, code, "fr"));
	}
	if (sort == SORT_BOOL) {
		offer(x, "true", NULL);
		offer(x, "false", NULL);
	}
	references(x, place->refs);
}

static void held(struct answers *x)
{
	struct val *v;
	struct err why;
	const struct val *list = ctl_show(&v, x->c, x->at->id, x->at->field, &why) == 0 ? val_get(v, "valeur") : NULL;
	for (size_t i = 0; list && list->type == VAL_LIST && i < list->list.n; i++)
		if (list->list.at[i]->type == VAL_STR)
			offer(x, list->list.at[i]->str.at, NULL);
}

/* --- differences, history --------------------------------------------------------------------------------------------------------------- */

static int differences(struct answers *x, enum complete_what what, struct err *e)
{
	struct arena *a = x->c->a;
	struct val *rows;
	int rc = ctl_conflicts(&rows, x->c, what == COMPLETE_OPEN_ID ? NULL : x->at->id, e);
	for (size_t i = 0; !rc && i < rows->list.n; i++) {
		const struct val *d = rows->list.at[i], *list = val_get(d, "propositions");
		if (what == COMPLETE_OPEN_ID)
			offer(x, val_text(d, "id"), val_text(d, "titre"));
		else if (what == COMPLETE_OPEN_FIELD)
			offer(x, val_text(d, "champ"), short_text(a, val_get(d, "base")));
		else if (val_is_str(val_get(d, "champ"), x->at->field))
			for (size_t k = 0; k < list->list.n; k++)
				offer(x, val_text(list->list.at[k], "cle"), short_text(a, val_get(list->list.at[k], "valeur")));
	}
	return rc;
}

static int past(struct answers *x, struct err *e)
{
	struct val *rows;
	int rc = ctl_restore_list(&rows, x->c, x->at->id, x->at->field, e);
	for (size_t i = 0; !rc && i < rows->list.n; i++)
		offer(x, val_text(rows->list.at[i], "cle"), short_text(x->c->a, val_get(rows->list.at[i], "valeur")));
	return rc;
}

static int commit(void *ctx, const struct commit_info *ci)
{
	struct answers *x = ctx;
	offer(x, arena_dupn(x->c->a, ci->oid.hex, 8), arena_dupn(x->c->a, ci->message, strcspn(ci->message, "\n")));
	return x->rows->list.n >= COMPLETE_COMMITS;
}

int ctl_complete(struct val **out, struct ctl *c, enum complete_what what, const struct completing *at, struct err *e)
{
	struct answers x = { .c = c, .at = at, .rows = val_list(c->a) };
	const struct schema *s;
	int rc = 0;
	bool needs_id = what == COMPLETE_OPEN_FIELD || what == COMPLETE_HELD || what == COMPLETE_PROPOSAL || what == COMPLETE_PAST;
	if (repo_workdir(c->r) && (at->id || !needs_id))
		switch (what) {
		case COMPLETE_KIND:
			for (size_t i = 0; (s = schemas_at(c->set, i)); i++)
				offer(&x, s->kind, schema_label(s->root));
			break;
		case COMPLETE_ID:
			ids(&x);
			break;
		case COMPLETE_FIELD:
			fields(&x);
			break;
		case COMPLETE_VALUE:
			values(&x);
			break;
		case COMPLETE_HELD:
			held(&x);
			break;
		case COMPLETE_OPEN_ID:
		case COMPLETE_OPEN_FIELD:
		case COMPLETE_PROPOSAL:
			rc = differences(&x, what, e);
			break;
		case COMPLETE_PAST:
			rc = past(&x, e);
			break;
		case COMPLETE_THEME:
			references(&x, (const char *const[]){ "concept", NULL });
			break;
		case COMPLETE_COMMIT:
			offer(&x, "HEAD", NULL);
			rc = history_log(c->r, &c->head, NULL, commit, &x, e);
			break;
		}
	if (rc < 0)
		return rc;
	*out = x.rows;
	return 0;
}
