/* conflicts.c -- seeing differences and settling them in the folder, in one commit (what is written: settle.c). */
#include <string.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "ctl/settle.h"
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

static int resolve(struct val **out, struct ctl *c, const char *id, const char *field, enum settle how, const char *arg,
		   struct err *e)
{
	struct open_record r;
	struct settled s;
	struct origin me = self(c);
	struct oid commit;
	struct buf message = BUF_INIT;
	int rc = load(&r, c, id, e);
	if (rc || (rc = settle_field(&s, c, &r.rec, &r.diffs, field, how, arg, &me, e)))
		return rc;
	/* no bytes mean "leave it as it is" to worktree_put, and SIZE_MAX with them "it goes" */
	struct file_change files[2] = { { r.path, s.text, s.text ? s.n : SIZE_MAX },
					{ r.sidecar, s.sidecar, s.sidecar ? s.sidecar_n : SIZE_MAX } };
	rc = commit_message(&message, c->r, &c->head, files, 2, e);
	if (!rc)
		rc = worktree_put(&commit, c->r, files, 2, buf_str(&message), e);
	buf_free(&message);
	if (rc)
		return rc;
	struct val *v = val_map(c->a);
	put_str(c->a, v, "id", id);
	put_str(c->a, v, "champ", field);
	if (s.chosen)
		val_set(c->a, v, "valeur", val_copy(c->a, s.chosen));
	put_str(c->a, v, "commit", commit.hex);
	put_int(c->a, v, "restent", (int64_t)s.open);
	*out = v;
	return 0;
}

int ctl_resolve(struct val **out, struct ctl *c, const char *id, const char *field, enum settle how, const char *arg, struct err *e)
{
	int rc = ctl_lock(c, e);
	if (rc)
		return rc;
	rc = worktree_paused(c->r, e);
	if (!rc)
		rc = resolve(out, c, id, field, how, arg, e);
	repo_unlock(c->r);
	return rc;
}
