/* blame.c -- who set a field: the walk back from a head over normalised states (DESIGN 5).
 *
 * Happy path: most commits do not touch the record, and that shows in two oids; where they do, both states are read and the
 * field's value and its entries in the sidecar are compared. A non-merge commit set the field if either differs from its
 * parent's. At a merge the walk follows the smallest-oid parent that has the same value and no open difference there; if
 * there is none, the merge itself set it.
 * The walk never looks at branches that it does not follow, so it costs the commits since the field was set. Except for what is
 * missing: a branch that never had it leads to the root, which removed nothing, so the next branch is tried; and if none knows, the
 * newest merge that left out what one of its parents had (a person's, by plain git) removed it.
 */
#include "hist.h"

#include <string.h>

/* A field at a commit. */
struct field {
	struct unit unit;
	const struct val *val; /* NULL: missing */
	struct diffs at;       /* the entries of this field, normalised */
	bool open;
};

static int field_read(struct field *out, struct arena *a, struct hist *h, const struct unit *u, const struct place *p,
		      const char *champ, const struct known *known, struct err *e)
{
	struct state st;
	struct diffs d;
	size_t at = 0;
	int rc = 0;
	while (known && at < 3 && !(known->unit[at] && unit_equal(known->unit[at], u)))
		at++;
	if (known && at < 3)
		st = *known->state[at];
	else
		rc = state_load(&st, a, h->s, h->set, p, u, known ? known->state[1] : NULL, e);
	if (rc)
		return rc;
	struct field f = { .unit = *u };
	state_normalise(&d, a, &st);
	if (!strcmp(champ, "@record"))
		f.val = st.val; /* here or not is what matters: compared by field_same */
	else if (st.val && !schema_find(NULL, &f.val, st.schema ? st.schema->root : schema_unknown(), st.val, champ))
		f.val = NULL;
	f.at.id = p->id;
	for (size_t i = 0; i < d.n; i++) {
		if (strcmp(d.at[i].champ, champ))
			continue;
		arena_push(a, &f.at, d.at[i]);
		f.open = f.open || d.at[i].degre != DEG_TRANCHE;
	}
	*out = f;
	return 0;
}

static bool same_value(const struct field *x, const struct field *y, const char *champ)
{
	if (!strcmp(champ, "@record"))
		return !x->val == !y->val;
	return val_equal(x->val, y->val);
}

static void origin_of(struct origin *out, struct arena *a, const struct cnode *c)
{
	char hex[OID_HEX + 1];
	git_oid_tostr(hex, sizeof hex, &c->oid);
	*out = (struct origin){ arena_dup(a, c->author), arena_dup(a, c->date), arena_dup(a, hex) };
}

/* Branches of merges that were not followed. */
struct forks {
	struct cnode *left_out; /* the newest merge without what a parent had; NULL: none */
	struct fork {
		struct cnode *c;
		struct field at;
	} *at;
	size_t n, cap;
};

/* Where the field came from into c; NULL: c set it. *at becomes the field there. */
static int step(struct cnode **out, struct field *at, struct forks *forks, struct arena *a, struct hist *h, struct cnode *c,
		const struct place *p, const char *champ, const struct known *known, struct err *e)
{
	const struct field now = *at;
	*out = NULL;
	for (size_t i = 0; i < c->nparents; i++) {
		struct cnode *parent;
		struct unit u;
		struct field f;
		int rc;
		if ((rc = hist_commit(&parent, h, &c->parents[i], e)) || (rc = unit_lookup(&u, h->s, &parent->tree, p, e)))
			return rc;
		if (unit_equal(&u, &now.unit))
			f = now;
		else if ((rc = field_read(&f, a, h, &u, p, champ, known, e)))
			return rc;
		bool same = same_value(&f, &now, champ);
		if (!same && !now.val && c->nparents > 1 && !forks->left_out)
			forks->left_out = c;
		if (c->nparents == 1 ? !same || !diffs_equal(&f.at, &now.at) : !same || f.open)
			continue;
		if (*out) {
			struct fork other = { parent, f };
			arena_push(a, forks, other);
			continue;
		}
		*out = parent;
		*at = f;
		if (now.val)
			return 0;
	}
	return 0;
}

/* The next branch of a merge that nobody went into. */
static struct cnode *other_branch(struct field *at, struct forks *forks, const struct oidmap *been)
{
	while (forks->n) {
		const struct fork *f = &forks->at[--forks->n];
		if (oidmap_get(been, &f->c->oid))
			continue;
		*at = f->at;
		return f->c;
	}
	return NULL;
}

int hist_blame(struct origin *out, struct arena *a, struct hist *h, const git_oid *head, const struct place *p,
	       const char *champ, const struct known *known, struct err *e)
{
	struct cnode *c, *from, *end;
	struct field at;
	struct unit u;
	struct forks forks = { 0 };
	struct oidmap been = { 0 };
	int rc;
	if ((rc = hist_commit(&c, h, head, e)) || (rc = unit_lookup(&u, h->s, &c->tree, p, e)) ||
	    (rc = field_read(&at, a, h, &u, p, champ, known, e)))
		return rc;
	end = c;
	do {
		if ((rc = step(&from, &at, &forks, a, h, c, p, champ, known, e)))
			return rc;
		if (!at.val)
			oidmap_put(&been, a, &c->oid, c);
		if (!from)
			end = c;
		bool again = from && !at.val && oidmap_get(&been, &from->oid), nobody = !from && !c->nparents && !at.val;
		if (again || nobody)
			from = other_branch(&at, &forks, &been);
		if (from)
			c = from;
	} while (from);
	if (!end->nparents && forks.left_out)
		end = forks.left_out;
	origin_of(out, a, end);
	return 0;
}

int hist_blame_any(struct origin *out, struct arena *a, struct hist *h, const git_oid *heads, size_t n, const struct place *p,
		   const char *champ, const struct val *value, const struct known *known, struct err *e)
{
	const git_oid *from = n ? &heads[0] : NULL;
	if (!from) {
		*out = (struct origin){ 0 };
		return 0;
	}
	for (size_t i = 0; n > 1 && i < n; i++) {
		struct cnode *c;
		struct unit u;
		struct field f;
		int rc;
		if ((rc = hist_commit(&c, h, &heads[i], e)) || (rc = unit_lookup(&u, h->s, &c->tree, p, e)) ||
		    (rc = field_read(&f, a, h, &u, p, champ, known, e)))
			return rc;
		if (!f.open && (strcmp(champ, "@record") ? val_equal(f.val, value) : !f.val == !value)) {
			from = &heads[i];
			break;
		}
	}
	return hist_blame(out, a, h, from, p, champ, known, e);
}
