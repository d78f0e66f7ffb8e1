/* conflicts.c -- seeing differences and settling them in the folder, in one commit (what is written: settle.c). */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/form.h"
#include "ctl/people.h"
#include "ctl/result.h"
#include "ctl/settle.h"
#include "lessons/dates.h"
#include "loop/world.h"
#include "merge/diffset.h"
#include "merge/sentence.h"
#include "schema/describe.h"
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

struct listing {
	struct ctl *c;
	struct people people;
	struct val *rows;
};

static const struct val *shown(struct arena *a, const struct diff *d, const struct val *now)
{
	const char *sentence = diff_class(d) == DIFF_SENTENCE ? sentence_shown(a, d) : NULL;
	return sentence ? val_str(a, sentence) : now;
}

/* What people need beside the difference itself to answer it. */
static void put_context(struct val *row, struct listing *l, const struct schema *s, const struct val *record, const struct diff *d)
{
	struct arena *a = l->c->a;
	const struct snode *place = schema_unknown();
	const struct val *now = NULL;
	char key[VAL_KEY_LEN + 1];
	put_str(a, row, "titre", val_text(record, "titre"));
	put_str(a, row, "genre", s ? s->kind : NULL);
	if (s && strcmp(d->champ, CHAMP_RECORD))
		schema_find(&place, &now, s->root, record, d->champ);
	put_str(a, row, "libelle", !s || !strcmp(d->champ, CHAMP_RECORD) ? _("la fiche entière") : schema_path_label(a, s->root, d->champ));
	now = shown(a, d, now);
	if (now)
		val_set(a, row, "affiche", val_copy(a, now));
	if (diff_class(d) == DIFF_SENTENCE)
		val_set(a, row, "passage", val_bool(a, true));
	if (d->base)
		val_key(key, d->base);
	put_str(a, row, "entree", d->base ? key : d->at[0].cle);
	struct val *codes = form_codes(a, place);
	if (codes->list.n)
		val_set(a, row, "codes", codes);
	put_names(a, val_get(row, "propositions"), &l->people);
}

static void put_rows(struct listing *l, const char *id, const struct schema *s, const struct val *record, const struct diffs *diffs)
{
	for (size_t i = 0; i < diffs->n; i++) {
		if (diffs->at[i].degre == DEG_TRANCHE)
			continue;
		struct val *row = diff_val(l->c->a, id, &diffs->at[i]);
		put_context(row, l, s, record, &diffs->at[i]);
		val_push(l->c->a, l->rows, row);
	}
}

static int list_one(struct listing *l, const char *id, struct err *e)
{
	struct open_record r;
	int rc = load(&r, l->c, id, e);
	if (!rc)
		put_rows(l, id, r.rec.schema, r.rec.val, &r.diffs);
	return rc;
}

/* One of all: a file that somebody is in the middle of (not readable now, deleted, misnamed) must not take the status of the whole
 * folder away. What history holds of it is listed; the file itself is shown among those that wait. */
static int list_any(struct listing *l, const char *id, struct err *e)
{
	struct ctl *c = l->c;
	struct record_state st;
	struct err unreadable;
	int rc = list_one(l, id, &unreadable);
	if (rc != ERR_NOTFOUND && rc != ERR_DATA && rc != ERR_LIMIT)
		return rc ? err_set(e, rc, "%s", unreadable.msg) : 0;
	rc = history_state(&st, c->a, c->r, &c->head, id, e);
	if (!rc && st.val)
		put_rows(l, id, schemas_by_prefix(c->set, arena_dupn(c->a, id, 3)), st.val, &st.diffs);
	return rc == ERR_NOTFOUND || rc == ERR_DATA ? 0 : rc;
}

int ctl_conflicts(struct val **out, struct ctl *c, const char *id, struct err *e)
{
	struct listing l = { .c = c, .rows = val_list(c->a) };
	int rc = 0;
	people_load(&l.people, c);
	if (id) {
		rc = list_one(&l, id, e);
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
					rc = list_any(&l, arena_dupn(c->a, files.at[j], len - 5), e);
			}
			fs_names_free(&files);
		}
		fs_names_free(&shards);
	}
	if (!rc)
		*out = l.rows;
	return rc;
}

/* --- in the national clone: those of all collectives, as the hub has them ---------------------------------------------- */

struct network {
	struct listing l;
	const char *code; /* of the collective that is being read */
	struct oid head;
	const char *today;
	struct err *e;
};

static const char *oldest(const struct val *row)
{
	const struct val *list = val_get(row, "propositions");
	const char *since = NULL;
	for (size_t i = 0; i < list->list.n; i++) {
		const char *date = val_text(list->list.at[i], "date");
		if (date && (!since || strcmp(date, since) < 0))
			since = date;
	}
	return since;
}

static int take_sidecar(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct network *n = ctx;
	struct ctl *c = n->l.c;
	struct record_state st;
	size_t first = n->l.rows->list.n, days;
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const char *id = arena_dupn(c->a, name, strcspn(name, "."));
	(void)blob, (void)mode;
	int rc = id_is_valid(id) ? history_state(&st, c->a, c->r, &n->head, id, n->e) : ERR_DATA;
	if (rc == ERR_NOTFOUND || rc == ERR_DATA) /* one sidecar that is none hides no other */
		return 0;
	if (rc)
		return rc;
	if (st.val)
		put_rows(&n->l, id, schemas_by_prefix(c->set, arena_dupn(c->a, id, 3)), st.val, &st.diffs);
	for (size_t i = first; i < n->l.rows->list.n; i++) {
		struct val *row = n->l.rows->list.at[i];
		const char *since = oldest(row);
		put_str(c->a, row, "collectif", n->code);
		put_str(c->a, row, "depuis", since);
		if (since && dates_between(&days, since, n->today))
			put_int(c->a, row, "jours", (int64_t)days);
	}
	return 0;
}

static int by_age(const void *x, const void *y)
{
	const struct val *p = *(const struct val *const *)x, *q = *(const struct val *const *)y;
	const char *since[] = { val_text(p, "depuis"), val_text(q, "depuis") };
	int c = !since[0] || !since[1] ? !since[0] - !since[1] : strcmp(since[0], since[1]);
	if (!c)
		c = strcmp(val_text(p, "collectif"), val_text(q, "collectif"));
	if (!c)
		c = strcmp(val_text(p, "id"), val_text(q, "id"));
	return c ? c : strcmp(val_text(p, "champ"), val_text(q, "champ"));
}

int ctl_conflicts_network(struct val **out, struct ctl *c, struct err *e)
{
	char today[11];
	const struct val *codes = NULL;
	struct network n = { .l = { .c = c, .rows = val_list(c->a) }, .today = today, .e = e };
	clock_date(today, clock_unix_s());
	people_load(&n.l.people, c);
	int rc = national_collectives(&codes, c->a, c->r, e);
	for (size_t i = 0; !rc && codes && i <= codes->list.n; i++) {
		n.code = i < codes->list.n ? val_text(codes->list.at[i], "code") : repo_collective(c->r);
		n.head = c->head;
		if (n.code && i < codes->list.n)
			rc = repo_ref(&n.head, c->r, arena_printf(c->a, WORLD_COLLECTIVES "%s", n.code), e);
		if (!rc && n.code && oid_is(&n.head))
			rc = repo_walk(c->r, &n.head, "conflits", take_sidecar, &n, e);
	}
	if (rc)
		return rc;
	if (n.l.rows->list.n)
		qsort(n.l.rows->list.at, n.l.rows->list.n, sizeof *n.l.rows->list.at, by_age);
	*out = n.l.rows;
	return 0;
}

static int resolve(struct val **out, struct ctl *c, const char *id, const struct settle_wish *wish, struct err *e)
{
	struct open_record r;
	struct settled s;
	struct origin me = self(c);
	struct oid commit;
	struct buf message = BUF_INIT;
	const struct val *before = NULL;
	char key[VAL_KEY_LEN + 1];
	int rc = load(&r, c, id, e);
	if (rc || (rc = settle_field(&s, c, &r.rec, &r.diffs, wish, &me, e)))
		return rc;
	schema_find(NULL, &before, r.rec.schema->root, r.rec.val, wish->field);
	/* no bytes mean "leave it as it is" to worktree_put, and SIZE_MAX with them "it goes" */
	struct file_change files[2] = { { r.path, s.text, s.text ? s.n : SIZE_MAX },
					{ r.sidecar, s.sidecar, s.sidecar ? s.sidecar_n : SIZE_MAX } };
	rc = commit_message(&message, c->r, &c->head, files, 2, e);
	if (!rc && wish->trailers)
		buf_puts(&message, wish->trailers);
	if (!rc)
		rc = worktree_put(&commit, c->r, files, 2, buf_str(&message), e);
	buf_free(&message);
	if (rc)
		return rc;
	struct val *v = val_map(c->a);
	put_str(c->a, v, "id", id);
	put_str(c->a, v, "champ", wish->field);
	if (s.chosen)
		val_set(c->a, v, "valeur", val_copy(c->a, s.chosen));
	if (before && !val_equal(before, s.chosen)) {
		val_key(key, before);
		put_str(c->a, v, "avant", key);
	}
	put_str(c->a, v, "commit", commit.hex);
	put_int(c->a, v, "restent", (int64_t)s.open);
	*out = v;
	return 0;
}

int ctl_resolve(struct val **out, struct ctl *c, const char *id, const struct settle_wish *wish, struct err *e)
{
	int rc = ctl_lock(c, e);
	if (rc)
		return rc;
	rc = worktree_paused(c->r, e);
	if (!rc)
		rc = resolve(out, c, id, wish, e);
	repo_unlock(c->r);
	return rc;
}
