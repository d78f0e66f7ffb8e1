#include "proposals.h"

#include "giterr.h"
#include "schema/record.h"

#include <string.h>

int proposals_init(struct proposals *p, struct arena *a, struct repo *r, const struct schemas *set, const struct oid *tip, struct err *e)
{
	*p = (struct proposals){ 0 };
	objs_init(&p->s, r, a);
	hist_init(&p->h, &p->s, set);
	return oid_to_git(&p->tip, tip, e);
}

/* Anything may stand in a sidecar: an oid of something else is no ancestor either. */
static int is_ancestor(bool *out, struct proposals *p, const git_oid *commit, struct err *e)
{
	static int yes, no;
	int *known = oidmap_get(&p->asked, commit);
	size_t size;
	git_object_t type;
	if (!known) {
		known = &no;
		git_odb *odb = p->s.r->odb;
		if (git_odb_exists(odb, commit) && git_odb_read_header(&size, &type, odb, commit) == 0 && type == GIT_OBJECT_COMMIT) {
			int rc = git_oid_equal(commit, &p->tip) ? 1 : git_graph_descendant_of(p->s.r->git, &p->tip, commit);
			if (rc < 0)
				return giterr(e, rc, _("parcours de l'historique"));
			known = rc ? &yes : &no;
		}
		oidmap_put(&p->asked, p->s.a, commit, known);
	}
	*out = known == &yes;
	return 0;
}

enum borne { BORNE, NO_COMMIT, NO_ANCESTOR, OTHER_AUTHOR, NOT_HELD };

static int borne_out(enum borne *out, struct proposals *p, const struct place *place, const struct diff *d, const struct proposal *one,
		     struct err *e)
{
	struct arena a; /* of one version */
	struct cnode *c;
	struct unit u;
	struct state st;
	git_oid commit;
	bool ancestor = false;
	*out = NO_COMMIT;
	if (!one->by.commit || strlen(one->by.commit) != OID_HEX || git_oid_fromstr(&commit, one->by.commit) < 0)
		return 0;
	*out = NO_ANCESTOR;
	int rc = is_ancestor(&ancestor, p, &commit, e);
	if (rc || !ancestor || (rc = hist_commit(&c, &p->h, &commit, e)))
		return rc;
	*out = OTHER_AUTHOR;
	if (one->by.par && strcmp(one->by.par, c->author))
		return 0;
	if ((rc = unit_lookup(&u, &p->s, &c->tree, place, e)))
		return rc;
	if (!arena_begin(&a))
		return err_nomem(e);
	if (!(rc = state_load(&st, &a, &p->s, p->h.set, place, &u, NULL, e)))
		*out = diff_held(&a, st.schema, st.val, d, one) ? BORNE : NOT_HELD;
	arena_end(&a);
	return rc;
}

static const char *words(struct arena *a, enum borne how, const struct diff *d, const struct proposal *one)
{
	static const char *const forms[] = {
		[NO_COMMIT] = N_("%s : la proposition « %s » ne dit pas de quel commit elle vient ; pour proposer une valeur, écrivez-la dans la fiche, et retirez celle-ci"),
		[NO_ANCESTOR] = N_("%s : le commit de la proposition « %s » n'est pas dans cet historique ; retirez-la"),
		[OTHER_AUTHOR] = N_("%s : la proposition « %s » n'est pas de la personne qu'elle nomme ; rétablissez « par », ou retirez-la"),
		[NOT_HELD] = N_("%s : le commit de la proposition « %s » ne contient pas cette valeur ; rétablissez-la, ou retirez-la"),
	};
	char text[VAL_KEY_LEN + 1];
	memcpy(text, one->cle, sizeof text);
	bool plain = one->valeur && one->valeur->type == VAL_STR && one->valeur->str.n && one->valeur->str.n <= 60;
	return arena_printf(a, _(forms[how]), d->champ, plain ? one->valeur->str.at : text);
}

static bool listed(const struct diffs *before, const struct diff *d, const struct proposal *one)
{
	for (size_t i = 0; i < before->n; i++)
		for (size_t k = 0; !strcmp(before->at[i].champ, d->champ) && k < before->at[i].n; k++)
			if (!strcmp(before->at[i].at[k].cle, one->cle) && val_equal(before->at[i].at[k].valeur, one->valeur))
				return true;
	return false;
}

int proposals_fault(const char **why, struct proposals *p, const char *id, const struct diffs *now, const struct diffs *before,
		    struct err *e)
{
	struct place place;
	*why = NULL;
	if (!place_of_id(&place, p->s.a, p->h.set, id))
		return 0;
	for (size_t i = 0; !*why && i < now->n; i++) {
		const struct diff *d = &now->at[i];
		for (size_t k = 0; !*why && d->degre != DEG_TRANCHE && k < d->n; k++) {
			enum borne how;
			if (listed(before, d, &d->at[k]))
				continue;
			if (++p->read > PROPOSALS_MAX) {
				*why = _("trop de propositions nouvelles à la fois ; envoyez plus souvent, par petites quantités");
				break;
			}
			int rc = borne_out(&how, p, &place, d, &d->at[k], e);
			if (rc)
				return rc;
			if (how != BORNE)
				*why = words(p->s.a, how, d, &d->at[k]);
		}
	}
	return 0;
}
