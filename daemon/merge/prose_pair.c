/* Which sentence of one text became which of the other.
 *
 * Where a run of sentences became another run, those that resemble each other are paired, so that rewriting one and
 * adding another beside it are two edits. A neighbour without a pair belongs to the pair that it makes more alike: a
 * sentence cut in two, or two made one, is one edit; as two, its first half would count as an insertion and stand in
 * the result beside the whole that another edit contests. The rest is paired by place when both runs are as long.
 *
 * What is in question, a sentence or a run of them, stands for all that is proposed for it: it is what became of any of them,
 * whatever it resembles. Such runs are paired first, the rest between them.
 *
 * Failure mode: long runs, and whatever is over the bound on the work, are paired by place only: larger contests.
 */
#include "prose_pair.h"
#include "prose.h"

#include <string.h>

void prose_cut(struct prose_text *t, struct arena *mem, struct keytab *names, const struct val *v, bool by_paragraph)
{
	prose_sentences(&t->p, mem, v->str.at, v->str.n, by_paragraph);
	t->id = arena_array(mem, t->p.n + 1, sizeof *t->id);
	t->fold = arena_array(mem, t->p.n + 1, sizeof *t->fold);
	for (size_t i = 0; i < t->p.n; i++) {
		size_t n = 1;
		t->fold[i] = t->p.at[i].brk ? "\n" : prose_fold(mem, t->p.at[i].at, t->p.at[i].n, &n);
		t->id[i] = keytab_id(names, t->fold[i], n);
	}
}

struct work {
	struct arena *mem;
	size_t *pairs; /* comparisons left */
	const struct guards *asked;
};

#define ALIKE_MAX 24 /* longer runs are paired by place only */
struct words {
	uint32_t *at;
	size_t n;
};

static void words_of(struct words *out, struct work *w, struct keytab *names, const char *sentence)
{
	struct pieces p;
	prose_words(&p, w->mem, sentence, strlen(sentence));
	out->at = arena_array(w->mem, p.n + 1, sizeof *out->at);
	out->n = p.n;
	for (size_t i = 0; i < p.n; i++)
		out->at[i] = keytab_id(names, p.at[i].at, p.at[i].n);
}

/* Words in common, as thousandths of all words of both; order does not matter. count: zeroes, one per known word. */
static int likeness(const struct words *x, size_t xn, const struct words *y, size_t yn, int *count)
{
	size_t common = 0, all = 0;
	for (size_t s = 0; s < xn; s++)
		for (size_t i = 0; i < x[s].n; i++, all++)
			count[x[s].at[i]]++;
	for (size_t s = 0; s < yn; s++)
		for (size_t i = 0; i < y[s].n; i++, all++)
			if (count[y[s].at[i]] > 0) {
				count[y[s].at[i]]--;
				common++;
			}
	for (size_t s = 0; s < xn; s++)
		for (size_t i = 0; i < x[s].n; i++)
			count[x[s].at[i]] = 0;
	return all ? (int)(2000 * common / all) : 0;
}

static void add(struct hunks *out, struct arena *mem, size_t o0, size_t o1, size_t s0, size_t s1)
{
	struct hunk h = { o0, o1, s0, s1 };
	if (o0 < o1 || s0 < s1)
		arena_push(mem, out, h);
}

/* A run between two paired sentences: as many on both sides are paired by place, else they are one hunk. */
static void add_run(struct hunks *out, struct work *w, const struct prose_text *o, const struct prose_text *s, size_t o0,
		    size_t o1, size_t s0, size_t s1)
{
	bool by_place = o1 - o0 == s1 - s0;
	for (size_t i = 0; by_place && i < o1 - o0; i++)
		by_place = o->p.at[o0 + i].brk == s->p.at[s0 + i].brk;
	if (!by_place)
		add(out, w->mem, o0, o1, s0, s1);
	for (size_t i = 0; by_place && i < o1 - o0; i++)
		if (o->id[o0 + i] != s->id[s0 + i])
			add(out, w->mem, o0 + i, o0 + i + 1, s0 + i, s0 + i + 1);
}

/* The run h of both texts, its sentences as words. */
struct pairing {
	const struct prose_text *o, *s;
	const struct hunk *h;
	struct words ow[ALIKE_MAX], sw[ALIKE_MAX];
	int *count;
};

static int pair_likeness(const struct pairing *g, const struct hunk *p)
{
	return likeness(g->ow + p->o0 - g->h->o0, p->o1 - p->o0, g->sw + p->s0 - g->h->s0, p->s1 - p->s0, g->count);
}

/* A sentence cut in two, or two made one: one of them is paired, its neighbour has nobody. It belongs to the pair p when
 * that makes the two runs more alike. gap: how far p may grow; where both texts have unpaired neighbours, it does not. */
static bool grow(struct hunk *p, const struct pairing *g, const struct hunk *gap, bool before)
{
	struct hunk next = *p;
	const struct piece *o = g->o->p.at, *s = g->s->p.at;
	size_t more_o = before ? p->o0 - gap->o0 : gap->o1 - p->o1, more_s = before ? p->s0 - gap->s0 : gap->s1 - p->s1;
	if (!more_o == !more_s || (more_o ? o[before ? p->o0 - 1 : p->o1].brk : s[before ? p->s0 - 1 : p->s1].brk))
		return false;
	if (before) {
		next.o0 -= more_o > 0;
		next.s0 -= more_s > 0;
	} else {
		next.o1 += more_o > 0;
		next.s1 += more_s > 0;
	}
	if (pair_likeness(g, &next) <= pair_likeness(g, p))
		return false;
	*p = next;
	return true;
}

static void pair_up(struct hunks *out, struct work *w, const struct prose_text *o, const struct prose_text *s,
		    const struct hunk *h)
{
	size_t m = h->o1 - h->o0, n = h->s1 - h->s0;
	if (m <= 1 && n <= 1) {
		add(out, w->mem, h->o0, h->o1, h->s0, h->s1);
		return;
	}
	if (!m || !n || m > ALIKE_MAX || n > ALIKE_MAX || m * n > *w->pairs) {
		add_run(out, w, o, s, h->o0, h->o1, h->s0, h->s1);
		return;
	}
	*w->pairs -= m * n;
	struct keytab names;
	struct pairing g = { .o = o, .s = s, .h = h };
	keytab_init(&names, w->mem, 64);
	for (size_t i = 0; i < m; i++)
		words_of(&g.ow[i], w, &names, o->fold[h->o0 + i]);
	for (size_t k = 0; k < n; k++)
		words_of(&g.sw[k], w, &names, s->fold[h->s0 + k]);
	g.count = arena_array(w->mem, names.n + 1, sizeof *g.count);
	int alike[ALIKE_MAX][ALIKE_MAX], best[ALIKE_MAX + 1][ALIKE_MAX + 1] = { { 0 } };
	for (size_t i = m; i-- > 0;)
		for (size_t k = n; k-- > 0;) {
			const struct piece *p = &o->p.at[h->o0 + i], *q = &s->p.at[h->s0 + k];
			int like = p->brk != q->brk ? 0 : p->brk ? 1 : likeness(&g.ow[i], 1, &g.sw[k], 1, g.count);
			alike[i][k] = p->brk || like >= 500 ? like : 0;
			int skip = best[i + 1][k] > best[i][k + 1] ? best[i + 1][k] : best[i][k + 1];
			int take = alike[i][k] ? best[i + 1][k + 1] + alike[i][k] : 0;
			best[i][k] = take > skip ? take : skip;
		}
	struct hunks pairs = { 0 };
	for (size_t i = 0, k = 0; i < m && k < n;) {
		if (alike[i][k] && best[i][k] == best[i + 1][k + 1] + alike[i][k]) {
			add(&pairs, w->mem, h->o0 + i, h->o0 + i + 1, h->s0 + k, h->s0 + k + 1);
			i++;
			k++;
		} else if (best[i][k] == best[i + 1][k]) {
			i++;
		} else {
			k++;
		}
	}
	struct hunk gap = *h; /* from the pair before to the pair behind */
	for (size_t i = 0; i < pairs.n; i++) {
		struct hunk p = pairs.at[i];
		gap.o1 = i + 1 < pairs.n ? pairs.at[i + 1].o0 : h->o1;
		gap.s1 = i + 1 < pairs.n ? pairs.at[i + 1].s0 : h->s1;
		bool more = !o->p.at[p.o0].brk;
		while (more)
			more = grow(&p, &g, &gap, true) || grow(&p, &g, &gap, false);
		add_run(out, w, o, s, gap.o0, p.o0, gap.s0, p.s0);
		add_run(out, w, o, s, p.o0, p.o1, p.s0, p.s1);
		gap.o0 = p.o1;
		gap.s0 = p.s1;
	}
	add_run(out, w, o, s, gap.o0, h->o1, gap.s0, h->s1);
}

/* --- what is in question ------------------------------------------------------------------------------------------ */

#define READS_A_PAIR 16 /* to look whether a text stands somewhere is so much less work than to compare two sentences */

/* How many pieces from i on read as this text; 0: they do not. */
static size_t reads(const struct prose_text *t, size_t i, size_t end, const char *folded)
{
	size_t k = i;
	for (; k < end && *folded; k++) {
		size_t n = strlen(t->fold[k]);
		if (t->p.at[k].brk && k > i)
			continue;
		if (k > i && *folded++ != ' ')
			return 0;
		if (strncmp(folded, t->fold[k], n) != 0)
			return 0;
		folded += n;
	}
	return *folded ? 0 : k - i;
}

/* Where it stands in t[from, to): the place nearest to `near`. */
static bool find_run(size_t *first, size_t *n, struct work *w, const struct prose_text *t, size_t from, size_t to, size_t near,
		     const char *folded)
{
	bool found = false;
	size_t work = 1 + (to - from) / READS_A_PAIR;
	if (*w->pairs < work)
		return false;
	*w->pairs -= work;
	for (size_t i = from, apart = SIZE_MAX; i < to; i++) {
		size_t len = reads(t, i, to, folded), far = i > near ? i - near : near - i;
		if (!len || far >= apart)
			continue;
		*first = i;
		*n = len;
		apart = far;
		found = true;
	}
	return found;
}

/* The first question that the side shows in h, and the proposal for it that o holds in its place. */
static bool find_question(struct hunk *out, struct work *w, const struct prose_text *o, const struct prose_text *s,
			  const struct hunk *h)
{
	bool found = false;
	for (size_t g = 0; g < w->asked->n; g++) {
		const struct guard *asked = &w->asked->at[g];
		size_t s0, sn, o0, on;
		if (!find_run(&s0, &sn, w, s, h->s0, h->s1, h->s0, asked->shown) || (found && s0 >= out->s0) ||
		    find_run(&o0, &on, w, o, h->o0, h->o1, h->o0, asked->shown))
			continue;
		for (size_t k = 0; k < asked->n; k++) {
			size_t at, n;
			if (find_run(&at, &n, w, s, h->s0, h->s1, h->s0, asked->answer[k]) ||
			    !find_run(&o0, &on, w, o, h->o0, h->o1, h->o0 + (s0 - h->s0), asked->answer[k]))
				continue;
			*out = (struct hunk){ o0, o0 + on, s0, s0 + sn };
			found = true;
			break;
		}
	}
	return found;
}

/* --- two texts ---------------------------------------------------------------------------------------------------- */

static void compare_between(struct hunks *out, struct work *w, const struct prose_text *o, const struct prose_text *s,
			    const struct hunk *h)
{
	struct hunks rough;
	seq_diff(&rough, w->mem, o->id + h->o0, h->o1 - h->o0, s->id + h->s0, h->s1 - h->s0);
	for (size_t i = 0; i < rough.n; i++) {
		const struct hunk *r = &rough.at[i];
		struct hunk one = { h->o0 + r->o0, h->o0 + r->o1, h->s0 + r->s0, h->s0 + r->s1 };
		pair_up(out, w, o, s, &one);
	}
}

void prose_compare(struct hunks *out, struct arena *mem, size_t *pairs, const struct prose_text *o, const struct prose_text *s,
		   const struct guards *asked)
{
	struct work work = { mem, pairs, asked }, *w = &work;
	struct hunk rest = { 0, o->p.n, 0, s->p.n }, question;
	*out = (struct hunks){ 0 };
	while (find_question(&question, w, o, s, &rest)) {
		struct hunk before = { rest.o0, question.o0, rest.s0, question.s0 };
		compare_between(out, w, o, s, &before);
		add(out, mem, question.o0, question.o1, question.s0, question.s1);
		rest.o0 = question.o1;
		rest.s0 = question.s1;
	}
	compare_between(out, w, o, s, &rest);
}
