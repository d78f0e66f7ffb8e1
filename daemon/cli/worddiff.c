/* worddiff.c -- a longest common row of words, by the textbook's table. Values are titles and sentences; a text too long for the table
 * shows what differs between its common beginning and its common end as one run.
 */
#include "cli/worddiff.h"

#include <stdint.h>
#include <string.h>

#define TABLE_MAX (1u << 20) /* cells */

struct word {
	const char *at;
	size_t n;    /* bytes of the word itself */
	size_t with; /* and of the white space behind it */
};
struct words {
	struct word *at;
	size_t n, cap;
};

static void split(struct words *out, struct arena *a, const char *s)
{
	while (*s) {
		struct word w = { .at = s };
		w.n = strcspn(s, " \t\n");
		w.with = w.n + strspn(s + w.n, " \t\n");
		arena_push(a, out, w);
		s += w.with;
	}
}

static bool same(const struct word *x, const struct word *y)
{
	return x->n == y->n && !memcmp(x->at, y->at, x->n);
}

static void put(struct word_runs *out, struct arena *a, enum word_sort sort, const struct word *w)
{
	struct word_run *last = out->n ? &out->at[out->n - 1] : NULL;
	if (last && last->sort == sort && last->at + last->n == w->at) {
		last->n += w->with;
		return;
	}
	struct word_run r = { sort, w->at, w->with };
	arena_push(a, out, r);
}

/* Of n words of x and m of y, none common at either end. */
static void middle(struct word_runs *out, struct arena *a, const struct word *x, size_t n, const struct word *y, size_t m)
{
	size_t i = 0, j = 0;
	if (n && m && n <= TABLE_MAX / (m + 1) - 1) {
		uint32_t *best = arena_array(a, (n + 1) * (m + 1), sizeof *best); /* of what follows word i, word j */
		for (i = n; i-- > 0;)
			for (j = m; j-- > 0;) {
				uint32_t down = best[(i + 1) * (m + 1) + j], right = best[i * (m + 1) + j + 1];
				best[i * (m + 1) + j] = same(&x[i], &y[j]) ? best[(i + 1) * (m + 1) + j + 1] + 1 : down > right ? down : right;
			}
		for (i = j = 0; i < n && j < m;) {
			if (same(&x[i], &y[j])) {
				put(out, a, WORD_SAME, &y[j++]);
				i++;
			} else if (best[(i + 1) * (m + 1) + j] >= best[i * (m + 1) + j + 1]) {
				put(out, a, WORD_GONE, &x[i++]);
			} else {
				put(out, a, WORD_NEW, &y[j++]);
			}
		}
	}
	for (; i < n; i++)
		put(out, a, WORD_GONE, &x[i]);
	for (; j < m; j++)
		put(out, a, WORD_NEW, &y[j]);
}

bool worddiff(struct word_runs *out, struct arena *a, const char *x, const char *y)
{
	struct words p = { 0 }, q = { 0 };
	struct word_runs runs = { 0 };
	split(&p, a, x);
	split(&q, a, y);
	size_t head = 0, tail = 0;
	while (head < p.n && head < q.n && same(&p.at[head], &q.at[head]))
		head++;
	while (tail < p.n - head && tail < q.n - head && same(&p.at[p.n - 1 - tail], &q.at[q.n - 1 - tail]))
		tail++;
	for (size_t i = 0; i < head; i++)
		put(&runs, a, WORD_SAME, &q.at[i]);
	middle(&runs, a, p.at + head, p.n - head - tail, q.at + head, q.n - head - tail);
	for (size_t i = q.n - tail; i < q.n; i++)
		put(&runs, a, WORD_SAME, &q.at[i]);
	bool common = false;
	for (size_t i = 0; i < runs.n; i++)
		common = common || runs.at[i].sort == WORD_SAME;
	*out = runs;
	return common;
}
