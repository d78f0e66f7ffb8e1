#include "lessons/reviews.h"

#include <stdlib.h>
#include <string.h>

static int by_target(const void *x, const void *y)
{
	const struct review *p = x, *q = y;
	int c = strcmp(p->target, q->target);
	return c ? c : strcmp(p->rec->rec->id, q->rec->rec->id);
}

static void take(struct reviews *all, const struct model *m, const struct known *k)
{
	static const char *const keys[] = { "cible", "nature", "portee", "cible_empreinte", "date" };
	const char *said[5];
	if (is_over(k->rec))
		return;
	source_pick(said, keys, 5, k->rec);
	struct review one = { said[0], or_nothing(said[1]), or_nothing(said[2]), or_nothing(said[3]), or_nothing(said[4]), k };
	if (!is_visible(k->rec))
		one.date = "";
	if (one.target && *one.target)
		arena_push(m->a, all, one);
}

const struct reviews *reviews_build(const struct model *m)
{
	const struct indices *records = model_kind(m, "avis");
	struct reviews *all = arena_new(m->a, struct reviews);
	arena_room(m->a, all, records->n);
	for (size_t i = 0; i < records->n; i++)
		take(all, m, &m->known.at[records->at[i]]);
	if (all->n)
		qsort(all->at, all->n, sizeof *all->at, by_target);
	return all;
}

/* Those about the target, the first of which is, or would be, at `first`. */
static struct reviews about(const struct reviews *all, size_t first, const char *target)
{
	size_t n = 0;
	while (first + n < all->n && !strcmp(all->at[first + n].target, target))
		n++;
	return (struct reviews){ all->n ? all->at + first : NULL, n, n };
}

struct reviews reviews_around(const struct reviews *all, size_t at)
{
	const char *target = all->at[at].target;
	while (at && !strcmp(all->at[at - 1].target, target))
		at--;
	return about(all, at, target);
}

struct reviews reviews_next(size_t *from, const struct reviews *all, const char *target)
{
	while (*from < all->n && strcmp(all->at[*from].target, target) < 0)
		++*from;
	struct reviews out = about(all, *from, target);
	*from += out.n;
	return out;
}

struct reviews reviews_about(const struct reviews *all, const char *target)
{
	size_t lo = 0, hi = all->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(all->at[mid].target, target) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return about(all, lo, target);
}

static bool fits(const char *wish, const char *is)
{
	return !wish || !strcmp(wish, is);
}

const char *reviews_newest(const struct reviews *all, const struct review_wish *w)
{
	const char *date = NULL;
	struct reviews some = reviews_about(all, w->target);
	for (size_t i = 0; i < some.n; i++) {
		const struct review *r = &some.at[i];
		if (fits(w->nature, r->nature) && fits(w->by, r->rec->source->code) && fits(w->scope, r->scope) &&
		    fits(w->fingerprint, r->fingerprint) && (!date || strcmp(r->date, date) > 0))
			date = r->date;
	}
	return date;
}
