/* Entries and text merge side by side; this file keeps them together.
 *
 *   both sides have the entry      one changed it since the base: that one; both did: the algebra of diffset.c
 *   one side has it, the base too  the other side settled it: it goes, unless new proposals came meanwhile: these stay, beside
 *                                  the base sentence, if that is what the other side kept
 *   one side has it, base not      it is new: it stays
 *   a contest of this merge        joins the entry of the same base sentence, or of the run that the sentence is part of
 *   one answer is left             both gave it, one by settling: nothing is in question, and the text says it
 *
 * Nothing may be lost when an entry survives but its sentence does not (both texts moved on): it loses its base then, so
 * that nobody takes it for settled.
 */
#include "sentence.h"
#include "prose_split.h"

#include <string.h>

static const char *fold(struct arena *mem, const struct val *v)
{
	size_t n;
	return v && v->type == VAL_STR ? prose_fold(mem, v->str.at, v->str.n, &n) : NULL;
}

const char *sentence_shown(struct arena *mem, const struct diff *d)
{
	if (!d->base || d->base->type != VAL_STR)
		return NULL;
	if (d->degre == DEG_DUR)
		return d->base->str.at;
	const char **sides = arena_array(mem, d->n + 1, sizeof *sides);
	for (size_t i = 0; i < d->n; i++) {
		if (!d->at[i].valeur || d->at[i].valeur->type != VAL_STR)
			return NULL;
		sides[i] = d->at[i].valeur->str.at;
	}
	return prose_combine(mem, d->base->str.at, sides, d->n);
}

bool sentence_same(struct arena *mem, const struct diff *x, const struct diff *y)
{
	const char *p = fold(mem, x->base), *q = fold(mem, y->base);
	return p && q ? !strcmp(p, q) : !x->base && !y->base;
}

/* A list with its base sentences folded, so that each is folded once. */
struct folded {
	const struct diff **at;
	const char **base; /* NULL: no base */
	bool *gone;	   /* it became part of another one */
	size_t n;
};

static struct folded fold_all(struct arena *mem, const struct diffs *d)
{
	struct folded f = { .n = d ? d->n : 0 };
	f.at = arena_array(mem, f.n + 1, sizeof *f.at);
	f.base = arena_array(mem, f.n + 1, sizeof *f.base);
	f.gone = arena_array(mem, f.n + 1, sizeof *f.gone);
	for (size_t i = 0; i < f.n; i++) {
		f.at[i] = &d->at[i];
		f.base[i] = fold(mem, d->at[i].base);
	}
	return f;
}

static const struct diff *find(const struct folded *in, const char *base)
{
	for (size_t i = 0; i < in->n; i++)
		if (base && in->base[i] ? !strcmp(in->base[i], base) : !base && !in->base[i])
			return in->at[i];
	return NULL;
}

static struct guard guard_of(struct arena *mem, const char *shown, const struct diff *d)
{
	size_t n;
	struct guard g = { .shown = prose_fold(mem, shown, strlen(shown), &n) };
	g.answer = arena_array(mem, GUARD_ANSWERS, sizeof *g.answer);
	for (size_t i = 0; i < d->n && g.n < GUARD_ANSWERS; i++)
		if ((g.answer[g.n] = fold(mem, d->at[i].valeur)))
			g.n++;
	return g;
}

void sentence_guards(struct prose_input *out, struct arena *mem, const struct sentence_input *in)
{
	struct folded o = fold_all(mem, in->d[0]);
	for (int side = 0; side < 3; side++) {
		struct folded f = fold_all(mem, in->d[side]);
		for (size_t i = 0; i < f.n; i++) {
			const struct diff *was = side ? find(&o, f.base[i]) : NULL;
			const char *shown = sentence_shown(mem, f.at[i]);
			bool flag = f.at[i]->degre == DEG_A_RELIRE;
			/* of a group, with one value: the text is in no question */
			if (!shown || (flag && (side || f.at[i]->n < 2)) || (was && diff_same_set(f.at[i], was)))
				continue;
			struct guard g = guard_of(mem, shown, f.at[i]);
			arena_push(mem, side ? &out->asked[side - 1] : &out->open, g);
		}
	}
}

static void propose(struct diff *d, struct arena *mem, const char *sentence, const struct origin *by)
{
	struct proposal p;
	proposal_init(&p, val_str(mem, sentence), by);
	p.round = round_default(d, &p);
	diff_propose(d, mem, &p);
}

static void add_all(struct diff *d, struct arena *mem, const struct diff *from, const struct diff *except)
{
	for (size_t i = 0; from && i < from->n; i++)
		if (!diff_lists(except, &from->at[i]))
			diff_propose(d, mem, &from->at[i]);
}

/* One side rewrote a run of sentences, the other asks about one of them: its proposals become proposals for the run. Two
 * questions that overlap could not be answered apart. */
static void absorb(struct diff *d, struct arena *mem, struct folded *asked, const struct folded *o)
{
	const char *base = fold(mem, d->base);
	struct prose_index *run = prose_index(mem, d->base);
	for (size_t i = 0; i < asked->n; i++) {
		const struct diff *one = asked->at[i], *was = find(o, asked->base[i]);
		if (one->degre != DEG_DUR || !asked->base[i] || !strcmp(asked->base[i], base) || !strstr(base, asked->base[i]) ||
		    !prose_shows(run, one->base->str.at))
			continue;
		for (size_t k = 0; k < one->n; k++) {
			const struct val *v = one->at[k].valeur;
			if (v && v->type == VAL_STR && !diff_lists(was, &one->at[k]))
				propose(d, mem, prose_replace(run, one->base->str.at, v->str.at)->str.at, &one->at[k].by);
		}
		asked->gone[i] = true;
	}
}

/* The contest as an entry; what a side shows for an entry of its own stands for that entry's proposals. */
static struct diff news_entry(struct arena *mem, const struct sentence_input *in, struct folded all[3],
			      const struct contest *c)
{
	struct diff d = { .champ = in->champ,
			  .degre = c->degre,
			  .regle = merge_rule_name(RULE_PROSE),
			  .base = val_str(mem, c->base) };
	const char *base = fold(mem, d.base);
	for (int side = 0; side < 2; side++) {
		const struct diff *mine = find(&all[side + 1], base);
		const char *shown = mine ? sentence_shown(mem, mine) : NULL;
		if (c->side[side] && (!shown || strcmp(shown, c->side[side])))
			propose(&d, mem, c->side[side], &in->by[side]);
		if (!c->side[side])
			absorb(&d, mem, &all[side + 1], &all[0]);
	}
	return d;
}

/* The entry of a side that asks about a run of sentences, of which the other side rewrote one: what it wrote is a proposal
 * for the run. By itself it would be a second question about that sentence, with one answer. */
static const struct diff *asks_about_more(struct arena *mem, const struct folded all[3], const struct contest *c, int *writer)
{
	const struct val *part = val_str(mem, c->base);
	const char *base = fold(mem, part);
	for (*writer = 0; *writer < 2; ++*writer) {
		const struct folded *asked = &all[2 - *writer];
		for (size_t i = 0; c->side[*writer] && !c->side[!*writer] && i < asked->n; i++)
			if (asked->at[i]->degre == DEG_DUR && asked->base[i] && strcmp(asked->base[i], base) != 0 &&
			    strstr(asked->base[i], base) && prose_shows(prose_index(mem, asked->at[i]->base), c->base))
				return asked->at[i];
	}
	return NULL;
}

/* What the writer made of that run: `sofar` (may be NULL) is what other contests said of it already. */
static struct diff run_entry(struct arena *mem, const struct sentence_input *in, const struct diff *run, const struct contest *c,
			     int writer, const struct diff *sofar)
{
	struct diff d = { .champ = in->champ, .degre = DEG_DUR, .regle = merge_rule_name(RULE_PROSE), .base = run->base };
	const struct val *text = NULL;
	if (sofar && sofar->n == 1)
		text = prose_replace(prose_index(mem, sofar->at[0].valeur), c->base, c->side[writer]);
	if (!text && sofar)
		d = diff_own(mem, sofar);
	if (!text)
		text = prose_replace(prose_index(mem, run->base), c->base, c->side[writer]);
	propose(&d, mem, text->str.at, &in->by[writer]);
	return d;
}

/* A proposal that its author has replaced, however wrapped. It stays when somebody wrote it just now, or when nothing to
 * choose between would be left. */
static void take_out(struct diff *d, struct arena *mem, const char *was, const struct diff *news)
{
	size_t n;
	const char *gone = prose_fold(mem, was, strlen(was), &n);
	struct diff rest = *d;
	rest.at = NULL;
	rest.n = rest.cap = 0;
	for (size_t i = 0; i < d->n; i++) {
		const char *text = fold(mem, d->at[i].valeur);
		if (!text || strcmp(text, gone) || diff_lists(news, &d->at[i]))
			diff_propose(&rest, mem, &d->at[i]);
	}
	if (rest.n > 1)
		*d = rest;
}

/* The proposals of one base sentence; false: settled, or nothing left. */
static bool entry_merge(struct diff *out, struct arena *mem, const struct diff *so, const struct diff *sa,
			const struct diff *sb, const struct diff *news, const char *was, const struct origin by[2])
{
	struct diff d = *(sa ? sa : sb ? sb : news);
	if (sa && sb && sa->base && strcmp(sb->base->str.at, sa->base->str.at) < 0)
		d.base = sb->base; /* one sentence, wrapped differently */
	d.at = NULL;
	d.n = d.cap = 0;
	d.degre = (sa && sa->degre == DEG_DUR) || (sb && sb->degre == DEG_DUR) || (news && news->degre == DEG_DUR)
			  ? DEG_DUR
			  : DEG_A_RELIRE;
	const struct diff *one = sa && sb ? NULL : sa ? sa : sb;
	if (sa && sb && so && (diff_same_set(sa, so) || diff_same_set(sb, so))) {
		const struct diff *changed = diff_same_set(sa, so) ? sb : sa;
		add_all(&d, mem, changed, NULL);
		d.degre = news ? d.degre : changed->degre;
	} else if (sa && sb) {
		for (size_t i = 0; so && i < so->n; i++)
			if (diff_lists(sa, &so->at[i]) && diff_lists(sb, &so->at[i]))
				diff_propose(&d, mem, &so->at[i]);
		add_all(&d, mem, sa, so);
		add_all(&d, mem, sb, so);
	} else if (one && so) {
		if (!diff_same_set(one, so))
			add_all(&d, mem, one, so);
		if (d.n && !news && d.base)
			propose(&d, mem, d.base->str.at, &by[one == sa]);
		d.degre = DEG_DUR; /* it was decided once, and is in question again */
	} else if (one) {
		add_all(&d, mem, one, NULL);
	}
	add_all(&d, mem, news, NULL);
	if (was)
		take_out(&d, mem, was, news);
	*out = d;
	return d.n > 0;
}

/* Did this merge leave one answer to the question? (A person may have written such an entry: nobody changed that.) */
static bool is_answered(const struct diff *d, const struct diff *sa, const struct diff *sb)
{
	return d->degre == DEG_DUR && d->n == 1 && d->base && d->at[0].valeur && !(sa && diff_same_set(sa, d)) &&
	       !(sb && diff_same_set(sb, d));
}

static void append(struct diffs *out, struct arena *mem, struct diff d, struct prose_index *text, size_t first)
{
	const char *shown = sentence_shown(mem, &d);
	if (shown && !prose_shows(text, shown))
		d.base = NULL;
	for (size_t i = first; !d.base && i < out->n; i++)
		if (!out->at[i].base) {
			out->at[i] = diff_join(mem, &out->at[i], &d);
			return;
		}
	arena_push(mem, out, d);
}

struct val *sentence_merge(struct diffs *out, struct arena *mem, const struct sentence_input *in)
{
	struct folded all[3];
	struct val *text = in->text;
	for (int side = 0; side < 3; side++)
		all[side] = fold_all(mem, in->d[side]);
	size_t n = in->news ? in->news->n : 0;
	struct diff *list = arena_array(mem, n + 1, sizeof *list);
	struct folded news = { arena_array(mem, n + 1, sizeof *news.at), arena_array(mem, n + 1, sizeof *news.base),
			       arena_array(mem, n + 1, sizeof *news.gone), 0 };
	const char **was = arena_array(mem, n + 1, sizeof *was);
	for (size_t i = 0; i < n; i++) {
		int writer;
		const struct diff *run = asks_about_more(mem, all, &in->news->at[i], &writer);
		struct diff d = run ? *run : news_entry(mem, in, all, &in->news->at[i]);
		const char *base = fold(mem, d.base);
		const struct diff *twice = find(&news, base);
		if (run)
			d = run_entry(mem, in, run, &in->news->at[i], writer, twice);
		if (run && twice) {
			list[twice - list] = d;
			continue;
		}
		if (twice) { /* the same sentence stands twice in the text */
			list[twice - list] = diff_join(mem, twice, &d);
			continue;
		}
		list[news.n] = d;
		was[news.n] = in->news->at[i].was;
		news.at[news.n] = &list[news.n];
		news.base[news.n++] = base;
	}
	const struct folded *from[3] = { &all[1], &all[2], &news };
	struct diffs left = { 0 };
	for (int k = 0; k < 3; k++)
		for (size_t i = 0; i < from[k]->n; i++) {
			const char *base = from[k]->base[i];
			if (from[k]->gone[i] || (k > 0 && find(from[0], base)) || (k > 1 && find(from[1], base)))
				continue; /* done with an earlier list */
			struct diff d;
			const struct diff *sa = find(&all[1], base), *sb = find(&all[2], base), *fresh = find(&news, base);
			if (!entry_merge(&d, mem, find(&all[0], base), sa, sb, fresh, fresh ? was[fresh - list] : NULL, in->by))
				continue;
			struct val *said = is_answered(&d, sa, sb) ? prose_replace(prose_index(mem, text), d.base->str.at,
										   d.at[0].valeur->str.at) : NULL;
			if (said)
				text = said;
			else
				arena_push(mem, &left, d);
		}
	struct prose_index *shown = prose_index(mem, text);
	size_t first = out->n;
	for (size_t i = 0; i < left.n; i++)
		append(out, mem, left.at[i], shown, first);
	return text;
}
