/* The algebra behind "a field merges together with its difference".
 *
 * While a difference is open, several values stand for the field. With P the proposals of a side and N its news:
 *
 *   open side    N = the proposals that the base did not list in that round (a base without a difference lists its value)
 *   other side   N = its value: it is a new proposal, even when the base listed it (that is what settling means)
 *   result     = (what base, a and b all still list; nothing when a side is not open)  +  N(a)  +  N(b)
 *
 *   base {x, y}   a settled x        b found {x, y, z}      -> {x, z}: z arrived late and reopens; y was decided against
 *   base {x, y}   a settled x        b settled y            -> {x', y'}: two settlements are a difference again
 *   base {x, y}   a {x', y'}         b settled z            -> {x', y', z'}: as if z had met one of them first
 *   base plain    a {x, y}           b plain z              -> {x, y, z}
 *   base x, once settled; a set v    b {x, w}               -> {v, w}
 *   base plain x          a set v    b {x, w}               -> {v, w}: x was its author's, who has corrected it; and had the
 *                                                              correction met w first, x would not be there either
 *   base plain x          a {x, v}   b {x, w}               -> {v, w, x}: nobody corrected it
 *   base plain x          a set v    b {x', w}              -> {v, w, x'}: somebody chose x against w, which a has not seen
 *
 * Failure mode: an entry goes when its settled field is set again (DESIGN 5), and with it the round of that value. Who then meets
 * both that value, chosen against the same question by another line of work, and its correction, is asked about it once more:
 * one value too many in a question, never one too few (seen once in some 100,000 random histories).
 *
 * One proposal left closes it: the field takes that value and the entry stays as settled, so that a late proposal finds
 * it. The base, which the field shows meanwhile, merges three-way; a tie goes to the smaller key.
 */
#include "diffset.h"

#include <string.h>

enum diff_class diff_class(const struct diff *d)
{
	if (!strcmp(d->champ, CHAMP_RECORD))
		return DIFF_PRESENCE;
	/* a prose field may hold a number by mistake, and its flag with it: that is no sentence */
	bool texts = !d->base || d->base->type == VAL_STR;
	for (size_t i = 0; i < d->n; i++) {
		if (d->at[i].present)
			return DIFF_PRESENCE;
		texts = texts && (!d->at[i].valeur || d->at[i].valeur->type == VAL_STR);
	}
	if (texts && !strcmp(d->regle, merge_rule_name(RULE_PROSE)))
		return DIFF_SENTENCE;
	return d->degre == DEG_A_RELIRE ? DIFF_READ : DIFF_VALUE;
}

bool diff_is_absence(const struct diff *d)
{
	return d->degre == DEG_TRANCHE && d->n == 1 && d->at[0].absent;
}

void diff_not_prose(struct diff *d)
{
	if (!strcmp(d->regle, merge_rule_name(RULE_PROSE)))
		d->regle = merge_rule_name(RULE_CONFLICT);
}

static void word_proposal(struct proposal *p, const char *word, const struct origin *by)
{
	struct val v = { .type = VAL_STR, .str = { word, strlen(word) } };
	*p = (struct proposal){ .absent = !strcmp(word, "absent"), .present = !strcmp(word, "present") };
	val_key(p->cle, &v);
	if (by)
		p->by = *by;
}

void proposal_init(struct proposal *p, const struct val *v, const struct origin *by)
{
	if (!v) {
		word_proposal(p, "absent", by);
		return;
	}
	*p = (struct proposal){ .valeur = v };
	val_key(p->cle, v);
	if (by)
		p->by = *by;
}

void proposal_present(struct proposal *p, const struct origin *by)
{
	word_proposal(p, "present", by);
}

int proposal_cmp(const struct proposal *x, const struct proposal *y)
{
	int c = strcmp(x->cle, y->cle);
	if (c)
		return c;
	if (x->absent != y->absent || x->present != y->present)
		return (x->absent + 2 * x->present) - (y->absent + 2 * y->present);
	return val_cmp(x->valeur, y->valeur); /* JSON knows no whole numbers beyond 2^53: one key, two values */
}

/* By value, not by origin. */
static bool same_proposal(const struct proposal *x, const struct proposal *y)
{
	return !proposal_cmp(x, y);
}

static int text_cmp(const char *x, const char *y)
{
	if (!x || !y)
		return (y != NULL) - (x != NULL); /* none sorts last */
	return strcmp(x, y);
}

static int origin_cmp(const struct origin *x, const struct origin *y)
{
	int c = text_cmp(x->commit, y->commit);
	if (!c)
		c = text_cmp(x->date, y->date);
	return c ? c : text_cmp(x->par, y->par);
}

bool origin_equal(const struct origin *x, const struct origin *y)
{
	return !origin_cmp(x, y);
}

const struct origin *origin_first(const struct origin *x, const struct origin *y)
{
	return origin_cmp(x, y) <= 0 ? x : y;
}

void diff_propose(struct diff *d, struct arena *mem, const struct proposal *p)
{
	size_t i = 0, end = d->n;
	while (i < end) {
		size_t mid = (i + end) / 2;
		if (proposal_cmp(&d->at[mid], p) < 0)
			i = mid + 1;
		else
			end = mid;
	}
	if (i < d->n && same_proposal(&d->at[i], p)) {
		d->at[i].by = *origin_first(&d->at[i].by, &p->by);
		if (p->round > d->at[i].round)
			d->at[i].round = p->round;
		return;
	}
	arena_push(mem, d, *p);
	for (size_t k = d->n - 1; k > i; k--)
		d->at[k] = d->at[k - 1];
	d->at[i] = *p;
}

static const struct proposal *listed(const struct diff *d, const struct proposal *p)
{
	for (size_t i = 0; d && i < d->n; i++)
		if (same_proposal(&d->at[i], p))
			return &d->at[i];
	return NULL;
}

bool diff_lists(const struct diff *d, const struct proposal *p)
{
	return listed(d, p);
}

static bool lists_round(const struct diff *d, const struct proposal *p)
{
	const struct proposal *same = listed(d, p);
	return same && same->round == p->round;
}

bool diff_same_set(const struct diff *x, const struct diff *y)
{
	if (x->degre != y->degre || x->n != y->n || !val_equal(x->base, y->base))
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!same_proposal(&x->at[i], &y->at[i]) || x->at[i].round != y->at[i].round)
			return false;
	return true;
}

unsigned round_default(const struct diff *d, const struct proposal *p)
{
	return (p->valeur || d->degre == DEG_TRANCHE) && val_equal(d->base, p->valeur);
}

/* Of what is chosen against all that d lists. */
static unsigned round_next(const struct diff *d)
{
	unsigned last = 0;
	for (size_t i = 0; i < d->n; i++)
		last = d->at[i].round > last ? d->at[i].round : last;
	return last < ROUND_MAX ? last + 1 : ROUND_MAX;
}

struct diff diff_settled(struct arena *mem, const struct diff *d, const struct val *v, const struct origin *by)
{
	struct diff one = *d;
	struct proposal p;
	proposal_init(&p, v, by);
	if (diff_lists(d, &p))
		p.by = listed(d, &p)->by;
	p.round = d->degre == DEG_TRANCHE && listed(d, &p) ? listed(d, &p)->round : round_next(d);
	one.at = NULL;
	one.n = one.cap = 0;
	diff_propose(&one, mem, &p);
	one.base = v;
	one.degre = DEG_TRANCHE;
	one.settled = by ? *by : (struct origin){ 0 };
	return one;
}

struct diff diff_own(struct arena *mem, const struct diff *d)
{
	struct diff own = *d;
	own.at = NULL;
	own.n = own.cap = 0;
	for (size_t i = 0; i < d->n; i++)
		diff_propose(&own, mem, &d->at[i]);
	return own;
}

struct diff diff_join(struct arena *mem, const struct diff *x, const struct diff *y)
{
	struct diff both = diff_own(mem, x);
	for (size_t i = 0; i < y->n; i++)
		diff_propose(&both, mem, &y->at[i]);
	both.settled = *origin_first(&x->settled, &y->settled);
	if (y->degre == DEG_DUR) /* absorbs a_relire */
		both.degre = DEG_DUR;
	if (strcmp(y->regle, x->regle) < 0)
		both.regle = y->regle;
	return both;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/* Total order that tells apart what val_cmp does not: the order of keys. */
static int order_cmp(const struct val *x, const struct val *y)
{
	if (x == y)
		return 0;
	if (!x || !y)
		return (x != NULL) - (y != NULL);
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	if (x->type == VAL_MAP) {
		for (size_t i = 0; i < x->map.n && i < y->map.n; i++) {
			int c = strcmp(x->map.at[i].key, y->map.at[i].key);
			if (!c)
				c = order_cmp(x->map.at[i].val, y->map.at[i].val);
			if (c)
				return c;
		}
		return x->map.n < y->map.n ? -1 : x->map.n > y->map.n;
	}
	if (x->type == VAL_LIST) {
		for (size_t i = 0; i < x->list.n && i < y->list.n; i++) {
			int c = order_cmp(x->list.at[i], y->list.at[i]);
			if (c)
				return c;
		}
		return x->list.n < y->list.n ? -1 : x->list.n > y->list.n;
	}
	return val_cmp(x, y);
}

bool val_same(const struct val *x, const struct val *y)
{
	return !order_cmp(x, y);
}

struct val *val_either(const struct val *o, struct val *a, struct val *b)
{
	if (val_same(a, o))
		return b;
	if (val_same(b, o))
		return a;
	return order_cmp(a, b) <= 0 ? a : b;
}

/* --- states ------------------------------------------------------------------------------------------------------- */

bool state_open(const struct state *s)
{
	return s->d && s->d->degre == DEG_DUR;
}

bool state_has_origin(const struct state *s)
{
	return s->d && s->d->n && s->d->at[0].by.commit;
}

bool state_same(const struct state *x, const struct state *y)
{
	if (!x->d != !y->d)
		return false;
	return val_equal(x->v, y->v) && (!x->d || diff_same_set(x->d, y->d));
}

/* What stood for the field before: its proposals, or its value as the only one. */
static const struct diff *base_set(struct arena *mem, const struct state *o)
{
	if (o->d)
		return o->d;
	struct diff *d = arena_new(mem, struct diff);
	struct proposal p;
	proposal_init(&p, o->v, NULL);
	diff_propose(d, mem, &p);
	return d;
}

/* What closed a question without anybody's choice, or with an entry that somebody deleted, is as good as chosen: it must not be
 * less when this merge has reopened the question. */
static void add_news(struct diff *set, struct arena *mem, const struct state *s, const struct state *o, const struct diff *was,
		     const struct origin *by)
{
	if (!state_open(s)) {
		struct proposal p;
		proposal_init(&p, s->v, state_has_origin(s) ? &s->d->at[0].by : by);
		p.round = s->d ? s->d->at[0].round : 0;
		if (state_open(o) && (lists_round(was, &p) || (!s->d && val_equal(s->v, was->base))))
			p.round = round_next(was);
		diff_propose(set, mem, &p);
		return;
	}
	for (size_t i = 0; i < s->d->n; i++)
		if (!lists_round(was, &s->d->at[i]))
			diff_propose(set, mem, &s->d->at[i]);
}

/* What is listed on a side, too: of duplicates the smaller origin and the higher round. */
static void keep_duplicates(struct diff *set, struct arena *mem, const struct state *s)
{
	for (size_t i = 0; s->d && i < s->d->n; i++)
		if (diff_lists(set, &s->d->at[i]))
			diff_propose(set, mem, &s->d->at[i]);
}

static const struct val *smaller(const struct val *x, const struct val *y)
{
	if (!x || !y)
		return x ? x : y;
	char kx[VAL_KEY_LEN + 1], ky[VAL_KEY_LEN + 1];
	val_key(kx, x);
	val_key(ky, y);
	return strcmp(kx, ky) <= 0 ? x : y;
}

static const struct val *merge_bases(const struct state *o, const struct state *a, const struct state *b)
{
	const struct val *was = o->d ? o->d->base : o->v;
	const struct val *x = a->d ? a->d->base : was, *y = b->d ? b->d->base : was;
	if (val_equal(x, y) || val_equal(y, was))
		return x;
	return val_equal(x, was) ? y : smaller(x, y);
}

static struct origin settled_by(const struct state *a, const struct state *b, const struct origin *otherwise)
{
	const struct origin *x = a->d && a->d->degre == DEG_TRANCHE ? &a->d->settled : NULL;
	const struct origin *y = b->d && b->d->degre == DEG_TRANCHE ? &b->d->settled : NULL;
	return x && y ? *origin_first(x, y) : x ? *x : y ? *y : *otherwise;
}

static const char *rule_of(const struct state *o, const struct state *a, const struct state *b)
{
	const struct state *all[3] = { o, a, b };
	const char *name = NULL;
	for (int i = 0; i < 3; i++)
		if (all[i]->d && (!name || strcmp(all[i]->d->regle, name) < 0))
			name = all[i]->d->regle;
	return name;
}

/* A value that is also shown by inputs; the walk never changes what it shares. */
static struct val *shared(const struct val *v)
{
	return (struct val *)v;
}

struct state state_merge(struct arena *mem, const struct state *o, const struct state *a, const struct state *b,
			 const struct origin *oa, const struct origin *ob)
{
	struct diff *d = arena_new(mem, struct diff);
	d->champ = o->d ? o->d->champ : a->d ? a->d->champ : b->d->champ;
	d->regle = rule_of(o, a, b);
	const struct diff *was = base_set(mem, o);
	for (size_t i = 0; state_open(a) && state_open(b) && i < was->n; i++)
		if (diff_lists(a->d, &was->at[i]) && diff_lists(b->d, &was->at[i]))
			diff_propose(d, mem, &was->at[i]);
	add_news(d, mem, a, o, was, oa);
	add_news(d, mem, b, o, was, ob);
	keep_duplicates(d, mem, a);
	keep_duplicates(d, mem, b);
	if (!d->n) { /* each side took out what the other kept: nobody decided, so nothing goes */
		for (size_t i = 0; i < a->d->n; i++)
			diff_propose(d, mem, &a->d->at[i]);
		for (size_t i = 0; i < b->d->n; i++)
			diff_propose(d, mem, &b->d->at[i]);
	}
	if (d->n > 1) {
		d->degre = DEG_DUR;
		d->base = merge_bases(o, a, b);
		return (struct state){ shared(diff_shown(d)), d };
	}
	d->degre = DEG_TRANCHE;
	d->at[0].round += !d->at[0].round;
	d->base = d->at[0].valeur;
	d->settled = settled_by(a, b, &d->at[0].by);
	return (struct state){ shared(d->base), d };
}

struct state state_join(struct arena *mem, const struct state *o, const struct state *a, const struct state *b)
{
	struct state s = { val_either(o->v, a->v, b->v), NULL };
	if (a->d && b->d) {
		struct diff *d = arena_new(mem, struct diff);
		*d = diff_join(mem, a->d, b->d);
		s.d = d;
	}
	return s;
}
