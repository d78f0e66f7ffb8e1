#include "ctl/writerec.h"

#include <stdlib.h>
#include <string.h>

#include "base/fsio.h"
#include "ctl/hints.h"
#include "ctl/result.h"
#include "schema/describe.h"
#include "store/worktree.h"

long long ctl_version_of(const struct val *record)
{
	const char *says = val_text(record, "schema"), *slash = says ? strchr(says, '/') : NULL;
	return slash ? strtoll(slash + 1, NULL, 10) : 0;
}

const struct val *ctl_at_version(struct ctl *c, const struct schema *schema, const struct val *target)
{
	if (ctl_version_of(target) >= schema->version)
		return target;
	struct val *now = val_shallow(c->a, target);
	val_set(c->a, now, "schema", val_str(c->a, arena_printf(c->a, "%s/%lld", schema->kind, (long long)schema->version)));
	return now;
}

/* The file's text. A new one begins with help for the next state; an old one keeps what it has of that, up to date (hints.h). */
static int spell(struct buf *out, struct ctl *c, const struct record_write *w, const struct val *target, struct err *e)
{
	struct buf bare = BUF_INIT;
	const struct ydoc *doc = w->doc;
	struct ydoc *stripped;
	size_t n;
	int rc = 0;
	const char *text = doc ? ydoc_text(doc, &n) : NULL;
	bool help = !doc || hints_strip(&bare, c->a, w->schema, text, n);
	if (doc && help) {
		rc = ydoc_parse(&stripped, c->a, w->path, bare.at, bare.n, NULL, e);
		doc = stripped;
	}
	if (!rc)
		rc = ydoc_rewrite(out, doc, target, NULL, &schema_shape_ops, w->schema->root, e);
	if (!rc && help)
		hints_append(out, c->a, w->schema, target);
	buf_free(&bare);
	return rc;
}

static int into_history(struct oid *commit, struct ctl *c, const char *path, const struct buf *text, struct err *e)
{
	struct buf message = BUF_INIT;
	struct file_change change = { path, text->at, text->n };
	int rc = commit_message(&message, c->r, &c->head, &change, 1, e);
	if (!rc)
		rc = worktree_put(commit, c->r, &change, 1, buf_str(&message), e);
	buf_free(&message);
	return rc;
}

static int onto_disk(struct ctl *c, const char *path, const struct buf *text, struct err *e)
{
	const char *file = arena_printf(c->a, "%s%s", repo_workdir(c->r), path);
	int rc = fs_mkparents(file, e);
	return rc ? rc : fs_write(file, text->at, text->n, e);
}

/* Something is not there yet, as against something that is wrong. */
static bool is_lack(const struct record_write *w, const struct fault *f)
{
	const struct val *v = NULL;
	if (!strncmp(f->code, "required", 8))
		return true;
	return !f->warning && *f->field && schema_find(NULL, &v, w->schema->root, w->target, f->field) && !schema_is_filled(v);
}

static bool is_draft(const struct record_write *w, const struct faults *faults)
{
	for (size_t i = 0; i < faults->n; i++)
		if (!faults->at[i].warning && !is_lack(w, &faults->at[i]) && strcmp(faults->at[i].code, "private"))
			return false;
	return true;
}

static bool same_fault(const struct fault *x, const struct fault *y)
{
	return !strcmp(x->code, y->code) && !strcmp(x->field, y->field) && !strcmp(x->msg, y->msg);
}

/* Of the faults of what is about to be written, those that the file does not have as it stands. */
static struct faults brought(struct ctl *c, const struct record_write *w, const struct faults *now)
{
	struct faults had = { 0 }, out = { 0 };
	struct record rec;
	size_t n, told = 0;
	const char *text = w->doc ? ydoc_text(w->doc, &n) : NULL;
	if (text)
		record_load(&rec, &had, c->a, c->set, w->path, w->path, repo_collective(c->r), text, n);
	for (size_t i = 0; i < now->n; i++) {
		size_t k = 0;
		while (k < had.n && !same_fault(&now->at[i], &had.at[k]))
			k++;
		told += !now->at[i].warning;
		if (k == had.n && !now->at[i].warning)
			fault_add(&out, c->a, &now->at[i]);
	}
	return told < now->errors ? *now : out; /* too many to be sure */
}

static int write_checked(struct oid *commit, struct faults *faults, struct ctl *c, const struct record_write *w, const struct buf *text,
			 struct err *e)
{
	struct record check;
	const char *held;
	size_t n;
	record_load(&check, faults, c->a, c->set, w->path, w->path, repo_collective(c->r), text->at, text->n);
	if (!faults->errors && !w->hold)
		return into_history(commit, c, w->path, text, e);
	*commit = (struct oid){ "" };
	if (!faults->errors)
		return onto_disk(c, w->path, text, e);
	struct faults fresh = brought(c, w, faults);
	if (!fresh.errors)
		return onto_disk(c, w->path, text, e);
	if (!is_draft(w, faults))
		return err_faults(e, &fresh);
	int rc = repo_read(&held, &n, NULL, c->a, c->r, &c->head, w->path, e);
	if (!rc && held)
		rc = err_faults(e, &fresh);
	return rc ? rc : onto_disk(c, w->path, text, e);
}

int ctl_write(struct oid *commit, struct faults *faults, struct ctl *c, const struct record_write *w, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = spell(&text, c, w, ctl_at_version(c, w->schema, w->target), e);
	if (!rc)
		rc = write_checked(commit, faults, c, w, &text, e);
	buf_free(&text);
	return rc;
}

struct val *ctl_written(struct ctl *c, const struct record_write *w, const char *id, const struct oid *commit, const struct faults *faults)
{
	struct val *v = val_map(c->a), *list = val_list(c->a);
	put_str(c->a, v, "id", id);
	put_str(c->a, v, "chemin", w->path);
	put_str(c->a, v, "commit", commit->hex);
	struct faults wrong = { 0 };
	for (size_t i = 0; i < faults->n; i++) {
		bool lack = is_lack(w, &faults->at[i]), told = !lack;
		for (size_t k = 0; !told && k < list->list.n; k++)
			told = val_is_str(list->list.at[k], faults->at[i].field);
		if (!told)
			val_push(c->a, list, val_str(c->a, faults->at[i].field));
		if (!lack && !faults->at[i].warning && strcmp(faults->at[i].code, "private"))
			fault_add(&wrong, c->a, &faults->at[i]);
	}
	val_set(c->a, v, "manquants", list);
	if (wrong.n)
		val_set(c->a, v, "fautes", faults_val(c->a, &wrong));
	return v;
}
