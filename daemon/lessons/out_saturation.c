/* out_saturation.c -- saturation.csv: should we look further into a theme, or do the same things come back?
 *
 * Guest, Namey and Chen, "A simple method to assess and report thematic saturation" (PLoS ONE 15(5), 2020): lessons of
 * a theme in the order of their observation; the base is what the first BASE of them say (in groups); new information
 * is the groups that the last RUN of them add; the ratio of both, at most 5 %, is called saturated. Fewer lessons than
 * BASE + RUN: nothing can be said yet.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/csv.h"
#include "lessons/front.h"
#include "lessons/outputs.h"

#define BASE 4
#define RUN 3

struct seen {
	const char *date, *id;
	size_t group;
};

static int by_date(const void *x, const void *y)
{
	const struct seen *p = x, *q = y;
	int c = strcmp(p->date, q->date);
	return c ? c : strcmp(p->id, q->id);
}

static int by_date_backwards(const void *x, const void *y)
{
	return by_date(y, x);
}

/* How many groups the first n of seen are of. */
static size_t groups_among(const struct seen *seen, size_t n)
{
	size_t groups = 0;
	for (size_t i = 0; i < n; i++) {
		bool met = false;
		for (size_t j = 0; j < i; j++)
			met |= seen[j].group == seen[i].group;
		groups += !met;
	}
	return groups;
}

/* Of these groups those that nothing else in seen is of. */
static size_t new_groups_among(const struct model *m, const struct seen *seen, size_t n, size_t all)
{
	bool *met = arena_array(m->a, m->groups.n, sizeof *met);
	size_t fresh = 0;
	for (size_t i = n; i < all; i++)
		met[seen[i].group] = true;
	for (size_t i = 0; i < n; i++) {
		fresh += !met[seen[i].group];
		met[seen[i].group] = true;
	}
	return fresh;
}

static struct seen *seen_on(const struct model *m, const struct theme *theme)
{
	size_t n = theme->lessons.n;
	struct seen *out = arena_array(m->a, n, sizeof *out);
	for (size_t i = 0; i < n; i++) {
		size_t at = theme->lessons.at[i];
		out[i] = (struct seen){ m->lessons.at[at].newest, m->lessons.at[at].id, m->group_of[at] };
	}
	return out;
}

void out_saturation(const struct part *p)
{
	const struct model *m = p->m;
	struct csv_out w = { p->out, false };
	csv_header(&w, SATURATION_COLUMNS);
	for (size_t i = 0; i < m->themes.n; i++) {
		struct seen *seen = seen_on(m, &m->themes.at[i]);
		size_t n = m->themes.at[i].lessons.n, base = 0, fresh = 0;
		bool enough = n >= BASE + RUN;
		if (enough) {
			front_sort(seen, n, sizeof *seen, BASE, by_date);
			base = groups_among(seen, BASE);
			front_sort(seen, n, sizeof *seen, RUN, by_date_backwards);
			fresh = new_groups_among(m, seen, RUN, n);
		}
		csv_put(&w, m->themes.at[i].id);
		csv_put(&w, m->themes.at[i].label);
		csv_num(&w, n);
		csv_num(&w, BASE);
		csv_put(&w, enough ? arena_num(m->a, base) : "");
		csv_num(&w, RUN);
		csv_put(&w, enough ? arena_num(m->a, fresh) : "");
		csv_put(&w, enough ? csv_ratio(m->a, fresh, base) : "");
		csv_put(&w, !enough ? "trop_peu" : 20 * fresh <= base ? "sature" : "encore_du_nouveau");
		csv_end(&w);
	}
}
