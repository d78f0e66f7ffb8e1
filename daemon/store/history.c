/* history.c -- what others ask of a record's history: its state, who set a field, the commits that touched it. */
#include "history.h"

#include "giterr.h"
#include "hist.h"
#include "schemas.h"
#include "schema/record.h"

#include <string.h>

static int no_such(struct err *e, const char *id)
{
	return err_set(e, ERR_NOTFOUND, _("« %s » n'est pas un identifiant de fiche (comme ens-ara-k5w2h9tc) ; « maillage list » les montre"), id);
}

/* What every question begins with: the commit's tree, its schemas, the record's place. */
struct look {
	struct objs s;
	const struct schemas *set;
	git_oid head, tree;
	struct place p;
};

static int look(struct look *l, struct arena *a, struct repo *r, const struct oid *head, const char *id, struct err *e)
{
	int rc;
	objs_init(&l->s, r, a);
	if ((rc = oid_to_git(&l->head, head, e)) || (rc = objs_tree_of(&l->tree, &l->s, &l->head, e)) ||
	    (rc = schemas_of_tree(&l->set, &l->s, &l->tree, e)))
		return rc;
	return !id || place_of_id(&l->p, a, l->set, id) ? 0 : no_such(e, id);
}

int history_state(struct record_state *out, struct arena *a, struct repo *r, const struct oid *commit, const char *id,
		  struct err *e)
{
	struct look l;
	struct unit u;
	struct state st;
	int rc;
	if ((rc = look(&l, a, r, commit, id, e)) || (rc = unit_lookup(&u, &l.s, &l.tree, &l.p, e)) ||
	    (rc = state_load(&st, a, &l.s, l.set, &l.p, &u, NULL, e)))
		return rc;
	struct record_state s = { .doc = st.doc, .val = st.val, .acceptable = !st.present || st.doc };
	state_normalise(&s.diffs, a, &st);
	*out = s;
	return 0;
}

int history_blame(struct origin *out, struct arena *a, struct repo *r, const struct oid *head, const char *id,
		  const char *champ, struct err *e)
{
	struct arena scratch;
	struct look l;
	struct hist h;
	struct origin o;
	if (!arena_begin(&scratch))
		return err_nomem(e);
	int rc = look(&l, &scratch, r, head, id, e);
	if (!rc) {
		hist_init(&h, &l.s, l.set);
		rc = hist_blame(&o, &scratch, &h, &l.head, &l.p, champ, NULL, e);
	}
	if (!rc)
		*out = (struct origin){ arena_dup(a, o.par), arena_dup(a, o.date), arena_dup(a, o.commit) };
	arena_end(&scratch);
	return rc;
}

/* --- the log ---------------------------------------------------------------------------------------------------- */

/* Newest first, children before parents. */
static int walk_begin(git_revwalk **out, struct repo *r, const struct oid *head, struct err *e)
{
	git_oid oid;
	git_revwalk *walk;
	int rc = oid_to_git(&oid, head, e);
	if (rc)
		return rc;
	rc = git_revwalk_new(&walk, r->git);
	if (rc < 0)
		return giterr(e, rc, _("parcours de l'historique"));
	if ((rc = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME)) < 0 || (rc = git_revwalk_push(walk, &oid)) < 0) {
		git_revwalk_free(walk);
		return giterr(e, rc, _("parcours de l'historique"));
	}
	*out = walk;
	return 0;
}

/* A commit touched the record when it differs there from every parent. */
static int touched(bool *out, struct unit *now, struct hist *h, const struct cnode *c, const struct place *p, struct err *e)
{
	int rc = unit_lookup(now, h->s, &c->tree, p, e);
	if (rc)
		return rc;
	*out = c->nparents > 0 || now->rec.mode || now->side.mode;
	for (size_t i = 0; *out && i < c->nparents; i++) {
		struct cnode *parent;
		struct unit before;
		if ((rc = hist_commit(&parent, h, &c->parents[i], e)) || (rc = unit_lookup(&before, h->s, &parent->tree, p, e)))
			return rc;
		*out = !unit_equal(now, &before);
	}
	return 0;
}

static int log_walk(struct repo *r, git_revwalk *walk, struct hist *h, const struct place *p /* NULL: all */, history_cb cb,
		    void *ctx, struct err *e)
{
	git_oid oid;
	int rc;
	while (!(rc = git_revwalk_next(&oid, walk))) {
		struct arena a;
		struct commit_info info;
		struct oid hex;
		if (p) {
			struct cnode *c;
			struct unit now;
			bool hit;
			if ((rc = hist_commit(&c, h, &oid, e)) || (rc = touched(&hit, &now, h, c, p, e)))
				return rc;
			if (!hit)
				continue;
		}
		oid_from_git(&hex, &oid);
		if (!arena_begin(&a))
			return err_nomem(e);
		rc = repo_commit_info(&info, &a, r, &hex, e);
		if (!rc)
			rc = cb(ctx, &info);
		arena_end(&a);
		if (rc)
			return rc;
	}
	return rc == GIT_ITEROVER ? 0 : giterr(e, rc, _("parcours de l'historique"));
}

int history_log(struct repo *r, const struct oid *head, const char *id, history_cb cb, void *ctx, struct err *e)
{
	struct arena a;
	struct look l;
	struct hist h;
	git_revwalk *walk;
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = look(&l, &a, r, head, id, e);
	if (!rc && !(rc = walk_begin(&walk, r, head, e))) {
		hist_init(&h, &l.s, l.set);
		rc = log_walk(r, walk, &h, id ? &l.p : NULL, cb, ctx, e);
		git_revwalk_free(walk);
	}
	arena_end(&a);
	return rc;
}

int history_since(struct repo *r, const struct oid *from, const struct oid *head, history_cb cb, void *ctx, struct err *e)
{
	git_revwalk *walk;
	git_oid oid;
	int rc = oid_to_git(&oid, from, e);
	if (rc || (rc = walk_begin(&walk, r, head, e)))
		return rc;
	if ((rc = git_revwalk_hide(walk, &oid)) < 0)
		rc = giterr(e, rc, _("parcours de l'historique"));
	if (!rc)
		rc = log_walk(r, walk, NULL, NULL, cb, ctx, e);
	git_revwalk_free(walk);
	return rc;
}

/* --- fingerprints ------------------------------------------------------------------------------------------------ */

static int fingerprint_is(bool *out, struct look *l, const struct unit *u, const char *empreinte, struct err *e)
{
	struct arena a;
	struct state st;
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = state_load(&st, &a, &l->s, l->set, &l->p, u, NULL, e);
	*out = !rc && st.val && !strcmp(record_fingerprint(&a, st.val), empreinte);
	arena_end(&a);
	return rc;
}

static int fingerprint_walk(struct oid *out, struct look *l, git_revwalk *walk, struct hist *h, const char *empreinte, struct err *e)
{
	git_oid oid, last = { { 0 } };
	int rc;
	*out = (struct oid){ "" };
	while (!(rc = git_revwalk_next(&oid, walk))) {
		struct cnode *c;
		struct unit now;
		bool hit;
		if ((rc = hist_commit(&c, h, &oid, e)) || (rc = touched(&hit, &now, h, c, &l->p, e)))
			return rc;
		if (!hit || !now.rec.mode || git_oid_equal(&now.rec.oid, &last))
			continue;
		last = now.rec.oid;
		if ((rc = fingerprint_is(&hit, l, &now, empreinte, e)))
			return rc;
		if (hit) {
			oid_from_git(out, &oid);
			return 0;
		}
	}
	return rc == GIT_ITEROVER ? 0 : giterr(e, rc, _("parcours de l'historique"));
}

int history_fingerprint(struct oid *out, struct repo *r, const struct oid *head, const char *id, const char *empreinte, struct err *e)
{
	struct arena a;
	struct look l;
	struct hist h;
	struct oid found;
	git_revwalk *walk;
	if (!arena_begin(&a))
		return err_nomem(e);
	int rc = look(&l, &a, r, head, id, e);
	if (!rc && !(rc = walk_begin(&walk, r, head, e))) {
		hist_init(&h, &l.s, l.set);
		rc = fingerprint_walk(&found, &l, walk, &h, empreinte, e);
		git_revwalk_free(walk);
	}
	if (!rc)
		*out = found;
	arena_end(&a);
	return rc;
}
