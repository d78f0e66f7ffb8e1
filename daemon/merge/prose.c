/* The three-way merge of a text.
 *
 *   1 cut o, a and b into sentences and paragraph breaks (prose_split.h); equal when equal with white space folded
 *   2 compare o with each side (prose_pair.h)
 *   3 lay both over o (seq.h): what one side changed is taken; two insertions at one place are both kept
 *   4 where both changed one sentence: combine word by word when they are far enough apart (a_relire), else the
 *     sentence keeps its base (dur)
 *
 * Bytes: a sentence that nobody changed, and the white space before it, follow the side that re-wrapped it.
 * Failure modes: a text too long is cut by paragraph; too many differences make one large hunk, hence one contest.
 */
#include "prose.h"
#include "prose_pair.h"
#include "seq.h"
#include "spans.h"

#include <string.h>

struct job {
	struct arena *mem;
	struct prose_text t[3];
	const struct guards *open, *asked; /* of o; of a and b */
	struct contests *contests;
	struct spans out;
	bool at_start; /* of the text or of a paragraph */
	bool after_break;
};

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void emit(struct job *j, const struct piece *space, const struct piece *p)
{
	if (p->brk) {
		if (!j->after_break)
			spans_put(&j->out, space->at, space->n);
		j->at_start = j->after_break = true;
		return;
	}
	if (j->at_start == space->first)
		spans_put(&j->out, space->sep, space->sep_n);
	else if (!j->at_start)
		spans_put(&j->out, " ", 1);
	spans_put(&j->out, p->at, p->n);
	j->at_start = j->after_break = false;
}

static void emit_run(struct job *j, int side, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		emit(j, &j->t[side].p.at[i], &j->t[side].p.at[i]);
}

static bool same_bytes(const char *x, size_t n, const char *y, size_t m)
{
	return n == m && (!n || !memcmp(x, y, n));
}

static int bytes_cmp(const char *x, size_t n, const char *y, size_t m)
{
	int c = memcmp(x, y, n < m ? n : m);
	return c ? c : n < m ? -1 : n > m;
}

/* Which of three spellings of the same sentence: the one that was changed; both were: the smaller. */
static const struct piece *spelling(const struct piece *o, const struct piece *a, const struct piece *b)
{
	if (same_bytes(a->at, a->n, b->at, b->n))
		return a;
	if (o && same_bytes(a->at, a->n, o->at, o->n))
		return b;
	if (o && same_bytes(b->at, b->n, o->at, o->n))
		return a;
	return bytes_cmp(a->at, a->n, b->at, b->n) < 0 ? a : b;
}

static const struct piece *spacing(const struct piece *o, const struct piece *a, const struct piece *b)
{
	if (a->first == b->first && same_bytes(a->sep, a->sep_n, b->sep, b->sep_n))
		return a;
	if (o && a->first == o->first && same_bytes(a->sep, a->sep_n, o->sep, o->sep_n))
		return b;
	if (o && b->first == o->first && same_bytes(b->sep, b->sep_n, o->sep, o->sep_n))
		return a;
	if (a->first != b->first)
		return a->first ? b : a;
	return bytes_cmp(a->sep, a->sep_n, b->sep, b->sep_n) < 0 ? a : b;
}

/* Sentences that a and b hold alike (o is NULL where both changed them to the same). */
static void emit_alike(struct job *j, const struct piece *o, const struct piece *a, const struct piece *b)
{
	const struct piece *p = spelling(o, a, b);
	emit(j, p->brk ? p : spacing(o, a, b), p);
}

/* The bytes from the first sentence of a run to its last, breaks at the ends left out. */
static const char *run_text(struct job *j, int side, size_t from, size_t to)
{
	const struct piece *p = j->t[side].p.at;
	while (from < to && p[from].brk)
		from++;
	while (from < to && p[to - 1].brk)
		to--;
	if (from == to)
		return "";
	return arena_dupn(j->mem, p[from].at, (size_t)(p[to - 1].at + p[to - 1].n - p[from].at));
}

/* --- 3 and 4 ------------------------------------------------------------------------------------------------------ */

static bool is_guarded(struct job *j, const struct guards *g, const char *text)
{
	if (!g->n || !*text)
		return false;
	size_t n;
	const char *folded = prose_fold(j->mem, text, strlen(text), &n);
	for (size_t i = 0; i < g->n; i++)
		if (*g->at[i].shown && (strstr(folded, g->at[i].shown) || strstr(g->at[i].shown, folded)))
			return true;
	return false;
}

static void contest(struct job *j, enum degree degre, const char *base, const char *a, const char *b)
{
	struct contest c = { degre, base, { a, b }, NULL };
	arena_push(j->mem, j->contests, c);
}

/* What the side says there is no wording of its own: it shows the base of an entry that is new there. */
static bool is_question(struct job *j, int side, const char *text)
{
	size_t n;
	const struct guards *asked = &j->asked[side - 1];
	const char *folded = asked->n ? prose_fold(j->mem, text, strlen(text), &n) : "";
	for (size_t i = 0; *folded && i < asked->n; i++)
		if (!strcmp(asked->at[i].shown, folded))
			return true;
	return false;
}

/* One side turned the sentence into a question; the other, who did not know, wrote it anew: that is one more proposal,
 * in the place of the wording that it replaces. */
static bool joined_question(struct job *j, const struct chunk *c, const char *base, const char *a, const char *b)
{
	bool qa = is_question(j, 1, a), qb = is_question(j, 2, b);
	if (qa == qb)
		return false;
	struct contest one = { DEG_DUR, qa ? a : b, { qa ? NULL : a, qa ? b : NULL }, base };
	arena_push(j->mem, j->contests, one);
	emit_run(j, qa ? 1 : 2, qa ? c->a0 : c->b0, qa ? c->a1 : c->b1);
	return true;
}

static bool equal_runs(const struct job *j, const struct chunk *c)
{
	size_t n = c->a1 - c->a0;
	return n == c->b1 - c->b0 && (!n || !memcmp(j->t[1].id + c->a0, j->t[2].id + c->b0, n * sizeof *j->t[1].id));
}

/* A run that begins with a break follows, one that ends with a break precedes what others inserted there. */
static int run_class(const struct job *j, int side, size_t from, size_t to)
{
	const struct piece *p = j->t[side].p.at;
	return p[from].brk ? 2 : p[to - 1].brk ? 0 : 1;
}

/* Both inserted something else at one place: both stay, sorted; a sentence that both inserted stands once. */
static void emit_insertions(struct job *j, const struct chunk *c)
{
	if (c->a0 == c->a1 || c->b0 == c->b1) {
		emit_run(j, 1, c->a0, c->a1);
		emit_run(j, 2, c->b0, c->b1);
		return;
	}
	int ca = run_class(j, 1, c->a0, c->a1), cb = run_class(j, 2, c->b0, c->b1);
	int order = ca != cb ? ca - cb : strcmp(run_text(j, 1, c->a0, c->a1), run_text(j, 2, c->b0, c->b1));
	int x = order <= 0 ? 1 : 2, y = 3 - x;
	size_t x0 = x == 1 ? c->a0 : c->b0, x1 = x == 1 ? c->a1 : c->b1;
	size_t y0 = y == 1 ? c->a0 : c->b0, y1 = y == 1 ? c->a1 : c->b1;
	emit_run(j, x, x0, x1);
	for (size_t i = y0; i < y1; i++) {
		bool twice = false;
		for (size_t k = x0; k < x1 && !j->t[y].p.at[i].brk; k++)
			twice = twice || j->t[x].id[k] == j->t[y].id[i];
		if (!twice)
			emit(j, &j->t[y].p.at[i], &j->t[y].p.at[i]);
	}
}

static void emit_combined(struct job *j, const struct chunk *c, const char *text)
{
	const struct piece *space = &j->t[0].p.at[c->o0];
	struct piece p = { space->sep, space->sep_n, text, strlen(text), false, space->first };
	if (c->a0 < c->a1 && c->b0 < c->b1)
		space = spacing(space, &j->t[1].p.at[c->a0], &j->t[2].p.at[c->b0]);
	emit(j, space->brk ? &p : space, &p);
}

static void both_changed(struct job *j, const struct chunk *c)
{
	if (equal_runs(j, c)) {
		for (size_t i = 0; i < c->a1 - c->a0; i++)
			emit_alike(j, NULL, &j->t[1].p.at[c->a0 + i], &j->t[2].p.at[c->b0 + i]);
		return;
	}
	const char *base = run_text(j, 0, c->o0, c->o1), *a = run_text(j, 1, c->a0, c->a1),
		   *b = run_text(j, 2, c->b0, c->b1);
	if (!*base) {
		emit_insertions(j, c);
		return;
	}
	if (joined_question(j, c, base, a, b))
		return;
	const char *sides[2] = { a, b };
	const char *whole =
		*a && *b && !is_guarded(j, j->open, base) ? prose_combine(j->mem, base, sides, 2) : NULL;
	if (!whole) {
		contest(j, DEG_DUR, base, a, b);
		emit_run(j, 0, c->o0, c->o1);
		return;
	}
	contest(j, DEG_A_RELIRE, base, a, b);
	emit_combined(j, c, whole);
}

static void emit_rewritten(struct job *j, const struct chunk *c, const struct piece *p, const struct piece *theirs)
{
	const struct piece *o = &j->t[0].p.at[c->o0];
	struct piece wrapped = *p;
	if (!p->brk && !theirs->brk && !same_bytes(o->at, o->n, theirs->at, theirs->n)) {
		const char *sides[2] = { arena_dupn(j->mem, p->at, p->n), arena_dupn(j->mem, theirs->at, theirs->n) };
		const char *both = prose_combine(j->mem, arena_dupn(j->mem, o->at, o->n), sides, 2);
		wrapped.at = both ? both : p->at;
		wrapped.n = both ? strlen(both) : p->n;
	}
	emit(j, p->brk ? p : spacing(o, &j->t[1].p.at[c->a0], &j->t[2].p.at[c->b0]), &wrapped);
}

static void one_changed(struct job *j, const struct chunk *c)
{
	int me = c->kind == CHUNK_A ? 1 : 2, other = 3 - me;
	size_t s0 = me == 1 ? c->a0 : c->b0, s1 = me == 1 ? c->a1 : c->b1, t0 = me == 1 ? c->b0 : c->a0,
	       t1 = me == 1 ? c->b1 : c->a1;
	const char *base = c->o0 < c->o1 ? run_text(j, 0, c->o0, c->o1) : "";
	if (!is_guarded(j, &j->asked[other - 1], base)) {
		/* one sentence for one: its place in the lines, and where it was wrapped, may be the other side's */
		if (c->o1 - c->o0 == 1 && s1 - s0 == 1)
			emit_rewritten(j, c, &j->t[me].p.at[s0], &j->t[other].p.at[t0]);
		else
			emit_run(j, me, s0, s1);
		return;
	}
	const char *mine = run_text(j, me, s0, s1);
	contest(j, DEG_DUR, base, me == 1 ? mine : NULL, me == 2 ? mine : NULL);
	emit_run(j, other, t0, t1);
}

static bool is_long(const struct val *v)
{
	return v->str.n > PROSE_MAX_BYTES;
}

struct val *prose_merge(struct contests *out, struct arena *mem, const struct prose_input *in)
{
	struct job j = { .mem = mem,
			 .open = &in->open,
			 .asked = in->asked,
			 .contests = out,
			 .out = { .mem = mem },
			 .at_start = true };
	*out = (struct contests){ 0 };
	const struct val *v[3] = { in->o, in->a, in->b };
	bool coarse = is_long(in->o) || is_long(in->a) || is_long(in->b);
	for (int again = 0; again < 2; again++) {
		struct keytab names;
		keytab_init(&names, mem, 64);
		size_t most = 0;
		for (int i = 0; i < 3; i++) {
			prose_cut(&j.t[i], mem, &names, v[i], coarse);
			most = j.t[i].p.n > most ? j.t[i].p.n : most;
		}
		if (coarse || most <= PROSE_MAX_SENTENCES)
			break;
		coarse = true;
	}
	struct hunks ha, hb;
	struct chunks chunks;
	size_t pairs = PROSE_MAX_PAIRS;
	prose_compare(&ha, mem, &pairs, &j.t[0], &j.t[1], &in->asked[0]);
	prose_compare(&hb, mem, &pairs, &j.t[0], &j.t[2], &in->asked[1]);
	seq_merge(&chunks, mem, j.t[0].p.n, &ha, &hb);
	for (size_t i = 0; i < chunks.n; i++) {
		const struct chunk *c = &chunks.at[i];
		if (c->kind == CHUNK_BOTH)
			both_changed(&j, c);
		else if (c->kind != CHUNK_SAME)
			one_changed(&j, c);
		for (size_t k = 0; c->kind == CHUNK_SAME && k < c->o1 - c->o0; k++)
			emit_alike(&j, &j.t[0].p.at[c->o0 + k], &j.t[1].p.at[c->a0 + k], &j.t[2].p.at[c->b0 + k]);
	}
	struct piece tail[3];
	for (int i = 0; i < 3; i++)
		tail[i] = (struct piece){ .at = j.t[i].p.tail, .n = j.t[i].p.tail_n };
	const struct piece *t = spelling(&tail[0], &tail[1], &tail[2]);
	spans_put(&j.out, t->at, t->n);
	struct val *text = arena_new(mem, struct val);
	text->type = VAL_STR;
	text->str.at = spans_text(&j.out);
	text->str.n = j.out.bytes;
	return text;
}
