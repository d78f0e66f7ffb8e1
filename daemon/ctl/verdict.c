/* verdict.c -- the trace of DOMAIN 4.4, resolved again.
 *
 *   1. the history of the collective that owns the record: its head as this clone has it
 *   2. the commit is an ancestor of that head, and the record there has the fingerprint
 *   3. some version with these words was at `partage`, visible to the network: the commit that wrote a text is mostly older than
 *      its sharing, and a change of state alone leaves the fingerprint as it is
 *   4. the record as it is at the head: not withdrawn, consent not withdrawn, still visible
 */
#include "ctl/verdict.h"

#include <string.h>

#include "base/fsio.h"
#include "ctl/result.h"
#include "loop/world.h"
#include "schema/describe.h"
#include "store/history.h"

struct verdict_world {
	struct arena *a;
	struct repo *here, *copy; /* own; copy: a coordinator's, of national.git; NULL: none */
};

int verdict_open(struct verdict_world **out, struct arena *a, const char *dir, struct err *e)
{
	struct verdict_world *w = arena_new(a, struct verdict_world);
	w->a = a;
	int rc = repo_open(&w->here, dir, e);
	if (rc)
		return rc;
	const char *work = repo_workdir(w->here);
	const char *at = work && !repo_is_national(w->here) ? arena_printf(a, "%s.maillage/national", work) : NULL;
	if (at && (!fs_is_dir(at) || repo_open(&w->copy, at, NULL)))
		w->copy = NULL;
	*out = w;
	return 0;
}

void verdict_close(struct verdict_world *w)
{
	if (!w)
		return;
	repo_close(w->copy);
	repo_close(w->here);
}

const char *verdict_words(const char *code)
{
	static const char *const all[][2] = {
#define X(code, words) { code, words },
		VERDICTS(X)
#undef X
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i][0], code))
			return all[i][1];
	return code;
}

/* "bfc" of ens-bfc-3r7np8vd; the network's vocabulary names itself, and is in national.git. */
static const char *owner_of(struct arena *a, const struct pinned *p)
{
	if (p->collective)
		return p->collective;
	const char *rest = strlen(p->id) > 4 ? p->id + 4 : "";
	return rest[strcspn(rest, "-")] ? arena_dupn(a, rest, strcspn(rest, "-")) : "nat";
}

/* *head "": the history is not here. */
static int find_history(struct repo **r, struct oid *head, struct verdict_world *w, const char *code, struct err *e)
{
	*head = (struct oid){ "" };
	*r = w->here;
	if (!strcmp(code, repo_collective(w->here)))
		return repo_head(head, *r, e);
	if (repo_is_national(w->here))
		return repo_ref(head, *r, arena_printf(w->a, WORLD_COLLECTIVES "%s", code), e);
	*r = w->copy;
	return w->copy && !strcmp(code, "nat") ? repo_head(head, *r, e) : 0;
}

static bool is_open_to_network(const struct val *v)
{
	return val_is_str(val_get(v, "visibilite"), "reseau") || val_is_str(val_get(v, "visibilite"), "public");
}

/* --- was it ever shared in these words? ------------------------------------------------------------------------------ */

struct sharing {
	struct verdict_world *w;
	struct repo *r;
	const char *id, *fingerprint;
	bool shared, visible;
	struct err *e;
};

static int look(void *ctx, const struct commit_info *ci)
{
	struct sharing *s = ctx;
	struct record_state st;
	int rc = history_state(&st, s->w->a, s->r, &ci->oid, s->id, s->e);
	if (rc || !st.val || !val_is_str(val_get(st.val, "etat"), "partage") || strcmp(record_fingerprint(s->w->a, st.val), s->fingerprint) != 0)
		return rc;
	s->shared = true;
	s->visible |= is_open_to_network(st.val);
	return s->visible ? 1 : 0;
}

/* --- the verdict ------------------------------------------------------------------------------------------------------- */

static void against(struct val *reasons, struct arena *a, const char *code)
{
	val_push(a, reasons, val_str(a, code));
}

static void put_text(struct val *out, const char *key, struct arena *a, const struct schemas *set, const struct pinned *p, const struct val *record)
{
	const struct schema *s = schemas_by_prefix(set, arena_dupn(a, p->id, 3));
	const struct val *v = NULL;
	if (p->field && s && record)
		schema_find(NULL, &v, s->root, record, p->field);
	if (v)
		val_set(a, out, key, val_copy(a, v));
}

struct judging {
	struct verdict_world *w;
	const struct pinned *p;
	struct repo *r;
	const struct schemas *set;
	struct oid head;
	struct val *out, *reasons;
	struct err *e;
};

static int judge_then(const char **fingerprint, struct judging *j)
{
	struct arena *a = j->w->a;
	struct record_state then = { 0 };
	struct oid at;
	bool held = false;
	struct err unknown;
	int rc = repo_resolve(&at, j->r, j->p->commit, &unknown);
	if (!rc)
		rc = repo_is_ancestor(&held, j->r, &at, &j->head, &unknown);
	if (rc == ERR_NOMEM || rc == ERR_IO)
		return err_set(j->e, rc, "%s", unknown.msg);
	if (rc || !held) {
		against(j->reasons, a, "commit_absent");
		return 0;
	}
	rc = history_state(&then, a, j->r, &at, j->p->id, j->e);
	if (rc == ERR_NOTFOUND || (!rc && !then.val)) {
		against(j->reasons, a, "fiche_absente");
		return 0;
	}
	if (rc)
		return rc;
	put_text(j->out, "texte_alors", a, j->set, j->p, then.val);
	*fingerprint = record_fingerprint(a, then.val);
	if (j->p->fingerprint && strcmp(*fingerprint, j->p->fingerprint) != 0)
		against(j->reasons, a, "empreinte_autre");
	struct sharing s = { .w = j->w, .r = j->r, .id = j->p->id, .fingerprint = *fingerprint, .e = j->e };
	rc = history_log(j->r, &j->head, j->p->id, look, &s, j->e);
	if (rc < 0)
		return rc;
	if (!s.shared)
		against(j->reasons, a, "jamais_partage");
	else if (!s.visible)
		against(j->reasons, a, "visibilite");
	return 0;
}

static int judge_now(const char *fingerprint, struct judging *j)
{
	struct arena *a = j->w->a;
	struct record_state now = { 0 };
	int rc = history_state(&now, a, j->r, &j->head, j->p->id, j->e);
	if (rc && rc != ERR_NOTFOUND)
		return rc;
	const char *consent = now.val ? val_text(val_get(now.val, "consentement"), "statut") : NULL;
	bool withdrawn = !now.val || val_is_str(val_get(now.val, "etat"), "retire") || (consent && (!strcmp(consent, "retire") || !strcmp(consent, "refuse")));
	if (withdrawn)
		against(j->reasons, a, "retire");
	else if (!is_open_to_network(now.val))
		against(j->reasons, a, "plus_visible");
	if (!now.val)
		return 0;
	put_str(a, j->out, "etat_maintenant", val_text(now.val, "etat"));
	put_str(a, j->out, "visibilite_maintenant", val_text(now.val, "visibilite"));
	put_text(j->out, "texte_maintenant", a, j->set, j->p, now.val);
	val_set(a, j->out, "change", val_bool(a, fingerprint && strcmp(fingerprint, record_fingerprint(a, now.val)) != 0));
	return 0;
}

int verdict_of(struct val **out, struct verdict_world *w, const struct pinned *p, struct err *e)
{
	struct judging j = { .w = w, .p = p, .out = val_map(w->a), .reasons = val_list(w->a), .e = e };
	const char *fingerprint = NULL;
	int rc = find_history(&j.r, &j.head, w, owner_of(w->a, p), e);
	if (!rc && !oid_is(&j.head)) {
		put_str(w->a, j.out, "verifie", "agregation");
		*out = j.out;
		return 0;
	}
	if (!rc)
		rc = repo_schemas(&j.set, j.r, &j.head, e);
	if (!rc)
		rc = judge_then(&fingerprint, &j);
	if (!rc)
		rc = judge_now(fingerprint, &j);
	if (rc)
		return rc;
	put_str(w->a, j.out, "verifie", "historique");
	val_set(w->a, j.out, "tient", val_bool(w->a, !j.reasons->list.n));
	val_set(w->a, j.out, "motifs", j.reasons);
	*out = j.out;
	return 0;
}
