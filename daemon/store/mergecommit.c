/* mergecommit.c -- the merge commit of two heads: a pure function of them, down to the last byte.
 *
 * Two sites that merge the same two heads make the same commit id, so merges never answer each other for ever, and anybody
 * can check one later (verify.c). Everything that could differ between two machines is therefore fixed: parents sorted by oid, a fixed
 * author, the later parent's committer date at +0000, the message in French whatever the locale.
 */
#include "mergecommit.h"

#include <string.h>

#define LINES_MAX 100 /* of each part of the message; `maillage explain` gives the rest */

/* Field paths come from people's files: a control character in one must not break the message's lines. */
static void put_field(struct buf *out, const char *champ)
{
	for (; *champ; champ++)
		buf_putc(out, (unsigned char)*champ < 0x20 || *champ == 0x7f ? '?' : *champ);
}

static const char *degree_words(enum degree d)
{
	return d == DEG_DUR ? "à trancher" : "à relire";
}

static size_t count(const struct tree_merge *m, enum degree degre, enum news news)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->at[i].diffs && k < m->at[i].diffs->n; k++)
			n += m->at[i].diffs->at[k].degre == degre && m->at[i].news[k] == news;
	return n;
}

static void subject(struct buf *out, const struct tree_merge *m)
{
	size_t dur = count(m, DEG_DUR, NEWS_FRESH), relire = count(m, DEG_A_RELIRE, NEWS_FRESH);
	size_t grown = count(m, DEG_DUR, NEWS_GROWN) + count(m, DEG_A_RELIRE, NEWS_GROWN);
	buf_puts(out, "Fusion : ");
	if (!m->n)
		buf_puts(out, "aucune fiche modifiée des deux côtés");
	else
		buf_printf(out, "%zu fiche%s", m->n, m->n > 1 ? "s" : "");
	if (dur)
		buf_printf(out, ", %zu différence%s à trancher", dur, dur > 1 ? "s" : "");
	if (relire)
		buf_printf(out, ", %zu différence%s à relire", relire, relire > 1 ? "s" : "");
	if (grown)
		buf_printf(out, ", une proposition de plus dans %zu différence%s", grown, grown > 1 ? "s" : "");
	if (m->n && !dur && !relire && !grown)
		buf_puts(out, ", rien à trancher");
	if (m->variants)
		buf_printf(out, ", %zu fichier%s en deux versions", m->variants, m->variants > 1 ? "s" : "");
	buf_putc(out, '\n');
}

/* "ens-ara-k5w2h9tc : titre (à trancher), etat (lifecycle)" */
static void record_line(struct buf *out, const struct merged_record *r)
{
	const char *sep = " : ";
	buf_puts(out, r->id);
	for (size_t i = 0; r->diffs && i < r->diffs->n; i++) {
		if (r->news[i] == NEWS_NONE)
			continue;
		buf_puts(out, sep);
		put_field(out, r->diffs->at[i].champ);
		buf_printf(out, " (%s%s)", degree_words(r->diffs->at[i].degre),
			   r->news[i] == NEWS_GROWN ? ", une proposition de plus" : "");
		sep = ", ";
	}
	for (size_t i = 0; i < r->decisions.n; i++) {
		buf_puts(out, sep);
		put_field(out, r->decisions.at[i].champ);
		buf_printf(out, " (%s)", merge_rule_name(r->decisions.at[i].rule));
		sep = ", ";
	}
	if (sep[0] == ' ')
		buf_puts(out, " : réunie sans question");
	buf_putc(out, '\n');
}

static void decision_trailers(struct buf *out, const struct tree_merge *m)
{
	size_t left = LINES_MAX;
	for (size_t i = 0; i < m->n; i++) {
		const struct merged_record *r = &m->at[i];
		for (size_t k = 0; left && k < r->decisions.n; k++, left--) {
			buf_printf(out, "Decision: %s ", r->id);
			put_field(out, r->decisions.at[k].champ);
			buf_printf(out, " %s\n", merge_rule_name(r->decisions.at[k].rule));
		}
	}
}

static void difference_trailers(struct buf *out, const struct tree_merge *m)
{
	size_t left = LINES_MAX;
	for (size_t i = 0; i < m->n; i++) {
		const struct merged_record *r = &m->at[i];
		for (size_t k = 0; r->diffs && left && k < r->diffs->n; k++) {
			if (r->news[k] == NEWS_NONE)
				continue;
			buf_printf(out, "Difference: %s ", r->id);
			put_field(out, r->diffs->at[k].champ);
			buf_putc(out, '\n');
			left--;
		}
	}
}

static void message(struct buf *out, const struct tree_merge *m)
{
	subject(out, m);
	if (m->n)
		buf_putc(out, '\n');
	for (size_t i = 0; i < m->n && i < LINES_MAX; i++)
		record_line(out, &m->at[i]);
	if (m->n > LINES_MAX)
		buf_printf(out, "... et %zu autre%s\n", m->n - LINES_MAX, m->n - LINES_MAX > 1 ? "s" : "");
	buf_printf(out, "\nFusion: %d\n", MERGE_ALGORITHM);
	decision_trailers(out, m);
	difference_trailers(out, m);
}

int mergecommit_text(struct buf *out, const struct tree_merge *m, struct job *j, const git_oid *tree, const git_oid *first,
		     const git_oid *second, struct err *e)
{
	struct cnode *x, *y;
	int rc;
	if ((rc = hist_commit(&x, &j->h, first, e)) || (rc = hist_commit(&y, &j->h, second, e)))
		return rc;
	char hex[3][OID_HEX + 1];
	long long date = x->time > y->time ? x->time : y->time;
	buf_printf(out, "tree %s\nparent %s\nparent %s\n", git_oid_tostr(hex[0], sizeof hex[0], tree),
		   git_oid_tostr(hex[1], sizeof hex[1], first), git_oid_tostr(hex[2], sizeof hex[2], second));
	buf_printf(out, "author %s <%s> %lld +0000\n", FUSION_NAME, FUSION_EMAIL, date);
	buf_printf(out, "committer %s <%s> %lld +0000\n\n", FUSION_NAME, FUSION_EMAIL, date);
	message(out, m);
	return buf_ok(out) ? 0 : err_nomem(e);
}

int merge_commit(struct oid *out, struct tree_merge *m, struct arena *a, struct repo *r, const struct oid *x,
		 const struct oid *y, struct err *e)
{
	return merge_commit_within(out, m, a, r, x, y, NULL, e);
}

int merge_commit_within(struct oid *out, struct tree_merge *m, struct arena *a, struct repo *r, const struct oid *x,
			const struct oid *y, const struct merge_budget *budget, struct err *e)
{
	struct job *j = arena_new(a, struct job);
	struct tree_merge merged = { 0 };
	struct buf text = BUF_INIT;
	git_oid first, second, tree, commit;
	bool in_order = strcmp(x->hex, y->hex) < 0;
	int rc;
	job_begin(j, a, r, budget);
	if ((rc = oid_to_git(&first, in_order ? x : y, e)) || (rc = oid_to_git(&second, in_order ? y : x, e)))
		return rc;
	if (git_oid_equal(&first, &second))
		return err_set(e, ERR_USAGE, _("les deux versions à fusionner sont identiques (%s)"), x->hex);
	if ((rc = job_merge(&merged, &tree, j, &first, &second, e)))
		return rc;
	if (!(rc = mergecommit_text(&text, &merged, j, &tree, &first, &second, e)) &&
	    !(rc = objs_put(&commit, &j->s, GIT_OBJECT_COMMIT, text.at, text.n, e)))
		rc = objs_flush(&j->s, &commit, e);
	buf_free(&text);
	if (rc)
		return rc;
	oid_from_git(out, &commit);
	if (m)
		*m = merged;
	return 0;
}
