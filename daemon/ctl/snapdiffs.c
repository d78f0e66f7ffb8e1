/* snapdiffs.c -- what the sidecars of a repository come to, for the records that they are about.
 *
 * A sidecar changes without its record: so what is open is told to all records each time, and a record that is told otherwise
 * than in the cache has changed with it.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/snapshot.h"

/* The record as a whole, too: nobody knows yet whether it is there. */
static bool is_about_visibility(const char *field)
{
	static const char *const fields[] = { "@record", "attribution", "consentement", "etat", "verbatim", "visibilite" };
	size_t n = strcspn(field, "/");
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strlen(fields[i]) == n && !strncmp(field, fields[i], n))
			return true;
	return false;
}

struct differences differences_of(struct arena *a, const struct diffs *d)
{
	struct differences s = { .id = arena_dup(a, d->id) };
	const char *since = NULL;
	for (size_t i = 0; i < d->n; i++) {
		const struct diff *one = &d->at[i];
		s.hard += one->degre == DEG_DUR;
		s.soft += one->degre == DEG_A_RELIRE;
		s.settled += one->degre == DEG_TRANCHE;
		s.visibility |= one->degre != DEG_TRANCHE && is_about_visibility(one->champ);
		for (size_t j = 0; one->degre != DEG_TRANCHE && j < one->n; j++) {
			const char *date = one->at[j].by.date;
			if (date && (!since || strcmp(date, since) < 0))
				since = date;
		}
	}
	s.since = since ? arena_dup(a, since) : NULL;
	return s;
}

/* Of one id: in the order of their files. */
static int by_record(const void *x, const void *y)
{
	const struct differences *p = *(const struct differences *const *)x, *q = *(const struct differences *const *)y;
	int c = strcmp(p->id, q->id);
	return c ? c : (p > q) - (p < q);
}

/* Of several sidecars with one id, the last by path. */
static const struct differences *about(const struct differences *const *all, size_t n, const char *id,
				       const struct differences *none)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(all[mid]->id, id) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && !strcmp(all[lo - 1]->id, id) ? all[lo - 1] : none;
}

static bool same_text(const char *x, const char *y)
{
	return x && y ? !strcmp(x, y) : x == y;
}

/* Whether the record says otherwise now. */
static bool set_differences(struct source_record *r, const struct differences *d)
{
	bool same = r->open_hard == d->hard && r->open_soft == d->soft && r->settled == d->settled &&
		    r->open_visibility == d->visibility && same_text(r->open_since, d->since);
	r->open_hard = d->hard;
	r->open_soft = d->soft;
	r->settled = d->settled;
	r->open_since = d->since;
	r->open_visibility = d->visibility;
	r->open_difference = d->hard + d->soft > 0;
	return !same;
}

/* Sidecars say what is open of records: one table by id. */
void snapshot_differences(struct snapshot *s, struct arena *a)
{
	static const struct differences none;
	const struct differences **all = arena_array(a, s->files.n, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < s->files.n; i++)
		if (s->files.at[i].side.id)
			all[n++] = &s->files.at[i].side;
	if (n)
		qsort(all, n, sizeof *all, by_record);
	for (size_t i = 0; i < s->files.n; i++) {
		struct snapfile *f = &s->files.at[i];
		if (f->rec)
			f->changed |= set_differences(f->rec, about(all, n, f->rec->id, &none));
	}
}
