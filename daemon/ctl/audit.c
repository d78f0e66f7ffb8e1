/* audit.c -- history for people: log and blame. All of it is in the repository; nothing here is stored elsewhere. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/ctl.h"
#include "ctl/people.h"
#include "ctl/result.h"
#include "schema/describe.h"
#include "store/history.h"
#include "store/treemerge.h"

#define LOG_MAX 10000

struct logging {
	struct ctl *c;
	const char *id, *field;
	struct people people;
	struct val *rows;
	struct err *e;
};

static const char *subject(struct arena *a, const char *message)
{
	return arena_dupn(a, message, strcspn(message, "\n"));
}

static bool is_machine(const struct commit_info *ci)
{
	return !strcmp(ci->author_email, FUSION_EMAIL);
}

/* Did this commit change the field? What it was, in its first parent, and what it became goes into the row. A merge that only took over what
 * the other side had written did not: that side's commit is in the log. */
static int touches(bool *out, struct val *row, struct logging *l, const struct commit_info *ci)
{
	struct arena *a = l->c->a;
	struct record_state now, before = { 0 };
	int rc = history_state(&now, a, l->c->r, &ci->oid, l->id, l->e);
	if (!rc && ci->nparents)
		rc = history_state(&before, a, l->c->r, &ci->parents[0], l->id, l->e);
	if (rc)
		return rc;
	const struct schema *s = NULL;
	const char *kind = now.val ? val_text(now.val, "schema") : before.val ? val_text(before.val, "schema") : NULL;
	if (kind)
		s = schemas_kind(l->c->set, arena_dupn(a, kind, strcspn(kind, "/")));
	const struct val *x = NULL, *y = NULL;
	if (s && now.val)
		schema_find(NULL, &x, s->root, now.val, l->field);
	if (s && before.val)
		schema_find(NULL, &y, s->root, before.val, l->field);
	bool changed = !val_equal(x, y);
	for (size_t i = 1; changed && i < ci->nparents; i++) {
		struct record_state other;
		rc = history_state(&other, a, l->c->r, &ci->parents[i], l->id, l->e);
		if (rc)
			return rc;
		const struct val *z = NULL;
		if (s && other.val)
			schema_find(NULL, &z, s->root, other.val, l->field);
		changed = !val_equal(x, z);
	}
	*out = changed;
	if (y)
		val_set(a, row, "avant", val_copy(a, y));
	if (x)
		val_set(a, row, "apres", val_copy(a, x));
	return 0;
}

/* --- which of a record's texts were validated ---------------------------------------------------------------------------- */

struct validated {
	struct logging *l;
	struct {
		const struct val **at; /* reviews: avis of nature validation */
		size_t n, cap;
	} reviews;
};

static int take_review(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct validated *v = ctx;
	struct ctl *c = v->l->c;
	const char *bytes;
	size_t n;
	struct record rec;
	struct faults ignored = { 0 };
	(void)mode;
	int rc = repo_read_blob(&bytes, &n, c->a, c->r, blob, v->l->e);
	if (rc)
		return rc;
	if (!memmem(bytes, n, v->l->id, strlen(v->l->id))) /* most are about other records */
		return 0;
	record_load(&rec, &ignored, c->a, c->set, path, path, NULL, bytes, n);
	if (rec.val && val_is_str(val_get(rec.val, "cible"), v->l->id) && val_is_str(val_get(rec.val, "nature"), "validation"))
		arena_push(c->a, &v->reviews, rec.val);
	return 0;
}

static const char *read_print(const struct val *review)
{
	const char *s = val_text(review, "cible_empreinte");
	return s ? s : "";
}

/* `valide` of a row: the reviews that read the record as this commit left it. Until the next row the field has that value. */
static int put_validations(struct logging *l)
{
	struct arena *a = l->c->a;
	struct validated v = { .l = l };
	int rc = repo_walk(l->c->r, &l->c->head, "avis", take_review, &v, l->e);
	for (size_t i = 0; !rc && i < v.reviews.n; i++) {
		const struct val *review = v.reviews.at[i];
		struct oid at;
		rc = history_fingerprint(&at, l->c->r, &l->c->head, l->id, read_print(review), l->e);
		for (size_t k = 0; !rc && oid_is(&at) && k < l->rows->list.n; k++) {
			struct val *row = l->rows->list.at[k], *one = val_map(a);
			struct oid set;
			bool older = false;
			snprintf(set.hex, sizeof set.hex, "%s", val_text(row, "commit"));
			rc = repo_is_ancestor(&older, l->c->r, &set, &at, l->e);
			if (rc || !older)
				continue;
			put_str(a, one, "avis", val_text(review, "id"));
			put_str(a, one, "portee", val_text(review, "portee"));
			put_str(a, one, "par", val_text(review, "par"));
			put_str(a, one, "date", val_text(review, "date"));
			if (!val_get(row, "valide"))
				val_set(a, row, "valide", val_list(a));
			val_push(a, val_get(row, "valide"), one);
			break; /* newest first: the first that the validated version has is what it said */
		}
	}
	return rc;
}

static int log_commit(void *ctx, const struct commit_info *ci)
{
	struct logging *l = ctx;
	struct arena *a = l->c->a;
	if (l->rows->list.n >= LOG_MAX)
		return 1;
	char date[11];
	clock_date(date, ci->author_time);
	struct val *row = val_map(a);
	put_str(a, row, "commit", ci->oid.hex);
	put_str(a, row, "date", date);
	put_str(a, row, "auteur", ci->author_name);
	put_str(a, row, "nom", people_name(&l->people, ci->author_name));
	val_set(a, row, "fusion", val_bool(a, is_machine(ci)));
	put_str(a, row, "sujet", subject(a, ci->message));
	bool yes = true;
	int rc = l->field ? touches(&yes, row, l, ci) : 0;
	if (!rc && yes)
		val_push(a, l->rows, row);
	return rc;
}

int ctl_log(struct val **out, struct ctl *c, const char *id, const char *field, struct err *e)
{
	struct logging l = { .c = c, .id = id, .field = field, .rows = val_list(c->a), .e = e };
	people_load(&l.people, c);
	if (id && !id_is_valid(id))
		return err_no_id(e, id);
	int rc = history_log(c->r, &c->head, id, log_commit, &l, e);
	if (rc < 0)
		return rc;
	if (id && field && !l.rows->list.n)
		return err_set(e, ERR_NOTFOUND, _("%s : aucun commit de ce dossier ne touche le champ « %s »"), id, field);
	if (id && !l.rows->list.n)
		return err_set(e, ERR_NOTFOUND, _("%s : l'historique de ce dossier ne connaît pas cette fiche"), id);
	rc = id && field ? put_validations(&l) : 0;
	if (!rc)
		*out = l.rows;
	return rc;
}

/* --- blame --------------------------------------------------------------------------------------------------------- */

struct blaming {
	struct ctl *c;
	const char *id;
	const struct schema *schema;
	const struct diffs *open; /* and settled */
	struct people people;
	struct val *rows;
	struct err *e;
};

/* By hand, or by a merge, and whose. */
static int put_sort(struct val *row, struct blaming *b, const char *commit)
{
	struct oid oid;
	struct commit_info ci;
	int rc = commit ? repo_resolve(&oid, b->c->r, commit, b->e) : ERR_NOTFOUND;
	if (!rc)
		rc = repo_commit_info(&ci, b->c->a, b->c->r, &oid, b->e);
	if (!rc)
		put_str(b->c->a, row, "sorte", is_machine(&ci) ? "fusion" : ci.nparents > 1 ? "fusion_git" : "main");
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int blame_leaf(struct blaming *b, const char *champ, const struct val *v)
{
	struct origin by = { 0 };
	int rc = history_blame(&by, b->c->a, b->c->r, &b->c->head, b->id, champ, b->e);
	if (rc)
		return rc;
	struct val *row = val_map(b->c->a);
	put_str(b->c->a, row, "champ", champ);
	val_set(b->c->a, row, "valeur", val_copy(b->c->a, v));
	put_str(b->c->a, row, "titre", schema_path_label(b->c->a, b->schema->root, champ));
	put_origin(b->c->a, row, &by);
	put_name(b->c->a, row, &b->people);
	for (size_t i = 0; i < b->open->n; i++)
		if (b->open->at[i].degre != DEG_TRANCHE && !strcmp(b->open->at[i].champ, champ))
			val_set(b->c->a, row, "ouverte", val_bool(b->c->a, true));
	rc = put_sort(row, b, by.commit);
	val_push(b->c->a, b->rows, row);
	return rc;
}

/* Leaves of a record: whatever a person edits as one: scalars, whole sets and sequences, fields of list-map items. */
static int blame_walk(struct blaming *b, const struct snode *s, const char *prefix, const struct val *v)
{
	struct arena *a = b->c->a;
	int rc = 0;
	if (v->type == VAL_MAP && !s->atomic_map) {
		for (size_t i = 0; !rc && i < v->map.n; i++) {
			const char *key = v->map.at[i].key;
			const char *path = *prefix ? arena_printf(a, "%s/%s", prefix, key) : key;
			rc = blame_walk(b, schema_child(s, key), path, v->map.at[i].val);
		}
		return rc;
	}
	if (v->type == VAL_LIST && s->list == LIST_MAP && s->list_key) {
		for (size_t i = 0; !rc && i < v->list.n; i++) {
			const char *key = val_text(v->list.at[i], s->list_key);
			if (key)
				rc = blame_walk(b, schema_item(s), arena_printf(a, "%s/%s", prefix, key), v->list.at[i]);
		}
		return rc;
	}
	return blame_leaf(b, prefix, v);
}

int ctl_blame(struct val **out, struct ctl *c, const char *id, struct err *e)
{
	struct record_state st;
	int rc = history_state(&st, c->a, c->r, &c->head, id, e);
	if (rc)
		return rc;
	if (!st.val)
		return err_set(e, ERR_NOTFOUND, _("%s : l'historique de ce dossier ne connaît pas cette fiche"), id);
	const char *kind = val_text(st.val, "schema");
	const struct schema *s = kind ? schemas_kind(c->set, arena_dupn(c->a, kind, strcspn(kind, "/"))) : NULL;
	if (!s)
		return err_set(e, ERR_DATA, _("%s : genre de fiche inconnu ici"), id);
	struct blaming b = { .c = c, .id = id, .schema = s, .open = &st.diffs, .rows = val_list(c->a), .e = e };
	people_load(&b.people, c);
	rc = blame_walk(&b, s->root, "", st.val);
	if (!rc)
		*out = b.rows;
	return rc;
}
