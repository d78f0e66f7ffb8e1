/* likeness.c -- every lesson as a vector of words, every pair's score, the best ones.
 *
 *   1  lessons sorted by id, so that everything after is the same whatever the order they came in, sums included
 *   2  titre + enonce as vectors of words (tfidf.h)
 *   3  themes and dispositifs: lessons with the same two sets share a `profile`; what a pair gets for them is counted
 *      once for each pair of profiles
 *   4  a suggestion must be among the best of a theme: a short sorted list for each, so memory does not follow the pairs
 */
#include "lessons/likeness.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lessons/doc.h"
#include "lessons/strtab.h"
#include "lessons/tfidf.h"

struct profile {
	struct names themes, schemes;
	uint64_t *theme_bits, *scheme_bits; /* the same, a bit for each of likeness.themes, likeness.schemes */
};
struct node {
	const struct like_lesson *in; /* borrow */
	size_t profile;
};
struct pair {
	uint32_t a, b; /* nodes, a < b */
	int score;
	double cosine;
};

struct likeness {
	struct arena *a;
	const struct like_lesson *given;
	struct {
		struct node *at; /* by id */
		size_t n;
	} nodes;
	struct tfidf *words; /* of nodes */
	struct strtab keys; /* of profiles: their themes and dispositifs in one string */
	struct {
		struct profile *at;
		size_t n, cap;
	} profiles;
	struct names themes, schemes; /* all of them */
	uint32_t *by_profile; /* nodes, those of one profile together */
	uint64_t *silent; /* pairs a << 32 | b, sorted */
	size_t n_silent;
};

/* --- from records ---------------------------------------------------------------------------------------- */

bool like_lesson_of(struct like_lesson *out, struct arena *a, const struct val *v, const char *fingerprint)
{
	const char *id = val_text(v, "id"), *collective = val_text(v, "collectif");
	if (!id || !collective)
		return false;
	*out = (struct like_lesson){ .id = id,
				     .collective = collective,
				     .fingerprint = fingerprint ? fingerprint : or_nothing(val_text(v, "empreinte")),
				     .title = or_nothing(val_text(v, "titre")),
				     .statement = or_nothing(val_text(v, "enonce")),
				     .themes = names_of(a, val_get(v, "themes")),
				     .schemes = names_of(a, val_get(v, "dispositifs")) };
	return true;
}

const char *like_words(struct arena *a, const struct like_lesson *l)
{
	const char *const texts[] = { l->title, l->statement }, *words;
	return tfidf_words(&words, a, texts, 2, NULL) ? NULL : words;
}

enum said { FROM, TO, FROM_PRINT, TO_PRINT, RELATION, STATE };
const char *const LIKE_LINK_KEYS[LIKE_LINK_N] = { "de.ref", "vers.ref", "de.empreinte", "vers.empreinte", "relation", "etat" };

bool like_link_of(struct like_link *out, const char *const said[LIKE_LINK_N])
{
	if (!said[FROM] || !said[TO] || !strcmp(or_nothing(said[STATE]), "retire"))
		return false;
	*out = (struct like_link){ .from = said[FROM],
				   .to = said[TO],
				   .from_print = or_nothing(said[FROM_PRINT]),
				   .to_print = or_nothing(said[TO_PRINT]),
				   .refused = !strcmp(or_nothing(said[RELATION]), "distinct") };
	return true;
}

/* --- themes and dispositifs ------------------------------------------------------------------------------ */

static double jaccard(const uint64_t *x, const uint64_t *y, size_t words)
{
	size_t both = 0, any = 0;
	for (size_t i = 0; i < words; i++) {
		both += (size_t)__builtin_popcountll(x[i] & y[i]);
		any += (size_t)__builtin_popcountll(x[i] | y[i]);
	}
	return any ? (double)both / (double)any : 0;
}

static size_t profile_of(struct likeness *l, const struct like_lesson *in)
{
	const char *key = arena_cat(l->a, names_join(l->a, &in->themes), "\n", names_join(l->a, &in->schemes));
	size_t i = strtab_number(&l->keys, l->a, key);
	if (i < l->profiles.n)
		return i;
	struct profile p = { in->themes, in->schemes, NULL, NULL };
	arena_push(l->a, &l->profiles, p);
	for (size_t k = 0; k < in->themes.n; k++)
		names_add(l->a, &l->themes, in->themes.at[k]);
	for (size_t k = 0; k < in->schemes.n; k++)
		names_add(l->a, &l->schemes, in->schemes.at[k]);
	return i;
}

static size_t bit_words(const struct names *all)
{
	return (all->n + 63) / 64;
}

static uint64_t *bits_of(struct arena *a, const struct names *all, const struct names *some)
{
	uint64_t *bits = arena_array(a, bit_words(all), sizeof *bits);
	for (size_t i = 0, k = 0; k < some->n; i++) /* both are sorted */
		if (!strcmp(all->at[i], some->at[k])) {
			bits[i / 64] |= (uint64_t)1 << i % 64;
			k++;
		}
	return bits;
}

static void draw_profiles(struct likeness *l)
{
	for (size_t i = 0; i < l->profiles.n; i++) {
		struct profile *p = &l->profiles.at[i];
		p->theme_bits = bits_of(l->a, &l->themes, &p->themes);
		p->scheme_bits = bits_of(l->a, &l->schemes, &p->schemes);
	}
	size_t *next = arena_array(l->a, l->profiles.n + 1, sizeof *next); /* a counting sort */
	l->by_profile = arena_array(l->a, l->nodes.n, sizeof *l->by_profile);
	for (size_t i = 0; i < l->nodes.n; i++)
		next[l->nodes.at[i].profile + 1]++;
	for (size_t p = 0; p < l->profiles.n; p++)
		next[p + 1] += next[p];
	for (size_t i = 0; i < l->nodes.n; i++)
		l->by_profile[next[l->nodes.at[i].profile]++] = (uint32_t)i;
}

static double themes_alike(const struct likeness *l, size_t p, size_t q)
{
	return jaccard(l->profiles.at[p].theme_bits, l->profiles.at[q].theme_bits, bit_words(&l->themes));
}

static double schemes_alike(const struct likeness *l, size_t p, size_t q)
{
	return jaccard(l->profiles.at[p].scheme_bits, l->profiles.at[q].scheme_bits, bit_words(&l->schemes));
}

/* What each profile gets with profile p, in the score. */
static void fill_bonus(double *out, const struct likeness *l, size_t p)
{
	for (size_t q = 0; q < l->profiles.n; q++)
		out[q] = 0.3 * themes_alike(l, p, q) + 0.1 * schemes_alike(l, p, q);
}

/* --- what people have said ------------------------------------------------------------------------------- */

static int by_id(const void *x, const void *y)
{
	const struct node *p = x, *q = y;
	int c = strcmp(p->in->id, q->in->id);
	return c ? c : p->in < q->in ? -1 : p->in > q->in; /* an id twice: the first of those given */
}

static int id_of(const void *key, const void *at)
{
	return strcmp(key, ((const struct node *)at)->in->id);
}

static const struct node *find(const struct likeness *l, const char *id)
{
	return l->nodes.n ? bsearch(id, l->nodes.at, l->nodes.n, sizeof *l->nodes.at, id_of) : NULL;
}

static int by_number(const void *x, const void *y)
{
	const uint64_t *p = x, *q = y;
	return *p < *q ? -1 : *p > *q;
}

static uint64_t pair_key(size_t a, size_t b)
{
	return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

static void hear(struct likeness *l, const struct like_link *links, size_t n)
{
	l->silent = arena_array(l->a, n, sizeof *l->silent);
	for (size_t i = 0; i < n; i++) {
		const struct node *from = find(l, links[i].from), *to = find(l, links[i].to);
		if (!from || !to)
			continue;
		if (links[i].refused && (strcmp(links[i].from_print, from->in->fingerprint) != 0 ||
					 strcmp(links[i].to_print, to->in->fingerprint) != 0))
			continue; /* said about other words than these */
		l->silent[l->n_silent++] = pair_key((size_t)(from - l->nodes.at), (size_t)(to - l->nodes.at));
	}
	if (l->n_silent)
		qsort(l->silent, l->n_silent, sizeof *l->silent, by_number);
}

static bool is_silent(const struct likeness *l, size_t a, size_t b)
{
	uint64_t key = pair_key(a, b);
	return l->n_silent && bsearch(&key, l->silent, l->n_silent, sizeof *l->silent, by_number);
}

int likeness_open(struct likeness **out, struct arena *a, const struct like_lesson *lessons, size_t n,
		  const struct like_link *links, size_t n_links, struct err *e)
{
	struct likeness *l = arena_new(a, struct likeness);
	l->a = a;
	l->given = lessons;
	l->nodes.at = arena_array(a, n, sizeof *l->nodes.at);
	bool sorted = true;
	for (size_t i = 0; i < n; i++) {
		l->nodes.at[i].in = &lessons[i];
		sorted = sorted && (!i || strcmp(lessons[i - 1].id, lessons[i].id) <= 0);
	}
	if (!sorted)
		qsort(l->nodes.at, n, sizeof *l->nodes.at, by_id);
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(l->nodes.at[i].in->id, l->nodes.at[l->nodes.n - 1].in->id))
			l->nodes.at[l->nodes.n++] = l->nodes.at[i];
	l->words = tfidf_new(a, l->nodes.n);
	for (size_t i = 0; i < l->nodes.n; i++) {
		struct node *x = &l->nodes.at[i];
		x->profile = profile_of(l, x->in);
		const char *words = x->in->words ? x->in->words : like_words(a, x->in);
		if (!words)
			return err_nomem(e);
		tfidf_add(l->words, i, words);
	}
	tfidf_weigh(l->words);
	draw_profiles(l);
	hear(l, links, n_links);
	*out = l;
	return 0;
}

/* --- scores ---------------------------------------------------------------------------------------------- */

static int better(const void *x, const void *y)
{
	const struct pair *p = x, *q = y;
	if (p->score != q->score)
		return p->score > q->score ? -1 : 1;
	if (p->a != q->a)
		return p->a < q->a ? -1 : 1;
	return p->b < q->b ? -1 : p->b > q->b;
}

/* Each suggestion that lesson i makes with one from `first` on. */
static void suggest(struct likeness *l, size_t i, size_t first, const double *bonus, void (*take)(void *ctx, const struct pair *p),
		    void *ctx)
{
	const struct node *at = l->nodes.at;
	size_t n;
	const struct alike *with = tfidf_cosines(&n, l->words, i, first);
	for (size_t k = 0; k < n; k++) {
		size_t j = with[k].text;
		int score = (int)lround(1000 * (0.6 * with[k].cosine + bonus[at[j].profile]));
		if (score < LIKE_THRESHOLD || !strcmp(at[i].in->collective, at[j].in->collective) || is_silent(l, i, j))
			continue;
		struct pair p = { (uint32_t)(i < j ? i : j), (uint32_t)(i < j ? j : i), score, with[k].cosine };
		take(ctx, &p);
	}
}

/* --- the best -------------------------------------------------------------------------------------------- */

struct best {
	struct pair *at; /* best first */
	size_t n, most;
};

static struct best best_of(struct arena *a, size_t most)
{
	return (struct best){ arena_array(a, most + 1, sizeof(struct pair)), 0, most };
}

static void keep(void *ctx, const struct pair *p)
{
	struct best *b = ctx;
	if (b->n == b->most && (!b->most || better(p, &b->at[b->n - 1]) > 0))
		return;
	size_t i = b->n;
	for (; i && better(p, &b->at[i - 1]) < 0; i--)
		b->at[i] = b->at[i - 1];
	b->at[i] = *p;
	if (b->n < b->most)
		b->n++;
}

struct by_theme {
	const struct likeness *l;
	struct best *themes; /* of l->themes, and one more for pairs that share none */
};

static void keep_by_theme(void *ctx, const struct pair *p)
{
	struct by_theme *b = ctx;
	const struct likeness *l = b->l;
	const struct profile *of[] = { &l->profiles.at[l->nodes.at[p->a].profile], &l->profiles.at[l->nodes.at[p->b].profile] };
	bool any = false;
	for (size_t w = 0; w < bit_words(&l->themes); w++)
		for (uint64_t bits = of[0]->theme_bits[w] & of[1]->theme_bits[w]; bits; bits &= bits - 1) {
			keep(&b->themes[64 * w + (size_t)__builtin_ctzll(bits)], p);
			any = true;
		}
	if (!any)
		keep(&b->themes[l->themes.n], p);
}

/* --- what a person is shown ------------------------------------------------------------------------------ */

static struct names shared_names(struct arena *a, const struct names *x, const struct names *y)
{
	struct names both = { 0 };
	for (size_t i = 0; i < x->n; i++)
		if (names_has(y, x->at[i]))
			names_add(a, &both, x->at[i]);
	return both;
}

static void show(struct like_matches *out, struct likeness *l, const struct pair *p)
{
	const struct node *x = &l->nodes.at[p->a], *y = &l->nodes.at[p->b];
	struct like_match m = { .a = (size_t)(x->in - l->given),
				.b = (size_t)(y->in - l->given),
				.score = p->score,
				.words_score = (int)lround(1000 * p->cosine),
				.themes_score = (int)lround(1000 * themes_alike(l, x->profile, y->profile)),
				.schemes_score = (int)lround(1000 * schemes_alike(l, x->profile, y->profile)),
				.words = tfidf_shared(l->a, l->words, p->a, p->b, NAMES_SEP),
				.themes = shared_names(l->a, &x->in->themes, &y->in->themes),
				.schemes = shared_names(l->a, &x->in->schemes, &y->in->schemes) };
	arena_push(l->a, out, m);
}

void likeness_of(struct like_matches *out, struct likeness *l, const char *id, size_t most)
{
	const struct node *x = find(l, id);
	struct like_matches found = { 0 };
	if (x) {
		struct best best = best_of(l->a, most);
		double *bonus = arena_array(l->a, l->profiles.n, sizeof *bonus);
		fill_bonus(bonus, l, x->profile);
		suggest(l, (size_t)(x - l->nodes.at), 0, bonus, keep, &best);
		for (size_t i = 0; i < best.n; i++)
			show(&found, l, &best.at[i]);
	}
	*out = found;
}

void likeness_all(struct like_matches *out, struct likeness *l, size_t per_theme)
{
	struct like_matches found = { 0 };
	struct by_theme by = { l, arena_array(l->a, l->themes.n + 1, sizeof *by.themes) };
	double *bonus = arena_array(l->a, l->profiles.n, sizeof *bonus);
	for (size_t i = 0; i <= l->themes.n; i++)
		by.themes[i] = best_of(l->a, per_theme);
	for (size_t k = 0; k < l->nodes.n; k++) {
		size_t i = l->by_profile[k], p = l->nodes.at[i].profile;
		if (!k || p != l->nodes.at[l->by_profile[k - 1]].profile)
			fill_bonus(bonus, l, p);
		suggest(l, i, i + 1, bonus, keep_by_theme, &by);
	}
	struct {
		struct pair *at;
		size_t n, cap;
	} all = { 0 };
	for (size_t i = 0; i <= l->themes.n; i++)
		for (size_t k = 0; k < by.themes[i].n; k++)
			arena_push(l->a, &all, by.themes[i].at[k]);
	if (all.n)
		qsort(all.at, all.n, sizeof *all.at, better);
	for (size_t i = 0; i < all.n; i++)
		if (!i || better(&all.at[i - 1], &all.at[i]))
			show(&found, l, &all.at[i]);
	*out = found;
}
