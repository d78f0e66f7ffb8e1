/* mergedriver.c -- git's merge driver: `git merge`, `rebase`, `cherry-pick`, `stash pop` and `pull` by hand merge by field too.
 *
 * Git hands over three versions of one path and takes back one file and a number: 0, it is merged; 1, it is not, and somebody must
 * look. So a driver never sees a record together with its sidecar, nor who wrote what, nor a deletion. Hence:
 *
 *   - a contested field keeps its base in the file, and git gets its 0: a merge must not stop half-way for what is no more than a
 *     question. The proposals wait in <git dir>/maillage/pending/<id>.yaml, a sidecar of its own, until the next cycle has
 *     found who made them and puts them into conflits/ (store/pending.c). It is written before git gets the file.
 *   - a rebase merges one record several times: what waits already belongs to git's %A, and merges along.
 *   - a virtual base (criss-cross history: `--virtual`) is merged by field, but what is contested in it is no question for anybody.
 *   - what cannot be merged by field and overlaps stays as git's %A had it, with 1: git keeps all three versions in its index.
 *     Never a conflict marker.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/mergefile.h"

/* For a file whose reader waits for us: no fsync, no second name. */
static int write_back(const char *path, const char *bytes, size_t n, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(e, path);
	while (n) {
		ssize_t k = write(fd, bytes, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			int rc = err_errno(e, path);
			close(fd);
			return rc;
		}
		bytes += k;
		n -= (size_t)k;
	}
	return close(fd) ? err_errno(e, path) : 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* --- what waits ---------------------------------------------------------------------------------------------------- */

/* Git names its folder to a driver by GIT_DIR, or stands in the folder that holds it. A linked working folder has a file there. */
static const char *git_dir(struct arena *a)
{
	const char *given = getenv("GIT_DIR");
	struct buf text = BUF_INIT;
	if (given && *given)
		return given;
	if (!fs_is_dir(".git") && fs_read(&text, ".git", PATH_MAX, NULL) == 0 && text.n > 8 && !strncmp(buf_str(&text), "gitdir: ", 8))
		given = arena_dupn(a, buf_str(&text) + 8, strcspn(buf_str(&text) + 8, "\n"));
	buf_free(&text);
	return given && *given ? given : ".git";
}

/* What waits for this record already. A file that cannot be read as that is left alone, and stops us: it holds somebody's words. */
static int read_pending(struct diffs *out, struct arena *a, const char *file, struct err *e)
{
	struct buf text = BUF_INIT;
	*out = (struct diffs){ 0 };
	if (!fs_exists(file))
		return 0;
	int rc = fs_read(&text, file, DIFFS_MAX_BYTES, e);
	if (!rc)
		rc = diffs_parse(out, a, file, text.at, text.n, e);
	buf_free(&text);
	return rc;
}

static int write_pending(struct arena *a, const char *file, const struct diffs *d, const char *id, struct err *e)
{
	struct diffs open = { .id = id };
	const char *text;
	size_t n;
	for (size_t i = 0; i < d->n; i++)
		if (d->at[i].degre != DEG_TRANCHE)
			arena_push(a, &open, d->at[i]);
	int rc = diffs_text(&text, &n, a, &open, e);
	if (rc)
		return rc;
	if (!text)
		return fs_exists(file) ? fs_unlink(file, e) : 0;
	rc = fs_mkparents(file, e);
	return rc ? rc : fs_write(file, text, n, e);
}

/* Is the id one that the path may hold? collectif.yaml is not named after its own. */
static bool id_fits(struct arena *a, const char *id, const char *path)
{
	return id && id_is_valid(id) && (!strchr(path, '/') || !strcmp(base_name(path), arena_printf(a, "%s.yaml", id)));
}

/* --- the cases ------------------------------------------------------------------------------------------------------ */

/* "titre, resume", each field once. */
static const char *fields(struct arena *a, const struct diffs *d, enum degree degre)
{
	const char *all = NULL, *last = "";
	for (size_t i = 0; i < d->n; i++) {
		if (d->at[i].degre != degre || !strcmp(last, d->at[i].champ))
			continue;
		last = d->at[i].champ;
		all = all ? arena_printf(a, "%s, %s", all, last) : last;
	}
	return all;
}

static int drive_record(struct driven *out, struct arena *a, const struct drive *in, struct err *e)
{
	struct three_files files = { in->base, in->a, in->b, NULL, NULL };
	struct merge_result m;
	struct diffs waits = { 0 };
	const char *file = arena_printf(a, "%s/maillage/pending/%s", git_dir(a), base_name(in->path));
	int rc = in->is_virtual ? 0 : read_pending(&waits, a, file, e);
	if (waits.n)
		files.a_diffs = &waits;
	if (rc || (rc = merge_three(&m, a, &files, e)))
		return rc;
	if (!m.present)
		return err_set(e, ERR_DATA, "%s", _("la fiche disparaîtrait ; gardez-la ou supprimez-la par « git add » ou « git rm »"));
	if (!in->is_virtual && (waits.n || diffs_open(&m.diffs))) {
		const char *id = val_text(m.val, "id");
		if (!id_fits(a, id, in->path))
			return err_set(e, ERR_DATA,
				       "%s", _("l'identifiant écrit dans la fiche n'est pas son nom de fichier ; réunissez les deux versions à la main"));
		if ((rc = write_pending(a, file, &m.diffs, id, e)))
			return rc;
	}
	if ((rc = write_back(in->a, m.text, m.n, e)))
		return rc;
	out->merged = true;
	out->choose = in->is_virtual ? NULL : fields(a, &m.diffs, DEG_DUR);
	out->read = in->is_virtual ? NULL : fields(a, &m.diffs, DEG_A_RELIRE);
	return 0;
}

static int read_sidecar(struct diffs *out, struct arena *a, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = fs_read(&text, path, DIFFS_MAX_BYTES, e);
	if (!rc)
		rc = diffs_parse(out, a, path, text.at, text.n, e);
	buf_free(&text);
	return rc;
}

static int drive_sidecar(struct driven *out, struct arena *a, const struct drive *in, struct err *e)
{
	struct diffs o, x, y, merged;
	const char *text;
	size_t n;
	int rc;
	if ((rc = read_sidecar(&o, a, in->base, e)) || (rc = read_sidecar(&x, a, in->a, e)) || (rc = read_sidecar(&y, a, in->b, e)))
		return rc;
	diffs_merge(&merged, a, &o, &x, &y);
	if ((rc = diffs_text(&text, &n, a, &merged, e)) || (rc = write_back(in->a, text ? text : "", text ? n : 0, e)))
		return rc;
	out->merged = true;
	return 0;
}

static int64_t version_of(struct arena *a, const struct buf *text)
{
	struct ydoc *doc;
	const struct val *v = NULL;
	if (!ydoc_parse(&doc, a, "schema", buf_str(text), text->n, NULL, NULL))
		v = val_get(ydoc_val(doc), "x-version");
	return v && v->type == VAL_INT ? v->i : 0;
}

/* Everything else: by line; of a schema the higher version; what overlaps is left to git. */
static int drive_text(struct driven *out, struct arena *a, const struct drive *in, struct err *e)
{
	const char *path[3] = { in->base, in->a, in->b };
	struct buf t[3] = { BUF_INIT, BUF_INIT, BUF_INIT }, merged = BUF_INIT;
	int rc = 0;
	for (int i = 0; !rc && i < 3; i++)
		rc = fs_read(&t[i], path[i], YAML_MAX_BYTES, e);
	if (!rc && !strncmp(in->path, "schema/", 7)) {
		int64_t x = version_of(a, &t[1]), y = version_of(a, &t[2]);
		out->merged = x != y;
		if (y > x)
			rc = write_back(in->a, buf_str(&t[2]), t[2].n, e);
	}
	if (!rc && !out->merged &&
	    merge_text(&merged, buf_str(&t[0]), t[0].n, buf_str(&t[1]), t[1].n, buf_str(&t[2]), t[2].n)) {
		rc = write_back(in->a, buf_str(&merged), merged.n, e);
		out->merged = !rc;
	}
	for (int i = 0; i < 3; i++)
		buf_free(&t[i]);
	buf_free(&merged);
	if (!rc && !out->merged)
		rc = err_set(e, ERR_DATA, "%s", _("les deux versions changent les mêmes lignes ; choisissez par « git checkout --ours » ou « --theirs », puis « git add »"));
	return rc;
}

static bool begins(const char *path, const char *folder)
{
	return !strncmp(path, folder, strlen(folder));
}

int ctl_merge_driver(struct driven *out, struct arena *a, const struct drive *in, struct err *e)
{
	struct driven d = { 0 };
	int rc;
	if (begins(in->path, "conflits/"))
		rc = drive_sidecar(&d, a, in, e);
	else if (begins(in->path, "schema/") || begins(in->path, "pieces/") || begins(in->path, "aggregat/"))
		rc = drive_text(&d, a, in, e);
	else
		rc = drive_record(&d, a, in, e);
	if (rc) /* git's own names for the three versions say nothing to anybody */
		return err_wrap(e, "%s", in->path);
	*out = d;
	return 0;
}
