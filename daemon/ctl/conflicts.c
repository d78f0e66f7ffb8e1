/* conflicts.c -- seeing differences and settling them: the value goes into the record, the entry becomes `tranche`, in one commit. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "merge/diffset.h"
#include "store/history.h"
#include "store/worktree.h"

/* A record and its sidecar as they are in the folder, normalised. */
struct open_record {
	struct record rec;
	const char *path, *sidecar;
	struct diffs diffs;
};

static struct origin self(struct ctl *c)
{
	char today[11];
	clock_date(today, clock_unix_s());
	return (struct origin){ .par = arena_dup(c->a, repo_author(c->r)), .date = arena_dup(c->a, today) };
}

static int load(struct open_record *out, struct ctl *c, const char *id, struct err *e)
{
	int rc = ctl_load(&out->rec, &out->path, c, id, e);
	if (rc)
		return rc;
	out->sidecar = record_sidecar_path(c->a, id);
	const char *file = arena_printf(c->a, "%s%s", repo_workdir(c->r), out->sidecar);
	struct buf text = BUF_INIT;
	struct diffs raw = { .id = id };
	if (fs_exists(file)) {
		rc = fs_read(&text, file, DIFFS_MAX_BYTES, e);
		if (!rc)
			rc = diffs_parse(&raw, c->a, out->sidecar, text.at, text.n, e);
	}
	buf_free(&text);
	struct origin me = self(c);
	if (!rc)
		diffs_normalise(&out->diffs, c->a, out->rec.schema, out->rec.val, &raw, &me);
	return rc;
}

static void put_rows(struct val *rows, struct ctl *c, const char *id, const struct val *record, const struct diffs *diffs)
{
	for (size_t i = 0; i < diffs->n; i++) {
		if (diffs->at[i].degre == DEG_TRANCHE)
			continue;
		struct val *row = diff_val(c->a, id, &diffs->at[i]);
		put_str(c->a, row, "titre", val_text(record, "titre"));
		val_push(c->a, rows, row);
	}
}

static int list_one(struct val *rows, struct ctl *c, const char *id, struct err *e)
{
	struct open_record r;
	int rc = load(&r, c, id, e);
	if (!rc)
		put_rows(rows, c, id, r.rec.val, &r.diffs);
	return rc;
}

/* One of all: a file that somebody is in the middle of (not readable now, deleted, misnamed) must not take the status of the whole
 * folder away. What history holds of it is listed; the file itself is shown among those that wait. */
static int list_any(struct val *rows, struct ctl *c, const char *id, struct err *e)
{
	struct record_state st;
	struct err unreadable;
	int rc = list_one(rows, c, id, &unreadable);
	if (rc != ERR_NOTFOUND && rc != ERR_DATA && rc != ERR_LIMIT)
		return rc ? err_set(e, rc, "%s", unreadable.msg) : 0;
	rc = history_state(&st, c->a, c->r, &c->head, id, e);
	if (!rc && st.val)
		put_rows(rows, c, id, st.val, &st.diffs);
	return rc == ERR_NOTFOUND || rc == ERR_DATA ? 0 : rc;
}

int ctl_conflicts(struct val **out, struct ctl *c, const char *id, struct err *e)
{
	struct val *rows = val_list(c->a);
	int rc = 0;
	if (id) {
		rc = list_one(rows, c, id, e);
	} else {
		const char *top = arena_printf(c->a, "%sconflits", repo_workdir(c->r));
		struct fs_names shards = { 0 }, files;
		if (fs_is_dir(top))
			rc = fs_list(&shards, top, e);
		for (size_t i = 0; !rc && i < shards.n; i++) {
			const char *shard = arena_printf(c->a, "%s/%s", top, shards.at[i]);
			if (!fs_is_dir(shard))
				continue;
			rc = fs_list(&files, shard, e);
			for (size_t j = 0; !rc && j < files.n; j++) {
				size_t len = strlen(files.at[j]);
				if (len > 5 && !strcmp(files.at[j] + len - 5, ".yaml"))
					rc = list_any(rows, c, arena_dupn(c->a, files.at[j], len - 5), e);
			}
			fs_names_free(&files);
		}
		fs_names_free(&shards);
	}
	if (!rc)
		*out = rows;
	return rc;
}

static const struct proposal *choose(const struct diff *d, const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);
	if (*arg && !*end && n >= 1 && n <= d->n)
		return &d->at[n - 1];
	for (size_t i = 0; i < d->n; i++)
		if (!strncmp(d->at[i].cle, arg, strlen(arg)) && strlen(arg) >= 4)
			return &d->at[i];
	return NULL;
}

/* A text may have several contested sentences: a key says which one is meant, a number means the first. */
static const struct diff *open_diff(const struct diffs *ds, const char *field, const char *take)
{
	const struct diff *first = NULL;
	for (size_t i = 0; i < ds->n; i++) {
		const struct diff *d = &ds->at[i];
		if (d->degre == DEG_TRANCHE || strcmp(d->champ, field))
			continue;
		if (!take || choose(d, take))
			return d;
		first = first ? first : d;
	}
	return first;
}

/* What the field becomes: NULL for "absent". *removed: the field, the item or the record goes. */
static int chosen_value(const struct val **out, bool *removed, struct ctl *c, const struct open_record *r, const struct diff *d,
			enum settle how, const char *arg, struct err *e)
{
	const struct snode *place = NULL;
	const struct val *now = NULL;
	bool whole = !strcmp(d->champ, CHAMP_RECORD);
	if (!whole)
		schema_find(&place, &now, r->rec.schema->root, r->rec.val, d->champ);
	*removed = false;
	*out = now;
	if (how == SETTLE_OK || (how == SETTLE_BASE && d->degre == DEG_DUR))
		return 0; /* the field shows the base already */
	if (how == SETTLE_BASE) {
		*removed = !d->base;
		*out = diff_taken(c->a, d, now, d->base);
	} else if (how == SETTLE_TAKE) {
		const struct proposal *p = choose(d, arg);
		if (!p)
			return err_set(e, ERR_NOTFOUND, _("%s, %s : il n'y a pas de proposition « %s » ; « maillage conflicts %s » les numérote"),
				       r->rec.id, d->champ, arg, r->rec.id);
		*removed = p->absent;
		if (p->absent)
			*out = NULL;
		else if (!p->present)
			*out = diff_taken(c->a, d, now, p->valeur);
	} else {
		struct val *v;
		if (whole)
			return err_set(e, ERR_USAGE, _("%s : choisissez de garder ou d'enlever la fiche (--take N) ; une valeur ne convient pas ici"),
				       r->rec.id);
		int rc = ctl_value(&v, c->a, place ? place : schema_unknown(), arg, e);
		if (rc)
			return rc;
		*out = v;
	}
	return 0;
}

static int settle(struct val **out, struct ctl *c, const char *id, const char *field, enum settle how, const char *arg,
		  struct err *e)
{
	struct open_record r;
	int rc = load(&r, c, id, e);
	if (rc)
		return rc;
	const struct diff *d = open_diff(&r.diffs, field, how == SETTLE_TAKE ? arg : NULL);
	if (!d)
		return err_set(e, ERR_NOTFOUND, _("%s : aucune différence ouverte sur « %s » ; « maillage conflicts %s » montre celles de la fiche"), id,
			       field, id);
	if (how == SETTLE_OK && d->degre == DEG_DUR)
		return err_set(e, ERR_USAGE, _("%s, %s : il faut choisir (--take N, --base ou --value V) ; --ok vaut pour ce qui est à relire"),
			       id, field);
	const struct val *chosen;
	bool removed;
	rc = chosen_value(&chosen, &removed, c, &r, d, how, arg, e);
	if (rc)
		return rc;
	struct val *target = val_copy(c->a, r.rec.val);
	bool whole = !strcmp(d->champ, CHAMP_RECORD);
	if (!whole && !val_equal(chosen, NULL) && !removed)
		rc = schema_put(&target, c->a, r.rec.schema->root, r.rec.val, d->champ, val_copy(c->a, chosen), e);
	else if (!whole && removed)
		rc = schema_put(&target, c->a, r.rec.schema->root, r.rec.val, d->champ, NULL, e);
	if (rc)
		return rc;
	struct diffs after;
	struct origin me = self(c);
	char base_key[VAL_KEY_LEN + 1] = "";
	if (d->base)
		val_key(base_key, d->base);
	diffs_settle(&after, c->a, r.rec.schema, &r.diffs, d->champ, d->base ? base_key : d->at[0].cle, chosen, &me);

	struct buf text = BUF_INIT, sidecar = BUF_INIT, message = BUF_INIT;
	struct oid commit;
	const struct val *now = val_equal(target, r.rec.val) ? target : ctl_at_version(c, r.rec.schema, target);
	if (!(whole && removed))
		rc = ydoc_rewrite(&text, r.rec.doc, now, NULL, &schema_shape_ops, r.rec.schema->root, e);
	if (!rc && !(whole && removed))
		rc = diffs_print(&sidecar, c->a, &after, e);
	/* The last difference settled takes the sidecar away: said as such, for "no bytes" alone means "leave it as it is". */
	struct file_change files[2] = { { r.path, text.at, text.n }, { r.sidecar, sidecar.at, sidecar.n } };
	for (size_t i = 0; i < 2; i++)
		if (!files[i].n)
			files[i] = (struct file_change){ files[i].path, NULL, SIZE_MAX };
	if (!rc)
		rc = commit_message(&message, c->r, &c->head, files, 2, e);
	if (!rc)
		rc = worktree_put(&commit, c->r, files, 2, buf_str(&message), e);
	buf_free(&text);
	buf_free(&sidecar);
	buf_free(&message);
	if (rc)
		return rc;
	struct val *v = val_map(c->a);
	put_str(c->a, v, "id", id);
	put_str(c->a, v, "champ", field);
	if (chosen)
		val_set(c->a, v, "valeur", val_copy(c->a, chosen));
	put_str(c->a, v, "commit", commit.hex);
	put_int(c->a, v, "restent", (int64_t)diffs_open(&after));
	*out = v;
	return 0;
}

int ctl_resolve(struct val **out, struct ctl *c, const char *id, const char *field, enum settle how, const char *arg, struct err *e)
{
	int rc = repo_lock(c->r, 5000, e);
	if (rc)
		return rc;
	rc = worktree_paused(c->r, e);
	if (!rc)
		rc = settle(out, c, id, field, how, arg, e);
	repo_unlock(c->r);
	return rc;
}
