/* restore.c -- bringing back what history holds and the present does not: a value that a field had, a proposal that lost, a record that
 * was deleted. Nothing is undone: the old value becomes a new change, in a commit that says where it came from.
 *
 * What a field "has held" is read from every version of the record: the field's value there, and the proposals in its sidecar. A
 * proposal is known by its key, as `maillage conflicts` shows it; so is a value, by the same reckoning.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/people.h"
#include "ctl/result.h"
#include "store/history.h"
#include "store/worktree.h"

#define VALUES_MAX 1000 /* of one field, newest first */

struct value {
	struct proposal p;
	const struct diff *d; /* the difference it stood in; NULL: it was the field's value */
};
struct values {
	struct value *at;
	size_t n, cap;
};

/* --- what was there ---------------------------------------------------------------------------------------------------- */

struct collecting {
	struct ctl *c;
	const char *id, *field;
	struct values *out;
	struct err *e;
};

static bool known(const struct values *v, const char *cle)
{
	for (size_t i = 0; i < v->n; i++)
		if (!strcmp(v->at[i].p.cle, cle))
			return true;
	return false;
}

static void collect(struct collecting *k, const struct proposal *p, const struct diff *d)
{
	struct value one = { *p, d };
	if (!p->present && !known(k->out, p->cle) && k->out->n < VALUES_MAX)
		arena_push(k->c->a, k->out, one);
}

static struct origin origin_of(struct arena *a, const struct commit_info *ci)
{
	char *date = arena_alloc(a, 11);
	clock_date(date, ci->author_time);
	return (struct origin){ arena_dup(a, ci->author_name), date, arena_dup(a, ci->oid.hex) };
}

static const struct schema *schema_of(const struct ctl *c, const char *id)
{
	return schemas_by_prefix(c->set, arena_dupn(c->a, id, 3));
}

static int one_version(void *ctx, const struct commit_info *ci)
{
	struct collecting *k = ctx;
	struct record_state st;
	const struct val *v = NULL;
	struct proposal p = { .by = origin_of(k->c->a, ci) };
	int rc = history_state(&st, k->c->a, k->c->r, &ci->oid, k->id, k->e);
	if (rc || !st.val)
		return rc;
	const struct schema *s = schema_of(k->c, k->id);
	if (s)
		schema_find(NULL, &v, s->root, st.val, k->field);
	if (v) {
		p.valeur = v;
		val_key(p.cle, v);
		collect(k, &p, NULL);
	}
	for (size_t i = 0; i < st.diffs.n; i++)
		for (size_t n = 0; !strcmp(st.diffs.at[i].champ, k->field) && n < st.diffs.at[i].n; n++)
			collect(k, &st.diffs.at[i].at[n], &st.diffs.at[i]);
	return 0;
}

static int values_of(struct values *out, struct ctl *c, const char *id, const char *field, struct err *e)
{
	struct collecting k = { c, id, field, out, e };
	if (!id_is_valid(id))
		return err_no_id(e, id);
	int rc = history_log(c->r, &c->head, id, one_version, &k, e);
	if (rc < 0)
		return rc;
	return out->n ? 0 : err_set(e, ERR_NOTFOUND, _("%s : l'historique de ce dossier ne connaît aucune valeur de « %s »"), id, field);
}

int ctl_restore_list(struct val **out, struct ctl *c, const char *id, const char *field, struct err *e)
{
	struct values values = { 0 };
	int rc = values_of(&values, c, id, field, e);
	if (rc)
		return rc;
	struct val *rows = val_list(c->a);
	for (size_t i = 0; i < values.n; i++)
		val_push(c->a, rows, proposal_val(c->a, &values.at[i].p, 0));
	struct people people;
	people_load(&people, c);
	put_names(c->a, rows, &people);
	*out = rows;
	return 0;
}

/* --- bringing it back ---------------------------------------------------------------------------------------------------- */

static int put(struct oid *commit, struct ctl *c, const struct file_change *files, size_t n, const char *subject, const char *trailers,
	       struct err *e)
{
	const char *message = arena_printf(c->a, "%s\n\n%s", subject, trailers);
	return worktree_put(commit, c->r, files, n, message, e);
}

static int write_field(struct val **out, struct ctl *c, const char *id, const char *field, const struct value *v, struct err *e)
{
	struct record rec;
	const char *path = NULL;
	struct val *target;
	const struct val *now = NULL, *chosen = v->p.absent ? NULL : v->p.valeur;
	int rc = ctl_load(&rec, &path, c, id, e);
	if (rc)
		return rc;
	schema_find(NULL, &now, rec.schema->root, rec.val, field);
	if (v->d && chosen && now)
		chosen = diff_taken(c->a, v->d, now, chosen);
	if (val_equal(now, chosen))
		return err_set(e, ERR_EXISTS,
			       v->d ? _("%s, %s : rien à rétablir : le champ a déjà cette valeur, ou son texte n'a plus la phrase que cette proposition remplaçait") :
				      _("%s, %s : le champ a déjà cette valeur"),
			       id, field);
	if ((rc = schema_put(&target, c->a, rec.schema->root, rec.val, field, val_copy(c->a, chosen), e)))
		return rc;
	struct buf text = BUF_INIT;
	struct oid commit;
	rc = ydoc_rewrite(&text, rec.doc, ctl_at_version(c, rec.schema, target), NULL, &schema_shape_ops, rec.schema->root, e);
	if (!rc) {
		struct file_change f = { path, text.at, text.n };
		rc = put(&commit, c, &f, 1, arena_printf(c->a, "%s %s : %s (valeur rétablie)", rec.schema->kind, id, field),
			 arena_printf(c->a, "Fiche: %s\nChamp: %s\nRetabli: %s%s%s\n", id, field, v->p.cle, v->p.by.commit ? " " : "",
				      v->p.by.commit ? v->p.by.commit : ""),
			 e);
	}
	buf_free(&text);
	if (rc)
		return rc;
	struct val *r = val_map(c->a);
	put_str(c->a, r, "id", id);
	put_str(c->a, r, "champ", field);
	if (chosen)
		val_set(c->a, r, "valeur", val_copy(c->a, chosen));
	put_str(c->a, r, "chemin", path);
	put_str(c->a, r, "commit", commit.hex);
	put_str(c->a, r, "de", v->p.by.commit);
	*out = r;
	return 0;
}

static int restore_field(struct val **out, struct ctl *c, const char *id, const char *field, const char *cle, const struct oid *at,
			 struct err *e)
{
	struct values values = { 0 };
	const struct value *found = NULL;
	int rc = 0;
	if (at) {
		struct commit_info ci;
		struct collecting k = { c, id, field, &values, e };
		if (!id_is_valid(id))
			return err_no_id(e, id);
		if ((rc = repo_commit_info(&ci, c->a, c->r, at, e)) || (rc = one_version(&k, &ci)))
			return rc;
		if (!values.n || values.at[0].d)
			return err_set(e, ERR_NOTFOUND, _("%s : le commit %.8s ne montre pas de « %s »"), id, at->hex, field);
		return write_field(out, c, id, field, &values.at[0], e);
	}
	if ((rc = values_of(&values, c, id, field, e)))
		return rc;
	for (size_t i = 0; i < values.n; i++) {
		if (strlen(cle) < 4 || strncmp(values.at[i].p.cle, cle, strlen(cle)))
			continue;
		if (found)
			return err_set(e, ERR_USAGE, _("%s, %s : plusieurs valeurs ont une clé qui commence par « %s » ; donnez-la en entier"), id, field, cle);
		found = &values.at[i];
	}
	if (!found)
		return err_set(e, ERR_NOTFOUND, _("%s : « %s » n'a jamais eu de valeur ni de proposition de clé « %s » ; « maillage restore %s %s » les montre"), id,
			       field, cle, id, field);
	return write_field(out, c, id, field, found, e);
}

struct last {
	struct ctl *c;
	const char *id;
	struct oid found;
	struct err *e;
};

static int last_there(void *ctx, const struct commit_info *ci)
{
	struct last *k = ctx;
	struct record_state st;
	int rc = history_state(&st, k->c->a, k->c->r, &ci->oid, k->id, k->e);
	if (rc || !st.val)
		return rc;
	k->found = ci->oid;
	return 1;
}

/* Its file lies there, and is not just the last text of it in history, which stays while nobody has agreed that it was deleted. */
static bool is_here(struct ctl *c, const char *path, const char *last, size_t n)
{
	struct buf b = BUF_INIT;
	const char *now = NULL;
	size_t ignored;
	bool there = fs_read(&b, arena_printf(c->a, "%s%s", repo_workdir(c->r), path), YAML_MAX_BYTES, NULL) == 0;
	bool same = there && b.n == n && !memcmp(b.at, last, n);
	bool gone = same && repo_read(&now, &ignored, NULL, c->a, c->r, &c->head, path, NULL) == 0 && !now;
	buf_free(&b);
	return there && !gone;
}

static int restore_record(struct val **out, struct ctl *c, const char *id, const struct oid *at, struct err *e)
{
	const char *path = id_is_valid(id) ? record_path(c->a, c->set, id) : NULL, *side = path ? record_sidecar_path(c->a, id) : NULL;
	struct last last = { .c = c, .id = id, .e = e };
	const char *text, *entries;
	size_t n, m;
	struct oid commit;
	if (!path)
		return err_no_id(e, id);
	int rc = at ? 0 : history_log(c->r, &c->head, id, last_there, &last, e);
	if (rc < 0)
		return rc;
	if (at)
		last.found = *at;
	if (!oid_is(&last.found))
		return err_set(e, ERR_NOTFOUND, _("%s : l'historique de ce dossier ne connaît pas cette fiche"), id);
	if ((rc = repo_read(&text, &n, NULL, c->a, c->r, &last.found, path, e)) ||
	    (rc = repo_read(&entries, &m, NULL, c->a, c->r, &last.found, side, e)))
		return rc;
	if (!text)
		return err_set(e, ERR_NOTFOUND, _("%s : le commit %.8s n'a pas cette fiche"), id, last.found.hex);
	if (!at && is_here(c, path, text, n))
		return err_set(e, ERR_EXISTS,
			       _("%s : cette fiche est là ; pour la reprendre telle qu'elle était, dites quand : « maillage restore %s --commit COMMIT » (« maillage log %s » les montre)"),
			       id, id, id);
	struct file_change files[2] = { { path, text, n }, { side, at ? NULL : entries, at || !entries ? 0 : m } };
	const struct schema *s = schema_of(c, id);
	rc = put(&commit, c, files, 2,
		 arena_printf(c->a, at ? "%s %s : fiche reprise telle qu'en %.8s" : "%s %s : fiche rétablie de %.8s", s ? s->kind : "fiche", id,
			      last.found.hex),
		 arena_printf(c->a, "Fiche: %s\nRetabli: %s\n", id, last.found.hex), e);
	if (rc)
		return rc;
	struct val *r = val_map(c->a);
	put_str(c->a, r, "id", id);
	put_str(c->a, r, "chemin", path);
	put_str(c->a, r, "commit", commit.hex);
	put_str(c->a, r, "de", last.found.hex);
	*out = r;
	return 0;
}

int ctl_restore(struct val **out, struct ctl *c, const char *id, const char *field, const char *cle, const char *commit, struct err *e)
{
	struct oid at;
	int rc = commit ? repo_resolve(&at, c->r, commit, e) : 0;
	if (rc || (rc = ctl_lock(c, e)))
		return rc;
	if (!(rc = worktree_paused(c->r, e)))
		rc = field ? restore_field(out, c, id, field, cle, commit ? &at : NULL, e) : restore_record(out, c, id, commit ? &at : NULL, e);
	repo_unlock(c->r);
	return rc;
}
