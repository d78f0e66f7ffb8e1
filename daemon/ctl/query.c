/* query.c -- reading records: show and list. They read the folder as it is, uncommitted edits included: what a person sees. */
#include <string.h>

#include "base/fsio.h"
#include "base/near.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "schema/describe.h"
#include "store/history.h"

struct newest {
	struct ctl *c;
	const char *commit;
};

static int first_only(void *ctx, const struct commit_info *ci)
{
	struct newest *n = ctx;
	n->commit = arena_dup(n->c->a, ci->oid.hex);
	return 1;
}

/* What a croisement or an avis pins: the fingerprint of the text, and the commit that brought it. */
static int put_pin(struct val *v, struct ctl *c, const struct record *rec, struct err *e)
{
	struct newest n = { .c = c };
	int rc = history_log(c->r, &c->head, rec->id, first_only, &n, e);
	if (rc < 0)
		return rc;
	put_str(c->a, v, "empreinte", record_fingerprint(c->a, rec->val));
	put_str(c->a, v, "commit", n.commit);
	return 0;
}

int ctl_show(struct val **out, struct ctl *c, const char *id, const char *field, struct err *e)
{
	struct record rec;
	const char *path = NULL;
	int rc = ctl_load(&rec, &path, c, id, e);
	if (rc)
		return rc;
	struct val *v = val_map(c->a);
	put_str(c->a, v, "id", id);
	put_str(c->a, v, "chemin", path);
	if (!field) {
		size_t n;
		const char *text = ydoc_text(rec.doc, &n);
		val_set(c->a, v, "texte", val_strn(c->a, text, n));
		val_set(c->a, v, "valeur", val_copy(c->a, rec.val));
		rc = put_pin(v, c, &rec, e);
		if (!rc)
			*out = v;
		return rc;
	}
	const struct snode *place;
	const struct val *value;
	if (!schema_find(&place, &value, rec.schema->root, rec.val, field))
		return err_no_field(e, rec.schema, id, field);
	if (!value && !place->schema)
		return err_no_field(e, rec.schema, id, field);
	if (!value)
		return err_set(e, ERR_NOTFOUND, _("%s : le champ « %s » n'est pas rempli"), id, field);
	put_str(c->a, v, "champ", field);
	val_set(c->a, v, "valeur", val_copy(c->a, value));
	*out = v;
	return 0;
}

/* FIELD=VALUE; FIELD!=VALUE; FIELD~TEXT: TEXT stands in it, capitals aside; FIELD= and FIELD!=: not filled in, filled in. */
struct filter {
	const char *field, *text;
	bool negated, within;
};

static bool text_within(const struct val *v, const char *text)
{
	switch (v->type) {
	case VAL_STR:
		return strcasestr(v->str.at, text);
	case VAL_LIST:
		for (size_t i = 0; i < v->list.n; i++)
			if (text_within(v->list.at[i], text))
				return true;
		return false;
	case VAL_MAP:
		for (size_t i = 0; i < v->map.n; i++)
			if (text_within(v->map.at[i].val, text))
				return true;
		return false;
	case VAL_NULL:
	case VAL_BOOL:
	case VAL_INT:
	case VAL_NUM:
		break;
	}
	return false;
}

static bool holds(struct ctl *c, const struct snode *place, const struct val *have, const struct filter *f)
{
	struct err e;
	struct val *want;
	if (f->within)
		return have && text_within(have, f->text);
	if (!*f->text)
		return !schema_is_filled(have);
	if (!have)
		return false;
	if (have->type == VAL_LIST) {
		for (size_t i = 0; i < have->list.n; i++)
			if (val_is_str(have->list.at[i], f->text))
				return true;
		return false;
	}
	return !ctl_value(&want, c->a, place, f->text, &e) && val_equal(have, want);
}

static bool matches(struct ctl *c, const struct record *rec, const struct filter *f)
{
	const struct snode *place;
	const struct val *have;
	if (!schema_find(&place, &have, rec->schema->root, rec->val, f->field) || (!have && !place->schema))
		return false;
	return holds(c, place, have, f) != f->negated;
}

static int parse_filter(struct filter *out, struct arena *a, const char *text, struct err *e)
{
	size_t n = strcspn(text, "=~");
	bool negated = n && text[n] == '=' && text[n - 1] == '!';
	if (!text[n] || n == (size_t)negated)
		return err_set(e, ERR_USAGE, _("« %s » : écrivez CHAMP=VALEUR, CHAMP!=VALEUR ou CHAMP~TEXTE"), text);
	*out = (struct filter){ arena_dupn(a, text, n - negated), text + n + 1, negated, text[n] == '~' };
	return 0;
}

struct listing {
	struct ctl *c;
	const struct filter *filters;
	int n;
	struct val *rows;
	struct err *e;
};

static int list_file(struct listing *l, const char *path)
{
	struct ctl *c = l->c;
	struct buf text = BUF_INIT;
	int rc = fs_read(&text, arena_printf(c->a, "%s%s", repo_workdir(c->r), path), YAML_MAX_BYTES, l->e);
	if (!rc) {
		struct record rec;
		struct faults faults = { 0 };
		record_load(&rec, &faults, c->a, c->set, path, path, repo_collective(c->r), text.at, text.n);
		bool show = rec.doc && rec.schema && rec.id;
		for (int i = 0; show && i < l->n; i++)
			show = matches(c, &rec, &l->filters[i]);
		if (show) {
			struct val *row = val_map(c->a);
			put_str(c->a, row, "id", rec.id);
			put_str(c->a, row, "genre", rec.schema->kind);
			put_str(c->a, row, "etat", val_text(rec.val, "etat"));
			put_str(c->a, row, "titre", val_text(rec.val, "titre"));
			put_str(c->a, row, "chemin", path);
			val_push(c->a, l->rows, row);
		}
	}
	buf_free(&text);
	return rc;
}

/* kind folder / shard / file */
static int list_folder(struct listing *l, const char *folder)
{
	struct arena *a = l->c->a;
	const char *top = arena_printf(a, "%s%s", repo_workdir(l->c->r), folder);
	if (!fs_is_dir(top))
		return 0;
	struct fs_names shards, files;
	int rc = fs_list(&shards, top, l->e);
	for (size_t i = 0; !rc && i < shards.n; i++) {
		const char *shard = arena_printf(a, "%s/%s", top, shards.at[i]);
		if (!fs_is_dir(shard))
			continue;
		rc = fs_list(&files, shard, l->e);
		for (size_t j = 0; !rc && j < files.n; j++) {
			size_t len = strlen(files.at[j]);
			if (len > 5 && !strcmp(files.at[j] + len - 5, ".yaml"))
				rc = list_file(l, arena_printf(a, "%s/%s/%s", folder, shards.at[i], files.at[j]));
		}
		fs_names_free(&files);
	}
	fs_names_free(&shards);
	return rc;
}

/* A typing mistake must not look like "there are none". */
static int field_known(struct ctl *c, const char *kind, const char *field, struct err *e)
{
	struct near meant = { .typed = field };
	const struct snode *place;
	const struct schema *s;
	const char *key;
	for (size_t i = 0; (s = schemas_at(c->set, i)); i++) {
		if (kind && strcmp(s->kind, kind))
			continue;
		if (schema_find(&place, NULL, s->root, NULL, field) && place->schema)
			return 0;
		if (kind)
			return err_no_field(e, s, NULL, field);
		for (size_t k = 0; schema_field(&key, s->root, k); k++)
			near_try(&meant, key);
	}
	return meant.best ? err_set(e, ERR_NOTFOUND, _("il n'y a de champ « %s » dans aucun genre de fiche ; vouliez-vous dire « %s » ?"), field, meant.best) :
			    err_set(e, ERR_NOTFOUND, _("il n'y a de champ « %s » dans aucun genre de fiche"), field);
}

int ctl_list(struct val **out, struct ctl *c, const char *kind, char *const *filters, int n, struct err *e)
{
	if (!repo_workdir(c->r))
		return err_set(e, ERR_CONFIG, "%s", _("ce dépôt n'a pas de dossier de travail"));
	if (kind && !schemas_kind(c->set, kind))
		return err_no_kind(e, c->a, c->set, kind);
	struct filter *fs = arena_array(c->a, (size_t)n + 1, sizeof *fs);
	for (int i = 0; i < n; i++) {
		int rc = parse_filter(&fs[i], c->a, filters[i], e);
		if (rc)
			return rc;
	}
	for (int i = 0; i < n; i++) {
		int rc = field_known(c, kind, fs[i].field, e);
		if (rc)
			return rc;
	}
	struct listing l = { c, fs, n, val_list(c->a), e };
	const struct schema *s;
	int rc = 0;
	for (size_t i = 0; !rc && (s = schemas_at(c->set, i)); i++) {
		if (kind && strcmp(s->kind, kind))
			continue;
		if (*s->folder)
			rc = list_folder(&l, s->folder);
		else if (fs_exists(arena_printf(c->a, "%scollectif.yaml", repo_workdir(c->r))))
			rc = list_file(&l, "collectif.yaml");
	}
	if (!rc)
		*out = l.rows;
	return rc;
}
