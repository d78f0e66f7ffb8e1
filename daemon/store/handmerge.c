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
 * person answered. The result is a commit on the merge, merged into main by the machine if main went on.
 */
#include "byhand_int.h"

#include <string.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"
#include "mergecommit.h"
#include "treemerge.h"

static const struct merge_budget budget = { .ms = 60000 }; /* for each merge by hand: a cycle waits for it */
#define WALK_NOTED 500 /* commits walked over before the place is noted, so that they are not walked again */

struct hand {
	struct arena *a;
	struct repo *r;
	struct job *j;
	struct oid commit;
	git_oid o, x, y, theirs, pure; /* trees */
	struct origin by;              /* who made the merge */
	struct wt_edits *out;
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
	return rc ? rc : state_load(out, a, &h->j->s, h->j->h.set, p, &u, h->e);
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

static int add_edit(struct hand *h, const char *path, const char *bytes, size_t n, const struct oid *was)
{
	struct wt_edit ed = { .path = arena_dup(h->a, path), .base = h->commit };
	git_oid oid;
	if (bytes) {
		ed.bytes = arena_dupn(h->a, bytes, n);
		ed.n = n;
		git_odb_hash(&oid, bytes, n, GIT_OBJECT_BLOB);
		oid_from_git(&ed.blob, &oid);
	}
	if (!oid_equal(was, &ed.blob))
		arena_push(h->a, h->out, ed);
	return 0;
}

static int add_edits(struct hand *h, struct arena *a, const struct place *p, const struct merge_result *r)
{
	struct oid rec, side;
	struct buf text = BUF_INIT;
	int rc;
	if ((rc = wt_blob_at(&rec, h->r, &h->commit, p->path, h->e)) || (rc = wt_blob_at(&side, h->r, &h->commit, p->side, h->e)) ||
	    (rc = add_edit(h, p->path, r->text, r->n, &rec)))
		return rc;
	if (!(rc = diffs_print(&text, a, &r->diffs, h->e)))
		rc = add_edit(h, p->side, text.n ? buf_str(&text) : NULL, text.n, &side);
	buf_free(&text);
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

/* The edits that bring a merge's records and sidecars to the pure merge with its author's changes on top; the merge is their base. */
static int handmerge_edits(struct wt_edits *out, struct arena *a, struct repo *r, const struct oid *commit, struct err *e)
{
	struct hand h = { .a = a, .r = r, .j = arena_new(a, struct job), .commit = *commit, .out = out, .e = e };
	struct tree_merge m = { 0 };
	struct cnode *c, *x, *y;
	git_oid oid;
	int rc;
	job_begin(h.j, a, r, &budget);
	if ((rc = oid_to_git(&oid, commit, e)) || (rc = hist_commit(&c, &h.j->h, &oid, e)))
		return rc;
	must(c->nparents == 2);
	h.theirs = c->tree;
	h.by = (struct origin){ c->author, arena_dup(a, c->date), arena_dup(a, commit->hex) };
	const git_oid first = c->parents[0], second = c->parents[1];
	if ((rc = job_merge(&m, &h.pure, h.j, &first, &second, e)) || (rc = hist_commit(&x, &h.j->h, &first, e)) ||
	    (rc = hist_commit(&y, &h.j->h, &second, e)))
		return rc;
	if (!m.n || (rc = job_schemas(h.j, e)))
		return rc;
	h.o = h.j->base;
	h.x = x->tree;
	h.y = y->tree;
	return all_records(&h, &m);
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

/* Oldest first, from what was looked at already up to head. */
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
	hide(walk, r, since->hex);
	if (fs_read(&mark, mark_path(a, r), OID_HEX, NULL) == 0)
		hide(walk, r, buf_str(&mark));
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

static void message(struct buf *out, struct arena *a, const struct wt_edits *edits, const struct oid *commit)
{
	const char *last = "";
	size_t n = 0;
	struct buf trailers = BUF_INIT;
	for (size_t i = 0; i < edits->n; i++) {
		const char *id = wt_id_of_path(a, edits->at[i].path);
		if (!strcmp(id, last))
			continue;
		last = id;
		buf_printf(&trailers, "Fiche: %s\n", id);
		n++;
	}
	buf_printf(out, "Fusion faite avec git (%.8s) : les propositions de %zu fiche%s\n\n", commit->hex, n, n > 1 ? "s" : "");
	buf_put(out, trailers.at, trailers.n);
	buf_printf(out, "Fusion-git: %s\n", commit->hex);
	buf_free(&trailers);
}

/* What no second look would mend: this merge stays as its author made it. */
static bool is_hopeless(int rc)
{
	return rc == ERR_LIMIT || rc == ERR_UNSUPPORTED || rc == ERR_DATA || rc == ERR_SCHEMA;
}

static int take_merge(struct oid *now, size_t *commits, struct wt_knowns *known, struct arena *a, struct repo *r,
		      const struct oid *commit, struct err *e)
{
	struct wt_edits edits = { 0 };
	struct err why = { 0 };
	int rc = handmerge_edits(&edits, a, r, commit, &why);
	if (rc && is_hopeless(rc)) {
		trace("merge by hand %.8s stays as it is: %s", commit->hex, why.msg);
		return 0;
	}
	if (rc || !edits.n)
		return rc ? err_set(e, rc, "%s", why.msg) : 0;
	struct buf text = BUF_INIT;
	struct oid head = *now;
	message(&text, a, &edits, commit);
	rc = wt_commit_edits(now, commits, known, a, r, &head, &edits, buf_str(&text), e);
	buf_free(&text);
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
		rc = take_merge(&now, &made, &known, a, r, &merges.at[i], e);
	if (!rc)
		rc = pending_commit(&now, &made, &known, a, r, &now, e);
	if (!rc && !oid_equal(&now, &head))
		rc = wt_apply(&met, r, &head, &now, &known, e);
	if (rc || (rc = pending_clear(a, r, e)))
		return rc;
	if (merges.n || walked > WALK_NOTED) /* only a saving: without it the same merges give the same again */
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
