/* national.c -- what follows a cycle: the national clone listens to every collective, a coordinator's clone to the national one.
 *
 * National clone: each line of collectifs.yaml at main is fetched into refs/maillage/collectifs/CODE, then the floor above
 * aggregates. A collective that cannot be reached keeps its last known head and is noted: one region's broken repository must not
 * keep the others' lessons from the network. What does stop it is our own trouble (disk, memory, a stop that was asked for).
 *
 * Coordinator's clone: .maillage/national/ is an ordinary clone that nobody edits, brought to the hub's head. It is a convenience
 * for reading offline: nothing that happens to it is an error of the cycle. One that is damaged is thrown away and made again.
 * Newer schemas in it are taken into the clone (upgrade.c).
 */
#include "world.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fsio.h"
#include "base/progress.h"
#include "base/trace.h"
#include "store/worktree.h"
#include "yaml/ydoc.h"

#define CODE_MAX 32

const char *national_sibling(struct arena *a, const char *url, const char *code)
{
	size_t n = strlen(url);
	while (n > 1 && url[n - 1] == '/')
		n--;
	while (n && url[n - 1] != '/' && url[n - 1] != ':')
		n--;
	return hub_url(a, n ? arena_dupn(a, url, n) : ".", code);
}

/* ---- the national clone ------------------------------------------------------------------------------------------------ */

static bool code_ok(const char *code)
{
	size_t n = code ? strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;
	return n && n <= CODE_MAX && !code[n];
}

/* It may be a bare list (`- {code: ara, depot: ara.git}`) or have it under `collectifs:`; a list at the start of the line is as
 * valid below a key. */
int national_collectives(const struct val **out, struct arena *a, struct repo *r, struct err *e)
{
	const char *text;
	size_t n;
	struct oid head, blob;
	struct ydoc *d;
	*out = NULL;
	int rc = repo_head(&head, r, e);
	if (!rc)
		rc = repo_read(&text, &n, &blob, a, r, &head, "collectifs.yaml", e);
	if (rc || !text)
		return rc;
	bool list = false;
	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		list = list || !strncmp(line, "- ", 2) || !strncmp(line, "-\n", 2);
	bool wrapped = strstr(text, "\ncollectifs:") || !strncmp(text, "collectifs:", 11);
	if (list && !wrapped) {
		text = arena_printf(a, "collectifs:\n%s", text);
		n = strlen(text);
	}
	rc = ydoc_parse(&d, a, "collectifs.yaml", text, n, NULL, e);
	if (!rc)
		*out = val_get(ydoc_val(d), "collectifs");
	return rc;
}

static bool ours(int rc)
{
	return rc == ERR_CANCELLED || rc == ERR_NOMEM || rc == ERR_NOSPC || rc == ERR_IO;
}

static int listen_to(struct real_world *w, struct arena *a, const struct val *line)
{
	struct err why = { 0 };
	struct oid head;
	const char *code = val_text(line, "code");
	if (!code_ok(code)) {
		trace("national: a line of collectifs.yaml without a usable code");
		return 0;
	}
	const char *url = national_sibling(a, repo_hub(w->repo), code);
	int rc = remote_fetch(&head, w->repo, url, arena_printf(a, WORLD_COLLECTIVES "%s", code), &w->remote, &why);
	if (!rc)
		return 0;
	trace("national: %s: %s", code, why.msg);
	if (!w->unheard)
		snprintf(w->unheard_why, sizeof w->unheard_why, _("%s : %.200s"), code, why.msg);
	w->unheard = true;
	return ours(rc) ? rc : 0;
}

static int listen_to_all(struct real_world *w, struct err *e)
{
	struct arena a;
	const struct val *list;
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = national_collectives(&list, &a, w->repo, e);
	for (size_t i = 0; !rc && list && list->type == VAL_LIST && i < list->list.n; i++) {
		progress(_("lecture des collectifs"), i, list->list.n);
		rc = listen_to(w, &a, list->list.at[i]);
	}
	if (ours(rc))
		err_set(e, rc, "%s", *w->unheard_why ? w->unheard_why : _("échange interrompu"));
	arena_end(&a);
	return rc;
}

static int aggregate(struct real_world *w, char head[SYNC_OID], struct err *e)
{
	bool changed = false;
	struct oid now;
	int rc = *repo_hub(w->repo) ? listen_to_all(w, e) : 0;
	if (!rc && w->aggregate)
		rc = world__lock(w, e);
	if (!rc && w->aggregate)
		rc = w->aggregate(&changed, w->repo, e);
	if (!rc && changed)
		rc = repo_head(&now, w->repo, e);
	if (!rc && changed)
		memcpy(head, now.hex, SYNC_OID);
	return rc;
}

/* ---- a coordinator's copy of it ---------------------------------------------------------------------------------------- */

static int open_copy(struct repo **out, const char *dir, const char *url, struct err *e)
{
	struct repo *found;
	char here[PATH_MAX], there[PATH_MAX];
	int rc = fs_is_dir(dir) ? repo_open(&found, dir, e) : ERR_NOTFOUND;
	if (ours(rc))
		return rc;
	/* repo_open looks upwards: where the copy is damaged it finds the coordinator's own clone around it, and writing the
	 * national records into that would be a disaster */
	if (!rc && repo_workdir(found) && realpath(dir, here) && realpath(repo_workdir(found), there) && !strcmp(here, there)) {
		*out = found;
		return 0;
	}
	if (!rc)
		repo_close(found);
	rc = fs_remove_tree(dir, e);
	if (!rc)
		rc = fs_mkparents(dir, e);
	return rc ? rc : repo_create(out, dir, url, "nat", "", e);
}

static int refresh_copy(char head[SYNC_OID], struct real_world *w, struct arena *a, const char *dir, const char *url, struct err *e)
{
	struct repo *copy;
	struct oid from, to;
	size_t edits = 0, damaged;
	int rc = open_copy(&copy, dir, url, e);
	if (rc)
		return rc;
	rc = repo_lock(copy, 0, e);
	bool locked = !rc;
	if (!rc)
		rc = worktree_recover(copy, e);
	if (!rc)
		rc = repo_heal(&damaged, copy, e);
	if (!rc)
		rc = remote_fetch(&to, copy, url, WORLD_HUB_REF, &w->remote, e);
	if (!rc)
		rc = repo_head(&from, copy, e);
	if (!rc && oid_is(&to) && !oid_equal(&from, &to))
		rc = worktree_write(&edits, copy, &from, &to, e);
	if (locked)
		repo_unlock(copy);
	if (!rc)
		rc = upgrade_schemas(head, w, a, copy, e);
	repo_close(copy);
	return rc;
}

int national_after(struct real_world *w, char head[SYNC_OID], struct err *e)
{
	if (repo_is_national(w->repo))
		return aggregate(w, head, e);
	const char *hub = repo_hub(w->repo);
	struct arena a;
	struct err why = { 0 };
	world__unlock(w);
	if (!*hub)
		return 0;
	if (!arena_begin(&a))
		return err_nomem(e);
	const char *dir = arena_printf(&a, "%s" WORLD_NATIONAL, repo_workdir(w->repo));
	int rc = refresh_copy(head, w, &a, dir, national_sibling(&a, hub, "nat"), &why);
	arena_end(&a);
	if (rc)
		trace("national: what it has is not taken: %s", why.msg);
	if (rc == ERR_CANCELLED)
		return err_set(e, rc, "%s", why.msg);
	return 0;
}
