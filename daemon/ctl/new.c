/* new.c -- a new record: its envelope filled in, the fields that its state requires there to be filled, help for the next state behind
 * them (hints.h). It may wait on disk as a draft; put aside, it is kept in prive/, which never leaves the computer.
 */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "ctl/writerec.h"
#include "schema/describe.h"

static void put_text(struct ctl *c, struct val *v, const char *key, const char *text)
{
	val_set(c->a, v, key, val_str(c->a, text));
}

/* The envelope that every record carries; titre is left to the person. */
static void envelope(struct ctl *c, struct val *v, const struct schema *s, const char *id)
{
	char today[11];
	clock_date(today, clock_unix_s());
	put_text(c, v, "schema", arena_printf(c->a, "%s/%lld", s->kind, (long long)s->version));
	put_text(c, v, "id", id);
	put_text(c, v, "collectif", repo_collective(c->r));
	put_text(c, v, "langue", "fr");
	put_text(c, v, "titre", "");
	put_text(c, v, "etat", "brouillon");
	put_text(c, v, "visibilite", "collectif");
	put_text(c, v, "cree_le", today);
	put_text(c, v, "cree_par", repo_author(c->r));
}

static int mint(const char **id, const char **path, struct ctl *c, const struct schema *s, struct err *e)
{
	unsigned char random[8];
	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return err_errno(e, "getrandom");
	if (!*s->folder)
		*id = arena_printf(c->a, "%s-%s", s->prefix, repo_collective(c->r));
	else
		*id = id_mint(c->a, s->prefix, repo_collective(c->r), random);
	*path = record_path(c->a, c->set, *id);
	must(*path);
	if (fs_exists(arena_printf(c->a, "%s%s", repo_workdir(c->r), *path)))
		return err_set(e, ERR_EXISTS, _("%s existe déjà"), *path);
	return 0;
}

static int apply_sets(struct val **v, struct ctl *c, const struct schema *s, char *const *sets, int n, struct err *e)
{
	int rc = 0;
	for (int i = 0; !rc && i < n; i++) {
		const char *eq = strchr(sets[i], '=');
		if (!eq || eq == sets[i])
			return err_set(e, ERR_USAGE, _("« %s » : écrivez CHAMP=VALEUR"), sets[i]);
		const char *field = arena_dupn(c->a, sets[i], (size_t)(eq - sets[i]));
		const struct snode *place;
		struct val *typed, *next;
		if (!schema_find(&place, NULL, s->root, *v, field) || !place->schema)
			return err_no_field(e, s, NULL, field);
		rc = ctl_new_value(&typed, c, place, eq + 1, e);
		if (!rc)
			rc = schema_put(&next, c->a, s->root, *v, field, typed, e);
		if (!rc)
			*v = next;
	}
	return rc;
}

/* A validation counts only for the text it read: pin that text now, not when somebody remembers to. */
static int fill_review(struct val **v, struct ctl *c, const struct schema *s, struct err *e)
{
	static const char *const fields[] = { "cible_empreinte", "par", "date" };
	const char *target = val_text(*v, "cible"), *fill[3] = { NULL, val_text(*v, "cree_par"), val_text(*v, "cree_le") };
	if (!target || schema_rank(s->root, "cible_empreinte") < 0 || val_get(*v, "cible_empreinte"))
		return 0;
	struct record rec;
	const char *path = NULL;
	int rc = ctl_load(&rec, &path, c, target, e);
	if (rc == ERR_NOTFOUND)
		return 0; /* another collective's record: its fingerprint stays to be filled in, and is named as missing */
	fill[0] = rc ? NULL : record_fingerprint(c->a, rec.val);
	for (int i = 0; !rc && i < 3; i++)
		if (!val_get(*v, fields[i]))
			rc = schema_put(v, c->a, s->root, *v, fields[i], val_str(c->a, fill[i]), e);
	return rc;
}

static struct val *blank(struct arena *a, const struct snode *s)
{
	switch (schema_sort(s)) {
	case SORT_TEXTS:
	case SORT_CODES:
	case SORT_RECORDS:
	case SORT_ITEMS:
		return val_list(a);
	case SORT_GROUP:
		return val_map(a);
	case SORT_TEXT:
	case SORT_PROSE:
	case SORT_CODE:
	case SORT_RECORD:
	case SORT_NUMBER:
	case SORT_BOOL:
	case SORT_OTHER:
		break;
	}
	return val_str(a, "");
}

/* What the record's state requires and nobody gave is there, empty: whoever opens the file sees what to fill in. */
static int put_blanks(struct val **v, struct ctl *c, const struct schema *s, const char *path, struct err *e)
{
	struct record check;
	struct faults faults = { 0 };
	struct buf text = BUF_INIT;
	int rc = ydoc_rewrite(&text, NULL, *v, NULL, &schema_shape_ops, s->root, e);
	if (!rc)
		record_load(&check, &faults, c->a, c->set, path, path, repo_collective(c->r), text.at, text.n);
	buf_free(&text);
	for (size_t i = 0; !rc && i < faults.n; i++) {
		const struct fault *f = &faults.at[i];
		if (strncmp(f->code, "required", 8) || strchr(f->field, '/') || !*f->field || val_get(*v, f->field))
			continue;
		rc = schema_put(v, c->a, s->root, *v, f->field, blank(c->a, schema_child(s->root, f->field)), e);
	}
	return rc;
}

int ctl_new(struct val **out, struct ctl *c, const char *kind, char *const *sets, int n, bool hold, struct err *e)
{
	const char *id = NULL;
	int rc = ctl_lock(c, e);
	if (rc)
		return rc;
	const struct schema *s = schemas_kind(c->set, kind);
	if (!s) {
		repo_unlock(c->r);
		return err_no_kind(e, c->a, c->set, kind);
	}
	struct oid commit = { "" };
	struct faults faults = { 0 };
	struct record_write w = { .schema = s, .hold = hold };
	rc = mint(&id, &w.path, c, s, e);
	if (!rc) {
		struct val *v = val_map(c->a);
		envelope(c, v, s, id);
		rc = apply_sets(&v, c, s, sets, n, e);
		if (!rc)
			rc = fill_review(&v, c, s, e);
		if (!rc)
			rc = put_blanks(&v, c, s, w.path, e);
		w.target = v;
	}
	if (!rc)
		rc = ctl_write(&commit, &faults, c, &w, e);
	repo_unlock(c->r);
	if (!rc)
		*out = ctl_written(c, &w, id, &commit, &faults);
	return rc;
}
