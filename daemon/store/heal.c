/* heal.c -- what an interrupted write leaves in the object folder, looked for once at start-up.
 *
 * A loose object of zero length (a power cut between rename and data) is the dangerous one: git reports it as existing, and
 * writing the same object again succeeds without repairing it. It is moved away, never deleted. The objects and packs that a
 * killed program left half-written only fill the disk: libgit2's names for them say so, and nobody has them open.
 */
#include "wt.h"

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int set_aside(struct repo *r, const char *from, const char *folder, const char *name, struct err *e)
{
	char to[PATH_MAX];
	snprintf(to, sizeof to, "%smaillage/abimes/%s%s", r->gitdir, folder, name);
	int rc = fs_mkparents(to, e);
	if (rc)
		return rc;
	if (rename(from, to) < 0)
		return err_errno(e, from);
	trace("heal: empty object %s%s set aside", folder, name);
	return 0;
}

static int heal_folder(size_t *found, struct repo *r, const char *folder, struct err *e)
{
	char path[PATH_MAX];
	struct fs_names names;
	struct stat st;
	snprintf(path, sizeof path, "%sobjects/%s", r->gitdir, folder);
	int rc = fs_list(&names, path, e);
	for (size_t i = 0; !rc && i < names.n; i++) {
		if (strlen(names.at[i]) != OID_HEX - 2)
			continue;
		snprintf(path, sizeof path, "%sobjects/%s/%s", r->gitdir, folder, names.at[i]);
		if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size)
			continue;
		rc = set_aside(r, path, folder, names.at[i], e);
		*found += !rc;
	}
	fs_names_free(&names);
	return rc;
}

static int drop_half_written(size_t *found, struct repo *r, const char *folder, const char *prefix, struct err *e)
{
	char path[PATH_MAX];
	struct fs_names names;
	snprintf(path, sizeof path, "%s%s", r->gitdir, folder);
	if (!fs_is_dir(path))
		return 0;
	int rc = fs_list(&names, path, e);
	for (size_t i = 0; !rc && i < names.n; i++) {
		if (strncmp(names.at[i], prefix, strlen(prefix)))
			continue;
		snprintf(path, sizeof path, "%s%s/%s", r->gitdir, folder, names.at[i]);
		if (wt_has_writer(path)) /* fetching takes no lock */
			continue;
		rc = fs_unlink(path, e);
		*found += !rc;
	}
	fs_names_free(&names);
	return rc;
}

int repo_heal(size_t *found, struct repo *r, struct err *e)
{
	must(r->lock_depth > 0); /* another program's fetch would lose its pack */
	return repo__heal(found, r, e);
}

int repo__heal(size_t *found, struct repo *r, struct err *e)
{
	char path[PATH_MAX];
	struct fs_names folders;
	size_t n = 0;
	snprintf(path, sizeof path, "%sobjects", r->gitdir);
	int rc = fs_list(&folders, path, e);
	for (size_t i = 0; !rc && i < folders.n; i++)
		if (strlen(folders.at[i]) == 2)
			rc = heal_folder(&n, r, folders.at[i], e);
	fs_names_free(&folders);
	if (!rc)
		rc = drop_half_written(&n, r, "objects", "tmp_object_git2_", e);
	if (!rc && !(rc = drop_half_written(&n, r, "objects/pack", "pack_git2_", e)) && n)
		rc = git_odb_refresh(r->odb) < 0 ? giterr(e, -1, "%s", path) : 0;
	if (!rc)
		*found = n;
	return rc;
}
