/* pending.c -- what git's merge driver left to decide, brought into the sidecars.
 *
 * .git/maillage/pending/<name>.yaml is a sidecar without commits: git tells its driver nothing of who wrote what. After a merge the
 * commit says it all and handmerge.c has put the same entries there already: nothing is left to do. After a rebase, a cherry-pick or
 * a stash pop it is not so:
 *
 *   1 An entry whose field does not show its base any more was settled, or the operation was abandoned: it is passed over.
 *   2 For each proposal the newest ancestor is looked for that holds its value, and who set it there.
 *   3 A value that no ancestor holds (git made the commit anew, or it was only stashed) gets one: a commit that sets the field to it.
 *   4 One more commit puts the record back and the entries into its sidecar.
 *
 * So whatever git dropped on the way stands in history for good, and the hub can check every proposal (proposals.c). A file that
 * cannot be read as a sidecar stays where it is; one that was taken, or passed over, is moved to .git/maillage/kept.
 */
#include "byhand_int.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"
#include "hist.h"
#include "schemas.h"

#define VERSIONS_READ 2000 /* of one record, newest first: beyond, its value is written again */

struct taking {
	struct arena *a;
	struct repo *r;
	struct objs s;
	struct hist h;
	struct cnodes all; /* main's history, newest first; read when first needed */
	struct oid now;    /* the last commit made */
	size_t *commits;
	struct wt_knowns *known;
	struct err *e;
};

static const char *folder(struct arena *a, const struct repo *r)
{
	return arena_printf(a, "%smaillage/pending", r->gitdir);
}

/* --- who made a proposal -------------------------------------------------------------------------------------------- */

static int holder(bool *found, git_oid *out, struct taking *t, const struct place *p, const struct diff *d, const struct proposal *one)
{
	struct unit last = { 0 };
	size_t read = 0;
	bool any = false;
	*found = false;
	for (size_t i = 0; i < t->all.n && read < VERSIONS_READ; i++) {
		struct arena a; /* of one version */
		struct state st;
		struct unit u;
		int rc = unit_lookup(&u, &t->s, &t->all.at[i]->tree, p, t->e);
		if (rc)
			return rc;
		if (any && tentry_equal(&u.rec, &last.rec))
			continue;
		last = u;
		any = true;
		read++;
		if (!arena_begin(&a))
			return err_nomem(t->e);
		if (!(rc = state_load(&st, &a, &t->s, t->h.set, p, &u, NULL, t->e)))
			*found = diff_held(&a, st.schema, st.val, d, one);
		arena_end(&a);
		if (rc || *found) {
			*out = t->all.at[i]->oid;
			return rc;
		}
	}
	return 0;
}

/* A commit that really holds the value: the field set to it, everything else as it is. */
static int write_down(struct origin *out, struct taking *t, const struct place *p, const struct state *st, const struct diff *d,
		      const struct proposal *one)
{
	const struct val *field = NULL, *v = NULL;
	struct val *target;
	schema_find(NULL, &field, st->schema->root, st->val, d->champ);
	if (!one->absent)
		v = field ? diff_taken(t->a, d, field, one->valeur) : one->valeur;
	int rc = schema_put(&target, t->a, st->schema->root, st->val, d->champ, val_copy(t->a, v), t->e);
	struct buf text = BUF_INIT;
	char date[11];
	if (!rc)
		rc = ydoc_rewrite(&text, st->doc, target, NULL, &schema_shape_ops, st->schema->root, t->e);
	if (!rc) {
		struct file_change c = { p->path, text.at, text.n };
		const char *words = arena_printf(t->a, "%s %s : %s, une version que git mettait de côté\n\nFiche: %s\nChamp: %s\n",
						 st->schema->kind, p->id, d->champ, p->id, d->champ);
		struct oid commit;
		rc = repo_commit(&commit, t->r, &t->now, &c, 1, words, t->e);
		if (!rc) {
			clock_date(date, clock_unix_s());
			*out = (struct origin){ repo_author(t->r), arena_dup(t->a, date), arena_dup(t->a, commit.hex) };
			t->now = commit;
			++*t->commits;
		}
	}
	buf_free(&text);
	return rc;
}

static int find_origin(struct origin *out, struct taking *t, const struct place *p, const struct state *st, const struct diff *d,
		       const struct proposal *one)
{
	git_oid commit, head;
	bool found;
	int rc;
	if (!t->all.n && ((rc = oid_to_git(&head, &t->now, t->e)) || (rc = hist_reach(&t->all, &t->h, &head, 1, NULL, 0, t->e))))
		return rc;
	if ((rc = holder(&found, &commit, t, p, d, one)))
		return rc;
	return found ? hist_blame(out, t->a, &t->h, &commit, p, d->champ, NULL, t->e) : write_down(out, t, p, st, d, one);
}

/* --- one record ------------------------------------------------------------------------------------------------------ */

/* The commit and author of every proposal that names none. */
static int find_origins(struct diffs *d, struct taking *t, const struct place *p, const struct state *st)
{
	int rc = 0;
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; !rc && k < d->at[i].n; k++)
			if (!d->at[i].at[k].by.commit)
				rc = find_origin(&d->at[i].at[k].by, t, p, st, &d->at[i], &d->at[i].at[k]);
	return rc;
}

static int write_entries(struct taking *t, const struct place *p, const struct state *st, const struct diffs *here,
			 const struct diffs *fresh)
{
	struct diffs joined;
	diffs_add(&joined, t->a, here, fresh);
	joined.id = p->id;
	struct buf text = BUF_INIT;
	int rc = diffs_print(&text, t->a, &joined, t->e);
	if (!rc) {
		struct file_change c[2] = { { p->path, st->bytes, st->n }, { p->side, arena_dupn(t->a, buf_str(&text), text.n), text.n } };
		struct buf words = BUF_INIT;
		buf_printf(&words, "%s %s : ", st->schema->kind, p->id);
		for (size_t i = 0; i < fresh->n; i++)
			buf_printf(&words, "%s%s (%s)", i ? ", " : "", fresh->at[i].champ,
				   fresh->at[i].degre == DEG_DUR ? "à trancher" : "à relire");
		buf_printf(&words, "\n\nFiche: %s\n", p->id);
		for (size_t i = 0; i < fresh->n; i++)
			buf_printf(&words, "Difference: %s %s\n", p->id, fresh->at[i].champ);
		struct oid commit;
		git_oid blob;
		if (!(rc = repo_commit(&commit, t->r, &t->now, c, 2, buf_str(&words), t->e))) {
			struct wt_known k = { .path = arena_dup(t->a, p->side), .head = commit };
			git_odb_hash(&blob, c[1].bytes, c[1].n, GIT_OBJECT_BLOB);
			oid_from_git(&k.blob, &blob);
			arena_push(t->a, t->known, k);
			t->now = commit;
			++*t->commits;
		}
		buf_free(&words);
	}
	buf_free(&text);
	return rc;
}

static int take_one(struct taking *t, const struct diffs *waits)
{
	struct place p;
	struct unit u;
	struct state st;
	struct diffs open, here, fresh;
	git_oid head, tree;
	int rc;
	if (!waits->id || !place_of_id(&p, t->a, t->h.set, waits->id))
		return 0;
	if ((rc = oid_to_git(&head, &t->now, t->e)) || (rc = objs_tree_of(&tree, &t->s, &head, t->e)) ||
	    (rc = unit_lookup(&u, &t->s, &tree, &p, t->e)) || (rc = state_load(&st, t->a, &t->s, t->h.set, &p, &u, NULL, t->e)))
		return rc;
	if (!st.acceptable || st.side_broken)
		return 0;
	diffs_normalise(&open, t->a, st.schema, st.val, waits, NULL);
	state_normalise(&here, t->a, &st);
	diffs_missing(&fresh, t->a, &here, &open);
	if (!fresh.n || (rc = find_origins(&fresh, t, &p, &st)))
		return rc;
	return write_entries(t, &p, &st, &here, &fresh);
}

/* --- all of them ------------------------------------------------------------------------------------------------------ */

static bool read_one(struct diffs *out, struct arena *a, const char *path)
{
	struct buf text = BUF_INIT;
	struct err why = { 0 };
	bool good = fs_read(&text, path, DIFFS_MAX_BYTES, &why) == 0 && diffs_parse(out, a, path, text.at, text.n, &why) == 0 && out->n;
	buf_free(&text);
	if (!good)
		trace("pending: %s", why.msg);
	return good;
}

static bool is_pending(const char *name)
{
	size_t n = strlen(name);
	return name[0] != '.' && n > 5 && !strcmp(name + n - 5, ".yaml");
}

int pending_commit(struct oid *out, size_t *commits, struct wt_knowns *known, struct arena *a, struct repo *r, const struct oid *head,
		   struct err *e)
{
	struct taking t = { .a = a, .r = r, .now = *head, .commits = commits, .known = known, .e = e };
	struct fs_names names = { 0 };
	const struct schemas *set;
	if (!byhand_waiting(r))
		return 0;
	int rc = repo_schemas(&set, r, head, e);
	if (rc || (rc = fs_list(&names, folder(a, r), e)))
		return rc;
	objs_init(&t.s, r, a);
	hist_init(&t.h, &t.s, set);
	for (size_t i = 0; !rc && i < names.n; i++) {
		struct diffs waits;
		struct oid before = t.now;
		struct err why = { 0 };
		if (!is_pending(names.at[i]) || !read_one(&waits, a, arena_printf(a, "%s/%s", folder(a, r), names.at[i])))
			continue;
		t.e = &why;
		rc = take_one(&t, &waits);
		t.e = e;
		if (rc == ERR_DATA || rc == ERR_NOTFOUND || rc == ERR_LIMIT) { /* one record must not hold up the others */
			trace("pending %s: %s", names.at[i], why.msg);
			t.now = before;
			rc = 0;
		} else if (rc) {
			err_set(e, rc, "%s", why.msg);
		}
	}
	fs_names_free(&names);
	if (!rc)
		*out = t.now;
	return rc;
}

int pending_clear(struct arena *a, struct repo *r, struct err *e)
{
	struct fs_names names = { 0 };
	struct diffs waits;
	int rc = 0;
	if (!byhand_waiting(r) || (rc = fs_list(&names, folder(a, r), e)))
		return rc;
	for (size_t i = 0; !rc && i < names.n; i++) {
		const char *path = arena_printf(a, "%s/%s", folder(a, r), names.at[i]);
		const char *to = arena_printf(a, "%smaillage/kept/git-%s", r->gitdir, names.at[i]);
		if (!is_pending(names.at[i]) || !read_one(&waits, a, path))
			continue;
		if (!(rc = fs_mkparents(to, e)) && rename(path, to))
			rc = err_errno(e, path);
	}
	fs_names_free(&names);
	return rc;
}

bool byhand_waits(struct arena *a, const struct repo *r, const char *path)
{
	const char *slash = strrchr(path, '/');
	return fs_exists(arena_printf(a, "%s/%s", folder(a, r), slash ? slash + 1 : path));
}

size_t byhand_waiting(struct repo *r)
{
	struct fs_names names = { 0 };
	char path[PATH_MAX];
	size_t n = 0;
	if (snprintf(path, sizeof path, "%smaillage/pending", r->gitdir) >= (int)sizeof path || !fs_is_dir(path) ||
	    fs_list(&names, path, NULL))
		return 0;
	for (size_t i = 0; i < names.n; i++)
		n += is_pending(names.at[i]);
	fs_names_free(&names);
	return n;
}
