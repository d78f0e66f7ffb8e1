/* Comparing sequences: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, the greedy form with the
 * furthest points of every step kept, so that the path can be walked back.
 *
 *   1 the common beginning and end are set aside
 *   2 for d = 0, 1, 2... the furthest point reached on each diagonal with d edits; stop at the far corner
 *   3 walk back along the kept steps: each diagonal run is a match, what lies between two runs is a hunk
 *   4 slide pure insertions and deletions to the last place where they mean the same
 *
 * Failure mode: after SEQ_MAX_EDITS steps the whole middle becomes one hunk. Steps kept cost d^2 numbers: 1.4 MB there.
 */
#include "seq.h"

#include <stdbool.h>
#include <string.h>

static void add_hunk(struct hunks *out, struct arena *mem, size_t o0, size_t o1, size_t s0, size_t s1)
{
	if (o0 == o1 && s0 == s1)
		return;
	struct hunk *last = out->n ? &out->at[out->n - 1] : NULL;
	if (last && last->o1 == o0 && last->s1 == s0) {
		last->o1 = o1;
		last->s1 = s1;
		return;
	}
	struct hunk h = { o0, o1, s0, s1 };
	arena_push(mem, out, h);
}

/* The steps of the search: step d keeps the furthest x on diagonals -d, -d + 2 ... d. */
struct steps {
	int32_t *at[SEQ_MAX_EDITS + 1];
};

static int search(struct steps *steps, struct arena *mem, const uint32_t *o, int on, const uint32_t *s, int sn)
{
	for (int d = 0; d <= SEQ_MAX_EDITS; d++) {
		int32_t *now = arena_array(mem, (size_t)d + 1, sizeof *now);
		const int32_t *old = d ? steps->at[d - 1] : NULL;
		steps->at[d] = now;
		for (int i = 0; i <= d; i++) {
			int k = 2 * i - d, x;
			if (!d)
				x = 0;
			else if (i == 0 || (i < d && old[i - 1] < old[i]))
				x = old[i]; /* from diagonal k + 1: an insertion */
			else
				x = old[i - 1] + 1; /* from diagonal k - 1: a deletion */
			int y = x - k;
			while (x < on && y < sn && y >= 0 && o[x] == s[y]) {
				x++;
				y++;
			}
			now[i] = x;
			if (x >= on && y >= sn)
				return d;
		}
	}
	return -1;
}

/* Walk back from the far corner; every matched element of o gets the place of its twin. */
static void walk_back(size_t *twin, const struct steps *steps, int d, int on, int sn)
{
	for (int x = on, y = sn; d >= 0; d--) {
		int k = x - y, i = (k + d) / 2, from_x = 0, from_y = 0,
		    run_x = 0; /* the run of matches began at run_x */
		if (d) {
			const int32_t *old = steps->at[d - 1];
			bool insertion = i == 0 || (i < d && old[i - 1] < old[i]);
			from_x = insertion ? old[i] : old[i - 1];
			from_y = from_x - (insertion ? k + 1 : k - 1);
			run_x = insertion ? from_x : from_x + 1;
		}
		while (x > run_x)
			twin[--x] = (size_t)--y;
		x = from_x;
		y = from_y;
	}
}

/* Slide each pure insertion or deletion to the last place where it means the same; hunks that come to touch join. */
static void slide(struct hunks *h, const uint32_t *o, size_t on, const uint32_t *s, size_t sn)
{
	for (size_t i = h->n; i-- > 0;) {
		struct hunk *p = &h->at[i];
		size_t o_end = i + 1 < h->n ? p[1].o0 : on, s_end = i + 1 < h->n ? p[1].s0 : sn;
		bool insertion = p->o0 == p->o1, deletion = p->s0 == p->s1;
		while (insertion && p->o1 < o_end && p->s1 < s_end && s[p->s0] == s[p->s1])
			p->o0++, p->o1++, p->s0++, p->s1++;
		while (deletion && p->o1 < o_end && p->s1 < s_end && o[p->o0] == o[p->o1])
			p->o0++, p->o1++, p->s0++, p->s1++;
		if (i + 1 < h->n && p->o1 == p[1].o0 && p->s1 == p[1].s0) {
			p[1].o0 = p->o0;
			p[1].s0 = p->s0;
			memmove(p, p + 1, (h->n - i - 1) * sizeof *p);
			h->n--;
		}
	}
}

void seq_diff(struct hunks *out, struct arena *mem, const uint32_t *o, size_t on, const uint32_t *s, size_t sn)
{
	*out = (struct hunks){ 0 };
	size_t head = 0, tail = 0;
	while (head < on && head < sn && o[head] == s[head])
		head++;
	while (tail < on - head && tail < sn - head && o[on - 1 - tail] == s[sn - 1 - tail])
		tail++;
	size_t om = on - head - tail, sm = sn - head - tail;
	if (om && sm && om < INT32_MAX / 4 && sm < INT32_MAX / 4) {
		struct steps *steps = arena_new(mem, struct steps);
		int d = search(steps, mem, o + head, (int)om, s + head, (int)sm);
		size_t *twin = arena_array(mem, om, sizeof *twin);
		memset(twin, 0xff, om * sizeof *twin);
		if (d >= 0)
			walk_back(twin, steps, d, (int)om, (int)sm);
		size_t o0 = 0, s0 = 0;
		for (size_t i = 0; i < om; i++)
			if (twin[i] != SIZE_MAX) {
				add_hunk(out, mem, head + o0, head + i, head + s0, head + twin[i]);
				o0 = i + 1;
				s0 = twin[i] + 1;
			}
		add_hunk(out, mem, head + o0, head + om, head + s0, head + sm);
	} else {
		add_hunk(out, mem, head, head + om, head, head + sm);
	}
	slide(out, o, on, s, sn);
}

/* --- two changes of one sequence ---------------------------------------------------------------------------------- */

static bool meets(size_t r0, size_t r1, const struct hunk *h)
{
	if (r0 == r1 && h->o0 == h->o1)
		return r0 == h->o0;
	if (r0 == r1)
		return h->o0 < r0 && r0 < h->o1;
	if (h->o0 == h->o1)
		return r0 < h->o0 && h->o0 < r1;
	return h->o0 < r1 && r0 < h->o1;
}

static bool earlier(const struct hunk *x, const struct hunk *y)
{
	return x->o0 != y->o0 ? x->o0 < y->o0 : x->o1 < y->o1;
}

void seq_merge(struct chunks *out, struct arena *mem, size_t on, const struct hunks *a, const struct hunks *b)
{
	*out = (struct chunks){ 0 };
	size_t i = 0, j = 0, o = 0, pa = 0, pb = 0;
	while (i < a->n || j < b->n) {
		const struct hunk *first = i == a->n					 ? &b->at[j]
					   : j == b->n || !earlier(&b->at[j], &a->at[i]) ? &a->at[i]
											 : &b->at[j];
		size_t r0 = first->o0, r1 = first->o1, run = r0 - o;
		if (run) {
			struct chunk same = { CHUNK_SAME, o, r0, pa, pa + run, pb, pb + run };
			arena_push(mem, out, same);
		}
		pa += run;
		pb += run;
		size_t i0 = i, j0 = j, a_len = 0, b_len = 0, a_cut = 0, b_cut = 0;
		if (i < a->n && first == &a->at[i])
			i++;
		else
			j++;
		for (bool grew = true; grew;) {
			grew = false;
			while (i < a->n && meets(r0, r1, &a->at[i])) {
				r1 = a->at[i].o1 > r1 ? a->at[i].o1 : r1;
				i++;
				grew = true;
			}
			while (j < b->n && meets(r0, r1, &b->at[j])) {
				r1 = b->at[j].o1 > r1 ? b->at[j].o1 : r1;
				j++;
				grew = true;
			}
		}
		for (size_t k = i0; k < i; k++) {
			a_len += a->at[k].s1 - a->at[k].s0;
			a_cut += a->at[k].o1 - a->at[k].o0;
		}
		for (size_t k = j0; k < j; k++) {
			b_len += b->at[k].s1 - b->at[k].s0;
			b_cut += b->at[k].o1 - b->at[k].o0;
		}
		size_t a1 = pa + (r1 - r0 - a_cut) + a_len, b1 = pb + (r1 - r0 - b_cut) + b_len;
		struct chunk c = { i == i0 ? CHUNK_B : j == j0 ? CHUNK_A : CHUNK_BOTH, r0, r1, pa, a1, pb, b1 };
		arena_push(mem, out, c);
		o = r1;
		pa = a1;
		pb = b1;
	}
	if (on > o) {
		struct chunk same = { CHUNK_SAME, o, on, pa, pa + on - o, pb, pb + on - o };
		arena_push(mem, out, same);
	}
}
