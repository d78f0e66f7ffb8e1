/* groups.c -- lessons that people linked, what of a group all agree on, and who does not.
 *
 *   group   connected component over links in force of the joining relations (meme, converge, transpose, generalise)
 *   core    lessons all directly linked with each other. The largest such set is hard to find, so a greedy one is
 *           taken, always the same: from each of the SEEDS members with the most links (ties: smallest id) grow a
 *           set by its neighbours in the same order; keep the one with the most collectives, then the most
 *           lessons, then the smallest ids. It is maximal (nothing can be added), not always maximum.
 *   chains  how each other member hangs on to the core: the shortest path, smallest ids first. A-B, B-C does not
 *           make A agree with C.
 *   sides   for: the core's collectives. Qualifying: who has a lesson that `nuance` a member. Against: who has a
 *           lesson that contradicts a member or is contradicted by one. A link inside the group counts for its `de`.
 *           A collective that speaks on both sides is counted on both.
 *
 * Proposed agreement, in this order (only proposed: a person decides in a synthese):
 *   lacune       nobody
 *   convergence  at least 3 for, 0 against, no open objection on a core lesson
 *   divergence   at least 1 against, and neither side is twice the other
 *   partielle    at least 2 for
 *   singulier    1 for
 */
#include "lessons/groups.h"

#include <stdlib.h>
#include <string.h>

#include "lessons/model.h"

#define SEEDS 64

struct edge {
	size_t x, y;
};
struct graph {
	size_t *first; /* [lesson + 1]: where its neighbours begin in `to` */
	size_t *to;    /* ascending for each lesson, each once */
	size_t n;
};

const char *groups_accord(size_t in_favour, size_t qualifying, size_t against, size_t objections)
{
	(void)qualifying; /* a qualification alone takes nothing away: it is shown beside */
	if (!in_favour)
		return "lacune";
	if (in_favour >= 3 && !against && !objections)
		return "convergence";
	if (against && in_favour < 2 * against && against < 2 * in_favour)
		return "divergence";
	return in_favour >= 2 ? "partielle" : "singulier";
}

/* --- the graph ------------------------------------------------------------------------------------------- */

static int by_ends(const void *p, const void *q)
{
	const struct edge *e = p, *f = q;
	if (e->x != f->x)
		return e->x < f->x ? -1 : 1;
	return e->y < f->y ? -1 : e->y > f->y;
}

static struct graph graph_of(const struct model *m)
{
	struct arena *a = m->a;
	struct edge *edges = arena_array(a, 2 * m->links.n, sizeof *edges);
	size_t n = 0;
	for (size_t i = 0; i < m->links.n; i++) {
		const struct link *l = &m->links.at[i];
		if (l->stale || !relation_joins(l->relation))
			continue;
		edges[n++] = (struct edge){ l->from, l->to };
		edges[n++] = (struct edge){ l->to, l->from };
	}
	if (n)
		qsort(edges, n, sizeof *edges, by_ends);
	struct graph g = { arena_array(a, m->lessons.n + 1, sizeof *g.first), arena_array(a, n, sizeof *g.to), 0 };
	for (size_t i = 0; i < n; i++) {
		if (i && !by_ends(&edges[i - 1], &edges[i]))
			continue;
		g.to[g.n++] = edges[i].y;
		g.first[edges[i].x + 1]++;
	}
	for (size_t i = 0; i < m->lessons.n; i++)
		g.first[i + 1] += g.first[i];
	return g;
}

static size_t degree(const struct graph *g, size_t x)
{
	return g->first[x + 1] - g->first[x];
}

static bool linked(const struct graph *g, size_t x, size_t y)
{
	size_t lo = g->first[x], hi = g->first[x + 1];
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (g->to[mid] == y)
			return true;
		if (g->to[mid] < y)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static int ascending(const void *p, const void *q)
{
	const size_t *x = p, *y = q;
	return *x < *y ? -1 : *x > *y;
}

/* --- the core -------------------------------------------------------------------------------------------- */

struct ranked {
	size_t lesson, degree;
};

static int most_linked(const void *p, const void *q)
{
	const struct ranked *x = p, *y = q;
	if (x->degree != y->degree)
		return x->degree > y->degree ? -1 : 1;
	return x->lesson < y->lesson ? -1 : x->lesson > y->lesson;
}

static struct ranked *rank(const struct model *m, const struct graph *g, const size_t *lessons, size_t n)
{
	struct ranked *r = arena_array(m->a, n, sizeof *r);
	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked){ lessons[i], degree(g, lessons[i]) };
	if (n)
		qsort(r, n, sizeof *r, most_linked);
	return r;
}

static struct names collectives_of(const struct model *m, const struct indices *lessons)
{
	struct names set = { 0 };
	for (size_t i = 0; i < lessons->n; i++)
		names_add(m->a, &set, m->lessons.at[lessons->at[i]].collective);
	return set;
}

static struct indices grow(const struct model *m, const struct graph *g, size_t seed)
{
	struct indices clique = { 0 };
	arena_push(m->a, &clique, seed);
	struct ranked *near = rank(m, g, g->to + g->first[seed], degree(g, seed));
	for (size_t i = 0; i < degree(g, seed); i++) {
		bool all = true;
		for (size_t j = 0; all && j < clique.n; j++)
			all = linked(g, near[i].lesson, clique.at[j]);
		if (all)
			arena_push(m->a, &clique, near[i].lesson);
	}
	qsort(clique.at, clique.n, sizeof *clique.at, ascending);
	return clique;
}

static bool better(const struct model *m, const struct indices *x, const struct indices *y)
{
	size_t p = collectives_of(m, x).n, q = collectives_of(m, y).n;
	if (p != q)
		return p > q;
	if (x->n != y->n)
		return x->n > y->n;
	for (size_t i = 0; i < x->n; i++)
		if (x->at[i] != y->at[i])
			return x->at[i] < y->at[i];
	return false;
}

static void find_core(const struct model *m, const struct graph *g, struct group *group)
{
	struct ranked *seeds = rank(m, g, group->members.at, group->members.n);
	for (size_t i = 0; i < group->members.n && i < SEEDS && group->core.n < group->members.n; i++) {
		struct indices one = grow(m, g, seeds[i].lesson);
		if (!group->core.n || better(m, &one, &group->core))
			group->core = one;
	}
}

/* --- the chains ------------------------------------------------------------------------------------------ */

#define NOWHERE ((size_t)-1)

static const char *path_text(const struct model *m, const size_t *parent, size_t end)
{
	const char *text = m->lessons.at[end].id;
	for (size_t x = parent[end]; x != NOWHERE; x = parent[x])
		text = arena_printf(m->a, "%s > %s", m->lessons.at[x].id, text);
	return text;
}

static size_t place(const struct group *group, size_t lesson)
{
	const size_t *at = bsearch(&lesson, group->members.at, group->members.n, sizeof *at, ascending);
	must(at);
	return (size_t)(at - group->members.at);
}

/* Breadth first from the core. parent[] is the whole model's, NOWHERE where not set. */
static void find_chains(const struct model *m, const struct graph *g, struct group *group, size_t *parent)
{
	group->chains = "";
	if (group->core.n == group->members.n)
		return;
	struct indices queue = { 0 };
	struct names leaves = { 0 };
	bool *seen = arena_array(m->a, group->members.n, sizeof *seen),
	     *inner = arena_array(m->a, group->members.n, sizeof *inner);
	for (size_t i = 0; i < group->core.n; i++) {
		arena_push(m->a, &queue, group->core.at[i]);
		seen[place(group, group->core.at[i])] = inner[place(group, group->core.at[i])] = true;
	}
	for (size_t i = 0; i < queue.n; i++)
		for (size_t j = g->first[queue.at[i]]; j < g->first[queue.at[i] + 1]; j++)
			if (!seen[place(group, g->to[j])]) {
				seen[place(group, g->to[j])] = inner[place(group, queue.at[i])] = true;
				parent[g->to[j]] = queue.at[i];
				arena_push(m->a, &queue, g->to[j]);
			}
	for (size_t i = 0; i < group->members.n; i++)
		if (!inner[i])
			names_add(m->a, &leaves, path_text(m, parent, group->members.at[i]));
	group->chains = names_join(m->a, &leaves);
	group->n_chains = leaves.n;
}

/* --- components and sides -------------------------------------------------------------------------------- */

static void find_members(struct model *m, const struct graph *g)
{
	m->group_of = arena_array(m->a, m->lessons.n, sizeof *m->group_of);
	arena_room(m->a, &m->groups, m->lessons.n);
	for (size_t i = 0; i < m->lessons.n; i++)
		m->group_of[i] = NOWHERE;
	for (size_t i = 0; i < m->lessons.n; i++) {
		if (m->group_of[i] != NOWHERE)
			continue;
		struct group group = { .id = m->lessons.at[i].id };
		arena_push(m->a, &group.members, i);
		m->group_of[i] = m->groups.n;
		for (size_t k = 0; k < group.members.n; k++)
			for (size_t j = g->first[group.members.at[k]]; j < g->first[group.members.at[k] + 1]; j++)
				if (m->group_of[g->to[j]] == NOWHERE) {
					m->group_of[g->to[j]] = m->groups.n;
					arena_push(m->a, &group.members, g->to[j]);
				}
		qsort(group.members.at, group.members.n, sizeof *group.members.at, ascending);
		arena_push(m->a, &m->groups, group);
	}
}

static void add_index(struct arena *a, struct indices *set, size_t x)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i] == x)
			return;
	arena_push(a, set, x);
	qsort(set->at, set->n, sizeof *set->at, ascending);
}

/* What link i means for the group of `mine`, its other end being `other`. */
static void take_side(struct model *m, size_t i, size_t mine, size_t other)
{
	const struct link *l = &m->links.at[i];
	struct group *group = &m->groups.at[m->group_of[mine]];
	bool inside = m->group_of[other] == m->group_of[mine];
	arena_push(m->a, l->stale ? &group->stale : &group->links, i);
	if (l->stale || l->relation < REL_QUALIFIES)
		return;
	/* inside the group, and for nuance anywhere, it is the lesson `de` that speaks */
	if (other != l->from && (inside || l->relation == REL_QUALIFIES))
		return;
	names_add(m->a, l->relation == REL_QUALIFIES ? &group->qualify : &group->against,
		  m->lessons.at[other].collective);
	if (!inside)
		add_index(m->a, l->relation == REL_QUALIFIES ? &group->qualifying : &group->opposing, other);
}

static void find_sides(struct model *m)
{
	for (size_t i = 0; i < m->links.n; i++) {
		const struct link *l = &m->links.at[i];
		bool inside = m->group_of[l->from] == m->group_of[l->to];
		take_side(m, i, l->to, l->from);
		if (!inside)
			take_side(m, i, l->from, l->to);
	}
}

void groups_build(struct model *m)
{
	struct graph g = graph_of(m);
	size_t *parent = arena_array(m->a, m->lessons.n, sizeof *parent);
	for (size_t i = 0; i < m->lessons.n; i++)
		parent[i] = NOWHERE;
	find_members(m, &g);
	find_sides(m);
	for (size_t i = 0; i < m->groups.n; i++) {
		struct group *group = &m->groups.at[i];
		find_core(m, &g, group);
		find_chains(m, &g, group, parent);
		group->all = collectives_of(m, &group->members);
		group->for_ = collectives_of(m, &group->core);
		for (size_t j = 0; j < group->core.n; j++)
			group->objections += m->lessons.at[group->core.at[j]].objections;
		group->accord = groups_accord(group->for_.n, group->qualify.n, group->against.n, group->objections);
		for (size_t j = 0; j < group->members.n; j++)
			m->lessons.at[group->members.at[j]].group = group->id;
	}
}

bool in_core(const struct group *g, size_t lesson)
{
	for (size_t i = 0; i < g->core.n; i++)
		if (g->core.at[i] == lesson)
			return true;
	return false;
}
