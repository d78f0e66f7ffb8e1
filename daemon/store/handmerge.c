/* handmerge.c -- merges made by hand with plain git.
 *
 * Git merges path by path, with our driver by field, without it by line. Neither sees a record and its sidecar together, so a
 * contested field shows its base and nobody's proposal stands anywhere. But both parents are in history, and with them the pure
 * merge: it is made again, in memory, and the person's merge is read as an edit on top of it:
 *
 *   driven   what the driver makes of the three records alone
 *   theirs   what the merge commit holds
 *   pure     record and sidecar of the pure merge
 *   result = merge(base: driven, {theirs, pure}), all three with the pure merge's differences
 *
 * Where the person changed nothing (theirs = driven), that is the pure merge; a contested field that the person set is settled by
 * that; every other field they changed has their value. A record that one side deleted is left alone: git asked about it, and the
 * person answered.
 *
 * The result is a commit on the merge, and like it a function of the merge alone: by its committer, at its date. So every clone that
 * meets the merge (git pushed it, perhaps from a clone that maillage never saw) makes the very same commit, and none answers another.
 * Where main went on meanwhile the machine merges it in.
 */
#include "byhand_int.h"

#include <string.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"
#include "mergecommit.h"
#include "tree.h"
#include "treemerge.h"

static const struct merge_budget budget = { .ms = 60000 }; /* for each merge by hand: a cycle waits for it */
#define WALK_NOTED 500 /* commits walked over before the place is noted, so that they are not walked again */
#define LINES_MAX 100

struct hand {
	struct arena *a;
	struct repo *r;
	struct job *j;
	struct oid commit;
	git_oid o, x, y, theirs, pure; /* trees */
	struct origin by;              /* who made the merge */
	struct tedits edits;
	struct {
		const char **at;       /* ids of the records that change */
		size_t n, cap;
	} ids;
	struct err *e;
};

static void find_person(void *ctx, struct origin *out, int side, const char *champ)
{
	const struct hand *h = ctx;
	(void)champ;
	*out = side == 0 ? h->by : (struct origin){ 0 };
}

static int load(struct state *out, struct hand *h, struct arena *a, const git_oid *tree, const struct place *p)
{
	struct unit u;
	int rc = unit_lookup(&u, &h->j->s, tree, p, h->e);
	return rc ? rc : state_load(out, a, &h->j->s, h->j->h.set, p, &u, NULL, h->e);
}

static int parsed(struct merge_side *out, struct arena *a, const struct schema *s, const struct merge_result *r, const char *name,
		  struct err *e)
{
	struct ydoc *doc;
	int rc = ydoc_parse(&doc, a, name, r->text, r->n, NULL, e);
	if (!rc)
		*out = (struct merge_side){ doc, schema_type(a, s->root, ydoc_val(doc)), NULL };
	return rc;
}

static int add_edit(bool *changed, struct hand *h, const char *path, const struct tentry *was, const char *bytes, size_t n)
{
	struct tedit ed = { .path = arena_dup(h->a, path) };
	int rc = bytes ? objs_put(&ed.oid, &h->j->s, GIT_OBJECT_BLOB, bytes, n, h->e) : 0;
	ed.mode = bytes ? (was->mode ? was->mode : MODE_FILE) : 0;
	if (rc || (ed.mode == was->mode && (!ed.mode || git_oid_equal(&ed.oid, &was->oid))))
		return rc;
	arena_push(h->a, &h->edits, ed);
	*changed = true;
	return 0;
}

static int add_edits(struct hand *h, struct arena *a, const struct place *p, const struct merge_result *r)
{
	struct unit was;
	struct buf text = BUF_INIT;
	bool changed = false;
	int rc = unit_lookup(&was, &h->j->s, &h->theirs, p, h->e);
	if (rc || (rc = add_edit(&changed, h, p->path, &was.rec, r->text, r->n)))
		return rc;
	if (!(rc = diffs_print(&text, a, &r->diffs, h->e)))
		rc = add_edit(&changed, h, p->side, &was.side, text.n ? buf_str(&text) : NULL, text.n);
	buf_free(&text);
	if (!rc && changed)
		arena_push(h->a, &h->ids, arena_dup(h->a, p->id));
	return rc;
}

static struct merge_side alone(const struct state *st)
{
	return (struct merge_side){ st->doc, st->val, NULL };
}

static int one_record(struct hand *h, struct arena *a, const struct place *p)
{
	struct state o, x, y, theirs, pure;
	struct merge_result driven, result;
	int rc;
	if ((rc = load(&o, h, a, &h->o, p)) || (rc = load(&x, h, a, &h->x, p)) || (rc = load(&y, h, a, &h->y, p)) ||
	    (rc = load(&theirs, h, a, &h->theirs, p)) || (rc = load(&pure, h, a, &h->pure, p)))
		return rc;
	if (!x.acceptable || !y.acceptable || !theirs.acceptable || !pure.acceptable || (o.present && !o.acceptable))
		return 0;
	struct merge_prov prov = { find_person, h };
	struct merge_input records = { .schema = pure.schema, .o = alone(&o), .a = alone(&x), .b = alone(&y) };
	struct merge_input in = { .schema = pure.schema, .a = alone(&theirs), .b = alone(&pure), .prov = &prov };
	if ((rc = merge_record(&driven, a, &records, h->e)) || (rc = parsed(&in.o, a, pure.schema, &driven, p->path, h->e)))
		return rc;
	in.o.diffs = in.a.diffs = in.b.diffs = &pure.diffs;
	return (rc = merge_record(&result, a, &in, h->e)) || !result.present ? rc : add_edits(h, a, p, &result);
}

static int all_records(struct hand *h, const struct tree_merge *m)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < m->n; i++) {
		struct arena a; /* of one record */
		struct place p;
		if (!arena_begin(&a))
			return err_nomem(h->e);
		if (place_of_id(&p, &a, h->j->h.set, m->at[i].id))
			rc = one_record(h, &a, &p);
		arena_end(&a);
	}
	return rc;
}

static int find_edits(struct hand *h)
{
	struct tree_merge m = { 0 };
	struct cnode *c, *x, *y;
	git_oid oid;
	int rc;
	job_begin(h->j, h->a, h->r, &budget);
	if ((rc = oid_to_git(&oid, &h->commit, h->e)) || (rc = hist_commit(&c, &h->j->h, &oid, h->e)))
		return rc;
	must(c->nparents == 2);
	h->theirs = c->tree;
	h->by = (struct origin){ c->author, arena_dup(h->a, c->date), arena_dup(h->a, h->commit.hex) };
	const git_oid first = c->parents[0], second = c->parents[1];
	if ((rc = job_merge(&m, &h->pure, h->j, &first, &second, h->e)) || (rc = hist_commit(&x, &h->j->h, &first, h->e)) ||
	    (rc = hist_commit(&y, &h->j->h, &second, h->e)) || !m.n || (rc = job_schemas(h->j, h->e)))
		return rc;
	h->o = h->j->base;
	h->x = x->tree;
	h->y = y->tree;
	return all_records(h, &m);
}

/* --- the commit ------------------------------------------------------------------------------------------------------- */

/* "committer " of the raw header, without the word; its line end, or the text's. */
static const char *committer_line(struct arena *a, git_commit *c)
{
	const char *p = strstr(git_commit_raw_header(c), "\ncommitter ");
	return p ? arena_dupn(a, p + 11, strcspn(p + 11, "\n")) : NULL;
}

static void message(struct buf *out, const struct hand *h)
{
	size_t n = h->ids.n;
	buf_printf(out, "Fusion faite avec git (%.8s) : les propositions de %zu fiche%s\n\n", h->commit.hex, n, n > 1 ? "s" : "");
	for (size_t i = 0; i < n && i < LINES_MAX; i++)
		buf_printf(out, "Fiche: %s\n", h->ids.at[i]);
	buf_printf(out, "Fusion-git: %s\n", h->commit.hex);
}

/* The commit that the edits make on the merge; written. */
static int follow_up(git_oid *out, struct hand *h)
{
	struct buf text = BUF_INIT;
	git_commit *c;
	git_oid tree;
	char hex[OID_HEX + 1];
	int rc = repo__commit(&c, h->r, &h->commit, h->e);
	if (rc)
		return rc;
	const char *who = committer_line(h->a, c);
	git_commit_free(c);
	if (!who)
		return err_set(h->e, ERR_CORRUPT, _("lecture du commit %s"), h->commit.hex);
	if ((rc = tree_edit(&tree, &h->j->s, &h->theirs, h->edits.at, h->edits.n, h->e)))
		return rc;
	buf_printf(&text, "tree %s\nparent %s\nauthor %s\ncommitter %s\n\n", git_oid_tostr(hex, sizeof hex, &tree), h->commit.hex, who, who);
	message(&text, h);
	rc = buf_ok(&text) ? objs_put(out, &h->j->s, GIT_OBJECT_COMMIT, text.at, text.n, h->e) : err_nomem(h->e);
	buf_free(&text);
	return rc ? rc : objs_flush(&h->j->s, out, h->e);
}

/* --- finding them ---------------------------------------------------------------------------------------------------- */

struct oids {
	struct oid *at;
	size_t n, cap;
};

static bool is_handmade(git_commit *c)
{
	return git_commit_parentcount(c) == 2 && strcmp(git_commit_author(c)->email, FUSION_EMAIL) != 0 &&
	       strcmp(git_commit_committer(c)->email, FUSION_EMAIL) != 0;
}

static const char *mark_path(struct arena *a, const struct repo *r)
{
	return arena_printf(a, "%smaillage/byhand", r->gitdir);
}

static void hide(git_revwalk *walk, const struct repo *r, const char *hex)
{
	git_oid oid;
	if (strlen(hex) == OID_HEX && git_oid_fromstr(&oid, hex) == 0 && git_odb_exists(r->odb, &oid))
		git_revwalk_hide(walk, &oid);
}

/* Oldest first, from what was looked at already up to head; since counts until the first look has left its mark. */
static int find(struct oids *out, size_t *walked, struct arena *a, struct repo *r, const struct oid *head, const struct oid *since,
		struct err *e)
{
	git_revwalk *walk;
	git_oid oid;
	struct buf mark = BUF_INIT;
	int rc = git_revwalk_new(&walk, r->git);
	if (rc < 0)
		return giterr(e, rc, _("parcours de l'historique"));
	git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
	if (!(rc = oid_to_git(&oid, head, e)) && (rc = git_revwalk_push(walk, &oid)) < 0)
		rc = giterr(e, rc, _("parcours de l'historique"));
	hide(walk, r, fs_read(&mark, mark_path(a, r), OID_HEX, NULL) == 0 ? buf_str(&mark) : since->hex);
	buf_free(&mark);
	*walked = 0;
	while (!rc && git_revwalk_next(&oid, walk) == 0) {
		git_commit *c;
		if ((rc = git_commit_lookup(&c, r->git, &oid)) < 0) {
			rc = giterr(e, rc, _("parcours de l'historique"));
			break;
		}
		++*walked;
		if (is_handmade(c)) {
			struct oid one;
			oid_from_git(&one, &oid);
			arena_push(a, out, one);
		}
		git_commit_free(c);
	}
	git_revwalk_free(walk);
	return rc;
}

/* What no second look would mend: this merge stays as its author made it. */
static bool is_hopeless(int rc)
{
	return rc == ERR_LIMIT || rc == ERR_UNSUPPORTED || rc == ERR_DATA || rc == ERR_SCHEMA;
}

static int take_merge(struct oid *now, size_t *commits, struct arena *a, struct repo *r, const struct oid *commit, struct err *e)
{
	struct err why = { 0 };
	struct hand h = { .a = a, .r = r, .j = arena_new(a, struct job), .commit = *commit, .e = &why };
	struct oid made, merged;
	git_oid oid;
	bool there = false;
	int rc = find_edits(&h);
	if (rc && is_hopeless(rc)) {
		trace("merge by hand %.8s stays as it is: %s", commit->hex, why.msg);
		return 0;
	}
	if (!rc && h.edits.n)
		rc = follow_up(&oid, &h);
	if (rc || !h.edits.n)
		return rc ? err_set(e, rc, "%s", why.msg) : 0;
	oid_from_git(&made, &oid);
	if ((rc = repo_is_ancestor(&there, r, &made, now, e)) || there)
		return rc;
	++*commits;
	if (oid_equal(now, commit)) {
		*now = made;
		return 0;
	}
	if (!(rc = merge_commit(&merged, NULL, a, r, &made, now, e))) {
		*now = merged;
		++*commits;
	}
	return rc;
}

static int take_in(size_t *commits, struct arena *a, struct repo *r, const struct oid *since, struct err *e)
{
	struct oid head, now;
	struct oids merges = { 0 };
	struct wt_knowns known = { 0 };
	size_t walked, made = 0, met = 0;
	int rc = repo_head(&head, r, e);
	if (rc || (rc = find(&merges, &walked, a, r, &head, since, e)))
		return rc;
	now = head;
	for (size_t i = 0; !rc && i < merges.n; i++)
		rc = take_merge(&now, &made, a, r, &merges.at[i], e);
	if (!rc)
		rc = pending_commit(&now, &made, &known, a, r, &now, e);
	if (!rc && !oid_equal(&now, &head))
		rc = wt_apply(&met, r, &head, &now, &known, e);
	if (rc || (rc = pending_clear(a, r, e)))
		return rc;
	if (merges.n || walked > WALK_NOTED || !fs_exists(mark_path(a, r))) /* a saving: the same merges give the same again */
		fs_write(mark_path(a, r), now.hex, OID_HEX, NULL);
	*commits += made + met;
	return 0;
}

int byhand_take(size_t *commits, struct repo *r, const struct oid *since, struct err *e)
{
	struct arena a;
	int rc = wt_begin(r, e);
	if (rc)
		return rc;
	if (!arena_begin(&a)) {
		repo_unlock(r);
		return err_nomem(e);
	}
	rc = take_in(commits, &a, r, since, e);
	arena_end(&a);
	repo_unlock(r);
	return rc;
}
