#include "ctl/form.h"

#include <stdio.h>
#include <string.h>

#include "base/fsio.h"
#include "ctl/assent.h"
#include "ctl/result.h"
#include "schema/describe.h"

/* --- a field ------------------------------------------------------------------------------------------------------------ */

static const char *label_of(const struct snode *s, const char *fallback)
{
	const char *label = schema_label(s);
	return label ? label : fallback;
}

static const char *code_label(const struct snode *s, const char *code)
{
	const char *label = schema_code_label(s, code, i18n_lang());
	return label ? label : schema_code_label(s, code, "fr");
}

struct val *form_codes(struct arena *a, const struct snode *s)
{
	const struct val *codes = schema_codes(s);
	struct val *list = val_list(a);
	for (size_t i = 0; codes && i < codes->list.n; i++) {
		struct val *v = val_map(a);
		put_str(a, v, "code", codes->list.at[i]->str.at);
		put_str(a, v, "titre", code_label(s, codes->list.at[i]->str.at));
		val_push(a, list, v);
	}
	return list;
}

static bool names(const struct val *list, const char *key)
{
	for (size_t i = 0; list && list->type == VAL_LIST && i < list->list.n; i++)
		if (val_is_str(list->list.at[i], key))
			return true;
	return false;
}

/* The program fills these in itself, or they never change: nobody is asked. */
static bool is_fixed(const struct snode *s, const char *path)
{
	static const char *const ours[] = { "langue", "etat", "cree_le", "contributions" };
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strcmp(path, ours[i]))
			return true;
	return s->rule == RULE_IMMUTABLE && (!strcmp(path, "schema") || !strcmp(path, "id") || !strcmp(path, "collectif") ||
					     !strcmp(path, "cree_par"));
}

static struct val *field_val(struct arena *a, const struct snode *s, const char *path, bool required)
{
	enum schema_sort sort = schema_sort(s);
	const struct snode *of = sort == SORT_CODES || sort == SORT_RECORDS ? schema_item(s) : s;
	struct val *v = val_map(a);
	const char *slash = strrchr(path, '/');
	if (sort == SORT_ITEMS && s->list_key)
		of = schema_child(schema_item(s), s->list_key);
	put_str(a, v, "champ", path);
	put_str(a, v, "titre", label_of(s, slash ? slash + 1 : path));
	put_str(a, v, "sorte", schema_sort_name(sort));
	put_str(a, v, "aide", schema_help(s));
	if (schema_codes(of))
		val_set(a, v, "codes", form_codes(a, of));
	if (of->refs) {
		struct val *kinds = val_list(a);
		for (size_t i = 0; of->refs[i]; i++)
			val_push(a, kinds, val_str(a, of->refs[i]));
		val_set(a, v, "fiches", kinds);
	}
	if (sort == SORT_ITEMS) {
		put_str(a, v, "cle", s->list_key);
		put_str(a, v, "texte", schema_item_text(s));
	}
	put_str(a, v, "exemple", schema_example(of));
	const struct val *length = s->schema ? val_get(s->schema, "maxLength") : NULL;
	if (length && length->type == VAL_INT)
		put_int(a, v, "longueur", length->i);
	put_str(a, v, "depuis", s->required_from);
	val_set(a, v, "obligatoire", val_bool(a, required));
	val_set(a, v, "fixe", val_bool(a, is_fixed(s, path)));
	return v;
}

static void put_fields(struct val *list, struct arena *a, const struct snode *s, const char *above)
{
	const struct val *required = s->schema ? val_get(s->schema, "required") : NULL;
	const struct snode *f;
	const char *key;
	for (size_t i = 0; (f = schema_field(&key, s, i)); i++) {
		const char *path = *above ? arena_printf(a, "%s/%s", above, key) : key;
		val_push(a, list, field_val(a, f, path, names(required, key)));
		if (schema_sort(f) == SORT_GROUP && !*above)
			put_fields(list, a, f, path);
	}
}

static struct val *kind_val(struct arena *a, const struct schema *s)
{
	struct val *v = val_map(a);
	put_str(a, v, "genre", s->kind);
	put_str(a, v, "titre", label_of(s->root, s->kind));
	put_str(a, v, "aide", schema_help(s->root));
	return v;
}

void ctl_form_kinds(struct val **out, struct ctl *c)
{
	const struct schema *s;
	*out = val_list(c->a);
	for (size_t i = 0; (s = schemas_at(c->set, i)); i++)
		if (*s->folder)
			val_push(c->a, *out, kind_val(c->a, s));
}

int ctl_form(struct val **out, struct ctl *c, const char *kind, struct err *e)
{
	const struct schema *s = schemas_kind(c->set, kind);
	if (!s)
		return err_no_kind(e, c->a, c->set, kind);
	struct val *v = kind_val(c->a, s), *fields = val_list(c->a);
	put_fields(fields, c->a, s->root, "");
	val_set(c->a, v, "champs", fields);
	*out = v;
	return 0;
}

int ctl_form_field(struct val **out, struct ctl *c, const char *id, const char *field, struct err *e)
{
	struct record rec;
	const char *path = NULL;
	const struct snode *place;
	const struct val *value;
	int rc = ctl_load(&rec, &path, c, id, e);
	if (rc)
		return rc;
	if (!schema_find(&place, &value, rec.schema->root, rec.val, field))
		return err_no_field(e, rec.schema, id, field);
	*out = field_val(c->a, place, field, false);
	put_str(c->a, *out, "genre", rec.schema->kind);
	if (value)
		val_set(c->a, *out, "valeur", val_copy(c->a, value));
	return 0;
}

int ctl_form_try(struct val **out, struct ctl *c, const char *kind, const char *field, const char *text, struct err *e)
{
	const struct schema *s = schemas_kind(c->set, kind);
	const struct snode *place;
	struct faults faults = { 0 };
	struct val *v;
	if (!s)
		return err_no_kind(e, c->a, c->set, kind);
	if (!schema_find(&place, NULL, s->root, NULL, field) || !place->schema)
		return err_no_field(e, s, NULL, field);
	int rc = ctl_value(&v, c->a, place, text, e);
	if (rc)
		return rc;
	schema_validate(&faults, c->a, place, v);
	for (size_t i = 0; i < faults.n; i++)
		if (!faults.at[i].warning && strncmp(faults.at[i].code, "required", 8) != 0) /* an item gets its key when it is written */
			return err_set(e, ERR_DATA, "%s", faults.at[i].msg);
	*out = v;
	return 0;
}

/* --- records by name ------------------------------------------------------------------------------------------------------ */

/* The folders where records lie: the clone's own, and the copy of the national repository, which may not be there. */
static const char *root_at(struct ctl *c, int i)
{
	return arena_printf(c->a, i ? "%s.maillage/national/" : "%s", repo_workdir(c->r));
}

static int load_at(struct record *out, struct ctl *c, const char *root, const char *path)
{
	struct buf text = BUF_INIT;
	struct faults ignored = { 0 };
	int rc = fs_read(&text, arena_printf(c->a, "%s%s", root, path), YAML_MAX_BYTES, NULL);
	if (!rc)
		record_load(out, &ignored, c->a, c->set, path, path, NULL, text.at, text.n);
	buf_free(&text);
	return rc ? rc : out->doc && out->schema ? 0 : ERR_DATA;
}

/* "con-formation" as people know it: its title; NULL when it is not at hand. */
static const char *title_of(struct ctl *c, const char *id)
{
	const char *path = id_is_valid(id) ? record_path(c->a, c->set, id) : NULL;
	struct record rec;
	for (int i = 0; path && i < 2; i++)
		if (load_at(&rec, c, root_at(c, i), path) == 0)
			return val_text(rec.val, "titre");
	return NULL;
}

static bool suits(const struct record *rec, const struct val *where)
{
	for (size_t i = 0; where && i < where->map.n; i++)
		if (!val_equal(val_get(rec->val, where->map.at[i].key), where->map.at[i].val))
			return false;
	return true;
}

static void put_choice(struct val *rows, struct ctl *c, const char *root, const char *path, const struct snode *of)
{
	struct record rec;
	if (load_at(&rec, c, root, path) || !rec.id || !suits(&rec, of->ref_where) || rows->list.n >= CHOICES_MAX)
		return;
	size_t at = rows->list.n;
	while (at && strcmp(val_text(rows->list.at[at - 1], "id"), rec.id) > 0)
		at--;
	if (at && !strcmp(val_text(rows->list.at[at - 1], "id"), rec.id))
		return; /* the national team's own clone has its copy as well */
	struct val *v = val_map(c->a);
	put_str(c->a, v, "id", rec.id);
	put_str(c->a, v, "titre", val_text(rec.val, "titre"));
	val_push(c->a, rows, v);
	for (size_t i = rows->list.n - 1; i > at; i--)
		rows->list.at[i] = rows->list.at[i - 1];
	rows->list.at[at] = v;
}

static void put_choices(struct val *rows, struct ctl *c, const char *root, const struct schema *s, const struct snode *of)
{
	const char *top = arena_printf(c->a, "%s%s", root, s->folder);
	struct fs_names shards = { 0 }, files;
	if (!*s->folder || fs_list(&shards, top, NULL))
		return;
	for (size_t i = 0; i < shards.n; i++) {
		if (fs_list(&files, arena_printf(c->a, "%s/%s", top, shards.at[i]), NULL))
			continue;
		for (size_t k = 0; k < files.n; k++)
			if (strlen(files.at[k]) > 5 && !strcmp(files.at[k] + strlen(files.at[k]) - 5, ".yaml"))
				put_choice(rows, c, root, arena_printf(c->a, "%s/%s/%s", s->folder, shards.at[i], files.at[k]), of);
		fs_names_free(&files);
	}
	fs_names_free(&shards);
}

int ctl_form_choices(struct val **out, struct ctl *c, const char *kind, const char *field, struct err *e)
{
	const struct schema *s = schemas_kind(c->set, kind), *target;
	const struct snode *place;
	if (!s)
		return err_no_kind(e, c->a, c->set, kind);
	if (!schema_find(&place, NULL, s->root, NULL, field) || !place->schema)
		return err_no_field(e, s, NULL, field);
	enum schema_sort sort = schema_sort(place);
	if (sort == SORT_RECORDS)
		place = schema_item(place);
	else if (sort == SORT_ITEMS && place->list_key)
		place = schema_child(schema_item(place), place->list_key);
	struct val *rows = val_list(c->a);
	for (int r = 0; place->refs && repo_workdir(c->r) && r < 2; r++)
		for (size_t i = 0; place->refs[i]; i++)
			if ((target = schemas_kind(c->set, place->refs[i])))
				put_choices(rows, c, root_at(c, r), target, place);
	*out = rows;
	return 0;
}

/* --- what a state lacks ------------------------------------------------------------------------------------------------------ */

static const char *command_for(struct arena *a, const struct snode *s, const char *id, const char *field)
{
	const struct snode *of = s;
	const char *verb = "set", *value = "\"...\"";
	switch (schema_sort(s)) {
	case SORT_CODES:
	case SORT_RECORDS:
	case SORT_TEXTS:
		of = schema_item(s);
		verb = "add";
		break;
	case SORT_ITEMS:
		verb = "add";
		if (s->list_key && schema_child(schema_item(s), s->list_key)->refs)
			value = arena_printf(a, "\"{%s: ...}\"", s->list_key);
		else if (schema_item_text(s) && strcmp(schema_item_text(s), "texte"))
			value = arena_printf(a, "\"{%s: ...}\"", schema_item_text(s));
		break;
	case SORT_GROUP:
		of = schema_field(&value, s, 0);
		field = arena_printf(a, "%s/%s", field, value);
		value = "...";
		break;
	case SORT_TEXT:
	case SORT_PROSE:
	case SORT_CODE:
	case SORT_RECORD:
	case SORT_NUMBER:
	case SORT_BOOL:
	case SORT_OTHER:
		break;
	}
	const struct val *codes = schema_codes(of);
	if (codes && codes->list.n)
		value = codes->list.at[0]->str.at;
	else if (schema_example(of))
		value = schema_example(of);
	return arena_printf(a, "maillage %s %s %s %s", verb, id, field, value);
}

/* DOMAIN's lifecycle asks for more than fields, and leaves it to people. */
static int put_advice(struct val *list, struct ctl *c, const struct record *rec, const char *state, struct err *e)
{
	const char *seen = val_text(rec->val, "visibilite");
	if (!strcmp(state, "partage") && seen && strcmp(seen, "reseau") && strcmp(seen, "public"))
		val_push(c->a, list,
			 val_str(c->a, arena_printf(c->a, _("sa visibilité est « %s » : le réseau ne la verra qu'avec « maillage set %s visibilite reseau »"),
						    seen, rec->id)));
	return assent_advice(list, c, rec, state, e);
}

int ctl_lacks(struct val **out, struct ctl *c, const char *id, const char *state, struct err *e)
{
	struct record rec;
	const char *path = NULL;
	struct faults faults = { 0 };
	int rc = ctl_load(&rec, &path, c, id, e);
	if (rc)
		return rc;
	struct val *v = val_map(c->a), *missing = val_list(c->a), *advice = val_list(c->a), *as = val_shallow(c->a, rec.val);
	const struct snode *place = schema_child(rec.schema->root, "etat");
	val_set(c->a, as, "etat", val_str(c->a, state));
	schema_check_state(&faults, c->a, rec.schema, as);
	for (size_t i = 0; i < faults.n; i++) {
		const struct snode *s;
		if (!schema_find(&s, NULL, rec.schema->root, as, faults.at[i].field))
			continue;
		struct val *f = field_val(c->a, s, faults.at[i].field, false);
		put_str(c->a, f, "titre", schema_path_label(c->a, rec.schema->root, faults.at[i].field));
		put_str(c->a, f, "commande", command_for(c->a, s, id, faults.at[i].field));
		val_push(c->a, missing, f);
	}
	rc = put_advice(advice, c, &rec, state, e);
	put_str(c->a, v, "id", id);
	put_str(c->a, v, "champ", "etat");
	put_str(c->a, v, "etat", state);
	put_str(c->a, v, "titre", code_label(place, state));
	val_set(c->a, v, "manquants", missing);
	val_set(c->a, v, "conseils", advice);
	if (!rc)
		*out = v;
	return rc;
}

/* --- a record to be read ------------------------------------------------------------------------------------------------------- */

struct reading {
	struct ctl *c;
	struct val *rows;
};

static const char *value_label(struct reading *r, const struct snode *s, const struct val *v)
{
	if (v->type == VAL_STR && schema_codes(s))
		return code_label(s, v->str.at);
	return v->type == VAL_STR && s->refs ? title_of(r->c, v->str.at) : NULL;
}

static const char *list_label(struct reading *r, const struct snode *item, const struct val *list)
{
	struct arena *a = r->c->a;
	const char *out = NULL;
	for (size_t i = 0; i < list->list.n; i++) {
		const struct val *one = list->list.at[i];
		const char *label = value_label(r, item, one);
		if (one->type != VAL_STR)
			return NULL;
		label = !label ? one->str.at : schema_codes(item) ? label : arena_printf(a, "%s (%s)", label, one->str.at);
		out = out ? arena_printf(a, "%s, %s", out, label) : label;
	}
	return out;
}

static struct val *put_row(struct reading *r, const char *path, const char *title, int level)
{
	struct val *row = val_map(r->c->a);
	put_str(r->c->a, row, "champ", path);
	put_str(r->c->a, row, "titre", title);
	put_int(r->c->a, row, "niveau", level);
	val_push(r->c->a, r->rows, row);
	return row;
}

/* hidden: the key of an item, which stands as its title. */
static void read_place(struct reading *r, const struct snode *s, const char *path, const char *title, int level, const struct val *v,
		       const char *hidden)
{
	struct arena *a = r->c->a;
	struct val *row = put_row(r, path, title, level);
	if (v->type == VAL_MAP) {
		for (size_t i = 0; i < v->map.n; i++) {
			const char *key = v->map.at[i].key;
			const struct snode *below = schema_child(s, key);
			if (!hidden || strcmp(key, hidden))
				read_place(r, below, arena_printf(a, "%s/%s", path, key), label_of(below, key), level + 1, v->map.at[i].val, NULL);
		}
		return;
	}
	const struct val *first = v->type == VAL_LIST && v->list.n ? v->list.at[0] : NULL;
	if (first && first->type == VAL_MAP) {
		for (size_t i = 0; i < v->list.n; i++) {
			const char *key = s->list_key ? val_text(v->list.at[i], s->list_key) : NULL;
			key = key ? key : arena_printf(a, "%zu", i);
			read_place(r, schema_item(s), arena_printf(a, "%s/%s", path, key), key, level + 1, v->list.at[i], s->list_key);
		}
		return;
	}
	val_set(a, row, "valeur", val_copy(a, v));
	put_str(a, row, "libelle", v->type == VAL_LIST ? list_label(r, schema_item(s), v) : value_label(r, s, v));
}

int ctl_form_read(struct val **out, struct ctl *c, const char *id, struct err *e)
{
	struct record rec;
	const char *path = NULL;
	int rc = ctl_load(&rec, &path, c, id, e);
	if (rc)
		return rc;
	struct reading r = { c, val_list(c->a) };
	for (size_t i = 0; i < rec.val->map.n; i++) {
		const char *key = rec.val->map.at[i].key;
		const struct snode *s = schema_child(rec.schema->root, key);
		read_place(&r, s, key, label_of(s, key), 0, rec.val->map.at[i].val, NULL);
	}
	*out = r.rows;
	return 0;
}
