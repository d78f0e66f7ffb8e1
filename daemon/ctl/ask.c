/* ask.c -- questions to what was aggregated: in the national clone, or in the copy of it that every coordinator's clone keeps.
 * Reads aggregat/ only, so it works offline.
 */
#include <string.h>

#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/json.h"
#include "lessons/lessons.h"

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

static int open_lessons(struct lessons **out, struct arena *a, const char *dir, struct err *e)
{
	struct repo *r;
	int rc = repo_open(&r, dir, e);
	if (rc)
		return rc;
	const char *work = repo_workdir(r), *folder = NULL;
	if (work)
		folder = arena_printf(a, repo_is_national(r) ? "%saggregat" : "%s.maillage/national/aggregat", work);
	repo_close(r);
	if (!folder || !fs_is_dir(folder))
		return err_set(e, ERR_NOTFOUND, "%s",
			       _("rien n'est encore agrégé ici ; faites « maillage sync » (l'équipe nationale agrège, les collectifs reçoivent la copie)"));
	struct lessons_files files = { 0 };
	rc = read_folder(&files, a, folder, "aggregat", 0, e);
	return rc ? rc : lessons_open(out, a, files.at, files.n, json_parse, e);
}

int ctl_lessons(struct val **out, struct arena *a, const char *dir, const struct lessons_query *q, struct err *e)
{
	struct lessons *l;
	int rc = open_lessons(&l, a, dir, e);
	return rc ? rc : lessons_answer(out, a, l, q, e);
}

int ctl_coverage(struct val **out, struct arena *a, const char *dir, struct err *e)
{
	struct lessons *l;
	int rc = open_lessons(&l, a, dir, e);
	return rc ? rc : lessons_coverage(out, a, l, e);
}

int ctl_trace(struct val **out, struct arena *a, const char *dir, const char *ref, struct err *e)
{
	struct lessons *l;
	int rc = open_lessons(&l, a, dir, e);
	return rc ? rc : lessons_trace(out, a, l, ref, e);
}
