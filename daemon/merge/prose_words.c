/* Combining edits of one sentence. Words are compared without the white space between them; a piece of the result has
 * the white space of the side it came from.
 *
 *   o  Former ensemble habitants, élus et agents avant d'installer un conseil
 *   a  Former ensemble habitants, élus et agents pendant quatre journées avant d'installer un conseil
 *   b  Former ensemble habitants et agents avant d'installer un conseil local
 *
 * a's insertion and b's hunks are chunks of the three-way comparison; between a chunk of a and a chunk of b there must
 * be PROSE_APART words that neither touched, else the two are about the same thing and a person decides.
 */
#include "prose.h"
#include "keytab.h"
#include "prose_split.h"
#include "seq.h"
#include "spans.h"

#include <string.h>

static uint32_t *number(struct keytab *t, struct arena *mem, const struct pieces *p)
{
	uint32_t *ids = arena_array(mem, p->n + 1, sizeof *ids);
	for (size_t i = 0; i < p->n; i++)
		ids[i] = keytab_id(t, p->at[i].at, p->at[i].n);
	return ids;
}

static void emit(struct spans *out, const struct pieces *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (out->bytes)
			spans_put(out, p->at[i].sep_n ? p->at[i].sep : " ", p->at[i].sep_n ? p->at[i].sep_n : 1);
		spans_put(out, p->at[i].at, p->at[i].n);
	}
}

/* A word that nobody changed: its white space three-way, so that a re-wrapped line stays re-wrapped. */
static void emit_same(struct spans *out, const struct pieces *o, const struct pieces *a, const struct pieces *b,
		      const struct chunk *c)
{
	for (size_t i = 0; i < c->o1 - c->o0; i++) {
		const struct piece *po = &o->at[c->o0 + i], *pa = &a->at[c->a0 + i], *pb = &b->at[c->b0 + i], *p = po;
		bool ao = pa->sep_n == po->sep_n && !memcmp(pa->sep, po->sep, po->sep_n);
		bool bo = pb->sep_n == po->sep_n && !memcmp(pb->sep, po->sep, po->sep_n);
		if (ao != bo)
			p = ao ? pb : pa;
		if (out->bytes)
			spans_put(out, p->sep_n ? p->sep : " ", p->sep_n ? p->sep_n : 1);
		spans_put(out, p->at, p->n);
	}
}

static bool same_words(const uint32_t *x, const uint32_t *y, const struct chunk *c)
{
	return c->a1 - c->a0 == c->b1 - c->b0 &&
	       (c->a1 == c->a0 || !memcmp(x + c->a0, y + c->b0, (c->a1 - c->a0) * sizeof *x));
}

static const char *combine(struct arena *mem, const char *base, const char *x, const char *y)
{
	struct pieces o, a, b;
	prose_words(&o, mem, base, strlen(base));
	prose_words(&a, mem, x, strlen(x));
	prose_words(&b, mem, y, strlen(y));
	struct keytab t;
	keytab_init(&t, mem, o.n + a.n + b.n);
	uint32_t *io = number(&t, mem, &o), *ia = number(&t, mem, &a), *ib = number(&t, mem, &b);
	struct hunks ha, hb;
	struct chunks chunks;
	seq_diff(&ha, mem, io, o.n, ia, a.n);
	seq_diff(&hb, mem, io, o.n, ib, b.n);
	seq_merge(&chunks, mem, o.n, &ha, &hb);

	size_t since[2] = { PROSE_APART, PROSE_APART }; /* words unchanged since the last chunk of a, of b */
	for (size_t i = 0; i < chunks.n; i++) {
		const struct chunk *c = &chunks.at[i];
		if (c->kind == CHUNK_SAME) {
			since[0] += c->o1 - c->o0;
			since[1] += c->o1 - c->o0;
		} else if (c->kind == CHUNK_BOTH) {
			if (!same_words(ia, ib, c))
				return NULL;
		} else {
			int me = c->kind == CHUNK_A ? 0 : 1;
			if (since[!me] < PROSE_APART)
				return NULL;
			since[me] = 0;
		}
	}
	struct spans out = { .mem = mem };
	bool a_first = strcmp(x, y) <= 0; /* whose white space, where both made the same edit */
	for (size_t i = 0; i < chunks.n; i++) {
		const struct chunk *c = &chunks.at[i];
		if (c->kind == CHUNK_SAME)
			emit_same(&out, &o, &a, &b, c);
		else if (c->kind == CHUNK_A || (c->kind == CHUNK_BOTH && a_first))
			emit(&out, &a, c->a0, c->a1);
		else
			emit(&out, &b, c->b0, c->b1);
	}
	return spans_text(&out);
}

const char *prose_combine(struct arena *mem, const char *base, const char *const *sides, size_t n)
{
	const char *text = n ? sides[0] : NULL;
	for (size_t i = 1; text && i < n; i++)
		text = combine(mem, base, text, sides[i]);
	return text;
}
