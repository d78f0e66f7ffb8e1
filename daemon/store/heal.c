/* heal.c -- what an interrupted write leaves in the object folder, looked for once at start-up.
 *
 * A loose object of zero length (a power cut between rename and data) is the dangerous one: git reports it as existing, and
 * writing the same object again succeeds without repairing it. One that is cut off in the middle is worse: libgit2 1.5 reads
 * it for ever. Both are moved away, never deleted. Looking for the second kind means to inflate every object, so it is done
 * for those that are new since the last look, and for all when the machine was started since: maillage/healed holds the name of
 * that run of the machine, and its time is that of the look.
 *
 * The objects and packs that a killed program left half-written only fill the disk: libgit2's names for them say so, and nobody has
 * them open.
 */
#include "heal.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"
#include "objs.h"
#include "wt.h"

int heal__set_aside(struct repo *r, const char *folder, const char *name, struct err *e)
{
	char from[PATH_MAX], to[PATH_MAX], holes[PATH_MAX];
	snprintf(from, sizeof from, "%sobjects/%s/%s", r->gitdir, folder, name);
	snprintf(to, sizeof to, "%smaillage/abimes/%s/%s", r->gitdir, folder, name);
	int rc = fs_mkparents(to, e);
	if (rc)
		return rc;
	snprintf(holes, sizeof holes, "%s" HEAL_HOLES, r->gitdir);
	if ((rc = fs_write(holes, "", 0, e)))
		return rc;
	if (rename(from, to) < 0)
		return err_errno(e, from);
	trace("heal: %s/%s set aside", folder, name);
	return 0;
}

bool heal__is_cut(const char *path)
{
	struct buf b = BUF_INIT;
	unsigned char out[16384];
	z_stream z = { 0 };
	if (fs_read(&b, path, 2 * OBJECT_MAX, NULL) < 0 || inflateInit(&z) != Z_OK) {
		buf_free(&b);
		return false; /* nothing is known */
	}
	z.next_in = (unsigned char *)b.at;
	z.avail_in = (unsigned)b.n;
	int rc = Z_OK;
	while (rc == Z_OK) {
		z.next_out = out;
		z.avail_out = sizeof out;
		rc = inflate(&z, Z_NO_FLUSH);
	}
	inflateEnd(&z);
	buf_free(&b);
	return rc != Z_STREAM_END;
}

/* ---- when was the last look */

#define LOOK_MARGIN_S 60 /* clocks of other machines, times in steps of two seconds */

static const char *stamp_path(char out[PATH_MAX], const struct repo *r)
{
	snprintf(out, PATH_MAX, "%smaillage/healed", r->gitdir);
	return out;
}

/* Objects as old as that have been looked at; 0: none has. */
static int64_t looked_at(const struct repo *r)
{
	char path[PATH_MAX], boot[CLOCK_BOOT_ID];
	struct buf b = BUF_INIT;
	struct stat st;
	clock_boot_id(boot);
	bool same = fs_read(&b, stamp_path(path, r), 1000, NULL) == 0 && *boot && !strcmp(buf_str(&b), boot);
	buf_free(&b);
	return same && stat(path, &st) == 0 ? st.st_mtim.tv_sec - LOOK_MARGIN_S : 0;
}

static void looked(const struct repo *r)
{
	char path[PATH_MAX], boot[CLOCK_BOOT_ID];
	struct err ignored; /* it will be looked at again */
	clock_boot_id(boot);
	if (fs_mkparents(stamp_path(path, r), &ignored) == 0 && fs_write(path, boot, strlen(boot), &ignored) == 0)
		return;
	trace("heal: %s", ignored.msg);
}

struct look {
	int64_t since;
	size_t found, read;
};

static int heal_folder(struct look *l, struct repo *r, const char *folder, struct err *e)
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
		if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || (st.st_size && st.st_mtim.tv_sec < l->since))
			continue;
		l->read++;
		if (st.st_size && !heal__is_cut(path))
			continue;
		rc = heal__set_aside(r, folder, names.at[i], e);
		l->found += !rc;
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

static int heal_loose(struct look *l, struct repo *r, struct err *e)
{
	char path[PATH_MAX];
	struct fs_names folders;
	snprintf(path, sizeof path, "%sobjects", r->gitdir);
	int rc = fs_list(&folders, path, e);
	for (size_t i = 0; !rc && i < folders.n; i++)
		if (strlen(folders.at[i]) == 2)
			rc = heal_folder(l, r, folders.at[i], e);
	fs_names_free(&folders);
	if (!rc && (l->read || !l->since))
		looked(r);
	return rc;
}

void heal__at_open(struct repo *r)
{
	struct look l = { .since = looked_at(r) };
	struct err ignored = { 0 };
	if (!l.since && heal_loose(&l, r, &ignored) < 0)
		trace("heal: %s", ignored.msg);
}

int repo__heal(size_t *found, struct repo *r, struct err *e)
{
	struct look l = { .since = looked_at(r) };
	char path[PATH_MAX];
	int rc = heal_loose(&l, r, e);
	if (!rc)
		rc = drop_half_written(&l.found, r, "objects", "tmp_object_git2_", e);
	if (!rc && !(rc = drop_half_written(&l.found, r, "objects/pack", "pack_git2_", e)) && l.found) {
		snprintf(path, sizeof path, "%sobjects", r->gitdir);
		rc = git_odb_refresh(r->odb) < 0 ? giterr(e, -1, "%s", path) : 0;
	}
	if (!rc)
		*found = l.found;
	return rc;
}
