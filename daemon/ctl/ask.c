/* ask.c -- questions to what was aggregated: in the national clone, or in the copy of it that every coordinator's clone keeps.
 * Reads aggregat/ only, so it works offline: the folder as it is, or as of a date the last aggregation's of history.
 *
 * "As of" asks what the hub had received by then. No author's clock says that: the aggregation's own commits do, in their
 * order. Their dates come from the machines that aggregate, so each counts as no earlier than those before it: a clock that
 * was behind for a day hides nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "ctl/ask.h"
#include "ctl/ctl.h"
#include "ctl/json.h"
#include "ctl/verdict.h"
#include "lessons/dates.h"
#include "lessons/lessons.h"
#include "lessons/report.h"
#include "store/history.h"

#define AGGREGATE_MAX_BYTES ((size_t)64 * 1024 * 1024) /* one file of aggregat/ */

#define AGGREGATE_MAX_DEPTH 8 /* folders; maillage writes two */

/* Every file below folder, as `name`/...; name: "aggregat/grappes". */
static int read_folder(struct lessons_files *out, struct arena *a, const char *folder, const char *name, int depth, struct err *e)
{
	struct fs_names names;
	int rc = depth > AGGREGATE_MAX_DEPTH ? 0 : fs_list(&names, folder, e);
	if (rc || depth > AGGREGATE_MAX_DEPTH)
		return rc;
	for (size_t i = 0; !rc && i < names.n; i++) {
		struct buf text = BUF_INIT;
		const char *path = arena_printf(a, "%s/%s", folder, names.at[i]);
		struct lessons_file f = { arena_printf(a, "%s/%s", name, names.at[i]), NULL, 0 };
		if (*names.at[i] == '.')
			continue;
		if (fs_is_dir(path)) {
			rc = read_folder(out, a, path, f.path, depth + 1, e);
			continue;
		}
		rc = fs_read(&text, path, AGGREGATE_MAX_BYTES, e);
		if (!rc) {
			f.bytes = arena_dupn(a, text.at, text.n);
			f.n = text.n;
			arena_push(a, out, f);
		}
		buf_free(&text);
	}
	fs_names_free(&names);
	return rc;
}

int ask_err_nothing(struct err *e)
{
	return err_set(e, ERR_NOTFOUND, "%s",
		       _("rien n'est encore agrégé ici ; faites « maillage sync » (l'équipe nationale agrège, les collectifs reçoivent la copie)"));
}

static int read_now(struct lessons_files *out, struct arena *a, const char *root, struct err *e)
{
	const char *folder = root ? arena_printf(a, "%s/aggregat", root) : NULL;
	return folder && fs_is_dir(folder) ? read_folder(out, a, folder, "aggregat", 0, e) : ask_err_nothing(e);
}

/* --- as of a date -------------------------------------------------------------------------------------------------- */

struct aggregation {
	struct oid commit;
	char date[11];
};
struct aggregations {
	struct aggregation *at; /* newest first */
	size_t n, cap;
	struct arena *a;
	struct repo *r;
	struct err *e;
};

/* An aggregation wrote another sources.lock than there was. */
static int take_commit(void *ctx, const struct commit_info *ci)
{
	struct aggregations *all = ctx;
	struct aggregation one = { .commit = ci->oid };
	struct oid before = { "" }, now;
	int rc = repo_entry(&now, all->r, &ci->oid, "aggregat/sources.lock", all->e);
	if (!rc && ci->nparents)
		rc = repo_entry(&before, all->r, &ci->parents[0], "aggregat/sources.lock", all->e);
	if (rc || ci->nparents > 1 || !oid_is(&now) || oid_equal(&now, &before))
		return rc;
	clock_date(one.date, ci->committer_time);
	arena_push(all->a, all, one);
	return 0;
}

int ask_aggregation(struct oid *out, struct arena *a, struct repo *r, const char *as_of, struct err *e)
{
	struct aggregations all = { .a = a, .r = r, .e = e };
	struct oid head;
	const char *latest = "";
	int rc = repo_head(&head, r, e);
	if (!rc && oid_is(&head))
		rc = history_log(r, &head, NULL, take_commit, &all, e);
	if (rc)
		return rc;
	struct oid found = { "" };
	for (size_t i = all.n; i-- > 0;) {
		const struct aggregation *one = &all.at[i];
		if (strcmp(one->date, latest) > 0)
			latest = one->date;
		if (strncmp(latest, as_of, strlen(as_of)) > 0)
			break;
		found = one->commit;
	}
	*out = found;
	if (oid_is(&found))
		return 0;
	return err_set(e, ERR_NOTFOUND, _("rien n'était encore agrégé au %s ; la première agrégation d'ici est du %s"), as_of,
		       all.n ? all.at[all.n - 1].date : _("(aucune)"));
}

struct listing {
	struct arena *a;
	struct repo *r;
	struct lessons_files *out;
	struct err *e;
};

static int take_blob(void *ctx, const char *path, const struct oid *blob, unsigned mode)
{
	struct listing *l = ctx;
	struct lessons_file f = { .path = arena_dup(l->a, path) };
	(void)mode;
	int rc = repo_read_blob(&f.bytes, &f.n, l->a, l->r, blob, l->e);
	if (!rc)
		arena_push(l->a, l->out, f);
	return rc;
}

static int read_as_of(struct lessons_files *out, struct arena *a, const char *root, const char *as_of, struct err *e)
{
	struct repo *r;
	struct oid at;
	int rc = dates_check(as_of, e); /* before there is anything to ask */
	if (!rc && (!root || !fs_is_dir(root)))
		rc = ask_err_nothing(e);
	if (!rc)
		rc = repo_open(&r, root, e);
	if (rc)
		return rc;
	struct listing l = { a, r, out, e };
	rc = ask_aggregation(&at, a, r, as_of, e);
	if (!rc)
		rc = repo_walk(r, &at, "aggregat", take_blob, &l, e);
	repo_close(r);
	return rc;
}

/* --- the questions ------------------------------------------------------------------------------------------------- */

/* dir: the national clone, or a coordinator's, whose copy of it is read. as_of NULL: the folder as it is. */
static int read_files(struct lessons_files *out, struct arena *a, const char *dir, const char *as_of, struct err *e)
{
	struct repo *r;
	struct lessons_files files = { 0 };
	int rc = repo_open(&r, dir, e);
	if (rc)
		return rc;
	const char *root = repo_workdir(r) ? arena_printf(a, repo_is_national(r) ? "%s" : "%s.maillage/national", repo_workdir(r)) : NULL;
	repo_close(r);
	rc = as_of ? read_as_of(&files, a, root, as_of, e) : read_now(&files, a, root, e);
	if (!rc)
		*out = files;
	return rc;
}

static int open_files(struct lessons **out, struct arena *a, const char *dir, const char *as_of, struct err *e)
{
	struct lessons_files files;
	int rc = read_files(&files, a, dir, as_of, e);
	return rc ? rc : lessons_open(out, a, files.at, files.n, json_parse, e);
}

int ctl_lessons(struct val **out, struct arena *a, const char *dir, const struct lessons_query *q, const char *as_of, struct err *e)
{
	struct lessons *l;
	int rc = open_files(&l, a, dir, as_of, e);
	return rc ? rc : lessons_answer(out, a, l, q, e);
}

int ctl_coverage(struct val **out, struct arena *a, const char *dir, const char *since, const char *as_of, struct err *e)
{
	struct lessons *l;
	int rc = open_files(&l, a, dir, as_of, e);
	return rc ? rc : lessons_coverage(out, a, l, since, e);
}

int ctl_trace(struct val **out, struct arena *a, const char *dir, const char *ref, const char *as_of, struct err *e)
{
	struct lessons *l;
	struct verdict_world *w = NULL;
	struct val *list, *verdict;
	int rc = open_files(&l, a, dir, as_of, e);
	if (!rc)
		rc = lessons_trace(&list, a, l, ref, e);
	if (!rc)
		rc = verdict_open(&w, a, dir, e);
	for (size_t i = 0; !rc && i < list->list.n; i++) {
		struct val *one = list->list.at[i];
		struct pinned p = { val_text(one, "collectif"), val_text(one, "id"), val_text(one, "commit"), val_text(one, "empreinte"),
				    val_text(one, "champ") };
		rc = verdict_of(&verdict, w, &p, e);
		if (!rc)
			val_set(a, one, "verdict", verdict);
	}
	verdict_close(w);
	if (!rc)
		*out = list;
	return rc;
}

static int by_path(const void *x, const void *y)
{
	return strcmp(((const struct lessons_file *)x)->path, ((const struct lessons_file *)y)->path);
}

/* Not the changes that the last aggregation wrote, but those since the one of a date. */
static int put_changes(struct val *report, struct arena *a, const char *dir, const char *since, const char *as_of, struct err *e)
{
	struct lessons_files now, before;
	struct lessons_file text;
	int rc = read_files(&now, a, dir, as_of, e);
	if (!rc)
		rc = read_files(&before, a, dir, since, e);
	if (rc)
		return rc;
	qsort(now.at, now.n, sizeof *now.at, by_path);
	qsort(before.at, before.n, sizeof *before.at, by_path);
	rc = lessons_changes(&text, a, now.at, now.n, before.at, before.n, e);
	if (!rc)
		val_set(a, report, "texte", val_strn(a, text.bytes, text.n));
	return rc;
}

int ctl_report(struct val **out, struct arena *a, const char *dir, const struct report_query *q, const char *as_of, struct err *e)
{
	struct lessons *l;
	int rc = lessons_report_exists(a, q->name, e); /* that, too, before there is anything to report on */
	if (!rc)
		rc = open_files(&l, a, dir, as_of, e);
	if (!rc)
		rc = lessons_report(out, a, l, q, e);
	if (!rc && q->since && !strcmp(q->name, "changements"))
		rc = put_changes(*out, a, dir, q->since, as_of, e);
	return rc;
}
